/* SPDX-License-Identifier: Apache-2.0 */
/* measure/divergence.c — Jensen-Shannon, total variation, L-infinity, Hellinger. */
#include "measure/internal.h"

#include <math.h>

static double half_relative(double p, double middle)
{
    return p > 0 ? p * log(p / middle) / 2 : 0;
}

double measure__js(const double *p, const double *q, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < k; i++)
        sum += half_relative(p[i], (p[i] + q[i]) / 2) + half_relative(q[i], (p[i] + q[i]) / 2);
    return fmax(0, sum);
}

struct measure_divergence measure_divergence(const int64_t *reference, const int64_t *current,
                                             size_t k)
{
    struct measure_divergence d = {0};
    struct measure__pair t = measure__totals(reference, current, k);
    double js = 0, apart = 0, most = 0, apart_roots = 0;
    if (!t.ok)
        return d;
    for (size_t i = 0; i < k; i++) {
        double p = (double)reference[i] / t.n, q = (double)current[i] / t.m;
        double roots = sqrt(p) - sqrt(q);
        js += measure__js(&p, &q, 1);
        apart += fabs(p - q);
        most = fmax(most, fabs(p - q));
        apart_roots += roots * roots; /* 1 - sum sqrt(pq) is half of this, and loses nothing */
    }
    d.js_divergence = measure_known(fmin(1, js / M_LN2));
    d.js_distance = measure_known(sqrt(d.js_divergence.value));
    d.tvd = measure_known(apart / 2);
    d.l_infinity = measure_known(most);
    d.hellinger = measure_known(sqrt(apart_roots / 2));
    return d;
}
