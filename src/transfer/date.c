/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/date.c — dates as people and spreadsheets write them. 05/03/2024 is two days, and
 * which of them a file means is not in the cell: it is said by the map, or found in the column
 * as a whole (25/12/2024 stands in it), or in the file's other columns. Where nothing tells,
 * it is read month first and said so; it is never guessed in silence. */
#include "transfer/internal.h"

/* ---- a text that is eaten from the front ------------------------------------------------ */
static bool eat(struct text *t, const char *word)
{
    struct text w = text_of(word);
    if (!text_starts(*t, word))
        return false;
    *t = text_from(*t, w.len);
    return true;
}

static bool eat_number(struct text *t, size_t least, size_t most, int *out)
{
    size_t n = 0;
    *out = 0;
    while (n < most && n < t->len && t->at[n] >= '0' && t->at[n] <= '9')
        *out = *out * 10 + (t->at[n++] - '0');
    *t = text_from(*t, n);
    return n >= least;
}

struct parts { /* as they stand: year first, or two numbers and the year */
    int first, second, year;
    bool year_first;
    struct text rest;
};

static bool eat_year_first(struct text t, struct parts *p)
{
    static const char *between[][3] = {
        {"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}};
    p->year_first = true;
    for (size_t i = 0; i < COUNT(between); i++) {
        p->rest = t;
        if (eat_number(&p->rest, 4, 4, &p->year) && eat(&p->rest, between[i][0]) &&
            eat_number(&p->rest, 1, 2, &p->first) && eat(&p->rest, between[i][1]) &&
            eat_number(&p->rest, 1, 2, &p->second) && eat(&p->rest, between[i][2]))
            return true;
    }
    p->rest = t;
    return eat_number(&p->rest, 4, 4, &p->year) && eat_number(&p->rest, 2, 2, &p->first) &&
           eat_number(&p->rest, 2, 2, &p->second) && !p->rest.len;
}

static bool eat_year_last(struct text t, struct parts *p)
{
    static const char *between[] = {"/", "-", "."};
    p->year_first = false;
    for (size_t i = 0; i < COUNT(between); i++) {
        p->rest = t;
        if (eat_number(&p->rest, 1, 2, &p->first) && eat(&p->rest, between[i]) &&
            eat_number(&p->rest, 1, 2, &p->second) && eat(&p->rest, between[i]) &&
            eat_number(&p->rest, 4, 4, &p->year))
            return true;
    }
    return false;
}

/* ---- the time of day -------------------------------------------------------------------- */
static bool eat_half(struct text *t, int *hour)
{
    bool am = eat(t, " AM") || eat(t, " am"), pm = !am && (eat(t, " PM") || eat(t, " pm"));
    if ((am || pm) && (*hour < 1 || *hour > 12))
        return false;
    if (am || pm)
        *hour = *hour % 12 + (pm ? 12 : 0);
    return true;
}

static bool eat_fraction(struct text *t)
{
    int digits;
    return !eat(t, ".") || eat_number(t, 1, 9, &digits);
}

/* Nothing, " 0:00", " 00:00:00", " 12:00:00 AM", "T14:30:00.000Z". Seconds of the day. */
static bool eat_time(struct text t, int *seconds)
{
    int hour = 0, minute = 0, second = 0;
    *seconds = 0;
    if (!t.len)
        return true;
    if ((!eat(&t, " ") && !eat(&t, "T")) || !eat_number(&t, 1, 2, &hour) || !eat(&t, ":") ||
        !eat_number(&t, 2, 2, &minute))
        return false;
    if (eat(&t, ":") && (!eat_number(&t, 2, 2, &second) || !eat_fraction(&t)))
        return false;
    if (!eat_half(&t, &hour) || hour > 23 || minute > 59 || second > 60)
        return false;
    *seconds = hour * 3600 + minute * 60 + second;
    eat(&t, "Z");
    return !t.len;
}

/* ---- all of it -------------------------------------------------------------------------- */
enum date_order transfer__date_order(struct text t)
{
    struct parts p;
    int seconds;
    t = text_trim(t);
    if (eat_year_first(t, &p) || !eat_year_last(t, &p) || !eat_time(p.rest, &seconds))
        return DATES_UNSAID;
    if (p.first > 12 && p.first <= 31 && p.second <= 12)
        return DATES_DAY_FIRST;
    return p.second > 12 && p.second <= 31 && p.first <= 12 ? DATES_MONTH_FIRST : DATES_UNSAID;
}

/* Which of the two numbers is the month; false when the column speaks against it, or the cell
 * could be either and the column is known to hold both. */
static bool sort_out(const struct parts *p, enum date_order order, struct date_found *out,
                     int *month, int *day)
{
    bool either = !p->year_first && p->first <= 12 && p->second <= 12 && p->first != p->second;
    bool day_first = !p->year_first && (order == DATES_DAY_FIRST ||
                                        (order != DATES_MONTH_FIRST && p->first > 12));
    *month = day_first ? p->second : p->first;
    *day = day_first ? p->first : p->second;
    out->guessed = either && order == DATES_UNSAID;
    return !(either && order == DATES_MIXED);
}

bool transfer__date(struct arena *a, struct text t, enum date_order order, struct date_found *out)
{
    struct parts p;
    int month, day, seconds;
    int64_t days;
    *out = (struct date_found){0};
    t = text_trim(t);
    if (!eat_year_first(t, &p) && !eat_year_last(t, &p))
        return false;
    if (!eat_time(p.rest, &seconds) || !sort_out(&p, order, out, &month, &day))
        return false;
    out->date = text_print(a, "%04d-%02d-%02d", p.year, month, day);
    out->seconds = seconds;
    return date_read(out->date, &days);
}

/* ---- what the columns say --------------------------------------------------------------- */
static enum date_order both(enum date_order a, enum date_order b)
{
    if (a == DATES_UNSAID || a == b)
        return b;
    return b == DATES_UNSAID ? a : DATES_MIXED;
}

static bool is_date(const struct destination *d)
{
    return d->field && !d->values &&
           field_is_time(d->field);
}

static bool wants_orders(const struct plan *p)
{
    for (size_t i = 0; i < p->to_count; i++)
        if (is_date(&p->to[i]) && p->to[i].dates == DATES_UNSAID)
            return true;
    return false;
}

/* found[i]: of the column of the plan's i-th use. */
static void find_orders(struct transfer *im, enum date_order *found)
{
    const struct plan *p = &im->plan;
    struct pass pass = transfer__pass(im, false);
    struct arena *page = arena_open();
    for (struct table_row row; transfer__next(im, &pass, page, &row); arena_reset(page))
        for (size_t i = 0; i < p->to_count; i++)
            if (is_date(&p->to[i]) && found[i] != DATES_MIXED)
                found[i] = both(found[i], transfer__date_order(row.cells[p->to[i].column]));
    arena_close(page);
}

void transfer__plan_dates(struct transfer *im)
{
    struct plan *p = &im->plan;
    enum date_order file = DATES_UNSAID;
    if (!wants_orders(p))
        return;
    enum date_order *found = NEW_MANY(im->arena, p->to_count + 1, enum date_order);
    find_orders(im, found);
    for (size_t i = 0; i < p->to_count; i++)
        if (is_date(&p->to[i]) && p->to[i].dates == DATES_UNSAID) {
            p->to[i].dates = found[i];
            file = both(file, found[i]);
        }
    for (size_t i = 0; i < p->to_count && file != DATES_MIXED; i++)
        if (is_date(&p->to[i]) && p->to[i].dates == DATES_UNSAID)
            p->to[i].dates = file;
}
