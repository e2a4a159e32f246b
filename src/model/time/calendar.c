/* SPDX-License-Identifier: Apache-2.0 */
/* model/time/calendar.c — which days are worked: the days of the week, and by year the days off and the
 * days worked though the week says otherwise. What a year holds is data with its source; a year that the
 * file does not have counts by the week alone, and whoever asks is told so. */
#include "model/internal.h"

#include <stdlib.h>

#define CALENDARS_MOST 200
#define YEARS_MOST 200
#define DAYS_MOST 366

static const char *const week[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static int by_day(const void *left, const void *right)
{
    const struct calendar_day *a = left, *b = right;
    return (a->day > b->day) - (a->day < b->day);
}

static int by_year(const void *left, const void *right)
{
    const struct calendar_year *a = left, *b = right;
    return (a->year > b->year) - (a->year < b->year);
}

/* ---- asking ------------------------------------------------------------------------------ */
static const struct calendar_year *year_of(const struct calendar *c, int64_t day)
{
    for (size_t i = 0; i < c->year_count; i++)
        if (day >= c->years[i].first && day <= c->years[i].last)
            return &c->years[i];
    return NULL;
}

bool calendar_works(const struct calendar *c, int64_t day)
{
    int64_t of_week = ((day + 3) % 7 + 7) % 7; /* Monday is 0: Thursday was the first day there is */
    const struct calendar_year *y = c == NULL ? NULL : year_of(c, day);
    const struct calendar_day key = {.day = day};
    const struct calendar_day *found =
        y == NULL || y->count == 0 ? NULL : bsearch(&key, y->days, y->count, sizeof key, by_day);
    if (found != NULL)
        return found->worked;
    return c == NULL ? of_week < 5 : c->working[of_week];
}

int64_t calendar_unknown(const struct calendar *c, int64_t from, int64_t to)
{
    if (c == NULL || c->year_count == 0)
        return 0;
    for (int64_t day = from < to ? from : to, end = from < to ? to : from; day <= end;) {
        const struct calendar_year *y = year_of(c, day);
        if (y == NULL)
            return date_year(day);
        day = y->last + 1;
    }
    return 0;
}

const struct calendar *model_calendar(const struct model *m, struct text name)
{
    for (size_t i = 0; i < m->calendar_count; i++)
        if (text_same(m->calendars[i].name, name))
            return &m->calendars[i];
    return NULL;
}

static bool same_year(const struct calendar_year *a, const struct calendar_year *b)
{
    bool same = a->year == b->year && a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = a->days[i].day == b->days[i].day && a->days[i].worked == b->days[i].worked;
    return same;
}

bool calendar_same(const struct calendar *a, const struct calendar *b)
{
    if (a == NULL || b == NULL)
        return a == b;
    bool same = a->year_count == b->year_count && text_same(a->zone_name, b->zone_name);
    for (size_t i = 0; i < 7; i++)
        same = same && a->working[i] == b->working[i];
    for (size_t i = 0; same && i < a->year_count; i++)
        same = same_year(&a->years[i], &b->years[i]);
    return same;
}

/* ---- reading ----------------------------------------------------------------------------- */
static void read_week(struct loader *l, const struct json *root, struct calendar *c)
{
    struct text *names;
    size_t count;
    if (!model__texts(l, root, "working", true, &names, &count))
        return;
    for (const struct json *v = json_get(root, "working")->first; v != NULL; v = v->next) {
        size_t i = 0;
        while (i < 7 && !text_is(v->text, week[i]))
            i++;
        if (i == 7)
            model__mistake(l, v, "value", "a day of the week is mon tue wed thu fri sat sun");
        else
            c->working[i] = true;
    }
}

static void add_day(struct loader *l, const struct json *v, struct text date, bool worked,
                    struct calendar_year *y)
{
    int64_t day;
    if (!date_read(date, &day) || day < y->first || day > y->last) {
        model__mistake(l, v, "value", "\"%.*s\" is no day of %lld, such as %lld-05-01",
                       TEXT_ARG(date), (long long)y->year, (long long)y->year);
        return;
    }
    for (size_t i = 0; i < y->count; i++)
        if (y->days[i].day == day) {
            model__mistake(l, v, "twice", "%.*s is named twice", TEXT_ARG(date));
            return;
        }
    struct calendar_day *one = &y->days[y->count++];
    *one = (struct calendar_day){.day = day, .worked = worked};
    if (!worked && model__is_text(l, v))
        one->title = model__translate(l, v->text);
}

static bool read_number(const struct json *v, struct calendar_year *y, struct arena *a)
{
    struct text first = text_print(a, "%.*s-01-01", TEXT_ARG(v->key));
    struct text last = text_print(a, "%.*s-12-31", TEXT_ARG(v->key));
    return v->key.len == 4 && text_integer(v->key, &y->year) && y->year >= 1900 &&
           date_read(first, &y->first) && date_read(last, &y->last);
}

static void read_year(struct loader *l, const struct json *v, struct calendar_year *y)
{
    if (!read_number(v, y, l->scrap)) {
        model__mistake(l, v, "value", "\"%.*s\" is no year", TEXT_ARG(v->key));
        return;
    }
    if (!model__keys(l, v, "source days works"))
        return;
    y->source = model__text(l, v, "source", true);
    const struct json *days = model__object(l, v, "days", true);
    const struct json *works = model__list(l, v, "works", false);
    size_t room = (days == NULL ? 0 : days->count) + (works == NULL ? 0 : works->count);
    if (room > DAYS_MOST) {
        model__mistake(l, v, "range", "a year has at most %d days", DAYS_MOST);
        return;
    }
    y->days = NEW_MANY(l->arena, room, struct calendar_day);
    for (const struct json *d = days == NULL ? NULL : days->first; d != NULL; d = d->next)
        add_day(l, d, d->key, false, y);
    for (const struct json *d = works == NULL ? NULL : works->first; d != NULL; d = d->next)
        add_day(l, d, json_text(d), true, y);
    if (y->count > 0)
        qsort(y->days, y->count, sizeof *y->days, by_day);
}

static void read_years(struct loader *l, const struct json *root, struct calendar *c)
{
    const struct json *years = model__object(l, root, "holidays", false);
    if (years == NULL)
        return;
    if (years->count == 0 || years->count > YEARS_MOST) {
        model__mistake(l, years, "range", "holidays are told for 1 to %d years", YEARS_MOST);
        return;
    }
    c->years = NEW_MANY(l->arena, years->count, struct calendar_year);
    for (const struct json *v = years->first; v != NULL; v = v->next) {
        struct calendar_year *y = &c->years[c->year_count++];
        read_year(l, v, y);
        for (const struct calendar_year *o = c->years; o < y; o++)
            if (o->year == y->year && y->year != 0)
                model__mistake(l, v, "twice", "%lld is told twice", (long long)y->year);
    }
    qsort(c->years, c->year_count, sizeof *c->years, by_year);
}

static void read_zone(struct loader *l, const struct json *root, struct calendar *c)
{
    struct zone *zone = NULL;
    c->zone_name = model__text(l, root, "zone", false);
    if (c->zone_name.len == 0)
        return;
    struct call *quiet = call_open(l->scrap, l->call->now, LANG_EN);
    if (zone_open(quiet, l->arena, c->zone_name, &zone) != OK)
        model__mistake(l, json_get(root, "zone"), "zone",
                       "this machine knows no time zone \"%.*s\": write it as Europe/Berlin or UTC",
                       TEXT_ARG(c->zone_name));
    c->zone = zone;
}

static void read_calendar(struct loader *l, const struct source *s, struct calendar *c)
{
    l->file = s;
    if (!model__keys(l, s->root, "calendar title about zone working holidays"))
        return;
    const struct json *v = json_get(s->root, "calendar");
    struct text name = model__text(l, s->root, "calendar", true);
    c->source = model__at(l, v);
    c->title = model__words(l, s->root, "title", true);
    c->about = model__words(l, s->root, "about", true);
    read_week(l, s->root, c);
    read_zone(l, s->root, c);
    read_years(l, s->root, c);
    if (name.len == 0)
        return;
    const struct calendar *known = model_calendar(l->model, name);
    if (!model__name_ok(name))
        model__mistake(l, v, "name", "\"%.*s\" is not a name: a-z, 0-9 and _", TEXT_ARG(name));
    else if (!model__called(s, name))
        model__mistake(l, v, "name", "the file of a calendar is called NAME.json");
    else if (known != NULL)
        model__mistake(l, v, "clash", "\"%.*s\" is already a calendar: %.*s", TEXT_ARG(name),
                       TEXT_ARG(known->source));
    c->name = name;
}

void model__calendars(struct loader *l, size_t count)
{
    struct model *m = l->model;
    m->calendars = NEW_MANY(l->arena, count, struct calendar);
    for (size_t i = 0; i < l->source_count; i++) {
        if (l->sources[i].type != FILE_CALENDAR || !l->sources[i].in_force)
            continue;
        if (m->calendar_count == CALENDARS_MOST) {
            l->file = &l->sources[i];
            model__mistake(l, l->file->root, "range", "there are at most %d calendars",
                           CALENDARS_MOST);
            return;
        }
        struct calendar *c = &m->calendars[m->calendar_count];
        read_calendar(l, &l->sources[i], c);
        m->calendar_count++;
    }
}
