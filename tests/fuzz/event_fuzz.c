/* SPDX-License-Identifier: Apache-2.0 */
/* A line that is taken is kept as one line of JSON, which is taken again and then kept as it
 * is: what comes back after a backup is counted by the same key. */
#include "monitor/monitor.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, INT64_C(1800000000000000), LANG_EN);
    struct text bytes = {(const char *)data, size};
    struct event first, again;
    if (text_find(bytes, '\n') < 0 && event_read(call, bytes, &first) == OK) {
        if (text_find(first.line, '\n') >= 0 || event_read(call, first.line, &again) != OK ||
            !text_same(again.line, first.line) || !text_same(again.id, first.id) ||
            again.kind != first.kind || again.at != first.at)
            abort();
    } else if (text_find(bytes, '\n') < 0 && !call->problems) {
        abort();
    }
    arena_close(a);
    return 0;
}
