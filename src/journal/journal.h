/* SPDX-License-Identifier: Apache-2.0 */
/* journal/journal.h — events as they came, kept and counted once. Floor 4: knows neither what
 * an event says nor what is measured by it.
 *
 * What one source (a record, by kind and id) sends lies in blocks of lines, in the order in
 * which they came. Blocks belong to segments: one for each minute in which something came. When
 * its minute is over a segment is sealed: one entry of the ledger (act "events.seal", object
 * "event_segment") commits to the digest of all its blocks, so that an altered event is found
 * (record/verify). Until then what arrived is on disk, but no entry speaks for it. A line is a
 * JSON object. One with a member "id" is kept once for that id: what comes again with the same
 * bytes is the same, what comes with others is refused by whoever asks (journal_look). One
 * without is kept once for its bytes. */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "ledger/ledger.h"

struct table;
const struct table *journal_tables(size_t *count);

#define JOURNAL_KEY 16
#define JOURNAL_DIGEST 8
#define JOURNAL_BLOCK ((size_t)64 << 10) /* bytes of lines in a block, but of one line alone   \
                                          */
#define JOURNAL_SEGMENT ((int64_t)60 * 1000000)

enum journal_found {
    JOURNAL_NEW,  /* nothing has this key */
    JOURNAL_SAME, /* these very bytes came before */
    JOURNAL_OTHER /* others came under the same key: the first stay */
};
struct journal_item {
    unsigned char key[JOURNAL_KEY];
    unsigned char digest[JOURNAL_DIGEST];
    struct text line; /* as it is kept: one line, without its end */
    struct text came; /* as it came, when what is kept has more; else "" */
    /* out */
    enum journal_found found;
    int64_t block, place; /* where it lies: block of its source, line in it from 0 on */
};
/* Fills in key and digest: a line is counted by its id, one without an id ("") by its own
 * bytes. */
void journal_named(struct text id, struct journal_item *item);
/* Members may be added to a line as it is kept: behind all that came, and the first of them is
 * JOURNAL_ADDED, whose value `members` begins with. They count for neither key nor digest. */
#define JOURNAL_ADDED "signals_in"
struct text journal_added(struct arena *a, struct text came, struct text members);
/* What came of a line to which members were added; without any, the line itself. */
struct text journal_came(struct arena *a, struct text line);

/* ---- inside a job --------------------------------------------------------------------------
 */
/* The number of a source, which it is given when nothing of it came before. */
MUST_USE enum err journal_source(struct call *call, struct tx *tx, struct text kind,
                                 struct text id, int64_t *source);
/* Says of each whether it is known, also from earlier in the same list. */
MUST_USE enum err journal_look(struct call *call, struct tx *tx, int64_t source,
                               struct journal_item *items, size_t count);
/* Keeps those that are new, in blocks of the segment of call->now. What came again and what has the
 * key of another is counted. */
MUST_USE enum err journal_append(struct call *call, struct tx *tx, int64_t source,
                                 struct journal_item *items, size_t count);

/* Seals every segment whose minute is over, the oldest first: jobs of its own. `model`: the
 * hash of the one in force. */
MUST_USE enum err journal_seal_due(struct call *call, struct store *s, struct ledger *l,
                                   struct text model);

/* ---- removing what was kept long enough
 * ------------------------------------------------------ Whole segments, the oldest first, each
 * as it was sealed; what their entries commit to stays, so that they can still be held against
 * them, and so does how many there were. One entry (act "events.remove", object
 * "event_removal") says which went, and by which rule. Their keys go as well: what came before
 * journal_state.removed_before is not to be taken again by whoever asks. */
struct journal_rule {
    struct text before; /* moment: what came before it goes */
    int64_t months;     /* how long they are kept */
    int64_t version;    /* of the record that says so */
};
/* Sources whose oldest segment was over before that moment. */
struct journal_source {
    int64_t source;
    struct text kind, record;
};
MUST_USE enum err journal_old(struct call *call, struct reader *r, struct text before,
                              struct journal_source **out, size_t *count);
/* Inside a job: as many as one job should; *events 0: none was due. A segment that is not as it
 * was sealed stays, and what came after it: ERR_CONFLICT, code "event_damaged". */
MUST_USE enum err journal_remove(struct call *call, struct tx *tx, struct ledger *l,
                                 struct text model, int64_t source,
                                 const struct journal_rule *rule, int64_t *events);

/* ---- reading -------------------------------------------------------------------------------
 */
struct journal_state {
    int64_t source;                /* 0: nothing came yet, and nothing below is set */
    int64_t events, same, refused; /* kept; came again; had the key of another */
    int64_t bytes;                 /* of the blocks, as they lie there */
    struct text first, last;       /* moments at which the first and the last kept came */
    int64_t unsealed;              /* events that no entry speaks for yet */
    int64_t sealed_by;             /* the last entry that seals some; -1 */
    int64_t removed;               /* events that were kept once */
    struct text removed_before;    /* moment: all of them came before it; "" */
    int64_t removed_by;            /* the last entry that removed some; -1 */
    int64_t first_block;           /* that is there: those before it were removed */
};
MUST_USE enum err journal_about(struct call *call, struct reader *r, struct text kind,
                                struct text id, struct journal_state *out);
/* A block's lines, each as kept. ERR_MISSING when there is none of that number; ERR_IO, code
 * "event_damaged", when its bytes are not those of its digest. */
struct journal_block {
    int64_t block, events;
    struct text at;    /* moment of receipt */
    struct text lines; /* with their ends */
};
MUST_USE enum err journal_block(struct call *call, struct reader *r, int64_t source,
                                int64_t block, struct journal_block *out);
/* The number of the last block; 0: none. Blocks begin with journal_state.first_block. */
MUST_USE enum err journal_last(struct call *call, struct reader *r, int64_t source,
                               int64_t *block);
/* The number of the first that is there, and before which moment those came that were removed;
 * 0: none was. */
MUST_USE enum err journal_first(struct call *call, struct reader *r, int64_t source,
                                int64_t *block, int64_t *before);
/* Where the event of that id lies; *block 0: nowhere. */
MUST_USE enum err journal_find(struct call *call, struct reader *r, int64_t source,
                               struct text id, int64_t *block, int64_t *place);

/* ---- verification --------------------------------------------------------------------------
 */
/* Every block against its digest and its segment, every line against its key, every segment
 * that is sealed against what `agrees` says of its entry, every count against what is there.
 * Not judged are event_source.same and refused: how often something came that was not kept. */
struct journal_check {
    bool (*agrees)(void *arg, int64_t entry, const char *object, struct text id,
                   int64_t version, const struct hash *commitment);
    void *arg;
    struct verification *out;
};
MUST_USE enum err journal_verify(struct call *call, struct reader *r,
                                 const struct journal_check *c);
#endif
