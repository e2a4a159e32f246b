/* SPDX-License-Identifier: Apache-2.0 */
/* measure/sketch.c — quantiles within 1 % of the value, from counts alone.
 * DDSketch (Masson, Rim, Lee, VLDB 2019): bin i holds values in (g^(i-1), g^i], g = 1.01 /
 * 0.99, and answers with the value that is 1 % from both ends. The range is fixed, so bins
 * never collapse and order does not matter. */
#include "measure/internal.h"

#include <math.h>

#define PAGES(p) ((const int64_t *const *)(p))
#define BINS (MEASURE_SKETCH_PAGES * MEASURE__PAGE)
#define LEAST 1e-9
#define MOST 1e15
#define FIRST (-1036) /* the bin of LEAST: ceil(ln 1e-9 / ln g) = -1036 is bin 0 here */

static double log_ratio(void)
{
    return measure__ln((1 + MEASURE_SKETCH_ERROR) / (1 - MEASURE_SKETCH_ERROR));
}

struct measure_sketch *measure_sketch_new(struct arena *a)
{
    struct measure_sketch *m = NEW(a, struct measure_sketch);
    m->arena = a;
    return m;
}

static size_t bin_of(double x)
{
    double i = ceil(measure__ln(x) / log_ratio()) - FIRST;
    return (size_t)fmax(0, fmin(i, BINS - 1));
}

void measure_sketch_add(struct measure_sketch *m, double x)
{
    if (!(x >= 0) || isinf(x)) {
        m->full |= !measure__count(&m->bad, 1);
        return;
    }
    m->full |= !measure__count(&m->n, 1);
    if (x < LEAST) {
        m->full |= !measure__count(&m->zero, 1);
        return;
    }
    if (x > MOST)
        m->full |= !measure__count(&m->over, 1);
    m->full |= !measure__add_at(m->arena, m->page, bin_of(fmin(x, MOST)), 1);
}

void measure_sketch_merge(struct measure_sketch *into, const struct measure_sketch *from)
{
    into->full |= from->full;
    into->full |= !measure__count(&into->n, from->n);
    into->full |= !measure__count(&into->zero, from->zero);
    into->full |= !measure__count(&into->over, from->over);
    into->full |= !measure__count(&into->bad, from->bad);
    into->full |=
        !measure__add_pages(into->arena, into->page, PAGES(from->page), MEASURE_SKETCH_PAGES);
}

struct figure measure_sketch_quantile(const struct measure_sketch *m, double q)
{
    if (m->full || m->n < 1 || !(q >= 0 && q <= 1))
        return MEASURE_UNKNOWN;
    double rank = floor(q * (double)(m->n - 1)), below = (double)m->zero;
    if (rank < below)
        return measure_known(0);
    for (size_t i = 0; i < BINS; i++) {
        below += (double)measure__at(PAGES(m->page), i);
        if (rank < below) /* 2 g^i / (g + 1) = (1 - 1 %) g^i */
            return measure_known((1 - MEASURE_SKETCH_ERROR) *
                                 exp(((double)i + FIRST) * log_ratio()));
    }
    return MEASURE_UNKNOWN;
}

void measure_sketch_write(const struct measure_sketch *m, struct buf *out)
{
    if (!measure__start(out, 'D', m->full))
        return;
    measure__put(out, (uint64_t)m->zero);
    measure__put(out, (uint64_t)m->over);
    measure__put(out, (uint64_t)m->bad);
    measure__put_pages(out, PAGES(m->page), MEASURE_SKETCH_PAGES);
}

/* How many there are is what the bins hold: it is not written, so that it cannot be told wrong.
 */
static void take(struct measure__in *in, struct measure_sketch *m)
{
    m->zero = (int64_t)measure__take(in, MEASURE_MOST);
    m->over = (int64_t)measure__take(in, MEASURE_MOST);
    m->bad = (int64_t)measure__take(in, MEASURE_MOST);
    measure__take_pages(in, m->arena, m->page, MEASURE_SKETCH_PAGES);
    m->n = m->zero;
    for (size_t i = 0; i < BINS; i++) {
        int64_t here = measure__at(PAGES(m->page), i);
        in->bad = in->bad || here < 0 || !measure__count(&m->n, here);
    }
    in->bad = in->bad || m->over > m->n;
}

enum err measure_sketch_read(struct arena *a, struct text bytes, struct measure_sketch **out)
{
    bool full;
    struct measure__in in = measure__open(bytes, 'D', &full);
    struct measure_sketch *m = measure_sketch_new(a);
    m->full = full;
    if (!full)
        take(&in, m);
    TRY(measure__end(&in));
    *out = m;
    return OK;
}
