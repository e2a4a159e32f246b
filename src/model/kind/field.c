/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/field.c — one field: its type, the keys that type has, and what it refers to.
 * Two steps. `keys` needs no more than the names of scales and kinds; `finish` runs when all
 * fields and states of all kinds are known. */
#include "model/internal.h"

#include <math.h>

/* Keys that only some types have. */
static const char *const own_keys[] = {"many",    "max",    "min",     "of",     "to",
                                       "columns", "covers", "one",     "unique", "indexed",
                                       "clock",   "keep",   "default", "total"};

static const char *const keys_of_place[] = {
    [IN_ENVELOPE] = "type title about example asked_by required default of to many min max "
                    "columns covers one "
                    "computed "
                    "only unique sensitive always was indexed",
    [IN_KIND] = "type title about example asked_by required default of to many min max columns "
                "covers one "
                "computed "
                "clock keep only unique sensitive read always was indexed fixed total",
    [IN_ROWS] = "type title about required default of to min max fixed",
};

/* ---- keys -------------------------------------------------------------------------------- */
static bool is_for(const struct field_type *type, enum field_place place)
{
    return place == IN_ENVELOPE || (place == IN_ROWS ? type->in_rows : type->in_kind);
}

static bool read_type(struct loader *l, const struct json *v, struct field *f,
                      enum field_place place)
{
    struct text word = model__text(l, v, "type", true);
    const struct field_type *type = field_type_named(word);
    if (type != NULL)
        f->type = type;
    if (type != NULL && is_for(type, place))
        return true;
    if (type != NULL)
        model__mistake(l, json_get(v, "type"), "type", "the type \"%.*s\" is not for %s",
                       TEXT_ARG(word), place == IN_ROWS ? "columns" : "a field of a kind");
    else if (word.len > 0)
        model__mistake(l, json_get(v, "type"), "unknown", "unknown type \"%.*s\"",
                       TEXT_ARG(word));
    return false;
}

static bool has_key(const struct field_type *type, const char *key)
{
    struct text rest = text_of(type->keys);
    while (rest.len > 0)
        if (text_is(text_cut(&rest, ' '), key))
            return true;
    return false;
}

static void check_own_keys(struct loader *l, const struct json *v, const struct field *f)
{
    for (size_t i = 0; i < COUNT(own_keys); i++) {
        const struct json *key = json_get(v, own_keys[i]);
        if (key != NULL && !has_key(f->type, own_keys[i]))
            model__mistake(l, key, "unknown_key", "a field of type %s has no \"%s\"",
                           f->type->word, own_keys[i]);
    }
}

static void read_number_bounds(struct loader *l, const struct json *v, struct field *f)
{
    const struct json *min = json_get(v, "min"), *max = json_get(v, "max");
    f->number_min = -INFINITY;
    f->number_max = INFINITY;
    for (int i = 0; i < 2; i++) {
        const struct json *bound = i == 0 ? min : max;
        if (bound == NULL)
            continue;
        if (bound->type != JSON_INTEGER && bound->type != JSON_NUMBER)
            model__mistake(l, bound, "type", "\"%.*s\" must be a number", TEXT_ARG(bound->key));
        else
            *(i == 0 ? &f->number_min : &f->number_max) = bound->number;
    }
    if (f->number_min > f->number_max)
        model__mistake(l, max, "range", "\"max\" is less than \"min\"");
}

static void read_bounds(struct loader *l, const struct json *v, struct field *f)
{
    if (f->type->form == FORM_NUMBER) {
        read_number_bounds(l, v, f);
    } else if (f->type->form == FORM_WHOLE) {
        f->min = -SAFE_INTEGER;
        f->max = SAFE_INTEGER;
        model__integer(l, v, "min", -SAFE_INTEGER, SAFE_INTEGER, &f->min);
        model__integer(l, v, "max", -SAFE_INTEGER, SAFE_INTEGER, &f->max);
        if (f->min > f->max)
            model__mistake(l, json_get(v, "max"), "range", "\"max\" is less than \"min\"");
    } else if (f->type->most > 0) {
        f->max = f->type->most;
        model__integer(l, v, "max", 1, 200000, &f->max);
    }
}

/* The words of an integer are bound to whole numbers; the numbers bound the field. */
static void check_number_scale(struct loader *l, const struct json *of, struct field *f)
{
    int64_t least = INT64_MAX, most = INT64_MIN;
    for (size_t i = 0; i < f->scale->count; i++) {
        int64_t value;
        if (!text_integer(f->scale->options[i].value, &value)) {
            model__mistake(l, of, "value", "\"%.*s\" is not a whole number",
                           TEXT_ARG(f->scale->options[i].value));
            return;
        }
        least = value < least ? value : least;
        most = value > most ? value : most;
    }
    f->min = least > f->min ? least : f->min;
    f->max = most < f->max ? most : f->max;
}

static void read_scale(struct loader *l, const struct json *v, struct field *f)
{
    const struct json *of = json_get(v, "of");
    if (of == NULL) {
        if (f->type->written == WRITTEN_OPTION)
            model__mistake(l, v, "required", "a choice needs \"of\"");
        return;
    }
    if (of->type == JSON_TEXT) {
        f->scale = map__get(l->scales, of->text);
        if (f->scale == NULL)
            model__mistake(l, of, "unknown", "unknown scale \"%.*s\"", TEXT_ARG(of->text));
    } else {
        f->scale = model__scale(l, TEXT(""), of, NULL, NULL);
    }
    if (f->scale != NULL && f->type->form == FORM_WHOLE && f->scale->count > 0)
        check_number_scale(l, of, f);
}

static void read_target(struct loader *l, const struct json *v, struct field *f)
{
    if (f->type->written != WRITTEN_NAME)
        return;
    struct text to = f->target_name = model__text(l, v, "to", true);
    const struct draft *d = map__get(l->kinds, to);
    if (text_is(to, "person"))
        f->target = TO_PERSON;
    else if (text_is(to, "role"))
        f->target = TO_ROLE;
    else if (text_is(to, "requirement") && f->type->refers == REFERS_MANY)
        f->target = TO_REQUIREMENT;
    else if (d != NULL)
        f->target = TO_KIND;
    else if (to.len > 0)
        model__mistake(l, json_get(v, "to"), "unknown", "unknown kind \"%.*s\"", TEXT_ARG(to));
    f->target_kind = d != NULL && f->target == TO_KIND ? d->kind : NULL;
}

static void read_columns(struct loader *l, const struct json *v, struct field *f)
{
    if (f->type->form != FORM_ROWS)
        return;
    const struct json *columns = model__object(l, v, "columns", true);
    if (columns == NULL)
        return;
    if (columns->count == 0 || columns->count > 40)
        model__mistake(l, columns, "range", "rows have 1 to 40 columns");
    f->columns = NEW_MANY(l->arena, columns->count, struct field);
    for (const struct json *c = columns->first; c != NULL; c = c->next) {
        struct field *column = &f->columns[f->column_count];
        model__check_field_name(l, c, c->key, true);
        model__field_keys(l, c, column, IN_ROWS);
        column->index = f->column_count++;
    }
}

static void read_was(struct loader *l, const struct json *v, struct field *f)
{
    const struct json *was = json_get(v, "was");
    if (was == NULL)
        return;
    f->was = model__text(l, v, "was", true);
    if (!model__name_ok(f->was))
        model__mistake(l, was, "name", "\"%.*s\" is not a name", TEXT_ARG(f->was));
}

/* A worked example, and which rows of frameworks ask for the field. */
void model__field_help(struct loader *l, const struct json *v, struct field *f)
{
    const struct json *example = json_get(v, "example");
    const struct json *asked = json_get(v, "asked_by");
    if (example != NULL && (f->type == &type_text || f->type == &type_note))
        f->example = model__words(l, v, "example", true);
    else if (example != NULL)
        model__mistake(l, example, "unknown_key", "only text and note have an \"example\"");
    if (asked == NULL || !model__texts(l, v, "asked_by", true, &f->asked_by, &f->asked_count))
        return;
    for (const struct json *one = asked->first; one != NULL; one = one->next)
        if (model_requirement(l->model, one->text) == NULL)
            model__mistake(l, one, "unknown", "no framework has the row \"%.*s\"",
                           TEXT_ARG(one->text));
}

/* What the foot of a list says of the numbers of a field that stands in a column of its own. */
static void read_total(struct loader *l, const struct json *v, struct field *f)
{
    struct text word = model__text(l, v, "total", false);
    if (!word.len)
        return;
    f->total = text_is(word, "sum")    ? TOTAL_SUM
               : text_is(word, "mean") ? TOTAL_MEAN
                                       : TOTAL_NONE;
    if (f->total == TOTAL_NONE)
        model__mistake(l, json_get(v, "total"), "unknown", "a total is \"sum\" or \"mean\"");
}

void model__field_keys(struct loader *l, const struct json *v, struct field *f,
                       enum field_place place)
{
    f->name = v->key;
    f->type = &type_text; /* until it is read: a mistake does not end the reading */
    f->source = model__at(l, v);
    if (!model__keys(l, v, keys_of_place[place]))
        return;
    f->title = model__words(l, v, "title", true);
    f->about = model__words(l, v, "about", false);

    if (!read_type(l, v, f, place))
        return;
    check_own_keys(l, v, f);
    if (place != IN_ROWS)
        model__field_help(l, v, f);
    read_bounds(l, v, f);
    read_scale(l, v, f);
    read_target(l, v, f);
    read_columns(l, v, f);
    read_was(l, v, f);
    f->many = model__bool(l, v, "many");
    f->unique = model__bool(l, v, "unique");
    f->sensitive = model__bool(l, v, "sensitive");
    f->guarded = f->sensitive || json_get(v, "read") != NULL;
    f->always = model__bool(l, v, "always");
    f->indexed = model__bool(l, v, "indexed");
    read_total(l, v, f);
    f->computed = model__object(l, v, "computed", false);
    if (f->many && f->unique)
        model__mistake(l, json_get(v, "unique"), "unknown_key", "a list cannot be unique");
    if (f->unique) /* "is already used" would tell whoever may not read it */
        model__for_all(l, json_get(v, "unique"), f);
    if (place == IN_ROWS)
        f->required = model__bool(l, v, "required");
}

/* ---- finish ------------------------------------------------------------------------------ */
static void read_required_from(struct loader *l, struct draft *d, struct field *f,
                               const struct json *v)
{
    if (!model__keys(l, v, "from when"))
        return;
    const struct json *from = json_get(v, "from"), *when = json_get(v, "when");
    if (from == NULL)
        model__mistake(l, v, "required",
                       "\"from\" is missing: the state before which it is needed");
    else
        f->required_from = model__state_set(l, d->kind, from);
    if (when != NULL)
        f->required_when = model__condition(l, d->kind, when);
}

static void read_required(struct loader *l, struct draft *d, struct field *f,
                          const struct json *v)
{
    if (v == NULL || v->type == JSON_FALSE)
        return;
    if (f->computed != NULL)
        model__mistake(l, v, "computed", "a computed field cannot be required");
    if (v->type == JSON_TRUE)
        f->required = true;
    else if (v->type == JSON_OBJECT)
        read_required_from(l, d, f, v);
    else
        model__mistake(l, v, "type", "\"required\" is true, false or {\"from\": state}");
}

/* "any": also when the record is made. */
static void read_fixed(struct loader *l, struct draft *d, struct field *f, const struct json *v)
{
    if (v == NULL)
        return;
    if (f->computed != NULL)
        model__mistake(l, v, "computed", "a computed field is nobody's to change");
    f->fixed_in = v->type == JSON_TEXT && text_is(v->text, "any")
                      ? UINT64_MAX
                      : model__state_set(l, d->kind, v);
}

/* Moves change no columns, so one that is always fixed could never be filled in. */
static void read_fixed_column(struct loader *l, struct draft *d, struct field *column,
                              const struct json *v)
{
    if (v != NULL && v->type != JSON_LIST)
        model__mistake(l, v, "type", "\"fixed\" of a column is a list of states");
    else
        read_fixed(l, d, column, v);
}

static void read_readers(struct loader *l, struct draft *d, struct field *f, const struct json *v)
{
    if (v == NULL)
        return;
    if (f->sensitive)
        model__mistake(l, v, "unknown_key", "either \"read\" or \"sensitive\"");
    if (v->type != JSON_LIST || v->count == 0)
        model__mistake(l, v, "type", "\"read\" is a list of roles and relations");
    else
        model__who(l, d->kind, v, WHO_ROLES | WHO_RELATIONS, &f->read);
}

void model__for_all(struct loader *l, const struct json *at, const struct field *f)
{
    if (f != NULL && f->guarded)
        model__mistake(l, at, "read",
                       "\"%.*s\" is not for everybody to read: it can decide nothing that others see",
                       TEXT_ARG(f->name));
}

static bool default_fits(const struct field *f, const struct json *v)
{
    if (v->type == JSON_TEXT && text_is(v->text, "@today"))
        return f->type->written == WRITTEN_DAY;
    if (v->type == JSON_TEXT && text_is(v->text, "@me"))
        return f->target == TO_PERSON;
    if (!field_is_list(f))
        return field_fits(f, v);
    if (v->type != JSON_LIST)
        return false;
    for (const struct json *one = v->first; one != NULL; one = one->next)
        if (!field_fits(f, one))
            return false;
    return true;
}

static void read_default(struct loader *l, struct field *f, const struct json *v)
{
    if (v == NULL)
        return;
    f->fallback = v;
    if (f->computed != NULL)
        model__mistake(l, v, "computed", "a computed field has no default");
    else if (!default_fits(f, v))
        model__mistake(l, v, "value", "the default is no value of this field");
}

static void read_covers(struct loader *l, struct field *f, const struct json *v)
{
    if (v == NULL || f->columns == NULL)
        return;
    const struct json *list = v->first;
    if (v->type != JSON_OBJECT || v->count != 1 || list->type != JSON_LIST) {
        model__mistake(l, v, "type", "\"covers\" is {\"column\": [values]}");
        return;
    }
    const struct field *column = NULL;
    for (size_t i = 0; i < f->column_count; i++)
        if (text_same(f->columns[i].name, list->key))
            column = &f->columns[i];
    if (column == NULL || column->type->written != WRITTEN_OPTION) {
        model__mistake(l, list, "unknown", "\"%.*s\" is not a choice column of these rows",
                       TEXT_ARG(list->key));
        return;
    }
    const char *name = text_c(l->scrap, list->key);
    f->covers_column = list->key;
    if (!model__texts(l, v, name, true, &f->covers, &f->covers_count))
        return;
    for (const struct json *one = list->first; one != NULL; one = one->next)
        if (!field_fits(column, one))
            model__mistake(l, one, "value", "\"%.*s\" is not a value of the column",
                           TEXT_ARG(one->text));
}

static const struct field *column_of(const struct field *f, struct text name)
{
    for (size_t i = 0; i < f->column_count; i++)
        if (text_same(f->columns[i].name, name))
            return &f->columns[i];
    return NULL;
}

/* Of the rows that say the same in one column, exactly one has a certain value in another. */
static void read_one(struct loader *l, struct field *f, const struct json *v)
{
    if (v == NULL || f->columns == NULL)
        return;
    if (v->type != JSON_OBJECT) {
        model__mistake(l, v, "type", "\"one\" is {\"for\", \"column\", \"is\"}");
        return;
    }
    model__keys(l, v, "for column is");
    f->one_for = column_of(f, model__text(l, v, "for", true));
    f->one_column = column_of(f, model__text(l, v, "column", true));
    f->one_is = model__text(l, v, "is", true);
    if (f->one_for == NULL || f->one_for->type->form != FORM_WORDS || !f->one_for->required)
        model__mistake(l, v, "unknown",
                       "\"for\" must be a required column of words of these rows");
    else if (f->one_column == NULL || f->one_column->type->written != WRITTEN_OPTION)
        model__mistake(l, v, "unknown", "\"column\" must be a choice column of these rows");
    else if (!field_fits(f->one_column, json_get(v, "is")))
        model__mistake(l, v, "value", "\"is\" is not a value of the column");
}

static void check_was(struct loader *l, struct draft *d, const struct field *f,
                      const struct json *v)
{
    if (f->was.len > 0 && kind_field(d->kind, f->was) != NULL)
        model__mistake(l, json_get(v, "was"), "clash", "the field \"%.*s\" still exists",
                       TEXT_ARG(f->was));
}

void model__field_finish(struct loader *l, struct draft *d, struct field *f)
{
    const struct field_draft *fd = &d->fields[f->index];
    const struct json *required, *fallback, *only;
    if (fd->source == NULL)
        return;
    l->file = fd->file;
    required = json_get(fd->source, "required");
    fallback = json_get(fd->source, "default");
    only = json_get(fd->source, "only");
    if (only != NULL)
        f->only = model__condition(l, d->kind, only);
    read_covers(l, f, json_get(fd->source, "covers"));
    read_one(l, f, json_get(fd->source, "one"));
    check_was(l, d, f, fd->source);
    for (size_t i = 0; i < f->column_count; i++)
        read_default(l, &f->columns[i],
                     json_get(json_named(json_get(fd->source, "columns"), f->columns[i].name),
                              "default"));
    for (size_t i = 0; i < f->column_count; i++)
        read_fixed_column(l, d, &f->columns[i],
                          json_get(json_named(json_get(fd->source, "columns"), f->columns[i].name),
                                   "fixed"));
    if (json_get(fd->source, "clock") != NULL)
        model__clock(l, d, f, json_get(fd->source, "clock"));
    else if (json_get(fd->source, "keep") != NULL)
        model__keep(l, d, f, json_get(fd->source, "keep"));
    else if (f->computed != NULL)
        model__computed(l, d, f);
    if (fd->restated != NULL && json_get(fd->restated, "required") != NULL) {
        l->file = fd->restated_file;
        required = json_get(fd->restated, "required");
    }
    read_required(l, d, f, required);
    l->file = fd->file;
    read_fixed(l, d, f, json_get(fd->source, "fixed"));
    read_readers(l, d, f, json_get(fd->source, "read"));
    if (fd->restated != NULL && json_get(fd->restated, "default") != NULL) {
        l->file = fd->restated_file;
        fallback = json_get(fd->restated, "default");
    }
    read_default(l, f, fallback);
}
