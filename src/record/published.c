/* SPDX-License-Identifier: Apache-2.0 */
/* record/published.c — what whoever has no account may read: records that the organisation
 * published by their own mark, while they stand in the states that the model says, and of them
 * the fields that the model says. What is confidential or restricted is never among them,
 * whatever its mark says. Each record is judged twice, by the list that finds it and by itself
 * before it leaves here, so that a slip of one of the two shows nothing. */
#include "record/internal.h"

#define THE_LEVELS TEXT("public,internal")

static struct text states_of(struct call *call, const struct kind *k, uint64_t in)
{
    struct buf b = buf_in(call->arena, 8192);
    for (size_t i = 0; i < k->state_count; i++)
        if (in >> i & 1)
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(k->states[i].name));
    return buf_text(&b);
}

static bool says(const struct json *v, struct text value)
{
    return text_is(value, "true") && v && v->type != JSON_TEXT ? json_true(v)
                                                               : text_same(json_text(v), value);
}

bool record_is_published(const struct record *rec)
{
    const struct published *p = &rec->kind->published;
    struct text level = json_text(record_value(rec, TEXT("confidentiality")));
    if (p->page == PUBLIC_NONE || !(p->in >> rec->state & 1))
        return false;
    if (!text_is(level, "public") && !text_is(level, "internal"))
        return false;
    return p->mark && says(rec->values[p->mark->index], p->value) &&
           !record_is_redacted(rec, p->mark);
}

const struct json *record_published_value(const struct record *rec,
                                          const struct published_field *f)
{
    return f->field->guarded || record_is_redacted(rec, f->field)
               ? NULL
               : rec->values[f->field->index];
}

/* Nobody asks: the engine looks, and what it finds is judged by record_is_published. */
static enum err list_as_engine(struct call *call, struct records *r, struct reader *db,
                               const struct kind *k, const struct list_query *q,
                               struct record_list *out)
{
    const struct actor *was = call->actor;
    call->actor = actor_system(call);
    enum err e = record_list(call, r, db, k, q, out);
    call->actor = was;
    return e;
}

static size_t filters_of(struct call *call, const struct kind *k, struct filter out[4])
{
    const struct published *p = &k->published;
    size_t count = 0;
    out[count++] = (struct filter){TEXT("state"), states_of(call, k, p->in)};
    out[count++] = (struct filter){TEXT("confidentiality"), THE_LEVELS};
    if (p->mark)
        out[count++] = (struct filter){p->mark->name, p->value};
    return count;
}

struct text record_published_query(struct call *call, const struct kind *k)
{
    struct filter filters[4];
    size_t count = filters_of(call, k, filters);
    struct buf b = buf_in(call->arena, 16384);
    for (size_t i = 0; i < count; i++)
        buf_print(&b, "%s%.*s=%.*s", i ? "&" : "", TEXT_ARG(filters[i].name),
                  TEXT_ARG(filters[i].value));
    return buf_text(&b);
}

enum err record_published(struct call *call, struct records *r, struct reader *db,
                          const struct kind *k, struct text cursor, size_t limit,
                          struct record_list *out)
{
    struct filter filters[4];
    struct list_query q = {.filters = filters,
                           .filter_count = filters_of(call, k, filters),
                           .sort = TEXT("title"),
                           .cursor = cursor,
                           .limit = (int64_t)limit};
    size_t kept = 0;
    *out = (struct record_list){0};
    if (!k->published.mark)
        return OK;
    TRY(list_as_engine(call, r, db, k, &q, out));
    for (size_t i = 0; i < out->count; i++)
        if (record_is_published(out->items[i]))
            out->items[kept++] = out->items[i];
    out->count = kept;
    return OK;
}

/* What was not published, is not any more and never was are the same from outside. By its
 * lasting id alone: keys are counted, and would tell how many there are. */
enum err record_published_one(struct call *call, struct records *r, struct reader *db,
                              const struct kind *k, struct text id, struct record **out)
{
    *out = NULL;
    if (k->published.mark)
        TRY(table__find(call, r, db_reader(db), k, id, out));
    if (*out && text_same((*out)->id, id) && record_is_published(*out))
        return OK;
    *out = NULL;
    return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(call, "there is nothing here"));
}

enum err record_published_latest(struct call *call, struct records *r, struct reader *db,
                                 const struct kind *k, struct text *date)
{
    const struct field *f = k->published.latest;
    struct filter filters[6];
    size_t count = filters_of(call, k, filters);
    struct record_list found;
    bool day = f->type->written == WRITTEN_DAY;
    filters[count++] = (struct filter){text_join(call->arena, f->name, TEXT(".lte")),
                                       day ? zone_today(call->arena, call->zone, call->now)
                                           : moment_print(call->arena, call->now)};
    struct list_query q = {.filters = filters,
                           .filter_count = count,
                           .sort = text_join(call->arena, TEXT("-"), f->name),
                           .limit = 1};
    *date = (struct text){0};
    TRY(list_as_engine(call, r, db, k, &q, &found));
    if (found.count && !record_is_redacted(found.items[0], f))
        *date = json_text(found.items[0]->values[f->index]);
    return OK;
}

enum err record_published_review(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, struct text *at)
{
    const struct published *p = &rec->kind->published;
    struct record_list found;
    *at = (struct text){0};
    if (!p->reviewed)
        return OK;
    struct filter filters[] = {{p->reviewed_via->name, rec->id},
                               {TEXT("state"), states_of(call, p->reviewed, p->reviewed_in)},
                               {TEXT("confidentiality"), THE_LEVELS}};
    struct list_query q = {.filters = filters,
                           .filter_count = COUNT(filters),
                           .sort = TEXT("-updated_at"),
                           .limit = 20};
    TRY(list_as_engine(call, r, db, p->reviewed, &q, &found));
    for (size_t i = 0; i < found.count; i++) {
        struct text since;
        TRY(record_since(call, db, found.items[i], &since));
        if (text_compare(since, *at) > 0)
            *at = since;
    }
    return OK;
}

enum err record_published_held_back(struct call *call, struct records *r, struct reader *db,
                                    const struct kind *k, int64_t *out)
{
    const struct published *p = &k->published;
    struct record_list all, shown;
    struct filter filters[4];
    *out = 0;
    if (!p->mark)
        return OK;
    filters[0] = (struct filter){p->mark->name, p->value};
    struct list_query q = {.filters = filters, .filter_count = 1, .limit = 1};
    TRY(list_as_engine(call, r, db, k, &q, &all));
    q.filter_count = filters_of(call, k, filters);
    TRY(list_as_engine(call, r, db, k, &q, &shown));
    *out = all.total - shown.total;
    return OK;
}
