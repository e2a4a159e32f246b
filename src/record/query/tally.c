/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/tally.c — how many records of a list have which values, grouped by the database:
 * what a picture of a hundred thousand records needs is a few hundred numbers. */
#include "record/query/statement.h"

/* How much of a value tells one group from another. */
enum grain_of { GRAIN_WHOLE, GRAIN_MONTH, GRAIN_YEAR, GRAIN_NOW, GRAIN_AGE, GRAIN_LEFT };

/* A date is counted by its month unless its name says by what; false: not like this. */
static bool read_cut(const struct query *q, const struct field *f, struct text rest,
                     enum grain_of *out)
{
    enum cut cut = sql__cut_of(f, rest);
    *out = field_is_time(f) ? GRAIN_MONTH : GRAIN_WHOLE;
    if (!rest.len)
        return true;
    if (cut != CUT_NONE) {
        *out = cut == CUT_AGE ? GRAIN_AGE : GRAIN_LEFT;
        return !q->plain; /* from today */
    }
    if (text_is(rest, "now")) { /* beside as_of: where the same record is today */
        *out = GRAIN_NOW;
        return q->plain && f->type->refers != REFERS_MANY && !field_is_time(f);
    }
    *out = text_is(rest, "year") ? GRAIN_YEAR : GRAIN_WHOLE;
    return f->type->written == WRITTEN_DAY && (*out == GRAIN_YEAR || text_is(rest, "day"));
}

/* A field that somebody may not read everywhere is refused like one that does not exist:
 * numbers of groups say what is in it. */
static const struct field *tallied(struct query *q, struct text name, enum grain_of *grain)
{
    struct text rest = name, base = text_cut(&rest, '.');
    const struct field *f = kind_field(q->kind, base);
    if (!f || !field_tallies(f) || !record_reads_everywhere(q->records, q->call->actor, f) ||
        !read_cut(q, f, rest, grain))
        return NULL;
    return f;
}

struct grain {
    const struct field *by[TALLY_FIELDS_MOST];
    enum grain_of of[TALLY_FIELDS_MOST];
    size_t count;
};

/* A record counts once in each of its values. Of two such fields every value would meet every
 * other, and one record would be as many rows as their product. */
static enum err take_each(struct query *q, const struct field *f)
{
    if (f->type->refers != REFERS_MANY)
        return OK;
    if (q->each)
        return problem(q->call, ERR_INVALID, TEXT("tally"), "tally",
                       say(q->call,
                           "counts by one field of several values at a time; leave out "
                           "%.*s or %.*s"),
                       TEXT_ARG(q->each->name), TEXT_ARG(f->name));
    q->each = f;
    return OK;
}

static enum err read_grain(struct query *q, struct text names, struct grain *out)
{
    enum err worst = OK;
    *out = (struct grain){0};
    while (names.len) {
        struct text one = text_trim(text_cut(&names, ','));
        if (out->count == TALLY_FIELDS_MOST)
            return sql__too_many(q, TEXT("tally"), TALLY_FIELDS_MOST);
        enum grain_of grain;
        const struct field *f = tallied(q, one, &grain);
        if (!f) {
            worst = problem(q->call, ERR_INVALID, TEXT("tally"), "tally",
                            say(q->call, "one cannot count by %.*s"), TEXT_ARG(one));
            continue;
        }
        if (take_each(q, f) != OK)
            worst = ERR_INVALID;
        out->of[out->count] = grain;
        out->by[out->count++] = f;
    }
    return worst;
}

static void add_now(struct query *q, const struct field *f)
{
    bool then = q->then;
    q->then = false;
    sql__field(q, f);
    q->then = then;
}

static void add_part(struct query *q, const struct field *f, enum grain_of of)
{
    buf_add_c(&q->sql, "substr(");
    sql__field(q, f);
    buf_add_c(&q->sql, of == GRAIN_MONTH ? ", 1, 7)" : ", 1, 4)");
}

static void add_grain(struct query *q, const struct grain *g, size_t i)
{
    if (g->of[i] == GRAIN_AGE || g->of[i] == GRAIN_LEFT)
        sql__cut(q, g->by[i], g->of[i] == GRAIN_AGE ? CUT_AGE : CUT_LEFT);
    else if (g->of[i] == GRAIN_NOW)
        add_now(q, g->by[i]);
    else if (g->of[i] == GRAIN_MONTH || g->of[i] == GRAIN_YEAR)
        add_part(q, g->by[i], g->of[i]);
    else if (g->by[i] == q->each)
        sql__each(q);
    else
        sql__field(q, g->by[i]);
    buf_print(&q->sql, " AS g%zu", i);
}

static void add_columns(struct query *q, const struct grain *g)
{
    for (size_t i = 0; i < g->count; i++) {
        buf_add_c(&q->sql, i ? ", " : "");
        add_grain(q, g, i);
    }
}

/* As of a moment: what has changed since by its version of then, all else as it stands. */
static enum err add_rows(struct query *q, struct reader *db, const struct list_query *list,
                         const struct grain *g)
{
    buf_add_c(&q->sql, "SELECT ");
    if (!list->as_of) {
        add_columns(q, g);
        sql__from(q);
        return sql__conditions(q, db, list);
    }
    q->then = false;
    add_columns(q, g);
    TRY(sql__half(q, db, list, false));
    buf_add_c(&q->sql, " UNION ALL SELECT ");
    q->then = true;
    add_columns(q, g);
    return sql__half(q, db, list, true);
}

static enum err add_groups(struct query *q, struct reader *db, const struct list_query *list,
                           const struct grain *g)
{
    buf_add_c(&q->sql, "SELECT count(*)");
    for (size_t i = 0; i < g->count; i++)
        buf_print(&q->sql, ", u.g%zu", i);
    buf_add_c(&q->sql, " FROM (");
    TRY(add_rows(q, db, list, g));
    buf_add_c(&q->sql, ") u GROUP BY ");
    for (size_t i = 0; i < g->count; i++)
        buf_print(&q->sql, i ? ", u.g%zu" : "u.g%zu", i);
    buf_add_c(&q->sql, " ORDER BY 1 DESC");
    for (size_t i = 0; i < g->count; i++)
        buf_print(&q->sql, ", u.g%zu NULLS LAST", i);
    buf_print(&q->sql, " LIMIT %d", TALLY_GROUPS_MOST + 1);
    return OK;
}

static void take_group(const struct grain *g, const struct value *row, struct list_tally *out)
{
    struct tally_group *one = &out->groups[out->count++];
    one->count = row[0].integer;
    for (size_t i = 0; i < g->count; i++)
        one->at[i] = row[1 + i];
}

enum err record_tally(struct call *call, struct records *r, struct reader *db,
                      const struct kind *k, const struct list_query *list, struct text names,
                      struct list_tally *out)
{
    struct query q = sql__list(call, r, k, list);
    struct grain g;
    struct rows rows;
    const char *sql;
    *out = (struct list_tally){0};
    TRY(read_grain(&q, names, &g));
    TRY(add_groups(&q, db, list, &g));
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(call, db, sql, q.values.at, q.values.count, TALLY_GROUPS_MOST + 1, &rows));
    out->more = rows.count > TALLY_GROUPS_MOST;
    out->groups = NEW_MANY(call->arena, rows.count + 1, struct tally_group);
    for (size_t i = 0; i < g.count; i++)
        out->by[out->by_count++] = g.by[i];
    for (size_t i = 0; i < rows.count - out->more; i++) {
        take_group(&g, row_at(&rows, i), out);
        out->total += out->groups[i].count;
    }
    return out->more || q.each ? list__total(call, r, db, k, list, &out->total) : OK;
}
