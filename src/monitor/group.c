/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/group.c — observed predictions counted, in all and by protected attributes. */
#include "monitor/group.h"

#include <stdlib.h>

void group__count(struct group_of *g, const struct prediction *p)
{
    struct measure_prediction m = {p->predicted, p->has_score, p->score};
    g->n++;
    if (p->task == TASK_BINARY) {
        measure_class_add(g->class, &m);
        if (p->labelled)
            measure_class_label(g->class, &m, p->label == 1, 1);
    } else if (p->task == TASK_REGRESSION && p->labelled) {
        measure_regression_add(g->regression, p->value, p->truth, 1);
    }
}

struct group_of group__new(struct arena *a, struct text name)
{
    return (struct group_of){.name = name,
                             .class = measure_class_new(a),
                             .regression = NEW(a, struct measure_regression)};
}

void monitor_all(struct call *call, const struct observed *o, struct group_of *out)
{
    *out = group__new(call->arena, TEXT(""));
    for (size_t i = 0; i < o->count; i++)
        group__count(out, &o->rows[i]);
}

static struct text value_of(const struct prediction *p, struct text name)
{
    for (size_t i = 0; i < p->attribute_count; i++)
        if (text_same(p->attributes[i].name, name))
            return p->attributes[i].value;
    return TEXT(MEASURE_MISSING_GROUP);
}

/* A value beside others: a bar in it is no end of it. */
static struct text beside(struct arena *a, struct text value)
{
    if (text_find(value, '|') < 0 && text_find(value, '\\') < 0)
        return value;
    struct buf b = buf_in(a, 2 * value.len + 1);
    for (size_t i = 0; i < value.len; i++)
        buf_print(&b, value.at[i] == '|' || value.at[i] == '\\' ? "\\%c" : "%c", value.at[i]);
    return buf_text(&b);
}

/* "race=Asian|sex=F"; of one attribute its value alone. */
struct text group__name(struct arena *a, const struct prediction *p, const struct text *by,
                        size_t count, bool *missing)
{
    struct text value = value_of(p, by[0]);
    *missing = text_is(value, MEASURE_MISSING_GROUP);
    if (count == 1)
        return value;
    struct text all = text_print(a, "%.*s=%.*s", TEXT_ARG(by[0]), TEXT_ARG(beside(a, value)));
    for (size_t i = 1; i < count; i++) {
        value = value_of(p, by[i]);
        *missing |= text_is(value, MEASURE_MISSING_GROUP);
        all = text_print(a, "%.*s|%.*s=%.*s", TEXT_ARG(all), TEXT_ARG(by[i]),
                         TEXT_ARG(beside(a, value)));
    }
    return all;
}

static int by_text(const void *left, const void *right)
{
    const struct text *l = left, *r = right;
    return text_compare(*l, *r);
}

size_t group__attributes(struct text by, struct text names[GROUP_BY_MOST])
{
    size_t count = 0;
    while (by.len && count < GROUP_BY_MOST)
        names[count++] = text_cut(&by, '|');
    qsort(names, count, sizeof *names, by_text);
    return count;
}

struct names {
    struct texts LIST_OF(struct text) list; /* each once, in the order they came */
    size_t *which;                          /* of each row: its place in the list */
};

static void name_rows(struct call *call, const struct observed *o, struct text by,
                      struct names *n, struct grouping *out)
{
    struct arena *scrap = arena_open();
    struct map *known = map_in(call->arena);
    struct text attributes[GROUP_BY_MOST];
    size_t count = group__attributes(by, attributes);
    bool missing;
    n->list = (struct texts)LIST_IN(call->arena, OBSERVE_MOST);
    n->which = NEW_MANY(call->arena, o->count + 1, size_t);
    for (size_t i = 0; i < o->count; i++) {
        struct text name = group__name(scrap, &o->rows[i], attributes, count, &missing);
        out->missing += missing;
        if (!map_find(known, name, &n->which[i])) {
            n->which[i] = n->list.count;
            name = text_copy(call->arena, name);
            (void)(LIST_ADD(&n->list, name) && map_add(known, name, n->which[i]));
        }
        arena_reset(scrap);
    }
    arena_close(scrap);
}

/* The first GROUPS_MOST by name have a place of their own, whichever came first; the others
 * share the last. */
static size_t *places_of(struct call *call, const struct names *n, struct grouping *out)
{
    size_t count = n->list.count, *place = NEW_MANY(call->arena, count + 1, size_t);
    struct map *ranks = map_in(call->arena);
    struct text *sorted = NEW_MANY(call->arena, count + 1, struct text);
    for (size_t i = 0; i < count; i++)
        sorted[i] = n->list.at[i];
    qsort(sorted, count, sizeof *sorted, by_text);
    out->capped = count > GROUPS_MOST;
    out->count = out->capped ? GROUPS_MOST + 1 : count;
    out->groups = NEW_MANY(call->arena, out->count + 1, struct group_of);
    for (size_t i = 0; i < out->count; i++)
        out->groups[i] =
            group__new(call->arena, i == GROUPS_MOST ? TEXT("(other)") : sorted[i]);
    for (size_t i = 0; i < count; i++)
        (void)map_add(ranks, sorted[i], i < GROUPS_MOST ? i : GROUPS_MOST);
    for (size_t i = 0; i < count; i++)
        (void)map_find(ranks, n->list.at[i], &place[i]);
    return place;
}

void monitor_group(struct call *call, const struct observed *o, struct text by,
                   struct grouping *out)
{
    struct names names;
    *out = (struct grouping){.by = by};
    if (!o->count || !by.len)
        return;
    name_rows(call, o, by, &names, out);
    const size_t *place = places_of(call, &names, out);
    for (size_t i = 0; i < o->count; i++)
        group__count(&out->groups[place[names.which[i]]], &o->rows[i]);
}
