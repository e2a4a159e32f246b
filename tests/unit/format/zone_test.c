/* SPDX-License-Identifier: Apache-2.0 */
/* Zones of the system's files: offsets and days as the world has them, today and far behind the last
 * change a file names. */
#include "format/format.h"

#include <setjmp.h>
#include <stdio.h>
/* cmocka wants the two above it first */
#include <cmocka.h>

static struct arena *arena;

static struct zone *zone(const char *name)
{
    struct zone *z = NULL;
    struct call *call = call_open(arena, 0, LANG_EN);
    if (zone_open(call, arena, text_of(name), &z) != OK)
        fail_msg("no zone %s", name);
    return z;
}

static const struct {
    const char *zone, *at;
    int64_t offset;
    const char *day;
} vectors[] = {
    {"UTC", "2026-11-28T23:59:59Z", 0, "2026-11-28"},
    {"Asia/Singapore", "2026-11-28T15:59:59Z", 28800, "2026-11-28"},
    {"Asia/Singapore", "2026-11-28T16:00:00Z", 28800, "2026-11-29"},
    {"Europe/Berlin", "2026-03-29T00:59:59Z", 3600, "2026-03-29"},
    {"Europe/Berlin", "2026-03-29T01:00:00Z", 7200, "2026-03-29"},
    {"Europe/Berlin", "2026-10-25T00:59:59Z", 7200, "2026-10-25"},
    {"Europe/Berlin", "2026-10-25T01:00:00Z", 3600, "2026-10-25"},
    {"Europe/Berlin", "2060-07-01T22:30:00Z", 7200, "2060-07-02"}, /* by the rule at the end */
    {"Europe/Berlin", "2060-12-01T22:30:00Z", 3600, "2060-12-01"},
    {"America/New_York", "2026-03-08T06:59:59Z", -18000, "2026-03-08"},
    {"America/New_York", "2026-03-08T07:00:00Z", -14400, "2026-03-08"},
    {"America/New_York", "2050-11-06T05:59:59Z", -14400, "2050-11-06"},
    {"America/New_York", "2050-11-06T06:00:00Z", -18000, "2050-11-06"},
    {"Australia/Sydney", "2055-01-15T12:00:00Z", 39600, "2055-01-15"}, /* summer over New Year */
    {"Australia/Sydney", "2055-07-15T12:00:00Z", 36000, "2055-07-15"},
    {"Asia/Kolkata", "2026-11-28T18:30:00Z", 19800, "2026-11-29"},
    {"Pacific/Kiritimati", "2026-11-28T10:00:00Z", 50400, "2026-11-29"},
    {"America/Nuuk", "2060-12-01T12:00:00Z", -7200, "2060-12-01"},
    {"Europe/Berlin", "1900-01-01T00:00:00Z", 3600, "1900-01-01"},
};

static void every_moment_has_its_day(void **state)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        int64_t at;
        struct zone *z = zone(vectors[i].zone);
        assert_true(moment_read(text_of(vectors[i].at), &at));
        if (zone_offset(z, at) != vectors[i].offset)
            fail_msg("%s at %s: %lld", vectors[i].zone, vectors[i].at,
                     (long long)zone_offset(z, at));
        struct text day = zone_today(arena, z, at);
        if (!text_is(day, vectors[i].day))
            fail_msg("%s at %s: %.*s", vectors[i].zone, vectors[i].at, TEXT_ARG(day));
    }
    (void)state;
}

static void a_day_begins_where_it_begins(void **state)
{
    static const struct {
        const char *zone, *day, *begins;
    } days[] = {
        {"UTC", "2026-11-28", "2026-11-28T00:00:00.000000Z"},
        {"Asia/Singapore", "2026-11-29", "2026-11-28T16:00:00.000000Z"},
        {"America/New_York", "2026-07-01", "2026-07-01T04:00:00.000000Z"},
        /* In Beirut the clocks go on at midnight: that day begins at one. */
        {"Asia/Beirut", "2027-03-28", "2027-03-27T22:00:00.000000Z"},
        {"America/Santiago", "2026-09-06", "2026-09-06T04:00:00.000000Z"},
    };
    for (size_t i = 0; i < COUNT(days); i++) {
        int64_t day;
        struct zone *z = zone(days[i].zone);
        assert_true(date_read(text_of(days[i].day), &day));
        struct text begins = moment_print(arena, zone_day_start(z, day));
        if (!text_is(begins, days[i].begins))
            fail_msg("%s %s begins at %.*s", days[i].zone, days[i].day, TEXT_ARG(begins));
    }
    (void)state;
}

static void names_from_anybody(void **state)
{
    static const char *const wrong[] = {"",          "/etc/passwd",      "../etc/passwd", "Europe/../UTC",
                                        "Nowhere",   "Europe",           "posixrules\n",  "tzdata.zi",
                                        "Asia/Sing apore", "zone1970.tab", "leapseconds"};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct zone *z = NULL;
        struct call *call = call_open(arena, 0, LANG_EN);
        if (zone_open(call, arena, text_of(wrong[i]), &z) != ERR_INVALID || z != NULL ||
            call->problem_count != 1)
            fail_msg("\"%s\" was opened", wrong[i]);
    }
    (void)state;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_moment_has_its_day),
        cmocka_unit_test(a_day_begins_where_it_begins),
        cmocka_unit_test(names_from_anybody),
    };
    arena = arena_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(arena);
    return failed;
}
