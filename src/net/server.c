/* SPDX-License-Identifier: Apache-2.0 */
/* net/server.c — opening and closing: the listener, the loops, the order in which they stop.
 *
 * Closing goes outside in: no new connections, streams end, running requests finish; what is
 * not answered when the grace is over is told 503 and abandoned. Only then do threads stop, so
 * a late net_answer meets a request that knows it was abandoned and never a server that is
 * gone. */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "net/inside.h"

#define PEM_CAP (1024 * 1024)
#define SPARE_FILES 256 /* for everything that is not a client */

static void fill_defaults(struct net_options *o)
{
    if (o->host.len == 0)
        o->host = TEXT("127.0.0.1");
    if (o->workers <= 0)
        o->workers = 4;
    if (o->deadline_us <= 0)
        o->deadline_us = 30 * SECOND;
    if (o->head_us <= 0)
        o->head_us = o->deadline_us < 10 * SECOND ? o->deadline_us : 10 * SECOND;
    if (o->bodies_cap <= 0)
        o->bodies_cap = 128LL << 20;
    if (o->replies_cap <= 0)
        o->replies_cap = 256LL << 20;
    if (o->spools_most <= 0 || o->spools_most > NET_SPOOLS)
        o->spools_most = NET_SPOOLS;
    if (o->max_connections <= 0)
        o->max_connections = 4096;
}

static void allow_files(int connections)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    rlim_t wanted = (rlim_t)connections + SPARE_FILES;
    if (files.rlim_cur >= wanted)
        return;
    files.rlim_cur = wanted < files.rlim_max ? wanted : files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur < wanted)
        log_line(LOG_WARN, "net", "open_files=%llu wanted=%llu",
                 (unsigned long long)files.rlim_cur, (unsigned long long)wanted);
}

/* ---- the listener ---------------------------------------------------------------------- */
static int listen_at(const struct addrinfo *a)
{
    int fd = socket(a->ai_family, a->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int on = 1, patience = 60000; /* milliseconds a client may leave bytes unacknowledged */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on)); /* accepted ones inherit it */
    setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &patience, sizeof(patience));
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

/* Nobody new gets in: under the same number there is now a socket that nobody can reach, so the
 * kernel closes the real one and takes it out of every loop. (MHD_quiesce_daemon of 0.9.75 takes
 * it out itself, from this thread, and ends the process when a loop that is awake was quicker.) */
static void retire_listener(struct net *n)
{
    struct sockaddr_un nameless = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool quiet = fd >= 0 &&
                 bind(fd, (struct sockaddr *)&nameless, sizeof(nameless.sun_family)) == 0 &&
                 listen(fd, 1) == 0 && dup3(fd, n->listener, O_CLOEXEC) >= 0;
    if (fd >= 0)
        close(fd);
    if (!quiet)
        shutdown(n->listener, SHUT_RDWR);
}

static enum err open_listener(struct call *call, struct net *n)
{
    const struct net_options *o = &n->options;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    const char *host = text_c(call->arena, o->host);
    const char *port = text_print(call->arena, "%d", o->port).at;
    int code = getaddrinfo(host, port, &hints, &found);
    if (code != 0)
        return problem(call, ERR_INVALID, TEXT("listen"), "address", "%s: %s", host,
                       gai_strerror(code));
    for (const struct addrinfo *a = found; a && n->listener < 0; a = a->ai_next)
        n->listener = listen_at(a);
    int why = errno;
    freeaddrinfo(found);
    if (n->listener < 0)
        return problem(call, ERR_IO, TEXT("listen"), "listen", "%s:%s: %s", host, port,
                       strerror(why));
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof(bound);
    getsockname(n->listener, (struct sockaddr *)&bound, &size);
    n->port = ntohs(bound.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&bound)->sin6_port
                                                : ((struct sockaddr_in *)&bound)->sin_port);
    return OK;
}

/* ---- TLS ------------------------------------------------------------------------------- */
static enum err read_pem(struct call *call, const char *path, const char *field, char **out)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return problem(call, ERR_INVALID, text_of(field), "file", "%s: %s", path,
                       strerror(errno));
    char *pem = calloc(1, PEM_CAP + 1);
    size_t len = pem ? fread(pem, 1, PEM_CAP, file) : 0;
    bool whole = feof(file) && !ferror(file);
    fclose(file);
    if (len == 0 || !whole || !strstr(pem, "-----BEGIN ")) {
        if (pem)
            explicit_bzero(pem, PEM_CAP);
        free(pem);
        return problem(call, ERR_INVALID, text_of(field), "file", "%s: not a PEM file", path);
    }
    *out = pem;
    return OK;
}

static enum err read_tls(struct call *call, struct net *n)
{
    const struct net_options *o = &n->options;
    if (!o->tls_cert && !o->tls_key)
        return OK;
    if (!o->tls_cert || !o->tls_key)
        return problem(call, ERR_INVALID, TEXT("tls-cert"), "required", "%s",
                       "a certificate and a key are needed, or neither");
    TRY(read_pem(call, o->tls_key, "tls-key", &n->key));
    return read_pem(call, o->tls_cert, "tls-cert", &n->cert);
}

/* ---- the daemon ------------------------------------------------------------------------ */
static void log_inner(void *arg, const char *format, va_list args)
{
    char line[512];
    vsnprintf(line, sizeof(line), format, args);
    line[strcspn(line, "\r\n")] = '\0';
    log_line(LOG_DEBUG, "http", "says=\"%s\"", line);
}

/* The target is decoded by us, once; libmicrohttpd must leave it alone. */
static size_t keep_escapes(void *arg, struct MHD_Connection *connection, char *text)
{
    return strlen(text);
}

static void start_daemon(struct net *n)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME |
                     MHD_USE_ERROR_LOG | (n->cert ? MHD_USE_TLS : 0);
    struct MHD_OptionItem tls[] = {
        {MHD_OPTION_HTTPS_MEM_KEY, 0, n->key},
        {MHD_OPTION_HTTPS_MEM_CERT, 0, n->cert},
        {MHD_OPTION_HTTPS_PRIORITIES, 0,
         (void *)(uintptr_t) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
        {MHD_OPTION_END, 0, NULL},
    };
    struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
    n->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, net__step, n, MHD_OPTION_EXTERNAL_LOGGER, log_inner, NULL,
        MHD_OPTION_LISTEN_SOCKET, n->listener, MHD_OPTION_THREAD_POOL_SIZE, (unsigned)NET_LOOPS,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)n->options.max_connections,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)NET_HEAD_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, 0U, /* deadline.c does better */
        MHD_OPTION_URI_LOG_CALLBACK, net__begin, n, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
        NULL, MHD_OPTION_NOTIFY_COMPLETED, net__end, n, MHD_OPTION_NOTIFY_CONNECTION,
        net__notify_connection, n, MHD_OPTION_ARRAY, n->cert ? tls : none, MHD_OPTION_END);
}

/* Signals belong to the main thread, so every thread made here is born with all blocked. */
static enum err start_threads(struct call *call, struct net *n)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool fine = net__workers_open(n);
    fine = net__deadlines_open(n, n->options.head_us, n->options.deadline_us) && fine;
    if (fine)
        start_daemon(n);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (n->daemon)
        return OK;
    if (fine)
        n->listener = -1; /* libmicrohttpd closes it when it cannot start */
    net__workers_close(n);
    net__deadlines_close(n);
    return problem(call, ERR_IO, TEXT("listen"), "start", "%s",
                   n->cert ? "the server cannot start; does the key fit the certificate?"
                           : "the server cannot start its threads");
}

static void release(struct net *n)
{
    if (n->listener >= 0)
        close(n->listener);
    for (int i = 0; i < n->spare_count; i++)
        arena_close(n->spare[i]);
    if (n->key)
        explicit_bzero(n->key, PEM_CAP);
    free(n->key);
    free(n->cert);
    pthread_mutex_destroy(&n->works_lock);
    pthread_mutex_destroy(&n->streams_lock);
    free(n);
}

enum err net_open(struct call *call, const struct net_options *options, struct net **out)
{
    struct net *n = calloc(1, sizeof(*n));
    if (!n)
        panic("net: no memory for a server");
    n->options = *options;
    n->listener = -1;
    fill_defaults(&n->options);
    pthread_mutex_init(&n->works_lock, NULL);
    pthread_mutex_init(&n->streams_lock, NULL);
    allow_files(n->options.max_connections);
    enum err e = read_tls(call, n);
    if (e == OK)
        e = open_listener(call, n);
    if (e == OK)
        e = start_threads(call, n);
    if (e != OK) {
        release(n);
        return e;
    }
    *out = n;
    return OK;
}

int net_port(const struct net *n)
{
    return n->port;
}

struct net_counts net_counts(const struct net *n)
{
    return (struct net_counts){
        .requests = atomic_load(&n->requests),
        .refused = atomic_load(&n->refused),
        .open_connections = atomic_load(&n->open_connections),
        .waiting = net__workers_waiting(n),
    };
}

/* ---- closing --------------------------------------------------------------------------- */
static void wait_while(atomic_llong *count, int64_t most)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    int64_t until = clock_ticks() + most;
    while (atomic_load(count) > 0 && clock_ticks() < until)
        nanosleep(&pause, NULL);
}

static void abandon(struct net *n)
{
    pthread_mutex_lock(&n->works_lock);
    for (struct work *w = n->works; w; w = w->next) {
        int parked = STAGE_PARKED;
        if (!atomic_compare_exchange_strong(&w->stage, &parked, STAGE_ABANDONED))
            continue;
        MHD_resume_connection(w->connection);
        atomic_fetch_sub(&n->busy, 1);
    }
    pthread_mutex_unlock(&n->works_lock);
}

static void give_up_running(struct net *n)
{
    static const struct reply stopping = {
        .status = 503,
        .type = TEXT("application/problem+json"),
        .body = TEXT("{\"status\":503,\"title\":\"the server is stopping\"}"),
    };
    for (struct work *w = net__workers_take_back(n); w; w = net__workers_take_back(n)) {
        if (w->errand == ERRAND_HANDLE) {
            net_answer(&w->request, &stopping);
        } else {
            w->lost = SAID("the server is stopping");
            net__wake(w);
        }
    }
    /* Again and again: a request can be on its way from FRESH to PARKED, or in net_answer. */
    while (atomic_load(&n->busy) > 0) {
        abandon(n);
        wait_while(&n->busy, SECOND / 100);
    }
    wait_while(&n->active, SECOND / 5); /* for the loops to send what was just decided */
}

void net_close(struct net *n, int64_t grace_us)
{
    if (!n)
        return;
    atomic_store(&n->closing, true);
    retire_listener(n);
    net__streams_close(n);
    wait_while(&n->active, grace_us);
    give_up_running(n);
    net__workers_close(n);
    net__deadlines_close(n);
    MHD_stop_daemon(n->daemon); /* closes the listener */
    n->listener = -1;
    pthread_cond_destroy(&n->deadlines.wake);
    pthread_mutex_destroy(&n->deadlines.lock);
    release(n);
}
