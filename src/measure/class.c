/* SPDX-License-Identifier: Apache-2.0 */
/* measure/class.c — what a window keeps of predictions with two classes, and what it tells.
 * Whole numbers only. A probability is cut to a multiple of 2^-62 first (SCALE); sums of it, of
 * its squared error and of its logarithm are whole multiples of that, in 128 bits: 2^53 rows
 * fit. */
#include "measure/class.h"

#include <math.h>

#define SCALE 0x1p62
#define ONE ((int64_t)1 << 62)

struct measure_class *measure_class_new(struct arena *a)
{
    struct measure_class *m = NEW(a, struct measure_class);
    m->arena = a;
    return m;
}

size_t measure_score_bin(double score)
{
    return (size_t)fmin(floor(score * MEASURE_SCORE_BINS + 1e-9), MEASURE_SCORE_BINS - 1);
}

static bool usable(const struct measure_prediction *p)
{
    return p->has_score && p->score >= 0 && p->score <= 1;
}

static void count(struct measure_class *m, size_t which, int64_t more)
{
    m->full |= !measure__count(&m->count[which], more);
}

static void into_bin(struct measure_class *m, int64_t **pages, size_t i, int64_t more)
{
    m->full |= !measure__add_at(m->arena, pages, i, more);
}

void measure_class_add(struct measure_class *m, const struct measure_prediction *p)
{
    count(m, p->predicted == 1 ? YES : p->predicted == 0 ? NO : WITHOUT_CLASS, 1);
    if (!usable(p)) {
        count(m, p->has_score ? BAD_SCORE : WITHOUT_SCORE, 1);
        return;
    }
    int64_t fixed = (int64_t)(p->score * SCALE);
    into_bin(m, m->scores, measure_score_bin(p->score), 1);
    if (p->predicted == 1 || p->predicted == 0) {
        count(m, p->predicted == 1 ? YES_SCORED : NO_SCORED, 1);
        m->p_of[p->predicted] += fixed;
    }
}

/* (p - y)^2 in the same unit, rounded to the nearest. */
static measure_wide squared_error(int64_t fixed, bool label)
{
    measure_wide off = label ? ONE - fixed : fixed;
    return (off * off + (ONE >> 1)) >> 62;
}

static measure_wide log_loss(double p, bool label)
{
    double clipped = fmin(fmax(p, MEASURE_CLIP), 1 - MEASURE_CLIP);
    return (measure_wide)rint(-measure__ln(label ? clipped : 1 - clipped) * SCALE);
}

static void label_score(struct measure_class *m, double p, bool label, int sign)
{
    int64_t fixed = (int64_t)(p * SCALE);
    size_t bin = measure_calibration_bin(p);
    into_bin(m, label ? m->positives : m->negatives, measure_score_bin(p), sign);
    m->full |= !measure__count(&m->bin_n[bin], sign);
    m->full |= !measure__count(&m->bin_positives[bin], label ? sign : 0);
    m->bin_p[bin] += (measure_wide)sign * fixed;
    m->brier += sign * squared_error(fixed, label);
    m->log_loss += sign * log_loss(p, label);
}

void measure_class_label(struct measure_class *m, const struct measure_prediction *p,
                         bool label, int sign)
{
    static const enum measure__class_count cell[2][2] = {{TN, FN}, {FP, TP}};
    if (sign != 1 && sign != -1)
        return;
    if (p->predicted == 0 || p->predicted == 1)
        count(m, cell[p->predicted][label], sign);
    else
        count(m, LABELLED_WITHOUT_CLASS, sign);
    if (usable(p))
        label_score(m, p->score, label, sign);
    else
        count(m, LABELLED_WITHOUT_SCORE, sign);
}

static void add_wide(struct measure_class *m, measure_wide *into, measure_wide more)
{
    measure_wide sum = *into + more; /* both below 2^121 */
    m->full |= sum > MEASURE__WIDE_MOST || sum < -MEASURE__WIDE_MOST;
    if (!m->full)
        *into = sum;
}

static void put_pages(struct measure_class *into, int64_t **pages, const int64_t *const *from,
                      int sign)
{
    for (size_t page = 0; page < SCORE_PAGES; page++)
        for (size_t i = page * MEASURE__PAGE; from[page] && i < (page + 1) * MEASURE__PAGE; i++)
            if (measure__at(from, i))
                into_bin(into, pages, i, sign * measure__at(from, i));
}

static void merge(struct measure_class *into, const struct measure_class *from, int sign)
{
    into->full |= from->full;
    for (size_t i = 0; i < COUNTS; i++)
        count(into, i, sign * from->count[i]);
    for (size_t i = 0; i < 2; i++)
        add_wide(into, &into->p_of[i], sign * from->p_of[i]);
    for (size_t i = 0; i < MEASURE_CALIBRATION_BINS; i++) {
        into->full |= !measure__count(&into->bin_n[i], sign * from->bin_n[i]);
        into->full |= !measure__count(&into->bin_positives[i], sign * from->bin_positives[i]);
        add_wide(into, &into->bin_p[i], sign * from->bin_p[i]);
    }
    add_wide(into, &into->brier, sign * from->brier);
    add_wide(into, &into->log_loss, sign * from->log_loss);
    put_pages(into, into->scores, PAGES(from->scores), sign);
    put_pages(into, into->positives, PAGES(from->positives), sign);
    put_pages(into, into->negatives, PAGES(from->negatives), sign);
}

void measure_class_merge(struct measure_class *into, const struct measure_class *from)
{
    merge(into, from, 1);
}

void measure_class_less(struct measure_class *into, const struct measure_class *part)
{
    merge(into, part, -1);
}

struct measure_seen measure_class_seen(const struct measure_class *m)
{
    const int64_t *c = m->count;
    return (struct measure_seen){
        .predictions = c[YES] + c[NO] + c[WITHOUT_CLASS],
        .yes = c[YES],
        .no = c[NO],
        .without_class = c[WITHOUT_CLASS],
        .without_score = c[WITHOUT_SCORE],
        .bad_score = c[BAD_SCORE],
        .labelled = c[TP] + c[FP] + c[FN] + c[TN] + c[LABELLED_WITHOUT_CLASS],
        .labelled_without_class = c[LABELLED_WITHOUT_CLASS],
        .labelled_without_score = c[LABELLED_WITHOUT_SCORE],
        .full = m->full,
    };
}

/* Of a full state no count is right. */
static struct measure_share share(const struct measure_class *m, int64_t events, int64_t of)
{
    return m->full ? (struct measure_share){0, 0} : (struct measure_share){events, of};
}

struct measure_counts measure_class_counts(const struct measure_class *m)
{
    const int64_t *c = m->count;
    return m->full ? (struct measure_counts){0}
                   : (struct measure_counts){c[TP], c[FP], c[FN], c[TN]};
}

struct measure_share measure_class_selected(const struct measure_class *m)
{
    return share(m, m->count[YES], m->count[YES] + m->count[NO]);
}

struct measure_share measure_class_coverage(const struct measure_class *m)
{
    struct measure_seen s = measure_class_seen(m);
    return share(m, s.labelled, s.predictions);
}

struct measure_ranks measure_class_ranks(const struct measure_class *m)
{
    struct measure_step steps[MEASURE_SCORE_BINS];
    for (size_t i = 0; i < MEASURE_SCORE_BINS; i++)
        steps[i] = (struct measure_step){measure__at(PAGES(m->positives), i),
                                         measure__at(PAGES(m->negatives), i)};
    return measure_ranks(steps, m->full ? 0 : MEASURE_SCORE_BINS);
}

static struct figure mean(measure_wide sum, int64_t n)
{
    return n > 0 ? measure_known((double)sum / SCALE / (double)n) : MEASURE_UNKNOWN;
}

struct measure_calibration measure_class_calibration(const struct measure_class *m)
{
    struct measure_calibration c = {0};
    int64_t n = 0;
    for (size_t i = 0; i < MEASURE_CALIBRATION_BINS && !m->full; i++) {
        if (m->bin_n[i] < 0)
            return (struct measure_calibration){0};
        c.bin[i].n = m->bin_n[i];
        c.bin[i].positives = m->bin_positives[i];
        c.bin[i].mean_p = mean(m->bin_p[i], m->bin_n[i]);
        n += m->bin_n[i];
    }
    c.brier = mean(m->brier, n);
    c.log_loss = mean(m->log_loss, n);
    measure__calibration_figures(&c);
    return c;
}

struct measure_expected measure_class_expected(const struct measure_class *m)
{
    struct measure_expected e = {0};
    double yes = (double)m->count[YES_SCORED], no = (double)m->count[NO_SCORED];
    if (m->full || yes < 0 || no < 0 || yes + no == 0)
        return e;
    double tp = (double)m->p_of[1] / SCALE, fn = (double)m->p_of[0] / SCALE;
    e.tp = measure_known(tp);
    e.fp = measure_known(fmax(0, yes - tp));
    e.fn = measure_known(fn);
    e.tn = measure_known(fmax(0, no - fn));
    e.accuracy = measure_quotient(tp + e.tn.value, yes + no);
    e.precision = measure_quotient(tp, yes);
    e.recall = measure_quotient(tp, tp + fn);
    return e;
}

void measure_class_scores(const struct measure_class *m, int64_t counts[MEASURE_SCORE_BINS])
{
    for (size_t i = 0; i < MEASURE_SCORE_BINS; i++)
        counts[i] = m->full ? 0 : measure__at(PAGES(m->scores), i);
}
