/* SPDX-License-Identifier: Apache-2.0 */
/* api/ledger.c — the log as outsiders read it: C2SP checkpoint, proofs, tiles. */
#include "api/internal.h"
#include "monitor/monitor.h"

static enum err plain(struct exchange *x, struct text body, const char *type)
{
    x->out = (struct buf){.at = (char *)(uintptr_t)body.at, .len = body.len};
    x->type = text_of(type);
    return OK;
}

/* size=N: not the latest checkpoint, but the first of at least N entries; 0 when it was not
 * given. */
static enum err read_least(struct exchange *x, uint64_t *least)
{
    int64_t size;
    TRY(query__integer(x, "size", 0, &size));
    *least = (uint64_t)size;
    if (size > 0 || !query__text(x, "size").len)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT("size"), "range", "%s",
                   say(x->call, "size is a number of entries, from 1 on"));
}

enum err ledger_checkpoint_get(struct exchange *x)
{
    struct text note;
    uint64_t least;
    TRY(read_least(x, &least));
    TRY(ledger_checkpoint(x->call, exchange__db(x), least, &note));
    return plain(x, note, "text/plain; charset=utf-8");
}

enum err ledger_key_get(struct exchange *x)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "vkey", ledger_vkey(x->call->arena, x->api->ledger));
    put__text(o, "origin", ledger_origin(x->api->ledger));
    json_close(o, '}');
    return OK;
}

/* ---- names=1: who acted, and what is written of, as the reader may know them */
struct named {
    struct text *kinds, *ids;
    size_t count;
};

static void name_it(struct named *n, struct text kind, struct text id)
{
    if (!kind.len || !id.len)
        return;
    for (size_t i = 0; i < n->count; i++)
        if (text_same(n->ids[i], id))
            return;
    n->kinds[n->count] = kind;
    n->ids[n->count++] = id;
}

static enum err name_leaf(struct exchange *x, struct named *n, struct text leaf)
{
    const struct json *v;
    TRY(json_read(x->call, leaf, &json_request_limits, &v));
    const struct json *obj = json_get(v, "obj"), *actor = json_get(v, "actor");
    struct text kind = json_text(json_get(obj, "t"));
    if (model_kind(x->model, kind) || text_is(kind, "person"))
        name_it(n, kind, json_text(json_get(obj, "id")));
    if (text_is(json_text(json_get(actor, "t")), "user"))
        name_it(n, TEXT("person"), json_text(json_get(actor, "id")));
    return OK;
}

static enum err put_named(struct exchange *x, const struct ledger_row *rows, size_t count,
                          struct json_out *o)
{
    struct named n = {NEW_MANY(x->call->arena, 2 * count + 1, struct text),
                      NEW_MANY(x->call->arena, 2 * count + 1, struct text), 0};
    for (size_t i = 0; i < count; i++)
        TRY(name_leaf(x, &n, rows[i].leaf));
    struct ref *refs = NEW_MANY(x->call->arena, n.count + 1, struct ref);
    TRY(record_refs(x->call, x->records, exchange__db(x), n.kinds, n.ids, n.count, refs));
    put__names(o, refs, n.count);
    return OK;
}

enum err ledger_entries_get(struct exchange *x)
{
    int64_t from, limit;
    struct ledger_row *rows;
    size_t count;
    TRY(query__integer(x, "from", 0, &from));
    TRY(query__integer(x, "limit", 100, &limit));
    if (limit < 1 || limit > 1000)
        return problem(x->call, ERR_INVALID, TEXT("limit"), "range", "%s",
                       say(x->call, "limit must be between 1 and 1000"));
    TRY(ledger_entries(x->call, exchange__db(x), (uint64_t)from, (size_t)limit, &rows, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "entries");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__integer(o, "n", (int64_t)rows[i].index);
        json_key(o, "leaf");
        json_put_raw(o, rows[i].leaf);
        json_close(o, '}');
    }
    json_close(o, ']');
    put__integer(o, "size", (int64_t)ledger_size(x->api->ledger));
    if (text_is(query__text(x, "names"), "1"))
        TRY(put_named(x, rows, count, o));
    json_close(o, '}');
    return OK;
}

enum err ledger_proof_get(struct exchange *x)
{
    int64_t n;
    uint64_t least;
    struct text proof;
    TRY(read_least(x, &least));
    if (!text_integer(x->arg[0], &n) || n < 0)
        return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(x->call, "there is no such entry"));
    TRY(ledger_proof(x->call, exchange__db(x), (uint64_t)n, least, &proof));
    return plain(x, proof, "text/plain; charset=utf-8");
}

enum err ledger_tile_get(struct exchange *x)
{
    struct text bytes;
    TRY(ledger_tile(x->call, exchange__db(x), x->arg[0], &bytes));
    return plain(x, bytes, "application/octet-stream");
}

/* Reads the whole ledger: one at a time, so that a few of them do not take every worker. */
enum err ledger_verify_get(struct exchange *x)
{
    struct verification v;
    struct api *a = x->api;
    TRY(exchange__spend(x, PURSE_EXPORT, x->actor->id, 10));
    verification_start(&v);
    if (atomic_exchange(&a->verifying, true))
        return problem(x->call, ERR_BUSY, TEXT(""), "busy", "%s",
                       say(x->call, "the ledger is being verified already"));
    exchange__give_back(x); /* it opens its own */
    bool deep = query__text(x, "deep").len > 0;
    enum err e = record_verify(x->call, a->store, x->model, ledger_origin(a->ledger),
                               ledger_public_key(a->ledger), deep, (struct text){0}, &v);
    if (e == OK && deep && !v.untold.len)
        e = monitor_count_verify(x->call, a->store, &v);
    atomic_store(&a->verifying, false);
    TRY(e);
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__bool(o, "intact", v.finding_count == 0);
    put__integer(o, "entries", (int64_t)v.entries);
    put__text(o, "root", base64_of(x->call->arena, hash_text(&v.root)));
    json_key(o, "findings");
    json_open(o, '[');
    for (const struct finding *f = v.findings; f; f = f->next) {
        json_open(o, '{');
        put__text(o, "place", f->place);
        put__text(o, "what", f->what);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}
