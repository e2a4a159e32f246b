/* SPDX-License-Identifier: Apache-2.0 */
/* api/finish.c — after a commit the writer must go on at once: two threads of our own read the
 * names and write the replies. */
#include "api/internal.h"

#define FINISHERS 2
struct finisher {
    pthread_t threads[FINISHERS];
    pthread_mutex_t lock;
    pthread_cond_t some;
    struct exchange *first, *last;
    bool closing;
};

void finisher__add(struct exchange *x, enum err outcome)
{
    struct finisher *f = x->api->finisher;
    x->outcome = outcome;
    x->next = NULL;
    pthread_mutex_lock(&f->lock);
    if (f->last)
        f->last->next = x;
    else
        f->first = x;
    f->last = x;
    pthread_cond_signal(&f->some);
    pthread_mutex_unlock(&f->lock);
}

static struct exchange *take(struct finisher *f)
{
    pthread_mutex_lock(&f->lock);
    while (!f->first && !f->closing)
        pthread_cond_wait(&f->some, &f->lock);
    struct exchange *x = f->first;
    if (x) {
        f->first = x->next;
        if (!f->first)
            f->last = NULL;
    }
    pthread_mutex_unlock(&f->lock);
    return x;
}

static void *run(void *arg)
{
    for (struct exchange *x; (x = take(arg));)
        record__finish(x);
    return NULL;
}

enum err finisher__open(struct api *a)
{
    struct finisher *f = NEW(a->arena, struct finisher);
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->some, NULL);
    a->finisher = f;
    for (int i = 0; i < FINISHERS; i++)
        if (pthread_create(&f->threads[i], NULL, run, f) != 0)
            panic("no thread to finish replies");
    return OK;
}

void finisher__close(struct api *a)
{
    struct finisher *f = a->finisher;
    pthread_mutex_lock(&f->lock);
    f->closing = true;
    pthread_cond_broadcast(&f->some);
    pthread_mutex_unlock(&f->lock);
    for (int i = 0; i < FINISHERS; i++)
        pthread_join(f->threads[i], NULL);
}
