/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/index.c — text to pointer, in an arena. Open addressing, never more than half
 * full, and nothing is ever taken out, so a probe ends at the first empty place. */
#include "transfer/internal.h"

struct slot {
    struct text key;
    const void *value; /* NULL: empty */
};
struct index {
    struct arena *arena;
    struct slot *slots;
    size_t room, used; /* room is a power of two */
};

struct index *transfer__index(struct arena *a)
{
    struct index *x = NEW(a, struct index);
    *x = (struct index){.arena = a, .room = 64};
    x->slots = NEW_MANY(a, x->room, struct slot);
    return x;
}

static struct slot *place_of(const struct index *x, struct text key)
{
    size_t i = (size_t)text_hash(key) & (x->room - 1);
    while (x->slots[i].value && !text_same(x->slots[i].key, key))
        i = (i + 1) & (x->room - 1);
    return &x->slots[i];
}

void *transfer__get(const struct index *x, struct text key)
{
    return (void *)(uintptr_t)place_of(x, key)->value;
}

static void grow(struct index *x)
{
    struct slot *old = x->slots;
    size_t count = x->room;
    x->room *= 2;
    x->slots = NEW_MANY(x->arena, x->room, struct slot);
    for (size_t i = 0; i < count; i++)
        if (old[i].value)
            *place_of(x, old[i].key) = old[i];
}

void transfer__put(struct index *x, struct text key, const void *value)
{
    if (2 * (x->used + 1) > x->room)
        grow(x);
    struct slot *s = place_of(x, key);
    x->used += s->value == NULL;
    *s = (struct slot){key, value};
}
