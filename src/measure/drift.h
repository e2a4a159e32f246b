/* SPDX-License-Identifier: Apache-2.0 */
/* measure/drift.h — how far two sets of values are apart (part of measure/measure.h).
 * One set is the reference, the other current. Counts of the same bins in the same order make two
 * distributions p (reference) and q (current); values themselves must be sorted and finite. */
#ifndef MEASURE_DRIFT_H
#define MEASURE_DRIFT_H

/* ---- values (quantile.c) ---------------------------------------------------------------- */
/* Puts the finite ones first, ascending, -0 as 0; returns how many they are. In place. */
size_t measure_sort(double *values, size_t n);
/* Type 7: at (n - 1) q, between neighbours by straight line. Not known when n is 0 or q outside 0..1. */
struct figure measure_quantile(const double *sorted, size_t n, double q);
size_t measure_distinct(const double *sorted, size_t n);

/* ---- bins ------------------------------------------------------------------------------- */
#define MEASURE_EDGES_MOST 64
/* (-inf, e1], (e1, e2], …, (ek, inf): k + 1 bins by k edges. */
struct measure_edges {
    size_t count;
    double at[MEASURE_EDGES_MOST]; /* ascending, distinct */
};
/* Deciles of the reference, those that are equal once: heavily tied columns get fewer bins. */
struct measure_edges measure_deciles(const double *sorted, size_t n);
size_t measure_bin(const struct measure_edges *edges, double value);
void measure_bin_counts(const struct measure_edges *edges, const double *values, size_t n,
                        int64_t *counts); /* counts[edges->count + 1] are added to */

/* ---- distributions (psi.c, divergence.c) ------------------------------------------------ */
#define MEASURE_PSI_ZERO 1e-4 /* what an empty share counts as; nothing is renormalised */
struct measure_psi {
    struct figure value;    /* sum (p - q) ln(p / q) */
    struct figure expected; /* what it is on average when nothing drifted: (k-1)(1/n + 1/m) */
    struct figure p;        /* chi-square tail of nm/(n+m) PSI, k - 1 degrees: alarm needs this too */
    size_t bins;            /* k: bins that hold a row of either */
};
struct measure_psi measure_psi(const int64_t *reference, const int64_t *current, size_t k);
struct measure_divergence {
    struct figure js_distance;   /* sqrt of the next: base 2, 0 to 1 */
    struct figure js_divergence; /* Jensen-Shannon, base 2 */
    struct figure tvd;           /* 1/2 sum |p - q| */
    struct figure l_infinity;    /* max |p - q| */
    struct figure hellinger;     /* sqrt(1 - sum sqrt(p q)) */
};
struct measure_divergence measure_divergence(const int64_t *reference, const int64_t *current,
                                             size_t k);
struct measure_chi2 {
    struct figure statistic, p;
    int64_t freedom;             /* bins that hold a row of either, less one */
    struct figure least_expected; /* below 5 the p is rough */
    struct figure cramers_v;     /* sqrt(statistic / rows): the size of the effect, 0 to 1 */
};
/* Homogeneity of the 2 x k table, without Yates' correction. */
struct measure_chi2 measure_chi2(const int64_t *reference, const int64_t *current, size_t k);

/* ---- distances of values (ks.c, wasserstein.c) ------------------------------------------ */
struct measure_ks {
    struct figure d;       /* largest distance of the two cumulative curves */
    struct figure p;       /* by the limit law: conservative with ties */
    struct figure p_exact; /* by the law of a finite sample of nm/(n+m), rounded */
};
struct measure_ks measure_ks(const double *reference, size_t n, const double *current, size_t m);
#define MEASURE_SD_FLOOR 1e-3
/* Integral of |F - G|, in the unit of the values; normalised by the sd of the reference (ddof 0, at
 * least MEASURE_SD_FLOOR). */
struct figure measure_wasserstein(const double *reference, size_t n, const double *current,
                                  size_t m);
struct figure measure_wasserstein_normed(const double *reference, size_t n,
                                         const double *current, size_t m);

/* ---- others' variants (evidently.c, nannyml.c): only to show why two tools disagree ----- */
/* Numeric: more than 20 distinct reference values: Sturges' bins over both together; else one bin a
 * value. An empty share becomes 1e-4, or a millionth of the least where that is below. */
struct figure measure_evidently_psi(struct arena *a, const double *reference, size_t n,
                                    const double *current, size_t m);
/* The distance with the natural logarithm: 0 to sqrt(ln 2) = 0.8326. */
struct figure measure_evidently_js(struct arena *a, const double *reference, size_t n,
                                   const double *current, size_t m);
struct figure measure_evidently_psi_counts(const int64_t *reference, const int64_t *current,
                                           size_t k);
struct figure measure_evidently_js_counts(const int64_t *reference, const int64_t *current,
                                          size_t k);
/* Goodness of fit against the scaled reference: one new category makes p 0 and the statistic unknown. */
struct measure_test measure_evidently_chi2(const int64_t *reference, const int64_t *current,
                                           size_t k);
/* Doane's bins over the reference alone; what lies outside is one bin more. Edges, how many (at most
 * `most`; 0: there are none). */
size_t measure_nannyml_edges(const double *reference, size_t n, double *edges, size_t most);
struct figure measure_nannyml_js(struct arena *a, const double *reference, size_t n,
                                 const double *current, size_t m);
#endif
