/* SPDX-License-Identifier: Apache-2.0 */
/* api/stop.c — stopping a system, and telling the program around it whether it may run. */
#include "api/internal.h"
#include "oversight/oversight.h"

#include <string.h>

#define WRITE_WITHIN                                                                           \
    ((int64_t)2000000) /* microseconds; then it is answered as not recorded yet */

static enum err system_of(struct exchange *x, struct record **rec)
{
    struct reader *db = exchange__db(x);
    bool reads = !x->actor->scopes.len || actor_in_scope(x->actor, TEXT("read"), TEXT(""));
    struct call *quiet = call_beside(x->call->arena, x->call);
    quiet->actor = x->actor;
    if (aside__is_host(x) &&
        (!reads || monitor_host(quiet, x->records, db, x->arg[0], rec) == OK))
        return monitor_host(x->call, x->records, db, x->arg[0], rec);
    return monitor_system(x->call, x->records, db, x->arg[0], rec);
}

/* null: it cannot be read just now, and the stop is told all the same. entry -1: of none. */
static void put_heard(struct exchange *x, const struct record *rec, int64_t entry,
                      struct text since, struct json_out *o)
{
    struct heard *heard = NULL;
    size_t count = 0;
    struct call *quiet = call_beside(x->call->arena, x->call);
    quiet->actor = x->actor;
    enum err e = entry >= 0
                     ? monitor_heard(quiet, exchange__db(x), rec, entry, since, &heard, &count)
                     : OK;
    json_key(o, "heard");
    if (e != OK) {
        json_put_null(o);
        return;
    }
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "at", heard[i].at);
        put__integer(o, "after_ms", heard[i].after_ms);
        put__text(o, "stopped_at", heard[i].stopped_at);
        put__text(o, "host", heard[i].host);
        json_close(o, '}');
    }
    json_close(o, ']');
}

/* What hosts said of it is asked for by hosts while it lasts, and by people afterwards too. */
static void put_drill(struct exchange *x, const struct record *rec, const struct stop_drill *d,
                      struct json_out *o)
{
    json_key(o, "drill");
    if (d->entry < 0 || (!d->open && aside__is_host(x))) {
        json_put_null(o);
        return;
    }
    json_open(o, '{');
    put__integer(o, "order", d->entry);
    put__text(o, "since", d->since);
    put__text(o, "until", d->until);
    put__text(o, "reason", d->reason);
    put__bool(o, "open", d->open);
    put_heard(x, rec, d->entry, d->since, o);
    json_close(o, '}');
}

static void put_stop(struct exchange *x, const struct record *rec, const struct stop_view *v)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "system", rec->key);
    put__bool(o, "may_run", v->may_run);
    put__bool(o, "stopped", v->stopped);
    put__text(o, "state", v->state);
    put__or_null(o, "since", v->since);
    put__or_null(o, "reason", v->reason);
    json_key(o, "order");
    if (v->entry >= 0)
        json_put_integer(o, v->entry);
    else
        json_put_null(o);
    put__bool(o, "recorded", v->recorded);
    put_heard(x, rec, v->stopped ? v->entry : -1, v->since, o);
    put_drill(x, rec, &v->drill, o);
    put__text(o, "mark", text_of(v->mark));
    json_close(o, '}');
}

/* ---- asking
 * ----------------------------------------------------------------------------------- */
/* Somebody who reads a restricted record leaves an entry; a host reads none. */
enum err stop_get(struct exchange *x)
{
    struct record *rec;
    struct aside kept;
    struct stop_view now;
    TRY(aside__read(x, &kept));
    TRY(system_of(x, &rec));
    TRY(oversight_look(x->call, x->api->oversight, x->records, exchange__db(x), rec, &now));
    bool same = text_same(query__text(x, "seen"), text_of(now.mark));
    if (same && kept.until > clock_ticks() && text_is(x->request->method, "GET") &&
        aside__put(x, rec, now.mark, &kept))
        return OK;
    if (!aside__is_host(x))
        TRY(exchange__read(x, rec));
    put_stop(x, rec, &now);
    return OK;
}

/* ---- stopping
 * --------------------------------------------------------------------------------- */
/* An order that is gone from here is in the record, so the record is read after it was asked
 * for; and again when it went in between. */
static enum err look_after_order(struct exchange *x, struct text order, struct record **rec,
                                 struct stop_view *now, enum stop_fate *fate)
{
    struct oversight *o = x->api->oversight;
    for (int turn = 0; turn < 2; turn++) {
        *fate = oversight_fate(o, order);
        TRY(monitor_system(x->call, x->records, exchange__db(x), x->arg[0], rec));
        TRY(oversight_look(x->call, o, x->records, exchange__db(x), *rec, now));
        if (now->stopped || *fate == STOP_GONE)
            return OK;
    }
    return OK;
}

/* What became of the order so far; put aside again while it is being written. */
static enum err tell_of_order(struct exchange *x, const struct aside *kept)
{
    struct stop_view now;
    struct record *rec;
    enum stop_fate fate;
    TRY(look_after_order(x, kept->order, &rec, &now, &fate));
    if (!now.stopped) {
        TRY(oversight_refused(x->call, x->api->oversight, kept->order));
        if (fate == STOP_GONE)
            return problem(x->call, ERR_CONFLICT, TEXT(""), "refused", "%s",
                           say(x->call, "it runs again, or the order was refused"));
    }
    if (fate == STOP_WRITING && !now.recorded && kept->until > clock_ticks() &&
        aside__put(x, rec, now.mark, kept))
        return OK;
    put_stop(x, rec, &now);
    x->status = now.recorded ? 200 : 202;
    return OK;
}

enum err stop_post(struct exchange *x)
{
    struct record *rec;
    struct aside kept = {.until = clock_ticks() + WRITE_WITHIN, .order = TEXT("")};
    TRY(exchange__members(x, "reason:t"));
    TRY(monitor_system(x->call, x->records, exchange__db(x), x->arg[0], &rec));
    if (x->request->kept)
        kept = *(const struct aside *)x->request->kept;
    else
        TRY(oversight_stop(x->call, x->api->oversight, x->records, exchange__db(x), rec,
                           exchange__field(x, "reason"), x->secret, &kept.order));
    return tell_of_order(x, &kept);
}

/* ---- a host says that it stopped, or would have
 * -------------------------------------------------------------- */
static enum err check_order(struct exchange *x, const struct stop_view *v, int64_t *entry)
{
    const struct json *order = json_get(x->json, "order");
    if (!order)
        return problem(x->call, ERR_INVALID, TEXT("order"), "required", "%s",
                       say(x->call, "is missing"));
    *entry = order->integer;
    if (*entry >= 0 &&
        ((v->stopped && v->entry == *entry) || (v->drill.open && v->drill.entry == *entry)))
        return OK;
    return problem(x->call, ERR_CONFLICT, TEXT("order"), "order", "%s",
                   say(x->call, "is not the order by which it is stopped now, nor that of a "
                                "drill that goes on"));
}

enum err stop_heard_post(struct exchange *x)
{
    struct record *rec;
    struct stop_view now;
    int64_t entry = -1;
    TRY(exchange__members(x, "order:i stopped_at:t"));
    if (!aside__is_host(x))
        return problem(
            x->call, ERR_DENIED, TEXT(""), "who", "%s",
            say(x->call, "this is for the system's host, with its token for events"));
    TRY(monitor_host(x->call, x->records, exchange__db(x), x->arg[0], &rec));
    TRY(oversight_look(x->call, x->api->oversight, x->records, exchange__db(x), rec, &now));
    TRY(check_order(x, &now, &entry));
    exchange__give_back(x);
    TRY(monitor_hear(x->call, x->records, rec, entry, exchange__field(x, "stopped_at")));
    put_stop(x, rec, &now);
    return OK;
}
