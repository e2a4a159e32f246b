/* SPDX-License-Identifier: Apache-2.0 */
/* measure/evidently.c — PSI, Jensen-Shannon and chi-square as Evidently 0.7 computes them.
 * Not what we report: only to show why its number differs from ours. Sources: evidently's
 * calculations/stattests and numpy's histogram. */
#include "measure/internal.h"

#include <math.h>

#define EDGES_MOST 4096 /* Sturges gives log2 n + 1 of them */

/* numpy's bins of one width: so many as the width asks for, evenly from first to last. */
size_t measure__even_edges(double first, double last, double width, double *edges, size_t most)
{
    double wanted = width > 0 ? ceil((last - first) / width) : 1;
    if (!(wanted >= 1 && wanted < (double)most))
        return 0;
    if (first == last) {
        first -= 0.5;
        last += 0.5;
    }
    size_t count = (size_t)wanted;
    double step = (last - first) / wanted;
    for (size_t i = 0; i < count; i++)
        edges[i] = (double)i * step + first;
    edges[count] = last;
    return count + 1;
}

/* How many values are below it (or, of the last edge, not above it). */
static size_t values_before(const double *sorted, size_t n, double edge, bool or_at)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (sorted[middle] < edge || (or_at && sorted[middle] == edge))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void measure__histogram(const double *sorted, size_t n, const double *edges, size_t edge_count,
                        double *counts)
{
    size_t before = values_before(sorted, n, edges[0], false);
    for (size_t i = 1; i < edge_count; i++) {
        size_t upto = values_before(sorted, n, edges[i], i + 1 == edge_count);
        counts[i - 1] = (double)(upto - before);
        before = upto;
    }
}

struct shares {
    double *p, *q;
    size_t count;
};

static double ends(double a, double b, bool larger)
{
    return larger ? fmax(a, b) : fmin(a, b);
}

static struct shares sturges(struct arena *a, const double *r, size_t n, const double *c,
                             size_t m)
{
    double *edges = NEW_MANY(a, EDGES_MOST, double);
    double first = ends(r[0], c[0], false), last = ends(r[n - 1], c[m - 1], true);
    double width = (last - first) / (log2((double)(n + m)) + 1);
    size_t count = measure__even_edges(first, last, width, edges, EDGES_MOST);
    if (count == 0)
        return (struct shares){0};
    struct shares s = {NEW_MANY(a, count, double), NEW_MANY(a, count, double), count - 1};
    measure__histogram(r, n, edges, count, s.p);
    measure__histogram(c, m, edges, count, s.q);
    return s;
}

static struct shares each_value(struct arena *a, const double *r, size_t n, const double *c,
                                size_t m)
{
    size_t most = measure_distinct(r, n) + measure_distinct(c, m);
    struct shares s = {NEW_MANY(a, most, double), NEW_MANY(a, most, double), 0};
    for (size_t i = 0, j = 0; i < n || j < m; s.count++) {
        double at = j >= m || (i < n && r[i] < c[j]) ? r[i] : c[j];
        for (; i < n && r[i] == at; i++)
            s.p[s.count]++;
        for (; j < m && c[j] == at; j++)
            s.q[s.count]++;
    }
    return s;
}

static struct shares shares_of(struct arena *a, const double *r, size_t n, const double *c,
                               size_t m)
{
    if (n == 0 || m == 0)
        return (struct shares){0};
    struct shares s =
        measure_distinct(r, n) > 20 ? sturges(a, r, n, c, m) : each_value(a, r, n, c, m);
    for (size_t i = 0; i < s.count; i++) {
        s.p[i] /= (double)n;
        s.q[i] /= (double)m;
    }
    return s;
}

/* What an empty share becomes. */
static double filler(const double *p, size_t k)
{
    double least = INFINITY;
    for (size_t i = 0; i < k; i++)
        least = p[i] > 0 ? fmin(least, p[i]) : least;
    return least <= 1e-4 ? least / 1e6 : 1e-4;
}

static struct figure psi(const struct shares *s)
{
    double sum = 0, empty_p = filler(s->p, s->count), empty_q = filler(s->q, s->count);
    for (size_t i = 0; i < s->count; i++)
        sum +=
            measure__psi_term(s->p[i] > 0 ? s->p[i] : empty_p, s->q[i] > 0 ? s->q[i] : empty_q);
    return s->count > 0 ? measure_known(sum) : MEASURE_UNKNOWN;
}

/* scipy's distance makes both sum to 1 first. */
static struct figure js(struct shares *s)
{
    double p = 0, q = 0;
    for (size_t i = 0; i < s->count; i++) {
        p += s->p[i];
        q += s->q[i];
    }
    for (size_t i = 0; i < s->count && p > 0 && q > 0; i++) {
        s->p[i] /= p;
        s->q[i] /= q;
    }
    return p > 0 && q > 0 ? measure_known(sqrt(measure__js(s->p, s->q, s->count)))
                          : MEASURE_UNKNOWN;
}

struct figure measure_evidently_psi(struct arena *a, const double *reference, size_t n,
                                    const double *current, size_t m)
{
    struct shares s = shares_of(a, reference, n, current, m);
    return psi(&s);
}

struct figure measure_evidently_js(struct arena *a, const double *reference, size_t n,
                                   const double *current, size_t m)
{
    struct shares s = shares_of(a, reference, n, current, m);
    return js(&s);
}

static struct figure of_counts(const int64_t *reference, const int64_t *current, size_t k,
                               bool distance)
{
    struct measure__pair t = measure__totals(reference, current, k);
    struct arena *a = arena_open();
    struct shares s = {NEW_MANY(a, k, double), NEW_MANY(a, k, double), t.ok ? k : 0};
    for (size_t i = 0; i < s.count; i++) {
        s.p[i] = (double)reference[i] / t.n;
        s.q[i] = (double)current[i] / t.m;
    }
    struct figure f = distance ? js(&s) : psi(&s);
    arena_close(a);
    return f;
}

struct figure measure_evidently_psi_counts(const int64_t *reference, const int64_t *current,
                                           size_t k)
{
    return of_counts(reference, current, k, false);
}

struct figure measure_evidently_js_counts(const int64_t *reference, const int64_t *current,
                                          size_t k)
{
    return of_counts(reference, current, k, true);
}

struct measure_test measure_evidently_chi2(const int64_t *reference, const int64_t *current,
                                           size_t k)
{
    struct measure__pair t = measure__totals(reference, current, k);
    double sum = 0;
    if (!t.ok)
        return (struct measure_test){0};
    for (size_t i = 0; i < k; i++) {
        double expected = (double)reference[i] / t.n * t.m, off = (double)current[i] - expected;
        if (expected == 0 && current[i] > 0)
            return (struct measure_test){MEASURE_UNKNOWN, measure_known(0)};
        sum += expected > 0 ? off * off / expected : 0;
    }
    return (struct measure_test){measure_known(sum), measure_chi2_tail(sum, (int64_t)k - 1)};
}
