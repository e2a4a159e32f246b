/* SPDX-License-Identifier: Apache-2.0 */
/* A profile, a line of "---", and a table: each row makes whole lines of JSON, one or two, or
 * none and a reason; the same row makes the same bytes. */
#include "monitor/profile.h"

#include <stdlib.h>
#include <string.h>

static void must(bool good)
{
    if (!good)
        abort();
}

static void check_lines(struct call *call, struct text lines, size_t count)
{
    static const struct json_limits limits = {8 << 20, 8, 100000};
    const struct json *v;
    for (size_t i = 0; i < count; i++) {
        struct text line = text_cut(&lines, '\n');
        must(json_read(call, line, &limits, &v) == OK && v->type == JSON_OBJECT);
        must(json_text(json_get(v, "ts")).len > 0);
    }
    must(!lines.len);
}

static void take_row(struct arena *a, const struct columns *c, const struct table_cells *row)
{
    struct call *call = call_open(a, INT64_C(1800000000000000), LANG_EN);
    struct buf once = buf_in(a, 32 << 20), again = buf_in(a, 32 << 20);
    size_t count = 0, same = 0;
    if (columns__lines(call, c, row, &once, &count) != OK) {
        must(call->problems && !once.len);
        return;
    }
    must(columns__lines(call, c, row, &again, &same) == OK && same == count);
    must(text_same(buf_text(&once), buf_text(&again)));
    check_lines(call, buf_text(&once), count);
}

static void take_table(struct arena *a, struct call *call, const struct profile *p,
                       struct text bytes)
{
    struct columns c = {.system = TEXT("S"), .moment = call->now};
    struct csv csv;
    struct text *cells;
    size_t count;
    uint32_t line;
    csv_open(&csv, bytes);
    if (csv_row(call, &csv, 50, &cells, &count, &line) != OK ||
        columns__find(call, p, cells, count, &c) != OK)
        return;
    for (int64_t row = 1; row < 50; row++) {
        enum err e = csv_row(call, &csv, 50, &cells, &count, &line);
        if (e == OK && !count)
            return;
        if (e == OK)
            take_row(a, &c, &(struct table_cells){cells, count, row});
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, INT64_C(1800000000000000), LANG_EN);
    struct text all = {(const char *)data, size}, table = TEXT("");
    ptrdiff_t at = text_search(all, TEXT("\n---\n"));
    struct profile *p;
    if (at >= 0) {
        table = text_from(all, (size_t)at + 5);
        all = text_slice(all, 0, (size_t)at);
    }
    if (profile_read(call, all, &p) == OK)
        take_table(a, call, p, table);
    else
        must(call->problems != NULL);
    arena_close(a);
    return 0;
}
