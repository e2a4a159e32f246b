/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/measure/measure_unit.h — numbers that look drawn and are the same in every run. */
#ifndef MEASURE_UNIT_H
#define MEASURE_UNIT_H

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/unit.h"
#include "measure/measure.h"

static inline uint64_t mixed(uint64_t z)
{
    z = (z + 1) * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline double drawn(uint64_t z) /* 0 to 1, 1 not */
{
    return (double)(mixed(z) >> 11) * 0x1p-53;
}

static inline void shuffle(size_t *order, size_t n, uint64_t draw)
{
    for (size_t i = 0; i < n; i++)
        order[i] = i;
    for (size_t i = n; i > 1; i--) {
        size_t j = mixed(draw * 1000003 + i) % i, was = order[i - 1];
        order[i - 1] = order[j];
        order[j] = was;
    }
}

#define assert_near(got, wanted, within)                                                       \
    do {                                                                                       \
        struct figure got_figure = (got);                                                      \
        if (!got_figure.known || !(fabs(got_figure.value - (wanted)) <= (within)))             \
            fail_msg("%s: %s %.17g, wanted %.17g", #got, got_figure.known ? "got" : "unknown", \
                     got_figure.value, (double)(wanted));                                      \
    } while (0)
#define assert_unknown(got)                                                                    \
    do {                                                                                       \
        struct figure got_figure = (got);                                                      \
        if (got_figure.known || got_figure.value != 0)                                         \
            fail_msg("%s: got %.17g, wanted nothing", #got, got_figure.value);                 \
    } while (0)
#endif
