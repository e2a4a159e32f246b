/* SPDX-License-Identifier: Apache-2.0 */
/* journal/verify.c — what is kept against what was written, and against the ledger. Each
 * finding names the system's record, the segment and the block. */
#include "journal/internal.h"

struct checking {
    const struct journal_check *how;
    struct call *call; /* of the whole; findings live there */
    struct reader *r;
    struct segment segment;
    int64_t blocks, events; /* seen of the segment */
    struct text begun, digest;
};

static struct text place_of(const struct checking *c)
{
    return text_print(c->call->arena, "events of %.*s %.*s, segment %lld",
                      TEXT_ARG(c->segment.kind), TEXT_ARG(c->segment.record),
                      (long long)c->segment.n);
}

static const struct json_limits line_limits = {(size_t)4 << 20, 32, 100000};

/* A line as it was counted: as it is kept, or without what was added here. */
struct counted {
    struct journal_item item, bare;
};

/* The row of the key of a line: block, place, digest. An id is the key of both; without one
 * nothing is added. */
static enum err add_key(struct call *call, int64_t source, struct text line,
                        struct counted *one, struct value *asked)
{
    const struct json *v = NULL;
    struct call *quiet = call_beside(call->arena, call);
    struct text id = TEXT("");
    if (json_read(quiet, line, &line_limits, &v) == OK)
        id = json_text(json_get(v, "id"));
    one->item = one->bare = (struct journal_item){.line = line};
    if (id.len && json_get(v, JOURNAL_ADDED))
        one->bare.came = journal_came(call->arena, line);
    journal_named(id, &one->item);
    journal_named(id, &one->bare);
    asked[0] = V_INT(source);
    asked[1] = V_BYTES(((struct text){(const char *)one->item.key, JOURNAL_KEY}));
    return OK;
}

static bool is_at(const struct rows *rows, const struct journal_item *item, int64_t block,
                  int64_t place)
{
    struct text key = {(const char *)item->key, JOURNAL_KEY},
                digest = {(const char *)item->digest, JOURNAL_DIGEST};
    for (size_t i = 0; i < rows->count; i++) {
        const struct value *row = row_at(rows, i);
        if (text_same(row[0].text, key) && row[1].integer == block && row[2].integer == place &&
            text_same(row[3].text, digest))
            return true;
    }
    return false;
}

/* As many lines as are asked for at once. */
#define LINES 32
static enum err check_lines(struct checking *c, struct call *call, struct journal_block *b,
                            int64_t *place, bool *good)
{
    struct counted lines[LINES];
    struct value asked[2 * LINES];
    size_t n = 0;
    struct rows rows;
    for (; n < LINES && b->lines.len; n++)
        TRY(add_key(call, c->segment.source, text_cut(&b->lines, '\n'), &lines[n],
                    asked + 2 * n));
    TRY(read_many_rows(
        call, c->r, "SELECT k.key, k.block, k.place, k.digest FROM event_key k JOIN (VALUES",
        ") v ON k.source = v.column1 AND k.key = v.column2", asked, 2, n, &rows));
    for (size_t i = 0; i < n; i++, ++*place)
        *good = (is_at(&rows, &lines[i].item, b->block, *place) ||
                 is_at(&rows, &lines[i].bare, b->block, *place)) &&
                *good;
    return OK;
}

static enum err check_content(struct checking *c, struct call *call, struct journal_block *b)
{
    int64_t place = 0;
    bool good = true;
    while (b->lines.len)
        TRY(check_lines(c, call, b, &place, &good));
    if (!good || place != b->events)
        verification_add(c->call, c->how->out, place_of(c),
                         "the events of block %lld are not those that were counted",
                         (long long)b->block);
    return OK;
}

/* In an arena of its own: a year of events must not pile up in the call's. */
static enum err check_block(struct checking *c, int64_t n)
{
    struct arena *page = arena_open();
    struct call *call = call_beside(page, c->call);
    struct journal_block block = {0};
    enum err e = journal_block(call, c->r, c->segment.source, n, &block);
    c->events += block.events;
    if (e == OK)
        e = check_content(c, call, &block);
    else if (e == ERR_IO || e == ERR_MISSING) {
        verification_add(c->call, c->how->out, place_of(c), "block %lld: %s", (long long)n,
                         e == ERR_IO ? "its bytes are not those that were written"
                                     : "is missing");
        e = OK;
    }
    arena_close(page);
    return e;
}

static enum err check_blocks(struct checking *c)
{
    struct value values[] = {V_INT(c->segment.source), V_INT(c->segment.n)};
    struct rows rows;
    TRY(read_rows(
        c->call, c->r,
        "SELECT n, digest, at FROM event_block WHERE source = $1 AND segment = $2 ORDER BY n",
        values, 2, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        struct hash all = segment__add(c->digest, row[1].text);
        if (row[0].integer != c->segment.first + (int64_t)i)
            verification_add(c->call, c->how->out, place_of(c),
                             "block %lld is not where it was", (long long)row[0].integer);
        c->digest = text_copy(c->call->arena, hash_text(&all));
        if (i == 0)
            c->begun = row[2].text;
        TRY(check_block(c, row[0].integer));
    }
    c->blocks = (int64_t)rows.count;
    return OK;
}

/* Of one that was removed: nothing of it is left, but what its entry commits to. */
static enum err check_removed(struct checking *c)
{
    struct value values[] = {V_INT(c->segment.source), V_INT(c->segment.n)};
    struct rows rows;
    TRY(read_rows(c->call, c->r,
                  "SELECT count(*) FROM event_block WHERE source = $1 AND segment = $2", values,
                  2, 1, &rows));
    if (rows.cells[0].integer)
        verification_add(c->call, c->how->out, place_of(c), "was removed and is there again");
    if (c->segment.ledger < 0)
        verification_add(c->call, c->how->out, place_of(c), "was removed before it was sealed");
    return OK;
}

static enum err check_there(struct checking *c)
{
    const struct segment *g = &c->segment;
    c->blocks = c->events = 0;
    c->digest = c->begun = TEXT("");
    TRY(check_blocks(c));
    if (!text_same(c->begun, g->begun) || c->blocks != g->blocks || c->events != g->events ||
        !text_same(c->digest, g->digest))
        verification_add(c->call, c->how->out, place_of(c),
                         "its blocks are not the %lld with %lld events that it was closed with",
                         (long long)g->blocks, (long long)g->events);
    return OK;
}

static enum err check_segment(struct checking *c)
{
    const struct segment *g = &c->segment;
    struct hash commitment;
    TRY(g->removed ? check_removed(c) : check_there(c));
    if (g->ledger < 0) {
        if (g->salt.len || g->commitment.len || g->ledger != -1)
            verification_add(c->call, c->how->out, place_of(c), "is neither sealed nor open");
        return OK;
    }
    struct call *quiet = call_beside(c->call->arena, c->call);
    if (segment__commit(quiet, g, g->salt, &commitment) != OK ||
        !text_same(g->commitment, hash_text(&commitment)) ||
        !c->how->agrees(c->how->arg, g->ledger, "event_segment", g->record, g->n, &commitment))
        verification_add(c->call, c->how->out, place_of(c), "differs from ledger entry %lld",
                         (long long)g->ledger);
    return OK;
}

static enum err check_segments(struct checking *c)
{
    int64_t source = 0, n = 0;
    struct rows rows;
    do {
        struct value values[] = {V_INT(source), V_INT(n)};
        TRY(read_rows(
            c->call, c->r,
            "SELECT " SEGMENT_COLUMNS SEGMENT_FROM
            "WHERE g.source > $1 OR (g.source = $1 AND g.n > $2) ORDER BY g.source, g.n "
            "LIMIT 500",
            values, 2, 500, &rows));
        for (size_t i = 0; i < rows.count; i++) {
            segment__of_row(row_at(&rows, i), &c->segment);
            TRY(check_segment(c));
            source = c->segment.source;
            n = c->segment.n;
        }
    } while (rows.count == 500);
    return OK;
}

/* ---- what was removed
 * --------------------------------------------------------------------------- */
/* The segments of one removal: how many, how many events and blocks, and their commitments, one
 * after the other. */
struct removed {
    int64_t segments, blocks, events, over;
    struct text digest;
};
static enum err sum_removed(struct checking *c, struct call *call, const struct removal *m,
                            struct removed *out)
{
    int64_t n = m->first - 1;
    struct rows rows;
    *out = (struct removed){0};
    do {
        struct value values[] = {V_INT(m->source), V_INT(n), V_INT(m->last), V_INT(m->n)};
        TRY(read_rows(call, c->r,
                      "SELECT " SEGMENT_COLUMNS SEGMENT_FROM
                      "WHERE g.source = $1 AND g.n > $2 AND g.n <= $3 AND g.removed = $4 ORDER "
                      "BY g.n LIMIT 500",
                      values, 4, 500, &rows));
        for (size_t i = 0; i < rows.count; i++) {
            struct segment g;
            segment__of_row(row_at(&rows, i), &g);
            struct hash h = segment__add(out->digest, g.commitment);
            out->digest = text_copy(call->arena, hash_text(&h));
            out->segments++;
            out->blocks += g.blocks;
            out->events += g.events;
            if (segment__over(&g) > out->over)
                out->over = segment__over(&g);
            n = g.n;
        }
    } while (rows.count == 500);
    return OK;
}

/* Not before its time: whose day it was is not known here, hence one day more. */
static bool in_time(const struct removal *m, int64_t over)
{
    int64_t at, before, day = INT64_C(86400) * 1000000;
    return moment_read(m->at, &at) && moment_read(m->before, &before) && over <= before &&
           m->months > 0 && before / day <= date_add_months(at / day + 1, -m->months);
}

static enum err check_removal(struct checking *c, struct call *call, const struct removal *m)
{
    struct removed sum;
    struct hash commitment;
    struct text place = text_print(c->call->arena, "events of %.*s %.*s, segments %lld to %lld",
                                   TEXT_ARG(m->kind), TEXT_ARG(m->record), (long long)m->first,
                                   (long long)m->last);
    TRY(sum_removed(c, call, m, &sum));
    bool agrees =
        removal__commit(call, m, m->salt, &commitment) == OK &&
        text_same(m->commitment, hash_text(&commitment)) &&
        c->how->agrees(c->how->arg, m->ledger, "event_removal", m->record, m->n, &commitment);
    if (!agrees)
        verification_add(c->call, c->how->out, place,
                         "row %lld of event_removal differs from ledger entry %lld",
                         (long long)m->n, (long long)m->ledger);
    else if (sum.segments != m->last - m->first + 1 || sum.blocks != m->blocks ||
             sum.events != m->events || !text_same(sum.digest, m->digest))
        verification_add(c->call, c->how->out, place,
                         "are not those that were removed by entry %lld", (long long)m->ledger);
    else if (!in_time(m, sum.over))
        verification_add(c->call, c->how->out, place,
                         "were removed by entry %lld before their time", (long long)m->ledger);
    else
        verification_note(c->call, c->how->out, place,
                          "%lld event(s) were removed by entry %lld: they are kept for %lld "
                          "months, as version %lld of the record says",
                          (long long)m->events, (long long)m->ledger, (long long)m->months,
                          (long long)m->version);
    return OK;
}

/* From the first segment on without a gap. */
static void check_order(struct checking *c, const struct removal *m, const struct removal *last)
{
    bool next = m->source == last->source;
    if (m->n != (next ? last->n + 1 : 1) || m->first != (next ? last->last + 1 : 1) ||
        m->last < m->first)
        verification_add(c->call, c->how->out,
                         text_print(c->call->arena, "events of %.*s %.*s", TEXT_ARG(m->kind),
                                    TEXT_ARG(m->record)),
                         "removal %lld does not follow the one before it", (long long)m->n);
}

static enum err check_removals(struct checking *c)
{
    struct removal last = {0};
    struct rows rows;
    do {
        struct arena *page = arena_open();
        struct call *call = call_beside(page, c->call);
        struct value values[] = {V_INT(last.source), V_INT(last.n)};
        enum err e = read_rows(call, c->r,
                               "SELECT " REMOVAL_COLUMNS REMOVAL_FROM
                               "WHERE r.source > $1 OR (r.source = $1 AND r.n > $2) ORDER BY "
                               "r.source, r.n LIMIT 100",
                               values, 2, 100, &rows);
        for (size_t i = 0; e == OK && i < rows.count; i++) {
            struct removal m;
            removal__of_row(row_at(&rows, i), &m);
            check_order(c, &m, &last);
            last = (struct removal){.source = m.source, .n = m.n, .last = m.last};
            e = check_removal(c, call, &m);
        }
        arena_close(page);
        TRY(e);
    } while (rows.count == 100);
    return OK;
}

/* Rows that nothing accounts for, and counts that do not agree. */
static enum err check_sums(struct checking *c)
{
    struct rows rows;
    TRY(read_rows(
        c->call, c->r,
        "SELECT s.kind, s.record, s.events, (SELECT CAST(COALESCE(sum(g.events), 0) "
        "AS bigint) FROM event_segment g "
        "WHERE g.source = s.id), (SELECT count(*) FROM event_key k WHERE k.source = "
        "s.id), s.blocks, "
        "(SELECT count(*) FROM event_block b WHERE b.source = s.id), s.segments, "
        "(SELECT count(*) "
        "FROM event_segment g WHERE g.source = s.id), s.bytes, (SELECT "
        "CAST(COALESCE(sum(length(b.bytes)), "
        "0) AS bigint) FROM event_block b WHERE b.source = s.id), s.gone_events, "
        "s.gone_blocks, s.gone_segments, (SELECT CAST(COALESCE(sum(m.events), 0) AS "
        "bigint) FROM event_removal m WHERE m.source = s.id), (SELECT "
        "CAST(COALESCE(sum(m.blocks), 0) AS bigint) FROM event_removal m WHERE "
        "m.source = s.id), (SELECT COALESCE(max(m.last), 0) FROM event_removal m WHERE "
        "m.source = s.id) FROM event_source s ORDER BY s.id",
        NULL, 0, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        int64_t gone_events = row[11].integer, gone_blocks = row[12].integer;
        if (row[2].integer != row[3].integer ||
            row[2].integer - gone_events != row[4].integer ||
            row[5].integer - gone_blocks != row[6].integer ||
            row[7].integer != row[8].integer || row[9].integer != row[10].integer ||
            gone_events != row[14].integer || gone_blocks != row[15].integer ||
            row[13].integer != row[16].integer)
            verification_add(c->call, c->how->out,
                             text_print(c->call->arena, "events of %.*s %.*s",
                                        TEXT_ARG(row[0].text), TEXT_ARG(row[1].text)),
                             "its counts and what is kept do not agree");
    }
    TRY(read_rows(
        c->call, c->r,
        "SELECT (SELECT count(*) FROM event_block b WHERE NOT EXISTS (SELECT 1 FROM "
        "event_segment g WHERE g.source = b.source AND g.n = b.segment)) + (SELECT count(*) "
        "FROM event_segment g WHERE NOT EXISTS (SELECT 1 FROM event_source s WHERE s.id = "
        "g.source)) + (SELECT count(*) FROM event_key k WHERE NOT EXISTS (SELECT 1 FROM "
        "event_block b WHERE b.source = k.source AND b.n = k.block AND k.place < b.events)) + "
        "(SELECT count(*) FROM event_segment g WHERE g.removed <> 0 AND NOT EXISTS (SELECT 1 "
        "FROM event_removal m WHERE m.source = g.source AND m.n = g.removed AND g.n >= m.first "
        "AND g.n <= m.last)) + (SELECT count(*) FROM event_removal m WHERE NOT EXISTS (SELECT "
        "1 "
        "FROM event_source s WHERE s.id = m.source))",
        NULL, 0, 1, &rows));
    if (rows.cells[0].integer)
        verification_add(c->call, c->how->out, TEXT("events"), "%lld row(s) belong to nothing",
                         (long long)rows.cells[0].integer);
    return OK;
}

enum err journal_verify(struct call *call, struct reader *r, const struct journal_check *how)
{
    struct checking c = {.how = how, .call = call, .r = r};
    TRY(check_segments(&c));
    TRY(check_removals(&c));
    return check_sums(&c);
}
