/* SPDX-License-Identifier: Apache-2.0 */
/* The first line of the input is the content type, the rest the body. Parts lie inside the body
 * and names are UTF-8 without a slash in a file name. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct text body = {(const char *)data, size};
    struct text type = text_cut(&body, '\n');
    struct part *parts;
    size_t count, total = 0;
    if (multipart_read(call, type, body, 20, &parts, &count) == OK) {
        for (size_t i = 0; i < count; i++) {
            total += parts[i].body.len;
            if (!text_utf8(parts[i].name) || !text_utf8(parts[i].file_name) ||
                text_find(parts[i].file_name, '/') >= 0)
                panic("a name is not a name");
        }
        if (count > 20 || total > size)
            panic("parts are larger than the body");
    }
    arena_close(a);
    return 0;
}
