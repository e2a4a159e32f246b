/* SPDX-License-Identifier: Apache-2.0 */
/* Groups beside each other: who is compared, what is a breach, and how rarely chance makes one.
 */
#include "measure_unit.h"

static struct measure_group group(const char *name, int64_t events, int64_t of)
{
    struct measure_share share = {events, of};
    return (struct measure_group){text_of(name), of, measure_value(share), share};
}

static const struct measure_limit at_most = {0.1, false}, four_fifths = {0.8, true};

static void the_ends_are_found(void **state)
{
    struct measure_group g[] = {group("a", 300, 1000), group("b", 100, 1000),
                                group("c", 300, 1000), group("d", 100, 1000)};
    struct measure_disparity d = measure_disparity(g, 4, measure_known(0.2), MEASURE_RULE);
    assert_int_equal(d.used, 4);
    assert_int_equal(d.high, 0); /* the first of equals */
    assert_int_equal(d.low, 1);
    assert_near(d.difference, 0.2, 1e-15);
    assert_near(d.ratio, 1.0 / 3, 1e-15);
    assert_near(d.to_overall_difference, 0.1, 1e-15);
    assert_near(d.to_overall_ratio, 0.5, 1e-15);
    assert_true(d.difference_interval.low > 0.16 && d.difference_interval.high < 0.24);
    assert_true(d.difference_all.low < d.difference_interval.low);
    assert_true(d.ratio_all.high > d.ratio_interval.high);
    assert_true(d.p.known && d.p.value < 1e-20);
    assert_int_equal(measure_disparity_status(&d, g, MEASURE_RULE, at_most), MEASURE_BREACH);
    assert_int_equal(measure_disparity_status(&d, g, MEASURE_RULE, four_fifths),
                     MEASURE_BREACH);
}

static void small_and_missing_groups_are_not_compared(void **state)
{
    struct measure_group g[] = {group("a", 30, 100), group("b", 0, 99),
                                group("(missing)", 90, 100), group("c", 35, 100),
                                group("none", 0, 0)};
    struct measure_disparity d = measure_disparity(g, 5, MEASURE_UNKNOWN, MEASURE_RULE);
    assert_int_equal(d.used, 2);
    assert_near(d.difference, 0.05, 1e-15);
    assert_unknown(d.to_overall_difference);
    assert_int_equal(measure_disparity_status(&d, g, MEASURE_RULE, at_most), MEASURE_PASS);
    d = measure_disparity(g, 5, MEASURE_UNKNOWN, (struct measure_rule){100, 10, true});
    assert_int_equal(d.used, 3);
    assert_int_equal(d.high, 2);
}

static void one_group_or_none_is_not_enough(void **state)
{
    struct measure_group g[] = {group("a", 30, 100), group("b", 1, 3)};
    struct measure_disparity one = measure_disparity(g, 2, measure_known(0.3), MEASURE_RULE);
    struct measure_disparity none = measure_disparity(g, 0, measure_known(0.3), MEASURE_RULE);
    assert_int_equal(one.used, 1);
    assert_near(one.difference, 0, 0);
    assert_int_equal(measure_disparity_status(&one, g, MEASURE_RULE, at_most),
                     MEASURE_NOT_ENOUGH);
    assert_int_equal(none.low, MEASURE_NOBODY);
    assert_unknown(none.difference);
    assert_unknown(none.ratio);
    assert_int_equal(measure_disparity_status(&none, g, MEASURE_RULE, at_most),
                     MEASURE_NOT_ENOUGH);
}

/* A rate among 9 is no verdict, however many rows the group has. */
static void the_denominator_counts(void **state)
{
    struct measure_group g[] = {group("a", 9, 9), group("b", 0, 500)};
    g[0].n = 5000;
    struct measure_disparity d = measure_disparity(g, 2, MEASURE_UNKNOWN, MEASURE_RULE);
    assert_near(d.difference, 1, 0);
    assert_int_equal(measure_disparity_status(&d, g, MEASURE_RULE, at_most),
                     MEASURE_NOT_ENOUGH);
    g[0].share.of = g[0].share.events = 10;
    d = measure_disparity(g, 2, MEASURE_UNKNOWN, MEASURE_RULE);
    assert_int_equal(measure_disparity_status(&d, g, MEASURE_RULE, at_most), MEASURE_BREACH);
    struct measure_group low[] = {group("a", 0, 9), group("b", 500, 500)};
    low[0].n = 5000;
    d = measure_disparity(low, 2, MEASURE_UNKNOWN, MEASURE_RULE);
    assert_int_equal(measure_disparity_status(&d, low, MEASURE_RULE, at_most),
                     MEASURE_NOT_ENOUGH);
}

static void nobody_chosen_has_no_ratio(void **state)
{
    struct measure_group g[] = {group("a", 0, 200), group("b", 0, 200)};
    struct measure_disparity d = measure_disparity(g, 2, measure_known(0), MEASURE_RULE);
    assert_near(d.difference, 0, 0);
    assert_unknown(d.ratio);
    assert_int_equal(measure_disparity_status(&d, g, MEASURE_RULE, four_fifths),
                     MEASURE_NOT_ENOUGH);
}

/* Over the limit, but chance may explain it: never green, never an alarm. */
static void judging(void **state)
{
    struct interval wide = {true, 0.05, 0.3}, over = {true, 0.11, 0.3}, none = {0};
    struct interval below = {true, 0.6, 0.79};
    assert_int_equal(measure_judge(measure_known(0.2), wide, 500, 100, at_most),
                     MEASURE_NOT_ENOUGH);
    assert_int_equal(measure_judge(measure_known(0.2), over, 500, 100, at_most),
                     MEASURE_BREACH);
    assert_int_equal(measure_judge(measure_known(0.2), over, 99, 100, at_most),
                     MEASURE_NOT_ENOUGH);
    assert_int_equal(measure_judge(measure_known(0.2), none, 500, 100, at_most),
                     MEASURE_NOT_ENOUGH);
    assert_int_equal(measure_judge(measure_known(0.1), over, 500, 100, at_most), MEASURE_PASS);
    assert_int_equal(measure_judge(MEASURE_UNKNOWN, over, 500, 100, at_most),
                     MEASURE_NOT_ENOUGH);
    assert_int_equal(measure_judge(measure_known(0.7), below, 500, 100, four_fifths),
                     MEASURE_BREACH);
    assert_int_equal(measure_judge(measure_known(0.8), below, 500, 100, four_fifths),
                     MEASURE_PASS);
    assert_string_equal(measure_status_name(MEASURE_NOT_ENOUGH), "not_enough_data");
    assert_string_equal(measure_status_name(MEASURE_BREACH), "breach");
}

static void odds(void **state)
{
    struct measure_disparity tpr = {.difference = measure_known(0.3),
                                    .ratio = measure_known(0.5)};
    struct measure_disparity fpr = {.difference = measure_known(0.1),
                                    .ratio = measure_known(0.4)};
    struct measure_odds o = measure_odds(&tpr, &fpr);
    assert_near(o.difference_worst, 0.3, 0);
    assert_near(o.difference_mean, 0.2, 1e-15);
    assert_near(o.ratio_worst, 0.4, 0);
    fpr.difference = MEASURE_UNKNOWN;
    assert_unknown(measure_odds(&tpr, &fpr).difference_worst);
    assert_unknown(measure_odds(&tpr, &fpr).difference_mean);
}

static void fairlearn_compares_nobody(void **state)
{
    struct measure_share none = {0, 0}, some = {1, 4};
    assert_near(measure_fairlearn_value(none), 0, 0);
    assert_near(measure_fairlearn_value(some), 0.25, 0);
    assert_unknown(measure_value(none));
}

/* Six groups of real sizes with the same rate: the bare four-fifths rule fires in most draws; a
 * verdict in hardly any. With one group truly at half, it fires nearly always. */
static void chance_is_no_breach(void **state)
{
    static const int64_t sizes[] = {3696, 2454, 637, 377, 32, 18};
    int bare = 0, breach = 0, found = 0;
    for (uint64_t run = 0; run < 400; run++) {
        struct measure_group g[2][6];
        for (uint64_t k = 0; k < 6; k++) {
            int64_t same = 0, half = 0;
            for (uint64_t i = 0; i < (uint64_t)sizes[k]; i++) {
                double x = drawn(run * 100000 + k * 5000 + i);
                same += x < 0.46;
                half += x < (k == 1 ? 0.23 : 0.46);
            }
            g[0][k] = group("g", same, sizes[k]);
            g[1][k] = group("g", half, sizes[k]);
        }
        struct measure_disparity d = measure_disparity(g[0], 6, MEASURE_UNKNOWN, MEASURE_RULE);
        struct measure_disparity all =
            measure_disparity(g[0], 6, MEASURE_UNKNOWN, (struct measure_rule){1, 1, false});
        struct measure_disparity real =
            measure_disparity(g[1], 6, MEASURE_UNKNOWN, MEASURE_RULE);
        bare += all.ratio.value < 0.8;
        breach += measure_disparity_status(&all, g[0], (struct measure_rule){1, 1, false},
                                           four_fifths) == MEASURE_BREACH;
        breach +=
            measure_disparity_status(&d, g[0], MEASURE_RULE, four_fifths) == MEASURE_BREACH;
        found +=
            measure_disparity_status(&real, g[1], MEASURE_RULE, four_fifths) == MEASURE_BREACH;
    }
    assert_in_range(bare, 200, 340); /* 69 % */
    assert_in_range(breach, 0, 4);
    assert_in_range(found, 396, 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_are_found),
        cmocka_unit_test(small_and_missing_groups_are_not_compared),
        cmocka_unit_test(one_group_or_none_is_not_enough),
        cmocka_unit_test(the_denominator_counts),
        cmocka_unit_test(nobody_chosen_has_no_ratio),
        cmocka_unit_test(judging),
        cmocka_unit_test(odds),
        cmocka_unit_test(fairlearn_compares_nobody),
        cmocka_unit_test(chance_is_no_breach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
