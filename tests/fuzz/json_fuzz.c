/* SPDX-License-Identifier: Apache-2.0 */
/* What json_read accepts, the writer writes; reading that again gives the same value. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    const struct json *v = NULL, *again = NULL;
    enum err e =
        json_read(call, (struct text){(const char *)data, size}, &json_request_limits, &v);
    if (e == OK) {
        struct buf b = buf_in(a, size * 6 + 64);
        struct json_out o = json_out(&b);
        json_put_json(&o, v);
        const struct json_limits wide = {b.len + 1, 32, 100000};
        if (b.full || json_read(call, buf_text(&b), &wide, &again) != OK ||
            !json_same(v, again))
            panic("json does not survive writing");
    } else if (call->problem_count != 1 || !text_utf8(call->problems->message)) {
        panic("json is refused without a reason");
    }
    arena_close(a);
    return 0;
}
