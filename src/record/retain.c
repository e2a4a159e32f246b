/* SPDX-License-Identifier: Apache-2.0 */
/* record/retain.c — how long the events of a system are kept. Its record says so, in months,
 * and nobody has to remember: what is over goes, in whole days, with an entry of the ledger. A
 * time that was made shorter begins to count a week later, and so does a clock that was set
 * forth: a wrong number is not the end of what it was about. Legal hold stops it, looked at in
 * the transaction that would remove. */
#include "record/internal.h"
#include "store/write.h"

#define LEAST 6 /* months: model/kind/kind.c lets no field have less */
#define WAIT (INT64_C(7) * 86400 * 1000000)
#define LATELY (INT64_C(30) * 86400 * 1000000)
#define JOBS 20 /* of one turn */

struct retaining {
    struct records *records;
    const struct journal_source *source;
    const struct kind *kind;
    int64_t before; /* months, as its record said a week ago */
    int64_t events; /* that went with this job */
};

/* 0: for ever. */
static int64_t months_of(const struct record *rec)
{
    const struct field *f = kind_field(rec->kind, rec->kind->keeps_events);
    const struct json *v = f ? rec->values[f->index] : NULL;
    return v && v->type == JSON_INTEGER && v->integer >= LEAST ? v->integer : 0;
}

static struct text day_before(const struct call *call, int64_t months)
{
    int64_t day = date_add_months(zone_day(call->zone, call->now), -months);
    return moment_print(call->arena, zone_day_start(call->zone, day));
}

/* ---- a clock that may be believed
 * --------------------------------------------------------------- */
static enum err moment_at(struct call *call, struct reader *db, uint64_t index, int64_t *moment)
{
    struct ledger_row *rows;
    struct ledger_leaf leaf;
    size_t count;
    TRY(ledger_entries(call, db, index, 1, &rows, &count));
    *moment = count && ledger_leaf_read(call->arena, rows[0].leaf, &leaf) ? leaf.moment : 0;
    return OK;
}

/* The first entry of the last thirty days is a week old: for so long this time, or the like,
 * was what the clock showed. */
static enum err is_believed(struct call *call, struct reader *db, bool *yes)
{
    uint64_t low = 0, high, size;
    int64_t moment;
    TRY(ledger_size_seen(call, db, &size));
    for (high = size; low < high;) {
        uint64_t half = low + (high - low) / 2;
        TRY(moment_at(call, db, half, &moment));
        if (moment >= call->now - LATELY)
            high = half;
        else
            low = half + 1;
    }
    *yes = false;
    if (low == size)
        return OK;
    TRY(moment_at(call, db, low, &moment));
    *yes = moment <= call->now - WAIT;
    return OK;
}

static enum err is_held(struct call *call, struct records *r, struct db db,
                        const struct record *rec, bool *held)
{
    enum keep_standing s;
    TRY(redact__found(call, r, db, rec, &s));
    *held = s == KEEP_HELD;
    return OK;
}

static enum err remove_some(struct job *job, struct call *call, struct tx *tx)
{
    struct retaining *w = job->arg;
    struct record *rec;
    bool held;
    w->events = 0;
    TRY(table__find(call, w->records, db_tx(tx), w->kind, w->source->record, &rec));
    int64_t months = rec ? months_of(rec) : 0;
    if (!months)
        return OK;
    TRY(is_held(call, w->records, db_tx(tx), rec, &held));
    if (held)
        return OK;
    months = months > w->before ? months : w->before;
    struct journal_rule rule = {day_before(call, months), months, rec->version};
    return journal_remove(call, tx, access_ledger(w->records->access), w->records->model->hash,
                          w->source->source, &rule, &w->events);
}

/* Most often there is nothing to do, and a job is a commit. */
static enum err is_due(struct call *call, struct retaining *w, bool *due)
{
    struct store *store = w->records->store;
    struct reader *db = store_reader(store);
    struct record *now = NULL, *then = NULL;
    struct call *quiet = call_beside(call->arena, call);
    bool held = false;
    quiet->actor = call->actor;
    enum err e = table__find(call, w->records, db_reader(db), w->kind, w->source->record, &now);
    if (e == OK && now && months_of(now))
        e = record_read(quiet, w->records, db, w->kind, w->source->record, call->now - WAIT,
                        &then);
    if (e == OK && then && months_of(then))
        e = is_held(call, w->records, db_reader(db), now, &held);
    store_return(store, db);
    w->before = then ? months_of(then) : 0;
    *due = e == OK && w->before > 0 && !held;
    return e == ERR_MISSING ? OK : e;
}

/* One source, until nothing is left to do or the turn is over. */
static enum err retain(struct call *call, struct retaining *w, int *jobs, int64_t *removed)
{
    bool due;
    TRY(is_due(call, w, &due));
    while (due && *jobs < JOBS) {
        struct arena *page = arena_open();
        struct call *own = call_beside(page, call);
        own->actor = call->actor;
        own->id = call->id;
        enum err e = store_run(w->records->store, own, remove_some, w);
        if (e == ERR_CONFLICT)
            log_line(LOG_WARN, "work", "events=damaged record=%.*s",
                     TEXT_ARG(w->source->record));
        arena_close(page);
        TRY(e);
        ++*jobs;
        *removed += w->events;
        due = w->events > 0;
    }
    return OK;
}

enum err record_retain(struct call *call, struct records *r, int64_t *removed, bool *more)
{
    struct journal_source *all;
    struct reader *db = store_reader(r->store);
    size_t count;
    bool believed = false;
    int jobs = 0;
    enum err e = journal_old(call, db, day_before(call, LEAST), &all, &count);
    if (e == OK && count)
        e = is_believed(call, db, &believed);
    store_return(r->store, db);
    count = believed ? count : 0;
    *removed = 0;
    for (size_t i = 0; e == OK && i < count && jobs < JOBS; i++) {
        struct retaining w = {
            .records = r, .source = &all[i], .kind = model_kind(r->model, all[i].kind)};
        if (!w.kind || !w.kind->keeps_events.len)
            continue;
        e = retain(call, &w, &jobs, removed);
        if (e == ERR_CONFLICT) /* others need not wait for it */
            e = OK;
    }
    *more = jobs == JOBS;
    return e;
}
