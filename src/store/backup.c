/* SPDX-License-Identifier: Apache-2.0 */
/* store/backup.c — one consistent copy of a SQLite store's database, while it is in use.
 *
 * VACUUM INTO copies what one read transaction sees and leaves deleted content behind, but it
 * does not make the copy durable; so it goes to another name, is fsynced, and only then gets
 * the name asked for, which is never overwritten. */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static enum err because(struct call *call, const char *path)
{
    return problem(call, ERR_IO, TEXT(""), "storage", "%s: %s", path, strerror(errno));
}

static enum err copy_into(struct call *call, struct store *s, const char *path)
{
    struct link *link;
    enum err e;

    /* A connection of its own: on it no read has started the clock that stops slow reads. */
    TRY(s->driver->connect(call, s, LINK_READ, &link));
    e = s->driver->exec(call, link, "VACUUM INTO $1", &V_TEXT(text_of(path)), 1, NULL);
    s->driver->disconnect(link);
    return e;
}

static enum err fill(struct call *call, struct store *s, int fd, const char *part,
                     const char *file)
{
    TRY(copy_into(call, s, part));
    if (fsync(fd) != 0)
        return because(call, part);
    if (link(part, file) == 0)
        return store__sync_parent(call, file);
    if (errno == EEXIST)
        return problem(call, ERR_CONFLICT, TEXT(""), "exists", say(call, "%s is there already"),
                       file);
    return because(call, file);
}

enum err store__sqlite_backup(struct call *call, struct store *s, const char *file)
{
    const char *part = text_print(call->arena, "%s.%.*s", file, TEXT_ARG(id_new(call))).at;
    int fd;
    enum err e;

    if (access(file, F_OK) == 0)
        return problem(call, ERR_CONFLICT, TEXT(""), "exists", say(call, "%s is there already"),
                       file);
    fd = open(part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return because(call, part);
    e = fill(call, s, fd, part, file);
    close(fd);
    unlink(part);
    return e;
}
