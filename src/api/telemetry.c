/* SPDX-License-Identifier: Apache-2.0 */
/* api/telemetry.c — OTLP over HTTP: what exporters of OpenTelemetry send, and answers as they
 * understand them. A body is JSON or protobuf, packed or not, and is answered in its own form.
 */
#include "api/internal.h"
#include "monitor/monitor.h"

#define SAYS_MOST 2000

bool telemetry__is(struct text path)
{
    return text_is(path, "/v1/traces") || text_is(path, "/v1/logs");
}

static bool is_protobuf(const struct exchange *x)
{
    return text_starts(request_header(x->request, "content-type"), "application/x-protobuf");
}

static void answer(struct exchange *x, struct text body)
{
    x->type = is_protobuf(x) ? TEXT("application/x-protobuf") : TEXT("application/json");
    x->out = buf_in(x->call->arena, body.len + 1);
    buf_add(&x->out, body);
}

/* Numbers of google.rpc.Code. */
static int code_of(enum err e)
{
    switch (e) {
    case ERR_SIGNED_OUT:
        return 16;
    case ERR_DENIED:
        return 7;
    case ERR_MISSING:
        return 5;
    case ERR_METHOD:
        return 12;
    case ERR_BUSY:
        return 8;
    case ERR_IO:
    case ERR_SLOW:
        return 14;
    case ERR_BUG:
        return 13;
    default:
        return 3;
    }
}

void telemetry__problem(struct exchange *x, enum err e)
{
    struct text message = e != ERR_BUG && x->call->problems ? x->call->problems->message
                                                            : text_of(words_of(x->call, e));
    answer(x, otlp_refusal(x->call->arena, is_protobuf(x), code_of(e), message));
    x->status = e == ERR_INVALID ? 400 : err_http(e);
}

/* Why some were not kept; and of what is not kept by anybody, how much. */
static struct text says(struct exchange *x, const struct telemetry *t)
{
    struct buf b = buf_in(x->call->arena, SAYS_MOST);
    buf_add(&b, t->why.len < SAYS_MOST / 2 ? t->why : text_of(words_of(x->call, ERR_INVALID)));
    if (t->others && b.len)
        buf_add(&b, TEXT("; "));
    if (t->others)
        buf_print(
            &b, say(x->call, "of %lld that came, %lld say nothing of a model and are not kept"),
            (long long)t->items, (long long)t->others);
    return buf_text(&b);
}

static enum err take(struct exchange *x, enum otlp_signal signal)
{
    struct text type = request_header(x->request, "content-type"), body;
    const struct json *tree;
    struct telemetry done;
    bool protobuf = is_protobuf(x);
    if (!protobuf && !text_starts(type, "application/json"))
        return problem(x->call, ERR_MEDIA, TEXT(""), "media_type", "%s",
                       say(x->call, "send Content-Type: application/x-protobuf or "
                                    "application/json"));
    TRY(events__unpack(x, &body));
    TRY(otlp_read(x->call, signal, protobuf, EVENT_BODY, body, &tree));
    TRY(monitor_telemetry(x->call, x->records, signal, tree, &done));
    answer(x, otlp_reply(x->call->arena, signal, protobuf, done.rejected, says(x, &done)));
    return OK;
}

enum err traces_post(struct exchange *x)
{
    return take(x, OTLP_TRACES);
}

enum err logs_post(struct exchange *x)
{
    return take(x, OTLP_LOGS);
}
