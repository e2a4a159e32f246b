/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/reach.c — what the actor may read, as a condition over the record's own columns. */
#include "record/query/statement.h"

void sql__ground(struct grounds *g)
{
    buf_add_c(&g->q->sql, g->any ? " OR " : "(");
    g->any = true;
}

void sql__end_grounds(struct grounds *g)
{
    buf_add_c(&g->q->sql, g->any ? ")" : "1=0");
}

static void add_units(struct grounds *g, const struct text *units, size_t count)
{
    if (!count)
        return;
    sql__ground(g);
    sql__named(g->q, TEXT("unit"));
    buf_add_c(&g->q->sql, " IN (SELECT descendant FROM unit_closure WHERE ancestor");
    sql__in(g->q, units, count);
    buf_add_c(&g->q->sql, ")");
}

/* The person is bound once, however many columns may name them. */
static void add_columns(struct grounds *g, const struct text *columns, size_t count,
                        size_t person)
{
    for (size_t i = 0; i < count; i++) {
        sql__ground(g);
        sql__named(g->q, columns[i]);
        buf_print(&g->q->sql, " = $%zu", person);
    }
}

static void add_unrestricted(struct query *q, const struct reach *reach, size_t person)
{
    static const struct text own[] = {{"owner", 5}, {"author", 6}, {"offered_to", 10}};
    struct grounds g = {q, false};
    buf_add_c(&q->sql, " AND ");
    sql__ground(&g);
    buf_add_c(&q->sql, "COALESCE(");
    sql__named(q, TEXT("confidentiality"));
    buf_add_c(&q->sql, ", '') <> 'restricted'");
    add_columns(&g, own, person ? COUNT(own) : 0, person);
    add_units(&g, reach->restricted_units, reach->restricted_count);
    sql__end_grounds(&g);
}

static void add_reach(struct query *q, const struct reach *reach)
{
    if (reach->everything) {
        buf_add_c(&q->sql, "1=1");
        return;
    }
    /* Who reads all units and all levels binds nothing: counts are remembered by their values. */
    bool open = reach->all_units && reach->all_restricted;
    size_t person = reach->person.len && !open ? sql__keep(q, V_TEXT(reach->person)) : 0;
    struct grounds g = {q, false};
    if (reach->all_units) {
        sql__ground(&g);
        buf_add_c(&q->sql, "1=1");
    } else {
        if (reach->no_unit) {
            sql__ground(&g);
            sql__named(q, TEXT("unit"));
            buf_add_c(&q->sql, " IS NULL");
        }
        add_units(&g, reach->units, reach->unit_count);
        add_columns(&g, reach->columns, person ? reach->column_count : 0, person);
    }
    sql__end_grounds(&g);
    if (g.any && !reach->all_restricted)
        add_unrestricted(q, reach, person);
}

/* The condition over alias t, its values after those that `values` holds already. */
struct text query__reach(struct call *call, const struct reach *reach, bool postgres,
                         struct value *values, size_t *count)
{
    struct query q = sql__start(call, NULL, NULL);
    q.postgres = postgres;
    for (size_t i = 0; i < *count; i++)
        sql__keep(&q, values[i]);
    add_reach(&q, reach);
    for (; *count < q.values.count; ++*count)
        values[*count] = q.values.at[*count];
    return buf_text(&q.sql);
}

/* In a unit where one works, below it, or above it: what is shared with Sales is for its teams.
 */
static void add_for_unit(struct query *q, bool whole, const struct text *units, size_t count)
{
    buf_add_c(&q->sql, "(");
    sql__named(q, TEXT("shared"));
    buf_add_c(&q->sql, " = 'unit' AND ");
    sql__named(q, TEXT("unit"));
    if (whole) {
        buf_add_c(&q->sql, " IS NOT NULL)");
        return;
    }
    buf_add_c(&q->sql, " IN (SELECT descendant FROM unit_closure WHERE ancestor");
    sql__in(q, units, count);
    buf_add_c(&q->sql, " UNION SELECT ancestor FROM unit_closure WHERE descendant");
    sql__in(q, units, count);
    buf_add_c(&q->sql, "))");
}

/* A kept view is not for whoever reads the kind, but for those with whom it is shared (view.c).
 */
static void add_shared(struct query *q, const struct reach *reach)
{
    const struct actor *a = q->call->actor;
    struct grounds g = {q, false};
    static const struct text own[] = {{"owner", 5}, {"author", 6}, {"offered_to", 10}};
    bool whole = false;
    struct text *units = NEW_MANY(q->call->arena, a->grant_count + 1, struct text);
    size_t count = 0;
    for (size_t i = 0; i < a->grant_count; i++) {
        whole = whole || !a->grants[i].unit.len;
        units[count] = a->grants[i].unit;
        count += units[count].len > 0;
    }
    buf_add_c(&q->sql, " AND ");
    sql__ground(&g);
    sql__named(q, TEXT("shared"));
    buf_add_c(&q->sql, " = 'everyone'");
    if (reach->person.len)
        add_columns(&g, own, COUNT(own), sql__keep(q, V_TEXT(reach->person)));
    if (!a->technical && (whole || count)) {
        sql__ground(&g);
        add_for_unit(q, whole, units, count);
    }
    sql__end_grounds(&g);
}

static void add_readable(struct query *q, const struct reach *reach)
{
    add_reach(q, reach);
    if (!reach->everything && view__is(q->records, q->kind))
        add_shared(q, reach);
}

bool sql__reads_all(struct query *q)
{
    struct reach reach = access_reach(q->call, q->call->actor, q->records->model,
                                      &q->records->readers[q->kind->index]);
    return reach.everything ||
           (reach.all_units && reach.all_restricted && !view__is(q->records, q->kind));
}

void sql__readable(struct query *q)
{
    struct reach reach = access_reach(q->call, q->call->actor, q->records->model,
                                      &q->records->readers[q->kind->index]);
    bool then = q->then;
    q->then = false;
    add_readable(q, &reach);
    if (!then)
        return;
    q->then = true;
    buf_add_c(&q->sql, " AND ");
    add_readable(q, &reach);
}
