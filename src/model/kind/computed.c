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

static void result_is(const struct reading *r, enum field_type type)
{
    if (r->f->type != type)
        model__mistake(r->l, r->v, "type", "the result of \"%.*s\" is %s",
                       TEXT_ARG(json_text(json_get(r->v, "fn"))), field_type_word(type));
}

static const struct field *field_of(const struct reading *r, const struct kind *k,
                                    const struct json *name, enum field_type type)
{
    const struct field *f = kind_field(k, json_text(name));
    if (f != NULL && f->type == type && !f->many)
        return f;
    model__mistake(r->l, name, "unknown", "%.*s has no %s field \"%.*s\"", TEXT_ARG(k->name),
                   field_type_word(type), TEXT_ARG(json_text(name)));
    return NULL;
}

static const struct field *argument(const struct reading *r, const char *key,
                                    enum field_type type)
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
        field_of(r, r->d->kind, v, FIELD_INTEGER);
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
        field_of(r, k, name, FIELD_INTEGER);
}

static void check_less_from(const struct reading *r, const struct json *v)
{
    if (!model__keys(r->l, v, "field percent in"))
        return;
    const struct json *name = json_get(v, "field");
    const struct field *f = kind_field(r->d->kind, json_text(name));
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
    result_is(r, FIELD_INTEGER);
    model__keys(r->l, r->v, "fn consequence likelihood confidence less less_from part");
    integers(r, "consequence", false);
    argument(r, "likelihood", FIELD_INTEGER);
    argument(r, "confidence", FIELD_CHOICE);
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

static void risk_band(const struct reading *r)
{
    static const char *const bands[] = {"low", "medium", "high", "very_high"};
    result_is(r, FIELD_CHOICE);
    model__keys(r->l, r->v, "fn score severe");
    argument(r, "score", FIELD_INTEGER);
    integers(r, "severe", true);
    for (size_t i = 0; i < COUNT(bands); i++)
        if (scale_option(r->f->scale, text_of(bands[i])) == NULL)
            model__mistake(r->l, r->v, "value", "the scale lacks the value \"%s\"", bands[i]);
}

static const struct field *column_of(const struct reading *r, const struct json *v,
                                     const char *key, enum field_type type)
{
    const struct field *rows = kind_field(r->d->kind, json_text(json_get(r->v, "rows")));
    struct text name = json_text(json_get(v, key));
    if (rows == NULL || rows->type != FIELD_ROWS)
        return NULL;
    for (size_t i = 0; i < rows->column_count; i++)
        if (text_same(rows->columns[i].name, name) && rows->columns[i].type == type)
            return &rows->columns[i];
    model__mistake(r->l, json_get(v, key) ? json_get(v, key) : v, "unknown",
                   "\"%s\" must name a column of type %s of %.*s", key, field_type_word(type),
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
    result_is(r, FIELD_INTEGER);
    model__keys(r->l, r->v, "fn rows column");
    argument(r, "rows", FIELD_ROWS);
    column_of(r, r->v, "column", FIELD_INTEGER);
}

static void rows_any(const struct reading *r)
{
    const struct json *also = json_get(r->v, "or");
    result_is(r, FIELD_YES_NO);
    model__keys(r->l, r->v, "fn rows column at_least or");
    argument(r, "rows", FIELD_ROWS);
    column_of(r, r->v, "column", FIELD_INTEGER);
    at_least(r, r->v);
    if (also != NULL && model__keys(r->l, also, "when at_least")) {
        column_of(r, also, "when", FIELD_YES_NO);
        at_least(r, also);
    }
}

static void related_worst(const struct reading *r)
{
    result_is(r, FIELD_INTEGER);
    model__keys(r->l, r->v, "fn kind via field in");
    related_field(r, related(r, r->v), r->v, "field");
}

static void check_case_value(const struct reading *r, const struct json *v)
{
    if (v->type != JSON_NULL && !model__value_fits(r->f, v))
        model__mistake(r->l, v, "value", "no value of the field \"%.*s\"",
                       TEXT_ARG(r->f->name));
}

static void first_match(const struct reading *r)
{
    struct field *f = r->f;
    const struct json *cases = model__list(r->l, r->v, "cases", true);
    model__keys(r->l, r->v, "fn cases else");
    if (json_get(r->v, "else") != NULL)
        check_case_value(r, json_get(r->v, "else"));
    if (cases == NULL)
        return;
    f->cases = NEW_MANY(r->l->arena, cases->count, const struct condition *);
    for (const struct json *v = cases->first; v != NULL; v = v->next) {
        const struct json *when = json_get(v, "when"), *value = json_get(v, "value");
        if (!model__keys(r->l, v, "when value"))
            continue;
        if (when == NULL || value == NULL) {
            model__mistake(r->l, v, "required", "a case has \"when\" and \"value\"");
            continue;
        }
        f->cases[f->case_count++] = model__condition(r->l, r->d->kind, when);
        check_case_value(r, value);
    }
}

static void greatest(const struct reading *r)
{
    result_is(r, FIELD_INTEGER);
    model__keys(r->l, r->v, "fn fields");
    integers(r, "fields", false);
}

/* What the record says that a ref points to: the same type, and the same choice. */
static void of(const struct reading *r)
{
    model__keys(r->l, r->v, "fn ref value");
    struct text ref = model__text(r->l, r->v, "ref", true);
    struct text value = model__text(r->l, r->v, "value", true);
    const struct field *via = kind_field(r->d->kind, ref);
    if (via == NULL || via->type != FIELD_REF || via->target_kind == NULL) {
        model__mistake(r->l, json_get(r->v, "ref"), "unknown",
                       "\"%.*s\" is no ref to a kind", TEXT_ARG(ref));
        return;
    }
    const struct field *f = kind_field(via->target_kind, value);
    if (f == NULL || f->type != r->f->type || f->many != r->f->many)
        model__mistake(r->l, json_get(r->v, "value"), "unknown",
                       "%.*s has no field \"%.*s\" of this type",
                       TEXT_ARG(via->target_kind->name), TEXT_ARG(value));
}

static const struct {
    const char *name;
    void (*check)(const struct reading *r);
} functions[] = {
    {"risk_score", risk_score}, {"risk_band", risk_band},         {"rows_worst", rows_worst},
    {"rows_any", rows_any},     {"related_worst", related_worst}, {"first_match", first_match},
    {"greatest", greatest},     {"of", of},
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

static bool waits(const struct field *f, const struct kind *k, const bool *done)
{
    static const char *const own[] = {"consequence", "likelihood", "confidence", "score",
                                      "severe",      "fields",     "rows"};
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
