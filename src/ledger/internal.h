/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/internal.h — what the files of this folder share and nobody else sees. */
#ifndef LEDGER_INTERNAL_H
#define LEDGER_INTERNAL_H

#include "ledger/ledger.h"
#include "store/store.h"
#include "store/write.h"

#define LOG_ID V_INT(LEDGER_RECORDS)

/* ---- note.c: the three lines that are signed --------------------------------------------- */
bool note__origin_ok(struct text origin);
struct text note__checkpoint(struct arena *a, struct text origin, uint64_t size,
                             const struct hash *root);
/* Reads exactly what note__checkpoint writes; *rest is what follows the third line. */
bool note__checkpoint_read(struct arena *a, struct text note, struct text *origin,
                           uint64_t *size, struct hash *root, struct text *rest);
/* First four bytes of SHA-256(name || "\n" || 0x01 || key): Ed25519 in C2SP signed-note. */
void note__key_id(struct text name, const unsigned char public_key[32], unsigned char id[4]);

/* ---- leaf.c: the bytes of an entry ------------------------------------------------------- */
#define LEAF_MOST 65535 /* a tlog-tiles bundle prefixes each entry with a uint16 length */
#define LEAF_INTEGER_MOST INT64_C(9007199254740991)
struct leaf {
    struct text act, log, time; /* as written, escapes and all */
    struct text actor_id, actor_for, actor_type, object_kind, object_id, model, session;
    uint64_t index;
    bool has_commitment, has_previous;
    struct hash commitment, previous_commitment;
    uint64_t previous;
    int64_t object_version, moment;
};
MUST_USE enum err leaf__write(struct call *call, const struct ledger_event *event,
                              struct text origin, uint64_t index, int64_t time,
                              struct text *out);
/* Accepts only what leaf__write writes: that is what makes "canonical" checkable in one pass.
 * Otherwise false, with a sentence in *why and the offset of the offending byte in *offset. */
bool leaf__read(struct arena *a, struct text bytes, struct leaf *out, const char **why,
                size_t *offset);

/* ---- edge.c: the ragged right side of the tree ------------------------------------------- */
#define TILE_WIDTH 256
#define TILE_BYTES ((size_t)TILE_WIDTH * HASH_SIZE)
#define TILE_LEVELS 8 /* 256^8 = 2^64 leaves */
/* How many tiles of a level are full in a tree of `size` leaves. */
static inline uint64_t full_tiles(uint64_t size, unsigned level)
{
    return level + 1 >= TILE_LEVELS ? 0 : size >> (8 * (level + 1));
}
/* The hashes of every tile that is not full yet. Enough to append, to write each tile when it
 * fills, and to answer for every subtree that lies inside these tiles. */
struct edge {
    uint64_t size;
    unsigned count[TILE_LEVELS];
    struct hash at[TILE_LEVELS][TILE_WIDTH];
};
struct tile_taker {
    enum err (*full)(void *arg, unsigned level, uint64_t n, const struct hash *hashes,
                     const struct hash *root);
    void *arg;
};
/* Calls taker->full for each tile this leaf completes, lowest level first. */
MUST_USE enum err edge__add(struct edge *e, const struct hash *leaf,
                            const struct tile_taker *taker);
void edge__frontier(const struct edge *e, struct frontier *f);

/* ---- append.c ---------------------------------------------------------------------------- */
/* Inside a job: an entry of the group under way, which is in no table yet. */
bool append__waiting(const struct ledger *l, uint64_t n, struct text *leaf);

/* ---- source.c: tree hashes out of the store ---------------------------------------------- */
/* Reads through a reader or, inside a transaction, through tx; the edge, if any, is asked
 * first. Zero it, then fill what applies. */
struct source {
    struct call *call;
    struct reader *reader;
    struct tx *tx;
    const struct edge *edge;
    uint64_t size; /* tiles that lie wholly below are stored */
    struct {
        bool filled;
        uint64_t n;
        const struct hash *hashes;
    } tile[TILE_LEVELS]; /* the last full tile read at each level */
};
MUST_USE enum err source__rows(struct source *s, const char *sql, const struct value *values,
                               size_t value_count, size_t most, struct rows *out);
/* `count` (at most 256) hashes of a level from `first` on; they must lie in one tile. */
MUST_USE enum err source__hashes(struct source *s, unsigned level, uint64_t first, size_t count,
                                 struct hash *out);
enum err source__subtree(void *source, uint64_t start, uint64_t end, struct hash *out);
MUST_USE enum err source__root(struct source *s, uint64_t size, struct hash *root);
/* The edge of the tree of s->size leaves; those of the last level-0 tile are re-hashed from
 * their bytes rather than believed. */
MUST_USE enum err source__edge(struct source *s, struct edge *out);

struct head {
    bool present;
    struct text origin, frontier;
    uint64_t size;
    struct hash root;
    int64_t epoch, last_time;
};
/* A row that no program of ours wrote (negative size, root of 5 bytes) is ERR_CONFLICT. */
MUST_USE enum err source__head(struct source *s, struct head *out);
/* The note of the last checkpoint; ERR_MISSING when there is none yet. */
MUST_USE enum err source__checkpoint(struct source *s, struct text *note);
/* "The stored ledger is damaged: …", ERR_CONFLICT, code ledger_damaged. */
enum err source__damaged(struct call *call, const char *format, ...) PRINTF_LIKE(2, 3);
struct text source__peaks(struct arena *a, const struct frontier *f); /* ledger_log.frontier */
bool source__hash_cell(const struct value *v, struct hash *out);

/* ---- last.c: <folder>/ledger.last -------------------------------------------------------- */
/* Replaces the file whole and opens it for last__put; -1 when that failed. */
int last__write(const char *folder, uint64_t size, const struct hash *root);
/* Durable in the open file when it returns true; false also when the name leads elsewhere by now. */
bool last__put(const char *folder, int file, uint64_t size, const struct hash *root);
struct last {
    bool present;
    uint64_t size;
    struct hash root;
};
MUST_USE enum err last__read(struct call *call, struct text folder, struct last *out);

/* ---- objects.c: the last entry of each object, for the "prev" walk ----------------------- */
struct objects;
struct objects *objects__open(void);
void objects__close(struct objects *o);
/* NULL when the leaf's "prev" is right, else what is wrong (in the arena). Remembers the leaf
 * when it carries a commitment. */
const char *objects__walk(struct objects *o, struct arena *a, const struct leaf *leaf);

/* ---- cursor.c: a table in pages ---------------------------------------------------------- */
/* `sql` binds $1 log, $2 the least key, $3 the page; its first column is the key, ascending.
 * Rows live until the next page is read: memory stays that of one page however long the
 * table. */
struct cursor {
    const char *sql;
    size_t page;
    struct reader *reader;
    struct arena *arena;
    struct call *call; /* the page's own */
    struct rows rows;
    size_t at;
    int64_t from;
    bool end;
    bool odd; /* ended at a key that is not an integer: sorts last in SQLite, is never ours */
    const struct value *row; /* the current one; NULL before the first and after the last */
};
void cursor__open(struct cursor *c, struct reader *r, const char *sql, size_t page);
void cursor__close(struct cursor *c);
MUST_USE enum err cursor__next(struct call *call, struct cursor *c);

/* ---- ahead.c: the checkpoints, their signatures checked on every core --------------------- */
struct signed_note {
    int64_t key;  /* the size it is stored under */
    bool is_text; /* the note is text, as it should be */
    bool ours;    /* and signed by the key of this log, for: */
    uint64_t size;
    struct hash root;
};
struct ahead;
/* Also when it fails, *out is to be closed. */
MUST_USE enum err ahead__open(struct call *call, struct reader *r, struct text origin,
                              const unsigned char public_key[32], struct ahead **out);
void ahead__close(struct ahead *a);
/* NULL after the last; lives until the next call. */
MUST_USE enum err ahead__next(struct call *call, struct ahead *a,
                              const struct signed_note **out);
bool ahead__odd(const struct ahead *a); /* it ended at a key that is not an integer */

#endif
