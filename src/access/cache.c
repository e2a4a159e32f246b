/* SPDX-License-Identifier: Apache-2.0 */
/* access/cache.c — actors, kept for less than a second.
 * One place per bucket: a newcomer takes it over. What is handed out is a copy in the call's
 * arena. An entry counts only while `generation` is what it was before the store was read, so a
 * change committed here is seen by the next request; other nodes see it within the second. */
#include "access/internal.h"

#include <stdlib.h>
#include <string.h>

#define PLACES 256
#define KEPT_FOR SECOND

struct place {
    struct hash key;
    unsigned long long generation;
    int64_t loaded; /* call->now of whoever read the store */
    struct arena *arena;
    struct credential kept;
};

struct actor_cache {
    pthread_mutex_t lock;
    struct place places[PLACES];
};

enum err access__cache_open(struct call *call, struct actor_cache **out)
{
    struct actor_cache *c = calloc(1, sizeof(*c));
    if (c == NULL)
        panic("out_of_memory bytes=%zu", sizeof(*c));
    if (pthread_mutex_init(&c->lock, NULL) != 0) {
        free(c);
        return problem(call, ERR_IO, TEXT(""), "thread", "a lock could not be made");
    }
    *out = c;
    return OK;
}

void access__cache_close(struct actor_cache *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < PLACES; i++)
        arena_close(c->places[i].arena);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static struct place *place_of(struct actor_cache *c, const struct hash *key)
{
    return &c->places[key->byte[0] % PLACES];
}

static bool holds(const struct place *p, const struct hash *key)
{
    return p->arena != NULL && memcmp(&p->key, key, sizeof(*key)) == 0;
}

static void copy_into(struct arena *arena, const struct actor *from, struct actor *a)
{
    size_t count = from->grant_count + from->lent_count;
    struct grant *grants = NEW_MANY(arena, count + 1, struct grant);
    *a = *from;
    a->id = text_copy(arena, from->id);
    a->person = text_copy(arena, from->person);
    a->name = text_copy(arena, from->name);
    a->email = text_copy(arena, from->email);
    a->unit = text_copy(arena, from->unit);
    a->session = text_copy(arena, from->session);
    a->csrf = text_copy(arena, from->csrf);
    a->scopes = text_copy(arena, from->scopes);
    a->stands_for = text_copy(arena, from->stands_for);
    a->stands_name = text_copy(arena, from->stands_name);
    a->stands_until = text_copy(arena, from->stands_until);
    for (size_t i = 0; i < count; i++)
        grants[i] = (struct grant){text_copy(arena, from->grants[i].role),
                                   text_copy(arena, from->grants[i].unit)};
    a->grants = grants;
}

struct actor *access__actor_copy(struct arena *arena, const struct actor *from)
{
    struct actor *a = NEW(arena, struct actor);
    struct actor *as = NEW_MANY(arena, from->as_count + 1, struct actor);
    copy_into(arena, from, a);
    for (size_t i = 0; i < from->as_count; i++)
        copy_into(arena, &from->as[i], &as[i]);
    a->as = as;
    return a;
}

static struct credential copy(struct arena *arena, const struct credential *from)
{
    struct credential c = *from;
    c.id = text_copy(arena, from->id);
    c.actor = access__actor_copy(arena, from->actor);
    return c;
}

bool access__cache_get(struct call *call, struct access *a, const struct hash *key,
                       struct credential *out)
{
    struct place *p = place_of(a->cache, key);
    pthread_mutex_lock(&a->cache->lock);
    bool good = holds(p, key) && p->generation == atomic_load(&a->generation) &&
                call->now >= p->loaded && call->now - p->loaded < KEPT_FOR;
    if (good)
        *out = copy(call->arena, &p->kept);
    pthread_mutex_unlock(&a->cache->lock);
    return good;
}

void access__cache_put(struct call *call, struct access *a, unsigned long long generation,
                       const struct hash *key, struct credential *kept)
{
    struct place *p = place_of(a->cache, key);
    pthread_mutex_lock(&a->cache->lock);
    /* The last use is written down later than it is known here. */
    if (holds(p, key) && p->kept.seen > kept->seen)
        kept->seen = p->kept.seen;
    if (p->arena == NULL)
        p->arena = arena_open();
    arena_reset(p->arena);
    p->key = *key;
    p->generation = generation;
    p->loaded = call->now;
    p->kept = copy(p->arena, kept);
    pthread_mutex_unlock(&a->cache->lock);
}

void access__cache_seen(struct access *a, const struct hash *key, int64_t seen)
{
    struct place *p = place_of(a->cache, key);
    pthread_mutex_lock(&a->cache->lock);
    if (holds(p, key) && p->kept.seen < seen)
        p->kept.seen = seen;
    pthread_mutex_unlock(&a->cache->lock);
}
