/* SPDX-License-Identifier: Apache-2.0 */
/* assure/readiness.c — the state of a framework from its checks and its register, and the four
 * numbers that are always shown together: score, coverage, proof ratio, blockers. Rules:
 * docs/readiness.md. */
#include "assure/internal.h"

struct scene scene__of(struct call *call, struct records *r, struct reader *db,
                       const struct framework *f)
{
    struct scene s = {.call = call, .records = r, .db = db, .framework = f};
    s.model = access_model(record_access(r));
    s.kind = f->register_kind.len ? model_kind(s.model, f->register_kind) : NULL;
    return s;
}

/* ---- checks ------------------------------------------------------------------------------ */
static bool is_of(const struct framework *f, const struct requirement *row)
{
    return row >= f->rows && row < f->rows + f->row_count;
}

static bool bears_on(const struct framework *f, const struct check *c)
{
    for (size_t i = 0; i < c->prove_count; i++)
        if (is_of(f, c->proves[i].row))
            return true;
    for (size_t i = 0; i < f->stage1_count; i++)
        if (text_same(f->stage1[i], c->name))
            return true;
    return text_same(f->register_approval, c->name);
}

/* fresh: those that were not kept, *computed of them. */
static enum err run_checks(const struct scene *s, struct readiness *r,
                           struct check_result *fresh, size_t *computed)
{
    const struct model *m = s->model;
    r->checks = NEW_MANY(s->call->arena, m->check_count, struct check_result);
    r->blockers = NEW_MANY(s->call->arena, m->check_count, const struct check_result *);
    for (size_t i = 0; i < m->check_count; i++) {
        if (!bears_on(s->framework, &m->checks[i]))
            continue;
        struct check_result *c = &r->checks[r->check_count];
        if (!runs__find(s->runs, &s->now, &m->checks[i], NULL, c)) {
            TRY(assure_check(s->call, s->records, s->db, &m->checks[i], c));
            runs__keep(s->runs, &s->now, c);
            fresh[(*computed)++] = *c;
        }
        r->check_count++;
        if (c->check->must && c->state == CHECK_FAIL)
            r->blockers[r->blocker_count++] = c;
    }
    return OK;
}

static void attach(const struct check_result *c, struct row_readiness *row, int level)
{
    for (size_t i = 0; i < c->check->prove_count; i++)
        if (c->check->proves[i].row == row->row && c->check->proves[i].level == level)
            row->checks[row->check_count++] = (struct row_check){c, level};
}

/* Lowest level first. */
static void attach_all(struct arena *a, const struct readiness *r, struct row_readiness *row)
{
    size_t room = 0;
    for (size_t i = 0; i < r->check_count; i++)
        for (size_t p = 0; p < r->checks[i].check->prove_count; p++)
            room += r->checks[i].check->proves[p].row == row->row;
    row->checks = NEW_MANY(a, room, struct row_check);
    for (int level = 1; level <= 4; level++)
        for (size_t i = 0; i < r->check_count; i++)
            attach(&r->checks[i], row, level);
}

/* ---- rows -------------------------------------------------------------------------------- */
static void judge_row(const struct scene *s, const struct readiness *r, bool approved,
                      struct row_readiness *row)
{
    struct arena *a = s->call->arena;
    row->applicable = true;
    row->weight = row->row->weight;
    attach_all(a, r, row);
    if (register__rules(s, row->row)) {
        const struct entry *entry = &s->entries[row->row->index];
        row->weight *= entry->heavy ? s->method->relied_on : 1;
        level__from_register(a, s->method, entry, approved, row);
    } else {
        level__from_checks(a, row);
    }
    row->proven_level = row->level;
}

static bool exclusions_approved(const struct scene *s, const struct readiness *r)
{
    if (!s->framework->register_approval.len)
        return true;
    const struct check_result *c = assure__result(r, s->framework->register_approval);
    return c && c->state == CHECK_PASS;
}

/* ---- numbers ----------------------------------------------------------------------------- */
static void count_up(const struct readiness_method *m, struct readiness *r)
{
    double weight = 0, value = 0, proven = 0;
    for (size_t i = 0; i < r->row_count; i++) {
        const struct row_readiness *row = &r->rows[i];
        if (!row->applicable)
            continue;
        double worth = (double)(row->weight * m->worth[row->level]) / 100;
        weight += (double)row->weight;
        value += worth;
        proven += row->proven ? worth : 0;
        r->of++;
        r->met += row->level >= m->covered_from;
    }
    r->raw_score = weight > 0 ? 100 * value / weight : 0;
    r->score = r->raw_score;
    if (r->blocker_count && r->score > (double)m->blocked_at_most)
        r->score = (double)m->blocked_at_most;
    r->proof_ratio = value > 0 ? proven / value : 0;
}

enum err assure_readiness(struct call *call, struct records *r, struct reader *db,
                          const struct framework *f, struct readiness *out)
{
    return assure_kept_readiness(call, NULL, r, db, f, out);
}

enum err assure_kept_readiness(struct call *call, struct runs *runs, struct records *r,
                               struct reader *db, const struct framework *f,
                               struct readiness *out)
{
    struct scene s = scene__of(call, r, db, f);
    struct check_result *fresh = NEW_MANY(call->arena, s.model->check_count, struct check_result);
    size_t computed = 0;
    s.runs = runs;
    if (runs)
        TRY(runs__now(call, db, runs, &s.now));
    *out = (struct readiness){.framework = f, .row_count = f->row_count};
    TRY(record_in_force(call, r, db, &out->criteria));
    out->method = record_readiness_method(s.model, out->criteria);
    s.method = out->method->readiness;
    TRY(run_checks(&s, out, fresh, &computed));
    TRY(register__read(&s));
    bool approved = exclusions_approved(&s, out);
    out->rows = NEW_MANY(call->arena, f->row_count, struct row_readiness);
    for (size_t i = 0; i < f->row_count; i++) {
        out->rows[i].row = &f->rows[i];
        judge_row(&s, out, approved, &out->rows[i]);
    }
    TRY(lower__apply(&s, out));
    count_up(s.method, out);
    gates__judge(&s, out);
    out->ready = out->stage2.ready; /* no check fails then, so nothing blocks */
    if (runs)
        runs__note(call, runs, r, &s.now, fresh, computed, out);
    return OK;
}
