/* SPDX-License-Identifier: Apache-2.0 */
/* store/files.c — evidence bytes under the name of their hash, in the folder of a SQLite store.
 *
 * A file is complete or absent: it is written under another name, made durable, read back and
 * hashed, and only then given its own. Invariant: no name outside files/ can be formed, since a
 * name is 64 hexadecimal digits or it is nothing. */
#include "store/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_LEN (HASH_SIZE * 2)

static bool is_name(struct text t)
{
    if (t.len != NAME_LEN)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
    }
    return true;
}

static struct text name_of(struct arena *a, struct text bytes)
{
    struct hash h = sha256(bytes);

    return hex_of(a, hash_text(&h));
}

enum err file_read(struct call *call, struct store *s, struct text hash_hex, struct text *bytes)
{
    enum err e = ERR_MISSING;

    *bytes = TEXT("");
    if (is_name(hash_hex))
        e = s->driver->file_read(call, s, hash_hex, bytes);
    if (e == ERR_MISSING)
        return problem(call, e, TEXT(""), "missing", "%s", say(call, "there is no such file"));
    TRY(e);
    if (text_same(name_of(call->arena, *bytes), hash_hex))
        return OK;
    *bytes = TEXT("");
    return store__file_damaged(call, hash_hex);
}

enum err file_write(struct call *call, struct store *s, struct text bytes,
                    struct text *hash_hex)
{
    *hash_hex = name_of(call->arena, bytes);
    return s->driver->file_write(call, s, *hash_hex, bytes);
}

enum err file_list(struct call *call, struct store *s, struct text **names, size_t *count)
{
    *names = NULL;
    *count = 0;
    return s->driver->file_list(call, s, names, count);
}

/* ---- in a folder ------------------------------------------------------------------------- */
static const char *folder_of(struct call *call, const struct store *s, struct text name)
{
    return text_print(call->arena, "%.*s/files/%.2s", TEXT_ARG(s->folder), name.at).at;
}

static const char *path_of(struct call *call, const struct store *s, struct text name)
{
    return text_print(call->arena, "%s/%.*s", folder_of(call, s, name),
                      TEXT_ARG(text_from(name, 2)))
        .at;
}

static enum err failed(struct call *call, const char *path)
{
    return store__lost(call, path, strerror(errno));
}

static enum err write_all(struct call *call, int fd, const char *path, struct text bytes)
{
    while (bytes.len > 0) {
        ssize_t n = write(fd, bytes.at, bytes.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return failed(call, path);
        bytes = text_from(bytes, (size_t)n);
    }
    return OK;
}

/* Hashes what a fresh read of the descriptor gives, without holding it all in memory. */
static enum err hash_back(struct call *call, int fd, const char *path, struct text *name)
{
    struct sha256 *hash = sha256_start(call->arena);
    char *piece = arena_take(call->arena, 64 * 1024);
    struct hash sum;
    off_t at = 0;
    ssize_t n;

    while ((n = pread(fd, piece, 64 * 1024, at)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            break;
        sha256_add(hash, (struct text){piece, (size_t)n});
        at += n;
    }
    sum = sha256_end(hash);
    *name = hex_of(call->arena, hash_text(&sum));
    return n < 0 ? failed(call, path) : OK;
}

static enum err fill(struct call *call, int fd, const char *path, struct text name,
                     struct text bytes)
{
    struct text found;

    TRY(write_all(call, fd, path, bytes));
    if (fsync(fd) != 0)
        return failed(call, path);
    /* So that the check reads the disk, not the memory just written from. */
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    TRY(hash_back(call, fd, path, &found));
    return text_same(found, name) ? OK : store__file_damaged(call, name);
}

static enum err write_new(struct call *call, struct store *s, struct text name,
                          struct text bytes)
{
    const char *incoming = store__path(call, s, "files/incoming");
    const char *path = text_print(call->arena, "%s/%.*s", incoming, TEXT_ARG(id_new(call))).at;
    int fd = file_make(path, O_RDWR);
    enum err e;

    if (fd < 0)
        return failed(call, path);
    e = fill(call, fd, path, name, bytes);
    if (close(fd) != 0 && e == OK)
        e = failed(call, path);
    if (e == OK && rename(path, path_of(call, s, name)) != 0)
        e = failed(call, path);
    if (e != OK)
        unlink(path);
    return e;
}

static bool is_whole(struct call *call, struct store *s, struct text name)
{
    const char *path = path_of(call, s, name);
    struct text found = TEXT("");
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    struct mark mark = store__mark(call);
    bool whole = hash_back(call, fd, path, &found) == OK && text_same(found, name);
    store__unsay(call, mark); /* a file that cannot be read is written again */
    close(fd);
    return whole;
}

enum err store__folder_file_write(struct call *call, struct store *s, struct text name,
                                  struct text bytes)
{
    /* The same bytes again mend a damaged file. */
    if (!is_whole(call, s, name))
        TRY(write_new(call, s, name, bytes));
    return store__sync_folder(call, folder_of(call, s, name));
}

enum err store__folder_file_read(struct call *call, struct store *s, struct text name,
                                 struct text *bytes)
{
    const char *within = folder_of(call, s, name);
    int folder = open(within, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    enum err e;

    *bytes = TEXT("");
    if (folder < 0)
        return errno == ENOENT                       ? ERR_MISSING
               : errno == ELOOP || errno == ENOTDIR ? store__file_damaged(call, name)
                                                    : failed(call, within);
    e = store__file_bytes_at(call, folder, text_c(call->arena, text_from(name, 2)),
                             path_of(call, s, name), bytes);
    close(folder);
    return e;
}

void file_forget(struct call *call, struct store *s, struct text hash_hex)
{
    if (s->driver->kind != STORE_SQLITE || !is_name(hash_hex))
        return;
    const char *path = path_of(call, s, hash_hex);
    if (unlink(path) != 0 && errno != ENOENT)
        log_line(LOG_ERROR, "store", "failed=unlink words=\"%s\"", strerror(errno));
    else if (store__sync_folder(call, folder_of(call, s, hash_hex)) != OK)
        log_line(LOG_ERROR, "store", "failed=sync");
}

/* ---- listing ----------------------------------------------------------------------------- */
struct names {
    struct text *at;
    size_t count, room;
};

static void add_name(struct arena *a, struct names *names, struct text name)
{
    if (names->count == names->room) {
        size_t room = names->room == 0 ? 64 : names->room * 2;
        struct text *at = NEW_MANY(a, room, struct text);
        if (names->count > 0)
            memcpy(at, names->at, names->count * sizeof(*at));
        names->at = at;
        names->room = room;
    }
    names->at[names->count++] = name;
}

static enum err list_folder(struct call *call, const char *path, unsigned number,
                            struct names *names)
{
    DIR *dir = opendir(path);

    if (dir == NULL)
        return errno == ENOENT ? OK : failed(call, path); /* made when the store is opened to write */
    for (const struct dirent *d; (d = readdir(dir)) != NULL;) {
        struct text name = text_print(call->arena, "%02x%s", number, d->d_name);
        if (is_name(name))
            add_name(call->arena, names, name);
    }
    closedir(dir);
    return OK;
}

static int by_bytes(const void *left, const void *right)
{
    return text_compare(*(const struct text *)left, *(const struct text *)right);
}

enum err store__folder_file_list(struct call *call, struct store *s, struct text **out,
                                 size_t *count)
{
    struct names names = {0};

    for (unsigned i = 0; i < 256; i++) {
        char folder[16];
        snprintf(folder, sizeof(folder), "files/%02x", i);
        TRY(list_folder(call, store__path(call, s, folder), i, &names));
    }
    if (names.count > 0)
        qsort(names.at, names.count, sizeof(*names.at), by_bytes);
    *out = names.at;
    *count = names.count;
    return OK;
}
