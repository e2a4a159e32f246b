/* SPDX-License-Identifier: Apache-2.0 */
/* record/count.c — how many records match, remembered. Counting reads every row that may match,
 * and the same list is asked for again and again. The one idea: nothing that is counted changes
 * without a new entry in the ledger, in the same transaction. So a count is good for as long as
 * the ledger, as this very reader sees it, has the size it had. The size is read first: a write
 * in between makes the count newer than its mark, never older. */
#include "record/internal.h"

#include <pthread.h>

#define COUNTS 128

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct counted {
    struct hash question; /* the statement and its values */
    uint64_t size;        /* of the ledger; 0: empty place */
    int64_t count;
};
struct counts {
    struct counted place[COUNTS];
};

static struct hash question_of(struct arena *a, const char *sql, const struct value *values,
                               size_t value_count)
{
    struct sha256 *s = sha256_start(a);
    sha256_add(s, text_of(sql));
    for (size_t i = 0; i < value_count; i++) {
        const struct value *v = &values[i];
        sha256_add(s, text_print(a, "|%d %lld %a %zu|", (int)v->type, (long long)v->integer,
                                 v->number, v->text.len));
        sha256_add(s, v->text);
    }
    return sha256_end(s);
}

static struct counted *place_of(struct counts *c, const struct hash *question)
{
    return &c->place[question->byte[0] % COUNTS];
}

static bool recall(struct counts *c, const struct hash *question, uint64_t size, int64_t *count)
{
    pthread_mutex_lock(&lock);
    const struct counted *p = place_of(c, question);
    bool found =
        size && p->size == size && text_same(hash_text(&p->question), hash_text(question));
    if (found)
        *count = p->count;
    pthread_mutex_unlock(&lock);
    return found;
}

static void put(struct counts *c, const struct hash *question, uint64_t size, int64_t count)
{
    pthread_mutex_lock(&lock);
    *place_of(c, question) = (struct counted){*question, size, count};
    pthread_mutex_unlock(&lock);
}

struct counts *counts__open(struct arena *a)
{
    return NEW(a, struct counts);
}

enum err counts__known(struct call *call, struct records *r, struct reader *db, const char *sql,
                       const struct value *values, size_t value_count, struct counting *out)
{
    *out = (struct counting){.question = question_of(call->arena, sql, values, value_count)};
    TRY(ledger_size_seen(call, db, &out->size));
    out->known = recall(r->counts, &out->question, out->size, &out->count);
    return OK;
}

void counts__keep(struct records *r, const struct counting *c, int64_t count)
{
    put(r->counts, &c->question, c->size, count);
}
