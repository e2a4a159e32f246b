/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/store/guest_test.c — E10: what a check's query may read, and the ways round it that
 * people have tried on one database or the other. */
#include "room.h"

#include <string.h>

static const struct text thing_columns[] = {{"id", 2}, {"state", 5}, {"due", 3}, {"email", 5}};
static const struct text person_columns[] = {{"id", 2}, {"name", 4}};

static const struct guest *list(struct arena *a)
{
    struct guest *g = guest_in(a);
    guest_allow(g, TEXT("thing"), thing_columns, COUNT(thing_columns), false);
    guest_allow(g, TEXT("person"), person_columns, COUNT(person_columns), true);
    return g;
}

static const char *const good[] = {
    "SELECT count(*) FROM thing",
    "select COUNT(*) from Thing T where T.State <> 'x' AND t.due < $1",
    "SELECT count(DISTINCT state) * 2 FROM thing WHERE due IN ('a', 'it''s', '-- no comment')",
    "SELECT 'thing' AS kind, t.id AS id, CASE WHEN t.due IS NULL THEN 'a' ELSE 'b' END AS reason "
    "FROM thing t WHERE NOT EXISTS (SELECT 1 FROM person p WHERE p.id = t.id)",
    "SELECT 'a' AS kind, t.id AS id FROM thing t UNION ALL SELECT 'b' AS kind, t.id AS id FROM "
    "person t",
    "SELECT d.n FROM (SELECT count(*) AS n FROM thing t, person p WHERE p.id = t.id) d",
    "SELECT max(t.due) FROM thing t LEFT JOIN person p ON p.id = t.id WHERE t.due >= CAST($2 AS "
    "text) AND (SELECT count(*) FROM thing u) > 1",
};

static const char *const bad[] = {
    /* plainly */
    "SELECT password FROM person", "SELECT p.password FROM person p",
    "SELECT count(*) FROM session", "SELECT s.hash FROM session s", "SELECT value FROM meta",
    "SELECT count(*) FROM thing t JOIN token k ON k.id = t.id",
    "SELECT count(*) FROM thing, token", "SELECT count(*) FROM thing t, (SELECT 1 FROM token) k",
    "SELECT 1 FROM thing WHERE EXISTS (SELECT 1 FROM token)",
    "SELECT 1 FROM thing WHERE id IN (SELECT hash FROM token)", "SELECT 1 FROM thing WHERE id IN token",
    "SELECT id FROM thing UNION SELECT password FROM person",
    "SELECT id FROM thing UNION ALL SELECT hash FROM session",
    /* a row for all its columns */
    "SELECT * FROM person", "SELECT p.* FROM person p", "SELECT p FROM person p",
    "SELECT count(p.*) FROM person p", "SELECT person FROM person", "SELECT (p).password FROM person p",
    "SELECT max(CAST(p AS text)) FROM person p", "SELECT p || '' FROM person p",
    "SELECT password(p) FROM person p", "SELECT p.row_to_json FROM person p",
    "SELECT row_to_json(p) FROM person p", "SELECT DISTINCT * FROM person",
    /* a column of two, one of them hidden: without a table in front it could be either */
    "SELECT email FROM person", "SELECT t.id FROM thing t WHERE EXISTS (SELECT 1 FROM person WHERE "
    "email = 'x')",
    "SELECT a.email FROM person a", "SELECT 1 FROM person a WHERE EXISTS (SELECT 1 FROM thing b JOIN "
    "thing c ON EXISTS (SELECT 1 FROM thing d WHERE a.email = 'x'), thing a)",
    "SELECT 1 FROM person a WHERE EXISTS (SELECT x.e FROM thing a, (SELECT a.email AS e FROM thing b) x)",
    /* other schemas and catalogs */
    "SELECT count(*) FROM pg_shadow", "SELECT passwd FROM pg_catalog.pg_shadow",
    "SELECT count(*) FROM information_schema.tables", "SELECT count(*) FROM sqlite_master",
    "SELECT sql FROM sqlite_schema", "SELECT count(*) FROM main.session", "SELECT count(*) FROM aimwell.session",
    "SELECT count(*) FROM thing.session", "SELECT 1 FROM thing information_schema, information_schema.tables x",
    "SELECT 1 FROM pragma_table_info('session')", "SELECT aimwell.thing.id FROM thing",
    /* names in quotes, comments, other spellings */
    "SELECT \"password\" FROM person", "SELECT count(*) FROM \"session\"", "SELECT count(*) FROM [session]",
    "SELECT count(*) FROM `session`", "SELECT 1 FROM/**/session", "SELECT count(*) FROM thing -- x",
    "SELECT U&'\\0041' FROM thing", "SELECT E'\\'' FROM thing", "SELECT $$x$$ FROM thing",
    "SELECT $tag$x$tag$ FROM thing", "SELECT 'open FROM thing", "SELECT x'00' FROM thing",
    "SELECT \xd1\x80 FROM thing",
    /* functions */
    "SELECT pg_read_file('/etc/passwd')", "SELECT current_setting('data_directory')",
    "SELECT set_config('role', 'x', false)", "SELECT load_extension('x')", "SELECT readfile('x')",
    "SELECT dblink('x', 'y')", "SELECT query_to_xml('select 1', true, true, '')",
    "SELECT pg_sleep(10)", "SELECT lo_get(1)", "SELECT pg_catalog.pg_read_file('x')",
    "SELECT lower (pg_read_file('x')) FROM thing", "SELECT current_user", "SELECT session_user FROM thing",
    "SELECT CAST('session' AS regclass)", "SELECT 'session'::regclass",
    "SELECT CAST('x' AS pg_catalog.text)", "SELECT CAST(1 AS text) FROM generate_series(1, 1000000000)",
    /* other words */
    "WITH x AS (SELECT password FROM person) SELECT count(*) FROM x",
    "SELECT 1 FROM (WITH x AS (SELECT 1) SELECT 1 FROM x) y", "SELECT 1 FROM thing WHERE id = (TABLE session)",
    "TABLE session", "VALUES (1)", "SELECT 1; SELECT 2", "SELECT 1 INTO x FROM thing",
    "SELECT 1 FROM ONLY session", "SELECT 1 FROM LATERAL (SELECT 1) x", "SELECT 1 FROM ROWS FROM (x())",
    "SELECT id FROM thing FOR UPDATE", "SELECT 1 FROM thing NATURAL JOIN person",
    "SELECT 1 FROM thing JOIN person USING (password)", "SELECT 1 WHERE 1 IS DISTINCT FROM person",
    "SELECT trim(BOTH FROM session) FROM thing", "SELECT substring('x' FROM 1) FROM thing",
    "SELECT 1 FROM thing WHERE id ~ '(a+)+$'", "SELECT id COLLATE \"C\" FROM thing",
    "SELECT 1 FROM (SELECT 1)", "SELECT (1", "SELECT 1)", "", "DELETE FROM thing",
    "SELECT id FROM thing WHERE id OPERATOR(pg_catalog.=) 'x'", "SELECT rowid FROM thing", "SELECT t.ctid FROM thing t",
};

static void what_a_check_needs_is_read(void **state)
{
    ROOM(state);
    for (size_t i = 0; i < COUNT(good); i++) {
        struct text why;
        if (!guest_check(room->arena, list(room->arena), text_of(good[i]), &why))
            fail_msg("%s: %.*s", good[i], TEXT_ARG(why));
    }
}

static void nothing_else_is(void **state)
{
    ROOM(state);
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text why;
        if (guest_check(room->arena, list(room->arena), text_of(bad[i]), &why))
            fail_msg("let through: %s", bad[i]);
        assert_true(why.len > 0);
    }
}

static void deep_and_long_ones_end(void **state)
{
    ROOM(state);
    struct buf b = buf_in(room->arena, 1u << 20);
    struct text why;
    buf_add_c(&b, "SELECT ");
    for (int i = 0; i < 40000; i++)
        buf_add_c(&b, "(");
    assert_false(guest_check(room->arena, list(room->arena), buf_text(&b), &why));
    for (int i = 0; i < 200000; i++)
        buf_add_c(&b, "1");
    assert_false(guest_check(room->arena, list(room->arena), buf_text(&b), &why));
}

static enum err make(struct job *job, struct call *call, struct tx *tx)
{
    (void)job;
    return tx_script(call, tx,
                     "CREATE TABLE thing (id text, state text, due text, email text);"
                     "CREATE TABLE person (id text, name text, password text);"
                     "INSERT INTO thing VALUES ('a', 'new', '2026-01-01', '');"
                     "INSERT INTO person VALUES ('a', 'Mia', 'hash')");
}

static void it_runs_and_the_engine_still_reads_all(void **state)
{
    ROOM(state);
    struct reader *r = store_reader(room->store);
    const struct guest *g = list(room->arena);
    const char *all = "SELECT p.password FROM person p", *some = "SELECT p.name FROM person p";
    struct rows rows;

    assert_int_equal(store_run(room->store, room->call, make, NULL), OK);
    /* In the engine's words first: what it prepared is not the guest's. */
    assert_int_equal(read_rows(room->call, r, all, NULL, 0, 9, &rows), OK);
    assert_int_equal(read_guest(room->call, r, g, all, NULL, 0, 9, &rows), ERR_BUG);
    assert_int_equal(read_guest(room->call, r, g, some, NULL, 0, 9, &rows), OK);
    assert_true(text_is(rows.cells[0].text, "Mia"));
    for (size_t i = 0; i < COUNT(good); i++) {
        struct value values[] = {V_TEXT(TEXT("2026-06-01")), V_TEXT(TEXT("2025-06-01"))};
        size_t count = strstr(good[i], "$2") ? 2 : strstr(good[i], "$1") ? 1 : 0;
        if (count != 2 || room->store->driver->kind == STORE_SQLITE)
            assert_int_equal(read_guest(room->call, r, g, good[i], values, count, 9, &rows), OK);
    }
    assert_int_equal(read_rows(room->call, r, all, NULL, 0, 9, &rows), OK);
    store_return(room->store, r);
}

/* SQLite's own look, below ours: with a list that says less, what ours let through is stopped. */
static void sqlite_holds_the_list_too(void **state)
{
    ROOM(state);
    const struct guest *g = list(room->arena);
    assert_int_equal(store__guest_authorize(g, 20 /* READ */, "person", "name"), 0);
    assert_int_equal(store__guest_authorize(g, 20, "person", "password"), 1);
    assert_int_equal(store__guest_authorize(g, 20, "session", "id"), 1);
    assert_int_equal(store__guest_authorize(g, 20, "sqlite_master", "sql"), 1);
    assert_int_equal(store__guest_authorize(g, 31 /* FUNCTION */, NULL, "count"), 0);
    assert_int_equal(store__guest_authorize(g, 31, NULL, "load_extension"), 1);
    assert_int_equal(store__guest_authorize(g, 24 /* ATTACH */, "x", NULL), 1);
    assert_int_equal(store__guest_authorize(g, 19 /* PRAGMA */, "key", NULL), 1);
}

/* What it reads, by its words: of a table with rows of every kind the one that it asks for,
 * where nothing else would do as well. */
static void what_it_depends_on_is_told(void **state)
{
    ROOM(state);
    static const struct text stay_columns[] = {{"kind", 4}, {"id", 2}, {"state", 5}};
    static const struct {
        const char *where, *kind;
    } asked[] = {
        {"FROM thing t JOIN stay s ON s.kind = 'thing' AND s.id = t.id", "thing"},
        {"FROM stay s JOIN thing t ON t.id = s.id WHERE s.state = 'x' AND s.kind = 'thing'",
         "thing"},
        {"FROM stay s WHERE NOT EXISTS (SELECT 1 FROM thing t WHERE t.id = s.id OR t.due < $1) "
         "AND s.kind = 'thing'",
         "thing"},
        {"FROM stay s WHERE s.kind = 'thing' OR s.state = 'x'", ""},
        {"FROM stay s WHERE s.state = 'x' OR s.state = 'y' AND s.kind = 'thing'", ""},
        {"FROM stay s WHERE (s.kind = 'thing' AND s.state = 'x') OR s.id = 'y'", ""},
        {"FROM stay s WHERE NOT s.kind = 'thing'", ""},
        {"FROM stay s WHERE NOT (s.kind = 'thing' AND s.state = 'x')", ""},
        {"FROM stay s WHERE s.kind = 'thing' || s.state", ""},
        {"FROM stay s WHERE s.kind <> 'thing' AND s.id = 'thing'", ""},
        {"FROM stay s WHERE CASE WHEN s.kind = 'thing' AND s.state = 'x' THEN 1 ELSE 1 END = 1",
         ""},
        {"FROM stay s WHERE EXISTS (SELECT 1 FROM thing t WHERE s.kind = 'thing')", ""},
    };
    struct guest *g = guest_in(room->arena);
    guest_allow(g, TEXT("thing"), thing_columns, COUNT(thing_columns), false);
    guest_allow(g, TEXT("stay"), stay_columns, COUNT(stay_columns), false);
    for (size_t i = 0; i < COUNT(asked); i++) {
        struct guest_read *reads;
        size_t found = 0,
               count = guest_reads(
                   room->arena, g,
                   text_print(room->arena, "SELECT count(*) %s", asked[i].where), &reads);
        for (size_t n = 0; n < count; n++)
            if (text_is(reads[n].table, "stay")) {
                found++;
                if (!text_is(reads[n].kind, asked[i].kind))
                    fail_msg("%s: %.*s", asked[i].where, TEXT_ARG(reads[n].kind));
            }
        assert_int_equal(found, 1);
    }
}

/* Learned, it is taken as it is; to the byte, and no other. */
static void what_was_learned_runs(void **state)
{
    ROOM(state);
    struct text why;
    const struct guest *g = list(room->arena);
    assert_true(guest_learn(g, room->arena, TEXT("SELECT count(*) FROM thing"), &why));
    assert_false(guest_learn(g, room->arena, TEXT("SELECT password FROM person"), &why));
    struct reader *r = store_reader(room->store);
    struct rows rows;
    assert_int_equal(
        read_guest(room->call, r, g, "SELECT password FROM person", NULL, 0, 9, &rows),
        ERR_BUG);
    store_return(room->store, r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BOTH(what_a_check_needs_is_read), BOTH(nothing_else_is),
        BOTH(deep_and_long_ones_end),     BOTH(it_runs_and_the_engine_still_reads_all),
        BOTH(what_it_depends_on_is_told), BOTH(what_was_learned_runs),
        BOTH(sqlite_holds_the_list_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
