/* SPDX-License-Identifier: Apache-2.0 */
/* store/cache.c — prepared statements of one connection, found by the text of their SQL.
 *
 * Keyed by content, since callers may build the same SQL in different arenas. When a link has
 * seen more different statements than it should keep, all are dropped: simpler than ageing
 * them, and the common ones come back at once. No entry outlives its link. */
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

static void *must(void *memory)
{
    if (memory == NULL)
        panic("out of memory");
    return memory;
}

static bool same(const struct prepared *p, uint64_t hash, struct text sql)
{
    return p->hash == hash && p->sql_len == sql.len && memcmp(p->sql, sql.at, sql.len) == 0;
}

struct prepared *cache_find(const struct cache *c, struct text sql,
                            const struct prepared *after)
{
    uint64_t hash = text_hash(sql);
    struct prepared *p = after ? after->next : c->bucket[hash % CACHE_BUCKETS];

    while (p != NULL && !same(p, hash, sql))
        p = p->next;
    return p;
}

struct prepared *cache_add(struct cache *c, struct text sql, size_t slot_count)
{
    struct prepared *p = must(calloc(1, sizeof(*p)));

    p->hash = text_hash(sql);
    p->sql = must(calloc(1, sql.len + 1));
    memcpy(p->sql, sql.at, sql.len);
    p->sql_len = sql.len;
    p->slots = must(calloc(slot_count + 1, sizeof(*p->slots)));
    p->slot_count = slot_count;
    p->next = c->bucket[p->hash % CACHE_BUCKETS];
    c->bucket[p->hash % CACHE_BUCKETS] = p;
    c->count++;
    return p;
}

static void let_go(struct prepared *p, void (*release)(void *handle))
{
    if (release != NULL)
        release(p->handle);
    free(p->sql);
    free(p->slots);
    free(p);
}

void cache_drop(struct cache *c, struct prepared *p, void (*release)(void *handle))
{
    struct prepared **at = &c->bucket[p->hash % CACHE_BUCKETS];

    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    c->count--;
    let_go(p, release);
}

void cache_clear(struct cache *c, void (*release)(void *handle))
{
    for (size_t i = 0; i < CACHE_BUCKETS; i++) {
        for (struct prepared *p = c->bucket[i], *next; p != NULL; p = next) {
            next = p->next;
            let_go(p, release);
        }
        c->bucket[i] = NULL;
    }
    c->count = 0;
}
