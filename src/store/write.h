/* SPDX-License-Identifier: Apache-2.0 */
/* store/write.h — changing rows. Only store, ledger, journal, access, record and monitor may
 * include it: tools/floors.sh fails the build otherwise. That is what makes the one door a
 * door.
 *
 * One writer thread owns the one write connection. Jobs queue (bounded at 10,000: ERR_BUSY);
 * the writer takes all that wait, at most 1,000 or 20 ms of work, and runs them in one
 * transaction, each in its own savepoint, so that a refused job rolls back alone. After COMMIT
 * every job of the group is answered; before it, none. Any write error (not a refusal) fails
 * the whole group with ERR_IO, marks the store as failing and stops acknowledging until a new
 * connection of the writer has proved that what was acknowledged is there and that it can write
 * (store_failing). */
#ifndef STORE_WRITE_H
#define STORE_WRITE_H

#include "store/store.h"

struct tx; /* the open write transaction; only on the writer thread */

struct job {
    /* Runs inside the transaction and its savepoint. Anything but OK rolls the savepoint back.
     * `call` is the job's own: its problems are what the caller will see. */
    enum err (*run)(struct job *job, struct call *call, struct tx *tx);
    /* After the outcome is final, on the writer thread; must be quick. */
    void (*done)(struct job *job, enum err outcome);
    struct call *call;
    void *arg;
    struct job *next;
    enum err outcome; /* the writer's; do not touch */
    /* `run` may be called a second time, as if the first had never been: it keeps nothing of it
     * in memory. PostgreSQL then need not be waited for at the end of each job: when a
     * statement of an earlier one turns out to have failed, the group is rolled back and run
     * again, job by job. */
    bool again;
};
/* Hands over; never blocks. OK, or ERR_BUSY / ERR_IO and `done` is not called. */
MUST_USE enum err store_submit(struct store *s, struct job *job);
/* The same without a word on the job's call, for one who hands over several jobs whose calls share
 * an arena: from the first on it is the writer's. store_turned_away says the words when all are back. */
MUST_USE enum err store_offer(struct store *s, struct job *job);
enum err store_turned_away(struct call *call, const struct store *s, enum err e);
/* Submits and waits: for commands and worker threads. Not from the writer thread. */
MUST_USE enum err store_run(struct store *s, struct call *call,
                            enum err (*run)(struct job *, struct call *, struct tx *),
                            void *arg);
/* What happens at the edges of every group; set once before the first job by the ledger.
 * begin: after BEGIN, before the first job. seal: after the last job, before COMMIT; not called when
 * no job succeeded (the group is rolled back). done: after COMMIT (ok) or rollback. */
struct group_hooks {
    enum err (*begin)(void *arg, struct call *call, struct tx *tx);
    enum err (*seal)(void *arg, struct call *call, struct tx *tx);
    void (*done)(void *arg, bool committed);
    /* After `done` of a commit, before anybody is answered: makes known outside the database that
     * the group stands. Not OK: nobody is answered OK, and the store is failing. May be NULL. */
    enum err (*attest)(void *arg, struct call *call);
    /* In the first transaction of a new connection, after the storage failed: is everything there
     * that was acknowledged? ERR_CONFLICT: it is not, and no further attempt is made. May be NULL. */
    enum err (*resume)(void *arg, struct call *call, struct tx *tx);
    void (*job_undone)(void *arg); /* a job's savepoint was rolled back */
    /* A job's savepoint was opened; may set the time of its call, which all it writes has. */
    void (*job_begin)(void *arg, struct call *call);
    void *arg;
};
void store_hooks(struct store *s, const struct group_hooks *hooks);

/* ---- inside a job ------------------------------------------------------------------------ */
/* Reads see the transaction's own changes. */
MUST_USE enum err tx_rows(struct call *call, struct tx *tx, const char *sql,
                          const struct value *values, size_t value_count, size_t most,
                          struct rows *out);
/* *changed may be NULL. A unique violation is ERR_CONFLICT with code "exists" (the savepoint is
 * then spent: return the error). On PostgreSQL, when `changed` is NULL the statement may be
 * queued in the pipeline and its error surface at the next read, at the end of the job or, when
 * all jobs of the group may run again, at its end. */
MUST_USE enum err tx_exec(struct call *call, struct tx *tx, const char *sql,
                          const struct value *values, size_t value_count, int64_t *changed);
/* The same statement for `rows` rows of `columns` values each, in few statements: `head` ends
 * before the list of rows, `tail` begins after it. "INSERT INTO t (a, b) VALUES" and "". */
MUST_USE enum err tx_many(struct call *call, struct tx *tx, const char *head, const char *tail,
                          const struct value *values, size_t columns, size_t rows);
/* As read_many_rows. */
MUST_USE enum err tx_many_rows(struct call *call, struct tx *tx, const char *head,
                               const char *tail, const struct value *values, size_t columns,
                               size_t rows, struct rows *out);
/* Runs a part of a job in a savepoint of its own; refused, it leaves nothing in the database.
 * Only for a job that is going to be refused as a whole (a rehearsal): what is kept in memory
 * beside the database (ledger entries, numbers, documents) goes back with the job, not with
 * the part. The job must not have `again`. */
MUST_USE enum err tx_part(struct call *call, struct tx *tx,
                          enum err (*run)(void *arg, struct call *call, struct tx *tx),
                          void *arg);
/* The next number of a count in the table `sequence` (kind, last), from 1, without gaps: a
 * refused job gives its number back. The table is behind until the group ends; nothing else may
 * write it. */
MUST_USE enum err tx_next(struct call *call, struct tx *tx, struct text kind, int64_t *number);
MUST_USE enum err tx_search_put(struct call *call, struct tx *tx, struct text kind,
                                struct text id, struct text words);
/* The same at once and not with the group: for many documents in one job, whose words need not wait
 * in memory. */
MUST_USE enum err tx_search_now(struct call *call, struct tx *tx, struct text kind,
                                struct text id, struct text words); /* replaces */
MUST_USE enum err meta_write(struct call *call, struct tx *tx, const char *name,
                             struct text value); /* replaces; read by meta_read */
struct store *tx_store(struct tx *tx);
/* Several statements of trusted SQL (migration): split by the driver. */
MUST_USE enum err tx_script(struct call *call, struct tx *tx, const char *sql);

/* ---- what the law wants gone: for redaction alone ------------------------------------------ */
/* Rows of an append-only table may be altered until tx_reguard, within this transaction. */
MUST_USE enum err tx_unguard(struct call *call, struct tx *tx, struct text table);
MUST_USE enum err tx_reguard(struct call *call, struct tx *tx, struct text table);
/* What this group deletes or replaces, and words that documents had before, shall not be found in the
 * files of a SQLite store afterwards: the index of words is written anew as the group ends, and the
 * journal emptied as soon as no reader looks at it. */
void tx_purge(struct tx *tx);
/* The bytes of a file that no row names any more: PostgreSQL deletes them in the transaction,
 * file_forget in a folder once it has committed (a crash in between leaves them lying there). */
MUST_USE enum err tx_file_forget(struct call *call, struct tx *tx, struct text hash_hex);
void file_forget(struct call *call, struct store *s, struct text hash_hex);

/* ---- migration: tables declared as data, planned against what is there ------------------- */
enum column_type { COLUMN_INTEGER, COLUMN_NUMBER, COLUMN_TEXT, COLUMN_BYTES };
struct column {
    struct text name;
    struct text was;         /* former name, "" when never renamed */
    enum column_type type;
    bool not_null;           /* new NOT NULL columns on existing tables need fill */
    struct text fill;        /* SQL literal default for existing rows: "0", "''" */
};
struct index {
    struct text name;        /* unique in the store */
    struct text columns;     /* "kind, at" */
    bool unique;
    struct text
        filled; /* a column: only rows in which it is not empty are in the index; "": all are */
};
struct table {
    struct text name;
    struct text primary;     /* "id" or "log_id, idx" */
    const struct column *columns;
    size_t column_count;
    const struct index *indexes;
    size_t index_count;
    bool append_only;        /* triggers refuse UPDATE and DELETE */
    struct text was;         /* its former name, "" when it never had another */
};
struct plan_step {
    struct text what;        /* for people: "add column risk.velocity" */
    struct text sql;
    struct plan_step *next;
};
/* What would make the store match the tables: create, add column, rename (by `was`), indexes. Never drops. A
 * column that exists with another type is ERR_CONFLICT with a problem. Planning twice after
 * applying plans nothing. */
MUST_USE enum err store_plan(struct call *call, struct tx *tx, const struct table *tables,
                             size_t count, struct plan_step **steps);
MUST_USE enum err store_migrate(struct call *call, struct tx *tx, const struct plan_step *steps);
#endif
