/* SPDX-License-Identifier: Apache-2.0 */
/* net/spool.c — large bodies go to a file, piece by piece, so that memory does not grow with what
 * is sent. Loop threads fill a piece; worker threads write it, for a disk may be slow. The file
 * has no name: whatever becomes of the request or of this process, nothing is left behind. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "net/inside.h"

/* -1 when all are taken, or the party has its share. */
static int take_place(struct net *n, uint64_t party)
{
    int found = -1, same = 0, most = n->options.spools_most;
    pthread_mutex_lock(&n->works_lock);
    for (int i = 0; i < most; i++) {
        same += n->spooling[i] == party;
        found = found < 0 && n->spooling[i] == 0 ? i : found;
    }
    if (same >= (most + 3) / 4)
        found = -1;
    if (found >= 0)
        n->spooling[found] = party;
    pthread_mutex_unlock(&n->works_lock);
    return found;
}

void net__spool_leave(struct net *n, struct work *w)
{
    pthread_mutex_lock(&n->works_lock);
    n->spooling[w->spool_place] = 0;
    pthread_mutex_unlock(&n->works_lock);
    atomic_fetch_sub(&n->spools, 1);
}

bool net__spool_begin(struct work *w)
{
    struct net *n = w->net;
    w->spool_place = take_place(n, w->request.party ? w->request.party : 1);
    if (w->spool_place < 0)
        return false;
    atomic_fetch_add(&n->spools, 1);
    w->body = malloc(NET_PIECE);
    if (!w->body)
        panic("net: no memory for a piece of a body");
    w->body_room = NET_PIECE;
    return true;
}

/* Some file systems have no unnamed files; then it loses its name at once. */
static int open_unnamed(struct work *w)
{
    const char *folder = w->admission.spool ? w->admission.spool : w->net->options.spool;
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0)
        return fd;
    char *path = arena_take(w->request.arena, strlen(folder) + 16);
    snprintf(path, strlen(folder) + 16, "%s/body-XXXXXX", folder);
    fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static bool lost(struct work *w)
{
    log_line(LOG_WARN, "net", "body_not_kept=%s", strerror(errno));
    w->lost = SAID("there is no room to keep what you send");
    return false;
}

bool net__spool_add(struct work *w)
{
    if (w->spool < 0)
        w->spool = open_unnamed(w);
    if (w->spool < 0)
        return lost(w);
    for (size_t at = 0; at < w->body_len;) {
        ssize_t wrote = write(w->spool, w->body + at, w->body_len - at);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return lost(w);
        at += (size_t)wrote;
    }
    w->spooled += w->body_len;
    w->body_len = 0;
    return true;
}

bool net__spool_finish(struct work *w)
{
    if (w->view)
        return true;
    if (!net__spool_add(w))
        return false;
    void *view = mmap(NULL, w->spooled, PROT_READ, MAP_PRIVATE, w->spool, 0);
    if (view == MAP_FAILED)
        return lost(w);
    w->view = view;
    w->request.body = (struct text){view, w->spooled};
    return true;
}

void net__spool_end(struct work *w)
{
    if (w->view)
        munmap(w->view, w->spooled);
    if (w->spool >= 0)
        close(w->spool);
}
