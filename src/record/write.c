/* SPDX-License-Identifier: Apache-2.0 */
/* record/write.c — one version of a record: body, commitment, ledger entry, rows, search words,
 * and whatever looks at it. All inside the caller's savepoint: together or not at all. */
#include "record/internal.h"

#include <string.h>

static void set(struct call *call, struct record *rec, const char *name, struct text value)
{
    const struct field *f = kind_field(rec->kind, text_of(name));
    if (f)
        rec->values[f->index] = value.len ? json_of_text(call->arena, value) : NULL;
}

static void set_engine_fields(struct call *call, struct record *rec, bool create, bool content)
{
    struct text now = moment_print(call->arena, call->now);
    struct text who = call->actor->person.len ? call->actor->person : (struct text){0};
    set(call, rec, "key", rec->key);
    set(call, rec, "state", rec->kind->states[rec->state].name);
    set(call, rec, "updated_at", now);
    if (create) {
        set(call, rec, "created_at", now);
        set(call, rec, "author", who);
    }
    if (create || content)
        set(call, rec, "editor", who);
    const struct field *f = kind_field(rec->kind, TEXT("version"));
    if (f)
        rec->values[f->index] = json_of_integer(call->arena, rec->version);
}

/* ---- ledger and version
 * -------------------------------------------------------------------------- */
static enum err append(struct writing *w, struct record *rec, const struct record *before,
                       const struct act *act)
{
    struct ledger_event event = {
        .act = act->name,
        .waiver = waiver__names(w->call, act->waived),
        .actor_type = text_of(actor_word(w->call->actor->type)),
        .actor_id = w->call->actor->id,
        .actor_for = actor_for(w->call->actor),
        .object_kind = rec->kind->name,
        .object_id = rec->id,
        .object_version = rec->version,
        .has_commitment = true,
        .commitment = rec->commitment,
        .previous = before ? before->ledger : -1,
        .model = w->records->model->hash,
        .request = w->call->id,
        .session = w->call->actor->session,
    };
    if (before)
        event.previous_commitment = before->commitment;
    uint64_t index;
    TRY(ledger_append(w->call, w->tx, w->records->ledger, &event, &index));
    rec->ledger = (int64_t)index;
    return OK;
}

/* That the time is over changes nothing of what was signed. */
static bool is_standing(const struct kind *k, const struct field *f)
{
    for (size_t i = 0; i < k->clock_count; i++)
        if (k->clocks[i].standing == f)
            return true;
    return k->keep.at && k->keep.standing == f;
}

/* What the version does to signatures under a move that takes two: 2, the record moved on; 1, what
 * was signed is no longer what it says; 0, only what may be added to a signed record was. */
int version__alters(const struct record *rec, const struct record *before, const char *act)
{
    if (!before || !strcmp(act, "record.move") || !strcmp(act, "record.redact"))
        return 2;
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (!f->system && !f->always && !is_standing(rec->kind, f) &&
            record__differs(rec, before, f))
            return 1;
    }
    return 0;
}

static enum err insert_version(struct writing *w, const struct record *rec, struct text body,
                               struct text salt, struct text at, int altered)
{
    struct value values[] = {
        V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version), V_TEXT(at),
        V_INT(rec->ledger),      V_BYTES(salt),   V_TEXT(body),           V_INT(altered)};
    return tx_exec(w->call, w->tx,
                   "INSERT INTO version(kind, id, version, at, ledger, salt, body, alters) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   values, 8, NULL);
}

/* ---- what follows from it
 * ---------------------------------------------------------------------------- */
static bool computed_differs(const struct record *a, const struct record *b)
{
    for (size_t i = 0; i < a->kind->field_count; i++) {
        if (!a->kind->fields[i].computed)
            continue;
        const struct json *x = a->values[i], *y = b->values[i];
        if (!x != !y || (x && !json_same(x, y)))
            return true;
    }
    return false;
}

enum err write__recompute(struct writing *w, const struct dependent *d, struct text cause)
{
    struct record *before;
    TRY(table__find(w->call, w->records, db_tx(w->tx), d->kind, d->id, &before));
    if (!before)
        return OK;
    struct record *rec = record__copy(w->call->arena, before);
    TRY(compute__fields(w->call, w->records, db_tx(w->tx), rec, before, (struct text){0}));
    if (!computed_differs(rec, before))
        return OK;
    const struct actor *actor = w->call->actor;
    struct record *answered = w->change->record; /* what the caller changed stays the answer */
    w->call->actor = actor_system(w->call);
    enum err e =
        write__version(w, rec, before, "record.recompute", (struct text){0}, (struct text){0});
    if (e == OK)
        e = change__react(w, rec, cause);
    w->call->actor = actor;
    w->change->record = answered;
    return e;
}

static struct text cause_of(struct call *call, const struct record *rec)
{
    const struct json *title = record_value(rec, TEXT("title"));
    return text_print(call->arena, "%.*s %.*s", TEXT_ARG(rec->key),
                      TEXT_ARG(title ? title->text : TEXT("")));
}

static enum err write_unit(struct writing *w, const struct record *rec)
{
    if (!text_is(rec->kind->is, "unit_tree"))
        return OK;
    const struct json *parent = record_value(rec, TEXT("parent"));
    return access_unit_put(w->call, w->tx, rec->id, parent ? parent->text : (struct text){0});
}

static void add_note(struct writing *w, const struct record *rec)
{
    struct note *n = NEW(w->call->arena, struct note);
    *n = (struct note){rec->kind->name, rec->id, rec->version, w->notes};
    w->notes = n;
}

enum err write__version(struct writing *w, struct record *rec, const struct record *before,
                        const char *act, struct text move, struct text reason)
{
    struct call *call = w->call;
    rec->version = before ? before->version + 1 : 1;
    bool content = !strcmp(act, "record.change");
    set_engine_fields(call, rec, !before, content);
    TRY(compute__fields(call, w->records, db_tx(w->tx), rec, before, move));
    const struct json *told;
    TRY(clock__told(w, rec, before, &told));
    struct act a = {
        act,
        moment_print(call->arena, call->now),
        call->actor->id,
        text_of(actor_word(call->actor->type)),
        actor_for(call->actor),
        move,
        before && before->state != rec->state ? before->kind->states[before->state].name
                                              : (struct text){0},
        reason,
        w->frozen,
        w->proposed,
        w->withdrawn,
        w->waived,
        w->agrees,
        w->made,
        w->redact,
        w->timer,
        told,
        redact__carry(call, rec, before, strcmp(act, "record.redact") ? NULL : w->redact)};
    w->waived = w->frozen = w->proposed = w->withdrawn = w->made = w->redact = w->timer = NULL;
    w->agrees = false;
    rec->redacted = NULL;
    rec->erased = a.erased;
    struct wrote how = {text_of(act), move, call->actor->person, call->actor->stands_for,
                        a.proposed != NULL && !a.agrees};
    struct text body;
    TRY(body__print(call, rec, &a, &body));
    struct text salt = ledger_salt(call);
    TRY(ledger_commit(call, body, salt, &rec->commitment));
    TRY(append(w, rec, before, &a));
    TRY(insert_version(w, rec, body, salt, a.at, version__alters(rec, before, act)));
    TRY(hand__remember(w, rec, before));
    TRY(contributor__remember(call, w->tx, rec, before, &how));
    TRY(freeze__keep(call, w->tx, rec, a.frozen));
    TRY(waiver__keep(call, w->tx, rec, a.waived, move, a.at));
    TRY(stay__write(w, rec, before, &a));
    TRY(series__write(w, rec, move));
    TRY(timer__write(w, rec, before));
    TRY(living__write(w, rec, before));
    TRY(outbox__write(w, rec, a.told, a.at));
    TRY(watching__version(w, rec, before, a.at));
    TRY(table__write(call, w->records, w->tx, rec, before));
    TRY(search__write(call, w->tx, rec, before));
    TRY(write_unit(w, rec));
    add_note(w, rec);
    TRY(stale__follow(w, rec, before, cause_of(call, rec)));
    return stale__spread(w, rec);
}
