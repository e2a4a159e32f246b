/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/window.c — calendar windows of a zone: each moment lies in exactly one. */
#include "monitor/internal.h"

#define HOUR INT64_C(3600000000)

static struct window days(const struct zone *z, int64_t first, int64_t next)
{
    return (struct window){zone_day_start(z, first), zone_day_start(z, next)};
}

/* The hours of a day are counted from its start: where summer time begins or ends there are 23
 * or 25, and where a zone shifts by less than an hour the last is shorter. */
static struct window hour(const struct zone *z, int64_t at)
{
    int64_t day = zone_day(z, at), start = zone_day_start(z, day),
            end = zone_day_start(z, day + 1);
    int64_t from = start + (at - start) / HOUR * HOUR;
    return (struct window){from, from + HOUR < end ? from + HOUR : end};
}

/* 1970-01-01 was a Thursday. */
static int64_t monday(int64_t day)
{
    int64_t past = (day + 3) % 7;
    return day - (past < 0 ? past + 7 : past);
}

static struct window month(const struct zone *z, int64_t day)
{
    struct arena *a = arena_open();
    struct text date = date_of_days(a, day);
    int64_t first = day, next = day, number = 1;
    if (date.len == 10 && text_integer(text_from(date, 8), &number))
        first = day - (number - 1);
    for (next = first + 28; next < first + 31; next++) { /* the first that is a first again */
        date = date_of_days(a, next);
        if (text_is(text_from(date, 8), "01"))
            break;
    }
    arena_close(a);
    return days(z, first, next);
}

struct window limit_window(const struct zone *z, enum limit_window unit, int64_t at)
{
    int64_t day = zone_day(z, at);
    switch (unit) {
    case LIMIT_HOUR:
        return hour(z, at);
    case LIMIT_WEEK:
        return days(z, monday(day), monday(day) + 7);
    case LIMIT_MONTH:
        return month(z, day);
    case LIMIT_DAY:
        break;
    }
    return days(z, day, day + 1);
}
