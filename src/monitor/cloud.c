/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/cloud.c — CloudEvents 1.0: what is around an event of ours fills what it leaves out,
 * and the line goes the way of all lines. */
#include "monitor/internal.h"

#include <stdlib.h>

struct opening { /* the lines, and which event each is */
    struct call *call;
    struct text only; /* the system that the token is for, when it is for one */
    struct buf lines;
    struct cloud_items LIST_OF(int64_t) item;
    struct ingested *refused; /* before anything was asked of the store */
};

void cloud_event_read(const struct json *event, struct cloud_event *out)
{
    *out = (struct cloud_event){.version = json_text(json_get(event, "specversion")),
                                .id = json_text(json_get(event, "id")),
                                .source = json_text(json_get(event, "source")),
                                .type = json_text(json_get(event, "type")),
                                .time = json_text(json_get(event, "time")),
                                .content = json_text(json_get(event, "datacontenttype")),
                                .data = json_get(event, "data")};
}

static enum err needs(struct call *call, const char *name, struct text value)
{
    if (value.len)
        return OK;
    return problem(call, ERR_INVALID, text_of(name), "required", "%s: %s", name,
                   say(call, "is missing"));
}

static bool is_json(struct text type)
{
    struct text word = text_cut(&type, ';');
    return !word.len || text_is(text_trim(word), "application/json") ||
           text_ends(text_trim(word), "+json");
}

static enum err check(struct call *call, const struct cloud_event *e)
{
    enum err worst = OK;
    if (!text_is(e->version, "1.0"))
        worst = problem(call, ERR_INVALID, TEXT("specversion"), "version", "%s",
                        say(call, "specversion: must be 1.0"));
    const struct text must[] = {e->id, e->source, e->type};
    static const char *const names[] = {"id", "source", "type"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (needs(call, names[i], must[i]) != OK)
            worst = ERR_INVALID;
    if (!e->data || e->data->type != JSON_OBJECT || !is_json(e->content))
        worst = problem(call, ERR_INVALID, TEXT("data"), "type", "%s",
                        say(call, "data: must be an event of ours, a JSON object"));
    return worst;
}

/* "org.example.aims.prediction.v1" → "prediction". */
static struct text kind_in(struct text type)
{
    struct text part = TEXT("");
    if (!text_ends(type, ".v1"))
        return part;
    for (type.len -= 3; type.len;)
        part = text_cut(&type, '.');
    return part;
}

static bool has(const struct cloud_event *e, const char *name)
{
    const struct json *v = json_get(e->data, name);
    return v && v->type != JSON_NULL;
}

static void put_unless(struct json_out *o, const struct cloud_event *e, const char *name,
                       struct text value)
{
    if (has(e, name) || !value.len)
        return;
    json_key(o, name);
    json_put_text(o, value);
}

static void put_line(struct opening *p, const struct cloud_event *e)
{
    struct json_out o = json_out(&p->lines);
    json_open(&o, '{');
    if (!has(e, "v")) {
        json_key(&o, "v");
        json_put_integer(&o, 1);
    }
    put_unless(&o, e, "kind", kind_in(e->type));
    put_unless(&o, e, "id", e->id);
    put_unless(&o, e, "system", p->only);
    put_unless(&o, e, "ts", e->time);
    put_unless(&o, e, "source", e->source);
    for (const struct json *v = e->data->first; v; v = v->next)
        if (v->type != JSON_NULL) {
            json_key_text(&o, v->key);
            json_put_json(&o, v);
        }
    json_close(&o, '}');
    buf_add_byte(&p->lines, '\n');
}

static int by_line(const void *left, const void *right)
{
    const struct event_refused *l = left, *r = right;
    return (l->line > r->line) - (l->line < r->line);
}

/* What was refused here and what was refused there, in the order in which the events came. */
static void put_together(struct opening *p, struct ingested *out)
{
    const struct ingested *here = p->refused;
    size_t count = out->told_count + here->told_count;
    struct event_refused *all = NEW_MANY(p->call->arena, count + 1, struct event_refused);
    for (size_t i = 0; i < out->told_count; i++) {
        all[i] = out->told[i];
        all[i].line = p->item.at[all[i].line - 1];
    }
    for (size_t i = 0; i < here->told_count; i++)
        all[out->told_count + i] = here->told[i];
    qsort(all, count, sizeof *all, by_line);
    out->told = all;
    out->told_count = count < EVENT_TOLD ? count : EVENT_TOLD;
    out->refused += here->refused;
}

enum err monitor_cloud(struct call *call, struct records *r, const struct cloud_event *events,
                       size_t count, struct ingested *out)
{
    struct ingested refused = {.told = NEW_MANY(call->arena, EVENT_TOLD, struct event_refused)};
    struct opening p = {.call = call,
                        .only = system__only(call->actor),
                        .lines = buf_in(call->arena, 2 * EVENT_BODY),
                        .item = LIST_IN(call->arena, EVENT_LINES),
                        .refused = &refused};
    if (count > EVENT_LINES)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_many",
                       say(call, "a request has at most %d events"), EVENT_LINES);
    for (size_t i = 0; i < count; i++) {
        struct call *one = call_beside(call->arena, call);
        if (check(one, &events[i]) != OK) {
            ingest__refuse(call, &refused, (int64_t)i + 1, one);
            continue;
        }
        put_line(&p, &events[i]);
        (void)LIST_ADD(&p.item, (int64_t)i + 1);
    }
    if (p.lines.full)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large", "%s",
                       say(call, "the events are larger than allowed"));
    TRY(monitor_ingest(call, r, buf_text(&p.lines), out));
    put_together(&p, out);
    return OK;
}
