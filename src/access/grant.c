/* SPDX-License-Identifier: Apache-2.0 */
/* access/grant.c — giving and taking roles, by two pairs of eyes where it matters (SOD-10).
 * An administrator gives accounts and plain roles; a role that approves waits until an AIMS
 * manager says the same. An AIMS manager gives business roles over the units they manage. Only
 * an administrator gives admin. Nobody gives themselves anything. The command line gives at
 * once: it is how an organisation begins, and the ledger says that it was the command line. */
#include "access/internal.h"

#define MANAGER TEXT("aims_manager")

struct given {
    bool exists, pending;
    struct text by;
};

static enum err find_grant(struct call *call, struct tx *tx, struct text person,
                           const struct grant *g, struct given *out)
{
    struct rows rows;
    struct value values[] = {V_TEXT(person), V_TEXT(g->role), V_TEXT(g->unit)};
    TRY(tx_rows(
        call, tx,
        "SELECT state, by FROM role_grant WHERE person = $1 AND role = $2 AND unit = $3",
        values, 3, 1, &rows));
    *out = (struct given){.exists = rows.count > 0, .by = TEXT("")};
    if (rows.count > 0) {
        out->pending = text_is(row_at(&rows, 0)[0].text, "pending");
        out->by = row_at(&rows, 0)[1].text;
    }
    return OK;
}

static struct text granter(const struct actor *a)
{
    return a->person.len > 0 ? a->person : a->id;
}

static enum err write_grant(struct call *call, struct tx *tx, struct text person,
                            const struct grant *g, const char *state)
{
    struct value values[] = {V_TEXT(person),
                             V_TEXT(g->role),
                             V_TEXT(g->unit),
                             V_TEXT(text_of(state)),
                             V_TEXT(granter(call->actor)),
                             access__at(call, call->now)};
    return tx_exec(call, tx,
                   "INSERT INTO role_grant (person, role, unit, state, by, at) "
                   "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (person, role, unit) "
                   "DO UPDATE SET state = excluded.state, by = excluded.by, at = excluded.at",
                   values, COUNT(values), NULL);
}

/* Commits to the row as it stands; of one that is taken, to who took it and when. */
static enum err note_grant(struct call *call, struct tx *tx, const struct access *a,
                           const char *act, struct text person, const struct grant *g,
                           const char *state)
{
    struct member members[] = {{"at", access__at(call, call->now).text},
                               {"by", granter(call->actor)},
                               {"person", person},
                               {"role", g->role},
                               {"state", text_of(state)},
                               {"unit", g->unit}};
    return access__keep(call, tx, a, call->actor, act, "role_grant",
                        access__grant_id(call->arena, person, g->role, g->unit), members,
                        COUNT(members));
}

/* ---- who may give what ------------------------------------------------------------------- */

static bool approves(const struct access *a, struct text role)
{
    const struct role *r = model_role(a->model, role);
    return text_same(role, MANAGER) || (r != NULL && r->approver);
}

/* An AIMS manager of the unit or of one above it; a person, for a token confirms nothing. */
static enum err is_manager(struct call *call, struct tx *tx, struct text unit, bool *yes)
{
    struct text *above;
    size_t count;
    TRY(access_units_above_tx(call, tx, unit, &above, &count));
    *yes = call->actor->type == ACTOR_USER && actor_holds(call->actor, MANAGER, above, count);
    return OK;
}

enum right { RIGHT_NONE, RIGHT_PENDING, RIGHT_AT_ONCE };

static enum err right_to_grant(struct call *call, struct tx *tx, const struct access *a,
                               const struct grant *g, const struct given *now, enum right *out)
{
    bool manager;
    const struct actor *actor = call->actor;
    TRY(is_manager(call, tx, g->unit, &manager));
    bool confirms = now->pending && manager && !text_same(now->by, granter(actor));
    if (actor->all)
        *out = RIGHT_AT_ONCE;
    else if (text_is(g->role, "admin"))
        *out = actor->admin ? RIGHT_AT_ONCE : RIGHT_NONE;
    else if (actor->admin)
        *out = approves(a, g->role) && !confirms ? RIGHT_PENDING : RIGHT_AT_ONCE;
    else
        *out = manager ? RIGHT_AT_ONCE : RIGHT_NONE;
    return OK;
}

enum err access__check_grant(struct call *call, const struct access *a,
                             const struct grant *grant)
{
    if (model_role(a->model, grant->role) == NULL)
        return problem(call, ERR_INVALID, TEXT("roles"), "unknown", "%s %.*s",
                       say(call, "there is no role", "没有这个角色："), TEXT_ARG(grant->role));
    if (text_is(grant->role, "admin") && grant->unit.len > 0)
        return problem(call, ERR_INVALID, TEXT("unit"), "whole", "%s",
                       say(call, "an administrator is one for the whole organisation",
                           "管理员角色只能授予整个组织"));
    return OK;
}

static enum err apply(struct call *call, struct tx *tx, const struct access *a,
                      struct text person, const struct grant *g, const struct given *now,
                      bool *pending)
{
    enum right right;
    TRY(right_to_grant(call, tx, a, g, now, &right));
    if (right == RIGHT_NONE)
        return access__denied(call);
    *pending = right == RIGHT_PENDING;
    if (*pending && now->pending)
        return OK; /* it waits already */
    const char *state = *pending ? "pending" : "active";
    TRY(write_grant(call, tx, person, g, state));
    return note_grant(call, tx, a, *pending ? "role.grant_pending" : "role.grant", person, g,
                      state);
}

enum err access__grant_tx(struct call *call, struct tx *tx, const struct access *a,
                          struct text person, const struct grant *grant, bool *pending)
{
    struct given now;
    *pending = false;
    if (text_same(call->actor->person, person))
        return problem(call, ERR_DENIED, TEXT("person"), "self", "%s",
                       say(call, "nobody gives roles to themselves", "不能给自己授予角色"));
    if (text_is(grant->role, "staff"))
        return OK; /* everyone is */
    TRY(access__unit_exists(call, tx, grant->unit));
    TRY(find_grant(call, tx, person, grant, &now));
    if (now.exists && !now.pending)
        return OK;
    return apply(call, tx, a, person, grant, &now, pending);
}

/* ---- one at a time ----------------------------------------------------------------------- */

struct granting {
    struct access *a;
    struct text person;
    struct grant grant;
    bool pending;
};

static enum err grant_run(struct job *job, struct call *call, struct tx *tx)
{
    struct granting *in = job->arg;
    const struct value *row;
    TRY(access__person_tx(call, tx, in->person, &row));
    return access__grant_tx(call, tx, in->a, in->person, &in->grant, &in->pending);
}

enum err access_grant(struct call *call, struct access *a, struct text person, struct text role,
                      struct text unit, bool *pending)
{
    struct granting in = {a, person, {role, unit}, false};
    TRY(access__needs_fresh(call));
    TRY(access__check_grant(call, a, &in.grant));
    TRY(access__run(call, a, grant_run, &in));
    *pending = in.pending;
    return OK;
}

enum err access__not_last_admin(struct call *call, struct tx *tx, struct text person)
{
    struct rows rows;
    if (call->actor->all)
        return OK;
    TRY(tx_rows(call, tx,
                "SELECT g.person FROM role_grant g JOIN person p ON p.id = g.person "
                "WHERE g.role = 'admin' AND g.state = 'active' AND p.disabled = 0 "
                "AND g.person <> $1 LIMIT 1",
                &V_TEXT(person), 1, 1, &rows));
    if (rows.count > 0)
        return OK;
    return problem(call, ERR_CONFLICT, TEXT(""), "last_admin", "%s",
                   say(call, "nobody else could manage people any more",
                       "这是最后一位管理员，之后将无人能管理人员"));
}

static enum err may_revoke(struct call *call, struct tx *tx, const struct grant *g)
{
    bool manager;
    if (access__manages(call->actor))
        return OK;
    TRY(is_manager(call, tx, g->unit, &manager));
    return manager && !text_is(g->role, "admin") ? OK : access__denied(call);
}

static enum err revoke_run(struct job *job, struct call *call, struct tx *tx)
{
    struct given now;
    struct granting *in = job->arg;
    struct value values[] = {V_TEXT(in->person), V_TEXT(in->grant.role),
                             V_TEXT(in->grant.unit)};
    TRY(may_revoke(call, tx, &in->grant));
    TRY(find_grant(call, tx, in->person, &in->grant, &now));
    if (!now.exists)
        return problem(call, ERR_MISSING, TEXT("role"), "missing", "%s",
                       say(call, "the person does not hold this role there",
                           "此人在该范围内没有这个角色"));
    if (text_is(in->grant.role, "admin"))
        TRY(access__not_last_admin(call, tx, in->person));
    TRY(tx_exec(call, tx,
                "DELETE FROM role_grant WHERE person = $1 AND role = $2 AND unit = $3", values,
                3, NULL));
    return note_grant(call, tx, in->a, "role.revoke", in->person, &in->grant, "none");
}

enum err access_revoke(struct call *call, struct access *a, struct text person,
                       struct text role, struct text unit)
{
    struct granting in = {a, person, {role, unit}, false};
    if (call->actor == NULL)
        return access__signed_out(call);
    TRY(access__needs_fresh(call));
    return access__run(call, a, revoke_run, &in);
}
