/* SPDX-License-Identifier: Apache-2.0 */
/* site/listen.c — the socket in the data folder: commands run inside the server that has the
 * organisation open.
 *
 * One thread waits for connections and for their one message; each command runs on a thread of
 * its own, at most so many at once. Only the same user (or root) is heard, the message is one
 * packet of bounded size, and a connection that says nothing gives way to a newer one: nothing
 * that comes this way can hold up the server. */
#include "site/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUNNING_MOST 8
#define WAITING_MOST 64
#define SILENT_MOST 5000000 /* microseconds a connection may say nothing */

struct waiting {
    int connection;
    int64_t since;
};
struct site_socket {
    struct site *site;
    int (*run)(const struct caller *who, int argc, char **argv);
    int folder, listener;
    int stop; /* readable from the moment the server ends */
    int free; /* readable when a command ended: another may begin */
    pthread_t thread;
    pthread_mutex_t lock; /* guards running */
    pthread_cond_t ended;
    int running;
    struct waiting waiting[WAITING_MOST]; /* oldest first; only the thread looks at them */
    size_t waiting_count;
};
struct visit {
    struct site_socket *socket;
    struct arena *arena;
    int connection;
    int files[ASK_FILES];
    struct ask_head head;
    char **words;
};

/* ---- answering ------------------------------------------------------------------------------ */
static void answer(int connection, int code, const char *words)
{
    char bytes[512];
    struct answer_head head = {.code = code};
    size_t size = strlen(words);
    size = size < sizeof bytes - sizeof head ? size : sizeof bytes - sizeof head;
    memcpy(head.magic, ASK_MAGIC, sizeof head.magic);
    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, words, size);
    (void)!send(connection, bytes, sizeof head + size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void refuse(int connection, int code, const char *words)
{
    answer(connection, code, words);
    close(connection);
}

/* ---- one command ---------------------------------------------------------------------------- */
static void close_files(const int files[ASK_FILES])
{
    for (int i = 0; i < ASK_FILES; i++)
        if (files[i] >= 0)
            close(files[i]);
}

static void *run_visit(void *arg)
{
    struct visit *v = arg;
    struct site_socket *s = v->socket;
    struct caller who = socket__caller(v->arena, v->connection, s->stop, v->files, &v->head);
    who.open = s->site;
    int code = caller_outcome(&who, s->run(&who, (int)v->head.words, v->words));
    socket__caller_end(&who);
    answer(v->connection, code, "");
    close(v->connection);
    close_files(v->files);
    arena_close(v->arena);
    pthread_mutex_lock(&s->lock);
    s->running--;
    pthread_cond_signal(&s->ended);
    eventfd_write(s->free, 1);
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

static bool start(struct visit *v)
{
    struct site_socket *s = v->socket;
    pthread_t thread;
    pthread_mutex_lock(&s->lock);
    s->running++;
    pthread_mutex_unlock(&s->lock);
    if (pthread_create(&thread, NULL, run_visit, v) == 0) {
        pthread_detach(thread);
        return true;
    }
    pthread_mutex_lock(&s->lock);
    s->running--;
    pthread_mutex_unlock(&s->lock);
    return false;
}

/* ---- its message ---------------------------------------------------------------------------- */
/* All the descriptors that came, wanted or not: they are ours to close. */
static int take_files(struct msghdr *m, int files[ASK_FILES])
{
    int count = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int file;
            memcpy(&file, CMSG_DATA(c) + i * sizeof(int), sizeof file);
            if (count < ASK_FILES)
                files[count++] = file;
            else
                close(file);
        }
    }
    return count;
}

static bool read_words(struct visit *v, struct text bytes)
{
    if (bytes.len < sizeof v->head)
        return false;
    memcpy(&v->head, bytes.at, sizeof v->head);
    if (memcmp(v->head.magic, ASK_MAGIC, sizeof v->head.magic) || !v->head.words ||
        v->head.words > WORDS_MOST || bytes.at[bytes.len - 1])
        return false;
    struct text rest = text_from(bytes, sizeof v->head);
    v->words = NEW_MANY(v->arena, v->head.words + 1, char *);
    for (uint32_t i = 0; i < v->head.words; i++) {
        if (!rest.len)
            return false;
        v->words[i] = (char *)(uintptr_t)rest.at;
        rest = text_from(rest, strlen(rest.at) + 1);
    }
    return !rest.len;
}

static bool receive(struct visit *v)
{
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int) * ASK_FILES)];
    } control;
    char *bytes = arena_take(v->arena, MESSAGE_MOST + 1);
    struct iovec part = {bytes, MESSAGE_MOST};
    struct msghdr m = {.msg_iov = &part,
                       .msg_iovlen = 1,
                       .msg_control = &control,
                       .msg_controllen = sizeof control};
    ssize_t n = recvmsg(v->connection, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (n < 0)
        return false;
    int files = take_files(&m, v->files);
    return files == ASK_FILES && !(m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) &&
           read_words(v, (struct text){bytes, (size_t)n});
}

static bool is_folder(int file)
{
    struct stat st;
    return fstat(file, &st) == 0 && S_ISDIR(st.st_mode);
}

static void visit(struct site_socket *s, int connection)
{
    struct arena *a = arena_open();
    struct visit *v = NEW(a, struct visit);
    *v = (struct visit){
        .socket = s, .arena = a, .connection = connection, .files = {-1, -1, -1, -1}};
    bool good = receive(v) && is_folder(v->files[ASK_FOLDER]);
    if (good && start(v))
        return;
    close_files(v->files);
    arena_close(a);
    refuse(connection, good ? 6 : 2,
           good ? "aimwell: the server has no thread for the command; try again\n"
                : "aimwell: this is no command that the server understands; is it the same "
                  "version?\n");
}

/* ---- connections ---------------------------------------------------------------------------- */
static bool same_user(int connection)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
           (peer.uid == geteuid() || peer.uid == 0);
}

static void forget(struct site_socket *s, size_t i)
{
    memmove(&s->waiting[i], &s->waiting[i + 1],
            (s->waiting_count - i - 1) * sizeof s->waiting[0]);
    s->waiting_count--;
}

static void welcome(struct site_socket *s)
{
    int connection = accept4(s->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (connection < 0)
        return;
    if (!same_user(connection)) {
        refuse(connection, 3, "aimwell: only the user the server runs as may give it commands\n");
        return;
    }
    if (s->waiting_count == WAITING_MOST) {
        refuse(s->waiting[0].connection, 6, "aimwell: too many commands wait; try again\n");
        forget(s, 0);
    }
    s->waiting[s->waiting_count++] = (struct waiting){connection, clock_ticks()};
}

static bool room(struct site_socket *s)
{
    pthread_mutex_lock(&s->lock);
    bool room = s->running < RUNNING_MOST;
    pthread_mutex_unlock(&s->lock);
    return room;
}

static void drop_silent(struct site_socket *s)
{
    while (s->waiting_count && clock_ticks() - s->waiting[0].since > SILENT_MOST) {
        close(s->waiting[0].connection);
        forget(s, 0);
    }
}

/* Those that wait for a command to end are not to blame for their silence. */
static void hear_all(struct site_socket *s, const struct pollfd *heard, size_t count)
{
    for (size_t i = count; i-- > 0;) {
        if (!heard[i].revents || !room(s))
            continue;
        int connection = s->waiting[i].connection;
        forget(s, i);
        visit(s, connection);
    }
}

static void *listen_on(void *arg)
{
    struct site_socket *s = arg;
    struct pollfd all[WAITING_MOST + 3];
    eventfd_t ignored;
    for (;;) {
        bool more = room(s);
        size_t count = more ? s->waiting_count : 0;
        all[0] = (struct pollfd){.fd = s->stop, .events = POLLIN};
        all[1] = (struct pollfd){.fd = s->free, .events = POLLIN};
        all[2] = (struct pollfd){.fd = s->listener, .events = POLLIN};
        for (size_t i = 0; i < count; i++)
            all[3 + i] = (struct pollfd){.fd = s->waiting[i].connection, .events = POLLIN};
        if (poll(all, (nfds_t)(3 + count), count ? 1000 : -1) < 0 && errno != EINTR)
            return NULL;
        if (all[0].revents)
            return NULL;
        if (all[1].revents)
            eventfd_read(s->free, &ignored);
        hear_all(s, all + 3, count);
        if (more && room(s)) /* else those left may have spoken and wait for their turn */
            drop_silent(s);
        if (all[2].revents)
            welcome(s);
    }
}

/* ---- open and close ------------------------------------------------------------------------- */
static enum err cannot(struct call *call, const char *what)
{
    return problem(call, ERR_CONFLICT, TEXT("socket"), "socket",
                   "the socket " SOCKET_NAME " in the data folder cannot be %s: %s", what,
                   strerror(errno));
}

/* The folder is locked, so a socket that is there already is nobody's. Mode before listen:
 * nobody can connect in between. */
static enum err bind_socket(struct call *call, struct site_socket *s)
{
    struct sockaddr_un address = socket__address(s->folder);
    unlinkat(s->folder, SOCKET_NAME, 0);
    s->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&address, sizeof address) != 0)
        return cannot(call, "made");
    if (fchmodat(s->folder, SOCKET_NAME, 0600, 0) != 0 || listen(s->listener, 128) != 0)
        return cannot(call, "opened");
    return OK;
}

static void release(struct site_socket *s)
{
    const int files[] = {s->listener, s->folder, s->stop, s->free};
    for (size_t i = 0; i < COUNT(files); i++)
        if (files[i] >= 0)
            close(files[i]);
    pthread_cond_destroy(&s->ended);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

enum err site_listen(struct site *site,
                     int (*run)(const struct caller *who, int argc, char **argv),
                     struct site_socket **out)
{
    struct text folder = store_folder(site->store);
    *out = NULL;
    if (!folder.len)
        return OK;
    struct site_socket *s = calloc(1, sizeof *s);
    if (!s)
        panic("out of memory");
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->ended, NULL);
    s->site = site;
    s->run = run;
    s->listener = -1;
    s->folder = open(text_c(site->arena, folder), O_PATH | O_DIRECTORY | O_CLOEXEC);
    s->stop = eventfd(0, EFD_CLOEXEC);
    s->free = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    enum err e = s->folder < 0 || s->stop < 0 || s->free < 0 ? cannot(site->call, "made")
                                                             : bind_socket(site->call, s);
    if (e == OK && pthread_create(&s->thread, NULL, listen_on, s) != 0)
        e = cannot(site->call, "served");
    if (e != OK) {
        release(s);
        return e;
    }
    *out = s;
    return OK;
}

void site_listen_close(struct site_socket *s)
{
    if (!s)
        return;
    unlinkat(s->folder, SOCKET_NAME, 0); /* from here on commands open the folder themselves */
    eventfd_write(s->stop, 1);
    pthread_join(s->thread, NULL);
    for (size_t i = 0; i < s->waiting_count; i++)
        refuse(s->waiting[i].connection, 6, "aimwell: the server is stopping; try again\n");
    pthread_mutex_lock(&s->lock);
    while (s->running)
        pthread_cond_wait(&s->ended, &s->lock);
    pthread_mutex_unlock(&s->lock);
    release(s);
}
