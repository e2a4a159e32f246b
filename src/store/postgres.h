/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres.h — a PostgreSQL link, shared by the files that drive it.
 *
 * Statements travel in pipeline mode: they are queued, and their answers fetched together when
 * somebody needs one ("settling"). After an error the server skips what is queued behind it, up
 * to the point of settling; the first error is the one that is told. */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include "store/internal.h"

#include <libpq-fe.h>

#define PENDING_MOST 1024
#define FLUSH_EVERY 32
#define ALL_ASTRAY SIZE_MAX
struct pending {
    const char *sql;
    struct prepared *made; /* this is the preparing of it; NULL: a statement that runs */
};
struct postgres {
    struct link link;
    PGconn *db;
    struct arena *scratch; /* for the calls of the ways out */
    struct pending pending[PENDING_MOST];
    size_t pending_count;
    size_t flushed;      /* of what is pending, sent on its way */
    size_t own_from;     /* what is pending before this place is not of the job that runs */
    uint64_t statements; /* names given so far */
    bool in_view;
    int64_t patience, patience_before; /* statement_timeout in ms: now, and outside the view; 0:
                                          not known */
    bool stale; /* the last error was an outdated prepared statement */
    bool committing;
    bool warned; /* while committing: durable here, perhaps not on the standby */
};

static inline struct postgres *postgres_of(struct link *link)
{
    return (struct postgres *)link;
}

/* What an error answer means; marks the link as failed when the server or disk did. */
enum err postgres__fault(struct call *call, struct postgres *p, const char *sql,
                         const PGresult *answer);
/* Queues one statement without values. */
enum err postgres__queue(struct call *call, struct postgres *p, const char *sql);
/* Fetches every answer that is due; *last is the last one's, for the caller to clear, or NULL.
 */
enum err postgres__settle(struct call *call, struct postgres *p, PGresult **last);
enum err postgres__rows(struct call *call, struct link *link, const char *sql,
                        const struct value *values, size_t value_count, size_t most,
                        struct rows *out);
enum err postgres__exec(struct call *call, struct link *link, const char *sql,
                        const struct value *values, size_t value_count, int64_t *changed);
enum err postgres__script(struct call *call, struct link *link, const char *sql);
struct value postgres__value(struct arena *a, const PGresult *answer, int row, int column);

enum err postgres__open(struct call *call, struct store *s, struct text where, bool create);
void postgres__close(struct store *s);
enum err postgres__connect(struct call *call, struct store *s, enum link_use use,
                           struct link **out);
void postgres__disconnect(struct link *link);
bool postgres__alive(struct link *link);
enum err postgres__furnish(struct call *call, struct link *link);

#endif
