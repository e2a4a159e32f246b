/* SPDX-License-Identifier: Apache-2.0 */
/* api/hook.c — webhooks: what they are, what became of what they were sent, and trying one out.
 */
#include "api/internal.h"

#define DELIVERIES_MOST 200

/* ---- what there is
 * --------------------------------------------------------------------------- */
static void put_list(struct json_out *o, const char *key, struct text list)
{
    json_key(o, key);
    json_open(o, '[');
    while (list.len)
        json_put_text(o, text_cut(&list, ','));
    json_close(o, ']');
}

/* Why it tells nothing; "" when it does. */
static struct text stopped_of(const struct hook *h)
{
    return h->left ? TEXT("maker_left") : h->stopped;
}

static struct text name_of(struct exchange *x, struct text person)
{
    struct person p;
    struct call *quiet = call_beside(x->call->arena, x->call);
    return access_person(quiet, exchange__db(x), person, &p) == OK ? p.name : TEXT("");
}

static enum err put_hook(struct exchange *x, const struct hook *h, struct json_out *o)
{
    int64_t waiting;
    struct text failing;
    TRY(record_hook_stands(x->call, exchange__db(x), h->id, &waiting, &failing));
    json_open(o, '{');
    put__text(o, "id", h->id);
    put__text(o, "name", h->name);
    put__text(o, "address", h->address);
    put_list(o, "kinds", h->kinds);
    put_list(o, "events", h->events);
    put__text(o, "stopped", stopped_of(h));
    put__person(o, "maker", h->person, name_of(x, h->person));
    put__bool(o, "mine", text_same(h->person, x->actor->person));
    put__text(o, "made_at", h->made_at);
    if (h->rotated_at.len)
        put__text(o, "rotated_at", h->rotated_at);
    put__integer(o, "waiting", waiting);
    if (failing.len)
        put__text(o, "failing_since", failing);
    json_close(o, '}');
    return OK;
}

enum err hooks_get(struct exchange *x)
{
    struct hook *hooks;
    size_t count;
    TRY(access_hooks(x->call, x->api->access, exchange__db(x), &hooks, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        TRY(put_hook(x, &hooks[i], o));
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

static enum err put_one(struct exchange *x, struct text id)
{
    struct hook h;
    TRY(access_hook(x->call, x->api->access, exchange__db(x), id, &h));
    return put_hook(x, &h, exchange__json(x));
}

/* ---- making and changing
 * --------------------------------------------------------------------- */
/* A list of words as one text; a word with a comma is none that anybody knows. */
static struct text joined(struct exchange *x, const char *name)
{
    struct buf b = buf_in(x->call->arena, 1u << 16);
    const struct json *list = json_get(x->json, name);
    for (const struct json *one = list ? list->first : NULL; one; one = one->next) {
        struct text word = json_text(one);
        bool odd = one->type != JSON_TEXT || text_find(word, ',') >= 0;
        buf_print(&b, "%s%.*s", one == list->first ? "" : ",",
                  TEXT_ARG(odd ? TEXT("?") : word));
    }
    return b.full ? TEXT("?") : buf_text(&b);
}

struct asked {
    struct text name, address, kinds, events;
    struct hook_wish wish;
};

static enum err read_wish(struct exchange *x, struct asked *a)
{
    struct hook_address place;
    if (json_get(x->json, "name"))
        a->wish.name = &a->name;
    if (json_get(x->json, "address"))
        a->wish.address = &a->address;
    if (json_get(x->json, "kinds"))
        a->wish.kinds = &a->kinds;
    if (json_get(x->json, "events"))
        a->wish.events = &a->events;
    a->name = exchange__field(x, "name");
    a->address = text_trim(exchange__field(x, "address"));
    a->kinds = joined(x, "kinds");
    a->events = joined(x, "events");
    return a->wish.address ? hook_address_read(x->call, &x->api->reach, a->address, &place)
                           : OK;
}

static enum err put_secret(struct exchange *x, struct text id)
{
    struct hook h;
    unsigned char secret[HOOK_SECRET];
    TRY(access_hook(x->call, x->api->access, exchange__db(x), id, &h));
    access_hook_secret(x->api->access, &h, h.generation, secret);
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "id", id);
    put__text(o, "secret", hook_secret_words(x->call->arena, secret));
    json_close(o, '}');
    return OK;
}

enum err hooks_post(struct exchange *x)
{
    struct asked a = {0};
    struct text id;
    TRY(exchange__members(x, "name:t address:t kinds:l events:l"));
    TRY(read_wish(x, &a));
    a.wish = (struct hook_wish){
        .name = &a.name, .address = &a.address, .kinds = &a.kinds, .events = &a.events};
    TRY(access_hook_make(x->call, x->api->access, &a.wish, &id));
    x->status = 201;
    return put_secret(x, id);
}

enum err hook_patch(struct exchange *x)
{
    struct asked a = {0};
    const struct json *paused = json_get(x->json, "paused");
    TRY(exchange__members(x, "name:t address:t kinds:l events:l paused:b"));
    TRY(read_wish(x, &a));
    bool rest = a.wish.name || a.wish.address || a.wish.kinds || a.wish.events;
    a.wish.resume = paused && !json_true(paused);
    if (rest || a.wish.resume)
        TRY(access_hook_change(x->call, x->api->access, x->arg[0], &a.wish));
    if (paused && json_true(paused))
        TRY(access_hook_pause(x->call, x->api->access, x->arg[0], "paused"));
    return put_one(x, x->arg[0]);
}

enum err hook_rotate(struct exchange *x)
{
    const struct hook_wish wish = {.rotate = true};
    TRY(access_hook_change(x->call, x->api->access, x->arg[0], &wish));
    return put_secret(x, x->arg[0]);
}

enum err hook_delete(struct exchange *x)
{
    x->status = 204;
    return access_hook_end(x->call, x->api->access, x->arg[0]);
}

/* ---- what became of it
 * --------------------------------------------------------------------------- */
static enum err find_hook(struct exchange *x, struct hook *h)
{
    return access_hook(x->call, x->api->access, exchange__db(x), x->arg[0], h);
}

enum err hook_test(struct exchange *x)
{
    struct hook h;
    struct text id;
    TRY(find_hook(x, &h));
    if (stopped_of(&h).len)
        return problem(
            x->call, ERR_CONFLICT, TEXT(""), "stopped", "%s",
            say(x->call, "this webhook is paused: nothing is sent until it is resumed"));
    if (store_restored(x->api->store))
        return problem(x->call, ERR_CONFLICT, TEXT(""), "restored", "%s",
                       say(x->call,
                           "this is out of a backup: nothing is sent until an administrator "
                           "says that it is the only copy"));
    exchange__give_back(x);
    TRY(record_hook_ping(x->call, x->records, h.id, &id));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "id", id);
    json_close(o, '}');
    x->status = 202;
    return OK;
}

enum err hook_again(struct exchange *x)
{
    struct hook h;
    TRY(find_hook(x, &h));
    exchange__give_back(x);
    TRY(record_hook_again(x->call, x->records, h.id, x->arg[1]));
    x->status = 204;
    return OK;
}

static struct text state_of(const struct hook_delivery *d)
{
    if (!d->done.len)
        return TEXT("waiting");
    return text_starts(d->done, "2") ? TEXT("delivered") : d->done; /* a moment, or a word */
}

/* What the reader may not read of a record is not said here either. */
static void put_delivery(const struct hook_delivery *d, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "id", d->id);
    put__text(o, "event", d->event);
    put__text(o, "at", d->at);
    if (d->rec) {
        put__text(o, "kind", d->kind);
        put__text(o, "record", d->record);
        put__text(o, "key", d->rec->key);
    }
    put__text(o, "state", state_of(d));
    put__integer(o, "tries", d->tries);
    if (d->why.len)
        put__text(o, "why", d->why);
    if (d->status)
        put__integer(o, "status", d->status);
    if (!d->done.len)
        put__text(o, "next", d->due);
    else if (text_starts(d->done, "2"))
        put__text(o, "delivered_at", d->done);
    json_close(o, '}');
}

enum err hook_deliveries_get(struct exchange *x)
{
    struct hook h;
    struct hook_delivery *list;
    size_t count;
    int64_t limit;
    TRY(query__integer(x, "limit", 50, &limit));
    limit = limit < 1 ? 1 : limit > DELIVERIES_MOST ? DELIVERIES_MOST : limit;
    TRY(find_hook(x, &h));
    TRY(record_hook_deliveries(x->call, x->records, exchange__db(x), h.id,
                               query__text(x, "before"), (size_t)limit, &list, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        put_delivery(&list[i], o);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}
