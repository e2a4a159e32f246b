/* SPDX-License-Identifier: Apache-2.0 */
/* api/acknowledge.c — acknowledging a record, and who has. */
#include "api/internal.h"

#define PAGE_USUAL 100
#define PAGE_MOST 500

static enum err find_kind(struct exchange *x, const struct kind **k)
{
    *k = exchange__kind(x, x->arg[0]);
    return *k ? OK
              : problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                        say(x->call, "there is nothing here"));
}

enum err acknowledge_post(struct exchange *x)
{
    const struct kind *k;
    struct acknowledged made;
    TRY(exchange__members(x, "edition:i answers:l"));
    TRY(find_kind(x, &k));
    const struct json *edition = json_get(x->json, "edition");
    exchange__give_back(x);
    TRY(record_acknowledge(x->call, x->records, k, x->arg[1], edition ? edition->integer : 0,
                           json_get(x->json, "answers"), &made));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "id", made.id);
    put__integer(o, "edition", made.version);
    put__text(o, "person", made.person);
    put__text(o, "at", made.at);
    json_close(o, '}');
    x->status = 201;
    return OK;
}

/* The options that say something; which is right, and why, stays here. */
static void put_question(struct json_out *o, const struct kind *k, const struct json *row)
{
    const struct scale *s = k->asks.right->scale;
    json_open(o, '{');
    put__text(o, "question", json_text(json_get(row, "question")));
    put__text(o, "place", json_text(json_get(row, "place")));
    json_key(o, "options");
    json_open(o, '[');
    for (size_t i = 0; i < s->count; i++)
        for (const struct json *v = row->first; v; v = v->next) {
            if (!text_same(v->key, s->options[i].value) || !json_text(v).len)
                continue;
            json_open(o, '{');
            put__text(o, "value", v->key);
            put__text(o, "text", v->text);
            json_close(o, '}');
        }
    json_close(o, ']');
    json_close(o, '}');
}

static void put_own(struct json_out *o, const struct kind *k, const struct acknowledgements *a)
{
    json_key(o, "edition");
    a->edition ? json_put_integer(o, a->edition) : json_put_null(o);
    if (a->edition)
        put__text(o, "since", a->since);
    json_key(o, "mine");
    if (a->asked) {
        json_open(o, '{');
        put__text(o, "due", a->due);
        put__bool(o, "overdue", a->overdue);
        if (a->at.len)
            put__text(o, "at", a->at);
        json_close(o, '}');
    } else
        json_put_null(o);
    json_key(o, "quiz");
    json_open(o, '[');
    for (const struct json *row = a->quiz ? a->quiz->first : NULL; row; row = row->next)
        put_question(o, k, row);
    json_close(o, ']');
}

static void put_person(struct json_out *o, const struct asked_person *p)
{
    json_open(o, '{');
    put__text(o, "person", p->person);
    put__text(o, "name", p->name);
    put__text(o, "unit", p->unit);
    if (p->due.len)
        put__text(o, "due", p->due);
    put__bool(o, "overdue", p->overdue);
    if (p->at.len)
        put__text(o, "at", p->at);
    json_close(o, '}');
}

static enum err put_units(struct exchange *x, struct json_out *o,
                          const struct acknowledgements *a)
{
    struct text *kinds = NEW_MANY(x->call->arena, a->count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, a->count + 1, struct text);
    struct ref *refs = NEW_MANY(x->call->arena, a->count + 1, struct ref);
    size_t n = 0;
    for (size_t i = 0; i < a->count; i++)
        if (x->model->unit_kind && a->items[i].unit.len &&
            (!n || !text_same(ids[n - 1], a->items[i].unit))) {
            kinds[n] = x->model->unit_kind->name;
            ids[n++] = a->items[i].unit;
        }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, n, refs));
    put__names(o, refs, n);
    return OK;
}

static enum err put_everybody(struct exchange *x, struct json_out *o,
                              const struct acknowledgements *a)
{
    put__integer(o, "total", a->total);
    put__integer(o, "done", a->done);
    put__integer(o, "overdue", a->late);
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < a->count; i++)
        put_person(o, &a->items[i]);
    json_close(o, ']');
    json_key(o, "next");
    a->next.len ? json_put_text(o, a->next) : json_put_null(o);
    return put_units(x, o, a);
}

static enum err put_earlier(struct exchange *x, struct json_out *o, const struct record *rec)
{
    struct past_edition *list;
    size_t count;
    TRY(record_past_editions(x->call, exchange__db(x), rec, &list, &count));
    json_key(o, "earlier");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__integer(o, "edition", list[i].edition);
        put__text(o, "since", list[i].since);
        put__text(o, "until", list[i].until);
        put__integer(o, "done", list[i].done);
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

/* One edition that was, or is: who acknowledged it. */
static enum err put_then(struct exchange *x, const struct kind *k, const struct record *rec,
                         int64_t edition, int64_t limit)
{
    struct acknowledgements a;
    TRY(record_acknowledgements(x->call, x->records, exchange__db(x), rec, TEXT(""), 1, &a));
    if (a.shown)
        TRY(record_acknowledged_then(x->call, exchange__db(x), rec, edition,
                                     query__text(x, "cursor"), (size_t)limit, &a));
    if (!a.shown || !a.edition)
        return problem(x->call, ERR_MISSING, TEXT("edition"), "missing", "%s",
                       say(x->call, "there is no such edition, or it is not shown to you"));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put_own(o, k, &a);
    put__bool(o, "shown", true);
    TRY(put_everybody(x, o, &a));
    json_close(o, '}');
    return OK;
}

enum err acknowledgements_get(struct exchange *x)
{
    const struct kind *k;
    struct record *rec;
    struct acknowledgements a;
    int64_t limit, edition;
    TRY(query__integer(x, "limit", PAGE_USUAL, &limit));
    TRY(query__integer(x, "edition", 0, &edition));
    if (limit < 1 || limit > PAGE_MOST)
        return problem(x->call, ERR_INVALID, TEXT("limit"), "range",
                       say(x->call, "limit must be between 1 and %d"), PAGE_MOST);
    TRY(find_kind(x, &k));
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[1], 0, &rec));
    if (query__text(x, "edition").len)
        return put_then(x, k, rec, edition, limit);
    TRY(record_acknowledgements(x->call, x->records, exchange__db(x), rec,
                                query__text(x, "cursor"), (size_t)limit, &a));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put_own(o, k, &a);
    put__bool(o, "shown", a.shown);
    if (a.shown) {
        TRY(put_everybody(x, o, &a));
        TRY(put_earlier(x, o, rec));
    }
    json_close(o, '}');
    return OK;
}
