/* SPDX-License-Identifier: Apache-2.0 */
/* cli/bring.c — a backup takes the place of an organisation that nobody has entered.
 *
 * Where it lies says how far it is, so that an end at any moment is made good at the next
 * start: in "bringing" it is being unpacked and judged, and counts for nothing; named
 * "brought", it shall have the place, and what is around it goes; named "brought.in", what was
 * around it is gone, and it moves up, entry by entry. */
#include "cli/bring.h"
#include "cli/restore.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SAID_MOST 4000
#define LINES_MOST 12
#define LEFT_FREE ((int64_t)64 << 20) /* bytes of the disk, beside the file and what is in it  \
                                       */

enum stage { NONE, UNPACKING, VERIFYING, OPENING, READY, OPEN, REFUSED };
static const char *const stage_words[] = {
    [NONE] = "none",       [UNPACKING] = "unpacking", [VERIFYING] = "verifying",
    [OPENING] = "opening", [READY] = "ready",         [OPEN] = "open",
    [REFUSED] = "refused"};

struct bring {
    pthread_mutex_t lock;
    struct arena *arena;
    struct place place;
    bool alone;
    struct access *access;
    enum stage stage;
    struct hash token;       /* with which the one under way was sent */
    struct restore *restore; /* that runs, or NULL */
    char organisation[1024];
    int64_t entries;
    char said[SAID_MOST + 1]; /* why not */
    struct api_bring api;
};

/* What the server itself put into an empty folder. Anything else there is somebody's. */
static const char *const own[] = {"aimwell.db",   "aimwell.db-wal", "aimwell.db-shm",
                                  "aimwell.sock", "ledger.key",     "ledger.last",
                                  "files"};

static bool is_own(const char *name)
{
    for (size_t i = 0; i < COUNT(own); i++)
        if (!strcmp(own[i], name))
            return true;
    return !strcmp(name, "lock") || !strcmp(name, "bringing");
}

static const char *inside(struct arena *a, struct place place, const char *name)
{
    return text_print(a, "%s/%s", place.where, name).at;
}

/* ---- may it be sent -------------------------------------------------------------------------
 */
static enum err check_empty(struct call *call, const struct bring *b)
{
    DIR *d = opendir(b->place.where);
    const char *other = NULL;
    if (!d)
        return problem(call, ERR_IO, TEXT("backup"), "storage", "%s", strerror(errno));
    for (struct dirent *e; !other && (e = readdir(d)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0 && !is_own(e->d_name))
            other = text_c(call->arena, text_copy(call->arena, text_of(e->d_name)));
    closedir(d);
    if (!other)
        return OK;
    return problem(call, ERR_CONFLICT, TEXT("backup"), "not_empty",
                   say(call, "the data folder holds something else: %.200s"), other);
}

/* The file lies there as long as it is unpacked, and is about as large as what is in it. */
static enum err check_room(struct call *call, const struct bring *b, int64_t bytes)
{
    struct statvfs disk;
    if (statvfs(b->place.where, &disk) != 0)
        return problem(call, ERR_IO, TEXT("backup"), "storage", "%s", strerror(errno));
    int64_t room = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize - LEFT_FREE;
    if (bytes <= room / 2)
        return OK;
    return problem(
        call, ERR_INVALID, TEXT("backup"), "room",
        say(call, "there is no room for it: it needs twice its size, and %lld MB are free"),
        (long long)((room > 0 ? room : 0) >> 20));
}

static bool under_way(const struct bring *b)
{
    return b->stage != NONE && b->stage != OPEN && b->stage != REFUSED;
}

static enum err busy(struct call *call)
{
    return problem(call, ERR_CONFLICT, TEXT("backup"), "under_way", "%s",
                   say(call, "a backup is being looked at: wait until it has ended"));
}

static enum err may(struct call *call, void *arg, int64_t bytes)
{
    struct bring *b = arg;
    pthread_mutex_lock(&b->lock);
    bool taken = under_way(b);
    struct access *access = b->access;
    pthread_mutex_unlock(&b->lock);
    if (taken || !access)
        return busy(call);
    TRY(access_nobody(call, access));
    TRY(check_empty(call, b));
    return check_room(call, b, bytes);
}

/* ---- is it one, and whole -------------------------------------------------------------------
 */
static void go_to(struct bring *b, enum stage stage)
{
    pthread_mutex_lock(&b->lock);
    b->stage = stage;
    pthread_mutex_unlock(&b->lock);
}

static bool claim(struct bring *b, struct text token)
{
    pthread_mutex_lock(&b->lock);
    bool mine = !under_way(b) && b->access;
    if (mine) {
        b->stage = UNPACKING;
        b->token = sha256(token);
        b->organisation[0] = b->said[0] = '\0';
        b->entries = 0;
    }
    pthread_mutex_unlock(&b->lock);
    return mine;
}

/* Whoever brings it needs no path of this machine, nor the name of a command. */
static void keep_said(struct bring *b, struct arena *a, struct text said, const char *work)
{
    struct buf out = buf_in(a, SAID_MOST);
    for (size_t lines = 0; said.len && lines < LINES_MOST && out.len < SAID_MOST / 2;) {
        struct text line = text_trim(text_cut(&said, '\n'));
        static const char *const fronts[] = {"aimwell restore: ", "aimwell: "};
        for (size_t i = 0; i < COUNT(fronts); i++)
            if (text_starts(line, fronts[i]))
                line = text_from(line, strlen(fronts[i]));
        for (ptrdiff_t at; (at = text_search(line, text_of(work))) >= 0;)
            line = text_print(a, "%.*s…%.*s", (int)at, line.at,
                              TEXT_ARG(text_from(line, (size_t)at + strlen(work))));
        if (!line.len)
            continue;
        buf_print(&out, "%s%.*s", out.len ? "\n" : "", (int)(line.len < 600 ? line.len : 600),
                  line.at);
        lines++;
    }
    pthread_mutex_lock(&b->lock);
    memcpy(b->said, out.at, out.len);
    b->said[out.len] = '\0';
    pthread_mutex_unlock(&b->lock);
}

static bool is_demo(struct site *s)
{
    struct text demo;
    return site_meta(s, "demo", &demo) == OK && text_is(demo, "1");
}

/* It must not turn out after it has the place that this program cannot open it. */
static int try_open(struct bring *b, const struct caller *caller, const char *work)
{
    struct site s;
    struct text name = TEXT("");
    int code = site_open(&s, caller, (struct place){work, b->place.own}, MODEL_NEW);
    if (code)
        return code;
    if (is_demo(&s) && !b->alone) {
        code = 2;
        fprintf(caller->err, "%s\n",
                say(s.call,
                    "this is a demo organisation, and everybody knows its passwords: it is "
                    "served on this machine alone"));
    }
    if (site_meta(&s, "organisation", &name) == OK && name.len < sizeof b->organisation) {
        pthread_mutex_lock(&b->lock);
        memcpy(b->organisation, name.at, name.len);
        b->organisation[name.len] = '\0';
        pthread_mutex_unlock(&b->lock);
    }
    site_close(&s);
    return code;
}

static int look_at(struct bring *b, struct restore *r)
{
    if (!folder_make(r->work)) {
        fprintf(r->caller->err, "%s\n", strerror(errno));
        return 6;
    }
    int code = restore_into(r, NULL);
    if (code)
        return code;
    pthread_mutex_lock(&b->lock);
    b->stage = OPENING;
    b->entries = (int64_t)r->entries;
    pthread_mutex_unlock(&b->lock);
    return try_open(b, r->caller, r->work);
}

static void watch(struct bring *b, struct restore *r)
{
    pthread_mutex_lock(&b->lock);
    b->restore = r;
    pthread_mutex_unlock(&b->lock);
}

/* With what it said; the exit code. */
static int bring(struct bring *b, struct call *call, struct text bytes, struct text *said)
{
    struct arena *a = arena_open();
    char *words = NULL;
    size_t length = 0;
    FILE *hear = open_memstream(&words, &length);
    if (!hear)
        panic("out of memory");
    struct caller caller = {
        .in = stdin, .out = hear, .err = hear, .folder = AT_FDCWD, .lang = call->lang};
    struct restore r = {
        .arena = a, .caller = &caller, .work = inside(a, b->place, "bringing"), .bytes = bytes};
    remove_folder(r.work);
    watch(b, &r);
    int code = look_at(b, &r);
    watch(b, NULL);
    fclose(hear);
    if (code) {
        remove_folder(r.work);
        keep_said(b, a, (struct text){words, length}, r.work);
    }
    free(words);
    *said = text_copy(call->arena, text_of(b->said));
    arena_close(a);
    return code;
}

static enum err tell(struct call *call, struct text said)
{
    enum err e = problem(call, ERR_INVALID, TEXT("backup"), "backup", "%s",
                         say(call, "this backup is not taken in; nothing of it is left"));
    while (said.len) {
        struct text line = text_cut(&said, '\n');
        e = problem(call, ERR_INVALID, TEXT("backup"), "backup", "%.*s", TEXT_ARG(line));
    }
    return e;
}

static enum err take(struct call *call, void *arg, struct text token, struct text bytes)
{
    struct bring *b = arg;
    struct text said;
    if (!claim(b, token))
        return busy(call);
    log_line(LOG_INFO, "backup", "brought bytes=%zu", bytes.len);
    int code = bring(b, call, bytes, &said);
    log_line(LOG_INFO, "backup", "outcome=%s", code ? "refused" : "whole");
    go_to(b, code ? REFUSED : READY);
    return code ? tell(call, said) : OK;
}

static bool state(struct call *call, void *arg, struct text token, struct api_brought *out)
{
    struct bring *b = arg;
    struct hash shown = sha256(token);
    pthread_mutex_lock(&b->lock);
    bool known = b->stage != NONE && text_same(hash_text(&shown), hash_text(&b->token));
    if (known) {
        bool verifies = b->stage == UNPACKING && b->restore && atomic_load(&b->restore->whole);
        *out = (struct api_brought){.stage = stage_words[verifies ? VERIFYING : b->stage],
                                    .done = b->restore ? atomic_load(&b->restore->done) : 0,
                                    .total = b->restore ? atomic_load(&b->restore->total) : 0,
                                    .organisation =
                                        text_copy(call->arena, text_of(b->organisation)),
                                    .entries = b->entries,
                                    .said = text_copy(call->arena, text_of(b->said))};
    }
    pthread_mutex_unlock(&b->lock);
    return known;
}

/* ---- taking the place -----------------------------------------------------------------------
 */
static bool sync_folder(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0)
        close(folder);
    return good;
}

static bool is_there(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0;
}

/* "brought" → "brought.in": what it replaces is gone. */
static bool clear_place(struct arena *a, struct place place)
{
    const char *brought = inside(a, place, "brought");
    if (!is_there(brought))
        return true;
    for (size_t i = 0; i < COUNT(own); i++)
        remove_folder(inside(a, place, own[i]));
    return sync_folder(place.where) && rename(brought, inside(a, place, "brought.in")) == 0 &&
           sync_folder(place.where);
}

static bool move_up(struct arena *a, struct place place)
{
    const char *from = inside(a, place, "brought.in");
    DIR *d = opendir(from);
    bool good = true;
    if (!d)
        return errno == ENOENT;
    for (struct dirent *e; good && (e = readdir(d)) != NULL;) {
        if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || !strcmp(e->d_name, "lock"))
            continue; /* the lock is that of the place */
        good = rename(text_print(a, "%s/%s", from, e->d_name).at,
                      inside(a, place, e->d_name)) == 0;
    }
    int why = errno;
    closedir(d);
    errno = why;
    if (!good || !sync_folder(place.where))
        return false;
    remove_folder(from);
    return sync_folder(place.where);
}

/* Nobody else opens the folder meanwhile; -1 when somebody has it open. */
static int lock_place(struct arena *a, struct place place)
{
    int lock = file_make_or_open(inside(a, place, "lock"), O_RDWR | O_NOFOLLOW);
    if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) == 0)
        return lock;
    close(lock);
    errno = EBUSY;
    return -1;
}

static bool failed_at(const struct caller *caller, struct place place)
{
    fprintf(caller->err, "aimwell: %s: %s\n", place.where, strerror(errno));
    return false;
}

bool bring_may_take(struct bring *b, struct call *call)
{
    if (access_nobody(call, b->access) == OK)
        return true;
    pthread_mutex_lock(&b->lock);
    b->stage = REFUSED;
    snprintf(b->said, sizeof b->said, "%s", say(call, "somebody has entered meanwhile"));
    pthread_mutex_unlock(&b->lock);
    return false;
}

bool bring_take(struct bring *b, const struct caller *caller)
{
    struct arena *a = arena_open();
    int lock = lock_place(a, b->place);
    bool good = lock >= 0 &&
                rename(inside(a, b->place, "bringing"), inside(a, b->place, "brought")) == 0 &&
                sync_folder(b->place.where) && clear_place(a, b->place) && move_up(a, b->place);
    if (!good)
        failed_at(caller, b->place);
    if (lock >= 0)
        close(lock);
    arena_close(a);
    if (good)
        go_to(b, OPEN);
    return good;
}

static bool left_over(struct arena *a, struct place place)
{
    return is_there(inside(a, place, "brought")) || is_there(inside(a, place, "brought.in")) ||
           (is_there(inside(a, place, "bringing")) && is_there(inside(a, place, "aimwell.db")));
}

/* A folder that is in use is left to who uses it. */
int bring_recover(const struct caller *caller, struct place place)
{
    struct arena *a = arena_open();
    bool good = true;
    if (!text_starts(text_of(place.where), "postgres") && left_over(a, place)) {
        int lock = lock_place(a, place);
        good = lock < 0 || (clear_place(a, place) && move_up(a, place));
        if (!good)
            failed_at(caller, place);
        if (good && lock >= 0) {
            remove_folder(inside(a, place, "bringing"));
            good = ftruncate(lock, 0) == 0; /* it named the database that is gone */
        }
        if (lock >= 0)
            close(lock);
    }
    arena_close(a);
    return good ? 0 : 6;
}

/* ---- opening and closing --------------------------------------------------------------------
 */
struct bring *bring_open(struct place place, bool alone)
{
    struct arena *arena = arena_open();
    struct bring *b = NEW(arena, struct bring);
    *b = (struct bring){.arena = arena, .place = place, .alone = alone};
    b->api = (struct api_bring){.arg = b, .may = may, .take = take, .state = state};
    pthread_mutex_init(&b->lock, NULL);
    return b;
}

void bring_close(struct bring *b)
{
    if (!b)
        return;
    pthread_mutex_destroy(&b->lock);
    arena_close(b->arena);
}

const struct api_bring *bring_api(struct bring *b)
{
    return b ? &b->api : NULL;
}

void bring_serves(struct bring *b, struct access *access)
{
    if (!b)
        return;
    pthread_mutex_lock(&b->lock);
    b->access = access;
    pthread_mutex_unlock(&b->lock);
}

bool bring_ready(struct bring *b)
{
    if (!b)
        return false;
    pthread_mutex_lock(&b->lock);
    bool ready = b->stage == READY;
    pthread_mutex_unlock(&b->lock);
    return ready;
}
