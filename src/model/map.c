/* SPDX-License-Identifier: Apache-2.0 */
/* model/map.c — text to pointer, in an arena.
 * Open addressing, never more than half full; nothing is ever taken out, so a probe ends at the
 * first empty place. */
#include "model/internal.h"

struct slot {
    struct text key;
    const void *value; /* NULL: empty */
};
struct by_name {
    struct arena *arena;
    struct slot *slots;
    size_t room, used; /* room is a power of two */
};

struct by_name *map__new(struct arena *a)
{
    struct by_name *m = NEW(a, struct by_name);
    *m = (struct by_name){.arena = a, .room = 64};
    m->slots = NEW_MANY(a, m->room, struct slot);
    return m;
}

static struct slot *place_of(const struct by_name *m, struct text key)
{
    size_t i = (size_t)text_hash(key) & (m->room - 1);
    while (m->slots[i].value != NULL && !text_same(m->slots[i].key, key))
        i = (i + 1) & (m->room - 1);
    return &m->slots[i];
}

void *map__get(const struct by_name *m, struct text key)
{
    return (void *)place_of(m, key)->value;
}

static void grow(struct by_name *m)
{
    struct slot *old = m->slots;
    size_t count = m->room;
    m->room *= 2;
    m->slots = NEW_MANY(m->arena, m->room, struct slot);
    for (size_t i = 0; i < count; i++)
        if (old[i].value != NULL)
            *place_of(m, old[i].key) = old[i];
}

void map__put(struct by_name *m, struct text key, const void *value)
{
    if (2 * (m->used + 1) > m->room)
        grow(m);
    struct slot *s = place_of(m, key);
    m->used += s->value == NULL;
    *s = (struct slot){key, value};
}
