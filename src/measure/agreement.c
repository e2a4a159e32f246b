/* SPDX-License-Identifier: Apache-2.0 */
/* measure/agreement.c — whether two who judged the same things agree more than by chance. */
#include "measure/internal.h"

#include <math.h>

struct margins {
    double n, same, chance; /* chance: sum over classes of row total times column total */
    bool ok;
};

static struct margins margins_of(const int64_t *table, size_t k)
{
    struct margins m = {0, 0, 0, true};
    for (size_t i = 0; i < k; i++) {
        double row = 0, column = 0;
        for (size_t j = 0; j < k; j++) {
            m.ok = m.ok && table[i * k + j] >= 0;
            row += (double)table[i * k + j];
            column += (double)table[j * k + i];
        }
        m.n += row;
        m.same += (double)table[i * k + i];
        m.chance += row * column;
    }
    m.ok = m.ok && m.n > 0 && m.n < (double)MEASURE_MOST;
    return m;
}

struct measure_agreement measure_agreement(const int64_t *table, size_t k)
{
    struct measure_agreement g = {0};
    struct margins m = margins_of(table, k);
    if (!m.ok)
        return g;
    double observed = m.same / m.n, expected = m.chance / (m.n * m.n);
    g.n = (int64_t)m.n;
    g.observed = measure_known(observed);
    g.expected = measure_known(expected);
    g.kappa = measure_quotient(observed - expected, 1 - expected);
    if (g.kappa.known) {
        double se = sqrt(observed * (1 - observed) / m.n) / (1 - expected);
        g.kappa_interval = (struct interval){true, fmax(-1, g.kappa.value - MEASURE_Z95 * se),
                                             fmin(1, g.kappa.value + MEASURE_Z95 * se)};
    }
    return g;
}
