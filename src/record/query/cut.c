/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/cut.c — time in steps: how long a record has been in its state, how long it is
 * until a date or a moment. A list is filtered by the very expression that a tally counts by,
 * so that every number leads to its rows. */
#include "record/query/statement.h"

#define STEPS_MOST 5
#define DAY INT64_C(86400000000) /* microseconds */

static const struct steps {
    const char *name;
    int64_t days[STEPS_MOST]; /* until the last day of each step; the last has none */
    const char *words[STEPS_MOST];
    size_t count;
} steps[] = {
    [CUT_AGE] = {"age", {7, 30, 90}, {"7", "30", "90", "more"}, 4},
    [CUT_LEFT] = {"left", {-1, 1, 7, 30}, {"over", "1", "7", "30", "more"}, 5},
};

enum cut sql__cut_of(const struct field *f, struct text how)
{
    if (text_is(how, steps[CUT_AGE].name) && text_is(f->name, "state"))
        return CUT_AGE;
    if (text_is(how, steps[CUT_LEFT].name) && field_is_time(f) && field__is_column(f))
        return CUT_LEFT;
    return CUT_NONE;
}

/* By the organisation's day: since the first moment of so many days ago. */
static void add_age(struct query *q)
{
    const struct steps *s = &steps[CUT_AGE];
    const struct call *call = q->call;
    int64_t today = zone_day(call->zone, call->now);
    buf_add_c(&q->sql, "(SELECT CASE");
    for (size_t i = 0; i + 1 < s->count; i++) {
        buf_add_c(&q->sql, " WHEN y.since >= ");
        sql__bind(q, V_TEXT(moment_print(call->arena,
                                         zone_day_start(call->zone, today - s->days[i]))));
        buf_print(&q->sql, " THEN '%s'", s->words[i]);
    }
    buf_print(&q->sql,
              " ELSE '%s' END FROM stay y WHERE y.kind = '%.*s' AND y.id = t.id AND y.until IS "
              "NULL ORDER BY y.version DESC LIMIT 1)",
              s->words[s->count - 1], TEXT_ARG(q->kind->name));
}

/* A date is over when its day is; a moment when it has come. */
static struct text until(struct query *q, const struct field *f, int64_t days)
{
    const struct call *call = q->call;
    if (f->type->written == WRITTEN_DAY)
        return date_print(call->arena, (zone_day(call->zone, call->now) + days) * DAY);
    return moment_print(call->arena, call->now + (days < 0 ? 0 : days) * DAY);
}

static void add_left(struct query *q, const struct field *f)
{
    const struct steps *s = &steps[CUT_LEFT];
    buf_add_c(&q->sql, "(CASE WHEN ");
    sql__field(q, f);
    buf_add_c(&q->sql, " IS NULL THEN NULL");
    for (size_t i = 0; i + 1 < s->count; i++) {
        buf_add_c(&q->sql, " WHEN ");
        sql__field(q, f);
        buf_add_c(&q->sql, " <= ");
        sql__bind(q, V_TEXT(until(q, f, s->days[i])));
        buf_print(&q->sql, " THEN '%s'", s->words[i]);
    }
    buf_print(&q->sql, " ELSE '%s' END)", s->words[s->count - 1]);
}

void sql__cut(struct query *q, const struct field *f, enum cut cut)
{
    if (cut == CUT_AGE)
        add_age(q);
    else
        add_left(q, f);
    buf_add_c(&q->sql, q->postgres ? " COLLATE \"C\"" : "");
}

static bool is_step(enum cut cut, struct text one)
{
    for (size_t i = 0; i < steps[cut].count; i++)
        if (text_is(one, steps[cut].words[i]))
            return true;
    return false;
}

enum err sql__cut_filter(struct query *q, const struct field *f, enum cut cut,
                         const struct filter *filter)
{
    struct text rest = filter->value, values[STEPS_MOST];
    size_t count = 0;
    if (q->plain)
        return problem(q->call, ERR_INVALID, filter->name, "as_of", "%s",
                       say(q->call, "is counted from today: leave it out, or as_of"));
    do {
        struct text one = text_cut(&rest, ',');
        if (!is_step(cut, one) || count == STEPS_MOST)
            return problem(q->call, ERR_INVALID, filter->name, "filter", "%s",
                           cut == CUT_AGE
                               ? say(q->call, "is 7, 30, 90 or more, or some of them")
                               : say(q->call, "is over, 1, 7, 30 or more, or some of them"));
        values[count++] = one;
    } while (rest.len);
    buf_add_c(&q->sql, " AND ");
    sql__cut(q, f, cut);
    sql__in(q, values, count);
    return OK;
}
