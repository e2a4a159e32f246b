/* SPDX-License-Identifier: Apache-2.0 */
/* net/exchange.c — one request on its loop thread: head, body, hand over, reply, end.
 * libmicrohttpd calls net__step again and again; `step` says where the request is. Between
 * handing over and the answer the connection is suspended and costs nothing. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/inside.h"

#define EXACT_BODY ((size_t)16384) /* a promised length up to here is believed at once */

static void link_work(struct net *n, struct work *w)
{
    w->next = n->works;
    if (w->next)
        w->next->prev = w;
    n->works = w;
}

static void unlink_work(struct net *n, struct work *w)
{
    if (w->prev)
        w->prev->next = w->next;
    else
        n->works = w->next;
    if (w->next)
        w->next->prev = w->prev;
}

static struct arena *spare_arena(struct net *n)
{
    pthread_mutex_lock(&n->works_lock);
    struct arena *a = n->spare_count > 0 ? n->spare[--n->spare_count] : NULL;
    pthread_mutex_unlock(&n->works_lock);
    return a ? a : arena_open();
}

/* For each parameter libmicrohttpd takes 64 bytes of the head's memory, although nobody asks it
 * for them, and half of it is what it reads into, be it full or not; when they do not fit it falls
 * silent. Such a connection ends at the next sweep. */
static bool chokes(struct text target)
{
    size_t reads = NET_HEAD_MEMORY / 2, needed = target.len > reads ? target.len : reads;
    for (size_t i = 0; i < target.len; i++)
        needed += target.at[i] == '&' ? 64 : 0;
    return needed > NET_HEAD_MEMORY - 1024;
}

/* The library will not, so it is said past it; over TLS that cannot be. */
static void say_too_long(struct work *w)
{
    static const char said[] =
        "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: "
        "application/problem+json\r\nContent-Length: 116\r\n\r\n"
        "{\"status\":414,\"title\":\"the request target is too long\",\"code\":\"refused\","
        "\"detail\":\"send fewer or shorter parameters\"}";
    if (!w->net->cert)
        (void)!send(w->conn->fd, said, sizeof(said) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void *net__begin(void *arg, const char *target, struct MHD_Connection *connection)
{
    struct net *n = arg;
    struct arena *a = spare_arena(n);
    struct work *w = NEW(a, struct work);
    w->net = n;
    w->arg = n->options.arg;
    w->spool = -1;
    w->connection = connection;
    w->conn =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    w->conn->work = w;
    w->target = text_copy(a, text_of(target));
    w->target_at = target;
    w->request.arena = a;
    w->request.inside = w;
    w->request.secure = n->cert != NULL || n->options.secure;
    w->request.peer = text_copy(a, text_of(w->conn->peer));
    /* The first request shares its time with connecting; a later one begins here. */
    if (w->conn->requests++ > 0)
        net__due_in(w->conn, n->deadlines.head, 0);
    if (chokes(w->target)) {
        say_too_long(w);
        net__due_in(w->conn, 0, 0);
    }
    atomic_fetch_add(&n->requests, 1);
    pthread_mutex_lock(&n->works_lock);
    link_work(n, w);
    pthread_mutex_unlock(&n->works_lock);
    return w;
}

/* ---- errands: a worker does something, then the loop goes on ---------------------------- */
void net__wake(struct work *w)
{
    struct MHD_Connection *connection = w->connection;
    if (atomic_exchange(&w->rest, REST_OVER) == REST_ASLEEP)
        MHD_resume_connection(connection);
}

/* False when the lane is full. */
static bool send_errand(struct work *w, enum errand errand)
{
    int awake = REST_AWAKE;
    struct MHD_Connection *connection = w->connection;
    w->errand = errand;
    atomic_store(&w->rest, REST_AWAKE);
    net__due_pause(w->conn);
    w->resting = true;
    if (!net__workers_add(w->net, w, w->admission.lane)) {
        w->resting = false;
        net__due_go_on(w->conn);
        return false;
    }
    MHD_suspend_connection(connection);
    if (!atomic_compare_exchange_strong(&w->rest, &awake, REST_ASLEEP))
        MHD_resume_connection(connection); /* done before we had suspended it */
    return true;
}

static void rested(struct work *w)
{
    if (w->resting)
        net__due_go_on(w->conn);
    w->resting = false;
}

/* ---- body ------------------------------------------------------------------------------ */
/* Small bodies always find room: there are only so many connections. */
static int64_t counted(size_t room)
{
    return room > EXACT_BODY ? (int64_t)room : 0;
}

static bool make_room(struct work *w, size_t needed)
{
    if (needed <= w->body_room)
        return true;
    size_t room = w->body_room ? w->body_room : 4096;
    while (room < needed)
        room *= 2;
    room = room < w->admission.cap ? room : w->admission.cap;
    switch (net__hold(w, HOLD_BODY, counted(room) - counted(w->body_room))) {
    case HELD_TOO_MUCH:
        w->lost = SAID("too much is being sent at once");
        return false;
    case HELD_TOO_MUCH_OF_ONE:
        w->lost = SAID("you are sending too much at once");
        w->lost_status = 429;
        return false;
    case HELD:
        break;
    }
    w->body_room = room;
    w->body = realloc(w->body, w->body_room);
    if (!w->body)
        panic("net: no memory for a body of %zu bytes", w->body_room);
    return true;
}

/* Past the cap the rest is read and dropped, so that the client can hear 413; a client that
 * goes on for as much again hears nothing. What could not be kept is read and dropped as well,
 * within the time a body has. */
static enum MHD_Result collect(struct work *w, const char *bytes, size_t *size)
{
    size_t room = w->admission.cap - w->spooled - w->body_len, given = *size;
    rested(w);
    *size = 0;
    if (w->body_over > 0 || given > room) {
        w->body_over += given;
        return w->body_over > w->admission.cap + EXACT_BODY ? MHD_NO : MHD_YES;
    }
    if (!w->lost && w->admission.to_file && w->body_len + given > w->body_room) {
        *size = given; /* once the piece is written */
        if (send_errand(w, ERRAND_SPOOL))
            return MHD_YES;
        w->lost = SAID("too many files are being sent at once");
        *size = 0;
    }
    if (w->lost || (!w->admission.to_file && !make_room(w, w->body_len + given)))
        return MHD_YES;
    memcpy(w->body + w->body_len, bytes, given);
    w->body_len += given;
    net__due_more(w->conn, given);
    return MHD_YES;
}

/* ---- head ------------------------------------------------------------------------------ */
/* Bytes of body that the head promises; digits, the guard saw to that, but perhaps many. */
static size_t promised(const struct request *r)
{
    int64_t length = 0;
    struct text header = request_header(r, "content-length");
    if (header.len == 0)
        return 0;
    return text_integer(header, &length) ? (size_t)length : SIZE_MAX;
}

/* A body that fits into a piece needs no file. */
static enum MHD_Result expect_body(struct work *w)
{
    size_t length = promised(&w->request);
    struct admission *in = &w->admission;
    const char *spool = in->spool ? in->spool : w->net->options.spool;
    w->step = STEP_BODY;
    in->to_file = in->to_file && spool && length > NET_PIECE;
    if (in->to_file && !net__spool_begin(w)) {
        in->to_file = false;
        return net__refuse(w, 503, SAID("too many files are being sent at once"));
    }
    if (!in->to_file && length > 0 && length <= EXACT_BODY && !make_room(w, length))
        return net__refuse(w, 503, w->lost);
    return MHD_YES;
}

static enum MHD_Result admit(struct work *w)
{
    const struct net_options *o = &w->net->options;
    struct admission *in = &w->admission;
    *in = (struct admission){.cap = o->body_cap, .before = SIZE_MAX};
    if (o->admit)
        o->admit(w->arg, &w->request, in);
    size_t length = promised(&w->request);
    if (w->chunked && !in->chunks)
        return net__refuse(w, 411, SAID("send the body with a Content-Length, not in chunks"));
    if (w->chunked) /* it may be as large as it may be: first who, then bytes */
        length = in->cap;
    if (in->refused)
        return net__turn_away(w, in->refused);
    if (length > in->cap)
        return net__refuse(w, 413, SAID("the body is larger than allowed"));
    if (length <= in->before || !o->who)
        return expect_body(w);
    w->step = STEP_WHO;
    if (send_errand(w, ERRAND_WHO))
        return MHD_YES;
    return net__refuse(w, 503, SAID("too many requests of this sort are waiting"));
}

/* The library calls again for the head, since nothing of the body was taken yet. */
static enum MHD_Result heard(struct work *w, size_t size)
{
    rested(w);
    if (size > 0)
        return MHD_NO;
    if (w->turned_away)
        return net__turn_away(w, w->turned_away);
    if (w->lost || atomic_load(&w->net->closing))
        return net__refuse(w, 503, SAID("the server is stopping"));
    net__due_in(w->conn, w->net->deadlines.window, 0);
    return expect_body(w);
}

static enum MHD_Result head(struct work *w, const char *method, const char *version)
{
    int status = 400;
    atomic_store(&w->conn->waiting, false);
    net__due_in(w->conn, w->net->deadlines.window, 0); /* for the body */
    w->request.method = text_copy(w->request.arena, text_of(method));
    const char *why = net__guard(w, method, version, &status);
    if (!why)
        why = net__read_target(w->request.arena, w->target, &w->request);
    if (why)
        return net__refuse(w, status, why);
    w->request.peer = net__client(&w->net->options, &w->request);
    const struct net_options *o = &w->net->options;
    status = 404;
    void *whose = o->door ? o->door(o->arg, &w->request, &status) : o->arg;
    if (o->door && !whose)
        return net__refuse(w, status,
                           status == 404   ? SAID("there is nothing here")
                           : status == 421 ? SAID("this server does not answer for that name")
                                           : SAID("this organisation is not served now"));
    w->arg = whose;
    return admit(w);
}

/* ---- handing over ---------------------------------------------------------------------- */
static void park(struct work *w)
{
    int fresh = STAGE_FRESH;
    struct MHD_Connection *connection = w->connection;
    MHD_suspend_connection(connection);
    if (!atomic_compare_exchange_strong(&w->stage, &fresh, STAGE_PARKED))
        MHD_resume_connection(connection); /* answered before we had suspended it */
}

static enum MHD_Result hand_over(struct work *w)
{
    struct net *n = w->net;
    const struct net_options *o = &n->options;
    net__due_never(w->conn);
    if (w->body_over > 0)
        return net__refuse(w, 413, SAID("the body is larger than allowed"));
    if (w->lost)
        return net__refuse(w, w->lost_status ? w->lost_status : 503, w->lost);
    if (atomic_load(&n->closing))
        return net__refuse(w, 503, SAID("the server is stopping"));
    if (!w->admission.to_file)
        w->request.body = (struct text){w->body ? w->body : "", w->body_len};
    w->dispatched = true;
    w->step = STEP_PARKED;
    atomic_fetch_add(&n->active, 1);
    atomic_fetch_add(&n->busy, 1);
    bool taken = o->fast && o->fast(w->arg, &w->request);
    w->errand = ERRAND_HANDLE;
    if (!taken && !net__workers_add(n, w, w->admission.lane)) {
        atomic_fetch_sub(&n->busy, 1);
        return net__refuse(w, 503, SAID("too many requests of this sort are waiting"));
    }
    if (atomic_load(&w->stage) == STAGE_ANSWERED)
        return net__send(w);
    park(w);
    return MHD_YES;
}

bool net_change_lane(struct request *r, size_t lane)
{
    struct work *w = r->inside;
    return net__workers_add(w->net, w, lane);
}

enum MHD_Result net__step(void *arg, struct MHD_Connection *connection, const char *url,
                          const char *method, const char *version, const char *upload_data,
                          size_t *upload_data_size, void **slot)
{
    struct work *w = *slot;
    size_t size = *upload_data_size;
    switch (w->step) {
    case STEP_HEAD:
        return head(w, method, version);
    case STEP_WHO:
        return heard(w, size);
    case STEP_BODY:
        if (size > 0)
            return collect(w, upload_data, upload_data_size);
        rested(w);
        return hand_over(w);
    case STEP_PARKED:
        if (atomic_load(&w->stage) == STAGE_ANSWERED)
            return net__send(w);
        return net__give_up(w);
    case STEP_DONE:
        break;
    }
    *upload_data_size = 0;
    return MHD_YES;
}

/* ---- the end --------------------------------------------------------------------------- */
static void recycle(struct net *n, struct work *w)
{
    struct arena *a = w->request.arena;
    net__spool_end(w);
    free(w->body);
    arena_reset(a);
    pthread_mutex_lock(&n->works_lock);
    bool keep = n->spare_count < NET_SPARE_ARENAS;
    if (keep)
        n->spare[n->spare_count++] = a;
    pthread_mutex_unlock(&n->works_lock);
    if (!keep)
        arena_close(a);
}

/* The second of two to leave an abandoned request frees it; the server may be gone by then. */
void net__work_free(struct work *w)
{
    if (atomic_fetch_add(&w->leavers, 1) == 0)
        return;
    struct arena *a = w->request.arena;
    net__spool_end(w);
    free(w->body);
    arena_close(a);
}

void net__work_end(struct net *n, struct work *w)
{
    w->conn->work = NULL;
    atomic_store(&w->conn->waiting, true);
    net__due_in(w->conn, n->deadlines.window, 0);
    if (atomic_load(&w->stage) == STAGE_ANSWERED) {
        if (w->response)
            MHD_destroy_response(w->response); /* the client left before it could be sent */
        if (w->stream)
            net__stream_over(w->stream);
    }
    pthread_mutex_lock(&n->works_lock);
    unlink_work(n, w);
    net__hold_none(n, w);
    pthread_mutex_unlock(&n->works_lock);
    bool dispatched = w->dispatched;
    if (w->admission.to_file)
        net__spool_leave(n, w);
    if (atomic_load(&w->stage) == STAGE_ABANDONED)
        net__work_free(w);
    else
        recycle(n, w);
    if (dispatched)
        atomic_fetch_sub(&n->active, 1);
}

void net__end(void *arg, struct MHD_Connection *connection, void **slot,
              enum MHD_RequestTerminationCode code)
{
    if (*slot)
        net__work_end(arg, *slot);
    *slot = NULL;
}
