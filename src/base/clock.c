/* SPDX-License-Identifier: Apache-2.0 */
/* base/clock.c — moments and dates, in UTC, without the C library's time zones.
 * A moment is microseconds and a date is days since 1970-01-01, both in the calendar that
 * RFC 3339 uses: years 0000 to 9999. Printing clamps to that range, because the fixed width is
 * what lets moments be compared as text. */
#include "base/base.h"

#include <time.h>

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define FIRST_DAY INT64_C(-719528) /* 0000-01-01 */
#define LAST_DAY INT64_C(2932896)  /* 9999-12-31 */

static int64_t clock_read(clockid_t which)
{
    struct timespec t;
    if (clock_gettime(which, &t) != 0)
        panic("clock_gettime");
    return (int64_t)t.tv_sec * SECOND + t.tv_nsec / 1000;
}

int64_t clock_now(void)
{
    return clock_read(CLOCK_REALTIME);
}

int64_t clock_ticks(void)
{
    return clock_read(CLOCK_MONOTONIC);
}

int64_t clock_running(void)
{
    return clock_read(CLOCK_BOOTTIME);
}

static int64_t divide_down(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* Years counted from March put the leap day last, so that a month's start needs no table.
 * Eras are 400 years, 146,097 days. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = divide_down(year, 400);
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = divide_down(days, 146097);
    int64_t of_era = days - era * 146097;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (int)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

struct text date_of_days(struct arena *a, int64_t days)
{
    int year, month, day;
    date_of(clamp(days, FIRST_DAY, LAST_DAY), &year, &month, &day);
    return text_print(a, "%04d-%02d-%02d", year, month, day);
}

struct text date_print(struct arena *a, int64_t moment)
{
    return date_of_days(a, divide_down(moment, DAY));
}

struct text moment_print(struct arena *a, int64_t moment)
{
    int year, month, day;
    moment = clamp(moment, FIRST_DAY * DAY, (LAST_DAY + 1) * DAY - 1);
    int64_t days = divide_down(moment, DAY);
    int64_t rest = moment - days * DAY;
    int seconds = (int)(rest / SECOND);
    date_of(days, &year, &month, &day);
    return text_print(a, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", year, month, day,
                      seconds / 3600, seconds / 60 % 60, seconds % 60, (int)(rest % SECOND));
}

/* Exactly `count` digits at the start of *t, taken off it. */
static bool take_digits(struct text *t, size_t count, int *out)
{
    int value = 0;
    if (t->len < count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (t->at[i] < '0' || t->at[i] > '9')
            return false;
        value = value * 10 + (t->at[i] - '0');
    }
    *out = value;
    *t = text_from(*t, count);
    return true;
}

static bool take_byte(struct text *t, char c)
{
    if (t->len == 0 || t->at[0] != c)
        return false;
    *t = text_from(*t, 1);
    return true;
}

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return lengths[month - 1] + (month == 2 && leap);
}

static bool take_date(struct text *t, int64_t *days)
{
    int year, month, day;
    if (!take_digits(t, 4, &year) || !take_byte(t, '-') || !take_digits(t, 2, &month) ||
        !take_byte(t, '-') || !take_digits(t, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > month_length(year, month))
        return false;
    *days = days_of(year, month, day);
    return true;
}

bool date_read(struct text t, int64_t *days)
{
    int64_t found;
    if (!take_date(&t, &found) || t.len != 0)
        return false;
    *days = found;
    return true;
}

/* Digits past the microsecond are read and dropped. */
static bool take_fraction(struct text *t, int *micros)
{
    int value = 0, digits = 0, digit;
    if (!take_byte(t, '.'))
        return true;
    for (; t->len > 0 && t->at[0] >= '0' && t->at[0] <= '9'; digits++) {
        if (digits == 9 || !take_digits(t, 1, &digit))
            return false;
        if (digits < 6)
            value = value * 10 + digit;
    }
    if (digits == 0)
        return false;
    for (; digits < 6; digits++)
        value *= 10;
    *micros = value;
    return true;
}

/* Seconds to take off to reach UTC. */
static bool take_offset(struct text *t, int *seconds)
{
    int hours, minutes;
    *seconds = 0;
    if (take_byte(t, 'Z') || take_byte(t, 'z'))
        return true;
    int sign = take_byte(t, '+') ? 1 : take_byte(t, '-') ? -1 : 0;
    if (sign == 0 || !take_digits(t, 2, &hours) || !take_byte(t, ':') ||
        !take_digits(t, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

static bool take_time(struct text *t, int *seconds, bool *leap_second)
{
    int hour, minute, second;
    if (!take_digits(t, 2, &hour) || !take_byte(t, ':') || !take_digits(t, 2, &minute) ||
        !take_byte(t, ':') || !take_digits(t, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;
    *leap_second = second == 60;
    *seconds = hour * 3600 + minute * 60 + second;
    return true;
}

bool moment_read(struct text t, int64_t *out)
{
    int64_t days;
    int seconds, micros = 0, offset;
    bool leap_second;
    if (!take_date(&t, &days))
        return false;
    if (!take_byte(&t, 'T') && !take_byte(&t, 't') && !take_byte(&t, ' '))
        return false;
    if (!take_time(&t, &seconds, &leap_second) || !take_fraction(&t, &micros) ||
        !take_offset(&t, &offset) || t.len != 0)
        return false;
    int64_t moment = (days * 86400 + seconds - offset) * SECOND + micros;
    /* A leap second ends a UTC day; this clock has none, so it is the first of the next. */
    if (leap_second && (moment - micros) % DAY != 0)
        return false;
    if (moment < FIRST_DAY * DAY || moment >= (LAST_DAY + 1) * DAY)
        return false;
    *out = moment;
    return true;
}

int64_t date_year(int64_t days)
{
    int year, month, day;
    date_of(clamp(days, FIRST_DAY, LAST_DAY), &year, &month, &day);
    return year;
}

int64_t date_add_months(int64_t days, int64_t months)
{
    int year, month, day;
    date_of(clamp(days, FIRST_DAY, LAST_DAY), &year, &month, &day);
    int64_t all = year * INT64_C(12) + month - 1 + clamp(months, -120000, 120000);
    all = clamp(all, 0, INT64_C(9999) * 12 + 11);
    int most = month_length((int)(all / 12), (int)(all % 12) + 1);
    return days_of(all / 12, all % 12 + 1, day < most ? day : most);
}
