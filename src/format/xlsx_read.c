/* SPDX-License-Identifier: Apache-2.0 */
/* format/xlsx_read.c — one sheet of a workbook as rows of text: the first, or its codes.
 * The package names its parts in three steps: its own links name the workbook, the workbook
 * names its sheets, and the workbook's links say where sheet, shared strings and styles
 * lie. Rows keep their numbers: row r of the sheet is rows[r-1], so that a complaint about a
 * row names the one that its owner sees. */
#include "format/xlsx.h"

#include <string.h>

#define MOST_ROWS 200000
#define MOST_COLUMNS 500
#define MOST_CELLS ((size_t)5000000) /* rows times columns: what the result takes in memory */
#define MOST_STRINGS ((size_t)2000000)
#define LONGEST_CELL ((size_t)1 << 20)

struct texts {
    struct text *at;
    size_t count, room;
};

struct style {
    int64_t id;
    enum looks looks;
    struct style *next;
};

struct line {
    struct text *cells;
    size_t count;
};

const char sheet_no_result[] = "";

#define MOST_SHEETS 1000
struct sheet_names LIST_OF(struct sheet_name);
struct sheet_ids LIST_OF(struct text);

struct workbook {
    struct call *call;
    struct package *package;
    struct text folder;   /* of the workbook part, with its slash */
    struct text wanted;   /* name of the sheet; "" = the first that is to be seen */
    struct text sheet_id; /* its link id */
    struct text sheet_name;
    struct sheet_names names;
    struct sheet_ids ids; /* the link id of each */
    struct link *links;
    bool from_1904;
    /* styles */
    struct style *own_formats;
    bool in_cell_formats;
    enum looks *looks; /* by style number */
    size_t looks_count, looks_room;
    /* text being read, of a shared string or of a cell */
    struct texts strings;
    struct buf text;
    bool collecting, phonetic;
    /* the sheet */
    struct line *lines;
    size_t line_count, line_room, columns, cells_kept, row, column;
    struct text cell_type;
    size_t cell_style;
    bool cell_formula; /* it has one */
    struct text scratch[MOST_COLUMNS];
    size_t scratch_count;
    /* a glance at it */
    struct glance_most most; /* rows 0: it is read to its end */
    bool more_rows, more_columns, stopped;
};

static enum err refuse(struct workbook *w, const char *english)
{
    return format__refuse(w->call, ERR_MALFORMED, "xlsx", (uint32_t)w->row, english);
}

static enum err refuse_large(struct workbook *w, const char *english)
{
    return format__refuse(w->call, ERR_TOO_LARGE, "size", (uint32_t)w->row, english);
}

/* Room for one more in an array that doubles. */
static void *room_for(struct arena *a, void *at, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return at;
    *room = *room == 0 ? 64 : *room * 2;
    void *wider = arena_take_many(a, *room, size);
    if (count > 0)
        memcpy(wider, at, count * size);
    return wider;
}

static int64_t integer_or(struct text t, int64_t otherwise)
{
    int64_t value;
    return text_integer(t, &value) ? value : otherwise;
}

static const char *target_of(struct workbook *w, const struct link *link)
{
    return links__target(w->call->arena, w->folder, link);
}

/* ---- the workbook part -------------------------------------------------------------- */

static void take_sheet(struct workbook *w, const char **attributes)
{
    struct arena *a = w->call->arena;
    struct text state = xml__attribute(attributes, "state");
    struct sheet_name one = {text_copy(a, xml__attribute(attributes, "name")),
                             text_is(state, "hidden") || text_is(state, "veryHidden")};
    bool codes = w->wanted.len == 0 && text_is(one.name, XLSX_CODES);
    struct text id = text_copy(a, xml__attribute(attributes, "id"));
    if (!LIST_ADD(&w->names, one) || !LIST_ADD(&w->ids, id) || (w->sheet_id.len > 0 && !codes))
        return;
    if (w->wanted.len > 0 ? !text_same(one.name, w->wanted) : one.hidden && !codes)
        return;
    w->sheet_name = one.name;
    w->sheet_id = id;
}

static enum err workbook_open(void *context, const char *name, const char **attributes)
{
    struct workbook *w = context;
    if (strcmp(name, "workbookPr") == 0) {
        struct text flag = xml__attribute(attributes, "date1904");
        w->from_1904 = text_is(flag, "1") || text_is(flag, "true");
    } else if (strcmp(name, "sheet") == 0) {
        take_sheet(w, attributes);
    }
    return OK;
}

static enum err read_workbook(struct workbook *w)
{
    struct xml handlers = {.open = workbook_open, .context = w};
    TRY(links__read(w->call, w->package, "_rels/.rels", &w->links));
    const char *path = target_of(w, links__of_type(w->links, "/officeDocument"));
    if (path == NULL)
        return refuse(w, SAID("there is no workbook in this file"));
    TRY(package__read(w->package, path, &handlers));
    return links__of_part(w->call, w->package, path, &w->folder, &w->links);
}

/* ---- styles ------------------------------------------------------------------------- */

static enum looks looks_of(const struct workbook *w, int64_t id)
{
    for (const struct style *s = w->own_formats; s != NULL; s = s->next)
        if (s->id == id)
            return s->looks;
    return xlsx__looks_of_id(id);
}

static enum err style_open(void *context, const char *name, const char **attributes)
{
    struct workbook *w = context;
    struct arena *a = w->call->arena;
    int64_t id = integer_or(xml__attribute(attributes, "numFmtId"), 0);
    if (strcmp(name, "cellXfs") == 0) {
        w->in_cell_formats = true;
    } else if (strcmp(name, "numFmt") == 0) {
        struct style *style = NEW(a, struct style);
        *style = (struct style){
            id, xlsx__looks_of_code(xml__attribute(attributes, "formatCode")), w->own_formats};
        w->own_formats = style;
    } else if (strcmp(name, "xf") == 0 && w->in_cell_formats) {
        w->looks = room_for(a, w->looks, w->looks_count, &w->looks_room, sizeof(*w->looks));
        w->looks[w->looks_count++] = looks_of(w, id);
    }
    return OK;
}

static enum err style_close(void *context, const char *name)
{
    struct workbook *w = context;
    if (strcmp(name, "cellXfs") == 0)
        w->in_cell_formats = false;
    return OK;
}

/* ---- text: shared strings, and strings inside cells --------------------------------- */

static void text_open(struct workbook *w, const char *name)
{
    if (strcmp(name, "rPh") == 0)
        w->phonetic = true; /* how to say it, not part of it */
    else if (strcmp(name, "t") == 0)
        w->collecting = !w->phonetic;
}

static void text_close(struct workbook *w, const char *name)
{
    if (strcmp(name, "rPh") == 0)
        w->phonetic = false;
    else if (strcmp(name, "t") == 0)
        w->collecting = false;
}

static void text_begin(struct workbook *w)
{
    w->text.len = 0;
    w->text.full = false;
    w->collecting = w->phonetic = false;
}

static enum err text_characters_in(void *context, struct text t)
{
    struct workbook *w = context;
    if (w->collecting)
        buf_add(&w->text, t);
    return w->text.full ? refuse_large(w, SAID("a cell is longer than allowed")) : OK;
}

static enum err string_open(void *context, const char *name, const char **attributes)
{
    struct workbook *w = context;
    if (strcmp(name, "si") == 0)
        text_begin(w);
    else
        text_open(w, name);
    return OK;
}

static enum err string_close(void *context, const char *name)
{
    struct workbook *w = context;
    struct arena *a = w->call->arena;
    struct texts *all = &w->strings;
    text_close(w, name);
    if (strcmp(name, "si") != 0)
        return OK;
    if (all->count == MOST_STRINGS)
        return refuse_large(w, SAID("too many different texts"));
    all->at = room_for(a, all->at, all->count, &all->room, sizeof(*all->at));
    all->at[all->count++] = xlsx__unescape(a, buf_text(&w->text));
    return OK;
}

/* ---- the sheet ---------------------------------------------------------------------- */

static void row_begin(struct workbook *w, const char **attributes)
{
    int64_t number = integer_or(xml__attribute(attributes, "r"), 0);
    w->row = number > 0 ? (size_t)number : w->row + 1;
    w->column = 0;
    memset(w->scratch, 0, w->scratch_count * sizeof(w->scratch[0]));
    w->scratch_count = 0;
}

/* Rows without text are not kept, however many a sheet has been formatted to. */
static enum err row_end(struct workbook *w)
{
    struct arena *a = w->call->arena;
    if (w->scratch_count == 0)
        return OK;
    if (w->row > MOST_ROWS)
        return refuse_large(w, SAID("too many rows"));
    if (w->scratch_count > w->columns)
        w->columns = w->scratch_count;
    w->cells_kept += w->scratch_count;
    if (w->cells_kept > MOST_CELLS)
        return refuse_large(w, SAID("too many cells"));
    while (w->line_room < w->row) {
        size_t count = w->line_room;
        w->lines = room_for(a, w->lines, count, &w->line_room, sizeof(*w->lines));
    }
    struct line *line = &w->lines[w->row - 1];
    line->cells = NEW_MANY(a, w->scratch_count, struct text);
    line->count = w->scratch_count;
    memcpy(line->cells, w->scratch, w->scratch_count * sizeof(w->scratch[0]));
    if (w->row > w->line_count)
        w->line_count = w->row;
    return OK;
}

static void cell_begin(struct workbook *w, const char **attributes)
{
    size_t column;
    if (xlsx__column(xml__attribute(attributes, "r"), &column))
        w->column = column;
    w->cell_type = text_copy(w->call->arena, xml__attribute(attributes, "t"));
    w->cell_style = (size_t)integer_or(xml__attribute(attributes, "s"), 0);
    w->cell_formula = false;
    text_begin(w);
}

static enum err cell_text(struct workbook *w, struct text *out)
{
    struct arena *a = w->call->arena;
    struct text raw = buf_text(&w->text);
    if (text_is(w->cell_type, "s")) {
        int64_t index = integer_or(text_trim(raw), -1);
        if (index < 0 || (size_t)index >= w->strings.count)
            return refuse(w, SAID("a cell refers to a text that is not there"));
        *out = w->strings.at[index];
    } else if (text_is(w->cell_type, "b")) {
        *out = text_is(text_trim(raw), "1") ? TEXT("true") : TEXT("false");
    } else if (w->cell_type.len == 0 || text_is(w->cell_type, "n")) {
        enum looks looks =
            w->cell_style < w->looks_count ? w->looks[w->cell_style] : LOOKS_PLAIN;
        *out = xlsx__number(a, raw, looks, w->from_1904);
    } else {
        *out = xlsx__unescape(a, raw);
    }
    return OK;
}

/* Of a glance: what lies past it is only noticed. */
static bool is_past(struct workbook *w, size_t column)
{
    if (w->most.rows == 0)
        return false;
    w->more_rows |= w->row > w->most.rows;
    w->more_columns |= column >= w->most.columns;
    return w->row > w->most.rows || column >= w->most.columns;
}

static enum err cell_end(struct workbook *w)
{
    struct text text = TEXT("");
    size_t column = w->column++;
    if (w->text.len > 0)
        TRY(cell_text(w, &text));
    else if (w->cell_formula && !text_is(w->cell_type, "str"))
        text.at = sheet_no_result; /* of a formula that gives text, "" is a result */
    if (text.len == 0 && text.at != sheet_no_result)
        return OK;
    if (is_past(w, column)) {
        w->stopped = w->more_rows;
        return w->stopped ? ERR_TOO_LARGE : OK; /* no problem: nobody hears of it */
    }
    if (column >= MOST_COLUMNS)
        return refuse_large(w, SAID("too many columns"));
    w->scratch[column] = text;
    if (column >= w->scratch_count)
        w->scratch_count = column + 1;
    return OK;
}

static enum err sheet_open(void *context, const char *name, const char **attributes)
{
    struct workbook *w = context;
    if (strcmp(name, "row") == 0)
        row_begin(w, attributes);
    else if (strcmp(name, "c") == 0)
        cell_begin(w, attributes);
    else if (strcmp(name, "v") == 0)
        w->collecting = true;
    else if (strcmp(name, "f") == 0)
        w->cell_formula = true;
    else
        text_open(w, name);
    return OK;
}

static enum err sheet_close(void *context, const char *name)
{
    struct workbook *w = context;
    if (strcmp(name, "row") == 0)
        return row_end(w);
    if (strcmp(name, "c") == 0)
        return cell_end(w);
    if (strcmp(name, "v") == 0)
        w->collecting = false;
    else
        text_close(w, name);
    return OK;
}

/* ---- all of it ---------------------------------------------------------------------- */

static enum err read_optional(struct workbook *w, const char *type, const struct xml *handlers)
{
    const char *path = target_of(w, links__of_type(w->links, type));
    if (path == NULL || !package__has(w->package, path))
        return OK;
    return package__read(w->package, path, handlers);
}

static enum err refuse_sheet(struct workbook *w)
{
    struct buf b = buf_in(w->call->arena, 2000);
    for (size_t i = 0; i < w->names.count && b.len < 1500; i++)
        buf_print(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(w->names.at[i].name));
    if (w->wanted.len == 0)
        return problem(w->call, ERR_MISSING, TEXT("sheet"), "hidden",
                       say(w->call, "every sheet is hidden; name one: %.*s"),
                       TEXT_ARG(buf_text(&b)));
    return problem(w->call, ERR_MISSING, TEXT("sheet"), "missing",
                   say(w->call, "there is no sheet %.*s; these are in the workbook: %.*s"),
                   TEXT_ARG(w->wanted), TEXT_ARG(buf_text(&b)));
}

static enum err read_beside(struct workbook *w)
{
    struct xml styles = {.open = style_open, .close = style_close, .context = w};
    struct xml strings = {string_open, string_close, text_characters_in, w};
    TRY(read_optional(w, "/styles", &styles));
    return read_optional(w, "/sharedStrings", &strings);
}

static enum err read_parts(struct workbook *w)
{
    struct xml sheet = {sheet_open, sheet_close, text_characters_in, w};
    TRY(read_workbook(w));
    if (w->sheet_id.len == 0 && w->names.count > 0)
        return refuse_sheet(w);
    const char *path = target_of(w, links__of_id(w->links, w->sheet_id));
    if (path == NULL)
        return refuse(w, SAID("the workbook has no sheet"));
    TRY(read_beside(w));
    return package__read(w->package, path, &sheet);
}

/* Every row as wide as the widest; rows without text share one. */
static enum err widen(struct workbook *w, struct sheet *out)
{
    struct arena *a = w->call->arena;
    if (w->line_count * w->columns > MOST_CELLS)
        return refuse_large(w, SAID("too many cells"));
    struct text *empty = NEW_MANY(a, w->columns, struct text);
    for (size_t c = 0; c < w->columns; c++)
        empty[c] = TEXT("");
    out->rows = NEW_MANY(a, w->line_count, struct text *);
    out->row_count = w->line_count;
    out->columns = w->columns;
    for (size_t r = 0; r < w->line_count; r++) {
        struct line *line = &w->lines[r];
        out->rows[r] = line->count == 0            ? empty
                       : line->count == w->columns ? line->cells
                                                   : NEW_MANY(a, w->columns, struct text);
        for (size_t c = 0; c < w->columns && out->rows[r] != empty; c++)
            out->rows[r][c] =
                c < line->count && line->cells[c].at != NULL ? line->cells[c] : TEXT("");
    }
    return OK;
}

enum err xlsx_read(struct call *call, struct text bytes, struct sheet *out)
{
    return xlsx_read_sheet(call, bytes, TEXT(""), out);
}

static struct workbook *workbook_of(struct call *call)
{
    struct workbook *w = NEW(call->arena, struct workbook);
    w->call = call;
    w->names = (struct sheet_names)LIST_IN(call->arena, MOST_SHEETS);
    w->ids = (struct sheet_ids)LIST_IN(call->arena, MOST_SHEETS);
    w->text = buf_in(call->arena, LONGEST_CELL);
    w->wanted = w->cell_type = w->folder = TEXT("");
    return w;
}

enum err xlsx_read_sheet(struct call *call, struct text bytes, struct text name,
                         struct sheet *out)
{
    struct workbook *w = workbook_of(call);
    w->wanted = name;
    TRY(package__open(call, bytes, &package__xlsx, &w->package));
    enum err e = read_parts(w);
    package__close(w->package);
    w->row = 0;
    *out = (struct sheet){
        .name = w->sheet_name, .names = w->names.at, .name_count = w->names.count};
    return e == OK ? widen(w, out) : e;
}

/* ---- a glance ----------------------------------------------------------------------- */

static enum err glance_at(struct workbook *w, size_t i, struct glance_sheet *out)
{
    struct xml handlers = {sheet_open, sheet_close, text_characters_in, w};
    struct sheet read = {0};
    const char *path = target_of(w, links__of_id(w->links, w->ids.at[i]));
    w->lines = NULL;
    w->line_count = w->line_room = w->columns = w->cells_kept = w->row = 0;
    w->more_rows = w->more_columns = w->stopped = false;
    *out = (struct glance_sheet){.name = w->names.at[i].name, .hidden = w->names.at[i].hidden};
    if (path == NULL || !package__has(w->package, path))
        return OK; /* a chart in a sheet of its own has no cells either */
    enum err e = package__read(w->package, path, &handlers);
    if (e != OK && !w->stopped)
        return e;
    w->row = 0;
    TRY(widen(w, &read));
    out->rows = read.rows;
    out->row_count = read.row_count;
    out->columns = read.columns;
    out->more_rows = w->more_rows;
    out->more_columns = w->more_columns;
    return OK;
}

static enum err glance_all(struct workbook *w, struct glance *out)
{
    TRY(read_workbook(w));
    TRY(read_beside(w));
    size_t count = w->names.count < w->most.sheets ? w->names.count : w->most.sheets;
    out->sheets = NEW_MANY(w->call->arena, count, struct glance_sheet);
    out->more = w->names.count - count;
    for (; out->count < count; out->count++)
        TRY(glance_at(w, out->count, &out->sheets[out->count]));
    return OK;
}

enum err xlsx_glance(struct call *call, struct text bytes, struct glance_most most,
                     struct glance *out)
{
    struct workbook *w = workbook_of(call);
    w->most = most;
    *out = (struct glance){0};
    TRY(package__open(call, bytes, &package__xlsx, &w->package));
    enum err e = glance_all(w, out);
    package__close(w->package);
    return e;
}
