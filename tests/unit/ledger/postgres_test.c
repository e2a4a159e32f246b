/* SPDX-License-Identifier: Apache-2.0 */
/* One log, two nodes: the ledger on PostgreSQL. Runs when AIMWELL_TEST_PG holds a URL. */
#include "help.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <libpq-fe.h>

static struct place one, two;
static char schema[64];

static void on_server(const char *sql)
{
    PGconn *db = PQconnectdb(getenv("AIMWELL_TEST_PG"));
    assert_int_equal(PQstatus(db), CONNECTION_OK);
    PQclear(PQexec(db, "SET client_min_messages = warning"));
    PGresult *answer = PQexec(db, sql);
    if (PQresultStatus(answer) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(db));
    PQclear(answer);
    PQfinish(db);
}

/* With the guards of append-only tables off, as only the owner of the tables can. */
static void alter(const char *what, const char *table, const char *rest)
{
    char sql[600];
    snprintf(sql, sizeof(sql), "ALTER TABLE %s.%s DISABLE TRIGGER ALL", schema, table);
    on_server(sql);
    snprintf(sql, sizeof(sql), "%s %s.%s %s", what, schema, table, rest);
    on_server(sql);
}

static int set_up(void **state)
{
    static unsigned made;
    const char *url = getenv("AIMWELL_TEST_PG");
    snprintf(schema, sizeof(schema), "ledger_%ld_%u", (long)getpid(), made++);
    place_make(&one);
    place_make(&two);
    snprintf(one.where, sizeof(one.where), "%s%cschema=%s", url,
             text_find(text_of(url), '?') < 0 ? '?' : '&', schema);
    snprintf(two.where, sizeof(two.where), "%s", one.where);
    assert_int_equal(place_open(&one), OK);
    copy_file(one.key, two.key);
    return 0;
}

static int tear_down(void **state)
{
    char sql[120];
    place_remove(&one);
    place_remove(&two);
    snprintf(sql, sizeof(sql), "DROP SCHEMA %s CASCADE", schema);
    on_server(sql);
    return 0;
}

static void must_be_intact(uint64_t entries)
{
    struct verification v;
    assert_int_equal(place_verify(&one, TEXT(""), &v), OK);
    for (const struct finding *f = v.findings; f != NULL; f = f->next)
        print_error("%.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
    assert_null(v.findings);
    assert_int_equal(v.entries, entries);
}

static void it_appends_and_reopens(void **state)
{
    struct trail trail;
    trail_start(&trail);
    assert_int_equal(append_some(&one, &trail, 300), OK);
    place_close(&one);
    assert_int_equal(place_open(&one), OK);
    assert_int_equal(ledger_size(one.ledger), 301);
    assert_int_equal(append_some(&one, &trail, 300), OK);
    must_be_intact(601);
}

static enum err append_one(struct job *job, struct call *call, struct tx *tx)
{
    struct ledger_event event = {.act = "auth.login", .actor_id = TEXT("u"), .previous = -1};
    struct place *p = job->arg;
    uint64_t index;
    return ledger_append(call, tx, p->ledger, &event, &index);
}

static void *work(void *arg)
{
    static unsigned failed = 1;
    for (unsigned i = 0; i < 100; i++) {
        struct arena *a = arena_open();
        struct place *p = arg;
        enum err e = store_run(p->store, call_open(a, HELP_NOW, LANG_EN), append_one, p);
        arena_close(a);
        if (e != OK)
            return &failed;
    }
    return NULL;
}

/* Neither node knows of the other but through the row of the head. */
static void two_nodes_make_one_log(void **state)
{
    pthread_t threads[4];
    assert_int_equal(place_open(&two), OK);
    for (int i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, i % 2 ? &one : &two), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    must_be_intact(401);
    assert_true(ledger_size(one.ledger) == 401 || ledger_size(two.ledger) == 401);
}

static enum err append_then_refuse(struct job *job, struct call *call, struct tx *tx)
{
    TRY(append_one(job, call, tx));
    return problem(call, ERR_CONFLICT, TEXT(""), "guard", "refused by a rule");
}

static void a_refused_job_leaves_no_gap(void **state)
{
    assert_int_equal(store_run(one.store, one.call, append_one, &one), OK);
    assert_int_equal(store_run(one.store, one.call, append_then_refuse, &one), ERR_CONFLICT);
    assert_int_equal(store_run(one.store, one.call, append_one, &one), OK);
    must_be_intact(3);
}

static bool found(const char *place)
{
    struct verification v;
    assert_int_equal(place_verify(&one, TEXT(""), &v), OK);
    for (const struct finding *f = v.findings; f != NULL; f = f->next)
        if (text_is(f->place, place))
            return true;
    return false;
}

static void alterations_are_found(void **state)
{
    struct trail trail;
    trail_start(&trail);
    assert_int_equal(append_some(&one, &trail, 300), OK);
    assert_false(found("ledger entry 7"));
    alter("UPDATE", "ledger_entry", "SET leaf_hash = decode('00', 'hex') WHERE idx = 7");
    assert_true(found("ledger entry 7"));
    alter("DELETE FROM", "ledger_entry", "WHERE idx = 299");
    assert_true(found("ledger entry 299"));
    alter("DELETE FROM", "ledger_tile", "WHERE n = 0");
    assert_true(found("tile 0/0"));
    alter("UPDATE", "ledger_log", "SET size = 300");
    assert_true(found("ledger entry 300"));
}

/* A head that was moved back under a running node must not be built upon. */
static void a_head_moved_back_stops_the_node(void **state)
{
    struct trail trail;
    trail_start(&trail);
    assert_int_equal(append_some(&one, &trail, 5), OK);
    alter("UPDATE", "ledger_log", "SET size = 3");
    assert_int_not_equal(store_run(one.store, one.call, append_one, &one), OK);
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(it_appends_and_reopens),           EACH(two_nodes_make_one_log),
        EACH(a_refused_job_leaves_no_gap),      EACH(alterations_are_found),
        EACH(a_head_moved_back_stops_the_node),
    };
    const char *url = getenv("AIMWELL_TEST_PG");
    if (url == NULL || *url == '\0') {
        print_message("skipped: AIMWELL_TEST_PG is not set\n");
        return 77;
    }
    return cmocka_run_group_tests_name("ledger postgres", tests, NULL, NULL);
}
