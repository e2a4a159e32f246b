/* SPDX-License-Identifier: Apache-2.0 */
/* room.h — a store of its own for every test, on SQLite and, when AIMWELL_TEST_PG holds a URL,
 * on PostgreSQL too. The same test runs on both; what must be alike is asserted once. */
#ifndef ROOM_H
#define ROOM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "store/internal.h"

struct room {
    struct arena *arena;
    struct call *call;
    struct store *store;
    struct text where;
    bool postgres;
    char folder[64]; /* of the test; the store's is folder/store */
};

/* cmocka fixtures; the initial state says which database. */
int room_setup_sqlite(void **state);
int room_setup_postgres(void **state);
int room_teardown(void **state);

/* First line of every test: the room, or no test when its database is not there. */
#define ROOM(state)                                                                            \
    struct room *room = *(state);                                                              \
    if (room == NULL)                                                                          \
    skip()

/* In a table of tests: runs on both databases. */
#define BOTH(f)                                                                                \
    {#f " (sqlite)", f, room_setup_sqlite, room_teardown, NULL},                               \
    {                                                                                          \
#f " (postgres)", f, room_setup_postgres, room_teardown, NULL                          \
    }
#define SQLITE_ONLY(f)                                                                         \
    {                                                                                          \
#f " (sqlite)", f, room_setup_sqlite, room_teardown, NULL                              \
    }
#define POSTGRES_ONLY(f)                                                                       \
    {                                                                                          \
#f " (postgres)", f, room_setup_postgres, room_teardown, NULL                          \
    }

struct call *room_call(struct room *room); /* a fresh one, in the room's arena */
void room_reopen(struct room *room);
const char *room_path(struct room *room, const char *name); /* inside the store's folder */

/* One statement in a job of its own; its outcome. */
enum err room_exec(struct room *room, const char *sql, const struct value *values,
                   size_t count);
enum err room_script(struct room *room, const char *sql);
/* Every row of a query through a reader; fails the test when it cannot be read. */
struct rows room_rows(struct room *room, const char *sql);
int64_t room_number(struct room *room, const char *sql);
/* The code of the last problem on the call, "" when there is none. */
struct text last_code(const struct call *call);
/* A small table in the dialect of the database: t(id integer key, name text). */
void room_table(struct room *room);

#define assert_text(t, literal) assert_true(text_is((t), (literal)))

#endif
