/* SPDX-License-Identifier: Apache-2.0 */
/* net/workers.c — a bounded queue and the threads that empty it.
 * The bound is the point: past it a client hears 503 at once instead of waiting for a reply
 * that would come too late. */
#include <stdlib.h>

#include "net/inside.h"

/* Call with the lock held and waiting > 0. */
static struct work *take(struct workers *p)
{
    struct work *w = p->ring[p->head];
    p->head = (p->head + 1) % NET_QUEUE;
    p->waiting--;
    return w;
}

static void *run(void *arg)
{
    struct net *n = arg;
    struct workers *p = &n->workers;
    for (;;) {
        pthread_mutex_lock(&p->lock);
        while (p->waiting == 0 && !p->stop)
            pthread_cond_wait(&p->wake, &p->lock);
        struct work *w = p->waiting > 0 ? take(p) : NULL;
        pthread_mutex_unlock(&p->lock);
        if (!w)
            return NULL;
        n->options.handle(n->options.arg, &w->request);
    }
}

bool net__workers_add(struct net *n, struct work *w)
{
    struct workers *p = &n->workers;
    pthread_mutex_lock(&p->lock);
    bool room = p->waiting < NET_QUEUE;
    if (room)
        p->ring[(p->head + p->waiting++) % NET_QUEUE] = w;
    pthread_mutex_unlock(&p->lock);
    if (room)
        pthread_cond_signal(&p->wake);
    return room;
}

struct work *net__workers_take_back(struct net *n)
{
    struct workers *p = &n->workers;
    pthread_mutex_lock(&p->lock);
    struct work *w = p->waiting > 0 ? take(p) : NULL;
    pthread_mutex_unlock(&p->lock);
    return w;
}

bool net__workers_open(struct net *n, int count)
{
    struct workers *p = &n->workers;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    p->threads = calloc((size_t)count, sizeof(pthread_t));
    if (!p->threads)
        panic("net: no memory for %d workers", count);
    for (p->count = 0; p->count < count; p->count++) {
        if (pthread_create(&p->threads[p->count], NULL, run, n) != 0)
            return false;
        pthread_setname_np(p->threads[p->count], "net-worker");
    }
    return true;
}

void net__workers_close(struct net *n)
{
    struct workers *p = &n->workers;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_mutex_unlock(&p->lock);
    pthread_cond_broadcast(&p->wake);
    for (int i = 0; i < p->count; i++)
        pthread_join(p->threads[i], NULL);
    free(p->threads);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
}
