/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/public.c — what somebody without an account may send to a register, and be told of
 * it. Checked here so that nothing can fail, or show too much, when a stranger comes: the
 * fields are plain values that refer to nothing, what a record needs to begin is among them,
 * and what is shown is for every reader of the record. What happens with it: record/public.c.
 */
#include "model/internal.h"

#define FIELDS_MOST 20

static const struct field *find(struct loader *l, const struct kind *k, const struct json *v)
{
    const struct field *f = kind_field(k, json_text(v));
    if (f == NULL)
        model__mistake(l, v, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(json_text(v)));
    return f;
}

static bool too_many(struct loader *l, const struct json *list)
{
    if (list != NULL && list->count > FIELDS_MOST)
        model__mistake(l, list, "too_many", "at most %d fields", FIELDS_MOST);
    return list == NULL || list->count > FIELDS_MOST;
}

/* A reference would let a stranger try which records there are; of what is unique, which
 * values. */
static void read_create(struct loader *l, const struct kind *k, const struct json *list,
                        struct public_way *p)
{
    if (too_many(l, list))
        return;
    p->create = NEW_MANY(l->arena, list->count + 1, const struct field *);
    for (const struct json *v = list->first; v != NULL; v = v->next) {
        const struct field *f = find(l, k, v);
        if (f == NULL)
            continue;
        bool plain = f->type->refers == REFERS_NOT && f->type->form != FORM_ROWS &&
                     f->type->written != WRITTEN_JSON;
        if (!plain || f->system || f->computed != NULL || f->unique || f->only != NULL)
            model__mistake(l, v, "unknown",
                           "\"%.*s\" cannot be given from outside: it refers to something, is "
                           "unique, computed, or applies only sometimes",
                           TEXT_ARG(f->name));
        else
            p->create[p->create_count++] = f;
    }
}

/* "field", or {"field": "answer", "in": ["answered"]}: only while the record is in such a
 * state. */
static void read_shown(struct loader *l, const struct kind *k, const struct json *v,
                       struct public_way *p)
{
    bool whole = v->type == JSON_TEXT;
    if (!whole && (v->type != JSON_OBJECT || !model__keys(l, v, "field in")))
        return;
    const struct field *f = find(l, k, whole ? v : json_get(v, "field"));
    if (f == NULL)
        return;
    model__for_all(l, v, f);
    if (f->type->refers != REFERS_NOT || f->type->form == FORM_ROWS ||
        f->type->written == WRITTEN_JSON) {
        model__mistake(l, v, "unknown", "\"%.*s\" cannot be shown outside", TEXT_ARG(f->name));
        return;
    }
    const struct json *in = whole ? NULL : model__list(l, v, "in", true);
    p->show[p->show_count++] =
        (struct public_field){f, in == NULL ? UINT64_MAX : model__state_set(l, k, in)};
}

static void read_show(struct loader *l, const struct kind *k, const struct json *list,
                      struct public_way *p)
{
    if (too_many(l, list))
        return;
    p->show = NEW_MANY(l->arena, list->count + 1, struct public_field);
    for (const struct json *v = list->first; v != NULL; v = v->next)
        read_shown(l, k, v, p);
}

bool public_must(const struct field *f)
{
    return f->required || (f->required_from != 0 && f->required_when == NULL);
}

static bool is_given(const struct public_way *p, const struct field *f)
{
    for (size_t i = 0; i < p->create_count; i++)
        if (p->create[i] == f)
            return true;
    for (size_t i = 0; i < p->set.value_count; i++)
        if (p->set.values[i].field == f)
            return true;
    return f->fallback != NULL;
}

static void check_beginning(struct loader *l, const struct kind *k, const struct json *v,
                            const struct public_way *p)
{
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        bool needed = f->required || f->required_from >> k->start & 1;
        if (needed && f->required_when == NULL && f->only == NULL && !f->system &&
            f->computed == NULL && !is_given(p, f))
            model__mistake(l, v, "required", "%.*s cannot begin without \"%.*s\"",
                           TEXT_ARG(k->name), TEXT_ARG(f->name));
    }
}

void model__public(struct loader *l, const struct json *root, struct kind *k)
{
    const struct json *v = model__object(l, root, "public", false);
    struct public_way *p = &k->outside;
    if (v == NULL || !model__keys(l, v, "title about create set show answer not case"))
        return;
    p->title = model__words(l, v, "title", false);
    p->about = model__words(l, v, "about", true);
    if (p->title.en.len == 0)
        p->title = k->title;
    read_create(l, k, model__list(l, v, "create", true), p);
    model__make_values(l, k, model__object(l, v, "set", false), &p->set);
    read_show(l, k, model__list(l, v, "show", true), p);
    model__who(l, k, model__list(l, v, "answer", true), WHO_ROLES | WHO_RELATIONS, &p->answer);
    model__duties(l, k, v, &p->duties, &p->duty_count);
    if (!model__bool(l, v, "case"))
        model__mistake(l, v, "required",
                       "\"case\" must be true: whoever sends something is answered");
    check_beginning(l, k, v, p);
    p->on = p->create_count > 0;
}
