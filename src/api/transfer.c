/* SPDX-License-Identifier: Apache-2.0 */
/* api/transfer.c — files that become records: dropped here, looked at, matched, rehearsed, taken in and
 * taken back. The work itself is the desk's (transfer/desk.c); nothing here waits for it. */
#include "api/internal.h"
#include "transfer/transfer.h"

/* Of a person: what is taken in is theirs, and they are judged by it. */
static enum err check_person(struct exchange *x)
{
    if (x->actor->person.len)
        return OK;
    return problem(x->call, ERR_DENIED, TEXT(""), "nobody", "%s",
                   say(x->call, "files are taken in for a person"));
}

static enum err find_kind(struct exchange *x, const struct kind **k)
{
    struct text name = query__text(x, "kind");
    *k = exchange__kind(x, name);
    if (!*k)
        return problem(x->call, ERR_MISSING, TEXT("kind"), "kind",
                       say(x->call, "there is no kind of record called %.*s"),
                       (int)(name.len < 100 ? name.len : 100), name.at);
    if (record_may_create(x->actor, *k))
        return OK;
    return problem(x->call, ERR_DENIED, TEXT(""), "who", "%s",
                   say(x->call, "your roles do not include creating this"));
}

enum err transfer__admit(struct exchange *x)
{
    const struct kind *k;
    TRY(check_person(x));
    return find_kind(x, &k);
}

static enum err answer(struct exchange *x, struct text id, int status)
{
    struct json_out *o = exchange__json(x);
    x->status = status;
    return desk_json(x->call, x->api->desk, id, o);
}

enum err transfer_post(struct exchange *x)
{
    struct desk_file file = {.bytes = x->request->body, .secret = x->secret};
    struct text id, type = request_header(x->request, "content-type");
    TRY(check_person(x));
    TRY(find_kind(x, &file.kind));
    exchange__give_back(x);
    if (text_starts(type, "multipart/form-data"))
        TRY(file__from_form(x, &file.name, &type, &file.bytes));
    else if (!url_decode(x->call->arena, request_header(x->request, "x-file-name"), false,
                         &file.name))
        file.name = (struct text){0};
    if (!file.name.len || file.name.len > 500 || !text_utf8(file.name))
        return problem(x->call, ERR_INVALID, TEXT("file"), "name", "%s",
                       say(x->call, "send the name of the file in X-File-Name"));
    TRY(desk_put(x->call, x->api->desk, &file, &id));
    return answer(x, id, 201);
}

enum err transfer_get(struct exchange *x)
{
    return answer(x, x->arg[0], 200);
}

static void put_taken(struct json_out *o, const struct change_batch *b)
{
    json_open(o, '{');
    put__text(o, "id", b->id);
    put__text(o, "kind", b->kind);
    put__text(o, "at", b->at);
    put__integer(o, "parts", b->parts);
    json_close(o, '}');
}

enum err transfers_get(struct exchange *x)
{
    struct change_batch *batches;
    size_t count;
    TRY(check_person(x));
    TRY(record_batches(x->call, exchange__db(x), 50, &batches, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    desk_list_json(x->call, x->api->desk, o);
    json_key(o, "taken");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        put_taken(o, &batches[i]);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

/* ---- what somebody says of a file ------------------------------------------------------------- */
static enum err wrong(struct exchange *x, const struct json *v)
{
    return problem(x->call, ERR_INVALID, v->key, "type", "%s",
                   say(x->call, "is of the wrong type"));
}

static enum err check_said(struct exchange *x)
{
    enum err worst = OK;
    TRY(exchange__body(x));
    for (const struct json *v = x->json->first; v; v = v->next) {
        bool text = text_is(v->key, "sheet") || text_is(v->key, "encoding") ||
                    text_is(v->key, "list") || text_is(v->key, "dates") || text_is(v->key, "map");
        bool columns = text_is(v->key, "columns");
        if (text_is(v->key, "header")
                ? v->type == JSON_INTEGER && v->integer > 0 && v->integer <= 1000
                : (text && v->type == JSON_TEXT) || (columns && v->type == JSON_OBJECT))
            continue;
        worst = wrong(x, v);
    }
    const struct json *columns = json_get(x->json, "columns");
    for (const struct json *v = columns ? columns->first : NULL; v; v = v->next)
        if (v->type != JSON_NULL && v->type != JSON_TEXT)
            worst = wrong(x, v);
    return worst;
}

enum err transfer_patch(struct exchange *x)
{
    TRY(check_person(x));
    TRY(check_said(x));
    struct buf b = buf_in(x->call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    json_put_json(&o, x->json);
    if (b.full)
        return ERR_TOO_LARGE;
    TRY(desk_say(x->call, x->api->desk, x->arg[0], buf_text(&b), x->secret));
    return answer(x, x->arg[0], 202);
}

/* ---- what is done with it --------------------------------------------------------------------- */
enum err transfer_rehearse(struct exchange *x)
{
    TRY(check_person(x));
    TRY(desk_take(x->call, x->api->desk, x->arg[0], true, x->secret));
    return answer(x, x->arg[0], 202);
}

enum err transfer_take(struct exchange *x)
{
    TRY(check_person(x));
    TRY(desk_take(x->call, x->api->desk, x->arg[0], false, x->secret));
    return answer(x, x->arg[0], 202);
}

enum err transfer_undo(struct exchange *x)
{
    TRY(check_person(x));
    TRY(desk_undo(x->call, x->api->desk, x->arg[0], x->secret));
    return answer(x, x->arg[0], 202);
}

enum err transfer_delete(struct exchange *x)
{
    TRY(check_person(x));
    TRY(desk_drop(x->call, x->api->desk, x->arg[0]));
    x->status = 204;
    return OK;
}
