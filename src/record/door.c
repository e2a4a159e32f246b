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
    j->writing.change->waits_for = (struct text){0};
    return change__run(&j->writing);
}

static void done(struct job *job, enum err outcome)
{
    struct record_job *j = job->arg;
    struct records *r = j->writing.records;
    for (struct note *n = outcome == OK ? j->writing.notes : NULL; n; n = n->next)
        if (r->seen)
            r->seen(r->seen_arg, n->kind, n->id, n->version);
    j->done(j->arg, outcome);
}

static enum err may_begin(struct call *call, const struct change *c)
{
    if (!call->actor)
        return problem(call, ERR_SIGNED_OUT, TEXT(""), "signed_out", "%s",
                       say(call, "sign in first", "请先登录"));
    if (c->act == RECORD_CREATE && !record_may_create(call->actor, c->kind))
        return problem(
            call, ERR_DENIED, TEXT(""), "who", "%s",
            say(call, "your roles do not include creating this", "您的角色不能新建此类记录"));
    if (c->reason.len > 4000 || c->idempotency.len > 200)
        return problem(call, ERR_INVALID, TEXT("reason"), "too_long", "%s",
                       say(call, "is too long", "过长"));
    if (!text_utf8(c->reason))
        return problem(call, ERR_MALFORMED, TEXT("reason"), "utf8", "%s",
                       say(call, "is not valid UTF-8", "不是有效的 UTF-8"));
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
    struct record_job *j = NEW(call->arena, struct record_job);
    *j = (struct record_job){
        .job = {.run = run, .done = done, .call = call, .arg = j, .again = true},
        .writing = {.records = r, .change = change, .values = values, .given = given},
        .done = finished,
        .arg = arg};
    *out = j;
    return OK;
}

enum err record_submit(struct call *call, struct records *r, struct change *change,
                       void (*finished)(void *arg, enum err outcome), void *arg)
{
    struct record_job *j;
    TRY(prepare(call, r, change, finished, arg, &j));
    return store_submit(r->store, &j->job);
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

enum err record_do_many(struct call *call, struct records *r, struct change **changes,
                        struct call **calls, enum err *outcome, size_t count)
{
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
        store_turned_away(calls[i], away[i]);
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
