/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/signers.c — who may sign a move, as conditions of a statement: by role, by what
 * they are to the record, by the steps and signatures of a move, and by its duties. What who.c,
 * sign.c and waiver.c say of one record in C. */
#include "record/query/turns.h"

/* Holding the role over the record; nothing is added when the actor holds it nowhere. */
static void add_holding(struct turning *t, struct grounds *g, struct text role)
{
    const struct actor *a = t->q->call->actor;
    struct text *units = NEW_MANY(t->q->call->arena, a->grant_count + 1, struct text);
    size_t n = 0;
    bool everywhere = false;
    for (size_t i = 0; i < a->grant_count; i++) {
        if (!text_same(a->grants[i].role, role))
            continue;
        everywhere = everywhere || !a->grants[i].unit.len;
        units[n++] = a->grants[i].unit;
    }
    if (!n)
        return;
    sql__ground(g);
    buf_add_c(&t->q->sql, "1=1");
    if (everywhere)
        return;
    /* A unit record scopes itself (who.c). */
    buf_print(&t->q->sql, " AND (%s IN (SELECT descendant FROM unit_closure WHERE ancestor",
              text_is(t->q->kind->is, "unit_tree") ? "COALESCE(t.\"unit\", t.id)"
                                                   : "t.\"unit\"");
    sql__in(t->q, units, n);
    buf_add_c(&t->q->sql, ")) IS TRUE");
}

/* Holding it by a record that grants it over this one (who.c). */
static void add_granted(struct turning *t, struct grounds *g, const struct kind *k,
                        struct text role)
{
    struct query *q = t->q;
    const struct grants *by = &k->grants;
    const struct field *over = who__over_field(by, q->kind);
    const struct role *known = model_role(q->records->model, role);
    bool itself = by->in && q->kind == by->over->target_kind;
    if (!by->in || (!itself && !over) || !known || known->approver ||
        q->call->actor->type != ACTOR_USER || q->call->actor->stands_for.len)
        return;
    sql__ground(g);
    buf_print(&q->sql,
              "EXISTS (SELECT 1 FROM \"%.*s\" ga WHERE ga.\"%.*s\" = $%zu AND ga.\"%.*s\" = "
              "'%.*s' AND ga.\"%.*s\" = t.\"%.*s\"",
              TEXT_ARG(k->name), TEXT_ARG(by->to->name), t->person, TEXT_ARG(by->role->name),
              TEXT_ARG(role), TEXT_ARG(by->over->name),
              TEXT_ARG(itself ? TEXT("id") : over->name));
    struct text *names = NEW_MANY(q->call->arena, k->state_count + 1, struct text);
    size_t n = 0;
    for (size_t i = 0; i < k->state_count; i++)
        if (by->in >> i & 1)
            names[n++] = k->states[i].name;
    buf_add_c(&q->sql, " AND ga.state");
    sql__in(q, names, n);
    sql__granted_today(q, by, "ga");
    buf_add_c(&q->sql, ")");
}

static void add_role_here(struct turning *t, struct grounds *g, struct text role, bool acting)
{
    const struct model *m = t->q->records->model;
    add_holding(t, g, role);
    for (size_t i = 0; acting && i < m->kind_count; i++)
        add_granted(t, g, &m->kinds[i], role);
}

/* contributor.c; via NULL: of the record itself. */
static void add_contributor(struct turning *t, const struct field *via, size_t person)
{
    const struct kind *k = via ? via->target_kind : t->q->kind;
    if (!k || (via && (!field__is_column(via) || via->many))) {
        buf_add_c(&t->q->sql, "1=0");
        return;
    }
    struct text id = via ? via->name : TEXT("id");
    buf_print(&t->q->sql,
              "EXISTS (SELECT 1 FROM contributor c WHERE c.kind = '%.*s' AND c.id = t.\"%.*s\" "
              "AND c.person = $%zu AND c.version >= COALESCE((SELECT MAX(b.version) FROM "
              "contributor b WHERE b.kind = c.kind AND b.id = c.id AND b.person = ''), 0))",
              TEXT_ARG(k->name), TEXT_ARG(id), person);
}

static void add_relation_of(struct turning *t, struct grounds *g, const struct who *w,
                            bool duty, size_t person)
{
    struct query *q = t->q;
    if (q->call->actor->bare && !duty)
        return; /* a token without relations; its person's duties bind it all the same (who.c)
                 */
    const struct field *via = w->via.len ? kind_field(q->kind, w->via) : NULL;
    sql__ground(g);
    if (w->as.len && !duty) { /* who acts as such holds the role as well */
        struct grounds as = {q, false};
        add_role_here(t, &as, w->as, true);
        sql__end_grounds(&as);
        buf_add_c(&q->sql, " AND ");
    }
    if (w->contributor)
        add_contributor(t, via, person);
    else if (!w->via.len)
        sql__holds(q, q->kind, "t", kind_field(q->kind, w->relation), person);
    else if (!via || !via->target_kind || !field__is_column(via) || via->many)
        buf_add_c(&q->sql, "1=0");
    else {
        buf_print(&q->sql, "EXISTS (SELECT 1 FROM \"%.*s\" x WHERE x.id = t.\"%.*s\" AND ",
                  TEXT_ARG(via->target_kind->name), TEXT_ARG(via->name));
        sql__holds(q, via->target_kind, "x", kind_field(via->target_kind, w->relation), person);
        buf_add_c(&q->sql, ")");
    }
}

/* Roles are lent to a deputy, not what one is to a record; and duties judge both (who.c). */
static void add_relation(struct turning *t, struct grounds *g, const struct who *w, bool duty)
{
    if (duty || t->self == t->person || w->as.len)
        add_relation_of(t, g, w, duty, t->person);
    if (duty && t->self != t->person)
        add_relation_of(t, g, w, duty, t->self);
}

static void add_who(struct turning *t, struct grounds *g, const struct who_list *list,
                    enum list_of of)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct who *w = &list->one[i];
        if (w->automatic || (of == TURN && !turn__counts(list, w)))
            continue;
        if (w->everyone) {
            sql__ground(g);
            buf_add_c(&t->q->sql, who__is_somebody(t->q->call->actor) ? "1=1" : "1=0");
        } else if (w->role.len)
            add_role_here(t, g, w->role, of != DUTY);
        else
            add_relation(t, g, w, of == DUTY);
    }
}

void turning__matches(struct turning *t, const struct who_list *list, enum list_of of)
{
    struct grounds g = {t->q, false};
    add_who(t, &g, list, of);
    sql__end_grounds(&g);
}

void turning__owner(struct turning *t)
{
    if (t->q->call->actor->bare || t->self != t->person) {
        buf_add_c(&t->q->sql, "1=0");
        return;
    }
    buf_print(&t->q->sql,
              "(t.\"owner\" = $%zu OR (t.\"owner\" IS NULL AND t.\"author\" = $%zu)) IS TRUE",
              t->person, t->person);
}

/* Who signs in one step; a move for just everybody is its owner's. */
void turning__side(struct turning *t, const struct who_list *list)
{
    bool any = false;
    for (size_t i = 0; i < list->count; i++)
        any = any || turn__counts(list, &list->one[i]);
    if (any)
        turning__matches(t, list, TURN);
    else
        turning__owner(t);
}

/* One that a waiver let be given counts while that waiver does. */
static void add_by_waiver(struct turning *t)
{
    struct query *q = t->q;
    if (!q->records->model->waiver_kind)
        return;
    buf_add_c(&q->sql,
              " AND NOT EXISTS (SELECT 1 FROM waived wd WHERE wd.kind = g.kind AND wd.id = "
              "g.id AND wd.version = g.version AND wd.person = g.person AND wd.move = ''");
    if (t->waivers->count) {
        buf_add_c(&q->sql, " AND NOT wd.waiver");
        sql__in(q, waivers__ids(q->call, t->waivers), t->waivers->count);
    }
    buf_add_c(&q->sql, ")");
}

/* The signatures under a move that stand: sign.c; NULL: under any. */
static void add_standing(struct turning *t, const struct move *m)
{
    buf_print(
        &t->q->sql,
        "FROM signature g WHERE g.kind = '%.*s' AND g.id = t.id AND g.move %s '%.*s' AND "
        "g.version <= t.version AND (g.until IS NULL OR g.until > $%zu) AND NOT EXISTS "
        "(SELECT 1 FROM withdrawn w WHERE w.signature = g.own_id) AND NOT EXISTS (SELECT 1 "
        "FROM version v WHERE v.kind = g.kind AND v.id = g.id AND v.version > g.version "
        "AND COALESCE(v.alters, 1) > 0)",
        TEXT_ARG(t->q->kind->name), m ? "=" : "<>", TEXT_ARG(m ? m->name : TEXT("redact")),
        t->now);
    add_by_waiver(t);
}

void turning__is_signed(struct turning *t, const struct move *m)
{
    buf_add_c(&t->q->sql, "EXISTS (SELECT 1 ");
    add_standing(t, m);
    buf_add_c(&t->q->sql, ")");
}

/* By the actor. */
void turning__signed(struct turning *t, const struct move *m)
{
    buf_add_c(&t->q->sql, "EXISTS (SELECT 1 ");
    add_standing(t, m);
    buf_print(&t->q->sql, " AND (g.person IN ($%zu, $%zu) OR g.stands_for IN ($%zu, $%zu)))",
              t->person, t->self, t->person, t->self);
}

/* As many have signed in the step as it takes. */
static void add_complete(struct turning *t, const struct move *m, size_t step)
{
    buf_add_c(&t->q->sql, "(SELECT count(DISTINCT g.person) ");
    add_standing(t, m);
    buf_print(&t->q->sql, " AND g.side = %zu) >= %lld", step + 1,
              (long long)m->steps[step].count);
}

/* The actor is of the step, it applies, and its turn has come. */
static void add_step(struct turning *t, const struct move *m, size_t step)
{
    struct query *q = t->q;
    buf_add_c(&q->sql, "(");
    turning__side(t, &m->steps[step].by);
    buf_add_c(&q->sql, " AND ");
    sql__when(q, m->steps[step].when);
    buf_add_c(&q->sql, " AND NOT ");
    add_complete(t, m, step);
    for (size_t i = 0; m->ordered && i < step; i++) {
        buf_add_c(&q->sql, " AND (NOT ");
        sql__when(q, m->steps[i].when);
        buf_add_c(&q->sql, " OR ");
        add_complete(t, m, i);
        buf_add_c(&q->sql, ")");
    }
    buf_add_c(&q->sql, ")");
}

/* Whoever ever owned a record stays under the duties of its owner (hand.c). */
static void add_past_owner(struct turning *t, struct grounds *g, const struct who_list *people)
{
    struct query *q = t->q;
    for (size_t i = 0; i < people->count; i++) {
        const struct who *w = &people->one[i];
        const struct field *via = w->via.len ? kind_field(q->kind, w->via) : NULL;
        bool usable = !w->via.len || (via && via->target_kind && field__is_column(via));
        if (!text_is(w->relation, "owner") || !usable)
            continue;
        sql__ground(g);
        struct text kind = via ? via->target_kind->name : q->kind->name;
        struct text id = via ? via->name : TEXT("id");
        buf_print(&q->sql,
                  "EXISTS (SELECT 1 FROM past_owner o WHERE o.kind = '%.*s' AND o.id = "
                  "t.\"%.*s\" AND o.person IN ($%zu, $%zu))",
                  TEXT_ARG(kind), TEXT_ARG(id), t->person, t->self);
    }
}

/* It does not bar them, or it is waived (waiver.c). */
static void add_duty(struct turning *t, const struct duty *duty)
{
    struct query *q = t->q;
    struct grounds g = {q, false};
    size_t count = 0;
    bool everywhere = false;
    struct text *units = NULL;
    if (q->call->actor->type == ACTOR_USER)
        units = waivers__units(q->call, t->waivers, q->kind, duty->code, &count, &everywhere);
    if (everywhere)
        return;
    buf_add_c(&q->sql, " AND (NOT ");
    add_who(t, &g, &duty->people, DUTY);
    add_past_owner(t, &g, &duty->people);
    sql__end_grounds(&g);
    if (count) {
        buf_add_c(&q->sql,
                  " OR (t.\"unit\" IN (SELECT descendant FROM unit_closure WHERE ancestor");
        sql__in(q, units, count);
        buf_add_c(&q->sql, ")) IS TRUE");
    }
    buf_add_c(&q->sql, ")");
}

void turning__signer(struct turning *t, const struct move *m)
{
    struct query *q = t->q;
    buf_add_c(&q->sql, "(");
    if (!move_takes_many(m))
        turning__side(t, &m->by);
    else {
        buf_add_c(&q->sql, "(");
        for (size_t i = 0; i < m->step_count; i++) {
            buf_add_c(&q->sql, i ? " OR " : "");
            add_step(t, m, i);
        }
        buf_add_c(&q->sql, ") AND NOT ");
        turning__signed(t, m);
    }
    for (size_t i = 0; i < m->duty_count; i++)
        add_duty(t, &m->duties[i]);
    buf_add_c(&q->sql, ")");
}
