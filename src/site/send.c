/* SPDX-License-Identifier: Apache-2.0 */
/* site/send.c — a command line handed to the server that has the organisation open. */
#include "site/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server that has the folder open and listens; -1 when there is none. */
static int reach(const char *where)
{
    if (text_starts(text_of(where), "postgres"))
        return -1;
    int folder = open(where, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int s = folder < 0 ? -1 : socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (s >= 0) {
        struct sockaddr_un address = socket__address(folder);
        if (connect(s, (struct sockaddr *)&address, sizeof address) != 0) {
            close(s);
            s = -1;
        }
    }
    if (folder >= 0)
        close(folder);
    return s;
}

bool site_served(struct place place)
{
    int s = reach(place.where);
    if (s >= 0)
        close(s);
    return s >= 0;
}

static bool put_words(struct buf *b, const struct caller *c, int argc, char **argv)
{
    struct ask_head head = {.lang = (uint32_t)c->lang,
                            .terminal = c->terminal,
                            .words = (uint32_t)argc};
    memcpy(head.magic, ASK_MAGIC, sizeof head.magic);
    buf_add(b, (struct text){(const char *)&head, sizeof head});
    for (int i = 0; i < argc; i++) {
        buf_add_c(b, argv[i]);
        buf_add_byte(b, '\0');
    }
    return !b->full && argc <= WORDS_MOST;
}

static bool ask(int s, struct text message, const int files[ASK_FILES])
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int) * ASK_FILES)];
    } control = {0};
    struct iovec part = {(void *)(uintptr_t)message.at, message.len};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = sizeof control};
    control.head.cmsg_level = SOL_SOCKET;
    control.head.cmsg_type = SCM_RIGHTS;
    control.head.cmsg_len = CMSG_LEN(sizeof(int) * ASK_FILES);
    memcpy(CMSG_DATA(&control.head), files, sizeof(int) * ASK_FILES);
    ssize_t n;
    do
        n = sendmsg(s, &m, MSG_NOSIGNAL);
    while (n < 0 && errno == EINTR);
    return n == (ssize_t)message.len;
}

static int hear(const struct caller *c, struct arena *a, int s)
{
    char *bytes = arena_take(a, MESSAGE_MOST);
    struct answer_head head;
    ssize_t n;
    do
        n = recv(s, bytes, MESSAGE_MOST, 0);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)sizeof head) {
        fprintf(c->err, "aimwell: the server ended before the command did; look at what was "
                        "done before you run it again\n");
        return 6;
    }
    memcpy(&head, bytes, sizeof head);
    fwrite(bytes + sizeof head, 1, (size_t)n - sizeof head, c->err);
    return head.code;
}

static int talk(const struct caller *c, int s, int argc, char **argv)
{
    struct arena *a = arena_open();
    struct buf b = buf_in(a, MESSAGE_MOST);
    int code = 2, here = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int files[ASK_FILES] = {here, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
    if (here < 0)
        fprintf(c->err, "aimwell: the working folder: %s\n", strerror(errno));
    else if (!put_words(&b, c, argc, argv))
        fprintf(c->err, "aimwell: more than %d words or %zu KiB of them\n", WORDS_MOST,
                MESSAGE_MOST >> 10);
    else if (!ask(s, buf_text(&b), files)) {
        fprintf(c->err, "aimwell: the server does not take the command: %s\n", strerror(errno));
        code = 6;
    } else
        code = hear(c, a, s);
    if (here >= 0)
        close(here);
    arena_close(a);
    return code;
}

bool site_send(const struct caller *c, struct place place, int argc, char **argv, int *code)
{
    int s = reach(place.where);
    if (s < 0)
        return false;
    *code = talk(c, s, argc, argv);
    close(s);
    return true;
}
