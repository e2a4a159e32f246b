/* SPDX-License-Identifier: Apache-2.0 */
/* api/admit.c — first who, then bytes. When only the head of a request is there it is decided, on
 * a loop thread and from memory, for whom it is, which threads answer it and how much body it may
 * have; and for a larger body, on a worker thread, whether whoever sends it may. */
#include "api/internal.h"
#include "monitor/monitor.h"

#include <arpa/inet.h>
#include <string.h>

#define BODY_MOST ((size_t)1 << 20)
#define FILE_MOST ((size_t)64 << 20)
#define BACKUP_MOST ((size_t)1 << 42)
#define UNKNOWN_MOST ((size_t)16 << 10) /* before anybody looked who sends it */
#define LOGIN_MOST ((size_t)8 << 10)
#define PUBLIC_MOST ((size_t)128 << 10) /* a report, in any script */

/* ---- for whom ----------------------------------------------------------------------------- */
/* "aims.example.org:8420" → "aims.example.org", "[::1]:8420" → "::1". */
struct text exchange__host_of(struct arena *a, struct text t)
{
    t = text_lower(a, t);
    if (text_starts(t, "[")) {
        ptrdiff_t end = text_find(t, ']');
        return end > 0 ? text_slice(t, 1, (size_t)end) : t;
    }
    ptrdiff_t colon = text_find(t, ':');
    t = colon >= 0 ? text_slice(t, 0, (size_t)colon) : t;
    return text_ends(t, ".") ? text_slice(t, 0, t.len - 1) : t;
}

static bool is_loopback(struct arena *a, struct text host)
{
    struct in_addr four;
    struct in6_addr six;
    if (text_is(host, "localhost") || text_ends(host, ".localhost"))
        return true;
    if (host.len >= INET6_ADDRSTRLEN)
        return false;
    const char *c = text_c(a, host);
    return (inet_pton(AF_INET, c, &four) == 1 && ntohl(four.s_addr) >> 24 == 127) ||
           (inet_pton(AF_INET6, c, &six) == 1 && IN6_IS_ADDR_LOOPBACK(&six));
}

static bool is_address(struct arena *a, struct text host)
{
    struct in6_addr out; /* room for either */
    const char *c = host.len < INET6_ADDRSTRLEN ? text_c(a, host) : "";
    return inet_pton(AF_INET, c, &out) == 1 || inet_pton(AF_INET6, c, &out) == 1;
}

static bool is_any(struct text listen)
{
    return !listen.len || text_is(listen, "0.0.0.0") || text_is(listen, "::") ||
           text_is(listen, "[::]") || text_is(listen, "*");
}

/* A page of elsewhere whose name was made to point here must not be taken for one of ours
 * (DNS rebinding). An address cannot be made to point anywhere, a name can. */
static bool is_ours(const struct api *api, struct arena *a, struct text host)
{
    struct text known = api->hosts;
    if (!host.len || is_loopback(a, host) || text_same(host, exchange__host_of(a, api->listen)))
        return true;
    if (is_any(api->listen) && is_address(a, host))
        return true;
    while (known.len)
        if (text_same(host, exchange__host_of(a, text_trim(text_cut(&known, ',')))))
            return true;
    return false;
}

/* ---- the head ------------------------------------------------------------------------------ */
static bool shows_something(const struct exchange *x)
{
    return request_header(x->request, "authorization").len > 0 ||
           request_cookie(x->request, exchange__cookie(x)).len > 0;
}

/* Whose place in a queue it takes: told by the secret, true or not, else by the address. */
static uint64_t party_of(const struct exchange *x)
{
    struct text shown = request_header(x->request, "authorization");
    if (!shown.len)
        shown = request_cookie(x->request, exchange__cookie(x));
    return rates__party(x->api->rates, shown.len ? shown : x->request->peer);
}

int64_t exchange__length(const struct exchange *x)
{
    int64_t length;
    return text_integer(request_header(x->request, "content-length"), &length) ? length : 0;
}

bool exchange__brings_file(const struct exchange *x)
{
    return x->route->run == file_post || x->route->run == transfer_post ||
           x->route->run == setup_backup;
}

static size_t cap_of(const struct exchange *x)
{
    if (!x->route)
        return UNKNOWN_MOST;
    if (x->route->run == setup_backup) /* as large as there is room: bring.c */
        return BACKUP_MOST;
    if (exchange__brings_file(x))
        return FILE_MOST;
    if (public__costs(x->route))
        return PUBLIC_MOST;
    if (events__takes(x->route))
        return EVENT_BODY;
    return x->route->policy == POLICY_OPEN ? LOGIN_MOST : BODY_MOST;
}

/* One address may be that of a whole office: rubbish from there must not keep those out who have
 * been here. Whoever shows the cookie of a session that was known pays for themselves, and what is
 * spent on reset is not missing for log-ins. */
static enum err charge_open(struct exchange *x)
{
    struct text shown = request_cookie(x->request, exchange__cookie(x));
    bool known = shown.len > 0 && rates__remembers(x->api->rates, shown);
    return exchange__spend(x, x->route->run == session_post ? PURSE_LOGIN : PURSE_RESET,
                           known ? shown : x->request->peer, 1);
}

static enum err check_head(struct exchange *x)
{
    struct arena *a = x->call->arena;
    struct text host = exchange__host_of(a, request_header(x->request, "host"));
    if (!is_ours(x->api, a, host))
        return problem(x->call, ERR_ELSEWHERE, TEXT("host"), "host",
                       say(x->call,
                           "this server does not answer for %.*s; start it with --public or "
                           "--host to name it"),
                       (int)(host.len < 100 ? host.len : 100), host.at);
    if (x->route && public__costs(x->route)) /* whoever it is: no cookie is looked at */
        return exchange__spend(x, PURSE_PUBLIC, x->request->peer, public__costs(x->route));
    if (!x->route || !exchange__writes(x))
        return OK;
    if (x->route->policy == POLICY_OPEN)
        return charge_open(x);
    if (exchange__length(x) > 0 && !shows_something(x))
        return exchange__nobody(x);
    return OK;
}

void api_admit(void *arg, struct request *r, struct admission *out)
{
    struct exchange *x = exchange__open(arg, r);
    struct text allow = {0};
    enum err e = route__find(r, &x->route, x->arg, &allow);
    if (e != OK)
        x->route = NULL;
    *out = (struct admission){.lane = (x->route ? x->route->lane : LANE_CHEAP) - 1,
                              .cap = cap_of(x),
                              .before = UNKNOWN_MOST,
                              .spool = x->api->spool,
                              .chunks = x->route && telemetry__is(r->path),
                              .to_file = x->route && exchange__brings_file(x)};
    r->party = party_of(x);
    e = check_head(x);
    if (e != OK)
        out->refused = exchange__reply(x, e);
}

/* ---- who ----------------------------------------------------------------------------------- */
const struct reply *api_who(void *arg, struct request *r)
{
    struct exchange *x = exchange__open(arg, r);
    enum err e = exchange__admit(x);
    if (e == OK && x->route->run == file_post)
        e = file__admit(x);
    if (e == OK && x->route->run == transfer_post)
        e = transfer__admit(x);
    if (e == OK && x->route->run == setup_backup)
        e = bring__admit(x);
    exchange__give_back(x);
    const struct reply *reply = e == OK ? NULL : exchange__reply(x, e);
    epoch_give(x->records);
    return reply;
}
