/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/asked.c — whom the records of a kind ask to acknowledge them: nothing is kept
 * but what people did, so that whoever joins, leaves or moves is counted as they are. */
#include "record/query/statement.h"

/* "… FROM (asked) q WHERE …" */
static struct query begin(struct call *call, struct records *r, const struct kind *k,
                          const char *columns)
{
    struct query q = sql__start(call, r, k);
    buf_print(&q.sql, "SELECT %s FROM (", columns);
    buf_add(&q.sql, kind_asked(call->arena, k));
    buf_add_c(&q.sql, ") q WHERE ");
    return q;
}

static enum err ask(struct query *q, struct db db, size_t most, struct rows *out)
{
    const char *sql;
    TRY(sql__finish(q, &sql));
    return db__rows(q->call, db, sql, q->values.at, q->values.count, most, out);
}

enum err query__asked_one(struct call *call, struct records *r, struct db db,
                          const struct record *rec, struct text person, struct rows *out)
{
    struct query q = begin(call, r, rec->kind, "q.version, q.since, q.joined, q.at");
    buf_add_c(&q.sql, "q.id = ");
    sql__bind(&q, V_TEXT(rec->id));
    buf_add_c(&q.sql, " AND q.person = ");
    sql__bind(&q, V_TEXT(person));
    return ask(&q, db, 1, out);
}

enum err query__asked_of(struct call *call, struct records *r, struct db db,
                         const struct kind *k, struct text person, size_t most,
                         struct rows *out)
{
    struct query q = begin(call, r, k, "q.id, q.since, q.joined");
    buf_add_c(&q.sql, "q.at IS NULL AND q.person = ");
    sql__bind(&q, V_TEXT(person));
    buf_add_c(&q.sql, " ORDER BY q.since, q.id LIMIT ");
    sql__bind(&q, V_INT((int64_t)most));
    return ask(&q, db, most, out);
}

enum err query__asked_count(struct call *call, struct records *r, struct db db,
                            const struct record *rec, struct text before, struct rows *out)
{
    struct query q = begin(call, r, rec->kind,
                           "count(*), count(q.at), COALESCE(sum(CASE WHEN q.at IS NULL AND "
                           "q.since < $1 AND q.joined < $1 THEN 1 ELSE 0 END), 0)");
    (void)sql__keep(&q, V_TEXT(before));
    buf_add_c(&q.sql, "q.id = ");
    sql__bind(&q, V_TEXT(rec->id));
    return ask(&q, db, 1, out);
}

enum err query__asked_page(struct call *call, struct records *r, struct db db,
                           const struct record *rec, const struct text after[2], size_t most,
                           struct rows *out)
{
    struct query q =
        begin(call, r, rec->kind, "q.person, q.name, q.unit, q.joined, q.since, q.at");
    buf_add_c(&q.sql, "q.id = ");
    sql__bind(&q, V_TEXT(rec->id));
    buf_add_c(&q.sql, " AND (q.unit, q.person) > (");
    sql__bind(&q, V_TEXT(after[0]));
    buf_add_c(&q.sql, ", ");
    sql__bind(&q, V_TEXT(after[1]));
    buf_add_c(&q.sql, ") ORDER BY q.unit, q.person LIMIT ");
    sql__bind(&q, V_INT((int64_t)most));
    return ask(&q, db, most, out);
}
