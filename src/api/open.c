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
static void print_once(struct api *a)
{
    struct buf openapi = buf_in(a->arena, 16u << 20), model = buf_in(a->arena, 16u << 20);
    model_openapi(a->model, &openapi);
    model_json(a->model, &model);
    a->openapi = buf_text(&openapi);
    a->model_json = buf_text(&model);
}

enum err api_open(struct call *call, const struct api_options *options, struct api **out)
{
    struct arena *arena = arena_open();
    struct api *a = NEW(arena, struct api);
    struct access *access = record_access(options->records);
    *a = (struct api){.records = options->records,
                      .access = access,
                      .store = access_store(access),
                      .ledger = access_ledger(access),
                      .model = access_model(access),
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
    print_once(a);
    a->runs = runs_open(a->model);
    a->model_etag = text_print(arena, "\"%.*s\"", TEXT_ARG(a->model->hash));
    TRY(finisher__open(a));
    TRY(streams__open(a));
    TRY(desk_open(call, a->records, options->spool, &a->desk));
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
    runs_close(a->runs);
    arena_close(a->arena);
}

void api_live(struct api *a, const struct net *n)
{
    a->net = n;
}
