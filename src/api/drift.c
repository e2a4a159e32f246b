/* SPDX-License-Identifier: Apache-2.0 */
/* api/drift.c — how far columns of a period are from those of a reference, as JSON
 * (docs/measures.md, Drift). Read when it is asked for, and not before: features take memory.
 */
#include "api/internal.h"
#include "monitor/monitor.h"

#include <stdlib.h>

#define NAMES_MOST 20 /* categories that are new, or gone, by name */

struct drift_asked {
    struct period reference;
    struct drift_columns *now;
    int64_t min_n;
};

/* ---- the question
 * ----------------------------------------------------------------------------------- */
static enum err read_columns(struct exchange *x, struct text *names, size_t *count)
{
    struct text all = query__text(x, "columns");
    while (all.len && *count < COLUMNS_MOST) {
        struct text one = text_cut(&all, ',');
        if (one.len)
            names[(*count)++] = one;
    }
    return all.len ? problem(x->call, ERR_INVALID, TEXT("columns"), "too_many",
                             say(x->call, "at most %d columns at once"), COLUMNS_MOST)
                   : OK;
}

enum err drift__asked(struct exchange *x, struct period *period, int64_t min_n,
                      struct drift_asked **out)
{
    struct arena *a = x->call->arena;
    struct text names[COLUMNS_MOST], version = query__text(x, "reference_version");
    struct period then = {.version = version, .env = period->env};
    size_t count = 0;
    *out = NULL;
    TRY(metrics__moment(x, "reference_from", &then.from));
    TRY(metrics__moment(x, "reference_to", &then.to));
    TRY(read_columns(x, names, &count));
    if (!then.from && !then.to && !version.len)
        return !count ? OK
                      : problem(x->call, ERR_INVALID, TEXT("reference_from"), "required", "%s",
                                say(x->call, "columns are compared with those of an earlier "
                                             "time: reference_from and reference_to"));
    if (then.to && then.from >= then.to)
        return problem(x->call, ERR_INVALID, TEXT("reference_to"), "value", "%s",
                       say(x->call, "must be after the moment from which on it is"));
    *out = NEW(a, struct drift_asked);
    (*out)->min_n = min_n;
    (*out)->now = drift_columns_new(a, names, count, NULL, 0);
    then.columns = drift_columns_new(a, names, count, NULL, 0);
    (*out)->reference = then;
    period->columns = (*out)->now;
    return OK;
}

/* ---- what each figure is
 * ---------------------------------------------------------------------------- */
static const struct {
    const char *names, *words;
} definitions[] = {
    {"columns",
     SAID("Features as sent, by name. What 95 of 100 reference values are, numbers or words, "
          "is the type; else mixed, and numbers are words as they are written.")},
    {"missing missing_rate",
     SAID("Rows of which nothing can be compared: absent, null or empty, NaN or "
          "infinite, or of the other type.")},
    {"missing_z missing_p",
     SAID("Difference of the missing rates, reference less current, by its standard error when "
          "both are one (pooled); missing_p: both sides of the normal law.")},
    {"missing_changed", SAID("The missing rates differ by more than rule.missing and "
                             "missing_p_adjusted is below rule.alpha.")},
    {"psi bins categories",
     SAID("Sum of (p - q) ln(p / q), an empty share counting as 1e-4. Numbers: bins by the "
          "deciles of the reference (type 7), equal ones once. Words: its 50 most frequent, "
          "the others and new ones. What is missing is left out.")},
    {"psi_null", SAID("What PSI is on average when nothing drifted: (k - 1)(1/n + 1/m), k bins "
                      "that hold a row.")},
    {"psi_p", SAID("Chi-square tail of nm/(n + m) PSI with k - 1 degrees. With new or rare "
                   "categories it is too small: chi2_p is the one that counts there.")},
    {"psi_missing", SAID("The same PSI with one bin more, of the rows that are missing.")},
    {"psi_each",
     SAID("The same PSI with a bin for each category, without those that are missing.")},
    {"js js_divergence",
     SAID("Jensen-Shannon distance with base 2: the root of js_divergence, 0 to 1. Numbers by "
          "the bins, words by each category; so are tvd, l_infinity and hellinger.")},
    {"tvd", SAID("Half the sum of abs(p - q).")},
    {"l_infinity", SAID("The largest abs(p - q).")},
    {"hellinger", SAID("Root of 1 - sum of root(pq).")},
    {"ks", SAID("Largest distance of the two cumulative curves of the values.")},
    {"ks_p",
     SAID("By Kolmogorov's limit law at ks root(nm/(n + m)): conservative with equal values.")},
    {"wasserstein wasserstein_normed",
     SAID("Area between the two curves, in the unit of the values; wasserstein_normed: by the "
          "standard deviation of the reference (divisor n), at least 0.001.")},
    {"chi2 chi2_freedom chi2_p least_expected",
     SAID("Chi-square of two rows of counts of each category (homogeneity, no Yates), with "
          "chi2_freedom degrees and the tail chi2_p; rough where least_expected is below 5.")},
    {"cramers_v", SAID("Root of chi2 / (n + m): 0 to 1.")},
    {"distinct distinct_reference capped",
     SAID("Different categories of the reference and of the current period; capped: one has "
          "more than rule.categories_most, and nothing is compared.")},
    {"new vanished",
     SAID("Categories that only the current period has; vanished: only the reference. "
          "Names of the most frequent, those of fewer than five rows only for roles "
          "that see sensitive content.")},
    {"psi_p_adjusted ks_p_adjusted chi2_p_adjusted missing_p_adjusted",
     SAID("p after Benjamini and Hochberg for rule.tests looks: psi_p and ks_p of "
          "numbers, chi2_p of words, of all columns, predictions and labels "
          "together; missing_p on its own.")},
    {"drifted", SAID("Numbers: psi above rule.psi and psi_p_adjusted below rule.alpha, or ks "
                     "above rule.ks and ks_p_adjusted below it. Words: psi above rule.psi and "
                     "chi2_p_adjusted below it. False: all within. Null: fewer than rule.min_n "
                     "values, not defined, or beyond by no more than chance explains.")},
    {"drifted_share judged",
     SAID("Columns that drifted, of those that could be judged; predictions "
          "and labels are not among them.")},
};

void drift__define(struct exchange *x, struct json_out *o, const struct drift_asked *asked)
{
    for (size_t i = 0; asked && i < COUNT(definitions); i++) {
        struct text names = text_of(definitions[i].names);
        while (names.len) {
            json_key_text(o, text_cut(&names, ' '));
            json_put_c(o, say(x->call, definitions[i].words));
        }
    }
}

/* ---- all that is compared
 * --------------------------------------------------------------------------- */
struct comparing {
    struct exchange *x;
    struct json_out *o;
    const struct drift_asked *asked;
    struct observed then;
    const struct observed *now;
    struct drift *columns, own[5]; /* own: score, class and value; label and value */
    size_t count;
    struct drift **all;
    size_t all_count, tests;
};

static enum err no_room(struct exchange *x)
{
    return problem(x->call, ERR_TOO_LARGE, TEXT("columns"), "too_large", "%s",
                   say(x->call, "these columns are too large to be compared at once: ask for "
                                "fewer of them, or for a shorter time"));
}

static struct drift_column *other_side(const struct drift_part *part, struct text name)
{
    size_t at;
    return map_find(part->places, name, &at) ? &part->columns[at] : NULL;
}

static void add(struct comparing *c, struct drift *d)
{
    c->all[c->all_count++] = d;
}

/* Those of the reference as they came, then those that only came later. */
static void compare_columns(struct comparing *c)
{
    struct drift_part *then = c->asked->reference.columns->parts, *now = c->asked->now->parts;
    struct call *call = c->x->call;
    for (size_t i = 0; i < then->count; i++)
        drift_compare(call, &then->columns[i], then->rows,
                      other_side(now, then->columns[i].name), now->rows,
                      &c->columns[c->count++]);
    for (size_t i = 0; i < now->count; i++)
        if (!other_side(then, now->columns[i].name))
            drift_compare(call, NULL, then->rows, &now->columns[i], now->rows,
                          &c->columns[c->count++]);
    for (size_t i = 0; i < c->count; i++)
        add(c, &c->columns[i]);
}

static void compare_own(struct comparing *c)
{
    struct arena *a = c->x->call->arena;
    for (int i = 0; i < (int)COUNT(c->own); i++) {
        int64_t n, m;
        struct drift_column *then = drift_column_of(a, &c->then, (enum drift_own)i, &n),
                            *now = drift_column_of(a, c->now, (enum drift_own)i, &m);
        drift_compare(c->x->call, then, n, now, m, &c->own[i]);
        if (n + m)
            add(c, &c->own[i]);
    }
}

/* ---- one column
 * --------------------------------------------------------------------------------- */
static void put_drifted(struct json_out *o, const char *key, enum drifted d)
{
    json_key(o, key);
    if (d == DRIFTED_UNKNOWN)
        json_put_null(o);
    else
        json_put_bool(o, d == DRIFTED_YES);
}

static void put_side(struct json_out *o, const char *key, const struct drift_side *s)
{
    json_key(o, key);
    json_open(o, '{');
    put__integer(o, "rows", s->rows);
    put__integer(o, "numbers", s->numbers);
    put__integer(o, "words", s->words);
    put__integer(o, "absent", s->absent);
    put__integer(o, "not_a_number", s->unfit);
    put__integer(o, "wrong_type", s->strange);
    put__integer(o, "missing", s->rows - s->n);
    put__figure(o, "missing_rate",
                measure_value((struct measure_share){s->rows - s->n, s->rows}));
    json_close(o, '}');
}

static void put_bins(struct json_out *o, const struct drift *d)
{
    json_key(o, "bins");
    json_open(o, '[');
    for (size_t i = 0; i <= d->edges.count; i++) {
        json_open(o, '{');
        put__figure(o, "above", (struct figure){i > 0, i ? d->edges.at[i - 1] : 0});
        put__figure(o, "to", (struct figure){i < d->edges.count, d->edges.at[i]});
        put__integer(o, "reference", d->then[i]);
        put__integer(o, "current", d->now[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_numeric(struct json_out *o, const struct drift *d)
{
    put__figure(o, "psi_p_adjusted", d->psi_p);
    put__figure(o, "ks", d->ks.d);
    put__figure(o, "ks_p", d->ks.p);
    put__figure(o, "ks_p_adjusted", d->ks_p);
    put__figure(o, "wasserstein", d->wasserstein);
    put__figure(o, "wasserstein_normed", d->wasserstein_normed);
    put_bins(o, d);
}

static int by_rows(const void *left, const void *right)
{
    const struct measure_category *a = left, *b = right;
    int64_t n = a->reference + a->current, m = b->reference + b->current;
    return n != m ? (n > m ? -1 : 1) : text_compare(a->name, b->name);
}

/* Only in one of both, the most frequent first. */
static void put_only(const struct comparing *c, const char *key, const struct drift *d,
                     bool current, bool whole)
{
    const struct measure_table *t = &d->each;
    struct measure_category *only =
        NEW_MANY(c->x->call->arena, t->named + 1, struct measure_category);
    size_t count = 0;
    int64_t rows = current ? t->new_rows : t->vanished_rows,
            of = current ? d->current.n : d->reference.n;
    for (size_t i = 0; i < t->named; i++)
        if (!(current ? t->row[i].reference : t->row[i].current))
            only[count++] = t->row[i];
    qsort(only, count, sizeof(*only), by_rows);
    json_key(c->o, key);
    json_open(c->o, '{');
    put__integer(c->o, "count", (int64_t)count);
    put__integer(c->o, "rows", rows);
    put__figure(c->o, "share", measure_value((struct measure_share){rows, of}));
    json_key(c->o, "names");
    json_open(c->o, '[');
    for (size_t i = 0; i < count && i < NAMES_MOST; i++)
        if (whole || only[i].reference + only[i].current >= SHOWN_LEAST)
            json_put_text(c->o, only[i].name);
    json_close(c->o, ']');
    json_close(c->o, '}');
}

/* What few rows have has no name for whoever may not see single ones. */
static void put_categories(struct json_out *o, const struct measure_table *t, bool whole)
{
    json_key(o, "categories");
    json_open(o, '[');
    for (size_t i = 0; i < t->count; i++) {
        const struct measure_category *one = &t->row[i];
        bool hidden = !whole && i < t->named && one->reference + one->current < SHOWN_LEAST;
        json_open(o, '{');
        json_key(o, "name");
        if (hidden)
            json_put_null(o);
        else
            json_put_text(o, one->name);
        put__bool(o, "gathered", i >= t->named);
        put__integer(o, "reference", one->reference);
        put__integer(o, "current", one->current);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_categorical(const struct comparing *c, const struct drift *d, bool whole)
{
    struct json_out *o = c->o;
    put__figure(o, "psi_each", d->psi_each.value);
    put__figure(o, "chi2", d->chi2.statistic);
    put__integer(o, "chi2_freedom", d->chi2.freedom);
    put__figure(o, "chi2_p", d->chi2.p);
    put__figure(o, "chi2_p_adjusted", d->chi2_p);
    put__figure(o, "least_expected", d->chi2.least_expected);
    put__figure(o, "cramers_v", d->chi2.cramers_v);
    put__integer(o, "distinct_reference", d->reference.distinct);
    put__integer(o, "distinct", d->current.distinct);
    put__bool(o, "capped", d->capped);
    put_categories(o, &d->top, whole);
    put_only(c, "new", d, true, whole);
    put_only(c, "vanished", d, false, whole);
}

static void put_apart(struct json_out *o, const struct measure_divergence *d)
{
    put__figure(o, "js", d->js_distance);
    put__figure(o, "js_divergence", d->js_divergence);
    put__figure(o, "tvd", d->tvd);
    put__figure(o, "l_infinity", d->l_infinity);
    put__figure(o, "hellinger", d->hellinger);
}

static bool few(const struct drift_side *s)
{
    return s->n > 0 && s->n < SHOWN_LEAST;
}

static void put_column(const struct comparing *c, const struct drift *d)
{
    static const struct drift nothing;
    const struct actor *who = c->x->actor;
    struct json_out *o = c->o;
    bool whole = who->sees_sensitive || who->all,
         hidden = !whole && (few(&d->reference) || few(&d->current));
    json_key_text(o, d->name);
    json_open(o, '{');
    json_key(o, "type");
    if (d->type == DRIFT_UNKNOWN)
        json_put_null(o);
    else
        json_put_c(o, drift_type_name(d->type));
    put__integer(o, "n_reference", d->reference.n);
    put__integer(o, "n", d->current.n);
    put_side(o, "reference", &d->reference);
    put_side(o, "current", &d->current);
    put__figure(o, "missing_z", d->missing.statistic);
    put__figure(o, "missing_p", d->missing.p);
    put__figure(o, "missing_p_adjusted", d->missing_p);
    put_drifted(o, "missing_changed", d->missing_changed);
    put__bool(o, "hidden", hidden);
    const struct drift *shown = hidden ? &nothing : d;
    put_drifted(o, "drifted", shown->drifted);
    put__figure(o, "psi", shown->psi.value);
    put__figure(o, "psi_null", shown->psi.expected);
    put__figure(o, "psi_p", shown->psi.p);
    put__figure(o, "psi_missing", shown->psi_missing.value);
    put_apart(o, &shown->apart);
    if (d->type == DRIFT_NUMERIC && !hidden)
        put_numeric(o, d);
    else if (d->type != DRIFT_UNKNOWN && !hidden)
        put_categorical(c, d, whole);
    json_close(o, '}');
}

/* ---- the answer
 * ------------------------------------------------------------------------------------- */
static struct text side(struct call *call, int64_t moment)
{
    return moment ? moment_print(call->arena, moment) : TEXT("..");
}

/* As ISO 8601 writes a stretch of time; ".." where it is open. */
static void put_reference(const struct comparing *c)
{
    const struct period *p = &c->asked->reference;
    struct call *call = c->x->call;
    put__text(c->o, "reference",
              text_print(call->arena, "%.*s/%.*s", TEXT_ARG(side(call, p->from)),
                         TEXT_ARG(side(call, p->to))));
    put__or_null(c->o, "reference_version", p->version);
    put__integer(c->o, "n_reference", (int64_t)c->then.count);
    put__integer(c->o, "n", (int64_t)c->now->count);
    json_key(c->o, "empty");
    if (c->then.count && c->now->count)
        json_put_null(c->o);
    else
        json_put_c(c->o, c->then.count ? "current" : c->now->count ? "reference" : "both");
}

static void put_rule(const struct comparing *c)
{
    struct json_out *o = c->o;
    const struct drift_columns *then = c->asked->reference.columns, *now = c->asked->now;
    json_key(o, "rule");
    json_open(o, '{');
    put__figure(o, "alpha", measure_known(DRIFT_ALPHA));
    put__figure(o, "psi", measure_known(DRIFT_PSI));
    put__figure(o, "ks", measure_known(DRIFT_KS));
    put__figure(o, "missing", measure_known(DRIFT_MISSING));
    put__integer(o, "min_n", c->asked->min_n);
    put__text(o, "correction", TEXT("benjamini_hochberg"));
    put__integer(o, "tests", (int64_t)c->tests);
    put__integer(o, "columns_most", COLUMNS_MOST);
    put__integer(o, "categories_most", CATEGORIES_MOST);
    json_close(o, '}');
    put__bool(o, "more_columns", then->more || now->more);
}

static void put_total(const struct comparing *c)
{
    struct measure_share s = {0};
    for (size_t i = 0; i < c->count; i++) {
        s.of += c->columns[i].drifted != DRIFTED_UNKNOWN;
        s.events += c->columns[i].drifted == DRIFTED_YES;
    }
    put__integer(c->o, "judged", s.of);
    put__integer(c->o, "drifted", s.events);
    put__figure(c->o, "drifted_share", measure_value(s));
}

/* The figures by their names in the answer. */
static void put_columns(const struct comparing *c, const char *key, const struct drift *columns,
                        size_t count, bool empty)
{
    json_key(c->o, key);
    json_open(c->o, '{');
    for (size_t i = 0; i < count; i++)
        if (empty || columns[i].reference.rows + columns[i].current.rows)
            put_column(c, &columns[i]);
    json_close(c->o, '}');
}

enum err drift__put(struct exchange *x, int64_t source, const struct observed *seen,
                    const struct drift_asked *asked)
{
    struct json_out *o = &x->json_out;
    json_key(o, "drift");
    if (!asked) {
        json_put_null(o);
        return OK;
    }
    struct comparing c = {
        .x = x,
        .o = o,
        .asked = asked,
        .now = seen,
        .columns = NEW_MANY(x->call->arena, 2 * COLUMNS_MOST, struct drift),
        .all = NEW_MANY(x->call->arena, 2 * COLUMNS_MOST + COUNT(c.own), struct drift *)};
    struct period then = asked->reference;
    then.most = seen->count < OBSERVE_MOST ? OBSERVE_MOST - seen->count : 1; /* of both */
    if (source && !asked->now->no_room)
        TRY(monitor_observe(x->call, exchange__db(x), source, &then, &c.then));
    if (asked->now->no_room || then.columns->no_room)
        return no_room(x);
    compare_columns(&c);
    compare_own(&c);
    c.tests = drift_judge(x->call, c.all, c.all_count, asked->min_n);
    json_open(o, '{');
    put_reference(&c);
    put_rule(&c);
    put_total(&c);
    put_columns(&c, "columns", c.columns, c.count, true);
    put_columns(&c, "predictions", c.own, DRIFT_OF_LABEL, false);
    put_columns(&c, "labels", c.own + DRIFT_OF_LABEL, COUNT(c.own) - DRIFT_OF_LABEL, false);
    json_close(o, '}');
    return OK;
}
