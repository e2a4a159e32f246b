/* SPDX-License-Identifier: Apache-2.0 */
/* Zone files from anybody: what is read gives every moment an offset of at most some days, and every day
 * a beginning. */
#include "format/format.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct zone *z;
    if (zone_read(a, TEXT("Fuzz"), (struct text){(const char *)data, size}, &z))
        for (int64_t year = -50; year < 8000; year += 371) {
            int64_t moment = year * INT64_C(31556952000000), offset = zone_offset(z, moment);
            if (offset < -8 * 86400 || offset > 8 * 86400)
                abort();
            (void)zone_day_start(z, zone_day(z, moment));
        }
    arena_close(a);
    return 0;
}
