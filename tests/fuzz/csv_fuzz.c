/* SPDX-License-Identifier: Apache-2.0 */
/* Reading ends, lines go up, cells are UTF-8; a row that is written reads back as it was, but
 * for the apostrophe before a formula. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(struct call *call, const struct text *cells, size_t count, size_t size)
{
    struct buf b = buf_in(call->arena, size * 2 + count * 4 + 64);
    struct csv csv;
    struct text *back;
    size_t back_count;
    uint32_t line;
    for (size_t i = 0; i < count; i++)
        csv_put(&b, cells[i], i == 0);
    csv_end_row(&b);
    csv_open(&csv, buf_text(&b));
    csv.separator = ','; /* cells may hold more semicolons than there are commas */
    if (b.len >= 3 && text_starts(buf_text(&b), "\xEF\xBB\xBF"))
        return; /* a cell that begins with a byte-order mark loses it at the start of a file */
    if (text_starts(buf_text(&b), "sep="))
        return; /* there it is a word about the separator */
    if (b.full || csv_row(call, &csv, count, &back, &back_count, &line) != OK ||
        back_count != count)
        panic("a written row does not read");
    for (size_t i = 0; i < count; i++) {
        bool guarded = text_starts(back[i], "'") && text_same(text_from(back[i], 1), cells[i]);
        if (!guarded && !text_same(back[i], cells[i]))
            panic("a written cell has changed");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct csv csv;
    uint32_t before = 0;
    csv_open(&csv, (struct text){(const char *)data, size});
    for (;;) {
        struct text *cells;
        size_t count, left = csv.rest.len;
        uint32_t line;
        enum err e = csv_row(call, &csv, 50, &cells, &count, &line);
        if (e == OK && count == 0)
            break;
        if (csv.rest.len >= left || line <= before)
            panic("reading does not go on");
        before = line;
        if (e == OK)
            check_row(call, cells, count, size);
    }
    arena_close(a);
    return 0;
}
