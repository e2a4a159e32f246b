/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/look.c — may it run? The record says so by its state, and an order that is not
 * written yet counts before it. */
#include "oversight/internal.h"

#include <string.h>

bool oversight_runs(const struct record *system)
{
    const struct kind *k = system->kind;
    for (size_t i = 0; i < k->move_count; i++)
        if (k->moves[i].stop && k->moves[i].from >> system->state & 1)
            return true;
    return false;
}

static bool is_stop_of(const struct kind *k, size_t state, struct text move)
{
    const struct move *m = kind_move(k, move);
    return m && m->stop && m->to == state;
}

/* Who came to a state may be found by the engine alone: the reason is told with the stop. */
static enum err look_at_record(struct call *call, struct records *r, struct reader *db,
                               const struct record *rec, struct stop_view *out)
{
    struct history_item entered;
    struct call *engine = call_beside(call->arena, call);
    engine->actor = actor_system(call);
    out->may_run = oversight_runs(rec);
    if (out->may_run)
        return OK;
    enum err e = record_entered(engine, r, db, rec, &entered);
    if (e != OK)
        return problem(call, e, TEXT(""), "unknown", "%s",
                       say(call, "it cannot be read how it came to its state"));
    if (!is_stop_of(rec->kind, rec->state, entered.move))
        return OK;
    out->stopped = true;
    out->since = entered.at;
    out->reason = entered.reason;
    out->entry = entered.ledger;
    return OK;
}

static void look_at_order(struct call *call, struct oversight *o, const struct record *rec,
                          struct stop_view *out)
{
    pthread_mutex_lock(&o->lock);
    const struct order *order = order__about(o, rec->id);
    if (order && out->may_run) {
        out->may_run = out->recorded = false;
        out->stopped = true;
        out->since = moment_print(call->arena, order->at);
        out->reason = text_copy(call->arena, order->reason);
    }
    pthread_mutex_unlock(&o->lock);
}

/* ---- a drill
 * ---------------------------------------------------------------------------------- */
static struct text last_drill(const struct record *rec)
{
    struct text last = TEXT("");
    for (size_t i = 0; i < rec->kind->move_count; i++) {
        const struct field *f = rec->kind->moves[i].drill;
        struct text at = f ? json_text(record_value(rec, f->name)) : TEXT("");
        if (text_compare(at, last) > 0)
            last = at;
    }
    return last;
}

static enum err look_at_drill(struct call *call, struct records *r, struct reader *db,
                              const struct record *rec, struct stop_view *out)
{
    struct history_item made;
    struct call *engine = call_beside(call->arena, call);
    struct text at = last_drill(rec);
    int64_t since, until;
    engine->actor = actor_system(call);
    if (!at.len || !moment_read(at, &since))
        return OK;
    enum err e = record_written(engine, r, db, rec, at, &made);
    const struct move *m = e == OK ? kind_move(rec->kind, made.move) : NULL;
    if (e != OK && e != ERR_MISSING)
        return problem(call, e, TEXT(""), "unknown", "%s",
                       say(call, "it cannot be read how it came to its state"));
    if (!m || !m->drill)
        return OK;
    until = since + DRILL_MINUTES * 60 * SECOND;
    out->drill = (struct stop_drill){made.ledger, made.at, moment_print(call->arena, until),
                                     made.reason, call->now < until && out->may_run};
    return OK;
}

static void mark(struct call *call, const struct record *rec, struct stop_view *out)
{
    struct text all =
        text_print(call->arena, "%.*s\n%d%d%d\n%.*s\n%.*s\n%lld\n%lld\n%.*s", TEXT_ARG(rec->id),
                   out->may_run, out->stopped, out->recorded, TEXT_ARG(out->state),
                   TEXT_ARG(out->since), (long long)out->entry,
                   (long long)(out->drill.open ? out->drill.entry : -1), TEXT_ARG(out->reason));
    struct hash h = sha256(all);
    struct text hex = hex_of(call->arena, (struct text){(char *)h.byte, STOP_MARK / 2});
    memcpy(out->mark, hex.at, STOP_MARK);
}

enum err oversight_look(struct call *call, struct oversight *o, struct records *r,
                        struct reader *db, const struct record *rec, struct stop_view *out)
{
    *out = (struct stop_view){.recorded = true,
                              .state = rec->kind->states[rec->state].name,
                              .entry = -1,
                              .drill.entry = -1};
    TRY(look_at_record(call, r, db, rec, out));
    look_at_order(call, o, rec, out);
    TRY(look_at_drill(call, r, db, rec, out));
    mark(call, rec, out);
    return OK;
}
