/* SPDX-License-Identifier: Apache-2.0 */
/* Words are UTF-8 with single spaces and no ASCII but lower-case letters and digits. Cutting
 * words again as a query gives only words that are among them. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct text words)
{
    for (size_t i = 0; i < words.len; i++) {
        unsigned char c = (unsigned char)words.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c >= 0x80;
        bool space = c == ' ' && i > 0 && i + 1 < words.len && words.at[i - 1] != ' ';
        if (!plain && !space)
            panic("a word holds something else");
    }
    if (!text_utf8(words))
        panic("words are not UTF-8");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct text in = {(const char *)data, size};
    struct text indexed = words_for_index(a, in), asked = words_for_query(a, in);
    check(indexed);
    check(asked);
    struct text all = text_print(a, " %.*s ", TEXT_ARG(indexed));
    for (int n = 0; n < 20 && asked.len > 0; n++) {
        struct text part = text_cut(&asked, ' ');
        if (text_search(all, text_print(a, " %.*s ", TEXT_ARG(part))) < 0)
            panic("a query asks for what the index lacks");
    }
    arena_close(a);
    return 0;
}
