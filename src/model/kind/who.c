/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/who.c — lists of people: roles, relations to the record, everyone, the engine.
 * `admin` runs the program and is never a business role, so it cannot be named. */
#include "model/internal.h"

static bool is_person(const struct field *f)
{
    return f != NULL && f->target == TO_PERSON;
}

/* "owner", or "system.owner": one step through a ref to the record that has the person;
 * "owner:risk_owner": and who acts as such must hold the role. */
static void read_relation(struct loader *l, const struct kind *k, const struct json *v,
                          unsigned rules, struct who *w)
{
    struct text rest = text_from(v->text, 1);
    if (text_find(rest, ':') >= 0) {
        struct text whole = rest;
        rest = text_cut(&whole, ':');
        w->as = whole;
        if (model_role(l->model, w->as) == NULL || text_same(w->as, ROLE_ADMIN))
            model__mistake(l, v, "unknown", "unknown role \"%.*s\"", TEXT_ARG(w->as));
        if (!(rules & WHO_AS))
            model__mistake(l, v, "unknown", "a role after \":\" is for who makes a move");
    }
    if (text_find(rest, '.') >= 0)
        w->via = text_cut(&rest, '.');
    w->relation = rest;
    if (w->via.len > 0) {
        const struct field *step = kind_field(k, w->via);
        if (step == NULL || step->type != &type_ref || step->target_kind == NULL) {
            model__mistake(l, v, "unknown", "%.*s has no field \"%.*s\" that refers to a kind",
                           TEXT_ARG(k->name), TEXT_ARG(w->via));
            return;
        }
        if (rules & WHO_AS)
            model__for_all(l, v, step);
        k = step->target_kind;
    }
    const struct field *f = kind_field(k, rest);
    if (rules & WHO_AS) /* whose turn it is, everybody sees */
        model__for_all(l, v, f);
    w->contributor = f == NULL && text_is(rest, "contributor") && (rules & WHO_WRITERS);
    if (!is_person(f) && !w->contributor)
        model__mistake(l, v, "unknown", "%.*s has no person field \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(rest));
}

static void read_role(struct loader *l, const struct json *v, struct who *w)
{
    w->role = v->text;
    if (text_same(v->text, ROLE_ADMIN))
        model__mistake(l, v, "admin", "admin is never a business role");
    else if (model_role(l->model, v->text) == NULL)
        model__mistake(l, v, "unknown", "unknown role \"%.*s\"", TEXT_ARG(v->text));
}

static void read_one(struct loader *l, const struct kind *k, const struct json *v,
                     unsigned rules, struct who *w)
{
    unsigned wanted = WHO_ROLES;
    if (text_starts(v->text, "@"))
        wanted = WHO_RELATIONS;
    else if (text_is(v->text, "everyone"))
        wanted = WHO_EVERYONE;
    else if (text_is(v->text, "auto"))
        wanted = WHO_AUTO;
    if (!(rules & wanted)) {
        model__mistake(l, v, "unknown", "\"%.*s\" cannot be named here", TEXT_ARG(v->text));
        return;
    }
    if (wanted == WHO_RELATIONS)
        read_relation(l, k, v, rules, w);
    else if (wanted == WHO_ROLES)
        read_role(l, v, w);
    w->everyone = wanted == WHO_EVERYONE;
    w->automatic = wanted == WHO_AUTO;
}

void model__who(struct loader *l, const struct kind *k, const struct json *list, unsigned rules,
                struct who_list *out)
{
    if (list == NULL)
        return;
    struct by_name *seen = map__new(l->scrap);
    out->one = NEW_MANY(l->arena, list->count, struct who);
    for (const struct json *v = list->first; v != NULL; v = v->next) {
        if (!model__is_text(l, v))
            continue;
        if (map__get(seen, v->text) != NULL)
            model__mistake(l, v, "twice", "\"%.*s\" is named twice", TEXT_ARG(v->text));
        map__put(seen, v->text, v);
        read_one(l, k, v, rules, &out->one[out->count++]);
    }
}
