/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/net/server_test.c — many requests at once, answered late, from anywhere. */
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/inside.h"

#define MANY 64

/* Requests that a handler has put aside; another thread, or the test, answers them. */
static struct {
    pthread_mutex_t lock;
    struct request *r[NET_QUEUE + MANY];
    volatile int count;
} aside = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void put_aside(struct request *r)
{
    pthread_mutex_lock(&aside.lock);
    aside.r[aside.count] = r;
    __atomic_add_fetch(&aside.count, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&aside.lock);
}

static void *answer_aside(void *arg)
{
    pthread_mutex_lock(&aside.lock);
    while (aside.count > 0) {
        struct request *r = aside.r[__atomic_sub_fetch(&aside.count, 1, __ATOMIC_SEQ_CST)];
        struct reply reply = {200, TEXT("text/plain"), r->path, NULL, 0};
        net_answer(r, &reply);
    }
    pthread_mutex_unlock(&aside.lock);
    return NULL;
}

static volatile int holding, released;

static void handle(void *arg, struct request *r)
{
    struct reply echo = {200, TEXT("text/plain"), r->body.len ? r->body : r->path, NULL, 0};
    if (text_starts(r->path, "/later"))
        put_aside(r);
    else if (text_is(r->path, "/hold")) {
        const struct timespec pause = {.tv_nsec = 1000000};
        __atomic_add_fetch(&holding, 1, __ATOMIC_SEQ_CST);
        while (!__atomic_load_n(&released, __ATOMIC_SEQ_CST))
            nanosleep(&pause, NULL);
        net_answer(r, &echo);
    } else {
        net_answer(r, &echo);
    }
}

static bool fast(void *arg, struct request *r)
{
    if (text_starts(r->path, "/fast/later")) {
        put_aside(r);
        return true;
    }
    if (!text_starts(r->path, "/fast"))
        return false;
    struct reply reply = {200, TEXT("text/plain"), r->path, NULL, 0};
    net_answer(r, &reply);
    return true;
}

static const struct net_options plain = {.body_cap = 100000, .handle = handle, .fast = fast};

static void answers_late_from_another_thread(void **state)
{
    struct net *n = serve(&plain);
    int fd[MANY];
    char path[64];
    for (int i = 0; i < MANY; i++) {
        fd[i] = dial(n);
        snprintf(path, sizeof(path), i % 2 ? "/later/%d" : "/fast/later/%d", i);
        get(fd[i], path);
    }
    assert_true(becomes(&aside.count, MANY));
    pthread_t other;
    assert_int_equal(pthread_create(&other, NULL, answer_aside, NULL), 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(path, sizeof(path), i % 2 ? "/later/%d" : "/fast/later/%d", i);
        struct answer *a = hear(fd[i]);
        assert_int_equal(a->status, 200);
        assert_string_equal(a->body, path);
        get(fd[i], "/fast/again"); /* the connection is as good as new */
        assert_string_equal(hear(fd[i])->body, "/fast/again");
        close(fd[i]);
    }
    pthread_join(other, NULL);
    net_close(n, SECOND);
}

static void survives_a_client_that_left(void **state)
{
    struct net *n = serve(&plain);
    for (int i = 0; i < MANY; i++) {
        int fd = dial(n);
        get(fd, "/later/gone");
        if (i % 2) { /* half of them with a reset */
            assert_true(becomes(&aside.count, i + 1));
            struct linger hard = {1, 0};
            setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
        }
        close(fd);
    }
    assert_true(becomes(&aside.count, MANY));
    answer_aside(NULL);
    int fd = dial(n);
    get(fd, "/fast");
    assert_int_equal(hear(fd)->status, 200);
    close(fd);
    net_close(n, SECOND);
}

static void answers_pipelined_requests_in_order(void **state)
{
    struct net *n = serve(&plain);
    int fd = dial(n);
    char path[32], all[8192] = "";
    size_t len = 0;
    for (int i = 0; i < 100; i++)
        len += (size_t)snprintf(all + len, sizeof(all) - len,
                                "GET /%s/%d HTTP/1.1\r\nHost: a\r\n\r\n",
                                i % 3 ? "slow" : "fast", i);
    say_to(fd, all);
    for (int i = 0; i < 100; i++) {
        snprintf(path, sizeof(path), "/%s/%d", i % 3 ? "slow" : "fast", i);
        assert_string_equal(hear(fd)->body, path);
    }
    close(fd);
    net_close(n, SECOND);
}

static void takes_a_body_up_to_the_cap(void **state)
{
    struct net *n = serve(&plain);
    char head[128];
    char *body = malloc(plain.body_cap + 1);
    memset(body, 'x', plain.body_cap);
    body[plain.body_cap] = '\0';
    int fd = dial(n);
    snprintf(head, sizeof(head), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
             plain.body_cap);
    say_to(fd, head);
    say_to(fd, body);
    struct answer *a = hear(fd);
    assert_int_equal(a->status, 200);
    assert_int_equal(a->len, plain.body_cap);
    assert_memory_equal(a->body, body, plain.body_cap);
    snprintf(head, sizeof(head), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
             plain.body_cap + 1);
    say_to(fd, head);
    assert_int_equal(hear(fd)->status, 413);
    assert_true(ended(fd));
    close(fd);
    free(body);
    net_close(n, SECOND);
}

static void admit(void *arg, struct request *r, struct admission *out)
{
    out->cap = text_is(r->method, "PUT") && text_is(r->path, "/big") ? 10 : 2;
}

static struct text refusal(void *arg, struct request *r, int status, const char *why)
{
    return text_print(r->arena, "refused %d", status);
}

static void asks_for_cap_and_refusal(void **state)
{
    struct net_options options = plain;
    options.admit = admit;
    options.refusal = refusal;
    struct net *n = serve(&options);
    int fd = dial(n);
    say_to(fd, "PUT /big HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    assert_string_equal(hear(fd)->body, "abc");
    say_to(fd, "PUT /small HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n");
    struct answer *a = hear(fd);
    assert_int_equal(a->status, 413);
    assert_string_equal(a->body, "refused 413");
    assert_true(ended(fd));
    close(fd);
    net_close(n, SECOND);
}

/* Bodies over 4 bytes come after a yes, and those of /file lie in a file. */
static void admit_after_who(void *arg, struct request *r, struct admission *out)
{
    *out = (struct admission){
        .cap = 2 << 20, .before = 4, .to_file = text_starts(r->path, "/file")};
}

static const struct reply *who(void *arg, struct request *r)
{
    static const struct reply no = {401, TEXT("text/plain"), TEXT("who are you"), NULL, 0, false};
    return text_ends(r->path, "/stranger") ? &no : NULL;
}

static void handle_length(void *arg, struct request *r)
{
    bool same = true;
    for (size_t i = 0; i < r->body.len; i++)
        same = same && r->body.at[i] == (char)('a' + i % 7);
    struct text said = text_print(r->arena, "%zu %s", r->body.len, same ? "same" : "other");
    struct reply reply = {200, TEXT("text/plain"), said, NULL, 0, false};
    net_answer(r, &reply);
}

static void first_who_then_bytes(void **state)
{
    const size_t size = 1234567;
    struct net_options options = plain;
    options.admit = admit_after_who;
    options.who = who;
    options.handle = handle_length;
    options.fast = NULL;
    options.spool = "/tmp";
    options.bodies_cap = 300000; /* what goes to a file takes none of it */
    struct net *n = serve(&options);
    char *body = malloc(size);
    for (size_t i = 0; i < size; i++)
        body[i] = (char)('a' + i % 7);
    int fd = dial(n);
    for (int again = 0; again < 2; again++) {
        say_to(fd, "POST /file HTTP/1.1\r\nHost: a\r\nContent-Length: 1234567\r\n\r\n");
        assert_int_equal(send(fd, body, size, MSG_NOSIGNAL), size);
        assert_string_equal(hear(fd)->body, "1234567 same");
    }
    say_to(fd, "POST /stranger HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd");
    assert_string_equal(hear(fd)->body, "4 same"); /* so few are not worth asking about */
    say_to(fd, "POST /file/stranger HTTP/1.1\r\nHost: a\r\nContent-Length: 1234567\r\n\r\n");
    struct answer *a = hear(fd);
    assert_int_equal(a->status, 401);
    assert_string_equal(a->body, "who are you");
    assert_true(ended(fd));
    close(fd), fd = dial(n); /* one that leaves half way */
    say_to(fd, "POST /file HTTP/1.1\r\nHost: a\r\nContent-Length: 1234567\r\n\r\n");
    assert_int_equal(send(fd, body, size / 2, MSG_NOSIGNAL), size / 2);
    close(fd);
    while (atomic_load(&n->spools) > 0)
        sched_yield();
    free(body);
    net_close(n, SECOND);
}

static void sends_no_body_for_head(void **state)
{
    struct net *n = serve(&plain);
    int fd = dial(n);
    say_to(fd, "HEAD /slow HTTP/1.1\r\nHost: a\r\n\r\nGET /fast HTTP/1.1\r\nHost: a\r\n\r\n");
    char all[4096] = "";
    size_t len = 0;
    while (!strstr(all, "\r\n\r\n/fast") && len + 1 < sizeof(all)) {
        ssize_t got = recv(fd, all + len, sizeof(all) - 1 - len, 0);
        assert_true(got > 0);
        len += (size_t)got;
    }
    assert_non_null(strstr(all, "Content-Length: 5\r\n"));
    assert_non_null(strstr(all, "\r\n\r\nHTTP/1.1 200")); /* the second reply, no body before */
    close(fd);
    net_close(n, SECOND);
}

static void ask_often(struct net *n, int times)
{
    char path[32];
    int fd = dial(n);
    for (int i = 0; i < times; i++) {
        if (i % 20 == 19) {
            close(fd);
            fd = dial(n);
        }
        snprintf(path, sizeof(path), "/%s/%d", i % 2 ? "slow" : "fast", i);
        get(fd, path);
        assert_string_equal(hear(fd)->body, path);
    }
    close(fd);
}

static void five_thousand_requests_leave_nothing(void **state)
{
    struct net *n = serve(&plain);
    ask_often(n, 200);
    size_t before = open_files();
    ask_often(n, 5000);
    const struct timespec pause = {.tv_nsec = 1000000};
    for (int i = 0; i < 5000 && net_counts(n).open_connections > 0; i++)
        nanosleep(&pause, NULL);
    struct net_counts counts = net_counts(n);
    assert_int_equal(counts.requests, 5200);
    assert_int_equal(counts.refused, 0);
    assert_int_equal(counts.open_connections, 0);
    assert_int_equal(counts.waiting, 0);
    assert_true(open_files() <= before);
    assert_true(n->spare_count <= NET_SPARE_ARENAS && !n->works);
    net_close(n, SECOND);
}

static void refuses_when_the_queue_is_full(void **state)
{
    struct net_options options = plain;
    options.workers = 1;
    struct net *n = serve(&options);
    __atomic_store_n(&released, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&holding, 0, __ATOMIC_SEQ_CST);
    int first = dial(n);
    get(first, "/hold");
    assert_true(becomes(&holding, 1));
    /* Filled behind the clients' backs: four thousand sockets are more than most may open. */
    pthread_mutex_lock(&n->lanes[0].lock);
    n->lanes[0].waiting = NET_QUEUE;
    pthread_mutex_unlock(&n->lanes[0].lock);
    assert_int_equal(net_counts(n).waiting, NET_QUEUE);
    int fd = dial(n);
    get(fd, "/slow");
    struct answer *a = hear(fd);
    assert_int_equal(a->status, 503);
    assert_non_null(strstr(a->head, "Retry-After: 1\r\n"));
    close(fd);
    fd = dial(n);
    get(fd, "/fast"); /* needs no worker */
    assert_int_equal(hear(fd)->status, 200);
    close(fd);
    pthread_mutex_lock(&n->lanes[0].lock);
    n->lanes[0].waiting = 0;
    pthread_mutex_unlock(&n->lanes[0].lock);
    __atomic_store_n(&released, 1, __ATOMIC_SEQ_CST);
    assert_int_equal(hear(first)->status, 200);
    close(first);
    net_close(n, SECOND);
}

/* ---- the door: whose a request is
 * --------------------------------------------------------------- */
static char one[] = "one", two[] = "two";

static void *show_in(void *arg, struct request *r, int *status)
{
    (void)arg;
    struct text path = text_from(r->path, 4);
    bool first = text_starts(r->path, "/one/"), second = text_starts(r->path, "/two/");
    if (text_is(r->path, "/shut"))
        *status = 503;
    if (!first && !second)
        return NULL;
    r->base = text_slice(r->path, 0, 4);
    r->path = path;
    return first ? one : two;
}

static void answer_whose(void *arg, struct request *r)
{
    if (text_is(r->path, "/hold")) {
        __atomic_add_fetch(&holding, 1, __ATOMIC_SEQ_CST);
        while (!__atomic_load_n(&released, __ATOMIC_SEQ_CST))
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    answer_text(r, 200,
                text_c(r->arena, text_print(r->arena, "%s %.*s %.*s", (const char *)arg,
                                            TEXT_ARG(r->base), TEXT_ARG(r->path))));
}

static int status_of(const struct net *n, const char *path)
{
    int fd = dial(n);
    get(fd, path);
    int status = hear(fd)->status;
    close(fd);
    return status;
}

static void a_door_says_whose_a_request_is(void **state)
{
    struct net *n =
        serve(&(struct net_options){.body_cap = 1000, .door = show_in, .handle = answer_whose});
    int fd = dial(n);
    get(fd, "/one/x");
    assert_string_equal(hear(fd)->body, "one /one /x");
    get(fd, "/two/x"); /* on the same connection */
    assert_string_equal(hear(fd)->body, "two /two /x");
    close(fd);
    assert_int_equal(status_of(n, "/three/x"), 404);
    assert_int_equal(status_of(n, "/shut"), 503);
    net_close(n, SECOND);
}

static bool waiting_becomes(const struct net *n, int64_t wanted)
{
    for (int i = 0; i < 20000 && net_counts(n).waiting != wanted; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    return net_counts(n).waiting == wanted;
}

static void nobody_fills_a_queue_for_the_others(void **state)
{
    const struct net_lane lane = {.name = "lane", .workers = 1, .queue = 4, .of_arg = 2};
    struct net *n = serve(&(struct net_options){.body_cap = 1000,
                                                .door = show_in,
                                                .handle = answer_whose,
                                                .lanes = &lane,
                                                .lane_count = 1});
    int first[3], other = dial(n);
    __atomic_store_n(&released, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&holding, 0, __ATOMIC_SEQ_CST);
    for (int i = 0; i < 3; i++) {
        first[i] = dial(n);
        get(first[i], i ? "/one/x" : "/one/hold");
        assert_true(i || becomes(&holding, 1));
        assert_true(waiting_becomes(n, i));
    }
    assert_int_equal(status_of(n, "/one/x"), 503);
    get(other, "/two/x");
    assert_true(waiting_becomes(n, 3));
    __atomic_store_n(&released, 1, __ATOMIC_SEQ_CST);
    assert_int_equal(hear(other)->status, 200);
    close(other);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(hear(first[i])->status, 200);
        close(first[i]);
    }
    net_close(n, SECOND);
}

static void a_waiting_request_has_no_deadline(void **state)
{
    struct net_options options = plain;
    options.deadline_us = SECOND / 2;
    struct net *n = serve(&options);
    int waits = dial(n), drips = dial(n);
    get(waits, "/later");
    say_to(drips, "GET / HTTP/1.1\r\nX-Slow: ");
    assert_true(becomes(&aside.count, 1));
    assert_true(ended(drips)); /* so the sweeper has been round, well past the deadline */
    int second = dial(n);
    assert_true(ended(second));
    answer_aside(NULL);
    assert_int_equal(hear(waits)->status, 200);
    close(waits);
    close(drips);
    close(second);
    net_close(n, SECOND);
}

static void only_progress_moves_a_deadline(void **state)
{
    struct conn c = {0};
    int64_t before = clock_ticks();
    net__due_in(&c, 5 * SECOND, 0);
    int64_t due = atomic_load(&c.due);
    assert_true(due >= before + 5 * SECOND && due <= clock_ticks() + 5 * SECOND);
    net__due_more(&c, 1);
    assert_true(atomic_load(&c.due) - due < 20); /* a drip gains microseconds */
    net__due_more(&c, 10 * 65536);
    assert_true(atomic_load(&c.due) - due >= 10 * SECOND);
    net__due_never(&c);
    assert_int_equal(atomic_load(&c.due), 0);
}

static char much[128 * 1024]; /* two seconds at the slowest rate */

static bool answer_much(void *arg, struct request *r)
{
    struct reply reply = {200, TEXT("text/plain"), {much, sizeof(much)}, NULL, 0};
    net_answer(r, &reply);
    return true;
}

/* A client that asks for much and does not read must not hold the memory for ever. */
static void a_reply_nobody_takes_is_cut(void **state)
{
    struct net_options options = plain;
    options.deadline_us = SECOND / 2;
    options.fast = answer_much;
    struct net *n = serve(&options);
    memset(much, 'x', sizeof(much));
    int fd = dial_narrow(n, 2048), small = 4096;
    const struct timespec pause = {.tv_nsec = 1000000};
    for (int i = 0; i < 20000 && net_counts(n).open_connections == 0; i++)
        nanosleep(&pause, NULL);
    pthread_mutex_lock(&n->deadlines.lock);
    setsockopt(n->deadlines.first->fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    pthread_mutex_unlock(&n->deadlines.lock);
    get(fd, "/much");
    for (int i = 0; i < 20000 && net_counts(n).open_connections > 0; i++)
        nanosleep(&pause, NULL);
    assert_int_equal(net_counts(n).open_connections, 0);
    assert_true(hear(fd)->len < sizeof(much)); /* cut, not delivered */
    close(fd);
    net_close(n, SECOND);
}

static enum err opening(const struct net_options *options, char *message, size_t room)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, clock_now(), LANG_EN);
    struct net *n = NULL;
    enum err e = net_open(call, options, &n);
    if (e == OK)
        net_close(n, 0);
    else
        snprintf(message, room, "%.*s", TEXT_ARG(call->problems->message));
    arena_close(a);
    return e;
}

static void says_why_it_cannot_open(void **state)
{
    char message[512] = "";
    struct net *n = serve(&plain);
    struct net_options options = plain;
    size_t before = open_files();
    options.port = net_port(n);
    assert_int_equal(opening(&options, message, sizeof(message)), ERR_IO);
    assert_non_null(strstr(message, strerror(EADDRINUSE)));
    options.port = 0;
    options.host = TEXT("no such host");
    assert_int_equal(opening(&options, message, sizeof(message)), ERR_INVALID);
    options.host = TEXT("127.0.0.1");
    options.tls_cert = "/nonexistent/cert.pem";
    assert_int_equal(opening(&options, message, sizeof(message)), ERR_INVALID);
    options.tls_key = "/dev/null";
    assert_int_equal(opening(&options, message, sizeof(message)), ERR_INVALID);
    assert_true(open_files() <= before);
    net_close(n, 0);
}

static void send_zeros(int fd, size_t count)
{
    static const char zeros[10000];
    for (; count > 0; count -= sizeof(zeros))
        assert_int_equal(send(fd, zeros, sizeof(zeros), MSG_NOSIGNAL), sizeof(zeros));
}

/* All larger bodies together have a limit; small ones, and the next larger one, are served. */
static void bodies_share_the_memory(void **state)
{
    static const char head[] =
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
    struct net_options options = plain;
    options.body_cap = 1000000;
    options.bodies_cap = 300000;
    struct net *n = serve(&options);
    int first = dial(n), second = dial(n), small = dial(n);
    say_to(first, head);
    send_zeros(first, 200000 - 10000);
    while (atomic_load(&n->held[HOLD_BODY]) < 262144) /* what its buffer takes by then */
        sched_yield();
    say_to(second, head);
    send_zeros(second, 200000);
    assert_int_equal(hear(second)->status, 503);
    say_to(small, "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");
    assert_int_equal(hear(small)->status, 200);
    send_zeros(first, 10000);
    assert_int_equal(hear(first)->status, 200);
    close(second), second = dial(n);
    say_to(second, head);
    send_zeros(second, 200000);
    assert_int_equal(hear(second)->status, 200);
    close(first), close(second), close(small);
    net_close(n, SECOND);
}

/* Everybody who asks below /one/ is one party. */
static void admit_by_path(void *arg, struct request *r, struct admission *out)
{
    (void)arg;
    (void)out;
    r->party = text_starts(r->path, "/one/") ? 7 : 8;
}

/* Whoever stalls is in the way of itself alone; and one request alone is never too much. */
static void one_party_has_a_share_of_the_memory(void **state)
{
    static const char mine[] =
        "POST /one/fast HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
    static const char other[] =
        "POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n";
    struct net_options options = plain;
    options.body_cap = 262144;
    options.bodies_cap = 1000000;
    options.admit = admit_by_path;
    options.handle = handle_length;
    options.fast = NULL;
    struct net *n = serve(&options);
    int stalls = dial(n), again = dial(n), somebody = dial(n);
    say_to(stalls, mine);
    send_zeros(stalls, 200000 - 10000);
    while (atomic_load(&n->held[HOLD_BODY]) < 262144)
        sched_yield();
    say_to(again, mine);
    send_zeros(again, 200000);
    assert_int_equal(hear(again)->status, 429);
    say_to(somebody, other);
    send_zeros(somebody, 200000);
    assert_int_equal(hear(somebody)->status, 200);
    send_zeros(stalls, 10000);
    assert_int_equal(hear(stalls)->status, 200);
    close(stalls), close(again), close(somebody);
    while (atomic_load(&n->open_connections) > 0)
        sched_yield();
    assert_int_equal(atomic_load(&n->held[HOLD_BODY]), 0);
    net_close(n, SECOND);
}

/* A head has less time than a body: here hardly any, and the body all the time of the test. */
static void a_head_has_a_deadline_of_its_own(void **state)
{
    struct net_options options = plain;
    options.head_us = SECOND / 10;
    options.deadline_us = 600 * SECOND;
    struct net *n = serve(&options);
    int silent = dial(n), broken = dial(n), body = dial(n), idle = dial(n);
    say_to(broken, "GET / HTTP/1.1\r\nHost: a\r\nX-");
    say_to(body, "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab");
    get(idle, "/first");
    assert_int_equal(hear(idle)->status, 200);
    assert_true(ended(silent));
    assert_true(ended(broken));
    say_to(body, "cd");
    assert_string_equal(hear(body)->body, "abcd");
    get(idle, "/second");
    assert_string_equal(hear(idle)->body, "/second");
    close(silent), close(broken), close(body), close(idle);
    net_close(n, SECOND);
}

/* The oldest ends that only holds its place; one that is at work stays, however old. */
static void silence_makes_room_for_others(void **state)
{
    struct net_options options = plain;
    options.max_connections = 16;
    options.head_us = options.deadline_us = 600 * SECOND;
    struct net *n = serve(&options);
    int fd[64], busy = dial(n);
    get(busy, "/later/busy");
    assert_true(becomes(&aside.count, 1));
    for (int i = 0; i < 64; i++) {
        fd[i] = dial(n);
        if (i % 2)
            say_to(fd[i], "GET /drip HTTP/1.1\r\nHost:");
    }
    assert_true(ended(fd[0]));
    int fd_new = dial(n);
    get(fd_new, "/fast/new");
    assert_string_equal(hear(fd_new)->body, "/fast/new");
    answer_aside(NULL);
    assert_string_equal(hear(busy)->body, "/later/busy");
    for (int i = 0; i < 64; i++)
        close(fd[i]);
    close(busy), close(fd_new);
    net_close(n, SECOND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_late_from_another_thread),
                                       cmocka_unit_test(survives_a_client_that_left),
                                       cmocka_unit_test(answers_pipelined_requests_in_order),
                                       cmocka_unit_test(takes_a_body_up_to_the_cap),
                                       cmocka_unit_test(asks_for_cap_and_refusal),
                                       cmocka_unit_test(first_who_then_bytes),
                                       cmocka_unit_test(sends_no_body_for_head),
                                       cmocka_unit_test(five_thousand_requests_leave_nothing),
                                       cmocka_unit_test(refuses_when_the_queue_is_full),
                                       cmocka_unit_test(a_waiting_request_has_no_deadline),
                                       cmocka_unit_test(only_progress_moves_a_deadline),
                                       cmocka_unit_test(a_reply_nobody_takes_is_cut),
                                       cmocka_unit_test(bodies_share_the_memory),
                                       cmocka_unit_test(one_party_has_a_share_of_the_memory),
                                       cmocka_unit_test(a_head_has_a_deadline_of_its_own),
                                       cmocka_unit_test(silence_makes_room_for_others),
                                       cmocka_unit_test(says_why_it_cannot_open),
                                       cmocka_unit_test(a_door_says_whose_a_request_is),
                                       cmocka_unit_test(nobody_fills_a_queue_for_the_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
