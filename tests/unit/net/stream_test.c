/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/net/stream_test.c — server-sent events, from many threads, to clients that leave.
 */
#include "client.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/inside.h"

/* What an application keeps: a slot a stream, emptied by `gone` under the same lock that every
 * use of the stream holds. */
#define SLOTS 32
static struct {
    pthread_mutex_t lock;
    struct stream *stream[SLOTS];
    volatile int opened, gone;
} hub = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void gone(void *arg)
{
    pthread_mutex_lock(&hub.lock);
    hub.stream[(intptr_t)arg] = NULL;
    pthread_mutex_unlock(&hub.lock);
    __atomic_add_fetch(&hub.gone, 1, __ATOMIC_SEQ_CST);
}

static void open_stream(struct request *r)
{
    pthread_mutex_lock(&hub.lock);
    int slot = hub.opened;
    hub.stream[slot] = net_stream(r, gone, (void *)(intptr_t)slot);
    __atomic_add_fetch(&hub.opened, 1, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&hub.lock);
}

static void handle(void *arg, struct request *r)
{
    if (text_starts(r->path, "/stream"))
        open_stream(r);
    else
        answer_text(r, 200, "plain");
}

static bool fast(void *arg, struct request *r)
{
    if (!text_is(r->path, "/stream/fast"))
        return false;
    open_stream(r);
    return true;
}

static const struct net_options options = {.body_cap = 1000, .handle = handle, .fast = fast};

static struct net *start(void)
{
    hub.opened = hub.gone = 0;
    return serve(&options);
}

static void send_to(int slot, const char *event)
{
    pthread_mutex_lock(&hub.lock);
    net_stream_send(hub.stream[slot], text_of(event));
    pthread_mutex_unlock(&hub.lock);
}

static void close_slot(int slot)
{
    pthread_mutex_lock(&hub.lock);
    net_stream_close(hub.stream[slot]);
    pthread_mutex_unlock(&hub.lock);
}

/* Collects what arrives until `wanted` is in it. */
static const char *hear_until(int fd, const char *wanted)
{
    static char all[65536];
    size_t len = 0;
    memset(all, 0, sizeof(all));
    while (!strstr(all, wanted) && len + 1 < sizeof(all)) {
        ssize_t got = recv(fd, all + len, sizeof(all) - 1 - len, 0);
        if (got <= 0)
            fail_msg("ended without \"%s\" after: %s", wanted, all);
        len += (size_t)got;
    }
    return all;
}

static void sends_events(void **state)
{
    struct net *n = start();
    int fd = dial(n);
    get(fd, "/stream");
    const char *head = hear_until(fd, "\r\n\r\n");
    assert_non_null(strstr(head, "HTTP/1.1 200"));
    assert_non_null(strstr(head, "Content-Type: text/event-stream\r\n"));
    assert_non_null(strstr(head, "Cache-Control: no-store\r\n"));
    assert_true(becomes(&hub.opened, 1));
    send_to(0, "{\"a\":1}");
    hear_until(fd, "data: {\"a\":1}\n\n");
    send_to(0, "one\ntwo\rthree\n");
    hear_until(fd, "data: one\ndata: two\ndata: three\ndata: \n\n");
    send_to(0, "");
    hear_until(fd, "data: \n\n");
    close_slot(0);
    hear_until(fd, "0\r\n\r\n");
    assert_true(becomes(&hub.gone, 1));
    get(fd, "/plain"); /* a stream that ended in order leaves the connection usable */
    assert_string_equal(hear(fd)->body, "plain");
    close(fd);
    net_close(n, SECOND);
    assert_int_equal(hub.gone, 1);
}

static void streams_from_the_loop_thread(void **state)
{
    struct net *n = start();
    int fd = dial(n);
    get(fd, "/stream/fast");
    assert_true(becomes(&hub.opened, 1));
    send_to(0, "x");
    hear_until(fd, "data: x\n\n");
    close(fd);
    assert_true(becomes(&hub.gone, 1));
    net_close(n, SECOND);
}

static void notices_a_client_that_left(void **state)
{
    struct net *n = start();
    int fd = dial(n);
    get(fd, "/stream");
    hear_until(fd, "\r\n\r\n");
    assert_true(becomes(&hub.opened, 1));
    close(fd); /* nothing is ever sent: only the sweeper can see it */
    assert_true(becomes(&hub.gone, 1));
    assert_null(hub.stream[0]);
    net_close(n, SECOND);
    assert_int_equal(hub.gone, 1);
}

static void drops_a_client_that_lags(void **state)
{
    struct net *n = start();
    static char event[8192];
    memset(event, 'e', sizeof(event) - 1);
    int fd = dial(n);
    get(fd, "/stream");
    hear_until(fd, "\r\n\r\n");
    assert_true(becomes(&hub.opened, 1));
    /* More than the lag and every buffer of the kernel together. */
    for (int i = 0; i < 40000 && !__atomic_load_n(&hub.gone, __ATOMIC_SEQ_CST); i++)
        send_to(0, event);
    assert_true(becomes(&hub.gone, 1));
    close(fd);
    net_close(n, SECOND);
}

static void comments_on_a_quiet_stream(void **state)
{
    struct net *n = start();
    int fd = dial(n);
    get(fd, "/stream");
    hear_until(fd, "\r\n\r\n");
    assert_true(becomes(&hub.opened, 1));
    net__streams_tick(n, clock_ticks() + 16 * SECOND); /* as if that long had passed */
    hear_until(fd, ":\n\n");
    close(fd);
    net_close(n, SECOND);
    assert_int_equal(hub.gone, 1);
}

static void *send_many(void *arg)
{
    char event[32];
    for (int i = 0; i < 500; i++) {
        snprintf(event, sizeof(event), "%d", i);
        for (int slot = 0; slot < SLOTS; slot++)
            send_to(slot, event);
    }
    return NULL;
}

static void many_streams_many_senders(void **state)
{
    struct net *n = start();
    int fd[SLOTS];
    pthread_t sender[4];
    for (int i = 0; i < SLOTS; i++) {
        fd[i] = dial(n);
        get(fd[i], "/stream");
    }
    assert_true(becomes(&hub.opened, SLOTS));
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&sender[i], NULL, send_many, NULL), 0);
    for (int i = 0; i < SLOTS; i += 2)
        close(fd[i]); /* half of them leave in the middle */
    for (int i = 0; i < 4; i++)
        pthread_join(sender[i], NULL);
    for (int i = 0; i < SLOTS; i++)
        send_to(i, "last");
    for (int i = 1; i < SLOTS; i += 2) {
        hear_until(fd[i], "data: last\n\n");
        close(fd[i]);
    }
    assert_true(becomes(&hub.gone, SLOTS));
    net_close(n, SECOND);
    assert_int_equal(hub.gone, SLOTS);
}

static void closing_the_server_ends_streams(void **state)
{
    struct net *n = start();
    int fd = dial(n);
    get(fd, "/stream");
    hear_until(fd, "\r\n\r\n");
    assert_true(becomes(&hub.opened, 1));
    net_close(n, 10 * SECOND);
    assert_int_equal(hub.gone, 1);
    hear_until(fd, "0\r\n\r\n");
    assert_true(ended(fd));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sends_events),
                                       cmocka_unit_test(streams_from_the_loop_thread),
                                       cmocka_unit_test(notices_a_client_that_left),
                                       cmocka_unit_test(drops_a_client_that_lags),
                                       cmocka_unit_test(comments_on_a_quiet_stream),
                                       cmocka_unit_test(many_streams_many_senders),
                                       cmocka_unit_test(closing_the_server_ends_streams)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
