/* SPDX-License-Identifier: Apache-2.0 */
/* record/step.c — the languages of a document in step with the leading one: a fact of the
 * versions of the record, never typed in. Beside each language stands the version in which what
 * it says last changed (`changed`), and of one that is behind the version since which it is
 * (`behind`): the leading language changed after it did, and nobody has said since then that
 * the two were compared
 * (`compared`: the version of the record they were compared in). */
#include "record/compute.h"

static const struct json *language(const struct json *v, struct text name)
{
    return v ? json_named(json_get(v, "versions"), name) : NULL;
}

static int64_t number_of(const struct json *v, const char *name)
{
    const struct json *n = v ? json_get(v, name) : NULL;
    return n && n->type == JSON_INTEGER ? n->integer : 0;
}

static bool says_the_same(const struct json *now, const struct json *then)
{
    static const char *const content[] = {"title", "text", "file"};
    for (size_t i = 0; i < COUNT(content); i++)
        if (!value__same(json_get(now, content[i]), json_get(then, content[i])))
            return false;
    return true;
}

struct marking {
    struct call *call;
    const struct field *field;
    const struct json *now, *then;
    struct text lead;
    int64_t version; /* the one that is being written */
};

static int64_t changed_in(const struct marking *m, const struct json *now)
{
    const struct json *then = language(m->then, now->key);
    return then && says_the_same(now, then) ? number_of(then, "changed") : m->version;
}

/* Nobody has compared anything in a version that is not there; the leading one is compared with
 * nothing, and what is new in a record of its own was not compared before. */
static enum err compared_in(const struct marking *m, const struct json *now, int64_t *out)
{
    *out = text_same(now->key, m->lead) || m->version == 1 ? 0 : number_of(now, "compared");
    if (*out < m->version)
        return OK;
    return problem_at(
        m->call, ERR_INVALID,
        text_print(m->call->arena, "%.*s.versions.%.*s.compared", TEXT_ARG(m->field->name),
                   TEXT_ARG(now->key)),
        "version", m->field->source,
        text_print(m->call->arena,
                   say(m->call, "there is no version %lld: the record is at version "
                                "%lld"),
                   (long long)*out, (long long)(m->version - 1)));
}

/* Since when: it does not begin anew when the leading one changes again. */
static int64_t behind_since(const struct marking *m, const struct json *now, int64_t stands)
{
    int64_t lead = changed_in(m, language(m->now, m->lead));
    int64_t was = number_of(language(m->then, now->key), "behind");
    bool same_lead = text_same(json_text(json_get(m->then, "lead")), m->lead);
    if (text_same(now->key, m->lead) || stands >= lead)
        return 0;
    return same_lead && was > stands ? was : lead;
}

static void add_number(struct marking *m, struct json *to, const char *name, int64_t n)
{
    if (n)
        node__add(to, json_of_integer(m->call->arena, n), text_of(name), m->call->arena);
}

static enum err mark_language(struct marking *m, const struct json *now, struct json *versions)
{
    struct json *out = node__object(m->call->arena);
    int64_t changed = changed_in(m, now), compared;
    TRY(compared_in(m, now, &compared));
    for (const struct json *one = now->first; one; one = one->next)
        if (one->type == JSON_TEXT) /* what people say; the numbers follow */
            node__add(out, one, one->key, m->call->arena);
    add_number(m, out, "compared", compared);
    add_number(m, out, "changed", changed);
    add_number(m, out, "behind", behind_since(m, now, changed > compared ? changed : compared));
    node__add(versions, out, now->key, m->call->arena);
    return OK;
}

static enum err mark_field(struct marking *m, const struct json **value)
{
    struct json *out = node__object(m->call->arena), *versions = node__object(m->call->arena);
    enum err worst = OK;
    for (const struct json *one = document_versions(m->now); one; one = one->next)
        if (mark_language(m, one, versions) != OK)
            worst = ERR_INVALID;
    node__add(out, json_get(m->now, "lead"), TEXT("lead"), m->call->arena);
    node__add(out, versions, TEXT("versions"), m->call->arena);
    *value = out;
    return worst;
}

enum err step__mark(struct call *call, struct record *rec, const struct record *before)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        const struct json *then = before ? before->values[i] : NULL;
        if (f->type->form != FORM_PARTS || !rec->values[i] || rec->values[i] == then)
            continue;
        struct marking m = {call,
                            f,
                            rec->values[i],
                            then,
                            json_text(json_get(rec->values[i], "lead")),
                            before ? before->version + 1 : 1};
        if (mark_field(&m, &rec->values[i]) != OK)
            worst = ERR_INVALID;
    }
    return worst;
}

/* "{{" that a "}}" of the same line follows. */
static int64_t blanks_in(struct text t)
{
    int64_t n = 0;
    while (t.len) {
        struct text line = text_cut(&t, '\n');
        ptrdiff_t at;
        while ((at = text_search(line, TEXT("{{"))) >= 0) {
            line = text_from(line, (size_t)at + 2);
            ptrdiff_t end = text_search(line, TEXT("}}"));
            if (end < 0)
                break;
            line = text_from(line, (size_t)end + 2);
            n++;
        }
    }
    return n;
}

enum err compute__blanks(struct context *c, const struct json **out)
{
    int64_t n = 0;
    const struct json *one =
        document_versions(record_value(c->rec, compute__word(c->args, "field")));
    for (; one; one = one->next)
        n += blanks_in(json_text(json_get(one, "text"))) +
             blanks_in(json_text(json_get(one, "title")));
    *out = json_of_integer(c->call->arena, n);
    return OK;
}

enum err compute__in_step(struct context *c, const struct json **out)
{
    const struct json *first =
        document_versions(record_value(c->rec, compute__word(c->args, "field")));
    bool behind = false;
    if (!first || !first->next)
        return OK;
    for (const struct json *one = first; one; one = one->next)
        behind = behind || number_of(one, "behind");
    *out = json_of_bool(c->call->arena, !behind);
    return OK;
}
