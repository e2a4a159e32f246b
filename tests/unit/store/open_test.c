/* SPDX-License-Identifier: Apache-2.0 */
/* Opening, locking, remembering and copying a store. */
#include "room.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_missing_store_is_missing(void **state)
{
    ROOM(state);
    struct store *s;
    struct text where = room->postgres ? text_print(room->arena, "%s&schema=never_made",
                                                    getenv("AIMWELL_TEST_PG"))
                                       : text_print(room->arena, "%s/no", room->folder);

    assert_int_equal(store_open(room->call, where, false, &s), ERR_MISSING);
    assert_text(last_code(room->call), "missing");
    assert_null(s);
}

static void an_open_store_tells_about_itself(void **state)
{
    ROOM(state);
    assert_int_equal(store_kind(room->store), room->postgres ? STORE_POSTGRES : STORE_SQLITE);
    assert_false(store_failing(room->store));
    if (room->postgres)
        assert_int_equal(store_folder(room->store).len, 0);
    else
        assert_true(text_ends(store_folder(room->store), "/store"));
}

static enum err write_meta(struct job *job, struct call *call, struct tx *tx)
{
    const struct text *value = job->arg;

    return meta_write(call, tx, "origin", *value);
}

static struct text meta_of(struct room *room, const char *name, enum err expected)
{
    struct reader *r = store_reader(room->store);
    struct text value;

    assert_int_equal(meta_read(room->call, r, name, &value), expected);
    store_return(room->store, r);
    return value;
}

static void meta_lasts_and_is_replaced(void **state)
{
    ROOM(state);
    struct text one = TEXT("one"), two = TEXT("二");

    meta_of(room, "origin", ERR_MISSING);
    assert_int_equal(room->call->problem_count, 0);
    assert_int_equal(store_run(room->store, room->call, write_meta, &one), OK);
    assert_text(meta_of(room, "origin", OK), "one");
    assert_int_equal(store_run(room->store, room->call, write_meta, &two), OK);
    room_reopen(room);
    assert_text(meta_of(room, "origin", OK), "二");
    meta_of(room, "other", ERR_MISSING);
}

static void opening_twice_in_a_process_is_refused(void **state)
{
    ROOM(state);
    struct store *second;
    char pid[32];

    assert_int_equal(store_open(room->call, room->where, false, &second), ERR_CONFLICT);
    assert_text(last_code(room->call), "locked");
    snprintf(pid, sizeof(pid), "process %ld", (long)getpid());
    assert_true(text_search(room->call->problems->message, text_of(pid)) >= 0);
}

/* Only async-signal-safe things after fork, so the child is this program again. */
static int try_to_open(const char *folder)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, clock_now(), LANG_EN);
    struct store *s;
    enum err e = store_open(call, text_of(folder), false, &s);

    store_close(s);
    arena_close(a);
    return (int)e;
}

static int open_in_other_process(const char *folder)
{
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        execl("/proc/self/exe", "open", folder, (char *)NULL);
        _exit(127);
    }
    assert_true(child > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void another_process_is_locked_out(void **state)
{
    ROOM(state);
    const char *folder = text_c(room->arena, room->where);

    assert_int_equal(open_in_other_process(folder), ERR_CONFLICT);
    store_close(room->store);
    room->store = NULL;
    assert_int_equal(open_in_other_process(folder), OK);
}

static void assert_private(const char *path)
{
    struct stat about;

    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 077, 0);
}

static void everything_in_the_folder_is_private(void **state)
{
    ROOM(state);
    assert_private(room_path(room, ""));
    assert_private(room_path(room, "aimwell.db"));
    assert_private(room_path(room, "aimwell.db-wal"));
    assert_private(room_path(room, "lock"));
    assert_private(room_path(room, "files"));
}

static void closing_leaves_no_log_behind(void **state)
{
    ROOM(state);
    room_table(room);
    store_close(room->store);
    room->store = NULL;
    assert_int_not_equal(access(room_path(room, "aimwell.db-wal"), F_OK), 0);
    assert_int_equal(access(room_path(room, "aimwell.db"), F_OK), 0);
}

static void half_written_files_are_swept(void **state)
{
    ROOM(state);
    const char *path = room_path(room, "files/incoming/half");
    int fd = open(path, O_CREAT | O_WRONLY, 0600);

    assert_true(fd >= 0);
    close(fd);
    room_reopen(room);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void what_is_not_a_database_is_refused(void **state)
{
    ROOM(state);
    const char *path = room_path(room, "aimwell.db");
    struct store *s;
    FILE *f;

    store_close(room->store);
    room->store = NULL;
    f = fopen(path, "w");
    assert_non_null(f);
    for (int i = 0; i < 4096; i++)
        fputc('x', f);
    fclose(f);
    assert_int_equal(store_open(room->call, room->where, false, &s), ERR_IO);
}

static int64_t count_in(const char *file, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *statement;
    int64_t n;

    assert_int_equal(sqlite3_open_v2(file, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    n = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return n;
}

static void a_backup_is_a_whole_store(void **state)
{
    ROOM(state);
    const char *file = text_print(room->arena, "%s/copy.db", room->folder).at;

    room_table(room);
    for (int i = 0; i < 100; i++)
        assert_int_equal(
            room_exec(room, "INSERT INTO t (id, name) VALUES ($1, 'x')", &V_INT(i), 1), OK);
    assert_int_equal(store_backup(room->call, room->store, file), OK);
    assert_private(file);
    assert_int_equal(room_exec(room, "DELETE FROM t", NULL, 0), OK);
    assert_int_equal(count_in(file, "SELECT count(*) FROM t"), 100);
    assert_int_equal(count_in(file, "SELECT count(*) FROM pragma_integrity_check"
                                    " WHERE integrity_check = 'ok'"),
                     1);
    assert_int_equal(store_backup(room->call, room->store, file), ERR_CONFLICT);
    assert_text(last_code(room->call), "exists");
    assert_int_equal(count_in(file, "SELECT count(*) FROM t"), 100);
}

static void postgres_keeps_its_own_backups(void **state)
{
    ROOM(state);
    assert_int_equal(store_backup(room->call, room->store, "/tmp/never"), ERR_INVALID);
    assert_true(text_search(room->call->problems->message, TEXT("pg_dump")) >= 0);
}

static void schemas_are_stores_apart(void **state)
{
    ROOM(state);
    struct text where = text_print(room->arena, "%s&schema=other_%ld",
                                   getenv("AIMWELL_TEST_PG"), (long)getpid());
    struct room other = *room;

    room_table(room);
    assert_int_equal(store_open(room->call, where, true, &other.store), OK);
    room_table(&other);
    assert_int_equal(room_exec(room, "INSERT INTO t (id) VALUES (1)", NULL, 0), OK);
    assert_int_equal(room_number(&other, "SELECT count(*) FROM t"), 0);
    assert_int_equal(
        room_script(
            &other,
            text_print(room->arena, "DROP SCHEMA other_%ld CASCADE", (long)getpid()).at),
        OK);
    store_close(other.store);
}

static void a_wild_schema_name_is_refused(void **state)
{
    ROOM(state);
    const char *bad[] = {"", "1a", "a-b", "A", "pg_x", "a\"; DROP SCHEMA public; --"};
    struct store *s;

    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text where =
            text_print(room->arena, "%s&schema=%s", getenv("AIMWELL_TEST_PG"), bad[i]);
        assert_int_equal(store_open(room->call, where, true, &s), ERR_INVALID);
    }
}

static void no_server_is_an_error_with_a_reason(void **state)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct store *s;

    assert_int_equal(
        store_open(call, TEXT("postgres://nobody@/none?host=%2Fnowhere&schema=x"), true, &s),
        ERR_IO);
    assert_true(text_search(call->problems->message, TEXT("/nowhere")) >= 0);
    arena_close(a);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        BOTH(a_missing_store_is_missing),
        BOTH(an_open_store_tells_about_itself),
        BOTH(meta_lasts_and_is_replaced),
        SQLITE_ONLY(opening_twice_in_a_process_is_refused),
        SQLITE_ONLY(another_process_is_locked_out),
        SQLITE_ONLY(everything_in_the_folder_is_private),
        SQLITE_ONLY(closing_leaves_no_log_behind),
        SQLITE_ONLY(half_written_files_are_swept),
        SQLITE_ONLY(what_is_not_a_database_is_refused),
        SQLITE_ONLY(a_backup_is_a_whole_store),
        POSTGRES_ONLY(postgres_keeps_its_own_backups),
        POSTGRES_ONLY(schemas_are_stores_apart),
        POSTGRES_ONLY(a_wild_schema_name_is_refused),
        cmocka_unit_test(no_server_is_an_error_with_a_reason),
    };

    if (argc == 2)
        return try_to_open(argv[1]);
    return cmocka_run_group_tests_name("store open", tests, NULL, NULL);
}
