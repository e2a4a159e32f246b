/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/depend.c — which kinds' computed fields look at which: known when the model is loaded, so that
 * a write knows whom it concerns, and a circle is a mistake with its line instead of work without
 * end. */
#include "model/internal.h"

struct edges {
    struct loader *l;
    struct edge *at;
    size_t count, room;
};

static void add_edge(struct edges *e, const struct kind *looks, const struct field *f,
                     const struct kind *at, struct text via, bool own)
{
    if (at == NULL)
        return;
    if (e->count == e->room) {
        size_t room = e->room ? e->room * 2 : 32;
        struct edge *more = NEW_MANY(e->l->arena, room, struct edge);
        for (size_t i = 0; i < e->count; i++)
            more[i] = e->at[i];
        e->at = more;
        e->room = room;
    }
    e->at[e->count++] = (struct edge){looks, f, at, via, own};
}

static void add_edges(struct edges *e, const struct kind *k, const struct field *f)
{
    const struct json *less = json_get(f->computed, "less");
    const struct json *how = less != NULL ? less : f->computed;
    const struct json *from = json_get(f->computed, "less_from");
    const struct field *field = kind_field(k, json_text(json_get(from, "field")));
    add_edge(e, k, f, model_kind(e->l->model, json_text(json_get(how, "kind"))),
             json_text(json_get(how, "via")), false);
    if (from != NULL && field != NULL)
        add_edge(e, k, f, field->target_kind, field->name, true);
}

/* Is `to` looked at from `from`, over any number of steps? */
static bool reaches(const struct edges *e, const struct kind *from, const struct kind *to,
                    bool *seen)
{
    for (size_t i = 0; i < e->count; i++) {
        if (e->at[i].looks != from)
            continue;
        if (e->at[i].at == to)
            return true;
        if (seen[e->at[i].at->index])
            continue;
        seen[e->at[i].at->index] = true;
        if (reaches(e, e->at[i].at, to, seen))
            return true;
    }
    return false;
}

static void refuse_circle(struct loader *l, const struct edge *e)
{
    for (size_t i = 0; i < l->model->kind_count; i++)
        if (l->drafts[i].kind == e->looks)
            l->file = l->drafts[i].fields[e->field->index].file;
    model__mistake(l, e->field->computed, "circle",
                   "%.*s looks at %.*s, and that, by way of its own computed fields, at %.*s again",
                   TEXT_ARG(e->looks->name), TEXT_ARG(e->at->name), TEXT_ARG(e->looks->name));
}

void model__depend(struct loader *l)
{
    struct model *m = l->model;
    struct edges e = {.l = l};
    for (size_t i = 0; i < m->kind_count; i++)
        for (size_t j = 0; j < m->kinds[i].computed_count; j++)
            add_edges(&e, &m->kinds[i], m->kinds[i].computed[j]);
    m->edges = e.at;
    m->edge_count = e.count;
    for (size_t i = 0; i < e.count; i++) {
        bool *seen = NEW_MANY(l->scrap, m->kind_count, bool);
        if (e.at[i].at == e.at[i].looks || reaches(&e, e.at[i].at, e.at[i].looks, seen)) {
            refuse_circle(l, &e.at[i]);
            return; /* the others are the same circle, or come to light once this one is mended */
        }
    }
}
