/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/statement.c — a statement in the making: values that are bound, lists as one value, fields
 * as columns, and fields of a body as of a moment. */
#include "record/query/statement.h"

#define FEW 8 /* values that are bound one by one; more are one parameter */
#define PARAMETERS_MOST 16384

struct query sql__start(struct call *call, struct records *r, const struct kind *k)
{
    return (struct query){.call = call,
                          .records = r,
                          .kind = k,
                          .postgres = r && store_kind(r->store) == STORE_POSTGRES,
                          .sql = buf_in(call->arena, 1u << 20),
                          .values = LIST_IN(call->arena, PARAMETERS_MOST)};
}

/* What strangers choose is bounded piece by piece, by name; this is the wall behind that. */
enum err sql__finish(struct query *q, const char **sql)
{
    buf_add_byte(&q->sql, '\0');
    *sql = q->sql.at;
    if (!q->sql.full && !q->values.full)
        return OK;
    return problem(q->call, ERR_MALFORMED, TEXT(""), "too_many", "%s",
                   say(q->call, "this asks for too many things at once; ask for fewer"));
}

enum err sql__too_many(struct query *q, struct text name, int most)
{
    return problem(q->call, ERR_MALFORMED, name, "too_many",
                   say(q->call, "names more than %d values; ask for fewer"), most);
}

size_t sql__keep(struct query *q, struct value v)
{
    (void)LIST_ADD(&q->values, v);
    return q->values.count;
}

void sql__bind(struct query *q, struct value v)
{
    buf_print(&q->sql, "$%zu", sql__keep(q, v));
}

/* Texts as rows of a table s(value): one parameter, however many they are. */
void sql__set(struct query *q, struct text json)
{
    size_t at = sql__keep(q, V_TEXT(json));
    buf_print(&q->sql,
              q->postgres ? "jsonb_array_elements_text(CAST($%zu AS jsonb)) AS s(value)"
                          : "json_each($%zu) AS s",
              at);
}

struct text sql__json_of(struct query *q, const struct text *items, size_t count)
{
    struct buf b = buf_in(q->call->arena, 64u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '[');
    for (size_t i = 0; i < count; i++)
        json_put_text(&o, items[i]);
    json_close(&o, ']');
    return buf_text(&b);
}

/* "IN (…)", texts. */
void sql__in(struct query *q, const struct text *items, size_t count)
{
    bool many = count > FEW;
    /* An array: of a set PostgreSQL expects a hundred values, and reads the whole table. */
    buf_add_c(&q->sql, many && q->postgres ? " = ANY (ARRAY(" : " IN (");
    if (many) {
        buf_add_c(&q->sql, "SELECT s.value FROM ");
        sql__set(q, sql__json_of(q, items, count));
        buf_add_c(&q->sql, q->postgres ? ")" : "");
    }
    for (size_t i = 0; i < count && !many; i++) {
        buf_add_c(&q->sql, i ? ", " : "");
        sql__bind(q, V_TEXT(items[i]));
    }
    buf_add_c(&q->sql, ")");
}

/* ---- a field, now or then -------------------------------------------------------------------- */
/* A version of before a field was renamed holds it under the former name. */
static struct text former(const struct query *q, const struct field *f)
{
    return f->was.len && !kind_field(q->kind, f->was) ? f->was : (struct text){0};
}

static void add_extract(struct query *q, const struct field *f, struct text name)
{
    if (!q->postgres)
        buf_print(&q->sql, "json_extract(v.body, '$.\"%.*s\"')", TEXT_ARG(name));
    else if (f->type->form == FORM_TRUTH && !f->many)
        buf_print(&q->sql, "CASE b.b ->> '%.*s' WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
                  TEXT_ARG(name));
    else if (f->type->form != FORM_WORDS && field_is_column(f) && !field_is_set(f))
        buf_print(&q->sql,
                  "CASE jsonb_typeof(b.b -> '%.*s') WHEN 'number' THEN CAST(b.b ->> '%.*s' AS "
                  "%s) END",
                  TEXT_ARG(name), TEXT_ARG(name), form_column(f->type->form));
    else
        buf_print(&q->sql, "(b.b ->> '%.*s') COLLATE \"C\"", TEXT_ARG(name));
}

/* The value of a field; of a list of any kind only whether it is NULL means the same in both. */
void sql__field(struct query *q, const struct field *f)
{
    bool lasting = text_is(f->name, "key") || text_is(f->name, "id");
    if (!q->then || lasting) {
        buf_print(&q->sql, "t.\"%.*s\"", TEXT_ARG(f->name));
        return;
    }
    struct text was = former(q, f);
    buf_add_c(&q->sql, was.len ? "COALESCE(" : "(");
    add_extract(q, f, f->name);
    if (was.len) {
        buf_add_c(&q->sql, ", ");
        add_extract(q, f, was);
    }
    buf_add_c(&q->sql, ")");
}

void sql__named(struct query *q, struct text name)
{
    const struct field *f = q->then ? kind_field(q->kind, name) : NULL;
    if (f)
        sql__field(q, f);
    else
        buf_print(&q->sql, "t.\"%.*s\"", TEXT_ARG(name));
}

/* Of a document its languages. */
static void add_parts(struct query *q, struct text name, struct text was)
{
    if (q->postgres)
        buf_print(&q->sql,
                  "jsonb_object_keys(COALESCE(b.b -> '%.*s', b.b -> '%.*s') -> 'versions') AS "
                  "e(value)",
                  TEXT_ARG(name), TEXT_ARG(was));
    else
        buf_print(&q->sql,
                  "json_each(COALESCE(json_extract(v.body, '$.\"%.*s\".versions'), "
                  "json_extract(v.body, '$.\"%.*s\".versions'), '{}')) AS e",
                  TEXT_ARG(name), TEXT_ARG(was));
}

/* The items of a list in the version, as rows of a table e(value). */
void sql__items(struct query *q, const struct field *f)
{
    struct text was = former(q, f), name = f->name;
    if (f->type->form == FORM_PARTS)
        add_parts(q, name, was.len ? was : name);
    else if (q->postgres)
        buf_print(&q->sql,
                  "jsonb_array_elements%s(CASE jsonb_typeof(COALESCE(b.b -> '%.*s', b.b -> "
                  "'%.*s')) WHEN 'array' THEN COALESCE(b.b -> '%.*s', b.b -> '%.*s') END) AS "
                  "e(value)",
                  f->type->refers == REFERS_FREE ? "" : "_text", TEXT_ARG(name),
                  TEXT_ARG(was.len ? was : name), TEXT_ARG(name),
                  TEXT_ARG(was.len ? was : name));
    else
        buf_print(&q->sql,
                  "json_each(COALESCE(json_extract(v.body, '$.\"%.*s\"'), json_extract(v.body, "
                  "'$.\"%.*s\"'), '[]')) AS e",
                  TEXT_ARG(name), TEXT_ARG(was.len ? was : name));
}

void sql__item(struct query *q, const struct field *f)
{
    if (f->type->form == FORM_PARTS)
        buf_add_c(&q->sql, q->postgres ? "e.value" : "e.key");
    else if (f->type->refers != REFERS_FREE)
        buf_add_c(&q->sql, "e.value");
    else
        buf_add_c(&q->sql, q->postgres ? "(e.value ->> 'id')" : "json_extract(e.value, '$.id')");
}

/* COLLATE: the two halves of a moment must be put in order alike. */
void sql__each(struct query *q)
{
    buf_add_c(&q->sql, q->then ? "(e.value)" : "(gl.to_id)");
    buf_add_c(&q->sql, q->postgres ? " COLLATE \"C\"" : "");
}

/* The records that the statement's condition picks. */
enum err sql__ask(struct query *q, struct db db, size_t most, struct record ***out,
                    size_t *count)
{
    const char *where;
    TRY(sql__finish(q, &where));
    return table__many(q->call, q->records, db, q->kind, where, q->values.at, q->values.count,
                       most, out, count);
}
