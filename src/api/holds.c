/* SPDX-License-Identifier: Apache-2.0 */
/* api/holds.c — where somebody is named in what still lives, register by register: what must be handed
 * over before they leave, and what was left behind by somebody who has. Told of what whoever asks may read. */
#include "api/internal.h"

/* The states in which something is still to be done or kept, as a filter says them. */
static struct text living(struct call *call, const struct kind *k)
{
    struct buf b = buf_in(call->arena, 8192);
    for (size_t i = 0; i < k->state_count; i++)
        if (!k->states[i].end)
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(k->states[i].name));
    return buf_text(&b);
}

/* A field in which a person is named for what is to come; not the facts of who did what. */
static bool names_somebody(struct exchange *x, const struct field *f)
{
    return f->target == TO_PERSON &&
           !f->system && !f->computed && f->fixed_in != UINT64_MAX &&
           record_reads_everywhere(x->records, x->actor, f);
}

static enum err put_field(struct exchange *x, const struct kind *k, const struct field *f,
                          struct text person, int64_t *total, struct json_out *o)
{
    struct text states = living(x->call, k);
    struct filter filters[] = {{f->name, person}, {TEXT("state"), states}};
    struct list_query q = {.filters = filters, .filter_count = states.len ? 2 : 1, .limit = 1};
    struct record_list found;
    TRY(record_list(x->call, x->records, exchange__db(x), k, &q, &found));
    if (!found.total)
        return OK;
    *total += found.total;
    json_open(o, '{');
    put__text(o, "kind", k->name);
    put__text(o, "field", f->name);
    put__words(o, "title", f->title);
    put__text(o, "state", states);
    put__integer(o, "count", found.total);
    json_close(o, '}');
    return OK;
}

enum err person_holds_get(struct exchange *x)
{
    struct person p;
    int64_t total = 0;
    TRY(access_person(x->call, exchange__db(x), x->arg[0], &p));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < x->model->kind_count; i++) {
        const struct kind *k = &x->model->kinds[i];
        if (!record_may_read_kind(x->actor, k))
            continue;
        for (size_t n = 0; n < k->field_count; n++)
            if (names_somebody(x, &k->fields[n]))
                TRY(put_field(x, k, &k->fields[n], p.id, &total, o));
    }
    json_close(o, ']');
    put__integer(o, "total", total);
    json_close(o, '}');
    return OK;
}
