/* SPDX-License-Identifier: Apache-2.0 */
/* base/id.c — chance, and ids made of it.
 * An id is 48 bits of milliseconds and 80 of chance, written in 26 characters of Crockford's
 * base 32: ids made later sort later, and nobody can guess the next one. */
#include "base/base.h"

#include <errno.h>
#include <sys/random.h>

void chance(void *out, size_t size)
{
    unsigned char *at = out;
    while (size > 0) {
        ssize_t n = getrandom(at, size, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            panic("getrandom errno=%d", errno);
        at += n;
        size -= (size_t)n;
    }
}

struct text id_new(struct call *call)
{
    static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    unsigned char bytes[16];
    uint64_t millis = (uint64_t)(call->now / 1000);
    for (int i = 0; i < 6; i++)
        bytes[i] = (unsigned char)(millis >> (40 - 8 * i));
    chance(bytes + 6, sizeof(bytes) - 6);

    /* 130 bits are written for 128: two zero bits come first. */
    char *id = arena_take(call->arena, 27);
    unsigned window = 0, bits = 2;
    size_t len = 0;
    for (size_t i = 0; i < sizeof(bytes); i++) {
        window = (window << 8 | bytes[i]) & 0xFFFFu;
        for (bits += 8; bits >= 5; bits -= 5)
            id[len++] = letters[window >> (bits - 5) & 31];
    }
    return (struct text){id, len};
}
