/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/edge.c — the ragged right side of the tree, kept in memory while appending.
 * Level L holds the hashes of the last, unfinished tile of that level. A tile that fills moves
 * up as one hash, so a leaf costs one store and every 256th a tile. */
#include "ledger/internal.h"

enum err edge__add(struct edge *e, const struct hash *leaf, const struct tile_taker *taker)
{
    struct hash h = *leaf;
    e->size++;
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        e->at[level][e->count[level]++] = h;
        if (e->count[level] < TILE_WIDTH)
            return OK;
        h = merkle_root(e->at[level], TILE_WIDTH);
        e->count[level] = 0;
        uint64_t n = full_tiles(e->size, level) - 1;
        if (taker != NULL)
            TRY(taker->full(taker->arg, level, n, e->at[level], &h));
    }
    return OK;
}

void edge__frontier(const struct edge *e, struct frontier *f)
{
    *f = (struct frontier){.size = e->size};
    for (unsigned level = TILE_LEVELS; level-- > 0;) {
        const struct hash *at = e->at[level];
        for (unsigned width = TILE_WIDTH / 2; width > 0; width /= 2) {
            if (!(e->count[level] & width))
                continue;
            f->peak[f->count++] = merkle_root(at, width);
            at += width;
        }
    }
}
