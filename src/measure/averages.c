/* SPDX-License-Identifier: Apache-2.0 */
/* measure/averages.c — figures of more than two classes: each against the rest, then averaged.
 */
#include "measure/internal.h"

static struct measure_counts against_the_rest(const struct measure_classes *c, size_t k,
                                              int64_t n)
{
    struct measure_counts one = {.tp = c->table[k * c->count + k]};
    for (size_t i = 0; i < c->count; i++) {
        one.fn += i == k ? 0 : c->table[k * c->count + i];
        one.fp += i == k ? 0 : c->table[i * c->count + k];
    }
    one.tn = n - one.tp - one.fn - one.fp;
    return one;
}

struct mean {
    double sum, weight, weighted;
    int64_t count;
};

static void add(struct mean *m, struct figure f, double weight)
{
    if (!f.known)
        return;
    m->sum += f.value;
    m->count++;
    m->weighted += weight * f.value;
    m->weight += weight;
}

static bool none_negative(const struct measure_classes *c, int64_t *n)
{
    bool good = !c->full;
    for (size_t i = 0; i < c->count * c->count; i++) {
        good = good && c->table[i] >= 0;
        *n += c->table[i];
    }
    return good && *n <= MEASURE_MOST;
}

static int64_t diagonal(const struct measure_classes *c)
{
    int64_t sum = 0;
    for (size_t i = 0; i < c->count; i++)
        sum += c->table[i * c->count + i];
    return sum;
}

struct measure_averages measure_averages(const struct measure_classes *c,
                                         struct measure_one_class *each)
{
    struct measure_averages f = {0};
    struct mean precision = {0}, recall = {0}, f1 = {0};
    if (!none_negative(c, &f.n))
        return (struct measure_averages){0};
    for (size_t i = 0; i < c->count; i++) {
        struct measure_counts one = against_the_rest(c, i, f.n);
        double support = (double)(one.tp + one.fn);
        if (each != NULL)
            each[i] = (struct measure_one_class){c->name[i], one};
        f.macro_left_out += support == 0;
        if (support == 0)
            continue;
        add(&precision, measure_value(measure_share(&one, MEASURE_PPV)), support);
        add(&recall, measure_value(measure_share(&one, MEASURE_TPR)), support);
        add(&f1, measure_f1(&one), support);
    }
    f.accuracy = measure_value((struct measure_share){diagonal(c), f.n});
    f.macro_precision = measure_quotient(precision.sum, (double)precision.count);
    f.macro_recall = measure_quotient(recall.sum, (double)recall.count);
    f.macro_f1 = measure_quotient(f1.sum, (double)f1.count);
    f.weighted_precision = measure_quotient(precision.weighted, precision.weight);
    f.weighted_recall = measure_quotient(recall.weighted, recall.weight);
    f.weighted_f1 = measure_quotient(f1.weighted, f1.weight);
    f.agreement = measure_agreement(c->table, c->count);
    return f;
}
