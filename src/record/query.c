/* SPDX-License-Identifier: Apache-2.0 */
/* record/query.c — lists: what one may read, filters, sorting, facets; and the few other questions
 * whose words follow from the model. With table.c the only file of the record that builds SQL: names come
 * from the model, values are always bound. */
#include "record/internal.h"

#define FILTERS_MOST 64    /* parameters of one list */
#define VALUES_MOST 1000   /* of one filter */
#define SORTS_MOST 8
#define FACETS_MOST 10
#define FEW 8              /* values that are bound one by one; more are one parameter */
#define PARAMETERS_MOST 16384

/* ---- a statement in the making --------------------------------------------------------------- */
struct parameters LIST_OF(struct value);
struct texts LIST_OF(struct text);

struct query {
    struct call *call;
    struct records *records;
    const struct kind *kind;
    bool postgres;
    /* As of a moment: t is the record as it is now, v the version it had then. What is asked of
     * the fields is asked of v; what the actor may read, of both. */
    bool then;
    struct buf sql;
    struct parameters values;
};

static struct query query_start(struct call *call, struct records *r, const struct kind *k)
{
    return (struct query){.call = call,
                          .records = r,
                          .kind = k,
                          .postgres = r && store_kind(r->store) == STORE_POSTGRES,
                          .sql = buf_in(call->arena, 1u << 20),
                          .values = LIST_IN(call->arena, PARAMETERS_MOST)};
}

/* What strangers choose is bounded piece by piece, by name; this is the wall behind that. */
static enum err finish(struct query *q, const char **sql)
{
    buf_add_byte(&q->sql, '\0');
    *sql = q->sql.at;
    if (!q->sql.full && !q->values.full)
        return OK;
    return problem(q->call, ERR_MALFORMED, TEXT(""), "too_many", "%s",
                   say(q->call, "this asks for too many things at once; ask for fewer",
                       "一次查询的条件过多，请减少条件"));
}

static enum err too_many(struct query *q, struct text name, int most)
{
    return problem(q->call, ERR_MALFORMED, name, "too_many",
                   say(q->call, "names more than %d values; ask for fewer",
                       "超过 %d 个值，请减少"),
                   most);
}

static size_t keep(struct query *q, struct value v)
{
    (void)LIST_ADD(&q->values, v);
    return q->values.count;
}

static void bind(struct query *q, struct value v)
{
    buf_print(&q->sql, "$%zu", keep(q, v));
}

/* Texts as rows of a table s(value): one parameter, however many they are. */
static void add_set(struct query *q, struct text json)
{
    size_t at = keep(q, V_TEXT(json));
    buf_print(&q->sql,
              q->postgres ? "jsonb_array_elements_text(CAST($%zu AS jsonb)) AS s(value)"
                          : "json_each($%zu) AS s",
              at);
}

static struct text json_of(struct query *q, const struct text *items, size_t count)
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
static void add_in(struct query *q, const struct text *items, size_t count)
{
    buf_add_c(&q->sql, " IN (");
    if (count > FEW) {
        buf_add_c(&q->sql, "SELECT s.value FROM ");
        add_set(q, json_of(q, items, count));
    }
    for (size_t i = 0; i < count && count <= FEW; i++) {
        buf_add_c(&q->sql, i ? ", " : "");
        bind(q, V_TEXT(items[i]));
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
    else if (f->type == FIELD_YES_NO && !f->many)
        buf_print(&q->sql, "CASE b.b ->> '%.*s' WHEN 'true' THEN 1 WHEN 'false' THEN 0 END",
                  TEXT_ARG(name));
    else if ((f->type == FIELD_INTEGER || f->type == FIELD_NUMBER) && !f->many)
        buf_print(&q->sql,
                  "CASE jsonb_typeof(b.b -> '%.*s') WHEN 'number' THEN CAST(b.b ->> '%.*s' AS "
                  "%s) END",
                  TEXT_ARG(name), TEXT_ARG(name),
                  f->type == FIELD_INTEGER ? "bigint" : "double precision");
    else
        buf_print(&q->sql, "(b.b ->> '%.*s') COLLATE \"C\"", TEXT_ARG(name));
}

/* The value of a field; of a list of any kind only whether it is NULL means the same in both. */
static void add_field(struct query *q, const struct field *f)
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

static void add_named(struct query *q, struct text name)
{
    const struct field *f = q->then ? kind_field(q->kind, name) : NULL;
    if (f)
        add_field(q, f);
    else
        buf_print(&q->sql, "t.\"%.*s\"", TEXT_ARG(name));
}

/* The items of a list in the version, as rows of a table e(value). */
static void add_items(struct query *q, const struct field *f)
{
    struct text was = former(q, f), name = f->name;
    if (q->postgres)
        buf_print(&q->sql,
                  "jsonb_array_elements%s(CASE jsonb_typeof(COALESCE(b.b -> '%.*s', b.b -> "
                  "'%.*s')) WHEN 'array' THEN COALESCE(b.b -> '%.*s', b.b -> '%.*s') END) AS "
                  "e(value)",
                  f->type == FIELD_LINKS ? "" : "_text", TEXT_ARG(name),
                  TEXT_ARG(was.len ? was : name), TEXT_ARG(name),
                  TEXT_ARG(was.len ? was : name));
    else
        buf_print(&q->sql,
                  "json_each(COALESCE(json_extract(v.body, '$.\"%.*s\"'), json_extract(v.body, "
                  "'$.\"%.*s\"'), '[]')) AS e",
                  TEXT_ARG(name), TEXT_ARG(was.len ? was : name));
}

static void add_item(struct query *q, const struct field *f)
{
    if (f->type != FIELD_LINKS)
        buf_add_c(&q->sql, "e.value");
    else
        buf_add_c(&q->sql, q->postgres ? "(e.value ->> 'id')" : "json_extract(e.value, '$.id')");
}

/* The records that the statement's condition picks. */
static enum err ask(struct query *q, struct db db, size_t most, struct record ***out,
                    size_t *count)
{
    const char *where;
    TRY(finish(q, &where));
    return table__many(q->call, q->records, db, q->kind, where, q->values.at, q->values.count,
                       most, out, count);
}

/* ---- what the actor may read ----------------------------------------------------------------- */
struct grounds { /* alternatives joined by OR; with none of them: never */
    struct query *q;
    bool any;
};

static void ground(struct grounds *g)
{
    buf_add_c(&g->q->sql, g->any ? " OR " : "(");
    g->any = true;
}

static void end_grounds(struct grounds *g)
{
    buf_add_c(&g->q->sql, g->any ? ")" : "1=0");
}

static void add_units(struct grounds *g, const struct text *units, size_t count)
{
    if (!count)
        return;
    ground(g);
    add_named(g->q, TEXT("unit"));
    buf_add_c(&g->q->sql, " IN (SELECT descendant FROM unit_closure WHERE ancestor");
    add_in(g->q, units, count);
    buf_add_c(&g->q->sql, ")");
}

/* The person is bound once, however many columns may name them. */
static void add_columns(struct grounds *g, const struct text *columns, size_t count,
                        size_t person)
{
    for (size_t i = 0; i < count; i++) {
        ground(g);
        add_named(g->q, columns[i]);
        buf_print(&g->q->sql, " = $%zu", person);
    }
}

static void add_unrestricted(struct query *q, const struct reach *reach, size_t person)
{
    static const struct text own[] = {{"owner", 5}, {"author", 6}};
    struct grounds g = {q, false};
    buf_add_c(&q->sql, " AND ");
    ground(&g);
    buf_add_c(&q->sql, "COALESCE(");
    add_named(q, TEXT("confidentiality"));
    buf_add_c(&q->sql, ", '') <> 'restricted'");
    add_columns(&g, own, person ? COUNT(own) : 0, person);
    add_units(&g, reach->restricted_units, reach->restricted_count);
    end_grounds(&g);
}

static void add_reach(struct query *q, const struct reach *reach)
{
    if (reach->everything) {
        buf_add_c(&q->sql, "1=1");
        return;
    }
    /* Who reads all units and all levels binds nothing: counts are remembered by their values. */
    bool open = reach->all_units && reach->all_restricted;
    size_t person = reach->person.len && !open ? keep(q, V_TEXT(reach->person)) : 0;
    struct grounds g = {q, false};
    if (reach->all_units) {
        ground(&g);
        buf_add_c(&q->sql, "1=1");
    } else {
        if (reach->no_unit) {
            ground(&g);
            add_named(q, TEXT("unit"));
            buf_add_c(&q->sql, " IS NULL");
        }
        add_units(&g, reach->units, reach->unit_count);
        add_columns(&g, reach->columns, person ? reach->column_count : 0, person);
    }
    end_grounds(&g);
    if (g.any && !reach->all_restricted)
        add_unrestricted(q, reach, person);
}

/* The condition over alias t, its values after those that `values` holds already. */
struct text query__reach(struct call *call, const struct reach *reach, bool postgres,
                         struct value *values, size_t *count)
{
    struct query q = query_start(call, NULL, NULL);
    q.postgres = postgres;
    for (size_t i = 0; i < *count; i++)
        keep(&q, values[i]);
    add_reach(&q, reach);
    for (; *count < q.values.count; ++*count)
        values[*count] = q.values.at[*count];
    return buf_text(&q.sql);
}

static void add_readable(struct query *q)
{
    struct reach reach = access_reach(q->call, q->call->actor, q->records->model,
                                      &q->records->readers[q->kind->index]);
    bool then = q->then;
    q->then = false;
    add_reach(q, &reach);
    if (!then)
        return;
    q->then = true;
    buf_add_c(&q->sql, " AND ");
    add_reach(q, &reach);
}

static enum err bad_filter(struct query *q, struct text name, const char *en, const char *zh)
{
    return problem(q->call, ERR_INVALID, name, "filter", "%s", say(q->call, en, zh));
}

/* ---- one filter
 * ------------------------------------------------------------------------------------- */
static bool to_value(const struct field *f, struct text t, struct value *out)
{
    int64_t i;
    double d;
    if (f->type == FIELD_YES_NO) {
        bool yes = text_is(t, "true") || text_is(t, "1") || text_is(t, "yes");
        *out = V_INT(yes);
        return yes || text_is(t, "false") || text_is(t, "0") || text_is(t, "no");
    }
    if (f->type == FIELD_INTEGER) {
        bool good = text_integer(t, &i);
        *out = V_INT(good ? i : 0);
        return good;
    }
    if (f->type == FIELD_NUMBER) {
        bool good = text_number(t, &d);
        *out = V_NUM(good ? d : 0);
        return good;
    }
    *out = V_TEXT(t);
    return true;
}

static struct text me_or(struct query *q, const struct field *f, struct text t)
{
    if (f->target == TO_PERSON && text_is(t, "me"))
        return q->call->actor->person;
    return t;
}

static enum err read_values(struct query *q, struct text name, struct text list,
                            struct texts *out)
{
    *out = (struct texts)LIST_IN(q->call->arena, VALUES_MOST);
    do
        (void)LIST_ADD(out, text_cut(&list, ','));
    while (list.len && !out->full);
    return out->full ? too_many(q, name, VALUES_MOST) : OK;
}

/* "IN (…)" of a reference: a key stands for its id. */
static void add_targets(struct query *q, const struct field *f, const struct texts *values)
{
    struct texts ids = LIST_IN(q->call->arena, VALUES_MOST), keys = ids;
    for (size_t i = 0; i < values->count; i++)
        if (f->target == TO_KIND && f->target_kind && text_find(values->at[i], '-') >= 0)
            (void)LIST_ADD(&keys, values->at[i]);
        else
            (void)LIST_ADD(&ids, me_or(q, f, values->at[i]));
    if (!keys.count) {
        add_in(q, ids.at, ids.count);
        return;
    }
    buf_print(&q->sql, " IN (SELECT x.id FROM \"%.*s\" x WHERE x.\"key\"",
              TEXT_ARG(f->target_kind->name));
    add_in(q, keys.at, keys.count);
    if (ids.count) {
        buf_add_c(&q->sql, " UNION ALL SELECT s.value FROM ");
        add_set(q, json_of(q, ids.at, ids.count));
    }
    buf_add_c(&q->sql, ")");
}

/* A list of texts is one column: |a|b|. */
static struct text pattern(struct query *q, struct text one)
{
    struct buf b = buf_in(q->call->arena, one.len * 2 + 8);
    buf_add_c(&b, "%|");
    for (size_t i = 0; i < one.len; i++) {
        if (one.at[i] == '%' || one.at[i] == '_' || one.at[i] == '\\')
            buf_add_byte(&b, '\\');
        buf_add_byte(&b, one.at[i]);
    }
    buf_add_c(&b, "|%");
    return buf_text(&b);
}

static void add_among(struct query *q, const struct field *f, const struct texts *values)
{
    struct text *patterns = NEW_MANY(q->call->arena, values->count, struct text);
    for (size_t i = 0; i < values->count; i++)
        patterns[i] = pattern(q, values->at[i]);
    buf_add_c(&q->sql, "EXISTS (SELECT 1 FROM ");
    add_set(q, json_of(q, patterns, values->count));
    buf_print(&q->sql, " WHERE t.\"%.*s\" LIKE s.value ESCAPE '\\')", TEXT_ARG(f->name));
}

/* A free link may be called like a field; what a field holds is not free. */
static void add_linked(struct query *q, const struct field *f, const struct texts *values)
{
    buf_print(&q->sql, "t.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND ",
              TEXT_ARG(q->kind->name));
    if (f->type == FIELD_LINKS)
        buf_add_c(&q->sql, "l.free = 1");
    else
        buf_print(&q->sql, "l.free = 0 AND l.type = '%.*s'", TEXT_ARG(f->name));
    buf_add_c(&q->sql, " AND l.to_id");
    add_targets(q, f, values);
    buf_add_c(&q->sql, ")");
}

static void add_item_of(struct query *q, const struct field *f, const struct texts *values)
{
    buf_add_c(&q->sql, "EXISTS (SELECT 1 FROM ");
    add_items(q, f);
    buf_add_c(&q->sql, " WHERE ");
    add_item(q, f);
    add_targets(q, f, values);
    buf_add_c(&q->sql, ")");
}

static enum err add_numbers(struct query *q, const struct field *f, const struct texts *values)
{
    struct buf b = buf_in(q->call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    bool good = true;
    json_open(&o, '[');
    for (size_t i = 0; i < values->count && good; i++) {
        struct value v;
        good = to_value(f, values->at[i], &v);
        if (v.type == VALUE_NUMBER)
            json_put_number(&o, v.number);
        else
            json_put_integer(&o, v.integer);
    }
    json_close(&o, ']');
    if (!good)
        return bad_filter(q, f->name, "the filter value has the wrong type",
                          "筛选值的类型不正确");
    add_field(q, f);
    buf_print(&q->sql, " IN (SELECT %s FROM ",
              !q->postgres               ? "s.value"
              : f->type == FIELD_NUMBER ? "CAST(s.value AS double precision)"
                                         : "CAST(s.value AS bigint)");
    add_set(q, buf_text(&b));
    buf_add_c(&q->sql, ")");
    return OK;
}

static enum err add_equal(struct query *q, const struct field *f, const struct texts *values)
{
    bool linked = f->type == FIELD_REFS || f->type == FIELD_LINKS;
    if (f->type == FIELD_ROWS)
        return bad_filter(q, f->name, "cannot be filtered", "不能用于筛选");
    if (q->then && (linked || f->many))
        add_item_of(q, f, values);
    else if (linked)
        add_linked(q, f, values);
    else if (f->many)
        add_among(q, f, values);
    else if (f->type == FIELD_YES_NO || f->type == FIELD_INTEGER || f->type == FIELD_NUMBER)
        return add_numbers(q, f, values);
    else {
        add_field(q, f);
        add_targets(q, f, values);
    }
    return OK;
}

static enum err add_any_of(struct query *q, const struct field *f, const struct filter *filter,
                           bool negate)
{
    struct texts values;
    TRY(read_values(q, filter->name, filter->value, &values));
    buf_add_c(&q->sql, negate ? " AND NOT ((" : " AND ((");
    TRY(add_equal(q, f, &values));
    buf_add_c(&q->sql, ")");
    if (negate && field__is_column(f)) { /* an empty value is not the excluded one */
        buf_add_c(&q->sql, " AND ");
        add_field(q, f);
        buf_add_c(&q->sql, " IS NOT NULL");
    }
    buf_add_c(&q->sql, ")");
    return OK;
}

static enum err add_compare(struct query *q, const struct field *f, const char *operator,
                            struct text t)
{
    struct value v;
    if (!field__is_column(f) || !to_value(f, t, &v))
        return bad_filter(q, f->name, "cannot be compared like this", "不能这样比较");
    buf_add_c(&q->sql, " AND ");
    add_field(q, f);
    buf_print(&q->sql, " %s ", operator);
    bind(q, v);
    return OK;
}

static enum err add_empty(struct query *q, const struct field *f, struct text t)
{
    bool empty = !text_is(t, "0") && !text_is(t, "false");
    if (field__is_column(f) || q->then) {
        buf_add_c(&q->sql, " AND ");
        add_field(q, f);
        buf_print(&q->sql, " IS %sNULL", empty ? "" : "NOT ");
        return OK;
    }
    if (f->type == FIELD_ROWS)
        buf_print(&q->sql,
                  " AND %sEXISTS (SELECT 1 FROM \"%.*s__%.*s\" x WHERE x.record = t.id)",
                  empty ? "NOT " : "", TEXT_ARG(q->kind->name), TEXT_ARG(f->name));
    else
        buf_print(&q->sql,
                  " AND %sEXISTS (SELECT 1 FROM link l WHERE l.from_kind = '%.*s' AND "
                  "l.from_id = t.id AND %s%.*s%s)",
                  empty ? "NOT " : "", TEXT_ARG(q->kind->name),
                  f->type == FIELD_LINKS ? "l.free = 1" : "l.free = 0 AND l.type = '",
                  f->type == FIELD_LINKS ? 0 : (int)f->name.len, f->name.at,
                  f->type == FIELD_LINKS ? "" : "'");
    return OK;
}

static enum err add_filter(struct query *q, const struct filter *filter)
{
    static const struct {
        const char *suffix, *operator;
    } compare[] = {{".gte", ">="}, {".lte", "<="}, {".gt", ">"}, {".lt", "<"}};
    struct text name = filter->name, base = text_cut(&name, '.');
    const struct field *f = kind_field(q->kind, base);
    if (text_is(base, "id") && !name.len) {
        static const struct field id = {.name = {"id", 2}, .type = FIELD_TEXT};
        return add_any_of(q, &id, filter, false);
    }
    if (!f || (f->sensitive && !q->call->actor->all))
        return bad_filter(q, filter->name, "is not a field one can filter by",
                          "不是可筛选的字段");
    if (!name.len)
        return add_any_of(q, f, filter, false);
    if (text_is(name, "not"))
        return add_any_of(q, f, filter, true);
    if (text_is(name, "empty"))
        return add_empty(q, f, filter->value);
    for (size_t i = 0; i < COUNT(compare); i++)
        if (text_ends(filter->name, compare[i].suffix))
            return add_compare(q, f, compare[i].operator, filter->value);
    return bad_filter(q, filter->name, "is not a filter: use .not .gte .lte .gt .lt .empty",
                      "不是有效的筛选：可用 .not .gte .lte .gt .lt .empty");
}

/* ---- words
 * -----------------------------------------------------------------------------------------------
 */
static enum err add_search(struct query *q, struct reader *db, struct text words)
{
    struct search_hit *hits;
    size_t count;
    struct text cut = words_for_query(q->call->arena, words);
    if (!cut.len) { /* a symbol alone is no word: it finds nothing, never everything */
        if (text_trim(words).len)
            buf_add_c(&q->sql, " AND 1=0");
        return OK;
    }
    TRY(read_search(q->call, db, q->kind->name, cut, 1000, &hits, &count));
    struct text *ids = NEW_MANY(q->call->arena, count + 1, struct text);
    for (size_t i = 0; i < count; i++)
        ids[i] = hits[i].id;
    ids[count] = TEXT(""); /* so that nothing found is still a list */
    buf_add_c(&q->sql, " AND t.id");
    add_in(q, ids, count + 1);
    return OK;
}

/* The kind's records; as of a moment each beside its latest version of then. PostgreSQL reads
 * a body once a row (OFFSET keeps it from being copied to each use), SQLite remembers it. */
static void add_from(struct query *q)
{
    buf_print(&q->sql, " FROM \"%.*s\" t", TEXT_ARG(q->kind->name));
    if (!q->then)
        return;
    buf_add_c(&q->sql, " CROSS JOIN version v");
    if (q->postgres)
        buf_add_c(&q->sql,
                  " CROSS JOIN LATERAL (SELECT CAST(v.body AS jsonb) AS b OFFSET 0) b");
}

static void add_moment(struct query *q, int64_t moment)
{
    buf_print(&q->sql,
              "v.kind = '%.*s' AND v.id = t.id AND v.version = (SELECT w.version FROM version w "
              "WHERE w.kind = '%.*s' AND w.id = t.id AND w.at <= ",
              TEXT_ARG(q->kind->name), TEXT_ARG(q->kind->name));
    bind(q, V_TEXT(moment_print(q->call->arena, moment)));
    buf_add_c(&q->sql, " ORDER BY w.version DESC LIMIT 1) AND ");
}

static enum err add_conditions(struct query *q, struct reader *db,
                               const struct list_query *list)
{
    buf_add_c(&q->sql, " WHERE ");
    if (q->then)
        add_moment(q, list->as_of);
    add_readable(q);
    enum err worst = OK;
    if (list->filter_count > FILTERS_MOST)
        return problem(q->call, ERR_MALFORMED, TEXT(""), "too_many",
                       say(q->call, "more than %d filters: ask for fewer",
                           "筛选条件超过 %d 个，请减少"),
                       FILTERS_MOST);
    for (size_t i = 0; i < list->filter_count; i++) {
        enum err e = add_filter(q, &list->filters[i]);
        worst = e != OK ? e : worst;
    }
    TRY(worst);
    if (list->q.len && q->then)
        return problem(q->call, ERR_INVALID, TEXT("q"), "as_of", "%s",
                       say(q->call, "words are found as they are now: leave out q or as_of",
                           "全文检索只针对当前内容：请去掉 q 或 as_of"));
    return list->q.len ? add_search(q, db, list->q) : OK;
}

/* ---- order, and the place in it -----------------------------------------------------------------
 * A cursor is the sorting and the values of the last record that was shown, the id last: the next page
 * begins after that place, whatever came or went before it. */
struct order {
    struct text words;
    const struct field *by[SORTS_MOST];
    bool down[SORTS_MOST];
    size_t count;
};

static enum err read_order(struct query *q, struct text words, struct order *out)
{
    enum err worst = OK;
    *out = (struct order){.words = words};
    while (words.len) {
        struct text one = text_trim(text_cut(&words, ','));
        bool down = text_starts(one, "-");
        const struct field *f = kind_field(q->kind, down ? text_from(one, 1) : one);
        bool good = f && field__is_column(f) && !(f->sensitive && !q->call->actor->all);
        if (out->count == SORTS_MOST)
            return too_many(q, TEXT("sort"), SORTS_MOST);
        if (good) {
            out->by[out->count] = f;
            out->down[out->count++] = down;
        } else
            worst = problem(q->call, ERR_INVALID, TEXT("sort"), "sort",
                            say(q->call, "one cannot sort by %.*s", "不能按 %.*s 排序"),
                            TEXT_ARG(one));
    }
    return worst;
}

static void add_sort(struct query *q, const struct order *o)
{
    buf_add_c(&q->sql, " ORDER BY ");
    for (size_t i = 0; i < o->count; i++) {
        add_field(q, o->by[i]);
        buf_add_c(&q->sql, o->down[i] ? " DESC NULLS LAST, " : " ASC NULLS LAST, ");
    }
    buf_add_c(&q->sql, "t.id");
}

static struct text cursor_of(struct query *q, const struct order *o, const struct record *last)
{
    struct buf b = buf_in(q->call->arena, 1u << 16);
    struct json_out out = json_out(&b);
    json_open(&out, '[');
    json_put_text(&out, o->words);
    for (size_t i = 0; i < o->count; i++) {
        struct value v = table__cell(q->call, o->by[i], last->values[o->by[i]->index]);
        if (v.type == VALUE_TEXT)
            json_put_text(&out, v.text);
        else if (v.type == VALUE_INTEGER)
            json_put_integer(&out, v.integer);
        else if (v.type == VALUE_NUMBER)
            json_put_number(&out, v.number);
        else
            json_put_null(&out);
    }
    json_put_text(&out, last->id);
    json_close(&out, ']');
    return hex_of(q->call->arena, buf_text(&b));
}

static bool place_value(const struct field *f, const struct json *v, struct value *out)
{
    *out = v->type == JSON_TEXT      ? V_TEXT(v->text)
           : v->type == JSON_INTEGER ? V_INT(v->integer)
           : v->type == JSON_NUMBER  ? V_NUM(v->number)
                                     : V_NULL;
    if (f->type == FIELD_NUMBER && !f->many && v->type == JSON_INTEGER)
        *out = V_NUM((double)v->integer);
    bool whole = !f->many && (f->type == FIELD_INTEGER || f->type == FIELD_YES_NO);
    bool number = !f->many && f->type == FIELD_NUMBER;
    return v->type == JSON_NULL ||
           out->type == (whole ? VALUE_INTEGER : number ? VALUE_NUMBER : VALUE_TEXT);
}

/* After v in this order: empty ones come last, and nothing comes after them. */
static void add_after(struct query *q, const struct field *f, bool down, struct value v)
{
    if (v.type == VALUE_NULL) {
        buf_add_c(&q->sql, "1=0");
        return;
    }
    buf_add_c(&q->sql, "(");
    add_field(q, f);
    buf_add_c(&q->sql, down ? " < " : " > ");
    bind(q, v);
    buf_add_c(&q->sql, " OR ");
    add_field(q, f);
    buf_add_c(&q->sql, " IS NULL)");
}

static void add_same(struct query *q, const struct field *f, struct value v)
{
    add_field(q, f);
    if (v.type == VALUE_NULL) {
        buf_add_c(&q->sql, " IS NULL");
        return;
    }
    buf_add_c(&q->sql, " = ");
    bind(q, v);
}

static enum err bad_cursor(struct query *q)
{
    return problem(q->call, ERR_INVALID, TEXT("cursor"), "cursor", "%s",
                   say(q->call, "is not a cursor of this list", "不是此列表的游标"));
}

static enum err add_cursor(struct query *q, const struct order *o, struct text cursor)
{
    static const struct json_limits limits = {1u << 17, 2, 64};
    struct call *quiet = call_open(q->call->arena, q->call->now, q->call->lang);
    const struct json *place;
    struct text bytes;
    if (!hex_read(q->call->arena, cursor, &bytes) ||
        json_read(quiet, bytes, &limits, &place) != OK || place->type != JSON_LIST ||
        place->count != o->count + 2 || !text_same(json_text(place->first), o->words))
        return bad_cursor(q);
    const struct json *one = place->first->next;
    buf_add_c(&q->sql, " AND (");
    for (size_t i = 0; i < o->count; i++, one = one->next) {
        struct value v;
        if (!place_value(o->by[i], one, &v))
            return bad_cursor(q);
        add_after(q, o->by[i], o->down[i], v);
        buf_add_c(&q->sql, " OR (");
        add_same(q, o->by[i], v);
        buf_add_c(&q->sql, " AND (");
    }
    if (one->type != JSON_TEXT)
        return bad_cursor(q);
    buf_add_c(&q->sql, "t.id > ");
    bind(q, V_TEXT(one->text));
    for (size_t i = 0; i < o->count * 2 + 1; i++)
        buf_add_byte(&q->sql, ')');
    return OK;
}

/* ---- list
 * ---------------------------------------------------------------------------------------------------
 */
/* The page is picked by ids alone, then its records are read: sorting must not carry bodies
 * along. */
static enum err add_page(struct query *q, struct reader *db, const struct list_query *list,
                         const struct order *order, int64_t limit)
{
    buf_add_c(&q->sql, "t.id IN (SELECT t.id");
    add_from(q);
    TRY(add_conditions(q, db, list));
    if (list->cursor.len)
        TRY(add_cursor(q, order, list->cursor));
    add_sort(q, order);
    buf_print(&q->sql, " LIMIT %lld)", (long long)limit + 1);
    add_sort(q, order);
    return OK;
}

/* Sensitive fields of then are for those who may see them now and could then: whoever owned the
 * record at that moment alone does not. */
static bool veiled(const struct query *q, const struct value *row)
{
    const struct actor *a = q->call->actor;
    bool mine = a->person.len &&
                (text_same(row[5].text, a->person) || text_same(row[6].text, a->person));
    return !a->all && !a->sees_sensitive && !mine;
}

static enum err from_then(struct query *q, const struct value *row, struct record **out)
{
    struct record *rec = NEW(q->call->arena, struct record);
    TRY(body__read(q->call, q->kind, row[4].text, rec));
    rec->id = row[0].text;
    rec->key = row[1].text;
    rec->version = row[2].integer;
    rec->ledger = row[3].integer;
    rec->veiled = veiled(q, row);
    const struct json *state = record_value(rec, TEXT("state"));
    ptrdiff_t index = state ? kind_state(q->kind, state->text) : -1;
    rec->state = index < 0 ? q->kind->start : (size_t)index; /* a state the model had once */
    *out = rec;
    return OK;
}

static enum err read_then(struct query *q, struct reader *db, const struct list_query *list,
                          const struct order *order, int64_t limit, struct record_list *out)
{
    struct rows rows;
    const char *sql;
    buf_add_c(&q->sql, "SELECT t.id, t.\"key\", v.version, v.ledger, v.body, t.\"owner\", "
                       "t.\"author\"");
    add_from(q);
    buf_add_c(&q->sql, " WHERE ");
    add_moment(q, list->as_of);
    TRY(add_page(q, db, list, order, limit));
    TRY(finish(q, &sql));
    TRY(read_rows(q->call, db, sql, q->values.at, q->values.count, (size_t)limit + 1, &rows));
    out->items = NEW_MANY(q->call->arena, rows.count + 1, struct record *);
    for (; out->count < rows.count; out->count++)
        TRY(from_then(q, row_at(&rows, out->count), &out->items[out->count]));
    return OK;
}

static enum err read_items(struct query *q, struct reader *db, const struct list_query *list,
                           int64_t limit, struct record_list *out)
{
    struct order order;
    TRY(read_order(q, list->sort.len ? list->sort : q->kind->sort, &order));
    if (q->then) {
        TRY(read_then(q, db, list, &order, limit, out));
    } else {
        TRY(add_page(q, db, list, &order, limit));
        TRY(ask(q, db_reader(db), (size_t)limit + 1, &out->items, &out->count));
    }
    if ((int64_t)out->count > limit) {
        out->count = (size_t)limit;
        out->next = cursor_of(q, &order, out->items[limit - 1]);
    }
    return OK;
}

static struct query list_start(struct call *call, struct records *r, const struct kind *k,
                               const struct list_query *list)
{
    struct query q = query_start(call, r, k);
    q.then = list->as_of != 0;
    return q;
}

static enum err read_total(struct call *call, struct records *r, struct reader *db,
                           const struct kind *k, const struct list_query *list, int64_t *total)
{
    struct query q = list_start(call, r, k, list);
    const char *sql;
    buf_add_c(&q.sql, "SELECT count(*)");
    add_from(&q);
    TRY(add_conditions(&q, db, list));
    TRY(finish(&q, &sql));
    return counts__ask(call, r, db, sql, q.values.at, q.values.count, total);
}

static struct text facet_text(struct call *call, const struct value *v)
{
    if (v->type == VALUE_INTEGER)
        return text_print(call->arena, "%lld", (long long)v->integer);
    return v->type == VALUE_TEXT ? v->text : (struct text){0};
}

static enum err read_facet(struct call *call, struct records *r, struct reader *db,
                           const struct kind *k, const struct list_query *list,
                           const struct field *f, struct facet *out)
{
    struct query q = list_start(call, r, k, list);
    struct rows rows;
    const char *sql;
    buf_add_c(&q.sql, "SELECT ");
    add_field(&q, f);
    buf_add_c(&q.sql, ", count(*)");
    add_from(&q);
    TRY(add_conditions(&q, db, list));
    buf_add_c(&q.sql, " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 200");
    TRY(finish(&q, &sql));
    TRY(read_rows(call, db, sql, q.values.at, q.values.count, 200, &rows));
    out->field = f->name;
    out->counts = NEW_MANY(call->arena, rows.count + 1, struct facet_count);
    for (size_t i = 0; i < rows.count; i++)
        out->counts[out->count++] = (struct facet_count){facet_text(call, row_at(&rows, i)),
                                                         row_at(&rows, i)[1].integer};
    return OK;
}

static enum err read_facets(struct call *call, struct records *r, struct reader *db,
                            const struct kind *k, const struct list_query *list,
                            struct record_list *out)
{
    struct query q = query_start(call, r, k);
    struct text names = list->facets;
    out->facets = NEW_MANY(call->arena, FACETS_MOST, struct facet);
    while (names.len) {
        if (out->facet_count == FACETS_MOST)
            return too_many(&q, TEXT("facets"), FACETS_MOST);
        struct text one = text_trim(text_cut(&names, ','));
        const struct field *f = kind_field(k, one);
        if (!f || !field__is_column(f) || f->many || f->sensitive)
            return problem(call, ERR_INVALID, TEXT("facets"), "facets",
                           say(call, "there are no facets by %.*s", "不能按 %.*s 分面统计"),
                           TEXT_ARG(one));
        TRY(read_facet(call, r, db, k, list, f, &out->facets[out->facet_count++]));
    }
    return OK;
}

enum err record_list(struct call *call, struct records *r, struct reader *db,
                     const struct kind *k, const struct list_query *list,
                     struct record_list *out)
{
    *out = (struct record_list){0};
    int64_t limit = list->limit ? list->limit : 50;
    if (limit < 1 || limit > 1000)
        return problem(
            call, ERR_INVALID, TEXT("limit"), "range", "%s",
            say(call, "limit must be between 1 and 1000", "limit 必须在 1 与 1000 之间"));
    struct query q = list_start(call, r, k, list);
    TRY(read_items(&q, db, list, limit, out));
    TRY(read_total(call, r, db, k, list, &out->total));
    return list->facets.len ? read_facets(call, r, db, k, list, out) : OK;
}

/* ---- other questions -------------------------------------------------------------------------- */
static void add_holder(struct query *q, const struct field *f, struct text value)
{
    if (f->type == FIELD_REFS) {
        buf_print(&q->sql,
                  "t.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND "
                  "l.free = 0 AND l.type = '%.*s' AND l.to_id = ",
                  TEXT_ARG(q->kind->name), TEXT_ARG(f->name));
        bind(q, V_TEXT(value));
        buf_add_c(&q->sql, ")");
        return;
    }
    buf_print(&q->sql, "t.\"%.*s\" = ", TEXT_ARG(f->name));
    bind(q, V_TEXT(value));
}

enum err query__holding(struct call *call, struct records *r, struct db db,
                        const struct kind *k, const struct field *f, struct text value,
                        size_t most, struct record ***out, size_t *count)
{
    struct query q = query_start(call, r, k);
    add_holder(&q, f, value);
    buf_print(&q.sql, " ORDER BY t.\"key\" LIMIT %zu", most);
    return ask(&q, db, most, out, count);
}

enum err query__holders(struct call *call, struct records *r, struct db db,
                        const struct kind *k, const struct field *f, struct text value,
                        struct text after, size_t most, struct rows *out)
{
    struct query q = query_start(call, r, k);
    buf_print(&q.sql, "SELECT t.id FROM \"%.*s\" t WHERE ", TEXT_ARG(k->name));
    add_holder(&q, f, value);
    buf_add_c(&q.sql, " AND t.id > ");
    bind(&q, V_TEXT(after));
    buf_print(&q.sql, " ORDER BY t.id LIMIT %zu", most);
    const char *sql;
    TRY(finish(&q, &sql));
    return db__rows(call, db, sql, q.values.at, q.values.count, most, out);
}

enum err query__living(struct call *call, struct records *r, struct db db, const struct kind *k,
                       const struct field *f, struct text value, struct record ***out,
                       size_t *count)
{
    struct query q = query_start(call, r, k);
    add_holder(&q, f, value);
    buf_add_c(&q.sql, " AND t.state <> 'archived' ORDER BY t.\"key\"");
    return ask(&q, db, READ_MOST, out, count);
}

static void add_states(struct query *q, uint64_t states)
{
    struct text *names = NEW_MANY(q->call->arena, q->kind->state_count + 1, struct text);
    size_t n = 0;
    for (size_t i = 0; i < q->kind->state_count; i++)
        if (states >> i & 1 && !q->kind->states[i].end)
            names[n++] = q->kind->states[i].name;
    names[n++] = TEXT(""); /* no state: so that none at all is still a list */
    buf_add_c(&q->sql, "t.state");
    add_in(q, names, n);
}

enum err query__due(struct call *call, struct records *r, struct db db, const struct kind *k,
                    const struct move *m, struct text day, size_t most, struct record ***out,
                    size_t *count)
{
    struct query q = query_start(call, r, k);
    add_states(&q, m->from);
    buf_print(&q.sql, " AND t.\"%.*s\" <= ", TEXT_ARG(m->on));
    bind(&q, V_TEXT(day));
    buf_print(&q.sql, " LIMIT %zu", most);
    return ask(&q, db, most, out, count);
}

enum err query__titles(struct call *call, struct records *r, struct reader *db,
                       struct text kind, const struct text *ids, size_t count,
                       struct rows *rows)
{
    const struct kind *k = model_kind(r->model, kind);
    struct query q = query_start(call, r, k);
    if (text_is(kind, "person"))
        buf_add_c(&q.sql, "SELECT t.id, '', t.name, '' FROM person t WHERE ");
    else if (text_is(kind, "file"))
        buf_add_c(&q.sql, "SELECT t.id, '', t.name, t.type FROM attachment t WHERE ");
    else {
        buf_print(&q.sql, "SELECT t.id, t.\"key\", t.title, t.state FROM \"%.*s\" t WHERE ",
                  TEXT_ARG(k->name));
        add_readable(&q);
        buf_add_c(&q.sql, " AND ");
    }
    const char *sql;
    buf_add_c(&q.sql, "t.id");
    add_in(&q, ids, count);
    TRY(finish(&q, &sql));
    return read_rows(call, db, sql, q.values.at, q.values.count, count + 1, rows);
}

/* ---- whose turn it is --------------------------------------------------------------------------
 * One statement over all kinds: for each record that is not at rest, how far each next move is
 * (r: 0 its condition does not hold, 1 something is missing, 2 nothing is), whether the actor may
 * sign it (a), and whether they may mend what is missing (mend). What turn.c says of one record in C
 * is said here in SQL; tests hold the two against each other. */
struct turning {
    struct query *q;
    size_t person; /* number of the bound value */
    const struct turns_query *of;
};

static void add_quoted(struct query *q, const char *alias, struct text name)
{
    buf_print(&q->sql, "%s.\"%.*s\"", alias, TEXT_ARG(name));
}

/* Does a field of the record `alias` (of kind k) name this value? Never NULL. */
static void add_holds(struct query *q, const struct kind *k, const char *alias,
                      const struct field *f, size_t value)
{
    if (f && f->type == FIELD_REFS)
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
        return f->type == FIELD_NUMBER ? V_NUM((double)v->integer) : V_INT(v->integer);
    return v->type == JSON_NUMBER ? V_NUM(v->number) : V_TEXT(v->text);
}

static void add_one_of(struct query *q, const struct kind *k, const char *alias,
                       struct text field, const struct json *const *values, size_t count)
{
    const struct field *f = kind_field(k, field);
    buf_add_c(&q->sql, "(1=0");
    for (size_t i = 0; f && i < count; i++) {
        buf_add_c(&q->sql, " OR ");
        add_holds(q, k, alias, f, keep(q, plain_value(f, values[i])));
    }
    buf_add_c(&q->sql, ")");
}

static void add_is_empty(struct query *q, const struct field *f)
{
    buf_add_c(&q->sql, "(1=1");
    if (add_empty(q, f, TEXT("1")) != OK)
        buf_add_c(&q->sql, " AND 1=0");
    buf_add_c(&q->sql, ")");
}

static void add_when(struct query *q, const struct condition *c)
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
        const char *start[] = {[WHEN_ANY] = "(1=0", [WHEN_ALL] = "(1=1", [WHEN_NOT] = "(NOT (1=1"};
        buf_add_c(&q->sql, c->form >= WHEN_ANY ? start[c->form] : "(1=0");
        for (size_t i = 0; c->form >= WHEN_ANY && i < c->part_count; i++) {
            buf_add_c(&q->sql, c->form == WHEN_ANY ? " OR " : " AND ");
            add_when(q, c->parts[i]);
        }
        buf_add_c(&q->sql, c->form == WHEN_NOT ? "))" : ")");
    }
}

/* ---- who */
static void add_role_here(struct turning *t, struct grounds *g, struct text role)
{
    const struct actor *a = t->q->call->actor;
    struct text *units = NEW_MANY(t->q->call->arena, a->grant_count + 1, struct text);
    size_t n = 0;
    bool everywhere = false;
    for (size_t i = 0; i < a->grant_count; i++) {
        if (!text_same(a->grants[i].role, role))
            continue;
        everywhere = everywhere || !a->grants[i].unit.len;
        units[n++] = a->grants[i].unit;
    }
    if (!n)
        return;
    ground(g);
    buf_add_c(&t->q->sql, "1=1");
    if (everywhere)
        return;
    /* A unit record scopes itself (who.c). */
    buf_print(&t->q->sql, " AND (%s IN (SELECT descendant FROM unit_closure WHERE ancestor",
              text_is(t->q->kind->is, "unit_tree") ? "COALESCE(t.\"unit\", t.id)"
                                                   : "t.\"unit\"");
    add_in(t->q, units, n);
    buf_add_c(&t->q->sql, ")) IS TRUE");
}

static void add_relation(struct turning *t, struct grounds *g, const struct who *w, bool duty)
{
    struct query *q = t->q;
    if (q->call->actor->bare && !duty)
        return; /* a token without relations; its person's duties bind it all the same (who.c) */
    const struct field *via = w->via.len ? kind_field(q->kind, w->via) : NULL;
    ground(g);
    if (!w->via.len)
        add_holds(q, q->kind, "t", kind_field(q->kind, w->relation), t->person);
    else if (!via || !via->target_kind || !field__is_column(via) || via->many)
        buf_add_c(&q->sql, "1=0");
    else {
        buf_print(&q->sql, "EXISTS (SELECT 1 FROM \"%.*s\" x WHERE x.id = t.\"%.*s\" AND ",
                  TEXT_ARG(via->target_kind->name), TEXT_ARG(via->name));
        add_holds(q, via->target_kind, "x", kind_field(via->target_kind, w->relation),
                  t->person);
        buf_add_c(&q->sql, ")");
    }
}

enum list_of { TURN, CHANGE, DUTY };
static void add_who(struct turning *t, struct grounds *g, const struct who_list *list,
                    enum list_of of)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct who *w = &list->one[i];
        if (w->automatic || (of == TURN && !turn__counts(list, w)))
            continue;
        if (w->everyone) {
            ground(g);
            buf_add_c(&t->q->sql, who__is_somebody(t->q->call->actor) ? "1=1" : "1=0");
        } else if (w->role.len)
            add_role_here(t, g, w->role);
        else
            add_relation(t, g, w, of == DUTY);
    }
}

static void add_matches(struct turning *t, const struct who_list *list, enum list_of of)
{
    struct grounds g = {t->q, false};
    add_who(t, &g, list, of);
    end_grounds(&g);
}

static void add_owner(struct turning *t)
{
    if (t->q->call->actor->bare) {
        buf_add_c(&t->q->sql, "1=0");
        return;
    }
    buf_print(&t->q->sql,
              "(t.\"owner\" = $%zu OR (t.\"owner\" IS NULL AND t.\"author\" = $%zu)) IS TRUE",
              t->person, t->person);
}

/* Who signs for one side; a move for just everybody is its owner's. */
static void add_side(struct turning *t, const struct who_list *list)
{
    bool any = false;
    for (size_t i = 0; i < list->count; i++)
        any = any || turn__counts(list, &list->one[i]);
    if (any)
        add_matches(t, list, TURN);
    else
        add_owner(t);
}

static void add_signed(struct turning *t, const struct move *m, const char *of, size_t number)
{
    buf_print(&t->q->sql,
              "EXISTS (SELECT 1 FROM signature g WHERE g.kind = '%.*s' AND g.id = t.id AND "
              "g.move = '%.*s' AND %s $%zu AND g.version <= t.version AND NOT EXISTS (SELECT 1 "
              "FROM version v WHERE v.kind = g.kind AND v.id = g.id AND v.version > g.version "
              "AND COALESCE(v.alters, 1) > 0))",
              TEXT_ARG(t->q->kind->name), TEXT_ARG(m->name), of, number);
}

/* Whoever ever owned a record stays under the duties of its owner (hand.c). */
static void add_past_owner(struct turning *t, struct grounds *g, const struct who_list *people)
{
    struct query *q = t->q;
    for (size_t i = 0; i < people->count; i++) {
        const struct who *w = &people->one[i];
        const struct field *via = w->via.len ? kind_field(q->kind, w->via) : NULL;
        bool usable = !w->via.len || (via && via->target_kind && field__is_column(via));
        if (!text_is(w->relation, "owner") || !usable)
            continue;
        ground(g);
        struct text kind = via ? via->target_kind->name : q->kind->name;
        struct text id = via ? via->name : TEXT("id");
        buf_print(&q->sql,
                  "EXISTS (SELECT 1 FROM past_owner o WHERE o.kind = '%.*s' AND o.id = "
                  "t.\"%.*s\" AND o.person = $%zu)",
                  TEXT_ARG(kind), TEXT_ARG(id), t->person);
    }
}

static void add_signer(struct turning *t, const struct move *m)
{
    struct query *q = t->q;
    buf_add_c(&q->sql, "(");
    if (!m->and_by.count)
        add_side(t, &m->by);
    else {
        buf_add_c(&q->sql, "(((");
        add_side(t, &m->by);
        buf_add_c(&q->sql, ") AND NOT ");
        add_signed(t, m, "g.side =", keep(q, V_INT(1)));
        buf_add_c(&q->sql, ") OR ((");
        add_side(t, &m->and_by);
        buf_add_c(&q->sql, ") AND ");
        add_when(q, m->second_when);
        buf_add_c(&q->sql, " AND NOT ");
        add_signed(t, m, "g.side =", keep(q, V_INT(2)));
        buf_add_c(&q->sql, ")) AND NOT ");
        add_signed(t, m, "g.person =", t->person);
    }
    for (size_t i = 0; i < m->duty_count; i++) {
        struct grounds g = {q, false};
        buf_add_c(&q->sql, " AND NOT ");
        add_who(t, &g, &m->duties[i].people, DUTY);
        add_past_owner(t, &g, &m->duties[i].people);
        end_grounds(&g);
    }
    buf_add_c(&q->sql, ")");
}

/* ---- what is missing */
static void add_uncovered(struct query *q, const struct field *f)
{
    buf_print(&q->sql,
              "(SELECT count(DISTINCT x.\"%.*s\") FROM \"%.*s__%.*s\" x WHERE x.record = t.id "
              "AND x.\"%.*s\"",
              TEXT_ARG(f->covers_column), TEXT_ARG(q->kind->name), TEXT_ARG(f->name),
              TEXT_ARG(f->covers_column));
    add_in(q, f->covers, f->covers_count);
    buf_print(&q->sql, ") < %zu", f->covers_count);
}

/* What the state it is in demands as well is there already. */
static bool newly_demanded(const struct kind *k, const struct field *f, const struct move *m,
                           size_t state)
{
    return !f->system && !f->required && f->required_in >> m->to & 1 &&
           !(f->required_in >> state & 1) && !guard__asks(k, m, f->name);
}

static void add_unfilled(struct query *q, const struct move *m, size_t state)
{
    for (size_t i = 0; i < q->kind->field_count; i++) {
        const struct field *f = &q->kind->fields[i];
        if (!newly_demanded(q->kind, f, m, state))
            continue;
        buf_add_c(&q->sql, " OR (");
        add_when(q, f->only);
        buf_add_c(&q->sql, " AND ");
        add_when(q, f->required_when);
        buf_add_c(&q->sql, " AND (");
        add_is_empty(q, f);
        if (f->covers_count) {
            buf_add_c(&q->sql, " OR ");
            add_uncovered(q, f);
        }
        buf_add_c(&q->sql, "))");
    }
}

static void add_pointed_at(struct query *q, const struct field *f)
{
    buf_print(&q->sql, "\"%.*s\" x WHERE ", TEXT_ARG(f->target_kind->name));
    if (f->type == FIELD_REFS)
        buf_print(&q->sql,
                  "x.id IN (SELECT l.to_id FROM link l WHERE l.from_kind = '%.*s' AND "
                  "l.from_id = t.id AND l.free = 0 AND l.type = '%.*s')",
                  TEXT_ARG(q->kind->name), TEXT_ARG(f->name));
    else
        buf_print(&q->sql, "x.id = t.\"%.*s\"", TEXT_ARG(f->name));
}

static void add_pointing(struct query *q, const struct kind *k, const struct field *f)
{
    buf_print(&q->sql, "\"%.*s\" x WHERE x.state <> 'archived' AND ", TEXT_ARG(k->name));
    if (f->type == FIELD_REFS)
        buf_print(&q->sql,
                  "x.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND l.free = 0 "
                  "AND l.type = '%.*s' AND l.to_id = t.id)",
                  TEXT_ARG(k->name), TEXT_ARG(f->name));
    else
        buf_print(&q->sql, "x.\"%.*s\" = t.id", TEXT_ARG(f->name));
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
        add_pointing(q, k, via);
    for (size_t i = 0; i < n->where_count; i++) {
        const struct json *v = n->where[i].value, *items[64] = {v};
        size_t count = v->type == JSON_LIST ? 0 : 1;
        for (const struct json *one = count ? NULL : v->first; one && count < 64; one = one->next)
            items[count++] = one;
        buf_add_c(&q->sql, " AND ");
        add_one_of(q, k, "x", n->where[i].field, items, count);
    }
    if (good) {
        buf_add_c(&q->sql, " AND x.state");
        add_in(q, n->states, n->state_count);
    }
    buf_add_c(&q->sql, ")");
}

static void add_unmet(struct query *q, const struct move *m)
{
    for (size_t i = 0; i < m->need_count; i++) {
        const struct need *n = &m->needs[i];
        buf_add_c(&q->sql, " OR (");
        add_when(q, n->only);
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

/* ---- one kind */
static bool waits(const struct kind *k, size_t state)
{
    return !k->states[state].rest && turn__next(k, state, 0);
}

/* r, a of the nth next move of whatever state the record is in. */
static void add_nth(struct turning *t, size_t nth)
{
    struct query *q = t->q;
    const struct kind *k = q->kind;
    for (int signer = 0; signer < 2; signer++) {
        buf_add_c(&q->sql, "CASE t.state WHEN '' THEN 0");
        for (size_t s = 0; s < k->state_count; s++) {
            const struct move *m = waits(k, s) ? turn__next(k, s, nth) : NULL;
            if (!m)
                continue;
            buf_print(&q->sql, " WHEN '%.*s' THEN CASE WHEN ", TEXT_ARG(k->states[s].name));
            if (signer) {
                add_signer(t, m);
                buf_add_c(&q->sql, " THEN 1 ELSE 0 END");
                continue;
            }
            buf_add_c(&q->sql, "NOT (");
            add_when(q, m->when);
            buf_add_c(&q->sql, ") THEN 0 WHEN 1=0");
            add_unfilled(q, m, s);
            add_unmet(q, m);
            buf_add_c(&q->sql, " THEN 1 ELSE 2 END");
        }
        buf_print(&q->sql, " ELSE 0 END AS %c%zu, ", signer ? 'a' : 'r', nth);
    }
}

static void add_all_are(struct query *q, size_t most, const char *how)
{
    buf_add_c(&q->sql, "live = 1");
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " AND r%zu %s", i, how);
}

/* Which next move is the actor's: its number, and TURN_LACKING more while something is missing.
 */
static void add_pick(struct query *q, size_t most)
{
    buf_add_c(&q->sql, "CASE WHEN live = 0 THEN NULL");
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " WHEN r%zu = 2 AND a%zu = 1 THEN %zu", i, i, i);
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " WHEN r%zu = 1 AND a%zu = 1 THEN %zu", i, i, TURN_LACKING + i);
    for (size_t i = 0; i < most; i++) {
        buf_print(&q->sql, " WHEN a%zu = 1 AND ", i);
        add_all_are(q, most, "= 0");
        buf_print(&q->sql, " THEN %zu", TURN_LACKING + i);
    }
    for (size_t i = 0; i < most; i++) {
        buf_print(&q->sql, " WHEN mend = 1 AND r%zu = 1 AND ", i);
        add_all_are(q, most, "< 2");
        buf_print(&q->sql, " THEN %zu", TURN_LACKING + i);
    }
    buf_add_c(&q->sql, " WHEN mend = 1 AND ");
    add_all_are(q, most, "= 0");
    buf_add_c(&q->sql, " THEN 100 END");
}

static void add_living(struct query *q)
{
    buf_add_c(&q->sql, "CASE t.state WHEN '' THEN 0");
    for (size_t s = 0; s < q->kind->state_count; s++)
        if (waits(q->kind, s))
            buf_print(&q->sql, " WHEN '%.*s' THEN 1", TEXT_ARG(q->kind->states[s].name));
    buf_add_c(&q->sql, " ELSE 0 END AS live, ");
}

static void add_turns_of(struct turning *t, const struct kind *k)
{
    struct query *q = t->q;
    size_t most = 0;
    q->kind = k;
    for (size_t s = 0; s < k->state_count; s++)
        while (waits(k, s) && turn__next(k, s, most))
            most++;
    /* Materialized: else each use of a column would be the whole expression again. */
    buf_add_c(&q->sql, "SELECT kind, id, num, title, state, due, pick FROM (WITH q AS "
                       "MATERIALIZED (SELECT ");
    add_living(q);
    for (size_t i = 0; i < most; i++)
        add_nth(t, i);
    buf_add_c(&q->sql, "CASE WHEN ");
    add_owner(t);
    buf_add_c(&q->sql, " AND ");
    add_matches(t, &k->change, CHANGE);
    buf_print(&q->sql,
              " THEN 1 ELSE 0 END AS mend, t.id AS id, t.\"key\" AS num, t.title AS title, "
              "t.state AS state, COALESCE(t.due, t.review_due) AS due, t.owner AS own FROM "
              "\"%.*s\" t WHERE ",
              TEXT_ARG(k->name));
    add_states(q, ~UINT64_C(0));
    buf_add_c(&q->sql, " AND ");
    add_readable(q);
    if (t->of->others) {
        buf_print(&q->sql, " AND t.owner = $%zu", t->person);
    }
    buf_print(&q->sql,
              "), p AS MATERIALIZED (SELECT '%.*s' AS kind, id, num, title, state, due, own, "
              "live, ",
              TEXT_ARG(k->name));
    add_pick(q, most);
    buf_add_c(&q->sql, " AS pick FROM q) SELECT kind, id, num, title, state, due, pick FROM p "
                       "WHERE ");
    if (t->of->others) {
        buf_add_c(&q->sql, "pick IS NULL AND live = 1) k");
        return;
    }
    buf_print(&q->sql, "pick IS NOT NULL OR (own = $%zu AND due <= ", t->person);
    bind(q, V_TEXT(t->of->soon));
    buf_add_c(&q->sql, ")) k");
}

static void add_turns(struct turning *t)
{
    const struct model *m = t->q->records->model;
    for (size_t i = 0; i < m->kind_count; i++) {
        buf_add_c(&t->q->sql, i ? " UNION ALL " : "");
        add_turns_of(t, &m->kinds[i]);
    }
}

static struct turning turns_start(struct query *q, const struct turns_query *of)
{
    return (struct turning){
        .q = q, .person = keep(q, V_TEXT(q->call->actor->person)), .of = of};
}

#define NO_DAY "9999-12-31~" /* after every day */
enum err query__turns(struct call *call, struct records *r, struct reader *db,
                      const struct turns_query *of, size_t most, struct rows *out)
{
    struct query q = query_start(call, r, NULL);
    struct turning t = turns_start(&q, of);
    buf_add_c(&q.sql, "SELECT kind, id, num, title, state, due, pick FROM (");
    add_turns(&t);
    buf_add_c(&q.sql, ") z");
    if (of->after_key.len) {
        size_t day = keep(&q, V_TEXT(of->after_day.len ? of->after_day : TEXT(NO_DAY)));
        buf_print(&q.sql,
                  " WHERE (COALESCE(due, '" NO_DAY "') > $%zu OR (COALESCE(due, '" NO_DAY
                  "') = $%zu AND num > ",
                  day, day);
        bind(&q, V_TEXT(of->after_key));
        buf_add_c(&q.sql, "))");
    }
    buf_print(&q.sql, " ORDER BY COALESCE(due, '" NO_DAY "'), num LIMIT %zu", most);
    const char *sql;
    TRY(finish(&q, &sql));
    return read_rows(call, db, sql, q.values.at, q.values.count, most, out);
}

enum err query__turn_counts(struct call *call, struct records *r, struct reader *db,
                            const struct turns_query *of, struct rows *out)
{
    struct query q = query_start(call, r, NULL);
    struct turning t = turns_start(&q, of);
    size_t today = keep(&q, V_TEXT(of->today)), until = keep(&q, V_TEXT(of->week));
    buf_print(&q.sql,
              "SELECT count(*), count(pick), count(CASE WHEN due < $%zu THEN 1 END), count(CASE "
              "WHEN due >= $%zu AND due <= $%zu THEN 1 END) FROM (",
              today, today, until);
    add_turns(&t);
    buf_add_c(&q.sql, ") z");
    const char *sql;
    TRY(finish(&q, &sql));
    return read_rows(call, db, sql, q.values.at, q.values.count, 1, out);
}
