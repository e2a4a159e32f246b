/* SPDX-License-Identifier: Apache-2.0 */
/* cli/restore.h — a backup, unpacked and verified: the same for the command, which reads a
 * file, and for the page of the first start, which is sent one. */
#ifndef CLI_RESTORE_H
#define CLI_RESTORE_H

#include "cli/cli.h"

#include <stdatomic.h>
#include <zip.h>

struct restore {
    struct arena *arena;
    const struct caller *caller; /* its `err` hears why not, a line each */
    const char *work;            /* where it is unpacked: a folder that is there and empty */
    struct text bytes;           /* of the backup, when it is not in a file */
    atomic_llong done, total; /* entries of the zip, while they are unpacked; from any thread */
    atomic_bool whole;        /* they all were, and are being verified */
    uint64_t entries;         /* of the ledger, once it is verified */
    /* inside */
    zip_t *zip;
    uint64_t room, packed; /* bytes: that may be written; of the zip */
    bool database, key;
    size_t left_out; /* files */
};
/* Unpacks and verifies all of it, makes it durable and marks it as restored (store.h); `file`
 * is NULL when there are bytes. The exit code; the folder is left as it is when that is not 0.
 * Where it says 1 the ledger does not vouch for it. */
int restore_into(struct restore *r, const char *file);
#endif
