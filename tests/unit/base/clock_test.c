/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <time.h>

static void moments_print_at_fixed_width(void **state)
{
    struct call *call = *state;
    assert_text(moment_print(call->arena, 0), "1970-01-01T00:00:00.000000Z");
    assert_text(moment_print(call->arena, -1), "1969-12-31T23:59:59.999999Z");
    assert_text(moment_print(call->arena, TEST_NOW), "2026-11-23T03:50:26.123456Z");
    assert_int_equal(moment_print(call->arena, INT64_MAX).len, MOMENT_LEN);
    assert_text(moment_print(call->arena, INT64_MAX), "9999-12-31T23:59:59.999999Z");
    assert_text(moment_print(call->arena, INT64_MIN), "0000-01-01T00:00:00.000000Z");
    assert_text(date_print(call->arena, TEST_NOW), "2026-11-23");
    assert_text(date_print(call->arena, -1), "1969-12-31");
}

static void the_same_moment_in_many_spellings(void **state)
{
    static const char *const same[] = {
        "2026-11-23T03:50:26.123456Z",      "2026-11-23t03:50:26.123456z",
        "2026-11-23 03:50:26.123456Z",      "2026-11-23T03:50:26.123456999Z",
        "2026-11-23T11:50:26.123456+08:00", "2026-11-22T22:20:26.123456-05:30",
        "2026-11-23T03:50:26.123456-00:00",
    };
    for (size_t i = 0; i < COUNT(same); i++) {
        int64_t moment = 0;
        assert_true(moment_read(text_of(same[i]), &moment));
        assert_int_equal(moment, TEST_NOW);
    }
    int64_t moment = 1;
    assert_true(moment_read(TEXT("1970-01-01T00:00:00Z"), &moment) && moment == 0);
    assert_true(moment_read(TEXT("1970-01-01T00:00:00.5Z"), &moment) && moment == 500000);
    assert_true(moment_read(TEXT("2016-12-31T23:59:60Z"), &moment));
    int64_t next = 0;
    assert_true(moment_read(TEXT("2017-01-01T00:00:00Z"), &next));
    assert_int_equal(moment, next);
}

static void malformed_moments_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "2026-11-23",
        "2026-11-23T03:50Z",
        "2026-11-23T03:50:26",
        "2026-11-23T03:50:26.Z",
        "2026-11-23T03:50:26.1234567890Z",
        "2026-11-23T24:00:00Z",
        "2026-11-23T03:60:00Z",
        "2026-11-23T03:50:61Z",
        "2026-11-23T03:50:60Z",
        "2026-11-23T03:50:26+24:00",
        "2026-11-23T03:50:26+0800",
        "2026-11-23T03:50:26+08:60",
        "2026-11-23T03:50:26Zx",
        "2026-11-23T03:50:26 Z",
        "2026-13-01T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "0000-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "26-11-23T03:50:26Z",
        "2026-11-23X03:50:26Z",
        "2026-11-23T3:50:26Z",
        "-026-11-23T03:50:26Z",
    };
    int64_t moment = 42;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (moment_read(text_of(bad[i]), &moment))
            fail_msg("accepted %s", bad[i]);
    assert_int_equal(moment, 42);
}

static void only_real_dates_are_dates(void **state)
{
    static const char *const good[] = {"2024-02-29", "2000-02-29", "0000-01-01",
                                       "9999-12-31", "2026-12-31", "2026-01-01"};
    static const char *const bad[] = {"2023-02-29",  "1900-02-29", "2100-02-29", "2026-00-10",
                                      "2026-13-10",  "2026-04-31", "2026-01-00", "2026-1-01",
                                      "2026-01-01 ", "2026/01/01", "",           "20260101",
                                      "2026-01-0a"};
    struct call *call = *state;
    int64_t days = 0;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(date_read(text_of(good[i]), &days));
        assert_true(text_is(date_of_days(call->arena, days), good[i]));
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        if (date_read(text_of(bad[i]), &days))
            fail_msg("accepted %s", bad[i]);
}

/* The C library counts days too, by its own way. */
static void days_agree_with_the_c_library(void **state)
{
    struct call *call = *state;
    for (int64_t days = -719528; days <= 2932896; days += 97) {
        time_t seconds = (time_t)(days * 86400);
        struct tm parts;
        int64_t back = 0;
        assert_non_null(gmtime_r(&seconds, &parts));
        struct text ours = date_of_days(call->arena, days);
        struct text theirs = text_print(call->arena, "%04d-%02d-%02d", parts.tm_year + 1900,
                                        parts.tm_mon + 1, parts.tm_mday);
        assert_text_at(ours, theirs, __FILE__, __LINE__);
        assert_true(date_read(ours, &back) && back == days);
    }
}

static void moments_print_and_read_back(void **state)
{
    struct call *call = *state;
    uint64_t random = 1;
    struct text before = TEXT("");
    int64_t before_moment = 0;
    for (int i = 0; i < 2000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int64_t back = 0, moment = (int64_t)(random % 300000000000000000u) - 62000000000000000;
        struct text t = moment_print(call->arena, moment);
        assert_true(moment_read(t, &back));
        assert_int_equal(back, moment);
        if (before.len > 0)
            assert_int_equal(text_compare(before, t) < 0, before_moment < moment);
        before = t;
        before_moment = moment;
    }
}

static void clocks_go(void **state)
{
    int64_t ticks = clock_ticks();
    assert_true(clock_ticks() >= ticks);
    assert_true(clock_now() > INT64_C(1577836800000000)); /* after 2020 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(moments_print_at_fixed_width),
        CALL_TEST(the_same_moment_in_many_spellings),
        CALL_TEST(malformed_moments_are_refused),
        CALL_TEST(only_real_dates_are_dates),
        CALL_TEST(days_agree_with_the_c_library),
        CALL_TEST(moments_print_and_read_back),
        cmocka_unit_test(clocks_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
