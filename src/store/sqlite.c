/* SPDX-License-Identifier: Apache-2.0 */
/* store/sqlite.c — the embedded database: connections, statements, errors, checkpoints.
 *
 * One connection writes and it alone checkpoints; readers never do (that removes the
 * precondition of the WAL-reset fault in SQLite before 3.51.3). Invariants: a statement is
 * reset before its function returns; on the writer, any error of the storage path sets
 * link.failed, after which the WAL is left as it is for the next start to recover. */
#include "store/internal.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define CHECKPOINT_PAGES 1000
#define STEPS_BETWEEN_LOOKS 4000

struct sqlite {
    struct link link;
    sqlite3 *db;
    int64_t deadline; /* readers: ticks after which a statement is stopped */
    bool in_group;
    int64_t others; /* the writer's: changes when another connection commits; 0 at first */
    int wal_pages;     /* in the WAL after the last commit */
    int checkpoint_at; /* pages at which to try next */
};

static struct sqlite *sqlite_of(struct link *link)
{
    return (struct sqlite *)link;
}

/* ---- errors ------------------------------------------------------------------------------ */
static bool is_storage(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_CORRUPT:
    case SQLITE_READONLY:
    case SQLITE_NOTADB:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_PERM:
    case SQLITE_NOLFS:
        return true;
    default:
        return false;
    }
}

static enum err constraint(struct call *call, struct sqlite *q, const char *sql)
{
    switch (sqlite3_extended_errcode(q->db)) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
        return store__exists(call);
    case SQLITE_CONSTRAINT_TRIGGER:
        return store__append_only(call);
    case SQLITE_CONSTRAINT_DATATYPE:
        return store__bug(call, sql, sqlite3_errmsg(q->db));
    default:
        return store__refused(call);
    }
}

static enum err fault(struct call *call, struct sqlite *q, const char *sql, int rc)
{
    bool writes = q->link.use == LINK_WRITE;

    /* Some errors end the whole transaction; the group cannot go on without it. */
    if (writes && q->in_group && sqlite3_get_autocommit(q->db))
        q->link.failed = true;
    if (!writes && (rc & 0xff) == SQLITE_READONLY)
        return store__bug(call, sql, sqlite3_errmsg(q->db));
    if (is_storage(rc))
        q->link.failed = true;
    if (q->link.failed)
        return store__lost(call, sql, sqlite3_errmsg(q->db));
    switch (rc & 0xff) {
    case SQLITE_CONSTRAINT:
        return constraint(call, q, sql);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return store__busy(call);
    case SQLITE_INTERRUPT:
        return store__too_slow(call);
    case SQLITE_TOOBIG:
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large", "%s",
                       say(call, "larger than the store can hold"));
    case SQLITE_NOMEM:
        panic("out of memory");
    default:
        return store__bug(call, sql, sqlite3_errmsg(q->db));
    }
}

/* ---- statements -------------------------------------------------------------------------- */
static void finalize(void *statement)
{
    sqlite3_finalize(statement);
}

/* Which $n each parameter is: the same number may occur twice, and in any order. */
static bool read_slots(sqlite3_stmt *statement, struct prepared *p)
{
    for (size_t i = 0; i < p->slot_count; i++) {
        struct text name = text_of(sqlite3_bind_parameter_name(statement, (int)i + 1));
        int64_t n;
        if (!text_starts(name, "$") || !text_integer(text_from(name, 1), &n) || n < 1)
            return false;
        p->slots[i] = (unsigned)n;
    }
    return true;
}

static enum err prepare(struct call *call, struct sqlite *q, const char *sql,
                        struct prepared **out)
{
    struct text key = text_of(sql);
    sqlite3_stmt *statement = NULL;
    const char *tail = NULL;
    struct prepared *p;
    int rc;

    *out = cache_find(&q->link.cache, key, NULL);
    if (*out != NULL)
        return OK;
    rc = sqlite3_prepare_v3(q->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, &tail);
    if (rc != SQLITE_OK)
        return fault(call, q, sql, rc);
    if (statement == NULL || text_trim(text_of(tail)).len > 0) {
        sqlite3_finalize(statement);
        return store__bug(call, sql, "not exactly one statement");
    }
    if (q->link.cache.count >= CACHE_MOST)
        cache_clear(&q->link.cache, finalize);
    p = cache_add(&q->link.cache, key, (size_t)sqlite3_bind_parameter_count(statement));
    p->handle = statement;
    if (!read_slots(statement, p)) {
        cache_drop(&q->link.cache, p, finalize);
        return store__bug(call, sql, "placeholders are $1, $2, …");
    }
    *out = p;
    return OK;
}

static int bind_one(sqlite3_stmt *statement, int at, const struct value *v)
{
    /* A null pointer would bind NULL, and empty is not NULL. */
    const char *bytes = v->text.len > 0 ? v->text.at : "";

    switch (v->type) {
    case VALUE_INTEGER:
        return sqlite3_bind_int64(statement, at, v->integer);
    case VALUE_NUMBER:
        return sqlite3_bind_double(statement, at, v->number);
    case VALUE_TEXT:
        return sqlite3_bind_text64(statement, at, bytes, v->text.len, SQLITE_STATIC,
                                   SQLITE_UTF8);
    case VALUE_BYTES:
        return sqlite3_bind_blob64(statement, at, bytes, v->text.len, SQLITE_STATIC);
    case VALUE_NULL:
    default:
        return sqlite3_bind_null(statement, at);
    }
}

static enum err bind(struct call *call, struct sqlite *q, const char *sql,
                     const struct prepared *p, const struct value *values, size_t count)
{
    for (size_t i = 0; i < p->slot_count; i++) {
        int rc;
        if (p->slots[i] > count)
            return store__bug(call, sql, "a placeholder has no value");
        rc = bind_one(p->handle, (int)i + 1, &values[p->slots[i] - 1]);
        if (rc != SQLITE_OK)
            return fault(call, q, sql, rc);
    }
    return OK;
}

static void release(struct prepared *p)
{
    sqlite3_reset(p->handle);
    sqlite3_clear_bindings(p->handle);
}

/* ---- rows -------------------------------------------------------------------------------- */
static struct value column(struct arena *a, sqlite3_stmt *statement, int i)
{
    struct text t;

    switch (sqlite3_column_type(statement, i)) {
    case SQLITE_INTEGER:
        return V_INT(sqlite3_column_int64(statement, i));
    case SQLITE_FLOAT:
        return V_NUM(sqlite3_column_double(statement, i));
    case SQLITE_TEXT:
        t.at = (const char *)sqlite3_column_text(statement, i);
        t.len = (size_t)sqlite3_column_bytes(statement, i);
        return V_TEXT(text_copy(a, t));
    case SQLITE_BLOB:
        t.at = sqlite3_column_blob(statement, i);
        t.len = (size_t)sqlite3_column_bytes(statement, i);
        return V_BYTES(text_copy(a, t.len > 0 ? t : TEXT("")));
    default:
        return V_NULL;
    }
}

static void make_room(struct arena *a, struct rows *rows, size_t *room)
{
    size_t wanted = *room == 0 ? 8 : *room * 2;
    struct value *cells = NEW_MANY(a, wanted * rows->columns, struct value);

    if (rows->count > 0)
        memcpy(cells, rows->cells, rows->count * rows->columns * sizeof(*cells));
    rows->cells = cells;
    *room = wanted;
}

static enum err collect(struct call *call, struct sqlite *q, const char *sql,
                        sqlite3_stmt *statement, size_t most, struct rows *out)
{
    size_t room = 0;
    int rc;

    out->columns = (size_t)sqlite3_column_count(statement);
    while ((rc = sqlite3_step(statement)) == SQLITE_ROW) {
        if (out->count == most)
            return store__too_many(call, most);
        if (out->count == room)
            make_room(call->arena, out, &room);
        for (size_t i = 0; i < out->columns; i++)
            out->cells[out->count * out->columns + i] = column(call->arena, statement, (int)i);
        out->count++;
    }
    return rc == SQLITE_DONE ? OK : fault(call, q, sql, rc);
}

static enum err sqlite_rows(struct call *call, struct link *link, const char *sql,
                            const struct value *values, size_t value_count, size_t most,
                            struct rows *out)
{
    struct sqlite *q = sqlite_of(link);
    struct prepared *p;
    enum err e;

    *out = (struct rows){0};
    q->deadline = clock_ticks() + atomic_load(&store__slow_after);
    if (link->until != 0 && link->until < q->deadline)
        q->deadline = link->until;
    TRY(prepare(call, q, sql, &p));
    e = bind(call, q, sql, p, values, value_count);
    if (e == OK)
        e = collect(call, q, sql, p->handle, most, out);
    release(p);
    if (e != OK)
        *out = (struct rows){0};
    return e;
}

static enum err sqlite_exec(struct call *call, struct link *link, const char *sql,
                            const struct value *values, size_t value_count, int64_t *changed)
{
    struct sqlite *q = sqlite_of(link);
    struct prepared *p;
    enum err e;
    int rc;

    TRY(prepare(call, q, sql, &p));
    e = bind(call, q, sql, p, values, value_count);
    if (e == OK) {
        while ((rc = sqlite3_step(p->handle)) == SQLITE_ROW)
            ;
        if (rc != SQLITE_DONE)
            e = fault(call, q, sql, rc);
    }
    if (e == OK && changed != NULL)
        *changed = sqlite3_changes64(q->db);
    release(p);
    return e;
}

static enum err sqlite_script(struct call *call, struct link *link, const char *sql)
{
    struct sqlite *q = sqlite_of(link);
    int rc = sqlite3_exec(q->db, sql, NULL, NULL, NULL);

    return rc == SQLITE_OK ? OK : fault(call, q, sql, rc);
}

static enum err plain(struct call *call, struct link *link, const char *sql)
{
    return sqlite_exec(call, link, sql, NULL, 0, NULL);
}

/* For the ways out, where there is nobody left to tell but the log. */
static void quietly(struct sqlite *q, const char *sql)
{
    if (sqlite3_exec(q->db, sql, NULL, NULL, NULL) != SQLITE_OK) {
        q->link.failed = true;
        log_line(LOG_ERROR, "store", "failed=%s words=\"%s\"", sql, sqlite3_errmsg(q->db));
    }
}

/* ---- transactions ------------------------------------------------------------------------ */
static enum err sqlite_view_begin(struct call *call, struct link *link)
{
    return plain(call, link, "BEGIN");
}

static void sqlite_view_end(struct link *link)
{
    struct sqlite *q = sqlite_of(link);

    if (!sqlite3_get_autocommit(q->db))
        quietly(q, "ROLLBACK");
}

/* This process has the folder to itself and one connection that writes. Whatever else commits is
 * somebody who writes past the one door: what he put there must not be built upon, not even
 * when he has taken it away again. */
static enum err alone(struct call *call, struct sqlite *q)
{
    struct rows rows;

    TRY(sqlite_rows(call, &q->link, "PRAGMA data_version", NULL, 0, 1, &rows));
    if ((q->others == 0 || rows.cells[0].integer == q->others) &&
        !atomic_load(&q->link.store->foreign)) {
        q->others = rows.cells[0].integer;
        return OK;
    }
    q->link.failed = true;
    atomic_store(&q->link.store->foreign, true);
    log_line(LOG_ERROR, "tampering", "why=\"another program wrote into the database\"");
    return store__failed_of(call, q->link.store);
}

static enum err sqlite_begin(struct call *call, struct link *link)
{
    struct sqlite *q = sqlite_of(link);
    enum err e;

    TRY(plain(call, link, "BEGIN IMMEDIATE"));
    q->in_group = true;
    e = alone(call, q);
    if (e != OK) {
        q->in_group = false;
        quietly(q, "ROLLBACK");
    }
    return e;
}

static enum err sqlite_settle(struct call *call, struct link *link)
{
    return OK; /* nothing is ever queued */
}

static enum err sqlite_job_begin(struct call *call, struct link *link)
{
    return plain(call, link, "SAVEPOINT job");
}

static enum err sqlite_job_keep(struct call *call, struct link *link)
{
    return plain(call, link, "RELEASE job");
}

static enum err sqlite_job_undo(struct call *call, struct link *link)
{
    TRY(plain(call, link, "ROLLBACK TO job"));
    return plain(call, link, "RELEASE job");
}

static void sqlite_jobs_end(struct link *link)
{
}

static enum err sqlite_commit(struct call *call, struct link *link)
{
    struct sqlite *q = sqlite_of(link);

    if (sqlite3_exec(q->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK) {
        q->link.failed = true;
        return store__lost(call, "COMMIT", sqlite3_errmsg(q->db));
    }
    q->in_group = false;
    return OK;
}

static void sqlite_rollback(struct link *link)
{
    struct sqlite *q = sqlite_of(link);

    q->in_group = false;
    if (!sqlite3_get_autocommit(q->db))
        quietly(q, "ROLLBACK");
}

/* ---- checkpoints ------------------------------------------------------------------------- */
static int after_commit(void *arg, sqlite3 *db, const char *name, int pages)
{
    struct sqlite *q = arg;

    if (pages < q->wal_pages)
        q->checkpoint_at = CHECKPOINT_PAGES; /* the WAL began again */
    q->wal_pages = pages;
    return SQLITE_OK;
}

/* Not while a reader looks at it: then after the next commit, and when the store is closed. */
static bool empty_journal(struct sqlite *q)
{
    sqlite3_busy_timeout(q->db, 0);
    int rc = sqlite3_wal_checkpoint_v2(q->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    sqlite3_busy_timeout(q->db, 5000);
    return rc == SQLITE_OK;
}

static void sqlite_rest(struct link *link)
{
    struct sqlite *q = sqlite_of(link);
    int rc;

    if (link->purge && empty_journal(q))
        link->purge = false;
    if (q->wal_pages < q->checkpoint_at)
        return;
    rc = sqlite3_wal_checkpoint_v2(q->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    /* A reader may hold the WAL; do not try again at every commit. */
    q->checkpoint_at = q->wal_pages + CHECKPOINT_PAGES;
    if (rc != SQLITE_OK && is_storage(rc)) {
        q->link.failed = true;
        log_line(LOG_ERROR, "store", "failed=checkpoint words=\"%s\"", sqlite3_errmsg(q->db));
    }
}

/* ---- connections ------------------------------------------------------------------------- */
static int look_at_clock(void *arg)
{
    const struct sqlite *q = arg;

    return clock_ticks() > q->deadline;
}

static int authorize(void *arg, int action, const char *first, const char *second,
                     const char *database, const char *trigger)
{
    const struct sqlite *q = arg;

    return q->link.guest == NULL ? SQLITE_OK
                                 : store__guest_authorize(q->link.guest, action, first, second);
}

static void harden(sqlite3 *db)
{
    sqlite3_extended_result_codes(db, 1);
    sqlite3_busy_timeout(db, 5000);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 1); /* VACUUM INTO attaches its target */
}

/* LIKE heeds case, as PostgreSQL's does. Triggers run for REPLACE too, or it would slip by the
 * append-only ones. Sorting never leaves plain data in a temporary folder. */
static const char both_pragmas[] = "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;"
                                   "PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0;"
                                   "PRAGMA case_sensitive_like = ON;";
static const char writer_pragmas[] = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                                     "PRAGMA secure_delete = ON; PRAGMA cache_size = -8000;"
                                     "PRAGMA recursive_triggers = ON;";

static enum err into_wal(struct call *call, struct sqlite *q)
{
    struct rows rows;

    TRY(sqlite_rows(call, &q->link, "PRAGMA journal_mode = WAL", NULL, 0, 1, &rows));
    if (rows.count != 1 || !text_is(rows.cells[0].text, "wal"))
        return store__lost(call, "journal_mode", "the file system cannot do WAL");
    return OK;
}

static enum err set_up(struct call *call, struct sqlite *q)
{
    harden(q->db);
    TRY(sqlite_script(call, &q->link, both_pragmas));
    if (q->link.use == LINK_READ) {
        sqlite3_db_config(q->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        sqlite3_set_authorizer(q->db, authorize, q);
        sqlite3_progress_handler(q->db, STEPS_BETWEEN_LOOKS, look_at_clock, q);
        return OK;
    }
    TRY(sqlite_script(call, &q->link, writer_pragmas));
    TRY(into_wal(call, q));
    q->checkpoint_at = CHECKPOINT_PAGES;
    sqlite3_wal_hook(q->db, after_commit, q);
    return OK;
}

/* Nobody asks how much memory SQLite has, and keeping count takes a lock at every piece. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err open_database(struct call *call, struct store *s, struct sqlite *q)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE | SQLITE_OPEN_EXRESCODE;
    const char *path = store__path(call, s, "aimwell.db");
    int rc;

    pthread_once(&once, configure);
    flags |= q->link.use == LINK_WRITE ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    rc = sqlite3_open_v2(path, &q->db, flags, NULL);
    if (q->db == NULL)
        panic("out of memory");
    if (rc != SQLITE_OK)
        return fault(call, q, path, rc);
    q->deadline = INT64_MAX;
    return set_up(call, q);
}

static void sqlite_disconnect(struct link *link)
{
    struct sqlite *q = sqlite_of(link);

    cache_clear(&link->cache, finalize);
    if (link->failed)
        sqlite3_db_config(q->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    else if (link->use == LINK_WRITE &&
             sqlite3_wal_checkpoint_v2(q->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL))
        log_line(LOG_WARN, "store", "failed=checkpoint words=\"%s\"", sqlite3_errmsg(q->db));
    if (sqlite3_close(q->db) != SQLITE_OK)
        panic("a connection was closed in use: %s", sqlite3_errmsg(q->db));
    free(q);
}

/* Whoever opens a store can mend what is wrong with it, so they hear SQLite's own words. */
static enum err because(struct call *call, struct sqlite *q, struct mark mark, enum err e)
{
    if (e != ERR_IO || q->link.use == LINK_READ)
        return e;
    store__unsay(call, mark);
    return problem(call, e, TEXT(""), "storage", "%s: %s",
                   store__path(call, q->link.store, "aimwell.db"), sqlite3_errmsg(q->db));
}

static enum err sqlite_connect(struct call *call, struct store *s, enum link_use use,
                               struct link **out)
{
    struct sqlite *q = calloc(1, sizeof(*q));
    struct mark mark = store__mark(call);
    enum err e;

    *out = NULL;
    if (q == NULL)
        panic("out of memory");
    q->link.store = s;
    q->link.use = use;
    e = open_database(call, s, q);
    if (e != OK) {
        e = because(call, q, mark, e);
        q->link.failed = true;
        sqlite_disconnect(&q->link);
        return e;
    }
    *out = &q->link;
    return OK;
}

static bool sqlite_alive(struct link *link)
{
    return !link->failed;
}

/* The number that stands in every database; writing it again writes its page. */
static enum err sqlite_prove(struct call *call, struct link *link)
{
    return sqlite_script(call, link, "PRAGMA user_version = 0");
}

static enum err sqlite_whole(struct call *call, struct link *link)
{
    struct rows rows;
    enum err e = sqlite_rows(call, link, "PRAGMA integrity_check(1)", NULL, 0, 10, &rows);

    if (e == OK && rows.count == 1 && text_is(rows.cells[0].text, "ok"))
        return OK;
    return problem(
        call, ERR_CONFLICT, TEXT(""), "torn", "%s",
        say(call, "this folder was copied while it was in use, and the database in it is torn: "
                  "copy with aimwell backup, which works beside a running server"));
}

static enum err make_tables(struct call *call, struct link *link)
{
    TRY(sqlite_script(call, link,
                      "CREATE TABLE IF NOT EXISTS meta ("
                      "name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT"));
    return sqlite_script(call, link, store__sqlite_search_tables);
}

static enum err sqlite_furnish(struct call *call, struct link *link)
{
    struct mark mark = store__mark(call);
    enum err e = sqlite_begin(call, link);

    if (e == OK)
        e = make_tables(call, link);
    if (e == OK)
        e = sqlite_commit(call, link);
    sqlite_rollback(link);
    TRY(because(call, sqlite_of(link), mark, e));
    /* The WAL is a new name in the folder. */
    return store__sync_folder(call, text_c(call->arena, link->store->folder));
}

const struct driver store__sqlite = {
    .kind = STORE_SQLITE,
    .plan =
        {
            .columns = store__sqlite_columns,
            .indexes = store__sqlite_indexes,
            .guarded = store__sqlite_guarded,
            .type = {"INTEGER", "REAL", "TEXT", "BLOB"},
            .declaration = {"INTEGER", "REAL", "TEXT", "BLOB"},
            .table_end = " STRICT",
            .guard = store__sqlite_guard,
            .unguard = store__sqlite_unguard,
            .reguard = store__sqlite_guard,
            .objects = store__sqlite_objects,
            .own_tables = "meta search_doc search_words search_words_data search_words_idx "
                          "search_words_content search_words_docsize search_words_config",
            .guards = 2,
            .is_guard = store__sqlite_is_guard,
        },
    .open = store__folder_open,
    .close = store__folder_close,
    .connect = sqlite_connect,
    .disconnect = sqlite_disconnect,
    .alive = sqlite_alive,
    .prove = sqlite_prove,
    .room = store__folder_room,
    .whole = sqlite_whole,
    .furnish = sqlite_furnish,
    .rows = sqlite_rows,
    .exec = sqlite_exec,
    .script = sqlite_script,
    .view_begin = sqlite_view_begin,
    .view_end = sqlite_view_end,
    .begin = sqlite_begin,
    .settle = sqlite_settle,
    .job_begin = sqlite_job_begin,
    .job_keep = sqlite_job_keep,
    .job_undo = sqlite_job_undo,
    .jobs_end = sqlite_jobs_end,
    .commit = sqlite_commit,
    .rollback = sqlite_rollback,
    .rest = sqlite_rest,
    .search_put = store__sqlite_search_put,
    .search = store__sqlite_search,
    .search_word = store__sqlite_search_word,
    .search_and = " ",
    .file_read = store__folder_file_read,
    .file_write = store__folder_file_write,
    .file_list = store__folder_file_list,
    .backup = store__sqlite_backup,
};
