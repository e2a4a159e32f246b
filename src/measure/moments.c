/* SPDX-License-Identifier: Apache-2.0 */
/* measure/moments.c — a numeric column: how many, mean, spread, ends. */
#include "measure/internal.h"

#include <math.h>

static void widen(struct measure_moments *m, double least, double most)
{
    if (m->n == 0 || least < m->least)
        m->least = least;
    if (m->n == 0 || most > m->most)
        m->most = most;
}

void measure_moments_add(struct measure_moments *m, double x)
{
    if (!isfinite(x)) {
        m->full |= !measure__count(&m->bad, 1);
        return;
    }
    widen(m, x + 0.0, x + 0.0);
    m->full |= !measure__count(&m->n, 1);
    measure_sum_add(&m->sum, x);
    measure_sum_add_product(&m->square, x, x);
}

void measure_moments_add_missing(struct measure_moments *m)
{
    m->full |= !measure__count(&m->missing, 1);
}

void measure_moments_merge(struct measure_moments *into, const struct measure_moments *from)
{
    if (from->n > 0)
        widen(into, from->least, from->most);
    into->full |= from->full;
    into->full |= !measure__count(&into->n, from->n);
    into->full |= !measure__count(&into->missing, from->missing);
    into->full |= !measure__count(&into->bad, from->bad);
    measure_sum_merge(&into->sum, &from->sum);
    measure_sum_merge(&into->square, &from->square);
}

/* n sum x^2 - (sum x)^2, exactly: n^2 times the variance, however far from 0 the values are. */
static struct measure__scaled spread(const struct measure_moments *m)
{
    struct measure_sum s = m->square, mean = measure__sum_square(&m->sum);
    measure__sum_times(&s, m->n);
    for (size_t i = 0; i < MEASURE_SUM_DIGITS; i++)
        s.digit[i] -= mean.digit[i];
    return measure__sum_scaled(&s);
}

static struct figure root(struct measure__scaled v, double below)
{
    int odd = (int)(v.exponent & 1);
    if (!(below > 0) || v.value < 0)
        return MEASURE_UNKNOWN;
    return measure_known(
        ldexp(sqrt(ldexp(v.value, odd) / below), (int)((v.exponent - odd) / 2)));
}

struct measure_moments_figures measure_moments_figures(const struct measure_moments *m)
{
    struct measure_moments_figures f = {0};
    double n = (double)m->n;
    if (m->n < 1 || m->full)
        return f;
    struct measure__scaled squares = spread(m);
    f.sum = measure_sum_value(&m->sum);
    f.mean =
        measure__scaled_ratio(measure__sum_scaled(&m->sum), (struct measure__scaled){n, 0});
    f.sd0 = root(squares, n * n);
    f.sd1 = root(squares, n * (n - 1));
    f.least = measure_known(m->least);
    f.most = measure_known(m->most);
    return f;
}

void measure_moments_write(const struct measure_moments *m, struct buf *out)
{
    if (!measure__start(out, 'M', m->full))
        return;
    measure__put_signed(out, m->n);
    measure__put_signed(out, m->missing);
    measure__put_signed(out, m->bad);
    if (m->n == 0)
        return;
    measure__put_double(out, m->least);
    measure__put_double(out, m->most);
    measure__put_sum(out, &m->sum);
    measure__put_sum(out, &m->square);
}

enum err measure_moments_read(struct text bytes, struct measure_moments *out)
{
    *out = (struct measure_moments){0};
    struct measure__in in = measure__open(bytes, 'M', &out->full);
    if (out->full)
        return measure__end(&in);
    out->n = measure__take_count(&in);
    out->missing = measure__take_count(&in);
    out->bad = measure__take_count(&in);
    in.bad = in.bad || out->n < 0 || out->missing < 0 || out->bad < 0;
    if (out->n == 0)
        return measure__end(&in);
    out->least = measure__take_double(&in);
    out->most = measure__take_double(&in);
    measure__take_sum(&in, &out->sum);
    measure__take_sum(&in, &out->square);
    in.bad = in.bad || out->least > out->most;
    return measure__end(&in);
}
