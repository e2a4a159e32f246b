/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/waiver.c — the kind that `is: waiver`: which duties may be waived in which
 * registers is a closed list in its file, and so are the bounds: how many people the
 * organisation has at most, and how long it lasts. What happens with it: record/waiver.c. */
#include "model/internal.h"

static bool is_many(const struct field *f)
{
    return f != NULL && f->type == &type_choice && f->many && f->scale != NULL;
}

static bool is_date(const struct field *f, bool must)
{
    return f != NULL && f->type == &type_date && (!must || f->required);
}

void model__waiver(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    const struct json *root = d->source->root, *waives = model__object(l, root, "waives", true);
    bool rests = false;
    for (size_t i = 0; i < k->state_count; i++)
        rests = rests || (k->states[i].rest && !k->states[i].end);
    if (!is_many(kind_field(k, TEXT("duties"))) || !is_many(kind_field(k, TEXT("kinds"))) ||
        !is_date(kind_field(k, TEXT("valid_from")), false) ||
        !is_date(kind_field(k, TEXT("valid_to")), true) || !rests)
        model__mistake(
            l, json_get(root, "is"), "unknown",
            "a waiver needs fields \"duties\" and \"kinds\": choice of many, dates "
            "\"valid_from\" and \"valid_to\" (which is required), and a state of rest "
            "that is no end");
    k->waives = (struct waives){2, 1};
    if (waives == NULL || !model__keys(l, waives, "people months"))
        return;
    model__integer(l, waives, "people", 2, 100, &k->waives.people);
    model__integer(l, waives, "months", 1, 12, &k->waives.months);
    if (l->model->waiver_kind == NULL)
        l->model->waiver_kind = k;
}

static bool has_duty(const struct kind *k, struct text code)
{
    for (size_t i = 0; i < k->move_count; i++) {
        const struct move *m = &k->moves[i];
        if (m->freezes != NULL && text_same(m->freezes->code, code))
            return true;
        for (size_t n = 0; n < m->duty_count; n++)
            if (text_same(m->duties[n].code, code))
                return true;
    }
    return false;
}

static void check_register(struct loader *l, const struct json *at, struct text name)
{
    const struct kind *k = model_kind(l->model, name);
    if (k == NULL)
        model__mistake(l, at, "unknown", "there is no kind \"%.*s\"", TEXT_ARG(name));
    else if (k->is.len > 0 || k->grants.in != 0)
        model__mistake(l, at, "who", "in \"%.*s\", by which is governed, no duty is waived",
                       TEXT_ARG(name));
}

/* When the moves of every kind are known. */
void model__waiver_finish(struct loader *l)
{
    const struct kind *waiver = l->model->waiver_kind;
    if (waiver == NULL)
        return;
    l->file = l->drafts[waiver->index].source;
    const struct json *fields = json_get(l->file->root, "fields");
    const struct json *at = json_get(fields, "kinds"), *duties_at = json_get(fields, "duties");
    const struct field *duties = kind_field(waiver, TEXT("duties"));
    const struct scale *kinds = kind_field(waiver, TEXT("kinds"))->scale;
    for (size_t i = 0; i < kinds->count; i++)
        check_register(l, at, kinds->options[i].value);
    for (size_t n = 0; n < duties->scale->count; n++) {
        bool found = false;
        for (size_t i = 0; i < kinds->count && !found; i++) {
            const struct kind *k = model_kind(l->model, kinds->options[i].value);
            found = k != NULL && has_duty(k, duties->scale->options[n].value);
        }
        if (!found)
            model__mistake(l, duties_at, "unknown",
                           "none of its registers has the duty \"%.*s\"",
                           TEXT_ARG(duties->scale->options[n].value));
    }
}
