/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/needs.c — what a move demands of other records.
 * Two directions: records of a kind that point at this one, or records that this one points
 * at; narrowed by equality, judged by their states. */
#include "model/internal.h"

/* "of": they need not point at this record, but at the one that this ref of it names. */
const struct field *model__of(struct loader *l, const struct kind *k, const struct json *v)
{
    if (json_get(v, "of") == NULL)
        return NULL;
    struct text name = model__text(l, v, "of", true);
    const struct field *f = kind_field(k, name);
    model__for_all(l, json_get(v, "of"), f);
    if (f != NULL && f->type == &type_ref && f->target_kind != NULL)
        return f;
    model__mistake(l, json_get(v, "of"), "unknown", "\"%.*s\" is not a ref of %.*s to a kind",
                   TEXT_ARG(name), TEXT_ARG(k->name));
    return NULL;
}

static const struct kind *read_reverse(struct loader *l, const struct draft *d,
                                       const struct json *v, struct need *n)
{
    n->kind = model__text(l, v, "kind", true);
    n->via = model__text(l, v, "via", true);
    const struct field *of = model__of(l, d->kind, v);
    const struct kind *k = model_kind(l->model, n->kind),
                      *to = of != NULL ? of->target_kind : d->kind;
    n->of = of != NULL ? of->name : (struct text){0};
    if (k == NULL) {
        model__mistake(l, json_get(v, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(n->kind));
        return NULL;
    }
    const struct field *via = kind_field(k, n->via);
    model__for_all(l, json_get(v, "via"), via);
    if (n->via.len > 0 && (via == NULL || via->target_kind != to))
        model__mistake(l, json_get(v, "via"), "unknown",
                       "\"%.*s\" is not a ref or refs of %.*s to %.*s", TEXT_ARG(n->via),
                       TEXT_ARG(n->kind), TEXT_ARG(to->name));
    return k;
}

static const struct kind *read_forward(struct loader *l, const struct draft *d,
                                       const struct json *v, struct need *n)
{
    n->field = model__text(l, v, "field", true);
    const struct field *f = kind_field(d->kind, n->field);
    if (f != NULL && f->target_kind != NULL) {
        model__for_all(l, json_get(v, "field"), f);
        return f->target_kind;
    }
    model__mistake(l, json_get(v, "field"), "unknown",
                   "\"%.*s\" is not a ref or refs of %.*s to a kind", TEXT_ARG(n->field),
                   TEXT_ARG(d->kind->name));
    return NULL;
}

static bool where_fits(const struct field *f, const struct json *v)
{
    if (v->type != JSON_LIST)
        return field_fits(f, v);
    for (const struct json *one = v->first; one != NULL; one = one->next)
        if (!field_fits(f, one))
            return false;
    return v->count > 0;
}

/* "$overseer_role": what the record's own field says. */
static bool is_own_field(const struct draft *d, const struct field *f, const struct json *v)
{
    const struct field *own =
        text_starts(json_text(v), "$") ? kind_field(d->kind, text_from(v->text, 1)) : NULL;
    return own != NULL && own->type == f->type && !own->many && own->target == f->target &&
           (f->type == &type_ref || f->type == &type_choice || f->type == &type_text);
}

static void read_where(struct loader *l, const struct draft *d, const struct kind *k,
                       const struct json *v, struct need *n)
{
    const struct json *where = model__object(l, v, "where", false);
    if (where == NULL)
        return;
    if (where->count > COUNT(n->where)) {
        model__mistake(l, where, "range", "\"where\" has at most %zu fields", COUNT(n->where));
        return;
    }
    for (const struct json *one = where->first; one != NULL; one = one->next) {
        const struct field *f = kind_field(k, one->key);
        model__for_all(l, one, f);
        if (text_starts(json_text(one), "$"))
            model__for_all(l, one, kind_field(d->kind, text_from(one->text, 1)));
        n->where[n->where_count].field = one->key;
        n->where[n->where_count++].value = one;
        if (f == NULL)
            model__mistake(l, one, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                           TEXT_ARG(one->key));
        else if (!is_own_field(d, f, one) && !where_fits(f, one))
            model__mistake(l, one, "value", "no value of the field \"%.*s\"",
                           TEXT_ARG(one->key));
    }
}

static void read_judgement(struct loader *l, const struct kind *k, const struct json *v,
                           struct need *n)
{
    const struct json *in = json_get(v, "in"), *every = json_get(v, "every");
    if ((in == NULL) == (every == NULL)) {
        model__mistake(l, v, "required", "a need has one of \"in\" and \"every\"");
        return;
    }
    const struct json *states = in != NULL ? in : every;
    n->every = every != NULL;
    n->least = n->every ? 0 : 1;
    model__integer(l, v, "least", 0, 1000000, &n->least);
    if (states->type != JSON_LIST || states->count > COUNT(n->states)) {
        model__mistake(l, states, "type", "must be a list of at most %zu states",
                       COUNT(n->states));
        return;
    }
    model__state_set(l, k, states);
    for (const struct json *one = states->first; one != NULL; one = one->next)
        if (text_is(json_text(one), "archived"))
            model__mistake(l, one, "archived", "what is archived never counts as settled");
    for (const struct json *one = states->first; one != NULL; one = one->next)
        n->states[n->state_count++] = json_text(one);
}

static void read_need(struct loader *l, struct draft *d, const struct json *v, struct need *n)
{
    n->source = model__at(l, v);
    if (!model__keys(l, v, "code say kind via of field where in every least only since"))
        return;
    n->code = model__text(l, v, "code", true);
    n->say = model__words(l, v, "say", true);
    bool reverse = json_get(v, "kind") != NULL, forward = json_get(v, "field") != NULL;
    if (reverse == forward) {
        model__mistake(l, v, "required",
                       "a need has either \"kind\" and \"via\", or \"field\"");
        return;
    }
    const struct kind *k = reverse ? read_reverse(l, d, v, n) : read_forward(l, d, v, n);
    for (const char *const *key = (const char *const[]){"via", "of", NULL}; forward && *key;
         key++)
        if (json_get(v, *key) != NULL)
            model__mistake(l, json_get(v, *key), "unknown_key", "\"%s\" goes with \"kind\"",
                           *key);
    if (json_get(v, "only") != NULL)
        n->only = model__condition(l, d->kind, json_get(v, "only"));
    if (json_get(v, "since") != NULL) {
        n->since = model__text(l, v, "since", true);
        const struct field *f = kind_field(d->kind, n->since);
        model__for_all(l, json_get(v, "since"), f);
        if (f == NULL || !field_is_time(f))
            model__mistake(l, json_get(v, "since"), "unknown", "\"%.*s\" is no date or moment",
                           TEXT_ARG(n->since));
    }
    if (k == NULL)
        return;
    read_where(l, d, k, v, n);
    read_judgement(l, k, v, n);
}

void model__needs(struct loader *l, struct draft *d, const struct json *list, struct move *m)
{
    m->needs = NEW_MANY(l->arena, list->count, struct need);
    for (const struct json *v = list->first; v != NULL; v = v->next)
        read_need(l, d, v, &m->needs[m->need_count++]);
}
