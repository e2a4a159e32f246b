/* SPDX-License-Identifier: Apache-2.0 */
/* base/map.c — numbers by name, and the room of lists.
 * Open addressing, never more than half full. The hash is mixed with a number that is drawn
 * once a process, so that nobody outside can choose names that all fall on one place. */
#include "base/internal.h"

#include <pthread.h>
#include <string.h>

#define FIRST_PLACES 64 /* a power of two, as all that follow */

struct place {
    struct text name;
    uint64_t hash;
    size_t value;
    bool taken;
};
struct map {
    struct arena *arena;
    struct place *places;
    size_t room, count;
};

static uint64_t secret;

static void draw(void)
{
    chance(&secret, sizeof(secret));
}

static uint64_t hash_of(struct text name)
{
    uint64_t h = text_hash(name) ^ secret;
    h *= 0x9e3779b97f4a7c15u;
    return h ^ (h >> 29);
}

struct map *map_in(struct arena *a)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, draw);
    struct map *m = NEW(a, struct map);
    m->arena = a;
    m->room = FIRST_PLACES;
    m->places = NEW_MANY(a, m->room, struct place);
    return m;
}

/* The place that holds the name, or the free one where it belongs. */
static struct place *find(const struct map *m, struct text name, uint64_t hash)
{
    for (size_t i = hash & (m->room - 1);; i = (i + 1) & (m->room - 1)) {
        struct place *p = &m->places[i];
        if (!p->taken || (p->hash == hash && text_same(p->name, name)))
            return p;
    }
}

static void grow(struct map *m)
{
    struct place *old = m->places;
    size_t old_room = m->room;
    m->room *= 2;
    m->places = NEW_MANY(m->arena, m->room, struct place);
    for (size_t i = 0; i < old_room; i++)
        if (old[i].taken)
            *find(m, old[i].name, old[i].hash) = old[i];
}

bool map_add(struct map *m, struct text name, size_t value)
{
    if (m->count * 2 >= m->room)
        grow(m);
    uint64_t hash = hash_of(name);
    struct place *p = find(m, name, hash);
    if (p->taken)
        return false;
    *p = (struct place){name, hash, value, true};
    m->count++;
    return true;
}

bool map_find(const struct map *m, struct text name, size_t *value)
{
    const struct place *p = find(m, name, hash_of(name));
    if (p->taken && value != NULL)
        *value = p->value;
    return p->taken;
}

size_t map_count(const struct map *m)
{
    return m->count;
}

void *list_room(struct arena *a, void *at, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return at;
    size_t more = *room > 0 ? *room * 2 : 16;
    void *wider = arena_take_many(a, more, size);
    if (count > 0)
        memcpy(wider, at, count * size);
    *room = more;
    return wider;
}
