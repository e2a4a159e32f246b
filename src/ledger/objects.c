/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/objects.c — the last committed-to entry of each object, while the log is walked.
 * A hash table from (kind, id) to (index, commitment), open addressing, grown at half full.
 * Keys are the escaped bytes of the leaves: canonical JSON has one spelling for each text. */
#include "ledger/internal.h"

#include <stdlib.h>
#include <string.h>

struct slot {
    uint64_t hash;
    const char *key; /* NULL: free */
    size_t key_len;
    uint64_t index;
    struct hash commitment;
};

struct objects {
    struct slot *slots;
    size_t room, used; /* room is a power of two */
    struct arena *keys;
};

static struct slot *slots_new(size_t room)
{
    struct slot *slots = calloc(room, sizeof(*slots));
    if (slots == NULL)
        panic("out_of_memory slots=%zu", room);
    return slots;
}

struct objects *objects__open(void)
{
    struct arena *keys = arena_open();
    struct objects *o = NEW(keys, struct objects);
    o->keys = keys;
    o->room = 1024;
    o->slots = slots_new(o->room);
    return o;
}

void objects__close(struct objects *o)
{
    if (o == NULL)
        return;
    free(o->slots);
    arena_close(o->keys);
}

static struct slot *find(struct slot *slots, size_t room, struct text key, uint64_t hash)
{
    size_t at = hash & (room - 1);
    while (slots[at].key != NULL &&
           (slots[at].hash != hash ||
            !text_same((struct text){slots[at].key, slots[at].key_len}, key)))
        at = (at + 1) & (room - 1);
    return &slots[at];
}

static void grow(struct objects *o)
{
    size_t room = o->room * 2;
    struct slot *slots = slots_new(room);
    for (size_t i = 0; i < o->room; i++) {
        const struct slot *old = &o->slots[i];
        if (old->key != NULL)
            *find(slots, room, (struct text){old->key, old->key_len}, old->hash) = *old;
    }
    free(o->slots);
    o->slots = slots;
    o->room = room;
}

static void remember(struct objects *o, struct text key, uint64_t hash, const struct leaf *leaf)
{
    if (o->used * 2 >= o->room)
        grow(o);
    struct slot *slot = find(o->slots, o->room, key, hash);
    if (slot->key == NULL) {
        slot->key = text_copy(o->keys, key).at;
        slot->key_len = key.len;
        slot->hash = hash;
        o->used++;
    }
    slot->index = leaf->index;
    slot->commitment = leaf->commitment;
}

static const char *compare(struct arena *a, const struct slot *slot, const struct leaf *leaf)
{
    unsigned long long last = slot->index;
    if (slot->key == NULL && leaf->has_previous)
        return "its \"prev\" names an entry, but the object has none before it";
    if (slot->key == NULL || (!leaf->has_previous && !leaf->has_commitment))
        return NULL;
    if (!leaf->has_previous)
        return text_print(a, "it has no \"prev\", but entry %llu is of the same object", last)
            .at;
    if (leaf->previous != slot->index)
        return text_print(a, "its \"prev\" names entry %llu; the object's last one is %llu",
                          (unsigned long long)leaf->previous, last)
            .at;
    if (memcmp(leaf->previous_commitment.byte, slot->commitment.byte, HASH_SIZE) != 0)
        return text_print(a, "its \"prev\" gives another commitment than entry %llu has", last)
            .at;
    return NULL;
}

const char *objects__walk(struct objects *o, struct arena *a, const struct leaf *leaf)
{
    char space[256];
    size_t len = leaf->object_kind.len + 1 + leaf->object_id.len;
    if (leaf->object_kind.len == 0)
        return NULL; /* leaf__read refuses a "prev" without an object */
    char *key = len <= sizeof(space) ? space : arena_take(a, len);
    memcpy(key, leaf->object_kind.at, leaf->object_kind.len);
    key[leaf->object_kind.len] = '\0';
    if (leaf->object_id.len > 0)
        memcpy(key + leaf->object_kind.len + 1, leaf->object_id.at, leaf->object_id.len);
    struct text name = {key, len};
    uint64_t hash = text_hash(name);
    const char *wrong = compare(a, find(o->slots, o->room, name, hash), leaf);
    if (leaf->has_commitment)
        remember(o, name, hash, leaf);
    return wrong;
}
