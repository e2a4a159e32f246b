/* SPDX-License-Identifier: Apache-2.0 */
/* bench/drift.c — how far two columns of numbers lie apart, over rows in memory.
 *
 *   bench_drift ROWS FILE
 *
 * Makes ROWS numbers of a reference and as many of now, which have moved by a hundredth and
 * spread by a fiftieth, writes both to FILE for the reference programs to read, and prints as
 * lines of `name value` how much processor time each figure took, best of three, and what came
 * out, so that all can be compared. Sorting is part of each: nobody has sorted them before. */
#include "measure/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t drawn(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* About normal: the sum of twelve shares. */
static double about_normal(uint64_t *seed)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += (double)(drawn(seed) >> 11) * 0x1p-53;
    return sum;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Microseconds of processor: on a busy machine a clock measures the others. */
static int64_t spent(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

struct pair {
    double *reference, *current, *a, *b; /* as they came; sorted */
    size_t n;
};

static void sort(struct pair *p)
{
    memcpy(p->a, p->reference, p->n * sizeof *p->a);
    memcpy(p->b, p->current, p->n * sizeof *p->b);
    qsort(p->a, p->n, sizeof *p->a, by_value);
    qsort(p->b, p->n, sizeof *p->b, by_value);
}

static double ks(struct pair *p)
{
    sort(p);
    return measure_ks(p->a, p->n, p->b, p->n).d.value;
}

static double wasserstein(struct pair *p)
{
    sort(p);
    return measure_wasserstein(p->a, p->n, p->b, p->n).value;
}

static double psi(struct pair *p)
{
    struct arena *a = arena_open();
    sort(p);
    double value = measure_evidently_psi(a, p->a, p->n, p->b, p->n).value;
    arena_close(a);
    return value;
}

static double js(struct pair *p)
{
    struct arena *a = arena_open();
    sort(p);
    double value = measure_evidently_js(a, p->a, p->n, p->b, p->n).value;
    arena_close(a);
    return value;
}

static void tell(const char *name, double (*figure)(struct pair *), struct pair *p)
{
    int64_t best = INT64_MAX;
    double value = 0;
    for (int i = 0; i < 3; i++) {
        int64_t start = spent();
        value = figure(p);
        best = spent() - start < best ? spent() - start : best;
    }
    printf("%s %.17g\n%s_seconds %.6f\n", name, value, name, (double)best / 1e6);
}

int main(int argc, char **argv)
{
    if (argc != 3)
        return 2;
    struct arena *a = arena_open();
    size_t n = strtoull(argv[1], NULL, 10);
    struct pair p = {NEW_MANY(a, n, double), NEW_MANY(a, n, double), NEW_MANY(a, n, double),
                     NEW_MANY(a, n, double), n};
    uint64_t seed = 1;
    for (size_t i = 0; i < n; i++)
        p.reference[i] = about_normal(&seed);
    for (size_t i = 0; i < n; i++)
        p.current[i] = 0.01 + 1.02 * about_normal(&seed);
    FILE *out = fopen(argv[2], "wb");
    if (out == NULL || fwrite(p.reference, sizeof(double), n, out) != n ||
        fwrite(p.current, sizeof(double), n, out) != n || fclose(out) != 0) {
        perror(argv[2]);
        return 1;
    }
    tell("ks", ks, &p);
    tell("wasserstein", wasserstein, &p);
    tell("psi", psi, &p);
    tell("js", js, &p);
    arena_close(a);
    return 0;
}
