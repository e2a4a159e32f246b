/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/open.c — the thread that tells, and the one that writes. */
#include "oversight/internal.h"

#include <time.h>

#define ROUND (SECOND / 50) /* what comes within it is looked at together */

static struct timespec monotonic(int64_t ticks)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t away = ticks - clock_ticks();
    away = away < 0 ? 0 : away > 60 * SECOND ? 60 * SECOND : away;
    int64_t nanos = at.tv_nsec + away % SECOND * 1000;
    at.tv_sec += (time_t)(away / SECOND + nanos / 1000000000);
    at.tv_nsec = (long)(nanos % 1000000000);
    return at;
}

/* Under the lock: until then, or until somebody signals. False: the time is over. */
static bool sleep_until(struct oversight *o, pthread_cond_t *cond, int64_t ticks)
{
    if (ticks <= clock_ticks())
        return false;
    struct timespec at = monotonic(ticks);
    return pthread_cond_timedwait(cond, &o->lock, &at) == 0;
}

static bool closing(struct oversight *o)
{
    bool yes = o->closing;
    pthread_mutex_unlock(&o->lock);
    return yes;
}

static void *tell(void *arg)
{
    struct oversight *o = arg;
    static const struct timespec pause = {.tv_nsec = ROUND * 1000};
    for (;;) {
        pthread_mutex_lock(&o->lock);
        while (!o->closing && !wait__news(o) && sleep_until(o, &o->wake, wait__next(o)))
            ;
        if (closing(o))
            return NULL;
        wait__round(o);
        nanosleep(&pause, NULL);
    }
}

/* What a disk does not take holds up nobody who is to be told. */
static void *keep(void *arg)
{
    struct oversight *o = arg;
    for (;;) {
        pthread_mutex_lock(&o->lock);
        while (!o->closing && sleep_until(o, &o->work, order__next(o)))
            ;
        if (closing(o))
            break;
        order__round(o, false);
    }
    order__round(o, true); /* what the writer gave back as it ended is kept */
    return NULL;
}

static void ready(struct oversight *o)
{
    pthread_condattr_t attributes;
    pthread_mutex_init(&o->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&o->wake, &attributes);
    pthread_cond_init(&o->work, &attributes);
    pthread_condattr_destroy(&attributes);
}

enum err oversight_open(struct call *call, struct epochs *epochs, struct oversight **out)
{
    struct arena *arena = arena_open();
    struct oversight *o = NEW(arena, struct oversight);
    struct records *now = epoch_take(epochs);
    o->arena = arena;
    o->epochs = epochs;
    o->access = record_access(now);
    o->store = access_store(o->access);
    epoch_give(now);
    struct text folder = store_folder(o->store);
    if (folder.len)
        o->file = text_c(arena, text_print(arena, "%.*s/stop.orders", TEXT_ARG(folder)));
    ready(o);
    keep__load(o, call);
    if (pthread_create(&o->teller, NULL, tell, o) != 0 ||
        pthread_create(&o->keeper, NULL, keep, o) != 0)
        panic("no thread for orders to stop");
    *out = o;
    return OK;
}

void oversight_close(struct oversight *o)
{
    if (!o)
        return;
    pthread_mutex_lock(&o->lock);
    o->closing = true;
    pthread_cond_signal(&o->wake);
    pthread_cond_signal(&o->work);
    pthread_mutex_unlock(&o->lock);
    pthread_join(o->teller, NULL);
    pthread_join(o->keeper, NULL);
    while (o->orders) {
        struct order *order = o->orders;
        o->orders = order->next;
        order__free(order);
    }
    wait__end(o);
    pthread_mutex_destroy(&o->lock);
    pthread_cond_destroy(&o->wake);
    pthread_cond_destroy(&o->work);
    arena_close(o->arena);
}
