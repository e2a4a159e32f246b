/* SPDX-License-Identifier: Apache-2.0 */
/* access/hasher.c — Argon2id on two threads of its own.
 * A hash costs 19 MiB and tens of milliseconds; the bound on how many run and wait is what
 * keeps a flood of log-ins from taking the machine. Who asks waits for the answer, so the work
 * lives on the asker's stack. Closing answers what waits, then ends the threads. */
#include "access/internal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define THREADS 2
#define YIELDING 10 /* nice value: what answers people goes first on the processor */
#define WAITING_MOST 64
#define OPS ((unsigned long long)2)
#define MEMORY ((size_t)19 << 20)
_Static_assert(crypto_pwhash_STRBYTES <= 128, "a hash must fit");

struct work {
    struct text password;
    const char *stored; /* NULL: make a new hash in out */
    char *out;
    bool ok, done;
    struct work *next;
};

struct hasher {
    pthread_t threads[THREADS];
    size_t started;
    pthread_mutex_t lock;
    pthread_cond_t wake, answered;
    struct work *first, **last;
    size_t waiting;
    bool closing;
};

static void hash_one(struct work *w)
{
    if (w->stored != NULL)
        w->ok = crypto_pwhash_str_verify(w->stored, w->password.at, w->password.len) == 0;
    else
        w->ok = crypto_pwhash_str_alg(w->out, w->password.at, w->password.len, OPS, MEMORY,
                                      crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static struct work *take(struct hasher *h)
{
    while (h->first == NULL && !h->closing)
        pthread_cond_wait(&h->wake, &h->lock);
    struct work *w = h->first;
    if (w == NULL)
        return NULL;
    h->first = w->next;
    if (h->first == NULL)
        h->last = &h->first;
    h->waiting--;
    return w;
}

static void *worker(void *arg)
{
    struct hasher *h = arg;
    struct work *w;
    (void)setpriority(PRIO_PROCESS, 0, YIELDING); /* of this thread alone, on Linux */
    pthread_mutex_lock(&h->lock);
    while ((w = take(h)) != NULL) {
        pthread_mutex_unlock(&h->lock);
        hash_one(w);
        pthread_mutex_lock(&h->lock);
        w->done = true;
        pthread_cond_broadcast(&h->answered);
    }
    pthread_mutex_unlock(&h->lock);
    return NULL;
}

enum err access__hasher_open(struct call *call, struct hasher **out)
{
    struct hasher *h = calloc(1, sizeof(*h));
    if (h == NULL)
        panic("out_of_memory bytes=%zu", sizeof(*h));
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->wake, NULL);
    pthread_cond_init(&h->answered, NULL);
    h->last = &h->first;
    while (h->started < THREADS &&
           pthread_create(&h->threads[h->started], NULL, worker, h) == 0)
        h->started++;
    if (h->started < THREADS) {
        access__hasher_close(h);
        return problem(call, ERR_IO, TEXT(""), "thread", "a thread could not be started");
    }
    *out = h;
    return OK;
}

void access__hasher_close(struct hasher *h)
{
    if (h == NULL)
        return;
    pthread_mutex_lock(&h->lock);
    h->closing = true;
    pthread_cond_broadcast(&h->wake);
    pthread_mutex_unlock(&h->lock);
    for (size_t i = 0; i < h->started; i++)
        pthread_join(h->threads[i], NULL);
    pthread_cond_destroy(&h->answered);
    pthread_cond_destroy(&h->wake);
    pthread_mutex_destroy(&h->lock);
    free(h);
}

static enum err wait_for(struct call *call, struct hasher *h, struct work *w)
{
    pthread_mutex_lock(&h->lock);
    bool room = h->waiting < WAITING_MOST && !h->closing;
    if (room) {
        *h->last = w;
        h->last = &w->next;
        h->waiting++;
        pthread_cond_signal(&h->wake);
    }
    while (room && !w->done)
        pthread_cond_wait(&h->answered, &h->lock);
    pthread_mutex_unlock(&h->lock);
    if (room)
        return OK;
    return problem(call, ERR_BUSY, TEXT(""), "busy", "%s",
                   say(call, "many people are signing in; try again in a moment"));
}

/* Composed: the ü of one keyboard is two code points on another. */
enum err access__hash(struct call *call, struct hasher *h, struct text password, char out[128])
{
    password = form_one(call->arena, password);
    struct work w = {.password = password, .out = out};
    TRY(wait_for(call, h, &w));
    if (!w.ok)
        panic("out_of_memory bytes=%zu", MEMORY);
    return OK;
}

enum err access__hash_matches(struct call *call, struct hasher *h, struct text password,
                              struct text stored, bool *matches)
{
    struct text one = form_one(call->arena, password);
    struct work w = {.password = one, .stored = text_c(call->arena, stored)};
    TRY(wait_for(call, h, &w));
    if (!w.ok && !text_same(one, password)) { /* of before passwords had one form */
        w = (struct work){.password = password, .stored = w.stored};
        TRY(wait_for(call, h, &w));
    }
    *matches = w.ok;
    return OK;
}

/* "$argon2id$v=19$m=19456,t=2,p=1$salt$hash" */
static int64_t parameter(struct text part, const char *name)
{
    int64_t n;
    while (part.len > 0) {
        struct text one = text_cut(&part, ',');
        if (text_starts(one, name) && text_integer(text_from(one, strlen(name)), &n))
            return n;
    }
    return 0;
}

bool access__hash_weak(struct text stored)
{
    if (!text_starts(stored, "$argon2id$v=19$"))
        return true;
    struct text rest = text_from(stored, strlen("$argon2id$v=19$"));
    struct text parameters = text_cut(&rest, '$');
    return parameter(parameters, "m=") < (int64_t)(MEMORY / 1024) ||
           parameter(parameters, "t=") < (int64_t)OPS;
}

/* Random bytes where a hash would be: found by nobody, and checking against it costs the same.
 */
void access__decoy(char out[128])
{
    unsigned char salt[16], hash[32];
    char salt_text[32], hash_text_[64];
    chance(salt, sizeof(salt));
    chance(hash, sizeof(hash));
    sodium_bin2base64(salt_text, sizeof(salt_text), salt, sizeof(salt),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    sodium_bin2base64(hash_text_, sizeof(hash_text_), hash, sizeof(hash),
                      sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
    snprintf(out, 128, "$argon2id$v=19$m=%zu,t=%llu,p=1$%s$%s", MEMORY / 1024, OPS, salt_text,
             hash_text_);
}
