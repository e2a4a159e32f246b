/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/table.c — a CSV of any length, a piece at a time: a window of it is in memory, its
 * rows become lines, and the lines go the way of all events. */
#include "monitor/profile.h"

#include <stdlib.h>
#include <string.h>

#define WINDOW (4 * TABLE_ROW)
#define PIECE_ROWS 2000 /* what others who write have to wait for, at most */
#define PIECE_BYTES ((size_t)4 << 20)

struct stretch { /* of the file, in memory */
    char *at;
    struct csv csv; /* its rest is the part that was not read yet */
    bool ended;     /* the file is */
};
struct piece {
    struct arena *arena;
    struct call *call;
    struct buf lines;
    int64_t row[2 * PIECE_ROWS], line[2 * PIECE_ROWS]; /* of each line: of the file */
    size_t count;
};
struct tabling {
    struct call *call;
    struct records *records;
    const struct event_table *how;
    struct stretch window;
    struct columns columns;
    struct piece piece;
    struct seen *seen;
    struct tabled *out;
};

/* ---- the window
 * ------------------------------------------------------------------------------- */
static enum err slide(struct tabling *t)
{
    struct stretch *w = &t->window;
    size_t len = w->csv.rest.len;
    memmove(w->at, w->csv.rest.at, len);
    while (!w->ended && len < WINDOW) {
        size_t got = 0;
        TRY(t->how->more(t->how->arg, t->call, w->at + len, WINDOW - len, &got));
        w->ended = got == 0;
        len += got;
    }
    w->csv.rest = (struct text){w->at, len};
    return OK;
}

/* A row lies whole in the window, or is longer than any may be. */
static enum err have_row(struct tabling *t)
{
    return t->window.ended || t->window.csv.rest.len >= TABLE_ROW ? OK : slide(t);
}

/* What began in the window and goes on behind it is no row: passed over up to its line's end.
 */
static enum err pass_over(struct tabling *t)
{
    struct csv *csv = &t->window.csv;
    for (ptrdiff_t end = -1; end < 0 && !t->window.ended;) {
        TRY(slide(t));
        end = text_find(csv->rest, '\n');
        csv->rest = text_from(csv->rest, end < 0 ? csv->rest.len : (size_t)end + 1);
    }
    csv->line++;
    return OK;
}

static enum err no_table(struct call *call, const char *words)
{
    return problem(call, ERR_INVALID, TEXT(""), "format", "%s", say(call, words));
}

static enum err open_window(struct tabling *t)
{
    struct stretch *w = &t->window;
    w->at = arena_take(t->call->arena, WINDOW);
    w->csv.rest = (struct text){w->at, 0};
    TRY(slide(t));
    struct text all = w->csv.rest;
    if (!all.len)
        return no_table(t->call, SAID("the file is empty"));
    if (text_starts(all, "PK\x03\x04"))
        return no_table(t->call, SAID("this is a workbook: save its sheet as CSV in UTF-8"));
    if (text_starts(all, "\xFF\xFE") || text_starts(all, "\xFE\xFF"))
        return no_table(t->call, SAID("this is UTF-16: save it as CSV in UTF-8"));
    csv_open(&w->csv, all);
    if (t->how->profile->separator)
        w->csv.separator = t->how->profile->separator;
    return OK;
}

/* ---- what is refused
 * -------------------------------------------------------------------------- */
static void refuse(struct tabling *t, const struct row_refused *r)
{
    struct arena *a = t->call->arena;
    t->out->refused++;
    if (t->out->told_count < EVENT_TOLD)
        t->out->told[t->out->told_count++] =
            (struct row_refused){r->row, r->line, text_copy(a, r->column),
                                 text_copy(a, r->code), text_copy(a, r->message)};
}

static void refuse_by(struct tabling *t, int64_t row, uint32_t line, const struct call *why)
{
    const struct problem *p = why->problems;
    if (p)
        refuse(t, &(struct row_refused){row, line, p->field, p->code, p->message});
}

static int by_row(const void *left, const void *right)
{
    const struct row_refused *l = left, *r = right;
    return (l->row > r->row) - (l->row < r->row);
}

/* ---- a piece
 * ---------------------------------------------------------------------------------- */
static void begin_piece(struct tabling *t)
{
    struct piece *p = &t->piece;
    arena_reset(p->arena);
    p->call = call_beside(p->arena, t->call);
    p->call->actor = t->call->actor;
    p->call->id = t->call->id;
    p->call->now = clock_now();
    p->lines = buf_in(p->arena, EVENT_BODY);
    p->count = 0;
}

static enum err send_piece(struct tabling *t)
{
    struct piece *p = &t->piece;
    struct ingest_rows rows = {p->row, t->how->rehearse, t->seen};
    struct ingested done;
    enum err e = ingest__rows(p->call, t->records, buf_text(&p->lines), &rows, &done);
    for (const struct problem *q = e == OK ? NULL : p->call->problems; q; q = q->next)
        (void)problem_at(t->call, e, text_copy(t->call->arena, q->field),
                         text_c(t->call->arena, q->code), TEXT(""),
                         text_copy(t->call->arena, q->message));
    TRY(e);
    t->out->accepted += done.accepted;
    t->out->duplicate += done.duplicate;
    for (size_t i = 0; i < done.told_count; i++) {
        const struct event_refused *r = &done.told[i];
        refuse(t, &(struct row_refused){p->row[r->line - 1], p->line[r->line - 1],
                                        columns__of_member(&t->columns, r->field), r->code,
                                        r->message});
    }
    t->out->refused += done.refused - (int64_t)done.told_count;
    if (t->how->told)
        t->how->told(t->how->arg, t->out);
    begin_piece(t);
    return OK;
}

/* Cells past the header are of no column; empty ones are what spreadsheets leave. */
static enum err check_cells(struct call *call, const struct columns *c, struct text *cells,
                            size_t *count)
{
    while (*count > c->count && !text_trim(cells[*count - 1]).len)
        --*count;
    if (*count <= c->count)
        return OK;
    return problem(call, ERR_INVALID, TEXT(""), "cells", "%s",
                   say(call, "has more cells than the header has columns"));
}

static bool is_empty(const struct text *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_trim(cells[i]).len)
            return false;
    return true;
}

/* False after the last row. */
static enum err take_row(struct tabling *t, struct arena *scrap, bool *more)
{
    struct call *call = call_beside(scrap, t->call);
    struct piece *p = &t->piece;
    struct text *cells;
    size_t count, lines = 0;
    uint32_t line;
    TRY(have_row(t));
    enum err e = csv_row(call, &t->window.csv, TABLE_COLUMNS, &cells, &count, &line);
    *more = e != OK || count > 0;
    if (e == OK && *more && !t->window.ended && !t->window.csv.rest.len) {
        TRY(pass_over(t));
        e = problem(call, ERR_TOO_LARGE, TEXT(""), "too_large",
                    say(call, "a row has at most %zu bytes"), TABLE_ROW);
    }
    if (!*more || (e == OK && is_empty(cells, count)))
        return OK;
    struct table_cells row = {.row = ++t->out->rows};
    if (e == OK)
        e = check_cells(call, &t->columns, cells, &count);
    row.cells = cells;
    row.count = count;
    if (e == OK)
        e = columns__lines(call, &t->columns, &row, &p->lines, &lines);
    if (e != OK)
        refuse_by(t, row.row, line, call);
    for (size_t i = 0; i < lines; i++, p->count++) {
        p->row[p->count] = row.row;
        p->line[p->count] = line;
    }
    return OK;
}

static enum err take_rows(struct tabling *t)
{
    struct arena *scrap = arena_open();
    enum err e = OK;
    bool more = true;
    begin_piece(t);
    while (more && e == OK) {
        e = take_row(t, scrap, &more);
        arena_reset(scrap);
        bool full =
            t->piece.count + 2 > COUNT(t->piece.row) || t->piece.lines.len > PIECE_BYTES;
        if (e == OK && t->piece.count && (!more || full))
            e = send_piece(t);
    }
    arena_close(scrap);
    return e;
}

/* ---- the whole
 * -------------------------------------------------------------------------------- */
static enum err read_header(struct tabling *t)
{
    struct text *cells;
    size_t count;
    uint32_t line;
    TRY(csv_row(t->call, &t->window.csv, TABLE_COLUMNS, &cells, &count, &line));
    for (size_t i = 0; i < count; i++) /* the window moves on */
        cells[i] = text_copy(t->call->arena, cells[i]);
    return columns__find(t->call, t->how->profile, cells, count, &t->columns);
}

/* By its key, however it was named: the same event is the same bytes. */
static enum err find_system(struct tabling *t)
{
    struct store *store = access_store(record_access(t->records));
    struct reader *db = store_reader(store);
    struct record *rec;
    enum err e = monitor_sender(t->call, t->records, db, t->how->system, &rec);
    store_return(store, db);
    if (e == OK)
        t->columns.system = rec->key;
    return e;
}

static enum err check_moment(struct tabling *t)
{
    const struct profile *p = t->how->profile;
    bool needed = p->ts.from.of_file || p->label_ts.from.of_file;
    t->columns.moment = t->how->moment;
    if (!needed || t->how->moment != INT64_MIN)
        return OK;
    return problem(
        t->call, ERR_INVALID, TEXT("ts"), "required", "%s",
        say(t->call, "the profile takes the moment of the file, and it is not known"));
}

enum err monitor_table(struct call *call, struct records *r, const struct event_table *how,
                       struct tabled *out)
{
    struct tabling *t = NEW(call->arena, struct tabling);
    *t = (struct tabling){.call = call, .records = r, .how = how, .out = out};
    *out = (struct tabled){.told = NEW_MANY(call->arena, EVENT_TOLD, struct row_refused)};
    TRY(check_moment(t));
    TRY(find_system(t));
    TRY(open_window(t));
    TRY(read_header(t));
    t->seen = how->rehearse ? seen__open(call->arena) : NULL;
    t->piece.arena = arena_open();
    enum err e = take_rows(t);
    arena_close(t->piece.arena);
    out->forgetful = t->seen && seen__full(t->seen);
    seen__close(t->seen);
    qsort(out->told, out->told_count, sizeof *out->told, by_row);
    return e;
}
