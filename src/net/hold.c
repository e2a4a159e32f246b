/* SPDX-License-Identifier: Apache-2.0 */
/* net/hold.c — memory that clients make us keep: bodies they do not end, replies they do not
 * take. All of them together have a limit, and one party a quarter of it: whoever stalls on
 * purpose is in the way of nobody else. */
#include "net/inside.h"

#define SHARE 4 /* one party has at most this part of the whole */

static int64_t most_of(const struct net *n, enum holding what)
{
    return what == HOLD_BODY ? n->options.bodies_cap : n->options.replies_cap;
}

static int64_t held_by(const struct net *n, const struct work *but, enum holding what,
                       uint64_t party)
{
    int64_t sum = 0;
    for (const struct work *w = n->works; w; w = w->next)
        sum += w != but && w->holder == party ? w->held[what] : 0;
    return sum;
}

/* One request alone is never too much of one: each has a bound of its own. */
static enum held judge(const struct work *w, enum holding what, int64_t more)
{
    const struct net *n = w->net;
    int64_t most = most_of(n, what), others;
    if (w->holder) {
        others = held_by(n, w, what, w->holder);
        if (others > 0 && others + w->held[what] + more > most / SHARE)
            return HELD_TOO_MUCH_OF_ONE;
    }
    return atomic_load(&n->held[what]) + more > most ? HELD_TOO_MUCH : HELD;
}

enum held net__hold(struct work *w, enum holding what, int64_t more)
{
    struct net *n = w->net;
    if (more <= 0)
        return HELD;
    pthread_mutex_lock(&n->works_lock);
    w->holder = w->request.party;
    enum held outcome = judge(w, what, more);
    if (outcome == HELD) {
        w->held[what] += more;
        atomic_fetch_add(&n->held[what], more);
    }
    pthread_mutex_unlock(&n->works_lock);
    return outcome;
}

void net__hold_none(struct net *n, struct work *w)
{
    for (int what = 0; what < HOLDINGS; what++) {
        atomic_fetch_sub(&n->held[what], w->held[what]);
        w->held[what] = 0;
    }
}
