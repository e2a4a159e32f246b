/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/steps.c — the way to fill in a record step by step: which fields each step asks,
 * what of a record that it refers to is shown beside them, and in which kind a step is handed
 * to somebody. The pages walk it; the engine does nothing with it. */
#include "model/internal.h"

#define STEPS_MOST 12
#define STEP_FIELDS_MOST 24

static const struct field *open_field(struct loader *l, const struct kind *k,
                                      const struct json *name)
{
    const struct field *f = name == NULL ? NULL : kind_field(k, json_text(name));
    if (name == NULL || !model__is_text(l, name))
        return NULL;
    if (f == NULL || f->system)
        model__mistake(l, name, "unknown", "%.*s has no field \"%.*s\" for a step",
                       TEXT_ARG(k->name), TEXT_ARG(json_text(name)));
    else
        return f;
    return NULL;
}

static void check_fields(struct loader *l, const struct kind *k, const struct json *step,
                         struct map *asked)
{
    const struct json *list = model__list(l, step, "fields", true);
    if (list != NULL && list->count > STEP_FIELDS_MOST)
        model__mistake(l, list, "too_many", "a step asks at most %d fields", STEP_FIELDS_MOST);
    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL;
         one = one->next) {
        const struct field *f = open_field(l, k, one);
        if (f != NULL && !map_add(asked, f->name, 0))
            model__mistake(l, one, "twice", "\"%.*s\" is in the steps twice",
                           TEXT_ARG(f->name));
    }
}

/* Of the record that "from" refers to: what it says already is shown, and not asked again. */
static void check_shows(struct loader *l, const struct step_way *way, const struct json *step)
{
    const struct json *list = model__list(l, step, "shows", false);
    if (list != NULL && way->from == NULL) {
        model__mistake(l, list, "from", "\"shows\" needs \"from\": of which record");
        return;
    }
    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL;
         one = one->next) {
        const struct field *f = open_field(l, way->from->target_kind, one);
        if (f != NULL && f->guarded)
            model__mistake(l, one, "guarded",
                           "\"%.*s\" is not for everybody who reads the record",
                           TEXT_ARG(f->name));
    }
}

static void read_step(struct loader *l, const struct kind *k, const struct json *v,
                      struct step_way *way, struct map *asked)
{
    if (!model__keys(l, v, "step title about fields shows when"))
        return;
    struct text name = model__text(l, v, "step", true);
    if (name.len > 0 && !model__name_ok(name))
        model__mistake(l, json_get(v, "step"), "name",
                       "a step is named in small letters, digits and _");
    for (size_t i = 0; i < way->count; i++)
        if (text_same(way->steps[i].name, name))
            model__mistake(l, json_get(v, "step"), "twice", "there are two steps \"%.*s\"",
                           TEXT_ARG(name));
    struct step_of *step = &way->steps[way->count++];
    step->name = name;
    step->title = model__words(l, v, "title", true);
    step->about = model__words(l, v, "about", true);
    check_fields(l, k, v, asked);
    check_shows(l, way, v);
    model__texts(l, v, "fields", true, &step->fields, &step->field_count);
    model__texts(l, v, "shows", false, &step->shows, &step->show_count);
    const struct json *when = json_get(v, "when");
    if (when != NULL)
        step->when = model__condition(l, k, when);
}

static void read_from(struct loader *l, const struct kind *k, const struct json *steps,
                      struct step_way *way)
{
    const struct json *from = json_get(steps, "from");
    const struct field *f = from == NULL ? NULL : open_field(l, k, from);
    if (f == NULL)
        return;
    if (f->type->refers != REFERS_ONE || f->many || f->target_kind == NULL)
        model__mistake(l, from, "type", "\"from\" must be a ref to a kind; \"%.*s\" is not",
                       TEXT_ARG(f->name));
    else
        way->from = f;
}

/* A step is handed over by a record of that kind: it names this record, the step, its owner and
 * a day. */
static void read_assign(struct loader *l, const struct kind *k, const struct json *steps,
                        struct step_way *way)
{
    const struct json *v = model__object(l, steps, "assign", false);
    if (v == NULL || !model__keys(l, v, "kind via step"))
        return;
    struct text name = model__text(l, v, "kind", true);
    const struct kind *other = model_kind(l->model, name);
    if (other == NULL) {
        if (name.len > 0)
            model__mistake(l, json_get(v, "kind"), "unknown", "there is no kind \"%.*s\"",
                           TEXT_ARG(name));
        return;
    }
    if (!model__text(l, v, "via", true).len || !model__text(l, v, "step", true).len)
        return;
    const struct field *via = open_field(l, other, json_get(v, "via"));
    const struct field *step = open_field(l, other, json_get(v, "step"));
    if (via != NULL && (via->target_kind != k || via->type->refers != REFERS_ONE))
        model__mistake(l, json_get(v, "via"), "type",
                       "\"via\" must be a ref to %.*s; \"%.*s\" is not", TEXT_ARG(k->name),
                       TEXT_ARG(via->name));
    if (step != NULL && (step->type != &type_text || step->many))
        model__mistake(l, json_get(v, "step"), "type",
                       "\"step\" must be a text of one line; \"%.*s\" is not",
                       TEXT_ARG(step->name));
    way->assign_kind = other;
    way->assign_via = via;
    way->assign_step = step;
}

void model__steps(struct loader *l, const struct json *root, struct kind *k)
{
    const struct json *steps = model__object(l, root, "steps", false);
    if (steps == NULL || !model__keys(l, steps, "from assign of"))
        return;
    const struct json *of = model__list(l, steps, "of", true);
    if (of == NULL)
        return;
    if (of->count > STEPS_MOST) {
        model__mistake(l, of, "too_many", "at most %d steps", STEPS_MOST);
        return;
    }
    k->way.steps = NEW_MANY(l->arena, of->count, struct step_of);
    read_from(l, k, steps, &k->way);
    read_assign(l, k, steps, &k->way);
    struct map *asked = map_in(l->scrap);
    for (const struct json *one = of->first; one != NULL; one = one->next) {
        read_step(l, k, one, &k->way, asked);
        if (one == of->first && !map_find(asked, TEXT("title"), NULL))
            model__mistake(l, one, "title",
                           "the first step asks for the title: with it the record begins");
    }
}
