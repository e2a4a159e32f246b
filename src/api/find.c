/* SPDX-License-Identifier: Apache-2.0 */
/* api/find.c — which route a request means. Memory only: loop threads ask as well. */
#include "api/internal.h"

#include <string.h>

static bool match(const char *pattern, struct text path, struct text *args)
{
    struct text p = text_of(pattern), rest = path;
    size_t n = 0;
    text_cut(&p, '/'), text_cut(&rest, '/');
    while (p.len) {
        struct text want = text_cut(&p, '/');
        if (text_ends(want, "*}")) {
            args[n] = rest;
            return rest.len > 0;
        }
        bool last = !rest.len;
        struct text have = text_cut(&rest, '/');
        if (last || (want.at[0] != '{' && !text_same(want, have)) || !have.len)
            return false;
        if (want.at[0] == '{')
            args[n++] = have;
    }
    return rest.len == 0;
}

enum err route__find(const struct request *r, const struct route **route,
                     struct text args_out[4], struct text *allow)
{
    struct text method = r->method;
    bool other = false, fixed = false;
    if (text_ends(r->path, "/"))
        return ERR_MISSING;
    if (text_is(method, "HEAD"))
        method = TEXT("GET");
    for (size_t i = 0; i < route_count; i++) {
        struct text args[4] = {0};
        if (!match(routes[i].pattern, r->path, args))
            continue;
        bool of_kind = text_starts(text_of(routes[i].pattern), "/api/v1/{kind}");
        if (of_kind && fixed)
            break; /* a place of its own is no kind */
        fixed = fixed || !of_kind;
        other = true;
        if (!text_is(method, routes[i].method)) {
            *allow = text_join(r->arena, *allow, text_of(allow->len ? ", " : ""));
            *allow = text_join(r->arena, *allow, text_of(routes[i].method));
            continue;
        }
        *route = &routes[i];
        memcpy(args_out, args, sizeof args);
        return OK;
    }
    return other ? ERR_METHOD : ERR_MISSING;
}
