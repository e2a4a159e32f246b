/* SPDX-License-Identifier: Apache-2.0 */
/* api/story.c — what lies beside a record, as the story of its kind names it
 * (model/kind/story.c): one answer instead of a list for each register. */
#include "api/internal.h"

#define ROWS_SHOWN 50 /* of each register; the total says of how many */

static void put_name(struct buf *b, struct text name)
{
    if (name.len)
        buf_print(b, ",%.*s", TEXT_ARG(name));
}

static struct text fields_of(struct exchange *x, const struct json *card)
{
    struct buf b = buf_in(x->call->arena, 1u << 14);
    const struct json *dates = json_get(card, "dates");
    buf_print(&b, "title,state,created_at");
    put_name(&b, json_text(json_get(card, "worst")));
    for (const struct json *one = dates ? dates->first : NULL; one; one = one->next)
        put_name(&b, json_text(one));
    return buf_text(&b);
}

static struct text facets_of(struct exchange *x, const struct json *card)
{
    struct buf b = buf_in(x->call->arena, 256);
    buf_print(&b, "state");
    put_name(&b, json_text(json_get(card, "worst")));
    return buf_text(&b);
}

static enum err put_card(struct exchange *x, const struct record *rec, const struct json *card,
                         struct json_out *o)
{
    const struct kind *other = model_kind(x->model, json_text(json_get(card, "kind")));
    struct filter filter = {json_text(json_get(card, "via")), rec->id};
    struct record_list list;
    if (!other)
        return OK; /* a card of what the record itself names */
    struct list_query q = {.filters = &filter,
                           .filter_count = 1,
                           .limit = ROWS_SHOWN,
                           .fields = fields_of(x, card),
                           .facets = facets_of(x, card)};
    TRY(record_list(x->call, x->records, exchange__db(x), other, &q, &list));
    json_open(o, '{');
    put__text(o, "kind", other->name);
    put__text(o, "via", filter.name);
    TRY(list__put(x, &q, &list, o));
    json_close(o, '}');
    return OK;
}

static enum err put_story(struct exchange *x, const struct record *rec)
{
    const struct json *cards = json_get(rec->kind->story, "cards");
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "cards");
    json_open(o, '[');
    for (const struct json *one = cards ? cards->first : NULL; one; one = one->next)
        TRY(put_card(x, rec, one, o));
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

static enum err tell(struct exchange *x, const struct kind *k)
{
    struct record *rec;
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[1], 0, &rec));
    TRY(exchange__read(x, rec));
    return put_story(x, rec);
}

enum err story_get(struct exchange *x)
{
    const struct kind *k;
    TRY(record__find_kind(x, &k));
    if (!k->story)
        return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(x->call, "there is nothing here"));
    TRY(read_begin(x->call, exchange__db(x))); /* one moment for all of it */
    enum err e = tell(x, k);
    read_end(exchange__db(x));
    return e;
}
