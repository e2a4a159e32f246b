/* SPDX-License-Identifier: Apache-2.0 */
/* work/run.c — one thread, one wait, one round of timed moves. */
#include "work/work.h"

#include "journal/journal.h"
#include "monitor/monitor.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct work {
    struct epochs *epochs;
    int64_t every;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool closing, due;
    int64_t retained; /* the day on which events were last removed */
};

/* What is left over is taken up at once, after whatever else has come due meanwhile. */
static void again(struct work *s)
{
    pthread_mutex_lock(&s->lock);
    s->due = true;
    pthread_mutex_unlock(&s->lock);
}

/* Once a day, by the calendar of the organisation; what is left over comes with the next turn.
 */
static void retain(struct work *s, struct call *call, struct records *now)
{
    int64_t today = zone_day(call->zone, call->now), removed = 0;
    bool more = false;
    if (s->retained == today)
        return;
    if (record_retain(call, now, &removed, &more) != OK) {
        log_line(LOG_WARN, "work", "retention=waiting");
        return;
    }
    if (removed)
        log_line(LOG_INFO, "work", "removed=%lld", (long long)removed);
    if (more)
        again(s);
    else
        s->retained = today;
}

static void run_once(struct work *s)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), LANG_EN);
    struct records *now = epoch_take(s->epochs);
    size_t moved = 0, judged = 0;
    bool more = false, uncounted = false;
    access_place(call, record_access(now));
    call->id = id_new(call);
    call->actor = actor_system(call);
    enum err e = record_timed(call, now, &moved);
    if (journal_seal_due(call, access_store(record_access(now)),
                         access_ledger(record_access(now)), record_model(now)->hash) != OK)
        log_line(LOG_WARN, "work", "seals=waiting");
    if (monitor_count(call, access_store(record_access(now)), &uncounted) != OK)
        log_line(LOG_WARN, "work", "counts=waiting");
    if (limit_due(call, now, &judged, &more) != OK)
        log_line(LOG_WARN, "work", "monitors=waiting");
    retain(s, call, now);
    if (judged)
        log_line(LOG_INFO, "work", "judged=%zu", judged);
    if (access_trace_flush(call, record_access(now)) != OK)
        log_line(LOG_WARN, "work", "traces=waiting");
    if (e != OK)
        log_line(LOG_WARN, "work", "outcome=%s", err_code(e));
    else if (moved)
        log_line(LOG_INFO, "work", "moved=%zu", moved);
    epoch_give(now);
    arena_close(arena);
    if (more || uncounted)
        again(s);
}

static void *run(void *arg)
{
    struct work *s = arg;
    pthread_mutex_lock(&s->lock);
    while (!s->closing) {
        pthread_mutex_unlock(&s->lock);
        run_once(s);
        pthread_mutex_lock(&s->lock);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until); /* whatever happens to the time of day */
        until.tv_sec += s->every / 1000000;
        for (int e = 0; !s->closing && !s->due && e == 0;)
            e = pthread_cond_timedwait(&s->wake, &s->lock, &until);
        s->due = false;
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static void look(void *arg)
{
    struct work *s = arg;
    pthread_mutex_lock(&s->lock);
    s->due = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

enum err work_open(struct call *call, struct epochs *epochs, int64_t every_us,
                       struct work **out)
{
    struct work *s = calloc(1, sizeof *s);
    if (!s)
        panic("out of memory");
    s->epochs = epochs;
    s->every = every_us;
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&s->thread, NULL, run, s) != 0) {
        free(s);
        return problem(call, ERR_BUG, TEXT(""), "thread", "no thread for timed work");
    }
    epochs_due(epochs, look, s);
    *out = s;
    return OK;
}

void work_close(struct work *s)
{
    if (!s)
        return;
    epochs_due(s->epochs, NULL, NULL);
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    free(s);
}
