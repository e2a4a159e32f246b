/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a picture: a size is told of at least one pixel, or there is none. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image p;
    if (picture_read((struct text){(const char *)data, size}, &p) &&
        (p.width == 0 || p.height == 0 ||
         (p.as != SEEN_PNG && p.as != SEEN_JPEG && p.as != SEEN_WEBP)))
        panic("a picture without a size");
    return 0;
}
