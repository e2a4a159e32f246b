/* SPDX-License-Identifier: Apache-2.0 */
/* net/deadline.c — a client has so long to finish its request, and to take its reply; and when
 * places run out, those who only hold one make room.
 * An idle timeout cannot say that: every byte of a slow drip restarts it. So each socket has
 * one moment at which it is cut, and only real progress moves it: a new request, or body bytes
 * at SLOWEST a second or more. A request that waits for us has no deadline.
 *
 * The sweeper only calls shutdown(); the loop thread then sees the end and closes. An entry
 * leaves the table, under the lock, before its descriptor is closed and can be used again. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "net/inside.h"

#define SLOWEST 65536 /* bytes a second below which a body counts as a drip */

static int64_t time_for(size_t bytes)
{
    return (int64_t)bytes * SECOND / SLOWEST;
}

void net__due_in(struct conn *c, int64_t window, size_t bytes)
{
    atomic_store(&c->due, clock_ticks() + window + time_for(bytes));
}

void net__due_more(struct conn *c, size_t bytes)
{
    atomic_fetch_add(&c->due, time_for(bytes));
}

void net__due_pause(struct conn *c)
{
    int64_t due = atomic_load(&c->due);
    c->left = due > 0 ? due - clock_ticks() : 0;
    atomic_store(&c->due, 0);
}

void net__due_go_on(struct conn *c)
{
    atomic_store(&c->due, clock_ticks() + c->left);
}

void net__due_never(struct conn *c)
{
    atomic_store(&c->due, 0);
}

static void name_peer(struct conn *c, const struct sockaddr *address)
{
    if (address && address->sa_family == AF_INET6) {
        const struct in6_addr *six = &((const struct sockaddr_in6 *)address)->sin6_addr;
        if (IN6_IS_ADDR_V4MAPPED(six))
            inet_ntop(AF_INET, &six->s6_addr[12], c->peer, sizeof(c->peer));
        else
            inet_ntop(AF_INET6, six, c->peer, sizeof(c->peer));
    } else if (address && address->sa_family == AF_INET) {
        inet_ntop(AF_INET, &((const struct sockaddr_in *)address)->sin_addr, c->peer,
                  sizeof(c->peer));
    }
}

/* Call with the lock held. A connection is cut by its descriptor; its loop does the rest. */
static void cut(struct conn *c)
{
    atomic_store(&c->due, 0);
    atomic_store(&c->waiting, false);
    shutdown(c->fd, SHUT_RDWR);
}

/* Call with the lock held. One makes room for one: whoever fills all places with silence ends
 * their own. A browser whose idle connection is cut opens another and nobody notices. */
static void make_place(struct net *n)
{
    int64_t most = n->options.max_connections;
    if (atomic_load(&n->open_connections) < most - most / 8)
        return;
    for (struct conn *c = n->deadlines.last; c; c = c->prev)
        if (atomic_load(&c->waiting)) {
            cut(c);
            return;
        }
}

static struct conn *enter(struct net *n, struct MHD_Connection *connection)
{
    struct conn *c = calloc(1, sizeof(*c));
    if (!c)
        panic("net: no memory for a connection");
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    c->fd = info->connect_fd;
    info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    name_peer(c, info->client_addr);
    net__due_in(c, n->deadlines.head, 0);
    atomic_store(&c->waiting, true);
    pthread_mutex_lock(&n->deadlines.lock);
    make_place(n);
    c->next = n->deadlines.first;
    if (c->next)
        c->next->prev = c;
    else
        n->deadlines.last = c;
    n->deadlines.first = c;
    pthread_mutex_unlock(&n->deadlines.lock);
    return c;
}

static void leave(struct net *n, struct conn *c)
{
    pthread_mutex_lock(&n->deadlines.lock);
    if (c->prev)
        c->prev->next = c->next;
    else
        n->deadlines.first = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        n->deadlines.last = c->prev;
    pthread_mutex_unlock(&n->deadlines.lock);
    free(c);
}

void net__notify_connection(void *arg, struct MHD_Connection *connection, void **slot,
                            enum MHD_ConnectionNotificationCode code)
{
    struct net *n = arg;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *slot = enter(n, connection);
        atomic_fetch_add(&n->open_connections, 1);
    } else {
        struct conn *c = *slot;
        if (c->work)
            net__work_end(n, c->work); /* the head broke off: nobody else tells us */
        leave(n, c);
        *slot = NULL;
        atomic_fetch_sub(&n->open_connections, 1);
    }
}

/* Call with the lock held. */
static void sweep(struct deadlines *d, int64_t now)
{
    for (struct conn *c = d->first; c; c = c->next) {
        int64_t due = atomic_load(&c->due);
        if (due == 0 || due > now)
            continue;
        /* The loop thread may have moved the deadline since we looked; then leave it be. */
        if (atomic_compare_exchange_strong(&c->due, &due, 0))
            shutdown(c->fd, SHUT_RDWR);
    }
}

static struct timespec after(int64_t pause)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    int64_t nanos = at.tv_nsec + pause * 1000;
    at.tv_sec += (time_t)(nanos / 1000000000);
    at.tv_nsec = (long)(nanos % 1000000000);
    return at;
}

static void *run(void *arg)
{
    struct net *n = arg;
    struct deadlines *d = &n->deadlines;
    int64_t pause = (d->head < d->window ? d->head : d->window) / 8;
    pause = pause > SECOND / 4 ? SECOND / 4 : pause < SECOND / 50 ? SECOND / 50 : pause;
    pthread_mutex_lock(&d->lock);
    while (!d->stop) {
        struct timespec at = after(pause);
        pthread_cond_timedwait(&d->wake, &d->lock, &at);
        if (d->stop)
            break;
        sweep(d, clock_ticks());
        pthread_mutex_unlock(&d->lock);
        net__streams_tick(n, clock_ticks());
        pthread_mutex_lock(&d->lock);
    }
    pthread_mutex_unlock(&d->lock);
    return NULL;
}

bool net__deadlines_open(struct net *n, int64_t head, int64_t window)
{
    struct deadlines *d = &n->deadlines;
    d->head = head;
    d->window = window;
    pthread_mutex_init(&d->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&d->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&d->thread, NULL, run, n) != 0) {
        d->stop = true;
        return false;
    }
    pthread_setname_np(d->thread, "net-sweeper");
    return true;
}

void net__deadlines_close(struct net *n)
{
    struct deadlines *d = &n->deadlines;
    pthread_mutex_lock(&d->lock);
    bool running = !d->stop;
    d->stop = true;
    pthread_mutex_unlock(&d->lock);
    pthread_cond_signal(&d->wake);
    if (running)
        pthread_join(d->thread, NULL);
}
