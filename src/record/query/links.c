/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/links.c — who names a record, as far as the actor may read it: through a column
 * of one register, or through the links that its records have. */
#include "record/query/statement.h"

static void add_from(struct query *q, const struct linking *l)
{
    if (l->field) {
        buf_print(&q->sql, " FROM \"%.*s\" t WHERE t.\"%.*s\" = ", TEXT_ARG(l->kind->name),
                  TEXT_ARG(l->field->name));
        sql__bind(q, V_TEXT(l->to));
    } else {
        buf_add_c(&q->sql, " FROM link l JOIN ");
        buf_print(&q->sql,
                  "\"%.*s\" t ON t.id = l.from_id WHERE l.to_id = ", TEXT_ARG(l->kind->name));
        sql__bind(q, V_TEXT(l->to));
        buf_add_c(&q->sql, " AND l.from_kind = ");
        sql__bind(q, V_TEXT(l->kind->name));
    }
    buf_add_c(&q->sql, " AND ");
    sql__readable(q);
}

static void add_columns(struct query *q, const struct linking *l)
{
    if (l->field) {
        buf_add_c(&q->sql, "SELECT ");
        sql__bind(q, V_TEXT(l->field->name));
        buf_add_c(&q->sql, ", 0");
    } else {
        buf_add_c(&q->sql, "SELECT l.type, l.free");
    }
    buf_add_c(&q->sql, ", t.id, t.\"key\", t.title, t.state");
}

static void add_after(struct query *q, const struct linking *l, const struct linked *after)
{
    if (l->field) {
        buf_add_c(&q->sql, " AND t.id > ");
        sql__bind(q, V_TEXT(after->ref.id));
        buf_add_c(&q->sql, " ORDER BY t.id");
        return;
    }
    buf_add_c(&q->sql, " AND (l.type, l.free, l.from_id) > (");
    sql__bind(q, V_TEXT(after->type));
    buf_add_c(&q->sql, ", ");
    sql__bind(q, V_INT(after->free));
    buf_add_c(&q->sql, ", ");
    sql__bind(q, V_TEXT(after->ref.id));
    buf_add_c(&q->sql, ") ORDER BY l.type, l.free, l.from_id");
}

enum err query__linking(struct call *call, struct records *r, struct reader *db,
                        const struct linking *l, const struct linked *after, size_t most,
                        struct rows *out)
{
    struct query q = sql__start(call, r, l->kind);
    const char *sql;
    add_columns(&q, l);
    add_from(&q, l);
    add_after(&q, l, after);
    buf_print(&q.sql, " LIMIT %zu", most);
    TRY(sql__finish(&q, &sql));
    return read_rows(call, db, sql, q.values.at, q.values.count, most, out);
}

enum err query__linking_count(struct call *call, struct records *r, struct reader *db,
                              const struct linking *l, int64_t *out)
{
    struct query q = sql__start(call, r, l->kind);
    struct rows rows;
    const char *sql;
    buf_add_c(&q.sql, "SELECT COUNT(*)");
    add_from(&q, l);
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(call, db, sql, q.values.at, q.values.count, 1, &rows));
    *out = rows.cells[0].integer;
    return OK;
}
