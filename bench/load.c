/* SPDX-License-Identifier: Apache-2.0 */
/* bench/load.c — an HTTP client that keeps N connections busy and tells how long each answer took.
 *
 *     bench_load PORT CONNECTIONS SECONDS PATH [TOKEN [BODY]]
 *
 * With a BODY every request is a POST of it, each % in it replaced by a number of its own. One thread,
 * epoll, one request at a time on a connection: the same client for us and for whom we compare with.
 * Prints: requests failures seconds per_second p50_us p99_us bytes_of_the_last_answer */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HEAD_MOST 4096
#define BODY_MOST 65536
#define SAMPLES_MOST 20000000

struct connection {
    int fd;
    char request[HEAD_MOST + BODY_MOST];
    size_t length, sent;
    char head[HEAD_MOST]; /* of the answer */
    size_t head_length, left;
    bool in_body;
    int status;
    int64_t began;
};
struct load {
    const char *path, *token, *body;
    uint16_t port;
    int poll;
    int64_t until;
    uint64_t number, failures;
    uint32_t *samples;
    size_t count;
    size_t bytes;
};

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void give_up(const char *what)
{
    fprintf(stderr, "bench_load: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- a request ---------------------------------------------------------------------------- */
static size_t put_body(struct load *l, char *at, size_t room)
{
    size_t n = 0;
    for (const char *p = l->body; *p && n + 24 < room; p++) {
        if (*p != '%')
            at[n++] = *p;
        else
            n += (size_t)snprintf(at + n, room - n, "%llu", (unsigned long long)l->number);
    }
    return n;
}

static void prepare(struct load *l, struct connection *c)
{
    char body[BODY_MOST];
    size_t body_length = l->body ? put_body(l, body, sizeof body) : 0;
    int n = snprintf(c->request, HEAD_MOST, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s%s%s",
                     l->body ? "POST" : "GET", l->path, l->token ? "Authorization: Bearer " : "",
                     l->token ? l->token : "", l->token ? "\r\n" : "");
    if (l->body)
        n += snprintf(c->request + n, HEAD_MOST - (size_t)n,
                      "Content-Type: application/json\r\nContent-Length: %zu\r\n", body_length);
    n += snprintf(c->request + n, HEAD_MOST - (size_t)n, "\r\n");
    memcpy(c->request + n, body, body_length);
    c->length = (size_t)n + body_length;
    c->sent = c->head_length = c->left = 0;
    c->in_body = false;
    l->number++;
    c->began = now();
}

static void send_more(struct connection *c)
{
    while (c->sent < c->length) {
        ssize_t n = send(c->fd, c->request + c->sent, c->length - c->sent, MSG_NOSIGNAL);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return;
        if (n <= 0)
            give_up("send");
        c->sent += (size_t)n;
    }
}

/* ---- an answer ---------------------------------------------------------------------------- */
static bool read_head(struct load *l, struct connection *c, size_t got)
{
    c->head_length += got;
    c->head[c->head_length] = '\0';
    char *end = strstr(c->head, "\r\n\r\n"), *length;
    if (!end)
        return false;
    c->status = (int)strtol(c->head + 9, NULL, 10);
    length = strcasestr(c->head, "\r\nContent-Length:");
    size_t size = length && length < end ? strtoul(length + 17, NULL, 10) : 0;
    size_t have = c->head_length - (size_t)(end + 4 - c->head);
    c->in_body = true;
    c->left = size > have ? size - have : 0;
    l->bytes = size;
    return true;
}

/* True when the answer is complete. */
static bool receive(struct load *l, struct connection *c)
{
    static char sink[1 << 18];
    for (;;) {
        char *at = c->in_body ? sink : c->head + c->head_length;
        size_t room = c->in_body ? sizeof sink : sizeof c->head - 1 - c->head_length;
        ssize_t n = recv(c->fd, at, room, 0);
        if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return false;
        if (n <= 0)
            give_up("the server closed");
        if (c->in_body)
            c->left -= (size_t)n < c->left ? (size_t)n : c->left;
        else
            read_head(l, c, (size_t)n);
        if (c->in_body && c->left == 0)
            return true;
    }
}

static void note(struct load *l, const struct connection *c)
{
    l->failures += c->status < 200 || c->status > 299;
    if (l->count < SAMPLES_MOST)
        l->samples[l->count++] = (uint32_t)(now() - c->began);
}

/* ---- the loop ----------------------------------------------------------------------------- */
static void open_one(struct load *l, struct connection *c)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(l->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&to, sizeof to) != 0)
        give_up("connect");
    if (fcntl(c->fd, F_SETFL, O_NONBLOCK) != 0)
        give_up("fcntl");
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
    prepare(l, c);
    send_more(c);
    if (epoll_ctl(l->poll, EPOLL_CTL_ADD, c->fd, &e) != 0)
        give_up("epoll");
}

static void serve_one(struct load *l, struct connection *c)
{
    send_more(c);
    if (!receive(l, c))
        return;
    note(l, c);
    if (now() < l->until) {
        prepare(l, c);
        send_more(c);
    } else {
        close(c->fd);
        c->fd = -1;
    }
}

static void run(struct load *l, size_t connections)
{
    struct epoll_event events[256];
    for (size_t open = connections; open > 0;) {
        int n = epoll_wait(l->poll, events, 256, 10000);
        if (n <= 0)
            give_up("nothing was answered for 10 s");
        for (int i = 0; i < n; i++) {
            struct connection *c = events[i].data.ptr;
            serve_one(l, c);
            open -= c->fd < 0;
        }
    }
}

static int by_size(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "bench_load PORT CONNECTIONS SECONDS PATH [TOKEN [BODY]]\n");
        return 2;
    }
    size_t connections = strtoul(argv[2], NULL, 10);
    struct load l = {.port = (uint16_t)strtoul(argv[1], NULL, 10), .path = argv[4],
                     .token = argc > 5 && *argv[5] ? argv[5] : NULL, .body = argc > 6 ? argv[6] : NULL,
                     .poll = epoll_create1(0), .samples = malloc(SAMPLES_MOST * sizeof(uint32_t))};
    struct connection *all = calloc(connections, sizeof *all);
    if (!all || !l.samples)
        give_up("memory");
    int64_t began = now();
    l.until = began + (int64_t)(strtod(argv[3], NULL) * 1e6);
    for (size_t i = 0; i < connections; i++)
        open_one(&l, &all[i]);
    run(&l, connections);
    double seconds = (double)(now() - began) / 1e6;
    qsort(l.samples, l.count, sizeof *l.samples, by_size);
    printf("%zu %llu %.3f %.0f %u %u %zu\n", l.count, (unsigned long long)l.failures, seconds,
           (double)l.count / seconds, l.samples[l.count / 2], l.samples[l.count * 99 / 100], l.bytes);
    return 0;
}
