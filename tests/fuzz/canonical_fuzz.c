/* SPDX-License-Identifier: Apache-2.0 */
/* The canonical form of a canonical form is itself, and means the same value. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    const struct json *v = NULL, *again = NULL;
    struct buf once = buf_in(a, size * 6 + 64), twice = buf_in(a, size * 6 + 64);
    struct text in = {(const char *)data, size};
    if (json_read(call, in, &json_request_limits, &v) == OK &&
        json_canonical(call, v, &once) == OK) {
        if (json_read(call, buf_text(&once), &json_request_limits, &again) != OK ||
            json_canonical(call, again, &twice) != OK || !json_same(v, again) ||
            !text_same(buf_text(&once), buf_text(&twice)))
            panic("the canonical form is not stable");
    }
    arena_close(a);
    return 0;
}
