/* SPDX-License-Identifier: Apache-2.0 */
/* measure/quantile.c — sorted values, their quantiles, and bins by them. */
#include "measure/internal.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

size_t measure_sort(double *values, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(values[i]))
            values[kept++] = values[i] + 0.0;
    qsort(values, kept, sizeof(*values), by_value);
    return kept;
}

/* From the nearer end, as numpy does: quantiles are edges of bins, and a value that is one must
 * fall on the same side everywhere. */
static double between(double a, double b, double t)
{
    return t >= 0.5 ? b - (b - a) * (1 - t) : a + (b - a) * t;
}

struct figure measure_quantile(const double *sorted, size_t n, double q)
{
    if (n == 0 || !(q >= 0 && q <= 1))
        return MEASURE_UNKNOWN;
    double place = (double)(n - 1) * q, before = floor(place);
    size_t i = (size_t)before;
    if (i + 1 >= n)
        return measure_known(sorted[n - 1]);
    /* Halves, where the distance of two huge values is infinite. */
    double t = place - before, a = sorted[i], b = sorted[i + 1];
    return measure_known(isfinite(b - a) ? between(a, b, t) : 2 * between(a / 2, b / 2, t));
}

size_t measure_distinct(const double *sorted, size_t n)
{
    size_t count = n > 0;
    for (size_t i = 1; i < n; i++)
        count += sorted[i] != sorted[i - 1];
    return count;
}

struct measure_edges measure_deciles(const double *sorted, size_t n)
{
    struct measure_edges e = {0};
    for (int i = 1; i <= 9 && n > 0; i++) {
        double at = measure_quantile(sorted, n, i / 10.0).value;
        if (e.count == 0 || at > e.at[e.count - 1])
            e.at[e.count++] = at;
    }
    return e;
}

size_t measure_bin(const struct measure_edges *edges, double value)
{
    size_t low = 0, high = edges->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (value > edges->at[middle])
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void measure_bin_counts(const struct measure_edges *edges, const double *values, size_t n,
                        int64_t *counts)
{
    for (size_t i = 0; i < n; i++)
        counts[measure_bin(edges, values[i])]++;
}
