/* SPDX-License-Identifier: Apache-2.0 */
/* Traps: nobody, one class, one row, equal scores, scores at the ends, numbers that are none,
 * counts at the end of what is counted. */
#include "measure_unit.h"

static void assert_no_rates(const struct measure_counts *c)
{
    for (enum measure_rate i = 0; i < MEASURE_RATE_COUNT; i++)
        assert_unknown(measure_value(measure_share(c, i)));
    assert_unknown(measure_f1(c));
    assert_unknown(measure_mcc(c));
    assert_unknown(measure_balanced_accuracy(c));
    assert_unknown(measure_treatment(c));
}

static void nobody_has_no_figures(void **state)
{
    struct call *call = *state;
    struct measure_class *m = measure_class_new(call->arena);
    struct measure_counts c = measure_class_counts(m);
    struct measure_calibration k = measure_class_calibration(m);
    struct measure_moments moments = {0};
    struct measure_regression regression = {0};
    double none[1] = {0};
    size_t left_out;
    assert_no_rates(&c);
    assert_unknown(measure_class_ranks(m).auc);
    assert_unknown(measure_class_ranks(m).average_precision);
    assert_unknown(k.brier);
    assert_unknown(k.log_loss);
    assert_unknown(k.ece);
    assert_unknown(k.bin[3].mean_p);
    assert_unknown(measure_class_expected(m).accuracy);
    assert_unknown(measure_value(measure_class_selected(m)));
    assert_unknown(measure_value(measure_class_coverage(m)));
    assert_unknown(measure_moments_figures(&moments).mean);
    assert_unknown(measure_regression_figures(&regression).r2);
    assert_unknown(measure_quantile(none, 0, 0.5));
    assert_unknown(measure_ks(none, 0, none, 1).d);
    assert_unknown(measure_wasserstein(none, 1, none, 0));
    assert_unknown(measure_evidently_psi(call->arena, none, 0, none, 1));
    assert_unknown(measure_nannyml_js(call->arena, none, 0, none, 1));
    assert_unknown(measure_sketch_quantile(measure_sketch_new(call->arena), 0.5));
    assert_unknown(measure_ranks_of(call->arena, none, NULL, 0, &left_out).auc);
    assert_unknown(measure_agreement(NULL, 0).kappa);
    assert_int_equal(measure_deciles(none, 0).count, 0);
}

static void add(struct measure_class *m, double score, bool label)
{
    struct measure_prediction p = {score >= 0.5, true, score};
    measure_class_add(m, &p);
    measure_class_label(m, &p, label, 1);
}

static void one_class_has_what_it_can_have(void **state)
{
    struct call *call = *state;
    struct measure_class *m = measure_class_new(call->arena);
    add(m, 0.2, true);
    add(m, 0.7, true);
    struct measure_counts c = measure_class_counts(m);
    assert_near(measure_value(measure_share(&c, MEASURE_TPR)), 0.5, 0);
    assert_near(measure_value(measure_share(&c, MEASURE_BASE_RATE)), 1, 0);
    assert_unknown(measure_value(measure_share(&c, MEASURE_FPR)));
    assert_unknown(measure_value(measure_share(&c, MEASURE_TNR)));
    assert_unknown(measure_balanced_accuracy(&c));
    assert_unknown(measure_mcc(&c));
    assert_unknown(measure_class_ranks(m).auc);
    assert_unknown(measure_class_ranks(m).auc_se);
    assert_near(measure_class_calibration(m).brier, (0.64 + 0.09) / 2, 1e-15);
}

static void equal_scores_rank_nothing(void **state)
{
    struct call *call = *state;
    struct measure_class *m = measure_class_new(call->arena);
    for (int i = 0; i < 10; i++)
        add(m, 0.4, i % 3 == 0);
    struct measure_ranks r = measure_class_ranks(m);
    assert_near(r.auc, 0.5, 0);
    assert_near(r.auc_error, 0.5, 0);
    assert_near(r.auc_se, 0, 0);
    assert_near(r.average_precision, 0.4, 1e-15);
}

/* p = 0 and 1: the last bins take 1, log-loss is clipped, all is finite. */
static void scores_at_the_ends(void **state)
{
    struct call *call = *state;
    struct measure_class *m = measure_class_new(call->arena);
    add(m, 1, false);
    add(m, 0, true);
    add(m, -0.0, false);
    add(m, 1, true);
    struct measure_calibration k = measure_class_calibration(m);
    assert_int_equal(k.bin[9].n, 2);
    assert_int_equal(k.bin[0].n, 2);
    assert_near(k.brier, 0.5, 0);
    assert_near(k.log_loss, -(log(1e-15) + log(1 - (1 - 1e-15))) / 4, 1e-12);
    assert_near(k.ece, 0.5, 0);
    assert_near(k.mce, 0.5, 0);
    assert_near(measure_class_ranks(m).auc, 0.5, 0);
    assert_int_equal(measure_score_bin(1), MEASURE_SCORE_BINS - 1);
    assert_int_equal(measure_score_bin(0), 0);
    assert_int_equal(measure_calibration_bin(0.3), 3);
    assert_int_equal(measure_calibration_bin(0.7), 7);
    assert_int_equal(measure_calibration_bin(0.1 + 0.2), 3);
}

static void what_is_no_score_is_left_out_and_counted(void **state)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY, -0.1, 1.1, 1e308};
    struct call *call = *state;
    struct measure_class *m = measure_class_new(call->arena);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct measure_prediction p = {1, true, bad[i]};
        measure_class_add(m, &p);
        measure_class_label(m, &p, true, 1);
    }
    struct measure_prediction none = {-1, false, 0.5};
    measure_class_add(m, &none);
    measure_class_label(m, &none, true, 1);
    struct measure_seen s = measure_class_seen(m);
    assert_int_equal(s.predictions, 7);
    assert_int_equal(s.bad_score, 6);
    assert_int_equal(s.without_score, 1);
    assert_int_equal(s.without_class, 1);
    assert_int_equal(s.labelled, 7);
    assert_int_equal(s.labelled_without_score, 7);
    assert_int_equal(s.labelled_without_class, 1);
    struct measure_counts c = measure_class_counts(m);
    assert_int_equal(c.tp, 6);
    assert_unknown(measure_class_calibration(m).brier);
}

static void one_row(void **state)
{
    struct measure_moments m = {0};
    measure_moments_add(&m, 7);
    assert_near(measure_moments_figures(&m).mean, 7, 0);
    assert_near(measure_moments_figures(&m).sd0, 0, 0);
    assert_unknown(measure_moments_figures(&m).sd1);
    struct measure_regression r = {0};
    measure_regression_add(&r, 3, 5, 1);
    struct measure_regression_figures f = measure_regression_figures(&r);
    assert_near(f.mae, 2, 0);
    assert_near(f.bias, -2, 0);
    assert_unknown(f.r2);
    assert_unknown(f.explained_variance);
}

static void perfect_and_constant(void **state)
{
    double y[] = {5, 5, 5}, p[] = {5, 5, 5}, rising[] = {1, 2, 3};
    size_t left_out;
    assert_unknown(measure_regression_of(p, y, 3, &left_out).r2);
    assert_near(measure_regression_of(rising, rising, 3, &left_out).r2, 1, 0);
    assert_near(measure_regression_of(p, rising, 3, &left_out).r2, 1 - 29.0 / 2, 1e-14);
}

/* The spread of values that differ in their last bits, far from 0: what a sum of squares in
 * doubles, or the difference of two, gets wrong entirely. */
static void nothing_cancels(void **state)
{
    struct measure_moments m = {0};
    for (int i = 0; i < 1000; i++)
        measure_moments_add(&m, 1e15 + i % 2);
    assert_near(measure_moments_figures(&m).sd0, 0.5, 0);
    assert_near(measure_moments_figures(&m).mean, 1e15 + 0.5, 0);
    struct measure_sum s = {0};
    measure_sum_add(&s, 1e308);
    measure_sum_add(&s, 1e308);
    assert_unknown(measure_sum_value(&s));
    measure_sum_add(&s, 1);
    measure_sum_add(&s, -1e308);
    measure_sum_add(&s, -1e308);
    assert_near(measure_sum_value(&s), 1, 0);
    measure_sum_add_product(&s, 0x1p-1074, 0x1p-1074);
    measure_sum_add_product(&s, 1e308, 1e308);
    measure_sum_add_product(&s, -1e308, 1e308);
    measure_sum_add(&s, -1);
    assert_near(measure_sum_value(&s), 0, 0); /* 2^-2148, below the smallest double */
    measure_sum_add(&s, 0x1p-1074);
    assert_near(measure_sum_value(&s), 0x1p-1074, 0);
}

/* Half of the last place, and a crumb however small that tells which way. */
static void a_crumb_decides(void **state)
{
    static const double crumbs[] = {0x1p-90, 0x1p-200, 0x1p-1074};
    struct measure_sum half = {0};
    measure_sum_add(&half, 1);
    measure_sum_add(&half, 0x1p-53);
    assert_near(measure_sum_value(&half), 1, 0);
    for (size_t i = 0; i < COUNT(crumbs); i++) {
        struct measure_sum more = half, less = half;
        measure_sum_add(&more, crumbs[i]);
        measure_sum_add(&less, -crumbs[i]);
        assert_near(measure_sum_value(&more), 1 + 0x1p-52, 0);
        assert_near(measure_sum_value(&less), 1, 0);
    }
}

/* Against sums in wider numbers: the nearest double, for any order and sign. */
static void sums_are_rounded_once(void **state)
{
    for (uint64_t run = 0; run < 200; run++) {
        struct measure_sum s = {0};
        __int128 exact = 0; /* in 2^-40 */
        for (uint64_t i = 0; i < 100; i++) {
            int64_t whole = (int64_t)(mixed(run * 100 + i) >> 12) - (INT64_C(1) << 51);
            exact += whole;
            measure_sum_add(&s, (double)whole * 0x1p-40);
        }
        assert_true(measure_sum_value(&s).value == (double)exact * 0x1p-40);
    }
}

static void values_that_are_none(void **state)
{
    struct measure_moments m = {0};
    struct measure_regression r = {0};
    double odd[] = {NAN, INFINITY, -INFINITY, -0.0, 1e308, -1e308, 3};
    for (size_t i = 0; i < COUNT(odd); i++) {
        measure_moments_add(&m, odd[i]);
        measure_regression_add(&r, odd[i], 1, 1);
    }
    measure_regression_add(&r, 1e308, -1e308, 1);
    assert_int_equal(m.bad, 3);
    assert_int_equal(m.n, 4);
    assert_int_equal(r.bad, 4);
    assert_near(measure_moments_figures(&m).mean, 0.75, 0);
    assert_near(measure_moments_figures(&m).sd0, 1e308 * M_SQRT1_2, 1e293);
    assert_unknown(measure_regression_figures(&r).mse); /* beyond the largest double */
    assert_int_equal(measure_sort(odd, COUNT(odd)), 4);
    assert_true(odd[0] == -1e308 && odd[1] == 0 && !signbit(odd[1]) && odd[3] == 1e308);
    assert_near(measure_quantile(odd, 2, 0.5), -5e307, 0);
    double ends[] = {-1e308, 1e308};
    assert_near(measure_quantile(ends, 2, 0.5), 0, 0);
    assert_unknown(measure_known(NAN));
    assert_unknown(measure_known(-INFINITY));
    assert_unknown(measure_quotient(0, 0));
    assert_unknown(measure_quotient(1, 0));
    assert_false(signbit(measure_known(-0.0).value));
    assert_unknown(measure_max_error(&(double){NAN}, &(double){1}, 1));
}

/* 2^53 rows are told exactly; one more is too many, and says so in figures and bytes. */
static void counts_at_the_end(void **state)
{
    struct call *call = *state;
    struct measure_counts c = {MEASURE_MOST, 0, 0, MEASURE_MOST};
    assert_near(measure_value(measure_share(&c, MEASURE_ACCURACY)), 1, 0);
    assert_near(measure_mcc(&c), 1, 1e-15);
    c.tp++;
    assert_no_rates(&c);
    struct measure_class *m = measure_class_new(call->arena), *twice;
    add(m, 0.3, true);
    for (int i = 0; i < 53; i++) {
        struct buf b = buf_in(call->arena, MEASURE_BYTES_MOST);
        measure_class_write(m, &b);
        assert_int_equal(measure_class_read(call->arena, buf_text(&b), &twice), OK);
        measure_class_merge(m, twice);
    }
    assert_false(measure_class_seen(m).full);
    assert_int_equal(measure_class_counts(m).fn, MEASURE_MOST);
    assert_near(measure_class_calibration(m).brier, 0.49, 1e-15);
    add(m, 0.3, true);
    assert_true(measure_class_seen(m).full);
    c = measure_class_counts(m);
    assert_no_rates(&c);
    assert_unknown(measure_class_ranks(m).auc);
    assert_unknown(measure_class_calibration(m).brier);
    struct buf b = buf_in(call->arena, 100);
    measure_class_write(m, &b);
    assert_text(buf_text(&b), "C\x81");
}

static void ranks_of_ties(void **state)
{
    struct call *call = *state;
    double p[] = {.1, .4, .35, .8, NAN, .8, .8}; /* scikit-learn has these */
    uint8_t y[] = {0, 0, 1, 1, 1, 0, 1};
    size_t left_out;
    struct measure_ranks r = measure_ranks_of(call->arena, p, y, COUNT(p), &left_out);
    assert_int_equal(left_out, 1);
    assert_near(r.auc, 0.6666666666666667, 1e-15);
    assert_near(r.average_precision, 0.6444444444444444, 1e-15);
}

/* What the histogram says is off by no more than it says. */
static void the_histogram_keeps_its_word(void **state)
{
    struct call *call = *state;
    for (uint64_t run = 0; run < 5; run++) {
        struct measure_class *m = measure_class_new(call->arena);
        double score[3000];
        uint8_t label[3000];
        size_t left_out;
        for (uint64_t i = 0; i < 3000; i++) {
            score[i] = 0.5 + (drawn(run * 9000 + i) - 0.5) * pow(0.1, (double)run);
            label[i] = drawn(run * 9000 + 3000 + i) < score[i];
            add(m, score[i], label[i]);
        }
        double exact = measure_ranks_of(call->arena, score, label, 3000, &left_out).auc.value;
        struct measure_ranks r = measure_class_ranks(m);
        assert_true(r.auc_error.known && r.auc_error.value > 0);
        assert_near(r.auc, exact, r.auc_error.value + 1e-15);
    }
}

/* Calibrated scores foretell the counts before labels come. */
static void expected_counts(void **state)
{
    struct call *call = *state;
    struct measure_class *m = measure_class_new(call->arena);
    for (uint64_t i = 0; i < 20000; i++) {
        double p = drawn(i);
        add(m, p, drawn(i + 50000) < p);
    }
    struct measure_counts c = measure_class_counts(m);
    struct measure_expected e = measure_class_expected(m);
    assert_near(e.tp, (double)c.tp, 300);
    assert_near(e.fn, (double)c.fn, 300);
    assert_near(e.accuracy, measure_value(measure_share(&c, MEASURE_ACCURACY)).value, 0.01);
}

static void agreement(void **state)
{
    static const int64_t table[] = {20, 5, 10, 15}, none[] = {0, 0, 0, 0}, one[] = {9, 0, 0, 0};
    struct measure_agreement g = measure_agreement(table, 2);
    assert_int_equal(g.n, 50);
    assert_near(g.observed, 0.7, 1e-15);
    assert_near(g.expected, 0.5, 1e-15);
    assert_near(g.kappa, 0.4, 1e-15);
    assert_true(g.kappa_interval.known && g.kappa_interval.low < 0.4 &&
                g.kappa_interval.high > 0.4);
    assert_unknown(measure_agreement(none, 2).observed);
    assert_near(measure_agreement(one, 2).observed, 1, 0);
    assert_unknown(measure_agreement(one, 2).kappa);
}

static void groups_are_tallied(void **state)
{
    const uint16_t group[] = {0, 1, 1, 0, 2, 1};
    const uint8_t predicted[] = {1, 1, 0, 0, 1, 2}, label[] = {1, 0, 1, 0, 1, 1};
    struct measure_counts c[2] = {{0}};
    assert_int_equal(measure_tally(c, 2, group, predicted, label, 6), 2);
    assert_int_equal(c[0].tp, 1);
    assert_int_equal(c[0].tn, 1);
    assert_int_equal(c[1].fp, 1);
    assert_int_equal(c[1].fn, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(nobody_has_no_figures),
        CALL_TEST(one_class_has_what_it_can_have),
        CALL_TEST(equal_scores_rank_nothing),
        CALL_TEST(scores_at_the_ends),
        CALL_TEST(what_is_no_score_is_left_out_and_counted),
        CALL_TEST(one_row),
        CALL_TEST(perfect_and_constant),
        CALL_TEST(nothing_cancels),
        CALL_TEST(a_crumb_decides),
        CALL_TEST(sums_are_rounded_once),
        CALL_TEST(values_that_are_none),
        CALL_TEST(counts_at_the_end),
        CALL_TEST(ranks_of_ties),
        CALL_TEST(the_histogram_keeps_its_word),
        CALL_TEST(expected_counts),
        CALL_TEST(agreement),
        CALL_TEST(groups_are_tallied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
