/* SPDX-License-Identifier: Apache-2.0 */
/* record/query.c — lists: what one may read, filters, sorting, facets; and the few other questions
 * whose words follow from the model. With table.c the only file of the record that builds SQL: names come
 * from the model, values are always bound. */
#include "record/internal.h"

#include <string.h>

/* ---- a statement in the making --------------------------------------------------------------- */
struct query {
    struct call *call;
    struct records *records;
    const struct kind *kind;
    struct buf sql;
    struct value *values;
    size_t count, room;
};

static struct query query_start(struct call *call, struct records *r, const struct kind *k)
{
    return (struct query){
        .call = call, .records = r, .kind = k, .sql = buf_in(call->arena, 1u << 20)};
}

static const char *finish(struct query *q)
{
    buf_add_byte(&q->sql, '\0');
    if (q->sql.full)
        panic("a query outgrew its buffer");
    return q->sql.at;
}

static size_t keep(struct query *q, struct value v)
{
    if (q->count == q->room) {
        q->room = q->room ? q->room * 2 : 64;
        struct value *more = NEW_MANY(q->call->arena, q->room, struct value);
        if (q->count)
            memcpy(more, q->values, q->count * sizeof *more);
        q->values = more;
    }
    q->values[q->count++] = v;
    return q->count;
}

static void bind(struct query *q, struct value v)
{
    buf_print(&q->sql, "$%zu", keep(q, v));
}

static void bind_list(struct query *q, const struct text *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_c(&q->sql, i ? ", " : "");
        bind(q, V_TEXT(items[i]));
    }
}

/* The records that the statement's condition picks. */
static enum err ask(struct query *q, struct db db, size_t most, struct record ***out,
                    size_t *count)
{
    const char *where = finish(q);
    return table__many(q->call, q->records, db, q->kind, where, q->values, q->count, most, out,
                       count);
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
    buf_add_c(&g->q->sql,
              "t.\"unit\" IN (SELECT descendant FROM unit_closure WHERE ancestor IN (");
    bind_list(g->q, units, count);
    buf_add_c(&g->q->sql, "))");
}

/* The person is bound once, however many columns may name them. */
static void add_columns(struct grounds *g, const struct text *columns, size_t count,
                        size_t person)
{
    for (size_t i = 0; i < count; i++) {
        ground(g);
        buf_print(&g->q->sql, "t.\"%.*s\" = $%zu", TEXT_ARG(columns[i]), person);
    }
}

static void add_unrestricted(struct query *q, const struct reach *reach, size_t person)
{
    static const struct text own[] = {{"owner", 5}, {"author", 6}};
    struct grounds g = {q, false};
    buf_add_c(&q->sql, " AND ");
    ground(&g);
    buf_add_c(&q->sql, "COALESCE(t.\"confidentiality\", '') <> 'restricted'");
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
            buf_add_c(&q->sql, "t.\"unit\" IS NULL");
        }
        add_units(&g, reach->units, reach->unit_count);
        add_columns(&g, reach->columns, person ? reach->column_count : 0, person);
    }
    end_grounds(&g);
    if (g.any && !reach->all_restricted)
        add_unrestricted(q, reach, person);
}

/* The condition over alias t, its values after those that `values` holds already. */
struct text query__reach(struct call *call, const struct reach *reach, struct value *values,
                         size_t *count)
{
    struct query q = query_start(call, NULL, NULL);
    for (size_t i = 0; i < *count; i++)
        keep(&q, values[i]);
    add_reach(&q, reach);
    for (; *count < q.count; ++*count)
        values[*count] = q.values[*count];
    return buf_text(&q.sql);
}

static void add_readable(struct query *q)
{
    struct reach reach = access_reach(q->call, q->call->actor, q->records->model,
                                      &q->records->readers[q->kind->index]);
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

/* A key in a reference filter stands for its id: resolved by a subquery on the target's table.
 */
static void add_reference(struct query *q, const struct field *f, struct text t)
{
    if (f->target == TO_KIND && f->target_kind && text_find(t, '-') >= 0) {
        buf_print(&q->sql, "(SELECT x.id FROM \"%.*s\" x WHERE x.\"key\" = ",
                  TEXT_ARG(f->target_kind->name));
        bind(q, V_TEXT(t));
        buf_add_c(&q->sql, ")");
        return;
    }
    bind(q, V_TEXT(me_or(q, f, t)));
}

static enum err add_equal(struct query *q, const struct field *f, struct text one)
{
    struct value v;
    if (f->many) {
        buf_print(&q->sql, "t.\"%.*s\" LIKE ", TEXT_ARG(f->name));
        struct buf b = buf_in(q->call->arena, 4096);
        buf_add_c(&b, "%|");
        for (size_t i = 0; i < one.len; i++) {
            if (one.at[i] == '%' || one.at[i] == '_' || one.at[i] == '\\')
                buf_add_byte(&b, '\\');
            buf_add_byte(&b, one.at[i]);
        }
        buf_add_c(&b, "|%");
        bind(q, V_TEXT(buf_text(&b)));
        buf_add_c(&q->sql, " ESCAPE '\\'");
        return OK;
    }
    if (f->type == FIELD_REFS || f->type == FIELD_LINKS) {
        buf_print(&q->sql,
                  "t.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND %s",
                  TEXT_ARG(q->kind->name), f->type == FIELD_LINKS ? "l.free = 1" : "l.type = ");
        if (f->type == FIELD_REFS)
            buf_print(&q->sql, "'%.*s'", TEXT_ARG(f->name));
        buf_add_c(&q->sql, " AND l.to_id = ");
        add_reference(q, f, one);
        buf_add_c(&q->sql, ")");
        return OK;
    }
    if (f->type == FIELD_ROWS)
        return bad_filter(q, f->name, "cannot be filtered", "不能用于筛选");
    if (!to_value(f, one, &v))
        return bad_filter(q, f->name, "the filter value has the wrong type",
                          "筛选值的类型不正确");
    buf_print(&q->sql, "t.\"%.*s\" = ", TEXT_ARG(f->name));
    if (f->type == FIELD_REF)
        add_reference(q, f, one);
    else
        bind(q, v);
    return OK;
}

static enum err add_any_of(struct query *q, const struct field *f, struct text list,
                           bool negate)
{
    buf_add_c(&q->sql, negate ? " AND NOT ((" : " AND ((");
    bool first = true;
    do {
        struct text one = text_cut(&list, ',');
        if (!first)
            buf_add_c(&q->sql, " OR ");
        TRY(add_equal(q, f, one));
        first = false;
    } while (list.len);
    buf_add_c(&q->sql, ")");
    if (negate && field__is_column(f)) /* an empty value is not the excluded one */
        buf_print(&q->sql, " AND t.\"%.*s\" IS NOT NULL", TEXT_ARG(f->name));
    buf_add_c(&q->sql, ")");
    return OK;
}

static enum err add_compare(struct query *q, const struct field *f, const char *operator,
                            struct text t)
{
    struct value v;
    if (!field__is_column(f) || !to_value(f, t, &v))
        return bad_filter(q, f->name, "cannot be compared like this", "不能这样比较");
    buf_print(&q->sql, " AND t.\"%.*s\" %s ", TEXT_ARG(f->name), operator);
    bind(q, v);
    return OK;
}

static enum err add_empty(struct query *q, const struct field *f, struct text t)
{
    bool empty = !text_is(t, "0") && !text_is(t, "false");
    if (field__is_column(f)) {
        buf_print(&q->sql, " AND t.\"%.*s\" IS %sNULL", TEXT_ARG(f->name), empty ? "" : "NOT ");
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
                  f->type == FIELD_LINKS ? "l.free = 1" : "l.type = '",
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
        return add_any_of(q, &id, filter->value, false);
    }
    if (!f || (f->sensitive && !q->call->actor->all))
        return bad_filter(q, filter->name, "is not a field one can filter by",
                          "不是可筛选的字段");
    if (!name.len)
        return add_any_of(q, f, filter->value, false);
    if (text_is(name, "not"))
        return add_any_of(q, f, filter->value, true);
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
    buf_add_c(&q->sql, " AND t.id IN (");
    bind_list(q, ids, count + 1);
    buf_add_c(&q->sql, ")");
    return OK;
}

static enum err add_conditions(struct query *q, struct reader *db,
                               const struct list_query *list)
{
    buf_add_c(&q->sql, " WHERE ");
    add_readable(q);
    enum err worst = OK;
    for (size_t i = 0; i < list->filter_count; i++) {
        enum err e = add_filter(q, &list->filters[i]);
        worst = e != OK ? e : worst;
    }
    TRY(worst);
    return list->q.len ? add_search(q, db, list->q) : OK;
}

/* ---- order, and the place in it -----------------------------------------------------------------
 * A cursor is the sorting and the values of the last record that was shown, the id last: the next page
 * begins after that place, whatever came or went before it. */
#define SORTS_MOST 8
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
        if (good && out->count < SORTS_MOST) {
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
    for (size_t i = 0; i < o->count; i++)
        buf_print(&q->sql, "t.\"%.*s\" %s NULLS LAST, ", TEXT_ARG(o->by[i]->name),
                  o->down[i] ? "DESC" : "ASC");
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
    buf_print(&q->sql, "(t.\"%.*s\" %s ", TEXT_ARG(f->name), down ? "<" : ">");
    bind(q, v);
    buf_print(&q->sql, " OR t.\"%.*s\" IS NULL)", TEXT_ARG(f->name));
}

static void add_same(struct query *q, const struct field *f, struct value v)
{
    buf_print(&q->sql, "t.\"%.*s\" ", TEXT_ARG(f->name));
    if (v.type == VALUE_NULL) {
        buf_add_c(&q->sql, "IS NULL");
        return;
    }
    buf_add_c(&q->sql, "= ");
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
static enum err read_items(struct query *q, struct reader *db, const struct list_query *list,
                           int64_t limit, struct record_list *out)
{
    struct order order;
    TRY(read_order(q, list->sort.len ? list->sort : q->kind->sort, &order));
    buf_print(&q->sql, "t.id IN (SELECT t.id FROM \"%.*s\" t", TEXT_ARG(q->kind->name));
    TRY(add_conditions(q, db, list));
    if (list->cursor.len)
        TRY(add_cursor(q, &order, list->cursor));
    add_sort(q, &order);
    buf_print(&q->sql, " LIMIT %lld)", (long long)limit + 1);
    add_sort(q, &order);
    TRY(ask(q, db_reader(db), (size_t)limit + 1, &out->items, &out->count));
    if ((int64_t)out->count > limit) {
        out->count = (size_t)limit;
        out->next = cursor_of(q, &order, out->items[limit - 1]);
    }
    return OK;
}

static enum err read_total(struct call *call, struct records *r, struct reader *db,
                           const struct kind *k, const struct list_query *list, int64_t *total)
{
    struct query q = query_start(call, r, k);
    buf_print(&q.sql, "SELECT count(*) FROM \"%.*s\" t", TEXT_ARG(k->name));
    TRY(add_conditions(&q, db, list));
    return counts__ask(call, r, db, finish(&q), q.values, q.count, total);
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
    struct query q = query_start(call, r, k);
    buf_print(&q.sql, "SELECT t.\"%.*s\", count(*) FROM \"%.*s\" t", TEXT_ARG(f->name),
              TEXT_ARG(k->name));
    TRY(add_conditions(&q, db, list));
    buf_print(&q.sql, " GROUP BY t.\"%.*s\" ORDER BY 2 DESC, 1 LIMIT 200", TEXT_ARG(f->name));
    struct rows rows;
    TRY(read_rows(call, db, finish(&q), q.values, q.count, 200, &rows));
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
    struct text names = list->facets;
    out->facets = NEW_MANY(call->arena, 10, struct facet);
    while (names.len && out->facet_count < 10) {
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
    if (list->as_of)
        return query__as_of(call, r, db, k, list, out);
    int64_t limit = list->limit ? list->limit : 50;
    if (limit < 1 || limit > 1000)
        return problem(
            call, ERR_INVALID, TEXT("limit"), "range", "%s",
            say(call, "limit must be between 1 and 1000", "limit 必须在 1 与 1000 之间"));
    struct query q = query_start(call, r, k);
    TRY(read_items(&q, db, list, limit, out));
    TRY(read_total(call, r, db, k, list, &out->total));
    return list->facets.len ? read_facets(call, r, db, k, list, out) : OK;
}

/* ---- other questions -------------------------------------------------------------------------- */
enum err query__readable(struct call *call, struct records *r, struct db db,
                         const struct kind *k, struct record ***out, size_t *count)
{
    struct query q = query_start(call, r, k);
    add_readable(&q);
    buf_add_c(&q.sql, " ORDER BY t.\"key\"");
    return ask(&q, db, READ_MOST, out, count);
}

static void add_holder(struct query *q, const struct field *f, struct text value)
{
    if (f->type == FIELD_REFS) {
        buf_print(&q->sql,
                  "t.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND "
                  "l.type = '%.*s' AND l.to_id = ",
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
    const char *sql = finish(&q);
    return db__rows(call, db, sql, q.values, q.count, most, out);
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
    buf_add_c(&q->sql, "t.state IN (");
    bind_list(q, names, n);
    buf_add_c(&q->sql, ")");
}

enum err query__waiting(struct call *call, struct records *r, struct db db,
                        const struct kind *k, uint64_t states, size_t most,
                        struct record ***out, size_t *count)
{
    struct query q = query_start(call, r, k);
    size_t person = keep(&q, V_TEXT(call->actor->person));
    buf_add_c(&q.sql, "(");
    add_states(&q, states);
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        if (f->target == TO_PERSON && f->type == FIELD_REF && !f->system)
            buf_print(&q.sql, " OR t.\"%.*s\" = $%zu", TEXT_ARG(f->name), person);
    }
    buf_add_c(&q.sql, ") AND ");
    add_states(&q, ~UINT64_C(0));
    buf_print(&q.sql, " ORDER BY t.due NULLS LAST, t.updated_at DESC LIMIT %zu", most);
    return ask(&q, db, most, out, count);
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
    buf_add_c(&q.sql, "t.id IN (");
    bind_list(&q, ids, count);
    buf_add_c(&q.sql, ")");
    const char *sql = finish(&q);
    return read_rows(call, db, sql, q.values, q.count, count + 1, rows);
}
