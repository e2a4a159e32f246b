/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/figure.c — the figures that can be watched, and how one window is judged by one:
 * beyond its limit is what is beyond as a point, with its whole interval, and of enough rows.
 */
#include "monitor/internal.h"

#include <math.h>

#define ALPHA 0.05 /* outside an interval of 95 % */

enum source {
    COUNT_OF,
    COVERED,
    SELECTED,
    RATE,
    CLASS,
    RANKED,
    CALIBRATED,
    ERRORS,
    APART,
    ODDS,
    DRIFT
};
/*    name                            from        which             ratio */
#define FIGURES(X)                                                                             \
    X("n", COUNT_OF, 0, false)                                                                 \
    X("coverage", COVERED, 0, false)                                                           \
    X("selected", SELECTED, 0, false)                                                          \
    X("accuracy", RATE, MEASURE_ACCURACY, false)                                               \
    X("precision", RATE, MEASURE_PPV, false)                                                   \
    X("recall", RATE, MEASURE_TPR, false)                                                      \
    X("fpr", RATE, MEASURE_FPR, false)                                                         \
    X("fnr", RATE, MEASURE_FNR, false)                                                         \
    X("tnr", RATE, MEASURE_TNR, false)                                                         \
    X("npv", RATE, MEASURE_NPV, false)                                                         \
    X("selection_rate", RATE, MEASURE_SELECTION_RATE, false)                                   \
    X("base_rate", RATE, MEASURE_BASE_RATE, false)                                             \
    X("f1", CLASS, 0, false)                                                                   \
    X("balanced_accuracy", CLASS, 1, false)                                                    \
    X("mcc", CLASS, 2, false)                                                                  \
    X("auc", RANKED, 0, false)                                                                 \
    X("average_precision", RANKED, 1, false)                                                   \
    X("brier", CALIBRATED, 0, false)                                                           \
    X("log_loss", CALIBRATED, 1, false)                                                        \
    X("ece", CALIBRATED, 2, false)                                                             \
    X("mce", CALIBRATED, 3, false)                                                             \
    X("mae", ERRORS, 0, false)                                                                 \
    X("rmse", ERRORS, 1, false)                                                                \
    X("bias", ERRORS, 2, false)                                                                \
    X("mape", ERRORS, 3, false)                                                                \
    X("r2", ERRORS, 4, false)                                                                  \
    X("selected_difference", APART, -1, false)                                                 \
    X("selected_ratio", APART, -1, true)                                                       \
    X("demographic_parity_difference", APART, MEASURE_SELECTION_RATE, false)                   \
    X("demographic_parity_ratio", APART, MEASURE_SELECTION_RATE, true)                         \
    X("equalized_odds_difference", ODDS, 0, false)                                             \
    X("equalized_odds_ratio", ODDS, 0, true)                                                   \
    X("equal_opportunity_difference", APART, MEASURE_TPR, false)                               \
    X("equal_opportunity_ratio", APART, MEASURE_TPR, true)                                     \
    X("predictive_parity_difference", APART, MEASURE_PPV, false)                               \
    X("psi", DRIFT, 0, false)                                                                  \
    X("ks", DRIFT, 1, false)                                                                   \
    X("js", DRIFT, 2, false)                                                                   \
    X("missing", DRIFT, 3, false)

struct figure_kind {
    const char *name;
    enum source from;
    int which;
    bool ratio;
};
static const struct figure_kind figures[] = {
#define X(name, from, which, ratio) {name, from, which, ratio},
    FIGURES(X)
#undef X
};

static const struct figure_kind *figure_named(struct text name)
{
    for (size_t i = 0; i < COUNT(figures); i++)
        if (text_is(name, figures[i].name))
            return &figures[i];
    return NULL;
}

bool limit_figure_known(struct text name)
{
    return figure_named(name) != NULL;
}

bool limit_figure_of_groups(struct text name)
{
    const struct figure_kind *f = figure_named(name);
    return f && (f->from == APART || f->from == ODDS);
}

bool limit_figure_of_baseline(struct text name)
{
    const struct figure_kind *f = figure_named(name);
    return f && f->from == DRIFT;
}

const char *limit_status_name(enum limit_status s)
{
    static const char *const names[] = {"no_data",  "pass",     "breach",  "not_enough_data",
                                        "maturing", "too_many", "learning"};
    return names[s];
}

static bool needs_labels(const struct figure_kind *f)
{
    return f->from != COUNT_OF && f->from != COVERED && f->from != SELECTED &&
           f->from != DRIFT && !(f->from == APART && f->which < 0);
}

/* ---- the rule
 * --------------------------------------------------------------------------------------- */
static bool beyond(const struct limit *w, double value)
{
    return (w->low.known && value < w->low.value) || (w->high.known && value > w->high.value);
}

static bool all_beyond(const struct limit *w, double low, double high)
{
    return (w->low.known && high < w->low.value) || (w->high.known && low > w->high.value);
}

static bool far_inside(const struct limit *w, double value)
{
    struct limit_number low = w->clear_low.known ? w->clear_low : w->low,
                        high = w->clear_high.known ? w->clear_high : w->high;
    return !(low.known && value < low.value) && !(high.known && value > high.value);
}

struct point {
    struct figure value;
    struct interval interval;
    bool certain; /* the figure has no interval: the point alone decides */
    bool enough;  /* rows, and what it is a share of */
};

static enum limit_status judge(const struct limit *w, const struct point *p)
{
    if (!p->value.known || !p->enough)
        return LIMIT_NOT_ENOUGH;
    if (!beyond(w, p->value.value))
        return LIMIT_PASS;
    bool whole =
        p->certain || (p->interval.known && all_beyond(w, p->interval.low, p->interval.high));
    return whole ? LIMIT_BREACH : LIMIT_NOT_ENOUGH;
}

static void settle(const struct limit *w, const struct point *p, struct judged *out)
{
    out->status = judge(w, p);
    out->value = p->value;
    out->interval = p->interval;
    out->inside = out->status == LIMIT_PASS && far_inside(w, p->value.value);
}

/* ---- figures of all rows
 * --------------------------------------------------------------------------- */
static struct point of_share(struct measure_share s, double z)
{
    return (struct point){.value = measure_value(s), .interval = measure_wilson(s, z)};
}

static struct measure_share share_of(const struct group_of *g, int which)
{
    struct measure_counts c = measure_class_counts(g->class);
    return which < 0 ? measure_class_selected(g->class)
                     : measure_share(&c, (enum measure_rate)which);
}

static int64_t labelled_rows(const struct group_of *g)
{
    struct measure_counts c = measure_class_counts(g->class);
    return c.tp + c.fp + c.fn + c.tn;
}

static struct figure of_class(const struct measure_counts *c, int which)
{
    return which == 0   ? measure_f1(c)
           : which == 1 ? measure_balanced_accuracy(c)
                        : measure_mcc(c);
}

static struct point of_ranks(const struct group_of *g, int which)
{
    struct measure_ranks r = measure_class_ranks(g->class);
    struct point p = {.value = which ? r.average_precision : r.auc, .certain = which > 0};
    double off = MEASURE_Z95 * r.auc_se.value + r.auc_error.value;
    if (!which && r.auc_se.known && p.value.known)
        p.interval = (struct interval){true, p.value.value - off, p.value.value + off};
    return p;
}

static struct figure of_calibration(const struct group_of *g, int which)
{
    struct measure_calibration c = measure_class_calibration(g->class);
    const struct figure all[] = {c.brier, c.log_loss, c.ece, c.mce};
    return all[which];
}

static struct figure of_errors(const struct group_of *g, int which)
{
    struct measure_regression_figures f = measure_regression_figures(g->regression);
    const struct figure all[] = {f.mae, f.rmse, f.bias, f.mape, f.r2};
    return all[which];
}

static void whole(const struct limit *w, const struct figure_kind *f, const struct group_of *g,
                  struct judged *out)
{
    struct measure_counts c = measure_class_counts(g->class);
    struct measure_seen s = measure_class_seen(g->class);
    struct point p = {.certain = true};
    int64_t least = LIMIT_LEAST;
    out->n = labelled_rows(g);
    switch (f->from) {
    case COVERED:
        out->n = out->predictions;
        p = of_share(out->labelled, MEASURE_Z95);
        break;
    case SELECTED:
        out->n = s.yes + s.no;
        p = of_share(share_of(g, -1), MEASURE_Z95);
        break;
    case RATE:
        p = of_share(share_of(g, f->which), MEASURE_Z95);
        least = share_of(g, f->which).of;
        break;
    case CLASS:
        p.value = of_class(&c, f->which);
        break;
    case RANKED:
        out->n = s.labelled - s.labelled_without_score;
        p = of_ranks(g, f->which);
        break;
    case CALIBRATED:
        out->n = s.labelled - s.labelled_without_score;
        p.value = of_calibration(g, f->which);
        break;
    case ERRORS:
        out->n = measure_regression_figures(g->regression).n;
        p.value = of_errors(g, f->which);
        break;
    default: /* how many there were is known of any number of them */
        out->n = out->predictions;
        p.value = measure_known((double)out->predictions);
    }
    p.enough = f->from == COUNT_OF || (out->n >= w->min_n && least >= LIMIT_LEAST);
    settle(w, &p, out);
}

/* ---- figures of groups
 * ----------------------------------------------------------------------------- */
static bool counts(const struct limit *w, const struct group_of *g, int which)
{
    int64_t n = which < 0 ? g->n : labelled_rows(g);
    return n >= w->min_n && text_search(g->name, TEXT(MEASURE_MISSING_GROUP)) < 0;
}

/* How far beyond its limit, or how near to it when negative. */
static double excess(const struct limit *w, double value)
{
    double low = w->low.known ? w->low.value - value : -INFINITY,
           high = w->high.known ? value - w->high.value : -INFINITY;
    return low > high ? low : high;
}

static int gravity(enum limit_status s)
{
    return s == LIMIT_BREACH ? 2 : s == LIMIT_NOT_ENOUGH ? 1 : 0;
}

/* A share of each group against the limit: the gravest is told. With as many intervals as there
 * are groups each is wider, so that equal groups rarely show one outside (Bonferroni). */
static void each_group(const struct limit *w, const struct figure_kind *f,
                       const struct grouping *by, struct judged *out)
{
    int which = f->from == SELECTED ? -1 : f->which;
    size_t used = 0;
    for (size_t i = 0; i < by->count; i++)
        used += counts(w, &by->groups[i], which);
    out->status = LIMIT_NOT_ENOUGH;
    for (size_t i = 0, told = 0; i < by->count; i++) {
        const struct group_of *g = &by->groups[i];
        struct judged one = *out;
        if (!counts(w, g, which))
            continue;
        struct measure_share s = share_of(g, which);
        struct point p = of_share(s, measure_z(ALPHA / (double)used));
        p.enough = s.of >= LIMIT_LEAST;
        settle(w, &p, &one);
        one.n = which < 0 ? g->n : labelled_rows(g);
        one.groups = g->name;
        bool worse =
            gravity(one.status) > gravity(out->status) ||
            (gravity(one.status) == gravity(out->status) && one.value.known &&
             (!out->value.known || excess(w, one.value.value) > excess(w, out->value.value)));
        if (!told++ || worse)
            *out = one;
    }
}

struct apart {
    struct measure_group *groups;
    struct measure_disparity d;
};

static struct apart compare(struct call *call, const struct limit *w, const struct grouping *by,
                            int which)
{
    struct measure_rule rule = {w->min_n, LIMIT_LEAST, false};
    struct apart a = {NEW_MANY(call->arena, by->count + 1, struct measure_group), {0}};
    for (size_t i = 0; i < by->count; i++) {
        const struct group_of *g = &by->groups[i];
        struct measure_share s = share_of(g, which);
        bool missing = text_search(g->name, TEXT(MEASURE_MISSING_GROUP)) >= 0;
        a.groups[i] =
            (struct measure_group){missing ? TEXT(MEASURE_MISSING_GROUP) : g->name,
                                   which < 0 ? g->n : labelled_rows(g), measure_value(s), s};
    }
    a.d = measure_disparity(a.groups, by->count, MEASURE_UNKNOWN, rule);
    return a;
}

static struct point of_apart(const struct apart *a, bool ratio)
{
    struct point p = {.value = ratio ? a->d.ratio : a->d.difference,
                      .interval = ratio ? a->d.ratio_all : a->d.difference_all};
    if (a->d.used < 2) /* one alone is apart from nobody */
        return (struct point){0};
    p.enough = a->groups[a->d.low].share.of >= LIMIT_LEAST &&
               a->groups[a->d.high].share.of >= LIMIT_LEAST;
    return p;
}

static void tell_apart(struct call *call, const struct limit *w, const struct apart *a,
                       bool ratio, struct judged *out)
{
    struct point p = of_apart(a, ratio);
    settle(w, &p, out);
    if (a->d.used >= 2)
        out->groups = text_print(call->arena, "%.*s / %.*s", TEXT_ARG(a->groups[a->d.low].name),
                                 TEXT_ARG(a->groups[a->d.high].name));
}

/* The larger of two differences, the smaller of two ratios; not known when either is not. */
static void odds(struct call *call, const struct limit *w, const struct grouping *by,
                 bool ratio, struct judged *out)
{
    struct apart tpr = compare(call, w, by, MEASURE_TPR),
                 fpr = compare(call, w, by, MEASURE_FPR);
    struct measure_odds both = measure_odds(&tpr.d, &fpr.d);
    struct figure worst = ratio ? both.ratio_worst : both.difference_worst;
    struct figure first = ratio ? tpr.d.ratio : tpr.d.difference;
    if (!worst.known)
        out->status = LIMIT_NOT_ENOUGH;
    else
        tell_apart(call, w, first.value == worst.value ? &tpr : &fpr, ratio, out);
}

static void grouped(struct call *call, const struct limit *w, const struct figure_kind *f,
                    const struct observed *seen, struct judged *out)
{
    struct grouping by;
    monitor_group(call, seen, w->by, &by);
    for (size_t i = 0; i < by.count; i++)
        out->n +=
            f->from == SELECTED || f->which < 0 ? by.groups[i].n : labelled_rows(&by.groups[i]);
    if (f->from == ODDS) {
        odds(call, w, &by, f->ratio, out);
    } else if (f->from == APART) {
        struct apart a = compare(call, w, &by, f->which);
        tell_apart(call, w, &a, f->ratio, out);
    } else {
        each_group(w, f, &by, out);
    }
}

/* ---- drift
 * ------------------------------------------------------------------------------------------ */
/* A column of features, or the score where none is named; *rows: predictions that could have
 * it. */
static struct drift_column *column_in(struct call *call, const struct limit *w,
                                      const struct observed *o, int64_t *rows)
{
    size_t at;
    *rows = 0;
    if (!o)
        return NULL;
    if (!w->feature.len)
        return drift_column_of(call->arena, o, DRIFT_OF_SCORE, rows);
    *rows = o->part ? o->part->rows : 0;
    return o->part && map_find(o->part->places, w->feature, &at) ? &o->part->columns[at] : NULL;
}

/* How far apart, and that it is no chance: of words the chi-square of each category says so, of
 * numbers that of the bins (docs/measures.md). */
static struct point of_drift(const struct drift *d, int which)
{
    struct figure p = d->type != DRIFT_NUMERIC ? d->chi2.p : which == 1 ? d->ks.p : d->psi.p;
    const struct figure all[] = {d->psi.value, d->ks.d, d->apart.js_distance};
    return (struct point){.value = all[which], .certain = p.known && p.value < ALPHA};
}

/* Beyond the limit and no chance. What is missing has an interval of its own; what is of
 * another sort than in the baseline is missing too. */
static void drift(struct call *call, const struct limit *w, const struct figure_kind *f,
                  const struct observed *seen, const struct observed *base, struct judged *out)
{
    struct drift d;
    int64_t n, m;
    struct drift_column *then = column_in(call, w, base, &n),
                        *now = column_in(call, w, seen, &m);
    drift_compare(call, then, n, now, m, &d);
    bool missing = f->which == 3;
    struct point p =
        missing ? of_share(drift_missing(&d.current), MEASURE_Z95) : of_drift(&d, f->which);
    out->n = missing ? d.current.rows : d.current.n;
    p.enough = out->n >= w->min_n && (missing ? n : d.reference.n) >= w->min_n;
    if (p.enough)
        settle(w, &p, out);
    else
        out->status = LIMIT_NOT_ENOUGH;
}

/* ---- one window
 * ------------------------------------------------------------------------------------- */
static struct measure_share labelled_of(const struct observed *seen)
{
    struct measure_share s = {0, (int64_t)seen->count};
    for (size_t i = 0; i < seen->count; i++)
        s.events += seen->rows[i].labelled;
    return s;
}

void limit_judge(struct call *call, const struct limit *w, const struct observed *seen,
                 const struct observed *base, struct judged *out)
{
    const struct figure_kind *f = figure_named(w->figure);
    struct window window = out->window;
    *out = (struct judged){.window = window,
                           .status = LIMIT_NO_DATA,
                           .predictions = (int64_t)seen->count,
                           .labelled = labelled_of(seen),
                           .versions = seen->versions,
                           .version_count = seen->version_count};
    out->covered = measure_value(out->labelled);
    if (!f || (!seen->count && f->from != COUNT_OF))
        return;
    struct group_of all;
    monitor_all(call, seen, &all);
    if (f->from == DRIFT)
        drift(call, w, f, seen, base, out);
    else if (f->from == APART || f->from == ODDS ||
             (w->by.len && (f->from == RATE || f->from == SELECTED)))
        grouped(call, w, f, seen, out);
    else
        whole(w, f, &all, out);
    bool young = needs_labels(f) && w->coverage.known && out->covered.value < w->coverage.value;
    if (young) {
        out->status = LIMIT_MATURING;
        out->inside = false;
    }
}
