/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/shape.c — the pictures that a kind can be shown as besides its list, and which
 * fields they, and counts, may go by. */
#include "model/internal.h"

/* Few values, each with a name: texts and bare numbers would be a group a record. */
bool field_tallies(const struct field *f)
{
    const struct field_type *t = f->type;
    if (f->many)
        return false;
    return t->form == FORM_TRUTH || t->written == WRITTEN_OPTION || t->refers == REFERS_ONE ||
           t->refers == REFERS_MANY || field_is_time(f) ||
           (f->scale != NULL && field_is_column(f)) || text_is(f->name, "state");
}

/* What the fields of a shape must be, by the word in the model. */
enum fit {
    FIT_NONE,
    FIT_STEP,
    FIT_BAND,
    FIT_GROUP,
    FIT_COLUMN,
    FIT_DAY,
    FIT_PARENT,
    FIT_CLAUSES,
    FIT_ONE,
    FIT_ROWS,
    FIT_CELL,
    FIT_GOAL
};

static bool fits(const struct kind *k, const struct field *f, enum fit fit)
{
    bool group = field_tallies(f) && !field_is_time(f);
    switch (fit) {
    case FIT_STEP:
        return group && f->type->form == FORM_WHOLE;
    case FIT_BAND:
        return group && f->type->written == WRITTEN_OPTION;
    case FIT_GROUP:
        return group && f->type->refers == REFERS_NOT;
    case FIT_COLUMN:
        return group && f->type->refers == REFERS_NOT && f->type->form != FORM_WHOLE;
    case FIT_DAY:
        return f->type->written == WRITTEN_DAY;
    case FIT_PARENT:
        return f->type->refers == REFERS_ONE && f->target_kind == k;
    case FIT_CLAUSES:
        return f->type->refers == REFERS_MANY && f->target == TO_REQUIREMENT;
    case FIT_ONE:
        return f->type->refers == REFERS_ONE;
    case FIT_CELL:
        return f->type->refers == REFERS_ONE || fits(k, f, FIT_GROUP);
    case FIT_GOAL:
        return f->scale != NULL && field_is_column(f) && f->type->written != WRITTEN_OPTION;
    case FIT_ROWS:
        return f->type->form == FORM_ROWS;
    default:
        return false;
    }
}

static const char *fit_words(enum fit fit)
{
    static const char *const words[] = {
        [FIT_STEP] = "a whole number with a scale",
        [FIT_BAND] = "a choice",
        [FIT_GROUP] = "\"state\", a choice, a whole number with a scale, or yes_no",
        [FIT_COLUMN] = "\"state\", a choice, or yes_no",
        [FIT_DAY] = "a date",
        [FIT_PARENT] = "a ref to the kind itself",
        [FIT_CLAUSES] = "refs to requirement",
        [FIT_ONE] = "a ref",
        [FIT_ROWS] = "rows",
        [FIT_CELL] = "a ref, \"state\", a choice, a whole number with a scale, or yes_no",
        [FIT_GOAL] = "a whole number with a scale"};
    return words[fit];
}

/* What not everybody reads is no picture for everybody. */
static void check_field(struct loader *l, const struct kind *k, const struct json *view,
                        const char *key, enum fit fit)
{
    struct text name = model__text(l, view, key, true);
    const struct field *f = kind_field(k, name);
    if (name.len == 0)
        return;
    if (f == NULL)
        model__mistake(l, json_get(view, key), "unknown", "there is no field \"%.*s\"",
                       TEXT_ARG(name));
    else if (f->many || !fits(k, f, fit))
        model__mistake(l, json_get(view, key), "type", "\"%s\" must be %s; \"%.*s\" is not",
                       key, fit_words(fit), TEXT_ARG(name));
    else if (f->guarded)
        model__mistake(l, json_get(view, key), "guarded",
                       "\"%.*s\" is not for everybody who reads the record", TEXT_ARG(name));
}

/* ---- the map -------------------------------------------------------------------------------
 */
/* What lies beyond this field of the criteria has a line around it. */
static void check_line(struct loader *l, const struct kind *k, const struct json *map)
{
    const struct kind *criteria = l->model->criteria_kind;
    const struct json *line = json_get(map, "line");
    const struct field *f = criteria == NULL ? NULL : kind_field(criteria, json_text(line));
    const struct field *band = kind_field(k, json_text(json_get(map, "band")));
    if (line != NULL && (f == NULL || band == NULL || f->scale != band->scale))
        model__mistake(
            l, line, "unknown",
            "\"line\" must name a choice of the criteria with the values of the band");
}

static void check_position(struct loader *l, const struct kind *k, const struct json *map)
{
    check_field(l, k, map, "x", FIT_STEP);
    check_field(l, k, map, "y", FIT_STEP);
    check_field(l, k, map, "band", FIT_BAND);
}

static void check_map(struct loader *l, const struct kind *k, const struct json *map)
{
    check_position(l, k, map);
    check_line(l, k, map);
    const struct json *after = model__object(l, map, "after", false);
    if (after != NULL && model__keys(l, after, "x y band"))
        check_position(l, k, after);
}

/* ---- coverage
 * ---------------------------------------------------------------------------------- */
/* In which states what a record is about has been done. */
static void check_done(struct loader *l, const struct kind *k, const struct json *coverage)
{
    const struct json *done = model__list(l, coverage, "done", true);
    for (const struct json *one = done == NULL ? NULL : done->first; one != NULL;
         one = one->next)
        if (kind_state(k, json_text(one)) < 0)
            model__mistake(l, one, "unknown", "there is no state \"%.*s\"",
                           TEXT_ARG(json_text(one)));
}

/* The record that says which years are looked at, and its two days. */
static void check_period(struct loader *l, const struct kind *k, const struct json *coverage)
{
    const struct json *period = model__object(l, coverage, "period", false);
    if (period == NULL || !model__keys(l, period, "by from to"))
        return;
    check_field(l, k, period, "by", FIT_ONE);
    const struct field *by = kind_field(k, json_text(json_get(period, "by")));
    if (by == NULL || by->type->refers != REFERS_ONE)
        return;
    if (by->target_kind == NULL) {
        model__mistake(l, json_get(period, "by"), "type",
                       "\"by\" must be a ref to a kind that has the two days");
        return;
    }
    check_field(l, by->target_kind, period, "from", FIT_DAY);
    check_field(l, by->target_kind, period, "to", FIT_DAY);
}

static void check_coverage(struct loader *l, const struct kind *k, const struct json *coverage)
{
    check_done(l, k, coverage);
    check_period(l, k, coverage);
}

/* ---- grid
 * -------------------------------------------------------------------------------------- */
static const struct field *column_of(const struct field *rows, struct text name)
{
    for (size_t i = 0; i < rows->column_count; i++)
        if (text_same(rows->columns[i].name, name))
            return &rows->columns[i];
    return NULL;
}

static void check_column(struct loader *l, const struct field *rows, const struct json *grid,
                         const char *key, bool fits_too, const char *must)
{
    struct text name = model__text(l, grid, key, true);
    const struct field *f = column_of(rows, name);
    if (name.len == 0)
        return;
    if (f == NULL)
        model__mistake(l, json_get(grid, key), "unknown", "there is no column \"%.*s\"",
                       TEXT_ARG(name));
    else if (!fits_too)
        model__mistake(l, json_get(grid, key), "type", "\"%s\" must be %s; \"%.*s\" is not",
                       key, must, TEXT_ARG(name));
}

/* Rows of each record: what stands down, what across, and by which word they meet. */
static void check_rows_of(struct loader *l, const struct field *rows, const struct json *grid)
{
    const struct field *down = column_of(rows, json_text(json_get(grid, "down"))),
                       *across = column_of(rows, json_text(json_get(grid, "across"))),
                       *cell = column_of(rows, json_text(json_get(grid, "cell")));
    check_column(l, rows, grid, "down", down != NULL && down->type->form == FORM_WORDS,
                 "a text");
    check_column(l, rows, grid, "across", across != NULL && across->type->refers == REFERS_ONE,
                 "a ref");
    check_column(l, rows, grid, "cell", cell != NULL && cell->type->written == WRITTEN_OPTION,
                 "a choice");
}

static void check_grid(struct loader *l, const struct kind *k, const struct json *grid)
{
    const struct json *named = json_get(grid, "rows");
    const struct field *rows = kind_field(k, json_text(named));
    if (named == NULL) {
        check_field(l, k, grid, "down", FIT_ONE);
        check_field(l, k, grid, "across", FIT_ONE);
        check_field(l, k, grid, "cell", FIT_CELL);
        if (json_get(grid, "goal") != NULL) {
            check_field(l, k, grid, "cell", FIT_GOAL);
            check_field(l, k, grid, "goal", FIT_GOAL);
        }
        return;
    }
    check_field(l, k, grid, "rows", FIT_ROWS);
    if (rows != NULL && rows->type->form == FORM_ROWS)
        check_rows_of(l, rows, grid);
}

/* ---- each of them --------------------------------------------------------------------------
 */
static const struct shape {
    const char *word, *keys;
    void (*more)(struct loader *l, const struct kind *k, const struct json *view);
    struct {
        const char *key;
        enum fit fit;
    } fields[3];
} shapes[] = {
    {"map", "shape x y band after line", check_map, {{NULL, FIT_NONE}}},
    {"matrix", "shape x y", NULL, {{"x", FIT_GROUP}, {"y", FIT_GROUP}}},
    {"board", "shape by", NULL, {{"by", FIT_COLUMN}}},
    {"calendar", "shape on", NULL, {{"on", FIT_DAY}}},
    {"tree", "shape by", NULL, {{"by", FIT_PARENT}}},
    {"timeline", "shape from to", NULL, {{"from", FIT_DAY}, {"to", FIT_DAY}}},
    {"coverage",
     "shape rows by on done period",
     check_coverage,
     {{"rows", FIT_CLAUSES}, {"by", FIT_ONE}, {"on", FIT_DAY}}},
    {"grid", "shape rows down across cell goal", check_grid, {{NULL, FIT_NONE}}},
};

static const struct shape *shape_called(struct text word)
{
    for (size_t i = 0; i < COUNT(shapes); i++)
        if (text_is(word, shapes[i].word))
            return &shapes[i];
    return NULL;
}

/* An axis crossed with itself, a stretch that ends where it begins. */
static void check_differ(struct loader *l, const struct json *view, const char *a,
                         const char *b)
{
    const struct json *second = json_get(view, b);
    if (second != NULL && text_same(json_text(json_get(view, a)), json_text(second)))
        model__mistake(l, second, "twice", "\"%s\" and \"%s\" are the same field", a, b);
}

static void check_view(struct loader *l, const struct kind *k, const struct json *view,
                       struct map *seen)
{
    struct text word = model__text(l, view, "shape", true);
    const struct shape *shape = shape_called(word);
    if (word.len == 0)
        return;
    if (shape == NULL) {
        model__mistake(l, json_get(view, "shape"), "unknown",
                       "unknown shape \"%.*s\"; known: map matrix board calendar tree timeline "
                       "coverage grid",
                       TEXT_ARG(word));
        return;
    }
    if (!map_add(seen, word, 0))
        model__mistake(l, json_get(view, "shape"), "twice", "\"%.*s\" is given twice",
                       TEXT_ARG(word));
    if (!model__keys(l, view, shape->keys))
        return;
    if (shape->more != NULL)
        shape->more(l, k, view);
    for (size_t i = 0; i < COUNT(shape->fields) && shape->fields[i].key != NULL; i++)
        check_field(l, k, view, shape->fields[i].key, shape->fields[i].fit);
    check_differ(l, view, "x", "y");
    check_differ(l, view, "from", "to");
    check_differ(l, view, "down", "across");
}

void model__views(struct loader *l, const struct json *root, struct kind *k)
{
    const struct json *views = model__list(l, root, "views", false);
    struct map *seen = map_in(l->scrap);
    k->views = views;
    for (const struct json *one = views == NULL ? NULL : views->first; one != NULL;
         one = one->next)
        if (one->type == JSON_OBJECT)
            check_view(l, k, one, seen);
        else
            model__mistake(l, one, "type", "a view is an object with a \"shape\"");
}
