/* SPDX-License-Identifier: Apache-2.0 */
/* model/folder.c — model files from a folder on disk, and from inside the binary.
 * Reading stops at limits that no honest model reaches. */
#include "model/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_LIMIT 5000
#define DEPTH_LIMIT 5
#define SIZE_LIMIT (16 << 20)

struct walk {
    struct call *call;
    struct model_file *files;
    size_t count, room;
};

static enum err refuse(struct walk *w, enum err e, const char *path, const char *why)
{
    return problem(w->call, e, TEXT(""), "model_folder", "%s: %s", path, why);
}

static enum err read_bytes(struct walk *w, int fd, const char *path, size_t size,
                           struct text *out)
{
    char *at = arena_take(w->call->arena, size + 1);
    size_t done = 0;
    while (done < size) {
        ssize_t n = read(fd, at + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return refuse(w, ERR_IO, path, strerror(errno));
        if (n == 0)
            break;
        done += (size_t)n;
    }
    *out = (struct text){at, done};
    return OK;
}

static enum err read_file(struct walk *w, const char *path, struct text name)
{
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return refuse(w, ERR_IO, path, strerror(errno));
    struct text bytes = TEXT("");
    enum err e = OK;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
        e = refuse(w, ERR_IO, path, "not a plain file");
    else if (about.st_size > SIZE_LIMIT)
        e = refuse(w, ERR_TOO_LARGE, path, "larger than 16 MiB");
    else
        e = read_bytes(w, fd, path, (size_t)about.st_size, &bytes);
    close(fd);
    TRY(e);
    if (w->count == w->room) {
        size_t room = w->room == 0 ? 64 : 2 * w->room;
        struct model_file *more = NEW_MANY(w->call->arena, room, struct model_file);
        for (size_t i = 0; i < w->count; i++)
            more[i] = w->files[i];
        w->files = more;
        w->room = room;
    }
    if (w->count == FILE_LIMIT)
        return refuse(w, ERR_TOO_LARGE, path, "too many files");
    w->files[w->count++] = (struct model_file){name, bytes};
    return OK;
}

static enum err walk_folder(struct walk *w, const char *folder, struct text prefix, int depth);

static enum err walk_entry(struct walk *w, const char *folder, struct text prefix,
                           const char *entry, int depth)
{
    struct arena *a = w->call->arena;
    struct text path = text_print(a, "%s/%s", folder, entry);
    struct text name = text_join(a, prefix, text_of(entry));
    struct stat about;
    if (entry[0] == '.')
        return OK;
    if (stat(path.at, &about) != 0)
        return refuse(w, ERR_IO, path.at, strerror(errno));
    if (S_ISDIR(about.st_mode))
        return walk_folder(w, path.at, text_join(a, name, TEXT("/")), depth + 1);
    return text_ends(name, ".json") ? read_file(w, path.at, name) : OK;
}

static enum err walk_folder(struct walk *w, const char *folder, struct text prefix, int depth)
{
    struct dirent **entries;
    enum err e = OK;
    if (depth > DEPTH_LIMIT)
        return refuse(w, ERR_TOO_LARGE, folder, "folders are nested too deep");
    int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return refuse(w, errno == ENOENT ? ERR_MISSING : ERR_IO, folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        if (e == OK)
            e = walk_entry(w, folder, prefix, entries[i]->d_name, depth);
        free(entries[i]);
    }
    free(entries);
    return e;
}

enum err model_folder(struct call *call, const char *folder, const char *prefix,
                      struct model_file **files, size_t *count)
{
    struct walk w = {.call = call};
    *count = 0;
    TRY(walk_folder(&w, folder, text_copy(call->arena, text_of(prefix)), 0));
    *files = w.files;
    *count = w.count;
    return OK;
}

const struct model_file *model_embedded_file(const char *path)
{
    size_t count;
    const struct model_file *files = model_embedded(&count);
    for (size_t i = 0; i < count; i++)
        if (text_is(files[i].path, path))
            return &files[i];
    return NULL;
}
