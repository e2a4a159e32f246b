/* SPDX-License-Identifier: Apache-2.0 */
/* net/stream.c — server-sent events: a buffer that any thread fills and the loop thread drains.
 *
 * While the buffer is empty the connection is suspended (`asleep`), and a suspended connection
 * hears nothing; so the sweeper asks the sockets once a second who has left. Every stream ends
 * in net__stream_over, on the loop thread, which calls `gone` once and frees it.
 * Locks, outermost first: net->streams_lock, stream->lock, those of libmicrohttpd. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "net/inside.h"

#define QUIET (15 * SECOND)

struct stream {
    struct net *net;
    struct MHD_Connection *connection;
    struct conn *conn;
    void (*gone)(void *arg);
    void *arg;
    pthread_mutex_t lock;
    char *at;
    size_t start, end, room;
    int64_t spoke; /* when something was last sent */
    bool asleep, dropped, closed;
    bool linked;                /* loop thread only */
    struct stream *next, *prev; /* under net->streams_lock */
};

/* ---- with stream->lock held ------------------------------------------------------------ */
static void wake(struct stream *s)
{
    if (!s->asleep)
        return;
    s->asleep = false;
    MHD_resume_connection(s->connection);
}

/* shutdown() reaches a loop thread that waits for a client that does not read. */
static void drop(struct stream *s)
{
    s->dropped = true;
    shutdown(s->conn->fd, SHUT_RDWR);
    wake(s);
}

static void grow(struct stream *s, size_t needed)
{
    if (s->start > 0) {
        memmove(s->at, s->at + s->start, s->end - s->start);
        s->end -= s->start;
        s->start = 0;
    }
    if (s->end + needed <= s->room)
        return;
    while (s->room < s->end + needed)
        s->room = s->room ? s->room * 2 : 1024;
    s->at = realloc(s->at, s->room);
    if (!s->at)
        panic("net: no memory for a stream");
}

static void append(struct stream *s, const char *bytes, size_t len)
{
    if (s->end + len > s->room)
        grow(s, len);
    memcpy(s->at + s->end, bytes, len);
    s->end += len;
}

static bool fits(struct stream *s, size_t len)
{
    if (s->dropped || s->closed)
        return false;
    if (s->end - s->start + len <= NET_STREAM_LAG)
        return true;
    drop(s);
    return false;
}

/* ---- the loop thread's side ------------------------------------------------------------ */
static ssize_t drain(void *arg, uint64_t position, char *out, size_t max)
{
    struct stream *s = arg;
    pthread_mutex_lock(&s->lock);
    size_t len = s->end - s->start;
    ssize_t result = (ssize_t)(len < max ? len : max);
    if (s->dropped) {
        result = MHD_CONTENT_READER_END_WITH_ERROR;
    } else if (result > 0) {
        memcpy(out, s->at + s->start, (size_t)result);
        s->start += (size_t)result;
    } else if (s->closed) {
        result = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        s->asleep = true;
        MHD_suspend_connection(s->connection);
    }
    if (s->start == s->end)
        s->start = s->end = 0;
    pthread_mutex_unlock(&s->lock);
    return result;
}

/* Linked only once the reply is certain: an abandoned request must not reach the server. */
void net__stream_start(struct stream *s)
{
    struct net *n = s->net;
    s->linked = true;
    pthread_mutex_lock(&n->streams_lock);
    s->next = n->streams;
    if (s->next)
        s->next->prev = s;
    n->streams = s;
    pthread_mutex_unlock(&n->streams_lock);
    if (atomic_load(&n->closing))
        net_stream_close(s);
}

static void unlink_stream(struct stream *s)
{
    struct net *n = s->net;
    pthread_mutex_lock(&n->streams_lock);
    if (s->prev)
        s->prev->next = s->next;
    else
        n->streams = s->next;
    if (s->next)
        s->next->prev = s->prev;
    pthread_mutex_unlock(&n->streams_lock);
}

static void destroy(struct stream *s)
{
    pthread_mutex_destroy(&s->lock);
    free(s->at);
    free(s);
}

void net__stream_over(struct stream *s)
{
    if (s->linked)
        unlink_stream(s);
    if (s->gone)
        s->gone(s->arg); /* until it returns, other threads may still be sending */
    destroy(s);
}

/* ---- the application's side ------------------------------------------------------------ */
static struct stream *new_stream(struct work *w, void (*gone)(void *arg), void *arg)
{
    struct stream *s = calloc(1, sizeof(*s));
    if (!s)
        panic("net: no memory for a stream");
    s->net = w->net;
    s->connection = w->connection;
    s->conn = w->conn;
    s->gone = gone;
    s->arg = arg;
    s->spoke = clock_ticks();
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

static struct MHD_Response *stream_response(struct work *w, struct stream *s)
{
    static const struct text type = TEXT("text/event-stream");
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, drain, s, NULL);
    if (!response)
        panic("net: no memory for a response");
    (void)MHD_add_response_header(response, "Content-Type", type.at);
    (void)MHD_add_response_header(response, "X-Accel-Buffering", "no");
    net__security_headers(response, &w->request, type, NULL, 0);
    return response;
}

/* HEAD asks what a stream would be, and gets none. */
static struct stream *head_alone(struct request *r, void (*gone)(void *arg), void *arg)
{
    static const struct reply head = {.status = 200, .type = TEXT("text/event-stream")};
    if (gone)
        gone(arg);
    net_answer(r, &head);
    return NULL;
}

struct stream *net_stream(struct request *r, void (*gone)(void *arg), void *arg)
{
    struct work *w = r->inside;
    if (text_is(r->method, "HEAD"))
        return head_alone(r, gone, arg);
    struct stream *s = new_stream(w, gone, arg);
    struct MHD_Response *response = stream_response(w, s);
    w->stream = s;
    if (net__deliver(w, response, 200, 0))
        return s;
    if (gone)
        gone(arg);
    destroy(s);
    return NULL;
}

void net_stream_send(struct stream *s, struct text event)
{
    if (!s)
        return;
    size_t lines = 1;
    for (size_t i = 0; i < event.len; i++)
        lines += event.at[i] == '\n' || event.at[i] == '\r';
    pthread_mutex_lock(&s->lock);
    if (fits(s, event.len + lines * 7 + 1)) {
        for (struct text line; lines > 0; lines--) {
            line = event;
            for (line.len = 0; line.len < event.len; line.len++)
                if (event.at[line.len] == '\n' || event.at[line.len] == '\r')
                    break;
            event = text_from(event, line.len < event.len ? line.len + 1 : line.len);
            append(s, "data: ", 6);
            append(s, line.at, line.len);
            append(s, "\n", 1);
        }
        append(s, "\n", 1);
        s->spoke = clock_ticks();
        wake(s);
    }
    pthread_mutex_unlock(&s->lock);
}

void net_stream_close(struct stream *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->closed = true;
    wake(s);
    pthread_mutex_unlock(&s->lock);
}

/* ---- all of them ----------------------------------------------------------------------- */
void net__streams_close(struct net *n)
{
    pthread_mutex_lock(&n->streams_lock);
    for (struct stream *s = n->streams; s; s = s->next)
        net_stream_close(s);
    pthread_mutex_unlock(&n->streams_lock);
}

static bool has_left(const struct stream *s)
{
    struct pollfd asked = {.fd = s->conn->fd, .events = POLLRDHUP};
    return poll(&asked, 1, 0) > 0;
}

static void look_after(struct stream *s, int64_t now)
{
    pthread_mutex_lock(&s->lock);
    if (s->asleep && has_left(s)) {
        drop(s);
    } else if (now - s->spoke >= QUIET && fits(s, 3)) {
        append(s, ":\n\n", 3);
        s->spoke = now;
        wake(s);
    }
    pthread_mutex_unlock(&s->lock);
}

void net__streams_tick(struct net *n, int64_t now)
{
    if (now - n->streams_looked < SECOND)
        return;
    n->streams_looked = now;
    pthread_mutex_lock(&n->streams_lock);
    for (struct stream *s = n->streams; s; s = s->next)
        look_after(s, now);
    pthread_mutex_unlock(&n->streams_lock);
}
