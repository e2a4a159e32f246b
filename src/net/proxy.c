/* SPDX-License-Identifier: Apache-2.0 */
/* net/proxy.c — who the client is when a proxy stands in front of us.
 * X-Forwarded-For is only what somebody wrote. It counts when the connection itself comes from a
 * proxy we were told of, and then only the last address that none of those proxies has: what is
 * further left came from outside. */
#include <arpa/inet.h>

#include "net/inside.h"

static bool is_proxy(const struct net_options *o, struct text address)
{
    struct text rest = o->proxies;
    while (rest.len > 0)
        if (text_same(text_trim(text_cut(&rest, ',')), address))
            return true;
    return false;
}

static bool is_address(struct arena *a, struct text t)
{
    struct in6_addr out; /* room for either */
    const char *c = t.len < INET6_ADDRSTRLEN ? text_c(a, t) : "";
    return inet_pton(AF_INET, c, &out) == 1 || inet_pton(AF_INET6, c, &out) == 1;
}

/* Takes the part after the last comma off. */
static struct text cut_last(struct text *list)
{
    size_t at = list->len;
    while (at > 0 && list->at[at - 1] != ',')
        at--;
    struct text last = text_trim(text_from(*list, at));
    *list = text_slice(*list, 0, at > 0 ? at - 1 : 0);
    return last;
}

struct text net__client(const struct net_options *o, const struct request *r)
{
    struct text client = r->peer;
    for (size_t i = r->header_count; i > 0; i--) {
        struct text list = r->headers[i - 1].value;
        if (!text_is(r->headers[i - 1].name, "x-forwarded-for"))
            continue;
        while (list.len > 0 && is_proxy(o, client)) {
            struct text before = cut_last(&list);
            if (!is_address(r->arena, before))
                return client;
            client = before;
        }
    }
    return client;
}
