/* SPDX-License-Identifier: Apache-2.0 */
/* work/jobs.c — changes of many records, by two threads that go round among them, a slice of
 * rows at a time: a long one holds up no short one. What is told as done is committed; what a
 * server that ends leaves undone was never told. */
#include "work/work.h"

#include "store/store.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

#define THREADS 2
#define SLICE 100            /* what others who write have to wait for, at most */
#define TRIES 200            /* of rows that the writer turned away */
#define BETWEEN 50000000     /* nanoseconds between two */
#define WHY_MOST 2000        /* bytes of why one row was refused */
#define TOLD_MOST (1u << 20) /* bytes of all of a job */

struct piece {
    struct arena *arena; /* the lists below; its threads' own until it has ended */
    struct text id, actor, kind, move, reason;
    struct text set;    /* JSON */
    struct text secret; /* of the session or token it goes on for; wiped when it has ended */
    struct text *ids;
    size_t count;
    enum lang lang;
    bool rehearse, stop;
    enum job_state state;
    int64_t done, changed, refused, told, untold;
    struct text much; /* what is said instead of a reason that there is no room for */
    int64_t asked, started, ended;
    struct job_refusal *refusals;
    size_t refusal_count;
    struct text why;
    struct piece *next; /* in the queue */
};
struct jobs {
    struct epochs *epochs;
    struct access *access;
    struct arena *arena;
    pthread_t threads[THREADS];
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct piece *pieces[JOBS_MOST];
    struct piece *first, *last;
    bool closing;
};

/* ---- the queue and the places (with the lock)
 * ------------------------------------------------ */
static void queue(struct jobs *s, struct piece *p)
{
    p->next = NULL;
    if (s->last)
        s->last->next = p;
    else
        s->first = p;
    s->last = p;
    pthread_cond_signal(&s->some);
}

static bool busy(const struct piece *p)
{
    return p->state == JOB_WAITING || p->state == JOB_RUNNING;
}

static void wipe(struct piece *p)
{
    if (p->secret.len)
        explicit_bzero((void *)(uintptr_t)p->secret.at, p->secret.len);
    p->secret = (struct text){0};
}

static void forget(struct piece **place)
{
    wipe(*place);
    arena_close((*place)->arena);
    *place = NULL;
}

static void sweep(struct jobs *s, int64_t now)
{
    for (size_t i = 0; i < JOBS_MOST; i++)
        if (s->pieces[i] && !busy(s->pieces[i]) && now - s->pieces[i]->ended >= JOB_KEPT)
            forget(&s->pieces[i]);
}

static struct piece **find(struct jobs *s, struct text actor, struct text id)
{
    for (size_t i = 0; i < JOBS_MOST; i++)
        if (s->pieces[i] && same_secret(s->pieces[i]->id, id) &&
            text_same(s->pieces[i]->actor, actor))
            return &s->pieces[i];
    return NULL;
}

/* The one that ended first, of this actor or ("") of everybody. */
static struct piece **oldest(struct jobs *s, struct text actor)
{
    struct piece **found = NULL;
    for (size_t i = 0; i < JOBS_MOST; i++) {
        struct piece *p = s->pieces[i];
        if (p && !busy(p) && (!actor.len || text_same(p->actor, actor)) &&
            (!found || p->ended < (*found)->ended))
            found = &s->pieces[i];
    }
    return found;
}

/* NULL: there is none. Who has many loses the oldest of their own, and only then somebody else
 * does. */
static struct piece **place_for(struct jobs *s, struct text actor)
{
    size_t own = 0, way = 0;
    struct piece **free = NULL, **gone;
    for (size_t i = 0; i < JOBS_MOST; i++) {
        struct piece *p = s->pieces[i];
        own += p && text_same(p->actor, actor);
        way += p && text_same(p->actor, actor) && busy(p);
        free = !p ? &s->pieces[i] : free;
    }
    if (way >= JOBS_UNDER_WAY)
        return NULL;
    if (free && own < JOBS_OF_ONE)
        return free;
    gone = oldest(s, own >= JOBS_OF_ONE ? actor : TEXT(""));
    if (gone)
        forget(gone);
    return gone;
}

/* ---- why
 * ------------------------------------------------------------------------------------- */
static void put_problem(struct json_out *o, struct text field, struct text code,
                        struct text message, struct text source)
{
    const struct {
        const char *key;
        struct text value;
    } parts[] = {{"field", field}, {"code", code}, {"message", message}, {"source", source}};
    json_open(o, '{');
    for (size_t i = 0; i < COUNT(parts); i++) {
        json_key(o, parts[i].key);
        json_put_text(o, parts[i].value);
    }
    json_close(o, '}');
}

static struct text problems_json(const struct call *call, const struct problem *first,
                                 enum err e, size_t most)
{
    struct buf b = buf_in(call->arena, most);
    struct json_out o = json_out(&b);
    json_open(&o, '[');
    for (const struct problem *p = first; p; p = p->next)
        put_problem(&o, p->field, p->code, p->message, p->source);
    if (!first)
        put_problem(&o, TEXT(""), text_of(err_code(e)), text_of(words_of(call, e)), TEXT(""));
    json_close(&o, ']');
    return b.full && first ? problems_json(call, NULL, e, WHY_MOST) : buf_text(&b);
}

struct text job_problems(const struct call *call, enum err e, size_t most)
{
    return problems_json(call, call->problems, e, most);
}

/* With the lock. A reason that is the same as that of the row before is kept once. */
static void refuse(struct piece *p, size_t row, enum err e, struct text errors)
{
    struct job_refusal *last = p->refusal_count ? &p->refusals[p->refusal_count - 1] : NULL;
    bool again = last && text_same(last->errors, errors);
    p->refused++;
    bool room = again || p->told + (int64_t)errors.len <= TOLD_MOST;
    p->told += again || !room ? 0 : (int64_t)errors.len;
    p->untold += !room;
    p->refusals[p->refusal_count++] =
        (struct job_refusal){(int64_t)row + 1, p->ids[row], e,
                             again   ? last->errors
                             : !room ? p->much
                                     : text_copy(p->arena, errors)};
}

/* ---- one slice
 * ------------------------------------------------------------------------------- */
struct slice {
    size_t from, count; /* rows of the job */
    bool settled[SLICE];
    enum err outcome[SLICE];
    struct text why[SLICE];
};
struct sending { /* those of a slice that have no outcome yet */
    struct change *changes[SLICE];
    struct call *calls[SLICE];
    enum err outcome[SLICE];
    size_t of[SLICE], count;
};

static void fill(struct sending *out, const struct slice *w, const struct piece *p,
                 struct call *call, const struct kind *k, const struct json *set)
{
    for (size_t i = 0; i < w->count; i++) {
        if (w->settled[i])
            continue;
        struct change *c = NEW(call->arena, struct change);
        *c = (struct change){.act = p->move.len ? RECORD_MOVE : RECORD_CHANGE,
                             .move = p->move,
                             .kind = k,
                             .id = p->ids[w->from + i],
                             .body = set,
                             .rehearse = p->rehearse,
                             .reason = p->reason};
        out->changes[out->count] = c;
        out->calls[out->count] = call_beside(call->arena, call);
        out->calls[out->count]->actor = call->actor;
        out->calls[out->count]->id = call->id;
        out->of[out->count++] = i;
    }
}

/* For whom: still signed in, and with what they may do now. */
static enum err act_for(struct jobs *s, const struct piece *p, struct call *call)
{
    struct reader *r = store_reader(access_store(s->access));
    struct actor *actor = NULL;
    enum err e = access_still(call, s->access, r, p->secret, &actor);
    store_return(access_store(s->access), r);
    TRY(e);
    if (actor->renew)
        return problem(call, ERR_DENIED, TEXT("password"), "renew", "%s",
                       say(call, "choose a password of your own first"));
    call->actor = actor;
    return OK;
}

/* What the door said of each. Those that the writer turned away, unlooked at, are for the next
 * try. */
static void settle(struct slice *w, const struct sending *sent, struct arena *arena, bool last)
{
    for (size_t i = 0; i < sent->count; i++) {
        size_t of = sent->of[i];
        enum err e = sent->outcome[i];
        w->settled[of] = e != ERR_BUSY || last;
        w->outcome[of] = e;
        if (w->settled[of] && e != OK)
            w->why[of] = text_copy(arena, job_problems(sent->calls[i], e, WHY_MOST));
    }
}

/* Through the door, in the model of this moment. What it returns ends the job. */
static enum err send(struct jobs *s, const struct piece *p, struct call *call,
                     struct records *now, struct slice *w, struct arena *arena, bool last)
{
    const struct kind *k = model_kind(record_model(now), p->kind);
    const struct json *set;
    struct sending *out = NEW(call->arena, struct sending);
    TRY(act_for(s, p, call));
    if (!k || !record_may_read_kind(call->actor, k))
        return problem(call, ERR_MISSING, TEXT("kind"), "kind", "%s",
                       say(call, "there is no kind of record with this name"));
    TRY(json_read(call, p->set, &json_request_limits, &set));
    fill(out, w, p, call, k, set);
    enum err e = record_do_many(call, now, out->changes, out->calls, out->outcome, out->count);
    if (p->rehearse && e != OK) /* all of them or none */
        return e == ERR_BUSY && !last ? OK : e;
    settle(w, out, arena, last);
    return e;
}

static bool all_settled(const struct slice *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (!w->settled[i])
            return false;
    return true;
}

static bool stopping(struct jobs *s, const struct piece *p)
{
    pthread_mutex_lock(&s->lock);
    bool stop = p->stop || s->closing;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

static void rest(void)
{
    const struct timespec a_while = {0, BETWEEN};
    nanosleep(&a_while, NULL);
}

static struct call *call_of(struct jobs *s, struct arena *arena, const struct piece *p)
{
    struct call *call = call_open(arena, clock_now(), p->lang);
    access_place(call, s->access);
    call->id = p->id;
    return call;
}

/* Until every row of it has an outcome; *why: what ended the job instead. */
static enum err run_slice(struct jobs *s, const struct piece *p, struct arena *arena,
                          struct slice *w, struct text *why)
{
    enum err e = OK;
    for (int tries = 1; e == OK && !all_settled(w); tries++) {
        struct arena *one = arena_open();
        if (tries > 1)
            rest();
        struct call *call = call_of(s, one, p);
        struct records *now = epoch_take(s->epochs);
        e = send(s, p, call, now, w, arena, tries == TRIES || stopping(s, p));
        epoch_give(now);
        if (e != OK)
            *why = text_copy(arena, job_problems(call, e, WHY_MOST));
        arena_close(one);
    }
    return e;
}

/* With the lock: the rows in their order. When the job is at an end, so are all that are left.
 */
static void tell(struct piece *p, const struct slice *w, enum err e, struct text why)
{
    for (size_t i = 0; i < w->count; i++) {
        bool settled = w->settled[i];
        if (settled && w->outcome[i] == OK)
            p->changed++;
        else
            refuse(p, w->from + i, settled ? w->outcome[i] : e, settled ? w->why[i] : why);
    }
    p->done += (int64_t)w->count;
    if (e == OK)
        return;
    for (size_t row = (size_t)p->done; row < p->count; row++)
        refuse(p, row, e, why);
    p->done = (int64_t)p->count;
    p->why = text_copy(p->arena, why);
}

/* With the lock. */
static void end(struct piece *p, enum job_state state)
{
    p->state = state;
    p->ended = clock_now();
    wipe(p);
    log_line(LOG_INFO, "job", "id=%.*s state=%s done=%lld changed=%lld refused=%lld",
             TEXT_ARG(p->id), job_word(state), (long long)p->done, (long long)p->changed,
             (long long)p->refused);
}

static void run_once(struct jobs *s, struct piece *p)
{
    struct arena *arena = arena_open();
    struct slice *w = NEW(arena, struct slice);
    struct text why = {0};
    w->from = (size_t)p->done;
    w->count = p->count - w->from < SLICE ? p->count - w->from : SLICE;
    enum err e = stopping(s, p) ? ERR_BUSY : run_slice(s, p, arena, w, &why);
    bool begun = e != ERR_BUSY || why.len;
    pthread_mutex_lock(&s->lock);
    if (begun)
        tell(p, w, e, why);
    if (begun && e != OK)
        end(p, JOB_FAILED);
    else if ((size_t)p->done == p->count)
        end(p, JOB_DONE);
    else if (p->stop)
        end(p, JOB_CANCELLED);
    else if (!s->closing)
        queue(s, p);
    pthread_mutex_unlock(&s->lock);
    arena_close(arena);
}

static void *serve(void *arg)
{
    struct jobs *s = arg;
    pthread_mutex_lock(&s->lock);
    while (!s->closing) {
        struct piece *p = s->first;
        if (!p) {
            pthread_cond_wait(&s->some, &s->lock);
            continue;
        }
        s->first = p->next;
        if (!s->first)
            s->last = NULL;
        if (p->state == JOB_WAITING)
            p->started = clock_now();
        p->state = JOB_RUNNING;
        pthread_mutex_unlock(&s->lock);
        run_once(s, p);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* ---- opening and closing
 * --------------------------------------------------------------------- */
enum err jobs_open(struct call *call, struct epochs *epochs, struct jobs **out)
{
    struct arena *arena = arena_open();
    struct jobs *s = NEW(arena, struct jobs);
    struct records *now = epoch_take(epochs);
    *s = (struct jobs){.epochs = epochs, .arena = arena, .access = record_access(now)};
    epoch_give(now);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->some, NULL);
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&s->threads[i], NULL, serve, s) != 0)
            panic("no thread for jobs");
    (void)call;
    *out = s;
    return OK;
}

void jobs_close(struct jobs *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_broadcast(&s->some);
    pthread_mutex_unlock(&s->lock);
    for (int i = 0; i < THREADS; i++)
        pthread_join(s->threads[i], NULL);
    for (size_t i = 0; i < JOBS_MOST; i++)
        if (s->pieces[i])
            forget(&s->pieces[i]);
    arena_close(s->arena);
}

/* ---- what people ask of it
 * ------------------------------------------------------------------- */
static struct text json_kept(struct arena *a, const struct json *v)
{
    struct buf b = buf_in(a, 2u << 20); /* of a body of 1 MiB; escapes may be longer here */
    struct json_out o = json_out(&b);
    json_put_json(&o, v);
    return b.full ? (struct text){0} : buf_text(&b);
}

static struct text much_said(const struct call *call, struct arena *a)
{
    struct buf b = buf_in(a, WHY_MOST);
    struct json_out o = json_out(&b);
    json_open(&o, '[');
    put_problem(&o, TEXT(""), TEXT("untold"),
                text_of(say(call, "so much was refused that there is no room for each reason: "
                                  "change this record alone to read it")),
                TEXT(""));
    json_close(&o, ']');
    return buf_text(&b);
}

static struct piece *make_piece(struct call *call, const struct job_wish *wish)
{
    struct arena *a = arena_open();
    struct piece *p = NEW(a, struct piece);
    *p = (struct piece){.arena = a,
                        .id = text_copy(a, id_new(call)),
                        .actor = text_copy(a, call->actor->id),
                        .kind = text_copy(a, wish->kind->name),
                        .move = text_copy(a, wish->move),
                        .reason = text_copy(a, wish->reason),
                        .set = json_kept(a, wish->set),
                        .secret = text_copy(a, wish->secret),
                        .lang = call->lang,
                        .rehearse = wish->rehearse,
                        .state = JOB_WAITING,
                        .asked = call->now};
    p->ids = NEW_MANY(a, wish->ids->count + 1, struct text);
    p->refusals = NEW_MANY(a, wish->ids->count + 1, struct job_refusal);
    p->much = much_said(call, a);
    for (const struct json *id = wish->ids->first; id; id = id->next)
        p->ids[p->count++] = text_copy(a, json_text(id));
    return p;
}

enum err jobs_begin(struct call *call, struct jobs *s, const struct job_wish *wish,
                    struct text *id)
{
    struct piece *p = make_piece(call, wish);
    *id = text_copy(call->arena, p->id);
    pthread_mutex_lock(&s->lock);
    sweep(s, call->now);
    struct piece **place = p->set.len && !s->closing ? place_for(s, p->actor) : NULL;
    if (place) {
        *place = p;
        queue(s, p);
    }
    pthread_mutex_unlock(&s->lock);
    if (place)
        return OK;
    forget(&p);
    return problem(call, ERR_BUSY, TEXT(""), "jobs",
                   say(call,
                       "you have %d jobs under way, or the server has its hands full: wait "
                       "until one of them has ended, or stop it"),
                   JOBS_UNDER_WAY);
}

static struct job_view view_of(const struct piece *p, struct arena *a)
{
    return (struct job_view){.id = text_copy(a, p->id),
                             .kind = text_copy(a, p->kind),
                             .move = text_copy(a, p->move),
                             .rehearse = p->rehearse,
                             .stopping = p->stop && busy(p),
                             .state = p->state,
                             .done = p->done,
                             .total = (int64_t)p->count,
                             .changed = p->changed,
                             .refused = p->refused,
                             .untold = p->untold,
                             .asked = p->asked,
                             .started = p->started,
                             .ended = p->ended,
                             .why = text_copy(a, p->why)};
}

static enum err missing(struct call *call)
{
    return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(call,
                       "there is no such job of yours: its time is over, or the server was "
                       "started anew meanwhile. What it had done until then stays, and the "
                       "history of each record shows it"));
}

static void copy_refusals(const struct piece *p, struct arena *a, int64_t after, size_t most,
                          struct job_refusal *out, size_t *count, bool *more)
{
    *count = 0;
    *more = false;
    for (size_t i = 0; i < p->refusal_count; i++) {
        const struct job_refusal *one = &p->refusals[i];
        if (one->row <= after)
            continue;
        if (*count == most) {
            *more = true;
            return;
        }
        out[(*count)++] = (struct job_refusal){one->row, text_copy(a, one->id), one->outcome,
                                               text_copy(a, one->errors)};
    }
}

enum err jobs_find(struct call *call, struct jobs *s, struct text id, int64_t after,
                   size_t most, struct job_view *out, struct job_refusal **refusals,
                   size_t *count, bool *more)
{
    *refusals = NEW_MANY(call->arena, most + 1, struct job_refusal);
    pthread_mutex_lock(&s->lock);
    sweep(s, call->now);
    struct piece **place = find(s, call->actor->id, id);
    if (place) {
        *out = view_of(*place, call->arena);
        copy_refusals(*place, call->arena, after, most, *refusals, count, more);
    }
    pthread_mutex_unlock(&s->lock);
    return place ? OK : missing(call);
}

void jobs_mine(struct call *call, struct jobs *s, struct job_view **out, size_t *count)
{
    *out = NEW_MANY(call->arena, JOBS_MOST, struct job_view);
    *count = 0;
    pthread_mutex_lock(&s->lock);
    sweep(s, call->now);
    for (size_t i = 0; i < JOBS_MOST; i++) {
        const struct piece *p = s->pieces[i];
        if (!p || !text_same(p->actor, call->actor->id))
            continue;
        size_t at = (*count)++;
        for (; at && (*out)[at - 1].asked < p->asked; at--)
            (*out)[at] = (*out)[at - 1];
        (*out)[at] = view_of(p, call->arena);
    }
    pthread_mutex_unlock(&s->lock);
}

enum err jobs_stop(struct call *call, struct jobs *s, struct text id, bool *ended)
{
    pthread_mutex_lock(&s->lock);
    struct piece **place = find(s, call->actor->id, id);
    *ended = place && !busy(*place);
    if (*ended)
        forget(place);
    else if (place)
        (*place)->stop = true;
    pthread_mutex_unlock(&s->lock);
    return place ? OK : missing(call);
}

const char *job_word(enum job_state state)
{
    static const char *const words[] = {"",     "waiting", "running",
                                        "done", "failed",  "cancelled"};
    return words[state];
}
