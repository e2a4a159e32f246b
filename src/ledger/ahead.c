/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/ahead.c — the checkpoints in order, their signatures checked ahead, on every core.
 *
 * A signature takes many times as long as an entry, and none depends on another. So while the
 * walk is in one batch of checkpoints, helpers check the next; and the walk helps too when it
 * comes to a batch that is not finished. Only the walk reads from the store. A short log never
 * fills a batch and starts no thread. */
#include "ledger/internal.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#define BATCH 512
#define CHUNK 8 /* checked between two looks at the lock */
#define HELPERS_MOST 15

struct batch {
    struct arena *arena; /* of the notes */
    struct {
        struct text note;
        struct signed_note result;
    } item[BATCH];
    size_t count, taken, done; /* the last two under the lock once it is handed out */
};

struct ahead {
    struct cursor cursor;
    struct text origin;
    const unsigned char *public_key;
    struct arena *arena; /* the walk's own, for checking */
    struct batch batch[2];
    int current; /* the one the walk is in */
    size_t at;

    pthread_mutex_t lock;
    pthread_cond_t work, finished;
    pthread_t helper[HELPERS_MOST];
    size_t helpers;
    bool stop;
};

/* ---- checking ---------------------------------------------------------------------------- */

static void check_one(struct ahead *a, struct arena *arena, struct text note,
                      struct signed_note *out)
{
    arena_reset(arena);
    out->ours = out->is_text &&
                note_open(arena, note, a->origin, a->public_key, &out->size, &out->root);
}

/* Takes the next few of a batch and checks them, with the lock held; false when all are taken. */
static bool check_some(struct ahead *a, struct batch *b, struct arena *arena)
{
    size_t from = b->taken, to = from + CHUNK < b->count ? from + CHUNK : b->count;
    if (from == to)
        return false;
    b->taken = to;
    pthread_mutex_unlock(&a->lock);
    for (size_t i = from; i < to; i++)
        check_one(a, arena, b->item[i].note, &b->item[i].result);
    pthread_mutex_lock(&a->lock);
    b->done += to - from;
    if (b->done == b->count)
        pthread_cond_signal(&a->finished);
    return true;
}

static void *help(void *arg)
{
    struct ahead *a = arg;
    struct arena *arena = arena_open();
    pthread_mutex_lock(&a->lock);
    while (!a->stop) {
        /* The batch the walk is in, or waits for, first. */
        if (!check_some(a, &a->batch[a->current], arena) &&
            !check_some(a, &a->batch[!a->current], arena))
            pthread_cond_wait(&a->work, &a->lock);
    }
    pthread_mutex_unlock(&a->lock);
    arena_close(arena);
    return NULL;
}

/* Without a thread it only takes longer. */
static void start_helpers(struct ahead *a)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    while (a->helpers < HELPERS_MOST && (long)a->helpers + 1 < cores) {
        if (pthread_create(&a->helper[a->helpers], NULL, help, a) != 0)
            return;
        a->helpers++;
    }
}

/* ---- batches ----------------------------------------------------------------------------- */

static enum err fill(struct call *call, struct ahead *a, struct batch *b)
{
    size_t count = 0;
    arena_reset(b->arena);
    while (count < BATCH) {
        TRY(cursor__next(call, &a->cursor));
        const struct value *row = a->cursor.row;
        if (row == NULL)
            break;
        b->item[count].note = text_copy(b->arena, row[1].text);
        b->item[count++].result =
            (struct signed_note){.key = row[0].integer, .is_text = row[1].type == VALUE_TEXT};
    }
    if (count == BATCH && a->helpers == 0)
        start_helpers(a);
    pthread_mutex_lock(&a->lock);
    b->count = count;
    b->taken = b->done = 0;
    pthread_cond_broadcast(&a->work);
    pthread_mutex_unlock(&a->lock);
    return OK;
}

static void finish(struct ahead *a, struct batch *b)
{
    pthread_mutex_lock(&a->lock);
    while (check_some(a, b, a->arena))
        ;
    while (b->done < b->count)
        pthread_cond_wait(&a->finished, &a->lock);
    pthread_mutex_unlock(&a->lock);
}

static enum err turn(struct call *call, struct ahead *a)
{
    struct batch *left = &a->batch[a->current];
    pthread_mutex_lock(&a->lock);
    a->current = !a->current;
    pthread_mutex_unlock(&a->lock);
    a->at = 0;
    TRY(fill(call, a, left));
    finish(a, &a->batch[a->current]);
    return OK;
}

enum err ahead__next(struct call *call, struct ahead *a, const struct signed_note **out)
{
    *out = NULL;
    if (a->at == a->batch[a->current].count)
        TRY(turn(call, a));
    if (a->at < a->batch[a->current].count)
        *out = &a->batch[a->current].item[a->at++].result;
    return OK;
}

bool ahead__odd(const struct ahead *a)
{
    return a->cursor.odd;
}

/* ---- opening ----------------------------------------------------------------------------- */

enum err ahead__open(struct call *call, struct reader *r, struct text origin,
                     const unsigned char public_key[32], struct ahead **out)
{
    struct ahead *a = calloc(1, sizeof(*a));
    if (a == NULL)
        panic("out_of_memory ahead");
    a->origin = origin;
    a->public_key = public_key;
    a->arena = arena_open();
    a->batch[0].arena = arena_open();
    a->batch[1].arena = arena_open();
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->work, NULL);
    pthread_cond_init(&a->finished, NULL);
    cursor__open(&a->cursor, r,
                 "SELECT size, note FROM ledger_checkpoint"
                 " WHERE log_id = $1 AND size >= $2 ORDER BY size LIMIT $3",
                 2 * BATCH);
    *out = a;
    return fill(call, a, &a->batch[1]); /* the first turn finds it */
}

void ahead__close(struct ahead *a)
{
    if (a == NULL)
        return;
    pthread_mutex_lock(&a->lock);
    a->stop = true;
    pthread_cond_broadcast(&a->work);
    pthread_mutex_unlock(&a->lock);
    for (size_t i = 0; i < a->helpers; i++)
        pthread_join(a->helper[i], NULL);
    cursor__close(&a->cursor);
    arena_close(a->arena);
    arena_close(a->batch[0].arena);
    arena_close(a->batch[1].arena);
    pthread_cond_destroy(&a->finished);
    pthread_cond_destroy(&a->work);
    pthread_mutex_destroy(&a->lock);
    free(a);
}
