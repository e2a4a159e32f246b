/* SPDX-License-Identifier: Apache-2.0 */
/* api/stream.c — {kind, id, version} of every change to pages that listen, if they may read the
 * record, and as long as their session lasts.
 *
 * The writer only notes what changed. A thread of our own looks at it a few times a second: one
 * question to the database for each session that listens, however much has changed. When more
 * changed than is worth naming, a page hears only of the kind: an empty id, version 0. */
#include "api/internal.h"
#include "oversight/oversight.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST_STREAMS 2000
#define MOST_OF_ONE 32   /* pages of one session */
#define MOST_NAMED 100   /* changes in one round */
#define PAUSE 250000000L /* nanoseconds between rounds */
#define SECRET_MOST 64
#define KIND_MOST 48

/* Lives until its stream is gone: freed by whichever of the two sides comes last. */
struct listener {
    struct streams *streams;
    struct stream *stream; /* NULL until net has answered */
    struct listener *next, **link;
    bool gone;
    char secret[SECRET_MOST]; /* of the session or token it listens for */
    size_t hearer, round;     /* its place in that round */
};
struct news {
    char kind[KIND_MOST], id[32];
    int64_t version;
};
struct batch {
    struct news news[MOST_NAMED];
    size_t count;
    char many[64][KIND_MOST]; /* kinds of which more changed than is named */
    size_t many_count;
    char model[32]; /* the hash of a new one; "" */
};
struct streams {
    struct api *api;
    pthread_t thread;
    pthread_mutex_t lock; /* the listeners */
    struct listener *first;
    size_t count, round;
    pthread_mutex_t news_lock; /* what the writer notes; never held for long */
    pthread_cond_t some;
    struct batch waiting;
    bool closing;
};
struct hearer {
    struct text secret;
    struct actor *actor;
    struct ref *refs;
    bool over;
};

/* ---- the writer's side --------------------------------------------------------------------
 */
static void note_many(struct batch *b, const char *kind)
{
    for (size_t i = 0; i < b->many_count; i++)
        if (strcmp(b->many[i], kind) == 0)
            return;
    if (b->many_count < COUNT(b->many))
        memcpy(b->many[b->many_count++], kind, KIND_MOST);
}

static void note_one(struct batch *b, struct text kind, struct text id, int64_t version)
{
    struct news n = {.version = version};
    memcpy(n.kind, kind.at, kind.len);
    memcpy(n.id, id.at, id.len);
    if (b->count == COUNT(b->news))
        note_many(b, n.kind);
    else
        b->news[b->count++] = n;
}

/* Without a kind: the model is another now. */
static void seen(void *arg, struct text kind, struct text id, int64_t version)
{
    struct streams *s = arg;
    struct batch *b = &s->waiting;
    if (kind.len >= KIND_MOST || id.len >= sizeof b->news[0].id)
        return;
    pthread_mutex_lock(&s->news_lock);
    if (kind.len)
        note_one(b, kind, id, version);
    else
        memcpy(b->model, id.at, id.len);
    pthread_cond_signal(&s->some);
    pthread_mutex_unlock(&s->news_lock);
    if (kind.len)
        oversight_note(s->api->oversight, id);
}

/* False when the server closes. What comes within the pause is told together. */
static bool take(struct streams *s, struct batch *out)
{
    const struct timespec pause = {.tv_nsec = PAUSE};
    pthread_mutex_lock(&s->news_lock);
    while (!s->waiting.count && !s->waiting.model[0] && !s->closing)
        pthread_cond_wait(&s->some, &s->news_lock);
    bool go = !s->closing;
    pthread_mutex_unlock(&s->news_lock);
    if (!go)
        return false;
    nanosleep(&pause, NULL);
    pthread_mutex_lock(&s->news_lock);
    *out = s->waiting;
    s->waiting.count = s->waiting.many_count = 0;
    memset(s->waiting.model, 0, sizeof s->waiting.model);
    pthread_mutex_unlock(&s->news_lock);
    return true;
}

/* ---- who may hear what --------------------------------------------------------------------
 */
static size_t place_of(struct hearer *hearers, size_t *count, struct arena *arena,
                       const char *secret)
{
    for (size_t i = 0; i < *count; i++)
        if (text_is(hearers[i].secret, secret))
            return i;
    hearers[*count] = (struct hearer){.secret = text_copy(arena, text_of(secret))};
    return (*count)++;
}

static struct hearer *find_hearers(struct streams *s, struct arena *arena, size_t *count)
{
    *count = 0;
    pthread_mutex_lock(&s->lock);
    struct hearer *hearers = NEW_MANY(arena, s->count + 1, struct hearer);
    s->round++;
    for (struct listener *l = s->first; l; l = l->next) {
        l->hearer = place_of(hearers, count, arena, l->secret);
        l->round = s->round;
    }
    pthread_mutex_unlock(&s->lock);
    return hearers;
}

/* Who may not read a record is not told of it: refs leaves out what the actor may not see. */
static void look(struct streams *s, struct records *now, struct arena *arena,
                 const struct batch *b, struct hearer *h)
{
    struct api *a = s->api;
    struct call *call = call_open(arena, clock_now(), LANG_EN);
    struct text *kinds = NEW_MANY(arena, b->count + 1, struct text);
    struct text *ids = NEW_MANY(arena, b->count + 1, struct text);
    struct reader *db = store_reader(a->store);
    for (size_t i = 0; i < b->count; i++) {
        kinds[i] = text_of(b->news[i].kind);
        ids[i] = text_of(b->news[i].id);
    }
    enum err e = access_still(call, a->access, db, h->secret, &h->actor);
    h->over = e == ERR_SIGNED_OUT;
    call->actor = h->actor;
    struct ref *refs = NEW_MANY(arena, b->count + 1, struct ref);
    if (e == OK && record_refs(call, now, db, kinds, ids, b->count, refs) == OK)
        h->refs = refs;
    store_return(a->store, db);
}

static void send(struct stream *stream, const char *kind, const char *id, int64_t version)
{
    char line[256];
    int n = snprintf(line, sizeof line, "{\"kind\":\"%s\",\"id\":\"%s\",\"version\":%lld}", kind,
                     id, (long long)version);
    net_stream_send(stream, (struct text){line, (size_t)n});
}

static void send_model(struct stream *stream, const char *hash)
{
    char line[128];
    int n = snprintf(line, sizeof line, "{\"kind\":\"\",\"id\":\"\",\"version\":0,\"model\":\"%s\"}",
                     hash);
    net_stream_send(stream, (struct text){line, (size_t)n});
}

static void tell_one(struct stream *stream, const struct model *m, const struct batch *b,
                     const struct hearer *h)
{
    if (h->over) {
        net_stream_close(stream);
        return;
    }
    for (size_t i = 0; h->refs && i < b->count; i++)
        if (h->refs[i].id.len)
            send(stream, b->news[i].kind, b->news[i].id, b->news[i].version);
    for (size_t i = 0; h->refs && i < b->many_count; i++) {
        const struct kind *k = model_kind(m, text_of(b->many[i]));
        if (k && record_may_read_kind(h->actor, k))
            send(stream, b->many[i], "", 0);
    }
    if (b->model[0])
        send_model(stream, b->model);
}

static void tell(struct streams *s, struct arena *arena, const struct batch *b)
{
    size_t count;
    struct hearer *hearers = find_hearers(s, arena, &count);
    struct records *now = epoch_take(s->api->epochs);
    for (size_t i = 0; i < count; i++)
        look(s, now, arena, b, &hearers[i]);
    pthread_mutex_lock(&s->lock);
    for (struct listener *l = s->first; l; l = l->next)
        if (l->stream && l->round == s->round)
            tell_one(l->stream, record_model(now), b, &hearers[l->hearer]);
    pthread_mutex_unlock(&s->lock);
    epoch_give(now);
}

static void *run(void *arg)
{
    struct streams *s = arg;
    struct batch b;
    struct arena *arena = arena_open();
    while (take(s, &b)) {
        tell(s, arena, &b);
        arena_reset(arena);
    }
    arena_close(arena);
    return NULL;
}

/* ---- listening ----------------------------------------------------------------------------
 */
static void unlink_listener(struct listener *l)
{
    *l->link = l->next;
    if (l->next)
        l->next->link = l->link;
    l->streams->count--;
    explicit_bzero(l->secret, sizeof l->secret);
    free(l);
}

static void gone(void *arg)
{
    struct listener *l = arg;
    struct streams *s = l->streams;
    pthread_mutex_lock(&s->lock);
    if (l->stream)
        unlink_listener(l);
    else
        l->gone = true; /* it went before it was known: listen() clears it away */
    pthread_mutex_unlock(&s->lock);
}

static bool room_for(const struct streams *s, struct text secret)
{
    size_t same = 0;
    for (const struct listener *l = s->first; l; l = l->next)
        same += text_is(secret, l->secret);
    return s->count < MOST_STREAMS && same < MOST_OF_ONE;
}

static struct listener *add_listener(struct streams *s, struct text secret)
{
    struct listener *l = NULL;
    pthread_mutex_lock(&s->lock);
    if (room_for(s, secret) && (l = calloc(1, sizeof *l))) {
        *l = (struct listener){.streams = s, .next = s->first, .link = &s->first};
        memcpy(l->secret, secret.at, secret.len);
        if (s->first)
            s->first->link = &l->next;
        s->first = l;
        s->count++;
    }
    pthread_mutex_unlock(&s->lock);
    return l;
}

static void listen(struct listener *l, struct request *r)
{
    struct streams *s = l->streams;
    struct stream *stream = net_stream(r, gone, l); /* may call gone before it returns */
    pthread_mutex_lock(&s->lock);
    if (l->gone)
        unlink_listener(l);
    else
        l->stream = stream;
    pthread_mutex_unlock(&s->lock);
}

enum err stream_get(struct exchange *x)
{
    struct listener *l = NULL;
    if (x->secret.len < SECRET_MOST) /* a good one is shorter */
        l = add_listener(x->api->streams, x->secret);
    if (!l)
        return problem(x->call, ERR_BUSY, TEXT(""), "busy", "%s",
                       say(x->call, "too many open pages"));
    exchange__give_back(x);
    *x->later = true;
    epoch_give(x->records);
    x->records = NULL;
    listen(l, x->request);
    return OK;
}

enum err streams__open(struct api *a, struct records *now)
{
    struct streams *s = NEW(a->arena, struct streams);
    s->api = a;
    pthread_mutex_init(&s->lock, NULL);
    pthread_mutex_init(&s->news_lock, NULL);
    pthread_cond_init(&s->some, NULL);
    a->streams = s;
    if (pthread_create(&s->thread, NULL, run, s) != 0)
        panic("no thread to tell of changes");
    record_watch(now, seen, s);
    return OK;
}

void streams__close(struct api *a)
{
    struct streams *s = a->streams;
    struct records *now = epoch_take(a->epochs);
    record_watch(now, NULL, NULL);
    epoch_give(now);
    pthread_mutex_lock(&s->news_lock);
    s->closing = true;
    pthread_cond_signal(&s->some);
    pthread_mutex_unlock(&s->news_lock);
    pthread_join(s->thread, NULL);
}
