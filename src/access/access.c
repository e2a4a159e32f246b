/* SPDX-License-Identifier: Apache-2.0 */
/* access/access.c — opening and closing, and the way every change of this folder is made:
 * a job of the writer, with its ledger entry in the same transaction, after which nothing that
 * was kept about actors counts any more. */
#include "access/internal.h"

#include <sodium.h>
#include <stdlib.h>

static enum err read_demo(struct call *call, struct access *a)
{
    struct text demo;
    struct reader *r = store_reader(a->store);
    enum err e = meta_read(call, r, "demo", &demo);
    store_return(a->store, r);
    if (e != OK && e != ERR_MISSING)
        return e;
    a->session_life = e == OK && text_is(demo, "1") ? SESSION_LIFE_DEMO : SESSION_LIFE;
    return OK;
}

/* Its name, kept as long as `a`: the model ends with its epoch. */
static struct text kind_that_is(const struct access *a, const char *what)
{
    const struct model *m = a->model;
    for (size_t i = 0; m != NULL && i < m->kind_count; i++)
        if (text_is(m->kinds[i].is, what))
            return text_copy(a->lasting, m->kinds[i].name);
    return (struct text){0};
}

static enum err open_parts(struct call *call, struct access *a)
{
    TRY(read_demo(call, a));
    TRY(access__zone_open(call, a));
    TRY(access__throttle_open(call, &a->throttle));
    TRY(access__cache_open(call, &a->cache));
    a->standing = access__standing_open(a->ledger, a->unit_kind, a->lending_kind,
                                        kind_that_is(a, "waiver"));
    a->trace = access__trace_open();
    return access__hasher_open(call, &a->hasher);
}

enum err access_open(struct call *call, struct store *s, struct ledger *l,
                     const struct model *m, struct access **out)
{
    if (sodium_init() < 0)
        return problem(call, ERR_BUG, TEXT(""), "sodium", "libsodium refuses to start");
    struct access *a = calloc(1, sizeof(*a));
    if (a == NULL)
        panic("out_of_memory bytes=%zu", sizeof(*a));
    a->lasting = arena_open();
    a->store = s;
    a->ledger = l;
    a->model = m;
    a->unit_kind = kind_that_is(a, "unit_tree");
    a->lending_kind = kind_that_is(a, "delegation");
    pthread_mutex_init(&a->first_lock, NULL);
    pthread_mutex_init(&a->touch_lock, NULL);
    pthread_cond_init(&a->touched, NULL);
    access__decoy(a->decoy);
    enum err e = open_parts(call, a);
    if (e != OK) {
        access_close(a);
        return e;
    }
    *out = a;
    return OK;
}

static void flush_traces(struct access *a)
{
    struct arena *arena = arena_open();
    struct call *call = call_open(arena, clock_now(), LANG_EN);
    if (a->trace != NULL && access_trace_flush(call, a) != OK)
        log_line(LOG_WARN, "trace", "outcome=lost why=\"%.*s\"",
                 TEXT_ARG(call->problems ? call->problems->message : TEXT("")));
    arena_close(arena);
}

void access_close(struct access *a)
{
    if (a == NULL)
        return;
    access__touches_wait(a);
    flush_traces(a);
    access__hasher_close(a->hasher);
    access__throttle_close(a->throttle);
    access__cache_close(a->cache);
    access__standing_close(a->standing);
    access__trace_close(a->trace);
    pthread_cond_destroy(&a->touched);
    pthread_mutex_destroy(&a->touch_lock);
    pthread_mutex_destroy(&a->first_lock);
    arena_close(a->lasting);
    free(a);
}

enum err access_waiver_entry(struct call *call, struct access *a, struct reader *r,
                             struct text id, int64_t *entry)
{
    struct standing_word w;
    if (r != NULL)
        TRY(access__standing_follow(call, a, r));
    *entry = access__standing(a, "waiver", id, &w) ? (int64_t)w.entry : -1;
    return OK;
}

struct store *access_store(const struct access *a)
{
    return a->store;
}

struct ledger *access_ledger(const struct access *a)
{
    return a->ledger;
}

const struct model *access_model(const struct access *a)
{
    return a->model;
}

void access_use_model(struct access *a, const struct model *m)
{
    a->model = m;
}

enum err access__run(struct call *call, struct access *a,
                     enum err (*run)(struct job *, struct call *, struct tx *), void *arg)
{
    enum err e = store_run(a->store, call, run, arg);
    /* Also after a failure: an IO error may still have reached the database. */
    atomic_fetch_add(&a->generation, 1);
    return e;
}

struct ledger_event access__event(struct call *call, const struct access *a,
                                  const struct actor *actor, const char *act, const char *kind,
                                  struct text id)
{
    return (struct ledger_event){
        .act = act,
        .actor_type = text_of(actor_word(actor == NULL ? ACTOR_SYSTEM : actor->type)),
        .actor_id = actor == NULL ? TEXT("system") : actor->id,
        .actor_for = actor_for(actor),
        .object_kind = text_of(kind),
        .object_id = id,
        .previous = -1,
        .model = a->model->hash,
        .request = call->id,
        .session = actor == NULL ? TEXT("") : actor->session};
}

enum err access__note(struct call *call, struct tx *tx, const struct access *a,
                      const struct actor *actor, const char *act, const char *kind,
                      struct text id)
{
    uint64_t index;
    struct ledger_event event = access__event(call, a, actor, act, kind, id);
    return ledger_append(call, tx, a->ledger, &event, &index);
}

enum err access__rows(struct call *call, struct access *a, const char *sql,
                      const struct value *values, size_t value_count, size_t most,
                      struct rows *out)
{
    struct reader *r = store_reader(a->store);
    enum err e = read_rows(call, r, sql, values, value_count, most, out);
    store_return(a->store, r);
    return e;
}

int64_t access__moment(const struct value *v)
{
    int64_t moment;
    return v->type == VALUE_TEXT && moment_read(v->text, &moment) ? moment : 0;
}

struct value access__at(struct call *call, int64_t moment)
{
    return moment == 0 ? V_TEXT(TEXT("")) : V_TEXT(moment_print(call->arena, moment));
}
