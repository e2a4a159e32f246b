/* SPDX-License-Identifier: Apache-2.0 */
/* access/grant.c — giving and taking roles, by two pairs of eyes (SOD-10).
 * A role that reads or acts on business records takes two persons, one of them an AIMS manager
 * of the unit; that of an administrator takes two who may manage people. The first asks, another
 * says the same. Nobody gives themselves anything. The command line gives at once: it is how an
 * organisation begins, and the ledger says that it was the command line. So does the
 * administrator of an organisation that never had an AIMS manager, once. */
#include "access/internal.h"

#include <string.h>

struct given {
    bool exists, pending;
    struct text by; /* who asked, while it is pending */
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

/* ---- the first AIMS manager --------------------------------------------------------------- */

static bool has(struct text leaf, const char *words)
{
    return memmem(leaf.at, leaf.len, words, strlen(words)) != NULL;
}

static bool tells_of_manager(struct text leaf)
{
    return has(leaf, "/" ROLE_MANAGER_WORD "/") &&
           (has(leaf, "\"role.grant\"") || has(leaf, "\"role.found\""));
}

/* From the ledger, not from who is manager now: taking the role away must not begin the
 * organisation anew. Memory is given back page by page. */
static enum err look_through(struct call *call, struct access *a, uint64_t from, bool *more)
{
    struct arena *arena = arena_open();
    struct call *page = call_open(arena, call->now, call->lang);
    struct reader *r = store_reader(a->store);
    struct ledger_row *rows;
    size_t count = 0;
    enum err e = ledger_entries(page, r, from, 1000, &rows, &count);
    store_return(a->store, r);
    for (size_t i = 0; e == OK && i < count; i++)
        if (tells_of_manager(rows[i].leaf))
            atomic_store(&a->managed, true);
    *more = count == 1000;
    arena_close(arena);
    return e == OK ? OK
                   : problem(call, e, TEXT(""), "ledger", "%s",
                             say(call, "the ledger could not be read", "账本无法读取"));
}

enum err access__founding(struct call *call, struct access *a, const struct grant *grants,
                          size_t count, bool *founding)
{
    bool asked = false, more = true;
    *founding = false;
    for (size_t i = 0; i < count; i++)
        asked = asked || text_same(grants[i].role, ROLE_MANAGER);
    if (!asked || call->actor->type != ACTOR_USER || !call->actor->admin)
        return OK;
    for (uint64_t from = 0; more && !atomic_load(&a->managed); from += 1000)
        TRY(look_through(call, a, from, &more));
    *founding = !atomic_load(&a->managed);
    return OK;
}

/* Another may have been appointed since the ledger was looked through. */
static enum err still_founding(struct call *call, struct tx *tx, bool *founding)
{
    struct rows rows;
    struct value manager = V_TEXT(ROLE_MANAGER);
    if (!*founding)
        return OK;
    TRY(tx_rows(call, tx,
                "SELECT person FROM role_grant WHERE role = $1 AND state = 'active' LIMIT 1",
                &manager, 1, 1, &rows));
    *founding = rows.count == 0;
    return OK;
}

/* ---- who may give what ------------------------------------------------------------------- */

enum err access__is_manager(struct call *call, struct tx *tx, struct text unit, bool *yes)
{
    struct text *above;
    size_t count;
    TRY(access_units_above_tx(call, tx, unit, &above, &count));
    *yes = call->actor->type == ACTOR_USER && actor_holds(call->actor, ROLE_MANAGER, above, count);
    return OK;
}

/* Was it an AIMS manager of the unit who asked, and is still? */
static enum err asked_by_manager(struct call *call, struct tx *tx, struct text person,
                                 struct text unit, bool *yes)
{
    struct rows rows;
    struct value values[] = {V_TEXT(person), V_TEXT(ROLE_MANAGER), V_TEXT(unit)};
    TRY(tx_rows(call, tx,
                "SELECT g.unit FROM role_grant g JOIN person p ON p.id = g.person WHERE "
                "g.person = $1 AND p.disabled = 0 AND g.role = $2 AND g.state = "
                "'active' AND (g.unit = '' OR g.unit IN (SELECT c.ancestor FROM unit_closure c "
                "WHERE c.descendant = $3)) LIMIT 1",
                values, COUNT(values), 1, &rows));
    *yes = rows.count > 0;
    return OK;
}

enum right { RIGHT_NONE, RIGHT_PENDING, RIGHT_AT_ONCE, RIGHT_SAME, RIGHT_MANAGER };

/* What somebody waits for already may be confirmed by another; of a business role one of the two
 * is an AIMS manager. */
static enum err right_to_confirm(struct call *call, struct tx *tx, const struct grant *g,
                                 const struct given *now, bool business, bool manager,
                                 enum right *out)
{
    bool by_manager = true;
    if (text_same(now->by, granter(call->actor))) {
        *out = RIGHT_SAME;
        return OK;
    }
    if (business && !manager)
        TRY(asked_by_manager(call, tx, now->by, g->unit, &by_manager));
    *out = by_manager ? RIGHT_AT_ONCE : RIGHT_MANAGER;
    return OK;
}

static enum err right_to_grant(struct call *call, struct tx *tx, const struct access *a,
                               const struct grant *g, const struct given *now, enum right *out)
{
    bool manager;
    const struct actor *actor = call->actor;
    const struct role *role = model_role(a->model, g->role);
    bool business = role == NULL || role->business;
    TRY(access__is_manager(call, tx, g->unit, &manager));
    *out = RIGHT_NONE;
    if (actor->all)
        *out = RIGHT_AT_ONCE;
    else if (!actor->admin && !manager)
        return OK;
    else if (now->pending)
        return right_to_confirm(call, tx, g, now, business, manager, out);
    else if (business || actor->admin) /* only an administrator asks for another one */
        *out = RIGHT_PENDING;
    return OK;
}

static enum err refused(struct call *call, enum right right)
{
    if (right == RIGHT_SAME)
        return access__same_asker(call);
    if (right == RIGHT_MANAGER)
        return problem(call, ERR_CONFLICT, TEXT(""), "needs_manager", "%s",
                       say(call,
                           "another administrator has asked for this: it waits for an AIMS "
                           "manager to say the same",
                           "已由另一位管理员提出，须由人工智能管理体系负责人确认"));
    return access__denied(call);
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

/* A link asked for while the account could do little must not open it when it can do more. An
 * invitation that nobody has used goes on. */
static enum err end_links(struct call *call, struct tx *tx, const struct access *a,
                          struct text person)
{
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT id FROM person WHERE id = $1 AND password <> ''",
                &V_TEXT(person), 1, 1, &rows));
    return rows.count == 0
               ? OK
               : access__requests_end(call, tx, a, call->actor, person, "password");
}

static enum err apply(struct call *call, struct tx *tx, struct access *a, struct text person,
                      const struct grant *g, const struct given *now, bool *pending)
{
    enum right right;
    TRY(right_to_grant(call, tx, a, g, now, &right));
    if (right != RIGHT_PENDING && right != RIGHT_AT_ONCE)
        return refused(call, right);
    *pending = right == RIGHT_PENDING;
    const char *state = *pending ? "pending" : "active";
    TRY(write_grant(call, tx, person, g, state));
    if (!*pending)
        TRY(end_links(call, tx, a, person));
    return note_grant(call, tx, a, *pending ? "role.grant_pending" : "role.grant", person, g,
                      state);
}

/* At once, and said in the ledger by a word of its own. */
static enum err found(struct call *call, struct tx *tx, struct access *a, struct text person,
                      const struct grant *g)
{
    atomic_store(&a->managed, true);
    TRY(write_grant(call, tx, person, g, "active"));
    return note_grant(call, tx, a, "role.found", person, g, "active");
}

enum err access__grant_tx(struct call *call, struct tx *tx, struct access *a,
                          struct text person, const struct grant *grant, bool founding,
                          bool *pending)
{
    struct given now;
    bool manager = text_same(grant->role, ROLE_MANAGER);
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
    if (founding && manager)
        TRY(still_founding(call, tx, &founding));
    if (founding && manager)
        return found(call, tx, a, person, grant);
    TRY(apply(call, tx, a, person, grant, &now, pending));
    if (manager && !*pending)
        atomic_store(&a->managed, true);
    return OK;
}

/* ---- for whom it waits -------------------------------------------------------------------- */

/* Of the whole organisation or of any unit: for words only, the decision is right_to_grant. */
static bool is_manager_anywhere(const struct person *p)
{
    for (size_t i = 0; i < p->grant_count; i++)
        if (!p->pending[i] && text_same(p->grants[i].role, ROLE_MANAGER))
            return true;
    return false;
}

enum err access_waits_for(struct call *call, struct access *a, struct reader *r,
                          const struct person *p, size_t i, struct text *words)
{
    struct person by;
    const struct role *role = model_role(a->model, p->grants[i].role);
    *words = TEXT("");
    if (!p->pending[i])
        return OK;
    TRY(access_person(call, r, p->grant_by[i], &by));
    const char *said =
        role != NULL && !role->business
            ? say(call, "another administrator or an AIMS manager",
                  "另一位管理员或人工智能管理体系负责人")
        : is_manager_anywhere(&by)
            ? say(call, "another AIMS manager or an administrator",
                  "另一位人工智能管理体系负责人或管理员")
            : say(call, "an AIMS manager", "人工智能管理体系负责人");
    *words = text_of(said);
    return OK;
}

enum err access_waits_for_me(struct call *call, struct reader *r, const struct access *a,
                             const struct person *p, size_t i, bool *yes)
{
    struct person by;
    const struct actor *me = call->actor;
    const struct role *role = model_role(a->model, p->grants[i].role);
    bool manager = me->type == ACTOR_USER && actor_holds_anywhere(me, ROLE_MANAGER);
    *yes = p->pending[i] && (me->admin || manager) && !text_same(p->id, me->person) &&
           !text_same(p->grant_by[i], granter(me));
    if (!*yes || manager || (role != NULL && !role->business))
        return OK;
    TRY(access_person(call, r, p->grant_by[i], &by));
    *yes = is_manager_anywhere(&by);
    return OK;
}

/* ---- one at a time ----------------------------------------------------------------------- */

/* What waited when the ledger was asked must be what is built upon. */
static enum err still_seen(struct call *call, struct tx *tx, struct text person,
                           const struct grant *g, const struct given *seen)
{
    struct given now;
    TRY(find_grant(call, tx, person, g, &now));
    bool same = !now.pending || (seen->pending && text_same(now.by, seen->by));
    return same ? OK : access__tampered(call);
}

struct granting {
    struct access *a;
    struct text person;
    struct grant grant;
    bool pending, founding;
    struct given seen;
};

static enum err grant_run(struct job *job, struct call *call, struct tx *tx)
{
    struct granting *in = job->arg;
    const struct value *row;
    TRY(access__person_tx(call, tx, in->person, &row));
    TRY(still_seen(call, tx, in->person, &in->grant, &in->seen));
    return access__grant_tx(call, tx, in->a, in->person, &in->grant, in->founding,
                            &in->pending);
}

static enum err look_at_grant(struct call *call, struct access *a, struct granting *in)
{
    struct rows rows;
    struct value values[] = {V_TEXT(in->person), V_TEXT(in->grant.role), V_TEXT(in->grant.unit)};
    TRY(access__rows(call, a,
                     "SELECT state, by FROM role_grant WHERE person = $1 AND role = $2 AND "
                     "unit = $3",
                     values, COUNT(values), 1, &rows));
    in->seen = (struct given){.exists = rows.count > 0, .by = TEXT("")};
    if (rows.count > 0) {
        in->seen.pending = text_is(row_at(&rows, 0)[0].text, "pending");
        in->seen.by = row_at(&rows, 0)[1].text;
    }
    return access__trusted(call, a, in->person, TEXT(""));
}

enum err access_grant(struct call *call, struct access *a, struct text person, struct text role,
                      struct text unit, bool *pending)
{
    struct granting in = {.a = a, .person = person, .grant = {role, unit}};
    TRY(access__needs_fresh(call));
    TRY(access__check_grant(call, a, &in.grant));
    TRY(access__founding(call, a, &in.grant, 1, &in.founding));
    TRY(look_at_grant(call, a, &in));
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

enum err access__not_last_manager(struct call *call, struct tx *tx, struct text person)
{
    struct rows rows;
    struct value values[] = {V_TEXT(person), V_TEXT(ROLE_MANAGER)};
    if (call->actor->all)
        return OK;
    TRY(tx_rows(call, tx,
                "SELECT 1 FROM role_grant WHERE person = $1 AND role = $2 AND state = 'active' "
                "AND NOT EXISTS (SELECT 1 FROM role_grant g JOIN person p ON p.id = g.person "
                "WHERE g.role = $2 AND g.state = 'active' AND p.disabled = 0 AND "
                "g.person <> $1) LIMIT 1",
                values, COUNT(values), 1, &rows));
    if (rows.count == 0)
        return OK;
    return problem(call, ERR_CONFLICT, TEXT(""), "last_manager", "%s",
                   say(call,
                       "nobody else could confirm roles any more: appoint another AIMS manager "
                       "first",
                       "这是最后一位人工智能管理体系负责人，之后将无人能确认角色：请先任命另一位"));
}

static enum err may_revoke(struct call *call, struct tx *tx, const struct grant *g)
{
    bool manager;
    if (access__manages(call->actor))
        return OK;
    TRY(access__is_manager(call, tx, g->unit, &manager));
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
    if (text_same(in->grant.role, ROLE_MANAGER) && !now.pending)
        TRY(access__not_last_manager(call, tx, in->person));
    TRY(tx_exec(call, tx,
                "DELETE FROM role_grant WHERE person = $1 AND role = $2 AND unit = $3", values,
                3, NULL));
    return note_grant(call, tx, in->a, "role.revoke", in->person, &in->grant, "none");
}

enum err access_revoke(struct call *call, struct access *a, struct text person,
                       struct text role, struct text unit)
{
    struct granting in = {.a = a, .person = person, .grant = {role, unit}};
    if (call->actor == NULL)
        return access__signed_out(call);
    TRY(access__needs_fresh(call));
    TRY(access__trusted(call, a, person, TEXT("")));
    return access__run(call, a, revoke_run, &in);
}
