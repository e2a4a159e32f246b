/* SPDX-License-Identifier: Apache-2.0 */
/* measure/psi.c — population stability index, and what it is when nothing drifted. */
#include "measure/internal.h"

#include <math.h>

struct measure__pair measure__totals(const int64_t *reference, const int64_t *current, size_t k)
{
    struct measure__pair t = {0, 0, true};
    for (size_t i = 0; i < k; i++) {
        t.ok = t.ok && reference[i] >= 0 && current[i] >= 0;
        t.n += (double)reference[i];
        t.m += (double)current[i];
    }
    t.ok = t.ok && t.n > 0 && t.m > 0;
    return t;
}

double measure__psi_term(double p, double q)
{
    return (p - q) * log(p / q);
}

static double share(int64_t count, double of)
{
    return count > 0 ? (double)count / of : MEASURE_PSI_ZERO;
}

/* Without drift nm/(n+m) PSI follows chi-square nearly, with one degree less than there are
 * bins. */
static void without_drift(struct measure_psi *psi, struct measure__pair t)
{
    double freedom = (double)psi->bins - 1;
    psi->expected = measure_known(freedom * (1 / t.n + 1 / t.m));
    psi->p =
        measure_chi2_tail(t.n * t.m / (t.n + t.m) * psi->value.value, (int64_t)psi->bins - 1);
}

struct measure_psi measure_psi(const int64_t *reference, const int64_t *current, size_t k)
{
    struct measure_psi psi = {0};
    struct measure__pair t = measure__totals(reference, current, k);
    double sum = 0;
    if (!t.ok)
        return psi;
    for (size_t i = 0; i < k; i++) {
        if (reference[i] == 0 && current[i] == 0)
            continue;
        psi.bins++;
        sum += measure__psi_term(share(reference[i], t.n), share(current[i], t.m));
    }
    psi.value = measure_known(sum);
    without_drift(&psi, t);
    return psi;
}
