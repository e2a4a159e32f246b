/* SPDX-License-Identifier: Apache-2.0 */
/* What only a server can do to us: go away, deadlock, warn, be shared by two nodes. */
#include "room.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void run_outside(const char *sql)
{
    PGconn *db = PQconnectdb(getenv("AIMWELL_TEST_PG"));
    PGresult *answer = PQexec(db, sql);

    assert_int_equal(PQresultStatus(answer), PGRES_TUPLES_OK);
    PQclear(answer);
    PQfinish(db);
}

static enum err own_process(struct job *job, struct call *call, struct tx *tx)
{
    struct rows rows;

    TRY(tx_rows(call, tx, "SELECT pg_backend_pid()", NULL, 0, 1, &rows));
    *(int64_t *)job->arg = rows.cells[0].integer;
    return OK;
}

static const char *kill_of(struct room *room, int64_t process)
{
    return text_print(room->arena, "SELECT pg_terminate_backend(%lld, 5000)",
                      (long long)process)
        .at;
}

static void a_reader_finds_the_server_again(void **state)
{
    ROOM(state);
    run_outside(kill_of(room, room_number(room, "SELECT pg_backend_pid()")));
    assert_int_equal(room_number(room, "SELECT 7"), 7);
    assert_int_equal(room->call->problem_count, 0);
}

static void a_view_on_a_lost_connection_fails_and_the_next_does_not(void **state)
{
    ROOM(state);
    struct reader *r = store_reader(room->store);
    struct rows rows;

    assert_int_equal(read_begin(room->call, r), OK);
    assert_int_equal(read_rows(room->call, r, "SELECT pg_backend_pid()", NULL, 0, 1, &rows),
                     OK);
    run_outside(kill_of(room, rows.cells[0].integer));
    assert_int_equal(read_rows(room->call, r, "SELECT 1", NULL, 0, 1, &rows), ERR_IO);
    assert_int_equal(read_rows(room->call, r, "SELECT 1", NULL, 0, 1, &rows), ERR_IO);
    read_end(r);
    assert_int_equal(read_begin(room->call, r), OK);
    assert_int_equal(read_rows(room->call, r, "SELECT 1", NULL, 0, 1, &rows), OK);
    read_end(r);
    store_return(room->store, r);
}

static void an_idle_writer_finds_the_server_again(void **state)
{
    ROOM(state);
    int64_t process = 0;

    room_table(room);
    assert_int_equal(store_run(room->store, room->call, own_process, &process), OK);
    run_outside(kill_of(room, process));
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1)", NULL, 0), OK);
    assert_false(store_failing(room->store));
}

static enum err lose_server(struct job *job, struct call *call, struct tx *tx)
{
    struct room *room = job->arg;
    int64_t process = 0;
    struct job inner = {.arg = &process};

    TRY(tx_exec(call, tx, "INSERT INTO t (id) VALUES (1)", NULL, 0, NULL));
    TRY(own_process(&inner, call, tx));
    run_outside(kill_of(room, process));
    return tx_exec(call, tx, "INSERT INTO t (id) VALUES (2)", NULL, 0, NULL);
}

static void a_group_that_loses_the_server_fails_and_the_next_does_not(void **state)
{
    ROOM(state);
    room_table(room);
    assert_int_equal(store_run(room->store, room->call, lose_server, room), ERR_IO);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (3)", NULL, 0), OK);
    assert_int_equal(room_number(room, "SELECT sum(id) FROM t"), 3);
    assert_false(store_failing(room->store));
}

/* As when the wait for the standby is cancelled: COMMIT succeeds here, with a warning. */
static void a_commit_with_a_warning_is_not_acknowledged(void **state)
{
    ROOM(state);
    room_table(room);
    assert_int_equal(
        room_script(room, "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS"
                          " $$ BEGIN RAISE WARNING 'not on the standby'; RETURN NULL; END $$;"
                          "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON t DEFERRABLE"
                          " INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id = 1)"
                          " EXECUTE FUNCTION late()"),
        OK);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1)", NULL, 0), ERR_IO);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (2)", NULL, 0), OK);
}

static void a_commit_that_fails_fails_the_group(void **state)
{
    ROOM(state);
    room_table(room);
    assert_int_equal(room_script(room, "ALTER TABLE t ADD CONSTRAINT once UNIQUE (name)"
                                       " DEFERRABLE INITIALLY DEFERRED"),
                     OK);
    assert_int_equal(
        room_exec(room, "INSERT INTO t (id, name) VALUES (1, 'a'), (2, 'a')", NULL, 0), ERR_IO);
    assert_int_equal(room_exec(room, "INSERT INTO t (id, name) VALUES (1, 'a')", NULL, 0), OK);
}

/* ---- two nodes on one schema ------------------------------------------------------------- */
struct node {
    struct room *room;
    struct store *store;
    struct arena *arena;
    pthread_t thread;
    pthread_barrier_t *both;
    int64_t first, second;
    enum err outcome;
};

static enum err lock_two(struct job *job, struct call *call, struct tx *tx)
{
    struct node *n = job->arg;
    static const char sql[] = "UPDATE t SET name = 'x' WHERE id = $1";
    int64_t changed;

    TRY(tx_exec(call, tx, sql, &V_INT(n->first), 1, &changed));
    pthread_barrier_wait(n->both);
    return tx_exec(call, tx, sql, &V_INT(n->second), 1, &changed);
}

static void *run_lock_two(void *arg)
{
    struct node *n = arg;

    n->outcome = store_run(n->store, call_open(n->arena, 0, LANG_EN), lock_two, n);
    return NULL;
}

static void open_node(struct room *room, struct node *n)
{
    n->room = room;
    n->arena = arena_open();
    assert_int_equal(store_open(call_open(n->arena, 0, LANG_EN), room->where, false, &n->store),
                     OK);
}

static void close_node(struct node *n)
{
    store_close(n->store);
    arena_close(n->arena);
}

static void of_a_deadlock_one_is_busy(void **state)
{
    ROOM(state);
    pthread_barrier_t both;
    struct node n[2] = {{.first = 1, .second = 2}, {.first = 2, .second = 1}};

    room_table(room);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1), (2)", NULL, 0), OK);
    pthread_barrier_init(&both, NULL, 2);
    for (int i = 0; i < 2; i++) {
        open_node(room, &n[i]);
        n[i].both = &both;
        assert_int_equal(pthread_create(&n[i].thread, NULL, run_lock_two, &n[i]), 0);
    }
    for (int i = 0; i < 2; i++)
        pthread_join(n[i].thread, NULL);
    assert_int_equal((int)n[0].outcome + (int)n[1].outcome, (int)OK + (int)ERR_BUSY);
    for (int i = 0; i < 2; i++) {
        assert_false(store_failing(n[i].store));
        close_node(&n[i]);
    }
    pthread_barrier_destroy(&both);
}

/* As the ledger does: the group's first statement takes the row that orders the nodes. */
static enum err take_head(void *arg, struct call *call, struct tx *tx)
{
    struct node *n = arg;
    struct rows rows;

    TRY(tx_exec(call, tx, "UPDATE t SET name = 'x' WHERE id = 0", NULL, 0, NULL));
    TRY(tx_rows(call, tx, "SELECT max(id) FROM t", NULL, 0, 1, &rows));
    n->first = rows.cells[0].integer;
    return OK;
}

static enum err append(struct job *job, struct call *call, struct tx *tx)
{
    struct node *n = job->arg;

    return tx_exec(call, tx, "INSERT INTO t (id) VALUES ($1)", &V_INT(++n->first), 1, NULL);
}

static void *append_many(void *arg)
{
    struct node *n = arg;
    struct call *call = call_open(n->arena, 0, LANG_EN);

    for (int i = 0; i < 100 && n->outcome == OK; i++)
        n->outcome = store_run(n->store, call, append, n);
    return NULL;
}

static void two_nodes_append_without_gap_or_clash(void **state)
{
    ROOM(state);
    struct node n[2] = {0};

    room_table(room);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (0)", NULL, 0), OK);
    for (int i = 0; i < 2; i++) {
        open_node(room, &n[i]);
        store_hooks(n[i].store, &(struct group_hooks){.begin = take_head, .arg = &n[i]});
        assert_int_equal(pthread_create(&n[i].thread, NULL, append_many, &n[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        pthread_join(n[i].thread, NULL);
        assert_int_equal(n[i].outcome, OK);
        close_node(&n[i]);
    }
    assert_int_equal(room_number(room, "SELECT max(id) FROM t"), 200);
    assert_int_equal(room_number(room, "SELECT count(*) FROM t"), 201);
}

static void statements_outdated_by_another_node_are_prepared_anew(void **state)
{
    ROOM(state);
    struct rows rows;

    room_table(room);
    assert_int_equal(room_rows(room, "SELECT * FROM t").columns, 2);
    run_outside(text_print(room->arena, "ALTER TABLE %.*s.t ADD COLUMN more text; SELECT 1",
                           TEXT_ARG(room->store->schema))
                    .at);
    rows = room_rows(room, "SELECT * FROM t");
    assert_int_equal(rows.columns, 3);
    assert_int_equal(room->call->problem_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        POSTGRES_ONLY(a_reader_finds_the_server_again),
        POSTGRES_ONLY(a_view_on_a_lost_connection_fails_and_the_next_does_not),
        POSTGRES_ONLY(an_idle_writer_finds_the_server_again),
        POSTGRES_ONLY(a_group_that_loses_the_server_fails_and_the_next_does_not),
        POSTGRES_ONLY(a_commit_with_a_warning_is_not_acknowledged),
        POSTGRES_ONLY(a_commit_that_fails_fails_the_group),
        POSTGRES_ONLY(of_a_deadlock_one_is_busy),
        POSTGRES_ONLY(two_nodes_append_without_gap_or_clash),
        POSTGRES_ONLY(statements_outdated_by_another_node_are_prepared_anew),
    };

    return cmocka_run_group_tests_name("store postgres", tests, NULL, NULL);
}
