/* SPDX-License-Identifier: Apache-2.0 */
/* site/wire.c — the streams of a caller who is at the other end of the socket.
 *
 * Their descriptors are theirs: a pipe nobody reads, a terminal that is stopped. So every read
 * and write waits for three things at once: the descriptor, the end of the connection, the end
 * of the server. A command is told at its next word that nobody listens any more. */
#include "site/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE ((size_t)4096) /* a pipe that can be written to takes so much at once */

struct end {
    int file, connection, stop;
};

struct sockaddr_un socket__address(int folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/" SOCKET_NAME, folder);
    return address;
}

/* False when the caller is gone or the server ends. */
static bool wait_for(const struct end *e, short events)
{
    struct pollfd all[] = {
        {.fd = e->file, .events = events}, {.fd = e->connection, .events = POLLIN}, {.fd = e->stop, .events = POLLIN}};
    for (;;) {
        if (poll(all, COUNT(all), -1) < 0) {
            if (errno == EINTR)
                continue;
            return false;
        }
        if (all[1].revents || all[2].revents) {
            errno = EPIPE;
            return false;
        }
        if (all[0].revents)
            return true;
    }
}

static ssize_t write_end(void *cookie, const char *bytes, size_t size)
{
    const struct end *e = cookie;
    size_t done = 0;
    while (done < size && wait_for(e, POLLOUT)) {
        size_t piece = size - done < PIECE ? size - done : PIECE;
        ssize_t n = write(e->file, bytes + done, piece);
        if (n < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (n <= 0)
            break;
        done += (size_t)n;
    }
    return (ssize_t)done; /* fewer than asked for is an error to stdio */
}

static ssize_t read_end_of(void *cookie, char *bytes, size_t size)
{
    const struct end *e = cookie;
    while (wait_for(e, POLLIN)) {
        ssize_t n = read(e->file, bytes, size);
        if (n >= 0 || (errno != EINTR && errno != EAGAIN))
            return n;
    }
    return -1;
}

static FILE *stream(struct arena *a, int connection, int stop, int file, const char *mode)
{
    struct end *e = NEW(a, struct end);
    *e = (struct end){file, connection, stop};
    FILE *f = fopencookie(e, mode,
                          (cookie_io_functions_t){.read = read_end_of, .write = write_end});
    if (!f)
        panic("out of memory");
    return f;
}

struct caller socket__caller(struct arena *a, int connection, int stop,
                             const int files[ASK_FILES], const struct ask_head *head)
{
    struct caller c = {.in = stream(a, connection, stop, files[ASK_IN], "r"),
                       .out = stream(a, connection, stop, files[ASK_OUT], "w"),
                       .err = stream(a, connection, stop, files[ASK_ERR], "w"),
                       .terminal = head->terminal == 1,
                       .folder = files[ASK_FOLDER],
                       .lang = head->lang};
    setvbuf(c.err, NULL, _IOLBF, 4096);
    return c;
}

void socket__caller_end(struct caller *c)
{
    fclose(c->in);
    fclose(c->out);
    fclose(c->err);
}
