/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/net/echo_server.c — a server that says what it understood, for
 * tests/net/probes.py. Prints "port N", serves until its standard input ends, then closes and
 * prints its counts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/net.h"

static void put_pairs(struct buf *b, const char *what, const struct pair *pairs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_print(b, "%s %.*s=%.*s\n", what, TEXT_ARG(pairs[i].name), TEXT_ARG(pairs[i].value));
}

static void echo(struct request *r)
{
    struct buf b = buf_in(r->arena, 4 << 20);
    buf_print(&b, "method %.*s\npath %.*s\npeer %.*s\nsecure %d\n", TEXT_ARG(r->method),
              TEXT_ARG(r->path), TEXT_ARG(r->peer), r->secure);
    put_pairs(&b, "query", r->query, r->query_count);
    put_pairs(&b, "header", r->headers, r->header_count);
    buf_print(&b, "cookie session=%.*s\n", TEXT_ARG(request_cookie(r, "session")));
    buf_print(&b, "body %zu ", r->body.len);
    buf_add(&b, r->body);
    buf_add_byte(&b, '\n');
    struct reply reply = {200, TEXT("text/plain; charset=utf-8"), buf_text(&b), NULL, 0};
    net_answer(r, &reply);
}

static void answer_own(struct request *r)
{
    const struct pair own[] = {
        {TEXT("cache-control"), TEXT("max-age=60")},
        {TEXT("Content-Security-Policy"), TEXT("sandbox")},
        {TEXT("Referrer-Policy"), TEXT("")},
    };
    struct reply reply = {200, TEXT("text/html"), TEXT("<p>own"), own, COUNT(own)};
    net_answer(r, &reply);
}

static void handle(void *arg, struct request *r)
{
    const struct pair split[] = {{TEXT("X-Split"), TEXT("a\r\nSet-Cookie: b=c")}};
    struct reply page = {200, TEXT("text/html; charset=utf-8"), TEXT("<p>page"), NULL, 0};
    struct reply empty = {204, TEXT(""), TEXT(""), NULL, 0};
    struct reply broken = {200, TEXT("text/plain"), TEXT("x"), split, 1};
    if (text_is(r->path, "/page"))
        net_answer(r, &page);
    else if (text_is(r->path, "/own"))
        answer_own(r);
    else if (text_is(r->path, "/empty"))
        net_answer(r, &empty);
    else if (text_is(r->path, "/split"))
        net_answer(r, &broken);
    else
        echo(r);
}

static bool fast(void *arg, struct request *r)
{
    if (!text_starts(r->path, "/fast"))
        return false;
    echo(r);
    return true;
}

int main(int argc, char **argv)
{
    struct net_options options = {.body_cap = 65536, .handle = handle, .fast = fast};
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--deadline-ms") == 0)
            options.deadline_us = strtol(argv[i + 1], NULL, 10) * 1000;
        else if (strcmp(argv[i], "--cert") == 0)
            options.tls_cert = argv[i + 1];
        else if (strcmp(argv[i], "--key") == 0)
            options.tls_key = argv[i + 1];
        else if (strcmp(argv[i], "--proxies") == 0) {
            options.proxies = text_of(argv[i + 1]);
            options.secure = true;
        }
    }
    struct arena *a = arena_open();
    struct call *call = call_open(a, clock_now(), LANG_EN);
    struct net *net;
    if (net_open(call, &options, &net) != OK) {
        fprintf(stderr, "%.*s\n", TEXT_ARG(call->problems->message));
        return 1;
    }
    printf("port %d\n", net_port(net));
    fflush(stdout);
    char sink[64];
    while (read(0, sink, sizeof(sink)) > 0)
        continue;
    struct net_counts counts = net_counts(net);
    net_close(net, 1000000);
    printf("requests %lld refused %lld open %lld\n", (long long)counts.requests,
           (long long)counts.refused, (long long)counts.open_connections);
    arena_close(a);
    return 0;
}
