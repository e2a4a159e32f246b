/* SPDX-License-Identifier: Apache-2.0 */
/* api/rates.c — how often one address, person or token may ask for what is dear. The limits are
 * far above what a quick person does; docs/operate.md "Limits" lists them.
 *
 * A bucket is one moment: when it will be empty again. The table is of a fixed size, so that
 * strangers with a million addresses cannot make it grow: a newcomer takes the place of whoever
 * of its row owes least, and most often nothing. Places are found by a keyed hash, so that nobody
 * can choose to share a row with somebody else. */
#include "api/internal.h"

#include <arpa/inet.h>
#include <string.h>

#define ROWS 4096
#define KNOWN_ROWS 1024
#define WIDTH 8
#define SECOND ((int64_t)1000000)

struct place {
    uint64_t key;  /* 0: nobody's */
    int64_t until; /* monotonic microseconds: empty by then */
};
struct rates {
    pthread_mutex_t lock;
    char secret[32];
    int64_t factor; /* 0: no limits */
    struct place places[ROWS][WIDTH];
    struct place known[KNOWN_ROWS][WIDTH]; /* `until`: last seen */
};

static const struct {
    int64_t burst, each_second;
} limits[] = {
    [PURSE_LOGIN] = {100, 2},
    [PURSE_RESET] = {100, 2},
    [PURSE_CONFIRM] = {30, 1},
    [PURSE_WRITE] = {500, 50},
    [PURSE_BULK] = {10000, 500},
    [PURSE_READ] = {1000, 100},
    [PURSE_EXPORT] = {60, 1},
    [PURSE_UPLOAD] = {200, 5},
    [PURSE_KILOBYTES] = {2 << 20, 8 << 10},
    [PURSE_EVENTS] = {2000, 200},
    [PURSE_PUBLIC] = {600, 1},
    [PURSE_EVERYBODY] = {3600, 1},
};

struct rates *rates__open(struct arena *arena, int64_t factor)
{
    struct rates *r = NEW(arena, struct rates);
    pthread_mutex_init(&r->lock, NULL);
    chance(r->secret, sizeof r->secret);
    r->factor = factor;
    return r;
}

/* One customer of an IPv6 network has 2^64 addresses: the network is what counts. */
static struct text network_of(struct arena *arena, struct text party)
{
    struct in6_addr six;
    if (party.len >= INET6_ADDRSTRLEN || inet_pton(AF_INET6, text_c(arena, party), &six) != 1)
        return party;
    return text_copy(arena, (struct text){(const char *)six.s6_addr, 8});
}

uint64_t rates__party(const struct rates *r, struct text party)
{
    struct hash h = hmac_sha256((struct text){r->secret, sizeof r->secret}, party);
    uint64_t key;
    memcpy(&key, h.byte, sizeof key);
    return key ? key : 1;
}

static uint64_t key_of(struct arena *arena, struct rates *r, enum purse purse,
                       struct text party)
{
    char kind = (char)purse;
    struct text whose = text_join(arena, (struct text){&kind, 1}, network_of(arena, party));
    return rates__party(r, whose);
}

static struct place *place_in(struct place row[WIDTH], uint64_t key)
{
    struct place *least = row;
    for (size_t i = 0; i < WIDTH; i++) {
        if (row[i].key == key)
            return &row[i];
        if (row[i].until < least->until)
            least = &row[i];
    }
    *least = (struct place){.key = key};
    return least;
}

int64_t rates__take(struct arena *arena, struct rates *r, enum purse purse, struct text party,
                    int64_t amount)
{
    if (r->factor == 0 || !party.len)
        return 0;
    int64_t now = clock_ticks();
    int64_t burst = limits[purse].burst * r->factor, a_second = limits[purse].each_second * r->factor;
    amount = amount < burst ? amount : burst;
    uint64_t key = key_of(arena, r, purse, party);
    pthread_mutex_lock(&r->lock);
    struct place *p = place_in(r->places[key % ROWS], key);
    int64_t until = (p->until > now ? p->until : now) + amount * SECOND / a_second;
    int64_t over = until - now - burst * SECOND / a_second;
    if (over <= 0)
        p->until = until;
    pthread_mutex_unlock(&r->lock);
    return over <= 0 ? 0 : (over + SECOND - 1) / SECOND;
}

void rates__remember(struct rates *r, struct text secret)
{
    uint64_t key = rates__party(r, secret);
    pthread_mutex_lock(&r->lock);
    place_in(r->known[key % KNOWN_ROWS], key)->until = clock_ticks();
    pthread_mutex_unlock(&r->lock);
}

bool rates__remembers(struct rates *r, struct text secret)
{
    uint64_t key = rates__party(r, secret);
    const struct place *row = r->known[key % KNOWN_ROWS];
    bool known = false;
    pthread_mutex_lock(&r->lock);
    for (size_t i = 0; i < WIDTH; i++)
        known |= row[i].key == key;
    pthread_mutex_unlock(&r->lock);
    return known;
}

enum err exchange__spend(struct exchange *x, enum purse purse, struct text party, int64_t amount)
{
    int64_t wait = rates__take(x->call->arena, x->api->rates, purse, party, amount);
    if (wait == 0)
        return OK;
    x->retry_after = wait;
    return problem(x->call, ERR_BUSY, TEXT(""), "rate",
                   say(x->call, "too many of these in a short time; go on in %lld s"),
                   (long long)wait);
}

/* What an exchange of this route costs the person or token that asks. */
enum err exchange__charge(struct exchange *x)
{
    struct text who = x->actor->id;
    bool writes = !text_is(x->request->method, "GET") && !text_is(x->request->method, "HEAD");
    if (x->actor->all)
        return OK;
    switch (x->route->lane) {
    case LANE_CHEAP:
    case LANE_LIST:
    case LANE_DEAR:
        if (writes)
            return exchange__spend(x, PURSE_WRITE, who, 1);
        return x->route->lane == LANE_CHEAP ? OK : exchange__spend(x, PURSE_READ, who, 1);
    case LANE_LOGIN:
        return exchange__spend(x, PURSE_CONFIRM, who, 1);
    case LANE_EVENTS:
        return exchange__spend(x, PURSE_EVENTS, who, 1);
    case LANE_UPLOAD:
        if (!writes)
            return exchange__spend(x, PURSE_READ, who, 1);
        TRY(exchange__spend(x, PURSE_UPLOAD, who, 1));
        return exchange__spend(x, PURSE_KILOBYTES, who, exchange__length(x) / 1024 + 1);
    }
    return OK;
}
