/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/list.c — a page of records: words, conditions, facets; now or as of a moment. */
#include "record/query/statement.h"

#define FILTERS_MOST 64 /* parameters of one list */
#define FACETS_MOST 10
#define FACET_MOST 200 /* different values that are told */

/* ---- words
 * ------------------------------------------------------------------------------------- */
enum err sql__found(struct query *q, struct reader *db, struct text words)
{
    struct text query;
    TRY(read_search_query(q->call, db, words_for_query(q->call->arena, words), &query));
    if (!query.len) { /* a symbol alone is no word: it finds nothing, never everything */
        buf_add_c(&q->sql, " FROM search_doc d WHERE 1=0");
        return OK;
    }
    size_t at = sql__keep(q, V_TEXT(query));
    buf_print(
        &q->sql, /* CROSS JOIN: the words first; SQLite would look every document up */
        q->postgres
            ? " FROM search_doc d WHERE d.words @@ CAST($%zu AS tsquery) AND d.kind = '%.*s'"
            : " FROM search_words CROSS JOIN search_doc d ON d.doc = search_words.rowid "
              "WHERE search_words MATCH $%zu AND d.kind = '%.*s'",
        at, TEXT_ARG(q->kind->name));
    return OK;
}

/* Has this one record the words? As the index has them, without asking the index who else has.
 */
static enum err add_words_of(struct query *q, struct reader *db, struct text words)
{
    struct text query, *patterns;
    size_t count;
    struct text folded = words_for_query(q->call->arena, words);
    TRY(read_search_query(q->call, db, folded, &query));
    if (!query.len) {
        buf_add_c(&q->sql, " AND 1=0");
        return OK;
    }
    buf_add_c(&q->sql, " AND (SELECT count(*) FROM search_doc d ");
    if (!q->postgres)
        buf_add_c(&q->sql, "CROSS JOIN search_words w ON w.rowid = d.doc ");
    buf_print(&q->sql, "WHERE d.kind = '%.*s' AND d.id = t.id", TEXT_ARG(q->kind->name));
    if (q->postgres) {
        buf_add_c(&q->sql, " AND d.words @@ CAST(");
        sql__bind(q, V_TEXT(query));
        buf_add_c(&q->sql, " AS tsquery)");
    }
    store_search_patterns(q->call->arena, folded, &patterns, &count);
    for (size_t i = 0; i < count && !q->postgres; i++) {
        buf_add_c(&q->sql, " AND ' ' || w.words || ' ' LIKE ");
        sql__bind(q, V_TEXT(patterns[i]));
    }
    buf_add_c(&q->sql, ") > 0");
    return OK;
}

/* All that have the words, however many: what a list leaves out, its filters, its total and its
 * export would leave out as well. */
static enum err add_search(struct query *q, struct reader *db, struct text words)
{
    if (!text_trim(words).len || q->words == WORDS_KNOWN)
        return OK;
    if (q->words == WORDS_ONE_BY_ONE)
        return add_words_of(q, db, words);
    buf_add_c(&q->sql, " AND t.id IN (SELECT d.id");
    TRY(sql__found(q, db, words));
    buf_add_c(&q->sql, ")");
    return OK;
}

/* Its references one by one, now or of then; a record without any stays, once. */
static void add_each(struct query *q)
{
    if (!q->then) {
        buf_print(
            &q->sql,
            " LEFT JOIN link gl ON gl.from_kind = '%.*s' AND gl.from_id = t.id AND gl.free = 0 "
            "AND gl.type = '%.*s'",
            TEXT_ARG(q->kind->name), TEXT_ARG(q->each->name));
        return;
    }
    buf_add_c(&q->sql, q->postgres ? " LEFT JOIN LATERAL " : " LEFT JOIN ");
    sql__items(q, q->each);
    buf_add_c(&q->sql, " ON 1=1");
}

/* The kind's records; as of a moment each beside its latest version of then. PostgreSQL reads
 * a body once a row (OFFSET keeps it from being copied to each use), SQLite remembers it. */
void sql__from(struct query *q)
{
    buf_print(&q->sql, " FROM \"%.*s\" t", TEXT_ARG(q->kind->name));
    if (q->then)
        buf_add_c(&q->sql, " CROSS JOIN version v");
    if (q->then && q->postgres)
        buf_add_c(&q->sql,
                  " CROSS JOIN LATERAL (SELECT CAST(v.body AS jsonb) AS b OFFSET 0) b");
    if (q->each)
        add_each(q);
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

static enum err add_conditions(struct query *q, struct reader *db,
                               const struct list_query *list)
{
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

enum err sql__conditions(struct query *q, struct reader *db, const struct list_query *list)
{
    buf_add_c(&q->sql, " WHERE ");
    if (q->then)
        add_moment(q, list->as_of);
    return add_conditions(q, db, list);
}

enum err sql__fits(struct query *q, struct reader *db, const struct list_query *list)
{
    buf_add_c(&q->sql, "(");
    TRY(add_conditions(q, db, list));
    buf_add_c(&q->sql, ") IS TRUE");
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
                  order__never_empty(o->by[i]) ? ", " : " NULLS LAST, ");
    buf_add_c(&q->sql, "id");
}

static enum err add_page_half(struct query *q, struct reader *db, const struct list_query *list,
                              const struct order *order, bool changed)
{
    buf_add_c(&q->sql, "SELECT * FROM (SELECT t.id AS id");
    q->then = changed;
    for (size_t i = 0; i < order->count; i++) {
        buf_add_c(&q->sql, ", ");
        sql__place(q, order->by[i]);
        buf_print(&q->sql, " AS s%zu", i);
    }
    TRY(sql__half(q, db, list, changed));
    if (list->cursor.len)
        TRY(sql__cursor(q, order, list->cursor));
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
    sql__sort(q, order);
    return OK;
}

/* The page is picked by ids alone, then its records are read: sorting must not carry bodies
 * along. Its conditions are put together first, so that all that is wrong with them is said. */
static enum err add_page(struct query *q, struct reader *db, const struct list_query *list,
                         const struct order *order)
{
    struct query whole = sql__list(q->call, q->records, q->kind, list);
    struct text *ids;
    size_t count;
    bool picked;
    buf_add_c(&whole.sql, "t.id IN (SELECT t.id");
    sql__from(&whole);
    TRY(sql__conditions(&whole, db, list));
    if (list->cursor.len)
        TRY(sql__cursor(&whole, order, list->cursor));
    sql__sort(&whole, order);
    buf_print(&whole.sql, " LIMIT %lld)", (long long)list->limit + 1);
    TRY(page__pick(q, db, list, order, &ids, &count, &picked));
    if (!picked)
        *q = whole;
    else {
        ids[count] = TEXT(""); /* so that nothing found is still a list */
        buf_add_c(&q->sql, "t.id");
        sql__in(q, ids, count + 1);
    }
    sql__sort(q, order);
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
    TRY(order__read(q, list->sort.len ? list->sort : q->kind->sort, &order));
    if (q->then) {
        TRY(read_then(q, db, list, &order, out));
    } else {
        TRY(add_page(q, db, list, &order));
        TRY(sql__ask(q, db_reader(db), (size_t)limit + 1, &out->items, &out->count));
    }
    if ((int64_t)out->count > limit) {
        out->count = (size_t)limit;
        out->next = order__cursor(q, &order, out->items[limit - 1]);
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

/* ---- how many
 * ------------------------------------------------------------------------------------ */
static enum err add_whole(struct query *q, struct reader *db, const struct list_query *list)
{
    buf_add_c(&q->sql, q->then ? "SELECT (SELECT count(*)" : "SELECT count(*)");
    if (!q->then) {
        sql__from(q);
        return sql__conditions(q, db, list);
    }
    TRY(sql__half(q, db, list, false));
    buf_add_c(&q->sql, ") + (SELECT count(*)");
    TRY(sql__half(q, db, list, true));
    buf_add_c(&q->sql, ")");
    return OK;
}

/* Counting needs a record itself where not everybody may read it. Then SQLite reads them as
 * they lie, which is far from as dear as looking up by an index most of them. */
static enum err add_dear(struct query *q, struct reader *db, const struct list_query *list)
{
    buf_add_c(&q->sql, "SELECT count(*)");
    if (!text_trim(list->q).len) {
        sql__from(q);
        buf_add_c(&q->sql, " WHERE ");
        return sql__fits(q, db, list);
    }
    q->words = WORDS_KNOWN;
    buf_print(&q->sql, " FROM (SELECT d.id AS id");
    TRY(sql__found(q, db, list->q));
    buf_print(&q->sql, ") d CROSS JOIN \"%.*s\" t WHERE t.id = d.id AND ",
              TEXT_ARG(q->kind->name));
    return sql__fits(q, db, list);
}

/* As cheaply as it can be had: of a few one by one. */
static enum err add_count(struct query *q, struct reader *db, const struct list_query *list)
{
    struct few few;
    const bool words_alone = text_trim(list->q).len && !list->filter_count,
               all = sql__reads_all(q);
    TRY(page__few(q, db, list, &few));
    if (!few.found && !(all && words_alone))
        return all || q->postgres ? add_whole(q, db, list) : add_dear(q, db, list);
    buf_add_c(&q->sql, "SELECT count(*)");
    return few.found ? sql__few(q, db, list, &few) : sql__found(q, db, list->q);
}

enum err list__total(struct call *call, struct records *r, struct reader *db,
                     const struct kind *k, const struct list_query *list, int64_t *total)
{
    struct query question = sql__list(call, r, k, list), q = sql__list(call, r, k, list);
    struct counting counting;
    struct rows rows;
    const char *sql;
    TRY(add_whole(&question, db, list));
    TRY(sql__finish(&question, &sql));
    TRY(counts__known(call, r, db, sql, question.values.at, question.values.count, &counting));
    if (counting.known) {
        *total = counting.count;
        return OK;
    }
    TRY(q.then ? add_whole(&q, db, list) : add_count(&q, db, list));
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(call, db, sql, q.values.at, q.values.count, 1, &rows));
    *total = rows.cells[0].integer;
    counts__keep(r, &counting, *total);
    return OK;
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
    if (list->totals.len)
        TRY(list__totals(call, r, db, k, list, out));
    return list->facets.len ? read_facets(call, r, db, k, list, out) : OK;
}
