/* SPDX-License-Identifier: Apache-2.0 */
/* net/net.h — the HTTP/1.1 server. Floor 1: knows no route. libmicrohttpd stays inside net/.
 *
 * Loop threads (2) read requests and write replies and never block. A complete request goes to
 * `fast` on the loop thread, which may answer from memory at once; otherwise to the worker
 * threads of its lane, which run `handle`. A request may also be answered later, from any thread. */
#ifndef NET_H
#define NET_H

#include "base/base.h"
#include "format/format.h"

struct pair {
    struct text name, value;
};
struct request {
    struct arena *arena;       /* lives until the reply is sent */
    struct text method;        /* GET, POST, … upper case */
    struct text path;          /* decoded once, begins with '/', no "." or ".." segments, no NUL */
    struct text base;          /* what `door` took off its front: "/aims"; "" = nothing */
    struct text raw_query;
    const struct pair *query;  /* decoded, in order */
    size_t query_count;
    const struct pair *headers; /* names lower case */
    size_t header_count;
    struct text body;
    struct text peer;          /* address of the client, without port; see net_options.proxies */
    bool secure;               /* came over TLS, as far as the client knows */
    uint64_t party;            /* who asks, as far as `admit`, `who` or `handle` can tell; 0: not said */
    size_t lane;               /* in which it is answered */
    bool welcome;              /* `who` said yes to it */
    void *kept; /* what `handle` left for its next call, when it put this off; NULL at first */
    void *inside;              /* net's own */
};
struct text request_header(const struct request *r, const char *lower_name); /* "" when absent */
struct text request_query(const struct request *r, const char *name);        /* first, "" */
struct text request_cookie(const struct request *r, const char *name);

struct reply {
    int status;
    struct text type;          /* Content-Type, with charset where text */
    struct text body;          /* in the request's arena or static */
    const struct pair *headers; /* extra ones; copied. An empty value keeps a default header out */
    size_t header_count;
    bool lasting;              /* the body outlives the request: it takes no memory of its own */
    void (*sent)(void *arg);   /* called once, when the body is not needed any more; NULL: nobody asks */
    void *sent_arg;
};
/* What a head says of its request before a byte of the body is believed. */
struct admission {
    size_t lane;
    size_t cap;       /* bytes of body; more is 413 before it is read */
    size_t before;    /* a body of more bytes is read only after `who` said yes */
    const char *spool; /* folder for that; NULL: that of the options */
    bool chunks;       /* it may come in chunks, without its length; else 411 */
    bool to_file;     /* it is collected in a file, not in memory; request.body is a view of it */
    const struct reply *refused; /* NULL: go on */
};
/* Requests of one sort: threads of their own and a queue of their own. */
struct net_lane {
    const char *name; /* of its threads; at most 15 bytes */
    int workers;      /* at least 1 */
    size_t queue;     /* requests that may wait; the next is 503 with Retry-After */
    size_t of_one;    /* of one party among them; 0: as many as there are */
    bool yields;      /* its threads let those of other lanes go first on the processor */
    size_t of_arg;    /* of one `arg` that the door gave, among them; 0: as many as there are */
};
struct net_options {
    struct text host;          /* "127.0.0.1" */
    int port;                  /* 0 picks one */
    const struct net_lane *lanes; /* copied; at most 8. NULL: one of `workers` threads */
    size_t lane_count;
    int workers;               /* worker threads when there are no lanes; default 4 */
    size_t body_cap;           /* bytes; larger is 413 before it is read */
    int64_t bodies_cap;        /* bytes of all larger bodies (over 16 KiB) in memory at once; default
                                * 128 MiB. Past it they are 503; past a quarter of it those of
                                * one party 429 */
    int64_t replies_cap;       /* bytes of all larger replies (over 64 KiB) that clients have not
                                * taken yet; default 256 MiB. Past it a reply is a 503 instead, past
                                * a quarter of it those of one party a 429 */
    const char *spool;         /* borrowed; folder for bodies that go to a file; NULL: they stay in memory */
    int spools_most;           /* bodies on their way to a file at once; default, and at most, 64;
                                * of one party a quarter of them. More are 503 */
    /* On a loop thread, once the head was read and before anything else: who answers this
     * request, as `arg` for all that follows; it may move the front of r->path into r->base,
     * and say r->secure. NULL: nobody does; *status is 404, or what the door makes it (421,
     * 503). May be NULL: then it is `arg`. */
    void *(*door)(void *arg, struct request *r, int *status);
    /* On a loop thread: memory only. `out` comes with lane 0 and body_cap. May be NULL. */
    void (*admit)(void *arg, struct request *r, struct admission *out);
    /* On a worker thread of the lane: may this request send its body? NULL is yes; else the reply. */
    const struct reply *(*who)(void *arg, struct request *r);
    int64_t head_us;           /* request line and headers must be there by then; default 10 s, or
                                * deadline_us when that is shorter */
    int64_t deadline_us;       /* a body must be complete, a connection may idle so long; default 30 s.
                                * A body, or a reply, has a second more for each 64 KiB that moved */
    int max_connections;       /* default 4,096. Near it a new one ends the oldest that is silent */
    const char *tls_cert, *tls_key; /* PEM files, both or none */
    bool secure;               /* a proxy in front of us does TLS */
    struct text proxies;       /* addresses, comma separated, whose X-Forwarded-For is believed */
    /* True when answered (net_answer was called). On a loop thread: memory only. May be NULL. */
    bool (*fast)(void *arg, struct request *r);
    /* On a worker thread. Must lead to exactly one net_answer or net_stream, now or later. */
    void (*handle)(void *arg, struct request *r);
    /* The body of a refusal that net itself makes (400, 413, 414, 431, 503 …): problem+json. */
    struct text (*refusal)(void *arg, struct request *r, int status, const char *why);
    void *arg;
};
struct net;
MUST_USE enum err net_open(struct call *call, const struct net_options *options,
                           struct net **out);
int net_port(const struct net *n);
/* Stops accepting, ends streams, lets running requests finish (at most `grace_us`), tells the rest
 * 503 and closes. Waits for `handle` to return; a net_answer that comes later is harmless. */
void net_close(struct net *n, int64_t grace_us);
struct net_counts {
    int64_t requests, refused, open_connections, waiting;
};
struct net_counts net_counts(const struct net *n);

/* From any thread, once per request. Security headers (nosniff, no-referrer, CSP for documents,
 * Cache-Control: no-store unless given) are added here unless the reply names them. HEAD sends
 * no body. The request and its arena are gone after the reply is sent. */
void net_answer(struct request *r, const struct reply *reply);

/* From `handle`, instead of answering: the request turned out to be of another sort; `handle` is
 * called again from there. False when that lane is full: then it is still to be answered. Once it
 * is true the request must not be touched. */
MUST_USE bool net_change_lane(struct request *r, size_t lane);

/* ---- server-sent events ---------------------------------------------------------------- */
struct stream;
/* Answers 200 text/event-stream and keeps the connection. `gone` is called exactly once for every
 * stream, from any thread and possibly before net_stream returns: when the client left, after
 * net_stream_close, and in net_close. Until it returns the stream may be used, after it not; free
 * what belongs to the stream there and nowhere else. No lock of net is held during it.
 * NULL when the server is stopping, and for HEAD, which is answered without a body: then `gone`
 * was called, and the two calls below do nothing.
 * A comment is sent every 15 s without an event. */
struct stream *net_stream(struct request *r, void (*gone)(void *arg), void *arg);
/* Never blocks; a client that lags more than 256 KiB is dropped. `event` is the data; each of its
 * lines becomes one data line. */
void net_stream_send(struct stream *s, struct text event);
void net_stream_close(struct stream *s);

/* ---- mail out (mail.c; libcurl stays inside it) ------------------------------------------ */
struct mail_options {
    struct text server; /* smtp://host[:port] (25; TLS by STARTTLS, demanded unless the host is
                         * this machine) or smtps://host[:port] (465) */
    struct text from;   /* the address it comes from */
    struct text user, password; /* "" = without */
    const char *authority; /* file with the certificate of who signed the server's; NULL: the
                              system's */
    int64_t patience; /* microseconds for one letter, whatever the server does; 0: a minute */
};
struct mail;
/* All is copied. ERR_INVALID names the option that is wrong; the server itself is not asked
 * yet. */
MUST_USE enum err mail_open(struct call *call, const struct mail_options *o, struct mail **out);
void mail_close(struct mail *m); /* when nobody sends any more; NULL is fine */
void mail_stop(
    struct mail *m); /* from any thread: what is being sent breaks off soon, and all after it */
bool mail_address(struct text t); /* looks like one, and cannot break out of its line */
struct letter {
    struct text to;      /* an address */
    struct text sender;  /* words before the address it comes from; "" = none */
    struct text subject; /* one line, any letters */
    struct text body;    /* plain text in UTF-8, lines ended by \n */
    struct text id;      /* letters, digits, . and -: the same for the same letter sent again */
    struct text lang;    /* "en", "zh" */
    int64_t at;          /* moment of its Date */
};
enum mail_fate {
    MAIL_TAKEN = 1, /* the server answers for it */
    MAIL_LATER,     /* not now: no connection, too slow, "try again" (4xx), log-in refused */
    MAIL_REFUSED    /* for good (5xx), or not an address */
};
/* Waits for the server, at most `patience`. *why: its words or libcurl's, one line, "" when
 * taken. */
enum mail_fate mail_send(struct call *call, struct mail *m, const struct letter *l,
                         struct text *why);

/* ---- where may a message go? (reach.c) ----------------------------------------------------
 * An address that somebody typed in must not reach what stands behind the firewall beside us.
 * Asked of the address that a name was resolved to, when the connection is made. */
struct reach_net {
    unsigned char start[16]; /* IPv4 as ::ffff:a.b.c.d */
    int bits;
};
struct reachable { /* networks of the house that may be reached all the same */
    struct reach_net nets[32];
    size_t count;
};
/* "10.1.0.0/16,fd00:1::/32,192.168.7.9": a word without a length is one address. */
MUST_USE enum err reach_read(struct call *call, struct text words, struct reachable *out);
enum reach_kind {
    REACH_PUBLIC = 1,
    REACH_LOCAL,  /* loopback, private, link-local, multicast, reserved, or a form that leads
                     there */
    REACH_ALLOWED /* in one of these networks */
};
enum reach_kind reach_of(const struct reachable *r, const unsigned char ip[16]);
struct sockaddr;
/* IPv4 as ::ffff:a.b.c.d. False for what is neither IPv4 nor IPv6. */
bool reach_ip(const struct sockaddr *address, unsigned char ip[16]);

/* ---- webhooks out (hook.c; libcurl stays inside it) ----------------------------------------
 */
struct hook_address { /* of a receiver, as somebody typed it in */
    bool secure;      /* https */
    struct text host; /* without brackets */
};
/* https://host[:port][/path][?query], or http:// where networks of the house are allowed; no
 * name or password, no fragment, printable ASCII. A literal address that would be refused is
 * refused here already. ERR_INVALID at field "address". */
MUST_USE enum err hook_address_read(struct call *call, const struct reachable *r, struct text t,
                                    struct hook_address *out);
/* The header webhook-signature of Standard Webhooks. `secrets`: bytes, the one in force first.
 */
#define HOOK_SECRET 32
struct text hook_signature(struct arena *a, struct text id, int64_t seconds, struct text body,
                           const struct text *secrets, size_t count);
struct text hook_secret_words(struct arena *a,
                              const unsigned char secret[HOOK_SECRET]); /* whsec_… */

struct hook_post {
    struct text address, id, signature, body;
    int64_t seconds; /* since 1970: the webhook-timestamp */
};
enum hook_fate {                    /* what came of it */
                 HOOK_ANSWERED = 1, /* with a status */
                 HOOK_SLOW,         /* no answer in time */
                 HOOK_LOCAL,        /* its name leads to an address that may not be reached */
                 HOOK_NO_NAME,      /* its name cannot be resolved */
                 HOOK_NO_ANSWER,    /* nobody listens */
                 HOOK_TLS,          /* the certificate is not good, or TLS fails */
                 HOOK_BROKEN        /* the connection broke off, or what came is not HTTP */
};
struct hook_result {
    size_t slot;
    enum hook_fate fate;
    int status; /* of HOOK_ANSWERED */
};
struct hook_sender;
struct hook_sender_options {
    struct reachable reach;
    const char *authority; /* file with certificates beside the system's; NULL: none */
};
#define HOOK_SLOTS 20
MUST_USE enum err hook_sender_open(struct call *call, const struct hook_sender_options *o,
                                   struct hook_sender **out);
void hook_sender_close(struct hook_sender *s); /* breaks off what is under way */
/* One at a time in a slot. All is copied. By one thread, as the next. */
void hook_send(struct hook_sender *s, size_t slot, const struct hook_post *post);
bool hook_sending(const struct hook_sender *s, size_t slot);
/* Waits at most so long for something to be answered, and gives what was: 0 when nothing. */
size_t hook_wait(struct hook_sender *s, int milliseconds, struct hook_result out[HOOK_SLOTS]);
void hook_wake(struct hook_sender *s); /* from any thread: hook_wait returns */
#endif
