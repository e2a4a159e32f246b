/* SPDX-License-Identifier: Apache-2.0 */
/* api/door.c — whose a request is. One process serves one organisation, or several; from here
 * on a request has the api of one of them and never sees another. */
#include "api/internal.h"

struct api_house {
    size_t count;
    struct api *of[API_MOST];
    atomic_bool shut[API_MOST];
};

struct api_house *api_house(struct arena *a, struct api *const *of, size_t count)
{
    struct api_house *h = NEW(a, struct api_house);
    h->count = count < API_MOST ? count : API_MOST;
    for (size_t i = 0; i < h->count; i++)
        h->of[i] = of[i];
    return h;
}

void api_house_shut(struct api_house *h, size_t which)
{
    atomic_store(&h->shut[which], true);
}

/* "/aims" and "/aims/…" lie below "/aims"; "/aimsx" is somebody else's. */
static bool is_below(struct text path, struct text base)
{
    return path.len >= base.len && text_same(text_slice(path, 0, base.len), base) &&
           (path.len == base.len || path.at[base.len] == '/');
}

static struct text host_in(struct arena *a, struct text origin)
{
    ptrdiff_t slashes = text_search(origin, TEXT("://"));
    return slashes < 0 ? TEXT("")
                       : exchange__host_of(a, text_from(origin, (size_t)slashes + 3));
}

bool api_same_door(struct arena *a, struct text origin, struct text base,
                   struct text other_origin, struct text other_base)
{
    struct text host = host_in(a, origin), other = host_in(a, other_origin);
    return (!host.len || !other.len || text_same(host, other)) &&
           (is_below(base, other_base) || is_below(other_base, base));
}

/* One that is alone also answers for this machine's own names and --host: admit.c. */
static bool is_for(const struct api_house *h, const struct api *api, struct arena *a,
                   struct text host)
{
    return h->count == 1 || !api->origin.len || text_same(host, host_in(a, api->origin));
}

void *api_door(void *arg, struct request *r, int *status)
{
    struct api_house *h = arg;
    struct text host = exchange__host_of(r->arena, request_header(r, "host"));
    bool known = false;
    for (size_t i = 0; i < h->count; i++) {
        struct api *api = h->of[i];
        if (!is_for(h, api, r->arena, host))
            continue;
        known = true;
        if (!is_below(r->path, api->base))
            continue;
        if (atomic_load(&h->shut[i])) {
            *status = 503;
            return NULL;
        }
        r->base = api->base;
        r->path = text_from(r->path, api->base.len);
        if (!r->path.len)
            r->path = TEXT("/");
        r->secure = r->secure || text_starts(api->origin, "https://");
        return api;
    }
    *status = known ? 404 : 421;
    return NULL;
}
