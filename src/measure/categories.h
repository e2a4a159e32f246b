/* SPDX-License-Identifier: Apache-2.0 */
/* measure/categories.h — a column of words, for categories.c that fills it and tables.c that reads two. */
#ifndef MEASURE_CATEGORIES_H
#define MEASURE_CATEGORIES_H

#include "measure/internal.h"

struct measure_categories {
    struct arena *arena;
    struct measure__names pinned; /* counted whatever else comes: the top of a reference */
    struct measure__names free;
    int64_t rest, missing;
    bool capped, full;
};
bool measure__same_pinned(const struct measure_categories *a, const struct measure_categories *b);
#endif
