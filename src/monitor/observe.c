/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/observe.c — predictions of a period and the labels that belong to them, read from the
 * events as they are kept: whatever is computed from them can be computed again by anybody who
 * has the events. A label counts for its prediction whenever it came, before it or years after;
 * of several the one with the latest time does, and of equal times the one that came last. */
#include "monitor/count.h"

#include <string.h>

static const struct json_limits line_limits = {2 * EVENT_LINE, 16, 8000};

struct label {
    struct truth truth; /* of all that came of this prediction */
    bool used;
};
struct observing {
    struct call *call;
    const struct period *period;
    struct map *names; /* texts that come again and again → place in `pool` */
    struct pool LIST_OF(struct text) pool;
    struct seen LIST_OF(struct prediction) rows;
    struct map *refs; /* of labels → place in labels */
    struct labels LIST_OF(struct label) labels;
    struct answering *answers;
    struct observed *out;
};

/* ---- texts, each kept once
 * --------------------------------------------------------------------- */
static struct text keep(struct observing *o, struct text t)
{
    size_t at;
    if (map_find(o->names, t, &at))
        return o->pool.at[at];
    struct text own = text_copy(o->call->arena, t);
    at = o->pool.count;
    if (LIST_ADD(&o->pool, own))
        (void)map_add(o->names, own, at);
    return own;
}

static struct text word_of(struct observing *o, const struct json *v)
{
    return keep(o, row__word(v));
}

/* ---- one prediction
 * ---------------------------------------------------------------------------- */
static void take_attributes(struct observing *o, const struct json *line, struct prediction *p)
{
    const struct json *all = json_get(line, "protected");
    if (!all || all->type != JSON_OBJECT || !all->count)
        return;
    p->attributes = NEW_MANY(o->call->arena, all->count, struct attribute);
    for (const struct json *v = all->first; v; v = v->next)
        p->attributes[p->attribute_count++] =
            (struct attribute){keep(o, v->key), word_of(o, v)};
}

static bool same_or_any(struct text wanted, const struct json *v)
{
    return !wanted.len || text_same(wanted, json_text(v));
}

static void note_version(struct observing *o, struct text version)
{
    if (version.len && !text_among(o->out->versions, o->out->version_count, version) &&
        o->out->version_count < VERSIONS_MOST)
        o->out->versions[o->out->version_count++] = version;
}

static bool take_prediction(struct observing *o, const struct json *line, int64_t at)
{
    const struct period *p = o->period;
    const struct json *score = json_get(line, "score"), *value = json_get(line, "value");
    struct prediction row = {.at = at};
    if (at < p->from || (p->to && at >= p->to) ||
        !same_or_any(p->version, json_get(line, "version")) ||
        !same_or_any(p->env, json_get(line, "env")))
        return true;
    row.task = row__task(json_text(json_get(line, "task")));
    row.predicted = row__bit(json_get(line, "pred_class"));
    if (row.task == TASK_CLASSES && json_get(line, "pred_class"))
        row.class = word_of(o, json_get(line, "pred_class"));
    row.has_score = row__number(score);
    row.score = row.has_score ? score->number : 0;
    row.value = row__number(value) ? value->number : 0;
    take_attributes(o, line, &row);
    row.version = keep(o, json_text(json_get(line, "version")));
    note_version(o, row.version);
    row.id = text_copy(o->call->arena, json_text(json_get(line, "id")));
    if (p->columns)
        drift__take(p->columns, line, at);
    return LIST_ADD(&o->rows, row);
}

/* ---- one label
 * --------------------------------------------------------------------------------- */
static bool take_label(struct observing *o, const struct json *line, int64_t at)
{
    struct label l = {0};
    struct text ref = json_text(json_get(line, "ref"));
    size_t place;
    row__truth(line, at, &l.truth);
    l.truth.word = keep(o, l.truth.word);
    if (map_find(o->refs, ref, &place)) {
        (void)row__follow(&o->labels.at[place].truth, &l.truth);
        return true;
    }
    return map_add(o->refs, text_copy(o->call->arena, ref), o->labels.count) &&
           LIST_ADD(&o->labels, l);
}

static void give_label(struct observing *o, struct prediction *p, struct label *l)
{
    l->used = true;
    p->label = l->truth.bit;
    p->truth_class = l->truth.word;
    p->truth = l->truth.number;
    p->labelled = row__fits(p->task, &l->truth);
    o->out->misfits += !p->labelled;
    o->out->revised += l->truth.seen > 1;
}

/* ---- all of them
 * ------------------------------------------------------------------------------- */
static enum err too_many(struct call *call)
{
    return problem(call, ERR_TOO_LARGE, TEXT("from"), "too_many",
                   say(call, "at most %d events are measured at once: ask for a shorter time"),
                   OBSERVE_MOST);
}

static enum err take_line(struct observing *o, struct arena *scrap, struct text line)
{
    struct call *call = call_beside(scrap, o->call);
    const struct json *v;
    int64_t at;
    bool room = true;
    if (json_read(call, line, &line_limits, &v) != OK ||
        !moment_read(json_text(json_get(v, "ts")), &at))
        return OK; /* it was taken once: only a damaged store has such, and verify says so */
    struct text kind = json_text(json_get(v, "kind"));
    if (o->period->others_after && (text_is(kind, "prediction") || text_is(kind, "label")))
        return OK;
    if (text_is(kind, "prediction"))
        room = take_prediction(o, v, at);
    else if (text_is(kind, "label"))
        room = take_label(o, v, at);
    else
        room = answer__take(o->answers, kind, v, at);
    return room ? OK : too_many(o->call);
}

static enum err take_block(struct observing *o, struct reader *db, int64_t source, int64_t n)
{
    struct arena *page = arena_open(), *scrap = arena_open();
    struct call *call = call_beside(page, o->call);
    struct journal_block b;
    enum err e = journal_block(call, db, source, n, &b);
    while (e == OK && b.lines.len) {
        e = take_line(o, scrap, text_cut(&b.lines, '\n'));
        arena_reset(scrap);
    }
    if (e != OK && e != ERR_MISSING && call->problems)
        (void)problem_at(o->call, e, TEXT(""), "events", TEXT(""),
                         text_copy(o->call->arena, call->problems->message));
    arena_close(scrap);
    arena_close(page);
    return e;
}

static enum err find_first(struct observing *o, struct reader *db, int64_t source,
                           int64_t *first)
{
    int64_t before;
    TRY(journal_first(o->call, db, source, first, &before));
    if (before && o->period->from < before + EVENT_AHEAD)
        o->out->removed_before = before;
    return OK;
}

/* What is removed while it is read was removed: that is said of it. */
static enum err take_there(struct observing *o, struct reader *db, int64_t source, int64_t n)
{
    int64_t first;
    enum err e = take_block(o, db, source, n);
    if (e != ERR_MISSING)
        return e;
    TRY(find_first(o, db, source, &first));
    return n < first ? OK
                     : problem(o->call, ERR_IO, TEXT(""), "events", "%s",
                               say(o->call, "there are no such events"));
}

static void join(struct observing *o)
{
    size_t at;
    for (size_t i = 0; i < o->rows.count; i++)
        if (map_find(o->refs, o->rows.at[i].id, &at))
            give_label(o, &o->rows.at[i], &o->labels.at[at]);
    for (size_t i = 0; i < o->labels.count; i++)
        o->out->orphans += !o->labels.at[i].used;
}

/* Of blocks that were counted only those that have more than predictions and labels. */
static enum err take_others(struct observing *o, struct reader *db, int64_t source)
{
    int64_t n = 0;
    struct rows rows;
    do {
        struct arena *page = arena_open();
        struct call *call = call_beside(page, o->call);
        struct value values[] = {V_INT(source), V_INT(n), V_INT(o->period->others_after)};
        enum err e = read_rows(call, db,
                               "SELECT block FROM event_page WHERE source = $1 AND others = 1 "
                               "AND block > $2 AND block <= $3 ORDER BY block LIMIT 1000",
                               values, 3, 1000, &rows);
        for (size_t i = 0; e == OK && i < rows.count; i++) {
            n = row_at(&rows, i)[0].integer;
            e = take_there(o, db, source, n);
        }
        arena_close(page);
        TRY(e);
    } while (rows.count == 1000);
    return OK;
}

enum err monitor_observe(struct call *call, struct reader *db, int64_t source,
                         const struct period *period, struct observed *out)
{
    struct observing o = {.call = call,
                          .period = period,
                          .names = map_in(call->arena),
                          .pool = LIST_IN(call->arena, OBSERVE_MOST),
                          .rows =
                              LIST_IN(call->arena, period->most ? period->most : OBSERVE_MOST),
                          .refs = map_in(call->arena),
                          .labels = LIST_IN(call->arena, OBSERVE_MOST),
                          .out = out};
    int64_t first, last;
    *out = (struct observed){.versions = NEW_MANY(call->arena, VERSIONS_MOST, struct text)};
    o.answers = answer__begin(call, period, &out->answers);
    TRY(journal_last(call, db, source, &last));
    TRY(find_first(&o, db, source, &first));
    if (period->others_after)
        TRY(take_others(&o, db, source));
    if (period->others_after >= first)
        first = period->others_after + 1;
    for (int64_t n = first; n <= last; n++)
        TRY(take_there(&o, db, source, n));
    join(&o);
    answer__end(o.answers);
    out->rows = o.rows.at;
    out->count = o.rows.count;
    return OK;
}
