/* SPDX-License-Identifier: Apache-2.0 */
/* format/xlsx_write.c — one sheet of text as a workbook, through libxlsxwriter.
 * Every cell is written as a string, never as a formula or a number, so nothing that a person
 * typed can run in a spreadsheet. Rows leave memory as they come; the finished file comes back
 * through an anonymous one, and what the library keeps in files meanwhile lies in a folder that
 * only we can enter. The creation time is the clock of the call, so that the same call
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

struct xlsx {
    struct arena *arena; /* for one row at a time */
    int file;            /* -1 when it could not be made */
    char folder[64];     /* of its temporary files; "" when it could not be made */
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *bold;
    lxw_row_t next_row;
    size_t headings;
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
    if (x->workbook != NULL &&
        workbook_validate_sheet_name(x->workbook, sheet_name) != LXW_NO_ERROR)
        sheet_name = NULL; /* the format forbids some names; it then gets the usual one */
    if (x->workbook != NULL)
        x->sheet = workbook_add_worksheet(x->workbook, sheet_name);
    if (x->sheet == NULL) {
        log_line(LOG_ERROR, "xlsx_open", "sheet=none");
        x->error = ERR_IO;
        return x;
    }
    x->bold = workbook_add_format(x->workbook);
    format_set_bold(x->bold);
    set_creation_time(x, call);
    return x;
}

/* What is too long for a cell is cut, and says so. */
static struct text fit(struct arena *a, struct text t)
{
    size_t units = 0, i = 0, before_last = 0;
    if (t.len <= LONGEST_CELL)
        return t;
    while (i < t.len && units < LONGEST_CELL) {
        uint32_t point;
        before_last = i;
        i += utf8__take(text_from(t, i), &point);
        units += point > 0xFFFF ? 2 : 1;
    }
    if (i == t.len && units <= LONGEST_CELL)
        return t;
    return text_join(a, text_slice(t, 0, before_last), TEXT("…"));
}

static void put_row(struct xlsx *x, const struct text *cells, size_t count, lxw_format *format)
{
    if (x->error != OK || x->next_row == MOST_ROWS) {
        x->too_long |= x->error == OK;
        return;
    }
    for (size_t c = 0; c < count && x->error == OK; c++) {
        if (cells[c].len == 0)
            continue;
        struct text t = fit(x->arena, xlsx__escape(x->arena, cells[c]));
        lxw_error e = worksheet_write_string(x->sheet, x->next_row, (lxw_col_t)c,
                                             text_c(x->arena, t), format);
        if (e != LXW_NO_ERROR) {
            log_line(LOG_ERROR, "xlsx_row", "row=%u reason=\"%s\"", x->next_row,
                     lxw_strerror(e));
            x->error = ERR_IO;
        }
    }
    arena_reset(x->arena);
    x->next_row++;
}

void xlsx_heading(struct xlsx *x, const struct text *cells, size_t count)
{
    put_row(x, cells, count, x->bold);
    x->headings = count;
    if (x->error != OK || count == 0)
        return;
    worksheet_freeze_panes(x->sheet, x->next_row, 0);
    worksheet_set_column(x->sheet, 0, (lxw_col_t)(count - 1), WIDTH, NULL);
}

void xlsx_row(struct xlsx *x, const struct text *cells, size_t count)
{
    put_row(x, cells, count, NULL);
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
    if (x->headings > 0 && x->next_row > 0)
        worksheet_autofilter(x->sheet, 0, 0, x->next_row - 1, (lxw_col_t)(x->headings - 1));
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
        return format__refuse(call, x->error, "xlsx", 0, "the workbook could not be made",
                              "无法生成工作簿");
    if (x->too_long)
        return format__refuse(call, ERR_TOO_LARGE, "rows", 0, "too many rows for a workbook",
                              "行数超出工作簿的上限");
    return OK;
}
