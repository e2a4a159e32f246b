/* SPDX-License-Identifier: Apache-2.0 */
/* States from anybody. What is read is written back to the same bytes; it merges with itself
 * without harm, and what comes of that is read again; no figure is ever NaN, infinite, or a
 * value that is not known; and nothing large is taken from memory for what only claims to be.
 */
#include "measure/measure.h"

#include <math.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct figure f)
{
    if (!isfinite(f.value) || (!f.known && f.value != 0))
        panic("a figure is %f", f.value);
}

static struct buf room(struct arena *a)
{
    return buf_in(a, MEASURE_BYTES_MOST);
}

static void check_bytes(const struct buf *b, struct text bytes)
{
    if (b->full || !text_same(buf_text(b), bytes))
        panic("a state is not written as it was read");
}

static void check_counts(const struct measure_counts *c)
{
    for (enum measure_rate i = 0; i < MEASURE_RATE_COUNT; i++)
        check(measure_value(measure_share(c, i)));
    check(measure_f1(c));
    check(measure_mcc(c));
    check(measure_treatment(c));
    check(measure_balanced_accuracy(c));
}

static void check_class(const struct measure_class *m)
{
    struct measure_counts c = measure_class_counts(m);
    struct measure_ranks r = measure_class_ranks(m);
    struct measure_calibration k = measure_class_calibration(m);
    struct measure_expected e = measure_class_expected(m);
    int64_t scores[MEASURE_SCORE_BINS];
    check_counts(&c);
    check(r.auc);
    check(r.auc_se);
    check(r.auc_error);
    check(r.average_precision);
    check(k.brier);
    check(k.log_loss);
    check(k.ece);
    check(k.mce);
    check(e.accuracy);
    check(e.precision);
    check(e.recall);
    check(measure_value(measure_class_selected(m)));
    check(measure_value(measure_class_coverage(m)));
    measure_class_scores(m, scores);
    check(measure_psi(scores, scores, MEASURE_SCORE_BINS).value);
}

static void try_class(struct arena *a, struct text bytes)
{
    struct measure_class *m, *again;
    struct buf b = room(a), both = room(a);
    if (measure_class_read(a, bytes, &m) != OK)
        return;
    check_class(m);
    measure_class_write(m, &b);
    check_bytes(&b, bytes);
    measure_class_merge(m, m);
    check_class(m);
    measure_class_write(m, &both);
    if (measure_class_read(a, buf_text(&both), &again) != OK)
        panic("what was merged does not read");
}

static void try_confusion(struct arena *a, struct text bytes)
{
    struct measure_confusion *m, *again;
    struct buf b = room(a), both = room(a);
    if (measure_confusion_read(a, bytes, &m) != OK)
        return;
    measure_confusion_write(m, &b);
    check_bytes(&b, bytes);
    struct measure_classes c = measure_confusion_classes(m, a);
    struct measure_averages f = measure_averages(&c, NULL);
    check(f.accuracy);
    check(f.macro_f1);
    check(f.weighted_f1);
    check(f.agreement.kappa);
    struct measure_confusion *sum = measure_confusion_new(a);
    measure_confusion_merge(sum, m);
    measure_confusion_merge(sum, m);
    measure_confusion_add(sum, TEXT("a name"), TEXT("another"), 1);
    measure_confusion_write(sum, &both);
    if (measure_confusion_read(a, buf_text(&both), &again) != OK)
        panic("what was merged does not read");
}

static void check_regression(const struct measure_regression *m)
{
    struct measure_regression_figures f = measure_regression_figures(m);
    check(f.mae);
    check(f.rmse);
    check(f.bias);
    check(f.r2);
    check(f.mape);
    check(f.explained_variance);
}

static void try_regression(struct arena *a, struct text bytes)
{
    struct measure_regression m, other, again;
    struct buf b = room(a), both = room(a);
    if (measure_regression_read(bytes, &m) != OK)
        return;
    check_regression(&m);
    measure_regression_write(&m, &b);
    check_bytes(&b, bytes);
    other = m;
    measure_regression_merge(&m, &other);
    check_regression(&m);
    measure_regression_write(&m, &both);
    if (measure_regression_read(buf_text(&both), &again) != OK)
        panic("what was merged does not read");
}

static void try_moments(struct arena *a, struct text bytes)
{
    struct measure_moments m, other, again;
    struct buf b = room(a), both = room(a);
    if (measure_moments_read(bytes, &m) != OK)
        return;
    measure_moments_write(&m, &b);
    check_bytes(&b, bytes);
    other = m;
    measure_moments_merge(&m, &other);
    struct measure_moments_figures f = measure_moments_figures(&m);
    check(f.mean);
    check(f.sd0);
    check(f.sd1);
    measure_moments_write(&m, &both);
    if (measure_moments_read(buf_text(&both), &again) != OK)
        panic("what was merged does not read");
}

static void try_sum(struct arena *a, struct text bytes)
{
    struct measure_sum s;
    struct buf b = room(a);
    if (measure_sum_read(bytes, &s) != OK)
        return;
    check(measure_sum_value(&s));
    measure_sum_write(&s, &b);
    check_bytes(&b, bytes);
}

static void try_bins(struct arena *a, struct text bytes)
{
    struct measure_bins m, again, other;
    struct buf b = room(a), both = room(a);
    if (measure_bins_read(bytes, &m) != OK)
        return;
    measure_bins_write(&m, &b);
    check_bytes(&b, bytes);
    check(measure_psi(m.count, m.count, m.edges.count + 1).value);
    other = m;
    if (!measure_bins_merge(&m, &other))
        panic("it does not merge with itself");
    measure_bins_write(&m, &both);
    if (measure_bins_read(buf_text(&both), &again) != OK)
        panic("what was merged does not read");
}

static void try_categories(struct arena *a, struct text bytes)
{
    struct measure_categories *m, *other, *again;
    struct buf b = room(a), both = room(a);
    if (measure_categories_read(a, bytes, &m) != OK ||
        measure_categories_read(a, bytes, &other) != OK)
        return;
    check(measure_categories_seen(m).distinct);
    measure_categories_write(m, &b);
    check_bytes(&b, bytes);
    struct measure_table t = measure_categories_top(a, m, other);
    check(t.new_share);
    check(measure_psi(t.reference, t.current, t.count).value);
    measure_categories_add(m, TEXT("a name"));
    if (!measure_categories_merge(m, other))
        panic("it does not merge with itself");
    measure_categories_write(m, &both);
    if (measure_categories_read(a, buf_text(&both), &again) != OK)
        panic("what was merged does not read");
}

static void try_sketch(struct arena *a, struct text bytes)
{
    struct measure_sketch *m, *again;
    struct buf b = room(a), both = room(a);
    if (measure_sketch_read(a, bytes, &m) != OK)
        return;
    check(measure_sketch_quantile(m, 0));
    check(measure_sketch_quantile(m, 0.5));
    check(measure_sketch_quantile(m, 1));
    measure_sketch_write(m, &b);
    check_bytes(&b, bytes);
    measure_sketch_merge(m, m);
    measure_sketch_write(m, &both);
    if (measure_sketch_read(a, buf_text(&both), &again) != OK)
        panic("what was merged does not read");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const tries[])(struct arena *, struct text) = {
        try_class, try_confusion, try_regression, try_moments,
        try_sum,   try_bins,      try_categories, try_sketch};
    struct arena *a = arena_open();
    for (size_t i = 0; i < COUNT(tries); i++)
        tries[i](a, (struct text){(const char *)data, size});
    if (arena_used(a) > (size_t)4 << 20)
        panic("%zu bytes of memory for %zu", arena_used(a), size);
    arena_close(a);
    return 0;
}
