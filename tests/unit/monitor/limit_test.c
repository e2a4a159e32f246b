/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar windows, the rule by which one is judged, and what several lead to. */
#include "monitor/monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define HOUR INT64_C(3600000000)

static struct call *call_in(struct arena *a)
{
    return call_open(a, INT64_C(1777629600000000), LANG_EN);
}

static const struct zone *zone_in(struct call *call, struct arena *a, const char *name)
{
    struct zone *z;
    assert_int_equal(zone_open(call, a, text_of(name), &z), OK);
    return z;
}

static int64_t at(const char *moment)
{
    int64_t out = 0;
    assert_true(moment_read(text_of(moment), &out));
    return out;
}

static void window_is(const struct zone *z, enum limit_window unit, const char *moment,
                      const char *from, const char *to)
{
    struct window w = limit_window(z, unit, at(moment));
    assert_int_equal(w.from, at(from));
    assert_int_equal(w.to, at(to));
}

/* ---- windows */
static void windows_go_by_the_calendar(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    const struct zone *berlin = zone_in(call_in(a), a, "Europe/Berlin");
    window_is(berlin, LIMIT_DAY, "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z",
              "2026-03-29T22:00:00Z"); /* 23 hours */
    window_is(berlin, LIMIT_DAY, "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z",
              "2026-10-25T23:00:00Z"); /* 25 */
    window_is(berlin, LIMIT_MONTH, "2026-02-28T22:59:59Z", "2026-01-31T23:00:00Z",
              "2026-02-28T23:00:00Z");
    window_is(berlin, LIMIT_MONTH, "2026-02-28T23:00:00Z", "2026-02-28T23:00:00Z",
              "2026-03-31T22:00:00Z"); /* over the end of winter time */
    window_is(berlin, LIMIT_MONTH, "2028-02-29T12:00:00Z", "2028-01-31T23:00:00Z",
              "2028-02-29T23:00:00Z");
    window_is(berlin, LIMIT_MONTH, "2026-12-31T12:00:00Z", "2026-11-30T23:00:00Z",
              "2026-12-31T23:00:00Z");
    window_is(berlin, LIMIT_WEEK, "2026-03-29T12:00:00Z", "2026-03-22T23:00:00Z",
              "2026-03-29T22:00:00Z"); /* Monday to Monday */
    window_is(berlin, LIMIT_WEEK, "1969-12-31T12:00:00Z", "1969-12-28T23:00:00Z",
              "1970-01-04T23:00:00Z"); /* before the first moment, too */
    arena_close(a);
}

/* Each moment lies in one window, and windows follow one another without a gap. */
static void windows_leave_nothing_out(void **state)
{
    static const char *const zones[] = {"Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata",
                                        "America/New_York", "Pacific/Apia"};
    (void)state;
    for (size_t i = 0; i < COUNT(zones); i++)
        for (int unit = LIMIT_HOUR; unit <= LIMIT_MONTH; unit++) {
            struct arena *a = arena_open();
            const struct zone *z = zone_in(call_in(a), a, zones[i]);
            struct window w =
                limit_window(z, (enum limit_window)unit, at("2011-12-01T00:00:00Z"));
            int most = unit == LIMIT_HOUR ? 24 * 400 : 400;
            for (int n = 0; n < most; n++) {
                struct window same = limit_window(z, (enum limit_window)unit, w.to - 1);
                struct window next = limit_window(z, (enum limit_window)unit, w.to);
                assert_true(w.from < w.to);
                assert_int_equal(same.from, w.from);
                assert_int_equal(same.to, w.to);
                assert_int_equal(next.from, w.to);
                w = next;
            }
            arena_close(a);
        }
}

static void an_hour_is_as_it_passes(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    const struct zone *z = zone_in(call_in(a), a, "Europe/Berlin");
    struct window day = limit_window(z, LIMIT_DAY, at("2026-10-25T12:00:00Z"));
    int hours = 0;
    for (int64_t t = day.from; t < day.to; hours++) {
        struct window w = limit_window(z, LIMIT_HOUR, t);
        assert_int_equal(w.to - w.from, HOUR);
        t = w.to;
    }
    assert_int_equal(hours, 25);
    window_is(zone_in(call_in(a), a, "Asia/Kolkata"), LIMIT_HOUR, "2026-05-01T10:00:00Z",
              "2026-05-01T09:30:00Z", "2026-05-01T10:30:00Z");
    arena_close(a);
}

/* ---- one window */
struct crowd {
    struct prediction at[4000];
    size_t count;
};

static void add(struct crowd *r, size_t n, int predicted, int label, const char *sex)
{
    static struct attribute sexes[2] = {{{"sex", 3}, {"F", 1}}, {{"sex", 3}, {"M", 1}}};
    for (size_t i = 0; i < n; i++) {
        struct prediction p = {.task = TASK_BINARY,
                               .predicted = (int8_t)predicted,
                               .labelled = label >= 0,
                               .label = (int8_t)(label > 0),
                               .has_score = true,
                               .score = predicted ? 0.9 : 0.1};
        if (sex) {
            p.attributes = &sexes[*sex == 'M'];
            p.attribute_count = 1;
        }
        r->at[r->count++] = p;
    }
}

static struct judged judge(struct arena *a, const struct limit *w, const struct crowd *r)
{
    struct judged out = {0};
    struct observed seen = {.rows = (struct prediction *)(uintptr_t)r->at, .count = r->count};
    limit_judge(call_in(a), w, &seen, NULL, &out);
    return out;
}

static struct limit at_least(const char *figure, double low)
{
    return (struct limit){.figure = text_of(figure),
                          .low = {true, low},
                          .coverage = {true, 0.8},
                          .min_n = 100,
                          .needed_m = 1,
                          .needed_n = 1,
                          .clear_n = 1};
}

static struct limit at_most(const char *figure, double high)
{
    struct limit w = at_least(figure, 0);
    w.low.known = false;
    w.high = (struct limit_number){true, high};
    return w;
}

static struct crowd rows;

static enum limit_status accuracy_of(size_t right, size_t wrong, size_t unlabelled)
{
    struct arena *a = arena_open();
    struct limit w = at_least("accuracy", 0.9);
    rows.count = 0;
    add(&rows, right, 1, 1, NULL);
    add(&rows, wrong, 1, 0, NULL);
    add(&rows, unlabelled, 1, -1, NULL);
    enum limit_status s = judge(a, &w, &rows).status;
    arena_close(a);
    return s;
}

static void a_breach_needs_point_interval_and_rows(void **state)
{
    (void)state;
    assert_int_equal(accuracy_of(0, 0, 0), LIMIT_NO_DATA);
    assert_int_equal(accuracy_of(95, 5, 0), LIMIT_PASS);
    assert_int_equal(accuracy_of(90, 10, 0), LIMIT_PASS);       /* the limit itself is within */
    assert_int_equal(accuracy_of(88, 12, 0), LIMIT_NOT_ENOUGH); /* may be chance */
    assert_int_equal(accuracy_of(70, 30, 0), LIMIT_BREACH);
    assert_int_equal(accuracy_of(10, 89, 0), LIMIT_NOT_ENOUGH); /* 99 are too few */
    assert_int_equal(accuracy_of(99, 0, 0), LIMIT_NOT_ENOUGH);  /* and no green either */
    assert_int_equal(accuracy_of(70, 30, 26), LIMIT_MATURING);  /* 79 % have a label */
    assert_int_equal(accuracy_of(70, 30, 25), LIMIT_BREACH);    /* 80 % */
    assert_int_equal(accuracy_of(0, 0, 200), LIMIT_MATURING);
}

static void how_many_there_were_is_known_of_none(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    struct limit w = at_least("n", 1);
    rows.count = 0;
    assert_int_equal(judge(a, &w, &rows).status, LIMIT_BREACH);
    add(&rows, 1, 1, -1, NULL);
    assert_int_equal(judge(a, &w, &rows).status, LIMIT_PASS);
    arena_close(a);
}

static enum limit_status groups(const char *figure, const char *by, double high, size_t few)
{
    struct arena *a = arena_open();
    struct limit w = at_most(figure, high);
    w.by = text_of(by);
    rows.count = 0;
    add(&rows, 80, 0, 0, "F"); /* fpr 0.2 */
    add(&rows, 20, 1, 0, "F");
    add(&rows, few / 2, 0, 0, "M"); /* fpr 0.5 */
    add(&rows, few / 2, 1, 0, "M");
    add(&rows, 300, 1, 0, NULL); /* whose sex is not known is compared with nobody */
    enum limit_status s = judge(a, &w, &rows).status;
    arena_close(a);
    return s;
}

static void groups_are_judged_by_what_chance_leaves(void **state)
{
    (void)state;
    assert_int_equal(groups("demographic_parity_difference", "sex", 0.1, 200), LIMIT_BREACH);
    assert_int_equal(groups("demographic_parity_difference", "sex", 0.35, 200), LIMIT_PASS);
    assert_int_equal(groups("demographic_parity_difference", "sex", 0.25, 200),
                     LIMIT_NOT_ENOUGH);
    assert_int_equal(groups("demographic_parity_difference", "sex", 0.1, 98), LIMIT_NOT_ENOUGH);
    assert_int_equal(groups("demographic_parity_difference", "nose", 0.1, 200),
                     LIMIT_NOT_ENOUGH); /* an attribute that nobody sends */
    assert_int_equal(groups("equalized_odds_difference", "sex", 0.1, 200),
                     LIMIT_NOT_ENOUGH); /* nobody has a positive label: not defined */
    /* the limit holds for each group */
    assert_int_equal(groups("fpr", "sex", 0.3, 200), LIMIT_BREACH);
    assert_int_equal(groups("fpr", "sex", 0.6, 200), LIMIT_PASS);
    assert_int_equal(groups("fpr", "sex", 0.3, 98), LIMIT_PASS); /* too small a group is none */
}

static void drift_needs_more_than_chance(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    struct limit w = at_most("psi", 0.2);
    static struct prediction base[1000], now[1000];
    struct judged out = {0};
    for (size_t i = 0; i < 1000; i++) {
        base[i] = (struct prediction){.has_score = true, .score = (double)i / 1000};
        now[i] = (struct prediction){.has_score = true, .score = (double)i / 2000};
    }
    struct observed reference = {.rows = base, .count = 1000}, same = reference,
                    other = {.rows = now, .count = 1000};
    limit_judge(call_in(a), &w, &same, &reference, &out);
    assert_int_equal(out.status, LIMIT_PASS);
    limit_judge(call_in(a), &w, &other, &reference, &out);
    assert_int_equal(out.status, LIMIT_BREACH);
    limit_judge(call_in(a), &w, &other, NULL, &out); /* nothing to measure against */
    assert_int_equal(out.status, LIMIT_NOT_ENOUGH);
    other.count = 99;
    limit_judge(call_in(a), &w, &other, &reference, &out);
    assert_int_equal(out.status, LIMIT_NOT_ENOUGH);
    arena_close(a);
}

/* Every word of the model's choice is one that is computed, and the other way round. */
static void every_figure_that_can_be_chosen_is_known(void **state)
{
    (void)state;
    static const char *const some[] = {"n", "psi", "mae", "equalized_odds_ratio", "brier"};
    for (size_t i = 0; i < COUNT(some); i++)
        assert_true(limit_figure_known(text_of(some[i])));
    assert_false(limit_figure_known(TEXT("accuracy ")));
    assert_false(limit_figure_known(TEXT("")));
    assert_true(limit_figure_of_groups(TEXT("selected_ratio")));
    assert_false(limit_figure_of_groups(TEXT("fpr")));
}

/* ---- several windows */
/* b beyond, p within, h within but not far enough, n not enough, e none; upper case: the alarm
 * stands after it. */
static void leads_to(const struct limit *w, const char *windows)
{
    struct limit_state s = {0};
    for (size_t i = 0; windows[i]; i++) {
        bool alarm = windows[i] >= 'A' && windows[i] <= 'Z';
        char what = (char)(alarm ? windows[i] - 'A' + 'a' : windows[i]);
        struct judged one = {.window = {(int64_t)i, (int64_t)i + 1},
                             .inside = what == 'p',
                             .status = what == 'b'                  ? LIMIT_BREACH
                                       : what == 'p' || what == 'h' ? LIMIT_PASS
                                       : what == 'e'                ? LIMIT_NO_DATA
                                                                    : LIMIT_NOT_ENOUGH};
        limit_step(w, &one, &s);
        assert_true(strlen(s.recent) <= LIMIT_RECENT);
        if (s.alarm != alarm)
            fail_msg("%s: the alarm is %d after window %zu", windows, s.alarm, i);
    }
}

static void so_many_of_so_many_open_it(void **state)
{
    (void)state;
    struct limit w = at_least("accuracy", 0.9);
    leads_to(&w, "ppBBp");
    leads_to(&w, "ppBNEHp"); /* nothing and too little is not good */
    w.needed_m = 2;
    w.needed_n = 3;
    leads_to(&w, "bppbpB"); /* b p B: two of three */
    leads_to(&w, "bppbppb");
    leads_to(&w, "bBpbpB"); /* what opened it before is spent */
    w.clear_n = 2;
    leads_to(&w, "bBPBPpbBPHPp");
    w.muted = 3;
    leads_to(&w, "bbbB"); /* what is muted opens nothing, and is not forgotten */
    w = at_least("accuracy", 0.9);
    w.needed_m = w.needed_n = LIMIT_RECENT;
    leads_to(&w, "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbBBp");
}

static void far_enough_within_is_back(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    struct limit w = at_most("fpr", 0.1);
    w.clear_high = (struct limit_number){true, 0.05};
    rows.count = 0;
    add(&rows, 92, 0, 0, NULL);
    add(&rows, 8, 1, 0, NULL);
    struct judged one = judge(a, &w, &rows);
    assert_int_equal(one.status, LIMIT_PASS);
    assert_false(one.inside);
    add(&rows, 100, 0, 0, NULL);
    one = judge(a, &w, &rows);
    assert_true(one.inside);
    arena_close(a);
}

/* ---- settings */
static void settings_are(const char *json, const char *fields)
{
    static const struct json_limits limits = {10000, 4, 100};
    struct arena *a = arena_open();
    struct call *call = call_in(a);
    const struct json *v;
    struct limit w;
    struct buf b = buf_in(a, 1000);
    assert_int_equal(json_read(call, text_of(json), &limits, &v), OK);
    enum err e = limit_read(call, limit_of_json, v, &w);
    for (const struct problem *p = call->problems; p; p = p->next)
        buf_print(&b, "%s%.*s", b.len ? " " : "", TEXT_ARG(p->field));
    buf_add_byte(&b, '\0');
    assert_string_equal(b.at, fields);
    assert_int_equal(e == OK, !*fields);
    arena_close(a);
}

static void settings_that_lie_are_named(void **state)
{
    (void)state;
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1}", "");
    settings_are("{\"figure\":\"fpr\"}", "limit_high");
    settings_are("{\"figure\":\"magic\",\"limit_low\":0}", "figure");
    settings_are("{\"figure\":\"fpr\",\"limit_low\":0.2,\"limit_high\":0.1}", "limit_low");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"clear_high\":0.2}", "clear_high");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"min_n\":0}", "min_n");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"min_n\":1e9}", "min_n");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":\"NaN\"}", "limit_high limit_high");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"needed_m\":2}", "needed_m");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"needed_n\":31}", "needed_n");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"coverage_floor\":2}",
                 "coverage_floor");
    settings_are("{\"figure\":\"selected_ratio\",\"limit_low\":0.8}", "by");
    settings_are("{\"figure\":\"psi\",\"limit_high\":0.2}", "baseline_to");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"every\":\"second\"}", "every");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"watch_from\":\"2026-02-30\"}",
                 "watch_from");
    settings_are("{\"figure\":\"fpr\",\"limit_high\":0.1,\"wait_days\":1000000000}",
                 "wait_days");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_go_by_the_calendar),
        cmocka_unit_test(windows_leave_nothing_out),
        cmocka_unit_test(an_hour_is_as_it_passes),
        cmocka_unit_test(a_breach_needs_point_interval_and_rows),
        cmocka_unit_test(how_many_there_were_is_known_of_none),
        cmocka_unit_test(groups_are_judged_by_what_chance_leaves),
        cmocka_unit_test(drift_needs_more_than_chance),
        cmocka_unit_test(every_figure_that_can_be_chosen_is_known),
        cmocka_unit_test(so_many_of_so_many_open_it),
        cmocka_unit_test(far_enough_within_is_back),
        cmocka_unit_test(settings_that_lie_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
