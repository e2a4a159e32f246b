/* SPDX-License-Identifier: Apache-2.0 */
/* record/door.c — from the caller's thread to the writer and back. Checks that need no database
 * run before the queue, so that the writer spends its time on what only it can do. */
#include "record/internal.h"

#include <pthread.h>

struct record_job {
    struct job job;
    struct writing writing;
    void (*done)(void *arg, enum err outcome);
    void *arg;
};

static enum err run(struct job *job, struct call *call, struct tx *tx)
{
    struct record_job *j = job->arg;
    j->writing.call = call;
    j->writing.tx = tx;
    j->writing.notes = NULL;
    j->writing.change->record = NULL;
    j->writing.change->unchanged = j->writing.change->replayed = false;
    j->writing.change->signed_only = false;
    j->writing.change->gone_count = 0;
    j->writing.change->waits_for = (struct text){0};
    TRY(epoch__guard(call, tx, j->writing.records));
    return change__run(&j->writing);
}

static void done(struct job *job, enum err outcome)
{
    struct record_job *j = job->arg;
    struct records *r = j->writing.records;
    const struct change *c = j->writing.change;
    for (size_t i = 0; outcome == OK && i < c->gone_count; i++)
        file_forget(j->job.call, r->store, c->gone[i]);
    for (struct note *n = outcome == OK ? j->writing.notes : NULL; n; n = n->next)
        deputy__told(r, n->kind);
    if (outcome == OK && c->act == RECORD_MOVE && j->job.call->actor->type != ACTOR_SYSTEM &&
        series__is(r->model, c->kind))
        epoch__due(r); /* one may be watched from now on: nobody waits a minute for it */
    for (struct note *n = outcome == OK ? j->writing.notes : NULL; n; n = n->next)
        epoch__tell(r, n->kind, n->id, n->version);
    j->done(j->arg, outcome);
}

static enum err may_begin(struct call *call, const struct change *c)
{
    if (!call->actor)
        return problem(call, ERR_SIGNED_OUT, TEXT(""), "signed_out", "%s",
                       say(call, "sign in first"));
    if (c->act == RECORD_CREATE && !record_may_create(call->actor, c->kind))
        return problem(call, ERR_DENIED, TEXT(""), "who", "%s",
                       say(call, "your roles do not include creating this"));
    if (c->reason.len > 4000 || c->idempotency.len > 200)
        return problem(call, ERR_INVALID, TEXT("reason"), "too_long", "%s",
                       say(call, "is too long"));
    if (!text_utf8(c->reason))
        return problem(call, ERR_MALFORMED, TEXT("reason"), "utf8", "%s",
                       say(call, "is not valid UTF-8"));
    return OK;
}

static enum err prepare(struct call *call, struct records *r, struct change *change,
                        void (*finished)(void *arg, enum err outcome), void *arg,
                        struct record_job **out)
{
    const struct json **values;
    bool *given;
    *out = NULL;
    TRY(may_begin(call, change));
    TRY(check__body(call, change->kind, change->body, false, &values, &given));
    struct gathered gathered;
    TRY(gather__ask(call, r, change, values, given, &gathered));
    struct record_job *j = NEW(call->arena, struct record_job);
    *j = (struct record_job){
        .job = {.run = run, .done = done, .call = call, .arg = j, .again = true},
        .writing = {.records = r,
                    .change = change,
                    .values = values,
                    .given = given,
                    .gathered = gathered},
        .done = finished,
        .arg = arg};
    *out = j;
    return OK;
}

/* ---- rehearsing -----------------------------------------------------------------------------
 * One job for all: each runs in a part of its own, so that it sees what those before it would
 * have done, and the job is refused in the end, so that nothing of it stays. */
struct rehearsal {
    struct job job;
    struct record_job **parts; /* NULL where the change did not get as far as the writer */
    enum err *outcome;
    size_t count;
    bool ran;
    void (*done)(void *arg, enum err outcome);
    void *arg;
};

static enum err run_part(void *arg, struct call *call, struct tx *tx)
{
    struct record_job *j = arg;
    return run(&j->job, call, tx);
}

static enum err rehearse(struct job *job, struct call *call, struct tx *tx)
{
    struct rehearsal *all = job->arg;
    (void)call;
    for (size_t i = 0; i < all->count; i++) {
        struct record_job *j = all->parts[i];
        if (!j)
            continue;
        all->outcome[i] = tx_part(j->job.call, tx, run_part, j);
        if (all->outcome[i] == ERR_IO || all->outcome[i] == ERR_BUSY)
            return all->outcome[i];
    }
    all->ran = true;
    return ERR_CONFLICT; /* the last word of every rehearsal: back to how it was */
}

static void rehearsed(struct job *job, enum err outcome)
{
    struct rehearsal *all = job->arg;
    all->done(all->arg, all->ran && outcome == ERR_CONFLICT ? OK : outcome);
}

static struct rehearsal *rehearsal(struct call *call, struct record_job **parts,
                                   enum err *outcome, size_t count)
{
    struct rehearsal *all = NEW(call->arena, struct rehearsal);
    *all = (struct rehearsal){
        .job = {.run = rehearse, .done = rehearsed, .call = call, .arg = all},
        .parts = parts,
        .outcome = outcome,
        .count = count};
    return all;
}

/* One alone, for who does not wait. */
struct rehearsal_of_one {
    struct record_job *part;
    enum err outcome;
};

static void rehearsed_one(void *arg, enum err outcome)
{
    struct rehearsal_of_one *one = arg;
    one->part->done(one->part->arg, outcome != OK ? outcome : one->outcome);
}

static enum err submit_rehearsal(struct call *call, struct records *r, struct record_job *j)
{
    struct rehearsal_of_one *one = NEW(call->arena, struct rehearsal_of_one);
    *one = (struct rehearsal_of_one){j, OK};
    struct rehearsal *all = rehearsal(call, &one->part, &one->outcome, 1);
    all->done = rehearsed_one;
    all->arg = one;
    return store_submit(r->store, &all->job);
}

enum err record_submit(struct call *call, struct records *r, struct change *change,
                       void (*finished)(void *arg, enum err outcome), void *arg)
{
    struct record_job *j;
    TRY(prepare(call, r, change, finished, arg, &j));
    return change->rehearse ? submit_rehearsal(call, r, j) : store_submit(r->store, &j->job);
}

/* ---- waiting
 * --------------------------------------------------------------------------------------- */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    size_t left;
};
struct waiting {
    struct gate *gate;
    enum err *outcome;
};

static void arrive(void *arg, enum err outcome)
{
    struct waiting *w = arg;
    struct gate *gate = w->gate;
    *w->outcome = outcome;
    pthread_mutex_lock(&gate->lock);
    if (--gate->left == 0)
        pthread_cond_signal(&gate->opened);
    pthread_mutex_unlock(&gate->lock);
}

static void wait_for_all(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->left)
        pthread_cond_wait(&gate->opened, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
}

static enum err rehearse_many(struct call *call, struct records *r, struct change **changes,
                              struct call **calls, enum err *outcome, size_t count)
{
    struct gate gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 1};
    enum err together = OK;
    struct waiting waiting = {&gate, &together};
    struct record_job **parts = NEW_MANY(call->arena, count + 1, struct record_job *);
    for (size_t i = 0; i < count; i++)
        outcome[i] = prepare(calls[i], r, changes[i], NULL, NULL, &parts[i]);
    struct rehearsal *all = rehearsal(call, parts, outcome, count);
    all->done = arrive;
    all->arg = &waiting;
    TRY(store_submit(r->store, &all->job));
    wait_for_all(&gate);
    return together;
}

enum err record_do_many(struct call *call, struct records *r, struct change **changes,
                        struct call **calls, enum err *outcome, size_t count)
{
    if (count && changes[0]->rehearse)
        return rehearse_many(call, r, changes, calls, outcome, count);
    struct gate gate = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0};
    struct waiting *waiting = NEW_MANY(call->arena, count + 1, struct waiting);
    struct record_job **jobs = NEW_MANY(call->arena, count + 1, struct record_job *);
    gate.left = count;
    /* All are prepared before the first is handed over: their calls may share an arena, which
     * from then on is the writer's. */
    for (size_t i = 0; i < count; i++) {
        waiting[i] = (struct waiting){&gate, &outcome[i]};
        outcome[i] = prepare(calls[i], r, changes[i], arrive, &waiting[i], &jobs[i]);
    }
    enum err *away = NEW_MANY(call->arena, count + 1, enum err);
    for (size_t i = 0; i < count; i++) {
        away[i] = outcome[i] == OK ? store_offer(r->store, &jobs[i]->job) : OK;
        if (away[i] != OK || !jobs[i])
            arrive(&waiting[i], away[i] != OK ? away[i] : outcome[i]);
    }
    if (count)
        wait_for_all(&gate);
    enum err worst = OK;
    for (size_t i = 0; i < count; i++) {
        store_turned_away(calls[i], r->store, away[i]);
        worst = outcome[i] == ERR_IO ? ERR_IO : worst;
    }
    return worst;
}

enum err record_do(struct call *call, struct records *r, struct change *change)
{
    enum err outcome = OK;
    TRY(record_do_many(call, r, &change, &call, &outcome, 1));
    return outcome;
}
