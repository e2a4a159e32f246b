/* SPDX-License-Identifier: Apache-2.0 */
/* format/xlsx_write.c — a sheet, or one for people and one for programs, as a workbook, through libxlsxwriter.
 * Cells are numbers, dates, yes or no where their type says so, and strings otherwise; never
 * formulas, so nothing that a person typed can run in a spreadsheet. What XML cannot hold is
 * shown as a picture of it: one character must not make the whole workbook unreadable. Rows leave memory as they come; the finished
 * file comes back through an anonymous one, and what the library keeps in files meanwhile lies in a
 * folder that only we can enter. The creation time is the clock of the call, so that the same call
 * gives the same bytes. */
#include "format/xlsx.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define MOST_ROWS 1048576
#define LONGEST_CELL 32767 /* characters, the limit of the format */
#define WIDTH 22.0
#define XLSX_SHEET_NAME 31 /* characters, a limit of the format */

struct xlsx {
    struct arena *arena; /* for one row at a time */
    int file;            /* -1 when it could not be made */
    char folder[64];     /* of its temporary files; "" when it could not be made */
    lxw_workbook *workbook;
    struct page {
        lxw_worksheet *sheet;
        lxw_row_t next_row;
        size_t headings;
        const double *widths;
    } pages[2], *at; /* `at` is the one that rows go to */
    int page_count;
    lxw_format *bold, *date, *moment;
    bool too_long;
    enum err error;
};

static void set_creation_time(struct xlsx *x, const struct call *call)
{
    lxw_doc_properties properties = {.created = (time_t)(call->now / 1000000)};
    workbook_set_properties(x->workbook, &properties);
}

/* Names of temporary files can be guessed; in a folder of our own nobody can lie in wait. */
static bool make_folder(struct xlsx *x)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || strlen(parent) + 20 > sizeof(x->folder))
        parent = "/tmp";
    snprintf(x->folder, sizeof(x->folder), "%s/aimwell-XXXXXX", parent);
    if (mkdtemp(x->folder) != NULL)
        return true;
    x->folder[0] = '\0';
    return false;
}

/* A sheet's name has 31 characters at most; the first of them name it well enough. */
static const char *first_characters(char *into, const char *name)
{
    size_t used = 0, characters = 0, len;
    uint32_t point;
    struct text t = text_of(name);
    for (; used < t.len && characters < XLSX_SHEET_NAME; used += len, characters++)
        len = utf8__take(text_from(t, used), &point);
    memcpy(into, name, used);
    into[used] = '\0';
    return into;
}

struct xlsx *xlsx_open(struct call *call, const char *sheet_name)
{
    struct xlsx *x = NEW(call->arena, struct xlsx);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    x->arena = arena_open();
    x->file = memfd_create("workbook", MFD_CLOEXEC);
    if (x->file < 0 || !make_folder(x)) {
        log_line(LOG_ERROR, "xlsx_open", "errno=%d", errno);
        x->error = ERR_IO;
        return x;
    }
    options.tmpdir = x->folder;
    const char *path = text_print(call->arena, "/proc/self/fd/%d", x->file).at;
    x->workbook = workbook_new_opt(path, &options);
    char name[XLSX_SHEET_NAME * 4 + 1];
    sheet_name = first_characters(name, sheet_name);
    if (x->workbook != NULL &&
        workbook_validate_sheet_name(x->workbook, sheet_name) != LXW_NO_ERROR)
        sheet_name = NULL; /* the format forbids some names; it then gets the usual one */
    x->at = &x->pages[0];
    x->page_count = 1;
    if (x->workbook != NULL)
        x->at->sheet = workbook_add_worksheet(x->workbook, sheet_name);
    if (x->at->sheet == NULL) {
        log_line(LOG_ERROR, "xlsx_open", "sheet=none");
        x->error = ERR_IO;
        return x;
    }
    x->bold = workbook_add_format(x->workbook);
    format_set_bold(x->bold);
    x->date = workbook_add_format(x->workbook);
    format_set_num_format(x->date, "yyyy-mm-dd");
    x->moment = workbook_add_format(x->workbook);
    format_set_num_format(x->moment, "yyyy-mm-dd hh:mm:ss");
    set_creation_time(x, call);
    return x;
}

void xlsx_codes(struct xlsx *x, struct text note)
{
    if (x->error != OK)
        return;
    x->pages[1].sheet = workbook_add_worksheet(x->workbook, XLSX_CODES);
    if (x->pages[1].sheet == NULL ||
        worksheet_write_comment(x->pages[0].sheet, 0, 0, text_c(x->arena, note)) != LXW_NO_ERROR) {
        log_line(LOG_ERROR, "xlsx_codes", "sheet=none");
        x->error = ERR_IO;
        return;
    }
    x->page_count = 2;
}

void xlsx_choose(struct xlsx *x, int sheet)
{
    x->at = &x->pages[sheet == 1];
}

void xlsx_widths(struct xlsx *x, const double *characters, size_t count)
{
    for (size_t i = 0; i < count && x->error == OK; i++)
        worksheet_set_column(x->at->sheet, (lxw_col_t)i, (lxw_col_t)i, characters[i], NULL);
    x->at->widths = characters;
}

/* The first characters of t that a cell of `units` UTF-16 units holds. */
static struct text first_units(struct text t, size_t units)
{
    size_t used = 0, i = 0;
    while (i < t.len) {
        uint32_t point;
        size_t len = utf8__take(text_from(t, i), &point);
        used += point > 0xFFFF ? 2 : 1;
        if (used > units)
            break;
        i += len;
    }
    return text_slice(t, 0, i);
}

/* What is too long for a cell is cut, and says so in the cell. */
static struct text fit(struct arena *a, struct text t)
{
    if (t.len <= LONGEST_CELL || first_units(t, LONGEST_CELL).len == t.len)
        return t;
    struct text end =
        text_print(a, "… [%zu characters, more than a cell holds; whole in CSV and JSON]",
                   text_characters(t));
    return text_join(a, first_units(t, LONGEST_CELL - text_characters(end)), end);
}

/* ---- typed cells ------------------------------------------------------------------------- */

/* Only what reads back to the same characters: 15 digits, in their shortest form. */
static bool as_number(struct text t, double *value)
{
    char printed[NUMBER_LEN];
    size_t digits = 0;
    for (size_t i = 0; i < t.len; i++)
        digits += t.at[i] >= '0' && t.at[i] <= '9';
    return digits <= 15 && text_number(t, value) &&
           text_same((struct text){printed, number__print(*value, printed)}, t);
}

/* Days before 1 March 1900 are counted wrongly by spreadsheets. */
static bool as_day(struct text t, lxw_datetime *out)
{
    int64_t days, year, month, day;
    struct text date = text_slice(t, 0, 10);
    if (t.len < 10 || !date_read(date, &days) || text_compare(date, TEXT("1900-03-01")) < 0 ||
        !text_integer(text_slice(t, 0, 4), &year) ||
        !text_integer(text_slice(t, 5, 7), &month) || !text_integer(text_slice(t, 8, 10), &day))
        return false;
    *out = (lxw_datetime){.year = (int)year, .month = (int)month, .day = (int)day};
    return true;
}

/* Workbooks keep milliseconds; a moment of the engine loses its microseconds here. */
static bool as_moment(struct text t, lxw_datetime *out)
{
    int64_t moment;
    if (!moment_read(t, &moment) || !as_day(t, out))
        return false;
    int64_t micros = moment % INT64_C(86400000000);
    out->hour = (int)(micros / INT64_C(3600000000));
    out->min = (int)(micros / 60000000 % 60);
    out->sec = (double)(micros % 60000000 / 1000) / 1000.0;
    return true;
}

static lxw_error put_cell(struct xlsx *x, lxw_col_t column, struct text t, enum xlsx_type type,
                          lxw_format *format)
{
    lxw_datetime when;
    double number;
    bool yes = text_is(t, "true");
    if (type == XLSX_NUMBER && as_number(t, &number))
        return worksheet_write_number(x->at->sheet, x->at->next_row, column, number, format);
    if (type == XLSX_YES_NO && (yes || text_is(t, "false")))
        return worksheet_write_boolean(x->at->sheet, x->at->next_row, column, yes, format);
    if (type == XLSX_DATE && t.len == 10 && as_day(t, &when))
        return worksheet_write_datetime(x->at->sheet, x->at->next_row, column, &when, x->date);
    if (type == XLSX_MOMENT && as_moment(t, &when))
        return worksheet_write_datetime(x->at->sheet, x->at->next_row, column, &when, x->moment);
    t = fit(x->arena, xlsx__escape(x->arena, shown_pictured(x->arena, t)));
    return worksheet_write_string(x->at->sheet, x->at->next_row, column, text_c(x->arena, t), format);
}

static void put_row(struct xlsx *x, const struct text *cells, const enum xlsx_type *types,
                    size_t count, lxw_format *format)
{
    if (x->error != OK || x->at->next_row == MOST_ROWS) {
        x->too_long |= x->error == OK;
        return;
    }
    for (size_t c = 0; c < count && x->error == OK; c++) {
        if (cells[c].len == 0)
            continue;
        lxw_error e =
            put_cell(x, (lxw_col_t)c, cells[c], types ? types[c] : XLSX_TEXT, format);
        if (e != LXW_NO_ERROR) {
            log_line(LOG_ERROR, "xlsx_row", "row=%u reason=\"%s\"", x->at->next_row,
                     lxw_strerror(e));
            x->error = ERR_IO;
        }
    }
    arena_reset(x->arena);
    x->at->next_row++;
}

void xlsx_heading(struct xlsx *x, const struct text *cells, size_t count)
{
    put_row(x, cells, NULL, count, x->bold);
    x->at->headings = count;
    if (x->error != OK || count == 0)
        return;
    worksheet_freeze_panes(x->at->sheet, x->at->next_row, 0);
    if (x->at->widths == NULL)
        worksheet_set_column(x->at->sheet, 0, (lxw_col_t)(count - 1), WIDTH, NULL);
}

void xlsx_row(struct xlsx *x, const struct text *cells, const enum xlsx_type *types,
              size_t count)
{
    put_row(x, cells, types, count, NULL);
}

static enum err read_back(struct call *call, int file, struct text *bytes)
{
    struct stat stat;
    if (fstat(file, &stat) != 0)
        return ERR_IO;
    size_t size = (size_t)stat.st_size, done = 0;
    char *at = arena_take(call->arena, size);
    while (done < size) {
        ssize_t n = pread(file, at + done, size - done, (off_t)done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_IO;
        done += (size_t)n;
    }
    *bytes = (struct text){at, size};
    return OK;
}

static void finish_workbook(struct xlsx *x)
{
    if (x->workbook == NULL)
        return;
    for (struct page *p = x->pages; p < x->pages + x->page_count; p++)
        if (p->headings > 0 && p->next_row > 0)
            worksheet_autofilter(p->sheet, 0, 0, p->next_row - 1, (lxw_col_t)(p->headings - 1));
    lxw_error e = workbook_close(x->workbook);
    if (e != LXW_NO_ERROR && x->error == OK) {
        log_line(LOG_ERROR, "xlsx_close", "reason=\"%s\"", lxw_strerror(e));
        x->error = ERR_IO;
    }
}

enum err xlsx_close(struct call *call, struct xlsx *x, struct text *bytes)
{
    finish_workbook(x);
    if (x->error == OK && !x->too_long)
        x->error = read_back(call, x->file, bytes);
    if (x->file >= 0)
        close(x->file);
    if (x->folder[0] != '\0' && rmdir(x->folder) != 0)
        log_line(LOG_WARN, "xlsx_close", "folder=%s errno=%d", x->folder, errno);
    arena_close(x->arena);
    if (x->error != OK)
        return format__refuse(call, x->error, "xlsx", 0,
                              SAID("the workbook could not be made"));
    if (x->too_long)
        return format__refuse(call, ERR_TOO_LARGE, "rows", 0,
                              SAID("too many rows for a workbook"));
    return OK;
}
