/* SPDX-License-Identifier: Apache-2.0 */
/* net/workers.c — lanes: each a bounded queue and the threads that empty it.
 * Two bounds are the point. Past the bound of a queue a client hears 503 at once instead of
 * waiting for a reply that would come too late; and a lane has threads of its own, so that what
 * is quick never stands behind what is slow. Threads of the slow lanes yield the processor. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "net/inside.h"

#define YIELDING 10 /* nice value of the lanes that may take long */

struct start {
    struct net *net;
    struct lane *lane;
};

/* Call with the lock held and waiting > 0. */
static struct work *take(struct lane *l)
{
    struct work *w = l->ring[l->head];
    l->head = (l->head + 1) % l->rule.queue;
    l->waiting--;
    return w;
}

static void handle(struct net *n, struct work *w)
{
    if (w->admission.to_file && !net__spool_finish(w))
        net__refuse_late(w, 503, w->lost);
    else
        n->options.handle(w->arg, &w->request);
}

static void do_errand(struct net *n, struct work *w)
{
    switch (w->errand) {
    case ERRAND_HANDLE:
        handle(n, w);
        return;
    case ERRAND_WHO:
        w->turned_away = n->options.who(w->arg, &w->request);
        w->request.welcome = !w->turned_away;
        break;
    case ERRAND_SPOOL:
        (void)!net__spool_add(w); /* w->lost tells the loop thread */
        break;
    }
    net__wake(w);
}

static void *run(void *arg)
{
    struct start start = *(struct start *)arg;
    struct lane *l = start.lane;
    free(arg);
    if (l->rule.yields)
        (void)setpriority(PRIO_PROCESS, 0, YIELDING); /* of this thread alone, on Linux */
    for (;;) {
        pthread_mutex_lock(&l->lock);
        while (l->waiting == 0 && !l->stop)
            pthread_cond_wait(&l->wake, &l->lock);
        struct work *w = l->waiting > 0 ? take(l) : NULL;
        pthread_mutex_unlock(&l->lock);
        if (!w)
            return NULL;
        do_errand(start.net, w);
    }
}

/* Call with the lock held. Nobody fills a queue alone. */
static bool has_room(const struct lane *l, const struct work *w)
{
    size_t of_one = 0, of_arg = 0;
    if (l->stop || l->waiting >= l->rule.queue)
        return false;
    for (size_t i = 0; (l->rule.of_one || l->rule.of_arg) && i < l->waiting; i++) {
        const struct work *other = l->ring[(l->head + i) % l->rule.queue];
        of_one += w->request.party != 0 && other->request.party == w->request.party;
        of_arg += other->arg == w->arg;
    }
    return (l->rule.of_one == 0 || of_one < l->rule.of_one) &&
           (l->rule.of_arg == 0 || of_arg < l->rule.of_arg);
}

bool net__workers_add(struct net *n, struct work *w, size_t lane)
{
    struct lane *l = &n->lanes[lane < n->lane_count ? lane : 0];
    pthread_mutex_lock(&l->lock);
    bool room = has_room(l, w);
    if (room) {
        w->request.lane = lane;
        l->ring[(l->head + l->waiting++) % l->rule.queue] = w;
    }
    pthread_mutex_unlock(&l->lock);
    if (room)
        pthread_cond_signal(&l->wake);
    return room;
}

struct work *net__workers_take_back(struct net *n)
{
    struct work *w = NULL;
    for (size_t i = 0; i < n->lane_count && !w; i++) {
        struct lane *l = &n->lanes[i];
        pthread_mutex_lock(&l->lock);
        w = l->waiting > 0 ? take(l) : NULL;
        pthread_mutex_unlock(&l->lock);
    }
    return w;
}

int64_t net__workers_waiting(const struct net *n)
{
    int64_t waiting = 0;
    for (size_t i = 0; i < n->lane_count; i++) {
        struct lane *l = (struct lane *)(uintptr_t)&n->lanes[i];
        pthread_mutex_lock(&l->lock);
        waiting += (int64_t)l->waiting;
        pthread_mutex_unlock(&l->lock);
    }
    return waiting;
}

static bool start_one(struct net *n, struct lane *l)
{
    struct start *start = malloc(sizeof(*start));
    if (!start)
        panic("net: no memory for a worker");
    *start = (struct start){n, l};
    if (pthread_create(&l->threads[l->count], NULL, run, start) != 0) {
        free(start);
        return false;
    }
    pthread_setname_np(l->threads[l->count++], l->rule.name);
    return true;
}

static bool open_lane(struct net *n, struct lane *l)
{
    pthread_mutex_init(&l->lock, NULL);
    pthread_cond_init(&l->wake, NULL);
    l->threads = calloc((size_t)l->rule.workers, sizeof(pthread_t));
    l->ring = calloc(l->rule.queue, sizeof(struct work *));
    if (!l->threads || !l->ring)
        panic("net: no memory for %d workers", l->rule.workers);
    while (l->count < l->rule.workers)
        if (!start_one(n, l))
            return false;
    return true;
}

bool net__workers_open(struct net *n)
{
    const struct net_options *o = &n->options;
    bool fine = true;
    n->lane_count = o->lane_count < NET_LANES ? o->lane_count : NET_LANES;
    for (size_t i = 0; i < n->lane_count; i++)
        n->lanes[i].rule = o->lanes[i];
    if (n->lane_count == 0)
        n->lanes[n->lane_count++].rule =
            (struct net_lane){"net-worker", o->workers, NET_QUEUE, 0, false};
    for (size_t i = 0; i < n->lane_count; i++)
        fine = open_lane(n, &n->lanes[i]) && fine;
    return fine;
}

void net__workers_close(struct net *n)
{
    for (size_t i = 0; i < n->lane_count; i++) {
        struct lane *l = &n->lanes[i];
        pthread_mutex_lock(&l->lock);
        l->stop = true;
        pthread_mutex_unlock(&l->lock);
        pthread_cond_broadcast(&l->wake);
    }
    for (size_t i = 0; i < n->lane_count; i++) {
        struct lane *l = &n->lanes[i];
        for (int j = 0; j < l->count; j++)
            pthread_join(l->threads[j], NULL);
        free(l->threads);
        free(l->ring);
        pthread_cond_destroy(&l->wake);
        pthread_mutex_destroy(&l->lock);
    }
}
