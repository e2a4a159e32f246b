/* SPDX-License-Identifier: Apache-2.0 */
/* measure/interval.c — what chance leaves open around a rate, a difference, a ratio. */
#include "measure/internal.h"

#include <math.h>

/* Where the two-sided tail is `outside`: halving, until a double can tell no more. */
double measure_z(double outside)
{
    double low = 0, high = 40;
    if (!(outside > 0) || outside >= 1)
        return outside >= 1 ? 0 : high;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (measure_normal_tail(middle) > outside)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

struct interval measure_wilson(struct measure_share s, double z)
{
    if (!measure__share_ok(s) || !(z > 0))
        return (struct interval){0};
    double n = (double)s.of, p = (double)s.events / n, zz = z * z;
    double below = 1 + zz / n, centre = (p + zz / (2 * n)) / below;
    double half = z * sqrt(p * (1 - p) / n + zz / (4 * n * n)) / below;
    /* At none or all the bound is exactly 0 or 1; the formula misses it by a rounding. */
    double low = s.events == 0 ? 0 : fmax(0, centre - half);
    double high = s.events == s.of ? 1 : fmin(1, centre + half);
    return (struct interval){true, low, high};
}

struct interval measure_newcombe(struct measure_share a, struct measure_share b, double z)
{
    struct interval wa = measure_wilson(a, z), wb = measure_wilson(b, z);
    if (!wa.known || !wb.known)
        return (struct interval){0};
    double pa = measure_value(a).value, pb = measure_value(b).value, d = pa - pb;
    return (struct interval){true, d - hypot(pa - wa.low, wb.high - pb),
                             d + hypot(wa.high - pa, pb - wb.low)};
}

struct interval measure_katz(struct measure_share a, struct measure_share b, double z)
{
    if (!measure__share_ok(a) || !measure__share_ok(b) || a.events == 0 || b.events == 0)
        return (struct interval){0};
    double ka = (double)a.events, na = (double)a.of, kb = (double)b.events, nb = (double)b.of;
    double ratio = (ka / na) / (kb / nb);
    double se = sqrt(fmax(0, 1 / ka - 1 / na + 1 / kb - 1 / nb));
    struct interval i = {true, ratio * exp(-z * se), ratio * exp(z * se)};
    i.known = isfinite(i.low) && isfinite(i.high);
    return i.known ? i : (struct interval){0};
}
