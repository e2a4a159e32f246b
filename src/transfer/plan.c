/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/plan.c — a file without a map: its columns are the fields, by name or title, as
 * an export writes them. What the engine keeps or computes itself is passed over. */
#include "transfer/internal.h"

#include <stdlib.h>

static bool named(struct arena *a, const struct field *f, struct text name)
{
    return text_same(f->title.zh, name) ||
           text_same(text_lower(a, f->title.en), text_lower(a, name));
}

/* "External ID" is external_id. */
static struct text as_name(struct arena *a, struct text heading)
{
    struct text t = text_lower(a, heading);
    char *at = arena_take(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++)
        at[i] = t.at[i] == ' ' ? '_' : t.at[i];
    return (struct text){at, t.len};
}

static const struct field *field_of(struct transfer *im, struct text name)
{
    const struct field *f = kind_field(im->kind, name);
    if (!f)
        f = kind_field(im->kind, as_name(im->arena, name));
    for (size_t i = 0; !f && i < im->kind->field_count; i++)
        if (named(im->arena, &im->kind->fields[i], name))
            f = &im->kind->fields[i];
    return f;
}

static enum err unknown(struct transfer *im, struct text name)
{
    return problem(im->call, ERR_INVALID, name, "unknown",
                   say(im->call, "%.*s has no such field (aimwell model explain %.*s)"),
                   TEXT_ARG(im->kind->name), TEXT_ARG(im->kind->name));
}

/* ---- by words: a heading that says what a title says, in other letters ------------------- */
/* Lower case, everything that is no letter or digit one space. */
static struct text plain_words(struct arena *a, struct text t)
{
    char *at = arena_take(a, t.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bool letter = c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
        if (letter)
            at[len++] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
        else if (len && at[len - 1] != ' ')
            at[len++] = ' ';
    }
    return text_trim((struct text){at, len});
}

static bool has_word(struct text all, struct text word)
{
    while (all.len)
        if (text_same(text_cut(&all, ' '), word))
            return true;
    return false;
}

/* Every word of `few` is one of `many`. */
static bool within(struct text few, struct text many)
{
    if (!few.len)
        return false;
    while (few.len)
        if (!has_word(many, text_cut(&few, ' ')))
            return false;
    return true;
}

static bool can_fill(const struct field *f)
{
    return !f->system && !f->computed;
}

/* 2: the same words; 1: all words of the one are in the other; 0: neither. */
static int likeness(struct transfer *im, struct text heading, const struct field *f)
{
    struct text en = plain_words(im->scratch, f->title.en);
    struct text own = plain_words(im->scratch, f->name);
    if (text_same(en, heading) || text_same(own, heading))
        return 2;
    return within(en, heading) || within(heading, en) || within(own, heading);
}

/* The one field that is like the heading; of several, none: it is for people to say. */
static const struct field *by_words(struct transfer *im, size_t column, int least,
                                    const bool *filled)
{
    struct text heading = plain_words(im->scratch, im->table.names[column]);
    const struct field *found = NULL;
    size_t count = 0;
    for (size_t i = 0; i < im->kind->field_count; i++) {
        const struct field *f = &im->kind->fields[i];
        if (!can_fill(f) || filled[f->index] || likeness(im, heading, f) < least)
            continue;
        found = f;
        count++;
    }
    return count == 1 ? found : NULL;
}

/* ---- columns ----------------------------------------------------------------------------- */
/* What somebody said of the column, else by its name; *by says which. */
static const struct field *find_field(struct transfer *im, struct text name, enum match *by,
                                      bool *wrong)
{
    const struct json *columns = json_get(im->said, "columns");
    const struct json *said = NULL;
    for (const struct json *v = columns ? columns->first : NULL; v; v = v->next)
        if (text_same(v->key, name))
            said = v;
    *wrong = false;
    *by = said && said->type == JSON_NULL ? MATCH_LEFT : said ? MATCH_HAND : MATCH_NAME;
    if (*by == MATCH_LEFT)
        return NULL;
    const struct field *f =
        said ? kind_field(im->kind, json_text(said)) : field_of(im, name);
    *wrong = said && (!f || (!can_fill(f) && !text_is(f->name, "key")));
    return f;
}

static enum err twice(struct transfer *im, struct text name, const struct field *f)
{
    return problem(im->call, ERR_INVALID, name, "duplicate",
                   say(im->call, "another column is for the field %.*s already"),
                   TEXT_ARG(f->name));
}

static void use_column(struct transfer *im, size_t column, const struct field *f, bool *filled)
{
    struct plan *p = &im->plan;
    filled[f->index] = true;
    p->field[column] = f;
    p->states |= text_is(f->name, "state");
    if (text_is(f->name, "key"))
        p->key = column;
    if (text_is(f->name, "external_id"))
        p->external = column;
    if (can_fill(f))
        p->to[p->to_count++] = (struct destination){.column = column, .field = f};
}

/* Does its first cell look like one of ours? */
static bool holds_ids(struct transfer *im, size_t column)
{
    struct pass pass = transfer__pass(im, false);
    struct table_row row;
    struct text first = {0};
    for (int n = 0; n < 200 && !first.len && transfer__next(im, &pass, im->scratch, &row); n++)
        first = text_trim(row.cells[column]);
    for (size_t i = 0; i < first.len; i++)
        if (!(first.at[i] >= '0' && first.at[i] <= '9') && !(first.at[i] >= 'A' && first.at[i] <= 'Z'))
            return false;
    return first.len == 26 || !first.len;
}

static enum err plan_column(struct transfer *im, size_t column, bool *filled)
{
    struct plan *p = &im->plan;
    struct text name = im->table.names[column];
    bool wrong;
    const struct field *f = find_field(im, name, &p->by[column], &wrong);
    if (wrong)
        return unknown(im, name);
    if (p->by[column] == MATCH_LEFT)
        return OK;
    bool id = text_is(name, "id") && p->by[column] == MATCH_NAME;
    if (id && im->said && !holds_ids(im, column)) { /* of another system: perhaps ours outside */
        p->by[column] = MATCH_WORDS;
        id = false;
        f = kind_field(im->kind, TEXT("external_id"));
    }
    if (id)
        p->id = column;
    if (id || (text_is(name, "kind") && !f))
        return OK;
    if (!f && im->said) {
        p->by[column] = MATCH_NONE;
        return OK;
    }
    if (!f)
        return unknown(im, name);
    if (filled[f->index] && im->said && p->by[column] != MATCH_HAND) {
        p->by[column] = MATCH_NONE; /* somebody gave the field to another column */
        return OK;
    }
    if (filled[f->index])
        return twice(im, name, f);
    use_column(im, column, f, filled);
    return OK;
}

/* What a name did not tell is tried by its words, when every name had its turn. A field that several
 * columns are like goes to none of them. */
static void plan_words(struct transfer *im, int least, bool *filled)
{
    struct plan *p = &im->plan;
    const struct field **found = NEW_MANY(im->arena, im->table.columns + 1, const struct field *);
    size_t *claims = NEW_MANY(im->arena, im->kind->field_count + 1, size_t);
    for (size_t i = 0; im->said && i < im->table.columns; i++) {
        found[i] = p->by[i] == MATCH_NONE ? by_words(im, i, least, filled) : NULL;
        if (found[i])
            claims[found[i]->index]++;
    }
    for (size_t i = 0; i < im->table.columns; i++)
        if (found[i] && claims[found[i]->index] == 1) {
            p->by[i] = MATCH_WORDS;
            use_column(im, i, found[i], filled);
        }
}

static int by_column(const void *left, const void *right)
{
    const struct destination *a = left, *b = right;
    return a->column < b->column ? -1 : a->column > b->column;
}

/* What somebody said counts before names do. */
static enum err plan_columns(struct transfer *im, bool *filled, bool said)
{
    enum err worst = OK;
    const struct json *columns = json_get(im->said, "columns");
    for (size_t i = 0; i < im->table.columns; i++) {
        bool named = false;
        for (const struct json *v = columns ? columns->first : NULL; v; v = v->next)
            named = named || text_same(v->key, im->table.names[i]);
        enum err e = named == said ? plan_column(im, i, filled) : OK;
        worst = worst == OK ? e : worst;
    }
    return worst;
}

static enum err said_dates(struct transfer *im)
{
    struct text word = json_text(json_get(im->said, "dates"));
    enum date_order order = text_is(word, "day-first")     ? DATES_DAY_FIRST
                            : text_is(word, "month-first") ? DATES_MONTH_FIRST
                                                           : DATES_UNSAID;
    for (size_t i = 0; i < im->plan.to_count; i++)
        im->plan.to[i].dates = order;
    if (!word.len || order != DATES_UNSAID)
        return OK;
    return problem(im->call, ERR_INVALID, TEXT("dates"), "choice", "%s",
                   say(im->call, "is day-first or month-first"));
}

/* ---- which record a row is, when no column says it by key or id --------------------------- */
static bool is_register(const struct transfer *im, const struct field *f)
{
    for (size_t i = 0; i < im->model->framework_count; i++)
        if (text_same(im->model->frameworks[i].register_kind, im->kind->name) &&
            text_same(im->model->frameworks[i].register_field, f->name))
            return true;
    return false;
}

static void plan_match(struct transfer *im)
{
    struct plan *p = &im->plan;
    if (p->key != NO_COLUMN || p->id != NO_COLUMN || p->external != NO_COLUMN)
        return;
    for (size_t i = 0; i < p->to_count; i++) {
        const struct field *f = p->to[i].field;
        bool line = f->type->written == WRITTEN_LINE && !f->many && !f->guarded;
        bool better = f->unique || (text_is(f->name, "title") && !p->match);
        if (!line || !better || (p->match && p->match->unique))
            continue;
        p->match = f;
        p->match_column = p->to[i].column;
    }
    p->is_register = p->match && is_register(im, p->match);
}

enum err transfer__plan_plain(struct transfer *im)
{
    struct plan *p = &im->plan;
    bool *filled = NEW_MANY(im->arena, im->kind->field_count + 1, bool);
    p->key = p->id = p->external = p->unit = p->unit_code = NO_COLUMN;
    p->to = NEW_MANY(im->arena, im->table.columns + 1, struct destination);
    p->by = NEW_MANY(im->arena, im->table.columns + 1, enum match);
    p->field = NEW_MANY(im->arena, im->table.columns + 1, const struct field *);
    enum err worst = plan_columns(im, filled, true), e = plan_columns(im, filled, false);
    worst = worst == OK ? e : worst;
    plan_words(im, 2, filled);
    plan_words(im, 1, filled);
    qsort(p->to, p->to_count, sizeof *p->to, by_column);
    plan_match(im);
    e = said_dates(im);
    return worst == OK ? e : worst;
}
