/* SPDX-License-Identifier: Apache-2.0 */
/* measure/chi2.c — whether two rows of counts may come from the same source. */
#include "measure/internal.h"

#include <math.h>

struct measure_chi2 measure_chi2(const int64_t *reference, const int64_t *current, size_t k)
{
    struct measure_chi2 c = {.freedom = -1};
    struct measure__pair t = measure__totals(reference, current, k);
    double sum = 0, least = INFINITY, all = t.n + t.m;
    if (!t.ok)
        return (struct measure_chi2){0};
    for (size_t i = 0; i < k; i++) {
        double both = (double)reference[i] + (double)current[i];
        if (both == 0)
            continue;
        double n = both * t.n / all, m = both * t.m / all;
        double off = (double)reference[i] - n; /* the other row is off by the same */
        sum += off * off / n + off * off / m;
        least = fmin(least, fmin(n, m));
        c.freedom++;
    }
    c.statistic = measure_known(sum);
    c.p = measure_chi2_tail(sum, c.freedom);
    c.least_expected = measure_known(least);
    c.cramers_v = measure_known(sqrt(sum / all));
    return c;
}
