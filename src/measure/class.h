/* SPDX-License-Identifier: Apache-2.0 */
/* measure/class.h — the state of two classes, for class.c that fills it and class_bytes.c. */
#ifndef MEASURE_CLASS_H
#define MEASURE_CLASS_H

#include "measure/internal.h"

enum measure__class_count {
    YES, NO, WITHOUT_CLASS,        /* predictions */
    WITHOUT_SCORE, BAD_SCORE,      /* of these */
    YES_SCORED, NO_SCORED,         /* of these */
    TP, FP, FN, TN,                /* labels in force */
    LABELLED_WITHOUT_CLASS, LABELLED_WITHOUT_SCORE,
    COUNTS
};
#define SCORE_PAGES (MEASURE_SCORE_BINS / MEASURE__PAGE)
#define PAGES(p) ((const int64_t *const *)(p))
#define MEASURE__WIDE_MOST ((measure_wide)1 << 121) /* 2^53 rows of -ln 1e-15 < 2^6, in 2^-62 */

struct measure_class {
    struct arena *arena;
    bool full;
    int64_t count[COUNTS];
    measure_wide p_of[2]; /* sum of p where no, where yes is predicted */
    int64_t bin_n[MEASURE_CALIBRATION_BINS], bin_positives[MEASURE_CALIBRATION_BINS];
    measure_wide bin_p[MEASURE_CALIBRATION_BINS];
    measure_wide brier, log_loss;
    int64_t *scores[SCORE_PAGES], *positives[SCORE_PAGES], *negatives[SCORE_PAGES];
};
#endif
