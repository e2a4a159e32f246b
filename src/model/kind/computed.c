/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/computed.c — computed fields: the function, its arguments, and the order.
 * The engine computes; here every argument is checked to name a field of the right type, so
 * that the functions need no checks of their own. Computed fields may build on one another, and
 * are put into an order in which each comes after what it needs. */
#include "model/internal.h"

struct reading { /* one "computed" being read */
    struct loader *l;
    struct draft *d;
    struct field *f;
    const struct json *v;
};

static void result_is(const struct reading *r, const struct field_type *type)
{
    if (r->f->type != type)
        model__mistake(r->l, r->v, "type", "the result of \"%.*s\" is %s",
                       TEXT_ARG(json_text(json_get(r->v, "fn"))), type->word);
}

static const struct field *field_of(const struct reading *r, const struct kind *k,
                                    const struct json *name, const struct field_type *type)
{
    const struct field *f = kind_field(k, json_text(name));
    model__for_all(r->l, name, f);
    if (f != NULL && f->type == type && !f->many)
        return f;
    model__mistake(r->l, name, "unknown", "%.*s has no %s field \"%.*s\"", TEXT_ARG(k->name),
                   type->word, TEXT_ARG(json_text(name)));
    return NULL;
}

static const struct field *argument(const struct reading *r, const char *key,
                                    const struct field_type *type)
{
    const struct json *name = json_get(r->v, key);
    if (name != NULL)
        return field_of(r, r->d->kind, name, type);
    model__mistake(r->l, r->v, "required", "\"%s\" is missing", key);
    return NULL;
}

static void integers(const struct reading *r, const char *key, bool may_be_empty)
{
    const struct json *list = model__list(r->l, r->v, key, !may_be_empty);
    if (list == NULL && may_be_empty && json_get(r->v, key) == NULL)
        model__mistake(r->l, r->v, "required", "\"%s\" is missing (it may be [])", key);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
        field_of(r, r->d->kind, v, &type_integer);
}

/* {"kind", "via", "in", …}: records of a kind that point at this one. */
static const struct kind *related(const struct reading *r, const struct json *v)
{
    const struct kind *k = model_kind(r->l->model, json_text(json_get(v, "kind")));
    if (k == NULL) {
        model__mistake(r->l, json_get(v, "kind") ? json_get(v, "kind") : v, "unknown",
                       "\"kind\" must name a kind");
        return NULL;
    }
    const struct json *name = json_get(v, "via"), *in = json_get(v, "in");
    const struct field *via = kind_field(k, json_text(name));
    model__for_all(r->l, name, via);
    if (via == NULL || via->target_kind != r->d->kind)
        model__mistake(r->l, name ? name : v, "unknown",
                       "\"via\" must name a ref or refs of %.*s to %.*s", TEXT_ARG(k->name),
                       TEXT_ARG(r->d->kind->name));
    if (in == NULL || in->type != JSON_LIST)
        model__mistake(r->l, in ? in : v, "required", "\"in\" must be a list of states");
    else
        model__state_set(r->l, k, in);
    return k;
}

static void related_field(const struct reading *r, const struct kind *k, const struct json *v,
                          const char *key)
{
    const struct json *name = json_get(v, key);
    if (name == NULL)
        model__mistake(r->l, v, "required", "\"%s\" is missing", key);
    else if (k != NULL)
        field_of(r, k, name, &type_integer);
}

static void check_less_from(const struct reading *r, const struct json *v)
{
    if (!model__keys(r->l, v, "field percent in"))
        return;
    const struct json *name = json_get(v, "field");
    const struct field *f = kind_field(r->d->kind, json_text(name));
    model__for_all(r->l, name, f);
    if (f == NULL || f->target_kind == NULL)
        model__mistake(r->l, name ? name : v, "unknown", "\"field\" must name a refs field");
    else {
        related_field(r, f->target_kind, v, "percent");
        if (json_get(v, "in") != NULL)
            model__state_set(r->l, f->target_kind, json_get(v, "in"));
    }
}

static void risk_score(const struct reading *r)
{
    const struct json *less = json_get(r->v, "less"), *from = json_get(r->v, "less_from");
    result_is(r, &type_integer);
    model__keys(r->l, r->v, "fn consequence likelihood confidence less less_from part");
    integers(r, "consequence", false);
    argument(r, "likelihood", &type_integer);
    argument(r, "confidence", &type_choice);
    if (less != NULL && model__keys(r->l, less, "kind via in likelihood consequence")) {
        const struct kind *k = related(r, less);
        related_field(r, k, less, "likelihood");
        related_field(r, k, less, "consequence");
    }
    if (from != NULL)
        check_less_from(r, from);
    struct text part = model__text(r->l, r->v, "part", false);
    if (part.len > 0 && !text_is(part, "likelihood") && !text_is(part, "consequence"))
        model__mistake(r->l, json_get(r->v, "part"), "value",
                       "\"part\" is \"likelihood\" or \"consequence\"");
}

/* A field of the kind that `is: criteria`, by name. */
static const struct field *criteria_field(const struct reading *r, const struct json *name,
                                          const struct field_type *type)
{
    const struct kind *k = r->l->model->criteria_kind;
    if (k != NULL)
        return field_of(r, k, name, type);
    model__mistake(r->l, name, "unknown", "no kind is the criteria (\"is\": \"criteria\")");
    return NULL;
}

/* Whatever method is chosen, its bands are values of the field. */
static void bands_fit(const struct reading *r)
{
    const struct model *m = r->l->model;
    for (size_t i = 0; i < m->method_count && r->f->scale != NULL; i++) {
        const struct risk_method *one = m->methods[i].risk;
        if (one != NULL && one->scale != NULL && one->scale != r->f->scale)
            model__mistake(r->l, r->v, "value",
                           "the method \"%.*s\" has bands of the scale \"%.*s\", not of this field's",
                           TEXT_ARG(m->methods[i].name), TEXT_ARG(one->scale->name));
    }
}

static void risk_band(const struct reading *r)
{
    result_is(r, &type_choice);
    model__keys(r->l, r->v, "fn score severe");
    argument(r, "score", &type_integer);
    bands_fit(r);
    const struct json *list = model__list(r->l, r->v, "severe", false);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
        field_of(r, r->d->kind, v, &type_integer);
}

static const struct field *column_of(const struct reading *r, const struct json *v,
                                     const char *key, const struct field_type *type)
{
    const struct field *rows = kind_field(r->d->kind, json_text(json_get(r->v, "rows")));
    struct text name = json_text(json_get(v, key));
    if (rows == NULL || rows->type != &type_rows)
        return NULL;
    for (size_t i = 0; i < rows->column_count; i++)
        if (text_same(rows->columns[i].name, name) && rows->columns[i].type == type)
            return &rows->columns[i];
    model__mistake(r->l, json_get(v, key) ? json_get(v, key) : v, "unknown",
                   "\"%s\" must name a column of type %s of %.*s", key, type->word,
                   TEXT_ARG(rows->name));
    return NULL;
}

static void at_least(const struct reading *r, const struct json *v)
{
    int64_t least;
    if (json_get(v, "at_least") == NULL)
        model__mistake(r->l, v, "required", "\"at_least\" is missing");
    model__integer(r->l, v, "at_least", -SAFE_INTEGER, SAFE_INTEGER, &least);
}

static void rows_worst(const struct reading *r)
{
    result_is(r, &type_integer);
    model__keys(r->l, r->v, "fn rows column");
    argument(r, "rows", &type_rows);
    column_of(r, r->v, "column", &type_integer);
}

static void rows_any(const struct reading *r)
{
    const struct json *also = json_get(r->v, "or");
    result_is(r, &type_yes_no);
    model__keys(r->l, r->v, "fn rows column at_least or");
    argument(r, "rows", &type_rows);
    column_of(r, r->v, "column", &type_integer);
    at_least(r, r->v);
    if (also != NULL && model__keys(r->l, also, "when at_least")) {
        column_of(r, also, "when", &type_yes_no);
        at_least(r, also);
    }
}

static void related_worst(const struct reading *r)
{
    result_is(r, &type_integer);
    model__keys(r->l, r->v, "fn kind via field in");
    related_field(r, related(r, r->v), r->v, "field");
}

static void check_case_value(const struct reading *r, const struct json *v)
{
    if (v->type != JSON_NULL && !field_fits(r->f, v))
        model__mistake(r->l, v, "value", "no value of the field \"%.*s\"",
                       TEXT_ARG(r->f->name));
}

/* The conditions of the cases; which of the keys each may have. */
static const struct json *read_cases(const struct reading *r, bool must, bool when,
                                     const char *keys)
{
    struct field *f = r->f;
    const struct json *cases = model__list(r->l, r->v, "cases", must);
    if (cases == NULL)
        return NULL;
    f->cases = NEW_MANY(r->l->arena, cases->count, const struct condition *);
    for (const struct json *v = cases->first; v != NULL; v = v->next) {
        const struct json *c = v->type == JSON_OBJECT ? json_get(v, "when") : NULL;
        model__keys(r->l, v, keys);
        if (c == NULL && when)
            model__mistake(r->l, v, "required", "a case has \"when\" and \"value\"");
        f->cases[f->case_count++] = c == NULL ? NULL : model__condition(r->l, r->d->kind, c);
    }
    return cases;
}

static void case_values(const struct reading *r, const struct json *cases)
{
    for (const struct json *v = cases == NULL ? NULL : cases->first; v != NULL; v = v->next) {
        const struct json *value = v->type == JSON_OBJECT ? json_get(v, "value") : NULL;
        if (value != NULL)
            check_case_value(r, value);
        else if (v->type == JSON_OBJECT)
            model__mistake(r->l, v, "required", "a case has \"when\" and \"value\"");
    }
    if (json_get(r->v, "else") != NULL)
        check_case_value(r, json_get(r->v, "else"));
}

static void first_match(const struct reading *r)
{
    model__keys(r->l, r->v, "fn cases else");
    case_values(r, read_cases(r, true, true, "when value"));
}

/* ---- measured against the criteria in force ------------------------------------------------ */
static void in_force(const struct reading *r)
{
    model__keys(r->l, r->v, "fn");
    if (r->f->type != &type_ref || r->f->target_kind == NULL ||
        r->f->target_kind != r->l->model->criteria_kind)
        model__mistake(r->l, r->v, "type", "the result of \"in_force\" is a ref to the criteria");
}

static void judged(const struct reading *r)
{
    result_is(r, &type_choice);
    model__keys(r->l, r->v, "fn band cases else");
    const struct field *band = argument(r, "band", &type_choice);
    const struct json *cases = read_cases(r, true, false, "when reaches above value");
    case_values(r, cases);
    if (json_get(r->v, "else") == NULL)
        model__mistake(r->l, r->v, "required", "\"else\" is missing");
    for (const struct json *v = cases == NULL ? NULL : cases->first; v != NULL; v = v->next) {
        const struct json *reaches = json_get(v, "reaches"), *above = json_get(v, "above");
        const struct json *line = reaches != NULL ? reaches : above;
        if (line == NULL && json_get(v, "when") == NULL)
            model__mistake(r->l, v, "required", "a case has \"when\", \"reaches\" or \"above\"");
        const struct field *f = line == NULL ? NULL : criteria_field(r, line, &type_choice);
        if (f != NULL && band != NULL && f->scale != band->scale)
            model__mistake(r->l, line, "value", "\"%.*s\" has another scale than the band",
                           TEXT_ARG(line->text));
    }
}

static void same_in_criteria(const struct reading *r, const struct json *name)
{
    const struct field *f = criteria_field(r, name, r->f->type);
    if (f != NULL && f->type == &type_choice && f->scale != r->f->scale)
        model__mistake(r->l, name, "value", "\"%.*s\" has another scale", TEXT_ARG(name->text));
}

static void of_criteria(const struct reading *r)
{
    if (r->f->type != &type_integer && r->f->type != &type_choice)
        result_is(r, &type_integer);
    model__keys(r->l, r->v, "fn cases field else");
    const struct json *cases = read_cases(r, false, false, "when field else");
    for (const struct json *v = cases == NULL ? NULL : cases->first; v != NULL; v = v->next)
        if (json_get(v, "field") != NULL)
            same_in_criteria(r, json_get(v, "field"));
    if (json_get(r->v, "field") == NULL)
        model__mistake(r->l, r->v, "required", "\"field\" is missing");
    else
        same_in_criteria(r, json_get(r->v, "field"));
    if (json_get(r->v, "else") != NULL)
        check_case_value(r, json_get(r->v, "else"));
}

/* ---- what was done with the record ---------------------------------------------------------- */
static bool is_people(const struct field *f)
{
    return f != NULL && f->type == &type_refs && f->target == TO_PERSON;
}

static void people_is_result(const struct reading *r)
{
    if (!is_people(r->f))
        model__mistake(r->l, r->v, "type", "the result of \"%.*s\" is refs to person",
                       TEXT_ARG(json_text(json_get(r->v, "fn"))));
}

static void who_set(const struct reading *r)
{
    people_is_result(r);
    model__keys(r->l, r->v, "fn fields");
    const struct json *list = model__list(r->l, r->v, "fields", true);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
        const struct field *f = kind_field(r->d->kind, json_text(v));
        model__for_all(r->l, v, f);
        if (f == NULL || f->system || f->computed != NULL)
            model__mistake(r->l, v, "unknown", "%.*s has no field \"%.*s\" that people fill in",
                           TEXT_ARG(r->d->kind->name), TEXT_ARG(json_text(v)));
    }
}

static void blanks(const struct reading *r)
{
    result_is(r, &type_integer);
    model__keys(r->l, r->v, "fn field");
    argument(r, "field", &type_document);
}

static void in_step(const struct reading *r)
{
    result_is(r, &type_yes_no);
    model__keys(r->l, r->v, "fn field");
    struct text name = model__text(r->l, r->v, "field", true);
    const struct field *f = kind_field(r->d->kind, name);
    model__for_all(r->l, json_get(r->v, "field"), f);
    if (f == NULL || f->type != &type_document)
        model__mistake(r->l, json_get(r->v, "field"), "unknown",
                       "%.*s has no document \"%.*s\"", TEXT_ARG(r->d->kind->name),
                       TEXT_ARG(name));
}

static void who_moved(const struct reading *r)
{
    people_is_result(r);
    model__keys(r->l, r->v, "fn moves latest");
    model__bool(r->l, r->v, "latest");
    const struct json *list = model__list(r->l, r->v, "moves", true);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
        if (kind_move(r->d->kind, json_text(v)) == NULL)
            model__mistake(r->l, v, "unknown", "%.*s has no move \"%.*s\"",
                           TEXT_ARG(r->d->kind->name), TEXT_ARG(json_text(v)));
}

static void last_of(const struct reading *r)
{
    const struct json *name = json_get(r->v, "field");
    model__keys(r->l, r->v, "fn field");
    if (r->f->type != &type_ref || r->f->target != TO_PERSON)
        model__mistake(r->l, r->v, "type", "the result of \"last_of\" is a ref to person");
    model__for_all(r->l, name, kind_field(r->d->kind, json_text(name)));
    if (!is_people(kind_field(r->d->kind, json_text(name))))
        model__mistake(r->l, name != NULL ? name : r->v, "unknown",
                       "\"field\" must name refs to person");
}

static void kept(const struct reading *r)
{
    const struct json *name = json_get(r->v, "field"), *in = json_get(r->v, "in");
    const struct field *of = kind_field(r->d->kind, json_text(name));
    model__keys(r->l, r->v, "fn field in else");
    model__for_all(r->l, name, of);
    if (of == NULL || of->type != r->f->type || of->many || of->type == &type_rows)
        model__mistake(r->l, name != NULL ? name : r->v, "unknown",
                       "\"field\" must name a field of the same type");
    if (in == NULL || in->type != JSON_LIST)
        model__mistake(r->l, in != NULL ? in : r->v, "required", "\"in\" must be a list of states");
    else
        model__state_set(r->l, r->d->kind, in);
    if (json_get(r->v, "else") != NULL)
        check_case_value(r, json_get(r->v, "else"));
}

static bool same_scale(const struct field *a, const struct field *b)
{
    bool same = a->scale->count == b->scale->count;
    for (size_t i = 0; same && i < a->scale->count; i++)
        same = text_same(a->scale->options[i].value, b->scale->options[i].value);
    return same;
}

static void exceeds(const struct reading *r)
{
    const struct json *pairs = model__list(r->l, r->v, "pairs", true);
    result_is(r, &type_yes_no);
    model__keys(r->l, r->v, "fn pairs");
    for (const struct json *v = pairs == NULL ? NULL : pairs->first; v != NULL; v = v->next) {
        bool two = v->type == JSON_LIST && v->count == 2;
        const struct field *a = two ? kind_field(r->d->kind, json_text(v->first)) : NULL;
        const struct field *b = two ? kind_field(r->d->kind, json_text(v->first->next)) : NULL;
        model__for_all(r->l, v, a);
        model__for_all(r->l, v, b);
        bool alike = a != NULL && b != NULL && a->type == b->type &&
                     (a->type == &type_integer ||
                      (a->type == &type_choice && same_scale(a, b) && !a->many && !b->many));
        if (!alike)
            model__mistake(r->l, v, "value",
                           "a pair is two whole numbers, or two choices of one scale");
    }
}

static void same_person(const struct reading *r)
{
    const struct json *list = model__list(r->l, r->v, "as", true);
    const struct field *f = kind_field(r->d->kind, json_text(json_get(r->v, "field")));
    struct who_list people = {0};
    result_is(r, &type_yes_no);
    model__keys(r->l, r->v, "fn field as");
    model__for_all(r->l, r->v, f);
    if (f == NULL || f->target != TO_PERSON)
        model__mistake(r->l, r->v, "unknown", "\"field\" must name a person field");
    model__who(r->l, r->d->kind, list, WHO_RELATIONS, &people);
}

static const struct field *column_named(const struct reading *r, const struct json *name)
{
    const struct field *rows = kind_field(r->d->kind, json_text(json_get(r->v, "rows")));
    for (size_t i = 0; rows != NULL && i < rows->column_count; i++)
        if (text_same(rows->columns[i].name, json_text(name)))
            return &rows->columns[i];
    model__mistake(r->l, name != NULL ? name : r->v, "unknown", "no such column");
    return NULL;
}

static void rows_meet(const struct reading *r)
{
    const struct json *each = model__list(r->l, r->v, "each", false);
    const struct json *in = model__list(r->l, r->v, "in", true);
    result_is(r, &type_yes_no);
    model__keys(r->l, r->v, "fn rows key each column in");
    argument(r, "rows", &type_rows);
    const struct field *column = column_named(r, json_get(r->v, "column"));
    const struct field *key = each == NULL ? NULL : column_named(r, json_get(r->v, "key"));
    for (const struct json *v = each == NULL ? NULL : each->first; v != NULL && key; v = v->next)
        if (!field_fits(key, v))
            model__mistake(r->l, v, "value", "no value of the column");
    for (const struct json *v = in == NULL ? NULL : in->first; v != NULL && column; v = v->next)
        if (!field_fits(column, v))
            model__mistake(r->l, v, "value", "no value of the column");
}

static void answered(const struct reading *r)
{
    struct text part = model__text(r->l, r->v, "part", true);
    result_is(r, &type_integer);
    model__keys(r->l, r->v, "fn rows part");
    argument(r, "rows", &type_rows);
    if (part.len > 0 && !model__one_of(part, "asked answered percent gaps"))
        model__mistake(r->l, json_get(r->v, "part"), "value",
                       "\"part\" is asked, answered, percent or gaps");
}

/* What the answers to an ask that decides say: each part has its type. */
static void decided(const struct reading *r)
{
    static const struct {
        const char *part;
        const struct field_type *type;
        bool many;
    } parts[] = {{"outcome", &type_choice, false}, {"also", &type_choice, true},
                 {"roles", &type_choice, true},    {"open", &type_integer, false},
                 {"next", &type_date, false},      {"less", &type_yes_no, false},
                 {"stale", &type_yes_no, false},   {"duties", &type_rows, false}};
    struct text part = model__text(r->l, r->v, "part", true);
    model__keys(r->l, r->v, "fn rows part");
    argument(r, "rows", &type_rows);
    for (size_t i = 0; i < COUNT(parts); i++)
        if (text_is(part, parts[i].part)) {
            if (r->f->type != parts[i].type || r->f->many != parts[i].many)
                model__mistake(r->l, r->v, "type", "the part \"%s\" is of the type %s%s",
                               parts[i].part, parts[i].type->word,
                               parts[i].many ? ", several" : "");
            return;
        }
    if (part.len > 0)
        model__mistake(r->l, json_get(r->v, "part"), "value",
                       "\"part\" is outcome, also, roles, open, next, less, stale or duties");
}

/* The column may be of any type that a field of the kind can have, too. */
static void of_ref(const struct reading *r);

/* Of the rows; while the ref is set, what the record that it points to says. */
static void latest(const struct reading *r)
{
    model__keys(r->l, r->v, "fn rows on column ref value");
    if (json_get(r->v, "ref") != NULL || json_get(r->v, "value") != NULL)
        of_ref(r);
    argument(r, "rows", &type_rows);
    column_of(r, r->v, "on", &type_date);
    const struct field *column = column_named(r, json_get(r->v, "column"));
    if (column != NULL &&
        (column->type != r->f->type || column->scale != r->f->scale ||
         column->target != r->f->target || column->target_kind != r->f->target_kind))
        model__mistake(r->l, json_get(r->v, "column"), "type",
                       "the field is not like the column");
}

static void a_number(const struct reading *r, const char *key)
{
    const struct json *name = json_get(r->v, key);
    const struct field *f = kind_field(r->d->kind, json_text(name));
    model__for_all(r->l, name, f);
    if (f == NULL || (f->type != &type_integer && f->type != &type_number))
        model__mistake(r->l, name != NULL ? name : r->v, "unknown",
                       "\"%s\" must name a field that is a number", key);
}

static void reaches(const struct reading *r)
{
    const struct json *down = json_get(r->v, "at_most");
    result_is(r, &type_yes_no);
    model__keys(r->l, r->v, "fn value target at_most");
    a_number(r, "value");
    a_number(r, "target");
    if (down == NULL)
        return;
    r->f->cases = NEW_MANY(r->l->arena, 1, const struct condition *);
    r->f->cases[r->f->case_count++] = model__condition(r->l, r->d->kind, down);
}

static void greatest(const struct reading *r)
{
    result_is(r, &type_integer);
    model__keys(r->l, r->v, "fn fields");
    integers(r, "fields", false);
}

/* What the record says that a ref points to: the same type, and the same choice. */
static void of_ref(const struct reading *r)
{
    struct text ref = model__text(r->l, r->v, "ref", true);
    struct text value = model__text(r->l, r->v, "value", true);
    const struct field *via = kind_field(r->d->kind, ref);
    if (via == NULL || via->type != &type_ref || via->target_kind == NULL) {
        model__mistake(r->l, json_get(r->v, "ref"), "unknown",
                       "\"%.*s\" is no ref to a kind", TEXT_ARG(ref));
        return;
    }
    const struct field *f = kind_field(via->target_kind, value);
    model__for_all(r->l, json_get(r->v, "ref"), via);
    model__for_all(r->l, json_get(r->v, "value"), f);
    if (f == NULL || f->type != r->f->type || f->many != r->f->many)
        model__mistake(r->l, json_get(r->v, "value"), "unknown",
                       "%.*s has no field \"%.*s\" of this type",
                       TEXT_ARG(via->target_kind->name), TEXT_ARG(value));
}

static void of(const struct reading *r)
{
    model__keys(r->l, r->v, "fn ref value");
    of_ref(r);
}

static const struct {
    const char *name;
    void (*check)(const struct reading *r);
} functions[] = {
    {"risk_score", risk_score},
    {"risk_band", risk_band},
    {"rows_worst", rows_worst},
    {"rows_any", rows_any},
    {"rows_meet", rows_meet},
    {"answered", answered},
    {"decided", decided},
    {"latest", latest},
    {"reaches", reaches},
    {"related_worst", related_worst},
    {"first_match", first_match},
    {"greatest", greatest},
    {"in_force", in_force},
    {"judged", judged},
    {"of_criteria", of_criteria},
    {"who_set", who_set},
    {"who_moved", who_moved},
    {"last_of", last_of},
    {"kept", kept},
    {"exceeds", exceeds},
    {"same_person", same_person},
    {"of", of},
    {"in_step", in_step},
    {"blanks", blanks},
};

void model__computed(struct loader *l, struct draft *d, struct field *f)
{
    struct reading r = {l, d, f, f->computed};
    struct text fn = model__text(l, f->computed, "fn", true);
    for (size_t i = 0; i < COUNT(functions); i++)
        if (text_is(fn, functions[i].name)) {
            functions[i].check(&r);
            return;
        }
    if (fn.len > 0)
        model__mistake(l, json_get(f->computed, "fn"), "unknown", "unknown function \"%.*s\"",
                       TEXT_ARG(fn));
}

/* ---- order ------------------------------------------------------------------------------- */
static bool condition_waits(const struct condition *c, const struct kind *k, const bool *done)
{
    for (size_t i = 0; c != NULL && i < c->part_count; i++)
        if (condition_waits(c->parts[i], k, done))
            return true;
    const struct field *f = c == NULL ? NULL : kind_field(k, c->field);
    return f != NULL && f->computed != NULL && !done[f->index];
}

/* Does any text in here name a computed field that is not done? "fn" and the records of other
 * kinds aside, every text in an argument is a field of this kind. */
static bool text_waits(const struct json *v, const struct kind *k, const bool *done)
{
    const struct field *f = kind_field(k, json_text(v));
    if (f != NULL && f->computed != NULL && !done[f->index])
        return true;
    if (v->type == JSON_LIST)
        for (const struct json *one = v->first; one != NULL; one = one->next)
            if (text_waits(one, k, done))
                return true;
    return false;
}

static bool names_open(const struct field *f, const char *key, const struct kind *k,
                       const bool *done)
{
    const struct json *v = json_get(f->computed, key);
    return v != NULL && text_waits(v, k, done);
}

static bool waits(const struct field *f, const struct kind *k, const bool *done)
{
    static const char *const own[] = {"consequence", "likelihood", "confidence", "score",
                                      "fields",      "rows",       "band",       "pairs"};
    struct text fn = json_text(json_get(f->computed, "fn"));
    const struct json *one = json_get(f->computed, "field");
    if (text_is(fn, "clock") || text_is(fn, "standing"))
        return model__clock_waits(f, k, done);
    if (text_is(fn, "keep") || text_is(fn, "keep_standing"))
        return model__keep_waits(f, k, done);
    if (names_open(f, "severe", k, done))
        return true;
    if (one != NULL && (text_is(fn, "kept") || text_is(fn, "last_of")) && text_waits(one, k, done))
        return true;
    if (text_is(fn, "reaches") &&
        (names_open(f, "value", k, done) || names_open(f, "target", k, done)))
        return true;
    for (size_t i = 0; i < COUNT(own); i++) {
        const struct json *v = json_get(f->computed, own[i]);
        if (v != NULL && text_waits(v, k, done))
            return true;
    }
    for (size_t i = 0; i < f->case_count; i++)
        if (condition_waits(f->cases[i], k, done))
            return true;
    return false;
}

bool model__made_from(struct loader *l, const struct kind *k, const struct field *f,
                      const struct field *g)
{
    if (f == g)
        return true;
    if (f->computed == NULL || g->computed == NULL)
        return false;
    bool *done = NEW_MANY(l->scrap, k->field_count, bool);
    for (size_t i = 0; i < k->computed_count; i++) { /* these go in no circle */
        const struct field *h = k->computed[i];
        if (h == f)
            return false;
        for (size_t j = 0; j < k->field_count; j++)
            done[j] = j != h->index;
        if (waits(f, k, done) && model__made_from(l, k, h, g))
            return true;
    }
    return false;
}

void model__computed_order(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    bool *done = NEW_MANY(l->scrap, k->field_count, bool);
    size_t before, wanted = 0;
    for (size_t i = 0; i < k->field_count; i++)
        wanted += k->fields[i].computed != NULL;
    k->computed = NEW_MANY(l->arena, wanted, const struct field *);
    do {
        before = k->computed_count;
        for (size_t i = 0; i < k->field_count; i++) {
            const struct field *f = &k->fields[i];
            if (f->computed == NULL || done[i] || waits(f, k, done))
                continue;
            k->computed[k->computed_count++] = f;
            done[i] = true;
        }
    } while (k->computed_count != before);
    for (size_t i = 0; i < k->field_count && k->computed_count < wanted; i++)
        if (k->fields[i].computed != NULL && !done[i]) {
            l->file = d->fields[i].file;
            model__mistake(l, k->fields[i].computed, "circle",
                           "\"%.*s\" cannot be computed: what it needs goes in a circle",
                           TEXT_ARG(k->fields[i].name));
            return;
        }
}
