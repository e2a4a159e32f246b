/* SPDX-License-Identifier: Apache-2.0 */
/* format/utf8.c — code points one at a time, for the two places that must look at them. */
#include "format/internal.h"

#define REPLACEMENT 0xFFFDu

size_t utf8__take(struct text t, uint32_t *point)
{
    const unsigned char *s = (const unsigned char *)t.at;
    size_t len = s[0] < 0x80 ? 1 : s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    *point = REPLACEMENT;
    if (len > 1 && !text_utf8(text_slice(t, 0, len)))
        return 1;
    uint32_t value = len == 1 ? s[0] : s[0] & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++)
        value = value << 6 | (s[i] & 0x3Fu);
    *point = value;
    return len;
}

void utf8__put(struct buf *b, uint32_t point)
{
    if (point < 0x80) {
        buf_add_byte(b, (char)point);
        return;
    }
    if (point < 0x800) {
        buf_add_byte(b, (char)(0xC0 | point >> 6));
    } else {
        if (point < 0x10000) {
            buf_add_byte(b, (char)(0xE0 | point >> 12));
        } else {
            buf_add_byte(b, (char)(0xF0 | point >> 18));
            buf_add_byte(b, (char)(0x80 | (point >> 12 & 0x3F)));
        }
        buf_add_byte(b, (char)(0x80 | (point >> 6 & 0x3F)));
    }
    buf_add_byte(b, (char)(0x80 | (point & 0x3F)));
}
