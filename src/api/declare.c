/* SPDX-License-Identifier: Apache-2.0 */
/* api/declare.c — fields and registers as an administrator says them in the pages, made into model
 * files. A closed set: what cannot be said here (moves that push, roles that are granted, queries)
 * comes from a folder, by somebody at the machine. The loader judges the files like any other. */
#include "api/internal.h"
#include "store/store.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PAGES "pages/"
#define WORDS_FILE PAGES "words.json"
#define FIELDS_MOST 60
#define CHOICES_MOST 100

struct declaring {
    struct exchange *x;
    struct call *call;
    const struct own_files *own;
    struct model_file *files; /* all there will be */
    size_t count;
    const struct json *shipped, *had; /* English to Chinese */
    struct buf words;                 /* members of the words file to be */
    struct text said[400];            /* English texts that are in it */
    size_t said_count;
    enum err e;
};

static void bad(struct declaring *d, struct text field, const char *code, const char *format, ...)
    PRINTF_LIKE(4, 5);
static void bad(struct declaring *d, struct text field, const char *code, const char *format, ...)
{
    char words[1000];
    va_list list;
    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);
    d->e = problem(d->call, ERR_INVALID, field, code, "%s", words);
}

static struct text at(struct declaring *d, struct text place, const char *member)
{
    return text_print(d->call->arena, "%.*s.%s", TEXT_ARG(place), member);
}

/* ---- what may be said ---------------------------------------------------------------------- */
static bool is_among(struct text t, const char *words)
{
    struct text rest = text_of(words);
    while (rest.len)
        if (text_same(text_cut(&rest, ' '), t))
            return true;
    return false;
}

static bool members(struct declaring *d, const struct json *v, struct text place,
                    const char *known)
{
    if (!v || v->type != JSON_OBJECT) {
        bad(d, place, "type", "%s", say(d->call, "must be an object"));
        return false;
    }
    for (const struct json *m = v->first; m; m = m->next)
        if (!is_among(m->key, known))
            bad(d, text_print(d->call->arena, "%.*s.%.*s", TEXT_ARG(place), TEXT_ARG(m->key)),
                "unknown", "%s", say(d->call, "is not known here"));
    return true;
}

static bool is_name(struct text t)
{
    bool good = text_starts(t, "x_") && t.len > 2 && t.len <= 40 && !text_ends(t, "_");
    for (size_t i = 2; good && i < t.len; i++)
        good = (t.at[i] >= 'a' && t.at[i] <= 'z') || (t.at[i] >= '0' && t.at[i] <= '9') ||
               (t.at[i] == '_' && t.at[i - 1] != '_');
    return good;
}

static struct text name_of(struct declaring *d, const struct json *v, struct text place)
{
    struct text name = json_text(json_get(v, "name"));
    if (!is_name(name))
        bad(d, at(d, place, "name"), "name", "%s",
            say(d->call, "begins with x_ and goes on with small letters, digits and single _, "
                         "at most 40"));
    return name;
}

static bool switched_on(struct declaring *d, const struct json *v, const char *name,
                        struct text place)
{
    const struct json *flag = json_get(v, name);
    if (flag && flag->type != JSON_TRUE && flag->type != JSON_FALSE)
        bad(d, at(d, place, name), "type", "%s", say(d->call, "is true or false"));
    return json_true(flag);
}

/* ---- words --------------------------------------------------------------------------------- */
static const struct json *find(const struct json *dictionary, struct text en)
{
    for (const struct json *v = dictionary ? dictionary->first : NULL; v; v = v->next)
        if (text_same(v->key, en))
            return v;
    return NULL;
}

static bool said_before(const struct declaring *d, struct text en)
{
    return text_among(d->said, d->said_count, en);
}

static void put_twin(struct declaring *d, struct text en, struct text zh)
{
    struct json_out o = json_out(&d->words);
    if (d->said_count == COUNT(d->said)) {
        bad(d, TEXT("words"), "too_many", "%s", say(d->call, "too many texts at once"));
        return;
    }
    d->said[d->said_count++] = en;
    buf_add_c(&d->words, d->words.len ? ",\n" : "\n");
    json_put_text(&o, en);
    buf_add_c(&d->words, ": ");
    o = json_out(&d->words);
    json_put_text(&o, zh);
}

/* One English text has one Chinese text throughout. */
static void twin(struct declaring *d, struct text place, struct text en, struct text zh)
{
    const struct json *known = find(d->shipped, en);
    if (!known)
        known = find(d->had, en);
    if (!zh.len || said_before(d, en))
        return;
    if (!known)
        put_twin(d, en, zh);
    else if (!text_same(known->text, zh))
        bad(d, place, "translated",
            say(d->call,
                "“%.*s” is “%.*s” in Chinese throughout: use that, or another English text"),
            TEXT_ARG(en), TEXT_ARG(known->text));
}

static bool plain_line(struct text t, size_t most)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] < ' ' || t.at[i] == 0x7f)
            return false;
    return text_characters(t) <= most && text_utf8(t);
}

/* {"en": …, "zh": …}; the English text. */
static struct text words(struct declaring *d, const struct json *v, const char *name,
                         struct text place, bool must, size_t most)
{
    const struct json *w = json_get(v, name);
    struct text where = at(d, place, name);
    if ((!w || w->type == JSON_NULL) && !must)
        return TEXT("");
    if (!members(d, w, where, "en zh"))
        return TEXT("");
    struct text en = text_trim(json_text(json_get(w, "en"))), zh = text_trim(json_text(json_get(w, "zh")));
    if ((must && !en.len) || (!en.len && zh.len))
        bad(d, at(d, where, "en"), "required", "%s", say(d->call, "give it in English too"));
    if (!plain_line(en, most) || !plain_line(zh, most))
        bad(d, where, "length", say(d->call, "is one line of at most %zu characters"), most);
    if (en.len)
        twin(d, where, en, zh);
    return en;
}

/* ---- a field ------------------------------------------------------------------------------- */
static void put_text(struct json_out *o, const char *key, struct text t)
{
    if (t.len)
        put__text(o, key, t);
}

static void put_choices(struct declaring *d, const struct json *v, struct text place,
                        struct json_out *o)
{
    const struct json *list = json_get(v, "choices");
    size_t count = 0;
    if (!list || list->type != JSON_LIST || !list->count || list->count > CHOICES_MOST) {
        bad(d, at(d, place, "choices"), "required", say(d->call, "a choice has 1 to %d values"),
            CHOICES_MOST);
        return;
    }
    json_key(o, "of");
    json_open(o, '{');
    for (const struct json *c = list->first; c; c = c->next) {
        struct text where = text_print(d->call->arena, "%.*s.choices.%zu", TEXT_ARG(place), count++);
        if (!members(d, c, where, "value title"))
            continue;
        struct text value = json_text(json_get(c, "value"));
        bool good = value.len > 0 && value.len <= 40;
        for (size_t i = 0; i < value.len; i++)
            good &= (value.at[i] >= 'a' && value.at[i] <= 'z') || value.at[i] == '_' ||
                    (value.at[i] >= '0' && value.at[i] <= '9');
        for (const struct json *b = list->first; b != c; b = b->next)
            good &= !text_same(json_text(json_get(b, "value")), value);
        if (!good)
            bad(d, at(d, where, "value"), "value", "%s",
                say(d->call, "each choice has a value of its own: small letters, digits and _, "
                             "at most 40"));
        else
            put__text(o, text_c(d->call->arena, value), words(d, c, "title", where, true, 120));
    }
    json_close(o, '}');
}

static void put_target(struct declaring *d, const struct json *v, struct text place,
                       struct json_out *o)
{
    struct text to = json_text(json_get(v, "to"));
    if (text_is(to, "person") || model_kind(d->x->model, to))
        put__text(o, "to", to);
    else
        bad(d, at(d, place, "to"), "choice", "%s",
            say(d->call, "says what it points at: person, or the name of a register"));
}

static struct text types_in_pages(const struct call *call)
{
    struct buf b = buf_in(call->arena, 1024);
    for (size_t i = 0; i < field_type_count; i++)
        if (field_types[i]->in_pages)
            buf_print(&b, "%s%s", b.len ? say(call, ", ") : "", field_types[i]->word);
    return buf_text(&b);
}

/* The member NAME: {…} of "fields". */
static void put_field(struct declaring *d, const struct json *v, struct text name,
                      struct text place, struct json_out *o)
{
    struct text type = json_text(json_get(v, "type"));
    const struct field_type *known = field_type_named(type);
    bool choice = known && known->written == WRITTEN_OPTION,
         ref = known && known->written == WRITTEN_NAME;
    if (!known || !known->in_pages)
        bad(d, at(d, place, "type"), "choice", say(d->call, "is one of %.*s"),
            TEXT_ARG(types_in_pages(d->call)));
    json_key_text(o, name);
    json_open(o, '{');
    put__text(o, "type", type);
    put_text(o, "title", words(d, v, "title", place, true, 80));
    put_text(o, "about", words(d, v, "about", place, false, 400));
    if (choice)
        put_choices(d, v, place, o);
    else if (json_get(v, "choices"))
        bad(d, at(d, place, "choices"), "unknown", "%s",
            say(d->call, "only a choice has values"));
    if (ref)
        put_target(d, v, place, o);
    if (switched_on(d, v, "many", place))
        put__bool(o, "many", true);
    if (switched_on(d, v, "required", place))
        put__bool(o, "required", true);
    if (switched_on(d, v, "sensitive", place))
        put__bool(o, "sensitive", true);
    if (switched_on(d, v, "indexed", place))
        put__bool(o, "indexed", true);
    json_close(o, '}');
}

#define FIELD_MEMBERS "name type title about choices to many required sensitive indexed"

/* ---- files --------------------------------------------------------------------------------- */
static struct model_file *file_at(struct declaring *d, struct text path)
{
    for (size_t i = 0; i < d->count; i++)
        if (text_same(d->files[i].path, path))
            return &d->files[i];
    return NULL;
}

static void keep_file(struct declaring *d, struct text path, struct text bytes)
{
    struct model_file *f = file_at(d, path);
    if (!f)
        f = &d->files[d->count++];
    *f = (struct model_file){path, bytes};
}

static struct text path_of(struct declaring *d, struct text kind)
{
    return text_print(d->call->arena, PAGES "%.*s.json", TEXT_ARG(kind));
}

static const struct json *parsed(struct declaring *d, struct text bytes)
{
    const struct json *root;
    struct call *quiet = call_beside(d->call->arena, d->call);
    return json_read(quiet, bytes, &json_model_limits, &root) == OK ? root : NULL;
}

/* A name means the same for ever: versions hold what it meant, and the table has its column. So
 * a field that was taken away comes back as what it was, or under another name. */
static void as_before(struct declaring *d, const struct json *v, struct text kind,
                      struct text name, struct text place)
{
    struct text body;
    if (d->e != OK)
        return;
    if (access_own_file_with(d->call, exchange__db(d->x), path_of(d, kind), name, &body) !=
        OK) {
        d->e = ERR_IO;
        return;
    }
    const struct json *was =
        json_get(json_get(parsed(d, body), "fields"), text_c(d->call->arena, name));
    struct text type = json_text(json_get(was, "type")), to = json_text(json_get(was, "to"));
    bool many = json_true(json_get(was, "many"));
    if (was && !(text_same(type, json_text(json_get(v, "type"))) &&
                 text_same(to, json_text(json_get(v, "to"))) &&
                 many == json_true(json_get(v, "many"))))
        bad(d, at(d, place, "type"), "other_type",
            say(d->call,
                "there was a field %.*s before, of type %.*s, and versions may hold it: add it "
                "as it was, or give this one another name"),
            TEXT_ARG(name), TEXT_ARG(type));
}

/* The file with one more field; every other member as it was, each on a line of its own. */
static struct text with_field(struct declaring *d, const struct json *root, struct text kind,
                              const struct json *field, struct text name, struct text place)
{
    struct buf b = buf_in(d->call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    if (!root)
        put__text(&o, "extends", kind);
    for (const struct json *m = root ? root->first : NULL; m; m = m->next)
        if (!text_is(m->key, "fields")) {
            json_key_text(&o, m->key);
            json_put_json(&o, m);
        }
    json_key(&o, "fields");
    json_open(&o, '{');
    const struct json *had = json_get(root, "fields");
    for (const struct json *m = had ? had->first : NULL; m; m = m->next) {
        json_key_text(&o, m->key);
        json_put_json(&o, m);
    }
    put_field(d, field, name, place, &o);
    json_close(&o, '}');
    json_close(&o, '}');
    return buf_text(&b);
}

static void add_field(struct declaring *d, const struct json *v, struct text place)
{
    if (!members(d, v, place, "kind " FIELD_MEMBERS))
        return;
    struct text kind = json_text(json_get(v, "kind")), name = name_of(d, v, place);
    const struct kind *k = model_kind(d->x->model, kind);
    if (!k) {
        bad(d, at(d, place, "kind"), "missing",
            say(d->call, "there is no register called “%.*s”"),
            TEXT_ARG(text_slice(kind, 0, kind.len < 60 ? kind.len : 60)));
        return;
    }
    if (is_name(name) && kind_field(k, name)) {
        bad(d, at(d, place, "name"), "exists", say(d->call, "%.*s has a field %.*s already"),
            TEXT_ARG(words_in(k->title, d->call->lang)), TEXT_ARG(name));
        return;
    }
    as_before(d, v, kind, name, place);
    struct text path = path_of(d, kind);
    const struct model_file *had = file_at(d, path);
    keep_file(d, path, with_field(d, had ? parsed(d, had->bytes) : NULL, kind, v, name, place));
}

/* ---- a register ---------------------------------------------------------------------------- */
struct pattern { /* "%s" stands for who approves */
    const char *name, *states, *moves;
};
static const struct pattern patterns[] = {
    {"open_closed",
     "{\"start\":\"open\",\"of\":{\"open\":{\"title\":\"In progress\",\"tone\":\"progress\"},"
     "\"closed\":{\"title\":\"Closed\",\"tone\":\"ok\",\"locked\":true,\"end\":true}}}",
     "{\"close\":{\"title\":\"Close\",\"from\":[\"open\"],\"to\":\"closed\",\"by\":[\"@owner\",\"%s\"]},"
     "\"reopen\":{\"title\":\"Reopen\",\"from\":[\"closed\"],\"to\":\"open\",\"by\":[\"@owner\",\"%s\"],"
     "\"reason\":true}}"},
    {"draft_approved",
     "{\"start\":\"draft\",\"of\":{\"draft\":{\"title\":\"Draft\",\"tone\":\"idle\"},"
     "\"in_review\":{\"title\":\"In review\",\"tone\":\"review\"},"
     "\"approved\":{\"title\":\"Approved\",\"tone\":\"ok\",\"locked\":true,\"rest\":true},"
     "\"ended\":{\"title\":\"Ended\",\"tone\":\"off\",\"locked\":true,\"end\":true}}}",
     "{\"submit\":{\"title\":\"Submit for review\",\"from\":[\"draft\"],\"to\":\"in_review\",\"by\":[\"@owner\"]},"
     "\"send_back\":{\"title\":\"Send back with remarks\",\"from\":[\"in_review\"],\"to\":\"draft\","
     "\"by\":[\"%s\"],\"reason\":true},"
     "\"approve\":{\"title\":\"Approve\",\"from\":[\"in_review\"],\"to\":\"approved\",\"by\":[\"%s\"],"
     "\"fresh\":true,\"not\":{\"SOD-1\":[\"@author\",\"@contributor\"]}},"
     "\"revise\":{\"title\":\"Start a revision\",\"from\":[\"approved\"],\"to\":\"draft\",\"by\":[\"@owner\"],"
     "\"reason\":true},"
     "\"end\":{\"title\":\"End\",\"from\":[\"draft\",\"approved\"],\"to\":\"ended\",\"by\":[\"%s\"],"
     "\"reason\":true}}"},
    {"in_use",
     "{\"start\":\"in_use\",\"of\":{\"in_use\":{\"title\":\"In use\",\"tone\":\"ok\",\"rest\":true},"
     "\"ended\":{\"title\":\"Ended\",\"tone\":\"off\",\"locked\":true,\"end\":true}}}",
     "{\"end\":{\"title\":\"End\",\"from\":[\"in_use\"],\"to\":\"ended\",\"by\":[\"@owner\",\"%s\"],\"reason\":true},"
     "\"reopen\":{\"title\":\"Reopen\",\"from\":[\"ended\"],\"to\":\"in_use\",\"by\":[\"@owner\",\"%s\"],"
     "\"reason\":true}}"},
};
/* The words of the patterns that may not be in the dictionary. */
static const char *const pattern_words[] = {SAID("In progress"), SAID("In use"), SAID("Closed"),
                                            SAID("Send back with remarks"),
                                            SAID("Start a revision")};

static const struct pattern *pattern_of(struct declaring *d, const struct json *v,
                                        struct text place)
{
    struct text name = json_text(json_get(v, "states"));
    for (size_t i = 0; i < COUNT(patterns); i++)
        if (text_is(name, patterns[i].name))
            return &patterns[i];
    bad(d, at(d, place, "states"), "choice", "%s",
        say(d->call, "is one of open_closed, draft_approved, in_use"));
    return NULL;
}

/* The moves with the role that approves in them. */
static struct text moves_of(struct declaring *d, const struct pattern *p, struct text role)
{
    struct buf b = buf_in(d->call->arena, 1u << 14);
    struct text rest = text_of(p->moves);
    for (ptrdiff_t mark; (mark = text_search(rest, TEXT("%s"))) >= 0;) {
        buf_add(&b, text_slice(rest, 0, (size_t)mark));
        buf_add(&b, role);
        rest = text_from(rest, (size_t)mark + 2);
    }
    buf_add(&b, rest);
    return buf_text(&b);
}

static struct text role_of(struct declaring *d, const struct json *v, struct text place)
{
    struct text role = json_text(json_get(v, "approver"));
    const struct role *r = model_role(d->x->model, role.len ? role : ROLE_MANAGER);
    if (!r || !r->business)
        bad(d, at(d, place, "approver"), "choice", "%s",
            say(d->call, "is the name of a role of the business"));
    return r ? r->name : TEXT("");
}

static void put_who(struct declaring *d, const struct json *v, const char *name, struct text place,
                    const char *relations, struct json_out *o)
{
    const struct json *list = json_get(v, name);
    json_key(o, name);
    json_open(o, '[');
    if (!list || list->type != JSON_LIST || !list->count || list->count > 40)
        bad(d, at(d, place, name), "required", "%s",
            say(d->call, "name at least one role, or staff"));
    for (const struct json *one = list && list->type == JSON_LIST ? list->first : NULL; one; one = one->next) {
        const struct role *r = model_role(d->x->model, one->text);
        if (one->type == JSON_TEXT && ((r && r->business) || is_among(one->text, relations)))
            json_put_text(o, one->text);
        else
            bad(d, at(d, place, name), "choice",
                say(d->call, "“%.*s” is none of the roles that may be named here"),
                TEXT_ARG(text_slice(one->text, 0, one->text.len < 60 ? one->text.len : 60)));
    }
    json_close(o, ']');
}

static void check_prefix(struct declaring *d, struct text prefix, struct text place)
{
    bool good = prefix.len >= 2 && prefix.len <= 4 && prefix.at[0] == 'X';
    for (size_t i = 0; i < prefix.len; i++)
        good &= prefix.at[i] >= 'A' && prefix.at[i] <= 'Z';
    if (!good)
        bad(d, at(d, place, "prefix"), "name", "%s",
            say(d->call, "is 2 to 4 capital letters, and the first is X"));
    for (size_t i = 0; i < d->x->model->kind_count; i++)
        if (text_same(d->x->model->kinds[i].prefix, prefix))
            bad(d, at(d, place, "prefix"), "exists", say(d->call, "is already used by “%.*s”"),
                TEXT_ARG(words_in(d->x->model->kinds[i].plural, d->call->lang)));
}

static void put_own_fields(struct declaring *d, const struct json *v, struct text kind,
                           struct text place, struct json_out *o)
{
    const struct json *list = json_get(v, "fields");
    size_t n = 0;
    json_key(o, "fields");
    json_open(o, '{');
    if (list && (list->type != JSON_LIST || list->count > FIELDS_MOST))
        bad(d, at(d, place, "fields"), "range", say(d->call, "is a list of at most %d fields"),
            FIELDS_MOST);
    else
        for (const struct json *f = list ? list->first : NULL; f; f = f->next) {
            struct text where = text_print(d->call->arena, "%.*s.fields.%zu", TEXT_ARG(place), n++);
            if (!members(d, f, where, FIELD_MEMBERS))
                continue;
            struct text name = name_of(d, f, where);
            for (const struct json *b = list->first; b != f; b = b->next)
                if (text_same(json_text(json_get(b, "name")), name))
                    bad(d, at(d, where, "name"), "exists", "%s",
                        say(d->call, "there are two fields of this name"));
            as_before(d, f, kind, name, where);
            put_field(d, f, name, where, o);
        }
    json_close(o, '}');
}

static void put_kind(struct declaring *d, const struct json *v, struct text name, struct text place,
                     struct json_out *o)
{
    struct text prefix = json_text(json_get(v, "prefix")), phase = json_text(json_get(v, "phase"));
    const struct pattern *p = pattern_of(d, v, place);
    check_prefix(d, prefix, place);
    if (phase.len && !is_among(phase, "plan do check act base"))
        bad(d, at(d, place, "phase"), "choice", "%s",
            say(d->call, "is plan, do, check, act or base"));
    json_open(o, '{');
    put__text(o, "kind", name);
    put__text(o, "prefix", prefix);
    put_text(o, "title", words(d, v, "title", place, true, 60));
    put_text(o, "plural", words(d, v, "plural", place, true, 60));
    put_text(o, "about", words(d, v, "about", place, true, 400));
    put__text(o, "icon", TEXT("folder"));
    put__text(o, "phase", phase.len ? phase : TEXT("do"));
    put__integer(o, "order", 900);
    put_own_fields(d, v, name, place, o);
    if (p) {
        json_key(o, "states");
        json_put_raw(o, text_of(p->states));
        json_key(o, "moves");
        json_put_raw(o, moves_of(d, p, role_of(d, v, place)));
    }
    json_key(o, "access");
    json_open(o, '{');
    put_who(d, v, "read", place, "staff everyone", o);
    put_who(d, v, "create", place, ROLE_STAFF_WORD, o);
    put_who(d, v, "change", place, "staff @owner @author", o);
    json_close(o, '}');
    json_close(o, '}');
}

static void add_kind(struct declaring *d, const struct json *v, struct text place)
{
    if (!members(d, v, place,
                 "name prefix title plural about phase states approver fields read create change"))
        return;
    struct text name = name_of(d, v, place);
    if (is_name(name) && (model_kind(d->x->model, name) || file_at(d, path_of(d, name)))) {
        bad(d, at(d, place, "name"), "exists",
            say(d->call, "there is a register called %.*s already"), TEXT_ARG(name));
        return;
    }
    struct buf b = buf_in(d->call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    put_kind(d, v, name, place, &o);
    for (size_t i = 0; i < COUNT(pattern_words); i++)
        if (!find(d->shipped, text_of(pattern_words[i])))
            twin(d, place, text_of(pattern_words[i]), words_said(pattern_words[i]).zh);
    keep_file(d, path_of(d, name), buf_text(&b));
}

/* ---- taking away ---------------------------------------------------------------------------
 */
/* What a record holds now stays: the engine counts it, and refuses. What earlier versions held,
 * they keep. */
static void forget_file(struct declaring *d, struct text path)
{
    struct model_file *f = file_at(d, path);
    memmove(f, f + 1, (size_t)(d->files + d->count - f - 1) * sizeof *f);
    d->count--;
}

/* The file without the field; "" when nothing is left of it. */
static struct text without_field(struct declaring *d, const struct json *root, struct text name)
{
    struct buf b = buf_in(d->call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    const struct json *had = json_get(root, "fields");
    if (json_get(root, "extends") && had->count == 1)
        return TEXT("");
    json_open(&o, '{');
    for (const struct json *m = root->first; m; m = m->next)
        if (m != had) {
            json_key_text(&o, m->key);
            json_put_json(&o, m);
        }
    json_key(&o, "fields");
    json_open(&o, '{');
    for (const struct json *m = had->first; m; m = m->next)
        if (!text_same(m->key, name)) {
            json_key_text(&o, m->key);
            json_put_json(&o, m);
        }
    json_close(&o, '}');
    json_close(&o, '}');
    return buf_text(&b);
}

static void take_away(struct declaring *d, const struct json *v, struct text place)
{
    if (!members(d, v, place, "kind name"))
        return;
    struct text kind = json_text(json_get(v, "kind")), name = json_text(json_get(v, "name"));
    struct text path = path_of(d, text_slice(kind, 0, kind.len < 60 ? kind.len : 60));
    const struct model_file *file = file_at(d, path);
    const struct json *root = file ? parsed(d, file->bytes) : NULL;
    bool whole = !name.len && json_get(root, "kind"),
         field = name.len && json_get(json_get(root, "fields"), text_c(d->call->arena, name));
    if (!whole && !field) {
        bad(d, at(d, place, name.len ? "name" : "kind"), "missing", "%s",
            say(d->call,
                "was not added in the pages: what a folder brought in goes with the folder"));
        return;
    }
    struct text rest = field ? without_field(d, root, name) : TEXT("");
    if (rest.len)
        keep_file(d, path, rest);
    else
        forget_file(d, path);
}

/* ---- all of it ----------------------------------------------------------------------------- */
static void each(struct declaring *d, const char *name,
                 void (*add)(struct declaring *, const struct json *, struct text))
{
    const struct json *list = json_get(d->x->json, name);
    size_t n = 0;
    if (list && list->count > FIELDS_MOST) {
        bad(d, text_of(name), "range", say(d->call, "at most %d at once"), FIELDS_MOST);
        return;
    }
    for (const struct json *v = list ? list->first : NULL; v; v = v->next)
        add(d, v, text_print(d->call->arena, "%s.%zu", name, n++));
}

/* What was said in Chinese before, and what is new. */
static void keep_words(struct declaring *d)
{
    struct buf b = buf_in(d->call->arena, 4u << 20);
    if (!d->words.len)
        return;
    buf_add_c(&b, "{");
    for (const struct json *v = d->had ? d->had->first : NULL; v; v = v->next) {
        struct json_out o = json_out(&b);
        json_put_text(&o, v->key);
        buf_add_c(&b, ": ");
        o = json_out(&b);
        json_put_text(&o, v->text);
        buf_add_c(&b, ",\n");
    }
    buf_add(&b, buf_text(&d->words));
    buf_add_c(&b, "}");
    keep_file(d, TEXT(WORDS_FILE), buf_text(&b));
}

enum err declare__files(struct exchange *x, const struct own_files *own, struct model_file **files,
                        size_t *count)
{
    struct declaring d = {.x = x, .call = x->call, .own = own, .e = OK};
    const struct model_file *shipped = model_embedded_file("words/zh.json");
    d.files = NEW_MANY(x->call->arena, own->count + 2 * FIELDS_MOST + 2, struct model_file);
    for (size_t i = 0; i < own->count; i++)
        d.files[d.count++] = own->files[i];
    const struct model_file *had = file_at(&d, TEXT(WORDS_FILE));
    d.shipped = shipped ? parsed(&d, shipped->bytes) : NULL;
    d.had = had ? parsed(&d, had->bytes) : NULL;
    d.words = buf_in(x->call->arena, 2u << 20);
    each(&d, "fields", add_field);
    each(&d, "kinds", add_kind);
    each(&d, "drop", take_away);
    if (d.count == own->count && d.e == OK && !json_get(x->json, "fields") &&
        !json_get(x->json, "kinds") && !json_get(x->json, "drop"))
        bad(&d, TEXT("fields"), "required", "%s",
            say(x->call, "say what shall be added or taken away: fields, kinds, drop"));
    keep_words(&d);
    *files = d.files;
    *count = d.count;
    return d.e;
}
