/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/document.c — a document in one or more languages, each with a title and either a
 * rich text (format/rich.h) or a file of its own. One of them leads. In which version of the
 * record each last changed, and whether the others are in step with the leading one, is no part
 * of what people say: what a request says of it is left out here, and record/step.c puts in
 * what is true. */
#include "model/types/checks.h"

#define TITLE_MOST 300  /* characters */
#define TEXT_MOST 60000 /* characters, of each language */

static void put(struct arena *a, struct json *object, struct text key, const struct json *value)
{
    struct json *copy = NEW(a, struct json);
    const struct json **end = &object->first;
    *copy = *value;
    copy->key = key;
    copy->next = NULL;
    while (*end)
        end = (const struct json **)(uintptr_t) & (*end)->next;
    *end = copy;
    object->count++;
}

static struct json *object_in(struct arena *a)
{
    struct json *v = NEW(a, struct json);
    v->type = JSON_OBJECT;
    return v;
}

static struct text under(struct call *call, struct text name, struct text member)
{
    return text_print(call->arena, "%.*s.%.*s", TEXT_ARG(name), TEXT_ARG(member));
}

/* ---- which language ------------------------------------------------------------------------
 */
static bool all_of(struct text t, char from, char to)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] < from || t.at[i] > to)
            return false;
    return true;
}

static bool is_script(struct text t)
{
    return t.len == 4 && all_of(text_slice(t, 0, 1), 'A', 'Z') &&
           all_of(text_from(t, 1), 'a', 'z');
}

static bool is_region(struct text t)
{
    return (t.len == 2 && all_of(t, 'A', 'Z')) || (t.len == 3 && all_of(t, '0', '9'));
}

/* BCP 47, in its own spelling: so that "zh" and "ZH" are not two languages. */
static bool is_language(struct text t)
{
    struct text rest = t, part = text_cut(&rest, '-');
    if (!t.len || t.at[t.len - 1] == '-' || part.len < 2 || part.len > 3 ||
        !all_of(part, 'a', 'z'))
        return false;
    if (!rest.len)
        return true;
    part = text_cut(&rest, '-');
    if (!is_script(part))
        return is_region(part) && !rest.len;
    return !rest.len || (is_region(text_cut(&rest, '-')) && !rest.len);
}

/* ---- one language --------------------------------------------------------------------------
 */
static struct text without_returns(struct arena *a, struct text t)
{
    struct buf b = buf_in(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] != '\r')
            buf_add_byte(&b, t.at[i]);
    return buf_text(&b);
}

static enum err check_text(struct call *call, struct text name, const struct field *f,
                           const struct json *v, const struct json **out)
{
    const struct field words = {.type = &type_note, .max = TEXT_MOST, .source = f->source};
    const struct rich_sink nobody = {0};
    struct rich_fault fault;
    TRY(type__check_words(call, name, &words, v, out));
    *out = json_of_text(call->arena, without_returns(call->arena, (*out)->text));
    if (rich_read((*out)->text, &nobody, &fault))
        return OK;
    return type__refuse_text(
        call, name, f, fault.code,
        text_print(call->arena, say(call, "line %zu: %s"), fault.line, say(call, fault.why)));
}

static enum err check_title(struct call *call, struct text name, const struct field *f,
                            const struct json *v, const struct json **out)
{
    const struct field words = {.type = &type_text, .max = TITLE_MOST, .source = f->source};
    return type__check_words(call, name, &words, v, out);
}

static enum err check_compared(struct call *call, struct text name, const struct field *f,
                               const struct json *v, const struct json **out)
{
    if (v->type != JSON_INTEGER || v->integer < 1)
        return type__refuse(call, name, f, "type",
                            SAID("must be the number of a version of this record"));
    *out = json_of_integer(call->arena, v->integer);
    return OK;
}

static const struct {
    const char *name;
    enum err (*check)(struct call *call, struct text name, const struct field *f,
                      const struct json *v, const struct json **out); /* NULL: the engine's */
} members[] = {{"title", check_title},       {"text", check_text}, {"file", type__check_id},
               {"compared", check_compared}, {"changed", NULL},    {"behind", NULL}};

static enum err check_known(struct call *call, struct text name, const struct field *f,
                            const struct json *v)
{
    enum err worst = OK;
    for (const struct json *one = v->first; one; one = one->next) {
        bool known = false;
        for (size_t i = 0; i < COUNT(members); i++)
            known = known || text_is(one->key, members[i].name);
        if (!known)
            worst =
                type__refuse(call, under(call, name, one->key), f, "unknown",
                             SAID("a language has a title, a text or a file, and compared"));
    }
    return worst;
}

static enum err check_version(struct call *call, struct text name, const struct field *f,
                              const struct json *v, const struct json **out)
{
    struct json *clean = object_in(call->arena);
    if (v->type != JSON_OBJECT)
        return type__refuse(call, name, f, "type",
                            SAID("must be an object with a text or a file"));
    enum err worst = check_known(call, name, f, v);
    for (size_t i = 0; i < COUNT(members); i++) {
        const struct json *given = json_get(v, members[i].name), *kept = NULL;
        if (!members[i].check || !given || given->type == JSON_NULL ||
            (given->type == JSON_TEXT && !text_trim(given->text).len))
            continue;
        struct text member = text_of(members[i].name);
        if (members[i].check(call, under(call, name, member), f, given, &kept) != OK)
            worst = ERR_INVALID;
        else
            put(call->arena, clean, member, kept);
    }
    *out = clean;
    if (worst == OK && !json_get(clean, "text") == !json_get(clean, "file"))
        worst = type__refuse(call, name, f, "one_of",
                             SAID("has either a text or a file, and one of them"));
    return worst;
}

/* ---- all of them ---------------------------------------------------------------------------
 */
static enum err check_versions(struct call *call, struct text name, const struct field *f,
                               const struct json *given, const struct json **sorted,
                               size_t *count)
{
    enum err worst = OK;
    for (const struct json *one = given->first; one; one = one->next) {
        struct text at = under(call, name, one->key);
        const struct json *kept = NULL;
        if (one->type == JSON_NULL)
            continue;
        if (*count == DOCUMENT_LANGUAGES)
            return type__refuse(call, name, f, "too_many", SAID("has more than 8 languages"));
        if (!is_language(one->key)) {
            worst =
                type__refuse(call, at, f, "language",
                             SAID("is no language: write it like en, zh, pt-BR or zh-Hant"));
            continue;
        }
        if (check_version(call, at, f, one, &kept) != OK) {
            worst = ERR_INVALID;
            continue;
        }
        struct json *copy = NEW(call->arena, struct json);
        *copy = *kept;
        copy->key = one->key;
        size_t place = (*count)++;
        for (; place && text_compare(sorted[place - 1]->key, copy->key) > 0; place--)
            sorted[place] = sorted[place - 1];
        sorted[place] = copy;
    }
    return worst;
}

static enum err check_lead(struct call *call, struct text name, const struct field *f,
                           const struct json *v, const struct json *versions, struct text *lead)
{
    struct text at = under(call, name, TEXT("lead"));
    *lead = json_text(json_get(v, "lead"));
    if (!lead->len && versions->count == 1)
        *lead = versions->first->key;
    if (!lead->len)
        return type__refuse(call, at, f, "required",
                            SAID("say which language leads: the others are compared with it"));
    return json_named(versions, *lead)
               ? OK
               : type__refuse(call, at, f, "language", SAID("is none of the languages it has"));
}

static enum err check_shape(struct call *call, struct text name, const struct field *f,
                            const struct json *v)
{
    const struct json *versions = json_get(v, "versions");
    enum err worst = OK;
    if (v->type != JSON_OBJECT || !versions || versions->type != JSON_OBJECT)
        return type__refuse(call, name, f, "type",
                            SAID("must be an object with versions, one for each language"));
    for (const struct json *one = v->first; one; one = one->next)
        if (!text_is(one->key, "versions") && !text_is(one->key, "lead"))
            worst = type__refuse(call, under(call, name, one->key), f, "unknown",
                                 SAID("a document has versions and lead"));
    return worst;
}

static enum err check(struct call *call, struct text name, const struct field *f,
                      const struct json *v, const struct json **out)
{
    const struct json *sorted[DOCUMENT_LANGUAGES];
    struct json *versions = object_in(call->arena), *clean = object_in(call->arena);
    struct text at = under(call, name, TEXT("versions")), lead;
    size_t count = 0;
    TRY(check_shape(call, name, f, v));
    TRY(check_versions(call, at, f, json_get(v, "versions"), sorted, &count));
    if (!count)
        return type__refuse(call, at, f, "required",
                            SAID("has no language; leave the field empty where there is none"));
    for (size_t i = 0; i < count; i++)
        put(call->arena, versions, sorted[i]->key, sorted[i]);
    TRY(check_lead(call, name, f, v, versions, &lead));
    put(call->arena, clean, TEXT("lead"), json_of_text(call->arena, lead));
    put(call->arena, clean, TEXT("versions"), versions);
    *out = clean;
    return OK;
}

/* ---- what others ask of it -----------------------------------------------------------------
 */
const struct json *document_versions(const struct json *v)
{
    const struct json *versions = v && v->type == JSON_OBJECT ? json_get(v, "versions") : NULL;
    return versions ? versions->first : NULL;
}

static void words(const struct json *v, struct buf *out)
{
    for (const struct json *one = document_versions(v); one; one = one->next) {
        buf_add(out, json_text(json_get(one, "title")));
        buf_add_c(out, "\n");
        rich_plain(json_text(json_get(one, "text")), out);
    }
}

const struct field_type type_document = {
    .word = "document",
    .keys = "",
    .in_kind = true,
    .in_pages = true,
    .form = FORM_PARTS,
    .written = WRITTEN_JSON,
    .refers = REFERS_PARTS,
    .searched = true,
    .personal = true,
    .sheet = XLSX_TEXT,
    .width = 48,
    .check = check,
    .words = words,
};
