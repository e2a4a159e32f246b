/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/order.c — orders to stop: checked with a reader, told at once, and tried through
 * the one door until they are written or a rule refuses them. The writer is never waited for:
 * an attempt comes back by `done`, and a thread of our own, the keeper, looks at what became of
 * it. */
#include "oversight/internal.h"

#include <stdio.h>
#include <string.h>

#define RETRY SECOND
#define KEEP_WITHIN SECOND /* the writer took longer: it goes to the file meanwhile */

/* ---- the list
 * -------------------------------------------------------------------------------- */
struct order *order__about(struct oversight *o, struct text record)
{
    struct order *order = o->orders;
    while (order && !text_same(order->record, record))
        order = order->next;
    return order;
}

static struct order *named(struct oversight *o, struct text id)
{
    struct order *order = o->orders;
    while (order && !text_same(order->id, id))
        order = order->next;
    return order;
}

struct order *order__new(struct oversight *o, struct text id)
{
    (void)o;
    struct arena *arena = arena_open();
    struct order *order = NEW(arena, struct order);
    order->arena = arena;
    order->id = text_copy(arena, id);
    return order;
}

void order__add(struct oversight *o, struct order *order)
{
    order->next = o->orders;
    o->orders = order;
    o->order_count++;
    wait__note(o, order->record);
    pthread_cond_signal(&o->work);
}

void order__free(struct order *order)
{
    explicit_bzero(order->secret, sizeof order->secret);
    arena_close(order->arena);
}

static void take_out(struct oversight *o, struct order *order)
{
    pthread_mutex_lock(&o->lock);
    struct order **link = &o->orders;
    while (*link != order)
        link = &(*link)->next;
    *link = order->next;
    o->order_count--;
    wait__note(o, order->record);
    pthread_mutex_unlock(&o->lock);
    if (order->kept)
        keep__done(o, order);
    order__free(order);
}

/* ---- attempts
 * -------------------------------------------------------------------------------- */
/* On the writer's thread. */
static void done(void *arg, enum err outcome)
{
    struct attempt *t = arg;
    struct oversight *o = t->oversight;
    pthread_mutex_lock(&o->lock);
    t->outcome = outcome;
    t->over = true;
    pthread_cond_signal(&o->work);
    pthread_mutex_unlock(&o->lock);
}

static enum err find_actor(struct attempt *t, struct actor **out)
{
    const struct order *order = t->order;
    struct call *quiet = call_beside(t->arena, t->call);
    enum err e = ERR_SIGNED_OUT;
    if (order->secret[0]) {
        struct reader *db = store_reader(t->oversight->store);
        e = access_still(quiet, t->oversight->access, db, text_of(order->secret), out);
        store_return(t->oversight->store, db);
    }
    if (e != ERR_SIGNED_OUT)
        return e;
    return access_carries_out(t->call, t->oversight->access, order->person, out);
}

/* What is written much later says when it was ordered. */
static struct text reason_of(const struct attempt *t)
{
    const struct order *order = t->order;
    struct text at = moment_print(t->arena, order->at);
    if (!order->tried)
        return order->reason;
    struct text late =
        text_print(t->arena, say(t->call, "%.*s (ordered at %.*s, written later)"),
                   TEXT_ARG(order->reason), TEXT_ARG(at));
    return late.len <= STOP_REASON ? late : order->reason;
}

/* What failed may have been written all the same, or somebody else was first. */
static enum err still_runs(struct attempt *t, const struct kind *k, bool *runs)
{
    struct record *rec;
    struct call *engine = call_beside(t->arena, t->call);
    engine->actor = actor_system(t->call);
    struct reader *db = store_reader(t->oversight->store);
    enum err e = record_read(engine, t->records, db, k, t->order->record, 0, &rec);
    store_return(t->oversight->store, db);
    *runs = e == OK && order__move(rec);
    return e;
}

static enum err submit(struct attempt *t)
{
    const struct order *order = t->order;
    struct actor *actor;
    bool runs = true;
    const struct kind *k = model_kind(record_model(t->records), order->kind);
    if (!k)
        return problem(t->call, ERR_MISSING, TEXT(""), "kind", "%s",
                       say(t->call, "there is no such register"));
    if (order->tried)
        TRY(still_runs(t, k, &runs));
    if (!runs) {
        done(t, OK);
        return OK;
    }
    TRY(find_actor(t, &actor));
    t->call->actor = actor;
    t->change = (struct change){.act = RECORD_MOVE,
                                .kind = k,
                                .id = order->record,
                                .move = order->move,
                                .reason = reason_of(t),
                                .idempotency = order->id};
    return record_submit(t->call, t->records, &t->change, done, t);
}

/* `order->attempt` is set, under the lock, before anything can come back. */
static void try_now(struct oversight *o, struct order *order)
{
    struct arena *arena = arena_open();
    struct attempt *t = NEW(arena, struct attempt);
    t->oversight = o;
    t->order = order;
    t->arena = arena;
    t->records = epoch_take(o->epochs);
    t->call = call_open(arena, clock_now(), order->lang);
    access_place(t->call, o->access);
    t->call->id = id_new(t->call);
    pthread_mutex_lock(&o->lock);
    order->attempt = t;
    pthread_mutex_unlock(&o->lock);
    enum err e = submit(t);
    if (e != OK)
        done(t, e);
}

/* ---- what became of one
 * ----------------------------------------------------------------------- */
static bool is_for_now(enum err e)
{
    return e == ERR_IO || e == ERR_BUSY || e == ERR_SLOW || e == ERR_STALE || e == ERR_BUG;
}

static void remember(struct oversight *o, const struct attempt *t)
{
    const struct problem *p = t->call->problems;
    struct refusal r = {.e = t->outcome};
    snprintf(r.order, sizeof r.order, "%.*s", TEXT_ARG(t->order->id));
    if (p) {
        snprintf(r.field, sizeof r.field, "%.*s", TEXT_ARG(p->field));
        snprintf(r.code, sizeof r.code, "%.*s", TEXT_ARG(p->code));
        snprintf(r.message, sizeof r.message, "%.*s", TEXT_ARG(p->message));
    }
    pthread_mutex_lock(&o->lock);
    o->refused[o->refused_next++ % REFUSED] = r;
    pthread_mutex_unlock(&o->lock);
}

static void keep(struct oversight *o, struct order *order)
{
    if (!order->kept)
        order->kept = keep__add(o, order);
    pthread_mutex_lock(&o->lock);
    order->keep_at = INT64_MAX;
    pthread_mutex_unlock(&o->lock);
}

static void hold(struct oversight *o, struct order *order, const struct attempt *t)
{
    bool first = !order->tried, epoch = false;
    for (const struct problem *p = t->call->problems; p; p = p->next)
        epoch |= text_is(p->code, "epoch");
    if (!epoch)
        keep(o, order);
    pthread_mutex_lock(&o->lock);
    order->tried |= !epoch;
    order->due = clock_ticks() + (epoch ? 0 : RETRY);
    order->attempt = NULL;
    wait__note(o, order->record);
    pthread_mutex_unlock(&o->lock);
    if (first && !epoch)
        log_line(LOG_WARN, "stop_order", "outcome=held system=%.*s why=%s",
                 TEXT_ARG(order->key), err_code(t->outcome));
}

static void settle(struct oversight *o, struct attempt *t)
{
    struct order *order = t->order;
    enum err e = t->outcome;
    if (is_for_now(e)) {
        hold(o, order, t);
    } else {
        if (e != OK) {
            const struct problem *p = t->call->problems;
            struct text why = log_value(t->arena, p ? p->message : TEXT(""));
            log_line(LOG_WARN, "stop_order", "outcome=refused system=%.*s why=%.*s",
                     TEXT_ARG(order->key), TEXT_ARG(why));
            remember(o, t);
        } else if (order->tried) {
            log_line(LOG_INFO, "stop_order", "outcome=recorded system=%.*s",
                     TEXT_ARG(order->key));
        }
        take_out(o, order);
    }
    epoch_give(t->records);
    arena_close(t->arena);
}

static bool came_back(const struct order *order, int64_t now)
{
    (void)now;
    return order->attempt && order->attempt->over;
}

static bool is_due(const struct order *order, int64_t now)
{
    return !order->attempt && order->due <= now;
}

static bool is_late(const struct order *order, int64_t now)
{
    return order->keep_at <= now;
}

/* One at a time: the list may be another after each. */
static struct order *next_of(struct oversight *o, bool (*is)(const struct order *, int64_t))
{
    int64_t now = clock_ticks();
    pthread_mutex_lock(&o->lock);
    struct order *order = o->orders;
    while (order && !is(order, now))
        order = order->next;
    pthread_mutex_unlock(&o->lock);
    return order;
}

void order__round(struct oversight *o, bool last)
{
    struct order *order;
    while ((order = next_of(o, came_back)))
        settle(o, order->attempt);
    while ((order = next_of(o, is_late)))
        keep(o, order);
    while (!last && (order = next_of(o, is_due)))
        try_now(o, order);
}

int64_t order__next(const struct oversight *o)
{
    int64_t next = INT64_MAX;
    for (const struct order *order = o->orders; order; order = order->next) {
        int64_t due = !order->attempt ? order->due : order->attempt->over ? 0 : INT64_MAX;
        due = order->keep_at < due ? order->keep_at : due;
        next = due < next ? due : next;
    }
    return next;
}

/* ---- giving one
 * ------------------------------------------------------------------------------- */
const struct move *order__move(const struct record *rec)
{
    const struct kind *k = rec->kind;
    for (size_t i = 0; i < k->move_count; i++)
        if (k->moves[i].stop && k->moves[i].from >> rec->state & 1)
            return &k->moves[i];
    return NULL;
}

static enum err check_reason(struct call *call, struct text reason)
{
    if (!text_trim(reason).len)
        return problem(call, ERR_INVALID, TEXT("reason"), "required", "%s",
                       say(call, "a reason is required"));
    if (reason.len > STOP_REASON)
        return problem(call, ERR_INVALID, TEXT("reason"), "too_long", "%s",
                       say(call, "is too long"));
    return OK;
}

/* What the door would say, before it is asked. */
static enum err check_may(struct call *call, struct records *r, struct reader *db,
                          const struct record *rec, const struct move *m)
{
    struct move_view *views;
    size_t count;
    enum err e = ERR_CONFLICT;
    TRY(record_moves(call, r, db, rec, &views, &count));
    for (size_t i = 0; i < count; i++) {
        if (views[i].move != m)
            continue;
        if (views[i].allowed)
            return OK;
        for (const struct problem *p = views[i].why->problems; p; p = p->next) {
            e = text_is(p->code, "who") ? ERR_DENIED : e;
            (void)problem_at(call, e, p->field, text_c(call->arena, p->code), p->source,
                             p->message);
        }
        return e;
    }
    return problem(call, ERR_DENIED, TEXT(""), "who", "%s",
                   say(call, "this is not yours to do"));
}

static struct order *order_of(struct call *call, struct oversight *o, const struct record *rec,
                              const struct move *m, struct text reason, struct text secret)
{
    struct order *order = order__new(o, id_new(call));
    struct arena *a = order->arena;
    order->kind = text_copy(a, rec->kind->name);
    order->record = text_copy(a, rec->id);
    order->key = text_copy(a, rec->key);
    order->move = text_copy(a, m->name);
    order->reason = text_copy(a, reason);
    order->person = text_copy(a, call->actor->person);
    if (secret.len < sizeof order->secret)
        memcpy(order->secret, secret.at, secret.len);
    order->at = call->now;
    order->lang = call->lang;
    order->due = INT64_MAX; /* whoever gives it tries it first */
    order->keep_at = clock_ticks() + KEEP_WITHIN;
    return order;
}

/* The one that is there already, or this; NULL: too many are held. */
static struct order *give(struct oversight *o, struct order *order, bool *ours)
{
    pthread_mutex_lock(&o->lock);
    struct order *there = order__about(o, order->record);
    *ours = !there && o->order_count < STOP_ORDERS;
    if (*ours)
        order__add(o, order);
    pthread_mutex_unlock(&o->lock);
    return *ours ? order : there;
}

enum err oversight_stop(struct call *call, struct oversight *o, struct records *r,
                        struct reader *db, const struct record *rec, struct text reason,
                        struct text secret, struct text *order)
{
    struct stop_view now;
    bool ours;
    *order = TEXT("");
    TRY(check_reason(call, reason));
    TRY(oversight_look(call, o, r, db, rec, &now));
    if (now.stopped)
        return OK;
    const struct move *m = order__move(rec);
    if (!m)
        return problem(call, ERR_CONFLICT, TEXT("state"), "state", "%s",
                       say(call, "it is not in operation: there is nothing to stop"));
    TRY(check_may(call, r, db, rec, m));
    struct order *made = order_of(call, o, rec, m, reason, secret);
    struct text id = text_copy(call->arena, made->id);
    struct order *there = give(o, made, &ours);
    if (ours)
        try_now(o, made);
    else
        order__free(made);
    if (!there)
        return problem(call, ERR_BUSY, TEXT(""), "orders",
                       say(call, "%d orders to stop wait to be written: no more are taken"),
                       STOP_ORDERS);
    *order = ours ? id : TEXT("");
    return OK;
}

enum stop_fate oversight_fate(struct oversight *o, struct text order)
{
    pthread_mutex_lock(&o->lock);
    const struct order *there = named(o, order);
    enum stop_fate fate = !there ? STOP_GONE : there->tried ? STOP_HELD : STOP_WRITING;
    pthread_mutex_unlock(&o->lock);
    return fate;
}

enum err oversight_refused(struct call *call, struct oversight *o, struct text order)
{
    struct refusal found = {.e = OK};
    pthread_mutex_lock(&o->lock);
    for (size_t i = 0; i < REFUSED; i++)
        if (o->refused[i].order[0] && text_is(order, o->refused[i].order))
            found = o->refused[i];
    pthread_mutex_unlock(&o->lock);
    if (found.e == OK)
        return OK;
    return problem_at(call, found.e, text_copy(call->arena, text_of(found.field)),
                      text_c(call->arena, text_of(found.code)), TEXT(""),
                      text_copy(call->arena, text_of(found.message)));
}
