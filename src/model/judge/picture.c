/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/picture.c — pictures that people look at: which question, which shape, and the
 * registers or the framework whose numbers it draws. The shapes are a closed set; what a
 * picture counts is a list, so that every number leads to its rows. */
#include "model/internal.h"

#include <stdlib.h>

#define PICTURES_MOST 50

static const char *const shapes[] = {"bars", "map", "trend", "clocks", "wheel", "view"};
/* What each shape is told, besides what all are. */
static const char *const keys[] = {
    "picture title about order shape kinds by split ended",
    "picture title about order shape kind",
    "picture title about order shape framework days",
    "picture title about order shape kinds",
    "picture title about order shape framework",
    "picture title about order shape kind view",
};

/* ---- registers ----------------------------------------------------------------------------
 */
static void add_kind(struct loader *l, const struct json *at, struct text name,
                     struct picture *p)
{
    const struct kind *k = model_kind(l->model, name);
    if (k == NULL)
        model__mistake(l, at, "unknown", "unknown kind \"%.*s\"", TEXT_ARG(name));
    for (size_t i = 0; i < p->kind_count; i++)
        if (p->kinds[i] == k && k != NULL)
            model__mistake(l, at, "twice", "%.*s is named already", TEXT_ARG(name));
    if (k != NULL)
        p->kinds[p->kind_count++] = k;
}

static void read_kinds(struct loader *l, const struct json *v, bool must, struct picture *p)
{
    const struct json *list = model__list(l, v, "kinds", must);
    if (list == NULL)
        return;
    if (list->count > PICTURE_KINDS_MOST) {
        model__mistake(l, list, "range", "names at most %d kinds", PICTURE_KINDS_MOST);
        return;
    }
    for (const struct json *one = list->first; one != NULL; one = one->next)
        if (model__is_text(l, one))
            add_kind(l, one, one->text, p);
}

static void read_kind(struct loader *l, const struct json *v, struct picture *p)
{
    struct text name = model__text(l, v, "kind", true);
    if (name.len > 0)
        add_kind(l, json_get(v, "kind"), name, p);
}

static bool has_view(const struct kind *k, struct text shape)
{
    for (const struct json *v = k->views ? k->views->first : NULL; v != NULL; v = v->next)
        if (text_same(json_text(json_get(v, "shape")), shape))
            return true;
    return false;
}

static void need_view(struct loader *l, const struct json *at, const struct picture *p,
                      struct text shape)
{
    if (p->kind_count == 1 && !has_view(p->kinds[0], shape))
        model__mistake(l, at, "view", "%.*s has no view \"%.*s\"", TEXT_ARG(p->kinds[0]->name),
                       TEXT_ARG(shape));
}

/* ---- what is counted ----------------------------------------------------------------------
 */
/* In every register of the picture, by the same name. */
static void check_field(struct loader *l, const struct json *at, const struct picture *p,
                        struct text name)
{
    for (size_t i = 0; i < p->kind_count; i++) {
        const struct kind *k = p->kinds[i];
        const struct field *f = kind_field(k, name);
        if (f == NULL)
            model__mistake(l, at, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                           TEXT_ARG(name));
        else if (f->guarded)
            model__for_all(l, at, f);
        else if (!field_tallies(f) || field_is_time(f) || f->type->refers == REFERS_MANY)
            model__mistake(l, at, "tally", "one cannot draw bars by \"%.*s\"", TEXT_ARG(name));
    }
}

static void read_bars(struct loader *l, const struct json *v, struct picture *p)
{
    read_kinds(l, v, true, p);
    p->by = model__text(l, v, "by", true);
    p->split = model__text(l, v, "split", false);
    p->ended = model__bool(l, v, "ended");
    if (p->by.len > 0)
        check_field(l, json_get(v, "by"), p, p->by);
    if (p->split.len > 0 && !text_is(p->split, "state.age"))
        check_field(l, json_get(v, "split"), p, p->split);
    if (p->split.len > 0 && text_same(p->split, p->by))
        model__mistake(l, json_get(v, "split"), "twice", "the bars stand by it already");
}

static void read_framework(struct loader *l, const struct json *v, struct picture *p)
{
    struct text name = model__text(l, v, "framework", true);
    for (size_t i = 0; i < l->model->framework_count; i++)
        if (text_same(l->model->frameworks[i].name, name))
            p->framework = &l->model->frameworks[i];
    if (name.len > 0 && p->framework == NULL)
        model__mistake(l, json_get(v, "framework"), "unknown", "unknown framework \"%.*s\"",
                       TEXT_ARG(name));
}

static void read_view(struct loader *l, const struct json *v, struct picture *p)
{
    read_kind(l, v, p);
    p->view = model__text(l, v, "view", true);
    if (p->view.len > 0 && !model__one_of(p->view, "coverage grid matrix"))
        model__mistake(l, json_get(v, "view"), "unknown",
                       "\"view\" is coverage, grid or matrix");
    else if (p->view.len > 0)
        need_view(l, json_get(v, "view"), p, p->view);
}

static void read_shape(struct loader *l, const struct json *v, struct picture *p)
{
    switch (p->shape) {
    case PICTURE_BARS:
        read_bars(l, v, p);
        return;
    case PICTURE_MAP:
        read_kind(l, v, p);
        need_view(l, json_get(v, "kind"), p, TEXT("map"));
        return;
    case PICTURE_TREND:
        read_framework(l, v, p);
        if (!model__integer(l, v, "days", 7, 3660, &p->days) && json_get(v, "days") == NULL)
            model__mistake(l, v, "required", "\"days\" is missing: how far it looks back");
        return;
    case PICTURE_CLOCKS:
        read_kinds(l, v, false, p);
        return;
    case PICTURE_WHEEL:
        read_framework(l, v, p);
        return;
    case PICTURE_VIEW:
        read_view(l, v, p);
        return;
    }
}

/* ---- the files ----------------------------------------------------------------------------
 */
static bool shape_of(struct text word, enum picture_shape *out)
{
    for (size_t i = 0; i < COUNT(shapes); i++)
        if (text_is(word, shapes[i])) {
            *out = (enum picture_shape)i;
            return true;
        }
    return false;
}

static void check_known(struct loader *l, const struct source *s, const struct picture *p)
{
    const struct json *v = json_get(s->root, "picture");
    if (p->name.len > 0 && (!model__name_ok(p->name) || !model__called(s, p->name)))
        model__mistake(l, v, "name", "the file of a picture is called NAME.json, after a name");
    for (const struct picture *other = l->model->pictures; other < p; other++)
        if (text_same(other->name, p->name))
            model__mistake(l, v, "clash", "there is a picture of that name: %.*s",
                           TEXT_ARG(other->source));
}

static void read_picture(struct loader *l, const struct source *s, struct picture *p)
{
    l->file = s;
    p->source = s->shown;
    struct text shape = model__text(l, s->root, "shape", true);
    if (!shape_of(shape, &p->shape)) {
        if (shape.len > 0)
            model__mistake(l, json_get(s->root, "shape"), "unknown",
                           "\"shape\" is bars, map, trend, clocks, wheel or view");
        return;
    }
    if (!model__keys(l, s->root, keys[p->shape]))
        return;
    p->source = model__at(l, json_get(s->root, "picture"));
    p->name = model__text(l, s->root, "picture", true);
    p->title = model__words(l, s->root, "title", true);
    p->about = model__words(l, s->root, "about", true);
    if (!model__integer(l, s->root, "order", 1, 10000, &p->order))
        model__mistake(l, s->root, "required", "\"order\" is missing, a whole number");
    check_known(l, s, p);
    p->kinds = NEW_MANY(l->arena, PICTURE_KINDS_MOST, const struct kind *);
    read_shape(l, s->root, p);
}

/* Two with one place stand as their names do. */
static int by_order(const void *left, const void *right)
{
    const struct picture *a = left, *b = right;
    return a->order != b->order ? (a->order < b->order ? -1 : 1)
                                : text_compare(a->name, b->name);
}

void model__pictures(struct loader *l, size_t count)
{
    struct model *m = l->model;
    m->pictures = NEW_MANY(l->arena, count, struct picture);
    for (size_t i = 0; i < l->source_count; i++) {
        const struct source *s = &l->sources[i];
        if (s->type != FILE_PICTURE || !s->in_force)
            continue;
        if (m->picture_count == PICTURES_MOST) {
            l->file = s;
            model__mistake(l, s->root, "range", "there are at most %d pictures", PICTURES_MOST);
            return;
        }
        read_picture(l, s, &m->pictures[m->picture_count]);
        m->picture_count++;
    }
    if (m->picture_count > 1)
        qsort(m->pictures, m->picture_count, sizeof(*m->pictures), by_order);
}

/* ---- for people outside -------------------------------------------------------------------
 */
static void put_text_at(struct json_out *o, const char *key, struct text t)
{
    if (t.len == 0)
        return;
    json_key(o, key);
    json_put_text(o, t);
}

static void put_picture(struct json_out *o, const struct picture *p)
{
    json_open(o, '{');
    put_text_at(o, "picture", p->name);
    model__put_words_at(o, "title", p->title);
    model__put_words_at(o, "about", p->about);
    put_text_at(o, "shape", text_of(shapes[p->shape]));
    json_key(o, "kinds");
    json_open(o, '[');
    for (size_t i = 0; i < p->kind_count; i++)
        json_put_text(o, p->kinds[i]->name);
    json_close(o, ']');
    put_text_at(o, "by", p->by);
    put_text_at(o, "split", p->split);
    json_key(o, "ended");
    json_put_bool(o, p->ended);
    if (p->framework != NULL)
        put_text_at(o, "framework", p->framework->name);
    json_key(o, "days");
    json_put_integer(o, p->days);
    put_text_at(o, "view", p->view);
    json_close(o, '}');
}

void model__put_pictures(struct json_out *o, const struct model *m)
{
    json_key(o, "pictures");
    json_open(o, '[');
    for (size_t i = 0; i < m->picture_count; i++)
        put_picture(o, &m->pictures[i]);
    json_close(o, ']');
}
