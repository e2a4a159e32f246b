/* SPDX-License-Identifier: Apache-2.0 */
/* store/folder.c — the folder of a SQLite store: made, locked, and known to be on disk.
 *
 * A name is durable only when the folder that holds it was fsynced, and SQLite does not tell
 * when that fails; so every name made here is followed by a checked fsync of its folder. The
 * lock is flock on a file of its own: it ends with the process, however the process ends. */
#include "store/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define ROOM_LEAST ((size_t)4 << 20) /* bytes */

/* Only the person at the keyboard can mend why opening failed, so they hear the reason. */
static enum err because(struct call *call, const char *path)
{
    return problem(call, ERR_IO, TEXT(""), "storage", "%s: %s", path, strerror(errno));
}

/* What also happens later, when strangers ask: the path goes to the log, never to them. */
static enum err lost(struct call *call, const char *path)
{
    return store__lost(call, path, strerror(errno));
}

const char *store__path(struct call *call, const struct store *s, const char *name)
{
    return text_print(call->arena, "%.*s/%s", TEXT_ARG(s->folder), name).at;
}

enum err store__sync_folder(struct call *call, const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int failed;

    if (fd < 0)
        return lost(call, path);
    failed = fsync(fd);
    close(fd);
    return failed ? lost(call, path) : OK;
}

static const char *parent_of(struct call *call, const char *path)
{
    struct text t = text_of(path);

    while (t.len > 1 && t.at[t.len - 1] == '/')
        t.len--;
    while (t.len > 0 && t.at[t.len - 1] != '/')
        t.len--;
    return t.len == 0 ? "." : text_c(call->arena, t);
}

enum err store__sync_parent(struct call *call, const char *path)
{
    return store__sync_folder(call, parent_of(call, path));
}

enum err store__make_folder(struct call *call, const char *path)
{
    if (folder_make(path))
        return store__sync_parent(call, path);
    return errno == EEXIST ? OK : because(call, path);
}

static enum err read_all(struct call *call, int fd, const char *path, struct text *bytes)
{
    struct stat about;
    size_t size, len = 0;
    char *at;

    if (fstat(fd, &about) != 0)
        return lost(call, path);
    size = (size_t)about.st_size;
    at = arena_take(call->arena, size + 1);
    while (len < size) {
        ssize_t n = pread(fd, at + len, size - len, (off_t)len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return lost(call, path);
        if (n == 0)
            break; /* became shorter meanwhile; the hash will say so */
        len += (size_t)n;
    }
    *bytes = (struct text){at, len};
    return OK;
}

enum err store__file_bytes(struct call *call, const char *path, struct text *bytes)
{
    return store__file_bytes_at(call, AT_FDCWD, path, path, bytes);
}

/* A link, or anything but a regular file, is none of ours. */
enum err store__file_bytes_at(struct call *call, int folder, const char *name, const char *path,
                              struct text *bytes)
{
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    struct stat st;
    enum err e;

    *bytes = TEXT("");
    if (fd >= 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
        close(fd);
        return store__file_damaged(call, text_of(name));
    }
    if (fd < 0)
        return errno == ELOOP                          ? store__file_damaged(call, text_of(name))
               : errno == ENOENT || errno == ENOTDIR ? ERR_MISSING
                                                     : lost(call, path);
    e = read_all(call, fd, path, bytes);
    close(fd);
    return e;
}

/* ---- the lock ------------------------------------------------------------------------------
 * While the folder is open the file `lock` holds the process and which file the database is;
 * closed in order, it is empty. Found otherwise, the process died, or the folder is a copy made
 * meanwhile: then the database is another file than the one it names. */
static enum err locked_by_other(struct call *call, const char *folder, const char *path)
{
    struct text pid;
    enum err e = store__file_bytes(call, path, &pid);

    pid = e == OK ? text_cut(&pid, '\n') : TEXT("?");
    return problem(call, ERR_CONFLICT, TEXT(""), "locked",
                   say(call, "%s is in use by process %.*s"), folder, TEXT_ARG(pid));
}

/* The database as a file, whatever its name and however the disk is called after a restart. */
static struct text identity(struct call *call, const struct store *s)
{
    struct statx about;

    if (statx(AT_FDCWD, store__path(call, s, "aimwell.db"), AT_SYMLINK_NOFOLLOW,
              STATX_INO | STATX_BTIME, &about) != 0)
        return TEXT("");
    return text_print(call->arena, "%llu %lld.%09u", (unsigned long long)about.stx_ino,
                      (long long)about.stx_btime.tv_sec, about.stx_btime.tv_nsec);
}

/* What the lock names; "" when it was closed in order, or by a program that did not say. */
static struct text named_by(struct call *call, const char *path)
{
    struct text was;

    if (store__file_bytes(call, path, &was) != OK || was.len > 200)
        return TEXT("");
    (void)text_cut(&was, '\n');
    return text_cut(&was, '\n');
}

static enum err write_lock(struct call *call, const struct store *s, struct text database)
{
    struct text words =
        text_print(call->arena, "%ld\n%.*s\n", (long)getpid(), TEXT_ARG(database));

    if (ftruncate(s->lock_file, 0) != 0 ||
        pwrite(s->lock_file, words.at, words.len, 0) != (ssize_t)words.len)
        return because(call, store__path(call, s, "lock"));
    return OK;
}

static enum err lock(struct call *call, struct store *s, const char *folder)
{
    const char *path = store__path(call, s, "lock");

    s->lock_file = file_make_or_open(path, O_RDWR | O_NOFOLLOW); /* it is emptied */
    if (s->lock_file < 0)
        return because(call, path);
    if (flock(s->lock_file, LOCK_EX | LOCK_NB) == 0) {
        struct text was = named_by(call, path), mine = identity(call, s);
        s->copied = was.len > 0 && mine.len > 0 && !text_same(was, mine);
        return write_lock(call, s, s->copied ? was : mine);
    }
    if (errno != EWOULDBLOCK)
        return because(call, path);
    return locked_by_other(call, folder, path);
}

/* ---- opening ----------------------------------------------------------------------------- */
/* Made before SQLite sees it, so that it, -wal and -shm are private from the first byte. */
static enum err make_database(struct call *call, struct store *s)
{
    const char *path = store__path(call, s, "aimwell.db");
    int fd = file_make_or_open(path, O_RDWR);
    int failed;

    if (fd < 0)
        return because(call, path);
    failed = fsync(fd);
    close(fd);
    return failed ? because(call, path) : OK;
}

/* Half-written files of a process that died; nothing refers to them. */
static enum err sweep(struct call *call, const char *path)
{
    DIR *dir = opendir(path);

    if (dir == NULL)
        return because(call, path);
    for (const struct dirent *d; (d = readdir(dir)) != NULL;) {
        if (d->d_name[0] != '.' && unlinkat(dirfd(dir), d->d_name, 0) != 0)
            log_line(LOG_WARN, "store", "cannot_remove=%s/%s", path, d->d_name);
    }
    closedir(dir);
    return OK;
}

/* All at once and before any file, so that no file waits for its folder to be durable. */
static enum err make_file_folders(struct call *call, const char *files)
{
    for (unsigned i = 0; i < 256; i++) {
        const char *path = text_print(call->arena, "%s/%02x", files, i).at;
        if (!folder_make(path) && errno != EEXIST)
            return because(call, path);
    }
    return store__sync_folder(call, files);
}

static enum err furnish(struct call *call, struct store *s)
{
    TRY(store__make_folder(call, store__path(call, s, "files")));
    TRY(store__make_folder(call, store__path(call, s, "files/incoming")));
    TRY(sweep(call, store__path(call, s, "files/incoming")));
    TRY(make_file_folders(call, store__path(call, s, "files")));
    TRY(make_database(call, s));
    return store__sync_folder(call, text_c(call->arena, s->folder));
}

static enum err find_folder(struct call *call, struct store *s, const char *folder, bool create)
{
    const char *database = text_print(call->arena, "%s/aimwell.db", folder).at;
    char *whole;

    if (!create && access(database, F_OK) != 0)
        return errno != ENOENT && errno != ENOTDIR
                   ? because(call, database)
                   : problem(call, ERR_MISSING, TEXT(""), "missing",
                             say(call, "there is no store in %s"), folder);
    if (create && mkdir(folder, 0700) == 0) /* of whoever makes it, unlike all that is in it */
        TRY(store__sync_parent(call, folder));
    else if (create && errno != EEXIST)
        return because(call, folder);
    whole = realpath(folder, NULL);
    if (whole == NULL)
        return because(call, folder);
    s->folder = text_copy(s->arena, text_of(whole));
    free(whole);
    return OK;
}

enum err store__folder_open(struct call *call, struct store *s, struct text where, bool create)
{
    const char *folder = text_c(call->arena, where);

    TRY(find_folder(call, s, folder, create));
    if (s->reading)
        return OK;
    TRY(lock(call, s, folder));
    TRY(furnish(call, s));
    atomic_store(&s->restored, access(store__path(call, s, STORE_RESTORED), F_OK) == 0);
    return s->copied ? OK : write_lock(call, s, identity(call, s)); /* it may be new */
}

enum err store_copy_is_whole(struct call *call, struct store *s)
{
    s->copied = false;
    return write_lock(call, s, identity(call, s));
}

bool store_restored(const struct store *s)
{
    return atomic_load(&s->restored);
}

enum err store_restored_end(struct call *call, struct store *s)
{
    const char *path = store__path(call, s, STORE_RESTORED);

    if (!store_restored(s))
        return OK;
    if (unlink(path) != 0 && errno != ENOENT)
        return lost(call, path);
    TRY(store__sync_folder(call, text_c(call->arena, s->folder)));
    atomic_store(&s->restored, false);
    return OK;
}

bool store__folder_room(const struct store *s)
{
    char folder[4096];
    struct statvfs about;

    if (s->folder.len >= sizeof(folder))
        return true;
    memcpy(folder, s->folder.at, s->folder.len);
    folder[s->folder.len] = '\0';
    return statvfs(folder, &about) != 0 || about.f_bavail >= ROOM_LEAST / about.f_frsize;
}

void store__folder_close(struct store *s)
{
    bool in_order = !s->copied && !atomic_load(&s->failing);

    if (s->lock_file >= 0) {
        if (in_order && ftruncate(s->lock_file, 0) != 0)
            log_line(LOG_WARN, "store", "cannot_empty=lock");
        close(s->lock_file);
    }
    s->lock_file = -1;
}
