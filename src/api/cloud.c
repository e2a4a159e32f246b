/* SPDX-License-Identifier: Apache-2.0 */
/* api/cloud.c — CloudEvents 1.0 over HTTP: one as JSON, many as JSON, and one whose attributes
 * are headers ("binary mode"). */
#include "api/internal.h"
#include "monitor/monitor.h"

#define BATCH "application/cloudevents-batch+json"
#define ONE "application/cloudevents+json"

static const struct json_limits cloud_limits = {EVENT_BODY, 32, 500000};

static bool in_headers(const struct exchange *x)
{
    return request_header(x->request, "ce-specversion").len > 0 &&
           text_starts(request_header(x->request, "content-type"), "application/json");
}

bool cloud__is(const struct exchange *x)
{
    struct text type = request_header(x->request, "content-type");
    return text_starts(type, BATCH) || text_starts(type, ONE) || in_headers(x);
}

/* Headers hold what is not ASCII percent-encoded. */
static enum err header(struct exchange *x, const char *name, struct text *out)
{
    struct text raw = request_header(x->request, name);
    *out = raw;
    if (text_find(raw, '%') < 0 || url_decode(x->call->arena, raw, false, out))
        return OK;
    return problem(x->call, ERR_MALFORMED, text_of(name), "encoding",
                   say(x->call, "the header %s cannot be decoded"), name);
}

static enum err read_headers(struct exchange *x, const struct json *data,
                             struct cloud_event *out)
{
    *out = (struct cloud_event){.data = data};
    TRY(header(x, "ce-specversion", &out->version));
    TRY(header(x, "ce-id", &out->id));
    TRY(header(x, "ce-source", &out->source));
    TRY(header(x, "ce-type", &out->type));
    return header(x, "ce-time", &out->time);
}

enum err cloud__take(struct exchange *x, struct text body, struct ingested *done)
{
    const struct json *v;
    bool many = text_starts(request_header(x->request, "content-type"), BATCH);
    TRY(json_read(x->call, body, &cloud_limits, &v));
    if (v->type != (many ? JSON_LIST : JSON_OBJECT))
        return problem(x->call, ERR_MALFORMED, TEXT(""), "type", "%s",
                       many ? say(x->call, "a batch of CloudEvents is a JSON list")
                            : say(x->call, "an event is a JSON object"));
    size_t count = many ? v->count : 1;
    struct cloud_event *events = NEW_MANY(x->call->arena, count + 1, struct cloud_event);
    if (in_headers(x))
        TRY(read_headers(x, v, events));
    else if (!many)
        cloud_event_read(v, events);
    else {
        size_t i = 0;
        for (const struct json *one = v->first; one; one = one->next)
            cloud_event_read(one, &events[i++]);
    }
    return monitor_cloud(x->call, x->records, events, count, done);
}
