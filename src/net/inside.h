/* SPDX-License-Identifier: Apache-2.0 */
/* net/inside.h — what the files of net/ share with each other and with nobody else.
 *
 * One request is one `struct work`. Whoever moves `stage` from FRESH or PARKED to ANSWERED owns
 * the reply; there is exactly one winner, so a request may be answered from any thread while
 * the loop thread is still parking it.
 *
 *   FRESH  --(loop: suspend)-->  PARKED  --(net_answer: resume)-->  ANSWERED
 *     \------(net_answer before the loop got that far)------------->  ANSWERED
 *                                PARKED  --(net_close, grace over)-->  ABANDONED
 *
 * An abandoned request was already told 503; its memory waits for the late answer. */
#ifndef NET_INSIDE_H
#define NET_INSIDE_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

#include "net/net.h"

#define NET_LOOPS 2
#define NET_LANES 8
#define NET_QUEUE 4096          /* requests that may wait where there are no lanes */
#define NET_HEAD_MEMORY (32 * 1024) /* request line and headers; more is 431 */
#define NET_QUERY_PAIRS 200
#define NET_STREAM_LAG (256 * 1024)
#define NET_SPARE_ARENAS 64
#define NET_SPOOLS 64
#define SECOND ((int64_t)1000000)

/* ---- deadline.c: the table of sockets -------------------------------------------------- */
struct conn {
    int fd;
    _Atomic int64_t due; /* clock_ticks() at which the socket is cut; 0 is never */
    atomic_bool
        waiting; /* for a request, or for the rest of its head: what may be cut for others */
    int64_t left;        /* of its time, while we make the client wait; loop thread only */
    int requests;        /* begun on this connection */
    struct work *work;   /* the one that is under way; loop thread only */
    char peer[INET6_ADDRSTRLEN];
    struct conn *next, *prev;
};
struct deadlines {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    struct conn *first, *last; /* last: the oldest */
    bool stop;
    int64_t head, window; /* microseconds a head has, and a body */
};
void net__notify_connection(void *arg, struct MHD_Connection *connection, void **slot,
                            enum MHD_ConnectionNotificationCode code);
MUST_USE bool net__deadlines_open(struct net *n, int64_t head, int64_t window);
void net__deadlines_close(struct net *n);
/* The client has `window` from now, and longer by the time `bytes` take at the slowest rate. */
void net__due_in(struct conn *c, int64_t window, size_t bytes);
void net__due_more(struct conn *c, size_t bytes);
void net__due_never(struct conn *c);
/* The client waits for us; the time it has stands still between the two. */
void net__due_pause(struct conn *c);
void net__due_go_on(struct conn *c);

/* ---- one request ----------------------------------------------------------------------- */
enum step { STEP_HEAD, STEP_WHO, STEP_BODY, STEP_PARKED, STEP_DONE };
/* What a worker is to do with it. After the last two the loop thread goes on with the request. */
enum errand { ERRAND_HANDLE, ERRAND_WHO, ERRAND_SPOOL };
enum rest { REST_AWAKE, REST_ASLEEP, REST_OVER };
enum stage { STAGE_FRESH, STAGE_PARKED, STAGE_ANSWERED, STAGE_ABANDONED };
/* What clients make us keep in memory: bodies half sent, replies half taken. */
enum holding { HOLD_BODY, HOLD_REPLY, HOLDINGS };
enum held { HELD, HELD_TOO_MUCH, HELD_TOO_MUCH_OF_ONE };
struct work {
    struct request request;
    struct net *net;
    void *arg; /* for what answers it */
    struct MHD_Connection *connection;
    struct conn *conn;
    struct text target; /* the raw request target */
    const char *target_at; /* where it lay in the head; compared, never read */
    bool chunked;          /* its body comes in chunks: the connection ends with the reply */
    enum step step;     /* loop thread only */
    atomic_int stage;
    enum errand errand;
    atomic_int rest; /* of an errand after which the loop thread goes on */
    bool resting;    /* loop thread only */
    struct admission admission;
    const struct reply *turned_away; /* what `who` said */
    int spool;        /* descriptor of the file that the body goes to; -1 */
    size_t spooled;   /* bytes in it */
    int spool_place;  /* in net->spooling */
    void *view;       /* of the whole file; NULL */
    const char *lost; /* why the body could not be kept; NULL */
    int lost_status;  /* what to answer then; 0: 503 */
    bool lasting;     /* the reply takes no memory of its own */
    int64_t held[HOLDINGS]; /* bytes counted in net->held; under works_lock */
    uint64_t holder;        /* whose they are; 0: nobody's in particular */
    atomic_int leavers; /* abandoned: the second of loop and answerer frees */
    bool dispatched;    /* counted in net->active */
    struct MHD_Response *response;
    int status;
    size_t reply_size;
    struct stream *stream;
    char *body; /* grows outside the arena: realloc of big blocks does not copy */
    size_t body_len, body_room, body_over;
    struct work *next, *prev; /* all open requests */
};

/* ---- workers.c ------------------------------------------------------------------------- */
struct lane {
    struct net_lane rule;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t *threads;
    int count;
    bool stop;
    struct work **ring;
    size_t head, waiting;
};
MUST_USE bool net__workers_open(struct net *n);
void net__workers_close(struct net *n);
/* False when the queue of the lane is full. */
MUST_USE bool net__workers_add(struct net *n, struct work *w, size_t lane);
struct work *net__workers_take_back(struct net *n); /* NULL when none waits */
int64_t net__workers_waiting(const struct net *n);

/* ---- spool.c: bodies that go to a file ------------------------------------------------- */
#define NET_PIECE ((size_t)256 * 1024) /* of a body, in memory until a worker writes it away */
/* Loop thread. A place among those that may be on their way; no file yet. */
MUST_USE bool net__spool_begin(struct work *w);
/* Worker threads. False, with w->lost, when the file cannot take it. */
MUST_USE bool net__spool_add(struct work *w);
MUST_USE bool net__spool_finish(struct work *w); /* request.body is a view of the whole file */
void net__spool_leave(struct net *n, struct work *w); /* loop thread: its place */
void net__spool_end(struct work *w);                  /* whoever frees w: its file */

/* ---- the server ------------------------------------------------------------------------ */
struct net {
    struct net_options options;
    struct MHD_Daemon *daemon;
    int listener, port;
    char *cert, *key;
    atomic_bool closing;
    atomic_llong requests, refused, open_connections;
    atomic_llong held[HOLDINGS]; /* bytes that larger bodies, and larger replies, take */
    atomic_int spools;
    uint64_t spooling[NET_SPOOLS]; /* whose they are, under works_lock; 0: a free place */
    atomic_llong active; /* dispatched and not yet completed, streams included */
    atomic_llong busy;   /* handed to the application, net_answer not yet returned */
    struct deadlines deadlines;
    struct lane lanes[NET_LANES];
    size_t lane_count;
    pthread_mutex_t works_lock; /* works, spare */
    struct work *works;
    struct arena *spare[NET_SPARE_ARENAS];
    int spare_count;
    pthread_mutex_t streams_lock;
    struct stream *streams;
    int64_t streams_looked; /* sweeper only */
};

/* ---- exchange.c: one request through the callbacks of libmicrohttpd -------------------- */
void *net__begin(void *arg, const char *target, struct MHD_Connection *connection);
enum MHD_Result net__step(void *arg, struct MHD_Connection *connection, const char *url,
                          const char *method, const char *version, const char *upload_data,
                          size_t *upload_data_size, void **slot);
void net__end(void *arg, struct MHD_Connection *connection, void **slot,
              enum MHD_RequestTerminationCode code);
void net__work_end(struct net *n, struct work *w);
void net__wake(struct work *w); /* worker thread: the errand is done; w is the loop's again */
void net__work_free(struct work *w);

/* ---- hold.c: memory that clients make us keep ------------------------------------------ */
/* Counts `more` bytes for this request, unless all together, or those of one party without this
 * request, come past what they may. */
MUST_USE enum held net__hold(struct work *w, enum holding what, int64_t more);
/* Under works_lock, by whoever takes w out of the list. */
void net__hold_none(struct net *n, struct work *w);

/* ---- guard.c: what libmicrohttpd lets through and we do not ---------------------------- */
/* Copies the headers into the request. NULL when the head is sound, else why not; *status then
 * says what to answer. */
const char *net__guard(struct work *w, const char *method, const char *version, int *status);

/* ---- target.c: path, query and cookies ------------------------------------------------- */
const char *net__read_target(struct arena *a, struct text target, struct request *r);
struct text net__cookie(struct text header, const char *name);

/* ---- proxy.c --------------------------------------------------------------------------- */
struct text net__client(const struct net_options *o, const struct request *r);

/* ---- reply.c --------------------------------------------------------------------------- */
struct MHD_Response *net__response(struct request *r, const struct reply *reply);
/* Publishes w->response. False when the server gave the request up in the meantime: then the
 * response is destroyed and w must not be touched again. */
bool net__deliver(struct work *w, struct MHD_Response *response, int status, size_t size);
enum MHD_Result net__send(struct work *w); /* loop thread: queues w->response */
/* Loop thread: answers with a refusal of our own; the connection ends with it. */
enum MHD_Result net__refuse(struct work *w, int status, const char *why);
/* Loop thread: the reply somebody else made; the connection ends with it. */
enum MHD_Result net__turn_away(struct work *w, const struct reply *reply);
/* Worker thread: a refusal of our own instead of `handle`. */
void net__refuse_late(struct work *w, int status, const char *why);
/* Loop thread: 503 for an abandoned request, whose arena belongs to whoever answers late. */
enum MHD_Result net__give_up(struct work *w);
void net__security_headers(struct MHD_Response *response, const struct request *r,
                           struct text type, const struct pair *named, size_t count);

/* ---- stream.c -------------------------------------------------------------------------- */
void net__streams_close(struct net *n);            /* ends every one */
void net__streams_tick(struct net *n, int64_t now); /* comments; clients that left */
void net__stream_start(struct stream *s);          /* loop thread: the reply is on its way */
void net__stream_over(struct stream *s);           /* loop thread: the connection is done */

#endif
