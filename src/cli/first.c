/* SPDX-License-Identifier: Apache-2.0 */
/* cli/first.c — the first start. The demo is a process of its own and not a second organisation
 * in this one: everybody knows its passwords, so it has nothing to do with what may become
 * legal evidence, not even memory. */
#include "cli/first.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNNAMED "New organisation"
#define PATIENCE 120000 /* milliseconds that a demo may take to be played */
#define SAID_MOST 65536

static bool is_empty(const char *folder)
{
    DIR *d = opendir(folder);
    bool empty = true;
    if (!d)
        return false;
    for (struct dirent *e; empty && (e = readdir(d)) != NULL;)
        empty = !strcmp(e->d_name, ".") || !strcmp(e->d_name, "..");
    closedir(d);
    return empty;
}

bool first_wanted(const struct args *args, struct place place)
{
    if (args->caller->open || site_there(args->caller, place))
        return false;
    return text_starts(text_of(place.where), "postgres") || is_empty(place.where);
}

void first_hint(const struct args *args, struct place place)
{
    struct call call = {.lang = args->caller->lang};
    if (!text_starts(text_of(place.where), "postgres") && access(place.where, F_OK) != 0)
        fprintf(
            args->caller->err, "  %s: mkdir %s\n",
            say(&call, "to begin a new organisation there, make the folder and start again"),
            place.where);
}

int first_found(struct site *s, const struct args *args, struct place place)
{
    int code = site_create(s, args->caller, place, UNNAMED, "aimwell.local");
    if (code)
        return code;
    fprintf(
        args->caller->out, "%s\n",
        say(s->call, "There was nothing here yet: an organisation without a name was made."));
    return 0;
}

bool first_unnamed(struct site *s)
{
    struct text name;
    return site_meta(s, "organisation", &name) == OK && text_is(name, UNNAMED);
}

/* ---- the demo beside it
 * ------------------------------------------------------------------------------------- */
struct beside {
    pthread_mutex_t lock; /* one is played at a time */
    const char *folder;
    pid_t process;     /* 0: none runs */
    int said;          /* what it prints; -1 */
    char address[128]; /* where it is, */
    char known[64];    /* and which */
};

static struct text without_slash(const char *folder)
{
    struct text t = text_of(folder);
    while (t.len > 1 && text_ends(t, "/"))
        t.len--;
    return t;
}

struct beside *beside_open(struct arena *arena, struct site *s, struct place place)
{
    struct beside *b = NEW(arena, struct beside);
    const char *temporary = getenv("TMPDIR");
    *b = (struct beside){.said = -1};
    pthread_mutex_init(&b->lock, NULL);
    b->folder =
        store_kind(s->store) == STORE_SQLITE
            ? text_print(arena, "%.*s-demo", TEXT_ARG(without_slash(place.where))).at
            : text_print(arena, "%s/aimwell-demo-%d",
                         temporary && temporary[0] == '/' ? temporary : "/tmp", (int)getpid())
                  .at;
    return b;
}

static void stop(struct beside *b)
{
    if (b->process > 0) {
        kill(b->process, SIGTERM);
        while (waitpid(b->process, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    if (b->said >= 0)
        close(b->said);
    b->process = 0;
    b->said = -1;
}

void beside_close(struct beside *b)
{
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    stop(b);
    pthread_mutex_unlock(&b->lock);
    pthread_mutex_destroy(&b->lock);
}

/* After fork only what is safe in a process that had threads. */
static _Noreturn void become(int out, pid_t parent, char *const arguments[])
{
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent || dup2(out, STDOUT_FILENO) < 0)
        _exit(126);
    close_range(3, ~0U, 0);
    execv("/proc/self/exe", arguments);
    _exit(127);
}

static enum err begin(struct call *call, struct beside *b, struct text name)
{
    int ends[2];
    pid_t self = getpid();
    char *const arguments[] = {
        "aimwell", "serve",           "--demo",   (char *)text_c(call->arena, name),
        "--data",  (char *)b->folder, "--listen", "127.0.0.1:0",
        NULL};
    if (pipe2(ends, O_CLOEXEC) != 0)
        return problem(call, ERR_IO, TEXT("demo"), "pipe", "%s",
                       say(call, "the demo could not be started"));
    b->process = fork();
    if (b->process == 0)
        become(ends[1], self, arguments);
    close(ends[1]);
    b->said = ends[0];
    if (b->process > 0)
        return OK;
    b->process = 0;
    return problem(call, ERR_IO, TEXT("demo"), "fork", "%s",
                   say(call, "the demo could not be started"));
}

/* "  http://127.0.0.1:40123" somewhere in what it says. */
static bool find_address(struct beside *b, struct text said)
{
    ptrdiff_t at = text_search(said, TEXT("http://127.0.0.1:"));
    if (at < 0)
        return false;
    struct text rest = text_from(said, (size_t)at), line = text_cut(&rest, '\n');
    if (!rest.at || line.len + 1 > sizeof b->address)
        return false;
    memcpy(b->address, line.at, line.len);
    b->address[line.len] = '\0';
    return true;
}

/* It has played its script once it says where it is. */
static enum err listen_to(struct call *call, struct beside *b)
{
    struct buf said = buf_in(call->arena, SAID_MOST);
    char part[4096];
    struct pollfd ready = {.fd = b->said, .events = POLLIN};
    int64_t until = clock_ticks() + (int64_t)PATIENCE * 1000;
    while (said.len < SAID_MOST - sizeof part && clock_ticks() < until) {
        if (poll(&ready, 1, 1000) < 0 && errno != EINTR)
            break;
        if (!(ready.revents & (POLLIN | POLLHUP)))
            continue;
        ssize_t got = read(b->said, part, sizeof part);
        if (got <= 0)
            break;
        buf_add(&said, (struct text){part, (size_t)got});
        if (find_address(b, buf_text(&said)))
            return OK;
    }
    stop(b);
    return problem(call, ERR_IO, TEXT("demo"), "start", "%s",
                   say(call, "the demo did not start; the server's terminal says why"));
}

static bool still_runs(struct beside *b)
{
    if (b->process > 0 && waitpid(b->process, NULL, WNOHANG) == 0)
        return true;
    b->process = 0;
    stop(b);
    return false;
}

static enum err run(struct call *call, struct beside *b, const struct demo *demo)
{
    if (still_runs(b) && text_same(text_of(b->known), demo->name))
        return OK;
    stop(b);
    if (demo->name.len + 1 > sizeof b->known)
        return problem(call, ERR_INVALID, TEXT("demo"), "name", "%s",
                       say(call, "there is no such demo"));
    memcpy(b->known, demo->name.at, demo->name.len);
    b->known[demo->name.len] = '\0';
    TRY(begin(call, b, demo->name));
    return listen_to(call, b);
}

enum err beside_start(struct call *call, void *arg, struct text name, struct api_demo *out)
{
    struct beside *b = arg;
    struct demo demo;
    if (text_find(name, '/') >= 0 || demo_script(call, name, &demo) != OK)
        return problem(call, ERR_INVALID, TEXT("demo"), "unknown", "%s",
                       say(call, "there is no such demo"));
    pthread_mutex_lock(&b->lock);
    enum err e = run(call, b, &demo);
    if (e == OK)
        *out = (struct api_demo){.address = text_copy(call->arena, text_of(b->address)),
                                 .script = demo.script};
    pthread_mutex_unlock(&b->lock);
    return e;
}
