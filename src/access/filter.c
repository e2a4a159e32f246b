/* SPDX-License-Identifier: Apache-2.0 */
/* access/filter.c — what an actor may read, as one SQL condition.
 * Made of constant pieces; what varies is bound, except column names, which the model checked.
 * When in doubt it is narrower: a grant that finds no room for its unit gives nothing. */
#include "access/internal.h"

#define VALUES_MOST 64

struct filter {
    const struct actor *actor;
    const struct model *model;
    const struct who_list *read;
    const char *alias;
    size_t start, first; /* number of the first value of ours, and its place in values */
    struct value *values;
    size_t *count;
    struct buf out;
    bool any;  /* the list of alternatives being written has one */
    bool mine; /* the person's own id occurs */
};

/* The placeholder for a text, used again when it is bound already; 0 when there is no room. */
static size_t placeholder(struct filter *f, struct text t)
{
    for (size_t i = f->first; i < *f->count; i++)
        if (text_same(f->values[i].text, t))
            return f->start + (i - f->first);
    if (*f->count >= VALUES_MOST)
        return 0;
    f->values[(*f->count)++] = V_TEXT(t);
    return f->start + (*f->count - 1 - f->first);
}

static void alternative(struct filter *f)
{
    buf_add_c(&f->out, f->any ? " OR " : "");
    f->any = true;
}

static void add_unit(struct filter *f, struct text unit)
{
    size_t n = placeholder(f, unit);
    if (n == 0)
        return;
    alternative(f);
    buf_print(&f->out,
              "%s.\"unit\" IN (SELECT descendant FROM unit_closure WHERE ancestor = $%zu)",
              f->alias, n);
}

static void add_relation(struct filter *f, struct text column)
{
    size_t n = f->actor->person.len > 0 ? placeholder(f, f->actor->person) : 0;
    if (n == 0)
        return;
    alternative(f);
    f->mine = true;
    buf_print(&f->out, "%s.\"%.*s\" = $%zu", f->alias, TEXT_ARG(column), n);
}

/* ---- which relations are columns --------------------------------------------------------- */

static bool is_person_column(const struct field *f)
{
    return f != NULL && f->type == FIELD_REF && f->target == TO_PERSON && !f->many;
}

/* The list of a kind speaks of that kind's fields. A list put together by somebody else may
 * name a field only when it is a column in every kind that has it. */
static bool relation_is_column(const struct filter *f, struct text relation)
{
    bool found = false, all = true;
    if (text_is(relation, "owner") || text_is(relation, "author") ||
        text_is(relation, "editor"))
        return true;
    for (size_t i = 0; i < f->model->kind_count; i++) {
        const struct kind *k = &f->model->kinds[i];
        for (size_t n = 0; n < k->field_count; n++) {
            if (!text_same(k->fields[n].name, relation))
                continue;
            if (&k->read == f->read)
                return is_person_column(&k->fields[n]);
            found = true;
            all = all && is_person_column(&k->fields[n]);
        }
        if (&k->read == f->read)
            return false;
    }
    return found && all;
}

/* ---- the two halves ---------------------------------------------------------------------- */

static bool signed_in(const struct actor *a)
{
    return a->type == ACTOR_USER || (a->type == ACTOR_TOKEN && a->grant_count > 0);
}

static bool reads_all_units(const struct filter *f)
{
    for (size_t i = 0; i < f->read->count; i++) {
        const struct who *w = &f->read->one[i];
        if (w->automatic || w->via.len > 0)
            continue;
        if (w->everyone && signed_in(f->actor))
            return true;
        if (w->role.len > 0 && actor_holds(f->actor, w->role, NULL, 0))
            return true;
    }
    return false;
}

/* A record of no unit belongs to the whole organisation: whoever holds the role anywhere reads it. */
static void add_grants(struct filter *f, struct text role)
{
    bool held = false;
    for (size_t i = 0; i < f->actor->grant_count; i++)
        if (text_same(f->actor->grants[i].role, role)) {
            add_unit(f, f->actor->grants[i].unit);
            held = true;
        }
    if (!held)
        return;
    alternative(f);
    buf_print(&f->out, "%s.\"unit\" IS NULL", f->alias);
}

static void add_who(struct filter *f)
{
    f->any = false;
    if (reads_all_units(f)) {
        alternative(f);
        buf_add_c(&f->out, "1=1");
        return;
    }
    for (size_t i = 0; i < f->read->count; i++) {
        const struct who *w = &f->read->one[i];
        if (w->automatic || w->via.len > 0)
            continue;
        if (w->role.len > 0)
            add_grants(f, w->role);
        else if (w->relation.len > 0 && relation_is_column(f, w->relation))
            add_relation(f, w->relation);
    }
    add_relation(f, TEXT("owner")); /* one's own is never hidden from oneself */
    add_relation(f, TEXT("author"));
}

static bool sees_restricted(const struct filter *f, struct text role)
{
    const struct role *r = model_role(f->model, role);
    return r != NULL && r->sees_restricted;
}

static void add_confidentiality(struct filter *f)
{
    for (size_t i = 0; i < f->actor->grant_count; i++)
        if (f->actor->grants[i].unit.len == 0 && sees_restricted(f, f->actor->grants[i].role))
            return;
    buf_print(&f->out, " AND (COALESCE(%s.\"confidentiality\", '') <> 'restricted'", f->alias);
    f->any = true;
    add_relation(f, TEXT("owner"));
    add_relation(f, TEXT("author"));
    for (size_t i = 0; i < f->actor->grant_count; i++)
        if (sees_restricted(f, f->actor->grants[i].role))
            add_unit(f, f->actor->grants[i].unit);
    buf_add_c(&f->out, ")");
}

struct text access_filter(struct call *call, const struct actor *a, const struct model *m,
                          const struct who_list *read, const char *alias, size_t start,
                          struct value *values, size_t *value_count)
{
    if (a != NULL && a->all)
        return TEXT("1=1");
    if (a == NULL)
        return TEXT("1=0");
    struct filter f = {.actor = a,
                       .model = m,
                       .read = read,
                       .alias = alias,
                       .start = start,
                       .first = *value_count,
                       .values = values,
                       .count = value_count,
                       .out = buf_in(call->arena, 64u << 10)};
    if (a->person.len > 0)
        placeholder(&f, a->person); /* first: one's own must find room whatever else does not */
    buf_add_c(&f.out, "((");
    add_who(&f);
    if (!f.any) {
        *value_count = f.first;
        return TEXT("1=0");
    }
    buf_add_c(&f.out, ")");
    add_confidentiality(&f);
    buf_add_c(&f.out, ")");
    if (!f.mine) /* then nothing else was bound either: who reads all needs no ids */
        *value_count = f.first;
    if (!f.out.full)
        return buf_text(&f.out);
    *value_count = f.first;
    return TEXT("1=0");
}
