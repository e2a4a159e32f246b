/* SPDX-License-Identifier: Apache-2.0 */
/* base/buf.c — bytes that grow, never past the cap they were made with.
 * Once an addition is refused the buffer is full for good: what it holds is then a prefix of
 * what was meant, never a text with a hole in it. */
#include "base/internal.h"

#include <stdio.h>
#include <string.h>

#define FIRST_ROOM 256

struct buf buf_in(struct arena *a, size_t cap)
{
    return (struct buf){.at = NULL, .cap = cap, .arena = a};
}

static bool make_room(struct buf *b, size_t more)
{
    if (b->full || more > b->cap - b->len) {
        b->full = true;
        return false;
    }
    size_t need = b->len + more;
    if (need <= b->room)
        return true;
    size_t room = b->room > b->cap / 2 ? b->cap : b->room * 2;
    if (room < FIRST_ROOM)
        room = b->cap < FIRST_ROOM ? b->cap : FIRST_ROOM;
    if (room < need)
        room = need;
    if (!arena__extend(b->arena, b->at, b->room, room)) {
        char *at = arena_take(b->arena, room);
        if (b->len > 0)
            memcpy(at, b->at, b->len);
        b->at = at;
    }
    b->room = room;
    return true;
}

void buf_add(struct buf *b, struct text t)
{
    if (t.len == 0 || !make_room(b, t.len))
        return;
    memcpy(b->at + b->len, t.at, t.len);
    b->len += t.len;
}

void buf_add_c(struct buf *b, const char *c_string)
{
    buf_add(b, text_of(c_string));
}

void buf_add_byte(struct buf *b, char c)
{
    if (!make_room(b, 1))
        return;
    b->at[b->len++] = c;
}

void buf_print(struct buf *b, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(small, sizeof(small), format, args);
    va_end(args);
    if (len < 0)
        panic("buf_print format=%s", format);
    if ((size_t)len < sizeof(small)) {
        buf_add(b, (struct text){small, (size_t)len});
        return;
    }
    if ((size_t)len > b->cap - b->len) {
        b->full = true;
        return;
    }
    va_start(args, format);
    buf_add(b, text__print(b->arena, format, args));
    va_end(args);
}

struct text buf_text(const struct buf *b)
{
    return (struct text){b->len == 0 ? "" : b->at, b->len};
}
