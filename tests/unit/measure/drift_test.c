/* SPDX-License-Identifier: Apache-2.0 */
/* Two sets of values: bins, categories without end, sketches; and that no drift looks like
 * none. */
#include "measure_unit.h"

static struct measure_categories *with_names(struct arena *a, uint64_t first, uint64_t last,
                                             struct measure_categories *m)
{
    for (uint64_t i = first; i < last; i++)
        measure_categories_add(m, text_print(a, "value %d", (int)i));
    return m;
}

/* A million values in a column: memory stays, the rest is counted, and it says so. */
static void a_million_categories(void **state)
{
    struct call *call = *state;
    struct arena *names = arena_open();
    struct measure_categories *m = measure_categories_new(call->arena);
    size_t before = arena_used(call->arena);
    for (uint64_t i = 0; i < 1000000; i += 10000) {
        with_names(names, i, i + 10000, m);
        arena_reset(names);
    }
    struct measure_categories_seen s = measure_categories_seen(m);
    assert_true(s.capped && !s.full);
    assert_int_equal(s.rows, 1000000);
    assert_int_equal(s.rest, 1000000 - MEASURE_CATEGORIES_MOST);
    assert_near(s.distinct, 1e6, 1e5);
    assert_true(arena_used(call->arena) - before < (size_t)512 << 10);
    struct buf b = buf_in(call->arena, MEASURE_BYTES_MOST);
    measure_categories_write(m, &b);
    assert_false(b.full);
    struct measure_table t = measure_categories_all(call->arena, m, m);
    assert_true(t.capped);
    assert_int_equal(t.count, MEASURE_CATEGORIES_MOST + 1);
    assert_text(t.row[t.named].name, "(other)");
    arena_close(names);
}

/* The fifty of the reference are counted exactly, whatever a million others do. */
static void the_top_of_a_reference_is_kept(void **state)
{
    struct call *call = *state;
    struct measure_categories *reference = measure_categories_new(call->arena);
    for (uint64_t i = 0; i < 60; i++)
        for (uint64_t k = 0; k <= i; k++)
            with_names(call->arena, i, i + 1, reference);
    measure_categories_add_missing(reference);
    struct measure_categories *m = measure_categories_like(call->arena, reference);
    with_names(call->arena, 0, 20000, m);
    with_names(call->arena, 0, 60, m);
    struct measure_table t = measure_categories_top(call->arena, reference, m);
    assert_int_equal(t.named, MEASURE_TOP);
    assert_int_equal(t.count, MEASURE_TOP + 3);
    assert_true(t.capped);
    for (size_t i = 0; i < t.named; i++)
        assert_int_equal(t.current[i], 2);
    assert_int_equal(t.reference[t.named], 55); /* values 0 to 9 have 1 to 10 rows */
    assert_text(t.row[t.named].name, "(other)");
    assert_text(t.row[t.named + 1].name, "(new)");
    assert_text(t.row[t.named + 2].name, "(missing)");
    assert_int_equal(t.reference[t.named + 2], 1);
    assert_false(measure_categories_merge(m, reference)); /* they follow different ones */
}

static void new_and_vanished(void **state)
{
    struct call *call = *state;
    struct measure_categories *r = measure_categories_new(call->arena);
    struct measure_categories *c = measure_categories_new(call->arena);
    with_names(call->arena, 0, 5, r);
    with_names(call->arena, 3, 9, c);
    measure_categories_add_missing(c);
    struct measure_table t = measure_categories_all(call->arena, r, c);
    assert_int_equal(t.count, 9);
    assert_int_equal(t.new_count, 4);
    assert_int_equal(t.new_rows, 4);
    assert_int_equal(t.vanished_count, 3);
    assert_near(t.new_share, 4.0 / 6, 1e-15);
    assert_false(t.capped);
}

static void odd_names(void **state)
{
    struct call *call = *state;
    struct measure_categories *m = measure_categories_new(call->arena);
    char *huge = arena_take(call->arena, 1 << 20);
    memset(huge, 'x', 1 << 20);
    struct text names[] = {TEXT("a|b=c\nd"), TEXT(""),        TEXT("(missing)"),
                           TEXT("\xff\xfe"), {huge, 1 << 20}, {huge, (1 << 20) - 1},
                           TEXT("猫")};
    for (int twice = 0; twice < 2; twice++)
        for (size_t i = 0; i < COUNT(names); i++)
            measure_categories_add(m, names[i]);
    assert_near(measure_categories_seen(m).distinct, COUNT(names), 0);
    assert_int_equal(measure_categories_seen(m).missing, 0);
    for (size_t i = 0; i < COUNT(names); i++) {
        struct text kept = measure_name(call->arena, names[i]);
        assert_true(kept.len <= MEASURE_NAME_MOST && text_utf8(kept));
        assert_true(text_same(measure_name(call->arena, kept), kept));
    }
}

/* From the nearer end, to the last bit as numpy has it: it may be the edge of a bin. */
static void quantiles_to_the_last_bit(void **state)
{
    const double x[] = {0, 0.9};
    assert_near(measure_quantile(x, 2, 0.7), 0.6299999999999999, 0);
    assert_near(measure_quantile(x, 2, 0), 0, 0);
    assert_near(measure_quantile(x, 2, 1), 0.9, 0);
    assert_unknown(measure_quantile(x, 2, -0.1));
    assert_unknown(measure_quantile(x, 2, NAN));
}

static void bins_of_tied_values(void **state)
{
    double x[100];
    for (int i = 0; i < 100; i++)
        x[i] = i < 60 ? 0 : i;
    struct measure_edges e = measure_deciles(x, 100);
    assert_int_equal(e.count, 5); /* 0, then the sixth decile and on */
    assert_true(e.at[0] == 0);
    assert_int_equal(measure_bin(&e, 0), 0);
    assert_int_equal(measure_bin(&e, -1e308), 0);
    assert_int_equal(measure_bin(&e, 0x1p-1074), 1);
    assert_int_equal(measure_bin(&e, e.at[4]), 4);
    assert_int_equal(measure_bin(&e, 1e308), 5);
    for (int i = 0; i < 100; i++)
        x[i] = 7;
    e = measure_deciles(x, 100); /* one bin, and an empty one above */
    int64_t counts[2] = {0};
    measure_bin_counts(&e, x, 100, counts);
    assert_int_equal(counts[0], 100);
    struct measure_psi p = measure_psi(counts, counts, 2);
    assert_int_equal(p.bins, 1);
    assert_near(p.value, 0, 0);
    assert_near(p.expected, 0, 0);
    assert_unknown(p.p);
    struct measure_chi2 c = measure_chi2(counts, counts, 2);
    assert_int_equal(c.freedom, 0);
    assert_unknown(c.p);
}

static void psi_of_empty_bins(void **state)
{
    const int64_t r[] = {0, 50, 50}, c[] = {10, 40, 50}, none[] = {0, 0, 0},
                  less[] = {-1, 2, 3};
    double wanted = (1e-4 - 0.1) * log(1e-4 / 0.1) + (0.5 - 0.4) * log(0.5 / 0.4);
    assert_near(measure_psi(r, c, 3).value, wanted, 1e-15);
    assert_unknown(measure_psi(r, none, 3).value);
    assert_unknown(measure_psi(r, less, 3).value);
    assert_unknown(measure_divergence(none, c, 3).js_distance);
    assert_unknown(measure_chi2(none, none, 3).statistic);
    const int64_t left[] = {7, 0}, right[] = {0, 9};
    assert_near(measure_divergence(left, right, 2).js_distance, 1, 1e-15);
    assert_near(measure_divergence(left, right, 2).tvd, 1, 0);
    assert_near(measure_divergence(left, right, 2).hellinger, 1, 1e-15);
    assert_near(measure_evidently_js_counts(left, right, 2), sqrt(M_LN2), 1e-15);
    assert_near(measure_evidently_chi2(left, right, 2).p, 0, 0);
    assert_unknown(measure_evidently_chi2(left, right, 2).statistic);
}

/* Samples of one source: PSI is on average what it says it is, and its tail is even: one in
 * twenty below 0.05. A plain limit of 0.1 would fire far more often. */
static void no_drift_looks_like_none(void **state)
{
    enum { RUNS = 1000, K = 10, N = 400, M = 200 };
    double sum = 0, expected = 0;
    int below = 0, chi = 0;
    for (uint64_t run = 0; run < RUNS; run++) {
        int64_t r[K] = {0}, c[K] = {0};
        for (uint64_t i = 0; i < N; i++)
            r[mixed(run * 1000 + i) % K]++;
        for (uint64_t i = 0; i < M; i++)
            c[mixed(run * 1000 + N + i) % K]++;
        struct measure_psi p = measure_psi(r, c, K);
        sum += p.value.value;
        expected = p.expected.value;
        below += p.p.value < 0.05;
        chi += measure_chi2(r, c, K).p.value < 0.05;
    }
    assert_near(measure_known(sum / RUNS), expected, 0.1 * expected);
    assert_in_range(below, 30, 90);
    assert_in_range(chi, 30, 75);
}

static void ks_without_drift(void **state)
{
    int limit = 0, exact = 0;
    for (uint64_t run = 0; run < 500; run++) {
        double x[150], y[100];
        for (uint64_t i = 0; i < 150; i++)
            x[i] = drawn(run * 1000 + i);
        for (uint64_t i = 0; i < 100; i++)
            y[i] = drawn(run * 1000 + 500 + i);
        struct measure_ks k = measure_ks(x, measure_sort(x, 150), y, measure_sort(y, 100));
        limit += k.p.value < 0.05;
        exact += k.p_exact.value < 0.05;
    }
    assert_in_range(limit, 8, 35);
    assert_in_range(exact, 8, 40);
}

static void distances(void **state)
{
    double x[] = {0, 0, 1, 1}, y[] = {2, 2, 3, 3}, z[] = {5};
    assert_near(measure_ks(x, 4, y, 4).d, 1, 0);
    static const double huge[] = {-1e308, 1e308};
    assert_near(measure_wasserstein(x, 4, y, 4), 2, 0);
    assert_near(measure_wasserstein_normed(x, 4, y, 4), 4, 1e-15);
    assert_near(measure_wasserstein(x, 4, x, 4), 0, 0);
    assert_near(measure_wasserstein(huge, 2, huge, 2), 0, 0);
    assert_near(measure_wasserstein(huge, 2, huge, 1), 1e308, 0); /* half of twice that */
    assert_near(measure_wasserstein_normed(z, 1, z, 1), 0, 0); /* the spread is 0: its floor */
    assert_near(measure_ks(z, 1, z, 1).d, 0, 0);
    assert_near(measure_ks(z, 1, z, 1).p, 1, 0);
}

static void bins_of_another_reference_do_not_merge(void **state)
{
    struct measure_edges one = {2, {1, 2}}, other = {2, {1, 3}};
    struct measure_bins a = measure_bins(&one), b = measure_bins(&other);
    measure_bins_add(&a, 1);
    measure_bins_add(&a, NAN);
    assert_false(measure_bins_merge(&a, &b));
    assert_int_equal(a.count[0], 1);
    assert_int_equal(a.bad, 1);
}

/* Every quantile of a sketch is within 1 % of the value that has that rank. */
static void a_sketch_keeps_its_word(void **state)
{
    struct call *call = *state;
    static double x[5000];
    struct measure_sketch *m = measure_sketch_new(call->arena);
    for (uint64_t i = 0; i < COUNT(x); i++) {
        x[i] = i % 50 == 0 ? 0 : exp((drawn(i) - 0.3) * 40);
        measure_sketch_add(m, x[i]);
    }
    measure_sort(x, COUNT(x));
    for (int i = 0; i <= 1000; i++) {
        double exact = x[(size_t)(i / 1000.0 * (COUNT(x) - 1))];
        assert_near(measure_sketch_quantile(m, i / 1000.0), exact,
                    exact * (MEASURE_SKETCH_ERROR + 1e-12) + 1e-9);
    }
    measure_sketch_add(m, -1);
    measure_sketch_add(m, NAN);
    measure_sketch_add(m, INFINITY);
    assert_int_equal(m->bad, 3);
    measure_sketch_add(m, 1e308);
    assert_int_equal(m->over, 1);
    assert_near(measure_sketch_quantile(m, 1), 1e15, 1e13);
    assert_unknown(measure_sketch_quantile(m, 1.1));
    assert_unknown(measure_sketch_quantile(m, NAN));
}

/* 150 classes: 100 keep their names, the sums are those of all. */
static void classes_over_the_cap(void **state)
{
    struct call *call = *state;
    struct measure_confusion *m = measure_confusion_new(call->arena);
    for (uint64_t i = 0; i < 150; i++) {
        struct text name = text_print(call->arena, "class %d", (int)i);
        measure_confusion_add(m, name, name, 1);
        measure_confusion_add(m, name, TEXT("class 0"), 1);
    }
    struct measure_classes c = measure_confusion_classes(m, call->arena);
    assert_true(c.capped);
    assert_int_equal(c.count, MEASURE_CLASSES_MOST + 1);
    assert_text(c.name[c.count - 1], "(other)");
    struct measure_one_class *each = NEW_MANY(call->arena, c.count, struct measure_one_class);
    assert_int_equal(measure_averages(&c, each).n, 300);
    int64_t others = each[c.count - 1].counts.tp + each[c.count - 1].counts.fn;
    assert_int_equal(others, 2 * 50);
}

/* Three classes by hand. */
static void averages(void **state)
{
    struct call *call = *state;
    struct measure_confusion *m = measure_confusion_new(call->arena);
    static const char *const rows[][2] = {{"a", "a"}, {"a", "a"}, {"a", "b"}, {"b", "b"},
                                          {"b", "a"}, {"c", "b"}, {"a", "d"}};
    for (size_t i = 0; i < COUNT(rows); i++)
        measure_confusion_add(m, text_of(rows[i][0]), text_of(rows[i][1]), 1);
    struct measure_classes c = measure_confusion_classes(m, call->arena);
    struct measure_averages f = measure_averages(&c, NULL);
    assert_int_equal(f.n, 7);
    assert_int_equal(f.macro_left_out, 1); /* d was predicted, never true */
    assert_near(f.accuracy, 3.0 / 7, 1e-15);
    assert_near(f.macro_recall, (0.5 + 0.5 + 0) / 3, 1e-15);
    assert_near(f.macro_precision, (2.0 / 3 + 1.0 / 3) / 2, 1e-15); /* c was never predicted */
    assert_near(f.weighted_recall, 3.0 / 7, 1e-15);
    assert_near(f.macro_f1, (4.0 / 7 + 2.0 / 5 + 0) / 3, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(a_million_categories),
        CALL_TEST(the_top_of_a_reference_is_kept),
        CALL_TEST(new_and_vanished),
        CALL_TEST(odd_names),
        CALL_TEST(quantiles_to_the_last_bit),
        CALL_TEST(bins_of_tied_values),
        CALL_TEST(psi_of_empty_bins),
        CALL_TEST(no_drift_looks_like_none),
        CALL_TEST(ks_without_drift),
        CALL_TEST(distances),
        CALL_TEST(bins_of_another_reference_do_not_merge),
        CALL_TEST(a_sketch_keeps_its_word),
        CALL_TEST(classes_over_the_cap),
        CALL_TEST(averages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
