/* SPDX-License-Identifier: Apache-2.0 */
/* store/internal.h — what the files of this folder share: the store, its links and its drivers.
 *
 * The one idea: a driver is a table of functions over a link (one database connection); all
 * that both databases do alike (pool, groups, checks of values, planning) is written once above
 * it. Invariants: a link is used by one thread at a time; the writer's link only by the writer.
 */
#ifndef STORE_INTERNAL_H
#define STORE_INTERNAL_H

#include "store/write.h"

#include <pthread.h>
#include <stdatomic.h>

/* ---- cache: prepared statements of one link, keyed by the text of their SQL -------------- */
#define CACHE_BUCKETS 256
#define CACHE_MOST 512
struct prepared {
    struct prepared *next;
    uint64_t hash;
    char *sql;
    size_t sql_len;
    void *handle;    /* SQLite: the statement */
    uint64_t number; /* PostgreSQL: the server knows it as a<number> */
    unsigned *slots; /* SQLite: which $n each parameter is; PostgreSQL: type of each $n */
    size_t slot_count;
};
struct cache {
    struct prepared *bucket[CACHE_BUCKETS];
    size_t count;
};
/* The first entry for sql after `after` (NULL: from the start); NULL when there is none. */
struct prepared *cache_find(const struct cache *c, struct text sql,
                            const struct prepared *after);
struct prepared *cache_add(struct cache *c, struct text sql, size_t slot_count);
void cache_drop(struct cache *c, struct prepared *p, void (*release)(void *handle));
void cache_clear(struct cache *c, void (*release)(void *handle));

/* ---- link: one connection; every driver's own struct begins with it ---------------------- */
enum link_use { LINK_READ, LINK_WRITE };
struct link {
    struct store *store;
    enum link_use use;
    struct cache cache;
    const struct guest *guest; /* readers: whose statement runs; NULL: the engine's own */
    int64_t until; /* readers: ticks by which all of this borrowing must be done; 0: no such */
    bool failed; /* the storage path broke under this link; for a writer: fail-stop */
    bool purge;  /* a writer: what was deleted is to go from the journal too */
    bool astray; /* an error came that was not of the job that runs; cleared by `begin` */
};

struct plan_dialect {
    /* Rows (table, column, type, not null, place in the primary key or 0). */
    const char *columns;
    /* Rows (table, index, unique, "a, b"); only those made by CREATE INDEX. */
    const char *indexes;
    /* Rows (table): those that refuse UPDATE and DELETE. */
    const char *guarded;
    const char *type[4];        /* as `columns` answers, by enum column_type */
    const char *declaration[4]; /* as CREATE TABLE wants it */
    const char *table_end;      /* after the closing parenthesis */
    const char *lock;           /* so that two nodes never plan at once; NULL when needless */
    struct text (*guard)(struct arena *a, struct text table);
    /* Lifts it within the transaction, and puts it back to the letter. */
    struct text (*unguard)(struct arena *a, struct text table);
    struct text (*reguard)(struct arena *a, struct text table);
    /* Rows (type, name, table, text) of all that could act or be read in our place: type is table,
     * view, trigger, or anything else that acts. */
    const char *objects;
    const char *own_tables; /* those the store makes for itself, with spaces between */
    size_t guards;          /* triggers that make one table append-only */
    bool (*is_guard)(struct arena *a, struct text table, struct text name, struct text text);
};

struct driver {
    enum store_kind kind;
    struct plan_dialect plan;
    /* Makes `where` usable and sets the driver's part of the store; connects nothing yet. */
    enum err (*open)(struct call *call, struct store *s, struct text where, bool create);
    void (*close)(struct store *s);
    enum err (*connect)(struct call *call, struct store *s, enum link_use use,
                        struct link **out);
    void (*disconnect)(struct link *link);
    bool (*alive)(struct link *link); /* a cheap look, between uses */
    /* Inside a transaction: something that has to be written though nothing changes. NULL: no need. */
    enum err (*prove)(struct call *call, struct link *link);
    /* Is there room to go on with after the disk was full? NULL: it cannot be known. */
    bool (*room)(const struct store *s);
    /* After connecting to a folder that is a copy of one in use. NULL: there are none. */
    enum err (*whole)(struct call *call, struct link *link);
    /* Once after the writer connected: the store's own tables (meta, search, files). */
    enum err (*furnish)(struct call *call, struct link *link);
    enum err (*rows)(struct call *call, struct link *link, const char *sql,
                     const struct value *values, size_t value_count, size_t most,
                     struct rows *out);
    enum err (*exec)(struct call *call, struct link *link, const char *sql,
                     const struct value *values, size_t value_count, int64_t *changed);
    enum err (*script)(struct call *call, struct link *link, const char *sql);
    enum err (*view_begin)(struct call *call, struct link *link);
    void (*view_end)(struct link *link);
    /* The writer's transaction, in this order. settle: wait for all that is queued; a job that
     * was kept has held only when a settle after it is OK. */
    enum err (*begin)(struct call *call, struct link *link);
    enum err (*settle)(struct call *call, struct link *link);
    enum err (*job_begin)(struct call *call, struct link *link);
    enum err (*job_keep)(struct call *call, struct link *link);
    enum err (*job_undo)(struct call *call, struct link *link);
    void (*jobs_end)(struct link *link); /* what fails from here on is astray; until commit */
    enum err (*commit)(struct call *call, struct link *link);
    void (*rollback)(struct link *link);
    void (*rest)(struct link *link); /* after the answers: checkpoint */
    enum err (*search_put)(struct call *call, struct tx *tx, struct text kind, struct text id,
                           struct text words, int64_t word_count);
    const char *search; /* $1 query, $2 kind, $3 most; rows (kind, id, rank) */
    /* How the query language writes one word, and what joins two. */
    struct text (*search_word)(struct arena *a, struct text word, bool prefix);
    const char *search_and;
    enum err (*file_read)(struct call *call, struct store *s, struct text name,
                          struct text *bytes);
    enum err (*file_write)(struct call *call, struct store *s, struct text name,
                           struct text bytes);
    enum err (*file_list)(struct call *call, struct store *s, struct text **names,
                          size_t *count);
    enum err (*backup)(struct call *call, struct store *s, const char *file);
};
extern const struct driver store__sqlite, store__postgres;

/* ---- the store --------------------------------------------------------------------------- */
/* More than threads that read (api/lanes.c), so that none waits for another; opened on demand. */
#define READERS_MOST 128
struct reader {
    struct store *store;
    struct link *link; /* NULL: could not be opened; the next read tries again */
    struct reader *next;
    bool view; /* between read_begin and read_end */
    int64_t until; /* see reader_until */
    const struct guest *guest;
};
struct tx {
    struct store *store;
    struct link *link;
    enum err spent; /* the error after which this savepoint is good for nothing */
};
struct search_note; /* a document to index when the group ends (search.c) */
struct counter;     /* a count of which this group took numbers (number.c) */
struct writer {
    struct search_note *notes, **notes_end; /* of the jobs of this group that stand */
    struct counter *counters;
    bool careful; /* each job of this group is settled before the next begins */
    pthread_t thread;
    atomic_bool started;
    bool behind; /* what tells of the last commit could not be written: nothing is acknowledged */
    bool lost;   /* what was acknowledged is not there: no further attempt */
    int64_t again, pause; /* ticks of the next attempt to go on, and microseconds to the one after */
    pthread_mutex_t lock; /* guards the queue, closing and hooks */
    pthread_cond_t wake;
    struct job *first, *last;
    size_t waiting;
    bool closing;
    struct group_hooks hooks;
    struct arena *arena;
    struct tx tx;
};
struct store {
    const struct driver *driver;
    struct arena *arena; /* what the store keeps for its life; store_open fills it */
    struct text folder;  /* SQLite */
    int lock_file;
    bool copied; /* see store_copied */
    atomic_bool restored;    /* see store_restored */
    struct text url, schema; /* PostgreSQL; the url without its schema */
    bool create;
    bool reading; /* only looked at: no lock, no writer */
    pthread_mutex_t pool_lock;
    pthread_cond_t pool_free;
    struct reader *idle;
    size_t readers; /* opened, idle or lent */
    struct writer writer;
    atomic_bool failing;
    atomic_bool foreign; /* another program wrote: nothing mends that but a new start */
    atomic_llong writes;
};

/* A read that runs longer is stopped. Microseconds; tests lower it before store_open. */
extern atomic_llong store__slow_after;
/* How long a group may run jobs. Microseconds; tests change it so as not to depend on time. */
extern atomic_llong store__group_time;

/* Refuses what only one of the databases would take: text that is not UTF-8 or holds NUL, and
 * numbers that are not finite. */
enum err store__check_values(struct call *call, const struct value *values, size_t count);

/* SQLITE_OK or SQLITE_DENY, for SQLite's authorizer (guest.c). */
int store__guest_authorize(const struct guest *g, int action, const char *first,
                           const char *second);

/* Takes back what a first attempt said, when a second one says it again or succeeds. */
struct mark {
    struct problem **end;
    size_t count;
};
struct mark store__mark(const struct call *call);
void store__unsay(struct call *call, struct mark mark);

/* Sentences that both drivers give alike. */
enum err store__failed(struct call *call);   /* ERR_IO, "storage" */
/* The same, or "another_program" once another program wrote into the database: nothing mends that. */
enum err store__failed_of(struct call *call, const struct store *s);
enum err store__too_slow(struct call *call); /* ERR_SLOW, "too_slow" */
enum err store__exists(struct call *call);   /* ERR_CONFLICT, "exists" */
enum err store__refused(struct call *call);  /* ERR_CONFLICT, "refused": a constraint */
enum err store__append_only(struct call *call);
enum err store__busy(struct call *call); /* ERR_BUSY, "busy" */
enum err store__too_many(struct call *call, size_t most);
enum err store__bug(struct call *call, const char *sql, const char *words);
enum err store__lost(struct call *call, const char *what, const char *words); /* logs; ERR_IO */

enum err store__writer_start(struct call *call, struct store *s);

/* ---- the folder of a SQLite store (folder.c) --------------------------------------------- */
enum err store__folder_open(struct call *call, struct store *s, struct text where, bool create);
void store__folder_close(struct store *s); /* notes that it was closed in order, unless failing */
bool store__folder_room(const struct store *s); /* more than a group is likely to need */
/* fsync of a folder, checked: SQLite ignores when it fails. */
enum err store__sync_folder(struct call *call, const char *path);
enum err store__sync_parent(struct call *call, const char *path);
enum err store__make_folder(struct call *call, const char *path);
/* The bytes of a file; ERR_MISSING without a problem when it is not there. */
enum err store__file_bytes(struct call *call, const char *path, struct text *bytes);
enum err store__file_bytes_at(struct call *call, int folder, const char *name, const char *path,
                              struct text *bytes);
/* Path of a name inside the store's folder, in the call's arena. */
const char *store__path(struct call *call, const struct store *s, const char *name);

/* ---- files and search, by driver --------------------------------------------------------- */
enum err store__file_damaged(struct call *call, struct text name);
enum err store__folder_file_read(struct call *, struct store *, struct text, struct text *);
enum err store__folder_file_write(struct call *, struct store *, struct text, struct text);
enum err store__folder_file_list(struct call *, struct store *, struct text **, size_t *);
enum err store__chunk_file_read(struct call *, struct store *, struct text, struct text *);
enum err store__chunk_file_write(struct call *, struct store *, struct text, struct text);
enum err store__chunk_file_list(struct call *, struct store *, struct text **, size_t *);
enum err store__sqlite_backup(struct call *call, struct store *s, const char *file);

enum err store__sqlite_search_put(struct call *, struct tx *, struct text, struct text,
                                  struct text, int64_t);
enum err store__postgres_search_put(struct call *, struct tx *, struct text, struct text,
                                    struct text, int64_t);
/* Several documents, no two of them the same. */
struct search_note {
    struct text kind, id, words;
    int64_t size; /* in words */
    struct search_note *next;
};
enum err store__postgres_search_many(struct call *call, struct tx *tx,
                                     const struct search_note *const *notes, size_t count);
struct text store__sqlite_search_word(struct arena *a, struct text word, bool prefix);
struct text store__postgres_search_word(struct arena *a, struct text word, bool prefix);
/* FTS5 writes its buffer out at every savepoint, and PostgreSQL takes many at once for less, so
 * documents wait for the end of the group. */
void store__search_begin(struct writer *w);
void store__search_undo(struct writer *w, struct search_note **end); /* back to where a job began */
enum err store__search_flush(struct call *call, struct tx *tx);
/* Numbers given out live in memory until the end of the group. */
void store__numbers_begin(struct writer *w);
void store__numbers_job(struct writer *w);
void store__numbers_undo(struct writer *w); /* back to where the job began */
enum err store__numbers_flush(struct call *call, struct tx *tx);
extern const char store__sqlite_search[], store__postgres_search[];
extern const char store__sqlite_search_tables[], store__postgres_search_tables[];

struct text store__sqlite_guard(struct arena *a, struct text table);
struct text store__sqlite_unguard(struct arena *a, struct text table);
struct text store__postgres_unguard(struct arena *a, struct text table);
struct text store__postgres_reguard(struct arena *a, struct text table);
struct text store__postgres_guard(struct arena *a, struct text table);
struct text store__postgres_schema(struct arena *a, struct text schema); /* makes it */
/* The schema of a session, and after how many milliseconds a statement is too slow. */
struct text store__postgres_session(struct arena *a, struct text schema, long long slow);
bool store__sqlite_is_guard(struct arena *, struct text table, struct text name, struct text);
bool store__postgres_is_guard(struct arena *, struct text table, struct text name, struct text);
extern const char store__sqlite_objects[], store__postgres_objects[];
extern const char store__sqlite_columns[], store__sqlite_indexes[], store__sqlite_guarded[];
extern const char store__postgres_columns[], store__postgres_indexes[],
    store__postgres_guarded[];

#endif
