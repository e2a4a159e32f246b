/* SPDX-License-Identifier: Apache-2.0 */
/* store/number.c — counts without gaps, from which many jobs of a group take a number.
 *
 * The first number of a group is taken in the database, which locks the row against other nodes
 * until the commit; those that follow are counted in memory, and the row is brought up to date
 * before the commit. So a group asks and writes once for a count, not once for a job. */
#include "store/internal.h"

struct counter {
    struct text kind;
    int64_t last, written; /* given out; in the database */
    int64_t before;        /* `last` when the job under way began; -1: it was not known then */
    struct counter *next;
};

void store__numbers_begin(struct writer *w)
{
    w->counters = NULL;
}

void store__numbers_job(struct writer *w)
{
    for (struct counter *c = w->counters; c != NULL; c = c->next)
        c->before = c->last;
}

/* A count that the undone job was the first to ask for is unlocked again: to be forgotten. */
void store__numbers_undo(struct writer *w)
{
    for (struct counter **at = &w->counters; *at != NULL;) {
        if ((*at)->before < 0) {
            *at = (*at)->next;
            continue;
        }
        (*at)->last = (*at)->before;
        at = &(*at)->next;
    }
}

static enum err take_first(struct call *call, struct tx *tx, struct text kind,
                           struct counter **out)
{
    struct writer *w = &tx->store->writer;
    struct counter *c;
    struct rows rows;

    TRY(tx_rows(call, tx,
                "INSERT INTO sequence (kind, last) VALUES ($1, 1)"
                " ON CONFLICT (kind) DO UPDATE SET last = sequence.last + 1 RETURNING last",
                &V_TEXT(kind), 1, 1, &rows));
    c = NEW(w->arena, struct counter);
    *c = (struct counter){.kind = text_copy(w->arena, kind),
                          .last = rows.cells[0].integer - 1,
                          .written = rows.cells[0].integer,
                          .before = -1,
                          .next = w->counters};
    w->counters = c;
    *out = c;
    return OK;
}

enum err tx_next(struct call *call, struct tx *tx, struct text kind, int64_t *number)
{
    struct counter *c = tx->store->writer.counters;

    while (c != NULL && !text_same(c->kind, kind))
        c = c->next;
    if (c == NULL)
        TRY(take_first(call, tx, kind, &c));
    *number = ++c->last;
    return OK;
}

enum err store__numbers_flush(struct call *call, struct tx *tx)
{
    for (struct counter *c = tx->store->writer.counters; c != NULL; c = c->next) {
        if (c->last == c->written)
            continue;
        TRY(tx_exec(call, tx, "UPDATE sequence SET last = $2 WHERE kind = $1",
                    (struct value[]){V_TEXT(c->kind), V_INT(c->last)}, 2, NULL));
    }
    return OK;
}
