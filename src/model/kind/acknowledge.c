/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/acknowledge.c — "acknowledge": records of the kind ask people to acknowledge them
 * while they are in one state. What asks, and the quiz, must not change in that state: each
 * stay in it is an edition, and people acknowledge that. What happens with it:
 * record/acknowledge.c. */
#include "model/internal.h"

static const char keys[] = "state if audience units roles within quiz shown";

static const struct field *the_field(struct loader *l, const struct kind *k,
                                     const struct json *v, const char *key, bool must)
{
    struct text name = model__text(l, v, key, must);
    const struct field *f = kind_field(k, name);
    if (name.len > 0 && f == NULL)
        model__mistake(l, json_get(v, key), "unknown", "%.*s has no field \"%.*s\"",
                       TEXT_ARG(k->name), TEXT_ARG(name));
    return f;
}

static bool has_options(const struct field *f)
{
    static const char *const all[] = {"everybody", "units", "roles"};
    if (f == NULL || f->type != &type_choice || f->many || f->scale == NULL ||
        f->scale->count != COUNT(all))
        return false;
    for (size_t i = 0; i < COUNT(all); i++)
        if (scale_option(f->scale, text_of(all[i])) == NULL)
            return false;
    return true;
}

static void read_audience(struct loader *l, const struct kind *k, const struct json *v,
                          struct asks *a)
{
    const struct field *audience = the_field(l, k, v, "audience", true);
    a->wanted = the_field(l, k, v, "if", false);
    a->units = the_field(l, k, v, "units", true);
    a->roles = the_field(l, k, v, "roles", true);
    if (a->wanted != NULL && a->wanted->type != &type_yes_no)
        model__mistake(l, json_get(v, "if"), "type", "\"if\" names a yes_no field");
    if (!has_options(audience))
        model__mistake(l, json_get(v, "audience"), "type",
                       "\"audience\" names a choice of everybody, units and roles");
    else
        a->audience = audience;
    if (a->units == NULL || a->units->type != &type_refs || a->units->target_kind == NULL ||
        !text_is(
            json_text(json_get(l->drafts[a->units->target_kind->index].source->root, "is")),
            "unit_tree"))
        model__mistake(l, json_get(v, "units"), "type", "\"units\" names refs to units");
    if (a->roles == NULL || a->roles->type != &type_refs || a->roles->target != TO_ROLE)
        model__mistake(l, json_get(v, "roles"), "type", "\"roles\" names refs to roles");
    model__for_all(l, v, a->wanted);
    model__for_all(l, v, audience);
    model__for_all(l, v, a->units);
    model__for_all(l, v, a->roles);
}

static const struct field *column(const struct field *f, struct text name)
{
    for (size_t i = 0; i < f->column_count; i++)
        if (text_same(f->columns[i].name, name))
            return &f->columns[i];
    return NULL;
}

static bool is_words(const struct field *c)
{
    return c != NULL && (c->type == &type_text || c->type == &type_note);
}

/* A question, which of the other columns is the right answer, and why. */
static bool is_quiz(const struct field *f, const struct field **right)
{
    *right = column(f, TEXT("answer"));
    if (!is_words(column(f, TEXT("question"))) || !is_words(column(f, TEXT("why"))) ||
        !is_words(column(f, TEXT("place"))) || *right == NULL ||
        (*right)->type != &type_choice || (*right)->scale == NULL)
        return false;
    for (size_t i = 0; i < (*right)->scale->count; i++)
        if (!is_words(column(f, (*right)->scale->options[i].value)))
            return false;
    return true;
}

static void read_quiz(struct loader *l, const struct kind *k, const struct json *v,
                      struct asks *a)
{
    const struct field *f = the_field(l, k, v, "quiz", false);
    if (f == NULL)
        return;
    if (f->type->form != FORM_ROWS || !is_quiz(f, &a->right))
        model__mistake(l, json_get(v, "quiz"), "type",
                       "\"quiz\" names rows with the columns \"question\", \"why\" and "
                       "\"place\", \"answer\" (a choice), and a column for each of its values");
    else if (f->read.count == 0)
        model__mistake(l, json_get(v, "quiz"), "read",
                       "the quiz says who may read it (\"read\"): it tells the answers");
    else
        a->quiz = f;
}

/* Nothing of it changes while the record is in that state. */
static void check_fixed(struct loader *l, const struct kind *k, const struct json *v,
                        const struct asks *a)
{
    const struct field *all[] = {a->wanted, a->audience, a->units, a->roles, a->quiz};
    for (size_t i = 0; i < COUNT(all); i++) {
        if (all[i] == NULL)
            continue;
        if (all[i]->always || all[i]->computed)
            model__mistake(l, v, "fixed",
                           "\"%.*s\" is computed or always open: people must "
                           "acknowledge what stands still",
                           TEXT_ARG(all[i]->name));
        for (size_t n = 0; n < k->move_count; n++) {
            const struct move *m = &k->moves[n];
            if (m->to != a->state || !(m->from >> a->state & 1))
                continue;
            for (size_t q = 0; q < m->ask_count; q++)
                if (text_same(m->asks[q], all[i]->name))
                    model__mistake(l, v, "fixed",
                                   "the move \"%.*s\" changes \"%.*s\" without a new edition",
                                   TEXT_ARG(m->name), TEXT_ARG(all[i]->name));
        }
    }
}

void model__acknowledge(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    struct asks *a = &k->asks;
    l->file = d->source;
    const struct json *v = model__object(l, d->source->root, "acknowledge", false);
    if (v == NULL || !model__keys(l, v, keys))
        return;
    struct duration t;
    ptrdiff_t state = kind_state(k, model__text(l, v, "state", true));
    if (state < 0 || !k->states[state].locked || k->states[state].end)
        model__mistake(l, json_get(v, "state"), "unknown",
                       "\"state\" is a locked state of %.*s that is no end", TEXT_ARG(k->name));
    else
        a->state = (size_t)state;
    if (!duration_read(model__text(l, v, "within", true), &t) || t.before || t.working_days ||
        t.seconds || t.months || t.days < 1)
        model__mistake(l, json_get(v, "within"), "duration",
                       "\"within\" is how long people have, in whole days: P30D");
    a->days = t.days;
    read_audience(l, k, v, a);
    read_quiz(l, k, v, a);
    model__who(l, k, model__list(l, v, "shown", true), WHO_ROLES | WHO_RELATIONS, &a->shown);
    check_fixed(l, k, v, a);
}
