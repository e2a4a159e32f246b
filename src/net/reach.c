/* SPDX-License-Identifier: Apache-2.0 */
/* net/reach.c — which addresses of the network a message may go to. Everything is asked of the
 * sixteen bytes that a connection would be made to, so that no way of writing a name or a
 * number leads past it. Public is what the registries give out to the world; the rest is not.
 */
#include "net/net.h"

#include <arpa/inet.h>
#include <string.h>

struct block {
    unsigned char start[16];
    int bits;
};

/* IPv4: what is not for the world (IANA special-purpose registry). */
#define V4(a, b, c, d, n)                                                                      \
    {                                                                                          \
        {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, a, b, c, d}, 96 + n                           \
    }
static const struct block kept_v4[] = {
    V4(0, 0, 0, 0, 8),       V4(10, 0, 0, 0, 8),     V4(100, 64, 0, 0, 10),
    V4(127, 0, 0, 0, 8),     V4(169, 254, 0, 0, 16), V4(172, 16, 0, 0, 12),
    V4(192, 0, 0, 0, 24),    V4(192, 0, 2, 0, 24),   V4(192, 31, 196, 0, 24),
    V4(192, 52, 193, 0, 24), V4(192, 88, 99, 0, 24), V4(192, 168, 0, 0, 16),
    V4(192, 175, 48, 0, 24), V4(198, 18, 0, 0, 15),  V4(198, 51, 100, 0, 24),
    V4(203, 0, 113, 0, 24),  V4(224, 0, 0, 0, 4),    V4(240, 0, 0, 0, 4)};
/* IPv6: of 2000::/3, which alone is for the world, what is not: protocols and tunnels
 * (2001::/23 with Teredo), documentation. */
static const struct block world_v6 = {{0x20}, 3};
static const struct block kept_v6[] = {{{0x20, 0x01}, 23},
                                       {{0x20, 0x01, 0x0d, 0xb8}, 32},
                                       {{0x26, 0x20, 0x00, 0x4f, 0x80, 0x00}, 48},
                                       {{0x3f, 0xff}, 20}};
static const struct block mapped = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255}, 96};
static const struct block nat64 = {{0, 0x64, 0xff, 0x9b}, 96};
static const struct block six_to_four = {{0x20, 0x02}, 16};

static bool within(const unsigned char ip[16], const unsigned char start[16], int bits)
{
    int whole = bits / 8, rest = bits % 8;
    if (memcmp(ip, start, (size_t)whole) != 0)
        return false;
    return rest == 0 || ((ip[whole] ^ start[whole]) >> (8 - rest)) == 0;
}

static bool in_block(const unsigned char ip[16], const struct block *b)
{
    return within(ip, b->start, b->bits);
}

static bool in_any(const unsigned char ip[16], const struct block *blocks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (in_block(ip, &blocks[i]))
            return true;
    return false;
}

static bool public_v4(const unsigned char four[4])
{
    unsigned char ip[16];
    memcpy(ip, mapped.start, 12);
    memcpy(ip + 12, four, 4);
    return !in_any(ip, kept_v4, COUNT(kept_v4));
}

static bool is_public(const unsigned char ip[16])
{
    if (in_block(ip, &mapped) || in_block(ip, &nat64)) /* where a gateway carries it */
        return public_v4(ip + 12);
    if (in_block(ip, &six_to_four))
        return public_v4(ip + 2);
    return in_block(ip, &world_v6) && !in_any(ip, kept_v6, COUNT(kept_v6));
}

enum reach_kind reach_of(const struct reachable *r, const unsigned char ip[16])
{
    for (size_t i = 0; i < r->count; i++)
        if (within(ip, r->nets[i].start, r->nets[i].bits))
            return REACH_ALLOWED;
    return is_public(ip) ? REACH_PUBLIC : REACH_LOCAL;
}

bool reach_ip(const struct sockaddr *address, unsigned char ip[16])
{
    if (address->sa_family == AF_INET6) {
        memcpy(ip, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
        return true;
    }
    if (address->sa_family != AF_INET)
        return false;
    memcpy(ip, mapped.start, 12);
    memcpy(ip + 12, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
    return true;
}

/* ---- networks of the house ------------------------------------------------------------------
 */
static bool read_net(struct text word, struct reach_net *out)
{
    char address[INET6_ADDRSTRLEN];
    struct text rest = word, host = text_cut(&rest, '/');
    bool whole = host.len == word.len;
    int64_t bits = 0;
    if (host.len == 0 || host.len >= sizeof address || text_find(host, '\0') >= 0)
        return false;
    memcpy(address, host.at, host.len);
    address[host.len] = '\0';
    memcpy(out->start, mapped.start, 12);
    bool four = inet_pton(AF_INET, address, out->start + 12) == 1;
    if (!four && inet_pton(AF_INET6, address, out->start) != 1)
        return false;
    int most = four ? 32 : 128;
    if (!whole && (!text_integer(rest, &bits) || bits < 1 || bits > most))
        return false;
    out->bits = (whole ? most : (int)bits) + (four ? 96 : 0);
    return true;
}

enum err reach_read(struct call *call, struct text words, struct reachable *out)
{
    *out = (struct reachable){0};
    while (words.len > 0) {
        struct text word = text_trim(text_cut(&words, ','));
        if (out->count < COUNT(out->nets) && read_net(word, &out->nets[out->count])) {
            out->count++;
            continue;
        }
        return problem(call, ERR_INVALID, TEXT("hook-allow"), "network", "%s",
                       say(call, "names at most 32 networks like 10.1.0.0/16 or fd00:1::/32, "
                                 "separated by commas"));
    }
    return OK;
}
