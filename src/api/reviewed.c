/* SPDX-License-Identifier: Apache-2.0 */
/* api/reviewed.c — what people made of results of a system, and whether they judge for
 * themselves, as JSON (docs/measures.md). */
#include "api/internal.h"
#include "oversight/oversight.h"

static const char *sign_word(enum review_sign s)
{
    static const char *const words[] = {[REVIEW_SIGN_UNKNOWN] = "not_enough_data",
                                        [REVIEW_SIGN_NONE] = "none",
                                        [REVIEW_SIGN_AGREES] = "simply_agree"};
    return words[s];
}

static void put_sign(struct json_out *o, const struct review_signs *s)
{
    json_key(o, "sign");
    json_open(o, '{');
    put__text(o, "is", text_of(sign_word(s->sign)));
    put__integer(o, "least", REVIEW_SIGN_LEAST);
    json_key(o, "override_at_most");
    json_put_number(o, REVIEW_SIGN_OVERRIDES);
    json_key(o, "seconds_below");
    json_put_number(o, REVIEW_SIGN_SECONDS);
    json_close(o, '}');
}

static void put_looks(struct json_out *o, const struct review_signs *s)
{
    const struct measure_agreement *g = &s->blind_agreement;
    json_key(o, "seconds");
    json_open(o, '{');
    put__integer(o, "n", s->timed);
    put__figure(o, "median", s->median);
    json_close(o, '}');
    json_key(o, "blind");
    json_open(o, '{');
    put__integer(o, "n", s->blind);
    put__integer(o, "same", s->blind_same);
    put__figure(o, "kappa", g->kappa);
    put__interval(o, g->kappa_interval);
    json_close(o, '}');
    json_key(o, "twice");
    json_open(o, '{');
    put__integer(o, "n", s->twice);
    put__integer(o, "same", s->twice_same);
    put__share(o, "same_rate", s->twice_same, s->twice);
    json_close(o, '}');
}

/* Of how many wrong results that were put among real ones people found how many. */
static void put_tests(struct json_out *o, const struct review_tests *t)
{
    json_key(o, "tests");
    json_open(o, '{');
    put__integer(o, "decided", t->decided);
    put__integer(o, "errors", t->errors);
    put__share(o, "found_rate", t->found, t->errors);
    put__share(o, "kept_rate", t->kept, t->decided - t->errors);
    json_close(o, '}');
}

/* ---- by whom it is about
 * ---------------------------------------------------------------------- */
/* Predictions of which a case was decided, with what became of it in place of what was
 * predicted: their groups are those of predictions. */
static void reviewed_rows(struct call *call, const struct review_signs *s,
                          const struct observed *seen, struct observed *out)
{
    struct map *cases = map_in(call->arena);
    *out = (struct observed){.rows = NEW_MANY(call->arena, seen->count + 1, struct prediction)};
    for (size_t i = 0; i < s->decided_count; i++)
        (void)map_add(cases, s->decided[i].reference, i);
    for (size_t i = 0; i < seen->count; i++) {
        size_t at;
        struct prediction row = seen->rows[i];
        if (!map_find(cases, row.id, &at))
            continue;
        row.task = TASK_BINARY;
        row.predicted = s->decided[at].overridden;
        row.labelled = row.has_score = false;
        out->rows[out->count++] = row;
    }
}

static void put_grouping(struct exchange *x, const struct grouping *g)
{
    struct json_out *o = &x->json_out;
    bool whole = x->actor->sees_sensitive || x->actor->all;
    int64_t hidden = 0;
    json_key_text(o, g->by);
    json_open(o, '{');
    json_key(o, "groups");
    json_open(o, '{');
    for (size_t i = 0; i < g->count; i++) {
        const struct group_of *one = &g->groups[i];
        struct measure_share s = measure_class_selected(one->class);
        if (!whole && one->n < SHOWN_LEAST) {
            hidden++;
            continue;
        }
        put__share_of(o, one->name, s);
    }
    json_close(o, '}');
    put__integer(o, "hidden", hidden);
    put__integer(o, "missing", g->missing);
    json_close(o, '}');
}

/* Those that were not read, because much was counted beforehand. */
static enum err read_named(struct exchange *x, int64_t source, const struct period *period,
                           const struct review_signs *s, struct observed *out)
{
    struct text *ids = NEW_MANY(x->call->arena, s->decided_count + 1, struct text);
    for (size_t i = 0; i < s->decided_count; i++)
        ids[i] = s->decided[i].reference;
    return monitor_named_rows(x->call, exchange__db(x), source, period, ids, s->decided_count,
                              out);
}

static void put_groups(struct exchange *x, const struct review_signs *s,
                       const struct observed *seen, const struct text *by, size_t count)
{
    struct observed rows;
    struct json_out *o = &x->json_out;
    reviewed_rows(x->call, s, seen, &rows);
    put__integer(o, "with_prediction", (int64_t)rows.count);
    json_key(o, "by");
    json_open(o, '{');
    for (size_t i = 0; i < count; i++) {
        struct grouping g;
        monitor_group(x->call, &rows, by[i], &g);
        put_grouping(x, &g);
    }
    json_close(o, '}');
}

enum err put__reviews(struct exchange *x, const struct record *system,
                      const struct period *period, int64_t source, const struct observed *seen,
                      const struct text *by, size_t count)
{
    struct json_out *o = &x->json_out;
    struct observed named;
    struct review_counts c;
    struct review_signs s;
    struct review_tests tests;
    struct reader *db = exchange__db(x);
    TRY(review_count(x->call, x->records, db, system->id, period->from, period->to, &c));
    TRY(review_signs(x->call, x->records, db, system->id, period->from, period->to, &s));
    TRY(review_tests(x->call, x->records, db, system->id, period->from, period->to, &tests));
    json_key(o, "review");
    json_open(o, '{');
    put__integer(o, "reviewed", c.reviewed);
    put__integer(o, "overridden", c.overridden);
    put__integer(o, "timed_out", c.timed_out);
    put__share(o, "override_rate", c.overridden, c.reviewed);
    put_sign(o, &s);
    put_looks(o, &s);
    put_tests(o, &tests);
    if (source)
        TRY(read_named(x, source, period, &s, &named));
    put_groups(x, &s, source ? &named : seen, by, count);
    put__bool(o, "capped", s.capped);
    json_close(o, '}');
    return OK;
}
