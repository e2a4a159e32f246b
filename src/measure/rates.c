/* SPDX-License-Identifier: Apache-2.0 */
/* measure/rates.c — what four counts tell. */
#include "measure/internal.h"

#include <math.h>

const char *measure_rate_name(enum measure_rate which)
{
    static const char *const names[] = {
#define X(id, name, events, of) #name,
        MEASURE_RATES(X)
#undef X
    };
    return which < MEASURE_RATE_COUNT ? names[which] : "";
}

/* Counts are signed: a part of a window may hold a label taken back and not the one given. */
static bool counts_ok(const struct measure_counts *c)
{
    int64_t most = MEASURE_MOST;
    return c->tp >= 0 && c->fp >= 0 && c->fn >= 0 && c->tn >= 0 && c->tp <= most &&
           c->fp <= most && c->fn <= most && c->tn <= most;
}

struct measure_share measure_share(const struct measure_counts *c, enum measure_rate which)
{
    if (!counts_ok(c))
        return (struct measure_share){0, 0};
    int64_t n = c->tp + c->fp + c->fn + c->tn;
    switch (which) {
#define X(id, name, events, of)                                                                \
    case MEASURE_##id:                                                                         \
        return (struct measure_share){(events), (of)};
        MEASURE_RATES(X)
#undef X
    default:
        return (struct measure_share){0, 0};
    }
}

bool measure__share_ok(struct measure_share s)
{
    return s.of > 0 && s.events >= 0 && s.events <= s.of;
}

struct figure measure_value(struct measure_share s)
{
    return measure__share_ok(s) ? measure_quotient((double)s.events, (double)s.of)
                                : MEASURE_UNKNOWN;
}

struct figure measure_f1(const struct measure_counts *c)
{
    double tp = (double)c->tp;
    return counts_ok(c) ? measure_quotient(2 * tp, 2 * tp + (double)c->fp + (double)c->fn)
                        : MEASURE_UNKNOWN;
}

struct figure measure_balanced_accuracy(const struct measure_counts *c)
{
    struct figure tpr = measure_value(measure_share(c, MEASURE_TPR));
    struct figure tnr = measure_value(measure_share(c, MEASURE_TNR));
    return tpr.known && tnr.known ? measure_known((tpr.value + tnr.value) / 2)
                                  : MEASURE_UNKNOWN;
}

struct figure measure_mcc(const struct measure_counts *c)
{
    double tp = (double)c->tp, fp = (double)c->fp, fn = (double)c->fn, tn = (double)c->tn;
    double margins = (tp + fp) * (tp + fn) * (fp + tn) * (tn + fn);
    return counts_ok(c) ? measure_quotient(tp * tn - fp * fn, sqrt(margins)) : MEASURE_UNKNOWN;
}

struct figure measure_treatment(const struct measure_counts *c)
{
    return counts_ok(c) ? measure_quotient((double)c->fn, (double)c->fp) : MEASURE_UNKNOWN;
}

/* Four counters a group, by predicted and label. Two sets of them, for odd and even rows: a
 * counter that is added to twice in a row waits for itself. */
static void tally_block(int64_t (*cell)[4], size_t groups, const uint16_t *group,
                        const uint8_t *predicted, const uint8_t *label, size_t n, size_t *bad)
{
    for (size_t i = 0; i < n; i++) {
        if (group[i] < groups && (predicted[i] | label[i]) <= 1)
            cell[(i & 1) * groups + group[i]][predicted[i] * 2 + label[i]]++;
        else
            ++*bad;
    }
}

size_t measure_tally(struct measure_counts *counts, size_t groups, const uint16_t *group,
                     const uint8_t *predicted, const uint8_t *label, size_t n)
{
    size_t bad = 0;
    struct arena *a = arena_open();
    int64_t(*cell)[4] = arena_take_many(a, 2 * groups, sizeof(*cell));
    tally_block(cell, groups, group, predicted, label, n, &bad);
    for (size_t g = 0; g < groups; g++) {
        counts[g].tn += cell[g][0] + cell[groups + g][0];
        counts[g].fn += cell[g][1] + cell[groups + g][1];
        counts[g].fp += cell[g][2] + cell[groups + g][2];
        counts[g].tp += cell[g][3] + cell[groups + g][3];
    }
    arena_close(a);
    return bad;
}
