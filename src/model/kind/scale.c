/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/scale.c — roles.json, scales.json and inline choice lists.
 * A choice list is the same struct whether it is shared or written inside one field, so nobody
 * downstream asks where it came from. */
#include "model/internal.h"

static const char *const tone_words[] = {
    [TONE_IDLE] = "idle", [TONE_PROGRESS] = "progress", [TONE_REVIEW] = "review",
    [TONE_OK] = "ok",     [TONE_WARN] = "warn",         [TONE_HIGH] = "high",
    [TONE_BAD] = "bad",   [TONE_REJECTED] = "rejected", [TONE_OFF] = "off",
    [TONE_INFO] = "info",
};

const char *tone_word(enum tone t)
{
    return tone_words[t];
}

bool model__tone(struct loader *l, const struct json *v, enum tone *out)
{
    for (size_t i = 0; v != NULL && v->type == JSON_TEXT && i < COUNT(tone_words); i++)
        if (text_is(v->text, tone_words[i])) {
            *out = (enum tone)i;
            return true;
        }
    model__mistake(l, v, "unknown",
                   "unknown tone; known: idle progress review ok warn high bad "
                   "rejected off info");
    return false;
}

const struct option *scale_option(const struct scale *s, struct text value)
{
    for (size_t i = 0; s != NULL && i < s->count; i++)
        if (text_same(s->options[i].value, value))
            return &s->options[i];
    return NULL;
}

static bool value_ok(struct text t)
{
    return t.len > 0 && t.len <= 60 && text_find(t, '|') < 0 && text_find(t, ',') < 0 &&
           text_same(text_trim(t), t);
}

/* tones and about speak only of values that exist. */
static void check_about_values(struct loader *l, const struct scale *s, const struct json *of)
{
    if (of == NULL)
        return;
    if (of->type != JSON_OBJECT) {
        model__mistake(l, of, "type", "must be an object");
        return;
    }
    for (const struct json *v = of->first; v != NULL; v = v->next) {
        if (scale_option(s, v->key) == NULL)
            model__mistake(l, v, "unknown", "\"%.*s\" is not a value of this list",
                           TEXT_ARG(v->key));
        if (v->type != JSON_TEXT)
            model__mistake(l, v, "type", "must be text");
    }
}

static void read_option(struct loader *l, const struct json *v, struct option *o)
{
    o->value = v->key;
    if (!value_ok(v->key))
        model__mistake(l, v, "name", "a value has 1 to 60 characters without | and ,");
    if (v->type != JSON_TEXT || v->text.len == 0)
        model__mistake(l, v, "type", "the title of \"%.*s\" must be text", TEXT_ARG(v->key));
    o->title = model__translate(l, json_text(v));
}

struct scale *model__scale(struct loader *l, struct text name, const struct json *of,
                           const struct json *tones, const struct json *about)
{
    struct scale *s = NEW(l->arena, struct scale);
    s->name = name;
    if (of == NULL || of->type != JSON_OBJECT || of->count == 0) {
        model__mistake(l, of, "type", "\"of\" must be an object with at least one value");
        return s;
    }
    s->options = NEW_MANY(l->arena, of->count, struct option);
    for (const struct json *v = of->first; v != NULL; v = v->next)
        read_option(l, v, &s->options[s->count++]);
    check_about_values(l, s, tones);
    check_about_values(l, s, about);
    for (size_t i = 0; i < s->count; i++) {
        struct option *o = &s->options[i];
        const char *value = text_c(l->scrap, o->value);
        const struct json *tone = tones == NULL ? NULL : json_get(tones, value);
        if (tone != NULL)
            model__tone(l, tone, &o->tone);
        if (about != NULL)
            o->about = model__translate(l, json_text(json_get(about, value)));
    }
    return s;
}

void model__scales(struct loader *l, const struct source *s)
{
    l->file = s;
    if (!model__keys(l, s->root, "scales"))
        return;
    const struct json *all = model__object(l, s->root, "scales", true);
    for (const struct json *v = all == NULL ? NULL : all->first; v != NULL; v = v->next) {
        if (!model__name_ok(v->key))
            model__mistake(l, v, "name", "\"%.*s\" is not a name", TEXT_ARG(v->key));
        if (!model__keys(l, v, "of tones about"))
            continue;
        const struct json *of = model__object(l, v, "of", true);
        if (of != NULL)
            map__put(l->scales, v->key,
                     model__scale(l, v->key, of, json_get(v, "tones"), json_get(v, "about")));
    }
}

static void read_role(struct loader *l, const struct json *v, struct role *r)
{
    r->name = v->key;
    if (!model__name_ok(v->key) || model__one_of(v->key, "everyone auto person requirement"))
        model__mistake(l, v, "name", "\"%.*s\" cannot name a role", TEXT_ARG(v->key));
    if (!model__keys(l, v,
                     "code title about approver sees_restricted sees_sensitive redacts holds "
                     "audits business"))
        return;
    r->code = model__text(l, v, "code", true);
    r->title = model__words(l, v, "title", true);
    r->about = model__words(l, v, "about", false);
    r->approver = model__bool(l, v, "approver");
    r->sees_restricted = model__bool(l, v, "sees_restricted");
    r->sees_sensitive = model__bool(l, v, "sees_sensitive");
    r->redacts = model__bool(l, v, "redacts");
    r->holds = model__bool(l, v, "holds");
    r->audits = model__bool(l, v, "audits");
    r->business = json_get(v, "business") == NULL || model__bool(l, v, "business");
}

static void demand_roles(struct loader *l, const struct json *all)
{
    static const char *const known[] = {ROLE_ADMIN_WORD, ROLE_STAFF_WORD, ROLE_MANAGER_WORD,
                                        ROLE_GUEST_WORD};
    for (size_t i = 0; i < COUNT(known); i++)
        if (model_role(l->model, text_of(known[i])) == NULL)
            model__mistake(l, all, "missing",
                           "the role \"%s\" must be there: the engine knows it", known[i]);
}

void model__roles(struct loader *l, const struct source *s)
{
    struct model *m = l->model;
    l->file = s;
    if (!model__keys(l, s->root, "roles"))
        return;
    const struct json *all = model__object(l, s->root, "roles", true);
    if (all == NULL)
        return;
    m->roles = NEW_MANY(l->arena, all->count, struct role);
    for (const struct json *v = all->first; v != NULL; v = v->next) {
        read_role(l, v, &m->roles[m->role_count]);
        for (size_t i = 0; i < m->role_count; i++)
            if (text_same(m->roles[i].code, m->roles[m->role_count].code))
                model__mistake(l, v, "twice", "the code %.*s belongs to %.*s",
                               TEXT_ARG(m->roles[i].code), TEXT_ARG(m->roles[i].name));
        m->role_count++;
    }
    demand_roles(l, all);
}
