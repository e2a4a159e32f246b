/* SPDX-License-Identifier: Apache-2.0 */
/* api/shown.c — a file for whoever decides about it, in the page. What it is, its bytes say,
 * never its name or its type. Words are sent as words: the page sets them as text, so that
 * nothing in a file is ever markup. A picture the page draws from the attachment; a PDF is
 * handed to the browser's own viewer. HTML is words, whatever it is called. Who may: whoever
 * may have the attachment. */
#include "api/internal.h"

#define MOST_TEXT ((size_t)200 << 10)
#define MOST_PICTURE ((int64_t)20 << 20)
#define MOST_SHEETS 10
#define MOST_ROWS 200
#define MOST_COLUMNS 50
#define MOST_CELL ((size_t)2000)
#define CSV_COLUMNS 1000             /* of a row that is still taken for one */
#define MOST_CELLS ((size_t)2 << 20) /* bytes of all cells of a workbook */

struct showing {
    struct exchange *x;
    struct stored_file file;
    struct text bytes;
    struct json_out *o;
    size_t cells; /* bytes of them so far */
};

/* ---- words ---------------------------------------------------------------------------- */

/* The longest beginning of it that ends with a whole character. */
static struct text beginning(struct text t, size_t most)
{
    if (t.len <= most)
        return t;
    while (most > 0 && ((unsigned char)t.at[most] & 0xC0) == 0x80)
        most--;
    return text_slice(t, 0, most);
}

/* What turns the others round would make a page read otherwise than it is written. */
static struct text plain(struct showing *s, struct text t)
{
    struct arena *a = s->x->call->arena;
    t = shown_pictured(a, t);
    return shown_turned(t) ? shown_without(a, t, true) : t;
}

static void put_words(struct showing *s, const char *key, struct text t, size_t most)
{
    json_key(s->o, key);
    json_put_text(s->o, plain(s, beginning(t, most)));
}

static void put_as(struct showing *s, const char *as)
{
    json_key(s->o, "as");
    json_put_c(s->o, as);
}

static enum err show_text(struct showing *s)
{
    struct text t = s->bytes;
    if (text_starts(t, "\xef\xbb\xbf"))
        t = text_from(t, 3);
    put_as(s, "text");
    put_words(s, "text", t, MOST_TEXT);
    put__bool(s->o, "cut", t.len > MOST_TEXT);
    return OK;
}

/* ---- what cannot be shown ------------------------------------------------------------- */

static enum err show_none(struct showing *s, const char *code, const char *why)
{
    put_as(s, "none");
    put__text(s->o, "code", text_of(code));
    put__text(s->o, "why", text_of(why));
    return OK;
}

/* The reader of it said no: its reason is the answer, and no fault of who asked. */
static enum err show_refused(struct showing *s, enum err e, const struct call *read)
{
    if ((e != ERR_MALFORMED && e != ERR_TOO_LARGE) || read->problems == NULL)
        return e;
    return show_none(s, text_c(s->x->call->arena, read->problems->code),
                     text_c(s->x->call->arena, read->problems->message));
}

/* ---- tables --------------------------------------------------------------------------- */

/* A long one ends in …, and past all that is sent there is nothing else in a cell. */
static void put_cell(struct showing *s, struct text t)
{
    size_t most = MOST_CELLS - s->cells < MOST_CELL ? MOST_CELLS - s->cells : MOST_CELL;
    struct text begins = beginning(t, most);
    s->cells += begins.len;
    if (begins.len < t.len)
        begins = text_join(s->x->call->arena, begins, TEXT("…"));
    json_put_text(s->o, plain(s, begins));
}

static void put_row(struct showing *s, const struct text *cells, size_t count)
{
    json_open(s->o, '[');
    for (size_t i = 0; i < count; i++)
        if (cells[i].at == sheet_no_result && cells[i].len == 0)
            json_put_null(s->o); /* a formula that nobody has calculated */
        else
            put_cell(s, cells[i]);
    json_close(s->o, ']');
}

static void put_sheet(struct showing *s, const struct glance_sheet *sheet)
{
    json_open(s->o, '{');
    put_words(s, "name", sheet->name, MOST_CELL);
    put__bool(s->o, "hidden", sheet->hidden);
    put__bool(s->o, "more_rows", sheet->more_rows);
    put__bool(s->o, "more_columns", sheet->more_columns);
    json_key(s->o, "rows");
    json_open(s->o, '[');
    for (size_t r = 0; r < sheet->row_count; r++)
        put_row(s, sheet->rows[r], sheet->columns);
    json_close(s->o, ']');
    json_close(s->o, '}');
}

static void put_sheets(struct showing *s, const struct glance *glance)
{
    put_as(s, "table");
    json_key(s->o, "sheets");
    json_open(s->o, '[');
    for (size_t i = 0; i < glance->count; i++)
        put_sheet(s, &glance->sheets[i]);
    json_close(s->o, ']');
    put__integer(s->o, "more_sheets", (int64_t)glance->more);
}

static enum err show_workbook(struct showing *s)
{
    struct call *read = call_beside(s->x->call->arena, s->x->call);
    struct glance glance;
    struct glance_most most = {MOST_SHEETS, MOST_ROWS, MOST_COLUMNS};
    enum err e = xlsx_glance(read, s->bytes, most, &glance);
    if (e != OK)
        return show_refused(s, e, read);
    put_sheets(s, &glance);
    return OK;
}

/* Each row as long as it is; the page makes them a table. False: it is no CSV after all. */
static bool read_csv(struct showing *s, struct glance_sheet *sheet, size_t *widths)
{
    struct arena *a = s->x->call->arena;
    struct call *read = call_beside(a, s->x->call);
    struct csv csv;
    uint32_t line;
    csv_open(&csv, s->bytes);
    sheet->rows = NEW_MANY(a, MOST_ROWS, struct text *);
    for (;;) {
        struct text *cells;
        size_t count;
        if (csv_row(read, &csv, CSV_COLUMNS, &cells, &count, &line) != OK)
            return false;
        if (count == 0)
            return true;
        sheet->more_rows = sheet->row_count == MOST_ROWS;
        if (sheet->more_rows)
            return true;
        sheet->more_columns |= count > MOST_COLUMNS;
        widths[sheet->row_count] = count < MOST_COLUMNS ? count : MOST_COLUMNS;
        sheet->rows[sheet->row_count++] = cells;
        if (widths[sheet->row_count - 1] > sheet->columns)
            sheet->columns = widths[sheet->row_count - 1];
    }
}

static void widen(struct showing *s, struct glance_sheet *sheet, const size_t *widths)
{
    for (size_t r = 0; r < sheet->row_count; r++) {
        struct text *row = NEW_MANY(s->x->call->arena, sheet->columns, struct text);
        for (size_t c = 0; c < sheet->columns; c++)
            row[c] = c < widths[r] ? text_copy(s->x->call->arena, sheet->rows[r][c]) : TEXT("");
        sheet->rows[r] = row;
    }
}

static enum err show_csv(struct showing *s)
{
    struct glance_sheet sheet = {.name = s->file.name};
    size_t widths[MOST_ROWS] = {0};
    if (!read_csv(s, &sheet, widths))
        return show_text(s);
    widen(s, &sheet, widths);
    put_sheets(s, &(struct glance){.sheets = &sheet, .count = 1});
    return OK;
}

/* ---- a document ----------------------------------------------------------------------- */

static void put_block(struct showing *s, const struct word_block *b)
{
    static const char *const words[] = {"paragraph", "heading", "item", "table"};
    json_open(s->o, '{');
    put__text(s->o, "is", text_of(words[b->is]));
    if (b->is == WORD_HEADING || b->is == WORD_ITEM)
        put__integer(s->o, "level", b->level);
    if (b->is != WORD_TABLE) {
        put_words(s, "text", b->text, WORD_BYTES);
    } else {
        json_key(s->o, "rows");
        json_open(s->o, '[');
        for (size_t r = 0; r < b->row_count; r++)
            put_row(s, b->rows[r].cells, b->rows[r].count);
        json_close(s->o, ']');
    }
    json_close(s->o, '}');
}

static enum err show_words(struct showing *s)
{
    struct call *read = call_beside(s->x->call->arena, s->x->call);
    struct word word;
    enum err e = word_read(read, s->bytes, &word);
    if (e != OK)
        return show_refused(s, e, read);
    put_as(s, "document");
    json_key(s->o, "blocks");
    json_open(s->o, '[');
    for (size_t i = 0; i < word.count; i++)
        put_block(s, &word.blocks[i]);
    json_close(s->o, ']');
    put__bool(s->o, "cut", word.cut);
    const struct {
        const char *name;
        bool there;
    } unshown[] = {{"pictures", word.pictures},
                   {"notes", word.notes},
                   {"comments", word.comments},
                   {"margins", word.margins},
                   {"changes", word.changes}};
    json_key(s->o, "unshown");
    json_open(s->o, '[');
    for (size_t i = 0; i < COUNT(unshown); i++)
        if (unshown[i].there)
            json_put_c(s->o, unshown[i].name);
    json_close(s->o, ']');
    return OK;
}

static enum err show_zip(struct showing *s)
{
    struct call *call = s->x->call, *read = call_beside(call->arena, call);
    enum office office;
    enum err e = office_kind(read, s->bytes, &office);
    if (e != OK)
        return show_refused(s, e, read);
    if (office == OFFICE_SHEETS)
        return show_workbook(s);
    if (office == OFFICE_WORDS)
        return show_words(s);
    if (office == OFFICE_SLIDES)
        return show_none(s, "slides", say(call, "slides cannot be shown here"));
    return show_none(s, "kind", say(call, "files of this kind cannot be shown here"));
}

/* ---- all of it ------------------------------------------------------------------------ */

static enum err show_picture(struct showing *s, const char *type)
{
    if (s->file.size > MOST_PICTURE)
        return show_none(s, "size",
                         say(s->x->call, "a picture of more than 20 MiB is not shown here"));
    put_as(s, "picture");
    put__text(s->o, "media", text_of(type));
    return OK;
}

static bool is_called(struct text name, const char *ending, struct arena *a)
{
    return text_ends(text_lower(a, name), ending);
}

static bool is_list(struct showing *s)
{
    struct arena *a = s->x->call->arena;
    return is_called(s->file.name, ".csv", a) || is_called(s->file.name, ".tsv", a) ||
           text_starts(s->file.type, "text/csv");
}

static enum err show_other(struct showing *s)
{
    struct call *call = s->x->call;
    if (s->bytes.len == 0)
        return show_none(s, "empty", say(call, "the file is empty"));
    if (is_list(s) || is_called(s->file.name, ".txt", call->arena) ||
        is_called(s->file.name, ".md", call->arena))
        return show_none(s, "encoding", say(call, "this text is not written in UTF-8"));
    return show_none(s, "kind", say(call, "files of this kind cannot be shown here"));
}

static enum err show(struct showing *s)
{
    struct call *call = s->x->call;
    switch (see_as(s->bytes)) {
    case SEEN_TEXT:
        return is_list(s) ? show_csv(s) : show_text(s);
    case SEEN_PDF:
        put_as(s, "pdf");
        return OK;
    case SEEN_PNG:
        return show_picture(s, "image/png");
    case SEEN_JPEG:
        return show_picture(s, "image/jpeg");
    case SEEN_GIF:
        return show_picture(s, "image/gif");
    case SEEN_WEBP:
        return show_picture(s, "image/webp");
    case SEEN_SVG:
        return show_picture(s, "image/svg+xml");
    case SEEN_ZIP:
        return show_zip(s);
    case SEEN_OLE:
        return show_none(
            s, "office",
            say(call, "it has a password, or was made by an Office of before 2007"));
    case SEEN_OTHER:
        break;
    }
    return show_other(s);
}

enum err file_shown_get(struct exchange *x)
{
    struct showing s = {.x = x};
    TRY(record_file_get(x->call, x->records, exchange__db(x), x->arg[0], &s.file, &s.bytes));
    exchange__give_back(x);
    /* Its words leave with this answer: whoever reads the log sees it as a download. */
    TRY(access_trace_read(x->call, x->api->access, "file.read", TEXT("file"), s.file.id));
    s.o = exchange__json(x);
    json_open(s.o, '{');
    put__text(s.o, "id", s.file.id);
    put__text(s.o, "name", s.file.name);
    put__text(s.o, "type", s.file.type);
    put__integer(s.o, "size", s.file.size);
    put__text(s.o, "sha256", s.file.sha256);
    TRY(show(&s));
    json_close(s.o, '}');
    return OK;
}

/* The one kind of file that leaves inline. Only what begins as a PDF does, under its type and
 * with nosniff: a browser hands it to its viewer, which is no document of ours. A sandbox would
 * keep that viewer from starting; what a document of ours would need, the policy forbids all
 * the same. */
enum err file_pdf_get(struct exchange *x)
{
    struct stored_file f;
    struct text bytes;
    TRY(record_file_get(x->call, x->records, exchange__db(x), x->arg[0], &f, &bytes));
    exchange__give_back(x);
    if (see_as(bytes) != SEEN_PDF)
        return problem(x->call, ERR_MEDIA, TEXT("file"), "no_pdf", "%s",
                       say(x->call, "this file is no PDF"));
    TRY(access_trace_read(x->call, x->api->access, "file.read", TEXT("file"), f.id));
    x->out = (struct buf){.at = (char *)(uintptr_t)bytes.at, .len = bytes.len};
    x->type = TEXT("application/pdf");
    exchange__header(x, "content-disposition",
                     text_print(x->call->arena, "inline; filename*=UTF-8''%.*s",
                                TEXT_ARG(url_encode(x->call->arena, f.name))));
    exchange__header(x, "content-security-policy",
                     TEXT("default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; "
                          "form-action 'none'; base-uri 'none'; frame-ancestors 'self'"));
    return OK;
}
