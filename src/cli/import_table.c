/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import_table.c — a CSV, XLSX or JSON file becomes a table of cells with their lines.
 * A row that cannot be read is refused and costs only itself. */
#include "cli/import.h"

#include <stdio.h>
#include <string.h>

#define FILE_MOST ((size_t)100 << 20)
#define COLUMNS_MOST 1000
static const struct json_limits import_limits = {FILE_MOST, 32, 20000000};

static size_t column_called(const struct import_table *t, struct text name)
{
    for (size_t i = 0; i < t->columns; i++)
        if (text_same(t->names[i], name))
            return i;
    return NO_COLUMN;
}

/* The second "Notes" is called "Notes (2)", and may be asked for as "Notes #2". */
size_t table__column(const struct import_table *t, struct text name)
{
    char other[400];
    size_t found = column_called(t, name), hash = name.len;
    while (hash > 0 && name.at[hash - 1] != '#')
        hash--;
    if (found != NO_COLUMN || hash < 3 || name.at[hash - 2] != ' ' || name.len > 390)
        return found;
    int len = snprintf(other, sizeof other, "%.*s(%.*s)", (int)hash - 1, name.at,
                       (int)(name.len - hash), name.at + hash);
    return column_called(t, (struct text){other, (size_t)len});
}

/* ---- rows in the making ----------------------------------------------------------------- */
struct maker {
    struct import *im;
    struct text *cells; /* of the header */
    size_t header_count, room;
    bool has_header;
};

static struct import_row *add_row(struct maker *m, uint32_t line)
{
    struct import_table *t = &m->im->table;
    if (t->count == m->room) {
        size_t room = m->room ? m->room * 2 : 1024;
        struct import_row *rows = NEW_MANY(m->im->arena, room, struct import_row);
        if (t->count)
            memcpy(rows, t->rows, t->count * sizeof *rows);
        t->rows = rows;
        m->room = room;
    }
    t->rows[t->count] = (struct import_row){.line = line};
    return &t->rows[t->count++];
}

static bool all_empty(const struct text *cells, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (shown_any(cells[i]) || cells[i].at == sheet_no_result)
            return false;
    return true;
}

static void set_header(struct maker *m, const struct text *cells, size_t count)
{
    struct import_table *t = &m->im->table;
    t->names = NEW_MANY(m->im->arena, count + 1, struct text);
    for (size_t i = 0; i < count; i++)
        t->names[i] = shown_one_space(m->im->arena, shown_without(m->im->arena, cells[i], true));
    t->columns = count;
    m->has_header = true;
}

/* A short row is not filled up: which cells are missing cannot be known. */
static void take_row(struct maker *m, const struct text *cells, size_t count, uint32_t line)
{
    struct import *im = m->im;
    if (!m->has_header) {
        set_header(m, cells, count);
        return;
    }
    if (all_empty(cells, 0, count))
        return; /* a row in which there is nothing to see */
    if (count < im->table.columns ||
        (count > im->table.columns && !all_empty(cells, im->table.columns, count))) {
        report__refuse(im, line, (struct text){0}, "cells",
                       text_print(im->arena,
                                  say(im->call, "the row has %zu cells, the header %zu",
                                      "该行有 %zu 个单元格，表头有 %zu 个"),
                                  count, im->table.columns));
        im->result.rejected++;
        return;
    }
    add_row(m, line)->cells = cells;
}

/* ---- CSV -------------------------------------------------------------------------------- */
static enum err read_csv(struct maker *m, struct text bytes)
{
    struct import *im = m->im;
    struct csv csv;
    const struct json *header = json_get(im->map, "header");
    im->table.csv = true;
    TRY(file__decode(im, &bytes));
    csv_open(&csv, bytes);
    for (;;) {
        struct call *one = call_beside(im->arena, im->call);
        struct text *cells;
        size_t count;
        uint32_t line = csv.line;
        enum err e = csv_row(one, &csv, COLUMNS_MOST, &cells, &count, &line);
        if (e == OK && !count)
            return OK;
        if (!m->has_header && header && line < header->integer)
            continue; /* a banner before the header */
        if (e == OK) {
            take_row(m, cells, count, line);
            continue;
        }
        struct text why = one->problems ? one->problems->message : text_of(words_of(one, e));
        if (!m->has_header || e != ERR_MALFORMED)
            return problem(im->call, e, text_of(im->path), "header", "%.*s", TEXT_ARG(why));
        report__refuse(im, line, (struct text){0}, "csv", why);
        im->result.rejected++;
    }
}

/* ---- XLSX ------------------------------------------------------------------------------- */
static enum err read_xlsx(struct maker *m, struct text bytes)
{
    struct sheet sheet;
    const struct json *header = json_get(m->im->map, "header");
    size_t first = header && header->integer > 0 ? (size_t)header->integer - 1 : 0;
    TRY(xlsx_read(m->im->call, bytes, &sheet));
    for (size_t r = first; r < sheet.row_count; r++)
        if (r == first || !all_empty(sheet.rows[r], 0, sheet.columns))
            take_row(m, sheet.rows[r], sheet.columns, (uint32_t)r + 1);
    return OK;
}

/* ---- JSON ------------------------------------------------------------------------------- */
static struct text cell_text(struct arena *a, const struct json *v)
{
    switch (v->type) {
    case JSON_NULL:
        return (struct text){0};
    case JSON_FALSE:
        return TEXT("false");
    case JSON_TRUE:
        return TEXT("true");
    case JSON_LIST:
    case JSON_OBJECT: {
        struct buf b = buf_in(a, FILE_MOST);
        struct json_out o = json_out(&b);
        json_put_json(&o, v);
        return buf_text(&b);
    }
    default:
        return v->text;
    }
}

/* The columns of a list of objects are the names that occur, in the order of their first use.
 */
static enum err json_columns(struct maker *m, const struct json *list)
{
    struct import_table *t = &m->im->table;
    struct index *names = index__new(m->im->arena);
    t->names = NEW_MANY(m->im->arena, COLUMNS_MOST, struct text);
    for (const struct json *row = list->first; row; row = row->next)
        for (const struct json *v = row->type == JSON_OBJECT ? row->first : NULL; v;
             v = v->next) {
            if (index__get(names, v->key))
                continue;
            if (t->columns == COLUMNS_MOST)
                return problem(m->im->call, ERR_TOO_LARGE, text_of(m->im->path), "columns",
                               "there are more than %d different names", COLUMNS_MOST);
            t->names[t->columns++] = one_line(m->im->arena, v->key);
            index__put(names, v->key, t->names);
        }
    m->has_header = t->columns > 0;
    return OK;
}

static void take_object(struct maker *m, const struct json *object)
{
    struct import *im = m->im;
    struct text *cells = NEW_MANY(im->arena, im->table.columns + 1, struct text);
    const struct json **given = NEW_MANY(im->arena, im->table.columns + 1, const struct json *);
    for (const struct json *v = object->first; v; v = v->next) {
        size_t i = table__column(&im->table, one_line(im->arena, v->key));
        if (i == NO_COLUMN)
            continue;
        given[i] = v;
        cells[i] = cell_text(im->arena, v);
    }
    struct import_row *row = add_row(m, object->line);
    row->cells = cells;
    row->given = given;
}

/* "records (2), meta.links (5)": the lists inside, for whoever must name one. */
static void print_lists(struct buf *b, const struct json *v, struct text path, struct arena *a,
                        int depth)
{
    for (const struct json *one = v->type == JSON_OBJECT ? v->first : NULL; one;
         one = one->next) {
        struct text name = path.len ? text_print(a, "%.*s.%.*s", TEXT_ARG(path), TEXT_ARG(one->key))
                                    : one->key;
        if (one->type == JSON_LIST && b->len < 600)
            buf_print(b, "%s%.*s (%zu)", b->len ? ", " : "", TEXT_ARG(name), (size_t)one->count);
        else if (one->type == JSON_OBJECT && depth < 3)
            print_lists(b, one, name, a, depth + 1);
    }
}

static const struct json *follow(struct import *im, const struct json *v, struct text path)
{
    while (v && path.len)
        v = v->type == JSON_OBJECT ? json_get(v, text_c(im->arena, text_cut(&path, '.'))) : NULL;
    return v;
}

/* A list of objects; or the one inside an object that the map names. Which of several lists is
 * meant is never guessed. */
static enum err find_list(struct import *im, const struct json **list)
{
    struct text path = json_text(json_get(im->map, "list"));
    const struct json *found = follow(im, *list, path);
    struct buf b = buf_in(im->arena, 2000);
    if (found && found->type == JSON_LIST) {
        *list = found;
        return OK;
    }
    print_lists(&b, *list, (struct text){0}, im->arena, 0);
    if (!b.len)
        return problem(
            im->call, ERR_MALFORMED, text_of(im->path), "type", "%s",
            say(im->call, "the file must be a list of objects", "文件必须是由对象组成的列表"));
    return problem(im->call, ERR_MALFORMED, text_of(im->path), "type",
                   say(im->call,
                       "the file is an object; these lists are in it: %.*s. Name one in the map: "
                       "\"list\": \"…\"",
                       "文件是一个对象，其中的列表有：%.*s。请在映射中指定：\"list\": \"…\""),
                   TEXT_ARG(buf_text(&b)));
}

static enum err read_json(struct maker *m, struct text bytes)
{
    struct import *im = m->im;
    const struct json *list;
    if (text_starts(bytes, "\xEF\xBB\xBF"))
        bytes = text_from(bytes, 3);
    im->table.json = true;
    TRY(json_read(im->call, bytes, &import_limits, &list));
    TRY(find_list(im, &list));
    TRY(json_columns(m, list));
    for (const struct json *one = list->first; one; one = one->next) {
        if (one->type == JSON_OBJECT) {
            take_object(m, one);
            continue;
        }
        report__refuse(im, one->line, (struct text){0}, "type",
                       text_of(say(im->call, "is not an object", "不是对象")));
        im->result.rejected++;
    }
    return OK;
}

/* ---- the header ------------------------------------------------------------------------- */
static bool column_empty(const struct import_table *t, size_t column)
{
    for (size_t r = 0; r < t->count; r++)
        if (text_trim(t->rows[r].cells[column]).len)
            return false;
    return true;
}

/* Spreadsheets like to leave empty columns behind: at the end they are dropped. */
static struct text numbered(struct maker *m, struct text name, size_t column)
{
    struct import_table *t = &m->im->table;
    size_t n = 1;
    for (size_t i = 0; i < column; i++)
        n += text_same(t->names[i], name);
    struct text other = name;
    do
        other = text_print(m->im->arena, "%.*s (%zu)", TEXT_ARG(name), n++);
    while (column_called(t, other) != NO_COLUMN);
    return other;
}

/* A map can name the second column of a name; without one nobody could tell them apart. Each is
 * numbered by what stood in the file, so the last comes first. */
static void number_headings(struct maker *m)
{
    struct import_table *t = &m->im->table;
    for (size_t i = t->columns; m->im->map && i-- > 1;)
        if (t->names[i].len && column_called(t, t->names[i]) != i)
            t->names[i] = numbered(m, t->names[i], i);
}

static enum err check_header(struct maker *m)
{
    struct import *im = m->im;
    struct import_table *t = &im->table;
    while (t->columns && !t->names[t->columns - 1].len && column_empty(t, t->columns - 1))
        t->columns--;
    if (im->table.json) /* each object names its own; none at all is no mistake */
        return OK;
    if (!m->has_header || !t->columns)
        return problem(im->call, ERR_INVALID, text_of(im->path), "header", "%s",
                       say(im->call,
                           "the file has no header: its first row must name the columns",
                           "文件没有表头：第一行必须是列名"));
    enum err worst = OK;
    number_headings(m);
    for (size_t i = 0; i < t->columns; i++) {
        if (!t->names[i].len)
            worst = problem(im->call, ERR_INVALID, text_of(im->path), "header",
                            "column %zu has no name", i + 1);
        else if (table__column(t, t->names[i]) != i)
            worst = problem(im->call, ERR_INVALID, t->names[i], "duplicate", "%s",
                            say(im->call, "this column is there twice", "该列出现两次"));
    }
    return worst;
}

enum err table__read(struct import *im)
{
    struct maker m = {.im = im};
    struct text format = json_text(json_get(im->map, "format"));
    struct text name = text_lower(im->arena, text_of(im->path));
    enum err e = OK;
    struct text bytes = read_file(im->site->caller, im->call, im->path, FILE_MOST, &e);
    TRY(e);
    TRY(file__foreign(im, bytes, name));
    if (text_ends(name, ".xlsx") || text_ends(name, ".csv") || text_ends(name, ".json"))
        format = text_ends(name, ".xlsx")  ? TEXT("xlsx")
                 : text_ends(name, ".csv") ? TEXT("csv")
                                           : TEXT("json");
    if (text_is(format, "xlsx"))
        TRY(read_xlsx(&m, bytes));
    else if (text_is(format, "json"))
        TRY(read_json(&m, bytes));
    else
        TRY(read_csv(&m, bytes));
    return check_header(&m);
}
