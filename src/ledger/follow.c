/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/follow.c — the log, read on from where one stood, and believed only when signed.
 * Each entry is hashed into a tree of our own; at the size of the last checkpoint the roots must
 * be the same and the signature ours. What was read once is never read again, so that asking often
 * costs one look at the last checkpoint. */
#include "ledger/internal.h"

#include <string.h>

#define PAGE 1000

struct ledger_follower {
    struct arena *arena;
    struct text origin;
    unsigned char public_key[32];
    struct frontier frontier;
    uint64_t good; /* entries that a checkpoint was found to cover */
    bool damaged; /* for good: what was read is not what was signed */
};

struct ledger_follower *ledger_follower_open(const struct ledger *l)
{
    struct arena *a = arena_open();
    struct ledger_follower *f = NEW(a, struct ledger_follower);
    f->arena = a;
    f->origin = text_copy(a, ledger_origin(l));
    memcpy(f->public_key, ledger_public_key(l), sizeof f->public_key);
    return f;
}

void ledger_follower_close(struct ledger_follower *f)
{
    if (f != NULL)
        arena_close(f->arena);
}

static enum err damaged(struct call *call, struct ledger_follower *f, const char *what)
{
    f->damaged = true;
    return source__damaged(call, "%s", what);
}

struct following {
    struct ledger_follower *f;
    struct reader *reader;
    uint64_t size; /* of the checkpoint to reach */
    void (*each)(void *arg, const struct ledger_leaf *leaf);
    void *arg;
};

static enum err take_page(struct call *call, const struct following *w, const struct rows *rows)
{
    struct ledger_follower *f = w->f;
    for (size_t i = 0; i < rows->count; i++) {
        const struct value *row = row_at(rows, i);
        struct ledger_leaf leaf;
        if (row[0].integer != (int64_t)f->frontier.size || row[1].type != VALUE_BYTES)
            return damaged(call, f, "an entry is missing");
        if (!ledger_leaf_read(call->arena, row[1].text, &leaf))
            return damaged(call, f, "an entry is not canonical");
        struct hash h = merkle_leaf(row[1].text);
        frontier_add(&f->frontier, &h);
        w->each(w->arg, &leaf);
    }
    return OK;
}

static enum err next_page(struct call *call, const struct following *w)
{
    struct rows rows;
    int64_t from = (int64_t)w->f->frontier.size;
    TRY(read_rows(call, w->reader,
                  "SELECT idx, leaf FROM ledger_entry WHERE log_id = $1 AND idx >= $2 AND "
                  "idx < $3 ORDER BY idx LIMIT $4",
                  (struct value[]){LOG_ID, V_INT(from), V_INT((int64_t)w->size), V_INT(PAGE)},
                  4, PAGE, &rows));
    if (rows.count == 0)
        return damaged(call, w->f, "entries that were signed are missing");
    return take_page(call, w, &rows);
}

static enum err read_on(struct call *call, const struct following *w)
{
    struct arena *page = arena_open();
    enum err e = OK;
    while (e == OK && w->f->frontier.size < w->size) {
        arena_reset(page);
        struct call *own = call_beside(page, call);
        e = next_page(own, w);
        for (const struct problem *p = e == OK ? NULL : own->problems; p; p = p->next)
            problem(call, e, TEXT("ledger"), text_c(call->arena, p->code), "%.*s",
                    TEXT_ARG(p->message));
    }
    arena_close(page);
    return e;
}

enum err ledger_follow(struct call *call, struct ledger_follower *f, struct reader *r,
                       void (*each)(void *arg, const struct ledger_leaf *leaf), void *arg)
{
    struct text note;
    struct hash root;
    struct following w = {f, r, 0, each, arg};
    if (f->damaged)
        return damaged(call, f, "it is not what was signed");
    enum err e = ledger_checkpoint(call, r, 0, &note);
    if (e != OK)
        return e;
    if (!note_open(call->arena, note, f->origin, f->public_key, &w.size, &root))
        return damaged(call, f, "the last checkpoint is not signed by the key of this log");
    if (w.size <= f->good && f->frontier.size == f->good)
        return OK; /* this reader sees no more, or less, than was seen already */
    if (w.size < f->frontier.size) /* reading broke off before, and this reader sees less */
        return problem(call, ERR_BUSY, TEXT("ledger"), "busy", "the ledger is still being read");
    TRY(read_on(call, &w));
    struct hash ours = frontier_root(&f->frontier);
    if (memcmp(ours.byte, root.byte, HASH_SIZE) != 0)
        return damaged(call, f, "its entries are not those that were signed");
    f->good = w.size;
    return OK;
}
