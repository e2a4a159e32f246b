/* SPDX-License-Identifier: Apache-2.0 */
/* measure/ranks.c — how well scores order the labels: AUC, its error, average precision.
 * Everything is computed from steps: how many positives and negatives share one score. */
#include "measure/internal.h"

#include <math.h>
#include <stdlib.h>

struct totals {
    double p, n; /* positives and negatives */
    bool ok;
};

static struct totals totals_of(const struct measure_step *steps, size_t count)
{
    struct totals t = {0, 0, true};
    for (size_t i = 0; i < count; i++) {
        t.ok = t.ok && steps[i].positives >= 0 && steps[i].negatives >= 0;
        t.p += (double)steps[i].positives;
        t.n += (double)steps[i].negatives;
    }
    t.ok = t.ok && t.p < (double)MEASURE_MOST && t.n < (double)MEASURE_MOST;
    return t;
}

/* Twice the number of pairs in the right order, ties counting one: a whole number below 2^108.
 */
static measure_uwide right_pairs(const struct measure_step *steps, size_t count)
{
    measure_uwide pairs = 0, below = 0;
    for (size_t i = 0; i < count; i++) {
        measure_uwide tied = (measure_uwide)steps[i].negatives;
        pairs += (measure_uwide)steps[i].positives * (2 * below + tied);
        below += tied;
    }
    return pairs;
}

static double tied_pairs(const struct measure_step *steps, size_t count)
{
    double pairs = 0;
    for (size_t i = 0; i < count; i++)
        pairs += (double)steps[i].positives * (double)steps[i].negatives;
    return pairs;
}

/* Each positive's share of negatives below it, and each negative's of positives above: how they
 * vary around their mean, the AUC. */
static struct figure delong(const struct measure_step *steps, size_t count, struct totals t,
                            double auc)
{
    double of_positives = 0, of_negatives = 0, below = 0, above = t.p;
    if (t.p < 2 || t.n < 2)
        return MEASURE_UNKNOWN;
    for (size_t i = 0; i < count; i++) {
        double p = (double)steps[i].positives, n = (double)steps[i].negatives;
        above -= p;
        double v10 = (below + n / 2) / t.n - auc, v01 = (above + p / 2) / t.p - auc;
        of_positives += p * v10 * v10;
        of_negatives += n * v01 * v01;
        below += n;
    }
    return measure_known(sqrt(of_positives / (t.p - 1) / t.p + of_negatives / (t.n - 1) / t.n));
}

static struct figure average_precision(const struct measure_step *steps, size_t count, double p)
{
    double sum = 0, found = 0, taken = 0;
    for (size_t i = count; i > 0; i--) {
        double here = (double)steps[i - 1].positives;
        found += here;
        taken += here + (double)steps[i - 1].negatives;
        if (here > 0)
            sum += here / p * (found / taken);
    }
    return measure_known(sum);
}

struct measure_ranks measure_ranks(const struct measure_step *steps, size_t count)
{
    struct measure_ranks r = {0};
    struct totals t = totals_of(steps, count);
    if (!t.ok)
        return r;
    r.auc = measure_quotient((double)right_pairs(steps, count) / 2, t.p * t.n);
    if (!r.auc.known)
        return r;
    r.average_precision = average_precision(steps, count, t.p);
    r.auc_error = measure_known(tied_pairs(steps, count) / 2 / (t.p * t.n));
    r.auc_se = delong(steps, count, t, r.auc.value);
    return r;
}

struct scored {
    double score;
    bool positive;
};

static int by_score(const void *left, const void *right)
{
    double a = ((const struct scored *)left)->score, b = ((const struct scored *)right)->score;
    return (a > b) - (a < b);
}

static size_t steps_of(const struct scored *s, size_t n, struct measure_step *steps)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || s[i].score != s[i - 1].score)
            count++;
        steps[count - 1].positives += s[i].positive;
        steps[count - 1].negatives += !s[i].positive;
    }
    return count;
}

struct measure_ranks measure_ranks_of(struct arena *a, const double *score,
                                      const uint8_t *label, size_t n, size_t *left_out)
{
    struct scored *s = NEW_MANY(a, n, struct scored);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(score[i]) && label[i] <= 1)
            s[kept++] = (struct scored){score[i], label[i] == 1};
    *left_out = n - kept;
    qsort(s, kept, sizeof(*s), by_score);
    struct measure_step *steps = NEW_MANY(a, kept, struct measure_step);
    return measure_ranks(steps, steps_of(s, kept, steps));
}
