/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/known.c — what the store has already: which records of the kind there are, people, and
 * whatever a cell refers to. The kind is read once, in pages; references are looked up once
 * each. */
#include "transfer/internal.h"

static struct call *quiet(struct transfer *im)
{
    struct call *c = call_beside(im->scratch, im->call);
    c->actor = im->call->actor;
    return c;
}

/* ---- records of a kind, page by page ---------------------------------------------------- */
static void put_id(struct transfer *im, struct index *in, struct text name, struct text *id)
{
    transfer__put(in, text_copy(im->arena, name), id);
}

static const char two_of_them[] = "";

/* What need not be unique: the second of a name makes the name nobody's. */
static void put_shared(struct transfer *im, struct index *in, struct text name,
                       const struct text *id)
{
    struct text key = text_copy(im->arena, transfer__folded(im->scratch, name));
    const struct text *there = transfer__get(in, key);
    bool other = there && (there == (const void *)two_of_them || !text_same(*there, *id));
    if (key.len)
        transfer__put(in, key, other ? (const void *)two_of_them : id);
}

struct text transfer__folded(struct arena *a, struct text t)
{
    return text_lower(a, shown_one_space(a, form_one(a, t)));
}

/* "A.2.2" of "iso-42001:A.2.2". */
static struct text bare_row(struct text id)
{
    struct text rest = id;
    (void)text_cut(&rest, ':');
    return rest;
}

/* By the field that the file has, when it has no key and no id (plan.c). */
static void take_by_field(struct transfer *im, const struct record *rec, const struct text *id)
{
    const struct field *f = im->plan.match;
    const struct json *v = f ? record_value(rec, f->name) : NULL;
    if (!v || v->type != JSON_TEXT)
        return;
    put_shared(im, im->by_field, v->text, id);
    if (im->plan.is_register && bare_row(v->text).len)
        put_shared(im, im->by_field, bare_row(v->text), id);
}

static void take_known(struct transfer *im, const struct record *rec)
{
    const struct json *external = record_value(rec, TEXT("external_id"));
    struct text *id = NEW(im->arena, struct text);
    *id = text_copy(im->arena, rec->id);
    transfer__put(im->by_id, *id, id);
    put_id(im, im->by_key, rec->key, id);
    take_by_field(im, rec, id);
    if (!external)
        return;
    struct text folded = shown_one_space(im->scratch, form_one(im->scratch, external->text));
    put_id(im, im->by_external, external->text, id);
    if (!transfer__get(im->by_external, folded))
        put_id(im, im->by_external, folded, id);
}

/* Only what says which record it is stays in memory; the record itself is read for its row. */
static enum err load_records(struct transfer *im)
{
    struct list_query q = {.limit = 500, .sort = TEXT("key")};
    struct text cursor = {0};
    for (bool more = true; more;) {
        struct record_list list;
        struct call *page = quiet(im);
        q.cursor = cursor;
        enum err e = record_list(page, im->records, im->reader, im->door, &q, &list);
        for (size_t i = 0; e == OK && i < list.count; i++)
            take_known(im, list.items[i]);
        cursor = e == OK ? text_copy(im->arena, list.next) : cursor;
        more = e == OK && list.next.len > 0;
        arena_reset(im->scratch);
        if (e != OK)
            return problem(im->call, e, TEXT(""), "storage", "%s", words_of(im->call, e));
    }
    return OK;
}

struct text transfer__known_external(const struct transfer *im, struct text external)
{
    const struct text *id = transfer__get(im->by_external, external);
    if (!id)
        id = transfer__get(im->by_external,
                           shown_one_space(im->scratch, form_one(im->scratch, external)));
    return id ? *id : (struct text){0};
}

enum found transfer__known_by_field(struct transfer *im, struct text cell, struct text *id)
{
    const void *there = transfer__get(im->by_field, transfer__folded(im->scratch, cell));
    *id = there && there != two_of_them ? *(const struct text *)there : (struct text){0};
    return !there ? FOUND_NONE : id->len ? FOUND_ONE : FOUND_SEVERAL;
}

const struct record *transfer__known_record(struct transfer *im, struct text id)
{
    struct record *rec;
    bool found = id.len && record_read(quiet(im), im->records, im->reader, im->door, id, 0,
                                       &rec) == OK;
    return found ? rec : NULL;
}

/* ---- people ----------------------------------------------------------------------------- */
/* Of two people of a name, one of whom has left, the other is meant. */
static void put_names(struct transfer *im, const struct person *people, size_t count, bool left)
{
    for (size_t i = 0; i < count; i++) {
        struct text key = transfer__folded(im->scratch, people[i].name);
        if (people[i].disabled != left || (left && transfer__get(im->people, key)))
            continue;
        put_shared(im, left ? im->people_left : im->people, people[i].name, &people[i].id);
    }
}

static enum err load_people(struct transfer *im)
{
    struct person *people;
    size_t count;
    im->people = transfer__index(im->arena);
    im->people_left = transfer__index(im->arena);
    TRY(access_people(im->call, im->reader, (struct text){0}, (struct text){0}, READ_MOST,
                      &people, &count));
    put_names(im, people, count, false);
    put_names(im, people, count, true);
    for (size_t i = 0; i < count; i++) { /* what is unique has the last word */
        transfer__put(im->people, text_lower(im->arena, people[i].email), &people[i].id);
        transfer__put(im->people, text_lower(im->arena, people[i].id), &people[i].id);
    }
    return OK;
}

static bool refers_to_people(const struct kind *k)
{
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].target == TO_PERSON && !k->fields[i].system)
            return true;
    return false;
}

enum err transfer__known(struct transfer *im)
{
    const struct plan *p = &im->plan;
    im->by_id = transfer__index(im->arena);
    im->by_key = transfer__index(im->arena);
    im->by_external = transfer__index(im->arena);
    im->by_field = transfer__index(im->arena);
    im->references = transfer__index(im->arena);
    im->named = transfer__index(im->arena);
    im->seen = transfer__index(im->arena);
    if (refers_to_people(im->kind))
        TRY(load_people(im));
    if (!p->mapped && p->key == NO_COLUMN && p->id == NO_COLUMN && p->external == NO_COLUMN &&
        !p->match)
        return OK;
    return load_records(im);
}

/* ---- references ------------------------------------------------------------------------- */
/* Who is meant: an id, an e-mail address, a name; or a name and what tells several of it apart, as an
 * export writes it: 王伟 <w1@example.org>. */
static const void *person_found(struct transfer *im, struct text given)
{
    ptrdiff_t open = text_find(given, '<');
    if (open >= 0 && given.at[given.len - 1] == '>')
        given = text_slice(given, (size_t)open + 1, given.len - 1);
    struct text key = transfer__folded(im->scratch, given);
    const void *found = transfer__get(im->people, key);
    return found ? found : transfer__get(im->people_left, key);
}

static struct text role(struct transfer *im, struct text given)
{
    const struct role *r = model_role(im->model, given);
    for (size_t i = 0; !r && i < im->model->role_count; i++) {
        const struct role *one = &im->model->roles[i];
        if (text_same(one->code, given) || text_same(one->title.zh, given) ||
            text_same(text_lower(im->scratch, one->title.en), text_lower(im->scratch, given)))
            r = one;
    }
    return r ? r->name : (struct text){0};
}

/* ---- records by what people call them ---------------------------------------------------- */
/* Of a kind that cells refer to: its titles and external ids, and what is unique in it. Read once, when
 * a cell says neither key nor id. */
static void take_names(struct transfer *im, struct index *in, const struct record *rec)
{
    struct text *id = NEW(im->arena, struct text);
    *id = text_copy(im->arena, rec->id);
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        const struct json *v = rec->values[i];
        bool tells = f->unique || text_is(f->name, "title") || text_is(f->name, "external_id");
        if (!tells || f->type->written != WRITTEN_LINE || f->many || f->guarded || !v)
            continue;
        put_shared(im, in, v->text, id);
        if (f->unique && bare_row(v->text).len)
            put_shared(im, in, bare_row(v->text), id);
    }
}

static struct index *names_of(struct transfer *im, const struct kind *k)
{
    struct index *in = transfer__get(im->named, k->name);
    struct list_query q = {.limit = 500, .sort = TEXT("key")};
    bool more = !in;
    if (!in)
        transfer__put(im->named, k->name, in = transfer__index(im->arena));
    while (more) {
        struct arena *page = arena_open();
        struct call *own = call_beside(page, im->call);
        struct record_list list;
        own->actor = im->call->actor;
        more = record_list(own, im->records, im->reader, k, &q, &list) == OK;
        for (size_t i = 0; more && i < list.count; i++)
            take_names(im, in, list.items[i]);
        more = more && list.next.len > 0;
        q.cursor = more ? text_copy(im->arena, list.next) : (struct text){0};
        arena_close(page);
    }
    return in;
}

static const void *record_of(struct transfer *im, const struct field *f, struct text given)
{
    struct text name =
        text_print(im->scratch, "%.*s %.*s", TEXT_ARG(f->target_name), TEXT_ARG(given));
    const void *there = transfer__get(im->references, name);
    if (there)
        return there;
    const struct kind *k = model_kind(im->door_model, f->target_name);
    struct record *rec;
    struct text *id = NEW(im->arena, struct text);
    if (k && record_read(quiet(im), im->records, im->reader, k, given, 0, &rec) == OK)
        *id = text_copy(im->arena, rec->id);
    if (k && !id->len)
        there = transfer__get(names_of(im, k), transfer__folded(im->scratch, given));
    transfer__put(im->references, text_copy(im->arena, name), there ? there : id);
    return there ? there : id;
}

/* The row of a standard: by its id, or as people write it, where only one has such a row. */
static const void *requirement(struct transfer *im, struct text given)
{
    const struct requirement *exact = model_requirement(im->model, given), *found = NULL;
    size_t several = 0;
    for (size_t i = 0; !exact && i < im->model->framework_count; i++)
        for (size_t n = 0; n < im->model->frameworks[i].row_count; n++)
            if (text_same(im->model->frameworks[i].rows[n].row, given)) {
                found = &im->model->frameworks[i].rows[n];
                several++;
            }
    if (several > 1)
        return two_of_them;
    return exact ? &exact->id : found ? &found->id : NULL;
}

static const void *target_of(struct transfer *im, const struct field *f, struct text given)
{
    switch (f->target) {
    case TO_PERSON:
        return person_found(im, given);
    case TO_REQUIREMENT:
        return requirement(im, given);
    default:
        return record_of(im, f, given);
    }
}

bool transfer__several(struct transfer *im, const struct field *f, struct text given)
{
    return f->target != TO_ROLE && given.len && target_of(im, f, given) == two_of_them;
}

struct text transfer__reference(struct transfer *im, const struct field *f, struct text given)
{
    if (f->target == TO_ROLE)
        return role(im, given);
    const void *found = given.len ? target_of(im, f, given) : NULL;
    return found && found != two_of_them ? *(const struct text *)found : (struct text){0};
}
