/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/meets.c — what a move asks of the record, and of others, as conditions of a
 * statement: the same as condition.c and guard.c say of one record in C. */
#include "record/query/turns.h"

static void add_quoted(struct query *q, const char *alias, struct text name)
{
    buf_print(&q->sql, "%s.\"%.*s\"", alias, TEXT_ARG(name));
}

/* Does a field of the record `alias` (of kind k) name this value? Never NULL. */
void sql__holds(struct query *q, const struct kind *k, const char *alias, const struct field *f,
                size_t value)
{
    if (f && f->type->refers == REFERS_MANY)
        buf_print(&q->sql,
                  "EXISTS (SELECT 1 FROM link l WHERE l.from_kind = '%.*s' AND l.from_id = "
                  "%s.id AND l.free = 0 AND l.type = '%.*s' AND l.to_id = $%zu)",
                  TEXT_ARG(k->name), alias, TEXT_ARG(f->name), value);
    else if (!f || !field__is_column(f))
        buf_add_c(&q->sql, "1=0");
    else {
        buf_add_c(&q->sql, "(");
        add_quoted(q, alias, f->name);
        buf_print(&q->sql,
                  f->many ? " LIKE '%%|' || CAST($%zu AS TEXT) || '|%%') IS TRUE"
                          : " = $%zu) IS TRUE",
                  value);
    }
}

static struct value plain_value(const struct field *f, const struct json *v)
{
    if (v->type == JSON_TRUE || v->type == JSON_FALSE)
        return V_INT(v->type == JSON_TRUE);
    if (v->type == JSON_INTEGER)
        return f->type->form == FORM_NUMBER ? V_NUM((double)v->integer) : V_INT(v->integer);
    return v->type == JSON_NUMBER ? V_NUM(v->number) : V_TEXT(v->text);
}

static void add_one_of(struct query *q, const struct kind *k, const char *alias,
                       struct text field, const struct json *const *values, size_t count)
{
    const struct field *f = kind_field(k, field);
    buf_add_c(&q->sql, "(1=0");
    for (size_t i = 0; f && i < count; i++) {
        buf_add_c(&q->sql, " OR ");
        sql__holds(q, k, alias, f, sql__keep(q, plain_value(f, values[i])));
    }
    buf_add_c(&q->sql, ")");
}

static void add_is_empty(struct query *q, const struct field *f)
{
    buf_add_c(&q->sql, "(1=1");
    if (sql__empty(q, f, TEXT("1")) != OK)
        buf_add_c(&q->sql, " AND 1=0");
    buf_add_c(&q->sql, ")");
}

void sql__when(struct query *q, const struct condition *c)
{
    const struct field *f = c && c->form == WHEN_EMPTY ? kind_field(q->kind, c->field) : NULL;
    if (!c || c->form == WHEN_ALWAYS)
        buf_add_c(&q->sql, "1=1");
    else if (c->form == WHEN_IS || c->form == WHEN_IN)
        add_one_of(q, q->kind, "t", c->field, c->values, c->count);
    else if (f) {
        buf_add_c(&q->sql, c->empty ? "" : "NOT ");
        add_is_empty(q, f);
    } else {
        const char *start[] = {
            [WHEN_ANY] = "(1=0", [WHEN_ALL] = "(1=1", [WHEN_NOT] = "(NOT (1=1"};
        buf_add_c(&q->sql, c->form >= WHEN_ANY ? start[c->form] : "(1=0");
        for (size_t i = 0; c->form >= WHEN_ANY && i < c->part_count; i++) {
            buf_add_c(&q->sql, c->form == WHEN_ANY ? " OR " : " AND ");
            sql__when(q, c->parts[i]);
        }
        buf_add_c(&q->sql, c->form == WHEN_NOT ? "))" : ")");
    }
}

/* ---- what is missing */
static void add_uncovered(struct query *q, const struct field *f)
{
    buf_print(&q->sql,
              "(SELECT count(DISTINCT x.\"%.*s\") FROM \"%.*s__%.*s\" x WHERE x.record = t.id "
              "AND x.\"%.*s\"",
              TEXT_ARG(f->covers_column), TEXT_ARG(q->kind->name), TEXT_ARG(f->name),
              TEXT_ARG(f->covers_column));
    sql__in(q, f->covers, f->covers_count);
    buf_print(&q->sql, ") < %zu", f->covers_count);
}

static void add_not_one(struct query *q, const struct field *f)
{
    buf_print(
        &q->sql,
        "EXISTS (SELECT 1 FROM \"%.*s__%.*s\" x WHERE x.record = t.id GROUP BY x.\"%.*s\" "
        "HAVING sum(CASE WHEN x.\"%.*s\" = ",
        TEXT_ARG(q->kind->name), TEXT_ARG(f->name), TEXT_ARG(f->one_for->name),
        TEXT_ARG(f->one_column->name));
    sql__bind(q, V_TEXT(f->one_is));
    buf_add_c(&q->sql, " THEN 1 ELSE 0 END) <> 1)");
}

/* What the state it is in demands as well is there already. */
static bool newly_demanded(const struct kind *k, const struct field *f, const struct move *m,
                           size_t state)
{
    return !f->system && !f->required && f->required_in >> m->to & 1 &&
           !(f->required_in >> state & 1) && !guard__asks(k, m, f->name);
}

void sql__unfilled(struct query *q, const struct move *m, size_t state)
{
    for (size_t i = 0; i < q->kind->field_count; i++) {
        const struct field *f = &q->kind->fields[i];
        if (!newly_demanded(q->kind, f, m, state))
            continue;
        buf_add_c(&q->sql, " OR (");
        sql__when(q, f->only);
        buf_add_c(&q->sql, " AND ");
        sql__when(q, f->required_when);
        buf_add_c(&q->sql, " AND (");
        add_is_empty(q, f);
        if (f->covers_count) {
            buf_add_c(&q->sql, " OR ");
            add_uncovered(q, f);
        }
        if (f->one_for) {
            buf_add_c(&q->sql, " OR ");
            add_not_one(q, f);
        }
        buf_add_c(&q->sql, "))");
    }
}

static void add_pointed_at(struct query *q, const struct field *f)
{
    buf_print(&q->sql, "\"%.*s\" x WHERE ", TEXT_ARG(f->target_kind->name));
    if (f->type->refers == REFERS_MANY)
        buf_print(&q->sql,
                  "x.id IN (SELECT l.to_id FROM link l WHERE l.from_kind = '%.*s' AND "
                  "l.from_id = t.id AND l.free = 0 AND l.type = '%.*s')",
                  TEXT_ARG(q->kind->name), TEXT_ARG(f->name));
    else
        buf_print(&q->sql, "x.id = t.\"%.*s\"", TEXT_ARG(f->name));
}

static void add_pointing(struct query *q, const struct kind *k, const struct field *f,
                         struct text at)
{
    buf_print(&q->sql, "\"%.*s\" x WHERE x.state <> 'archived' AND ", TEXT_ARG(k->name));
    if (f->type->refers == REFERS_MANY)
        buf_print(
            &q->sql,
            "x.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND l.free = 0 "
            "AND l.type = '%.*s' AND l.to_id = t.\"%.*s\")",
            TEXT_ARG(k->name), TEXT_ARG(f->name), TEXT_ARG(at));
    else
        buf_print(&q->sql, "x.\"%.*s\" = t.\"%.*s\"", TEXT_ARG(f->name), TEXT_ARG(at));
}

/* How many of the records that a need looks at there are; `good`: in a state it accepts. */
static void add_number(struct query *q, const struct need *n, bool good)
{
    const struct field *own = n->field.len ? kind_field(q->kind, n->field) : NULL;
    const struct kind *k = own ? own->target_kind : model_kind(q->records->model, n->kind);
    const struct field *via = own || !k ? own : kind_field(k, n->via);
    if (!k || !via) {
        buf_add_c(&q->sql, "0");
        return;
    }
    buf_add_c(&q->sql, "(SELECT count(*) FROM ");
    if (own)
        add_pointed_at(q, own);
    else
        add_pointing(q, k, via, n->of.len ? n->of : TEXT("id"));
    for (size_t i = 0; i < n->where_count; i++) {
        const struct json *v = n->where[i].value, *items[64] = {v};
        size_t count = v->type == JSON_LIST ? 0 : 1;
        for (const struct json *one = count ? NULL : v->first; one && count < 64;
             one = one->next)
            items[count++] = one;
        buf_add_c(&q->sql, " AND ");
        if (text_starts(json_text(v), "$")) {
            buf_print(&q->sql, "(x.\"%.*s\" = t.\"%.*s\") IS TRUE", TEXT_ARG(n->where[i].field),
                      TEXT_ARG(text_from(v->text, 1)));
            continue;
        }
        add_one_of(q, k, "x", n->where[i].field, items, count);
    }
    if (good) {
        buf_add_c(&q->sql, " AND x.state");
        sql__in(q, n->states, n->state_count);
    }
    const struct field *since = good && n->since.len ? kind_field(q->kind, n->since) : NULL;
    if (since)
        buf_print(
            &q->sql,
            " AND (t.\"%.*s\" IS NULL OR EXISTS (SELECT 1 FROM version v WHERE v.kind = "
            "'%.*s' AND v.id = x.id AND COALESCE(v.alters, 1) = 2 AND v.at > t.\"%.*s\"))",
            TEXT_ARG(n->since), TEXT_ARG(k->name), TEXT_ARG(n->since));
    buf_add_c(&q->sql, ")");
}

void sql__unmet(struct query *q, const struct move *m)
{
    for (size_t i = 0; i < m->need_count; i++) {
        const struct need *n = &m->needs[i];
        buf_add_c(&q->sql, " OR (");
        sql__when(q, n->only);
        buf_add_c(&q->sql, " AND (");
        add_number(q, n, true);
        buf_print(&q->sql, " < %lld", (long long)n->least);
        if (n->every) {
            buf_add_c(&q->sql, " OR ");
            add_number(q, n, true);
            buf_add_c(&q->sql, " < ");
            add_number(q, n, false);
        }
        buf_add_c(&q->sql, "))");
    }
}
