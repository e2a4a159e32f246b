/* SPDX-License-Identifier: Apache-2.0 */
/* measure/disparity.c — how far apart groups are, and whether that is more than chance. */
#include "measure/internal.h"

#include <math.h>

const char *measure_status_name(enum measure_status s)
{
    static const char *const names[] = {"not_enough_data", "pass", "breach"};
    return s <= MEASURE_BREACH ? names[s] : "";
}

static bool compared(const struct measure_group *g, struct measure_rule rule)
{
    if (!rule.with_missing && text_is(g->name, MEASURE_MISSING_GROUP))
        return false;
    return g->n >= rule.min_n && g->value.known;
}

static void to_overall(struct measure_disparity *d, struct figure value, struct figure overall)
{
    struct figure apart = measure__minus(value, overall), ratio = measure__over(value, overall);
    if (apart.known && !(d->to_overall_difference.value > fabs(apart.value)))
        d->to_overall_difference = measure_known(fabs(apart.value));
    if (!ratio.known || ratio.value < 0)
        return;
    double worse = ratio.value > 1 ? 1 / ratio.value : ratio.value;
    if (!d->to_overall_ratio.known || worse < d->to_overall_ratio.value)
        d->to_overall_ratio = measure_known(worse);
}

static void find_ends(struct measure_disparity *d, const struct measure_group *groups,
                      size_t count, struct figure overall, struct measure_rule rule)
{
    d->low = d->high = MEASURE_NOBODY;
    for (size_t i = 0; i < count; i++) {
        if (!compared(&groups[i], rule))
            continue;
        if (d->used++ == 0)
            d->low = d->high = i;
        if (groups[i].value.value < groups[d->low].value.value)
            d->low = i;
        if (groups[i].value.value > groups[d->high].value.value)
            d->high = i;
        to_overall(d, groups[i].value, overall);
    }
}

static struct figure p_of(struct measure_share a, struct measure_share b)
{
    if (!measure__share_ok(a) || !measure__share_ok(b))
        return MEASURE_UNKNOWN;
    return measure__few_expected(a, b) ? measure_fisher(a, b) : measure_two_proportions(a, b).p;
}

struct measure_disparity measure_disparity(const struct measure_group *groups, size_t count,
                                           struct figure overall, struct measure_rule rule)
{
    struct measure_disparity d = {0};
    find_ends(&d, groups, count, overall, rule);
    if (d.used == 0)
        return d;
    const struct measure_group *low = &groups[d.low], *high = &groups[d.high];
    d.difference = measure__minus(high->value, low->value);
    d.ratio = measure__over(low->value, high->value);
    if (d.used < 2)
        return d;
    double pairs = (double)d.used * (double)(d.used - 1) / 2, z = measure_z(0.05 / pairs);
    d.difference_interval = measure_newcombe(high->share, low->share, MEASURE_Z95);
    d.ratio_interval = measure_katz(low->share, high->share, MEASURE_Z95);
    d.difference_all = measure_newcombe(high->share, low->share, z);
    d.ratio_all = measure_katz(low->share, high->share, z);
    d.p = p_of(high->share, low->share);
    return d;
}

static struct figure worse(struct figure a, struct figure b, bool larger)
{
    if (!a.known || !b.known)
        return MEASURE_UNKNOWN;
    return larger == (a.value > b.value) ? a : b;
}

struct measure_odds measure_odds(const struct measure_disparity *tpr,
                                 const struct measure_disparity *fpr)
{
    struct figure a = tpr->difference, b = fpr->difference;
    return (struct measure_odds){
        .difference_worst = worse(a, b, true),
        .difference_mean =
            a.known && b.known ? measure_known((a.value + b.value) / 2) : MEASURE_UNKNOWN,
        .ratio_worst = worse(tpr->ratio, fpr->ratio, false),
        .to_overall_difference =
            worse(tpr->to_overall_difference, fpr->to_overall_difference, true),
        .to_overall_ratio = worse(tpr->to_overall_ratio, fpr->to_overall_ratio, false),
    };
}

struct measure_comparison measure_compare(struct measure_share group,
                                          struct measure_share reference)
{
    struct figure a = measure_value(group), b = measure_value(reference);
    return (struct measure_comparison){
        .difference = measure__minus(a, b),
        .ratio = measure__over(a, b),
        .difference_interval = measure_newcombe(group, reference, MEASURE_Z95),
        .ratio_interval = measure_katz(group, reference, MEASURE_Z95),
        .z = measure_two_proportions(group, reference),
        .fisher_p = measure_fisher(group, reference),
        .p = p_of(group, reference),
    };
}

enum measure_status measure_judge(struct figure point, struct interval around, int64_t n,
                                  int64_t min_n, struct measure_limit limit)
{
    if (!point.known || n < min_n)
        return MEASURE_NOT_ENOUGH;
    if (limit.at_least ? point.value >= limit.value : point.value <= limit.value)
        return MEASURE_PASS;
    bool beyond = limit.at_least ? around.high < limit.value : around.low > limit.value;
    return around.known && beyond ? MEASURE_BREACH : MEASURE_NOT_ENOUGH;
}

enum measure_status measure_disparity_status(const struct measure_disparity *d,
                                             const struct measure_group *groups,
                                             struct measure_rule rule,
                                             struct measure_limit limit)
{
    if (d->used < 2)
        return MEASURE_NOT_ENOUGH;
    const struct measure_group *low = &groups[d->low], *high = &groups[d->high];
    if (low->share.of < rule.min_events || high->share.of < rule.min_events)
        return MEASURE_NOT_ENOUGH;
    return measure_judge(limit.at_least ? d->ratio : d->difference,
                         limit.at_least ? d->ratio_all : d->difference_all,
                         low->n < high->n ? low->n : high->n, rule.min_n, limit);
}

struct figure measure_fairlearn_value(struct measure_share s)
{
    return s.of == 0 ? measure_known(0) : measure_value(s);
}
