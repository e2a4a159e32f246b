/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/net/close_test.c — a server that stops while requests are under way. */
#include "client.h"

#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net/inside.h"

static struct request *kept;
static volatile int keeping, gone_count;

static void handle(void *arg, struct request *r)
{
    if (text_starts(r->path, "/keep")) {
        kept = r;
        __atomic_add_fetch(&keeping, 1, __ATOMIC_SEQ_CST);
    } else if (text_is(r->path, "/nap")) {
        const struct timespec nap = {.tv_nsec = 100000000};
        __atomic_add_fetch(&keeping, 1, __ATOMIC_SEQ_CST);
        nanosleep(&nap, NULL);
        answer_text(r, 200, "rested");
    } else {
        answer_text(r, 200, "plain");
    }
}

static const struct net_options options = {.body_cap = 1000, .handle = handle};

static struct net *start(void)
{
    kept = NULL;
    keeping = gone_count = 0;
    return serve(&options);
}

static void idle_clients_do_not_hold_it_up(void **state)
{
    struct net *n = start();
    int used = dial(n), silent = dial(n);
    get(used, "/");
    assert_int_equal(hear(used)->status, 200);
    net_close(n, 3600 * SECOND); /* would hang if an idle connection counted */
    assert_true(ended(used));
    assert_true(ended(silent));
    close(used);
    close(silent);
}

static void running_requests_finish(void **state)
{
    struct net *n = start();
    int fd = dial(n);
    get(fd, "/nap");
    assert_true(becomes(&keeping, 1));
    net_close(n, 20 * SECOND);
    struct answer *a = hear(fd);
    assert_int_equal(a->status, 200);
    assert_string_equal(a->body, "rested");
    assert_non_null(strstr(a->head, "Connection: close\r\n"));
    assert_true(ended(fd));
    close(fd);
}

static void a_late_answer_after_the_end_is_harmless(void **state)
{
    struct net *n = start();
    int fd = dial(n);
    say_to(fd, "POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
    assert_true(becomes(&keeping, 1));
    net_close(n, 0);
    assert_int_equal(hear(fd)->status, 503);
    assert_true(text_is(kept->body, "body")); /* still ours to read */
    answer_text(kept, 200, "late");
    assert_true(ended(fd));
    close(fd);
}

static void gone(void *arg)
{
    __atomic_add_fetch(&gone_count, 1, __ATOMIC_SEQ_CST);
}

static void a_late_stream_is_gone_at_once(void **state)
{
    struct net *n = start();
    int fd = dial(n);
    get(fd, "/keep");
    assert_true(becomes(&keeping, 1));
    net_close(n, 0);
    assert_int_equal(hear(fd)->status, 503);
    struct stream *s = net_stream(kept, gone, NULL);
    assert_null(s);
    assert_int_equal(gone_count, 1);
    net_stream_send(s, TEXT("nobody"));
    net_stream_close(s);
    close(fd);
}

struct racer {
    pthread_t thread;
    int delay;
    struct request *r;
};

static void *answer_after(void *arg)
{
    struct racer *racer = arg;
    const struct timespec pause = {.tv_nsec = racer->delay};
    nanosleep(&pause, NULL);
    answer_text(racer->r, 200, "raced");
    return NULL;
}

/* The answer and the end of the grace meet at every possible moment. */
static void answering_while_closing(void **state)
{
    for (int i = 0; i < 40; i++) {
        struct net *n = start();
        int fd = dial(n);
        get(fd, "/keep");
        assert_true(becomes(&keeping, 1));
        struct racer racer = {.delay = i * 50000, .r = kept};
        assert_int_equal(pthread_create(&racer.thread, NULL, answer_after, &racer), 0);
        net_close(n, SECOND / 1000);
        pthread_join(racer.thread, NULL);
        int status = hear(fd)->status;
        assert_true(status == 200 || status == 503);
        close(fd);
    }
}

static void opens_and_closes_often(void **state)
{
    net_close(start(), 0);
    size_t before = open_files();
    for (int i = 0; i < 50; i++) {
        struct net *n = start();
        int fd = dial(n);
        get(fd, "/");
        assert_int_equal(hear(fd)->status, 200);
        net_close(n, SECOND);
        close(fd);
    }
    assert_true(open_files() <= before);
}

static void *close_slowly(void *arg)
{
    net_close(arg, 20 * SECOND);
    return NULL;
}

static bool reaches(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    bool yes = connect(fd, (struct sockaddr *)&to, sizeof to) == 0;
    close(fd);
    return yes;
}

static volatile int pressing;

/* Asks again and again without hearing; ends when nobody listens any more. */
static void *press(void *arg)
{
    int fd = dial(arg);
    __atomic_add_fetch(&pressing, 1, __ATOMIC_SEQ_CST);
    static const char ask[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    char heard[4096];
    while (send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) > 0 && recv(fd, heard, sizeof heard, 0) > 0)
        ;
    close(fd);
    return NULL;
}

/* The loops are awake at the very moment in which the listener goes. */
static void closes_while_the_loops_are_busy(void **state)
{
    for (int i = 0; i < 60; i++) {
        struct net *n = start();
        pthread_t threads[8];
        pressing = 0;
        for (size_t t = 0; t < 8; t++)
            assert_int_equal(pthread_create(&threads[t], NULL, press, n), 0);
        assert_true(becomes(&pressing, 8));
        net_close(n, SECOND / 100);
        for (size_t t = 0; t < 8; t++)
            pthread_join(threads[t], NULL);
    }
}

/* While what is under way ends, somebody new is turned away, not left waiting. */
static void nobody_new_gets_in_while_it_closes(void **state)
{
    struct net *n = start();
    int fd = dial(n), port = net_port(n);
    get(fd, "/keep");
    assert_true(becomes(&keeping, 1));
    struct racer racer = {.delay = 400000000, .r = kept};
    assert_int_equal(pthread_create(&racer.thread, NULL, answer_after, &racer), 0);
    pthread_t closer;
    assert_int_equal(pthread_create(&closer, NULL, close_slowly, n), 0);
    int refused = 0;
    for (int i = 0; i < 300 && !refused; i++) {
        const struct timespec pause = {.tv_nsec = 1000000};
        nanosleep(&pause, NULL);
        refused = !reaches(port);
    }
    assert_true(refused);
    assert_int_equal(hear(fd)->status, 200);
    pthread_join(racer.thread, NULL);
    pthread_join(closer, NULL);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_clients_do_not_hold_it_up),
        cmocka_unit_test(running_requests_finish),
        cmocka_unit_test(a_late_answer_after_the_end_is_harmless),
        cmocka_unit_test(a_late_stream_is_gone_at_once),
        cmocka_unit_test(answering_while_closing),
        cmocka_unit_test(closes_while_the_loops_are_busy),
        cmocka_unit_test(nobody_new_gets_in_while_it_closes),
        cmocka_unit_test(opens_and_closes_often)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
