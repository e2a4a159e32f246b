/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/starter.c — starters: records to begin with, each of which somebody takes or
 * leaves: risks by kind of AI, policies with places to fill in, objectives, skills. They are
 * drafts for people: taking one is an ordinary creation through the one door, by whoever takes
 * it. What a person reads in them stands there in both languages, {"en", "zh"}. */
#include "model/internal.h"

#define STARTERS_MOST 60
#define ITEMS_MOST 300
#define SECTORS "sector" /* the scale of whom an item is for */

const struct starter *model_starter(const struct model *m, struct text name)
{
    for (size_t i = 0; i < m->starter_count; i++)
        if (text_same(m->starters[i].name, name))
            return &m->starters[i];
    return NULL;
}

/* ---- values --------------------------------------------------------------------------------
 */
static bool is_both(const struct json *v)
{
    return v != NULL && v->type == JSON_OBJECT && v->count == 2 && json_get(v, "en") != NULL &&
           json_get(v, "zh") != NULL;
}

static void check_text(struct loader *l, const struct field *f, const struct json *v)
{
    for (const struct json *one = v->first; one != NULL; one = one->next)
        if (one->type != JSON_TEXT || one->text.len == 0 || !field_fits(f, one))
            model__mistake(l, one, "value", "no value of \"%.*s\"", TEXT_ARG(f->name));
}

static void check_value(struct loader *l, const struct field *f, const struct json *v);

static void check_row(struct loader *l, const struct field *f, const struct json *row)
{
    for (const struct json *v = row->first; v != NULL; v = v->next) {
        const struct field *column = NULL;
        for (size_t i = 0; i < f->column_count; i++)
            if (text_same(f->columns[i].name, v->key))
                column = &f->columns[i];
        if (column == NULL)
            model__mistake(l, v, "unknown", "%.*s has no column \"%.*s\"", TEXT_ARG(f->name),
                           TEXT_ARG(v->key));
        else
            check_value(l, column, v);
    }
}

static bool is_read_by_people(const struct field *f)
{
    return f->type == &type_text || f->type == &type_note;
}

static void check_list(struct loader *l, const struct field *f, const struct json *v)
{
    for (const struct json *one = v->first; one != NULL; one = one->next)
        if (f->type == &type_rows)
            check_row(l, f, one);
        else if (is_both(one) && is_read_by_people(f))
            check_text(l, f, one);
        else if (f->target != TO_REQUIREMENT && !field_fits(f, one))
            model__mistake(l, one, "value", "no value of \"%.*s\"", TEXT_ARG(f->name));
        else if (f->target == TO_REQUIREMENT &&
                 model_requirement(l->model, json_text(one)) == NULL)
            model__mistake(l, one, "unknown", "no such row of a framework");
}

/* Documents are read by the one door when they are taken. */
static void check_value(struct loader *l, const struct field *f, const struct json *v)
{
    if (is_both(v) && f->type != &type_document)
        check_text(l, f, v);
    else if (v->type == JSON_LIST)
        check_list(l, f, v);
    else if (f->type != &type_document && f->target != TO_ROLE && !field_fits(f, v))
        model__mistake(l, v, "value", "no value of \"%.*s\"", TEXT_ARG(f->name));
}

static void check_set(struct loader *l, const struct starter *s, const struct json *item)
{
    const struct json *set = model__object(l, item, "set", true);
    if (set != NULL && json_get(set, "title") == NULL)
        model__mistake(l, set, "required", "\"title\" is missing");
    for (const struct json *v = set == NULL ? NULL : set->first; v != NULL; v = v->next) {
        const struct field *f = kind_field(s->kind, v->key);
        if (f == NULL)
            model__mistake(l, v, "unknown", "%.*s has no field \"%.*s\"",
                           TEXT_ARG(s->kind->name), TEXT_ARG(v->key));
        else if (f->system || f->computed != NULL || !~f->fixed_in)
            model__mistake(l, v, "fixed", "\"%.*s\" is nothing that people fill in",
                           TEXT_ARG(f->name));
        else
            check_value(l, f, v);
    }
}

/* ---- items ---------------------------------------------------------------------------------
 */
static void check_sectors(struct loader *l, const struct json *item)
{
    const struct scale *sectors = map__get(l->scales, TEXT(SECTORS));
    const struct json *list = model__list(l, item, "sectors", false);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next) {
        bool known = false;
        for (size_t i = 0; sectors != NULL && i < sectors->count; i++)
            known = known || text_same(sectors->options[i].value, json_text(v));
        if (!known)
            model__mistake(l, v, "unknown", "is no value of the scale " SECTORS);
    }
}

static void check_words(struct loader *l, const struct json *object, const char *key)
{
    const struct json *v = json_get(object, key);
    if (!is_both(v) || json_text(json_get(v, "en")).len == 0 ||
        json_text(json_get(v, "zh")).len == 0)
        model__mistake(l, v == NULL ? object : v, "required", "\"%s\" is {\"en\", \"zh\"}",
                       key);
}

static bool has_item(const struct model *m, struct text id)
{
    for (size_t i = 0; i < m->starter_count; i++) {
        const struct json *items = json_get(m->starters[i].root, "items");
        for (const struct json *v = items == NULL ? NULL : items->first; v; v = v->next)
            if (text_same(json_text(json_get(v, "id")), id))
                return true;
    }
    return false;
}

static void check_with(struct loader *l, const struct json *item)
{
    const struct json *list = model__list(l, item, "with", false);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
        if (!has_item(l->model, json_text(v)))
            model__mistake(l, v, "unknown", "no item of a starter is called \"%.*s\"",
                           TEXT_ARG(json_text(v)));
}

static void check_item(struct loader *l, const struct starter *s, const struct json *item)
{
    if (!model__keys(l, item, "id sectors with why source set"))
        return;
    struct text id = model__text(l, item, "id", true);
    if (id.len > 0 && !model__name_ok(id))
        model__mistake(l, json_get(item, "id"), "name",
                       "\"%.*s\" is not a name: a-z, 0-9 and _", TEXT_ARG(id));
    const struct json *items = json_get(s->root, "items");
    for (const struct json *v = items->first; v != item; v = v->next)
        if (text_same(json_text(json_get(v, "id")), id))
            model__mistake(l, json_get(item, "id"), "twice", "is there already");
    (void)model__text(l, item, "source", false);
    check_words(l, item, "why");
    check_sectors(l, item);
    check_with(l, item);
    check_set(l, s, item);
}

/* ---- the files -----------------------------------------------------------------------------
 */
static void read_starter(struct loader *l, const struct source *file, struct starter *s)
{
    l->file = file;
    s->source = file->shown;
    s->root = file->root;
    if (!model__keys(l, s->root, "starter kind title about items"))
        return;
    s->source = model__at(l, json_get(s->root, "starter"));
    s->name = model__text(l, s->root, "starter", true);
    struct text kind = model__text(l, s->root, "kind", true);
    s->kind = model_kind(l->model, kind);
    if (s->name.len > 0 && (!model__name_ok(s->name) || !model__called(file, s->name)))
        model__mistake(l, json_get(s->root, "starter"), "name",
                       "the file of a starter is called NAME.json, after a name");
    for (const struct starter *other = l->model->starters; other < s; other++)
        if (text_same(other->name, s->name))
            model__mistake(l, json_get(s->root, "starter"), "clash", "is there already: %.*s",
                           TEXT_ARG(other->source));
    if (kind.len > 0 && s->kind == NULL)
        model__mistake(l, json_get(s->root, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(kind));
    check_words(l, s->root, "title");
    check_words(l, s->root, "about");
}

static void read_items(struct loader *l, const struct source *file, struct starter *s)
{
    l->file = file;
    const struct json *items = model__list(l, s->root, "items", true);
    if (items == NULL || s->kind == NULL)
        return;
    s->count = items->count;
    if (items->count > ITEMS_MOST) {
        model__mistake(l, items, "range", "a starter has at most %d items", ITEMS_MOST);
        return;
    }
    for (const struct json *v = items->first; v != NULL; v = v->next)
        check_item(l, s, v);
}

void model__starters(struct loader *l, size_t count)
{
    struct model *m = l->model;
    if (count > STARTERS_MOST) {
        model__mistake(l, NULL, "range", "there are at most %d starters", STARTERS_MOST);
        return;
    }
    m->starters = NEW_MANY(l->arena, count, struct starter);
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].type == FILE_STARTER && l->sources[i].in_force)
            read_starter(l, &l->sources[i], &m->starters[m->starter_count++]);
    size_t nth = 0; /* once all are known: `with` names items of others */
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].type == FILE_STARTER && l->sources[i].in_force)
            read_items(l, &l->sources[i], &m->starters[nth++]);
}
