/* SPDX-License-Identifier: Apache-2.0 */
/* measure/nannyml.c — Jensen-Shannon as NannyML 0.13 computes it for numbers: bins by Doane's
 * rule over the reference alone, what lies outside them in one bin more. Only to show why it
 * differs. */
#include "measure/internal.h"

#include <math.h>

#define EDGES_MOST 16384

static double mean_of(const double *x, size_t n, double centre, double scale, int power)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double z = (x[i] - centre) / scale;
        sum += power == 1 ? z : power == 2 ? z * z : z * z * z;
    }
    return sum / (double)n;
}

/* Doane's width: Sturges', and more bins the more skewed the values are. 0: one bin. */
static double doane(const double *sorted, size_t n)
{
    double size = (double)n;
    if (n <= 2)
        return 0;
    double spread = sqrt(6 * (size - 2) / ((size + 1) * (size + 3)));
    double mean = mean_of(sorted, n, 0, 1, 1), sd = sqrt(mean_of(sorted, n, mean, 1, 2));
    if (!(sd > 0))
        return 0;
    double skew = mean_of(sorted, n, mean, sd, 3);
    return (sorted[n - 1] - sorted[0]) / (1 + log2(size) + log2(1 + fabs(skew) / spread));
}

size_t measure_nannyml_edges(const double *reference, size_t n, double *edges, size_t most)
{
    if (n == 0 || most < 2)
        return 0;
    return measure__even_edges(reference[0], reference[n - 1], doane(reference, n), edges,
                               most);
}

struct figure measure_nannyml_js(struct arena *a, const double *reference, size_t n,
                                 const double *current, size_t m)
{
    double *edges = NEW_MANY(a, EDGES_MOST, double), inside = 0;
    size_t count = measure_nannyml_edges(reference, n, edges, EDGES_MOST);
    if (count == 0 || m == 0)
        return MEASURE_UNKNOWN;
    double *p = NEW_MANY(a, count, double), *q = NEW_MANY(a, count, double);
    measure__histogram(reference, n, edges, count, p);
    measure__histogram(current, m, edges, count, q);
    for (size_t i = 0; i + 1 < count; i++) {
        inside += q[i];
        p[i] /= (double)n;
        q[i] /= (double)m;
    }
    q[count - 1] = ((double)m - inside) / (double)m;
    return measure_known(sqrt(measure__js(p, q, count) / M_LN2));
}
