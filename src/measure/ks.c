/* SPDX-License-Identifier: Apache-2.0 */
/* measure/ks.c — Kolmogorov and Smirnov: how far two cumulative curves are apart. */
#include "measure/internal.h"

#include <math.h>

struct measure_ks measure_ks(const double *reference, size_t n, const double *current, size_t m)
{
    struct measure_ks ks = {0};
    double most = 0, rows = (double)n, others = (double)m;
    if (n == 0 || m == 0)
        return ks;
    for (size_t i = 0, j = 0; i < n && j < m;) {
        double at = reference[i] < current[j] ? reference[i] : current[j];
        while (i < n && reference[i] == at)
            i++;
        while (j < m && current[j] == at)
            j++;
        most = fmax(most, fabs((double)i / rows - (double)j / others));
    }
    double sample = rows * others / (rows + others);
    ks.d = measure_known(most);
    ks.p = measure_known(fmin(1, fmax(0, measure_kolmogorov_tail(most * sqrt(sample)))));
    ks.p_exact = measure_kolmogorov_exact(most, (int64_t)fmax(1, nearbyint(sample)));
    return ks;
}
