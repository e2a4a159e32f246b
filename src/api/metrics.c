/* SPDX-License-Identifier: Apache-2.0 */
/* api/metrics.c — what is measured of one system, as JSON (docs/measures.md says what each is).
 * What is not defined is null. */
#include "api/internal.h"
#include "monitor/monitor.h"

#define BY_MOST 10 /* groupings of one question */

/* ---- figures
 * ------------------------------------------------------------------------------------ */
static const char *rate_name(enum measure_rate r)
{
    return r == MEASURE_PPV ? "precision" : r == MEASURE_TPR ? "recall" : measure_rate_name(r);
}

/* With an interval where groups are compared, alone where all rows are one. */
static void put_rates(struct json_out *o, const struct measure_counts *c, bool intervals)
{
    for (int r = 0; r < MEASURE_RATE_COUNT; r++) {
        struct measure_share s = measure_share(c, (enum measure_rate)r);
        if (!intervals) {
            put__figure(o, rate_name((enum measure_rate)r), measure_value(s));
            continue;
        }
        json_key(o, rate_name((enum measure_rate)r));
        json_open(o, '{');
        put__figure(o, "value", measure_value(s));
        put__interval(o, measure_wilson(s, MEASURE_Z95));
        put__integer(o, "of", s.of);
        json_close(o, '}');
    }
    put__figure(o, "f1", measure_f1(c));
    put__figure(o, "balanced_accuracy", measure_balanced_accuracy(c));
    put__figure(o, "mcc", measure_mcc(c));
    put__figure(o, "treatment_equality", measure_treatment(c));
}

static void put_calibration(struct json_out *o, const struct measure_calibration *c)
{
    put__figure(o, "brier", c->brier);
    put__figure(o, "log_loss", c->log_loss);
    put__figure(o, "ece", c->ece);
    put__figure(o, "mce", c->mce);
    put__figure(o, "mean_p", c->mean_p);
    json_key(o, "reliability");
    json_open(o, '[');
    for (size_t i = 0; i < MEASURE_CALIBRATION_BINS; i++) {
        if (!c->bin[i].n)
            continue;
        json_open(o, '{');
        put__integer(o, "bin", (int64_t)i);
        put__integer(o, "n", c->bin[i].n);
        put__figure(o, "mean_p", c->bin[i].mean_p);
        put__figure(o, "observed", c->bin[i].observed);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_class(struct json_out *o, const struct measure_class *m, bool intervals)
{
    struct measure_counts c = measure_class_counts(m);
    struct measure_ranks ranks = measure_class_ranks(m);
    struct measure_calibration calibration = measure_class_calibration(m);
    put__integer(o, "tp", c.tp);
    put__integer(o, "fp", c.fp);
    put__integer(o, "fn", c.fn);
    put__integer(o, "tn", c.tn);
    put_rates(o, &c, intervals);
    put__figure(o, "auc", ranks.auc);
    put__figure(o, "auc_error", ranks.auc_error);
    put__figure(o, "auc_se", ranks.auc_se);
    put__figure(o, "average_precision", ranks.average_precision);
    put_calibration(o, &calibration);
    put__figure(o, "selected", measure_value(measure_class_selected(m)));
    put__figure(o, "coverage", measure_value(measure_class_coverage(m)));
}

static void put_regression(struct json_out *o, const struct measure_regression *m)
{
    struct measure_regression_figures f = measure_regression_figures(m);
    json_key(o, "regression");
    json_open(o, '{');
    put__integer(o, "n", f.n);
    put__figure(o, "mae", f.mae);
    put__figure(o, "mse", f.mse);
    put__figure(o, "rmse", f.rmse);
    put__figure(o, "bias", f.bias);
    put__figure(o, "r2", f.r2);
    put__figure(o, "mape", f.mape);
    put__figure(o, "explained_variance", f.explained_variance);
    json_close(o, '}');
}

/* ---- groups
 * --------------------------------------------------------------------------------------- */
struct table { /* of one rate, over the groups that are compared */
    struct measure_group *groups;
    struct measure_disparity d;
};

static void compare(struct call *call, const struct grouping *g,
                    const struct measure_counts *all, enum measure_rate rate,
                    struct measure_rule rule, struct table *out)
{
    out->groups = NEW_MANY(call->arena, g->count + 1, struct measure_group);
    for (size_t i = 0; i < g->count; i++) {
        struct measure_counts c = measure_class_counts(g->groups[i].class);
        struct measure_share s = measure_share(&c, rate);
        out->groups[i] = (struct measure_group){g->groups[i].name, c.tp + c.fp + c.fn + c.tn,
                                                measure_value(s), s};
    }
    out->d =
        measure_disparity(out->groups, g->count, measure_value(measure_share(all, rate)), rule);
}

static void put_group_name(struct json_out *o, const char *key, const struct table *t,
                           size_t at)
{
    json_key(o, key);
    if (at == MEASURE_NOBODY)
        json_put_null(o);
    else
        json_put_text(o, t->groups[at].name);
}

static void put_table(struct json_out *o, const char *name, const struct table *t)
{
    json_key(o, name);
    json_open(o, '{');
    put__integer(o, "groups", (int64_t)t->d.used);
    put__figure(o, "difference", t->d.difference);
    put__figure(o, "ratio", t->d.ratio);
    put_group_name(o, "low_group", t, t->d.low);
    put_group_name(o, "high_group", t, t->d.high);
    json_key(o, "difference_interval");
    json_open(o, '{');
    put__interval(o, t->d.difference_interval);
    json_close(o, '}');
    json_key(o, "ratio_interval");
    json_open(o, '{');
    put__interval(o, t->d.ratio_interval);
    json_close(o, '}');
    put__figure(o, "p", t->d.p);
    put__figure(o, "to_overall_difference", t->d.to_overall_difference);
    put__figure(o, "to_overall_ratio", t->d.to_overall_ratio);
    json_close(o, '}');
}

static void put_disparity(struct exchange *x, struct json_out *o, const struct grouping *g,
                          const struct measure_counts *all, struct measure_rule rule)
{
    struct table t[MEASURE_RATE_COUNT];
    if (!(x->actor->sees_sensitive || x->actor->all) && rule.min_n < SHOWN_LEAST)
        rule.min_n = SHOWN_LEAST; /* what is left out is not named as the least either */
    json_key(o, "disparity");
    json_open(o, '{');
    put__integer(o, "min_n", rule.min_n);
    for (int r = 0; r < MEASURE_RATE_COUNT; r++) {
        compare(x->call, g, all, (enum measure_rate)r, rule, &t[r]);
        put_table(o, rate_name((enum measure_rate)r), &t[r]);
    }
    struct measure_odds odds = measure_odds(&t[MEASURE_TPR].d, &t[MEASURE_FPR].d);
    put__figure(o, "demographic_parity_difference", t[MEASURE_SELECTION_RATE].d.difference);
    put__figure(o, "demographic_parity_ratio", t[MEASURE_SELECTION_RATE].d.ratio);
    put__figure(o, "equalized_odds_difference", odds.difference_worst);
    put__figure(o, "equalized_odds_difference_mean", odds.difference_mean);
    put__figure(o, "equalized_odds_ratio", odds.ratio_worst);
    put__figure(o, "equal_opportunity_difference", t[MEASURE_TPR].d.difference);
    put__figure(o, "equal_opportunity_ratio", t[MEASURE_TPR].d.ratio);
    put__figure(o, "predictive_parity_difference", t[MEASURE_PPV].d.difference);
    json_close(o, '}');
}

static void put_grouping(struct exchange *x, struct json_out *o, const struct grouping *g,
                         const struct measure_counts *all, struct measure_rule rule)
{
    bool whole = x->actor->sees_sensitive || x->actor->all;
    int64_t hidden = 0;
    json_key_text(o, g->by);
    json_open(o, '{');
    json_key(o, "groups");
    json_open(o, '{');
    for (size_t i = 0; i < g->count; i++) {
        const struct group_of *one = &g->groups[i];
        if (!whole && one->n < SHOWN_LEAST) {
            hidden++;
            continue;
        }
        json_key_text(o, one->name);
        json_open(o, '{');
        put__integer(o, "n", one->n);
        put_class(o, one->class, true);
        json_close(o, '}');
    }
    json_close(o, '}');
    put__integer(o, "hidden", hidden);
    put__integer(o, "missing", g->missing);
    put__bool(o, "capped", g->capped);
    put_disparity(x, o, g, all, rule);
    json_close(o, '}');
}

/* ---- the question
 * ----------------------------------------------------------------------------------- */
struct asked {
    struct period period;
    struct text by[BY_MOST];
    size_t by_count;
    struct measure_rule rule;
    struct drift_asked *drift; /* NULL: not asked for */
    bool exact;                /* from the events, however many there are */
};

enum err metrics__moment(struct exchange *x, const char *name, int64_t *out)
{
    struct text t = query__text(x, name);
    int64_t days;
    *out = 0;
    if (!t.len || moment_read(t, out))
        return OK;
    if (date_read(t, &days)) { /* that day begins */
        *out = zone_day_start(x->call->zone, days);
        return OK;
    }
    return problem(x->call, ERR_INVALID, text_of(name), "moment", "%s",
                   say(x->call, "must be a time like 2026-11-23T09:30:00Z"));
}

static enum err read_asked(struct exchange *x, struct asked *a)
{
    struct text by = query__text(x, "by");
    *a = (struct asked){.rule = MEASURE_RULE};
    TRY(metrics__moment(x, "from", &a->period.from));
    TRY(metrics__moment(x, "to", &a->period.to));
    a->period.version = query__text(x, "version");
    a->period.env = query__text(x, "env");
    TRY(query__integer(x, "min_n", a->rule.min_n, &a->rule.min_n));
    a->exact = text_is(query__text(x, "exact"), "1");
    TRY(drift__asked(x, &a->period, a->rule.min_n, &a->drift));
    while (by.len && a->by_count < BY_MOST)
        a->by[a->by_count++] = text_cut(&by, ',');
    if (by.len)
        return problem(x->call, ERR_INVALID, TEXT("by"), "too_many",
                       say(x->call, "at most %d groupings at once"), BY_MOST);
    return OK;
}

static void put_list(struct json_out *o, const char *key, const struct text *list, size_t count)
{
    json_key(o, key);
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        json_put_text(o, list[i]);
    json_close(o, ']');
}

/* What the figures are from: the events, or what was counted of them, and up to which. */
static void put_from(struct json_out *o, const struct measured *m)
{
    put__bool(o, "exact", !m->counted);
    put__text(o, "read_from", m->counted ? TEXT("cells") : TEXT("events"));
    json_key(o, "counted_until");
    if (m->counted)
        json_put_text(o, m->until);
    else
        json_put_null(o);
    put__integer(o, "not_counted", m->left);
}

static void put_head(struct exchange *x, const struct record *rec, const struct asked *a,
                     const struct measured *m)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "system", rec->key);
    put__text(o, "from", query__text(x, "from"));
    put__text(o, "to", query__text(x, "to"));
    put_list(o, "versions", m->versions, m->version_count);
    put_list(o, "attributes", m->attributes, m->attribute_count);
    json_key(o, "definitions");
    json_open(o, '{');
    put__text(o, "version", TEXT("1"));
    drift__define(x, o, a->drift);
    json_close(o, '}');
    put_from(o, m);
    put__integer(o, "n", m->n);
    put__integer(o, "n_labelled", m->labelled);
    json_key(o, "removed_before");
    if (m->removed_before)
        json_put_text(o, moment_print(x->call->arena, m->removed_before));
    else
        json_put_null(o);
}

static void put_excluded(struct json_out *o, const struct measured *m)
{
    struct measure_seen s = measure_class_seen(m->all.class);
    json_key(o, "excluded");
    json_open(o, '{');
    put__integer(o, "orphan_labels", m->orphans);
    put__integer(o, "misfit_labels", m->misfits);
    put__integer(o, "without_score", s.without_score);
    json_close(o, '}');
    put__integer(o, "revised_labels", m->revised);
}

/* ---- calls of language models
 * ------------------------------------------------------------------ */
static void put_times(struct json_out *o, const char *key, const struct measure_sketch *m)
{
    json_key(o, key);
    json_open(o, '{');
    put__integer(o, "n", m->n);
    put__figure(o, "p50", measure_sketch_quantile(m, 0.5));
    put__figure(o, "p90", measure_sketch_quantile(m, 0.9));
    put__figure(o, "p99", measure_sketch_quantile(m, 0.99));
    json_key(o, "error");
    json_put_number(o, MEASURE_SKETCH_ERROR);
    json_close(o, '}');
}

static void put_judged(struct json_out *o, const struct answered *a)
{
    json_key(o, "evaluations");
    json_open(o, '{');
    for (size_t i = 0; i < a->judged_count; i++) {
        const struct judged_by *j = &a->judged[i];
        json_key_text(o, j->name);
        json_open(o, '{');
        put__integer(o, "n", j->n);
        put__figure(o, "mean", measure_moments_figures(&j->score).mean);
        put__integer(o, "failed", j->failed);
        put__share(o, "fail_rate", j->failed, j->n);
        put__people(o, j);
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_answers(struct exchange *x, const struct answered *a, const struct cost *cost)
{
    struct json_out *o = &x->json_out;
    json_key(o, "llm");
    if (!a->n && !a->judged_count && !a->opinions) {
        json_put_null(o);
        return;
    }
    json_open(o, '{');
    put__integer(o, "n", a->n);
    json_key(o, "models");
    json_open(o, '[');
    for (size_t i = 0; i < a->model_count; i++)
        json_put_text(o, a->models[i]);
    json_close(o, ']');
    put__integer(o, "failed", a->failed);
    put__share(o, "error_rate", a->failed, a->n);
    put__integer(o, "truncated", a->truncated);
    put__share(o, "truncation_rate", a->truncated, a->n - a->failed);
    json_key(o, "tokens");
    json_open(o, '{');
    put__integer(o, "calls", a->metered);
    put__integer(o, "input", a->input);
    put__integer(o, "output", a->output);
    json_close(o, '}');
    put__cost(x, cost);
    put_times(o, "latency_ms", a->latency);
    put_times(o, "ttft_ms", a->first);
    put_judged(o, a);
    json_key(o, "feedback");
    json_open(o, '{');
    put__integer(o, "n", a->opinions);
    put__integer(o, "good", a->liked);
    put__integer(o, "bad", a->disliked);
    json_close(o, '}');
    json_close(o, '}');
}

enum err system_metrics_get(struct exchange *x)
{
    struct record *rec;
    struct journal_state s;
    struct asked a;
    struct observed seen;
    struct measured m;
    struct cost cost;
    struct agent_figures agents;
    TRY(read_asked(x, &a));
    TRY(monitor_system(x->call, x->records, exchange__db(x), x->arg[0], &rec));
    TRY(exchange__read(x, rec));
    TRY(journal_about(x->call, exchange__db(x), rec->kind->name, rec->id, &s));
    TRY(monitor_measure(x->call, exchange__db(x), s.source,
                        &(struct measuring){a.period, a.by, a.by_count, s.events,
                                            a.exact || a.drift ? FROM_EVENTS : FROM_EITHER},
                        &seen, &m));
    TRY(monitor_cost(x->call, x->records, exchange__db(x), &seen.answers, &cost));
    TRY(monitor_agents(x->call, x->records, exchange__db(x), rec, &a.period,
                       &seen.answers.acted, &agents));
    put_head(x, rec, &a, &m);
    struct json_out *o = &x->json_out;
    struct measure_counts counts = measure_class_counts(m.all.class);
    put_excluded(o, &m);
    json_key(o, "overall");
    json_open(o, '{');
    put_class(o, m.all.class, false);
    json_close(o, '}');
    put_regression(o, m.all.regression);
    json_key(o, "by");
    json_open(o, '{');
    for (size_t i = 0; i < m.by_count; i++)
        put_grouping(x, o, &m.by[i], &counts, a.rule);
    json_close(o, '}');
    put_answers(x, &seen.answers, &cost);
    TRY(drift__put(x, s.source, &seen, a.drift));
    signals__measured(x, o, &seen.answers);
    put__agents(o, &agents);
    TRY(put__reviews(x, rec, &a.period, m.counted ? s.source : 0, &seen, a.by, a.by_count));
    TRY(monitors__status(x, o, rec));
    json_close(o, '}');
    return OK;
}
