/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/signs.c — do people judge for themselves, or do they simply agree? From the cases
 * of a system that people decided in a time: how often they overrule, how long they look,
 * whether their own verdict, said before they saw the system's, is the same, and whether a
 * second person said the same. All of a queue together: it says nothing of one person. */
#include "oversight/oversight.h"

#include <stdlib.h>

#define PAGE 1000
#define VERDICTS_MOST 50 /* different ones, of people and system together */

struct looked {
    struct text by;
    int64_t taken, decided;
};
struct pair {
    struct text own, its;
};
struct signing {
    struct call *call;
    struct review_signs *out;
    struct map *tests; /* ids of cases that are tests */
    struct decided_list LIST_OF(struct review_decided) decided;
    struct looks LIST_OF(struct looked) looks;
    struct pairs LIST_OF(struct pair) pairs;
};

static struct text said(const struct record *rec, const char *field)
{
    return json_text(record_value(rec, text_of(field)));
}

/* Who settled what was handed up did not take it from the queue. */
static bool took_it(const struct record *rec)
{
    return text_same(said(rec, "claimed_by"), said(rec, "decided_by"));
}

static void take_case(struct signing *s, const struct record *rec)
{
    struct review_signs *out = s->out;
    struct text decision = said(rec, "decision");
    bool overridden = text_is(decision, "change") || text_is(decision, "refuse");
    struct looked l = {.by = said(rec, "decided_by")};
    out->reviewed++;
    out->overridden += overridden;
    (void)LIST_ADD(&s->decided, (struct review_decided){said(rec, "reference"), overridden});
    if (took_it(rec) && moment_read(said(rec, "claimed_at"), &l.taken) &&
        moment_read(said(rec, "decided_at"), &l.decided))
        (void)LIST_ADD(&s->looks, l);
    if (said(rec, "own_verdict").len && said(rec, "ai_verdict").len)
        (void)LIST_ADD(&s->pairs,
                       (struct pair){said(rec, "own_verdict"), said(rec, "ai_verdict")});
    if (said(rec, "first_by").len) {
        out->twice++;
        out->twice_same += took_it(rec);
    }
}

static enum err read_cases(struct signing *s, struct records *r, struct reader *db,
                           struct text system, int64_t from, int64_t to)
{
    struct arena *a = s->call->arena;
    struct filter f[3] = {{TEXT("system"), system},
                          {TEXT("decided_at.gte"), moment_print(a, from)},
                          {TEXT("decided_at.lt"), moment_print(a, to)}};
    struct list_query q = {
        .filters = f, .filter_count = to ? 3 : 2, .limit = PAGE, .sort = TEXT("-decided_at")};
    struct record_list page;
    size_t test;
    for (int64_t n = 0; n < REVIEW_SIGNS_MOST; n += PAGE) {
        TRY(record_list(s->call, r, db, record_model(r)->review_kind, &q, &page));
        for (size_t i = 0; i < page.count; i++)
            if (!map_find(s->tests, page.items[i]->id, &test))
                take_case(s, page.items[i]);
        if (!page.next.len)
            return OK;
        q.cursor = page.next;
    }
    s->out->capped = true;
    return OK;
}

/* ---- how long
 * ----------------------------------------------------------------------------------- */
static int by_person_and_time(const void *left, const void *right)
{
    const struct looked *a = left, *b = right;
    int order = text_compare(a->by, b->by);
    return order ? order : (a->decided > b->decided) - (a->decided < b->decided);
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Since it was taken, but not while the same person still had the case before. */
static void measure_looks(struct signing *s)
{
    size_t count = s->looks.count, n = 0;
    double *seconds = NEW_MANY(s->call->arena, count + 1, double);
    if (count)
        qsort(s->looks.at, count, sizeof *s->looks.at, by_person_and_time);
    for (size_t i = 0; i < count; i++) {
        const struct looked *l = &s->looks.at[i], *before = i ? l - 1 : NULL;
        int64_t taken = l->taken;
        if (before && text_same(before->by, l->by) && before->decided > taken)
            taken = before->decided;
        if (l->decided >= taken)
            seconds[n++] = (double)(l->decided - taken) / 1e6;
    }
    s->out->timed = (int64_t)n;
    if (n == 0)
        return;
    qsort(seconds, n, sizeof *seconds, by_size);
    s->out->median = (struct figure){true, n % 2 ? seconds[n / 2]
                                                 : (seconds[n / 2 - 1] + seconds[n / 2]) / 2};
}

/* ---- their own verdict
 * ------------------------------------------------------------------------ */
static size_t place_of(struct text *words, size_t *count, struct text word)
{
    for (size_t i = 0; i < *count; i++)
        if (text_same(words[i], word))
            return i;
    if (*count == VERDICTS_MOST)
        return VERDICTS_MOST;
    words[*count] = word;
    return (*count)++;
}

static void compare_verdicts(struct signing *s)
{
    struct text words[VERDICTS_MOST];
    size_t count = 0, k = VERDICTS_MOST;
    int64_t *table = NEW_MANY(s->call->arena, k * k, int64_t);
    s->out->blind = (int64_t)s->pairs.count;
    for (size_t i = 0; i < s->pairs.count; i++) {
        const struct pair *p = &s->pairs.at[i];
        size_t own = place_of(words, &count, p->own), its = place_of(words, &count, p->its);
        s->out->blind_same += text_same(p->own, p->its);
        if (own == k || its == k)
            return; /* too many different ones: no figures */
        table[own * k + its]++;
    }
    s->out->blind_agreement = measure_agreement(table, k);
}

/* ---- what that points to
 * ---------------------------------------------------------------------- */
static enum review_sign sign_of(const struct review_signs *s)
{
    struct interval open =
        measure_wilson((struct measure_share){s->overridden, s->reviewed}, MEASURE_Z95);
    if (s->reviewed < REVIEW_SIGN_LEAST || s->timed < REVIEW_SIGN_LEAST || !open.known)
        return REVIEW_SIGN_UNKNOWN;
    return open.high <= REVIEW_SIGN_OVERRIDES && s->median.value < REVIEW_SIGN_SECONDS
               ? REVIEW_SIGN_AGREES
               : REVIEW_SIGN_NONE;
}

enum err review_signs(struct call *call, struct records *r, struct reader *db,
                      struct text system, int64_t from, int64_t to, struct review_signs *out)
{
    struct signing s = {.call = call_beside(call->arena, call),
                        .out = out,
                        .decided = LIST_IN(call->arena, REVIEW_SIGNS_MOST),
                        .looks = LIST_IN(call->arena, REVIEW_SIGNS_MOST),
                        .pairs = LIST_IN(call->arena, REVIEW_SIGNS_MOST)};
    struct review_tests tests;
    *out = (struct review_signs){0};
    s.call->actor = actor_system(s.call);
    if (record_model(r)->review_kind == NULL)
        return OK;
    TRY(review_tests(call, r, db, system, from, to, &tests));
    s.tests = tests.cases;
    TRY(read_cases(&s, r, db, system, from, to));
    measure_looks(&s);
    compare_verdicts(&s);
    out->decided = s.decided.at;
    out->decided_count = s.decided.count;
    out->sign = sign_of(out);
    return OK;
}
