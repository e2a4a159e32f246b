/* SPDX-License-Identifier: Apache-2.0 */
/* What was counted of events, from whoever can write into the store. A page or a cell is one or
 * it is none; of one that is read, what is written is read again to the same bytes; and a cell
 * takes a row and its label, or says that it is bad. */
#include "monitor/count.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_page(struct arena *a, struct text bytes)
{
    struct page p = {0}, again = {0};
    if (!page__read(a, bytes, &p))
        return;
    struct text written = page__write(a, &p);
    if (!page__read(a, written, &again))
        panic("a page that was written is none");
    if (!text_same(page__write(a, &again), written))
        panic("a page is not written as it was read");
    int64_t first, last;
    if (p.rows.count)
        page__days(&p, &first, &last);
    (void)page__row(&p, (int64_t)bytes.len);
}

static void try_cell(struct arena *a, struct text bytes)
{
    struct cell *c = cell__new(a, CELL_DAY, 0), *again = cell__new(a, CELL_DAY, 0);
    if (!cell__read(a, bytes, c))
        return;
    struct text written = cell__write(a, c);
    if (!cell__read(a, written, again) || !text_same(cell__write(a, again), written))
        panic("a cell is not written as it was read");
    struct attribute sex = {TEXT("sex"), TEXT("F")};
    struct row r = {.task = TASK_BINARY,
                    .predicted = 1,
                    .has_score = true,
                    .score = 0.5,
                    .version = TEXT(""),
                    .env = TEXT(""),
                    .class = TEXT(""),
                    .attributes = &sex,
                    .attribute_count = 1,
                    .truth = {.seen = 1, .bit = 1, .word = TEXT("")}};
    cell__add(c, &r);
    cell__label(c, &r, 1);
    cell__label(c, &r, -1);
    if (!c->bad)
        (void)cell__write(a, c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct text bytes = {(const char *)data + 1, size ? size - 1 : 0};
    struct truth truth = {0};
    if (!size)
        bytes = TEXT("");
    if (size && data[0] % 3 == 0)
        try_page(a, bytes);
    else if (size && data[0] % 3 == 1)
        try_cell(a, bytes);
    else
        (void)truth__read(bytes, &truth);
    arena_close(a);
    return 0;
}
