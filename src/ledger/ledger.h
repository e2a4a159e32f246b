/* SPDX-License-Identifier: Apache-2.0 */
/* ledger/ledger.h — the tamper-evident log: RFC 6962 tree, C2SP checkpoints. Floor 2.
 * Format, as a specification that others can verify by: docs/ledger.md.
 *
 * An entry (leaf) is restricted RFC 8785 JSON without personal data, kept as the bytes that
 * were hashed. It is appended inside the caller's transaction: an entry and the change it
 * records commit together or not at all. Each commit group ends with one signed checkpoint. */
#ifndef LEDGER_H
#define LEDGER_H

#include "base/base.h"
#include "format/format.h"
#include "store/store.h"

struct tx;

/* ---- pure: tree arithmetic over leaf hashes (merkle.c); no I/O --------------------------- */
struct hash merkle_leaf(struct text leaf); /* SHA-256(0x00 || leaf) */
/* SHA-256(0x01 || l || r) */
struct hash merkle_node(const struct hash *l, const struct hash *r);
struct hash merkle_root(const struct hash *leaves, uint64_t n);  /* n = 0: SHA-256("") */
/* RFC 6962 §2.1.1 and §2.1.2; fetch gives the hash of the complete or ragged subtree
 * [start, end). At most 64 hashes out. */
struct merkle_source {
    enum err (*subtree)(void *arg, uint64_t start, uint64_t end, struct hash *out);
    void *arg;
};
MUST_USE enum err merkle_inclusion(const struct merkle_source *s, uint64_t index, uint64_t size,
                                   struct hash out[64], size_t *count);
MUST_USE enum err merkle_consistency(const struct merkle_source *s, uint64_t old_size,
                                     uint64_t size, struct hash out[64], size_t *count);
bool merkle_inclusion_ok(const struct hash *leaf, uint64_t index, uint64_t size,
                         const struct hash *proof, size_t count, const struct hash *root);
bool merkle_consistency_ok(uint64_t old_size, const struct hash *old_root, uint64_t size,
                           const struct hash *root, const struct hash *proof, size_t count);
/* The frontier: hashes of the complete subtrees, largest first; lets one append without
 * rereading. */
struct frontier {
    uint64_t size;
    struct hash peak[64];
    size_t count;
};
void frontier_add(struct frontier *f, const struct hash *leaf);
struct hash frontier_root(const struct frontier *f);

/* ---- signer: behind an interface, so that a separate process can hold the key one day ---- */
struct signer {
    /* Signs the checkpoint text (origin, size, root). Must refuse (ERR_CONFLICT) a tree that
     * does not extend the last one it signed and kept; `proof` is the consistency proof from
     * signed_size. */
    enum err (*sign)(struct signer *s, struct call *call, struct text checkpoint_text,
                     uint64_t size, const struct hash *root, const struct hash *proof,
                     size_t proof_count, unsigned char signature[64]);
    /* Whether the last signature was kept (its group committed). One that was not kept has been
     * shown to nobody, so the next tree need not extend it. */
    void (*settle)(struct signer *s, bool kept);
    /* A secret of 32 bytes that follows from the key and `what`, and tells nothing of the key.
     */
    void (*derive)(struct signer *s, struct text what, unsigned char out[32]);
    void (*close)(struct signer *s);
    struct text origin;          /* key name = origin line */
    unsigned char public_key[32];
    uint64_t signed_size;        /* of the last tree signed and kept; 0 before the first */
};
/* Ed25519 key kept in `file` (0600; a file that others can read is refused), made when absent
 * and `create`. One line in the form of Go's sumdb/note: "PRIVATE+KEY+origin+hexid+base64". The
 * last signed (size, root) is remembered in memory and checked. The origin is 1 to 200
 * printable ASCII characters without space, plus sign, quote and backslash. ERR_CONFLICT when
 * the file holds the key of another origin. */
MUST_USE enum err signer_open_file(struct call *call, const char *file, struct text origin,
                                   bool create, struct signer **out);
/* The same with the secret kept in the store's meta table (PostgreSQL nodes share it): 32 bytes
 * of seed, then the public key. */
MUST_USE enum err signer_open_secret(struct call *call, const unsigned char secret[64],
                                     struct text origin, struct signer **out);
/* C2SP signed note of a checkpoint: "origin\nsize\nroot\n\n— origin sig\n". */
struct text note_make(struct arena *a, const struct signer *s, struct text checkpoint_text,
                      const unsigned char signature[64]);
/* Reads and checks a note: origin, size, root; false unless signed by this key. Other
 * signature lines (at most 16) are passed over. */
bool note_open(struct arena *a, struct text note, struct text origin,
               const unsigned char public_key[32], uint64_t *size, struct hash *root);
/* "origin+hexid+base64(0x01||key)": the C2SP verifier key line. */
struct text note_vkey(struct arena *a, struct text origin, const unsigned char public_key[32]);

/* ---- commitments: content that is fixed by an entry without being in it (commit.c) ---------- */
/* `body` is a JSON object; docs/ledger.md §3 says what is computed. */
MUST_USE enum err ledger_commit(struct call *call, struct text body, struct text salt,
                                struct hash *out);
/* Opens a commitment: {name: {"value": canonical bytes, "key": base64 of key_f} for each member
 * that is `shown`, {"commitment": base64 of com_f} for the others and those that were
 * redacted}. */
MUST_USE enum err ledger_disclose(struct call *call, struct text body, struct text salt,
                                  bool (*shown)(void *arg, struct text name), void *arg,
                                  struct json_out *out);
/* The same over the object of these members, all text. */
MUST_USE enum err ledger_commit_texts(struct call *call, const char *const *names,
                                      const struct text *values, size_t count, struct text salt,
                                      struct hash *out);
struct text ledger_salt(struct call *call); /* 32 random bytes */
/* Where something of the content was redacted there is no salt any more but an opening: the keys of
 * what is left and the commitments of what is gone (docs/ledger.md §3). Both functions above take
 * one in place of the salt; what it withholds must then be absent, or "". */
bool ledger_is_opening(struct text salt);
/* The opening of `body` without these members, redacted by that entry, from its salt or an opening it
 * has already. */
MUST_USE enum err ledger_withhold(struct call *call, struct text body, struct text salt,
                                  const struct text *names, size_t count, int64_t entry,
                                 struct text *opening);
/* The index of the entry by which the member was redacted; -1: it was not. */
int64_t ledger_redacted_by(struct call *call, struct text salt, struct text name);

/* ---- the log of one organisation --------------------------------------------------------- */
#define LEDGER_RECORDS 1 /* log_id; carried in every table from the first day */
struct ledger;
/* Declares its tables (for store_plan). */
struct table;
const struct table *ledger_tables(size_t *count);
/* After migration, before the first job: reads the head, checks it against the leaves of the
 * last partial tile and against the fsynced file <folder>/ledger.last (SQLite); refuses with
 * ERR_CONFLICT, code "ledger_shorter", when the store is older than what was signed. Installs
 * the group hooks, of which one makes ledger.last durable before a group is answered: when it cannot
 * be written, nothing is acknowledged. A missing file is a warning in the log. */
MUST_USE enum err ledger_open(struct call *call, struct store *s, struct signer *signer,
                              struct ledger **out);
/* When no job is in flight. */
void ledger_close(struct ledger *l);

struct ledger_event {
    const char *act;            /* record.create, record.change, record.move, auth.login, … */
    struct text actor_type;     /* user, token, command, system */
    struct text actor_id;       /* opaque; never a name or an address */
    struct text
        waiver; /* by which duties did not bind who acted: key and id, with commas; "" */
    struct text actor_for;      /* the person a token or command acts for, "" when itself */
    struct text object_kind;    /* "" when none */
    struct text object_id;
    int64_t object_version;     /* 0 when none */
    bool has_commitment;
    struct hash commitment;     /* docs/ledger.md §3 */
    /* Index of the object's previous entry that carried a commitment, -1 for none. An entry
     * with a commitment must name it; one without may. ledger_verify holds every entry to
     * this. */
    int64_t previous;
    struct hash previous_commitment;
    struct text model;          /* hash of the model in force (hex, 16 characters) */
    struct text request;        /* request id */
    struct text session;        /* opaque id of the session the person acted in; "" when none */
};
/* Only inside a job. Gives the index the entry has when the group commits. */
MUST_USE enum err ledger_append(struct call *call, struct tx *tx, struct ledger *l,
                                const struct ledger_event *event, uint64_t *index);

/* What an entry says, read strictly: false when the bytes are not a canonical entry. Text is as
 * written, escapes and all (ids have none); it lies in `leaf`. */
struct ledger_leaf {
    struct text act, actor_type, actor_id, object_kind, object_id, model, session, time;
    uint64_t index;
    int64_t object_version, moment;
    bool has_commitment;
    struct hash commitment;
};
/* Within a job: grows whenever somebody else may have written since the last group of this process. */
uint64_t ledger_strangers(const struct ledger *l);
bool ledger_leaf_read(struct arena *a, struct text leaf, struct ledger_leaf *out);

/* ---- reading; r is any read connection --------------------------------------------------- */
struct text ledger_origin(const struct ledger *l);
struct text ledger_vkey(struct arena *a, const struct ledger *l);
const unsigned char *ledger_public_key(const struct ledger *l); /* 32 bytes */
/* A secret that follows from the signing key and `what`: the same for as long as the key is, on
 * every server of the organisation, and kept nowhere. From any thread. */
void ledger_derive(const struct ledger *l, struct text what, unsigned char out[32]);
uint64_t ledger_size(const struct ledger *l); /* committed; of this node's last view */
/* As this reader sees it, in its view if it has one. */
MUST_USE enum err ledger_size_seen(struct call *call, struct reader *r, uint64_t *size);
/* The latest (`least` 0), or the first one of at least so many entries. */
MUST_USE enum err ledger_checkpoint(struct call *call, struct reader *r, uint64_t least,
                                    struct text *note);
struct ledger_row {
    uint64_t index;
    struct text leaf;
};
MUST_USE enum err ledger_entries(struct call *call, struct reader *r, uint64_t from,
                                 size_t limit, struct ledger_row **rows, size_t *count);
/* Those below `below`, the newest first. */
MUST_USE enum err ledger_entries_back(struct call *call, struct reader *r, uint64_t below,
                                      size_t limit, struct ledger_row **rows, size_t *count);
/* C2SP tlog-proof text: extra-less proof of inclusion of entry n in the latest checkpoint
 * (`least` 0), or in the first one of at least so many entries. */
MUST_USE enum err ledger_proof(struct call *call, struct reader *r, uint64_t n, uint64_t least,
                               struct text *tlog_proof);
/* Inclusion hashes for (n, size) and consistency hashes for (old, size), from tiles and
 * leaves. */
MUST_USE enum err ledger_inclusion(struct call *call, struct reader *r, uint64_t n,
                                   uint64_t size, struct hash out[64], size_t *count);
MUST_USE enum err ledger_consistency(struct call *call, struct reader *r, uint64_t old_size,
                                     uint64_t size, struct hash out[64], size_t *count);
/* C2SP tlog-tiles: path after /ledger/tile/, e.g. "0/x001/234", "0/001.p/7", "entries/000". */
MUST_USE enum err ledger_tile(struct call *call, struct reader *r, struct text path,
                              struct text *bytes);

/* ---- following: every entry once, in order, believed only when signed -------------------- */
/* A follower stands at the beginning of the log. One thread at a time. */
struct ledger_follower;
struct ledger_follower *ledger_follower_open(const struct ledger *l);
void ledger_follower_close(struct ledger_follower *f); /* NULL is fine */
/* Reads on to the last checkpoint that the reader sees; `each` gets every entry on the way. Only
 * when this is OK may what `each` was told be believed: the signature is good and the root is
 * that of the entries. ERR_CONFLICT, code "ledger_damaged", from then on for ever, otherwise. */
MUST_USE enum err ledger_follow(struct call *call, struct ledger_follower *f, struct reader *r,
                                void (*each)(void *arg, const struct ledger_leaf *leaf),
                                void *arg);

/* ---- holding a row against its entry ----------------------------------------------------- */
/* That an entry committed this object to this content. */
struct ledger_claim {
    int64_t entry;      /* its index, as the row has it; anything may stand there */
    const char *act;    /* NULL: any */
    struct text object_kind, object_id;
    int64_t object_version;
    struct hash commitment;
    struct text model;  /* out, when it is true: what the entry says of the model */
};
/* *yes only when the entry says so and is under the last checkpoint, whose signature is looked at: a
 * row without the key's word is nobody's. Inside a job (tx; r is NULL then) the entries of its own
 * group count too: they are in the memory of this program. Otherwise r, and tx is NULL. No problem is
 * added when the answer is no. */
MUST_USE enum err ledger_attests(struct call *call, struct ledger *l, struct reader *r,
                                 struct tx *tx, struct ledger_claim *claim, bool *yes);

/* ---- verification ------------------------------------------------------------------------ */
struct finding {
    struct text place;   /* "ledger entry 17", "tile 0/3", "checkpoint 1000" */
    struct text what;    /* a sentence */
    struct finding *next;
};
struct verification {
    uint64_t entries, checkpoints, tiles;
    struct hash root;
    struct finding *findings; /* none: intact */
    struct finding **findings_end;
    size_t finding_count;     /* at most 100 are kept */
    struct finding *notes;    /* what was redacted, and by which entry: nothing is wrong with it */
    struct finding **notes_end;
    size_t note_count;        /* at most 100 are kept */
    struct text untold;       /* why part of it could not be judged; "" when all of it was */
};
void verification_start(struct verification *v);
void verification_add(struct call *call, struct verification *v, struct text place,
                      const char *format, ...) PRINTF_LIKE(4, 5);
void verification_note(struct call *call, struct verification *v, struct text place,
                       const char *format, ...) PRINTF_LIKE(4, 5);
/* Recomputes everything from the stored leaves: JSON profile, "n" of every leaf, leaf hashes,
 * tiles, frontier, head, every checkpoint's signature and root, "prev" walk of every object,
 * and, when a note is given, that it is a prefix of this log. ERR_IO when it cannot tell.
 * `each` (may be NULL) sees every leaf that is canonical JSON, in order. Takes a view of its own
 * (read_begin); _within is for a caller who holds one and goes on comparing in it. */
MUST_USE enum err ledger_verify(struct call *call, struct reader *r, struct text origin,
                                const unsigned char public_key[32], struct text note,
                                void (*each)(void *arg, uint64_t n, struct text leaf),
                                void *arg, struct verification *out);
MUST_USE enum err ledger_verify_within(struct call *call, struct reader *r, struct text origin,
                                       const unsigned char public_key[32], struct text note,
                                       void (*each)(void *arg, uint64_t n, struct text leaf),
                                       void *arg, struct verification *out);
/* Checks the file <folder>/ledger.last ("size root": what this machine last knew to be
 * committed) against the store and adds a finding when the store is shorter or another history.
 * The file may lag behind the store, never run ahead of it; a missing file is no finding. Also
 * done by ledger_open. */
MUST_USE enum err ledger_verify_last(struct call *call, struct reader *r, struct text folder,
                                     struct verification *out);
/* Writes it for a folder that was just verified: what is there is what was committed. */
MUST_USE enum err ledger_note_last(struct call *call, struct text folder,
                                   const struct verification *v);
#endif
