/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/report.c — what came of a transfer: counts, and for each refused row line, column and
 * reason. */
#include "transfer/internal.h"

#include <stdlib.h>

/* ---- noting ----------------------------------------------------------------------------- */
/* "line 12: …": the line has a place of its own. */
static struct text without_line(struct text t)
{
    if (!text_starts(t, "line "))
        return t;
    ptrdiff_t colon = text_find(t, ':');
    return colon < 0 ? t : text_trim(text_from(t, (size_t)colon + 1));
}

void transfer__refuse(struct transfer *im, uint32_t line, struct text column, const char *code,
                      struct text message)
{
    if (im->refusal_count++ >= TRANSFER_TOLD)
        return;
    struct refusal *r = NEW(im->arena, struct refusal);
    *r = (struct refusal){.line = line,
                          .order = (size_t)im->refusal_count,
                          .column = text_copy(im->arena, column),
                          .code = text_copy(im->arena, text_of(code)),
                          .message = text_copy(im->arena, without_line(message))};
    *im->refusals_end = r;
    im->refusals_end = &r->next;
}

static struct text begin_of(struct transfer *im, struct text cell, const char **more)
{
    struct text shown = transfer__one_line(im->scratch, cell);
    size_t end = shown.len < 120 ? shown.len : 120;
    while (end && end < shown.len && ((unsigned char)shown.at[end] & 0xC0) == 0x80)
        end--;
    *more = end < shown.len ? "…" : "";
    return text_slice(shown, 0, end);
}

static struct text words_of_remark(struct transfer *im, struct text cell, struct text message,
                                   bool kept)
{
    const char *more;
    struct text shown = begin_of(im, cell, &more);
    struct buf b = buf_in(im->arena, 8192);
    if (cell.len)
        buf_print(&b, say(im->call, "“%.*s%s” "), TEXT_ARG(shown), more);
    buf_add(&b, message);
    if (kept)
        buf_print(&b, say(im->call, "; kept as it is in %.*s"), TEXT_ARG(im->plan.kept->name));
    return buf_text(&b);
}

void transfer__remark(struct transfer *im, uint32_t line, struct text column, const char *code,
                      struct text cell, struct text message, bool kept)
{
    const char *more;
    struct text shown = begin_of(im, cell, &more);
    struct text key = text_print(im->scratch, "%.*s\n%s\n%.*s", TEXT_ARG(column), code,
                                 TEXT_ARG(shown));
    struct remark *r = transfer__get(im->remark_index, key);
    if (!r && im->remark_count++ >= TRANSFER_TOLD)
        return;
    if (!r) {
        r = NEW(im->arena, struct remark);
        *r = (struct remark){.line = line,
                             .column = text_copy(im->arena, column),
                             .message = words_of_remark(im, cell, message, kept)};
        *im->remarks_end = r;
        im->remarks_end = &r->next;
        transfer__put(im->remark_index, text_copy(im->arena, key), r);
    }
    r->rows++;
}

/* ---- telling ---------------------------------------------------------------------------- */
static int by_line(const void *left, const void *right)
{
    const struct refusal *const *a = left, *const *b = right;
    if ((*a)->line != (*b)->line)
        return (*a)->line < (*b)->line ? -1 : 1;
    return (*a)->order < (*b)->order ? -1 : 1;
}

/* What the file, a cell and the door had to say comes in the order of the file. */
const struct refusal *transfer_refusals(struct transfer *im, int64_t *untold)
{
    size_t n = 0;
    int64_t told = im->refusal_count < TRANSFER_TOLD ? im->refusal_count : TRANSFER_TOLD;
    struct refusal **all = NEW_MANY(im->scratch, (size_t)told + 1, struct refusal *);
    for (struct refusal *r = im->refusals; r; r = r->next)
        all[n++] = r;
    qsort(all, n, sizeof *all, by_line);
    for (size_t i = 0; i < n; i++)
        all[i]->next = i + 1 < n ? all[i + 1] : NULL;
    im->refusals = n ? all[0] : NULL;
    im->refusals_end = n ? &all[n - 1]->next : &im->refusals;
    *untold = im->refusal_count - told;
    return im->refusals;
}

const struct remark *transfer_remarks(struct transfer *im, int64_t *untold)
{
    *untold = im->remark_count > TRANSFER_TOLD ? im->remark_count - TRANSFER_TOLD : 0;
    return im->remarks;
}

struct transfer_counts transfer_counts(const struct transfer *im)
{
    return im->counts;
}

static void put_integer(struct json_out *o, const char *key, int64_t n)
{
    json_key(o, key);
    json_put_integer(o, n);
}

static void put_where(struct json_out *o, uint32_t line, struct text column,
                      struct text message)
{
    put_integer(o, "line", line);
    json_key(o, "column");
    json_put_text(o, column);
    json_key(o, "message");
    json_put_text(o, message);
}

static void put_refusals(struct transfer *im, size_t most, struct json_out *o)
{
    int64_t untold;
    size_t n = 0;
    const struct refusal *first = transfer_refusals(im, &untold);
    json_key(o, "errors");
    json_open(o, '[');
    for (const struct refusal *r = first; r && (!most || n < most); r = r->next, n++) {
        json_open(o, '{');
        put_where(o, r->line, r->column, r->message);
        json_key(o, "code");
        json_put_text(o, r->code);
        json_close(o, '}');
    }
    json_close(o, ']');
    put_integer(o, "more_errors", im->refusal_count - (int64_t)n);
}

static void put_remarks(struct transfer *im, size_t most, struct json_out *o)
{
    size_t n = 0;
    json_key(o, "remarks");
    json_open(o, '[');
    for (const struct remark *r = im->remarks; r && (!most || n < most); r = r->next, n++) {
        json_open(o, '{');
        put_where(o, r->line, r->column, r->message);
        put_integer(o, "rows", r->rows);
        json_close(o, '}');
    }
    json_close(o, ']');
    put_integer(o, "more_remarks", im->remark_count - (int64_t)n);
}

void transfer_json(struct transfer *im, size_t most, struct json_out *o)
{
    const struct transfer_counts *c = &im->counts;
    json_key(o, "dry_run");
    json_put_bool(o, im->rehearse);
    put_integer(o, "rows", c->rows);
    put_integer(o, "accepted", c->accepted);
    put_integer(o, "updated", c->updated);
    put_integer(o, "unchanged", c->unchanged);
    put_integer(o, "rejected", c->rejected);
    put_integer(o, "units_made", c->units_made);
    put_refusals(im, most, o);
    put_remarks(im, most, o);
}
