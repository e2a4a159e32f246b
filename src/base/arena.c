/* SPDX-License-Identifier: Apache-2.0 */
/* base/arena.c — memory that is freed all at once.
 * A list of blocks; taking is moving a mark. Blocks come from calloc and a reset wipes what was
 * used, so everything handed out is zero. Pieces too big for a block get one of their own.
 * Under AddressSanitizer the free part of each block is poisoned and a gap follows each piece,
 * so that running over the end of one is caught as it would be with malloc. */
#include "base/internal.h"

#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define ARENA_GUARDED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(ARENA_GUARDED)
#include <sanitizer/asan_interface.h>
#define FORBID(at, size) __asan_poison_memory_region((at), (size))
#define PERMIT(at, size) __asan_unpoison_memory_region((at), (size))
#define GAP 16
#else
#define FORBID(at, size) ((void)(at), (void)(size))
#define PERMIT(at, size) ((void)(at), (void)(size))
#define GAP 0
#endif

#define FIRST_BLOCK ((size_t)16 << 10)
#define KEPT_FREE (2 << 20) /* bytes */
/* More than what is kept free: the blocks of a big answer are maps of their own, and the system
 * has them back the moment the arena is closed. */
#define LARGEST_BLOCK ((size_t)4 << 20)
#define BIG ((size_t)32 << 20)

struct block {
    struct block *next;
    size_t used, size;
    _Alignas(16) char data[];
};

struct arena {
    struct block *newest; /* the one being filled */
    struct block *first;  /* the oldest; it survives a reset */
    size_t next_size, used;
};

static struct block *block_new(size_t size)
{
    struct block *b = calloc(1, sizeof(*b) + size);
    if (b == NULL)
        panic("out_of_memory bytes=%zu", size);
    b->size = size;
    FORBID(b->data, size);
    return b;
}

/* Every call takes a few hundred kilobytes in large blocks and gives them back. Unless told
 * otherwise malloc hands such pieces to the system each time, and each page of the next call is
 * a fault. */
static void keep_some(void)
{
    mallopt(M_MMAP_THRESHOLD, KEPT_FREE);
    mallopt(M_TRIM_THRESHOLD, KEPT_FREE);
}

struct arena *arena_open(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, keep_some);
    struct arena *a = calloc(1, sizeof(*a));
    if (a == NULL)
        panic("out_of_memory bytes=%zu", sizeof(*a));
    a->first = a->newest = block_new(FIRST_BLOCK);
    a->next_size = 2 * FIRST_BLOCK;
    return a;
}

static void free_all_but_first(struct arena *a)
{
    struct block *b = a->newest, *next;
    for (; b != NULL; b = next) {
        next = b->next;
        if (b != a->first)
            free(b);
    }
    /* What libraries took beside us for a big answer lies free in our heap now. */
    if (a->used > BIG)
        malloc_trim(0);
}

void arena_close(struct arena *a)
{
    if (a == NULL)
        return;
    free_all_but_first(a);
    free(a->first);
    free(a);
}

void arena_reset(struct arena *a)
{
    struct block *b = a->first;
    free_all_but_first(a);
    PERMIT(b->data, b->used);
    memset(b->data, 0, b->used);
    FORBID(b->data, b->size);
    b->next = NULL;
    b->used = 0;
    a->newest = b;
    a->next_size = 2 * FIRST_BLOCK;
    a->used = 0;
}

static size_t rounded(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

/* A big piece goes behind the newest block, which keeps its room for small ones. */
static struct block *block_for(struct arena *a, size_t need)
{
    struct block *b;
    if (need > a->next_size / 4) {
        b = block_new(need);
        b->next = a->newest->next;
        a->newest->next = b;
        return b;
    }
    b = block_new(a->next_size);
    b->next = a->newest;
    a->newest = b;
    if (a->next_size < LARGEST_BLOCK)
        a->next_size *= 2;
    return b;
}

void *arena_take(struct arena *a, size_t size)
{
    struct block *b = a->newest;
    if (size > SIZE_MAX / 2)
        panic("arena_take bytes=%zu", size);
    size_t need = rounded(size ? size : 1) + GAP;
    if (b->size - b->used < need)
        b = block_for(a, need);
    char *at = b->data + b->used;
    b->used += need;
    a->used += need;
    PERMIT(at, size);
    return at;
}

void *arena_take_many(struct arena *a, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        panic("arena_take_many count=%zu size=%zu", count, size);
    return arena_take(a, bytes);
}

bool arena__extend(struct arena *a, const void *at, size_t old_size, size_t new_size)
{
    struct block *b = a->newest;
    size_t more = rounded(new_size) - rounded(old_size);
    if (GAP != 0 || old_size == 0 || b->size - b->used < more)
        return false;
    if ((const char *)at + rounded(old_size) != b->data + b->used)
        return false;
    b->used += more;
    a->used += more;
    return true;
}

size_t arena_used(const struct arena *a)
{
    return a->used;
}
