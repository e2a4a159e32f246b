/* SPDX-License-Identifier: Apache-2.0 */
/* measure/change.c — when a series left its level: CUSUM, EWMA, Page-Hinkley. */
#include "measure/internal.h"

#include <math.h>

static const struct measure_alarm no_alarm = {-1, false};

static void note(struct measure_alarm *alarm, bool now, bool up, int64_t at)
{
    if (now && alarm->at < 0)
        *alarm = (struct measure_alarm){at, up};
}

struct measure_cusum measure_cusum(double mean, double sd, double k, double h)
{
    return (struct measure_cusum){.mean = mean, .sd = sd, .k = k, .h = h, .alarm = no_alarm};
}

void measure_cusum_add(struct measure_cusum *c, double x)
{
    if (!isfinite(x) || !(c->sd > 0))
        return;
    double z = (x - c->mean) / c->sd;
    c->plus = fmax(0, c->plus + z - c->k);
    c->minus = fmax(0, c->minus - z - c->k);
    c->most_plus = fmax(c->most_plus, c->plus);
    c->most_minus = fmax(c->most_minus, c->minus);
    note(&c->alarm, c->plus > c->h || c->minus > c->h, c->plus > c->h, c->seen++);
}

struct measure_bernoulli measure_bernoulli(double p0, double p1, double h)
{
    return (struct measure_bernoulli){.on_one = measure__ln(p1 / p0),
                                      .on_zero = measure__ln((1 - p1) / (1 - p0)),
                                      .h = h,
                                      .up = p1 > p0,
                                      .alarm = no_alarm};
}

void measure_bernoulli_add(struct measure_bernoulli *b, bool x)
{
    b->sum = fmax(0, b->sum + (x ? b->on_one : b->on_zero));
    b->most = fmax(b->most, b->sum);
    note(&b->alarm, b->sum > b->h, b->up, b->seen++);
}

/* splitmix64: the same numbers everywhere, from a seed that is written here. */
static uint64_t drawn(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

#define RUNS 1000
/* Mean length to the first alarm, a run being cut at 20 times what is wanted. */
static double run_length(double p0, double p1, double h, int64_t wanted)
{
    uint64_t seed = 20261130, below = (uint64_t)(p0 * 0x1p64);
    double total = 0;
    for (int run = 0; run < RUNS; run++) {
        struct measure_bernoulli b = measure_bernoulli(p0, p1, h);
        while (b.alarm.at < 0 && b.seen < 20 * wanted)
            measure_bernoulli_add(&b, drawn(&seed) < below);
        total += (double)b.seen;
        if (total > 4.0 * (double)wanted * RUNS)
            break; /* it cannot be this short any more */
    }
    return total / RUNS;
}

static bool inside(double p)
{
    return p > 0 && p < 1;
}

struct figure measure_bernoulli_limit(double p0, double p1, int64_t length)
{
    double low = 0, high = 20;
    if (!inside(p0) || !inside(p1) || p0 == p1 || length < 10 || length > 100000)
        return MEASURE_UNKNOWN;
    for (int i = 0; i < 14; i++) {
        double middle = (low + high) / 2;
        if (run_length(p0, p1, middle, length) < (double)length)
            low = middle;
        else
            high = middle;
    }
    return measure_known(high);
}

struct measure_ewma measure_ewma(double mean, double sd, double lambda, double width)
{
    return (struct measure_ewma){.mean = mean,
                                 .sd = sd,
                                 .lambda = lambda,
                                 .width = width,
                                 .level = mean,
                                 .alarm = no_alarm};
}

double measure_ewma_half(const struct measure_ewma *e)
{
    double l = e->lambda;
    return e->width * e->sd * sqrt(l / (2 - l) * (1 - pow(1 - l, 2 * (double)e->seen)));
}

void measure_ewma_add(struct measure_ewma *e, double x)
{
    if (!isfinite(x))
        return;
    double l = e->lambda;
    e->level = l * x + (1 - l) * e->level;
    e->seen++;
    double half = measure_ewma_half(e);
    bool up = e->level > e->mean + half, down = e->level < e->mean - half;
    note(&e->alarm, up || down, up, e->seen - 1);
}

/* ---- how long until it cries for nothing
 * ------------------------------------------------------ */
#define LENGTH_MOST 1e9
#define OVERSHOOT 1.166 /* of a limit by normal values: Siegmund */
#define STATES 61

double measure_cusum_length(double k, double h)
{
    double b = h + OVERSHOOT,
           one = k > 0 ? (exp(2 * k * b) - 2 * k * b - 1) / (2 * k * k) : b * b;
    return fmin(one / 2, LENGTH_MOST);
}

static double below(double z)
{
    return erfc(-z / sqrt(2)) / 2;
}

/* a x = 1 by elimination; a is diagonally dominant (what leaves the limits is missing in each
 * row). */
static void solve(double a[STATES][STATES], double x[STATES])
{
    for (int i = 0; i < STATES; i++)
        x[i] = 1;
    for (int i = 0; i < STATES; i++)
        for (int j = i + 1; j < STATES; j++) {
            double f = a[j][i] / a[i][i];
            for (int n = i; n < STATES; n++)
                a[j][n] -= f * a[i][n];
            x[j] -= f * x[i];
        }
    for (int i = STATES - 1; i >= 0; i--) {
        for (int n = i + 1; n < STATES; n++)
            x[i] -= a[i][n] * x[n];
        x[i] /= a[i][i];
    }
}

/* The level goes from one of so many stretches between the limits to another (Brook and Evans).
 */
double measure_ewma_length(double lambda, double width)
{
    double a[STATES][STATES], x[STATES];
    double half = width * sqrt(lambda / (2 - lambda)), step = 2 * half / STATES;
    for (int i = 0; i < STATES; i++)
        for (int j = 0; j < STATES; j++) {
            double from = -half + (i + 0.5) * step, to = -half + j * step;
            double low = (to - (1 - lambda) * from) / lambda, high = low + step / lambda;
            a[i][j] = (i == j) - (below(high) - below(low));
        }
    solve(a, x);
    double length = x[STATES / 2];
    return length > 0 && length < LENGTH_MOST ? length : LENGTH_MOST;
}

struct measure_page measure_page(double delta, double lambda)
{
    return (struct measure_page){.delta = delta, .lambda = lambda, .alarm = no_alarm};
}

void measure_page_add(struct measure_page *p, double x)
{
    if (!isfinite(x))
        return;
    p->mean += (x - p->mean) / (double)(p->seen + 1);
    p->up += x - p->mean - p->delta;
    p->up_least = fmin(p->up_least, p->up);
    p->down += x - p->mean + p->delta;
    p->down_most = fmax(p->down_most, p->down);
    bool up = p->up - p->up_least > p->lambda, down = p->down_most - p->down > p->lambda;
    note(&p->alarm, up || down, up, p->seen++);
}

struct measure_river measure_river(double delta, double threshold, double alpha)
{
    return (struct measure_river){
        .delta = delta, .threshold = threshold, .alpha = alpha, .alarm = no_alarm};
}

void measure_river_add(struct measure_river *r, double x)
{
    if (!isfinite(x))
        return;
    int64_t count = r->seen + 1;
    r->mean += (x - r->mean) / (double)count;
    r->sum = fmax(0, r->alpha * r->sum + (x - r->mean - r->delta));
    /* Its counter starts at 1 and is raised before it is asked: 29 values are 30. */
    note(&r->alarm, count + 1 >= 30 && r->sum > r->threshold, true, r->seen++);
}
