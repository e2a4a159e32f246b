/* SPDX-License-Identifier: Apache-2.0 */
/* api/dear.c — dear requests (long lists, exports, search, checks, readiness) are few at once,
 * so that a worker is always left for what is asked for all day. Half of the workers may run
 * them; of the other half all but one may hold one that waits a moment for its turn. Whoever
 * comes beyond that is told at once to come back. */
#include "api/internal.h"

#include <time.h>

#define CHEAP_LIST 200 /* records of a list that counts as cheap */
#define PATIENCE 2     /* seconds that one may wait for its turn */

void dear__open(struct dear *d, int workers)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&d->turn, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_mutex_init(&d->lock, NULL);
    d->places = workers > 2 ? workers / 2 : 1;
    d->chairs = workers - d->places > 1 ? workers - d->places - 1 : 0;
}

void dear__close(struct dear *d)
{
    pthread_cond_destroy(&d->turn);
    pthread_mutex_destroy(&d->lock);
}

static bool long_list(struct exchange *x)
{
    int64_t limit = 0;
    return query__text(x, "format").len > 0 ||
           (text_integer(query__text(x, "limit"), &limit) && limit > CHEAP_LIST);
}

bool dear__is(struct exchange *x)
{
    static handler *const dear[] = {search_get, checks_get, check_get, readiness_get, soa_get};
    for (size_t i = 0; i < COUNT(dear); i++)
        if (x->route->run == dear[i])
            return true;
    return x->route->run == record_list_get && long_list(x);
}

/* With the lock held. */
static bool wait_for_turn(struct dear *d)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += PATIENCE;
    d->waiting++;
    int rc = 0;
    while (d->running >= d->places && rc == 0)
        rc = pthread_cond_timedwait(&d->turn, &d->lock, &until);
    d->waiting--;
    return d->running < d->places;
}

enum err dear__enter(struct exchange *x)
{
    struct dear *d = &x->api->dear;
    pthread_mutex_lock(&d->lock);
    bool mine = d->running < d->places || (d->waiting < d->chairs && wait_for_turn(d));
    if (mine)
        d->running++;
    pthread_mutex_unlock(&d->lock);
    if (mine)
        return OK;
    x->retry_after = PATIENCE;
    return problem(x->call, ERR_BUSY, TEXT(""), "busy", "%s",
                   say(x->call, "several long answers are being made; try again in a moment",
                       "正在生成多个较大的结果，请稍后再试"));
}

void dear__leave(struct exchange *x)
{
    struct dear *d = &x->api->dear;
    pthread_mutex_lock(&d->lock);
    d->running--;
    pthread_cond_signal(&d->turn);
    pthread_mutex_unlock(&d->lock);
}
