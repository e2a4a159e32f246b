/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of predictions: what is kept of them, within which bounds, and what sort they are. */
#include "monitor/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct call *call_in(struct arena *a)
{
    return call_open(a, INT64_C(1777629600000000), LANG_EN);
}

static void take(struct call *call, struct drift_columns *c, const char *features, int64_t at)
{
    static const struct json_limits limits = {4096, 8, 1000};
    const struct json *line;
    struct text t = text_print(call->arena, "{\"features\":%s}", features);
    assert_int_equal(json_read(call, t, &limits, &line), OK);
    drift__take(c, line, at);
}

static void take_many(struct call *call, struct drift_columns *c, const char *value, int times)
{
    for (int i = 0; i < times; i++)
        take(call, c, text_c(call->arena, text_print(call->arena, "{\"x\":%s}", value)), 0);
}

static struct drift_column *x_of(struct drift_columns *c, size_t part)
{
    size_t at;
    assert_true(map_find(c->parts[part].places, TEXT("x"), &at));
    return &c->parts[part].columns[at];
}

/* ---- what is kept */
static void values_of_every_sort(void **state)
{
    struct arena *a = arena_open();
    struct call *call = call_in(a);
    struct drift_columns *c = drift_columns_new(a, NULL, 0, NULL, 0);
    static const char *const values[] = {
        "1",    "-0.0",  "1e308",   "true",       "\"w\"",         "\"w\"",        "null",
        "\"\"", "\" \"", "\"NaN\"", "\" -inf \"", "\"+Infinity\"", "\"infinite\"", "\"12\""};
    (void)state;
    for (size_t i = 0; i < COUNT(values); i++)
        take_many(call, c, values[i], 1);
    take(call, c, "{}", 0);
    take(call, c, "{\"y\":1}", 0);
    struct drift_column *x = x_of(c, 0);
    assert_int_equal(c->parts[0].rows, COUNT(values) + 2);
    assert_int_equal(x->numbers.count, 3);
    assert_int_equal(x->worded, 5); /* true, w, w, infinite, 12 */
    assert_int_equal(x->words.count, 4);
    assert_int_equal(x->unfit, 3);
    struct drift d;
    drift_compare(call, x, c->parts[0].rows, x, c->parts[0].rows, &d);
    assert_int_equal(d.reference.absent, 5);
    assert_int_equal(d.type, DRIFT_MIXED);
    assert_int_equal(d.reference.n, 8);
    assert_int_equal(d.reference.distinct, 7);
    arena_close(a);
}

/* One window does not see what is of another, or of none. */
static void windows_have_parts(void **state)
{
    struct arena *a = arena_open();
    struct call *call = call_in(a);
    static const struct window windows[] = {{10, 20}, {20, 30}, {40, 50}};
    const struct text x = TEXT("x");
    struct drift_columns *c = drift_columns_new(a, &x, 1, windows, 3);
    static const int64_t at[] = {9, 10, 19, 20, 29, 30, 39, 40, 49, 50};
    (void)state;
    for (size_t i = 0; i < COUNT(at); i++)
        take(call, c, "{\"x\":1,\"y\":2}", at[i]);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(c->parts[i].rows, 2);
        assert_int_equal(c->parts[i].count, 1); /* y was not asked for */
        assert_int_equal(x_of(c, i)->numbers.count, 2);
    }
    assert_false(c->more);
    arena_close(a);
}

static void what_it_takes_is_bounded(void **state)
{
    struct arena *a = arena_open();
    struct call *call = call_in(a);
    struct drift_columns *c = drift_columns_new(a, NULL, 0, NULL, 0);
    (void)state;
    c->room = 10 * sizeof(double);
    take_many(call, c, "1", 10);
    assert_false(c->no_room);
    take_many(call, c, "1", 1);
    assert_true(c->no_room);
    assert_int_equal(x_of(c, 0)->numbers.count, 10);
    assert_int_equal(c->parts[0].rows, 11);

    c = drift_columns_new(a, NULL, 0, NULL, 0);
    for (int i = 0; i < COLUMNS_MOST + 50; i++)
        take(call, c, text_c(a, text_print(a, "{\"c%d\":1}", i)), 0);
    assert_int_equal(c->parts[0].count, COLUMNS_MOST);
    assert_true(c->more);

    c = drift_columns_new(a, NULL, 0, NULL, 0);
    for (int i = 0; i < CATEGORIES_MOST + 1; i++)
        take(call, c, text_c(a, text_print(a, "{\"x\":\"w%d\"}", i)), 0);
    assert_int_equal(x_of(c, 0)->words.count, CATEGORIES_MOST);
    assert_int_equal(x_of(c, 0)->worded, CATEGORIES_MOST + 1);
    assert_true(x_of(c, 0)->capped);
    take_many(call, c, "\"w1\"", 5); /* one that is known is still counted */
    assert_int_equal(x_of(c, 0)->words.at[1].n, 6);
    struct drift d;
    drift_compare(call, x_of(c, 0), c->parts[0].rows, x_of(c, 0), c->parts[0].rows, &d);
    assert_true(d.capped);
    assert_false(d.psi.value.known || d.chi2.p.known || d.apart.tvd.known);
    arena_close(a);
}

/* ---- what sort it is */
static enum drift_type type_of(int numbers, int words)
{
    struct arena *a = arena_open();
    struct call *call = call_in(a);
    struct drift_columns *c = drift_columns_new(a, NULL, 0, NULL, 0);
    take_many(call, c, "null", 3);
    take_many(call, c, "1.5", numbers);
    take_many(call, c, "\"one\"", words);
    enum drift_type type = drift_type_of(x_of(c, 0));
    arena_close(a);
    return type;
}

static void sorts_go_by_the_reference(void **state)
{
    (void)state;
    assert_int_equal(type_of(0, 0), DRIFT_UNKNOWN);
    assert_int_equal(type_of(1, 0), DRIFT_NUMERIC);
    assert_int_equal(type_of(95, 5), DRIFT_NUMERIC);
    assert_int_equal(type_of(94, 6), DRIFT_MIXED);
    assert_int_equal(type_of(50, 50), DRIFT_MIXED);
    assert_int_equal(type_of(6, 94), DRIFT_MIXED);
    assert_int_equal(type_of(5, 95), DRIFT_CATEGORICAL);
    assert_int_equal(type_of(0, 1), DRIFT_CATEGORICAL);
    assert_int_equal(drift_type_of(NULL), DRIFT_UNKNOWN);
}

/* ---- what drifted */
static struct drift compared(struct call *call, const char *then, const char *now, int rows)
{
    struct drift_columns *r = drift_columns_new(call->arena, NULL, 0, NULL, 0),
                         *c = drift_columns_new(call->arena, NULL, 0, NULL, 0);
    struct drift d;
    take_many(call, r, then, rows);
    take_many(call, c, now, rows);
    drift_compare(call, x_of(r, 0), rows, x_of(c, 0), rows, &d);
    struct drift *one = &d;
    drift_judge(call, &one, 1, 100);
    return d;
}

static void beyond_and_no_chance(void **state)
{
    struct arena *a = arena_open();
    struct call *call = call_in(a);
    (void)state;
    struct drift d = compared(call, "5", "5", 100);
    assert_int_equal(d.drifted, DRIFTED_NO);
    assert_int_equal(d.missing_changed, DRIFTED_NO);
    d = compared(call, "5", "3", 100); /* in the same bin: KS sees it */
    assert_true(d.psi.value.known && d.psi.value.value == 0);
    assert_int_equal(d.drifted, DRIFTED_YES);
    d = compared(call, "5", "3", 99); /* too few */
    assert_int_equal(d.drifted, DRIFTED_UNKNOWN);
    d = compared(call, "\"a\"", "\"b\"", 100);
    assert_int_equal(d.drifted, DRIFTED_YES);
    d = compared(call, "5", "\"5\"", 100); /* broken, and not drifted */
    assert_int_equal(d.current.strange, 100);
    assert_int_equal(d.drifted, DRIFTED_UNKNOWN);
    assert_int_equal(d.missing_changed, DRIFTED_YES);
    arena_close(a);
}

/* p is worse for having looked at more. */
static void looks_are_corrected(void **state)
{
    enum { MANY = 50 };
    static struct drift d[MANY];
    struct drift *all[MANY];
    struct arena *a = arena_open();
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        d[i] = (struct drift){.type = DRIFT_CATEGORICAL,
                              .reference = {.rows = 200, .n = 200},
                              .current = {.rows = 200, .n = 200}};
        d[i].psi.value = measure_known(0.3);
        d[i].chi2.p = measure_known(i ? 0.03 + 0.01 * (double)i : 1e-6);
        all[i] = &d[i];
    }
    d[MANY - 1].chi2.p = MEASURE_UNKNOWN;
    assert_int_equal(drift_judge(call_in(a), all, MANY, 100), MANY - 1);
    assert_int_equal(d[0].drifted, DRIFTED_YES);
    assert_true(d[0].chi2_p.value > 4.8e-5 && d[0].chi2_p.value < 5e-5);
    for (size_t i = 1; i < MANY; i++)
        assert_int_equal(d[i].drifted, DRIFTED_UNKNOWN); /* 0.04 alone would be below alpha */
    assert_false(d[MANY - 1].chi2_p.known);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_every_sort),     cmocka_unit_test(windows_have_parts),
        cmocka_unit_test(what_it_takes_is_bounded), cmocka_unit_test(sorts_go_by_the_reference),
        cmocka_unit_test(beyond_and_no_chance),     cmocka_unit_test(looks_are_corrected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
