/* SPDX-License-Identifier: Apache-2.0 */
/* api/open.c — putting the API together. */
#include "api/internal.h"
#include "transfer/transfer.h"

#include <string.h>

bool api_origin(struct arena *a, struct text address, struct text *origin)
{
    static const char marks[] = "-.:[]";
    struct text t = text_lower(a, address);
    if (text_ends(t, "/"))
        t.len--;
    *origin = t;
    struct text host = text_from(t, text_starts(t, "https://")  ? 8
                                    : text_starts(t, "http://") ? 7
                                                                : t.len);
    for (size_t i = 0; i < host.len; i++) {
        char c = host.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(marks, c))))
            return false;
    }
    return host.len > 0;
}

/* What anybody may ask for is made once: nobody can make it cost memory by asking often. */
static void *make_view(struct records *r, void *arg)
{
    const struct model *m = record_model(r);
    struct arena *arena = arena_open();
    struct view *v = NEW(arena, struct view);
    struct buf openapi = buf_in(arena, 16u << 20), json = buf_in(arena, 16u << 20);
    (void)arg;
    model_openapi(m, &openapi);
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
    x->view = record_beside(x->records, make_view, NULL, close_view);
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
                     .listen = text_copy(arena, options->listen),
                     .hosts = text_copy(arena, options->hosts),
                     .rate = options->rate,
                     .rates = rates__open(arena, options->rate)};
    record_beside(now, make_view, NULL, close_view);
    TRY(finisher__open(a));
    TRY(streams__open(a, now));
    epoch_give(now);
    TRY(desk_open(call, a->epochs, options->spool, &a->desk));
    *out = a;
    return OK;
}

void api_close(struct api *a)
{
    if (!a)
        return;
    desk_close(a->desk);
    streams__close(a);
    finisher__close(a);
    arena_close(a->arena);
}

void api_live(struct api *a, const struct net *n)
{
    a->net = n;
}
