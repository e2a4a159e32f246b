/* SPDX-License-Identifier: Apache-2.0 */
/* format/zone.c — the day of an organisation: a time zone as the system's zone files (RFC 9636) tell it.
 * The C library knows one zone a process; an organisation has its own. What lies behind the last
 * change in the file follows the rule at its end. */
#include "format/format.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SECOND INT64_C(1000000)
#define DAY INT64_C(86400)
#define FILE_MOST (128 * 1024)
#define CHANGES_MOST 8192
#define FOLDER "/usr/share/zoneinfo/"

struct rule { /* Mm.w.d/time, Jn/time, n/time */
    char form;
    int month, week, day;
    int64_t time; /* seconds after midnight, may lie outside of the day */
};
struct zone {
    struct text name, rules;
    int64_t *at; /* moments in seconds from which offset[i] holds */
    int64_t *offset;
    size_t count;
    int64_t first;               /* before the first change */
    bool has_rule, has_summer;
    int64_t standard, summer;
    struct rule begins, ends;
};

/* ---- the rule at the end: "CET-1CEST,M3.5.0,M10.5.0/3" ------------------------------------ */
static bool take(struct text *t, char c)
{
    if (!t->len || t->at[0] != c)
        return false;
    *t = text_from(*t, 1);
    return true;
}

static bool take_number(struct text *t, int most, int *out)
{
    size_t n = 0;
    *out = 0;
    for (; n < t->len && t->at[n] >= '0' && t->at[n] <= '9'; n++) {
        *out = *out * 10 + (t->at[n] - '0');
        if (*out > most)
            return false;
    }
    *t = text_from(*t, n);
    return n > 0;
}

static bool take_abbreviation(struct text *t)
{
    size_t n = 0;
    if (take(t, '<')) {
        ptrdiff_t end = text_find(*t, '>');
        if (end < 1)
            return false;
        *t = text_from(*t, (size_t)end + 1);
        return true;
    }
    while (n < t->len && ((t->at[n] | 32) >= 'a' && (t->at[n] | 32) <= 'z'))
        n++;
    *t = text_from(*t, n);
    return n >= 3;
}

/* [+-]h[h[h]][:mm[:ss]], at most a week. */
static bool take_time(struct text *t, int64_t *out)
{
    int64_t sign = take(t, '-') ? -1 : 1;
    int hours, minutes = 0, seconds = 0;
    if (sign > 0)
        (void)take(t, '+');
    if (!take_number(t, 167, &hours) || (take(t, ':') && !take_number(t, 59, &minutes)) ||
        (take(t, ':') && !take_number(t, 59, &seconds)))
        return false;
    *out = sign * (hours * INT64_C(3600) + minutes * 60 + seconds);
    return true;
}

static bool take_rule(struct text *t, struct rule *r)
{
    bool good;
    r->time = 7200;
    r->form = take(t, 'M') ? 'M' : take(t, 'J') ? 'J' : 'n';
    if (r->form == 'M')
        good = take_number(t, 12, &r->month) && r->month >= 1 && take(t, '.') &&
               take_number(t, 5, &r->week) && r->week >= 1 && take(t, '.') &&
               take_number(t, 6, &r->day);
    else
        good = take_number(t, 365, &r->day) && (r->form == 'n' || r->day >= 1);
    return good && (!take(t, '/') || take_time(t, &r->time));
}

static bool read_rule(struct zone *z, struct text t)
{
    int64_t west;
    if (!t.len)
        return true;
    if (!take_abbreviation(&t) || !take_time(&t, &west))
        return false;
    z->has_rule = true;
    z->standard = -west;
    if (!t.len)
        return true;
    z->has_summer = true;
    z->summer = z->standard + 3600;
    if (!take_abbreviation(&t))
        return false;
    if (t.len && t.at[0] != ',') {
        if (!take_time(&t, &west))
            return false;
        z->summer = -west;
    }
    return take(&t, ',') && take_rule(&t, &z->begins) && take(&t, ',') && take_rule(&t, &z->ends) &&
           !t.len;
}

static int64_t first_day(int64_t year)
{
    return date_add_months(0, (year - 1970) * 12);
}

/* The moment of a rule in a year, in the time that holds until then. */
static int64_t moment_of(const struct rule *r, int64_t year, int64_t offset)
{
    int64_t first = first_day(year), days = first + r->day;
    bool leap = date_add_months(first, 2) - first == 60;
    if (r->form == 'J')
        days += (leap && r->day >= 60) - 1;
    if (r->form == 'M') {
        int64_t next = date_add_months(first, r->month);
        days = date_add_months(first, r->month - 1);
        days += ((r->day - (days + 4)) % 7 + 7) % 7 + (r->week - 1) * 7;
        while (days >= next)
            days -= 7;
    }
    return days * DAY + r->time - offset;
}

static int64_t year_of(int64_t seconds)
{
    int64_t days = seconds / DAY - (seconds % DAY < 0), year = 1970 + days / 366;
    while (first_day(year + 1) <= days)
        year++;
    while (first_day(year) > days)
        year--;
    return year;
}

static int64_t by_rule(const struct zone *z, int64_t seconds)
{
    if (!z->has_summer)
        return z->standard;
    int64_t year = year_of(seconds + z->standard);
    int64_t begins = moment_of(&z->begins, year, z->standard);
    int64_t ends = moment_of(&z->ends, year, z->summer);
    bool summer = begins < ends ? seconds >= begins && seconds < ends
                                : seconds >= begins || seconds < ends;
    return summer ? z->summer : z->standard;
}

/* ---- the file ------------------------------------------------------------------------------ */
static int64_t big(const char *at, size_t bytes)
{
    uint64_t v = (at[0] & 0x80) ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes; i++)
        v = v << 8 | (unsigned char)at[i];
    return (int64_t)v;
}

struct counts {
    size_t utc, wall, leap, time, type, letters;
};

static bool read_counts(struct text *t, struct counts *c)
{
    if (t->len < 44 || memcmp(t->at, "TZif", 4) != 0)
        return false;
    size_t *to[] = {&c->utc, &c->wall, &c->leap, &c->time, &c->type, &c->letters};
    for (size_t i = 0; i < 6; i++) {
        int64_t n = big(t->at + 20 + 4 * i, 4);
        if (n < 0 || n > CHANGES_MOST)
            return false;
        *to[i] = (size_t)n;
    }
    *t = text_from(*t, 44);
    return c->type >= 1 && c->type <= 256;
}

static size_t block(const struct counts *c, size_t width)
{
    return c->time * width + c->time + c->type * 6 + c->letters + c->leap * (width + 4) + c->wall +
           c->utc;
}

static bool read_changes(struct arena *a, struct zone *z, struct text t, const struct counts *c)
{
    const char *index = t.at + c->time * 8, *types = index + c->time;
    z->at = NEW_MANY(a, c->time + 1, int64_t);
    z->offset = NEW_MANY(a, c->time + 1, int64_t);
    z->first = big(types, 4);
    for (size_t i = 0; i < c->time; i++) {
        size_t type = (unsigned char)index[i];
        z->at[i] = big(t.at + 8 * i, 8);
        if (type >= c->type || (i && z->at[i] <= z->at[i - 1]))
            return false;
        z->offset[i] = big(types + 6 * type, 4);
    }
    for (size_t i = 0; i < c->type; i++)
        if (big(types + 6 * i, 4) < -2 * DAY || big(types + 6 * i, 4) > 2 * DAY)
            return false;
    z->count = c->time;
    return true;
}

bool zone_read(struct arena *a, struct text name, struct text bytes, struct zone **out)
{
    struct zone *z = NEW(a, struct zone);
    struct counts c;
    struct text t = bytes;
    bool second = bytes.len > 5 && bytes.at[4] >= '2';
    if (!second || !read_counts(&t, &c) || t.len < block(&c, 4))
        return false;
    t = text_from(t, block(&c, 4));
    if (!read_counts(&t, &c) || t.len < block(&c, 8) || !read_changes(a, z, t, &c))
        return false;
    t = text_from(t, block(&c, 8));
    if (!take(&t, '\n') || !text_ends(t, "\n"))
        return false;
    z->name = text_copy(a, name);
    struct hash h = sha256(bytes);
    z->rules = hex_of(a, (struct text){(const char *)h.byte, 8});
    *out = z;
    return read_rule(z, text_slice(t, 0, t.len - 1));
}

bool zone_name_ok(struct text name)
{
    bool good = name.len > 0 && name.len <= 64 && name.at[0] != '/' && text_find(name, '.') < 0;
    for (size_t i = 0; i < name.len && good; i++) {
        char c = name.at[i];
        good = ((c | 32) >= 'a' && (c | 32) <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
               c == '-' || c == '+' || c == '/';
    }
    return good;
}

static bool read_file(struct arena *a, struct text name, struct text *out)
{
    int fd = open(text_print(a, FOLDER "%.*s", TEXT_ARG(name)).at, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    char *bytes = arena_take_many(a, FILE_MOST, 1);
    size_t n = 0;
    ssize_t got = 1;
    while (fd >= 0 && got > 0 && n < FILE_MOST) {
        got = read(fd, bytes + n, FILE_MOST - n);
        n += got > 0 ? (size_t)got : 0;
    }
    if (fd >= 0)
        close(fd);
    *out = (struct text){bytes, n};
    return fd >= 0 && got == 0;
}

enum err zone_open(struct call *call, struct arena *a, struct text name, struct zone **out)
{
    struct text bytes;
    *out = NULL;
    if (text_is(name, "UTC"))
        return OK;
    if (zone_name_ok(name) && read_file(call->arena, name, &bytes) &&
        zone_read(a, name, bytes, out))
        return OK;
    *out = NULL;
    return problem(call, ERR_INVALID, TEXT("zone"), "zone",
                   say(call,
                       "this machine knows no time zone \"%.*s\": write it as Europe/Berlin or "
                       "Asia/Singapore (package tzdata)"),
                   TEXT_ARG(name));
}

/* ---- asking -------------------------------------------------------------------------------- */
int64_t zone_offset(const struct zone *z, int64_t moment)
{
    int64_t seconds = moment / SECOND - (moment % SECOND < 0);
    if (!z)
        return 0;
    if (z->has_rule && (!z->count || seconds >= z->at[z->count - 1]))
        return by_rule(z, seconds);
    size_t low = 0, high = z->count;
    while (low < high) {
        size_t half = (low + high) / 2;
        if (z->at[half] <= seconds)
            low = half + 1;
        else
            high = half;
    }
    return low ? z->offset[low - 1] : z->first;
}

int64_t zone_day(const struct zone *z, int64_t moment)
{
    int64_t local = moment + zone_offset(z, moment) * SECOND, day = DAY * SECOND;
    return local / day - (local % day < 0);
}

/* Clocks change at night: the first moment whose date it is may be later than 0:00, and with a
 * change backwards 0:00 may come twice. A change is never more than a day. */
int64_t zone_day_start(const struct zone *z, int64_t days)
{
    int64_t low = (days - 2) * DAY, high = (days + 2) * DAY;
    if (!z)
        return days * DAY * SECOND;
    while (high - low > 1) {
        int64_t half = low + (high - low) / 2;
        if (zone_day(z, half * SECOND) >= days)
            high = half;
        else
            low = half;
    }
    return high * SECOND;
}

struct text zone_name(const struct zone *z)
{
    return z ? z->name : TEXT("UTC");
}

struct text zone_rules(const struct zone *z)
{
    return z ? z->rules : TEXT("");
}

struct text zone_today(struct arena *a, const struct zone *z, int64_t moment)
{
    return date_of_days(a, zone_day(z, moment));
}
