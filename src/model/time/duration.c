/* SPDX-License-Identifier: Apache-2.0 */
/* model/time/duration.c — how long: a duration of ISO 8601, and a day or moment it leads to.
 * P1Y6M10DT12H as everybody writes them, and -P14D for before. P10W is ten working days: the weeks of
 * the standard are seven days and can be said so. Months are added before days; a month without
 * that day ends on its last. */
#include "model/internal.h"

#include <stddef.h>
#include <string.h>

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define NUMBER_MOST 40000 /* a century in days: more is a mistake, not a time limit */

static bool take_number(struct text *t, int64_t *out)
{
    int64_t n = 0;
    size_t digits = 0;
    for (; digits < t->len && t->at[digits] >= '0' && t->at[digits] <= '9'; digits++) {
        n = n * 10 + (t->at[digits] - '0');
        if (n > NUMBER_MOST)
            return false;
    }
    *t = text_from(*t, digits);
    *out = n;
    return digits > 0;
}

/* Where one letter's number goes; the letters in the order in which they may come. */
static int64_t *place(struct duration *d, char letter, bool clock, int64_t *each)
{
    static const struct {
        char letter;
        bool clock;
        int64_t each;
        size_t of;
    } places[] = {{'Y', false, 12, offsetof(struct duration, months)},
                  {'M', false, 1, offsetof(struct duration, months)},
                  {'W', false, 1, offsetof(struct duration, working_days)},
                  {'D', false, 1, offsetof(struct duration, days)},
                  {'H', true, 3600, offsetof(struct duration, seconds)},
                  {'M', true, 60, offsetof(struct duration, seconds)},
                  {'S', true, 1, offsetof(struct duration, seconds)}};
    for (size_t i = 0; i < COUNT(places); i++)
        if (places[i].letter == letter && places[i].clock == clock) {
            *each = places[i].each;
            return (int64_t *)((char *)d + places[i].of);
        }
    return NULL;
}

static bool take_part(struct text *t, struct duration *d, bool clock, const char **order)
{
    int64_t n, each;
    if (!take_number(t, &n) || !t->len)
        return false;
    const char *at = strchr(*order, t->at[0]);
    int64_t *to = at && t->at[0] ? place(d, t->at[0], clock, &each) : NULL;
    if (!to)
        return false;
    *order = at + 1;
    *to += n * each;
    *t = text_from(*t, 1);
    return true;
}

bool duration_read(struct text t, struct duration *out)
{
    const char *order = "YMWD";
    bool clock = false, any = false;
    *out = (struct duration){.before = text_starts(t, "-"), .said = t};
    if (out->before)
        t = text_from(t, 1);
    if (!text_starts(t, "P"))
        return false;
    t = text_from(t, 1);
    while (t.len) {
        if (!clock && t.at[0] == 'T') {
            clock = true;
            any = false;
            order = "HMS";
            t = text_from(t, 1);
        } else if (take_part(&t, out, clock, &order))
            any = true;
        else
            return false;
    }
    return any;
}

static int64_t add_working(int64_t day, int64_t count, int step, const struct calendar *calendar)
{
    while (count > 0) {
        day += step;
        count -= calendar_works(calendar, day);
    }
    return day;
}

int64_t duration_after(int64_t moment, const struct duration *d, const struct zone *zone,
                       const struct calendar *calendar)
{
    int step = d->before ? -1 : 1;
    if (d->months || d->days || d->working_days) {
        int64_t local = moment + zone_offset(zone, moment) * SECOND;
        int64_t day = local / DAY - (local % DAY < 0), rest = local - day * DAY;
        day = date_add_months(day, step * d->months) + step * d->days;
        if (d->working_days)
            day = add_working(day, d->working_days, step, calendar);
        local = day * DAY + rest;
        moment = local - zone_offset(zone, local) * SECOND;
        moment = local - zone_offset(zone, moment) * SECOND; /* what holds there, not what held here */
    }
    return moment + step * d->seconds * SECOND;
}
