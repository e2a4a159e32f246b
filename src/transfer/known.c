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

static void take_known(struct transfer *im, const struct record *rec)
{
    const struct json *external = record_value(rec, TEXT("external_id"));
    struct text *id = NEW(im->arena, struct text);
    *id = text_copy(im->arena, rec->id);
    transfer__put(im->by_id, *id, id);
    put_id(im, im->by_key, rec->key, id);
    if (!external)
        return;
    struct text folded = shown_one_space(im->scratch, external->text);
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
        id = transfer__get(im->by_external, shown_one_space(im->scratch, external));
    return id ? *id : (struct text){0};
}

const struct record *transfer__known_record(struct transfer *im, struct text id)
{
    struct record *rec;
    bool found = id.len && record_read(quiet(im), im->records, im->reader, im->door, id, 0,
                                       &rec) == OK;
    return found ? rec : NULL;
}

/* ---- people ----------------------------------------------------------------------------- */
static const char two_of_them[] = "";

static void put_name(struct transfer *im, const struct person *p)
{
    struct text name = text_lower(im->arena, p->name);
    struct text *there = transfer__get(im->people, name);
    const void *id = there ? (const void *)two_of_them : &p->id;
    transfer__put(im->people, name, id);
}

static enum err load_people(struct transfer *im)
{
    struct person *people;
    size_t count;
    im->people = transfer__index(im->arena);
    TRY(access_people(im->call, im->reader, (struct text){0}, (struct text){0}, READ_MOST,
                      &people, &count));
    for (size_t i = 0; i < count; i++)
        if (people[i].name.len)
            put_name(im, &people[i]);
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
    im->references = transfer__index(im->arena);
    im->seen = transfer__index(im->arena);
    if (refers_to_people(im->kind))
        TRY(load_people(im));
    if (!p->mapped && p->key == NO_COLUMN && p->id == NO_COLUMN && p->external == NO_COLUMN)
        return OK;
    return load_records(im);
}

/* ---- references ------------------------------------------------------------------------- */
static struct text person(struct transfer *im, struct text given)
{
    const void *id = transfer__get(im->people, text_lower(im->scratch, given));
    return id && id != two_of_them ? *(const struct text *)id : (struct text){0};
}

bool transfer__several(struct transfer *im, const struct field *f, struct text given)
{
    return f->target == TO_PERSON &&
           transfer__get(im->people, text_lower(im->scratch, given)) == (const void *)two_of_them;
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

static struct text record_of(struct transfer *im, const struct field *f, struct text given)
{
    struct text name =
        text_print(im->scratch, "%.*s %.*s", TEXT_ARG(f->target_name), TEXT_ARG(given));
    struct text *there = transfer__get(im->references, name);
    if (there)
        return *there;
    const struct kind *k = model_kind(im->door_model, f->target_name);
    struct record *rec;
    struct text *id = NEW(im->arena, struct text);
    if (k && record_read(quiet(im), im->records, im->reader, k, given, 0, &rec) == OK)
        *id = text_copy(im->arena, rec->id);
    transfer__put(im->references, text_copy(im->arena, name), id);
    return *id;
}

struct text transfer__reference(struct transfer *im, const struct field *f, struct text given)
{
    switch (f->target) {
    case TO_PERSON:
        return person(im, given);
    case TO_ROLE:
        return role(im, given);
    case TO_REQUIREMENT:
        return model_requirement(im->model, given) ? given : (struct text){0};
    default:
        return record_of(im, f, given);
    }
}
