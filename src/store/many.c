/* SPDX-License-Identifier: Apache-2.0 */
/* store/many.c — one statement for many rows. What is put together is the constant text of the
 * caller and a list of placeholders, never a name or a value. */
#include "store/internal.h"

#include <string.h>

/* Powers of two, so that the statements to prepare are few. */
static size_t rows_at_once(size_t left)
{
    size_t rows = 32;

    while (rows > left)
        rows /= 2;
    return rows;
}

static const char *many_sql(struct arena *a, const char *head, const char *tail, size_t columns,
                            size_t rows)
{
    struct buf b = buf_in(a, 64 * 1024);

    buf_add_c(&b, head);
    for (size_t i = 0; i < rows * columns; i++) {
        buf_add_c(&b, i == 0 ? " (" : i % columns == 0 ? "), (" : ", ");
        buf_print(&b, "$%zu", i + 1);
    }
    buf_add_c(&b, ")");
    buf_add_c(&b, tail);
    buf_add_byte(&b, '\0');
    if (b.full)
        panic("a statement outgrew its buffer");
    return b.at;
}

enum err tx_many(struct call *call, struct tx *tx, const char *head, const char *tail,
                 const struct value *values, size_t columns, size_t rows)
{
    for (size_t at = 0, some; at < rows; at += some) {
        some = rows_at_once(rows - at);
        TRY(tx_exec(call, tx, many_sql(call->arena, head, tail, columns, some),
                    values + at * columns, some * columns, NULL));
    }
    return OK;
}

/* Room for the most there may be is taken with the first part, which tells how wide rows are.
 */
static void add_part(struct arena *a, const struct rows *part, size_t most, struct rows *out)
{
    if (!out->cells) {
        out->columns = part->columns;
        out->cells = NEW_MANY(a, most * part->columns + 1, struct value);
    }
    if (part->count)
        memcpy(out->cells + out->count * out->columns, part->cells,
               part->count * part->columns * sizeof *part->cells);
    out->count += part->count;
}

enum err tx_many_rows(struct call *call, struct tx *tx, const char *head, const char *tail,
                      const struct value *values, size_t columns, size_t rows, struct rows *out)
{
    struct rows part;
    *out = (struct rows){0};
    for (size_t at = 0, some; at < rows; at += some) {
        some = rows_at_once(rows - at);
        TRY(tx_rows(call, tx, many_sql(call->arena, head, tail, columns, some),
                    values + at * columns, some * columns, some, &part));
        add_part(call->arena, &part, rows, out);
    }
    return OK;
}

enum err read_many_rows(struct call *call, struct reader *r, const char *head, const char *tail,
                        const struct value *values, size_t columns, size_t rows,
                        struct rows *out)
{
    struct rows part;
    *out = (struct rows){0};
    for (size_t at = 0, some; at < rows; at += some) {
        some = rows_at_once(rows - at);
        TRY(read_rows(call, r, many_sql(call->arena, head, tail, columns, some),
                      values + at * columns, some * columns, some, &part));
        add_part(call->arena, &part, rows, out);
    }
    return OK;
}
