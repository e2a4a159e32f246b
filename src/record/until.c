/* SPDX-License-Identifier: Apache-2.0 */
/* record/until.c — how long what a move decides is good for. The records in force say how many
 * months (the criteria, by what the record is); an earlier day may be given, a later one is
 * refused, and none becomes the last: so nothing is good for ever. */
#include "record/internal.h"

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

static const struct until_case *case_of(const struct until *u, const struct record *rec)
{
    for (size_t i = 0; i < u->case_count; i++)
        if (!u->cases[i].when ||
            condition_holds(u->cases[i].when, of_record, (void *)(uintptr_t)rec))
            return &u->cases[i];
    return NULL;
}

static enum err months_of(struct call *call, struct records *r, struct db db,
                          const struct until *u, const struct until_case *c, int64_t *months)
{
    struct record **items;
    size_t count;
    *months = c->most;
    TRY(table__many(call, r, db, u->kind, "t.state <> 'archived'", NULL, 0, READ_MOST, &items,
                    &count));
    for (size_t i = 0; i < count; i++) {
        const struct json *v = items[i]->values[c->months->index];
        bool says = u->in >> items[i]->state & 1 && v && v->type == JSON_INTEGER;
        if (says && v->integer > 0 && v->integer < *months)
            *months = v->integer;
    }
    return OK;
}

static int days_in(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* The same day of a later month, or its last. `day` is a date. */
struct text until__months_after(struct arena *a, struct text day, int64_t months)
{
    int64_t year = 0, month = 0, of = 0;
    text_integer(text_cut(&day, '-'), &year);
    text_integer(text_cut(&day, '-'), &month);
    text_integer(day, &of);
    month += months - 1;
    year += month / 12;
    month = month % 12 + 1;
    if (of > days_in(year, month))
        of = days_in(year, month);
    return text_print(a, "%04lld-%02lld-%02lld", (long long)year, (long long)month, (long long)of);
}

enum err until__last(struct call *call, struct records *r, struct db db,
                     const struct record *rec, const struct move *m, struct text *last)
{
    const struct until_case *c = m->until ? case_of(m->until, rec) : NULL;
    int64_t months;
    *last = (struct text){0};
    if (!c)
        return OK;
    TRY(months_of(call, r, db, m->until, c, &months));
    *last = until__months_after(call->arena, zone_today(call->arena, call->zone, call->now), months);
    return OK;
}

/* Fills in the day where none is given. */
enum err until__fill(struct call *call, struct records *r, struct db db, struct record *rec,
                     const struct move *m)
{
    struct text last;
    if (!m->until || !value__empty(rec->values[m->until->field->index]))
        return OK;
    TRY(until__last(call, r, db, rec, m, &last));
    if (last.len)
        rec->values[m->until->field->index] = json_of_text(call->arena, last);
    return OK;
}

enum err until__check(struct call *call, struct records *r, struct db db,
                      const struct record *rec, const struct move *m)
{
    const struct json *v = m->until ? rec->values[m->until->field->index] : NULL;
    struct text last;
    if (!v)
        return OK;
    TRY(until__last(call, r, db, rec, m, &last));
    struct text today = zone_today(call->arena, call->zone, call->now);
    if (!last.len || (text_compare(v->text, last) <= 0 && text_compare(v->text, today) >= 0))
        return OK;
    return problem_at(
        call, ERR_INVALID, m->until->field->name, "until", m->source,
        text_print(
            call->arena,
            say(call, "must be from today to %.*s at the latest; left empty, it is that day"),
            TEXT_ARG(last)));
}
