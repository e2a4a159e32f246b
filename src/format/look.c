/* SPDX-License-Identifier: Apache-2.0 */
/* format/look.c — what bytes are, told by the bytes. What a browser is given to draw is decided
 * here: a page called picture.png is text, and is shown as text. */
#include "format/internal.h"

#include <string.h>

static const struct {
    const char *begins;
    size_t length;
    enum seen_as look;
} marks[] = {
    {"%PDF-", 5, SEEN_PDF},
    {"\x89PNG\r\n\x1a\n", 8, SEEN_PNG},
    {"\xff\xd8\xff", 3, SEEN_JPEG},
    {"GIF87a", 6, SEEN_GIF},
    {"GIF89a", 6, SEEN_GIF},
    {"PK\x03\x04", 4, SEEN_ZIP},
    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, SEEN_OLE},
};

static struct text after(struct text t, const char *ending)
{
    ptrdiff_t at = text_search(t, text_of(ending));
    return at < 0 ? TEXT("") : text_trim(text_from(t, (size_t)at + strlen(ending)));
}

/* Its first element is one, without a document type: that could declare entities. */
static bool is_svg(struct text t)
{
    t = text_trim(text_starts(t, "\xef\xbb\xbf") ? text_from(t, 3) : t);
    if (text_starts(t, "<?xml"))
        t = after(t, "?>");
    while (text_starts(t, "<!--"))
        t = after(t, "-->");
    return text_starts(t, "<svg") && t.len > 4 && strchr(" \t\r\n>/", t.at[4]) != NULL;
}

enum seen_as see_as(struct text bytes)
{
    for (size_t i = 0; i < COUNT(marks); i++)
        if (bytes.len >= marks[i].length &&
            memcmp(bytes.at, marks[i].begins, marks[i].length) == 0)
            return marks[i].look;
    if (bytes.len >= 12 && memcmp(bytes.at, "RIFF", 4) == 0 &&
        memcmp(bytes.at + 8, "WEBP", 4) == 0)
        return SEEN_WEBP;
    if (bytes.len == 0 || !text_utf8(bytes))
        return SEEN_OTHER;
    return is_svg(bytes) ? SEEN_SVG : SEEN_TEXT;
}
