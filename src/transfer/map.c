/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/map.c — a map file (docs/import.md) becomes a plan. Every mistake is named, with
 * the key it is in, before the first row is looked at. */
#include "transfer/internal.h"

#include <string.h>

static enum err mistake(struct transfer *im, struct text where, const char *what)
{
    return problem(im->call, ERR_INVALID, where, "map", "%.*s: %s", TEXT_ARG(im->map_name), what);
}

static enum err mistake_about(struct transfer *im, struct text where, const char *what,
                              struct text about)
{
    return problem(im->call, ERR_INVALID, where, "map", "%.*s: %s %.*s", TEXT_ARG(im->map_name),
                   what, TEXT_ARG(about));
}

static enum err worse(enum err a, enum err b)
{
    return a == OK ? b : a;
}

/* ---- finding the map -------------------------------------------------------------------- */
enum err transfer_map_read(struct call *call, struct text name, struct text bytes,
                           const struct json **map)
{
    if (text_starts(bytes, "\xEF\xBB\xBF"))
        bytes = text_from(bytes, 3);
    TRY(json_read(call, bytes, &json_model_limits, map));
    if ((*map)->type == JSON_OBJECT)
        return OK;
    return problem(call, ERR_INVALID, TEXT(""), "map", "%.*s: a map is an object",
                   TEXT_ARG(name));
}

enum err transfer_map_shipped(struct call *call, struct text name, const struct json **map)
{
    struct text path = name;
    if (text_starts(path, "model/"))
        path = text_from(path, 6);
    if (!text_starts(path, "import/"))
        path = text_join(call->arena, TEXT("import/"), path);
    if (!text_ends(path, ".json"))
        path = text_join(call->arena, path, TEXT(".json"));
    const struct model_file *f = model_embedded_file(text_c(call->arena, path));
    if (f)
        return transfer_map_read(call, name, f->bytes, map);
    return problem(call, ERR_MISSING, name, "map",
                   "there is no such file, and no map of this name is shipped");
}

/* ---- columns and fields by name --------------------------------------------------------- */
static enum err find_column(struct transfer *im, struct text where, const struct json *name,
                            size_t *out)
{
    struct text words = shown_one_space(im->arena, json_text(name));
    *out = transfer__column(&im->table, words);
    if (*out != NO_COLUMN)
        return OK;
    return mistake_about(im, where, "the file has no column", words);
}

static enum err find_columns(struct transfer *im, const struct json *list, const char *where,
                             size_t *out, size_t most, size_t *count)
{
    enum err worst = OK;
    *count = 0;
    for (const struct json *one = list ? list->first : NULL; one; one = one->next) {
        if (*count == most)
            return mistake(im, text_of(where), "names too many columns");
        worst = worse(worst, find_column(im, text_of(where), one, &out[*count]));
        ++*count;
    }
    return worst;
}

static enum err find_field(struct transfer *im, struct text where, struct text name,
                           const struct field **out)
{
    *out = kind_field(im->kind, name);
    if (*out && !(*out)->system && !(*out)->computed)
        return OK;
    return mistake_about(im, where,
                         *out ? "a map cannot fill the field" : "the kind has no field", name);
}

static enum err known_keys(struct transfer *im, const struct json *object, struct text where,
                           const char *const *keys, size_t count)
{
    enum err worst = OK;
    for (const struct json *one = object ? object->first : NULL; one; one = one->next) {
        bool known = false;
        for (size_t i = 0; i < count; i++)
            known = known || text_is(one->key, keys[i]);
        if (!known)
            worst = mistake_about(im, where, "there is no key called", one->key);
    }
    return worst;
}

/* ---- targets ---------------------------------------------------------------------------- */
static enum err read_parse(struct transfer *im, struct text where, const struct json *v,
                           enum parse *out)
{
    static const struct {
        const char *word;
        enum parse parse;
    } words[] = {{"text", PARSE_TEXT},     {"date", PARSE_DATE},
                 {"number", PARSE_NUMBER}, {"integer", PARSE_INTEGER},
                 {"list", PARSE_LIST},     {"python_list", PARSE_PYTHON_LIST}};
    *out = PARSE_FIELD;
    for (size_t i = 0; v && i < COUNT(words); i++)
        if (text_is(json_text(v), words[i].word))
            *out = words[i].parse;
    if (!v || *out != PARSE_FIELD)
        return OK;
    return mistake(im, where, "parse is date, number, integer, list or python_list");
}

static bool fits(enum parse p, const struct field *f)
{
    switch (p) {
    case PARSE_DATE:
        return field_is_time(f);
    case PARSE_NUMBER:
        return f->type->form == FORM_NUMBER || f->type->form == FORM_WHOLE;
    case PARSE_INTEGER:
        return f->type->form == FORM_WHOLE;
    case PARSE_LIST:
        return f->many || f->type->refers == REFERS_MANY;
    case PARSE_PYTHON_LIST:
        return f->many;
    default:
        return true;
    }
}

static enum err check_values(struct transfer *im, struct text where, const struct field *f,
                             const struct json *values)
{
    enum err worst = OK;
    if (!values || values->type != JSON_OBJECT)
        return values ? mistake(im, where, "values is an object of texts") : OK;
    for (const struct json *v = values->first; v; v = v->next) {
        bool yes_no = v->type == JSON_TRUE || v->type == JSON_FALSE;
        if (f->type->written == WRITTEN_OPTION &&
            !(v->type == JSON_TEXT && scale_option(f->scale, v->text)))
            worst = mistake_about(im, where, "no value of the choice is given for", v->key);
        if (f->type->form == FORM_TRUTH && !yes_no)
            worst = mistake_about(im, where, "neither true nor false is given for", v->key);
    }
    return worst;
}

static enum err read_dates(struct transfer *im, struct text where, const struct json *v,
                           enum date_order *out)
{
    struct text word = json_text(v);
    *out = text_is(word, "day-first")     ? DATES_DAY_FIRST
           : text_is(word, "month-first") ? DATES_MONTH_FIRST
                                          : DATES_UNSAID;
    return !v || *out != DATES_UNSAID ? OK
                                      : mistake(im, where, "dates is day-first or month-first");
}

/* One separator, or a list of them; each is one character. */
static enum err read_separators(struct transfer *im, struct text where, const struct json *v,
                                struct text *out)
{
    struct buf b = buf_in(im->arena, 16);
    for (const struct json *one = v && v->type == JSON_LIST ? v->first : v; one;
         one = v->type == JSON_LIST ? one->next : NULL) {
        struct text t = json_text(one);
        if (t.len != 1 || b.len == 8 || text_find(TEXT(",;|/\n\t"), t.at[0]) < 0)
            return mistake(im, where, "separator is one of , ; | / \\n \\t, or a list of these");
        buf_add(&b, t);
    }
    *out = buf_text(&b);
    return !v || out->len ? OK : mistake(im, where, "separator names none");
}

static enum err read_reading(struct transfer *im, struct text where, const struct json *v,
                             struct destination *d)
{
    const struct json *dates = json_get(v, "dates"), *separator = json_get(v, "separator");
    enum err e = read_dates(im, where, dates ? dates : json_get(im->map, "dates"), &d->dates);
    e = worse(e, read_separators(im, where, separator, &d->separators));
    if (dates && !field_is_time(d->field))
        e = mistake_about(im, where, "dates does not fit the type of", d->field->name);
    if (separator && !d->field->many && d->field->type->refers != REFERS_MANY)
        e = mistake_about(im, where, "separator does not fit the type of", d->field->name);
    return e;
}

static enum err add_target(struct transfer *im, size_t column, const struct json *v)
{
    static const char *const keys[] = {"field", "values", "parse",     "fallback",
                                       "empty", "copy",   "separator", "dates"};
    struct plan *p = &im->plan;
    struct text where = im->table.names[column];
    struct destination *d = &p->to[p->to_count++];
    const struct json *fallback = json_get(v, "fallback");
    *d = (struct destination){.column = column,
                              .values = json_get(v, "values"),
                              .empty = json_text(json_get(v, "empty")),
                              .copy = json_true(json_get(v, "copy"))};
    if (v->type != JSON_OBJECT)
        return mistake(im, where, "a target is an object with a field");
    enum err e = known_keys(im, v, where, keys, COUNT(keys));
    TRY(find_field(im, where, json_text(json_get(v, "field")), &d->field));
    e = worse(e, read_parse(im, where, json_get(v, "parse"), &d->parse));
    e = worse(e, check_values(im, where, d->field, d->values));
    e = worse(e, read_reading(im, where, v, d));
    if (d->values && d->parse != PARSE_FIELD)
        e = mistake(im, where, "values and parse exclude each other");
    if (!fits(d->parse, d->field))
        e = mistake_about(im, where, "this parse does not fit the type of", d->field->name);
    d->fallback = NEW_MANY(im->arena, fallback ? fallback->count + 1 : 1, size_t);
    return worse(e, find_columns(im, fallback, "fallback", d->fallback,
                                 fallback ? fallback->count : 0, &d->fallback_count));
}

static enum err keep_column(struct transfer *im, size_t column)
{
    if (!im->plan.keeps)
        im->plan.keeps = NEW_MANY(im->arena, im->table.columns + 1, bool);
    im->plan.keeps[column] = true;
    return json_get(im->map, "kept") ? OK
                                     : mistake(im, im->table.names[column],
                                               "\"kept\" needs the field that the map calls kept");
}

static enum err add_targets(struct transfer *im, size_t column, const struct json *v)
{
    if (text_is(json_text(v), "kept"))
        return keep_column(im, column);
    if (v->type != JSON_LIST)
        return add_target(im, column, v);
    enum err worst = v->count ? OK
                              : mistake(im, im->table.names[column],
                                        "an empty list of targets would lose the column");
    for (const struct json *one = v->first; one; one = one->next)
        worst = worse(worst, add_target(im, column, one));
    return worst;
}

static const struct json *targets_of(struct transfer *im, const struct json *columns,
                                     size_t column)
{
    for (const struct json *v = columns ? columns->first : NULL; v; v = v->next)
        if (transfer__column(&im->table, shown_one_space(im->arena, v->key)) == column)
            return v;
    const struct json *others = columns ? json_get(columns, "*") : NULL;
    return others && text_is(json_text(others), "kept") ? others : NULL;
}

static size_t count_targets(const struct json *columns)
{
    size_t n = 0;
    for (const struct json *v = columns ? columns->first : NULL; v; v = v->next)
        n += v->type == JSON_LIST ? v->count : 1;
    return n;
}

/* Columns are taken in the order of the file: that is the order of the lines in `kept`. */
static enum err plan_columns(struct transfer *im)
{
    const struct json *columns = json_get(im->map, "columns");
    enum err worst = OK;
    im->plan.to = NEW_MANY(im->arena, count_targets(columns) + 1, struct destination);
    const struct json *others = columns ? json_get(columns, "*") : NULL;
    if (others && !text_is(json_text(others), "kept"))
        worst = mistake(im, TEXT("columns"), "\"*\" is \"kept\"");
    for (const struct json *v = columns ? columns->first : NULL; v; v = v->next)
        if (v != others &&
            transfer__column(&im->table, shown_one_space(im->arena, v->key)) == NO_COLUMN)
            worst = mistake_about(im, TEXT("columns"), "the file has no column", v->key);
    for (size_t i = 0; i < im->table.columns; i++) {
        const struct json *v = targets_of(im, columns, i);
        enum err e =
            v ? add_targets(im, i, v)
              : mistake(im, im->table.names[i], "the map does not say where this column goes");
        worst = worse(worst, e);
    }
    return worst;
}

/* ---- identity, unit, set, kept ---------------------------------------------------------- */
static enum err plan_identity(struct transfer *im)
{
    static const char *const keys[] = {"prefix", "parts", "otherwise"};
    struct plan *p = &im->plan;
    const struct json *v = json_get(im->map, "identity");
    p->prefix = json_text(json_get(v, "prefix"));
    if (!v || !p->prefix.len || !json_get(v, "parts"))
        return mistake(im, TEXT("identity"), "prefix and parts are needed");
    enum err e = known_keys(im, v, TEXT("identity"), keys, COUNT(keys));
    e = worse(e, find_columns(im, json_get(v, "parts"), "identity", p->parts, COUNT(p->parts),
                              &p->part_count));
    e = worse(e, find_columns(im, json_get(v, "otherwise"), "identity", p->otherwise,
                              COUNT(p->otherwise), &p->otherwise_count));
    return p->part_count ? e : mistake(im, TEXT("identity"), "parts names no column");
}

static enum err plan_unit(struct transfer *im)
{
    static const char *const keys[] = {"column", "kind", "code"};
    const struct json *v = json_get(im->map, "unit"), *code = json_get(v, "code");
    im->plan.unit = im->plan.unit_code = NO_COLUMN;
    if (!v)
        return OK;
    const struct kind *units = im->model->unit_kind;
    enum err e = known_keys(im, v, TEXT("unit"), keys, COUNT(keys));
    if (!units || !text_same(json_text(json_get(v, "kind")), units->name))
        e = mistake(im, TEXT("unit"), "kind is not the kind of organisation units");
    else if (code && !kind_field(units, TEXT("code")))
        e = mistake(im, TEXT("unit"), "units have no field code");
    e = worse(e, find_column(im, TEXT("unit"), json_get(v, "column"), &im->plan.unit));
    return code ? worse(e, find_column(im, TEXT("unit"), code, &im->plan.unit_code)) : e;
}

static enum err plan_set(struct transfer *im)
{
    const struct field *f;
    enum err worst = OK;
    im->plan.set = json_get(im->map, "set");
    for (const struct json *v = im->plan.set ? im->plan.set->first : NULL; v; v = v->next)
        worst = worse(worst, find_field(im, TEXT("set"), v->key, &f));
    return worst;
}

static enum err plan_kept(struct transfer *im)
{
    struct text name = json_text(json_get(im->map, "kept"));
    if (!name.len)
        return OK;
    TRY(find_field(im, TEXT("kept"), name, &im->plan.kept));
    if (im->plan.kept->type->written == WRITTEN_LINES)
        return OK;
    return mistake(im, TEXT("kept"), "kept is a field of type note");
}

/* ---- no field twice --------------------------------------------------------------------- */
static enum err check_once(struct transfer *im)
{
    const struct plan *p = &im->plan;
    bool *filled = NEW_MANY(im->arena, im->kind->field_count + 1, bool);
    const struct field *f = kind_field(im->kind, TEXT("external_id"));
    enum err worst = OK;
    filled[f->index] = true;
    if (p->unit != NO_COLUMN && (f = kind_field(im->kind, TEXT("unit"))))
        filled[f->index] = true;
    if (p->kept)
        filled[p->kept->index] = true;
    for (const struct json *v = p->set ? p->set->first : NULL; v; v = v->next)
        if ((f = kind_field(im->kind, v->key)))
            filled[f->index] = true;
    for (size_t i = 0; i < p->to_count; i++) {
        f = p->to[i].field;
        if (f && filled[f->index])
            worst = mistake_about(im, im->table.names[p->to[i].column],
                                  "something else fills already the field", f->name);
        else if (f)
            filled[f->index] = true;
    }
    return worst;
}

enum err transfer__plan_map(struct transfer *im)
{
    static const char *const keys[] = {"map",    "kind",     "overlay",  "source", "format",
                                       "sheet",  "header",   "dates",    "unit",   "set",
                                       "kept",   "identity", "encoding", "list",   "columns"};
    enum date_order said;
    enum err e = known_keys(im, im->map, TEXT(""), keys, COUNT(keys));
    im->plan.mapped = true;
    e = worse(e, read_dates(im, TEXT("dates"), json_get(im->map, "dates"), &said));
    im->plan.key = im->plan.id = im->plan.external = NO_COLUMN;
    if (!text_same(json_text(json_get(im->map, "kind")), im->kind->name))
        e = mistake(im, TEXT("kind"), "the map is for another kind");
    if (!kind_field(im->kind, TEXT("external_id")))
        return mistake(im, TEXT("identity"), "the kind has no field external_id");
    e = worse(e, plan_columns(im));
    e = worse(e, plan_identity(im));
    e = worse(e, plan_unit(im));
    e = worse(e, plan_set(im));
    e = worse(e, plan_kept(im));
    return worse(e, check_once(im));
}
