/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/makes.c — records that a move makes: of which kind, with which values, one a move or one
 * a row, and where their ids are kept. What is checked here cannot fail when somebody makes the
 * move: the fields exist, the types agree, what the new record needs to begin is there, and no kind
 * makes itself over any number of steps. */
#include "model/internal.h"

static const struct field *column(const struct field *rows, struct text name)
{
    for (size_t i = 0; rows != NULL && i < rows->column_count; i++)
        if (text_same(rows->columns[i].name, name))
            return &rows->columns[i];
    return NULL;
}

/* Every value that `from` can have is one of `to`; a text that is too long is cut when it is
 * made. One is taken where several may stand, and of a choice its words where a text is wanted.
 */
static bool agrees(const struct field *to, const struct field *from)
{
    if (to->type->most && from->type->written == WRITTEN_OPTION)
        return !to->many && !from->many && from->scale != NULL;
    if (to->type == &type_refs && from->type == &type_ref)
        return to->target == from->target && to->target_kind == from->target_kind;
    if (to->many && !from->many && to->type->written == WRITTEN_OPTION) {
        struct field one = *to;
        one.many = false;
        return agrees(&one, from);
    }
    if (to->type->most && from->type->most)
        return !to->many && !from->many &&
               (to->type->written == WRITTEN_LINES || to->type == from->type);
    if (to->type != from->type || to->many != from->many || to->target != from->target ||
        to->target_kind != from->target_kind)
        return false;
    for (size_t i = 0;
         to->type->written == WRITTEN_OPTION && from->scale && i < from->scale->count; i++)
        if (to->scale == NULL || scale_option(to->scale, from->scale->options[i].value) == NULL)
            return false;
    return to->type->written != WRITTEN_JSON;
}

static void read_source(struct loader *l, const struct kind *k, struct make *make,
                        const struct json *v, struct make_value *out)
{
    struct make_source *s = &out->from[out->from_count];
    struct text name = text_from(json_text(v), 1);
    s->about = text_ends(name, ".about");
    if (s->about)
        name = text_slice(name, 0, name.len - 6);
    s->column = column(make->each, name);
    s->field = s->column == NULL ? kind_field(k, name) : NULL;
    s->itself = s->column == NULL && text_is(name, "id") && out->field->target_kind == k;
    if (s->itself) {
        s->field = NULL;
        out->from_count++;
        return;
    }
    const struct field *from = s->column != NULL ? s->column : s->field;
    if (from == NULL || !agrees(out->field, from) ||
        (s->about && from->type->written != WRITTEN_OPTION))
        model__mistake(l, v, "value", "\"$%.*s\" is no column and no field that fits \"%.*s\"",
                       TEXT_ARG(name), TEXT_ARG(out->field->name));
    else
        out->from_count++;
}

static bool is_source(const struct json *v)
{
    return v->type == JSON_TEXT && text_starts(v->text, "$");
}

static bool literal_fits(const struct field *f, const struct json *v)
{
    struct text t = json_text(v);
    if (f->type == &type_date && (text_is(t, "@today") || model__days_ahead(t) >= 0))
        return true;
    return !f->many && field_fits(f, v);
}

/* A value, "$field", "$column", or a list of these: the first that is not empty. */
static void read_value(struct loader *l, const struct kind *k, struct make *make,
                       const struct json *v)
{
    const struct field *f = kind_field(make->kind, v->key);
    struct make_value *out = &make->values[make->value_count];
    if (f == NULL || f->system || f->computed != NULL) {
        model__mistake(l, v, "unknown", "%.*s has no field \"%.*s\" that can be filled in",
                       TEXT_ARG(make->kind->name), TEXT_ARG(v->key));
        return;
    }
    *out = (struct make_value){.field = f};
    if (is_source(v))
        read_source(l, k, make, v, out);
    else if (v->type == JSON_LIST && v->count > 0 && v->count <= COUNT(out->from))
        for (const struct json *one = v->first; one != NULL; one = one->next)
            if (is_source(one))
                read_source(l, k, make, one, out);
            else
                model__mistake(l, one, "value", "a list names fields and columns: \"$name\"");
    else if (literal_fits(f, v))
        out->value = v;
    else
        model__mistake(l, v, "value", "is no value of the field \"%.*s\"", TEXT_ARG(f->name));
    make->value_count++;
}

static bool is_given(const struct make *make, const struct field *f)
{
    for (size_t i = 0; i < make->value_count; i++)
        if (make->values[i].field == f)
            return true;
    return f->fallback != NULL;
}

static void read_link(struct loader *l, const struct kind *k, const struct json *v,
                      struct make *make)
{
    const struct json *link = json_get(v, "link");
    if (link == NULL)
        return;
    const struct field *f = kind_field(k, json_text(link));
    if (f == NULL || f->computed != NULL || f->target_kind != make->kind ||
        (f->type != &type_refs && (f->type != &type_ref || make->each != NULL)))
        model__mistake(l, link, "unknown", "\"%.*s\" is no field that can refer to %s of the kind %.*s",
                       TEXT_ARG(json_text(link)), make->each ? "all records" : "the record",
                       TEXT_ARG(make->kind->name));
    make->link = f;
}

static void read_each(struct loader *l, const struct kind *k, const struct json *v,
                      struct make *make)
{
    const struct json *each = json_get(v, "each");
    if (each == NULL)
        return;
    make->each = kind_field(k, json_text(each));
    if (make->each == NULL || make->each->type != &type_rows) {
        model__mistake(l, each, "unknown", "%.*s has no rows \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(json_text(each)));
        make->each = NULL;
    }
}

/* "conditions", or "conditions $due": once for each value of the field. */
static void read_key(struct loader *l, const struct kind *k, const struct json *v,
                     struct make *make)
{
    struct text rest = model__text(l, v, "key", true);
    const struct json *at = json_get(v, "key");
    make->key = text_cut(&rest, ' ');
    if (!model__name_ok(make->key))
        model__mistake(l, at, "name", "\"%.*s\" is not a name", TEXT_ARG(make->key));
    while (rest.len > 0) {
        struct text name = text_cut(&rest, ' ');
        const struct field *f =
            text_starts(name, "$") ? kind_field(k, text_from(name, 1)) : NULL;
        if (f == NULL || make->again_count == COUNT(make->again))
            model__mistake(l, at, "unknown", "a key is a name and at most %zu fields: \"$due\"",
                           COUNT(make->again));
        else
            make->again[make->again_count++] = f;
    }
}

/* By what one tells that it is there already, whoever made it. */
static void read_once(struct loader *l, const struct json *v, struct make *make)
{
    const struct json *once = json_get(v, "once");
    if (once == NULL)
        return;
    make->once = kind_field(make->kind, json_text(once));
    if (make->once == NULL || make->once->type != &type_text || make->once->many ||
        !make->once->indexed || !is_given(make, make->once))
        model__mistake(l, once, "unknown", "\"%.*s\" is no indexed text that \"set\" gives",
                       TEXT_ARG(json_text(once)));
}

/* Of a move, or of an offer: then somebody makes it, once for each time they press the button. */
static bool read_make(struct loader *l, const struct kind *k, const struct json *v, bool offered,
                      struct make *make)
{
    if (!model__keys(
            l, v, offered ? "title kind set link when in" : "kind set each link key once when"))
        return false;
    struct text name = model__text(l, v, "kind", true);
    const struct json *set = model__object(l, v, "set", true);
    make->kind = model_kind(l->model, name);
    if (!offered)
        read_key(l, k, v, make);
    if (json_get(v, "when") != NULL)
        make->when = model__condition(l, k, json_get(v, "when"));
    if (make->kind == NULL) {
        model__mistake(l, json_get(v, "kind"), "unknown", "unknown kind \"%.*s\"", TEXT_ARG(name));
        return false;
    }
    read_each(l, k, v, make);
    read_link(l, k, v, make);
    make->values = NEW_MANY(l->arena, set == NULL ? 1 : set->count, struct make_value);
    for (const struct json *one = set == NULL ? NULL : set->first; one != NULL; one = one->next)
        read_value(l, k, make, one);
    read_once(l, v, make);
    return true;
}

void model__makes(struct loader *l, const struct kind *k, const struct json *v, struct move *m)
{
    const struct json *list = model__list(l, v, "makes", false);
    if (list == NULL)
        return;
    m->makes = NEW_MANY(l->arena, list->count, struct make);
    for (const struct json *one = list->first; one != NULL; one = one->next) {
        struct make *make = &m->makes[m->make_count];
        if (!read_make(l, k, one, false, make))
            continue;
        make->source = model__at(l, one);
        for (size_t i = 0; i < m->make_count; i++)
            if (text_same(m->makes[i].key, make->key))
                model__mistake(l, one, "twice", "the key \"%.*s\" is used twice", TEXT_ARG(make->key));
        m->make_count++;
    }
}

/* What the new record needs besides is asked of whoever creates it. */
void model__offers(struct loader *l, const struct json *root, struct kind *k)
{
    const struct json *list = model__list(l, root, "offers", false);
    if (list == NULL)
        return;
    if (list->count > OFFERS_MOST) {
        model__mistake(l, list, "too_many", "at most %d offers", OFFERS_MOST);
        return;
    }
    k->offers = NEW_MANY(l->arena, list->count, struct offer);
    for (const struct json *one = list->first; one != NULL; one = one->next) {
        struct offer *offer = &k->offers[k->offer_count];
        if (!read_make(l, k, one, true, &offer->make))
            continue;
        offer->title = model__words(l, one, "title", true);
        const struct json *in = model__list(l, one, "in", false);
        if (in != NULL)
            offer->in = model__state_set(l, k, in);
        k->offer_count++;
    }
}

void model__make_values(struct loader *l, const struct kind *k, const struct json *set,
                        struct make *make)
{
    make->kind = k;
    make->values = NEW_MANY(l->arena, set == NULL ? 1 : set->count, struct make_value);
    for (const struct json *one = set == NULL ? NULL : set->first; one != NULL; one = one->next)
        if (is_source(one) || one->type == JSON_LIST)
            model__mistake(l, one, "value",
                           "is a value, and nothing that is taken from a record");
        else
            read_value(l, k, make, one);
}

/* ---- once every kind is read ------------------------------------------------------------------ */
static void mistake(struct loader *l, const struct make *make, const char *code, struct text words)
{
    l->mistakes++;
    problem_at(l->call, ERR_INVALID, TEXT("makes"), code, make->source, words);
}

static void check_beginning(struct loader *l, const struct make *make)
{
    const struct kind *k = make->kind;
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        bool needed = f->required || f->required_in >> k->start & 1;
        if (needed && f->required_when == NULL && f->only == NULL && !f->system &&
            f->computed == NULL && !is_given(make, f))
            mistake(l, make, "required",
                    text_print(l->call->arena, "%.*s cannot begin without \"%.*s\"",
                               TEXT_ARG(k->name), TEXT_ARG(f->name)));
    }
}

static bool leads_to(const struct kind *from, const struct kind *to, const struct model *m, bool *seen)
{
    bool yes = false;
    if (seen[from - m->kinds])
        return false;
    seen[from - m->kinds] = true;
    for (size_t i = 0; i < from->move_count && !yes; i++)
        for (size_t j = 0; j < from->moves[i].make_count && !yes; j++) {
            const struct kind *made = from->moves[i].makes[j].kind;
            yes = made == to || leads_to(made, to, m, seen);
        }
    return yes;
}

static void check_circle(struct loader *l, const struct kind *k, const struct make *make)
{
    bool *seen = NEW_MANY(l->scrap, l->model->kind_count, bool);
    if (make->kind == k || leads_to(make->kind, k, l->model, seen))
        mistake(l, make, "circle",
                text_print(l->call->arena, "a %.*s that makes a %.*s would come to make another %.*s",
                           TEXT_ARG(k->name), TEXT_ARG(make->kind->name), TEXT_ARG(k->name)));
}

void model__makes_finish(struct loader *l)
{
    for (size_t i = 0; i < l->model->kind_count; i++) {
        const struct kind *k = &l->model->kinds[i];
        for (size_t n = 0; n < k->move_count; n++)
            for (size_t j = 0; j < k->moves[n].make_count; j++) {
                check_beginning(l, &k->moves[n].makes[j]);
                check_circle(l, k, &k->moves[n].makes[j]);
            }
    }
}
