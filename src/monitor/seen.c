/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/seen.c — which events a rehearsal has seen: a row that is there twice, far apart in
 * the file, is found without keeping anything. 24 bytes each; past SEEN_MOST the rest is looked
 * at without being compared, and the rehearsal says so. */
#include "monitor/internal.h"

#include <string.h>

#define SEEN_MOST ((size_t)1 << 20)
#define FIRST_ROOM ((size_t)1 << 12)

struct slot {
    unsigned char key[JOURNAL_KEY], digest[JOURNAL_DIGEST];
};
struct seen {
    struct arena *arena; /* of the slots as they are now */
    struct slot *slots;  /* of zeros: free; keys are parts of hashes */
    size_t room, count;
    bool full;
};

static void make_room(struct seen *s, size_t room)
{
    s->arena = arena_open();
    s->slots = NEW_MANY(s->arena, room, struct slot);
    s->room = room;
}

struct seen *seen__open(struct arena *a)
{
    struct seen *s = NEW(a, struct seen);
    make_room(s, FIRST_ROOM);
    return s;
}

void seen__close(struct seen *s)
{
    if (s)
        arena_close(s->arena);
}

bool seen__full(const struct seen *s)
{
    return s->full;
}

/* The one that holds the key, or the free one where it belongs. */
static struct slot *find(const struct seen *s, const unsigned char *key)
{
    static const struct slot nothing;
    uint64_t at;
    memcpy(&at, key, sizeof at);
    for (size_t i = at & (s->room - 1);; i = (i + 1) & (s->room - 1)) {
        struct slot *slot = &s->slots[i];
        if (!memcmp(slot->key, key, JOURNAL_KEY) || !memcmp(slot, &nothing, sizeof nothing))
            return slot;
    }
}

static void grow(struct seen *s)
{
    struct seen old = *s;
    make_room(s, old.room * 2);
    for (size_t i = 0; i < old.room; i++) {
        static const struct slot nothing;
        if (memcmp(&old.slots[i], &nothing, sizeof nothing) != 0)
            *find(s, old.slots[i].key) = old.slots[i];
    }
    arena_close(old.arena);
}

enum journal_found seen__add(struct seen *s, const struct journal_item *item)
{
    struct slot *slot = find(s, item->key);
    if (!memcmp(slot->key, item->key, JOURNAL_KEY))
        return memcmp(slot->digest, item->digest, JOURNAL_DIGEST) != 0 ? JOURNAL_OTHER
                                                                       : JOURNAL_SAME;
    if (s->count == SEEN_MOST) {
        s->full = true;
        return JOURNAL_NEW;
    }
    memcpy(slot->key, item->key, JOURNAL_KEY);
    memcpy(slot->digest, item->digest, JOURNAL_DIGEST);
    if (++s->count * 2 > s->room)
        grow(s);
    return JOURNAL_NEW;
}
