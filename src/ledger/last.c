/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/last.c — the file <folder>/ledger.last: "size root\n" of a committed state.
 * It lies outside the database so that a database put back from an older copy is noticed. It is
 * replaced whole when the ledger is opened (temporary file, fsync, rename, fsync of the folder)
 * and from then on rewritten in place after every commit and before anybody is answered: it
 * never runs ahead of the store, and behind it only by what nobody was told. */
#include "ledger/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_MOST 4096
#define LINE_MOST 80

static bool path_of(char path[PATH_MOST], const char *folder, const char *name)
{
    int n = snprintf(path, PATH_MOST, "%s/%s", folder, name);
    return n > 0 && n < PATH_MOST;
}

static int print(char line[LINE_MOST], uint64_t size, const struct hash *root)
{
    struct arena *a = arena_open();
    struct text root64 = base64_of(a, hash_text(root));
    int len =
        snprintf(line, LINE_MOST, "%llu %.*s\n", (unsigned long long)size, TEXT_ARG(root64));
    arena_close(a);
    return len;
}

/* The file open, or -1. What lies there from a time that ended in the middle goes first. */
static int write_durably(const char *path, const char *line, size_t len)
{
    unlink(path);
    int fd = file_make(path, O_RDWR);
    if (fd < 0)
        return -1;
    if (write(fd, line, len) == (ssize_t)len && fsync(fd) == 0)
        return fd;
    close(fd);
    return -1;
}

static bool sync_folder(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    return close(fd) == 0 && ok;
}

int last__write(const char *folder, uint64_t size, const struct hash *root)
{
    char fresh[PATH_MOST], path[PATH_MOST], line[LINE_MOST];
    int len = print(line, size, root), fd = -1;
    if (path_of(fresh, folder, "ledger.last.new") && path_of(path, folder, "ledger.last"))
        fd = write_durably(fresh, line, (size_t)len);
    if (fd >= 0 && rename(fresh, path) == 0 && sync_folder(folder))
        return fd;
    log_line(LOG_ERROR, "ledger_last", "error=%s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

enum err ledger_note_last(struct call *call, struct text folder, const struct verification *v)
{
    int fd = last__write(text_c(call->arena, folder), v->entries, &v->root);
    if (fd < 0)
        return problem(call, ERR_IO, TEXT("ledger"), "ledger_last", "%s",
                       say(call, "ledger.last cannot be written"));
    close(fd);
    return OK;
}

static bool is_still(const char *folder, int fd)
{
    char path[PATH_MOST];
    struct stat ours, there;
    return path_of(path, folder, "ledger.last") && fstat(fd, &ours) == 0 &&
           lstat(path, &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

/* The line never gets shorter, and it lies within one sector, which a disk writes whole. */
bool last__put(const char *folder, int fd, uint64_t size, const struct hash *root)
{
    char line[LINE_MOST];
    int len = print(line, size, root);
    if (!is_still(folder, fd)) {
        log_line(LOG_ERROR, "ledger_last", "error=replaced");
        return false;
    }
    if (pwrite(fd, line, (size_t)len, 0) == len && fdatasync(fd) == 0)
        return true;
    log_line(LOG_ERROR, "ledger_last", "error=%s", strerror(errno));
    return false;
}

static bool parse(struct arena *a, struct text line, struct last *out)
{
    struct text bytes;
    int64_t size;
    if (!text_ends(line, "\n"))
        return false;
    struct text rest = text_slice(line, 0, line.len - 1);
    if (!text_integer(text_cut(&rest, ' '), &size) || size < 0 ||
        !base64_read(a, rest, &bytes) || bytes.len != HASH_SIZE)
        return false;
    out->present = true;
    out->size = (uint64_t)size;
    memcpy(out->root.byte, bytes.at, HASH_SIZE);
    return true;
}

enum err last__read(struct call *call, struct text folder, struct last *out)
{
    char path[PATH_MOST], line[LINE_MOST];
    *out = (struct last){0};
    if (folder.len == 0)
        return OK;
    if (!path_of(path, text_c(call->arena, folder), "ledger.last"))
        return problem(call, ERR_IO, TEXT("ledger"), "ledger_last", "the path is too long");
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return OK;
    ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line));
    if (n < 0) {
        enum err e = problem(call, ERR_IO, TEXT("ledger"), "ledger_last",
                             "ledger.last cannot be read: %s", strerror(errno));
        if (fd >= 0)
            close(fd);
        return e;
    }
    close(fd);
    if (!parse(call->arena, (struct text){line, (size_t)n}, out))
        return source__damaged(call, "the file ledger.last is not one of ours");
    return OK;
}
