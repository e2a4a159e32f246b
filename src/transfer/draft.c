/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/draft.c — of a file that nobody has described yet: what its columns hold, a map to begin
 * with, and, for columns that no field is for, an extension of the register. */
#include "transfer/internal.h"

#include <stdio.h>
#include <string.h>

#define ROWS_MOST 2000
#define SPELLINGS_MOST 12
#define SPELLING_MOST 60 /* bytes */
#define NAME_MOST 36     /* of a field, with x_ */

enum holds { HOLDS_NOTHING, HOLDS_TEXT, HOLDS_NOTE, HOLDS_CHOICE, HOLDS_YES_NO, HOLDS_INTEGER, HOLDS_NUMBER, HOLDS_DATE };
static const char *const words[] = {"empty", "text", "note", "choice", "yes_no", "integer", "number", "date"};

struct facts { /* of one column */
    size_t filled, dates, integers, numbers, yes_no, longest;
    bool lines, many, repeated; /* many: more spellings than are kept */
    struct text spellings[SPELLINGS_MOST];
    size_t spelling_count;
    struct index *seen; /* every text; for whether it tells rows apart */
    enum holds holds;
    struct text field; /* where it goes; "" the kept field */
    bool is_new;       /* that field is in the extension */
};

/* ---- what a column holds ------------------------------------------------------------------ */
static bool is_yes_no(struct arena *a, struct text t)
{
    static const char *const all[] = {"true", "false", "yes", "no", "y", "n", "是", "否"};
    struct text word = text_lower(a, t);
    for (size_t i = 0; i < COUNT(all); i++)
        if (text_is(word, all[i]))
            return true;
    return false;
}

static void add_spelling(struct facts *f, struct arena *a, struct text t)
{
    bool before = transfer__get(f->seen, t) != NULL;
    f->repeated = f->repeated || before;
    if (before)
        return;
    struct text own = text_copy(a, t);
    transfer__put(f->seen, own, f);
    if (f->spelling_count < SPELLINGS_MOST && t.len <= SPELLING_MOST)
        f->spellings[f->spelling_count++] = own;
    else
        f->many = true;
}

static void add_cell(struct facts *f, struct arena *a, struct arena *page, struct text cell)
{
    struct text t = shown_one_space(page, shown_without(page, cell, true));
    struct date_found date;
    int64_t whole;
    double number;
    if (!t.len || !text_utf8(t))
        return;
    f->filled++;
    f->lines = f->lines || text_find(text_trim(cell), '\n') >= 0;
    f->longest = t.len > f->longest ? t.len : f->longest;
    f->integers += text_integer(t, &whole);
    f->numbers += text_number(t, &number);
    f->dates += transfer__date(page, t, DATES_UNSAID, &date);
    f->yes_no += is_yes_no(page, t);
    add_spelling(f, a, t);
}

static enum holds holds(const struct facts *f)
{
    if (!f->filled)
        return HOLDS_NOTHING;
    if (f->yes_no == f->filled)
        return HOLDS_YES_NO;
    if (f->integers == f->filled)
        return HOLDS_INTEGER;
    if (f->numbers == f->filled)
        return HOLDS_NUMBER;
    if (f->dates == f->filled)
        return HOLDS_DATE;
    if (f->lines || f->longest > 400)
        return HOLDS_NOTE;
    return !f->many && f->filled >= 2 * f->spelling_count && f->repeated ? HOLDS_CHOICE : HOLDS_TEXT;
}

static struct facts *survey(struct transfer *im, struct arena *a, size_t *rows)
{
    struct facts *all = NEW_MANY(a, im->table.columns + 1, struct facts);
    struct pass pass = transfer__pass(im, false);
    struct arena *page = arena_open();
    struct table_row row;
    for (size_t i = 0; i < im->table.columns; i++)
        all[i].seen = transfer__index(a);
    for (*rows = 0; *rows < ROWS_MOST && transfer__next(im, &pass, page, &row); ++*rows) {
        for (size_t i = 0; i < im->table.columns; i++)
            add_cell(&all[i], a, page, row.cells[i]);
        arena_reset(page);
    }
    for (size_t i = 0; i < im->table.columns; i++)
        all[i].holds = holds(&all[i]);
    arena_close(page);
    return all;
}

/* ---- where it goes -------------------------------------------------------------------------- */
/* "Owner's team" is owner_s_team; what has no such letters is "". */
static struct text slug(struct arena *a, struct text t, size_t most)
{
    struct buf b = buf_in(a, most + 1);
    for (size_t i = 0; i < t.len && b.len < most; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bool letter = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (letter)
            buf_add_byte(&b, (char)(c >= 'A' && c <= 'Z' ? c + 32 : c));
        else if (b.len && b.at[b.len - 1] != '_')
            buf_add_byte(&b, '_');
    }
    while (b.len && b.at[b.len - 1] == '_')
        b.len--;
    return buf_text(&b);
}

static bool is_taken(const struct transfer *im, const struct facts *all, size_t column,
                     struct text name)
{
    bool taken = kind_field(im->kind, name) || text_is(name, "x_as_reported");
    for (size_t i = 0; i < column; i++)
        taken = taken || text_same(all[i].field, name);
    return taken;
}

static struct text new_field(struct transfer *im, struct arena *a, const struct facts *all,
                             size_t column)
{
    struct text own = slug(a, im->table.names[column], NAME_MOST - 6);
    struct text name = own.len ? text_print(a, "x_%.*s", TEXT_ARG(own))
                               : text_print(a, "x_column_%zu", column + 1);
    struct text other = name;
    for (size_t n = 2; is_taken(im, all, column, other); n++)
        other = text_print(a, "%.*s_%zu", TEXT_ARG(name), n);
    return other;
}

/* A map fills what people fill in; how a row is recognised it says apart. */
static bool goes_into(const struct field *f)
{
    return f && !f->system && !f->computed && !text_is(f->name, "external_id");
}

static void place(struct transfer *im, struct arena *a, struct facts *all)
{
    for (size_t i = 0; i < im->table.columns; i++) {
        const struct field *f = im->plan.field[i];
        if (goes_into(f))
            all[i].field = f->name;
        else if (!f && im->plan.id != i && all[i].holds != HOLDS_NOTHING) {
            all[i].field = new_field(im, a, all, i);
            all[i].is_new = true;
        }
    }
}

/* Nothing is called title: the first line of text that every row has. */
static void place_title(struct transfer *im, struct facts *all, size_t rows)
{
    const struct field *f = kind_field(im->kind, TEXT("title"));
    struct facts *found = NULL;
    for (size_t i = im->table.columns; f && i-- > 0;) {
        if (text_same(all[i].field, f->name))
            return;
        if (all[i].is_new && all[i].holds == HOLDS_TEXT && all[i].filled == rows)
            found = &all[i];
    }
    if (found) {
        found->field = f->name;
        found->is_new = false;
    }
}

/* The column that tells rows apart: an id; else the first that is filled in and different in every row;
 * else the title; else the first. */
static size_t identity(const struct transfer *im, const struct facts *all, size_t rows)
{
    const struct plan *p = &im->plan;
    size_t title = 0;
    if (p->external != NO_COLUMN || p->id != NO_COLUMN || p->key != NO_COLUMN)
        return p->external != NO_COLUMN ? p->external : p->id != NO_COLUMN ? p->id : p->key;
    for (size_t i = 0; i < im->table.columns; i++) {
        bool one_line = all[i].holds == HOLDS_TEXT || all[i].holds == HOLDS_INTEGER;
        if (one_line && all[i].filled == rows && !all[i].repeated)
            return i;
        if (text_is(all[i].field, "title"))
            title = i;
    }
    return title;
}

/* ---- the map ------------------------------------------------------------------------------- */
static void put(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

static struct text option_name(struct arena *a, struct text spelling)
{
    struct text own = slug(a, spelling, 38);
    bool digit = own.len && own.at[0] >= '0' && own.at[0] <= '9';
    return digit ? text_print(a, "v_%.*s", TEXT_ARG(own)) : own;
}

/* Could every spelling be a value of its own? */
static bool makes_choice(struct arena *a, const struct facts *f)
{
    bool good = f->holds == HOLDS_CHOICE && f->spelling_count > 1;
    for (size_t i = 0; good && i < f->spelling_count; i++) {
        struct text own = option_name(a, f->spellings[i]);
        good = own.len > 0;
        for (size_t n = 0; good && n < i; n++)
            good = !text_same(own, option_name(a, f->spellings[n]));
    }
    return good;
}

static struct text option_of(struct arena *a, const struct field *f, struct text spelling)
{
    struct text folded = transfer__folded(a, spelling);
    for (size_t i = 0; i < f->scale->count; i++) {
        const struct option *o = &f->scale->options[i];
        if (text_same(folded, transfer__folded(a, o->value)) ||
            text_same(folded, transfer__folded(a, o->title.en)) ||
            text_same(folded, transfer__folded(a, o->title.zh)))
            return o->value;
    }
    return (struct text){0};
}

static void put_values(struct arena *a, const struct field *field, const struct facts *f,
                       struct json_out *o)
{
    json_key(o, "values");
    json_open(o, '{');
    for (size_t i = 0; i < f->spelling_count; i++) {
        struct text value = field ? option_of(a, field, f->spellings[i])
                                  : option_name(a, f->spellings[i]);
        if (!value.len)
            continue; /* for people to add; till then it is kept */
        json_key_text(o, f->spellings[i]);
        json_put_text(o, value);
    }
    json_close(o, '}');
}

static void put_target(const struct transfer *im, struct arena *a, const struct facts *f,
                       struct json_out *o)
{
    const struct field *field = f->is_new ? NULL : kind_field(im->kind, f->field);
    bool single = field && field->type->written == WRITTEN_OPTION && !field->many;
    if (!f->field.len) {
        json_put_c(o, "kept");
        return;
    }
    json_open(o, '{');
    put(o, "field", f->field);
    if (single || (f->is_new && makes_choice(a, f)))
        put_values(a, field, f, o);
    json_close(o, '}');
}

static void put_header(const struct transfer *im, struct json_out *o)
{
    const struct table *t = &im->table;
    if (t->json || (im->likely_line < 2 && !im->likely_second))
        return;
    json_key(o, "header");
    if (im->likely_second) {
        json_open(o, '[');
        json_put_integer(o, im->likely_line);
        json_put_integer(o, im->likely_second);
        json_close(o, ']');
    } else
        json_put_integer(o, im->likely_line);
}

static struct text file_word(const struct transfer *im, struct arena *a)
{
    struct text name = im->path;
    for (size_t i = name.len; i-- > 0;)
        if (name.at[i] == '/') {
            name = text_from(name, i + 1);
            break;
        }
    struct text own = slug(a, text_cut(&name, '.'), 30);
    return own.len ? own : TEXT("file");
}

static void put_map(const struct transfer *im, struct arena *a, const struct facts *all,
                    size_t rows, struct json_out *o)
{
    const struct table *t = &im->table;
    struct text word = file_word(im, a);
    json_open(o, '{');
    put(o, "map", word);
    put(o, "kind", im->kind->name);
    put(o, "format", t->json ? TEXT("json") : t->csv ? TEXT("csv") : TEXT("xlsx"));
    if (t->sheet.name.len)
        put(o, "sheet", t->sheet.name);
    put_header(im, o);
    json_key(o, "identity");
    json_open(o, '{');
    put(o, "prefix", word);
    json_key(o, "parts");
    json_open(o, '[');
    if (t->columns)
        json_put_text(o, t->names[identity(im, all, rows)]);
    json_close(o, ']');
    json_close(o, '}');
    put(o, "kept", TEXT("x_as_reported"));
    json_key(o, "columns");
    json_open(o, '{');
    for (size_t i = 0; i < t->columns; i++)
        if (all[i].field.len) {
            json_key_text(o, t->names[i]);
            put_target(im, a, &all[i], o);
        }
    put(o, "*", TEXT("kept"));
    json_close(o, '}');
    json_close(o, '}');
}

/* ---- the extension ------------------------------------------------------------------------- */
static void put_field(struct arena *a, struct text heading, const struct facts *f,
                      struct json_out *o)
{
    bool choice = makes_choice(a, f);
    json_key_text(o, f->field);
    json_open(o, '{');
    put(o, "type", choice ? TEXT("choice")
                   : f->holds == HOLDS_CHOICE ? TEXT("text")
                                              : text_of(words[f->holds]));
    put(o, "title", text_slice(heading, 0, heading.len < 200 ? heading.len : 0));
    if (choice) {
        json_key(o, "of");
        json_open(o, '{');
        for (size_t i = 0; i < f->spelling_count; i++) {
            json_key_text(o, option_name(a, f->spellings[i]));
            json_put_text(o, f->spellings[i]);
        }
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_extension(const struct transfer *im, struct arena *a, const struct facts *all,
                          struct json_out *o)
{
    json_open(o, '{');
    put(o, "extends", im->kind->name);
    json_key(o, "fields");
    json_open(o, '{');
    for (size_t i = 0; i < im->table.columns; i++)
        if (all[i].is_new)
            put_field(a, im->table.names[i], &all[i], o);
    if (!kind_field(im->kind, TEXT("x_as_reported"))) {
        json_key(o, "x_as_reported");
        json_open(o, '{');
        put(o, "type", TEXT("note"));
        put(o, "title", TEXT("As reported"));
        json_close(o, '}');
    }
    json_close(o, '}');
    json_close(o, '}');
}

enum err transfer_draft(struct call *call, struct transfer *im, struct json_out *o)
{
    size_t rows;
    struct facts *all = survey(im, call->arena, &rows);
    if (im->plan.mapped)
        return problem(call, ERR_INVALID, TEXT("map"), "map", "%s",
                       say(call, "a file that has a map needs no draft of one"));
    place(im, call->arena, all);
    place_title(im, all, rows);
    json_key(o, "holds");
    json_open(o, '[');
    for (size_t i = 0; i < im->table.columns; i++) {
        json_open(o, '{');
        put(o, "name", im->table.names[i]);
        put(o, "type", text_of(words[all[i].holds]));
        json_key(o, "spellings");
        json_open(o, '[');
        for (size_t n = 0; !all[i].many && n < all[i].spelling_count; n++)
            json_put_text(o, all[i].spellings[n]);
        json_close(o, ']');
        json_close(o, '}');
    }
    json_close(o, ']');
    json_key(o, "map");
    put_map(im, call->arena, all, rows, o);
    json_key(o, "extension");
    put_extension(im, call->arena, all, o);
    return OK;
}
