/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/ask.c — the few other questions whose words follow from the model: who holds a value, what
 * is due, what records are called. */
#include "record/query/statement.h"

static void add_holder(struct query *q, const struct field *f, struct text value)
{
    if (f->type->refers == REFERS_MANY) {
        buf_print(&q->sql,
                  "t.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND "
                  "l.free = 0 AND l.type = '%.*s' AND l.to_id = ",
                  TEXT_ARG(q->kind->name), TEXT_ARG(f->name));
        sql__bind(q, V_TEXT(value));
        buf_add_c(&q->sql, ")");
        return;
    }
    buf_print(&q->sql, "t.\"%.*s\" = ", TEXT_ARG(f->name));
    sql__bind(q, V_TEXT(value));
}

enum err query__holding(struct call *call, struct records *r, struct db db,
                        const struct kind *k, const struct field *f, struct text value,
                        size_t most, struct record ***out, size_t *count)
{
    struct query q = sql__start(call, r, k);
    add_holder(&q, f, value);
    buf_print(&q.sql, " ORDER BY t.\"key\" LIMIT %zu", most);
    return sql__ask(&q, db, most, out, count);
}

enum err query__holders(struct call *call, struct records *r, struct db db,
                        const struct kind *k, const struct field *f, struct text value,
                        struct text after, size_t most, struct rows *out)
{
    struct query q = sql__start(call, r, k);
    buf_print(&q.sql, "SELECT t.id FROM \"%.*s\" t WHERE ", TEXT_ARG(k->name));
    add_holder(&q, f, value);
    buf_add_c(&q.sql, " AND t.id > ");
    sql__bind(&q, V_TEXT(after));
    buf_print(&q.sql, " ORDER BY t.id LIMIT %zu", most);
    const char *sql;
    TRY(sql__finish(&q, &sql));
    return db__rows(call, db, sql, q.values.at, q.values.count, most, out);
}

enum err query__living(struct call *call, struct records *r, struct db db, const struct kind *k,
                       const struct field *f, struct text value, struct record ***out,
                       size_t *count)
{
    struct query q = sql__start(call, r, k);
    add_holder(&q, f, value);
    buf_add_c(&q.sql, " AND t.state <> 'archived' ORDER BY t.\"key\"");
    return sql__ask(&q, db, READ_MOST, out, count);
}

enum err query__worst(struct call *call, struct records *r, struct db db, const struct kind *k,
                      const struct field *f, struct text value, const struct json *states,
                      const struct field *column, bool *any, int64_t *out)
{
    struct query q = sql__start(call, r, k);
    size_t room = states ? states->count : 0, n = 0;
    struct text *names = NEW_MANY(call->arena, room + 1, struct text);
    struct rows rows;
    const char *sql;
    for (const struct json *one = states ? states->first : NULL; one; one = one->next)
        names[n++] = json_text(one);
    names[n++] = TEXT(""); /* no state: so that none at all is still a list */
    buf_print(&q.sql, "SELECT MAX(t.\"%.*s\") FROM \"%.*s\" t WHERE ", TEXT_ARG(column->name),
              TEXT_ARG(k->name));
    add_holder(&q, f, value);
    buf_add_c(&q.sql, " AND t.state <> 'archived' AND t.state");
    sql__in(&q, names, n);
    TRY(sql__finish(&q, &sql));
    TRY(db__rows(call, db, sql, q.values.at, q.values.count, 1, &rows));
    *any = rows.count && rows.cells[0].type == VALUE_INTEGER;
    *out = *any ? rows.cells[0].integer : 0;
    return OK;
}

void sql__states(struct query *q, uint64_t states)
{
    struct text *names = NEW_MANY(q->call->arena, q->kind->state_count + 1, struct text);
    size_t n = 0;
    for (size_t i = 0; i < q->kind->state_count; i++)
        if (states >> i & 1 && !q->kind->states[i].end)
            names[n++] = q->kind->states[i].name;
    names[n++] = TEXT(""); /* no state: so that none at all is still a list */
    buf_add_c(&q->sql, "t.state");
    sql__in(q, names, n);
}

enum err query__page(struct call *call, struct records *r, struct db db, const struct kind *k,
                     struct text after, size_t most, struct record ***out, size_t *count)
{
    struct query q = sql__start(call, r, k);
    buf_add_c(&q.sql, "t.id > ");
    sql__bind(&q, V_TEXT(after));
    buf_print(&q.sql, " ORDER BY t.id LIMIT %zu", most);
    return sql__ask(&q, db, most, out, count);
}

enum err query__these(struct call *call, struct records *r, struct db db, const struct kind *k,
                      const struct text *ids, size_t id_count, struct record ***out,
                      size_t *count)
{
    struct query q = sql__start(call, r, k);
    buf_add_c(&q.sql, "t.id");
    sql__in(&q, ids, id_count);
    return sql__ask(&q, db, id_count, out, count);
}

enum err query__granted(struct call *call, struct records *r, struct db db, const struct kind *k,
                        struct text person, struct text role, struct text over, bool *out)
{
    const struct grants *g = &k->grants;
    struct query q = sql__start(call, r, k);
    struct record **found;
    size_t count;
    sql__states(&q, g->in);
    buf_print(&q.sql, " AND t.\"%.*s\" = ", TEXT_ARG(g->to->name));
    sql__bind(&q, V_TEXT(person));
    buf_print(&q.sql, " AND t.\"%.*s\" = ", TEXT_ARG(g->role->name));
    sql__bind(&q, V_TEXT(role));
    buf_print(&q.sql, " AND t.\"%.*s\" = ", TEXT_ARG(g->over->name));
    sql__bind(&q, V_TEXT(over));
    sql__granted_today(&q, g, "t");
    buf_add_c(&q.sql, " LIMIT 1");
    TRY(sql__ask(&q, db, 1, &found, &count));
    *out = *out || count > 0;
    return OK;
}

/* `from` and `until` may be NULL. */
static void add_today(struct query *q, const struct field *from, const struct field *until,
                      const char *alias)
{
    struct text today = zone_today(q->call->arena, q->call->zone, q->call->now);
    if (from) {
        buf_print(&q->sql, " AND COALESCE(%s.\"%.*s\", '') <= ", alias, TEXT_ARG(from->name));
        sql__bind(q, V_TEXT(today));
    }
    if (until) {
        buf_print(&q->sql, " AND COALESCE(%s.\"%.*s\", '9999') >= ", alias,
                  TEXT_ARG(until->name));
        sql__bind(q, V_TEXT(today));
    }
}

void sql__granted_today(struct query *q, const struct grants *g, const char *alias)
{
    add_today(q, g->from, g->until, alias);
}

enum err query__stops(struct call *call, struct records *r, struct db db, const struct kind *k,
                      struct text person, struct text over, bool *out)
{
    const struct stops *s = &k->stops;
    struct query q = sql__start(call, r, k);
    struct record **found;
    size_t count;
    sql__states(&q, s->in);
    buf_add_c(&q.sql, " AND ");
    add_holder(&q, s->people, person);
    buf_print(&q.sql, " AND t.\"%.*s\" = ", TEXT_ARG(s->over->name));
    sql__bind(&q, V_TEXT(over));
    if (s->when)
        buf_print(&q.sql, " AND t.\"%.*s\" = 1", TEXT_ARG(s->when->name));
    add_today(&q, s->from, s->until, "t");
    buf_add_c(&q.sql, " LIMIT 1");
    TRY(sql__ask(&q, db, 1, &found, &count));
    *out = *out || count > 0;
    return OK;
}

enum err query__in_force(struct call *call, struct records *r, struct db db,
                         const struct kind *k, struct text today, struct record **out)
{
    struct query q = sql__start(call, r, k);
    struct record **found;
    size_t count;
    uint64_t rest = 0;
    for (size_t i = 0; i < k->state_count; i++)
        rest |= k->states[i].rest ? UINT64_C(1) << i : 0;
    *out = NULL;
    sql__states(&q, rest);
    buf_add_c(&q.sql, " AND t.\"applies_from\" <= ");
    sql__bind(&q, V_TEXT(today));
    buf_add_c(&q.sql, " ORDER BY t.\"applies_from\" DESC, t.\"key\" DESC LIMIT 1");
    TRY(sql__ask(&q, db, 1, &found, &count));
    if (count)
        *out = found[0];
    return OK;
}

/* What tells one of several people of a name from the others has the place of the key: the e-mail
 * address for whoever may know it, else the id. Who has left says so where records have a state. */
static void add_people(struct query *q)
{
    const struct actor *a = q->call->actor;
    buf_print(&q->sql,
              "SELECT t.id, CASE WHEN EXISTS (SELECT 1 FROM person o WHERE o.name_key = "
              "t.name_key AND o.id <> t.id) THEN t.%s ELSE '' END, t.name, CASE t.disabled WHEN 1 "
              "THEN 'left' ELSE '' END FROM person t WHERE ",
              a->all || a->admin ? "email" : "id");
}

enum err query__titles(struct call *call, struct records *r, struct reader *db,
                       struct text kind, const struct text *ids, size_t count,
                       struct rows *rows)
{
    const struct kind *k = model_kind(r->model, kind);
    struct query q = sql__start(call, r, k);
    if (text_is(kind, "person"))
        add_people(&q);
    else if (text_is(kind, "file"))
        buf_add_c(&q.sql, "SELECT t.id, '', t.name, t.type FROM attachment t WHERE ");
    else {
        buf_print(&q.sql, "SELECT t.id, t.\"key\", t.title, t.state FROM \"%.*s\" t WHERE ",
                  TEXT_ARG(k->name));
        sql__readable(&q);
        buf_add_c(&q.sql, " AND ");
    }
    const char *sql;
    buf_add_c(&q.sql, "t.id");
    sql__in(&q, ids, count);
    TRY(sql__finish(&q, &sql));
    return read_rows(call, db, sql, q.values.at, q.values.count, count + 1, rows);
}
