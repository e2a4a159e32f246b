/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/read.c — what outsiders ask for: checkpoint, entries, proofs, tiles.
 * The log only grows, so no statement here needs a snapshot with another: what a checkpoint
 * covers is there for good. Formats: c2sp.org/tlog-proof, c2sp.org/tlog-tiles. */
#include "ledger/internal.h"

#include <string.h>

#define ENTRIES_MOST 10000

static enum err missing(struct call *call, const char *what)
{
    return problem(call, ERR_MISSING, TEXT("ledger"), "missing", "%s", what);
}

static enum err read_size(struct call *call, struct reader *r, uint64_t *size)
{
    struct source s = {.call = call, .reader = r};
    struct head head;
    TRY(source__head(&s, &head));
    *size = head.size;
    return OK;
}

enum err ledger_size_seen(struct call *call, struct reader *r, uint64_t *size)
{
    return read_size(call, r, size);
}

enum err ledger_checkpoint(struct call *call, struct reader *r, uint64_t least,
                           struct text *note)
{
    struct rows rows;
    if (least == 0)
        return source__checkpoint(&(struct source){.call = call, .reader = r}, note);
    if (least > (uint64_t)LEAF_INTEGER_MOST)
        least = (uint64_t)LEAF_INTEGER_MOST;
    TRY(read_rows(call, r,
                  "SELECT note FROM ledger_checkpoint WHERE log_id = $1 AND size >= $2"
                  " ORDER BY size LIMIT 1",
                  (struct value[]){LOG_ID, V_INT((int64_t)least)}, 2, 1, &rows));
    if (rows.count == 0)
        return missing(call, "the ledger does not reach that far");
    *note = rows.cells->text;
    return OK;
}

static void take_rows(struct call *call, const struct rows *rows, struct ledger_row **out,
                      size_t *count)
{
    *out = NEW_MANY(call->arena, rows->count, struct ledger_row);
    for (size_t i = 0; i < rows->count; i++) {
        (*out)[i].index = (uint64_t)row_at(rows, i)[0].integer;
        (*out)[i].leaf = row_at(rows, i)[1].text;
    }
    *count = rows->count;
}

enum err ledger_entries(struct call *call, struct reader *r, uint64_t from, size_t limit,
                        struct ledger_row **out, size_t *count)
{
    struct rows rows;
    if (limit > ENTRIES_MOST)
        limit = ENTRIES_MOST;
    if (from > (uint64_t)LEAF_INTEGER_MOST)
        from = (uint64_t)LEAF_INTEGER_MOST;
    TRY(read_rows(call, r,
                  "SELECT idx, leaf FROM ledger_entry WHERE log_id = $1 AND idx >= $2"
                  " ORDER BY idx LIMIT $3",
                  (struct value[]){LOG_ID, V_INT((int64_t)from), V_INT((int64_t)limit)}, 3,
                  limit, &rows));
    take_rows(call, &rows, out, count);
    return OK;
}

enum err ledger_entries_back(struct call *call, struct reader *r, uint64_t below, size_t limit,
                             struct ledger_row **out, size_t *count)
{
    struct rows rows;
    if (limit > ENTRIES_MOST)
        limit = ENTRIES_MOST;
    if (below > (uint64_t)LEAF_INTEGER_MOST)
        below = (uint64_t)LEAF_INTEGER_MOST;
    TRY(read_rows(call, r,
                  "SELECT idx, leaf FROM ledger_entry WHERE log_id = $1 AND idx < $2"
                  " ORDER BY idx DESC LIMIT $3",
                  (struct value[]){LOG_ID, V_INT((int64_t)below), V_INT((int64_t)limit)}, 3,
                  limit, &rows));
    take_rows(call, &rows, out, count);
    return OK;
}

/* ---- proofs ------------------------------------------------------------------------------ */

enum err ledger_inclusion(struct call *call, struct reader *r, uint64_t n, uint64_t size,
                          struct hash out[64], size_t *count)
{
    uint64_t stored;
    TRY(read_size(call, r, &stored));
    if (n >= size || size > stored)
        return missing(call, "the ledger does not reach that far");
    struct source s = {.call = call, .reader = r, .size = stored};
    return merkle_inclusion(&(struct merkle_source){source__subtree, &s}, n, size, out, count);
}

enum err ledger_consistency(struct call *call, struct reader *r, uint64_t old_size,
                            uint64_t size, struct hash out[64], size_t *count)
{
    uint64_t stored;
    TRY(read_size(call, r, &stored));
    if (size > stored)
        return missing(call, "the ledger does not reach that far");
    if (old_size > size)
        return problem(call, ERR_INVALID, TEXT("ledger"), "range",
                       "the older size must not be the larger one");
    struct source s = {.call = call, .reader = r, .size = stored};
    return merkle_consistency(&(struct merkle_source){source__subtree, &s}, old_size, size, out,
                              count);
}

enum err ledger_proof(struct call *call, struct reader *r, uint64_t n, uint64_t least,
                      struct text *tlog_proof)
{
    struct text note, origin, rest;
    struct hash root, proof[64];
    uint64_t size;
    size_t count;
    TRY(ledger_checkpoint(call, r, least, &note));
    if (!note__checkpoint_read(call->arena, note, &origin, &size, &root, &rest))
        return source__damaged(call, "the last checkpoint cannot be read");
    TRY(ledger_inclusion(call, r, n, size, proof, &count));
    struct buf b = buf_in(call->arena, 100 + sizeof(proof) * 2 + note.len);
    buf_print(&b, "c2sp.org/tlog-proof@v1\nindex %llu\n", (unsigned long long)n);
    for (size_t i = 0; i < count; i++) {
        buf_add(&b, base64_of(call->arena, hash_text(&proof[i])));
        buf_add_byte(&b, '\n');
    }
    buf_add_byte(&b, '\n');
    buf_add(&b, note);
    if (b.full)
        return source__damaged(call, "the last checkpoint is too long");
    *tlog_proof = buf_text(&b);
    return OK;
}

/* ---- tiles ------------------------------------------------------------------------------- */

struct tile_name {
    bool entries;
    unsigned level;
    uint64_t n;
    unsigned width;
};

static bool read_small(struct text t, size_t digits_most, unsigned *out)
{
    unsigned value = 0;
    if (t.len == 0 || t.len > digits_most || (t.at[0] == '0' && t.len > 1))
        return false;
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] < '0' || t.at[i] > '9')
            return false;
        value = value * 10 + (unsigned)(t.at[i] - '0');
    }
    *out = value;
    return true;
}

/* "x001/x234/067": three digits an element, all but the last after an x, no idle x000 in
 * front. */
static bool read_number(struct text t, uint64_t *out)
{
    uint64_t value = 0;
    if (t.len > 4 * 5 || text_starts(t, "x000/"))
        return false;
    for (;;) {
        bool more = t.len > 0 && t.at[0] == 'x';
        t = text_from(t, more);
        if (t.len < 3 || (more ? t.len < 5 || t.at[3] != '/' : t.len != 3))
            return false;
        for (int i = 0; i < 3; i++) {
            if (t.at[i] < '0' || t.at[i] > '9')
                return false;
            value = value * 10 + (uint64_t)(t.at[i] - '0');
        }
        if (!more)
            break;
        t = text_from(t, 4);
    }
    *out = value;
    return true;
}

static bool read_name(struct text path, struct tile_name *out)
{
    struct text first = text_cut(&path, '/');
    *out = (struct tile_name){.width = TILE_WIDTH};
    out->entries = text_is(first, "entries");
    if (!out->entries && (!read_small(first, 2, &out->level) || out->level > 63))
        return false;
    ptrdiff_t partial = text_search(path, TEXT(".p/"));
    if (partial >= 0) {
        struct text width = text_from(path, (size_t)partial + 3);
        if (!read_small(width, 3, &out->width) || out->width == 0 || out->width >= TILE_WIDTH)
            return false;
        path = text_slice(path, 0, (size_t)partial);
    }
    return read_number(path, &out->n);
}

static enum err read_bundle(struct call *call, struct reader *r, const struct tile_name *name,
                            struct text *bytes)
{
    struct ledger_row *rows;
    size_t count, total = 0;
    TRY(ledger_entries(call, r, name->n * TILE_WIDTH, name->width, &rows, &count));
    for (size_t i = 0; i < count; i++) {
        if (rows[i].leaf.len > LEAF_MOST || rows[i].index != name->n * TILE_WIDTH + i)
            return source__damaged(call, "entry %llu is missing or too long",
                                   (unsigned long long)(name->n * TILE_WIDTH + i));
        total += 2 + rows[i].leaf.len;
    }
    struct buf b = buf_in(call->arena, total + 1);
    for (size_t i = 0; i < count; i++) {
        buf_add_byte(&b, (char)(rows[i].leaf.len >> 8));
        buf_add_byte(&b, (char)(rows[i].leaf.len & 0xff));
        buf_add(&b, rows[i].leaf);
    }
    *bytes = buf_text(&b);
    return OK;
}

enum err ledger_tile(struct call *call, struct reader *r, struct text path, struct text *bytes)
{
    struct tile_name name;
    uint64_t size;
    if (!read_name(path, &name))
        return missing(call, "that is not the name of a tile");
    TRY(read_size(call, r, &size));
    uint64_t hashes = name.level >= TILE_LEVELS ? 0 : size >> (8 * name.level);
    if (name.n > hashes || name.n * TILE_WIDTH + name.width > hashes)
        return missing(call, "the ledger has no such tile yet");
    if (name.entries)
        return read_bundle(call, r, &name, bytes);
    struct hash *out = NEW_MANY(call->arena, name.width, struct hash);
    struct source s = {.call = call, .reader = r, .size = size};
    TRY(source__hashes(&s, name.level, name.n * TILE_WIDTH, name.width, out));
    *bytes = (struct text){(const char *)out, name.width * sizeof(*out)};
    return OK;
}
