/* SPDX-License-Identifier: Apache-2.0 */
/* access/deputy.c — whose deputy somebody is, today. Who lends which roles to whom is a record;
 * what counts is its last version as its entry in the ledger has it (standing.c), never a row
 * of its table. What is lent is what the giver holds now, by entries from before the deputy
 * accepted: a role that was taken away does not come back by being given anew. The deputy gets
 * an actor of its own for each of those people, which has their roles and nothing else; and
 * reads by all of them. */
#include "access/internal.h"

#include <string.h>

#define GIVERS_MOST 16 /* record/deputy.c accepts no more */

void access_lendings_from(struct access *a, const struct lending_source *source)
{
    a->lendings = *source;
}

void access_lendings_changed(struct access *a)
{
    atomic_fetch_add(&a->generation, 1);
}

/* ---- what they say ----------------------------------------------------------------------- */

static enum err place_one(struct call *call, struct access *a, struct reader *r, struct text id)
{
    struct standing_word w;
    struct lending l = {0};
    if (!access__standing(a, "lending", id, &w) || w.placed)
        return OK;
    TRY(a->lendings.version(a->lendings.arg, call, r, id, (int64_t)w.entry, &l));
    if (l.there && memcmp(l.commitment.byte, w.commitment.byte, HASH_SIZE) == 0)
        access__standing_lend(a, id, &l);
    else
        log_line(LOG_ERROR, "tampering",
                 "deputy=%.*s why=\"its last version is not as its entry in the ledger says\"",
                 TEXT_ARG(id));
    return OK;
}

enum err access__lendings_place(struct call *call, struct access *a, struct reader *r)
{
    size_t count;
    if (a->lendings.version == NULL)
        return OK;
    struct text *ids = access__standing_unlent(a, call->arena, &count);
    for (size_t i = 0; i < count; i++)
        TRY(place_one(call, a, r, ids[i]));
    return OK;
}

/* ---- what is lent ------------------------------------------------------------------------ */

struct giver {
    struct call *call;
    struct reader *r;
    struct text person, name;
    bool here;
    struct rows grants; /* role, unit */
};

static enum err load_giver(void *arg, struct claim *out)
{
    struct giver *g = arg;
    struct rows rows;
    out->person = g->person;
    TRY(read_rows(g->call, g->r, "SELECT name, disabled FROM person WHERE id = $1",
                  &V_TEXT(g->person), 1, 1, &rows));
    g->here = rows.count > 0 && row_at(&rows, 0)[1].integer == 0;
    g->name = rows.count > 0 ? row_at(&rows, 0)[0].text : TEXT("");
    return read_rows(g->call, g->r,
                     "SELECT role, unit FROM role_grant WHERE person = $1 AND state = 'active' "
                     "ORDER BY role, unit",
                     &V_TEXT(g->person), 1, READ_MOST, &g->grants);
}

static bool names(struct text roles, struct text role)
{
    while (roles.len > 0)
        if (text_same(text_cut(&roles, ','), role))
            return true;
    return false;
}

/* By an entry from before the deputy accepted, and a role of the business. */
static bool lends(struct call *call, const struct access *a, const struct lent *l,
                  const struct value *row)
{
    struct standing_word w;
    const struct role *role = model_role(a->model, row[0].text);
    struct text id = access__grant_id(call->arena, l->lending.giver, row[0].text, row[1].text);
    return role != NULL && role->business && names(l->lending.roles, row[0].text) &&
           access__standing(a, "role_grant", id, &w) && w.state == GRANT_ACTIVE &&
           w.entry < l->entry;
}

static struct actor *actor_of(struct actor *as, size_t *count, const struct actor *deputy,
                              const struct giver *g, struct arena *arena)
{
    for (size_t i = 0; i < *count; i++)
        if (text_same(as[i].stands_for, g->person))
            return &as[i];
    struct actor *one = &as[(*count)++];
    *one = *deputy;
    one->admin = false;
    one->grants = NEW(arena, struct grant);
    one->grant_count = one->lent_count = one->as_count = 0;
    one->as = NULL;
    one->stands_for = g->person;
    one->stands_name = g->name;
    one->stands_until = TEXT("");
    return one;
}

static void add_grants(struct call *call, const struct access *a, const struct lent *l,
                       const struct giver *g, struct actor *one)
{
    struct grant *grants =
        NEW_MANY(call->arena, one->grant_count + g->grants.count + 1, struct grant);
    size_t n = one->grant_count;
    if (n > 0)
        memcpy(grants, one->grants, n * sizeof *grants);
    for (size_t i = 0; i < g->grants.count; i++) {
        const struct value *row = row_at(&g->grants, i);
        if (lends(call, a, l, row))
            grants[n++] = (struct grant){row[0].text, row[1].text};
    }
    one->grants = grants;
    one->grant_count = n;
    if (text_compare(one->stands_until, l->lending.until) < 0)
        one->stands_until = l->lending.until;
}

static enum err add_one(struct call *call, struct access *a, struct reader *r,
                        const struct lent *l, const struct actor *deputy, struct actor *as,
                        size_t *count)
{
    struct giver g = {.call = call, .r = r, .person = l->lending.giver};
    bool covered;
    TRY(access__covered(call, a, r, load_giver, &g, &covered));
    if (!covered || !g.here || *count == GIVERS_MOST)
        return OK;
    add_grants(call, a, l, &g, actor_of(as, count, deputy, &g, call->arena));
    return OK;
}

/* Each reads by everything that any of them reads by. */
static void read_together(struct arena *arena, struct actor *deputy, struct actor *as,
                          size_t count)
{
    size_t own = deputy->grant_count, n = own;
    for (size_t i = 0; i < count; i++)
        n += as[i].grant_count;
    struct grant *all = NEW_MANY(arena, n + 1, struct grant);
    memcpy(all, deputy->grants, own * sizeof *all);
    n = own;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < as[i].grant_count; j++)
            all[n++] = as[i].grants[j];
    for (size_t i = 0; i < count; i++) {
        struct grant *grants = NEW_MANY(arena, as[i].grant_count + n + 1, struct grant);
        memcpy(grants, as[i].grants, as[i].grant_count * sizeof *grants);
        memcpy(grants + as[i].grant_count, all, n * sizeof *grants);
        as[i].grants = grants;
        as[i].lent_count = n;
    }
    deputy->grants = all;
    deputy->lent_count = n - own;
    deputy->as = as;
    deputy->as_count = count;
}

enum err access__lend(struct call *call, struct access *a, struct reader *r,
                      struct actor *actor)
{
    size_t lent_count, count = 0;
    if (actor->unconfirmed || a->lendings.version == NULL)
        return OK;
    struct text today = zone_today(call->arena, access_zone(a), call->now);
    struct lent *lent =
        access__standing_lent(a, call->arena, actor->person, today, &lent_count);
    if (lent_count == 0)
        return OK;
    struct actor *as = NEW_MANY(call->arena, GIVERS_MOST, struct actor);
    for (size_t i = 0; i < lent_count; i++)
        TRY(add_one(call, a, r, &lent[i], actor, as, &count));
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (as[i].grant_count > 0) /* else the roles are gone */
            as[kept++] = as[i];
    if (kept > 0)
        read_together(call->arena, actor, as, kept);
    return OK;
}
