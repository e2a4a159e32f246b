/* SPDX-License-Identifier: Apache-2.0 */
/* model/keys.c — taking members out of a JSON object, strictly.
 * Every getter notes its own mistake with file and line and then gives a harmless value, so
 * that callers read straight on and one run finds everything. */
#include "model/internal.h"

#include <stdio.h>

struct text model__at(const struct loader *l, const struct json *v)
{
    return text_print(l->arena, "%.*s:%u", TEXT_ARG(l->file->shown), v == NULL ? 1U : v->line);
}

void model__mistake(struct loader *l, const struct json *v, const char *code,
                    const char *format, ...)
{
    char sentence[600];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof(sentence), format, args);
    va_end(args);
    l->mistakes++;
    struct text field = v == NULL ? TEXT("") : v->key;
    (void)problem_at(l->call, ERR_INVALID, field, code, model__at(l, v), text_of(sentence));
}

bool model__one_of(struct text t, const char *words)
{
    struct text rest = text_of(words);
    while (rest.len > 0)
        if (text_same(text_cut(&rest, ' '), t))
            return true;
    return false;
}

bool model__keys(struct loader *l, const struct json *v, const char *allowed)
{
    if (v == NULL || v->type != JSON_OBJECT) {
        model__mistake(l, v, "type", "must be an object");
        return false;
    }
    for (const struct json *member = v->first; member != NULL; member = member->next)
        if (!model__one_of(member->key, allowed))
            model__mistake(l, member, "unknown_key", "unknown key \"%.*s\"; known here: %s",
                           TEXT_ARG(member->key), allowed);
    return true;
}

/* The member, or NULL with a mistake when it must be there. */
static const struct json *member(struct loader *l, const struct json *object, const char *key,
                                 bool must)
{
    const struct json *v = json_get(object, key);
    if (v == NULL && must)
        model__mistake(l, object, "required", "\"%s\" is missing", key);
    return v;
}

static bool is(struct loader *l, const struct json *v, enum json_type type, const char *what)
{
    if (v->type == type)
        return true;
    model__mistake(l, v, "type", "\"%.*s\" must be %s", TEXT_ARG(v->key), what);
    return false;
}

bool model__is_text(struct loader *l, const struct json *v)
{
    if (v->type == JSON_TEXT)
        return true;
    model__mistake(l, v, "type", "must be text");
    return false;
}

struct text model__text(struct loader *l, const struct json *object, const char *key, bool must)
{
    const struct json *v = member(l, object, key, must);
    if (v == NULL || !is(l, v, JSON_TEXT, "text"))
        return TEXT("");
    if (must && text_trim(v->text).len == 0)
        model__mistake(l, v, "required", "\"%s\" is empty", key);
    return v->text;
}

struct words model__words(struct loader *l, const struct json *object, const char *key,
                          bool must)
{
    return model__translate(l, model__text(l, object, key, must));
}

bool model__bool(struct loader *l, const struct json *object, const char *key)
{
    const struct json *v = json_get(object, key);
    if (v == NULL || v->type == JSON_FALSE)
        return false;
    return is(l, v, JSON_TRUE, "true or false");
}

bool model__integer(struct loader *l, const struct json *object, const char *key, int64_t least,
                    int64_t most, int64_t *out)
{
    const struct json *v = json_get(object, key);
    if (v == NULL || !is(l, v, JSON_INTEGER, "a whole number"))
        return false;
    if (v->integer < least || v->integer > most) {
        model__mistake(l, v, "range", "\"%s\" must be from %lld to %lld", key, (long long)least,
                       (long long)most);
        return false;
    }
    *out = v->integer;
    return true;
}

const struct json *model__object(struct loader *l, const struct json *object, const char *key,
                                 bool must)
{
    const struct json *v = member(l, object, key, must);
    return v != NULL && is(l, v, JSON_OBJECT, "an object") ? v : NULL;
}

const struct json *model__list(struct loader *l, const struct json *object, const char *key,
                               bool must)
{
    const struct json *v = member(l, object, key, must);
    if (v == NULL || !is(l, v, JSON_LIST, "a list"))
        return NULL;
    if (must && v->count == 0) {
        model__mistake(l, v, "required", "\"%s\" is an empty list", key);
        return NULL;
    }
    return v;
}

bool model__texts(struct loader *l, const struct json *object, const char *key, bool must,
                  struct text **out, size_t *count)
{
    const struct json *list = model__list(l, object, key, must);
    bool sound = true;
    *count = 0;
    if (list == NULL)
        return json_get(object, key) == NULL;
    struct by_name *seen = map__new(l->scrap);
    *out = NEW_MANY(l->arena, list->count, struct text);
    for (const struct json *v = list->first; v != NULL; v = v->next) {
        if (!model__is_text(l, v)) {
            sound = false;
        } else if (map__get(seen, v->text) != NULL) {
            model__mistake(l, v, "twice", "\"%.*s\" is named twice", TEXT_ARG(v->text));
            sound = false;
        } else {
            map__put(seen, v->text, v);
            (*out)[(*count)++] = v->text;
        }
    }
    return sound;
}

bool model__phase(struct loader *l, const struct json *object, struct text *out, bool must)
{
    *out = model__text(l, object, "phase", must);
    if (out->len == 0 || model__one_of(*out, "plan do check act base"))
        return true;
    model__mistake(l, json_get(object, "phase"), "unknown",
                   "unknown phase \"%.*s\"; known: plan do check act base", TEXT_ARG(*out));
    return false;
}

bool model__called(const struct source *s, struct text name)
{
    struct text last = s->path;
    while (text_find(last, '/') >= 0)
        text_cut(&last, '/');
    return last.len == name.len + 5 && text_ends(last, ".json") &&
           text_same(text_slice(last, 0, name.len), name);
}
