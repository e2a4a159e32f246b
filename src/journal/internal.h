/* SPDX-License-Identifier: Apache-2.0 */
/* journal/internal.h — what the files of this folder share. */
#ifndef JOURNAL_INTERNAL_H
#define JOURNAL_INTERNAL_H

#include "journal/journal.h"

/* A segment as its row has it. */
struct segment {
    int64_t source, n, first, blocks, events, ledger;
    struct text kind, record;     /* of the source */
    struct text begun;            /* moment of its first event */
    struct text digest;           /* of its blocks, one after the other; "" before the first */
    struct text salt, commitment; /* "" until it is sealed */
    int64_t removed;              /* by which removal; 0: it is there */
};
#define SEGMENT_COLUMNS                                                                        \
    "g.source, g.n, g.first, g.blocks, g.events, g.ledger, s.kind, s.record, g.begun, "        \
    "g.digest, "                                                                               \
    "g.salt, g.commitment, g.removed"
#define SEGMENT_FROM " FROM event_segment g JOIN event_source s ON s.id = g.source "
void segment__of_row(const struct value *row, struct segment *out);
/* What its entry commits to. */
MUST_USE enum err segment__commit(struct call *call, const struct segment *g, struct text salt,
                                  struct hash *out);
/* The digest of a segment with one block more. */
struct hash segment__add(struct text digest, struct text block_digest);
/* The moment from which on nothing of it came. */
int64_t segment__over(const struct segment *g);

/* ---- remove.c: of segments, as a row has it */
struct removal {
    int64_t source, n, months, version, first, last, blocks, events, ledger;
    struct text kind, record; /* of the source */
    struct text at, before;
    struct text digest; /* of the commitments of its segments, one after the other */
    struct text salt, commitment;
};
#define REMOVAL_COLUMNS                                                                        \
    "r.source, r.n, r.months, r.version, r.first, r.last, r.blocks, r.events, r.ledger, "      \
    "s.kind, s.record, r.at, r.before, r.digest, r.salt, r.commitment"
#define REMOVAL_FROM " FROM event_removal r JOIN event_source s ON s.id = r.source "
void removal__of_row(const struct value *row, struct removal *out);
MUST_USE enum err removal__commit(struct call *call, const struct removal *m, struct text salt,
                                  struct hash *out);
#endif
