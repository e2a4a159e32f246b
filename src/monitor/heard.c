/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/heard.c — what hosts say of an order to stop: events of the system, kept and sealed
 * as all others are. They are numbered, so that they are found by their ids: stop.ENTRY.1, … */
#include "monitor/internal.h"

static const struct json_limits kept_limits = {2 * EVENT_LINE, 16, 8000};

static struct text id_of(struct call *call, int64_t entry, size_t n)
{
    return text_print(call->arena, "stop.%lld.%zu", (long long)entry, n);
}

/* False: there is none, or what has the id is none. */
static enum err read_one(struct call *call, struct reader *db, int64_t source, struct text id,
                         struct text *at, const struct json **out)
{
    struct event_kept kept;
    struct call *quiet = call_beside(call->arena, call);
    quiet->actor = call->actor;
    *out = NULL;
    enum err e = monitor_event(quiet, db, source, id, &kept);
    if (e == ERR_MISSING)
        return OK;
    *at = kept.at;
    return e == OK ? json_read(quiet, kept.json, &kept_limits, out) : e;
}

static int64_t between(struct text since, struct text at)
{
    int64_t from = 0, to = 0;
    return moment_read(since, &from) && moment_read(at, &to) ? (to - from) / 1000 : 0;
}

enum err monitor_heard(struct call *call, struct reader *db, const struct record *rec,
                       int64_t entry, struct text since, struct heard **out, size_t *count)
{
    struct journal_state s;
    *out = NEW_MANY(call->arena, HEARD_MOST, struct heard);
    *count = 0;
    TRY(journal_about(call, db, rec->kind->name, rec->id, &s));
    for (size_t n = 1; s.source && n <= HEARD_MOST; n++) {
        const struct json *line;
        struct text at;
        TRY(read_one(call, db, s.source, id_of(call, entry, n), &at, &line));
        if (!line)
            return OK;
        if (text_is(json_text(json_get(line, "kind")), "stop"))
            (*out)[(*count)++] =
                (struct heard){at, json_text(json_get(line, "ts")),
                               json_text(json_get(line, "host")), between(since, at)};
    }
    return OK;
}

/* ---- saying it
 * -------------------------------------------------------------------------------- */
/* The number under which this host said it already, or the first that is free; 0: none is. */
static enum err find_place(struct call *call, struct reader *db, const struct record *rec,
                           int64_t entry, size_t *n, bool *said)
{
    struct journal_state s;
    TRY(journal_about(call, db, rec->kind->name, rec->id, &s));
    *said = false;
    for (*n = 1; *n <= HEARD_MOST; (*n)++) {
        const struct json *line = NULL;
        struct text at;
        if (s.source)
            TRY(read_one(call, db, s.source, id_of(call, entry, *n), &at, &line));
        *said = line && text_same(json_text(json_get(line, "subject")), call->actor->id);
        if (!line || *said)
            return OK;
    }
    *n = 0;
    return OK;
}

static void put(struct json_out *o, const char *name, struct text t)
{
    json_key(o, name);
    json_put_text(o, t);
}

static struct text line_of(struct call *call, const struct record *rec, int64_t entry, size_t n,
                           struct text stopped_at)
{
    struct buf b = buf_in(call->arena, 8000);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    json_key(&o, "v");
    json_put_integer(&o, 1);
    put(&o, "kind", TEXT("stop"));
    put(&o, "id", id_of(call, entry, n));
    put(&o, "ref", text_print(call->arena, "%lld", (long long)entry));
    put(&o, "system", rec->key);
    put(&o, "ts", stopped_at);
    put(&o, "subject", call->actor->id);
    put(&o, "host", call->actor->name);
    json_close(&o, '}');
    return buf_text(&b);
}

/* Two at once may find the same number: then one looks again. */
static enum err say_it(struct call *call, struct records *r, const struct record *rec,
                       int64_t entry, struct text stopped_at, bool *again)
{
    struct store *store = access_store(record_access(r));
    struct reader *db = store_reader(store);
    struct ingested done;
    size_t n;
    bool said;
    enum err e = find_place(call, db, rec, entry, &n, &said);
    store_return(store, db);
    *again = false;
    if (e != OK || said)
        return e;
    if (!n)
        return problem(call, ERR_CONFLICT, TEXT(""), "full",
                       say(call, "%d hosts have said it: no more are kept"), HEARD_MOST);
    TRY(monitor_ingest(call, r, line_of(call, rec, entry, n, stopped_at), &done));
    if (!done.refused)
        return OK;
    *again = text_is(done.told[0].code, "taken");
    return *again ? OK
                  : problem_at(call, ERR_INVALID, TEXT("stopped_at"),
                               text_c(call->arena, done.told[0].code), TEXT(""),
                               done.told[0].message);
}

enum err monitor_hear(struct call *call, struct records *r, const struct record *rec,
                      int64_t entry, struct text stopped_at)
{
    bool again = true;
    for (size_t i = 0; again && i < HEARD_MOST; i++)
        TRY(say_it(call, r, rec, entry, stopped_at, &again));
    return again ? problem(call, ERR_BUSY, TEXT(""), "crowded", "%s",
                           say(call, "too many requests of this sort are waiting; try again "
                                     "shortly"))
                 : OK;
}
