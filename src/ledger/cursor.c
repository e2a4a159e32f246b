/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/cursor.c — a table read in pages, by key, in memory that one page needs. */
#include "ledger/internal.h"

void cursor__open(struct cursor *c, struct reader *r, const char *sql, size_t page)
{
    *c = (struct cursor){
        .sql = sql, .page = page, .reader = r, .arena = arena_open(), .from = INT64_MIN};
}

void cursor__close(struct cursor *c)
{
    arena_close(c->arena);
}

static enum err next_page(struct call *call, struct cursor *c)
{
    arena_reset(c->arena);
    c->call = call_beside(c->arena, call);
    c->at = 0;
    enum err e = read_rows(c->call, c->reader, c->sql,
                           (struct value[]){LOG_ID, V_INT(c->from), V_INT((int64_t)c->page)}, 3,
                           c->page, &c->rows);
    for (const struct problem *p = e == OK ? NULL : c->call->problems; p != NULL; p = p->next)
        problem_at(call, e, p->field, text_c(call->arena, p->code), p->source, p->message);
    return e;
}

enum err cursor__next(struct call *call, struct cursor *c)
{
    c->row = NULL;
    if (c->end)
        return OK;
    if (c->at == c->rows.count) {
        if (c->rows.columns > 0 && c->rows.count < c->page) {
            c->end = true;
            return OK;
        }
        TRY(next_page(call, c));
    }
    if (c->rows.count == 0) {
        c->end = true;
        return OK;
    }
    const struct value *row = row_at(&c->rows, c->at++);
    if (row[0].type != VALUE_INTEGER || row[0].integer == INT64_MAX) {
        c->end = c->odd = true;
        return OK;
    }
    c->from = row[0].integer + 1;
    c->row = row;
    return OK;
}
