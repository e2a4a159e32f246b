/* SPDX-License-Identifier: Apache-2.0 */
/* measure/calibration.c — whether 0.7 means seven in ten. */
#include "measure/internal.h"

#include <math.h>

size_t measure_calibration_bin(double p)
{
    return (size_t)fmin(floor(10 * p + 1e-12), MEASURE_CALIBRATION_BINS - 1);
}

/* ECE, MCE and the mean of all from what the bins hold. */
void measure__calibration_figures(struct measure_calibration *c)
{
    double n = 0, apart = 0, most = 0, sum = 0;
    for (size_t i = 0; i < MEASURE_CALIBRATION_BINS; i++)
        n += (double)c->bin[i].n;
    for (size_t i = 0; i < MEASURE_CALIBRATION_BINS; i++) {
        struct measure_reliability *b = &c->bin[i];
        b->observed = measure_value((struct measure_share){b->positives, b->n});
        if (!b->mean_p.known || !b->observed.known)
            continue;
        double off = fabs(b->observed.value - b->mean_p.value);
        apart += (double)b->n / n * off;
        most = fmax(most, off);
        sum += (double)b->n / n * b->mean_p.value;
    }
    c->ece = n > 0 ? measure_known(apart) : MEASURE_UNKNOWN;
    c->mce = n > 0 ? measure_known(most) : MEASURE_UNKNOWN;
    c->mean_p = n > 0 ? measure_known(sum) : MEASURE_UNKNOWN;
}

struct work {
    struct measure_sum brier, log_loss, p[MEASURE_CALIBRATION_BINS];
};

static void add(struct work *w, struct measure_calibration *c, double p, bool label,
                double clip)
{
    double off = p - label, clipped = fmin(fmax(p, clip), 1 - clip);
    struct measure_reliability *b = &c->bin[measure_calibration_bin(p)];
    measure_sum_add(&w->p[b - c->bin], p);
    measure_sum_add_product(&w->brier, off, off);
    measure_sum_add(&w->log_loss, -measure__ln(label ? clipped : 1 - clipped));
    b->n++;
    b->positives += label;
}

struct measure_calibration measure_calibration_of(const double *p, const uint8_t *label,
                                                  size_t n, double clip, size_t *left_out)
{
    struct measure_calibration c = {0};
    struct arena *a = arena_open();
    struct work *w = NEW(a, struct work);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(p[i] >= 0 && p[i] <= 1) || label[i] > 1)
            continue;
        add(w, &c, p[i], label[i] == 1, clip);
        kept++;
    }
    *left_out = n - kept;
    c.brier = measure_quotient(measure_sum_value(&w->brier).value, (double)kept);
    c.log_loss = measure_quotient(measure_sum_value(&w->log_loss).value, (double)kept);
    for (size_t i = 0; i < MEASURE_CALIBRATION_BINS; i++)
        c.bin[i].mean_p =
            measure_quotient(measure_sum_value(&w->p[i]).value, (double)c.bin[i].n);
    measure__calibration_figures(&c);
    arena_close(a);
    return c;
}
