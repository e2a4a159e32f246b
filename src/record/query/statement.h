/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/statement.h — how the files of this folder put a statement together. With record/table.c and
 * store/plan*.c they are the only ones that build SQL from the model: names come from the model, values
 * are always bound. */
#ifndef RECORD_QUERY_STATEMENT_H
#define RECORD_QUERY_STATEMENT_H

#include "record/internal.h"

#define VALUES_MOST 1000 /* of one filter */

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
    const struct field *each; /* a record is as many rows as it has references there; NULL */
    enum {
        WORDS_BY_INDEX,
        WORDS_ONE_BY_ONE,
        WORDS_KNOWN
    } words;     /* how those that have them are found */
    bool filled; /* nothing is empty by which is sorted first */
    bool plain; /* texts are put in order by their code points: as of a moment there are no keys */
    struct buf sql;
    struct parameters values;
};

/* " AND …": the granting record counts today. */
void sql__granted_today(struct query *q, const struct grants *g, const char *alias);

/* ---- statement.c ------------------------------------------------------------------------- */
struct query sql__start(struct call *call, struct records *r, const struct kind *k);
/* The whole statement, ended; ERR_MALFORMED when it outgrew what a statement may be. */
MUST_USE enum err sql__finish(struct query *q, const char **sql);
/* ERR_MALFORMED, named: more values than a filter, a sorting, a list may have. */
MUST_USE enum err sql__too_many(struct query *q, struct text name, int most);
/* The number the value is bound under: $n. */
size_t sql__keep(struct query *q, struct value v);
/* "$n", its value kept. */
void sql__bind(struct query *q, struct value v);
/* A table "s" with the one column value: the items of a JSON list, bound as one parameter. */
void sql__set(struct query *q, struct text json);
struct text sql__json_of(struct query *q, const struct text *items, size_t count);
/* " IN (…)" or " = $n": one parameter a value while they are few, one for all of them else. */
void sql__in(struct query *q, const struct text *items, size_t count);
/* The field as an expression: a column, or what the body of then holds. */
void sql__field(struct query *q, const struct field *f);
/* The same for a field of the envelope. */
void sql__named(struct query *q, struct text name);
/* A table "e" of the items of a list field of then, and the value of one. */
void sql__items(struct query *q, const struct field *f);
void sql__item(struct query *q, const struct field *f);
/* The value of q->each in this row, NULL where a record has none. */
void sql__each(struct query *q);
/* The records that the statement's condition picks, at most that many. */
MUST_USE enum err sql__ask(struct query *q, struct db db, size_t most, struct record ***out, size_t *count);

/* ---- reach.c: what the actor may read ------------------------------------------------------ */
struct grounds { /* alternatives joined by OR; with none of them: never */
    struct query *q;
    bool any;
};
/* One alternative more; end with sql__end_grounds. */
void sql__ground(struct grounds *g);
void sql__end_grounds(struct grounds *g);
/* A condition that holds for what the actor may read, as of a moment: then and now. */
void sql__readable(struct query *q);
/* It holds for every record of the kind. */
bool sql__reads_all(struct query *q);

/* ---- filter.c: one condition more, each after " AND " --------------------------------------- */
MUST_USE enum err sql__empty(struct query *q, const struct field *f, struct text t);
MUST_USE enum err sql__filter(struct query *q, const struct filter *filter);

/* Can what passes it be looked up by an index? */
bool sql__by_index(const struct query *q, const struct filter *filter);

/* ---- cut.c: time in steps, from today
 * ------------------------------------------------------ */
enum cut {
    CUT_NONE,
    CUT_AGE, /* state.age: since how many days a record is in its state: 7 30 90 more */
    CUT_LEFT /* NAME.left: how many days are left until then: over 1 7 30 more */
};
/* Which of them the words behind the name of a field mean. */
enum cut sql__cut_of(const struct field *f, struct text how);
/* The step in which a record is, a text; NULL where the field is empty. */
void sql__cut(struct query *q, const struct field *f, enum cut cut);
/* " AND …": it is in one of the steps. Nothing of it is known as of a moment. */
MUST_USE enum err sql__cut_filter(struct query *q, const struct field *f, enum cut cut,
                                  const struct filter *filter);

/* ---- list.c: what a list and a tally of it have in common
 * -------------------------------------- */
struct query sql__list(struct call *call, struct records *r, const struct kind *k,
                       const struct list_query *list);
/* " FROM …", and " WHERE …" with what the actor may read and every filter. */
void sql__from(struct query *q);
MUST_USE enum err sql__conditions(struct query *q, struct reader *db,
                                  const struct list_query *list);
/* One condition, by which no database looks anything up: what the actor may read, every filter,
 * the words. */
MUST_USE enum err sql__fits(struct query *q, struct reader *db, const struct list_query *list);
/* " FROM …": the documents `d` of the kind that have the words. */
MUST_USE enum err sql__found(struct query *q, struct reader *db, struct text words);
/* Both, as of a moment: of what has changed since (by its version of then), or of the rest (as
 * it stands). */
MUST_USE enum err sql__half(struct query *q, struct reader *db, const struct list_query *list,
                            bool changed);
/* How many records the list has; remembered. */
MUST_USE enum err list__total(struct call *call, struct records *r, struct reader *db,
                              const struct kind *k, const struct list_query *list,
                              int64_t *total);

/* ---- totals.c: list->totals, read into *out; ERR_INVALID names a field that has no total */
MUST_USE enum err list__totals(struct call *call, struct records *r, struct reader *db,
                               const struct kind *k, const struct list_query *list,
                               struct record_list *out);

/* ---- order.c -------------------------------------------------------------------------------
 */
#define ORDER_TERMS_MOST 8
struct order {
    struct text words;
    const struct field *by[ORDER_TERMS_MOST];
    bool down[ORDER_TERMS_MOST];
    size_t count;
};
/* The order asked for, after it the kind's own; a field one cannot sort by is refused, by name.
 */
MUST_USE enum err order__read(struct query *q, struct text words, struct order *out);
/* Never NULL: then the order of an index is the order that is asked for. */
bool order__never_empty(const struct field *f);
/* What a field is put in order by: its key, else itself. */
void sql__place(struct query *q, const struct field *f);
/* " ORDER BY …", from the term `from` on. */
void sql__sort_from(struct query *q, const struct order *o, size_t from);
void sql__sort(struct query *q, const struct order *o);
/* The field has this value of the order, or none. */
void sql__same(struct query *q, const struct field *f, struct value v);
struct text order__cursor(struct query *q, const struct order *o, const struct record *last);
/* The first of the values in the cursor; the others follow it. */
MUST_USE enum err order__place(struct query *q, const struct order *o, struct text cursor,
                               const struct json **first);
bool order__value(const struct field *f, const struct json *v, struct value *out);
MUST_USE enum err order__bad_cursor(struct query *q);
/* " AND (…)": what comes after the cursor. */
MUST_USE enum err sql__cursor(struct query *q, const struct order *o, struct text cursor);

/* ---- page.c
 * ---------------------------------------------------------------------------------- */
/* Those that one of the conditions lets through, when an index tells that they are few. */
struct few {
    struct rows rows; /* id */
    bool found, by_words;
};
MUST_USE enum err page__few(struct query *list, struct reader *db,
                            const struct list_query *asked, struct few *out);
/* " FROM …" those alone, " WHERE …" with all that is asked of them. */
MUST_USE enum err sql__few(struct query *q, struct reader *db, const struct list_query *asked,
                           const struct few *few);
/* The records of a page and one more, in order. *done stays false where the database knows as
 * well how to go about it. */
MUST_USE enum err page__pick(struct query *list, struct reader *db,
                             const struct list_query *asked, const struct order *order,
                             struct text **ids, size_t *count, bool *done);

/* ---- ask.c ----------------------------------------------------------------------------------- */
/* "t.state IN (…)" of those that are no end. */
void sql__states(struct query *q, uint64_t states);

#endif
