/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/chart.c — a monitor that is judged by a chart of change in place of a limit: CUSUM or
 * EWMA of its own windows, against the level and the scatter that they had in a baseline
 * period. All that goes on from window to window is kept in the record, so that the same
 * windows lead to the same alarm. */
#include "monitor/internal.h"

#include <math.h>

/* ---- settings
 * -------------------------------------------------------------------------------- */
enum limit_how limit__how(struct text word)
{
    return text_is(word, "cusum")  ? LIMIT_CUSUM
           : text_is(word, "ewma") ? LIMIT_EWMA
                                   : LIMIT_FIXED;
}

double limit_run_length(const struct limit *w)
{
    return w->how == LIMIT_CUSUM  ? measure_cusum_length(w->k, w->h)
           : w->how == LIMIT_EWMA ? measure_ewma_length(w->lambda, w->width)
                                  : 0;
}

/* ---- the level that it has in its baseline
 * ------------------------------------------------------ */
static double spread(const struct limit_chart *c)
{
    return c->level_n > 1 ? c->sd * c->sd * (double)(c->level_n - 1) : 0;
}

static void learn(struct limit_chart *c, double x)
{
    double squares = spread(c), before = x - c->mean;
    c->level_n++;
    c->mean += before / (double)c->level_n;
    squares += before * (x - c->mean);
    c->sd = c->level_n > 1 ? sqrt(squares / (double)(c->level_n - 1)) : 0;
}

static bool in_baseline(const struct limit *w, int64_t from)
{
    return from >= w->level_from && from < w->level_to;
}

void limit__known(const struct limit *w, int64_t from, double value, struct limit_chart *c)
{
    if (in_baseline(w, from) && isfinite(value))
        learn(c, value);
}

bool limit__level(const struct limit_chart *c)
{
    return c->level_n >= LIMIT_LEVEL && c->sd > 0;
}

/* ---- a window more
 * ------------------------------------------------------------------------------- */
static bool cusum(const struct limit *w, struct limit_chart *c, double x)
{
    struct measure_cusum m = measure_cusum(c->mean, c->sd, w->k, w->h);
    m.plus = c->up;
    m.minus = c->down;
    measure_cusum_add(&m, x);
    c->up = m.plus;
    c->down = m.minus;
    c->low = MEASURE_UNKNOWN;
    c->high = measure_known(w->h);
    return m.alarm.at >= 0;
}

static bool ewma(const struct limit *w, struct limit_chart *c, double x)
{
    struct measure_ewma m = measure_ewma(c->mean, c->sd, w->lambda, w->width);
    m.level = c->n ? c->up : c->mean;
    m.seen = c->n;
    measure_ewma_add(&m, x);
    double half = measure_ewma_half(&m);
    c->up = m.level;
    c->down = 0;
    c->low = measure_known(c->mean - half);
    c->high = measure_known(c->mean + half);
    return m.alarm.at >= 0;
}

/* What is not judged by itself (too few rows, labels that have not come) is passed over. */
void limit_chart(const struct limit *w, struct judged *one, struct limit_state *s)
{
    struct limit_chart *c = &s->chart;
    bool told = one->value.known && (one->status == LIMIT_PASS || one->status == LIMIT_BREACH);
    if (w->how == LIMIT_FIXED)
        return;
    one->inside = false;
    if (!told)
        return;
    one->status = one->window.from < w->level_to ? LIMIT_LEARNING : LIMIT_NOT_ENOUGH;
    limit__known(w, one->window.from, one->value.value, c);
    if (one->status == LIMIT_LEARNING || !limit__level(c))
        return;
    bool beyond = (w->how == LIMIT_CUSUM ? cusum : ewma)(w, c, one->value.value);
    c->n++;
    one->status = beyond ? LIMIT_BREACH : LIMIT_PASS;
    one->inside = !beyond;
}

/* It is over by a decision alone: the first window after a new baseline that is not beyond it.
 */
bool limit__chart_turns(const struct limit_state *s, char letter, bool muted)
{
    return s->alarm ? letter == 'p' && s->chart.n == 1 : letter == 'b' && !muted;
}
