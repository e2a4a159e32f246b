/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/page.c — which records are on a page: their ids, in order.
 *
 * No database guesses well whether to walk a list in its order, leaving out what does not fit,
 * or to look up what fits and put that in order: the first takes as long as there are records
 * when few fit, the second when most do. So both are tried, little by little, each by a
 * statement that can only be done in its way: some records are walked; when too few of them
 * fit, those are looked up that a filter or the words let through, by the index, if they are
 * few; then some more are walked; and only what lies between, neither many nor few, is left to
 * the database. What a page has is the same whichever way it was found. */
#include "record/query/statement.h"

#define FEW_MOST 200     /* that are looked up one by one */
#define FOUND_MOST 1000  /* by their words, which are dear to look for twice */
#define WALKED_THEN 2000 /* beside two pages */

struct page {
    struct query *list; /* of the statement for whom this is done */
    struct reader *db;
    const struct list_query *asked;
    const struct order *order;
    struct text *ids;
    size_t count, most;
    bool done;
};

static struct query start(const struct page *p)
{
    return sql__list(p->list->call, p->list->records, p->list->kind, p->asked);
}

static enum err ask(const struct page *p, struct query *q, size_t most, struct rows *rows)
{
    const char *sql;
    TRY(sql__finish(q, &sql));
    return read_rows(q->call, p->db, sql, q->values.at, q->values.count, most, rows);
}

/* ---- walking
 * ------------------------------------------------------------------------------------ */
/* Many records have the same value of it. */
static bool is_shared(const struct field *f)
{
    return f->type->gathers || text_is(f->name, "state");
}

/* Has the order an index of all records? Then some of them are read as they lie there. What is the same
 * by its first field is put in order apart, unless it lies so as well. */
static bool walks(const struct page *p)
{
    const struct order *o = p->order;
    if (!o->count)
        return true;
    if (is_shared(o->by[0]) && (o->down[0] || text_find(p->asked->sort, ',') >= 0))
        return false;
    bool ends = order__never_empty(o->by[0]) || !o->down[0] || !p->list->postgres;
    return ends && tables__walks(p->list->kind, o->by[0]);
}

/* All that pass this filter lie in an index in the order that is asked for. */
static const struct filter *leads(const struct page *p)
{
    for (size_t i = 0; i < p->asked->filter_count && !p->asked->sort.len; i++) {
        const struct filter *filter = &p->asked->filters[i];
        const struct field *f = kind_field(p->list->kind, filter->name);
        if (f && !field_is_set(f) && field__is_column(f) && tables__gathers(p->list->kind, f) &&
            text_find(filter->value, ',') < 0)
            return filter;
    }
    return NULL;
}

static enum err walk(struct page *p, size_t some)
{
    struct query q = start(p);
    struct rows rows;
    q.words = WORDS_ONE_BY_ONE;
    buf_add_c(&q.sql, "SELECT t.id, CASE WHEN ");
    TRY(sql__fits(&q, p->db, p->asked));
    buf_add_c(&q.sql, " THEN 1 ELSE 0 END");
    sql__from(&q);
    buf_add_c(&q.sql, " WHERE 1=1");
    if (leads(p))
        TRY(sql__filter(&q, leads(p)));
    if (p->asked->cursor.len)
        TRY(sql__cursor(&q, p->order, p->asked->cursor));
    sql__sort(&q, p->order);
    buf_print(&q.sql, " LIMIT %zu", some);
    TRY(ask(p, &q, some, &rows));
    p->count = 0;
    for (size_t i = 0; i < rows.count && p->count < p->most; i++)
        if (row_at(&rows, i)[1].integer)
            p->ids[p->count++] = row_at(&rows, i)[0].text;
    p->done = p->count == p->most || rows.count < some;
    return OK;
}

/* ---- looking up
 * ---------------------------------------------------------------------------------- */
static enum err few_by_filter(const struct page *p, const struct filter *filter,
                              struct few *out)
{
    struct query q = start(p);
    if (!sql__by_index(&q, filter))
        return OK;
    buf_print(&q.sql, "SELECT t.id FROM \"%.*s\" t WHERE 1=1", TEXT_ARG(q.kind->name));
    TRY(sql__filter(&q, filter));
    buf_print(&q.sql, " LIMIT %d", FEW_MOST + 1);
    TRY(ask(p, &q, FEW_MOST + 1, &out->rows));
    out->found = out->rows.count <= FEW_MOST;
    return OK;
}

static enum err few_by_words(const struct page *p, struct few *out)
{
    struct query q = start(p);
    buf_add_c(&q.sql, "SELECT d.id");
    TRY(sql__found(&q, p->db, p->asked->q));
    buf_print(&q.sql, " LIMIT %d", FOUND_MOST + 1);
    TRY(ask(p, &q, FOUND_MOST + 1, &out->rows));
    out->found = out->by_words = out->rows.count <= FOUND_MOST;
    return OK;
}

enum err page__few(struct query *list, struct reader *db, const struct list_query *asked,
                   struct few *out)
{
    struct page p = {.list = list, .db = db, .asked = asked};
    *out = (struct few){.found = false};
    for (size_t i = 0; i < asked->filter_count && !out->found; i++)
        TRY(few_by_filter(&p, &asked->filters[i], out));
    return out->found || !text_trim(asked->q).len ? OK : few_by_words(&p, out);
}

enum err sql__few(struct query *q, struct reader *db, const struct list_query *asked,
                  const struct few *few)
{
    struct text *ids = NEW_MANY(q->call->arena, few->rows.count + 1, struct text);
    for (size_t i = 0; i < few->rows.count; i++)
        ids[i] = row_at(&few->rows, i)[0].text;
    buf_add_c(&q->sql, " FROM ");
    sql__set(q, sql__json_of(q, ids, few->rows.count));
    buf_print(&q->sql, " CROSS JOIN \"%.*s\" t WHERE t.id = s.value AND ",
              TEXT_ARG(q->kind->name));
    q->words = few->by_words ? WORDS_KNOWN : WORDS_ONE_BY_ONE;
    return sql__fits(q, db, asked);
}

static enum err look_up(struct page *p)
{
    struct few few;
    struct rows rows;
    TRY(page__few(p->list, p->db, p->asked, &few));
    if (!few.found)
        return OK;
    struct query q = start(p);
    buf_add_c(&q.sql, "SELECT t.id");
    TRY(sql__few(&q, p->db, p->asked, &few));
    if (p->asked->cursor.len)
        TRY(sql__cursor(&q, p->order, p->asked->cursor));
    sql__sort(&q, p->order);
    buf_print(&q.sql, " LIMIT %zu", p->most);
    TRY(ask(p, &q, p->most, &rows));
    for (p->count = 0; p->count < rows.count; p->count++)
        p->ids[p->count] = row_at(&rows, p->count)[0].text;
    p->done = true;
    return OK;
}

/* ---- part by part
 * -------------------------------------------------------------------------------- Sorted by a
 * field of which many records have the same value, a page is picked value by value: the records
 * of one value lie in the kind's own order, where sorting all of them to show fifty would take
 * as long as there are records. */
#define VALUES_LOOKED_AT 64 /* where each has so few, sorting costs little */

static bool gathers(const struct page *p)
{
    const struct field *f = p->order->count > 1 ? p->order->by[0] : NULL;
    return f && !p->asked->q.len && text_find(p->asked->sort, ',') < 0 &&
           tables__gathers(p->list->kind, f) && !f->unique && is_shared(f);
}

/* PostgreSQL has the empty ones at one end of an index, and a list has them at the other. */
static bool ends_apart(const struct page *p)
{
    const struct order *o = p->order;
    return p->list->postgres && o->count && o->down[0] && !order__never_empty(o->by[0]) &&
           tables__walks(p->list->kind, o->by[0]);
}

/* The value that comes after `v` (NULL: the first); empty comes last. */
static enum err next_value(const struct page *p, const struct value *v, struct value *out)
{
    struct query q = start(p);
    struct rows rows;
    bool down = p->order->down[0];
    buf_add_c(&q.sql, down ? "SELECT MAX(" : "SELECT MIN(");
    sql__place(&q, p->order->by[0]);
    buf_print(&q.sql, ") FROM \"%.*s\" t", TEXT_ARG(q.kind->name));
    if (v) {
        buf_add_c(&q.sql, " WHERE ");
        sql__place(&q, p->order->by[0]);
        buf_add_c(&q.sql, down ? " < " : " > ");
        sql__bind(&q, *v);
    }
    TRY(ask(p, &q, 1, &rows));
    *out = rows.cells[0];
    return OK;
}

/* Those of one value, or (NULL) all that are not empty. */
static enum err pick_part(struct page *p, const struct value *v, bool first)
{
    struct query q = start(p);
    struct rows rows;
    size_t left = p->most - p->count;
    buf_add_c(&q.sql, "SELECT t.id");
    sql__from(&q);
    if (p->asked->filter_count &&
        !q.postgres) { /* without statistics any filter looks better than the order */
        buf_add_c(&q.sql, " WHERE ");
        TRY(sql__fits(&q, p->db, p->asked));
    } else
        TRY(sql__conditions(&q, p->db, p->asked));
    buf_add_c(&q.sql, " AND ");
    if (v)
        sql__same(&q, p->order->by[0], *v);
    else {
        sql__place(&q, p->order->by[0]);
        buf_add_c(&q.sql, " IS NOT NULL");
    }
    if (first && p->asked->cursor.len)
        TRY(sql__cursor(&q, p->order, p->asked->cursor));
    q.filled = !v;
    sql__sort_from(&q, p->order, v ? 1 : 0);
    buf_print(&q.sql, " LIMIT %zu", left);
    TRY(ask(p, &q, left, &rows));
    for (size_t i = 0; i < rows.count; i++)
        p->ids[p->count++] = row_at(&rows, i)[0].text;
    return OK;
}

/* The value that the cursor stands at. */
static enum err value_of_cursor(const struct page *p, struct value *v)
{
    const struct json *first;
    TRY(order__place(p->list, p->order, p->asked->cursor, &first));
    return order__value(p->order->by[0], first, v) ? OK : order__bad_cursor(p->list);
}

/* Is left undone when there are too many values. */
static enum err by_value(struct page *p)
{
    struct value v;
    p->count = 0;
    TRY(p->asked->cursor.len ? value_of_cursor(p, &v) : next_value(p, NULL, &v));
    for (size_t n = 0; n < VALUES_LOOKED_AT && !p->done; n++) {
        TRY(pick_part(p, &v, n == 0));
        p->done = p->count == p->most || v.type == VALUE_NULL;
        struct value was = v;
        if (!p->done)
            TRY(next_value(p, &was, &v));
    }
    return OK;
}

static enum err by_ends(struct page *p)
{
    const bool go_on = p->asked->cursor.len > 0;
    struct value v = V_INT(0);
    p->count = 0;
    if (go_on)
        TRY(value_of_cursor(p, &v));
    bool begun = v.type == VALUE_NULL; /* the filled ones were shown before */
    if (!begun)
        TRY(pick_part(p, NULL, true));
    if (p->count < p->most)
        TRY(pick_part(p, &V_NULL, begun));
    p->done = true;
    return OK;
}

/* ---- a page
 * -------------------------------------------------------------------------------------- */
/* What words find, or a list of many has, is looked up at some cost: first whether most have
 * it. */
static bool is_dear(const struct page *p)
{
    bool dear = p->asked->q.len > 0;
    for (size_t i = 0; i < p->asked->filter_count && !dear; i++) {
        const struct field *f = kind_field(p->list->kind, p->asked->filters[i].name);
        dear = f && field_is_set(f);
    }
    return dear;
}

static enum err narrow(struct page *p)
{
    bool walked = walks(p), dear = is_dear(p);
    size_t some = 2 * p->most;
    if (walked && dear)
        TRY(walk(p, some));
    if (!p->done)
        TRY(look_up(p));
    if (!p->done && walked && !dear)
        TRY(walk(p, some));
    /* As thinly as they lay so far, would there be enough? */
    if (!p->done && walked && p->count * (some + WALKED_THEN) >= p->most * some)
        TRY(walk(p, some + WALKED_THEN));
    return OK;
}

enum err page__pick(struct query *list, struct reader *db, const struct list_query *asked,
                    const struct order *order, struct text **ids, size_t *count, bool *done)
{
    struct page p = {.list = list,
                     .db = db,
                     .asked = asked,
                     .order = order,
                     .most = (size_t)asked->limit + 1};
    p.ids = NEW_MANY(list->call->arena, p.most + 1, struct text);
    const bool words = text_trim(asked->q).len > 0,
               lies_so = asked->filter_count == 1 && leads(&p);
    if (words || (asked->filter_count && !lies_so))
        TRY(narrow(&p));
    if (!p.done && gathers(&p))
        TRY(by_value(&p));
    if (!p.done && ends_apart(&p))
        TRY(by_ends(&p));
    *ids = p.ids;
    *count = p.count;
    *done = p.done;
    return OK;
}
