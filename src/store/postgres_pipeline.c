/* SPDX-License-Identifier: Apache-2.0 */
/* store/postgres_pipeline.c — statements out and answers in, over one PostgreSQL connection.
 *
 * Values travel in binary with the type our value has, so that nothing is quoted and nothing
 * guessed; a statement is prepared once for every combination of types it is used with (NULL
 * fits any). Answers travel as text, the one form in which numeric sums read easily. */
#include "store/postgres.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23 };
enum { OID_TEXT = 25, OID_FLOAT4 = 700, OID_FLOAT8 = 701, OID_NUMERIC = 1700 };

/* ---- errors ------------------------------------------------------------------------------ */
static bool state_in(const char *state, const char *list)
{
    struct text rest = text_of(list);

    while (rest.len > 0) {
        struct text one = text_cut(&rest, ' ');
        if (strncmp(state, one.at, one.len) == 0)
            return true;
    }
    return false;
}

/* Disk full, out of memory, shutting down, I/O, corruption, a standby that was our primary. */
static bool is_storage(const struct postgres *p, const char *state)
{
    if (p->link.use == LINK_WRITE && state_in(state, "25006"))
        return true;
    return state_in(state, "08 53 57P 58 XX001 XX002 25P03") && !state_in(state, "08P01");
}

enum err postgres__fault(struct call *call, struct postgres *p, const char *sql,
                         const PGresult *answer)
{
    const char *state = PQresultErrorField(answer, PG_DIAG_SQLSTATE);
    const char *words = PQresultErrorField(answer, PG_DIAG_MESSAGE_PRIMARY);

    words = words != NULL ? words : "no words";
    p->stale = state != NULL && state_in(state, "0A000 26000");
    if (state == NULL || PQstatus(p->db) != CONNECTION_OK || is_storage(p, state)) {
        p->link.failed = true;
        return store__lost(call, sql, words);
    }
    if (p->stale || state_in(state, "40 55P03"))
        return store__busy(call);
    if (state_in(state, "23505"))
        return store__exists(call);
    if (state_in(state, "23"))
        return store__refused(call);
    if (state_in(state, "P0001"))
        return store__append_only(call);
    if (state_in(state, "57014"))
        return store__too_slow(call);
    if (state_in(state, "54"))
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large", "%s",
                       say(call, "larger than the store can hold"));
    return store__bug(call, sql, words);
}

static enum err lost(struct call *call, struct postgres *p, const char *sql)
{
    p->link.failed = true;
    return store__lost(call, sql, PQerrorMessage(p->db));
}

/* ---- settling ---------------------------------------------------------------------------- */
/* One answer is followed by an end mark; more than one answer never comes for one statement. */
static PGresult *next_answer(struct postgres *p)
{
    PGresult *answer = PQgetResult(p->db), *end;

    if (answer != NULL && (end = PQgetResult(p->db)) != NULL) {
        PQclear(end);
        p->link.failed = true;
    }
    return answer;
}

static bool is_good(const PGresult *answer)
{
    ExecStatusType status = PQresultStatus(answer);

    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
           status == PGRES_EMPTY_QUERY;
}

/* Fetches the answers of the queue; forgets statements whose preparing did not happen. */
static enum err fetch(struct call *call, struct postgres *p, PGresult **last)
{
    enum err e = OK;

    for (size_t i = 0; i < p->pending_count; i++) {
        struct pending *pending = &p->pending[i];
        PGresult *answer = p->link.failed ? NULL : next_answer(p);
        bool good = is_good(answer);
        if (!good && e == OK) {
            e = answer == NULL ? lost(call, p, pending->sql)
                               : postgres__fault(call, p, pending->sql, answer);
            p->link.astray = p->link.astray || i < p->own_from;
        }
        if (good)
            pending->made = NULL;
        if (good && last != NULL && i + 1 == p->pending_count)
            *last = answer;
        else
            PQclear(answer);
    }
    for (size_t i = 0; i < p->pending_count; i++) {
        if (p->pending[i].made != NULL)
            cache_drop(&p->link.cache, p->pending[i].made, NULL);
    }
    p->pending_count = p->flushed = 0;
    if (p->own_from != ALL_ASTRAY)
        p->own_from = 0;
    return e;
}

enum err postgres__settle(struct call *call, struct postgres *p, PGresult **last)
{
    PGresult *mark;
    enum err e;

    if (last != NULL)
        *last = NULL;
    if (p->pending_count == 0)
        return OK;
    if (!p->link.failed && !PQpipelineSync(p->db))
        p->link.failed = true;
    e = fetch(call, p, last);
    if (p->link.failed)
        return e != OK ? e : lost(call, p, "settling");
    mark = PQgetResult(p->db);
    if (PQresultStatus(mark) != PGRES_PIPELINE_SYNC)
        p->link.failed = true;
    PQclear(mark);
    if (e == OK && p->link.failed)
        e = lost(call, p, "settling");
    if (e != OK && last != NULL) {
        PQclear(*last);
        *last = NULL;
    }
    return e;
}

/* ---- queueing ---------------------------------------------------------------------------- */
static enum err room(struct call *call, struct postgres *p)
{
    if (p->link.failed)
        return store__failed(call);
    /* Two: a statement and the preparing of it. */
    return p->pending_count + 2 > PENDING_MOST ? postgres__settle(call, p, NULL) : OK;
}

static void push(struct postgres *p, const char *sql, struct prepared *made)
{
    p->pending[p->pending_count++] = (struct pending){sql, made};
}

static Oid oid_of(const struct value *v)
{
    static const Oid oids[] = {0, OID_INT8, OID_FLOAT8, OID_TEXT, OID_BYTEA};

    return oids[v->type];
}

static bool fits(const struct prepared *entry, const struct value *values, size_t count)
{
    if (entry->slot_count != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (values[i].type != VALUE_NULL && entry->slots[i] != oid_of(&values[i]))
            return false;
    }
    return true;
}

struct name {
    char at[24];
};

static struct name name_of(const struct prepared *entry)
{
    struct name name;

    snprintf(name.at, sizeof(name.at), "a%llu", (unsigned long long)entry->number);
    return name;
}

/* Where a value is NULL, the type is taken from an earlier use of the same statement. */
static enum err prepare_new(struct call *call, struct postgres *p, const char *sql,
                            const struct value *values, size_t count,
                            const struct prepared *earlier, struct prepared **out)
{
    struct prepared *entry = cache_add(&p->link.cache, text_of(sql), count);

    for (size_t i = 0; i < count; i++) {
        entry->slots[i] = oid_of(&values[i]);
        if (entry->slots[i] == 0 && earlier != NULL && earlier->slot_count == count)
            entry->slots[i] = earlier->slots[i];
    }
    entry->number = ++p->statements;
    *out = entry;
    if (!PQsendPrepare(p->db, name_of(entry).at, entry->sql, (int)count, entry->slots)) {
        cache_drop(&p->link.cache, entry, NULL);
        return lost(call, p, sql);
    }
    push(p, entry->sql, entry);
    return OK;
}

static enum err forget_all(struct call *call, struct postgres *p)
{
    static const char sql[] = "DEALLOCATE ALL";

    TRY(postgres__settle(call, p, NULL));
    cache_clear(&p->link.cache, NULL);
    if (!PQsendQueryParams(p->db, sql, 0, NULL, NULL, NULL, NULL, 0))
        return lost(call, p, sql);
    push(p, sql, NULL);
    return OK;
}

static enum err prepare(struct call *call, struct postgres *p, const char *sql,
                        const struct value *values, size_t count, struct prepared **out)
{
    struct text key = text_of(sql);
    struct prepared *first = cache_find(&p->link.cache, key, NULL), *entry = first;

    while (entry != NULL && !fits(entry, values, count))
        entry = cache_find(&p->link.cache, key, entry);
    *out = entry;
    if (entry != NULL)
        return OK;
    if (p->link.cache.count >= CACHE_MOST) {
        TRY(forget_all(call, p));
        first = NULL;
    }
    return prepare_new(call, p, sql, values, count, first, out);
}

struct wire {
    const char **at;
    int *len, *binary;
};

static void put_wire(struct wire *w, size_t i, uint64_t *word, const struct value *v)
{
    w->binary[i] = 1;
    w->at[i] = (const char *)word;
    w->len[i] = (int)sizeof(*word);
    if (v->type == VALUE_NULL) {
        w->at[i] = NULL;
    } else if (v->type == VALUE_INTEGER) {
        *word = htobe64((uint64_t)v->integer);
    } else if (v->type == VALUE_NUMBER) {
        double number = v->number + 0.0; /* no negative zero: SQLite keeps none */
        memcpy(word, &number, sizeof(*word));
        *word = htobe64(*word);
    } else {
        w->at[i] = v->text.len > 0 ? v->text.at : "";
        w->len[i] = (int)v->text.len;
    }
}

static struct wire wire_of(struct arena *a, const struct value *values, size_t count)
{
    uint64_t *words = NEW_MANY(a, count + 1, uint64_t);
    struct wire w = {NEW_MANY(a, count + 1, const char *), NEW_MANY(a, count + 1, int),
                     NEW_MANY(a, count + 1, int)};

    for (size_t i = 0; i < count; i++)
        put_wire(&w, i, &words[i], &values[i]);
    return w;
}

static enum err queue_values(struct call *call, struct postgres *p, const char *sql,
                             const struct value *values, size_t count)
{
    struct prepared *entry;
    struct wire w;

    for (size_t i = 0; i < count; i++) {
        if (values[i].text.len > 512 * 1024 * 1024 && values[i].type >= VALUE_TEXT)
            return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large", "%s",
                           say(call, "larger than the store can hold"));
    }
    TRY(room(call, p));
    TRY(prepare(call, p, sql, values, count, &entry));
    w = wire_of(call->arena, values, count);
    if (!PQsendQueryPrepared(p->db, name_of(entry).at, (int)count, w.at, w.len, w.binary, 0))
        return lost(call, p, sql);
    push(p, entry->sql, NULL);
    return OK;
}

enum err postgres__queue(struct call *call, struct postgres *p, const char *sql)
{
    return queue_values(call, p, sql, NULL, 0);
}

/* ---- answers ----------------------------------------------------------------------------- */
/* Sums of bigints are numeric; without a point they are integers, as SQLite gives them. */
static struct value numeric(struct text t)
{
    int64_t integer;
    double number;

    if (text_integer(t, &integer))
        return V_INT(integer);
    return text_number(t, &number) ? V_NUM(number) : V_NULL;
}

static struct value bytes(struct arena *a, struct text t)
{
    struct text out = TEXT("");

    if (!text_starts(t, "\\x") || !hex_read(a, text_from(t, 2), &out))
        panic("bytea came in another form than hexadecimal");
    return V_BYTES(out);
}

struct value postgres__value(struct arena *a, const PGresult *answer, int row, int column)
{
    struct text t = {PQgetvalue(answer, row, column), (size_t)PQgetlength(answer, row, column)};
    double number;

    if (PQgetisnull(answer, row, column))
        return V_NULL;
    switch (PQftype(answer, column)) {
    case OID_BOOL:
        return V_INT(text_is(t, "t"));
    case OID_INT2:
    case OID_INT4:
    case OID_INT8:
    case OID_NUMERIC:
        return numeric(t);
    case OID_FLOAT4:
    case OID_FLOAT8:
        return text_number(t, &number) ? V_NUM(number) : V_NULL;
    case OID_BYTEA:
        return bytes(a, t);
    default:
        return V_TEXT(text_copy(a, t));
    }
}

static enum err collect(struct call *call, const PGresult *answer, size_t most,
                        struct rows *out)
{
    size_t count = (size_t)PQntuples(answer);

    if (count > most)
        return store__too_many(call, most);
    out->count = count;
    out->columns = (size_t)PQnfields(answer);
    out->cells = NEW_MANY(call->arena, count * out->columns + 1, struct value);
    for (size_t i = 0; i < count * out->columns; i++)
        out->cells[i] = postgres__value(call->arena, answer, (int)(i / out->columns),
                                        (int)(i % out->columns));
    return OK;
}

/* A reader that must be done by a moment gives each statement no more than what is left, in
 * steps, so that most need not be told anew. */
#define STEP 250 /* ms */
static enum err keep_patience(struct call *call, struct postgres *p)
{
    int64_t most = atomic_load(&store__slow_after) / 1000, wanted = most;

    if (p->link.use == LINK_WRITE)
        return OK;
    if (p->link.until != 0)
        wanted = (p->link.until - clock_ticks()) / 1000 / STEP * STEP + STEP;
    wanted = wanted > most ? most : wanted < 1 ? 1 : wanted;
    if (wanted == p->patience)
        return OK;
    struct text words = text_print(call->arena, "%lld", (long long)wanted);
    TRY(queue_values(call, p, "SELECT set_config('statement_timeout', CAST($1 AS text), false)",
                     &V_TEXT(words), 1));
    p->patience = wanted;
    return OK;
}

static enum err rows_once(struct call *call, struct postgres *p, const char *sql,
                          const struct value *values, size_t count, size_t most,
                          struct rows *out)
{
    PGresult *answer;
    enum err e;

    TRY(keep_patience(call, p));
    TRY(queue_values(call, p, sql, values, count));
    e = postgres__settle(call, p, &answer);
    if (e != OK) { /* with what failed the setting before it was undone */
        p->patience = 0;
        return e;
    }
    e = collect(call, answer, most, out);
    PQclear(answer);
    return e;
}

enum err postgres__rows(struct call *call, struct link *link, const char *sql,
                        const struct value *values, size_t value_count, size_t most,
                        struct rows *out)
{
    struct postgres *p = postgres_of(link);
    struct mark mark = store__mark(call);
    enum err e;

    *out = (struct rows){0};
    p->stale = false;
    e = rows_once(call, p, sql, values, value_count, most, out);
    if (e == OK || !p->stale || p->in_view || link->use == LINK_WRITE)
        return e;
    /* Another node migrated: statements prepared before that are outdated. */
    store__unsay(call, mark);
    TRY(forget_all(call, p));
    return rows_once(call, p, sql, values, value_count, most, out);
}

enum err postgres__exec(struct call *call, struct link *link, const char *sql,
                        const struct value *values, size_t value_count, int64_t *changed)
{
    struct postgres *p = postgres_of(link);
    PGresult *answer;

    TRY(queue_values(call, p, sql, values, value_count));
    if (changed == NULL)
        return OK;
    TRY(postgres__settle(call, p, &answer));
    if (!text_integer(text_of(PQcmdTuples(answer)), changed))
        *changed = 0;
    PQclear(answer);
    return OK;
}

/* Several statements at once need the simple protocol, which is outside the pipeline. */
enum err postgres__script(struct call *call, struct link *link, const char *sql)
{
    struct postgres *p = postgres_of(link);
    PGresult *answer;
    enum err e = OK;

    TRY(postgres__settle(call, p, NULL));
    if (link->failed || !PQexitPipelineMode(p->db))
        return lost(call, p, "leaving the pipeline");
    answer = PQexec(p->db, sql);
    if (!is_good(answer))
        e = postgres__fault(call, p, sql, answer);
    PQclear(answer);
    if (e == OK)
        PQclear(PQexec(p->db, "DEALLOCATE ALL"));
    cache_clear(&link->cache, NULL);
    if (!PQenterPipelineMode(p->db))
        return e != OK ? e : lost(call, p, "entering the pipeline");
    return e;
}
