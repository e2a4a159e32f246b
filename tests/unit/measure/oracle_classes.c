/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/measure/oracle_classes.c — predictions against labels: overall, by group, by
 * month. */
#include "oracle.h"

/* What a set of rows has in figures. */
struct seen {
    struct measure_counts counts;
    struct measure_ranks ranks;
    struct measure_calibration calibration;
};

static bool label_of(const struct rows *r, size_t row)
{
    return text_is(cell_of(r, row, "two_year_recid"), "1");
}

static bool answer_of(const struct rows *r, size_t row)
{
    return !text_is(cell_of(r, row, "score_text"), "Low");
}

/* From a state that was merged from three parts. */
static struct seen by_state(struct book *b, struct pick pick, double shift)
{
    struct measure_class *part[3];
    for (size_t i = 0; i < 3; i++)
        part[i] = measure_class_new(b->arena);
    for (size_t i = 0; i < pick.count; i++) {
        size_t row = pick.row[i];
        double p = (number_of(cell_of(b->rows, row, "decile_score")) - shift) / 10;
        struct measure_prediction one = {(int8_t)answer_of(b->rows, row), true, p};
        measure_class_add(part[i % 3], &one);
        measure_class_label(part[(i + 1) % 3], &one, label_of(b->rows, row), 1);
    }
    measure_class_merge(part[2], part[0]);
    measure_class_merge(part[1], part[2]);
    return (struct seen){measure_class_counts(part[1]), measure_class_ranks(part[1]),
                         measure_class_calibration(part[1])};
}

/* From columns of values. */
static struct seen by_columns(struct book *b, struct pick pick, double shift, double clip)
{
    double *score = NEW_MANY(b->arena, pick.count, double);
    double *p = NEW_MANY(b->arena, pick.count, double);
    uint8_t *label = NEW_MANY(b->arena, pick.count, uint8_t);
    uint8_t *answer = NEW_MANY(b->arena, pick.count, uint8_t);
    uint16_t *group = NEW_MANY(b->arena, pick.count, uint16_t);
    struct seen s = {0};
    size_t left_out;
    for (size_t i = 0; i < pick.count; i++) {
        score[i] = number_of(cell_of(b->rows, pick.row[i], "decile_score"));
        p[i] = (score[i] - shift) / 10;
        label[i] = label_of(b->rows, pick.row[i]);
        answer[i] = answer_of(b->rows, pick.row[i]);
    }
    assert_int_equal(measure_tally(&s.counts, 1, group, answer, label, pick.count), 0);
    s.ranks = measure_ranks_of(b->arena, score, label, pick.count, &left_out);
    assert_int_equal(left_out, 0);
    s.calibration = measure_calibration_of(p, label, pick.count, clip, &left_out);
    assert_int_equal(left_out, 0);
    return s;
}

static struct seen seen_of(struct book *b, struct pick pick)
{
    return b->exact ? by_columns(b, pick, 0.5, MEASURE_CLIP) : by_state(b, pick, 0.5);
}

static void write_counts(struct book *b, const char *path, const struct measure_counts *c)
{
    put_count(b, path, "tp", c->tp);
    put_count(b, path, "fp", c->fp);
    put_count(b, path, "fn", c->fn);
    put_count(b, path, "tn", c->tn);
}

static void write_reliability(struct book *b, const char *path,
                              const struct measure_calibration *c)
{
    const char *at = under(b, path, "reliability10");
    for (int i = 0, place = 0; i < MEASURE_CALIBRATION_BINS; i++) {
        char key[20];
        if (c->bin[i].n == 0)
            continue;
        snprintf(key, sizeof(key), "%d", place++);
        put_count(b, under(b, at, key), "bin", i);
        put_count(b, under(b, at, key), "n", c->bin[i].n);
        put(b, under(b, at, key), "mean_p", c->bin[i].mean_p);
        put(b, under(b, at, key), "obs", c->bin[i].observed);
    }
}

static void write_seen(struct book *b, const char *path, const struct seen *s)
{
    const struct measure_counts *c = &s->counts;
    put_count(b, path, "n", measure_share(c, MEASURE_ACCURACY).of);
    write_counts(b, path, c);
    for (enum measure_rate i = 0; i < MEASURE_RATE_COUNT; i++) {
        struct measure_share share = measure_share(c, i);
        put(b, path, measure_rate_name(i), measure_value(share));
        put_interval(b, under(b, path, "wilson95"), measure_rate_name(i),
                     measure_wilson(share, MEASURE_Z95));
    }
    put(b, path, "f1", measure_f1(c));
    put(b, path, "balanced_accuracy", measure_balanced_accuracy(c));
    put(b, path, "mcc", measure_mcc(c));
    put(b, path, "auc", s->ranks.auc);
    put(b, path, "auc_delong_se", s->ranks.auc_se);
    put(b, path, "average_precision", s->ranks.average_precision);
    put(b, path, "brier", s->calibration.brier);
    put(b, path, "log_loss", s->calibration.log_loss);
    put(b, path, "ece10", s->calibration.ece);
    put(b, path, "mce10", s->calibration.mce);
    put(b, path, "mean_p", s->calibration.mean_p);
    write_reliability(b, path, &s->calibration);
}

static struct pick everybody(struct book *b)
{
    struct pick all = {NEW_MANY(b->arena, b->rows->count, size_t), b->rows->count};
    for (size_t i = 0; i < all.count; i++)
        all.row[i] = i;
    return all;
}

/* ---- how far groups are apart ---- */
enum kind { RATE, AUC, ECE, BALANCED, F1 };
struct compared {
    const char *name;
    enum kind kind;
    enum measure_rate rate;
};
static const struct compared compared[] = {
    {"selection_rate", RATE, MEASURE_SELECTION_RATE},
    {"recall_tpr", RATE, MEASURE_TPR},
    {"fpr", RATE, MEASURE_FPR},
    {"fnr", RATE, MEASURE_FNR},
    {"precision_ppv", RATE, MEASURE_PPV},
    {"accuracy", RATE, MEASURE_ACCURACY},
    {"npv", RATE, MEASURE_NPV},
    {"auc", AUC, 0},
    {"ece10", ECE, 0},
    {"balanced_accuracy", BALANCED, 0},
    {"f1", F1, 0},
};

static struct figure figure_of(const struct seen *s, const struct compared *c)
{
    switch (c->kind) {
    case AUC:
        return s->ranks.auc;
    case ECE:
        return s->calibration.ece;
    case BALANCED:
        return measure_balanced_accuracy(&s->counts);
    case F1:
        return measure_f1(&s->counts);
    default:
        return measure_value(measure_share(&s->counts, c->rate));
    }
}

static struct measure_group *as_groups(struct book *b, const struct groups *g,
                                       const struct seen *s, const struct compared *c)
{
    struct measure_group *out = NEW_MANY(b->arena, g->count, struct measure_group);
    for (size_t i = 0; i < g->count; i++) {
        out[i] = (struct measure_group){
            g->name[i], (int64_t)g->pick[i].count, figure_of(&s[i], c), {0, 0}};
        if (c->kind == RATE)
            out[i].share = measure_share(&s[i].counts, c->rate);
    }
    return out;
}

static void write_disparity(struct book *b, const char *path, const struct groups *g,
                            const struct measure_disparity *d)
{
    put(b, path, "diff_max_min", d->difference);
    put(b, path, "ratio_min_max", d->ratio);
    if (d->used > 0) {
        put_text(b, path, "argmax", g->name[d->high]);
        put_text(b, path, "argmin", g->name[d->low]);
    }
    put_count(b, path, "groups_used", (int64_t)d->used);
    put(b, path, "max_abs_diff_to_overall", d->to_overall_difference);
    put(b, path, "min_ratio_to_overall", d->to_overall_ratio);
}

static void write_disparities(struct book *b, const char *path, const struct groups *g,
                              const struct seen *s, const struct seen *overall, int64_t min_n)
{
    struct measure_disparity d[COUNT(compared)];
    struct measure_rule rule = {min_n, 10, false};
    for (size_t i = 0; i < COUNT(compared); i++) {
        d[i] = measure_disparity(as_groups(b, g, s, &compared[i]), g->count,
                                 figure_of(overall, &compared[i]), rule);
        write_disparity(b, under(b, path, compared[i].name), g, &d[i]);
    }
    struct measure_odds odds = measure_odds(&d[1], &d[2]);
    put(b, path, "equalized_odds_difference_worst", odds.difference_worst);
    put(b, path, "equalized_odds_difference_mean", odds.difference_mean);
    put(b, path, "equalized_odds_ratio_worst", odds.ratio_worst);
}

static struct measure_disparity as_fairlearn(struct book *b, const struct groups *g,
                                             const struct seen *s, const struct seen *overall,
                                             const struct compared *c)
{
    struct measure_group *groups = as_groups(b, g, s, c);
    for (size_t i = 0; i < g->count; i++)
        groups[i].value = measure_fairlearn_value(groups[i].share);
    return measure_disparity(groups, g->count, figure_of(overall, c),
                             (struct measure_rule){0, 0, true});
}

static void write_four(struct book *b, const char *path, const char *name,
                       struct figure between, struct figure to_overall)
{
    put(b, path, text_c(b->arena, text_print(b->arena, "%s:between_groups", name)), between);
    put(b, path, text_c(b->arena, text_print(b->arena, "%s:to_overall", name)), to_overall);
}

static void write_fairlearn(struct book *b, const char *path, const struct groups *g,
                            const struct seen *s, const struct seen *overall)
{
    struct measure_disparity rate = as_fairlearn(b, g, s, overall, &compared[0]);
    struct measure_disparity tpr = as_fairlearn(b, g, s, overall, &compared[1]);
    struct measure_disparity fpr = as_fairlearn(b, g, s, overall, &compared[2]);
    struct measure_odds odds = measure_odds(&tpr, &fpr);
    write_four(b, path, "demographic_parity_difference", rate.difference,
               rate.to_overall_difference);
    write_four(b, path, "demographic_parity_ratio", rate.ratio, rate.to_overall_ratio);
    write_four(b, path, "equal_opportunity_difference", tpr.difference,
               tpr.to_overall_difference);
    write_four(b, path, "equal_opportunity_ratio", tpr.ratio, tpr.to_overall_ratio);
    write_four(b, path, "equalized_odds_difference", odds.difference_worst,
               odds.to_overall_difference);
    write_four(b, path, "equalized_odds_ratio", odds.ratio_worst, odds.to_overall_ratio);
    put(b, path, "equalized_odds_difference:mean", odds.difference_mean);
}

static void write_comparison(struct book *b, const char *path, struct measure_share group,
                             struct measure_share reference)
{
    struct measure_comparison c = measure_compare(group, reference);
    put(b, path, "diff", c.difference);
    put_interval(b, path, "newcombe95", c.difference_interval);
    put(b, path, "ratio", c.ratio);
    put_interval(b, path, "katz95", c.ratio_interval);
    if (c.z.statistic.known) {
        put(b, under(b, path, "ztest_pooled"), "z", c.z.statistic);
        put(b, under(b, path, "ztest_pooled"), "p", c.z.p);
    } else {
        put(b, path, "ztest_pooled", MEASURE_UNKNOWN);
    }
    put(b, path, "fisher_p", c.fisher_p);
}

static void write_reference(struct book *b, const char *path, const struct groups *g,
                            const struct seen *s, const char *reference)
{
    const enum measure_rate rates[] = {MEASURE_SELECTION_RATE, MEASURE_FPR, MEASURE_FNR,
                                       MEASURE_PPV};
    size_t r = 0;
    while (!text_is(g->name[r], reference))
        r++;
    put_text(b, path, "reference", g->name[r]);
    for (size_t i = 0; i < g->count; i++) {
        const char *at = under_text(b, under(b, path, "groups"), g->name[i]);
        if (i == r)
            continue;
        put(b, at, "impact_ratio_selection",
            measure_compare(measure_share(&s[i].counts, MEASURE_SELECTION_RATE),
                            measure_share(&s[r].counts, MEASURE_SELECTION_RATE))
                .ratio);
        for (size_t k = 0; k < COUNT(rates); k++) {
            struct measure_share one = measure_share(&s[i].counts, rates[k]);
            struct measure_share other = measure_share(&s[r].counts, rates[k]);
            const char *where = under(b, at, measure_rate_name(rates[k]));
            write_comparison(b, where, one, other);
        }
    }
}

struct split {
    const char *name;
    const char *columns[3];
    size_t column_count;
    const char *reference;
};
static const struct split splits[] = {
    {"race", {"race"}, 1, "Caucasian"},
    {"sex", {"sex"}, 1, "Male"},
    {"age_cat", {"age_cat"}, 1, "25 - 45"},
    {"race|sex", {"race", "sex"}, 2, "race=Caucasian|sex=Male"},
    {"race|age_cat", {"race", "age_cat"}, 2, NULL},
    {"race|sex|age_cat", {"race", "sex", "age_cat"}, 3, NULL},
};

static void write_split(struct book *b, const struct split *split, const struct seen *overall)
{
    const char *path = under(b, "/fairness", split->name);
    struct groups g = groups_by(b, split->columns, split->column_count);
    struct seen *s = NEW_MANY(b->arena, g.count, struct seen);
    for (size_t i = 0; i < split->column_count; i++)
        put_text(b, under(b, path, "by"), (const char *[]){"0", "1", "2"}[i],
                 text_of(split->columns[i]));
    for (size_t i = 0; i < g.count; i++) {
        s[i] = seen_of(b, g.pick[i]);
        write_seen(b, under_text(b, under(b, path, "groups"), g.name[i]), &s[i]);
    }
    const char *disparity = under(b, path, "disparity");
    write_disparities(b, under(b, disparity, "min_n_1"), &g, s, overall, 1);
    write_disparities(b, under(b, disparity, "min_n_30"), &g, s, overall, 30);
    write_disparities(b, under(b, disparity, "min_n_100"), &g, s, overall, 100);
    write_fairlearn(b, under(b, path, "fairlearn"), &g, s, overall);
    if (split->reference != NULL)
        write_reference(b, under(b, path, "vs_reference"), &g, s, split->reference);
}

/* ---- what was published, months, other probabilities ---- */
static void put_rounded(struct book *b, const char *path, const char *key,
                        const struct measure_counts *c, enum measure_rate rate, double times)
{
    struct figure f = measure_value(measure_share(c, rate));
    put(b, path, key, f.known ? measure_known(round(f.value * times * 100) / 100) : f);
}

static struct measure_counts only_high(struct book *b, struct pick pick)
{
    struct measure_counts c = {0};
    for (size_t i = 0; i < pick.count; i++) {
        bool yes = text_is(cell_of(b->rows, pick.row[i], "score_text"), "High");
        bool label = label_of(b->rows, pick.row[i]);
        *(yes ? label ? &c.tp : &c.fp : label ? &c.fn : &c.tn) += 1;
    }
    return c;
}

static void write_published(struct book *b, const char *key, struct pick pick)
{
    struct measure_counts c = seen_of(b, pick).counts, high = only_high(b, pick);
    write_counts(b, under(b, "/published/medium_or_high_is_positive", key), &c);
    put_rounded(b, "/published/fpr_percent", key, &c, MEASURE_FPR, 100);
    put_rounded(b, "/published/fnr_percent", key, &c, MEASURE_FNR, 100);
    put_rounded(b, "/published/ppv", key, &c, MEASURE_PPV, 1);
    put_rounded(b, "/published/npv", key, &c, MEASURE_NPV, 1);
    write_counts(b, under(b, "/published/only_high_is_positive", key), &high);
    put_rounded(b, "/published/only_high_fpr_percent", key, &high, MEASURE_FPR, 100);
    put_rounded(b, "/published/only_high_fnr_percent", key, &high, MEASURE_FNR, 100);
}

static void write_scores(struct book *b, const char *path, struct pick pick)
{
    struct measure_counts c[11] = {0};
    for (size_t i = 0; i < pick.count; i++) {
        size_t d = (size_t)number_of(cell_of(b->rows, pick.row[i], "decile_score"));
        *(label_of(b->rows, pick.row[i]) ? &c[d].tp : &c[d].fp) += 1;
    }
    for (int d = 1; d <= 10; d++) {
        char key[8];
        snprintf(key, sizeof(key), "%d", d);
        put_count(b, under(b, path, key), "n", c[d].tp + c[d].fp);
        put_count(b, under(b, path, key), "reoffended", c[d].tp);
        put(b, under(b, path, key), "rate",
            measure_value(measure_share(&c[d], MEASURE_BASE_RATE)));
    }
}

static struct text month_of(const struct rows *r, size_t row)
{
    return text_slice(cell_of(r, row, "screening_date"), 0, 7);
}

static void write_months(struct book *b)
{
    struct pick pick = {NEW_MANY(b->arena, b->rows->count, size_t), 0};
    for (int month = 0; month < 24; month++) {
        char name[16];
        snprintf(name, sizeof(name), "%d-%02d", 2013 + month / 12, 1 + month % 12);
        pick.count = 0;
        for (size_t i = 0; i < b->rows->count; i++)
            if (text_is(month_of(b->rows, i), name))
                pick.row[pick.count++] = i;
        struct seen s = seen_of(b, pick);
        write_seen(b, under(b, "/monthly_by_screening_month", name), &s);
    }
}

static void write_other_p(struct book *b, struct pick all)
{
    struct seen s = b->exact ? by_columns(b, all, 0, MEASURE_CLIP) : by_state(b, all, 0);
    struct seen other = by_columns(b, all, 0, 0x1p-52);
    put(b, "/overall_alt_p", "brier", s.calibration.brier);
    put(b, "/overall_alt_p", "log_loss_clip_1e-15", s.calibration.log_loss);
    put(b, "/overall_alt_p", "log_loss_clip_2.220446049250313e-16", other.calibration.log_loss);
    put(b, "/overall_alt_p", "ece10_left_closed", s.calibration.ece);
}

void write_classes(struct book *b)
{
    const char *const race[] = {"race"};
    struct pick all = everybody(b);
    struct seen overall = seen_of(b, all);
    write_seen(b, "/overall", &overall);
    write_other_p(b, all);
    for (size_t i = 0; i < COUNT(splits); i++)
        write_split(b, &splits[i], &overall);
    write_published(b, "all", all);
    struct groups g = groups_by(b, race, 1);
    for (size_t i = 0; i < g.count; i++) {
        write_published(b, text_c(b->arena, g.name[i]), g.pick[i]);
        write_scores(b, under_text(b, "/calibration_within_groups", g.name[i]), g.pick[i]);
    }
    write_months(b);
}
