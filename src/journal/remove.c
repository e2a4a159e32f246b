/* SPDX-License-Identifier: Apache-2.0 */
/* journal/remove.c — what was kept long enough goes: whole segments from the oldest on, so that
 * what is left is one piece. Before it goes a segment is held against its digest: what somebody
 * altered is evidence of that, and stays. */
#include "journal/internal.h"
#include "store/write.h"

#include <string.h>

#define SEGMENTS 200 /* of one job, and of one entry */
#define EVENTS 20000 /* then the job ends with the segment: others who write wait for no more  \
                      */

void removal__of_row(const struct value *row, struct removal *out)
{
    *out = (struct removal){.source = row[0].integer,
                            .n = row[1].integer,
                            .months = row[2].integer,
                            .version = row[3].integer,
                            .first = row[4].integer,
                            .last = row[5].integer,
                            .blocks = row[6].integer,
                            .events = row[7].integer,
                            .ledger = row[8].integer,
                            .kind = row[9].text,
                            .record = row[10].text,
                            .at = row[11].text,
                            .before = row[12].text,
                            .digest = row[13].text,
                            .salt = row[14].text,
                            .commitment = row[15].text};
}

static struct text number(struct arena *a, int64_t n)
{
    return text_print(a, "%lld", (long long)n);
}

enum err removal__commit(struct call *call, const struct removal *m, struct text salt,
                         struct hash *out)
{
    static const char *const names[] = {"at",     "before", "blocks", "digest",
                                        "events", "first",  "kind",   "last",
                                        "months", "n",      "record", "version"};
    struct arena *a = call->arena;
    struct text values[] = {m->at,
                            m->before,
                            number(a, m->blocks),
                            hex_of(a, m->digest),
                            number(a, m->events),
                            number(a, m->first),
                            m->kind,
                            number(a, m->last),
                            number(a, m->months),
                            number(a, m->n),
                            m->record,
                            number(a, m->version)};
    return ledger_commit_texts(call, names, values, COUNT(names), salt, out);
}

enum err journal_old(struct call *call, struct reader *r, struct text before,
                     struct journal_source **out, size_t *count)
{
    int64_t moment;
    struct rows rows;
    *count = 0;
    if (!moment_read(before, &moment))
        return OK;
    struct value begun = V_TEXT(moment_print(call->arena, moment - JOURNAL_SEGMENT));
    TRY(read_rows(call, r,
                  "SELECT s.id, s.kind, s.record FROM event_source s JOIN event_segment g ON "
                  "g.source = s.id AND g.n = s.gone_segments + 1 WHERE g.ledger >= 0 AND "
                  "g.begun <= $1 ORDER BY s.id",
                  &begun, 1, READ_MOST, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct journal_source);
    for (; *count < rows.count; ++*count) {
        const struct value *row = row_at(&rows, *count);
        (*out)[*count] = (struct journal_source){row[0].integer, row[1].text, row[2].text};
    }
    return OK;
}

/* ---- one segment
 * ------------------------------------------------------------------------------ */
struct removing {
    struct call *call;
    struct tx *tx;
    struct removal removal;
    int64_t bytes;      /* that lie there no more */
    int64_t last_block; /* that went */
};

static enum err damaged(struct removing *r, const struct segment *g)
{
    return problem(r->call, ERR_CONFLICT, TEXT(""), "event_damaged",
                   say(r->call, "segment %lld of the events is not as it was sealed: it is not "
                                "removed"),
                   (long long)g->n);
}

static enum err read_block(struct removing *r, struct call *call, const struct segment *g,
                           int64_t n, struct rows *rows)
{
    struct value values[] = {V_INT(g->source), V_INT(n), V_INT(g->n)};
    TRY(tx_rows(call, r->tx,
                "SELECT digest, at, bytes, packed, events FROM event_block WHERE source = $1 "
                "AND n = $2 AND segment = $3",
                values, 3, 1, rows));
    if (!rows->count)
        return damaged(r, g);
    const struct value *row = rows->cells;
    struct hash h = sha256_two(row[1].text, row[2].text);
    return text_same(hash_text(&h), row[0].text) ? OK : damaged(r, g);
}

/* The blocks of the segment against its digest, one in memory at a time. */
static enum err check_segment(struct removing *r, const struct segment *g)
{
    struct arena *page = arena_open();
    struct hash all = {0};
    struct text digest = TEXT("");
    int64_t events = 0;
    enum err e = OK;
    for (int64_t i = 0; i < g->blocks && e == OK; i++) {
        struct rows rows;
        e = read_block(r, call_beside(page, r->call), g, g->first + i, &rows);
        if (e == OK) {
            all = segment__add(digest, rows.cells[0].text);
            digest = hash_text(&all);
            events += rows.cells[4].integer;
        }
        arena_reset(page);
    }
    arena_close(page);
    TRY(e);
    return text_same(digest, g->digest) && events == g->events ? OK : damaged(r, g);
}

static const struct json_limits line_limits = {(size_t)4 << 20, 32, 100000};

static void key_of(struct call *call, struct text line, struct value *source_and_key)
{
    const struct json *v;
    struct journal_item *item = NEW(call->arena, struct journal_item);
    struct call *quiet = call_beside(call->arena, call);
    item->line = line;
    journal_named(json_read(quiet, line, &line_limits, &v) == OK ? json_text(json_get(v, "id"))
                                                                 : TEXT(""),
                  item);
    source_and_key[1] = V_BYTES(((struct text){(const char *)item->key, JOURNAL_KEY}));
}

static enum err remove_keys(struct removing *r, struct call *call, const struct segment *g,
                            const struct value *row)
{
    struct text lines = row[2].text;
    int64_t count = row[4].integer, i = 0;
    if (row[3].integer && gzip_unpack(call, row[2].text, (size_t)64 << 20, &lines) != OK)
        return damaged(r, g);
    struct value *keys = NEW_MANY(call->arena, 2 * (size_t)count + 1, struct value);
    for (; i < count && lines.len; i++) {
        keys[2 * i] = V_INT(g->source);
        key_of(call, text_cut(&lines, '\n'), keys + 2 * i);
    }
    return tx_many(
        call, r->tx,
        "DELETE FROM event_key WHERE (source, key) IN (SELECT v.column1, v.column2 FROM "
        "(VALUES",
        ") v)", keys, 2, (size_t)i);
}

static enum err remove_block(struct removing *r, struct arena *page, const struct segment *g,
                             int64_t n)
{
    struct call *call = call_beside(page, r->call);
    struct value values[] = {V_INT(g->source), V_INT(n)};
    struct rows rows;
    TRY(read_block(r, call, g, n, &rows));
    TRY(remove_keys(r, call, g, rows.cells));
    r->bytes += (int64_t)rows.cells[2].text.len;
    return tx_exec(call, r->tx, "DELETE FROM event_block WHERE source = $1 AND n = $2", values,
                   2, NULL);
}

static enum err remove_segment(struct removing *r, const struct segment *g)
{
    struct arena *page = arena_open();
    enum err e = OK;
    for (int64_t i = 0; i < g->blocks && e == OK; i++) {
        e = remove_block(r, page, g, g->first + i);
        arena_reset(page);
    }
    arena_close(page);
    TRY(e);
    struct removal *m = &r->removal;
    struct hash h = segment__add(m->digest, g->commitment);
    m->digest = text_copy(r->call->arena, hash_text(&h));
    m->first = m->first ? m->first : g->n;
    m->last = g->n;
    m->blocks += g->blocks;
    m->events += g->events;
    r->last_block = g->first + g->blocks - 1;
    struct value values[] = {V_INT(g->source), V_INT(g->n), V_INT(m->n)};
    return tx_exec(r->call, r->tx,
                   "UPDATE event_segment SET removed = $3 WHERE source = $1 AND n = $2", values,
                   3, NULL);
}

/* ---- and its entry
 * ---------------------------------------------------------------------------- */
/* The number of this removal, and the entry of the one before it. */
static enum err find_previous(struct removing *r, struct ledger_event *event)
{
    struct rows rows;
    event->previous = -1;
    TRY(tx_rows(r->call, r->tx,
                "SELECT n, ledger, commitment FROM event_removal WHERE source = $1 ORDER BY n "
                "DESC LIMIT 1",
                &V_INT(r->removal.source), 1, 1, &rows));
    r->removal.n = rows.count ? rows.cells[0].integer + 1 : 1;
    if (!rows.count || rows.cells[2].text.len != HASH_SIZE)
        return OK;
    event->previous = rows.cells[1].integer;
    memcpy(event->previous_commitment.byte, rows.cells[2].text.at, HASH_SIZE);
    return OK;
}

/* What was counted of them goes too, and the rest is counted again: a label may have gone whose
 * prediction is there, and the other way round. */
static enum err uncount(struct removing *r)
{
    struct value values[] = {V_INT(r->removal.source), V_INT(r->last_block)};
    TRY(tx_exec(r->call, r->tx, "DELETE FROM event_page WHERE source = $1 AND block <= $2",
                values, 2, NULL));
    return tx_exec(r->call, r->tx,
                   "UPDATE event_counted SET again = 1, turn = turn + 1 WHERE source = $1",
                   values, 1, NULL);
}

static enum err put_removal(struct removing *r, uint64_t index, struct text salt,
                            const struct hash *commitment)
{
    const struct removal *m = &r->removal;
    struct value values[] = {
        V_INT(m->source),      V_INT(m->n),
        V_TEXT(m->at),         V_TEXT(m->before),
        V_INT(m->months),      V_INT(m->version),
        V_INT(m->first),       V_INT(m->last),
        V_INT(m->blocks),      V_INT(m->events),
        V_BYTES(m->digest),    V_BYTES(salt),
        V_INT((int64_t)index), V_BYTES(text_copy(r->call->arena, hash_text(commitment)))};
    struct value counts[] = {V_INT(m->source), V_INT(r->last_block), V_INT(m->events),
                             V_INT(m->last), V_INT(r->bytes)};
    TRY(tx_exec(r->call, r->tx,
                "INSERT INTO event_removal (source, n, at, before, months, version, first, "
                "last, blocks, events, digest, salt, ledger, commitment) VALUES ($1, $2, $3, "
                "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                values, COUNT(values), NULL));
    return tx_exec(r->call, r->tx,
                   "UPDATE event_source SET gone_blocks = $2, gone_events = gone_events + $3, "
                   "gone_segments = $4, bytes = bytes - $5 WHERE id = $1",
                   counts, COUNT(counts), NULL);
}

static enum err tell(struct removing *r, struct ledger *l, struct text model,
                     struct ledger_event *event)
{
    struct text salt = ledger_salt(r->call);
    uint64_t index;
    event->act = "events.remove";
    event->actor_type = TEXT("system");
    event->actor_id = TEXT("system");
    event->object_kind = TEXT("event_removal");
    event->object_id = r->removal.record;
    event->object_version = r->removal.n;
    event->has_commitment = true;
    event->model = model;
    event->request = r->call->id;
    TRY(removal__commit(r->call, &r->removal, salt, &event->commitment));
    TRY(ledger_append(r->call, r->tx, l, event, &index));
    return put_removal(r, index, salt, &event->commitment);
}

/* ---- as many as one job should
 * ---------------------------------------------------------------- */
static enum err find_oldest(struct removing *r, struct rows *rows)
{
    struct value source = V_INT(r->removal.source);
    TRY(tx_rows(r->call, r->tx, "SELECT kind, record FROM event_source WHERE id = $1", &source,
                1, 1, rows));
    if (!rows->count)
        return OK;
    r->removal.kind = rows->cells[0].text;
    r->removal.record = rows->cells[1].text;
    return tx_rows(r->call, r->tx,
                   "SELECT " SEGMENT_COLUMNS SEGMENT_FROM
                   "WHERE g.source = $1 AND g.n > s.gone_segments ORDER BY g.n LIMIT 200",
                   &source, 1, SEGMENTS, rows);
}

/* From the oldest on, up to the first that is not over. */
static size_t count_due(const struct removing *r, const struct rows *rows)
{
    int64_t before = 0;
    size_t n = 0;
    (void)moment_read(r->removal.before, &before);
    for (; n < rows->count; n++) {
        struct segment g;
        segment__of_row(row_at(rows, n), &g);
        if (g.ledger < 0 || segment__over(&g) > before)
            break;
    }
    return n;
}

enum err journal_remove(struct call *call, struct tx *tx, struct ledger *l, struct text model,
                        int64_t source, const struct journal_rule *rule, int64_t *events)
{
    static const char *const guarded[] = {"event_block", "event_key"};
    struct removing r = {.call = call,
                         .tx = tx,
                         .removal = {.source = source,
                                     .months = rule->months,
                                     .version = rule->version,
                                     .before = rule->before,
                                     .at = moment_print(call->arena, call->now)}};
    struct ledger_event event = {0};
    struct rows rows;
    *events = 0;
    TRY(find_oldest(&r, &rows));
    size_t due = count_due(&r, &rows);
    if (!due)
        return OK;
    TRY(find_previous(&r, &event));
    for (size_t i = 0; i < COUNT(guarded); i++)
        TRY(tx_unguard(call, tx, text_of(guarded[i])));
    for (size_t i = 0; i < due && r.removal.events < EVENTS; i++) {
        struct segment g;
        segment__of_row(row_at(&rows, i), &g);
        enum err e = check_segment(&r, &g);
        if (e == ERR_CONFLICT && i > 0) /* what came before it can go */
            break;
        TRY(e);
        TRY(remove_segment(&r, &g));
    }
    for (size_t i = 0; i < COUNT(guarded); i++)
        TRY(tx_reguard(call, tx, text_of(guarded[i])));
    *events = r.removal.events;
    TRY(uncount(&r));
    return tell(&r, l, model, &event);
}
