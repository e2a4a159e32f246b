/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/hold.c — a row held against the entry that speaks for it, while the program runs.
 * The entry counts when it lies under the last checkpoint: its hash and those beside it give the
 * root that was signed. Whoever can only write into the database can put rows, entries and tiles
 * there, but not the signature. */
#include "ledger/internal.h"

#include <string.h>

struct holding {
    struct source source;
    const struct ledger *ledger;
    uint64_t n;
    struct text leaf;
};

static enum err read_leaf(struct holding *h)
{
    struct rows rows;
    TRY(source__rows(&h->source, "SELECT leaf FROM ledger_entry WHERE log_id = $1 AND idx = $2",
                     (struct value[]){LOG_ID, V_INT((int64_t)h->n)}, 2, 1, &rows));
    if (rows.count == 1 && rows.cells->type == VALUE_BYTES)
        h->leaf = rows.cells->text;
    return OK;
}

/* The entry as it was signed; leaves h->leaf empty when it was not. */
static enum err read_signed(struct holding *h)
{
    struct call *call = h->source.call;
    struct hash root, leaf, proof[64];
    struct text note;
    size_t count;
    TRY(source__checkpoint(&h->source, &note));
    if (!note_open(call->arena, note, ledger_origin(h->ledger), ledger_public_key(h->ledger),
                   &h->source.size, &root) ||
        h->n >= h->source.size)
        return OK;
    TRY(read_leaf(h));
    TRY(merkle_inclusion(&(struct merkle_source){source__subtree, &h->source}, h->n,
                         h->source.size, proof, &count));
    leaf = merkle_leaf(h->leaf);
    if (!merkle_inclusion_ok(&leaf, h->n, h->source.size, proof, count, &root))
        h->leaf = (struct text){0};
    return OK;
}

static bool agrees(const struct ledger_claim *claim, const struct ledger_leaf *leaf)
{
    return (claim->act == NULL || text_is(leaf->act, claim->act)) &&
           text_same(leaf->object_kind, claim->object_kind) &&
           text_same(leaf->object_id, claim->object_id) &&
           leaf->object_version == claim->object_version && leaf->has_commitment &&
           memcmp(leaf->commitment.byte, claim->commitment.byte, HASH_SIZE) == 0;
}

enum err ledger_attests(struct call *call, struct ledger *l, struct reader *r, struct tx *tx,
                        struct ledger_claim *claim, bool *yes)
{
    struct call *quiet = call_beside(call->arena, call);
    struct holding h = {.source = {.call = quiet, .reader = r, .tx = tx}, .ledger = l};
    struct ledger_leaf leaf;
    enum err e = OK;
    *yes = false;
    if (claim->entry < 0)
        return OK;
    h.n = (uint64_t)claim->entry;
    if (tx == NULL || !append__waiting(l, h.n, &h.leaf))
        e = read_signed(&h);
    if (e == ERR_CONFLICT || e == ERR_MISSING) /* damaged: it speaks for nobody */
        return OK;
    if (e != OK)
        return problem(call, e, TEXT("ledger"), "ledger", "%.*s",
                       TEXT_ARG(quiet->problems ? quiet->problems->message
                                                : text_of(err_words(e))));
    *yes = h.leaf.len > 0 && ledger_leaf_read(call->arena, h.leaf, &leaf) && agrees(claim, &leaf);
    if (*yes)
        claim->model = leaf.model;
    return OK;
}
