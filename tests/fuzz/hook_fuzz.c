/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of receivers and networks of the house from anybody: what is taken is printable, has a
 * host, and a literal host is not one inside. */
#include "net/net.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *a, const struct hook_address *h)
{
    const struct reachable none = {0};
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    unsigned char ip[16];
    const char *host = text_c(a, h->host);
    if (!h->host.len || !h->secure || strlen(host) != h->host.len)
        abort();
    if (inet_pton(AF_INET, host, &four.sin_addr) == 1 &&
        reach_ip((const struct sockaddr *)&four, ip) && reach_of(&none, ip) != REACH_PUBLIC)
        abort();
    if (inet_pton(AF_INET6, host, &six.sin6_addr) == 1 &&
        reach_ip((const struct sockaddr *)&six, ip) && reach_of(&none, ip) != REACH_PUBLIC)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 1, LANG_EN);
    const struct reachable none = {0};
    struct reachable some;
    struct hook_address h;
    struct text t = {(const char *)data, size};
    if (hook_address_read(call, &none, t, &h) == OK)
        check(a, &h);
    if (reach_read(call, t, &some) == OK)
        for (size_t i = 0; i < some.count; i++)
            if (some.nets[i].bits < 1 || some.nets[i].bits > 128 ||
                reach_of(&some, some.nets[i].start) != REACH_ALLOWED)
                abort();
    arena_close(a);
    return 0;
}
