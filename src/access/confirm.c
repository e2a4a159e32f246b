/* SPDX-License-Identifier: Apache-2.0 */
/* access/confirm.c — two pairs of eyes, and the account that only one pair has seen.
 * Everybody is staff at their home unit, and staff read a good part of the records: so an
 * administrator who makes an account alone, or takes away what bounded one (an external auditor
 * looks at little, an administrator without business at less), would open the registers alone.
 * The row of such a person names in waits_by who it was; until somebody else has confirmed the account
 * its person is not staff. Granting them a role confirms in the same act, where whoever grants
 * might confirm. Accounts by the command line, and those from before, wait for nobody. */
#include "access/internal.h"

/* ---- two persons, one of them an AIMS manager --------------------------------------------- */

struct text access__by(const struct actor *a)
{
    return a->person.len > 0 ? a->person : a->id;
}

enum err access__is_manager(struct call *call, struct tx *tx, const struct access *a,
                             struct text unit, bool *yes)
{
    struct text *above;
    size_t count;
    TRY(access_units_above_tx(call, a, tx, unit, &above, &count));
    *yes = call->actor->type == ACTOR_USER && actor_holds(call->actor, ROLE_MANAGER, above, count);
    return OK;
}

/* Was it an AIMS manager of the unit who asked, and is still? */
static enum err asked_by_manager(struct call *call, struct tx *tx, const struct access *a,
                                 struct text person, struct text unit, bool *yes)
{
    struct rows rows;
    struct text *above;
    size_t count;
    struct value values[] = {V_TEXT(person), V_TEXT(ROLE_MANAGER)};
    TRY(access_units_above_tx(call, a, tx, unit, &above, &count));
    TRY(tx_rows(call, tx,
                "SELECT g.unit FROM role_grant g JOIN person p ON p.id = g.person WHERE "
                "g.person = $1 AND p.disabled = 0 AND g.role = $2 AND g.state = 'active'",
                values, COUNT(values), READ_MOST, &rows));
    *yes = false;
    for (size_t i = 0; i < rows.count; i++) {
        struct text of = row_at(&rows, i)->text;
        *yes = *yes || of.len == 0;
        for (size_t n = 0; n < count; n++)
            *yes = *yes || text_same(of, above[n]);
    }
    return OK;
}

enum err access__second(struct call *call, struct tx *tx, const struct access *a,
                        struct text asker, struct text unit, bool business, enum second *out)
{
    bool manager;
    TRY(access__is_manager(call, tx, a, unit, &manager));
    if (!call->actor->admin && !manager)
        *out = SECOND_NOBODY;
    else if (text_same(asker, access__by(call->actor)))
        *out = SECOND_SAME;
    else {
        if (business && !manager)
            TRY(asked_by_manager(call, tx, a, asker, unit, &manager));
        *out = !business || manager ? SECOND_MAY : SECOND_NEEDS_MANAGER;
    }
    return OK;
}

enum err access__second_refused(struct call *call, enum second why)
{
    if (why == SECOND_SAME)
        return access__same_asker(call);
    if (why == SECOND_NEEDS_MANAGER)
        return problem(call, ERR_CONFLICT, TEXT(""), "needs_manager", "%s",
                       say(call,
                           "another administrator has asked for this: it waits for an AIMS "
                           "manager to say the same"));
    return access__denied(call);
}

/* ---- confirming --------------------------------------------------------------------------- */

static enum err set_waits(struct call *call, struct tx *tx, const struct access *a,
                          struct text person, struct text by, const char *act)
{
    struct value values[] = {V_TEXT(person), V_TEXT(by)};
    TRY(tx_exec(call, tx, "UPDATE person SET waits_by = $2 WHERE id = $1", values, 2, NULL));
    return access__seal(call, tx, a, call->actor, act, "person", person);
}

enum err access__confirm_tx(struct call *call, struct tx *tx, const struct access *a,
                            struct text person)
{
    const struct value *row;
    TRY(access__person_tx(call, tx, person, &row));
    if (row[7].text.len == 0)
        return OK;
    TRY(access__end_links(call, tx, a, person));
    return set_waits(call, tx, a, person, TEXT(""), "user.confirm");
}

enum err access__confirm_by_grant(struct call *call, struct tx *tx, const struct access *a,
                                  struct text person, const struct grant *grant)
{
    const struct value *row;
    enum second second = SECOND_MAY;
    TRY(access__person_tx(call, tx, person, &row));
    if (row[7].text.len == 0 || text_same(grant->role, ROLE_GUEST)) /* who is to be no staff */
        return OK;
    if (!call->actor->all)
        TRY(access__second(call, tx, a, row[7].text, row[5].text, true, &second));
    return second == SECOND_MAY ? access__confirm_tx(call, tx, a, person) : OK;
}

struct confirming {
    struct access *a;
    struct text person;
};

static enum err confirm_run(struct job *job, struct call *call, struct tx *tx)
{
    struct confirming *in = job->arg;
    const struct value *row;
    enum second second = SECOND_MAY;
    TRY(access__person_tx(call, tx, in->person, &row));
    if (!call->actor->all)
        TRY(access__second(call, tx, in->a, row[7].text, row[5].text, true, &second));
    if (second != SECOND_MAY)
        return access__second_refused(call, second);
    return access__confirm_tx(call, tx, in->a, in->person);
}

enum err access_confirm(struct call *call, struct access *a, struct text person)
{
    struct confirming in = {a, person};
    TRY(access__needs_fresh(call));
    if (text_same(call->actor->person, person))
        return problem(call, ERR_DENIED, TEXT("person"), "self", "%s",
                       say(call, "nobody confirms their own account"));
    TRY(access__trusted(call, a, person, TEXT("")));
    return access__run(call, a, confirm_run, &in);
}

/* ---- what bounds somebody ----------------------------------------------------------------- */

enum err access__bounded(struct call *call, struct tx *tx, const struct access *a,
                         struct text person, bool *yes)
{
    struct rows rows;
    bool admin = false, business = false, guest = false;
    TRY(tx_rows(call, tx, "SELECT role FROM role_grant WHERE person = $1 AND state = 'active'",
                &V_TEXT(person), 1, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct role *role = model_role(a->model, row_at(&rows, i)[0].text);
        admin = admin || text_same(row_at(&rows, i)[0].text, ROLE_ADMIN);
        guest = guest || text_same(row_at(&rows, i)[0].text, ROLE_GUEST);
        business = business || (role != NULL && role->business);
    }
    *yes = guest || (admin && !business);
    return OK;
}

enum err access__unbounded(struct call *call, struct tx *tx, const struct access *a,
                           struct text person)
{
    const struct value *row;
    bool bounded;
    TRY(access__person_tx(call, tx, person, &row));
    TRY(access__bounded(call, tx, a, person, &bounded));
    if (bounded || call->actor->all || row[7].text.len > 0)
        return OK;
    return set_waits(call, tx, a, person, access__by(call->actor), "user.unconfirm");
}

/* ---- for whom it waits -------------------------------------------------------------------- */

/* Of the whole organisation or of any unit: for words only, the decision is access__second. */
static bool is_manager_anywhere(const struct person *p)
{
    for (size_t i = 0; i < p->grant_count; i++)
        if (!p->pending[i] && text_same(p->grants[i].role, ROLE_MANAGER))
            return true;
    return false;
}

static enum err asked_by(struct call *call, struct reader *r, struct text asker, bool business,
                         bool *any)
{
    struct person by;
    *any = !business;
    if (*any)
        return OK;
    TRY(access_person(call, r, asker, &by));
    *any = is_manager_anywhere(&by);
    return OK;
}

static bool is_business(const struct access *a, const struct grant *g)
{
    const struct role *role = model_role(a->model, g->role);
    return role == NULL || role->business;
}

static enum err words_for(struct call *call, struct reader *r, struct text asker, bool business,
                          struct text *words)
{
    bool any;
    TRY(asked_by(call, r, asker, business, &any));
    const char *said = !business ? say(call, "another administrator or an AIMS manager")
                       : any     ? say(call, "another AIMS manager or an administrator")
                                 : say(call, "an AIMS manager");
    *words = text_of(said);
    return OK;
}

static enum err waits_for_me(struct call *call, struct access *a, struct reader *r, struct text person,
                             struct text asker, struct text unit, bool business, bool *yes)
{
    const struct actor *me = call->actor;
    struct text *above;
    size_t count;
    TRY(access_units_above(call, a, r, unit, &above, &count));
    bool manager = me->type == ACTOR_USER && actor_holds(me, ROLE_MANAGER, above, count);
    *yes = (me->admin || manager) && !text_same(person, me->person) &&
           !text_same(asker, access__by(me));
    return !*yes || manager ? OK : asked_by(call, r, asker, business, yes);
}

enum err access_waits_for(struct call *call, struct access *a, struct reader *r,
                          const struct person *p, size_t i, struct text *words)
{
    *words = TEXT("");
    return p->pending[i]
               ? words_for(call, r, p->grant_by[i], is_business(a, &p->grants[i]), words)
               : OK;
}

enum err access_waits_for_me(struct call *call, struct access *a, struct reader *r,
                             const struct person *p, size_t i, bool *yes)
{
    *yes = false;
    return p->pending[i] ? waits_for_me(call, a, r, p->id, p->grant_by[i], p->grants[i].unit,
                                        is_business(a, &p->grants[i]), yes)
                         : OK;
}

/* Who is, or is to be, an external auditor waits for nothing: they are no staff. */
static bool is_guest(const struct person *p)
{
    for (size_t i = 0; i < p->grant_count; i++)
        if (text_same(p->grants[i].role, ROLE_GUEST))
            return true;
    return false;
}

enum err access_unconfirmed(struct call *call, struct access *a, struct reader *r, const struct person *p,
                            struct text *words, bool *mine)
{
    *words = TEXT("");
    *mine = false;
    if (p->waits_by.len == 0 || is_guest(p))
        return OK;
    TRY(words_for(call, r, p->waits_by, true, words));
    return waits_for_me(call, a, r, p->id, p->waits_by, p->unit, true, mine);
}
