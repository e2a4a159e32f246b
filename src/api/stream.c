/* SPDX-License-Identifier: Apache-2.0 */
/* api/stream.c — {kind, id, version} of every change to pages that listen. Ids are opaque: who
 * may not read a record learns nothing but that something changed. */
#include "api/internal.h"

#include <stdio.h>
#include <stdlib.h>

/* Lives until its stream is gone: freed by whichever of the two sides comes last. */
struct listener {
    struct streams *streams;
    struct stream *stream; /* NULL until net has answered */
    struct listener *next, **link;
    bool gone;
};
struct streams {
    pthread_mutex_t lock;
    struct listener *first;
    size_t count;
};
#define MOST_STREAMS 2000

static void unlink_listener(struct listener *l)
{
    *l->link = l->next;
    if (l->next)
        l->next->link = l->link;
    l->streams->count--;
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

static void seen(void *arg, struct text kind, struct text id, int64_t version)
{
    struct streams *s = arg;
    char line[256];
    pthread_mutex_lock(&s->lock);
    if (s->first) {
        int n =
            snprintf(line, sizeof line, "{\"kind\":\"%.*s\",\"id\":\"%.*s\",\"version\":%lld}",
                     TEXT_ARG(kind), TEXT_ARG(id), (long long)version);
        for (struct listener *l = s->first; l; l = l->next)
            if (l->stream)
                net_stream_send(l->stream, (struct text){line, (size_t)n});
    }
    pthread_mutex_unlock(&s->lock);
}

static struct listener *add_listener(struct streams *s)
{
    struct listener *l = NULL;
    pthread_mutex_lock(&s->lock);
    if (s->count < MOST_STREAMS && (l = calloc(1, sizeof *l))) {
        *l = (struct listener){.streams = s, .next = s->first, .link = &s->first};
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
    struct listener *l = add_listener(x->api->streams);
    if (!l)
        return problem(x->call, ERR_BUSY, TEXT(""), "busy", "%s",
                       say(x->call, "too many open pages", "打开的页面过多"));
    store_return(x->api->store, x->db);
    x->db = NULL;
    *x->later = true;
    listen(l, x->request);
    return OK;
}

enum err streams__open(struct api *a)
{
    struct streams *s = NEW(a->arena, struct streams);
    pthread_mutex_init(&s->lock, NULL);
    a->streams = s;
    record_watch(a->records, seen, s);
    return OK;
}

void streams__close(struct api *a)
{
    record_watch(a->records, NULL, NULL);
}
