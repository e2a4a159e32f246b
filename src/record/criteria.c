/* SPDX-License-Identifier: Apache-2.0 */
/* record/criteria.c — what is measured against the criteria in force: the record of the kind that
 * `is: criteria` which is in a state of rest and applies from the latest day that has come. Which
 * fields say what is for the model to tell; there is no band and no number in here. */
#include "record/compute.h"

static enum err measure(struct context *c, struct record **out)
{
    const struct kind *k = c->records->model->criteria_kind;
    if (!c->measure->asked && k)
        TRY(query__in_force(c->call, c->records, c->db, k,
                            zone_today(c->call->arena, c->call->zone, c->call->now), &c->measure->criteria));
    c->measure->asked = true;
    *out = c->measure->criteria;
    return OK;
}

/* What the criteria say, else what the model has for when there are none. */
static enum err said(struct context *c, struct text field, const struct json *other,
                     const struct json **out)
{
    struct record *criteria;
    TRY(measure(c, &criteria));
    *out = criteria && field.len ? record_value(criteria, field) : NULL;
    *out = *out ? *out : other;
    return OK;
}

enum err compute__risk_method(struct context *c, const struct risk_method **out)
{
    struct record *criteria;
    TRY(measure(c, &criteria));
    *out = record_risk_method(c->records->model, criteria)->risk;
    return OK;
}

/* Of the criteria (NULL: none). The loader has seen to it that there is one where it is asked for. */
const struct method *record_risk_method(const struct model *m, const struct record *criteria)
{
    const struct json *v = criteria ? record_value(criteria, TEXT(RISK_METHOD_FIELD)) : NULL;
    return model_risk_method(m, v ? json_text(v) : TEXT(""));
}

const struct method *record_readiness_method(const struct model *m, const struct record *criteria)
{
    const struct json *v = criteria ? record_value(criteria, TEXT(READINESS_METHOD_FIELD)) : NULL;
    return model_readiness_method(m, v ? json_text(v) : TEXT(""));
}

int64_t record_band_from(const struct method_band *band, const struct record *criteria)
{
    const struct json *v = criteria && band->criteria.len ? record_value(criteria, band->criteria) : NULL;
    return v && v->type == JSON_INTEGER ? v->integer : band->from;
}

ptrdiff_t record_band(const struct risk_method *m, const struct record *criteria, int64_t score)
{
    ptrdiff_t band = -1;
    for (size_t i = 0; i < m->scale->count; i++)
        if (score >= record_band_from(&m->bands[i], criteria))
            band = (ptrdiff_t)i;
    return band;
}

int64_t record_score(const struct risk_method *m, int64_t likelihood, int64_t consequence)
{
    int64_t x = likelihood, y = consequence;
    if (!m->scores)
        return x * y;
    x = x < 1 ? 1 : x > m->likelihood ? m->likelihood : x;
    y = y < 1 ? 1 : y > m->consequence ? m->consequence : y;
    return m->scores[(y - 1) * m->likelihood + x - 1];
}

enum err record_in_force(struct call *call, struct records *r, struct reader *db,
                         struct record **out)
{
    const struct kind *k = r->model->criteria_kind;
    *out = NULL;
    return k ? query__in_force(call, r, db_reader(db), k,
                               zone_today(call->arena, call->zone, call->now), out)
             : OK;
}

enum err compute__risk_band(struct context *c, const struct json **out)
{
    const struct risk_method *m;
    int64_t score, one;
    if (!compute__integer(c->rec, compute__word(c->args, "score"), &score))
        return OK;
    TRY(compute__risk_method(c, &m));
    ptrdiff_t band = record_band(m, c->measure->criteria, score);
    const struct json *severe = json_get(c->args, "severe");
    for (const struct json *f = severe ? severe->first : NULL; f; f = f->next)
        if (compute__integer(c->rec, f->text, &one) && one >= m->severe_from && m->severe_band > band)
            band = m->severe_band;
    if (band >= 0)
        *out = json_of_text(c->call->arena, m->scale->options[band].value);
    return OK;
}

enum err compute__in_force(struct context *c, const struct json **out)
{
    struct record *criteria;
    TRY(measure(c, &criteria));
    if (criteria)
        *out = json_of_text(c->call->arena, criteria->id);
    return OK;
}

/* {"reaches": FIELD}: at or beyond it; {"above": FIELD}: beyond it, or it says nothing. */
static bool hits(const struct context *c, const struct record *criteria, const struct json *one,
                 const struct scale *s, ptrdiff_t rank)
{
    const struct json *reaches = json_get(one, "reaches"), *above = json_get(one, "above");
    const struct json *line = reaches || above ? reaches ? reaches : above : NULL;
    if (!line)
        return true; /* its condition is all there is */
    const struct json *value = record_value(criteria, line->text);
    ptrdiff_t limit = value ? compute__rank(s, value) : -1;
    if (reaches)
        return limit >= 0 && rank >= limit;
    return rank > limit;
}

/* Without criteria, or without a band, nothing can be judged. */
enum err compute__judged(struct context *c, const struct json **out)
{
    struct record *criteria;
    const struct field *band = kind_field(c->rec->kind, compute__word(c->args, "band"));
    const struct json *value = band ? c->rec->values[band->index] : NULL;
    TRY(measure(c, &criteria));
    if (!value || !criteria)
        return OK;
    ptrdiff_t rank = compute__rank(band->scale, value);
    const struct json *cases = json_get(c->args, "cases");
    size_t nth = 0;
    for (const struct json *one = cases ? cases->first : NULL; one; one = one->next, nth++)
        if (compute__case_holds(c, nth) && hits(c, criteria, one, band->scale, rank)) {
            *out = json_get(one, "value");
            return OK;
        }
    *out = json_get(c->args, "else");
    return OK;
}

enum err compute__of_criteria(struct context *c, const struct json **out)
{
    const struct json *cases = json_get(c->args, "cases");
    struct text field = compute__word(c->args, "field");
    size_t nth = 0;
    for (const struct json *one = cases ? cases->first : NULL; one; one = one->next, nth++)
        if (compute__case_holds(c, nth)) {
            const struct json *other = json_get(one, "else");
            return said(c, compute__word(one, "field"),
                        other ? other : json_get(c->args, "else"), out);
        }
    return said(c, field, json_get(c->args, "else"), out);
}
