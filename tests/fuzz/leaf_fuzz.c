/* SPDX-License-Identifier: Apache-2.0 */
/* The strict reader of entries against the general JSON reader and canonical writer: whatever
 * the first accepts, the others must find to be canonical JSON, byte for byte. */
#include "ledger/internal.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct text bytes = {(const char *)data, size};
    struct leaf leaf;
    const struct json *v;
    const char *why;
    size_t offset;
    if (leaf__read(a, bytes, &leaf, &why, &offset)) {
        struct buf again = buf_in(a, LEAF_MOST);
        if (json_read(call, bytes, &json_request_limits, &v) != OK ||
            json_canonical(call, v, &again) != OK || !text_same(buf_text(&again), bytes))
            abort();
    } else if (why == NULL || offset > size) {
        abort();
    }
    arena_close(a);
    return 0;
}
