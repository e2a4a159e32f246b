/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/list.c — a page of records: words, conditions, order and the place in it, facets; now or
 * as of a moment. */
#include "record/query/statement.h"

#define FILTERS_MOST 64 /* parameters of one list */
#define SORTS_MOST 8
#define FACETS_MOST 10
#define FACET_MOST 200 /* different values that are told */

/* All that have the words, however many: what a list leaves out, its filters, its total and its export
 * would leave out as well. (CROSS JOIN: the words first; SQLite would look every document up.) A symbol alone is no word: it finds nothing, never everything. */
static enum err add_search(struct query *q, struct reader *db, struct text words)
{
    struct text query;
    if (!text_trim(words).len)
        return OK;
    TRY(read_search_query(q->call, db, words_for_query(q->call->arena, words), &query));
    if (!query.len) {
        buf_add_c(&q->sql, " AND 1=0");
        return OK;
    }
    size_t at = sql__keep(q, V_TEXT(query));
    buf_print(&q->sql,
              q->postgres ? " AND t.id IN (SELECT d.id FROM search_doc d WHERE d.words @@ "
                            "CAST($%zu AS tsquery) AND d.kind = '%.*s')"
                          : " AND t.id IN (SELECT d.id FROM search_words CROSS JOIN search_doc d ON d.doc "
                            "= search_words.rowid WHERE search_words MATCH $%zu AND d.kind = '%.*s')",
              at, TEXT_ARG(q->kind->name));
    return OK;
}

/* The kind's records; as of a moment each beside its latest version of then. PostgreSQL reads
 * a body once a row (OFFSET keeps it from being copied to each use), SQLite remembers it. */
void sql__from(struct query *q)
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
    sql__bind(q, V_TEXT(moment_print(q->call->arena, moment)));
    buf_add_c(&q->sql, " ORDER BY w.version DESC LIMIT 1) AND ");
}

enum err sql__conditions(struct query *q, struct reader *db, const struct list_query *list)
{
    buf_add_c(&q->sql, " WHERE ");
    if (q->then)
        add_moment(q, list->as_of);
    sql__readable(q);
    enum err worst = OK;
    if (list->filter_count > FILTERS_MOST)
        return problem(q->call, ERR_MALFORMED, TEXT(""), "too_many",
                       say(q->call, "more than %d filters: ask for fewer"), FILTERS_MOST);
    for (size_t i = 0; i < list->filter_count; i++) {
        enum err e = sql__filter(q, &list->filters[i]);
        worst = e != OK ? e : worst;
    }
    TRY(worst);
    if (list->q.len && list->as_of)
        return problem(q->call, ERR_INVALID, TEXT("q"), "as_of", "%s",
                       say(q->call, "words are found as they are now: leave out q or as_of"));
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

/* What is the same by what was asked for comes in the kind's own order, as the indexes have it. */
static void add_own_order(const struct query *q, struct order *o)
{
    struct text words = q->kind->sort;
    while (words.len && o->count < SORTS_MOST) {
        struct text one = text_trim(text_cut(&words, ','));
        bool down = text_starts(one, "-"), there = false;
        const struct field *f = kind_field(q->kind, down ? text_from(one, 1) : one);
        for (size_t i = 0; i < o->count; i++)
            there = there || o->by[i] == f;
        if (!f || !field__is_column(f) || there || field_is_set(f) ||
            !record_reads_everywhere(q->records, q->call->actor, f))
            continue;
        o->by[o->count] = f;
        o->down[o->count++] = down;
    }
}

static enum err read_order(struct query *q, struct text words, struct order *out)
{
    enum err worst = OK;
    *out = (struct order){.words = words};
    while (words.len) {
        struct text one = text_trim(text_cut(&words, ','));
        bool down = text_starts(one, "-");
        const struct field *f = kind_field(q->kind, down ? text_from(one, 1) : one);
        bool good = f && field__is_column(f) &&
                    record_reads_everywhere(q->records, q->call->actor, f) &&
                    !(q->then && field_is_set(f)); /* a body spells a list in another way */
        if (out->count == SORTS_MOST)
            return sql__too_many(q, TEXT("sort"), SORTS_MOST);
        if (good) {
            out->by[out->count] = f;
            out->down[out->count++] = down;
        } else
            worst = problem(q->call, ERR_INVALID, TEXT("sort"), "sort",
                            say(q->call, "one cannot sort by %.*s"), TEXT_ARG(one));
    }
    add_own_order(q, out);
    return worst;
}

static bool keyed(const struct query *q, const struct field *f)
{
    return !q->plain && order__has(f);
}

static void add_place(struct query *q, const struct field *f)
{
    if (keyed(q, f))
        buf_print(&q->sql, "t.\"%.*s\"", TEXT_ARG(order__name(q->call->arena, f)));
    else
        sql__field(q, f);
}

/* Then the order of an index is the order that is asked for. */
static bool never_empty(const struct field *f)
{
    return text_is(f->name, "title") || text_is(f->name, "state") || text_is(f->name, "key") ||
           text_is(f->name, "created_at") || text_is(f->name, "updated_at");
}

/* The order from its term `from` on. */
static void add_sort_from(struct query *q, const struct order *o, size_t from)
{
    buf_add_c(&q->sql, " ORDER BY ");
    for (size_t i = from; i < o->count; i++) {
        add_place(q, o->by[i]);
        buf_add_c(&q->sql, o->down[i] ? " DESC" : " ASC");
        buf_add_c(&q->sql, never_empty(o->by[i]) ? ", " : " NULLS LAST, ");
    }
    buf_add_c(&q->sql, "t.id");
}

static void add_sort(struct query *q, const struct order *o)
{
    add_sort_from(q, o, 0);
}

static struct text cursor_of(struct query *q, const struct order *o, const struct record *last)
{
    struct buf b = buf_in(q->call->arena, 1u << 16);
    struct json_out out = json_out(&b);
    json_open(&out, '[');
    json_put_text(&out, o->words);
    for (size_t i = 0; i < o->count; i++) {
        const struct json *is = last->values[o->by[i]->index];
        struct value v = keyed(q, o->by[i]) ? order__cell(q->call, is)
                                            : table__cell(q->call, o->by[i], is);
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
    if (f->type->form == FORM_NUMBER && !f->many && v->type == JSON_INTEGER)
        *out = V_NUM((double)v->integer);
    bool whole = !f->many && (f->type->form == FORM_WHOLE || f->type->form == FORM_TRUTH);
    bool number = !f->many && f->type->form == FORM_NUMBER;
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
    add_place(q, f);
    buf_add_c(&q->sql, down ? " < " : " > ");
    sql__bind(q, v);
    buf_add_c(&q->sql, " OR ");
    add_place(q, f);
    buf_add_c(&q->sql, " IS NULL)");
}

static void add_same(struct query *q, const struct field *f, struct value v)
{
    add_place(q, f);
    if (v.type == VALUE_NULL) {
        buf_add_c(&q->sql, " IS NULL");
        return;
    }
    buf_add_c(&q->sql, " = ");
    sql__bind(q, v);
}

static enum err bad_cursor(struct query *q)
{
    return problem(q->call, ERR_INVALID, TEXT("cursor"), "cursor", "%s",
                   say(q->call, "is not a cursor of this list"));
}

/* The first of the values in the cursor; the others follow it. */
static enum err read_cursor(struct query *q, const struct order *o, struct text cursor,
                            const struct json **first)
{
    static const struct json_limits limits = {1u << 17, 2, 64};
    struct call *quiet = call_beside(q->call->arena, q->call);
    const struct json *place;
    struct text bytes;
    if (!hex_read(q->call->arena, cursor, &bytes) ||
        json_read(quiet, bytes, &limits, &place) != OK || place->type != JSON_LIST ||
        place->count != o->count + 2 || !text_same(json_text(place->first), o->words))
        return bad_cursor(q);
    *first = place->first->next;
    return OK;
}

static enum err add_cursor(struct query *q, const struct order *o, struct text cursor)
{
    const struct json *one;
    TRY(read_cursor(q, o, cursor, &one));
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
    sql__bind(q, V_TEXT(one->text));
    for (size_t i = 0; i < o->count * 2 + 1; i++)
        buf_add_byte(&q->sql, ')');
    return OK;
}

/* ---- list -------------------------------------------------------------------------------- */
/* As of a moment most records are as they were then: those are asked as they stand, by their
 * indexes, and only what has changed since by its version of then. */
enum err sql__half(struct query *q, struct reader *db, const struct list_query *list,
                   bool changed)
{
    bool then = q->then;
    q->then = changed;
    sql__from(q);
    enum err e = sql__conditions(q, db, list);
    q->then = then;
    TRY(e);
    buf_print(&q->sql,
              " AND t.id %sIN (SELECT w.id FROM version w WHERE w.kind = '%.*s' AND w.at > ",
              changed ? "" : "NOT ", TEXT_ARG(q->kind->name));
    sql__bind(q, V_TEXT(moment_print(q->call->arena, list->as_of)));
    buf_add_c(&q->sql, ")");
    return OK;
}

static void add_sort_of_halves(struct query *q, const struct order *o)
{
    buf_add_c(&q->sql, " ORDER BY ");
    for (size_t i = 0; i < o->count; i++)
        buf_print(&q->sql, "s%zu %s%s", i, o->down[i] ? "DESC" : "ASC",
                  never_empty(o->by[i]) ? ", " : " NULLS LAST, ");
    buf_add_c(&q->sql, "id");
}

static enum err add_page_half(struct query *q, struct reader *db, const struct list_query *list,
                              const struct order *order, bool changed)
{
    buf_add_c(&q->sql, "SELECT * FROM (SELECT t.id AS id");
    q->then = changed;
    for (size_t i = 0; i < order->count; i++) {
        buf_add_c(&q->sql, ", ");
        add_place(q, order->by[i]);
        buf_print(&q->sql, " AS s%zu", i);
    }
    TRY(sql__half(q, db, list, changed));
    if (list->cursor.len)
        TRY(add_cursor(q, order, list->cursor));
    q->then = true;
    add_sort_of_halves(q, order);
    buf_print(&q->sql, " LIMIT %lld) %s", (long long)list->limit + 1, changed ? "b" : "a");
    return OK;
}

static enum err add_page_then(struct query *q, struct reader *db, const struct list_query *list,
                              const struct order *order)
{
    buf_add_c(&q->sql, "t.id IN (SELECT u.id FROM (");
    TRY(add_page_half(q, db, list, order, false));
    buf_add_c(&q->sql, " UNION ALL ");
    TRY(add_page_half(q, db, list, order, true));
    buf_add_c(&q->sql, ") u");
    add_sort_of_halves(q, order);
    buf_print(&q->sql, " LIMIT %lld)", (long long)list->limit + 1);
    add_sort(q, order);
    return OK;
}

/* The page is picked by ids alone, then its records are read: sorting must not carry bodies
 * along. */
static enum err add_page(struct query *q, struct reader *db, const struct list_query *list,
                         const struct order *order)
{
    buf_add_c(&q->sql, "t.id IN (SELECT t.id");
    sql__from(q);
    TRY(sql__conditions(q, db, list));
    if (list->cursor.len)
        TRY(add_cursor(q, order, list->cursor));
    add_sort(q, order);
    buf_print(&q->sql, " LIMIT %lld)", (long long)list->limit + 1);
    add_sort(q, order);
    return OK;
}

/* ---- a page by values ---------------------------------------------------------------------------
 * Sorted by a field of which many records have the same value, a page is picked value by value: the
 * records of one value lie in the kind's own order, where sorting all of them to show fifty would take
 * as long as there are records. */
#define BY_VALUE_MOST 64 /* values that are looked at; where each has so few, sorting costs little */

struct by_value {
    struct reader *db;
    const struct list_query *list;
    const struct order *order;
    struct text *ids;
    size_t count;
};

static bool gathers(const struct query *q, const struct list_query *list, const struct order *o)
{
    const struct field *f = o->count > 1 ? o->by[0] : NULL;
    return f && !q->then && !list->q.len && text_find(list->sort, ',') < 0 &&
           open__gathers(q->kind, f) && !f->unique &&
           (f->type->gathers || text_is(f->name, "state"));
}

/* The value that comes after `v` (NULL: the first); empty comes last. */
static enum err next_value(struct query *list, const struct by_value *b, const struct value *v,
                           struct value *out)
{
    struct query q = sql__start(list->call, list->records, list->kind);
    struct rows rows;
    const char *sql;
    bool down = b->order->down[0];
    buf_add_c(&q.sql, down ? "SELECT MAX(" : "SELECT MIN(");
    add_place(&q, b->order->by[0]);
    buf_print(&q.sql, ") FROM \"%.*s\" t", TEXT_ARG(q.kind->name));
    if (v) {
        buf_add_c(&q.sql, " WHERE ");
        add_place(&q, b->order->by[0]);
        buf_add_c(&q.sql, down ? " < " : " > ");
        sql__bind(&q, *v);
    }
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(q.call, b->db, sql, q.values.at, q.values.count, 1, &rows));
    *out = rows.cells[0];
    return OK;
}

static enum err pick_of_value(struct query *list, struct by_value *b, struct value v, bool first)
{
    struct query q = sql__start(list->call, list->records, list->kind);
    struct rows rows;
    const char *sql;
    size_t left = (size_t)b->list->limit + 1 - b->count;
    buf_add_c(&q.sql, "SELECT t.id");
    sql__from(&q);
    TRY(sql__conditions(&q, b->db, b->list));
    buf_add_c(&q.sql, " AND ");
    add_same(&q, b->order->by[0], v);
    if (first && b->list->cursor.len)
        TRY(add_cursor(&q, b->order, b->list->cursor));
    add_sort_from(&q, b->order, 1);
    buf_print(&q.sql, " LIMIT %zu", left);
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(q.call, b->db, sql, q.values.at, q.values.count, left, &rows));
    for (size_t i = 0; i < rows.count; i++)
        b->ids[b->count++] = row_at(&rows, i)[0].text;
    return OK;
}

/* *done stays false when there are too many values. */
static enum err pick_by_value(struct query *q, struct by_value *b, bool *done)
{
    struct value v;
    size_t most = (size_t)b->list->limit + 1;
    b->ids = NEW_MANY(q->call->arena, most + 1, struct text);
    if (b->list->cursor.len) {
        const struct json *first;
        TRY(read_cursor(q, b->order, b->list->cursor, &first));
        if (!place_value(b->order->by[0], first, &v))
            return bad_cursor(q);
    } else
        TRY(next_value(q, b, NULL, &v));
    for (size_t n = 0; n < BY_VALUE_MOST && !*done; n++) {
        TRY(pick_of_value(q, b, v, n == 0));
        *done = b->count == most || v.type == VALUE_NULL;
        struct value was = v;
        if (!*done)
            TRY(next_value(q, b, &was, &v));
    }
    return OK;
}

static enum err add_page_by_value(struct query *q, struct reader *db, const struct list_query *list,
                                  const struct order *order, bool *done)
{
    struct by_value b = {.db = db, .list = list, .order = order};
    *done = false;
    if (!gathers(q, list, order))
        return OK;
    TRY(pick_by_value(q, &b, done));
    if (!*done)
        return OK;
    b.ids[b.count] = TEXT(""); /* so that nothing found is still a list */
    buf_add_c(&q->sql, "t.id");
    sql__in(q, b.ids, b.count + 1);
    add_sort(q, order);
    return OK;
}

static bool holds_guarded(const struct record *rec)
{
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (rec->kind->fields[i].guarded && !value__empty(rec->values[i]))
            return true;
    return false;
}

/* Fields that are not for everybody are for those who may see them now and could then: whoever owned
 * the record at that moment alone does not. */
static enum err from_then(struct query *q, struct reader *db, const struct value *row,
                          struct record **out)
{
    struct record *now = NULL;
    struct record *rec = NEW(q->call->arena, struct record);
    TRY(body__read(q->call, q->kind, row[4].text, rec));
    rec->id = row[0].text;
    rec->key = row[1].text;
    rec->version = row[2].integer;
    rec->ledger = row[3].integer;
    if (!q->call->actor->all && holds_guarded(rec))
        TRY(table__find(q->call, q->records, db_reader(db), q->kind, rec->id, &now));
    rec->now = now;
    const struct json *state = record_value(rec, TEXT("state"));
    ptrdiff_t index = state ? kind_state(q->kind, state->text) : -1;
    rec->state = index < 0 ? q->kind->start : (size_t)index; /* a state the model had once */
    *out = rec;
    return OK;
}

static enum err read_then(struct query *q, struct reader *db, const struct list_query *list,
                          const struct order *order, struct record_list *out)
{
    struct rows rows;
    const char *sql;
    buf_add_c(&q->sql, "SELECT t.id, t.\"key\", v.version, v.ledger, v.body");
    sql__from(q);
    buf_add_c(&q->sql, " WHERE ");
    add_moment(q, list->as_of);
    TRY(add_page_then(q, db, list, order));
    TRY(sql__finish(q, &sql));
    TRY(read_rows(q->call, db, sql, q->values.at, q->values.count, (size_t)list->limit + 1, &rows));
    out->items = NEW_MANY(q->call->arena, rows.count + 1, struct record *);
    for (; out->count < rows.count; out->count++)
        TRY(from_then(q, db, row_at(&rows, out->count), &out->items[out->count]));
    return OK;
}

static enum err read_items(struct query *q, struct reader *db, const struct list_query *list,
                           struct record_list *out)
{
    int64_t limit = list->limit;
    struct order order;
    TRY(read_order(q, list->sort.len ? list->sort : q->kind->sort, &order));
    if (q->then) {
        TRY(read_then(q, db, list, &order, out));
    } else {
        bool picked;
        TRY(add_page_by_value(q, db, list, &order, &picked));
        if (!picked)
            TRY(add_page(q, db, list, &order));
        TRY(sql__ask(q, db_reader(db), (size_t)limit + 1, &out->items, &out->count));
    }
    if ((int64_t)out->count > limit) {
        out->count = (size_t)limit;
        out->next = cursor_of(q, &order, out->items[limit - 1]);
    }
    return OK;
}

struct query sql__list(struct call *call, struct records *r, const struct kind *k,
                       const struct list_query *list)
{
    struct query q = sql__start(call, r, k);
    q.then = q.plain = list->as_of != 0;
    return q;
}

enum err list__total(struct call *call, struct records *r, struct reader *db,
                     const struct kind *k, const struct list_query *list, int64_t *total)
{
    struct query q = sql__list(call, r, k, list);
    const char *sql;
    buf_add_c(&q.sql, q.then ? "SELECT (SELECT count(*)" : "SELECT count(*)");
    if (q.then) {
        TRY(sql__half(&q, db, list, false));
        buf_add_c(&q.sql, ") + (SELECT count(*)");
        TRY(sql__half(&q, db, list, true));
        buf_add_c(&q.sql, ")");
    } else {
        sql__from(&q);
        TRY(sql__conditions(&q, db, list));
    }
    TRY(sql__finish(&q, &sql));
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
    struct query q = sql__list(call, r, k, list);
    struct rows rows;
    const char *sql;
    buf_add_c(&q.sql, "SELECT ");
    sql__field(&q, f);
    buf_add_c(&q.sql, ", count(*)");
    sql__from(&q);
    TRY(sql__conditions(&q, db, list));
    buf_print(&q.sql, " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT %d", FACET_MOST + 1);
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(call, db, sql, q.values.at, q.values.count, FACET_MOST + 1, &rows));
    out->field = f->name;
    out->more = rows.count > FACET_MOST;
    out->counts = NEW_MANY(call->arena, rows.count + 1, struct facet_count);
    for (size_t i = 0; i < rows.count - out->more; i++)
        out->counts[out->count++] = (struct facet_count){facet_text(call, row_at(&rows, i)),
                                                         row_at(&rows, i)[1].integer};
    return OK;
}

static enum err read_facets(struct call *call, struct records *r, struct reader *db,
                            const struct kind *k, const struct list_query *list,
                            struct record_list *out)
{
    struct query q = sql__start(call, r, k);
    struct text names = list->facets;
    out->facets = NEW_MANY(call->arena, FACETS_MOST, struct facet);
    while (names.len) {
        if (out->facet_count == FACETS_MOST)
            return sql__too_many(&q, TEXT("facets"), FACETS_MOST);
        struct text one = text_trim(text_cut(&names, ','));
        const struct field *f = kind_field(k, one);
        if (!f || !field__is_column(f) || field_is_set(f) ||
            !record_reads_everywhere(r, call->actor, f))
            return problem(call, ERR_INVALID, TEXT("facets"), "facets",
                           say(call, "there are no facets by %.*s"), TEXT_ARG(one));
        TRY(read_facet(call, r, db, k, list, f, &out->facets[out->facet_count++]));
    }
    return OK;
}

enum err record_list(struct call *call, struct records *r, struct reader *db,
                     const struct kind *k, const struct list_query *asked,
                     struct record_list *out)
{
    struct list_query whole = *asked;
    const struct list_query *list = &whole;
    *out = (struct record_list){0};
    whole.limit = asked->limit ? asked->limit : 50;
    if (whole.limit < 1 || whole.limit > 1000)
        return problem(call, ERR_INVALID, TEXT("limit"), "range", "%s",
                       say(call, "limit must be between 1 and 1000"));
    struct query q = sql__list(call, r, k, list);
    TRY(read_items(&q, db, list, out));
    TRY(list__total(call, r, db, k, list, &out->total));
    return list->facets.len ? read_facets(call, r, db, k, list, out) : OK;
}
