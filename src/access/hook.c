/* SPDX-License-Identifier: Apache-2.0 */
/* access/hook.c — webhooks: addresses that are told what happens. Each is what the last entry
 * about it says, so that a row that somebody writes into the database sends nothing anywhere.
 * What it may tell is what its maker may read; so nobody else sets its address or what it
 * tells. */
#include "access/internal.h"

#include <string.h>

#define KIND "hook"

const char *const hook_events[] = {"created", "moved", "owner", "missed", "comment", NULL};

/* ---- reading ------------------------------------------------------------------------------
 */
static struct text member(const struct json *made, const char *name)
{
    return json_text(json_get(made, name));
}

static enum err take(struct call *call, struct access *a, struct reader *r, struct text id,
                     struct hook *out, bool *there)
{
    struct standing_word word, account;
    const struct json *said;
    *there = access__standing(a, KIND, id, &word) && !word.ended && word.committed;
    if (!*there)
        return OK;
    TRY(access__kept(call, r, word.entry, &word.commitment, &said));
    *there = said != NULL; /* its content was altered: it tells nothing, and verify says so */
    *out = (struct hook){.id = id,
                         .name = member(said, "name"),
                         .address = member(said, "address"),
                         .kinds = member(said, "kinds"),
                         .events = member(said, "events"),
                         .person = member(said, "person"),
                         .stopped = member(said, "stopped"),
                         .made_at = member(said, "made_at"),
                         .rotated_at = member(said, "rotated_at"),
                         .made = (int64_t)word.fresh_entry};
    if (!text_integer(member(said, "generation"), &out->generation))
        out->generation = 1;
    out->left = !access__standing(a, "person", out->person, &account) ||
                account.left > word.fresh_entry;
    return OK;
}

static enum err take_all(struct call *call, struct access *a, struct reader *r,
                         struct hook **out, size_t *count, int64_t *last)
{
    size_t ids;
    TRY(access__standing_follow(call, a, r));
    struct text *id = access__standing_hooks(a, call->arena, &ids, last);
    *out = NEW_MANY(call->arena, ids + 1, struct hook);
    *count = 0;
    for (size_t i = ids; i-- > 0;) { /* the newest comes first */
        bool there;
        TRY(take(call, a, r, id[i], &(*out)[*count], &there));
        *count += there;
    }
    return OK;
}

enum err access_hooks(struct call *call, struct access *a, struct reader *r, struct hook **out,
                      size_t *count)
{
    int64_t last;
    return take_all(call, a, r, out, count, &last);
}

static enum err no_such(struct call *call)
{
    return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(call, "there is no such webhook"));
}

enum err access_hook(struct call *call, struct access *a, struct reader *r, struct text id,
                     struct hook *out)
{
    bool there;
    TRY(access__standing_follow(call, a, r));
    TRY(take(call, a, r, id, out, &there));
    return there ? OK : no_such(call);
}

/* ---- what may be asked for ----------------------------------------------------------------
 */
static bool known_event(struct text word)
{
    for (const char *const *e = hook_events; *e != NULL; e++)
        if (text_is(word, *e))
            return true;
    return false;
}

/* Each once, each known. */
static bool good_list(struct text list, bool (*known)(void *, struct text), void *arg)
{
    struct text rest = list;
    if (list.len == 0 || list.len > 8000)
        return false;
    while (rest.len > 0) {
        struct text word = text_cut(&rest, ','), others = rest;
        if (!known(arg, word))
            return false;
        while (others.len > 0)
            if (text_same(text_cut(&others, ','), word))
                return false;
    }
    return !text_ends(list, ",");
}

static bool is_event(void *arg, struct text word)
{
    (void)arg;
    return known_event(word);
}

static bool is_kind(void *arg, struct text word)
{
    return model_kind(arg, word) != NULL;
}

static enum err check(struct call *call, const struct access *a, const struct hook *h)
{
    enum err e = OK;
    void *model = (void *)(uintptr_t)a->model;
    if (h->name.len == 0 || text_characters(h->name) > 200 || !text_utf8(h->name))
        e = problem(call, ERR_INVALID, TEXT("name"), "length", "%s",
                    say(call, "has 1 to 200 characters"));
    if (h->address.len == 0 || h->address.len > HOOK_ADDRESS_MOST || !text_utf8(h->address))
        e = problem(call, ERR_INVALID, TEXT("address"), "length",
                    say(call, "has 1 to %d bytes"), HOOK_ADDRESS_MOST);
    if (!text_is(h->kinds, "*") && !good_list(h->kinds, is_kind, model))
        e = problem(call, ERR_INVALID, TEXT("kinds"), "choice", "%s",
                    say(call, "names registers, each once, or * for all of them"));
    if (!good_list(h->events, is_event, NULL))
        e = problem(call, ERR_INVALID, TEXT("events"), "choice", "%s",
                    say(call,
                        "names at least one of created, moved, owner, missed and comment, "
                        "each once"));
    return e;
}

/* ---- writing ------------------------------------------------------------------------------
 */
struct hooking {
    struct access *a;
    const char *act;
    const struct hook *hook;
    int64_t seen; /* the last entry about any hook, when it was decided */
};

/* What was decided about hooks that are no longer so is decided again. */
static enum err keep_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct hooking *w = job->arg;
    const struct hook *h = w->hook;
    struct rows rows;
    TRY(tx_rows(call, tx,
                "SELECT COALESCE(max(ledger), -1) FROM sealed WHERE kind = '" KIND "'", NULL, 0,
                1, &rows));
    if (rows.cells[0].integer != w->seen)
        return problem(call, ERR_STALE, TEXT(""), "stale", "%s",
                       say(call,
                           "somebody else has changed the webhooks meanwhile: look at what "
                           "is there now, and try again"));
    struct member members[] = {{"address", h->address},
                               {"events", h->events},
                               {"generation", access__number(call, h->generation)},
                               {"id", h->id},
                               {"kinds", h->kinds},
                               {"made_at", h->made_at},
                               {"name", h->name},
                               {"person", h->person},
                               {"rotated_at", h->rotated_at},
                               {"stopped", h->stopped}};
    return access__keep(call, tx, w->a, call->actor, w->act, KIND, h->id, members,
                        COUNT(members));
}

struct decided {
    struct hook *hooks;
    size_t count;
    int64_t last;
};

static enum err look(struct call *call, struct access *a, struct decided *d)
{
    struct reader *r = store_reader(a->store);
    enum err e = take_all(call, a, r, &d->hooks, &d->count, &d->last);
    store_return(a->store, r);
    return e;
}

static struct hook *among(const struct decided *d, struct text id)
{
    for (size_t i = 0; i < d->count; i++)
        if (text_same(d->hooks[i].id, id))
            return &d->hooks[i];
    return NULL;
}

static enum err keep(struct call *call, struct access *a, const char *act, const struct hook *h,
                     const struct decided *d)
{
    struct hooking w = {a, act, h, d->last};
    return store_run(a->store, call, keep_run, &w);
}

static void put(struct text *to, const struct text *from)
{
    if (from != NULL)
        *to = text_trim(*from);
}

enum err access_hook_make(struct call *call, struct access *a, const struct hook_wish *wish,
                          struct text *id)
{
    struct decided d;
    struct hook h = {.id = id_new(call),
                     .person = call->actor->person,
                     .made_at = moment_print(call->arena, call->now),
                     .generation = 1};
    TRY(access__needs_fresh(call));
    put(&h.name, wish->name);
    put(&h.address, wish->address);
    put(&h.kinds, wish->kinds);
    put(&h.events, wish->events);
    TRY(check(call, a, &h));
    TRY(look(call, a, &d));
    if (d.count >= HOOKS_MOST)
        return problem(call, ERR_CONFLICT, TEXT(""), "too_many",
                       say(call, "there are %d webhooks already, and more cannot be: end one "
                                 "first"),
                       HOOKS_MOST);
    TRY(keep(call, a, "hook.make", &h, &d));
    *id = h.id;
    return OK;
}

enum err access_hook_change(struct call *call, struct access *a, struct text id,
                            const struct hook_wish *wish)
{
    struct decided d;
    TRY(access__needs_fresh(call));
    TRY(look(call, a, &d));
    struct hook *h = among(&d, id);
    if (h == NULL)
        return no_such(call);
    if (!text_same(h->person, call->actor->person) || h->left)
        return problem(call, ERR_DENIED, TEXT(""), "maker", "%s",
                       say(call,
                           "only whoever made a webhook changes it, because it tells what "
                           "they may read: pause or end it, and make one of your own"));
    put(&h->name, wish->name);
    put(&h->address, wish->address);
    put(&h->kinds, wish->kinds);
    put(&h->events, wish->events);
    if (wish->resume)
        h->stopped = TEXT("");
    if (wish->rotate) {
        h->generation++;
        h->rotated_at = moment_print(call->arena, call->now);
    }
    TRY(check(call, a, h));
    return keep(call, a, "hook.change", h, &d);
}

enum err access_hook_pause(struct call *call, struct access *a, struct text id, const char *why)
{
    struct decided d;
    TRY(look(call, a, &d));
    struct hook *h = among(&d, id);
    if (h == NULL)
        return no_such(call);
    if (h->stopped.len > 0)
        return OK;
    h->stopped = text_of(why);
    return keep(call, a, "hook.pause", h, &d);
}

enum err access_hook_end(struct call *call, struct access *a, struct text id)
{
    struct decided d;
    TRY(look(call, a, &d));
    struct hook *h = among(&d, id);
    return h != NULL ? keep(call, a, "hook.end", h, &d) : no_such(call);
}

void access_hook_secret(const struct access *a, const struct hook *h, int64_t generation,
                        unsigned char out[32])
{
    struct arena *arena = arena_open();
    ledger_derive(
        a->ledger,
        text_print(arena, "webhook\n%.*s\n%lld", TEXT_ARG(h->id), (long long)generation), out);
    arena_close(arena);
}
