/* SPDX-License-Identifier: Apache-2.0 */
/* Durations from anybody: whatever is read leads from any moment to a moment, one way or the other. */
#include "model/model.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct duration d;
    int64_t from = 0, back;
    if (size >= sizeof from)
        memcpy(&from, data, sizeof from);
    from = from % INT64_C(253402300800000000); /* up to the last day of 9999 */
    from = from < 0 ? 0 : from;
    struct text t = {(const char *)data, size};
    for (size_t skip = 0; skip < 9 && skip <= size; skip += 8)
        if (duration_read(text_from(t, skip), &d)) {
            int64_t to = duration_after(from, &d, NULL, NULL);
            if (d.before ? to > from : to < from)
                abort();
            if (!moment_read(moment_print(a, to), &back))
                abort();
        }
    arena_close(a);
    return 0;
}
