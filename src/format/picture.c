/* SPDX-License-Identifier: Apache-2.0 */
/* format/picture.c — how large a picture is, by its own head: PNG, JPEG, WebP. Nothing is
 * unpacked; what does not say its size where it must is no picture. */
#include "format/internal.h"

#include <string.h>

static uint32_t big(struct text t, size_t at, size_t bytes)
{
    uint32_t n = 0;
    for (size_t i = 0; i < bytes; i++)
        n = n << 8 | (unsigned char)t.at[at + i];
    return n;
}

static uint32_t little(struct text t, size_t at, size_t bytes)
{
    uint32_t n = 0;
    for (size_t i = bytes; i > 0; i--)
        n = n << 8 | (unsigned char)t.at[at + i - 1];
    return n;
}

static bool read_png(struct text t, struct image *out)
{
    if (t.len < 33 || memcmp(t.at + 12, "IHDR", 4) != 0)
        return false;
    out->width = big(t, 16, 4);
    out->height = big(t, 20, 4);
    return true;
}

/* The marks of a frame: SOF0 to SOF15 but those for tables (C4, C8, CC). */
static bool is_frame(unsigned mark)
{
    return mark >= 0xc0 && mark <= 0xcf && mark != 0xc4 && mark != 0xc8 && mark != 0xcc;
}

static bool read_jpeg(struct text t, struct image *out)
{
    for (size_t at = 2; at + 9 <= t.len;) {
        unsigned mark = (unsigned char)t.at[at + 1];
        size_t length = big(t, at + 2, 2);
        if ((unsigned char)t.at[at] != 0xff || mark == 0xff || mark < 0xc0 || mark == 0xd9 ||
            length < 2)
            return false;
        if (is_frame(mark)) {
            out->height = big(t, at + 5, 2);
            out->width = big(t, at + 7, 2);
            return true;
        }
        at += 2 + length;
    }
    return false;
}

static bool read_webp(struct text t, struct image *out)
{
    if (t.len < 30)
        return false;
    if (memcmp(t.at + 12, "VP8X", 4) == 0) {
        out->width = little(t, 24, 3) + 1;
        out->height = little(t, 27, 3) + 1;
        return true;
    }
    if (memcmp(t.at + 12, "VP8L", 4) == 0 && t.at[20] == 0x2f) {
        uint32_t both = little(t, 21, 4);
        out->width = (both & 0x3fff) + 1;
        out->height = (both >> 14 & 0x3fff) + 1;
        return true;
    }
    if (memcmp(t.at + 12, "VP8 ", 4) != 0 || memcmp(t.at + 23, "\x9d\x01\x2a", 3) != 0)
        return false;
    out->width = little(t, 26, 2) & 0x3fff;
    out->height = little(t, 28, 2) & 0x3fff;
    return true;
}

bool picture_read(struct text bytes, struct image *out)
{
    *out = (struct image){.as = see_as(bytes)};
    bool read = out->as == SEEN_PNG    ? read_png(bytes, out)
                : out->as == SEEN_JPEG ? read_jpeg(bytes, out)
                : out->as == SEEN_WEBP ? read_webp(bytes, out)
                                       : false;
    return read && out->width > 0 && out->height > 0;
}
