/* SPDX-License-Identifier: Apache-2.0 */
/* measure/measure.h — counts to figures. Floor 1: no I/O, no product word, no clock, no chance.
 *
 * Three rules hold for everything here:
 * - What is not defined is not known. A figure whose denominator is 0, or that would be NaN or
 *   infinite, is `known == false`; it is never 0 and never a NaN.
 * - What is kept is whole numbers (measure/state.h), so that windows merged in any order give the
 *   same bytes. A figure is computed from them when somebody asks.
 * - A number is worth what its definition is worth: each is stated where it is declared, and in
 *   docs/measures.md with its source.
 *
 * Words: an event is positive when its label is 1. P positives, N negatives, n = P + N. A predicted
 * class is yes or no. Shares and differences are between 0 and 1 (-1 and 1), never percent. */
#ifndef MEASURE_H
#define MEASURE_H

#include "base/base.h"

struct figure {
    bool known;
    double value; /* 0 when not known; always finite */
};
struct interval {
    bool known;
    double low, high;
};
#define MEASURE_UNKNOWN ((struct figure){0})
struct figure measure_known(double value); /* not known when NaN or infinite; -0 becomes 0 */
struct figure measure_quotient(double above, double below); /* below 0: not known */

/* Counts reach this far, so that every JSON reader keeps them exact. */
#define MEASURE_MOST (INT64_C(1) << 53)

/* ---- rates (rates.c): two classes against two labels ------------------------------------ */
struct measure_counts {
    int64_t tp, fp, fn, tn; /* predicted yes and 1, yes and 0, no and 1, no and 0 */
};
/* A rate as what it is: how many, of how many. */
struct measure_share {
    int64_t events, of;
};
/*    enum            name               events      of        */
#define MEASURE_RATES(X)                                                                       \
    X(BASE_RATE, base_rate, c->tp + c->fn, n)                                                  \
    X(SELECTION_RATE, selection_rate, c->tp + c->fp, n)                                        \
    X(ACCURACY, accuracy, c->tp + c->tn, n)                                                    \
    X(PPV, precision_ppv, c->tp, c->tp + c->fp)      /* precision */                           \
    X(TPR, recall_tpr, c->tp, c->tp + c->fn)         /* recall, sensitivity */                 \
    X(FPR, fpr, c->fp, c->fp + c->tn)                                                          \
    X(FNR, fnr, c->fn, c->tp + c->fn)                                                          \
    X(TNR, tnr, c->tn, c->fp + c->tn)                /* specificity */                         \
    X(NPV, npv, c->tn, c->tn + c->fn)                                                          \
    X(FOR, for, c->fn, c->tn + c->fn)                /* false omission rate */                 \
    X(FDR, fdr, c->fp, c->tp + c->fp)                /* false discovery rate */
enum measure_rate {
#define X(id, name, events, of) MEASURE_##id,
    MEASURE_RATES(X)
#undef X
    MEASURE_RATE_COUNT
};
const char *measure_rate_name(enum measure_rate which); /* "selection_rate" */
struct measure_share measure_share(const struct measure_counts *c, enum measure_rate which);
/* events / of. Not known unless 0 <= events <= of and of > 0. */
struct figure measure_value(struct measure_share s);
struct figure measure_f1(const struct measure_counts *c);                /* 2tp / (2tp + fp + fn) */
struct figure measure_balanced_accuracy(const struct measure_counts *c); /* (TPR + TNR) / 2 */
/* (tp tn - fp fn) / sqrt((tp+fp)(tp+fn)(fp+tn)(tn+fn)); not known when a factor is 0. */
struct figure measure_mcc(const struct measure_counts *c);
struct figure measure_treatment(const struct measure_counts *c); /* fn / fp, treatment equality */
/* Counts of each group, in one pass over columns: group[i] < groups, predicted and label 0 or 1.
 * Other values are passed over and counted in what is returned. */
size_t measure_tally(struct measure_counts *counts, size_t groups, const uint16_t *group,
                     const uint8_t *predicted, const uint8_t *label, size_t n);

/* ---- intervals (interval.c): what chance leaves open ------------------------------------ */
#define MEASURE_Z95 1.959963984540054 /* two sides, 95 % */
double measure_z(double outside); /* z such that both tails hold `outside`: 0.05 gives MEASURE_Z95 */
/* Wilson's score interval of one rate. */
struct interval measure_wilson(struct measure_share s, double z);
/* Of the difference a - b: Newcombe's hybrid of two Wilson intervals. */
struct interval measure_newcombe(struct measure_share a, struct measure_share b, double z);
/* Of the ratio a / b: Katz, on the logarithm. Not known when either has no event. */
struct interval measure_katz(struct measure_share a, struct measure_share b, double z);

/* ---- tests (tests.c, kolmogorov.c): how odd it would be if nothing were there ------------------------- */
struct measure_test {
    struct figure statistic, p; /* p of both sides */
};
/* Pooled two-proportion z of a - b; not known when all or none of both are events. */
struct measure_test measure_two_proportions(struct measure_share a, struct measure_share b);
/* Fisher's exact test, both sides: the mass of all tables with these margins that are no likelier
 * than this one (within 1e-7, as R has it). */
struct figure measure_fisher(struct measure_share a, struct measure_share b);
double measure_normal_tail(double z);                    /* both sides: P(|Z| >= |z|) */
struct figure measure_chi2_tail(double x, int64_t freedom); /* P(X >= x) */
double measure_kolmogorov_tail(double x); /* 2 sum (-1)^(k-1) exp(-2 k^2 x^2), the limit law of KS */
/* The same for a sample of n without the limit: P(D_n >= d). What scipy calls kstwo. */
struct figure measure_kolmogorov_exact(double d, int64_t n);
/* p values made worse for having looked `n` times: Holm keeps the chance of one false alarm,
 * Benjamini-Hochberg the share of false among the alarms. In place. */
void measure_holm(double *p, size_t n);
void measure_benjamini_hochberg(double *p, size_t n);

/* ---- ranks (ranks.c): how well scores order the labels ---------------------------------- */
/* One distinct score, ascending: how many of each label have it. A bin of a histogram is one too. */
struct measure_step {
    int64_t positives, negatives;
};
struct measure_ranks {
    struct figure auc;       /* P(a positive scores higher than a negative) + half P(equal) */
    struct figure auc_error; /* at most this far from that of the scores themselves, when steps are
                              * bins: 1/2 sum p_b n_b / (P N). Of distinct scores it does not apply */
    struct figure auc_se;    /* DeLong's standard error; not known with P < 2 or N < 2 */
    struct figure average_precision; /* sum (R_i - R_(i-1)) P_i, highest score first, ties one step */
}; /* with labels of one kind only, none is known */
struct measure_ranks measure_ranks(const struct measure_step *steps, size_t count);
/* Exact, of scores and labels (0 or 1): sorts them in the arena. Scores that are not finite are left
 * out and counted. */
struct measure_ranks measure_ranks_of(struct arena *a, const double *score, const uint8_t *label,
                                      size_t n, size_t *left_out);

/* ---- calibration (calibration.c): whether 0.7 means seven in ten ------------------------ */
#define MEASURE_CALIBRATION_BINS 10
#define MEASURE_CLIP 1e-15 /* log-loss looks at p no closer to 0 and 1 than this */
struct measure_reliability {
    int64_t n, positives;
    struct figure mean_p, observed; /* not known in an empty bin */
};
struct measure_calibration {
    struct figure brier;    /* mean (p - y)^2 */
    struct figure log_loss; /* -mean (y ln p + (1 - y) ln (1 - p)), p clipped */
    struct figure ece;      /* sum n_b/n |mean y_b - mean p_b|; biased up in small samples */
    struct figure mce;      /* the largest of those differences */
    struct figure mean_p;   /* with base_rate: calibration in the large */
    struct measure_reliability bin[MEASURE_CALIBRATION_BINS]; /* [i/10, (i+1)/10), the last closed */
};
size_t measure_calibration_bin(double p); /* min(floor(10 p + 1e-12), 9) */
/* Exact, of probabilities and labels (0 or 1). A p outside 0..1 is left out and counted. */
struct measure_calibration measure_calibration_of(const double *p, const uint8_t *label, size_t n,
                                                  double clip, size_t *left_out);

/* ---- regression (regression.c): e = predicted - true ------------------------------------ */
struct measure_regression_figures {
    int64_t n, n_nonzero;  /* rows; rows whose true value is not 0 (for mape) */
    struct figure mae;     /* mean |e| */
    struct figure mse, rmse;
    struct figure bias;    /* mean e */
    struct figure r2;      /* 1 - SSE / SST; not known when SST is 0 */
    struct figure mape;    /* mean |e / y| over y != 0 */
    struct figure explained_variance; /* 1 - var e / var y */
};
/* Exact, of columns. Rows with a value that is not finite are left out and counted. */
struct measure_regression_figures measure_regression_of(const double *predicted,
                                                        const double *truth, size_t n,
                                                        size_t *left_out);
/* What no sum can tell: the middle and the largest |e|. */
struct figure measure_median_error(struct arena *a, const double *predicted,
                                   const double *truth, size_t n);
struct figure measure_max_error(const double *predicted, const double *truth, size_t n);

/* ---- disparity (disparity.c): how far apart groups are ---------------------------------- */
#define MEASURE_MISSING_GROUP "(missing)" /* whose attribute is not known: shown, not compared */
struct measure_group {
    struct text name;
    int64_t n;
    struct figure value;
    struct measure_share share; /* the value as a share; of 0 when it is none (AUC, ECE) */
};
struct measure_rule {
    int64_t min_n;      /* groups smaller than this are not compared; 100 unless configured */
    int64_t min_events; /* a verdict needs as many in the denominator; 10 unless configured */
    bool with_missing;  /* compare the group of the missing too */
};
#define MEASURE_RULE ((struct measure_rule){100, 10, false})
#define MEASURE_NOBODY SIZE_MAX
struct measure_disparity {
    size_t used;                 /* groups compared: large enough, and with a figure */
    size_t low, high;            /* places in the array, the first of equals; MEASURE_NOBODY */
    struct figure difference;    /* high - low; demographic parity, equal opportunity, … difference */
    struct figure ratio;         /* low / high; not known when high is 0 */
    struct figure to_overall_difference; /* largest |value - overall| */
    struct figure to_overall_ratio;      /* smallest of r and 1/r, r = value / overall */
    struct interval difference_interval, ratio_interval; /* Newcombe, Katz between those two, 95 % */
    /* The same two, wide enough that with as many pairs as there are, 95 of 100 sets of equal groups
     * show none outside (Bonferroni): the extremes were picked after looking. Verdicts use these. */
    struct interval difference_all, ratio_all;
    struct figure p; /* of those two being equal: Fisher when a cell expects < 5, z otherwise */
};
struct measure_disparity measure_disparity(const struct measure_group *groups, size_t count,
                                           struct figure overall, struct measure_rule rule);
struct measure_odds {
    struct figure difference_worst; /* larger of the TPR and FPR differences */
    struct figure difference_mean;  /* their mean */
    struct figure ratio_worst;      /* smaller of the ratios */
    struct figure to_overall_difference, to_overall_ratio;
};
/* Equalized odds; not known when either side is not. */
struct measure_odds measure_odds(const struct measure_disparity *tpr,
                                 const struct measure_disparity *fpr);
/* One group against a reference group: impact ratio, with what chance leaves open. */
struct measure_comparison {
    struct figure difference, ratio; /* group - reference, group / reference */
    struct interval difference_interval, ratio_interval;
    struct measure_test z; /* pooled */
    struct figure fisher_p;
    struct figure p; /* the one to use: Fisher's when a cell expects fewer than 5 */
};
struct measure_comparison measure_compare(struct measure_share group,
                                          struct measure_share reference);

/* pass: within the limit. breach: the point is over it AND its whole interval is AND there are enough
 * rows. Anything else is "not enough data": too few rows, no figure, no interval, or a point over the
 * limit by no more than chance explains. That is never shown as green. */
enum measure_status { MEASURE_NOT_ENOUGH, MEASURE_PASS, MEASURE_BREACH };
const char *measure_status_name(enum measure_status s); /* not_enough_data, pass, breach */
struct measure_limit {
    double value;
    bool at_least; /* false: breach above the value; true: breach below it */
};
enum measure_status measure_judge(struct figure point, struct interval around, int64_t n,
                                  int64_t min_n, struct measure_limit limit);
/* Of the difference (a largest) or, at_least, of the ratio (a smallest, e.g. 0.8). */
enum measure_status measure_disparity_status(const struct measure_disparity *d,
                                             const struct measure_group *groups,
                                             struct measure_rule rule, struct measure_limit limit);
/* fairlearn calls a rate of nobody 0 and compares it: a value as it has it, to show why two tools
 * disagree. Never for a verdict. */
struct figure measure_fairlearn_value(struct measure_share s);

/* ---- agreement (agreement.c) ------------------------------------------------------------ */
struct measure_agreement {
    int64_t n;
    struct figure observed, expected; /* share of equal answers; as many by chance alone */
    struct figure kappa;              /* Cohen: (observed - expected) / (1 - expected) */
    struct interval kappa_interval;   /* 95 %, of large samples */
};
/* table[i * k + j]: how often the first said i and the second j. */
struct measure_agreement measure_agreement(const int64_t *table, size_t k);

/* ---- change (change.c): when a series left its level ------------------------------------ */
/* Alarms count from 0, -1: none yet; after an alarm the series goes on and nothing is reset. A value
 * that is not finite is passed over. */
struct measure_alarm {
    int64_t at;
    bool up;
};
struct measure_cusum { /* C+ = max(0, C+ + z - k), C- = max(0, C- - z - k), z = (x - mean) / sd; > h */
    double mean, sd, k, h;
    double plus, minus, most_plus, most_minus;
    int64_t seen;
    struct measure_alarm alarm; /* the first */
};
struct measure_cusum measure_cusum(double mean, double sd, double k, double h);
void measure_cusum_add(struct measure_cusum *c, double x);
/* For a 0/1 series, where the above alarms at nothing: S = max(0, S + log of how much likelier x is
 * under p1 than under p0); > h. p1 > p0 looks for a rise, p1 < p0 for a fall. */
struct measure_bernoulli {
    double on_one, on_zero, h, sum, most;
    bool up;
    int64_t seen;
    struct measure_alarm alarm;
};
struct measure_bernoulli measure_bernoulli(double p0, double p1, double h);
void measure_bernoulli_add(struct measure_bernoulli *b, bool x);
/* h such that a stable series of p0 runs `length` values to its first false alarm on average: found by
 * simulation with a fixed seed, the same on every machine, within about 5 %. Not known unless
 * 0 < p0, p1 < 1, p0 != p1, 10 <= length <= 100,000. */
struct figure measure_bernoulli_limit(double p0, double p1, int64_t length);
struct measure_ewma { /* z = l x + (1 - l) z; outside mean +- L sd sqrt(l/(2-l) (1-(1-l)^(2t))) */
    double mean, sd, lambda, width, level;
    int64_t seen;
    struct measure_alarm alarm;
};
struct measure_ewma measure_ewma(double mean, double sd, double lambda, double width);
void measure_ewma_add(struct measure_ewma *e, double x);
double measure_ewma_half(
    const struct measure_ewma *e); /* of its limits, at the value that came last */
/* How many values of a normal distribution that never changes come on average before an alarm
 * (two-sided): of CUSUM by Siegmund's approximation, of EWMA by a Markov chain, within about 5
 * %. */
double measure_cusum_length(double k, double h);
double measure_ewma_length(double lambda, double width);
/* Page-Hinkley, two-sided: m += x - (mean so far) - delta; up when m - min m > lambda; mirrored. */
struct measure_page {
    double delta, lambda, mean, up, up_least, down, down_most;
    int64_t seen;
    struct measure_alarm alarm;
};
struct measure_page measure_page(double delta, double lambda);
void measure_page_add(struct measure_page *p, double x);
/* The one-sided variant of the river library: sum = max(0, alpha sum + x - mean - delta) > threshold,
 * after 30 values, counting from 1. */
struct measure_river {
    double delta, threshold, alpha, mean, sum;
    int64_t seen;
    struct measure_alarm alarm;
};
struct measure_river measure_river(double delta, double threshold, double alpha);
void measure_river_add(struct measure_river *r, double x);

#include "measure/drift.h"
#include "measure/state.h"
#endif
