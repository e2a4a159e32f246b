/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/glossary.c — the words of the trade in both languages, with what they mean. The
 * pages show them beside the texts of the model; the engine does nothing with them. */
#include "model/internal.h"

#define TERMS_MOST 1000

static bool is_id(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
            return false;
    }
    return t.len > 0 && t.len <= NAME_LIMIT;
}

/* No two terms are written alike: a word in a text means one of them. */
static void note_form(struct loader *l, struct by_name *forms, const struct json *v)
{
    if (v == NULL || !model__is_text(l, v))
        return;
    const struct json *known = map__get(forms, v->text);
    if (known != NULL)
        model__mistake(l, v, "twice", "\"%.*s\" is written at line %u already",
                       TEXT_ARG(v->text), known->line);
    else
        map__put(forms, v->text, v);
}

static void read_also(struct loader *l, struct by_name *forms, const struct json *term)
{
    static const char *const languages[] = {"en", "zh"};
    const struct json *also = model__object(l, term, "also", false);
    if (also == NULL || !model__keys(l, also, "en zh"))
        return;
    for (size_t i = 0; i < COUNT(languages); i++) {
        const struct json *list = model__list(l, also, languages[i], false);
        for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
            note_form(l, forms, v);
    }
}

static void read_kinds(struct loader *l, const struct json *term)
{
    const struct json *list = model__list(l, term, "kinds", false);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
        if (model_kind(l->model, json_text(v)) == NULL)
            model__mistake(l, v, "unknown", "unknown kind \"%.*s\"", TEXT_ARG(json_text(v)));
}

static bool says_both(const struct json *v)
{
    return v != NULL && v->type == JSON_OBJECT && v->count == 2 &&
           json_text(json_get(v, "en")).len > 0 && json_text(json_get(v, "zh")).len > 0;
}

static void read_term(struct loader *l, struct by_name *ids, struct by_name *forms,
                      const struct json *v)
{
    if (!model__keys(l, v, "id en zh also about source related kinds quiet"))
        return;
    struct text id = model__text(l, v, "id", true);
    const struct json *known = map__get(ids, id);
    if (!is_id(id))
        model__mistake(l, json_get(v, "id"), "name", "\"%.*s\" is not a-z, 0-9 and -",
                       TEXT_ARG(id));
    if (known != NULL)
        model__mistake(l, json_get(v, "id"), "twice", "\"%.*s\" is a term already, at line %u",
                       TEXT_ARG(id), known->line);
    map__put(ids, id, v);
    (void)model__text(l, v, "en", true);
    (void)model__text(l, v, "zh", true);
    (void)model__text(l, v, "source", true);
    (void)model__bool(l, v, "quiet");
    note_form(l, forms, json_get(v, "en"));
    note_form(l, forms, json_get(v, "zh"));
    read_also(l, forms, v);
    read_kinds(l, v);
    if (!says_both(json_get(v, "about")))
        model__mistake(l, v, "required", "\"about\" is {\"en\", \"zh\"}");
    l->model->terms[l->model->term_count++] = v;
}

/* Once all are known. */
static void check_related(struct loader *l, const struct by_name *ids, const struct json *term)
{
    const struct json *list = model__list(l, term, "related", false);
    for (const struct json *v = list == NULL ? NULL : list->first; v != NULL; v = v->next)
        if (map__get(ids, json_text(v)) == NULL)
            model__mistake(l, v, "unknown", "there is no term \"%.*s\"",
                           TEXT_ARG(json_text(v)));
}

static void read_file(struct loader *l, const struct source *s, struct by_name *ids,
                      struct by_name *forms)
{
    l->file = s;
    if (!model__keys(l, s->root, "glossary terms"))
        return;
    if (!model__called(s, model__text(l, s->root, "glossary", true)))
        model__mistake(l, json_get(s->root, "glossary"), "name",
                       "the file of a glossary is called NAME.json");
    const struct json *terms = model__list(l, s->root, "terms", true);
    for (const struct json *v = terms == NULL ? NULL : terms->first; v != NULL; v = v->next)
        if (l->model->term_count == TERMS_MOST)
            return model__mistake(l, v, "range", "there are at most %d terms", TERMS_MOST);
        else
            read_term(l, ids, forms, v);
}

void model__glossary(struct loader *l)
{
    struct by_name *ids = map__new(l->scrap), *forms = map__new(l->scrap);
    l->model->terms = NEW_MANY(l->arena, TERMS_MOST, const struct json *);
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].type == FILE_GLOSSARY && l->sources[i].in_force)
            read_file(l, &l->sources[i], ids, forms);
    for (size_t i = 0; i < l->source_count; i++) {
        const struct source *s = &l->sources[i];
        if (s->type != FILE_GLOSSARY || !s->in_force)
            continue;
        l->file = s;
        const struct json *terms = json_get(s->root, "terms");
        for (const struct json *v = terms == NULL ? NULL : terms->first; v != NULL; v = v->next)
            check_related(l, ids, v);
    }
}
