/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/telemetry.c — spans and records of logs to lines of events, and these to the ingest:
 * there is one way in. Each item is judged alone; what is not about a model is counted and
 * left. */
#include "monitor/telemetry.h"

#include <string.h>

struct reading {
    struct call *call;
    struct arena *scrap; /* of one item */
    enum otlp_signal signal;
    telemetry_system *system;
    void *arg;
    struct telemetry *out;
};

/* ---- what was refused
 * -------------------------------------------------------------------------- */
static void reject(struct reading *r, struct text why)
{
    r->out->rejected++;
    if (!r->out->why.len)
        r->out->why = text_copy(r->call->arena, why);
}

static void reject_for(struct reading *r, const struct call *why)
{
    reject(r, why->problems ? why->problems->message : TEXT("?"));
}

/* ---- one item
 * ---------------------------------------------------------------------------------- */
static size_t count_of(const struct json *list)
{
    return list && list->type == JSON_LIST ? list->count : 0;
}

/* `digits` of hex, in small letters; "" when they are none, or all 0. */
static struct text id_in(struct arena *a, const struct json *item, const char *member,
                         size_t digits)
{
    struct text t = text_lower(a, json_text(json_get(item, member))), bytes;
    bool any = false;
    for (size_t i = 0; i < t.len; i++)
        any |= t.at[i] != '0';
    return t.len == digits && any && hex_read(a, t, &bytes) ? t : TEXT("");
}

static bool has_text(const struct json *item, const char *member)
{
    const struct json *v = json_get(item, member);
    return v && (v->type != JSON_TEXT || v->text.len > 0);
}

static enum err check_item(struct reading *r, struct call *call, const struct json *item,
                           struct span *s)
{
    bool of_log = r->signal == OTLP_LOGS;
    s->at = item;
    s->attributes = json_get(item, "attributes");
    s->trace = id_in(call->arena, item, "traceId", 32);
    s->id = id_in(call->arena, item, "spanId", 16);
    s->parent = id_in(call->arena, item, "parentSpanId", 16);
    if (count_of(s->attributes) > TELEMETRY_ATTRIBUTES ||
        count_of(s->of_resource) > TELEMETRY_ATTRIBUTES)
        return problem(call, ERR_INVALID, TEXT("attributes"), "too_many",
                       say(call, "attributes: at most %d"), TELEMETRY_ATTRIBUTES);
    if ((!s->trace.len && (!of_log || has_text(item, "traceId"))) ||
        (!s->id.len && (!of_log || has_text(item, "spanId"))))
        return problem(
            call, ERR_INVALID, TEXT("traceId"), "id", "%s",
            say(call, "traceId and spanId: must be 32 and 16 hex digits, not all 0"));
    return OK;
}

static enum err find_system(struct reading *r, struct call *call, struct span *s)
{
    struct arena *a = call->arena;
    struct text name = attribute__text(a, s->attributes, "aimwell.system");
    if (!name.len)
        name = attribute__text(a, s->of_resource, "aimwell.system");
    if (name.len)
        return r->system(r->arg, call, name, true, &s->system);
    name = attribute__text(a, s->of_resource, "service.name");
    return r->system(r->arg, call, name, false, &s->system);
}

static void end_line(struct reading *r)
{
    buf_add_byte(&r->out->lines, '\n');
    (void)LIST_ADD(&r->out->item, r->out->items);
}

static void put_events(struct reading *r, struct call *call, const struct span *s)
{
    const struct json *events = json_get(s->at, "events");
    for (const struct json *e = count_of(events) ? events->first : NULL; e; e = e->next) {
        struct json_out o = json_out(&r->out->lines);
        uint64_t at;
        if (!genai__is_evaluation(e, "name"))
            continue;
        (void)telemetry__unsigned(json_get(e, "timeUnixNano"), &at);
        genai__put_evaluation(call, s, json_get(e, "attributes"), at, &o);
        end_line(r);
    }
}

static bool evaluates(const struct json *span)
{
    const struct json *events = json_get(span, "events");
    for (const struct json *e = count_of(events) ? events->first : NULL; e; e = e->next)
        if (genai__is_evaluation(e, "name"))
            return true;
    return false;
}

static void put_span(struct reading *r, struct call *call, const struct span *s)
{
    struct json_out o = json_out(&r->out->lines);
    if (genai__is_ours(call->arena, s->attributes)) {
        genai__put_call(call, s, &o);
        end_line(r);
    }
    put_events(r, call, s);
}

static void put_log(struct reading *r, struct call *call, const struct span *s)
{
    struct json_out o = json_out(&r->out->lines);
    uint64_t at;
    if (!telemetry__unsigned(json_get(s->at, "timeUnixNano"), &at) || !at)
        (void)telemetry__unsigned(json_get(s->at, "observedTimeUnixNano"), &at);
    genai__put_evaluation(call, s, s->attributes, at, &o);
    end_line(r);
}

static bool is_ours(struct reading *r, const struct json *item)
{
    return r->signal == OTLP_LOGS
               ? genai__is_evaluation(item, "eventName")
               : genai__is_ours(r->scrap, json_get(item, "attributes")) || evaluates(item);
}

static enum err read_item(struct reading *r, const struct json *resource,
                          const struct json *item)
{
    struct call *call = call_beside(r->scrap, r->call);
    struct span s = {.of_resource = json_get(resource, "attributes")};
    call->actor = r->call->actor;
    if (++r->out->items > TELEMETRY_ITEMS)
        return problem(r->call, ERR_TOO_LARGE, TEXT(""), "too_many",
                       say(r->call, "a request has at most %d spans or records"),
                       TELEMETRY_ITEMS);
    if (!is_ours(r, item)) {
        r->out->others++;
        return OK;
    }
    enum err e = check_item(r, call, item, &s);
    if (e == OK)
        e = find_system(r, call, &s);
    if (e == ERR_INVALID || e == ERR_MISSING) {
        reject_for(r, call);
        return OK;
    }
    TRY(e);
    if (r->signal == OTLP_TRACES)
        put_span(r, call, &s);
    else
        put_log(r, call, &s);
    return OK;
}

/* ---- all of them
 * ------------------------------------------------------------------------------- */
static const struct json *first_of(const struct json *holder, const char *member)
{
    const struct json *list = json_get(holder, member);
    return count_of(list) ? list->first : NULL;
}

enum err telemetry_lines(struct call *call, enum otlp_signal signal, const struct json *body,
                         telemetry_system *system, void *arg, struct telemetry *out)
{
    bool spans = signal == OTLP_TRACES;
    struct reading r = {call, arena_open(), signal, system, arg, out};
    enum err e = OK;
    memset(out, 0, sizeof *out);
    out->lines = buf_in(call->arena, 2 * EVENT_BODY);
    out->item = (struct telemetry_items)LIST_IN(call->arena, EVENT_LINES);
    for (const struct json *of = first_of(body, spans ? "resourceSpans" : "resourceLogs"); of;
         of = of->next)
        for (const struct json *in = first_of(of, spans ? "scopeSpans" : "scopeLogs"); in;
             in = in->next)
            for (const struct json *one = first_of(in, spans ? "spans" : "logRecords");
                 one && e == OK; one = one->next) {
                e = read_item(&r, json_get(of, "resource"), one);
                arena_reset(r.scrap);
            }
    arena_close(r.scrap);
    TRY(e);
    if (out->lines.full || out->item.full)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_many",
                       say(call, "a request has at most %d events"), EVENT_LINES);
    return OK;
}

/* ---- whose they are
 * ---------------------------------------------------------------------------- */
#define NAMES_MOST 100

struct naming {
    struct records *records;
    struct reader *db;
    struct arena *arena;
    struct map *names; /* → of keys; NAMES_MOST: of no system */
    struct telemetry_of of[NAMES_MOST]; /* key "": none */
    size_t count;
    struct text only; /* the system that the token is for, when it is for one */
};

static enum err look_up(struct naming *f, struct call *call, struct text name, size_t *at)
{
    struct call *quiet = call_beside(call->arena, call);
    struct record *rec;
    quiet->actor = call->actor;
    *at = NAMES_MOST;
    if (map_find(f->names, name, at) || f->count == NAMES_MOST)
        return OK;
    enum err e = monitor_sender(quiet, f->records, f->db, name, &rec);
    if (e != OK && e != ERR_MISSING)
        return e;
    f->of[f->count] = (struct telemetry_of){TEXT(""), false};
    if (e == OK) {
        struct wished w;
        signals__wished(call->arena, rec, &w);
        f->of[f->count] = (struct telemetry_of){text_copy(f->arena, rec->key), w.on};
    }
    *at = f->count++;
    (void)map_add(f->names, text_copy(f->arena, name), *at);
    return OK;
}

static enum err by_name(void *arg, struct call *call, struct text name, bool said,
                        struct telemetry_of *out)
{
    struct naming *f = arg;
    size_t at = NAMES_MOST;
    *out = (struct telemetry_of){TEXT(""), false};
    if (name.len && name.len <= 500)
        TRY(look_up(f, call, name, &at));
    if ((at == NAMES_MOST || !f->of[at].key.len) && !said && f->only.len) {
        name = f->only;
        TRY(look_up(f, call, name, &at));
    }
    if (at < NAMES_MOST)
        *out = f->of[at];
    if (!out->key.len && !said) /* whatever becomes of it is said where it is taken in */
        out->key = f->only;
    if (out->key.len)
        return OK;
    if (!name.len)
        return problem(call, ERR_MISSING, TEXT("system"), "system", "%s",
                       say(call, "name the AI system: by the attribute aimwell.system, or by "
                                 "service.name of the resource"));
    return problem(call, ERR_MISSING, TEXT("system"), "system",
                   say(call, "there is no AI system \"%.*s\" that you may send events for"),
                   (int)(name.len < 500 ? name.len : 500), name.at);
}

/* Each item counts once, however many lines of it were refused. Of more lines than are told one
 * by one each counts for an item. */
static void add_refused(struct telemetry *t, const struct ingested *done)
{
    int64_t before = 0;
    for (size_t i = 0; i < done->told_count; i++) {
        int64_t item = t->item.at[done->told[i].line - 1];
        t->rejected += item != before;
        before = item;
    }
    t->rejected += done->refused - (int64_t)done->told_count;
    if (t->rejected > t->items - t->others)
        t->rejected = t->items - t->others;
    if (!t->why.len && done->told_count)
        t->why = done->told[0].message;
}

enum err monitor_telemetry(struct call *call, struct records *r, enum otlp_signal signal,
                           const struct json *body, struct telemetry *out)
{
    struct store *store = access_store(record_access(r));
    struct naming f = {.records = r,
                       .arena = call->arena,
                       .names = map_in(call->arena),
                       .only = system__only(call->actor)};
    struct ingested done;
    f.db = store_reader(store);
    enum err e = telemetry_lines(call, signal, body, by_name, &f, out);
    store_return(store, f.db);
    TRY(e);
    TRY(monitor_ingest(call, r, buf_text(&out->lines), &done));
    add_refused(out, &done);
    return OK;
}
