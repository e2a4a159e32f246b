/* SPDX-License-Identifier: Apache-2.0 */
/* record/check.c — is every field of this body acceptable? Collects every problem, not just the
 * first, each with the model file and line that demanded it. Needs no database but for
 * references. */
#include "record/internal.h"

#include <string.h>

struct place { /* where a value stands, for messages: "dims[2].severity" */
    struct text name;
    const struct field *field;
};

static enum err refuse(struct call *call, struct place p, const char *code, const char *english)
{
    return problem_at(call, ERR_INVALID, p.name, code, p.field->source,
                      text_of(say(call, english)));
}

static enum err check_value(struct call *call, struct place p, const struct json *v,
                            const struct json **out);

/* Columns that nobody spoke of have their defaults; one that is required is not left empty. */
static enum err complete_row(struct call *call, struct place p, const struct json *row,
                             struct json *clean)
{
    enum err worst = OK;
    for (size_t i = 0; i < p.field->column_count; i++) {
        const struct field *column = &p.field->columns[i];
        const char *name = text_c(call->arena, column->name);
        const struct json *fill = json_get(row, name) ? NULL : value__default(call, column);
        if (!value__empty(fill))
            node__add(clean, fill, column->name, call->arena);
        /* What was given and refused is told once. */
        if (!column->required || json_get(clean, name) || !value__empty(json_get(row, name)))
            continue;
        worst = problem_at(call, ERR_INVALID,
                           text_print(call->arena, "%.*s.%s", TEXT_ARG(p.name), name),
                           "required", column->source,
                           text_print(call->arena, say(call, "%.*s is required"),
                                      TEXT_ARG(words_in(column->title, call->lang))));
    }
    return worst;
}

static enum err check_row(struct call *call, struct place p, const struct json *row,
                          const struct json **out)
{
    if (row->type != JSON_OBJECT)
        return refuse(call, p, "type", SAID("each row must be an object"));
    struct json *clean = node__object(call->arena);
    enum err worst = OK;
    for (const struct json *one = row->first; one; one = one->next) {
        const struct field *column = NULL;
        for (size_t i = 0; i < p.field->column_count && !column; i++)
            if (text_same(p.field->columns[i].name, one->key))
                column = &p.field->columns[i];
        struct place at = {
            text_print(call->arena, "%.*s.%.*s", TEXT_ARG(p.name), TEXT_ARG(one->key)),
            column ? column : p.field};
        const struct json *value = NULL;
        if (!column)
            worst = refuse(call, at, "unknown", SAID("is not a column of this table"));
        else if (one->type != JSON_NULL && check_value(call, at, one, &value) != OK)
            worst = ERR_INVALID;
        else if (!value__empty(value))
            node__add(clean, value, one->key, call->arena);
    }
    enum err rest = complete_row(call, p, row, clean);
    *out = clean;
    return worst != OK ? worst : rest;
}

static enum err check_one(struct call *call, struct place p, const struct json *v,
                          const struct json **out)
{
    if (p.field->type->form == FORM_ROWS)
        return check_row(call, p, v, out);
    return p.field->type->check(call, p.name, p.field, v, out);
}

/* A list in the making: each step takes the same time however long it is. */
struct list_maker {
    struct arena *arena;
    struct json *list;
    const struct json **end;
    struct map *seen; /* NULL: equal items are allowed */
};

static struct list_maker list_start(struct arena *a, enum form form)
{
    struct json *list = node__list(a);
    return (struct list_maker){a, list, &list->first, form == FORM_ROWS ? NULL : map_in(a)};
}

static struct text link_name(struct arena *a, const struct json *v)
{
    return text_print(a, "%.*s %.*s %.*s", TEXT_ARG(json_text(json_get(v, "id"))),
                      TEXT_ARG(json_text(json_get(v, "kind"))),
                      TEXT_ARG(json_text(json_get(v, "type"))));
}

static void list_add(struct list_maker *m, const struct json *v)
{
    struct text name = v->type == JSON_OBJECT && m->seen ? link_name(m->arena, v) : v->text;
    if (m->seen && !map_add(m->seen, name, 0))
        return;
    struct json *copy = NEW(m->arena, struct json);
    *copy = *v;
    copy->key = (struct text){0};
    copy->next = NULL;
    *m->end = copy;
    m->end = (const struct json **)(uintptr_t)&copy->next;
    m->list->count++;
}

static enum err check_value(struct call *call, struct place p, const struct json *v,
                            const struct json **out)
{
    if (!field_is_list(p.field))
        return check_one(call, p, v, out);
    if (v->type != JSON_LIST)
        return refuse(call, p, "type", SAID("must be a list"));
    if (v->count > 1000)
        return refuse(call, p, "too_long", SAID("has more than 1,000 entries"));
    struct list_maker clean = list_start(call->arena, p.field->type->form);
    enum err worst = OK;
    size_t i = 0;
    for (const struct json *one = v->first; one; one = one->next, i++) {
        struct place at = {text_print(call->arena, "%.*s[%zu]", TEXT_ARG(p.name), i), p.field};
        const struct json *value = NULL;
        enum err e = check_one(call, at, one, &value);
        if (e != OK)
            worst = e;
        else if (!value__empty(value))
            list_add(&clean, value);
    }
    *out = clean.list;
    return worst;
}

static enum err refuse_field(struct call *call, const struct kind *k, const struct json *one,
                             const struct field *f)
{
    if (!f)
        return problem_at(call, ERR_INVALID, one->key, "unknown", k->file,
                          text_of(say(call, "is not a field of this kind")));
    struct place p = {f->name, f};
    if (text_is(f->name, "state"))
        return refuse(call, p, "state", SAID("changes only by a move"));
    if (f->computed)
        return refuse(call, p, "computed", SAID("is computed and cannot be written"));
    return refuse(call, p, "read_only", SAID("is kept by the system"));
}

enum err check__body(struct call *call, const struct kind *k, const struct json *body,
                     bool system_allowed, const struct json ***values_out, bool **given_out)
{
    const struct json **values = NEW_MANY(call->arena, k->field_count, const struct json *);
    bool *given = NEW_MANY(call->arena, k->field_count, bool);
    enum err worst = OK;
    if (body && body->type != JSON_OBJECT)
        return problem(call, ERR_INVALID, TEXT(""), "type", "%s",
                       say(call, "the body must be an object of fields"));
    for (const struct json *one = body ? body->first : NULL; one; one = one->next) {
        const struct field *f = kind_field(k, one->key);
        if (!f || f->computed || (f->system && !system_allowed)) {
            worst = refuse_field(call, k, one, f);
            continue;
        }
        given[f->index] = true;
        if (one->type == JSON_NULL)
            continue;
        enum err e = check_value(call, (struct place){f->name, f}, one, &values[f->index]);
        if (e != OK)
            worst = e;
        else if (value__empty(values[f->index]))
            values[f->index] = NULL;
    }
    *values_out = values;
    *given_out = given;
    return worst;
}

/* ---- what a state demands
 * -------------------------------------------------------------------- */
static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

bool field__applies(const struct field *f, const struct record *rec)
{
    return !f->only || condition_holds(f->only, of_record, (void *)(uintptr_t)rec);
}

static bool demanded(const struct field *f, const struct record *rec, size_t state,
                     const struct move *move)
{
    bool asked = false;
    for (size_t i = 0; move && i < move->ask_count; i++)
        asked = asked || text_same(move->asks[i], f->name);
    if (!asked && !f->required && !(f->required_in >> state & 1))
        return false;
    if (!field__applies(f, rec))
        return false;
    return asked || !f->required_when ||
           condition_holds(f->required_when, of_record, (void *)(uintptr_t)rec);
}

static bool covered(const struct field *f, const struct json *v, struct text value)
{
    const struct json *cell = NULL;
    for (const struct json *row = v ? v->first : NULL; row; row = row->next)
        for (cell = row->first; cell; cell = cell->next)
            if (text_same(cell->key, f->covers_column) && text_same(cell->text, value))
                return true;
    return false;
}

static struct text cover_title(struct call *call, const struct field *f, struct text value)
{
    for (size_t i = 0; i < f->column_count; i++)
        if (text_same(f->columns[i].name, f->covers_column) && f->columns[i].scale) {
            const struct option *o = scale_option(f->columns[i].scale, value);
            if (o)
                return words_in(o->title, call->lang);
        }
    return value;
}

static enum err check_covers(struct call *call, const struct field *f, const struct json *v)
{
    struct buf missing = buf_in(call->arena, 8192);
    for (size_t i = 0; i < f->covers_count; i++)
        if (!covered(f, v, f->covers[i])) {
            struct text title = cover_title(call, f, f->covers[i]);
            buf_print(&missing, "%s%.*s", missing.len ? say(call, ", ") : "", TEXT_ARG(title));
        }
    if (!missing.len)
        return OK;
    return problem_at(call, ERR_INVALID, f->name, "covers", f->source,
                      text_print(call->arena, "%s%.*s", say(call, "has no row for: "),
                                 TEXT_ARG(buf_text(&missing))));
}

enum err check__required(struct call *call, const struct record *rec, size_t state,
                         const struct move *move)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (f->system || !demanded(f, rec, state, move))
            continue;
        struct text in = words_in(rec->kind->states[state].title, call->lang);
        struct text label = words_in(f->title, call->lang);
        if (value__empty(rec->values[i]))
            worst = problem_at(
                call, ERR_INVALID, f->name, "required", f->source,
                f->required
                    ? text_print(call->arena, say(call, "%.*s is required"), TEXT_ARG(label))
                    : text_print(call->arena, say(call, "%.*s is required for “%.*s”"),
                                 TEXT_ARG(label), TEXT_ARG(in)));
        else if ((f->covers_count && check_covers(call, f, rec->values[i]) != OK) ||
                 (f->one_for && rows__one(call, f, rec->values[i]) != OK))
            worst = ERR_INVALID;
    }
    return worst;
}

/* ---- references
 * ---------------------------------------------------------------------------------- */
struct seeker {
    struct call *call;
    struct records *records;
    struct db db;
};

static enum err unknown(struct call *call, struct text name, const struct field *f,
                        struct text given)
{
    return problem_at(
        call, ERR_INVALID, name, "unknown_reference", f->source,
        text_print(call->arena, say(call, "there is no such record: %.*s"), TEXT_ARG(given)));
}

static enum err exists(struct call *call, struct db db, const char *sql, struct text id,
                       bool *out)
{
    struct rows rows;
    struct value v = V_TEXT(id);
    TRY(db__rows(call, db, sql, &v, 1, 2, &rows));
    *out = rows.count > 0;
    return OK;
}

/* What one may not see does not exist: otherwise ids in a body would tell on other units. */
static enum err seek_record(struct seeker *s, const struct kind *k, struct text given,
                            struct text *id)
{
    struct record *found;
    *id = (struct text){0};
    TRY(table__find(s->call, s->records, s->db, k, given, &found));
    if (!found)
        return OK;
    bool readable;
    TRY(who__may_read(s->call, s->records, s->db, s->call->actor, found, &readable));
    if (readable)
        *id = found->id;
    return OK;
}

static enum err seek(struct seeker *s, const struct field *f, struct text kind,
                     struct text given, struct text *id)
{
    bool found = false;
    *id = given;
    switch (f->type->refers == REFERS_FREE ? TO_KIND : f->target) {
    case TO_PERSON:
        if (text_is(given, "me"))
            *id = given = s->call->actor->person;
        TRY(exists(s->call, s->db, "SELECT id FROM person WHERE id = $1", given, &found));
        break;
    case TO_ROLE:
        found = model_role(s->records->model, given) != NULL;
        break;
    case TO_REQUIREMENT:
        found = model_requirement(s->records->model, given) != NULL;
        break;
    default:
        if (f->type->refers == REFERS_FILE || f->type->refers == REFERS_PARTS) {
            /* Referring to a file lets one read it: so only to one that one may read already. */
            TRY(file__may_see(s->call, s->records, s->db, given, &found));
            break;
        }
        const struct kind *k = model_kind(s->records->model, kind);
        if (!k) {
            *id = (struct text){0};
            return OK;
        }
        return seek_record(s, k, given, id);
    }
    if (!found)
        *id = (struct text){0};
    return OK;
}

static enum err resolve_one(struct seeker *s, const struct field *f, struct text name,
                            const struct json *v, const struct json **out)
{
    if (f->type->refers == REFERS_FREE) {
        struct text given = json_text(json_get(v, "id")), kind = json_text(json_get(v, "kind")),
                    id;
        TRY(seek(s, f, kind, given, &id));
        if (!id.len)
            return unknown(s->call, name, f, given);
        struct json *link = node__object(s->call->arena);
        node__add(link, json_of_text(s->call->arena, id), TEXT("id"), s->call->arena);
        node__add(link, json_of_text(s->call->arena, kind), TEXT("kind"), s->call->arena);
        node__add(link, json_get(v, "type"), TEXT("type"), s->call->arena);
        *out = link;
        return OK;
    }
    struct text id;
    TRY(seek(s, f, f->target_name, v->text, &id));
    if (!id.len)
        return unknown(s->call, name, f, v->text);
    *out = json_of_text(s->call->arena, id);
    return OK;
}

static enum err resolve_list(struct seeker *s, const struct field *f, const struct json **value)
{
    struct list_maker clean = list_start(s->call->arena, f->type->form);
    enum err worst = OK;
    for (const struct json *one = (*value)->first; one; one = one->next) {
        const struct json *found = NULL;
        enum err e = resolve_one(s, f, f->name, one, &found);
        if (e == ERR_INVALID)
            worst = e;
        else if (e != OK)
            return e;
        else
            list_add(&clean, found);
    }
    *value = clean.list;
    return worst;
}

static enum err resolve_rows(struct seeker *s, const struct field *f, const struct json **value)
{
    struct list_maker clean = list_start(s->call->arena, f->type->form);
    enum err worst = OK;
    for (const struct json *row = (*value)->first; row; row = row->next) {
        struct json *copy = node__object(s->call->arena);
        for (const struct json *cell = row->first; cell; cell = cell->next) {
            const struct json *v = cell;
            for (size_t i = 0; i < f->column_count; i++)
                if (text_same(f->columns[i].name, cell->key) &&
                    f->columns[i].type->refers == REFERS_ONE) {
                    enum err e = resolve_one(s, &f->columns[i], f->name, cell, &v);
                    if (e != OK && e != ERR_INVALID)
                        return e;
                    worst = e != OK ? e : worst;
                }
            if (v)
                node__add(copy, v, cell->key, s->call->arena);
        }
        list_add(&clean, copy);
    }
    *value = clean.list;
    return worst;
}

/* The value stays as it is: the id of a file is what it was given as. */
static enum err resolve_parts(struct seeker *s, const struct field *f, const struct json *v)
{
    enum err worst = OK;
    for (const struct json *one = document_versions(v); one; one = one->next) {
        const struct json *file = json_get(one, "file");
        struct text id;
        if (!file)
            continue;
        TRY(seek(s, f, TEXT("file"), file->text, &id));
        if (!id.len)
            worst = unknown(s->call,
                            text_print(s->call->arena, "%.*s.versions.%.*s.file",
                                       TEXT_ARG(f->name), TEXT_ARG(one->key)),
                            f, file->text);
    }
    return worst;
}

enum err check__references(struct call *call, struct records *r, struct db db,
                           struct record *rec, const bool *given)
{
    struct seeker s = {call, r, db};
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (!given[i] || !rec->values[i])
            continue;
        enum err e = OK;
        if (f->type->form == FORM_ROWS)
            e = resolve_rows(&s, f, &rec->values[i]);
        else if (f->type->refers == REFERS_PARTS)
            e = resolve_parts(&s, f, rec->values[i]);
        else if (f->type->form == FORM_LINKS)
            e = resolve_list(&s, f, &rec->values[i]);
        else if (f->type->refers != REFERS_NOT)
            e = resolve_one(&s, f, f->name, rec->values[i], &rec->values[i]);
        if (e != OK && e != ERR_INVALID)
            return e;
        worst = e != OK ? e : worst;
    }
    return worst;
}

/* ---- the names of free links
 * --------------------------------------------------------------------- */
static bool plain_name(struct text t)
{
    bool good = t.len > 0 && t.len <= 40 && t.at[0] != '_';
    for (size_t i = 0; i < t.len; i++)
        good = good && ((t.at[i] >= 'a' && t.at[i] <= 'z') || t.at[i] == '_');
    return good;
}

static enum err check_link_name(struct call *call, const struct kind *k, const struct field *f,
                                struct text type)
{
    if (!plain_name(type))
        return problem_at(
            call, ERR_INVALID, f->name, "type", f->source,
            text_of(say(call, "what a link is called is one word of small letters and _, "
                              "at most 40")));
    if (!kind_field(k, type))
        return OK;
    return problem_at(
        call, ERR_INVALID, f->name, "type", f->source,
        text_print(call->arena,
                   say(call, "a link cannot be called %.*s: that is a field of this kind"),
                   TEXT_ARG(type)));
}

enum err check__links(struct call *call, const struct record *rec, const struct record *before)
{
    enum err worst = OK;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (f->type->refers != REFERS_FREE || !rec->values[i])
            continue;
        struct map *had = map_in(call->arena);
        const struct json *then = before ? before->values[i] : NULL;
        for (const struct json *one = then ? then->first : NULL; one; one = one->next)
            map_add(had, link_name(call->arena, one), 0);
        for (const struct json *one = rec->values[i]->first; one; one = one->next)
            if (!map_find(had, link_name(call->arena, one), NULL) &&
                check_link_name(call, rec->kind, f, json_text(json_get(one, "type"))) != OK)
                worst = ERR_INVALID;
    }
    return worst;
}
