/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/turns.c — whose turn it is.
 * Of the records that may be the actor's turn (candidates.c), kind by kind: how far each next
 * move is (r: -1 nobody has signed what is a turn by that alone, 0 its condition does not hold,
 * 1 something is missing, 2 nothing is), whether the actor may sign it (a), and whether they
 * may mend what is missing (mend). What turn.c says of one record in C is said here in SQL;
 * tests hold the two against each other. */
#include "record/query/turns.h"

#include <stdlib.h>
#include <string.h>

struct turning {
    struct query *q;
    size_t person, self, now; /* numbers of the bound values: whose turn; who acts for them, mostly the same */
    const struct turns_query *of;
    const struct waivers *waivers; /* in force today */
};

static void add_quoted(struct query *q, const char *alias, struct text name)
{
    buf_print(&q->sql, "%s.\"%.*s\"", alias, TEXT_ARG(name));
}

/* Does a field of the record `alias` (of kind k) name this value? Never NULL. */
static void add_holds(struct query *q, const struct kind *k, const char *alias,
                      const struct field *f, size_t value)
{
    if (f && f->type->refers == REFERS_MANY)
        buf_print(&q->sql,
                  "EXISTS (SELECT 1 FROM link l WHERE l.from_kind = '%.*s' AND l.from_id = "
                  "%s.id AND l.free = 0 AND l.type = '%.*s' AND l.to_id = $%zu)",
                  TEXT_ARG(k->name), alias, TEXT_ARG(f->name), value);
    else if (!f || !field__is_column(f))
        buf_add_c(&q->sql, "1=0");
    else {
        buf_add_c(&q->sql, "(");
        add_quoted(q, alias, f->name);
        buf_print(&q->sql,
                  f->many ? " LIKE '%%|' || CAST($%zu AS TEXT) || '|%%') IS TRUE"
                          : " = $%zu) IS TRUE",
                  value);
    }
}

static struct value plain_value(const struct field *f, const struct json *v)
{
    if (v->type == JSON_TRUE || v->type == JSON_FALSE)
        return V_INT(v->type == JSON_TRUE);
    if (v->type == JSON_INTEGER)
        return f->type->form == FORM_NUMBER ? V_NUM((double)v->integer) : V_INT(v->integer);
    return v->type == JSON_NUMBER ? V_NUM(v->number) : V_TEXT(v->text);
}

static void add_one_of(struct query *q, const struct kind *k, const char *alias,
                       struct text field, const struct json *const *values, size_t count)
{
    const struct field *f = kind_field(k, field);
    buf_add_c(&q->sql, "(1=0");
    for (size_t i = 0; f && i < count; i++) {
        buf_add_c(&q->sql, " OR ");
        add_holds(q, k, alias, f, sql__keep(q, plain_value(f, values[i])));
    }
    buf_add_c(&q->sql, ")");
}

static void add_is_empty(struct query *q, const struct field *f)
{
    buf_add_c(&q->sql, "(1=1");
    if (sql__empty(q, f, TEXT("1")) != OK)
        buf_add_c(&q->sql, " AND 1=0");
    buf_add_c(&q->sql, ")");
}

static void add_when(struct query *q, const struct condition *c)
{
    const struct field *f = c && c->form == WHEN_EMPTY ? kind_field(q->kind, c->field) : NULL;
    if (!c || c->form == WHEN_ALWAYS)
        buf_add_c(&q->sql, "1=1");
    else if (c->form == WHEN_IS || c->form == WHEN_IN)
        add_one_of(q, q->kind, "t", c->field, c->values, c->count);
    else if (f) {
        buf_add_c(&q->sql, c->empty ? "" : "NOT ");
        add_is_empty(q, f);
    } else {
        const char *start[] = {[WHEN_ANY] = "(1=0", [WHEN_ALL] = "(1=1", [WHEN_NOT] = "(NOT (1=1"};
        buf_add_c(&q->sql, c->form >= WHEN_ANY ? start[c->form] : "(1=0");
        for (size_t i = 0; c->form >= WHEN_ANY && i < c->part_count; i++) {
            buf_add_c(&q->sql, c->form == WHEN_ANY ? " OR " : " AND ");
            add_when(q, c->parts[i]);
        }
        buf_add_c(&q->sql, c->form == WHEN_NOT ? "))" : ")");
    }
}

/* ---- who */
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
static void add_granted(struct turning *t, struct grounds *g, const struct kind *k, struct text role)
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
              TEXT_ARG(role), TEXT_ARG(by->over->name), TEXT_ARG(itself ? TEXT("id") : over->name));
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

static void add_relation_of(struct turning *t, struct grounds *g, const struct who *w, bool duty,
                            size_t person)
{
    struct query *q = t->q;
    if (q->call->actor->bare && !duty)
        return; /* a token without relations; its person's duties bind it all the same (who.c) */
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
        add_holds(q, q->kind, "t", kind_field(q->kind, w->relation), person);
    else if (!via || !via->target_kind || !field__is_column(via) || via->many)
        buf_add_c(&q->sql, "1=0");
    else {
        buf_print(&q->sql, "EXISTS (SELECT 1 FROM \"%.*s\" x WHERE x.id = t.\"%.*s\" AND ",
                  TEXT_ARG(via->target_kind->name), TEXT_ARG(via->name));
        add_holds(q, via->target_kind, "x", kind_field(via->target_kind, w->relation), person);
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

enum list_of { TURN, CHANGE, DUTY };
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

static void add_matches(struct turning *t, const struct who_list *list, enum list_of of)
{
    struct grounds g = {t->q, false};
    add_who(t, &g, list, of);
    sql__end_grounds(&g);
}

static void add_owner(struct turning *t)
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
static void add_side(struct turning *t, const struct who_list *list)
{
    bool any = false;
    for (size_t i = 0; i < list->count; i++)
        any = any || turn__counts(list, &list->one[i]);
    if (any)
        add_matches(t, list, TURN);
    else
        add_owner(t);
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

static void add_is_signed(struct turning *t, const struct move *m)
{
    buf_add_c(&t->q->sql, "EXISTS (SELECT 1 ");
    add_standing(t, m);
    buf_add_c(&t->q->sql, ")");
}

/* By the actor. */
static void add_signed(struct turning *t, const struct move *m)
{
    buf_add_c(&t->q->sql, "EXISTS (SELECT 1 ");
    add_standing(t, m);
    buf_print(&t->q->sql,
              " AND (g.person IN ($%zu, $%zu) OR g.stands_for IN ($%zu, $%zu)))", t->person, t->self,
              t->person, t->self);
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
    add_side(t, &m->steps[step].by);
    buf_add_c(&q->sql, " AND ");
    add_when(q, m->steps[step].when);
    buf_add_c(&q->sql, " AND NOT ");
    add_complete(t, m, step);
    for (size_t i = 0; m->ordered && i < step; i++) {
        buf_add_c(&q->sql, " AND (NOT ");
        add_when(q, m->steps[i].when);
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

static void add_signer(struct turning *t, const struct move *m)
{
    struct query *q = t->q;
    buf_add_c(&q->sql, "(");
    if (!move_takes_many(m))
        add_side(t, &m->by);
    else {
        buf_add_c(&q->sql, "(");
        for (size_t i = 0; i < m->step_count; i++) {
            buf_add_c(&q->sql, i ? " OR " : "");
            add_step(t, m, i);
        }
        buf_add_c(&q->sql, ") AND NOT ");
        add_signed(t, m);
    }
    for (size_t i = 0; i < m->duty_count; i++)
        add_duty(t, &m->duties[i]);
    buf_add_c(&q->sql, ")");
}

/* ---- what is missing */
static void add_uncovered(struct query *q, const struct field *f)
{
    buf_print(&q->sql,
              "(SELECT count(DISTINCT x.\"%.*s\") FROM \"%.*s__%.*s\" x WHERE x.record = t.id "
              "AND x.\"%.*s\"",
              TEXT_ARG(f->covers_column), TEXT_ARG(q->kind->name), TEXT_ARG(f->name),
              TEXT_ARG(f->covers_column));
    sql__in(q, f->covers, f->covers_count);
    buf_print(&q->sql, ") < %zu", f->covers_count);
}

/* What the state it is in demands as well is there already. */
static bool newly_demanded(const struct kind *k, const struct field *f, const struct move *m,
                           size_t state)
{
    return !f->system && !f->required && f->required_in >> m->to & 1 &&
           !(f->required_in >> state & 1) && !guard__asks(k, m, f->name);
}

static void add_unfilled(struct query *q, const struct move *m, size_t state)
{
    for (size_t i = 0; i < q->kind->field_count; i++) {
        const struct field *f = &q->kind->fields[i];
        if (!newly_demanded(q->kind, f, m, state))
            continue;
        buf_add_c(&q->sql, " OR (");
        add_when(q, f->only);
        buf_add_c(&q->sql, " AND ");
        add_when(q, f->required_when);
        buf_add_c(&q->sql, " AND (");
        add_is_empty(q, f);
        if (f->covers_count) {
            buf_add_c(&q->sql, " OR ");
            add_uncovered(q, f);
        }
        buf_add_c(&q->sql, "))");
    }
}

static void add_pointed_at(struct query *q, const struct field *f)
{
    buf_print(&q->sql, "\"%.*s\" x WHERE ", TEXT_ARG(f->target_kind->name));
    if (f->type->refers == REFERS_MANY)
        buf_print(&q->sql,
                  "x.id IN (SELECT l.to_id FROM link l WHERE l.from_kind = '%.*s' AND "
                  "l.from_id = t.id AND l.free = 0 AND l.type = '%.*s')",
                  TEXT_ARG(q->kind->name), TEXT_ARG(f->name));
    else
        buf_print(&q->sql, "x.id = t.\"%.*s\"", TEXT_ARG(f->name));
}

static void add_pointing(struct query *q, const struct kind *k, const struct field *f)
{
    buf_print(&q->sql, "\"%.*s\" x WHERE x.state <> 'archived' AND ", TEXT_ARG(k->name));
    if (f->type->refers == REFERS_MANY)
        buf_print(&q->sql,
                  "x.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND l.free = 0 "
                  "AND l.type = '%.*s' AND l.to_id = t.id)",
                  TEXT_ARG(k->name), TEXT_ARG(f->name));
    else
        buf_print(&q->sql, "x.\"%.*s\" = t.id", TEXT_ARG(f->name));
}

/* How many of the records that a need looks at there are; `good`: in a state it accepts. */
static void add_number(struct query *q, const struct need *n, bool good)
{
    const struct field *own = n->field.len ? kind_field(q->kind, n->field) : NULL;
    const struct kind *k = own ? own->target_kind : model_kind(q->records->model, n->kind);
    const struct field *via = own || !k ? own : kind_field(k, n->via);
    if (!k || !via) {
        buf_add_c(&q->sql, "0");
        return;
    }
    buf_add_c(&q->sql, "(SELECT count(*) FROM ");
    if (own)
        add_pointed_at(q, own);
    else
        add_pointing(q, k, via);
    for (size_t i = 0; i < n->where_count; i++) {
        const struct json *v = n->where[i].value, *items[64] = {v};
        size_t count = v->type == JSON_LIST ? 0 : 1;
        for (const struct json *one = count ? NULL : v->first; one && count < 64; one = one->next)
            items[count++] = one;
        buf_add_c(&q->sql, " AND ");
        if (text_starts(json_text(v), "$")) {
            buf_print(&q->sql, "(x.\"%.*s\" = t.\"%.*s\") IS TRUE",
                      TEXT_ARG(n->where[i].field), TEXT_ARG(text_from(v->text, 1)));
            continue;
        }
        add_one_of(q, k, "x", n->where[i].field, items, count);
    }
    if (good) {
        buf_add_c(&q->sql, " AND x.state");
        sql__in(q, n->states, n->state_count);
    }
    const struct field *since = good && n->since.len ? kind_field(q->kind, n->since) : NULL;
    if (since)
        buf_print(&q->sql,
                  " AND (t.\"%.*s\" IS NULL OR EXISTS (SELECT 1 FROM version v WHERE v.kind = "
                  "'%.*s' AND v.id = x.id AND COALESCE(v.alters, 1) = 2 AND v.at > t.\"%.*s\"))",
                  TEXT_ARG(n->since), TEXT_ARG(k->name), TEXT_ARG(n->since));
    buf_add_c(&q->sql, ")");
}

static void add_unmet(struct query *q, const struct move *m)
{
    for (size_t i = 0; i < m->need_count; i++) {
        const struct need *n = &m->needs[i];
        buf_add_c(&q->sql, " OR (");
        add_when(q, n->only);
        buf_add_c(&q->sql, " AND (");
        add_number(q, n, true);
        buf_print(&q->sql, " < %lld", (long long)n->least);
        if (n->every) {
            buf_add_c(&q->sql, " OR ");
            add_number(q, n, true);
            buf_add_c(&q->sql, " < ");
            add_number(q, n, false);
        }
        buf_add_c(&q->sql, "))");
    }
}

/* ---- one kind */
/* r, a of the nth next move of whatever state the record is in. */
static void add_nth(struct turning *t, size_t nth)
{
    struct query *q = t->q;
    const struct kind *k = q->kind;
    for (int signer = 0; signer < 2; signer++) {
        buf_print(&q->sql, "CASE t.state WHEN '' THEN %d", signer - 1);
        for (size_t s = 0; s < k->state_count; s++) {
            bool by_signature;
            const struct move *m = turn__move(k, s, nth, &by_signature);
            if (!m)
                continue;
            buf_print(&q->sql, " WHEN '%.*s' THEN CASE WHEN ", TEXT_ARG(k->states[s].name));
            if (by_signature) {
                buf_add_c(&q->sql, "NOT ");
                add_is_signed(t, m);
                buf_print(&q->sql, " THEN %d WHEN ", signer - 1);
            }
            if (signer) {
                add_signer(t, m);
                buf_add_c(&q->sql, " THEN 1 ELSE 0 END");
                continue;
            }
            buf_add_c(&q->sql, "NOT (");
            add_when(q, m->when);
            buf_add_c(&q->sql, ") THEN 0 WHEN 1=0");
            add_unfilled(q, m, s);
            add_unmet(q, m);
            buf_add_c(&q->sql, " THEN 1 ELSE 2 END");
        }
        buf_print(&q->sql, " ELSE %d END AS %c%zu, ", signer - 1, signer ? 'a' : 'r', nth);
    }
}

static void add_all_are(struct query *q, size_t most, const char *how)
{
    buf_add_c(&q->sql, "live = 1");
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " AND r%zu %s", i, how);
}

/* Of handing over (hand.c), what is the actor's: an enum hand, 0 for nothing. */
static void add_hand(struct turning *t)
{
    struct query *q = t->q;
    const struct kind *k = q->kind;
    const struct move *archive = kind_move(k, TEXT("archive"));
    struct text *names = NEW_MANY(q->call->arena, k->state_count + 1, struct text);
    size_t n = 0;
    for (size_t s = 0; s < k->state_count; s++)
        if (!k->states[s].end)
            names[n++] = k->states[s].name;
    if (!hand__named(k, TEXT("hand_over")) || t->self != t->person) {
        buf_add_c(&q->sql, "0 AS hand, ");
        return;
    }
    buf_add_c(&q->sql, "CASE WHEN ");
    if (q->call->actor->bare)
        buf_add_c(&q->sql, "1=0");
    else
        buf_print(&q->sql, "(t.offered_to = $%zu) IS TRUE", t->person);
    buf_print(&q->sql, " THEN %d", HAND_ACCEPT);
    if (archive && n) {
        buf_add_c(&q->sql, " WHEN t.state");
        sql__in(q, names, n);
        buf_add_c(&q->sql, " AND EXISTS (SELECT 1 FROM person p WHERE p.id = t.owner AND "
                           "p.disabled = 1) AND ");
        add_matches(t, &archive->by, CHANGE);
        buf_print(&q->sql, " THEN %d", HAND_OFFER);
    }
    buf_add_c(&q->sql, " ELSE 0 END AS hand, ");
}

/* Which next move is the actor's: its number, and TURN_LACKING more while something is missing.
 */
static void add_pick(struct query *q, size_t most)
{
    buf_print(&q->sql, "CASE WHEN hand > 0 THEN %d + hand WHEN live = 0 THEN NULL", TURN_HAND);
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " WHEN r%zu = 2 AND a%zu = 1 THEN %zu", i, i, i);
    for (size_t i = 0; i < most; i++)
        buf_print(&q->sql, " WHEN r%zu = 1 AND a%zu = 1 THEN %zu", i, i, TURN_LACKING + i);
    for (size_t i = 0; i < most; i++) {
        buf_print(&q->sql, " WHEN a%zu = 1 AND r%zu = 0 AND ", i, i);
        add_all_are(q, most, "<= 0");
        buf_print(&q->sql, " THEN %zu", TURN_LACKING + i);
    }
    for (size_t i = 0; i < most; i++) {
        buf_print(&q->sql, " WHEN mend = 1 AND r%zu = 1 AND ", i);
        add_all_are(q, most, "< 2");
        buf_print(&q->sql, " THEN %zu", TURN_LACKING + i);
    }
    for (size_t i = 0; i < most; i++) {
        buf_print(&q->sql, " WHEN mend = 1 AND r%zu = 0 AND ", i);
        add_all_are(q, most, "<= 0");
        buf_print(&q->sql, " THEN %zu", TURN_LACKING + i);
    }
    buf_add_c(&q->sql, most ? " END" : " ELSE NULL END");
}

/* Is a signature under one of the moves that are a turn by it? */
static void add_any_signed(struct turning *t, size_t state)
{
    bool by_signature;
    const struct move *m;
    buf_add_c(&t->q->sql, "(1=0");
    for (size_t nth = 0; (m = turn__move(t->q->kind, state, nth, &by_signature)); nth++)
        if (by_signature) {
            buf_add_c(&t->q->sql, " OR ");
            add_is_signed(t, m);
        }
    buf_add_c(&t->q->sql, ")");
}

static void add_living(struct turning *t)
{
    struct query *q = t->q;
    buf_add_c(&q->sql, "CASE t.state WHEN '' THEN 0");
    for (size_t s = 0; s < q->kind->state_count; s++)
        if (turn__waits(q->kind, s))
            buf_print(&q->sql, " WHEN '%.*s' THEN 1", TEXT_ARG(q->kind->states[s].name));
        else if (turn__signable(q->kind, s)) {
            buf_print(&q->sql, " WHEN '%.*s' THEN CASE WHEN ",
                      TEXT_ARG(q->kind->states[s].name));
            add_any_signed(t, s);
            buf_add_c(&q->sql, " THEN 1 ELSE 0 END");
        }
    buf_add_c(&q->sql, " ELSE 0 END AS live, ");
}

/* What is at its end is looked at while it is being signed. */
static void add_signed_ends(struct turning *t)
{
    for (size_t s = 0; s < t->q->kind->state_count; s++)
        if (t->q->kind->states[s].end && turn__signable(t->q->kind, s)) {
            buf_print(&t->q->sql, " OR (t.state = '%.*s' AND ",
                      TEXT_ARG(t->q->kind->states[s].name));
            add_any_signed(t, s);
            buf_add_c(&t->q->sql, ")");
        }
}

/* Records of theirs, and what they have signed. */
static void add_own(struct turning *t)
{
    buf_print(&t->q->sql, "((t.owner = $%zu) IS TRUE", t->person);
    if (living__signs(t->q->kind)) {
        buf_add_c(&t->q->sql, " OR ");
        add_signed(t, NULL);
    }
    buf_add_c(&t->q->sql, ")");
}

/* Of the steps of a move: is the actor of one of them at all? */
static void add_any_side(struct turning *t, const struct move *m)
{
    for (size_t i = 0; i < m->step_count; i++) {
        buf_add_c(&t->q->sql, " OR ");
        add_side(t, &m->steps[i].by);
    }
}

/* Only such records can be the actor's turn, and it costs little to ask: theirs, offered to them, in
 * a state whose next moves are theirs to sign. How far a move is is looked at in these alone. */
static void add_concerned(struct turning *t, size_t most)
{
    struct query *q = t->q;
    const struct kind *k = q->kind;
    if (t->self == t->person)
        buf_print(&q->sql, "((t.owner = $%zu) IS TRUE OR hand > 0 OR ", t->person);
    else
        buf_add_c(&q->sql, "(");
    add_owner(t);
    buf_add_c(&q->sql, " OR CASE t.state WHEN '' THEN 0");
    for (size_t s = 0; s < k->state_count; s++) {
        bool by_signature;
        if (!turn__move(k, s, 0, &by_signature))
            continue;
        buf_print(&q->sql, " WHEN '%.*s' THEN CASE WHEN 1=0", TEXT_ARG(k->states[s].name));
        for (size_t nth = 0; nth < most && turn__move(k, s, nth, &by_signature); nth++)
            add_any_side(t, turn__move(k, s, nth, &by_signature));
        buf_add_c(&q->sql, " THEN 1 ELSE 0 END");
    }
    buf_add_c(&q->sql, " ELSE 0 END = 1)");
}

/* `ids`: of these alone, a list as JSON. */
static void add_turns_of(struct turning *t, const struct kind *k, struct text ids)
{
    struct query *q = t->q;
    size_t most = 0;
    bool by_signature;
    q->kind = k;
    for (size_t s = 0; s < k->state_count; s++)
        while (turn__move(k, s, most, &by_signature))
            most++;
    /* Materialized: else each use of a column would be the whole expression again. */
    buf_add_c(&q->sql, "SELECT kind, id, num, title, state, due, pick FROM (WITH q AS "
                       "MATERIALIZED (SELECT ");
    add_living(t);
    for (size_t i = 0; i < most; i++)
        add_nth(t, i);
    buf_add_c(&q->sql, "hand, CASE WHEN ");
    add_owner(t);
    buf_add_c(&q->sql, " AND ");
    add_matches(t, &k->change, CHANGE);
    buf_add_c(&q->sql,
              " THEN 1 ELSE 0 END AS mend, t.id AS id, t.\"key\" AS num, t.title AS title, "
              "t.state AS state, COALESCE(t.due, t.review_due) AS due, t.owner AS own FROM "
              "(SELECT ");
    add_hand(t);
    buf_add_c(&q->sql, "t.* FROM "); /* CROSS: SQLite looks up one after another */
    sql__set(q, ids);
    buf_print(&q->sql, " CROSS JOIN \"%.*s\" t WHERE t.id = s.value) t WHERE (", TEXT_ARG(k->name));
    /* No index by the state: most that live are of these states, and each would be looked up. */
    buf_add_c(&q->sql, "CASE WHEN ");
    sql__states(q, ~UINT64_C(0));
    buf_add_c(&q->sql, " THEN 1 ELSE 0 END = 1");
    if (hand__named(k, TEXT("hand_over")))
        buf_print(&q->sql, " OR t.offered_to = $%zu", t->person);
    add_signed_ends(t);
    buf_add_c(&q->sql, ") AND ");
    sql__readable(q);
    buf_add_c(&q->sql, " AND ");
    if (t->of->others)
        add_own(t);
    else
        add_concerned(t, most);
    buf_print(&q->sql,
              "), p AS MATERIALIZED (SELECT '%.*s' AS kind, id, num, title, state, due, own, "
              "live, ",
              TEXT_ARG(k->name));
    add_pick(q, most);
    buf_add_c(&q->sql, " AS pick FROM q) SELECT kind, id, num, title, state, due, pick FROM p "
                       "WHERE ");
    if (t->of->others) {
        buf_add_c(&q->sql, "pick IS NULL AND live = 1) k");
        return;
    }
    buf_add_c(&q->sql, "pick IS NOT NULL");
    if (t->self == t->person) {
        buf_print(&q->sql, " OR (own = $%zu AND due <= ", t->person);
        sql__bind(q, V_TEXT(t->of->soon));
        buf_add_c(&q->sql, ")");
    }
    buf_add_c(&q->sql, ") k");
}

static struct turning turns_start(struct query *q, const struct turns_query *of,
                                  const struct waivers *waivers)
{
    const struct actor *a = q->call->actor;
    size_t self = sql__keep(q, V_TEXT(a->person));
    return (struct turning){
        .q = q,
        .self = self,
        .person = a->stands_for.len ? sql__keep(q, V_TEXT(a->stands_for)) : self,
        .now = sql__keep(q, V_TEXT(moment_print(q->call->arena, q->call->now))),
        .of = of,
        .waivers = waivers};
}

/* ---- all kinds --------------------------------------------------------------------------------
 * Some candidates, judged kind by kind and put in order again; more of them until there are enough. */
#define TURN_COLUMNS 7
struct gathering {
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct turns_query *of;
    struct rows *out;
    size_t room;
    struct waivers waivers;
};

static void keep_rows(struct gathering *g, const struct rows *rows)
{
    struct rows *out = g->out;
    if (!rows->count)
        return;
    if (out->count + rows->count > g->room) {
        struct value *was = out->cells;
        g->room = 2 * g->room + rows->count + 64;
        out->cells = NEW_MANY(g->call->arena, g->room * TURN_COLUMNS, struct value);
        if (out->count)
            memcpy(out->cells, was, out->count * TURN_COLUMNS * sizeof *was);
    }
    memcpy(&out->cells[out->count * TURN_COLUMNS], rows->cells,
           rows->count * TURN_COLUMNS * sizeof *rows->cells);
    out->count += rows->count;
}

static bool is_of(struct text place, const struct kind *k)
{
    return place.len > k->name.len && place.at[k->name.len] == '.' &&
           text_same(text_slice(place, 0, k->name.len), k->name);
}

static enum err judge_kind(struct gathering *g, const struct kind *k, const struct rows *some)
{
    struct text *ids = NEW_MANY(g->call->arena, some->count + 1, struct text);
    size_t count = 0;
    for (size_t i = 0; i < some->count; i++)
        if (is_of(row_at(some, i)[0].text, k))
            ids[count++] = row_at(some, i)[1].text;
    if (!count)
        return OK;
    struct query q = sql__start(g->call, g->records, k);
    struct turning t = turns_start(&q, g->of, &g->waivers);
    struct rows rows;
    const char *sql;
    add_turns_of(&t, k, sql__json_of(&q, ids, count));
    TRY(sql__finish(&q, &sql));
    TRY(read_rows(g->call, g->db, sql, q.values.at, q.values.count, count, &rows));
    keep_rows(g, &rows);
    return OK;
}

static struct text day_of(const struct value *row)
{
    return row[5].text.len ? row[5].text : TEXT(NO_DAY);
}

static int by_day(const void *a, const void *b)
{
    const struct value *x = a, *y = b;
    int order = text_compare(day_of(x), day_of(y));
    return order ? order : text_compare(x[2].text, y[2].text);
}

static enum err judge(struct gathering *g, const struct rows *some)
{
    const struct model *m = g->records->model;
    size_t before = g->out->count;
    for (size_t i = 0; i < m->kind_count; i++)
        TRY(judge_kind(g, &m->kinds[i], some));
    if (g->out->count > before)
        qsort(&g->out->cells[before * TURN_COLUMNS], g->out->count - before,
              TURN_COLUMNS * sizeof *g->out->cells, by_day);
    return OK;
}

#define SOME_MOST 4000 /* candidates judged at a time, when few of those before were the actor's turn */
enum err query__turns(struct call *call, struct records *r, struct reader *db,
                      const struct turns_query *of, size_t most, struct rows *out)
{
    struct gathering g = {.call = call, .records = r, .db = db, .of = of, .out = out};
    struct candidates *c;
    struct rows some = {.count = 1};
    *out = (struct rows){.columns = TURN_COLUMNS};
    TRY(waivers__today(call, r, db_reader(db), &g.waivers));
    TRY(candidates__open(call, r, db, of, &c));
    for (size_t size = most; out->count < most && some.count > 0;
         size = size < SOME_MOST ? 2 * size : size) {
        TRY(candidates__next(c, size, &some));
        TRY(judge(&g, &some));
    }
    out->count = out->count < most ? out->count : most;
    return OK;
}

void query__count_turns(const struct turns_query *of, const struct rows *rows,
                        struct turn_counts *out)
{
    *out = (struct turn_counts){.more = rows->count > TURNS_COUNTED};
    for (size_t i = 0; i < rows->count && i < TURNS_COUNTED; i++) {
        struct text due = row_at(rows, i)[5].text;
        bool late = due.len && text_compare(due, of->today) < 0;
        out->total++;
        out->waiting += row_at(rows, i)[6].type == VALUE_INTEGER;
        out->overdue += late;
        out->due_soon += due.len && !late && text_compare(due, of->week) <= 0;
    }
}
