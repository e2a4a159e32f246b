/* SPDX-License-Identifier: Apache-2.0 */
/* record/sign.c — the signatures under a move: which of them stand, what they leave to be signed
 * and by whom, and how one is taken back. A signature is bound to the version it was given for: a
 * change voids it. It may expire, by the time that was fixed when it was given. Withdrawing is a
 * version of the record that names the signature, so that history and the ledger tell of it. */
#include "record/internal.h"

#define SIGNATURES_MOST 200 /* newest first; what is older has long been void */

/* ---- which stand ------------------------------------------------------------------------- */
static bool counts_for(const struct signature *s, struct text person)
{
    return person.len && (text_same(s->person, person) || text_same(s->stands_for, person));
}

/* Two people are two people: who signs for somebody counts as both. */
static const struct signature *is_by(const struct signature *list, size_t count, struct text person,
                                     struct text stands_for)
{
    for (size_t i = 0; i < count; i++)
        if (counts_for(&list[i], person) || counts_for(&list[i], stands_for))
            return &list[i];
    return NULL;
}

const struct signature *sign__by(const struct verdict *v, const struct actor *a)
{
    return is_by(v->signatures, v->signature_count, a->person, a->stands_for);
}

/* Who signed anew is not told that the signature of before has expired. */
static void forget_expired(struct verdict *v, struct text person)
{
    size_t kept = 0;
    for (size_t i = 0; i < v->expired_count; i++)
        if (!text_same(v->expired[i].person, person))
            v->expired[kept++] = v->expired[i];
    v->expired_count = kept;
}

/* row: person, at, side, what was done since, version, own_id, salt, ledger, until, stands_for. */
static enum err judge(struct call *call, struct records *r, struct db db,
                      const struct record *rec, const struct move *m, const struct value *row,
                      struct verdict *v)
{
    int64_t since = row[3].type == VALUE_INTEGER ? row[3].integer : 0;
    struct signature one = {.person = row[0].text,
                            .at = row[1].text,
                            .until = row[8].text,
                            .own_id = row[5].text,
                            .stands_for = row[9].text,
                            .version = row[4].integer,
                            .step = row[2].integer};
    if (since == 1)
        v->voided[v->voided_count++] = one;
    if (since)
        return OK;
    struct signed_move s = {.own_id = one.own_id,
                            .kind = rec->kind->name,
                            .record = rec->id,
                            .move = m->name,
                            .person = one.person,
                            .stands_for = one.stands_for,
                            .at = one.at,
                            .until = one.until,
                            .version = one.version,
                            .side = one.step};
    bool held;
    TRY(held__signature(call, r, db, rec, &s, row[6].text, row[7].integer, &held));
    v->forged |= !held;
    if (!held || one.step < 1 || one.step > (int64_t)m->step_count)
        return OK;
    if (one.until.len && text_compare(one.until, moment_print(call->arena, call->now)) <= 0) {
        v->expired[v->expired_count++] = one;
        return OK;
    }
    bool stands;
    TRY(waiver__stands(call, r, db, rec, &one, v, &stands));
    if (!stands) {
        v->expired[v->expired_count++] = one;
        return OK;
    }
    forget_expired(v, one.person);
    if (!is_by(v->signatures, v->signature_count, one.person, one.stands_for))
        v->signatures[v->signature_count++] = one;
    return OK;
}

static void tally(struct call *call, const struct record *rec, const struct move *m,
                  struct verdict *v)
{
    bool before = true; /* the steps before this one are complete */
    v->steps = NEW_MANY(call->arena, m->step_count + 1, struct sign_view);
    v->wanted = v->left = 0;
    for (size_t i = 0; i < m->step_count; i++) {
        struct sign_view *view = &v->steps[i];
        *view = (struct sign_view){.applies = guard__holds(m->steps[i].when, rec),
                                   .wanted = m->steps[i].count};
        for (size_t j = 0; j < v->signature_count; j++)
            view->given += v->signatures[j].step == (int64_t)i + 1;
        bool complete = !view->applies || view->given >= view->wanted;
        view->open = !complete && (before || !m->ordered);
        before = before && complete;
        v->wanted += view->applies ? view->wanted : 0;
        v->left += complete ? 0 : view->wanted - view->given;
    }
}

/* `alters` of a version (write.c): 2, the record moved on: signatures of before are history; 1, what
 * was signed has changed: they are void; 0, a tag or evidence was added: they stand. */
enum err sign__standing(struct call *call, struct records *r, struct db db,
                        const struct record *rec, const struct move *m, struct verdict *v)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version),
                             V_TEXT(m->name)};
    struct rows rows = {0};
    if (move_takes_many(m))
        TRY(db__rows(call, db,
                     "SELECT g.person, g.at, g.side, (SELECT MAX(COALESCE(v.alters, 1)) FROM "
                     "version v WHERE v.kind = g.kind AND v.id = g.id AND v.version > g.version "
                     "AND v.version <= $3), g.version, g.own_id, g.salt, g.ledger, "
                     "COALESCE(g.until, ''), COALESCE(g.stands_for, '') FROM signature g WHERE g.kind = $1 AND g.id = $2 AND "
                     "g.version <= $3 AND g.move = $4 AND NOT EXISTS (SELECT 1 FROM withdrawn w "
                     "WHERE w.signature = g.own_id) ORDER BY g.version DESC, g.at DESC LIMIT 200",
                     values, 4, SIGNATURES_MOST, &rows));
    v->signatures = NEW_MANY(call->arena, rows.count + 1, struct signature);
    v->voided = NEW_MANY(call->arena, rows.count + 1, struct signature);
    v->expired = NEW_MANY(call->arena, rows.count + 1, struct signature);
    for (size_t i = rows.count; i-- > 0;)
        TRY(judge(call, r, db, rec, m, row_at(&rows, i), v));
    tally(call, rec, m, v);
    return OK;
}

/* ---- who may sign now -------------------------------------------------------------------- */

/* The first step that is open and theirs; `mine` also when theirs is not open, `early` when it is not
 * yet. */
enum err sign__step(struct call *call, struct records *r, struct db db, const struct record *rec,
                    const struct move *m, struct verdict *v)
{
    v->step = 0;
    v->mine = v->early = false;
    for (size_t i = 0; i < m->step_count && !v->step; i++) {
        bool theirs = false;
        if (v->steps[i].applies)
            TRY(who__matches(call, r, db, call->actor, rec, &m->steps[i].by, &theirs));
        if (v->steps[i].applies && (m->stop || m->drill) && !theirs)
            TRY(who__may_stop(call, r, db, call->actor, rec, &theirs));
        v->mine = v->mine || theirs;
        v->early = v->early || (theirs && !v->steps[i].open && v->steps[i].given < v->steps[i].wanted);
        v->step = theirs && v->steps[i].open ? (int64_t)i + 1 : 0;
    }
    return OK;
}

const struct sign_step *sign__first_open(const struct move *m, const struct verdict *v)
{
    for (size_t i = 0; i < m->step_count; i++)
        if (v->steps[i].open)
            return &m->steps[i];
    return &m->steps[0];
}

/* For whom it waits once that step has one signature more. */
struct text sign__waits_for(struct call *call, const struct record *rec, const struct move *m,
                            const struct verdict *v, int64_t step)
{
    struct buf b = buf_in(call->arena, 8192);
    struct verdict then = *v;
    then.signatures = NEW_MANY(call->arena, v->signature_count + 1, struct signature);
    for (size_t i = 0; i < v->signature_count; i++)
        then.signatures[i] = v->signatures[i];
    then.signatures[then.signature_count++] = (struct signature){.step = step};
    tally(call, rec, m, &then);
    for (size_t i = 0; i < m->step_count; i++)
        if (then.steps[i].open)
            buf_print(&b, "%s%.*s", b.len ? "," : "",
                      TEXT_ARG(who__names(call, &m->steps[i].by)));
    return buf_text(&b);
}

struct text record_signers(struct call *call, const struct sign_step *step)
{
    return who__names(call, &step->by);
}

/* ---- giving one -------------------------------------------------------------------------- */

/* Until when a signature given now in this step counts; "": for ever. */
struct text sign__until(struct call *call, const struct records *r, const struct sign_step *step)
{
    if (!step->has_expires)
        return (struct text){0};
    return moment_print(call->arena, duration_after(call->now, &step->expires, call->zone,
                                                   model_calendar(r->model, call->calendar)));
}

/* They signed this very version before, and it has expired since. */
enum err sign__again(struct writing *w, const struct record *before, const struct move *m,
                     bool *yes)
{
    struct value values[] = {V_TEXT(before->kind->name), V_TEXT(before->id),
                             V_INT(before->version), V_TEXT(m->name),
                             V_TEXT(w->call->actor->person)};
    struct rows rows;
    TRY(tx_rows(w->call, w->tx,
                "SELECT 1 FROM signature WHERE kind = $1 AND id = $2 AND version = $3 AND move = "
                "$4 AND person = $5",
                values, 5, 1, &rows));
    *yes = rows.count > 0;
    return OK;
}

/* ---- taking one back --------------------------------------------------------------------- */
static enum err nothing_to_withdraw(struct writing *w, const struct move *m)
{
    return problem_at(
        w->call, ERR_CONFLICT, TEXT(""), "not_signed", m->source,
        text_of(
            say(w->call,
                "there is no signature of yours under this step that counts: it was not given, "
                "was withdrawn, has expired or a change has undone it, or the step is done")));
}

enum err sign__withdraw(struct writing *w, const struct record *before)
{
    struct call *call = w->call;
    const struct move *m = kind_move(before->kind, w->change->move);
    struct verdict v = {0};
    if (!m)
        return problem(call, ERR_MISSING, TEXT("move"), "unknown",
                       say(call, "there is no move called %.*s"), TEXT_ARG(w->change->move));
    TRY(sign__standing(call, w->records, db_tx(w->tx), before, m, &v));
    const struct signature *own = sign__by(&v, call->actor);
    if (!own)
        return nothing_to_withdraw(w, m);
    struct record *rec = record__copy(call->arena, before);
    struct json *what = node__object(call->arena);
    node__add(what, json_of_text(call->arena, m->name), TEXT("move"), call->arena);
    node__add(what, json_of_text(call->arena, own->own_id), TEXT("signature"), call->arena);
    w->withdrawn = what;
    TRY(write__version(w, rec, before, "record.withdraw", (struct text){0}, w->change->reason));
    struct value values[] = {V_TEXT(own->own_id), V_TEXT(rec->kind->name), V_TEXT(rec->id),
                             V_INT(rec->version)};
    w->change->record = rec;
    TRY(tx_exec(call, w->tx,
                "INSERT INTO withdrawn(signature, kind, id, version) VALUES ($1, $2, $3, $4)",
                values, 4, NULL));
    return living__write(w, rec, rec);
}

struct text sign__withdrawn(const struct json *body)
{
    return json_text(json_get(json_get(body, "_withdrawn"), "signature"));
}
