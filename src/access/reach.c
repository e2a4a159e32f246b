/* SPDX-License-Identifier: Apache-2.0 */
/* access/reach.c — what an actor may read, said as data. Nothing here knows SQL: record/query/reach.c
 * writes it as a condition. When in doubt it is narrower. */
#include "access/internal.h"

struct making {
    const struct actor *actor;
    const struct model *model;
    const struct who_list *read;
    struct reach reach;
    struct text *units, *columns, *restricted; /* with room for one of each grant, or of each word */
};

static void add_once(struct text *list, size_t *count, struct text one)
{
    for (size_t i = 0; i < *count; i++)
        if (text_same(list[i], one))
            return;
    list[(*count)++] = one;
}

/* ---- which relations are columns --------------------------------------------------------- */

static bool is_person_column(const struct field *f)
{
    return f != NULL && f->type->refers == REFERS_ONE && f->target == TO_PERSON && !f->many;
}

/* The list of a kind speaks of that kind's fields. A list put together by somebody else may
 * name a field only when it is a column in every kind that has it. */
static bool relation_is_column(const struct making *m, struct text relation)
{
    bool found = false, all = true;
    if (text_is(relation, "owner") || text_is(relation, "author") ||
        text_is(relation, "editor"))
        return true;
    for (size_t i = 0; i < m->model->kind_count; i++) {
        const struct kind *k = &m->model->kinds[i];
        for (size_t n = 0; n < k->field_count; n++) {
            if (!text_same(k->fields[n].name, relation))
                continue;
            if (&k->read == m->read)
                return is_person_column(&k->fields[n]);
            found = true;
            all = all && is_person_column(&k->fields[n]);
        }
        if (&k->read == m->read)
            return false;
    }
    return found && all;
}

/* ---- the two halves ---------------------------------------------------------------------- */

static bool signed_in(const struct actor *a)
{
    return a->type == ACTOR_USER || (a->type == ACTOR_TOKEN && a->grant_count > 0);
}

static bool reads_all(const struct actor *a, struct text role)
{
    for (size_t i = 0; i < a->grant_count + a->lent_count; i++)
        if (text_same(a->grants[i].role, role) && a->grants[i].unit.len == 0)
            return true;
    return false;
}

static bool reads_all_units(const struct making *m)
{
    for (size_t i = 0; i < m->read->count; i++) {
        const struct who *w = &m->read->one[i];
        if (w->automatic || w->via.len > 0)
            continue;
        if (w->everyone && signed_in(m->actor))
            return true;
        if (w->role.len > 0 && !m->actor->technical && reads_all(m->actor, w->role))
            return true;
    }
    return false;
}

/* A record of no unit belongs to the whole organisation: whoever holds the role anywhere reads
 * it. */
static void add_grants(struct making *m, struct text role)
{
    for (size_t i = 0; i < m->actor->grant_count + m->actor->lent_count && !m->actor->technical; i++)
        if (text_same(m->actor->grants[i].role, role)) {
            add_once(m->units, &m->reach.unit_count, m->actor->grants[i].unit);
            m->reach.no_unit = true;
        }
}

static void add_grounds(struct making *m)
{
    m->reach.all_units = reads_all_units(m);
    for (size_t i = 0; i < m->read->count && !m->reach.all_units; i++) {
        const struct who *w = &m->read->one[i];
        if (w->automatic || w->via.len > 0)
            continue;
        if (w->role.len > 0)
            add_grants(m, w->role);
        else if (w->relation.len > 0 && relation_is_column(m, w->relation))
            add_once(m->columns, &m->reach.column_count, w->relation);
    }
    add_once(m->columns, &m->reach.column_count, TEXT("owner")); /* never hidden from oneself */
    add_once(m->columns, &m->reach.column_count, TEXT("author"));
    add_once(m->columns, &m->reach.column_count, TEXT("offered_to")); /* nor what one is to take over */
}

static void add_confidentiality(struct making *m)
{
    for (size_t i = 0; i < m->actor->grant_count + m->actor->lent_count; i++) {
        const struct grant *g = &m->actor->grants[i];
        const struct role *r = model_role(m->model, g->role);
        if (r == NULL || !r->sees_restricted)
            continue;
        if (g->unit.len == 0)
            m->reach.all_restricted = true;
        else
            add_once(m->restricted, &m->reach.restricted_count, g->unit);
    }
}

struct reach access_reach(struct call *call, const struct actor *a, const struct model *m,
                          const struct who_list *read)
{
    if (a == NULL || a->all)
        return (struct reach){.everything = a != NULL};
    struct making making = {.actor = a, .model = m, .read = read};
    making.units = NEW_MANY(call->arena, a->grant_count + a->lent_count + 1, struct text);
    making.restricted = NEW_MANY(call->arena, a->grant_count + a->lent_count + 1, struct text);
    making.columns = NEW_MANY(call->arena, read->count + 2, struct text);
    add_grounds(&making);
    add_confidentiality(&making);
    making.reach.person = a->bare ? TEXT("") : a->person;
    making.reach.units = making.units;
    making.reach.columns = making.columns;
    making.reach.restricted_units = making.restricted;
    if (making.reach.person.len == 0) /* nobody stands behind it: no column can name it */
        making.reach.column_count = 0;
    return making.reach;
}
