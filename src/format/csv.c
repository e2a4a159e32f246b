/* SPDX-License-Identifier: Apache-2.0 */
/* format/csv.c — RFC 4180 and what spreadsheets make of it.
 * Reading goes row by row over bytes that stay where they are: a cell borrows from them unless
 * a doubled quote must be undone. The idea behind recovery: a lost quote must cost one row, not
 * the rest of the file, so after one the next row begins on the line after the quote. */
#include "format/internal.h"

#include <string.h>

struct row {
    struct text *cells;
    size_t count, room, max;
};

/* The separator that the first line has most of, outside quotes. */
static char guess_separator(struct text t)
{
    size_t commas = 0, semicolons = 0, tabs = 0;
    bool quoted = false;
    for (size_t i = 0; i < t.len && (quoted || t.at[i] != '\n'); i++) {
        char c = t.at[i];
        if (c == '"')
            quoted = !quoted;
        if (quoted)
            continue;
        commas += c == ',';
        semicolons += c == ';';
        tabs += c == '\t';
    }
    if (tabs > commas && tabs >= semicolons)
        return '\t';
    return semicolons > commas ? ';' : ',';
}

/* Length of the line break at t, 0 when there is none. A lone CR is an ordinary byte. */
static size_t break_length(struct text t)
{
    if (t.len > 0 && t.at[0] == '\n')
        return 1;
    return t.len > 1 && t.at[0] == '\r' && t.at[1] == '\n' ? 2 : 0;
}

static uint32_t count_breaks(struct text t)
{
    uint32_t n = 0;
    while (t.len > 0) {
        ptrdiff_t at = text_find(t, '\n');
        if (at < 0)
            break;
        n++;
        t = text_from(t, (size_t)at + 1);
    }
    return n;
}

static void skip(struct csv *csv, size_t count)
{
    csv->line += count_breaks(text_slice(csv->rest, 0, count));
    csv->rest = text_from(csv->rest, count);
}

void csv_open(struct csv *csv, struct text bytes)
{
    if (text_starts(bytes, "\xEF\xBB\xBF"))
        bytes = text_from(bytes, 3);
    *csv = (struct csv){bytes, 1, guess_separator(bytes)};
    if (!text_starts(bytes, "sep=") || bytes.len < 6 || strchr(",;\t|", bytes.at[4]) == NULL ||
        bytes.at[4] == '\0' || break_length(text_from(bytes, 5)) == 0)
        return;
    csv->separator = bytes.at[4]; /* a first line that Excel writes and understands */
    skip(csv, 5 + break_length(text_from(bytes, 5)));
}

static void skip_line(struct csv *csv)
{
    ptrdiff_t at = text_find(csv->rest, '\n');
    skip(csv, at < 0 ? csv->rest.len : (size_t)at + 1);
}

/* Cells past the limit are counted and not kept. */
static void add_cell(struct call *call, struct row *row, struct text cell)
{
    if (row->count < row->max && row->count == row->room) {
        size_t room = row->room == 0 ? 32 : row->room * 4;
        struct text *cells = NEW_MANY(call->arena, room, struct text);
        if (row->count > 0)
            memcpy(cells, row->cells, row->count * sizeof(*cells));
        row->cells = cells;
        row->room = room;
    }
    if (row->count < row->max)
        row->cells[row->count] = cell;
    row->count++;
}

static struct text undouble(struct call *call, struct text t)
{
    char *at = arena_take(call->arena, t.len);
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++) {
        at[len++] = t.at[i];
        if (t.at[i] == '"')
            i++;
    }
    return (struct text){at, len};
}

/* The cell inside the quotes at the start of the rest; false when the closing one is missing.
 * *used counts both quotes. */
static bool quoted_cell(struct call *call, struct text rest, struct text *cell, size_t *used)
{
    size_t i = 1;
    bool doubled = false;
    for (;;) {
        ptrdiff_t at = text_find(text_from(rest, i), '"');
        if (at < 0)
            return false;
        i += (size_t)at + 1;
        if (i == rest.len || rest.at[i] != '"')
            break;
        doubled = true;
        i++;
    }
    *cell = text_slice(rest, 1, i - 1);
    if (doubled)
        *cell = undouble(call, *cell);
    *used = i;
    return true;
}

static size_t plain_length(const struct csv *csv)
{
    const char *at = csv->rest.at, *end = at + csv->rest.len;
    const char *c = at;
    while (c < end && *c != csv->separator && *c != '\n')
        c++;
    size_t len = (size_t)(c - at);
    return c < end && *c == '\n' && len > 0 && at[len - 1] == '\r' ? len - 1 : len;
}

static enum err read_quoted(struct call *call, struct csv *csv, struct row *row)
{
    struct text cell;
    size_t used;
    uint32_t line = csv->line;
    if (!quoted_cell(call, csv->rest, &cell, &used)) {
        skip_line(csv);
        return format__refuse(call, ERR_MALFORMED, "quote", line,
                              SAID("a quote is opened and never closed"));
    }
    struct text after = text_from(csv->rest, used);
    if (after.len > 0 && after.at[0] != csv->separator && break_length(after) == 0) {
        skip_line(csv);
        return format__refuse(call, ERR_MALFORMED, "quote", line,
                              SAID("something follows a closing quote"));
    }
    add_cell(call, row, cell);
    skip(csv, used);
    return OK;
}

/* Reads cells up to and over the end of the row. */
static enum err read_cells(struct call *call, struct csv *csv, struct row *row)
{
    for (;;) {
        if (csv->rest.len > 0 && csv->rest.at[0] == '"') {
            TRY(read_quoted(call, csv, row));
        } else {
            size_t len = plain_length(csv);
            add_cell(call, row, text_slice(csv->rest, 0, len));
            csv->rest = text_from(csv->rest, len);
        }
        if (csv->rest.len == 0 || csv->rest.at[0] != csv->separator)
            break;
        csv->rest = text_from(csv->rest, 1);
    }
    skip(csv, break_length(csv->rest));
    return OK;
}

enum err csv_row(struct call *call, struct csv *csv, size_t max, struct text **cells,
                 size_t *count, uint32_t *line)
{
    struct row row = {.max = max};
    *count = 0;
    *cells = NULL;
    for (size_t n; (n = break_length(csv->rest)) > 0;)
        skip(csv, n);
    *line = csv->line;
    if (csv->rest.len == 0)
        return OK;
    struct text start = csv->rest;
    TRY(read_cells(call, csv, &row));
    if (!text_utf8(text_slice(start, 0, start.len - csv->rest.len)))
        return format__refuse(call, ERR_MALFORMED, "encoding", *line, SAID("not valid UTF-8"));
    if (row.count > max)
        return format__refuse(call, ERR_MALFORMED, "cells", *line, SAID("too many cells"));
    *cells = row.cells;
    *count = row.count;
    return OK;
}

/* Spreadsheets run a cell that starts so as a formula. A cell that looks guarded already gets a guard of
 * its own, so that taking one apostrophe off gives every cell back. */
static bool is_formula(struct text t)
{
    double ignored;
    size_t guards = 0;
    while (guards < t.len && t.at[guards] == '\'')
        guards++;
    if (guards > 0)
        return guards < t.len && memchr("=+-@\t\r", t.at[guards], 6) != NULL;
    return t.len > 0 && memchr("=+-@\t\r", t.at[0], 6) != NULL && !text_number(t, &ignored);
}

static bool needs_quotes(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (memchr(",;\t\"\r\n", t.at[i], 6) != NULL)
            return true;
    return t.len > 0 && (t.at[0] == ' ' || t.at[t.len - 1] == ' ');
}

void csv_put(struct buf *out, struct text cell, bool first)
{
    bool formula = is_formula(cell), quotes = needs_quotes(cell);
    if (!first)
        buf_add_byte(out, ',');
    if (quotes)
        buf_add_byte(out, '"');
    if (formula)
        buf_add_byte(out, '\'');
    for (;;) {
        ptrdiff_t at = text_find(cell, '"');
        if (at < 0)
            break;
        buf_add(out, text_slice(cell, 0, (size_t)at + 1));
        buf_add_byte(out, '"');
        cell = text_from(cell, (size_t)at + 1);
    }
    buf_add(out, cell);
    if (quotes)
        buf_add_byte(out, '"');
}

void csv_end_row(struct buf *out)
{
    /* A row of one empty cell would be an empty line, which readers pass over. */
    if (out->len == 0 || out->at[out->len - 1] == '\n')
        buf_add_c(out, "\"\"");
    buf_add_c(out, "\r\n");
}
