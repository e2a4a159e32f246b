/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/envelope.c — the fields that every kind has.
 * First the engine's own, then those of envelope.json. A kind may say some of it in its own
 * words (title, about, required, default, the values of a choice), never change the type. */
#include "model/internal.h"

static const struct {
    const char *name;
    const struct field_type *type;
    const char *title;
} system_fields[SYSTEM_FIELDS] = {
    {"key", &type_text, SAID("Key")},
    {"state", &type_text, SAID("State")},
    {"version", &type_integer, SAID("Version")},
    {"author", &type_ref, SAID("Created by")},
    {"editor", &type_ref, SAID("Last changed by")},
    {"created_at", &type_moment, SAID("Created")},
    {"updated_at", &type_moment, SAID("Last changed")},
    {"offered_to", &type_ref, SAID("Offered to")},
};

/* What is repeated for the reader must be so. */
static void check_same_target(struct loader *l, const struct json *v, const char *target)
{
    const struct json *to = json_get(v, "to");
    if (to != NULL && !text_is(json_text(to), target))
        model__mistake(l, to, "type", "\"%.*s\" refers to \"%s\" in every kind",
                       TEXT_ARG(v->key), target);
}

/* "kept" puts words to a field of the engine; the type is repeated for the reader. */
static void read_kept(struct loader *l, const struct json *v)
{
    if (!model__keys(l, v, "type title about to"))
        return;
    if (text_is(v->key, "id"))
        return;
    for (size_t i = 0; i < SYSTEM_FIELDS; i++) {
        if (!text_is(v->key, system_fields[i].name))
            continue;
        struct text type = model__text(l, v, "type", true);
        if (!text_is(type, system_fields[i].type->word))
            model__mistake(l, json_get(v, "type"), "type", "the engine keeps it as %s",
                           system_fields[i].type->word);
        check_same_target(l, v, system_fields[i].type == &type_ref ? "person" : "");
        l->kept_title[i] = model__words(l, v, "title", true);
        l->kept_about[i] = model__words(l, v, "about", false);
        return;
    }
    model__mistake(l, v, "unknown", "the engine keeps no field \"%.*s\"", TEXT_ARG(v->key));
}

static void read_field(struct loader *l, const struct json *v)
{
    size_t i = l->envelope_count++;
    struct field *f = &l->envelope[i];
    const struct json *required = json_get(v, "required");
    l->envelope_json[i] = v;
    model__check_field_name(l, v, v->key, false);
    model__field_keys(l, v, f, IN_ENVELOPE);
    f->envelope = true;
    if (required != NULL && required->type == JSON_OBJECT)
        model__mistake(l, required, "type", "kinds have different states: true or false here");
}

/* Fields that the engine itself reads. */
static void check_complete(struct loader *l)
{
    static const struct {
        const char *name;
        const struct field_type *type;
    } wanted[] = {{"title", &type_text},  {"unit", &type_ref},
                  {"owner", &type_ref},   {"confidentiality", &type_choice},
                  {"due", &type_date},    {"review_due", &type_date},
                  {"tags", &type_text},   {"evidence", &type_refs},
                  {"links", &type_links}, {"external_id", &type_text}};
    for (size_t i = 0; i < COUNT(wanted); i++) {
        bool found = false;
        for (size_t f = 0; f < l->envelope_count; f++)
            found |= text_is(l->envelope[f].name, wanted[i].name) &&
                     l->envelope[f].type == wanted[i].type;
        if (!found)
            model__mistake(l, l->envelope_file->root, "required",
                           "the engine needs a field \"%s\" of type %s", wanted[i].name,
                           wanted[i].type->word);
    }
}

void model__envelope(struct loader *l, const struct source *s)
{
    l->file = l->envelope_file = s;
    if (!model__keys(l, s->root, "fields kept"))
        return;
    const struct json *fields = model__object(l, s->root, "fields", true);
    const struct json *kept = model__object(l, s->root, "kept", false);
    size_t room = (fields == NULL ? 0 : fields->count) + (kept == NULL ? 0 : kept->count);
    l->envelope = NEW_MANY(l->arena, room, struct field);
    l->envelope_json = NEW_MANY(l->scrap, room, const struct json *);
    for (const struct json *v = fields == NULL ? NULL : fields->first; v != NULL; v = v->next)
        read_field(l, v);
    for (const struct json *v = kept == NULL ? NULL : kept->first; v != NULL; v = v->next)
        if (text_is(v->key, "links"))
            read_field(l, v);
        else
            read_kept(l, v);
    check_complete(l);
}

static void put_system(struct loader *l, struct field *f, size_t i)
{
    bool person = system_fields[i].type == &type_ref;
    *f = (struct field){.name = text_of(system_fields[i].name),
                        .type = system_fields[i].type,
                        .system = true,
                        .index = i};
    f->title = words_said(system_fields[i].title);
    if (l->kept_title[i].en.len > 0)
        f->title = l->kept_title[i];
    f->about = l->kept_about[i];
    f->max = f->type == &type_integer ? SAFE_INTEGER : 500;
    if (person) {
        f->target = TO_PERSON;
        f->target_name = TEXT("person");
    }
}

size_t model__envelope_put(struct loader *l, struct draft *d)
{
    struct kind *k = d->kind;
    for (size_t i = 0; i < SYSTEM_FIELDS; i++)
        put_system(l, &k->fields[i], i);
    for (size_t i = 0; i < l->envelope_count; i++) {
        size_t index = SYSTEM_FIELDS + i;
        k->fields[index] = l->envelope[i];
        k->fields[index].index = index;
        d->fields[index] =
            (struct field_draft){.source = l->envelope_json[i], .file = l->envelope_file};
    }
    return SYSTEM_FIELDS + l->envelope_count;
}

/* The copy in this kind gets the kind's words; the file of the kind is being read. */
void model__restate(struct loader *l, struct draft *d, struct field *f, const struct json *v)
{
    if (!f->envelope) {
        model__mistake(l, v, "clash", "\"%.*s\" is kept by the engine", TEXT_ARG(f->name));
        return;
    }
    if (!model__keys(l, v, "type title about example asked_by required default of to"))
        return;
    const struct json *type = json_get(v, "type"), *of = json_get(v, "of");
    if (type != NULL && !text_is(json_text(type), f->type->word))
        model__mistake(l, type, "type", "the type of \"%.*s\" is %s in every kind",
                       TEXT_ARG(f->name), f->type->word);
    check_same_target(l, v, text_c(l->scrap, f->target_name));
    if (json_get(v, "title") != NULL)
        f->title = model__words(l, v, "title", true);
    if (json_get(v, "about") != NULL)
        f->about = model__words(l, v, "about", true);
    model__field_help(l, v, f);
    if (of != NULL && f->type != &type_choice)
        model__mistake(l, of, "unknown_key", "a field of type %s has no \"of\"", f->type->word);
    else if (of != NULL && of->type == JSON_TEXT)
        f->scale = map__get(l->scales, of->text);
    else if (of != NULL)
        f->scale = model__scale(l, TEXT(""), of, NULL, NULL);
    if (f->type == &type_choice && f->scale == NULL)
        model__mistake(l, of, "unknown", "unknown scale");
    f->source = model__at(l, v);
    d->fields[f->index].restated = v;
    d->fields[f->index].restated_file = l->file;
}
