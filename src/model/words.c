/* SPDX-License-Identifier: Apache-2.0 */
/* model/words.c — every text in both languages.
 * The files are written in English; words/zh.json gives the Chinese twin of each whole text. A
 * text without a twin is shown in English and remembered, so that `model check` can list it. */
#include "model/internal.h"

struct text words_in(struct words w, enum lang lang)
{
    return lang == LANG_ZH && w.zh.len > 0 ? w.zh : w.en;
}

struct words words_said(const char *english)
{
    return (struct words){text_of(english), text_of(say_in(LANG_ZH, english))};
}

static void add_twin(struct loader *l, const struct json *v)
{
    if (v->type != JSON_TEXT || v->text.len == 0) {
        model__mistake(l, v, "type", "the Chinese of \"%.*s\" must be text",
                       TEXT_ARG(text_slice(v->key, 0, v->key.len < 80 ? v->key.len : 80)));
        return;
    }
    const struct twin *known = map__get(l->chinese, v->key);
    if (known != NULL && l->file->site && !known->file->site)
        return; /* a release that comes to say the same in other Chinese keeps no site from starting */
    if (known != NULL && !text_same(known->zh, v->text)) {
        model__mistake(l, v, "clash", "this text has other Chinese at %.*s:%u",
                       TEXT_ARG(known->file->shown), known->source->line);
        return;
    }
    struct twin *t = NEW(l->scrap, struct twin);
    *t = (struct twin){v->text, v, l->file};
    map__put(l->chinese, v->key, t);
}

void model__dictionary(struct loader *l, const struct source *s)
{
    l->file = s;
    if (s->root->type != JSON_OBJECT) {
        model__mistake(l, s->root, "type", "must be an object: English to Chinese");
        return;
    }
    for (const struct json *v = s->root->first; v != NULL; v = v->next)
        add_twin(l, v);
}

/* Numbers and signs need no translation. */
static bool has_letters(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((t.at[i] >= 'a' && t.at[i] <= 'z') || (t.at[i] >= 'A' && t.at[i] <= 'Z'))
            return true;
    return false;
}

static void remember(struct arena *a, struct model *m, struct text en)
{
    size_t count = m->untranslated_count;
    if (count == 0 || (count >= 32 && (count & (count - 1)) == 0)) {
        struct text *more = NEW_MANY(a, count == 0 ? 32 : 2 * count, struct text);
        for (size_t i = 0; i < count; i++)
            more[i] = m->untranslated[i];
        m->untranslated = more;
    }
    m->untranslated[m->untranslated_count++] = en;
}

struct words model__translate(struct loader *l, struct text en)
{
    struct words w = {.en = en};
    struct model *m = l->model;
    const struct twin *t = en.len == 0 ? NULL : map__get(l->chinese, en);
    if (t != NULL) {
        w.zh = t->zh;
        return w;
    }
    if (!has_letters(en) || map__get(l->without, en) != NULL)
        return w;
    map__put(l->without, en, l->model);
    remember(l->arena, m, en);
    return w;
}
