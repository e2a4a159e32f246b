/* SPDX-License-Identifier: Apache-2.0 */
/* Durations are read as ISO 8601 writes them, and lead to the day a person with a calendar finds. */
#include "model/model.h"

#include <setjmp.h>
#include <stdio.h>
/* cmocka wants the two above it first */
#include <cmocka.h>

static struct arena *arena;

static const struct {
    const char *from, *by, *to;
} vectors[] = {
    {"2026-11-28T10:00:00.000000Z", "PT72H", "2026-12-01T10:00:00.000000Z"},
    {"2026-11-28T23:59:59.999999Z", "PT1S", "2026-11-29T00:00:00.999999Z"},
    {"2026-11-28T10:00:00.000000Z", "P30D", "2026-12-28T10:00:00.000000Z"},
    {"2026-12-31T10:00:00.000000Z", "P2M", "2027-02-28T10:00:00.000000Z"},
    {"2027-12-31T10:00:00.000000Z", "P2M", "2028-02-29T10:00:00.000000Z"},
    {"2028-02-29T10:00:00.000000Z", "P1Y", "2029-02-28T10:00:00.000000Z"},
    {"2026-11-28T10:00:00.000000Z", "P1Y2M3DT4H5M6S", "2028-01-31T14:05:06.000000Z"},
    {"2026-11-28T10:00:00.000000Z", "-P14D", "2026-11-14T10:00:00.000000Z"},
    {"2026-03-31T10:00:00.000000Z", "-P1M", "2026-02-28T10:00:00.000000Z"},
    /* 27 November 2026 is a Friday. */
    {"2026-11-27T10:00:00.000000Z", "P1W", "2026-11-30T10:00:00.000000Z"},
    {"2026-11-28T10:00:00.000000Z", "P1W", "2026-11-30T10:00:00.000000Z"},
    {"2026-11-27T10:00:00.000000Z", "P10W", "2026-12-11T10:00:00.000000Z"},
    {"2026-11-30T10:00:00.000000Z", "-P1W", "2026-11-27T10:00:00.000000Z"},
    {"1969-12-31T23:00:00.000000Z", "PT2H", "1970-01-01T01:00:00.000000Z"},
    {"1969-12-31T23:00:00.000000Z", "P1W", "1970-01-01T23:00:00.000000Z"},
};

static void each_leads_to_its_day(void **state)
{
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct duration d;
        int64_t from;
        assert_true(moment_read(text_of(vectors[i].from), &from));
        assert_true(duration_read(text_of(vectors[i].by), &d));
        struct text to = moment_print(arena, duration_after(from, &d, NULL, NULL));
        if (!text_is(to, vectors[i].to))
            fail_msg("%s and %s: %.*s, not %s", vectors[i].from, vectors[i].by, TEXT_ARG(to),
                     vectors[i].to);
    }
    (void)state;
}

static void others_are_refused(void **state)
{
    static const char *const wrong[] = {
        "",      "P",     "-P",    "PT",     "30D",  "P30",    "P-3D",  "P3X",         "PD",
        "P3DT",  "P3D4Y", "PT3D",  "P3H",    "p3d",  "P3.5D",  "P3D ",  "P999999999D", "P3D3D",
        "--P3D", "PT3H3", "P3MTH", "P40001D"};
    struct duration d;
    for (size_t i = 0; i < COUNT(wrong); i++)
        if (duration_read(text_of(wrong[i]), &d))
            fail_msg("\"%s\" was read", wrong[i]);
    (void)state;
}

/* No number that can be read leads outside of what a moment is. */
static void the_farthest_is_still_a_moment(void **state)
{
    struct duration d;
    int64_t from, back;
    assert_true(duration_read(TEXT("P40000Y40000M40000W40000DT40000H40000M40000S"), &d));
    assert_true(moment_read(TEXT("9998-01-01T00:00:00Z"), &from));
    struct text to = moment_print(arena, duration_after(from, &d, NULL, NULL));
    assert_true(moment_read(to, &back));
    (void)state;
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_leads_to_its_day),
        cmocka_unit_test(others_are_refused),
        cmocka_unit_test(the_farthest_is_still_a_moment),
    };
    arena = arena_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(arena);
    return failed;
}
