/* SPDX-License-Identifier: Apache-2.0 */
/* measure/wasserstein.c — how far mass must be moved to turn one set of values into the other.
 */
#include "measure/internal.h"

#include <math.h>

/* Halves, where the distance of two huge values is infinite: nothing times that is nothing. */
static double slice(double apart, double from, double to)
{
    return isfinite(to - from) ? apart * (to - from) : 2 * (apart * (to / 2 - from / 2));
}

struct figure measure_wasserstein(const double *reference, size_t n, const double *current,
                                  size_t m)
{
    double area = 0, last = 0;
    if (n == 0 || m == 0)
        return MEASURE_UNKNOWN;
    for (size_t i = 0, j = 0; i < n || j < m;) {
        double at = j >= m || (i < n && reference[i] < current[j]) ? reference[i] : current[j];
        if (i + j > 0)
            area += slice(fabs((double)i / (double)n - (double)j / (double)m), last, at);
        while (i < n && reference[i] == at)
            i++;
        while (j < m && current[j] == at)
            j++;
        last = at;
    }
    return measure_known(area);
}

struct figure measure_wasserstein_normed(const double *reference, size_t n,
                                         const double *current, size_t m)
{
    struct measure_moments moments = {0};
    for (size_t i = 0; i < n; i++)
        measure_moments_add(&moments, reference[i]);
    struct figure sd = measure_moments_figures(&moments).sd0;
    struct figure area = measure_wasserstein(reference, n, current, m);
    return sd.known && area.known
               ? measure_quotient(area.value, fmax(sd.value, MEASURE_SD_FLOOR))
               : MEASURE_UNKNOWN;
}
