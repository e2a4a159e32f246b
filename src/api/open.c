/* SPDX-License-Identifier: Apache-2.0 */
/* api/open.c — putting the API together. */
#include "api/internal.h"
#include "oversight/oversight.h"
#include "transfer/transfer.h"
#include "work/work.h"

#include <string.h>

#define BASE_MOST 100

static bool made_of(struct text t, const char *marks)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(marks, c))))
            return false;
    }
    return t.len > 0;
}

bool api_base(struct text path)
{
    static const char *const own[] = {"api",     "v1",     "public",  "assets",
                                      "healthz", "readyz", "metrics", "openapi.json"};
    struct text rest = text_from(path, 1), first = text_cut(&rest, '/');
    if (!text_starts(path, "/") || path.len > BASE_MOST || text_ends(path, "/"))
        return false;
    for (size_t i = 0; i < COUNT(own); i++)
        if (text_same(first, text_of(own[i])))
            return false;
    rest = text_from(path, 1);
    while (rest.len) {
        struct text one = text_cut(&rest, '/');
        if (!made_of(one, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-._~") || text_is(one, ".") ||
            text_is(one, ".."))
            return false;
    }
    return true;
}

bool api_public(struct arena *a, struct text address, struct text *origin, struct text *base)
{
    size_t scheme = text_starts(text_lower(a, address), "https://")  ? 8
                    : text_starts(text_lower(a, address), "http://") ? 7
                                                                     : 0;
    struct text rest = text_from(address, scheme);
    ptrdiff_t slash = text_find(rest, '/');
    size_t end = slash < 0 ? address.len : scheme + (size_t)slash;
    *origin = text_lower(a, text_slice(address, 0, end));
    *base = text_from(address, end);
    if (text_ends(*base, "/"))
        base->len--;
    return scheme && made_of(text_from(*origin, scheme), "-.:[]") &&
           (!base->len || api_base(*base));
}

/* What anybody may ask for is made once: nobody can make it cost memory by asking often. */
static void *make_view(struct records *r, void *arg)
{
    const struct model *m = record_model(r);
    struct arena *arena = arena_open();
    struct view *v = NEW(arena, struct view);
    struct buf openapi = buf_in(arena, 16u << 20), json = buf_in(arena, 16u << 20);
    const struct api *a = arg;
    model_openapi_below(m, a->base, &openapi);
    model_json(m, &json);
    *v = (struct view){.arena = arena,
                       .etag = text_print(arena, "\"%.*s\"", TEXT_ARG(m->hash)),
                       .json = buf_text(&json),
                       .openapi = buf_text(&openapi),
                       .runs = runs_open(m)};
    return v;
}

static void close_view(void *beside)
{
    struct view *v = beside;
    runs_close(v->runs);
    arena_close(v->arena);
}

void exchange__take_epoch(struct exchange *x)
{
    x->records = epoch_take(x->api->epochs);
    x->model = record_model(x->records);
    x->view = record_beside(x->records, make_view, x->api, close_view);
}

enum err api_open(struct call *call, const struct api_options *options, struct api **out)
{
    struct arena *arena = arena_open();
    struct api *a = NEW(arena, struct api);
    struct records *now = epoch_take(options->epochs);
    struct access *access = record_access(now);
    *a = (struct api){.epochs = options->epochs,
                      .access = access,
                      .store = access_store(access),
                      .ledger = access_ledger(access),
                      .arena = arena,
                      .pages = options->pages,
                      .started = options->started,
                      .version = options->version,
                      .patience = options->patience > 0 ? options->patience : 30000000,
                      .origin = text_copy(arena, options->origin),
                      .base = text_copy(arena, options->base),
                      .spool = options->spool,
                      .listen = text_copy(arena, options->listen),
                      .hosts = text_copy(arena, options->hosts),
                      .rate = options->rate,
                      .mail = options->mail,
                      .sender = text_copy(arena, options->sender),
                      .demo = options->demo,
                      .demo_arg = options->demo_arg,
                      .bring = options->bring,
                      .reach = options->reach,
                      .rates = rates__open(arena, options->rate)};
    if (a->base.len && a->pages)
        a->page = assets__page_below(arena, a->base);
    record_beside(now, make_view, a, close_view);
    TRY(finisher__open(a));
    enum err e = oversight_open(call, a->epochs, &a->oversight);
    if (e == OK)
        e = streams__open(a, now);
    epoch_give(now);
    TRY(e);
    TRY(desk_open(call, a->epochs, options->spool, &a->desk));
    TRY(jobs_open(call, a->epochs, &a->jobs));
    *out = a;
    return OK;
}

void api_hush(struct api *a)
{
    if (a)
        oversight_hush(a->oversight);
}

void api_close(struct api *a)
{
    if (!a)
        return;
    jobs_close(a->jobs);
    desk_close(a->desk);
    streams__close(a);
    oversight_close(a->oversight);
    finisher__close(a);
    arena_close(a->arena);
}

void api_live(struct api *a, const struct net *n)
{
    a->net = n;
}
