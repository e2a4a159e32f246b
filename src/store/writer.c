/* SPDX-License-Identifier: Apache-2.0 */
/* store/writer.c — the one thread that writes, and the groups it commits.
 *
 * All jobs that wait when the writer comes round run in one transaction, each in a savepoint,
 * and are answered after its one COMMIT: under load a single fsync serves many. When all of
 * them may run again, the group does not wait for the database after each: should an error come
 * to light too late to say of which job it is, all is rolled back and run again carefully.
 * Invariants: no job is answered OK before COMMIT returned; a refused job leaves nothing
 * behind; when the group as a whole fails, every job in it is told so, also those refused,
 * since what they were refused for may never have been committed. */
#include "store/internal.h"

#define QUEUE_MOST 10000
#define GROUP_JOBS 1000
#define FIRST_PAUSE 1000000 /* microseconds before the first attempt to go on */
#define LONGEST_PAUSE 30000000

atomic_llong store__group_time = 20 * 1000;

struct group {
    struct store *store;
    struct group_hooks hooks;
    struct call *call;
    struct job *done, **done_end; /* run, in order */
    size_t good;
    struct mark *marks; /* what the calls of the jobs said before they ran */
};

/* ---- the queue --------------------------------------------------------------------------- */
static enum err queue_push(struct store *s, struct job *job)
{
    struct writer *w = &s->writer;

    if (w->closing || (atomic_load(&s->failing) && s->driver->kind == STORE_SQLITE))
        return ERR_IO;
    if (w->waiting >= QUEUE_MOST)
        return ERR_BUSY;
    job->next = NULL;
    job->outcome = OK;
    if (w->last != NULL)
        w->last->next = job;
    else
        w->first = job;
    w->last = job;
    w->waiting++;
    pthread_cond_signal(&w->wake);
    return OK;
}

enum err store_offer(struct store *s, struct job *job)
{
    enum err e;

    pthread_mutex_lock(&s->writer.lock);
    e = queue_push(s, job);
    pthread_mutex_unlock(&s->writer.lock);
    return e;
}

enum err store_turned_away(struct call *call, const struct store *s, enum err e)
{
    return e == ERR_BUSY ? store__busy(call) : e == OK ? OK : store__failed_of(call, s);
}

enum err store_submit(struct store *s, struct job *job)
{
    struct call *call = job->call; /* once handed over, the job may be gone */

    return store_turned_away(call, s, store_offer(s, job));
}

/* False when `until` (ticks) has come; 0 is never. */
static bool wait_for_work(struct writer *w, int64_t until)
{
    int64_t left = until - clock_ticks();
    struct timespec at;

    if (until == 0) {
        pthread_cond_wait(&w->wake, &w->lock);
        return true;
    }
    if (left <= 0)
        return false;
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += left / 1000000 + 1; /* whole seconds: nothing depends on less */
    pthread_cond_timedwait(&w->wake, &w->lock, &at);
    return true;
}

/* Waits for work and takes up to a group of it; NULL when the store closes, or when it is time
 * to try to go on. */
static struct job *queue_take(struct writer *w, struct group_hooks *hooks, bool *closing)
{
    struct job *first, *last;
    size_t count = 1;

    pthread_mutex_lock(&w->lock);
    while (w->first == NULL && !w->closing && wait_for_work(w, w->again))
        ;
    first = w->closing ? NULL : w->first;
    if (first != NULL) {
        for (last = first; last->next != NULL && count < GROUP_JOBS; count++)
            last = last->next;
        w->first = last->next;
        last->next = NULL;
        w->last = w->first == NULL ? NULL : w->last;
        w->waiting -= count;
    }
    *hooks = w->hooks;
    *closing = w->closing;
    pthread_mutex_unlock(&w->lock);
    return first;
}

/* Jobs the group had no time for go back to the head of the queue. */
static void queue_untake(struct writer *w, struct job *first)
{
    struct job *last = first;
    size_t count = 1;

    for (; last->next != NULL; count++)
        last = last->next;
    pthread_mutex_lock(&w->lock);
    last->next = w->first;
    w->last = w->last == NULL ? last : w->last;
    w->first = first;
    w->waiting += count;
    pthread_mutex_unlock(&w->lock);
}

/* ---- one job ----------------------------------------------------------------------------- */
static enum err attempt(struct job *job, struct tx *tx)
{
    const struct driver *driver = tx->store->driver;

    TRY(job->run(job, job->call, tx));
    if (tx->spent != OK)
        return tx->spent;
    TRY(driver->job_keep(job->call, tx->link));
    return tx->store->writer.careful ? driver->settle(job->call, tx->link) : OK;
}

/* ERR_… only when the group cannot go on; the job's own outcome is in the job. */
static enum err run_job(struct group *g, struct job *job)
{
    struct tx *tx = &g->store->writer.tx;
    const struct driver *driver = g->store->driver;

    struct writer *w = &g->store->writer;
    struct search_note **documents = w->notes_end;

    tx->spent = OK;
    store__numbers_job(w);
    TRY(driver->job_begin(g->call, tx->link));
    if (g->hooks.job_begin != NULL)
        g->hooks.job_begin(g->hooks.arg, job->call);
    job->outcome = attempt(job, tx);
    if (tx->link->failed)
        return ERR_IO;
    if (tx->link->astray)
        return ERR_BUSY;
    if (job->outcome == OK) {
        g->good++;
        return OK;
    }
    store__search_undo(w, documents);
    store__numbers_undo(w);
    TRY(driver->job_undo(g->call, tx->link));
    if (g->hooks.job_undone != NULL)
        g->hooks.job_undone(g->hooks.arg);
    return OK;
}

static enum err attempt_part(struct call *call, struct tx *tx,
                             enum err (*run)(void *, struct call *, struct tx *), void *arg)
{
    const struct driver *driver = tx->store->driver;

    TRY(run(arg, call, tx));
    if (tx->spent != OK)
        return tx->spent;
    TRY(driver->job_keep(call, tx->link));
    return driver->settle(call, tx->link);
}

enum err tx_part(struct call *call, struct tx *tx,
                 enum err (*run)(void *, struct call *, struct tx *), void *arg)
{
    const struct driver *driver = tx->store->driver;
    enum err e, undone;

    if (tx->spent != OK)
        return tx->spent;
    TRY(driver->settle(call, tx->link));
    TRY(driver->job_begin(call, tx->link));
    e = attempt_part(call, tx, run, arg);
    if (e == OK || tx->link->failed)
        return e;
    undone = driver->job_undo(call, tx->link);
    tx->spent = undone;
    return undone != OK ? undone : e;
}

static enum err run_jobs(struct group *g, struct job *job)
{
    int64_t until = clock_ticks() + atomic_load(&store__group_time);
    enum err e = OK;

    while (job != NULL) {
        struct job *next = job->next;
        job->next = NULL;
        *g->done_end = job;
        g->done_end = &job->next;
        if (e == OK)
            e = run_job(g, job);
        if (e == OK && next != NULL && clock_ticks() > until) {
            queue_untake(&g->store->writer, next);
            return OK;
        }
        job = next;
    }
    return e;
}

/* ---- one group --------------------------------------------------------------------------- */
static enum err hook(struct group *g, enum err (*step)(void *, struct call *, struct tx *))
{
    struct tx *tx = &g->store->writer.tx;

    tx->spent = OK;
    if (step == NULL)
        return OK;
    TRY(step(g->hooks.arg, g->call, tx));
    return tx->spent;
}

static enum err connected(struct group *g)
{
    struct store *s = g->store;
    struct tx *tx = &s->writer.tx;

    if (tx->link != NULL && s->driver->alive(tx->link) && !s->writer.behind)
        return OK;
    if (s->driver->kind == STORE_SQLITE)
        return ERR_IO;
    if (tx->link != NULL)
        s->driver->disconnect(tx->link);
    tx->link = NULL;
    return s->driver->connect(g->call, s, LINK_WRITE, &tx->link);
}

static enum err attempt_group(struct group *g, struct job *first, bool *began)
{
    struct tx *tx = &g->store->writer.tx;
    const struct driver *driver = g->store->driver;

    TRY(driver->begin(g->call, tx->link));
    *began = true;
    TRY(hook(g, g->hooks.begin));
    TRY(driver->settle(g->call, tx->link));
    TRY(run_jobs(g, first));
    if (g->good == 0) {
        driver->rollback(tx->link);
        return tx->link->failed ? ERR_IO : OK;
    }
    driver->jobs_end(tx->link);
    tx->spent = OK;
    TRY(store__search_flush(g->call, tx));
    TRY(store__numbers_flush(g->call, tx));
    TRY(hook(g, g->hooks.seal));
    TRY(driver->commit(g->call, tx->link));
    atomic_fetch_add(&g->store->writes, 1);
    return OK;
}

/* SQLite answers at once, so that there is nothing to gain. */
static bool all_again(const struct group *g, const struct job *job)
{
    while (job != NULL && job->again)
        job = job->next;
    return job == NULL && g->store->driver->kind == STORE_POSTGRES;
}

static struct mark *marks_of(struct group *g, const struct job *first)
{
    struct mark *marks;
    size_t count = 0;

    for (const struct job *job = first; job != NULL; job = job->next)
        count++;
    marks = NEW_MANY(g->call->arena, count, struct mark);
    for (size_t i = 0; first != NULL; first = first->next)
        marks[i++] = store__mark(first->call);
    return marks;
}

/* The jobs of the first attempt, as if there had been none. */
static struct job *start_over(struct group *g, struct mark before)
{
    struct job *first = g->done;
    size_t i = 0;

    g->store->driver->rollback(g->store->writer.tx.link);
    if (g->hooks.done != NULL)
        g->hooks.done(g->hooks.arg, false);
    store__unsay(g->call, before);
    for (struct job *job = first; job != NULL; job = job->next) {
        store__unsay(job->call, g->marks[i++]);
        job->outcome = OK;
    }
    g->done = NULL;
    g->done_end = &g->done;
    g->good = 0;
    store__search_begin(&g->store->writer);
    store__numbers_begin(&g->store->writer);
    return first;
}

static enum err work(struct group *g, struct job *first, bool *began)
{
    struct writer *w = &g->store->writer;
    struct mark mark = store__mark(g->call);
    enum err e;

    w->careful = !all_again(g, first);
    TRY(connected(g));
    if (!w->careful)
        g->marks = marks_of(g, first);
    e = attempt_group(g, first, began);
    if (e == OK || w->careful || w->tx.link->failed || !w->tx.link->astray)
        return e;
    log_line(LOG_DEBUG, "store", "group=again");
    w->careful = true;
    return attempt_group(g, start_over(g, mark), began);
}

/* The group's problems are said again on every job's own call, in memory that outlives the
 * group. */
static void fail_job(const struct store *s, struct job *job, enum err e, const struct call *from)
{
    job->outcome = e;
    for (const struct problem *p = from->problems; p != NULL; p = p->next)
        problem_at(job->call, e, p->field, text_c(job->call->arena, p->code), p->source,
                   p->message);
    if (from->problems == NULL && e == ERR_IO)
        store__failed_of(job->call, s);
}

static void answer(struct group *g, enum err e)
{
    for (struct job *job = g->done, *next; job != NULL; job = next) {
        next = job->next;
        job->next = NULL;
        if (e != OK)
            fail_job(g->store, job, e, g->call);
        job->done(job, job->outcome);
    }
}

/* One of several that a process has open: whose is it? */
static void log_failing(const struct store *s, enum log_level level, const char *how)
{
    struct text place = s->driver->kind == STORE_SQLITE ? s->folder : s->schema;
    log_line(level, "store", "failing=%s place=%.*s", how, TEXT_ARG(place));
}

static void mark_failing(struct store *s)
{
    struct writer *w = &s->writer;
    bool failed = w->tx.link == NULL || w->tx.link->failed || w->behind;

    if (failed && !atomic_exchange(&s->failing, true)) {
        log_failing(s, LOG_ERROR, "true");
        if (s->driver->kind == STORE_SQLITE && w->again == 0) {
            w->pause = FIRST_PAUSE;
            w->again = clock_ticks() + w->pause;
        }
    }
    if (!failed && atomic_exchange(&s->failing, false))
        log_failing(s, LOG_WARN, "false");
}

static enum err attest(struct group *g)
{
    enum err e = g->hooks.attest == NULL ? OK : g->hooks.attest(g->hooks.arg, g->call);

    g->store->writer.behind = e != OK;
    mark_failing(g->store);
    return e == OK ? OK : ERR_IO;
}

static void run_group(struct store *s, struct job *first, const struct group_hooks *hooks)
{
    struct group g = {.store = s, .hooks = *hooks};
    struct tx *tx = &s->writer.tx;
    bool began = false;
    enum err e;

    g.done_end = &g.done;
    store__search_begin(&s->writer);
    store__numbers_begin(&s->writer);
    arena_reset(s->writer.arena);
    g.call = call_open(s->writer.arena, clock_now(), LANG_EN);
    e = work(&g, first, &began);
    if (g.done == NULL)
        g.done = first; /* the group ended before its first job ran */
    if (e != OK && began)
        s->driver->rollback(tx->link);
    mark_failing(s);
    if (began && g.hooks.done != NULL)
        g.hooks.done(g.hooks.arg, e == OK && g.good > 0);
    if (e == OK && g.good > 0)
        e = attest(&g);
    answer(&g, e);
    if (tx->link != NULL && !tx->link->failed) {
        s->driver->rest(tx->link);
        mark_failing(s);
    }
}

/* ---- going on after a failure -------------------------------------------------------------
 * A call that failed once may have left the connection, and what the system keeps in memory of
 * the file, in any state. So nothing of it is used again: a new connection reads what is there,
 * the ledger holds that against what was acknowledged, and something is written, made durable and
 * copied from the log into the database before the first job is taken again. */
static enum err prove(struct group *g)
{
    struct store *s = g->store;
    struct tx *tx = &s->writer.tx;

    tx->spent = OK;
    TRY(s->driver->begin(g->call, tx->link));
    if (g->hooks.resume != NULL)
        TRY(g->hooks.resume(g->hooks.arg, g->call, tx));
    if (s->driver->prove != NULL)
        TRY(s->driver->prove(g->call, tx->link));
    TRY(s->driver->commit(g->call, tx->link));
    s->driver->rest(tx->link);
    TRY(tx->link->failed ? ERR_IO : OK);
    return g->hooks.attest == NULL ? OK : g->hooks.attest(g->hooks.arg, g->call);
}

static enum err reconnect(struct group *g)
{
    struct store *s = g->store;
    struct tx *tx = &s->writer.tx;

    if (tx->link != NULL)
        s->driver->disconnect(tx->link);
    tx->link = NULL;
    TRY(s->driver->room == NULL || s->driver->room(s) ? OK : ERR_IO);
    return s->driver->connect(g->call, s, LINK_WRITE, &tx->link);
}

static void go_on(struct store *s, const struct group_hooks *hooks)
{
    struct writer *w = &s->writer;
    struct group g = {.store = s, .hooks = *hooks};
    enum err e;

    arena_reset(w->arena);
    g.call = call_open(w->arena, clock_now(), LANG_EN);
    e = reconnect(&g);
    if (e == OK) {
        e = prove(&g);
        if (e != OK)
            s->driver->rollback(w->tx.link);
    }
    w->behind = e != OK;
    w->lost = e == ERR_CONFLICT;
    w->pause = w->pause * 2 < LONGEST_PAUSE ? w->pause * 2 : LONGEST_PAUSE;
    w->again = e == OK || w->lost ? 0 : clock_ticks() + w->pause;
    for (const struct problem *p = g.call->problems; p != NULL; p = p->next)
        log_line(LOG_ERROR, "store", "going_on=%s why=\"%.*s\"", w->lost ? "never" : "later",
                 TEXT_ARG(p->message));
    mark_failing(s);
}

/* ---- the thread -------------------------------------------------------------------------- */
static void *writer_main(void *arg)
{
    struct store *s = arg;
    struct writer *w = &s->writer;
    struct group_hooks hooks;
    bool closing = false;

    while (!closing) {
        struct job *job = queue_take(w, &hooks, &closing);
        if (job != NULL)
            run_group(s, job, &hooks);
        else if (!closing)
            go_on(s, &hooks);
    }
    return NULL;
}

enum err store__writer_start(struct call *call, struct store *s)
{
    struct writer *w = &s->writer;

    w->arena = arena_open();
    w->tx.store = s;
    if (pthread_create(&w->thread, NULL, writer_main, s) != 0)
        return store__lost(call, "starting the writer", "no thread");
    atomic_store(&w->started, true);
    return OK;
}

void store_stop(struct store *s)
{
    struct writer *w = &s->writer;

    pthread_mutex_lock(&w->lock);
    w->closing = true;
    pthread_cond_signal(&w->wake);
    pthread_mutex_unlock(&w->lock);
    if (atomic_exchange(&w->started, false))
        pthread_join(w->thread, NULL);
    for (struct job *job = w->first, *next; job != NULL; job = next) {
        next = job->next;
        store__failed(job->call);
        job->done(job, ERR_IO);
    }
    w->first = w->last = NULL;
    w->waiting = 0;
    arena_close(w->arena);
    w->arena = NULL;
}

void store_hooks(struct store *s, const struct group_hooks *hooks)
{
    pthread_mutex_lock(&s->writer.lock);
    s->writer.hooks = *hooks;
    pthread_mutex_unlock(&s->writer.lock);
}

/* ---- submit and wait --------------------------------------------------------------------- */
struct waiter {
    struct job job;
    pthread_mutex_t lock;
    pthread_cond_t finished;
    bool over;
    enum err outcome;
};

static void waiter_done(struct job *job, enum err outcome)
{
    struct waiter *w = (struct waiter *)job;

    pthread_mutex_lock(&w->lock);
    w->outcome = outcome;
    w->over = true;
    pthread_cond_signal(&w->finished);
    pthread_mutex_unlock(&w->lock);
}

static enum err wait_for(struct store *s, struct waiter *w)
{
    TRY(store_submit(s, &w->job));
    pthread_mutex_lock(&w->lock);
    while (!w->over)
        pthread_cond_wait(&w->finished, &w->lock);
    pthread_mutex_unlock(&w->lock);
    return w->outcome;
}

enum err store_run(struct store *s, struct call *call,
                   enum err (*run)(struct job *, struct call *, struct tx *), void *arg)
{
    struct waiter w = {
        .job = {.run = run, .done = waiter_done, .call = call, .arg = arg},
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .finished = PTHREAD_COND_INITIALIZER,
    };
    enum err e;

    if (atomic_load(&s->writer.started) && pthread_equal(pthread_self(), s->writer.thread))
        panic("a job waits for the writer that runs it");
    e = wait_for(s, &w);
    pthread_cond_destroy(&w.finished);
    pthread_mutex_destroy(&w.lock);
    return e;
}
