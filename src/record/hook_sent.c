/* SPDX-License-Identifier: Apache-2.0 */
/* record/hook_sent.c — deliveries of webhooks: what is said of each, how far it got, and what
 * pages show of it. One is claimed, sent and then settled, so that it is never lost and may
 * come twice, under the same id. */
#include "record/internal.h"

#define COLUMNS                                                                                \
    "id, hook, kind, record, event, field, at, due, done, why, version, ledger, tries, status"
#define PINGS_MOST 5
#define ROWS_MOST 20000 /* of one webhook that are kept */

static struct text word(const struct value *v)
{
    return v->type == VALUE_TEXT ? v->text : TEXT("");
}

static void take_row(const struct value *v, struct hook_delivery *d)
{
    *d = (struct hook_delivery){.id = v[0].text,
                                .hook = v[1].text,
                                .kind = v[2].text,
                                .record = v[3].text,
                                .event = v[4].text,
                                .field = v[5].text,
                                .at = v[6].text,
                                .due = v[7].text,
                                .done = word(&v[8]),
                                .why = v[9].text,
                                .version = v[10].integer,
                                .ledger = v[11].integer,
                                .tries = v[12].integer,
                                .status = v[13].integer};
}

/* ---- taking and settling
 * --------------------------------------------------------------------- */
struct taking {
    struct text hook;
    struct hook_delivery *out;
    bool there;
};

static enum err claim(struct job *job, struct call *call, struct tx *tx)
{
    struct taking *t = job->arg;
    struct text now = moment_print(call->arena, call->now);
    struct value values[] = {V_TEXT(t->hook), V_TEXT(now),
                             V_TEXT(moment_print(call->arena, call->now - HOOK_CLAIMED_FOR))};
    struct rows rows;
    TRY(tx_rows(call, tx,
                "SELECT " COLUMNS
                " FROM hook_delivery WHERE hook = $1 AND done IS NULL AND due <= "
                "$2 AND (claimed IS NULL OR claimed < $3) ORDER BY due, at, id LIMIT 1",
                values, 3, 1, &rows));
    t->there = rows.count > 0;
    if (!t->there)
        return OK;
    take_row(rows.cells, t->out);
    struct value mark[] = {rows.cells[0], V_TEXT(now)};
    return tx_exec(call, tx, "UPDATE hook_delivery SET claimed = $2 WHERE id = $1", mark, 2,
                   NULL);
}

/* Asked by a reader first: most of the time nothing is due. */
static enum err any_due(struct call *call, struct records *r, struct text hook, bool *any)
{
    struct value values[] = {V_TEXT(hook), V_TEXT(moment_print(call->arena, call->now)),
                             V_TEXT(moment_print(call->arena, call->now - HOOK_CLAIMED_FOR))};
    struct rows rows;
    struct reader *db = store_reader(r->store);
    enum err e =
        read_rows(call, db,
                  "SELECT 1 FROM hook_delivery WHERE hook = $1 AND done IS NULL AND due "
                  "<= $2 AND (claimed IS NULL OR claimed < $3) LIMIT 1",
                  values, 3, 1, &rows);
    store_return(r->store, db);
    *any = e == OK && rows.count > 0;
    return e;
}

enum err record_hook_take(struct call *call, struct records *r, struct text hook,
                          struct hook_delivery *out, bool *there)
{
    struct taking t = {hook, out, false};
    bool any;
    TRY(any_due(call, r, hook, &any));
    if (any)
        TRY(store_run(r->store, call, claim, &t));
    *there = t.there;
    return OK;
}

struct settling {
    const struct hook_delivery *d;
    const struct hook_settled *s;
    struct text failing;
};

static enum err note_failing(struct call *call, struct tx *tx, struct settling *w)
{
    struct rows rows;
    struct text now = moment_print(call->arena, call->now);
    TRY(tx_rows(call, tx, "SELECT failing FROM hook_state WHERE hook = $1", &V_TEXT(w->d->hook),
                1, 1, &rows));
    struct text was = rows.count ? rows.cells[0].text : TEXT("");
    w->failing = w->s->good ? TEXT("") : was.len ? was : now;
    struct value values[] = {V_TEXT(w->d->hook), V_TEXT(w->failing)};
    if (text_same(was, w->failing))
        return OK;
    return tx_exec(
        call, tx,
        "INSERT INTO hook_state(hook, next, failing) VALUES ($1, -1, $2) ON CONFLICT "
        "(hook) DO UPDATE SET failing = $2",
        values, 2, NULL);
}

static enum err settle(struct job *job, struct call *call, struct tx *tx)
{
    struct settling *w = job->arg;
    const struct hook_settled *s = w->s;
    struct value values[] = {V_TEXT(w->d->id),
                             s->done.len ? V_TEXT(s->done) : V_NULL,
                             V_TEXT(s->again ? moment_print(call->arena, s->again) : w->d->due),
                             V_INT(s->tried),
                             V_INT(s->status),
                             V_TEXT(text_of(s->why))};
    TRY(tx_exec(
        call, tx,
        "UPDATE hook_delivery SET claimed = NULL, done = $2, due = $3, tries = tries + $4, "
        "status = $5, why = $6 WHERE id = $1 AND done IS NULL",
        values, COUNT(values), NULL));
    return s->tried ? note_failing(call, tx, w) : OK;
}

enum err record_hook_settle(struct call *call, struct records *r, const struct hook_delivery *d,
                            const struct hook_settled *s, int64_t *failing)
{
    struct settling w = {.d = d, .s = s};
    *failing = 0;
    TRY(store_run(r->store, call, settle, &w));
    if (w.failing.len)
        moment_read(w.failing, failing);
    return OK;
}

/* ---- what is said of it
 * ------------------------------------------------------------------------ */
static void put_text(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

/* By which move it came, and from where; whoever may not know of the version before is not
 * told. */
static enum err put_move(struct call *call, struct records *r, struct reader *db,
                         const struct record *then, struct json_out *o)
{
    struct value values[] = {V_TEXT(then->kind->name), V_TEXT(then->id), V_INT(then->version)};
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct record *before;
    const struct json *body;
    struct rows rows;
    TRY(hook__version(call, r, db, then, then->version - 1, &before));
    if (before)
        put_text(o, "from", before->kind->states[before->state].name);
    TRY(read_rows(call, db,
                  "SELECT body FROM version WHERE kind = $1 AND id = $2 AND version = $3",
                  values, 3, 1, &rows));
    if (rows.count && json_read(call, rows.cells[0].text, &limits, &body) == OK &&
        json_get(body, "_move"))
        put_text(o, "move", json_text(json_get(body, "_move")));
    return OK;
}

static enum err put_data(struct call *call, struct records *r, struct reader *db,
                         const struct hook_delivery *d, const struct record *then,
                         struct text address, struct json_out *o)
{
    put_text(o, "kind", then->kind->name);
    put_text(o, "key", then->key);
    put_text(o, "id", then->id);
    json_key(o, "version");
    json_put_integer(o, then->version);
    put_text(o, "state", then->kind->states[then->state].name);
    if (text_is(d->event, "moved"))
        TRY(put_move(call, r, db, then, o));
    if (text_is(d->event, "missed"))
        put_text(o, "clock", d->field);
    put_text(o, "url",
             text_print(call->arena, "%.*s/k/%.*s/%.*s", TEXT_ARG(address),
                        TEXT_ARG(then->kind->name), TEXT_ARG(then->key)));
    return OK;
}

static enum err then_of(struct call *call, struct records *r, struct reader *db,
                        const struct hook_delivery *d, struct record **then)
{
    const struct kind *k = model_kind(r->model, d->kind);
    struct record *rec = NULL;
    *then = NULL;
    if (k)
        TRY(hook__record(call, r, db, k, d->record, &rec));
    return rec ? hook__version(call, r, db, rec, d->version, then) : OK;
}

enum err record_hook_body(struct call *call, struct records *r, struct reader *db,
                          const struct hook_delivery *d, struct text address, struct text *out,
                          bool *told)
{
    struct buf b = buf_in(call->arena, 1u << 16);
    struct json_out o = json_out(&b);
    struct record *then = NULL;
    bool ping = !d->kind.len;
    if (!ping)
        TRY(then_of(call, r, db, d, &then));
    *told = ping || then;
    if (!*told)
        return OK;
    json_open(&o, '{');
    put_text(&o, "type",
             ping ? TEXT("ping") : text_join(call->arena, TEXT("record."), d->event));
    put_text(&o, "timestamp", d->at);
    json_key(&o, "data");
    json_open(&o, '{');
    if (then)
        TRY(put_data(call, r, db, d, then, address, &o));
    json_close(&o, '}');
    json_close(&o, '}');
    *out = buf_text(&b);
    return OK;
}

/* ---- tidying
 * ------------------------------------------------------------------------------------ */
struct tidying {
    const struct text *hooks;
    size_t count;
};

static enum err end_others(struct call *call, struct tx *tx, const struct tidying *t)
{
    struct rows rows;
    TRY(tx_rows(
        call, tx,
        "SELECT hook FROM hook_state UNION SELECT hook FROM hook_delivery WHERE done IS "
        "NULL ORDER BY hook",
        NULL, 0, 1000, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        struct value hook = row_at(&rows, i)[0];
        if (text_among(t->hooks, t->count, hook.text))
            continue;
        TRY(tx_exec(
            call, tx,
            "UPDATE hook_delivery SET done = 'ended', claimed = NULL WHERE hook = $1 AND "
            "done IS NULL",
            &hook, 1, NULL));
        TRY(tx_exec(call, tx, "DELETE FROM hook_state WHERE hook = $1", &hook, 1, NULL));
    }
    return OK;
}

static enum err tidy(struct job *job, struct call *call, struct tx *tx)
{
    const struct tidying *t = job->arg;
    struct value old = V_TEXT(moment_print(call->arena, call->now - HOOK_KEPT));
    TRY(end_others(call, tx, t));
    for (size_t i = 0; i < t->count; i++) {
        struct value values[] = {V_TEXT(t->hooks[i]), V_INT(ROWS_MOST)};
        TRY(tx_exec(
            call, tx,
            "DELETE FROM hook_delivery WHERE id IN (SELECT id FROM hook_delivery WHERE "
            "hook = $1 AND done IS NOT NULL ORDER BY at DESC, id DESC LIMIT 1000 OFFSET $2)",
            values, 2, NULL));
    }
    return tx_exec(
        call, tx,
        "DELETE FROM hook_delivery WHERE id IN (SELECT id FROM hook_delivery WHERE at < "
        "$1 LIMIT 1000)",
        &old, 1, NULL);
}

enum err record_hook_tidy(struct call *call, struct records *r, const struct text *hooks,
                          size_t count)
{
    struct tidying t = {hooks, count};
    return store_run(r->store, call, tidy, &t);
}

/* ---- for pages
 * ------------------------------------------------------------------------------------ */
enum err record_hook_stands(struct call *call, struct reader *db, struct text hook,
                            int64_t *waiting, struct text *failing)
{
    struct rows rows;
    TRY(read_rows(
        call, db,
        "SELECT (SELECT count(*) FROM hook_delivery WHERE hook = $1 AND done IS NULL), "
        "COALESCE((SELECT failing FROM hook_state WHERE hook = $1), '')",
        &V_TEXT(hook), 1, 1, &rows));
    *waiting = rows.cells[0].integer;
    *failing = word(&rows.cells[1]);
    return OK;
}

enum err record_hook_deliveries(struct call *call, struct records *r, struct reader *db,
                                struct text hook, struct text before, size_t most,
                                struct hook_delivery **out, size_t *count)
{
    struct value values[] = {V_TEXT(hook), V_TEXT(before), V_INT((int64_t)most)};
    struct rows rows;
    TRY(read_rows(
        call, db,
        "SELECT " COLUMNS " FROM hook_delivery WHERE hook = $1 AND ($2 = '' OR (at, id) < "
        "(SELECT b.at, b.id FROM hook_delivery b WHERE b.id = $2 AND b.hook = $1)) ORDER "
        "BY at DESC, id DESC LIMIT $3",
        values, 3, most, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct hook_delivery);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++) {
        struct hook_delivery *d = &(*out)[i];
        bool may = false;
        take_row(row_at(&rows, i), d);
        const struct kind *k = model_kind(r->model, d->kind);
        if (k)
            TRY(table__find(call, r, db_reader(db), k, d->record, &d->rec));
        if (d->rec)
            TRY(who__may_read(call, r, db_reader(db), call->actor, d->rec, &may));
        d->rec = may ? d->rec : NULL;
    }
    return OK;
}

struct asking {
    struct text hook, id;
};

static enum err send_again(struct job *job, struct call *call, struct tx *tx)
{
    const struct asking *w = job->arg;
    struct value values[] = {V_TEXT(w->id), V_TEXT(w->hook),
                             V_TEXT(moment_print(call->arena, call->now))};
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT done FROM hook_delivery WHERE id = $1 AND hook = $2", values,
                2, 1, &rows));
    if (!rows.count)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is no such delivery: they are kept for 30 days"));
    if (rows.cells[0].type != VALUE_TEXT)
        return problem(call, ERR_CONFLICT, TEXT(""), "waits", "%s",
                       say(call, "it has not arrived yet, and is tried again by itself"));
    return tx_exec(
        call, tx,
        "UPDATE hook_delivery SET done = NULL, claimed = NULL, due = $3, tries = 0 WHERE "
        "id = $1 AND hook = $2",
        values, 3, NULL);
}

enum err record_hook_again(struct call *call, struct records *r, struct text hook,
                           struct text id)
{
    struct asking w = {hook, id};
    return store_run(r->store, call, send_again, &w);
}

static enum err add_ping(struct job *job, struct call *call, struct tx *tx)
{
    const struct asking *w = job->arg;
    struct rows rows;
    struct value values[] = {V_TEXT(w->id), V_TEXT(w->hook),
                             V_TEXT(moment_print(call->arena, call->now))};
    TRY(tx_rows(
        call, tx,
        "SELECT count(*) FROM hook_delivery WHERE hook = $1 AND event = 'ping' AND done IS "
        "NULL",
        &V_TEXT(w->hook), 1, 1, &rows));
    if (rows.cells[0].integer >= PINGS_MOST)
        return problem(call, ERR_BUSY, TEXT(""), "rate", "%s",
                       say(call,
                           "several test messages wait already: look at what became of them "
                           "first"));
    return tx_exec(
        call, tx,
        "INSERT INTO hook_delivery(id, hook, kind, record, version, event, field, ledger, "
        "at, due, tries, status, why) VALUES ($1, $2, '', '', 0, 'ping', '', -1, $3, $3, "
        "0, 0, '')",
        values, 3, NULL);
}

enum err record_hook_ping(struct call *call, struct records *r, struct text hook,
                          struct text *id)
{
    struct asking w = {hook, text_print(call->arena, "msg_%.*s", TEXT_ARG(id_new(call)))};
    *id = w.id;
    return store_run(r->store, call, add_ping, &w);
}
