/* SPDX-License-Identifier: Apache-2.0 */
/* format/rich.c — rich text line by line: headings, paragraphs, lists, tables. */
#include "format/format.h"
#include "format/rich_internal.h"

const char *rich_word(enum rich r)
{
    static const char *const words[] = {"heading",  "paragraph", "list",   "steps",  "item",
                                        "table",    "row",       "head",   "cell",   "strong",
                                        "emphasis", "link",      "record", "clause", "break"};
    return r < RICH_COUNT ? words[r] : "";
}

bool rich__refuse(struct rich_reading *r, const char *code, const char *why)
{
    *r->fault = (struct rich_fault){r->line, code, why};
    return false;
}

void rich__open(struct rich_reading *r, enum rich what, int64_t number, struct text to)
{
    if (r->sink->open)
        r->sink->open(r->sink->arg, what, number, to);
}

void rich__close(struct rich_reading *r, enum rich what)
{
    if (r->sink->close)
        r->sink->close(r->sink->arg, what);
}

static struct text trim_end(struct text t)
{
    while (t.len &&
           (t.at[t.len - 1] == ' ' || t.at[t.len - 1] == '\t' || t.at[t.len - 1] == '\r'))
        t.len--;
    return t;
}

/* ---- lists ---------------------------------------------------------------------------------
 */
static void close_lists(struct rich_reading *r, int left)
{
    while (r->level > left) {
        rich__close(r, RICH_ITEM);
        r->level--;
        rich__close(r, r->numbered[r->level] ? RICH_STEPS : RICH_LIST);
    }
}

struct marker {
    size_t width;   /* with the space after it; 0: none */
    int64_t number; /* 0: a plain one */
};

static struct marker marker_of(struct text t)
{
    size_t digits = 0;
    if (t.len > 2 && (t.at[0] == '-' || t.at[0] == '*') && t.at[1] == ' ')
        return (struct marker){2, 0};
    while (digits < t.len && digits < 4 && t.at[digits] >= '0' && t.at[digits] <= '9')
        digits++;
    if (!digits || digits > 3 || digits + 2 >= t.len || t.at[digits] != '.' ||
        t.at[digits + 1] != ' ')
        return (struct marker){0, 0};
    int64_t number = 0;
    for (size_t i = 0; i < digits; i++)
        number = number * 10 + (t.at[i] - '0');
    return (struct marker){digits + 2, number};
}

static bool item(struct rich_reading *r, struct text t, size_t indent, struct marker m)
{
    bool numbered = t.at[0] != '-' && t.at[0] != '*';
    int level = indent / 2 < (size_t)r->level ? (int)(indent / 2) : r->level;
    if (level >= RICH_LEVELS)
        return rich__refuse(r, "nesting", SAID("a list stands in lists at most three deep"));
    bool goes_on = level < r->level && r->numbered[level] == numbered;
    close_lists(r, goes_on ? level + 1 : level);
    if (goes_on) {
        rich__close(r, RICH_ITEM);
    } else {
        r->numbered[r->level++] = numbered;
        rich__open(r, numbered ? RICH_STEPS : RICH_LIST, 0, TEXT(""));
    }
    rich__open(r, RICH_ITEM, m.number, TEXT(""));
    return rich__inline(r, text_trim(text_from(t, m.width)));
}

/* ---- tables --------------------------------------------------------------------------------
 */
static bool table_fault(struct rich_reading *r)
{
    return rich__refuse(r, "table",
                        SAID("a table has a first row, below it | --- | for each column, and "
                             "rows of as many cells, at most 12"));
}

/* The next cell of a row that begins with a bar; false: there is none. */
static bool next_cell(struct text *rest, struct text *cell)
{
    size_t end = 1;
    if (!rest->len || !text_trim(text_from(*rest, 1)).len)
        return false;
    while (end < rest->len && rest->at[end] != '|')
        end += rest->at[end] == '\\' && end + 1 < rest->len ? 2 : 1;
    *cell = text_trim(text_slice(*rest, 1, end));
    *rest = text_from(*rest, end);
    return true;
}

static size_t count_cells(struct text row)
{
    struct text cell;
    size_t n = 0;
    while (next_cell(&row, &cell))
        n++;
    return n;
}

static bool is_ruler(struct text row)
{
    struct text cell;
    while (next_cell(&row, &cell)) {
        if (cell.len && cell.at[0] == ':')
            cell = text_from(cell, 1);
        if (cell.len && cell.at[cell.len - 1] == ':')
            cell.len--;
        if (!cell.len)
            return false;
        for (size_t i = 0; i < cell.len; i++)
            if (cell.at[i] != '-')
                return false;
    }
    return true;
}

static bool table_row(struct rich_reading *r, struct text row)
{
    struct text cell;
    enum rich what = r->rows ? RICH_CELL : RICH_HEAD;
    rich__open(r, RICH_ROW, 0, TEXT(""));
    while (next_cell(&row, &cell)) {
        rich__open(r, what, 0, TEXT(""));
        if (!rich__inline(r, cell))
            return false;
        rich__close(r, what);
    }
    rich__close(r, RICH_ROW);
    r->rows++;
    return true;
}

static bool end_block(struct rich_reading *r);

static bool table_line(struct rich_reading *r, struct text t)
{
    size_t cells = count_cells(t);
    if (r->block != IN_TABLE) {
        if (!end_block(r))
            return false;
        if (!cells || cells > RICH_COLUMNS)
            return table_fault(r);
        r->block = IN_TABLE;
        r->columns = cells;
        r->rows = 0;
        r->ruled = false;
        rich__open(r, RICH_TABLE, 0, TEXT(""));
    }
    if (cells != r->columns)
        return table_fault(r);
    if (r->rows != 1 || r->ruled)
        return table_row(r, t);
    r->ruled = true;
    return is_ruler(t) || table_fault(r);
}

/* ---- lines ---------------------------------------------------------------------------------
 */
static bool end_block(struct rich_reading *r)
{
    if (r->block == IN_TABLE && !r->ruled)
        return table_fault(r);
    if (r->block == IN_TABLE)
        rich__close(r, RICH_TABLE);
    if (r->block == IN_PARAGRAPH)
        rich__close(r, RICH_PARAGRAPH);
    close_lists(r, 0);
    r->block = IN_NOTHING;
    return true;
}

static bool is_rule(struct text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] != t.at[0] && t.at[i] != ' ')
            return false;
        n += t.at[i] == t.at[0];
    }
    return n >= 3 && (t.at[0] == '-' || t.at[0] == '*' || t.at[0] == '_');
}

/* What Markdown has and this set has not is said, not shown as it was typed. */
static bool check_foreign(struct rich_reading *r, struct text t)
{
    if (text_starts(t, "```") || text_starts(t, "~~~"))
        return rich__refuse(r, "code",
                            SAID("blocks of code are not part of a text: write it as "
                                 "plain words"));
    if (t.at[0] == '>')
        return rich__refuse(r, "quotation",
                            SAID("quotations with > are not part of a text: write "
                                 "them as a paragraph"));
    if (is_rule(t))
        return rich__refuse(r, "rule",
                            SAID("lines across the page are not part of a text: write "
                                 "a heading"));
    return true;
}

static bool heading(struct rich_reading *r, struct text t, size_t level)
{
    if (level > RICH_HEADINGS)
        return rich__refuse(r, "heading", SAID("headings go from # to ####"));
    if (!end_block(r))
        return false;
    rich__open(r, RICH_HEADING, (int64_t)level, TEXT(""));
    bool good = rich__inline(r, text_trim(text_from(t, level)));
    rich__close(r, RICH_HEADING);
    return good;
}

/* Goes on in the paragraph or item that is open: a new line there is a new line. */
static bool plain_line(struct rich_reading *r, struct text t, size_t indent)
{
    bool goes_on = r->block == IN_PARAGRAPH || (r->block == IN_LIST && indent >= 2);
    if (!goes_on) {
        if (!end_block(r))
            return false;
        r->block = IN_PARAGRAPH;
        rich__open(r, RICH_PARAGRAPH, 0, TEXT(""));
    } else {
        rich__open(r, RICH_BREAK, 0, TEXT(""));
        rich__close(r, RICH_BREAK);
    }
    return rich__inline(r, t);
}

static bool one_line(struct rich_reading *r, struct text line)
{
    struct text t = trim_end(line);
    size_t indent = 0, level = 0;
    for (; t.len && (t.at[0] == ' ' || t.at[0] == '\t'); t = text_from(t, 1))
        indent += t.at[0] == ' ' ? 1 : 2;
    if (!t.len)
        return end_block(r);
    if (!check_foreign(r, t))
        return false;
    while (level < t.len && t.at[level] == '#')
        level++;
    if (level && level < t.len && t.at[level] == ' ')
        return heading(r, t, level);
    if (t.at[0] == '|')
        return table_line(r, t);
    struct marker m = marker_of(t);
    if (!m.width)
        return plain_line(r, t, indent);
    if (r->block != IN_LIST && !end_block(r))
        return false;
    r->block = IN_LIST;
    return item(r, t, indent, m);
}

bool rich_read(struct text t, const struct rich_sink *sink, struct rich_fault *fault)
{
    struct rich_reading r = {.sink = sink, .fault = fault};
    while (t.len) {
        r.line++;
        if (r.line > RICH_LINES)
            return rich__refuse(&r, "lines",
                                SAID("a text has at most 5,000 lines: choose a file"));
        if (!one_line(&r, text_cut(&t, '\n')))
            return false;
    }
    return end_block(&r);
}

/* ---- its words -----------------------------------------------------------------------------
 */
static void new_line(struct buf *out)
{
    if (out->len && out->at[out->len - 1] != '\n')
        buf_add_c(out, "\n");
}

static void plain_open(void *arg, enum rich r, int64_t number, struct text to)
{
    struct buf *out = arg;
    if (r == RICH_RECORD || r == RICH_CLAUSE)
        buf_add(out, to);
    if (r == RICH_BREAK || r == RICH_LIST || r == RICH_STEPS)
        new_line(out);
    if (r == RICH_ITEM && number)
        buf_print(out, "%lld. ", (long long)number);
}

static void plain_words(void *arg, struct text t)
{
    buf_add(arg, t);
}

static void plain_close(void *arg, enum rich r)
{
    if (r == RICH_HEADING || r == RICH_PARAGRAPH || r == RICH_ITEM || r == RICH_HEAD ||
        r == RICH_CELL)
        new_line(arg);
}

void rich_plain(struct text t, struct buf *out)
{
    struct rich_sink sink = {out, plain_open, plain_words, plain_close};
    struct rich_fault fault;
    (void)rich_read(t, &sink, &fault);
}
