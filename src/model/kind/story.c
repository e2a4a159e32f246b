/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/story.c — what the page of a record tells of it: the states that are its life,
 * which other records are cards beside it, and which days stand on its line of time. The pages
 * draw it; the engine does nothing with it. */
#include "model/internal.h"

/* Each card is a list that one answer has to make (api/story.c). */
#define CARDS_MOST 9
#define CARD_FIELDS_MOST                                                                       \
    3 /* cards that are fields of the record itself: they cost no question */

/* What not everybody reads is part of no story. */
static const struct field *field_of(struct loader *l, const struct kind *k,
                                    const struct json *name)
{
    const struct field *f = kind_field(k, json_text(name));
    if (!model__is_text(l, name))
        return NULL;
    if (f == NULL)
        model__mistake(l, name, "unknown", "there is no field \"%.*s\"",
                       TEXT_ARG(json_text(name)));
    else if (f->guarded)
        model__mistake(l, name, "guarded", "\"%.*s\" is not for everybody who reads the record",
                       TEXT_ARG(json_text(name)));
    else
        return f;
    return NULL;
}

static void check_dates(struct loader *l, const struct kind *k, const struct json *of)
{
    const struct json *dates = model__list(l, of, "dates", false);
    for (const struct json *one = dates == NULL ? NULL : dates->first; one != NULL;
         one = one->next) {
        const struct field *f = field_of(l, k, one);
        if (f != NULL && (f->many || !field_is_time(f)))
            model__mistake(l, one, "type",
                           "\"dates\" must be dates or moments; \"%.*s\" is not",
                           TEXT_ARG(f->name));
    }
}

/* Of these days, those that stand beside its figures, too. */
static void check_marks(struct loader *l, const struct json *of)
{
    const struct json *marks = model__list(l, of, "marks", false),
                      *dates = json_get(of, "dates");
    for (const struct json *one = marks == NULL ? NULL : marks->first; one != NULL;
         one = one->next) {
        bool told = false;
        for (const struct json *date = dates == NULL ? NULL : dates->first;
             date != NULL && !told; date = date->next)
            told = text_same(json_text(date), json_text(one));
        if (!told)
            model__mistake(l, one, "unknown", "\"%.*s\" is none of its \"dates\"",
                           TEXT_ARG(json_text(one)));
    }
}

static bool refers_to(const struct field *f, const struct kind *k)
{
    return f->target_kind == k &&
           (f->type->refers == REFERS_ONE || f->type->refers == REFERS_MANY);
}

/* Records of another kind that name this one. */
static void check_related(struct loader *l, const struct kind *k, const struct json *card)
{
    struct text name = model__text(l, card, "kind", true);
    const struct kind *other = model_kind(l->model, name);
    const struct json *via = json_get(card, "via"), *worst = json_get(card, "worst");
    if (name.len == 0 || !model__text(l, card, "via", true).len)
        return;
    if (other == NULL) {
        model__mistake(l, json_get(card, "kind"), "unknown", "there is no kind \"%.*s\"",
                       TEXT_ARG(name));
        return;
    }
    const struct field *f = field_of(l, other, via);
    if (f != NULL && !refers_to(f, k))
        model__mistake(l, via, "type", "\"via\" must be a ref to %.*s; \"%.*s\" is not",
                       TEXT_ARG(k->name), TEXT_ARG(f->name));
    f = worst == NULL ? NULL : field_of(l, other, worst);
    if (f != NULL && (f->many || f->type->written != WRITTEN_OPTION))
        model__mistake(l, worst, "type", "\"worst\" must be a choice; \"%.*s\" is not",
                       TEXT_ARG(f->name));
    check_dates(l, other, card);
    check_marks(l, card);
}

/* Records that this one names. */
static void check_own(struct loader *l, const struct kind *k, const struct json *card)
{
    const struct json *name = json_get(card, "field");
    const struct field *f = field_of(l, k, name);
    if (f != NULL && (f->target_kind == NULL ||
                      (f->type->refers != REFERS_ONE && f->type->refers != REFERS_MANY)))
        model__mistake(l, name, "type", "\"field\" must be a ref to a kind; \"%.*s\" is not",
                       TEXT_ARG(f->name));
}

static void check_card(struct loader *l, const struct kind *k, const struct json *card,
                       struct map *seen)
{
    bool own = card->type == JSON_OBJECT && json_get(card, "field") != NULL;
    if (!model__keys(l, card, own ? "field" : "kind via worst dates marks"))
        return;
    struct text name =
        own ? json_text(json_get(card, "field"))
            : text_print(l->scrap, "%.*s %.*s", TEXT_ARG(json_text(json_get(card, "kind"))),
                         TEXT_ARG(json_text(json_get(card, "via"))));
    if (!map_add(seen, name, 0))
        model__mistake(l, card, "twice", "this card is given twice");
    else if (own)
        check_own(l, k, card);
    else
        check_related(l, k, card);
}

static void check_cards(struct loader *l, const struct kind *k, const struct json *story)
{
    const struct json *cards = model__list(l, story, "cards", true);
    struct map *seen = map_in(l->scrap);
    size_t asked = 0, named = 0;
    for (const struct json *one = cards == NULL ? NULL : cards->first; one != NULL;
         one = one->next) {
        *(json_get(one, "field") == NULL ? &asked : &named) += 1;
        if (asked > CARDS_MOST || named > CARD_FIELDS_MOST) {
            model__mistake(l, one, "too_many",
                           "a story has at most %d cards of other kinds and %d of "
                           "its own fields",
                           CARDS_MOST, CARD_FIELDS_MOST);
            return;
        }
        check_card(l, k, one, seen);
    }
}

static void check_life(struct loader *l, const struct kind *k, const struct json *story)
{
    struct text *life;
    size_t count;
    if (!model__texts(l, story, "life", true, &life, &count))
        return;
    const struct json *one = json_get(story, "life")->first;
    for (size_t i = 0; i < count; i++, one = one->next)
        if (kind_state(k, life[i]) < 0)
            model__mistake(l, one, "unknown", "there is no state \"%.*s\"", TEXT_ARG(life[i]));
}

void model__story(struct loader *l, const struct json *root, struct kind *k)
{
    const struct json *story = model__object(l, root, "story", false);
    if (story == NULL || !model__keys(l, story, "life dates marks cards"))
        return;
    k->story = story;
    check_life(l, k, story);
    check_dates(l, k, story);
    check_marks(l, story);
    check_cards(l, k, story);
}
