/* SPDX-License-Identifier: Apache-2.0 */
/* work/run.c — one thread, one wait, one round of timed moves. */
#include "work/work.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct work {
    struct epochs *epochs;
    int64_t every;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool closing;
};

static void run_once(struct work *s)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), LANG_EN);
    struct records *now = epoch_take(s->epochs);
    size_t moved = 0;
    access_place(call, record_access(now));
    call->id = id_new(call);
    call->actor = actor_system(call);
    enum err e = record_timed(call, now, &moved);
    if (access_trace_flush(call, record_access(now)) != OK)
        log_line(LOG_WARN, "work", "traces=waiting");
    if (e != OK)
        log_line(LOG_WARN, "work", "outcome=%s", err_code(e));
    else if (moved)
        log_line(LOG_INFO, "work", "moved=%zu", moved);
    epoch_give(now);
    arena_close(arena);
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
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += s->every / 1000000;
        if (!s->closing)
            pthread_cond_timedwait(&s->wake, &s->lock, &until);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
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
    pthread_cond_init(&s->wake, NULL);
    if (pthread_create(&s->thread, NULL, run, s) != 0) {
        free(s);
        return problem(call, ERR_BUG, TEXT(""), "thread", "no thread for timed work");
    }
    *out = s;
    return OK;
}

void work_close(struct work *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    free(s);
}
