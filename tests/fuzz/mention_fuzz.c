/* SPDX-License-Identifier: Apache-2.0 */
/* Whom a text names is found each once, within the text, and again in the marks alone. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct text in = {(const char *)data, size}, *ids, *again;
    struct buf marks = buf_in(a, 4096);
    size_t count = mentions_in(a, in, 20, &ids);
    for (size_t i = 0; i < count; i++) {
        if (ids[i].at < in.at || ids[i].at + ids[i].len >= in.at + in.len || ids[i].len != 30)
            panic("a name from elsewhere");
        for (size_t n = 0; n < i; n++)
            if (text_same(ids[i], ids[n]))
                panic("named twice");
        buf_print(&marks, "@[%.*s]", TEXT_ARG(ids[i]));
    }
    if (count > 20 || mentions_in(a, buf_text(&marks), 20, &again) != count)
        panic("other names");
    arena_close(a);
    return 0;
}
