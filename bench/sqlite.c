/* SPDX-License-Identifier: Apache-2.0 */
/* bench/sqlite.c — the least that a durable write into SQLite can cost: rows of a given size into one
 * table, a given number to a commit, with the same settings as ours (WAL, synchronous=FULL).
 *
 *     bench_sqlite FILE ROWS ROWS_TO_A_COMMIT BYTES
 *
 * Prints: rows seconds rows_per_second */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(sqlite3 *db, int rc)
{
    if (rc == SQLITE_OK || rc == SQLITE_DONE || rc == SQLITE_ROW)
        return;
    fprintf(stderr, "bench_sqlite: %s\n", sqlite3_errmsg(db));
    exit(1);
}

static void run(sqlite3 *db, long rows, long group, int bytes)
{
    sqlite3_stmt *insert;
    char *content = malloc((size_t)bytes);
    if (!content)
        exit(1);
    memset(content, 'x', (size_t)bytes);
    must(db, sqlite3_prepare_v2(db, "INSERT INTO t(id, content) VALUES (?, ?)", -1, &insert, NULL));
    for (long i = 0; i < rows; i++) {
        if (i % group == 0)
            must(db, sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL));
        sqlite3_bind_int64(insert, 1, i);
        sqlite3_bind_text(insert, 2, content, bytes, SQLITE_STATIC);
        must(db, sqlite3_step(insert));
        must(db, sqlite3_reset(insert));
        if (i % group == group - 1 || i == rows - 1)
            must(db, sqlite3_exec(db, "COMMIT", NULL, NULL, NULL));
    }
    sqlite3_finalize(insert);
    free(content);
}

int main(int argc, char **argv)
{
    sqlite3 *db;
    if (argc != 5) {
        fprintf(stderr, "bench_sqlite FILE ROWS ROWS_TO_A_COMMIT BYTES\n");
        return 2;
    }
    long rows = strtol(argv[2], NULL, 10), group = strtol(argv[3], NULL, 10);
    must(NULL, sqlite3_open(argv[1], &db));
    must(db, sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                              "CREATE TABLE t(id INTEGER PRIMARY KEY, content TEXT NOT NULL) STRICT",
                          NULL, NULL, NULL));
    double began = now();
    run(db, rows, group < 1 ? 1 : group, (int)strtol(argv[4], NULL, 10));
    double seconds = now() - began;
    sqlite3_close(db);
    printf("%ld %.3f %.0f\n", rows, seconds, (double)rows / seconds);
    return 0;
}
