/* SPDX-License-Identifier: Apache-2.0 */
/* One form is its own form, and is UTF-8 when it came from it; a key of order is short UTF-8 that a
 * database keeps, and the same for both forms. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct text in = {(const char *)data, size};
    struct text once = form_one(a, in), key = order_key(a, in);
    if (!text_same(form_one(a, once), once))
        panic("the form of a form is another");
    if (text_utf8(in) && (!text_utf8(once) || !text_utf8(key)))
        panic("no UTF-8 any more");
    if (key.len > 480)
        panic("a key is too long");
    arena_close(a);
    return 0;
}
