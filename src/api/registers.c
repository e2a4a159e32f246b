/* SPDX-License-Identifier: Apache-2.0 */
/* api/registers.c — how many records each register has for the actor: one answer for a page
 * that shows them all. */
#include "api/internal.h"

static enum err put_register(struct exchange *x, const struct kind *k, struct json_out *o)
{
    const struct list_query q = {.fields = TEXT("title"), .limit = 1};
    struct record_list list;
    TRY(record_list(x->call, x->records, exchange__db(x), k, &q, &list));
    json_open(o, '{');
    put__text(o, "kind", k->name);
    put__integer(o, "total", list.total);
    json_close(o, '}');
    return OK;
}

static enum err put_registers(struct exchange *x)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < x->model->kind_count; i++)
        if (record_may_read_kind(x->actor, &x->model->kinds[i]))
            TRY(put_register(x, &x->model->kinds[i], o));
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err registers_get(struct exchange *x)
{
    TRY(read_begin(x->call, exchange__db(x)));
    enum err e = put_registers(x);
    read_end(exchange__db(x));
    return e;
}
