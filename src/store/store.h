/* SPDX-License-Identifier: Apache-2.0 */
/* store/store.h — one interface to two databases: reading. Floor 1: knows no kind.
 *
 * A store is one organisation: a folder (SQLite) or a PostgreSQL schema. SQL is constant text
 * with bound values `$1`, `$2`, … in a dialect both databases speak:
 *   integers bigint, numbers `double precision`, text, bytes
 * `blob`(SQLite)/`bytea`(PostgreSQL); moments and dates are text that sorts by time; booleans
 * are 0/1 integers; upsert by `ON CONFLICT (...) DO UPDATE SET … RETURNING`, casts written
 * CAST(x AS text), concatenation ||, LIMIT/OFFSET. Only record/table.c, record/query/ and
 * store/plan*.c build SQL, from names checked by the model.
 *
 * Writing is in store/write.h, which only ledger, journal, access, record, monitor and store
 * include. */
#ifndef STORE_H
#define STORE_H

#include "base/base.h"
#include "format/format.h"

enum value_type { VALUE_NULL, VALUE_INTEGER, VALUE_NUMBER, VALUE_TEXT, VALUE_BYTES };
struct value {
    enum value_type type;
    int64_t integer;
    double number;
    struct text text; /* TEXT and BYTES */
};
#define V_NULL ((struct value){.type = VALUE_NULL})
#define V_INT(i) ((struct value){.type = VALUE_INTEGER, .integer = (i)})
#define V_NUM(d) ((struct value){.type = VALUE_NUMBER, .number = (d)})
#define V_TEXT(t) ((struct value){.type = VALUE_TEXT, .text = (t)})
#define V_BYTES(t) ((struct value){.type = VALUE_BYTES, .text = (t)})

struct store;
enum store_kind { STORE_SQLITE, STORE_POSTGRES };
/* `where` is a folder, or a URL "postgres://user:pw@host:port/db?schema=aims" (schema defaults to
 * "aimwell"; it is created when absent). SQLite: the folder is made (0700) when `create`, is
 * locked against a second process (ERR_CONFLICT with a problem that names it), and holds
 * aimwell.db and files/. WAL, synchronous=FULL, foreign_keys, trusted_schema=OFF, DEFENSIVE,
 * cell_size_check, secure_delete; only the writer checkpoints. PostgreSQL: nothing is locked.
 * ERR_MISSING when it does not exist and create is false. ERR_IO with the reason otherwise. */
MUST_USE enum err store_open(struct call *call, struct text where, bool create,
                             struct store **out);
/* Only to look, also while a server writes: no lock, no writer, nothing is made. Every submit answers
 * ERR_IO. For verification. */
MUST_USE enum err store_open_reading(struct call *call, struct text where, struct store **out);
/* Stops the writer: the group that runs finishes, queued jobs are answered ERR_IO, and so is every
 * one that comes later; `done` of none is called after it returns. Reading goes on. Comes before
 * anything that jobs point to is freed. Twice is fine. */
void store_stop(struct store *s);
/* store_stop, then checkpoints and closes. */
void store_close(struct store *s);
enum store_kind store_kind(const struct store *s);
struct text store_folder(const struct store *s); /* "" for PostgreSQL */
/* True once a write failed on the storage path; from then on every write answers ERR_IO. SQLite: until
 * the writer, which tries again by itself after 1 s, then 2, 4, … 30 s, has opened the database anew, found
 * it as it was acknowledged and written to it. PostgreSQL: until the next group succeeds; do submit. */
bool store_failing(const struct store *s);
/* SQLite: the folder is a copy of one that was in use when it was copied (its database is another
 * file than the one that was not closed). It may be torn: pages of different moments, files that
 * are missing. Opening it looks at its structure (ERR_CONFLICT, code "torn"); whether its content
 * is whole only the ledger can tell. */
bool store_copied(const struct store *s);
/* SQLite: the folder came out of a backup, and nobody has said yet that the organisation lives
 * here and nowhere else. A file of this name tells it. Nothing goes out by itself until then.
 */
#define STORE_RESTORED "restored"
bool store_restored(const struct store *s);
/* It is said: the file is gone for good, or ERR_IO. */
MUST_USE enum err store_restored_end(struct call *call, struct store *s);
/* The ledger has told: from now on it is a store like any other. */
MUST_USE enum err store_copy_is_whole(struct call *call, struct store *s);
int64_t store_writes(const struct store *s);  /* commits since start, for /metrics */
/* A consistent copy of the SQLite database into one new file (0600), while the store is in use;
 * deleted content is not in it, nor are the files. ERR_CONFLICT, code "exists", when `file`
 * is there already; PostgreSQL: ERR_INVALID with a problem that says to use pg_dump. */
MUST_USE enum err store_backup(struct call *call, struct store *s, const char *file);

/* ---- reading ----------------------------------------------------------------------------- */
struct reader; /* a read connection; one thread at a time */
/* Borrow from a pool (opened on demand, at most 128); blocks when all are out. */
struct reader *store_reader(struct store *s);
void store_return(struct store *s, struct reader *r);
/* All that is read until it is returned must be done by then (clock_ticks): a statement that
 * still runs is stopped, a later one refused, with ERR_SLOW. Many short statements can then not
 * take longer together than one may. 0: each statement has its own time and no more. */
void reader_until(struct reader *r, int64_t ticks);

struct rows {
    size_t count, columns;
    struct value *cells; /* row after row */
};
/* Everything in the arena. More than `most` rows is ERR_TOO_LARGE. Statements are prepared once
 * per connection and kept (keyed by the text of sql). SQLite: a statement that runs over 10 s is
 * interrupted; PostgreSQL: statement_timeout 10 s; both give ERR_SLOW, code "too_slow". A wrong
 * statement is ERR_BUG and logged with the database's own words. */
MUST_USE enum err read_rows(struct call *call, struct reader *r, const char *sql,
                            const struct value *values, size_t value_count, size_t most,
                            struct rows *out);
#define READ_MOST 100000
/* A question about many things at once, in few statements: `head` ends before the list of them
 * and `tail` begins after it, in which they are column1, column2, …: "SELECT … JOIN (VALUES"
 * and ") v ON t.a = v.column1". At most one row for each is expected; more is ERR_TOO_LARGE. */
MUST_USE enum err read_many_rows(struct call *call, struct reader *r, const char *head,
                                 const char *tail, const struct value *values, size_t columns,
                                 size_t rows, struct rows *out);
static inline const struct value *row_at(const struct rows *rows, size_t row)
{
    return rows->cells + row * rows->columns;
}
/* One consistent view over several statements. Pairs; nesting is a bug. */
MUST_USE enum err read_begin(struct call *call, struct reader *r);
void read_end(struct reader *r);
/* Small facts about the store itself (table `meta`). ERR_MISSING, without a problem, and ""
 * when the name was never written. */
MUST_USE enum err meta_read(struct call *call, struct reader *r, const char *name,
                            struct text *value);

/* ---- guests: statements from files that anybody may write -------------------------------- */
/* What they may read: tables by name, each with its columns. `hides`: the table has others, and
 * all that is read of it must be named (t.column, never * or the row). Lives in the arena. */
struct guest;
struct guest *guest_in(struct arena *a);
void guest_allow(struct guest *g, struct text table, const struct text *columns, size_t count,
                 bool hides);
bool guest_knows(const struct guest *g, struct text table);
/* Whether the statement reads these and nothing else, whatever database it is put to; *why says
 * what is wrong with it (in a, English, for whoever writes the file), "" when nothing is. */
bool guest_check(struct arena *a, const struct guest *g, struct text sql, struct text *why);
/* The same, and remembers those that are good: read_guest takes them as they are. While the
 * guest is being made, by one thread. */
bool guest_learn(const struct guest *g, struct arena *scratch, struct text sql,
                 struct text *why);
/* The tables that a good statement reads, once for each time it names one. kind: of a table
 * that has rows of every kind, the one that it asks for (`x.kind = 'risk'`, `x.from_kind =
 * 'risk'`, and nothing beside it would do); "" = of any. */
struct guest_read {
    struct text table, kind;
};
size_t guest_reads(struct arena *a, const struct guest *g, struct text sql,
                   struct guest_read **out);
/* The highest $n that occurs in it, of $1 to $6: it is given no more values than it can use. */
size_t guest_parameters(const char *sql);
/* read_rows for such a statement: looked at again, and held to the list by SQLite itself.
 * ERR_BUG, code "guest", when it asks for more. */
MUST_USE enum err read_guest(struct call *call, struct reader *r, const struct guest *g,
                             const char *sql, const struct value *values, size_t value_count,
                             size_t most, struct rows *out);

/* ---- search over folded words (format: words_for_query) ---------------------------------- */
struct search_hit {
    struct text kind, id;
    double rank; /* smaller is better */
};
/* Both stores find the same, in the same order: fewest words in the document first. All words
 * must occur; the last one may be a prefix when it has >= 2 characters. Words that were not
 * folded find nothing. kind "" = all. Best first, at most `most`. */
MUST_USE enum err read_search(struct call *call, struct reader *r, struct text kind,
                              struct text words, size_t most, struct search_hit **hits,
                              size_t *count);

/* The same question for a statement of one's own, over search_doc (and search_words on SQLite), in
 * the database's own spelling: "" when nothing can be found by it. */
MUST_USE enum err read_search_query(struct call *call, struct reader *r, struct text words,
                                    struct text *query);

/* The same question of one document of SQLite alone: its words, with a space before and after
 * them, are LIKE each of the patterns. Of words by which something can be found. */
void store_search_patterns(struct arena *a, struct text words, struct text **patterns,
                           size_t *count);

/* ---- files: evidence bytes, content-addressed by SHA-256 (hex) --------------------------- */
/* SQLite: files/ab/cdef…; PostgreSQL: rows of 1 MiB chunks. Re-hashed on reading: a changed byte
 * is ERR_IO with code "file_damaged". ERR_MISSING when absent. */
MUST_USE enum err file_read(struct call *call, struct store *s, struct text hash_hex,
                            struct text *bytes);
/* Written to a temporary name, fsynced, re-read and hashed, renamed, folder fsynced; only then
 * OK. The same bytes twice is OK and one file. The row that refers to it is the caller's. */
MUST_USE enum err file_write(struct call *call, struct store *s, struct text bytes,
                             struct text *hash_hex);
/* Names (hex) of every stored file, for deep verification. */
MUST_USE enum err file_list(struct call *call, struct store *s, struct text **names,
                            size_t *count);

/* ---- what does not belong here ----------------------------------------------------------- */
struct table;
struct oddity {
    struct text name, what;
    bool table; /* a table with rows: one of another model, perhaps */
    struct oddity *next;
};
/* Triggers, views, rules, tables with rows that the declared tables do not account for, and declared
 * append-only tables whose guards are gone. NULL when there is none. */
MUST_USE enum err store_foreign(struct call *call, struct reader *r, const struct table *tables,
                                size_t count, struct oddity **out);
#endif
