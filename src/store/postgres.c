/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres.c — the server database: transactions, savepoints, and the driver's table.
 *
 * BEGIN is at READ COMMITTED: the ledger takes a row lock in its begin hook, and that is what
 * puts the groups of several nodes in order. Answers are fetched when somebody needs one; an
 * error that is of an earlier job than the one that runs is astray, and the writer then runs
 * the group again, settling every job, so that an error rolls back that job and no other. A
 * lost connection fails the group under way; the writer connects anew for the next. */
#include "store/postgres.h"

#include <string.h>

static enum err now(struct call *call, struct link *link, const char *sql)
{
    TRY(postgres__queue(call, postgres_of(link), sql));
    return postgres__settle(call, postgres_of(link), NULL);
}

/* For the ways out, where an error was told already or there is nobody left to tell. */
static void quietly(struct link *link, const char *sql)
{
    struct postgres *p = postgres_of(link);
    struct call *call;

    arena_reset(p->scratch);
    call = call_open(p->scratch, 0, LANG_EN);
    if (postgres__settle(call, p, NULL) != OK)
        log_line(LOG_DEBUG, "store", "dropped=\"an error behind another\"");
    if (sql != NULL && !link->failed && now(call, link, sql) != OK)
        log_line(LOG_WARN, "store", "failed=%s", sql);
}

static enum err postgres_view_begin(struct call *call, struct link *link)
{
    TRY(now(call, link, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
    postgres_of(link)->in_view = true;
    postgres_of(link)->patience_before = postgres_of(link)->patience;
    return OK;
}

static void postgres_view_end(struct link *link)
{
    postgres_of(link)->in_view = false;
    postgres_of(link)->patience = postgres_of(link)->patience_before; /* rolled back as well */
    quietly(link, "ROLLBACK");
}

static enum err postgres_begin(struct call *call, struct link *link)
{
    postgres_of(link)->own_from = 0;
    link->astray = false;
    return postgres__queue(call, postgres_of(link),
                           "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE");
}

static enum err postgres_settle(struct call *call, struct link *link)
{
    return postgres__settle(call, postgres_of(link), NULL);
}

static enum err postgres_job_begin(struct call *call, struct link *link)
{
    struct postgres *p = postgres_of(link);

    p->own_from = p->pending_count;
    return postgres__queue(call, p, "SAVEPOINT job");
}

static enum err postgres_job_keep(struct call *call, struct link *link)
{
    struct postgres *p = postgres_of(link);

    TRY(postgres__queue(call, p, "RELEASE SAVEPOINT job"));
    /* The server works on it while the next job is thought about. */
    if (p->pending_count - p->flushed >= FLUSH_EVERY) {
        p->flushed = p->pending_count;
        (void)PQflush(p->db);
    }
    return OK;
}

static void postgres_jobs_end(struct link *link)
{
    postgres_of(link)->own_from = ALL_ASTRAY;
}

static enum err postgres_job_undo(struct call *call, struct link *link)
{
    /* What is still queued may hold an error, behind which the server would skip the rollback.
     */
    quietly(link, NULL);
    if (link->astray)
        return store__busy(call);
    TRY(postgres__queue(call, postgres_of(link), "ROLLBACK TO SAVEPOINT job"));
    return now(call, link, "RELEASE SAVEPOINT job");
}

static enum err committed(struct call *call, struct postgres *p)
{
    PGresult *answer;
    bool whole;

    TRY(postgres__queue(call, p, "COMMIT"));
    TRY(postgres__settle(call, p, &answer));
    whole = strcmp(PQcmdStatus(answer), "COMMIT") == 0 && !p->warned;
    PQclear(answer);
    return whole ? OK : store__lost(call, "COMMIT", "not acknowledged");
}

static enum err postgres_commit(struct call *call, struct link *link)
{
    struct postgres *p = postgres_of(link);
    enum err e;

    TRY(postgres__settle(call, p, NULL));
    p->own_from = 0; /* a COMMIT that is refused is refused */
    p->warned = false;
    p->committing = true;
    e = committed(call, p);
    p->committing = false;
    if (e != OK && e != ERR_BUSY) {
        link->failed = true;
        return ERR_IO;
    }
    return e;
}

static void postgres_rollback(struct link *link)
{
    quietly(link, "ROLLBACK");
}

static void postgres_rest(struct link *link)
{
}

static enum err postgres_backup(struct call *call, struct store *s, const char *file)
{
    return problem(call, ERR_INVALID, TEXT(""), "use_pg_dump",
                   say(call, "PostgreSQL keeps its own backups: use pg_dump --schema=%.*s"),
                   TEXT_ARG(s->schema));
}

const struct driver store__postgres = {
    .kind = STORE_POSTGRES,
    .plan =
        {
            .columns = store__postgres_columns,
            .indexes = store__postgres_indexes,
            .guarded = store__postgres_guarded,
            .type = {"bigint", "double precision", "text", "bytea"},
            .declaration = {"bigint", "double precision", "text COLLATE \"C\"", "bytea"},
            .table_end = "",
            .lock = "SELECT pg_catalog.pg_advisory_xact_lock("
                    "pg_catalog.hashtext(current_schema()))",
            .guard = store__postgres_guard,
            .unguard = store__postgres_unguard,
            .reguard = store__postgres_reguard,
            .objects = store__postgres_objects,
            .own_tables = "meta file file_chunk search_doc",
            .guards = 2,
            .is_guard = store__postgres_is_guard,
        },
    .open = postgres__open,
    .close = postgres__close,
    .connect = postgres__connect,
    .disconnect = postgres__disconnect,
    .alive = postgres__alive,
    .furnish = postgres__furnish,
    .rows = postgres__rows,
    .exec = postgres__exec,
    .script = postgres__script,
    .view_begin = postgres_view_begin,
    .view_end = postgres_view_end,
    .begin = postgres_begin,
    .settle = postgres_settle,
    .job_begin = postgres_job_begin,
    .job_keep = postgres_job_keep,
    .job_undo = postgres_job_undo,
    .jobs_end = postgres_jobs_end,
    .commit = postgres_commit,
    .rollback = postgres_rollback,
    .rest = postgres_rest,
    .search_put = store__postgres_search_put,
    .search = store__postgres_search,
    .search_word = store__postgres_search_word,
    .search_and = " & ",
    .file_read = store__chunk_file_read,
    .file_write = store__chunk_file_write,
    .file_list = store__chunk_file_list,
    .backup = postgres_backup,
};
