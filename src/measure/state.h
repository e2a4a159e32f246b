/* SPDX-License-Identifier: Apache-2.0 */
/* measure/state.h — what a window keeps (part of measure/measure.h).
 *
 * A state is whole numbers: merging states in any order gives the same bytes as one pass over all
 * rows. Each lives in the arena it was made in and is bounded, whatever it is fed. A count that would
 * leave +-MEASURE_MOST makes the state `full`: it says so, its figures are not known, and it stays so.
 * Labels may be taken back (sign -1) and given anew; a part of a window may hold the taking back only,
 * so counts are signed, and figures of a negative count are not known.
 *
 * Bytes: a letter for the kind, a byte for the version, then varints (LEB128; signed ones zigzag),
 * sparse and sorted. The same state gives the same bytes. Reading trusts nothing: what is not exactly
 * what writing gives is ERR_MALFORMED, and nothing is taken from the arena for numbers that only
 * claim to be large. */
#ifndef MEASURE_STATE_H
#define MEASURE_STATE_H

#define MEASURE_BYTES_MOST ((size_t)512 << 10) /* no state is longer */
#define MEASURE_NAME_MOST 80

/* A category as states keep it: up to MEASURE_NAME_MOST bytes as it is; longer, or not UTF-8, its
 * beginning and a hash of the whole. */
struct text measure_name(struct arena *a, struct text category);
struct text measure_name_fit(struct text category,
                             char room[MEASURE_NAME_MOST]); /* borrows both */

/* ---- measure_sum (sum.c): the exact sum of doubles -------------------------------------- */
/* Every double and every product of two fits; nothing is rounded before somebody asks. */
#define MEASURE_SUM_DIGITS 137
struct measure_sum {
    int64_t digit[MEASURE_SUM_DIGITS]; /* base 2^32, the first worth 2^-2176; not for others */
    uint32_t pending;                  /* additions since carries were passed on */
};
void measure_sum_add(struct measure_sum *s, double x);                   /* finite */
void measure_sum_add_product(struct measure_sum *s, double x, double y); /* of x y, exactly */
void measure_sum_merge(struct measure_sum *into, const struct measure_sum *from);
/* Rounded once, to the nearest; not known beyond the largest double. */
struct figure measure_sum_value(const struct measure_sum *s);
void measure_sum_write(const struct measure_sum *s, struct buf *out);
MUST_USE enum err measure_sum_read(struct text bytes, struct measure_sum *out);

/* ---- measure_class (class.c): binary classification of one group in one window ---------- */
#define MEASURE_SCORE_BINS 1024
struct measure_prediction {
    int8_t predicted; /* 1 yes, 0 no, -1 not given */
    bool has_score;   /* false: none was given */
    double score;     /* probability of label 1; outside 0..1 or not finite: left out and counted */
};
struct measure_class;
struct measure_class *measure_class_new(struct arena *a);
void measure_class_add(struct measure_class *m, const struct measure_prediction *p);
/* A label for a prediction that was added here or in another part; sign -1 takes it back. A revised
 * label is both. */
void measure_class_label(struct measure_class *m, const struct measure_prediction *p, bool label,
                         int sign);
void measure_class_merge(struct measure_class *into, const struct measure_class *from);
/* What is left of all without a part of it: as if its rows had not been added. */
void measure_class_less(struct measure_class *into, const struct measure_class *part);
struct measure_seen {
    int64_t predictions;                            /* = yes + no + without_class */
    int64_t yes, no, without_class;
    int64_t without_score, bad_score;               /* left out of what needs a probability */
    int64_t labelled;                               /* labels in force */
    int64_t labelled_without_class, labelled_without_score; /* left out of rates; of the rest */
    bool full;
};
struct measure_seen measure_class_seen(const struct measure_class *m);
struct measure_counts measure_class_counts(const struct measure_class *m); /* of labelled rows */
/* Share of all predictions answered with yes, labelled or not. */
struct measure_share measure_class_selected(const struct measure_class *m);
struct measure_share measure_class_coverage(const struct measure_class *m); /* labelled, of all */
struct measure_ranks measure_class_ranks(const struct measure_class *m);
struct measure_calibration measure_class_calibration(const struct measure_class *m);
/* Counts to expect from scores alone, before labels come, were the scores calibrated (CBPE): tp is the
 * sum of p over yes, fp of 1 - p over yes, and so on. Not whole numbers. */
struct measure_expected {
    struct figure tp, fp, fn, tn, accuracy, precision, recall;
};
struct measure_expected measure_class_expected(const struct measure_class *m);
size_t measure_score_bin(double score); /* min(floor(1024 p + 1e-9), 1023) */
/* How many scores fell in each bin, labelled or not: for drift of the score. */
void measure_class_scores(const struct measure_class *m, int64_t counts[MEASURE_SCORE_BINS]);
void measure_class_write(const struct measure_class *m, struct buf *out);
MUST_USE enum err measure_class_read(struct arena *a, struct text bytes,
                                     struct measure_class **out);

/* ---- measure_confusion (confusion.c): more than two classes ----------------------------- */
#define MEASURE_CLASSES_MOST 100
struct measure_confusion;
struct measure_confusion *measure_confusion_new(struct arena *a);
void measure_confusion_add(struct measure_confusion *m, struct text truth, struct text predicted,
                           int sign);
void measure_confusion_merge(struct measure_confusion *into, const struct measure_confusion *from);
/* Classes by name; the one that gathers what is over MEASURE_CLASSES_MOST is last, named "(other)".
 * Which are kept does not depend on the order they came in. */
struct measure_classes {
    size_t count;
    struct text *name;
    int64_t *table; /* table[truth * count + predicted] */
    bool capped;    /* there were more classes than are kept */
    bool full;
};
struct measure_classes measure_confusion_classes(const struct measure_confusion *m,
                                                 struct arena *a);
struct measure_one_class { /* one against the rest */
    struct text name;
    struct measure_counts counts;
};
struct measure_averages {
    int64_t n;
    struct figure accuracy; /* = precision, recall and f1 averaged by row (micro) */
    /* Mean over classes where it is defined; and by how many rows each class truly has. */
    struct figure macro_precision, macro_recall, macro_f1;
    struct figure weighted_precision, weighted_recall, weighted_f1;
    size_t macro_left_out; /* classes without a row of their own: in no macro figure */
    struct measure_agreement agreement;
};
struct measure_averages measure_averages(const struct measure_classes *c,
                                         struct measure_one_class *each); /* each: NULL or count */
void measure_confusion_write(const struct measure_confusion *m, struct buf *out);
MUST_USE enum err measure_confusion_read(struct arena *a, struct text bytes,
                                         struct measure_confusion **out);

/* ---- measure_regression (regression.c) -------------------------------------------------- */
struct measure_regression {
    int64_t n, n_nonzero, bad; /* rows; with a true value that is not 0; not finite: left out */
    struct measure_sum error, absolute, square, truth, truth_square, relative;
    bool full;
};
void measure_regression_add(struct measure_regression *m, double predicted, double truth,
                            int sign);
void measure_regression_merge(struct measure_regression *into,
                              const struct measure_regression *from);
struct measure_regression_figures
measure_regression_figures(const struct measure_regression *m);
void measure_regression_write(const struct measure_regression *m, struct buf *out);
MUST_USE enum err measure_regression_read(struct text bytes, struct measure_regression *out);

/* ---- measure_moments (moments.c): a numeric column -------------------------------------- */
struct measure_moments {
    int64_t n, missing, bad; /* finite values; none given; NaN or infinite */
    struct measure_sum sum, square;
    double least, most; /* of finite values; 0 when n is 0 */
    bool full;
};
void measure_moments_add(struct measure_moments *m, double x);
void measure_moments_add_missing(struct measure_moments *m);
void measure_moments_merge(struct measure_moments *into, const struct measure_moments *from);
struct measure_moments_figures {
    struct figure sum, mean, sd1, sd0; /* sd by n - 1 and by n */
    struct figure least, most;
};
struct measure_moments_figures measure_moments_figures(const struct measure_moments *m);
void measure_moments_write(const struct measure_moments *m, struct buf *out);
MUST_USE enum err measure_moments_read(struct text bytes, struct measure_moments *out);

/* ---- measure_bins (bins.c): how many fell in each bin of a fixed reference -------------- */
struct measure_bins {
    struct measure_edges edges;
    int64_t count[MEASURE_EDGES_MOST + 1];
    int64_t missing, bad;
    bool full;
};
struct measure_bins measure_bins(const struct measure_edges *edges);
void measure_bins_add(struct measure_bins *m, double x);
void measure_bins_add_missing(struct measure_bins *m);
/* False, and nothing is done, when the edges differ: another reference is another figure. */
MUST_USE bool measure_bins_merge(struct measure_bins *into, const struct measure_bins *from);
void measure_bins_write(const struct measure_bins *m, struct buf *out);
MUST_USE enum err measure_bins_read(struct text bytes, struct measure_bins *out);

/* ---- measure_categories (categories.c): a column of words ------------------------------- */
#define MEASURE_CATEGORIES_MOST 1000
#define MEASURE_TOP 50
struct measure_categories;
struct measure_categories *measure_categories_new(struct arena *a);
/* One that counts the top categories of a reference whatever else comes. */
struct measure_categories *measure_categories_like(struct arena *a,
                                                   const struct measure_categories *reference);
void measure_categories_add(struct measure_categories *m, struct text category);
void measure_categories_add_missing(struct measure_categories *m);
/* False, and nothing is done, when they follow different references. */
MUST_USE bool measure_categories_merge(struct measure_categories *into,
                                       const struct measure_categories *from);
struct measure_categories_seen {
    int64_t rows, missing;  /* rows with a category; without */
    int64_t rest;           /* of rows: of categories over the cap, not named */
    bool capped;            /* there are such */
    struct figure distinct; /* exact unless capped; then an estimate, about 3 % */
    bool full;
};
struct measure_categories_seen measure_categories_seen(const struct measure_categories *m);
struct measure_category {
    struct text name;
    int64_t reference, current;
};
struct measure_table {
    struct measure_category *row; /* by name; those after `named` are no categories */
    size_t count, named;
    int64_t *reference, *current;    /* the same as columns, for PSI and the others */
    size_t new_count, vanished_count; /* categories only in the current; only in the reference */
    int64_t new_rows, vanished_rows;  /* their rows */
    struct figure new_share;          /* of the current rows */
    bool capped; /* one of both was: what is new and what vanished is then not all known */
};
/* Every category of either; when one is capped "(other)" after them. */
struct measure_table measure_categories_all(struct arena *a,
                                            const struct measure_categories *reference,
                                            const struct measure_categories *current);
/* The reference's MEASURE_TOP most frequent (of equals the first by name), "(other)" for the others it
 * has, "(new)" for those it has not, "(missing)". */
struct measure_table measure_categories_top(struct arena *a,
                                            const struct measure_categories *reference,
                                            const struct measure_categories *current);
/* The same two of categories that were counted exactly: each name once, in any order;
 * `missing`: rows without one, on either side. */
struct measure_table measure_table_all(struct arena *a, const struct measure_category *rows,
                                       size_t count);
struct measure_table measure_table_top(struct arena *a, const struct measure_category *rows,
                                       size_t count, struct measure_category missing);
void measure_categories_write(const struct measure_categories *m, struct buf *out);
MUST_USE enum err measure_categories_read(struct arena *a, struct text bytes,
                                          struct measure_categories **out);

/* ---- measure_sketch (sketch.c): quantiles of what is not negative, within 1 % of the value ---- */
/* DDSketch with bins of ratio 1.01 / 0.99 from 1e-9 to 1e15; smaller values count as 0, larger ones
 * as the last bin. */
#define MEASURE_SKETCH_ERROR 0.01
#define MEASURE_SKETCH_PAGES 87
struct measure_sketch {
    struct arena *arena;
    int64_t *page[MEASURE_SKETCH_PAGES];
    int64_t n, zero, over, bad; /* values; of these next to 0, above 1e15; negative or not finite */
    bool full;
};
struct measure_sketch *measure_sketch_new(struct arena *a);
void measure_sketch_add(struct measure_sketch *m, double x);
void measure_sketch_merge(struct measure_sketch *into, const struct measure_sketch *from);
struct figure measure_sketch_quantile(const struct measure_sketch *m, double q);
void measure_sketch_write(const struct measure_sketch *m, struct buf *out);
MUST_USE enum err measure_sketch_read(struct arena *a, struct text bytes,
                                      struct measure_sketch **out);
#endif
