/* SPDX-License-Identifier: Apache-2.0 */
/* bench/measure.c — group fairness over rows in memory, and what a window costs a row.
 *
 *   bench_measure ROWS FILE
 *
 * Makes ROWS predictions of six groups of very different size, writes their columns to FILE for
 * the reference to read (all groups, then all answers, then all labels), and prints as lines of
 * `name value` how much processor time each took, best of five, and what came out, so that both
 * can be compared. */
#include "measure/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define GROUPS 6

struct columns {
    uint16_t *group;
    uint8_t *answer, *label;
    float *score;
    size_t n;
};

static uint64_t drawn(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static double share(uint64_t *seed)
{
    return (double)(drawn(seed) >> 11) * 0x1p-53;
}

static struct columns make(struct arena *a, size_t n)
{
    static const double upto[GROUPS] = {0.512, 0.852, 0.94, 0.992, 0.9975, 1};
    struct columns c = {NEW_MANY(a, n, uint16_t), NEW_MANY(a, n, uint8_t),
                        NEW_MANY(a, n, uint8_t), NEW_MANY(a, n, float), n};
    uint64_t seed = 1;
    for (size_t i = 0; i < n; i++) {
        double of = share(&seed), score = share(&seed);
        while (of >= upto[c.group[i]])
            c.group[i]++;
        c.score[i] = (float)score;
        c.answer[i] = score > 0.4 + 0.05 * c.group[i];
        c.label[i] = share(&seed) < score;
    }
    return c;
}

static void save(const struct columns *c, const char *file)
{
    FILE *out = fopen(file, "wb");
    if (out == NULL || fwrite(c->group, 2, c->n, out) != c->n ||
        fwrite(c->answer, 1, c->n, out) != c->n || fwrite(c->label, 1, c->n, out) != c->n ||
        fclose(out) != 0) {
        perror(file);
        exit(1);
    }
}

struct answers {
    struct measure_counts counts[GROUPS];
    struct measure_disparity rate, tpr, fpr;
    struct measure_odds odds;
};

static struct measure_disparity apart(const struct measure_counts *counts,
                                      const struct measure_counts *all, enum measure_rate rate)
{
    struct measure_group g[GROUPS];
    for (size_t i = 0; i < GROUPS; i++) {
        struct measure_share s = measure_share(&counts[i], rate);
        g[i] = (struct measure_group){TEXT(""), measure_share(&counts[i], MEASURE_ACCURACY).of,
                                      measure_value(s), s};
    }
    return measure_disparity(g, GROUPS, measure_value(measure_share(all, rate)), MEASURE_RULE);
}

static struct answers fairness(const struct columns *c)
{
    struct answers a = {0};
    struct measure_counts all = {0};
    measure_tally(a.counts, GROUPS, c->group, c->answer, c->label, c->n);
    for (size_t i = 0; i < GROUPS; i++) {
        all.tp += a.counts[i].tp;
        all.fp += a.counts[i].fp;
        all.fn += a.counts[i].fn;
        all.tn += a.counts[i].tn;
    }
    a.rate = apart(a.counts, &all, MEASURE_SELECTION_RATE);
    a.tpr = apart(a.counts, &all, MEASURE_TPR);
    a.fpr = apart(a.counts, &all, MEASURE_FPR);
    a.odds = measure_odds(&a.tpr, &a.fpr);
    return a;
}

/* A window's state of every group, as events come: prediction, score and label. */
static size_t windows(const struct columns *c)
{
    struct arena *a = arena_open();
    struct measure_class *m[GROUPS];
    for (size_t i = 0; i < GROUPS; i++)
        m[i] = measure_class_new(a);
    for (size_t i = 0; i < c->n; i++) {
        struct measure_prediction p = {(int8_t)c->answer[i], true, (double)c->score[i]};
        measure_class_add(m[c->group[i]], &p);
        measure_class_label(m[c->group[i]], &p, c->label[i] == 1, 1);
    }
    size_t used = arena_used(a);
    arena_close(a);
    return used;
}

/* Microseconds of processor: on a busy machine a clock measures the others. */
static int64_t spent(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

int main(int argc, char **argv)
{
    struct arena *a = arena_open();
    struct answers out = {0};
    int64_t best = INT64_MAX, state = INT64_MAX;
    size_t used = 0;
    if (argc != 3)
        return 2;
    struct columns c = make(a, strtoull(argv[1], NULL, 10));
    save(&c, argv[2]);
    for (int i = 0; i < 5; i++) {
        int64_t start = spent();
        out = fairness(&c);
        int64_t middle = spent();
        best = middle - start < best ? middle - start : best;
        if (i > 0)
            continue;
        used = windows(&c);
        state = spent() - middle;
    }
    printf("seconds %.6f\nstate_seconds %.6f\nstate_bytes %zu\n", (double)best / 1e6,
           (double)state / 1e6, used);
    printf("demographic_parity_difference %.17g\ndemographic_parity_ratio %.17g\n",
           out.rate.difference.value, out.rate.ratio.value);
    printf("equalized_odds_difference %.17g\nequalized_odds_ratio %.17g\n",
           out.odds.difference_worst.value, out.odds.ratio_worst.value);
    for (size_t i = 0; i < GROUPS; i++)
        printf("selection_rate_%zu %.17g\n", i,
               measure_value(measure_share(&out.counts[i], MEASURE_SELECTION_RATE)).value);
    arena_close(a);
    return 0;
}
