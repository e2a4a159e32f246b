/* SPDX-License-Identifier: Apache-2.0 */
/* api/clocks.c — the clocks that run or were missed, over all registers: how many are over, end
 * within a day, a week, a month. Each number is that of a list, with the same filters. */
#include "api/internal.h"

#define OPEN_STANDINGS TEXT("running,missed")

static void put_groups(const struct list_tally *t, struct json_out *o)
{
    json_key(o, "groups");
    json_open(o, '[');
    for (size_t i = 0; i < t->count; i++) {
        json_open(o, '{');
        put__text(o, "x", t->groups[i].at[0].text);
        put__integer(o, "n", t->groups[i].count);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static enum err put_clock(struct exchange *x, const struct kind *k, const struct clock *c,
                          struct json_out *o)
{
    struct filter open = {c->standing->name, OPEN_STANDINGS};
    struct list_query q = {.filters = &open, .filter_count = 1};
    struct list_tally t;
    struct text left = text_print(x->call->arena, "%.*s.left", TEXT_ARG(c->at->name));
    TRY(record_tally(x->call, x->records, exchange__db(x), k, &q, left, &t));
    if (!t.total)
        return OK;
    json_open(o, '{');
    put__text(o, "kind", k->name);
    put__text(o, "field", c->at->name);
    put__text(o, "standing", c->standing->name);
    put_groups(&t, o);
    put__integer(o, "total", t.total);
    json_close(o, '}');
    return OK;
}

/* Of a clock that somebody may not read everywhere they are told nothing, not that it is there.
 */
static bool is_theirs(struct exchange *x, const struct clock *c)
{
    return record_reads_everywhere(x->records, x->actor, c->at) &&
           record_reads_everywhere(x->records, x->actor, c->standing);
}

static enum err put_clocks(struct exchange *x, struct json_out *o)
{
    for (size_t i = 0; i < x->model->kind_count; i++) {
        const struct kind *k = &x->model->kinds[i];
        for (size_t j = 0; j < k->clock_count && record_may_read_kind(x->actor, k); j++)
            if (is_theirs(x, &k->clocks[j]))
                TRY(put_clock(x, k, &k->clocks[j], o));
    }
    return OK;
}

enum err clocks_get(struct exchange *x)
{
    struct json_out *o = exchange__json(x);
    if (query__text(x, "as_of").len)
        return problem(x->call, ERR_INVALID, TEXT("as_of"), "as_of", "%s",
                       say(x->call, "is counted from today: leave it out, or as_of"));
    TRY(read_begin(x->call, exchange__db(x))); /* one moment for all of them */
    json_open(o, '{');
    put__text(o, "at", moment_print(x->call->arena, x->call->now));
    json_key(o, "clocks");
    json_open(o, '[');
    enum err e = put_clocks(x, o);
    json_close(o, ']');
    json_close(o, '}');
    read_end(exchange__db(x));
    return e;
}
