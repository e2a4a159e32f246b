/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/drift.c — two columns of the same name beside each other: what sort of column it is,
 * what is missing, how far its values are apart, and whether that is more than chance. */
#include "monitor/internal.h"

#define OF_A_SORT 95 /* of 100 values: so many of one sort, and the others are mistakes */

const char *drift_type_name(enum drift_type t)
{
    static const char *const names[] = {"unknown", "numeric", "categorical", "mixed"};
    return names[t];
}

static int64_t numbers_of(const struct drift_column *c)
{
    return c ? (int64_t)c->numbers.count : 0;
}

static int64_t words_of_column(const struct drift_column *c)
{
    return c ? c->worded : 0;
}

enum drift_type drift_type_of(const struct drift_column *reference)
{
    int64_t numbers = numbers_of(reference), words = words_of_column(reference);
    if (numbers + words == 0)
        return DRIFT_UNKNOWN;
    if (numbers * 100 >= OF_A_SORT * (numbers + words))
        return DRIFT_NUMERIC;
    return words * 100 >= OF_A_SORT * (numbers + words) ? DRIFT_CATEGORICAL : DRIFT_MIXED;
}

static struct drift_side side_of(const struct drift_column *c, int64_t rows,
                                 enum drift_type type)
{
    struct drift_side s = {.rows = rows,
                           .numbers = numbers_of(c),
                           .words = words_of_column(c),
                           .unfit = c ? c->unfit : 0};
    s.absent = rows - s.numbers - s.words - s.unfit;
    s.strange = type == DRIFT_NUMERIC ? s.words : type == DRIFT_CATEGORICAL ? s.numbers : 0;
    s.n = s.numbers + s.words - s.strange;
    return s;
}

struct measure_share drift_missing(const struct drift_side *s)
{
    return (struct measure_share){s->rows - s->n, s->rows};
}

/* ---- numbers
 * --------------------------------------------------------------------------------- */
/* Never NULL. */
static const double *sorted(struct drift_column *c, size_t *n)
{
    static const double nothing[1];
    *n = c && c->numbers.count ? measure_sort(c->numbers.at, c->numbers.count) : 0;
    return *n ? c->numbers.at : nothing;
}

static void numeric(struct drift_column *reference, struct drift_column *current,
                    struct drift *out)
{
    size_t n, m;
    const double *then = sorted(reference, &n), *now = sorted(current, &m);
    out->edges = measure_deciles(then, n);
    size_t bins = out->edges.count + 1;
    measure_bin_counts(&out->edges, then, n, out->then);
    measure_bin_counts(&out->edges, now, m, out->now);
    out->psi = measure_psi(out->then, out->now, bins);
    out->apart = measure_divergence(out->then, out->now, bins);
    out->then[bins] = drift_missing(&out->reference).events;
    out->now[bins] = drift_missing(&out->current).events;
    out->psi_missing = measure_psi(out->then, out->now, bins + 1);
    out->ks = measure_ks(then, n, now, m);
    out->wasserstein = measure_wasserstein(then, n, now, m);
    out->wasserstein_normed = measure_wasserstein_normed(then, n, now, m);
}

/* ---- words
 * ----------------------------------------------------------------------------------- */
struct counting {
    struct arena *arena;
    struct map *places;
    struct tallied LIST_OF(struct measure_category) rows;
};

static void count_word(struct counting *c, struct text name, int64_t n, bool current)
{
    size_t at = c->rows.count;
    struct measure_category first = {name, 0, 0};
    if (!map_find(c->places, name, &at) &&
        !(LIST_ADD(&c->rows, first) && map_add(c->places, name, at)))
        return;
    *(current ? &c->rows.at[at].current : &c->rows.at[at].reference) += n;
}

static struct text written(struct arena *a, double value)
{
    struct buf b = buf_in(a, 64);
    struct json_out o = json_out(&b);
    json_put_number(&o, value);
    return buf_text(&b);
}

/* Numbers of a mixed column are words, as they are written. How many words; `capped`: too many.
 */
static int64_t count_words(struct counting *c, struct drift_column *from, enum drift_type type,
                           bool current, bool *capped)
{
    size_t distinct = from ? from->words.count : 0;
    *capped = *capped || (from && from->capped);
    for (size_t i = 0; i < distinct; i++)
        count_word(c, from->words.at[i].name, from->words.at[i].n, current);
    if (!from || type != DRIFT_MIXED)
        return (int64_t)distinct;
    size_t n;
    const double *number = sorted(from, &n);
    distinct += measure_distinct(number, n);
    *capped = *capped || distinct > CATEGORIES_MOST;
    for (size_t i = 0, next; i < n && !*capped; i = next) {
        for (next = i; next < n && number[next] == number[i]; next++)
            ;
        count_word(c, written(c->arena, number[i]), (int64_t)(next - i), current);
    }
    return (int64_t)distinct;
}

static void categorical(struct call *call, struct drift_column *reference,
                        struct drift_column *current, struct drift *out)
{
    struct counting c = {.arena = call->arena,
                         .places = map_in(call->arena),
                         .rows = LIST_IN(call->arena, 2 * (size_t)CATEGORIES_MOST)};
    out->reference.distinct = count_words(&c, reference, out->type, false, &out->capped);
    out->current.distinct = count_words(&c, current, out->type, true, &out->capped);
    if (out->capped) /* what is one category and what another is then not known */
        return;
    struct measure_category missing = {.reference = drift_missing(&out->reference).events,
                                       .current = drift_missing(&out->current).events};
    out->each = measure_table_all(call->arena, c.rows.at, c.rows.count);
    out->top = measure_table_top(call->arena, c.rows.at, c.rows.count, missing);
    size_t values = out->top.count - 1; /* what is missing is the last */
    out->psi = measure_psi(out->top.reference, out->top.current, values);
    out->psi_missing = measure_psi(out->top.reference, out->top.current, values + 1);
    out->psi_each = measure_psi(out->each.reference, out->each.current, out->each.count);
    out->apart = measure_divergence(out->each.reference, out->each.current, out->each.count);
    out->chi2 = measure_chi2(out->each.reference, out->each.current, out->each.count);
}

void drift_compare(struct call *call, struct drift_column *reference, int64_t reference_rows,
                   struct drift_column *current, int64_t current_rows, struct drift *out)
{
    *out = (struct drift){.name = reference ? reference->name
                                  : current ? current->name
                                            : TEXT(""),
                          .type = drift_type_of(reference)};
    out->reference = side_of(reference, reference_rows, out->type);
    out->current = side_of(current, current_rows, out->type);
    if (out->type == DRIFT_UNKNOWN)
        return;
    out->missing =
        measure_two_proportions(drift_missing(&out->reference), drift_missing(&out->current));
    if (out->type == DRIFT_NUMERIC)
        numeric(reference, current, out);
    else
        categorical(call, reference, current, out);
}

/* ---- looked at many times
 * -------------------------------------------------------------------- */
struct looking {
    double *p;
    struct figure **place; /* of each p, where it goes back to */
    size_t count;
};

static void look_at(struct looking *l, struct figure p, struct figure *place)
{
    *place = p;
    if (!p.known)
        return;
    l->p[l->count] = p.value;
    l->place[l->count++] = place;
}

static void correct(struct looking *l)
{
    measure_benjamini_hochberg(l->p, l->count);
    for (size_t i = 0; i < l->count; i++)
        l->place[i]->value = l->p[i];
}

static enum drifted worse(enum drifted a, enum drifted b)
{
    return a == DRIFTED_YES || b == DRIFTED_YES           ? DRIFTED_YES
           : a == DRIFTED_UNKNOWN || b == DRIFTED_UNKNOWN ? DRIFTED_UNKNOWN
                                                          : DRIFTED_NO;
}

/* Beyond its limit by no more than chance is not known: it is no all-clear. */
static enum drifted judge(struct figure size, double limit, struct figure p)
{
    if (!size.known)
        return DRIFTED_UNKNOWN;
    if (size.value <= limit)
        return DRIFTED_NO;
    return p.known && p.value < DRIFT_ALPHA ? DRIFTED_YES : DRIFTED_UNKNOWN;
}

static enum drifted judge_values(const struct drift *d)
{
    if (d->type != DRIFT_NUMERIC)
        return judge(d->psi.value, DRIFT_PSI, d->chi2_p);
    return worse(judge(d->psi.value, DRIFT_PSI, d->psi_p), judge(d->ks.d, DRIFT_KS, d->ks_p));
}

static enum drifted judge_missing(const struct drift *d)
{
    struct figure was = measure_value(drift_missing(&d->reference)),
                  is = measure_value(drift_missing(&d->current));
    double apart = was.value > is.value ? was.value - is.value : is.value - was.value;
    if (!was.known || !is.known || d->type == DRIFT_UNKNOWN)
        return DRIFTED_UNKNOWN;
    return judge(measure_known(apart), DRIFT_MISSING, d->missing_p);
}

size_t drift_judge(struct call *call, struct drift *const *all, size_t count, int64_t min_n)
{
    struct looking values = {NEW_MANY(call->arena, 2 * count + 1, double),
                             NEW_MANY(call->arena, 2 * count + 1, struct figure *), 0},
                   missing = {NEW_MANY(call->arena, count + 1, double),
                              NEW_MANY(call->arena, count + 1, struct figure *), 0};
    for (size_t i = 0; i < count; i++) {
        struct drift *d = all[i];
        look_at(&missing, d->missing.p, &d->missing_p);
        if (d->type == DRIFT_NUMERIC) {
            look_at(&values, d->psi.p, &d->psi_p);
            look_at(&values, d->ks.p, &d->ks_p);
        } else {
            look_at(&values, d->chi2.p, &d->chi2_p);
        }
    }
    correct(&values);
    correct(&missing);
    for (size_t i = 0; i < count; i++) {
        struct drift *d = all[i];
        bool enough = d->reference.n >= min_n && d->current.n >= min_n,
             rows = d->reference.rows >= min_n && d->current.rows >= min_n;
        d->drifted = enough ? judge_values(d) : DRIFTED_UNKNOWN;
        d->missing_changed = rows ? judge_missing(d) : DRIFTED_UNKNOWN;
    }
    return values.count;
}
