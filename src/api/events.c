/* SPDX-License-Identifier: Apache-2.0 */
/* api/events.c — what AI systems send while they run, and what came of one of them. */
#include "api/internal.h"
#include "monitor/monitor.h"

#include <string.h>

#define PAGE 50
#define PAGE_MOST 500

bool events__takes(const struct route *route)
{
    return route->run == events_post || route->run == traces_post || route->run == logs_post;
}

enum err events__unpack(struct exchange *x, struct text *body)
{
    struct text coding = request_header(x->request, "content-encoding");
    *body = x->request->body;
    if (text_is(coding, "gzip"))
        return gzip_unpack(x->call, *body, EVENT_BODY, body);
    if (coding.len && !text_is(coding, "identity"))
        return problem(x->call, ERR_MEDIA, TEXT(""), "content_encoding", "%s",
                       say(x->call, "send it as it is, or with Content-Encoding: gzip"));
    return OK;
}

/* Lines of JSON have many names. */
static enum err check_type(struct exchange *x)
{
    static const char *const types[] = {"application/x-ndjson", "application/ndjson",
                                        "application/jsonl", "application/x-jsonlines"};
    struct text type = request_header(x->request, "content-type");
    for (size_t i = 0; i < COUNT(types); i++)
        if (text_starts(type, types[i]))
            return OK;
    return problem(x->call, ERR_MEDIA, TEXT(""), "media_type", "%s",
                   say(x->call, "send Content-Type: application/x-ndjson, an event a line"));
}

/* ---- tables
 * ------------------------------------------------------------------------------------ Of as
 * many rows as a request has lines: longer ones are for the command. */
struct given { /* the body, as it is read */
    struct text rest;
};

static enum err more(void *arg, struct call *call, char *at, size_t room, size_t *got)
{
    struct given *g = arg;
    *got = g->rest.len < room ? g->rest.len : room;
    memcpy(at, g->rest.at, *got);
    g->rest = text_from(g->rest, *got);
    return OK;
}

static enum err check_rows(struct exchange *x, struct text body)
{
    size_t rows = 0;
    for (size_t i = 0; i < body.len; i++)
        rows += body.at[i] == '\n';
    if (rows <= EVENT_LINES)
        return OK;
    return problem(x->call, ERR_TOO_LARGE, TEXT(""), "too_many",
                   say(x->call, "a request has at most %d events"), EVENT_LINES);
}

/* The system that is named, or the only one that the token is for; and its profile. */
static enum err ready_table(struct exchange *x, struct event_table *t)
{
    struct record *rec;
    struct profile *p;
    t->system = monitor_named(x->call, query__text(x, "system"));
    t->rehearse = text_is(query__text(x, "rehearse"), "1");
    t->moment = INT64_MIN;
    if (query__text(x, "ts").len)
        TRY(query__moment(x, "ts", &t->moment));
    TRY(monitor_sender(x->call, x->records, exchange__db(x), t->system, &rec));
    TRY(profile_kept(x->call, rec, query__text(x, "profile"), &p));
    t->profile = p;
    return OK;
}

static void put_row(struct json_out *o, const struct row_refused *r)
{
    json_open(o, '{');
    put__integer(o, "row", r->row);
    put__integer(o, "line", r->line);
    put__text(o, "column", r->column);
    put__text(o, "code", r->code);
    put__text(o, "message", r->message);
    json_close(o, '}');
}

static enum err take_table(struct exchange *x)
{
    struct given body;
    struct event_table t = {.more = more, .arg = &body};
    struct tabled done;
    TRY(events__unpack(x, &body.rest));
    TRY(check_rows(x, body.rest));
    TRY(ready_table(x, &t));
    exchange__give_back(x); /* nobody waits for the writer with a reader */
    TRY(monitor_table(x->call, x->records, &t, &done));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__integer(o, "rows", done.rows);
    put__bool(o, "rehearsed", t.rehearse);
    put__integer(o, "accepted", done.accepted);
    put__integer(o, "duplicate", done.duplicate);
    json_key(o, "rejected");
    json_open(o, '[');
    for (size_t i = 0; i < done.told_count; i++)
        put_row(o, &done.told[i]);
    json_close(o, ']');
    put__integer(o, "rejected_more", done.refused - (int64_t)done.told_count);
    json_close(o, '}');
    return OK;
}

enum err events_post(struct exchange *x)
{
    struct text body;
    struct ingested done;
    bool cloud = cloud__is(x);
    if (text_starts(request_header(x->request, "content-type"), "text/csv"))
        return take_table(x);
    if (!cloud)
        TRY(check_type(x));
    TRY(events__unpack(x, &body));
    if (cloud)
        TRY(cloud__take(x, body, &done));
    else
        TRY(monitor_ingest(x->call, x->records, body, &done));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__integer(o, "accepted", done.accepted);
    put__integer(o, "duplicate", done.duplicate);
    json_key(o, "rejected");
    json_open(o, '[');
    for (size_t i = 0; i < done.told_count; i++) {
        json_open(o, '{');
        put__integer(o, "line", done.told[i].line);
        put__text(o, "code", done.told[i].code);
        put__text(o, "message", done.told[i].message);
        json_close(o, '}');
    }
    json_close(o, ']');
    put__integer(o, "rejected_more", done.refused - (int64_t)done.told_count);
    json_close(o, '}');
    return OK;
}

/* ---- what came
 * --------------------------------------------------------------------------------- */
static enum err system_of(struct exchange *x, struct record **rec, struct journal_state *s)
{
    TRY(monitor_system(x->call, x->records, exchange__db(x), x->arg[0], rec));
    TRY(exchange__read(x, *rec));
    return journal_about(x->call, exchange__db(x), (*rec)->kind->name, (*rec)->id, s);
}

/* What single people did, or what was said of them, is for whoever answers for the system and
 * for who may see sensitive content. How many there were is for everybody who reads the record.
 */
static bool may_look(struct exchange *x, struct record *rec)
{
    return x->actor->all || x->actor->sees_sensitive ||
           record_may_change(x->call, x->records, exchange__db(x), rec);
}

static void put_event(struct json_out *o, const struct event_kept *e)
{
    json_open(o, '{');
    put__text(o, "received", e->at);
    json_key(o, "event");
    json_put_raw(o, e->json);
    json_close(o, '}');
}

static void put_entry(struct json_out *o, const char *name, int64_t entry)
{
    json_key(o, name);
    if (entry >= 0)
        json_put_integer(o, entry);
    else
        json_put_null(o);
}

static void put_about(struct json_out *o, const struct journal_state *s)
{
    put__integer(o, "events", s->events);
    put__integer(o, "duplicate", s->same);
    put__integer(o, "taken", s->refused);
    put__integer(o, "bytes", s->bytes);
    put__text(o, "first", s->first);
    put__text(o, "last", s->last);
    put__integer(o, "unsealed", s->unsealed);
    put_entry(o, "sealed_by", s->sealed_by);
    put__integer(o, "removed", s->removed);
    put_entry(o, "removed_by", s->source ? s->removed_by : -1);
    put__text(o, "removed_before", s->removed_before);
}

/* "12.3": before which block and place. */
static enum err read_cursor(struct exchange *x, int64_t *block, int64_t *place)
{
    struct text cursor = query__text(x, "cursor"), first = text_cut(&cursor, '.');
    *block = *place = 0;
    if (!first.len || (text_integer(first, block) && *block > 0 &&
                       text_integer(cursor, place) && *place >= 0))
        return OK;
    return problem(x->call, ERR_INVALID, TEXT("cursor"), "cursor", "%s",
                   say(x->call, "is not one that this list gave"));
}

enum err system_events_get(struct exchange *x)
{
    struct record *rec;
    struct journal_state s;
    struct event_kept *items = NULL;
    size_t count = 0;
    int64_t block, place, limit;
    TRY(read_cursor(x, &block, &place));
    TRY(query__integer(x, "limit", PAGE, &limit));
    if (limit < 1 || limit > PAGE_MOST)
        return problem(x->call, ERR_INVALID, TEXT("limit"), "range",
                       say(x->call, "must be from 1 to %d"), PAGE_MOST);
    TRY(system_of(x, &rec, &s));
    bool whole = may_look(x, rec);
    if (s.source && whole)
        TRY(monitor_events(x->call, exchange__db(x), s.source, block, place, (size_t)limit,
                           &items, &count));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "system", rec->key);
    put_about(o, &s);
    put__bool(o, "hidden", !whole);
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        put_event(o, &items[i]);
    json_close(o, ']');
    json_key(o, "next");
    if (count == (size_t)limit &&
        (items[count - 1].block > s.first_block || items[count - 1].place > 0))
        json_put_text(o,
                      text_print(x->call->arena, "%lld.%lld", (long long)items[count - 1].block,
                                 (long long)items[count - 1].place));
    else
        json_put_null(o);
    json_close(o, '}');
    return OK;
}

enum err system_event_get(struct exchange *x)
{
    struct record *rec;
    struct journal_state s;
    struct event_kept e;
    TRY(system_of(x, &rec, &s));
    if (!may_look(x, rec))
        return problem(
            x->call, ERR_DENIED, TEXT(""), "who", "%s",
            say(x->call, "single events are for whoever answers for the system, and for roles "
                         "that see sensitive content"));
    TRY(monitor_event(x->call, exchange__db(x), s.source, x->arg[1], &e));
    put_event(exchange__json(x), &e);
    return OK;
}
