/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the bytes are: an error with a reason, or a rectangle of UTF-8. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct sheet sheet;
    enum err e = xlsx_read(call, (struct text){(const char *)data, size}, &sheet);
    if (e != OK && call->problem_count == 0)
        panic("a workbook is refused without a reason");
    for (size_t r = 0; e == OK && r < sheet.row_count; r++)
        for (size_t c = 0; c < sheet.columns; c++)
            if (!text_utf8(sheet.rows[r][c]))
                panic("a cell is not UTF-8");
    struct call *again = call_open(a, 0, LANG_EN);
    struct glance glance;
    e = xlsx_glance(again, (struct text){(const char *)data, size},
                    (struct glance_most){3, 20, 10}, &glance);
    if (e != OK && again->problem_count == 0)
        panic("a glance is refused without a reason");
    for (size_t i = 0; e == OK && i < glance.count; i++)
        if (glance.sheets[i].row_count > 20 || glance.sheets[i].columns > 10)
            panic("a glance goes on");
    arena_close(a);
    return 0;
}
