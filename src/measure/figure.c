/* SPDX-License-Identifier: Apache-2.0 */
/* measure/figure.c — known or not; and a logarithm that is the same everywhere. */
#include "measure/internal.h"

#include <math.h>

struct figure measure_known(double value)
{
    return isfinite(value) ? (struct figure){true, value + 0.0} : MEASURE_UNKNOWN;
}

struct figure measure_quotient(double above, double below)
{
    return below == 0 ? MEASURE_UNKNOWN : measure_known(above / below);
}

struct figure measure__minus(struct figure a, struct figure b)
{
    return a.known && b.known ? measure_known(a.value - b.value) : MEASURE_UNKNOWN;
}

struct figure measure__over(struct figure a, struct figure b)
{
    return a.known && b.known ? measure_quotient(a.value, b.value) : MEASURE_UNKNOWN;
}

/* x = m 2^e with m near 1, and ln m = 2 artanh((m - 1) / (m + 1)) by its series. Only the four
 * operations in a fixed order: what a C library's log() gives in the last bit depends on the
 * processor, and states are made from this. Right within 2 units in the last place. */
double measure__ln(double x)
{
    int e;
    double m = frexp(x, &e);
    if (m < 0.70710678118654752) {
        m *= 2;
        e--;
    }
    double s = (m - 1) / (m + 1), square = s * s, sum = 0;
    for (int k = 25; k >= 1; k -= 2)
        sum = sum * square + 1.0 / k;
    /* ln 2 in two parts: the first has trailing zeros, so that e times it is exact. */
    return e * 0x1.62e42fefa3800p-1 + (e * 0x1.ef35793c76730p-45 + 2 * s * sum);
}
