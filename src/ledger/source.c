/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/source.c — tree hashes out of the store, for proofs, tiles, and reading the head.
 * The hash of any complete subtree is the root of a run of hashes inside one tile: of a whole
 * tile when that is stored, else of leaf hashes (level 0) or of the roots of the tiles below.
 * Nothing here decides whether the stored hashes are true: proofs are checked by whoever gets
 * them, and ledger_verify recomputes everything from the leaves. */
#include "ledger/internal.h"

#include <stdio.h>
#include <string.h>

enum err source__rows(struct source *s, const char *sql, const struct value *values,
                      size_t value_count, size_t most, struct rows *out)
{
    if (s->tx != NULL)
        return tx_rows(s->call, s->tx, sql, values, value_count, most, out);
    return read_rows(s->call, s->reader, sql, values, value_count, most, out);
}

enum err source__damaged(struct call *call, const char *format, ...)
{
    char sentence[300];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    return problem(call, ERR_CONFLICT, TEXT("ledger"), "ledger_damaged",
                   "the stored ledger is damaged: %s", sentence);
}

bool source__hash_cell(const struct value *v, struct hash *out)
{
    if (v->type != VALUE_BYTES || v->text.len != HASH_SIZE)
        return false;
    memcpy(out->byte, v->text.at, HASH_SIZE);
    return true;
}

/* ---- hashes of one level ----------------------------------------------------------------- */

static bool from_edge(const struct edge *e, unsigned level, uint64_t first, size_t count,
                      struct hash *out)
{
    if (e == NULL || first / TILE_WIDTH != full_tiles(e->size, level))
        return false;
    size_t offset = first % TILE_WIDTH;
    if (offset + count > e->count[level])
        return false;
    memcpy(out, &e->at[level][offset], count * sizeof(*out));
    return true;
}

static enum err from_tile(struct source *s, unsigned level, uint64_t n, size_t offset,
                          size_t count, struct hash *out)
{
    struct rows rows;
    if (!s->tile[level].filled || s->tile[level].n != n) {
        TRY(source__rows(s,
                         "SELECT hashes FROM ledger_tile"
                         " WHERE log_id = $1 AND level = $2 AND n = $3",
                         (struct value[]){LOG_ID, V_INT(level), V_INT((int64_t)n)}, 3, 1,
                         &rows));
        if (rows.count != 1 || rows.cells->type != VALUE_BYTES ||
            rows.cells->text.len != TILE_BYTES)
            return source__damaged(s->call, "tile %u/%llu is missing or not whole", level,
                                   (unsigned long long)n);
        s->tile[level].filled = true;
        s->tile[level].n = n;
        s->tile[level].hashes = (const struct hash *)rows.cells->text.at;
    }
    memcpy(out, s->tile[level].hashes + offset, count * sizeof(*out));
    return OK;
}

static enum err from_below(struct source *s, unsigned level, uint64_t first, size_t count,
                           struct hash *out)
{
    struct rows rows;
    int64_t from = (int64_t)first, to = (int64_t)(first + count);
    if (level == 0)
        TRY(source__rows(s,
                         "SELECT leaf_hash FROM ledger_entry"
                         " WHERE log_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx",
                         (struct value[]){LOG_ID, V_INT(from), V_INT(to)}, 3, count, &rows));
    else
        TRY(source__rows(s,
                         "SELECT root FROM ledger_tile"
                         " WHERE log_id = $1 AND level = $2 AND n >= $3 AND n < $4 ORDER BY n",
                         (struct value[]){LOG_ID, V_INT(level - 1), V_INT(from), V_INT(to)}, 4,
                         count, &rows));
    bool whole = rows.count == count;
    for (size_t i = 0; whole && i < count; i++)
        whole = source__hash_cell(row_at(&rows, i), &out[i]);
    if (!whole)
        return source__damaged(s->call, "hashes %lld to %lld of level %u are not all there",
                               (long long)from, (long long)to - 1, level);
    return OK;
}

enum err source__hashes(struct source *s, unsigned level, uint64_t first, size_t count,
                        struct hash *out)
{
    uint64_t n = first / TILE_WIDTH;
    if (count == 0 || from_edge(s->edge, level, first, count, out))
        return OK;
    if (n < full_tiles(s->size, level))
        return from_tile(s, level, n, first % TILE_WIDTH, count, out);
    return from_below(s, level, first, count, out);
}

/* ---- subtrees ---------------------------------------------------------------------------- */

/* A complete subtree of 2^height leaves that starts at `start`. */
static enum err complete(struct source *s, uint64_t start, unsigned height, struct hash *out)
{
    struct hash hashes[TILE_WIDTH / 2];
    unsigned level = height / 8;
    size_t count = (size_t)1 << (height % 8);
    TRY(source__hashes(s, level, start >> (8 * level), count, hashes));
    *out = merkle_root(hashes, count);
    return OK;
}

enum err source__subtree(void *source, uint64_t start, uint64_t end, struct hash *out)
{
    struct source *s = source;
    struct frontier f = {.size = end - start};
    /* RFC 6962 only asks for spans that start at a multiple of their largest power of two. */
    while (start < end) {
        unsigned height = 63u - (unsigned)__builtin_clzll(end - start);
        TRY(complete(s, start, height, &f.peak[f.count++]));
        start += UINT64_C(1) << height;
    }
    *out = frontier_root(&f);
    return OK;
}

enum err source__root(struct source *s, uint64_t size, struct hash *root)
{
    return source__subtree(s, 0, size, root);
}

/* ---- the edge and the head --------------------------------------------------------------- */

static enum err last_leaves(struct source *s, struct edge *out)
{
    struct rows rows;
    uint64_t from = s->size / TILE_WIDTH * TILE_WIDTH;
    TRY(source__rows(s,
                     "SELECT leaf FROM ledger_entry"
                     " WHERE log_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx",
                     (struct value[]){LOG_ID, V_INT((int64_t)from), V_INT((int64_t)s->size)}, 3,
                     TILE_WIDTH, &rows));
    if (rows.count != s->size - from)
        return source__damaged(s->call, "of entries %llu to %llu only %zu are there",
                               (unsigned long long)from, (unsigned long long)s->size - 1,
                               rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        if (row_at(&rows, i)->type != VALUE_BYTES)
            return source__damaged(s->call, "entry %llu is not bytes",
                                   (unsigned long long)(from + i));
        out->at[0][i] = merkle_leaf(row_at(&rows, i)->text);
    }
    out->count[0] = (unsigned)rows.count;
    return OK;
}

enum err source__edge(struct source *s, struct edge *out)
{
    memset(out, 0, sizeof(*out));
    out->size = s->size;
    TRY(last_leaves(s, out));
    for (unsigned level = 1; level < TILE_LEVELS; level++) {
        uint64_t hashes = s->size >> (8 * level);
        size_t count = hashes % TILE_WIDTH;
        if (count > 0)
            TRY(from_below(s, level, hashes - count, count, out->at[level]));
        out->count[level] = (unsigned)count;
    }
    return OK;
}

enum err source__head(struct source *s, struct head *out)
{
    struct rows rows;
    *out = (struct head){0};
    TRY(source__rows(s,
                     "SELECT origin, size, root, frontier, epoch, last_time"
                     " FROM ledger_log WHERE log_id = $1",
                     (struct value[]){LOG_ID}, 1, 1, &rows));
    if (rows.count == 0)
        return OK;
    const struct value *v = rows.cells;
    if (v[0].type != VALUE_TEXT || v[1].type != VALUE_INTEGER || v[1].integer < 0 ||
        v[1].integer > LEAF_INTEGER_MOST || !source__hash_cell(&v[2], &out->root) ||
        v[3].type != VALUE_BYTES || v[4].type != VALUE_INTEGER || v[5].type != VALUE_INTEGER)
        return source__damaged(s->call, "the row in ledger_log is not one of ours");
    out->present = true;
    out->origin = v[0].text;
    out->size = (uint64_t)v[1].integer;
    out->frontier = v[3].text;
    out->epoch = v[4].integer;
    out->last_time = v[5].integer;
    return OK;
}

enum err source__checkpoint(struct source *s, struct text *note)
{
    struct rows rows;
    TRY(source__rows(s,
                     "SELECT note FROM ledger_checkpoint WHERE log_id = $1"
                     " ORDER BY size DESC LIMIT 1",
                     (struct value[]){LOG_ID}, 1, 1, &rows));
    if (rows.count == 0)
        return problem(s->call, ERR_MISSING, TEXT("ledger"), "missing",
                       "the ledger has no checkpoint yet");
    *note = rows.cells->text;
    return OK;
}

struct text source__peaks(struct arena *a, const struct frontier *f)
{
    size_t bytes = f->count * sizeof(f->peak[0]);
    return text_copy(a, (struct text){(const char *)f->peak, bytes});
}
