/* SPDX-License-Identifier: Apache-2.0 */
/* record/epoch.c — the models an organisation works with, one after the other, without a restart.
 *
 * An epoch is a `struct records`: a model, the statements that follow from it, and whatever others hang
 * on it. Whoever asks takes the current one and gives it back at the end; the last to give it back
 * frees it. An epoch holds its successor, so that what points into the newest model (access/) is good
 * for everybody who holds any. The change itself is a job of the writer: it plans and migrates, and
 * from the moment it has run no job of an earlier epoch writes, since it would leave out the new fields
 * of what it writes. They are turned away whole (ERR_BUSY, code "epoch") and may begin again. */
#include "record/internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct epochs {
    pthread_mutex_t lock; /* current, and who holds which */
    struct records *current;
    _Atomic uint64_t writing; /* number of the epoch that may write */
    uint64_t strangers;       /* writer's: of the ledger, when the store's model was looked at */
    void (*seen)(void *arg, struct text kind, struct text id, int64_t version);
    void *seen_arg;
    void (*due)(void *arg); /* something was put off: the thread of timed work is to look */
    void *due_arg;
};

/* ---- holding ------------------------------------------------------------------------------- */
static void free_one(struct records *r)
{
    if (r->beside_close)
        r->beside_close(r->beside);
    model_close(r->owned);
    arena_close(r->arena);
}

/* Those that nobody holds any more, oldest first. */
static void give(struct epochs *e, struct records *r)
{
    struct records *gone = NULL, **end = &gone;
    pthread_mutex_lock(&e->lock);
    while (r && --r->held == 0) {
        *end = r;
        end = &r->next;
        r = r->next;
    }
    pthread_mutex_unlock(&e->lock);
    *end = NULL;
    while (gone) {
        struct records *next = gone->next;
        free_one(gone);
        gone = next;
    }
}

struct epochs *record_epochs(const struct records *r)
{
    return r->epochs;
}

struct records *epoch_take(struct epochs *e)
{
    pthread_mutex_lock(&e->lock);
    struct records *r = e->current;
    r->held++;
    pthread_mutex_unlock(&e->lock);
    return r;
}

void epoch_give(struct records *r)
{
    if (r)
        give(r->epochs, r);
}

bool record_is_current(struct records *r)
{
    pthread_mutex_lock(&r->epochs->lock);
    bool current = r->epochs->current == r;
    pthread_mutex_unlock(&r->epochs->lock);
    return current;
}

const struct model *record_model(const struct records *r)
{
    return r->model;
}

void record_own(struct records *r, struct model *m)
{
    r->owned = m;
}

void *record_beside(struct records *r, void *(*make)(struct records *r, void *arg), void *arg,
                    void (*close)(void *beside))
{
    pthread_mutex_lock(&r->epochs->lock);
    void *there = r->beside;
    pthread_mutex_unlock(&r->epochs->lock);
    if (there)
        return there;
    void *made = make(r, arg);
    pthread_mutex_lock(&r->epochs->lock);
    if (!r->beside) {
        r->beside = made;
        r->beside_close = close;
        made = NULL;
    }
    there = r->beside;
    pthread_mutex_unlock(&r->epochs->lock);
    if (made) /* somebody else was quicker */
        close(made);
    return there;
}

/* ---- telling who listens ------------------------------------------------------------------- */
void record_watch(struct records *r, void (*seen)(void *, struct text, struct text, int64_t),
                  void *arg)
{
    r->epochs->seen_arg = arg;
    r->epochs->seen = seen;
}

void epoch__tell(struct records *r, struct text kind, struct text id, int64_t version)
{
    if (r->epochs->seen)
        r->epochs->seen(r->epochs->seen_arg, kind, id, version);
}

void epoch__due(struct records *r)
{
    struct epochs *e = r->epochs;
    pthread_mutex_lock(&e->lock);
    if (e->due)
        e->due(e->due_arg);
    pthread_mutex_unlock(&e->lock);
}

void epochs_due(struct epochs *e, void (*due)(void *arg), void *arg)
{
    pthread_mutex_lock(&e->lock);
    e->due = due;
    e->due_arg = arg;
    pthread_mutex_unlock(&e->lock);
}

/* ---- who may write ------------------------------------------------------------------------- */
static enum err moved_on(struct call *call)
{
    return problem(
        call, ERR_BUSY, TEXT(""), "epoch", "%s",
        say(call, "the organisation's fields and registers have just been changed; try again"));
}

/* On PostgreSQL another server may have changed the model, or what day it is. Both are looked
 * at when anybody else wrote. */
static enum err same_in_store(struct call *call, struct tx *tx, struct records *r)
{
    struct rows rows;
    uint64_t strangers = ledger_strangers(r->ledger);
    if (strangers == r->epochs->strangers)
        return OK;
    TRY(tx_rows(call, tx, "SELECT value FROM meta WHERE name = 'models'", NULL, 0, 1, &rows));
    struct text models = rows.count ? rows.cells[0].text : TEXT(""), last = {0};
    while (models.len > 0)
        last = text_cut(&models, ' ');
    if (last.len > 0 && !text_same(text_cut(&last, '+'), r->model->hash))
        return moved_on(call);
    TRY(day__follow(call, tx, r));
    r->epochs->strangers = strangers;
    return OK;
}

enum err epoch__guard(struct call *call, struct tx *tx, struct records *r)
{
    if (r->number != atomic_load(&r->epochs->writing))
        return moved_on(call);
    if (store_kind(r->store) == STORE_POSTGRES)
        TRY(same_in_store(call, tx, r));
    /* A call that began before another day was chosen writes by the day that counts now. */
    access_place(call, r->access);
    return OK;
}

/* ---- opening and closing ------------------------------------------------------------------- */
static enum err make(struct call *call, struct access *a, const struct model *m,
                     struct epochs *e, uint64_t number, struct records **out)
{
    struct arena *arena = arena_open();
    struct records *r = NEW(arena, struct records);
    *r = (struct records){.access = a,
                          .store = access_store(a),
                          .ledger = access_ledger(a),
                          .model = m,
                          .arena = arena,
                          .epochs = e,
                          .number = number,
                          .held = 1};
    r->counts = counts__open(arena);
    r->visits = visits__open(arena);
    who__build(r);
    enum err done = table__build(call, r);
    if (done != OK)
        arena_close(arena);
    else
        *out = r;
    return done;
}

enum err epoch__first(struct call *call, struct access *a, struct records **out)
{
    struct epochs *e = calloc(1, sizeof *e);
    if (!e)
        panic("out of memory");
    pthread_mutex_init(&e->lock, NULL);
    e->strangers = UINT64_MAX; /* never looked at */
    enum err made = make(call, a, access_model(a), e, 0, out);
    if (made != OK) {
        pthread_mutex_destroy(&e->lock);
        free(e);
        return made;
    }
    e->current = *out;
    (*out)->held = 2; /* the line's and the caller's */
    return OK;
}

void epochs_close(struct epochs *e)
{
    if (!e)
        return;
    give(e, e->current);
    pthread_mutex_destroy(&e->lock);
    free(e);
}

/* ---- the change ---------------------------------------------------------------------------- */
/* After whatever is current; false, and nothing is done, when that is no longer `now`. NULL: any. */
static bool publish(struct epochs *e, const struct records *now, struct records *next)
{
    pthread_mutex_lock(&e->lock);
    struct records *before = e->current;
    bool go = !now || now == before;
    if (go) {
        next->held = 2; /* the line's and its predecessor's */
        next->number = before->number + 1;
        before->next = next;
        e->current = next;
        access_use_model(next->access, next->model);
        atomic_store(&e->writing, next->number);
    }
    pthread_mutex_unlock(&e->lock);
    if (go) {
        epoch__tell(next, TEXT(""), next->model->hash, 0);
        give(e, before); /* what the line held */
    }
    return go;
}

struct swapping {
    struct job job;
    struct epoch_change *change;
    struct records *next;
    struct migration migration;
    bool ran;
    enum err outcome;
    pthread_mutex_t lock;
    pthread_cond_t over;
    bool done;
};

static enum err swap_run(struct job *job, struct call *call, struct tx *tx)
{
    struct swapping *s = job->arg;
    struct epoch_change *c = s->change;
    s->ran = false;
    TRY(epoch__guard(call, tx, c->now));
    TRY(open__migrate(call, tx, &s->migration));
    TRY(access_note_model_in(call, tx, c->now->access, c->note));
    s->ran = true;
    if (c->rehearse)
        return ERR_CONFLICT; /* the last word of every rehearsal: back to how it was */
    atomic_store(&c->now->epochs->writing, s->next->number);
    return OK;
}

static void swap_done(struct job *job, enum err outcome)
{
    struct swapping *s = job->arg;
    struct epochs *e = s->change->now->epochs;
    uint64_t mine = s->next->number;
    if (outcome == OK)
        (void)publish(e, NULL, s->next);
    else if (s->ran && !s->change->rehearse)
        atomic_compare_exchange_strong(&e->writing, &mine, s->change->now->number);
    pthread_mutex_lock(&s->lock);
    s->outcome = outcome;
    s->done = true;
    pthread_cond_signal(&s->over);
    pthread_mutex_unlock(&s->lock);
}

static enum err submit_and_wait(struct swapping *s)
{
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->over, NULL);
    enum err e = store_submit(s->change->now->store, &s->job);
    if (e == OK) {
        pthread_mutex_lock(&s->lock);
        while (!s->done)
            pthread_cond_wait(&s->over, &s->lock);
        pthread_mutex_unlock(&s->lock);
        e = s->outcome;
    }
    pthread_cond_destroy(&s->over);
    pthread_mutex_destroy(&s->lock);
    return e;
}

enum err record_epoch(struct call *call, struct epoch_change *c)
{
    struct swapping s = {.change = c,
                         .migration = {.model = c->model, .before = c->now->model}};
    TRY(make(call, c->now->access, c->model, c->now->epochs, c->now->number + 1, &s.next));
    s.next->owned = c->model; /* before anybody can be the last to give it back */
    s.job = (struct job){.run = swap_run, .done = swap_done, .call = call, .arg = &s};
    enum err e = submit_and_wait(&s);
    bool rehearsed = c->rehearse && s.ran && e == ERR_CONFLICT;
    c->steps = open__steps(call, s.migration.steps);
    if (e != OK)
        arena_close(s.next->arena);
    return rehearsed ? OK : e;
}

enum err record_follow(struct call *call, struct records *now, struct model *m)
{
    struct records *next;
    TRY(make(call, now->access, m, now->epochs, now->number + 1, &next));
    next->owned = m;
    if (publish(now->epochs, now, next))
        return OK;
    arena_close(next->arena);
    return problem(call, ERR_BUSY, TEXT(""), "epoch", "another change came first");
}
