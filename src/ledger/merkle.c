/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/merkle.c — the arithmetic of RFC 6962 trees; pure, no I/O.
 * Proof makers walk from the root down and ask a source for each sibling; proof checkers follow
 * RFC 9162 §2.1.3.2 and §2.1.4.2 step by step, so that they can be read beside the text. */
#include "ledger/ledger.h"

#include <string.h>

/* Beyond this no index fits the integers of a leaf, and depths stay below 64. */
#define SIZE_MOST (UINT64_C(1) << 62)

struct hash merkle_leaf(struct text leaf)
{
    return sha256_two((struct text){"", 1}, leaf);
}

struct hash merkle_node(const struct hash *l, const struct hash *r)
{
    char bytes[1 + 2 * HASH_SIZE];
    bytes[0] = 1;
    memcpy(bytes + 1, l->byte, HASH_SIZE);
    memcpy(bytes + 1 + HASH_SIZE, r->byte, HASH_SIZE);
    return sha256((struct text){bytes, sizeof(bytes)});
}

static bool same(const struct hash *left, const struct hash *right)
{
    return memcmp(left->byte, right->byte, HASH_SIZE) == 0;
}

/* ---- the frontier ------------------------------------------------------------------------ */

void frontier_add(struct frontier *f, const struct hash *leaf)
{
    struct hash h = *leaf;
    /* Every trailing one bit of the size is a complete subtree that this leaf makes whole. */
    for (uint64_t bits = f->size; bits & 1; bits >>= 1)
        h = merkle_node(&f->peak[--f->count], &h);
    f->peak[f->count++] = h;
    f->size++;
}

struct hash frontier_root(const struct frontier *f)
{
    if (f->count == 0)
        return sha256(TEXT(""));
    struct hash root = f->peak[f->count - 1];
    for (size_t i = f->count - 1; i-- > 0;)
        root = merkle_node(&f->peak[i], &root);
    return root;
}

struct hash merkle_root(const struct hash *leaves, uint64_t n)
{
    struct frontier f = {0};
    for (uint64_t i = 0; i < n; i++)
        frontier_add(&f, &leaves[i]);
    return frontier_root(&f);
}

/* ---- making proofs ----------------------------------------------------------------------- */

struct span {
    uint64_t start, end;
};

/* The largest power of two below n, for n >= 2: where RFC 6962 divides a tree. */
static uint64_t left_size(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

static enum err fetch_upwards(const struct merkle_source *s, const struct span *siblings,
                              size_t depth, struct hash *out)
{
    for (size_t i = 0; i < depth; i++) {
        const struct span *span = &siblings[depth - 1 - i];
        TRY(s->subtree(s->arg, span->start, span->end, &out[i]));
    }
    return OK;
}

enum err merkle_inclusion(const struct merkle_source *s, uint64_t index, uint64_t size,
                          struct hash out[64], size_t *count)
{
    struct span at = {0, size}, siblings[64];
    size_t depth = 0;
    if (index >= size || size > SIZE_MOST)
        return ERR_INVALID;
    while (at.end - at.start > 1) {
        uint64_t middle = at.start + left_size(at.end - at.start);
        if (index < middle) {
            siblings[depth++] = (struct span){middle, at.end};
            at.end = middle;
        } else {
            siblings[depth++] = (struct span){at.start, middle};
            at.start = middle;
        }
    }
    *count = depth;
    return fetch_upwards(s, siblings, depth, out);
}

enum err merkle_consistency(const struct merkle_source *s, uint64_t old_size, uint64_t size,
                            struct hash out[64], size_t *count)
{
    struct span at = {0, size}, siblings[64];
    size_t depth = 0, first = 0;
    bool known = true; /* the verifier has this subtree's hash: it is the old root itself */
    if (old_size > size || size > SIZE_MOST)
        return ERR_INVALID;
    *count = 0;
    if (old_size == 0)
        return OK;
    while (old_size != at.end) {
        uint64_t middle = at.start + left_size(at.end - at.start);
        if (old_size <= middle) {
            siblings[depth++] = (struct span){middle, at.end};
            at.end = middle;
        } else {
            siblings[depth++] = (struct span){at.start, middle};
            at.start = middle;
            known = false;
        }
    }
    if (!known) {
        TRY(s->subtree(s->arg, at.start, at.end, &out[0]));
        first = 1;
    }
    *count = first + depth;
    return fetch_upwards(s, siblings, depth, out + first);
}

/* ---- checking proofs --------------------------------------------------------------------- */

bool merkle_inclusion_ok(const struct hash *leaf, uint64_t index, uint64_t size,
                         const struct hash *proof, size_t count, const struct hash *root)
{
    if (index >= size)
        return false;
    uint64_t node = index, last = size - 1;
    struct hash h = *leaf;
    for (size_t i = 0; i < count; i++) {
        if (last == 0)
            return false;
        if ((node & 1) || node == last) {
            h = merkle_node(&proof[i], &h);
            while (!(node & 1) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            h = merkle_node(&h, &proof[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && same(&h, root);
}

/* The part of the proof after its starting hash; node and last are already shifted. */
static bool consistency_climbs(uint64_t node, uint64_t last, struct hash start,
                               const struct hash *proof, size_t count,
                               const struct hash *old_root, const struct hash *root)
{
    struct hash old_hash = start, new_hash = start;
    for (size_t i = 0; i < count; i++) {
        if (last == 0)
            return false;
        if ((node & 1) || node == last) {
            old_hash = merkle_node(&proof[i], &old_hash);
            new_hash = merkle_node(&proof[i], &new_hash);
            while (!(node & 1) && node != 0) {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = merkle_node(&new_hash, &proof[i]);
        }
        node >>= 1;
        last >>= 1;
    }
    return last == 0 && same(&old_hash, old_root) && same(&new_hash, root);
}

bool merkle_consistency_ok(uint64_t old_size, const struct hash *old_root, uint64_t size,
                           const struct hash *root, const struct hash *proof, size_t count)
{
    struct hash empty = sha256(TEXT(""));
    if (old_size > size)
        return false;
    if (old_size == size)
        return count == 0 && same(old_root, root) && (size != 0 || same(root, &empty));
    if (old_size == 0)
        return count == 0 && same(old_root, &empty);
    uint64_t node = old_size - 1, last = size - 1;
    while (node & 1) {
        node >>= 1;
        last >>= 1;
    }
    /* A power of two is one complete subtree: the proof starts from the old root itself. */
    if ((old_size & (old_size - 1)) == 0)
        return consistency_climbs(node, last, *old_root, proof, count, old_root, root);
    if (count == 0)
        return false;
    return consistency_climbs(node, last, proof[0], proof + 1, count - 1, old_root, root);
}
