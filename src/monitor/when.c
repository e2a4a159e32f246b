/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/when.c — moments as files have them. A format says in which order the numbers stand,
 * so that 05/03/2024 is one day and never two: nothing is guessed here. */
#include "monitor/profile.h"

#define DAY INT64_C(86400)

struct parts {
    int64_t year, month, day, hour, minute, second, micro, half; /* half: 0 no, 1 AM, 2 PM */
    bool timed;
};

static const struct date_token {
    const char *word;
    size_t least, most; /* digits */
} tokens[] = {{"YYYY", 4, 4}, {"MM", 1, 2}, {"DD", 1, 2}, {"hh", 1, 2},
              {"mm", 1, 2},   {"ss", 1, 2}, {"f", 1, 9},  {"AP", 0, 0}};
enum { YEAR, MONTH, DAY_OF, HOUR, MINUTE, SECOND, FRACTION, HALF };

static size_t token_at(struct text format)
{
    size_t i = 0;
    while (i < COUNT(tokens) && !text_starts(format, tokens[i].word))
        i++;
    return i;
}

static bool is_counted(struct text format)
{
    return text_is(format, "unix") || text_is(format, "unix_ms");
}

bool when__good(struct text format)
{
    unsigned found = 0, needed = 1u << YEAR | 1u << MONTH | 1u << DAY_OF;
    if (!format.len || is_counted(format))
        return true;
    if (format.len > 60)
        return false;
    while (format.len) {
        size_t i = token_at(format);
        if (i < COUNT(tokens) && found & (1u << i))
            return false;
        if (i < COUNT(tokens))
            found |= 1u << i;
        format = text_from(format, i < COUNT(tokens) ? text_of(tokens[i].word).len : 1);
    }
    bool halves = !(found & 1u << HALF) || found & 1u << HOUR;
    bool minutes = !(found & 1u << MINUTE) || found & 1u << HOUR;
    bool seconds = !(found & 1u << SECOND) || found & 1u << MINUTE;
    bool parts = !(found & 1u << FRACTION) || found & 1u << SECOND;
    return (found & needed) == needed && halves && minutes && seconds && parts;
}

/* ---- numbers in their order
 * ------------------------------------------------------------------- */
static bool eat_digits(struct text *t, size_t least, size_t most, int64_t *out, size_t *count)
{
    size_t n = 0;
    *out = 0;
    while (n < most && n < t->len && t->at[n] >= '0' && t->at[n] <= '9')
        *out = *out * 10 + (t->at[n++] - '0');
    *t = text_from(*t, n);
    *count = n;
    return n >= least;
}

static bool eat_half(struct text *t, int64_t *half)
{
    static const char *const words[] = {"AM", "am", "PM", "pm"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (text_starts(*t, words[i])) {
            *t = text_from(*t, 2);
            *half = 1 + (int64_t)(i / 2);
            return true;
        }
    return false;
}

static bool eat_token(struct text *t, size_t token, struct parts *p)
{
    int64_t *into[] = {&p->year,   &p->month,  &p->day,  &p->hour,
                       &p->minute, &p->second, &p->micro};
    size_t digits;
    p->timed = p->timed || token >= HOUR;
    if (token == HALF)
        return eat_half(t, &p->half);
    if (!eat_digits(t, tokens[token].least, tokens[token].most, into[token], &digits))
        return false;
    for (; token == FRACTION && digits < 6; digits++)
        p->micro *= 10;
    for (; token == FRACTION && digits > 6; digits--)
        p->micro /= 10;
    return true;
}

static bool eat_format(struct text *cell, struct text format, struct parts *p)
{
    while (format.len) {
        size_t i = token_at(format);
        if (i < COUNT(tokens)) {
            if (!eat_token(cell, i, p))
                return false;
            format = text_from(format, text_of(tokens[i].word).len);
            continue;
        }
        if (!cell->len || cell->at[0] != format.at[0])
            return false;
        *cell = text_from(*cell, 1);
        format = text_from(format, 1);
    }
    return true;
}

/* ---- to a moment
 * ------------------------------------------------------------------------------ */
static bool to_twenty_four(struct parts *p)
{
    if (!p->half)
        return p->hour <= 23;
    if (p->hour < 1 || p->hour > 12)
        return false;
    p->hour = p->hour % 12 + (p->half == 2 ? 12 : 0);
    return true;
}

/* By the clocks of the zone: of an hour that is there twice the first, of one that is left out
 * what the clock would have shown. */
static int64_t of_zone(const struct zone *z, int64_t seconds)
{
    int64_t early = seconds - zone_offset(z, (seconds - DAY) * 1000000);
    int64_t late = seconds - zone_offset(z, (seconds + DAY) * 1000000);
    int64_t first = early < late ? early : late, second = early < late ? late : early;
    return first + zone_offset(z, first * 1000000) == seconds ? first : second;
}

static bool to_moment(const struct when *w, struct parts *p, int64_t *moment)
{
    char date[16];
    int64_t days;
    if (!to_twenty_four(p) || p->minute > 59 || p->second > 59 || p->year > 9999 ||
        p->month > 12 || p->day > 31)
        return false;
    struct text t = {date, 10};
    int64_t numbers[] = {p->year / 1000, p->year / 100, p->year / 10, p->year,     -1,
                         p->month / 10,  p->month,      -1,           p->day / 10, p->day};
    for (size_t i = 0; i < 10; i++)
        date[i] = "0123456789-"[numbers[i] < 0 ? 10 : numbers[i] % 10];
    if (!date_read(t, &days))
        return false;
    int64_t of_day = p->timed ? p->hour * 3600 + p->minute * 60 + p->second : w->time;
    *moment = of_zone(w->zone, days * DAY + of_day) * 1000000 + p->micro;
    return true;
}

/* RFC 3339; or a date; or a date and a time, with a T or a blank between. */
static bool read_plain(const struct when *w, struct text cell, int64_t *moment)
{
    static const char *const formats[] = {"YYYY-MM-DD", "YYYY-MM-DD hh:mm",
                                          "YYYY-MM-DD hh:mm:ss", "YYYY-MM-DD hh:mm:ss.f"};
    char copy[64];
    if (moment_read(cell, moment))
        return true;
    if (cell.len > 40)
        return false;
    for (size_t i = 0; i < cell.len; i++)
        copy[i] = i == 10 && cell.at[i] == 'T' ? ' ' : cell.at[i];
    for (size_t i = 0; i < COUNT(formats); i++) {
        struct parts p = {0};
        struct text rest = {copy, cell.len};
        if (eat_format(&rest, text_of(formats[i]), &p) && !rest.len && to_moment(w, &p, moment))
            return true;
    }
    return false;
}

/* Seconds since 1970, with what is after the point; or thousandths. Of years that dates have.
 */
static bool read_counted(struct text format, struct text cell, int64_t *moment)
{
    double n;
    if (!text_number(cell, &n))
        return false;
    n *= text_is(format, "unix") ? 1e6 : 1e3;
    if (!(n > -62135596800e6 && n < 253402300800e6))
        return false;
    *moment = (int64_t)(n < 0 ? n - 0.5 : n + 0.5);
    return true;
}

bool when__time(struct text t, int64_t *seconds)
{
    struct parts p = {0}, q = {0};
    struct text rest = t;
    if (!eat_format(&rest, TEXT("hh:mm"), &p) || rest.len) {
        p = q;
        rest = t;
        if (!eat_format(&rest, TEXT("hh:mm:ss"), &p) || rest.len)
            return false;
    }
    *seconds = p.hour * 3600 + p.minute * 60 + p.second;
    return p.hour <= 23 && p.minute <= 59 && p.second <= 59;
}

bool when__read(const struct when *w, struct text cell, int64_t *moment)
{
    struct parts p = {0};
    if (is_counted(w->format))
        return read_counted(w->format, cell, moment);
    if (!w->format.len)
        return read_plain(w, cell, moment);
    return eat_format(&cell, w->format, &p) && !cell.len && to_moment(w, &p, moment);
}
