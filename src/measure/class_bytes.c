/* SPDX-License-Identifier: Apache-2.0 */
/* measure/class_bytes.c — the canonical bytes of the state of two classes. */
#include "measure/class.h"

void measure_class_write(const struct measure_class *m, struct buf *out)
{
    if (!measure__start(out, 'C', m->full))
        return;
    for (size_t i = 0; i < COUNTS; i++)
        measure__put_signed(out, m->count[i]);
    for (size_t i = 0; i < 2; i++)
        measure__put_wide(out, m->p_of[i]);
    for (size_t i = 0; i < MEASURE_CALIBRATION_BINS; i++) {
        measure__put_signed(out, m->bin_n[i]);
        measure__put_signed(out, m->bin_positives[i]);
        measure__put_wide(out, m->bin_p[i]);
    }
    measure__put_wide(out, m->brier);
    measure__put_wide(out, m->log_loss);
    measure__put_pages(out, PAGES(m->scores), SCORE_PAGES);
    measure__put_pages(out, PAGES(m->positives), SCORE_PAGES);
    measure__put_pages(out, PAGES(m->negatives), SCORE_PAGES);
}

static void take(struct measure__in *in, struct measure_class *m)
{
    for (size_t i = 0; i < COUNTS; i++)
        m->count[i] = measure__take_count(in);
    for (size_t i = 0; i < 2; i++)
        m->p_of[i] = measure__take_wide(in, MEASURE__WIDE_MOST);
    for (size_t i = 0; i < MEASURE_CALIBRATION_BINS; i++) {
        m->bin_n[i] = measure__take_count(in);
        m->bin_positives[i] = measure__take_count(in);
        m->bin_p[i] = measure__take_wide(in, MEASURE__WIDE_MOST);
    }
    m->brier = measure__take_wide(in, MEASURE__WIDE_MOST);
    m->log_loss = measure__take_wide(in, MEASURE__WIDE_MOST);
    measure__take_pages(in, m->arena, m->scores, SCORE_PAGES);
    measure__take_pages(in, m->arena, m->positives, SCORE_PAGES);
    measure__take_pages(in, m->arena, m->negatives, SCORE_PAGES);
}

enum err measure_class_read(struct arena *a, struct text bytes, struct measure_class **out)
{
    bool full;
    struct measure__in in = measure__open(bytes, 'C', &full);
    struct measure_class *m = measure_class_new(a);
    m->full = full;
    if (!full)
        take(&in, m);
    TRY(measure__end(&in));
    *out = m;
    return OK;
}
