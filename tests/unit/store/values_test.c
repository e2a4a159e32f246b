/* SPDX-License-Identifier: Apache-2.0 */
/* Values in and out, wrong statements, limits, views: what a reader and a job may rely on. */
#include "room.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void kinds_table(struct room *room)
{
    assert_int_equal(
        room_script(room, room->postgres
                              ? "CREATE TABLE k (id bigint PRIMARY KEY, i bigint,"
                                " n double precision, x text, b bytea)"
                              : "CREATE TABLE k (id INTEGER PRIMARY KEY, i INTEGER, n REAL,"
                                " x TEXT, b BLOB) STRICT"),
        OK);
}

static enum err put_kind(struct room *room, int64_t id, struct value i, struct value n,
                         struct value x, struct value b)
{
    struct value values[] = {V_INT(id), i, n, x, b};

    return room_exec(room, "INSERT INTO k (id, i, n, x, b) VALUES ($1, $2, $3, $4, $5)", values,
                     5);
}

static void same_value(const struct value *left, const struct value *right)
{
    assert_int_equal(left->type, right->type);
    if (left->type == VALUE_INTEGER)
        assert_true(left->integer == right->integer);
    if (left->type == VALUE_NUMBER)
        assert_memory_equal(&left->number, &right->number, sizeof(double));
    if (left->type == VALUE_TEXT || left->type == VALUE_BYTES)
        assert_true(text_same(left->text, right->text));
}

static void every_type_comes_back_as_it_went(void **state)
{
    ROOM(state);
    struct value cases[][4] = {
        {V_INT(0), V_NUM(0.0), V_TEXT(TEXT("")), V_BYTES(TEXT(""))},
        {V_INT(INT64_MAX), V_NUM(0.1), V_TEXT(TEXT("plain")), V_BYTES(TEXT("\0\0\1"))},
        {V_INT(INT64_MIN), V_NUM(-1.7976931348623157e308), V_TEXT(TEXT("风险 — ‘ ’ \\ \" '")),
         V_BYTES(TEXT("\xff\xfe\\x00"))},
        {V_INT(-1), V_NUM(5e-324), V_TEXT(TEXT("😀\n\t\x7f")), V_BYTES(TEXT("plain"))},
        {V_NULL, V_NULL, V_NULL, V_NULL},
        {V_INT(1LL << 53 | 1), V_NUM(4.35), V_TEXT(TEXT("NULL")), V_NULL},
        {V_NULL, V_NUM(3.0), V_NULL, V_BYTES(TEXT("\0"))},
    };
    struct rows rows;

    kinds_table(room);
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_int_equal(
            put_kind(room, (int64_t)i, cases[i][0], cases[i][1], cases[i][2], cases[i][3]), OK);
    rows = room_rows(room, "SELECT i, n, x, b FROM k ORDER BY id");
    assert_int_equal(rows.count, COUNT(cases));
    assert_int_equal(rows.columns, 4);
    for (size_t i = 0; i < COUNT(cases) * 4; i++)
        same_value(&rows.cells[i], &cases[i / 4][i % 4]);
}

static void zero_has_no_sign(void **state)
{
    ROOM(state);
    kinds_table(room);
    assert_int_equal(put_kind(room, 1, V_NULL, V_NUM(-0.0), V_NULL, V_NULL), OK);
    same_value(room_rows(room, "SELECT n FROM k").cells, &V_NUM(0.0));
}

static void an_empty_text_without_an_address_is_not_null(void **state)
{
    ROOM(state);
    struct text nothing = {NULL, 0};
    struct rows rows;

    kinds_table(room);
    assert_int_equal(put_kind(room, 1, V_NULL, V_NULL, V_TEXT(nothing), V_BYTES(nothing)), OK);
    rows = room_rows(room, "SELECT x, b FROM k");
    assert_int_equal(rows.cells[0].type, VALUE_TEXT);
    assert_int_equal(rows.cells[1].type, VALUE_BYTES);
}

static void what_is_not_text_is_refused(void **state)
{
    ROOM(state);
    kinds_table(room);
    assert_int_equal(put_kind(room, 1, V_NULL, V_NULL, V_TEXT(TEXT("a\0b")), V_NULL),
                     ERR_INVALID);
    assert_text(last_code(room->call), "not_text");
    assert_int_equal(put_kind(room, 1, V_NULL, V_NULL, V_TEXT(TEXT("\xc3")), V_NULL),
                     ERR_INVALID);
    assert_int_equal(put_kind(room, 1, V_NULL, V_NUM((double)NAN), V_NULL, V_NULL),
                     ERR_INVALID);
    assert_text(last_code(room->call), "not_finite");
    assert_int_equal(room_number(room, "SELECT count(*) FROM k"), 0);
}

static void a_wrong_type_is_a_bug(void **state)
{
    ROOM(state);
    kinds_table(room);
    assert_int_equal(put_kind(room, 1, V_TEXT(TEXT("many")), V_NULL, V_NULL, V_NULL), ERR_BUG);
    assert_int_equal(put_kind(room, 1, V_NULL, V_NULL, V_NULL, V_INT(1)), ERR_BUG);
    assert_int_equal(room_number(room, "SELECT count(*) FROM k"), 0);
}

static void a_placeholder_may_occur_twice_and_in_any_order(void **state)
{
    ROOM(state);
    struct reader *r = store_reader(room->store);
    struct value values[] = {V_TEXT(TEXT("a")), V_TEXT(TEXT("b"))};
    struct rows rows;

    assert_int_equal(
        read_rows(room->call, r,
                  "SELECT CAST($2 AS text) || CAST($1 AS text) || CAST($2 AS text)", values, 2,
                  1, &rows),
        OK);
    assert_text(rows.cells[0].text, "bab");
    store_return(room->store, r);
}

static void sums_and_truths_read_alike(void **state)
{
    ROOM(state);
    struct rows rows;

    kinds_table(room);
    for (int i = 1; i <= 3; i++)
        assert_int_equal(put_kind(room, i, V_INT(i), V_NUM(i / 2.0), V_NULL, V_NULL), OK);
    rows = room_rows(room, "SELECT SUM(i), SUM(n), COUNT(*), MAX(i) = 3, MIN(x), 7 / 2 FROM k");
    same_value(&rows.cells[0], &V_INT(6));
    same_value(&rows.cells[1], &V_NUM(3.0));
    same_value(&rows.cells[2], &V_INT(3));
    same_value(&rows.cells[3], &V_INT(1));
    same_value(&rows.cells[4], &V_NULL);
    same_value(&rows.cells[5], &V_INT(3));
}

static void like_heeds_case(void **state)
{
    ROOM(state);
    assert_int_equal(room_number(room, "SELECT COUNT(*) FROM (SELECT 1 AS one) AS q"
                                       " WHERE 'Risk' LIKE 'risk'"),
                     0);
}

/* One statement first used with NULL, then with values, then with other types. */
static void nulls_and_values_share_a_statement(void **state)
{
    ROOM(state);
    kinds_table(room);
    assert_int_equal(put_kind(room, 1, V_NULL, V_NULL, V_NULL, V_NULL), OK);
    assert_int_equal(put_kind(room, 2, V_INT(INT64_MAX), V_NULL, V_TEXT(TEXT("x")), V_NULL),
                     OK);
    assert_int_equal(put_kind(room, 3, V_NULL, V_INT(5), V_NULL, V_BYTES(TEXT("\0"))), OK);
    assert_int_equal(put_kind(room, 4, V_NULL, V_NUM(5.5), V_NULL, V_NULL), OK);
    assert_true(room_number(room, "SELECT i FROM k WHERE id = 2") == INT64_MAX);
    same_value(room_rows(room, "SELECT n FROM k WHERE id = 3").cells, &V_NUM(5.0));
    same_value(room_rows(room, "SELECT n FROM k WHERE id = 4").cells, &V_NUM(5.5));
}

/* More different statements than a link keeps. */
static void very_many_statements_are_fine(void **state)
{
    ROOM(state);
    struct reader *r = store_reader(room->store);
    struct rows rows;

    for (int i = 0; i < CACHE_MOST + 100; i++) {
        const char *sql = text_print(room->arena, "SELECT CAST($1 AS bigint) + %d", i).at;
        for (int again = 0; again < 2; again++)
            assert_int_equal(read_rows(room->call, r, sql, &V_INT(1), 1, 1, &rows), OK);
        assert_true(rows.cells[0].integer == i + 1);
    }
    store_return(room->store, r);
}

static enum err read_once(struct room *room, const char *sql, size_t most)
{
    struct reader *r = store_reader(room->store);
    struct rows rows;
    enum err e = read_rows(room->call, r, sql, NULL, 0, most, &rows);

    store_return(room->store, r);
    return e;
}

static void too_many_rows_is_said(void **state)
{
    ROOM(state);
    const char *sql = "SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3";

    assert_int_equal(read_once(room, sql, 3), OK);
    assert_int_equal(read_once(room, sql, 2), ERR_TOO_LARGE);
    assert_text(last_code(room->call), "too_large");
}

static void a_wrong_statement_is_a_bug(void **state)
{
    ROOM(state);
    const char *wrong[] = {"SELEC 1", "SELECT nothing FROM nowhere", "SELECT $1",
                           "SELECT 1; SELECT 2", "SELECT \"no such column\""};

    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(read_once(room, wrong[i], 1), ERR_BUG);
    assert_int_equal(read_once(room, "SELECT 1", 1), OK);
}

static void a_reader_cannot_write(void **state)
{
    ROOM(state);
    room_table(room);
    assert_int_equal(read_once(room, "INSERT INTO t (id) VALUES (1)", 1), ERR_BUG);
    assert_int_equal(read_once(room, "DELETE FROM t", 1), ERR_BUG);
    assert_false(store_failing(room->store));
}

static void a_slow_read_is_stopped(void **state)
{
    ROOM(state);
    atomic_store(&store__slow_after, 50 * 1000);
    room_reopen(room);
    assert_int_equal(read_once(room,
                               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                               " WHERE i < 2000000000) SELECT count(*) FROM n",
                               1),
                     ERR_SLOW);
    assert_text(last_code(room->call), "too_slow");
    assert_int_equal(read_once(room, "SELECT 1", 1), OK);
    assert_false(store_failing(room->store));
    atomic_store(&store__slow_after, 10 * 1000 * 1000);
}

static enum err read_long(struct room *room, struct reader *r)
{
    struct rows rows;

    return read_rows(room->call, r,
                     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
                     " WHERE i < 2000000000) SELECT count(*) FROM n",
                     NULL, 0, 1, &rows);
}

/* S3: many statements, each short enough, cannot take longer together than their borrower may;
 * and the one under way is stopped. */
static void all_that_a_borrower_reads_has_one_deadline(void **state)
{
    ROOM(state);
    struct reader *r = store_reader(room->store);
    struct rows rows;

    reader_until(r, clock_ticks() + 200 * 1000);
    assert_int_equal(read_rows(room->call, r, "SELECT 1", NULL, 0, 1, &rows), OK);
    assert_int_equal(read_long(room, r), ERR_SLOW);
    assert_text(last_code(room->call), "too_slow");
    reader_until(r, clock_ticks());
    assert_int_equal(read_rows(room->call, r, "SELECT 1", NULL, 0, 1, &rows), ERR_SLOW);
    assert_int_equal(read_begin(room->call, r), ERR_SLOW);
    store_return(room->store, r);
    /* Whoever borrows it next has all the time again; in a view too. */
    r = store_reader(room->store);
    assert_int_equal(read_rows(room->call, r, "SELECT 1", NULL, 0, 1, &rows), OK);
    reader_until(r, clock_ticks() + 300 * 1000);
    assert_int_equal(read_begin(room->call, r), OK);
    assert_int_equal(read_long(room, r), ERR_SLOW);
    read_end(r);
    reader_until(r, 0);
    assert_int_equal(read_rows(room->call, r, "SELECT 1", NULL, 0, 1, &rows), OK);
    assert_false(store_failing(room->store));
    store_return(room->store, r);
}

static int64_t count_on(struct room *room, struct reader *r)
{
    struct rows rows;

    assert_int_equal(read_rows(room->call, r, "SELECT count(*) FROM t", NULL, 0, 1, &rows), OK);
    return rows.cells[0].integer;
}

static void a_view_stands_still(void **state)
{
    ROOM(state);
    struct reader *r = store_reader(room->store);

    room_table(room);
    assert_int_equal(read_begin(room->call, r), OK);
    assert_int_equal(count_on(room, r), 0);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1)", NULL, 0), OK);
    assert_int_equal(count_on(room, r), 0);
    read_end(r);
    assert_int_equal(count_on(room, r), 1);
    store_return(room->store, r);
}

struct borrower {
    struct room *room;
    struct arena *arena;
    pthread_t thread;
    atomic_int *reads;
};

static void *borrow_and_read(void *arg)
{
    struct borrower *b = arg;
    struct call *call = call_open(b->arena, 0, LANG_EN);

    for (int i = 0; i < 20; i++) {
        struct reader *r = store_reader(b->room->store);
        struct rows rows;
        if (read_rows(call, r, "SELECT count(*) FROM t", NULL, 0, 1, &rows) == OK)
            atomic_fetch_add(b->reads, 1);
        store_return(b->room->store, r);
    }
    return NULL;
}

static void more_threads_than_readers_all_read(void **state)
{
    ROOM(state);
    struct borrower b[READERS_MOST * 2];
    atomic_int reads = 0;

    room_table(room);
    for (size_t i = 0; i < COUNT(b); i++) {
        b[i] = (struct borrower){room, arena_open(), 0, &reads};
        assert_int_equal(pthread_create(&b[i].thread, NULL, borrow_and_read, &b[i]), 0);
    }
    for (size_t i = 0; i < COUNT(b); i++) {
        pthread_join(b[i].thread, NULL);
        arena_close(b[i].arena);
    }
    assert_int_equal(reads, COUNT(b) * 20);
    assert_true(room->store->readers <= READERS_MOST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(every_type_comes_back_as_it_went),
        BOTH(zero_has_no_sign),
        BOTH(an_empty_text_without_an_address_is_not_null),
        BOTH(what_is_not_text_is_refused),
        BOTH(a_wrong_type_is_a_bug),
        BOTH(a_placeholder_may_occur_twice_and_in_any_order),
        BOTH(sums_and_truths_read_alike),
        BOTH(like_heeds_case),
        BOTH(nulls_and_values_share_a_statement),
        BOTH(very_many_statements_are_fine),
        BOTH(too_many_rows_is_said),
        BOTH(a_wrong_statement_is_a_bug),
        BOTH(a_reader_cannot_write),
        BOTH(a_slow_read_is_stopped),
        BOTH(all_that_a_borrower_reads_has_one_deadline),
        BOTH(a_view_stands_still),
        BOTH(more_threads_than_readers_all_read),
    };

    return cmocka_run_group_tests_name("store values", tests, NULL, NULL);
}
