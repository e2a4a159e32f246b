/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/verify.c — recompute everything from the stored leaves and say what does not fit.
 * One pass in index order: each leaf is hashed and read strictly, goes into a tree of our own,
 * and that tree is held against every stored tile, every checkpoint and the head as it reaches
 * their size. Nothing stored is believed, with one exception that is itself reported: where a
 * row is missing, its hash is taken from the tile, so that one lost row does not hide what
 * follows. */
#include "ledger/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENTRY_PAGE 2000
#define FINDINGS_MOST 100

struct walk {
    struct call *call;
    struct reader *reader;
    struct verification *out;
    struct text origin;
    const unsigned char *public_key;
    void (*each)(void *arg, uint64_t n, struct text leaf);
    void *arg;

    struct head head;
    struct cursor entries, tiles;
    struct ahead *ahead;
    const struct signed_note *checkpoint; /* the next to be reached; NULL after the last */
    struct objects *objects;
    struct edge edge;
    struct frontier frontier;
    uint64_t next; /* the index that must come now */
    bool broken;   /* a hash is unknown: the tree cannot be continued */
    int64_t moment;

    uint64_t last_checkpoint, wrong_checkpoints, first_wrong;
    bool given;
    uint64_t given_size;
    struct hash given_root;
};

void verification_start(struct verification *v)
{
    *v = (struct verification){0};
    v->findings_end = &v->findings;
    v->notes_end = &v->notes;
}

static void keep(struct call *call, struct finding ***end, struct text where,
                 const char *format, va_list args)
{
    char sentence[400];
    vsnprintf(sentence, sizeof(sentence), format, args);
    struct finding *f = NEW(call->arena, struct finding);
    f->place = text_copy(call->arena, where);
    f->what = text_copy(call->arena, text_of(sentence));
    **end = f;
    *end = &f->next;
}

void verification_add(struct call *call, struct verification *v, struct text place,
                      const char *format, ...)
{
    va_list args;
    if (v->finding_count++ >= FINDINGS_MOST)
        return;
    va_start(args, format);
    keep(call, &v->findings_end, place, format, args);
    va_end(args);
}

void verification_note(struct call *call, struct verification *v, struct text place,
                       const char *format, ...)
{
    va_list args;
    if (v->note_count++ >= FINDINGS_MOST)
        return;
    va_start(args, format);
    keep(call, &v->notes_end, place, format, args);
    va_end(args);
}

static struct text place(struct walk *w, const char *what, uint64_t n)
{
    return text_print(w->call->arena, "%s %llu", what, (unsigned long long)n);
}

static bool same_hash(const struct hash *left, const struct hash *right)
{
    return memcmp(left->byte, right->byte, HASH_SIZE) == 0;
}

/* ---- tiles ------------------------------------------------------------------------------- */

/* Moves the level-0 cursor to tile n; false when it is not there or is not whole. */
static enum err find_tile(struct walk *w, uint64_t n, bool *found)
{
    struct cursor *c = &w->tiles;
    while (!c->end && (c->row == NULL || c->row[0].integer < (int64_t)n))
        TRY(cursor__next(w->call, c));
    *found = c->row != NULL && c->row[0].integer == (int64_t)n &&
             c->row[2].type == VALUE_BYTES && c->row[2].text.len == TILE_BYTES;
    return OK;
}

static void compare_tile(struct walk *w, unsigned level, uint64_t n, const struct hash *hashes,
                         const struct hash *root, const struct value *row)
{
    struct hash stored_root;
    struct text where =
        text_print(w->call->arena, "tile %u/%llu", level, (unsigned long long)n);
    w->out->tiles++;
    if (memcmp(row[2].text.at, hashes, TILE_BYTES) != 0) {
        size_t i = 0;
        while (memcmp(row[2].text.at + i * HASH_SIZE, &hashes[i], HASH_SIZE) == 0)
            i++;
        verification_add(w->call, w->out, where,
                         "hash %zu (%s %llu) is not the one computed from the entries", i,
                         level == 0 ? "of entry" : "of the tile below with number",
                         (unsigned long long)(n * TILE_WIDTH + i));
    }
    if (!source__hash_cell(&row[1], &stored_root) || !same_hash(&stored_root, root))
        verification_add(w->call, w->out, where, "its root is not the one computed");
}

static enum err check_tile(void *arg, unsigned level, uint64_t n, const struct hash *hashes,
                           const struct hash *root)
{
    struct walk *w = arg;
    bool found = false;
    struct rows rows = {0};
    if (level == 0) {
        TRY(find_tile(w, n, &found));
    } else {
        TRY(read_rows(w->call, w->reader,
                      "SELECT n, root, hashes FROM ledger_tile"
                      " WHERE log_id = $1 AND level = $2 AND n = $3",
                      (struct value[]){LOG_ID, V_INT(level), V_INT((int64_t)n)}, 3, 1, &rows));
        found = rows.count == 1 && rows.cells[2].type == VALUE_BYTES &&
                rows.cells[2].text.len == TILE_BYTES;
    }
    if (found)
        compare_tile(w, level, n, hashes, root, level == 0 ? w->tiles.row : rows.cells);
    else
        verification_add(
            w->call, w->out,
            text_print(w->call->arena, "tile %u/%llu", level, (unsigned long long)n),
            "it is missing or is not 256 hashes");
    return OK;
}

/* A tile that the tree is too small for was put there by somebody else. */
static enum err check_extra_tiles(struct walk *w)
{
    struct value values[1 + TILE_LEVELS] = {LOG_ID};
    struct rows rows;
    for (unsigned level = 0; level < TILE_LEVELS; level++)
        values[1 + level] = V_INT((int64_t)full_tiles(w->next, level));
    TRY(read_rows(w->call, w->reader,
                  "SELECT level, n FROM ledger_tile WHERE log_id = $1 AND (n < 0 OR"
                  " n >= CASE level WHEN 0 THEN $2 WHEN 1 THEN $3 WHEN 2 THEN $4 WHEN 3 THEN $5"
                  " WHEN 4 THEN $6 WHEN 5 THEN $7 WHEN 6 THEN $8 WHEN 7 THEN $9 ELSE 0 END)"
                  " ORDER BY level, n LIMIT 100",
                  values, COUNT(values), 100, &rows));
    for (size_t i = 0; i < rows.count; i++)
        verification_add(w->call, w->out,
                         text_print(w->call->arena, "tile %lld/%lld",
                                    (long long)row_at(&rows, i)[0].integer,
                                    (long long)row_at(&rows, i)[1].integer),
                         "the log is too short for this tile to exist");
    return OK;
}

/* ---- checkpoints ------------------------------------------------------------------------- */

static void wrong_root(struct walk *w, uint64_t size)
{
    /* Once the tree differs, every later checkpoint does: the first is the one that tells. */
    if (w->wrong_checkpoints++ > 0)
        return;
    w->first_wrong = size;
    verification_add(w->call, w->out, place(w, "checkpoint", size),
                     "the root it signs is not that of the first %llu entries; the checkpoint "
                     "before it is for %llu",
                     (unsigned long long)size, (unsigned long long)w->last_checkpoint);
}

static void check_checkpoint(struct walk *w, const struct signed_note *c)
{
    uint64_t at = (uint64_t)c->key;
    if (!c->ours) {
        verification_add(w->call, w->out, place(w, "checkpoint", at),
                         "it is not signed by the key of this log");
    } else if (c->size != at) {
        verification_add(w->call, w->out, place(w, "checkpoint", at),
                         "the note in it is for %llu entries", (unsigned long long)c->size);
    } else if (at > w->next) {
        verification_add(w->call, w->out, place(w, "checkpoint", at),
                         "it signs more entries than the %llu that are there",
                         (unsigned long long)w->next);
    } else if (!w->broken) {
        struct hash ours = frontier_root(&w->frontier);
        if (!same_hash(&ours, &c->root))
            wrong_root(w, at);
    }
    w->out->checkpoints++;
    w->last_checkpoint = at;
}

static enum err check_checkpoints(struct walk *w, int64_t up_to)
{
    while (w->checkpoint != NULL && w->checkpoint->key <= up_to) {
        if (w->checkpoint->key <= 0)
            verification_add(w->call, w->out, TEXT("checkpoint"),
                             "there is one for %lld entries", (long long)w->checkpoint->key);
        else
            check_checkpoint(w, w->checkpoint);
        TRY(ahead__next(w->call, w->ahead, &w->checkpoint));
    }
    return OK;
}

static void check_given(struct walk *w)
{
    if (!w->given || w->given_size != w->next || w->broken)
        return;
    struct hash ours = frontier_root(&w->frontier);
    w->given = false;
    if (!same_hash(&ours, &w->given_root))
        verification_add(
            w->call, w->out, place(w, "given checkpoint", w->given_size),
            "it is of another history: the first %llu entries here have another root",
            (unsigned long long)w->given_size);
}

static void open_given(struct walk *w, struct text note)
{
    if (note.len == 0)
        return;
    w->given = note_open(w->call->arena, note, w->origin, w->public_key, &w->given_size,
                         &w->given_root);
    if (!w->given)
        verification_add(w->call, w->out, TEXT("given checkpoint"),
                         "it is not a note signed by the key of this log");
    check_given(w);
}

/* ---- entries ----------------------------------------------------------------------------- */

static enum err add_hash(struct walk *w, const struct hash *h)
{
    w->next++;
    if (!w->broken) {
        frontier_add(&w->frontier, h);
        TRY(edge__add(&w->edge, h, &(struct tile_taker){check_tile, w}));
    }
    TRY(check_checkpoints(w, (int64_t)w->next));
    check_given(w);
    return OK;
}

static enum err skip_missing(struct walk *w, uint64_t to)
{
    verification_add(w->call, w->out, place(w, "ledger entry", w->next),
                     to - w->next == 1 ? "it is missing"
                                       : "it and the %llu after it are missing",
                     (unsigned long long)(to - w->next - 1));
    while (w->next < to && !w->broken) {
        bool found;
        struct hash h;
        TRY(find_tile(w, w->next / TILE_WIDTH, &found));
        if (!found)
            break;
        memcpy(h.byte, w->tiles.row[2].text.at + w->next % TILE_WIDTH * HASH_SIZE, HASH_SIZE);
        TRY(add_hash(w, &h));
    }
    if (w->next < to)
        w->broken = true;
    w->next = to;
    return check_checkpoints(w, (int64_t)to);
}

static void check_content(struct walk *w, uint64_t n, struct text bytes)
{
    struct leaf leaf;
    const char *why;
    size_t offset;
    struct arena *a = w->entries.arena;
    if (!leaf__read(a, bytes, &leaf, &why, &offset)) {
        verification_add(w->call, w->out, place(w, "ledger entry", n),
                         "its bytes are not a canonical entry: at byte %zu, %s", offset, why);
        return;
    }
    if (leaf.index != n)
        verification_add(w->call, w->out, place(w, "ledger entry", n),
                         "it says that it is entry %llu", (unsigned long long)leaf.index);
    if (!text_same(leaf.log, w->origin))
        verification_add(w->call, w->out, place(w, "ledger entry", n),
                         "it belongs to another log");
    if (leaf.moment < w->moment && !text_is(leaf.act, "clock.jump"))
        verification_add(
            w->call, w->out, place(w, "ledger entry", n),
            "its time is before that of the entry before it, and it is no clock.jump");
    if ((n == 0) != text_is(leaf.act, "ledger.genesis"))
        verification_add(w->call, w->out, place(w, "ledger entry", n),
                         "ledger.genesis is the act of entry 0 and of no other");
    const char *wrong = objects__walk(w->objects, a, &leaf);
    if (wrong != NULL)
        verification_add(w->call, w->out, place(w, "ledger entry", n), "%s", wrong);
    w->moment = leaf.moment;
    if (w->each != NULL)
        w->each(w->arg, n, bytes);
}

static enum err check_entry(struct walk *w, const struct value *row)
{
    uint64_t n = (uint64_t)row[0].integer;
    struct hash stored;
    if (row[1].type != VALUE_BYTES) {
        verification_add(w->call, w->out, place(w, "ledger entry", n), "it is not bytes");
        w->broken = true;
        return add_hash(w, &(struct hash){0});
    }
    struct hash h = merkle_leaf(row[1].text);
    if (!source__hash_cell(&row[2], &stored) || !same_hash(&stored, &h))
        verification_add(w->call, w->out, place(w, "ledger entry", n),
                         "its bytes do not have the hash stored beside them");
    check_content(w, n, row[1].text);
    w->out->entries++;
    return add_hash(w, &h);
}

static enum err check_row(struct walk *w, const struct value *row)
{
    uint64_t limit = w->head.present ? w->head.size : UINT64_MAX;
    if (row[0].integer < 0 || (uint64_t)row[0].integer >= limit) {
        verification_add(
            w->call, w->out,
            text_print(w->call->arena, "ledger entry %lld", (long long)row[0].integer),
            "it lies outside the %llu entries that the head counts",
            (unsigned long long)w->head.size);
        return OK;
    }
    if ((uint64_t)row[0].integer > w->next)
        TRY(skip_missing(w, (uint64_t)row[0].integer));
    return check_entry(w, row);
}

static enum err check_entries(struct walk *w)
{
    struct cursor *c = &w->entries;
    TRY(ahead__next(w->call, w->ahead, &w->checkpoint));
    TRY(check_checkpoints(w, 0));
    TRY(cursor__next(w->call, c));
    while (c->row != NULL) {
        TRY(check_row(w, c->row));
        TRY(cursor__next(w->call, c));
    }
    if (w->head.present && w->next < w->head.size)
        TRY(skip_missing(w, w->head.size));
    return OK;
}

/* ---- the head ---------------------------------------------------------------------------- */

/* A row that cannot be read is a finding, not a failure: the entries can still be checked. */
static enum err read_head(struct walk *w)
{
    struct call *call = call_beside(w->call->arena, w->call);
    struct source s = {.call = call, .reader = w->reader};
    enum err e = source__head(&s, &w->head);
    if (e == ERR_CONFLICT) {
        w->head = (struct head){0};
        verification_add(w->call, w->out, TEXT("ledger head"),
                         "its row cannot be read: it was not written by this program");
        return OK;
    }
    if (e != OK)
        return problem(w->call, e, TEXT("ledger"), "storage", "the ledger cannot be read");
    if (!w->head.present)
        verification_add(w->call, w->out, TEXT("ledger head"), "its row is missing");
    return OK;
}

static void check_head(struct walk *w)
{
    const struct head *head = &w->head;
    struct text where = TEXT("ledger head");
    if (!head->present)
        return;
    if (!text_same(head->origin, w->origin))
        verification_add(w->call, w->out, where, "it names another log");
    if (!w->broken && !same_hash(&head->root, &w->out->root))
        verification_add(w->call, w->out, where, "its root is not that of the entries");
    if (!w->broken && !text_same(head->frontier, source__peaks(w->call->arena, &w->frontier)))
        verification_add(w->call, w->out, where, "its frontier is not that of the entries");
    if (head->last_time != w->moment)
        verification_add(w->call, w->out, where, "its time is not that of the last entry");
    if (head->size == 0)
        verification_add(w->call, w->out, where, "the log is empty: its genesis is gone");
    if (w->last_checkpoint != head->size)
        verification_add(w->call, w->out, place(w, "checkpoint", head->size),
                         "the head has no checkpoint; the last one is for %llu",
                         (unsigned long long)w->last_checkpoint);
}

static void check_ends(struct walk *w)
{
    if (w->wrong_checkpoints > 1)
        verification_add(w->call, w->out, place(w, "checkpoint", w->first_wrong),
                         "%llu later ones sign another history too",
                         (unsigned long long)(w->wrong_checkpoints - 1));
    if (w->given)
        verification_add(w->call, w->out, place(w, "given checkpoint", w->given_size),
                         w->given_size > w->next
                             ? "the log is shorter than this: only %llu entries are there"
                             : "it cannot be compared: of %llu entries some are missing",
                         (unsigned long long)w->next);
    if (w->entries.odd || w->tiles.odd || ahead__odd(w->ahead))
        verification_add(w->call, w->out, TEXT("ledger tables"),
                         "a row has a key that is not a number");
}

/* There is one log: rows of another were not written by us. */
static enum err check_strays(struct walk *w)
{
    static const struct {
        const char *table, *sql;
    } looks[] = {
        {"table ledger_log", "SELECT log_id FROM ledger_log WHERE log_id <> $1 LIMIT 1"},
        {"table ledger_entry", "SELECT log_id FROM ledger_entry WHERE log_id < $1 OR log_id > $1 LIMIT 1"},
        {"table ledger_tile", "SELECT log_id FROM ledger_tile WHERE log_id < $1 OR log_id > $1 LIMIT 1"},
        {"table ledger_checkpoint",
         "SELECT log_id FROM ledger_checkpoint WHERE log_id < $1 OR log_id > $1 LIMIT 1"}};
    for (size_t i = 0; i < COUNT(looks); i++) {
        struct rows rows;
        TRY(read_rows(w->call, w->reader, looks[i].sql, (struct value[]){LOG_ID}, 1, 1, &rows));
        if (rows.count)
            verification_add(w->call, w->out, text_of(looks[i].table),
                             "there are rows of a log that does not exist");
    }
    return OK;
}

/* ---- the whole --------------------------------------------------------------------------- */

static enum err walk_log(struct walk *w, struct text note)
{
    TRY(read_head(w));
    open_given(w, note);
    TRY(check_entries(w));
    TRY(check_checkpoints(w, INT64_MAX));
    TRY(check_extra_tiles(w));
    TRY(check_strays(w));
    w->out->root = frontier_root(&w->frontier);
    check_head(w);
    check_ends(w);
    return OK;
}

static enum err open_walk(struct walk *w, struct reader *r)
{
    w->reader = r;
    w->moment = INT64_MIN;
    w->objects = objects__open();
    cursor__open(&w->entries, r,
                 "SELECT idx, leaf, leaf_hash FROM ledger_entry"
                 " WHERE log_id = $1 AND idx >= $2 ORDER BY idx LIMIT $3",
                 ENTRY_PAGE);
    cursor__open(&w->tiles, r,
                 "SELECT n, root, hashes FROM ledger_tile"
                 " WHERE log_id = $1 AND level = 0 AND n >= $2 ORDER BY n LIMIT $3",
                 64);
    return ahead__open(w->call, r, w->origin, w->public_key, &w->ahead);
}

static void close_walk(struct walk *w)
{
    cursor__close(&w->entries);
    cursor__close(&w->tiles);
    ahead__close(w->ahead);
    objects__close(w->objects);
}

enum err ledger_verify_within(struct call *call, struct reader *r, struct text origin,
                              const unsigned char public_key[32], struct text note,
                              void (*each)(void *arg, uint64_t n, struct text leaf), void *arg,
                              struct verification *out)
{
    struct walk *w = NEW(call->arena, struct walk);
    verification_start(out);
    w->call = call;
    w->out = out;
    w->origin = origin;
    w->public_key = public_key;
    w->each = each;
    w->arg = arg;
    enum err e = open_walk(w, r);
    if (e == OK)
        e = walk_log(w, note);
    close_walk(w);
    return e;
}

enum err ledger_verify(struct call *call, struct reader *r, struct text origin,
                       const unsigned char public_key[32], struct text note,
                       void (*each)(void *arg, uint64_t n, struct text leaf), void *arg,
                       struct verification *out)
{
    verification_start(out);
    TRY(read_begin(call, r));
    enum err e = ledger_verify_within(call, r, origin, public_key, note, each, arg, out);
    read_end(r);
    return e;
}

enum err ledger_verify_last(struct call *call, struct reader *r, struct text folder,
                            struct verification *out)
{
    struct source s = {.call = call, .reader = r};
    struct text where = TEXT("ledger.last");
    struct last last;
    struct head head;
    struct hash root;
    TRY(last__read(call, folder, &last));
    if (!last.present)
        return OK;
    TRY(source__head(&s, &head));
    if (last.size > head.size) {
        verification_add(call, out, where,
                         "the store holds %llu ledger entries, but %llu were committed here: "
                         "it is an older copy",
                         (unsigned long long)head.size, (unsigned long long)last.size);
        return OK;
    }
    s.size = head.size;
    TRY(source__root(&s, last.size, &root));
    if (!same_hash(&root, &last.root))
        verification_add(call, out, where,
                         "the first %llu entries are not those that were committed here: it is "
                         "another history",
                         (unsigned long long)last.size);
    return OK;
}
