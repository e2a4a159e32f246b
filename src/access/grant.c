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

#define GRANT_ROW                                                                              \
    "SELECT state, by FROM role_grant WHERE person = $1 AND role = $2 AND unit = $3"

static struct given given_of(const struct rows *rows)
{
    struct given given = {.exists = rows->count > 0, .by = TEXT("")};
    if (rows->count > 0) {
        given.pending = text_is(row_at(rows, 0)[0].text, "pending");
        given.by = row_at(rows, 0)[1].text;
    }
    return given;
}

static enum err find_grant(struct call *call, struct tx *tx, struct text person,
                           const struct grant *g, struct given *out)
{
    struct rows rows;
    struct value values[] = {V_TEXT(person), V_TEXT(g->role), V_TEXT(g->unit)};
    TRY(tx_rows(call, tx, GRANT_ROW, values, COUNT(values), 1, &rows));
    *out = given_of(&rows);
    return OK;
}

static enum err write_grant(struct call *call, struct tx *tx, struct text person,
                            const struct grant *g, const char *state)
{
    struct value values[] = {V_TEXT(person),
                             V_TEXT(g->role),
                             V_TEXT(g->unit),
                             V_TEXT(text_of(state)),
                             V_TEXT(access__by(call->actor)),
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
                               {"by", access__by(call->actor)},
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
    struct call *page = call_beside(arena, call);
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
                             say(call, "the ledger could not be read"));
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

enum right { RIGHT_NONE, RIGHT_PENDING, RIGHT_AT_ONCE };

/* What somebody waits for already may be confirmed by another. */
static enum err right_to_confirm(struct call *call, struct tx *tx, const struct access *a,
                                 const struct grant *g, const struct given *now, bool business,
                                 enum right *out)
{
    enum second second;
    TRY(access__second(call, tx, a, now->by, g->unit, business, &second));
    *out = RIGHT_AT_ONCE;
    return second == SECOND_MAY ? OK : access__second_refused(call, second);
}

static enum err right_to_grant(struct call *call, struct tx *tx, const struct access *a,
                               const struct grant *g, const struct given *now, enum right *out)
{
    bool manager;
    const struct actor *actor = call->actor;
    const struct role *role = model_role(a->model, g->role);
    bool business = role == NULL || role->business;
    TRY(access__is_manager(call, tx, a, g->unit, &manager));
    *out = RIGHT_NONE;
    if (actor->all)
        *out = RIGHT_AT_ONCE;
    else if (!actor->admin && !manager)
        return OK;
    else if (now->pending)
        return right_to_confirm(call, tx, a, g, now, business, out);
    else if (business || actor->admin) /* only an administrator asks for another one */
        *out = RIGHT_PENDING;
    return OK;
}

enum err access__check_grant(struct call *call, const struct access *a,
                             const struct grant *grant)
{
    if (model_role(a->model, grant->role) == NULL)
        return problem(call, ERR_INVALID, TEXT("roles"), "unknown", "%s %.*s",
                       say(call, "there is no role"), TEXT_ARG(grant->role));
    if (text_same(grant->role, ROLE_ADMIN) && grant->unit.len > 0)
        return problem(call, ERR_INVALID, TEXT("unit"), "whole", "%s",
                       say(call, "an administrator is one for the whole organisation"));
    return OK;
}

/* A link asked for while the account could do little must not open it when it can do more. An
 * invitation that nobody has used goes on. */
enum err access__end_links(struct call *call, struct tx *tx, const struct access *a,
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
    if (right == RIGHT_NONE)
        return access__denied(call);
    *pending = right == RIGHT_PENDING;
    const char *state = *pending ? "pending" : "active";
    TRY(write_grant(call, tx, person, g, state));
    if (!*pending)
        TRY(access__end_links(call, tx, a, person));
    TRY(note_grant(call, tx, a, *pending ? "role.grant_pending" : "role.grant", person, g,
                   state));
    return access__confirm_by_grant(call, tx, a, person, g);
}

/* At once, and said in the ledger by a word of its own. */
static enum err found(struct call *call, struct tx *tx, struct access *a, struct text person,
                      const struct grant *g)
{
    atomic_store(&a->managed, true);
    TRY(write_grant(call, tx, person, g, "active"));
    TRY(note_grant(call, tx, a, "role.found", person, g, "active"));
    return access__confirm_tx(call, tx, a, person); /* nobody else is there who could */
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
                       say(call, "nobody gives roles to themselves"));
    if (text_same(grant->role, ROLE_STAFF))
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
    TRY(access__rows(call, a, GRANT_ROW, values, COUNT(values), 1, &rows));
    in->seen = given_of(&rows);
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
                "WHERE g.role = '" ROLE_ADMIN_WORD
                "' AND g.state = 'active' AND p.disabled = 0 "
                "AND g.person <> $1 LIMIT 1",
                &V_TEXT(person), 1, 1, &rows));
    if (rows.count > 0)
        return OK;
    return problem(call, ERR_CONFLICT, TEXT(""), "last_admin", "%s",
                   say(call, "nobody else could manage people any more"));
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
                       "first"));
}

static enum err may_revoke(struct call *call, struct tx *tx, const struct access *a,
                           const struct grant *g)
{
    bool manager;
    if (access__manages(call->actor))
        return OK;
    TRY(access__is_manager(call, tx, a, g->unit, &manager));
    return manager && !text_same(g->role, ROLE_ADMIN) ? OK : access__denied(call);
}

static enum err delete_grant(struct call *call, struct tx *tx, const struct granting *in)
{
    struct value values[] = {V_TEXT(in->person), V_TEXT(in->grant.role),
                             V_TEXT(in->grant.unit)};
    TRY(tx_exec(call, tx,
                "DELETE FROM role_grant WHERE person = $1 AND role = $2 AND unit = $3", values,
                3, NULL));
    return note_grant(call, tx, in->a, "role.revoke", in->person, &in->grant, "none");
}

static enum err revoke_run(struct job *job, struct call *call, struct tx *tx)
{
    struct given now;
    struct granting *in = job->arg;
    bool bounded;
    TRY(may_revoke(call, tx, in->a, &in->grant));
    TRY(find_grant(call, tx, in->person, &in->grant, &now));
    if (!now.exists)
        return problem(call, ERR_MISSING, TEXT("role"), "missing", "%s",
                       say(call, "the person does not hold this role there"));
    if (text_same(in->grant.role, ROLE_ADMIN))
        TRY(access__not_last_admin(call, tx, in->person));
    if (text_same(in->grant.role, ROLE_MANAGER) && !now.pending)
        TRY(access__not_last_manager(call, tx, in->person));
    TRY(access__bounded(call, tx, in->a, in->person, &bounded));
    TRY(delete_grant(call, tx, in));
    return bounded ? access__unbounded(call, tx, in->a, in->person) : OK;
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
