/* SPDX-License-Identifier: Apache-2.0 */
/* measure/regression.c — how far predicted numbers are from true ones. */
#include "measure/internal.h"

#include <math.h>

/* e as one rounded difference: it is the error of the row, and what is summed is summed
 * exactly. */
void measure_regression_add(struct measure_regression *m, double predicted, double truth,
                            int sign)
{
    double e = predicted - truth, relative = fabs(e / truth);
    if (!isfinite(predicted) || !isfinite(truth) || !isfinite(e)) {
        m->full |= !measure__count(&m->bad, sign);
        return;
    }
    m->full |= !measure__count(&m->n, sign);
    measure_sum_add(&m->error, sign * e);
    measure_sum_add(&m->absolute, sign * fabs(e));
    measure_sum_add_product(&m->square, e, sign * e);
    measure_sum_add(&m->truth, sign * truth);
    measure_sum_add_product(&m->truth_square, truth, sign * truth);
    if (truth != 0 && isfinite(relative)) {
        m->full |= !measure__count(&m->n_nonzero, sign);
        measure_sum_add(&m->relative, sign * relative);
    }
}

void measure_regression_merge(struct measure_regression *into,
                              const struct measure_regression *from)
{
    into->full |= from->full;
    into->full |= !measure__count(&into->n, from->n);
    into->full |= !measure__count(&into->n_nonzero, from->n_nonzero);
    into->full |= !measure__count(&into->bad, from->bad);
    measure_sum_merge(&into->error, &from->error);
    measure_sum_merge(&into->absolute, &from->absolute);
    measure_sum_merge(&into->square, &from->square);
    measure_sum_merge(&into->truth, &from->truth);
    measure_sum_merge(&into->truth_square, &from->truth_square);
    measure_sum_merge(&into->relative, &from->relative);
}

static struct figure mean(const struct measure_sum *s, int64_t n)
{
    return measure__scaled_ratio(measure__sum_scaled(s),
                                 (struct measure__scaled){(double)n, 0});
}

static void subtract(struct measure_sum *from, const struct measure_sum *what)
{
    for (size_t i = 0; i < MEASURE_SUM_DIGITS; i++)
        from->digit[i] -= what->digit[i];
}

/* n SST = n sum y^2 - (sum y)^2 exactly; the same of e. What is taken from 1 is taken before
 * anything is rounded: 1 - a/b would lose all digits where a and b are nearly the same. */
static void explained(const struct measure_regression *m, struct measure_regression_figures *f)
{
    struct measure_sum sst = m->truth_square, sse = m->square, square;
    measure__sum_times(&sst, m->n);
    square = measure__sum_square(&m->truth);
    subtract(&sst, &square);
    measure__sum_times(&sse, m->n);
    struct measure_sum by_mean = sst, by_variance;
    subtract(&by_mean, &sse);
    by_variance = by_mean;
    square = measure__sum_square(&m->error);
    measure_sum_merge(&by_variance, &square);
    struct measure__scaled below = measure__sum_scaled(&sst);
    f->r2 = measure__scaled_ratio(measure__sum_scaled(&by_mean), below);
    f->explained_variance = measure__scaled_ratio(measure__sum_scaled(&by_variance), below);
}

struct measure_regression_figures measure_regression_figures(const struct measure_regression *m)
{
    struct measure_regression_figures f = {.n = m->n, .n_nonzero = m->n_nonzero};
    if (m->n < 1 || m->full)
        return f;
    f.mae = mean(&m->absolute, m->n);
    f.mse = mean(&m->square, m->n);
    f.rmse =
        f.mse.known && f.mse.value >= 0 ? measure_known(sqrt(f.mse.value)) : MEASURE_UNKNOWN;
    f.bias = mean(&m->error, m->n);
    f.mape = m->n_nonzero > 0 ? mean(&m->relative, m->n_nonzero) : MEASURE_UNKNOWN;
    explained(m, &f);
    return f;
}

struct measure_regression_figures
measure_regression_of(const double *predicted, const double *truth, size_t n, size_t *left_out)
{
    struct measure_regression m = {0};
    for (size_t i = 0; i < n; i++)
        measure_regression_add(&m, predicted[i], truth[i], 1);
    *left_out = (size_t)m.bad;
    return measure_regression_figures(&m);
}

struct figure measure_median_error(struct arena *a, const double *predicted,
                                   const double *truth, size_t n)
{
    double *e = NEW_MANY(a, n, double);
    for (size_t i = 0; i < n; i++)
        e[i] = fabs(predicted[i] - truth[i]);
    return measure_quantile(e, measure_sort(e, n), 0.5);
}

struct figure measure_max_error(const double *predicted, const double *truth, size_t n)
{
    struct figure most = MEASURE_UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        struct figure e = measure_known(fabs(predicted[i] - truth[i]));
        if (e.known && (!most.known || e.value > most.value))
            most = e;
    }
    return most;
}

void measure_regression_write(const struct measure_regression *m, struct buf *out)
{
    if (!measure__start(out, 'R', m->full))
        return;
    measure__put_signed(out, m->n);
    measure__put_signed(out, m->n_nonzero);
    measure__put_signed(out, m->bad);
    measure__put_sum(out, &m->error);
    measure__put_sum(out, &m->absolute);
    measure__put_sum(out, &m->square);
    measure__put_sum(out, &m->truth);
    measure__put_sum(out, &m->truth_square);
    measure__put_sum(out, &m->relative);
}

enum err measure_regression_read(struct text bytes, struct measure_regression *out)
{
    *out = (struct measure_regression){0};
    struct measure__in in = measure__open(bytes, 'R', &out->full);
    if (out->full)
        return measure__end(&in);
    out->n = measure__take_count(&in);
    out->n_nonzero = measure__take_count(&in);
    out->bad = measure__take_count(&in);
    measure__take_sum(&in, &out->error);
    measure__take_sum(&in, &out->absolute);
    measure__take_sum(&in, &out->square);
    measure__take_sum(&in, &out->truth);
    measure__take_sum(&in, &out->truth_square);
    measure__take_sum(&in, &out->relative);
    return measure__end(&in);
}
