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

static enum err reached(struct context *c, int64_t score, size_t *band, bool *any)
{
    const struct json *bands = json_get(c->args, "bands");
    const struct json *fields = json_get(c->args, "criteria");
    *any = false;
    for (size_t i = 0; i < c->field->scale->count; i++) {
        const char *name = text_c(c->call->arena, c->field->scale->options[i].value);
        const struct json *least;
        TRY(said(c, json_text(json_get(fields, name)), json_get(bands, name), &least));
        if (!least || least->type != JSON_INTEGER || score < least->integer)
            continue;
        *band = i;
        *any = true;
    }
    return OK;
}

enum err compute__risk_band(struct context *c, const struct json **out)
{
    int64_t score, one;
    size_t band = 0;
    bool any;
    if (!compute__integer(c->rec, compute__word(c->args, "score"), &score))
        return OK;
    TRY(reached(c, score, &band, &any));
    const struct json *severe = json_get(c->args, "severe"), *is = json_get(severe, "is");
    const struct json *from = json_get(severe, "from"), *fields = json_get(severe, "fields");
    ptrdiff_t floor = is ? compute__rank(c->field->scale, is) : -1;
    for (const struct json *f = fields ? fields->first : NULL; f; f = f->next) {
        if (!compute__integer(c->rec, f->text, &one) || one < from->integer || floor < 0)
            continue;
        band = !any || (size_t)floor > band ? (size_t)floor : band;
        any = true;
    }
    if (any)
        *out = node__text(c->call->arena, c->field->scale->options[band].value);
    return OK;
}

enum err compute__in_force(struct context *c, const struct json **out)
{
    struct record *criteria;
    TRY(measure(c, &criteria));
    if (criteria)
        *out = node__text(c->call->arena, criteria->id);
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
