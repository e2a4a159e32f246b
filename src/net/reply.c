/* SPDX-License-Identifier: Apache-2.0 */
/* net/reply.c — from struct reply to bytes on their way, with the headers that every reply
 * owes. The response is built on the thread that answers; the loop thread only queues it. A
 * header that cannot be sent as given (a line break in a value) turns the reply into a 500:
 * leaving it out could leave out a protection. */
#include <string.h>
#include <strings.h>

#include "net/inside.h"

static const char page_policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri "
    "'none'; "
    "frame-ancestors 'none'; manifest-src 'self'";

enum owed { ALWAYS, FOR_PAGES, WHEN_SECURE };
static const struct {
    const char *name, *value;
    enum owed when;
} owed[] = {
    {"X-Content-Type-Options", "nosniff", ALWAYS},
    {"Referrer-Policy", "no-referrer", ALWAYS},
    {"Cross-Origin-Opener-Policy", "same-origin", ALWAYS},
    {"Cross-Origin-Resource-Policy", "same-origin", ALWAYS},
    {"Cache-Control", "no-store", ALWAYS},
    {"Content-Security-Policy", page_policy, FOR_PAGES},
    {"Strict-Transport-Security", "max-age=31536000; includeSubDomains", WHEN_SECURE},
};

#define LARGE_REPLY 65536

static bool names(const struct pair *pairs, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (pairs[i].name.len == strlen(name) &&
            strncasecmp(pairs[i].name.at, name, pairs[i].name.len) == 0)
            return true;
    return false;
}

static bool page(struct text type)
{
    return type.len >= 9 && strncasecmp(type.at, "text/html", 9) == 0;
}

void net__security_headers(struct MHD_Response *response, const struct request *r,
                           struct text type, const struct pair *named, size_t count)
{
    for (size_t i = 0; i < COUNT(owed); i++) {
        if ((owed[i].when == FOR_PAGES && !page(type)) ||
            (owed[i].when == WHEN_SECURE && !r->secure) || names(named, count, owed[i].name))
            continue;
        if (MHD_add_response_header(response, owed[i].name, owed[i].value) != MHD_YES)
            panic("net: header %s was refused", owed[i].name);
    }
}

static bool add(struct arena *a, struct MHD_Response *response, struct text name,
                struct text value)
{
    if (memchr(value.at ? value.at : "", '\0', value.len))
        return false;
    return MHD_add_response_header(response, text_c(a, name), text_c(a, value)) == MHD_YES;
}

/* NULL when a header cannot be sent as given. */
struct MHD_Response *net__response(struct request *r, const struct reply *reply)
{
    void *body = (void *)(uintptr_t)reply->body.at;
    struct MHD_Response *response =
        reply->sent ? MHD_create_response_from_buffer_with_free_callback_cls(
                          reply->body.len, body, reply->sent, reply->sent_arg)
                    : MHD_create_response_from_buffer(reply->body.len, body,
                                                      MHD_RESPMEM_PERSISTENT);
    if (!response)
        panic("net: no memory for a response");
    bool fine =
        reply->type.len == 0 || add(r->arena, response, TEXT("Content-Type"), reply->type);
    for (size_t i = 0; fine && i < reply->header_count; i++)
        fine = reply->headers[i].value.len == 0 ||
               add(r->arena, response, reply->headers[i].name, reply->headers[i].value);
    if (!fine) {
        MHD_destroy_response(response);
        return NULL;
    }
    net__security_headers(response, r, reply->type, reply->headers, reply->header_count);
    return response;
}

bool net__deliver(struct work *w, struct MHD_Response *response, int status, size_t size)
{
    /* Once the stage is ANSWERED, w may be sent and recycled at any moment. */
    struct net *n = w->net;
    struct MHD_Connection *connection = w->connection;
    int stage = atomic_load(&w->stage);
    if (stage != STAGE_ABANDONED) {
        w->response = response;
        w->status = status;
        w->reply_size = size;
    }
    do {
        if (stage == STAGE_ANSWERED)
            panic("net: a request was answered twice");
        if (stage == STAGE_ABANDONED) {
            MHD_destroy_response(response);
            net__work_free(w);
            return false;
        }
    } while (!atomic_compare_exchange_weak(&w->stage, &stage, STAGE_ANSWERED));
    if (stage == STAGE_PARKED)
        MHD_resume_connection(connection);
    atomic_fetch_sub(&n->busy, 1);
    return true;
}

void net_answer(struct request *r, const struct reply *reply)
{
    static const struct reply fault = {
        .status = 500,
        .type = TEXT("application/problem+json"),
        .body = TEXT("{\"status\":500,\"code\":\"bug\",\"title\":\"an unexpected fault\"}"),
    };
    struct MHD_Response *response = net__response(r, reply);
    if (!response) {
        log_line(LOG_ERROR, "reply", "status=%d why=header", reply->status);
        reply = &fault;
        response = net__response(r, reply);
    }
    ((struct work *)r->inside)->lasting = reply->lasting;
    net__deliver(r->inside, response, reply->status, reply->body.len);
}

/* A client that does not take its reply keeps the memory of it; all of them together, and each
 * party, keep so much and no more. */
static enum held keep(struct work *w)
{
    if (w->lasting || w->reply_size <= LARGE_REPLY)
        return HELD;
    return net__hold(w, HOLD_REPLY, (int64_t)w->reply_size);
}

static struct reply refusal(struct work *w, int status, const char *why);

static struct MHD_Response *replace(struct work *w, struct MHD_Response *response,
                                    bool of_one)
{
    struct reply instead =
        of_one ? refusal(w, 429, SAID("you have too many large answers waiting to be taken"))
               : refusal(w, 503, SAID("too many large answers are waiting to be taken"));
    MHD_destroy_response(response);
    response = net__response(&w->request, &instead);
    if (!response)
        panic("net: a refusal cannot be sent");
    w->status = instead.status;
    w->reply_size = instead.body.len;
    return response;
}

enum MHD_Result net__send(struct work *w)
{
    struct MHD_Response *response = w->response;
    w->response = NULL;
    w->step = STEP_DONE;
    enum held kept = keep(w);
    if (kept != HELD)
        response = replace(w, response, kept == HELD_TOO_MUCH_OF_ONE);
    if (w->stream) {
        net__due_never(w->conn);
        net__stream_start(w->stream);
    } else {
        net__due_in(w->conn, w->net->deadlines.window, w->reply_size);
    }
    if (atomic_load(&w->net->closing) || w->chunked)
        (void)MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result = MHD_queue_response(w->connection, (unsigned)w->status, response);
    MHD_destroy_response(response);
    return result;
}

static struct text refusal_body(struct work *w, int status, const char *why)
{
    const struct net_options *o = &w->net->options;
    if (o->refusal)
        return o->refusal(w->arg, &w->request, status, why);
    return text_print(w->request.arena, "{\"status\":%d,\"title\":\"%s\"}", status, why);
}

static struct reply refusal(struct work *w, int status, const char *why)
{
    static const struct pair headers[] = {
        {TEXT("Connection"), TEXT("close")},
        {TEXT("Retry-After"), TEXT("1")},
    };
    static const struct pair allow[] = {
        {TEXT("Connection"), TEXT("close")},
        {TEXT("Allow"), TEXT("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")},
    };
    return (struct reply){
        .status = status,
        .type = TEXT("application/problem+json"),
        .body = refusal_body(w, status, why),
        .headers = status == 405 ? allow : headers,
        .header_count = status == 503 || status == 429 || status == 405 ? 2 : 1,
    };
}

static enum MHD_Result refuse_with(struct work *w, const struct reply *reply)
{
    atomic_fetch_add(&w->net->refused, 1);
    w->response = net__response(&w->request, reply);
    if (!w->response)
        panic("net: a refusal cannot be sent");
    w->status = reply->status;
    w->reply_size = reply->body.len;
    return net__send(w);
}

enum MHD_Result net__refuse(struct work *w, int status, const char *why)
{
    struct reply reply = refusal(w, status, why);
    return refuse_with(w, &reply);
}

void net__refuse_late(struct work *w, int status, const char *why)
{
    struct reply reply = refusal(w, status, why);
    atomic_fetch_add(&w->net->refused, 1);
    net_answer(&w->request, &reply);
}

enum MHD_Result net__turn_away(struct work *w, const struct reply *reply)
{
    struct reply closing = *reply;
    struct pair *headers =
        NEW_MANY(w->request.arena, reply->header_count + 1, struct pair);
    for (size_t i = 0; i < reply->header_count; i++)
        headers[i] = reply->headers[i];
    headers[closing.header_count++] = (struct pair){TEXT("Connection"), TEXT("close")};
    closing.headers = headers;
    return refuse_with(w, &closing);
}

enum MHD_Result net__give_up(struct work *w)
{
    static const char body[] = "{\"status\":503,\"title\":\"the server is stopping\"}";
    const struct text type = TEXT("application/problem+json");
    struct MHD_Response *response = MHD_create_response_from_buffer(
        sizeof(body) - 1, (void *)(uintptr_t)body, MHD_RESPMEM_PERSISTENT);
    if (!response)
        panic("net: no memory for a response");
    (void)MHD_add_response_header(response, "Content-Type", type.at);
    (void)MHD_add_response_header(response, "Connection", "close");
    net__security_headers(response, &w->request, type, NULL, 0);
    atomic_fetch_add(&w->net->refused, 1);
    net__due_in(w->conn, w->net->deadlines.window, 0);
    w->step = STEP_DONE;
    enum MHD_Result result = MHD_queue_response(w->connection, 503, response);
    MHD_destroy_response(response);
    return result;
}
