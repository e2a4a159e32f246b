/* SPDX-License-Identifier: Apache-2.0 */
/* record/ahead.c — what a record will have to show on its way: of each move that leads on from
 * where it is, which fields are missing and what other records must say, and for which of its
 * values that is asked. By the code that judges the moves, so that nothing is promised that the
 * door refuses; and how a record would stand if what it counts on worked otherwise. */
#include "record/compute.h"

/* ---- the fields for which a condition holds -------------------------------------------------
 */
static bool part_counts(const struct condition *c, const struct condition *part,
                        const struct record *rec)
{
    return c->form != WHEN_ANY || guard__holds(part, rec);
}

static void add_field(const struct record *rec, struct text name, struct because *out)
{
    const struct field *f = kind_field(rec->kind, name);
    for (size_t i = 0; i < out->count; i++)
        if (out->fields[i] == f)
            return;
    if (f != NULL && out->count < COUNT(out->fields))
        out->fields[out->count++] = f;
}

static void add_because(const struct record *rec, const struct condition *c,
                        struct because *out)
{
    if (c == NULL)
        return;
    if (c->field.len > 0)
        add_field(rec, c->field, out);
    for (size_t i = 0; i < c->part_count; i++)
        if (part_counts(c, c->parts[i], rec))
            add_because(rec, c->parts[i], out);
}

struct because record_because(const struct record *rec, const struct field *f)
{
    struct because out = {0};
    struct context c = {.rec = (struct record *)(uintptr_t)rec, .field = f};
    if (f->case_count == 0 || value__empty(rec->values[f->index]))
        return out;
    for (size_t nth = 0; nth < f->case_count; nth++)
        if (compute__case_holds(&c, nth)) {
            add_because(rec, f->cases[nth], &out);
            return out;
        }
    return out;
}

/* ---- several moves ask the same: it is looked up once
 * --------------------------------------------------------------------------------------- */
static bool same_where(const struct need *a, const struct need *b)
{
    bool same = a->where_count == b->where_count;
    for (size_t i = 0; same && i < a->where_count; i++)
        same = text_same(a->where[i].field, b->where[i].field) &&
               json_same(a->where[i].value, b->where[i].value);
    return same;
}

static bool same_states(const struct need *a, const struct need *b)
{
    bool same = a->state_count == b->state_count && a->every == b->every &&
                a->least == b->least && text_same(a->since, b->since);
    for (size_t i = 0; same && i < a->state_count; i++)
        same = text_same(a->states[i], b->states[i]);
    return same;
}

static bool same_need(const struct need *a, const struct need *b)
{
    return text_same(a->kind, b->kind) && text_same(a->via, b->via) &&
           text_same(a->of, b->of) && text_same(a->field, b->field) && same_states(a, b) &&
           same_where(a, b);
}

static const struct ahead_need *told_before(const struct ahead *all, size_t count,
                                            const struct need *need)
{
    for (size_t i = 0; i < count; i++)
        for (size_t n = 0; n < all[i].need_count; n++)
            if (same_need(all[i].needs[n].need, need))
                return &all[i].needs[n];
    return NULL;
}

/* ---- one move
 * --------------------------------------------------------------------------------- */
static enum err add_needs(struct call *call, struct records *r, struct db db,
                          const struct record *rec, const struct ahead *before, size_t count,
                          struct ahead *a)
{
    a->needs = NEW_MANY(call->arena, a->move->need_count + 1, struct ahead_need);
    for (size_t i = 0; i < a->move->need_count; i++) {
        const struct need *need = &a->move->needs[i];
        struct call *quiet = call_beside(call->arena, call);
        struct verdict v = {0};
        quiet->actor = call->actor;
        if (!guard__holds(need->only, rec))
            continue;
        const struct ahead_need *told = told_before(before, count, need);
        enum err e = told == NULL ? guard__need(quiet, r, db, rec, a->move, need, &v)
                     : told->met  ? OK
                                  : ERR_CONFLICT;
        if (e != OK && e != ERR_CONFLICT)
            return e;
        struct ahead_need *one = &a->needs[a->need_count++];
        *one = (struct ahead_need){.need = need, .met = e == OK};
        add_because(rec, need->only, &one->because);
    }
    return OK;
}

static void add_missing(struct call *call, const struct record *rec, struct ahead *a)
{
    struct call *quiet = call_beside(call->arena, call);
    a->missing = NEW_MANY(call->arena, rec->kind->field_count + 1, const struct field *);
    if (check__required(quiet, rec, a->move->to, a->move) == OK)
        return;
    for (struct problem *p = quiet->problems; p; p = p->next) {
        const struct field *f = kind_field(rec->kind, p->field);
        bool known = f == NULL;
        for (size_t i = 0; i < a->missing_count && !known; i++)
            known = a->missing[i] == f;
        if (!known && a->missing_count < rec->kind->field_count)
            a->missing[a->missing_count++] = f;
    }
}

enum err record_ahead(struct call *call, struct records *r, struct reader *db,
                      const struct record *rec, struct ahead **out, size_t *count)
{
    const struct kind *k = rec->kind;
    uint64_t open = (uint64_t)1 << rec->state;
    *out = NEW_MANY(call->arena, AHEAD_MOST, struct ahead);
    *count = 0;
    /* A move that leads on leads to a later state: one walk through them in order meets all. */
    for (size_t s = 0; s < k->state_count; s++)
        for (size_t i = 0; (open >> s & 1) && i < k->move_count && *count < AHEAD_MOST; i++) {
            const struct move *m = &k->moves[i];
            if (!turn__leads_on(k, s, m))
                continue;
            struct ahead *one = &(*out)[(*count)++];
            *one = (struct ahead){.move = m, .from = s, .holds = guard__holds(m->when, rec)};
            add_missing(call, rec, one);
            TRY(add_needs(call, r, db_reader(db), rec, *out, *count - 1, one));
            open |= (uint64_t)1 << m->to;
        }
    return OK;
}

/* ---- what if
 * ------------------------------------------------------------------------------------ */
enum err record_what_if(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, const struct supposed *s, struct record **out)
{
    *out = record__copy(call->arena, rec);
    return compute__supposed(call, r, db_reader(db), *out, rec, s);
}
