/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/drift.h — columns of predictions, and how far two of them are apart (part of
 * monitor/monitor.h; docs/measures.md, Drift, says what each figure is). */
#ifndef MONITOR_DRIFT_H
#define MONITOR_DRIFT_H

#define COLUMNS_MOST 100                /* of one question; of more the first that come */
#define CATEGORIES_MOST 10000           /* of one column; of more its values are not compared */
#define COLUMNS_ROOM ((size_t)64 << 20) /* bytes that the values of one question take */

/* ---- what stood in them (column.c) ----------------------------------------------------------
 */
struct drift_word {
    struct text name; /* as measure_name has it */
    int64_t n;
};
struct drift_column {
    struct text name;
    struct drift_numbers LIST_OF(double) numbers;
    struct drift_words LIST_OF(struct drift_word) words;
    struct map *places; /* of words */
    int64_t worded;     /* rows with a text, true or false */
    int64_t unfit;      /* rows with a text that says it is no number: NaN, Infinity */
    bool capped;        /* more words than are told apart */
};
/* Those of the rows of one window. */
struct drift_part {
    struct drift_column *columns;
    size_t count;
    struct map *places;
    int64_t rows;
};
struct drift_columns {
    struct arena *arena;
    bool open;    /* whichever come; else those that were there at the beginning */
    bool more;    /* open, and there are more than COLUMNS_MOST */
    size_t room;  /* bytes that are left */
    bool no_room; /* they were too few: what is here is not all */
    const struct window *windows; /* of each part; NULL: one part, of any time */
    struct drift_part *parts;
    size_t part_count;
};
/* For period.columns: `names` of them, or, when count is 0, all that come; a part for each of
 * the windows, which are in order, or one when window_count is 0. */
struct drift_columns *drift_columns_new(struct arena *a, const struct text *names, size_t count,
                                        const struct window *windows, size_t window_count);
const struct drift_column *drift_column_named(const struct drift_part *part, struct text name);

/* What is in a row of its own accord, as columns. Those without a row are not there. */
enum drift_own {
    DRIFT_OF_SCORE,
    DRIFT_OF_PRED_CLASS,
    DRIFT_OF_VALUE,
    DRIFT_OF_LABEL,
    DRIFT_OF_TRUTH
};
struct observed;
/* *rows: predictions that could have one. */
struct drift_column *drift_column_of(struct arena *a, const struct observed *seen,
                                     enum drift_own which, int64_t *rows);

/* ---- how far they are apart (drift.c) -------------------------------------------------------
 */
#define DRIFT_ALPHA 0.05
#define DRIFT_PSI 0.1
#define DRIFT_KS 0.1
#define DRIFT_MISSING 0.05 /* of all rows */
enum drift_type {
    DRIFT_UNKNOWN, /* the reference has no value */
    DRIFT_NUMERIC,
    DRIFT_CATEGORICAL,
    DRIFT_MIXED /* categorical; numbers are words as they are written */
};
const char *drift_type_name(enum drift_type t);
/* By the reference: what 95 of 100 of its values are, numbers or words; else mixed. Values of
 * the other sort are missing, and counted. */
enum drift_type drift_type_of(const struct drift_column *reference);
struct drift_side {
    int64_t rows, n;                /* predictions; values that are compared */
    int64_t absent, unfit, strange; /* missing: not there or empty; NaN; of the other sort */
    int64_t numbers, words;         /* values of either sort */
    int64_t distinct;               /* categories; 0 of numbers */
};
struct measure_share drift_missing(const struct drift_side *s); /* rows without a value */
enum drifted { DRIFTED_UNKNOWN, DRIFTED_NO, DRIFTED_YES };
struct drift {
    struct text name;
    enum drift_type type;
    struct drift_side reference, current;
    struct measure_test missing; /* of the shares that are missing, reference less current */
    struct measure_psi psi; /* of decile bins; of the top categories, others and new ones */
    struct measure_psi psi_missing; /* the same with a bin of what is missing */
    struct measure_psi psi_each;    /* categorical: of each category */
    struct measure_divergence apart; /* of decile bins; of each category */
    struct measure_edges edges;      /* numeric */
    int64_t then[MEASURE_EDGES_MOST + 2], now[MEASURE_EDGES_MOST + 2];
    struct measure_ks ks;
    struct figure wasserstein, wasserstein_normed;
    struct measure_chi2 chi2;       /* categorical: of each category */
    struct measure_table top, each; /* categorical */
    bool capped;
    /* p values after Benjamini and Hochberg, over all columns that were looked at */
    struct figure psi_p, ks_p, chi2_p, missing_p;
    enum drifted drifted, missing_changed;
};
/* NULL: there is no such column, in `rows` predictions. Sorts the numbers of both. */
void drift_compare(struct call *call, struct drift_column *reference, int64_t reference_rows,
                   struct drift_column *current, int64_t current_rows, struct drift *out);
/* Corrects p for having looked at all of them, and says which drifted: those whose PSI or KS is
 * beyond its limit and no chance, of at least min_n values on either side. How many p of
 * values. */
size_t drift_judge(struct call *call, struct drift *const *all, size_t count, int64_t min_n);
#endif
