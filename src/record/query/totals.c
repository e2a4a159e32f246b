/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/totals.c — the foot of a list: the sum or the mean of its numbers, as the model
 * says of each field. Over every record of the list that the actor may read, not over a page;
 * records without a number are left out, and how many have one is told with it. */
#include "record/query/statement.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Beyond it a sum of doubles says nothing; a database would also stop at its end. */
#define NUMBER_MOST "1e15"

/* A field that somebody may not read everywhere is refused like one that has no total: it would
 * tell what is in it. */
static enum err read_names(struct query *q, struct text names, const struct field **out,
                           size_t *count)
{
    enum err worst = OK;
    *count = 0;
    while (names.len) {
        struct text one = text_trim(text_cut(&names, ','));
        const struct field *f = kind_field(q->kind, one);
        bool known = false;
        for (size_t i = 0; f && i < *count; i++)
            known = known || out[i] == f;
        if (known)
            continue;
        if (*count == TOTALS_MOST)
            return sql__too_many(q, TEXT("totals"), TOTALS_MOST);
        if (f && f->total && record_reads_everywhere(q->records, q->call->actor, f))
            out[(*count)++] = f;
        else
            worst = problem(q->call, ERR_INVALID, TEXT("totals"), "totals",
                            say(q->call, "there is no total of %.*s"), TEXT_ARG(one));
    }
    return worst;
}

static void add_columns(struct query *q, const struct field *const *of, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_c(&q->sql, i ? ", CAST(" : "SELECT CAST(");
        sql__field(q, of[i]);
        buf_print(&q->sql, " AS double precision) AS x%zu", i);
    }
}

/* As of a moment: what has changed since by its version of then, all else as it stands. */
static enum err add_rows(struct query *q, struct reader *db, const struct list_query *list,
                         const struct field *const *of, size_t count)
{
    q->then = false;
    add_columns(q, of, count);
    if (!list->as_of) {
        sql__from(q);
        return sql__conditions(q, db, list);
    }
    TRY(sql__half(q, db, list, false));
    buf_add_c(&q->sql, " UNION ALL ");
    q->then = true;
    add_columns(q, of, count);
    return sql__half(q, db, list, true);
}

static enum err add_totals(struct query *q, struct reader *db, const struct list_query *list,
                           const struct field *const *of, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_print(&q->sql,
                  "%scount(u.x%zu), sum(CASE WHEN abs(u.x%zu) <= " NUMBER_MOST
                  " THEN u.x%zu END), count(CASE WHEN abs(u.x%zu) > " NUMBER_MOST
                  " THEN 1 END)",
                  i ? ", " : "SELECT ", i, i, i, i);
    buf_add_c(&q->sql, " FROM (");
    TRY(add_rows(q, db, list, of, count));
    buf_add_c(&q->sql, ") u");
    return OK;
}

/* Databases add up in any order: what is beyond the digits that they agree on is left off. */
static double agreed(double d)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.12g", d);
    return strtod(digits, NULL);
}

static double number_of(const struct value *v)
{
    return v->type == VALUE_INTEGER  ? (double)v->integer
           : v->type == VALUE_NUMBER ? v->number
                                     : 0;
}

static struct list_total total_of(const struct field *f, const struct value *row)
{
    struct list_total t = {.field = f, .count = row[0].integer, .value = NAN};
    if (t.count && !row[2].integer)
        t.value = agreed(number_of(&row[1]) / (f->total == TOTAL_MEAN ? (double)t.count : 1));
    return t;
}

enum err list__totals(struct call *call, struct records *r, struct reader *db,
                      const struct kind *k, const struct list_query *list,
                      struct record_list *out)
{
    struct query q = sql__list(call, r, k, list);
    const struct field *of[TOTALS_MOST];
    struct rows rows;
    const char *sql;
    size_t count;
    TRY(read_names(&q, list->totals, of, &count));
    if (!count)
        return OK;
    TRY(add_totals(&q, db, list, of, count));
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(call, db, sql, q.values.at, q.values.count, 1, &rows));
    out->totals = NEW_MANY(call->arena, count, struct list_total);
    for (size_t i = 0; i < count; i++)
        out->totals[out->total_count++] = total_of(of[i], row_at(&rows, 0) + 3 * i);
    return OK;
}
