/* SPDX-License-Identifier: Apache-2.0 */
/* measure/tests.c — tails of laws, and what many looks cost. */
#include "measure/internal.h"

#include <math.h>
#include <stdlib.h>

double measure_normal_tail(double z)
{
    return erfc(fabs(z) / M_SQRT2);
}

struct measure_test measure_two_proportions(struct measure_share a, struct measure_share b)
{
    struct measure_test t = {0};
    if (!measure__share_ok(a) || !measure__share_ok(b))
        return t;
    double na = (double)a.of, nb = (double)b.of, ka = (double)a.events, kb = (double)b.events;
    double pooled = (ka + kb) / (na + nb);
    double se = sqrt(pooled * (1 - pooled) * (1 / na + 1 / nb));
    t.statistic = measure_quotient(ka / na - kb / nb, se);
    if (t.statistic.known)
        t.p = measure_known(measure_normal_tail(t.statistic.value));
    return t;
}

bool measure__few_expected(struct measure_share a, struct measure_share b)
{
    double n = (double)a.of + (double)b.of;
    double events = (double)a.events + (double)b.events, rare = fmin(events, n - events);
    return rare * (double)(a.of < b.of ? a.of : b.of) / n < 5;
}

/* Weights of the tables with given margins against that of the likeliest, by the ratio of
 * neighbours: no logarithm of a factorial, so nothing is lost however many rows there are. */
struct tables {
    double drawn, marked, others; /* a.of; events in both; the rest of both */
    double at;                    /* events of a */
};

static double next_weight(const struct tables *t, double x) /* of x + 1 against x */
{
    return (t->drawn - x) * (t->marked - x) / ((x + 1) * (t->others - t->drawn + x + 1));
}

struct masses {
    double all, tail;
};

/* From the likeliest in one direction, until weights vanish. A weight counts as tail when it is
 * no more than the one at hand. */
static void walk(const struct tables *t, double from, int step, double limit,
                 struct masses *sum)
{
    double least = fmax(0, t->drawn - t->others), most = fmin(t->drawn, t->marked);
    double weight = 1;
    for (double x = from; x >= least && x <= most && weight > 0; x += step) {
        if (x != from || step > 0) {
            sum->all += weight;
            sum->tail += weight <= limit ? weight : 0;
        }
        weight *= step > 0 ? next_weight(t, x) : 1 / next_weight(t, x - 1);
    }
}

static double weight_of(const struct tables *t, double from)
{
    double weight = 1;
    for (double x = from; x < t->at && weight > 0; x++)
        weight *= next_weight(t, x);
    for (double x = from; x > t->at && weight > 0; x--)
        weight /= next_weight(t, x - 1);
    return weight;
}

struct figure measure_fisher(struct measure_share a, struct measure_share b)
{
    if (!measure__share_ok(a) || !measure__share_ok(b))
        return MEASURE_UNKNOWN;
    double marked = (double)a.events + (double)b.events, n = (double)a.of + (double)b.of;
    struct tables t = {(double)a.of, marked, n - marked, (double)a.events};
    double mode = floor((t.drawn + 1) * (marked + 1) / (n + 2));
    mode = fmax(fmax(0, t.drawn - t.others), fmin(mode, fmin(t.drawn, marked)));
    double limit = weight_of(&t, mode) * (1 + 1e-7);
    struct masses sum = {0};
    walk(&t, mode, 1, limit, &sum);
    walk(&t, mode, -1, limit, &sum);
    return measure_known(fmin(1, sum.tail / sum.all));
}

/* The upper part of the gamma function, as a share of the whole: by series where that is small,
 * else by its continued fraction (Lentz). */
static double gamma_series(double a, double x)
{
    double term = 1 / a, sum = term;
    for (double k = a + 1; term > sum * 1e-17; k++)
        sum += term *= x / k;
    return sum;
}

static double gamma_fraction(double a, double x)
{
    const double tiny = 1e-300;
    double b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
    for (int i = 1; i < 100000; i++) {
        double an = -i * (i - a);
        b += 2;
        d = an * d + b;
        c = b + an / c;
        d = 1 / (fabs(d) < tiny ? tiny : d);
        c = fabs(c) < tiny ? tiny : c;
        h *= d * c;
        if (fabs(d * c - 1) < 1e-16)
            break;
    }
    return h;
}

static double log_gamma(double x)
{
    int sign;
    return lgamma_r(x, &sign);
}

struct figure measure_chi2_tail(double x, int64_t freedom)
{
    if (freedom < 1 || isnan(x))
        return MEASURE_UNKNOWN;
    if (x <= 0 || isinf(x))
        return measure_known(x <= 0 ? 1 : 0);
    double a = (double)freedom / 2, half = x / 2;
    double front = exp(a * log(half) - half - log_gamma(a));
    return measure_known(half < a + 1 ? fmax(0, 1 - front * gamma_series(a, half))
                                      : front * gamma_fraction(a, half));
}

static int by_value(const void *left, const void *right)
{
    double a = **(double *const *)left, b = **(double *const *)right;
    return (a > b) - (a < b);
}

static double **in_order(struct arena *a, double *p, size_t n)
{
    double **order = NEW_MANY(a, n, double *);
    for (size_t i = 0; i < n; i++)
        order[i] = &p[i];
    qsort(order, n, sizeof(*order), by_value);
    return order;
}

void measure_holm(double *p, size_t n)
{
    struct arena *a = arena_open();
    double **order = in_order(a, p, n), worst = 0;
    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, fmin(1, *order[i] * (double)(n - i)));
        *order[i] = worst;
    }
    arena_close(a);
}

void measure_benjamini_hochberg(double *p, size_t n)
{
    struct arena *a = arena_open();
    double **order = in_order(a, p, n), least = 1;
    for (size_t i = n; i > 0; i--) {
        least = fmin(least, *order[i - 1] * (double)n / (double)i);
        *order[i - 1] = least;
    }
    arena_close(a);
}
