/* SPDX-License-Identifier: Apache-2.0 */
/* format/word_read.c — the words of a Word document, in the order they stand: paragraphs,
 * headings, items of lists, tables. How they look, and what is no words, is left out, and its
 * being there is noted. Everything here is written by a stranger: elements may come in any
 * order and any number, so that each is taken only where it means something, and what is kept
 * is counted. */
#include "format/word_internal.h"

#include <string.h>

struct blocks LIST_OF(struct word_block);
struct table_rows LIST_OF(struct word_row);
struct cells LIST_OF(struct text);

struct wording {
    struct call *call;
    struct word *out;
    const struct word_styles *styles;
    struct blocks blocks;
    size_t spent, cells_spent; /* of WORD_BYTES, of WORD_CELLS */
    bool stopped;
    bool begun; /* the part is a document */
    /* the paragraph */
    struct buf text;
    size_t runs, properties; /* how many of them we are in */
    size_t unsaid;           /* … of what is moved away, or stands twice */
    bool in_text, is_item;
    int heading, level;
    /* the table: a table in a cell is read as lines of that cell */
    size_t tables;
    struct table_rows rows;
    struct cells row;
    struct buf cell;
};

/* It is long enough: nobody hears of this error (word_read). */
static enum err stop(struct wording *w)
{
    w->stopped = w->out->cut = true;
    return ERR_TOO_LARGE;
}

/* ---- paragraphs --------------------------------------------------------------------- */

static void paragraph_begin(struct wording *w)
{
    w->text.len = 0;
    w->heading = w->level = 0;
    w->is_item = false;
}

static enum err add_block(struct wording *w, struct word_block block)
{
    return LIST_ADD(&w->blocks, block) ? OK : stop(w);
}

/* What has been read of a paragraph is one: also when another begins inside it, in a box of
 * text. */
static enum err paragraph_end(struct wording *w)
{
    struct text words = text_trim(buf_text(&w->text));
    enum word_is is = w->heading > 0 ? WORD_HEADING : w->is_item ? WORD_ITEM : WORD_PARAGRAPH;
    int level = w->heading > 0 ? w->heading : w->level;
    if (words.len > 0 && w->tables > 0) {
        if (w->cell.len > 0)
            buf_add_byte(&w->cell, '\n');
        buf_add(&w->cell, words);
    } else if (words.len > 0) {
        TRY(add_block(w, (struct word_block){.is = is,
                                             .level = level,
                                             .text = text_copy(w->call->arena, words)}));
    }
    paragraph_begin(w);
    return OK;
}

static enum err add_words(struct wording *w, struct text t)
{
    if (w->unsaid > 0)
        return OK;
    if (t.len > WORD_BYTES - w->spent)
        return stop(w);
    w->spent += t.len;
    buf_add(&w->text, t);
    return OK;
}

static void read_property(struct wording *w, const char *name, const char **attributes)
{
    struct text value = xml__attribute(attributes, "val");
    int64_t level = -1;
    if (strcmp(name, "pStyle") == 0)
        w->heading = word__heading(w->styles, value);
    else if (strcmp(name, "outlineLvl") == 0 && text_integer(value, &level) && level >= 0 &&
             level < 9)
        w->heading = (int)level + 1;
    else if (strcmp(name, "numPr") == 0)
        w->is_item = true;
    else if (strcmp(name, "numId") == 0 && text_is(value, "0"))
        w->is_item = false; /* the list of its style, taken away */
    else if (strcmp(name, "ilvl") == 0 && text_integer(value, &level) && level >= 0 &&
             level < 9)
        w->level = (int)level;
}

/* ---- tables ------------------------------------------------------------------------- */

static enum err table_begin(struct wording *w)
{
    TRY(paragraph_end(w));
    if (w->tables++ > 0)
        return OK;
    w->rows = (struct table_rows)LIST_IN(w->call->arena, WORD_CELLS);
    w->row = (struct cells)LIST_IN(w->call->arena, WORD_COLUMNS);
    w->cell.len = 0;
    return OK;
}

static enum err cell_end(struct wording *w)
{
    TRY(paragraph_end(w));
    if (w->tables > 1)
        return OK;
    if (w->cells_spent++ == WORD_CELLS)
        return stop(w);
    if (!LIST_ADD(&w->row, text_copy(w->call->arena, buf_text(&w->cell))))
        w->out->cut = true;
    w->cell.len = 0;
    return OK;
}

static enum err row_end(struct wording *w)
{
    TRY(paragraph_end(w));
    if (w->tables > 1 || w->row.count == 0)
        return OK;
    struct word_row row = {NEW_MANY(w->call->arena, w->row.count, struct text), w->row.count};
    memcpy(row.cells, w->row.at, w->row.count * sizeof(*row.cells));
    w->row.count = 0;
    return LIST_ADD(&w->rows, row) ? OK : stop(w);
}

static enum err table_end(struct wording *w)
{
    TRY(paragraph_end(w));
    if (--w->tables > 0 || w->rows.count == 0)
        return OK;
    return add_block(w, (struct word_block){.is = WORD_TABLE,
                                            .text = TEXT(""),
                                            .rows = w->rows.at,
                                            .row_count = w->rows.count});
}

/* ---- elements ----------------------------------------------------------------------- */

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names != NULL; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

/* What is there and is not shown. */
static void note_what(struct word *out, const char *name)
{
    static const char *const pictures[] = {"drawing", "pict", "object", NULL};
    static const char *const notes[] = {"footnoteReference", "endnoteReference", NULL};
    static const char *const margins[] = {"headerReference", "footerReference", NULL};
    static const char *const changes[] = {"ins", "del", "moveFrom", "moveTo", NULL};
    out->pictures |= is_one_of(name, pictures);
    out->notes |= is_one_of(name, notes);
    out->margins |= is_one_of(name, margins);
    out->comments |= strcmp(name, "commentReference") == 0;
    out->changes |= is_one_of(name, changes);
}

/* Moved away is gone; a fallback says once more what stands beside it. */
static bool is_unsaid(const char *name)
{
    return strcmp(name, "moveFrom") == 0 || strcmp(name, "Fallback") == 0;
}

static enum err open_in_run(struct wording *w, const char *name)
{
    if (strcmp(name, "t") == 0)
        w->in_text = true;
    else if (strcmp(name, "tab") == 0)
        return add_words(w, TEXT("\t"));
    else if (strcmp(name, "br") == 0 || strcmp(name, "cr") == 0)
        return add_words(w, TEXT("\n"));
    else if (strcmp(name, "noBreakHyphen") == 0)
        return add_words(w, TEXT("-"));
    return OK;
}

static enum err words_open(void *context, const char *name, const char **attributes)
{
    struct wording *w = context;
    if (!w->begun && strcmp(name, "document") != 0)
        return format__refuse(w->call, ERR_MALFORMED, "docx", 0,
                              SAID("there is no text in this file"));
    w->begun = true;
    note_what(w->out, name);
    w->unsaid += is_unsaid(name);
    if (strcmp(name, "p") == 0)
        return paragraph_end(w);
    if (strcmp(name, "tbl") == 0)
        return table_begin(w);
    if (strcmp(name, "pPr") == 0)
        w->properties++;
    else if (strcmp(name, "r") == 0)
        w->runs++;
    else if (w->properties > 0)
        read_property(w, name, attributes);
    else if (w->runs > 0)
        return open_in_run(w, name);
    return OK;
}

static enum err words_close(void *context, const char *name)
{
    struct wording *w = context;
    w->unsaid -= is_unsaid(name);
    if (strcmp(name, "t") == 0)
        w->in_text = false;
    else if (strcmp(name, "pPr") == 0)
        w->properties--;
    else if (strcmp(name, "r") == 0)
        w->runs--;
    else if (strcmp(name, "p") == 0)
        return paragraph_end(w);
    else if (strcmp(name, "tc") == 0 && w->tables > 0)
        return cell_end(w);
    else if (strcmp(name, "tr") == 0 && w->tables > 0)
        return row_end(w);
    else if (strcmp(name, "tbl") == 0)
        return table_end(w);
    return OK;
}

static enum err words_in(void *context, struct text t)
{
    struct wording *w = context;
    return w->in_text ? add_words(w, t) : OK;
}

/* ---- all of it ---------------------------------------------------------------------- */

static enum err read_document(struct wording *w, struct package *p)
{
    struct xml handlers = {words_open, words_close, words_in, w};
    struct link *links;
    struct text folder = TEXT("");
    struct word_styles *styles = NULL;
    TRY(links__read(w->call, p, "_rels/.rels", &links));
    const char *path =
        links__target(w->call->arena, folder, links__of_type(links, "/officeDocument"));
    if (path == NULL)
        return format__refuse(w->call, ERR_MALFORMED, "docx", 0,
                              SAID("there is no text in this file"));
    TRY(links__of_part(w->call, p, path, &folder, &links));
    const char *beside =
        links__target(w->call->arena, folder, links__of_type(links, "/styles"));
    if (beside != NULL && package__has(p, beside))
        TRY(word__styles(w->call, p, beside, &styles));
    w->styles = styles;
    return package__read(p, path, &handlers);
}

/* What was read when it was enough: a paragraph, a row or a table may be in the making. */
static void take_rest(struct wording *w)
{
    struct word_block table = {.is = WORD_TABLE, .text = TEXT("")};
    if (w->tables == 0 && w->text.len > 0)
        (void)paragraph_end(w);
    if (w->tables == 0 || w->rows.count == 0)
        return;
    table.rows = w->rows.at;
    table.row_count = w->rows.count;
    (void)LIST_ADD(&w->blocks, table);
}

enum err word_read(struct call *call, struct text bytes, struct word *out)
{
    struct wording *w = NEW(call->arena, struct wording);
    struct package *p;
    *out = (struct word){0};
    w->call = call;
    w->out = out;
    w->blocks = (struct blocks)LIST_IN(call->arena, WORD_BLOCKS);
    w->text = buf_in(call->arena, WORD_BYTES);
    w->cell = buf_in(call->arena, 2 * WORD_BYTES);
    TRY(package__open(call, bytes, &package__docx, &p));
    enum err e = read_document(w, p);
    package__close(p);
    if (e != OK && w->stopped) {
        take_rest(w);
        e = OK;
    }
    out->blocks = w->blocks.at;
    out->count = w->blocks.count;
    return e;
}
