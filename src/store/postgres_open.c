/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres_open.c — finding the server and schema, and setting a session up.
 *
 * A session is made to mean the same everywhere: UTF-8, UTC, our schema alone on the path,
 * readers that cannot write and cannot run for ever, a writer whose COMMIT waits for the disk.
 */
#include "store/postgres.h"

#include <stdlib.h>
#include <string.h>

/* ---- the URL ----------------------------------------------------------------------------- */
static bool is_schema_name(struct text t)
{
    if (t.len == 0 || t.len > 63 || text_starts(t, "pg_"))
        return false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool letter = (c >= 'a' && c <= 'z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return true;
}

/* libpq refuses what it does not know, so our own parameter is taken out. */
static enum err read_url(struct call *call, struct store *s, struct text where)
{
    struct buf b = buf_in(s->arena, where.len + 1);
    struct text rest = where, schema = TEXT("aimwell");
    char joint = '?';

    buf_add(&b, text_cut(&rest, '?'));
    while (rest.len > 0) {
        struct text one = text_cut(&rest, '&');
        if (text_starts(one, "schema=")) {
            schema = text_from(one, strlen("schema="));
            continue;
        }
        buf_add_byte(&b, joint);
        buf_add(&b, one);
        joint = '&';
    }
    buf_add_byte(&b, '\0');
    s->url = text_slice(buf_text(&b), 0, b.len - 1);
    s->schema = text_copy(s->arena, schema);
    if (is_schema_name(schema))
        return OK;
    return problem(
        call, ERR_INVALID, TEXT("schema"), "schema", "%s",
        say(call, "a schema is a-z, 0-9 and _, and does not begin with pg_ or a digit"));
}

enum err postgres__open(struct call *call, struct store *s, struct text where, bool create)
{
    return read_url(call, s, where);
}

void postgres__close(struct store *s)
{
    s->url = TEXT("");
}

/* ---- connections ------------------------------------------------------------------------- */
/* A COMMIT whose wait for the standby was cut short looks successful but for a warning, in the
 * language of the server; any warning during COMMIT is therefore taken as "not acknowledged".
 */
static void notice(void *arg, const PGresult *said)
{
    struct postgres *p = arg;
    const char *severity = PQresultErrorField(said, PG_DIAG_SEVERITY_NONLOCALIZED);
    const char *words = PQresultErrorField(said, PG_DIAG_MESSAGE_PRIMARY);

    if (severity == NULL || strcmp(severity, "WARNING") != 0)
        return;
    log_line(LOG_WARN, "store", "words=\"%s\"", words != NULL ? words : "");
    p->warned = p->warned || p->committing;
}

static const char both_settings[] =
    "SET TIME ZONE 'UTC'; SET standard_conforming_strings = on; SET bytea_output = 'hex';"
    "SET client_min_messages = warning; SET extra_float_digits = 1;"
    "SET escape_string_warning = off; SET jit = off;"; /* takes longer than our statements */
/* A lock that another node holds for long, or a transaction this node forgot, must end. */
static const char writer_settings[] =
    "SET statement_timeout = 0; SET lock_timeout = '10s';"
    "SET idle_in_transaction_session_timeout = '60s';"
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') IN ('off', 'local');";

static const char reader_settings[] = "SET default_transaction_read_only = on;";

static struct text settings_for(struct call *call, const struct link *link)
{
    long long slow = atomic_load(&store__slow_after) / 1000;
    bool writes = link->use == LINK_WRITE;

    return text_print(
        call->arena, "%.*s;%s%s",
        TEXT_ARG(store__postgres_session(call->arena, link->store->schema, slow > 0 ? slow : 1)),
        both_settings, writes ? writer_settings : reader_settings);
}

static enum err set_up(struct call *call, struct postgres *p)
{
    PGresult *answer = PQexec(p->db, settings_for(call, &p->link).at);
    ExecStatusType status = PQresultStatus(answer);
    enum err e = OK;

    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        e = postgres__fault(call, p, "setting up a session", answer);
    PQclear(answer);
    TRY(e);
    p->patience = atomic_load(&store__slow_after) / 1000;
    if (!PQenterPipelineMode(p->db))
        return store__lost(call, "entering the pipeline", PQerrorMessage(p->db));
    return OK;
}

static enum err dial(struct call *call, struct postgres *p)
{
    /* The later of two same names wins, so the URL cannot turn these off. */
    const char *names[] = {"dbname",          "fallback_application_name", "client_encoding",
                           "connect_timeout", "keepalives_idle",           NULL};
    const char *values[] = {p->link.store->url.at, "aimwell", "UTF8", "5", "30", NULL};

    p->db = PQconnectdbParams(names, values, 1);
    if (p->db == NULL)
        panic("out of memory");
    if (PQstatus(p->db) != CONNECTION_OK) {
        log_line(LOG_ERROR, "store", "failed=connect words=\"%s\"", PQerrorMessage(p->db));
        return problem(call, ERR_IO, TEXT(""), "storage", "%s", PQerrorMessage(p->db));
    }
    PQsetNoticeReceiver(p->db, notice, p);
    return set_up(call, p);
}

enum err postgres__connect(struct call *call, struct store *s, enum link_use use,
                           struct link **out)
{
    struct postgres *p = calloc(1, sizeof(*p));
    enum err e;

    *out = NULL;
    if (p == NULL)
        panic("out of memory");
    p->link.store = s;
    p->link.use = use;
    p->scratch = arena_open();
    e = dial(call, p);
    if (e != OK) {
        postgres__disconnect(&p->link);
        return e;
    }
    *out = &p->link;
    return OK;
}

void postgres__disconnect(struct link *link)
{
    struct postgres *p = postgres_of(link);

    PQfinish(p->db);
    cache_clear(&link->cache, NULL);
    arena_close(p->scratch);
    free(p);
}

/* A server that went away has said so already: its last words, then the end of the stream. */
bool postgres__alive(struct link *link)
{
    struct postgres *p = postgres_of(link);

    for (int i = 0; i < 2 && !link->failed; i++) {
        if (!PQconsumeInput(p->db) || PQstatus(p->db) != CONNECTION_OK)
            link->failed = true;
    }
    return !link->failed;
}

/* ---- the store's own tables -------------------------------------------------------------- */
static const char meta_and_files[] =
    "CREATE TABLE IF NOT EXISTS meta (name text COLLATE \"C\" PRIMARY KEY, value text NOT "
    "NULL);"
    "CREATE TABLE IF NOT EXISTS file (hash text COLLATE \"C\" PRIMARY KEY, size bigint NOT "
    "NULL);"
    "CREATE TABLE IF NOT EXISTS file_chunk (hash text COLLATE \"C\" NOT NULL,"
    " part bigint NOT NULL, bytes bytea NOT NULL, PRIMARY KEY (hash, part));";

static enum err look(struct call *call, struct link *link, bool *there, bool *furnished)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = $1),"
        " (SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n"
        " ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = 'meta'),"
        " current_setting('server_encoding')";
    struct rows rows;

    TRY(postgres__rows(call, link, sql, &V_TEXT(link->store->schema), 1, 1, &rows));
    *there = rows.cells[0].integer > 0;
    *furnished = rows.cells[1].integer > 0;
    if (text_is(rows.cells[2].text, "UTF8"))
        return OK;
    return problem(call, ERR_IO, TEXT(""), "storage",
                   say(call, "the database must be encoded in UTF8, not %.*s"),
                   TEXT_ARG(rows.cells[2].text));
}

static enum err make_tables(struct call *call, struct link *link, bool there)
{
    struct text schema = link->store->schema;

    if (!there)
        TRY(postgres__script(call, link, store__postgres_schema(call->arena, schema).at));
    TRY(postgres__script(call, link, meta_and_files));
    return postgres__script(call, link, store__postgres_search_tables);
}

static enum err furnish_locked(struct call *call, struct link *link, bool there)
{
    struct rows rows;

    /* Two nodes that start at once would both create. */
    TRY(postgres__rows(call, link,
                       "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext($1))",
                       &V_TEXT(link->store->schema), 1, 1, &rows));
    TRY(make_tables(call, link, there));
    return store__postgres.commit(call, link);
}

enum err postgres__furnish(struct call *call, struct link *link)
{
    bool there = false, furnished = false;
    enum err e;

    TRY(look(call, link, &there, &furnished));
    if (!furnished && !link->store->create)
        return problem(call, ERR_MISSING, TEXT("schema"), "missing",
                       say(call, "there is no store in schema %.*s"),
                       TEXT_ARG(link->store->schema));
    TRY(store__postgres.begin(call, link));
    e = furnish_locked(call, link, there);
    if (e != OK)
        store__postgres.rollback(link);
    return e;
}
