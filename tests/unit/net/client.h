/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/net/client.h — a blunt HTTP client and a server to point it at. */
#ifndef NET_TEST_CLIENT_H
#define NET_TEST_CLIENT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/net.h"

/* Opens a server on a free port; fails the test when that is not possible. */
struct net *serve(const struct net_options *options);
int dial(const struct net *n); /* a blocking socket that gives up after 20 s */
int dial_narrow(const struct net *n, int receive_buffer);
void say_to(int fd, const char *bytes);
void get(int fd, const char *path);

struct answer {
    int status; /* 0: the connection ended before a whole reply */
    size_t len;
    char head[4096], body[200000];
};
/* Reads exactly one reply with Content-Length. */
struct answer *hear(int fd); /* static: the next call overwrites it */
bool ended(int fd);          /* waits for the end; true when it came without another byte */
size_t open_files(void);
/* Waits at most 20 s until the count is what it should be. */
bool becomes(const volatile int *count, int wanted);
void answer_text(struct request *r, int status, const char *body);

#endif
