/* SPDX-License-Identifier: Apache-2.0 */
/* room.c — making and clearing the stores that tests run on. */
#include "room.h"

#include <ftw.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *ftw)
{
    return remove(path);
}

static void drop_schema(const char *url, struct text schema)
{
    char sql[128];
    PGconn *db = PQconnectdb(url);

    snprintf(sql, sizeof(sql),
             "SET client_min_messages = error; DROP SCHEMA IF EXISTS %.*s CASCADE",
             TEXT_ARG(schema));
    PQclear(PQexec(db, sql));
    PQfinish(db);
}

struct call *room_call(struct room *room)
{
    return call_open(room->arena, clock_now(), LANG_EN);
}

static void open_store(struct room *room, bool create)
{
    enum err e = store_open(room->call, room->where, create, &room->store);

    if (e != OK)
        print_error("%.*s\n", TEXT_ARG(room->call->problems->message));
    assert_int_equal(e, OK);
}

static int set_up(void **state, const char *url)
{
    struct room *room = calloc(1, sizeof(*room));

    log_limit = LOG_ERROR;
    atomic_store(&store__group_time, INT32_MAX);
    room->arena = arena_open();
    room->call = room_call(room);
    room->postgres = url != NULL;
    snprintf(room->folder, sizeof(room->folder), "/tmp/aimwell-store-XXXXXX");
    assert_non_null(mkdtemp(room->folder));
    if (url == NULL)
        room->where = text_print(room->arena, "%s/store", room->folder);
    else
        room->where = text_print(room->arena, "%s&schema=test_%ld_%lld", url, (long)getpid(),
                                 (long long)clock_ticks());
    open_store(room, true);
    *state = room;
    return 0;
}

int room_setup_sqlite(void **state)
{
    return set_up(state, NULL);
}

int room_setup_postgres(void **state)
{
    const char *url = getenv("AIMWELL_TEST_PG");

    *state = NULL;
    return url == NULL ? 0 : set_up(state, url);
}

int room_teardown(void **state)
{
    struct room *room = *state;
    const char *url = getenv("AIMWELL_TEST_PG");

    if (room == NULL)
        return 0;
    if (room->store != NULL) {
        struct text schema = text_copy(room->arena, room->store->schema);
        store_close(room->store);
        if (room->postgres)
            drop_schema(url, schema);
    }
    nftw(room->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_close(room->arena);
    free(room);
    return 0;
}

void room_reopen(struct room *room)
{
    store_close(room->store);
    room->store = NULL;
    open_store(room, false);
}

const char *room_path(struct room *room, const char *name)
{
    return text_print(room->arena, "%s/store/%s", room->folder, name).at;
}

struct statement {
    const char *sql;
    const struct value *values;
    size_t count;
    bool script;
};

static enum err run_statement(struct job *job, struct call *call, struct tx *tx)
{
    const struct statement *s = job->arg;

    if (s->script)
        return tx_script(call, tx, s->sql);
    return tx_exec(call, tx, s->sql, s->values, s->count, NULL);
}

enum err room_exec(struct room *room, const char *sql, const struct value *values, size_t count)
{
    struct statement s = {sql, values, count, false};

    return store_run(room->store, room->call, run_statement, &s);
}

enum err room_script(struct room *room, const char *sql)
{
    struct statement s = {sql, NULL, 0, true};

    return store_run(room->store, room->call, run_statement, &s);
}

struct rows room_rows(struct room *room, const char *sql)
{
    struct reader *r = store_reader(room->store);
    struct rows rows;
    enum err e = read_rows(room->call, r, sql, NULL, 0, READ_MOST, &rows);

    store_return(room->store, r);
    assert_int_equal(e, OK);
    return rows;
}

int64_t room_number(struct room *room, const char *sql)
{
    struct rows rows = room_rows(room, sql);

    assert_int_equal(rows.count, 1);
    assert_int_equal(rows.cells[0].type, VALUE_INTEGER);
    return rows.cells[0].integer;
}

struct text last_code(const struct call *call)
{
    const struct problem *p = call->problems;

    while (p != NULL && p->next != NULL)
        p = p->next;
    return p != NULL ? p->code : TEXT("");
}

void room_table(struct room *room)
{
    assert_int_equal(
        room_script(room, room->postgres ? "CREATE TABLE t (id bigint PRIMARY KEY, name text)"
                                         : "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)"
                                           " STRICT"),
        OK);
}
