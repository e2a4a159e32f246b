/* SPDX-License-Identifier: Apache-2.0 */
#include "client.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

struct net *serve(const struct net_options *options)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, clock_now(), LANG_EN);
    struct net *n = NULL;
    if (net_open(call, options, &n) != OK)
        fail_msg("net_open: %.*s", TEXT_ARG(call->problems->message));
    arena_close(a);
    return n;
}

int dial(const struct net *n)
{
    return dial_narrow(n, 0);
}

int dial_narrow(const struct net *n, int receive_buffer)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)net_port(n))};
    struct timeval patience = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (receive_buffer > 0) /* before connecting: it decides what window is offered */
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

void say_to(int fd, const char *bytes)
{
    size_t left = strlen(bytes);
    while (left > 0) {
        ssize_t sent = send(fd, bytes, left, MSG_NOSIGNAL);
        assert_true(sent > 0);
        bytes += sent;
        left -= (size_t)sent;
    }
}

void get(int fd, const char *path)
{
    char head[256];
    snprintf(head, sizeof(head), "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", path);
    say_to(fd, head);
}

static bool read_byte(int fd, char *c)
{
    return recv(fd, c, 1, 0) == 1;
}

struct answer *hear(int fd)
{
    static struct answer a;
    size_t len = 0;
    memset(&a, 0, sizeof(a));
    while (len + 1 < sizeof(a.head) && !strstr(a.head, "\r\n\r\n"))
        if (!read_byte(fd, &a.head[len++]))
            return &a;
    const char *length = strstr(a.head, "Content-Length: ");
    size_t wanted = length ? strtoul(length + 16, NULL, 10) : 0;
    assert_true(wanted < sizeof(a.body));
    while (a.len < wanted) {
        ssize_t got = recv(fd, a.body + a.len, wanted - a.len, 0);
        if (got <= 0)
            return &a;
        a.len += (size_t)got;
    }
    a.status = (int)strtol(a.head + 9, NULL, 10);
    return &a;
}

bool ended(int fd)
{
    char c;
    return recv(fd, &c, 1, 0) == 0;
}

size_t open_files(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

bool becomes(const volatile int *count, int wanted)
{
    const struct timespec pause = {.tv_nsec = 1000000};
    for (int i = 0; i < 20000 && __atomic_load_n(count, __ATOMIC_SEQ_CST) != wanted; i++)
        nanosleep(&pause, NULL);
    return __atomic_load_n(count, __ATOMIC_SEQ_CST) == wanted;
}

void answer_text(struct request *r, int status, const char *body)
{
    struct reply reply = {status, TEXT("text/plain"), text_of(body), NULL, 0};
    net_answer(r, &reply);
}
