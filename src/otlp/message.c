/* SPDX-License-Identifier: Apache-2.0 */
/* otlp/message.c — a body to its tree, and answers in the form in which it was asked. */
#include "otlp/internal.h"

enum err otlp_read(struct call *call, enum otlp_signal signal, bool protobuf, size_t bytes,
                   struct text body, const struct json **out)
{
    if (body.len > bytes)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large",
                       say(call, "a message has at most %zu bytes"), bytes);
    if (protobuf)
        return otlp__read_protobuf(call, signal, body, out);
    struct json_limits limits = {bytes, OTLP_DEPTH, OTLP_VALUES};
    TRY(json_read(call, body, &limits, out));
    if ((*out)->type != JSON_OBJECT)
        return problem(call, ERR_MALFORMED, TEXT(""), "type", "%s",
                       say(call, "a message of OTLP is a JSON object"));
    return OK;
}

/* As protobuf's JSON writes it: a 64-bit number is a text. */
struct text otlp_reply(struct arena *a, enum otlp_signal signal, bool protobuf,
                       int64_t rejected, struct text message)
{
    if (protobuf)
        return otlp__reply_protobuf(a, rejected, message);
    struct buf b = buf_in(a, 1000 + 6 * message.len);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    if (rejected || message.len) {
        json_key(&o, "partialSuccess");
        json_open(&o, '{');
        json_key(&o, signal == OTLP_TRACES ? "rejectedSpans" : "rejectedLogRecords");
        json_put_text(&o, text_print(a, "%lld", (long long)rejected));
        json_key(&o, "errorMessage");
        json_put_text(&o, message);
        json_close(&o, '}');
    }
    json_close(&o, '}');
    return buf_text(&b);
}

struct text otlp_refusal(struct arena *a, bool protobuf, int code, struct text message)
{
    if (protobuf)
        return otlp__refusal_protobuf(a, code, message);
    struct buf b = buf_in(a, 1000 + 6 * message.len);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    json_key(&o, "code");
    json_put_integer(&o, code);
    json_key(&o, "message");
    json_put_text(&o, message);
    json_close(&o, '}');
    return buf_text(&b);
}
