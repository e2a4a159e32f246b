/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/wait.c — hosts that wait to be told. What was written is noted by the id of its
 * record; a thread of our own looks at those that somebody waits for, once however many wait,
 * and sends on whoever knows another answer. On PostgreSQL others write too: there it reads the
 * log on, a few times a second, as long as somebody waits. */
#include "oversight/internal.h"

#include <stdlib.h>
#include <string.h>

#define FOLLOW (SECOND / 4)
#define FOLLOW_MOST 500 /* entries at once; more, and everybody looks */

/* ---- notes
 * ----------------------------------------------------------------------------------- */
void wait__note(struct oversight *o, struct text id)
{
    o->noted[o->note_count++ % NOTED] = text_hash(id);
    pthread_cond_signal(&o->wake);
}

void oversight_note(struct oversight *o, struct text id)
{
    pthread_mutex_lock(&o->lock);
    if (o->waiter_count)
        wait__note(o, id);
    pthread_mutex_unlock(&o->lock);
}

static bool is_noted(const struct oversight *o, struct text id, uint64_t until)
{
    uint64_t hash = text_hash(id);
    for (uint64_t i = o->looked; i < until; i++)
        if (o->noted[i % NOTED] == hash)
            return true;
    return false;
}

bool wait__news(const struct oversight *o)
{
    return o->missed || o->note_count != o->looked;
}

/* ---- places
 * ---------------------------------------------------------------------------------- */
/* Under the lock. */
static void put_in(struct oversight *o, struct stop_waiter *w)
{
    w->next = o->waiters;
    w->link = &o->waiters;
    if (w->next)
        w->next->link = &w->next;
    o->waiters = w;
    o->waiter_count++;
}

struct stop_waiter *oversight_place(struct oversight *o, struct text who, bool urgent)
{
    struct stop_waiter *w = NULL;
    size_t most = urgent ? STOP_WAITERS : STOP_WAITERS / 2;
    size_t same = 0;
    pthread_mutex_lock(&o->lock);
    for (const struct stop_waiter *other = o->waiters; other; other = other->next)
        same += text_same(other->wish.who, who);
    if (!o->hushed && o->waiter_count < most && same < STOP_WAITERS_OF) {
        struct arena *arena = arena_open();
        w = NEW(arena, struct stop_waiter);
        w->arena = arena;
        w->wish.who = text_copy(arena, who);
        put_in(o, w);
    }
    pthread_mutex_unlock(&o->lock);
    return w;
}

/* What was written between the look and this may have been noted before it: it looks anew. */
void oversight_wait(struct oversight *o, struct stop_waiter *place, const struct stop_wait *w)
{
    struct stop_wait wish = *w;
    wish.who = place->wish.who;
    wish.kind = text_copy(place->arena, w->kind);
    wish.id = text_copy(place->arena, w->id);
    pthread_mutex_lock(&o->lock);
    place->wish = wish;
    place->waiting = true;
    place->due = o->hushed;
    o->noted[o->note_count++ % NOTED] = text_hash(w->id);
    pthread_cond_signal(&o->wake);
    pthread_mutex_unlock(&o->lock);
}

/* Under the lock. */
static void take_out(struct oversight *o, struct stop_waiter *w)
{
    *w->link = w->next;
    if (w->next)
        w->next->link = w->link;
    o->waiter_count--;
}

/* ---- a round
 * --------------------------------------------------------------------------------- */
struct asked { /* a record that somebody waits for, and was noted */
    struct text kind, id;
    struct stop_view view;
    bool known;
};
struct asking {
    struct asked *of;
    size_t count;
    uint64_t until;
    struct map *places;
};

/* Under the lock: what is to be looked at. */
static void collect(struct oversight *o, struct arena *a, struct asking *all)
{
    *all = (struct asking){.of = NEW_MANY(a, o->waiter_count + 1, struct asked),
                           .until = o->note_count,
                           .places = map_in(a)};
    bool everybody = o->missed || o->note_count - o->looked > NOTED;
    for (const struct stop_waiter *w = o->waiters; w; w = w->next) {
        size_t at;
        if (!w->waiting || map_find(all->places, w->wish.id, &at) ||
            (!everybody && !is_noted(o, w->wish.id, all->until)))
            continue;
        struct asked one = {.kind = text_copy(a, w->wish.kind), .id = text_copy(a, w->wish.id)};
        map_add(all->places, one.id, all->count);
        all->of[all->count++] = one;
    }
    o->missed = false;
}

static void look_at(struct oversight *o, struct arena *a, struct asking *all)
{
    if (!all->count)
        return;
    struct records *now = epoch_take(o->epochs);
    struct reader *db = store_reader(o->store);
    for (size_t i = 0; i < all->count; i++) {
        struct call *call = call_open(a, clock_now(), LANG_EN);
        struct record *rec;
        call->actor = actor_system(call);
        const struct kind *k = model_kind(record_model(now), all->of[i].kind);
        all->of[i].known = k && record_read(call, now, db, k, all->of[i].id, 0, &rec) == OK &&
                           oversight_look(call, o, now, db, rec, &all->of[i].view) == OK;
    }
    store_return(o->store, db);
    epoch_give(now);
}

/* Under the lock. What cannot be read is told as well: by whoever asks, when they look. */
static void mark_due(struct oversight *o, const struct asking *all)
{
    int64_t now = clock_ticks();
    for (struct stop_waiter *w = o->waiters; w; w = w->next) {
        size_t at;
        if (!w->waiting)
            continue;
        bool looked = map_find(all->places, w->wish.id, &at);
        w->due |= o->hushed || w->wish.until <= now ||
                  (looked && (w->wish.any || !all->of[at].known ||
                              strcmp(all->of[at].view.mark, w->wish.mark) != 0));
    }
    o->looked = all->until;
}

static struct stop_waiter *next_due(struct oversight *o)
{
    pthread_mutex_lock(&o->lock);
    struct stop_waiter *w = o->waiters;
    while (w && !w->due)
        w = w->next;
    if (w)
        take_out(o, w);
    pthread_mutex_unlock(&o->lock);
    return w;
}

/* It could not be handed on: in a moment again. */
static void put_back(struct oversight *o, struct stop_waiter *w)
{
    pthread_mutex_lock(&o->lock);
    w->due = false;
    w->wish.until = clock_ticks() + SECOND / 20;
    put_in(o, w);
    pthread_mutex_unlock(&o->lock);
}

static void send_on(struct oversight *o)
{
    struct stop_waiter *w, *later = NULL;
    while ((w = next_due(o))) {
        if (w->wish.again(w->wish.arg)) {
            arena_close(w->arena);
        } else {
            w->next = later;
            later = w;
        }
    }
    while ((w = later)) {
        later = w->next;
        put_back(o, w);
    }
}

/* ---- what other servers wrote
 * ------------------------------------------------------------------------- */
static enum err read_on(struct call *call, struct oversight *o, struct reader *db)
{
    uint64_t size;
    struct ledger_row *rows = NULL;
    size_t count = 0;
    TRY(ledger_size_seen(call, db, &size));
    bool far = !o->followed || size - o->followed > FOLLOW_MOST;
    if (!far && size > o->followed)
        TRY(ledger_entries(call, db, o->followed, FOLLOW_MOST, &rows, &count));
    pthread_mutex_lock(&o->lock);
    o->missed |= far;
    for (size_t i = 0; i < count; i++) {
        struct ledger_leaf leaf;
        if (ledger_leaf_read(call->arena, rows[i].leaf, &leaf))
            wait__note(o, leaf.object_id);
    }
    pthread_mutex_unlock(&o->lock);
    o->followed = far ? size : o->followed + count;
    return OK;
}

static void follow(struct oversight *o, struct arena *a)
{
    pthread_mutex_lock(&o->lock);
    bool wanted = o->waiter_count > 0 && store_kind(o->store) == STORE_POSTGRES;
    pthread_mutex_unlock(&o->lock);
    if (!wanted)
        o->followed = 0;
    if (!wanted || clock_ticks() < o->follow_at)
        return;
    o->follow_at = clock_ticks() + FOLLOW;
    struct call *call = call_open(a, clock_now(), LANG_EN);
    struct reader *db = store_reader(o->store);
    enum err e = read_on(call, o, db);
    store_return(o->store, db);
    pthread_mutex_lock(&o->lock);
    o->missed |= e != OK; /* whoever waits is told that it cannot be read */
    pthread_mutex_unlock(&o->lock);
}

int64_t wait__next(const struct oversight *o)
{
    int64_t next = INT64_MAX;
    for (const struct stop_waiter *w = o->waiters; w; w = w->next)
        if (w->waiting)
            next = w->wish.until < next ? w->wish.until : next;
    if (o->waiter_count && store_kind(o->store) == STORE_POSTGRES) {
        next = o->follow_at < next ? o->follow_at : next;
    }
    return next;
}

void wait__round(struct oversight *o)
{
    struct arena *a = arena_open();
    struct asking all;
    follow(o, a);
    pthread_mutex_lock(&o->lock);
    collect(o, a, &all);
    pthread_mutex_unlock(&o->lock);
    look_at(o, a, &all);
    pthread_mutex_lock(&o->lock);
    mark_due(o, &all);
    pthread_mutex_unlock(&o->lock);
    send_on(o);
    arena_close(a);
}

void oversight_hush(struct oversight *o)
{
    pthread_mutex_lock(&o->lock);
    o->hushed = true;
    o->missed = true;
    pthread_cond_signal(&o->wake);
    pthread_mutex_unlock(&o->lock);
}

/* Nobody answers any more: their requests are gone with the server. */
void wait__end(struct oversight *o)
{
    while (o->waiters) {
        struct stop_waiter *w = o->waiters;
        take_out(o, w);
        arena_close(w->arena);
    }
}
