/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/queue.c — what waits for whoever reviews, and what people made of results. All of
 * it is read from the cases as the actor may read them; who may take which is judged by the one
 * door. */
#include "oversight/oversight.h"

#include <stdlib.h>

#define CANDIDATES 60 /* cases looked at to find some that the actor may take */
#define PACED 200     /* cases of which the pace is the median */

static struct text said(const struct record *rec, const char *field)
{
    return json_text(record_value(rec, text_of(field)));
}

static const char *const takes[] = {"claim", "claim_blind", "claim_second"};
static const char *const gives_back[] = {"put_back", "put_back_second"};

/* The states from which one of these moves leads, with commas. */
static struct text before(struct call *call, const struct kind *k, const char *const *moves,
                          size_t count)
{
    struct buf b = buf_in(call->arena, 4096);
    uint64_t from = 0;
    for (size_t i = 0; i < count; i++)
        from |= kind_move(k, text_of(moves[i]))->from;
    for (size_t i = 0; i < k->state_count; i++)
        if (from >> i & 1)
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(k->states[i].name));
    return buf_text(&b);
}

struct looking {
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct kind *kind;
    struct text system, waits, taken; /* states of cases that wait, and that somebody has */
};

static void begin(struct looking *l)
{
    l->waits = before(l->call, l->kind, takes, COUNT(takes));
    l->taken = before(l->call, l->kind, gives_back, COUNT(gives_back));
}

/* `filters` has place for one more: the system, when one was asked for. */
static enum err list(struct looking *l, struct filter *filters, size_t count, const char *sort,
                     int64_t limit, struct record_list *out)
{
    if (l->system.len)
        filters[count++] = (struct filter){TEXT("system"), l->system};
    struct list_query q = {.filters = filters,
                           .filter_count = count,
                           .sort = text_of(sort),
                           .limit = limit};
    return record_list(l->call, l->records, l->db, l->kind, &q, out);
}

static enum err mine(struct looking *l, int64_t limit, struct record_list *out)
{
    struct filter f[3] = {{TEXT("state"), l->taken},
                          {TEXT("claimed_by"), l->call->actor->id}};
    return list(l, f, 2, "decide_by", limit, out);
}

/* ---- items
 * ------------------------------------------------------------------------------------- */
static bool may_take(struct looking *l, const struct record *rec)
{
    struct move_view *moves;
    size_t count;
    if (record_moves(l->call, l->records, l->db, rec, &moves, &count) != OK)
        return false;
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < COUNT(takes); n++)
            if (moves[i].allowed && text_is(moves[i].move->name, takes[n]))
                return true;
    return false;
}

static bool left_out(struct text but, struct text id)
{
    while (but.len)
        if (text_same(text_cut(&but, ','), id))
            return true;
    return false;
}

static void add(struct review_next *out, const struct record_list *from, struct text but,
                struct looking *judged, size_t most)
{
    for (size_t i = 0; i < from->count && out->count < most; i++)
        if (!left_out(but, from->items[i]->id) &&
            (judged == NULL || may_take(judged, from->items[i])))
            out->items[out->count++] = from->items[i];
}

static enum err items(struct looking *l, struct text but, size_t most, struct review_next *out)
{
    struct filter f[2] = {{TEXT("state"), l->waits}};
    struct record_list own, open;
    out->items = NEW_MANY(l->call->arena, most + 1, struct record *);
    TRY(mine(l, CANDIDATES, &own));
    add(out, &own, but, NULL, most);
    if (out->count == most)
        return OK;
    TRY(list(l, f, 1, "decide_by", CANDIDATES, &open));
    add(out, &open, but, l, most);
    return OK;
}

/* ---- queues: one a system
 * ------------------------------------------------------------------------ */
static enum err count_by_system(struct looking *l, struct filter *filters, size_t count,
                                struct list_tally *out)
{
    struct list_query q = {.filters = filters, .filter_count = count};
    return record_tally(l->call, l->records, l->db, l->kind, &q, TEXT("system"), out);
}

static enum err first_of(struct looking *l, struct text system, const char *field,
                         struct text *out)
{
    struct looking one = *l;
    struct filter f[2] = {{TEXT("state"), l->waits}};
    struct record_list found;
    one.system = system;
    *out = TEXT("");
    TRY(list(&one, f, 1, field, 1, &found));
    if (found.count)
        *out = said(found.items[0], field);
    return OK;
}

static struct review_queue *queue_of(struct review_next *out, struct text system)
{
    for (size_t i = 0; i < out->queue_count; i++)
        if (text_same(out->queues[i].system, system))
            return &out->queues[i];
    if (out->queue_count == QUEUES_MOST)
        return NULL;
    out->queues[out->queue_count] = (struct review_queue){.system = system};
    return &out->queues[out->queue_count++];
}

static enum err queues(struct looking *l, struct review_next *out)
{
    struct filter open[] = {{TEXT("state"), l->waits}},
                  own[] = {{TEXT("state"), l->taken},
                           {TEXT("claimed_by"), l->call->actor->id}};
    struct list_tally waiting, held;
    struct review_queue *q;
    out->queues = NEW_MANY(l->call->arena, QUEUES_MOST, struct review_queue);
    TRY(count_by_system(l, open, COUNT(open), &waiting));
    TRY(count_by_system(l, own, COUNT(own), &held));
    for (size_t i = 0; i < waiting.count; i++)
        if ((q = queue_of(out, waiting.groups[i].at[0].text)) != NULL)
            q->waiting = waiting.groups[i].count;
    for (size_t i = 0; i < held.count; i++)
        if ((q = queue_of(out, held.groups[i].at[0].text)) != NULL)
            q->mine = held.groups[i].count;
    for (size_t i = 0; i < out->queue_count; i++) {
        TRY(first_of(l, out->queues[i].system, "created_at", &out->queues[i].oldest));
        TRY(first_of(l, out->queues[i].system, "decide_by", &out->queues[i].due));
    }
    return OK;
}

/* ---- pace
 * ------------------------------------------------------------------------------------ */
static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* How long one was looked at: since it was taken, but not while the one before was still
 * looked at. The latest come first. */
static size_t times(const struct record_list *l, double *out)
{
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++) {
        int64_t taken, decided, earlier;
        if (!moment_read(said(l->items[i], "claimed_at"), &taken) ||
            !moment_read(said(l->items[i], "decided_at"), &decided))
            continue;
        if (i + 1 < l->count && moment_read(said(l->items[i + 1], "decided_at"), &earlier) &&
            earlier > taken && earlier <= decided)
            taken = earlier;
        if (decided >= taken)
            out[count++] = (double)(decided - taken) / 1e6;
    }
    return count;
}

static enum err pace(struct looking *l, struct review_pace *out)
{
    struct arena *a = l->call->arena;
    struct text since =
        moment_print(a, l->call->now - (int64_t)REVIEW_DAYS * 24 * 3600 * 1000000);
    struct filter f[4] = {{TEXT("decided_by"), l->call->actor->id},
                          {TEXT("decided_at.gte"), since}};
    struct record_list decided, agreed;
    double *spent = NEW_MANY(a, PACED, double);
    TRY(list(l, f, 2, "-decided_at", PACED, &decided));
    out->decided = decided.total;
    size_t count = times(&decided, spent);
    if (count) {
        qsort(spent, count, sizeof *spent, by_size);
        out->seconds = count % 2 ? spent[count / 2]
                                 : (spent[count / 2 - 1] + spent[count / 2]) / 2;
        out->known = true;
    }
    f[2] = (struct filter){TEXT("decision"), TEXT("agree")};
    TRY(list(l, f, 3, "-decided_at", 1, &agreed));
    out->agreed = agreed.total;
    return OK;
}

enum err review_next(struct call *call, struct records *r, struct reader *db,
                     struct text system, struct text but, size_t most, struct review_next *out)
{
    struct looking l = {
        .call = call, .records = r, .db = db, .kind = record_model(r)->review_kind};
    *out = (struct review_next){0};
    if (l.kind == NULL)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is nothing here"));
    begin(&l);
    TRY(queues(&l, out));
    l.system = system;
    TRY(items(&l, but, most, out));
    l.system = TEXT("");
    return pace(&l, &out->pace);
}

/* ---- what people made of results
 * ----------------------------------------------------------------- */
static enum err count(struct looking *l, const char *field, int64_t from, int64_t to,
                      const char *decisions, int64_t *out)
{
    struct arena *a = l->call->arena;
    struct filter f[5];
    struct record_list found;
    size_t n = 0;
    f[n++] = (struct filter){text_print(a, "%s.gte", field), moment_print(a, from)};
    if (to)
        f[n++] = (struct filter){text_print(a, "%s.lt", field), moment_print(a, to)};
    if (decisions)
        f[n++] = (struct filter){TEXT("decision"), text_of(decisions)};
    TRY(list(l, f, n, "title", 1, &found));
    *out = found.total;
    return OK;
}

/* Tests are no results: what was counted of them is taken off again. */
static void without_tests(const struct review_tests *tests, int64_t from, int64_t to,
                          struct review_counts *out)
{
    for (size_t i = 0; i < tests->count; i++) {
        const struct record *t = tests->all[i];
        int64_t at;
        if (moment_read(said(t, "decided_at"), &at) && at >= from && (!to || at < to)) {
            out->reviewed--;
            out->overridden -= !text_is(said(t, "decision"), "agree");
        }
        if (moment_read(said(t, "timed_out_at"), &at) && at >= from && (!to || at < to))
            out->timed_out--;
    }
}

enum err review_count(struct call *call, struct records *r, struct reader *db,
                      struct text system, int64_t from, int64_t to, struct review_counts *out)
{
    struct call *engine = call_beside(call->arena, call);
    engine->actor = actor_system(call);
    struct looking l = {.call = engine,
                        .records = r,
                        .db = db,
                        .kind = record_model(r)->review_kind,
                        .system = system};
    struct review_tests tests;
    *out = (struct review_counts){0};
    if (l.kind == NULL)
        return OK;
    TRY(count(&l, "decided_at", from, to, NULL, &out->reviewed));
    TRY(count(&l, "decided_at", from, to, "change,refuse", &out->overridden));
    TRY(count(&l, "timed_out_at", from, to, NULL, &out->timed_out));
    TRY(review_tests(call, r, db, system, from, to, &tests));
    without_tests(&tests, from, to, out);
    return OK;
}
