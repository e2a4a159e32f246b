/* SPDX-License-Identifier: Apache-2.0 */
/* A monitor that is judged by a chart: what it learns, when it says that the level changed, and
 * what brings it back. */
#include "monitor/monitor.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The worked example of Montgomery, Introduction to Statistical Quality Control: twenty values
 * of a process at 10 with a standard deviation of 1, then ten of one at 11. C+ is 5.28 at the
 * 29th, the first beyond 5. */
static const double series[] = {9.45,  7.99,  9.29,  11.66, 12.16, 10.18, 8.04,  11.46,
                                9.20,  10.34, 9.03,  11.47, 10.51, 9.40,  10.08, 9.37,
                                10.62, 10.31, 8.52,  10.84, 10.90, 9.33,  12.29, 11.50,
                                10.60, 11.08, 10.38, 11.62, 11.31, 10.52};

static struct limit chart(enum limit_how how)
{
    return (struct limit){.figure = TEXT("selected"),
                          .min_n = 10,
                          .needed_m = 1,
                          .needed_n = 1,
                          .clear_n = 1,
                          .how = how,
                          .level_from = 0,
                          .level_to = LIMIT_LEVEL,
                          .k = 0.5,
                          .h = 5,
                          .lambda = 0.1,
                          .width = 2.7};
}

static enum limit_status window(const struct limit *w, struct limit_state *s, int64_t at,
                                double value)
{
    struct judged one = {.window = {at, at + 1},
                         .status = LIMIT_PASS,
                         .inside = true,
                         .value = measure_known(value)};
    limit_chart(w, &one, s);
    limit_step(w, &one, s);
    return one.status;
}

/* Of mean 10 and standard deviation 1. */
static void teach(const struct limit *w, struct limit_state *s, int64_t windows)
{
    for (int64_t i = 0; i < windows; i++)
        assert_int_equal(window(w, s, i, 10 + (i % 2 ? 1 : -1) * sqrt(19.0 / 20)),
                         LIMIT_LEARNING);
}

static void near(double a, double b, double within)
{
    if (!(fabs(a - b) <= within))
        fail_msg("%.17g is not %.17g", a, b);
}

static void cusum_finds_the_worked_example(void **state)
{
    (void)state;
    struct limit w = chart(LIMIT_CUSUM);
    struct limit_state s = {0};
    teach(&w, &s, LIMIT_LEVEL);
    near(s.chart.mean, 10, 1e-12);
    near(s.chart.sd, 1, 1e-12);
    for (size_t i = 0; i < COUNT(series); i++) {
        enum limit_status now = window(&w, &s, LIMIT_LEVEL + (int64_t)i, series[i]);
        assert_int_equal(now, i < 28 ? LIMIT_PASS : LIMIT_BREACH);
        assert_int_equal(s.alarm, i >= 28);
        if (i == 28)
            near(s.chart.up, 5.28, 1e-9);
    }
    near(s.chart.up, 5.30, 1e-9);
    near(s.chart.down, 0, 1e-9);
    assert_int_equal(s.chart.n, 30);
    near(s.chart.high.value, 5, 0);
    assert_false(s.chart.low.known);
}

/* The same values by EWMA with 0.1 and 2.7: 10.64682 at the 29th, beyond 10.61873. */
static void ewma_finds_it_too(void **state)
{
    (void)state;
    struct limit w = chart(LIMIT_EWMA);
    struct limit_state s = {0};
    double level = 10;
    int64_t first = -1;
    teach(&w, &s, LIMIT_LEVEL);
    for (size_t i = 0; i < COUNT(series); i++) {
        level = 0.1 * series[i] + 0.9 * level;
        if (window(&w, &s, LIMIT_LEVEL + (int64_t)i, series[i]) == LIMIT_BREACH && first < 0)
            first = (int64_t)i;
        near(s.chart.up, level, 1e-9);
        near(s.chart.high.value - 10,
             2.7 * sqrt(0.1 / 1.9 * (1 - pow(0.9, 2.0 * (double)(i + 1)))), 1e-9);
        near(s.chart.low.value, 20 - s.chart.high.value, 1e-9);
    }
    assert_int_equal(first, 28);
}

/* Kept in between as a record keeps it, it goes on as if nothing had been. */
static void it_goes_on_from_what_was_kept(void **state)
{
    (void)state;
    for (int how = LIMIT_CUSUM; how <= LIMIT_EWMA; how++) {
        struct limit w = chart((enum limit_how)how);
        struct limit_state whole = {0}, again = {0};
        teach(&w, &whole, LIMIT_LEVEL);
        teach(&w, &again, LIMIT_LEVEL);
        for (size_t i = 0; i < COUNT(series); i++) {
            struct limit_state kept = {.alarm = again.alarm,
                                       .chart = {.level_n = again.chart.level_n,
                                                 .mean = again.chart.mean,
                                                 .sd = again.chart.sd,
                                                 .n = again.chart.n,
                                                 .up = again.chart.up,
                                                 .down = again.chart.down}};
            again = kept;
            assert_int_equal(window(&w, &whole, LIMIT_LEVEL + (int64_t)i, series[i]),
                             window(&w, &again, LIMIT_LEVEL + (int64_t)i, series[i]));
            near(whole.chart.up, again.chart.up, 0);
            near(whole.chart.down, again.chart.down, 0);
            assert_int_equal(whole.alarm, again.alarm);
        }
    }
}

static void too_little_is_no_baseline(void **state)
{
    (void)state;
    struct limit w = chart(LIMIT_CUSUM);
    struct limit_state few = {0}, flat = {0}, gap = {0};
    w.level_to = LIMIT_LEVEL - 1;
    teach(&w, &few, LIMIT_LEVEL - 1);
    assert_int_equal(window(&w, &few, LIMIT_LEVEL, 99), LIMIT_NOT_ENOUGH);
    w.level_to = LIMIT_LEVEL;
    for (int64_t i = 0; i < LIMIT_LEVEL; i++)
        window(&w, &flat, i, 10);
    assert_int_equal(window(&w, &flat, LIMIT_LEVEL, 99),
                     LIMIT_NOT_ENOUGH); /* it does not scatter */
    assert_false(flat.alarm);
    teach(&w, &gap, LIMIT_LEVEL);
    struct judged none = {.window = {LIMIT_LEVEL, LIMIT_LEVEL + 1}, .status = LIMIT_NO_DATA};
    limit_chart(&w, &none, &gap);
    assert_int_equal(none.status, LIMIT_NO_DATA); /* is passed over */
    assert_int_equal(gap.chart.n, 0);
    assert_int_equal(window(&w, &gap, LIMIT_LEVEL + 1, 10.1), LIMIT_PASS);
}

static void only_a_new_baseline_brings_it_back(void **state)
{
    (void)state;
    struct limit w = chart(LIMIT_CUSUM);
    struct limit_state s = {0};
    teach(&w, &s, LIMIT_LEVEL);
    for (int64_t i = 0; i < 10; i++)
        window(&w, &s, LIMIT_LEVEL + i, 12);
    assert_true(s.alarm);
    for (int64_t i = 0; i < 200; i++) /* however long it is as it was */
        window(&w, &s, 100 + i, 10);
    assert_true(s.alarm);
    memset(&s.chart, 0, sizeof s.chart); /* what the decision takes away */
    w.level_from = 1000;
    w.level_to = 1000 + LIMIT_LEVEL;
    for (int64_t i = 0; i < LIMIT_LEVEL; i++) {
        window(&w, &s, 1000 + i, i % 2 ? 11.5 : 12.5);
        assert_true(s.alarm); /* not before there is one */
    }
    assert_int_equal(window(&w, &s, 1000 + LIMIT_LEVEL, 12), LIMIT_PASS);
    assert_false(s.alarm);
}

static void what_is_muted_opens_nothing(void **state)
{
    (void)state;
    struct limit w = chart(LIMIT_CUSUM);
    struct limit_state s = {0};
    w.muted = LIMIT_LEVEL + 10;
    teach(&w, &s, LIMIT_LEVEL);
    for (int64_t i = 0; i < 10; i++)
        window(&w, &s, LIMIT_LEVEL + i, 13);
    assert_false(s.alarm);
    window(&w, &s, LIMIT_LEVEL + 10, 13);
    assert_true(s.alarm);
}

/* Values of the literature: 465 (Montgomery), 559.9 and 500 (Lucas and Saccucci). */
static void so_long_until_it_cries_for_nothing(void **state)
{
    (void)state;
    struct limit w = chart(LIMIT_CUSUM);
    near(limit_run_length(&w), 465, 10);
    w.h = 4;
    near(limit_run_length(&w), 168, 5);
    near(measure_ewma_length(0.2, 3), 559.9, 15);
    near(measure_ewma_length(0.1, 2.814), 500, 15);
    near(measure_ewma_length(0.4, 3.054), 500, 15);
    near(measure_ewma_length(1, 3), 370.4, 25); /* the chart of Shewhart */
    w.how = LIMIT_FIXED;
    near(limit_run_length(&w), 0, 0);
    assert_true(isfinite(measure_cusum_length(5, 100)) &&
                isfinite(measure_cusum_length(0, 100)) &&
                isfinite(measure_ewma_length(0.01, 10)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cusum_finds_the_worked_example),
        cmocka_unit_test(ewma_finds_it_too),
        cmocka_unit_test(it_goes_on_from_what_was_kept),
        cmocka_unit_test(too_little_is_no_baseline),
        cmocka_unit_test(only_a_new_baseline_brings_it_back),
        cmocka_unit_test(what_is_muted_opens_nothing),
        cmocka_unit_test(so_long_until_it_cries_for_nothing),
    };
    return cmocka_run_group_tests_name("chart", tests, NULL, NULL);
}
