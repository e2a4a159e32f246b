/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"

#define BYTES(literal)                                                                         \
    {                                                                                          \
        literal, sizeof(literal) - 1                                                           \
    }

static void bytes_say_what_they_are(void **state)
{
    static const struct {
        struct text bytes;
        enum seen_as look;
    } all[] = {
        {BYTES("%PDF-1.7\n"), SEEN_PDF},
        {BYTES(" %PDF-1.7\n"), SEEN_TEXT},
        {BYTES("\x89PNG\r\n\x1a\n\0"), SEEN_PNG},
        {BYTES("\x89PNG"), SEEN_OTHER},
        {BYTES("\xff\xd8\xff\xe0"), SEEN_JPEG},
        {BYTES("GIF89a.."), SEEN_GIF},
        {BYTES("RIFF\1\0\0\0WEBPVP8"), SEEN_WEBP},
        {BYTES("RIFF\1\0\0\0WAVE"), SEEN_OTHER},
        {BYTES("PK\3\4"), SEEN_ZIP},
        {BYTES("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), SEEN_OLE},
        {BYTES(""), SEEN_OTHER},
        {BYTES("a\0b"), SEEN_OTHER},
        {BYTES("\xc4\xe3\xba\xc3"), SEEN_OTHER},
        {BYTES("<html><svg/>"), SEEN_TEXT},
        {BYTES("<svg>"), SEEN_SVG},
        {BYTES("<svg"), SEEN_TEXT},
        {BYTES("<svgx>"), SEEN_TEXT},
        {BYTES("\xef\xbb\xbf\n<?xml version='1.0'?>\n<!-- a --><!--b--> <svg\n>"), SEEN_SVG},
        {BYTES("<!-- <svg>"), SEEN_TEXT},
        {BYTES("<!DOCTYPE svg><svg>"), SEEN_TEXT},
        {BYTES("<?xml <svg>"), SEEN_TEXT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(all); i++)
        if (see_as(all[i].bytes) != all[i].look)
            fail_msg("%zu: %.*s", i, TEXT_ARG(all[i].bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {CALL_TEST(bytes_say_what_they_are)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
