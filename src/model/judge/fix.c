/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/fix.c — what mends what a check finds: for each reason one act, and where it is
 * done. A page makes a button of it; the engine does nothing with it. */
#include "model/internal.h"

#define NOTHING "nothing" /* there is nothing yet that the check could look at */

struct named { /* the kinds of what breaks the check */
    const struct kind *kinds[16];
    size_t count;
    bool unsure; /* one is unknown, which is told already */
};

static void note_kind(const struct sql *q, struct text value, const void *arg)
{
    struct named *n = *(struct named *const *)arg;
    const struct kind *k = model_kind(q->l->model, value);
    if (k != NULL && n->count < COUNT(n->kinds))
        n->kinds[n->count++] = k;
    n->unsure = n->unsure || (k == NULL && !text_is(value, "requirement"));
}

static const struct kind *kind_at(struct loader *l, const struct json *v, const char *key)
{
    struct text name = model__text(l, v, key, false);
    const struct kind *k = name.len > 0 ? model_kind(l->model, name) : NULL;
    if (name.len > 0 && k == NULL)
        model__mistake(l, json_get(v, key), "unknown", "unknown kind \"%.*s\"", TEXT_ARG(name));
    return k;
}

/* ---- a new record, or a list ------------------------------------------------------------- */
static bool people_fill_in(const struct field *f)
{
    return !f->system && f->computed == NULL && ~f->fixed_in != 0;
}

static void check_value(struct loader *l, const struct field *f, const struct json *v)
{
    struct text said = json_text(v);
    if (text_same(said, TEXT("$id"))) {
        if (f->target != TO_KIND && f->target != TO_REQUIREMENT)
            model__mistake(l, v, "value", "\"$id\" needs a field that refers to a record");
    } else if (f->target == TO_REQUIREMENT) {
        if (model_requirement(l->model, said) == NULL)
            model__mistake(l, v, "unknown", "no framework has the row \"%.*s\"",
                           TEXT_ARG(said));
    } else if (f->target == TO_ROLE) {
        if (model_role(l->model, said) == NULL)
            model__mistake(l, v, "unknown", "unknown role \"%.*s\"", TEXT_ARG(said));
    } else if (!field_fits(f, v)) {
        model__mistake(l, v, "value", "no value of \"%.*s\"", TEXT_ARG(f->name));
    }
}

/* What a new record begins with, or what a list is narrowed by. */
static void check_set(struct loader *l, const struct kind *k, bool make, const struct json *v)
{
    const struct field *f = kind_field(k, v->key);
    if (f == NULL)
        model__mistake(l, v, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(v->key));
    else if (make && !people_fill_in(f))
        model__mistake(l, v, "fixed", "\"%.*s\" is nothing that people fill in",
                       TEXT_ARG(f->name));
    else if (v->type == JSON_LIST)
        for (const struct json *one = v->first; one != NULL; one = one->next)
            check_value(l, f, one);
    else
        check_value(l, f, v);
}

static void read_set(struct loader *l, const struct json *v, struct fix *fix)
{
    const struct json *set = model__object(l, v, "set", false);
    const struct kind *k = fix->create != NULL ? fix->create : fix->list;
    if (fix->create != NULL && fix->list != NULL)
        model__mistake(l, v, "unknown", "\"create\" or \"list\", not both");
    if (set != NULL && k == NULL)
        model__mistake(l, set, "unknown", "\"set\" needs \"create\" or \"list\"");
    if (set == NULL || k == NULL)
        return;
    fix->set = set;
    for (const struct json *one = set->first; one != NULL; one = one->next)
        check_set(l, k, fix->create != NULL, one);
}

/* ---- what breaks it ---------------------------------------------------------------------- */
static void read_fill(struct loader *l, const struct json *v, const struct named *n,
                      struct fix *fix)
{
    const struct json *at = json_get(v, "fill");
    bool found = n->unsure;
    fix->fill = model__text(l, v, "fill", false);
    for (size_t i = 0; fix->fill.len > 0 && i < n->count; i++) {
        const struct field *f = kind_field(n->kinds[i], fix->fill);
        found = found || (f != NULL && people_fill_in(f));
    }
    if (fix->fill.len > 0 && n->count == 0 && !n->unsure &&
        l->model->kind_count > 0) { /* of any register: what all have */
        const struct field *f = kind_field(&l->model->kinds[0], fix->fill);
        found = f != NULL && f->envelope && people_fill_in(f);
    }
    if (fix->fill.len > 0 && !found)
        model__mistake(l, at, "unknown",
                       "nothing that breaks the check has the field \"%.*s\" for people to "
                       "fill in",
                       TEXT_ARG(fix->fill));
}

static void read_moves(struct loader *l, const struct json *v, const struct named *n,
                       struct fix *fix)
{
    if (!model__texts(l, v, "move", false, &fix->moves, &fix->move_count))
        return;
    for (size_t m = 0; m < fix->move_count; m++) {
        bool found = n->unsure;
        for (size_t i = 0; i < n->count; i++) {
            const struct move *move = kind_move(n->kinds[i], fix->moves[m]);
            found = found || (move != NULL && !move->automatic);
        }
        if (!found)
            model__mistake(l, json_get(v, "move"), "unknown",
                           "nothing that breaks the check has the move \"%.*s\" for people",
                           TEXT_ARG(fix->moves[m]));
    }
}

static void read_one(struct loader *l, const struct json *v, const struct named *n,
                     struct fix *fix)
{
    if (!model__keys(l, v, "say title create set fill move list"))
        return;
    bool nothing = text_is(v->key, NOTHING);
    fix->there = true;
    fix->say = model__words(l, v, "say", nothing);
    fix->title = model__words(l, v, "title", false);
    fix->create = kind_at(l, v, "create");
    fix->list = kind_at(l, v, "list");
    read_set(l, v, fix);
    read_fill(l, v, n, fix);
    read_moves(l, v, n, fix);
    if (!nothing && json_get(v, "say") != NULL)
        model__mistake(l, json_get(v, "say"), "unknown", "a reason says it already");
    if (nothing && (fix->fill.len > 0 || fix->move_count > 0))
        model__mistake(l, v, "unknown", "there is no record to fill in or move yet");
    if (nothing && fix->create == NULL && fix->list == NULL)
        model__mistake(l, v, "required", "needs \"create\" or \"list\"");
}

static struct fix *fix_of(struct check *c, struct text reason)
{
    if (text_is(reason, NOTHING))
        return &c->nothing;
    for (size_t i = 0; i < c->reason_count; i++)
        if (text_same(c->reasons[i].code, reason))
            return &c->reasons[i].fix;
    return NULL;
}

void model__fixes(struct loader *l, const struct json *root, const struct sql *breaks,
                  struct check *c)
{
    struct named n = {0};
    struct named *told = &n;
    const struct json *fixes = model__object(l, root, "fix", false);
    if (fixes == NULL)
        return;
    (void)model__column(breaks, "kind", note_kind, &told);
    for (const struct json *v = fixes->first; v != NULL; v = v->next) {
        struct fix *fix = fix_of(c, v->key);
        if (fix == NULL)
            model__mistake(l, v, "unknown", "\"%.*s\" is not in \"reasons\"", TEXT_ARG(v->key));
        else
            read_one(l, v, &n, fix);
    }
}

/* ---- as JSON ----------------------------------------------------------------------------- */
static void put_act(struct json_out *o, const struct fix *fix)
{
    if (fix->create != NULL) {
        json_key(o, "create");
        json_put_text(o, fix->create->name);
    }
    if (fix->set != NULL) {
        json_key(o, "set");
        json_put_json(o, fix->set);
    }
    if (fix->fill.len > 0) {
        json_key(o, "fill");
        json_put_text(o, fix->fill);
    }
    if (fix->move_count > 0)
        model__put_texts_at(o, "move", fix->moves, fix->move_count);
    if (fix->list != NULL) {
        json_key(o, "list");
        json_put_text(o, fix->list->name);
    }
}

void fix_json(const struct fix *fix, struct json_out *o)
{
    json_open(o, '{');
    if (fix->title.en.len > 0)
        model__put_words_at(o, "title", fix->title);
    put_act(o, fix);
    json_close(o, '}');
}
