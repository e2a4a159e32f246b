/* SPDX-License-Identifier: Apache-2.0 */
/* api/exchange.c — from a request to an actor, a route and a parsed body; and back to a reply.
 */
#include "api/internal.h"

#include <string.h>

/* ---- replying
 * --------------------------------------------------------------------------------------- */
void exchange__header(struct exchange *x, const char *name, struct text value)
{
    if (x->header_count < COUNT(x->headers))
        x->headers[x->header_count++] = (struct pair){text_of(name), value};
}

/* The time of a request is that of all its statements together, from its first reader on. */
struct reader *exchange__db(struct exchange *x)
{
    if (!x->reader) {
        x->reader = store_reader(x->api->store);
        if (!x->until)
            x->until = clock_ticks() + x->api->patience;
        reader_until(x->reader, x->until);
    }
    return x->reader;
}

void exchange__give_back(struct exchange *x)
{
    if (x->reader)
        store_return(x->api->store, x->reader);
    x->reader = NULL;
}

struct json_out *exchange__json(struct exchange *x)
{
    x->out = buf_in(x->call->arena, 64u << 20);
    x->json_out = json_out(&x->out);
    x->type = TEXT("application/json; charset=utf-8");
    return &x->json_out;
}

void put__text(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

void put__or_null(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    if (t.len)
        json_put_text(o, t);
    else
        json_put_null(o);
}

void put__integer(struct json_out *o, const char *key, int64_t i)
{
    json_key(o, key);
    json_put_integer(o, i);
}

void put__bool(struct json_out *o, const char *key, bool b)
{
    json_key(o, key);
    json_put_bool(o, b);
}

void put__words(struct json_out *o, const char *key, struct words w)
{
    json_key(o, key);
    json_open(o, '{');
    put__text(o, "en", w.en);
    put__text(o, "zh", w.zh.len ? w.zh : w.en);
    json_close(o, '}');
}

void put__ref(struct json_out *o, const struct ref *ref)
{
    put__text(o, "kind", ref->kind);
    put__text(o, "id", ref->id);
    put__text(o, "key", ref->key);
    put__text(o, "title", ref->title);
    put__text(o, "state", ref->state);
}

void put__names(struct json_out *o, const struct ref *refs, size_t count)
{
    json_key(o, "names");
    json_open(o, '{');
    for (size_t i = 0; i < count; i++) {
        if (!refs[i].id.len)
            continue;
        json_key_text(o, refs[i].id);
        json_open(o, '{');
        put__ref(o, &refs[i]);
        json_close(o, '}');
    }
    json_close(o, '}');
}

/* The records that a move's view names for a problem it shares with p. */
static void put_blockers(struct json_out *o, const struct move_view *v, const struct problem *p)
{
    size_t n = 0;
    for (const struct problem *q = v->why->problems; q; q = q->next, n++) {
        if (!text_same(q->code, p->code) || !text_same(q->message, p->message))
            continue;
        for (size_t i = 0; i < v->blocker_count; i++)
            if (v->blockers[i].problem == n) {
                json_open(o, '{');
                put__ref(o, &v->blockers[i].ref);
                json_close(o, '}');
            }
        return;
    }
}

void put__problems(struct json_out *o, const struct call *call, const struct move_view *why)
{
    json_open(o, '[');
    for (const struct problem *p = call->problems; p; p = p->next) {
        json_open(o, '{');
        put__text(o, "field", p->field);
        put__text(o, "code", p->code);
        put__text(o, "message", p->message);
        put__text(o, "source", p->source);
        if (why) {
            json_key(o, "records");
            json_open(o, '[');
            put_blockers(o, why, p);
            json_close(o, ']');
        }
        json_close(o, '}');
    }
    json_close(o, ']');
}

static struct text first_message(const struct call *call)
{
    return call->problems ? call->problems->message : (struct text){0};
}

/* Asking for the password again is no refusal: programs must be able to tell it from one. */
static const char *code_of(const struct exchange *x, enum err e)
{
    for (const struct problem *p = x->call->problems; p && e == ERR_DENIED; p = p->next)
        if (text_is(p->code, "fresh"))
            return "fresh";
    return err_code(e);
}

static void log_bug(const struct exchange *x)
{
    struct text path = log_value(x->call->arena, exchange__path(x));
    struct text why = log_value(x->call->arena, first_message(x->call));
    log_line(LOG_ERROR, "bug", "request=%.*s path=%.*s why=%.*s", TEXT_ARG(x->call->id),
             TEXT_ARG(path), TEXT_ARG(why));
}

static void put_problem_json(struct exchange *x, enum err e)
{
    struct json_out *o = exchange__json(x);
    const char *title = words_of(x->call, e);
    x->type = TEXT("application/problem+json; charset=utf-8");
    x->status = err_http(e);
    json_open(o, '{');
    put__text(o, "type", TEXT("about:blank"));
    put__text(o, "title", text_of(title));
    put__integer(o, "status", err_http(e));
    put__text(o, "code", text_of(code_of(x, e)));
    put__text(o, "detail", first_message(x->call));
    put__text(o, "request", x->call->id);
    json_key(o, "errors");
    put__problems(o, x->call, x->why);
    json_close(o, '}');
}

static void put_problem(struct exchange *x, enum err e)
{
    if (outside__is(x->request->path))
        outside__problem(x, e);
    else if (telemetry__is(x->request->path))
        telemetry__problem(x, e);
    else
        put_problem_json(x, e);
    if (e == ERR_SIGNED_OUT)
        exchange__header(x, "www-authenticate", TEXT("Bearer"));
    if (e == ERR_METHOD)
        exchange__header(x, "allow", x->allow);
    if (e == ERR_BUSY || e == ERR_IO || e == ERR_SLOW)
        exchange__header(x, "retry-after",
                         text_print(x->call->arena, "%lld",
                                    x->retry_after  ? (long long)x->retry_after
                                    : e == ERR_BUSY ? 1LL
                                                    : 5LL));
    if (e == ERR_BUG)
        log_bug(x);
}

/* A bug's details are for the log, not for the caller. */
static void hide_bug(struct exchange *x, enum err e)
{
    if (e != ERR_BUG)
        return;
    x->call->problems = NULL;
    x->call->problem_count = 0;
}

enum err exchange__read(struct exchange *x, const struct record *rec)
{
    if (!record_is_restricted(rec))
        return OK;
    return access_trace_read(x->call, x->api->access, "record.read", rec->kind->name, rec->id);
}

/* What a person, or a token, signed in and was refused, by right or by duty. Being asked for the
 * password is no refusal, and a slip of the pen none worth an entry. */
static void trace_refusal(struct exchange *x, enum err e)
{
    const struct problem *why = x->call->problems;
    while (why && e == ERR_CONFLICT && !text_starts(why->code, "SOD-"))
        why = why->next;
    if (!why || !x->actor || !x->route || (e != ERR_DENIED && e != ERR_CONFLICT) ||
        text_is(why->code, "fresh") || text_is(why->code, "renew"))
        return;
    const struct kind *k = x->change.kind ? x->change.kind : model_kind(x->model, x->arg[0]);
    access_trace_refused(x->call, x->api->access,
                         text_print(x->call->arena, "%s %s", x->route->method,
                                    x->route->pattern),
                         k ? k->name : TEXT(""), why->code);
}

static void sent(void *records)
{
    epoch_give(records);
}

struct reply *exchange__reply(struct exchange *x, enum err e)
{
    exchange__give_back(x);
    trace_refusal(x, e);
    if (e == OK && x->out.full)
        e = ERR_TOO_LARGE;
    if (e != OK) {
        put_problem(x, e);
        if (e == ERR_BUG) {
            hide_bug(x, e);
            put_problem(x, e);
        }
    }
    struct reply *reply = NEW(x->call->arena, struct reply);
    *reply = (struct reply){.status = x->status ? x->status : 200,
                            .type = x->type,
                            .body = x->lasting.len ? x->lasting : buf_text(&x->out),
                            .headers = x->headers,
                            .header_count = x->header_count,
                            .lasting = x->lasting.len > 0};
    if (reply->lasting) {
        reply->sent = sent;
        reply->sent_arg = x->records;
        x->records = NULL;
    }
    struct text path = log_value(x->call->arena, exchange__path(x));
    log_line(LOG_DEBUG, "request", "id=%.*s method=%.*s path=%.*s outcome=%s us=%lld",
             TEXT_ARG(x->call->id), TEXT_ARG(x->request->method), TEXT_ARG(path), err_code(e),
             (long long)(clock_ticks() - x->start));
    return reply;
}

void exchange__answer(struct exchange *x, enum err e)
{
    const struct reply *reply = exchange__reply(x, e);
    struct records *held = x->records; /* x is gone when its answer is */
    net_answer(x->request, reply);
    epoch_give(held);
}

/* ---- reading the request
 * ---------------------------------------------------------------------------------- */
struct text exchange__field(struct exchange *x, const char *name)
{
    return json_text(json_get(x->json, name));
}

enum err exchange__body(struct exchange *x)
{
    if (x->json && x->json->type == JSON_OBJECT)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT(""), "body", "%s",
                   say(x->call, "send a JSON object"));
}

static bool fits_type(const struct json *v, char type)
{
    switch (v->type) {
    case JSON_NULL:
    case JSON_TEXT:
        return type == 't';
    case JSON_FALSE:
    case JSON_TRUE:
        return type == 'b';
    case JSON_INTEGER:
        return type == 'i';
    case JSON_LIST:
        return type == 'l';
    case JSON_OBJECT:
        return type == 'o';
    default:
        return false;
    }
}

static enum err check_member(struct exchange *x, const struct json *v, struct text known)
{
    while (known.len) {
        struct text type = text_cut(&known, ' '), name = text_cut(&type, ':');
        if (!text_same(name, v->key))
            continue;
        if (fits_type(v, type.at[0]))
            return OK;
        return problem(x->call, ERR_INVALID, v->key, "type", "%s",
                       say(x->call, "is of the wrong type"));
    }
    return problem(x->call, ERR_INVALID, v->key, "unknown", "%s",
                   say(x->call, "is not known here"));
}

enum err exchange__members(struct exchange *x, const char *known)
{
    enum err worst = OK;
    TRY(exchange__body(x));
    for (const struct json *v = x->json->first; v; v = v->next)
        if (check_member(x, v, text_of(known)) != OK)
            worst = ERR_INVALID;
    return worst;
}

struct text query__text(struct exchange *x, const char *name)
{
    return request_query(x->request, name);
}

enum err query__moment(struct exchange *x, const char *name, int64_t *out)
{
    struct text t = query__text(x, name);
    int64_t days;
    *out = 0;
    if (!t.len || moment_read(t, out))
        return OK;
    if (date_read(t, &days)) { /* the end of that day */
        *out = zone_day_start(x->call->zone, days + 1) - 1;
        return OK;
    }
    return problem(x->call, ERR_INVALID, text_of(name), "moment", "%s",
                   say(x->call, "must be a time like 2026-11-23T09:30:00Z"));
}

enum err query__integer(struct exchange *x, const char *name, int64_t fallback, int64_t *out)
{
    struct text t = query__text(x, name);
    *out = fallback;
    if (!t.len || (text_integer(t, out) && *out >= 0))
        return OK;
    return problem(x->call, ERR_INVALID, text_of(name), "type", "%s",
                   say(x->call, "must be a whole number"));
}

const struct kind *exchange__kind(struct exchange *x, struct text name)
{
    const struct kind *k = model_kind(x->model, name);
    return k && record_may_read_kind(x->actor, k) ? k : NULL;
}

static enum lang language(const struct request *r)
{
    return outside__language(r, lang_like(request_header(r, "accept-language")));
}

static bool is_write(struct text method)
{
    return !text_is(method, "GET") && !text_is(method, "HEAD");
}

bool exchange__writes(const struct exchange *x)
{
    return is_write(x->request->method);
}

static bool is_json(struct text type)
{
    return text_starts(type, "application/json") ||
           text_starts(type, "application/merge-patch+json");
}

static enum err read_body(struct exchange *x)
{
    if (!is_write(x->request->method) || !x->request->body.len)
        return OK;
    if (exchange__brings_file(x) ||
        (x->route && (outside__takes_form(x->route) || events__takes(x->route))))
        return OK;
    if (!is_json(request_header(x->request, "content-type")))
        return problem(x->call, ERR_MEDIA, TEXT(""), "media_type", "%s",
                       say(x->call, "send Content-Type: application/json"));
    return json_read(x->call, x->request->body, &json_request_limits, &x->json);
}

/* ---- who
 * ------------------------------------------------------------------------------------------------------
 */
/* Over TLS no other host of the domain, nor anybody on the way, can plant a cookie of this
 * name. Below a path __Host- would make it one of the whole host, which others may share. */
const char *exchange__cookie(const struct exchange *x)
{
    return !x->request->secure ? "aw_session"
           : x->api->base.len  ? "__Secure-aw_session"
                               : "__Host-aw_session";
}

enum err exchange__nobody(struct exchange *x)
{
    return problem(x->call, ERR_SIGNED_OUT, TEXT(""), "signed_out", "%s",
                   say(x->call, "sign in first"));
}

static enum err sign_in(struct exchange *x, bool *by_cookie)
{
    struct text bearer = request_header(x->request, "authorization");
    *by_cookie = !text_starts(bearer, "Bearer ");
    x->secret = *by_cookie ? request_cookie(x->request, exchange__cookie(x))
                           : text_trim(text_from(bearer, 7));
    if (!*by_cookie)
        return access_bearer(x->call, x->api->access, exchange__db(x), x->secret, &x->actor);
    if (!x->secret.len)
        return exchange__nobody(x);
    TRY(access_session(x->call, x->api->access, exchange__db(x), x->secret, &x->actor));
    rates__remember(x->api->rates, x->secret);
    return OK;
}

struct text exchange__path(const struct exchange *x)
{
    return text_starts(x->request->path, "/calendar/") ? TEXT("/calendar/...")
                                                       : x->request->path;
}

struct text exchange__origin(const struct exchange *x)
{
    if (x->api->origin.len)
        return x->api->origin;
    return text_join(x->call->arena, x->request->secure ? TEXT("https://") : TEXT("http://"),
                     request_header(x->request, "host"));
}

static bool same_origin(const struct exchange *x)
{
    struct text from = request_header(x->request, "origin");
    return !from.len || text_same(from, exchange__origin(x));
}

static enum err check_forgery(struct exchange *x, bool by_cookie)
{
    if (!is_write(x->request->method))
        return OK;
    struct text token = request_header(x->request, "x-csrf-token");
    if (same_origin(x) && (!by_cookie || same_secret(token, x->actor->csrf)))
        return OK;
    return problem(x->call, ERR_DENIED, TEXT(""), "csrf", "%s",
                   say(x->call, "the X-CSRF-Token header is missing or wrong"));
}

/* Entries name records of every unit, and their hashes hold only when they are whole: whoever
 * reads them holds such a role for the whole organisation, not for a unit. */
static bool may_audit(const struct exchange *x)
{
    const struct model *m = x->model;
    for (size_t i = 0; i < m->role_count; i++)
        if (m->roles[i].audits && actor_holds(x->actor, m->roles[i].name, NULL, 0))
            return true;
    return x->actor->all;
}

/* A token whose scopes name this route. */
static bool made_for(const struct exchange *x)
{
    return x->route->scope && actor_in_scope(x->actor, text_of(x->route->scope), TEXT(""));
}

/* SOD-10 gives the AIMS manager the second signature. */
static bool manages(const struct actor *a)
{
    return a->admin || actor_holds_anywhere(a, ROLE_MANAGER);
}

const char *exchange__tokens(const struct exchange *x)
{
    return manages(x->actor) ? "all" : may_audit(x) ? "read" : "";
}

static enum err check_policy(struct exchange *x)
{
    bool may = true;
    if (x->route->policy == POLICY_ADMIN)
        may = manages(x->actor);
    if (x->route->policy == POLICY_TOKENS)
        may = *exchange__tokens(x);
    if (x->route->policy == POLICY_AUDIT)
        may = may_audit(x) || made_for(x);
    if (may)
        return OK;
    return problem(x->call, ERR_DENIED, TEXT(""), "who", "%s",
                   x->route->policy == POLICY_ADMIN
                       ? say(x->call, "this is for administrators and the AIMS manager")
                       : say(x->call,
                             "this is for auditors, the AIMS manager and top management, with "
                             "that role for the whole organisation"));
}

/* A token does what it was made for and nothing else: with scopes, only the routes that name
 * one of them, whatever roles it has beside; without scopes and roles, nothing at all. */
static enum err check_token(struct exchange *x)
{
    const struct actor *a = x->actor;
    bool scoped = a->scopes.len > 0;
    if (a->type == ACTOR_TOKEN && !scoped && a->person.len == 0 && is_write(x->request->method))
        return problem(
            x->call, ERR_DENIED, TEXT(""), "nobody", "%s",
            say(x->call,
                "this token acts for nobody and may only read: make one for a person"));
    bool reading = scoped && !is_write(x->request->method) && a->grant_count > 0 &&
                   actor_in_scope(a, TEXT("read"), TEXT(""));
    if (a->type != ACTOR_TOKEN || reading || (!scoped && a->grant_count > 0) ||
        (scoped && made_for(x)))
        return OK;
    if (!scoped)
        return problem(x->call, ERR_DENIED, TEXT(""), "who", "%s",
                       say(x->call, "this token holds no role any more"));
    return problem(x->call, ERR_DENIED, TEXT(""), "scope",
                   say(x->call, "this token is for %.*s alone"), TEXT_ARG(a->scopes));
}

/* Whoever made the password could sign as this person: until they have one of their own, the
 * session is good for nothing else. */
static enum err check_renewed(struct exchange *x)
{
    if (!x->actor->renew || x->route->policy == POLICY_SELF)
        return OK;
    return problem(x->call, ERR_DENIED, TEXT("password"), "renew", "%s",
                   say(x->call, "choose a password of your own first"));
}

static enum err authorise(struct exchange *x)
{
    bool by_cookie;
    if (x->route->policy == POLICY_OPEN) {
        if (is_write(x->request->method) && !same_origin(x))
            return problem(x->call, ERR_DENIED, TEXT(""), "origin", "%s",
                           say(x->call, "requests from other sites are refused"));
        return OK;
    }
    TRY(sign_in(x, &by_cookie));
    x->call->actor = x->actor;
    TRY(check_forgery(x, by_cookie));
    TRY(check_token(x));
    TRY(check_renewed(x));
    TRY(check_policy(x));
    if (x->request->welcome)
        return OK;
    x->request->welcome = true; /* paid once, also when the exchange begins again */
    return exchange__charge(x);
}

static enum err find_route(struct exchange *x)
{
    enum err e = route__find(x->request, &x->route, x->arg, &x->allow);
    if (e == OK)
        return e;
    return problem(x->call, e, TEXT(""), e == ERR_METHOD ? "method" : "missing", "%s",
                   e == ERR_METHOD ? say(x->call, "that method is not offered here")
                                   : say(x->call, "there is nothing here"));
}

enum err exchange__admit(struct exchange *x)
{
    if (!x->records)
        exchange__take_epoch(x);
    TRY(find_route(x));
    TRY(authorise(x));
    if (x->actor && x->actor->id.len) /* however many sessions and tokens they have */
        x->request->party = rates__party(x->api->rates, x->actor->id);
    return OK;
}

static enum err run(struct exchange *x)
{
    TRY(exchange__admit(x));
    if (is_write(x->request->method))
        exchange__give_back(x); /* it will wait for the writer, a hash or a disk */
    TRY(read_body(x));
    return x->route->run(x);
}

struct exchange *exchange__open(struct api *a, struct request *r)
{
    struct exchange *x = NEW(r->arena, struct exchange);
    x->api = a;
    x->request = r;
    x->call = call_open(r->arena, clock_now(), language(r));
    access_place(x->call, a->access);
    x->call->id = id_new(x->call);
    x->start = clock_ticks();
    return x;
}

/* Turned away because its epoch was over when the writer came to it: nothing of it was done, and it
 * begins again in the new one. */
bool exchange__again(struct exchange *x, enum err e)
{
    bool epoch = false;
    for (const struct problem *p = x->call->problems; p && e == ERR_BUSY; p = p->next)
        epoch |= text_is(p->code, "epoch");
    if (!epoch || !x->records || record_is_current(x->records))
        return false;
    exchange__give_back(x);
    struct records *held = x->records;
    if (!net_change_lane(x->request, x->request->lane))
        return false;
    epoch_give(held);
    return true;
}

void api_handle(void *arg, struct request *r)
{
    struct exchange *x = exchange__open(arg, r);
    bool later = false;
    x->later = &later;
    enum err e = run(x);
    if (later && e == OK)
        return;
    if (!exchange__again(x, e))
        exchange__answer(x, e);
}

struct text api_refusal(void *arg, struct request *r, int status, const char *why)
{
    (void)arg;
    why = say_in(language(r), why);
    return text_print(
        r->arena,
        "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"code\":\"refused\","
        "\"detail\":\"%s\",\"errors\":[]}",
        why, status, why);
}
