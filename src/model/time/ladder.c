/* SPDX-License-Identifier: Apache-2.0 */
/* model/time/ladder.c — ladders: who else is told when a clock was missed, rung by rung. One file serves
 * clocks of many kinds, so whom it names is looked at for each kind that uses it; a mistake is in the
 * ladder's own file and line all the same. */
#include "model/internal.h"

#define LADDERS_MOST 100

struct ladder {
    struct text name;
    const struct source *source;
    const struct json *rungs; /* NULL after a mistake */
};

static struct ladder *ladder_of(const struct loader *l, struct text name)
{
    for (size_t i = 0; i < l->ladder_count; i++)
        if (text_same(l->ladders[i].name, name))
            return &l->ladders[i];
    return NULL;
}

static bool rung_ok(struct loader *l, const struct json *v)
{
    struct duration d;
    const struct json *after = json_get(v, "after");
    if (!model__keys(l, v, "after tell"))
        return false;
    if (after == NULL || after->type != JSON_TEXT || !duration_read(after->text, &d) || d.before) {
        model__mistake(l, after == NULL ? v : after, "duration",
                       "\"after\" is how long after the clock: P1D, PT4H, or P2W for working days");
        return false;
    }
    return model__list(l, v, "tell", true) != NULL;
}

static void read_rungs(struct loader *l, const struct json *root, struct ladder *out)
{
    const struct json *list = model__list(l, root, "rungs", true);
    bool good = list != NULL;
    if (list != NULL && list->count > CLOCK_RUNGS_MOST) {
        model__mistake(l, list, "range", "a ladder has at most %d rungs", CLOCK_RUNGS_MOST);
        good = false;
    }
    for (const struct json *v = good ? list->first : NULL; v != NULL; v = v->next)
        good = rung_ok(l, v) && good;
    out->rungs = good ? list : NULL;
}

static void read_ladder(struct loader *l, const struct source *s, struct ladder *out)
{
    l->file = s;
    *out = (struct ladder){.source = s};
    if (!model__keys(l, s->root, "ladder title about rungs"))
        return;
    const struct json *v = json_get(s->root, "ladder");
    struct text name = model__text(l, s->root, "ladder", true);
    const struct ladder *known = ladder_of(l, name);
    model__words(l, s->root, "title", true);
    model__words(l, s->root, "about", true);
    read_rungs(l, s->root, out);
    if (name.len == 0)
        return;
    if (!model__name_ok(name))
        model__mistake(l, v, "name", "\"%.*s\" is not a name: a-z, 0-9 and _", TEXT_ARG(name));
    else if (!model__called(s, name))
        model__mistake(l, v, "name", "the file of a ladder is called NAME.json");
    else if (known != NULL)
        model__mistake(l, v, "clash", "\"%.*s\" is already a ladder: %.*s", TEXT_ARG(name),
                       TEXT_ARG(known->source->shown));
    out->name = name;
}

void model__ladders(struct loader *l, size_t count)
{
    l->ladders = NEW_MANY(l->scrap, count, struct ladder);
    for (size_t i = 0; i < l->source_count; i++) {
        if (l->sources[i].type != FILE_LADDER || !l->sources[i].in_force)
            continue;
        if (l->ladder_count == LADDERS_MOST) {
            l->file = &l->sources[i];
            model__mistake(l, l->file->root, "range", "there are at most %d ladders", LADDERS_MOST);
            return;
        }
        struct ladder one;
        read_ladder(l, &l->sources[i], &one);
        l->ladders[l->ladder_count++] = one;
    }
}

void model__rungs(struct loader *l, const struct kind *k, const struct json *name, struct clock *c)
{
    const struct ladder *ladder = ladder_of(l, json_text(name));
    const struct source *here = l->file;
    if (ladder == NULL) {
        model__mistake(l, name, "unknown", "unknown ladder \"%.*s\"", TEXT_ARG(json_text(name)));
        return;
    }
    if (ladder->rungs == NULL)
        return;
    l->file = ladder->source;
    c->rungs = NEW_MANY(l->arena, ladder->rungs->count, struct rung);
    for (const struct json *v = ladder->rungs->first; v != NULL; v = v->next) {
        struct rung *r = &c->rungs[c->rung_count++];
        if (!duration_read(json_text(json_get(v, "after")), &r->after))
            c->rung_count--;
        else
            model__who(l, k, json_get(v, "tell"), WHO_ROLES | WHO_RELATIONS | WHO_AS, &r->tell);
    }
    l->file = here;
}
