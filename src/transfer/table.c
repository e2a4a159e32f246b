/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/table.c — a CSV, XLSX or JSON file becomes a table of cells with their lines.
 * A row that cannot be read is refused and costs only itself. */
#include "transfer/internal.h"

#include <stdio.h>
#include <string.h>

#define COLUMNS_MOST 1000
static const struct json_limits import_limits = {TRANSFER_FILE_MOST, 32, 20000000};

static size_t column_called(const struct table *t, struct text name)
{
    for (size_t i = 0; i < t->columns; i++)
        if (text_same(t->names[i], name))
            return i;
    return NO_COLUMN;
}

/* The second "Notes" is called "Notes (2)", and may be asked for as "Notes #2". */
size_t transfer__column(const struct table *t, struct text name)
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
    struct transfer *im;
    size_t room;
    bool has_header;
};

static struct table_row *add_row(struct maker *m, uint32_t line)
{
    struct table *t = &m->im->table;
    if (t->count == m->room) {
        size_t room = m->room ? m->room * 2 : 1024;
        struct table_row *rows = NEW_MANY(m->im->arena, room, struct table_row);
        if (t->count)
            memcpy(rows, t->rows, t->count * sizeof *rows);
        t->rows = rows;
        m->room = room;
    }
    t->rows[t->count] = (struct table_row){.line = line};
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
    struct table *t = &m->im->table;
    t->names = NEW_MANY(m->im->arena, count + 1, struct text);
    for (size_t i = 0; i < count; i++)
        t->names[i] = shown_one_space(m->im->arena, shown_without(m->im->arena, cells[i], true));
    t->columns = count;
    m->has_header = true;
}

/* A heading over several columns stands in the first of them: "Harm" over "Individual" and "Societal"
 * becomes "Harm / Individual" and "Harm / Societal". */
static void add_headings(struct maker *m, const struct text *cells, size_t count)
{
    struct table *t = &m->im->table;
    struct arena *a = m->im->arena;
    size_t columns = count > t->columns ? count : t->columns;
    struct text *names = NEW_MANY(a, columns + 1, struct text), over = {0};
    for (size_t i = 0; i < columns; i++) {
        struct text upper = i < t->columns ? t->names[i] : (struct text){0};
        struct text lower = i < count ? shown_one_space(a, shown_without(a, cells[i], true))
                                      : (struct text){0};
        over = upper.len ? upper : lower.len ? over : (struct text){0};
        names[i] = !lower.len ? upper
                   : over.len ? text_print(a, "%.*s / %.*s", TEXT_ARG(over), TEXT_ARG(lower))
                              : lower;
    }
    t->names = names;
    t->columns = columns;
}

/* ---- where the header is ------------------------------------------------------------------ */
#define BANNER_MOST 20
#define HEADER_MOST 3 /* rows of headings */

struct glimpse { /* the first rows of a file */
    struct text *cells[BANNER_MOST];
    size_t counts[BANNER_MOST], widths[BANNER_MOST], count;
    int64_t lines[BANNER_MOST];
};
struct header { /* lines of a CSV, rows of a sheet, from 1 */
    int64_t at[HEADER_MOST];
    size_t count;
};

static size_t headings(const struct text *cells, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += text_trim(cells[i]).len > 0;
    return n;
}

/* Above the header stand a title, a date, a note: rows of one or two cells. It is the first row that is
 * nearly as wide as the widest one. */
static size_t guess_header(const struct glimpse *g)
{
    size_t widest = 0;
    for (size_t i = 0; i < g->count; i++)
        widest = g->widths[i] > widest ? g->widths[i] : widest;
    for (size_t i = 0; i < g->count; i++)
        if (g->widths[i] && g->widths[i] * 3 >= widest * 2)
            return i;
    return 0;
}

static bool says(const struct glimpse *g, size_t row, size_t column)
{
    return column < g->counts[row] && text_trim(g->cells[row][column]).len > 0;
}

/* Does the next row only name parts of headings above it? Each of its cells stands under an empty one,
 * or under the first of such a group. */
static bool goes_on(const struct glimpse *g, size_t row)
{
    bool parts = false;
    for (size_t i = 0; row + 1 < g->count && i < g->counts[row + 1]; i++) {
        bool below = says(g, row + 1, i), above = says(g, row, i);
        bool group = !above || (says(g, row + 1, i + 1) && !says(g, row, i + 1));
        if (below && (!group || i == 0))
            return false;
        parts = parts || (below && !above);
    }
    return parts;
}

static struct header guess(struct transfer *im, const struct glimpse *g)
{
    struct header h = {.count = 1, .at = {1}};
    struct buf b = buf_in(im->arena, 2000);
    if (!g->count)
        return h;
    size_t row = guess_header(g);
    h.at[0] = g->lines[row];
    if (goes_on(g, row))
        h.at[h.count++] = g->lines[row + 1];
    for (size_t i = 0, n = 0; i < g->counts[row]; i++)
        if (says(g, row, i) && n++ < 12 && b.len < 1500)
            buf_print(&b, "%s%.*s", b.len ? ", " : "",
                      TEXT_ARG(transfer__one_line(im->arena, g->cells[row][i])));
    im->likely_line = h.at[0];
    im->likely_second = h.count > 1 ? h.at[1] : 0;
    im->likely_names = buf_text(&b);
    return h;
}

/* What the map or somebody says: a line, or several under each other; else what is found, where
 * somebody looks at it; else the first. */
static enum err choose_header(struct transfer *im, const struct glimpse *g, struct header *h)
{
    const struct json *said = json_get(im->how, "header");
    struct header found = guess(im, g);
    *h = im->said ? found : (struct header){.count = 1, .at = {1}};
    if (!said)
        return OK;
    const struct json *one = said->type == JSON_LIST ? said->first : said;
    for (h->count = 0; one && h->count < HEADER_MOST; one = said->type == JSON_LIST ? one->next : NULL)
        h->at[h->count++] = one->type == JSON_INTEGER ? one->integer : 0;
    bool good = h->count > 0 && !one && h->at[0] >= 1;
    for (size_t i = 1; i < h->count; i++)
        good = good && h->at[i] > h->at[i - 1];
    return good
               ? OK
               : problem(im->call, ERR_INVALID, TEXT("header"), "map", "%s",
                         say(im->call,
                             "header is the number of a row, or up to three in order: [2, 3]"));
}

/* ---- CSV -------------------------------------------------------------------------------- */
static struct glimpse glimpse_csv(struct transfer *im, struct csv csv)
{
    struct glimpse g = {0};
    for (size_t count = 1; g.count < BANNER_MOST && count;) {
        struct call *one = call_beside(im->scratch, im->call);
        uint32_t line = csv.line;
        struct text *cells;
        bool good = csv_row(one, &csv, COLUMNS_MOST, &cells, &count, &line) == OK;
        if (good && !count)
            break;
        g.cells[g.count] = cells;
        g.counts[g.count] = good ? count : 0;
        g.widths[g.count] = good ? headings(cells, count) : 0;
        g.lines[g.count++] = line;
        count = 1;
    }
    return g;
}

static enum err take_heading(struct maker *m, const struct text *cells, size_t count, bool first,
                             int64_t line)
{
    if (!first) {
        add_headings(m, cells, count);
        return OK;
    }
    set_header(m, cells, count);
    m->im->table.header = (size_t)line;
    return OK;
}

/* The header alone: what comes after it is read when it is needed. */
static enum err read_csv(struct maker *m, struct text bytes)
{
    struct transfer *im = m->im;
    struct csv *csv = &im->table.body;
    struct header header;
    im->table.csv = true;
    TRY(transfer__decode(im, &bytes));
    csv_open(csv, bytes);
    struct glimpse g = glimpse_csv(im, *csv);
    TRY(choose_header(im, &g, &header));
    for (size_t got = 0; got < header.count;) {
        struct call *one = call_beside(im->arena, im->call);
        struct text *cells;
        size_t count;
        uint32_t line = csv->line;
        enum err e = csv_row(one, csv, COLUMNS_MOST, &cells, &count, &line);
        if (e == OK && !count)
            return OK;
        if (line < header.at[got] && (got || header.at[0] > 1))
            continue; /* a banner before the header */
        if (e != OK) {
            struct text why =
                one->problems ? one->problems->message : text_of(words_of(one, e));
            return problem(im->call, e, im->path, "header", "%.*s", TEXT_ARG(why));
        }
        TRY(take_heading(m, cells, count, got == 0, line));
        got++;
    }
    return OK;
}

/* ---- XLSX ------------------------------------------------------------------------------- */
static struct glimpse glimpse_sheet(const struct sheet *sheet)
{
    struct glimpse g = {0};
    for (; g.count < BANNER_MOST && g.count < sheet->row_count; g.count++) {
        g.cells[g.count] = sheet->rows[g.count];
        g.counts[g.count] = sheet->columns;
        g.widths[g.count] = headings(sheet->rows[g.count], sheet->columns);
        g.lines[g.count] = (int64_t)g.count + 1;
    }
    return g;
}

static enum err read_xlsx(struct maker *m, struct text bytes)
{
    struct sheet sheet;
    struct header header;
    struct text name = json_text(json_get(m->im->how, "sheet"));
    TRY(xlsx_read_sheet(m->im->call, bytes, name, &sheet));
    m->im->table.sheet = sheet;
    struct glimpse g = glimpse_sheet(&sheet);
    TRY(choose_header(m->im, &g, &header));
    for (size_t i = 0; i < header.count; i++)
        if (header.at[i] <= (int64_t)sheet.row_count)
            TRY(take_heading(m, sheet.rows[header.at[i] - 1], sheet.columns, i == 0,
                             header.at[i]));
    for (size_t r = (size_t)header.at[header.count - 1]; r < sheet.row_count; r++)
        if (!all_empty(sheet.rows[r], 0, sheet.columns)) /* nothing in it is to be seen */
            add_row(m, (uint32_t)r + 1)->cells = sheet.rows[r];
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
        struct buf b = buf_in(a, TRANSFER_FILE_MOST);
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
    struct table *t = &m->im->table;
    struct index *names = transfer__index(m->im->arena);
    t->names = NEW_MANY(m->im->arena, COLUMNS_MOST, struct text);
    for (const struct json *row = list->first; row; row = row->next)
        for (const struct json *v = row->type == JSON_OBJECT ? row->first : NULL; v;
             v = v->next) {
            if (transfer__get(names, v->key))
                continue;
            if (t->columns == COLUMNS_MOST)
                return problem(m->im->call, ERR_TOO_LARGE, m->im->path, "columns",
                               "there are more than %d different names", COLUMNS_MOST);
            t->names[t->columns++] = transfer__one_line(m->im->arena, v->key);
            transfer__put(names, v->key, t->names);
        }
    m->has_header = t->columns > 0;
    return OK;
}

static void take_object(struct maker *m, const struct json *object)
{
    struct transfer *im = m->im;
    struct text *cells = NEW_MANY(im->arena, im->table.columns + 1, struct text);
    const struct json **given = NEW_MANY(im->arena, im->table.columns + 1, const struct json *);
    for (const struct json *v = object->first; v; v = v->next) {
        size_t i = transfer__column(&im->table, transfer__one_line(im->arena, v->key));
        if (i == NO_COLUMN)
            continue;
        given[i] = v;
        cells[i] = cell_text(im->arena, v);
    }
    struct table_row *row = add_row(m, object->line);
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

static const struct json *follow(struct transfer *im, const struct json *v, struct text path)
{
    while (v && path.len)
        v = v->type == JSON_OBJECT ? json_get(v, text_c(im->arena, text_cut(&path, '.'))) : NULL;
    return v;
}

/* A list of objects; or the one inside an object that the map names. Which of several lists is
 * meant is never guessed. */
static enum err find_list(struct transfer *im, const struct json **list)
{
    struct text path = json_text(json_get(im->how, "list"));
    const struct json *found = follow(im, *list, path);
    struct buf b = buf_in(im->arena, 2000);
    if (found && found->type == JSON_LIST) {
        *list = found;
        return OK;
    }
    print_lists(&b, *list, (struct text){0}, im->arena, 0);
    if (!b.len)
        return problem(im->call, ERR_MALFORMED, im->path, "type", "%s",
                       say(im->call, "the file must be a list of objects"));
    return problem(
        im->call, ERR_MALFORMED, im->path, "type",
        say(im->call,
            "the file is an object; these lists are in it: %.*s. Name one in the map: "
            "\"list\": \"…\""),
        TEXT_ARG(buf_text(&b)));
}

static enum err read_json(struct maker *m, struct text bytes)
{
    struct transfer *im = m->im;
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
        transfer__refuse(im, one->line, (struct text){0}, "type",
                         text_of(say(im->call, "is not an object")));
        im->counts.rejected++;
    }
    return OK;
}

/* ---- the header ------------------------------------------------------------------------- */
static struct text numbered(struct maker *m, struct text name, size_t column)
{
    struct table *t = &m->im->table;
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
    struct table *t = &m->im->table;
    for (size_t i = t->columns; (m->im->map || m->im->said) && i-- > 1;)
        if (t->names[i].len && column_called(t, t->names[i]) != i)
            t->names[i] = numbered(m, t->names[i], i);
}

static enum err check_header(struct maker *m)
{
    struct transfer *im = m->im;
    struct table *t = &im->table;
    /* Spreadsheets like to leave empty columns behind: at the end they are dropped. */
    while (t->columns && !t->names[t->columns - 1].len && !t->filled[t->columns - 1])
        t->columns--;
    if (im->table.json) /* each object names its own; none at all is no mistake */
        return OK;
    if (!m->has_header || !t->columns)
        return problem(
            im->call, ERR_INVALID, im->path, "header", "%s",
            say(im->call, "the file has no header: its first row must name the columns"));
    enum err worst = OK;
    number_headings(m);
    for (size_t i = 0; i < t->columns; i++) {
        if (!t->names[i].len)
            worst = problem(im->call, ERR_INVALID, im->path, "header",
                            "column %zu has no name", i + 1);
        else if (transfer__column(t, t->names[i]) != i)
            worst = problem(im->call, ERR_INVALID, t->names[i], "duplicate", "%s",
                            say(im->call, "this column is there twice"));
    }
    return worst;
}

/* ---- the rows --------------------------------------------------------------------------- */
struct pass transfer__pass(const struct transfer *im, bool tell)
{
    return (struct pass){.csv = im->table.body, .tell = tell};
}

static void refuse_row(struct transfer *im, const struct pass *p, uint32_t line,
                       const char *code, struct text why)
{
    if (!p->tell)
        return;
    transfer__refuse(im, line, (struct text){0}, code, why);
    im->counts.rejected++;
    im->counts.done++;
}

/* A short row is not filled up: which cells are missing cannot be known. */
static bool fits_header(struct transfer *im, const struct pass *p, uint32_t line,
                        const struct text *cells, size_t count)
{
    size_t columns = im->table.columns;
    if (count >= columns && (count == columns || all_empty(cells, columns, count)))
        return true;
    if (p->tell)
        refuse_row(im, p, line, "cells",
                   text_print(im->scratch,
                              say(im->call, "the row has %zu cells, the header %zu"), count,
                              columns));
    return false;
}

static bool next_line(struct transfer *im, struct pass *p, struct arena *a,
                      struct table_row *row)
{
    for (;;) {
        struct call *one = call_beside(a, im->call);
        struct text *cells;
        size_t count;
        uint32_t line = p->csv.line;
        enum err e = csv_row(one, &p->csv, COLUMNS_MOST, &cells, &count, &line);
        if (e == OK && !count)
            return false;
        if (e != OK)
            refuse_row(im, p, line, "csv",
                       one->problems ? one->problems->message : text_of(words_of(one, e)));
        else if (!all_empty(cells, 0, count) && fits_header(im, p, line, cells, count)) {
            *row = (struct table_row){.line = line, .cells = cells};
            return true;
        }
    }
}

bool transfer__next(struct transfer *im, struct pass *p, struct arena *a, struct table_row *row)
{
    const struct table *t = &im->table;
    if (t->csv)
        return next_line(im, p, a, row);
    if (p->at == t->count)
        return false;
    *row = t->rows[p->at++];
    return true;
}

/* Of a CSV: how many rows there are, and in which columns they say something. */
static void survey_lines(struct transfer *im)
{
    struct table *t = &im->table;
    struct csv csv = t->body;
    struct arena *page = arena_open();
    for (;; arena_reset(page)) {
        struct call *one = call_beside(page, im->call);
        struct text *cells;
        size_t count;
        uint32_t line;
        enum err e = csv_row(one, &csv, COLUMNS_MOST, &cells, &count, &line);
        if (e == OK && !count)
            break;
        t->count += e != OK || !all_empty(cells, 0, count);
        for (size_t i = 0; e == OK && i < count && i < t->columns; i++)
            t->filled[i] += text_trim(cells[i]).len > 0;
    }
    arena_close(page);
}

static void survey(struct transfer *im)
{
    struct table *t = &im->table;
    t->filled = NEW_MANY(im->arena, t->columns + 1, size_t);
    if (t->csv)
        survey_lines(im);
    for (size_t r = 0; !t->csv && r < t->count; r++)
        for (size_t i = 0; i < t->columns; i++)
            t->filled[i] += text_trim(t->rows[r].cells[i]).len > 0;
}

enum err transfer__table(struct transfer *im, struct text bytes)
{
    struct maker m = {.im = im};
    struct text format = json_text(json_get(im->how, "format"));
    struct text name = text_lower(im->arena, im->path);
    TRY(transfer__foreign(im, bytes, name));
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
    survey(im);
    return check_header(&m);
}
