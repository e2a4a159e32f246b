/* SPDX-License-Identifier: Apache-2.0 */
/* base/owner.c — what root makes in a folder of somebody else belongs to that somebody: a server
 * that runs as a user of its own must be able to open what a command of root left behind.
 *
 * Only what was made by this very call is given away, through its descriptor: a name that was
 * there already may be a link to anything. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of the folder that holds the name. False when it cannot be looked at. */
static bool owner_of_folder(const char *path, struct stat *st)
{
    char folder[4096];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) : 0;
    if (length >= sizeof folder)
        return false;
    memcpy(folder, path, length);
    folder[length] = '\0';
    return stat(length ? folder : slash ? "/" : ".", st) == 0;
}

static bool give(int fd, const char *path)
{
    struct stat folder, ours;
    if (geteuid() != 0)
        return true;
    if (!owner_of_folder(path, &folder) || fstat(fd, &ours) != 0)
        return false;
    return (folder.st_uid == ours.st_uid && folder.st_gid == ours.st_gid) ||
           fchown(fd, folder.st_uid, folder.st_gid) == 0;
}

static int lose(int fd)
{
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

int file_make(const char *path, int flags)
{
    int fd = open(path, flags | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    return fd < 0 || give(fd, path) ? fd : lose(fd);
}

int file_make_or_open(const char *path, int flags)
{
    int fd = file_make(path, flags);
    return fd < 0 && errno == EEXIST ? open(path, flags | O_CREAT | O_CLOEXEC, 0600) : fd;
}

bool folder_make(const char *path)
{
    if (mkdir(path, 0700) != 0)
        return false;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool good = give(fd, path);
    if (good)
        close(fd);
    else
        lose(fd);
    return good;
}
