/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify/events.c — what AI systems sent, against the entries that sealed it. */
#include "record/verify/verify.h"

static bool agrees(void *arg, int64_t entry, const char *kind, struct text id, int64_t version,
                   const struct hash *commitment)
{
    struct deep *c = arg;
    struct arena *page = arena_open();
    uint64_t object = verify__object_hash(page, text_of(kind), id, version);
    arena_close(page);
    return verify__leaf_agrees(c, entry, object, commitment);
}

enum err verify__events(struct deep *c)
{
    struct journal_check check = {agrees, c, c->out};
    return journal_verify(c->call, c->db, &check);
}
