/* SPDX-License-Identifier: Apache-2.0 */
/* access/throttle.c — waits that grow with failures: 1 s, 2 s, 4 s … 15 min from the fifth on.
 * In memory, by hashes of account and address; the 10,000 used last are kept. A stranger's failures
 * slow the stranger: what grows is the wait of that address, and of that account from it. All
 * failures at an account together only ever make an address that has failed there itself wait, and
 * not long, so that nobody can keep its owner out. An account that once signed in from an address,
 * or on a device that still has a session's cookie, has its own count there. An address from which
 * several accounts sign in is shared: what fails there slows the others a moment, no more. An hour
 * without attempts forgets everything. */
#include "access/internal.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define MOST 10000
#define BUCKETS 16384
#define FREE_FAILURES 5
#define LONGEST_WAIT (15 * MINUTE)
#define FORGET_AFTER HOUR
#define ACCOUNT_WAIT_MOST (30 * SECOND) /* for failures from everywhere */
#define SHARED_WAIT_MOST SECOND         /* for failures of others at a shared address */
#define SHARED_FROM 2                   /* accounts that signed in from it */

struct entry {
    struct hash key;
    int64_t last, until;
    unsigned failures;
    bool trusted;   /* of a pair: this account signed in from this address before */
    uint16_t owners; /* of an address: accounts that signed in from it */
    uint16_t chain; /* next of its bucket; 0 ends */
    uint16_t older, newer;
};

struct throttle {
    pthread_mutex_t lock;
    struct entry
        entries[MOST + 1]; /* 0 is the list's two ends: newer = oldest one, older = newest */
    uint16_t bucket[BUCKETS];
    uint16_t used;
};

enum err access__throttle_open(struct call *call, struct throttle **out)
{
    struct throttle *t = calloc(1, sizeof(*t));
    if (t == NULL)
        panic("out_of_memory bytes=%zu", sizeof(*t));
    if (pthread_mutex_init(&t->lock, NULL) != 0) {
        free(t);
        return problem(call, ERR_IO, TEXT(""), "thread", "a lock could not be made");
    }
    *out = t;
    return OK;
}

void access__throttle_close(struct throttle *t)
{
    if (t == NULL)
        return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

/* ---- the list of those used last --------------------------------------------------------- */

static uint16_t *bucket_of(struct throttle *t, const struct hash *key)
{
    return &t->bucket[(key->byte[0] << 8 | key->byte[1]) % BUCKETS];
}

static void list_remove(struct throttle *t, uint16_t i)
{
    struct entry *e = &t->entries[i];
    t->entries[e->older].newer = e->newer;
    t->entries[e->newer].older = e->older;
}

static void list_add_newest(struct throttle *t, uint16_t i)
{
    struct entry *e = &t->entries[i];
    e->older = t->entries[0].older;
    e->newer = 0;
    t->entries[e->older].newer = i;
    t->entries[0].older = i;
}

static void bucket_remove(struct throttle *t, uint16_t i)
{
    uint16_t *at = bucket_of(t, &t->entries[i].key);
    while (*at != i)
        at = &t->entries[*at].chain;
    *at = t->entries[i].chain;
}

static struct entry *find(struct throttle *t, const struct hash *key)
{
    for (uint16_t i = *bucket_of(t, key); i != 0; i = t->entries[i].chain)
        if (memcmp(&t->entries[i].key, key, sizeof(*key)) == 0)
            return &t->entries[i];
    return NULL;
}

static uint16_t place_for_new(struct throttle *t)
{
    if (t->used < MOST)
        return ++t->used;
    uint16_t oldest = t->entries[0].newer;
    list_remove(t, oldest);
    bucket_remove(t, oldest);
    return oldest;
}

static struct entry *find_or_add(struct throttle *t, const struct hash *key)
{
    struct entry *e = find(t, key);
    if (e != NULL) {
        list_remove(t, (uint16_t)(e - t->entries));
        list_add_newest(t, (uint16_t)(e - t->entries));
        return e;
    }
    uint16_t i = place_for_new(t);
    uint16_t *bucket = bucket_of(t, key);
    t->entries[i] = (struct entry){.key = *key, .chain = *bucket};
    *bucket = i;
    list_add_newest(t, i);
    return &t->entries[i];
}

/* ---- counting ---------------------------------------------------------------------------- */

static void set_until(struct entry *e)
{
    e->until = 0;
    if (e->failures < FREE_FAILURES)
        return;
    unsigned doublings = e->failures - FREE_FAILURES;
    int64_t wait = doublings >= 10 ? LONGEST_WAIT : SECOND << doublings;
    e->until = e->last + (wait < LONGEST_WAIT ? wait : LONGEST_WAIT);
}

static void count_failure(struct throttle *t, const struct hash *key, int64_t now)
{
    struct entry *e = find_or_add(t, key);
    if (now - e->last > FORGET_AFTER)
        e->failures = 0;
    e->failures++;
    e->last = now;
    set_until(e);
}

static void take_back(struct throttle *t, const struct hash *key)
{
    struct entry *e = find(t, key);
    if (e == NULL || e->failures == 0)
        return;
    e->failures--;
    set_until(e);
}

static void forgive(struct throttle *t, const struct hash *key)
{
    struct entry *e = find(t, key);
    if (e == NULL)
        return;
    e->failures = 0;
    e->until = 0;
}

static int64_t until_of(struct throttle *t, const struct hash *key)
{
    const struct entry *e = find(t, key);
    return e == NULL ? 0 : e->until;
}

/* At most so long after the last failure that it counts. */
static int64_t until_most(const struct entry *e, int64_t most)
{
    if (e == NULL || e->until == 0)
        return 0;
    return e->until < e->last + most ? e->until : e->last + most;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t stranger_until(struct throttle *t, const struct attempt *at,
                              const struct entry *pair)
{
    const struct entry *peer = find(t, &at->peer);
    bool shared = peer != NULL && peer->owners >= SHARED_FROM;
    int64_t until = until_most(peer, shared ? SHARED_WAIT_MOST : LONGEST_WAIT);
    if (pair == NULL || pair->failures == 0)
        return until;
    return later(later(until, pair->until),
                 until_most(find(t, &at->account), ACCOUNT_WAIT_MOST));
}

static int64_t wait_of(struct throttle *t, const struct attempt *at)
{
    const struct entry *pair = at->has_peer ? find(t, &at->pair) : NULL;
    int64_t until = !at->has_peer                   ? until_of(t, &at->account)
                    : pair != NULL && pair->trusted ? pair->until
                    : at->device                    ? pair != NULL ? pair->until : 0
                                                    : stranger_until(t, at, pair);
    return until > at->now ? (until - at->now + SECOND - 1) / SECOND : 0;
}

int64_t access__throttle_seconds(struct throttle *t, const struct attempt *at)
{
    pthread_mutex_lock(&t->lock);
    int64_t seconds = wait_of(t, at);
    pthread_mutex_unlock(&t->lock);
    return seconds;
}

enum err access__throttle_begin(struct call *call, struct throttle *t, const struct attempt *at)
{
    pthread_mutex_lock(&t->lock);
    int64_t seconds = wait_of(t, at);
    if (seconds == 0) {
        count_failure(t, &at->account, at->now);
        if (at->has_peer) {
            count_failure(t, &at->peer, at->now);
            count_failure(t, &at->pair, at->now);
        }
    }
    pthread_mutex_unlock(&t->lock);
    if (seconds == 0)
        return OK;
    return problem(call, ERR_BUSY, TEXT(""), "wait",
                   say(call, "too many failed attempts; try again in %lld s"),
                   (long long)seconds);
}

void access__throttle_succeeded(struct throttle *t, const struct attempt *at)
{
    pthread_mutex_lock(&t->lock);
    forgive(t, &at->account);
    if (at->has_peer) {
        /* Only its own attempt: somebody who can sign in to one account must not be able to
         * clear the count of guesses at others. */
        take_back(t, &at->peer);
        forgive(t, &at->pair);
        struct entry *pair = find_or_add(t, &at->pair);
        bool first = !pair->trusted;
        pair->trusted = true;
        struct entry *peer = find_or_add(t, &at->peer);
        if (first && peer->owners < SHARED_FROM)
            peer->owners++;
    }
    pthread_mutex_unlock(&t->lock);
}

void access__throttle_cancelled(struct throttle *t, const struct attempt *at)
{
    pthread_mutex_lock(&t->lock);
    take_back(t, &at->account);
    if (at->has_peer) {
        take_back(t, &at->peer);
        take_back(t, &at->pair);
    }
    pthread_mutex_unlock(&t->lock);
}

/* ---- keys -------------------------------------------------------------------------------- */

/* An IPv6 network hands out 2^64 addresses to one customer: the network is what counts. */
static struct text network_of(struct arena *arena, struct text peer)
{
    struct in6_addr six;
    if (inet_pton(AF_INET6, text_c(arena, peer), &six) != 1 || IN6_IS_ADDR_V4MAPPED(&six))
        return peer;
    return text_copy(arena, (struct text){(const char *)six.s6_addr, 8});
}

static struct hash key_of(struct call *call, const char *purpose, struct text one,
                          struct text two)
{
    struct buf b = buf_in(call->arena, 4096);
    buf_add_c(&b, purpose);
    buf_add_byte(&b, '\0');
    buf_add(&b, one);
    buf_add_byte(&b, '\0');
    buf_add(&b, two);
    return sha256(buf_text(&b));
}

struct attempt access__attempt(struct call *call, const char *purpose, struct text account,
                               struct text peer)
{
    struct text network = network_of(call->arena, peer);
    return (struct attempt){.account = key_of(call, purpose, account, TEXT("")),
                            .peer = key_of(call, "peer", network, TEXT("")),
                            .pair = key_of(call, "pair", account, network),
                            .has_peer = peer.len > 0,
                            .now = call->now};
}
