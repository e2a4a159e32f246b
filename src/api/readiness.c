/* SPDX-License-Identifier: Apache-2.0 */
/* api/readiness.c — readiness: computed now, as it was found then, and how it is measured. */
#include "api/internal.h"

static void put_number(struct json_out *o, const char *key, double d)
{
    json_key(o, key);
    json_put_number(o, (double)(int64_t)(d * 10 + 0.5) / 10);
}

static void put_gate(const struct gate *g, const char *name, struct json_out *o)
{
    json_key(o, name);
    json_open(o, '{');
    put__bool(o, "ready", g->ready);
    json_key(o, "failing");
    json_open(o, '[');
    for (size_t i = 0; i < g->count; i++) {
        json_open(o, '{');
        put__text(o, "row", g->failing[i].row ? g->failing[i].row->row : (struct text){0});
        put__text(o, "check",
                  g->failing[i].check ? g->failing[i].check->name : (struct text){0});
        put__words(o, "why", (struct words){g->failing[i].why_en, g->failing[i].why_zh});
        json_close(o, '}');
    }
    json_close(o, ']');
    json_close(o, '}');
}

struct told { /* of a row, as far as the reader may know: empty where not */
    struct ref entry, by, lowered_by;
};

static struct text person_kind(struct text id)
{
    return id.len ? TEXT("person") : (struct text){0};
}

/* The records and people behind what is declared and lowered. */
static enum err find_told(struct call *call, struct records *records, struct reader *db,
                          const struct readiness *r, struct told **out)
{
    struct arena *a = call->arena;
    struct text *kinds = NEW_MANY(a, 3 * r->row_count + 1, struct text);
    struct text *ids = NEW_MANY(a, 3 * r->row_count + 1, struct text);
    struct ref *refs = NEW_MANY(a, 3 * r->row_count + 1, struct ref);
    for (size_t i = 0; i < r->row_count; i++) {
        const struct row_readiness *row = &r->rows[i];
        if (row->entry) {
            kinds[3 * i] = row->entry->kind->name;
            ids[3 * i] = row->entry->id;
        }
        kinds[3 * i + 1] = person_kind(row->declared_by);
        ids[3 * i + 1] = row->declared_by;
        kinds[3 * i + 2] = person_kind(row->lowered_by);
        ids[3 * i + 2] = row->lowered_by;
    }
    TRY(record_refs(call, records, db, kinds, ids, 3 * r->row_count, refs));
    *out = NEW_MANY(a, r->row_count + 1, struct told);
    for (size_t i = 0; i < r->row_count; i++)
        (*out)[i] = (struct told){refs[3 * i], refs[3 * i + 1], refs[3 * i + 2]};
    return OK;
}

/* What a register says and no check shows: which record, who brought it there, and since when.
 */
static void put_declared(const struct row_readiness *r, const struct told *t,
                         struct json_out *o)
{
    json_key(o, "declared");
    if (r->proven || r->level == 0 || !r->entry || !t->entry.id.len) {
        json_put_null(o);
        return;
    }
    json_open(o, '{');
    json_key(o, "record");
    json_open(o, '{');
    put__ref(o, &t->entry);
    json_close(o, '}');
    put__text(o, "by", t->by.id);
    put__text(o, "name", t->by.title);
    put__text(o, "at", r->declared_at);
    json_close(o, '}');
}

static void put_row_readiness(const struct readiness_method *m, const struct row_readiness *r,
                              const struct told *t, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "row", r->row->row);
    put__words(o, "title", r->row->title);
    put__text(o, "type", r->row->type);
    put__text(o, "group", r->row->group);
    put__text(o, "phase", r->row->phase);
    put__integer(o, "weight", r->weight);
    put__bool(o, "applicable", r->applicable);
    put__integer(o, "level", r->level);
    json_key(o, "value");
    json_put_number(o, (double)m->worth[r->level] / 100);
    put__bool(o, "proven", r->proven);
    put_declared(r, t, o);
    json_key(o, "lowered");
    if (r->lowered) {
        json_open(o, '{');
        put__integer(o, "to", r->lowered_to);
        put__text(o, "reason", r->lowered_reason);
        put__text(o, "by", r->lowered_by);
        put__text(o, "name", t->lowered_by.title);
        put__text(o, "at", r->lowered_at);
        json_close(o, '}');
    } else
        json_put_null(o);
    json_key(o, "checks");
    json_open(o, '[');
    for (size_t i = 0; i < r->check_count; i++) {
        const struct check_result *c = r->checks[i].result;
        json_open(o, '{');
        put__text(o, "check", c->check->name);
        put__words(o, "title", c->check->title);
        put__integer(o, "level", r->checks[i].level);
        put__text(o, "state", text_of(assurance__state(c->state)));
        put__integer(o, "breaks", c->breaks);
        put__integer(o, "population", c->population);
        json_close(o, '}');
    }
    json_close(o, ']');
    put__words(o, "why", (struct words){r->why_en, r->why_zh});
    json_close(o, '}');
}

/* Weighted score of the rows that `in` picks: the same rule as the whole. */
struct tally {
    double weight, value;
    int64_t rows, met;
};

static void count_row(const struct readiness_method *m, struct tally *t,
                      const struct row_readiness *r)
{
    if (!r->applicable)
        return;
    t->weight += (double)r->weight;
    t->value += (double)(r->weight * m->worth[r->level]) / 100;
    t->rows++;
    t->met += r->level >= m->covered_from;
}

static void put_tally(const struct tally *t, struct json_out *o)
{
    put_number(o, "score", t->weight > 0 ? 100 * t->value / t->weight : 0);
    put__integer(o, "rows", t->rows);
    put__integer(o, "met", t->met);
}

static void put_phases(const struct readiness *r, struct json_out *o)
{
    static const char *phases[] = {"plan", "do", "check", "act"};
    json_key(o, "phases");
    json_open(o, '[');
    for (size_t p = 0; p < COUNT(phases); p++) {
        struct tally t = {0};
        for (size_t i = 0; i < r->row_count; i++)
            if (text_is(r->rows[i].row->phase, phases[p]))
                count_row(r->method->readiness, &t, &r->rows[i]);
        json_open(o, '{');
        put__text(o, "phase", text_of(phases[p]));
        put_tally(&t, o);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_key(o, "groups");
    json_open(o, '[');
    for (size_t g = 0; g < r->framework->group_count; g++) {
        struct tally t = {0};
        for (size_t i = 0; i < r->row_count; i++)
            if (text_same(r->rows[i].row->group, r->framework->groups[g].id))
                count_row(r->method->readiness, &t, &r->rows[i]);
        json_open(o, '{');
        put__text(o, "id", r->framework->groups[g].id);
        put__words(o, "title", r->framework->groups[g].title);
        put_tally(&t, o);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_blockers(const struct readiness *r, struct json_out *o)
{
    json_key(o, "blockers");
    json_open(o, '[');
    for (size_t i = 0; i < r->blocker_count; i++) {
        const struct check_result *c = r->blockers[i];
        json_open(o, '{');
        put__text(o, "check", c->check->name);
        put__words(o, "title", c->check->title);
        put__integer(o, "count", c->breaks);
        put__bool(o, "must", c->check->must);
        json_close(o, '}');
    }
    json_close(o, ']');
}

/* By which rules: nobody is shown a number without them. */
static void put_method(const struct method *m, struct json_out *o)
{
    json_key(o, "method");
    json_open(o, '{');
    put__text(o, "method", m->name);
    put__words(o, "title", m->title);
    put__words(o, "about", m->about);
    put__text(o, "hash", m->hash);
    put__bool(o, "standard", m->standard);
    if (m->readiness) {
        put__integer(o, "covered_from", m->readiness->covered_from);
        put__integer(o, "blocked_at_most", m->readiness->blocked_at_most);
    }
    json_close(o, '}');
}

#define TREND_MOST 3660 /* days */

static void put_point(const struct trend_point *p, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "day", p->day);
    put_number(o, "score", p->score);
    put_number(o, "raw_score", p->raw_score);
    json_key(o, "proof_ratio");
    json_put_number(o, p->proof_ratio);
    put__integer(o, "met", p->met);
    put__integer(o, "of", p->of);
    put__integer(o, "blockers", p->blockers);
    json_close(o, '}');
}

/* The days on which somebody asked; the last point is what is answered now. */
static enum err put_trend(struct exchange *x, const struct readiness *ready, int64_t days,
                          struct json_out *o)
{
    struct trend_point *points;
    size_t count;
    struct text today = zone_today(x->call->arena, x->call->zone, x->call->now);
    TRY(assure_trend(x->call, exchange__db(x), ready->framework, days, &points, &count));
    json_key(o, "trend");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++)
        if (text_compare(points[i].day, today) < 0)
            put_point(&points[i], o);
    put_point(&(struct trend_point){.day = today,
                                    .score = ready->score,
                                    .raw_score = ready->raw_score,
                                    .proof_ratio = ready->proof_ratio,
                                    .met = ready->met,
                                    .of = ready->of,
                                    .blockers = (int64_t)ready->blocker_count},
              o);
    json_close(o, ']');
    return OK;
}

/* days 0: without the line. */
static enum err put_readiness(struct exchange *x, const struct framework *f, int64_t days)
{
    struct call *call = x->call;
    struct records *r = x->records;
    struct reader *db = exchange__db(x);
    struct json_out *o = exchange__json(x);
    struct readiness ready;
    struct told *told;
    TRY(assure_kept_readiness(call, x->view->runs, r, db, f, &ready));
    TRY(find_told(call, r, db, &ready, &told));
    json_open(o, '{');
    put__text(o, "framework", f->name);
    put__text(o, "at", moment_print(call->arena, call->now));
    put_method(ready.method, o);
    put_number(o, "score", ready.score);
    put_number(o, "raw_score", ready.raw_score);
    put__bool(o, "ready", ready.ready);
    json_key(o, "coverage");
    json_open(o, '{');
    put__integer(o, "met", ready.met);
    put__integer(o, "of", ready.of);
    json_close(o, '}');
    json_key(o, "proof_ratio");
    json_put_number(o, (double)(int64_t)(ready.proof_ratio * 1000 + 0.5) / 1000);
    put_blockers(&ready, o);
    json_key(o, "gates");
    json_open(o, '{');
    put_gate(&ready.stage1, "stage1", o);
    put_gate(&ready.stage2, "stage2", o);
    json_close(o, '}');
    put_phases(&ready, o);
    json_key(o, "rows");
    json_open(o, '[');
    for (size_t i = 0; i < ready.row_count; i++)
        put_row_readiness(ready.method->readiness, &ready.rows[i], &told[i], o);
    json_close(o, ']');
    if (days)
        TRY(put_trend(x, &ready, days, o));
    json_close(o, '}');
    return OK;
}

/* ---- as it was found then ---- */
static void put_past_row(const struct past_row *r, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "row", r->row->row);
    put__words(o, "title", r->row->title);
    put__bool(o, "applicable", r->applicable);
    put__integer(o, "level", r->level);
    put__bool(o, "proven", r->proven);
    json_close(o, '}');
}

static void put_past_check(const struct past_check *c, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "check", c->check->name);
    put__words(o, "title", c->check->title);
    put__text(o, "state",
              text_of(assurance__state(!c->population ? CHECK_NO_DATA
                                       : c->breaks    ? CHECK_FAIL
                                                      : CHECK_PASS)));
    put__integer(o, "population", c->population);
    put__integer(o, "breaks", c->breaks);
    put__bool(o, "must", c->check->must);
    json_close(o, '}');
}

/* What a run of an earlier release did not keep is null, never made up. */
static void put_past_detail(const struct past *p, struct json_out *o)
{
    static const char *const lists[] = {"method", "ready", "stage1", "rows", "checks"};
    if (!p->detailed) {
        for (size_t i = 0; i < COUNT(lists); i++) {
            json_key(o, lists[i]);
            json_put_null(o);
        }
        return;
    }
    json_key(o, "method");
    json_open(o, '{');
    put__text(o, "method", p->method);
    put__words(o, "title", p->title);
    put__text(o, "hash", p->hash);
    put__bool(o, "standard", p->standard);
    json_close(o, '}');
    put__bool(o, "ready", p->ready);
    put__bool(o, "stage1", p->stage1);
    json_key(o, "rows");
    json_open(o, '[');
    for (size_t i = 0; i < p->row_count; i++)
        put_past_row(&p->rows[i], o);
    json_close(o, ']');
    json_key(o, "checks");
    json_open(o, '[');
    for (size_t i = 0; i < p->check_count; i++)
        put_past_check(&p->checks[i], o);
    json_close(o, ']');
}

static enum err put_past(struct exchange *x, const struct framework *f, int64_t moment)
{
    struct past p;
    TRY(assure_past(x->call, exchange__db(x), x->model, f, moment, &p));
    if (!p.found)
        return problem(
            x->call, ERR_MISSING, TEXT("as_of"), "none_kept", "%s",
            say(x->call,
                "no readiness was found and kept at or before that moment: the last of each "
                "day on which somebody asked is kept"));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "framework", f->name);
    put__text(o, "as_of", moment_print(x->call->arena, moment));
    put__text(o, "at", p.at);
    put__text(o, "day", p.numbers.day);
    put__integer(o, "entries", p.size);
    put__text(o, "model", p.model);
    put_number(o, "score", p.numbers.score);
    put_number(o, "raw_score", p.numbers.raw_score);
    json_key(o, "coverage");
    json_open(o, '{');
    put__integer(o, "met", p.numbers.met);
    put__integer(o, "of", p.numbers.of);
    json_close(o, '}');
    json_key(o, "proof_ratio");
    json_put_number(o, p.numbers.proof_ratio);
    put__integer(o, "blocking", p.numbers.blockers);
    put_past_detail(&p, o);
    json_close(o, '}');
    return OK;
}

enum err readiness_get(struct exchange *x)
{
    const struct framework *f = assurance__framework(x, query__text(x, "framework"));
    struct text trend = query__text(x, "trend");
    int64_t days = 0, as_of;
    if (!f)
        return assurance__missing(x);
    if (trend.len && (!text_integer(trend, &days) || days < 1 || days > TREND_MOST))
        return problem(x->call, ERR_INVALID, TEXT("trend"), "range", "%s",
                       say(x->call, "trend is a number of days, from 1 to 3660"));
    TRY(query__moment(x, "as_of", &as_of));
    if (as_of)
        return put_past(x, f, as_of);
    TRY(read_begin(x->call, exchange__db(x))); /* one moment for all the checks */
    enum err e = put_readiness(x, f, days);
    read_end(exchange__db(x));
    return e;
}

/* ---- how it is measured today
 * ------------------------------------------------------------------------------------- */
/* The bands as the criteria in force have them; the last ends with the greatest score. */
static void put_bands(const struct risk_method *m, const struct record *criteria,
                      struct json_out *o)
{
    json_key(o, "bands");
    json_open(o, '[');
    for (size_t i = 0; i < m->scale->count; i++) {
        json_open(o, '{');
        put__text(o, "value", m->bands[i].value);
        put__integer(o, "from", record_band_from(&m->bands[i], criteria));
        json_close(o, '}');
    }
    json_close(o, ']');
}

/* What each position means: of each consequence from the least on, of each likelihood. */
static void put_cells(const struct risk_method *m, const struct record *criteria,
                      struct json_out *o)
{
    json_key(o, "cells");
    json_open(o, '[');
    for (int64_t y = 1; y <= m->consequence; y++) {
        json_open(o, '[');
        for (int64_t x = 1; x <= m->likelihood; x++) {
            int64_t score = record_score(m, x, y);
            ptrdiff_t band = record_band(m, criteria, score);
            json_open(o, '{');
            put__integer(o, "score", score);
            put__text(o, "band", band < 0 ? (struct text){0} : m->bands[band].value);
            json_close(o, '}');
        }
        json_close(o, ']');
    }
    json_close(o, ']');
}

/* Where the criteria draw lines among the bands; without criteria what a new one would say. */
static void put_lines(const struct model *model, const struct risk_method *m,
                      const struct record *criteria, struct json_out *o)
{
    const struct kind *k = model->criteria_kind;
    json_key(o, "lines");
    json_open(o, '{');
    for (size_t i = 0; k && i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        const struct json *v = criteria ? criteria->values[i] : f->fallback;
        if (f->scale != m->scale || f->guarded || !v || v->type != JSON_TEXT)
            continue;
        json_key_text(o, f->name);
        json_put_text(o, v->text);
    }
    json_close(o, '}');
}

/* Everybody may know how it is measured; which record says so is for who may read it. */
static enum err put_criteria(struct exchange *x, const struct record *criteria,
                             struct json_out *o)
{
    struct ref ref = {0};
    if (criteria)
        TRY(record_refs(x->call, x->records, exchange__db(x), &criteria->kind->name,
                        &criteria->id, 1, &ref));
    json_key(o, "criteria");
    if (!ref.id.len) {
        json_put_null(o);
        return OK;
    }
    json_open(o, '{');
    put__ref(o, &ref);
    json_close(o, '}');
    return OK;
}

enum err method_get(struct exchange *x)
{
    struct json_out *o = exchange__json(x);
    struct record *criteria;
    TRY(record_in_force(x->call, x->records, exchange__db(x), &criteria));
    const struct method *risk = record_risk_method(x->model, criteria);
    const struct method *readiness = record_readiness_method(x->model, criteria);
    json_open(o, '{');
    TRY(put_criteria(x, criteria, o));
    json_key(o, "risk");
    if (risk) {
        json_open(o, '{');
        put_method(risk, o);
        put_bands(risk->risk, criteria, o);
        put_cells(risk->risk, criteria, o);
        put_lines(x->model, risk->risk, criteria, o);
        json_close(o, '}');
    } else
        json_put_null(o);
    json_key(o, "readiness");
    if (readiness) {
        json_open(o, '{');
        put_method(readiness, o);
        json_close(o, '}');
    } else
        json_put_null(o);
    json_close(o, '}');
    return OK;
}
