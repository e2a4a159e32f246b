/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/trace.c — the links of a trace from some records to those at the other end, as
 * far as the actor may read these. */
#include "record/query/statement.h"

static void add_node(struct query *q, const struct field *band)
{
    buf_add_c(&q->sql, ", t.id, t.\"key\", t.title, t.state, ");
    if (band)
        buf_print(&q->sql, "t.\"%.*s\"", TEXT_ARG(band->name));
    else
        buf_add_c(&q->sql, "NULL");
}

/* The states of the kind in the set; of none never. */
static void add_states(struct query *q, uint64_t set)
{
    struct text names[64];
    size_t count = 0;
    for (size_t i = 0; i < q->kind->state_count; i++)
        if (set >> i & 1)
            names[count++] = q->kind->states[i].name;
    if (!count)
        names[count++] = TEXT("");
    buf_add_c(&q->sql, " AND t.state");
    sql__in(q, names, count);
}

/* Where a field of the other end names them. */
static void add_named(struct query *q, const struct tracing *t)
{
    buf_print(&q->sql, " FROM \"%.*s\" t WHERE t.\"%.*s\"", TEXT_ARG(t->kind->name),
              TEXT_ARG(t->link->field->name));
}

static void add_naming(struct query *q, const struct tracing *t)
{
    buf_print(&q->sql, " FROM \"%.*s\" n JOIN \"%.*s\" t ON t.id = n.\"%.*s\" WHERE n.id",
              TEXT_ARG(t->near->name), TEXT_ARG(t->kind->name), TEXT_ARG(t->link->field->name));
}

/* A list is kept as links: `theirs`, the other end has it. */
static void add_linked(struct query *q, const struct tracing *t, bool theirs)
{
    buf_print(&q->sql, " FROM link l JOIN \"%.*s\" t ON t.id = l.%s WHERE l.from_kind = ",
              TEXT_ARG(t->kind->name), theirs ? "from_id" : "to_id");
    sql__bind(q, V_TEXT(theirs ? t->kind->name : t->near->name));
    buf_add_c(&q->sql, " AND l.to_kind = ");
    sql__bind(q, V_TEXT(theirs ? t->near->name : t->kind->name));
    buf_add_c(&q->sql, " AND l.type = ");
    sql__bind(q, V_TEXT(t->link->field->name));
    buf_add_c(&q->sql,
              theirs ? " AND l.free = 0 AND l.to_id" : " AND l.free = 0 AND l.from_id");
}

enum err query__traced(struct call *call, struct records *r, struct reader *db,
                       const struct tracing *t, const struct text *ids, size_t count,
                       size_t most, struct rows *out)
{
    struct query q = sql__start(call, r, t->kind);
    bool theirs = t->link->reverse != t->back,
         many = t->link->field->type->refers == REFERS_MANY;
    struct text column = t->link->field->name;
    const char *sql;
    buf_add_c(&q.sql, t->counts ? "SELECT DISTINCT " : "SELECT ");
    if (many)
        buf_add_c(&q.sql, theirs ? "l.to_id" : "l.from_id");
    else if (theirs)
        buf_print(&q.sql, "t.\"%.*s\"", TEXT_ARG(column));
    else
        buf_add_c(&q.sql, "n.id");
    if (!t->counts)
        add_node(&q, t->band);
    if (many)
        add_linked(&q, t, theirs);
    else if (theirs)
        add_named(&q, t);
    else
        add_naming(&q, t);
    sql__in(&q, ids, count);
    buf_add_c(&q.sql, " AND t.state <> 'archived' AND ");
    sql__readable(&q);
    if (t->counts)
        add_states(&q, t->link->in);
    buf_print(&q.sql, t->counts ? " ORDER BY 1 LIMIT %zu" : " ORDER BY 1, 3 LIMIT %zu", most);
    TRY(sql__finish(&q, &sql));
    return read_rows(call, db, sql, q.values.at, q.values.count, most, out);
}

/* ---- where it begins
 * -------------------------------------------------------------------------- */
static void add_begin(struct query *q)
{
    uint64_t living = 0;
    for (size_t i = 0; i < q->kind->state_count; i++)
        if (!q->kind->states[i].end && !text_is(q->kind->states[i].name, "archived"))
            living |= UINT64_C(1) << i;
    buf_print(&q->sql, " FROM \"%.*s\" t WHERE ", TEXT_ARG(q->kind->name));
    sql__readable(q);
    add_states(q, living);
}

enum err query__trace_begin(struct call *call, struct records *r, struct reader *db,
                            const struct trace_column *c, size_t most, struct rows *out)
{
    struct query q = sql__start(call, r, c->kind);
    const char *sql;
    buf_add_c(&q.sql, "SELECT ''");
    add_node(&q, c->band);
    add_begin(&q);
    buf_print(&q.sql, " ORDER BY t.\"key\" LIMIT %zu", most);
    TRY(sql__finish(&q, &sql));
    return read_rows(call, db, sql, q.values.at, q.values.count, most, out);
}

enum err query__trace_count(struct call *call, struct records *r, struct reader *db,
                            const struct trace_column *c, int64_t *out)
{
    struct query q = sql__start(call, r, c->kind);
    struct rows rows;
    const char *sql;
    buf_add_c(&q.sql, "SELECT COUNT(*)");
    add_begin(&q);
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(call, db, sql, q.values.at, q.values.count, 1, &rows));
    *out = rows.cells[0].integer;
    return OK;
}

bool query__reads_all(struct call *call, struct records *r, const struct kind *k)
{
    struct query q = sql__start(call, r, k);
    return sql__reads_all(&q);
}
