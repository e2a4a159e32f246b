/* SPDX-License-Identifier: Apache-2.0 */
/* site/internal.h — the socket in the data folder: what both of its ends agree on. */
#ifndef SITE_INTERNAL_H
#define SITE_INTERNAL_H

#include "site/site.h"
#include "store/store.h"

#include <sys/un.h>

/* One message asks: the head, then the words of the command line, each ended by NUL; with it
 * come four descriptors. One message answers: the head, then words for the caller's `err`. */
#define SOCKET_NAME "aimwell.sock"
#define WORDS_MOST 64
#define MESSAGE_MOST ((size_t)64 << 10)
enum { ASK_FOLDER, ASK_IN, ASK_OUT, ASK_ERR, ASK_FILES };
struct ask_head {
    char magic[8];
    uint32_t lang, terminal, words, reserved;
};
struct answer_head {
    char magic[8];
    int32_t code;
};
#define ASK_MAGIC "aimwell\1"

/* The address of the socket in an open folder: a path of any length fits in no sun_path. */
struct sockaddr_un socket__address(int folder);
/* The caller a message describes: its streams write to the descriptors until the connection
 * ends or `stop` becomes readable; from then on writing and reading fail. */
struct caller socket__caller(struct arena *a, int connection, int stop,
                             const int files[ASK_FILES], const struct ask_head *head);
void socket__caller_end(struct caller *c); /* flushes and closes the streams, not the files */

/* ---- model.c, epoch.c ---------------------------------------------------------------------- */
struct text site__last_of(struct text models);
enum err site__load(struct call *call, struct store *store, const struct own_files *own,
                    struct model **out);
enum err site__folder(struct call *call, const char *path, struct own_files *out);
struct own_files site__with_pages(struct call *call, const struct own_files *folder,
                                  const struct own_files *stored);

#endif
