/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/measure/oracle_book.c — rows in, figures by path. */
#include "oracle.h"

static struct text whole_file(struct call *call, const char *file)
{
    FILE *in = fopen(file, "rb");
    assert_non_null(in);
    struct buf b = buf_in(call->arena, (size_t)8 << 20);
    char piece[65536];
    for (size_t got; (got = fread(piece, 1, sizeof(piece), in)) > 0;)
        buf_add(&b, (struct text){piece, got});
    fclose(in);
    assert_false(b.full);
    return buf_text(&b);
}

struct rows rows_read(struct call *call, const char *file)
{
    struct rows r = {.cell = NEW_MANY(call->arena, 10000, struct text *),
                     .column = map_in(call->arena)};
    struct csv csv;
    struct text *cells;
    size_t count;
    uint32_t line;
    csv_open(&csv, whole_file(call, file));
    assert_int_equal(csv_row(call, &csv, 100, &r.name, &r.columns, &line), OK);
    for (size_t i = 0; i < r.columns; i++)
        assert_true(map_add(r.column, r.name[i], i));
    for (;;) {
        assert_int_equal(csv_row(call, &csv, 100, &cells, &count, &line), OK);
        if (count == 0)
            return r;
        assert_int_equal(count, r.columns);
        assert_true(r.count < 10000);
        r.cell[r.count++] = cells;
    }
}

static size_t column_of(const struct rows *r, const char *column)
{
    size_t place = 0;
    if (!map_find(r->column, text_of(column), &place))
        fail_msg("no column %s", column);
    return place;
}

struct text cell_of(const struct rows *r, size_t row, const char *column)
{
    return r->cell[row][column_of(r, column)];
}

double number_of(struct text cell)
{
    double d;
    return text_number(cell, &d) ? d : NAN;
}

struct book *book_new(struct call *call, const struct rows *rows, bool exact)
{
    struct book *b = NEW(call->arena, struct book);
    b->arena = call->arena;
    b->call = call;
    b->rows = rows;
    b->exact = exact;
    b->map = map_in(call->arena);
    return b;
}

const char *under_text(struct book *b, const char *path, struct text key)
{
    return text_c(b->arena, text_print(b->arena, "%s/%.*s", path, TEXT_ARG(key)));
}

const char *under(struct book *b, const char *path, const char *key)
{
    return under_text(b, path, text_of(key));
}

static void put_entry(struct book *b, const char *path, const char *key, struct entry e)
{
    b->at = list_room(b->arena, b->at, b->count, &b->room, sizeof(*b->at));
    assert_true(map_add(b->map, text_of(under(b, path, key)), b->count));
    b->at[b->count++] = e;
}

void put(struct book *b, const char *path, const char *key, struct figure f)
{
    put_entry(b, path, key, (struct entry){.figure = f});
}

void put_number(struct book *b, const char *path, const char *key, double d)
{
    put(b, path, key, measure_known(d));
}

void put_count(struct book *b, const char *path, const char *key, int64_t count)
{
    put_number(b, path, key, (double)count);
}

void put_text(struct book *b, const char *path, const char *key, struct text t)
{
    put_entry(b, path, key, (struct entry){.is_text = true, .text = t});
}

void put_interval(struct book *b, const char *path, const char *key, struct interval i)
{
    const char *at = under(b, path, key);
    if (!i.known) {
        put(b, path, key, MEASURE_UNKNOWN);
        return;
    }
    put_number(b, at, "0", i.low);
    put_number(b, at, "1", i.high);
}

static struct text group_of(struct book *b, size_t row, const char *const *columns,
                            size_t count)
{
    struct buf name = buf_in(b->arena, 1000);
    if (count == 1)
        return cell_of(b->rows, row, columns[0]);
    for (size_t i = 0; i < count; i++)
        buf_print(&name, "%s%s=%.*s", i > 0 ? "|" : "", columns[i],
                  TEXT_ARG(cell_of(b->rows, row, columns[i])));
    return buf_text(&name);
}

static int by_bytes(const void *left, const void *right)
{
    return text_compare(*(const struct text *)left, *(const struct text *)right);
}

struct groups groups_by(struct book *b, const char *const *columns, size_t column_count)
{
    size_t n = b->rows->count, place;
    struct text *of = NEW_MANY(b->arena, n, struct text);
    struct groups g = {.name = NEW_MANY(b->arena, n, struct text)};
    struct map *seen = map_in(b->arena), *order = map_in(b->arena);
    for (size_t i = 0; i < n; i++) {
        of[i] = group_of(b, i, columns, column_count);
        if (map_add(seen, of[i], 0))
            g.name[g.count++] = of[i];
    }
    qsort(g.name, g.count, sizeof(*g.name), by_bytes);
    g.pick = NEW_MANY(b->arena, g.count, struct pick);
    for (size_t i = 0; i < g.count; i++) {
        map_add(order, g.name[i], i);
        g.pick[i].row = NEW_MANY(b->arena, n, size_t);
    }
    for (size_t i = 0; i < n; i++) {
        assert_true(map_find(order, of[i], &place));
        g.pick[place].row[g.pick[place].count++] = i;
    }
    return g;
}
