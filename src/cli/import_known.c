/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import_known.c — what the store has already: the records of the kind, people, and
 * whatever a cell refers to. The kind is read once, in pages; references are looked up once
 * each. */
#include "cli/import.h"

static struct call *quiet(struct import *im)
{
    struct call *c = call_beside(im->arena, im->call);
    c->actor = im->call->actor;
    return c;
}

/* ---- records of a kind, page by page ---------------------------------------------------- */
typedef void take_record(struct import *im, const struct record *rec);

static enum err each_record(struct import *im, const struct kind *k, take_record *take)
{
    struct list_query q = {.limit = 500, .sort = TEXT("key")};
    for (bool more = true; more;) {
        struct record_list list;
        TRY(record_list(im->call, im->site->records, im->reader, k, &q, &list));
        for (size_t i = 0; i < list.count; i++)
            take(im, list.items[i]);
        q.cursor = list.next;
        more = list.next.len > 0;
    }
    return OK;
}

static void take_known(struct import *im, const struct record *rec)
{
    const struct json *external = record_value(rec, TEXT("external_id"));
    index__put(im->by_id, rec->id, rec);
    index__put(im->by_key, rec->key, rec);
    if (!external)
        return;
    struct text folded = shown_one_space(im->arena, external->text);
    index__put(im->by_external, external->text, rec);
    if (!index__get(im->by_external, folded))
        index__put(im->by_external, folded, rec);
}

const struct record *known__external(const struct import *im, struct text external)
{
    const struct record *rec = index__get(im->by_external, external);
    return rec ? rec : index__get(im->by_external, shown_one_space(im->arena, external));
}

/* ---- people ----------------------------------------------------------------------------- */
static const char two_of_them[] = "";

static void put_name(struct import *im, const struct person *p)
{
    struct text name = text_lower(im->arena, p->name);
    struct text *there = index__get(im->people, name);
    const void *id = there ? (const void *)two_of_them : &p->id;
    index__put(im->people, name, id);
}

static enum err load_people(struct import *im)
{
    struct person *people;
    size_t count;
    im->people = index__new(im->arena);
    TRY(access_people(im->call, im->reader, (struct text){0}, (struct text){0}, READ_MOST,
                      &people, &count));
    for (size_t i = 0; i < count; i++)
        if (people[i].name.len)
            put_name(im, &people[i]);
    for (size_t i = 0; i < count; i++) { /* what is unique has the last word */
        index__put(im->people, text_lower(im->arena, people[i].email), &people[i].id);
        index__put(im->people, text_lower(im->arena, people[i].id), &people[i].id);
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

enum err known__load(struct import *im)
{
    const struct import_plan *p = &im->plan;
    const struct kind *k = model_kind(im->site->model, im->kind->name);
    im->by_id = index__new(im->arena);
    im->by_key = index__new(im->arena);
    im->by_external = index__new(im->arena);
    im->references = index__new(im->arena);
    im->seen = index__new(im->arena);
    if (refers_to_people(im->kind))
        TRY(load_people(im));
    if (!p->mapped && p->key == NO_COLUMN && p->id == NO_COLUMN && p->external == NO_COLUMN)
        return OK;
    return each_record(im, k, take_known);
}

/* ---- references ------------------------------------------------------------------------- */
static struct text person(struct import *im, struct text given)
{
    const void *id = index__get(im->people, text_lower(im->arena, given));
    return id && id != two_of_them ? *(const struct text *)id : (struct text){0};
}

static struct text role(struct import *im, struct text given)
{
    const struct role *r = model_role(im->model, given);
    for (size_t i = 0; !r && i < im->model->role_count; i++) {
        const struct role *one = &im->model->roles[i];
        if (text_same(one->code, given) || text_same(one->title.zh, given) ||
            text_same(text_lower(im->arena, one->title.en), text_lower(im->arena, given)))
            r = one;
    }
    return r ? r->name : (struct text){0};
}

static struct text record_of(struct import *im, const struct field *f, struct text given)
{
    struct text name =
        text_print(im->arena, "%.*s %.*s", TEXT_ARG(f->target_name), TEXT_ARG(given));
    struct text *there = index__get(im->references, name);
    if (there)
        return *there;
    const struct kind *k = model_kind(im->site->model, f->target_name);
    struct record *rec;
    struct text *id = NEW(im->arena, struct text);
    if (k && record_read(quiet(im), im->site->records, im->reader, k, given, 0, &rec) == OK)
        *id = rec->id;
    index__put(im->references, name, id);
    return *id;
}

struct text known__reference(struct import *im, const struct field *f, struct text given)
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
