/* SPDX-License-Identifier: Apache-2.0 */
/* bench/postgres.c — the least that a durable write into PostgreSQL can cost: N connections, each inserts
 * a row of a given size and commits, again and again, as pgbench would.
 *
 *     bench_postgres URL CONNECTIONS SECONDS BYTES
 *
 * Prints: rows seconds rows_per_second */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct client {
    pthread_t thread;
    PGconn *link;
    char *content;
    double until;
    long rows;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(PGconn *link, PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);
    if (s != PGRES_COMMAND_OK && s != PGRES_TUPLES_OK) {
        fprintf(stderr, "bench_postgres: %s", PQerrorMessage(link));
        exit(1);
    }
    PQclear(r);
}

static void *run(void *arg)
{
    struct client *c = arg;
    const char *values[] = {c->content};
    while (now() < c->until) {
        must(c->link, PQexecPrepared(c->link, "put", 1, values, NULL, NULL, 0));
        c->rows++;
    }
    return NULL;
}

static void open_one(struct client *c, const char *url, double until, char *content)
{
    c->link = PQconnectdb(url);
    if (PQstatus(c->link) != CONNECTION_OK) {
        fprintf(stderr, "bench_postgres: %s", PQerrorMessage(c->link));
        exit(1);
    }
    c->until = until;
    c->content = content;
    must(c->link, PQprepare(c->link, "put", "INSERT INTO bench_rows(content) VALUES ($1)", 1, NULL));
}

static void make_table(const char *url)
{
    PGconn *link = PQconnectdb(url);
    must(link, PQexec(link, "CREATE TABLE IF NOT EXISTS bench_rows(id bigserial PRIMARY KEY, content text NOT NULL)"));
    must(link, PQexec(link, "TRUNCATE bench_rows"));
    PQfinish(link);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "bench_postgres URL CONNECTIONS SECONDS BYTES\n");
        return 2;
    }
    size_t count = strtoul(argv[2], NULL, 10), bytes = strtoul(argv[4], NULL, 10);
    struct client *all = calloc(count, sizeof *all);
    char *content = calloc(1, bytes + 1);
    if (!all || !content)
        return 1;
    memset(content, 'x', bytes);
    make_table(argv[1]);
    double length = strtod(argv[3], NULL);
    for (size_t i = 0; i < count; i++)
        open_one(&all[i], argv[1], 0, content);
    double began = now();
    long rows = 0;
    for (size_t i = 0; i < count; i++) {
        all[i].until = began + length;
        if (pthread_create(&all[i].thread, NULL, run, &all[i]) != 0)
            return 1;
    }
    for (size_t i = 0; i < count; i++) {
        pthread_join(all[i].thread, NULL);
        rows += all[i].rows;
        PQfinish(all[i].link);
    }
    double seconds = now() - began;
    printf("%ld %.3f %.0f\n", rows, seconds, (double)rows / seconds);
    return 0;
}
