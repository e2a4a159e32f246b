/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/condition.c — conditions: data over one record's own fields.
 * No arithmetic, no joins, no parser. The pages evaluate the same data; both must pass
 * tests/vectors/conditions.json, so every rule of meaning is in this one file:
 * an empty field (absent, null, "", []) is no value; on a list, `is` and `in` mean contains;
 * numbers are equal when their values are. */
#include "model/internal.h"

static bool is_empty(const struct json *v)
{
    if (v == NULL || v->type == JSON_NULL)
        return true;
    if (v->type == JSON_TEXT)
        return v->text.len == 0;
    return v->type == JSON_LIST && v->count == 0;
}

static bool is_number(const struct json *v)
{
    return v->type == JSON_INTEGER || v->type == JSON_NUMBER;
}

static bool is_scalar(const struct json *v)
{
    return v->type == JSON_TEXT || v->type == JSON_TRUE || v->type == JSON_FALSE ||
           is_number(v);
}

static bool equal(const struct json *a, const struct json *b)
{
    if (a->type == JSON_INTEGER && b->type == JSON_INTEGER)
        return a->integer == b->integer;
    if (is_number(a) && is_number(b))
        return a->number == b->number;
    if (a->type == JSON_TEXT && b->type == JSON_TEXT)
        return text_same(a->text, b->text);
    return a->type == b->type && (a->type == JSON_TRUE || a->type == JSON_FALSE);
}

static bool matches(const struct condition *c, const struct json *v)
{
    if (is_empty(v))
        return false;
    for (size_t i = 0; i < c->count; i++) {
        if (v->type != JSON_LIST && equal(v, c->values[i]))
            return true;
        if (v->type != JSON_LIST)
            continue;
        for (const struct json *one = v->first; one != NULL; one = one->next)
            if (equal(one, c->values[i]))
                return true;
    }
    return false;
}

bool condition_holds(const struct condition *c, condition_value *value, void *arg)
{
    if (c == NULL)
        return true;
    switch (c->form) {
    case WHEN_ALWAYS:
        return true;
    case WHEN_IS:
    case WHEN_IN:
        return matches(c, value(arg, c->field));
    case WHEN_EMPTY:
        return is_empty(value(arg, c->field)) == c->empty;
    case WHEN_NOT:
        return !condition_holds(c->parts[0], value, arg);
    case WHEN_ANY:
    case WHEN_ALL:
        break;
    }
    bool any = c->form == WHEN_ANY;
    for (size_t i = 0; i < c->part_count; i++)
        if (condition_holds(c->parts[i], value, arg) == any)
            return any;
    return !any;
}

/* ---- reading ----------------------------------------------------------------------------- */
struct fault { /* where and why a condition is malformed */
    const struct json *at;
    const char *why;
};

static struct condition *parse(struct arena *a, const struct json *v, struct fault *f);

static bool add_value(struct condition *c, const struct json *v, struct fault *f)
{
    if (!is_scalar(v) || is_empty(v)) {
        *f = (struct fault){v, "a condition compares with text, a number, true or false"};
        return false;
    }
    if (c->count == COUNT(c->values)) {
        *f = (struct fault){v, "a condition compares with at most 32 values"};
        return false;
    }
    c->values[c->count++] = v;
    return true;
}

static bool parse_test(struct condition *c, const struct json *test, struct fault *f)
{
    if (text_is(test->key, "is")) {
        c->form = WHEN_IS;
        return add_value(c, test, f);
    }
    if (text_is(test->key, "empty")) {
        c->form = WHEN_EMPTY;
        c->empty = json_true(test);
        *f = (struct fault){test, "\"empty\" is true or false"};
        return test->type == JSON_TRUE || test->type == JSON_FALSE;
    }
    c->form = WHEN_IN;
    *f = (struct fault){test, "beside \"field\" stands one of: is in empty"};
    if (!text_is(test->key, "in"))
        return false;
    *f = (struct fault){test, "\"in\" is a list of at least one value"};
    if (test->type != JSON_LIST || test->count == 0)
        return false;
    for (const struct json *one = test->first; one != NULL; one = one->next)
        if (!add_value(c, one, f))
            return false;
    return true;
}

static bool parse_parts(struct arena *a, struct condition *c, const struct json *list,
                        struct fault *f)
{
    *f = (struct fault){list, "needs a list of at least one condition"};
    if (list->type != JSON_LIST || list->count == 0)
        return false;
    c->parts = NEW_MANY(a, list->count, struct condition *);
    for (const struct json *v = list->first; v != NULL; v = v->next) {
        struct condition *part = parse(a, v, f);
        if (part == NULL)
            return false;
        c->parts[c->part_count++] = part;
    }
    return true;
}

static bool parse_into(struct arena *a, struct condition *c, const struct json *v,
                       struct fault *f)
{
    const struct json *field = json_get(v, "field"), *first = v->first;
    if (field != NULL) {
        c->field = json_text(field);
        *f = (struct fault){v, "a condition on a field has \"field\" and one of: is in empty"};
        if (v->count != 2 || field->type != JSON_TEXT)
            return false;
        return parse_test(c, first == field ? first->next : first, f);
    }
    *f = (struct fault){v, "a condition is {\"field\"…}, {\"any\"…}, {\"all\"…} or {\"not\"…}"};
    if (v->count != 1)
        return false;
    if (text_is(first->key, "any") || text_is(first->key, "all")) {
        c->form = text_is(first->key, "any") ? WHEN_ANY : WHEN_ALL;
        return parse_parts(a, c, first, f);
    }
    if (!text_is(first->key, "not"))
        return false;
    c->form = WHEN_NOT;
    c->parts = NEW(a, struct condition *);
    c->parts[0] = parse(a, first, f);
    c->part_count = 1;
    return c->parts[0] != NULL;
}

static struct condition *parse(struct arena *a, const struct json *v, struct fault *f)
{
    struct condition *c = NEW(a, struct condition);
    c->source = v;
    *f = (struct fault){v, "a condition must be an object"};
    return v->type == JSON_OBJECT && parse_into(a, c, v, f) ? c : NULL;
}

const struct condition *condition_from_json(struct arena *a, const struct json *v)
{
    struct fault f;
    return v == NULL ? NULL : parse(a, v, &f);
}

/* ---- against the kind -------------------------------------------------------------------- */
static void check_values(struct loader *l, const struct condition *c, const struct field *f)
{
    if (f->type->written == WRITTEN_JSON)
        model__mistake(l, c->source, "type", "\"%.*s\" can only be tested with \"empty\"",
                       TEXT_ARG(c->field));
    else
        for (size_t i = 0; i < c->count; i++)
            if (!field_fits(f, c->values[i]))
                model__mistake(l, c->values[i], "value", "no value of the field \"%.*s\"",
                               TEXT_ARG(c->field));
}

static void check_fields(struct loader *l, const struct kind *k, const struct condition *c)
{
    for (size_t i = 0; i < c->part_count; i++)
        check_fields(l, k, c->parts[i]);
    if (c->field.len == 0)
        return;
    const struct field *f = kind_field(k, c->field);
    if (f == NULL)
        model__mistake(l, c->source, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(c->field));
    else if (c->form == WHEN_IS || c->form == WHEN_IN)
        check_values(l, c, f);
    model__for_all(l, c->source, f);
}

struct condition *model__condition(struct loader *l, const struct kind *k, const struct json *v)
{
    struct fault f;
    struct condition *c = parse(l->arena, v, &f);
    if (c == NULL)
        model__mistake(l, f.at, "condition", "%s", f.why);
    else if (k != NULL)
        check_fields(l, k, c);
    return c;
}
