/* SPDX-License-Identifier: Apache-2.0 */
/* access/trace.c — what people were refused, and what they read that not everybody may.
 * Refusals are counted in memory and written once a minute, one entry for a person, a route and a
 * reason; what goes beyond PENDING of them a minute is counted in one. So nobody can make the log
 * grow by asking. The first read of a restricted record, or of a file, in an hour by somebody is
 * an entry of its own, committed before they get it. */
#include "access/internal.h"

#include <stdlib.h>
#include <string.h>

#define PENDING 100
#define WORD_MOST 64
#define SEEN 4096 /* reads remembered; one forgotten is written again */

struct refused {
    enum actor_type type;
    char actor[WORD_MOST], session[WORD_MOST];
    char route[WORD_MOST], kind[WORD_MOST], code[WORD_MOST];
    int64_t count, first, last;
};

struct trace {
    pthread_mutex_t lock;
    struct refused pending[PENDING];
    size_t count;
    int64_t beyond; /* more than there was place for */
    struct hash seen[SEEN];
};

struct trace *access__trace_open(void)
{
    struct trace *t = calloc(1, sizeof *t);
    if (t == NULL)
        panic("out_of_memory bytes=%zu", sizeof *t);
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

void access__trace_close(struct trace *t)
{
    if (t == NULL)
        return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

/* ---- refusals ---------------------------------------------------------------------------- */

static void keep_word(char out[WORD_MOST], struct text t)
{
    size_t len = t.len < WORD_MOST ? t.len : WORD_MOST - 1;
    memcpy(out, len > 0 ? t.at : "", len);
    out[len] = '\0';
}

static bool same(const struct refused *left, const struct refused *right)
{
    return left->type == right->type && strcmp(left->actor, right->actor) == 0 &&
           strcmp(left->session, right->session) == 0 &&
           strcmp(left->route, right->route) == 0 && strcmp(left->kind, right->kind) == 0 &&
           strcmp(left->code, right->code) == 0;
}

static void count(struct trace *t, const struct refused *r, int64_t now)
{
    size_t i = 0;
    while (i < t->count && !same(&t->pending[i], r))
        i++;
    if (i == PENDING) {
        t->beyond++;
        return;
    }
    if (i == t->count) {
        t->pending[t->count++] = *r;
        t->pending[i].first = now;
    }
    t->pending[i].count++;
    t->pending[i].last = now;
}

void access_trace_refused(struct call *call, struct access *a, struct text route,
                          struct text kind, struct text code)
{
    const struct actor *actor = call->actor;
    struct refused r = {0};
    if (actor == NULL || actor->all)
        return;
    r.type = actor->type;
    keep_word(r.actor, actor->id);
    keep_word(r.session, actor->session);
    keep_word(r.route, route);
    keep_word(r.kind, kind);
    keep_word(r.code, code);
    pthread_mutex_lock(&a->trace->lock);
    count(a->trace, &r, call->now);
    pthread_mutex_unlock(&a->trace->lock);
}

struct flushing {
    struct access *a;
    const struct refused *refused;
    size_t count;
    int64_t beyond;
};

static enum err write_one(struct call *call, struct tx *tx, const struct access *a,
                          const struct refused *r)
{
    struct actor actor = {
        .type = r->type, .id = text_of(r->actor), .session = text_of(r->session)};
    struct member members[] = {{"code", text_of(r->code)},
                               {"count", access__number(call, r->count)},
                               {"first", access__at(call, r->first).text},
                               {"kind", text_of(r->kind)},
                               {"last", access__at(call, r->last).text},
                               {"route", text_of(r->route)}};
    return access__keep(call, tx, a, &actor, "access.denied", "trace", id_new(call), members,
                        COUNT(members));
}

static enum err flush_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct flushing *f = job->arg;
    for (size_t i = 0; i < f->count; i++)
        TRY(write_one(call, tx, f->a, &f->refused[i]));
    if (f->beyond == 0)
        return OK;
    struct member members[] = {{"code", TEXT("beyond")},
                               {"count", access__number(call, f->beyond)}};
    return access__keep(call, tx, f->a, actor_system(call), "access.denied", "trace",
                        id_new(call), members, COUNT(members));
}

enum err access_trace_flush(struct call *call, struct access *a)
{
    struct trace *t = a->trace;
    struct flushing f = {.a = a};
    pthread_mutex_lock(&t->lock);
    struct refused *taken = NEW_MANY(call->arena, t->count + 1, struct refused);
    memcpy(taken, t->pending, t->count * sizeof *taken);
    f.refused = taken;
    f.count = t->count;
    f.beyond = t->beyond;
    t->count = 0;
    t->beyond = 0;
    pthread_mutex_unlock(&t->lock);
    return f.count > 0 || f.beyond > 0 ? store_run(a->store, call, flush_run, &f) : OK;
}

/* ---- reads ------------------------------------------------------------------------------- */

struct reading {
    struct access *a;
    const char *act;
    struct text kind, id;
};

static enum err read_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct reading *r = job->arg;
    return access__note(call, tx, r->a, call->actor, r->act, text_c(call->arena, r->kind), r->id);
}

enum err access_trace_read(struct call *call, struct access *a, const char *act,
                           struct text kind, struct text id)
{
    const struct actor *actor = call->actor;
    struct trace *t = a->trace;
    if (actor == NULL || actor->all)
        return OK;
    struct hash key = sha256(text_print(call->arena, "%s/%.*s/%.*s/%.*s/%lld", act,
                                        TEXT_ARG(actor->id), TEXT_ARG(kind), TEXT_ARG(id),
                                        (long long)(call->now / HOUR)));
    size_t place;
    memcpy(&place, key.byte, sizeof place);
    place %= SEEN;
    pthread_mutex_lock(&t->lock);
    bool seen = memcmp(&t->seen[place], &key, sizeof key) == 0;
    pthread_mutex_unlock(&t->lock);
    if (seen)
        return OK;
    struct reading r = {a, act, kind, id};
    TRY(store_run(a->store, call, read_run, &r));
    pthread_mutex_lock(&t->lock);
    t->seen[place] = key;
    pthread_mutex_unlock(&t->lock);
    return OK;
}
