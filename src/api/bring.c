/* SPDX-License-Identifier: Apache-2.0 */
/* api/bring.c — a backup instead of a new organisation. Whoever holds the address of the first
 * start sends the file; unpacking, verifying and opening it is the work of whoever runs this
 * server (api_options.bring), and so is saying how far that is. */
#include "api/internal.h"

static struct text token_of(struct exchange *x)
{
    return request_header(x->request, "x-setup-token");
}

static enum err check_token(struct exchange *x)
{
    TRY(access_first_known(x->call, x->api->access, token_of(x)));
    if (x->api->bring)
        return OK;
    return problem(x->call, ERR_CONFLICT, TEXT("backup"), "elsewhere", "%s",
                   say(x->call,
                       "a backup is taken in by a data folder that is still empty: not by "
                       "PostgreSQL, and not by an organisation that has a name"));
}

enum err bring__admit(struct exchange *x)
{
    int64_t length = exchange__length(x);
    TRY(check_token(x));
    if (length <= 0)
        return problem(x->call, ERR_INVALID, TEXT("backup"), "required", "%s",
                       say(x->call, "send the file, and how long it is (Content-Length)"));
    return x->api->bring->may(x->call, x->api->bring->arg, length);
}

static void put_state(struct exchange *x, const struct api_brought *b)
{
    struct json_out *o = exchange__json(x);
    struct text said = b->said;
    json_open(o, '{');
    put__text(o, "stage", text_of(b->stage));
    put__integer(o, "done", b->done);
    put__integer(o, "total", b->total);
    put__text(o, "organisation", b->organisation);
    put__integer(o, "entries", b->entries);
    json_key(o, "problems");
    json_open(o, '[');
    while (said.len)
        json_put_text(o, text_cut(&said, '\n'));
    json_close(o, ']');
    json_close(o, '}');
}

/* The reply may never arrive: something on the way may not wait as long as the work takes. The
 * pages ask how far it is, and believe that. */
enum err setup_backup(struct exchange *x)
{
    struct api_brought state;
    const struct api_bring *bring = x->api->bring;
    TRY(bring__admit(x));
    TRY(bring->take(x->call, bring->arg, token_of(x), x->request->body));
    if (bring->state(x->call, bring->arg, token_of(x), &state))
        put_state(x, &state);
    x->status = 202;
    return OK;
}

/* With ?bytes=: may one as large be sent? Before a browser begins to send it. */
enum err setup_backup_get(struct exchange *x)
{
    struct api_brought state = {.stage = "none"};
    const struct api_bring *bring = x->api->bring;
    int64_t bytes;
    TRY(query__integer(x, "bytes", 0, &bytes));
    if (bytes || !bring || !bring->state(x->call, bring->arg, token_of(x), &state))
        TRY(check_token(x));
    if (bytes)
        TRY(bring->may(x->call, bring->arg, bytes));
    put_state(x, &state);
    return OK;
}

bool bring__under_way(struct exchange *x)
{
    struct api_brought state;
    const struct api_bring *bring = x->api->bring;
    return bring && bring->state(x->call, bring->arg, exchange__field(x, "token"), &state) &&
           !text_is(text_of(state.stage), "refused") && !text_is(text_of(state.stage), "open");
}
