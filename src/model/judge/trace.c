/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/trace.c — traces: which registers stand in which column of the graph, what a
 * record of each rests on, and where something is missing when it does not. A link leads to a
 * later column, so that there are no circles. */
#include "model/internal.h"

#define TRACES_MOST 20

const struct trace_column *trace_column(const struct trace_plan *t, const struct kind *k)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (t->columns[i].kind == k)
            return &t->columns[i];
    return NULL;
}

const struct trace_plan *model_trace(const struct model *m, struct text name,
                                     const struct kind *k)
{
    for (size_t i = 0; i < m->trace_count; i++) {
        const struct trace_plan *t = &m->traces[i];
        if ((name.len == 0 || text_same(t->name, name)) && (k == NULL || trace_column(t, k)))
            return t;
    }
    return NULL;
}

/* ---- a link -------------------------------------------------------------------------------
 */
static const struct field *field_of(struct loader *l, const struct json *v, const char *key,
                                    const struct kind *k)
{
    struct text name = model__text(l, v, key, true);
    const struct field *f = name.len > 0 ? kind_field(k, name) : NULL;
    const struct json *at = json_get(v, key);
    if (name.len > 0 && f == NULL)
        model__mistake(l, at, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(name));
    if (f != NULL)
        model__for_all(l, at, f);
    return f;
}

static bool leads_to(const struct field *f, const struct kind *k)
{
    bool refers = f->type->refers == REFERS_ONE || f->type->refers == REFERS_MANY;
    return refers && f->target == TO_KIND && (k == NULL || f->target_kind == k);
}

/* The field of the other that names the record. */
static void read_reverse(struct loader *l, const struct json *v, const struct kind *own,
                         struct trace_link *link)
{
    struct text name = model__text(l, v, "kind", true);
    link->reverse = true;
    link->to = model_kind(l->model, name);
    if (name.len > 0 && link->to == NULL)
        model__mistake(l, json_get(v, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(name));
    if (link->to == NULL)
        return;
    link->field = field_of(l, v, "via", link->to);
    if (link->field != NULL && !leads_to(link->field, own))
        model__mistake(l, json_get(v, "via"), "refers", "is no reference to %.*s",
                       TEXT_ARG(own->name));
}

static void read_forward(struct loader *l, const struct json *v, const struct kind *own,
                         struct trace_link *link)
{
    link->field = field_of(l, v, "field", own);
    if (link->field == NULL)
        return;
    if (leads_to(link->field, NULL))
        link->to = link->field->target_kind;
    else
        model__mistake(l, json_get(v, "field"), "refers",
                       "is no reference to records of a kind");
}

static uint64_t living(const struct kind *k)
{
    uint64_t set = 0;
    for (size_t i = 0; i < k->state_count; i++)
        if (!k->states[i].end && !text_is(k->states[i].name, "archived"))
            set |= STATE_BIT(i);
    return set;
}

static void read_link(struct loader *l, const struct json *v, const struct kind *own,
                      bool expected, struct trace_link *link)
{
    bool reverse = json_get(v, "kind") != NULL;
    if (!model__keys(l, v,
                     !expected ? (reverse ? "kind via" : "field")
                     : reverse ? "kind via gap when in"
                               : "field gap when in"))
        return;
    *link =
        (struct trace_link){.source = model__at(l, v), .when = living(own), .in = ~UINT64_C(0)};
    if (reverse)
        read_reverse(l, v, own, link);
    else
        read_forward(l, v, own, link);
    if (!expected)
        return;
    link->gap = model__words(l, v, "gap", true);
    if (json_get(v, "when") != NULL)
        link->when = model__state_set(l, own, json_get(v, "when"));
    if (json_get(v, "in") != NULL && link->to != NULL)
        link->in = model__state_set(l, link->to, json_get(v, "in"));
}

static void read_links(struct loader *l, const struct json *v, const char *key,
                       struct trace_column *c)
{
    const struct json *list = model__list(l, v, key, false);
    for (const struct json *one = list ? list->first : NULL; one != NULL; one = one->next) {
        if (c->link_count == TRACE_LINKS_MOST) {
            model__mistake(l, one, "range", "a column has at most %d links", TRACE_LINKS_MOST);
            return;
        }
        read_link(l, one, c->kind, text_is(text_of(key), "needs"), &c->links[c->link_count]);
        c->link_count++;
    }
}

/* ---- a column -----------------------------------------------------------------------------
 */
static void read_band(struct loader *l, const struct json *v, struct trace_column *c)
{
    if (json_get(v, "band") == NULL)
        return;
    c->band = field_of(l, v, "band", c->kind);
    if (c->band != NULL && (c->band->type != &type_choice || c->band->many))
        model__mistake(l, json_get(v, "band"), "type", "is no choice of one value");
}

static void read_column(struct loader *l, const struct json *v, struct trace_plan *t)
{
    struct trace_column *c = &t->columns[t->column_count];
    if (!model__keys(l, v, "kind band begins needs shows"))
        return;
    struct text name = model__text(l, v, "kind", true);
    const struct kind *k = model_kind(l->model, name);
    if (name.len > 0 && k == NULL)
        model__mistake(l, json_get(v, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(name));
    else if (k != NULL && trace_column(t, k) != NULL)
        model__mistake(l, json_get(v, "kind"), "twice", "%.*s has a column already",
                       TEXT_ARG(name));
    if (k == NULL)
        return;
    c->kind = k;
    c->begins = model__bool(l, v, "begins");
    c->links = NEW_MANY(l->arena, TRACE_LINKS_MOST, struct trace_link);
    read_band(l, v, c);
    read_links(l, v, "needs", c);
    read_links(l, v, "shows", c);
    t->column_count++;
}

/* Only to the right: what everything rests on stands last. */
static void check_ways(struct loader *l, const struct json *columns, const struct trace_plan *t)
{
    bool begins = false;
    for (size_t i = 0; i < t->column_count; i++) {
        const struct trace_column *c = &t->columns[i];
        begins |= c->begins;
        for (size_t j = 0; j < c->link_count; j++) {
            const struct trace_column *to =
                c->links[j].to ? trace_column(t, c->links[j].to) : NULL;
            if (c->links[j].to != NULL && (to == NULL || to <= c))
                model__mistake(l, columns, "order",
                               "%.*s rests on %.*s, which must have a later column",
                               TEXT_ARG(c->kind->name), TEXT_ARG(c->links[j].to->name));
        }
    }
    if (!begins)
        model__mistake(l, columns, "required",
                       "no column has \"begins\": the whole begins with one of them");
}

/* ---- the files ----------------------------------------------------------------------------
 */
static void check_name(struct loader *l, const struct source *s, const struct trace_plan *t)
{
    const struct json *v = json_get(s->root, "trace");
    if (t->name.len > 0 && (!model__name_ok(t->name) || !model__called(s, t->name)))
        model__mistake(l, v, "name", "the file of a trace is called NAME.json, after a name");
    for (const struct trace_plan *other = l->model->traces; other < t; other++)
        if (text_same(other->name, t->name))
            model__mistake(l, v, "clash", "there is a trace of that name: %.*s",
                           TEXT_ARG(other->source));
}

static void read_trace(struct loader *l, const struct source *s, struct trace_plan *t)
{
    l->file = s;
    t->source = s->shown;
    if (!model__keys(l, s->root, "trace title about columns"))
        return;
    t->source = model__at(l, json_get(s->root, "trace"));
    t->name = model__text(l, s->root, "trace", true);
    t->title = model__words(l, s->root, "title", true);
    t->about = model__words(l, s->root, "about", true);
    check_name(l, s, t);
    const struct json *columns = model__list(l, s->root, "columns", true);
    if (columns == NULL)
        return;
    if (columns->count < 2 || columns->count > TRACE_COLUMNS_MOST) {
        model__mistake(l, columns, "range", "a trace has 2 to %d columns", TRACE_COLUMNS_MOST);
        return;
    }
    size_t before = l->mistakes;
    t->columns = NEW_MANY(l->arena, columns->count, struct trace_column);
    for (const struct json *v = columns->first; v != NULL; v = v->next)
        read_column(l, v, t);
    if (l->mistakes == before)
        check_ways(l, columns, t);
}

void model__traces(struct loader *l, size_t count)
{
    struct model *m = l->model;
    m->traces = NEW_MANY(l->arena, count, struct trace_plan);
    for (size_t i = 0; i < l->source_count; i++) {
        const struct source *s = &l->sources[i];
        if (s->type != FILE_TRACE || !s->in_force)
            continue;
        l->file = s;
        if (m->trace_count == TRACES_MOST) {
            model__mistake(l, s->root, "range", "there are at most %d traces", TRACES_MOST);
            return;
        }
        read_trace(l, s, &m->traces[m->trace_count]);
        m->trace_count++;
    }
}

/* ---- for people outside -------------------------------------------------------------------
 */
static void put_text_at(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

/* As the file has it: "kind" and "via", or "field"; "to" in both. */
static void put_link(struct json_out *o, const struct trace_link *link)
{
    json_open(o, '{');
    put_text_at(o, "to", link->to->name);
    put_text_at(o, link->reverse ? "via" : "field", link->field->name);
    if (link->gap.en.len > 0)
        model__put_words_at(o, "gap", link->gap);
    json_close(o, '}');
}

static void put_column(struct json_out *o, const struct trace_column *c)
{
    json_open(o, '{');
    put_text_at(o, "kind", c->kind->name);
    if (c->band != NULL)
        put_text_at(o, "band", c->band->name);
    json_key(o, "begins");
    json_put_bool(o, c->begins);
    json_key(o, "links");
    json_open(o, '[');
    for (size_t i = 0; i < c->link_count; i++)
        put_link(o, &c->links[i]);
    json_close(o, ']');
    json_close(o, '}');
}

void model__put_trace(struct json_out *o, const struct trace_plan *t)
{
    json_open(o, '{');
    put_text_at(o, "trace", t->name);
    model__put_words_at(o, "title", t->title);
    model__put_words_at(o, "about", t->about);
    json_key(o, "columns");
    json_open(o, '[');
    for (size_t i = 0; i < t->column_count; i++)
        put_column(o, &t->columns[i]);
    json_close(o, ']');
    json_close(o, '}');
}
