/* SPDX-License-Identifier: Apache-2.0 */
/* format/refuse.c — how every reader here says no: what is wrong, at which line, in the
 * language of the call. */
#include "format/internal.h"

#define HIGHEST_RATIO 200
#define FREE_BYTES ((size_t)64 << 10)

enum err format__refuse(struct call *call, enum err e, const char *code, uint32_t line,
                        const char *english)
{
    const char *what = say(call, english);
    if (line == 0)
        return problem(call, e, TEXT(""), code, "%s", what);
    return problem(call, e, TEXT(""), code, say(call, "line %u: %s"), line, what);
}

/* A short text of one repeated letter packs better than any limit, and harms nobody. */
bool format__bomb(size_t packed, size_t unpacked)
{
    return unpacked > FREE_BYTES && unpacked / HIGHEST_RATIO >= packed;
}
