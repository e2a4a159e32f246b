/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import_report.c — what came of an import: counts, and for each refused row line, column
 * and reason. Cells are foreign text: control bytes never reach the terminal. */
#include "cli/import.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- noting ----------------------------------------------------------------------------- */
/* "line 12: …": the line has a place of its own. */
static struct text without_line(struct text t)
{
    if (!text_starts(t, "line "))
        return t;
    ptrdiff_t colon = text_find(t, ':');
    return colon < 0 ? t : text_trim(text_from(t, (size_t)colon + 1));
}

void report__refuse(struct import *im, uint32_t line, struct text column, const char *code,
                    struct text message)
{
    struct refusal *r = NEW(im->arena, struct refusal);
    *r = (struct refusal){.line = line,
                          .column = text_copy(im->arena, column),
                          .code = text_copy(im->arena, text_of(code)),
                          .message = text_copy(im->arena, without_line(message))};
    *im->refusals_end = r;
    im->refusals_end = &r->next;
}

static struct text begin_of(struct import *im, struct text cell, const char **more)
{
    struct text shown = one_line(im->arena, cell);
    size_t end = shown.len < 120 ? shown.len : 120;
    while (end && end < shown.len && ((unsigned char)shown.at[end] & 0xC0) == 0x80)
        end--;
    *more = end < shown.len ? "…" : "";
    return text_slice(shown, 0, end);
}

static struct text words_of_remark(struct import *im, struct text cell, struct text message,
                                   bool kept)
{
    const char *more;
    struct text shown = begin_of(im, cell, &more);
    struct buf b = buf_in(im->arena, 8192);
    if (cell.len)
        buf_print(&b, say(im->call, "“%.*s%s” ", "“%.*s%s”"), TEXT_ARG(shown), more);
    buf_add(&b, message);
    if (kept)
        buf_print(&b, say(im->call, "; kept as it is in %.*s", "；已原样保存在 %.*s"),
                  TEXT_ARG(im->plan.kept->name));
    return buf_text(&b);
}

void report__remark(struct import *im, uint32_t line, struct text column, const char *code,
                    struct text cell, struct text message, bool kept)
{
    const char *more;
    struct text shown = begin_of(im, cell, &more);
    struct text key = text_print(im->arena, "%.*s\n%s\n%.*s", TEXT_ARG(column), code,
                                 TEXT_ARG(shown));
    struct remark *r = index__get(im->remark_index, key);
    if (!r) {
        r = NEW(im->arena, struct remark);
        *r = (struct remark){.line = line,
                             .column = text_copy(im->arena, column),
                             .message = words_of_remark(im, cell, message, kept)};
        *im->remarks_end = r;
        im->remarks_end = &r->next;
        index__put(im->remark_index, key, r);
    }
    r->rows++;
}

/* ---- for people ------------------------------------------------------------------------- */
static void print_text(FILE *out, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bool c1 = c == 0xC2 && i + 1 < t.len && (unsigned char)t.at[i + 1] < 0xA0;
        putc(c < 32 || c == 127 || c1 ? ' ' : c, out);
        i += c1;
    }
}

static void print_count(FILE *out, const char *what, int64_t n)
{
    fprintf(out, "  %-12s %8" PRId64 "\n", what, n);
}

static void print_refusals(const struct import *im)
{
    FILE *out = im->site->caller->out;
    for (const struct refusal *r = im->refusals; r; r = r->next) {
        fprintf(out, "%s %u", say(im->call, "line", "第"), r->line);
        fprintf(out, "%s", say(im->call, "", " 行"));
        if (r->column.len) {
            fprintf(out, "%s", say(im->call, ", column ", "，列 "));
            print_text(out, r->column);
        }
        fprintf(out, "%s", say(im->call, ": ", "："));
        print_text(out, r->message);
        putc('\n', out);
    }
}

static void print_remarks(const struct import *im)
{
    FILE *out = im->site->caller->out;
    for (const struct remark *r = im->remarks; r; r = r->next) {
        fprintf(out, "%s", r->column.len ? say(im->call, "remark: column ", "备注：列 ")
                                         : say(im->call, "remark", "备注"));
        print_text(out, r->column);
        fprintf(out, "%s", say(im->call, ": ", "："));
        print_text(out, r->message);
        if (!r->column.len) {
            putc('\n', out);
            continue;
        }
        fprintf(out, say(im->call, " (%" PRId64 " rows, first on line %u)\n",
                   "（%" PRId64 " 行，首次出现于第 %u 行）\n"),
               r->rows, r->line);
    }
}

static void print_words(const struct import *im)
{
    FILE *out = im->site->caller->out;
    const struct import_result *r = &im->result;
    print_text(out, text_of(im->path));
    if (im->dry_run)
        fprintf(out, "%s",
               say(im->call, ": a dry run, nothing was changed", "：试运行，未作任何更改"));
    putc('\n', out);
    print_count(out, say(im->call, "accepted", "新增"), r->accepted);
    print_count(out, say(im->call, "updated", "更新"), r->updated);
    print_count(out, say(im->call, "unchanged", "未变"), r->unchanged);
    print_count(out, say(im->call, "rejected", "拒绝"), r->rejected);
    if (im->plan.unit != NO_COLUMN)
        print_count(out, say(im->call, "units made", "新建部门"), im->units_made);
    print_refusals(im);
    print_remarks(im);
    if (im->dry_run)
        fprintf(out, 
            "%s\n",
            say(im->call,
                "Checked: types, lengths, choices, references, what is required. Uniqueness, "
                "permissions and locked states are checked by the import itself.",
                "已检查：类型、长度、选项、引用、必填项。唯一性、权限和锁定状态在正式导入时检查"
                "。"));
}

/* ---- for programs ----------------------------------------------------------------------- */
static void put_counts(const struct import *im, struct json_out *o)
{
    const struct import_result *r = &im->result;
    json_key(o, "dry_run");
    json_put_bool(o, im->dry_run);
    json_key(o, "accepted");
    json_put_integer(o, r->accepted);
    json_key(o, "updated");
    json_put_integer(o, r->updated);
    json_key(o, "unchanged");
    json_put_integer(o, r->unchanged);
    json_key(o, "rejected");
    json_put_integer(o, r->rejected);
    json_key(o, "units_made");
    json_put_integer(o, im->units_made);
}

static void put_where(struct json_out *o, uint32_t line, struct text column,
                      struct text message)
{
    json_key(o, "line");
    json_put_integer(o, line);
    json_key(o, "column");
    json_put_text(o, column);
    json_key(o, "message");
    json_put_text(o, message);
}

static void put_refusals(const struct import *im, struct json_out *o)
{
    json_key(o, "errors");
    json_open(o, '[');
    for (const struct refusal *r = im->refusals; r; r = r->next) {
        json_open(o, '{');
        put_where(o, r->line, r->column, r->message);
        json_key(o, "code");
        json_put_text(o, r->code);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_remarks(const struct import *im, struct json_out *o)
{
    json_key(o, "remarks");
    json_open(o, '[');
    for (const struct remark *r = im->remarks; r; r = r->next) {
        json_open(o, '{');
        put_where(o, r->line, r->column, r->message);
        json_key(o, "rows");
        json_put_integer(o, r->rows);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void print_json(const struct import *im)
{
    FILE *out = im->site->caller->out;
    struct buf b = buf_in(im->arena, (size_t)1 << 30);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    json_key(&o, "file");
    json_put_c(&o, im->path);
    json_key(&o, "kind");
    json_put_text(&o, im->kind->name);
    put_counts(im, &o);
    put_refusals(im, &o);
    put_remarks(im, &o);
    json_close(&o, '}');
    buf_add_byte(&b, '\n');
    fwrite(b.at, 1, b.len, out);
}

static int by_line(const void *left, const void *right)
{
    const struct refusal *const *a = left, *const *b = right;
    if ((*a)->line != (*b)->line)
        return (*a)->line < (*b)->line ? -1 : 1;
    return (*a)->order < (*b)->order ? -1 : 1;
}

/* What the file, a cell and the door had to say comes in the order of the file. */
static void sort_refusals(struct import *im)
{
    size_t n = 0;
    for (struct refusal *r = im->refusals; r; r = r->next)
        r->order = n++;
    struct refusal **all = NEW_MANY(im->arena, n + 1, struct refusal *);
    n = 0;
    for (struct refusal *r = im->refusals; r; r = r->next)
        all[n++] = r;
    qsort(all, n, sizeof *all, by_line);
    for (size_t i = 0; i < n; i++)
        all[i]->next = i + 1 < n ? all[i + 1] : NULL;
    im->refusals = n ? all[0] : NULL;
}

void report__print(struct import *im, bool json)
{
    sort_refusals(im);
    if (json)
        print_json(im);
    else
        print_words(im);
    fflush(im->site->caller->out);
}

void report__progress(const struct import *im, size_t done)
{
    if (!im->site->caller->terminal)
        return;
    fprintf(im->site->caller->err, "\r%zu / %zu%s", done, im->table.count,
            done == im->table.count ? "\n" : "");
}
