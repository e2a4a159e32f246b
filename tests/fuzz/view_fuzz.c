/* SPDX-License-Identifier: Apache-2.0 */
/* An address that is taken for the question of a list holds nothing by which a page would go elsewhere. */
#include "model/model.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct field fields[] = {{.name = {"title", 5}, .type = &type_text},
                                    {.name = {"due", 3}, .type = &type_date}};
    static const struct kind thing = {.name = {"thing", 5}, .fields = fields, .field_count = 2};
    struct arena *a = arena_open();
    struct text in = {(const char *)data, size}, at;
    if (list_address_check(a, &thing, in, &at) == LIST_GOOD) {
        if (size > LIST_ADDRESS_MOST)
            panic("longer than it may be");
        for (size_t i = 0; i < size; i++)
            if (data[i] <= ' ' || data[i] >= 0x7f || strchr("/\\#?<>\"'`", data[i]))
                panic("a place to go to");
    }
    arena_close(a);
    return 0;
}
