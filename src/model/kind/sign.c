/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/sign.c — who signs a move: steps, each so many people of a group. `by` alone is one
 * step of one person; `by` with `and_by` is two steps in any order, and `second_when` says when the
 * second of them applies. Behind the loader there are only steps. */
#include "model/internal.h"

bool move_takes_many(const struct move *m)
{
    return m->step_count > 1 || (m->step_count == 1 && m->steps[0].count > 1);
}

int64_t move_signers(const struct move *m)
{
    int64_t always = 0;
    for (size_t i = 0; i < m->step_count; i++)
        always += m->steps[i].when == NULL ? m->steps[i].count : 0;
    return always;
}

/* One person and no more stands in a field of type ref; a role may be held by many. */
static bool is_short(const struct kind *k, const struct sign_step *step)
{
    for (size_t i = 0; i < step->by.count; i++) {
        const struct who *w = &step->by.one[i];
        const struct field *f = kind_field(k, w->relation);
        const struct field *via = w->via.len > 0 ? kind_field(k, w->via) : NULL;
        if (via != NULL && via->target_kind != NULL)
            f = kind_field(via->target_kind, w->relation);
        if (w->relation.len == 0 || f == NULL || f->type == &type_refs)
            return false;
    }
    return step->count > (int64_t)step->by.count;
}

static void read_people(struct loader *l, const struct kind *k, const struct json *v,
                        struct sign_step *step)
{
    model__who(l, k, model__list(l, v, "by", true), WHO_ROLES | WHO_RELATIONS | WHO_AS, &step->by);
}

static void read_count(struct loader *l, const struct kind *k, const struct json *v,
                       struct sign_step *step)
{
    step->count = 1;
    model__integer(l, v, "count", 1, SIGN_COUNT_MOST, &step->count);
    if (step->by.count > 0 && is_short(k, step))
        model__mistake(l, json_get(v, "count"), "range",
                       "\"by\" names at most %zu people, and %lld are to sign", step->by.count,
                       (long long)step->count);
}

static bool lasts(const struct duration *d)
{
    return d->months > 0 || d->days > 0 || d->working_days > 0 || d->seconds > 0;
}

static void read_expires(struct loader *l, const struct json *v, struct sign_step *step)
{
    const struct json *d = json_get(v, "expires");
    if (d == NULL)
        return;
    step->has_expires = d->type == JSON_TEXT && duration_read(d->text, &step->expires) &&
                        !step->expires.before && lasts(&step->expires);
    if (!step->has_expires)
        model__mistake(l, d, "duration",
                       "\"expires\" is a time from the signature on: P14D, P3M, PT72H, or P10W for "
                       "working days");
}

static void read_step(struct loader *l, const struct kind *k, const struct json *v,
                      struct sign_step *step)
{
    *step = (struct sign_step){.count = 1};
    if (v->type != JSON_OBJECT) {
        model__mistake(l, v, "type", "a step is an object: {\"by\": […], \"count\": 2}");
        return;
    }
    if (!model__keys(l, v, "by count when expires"))
        return;
    read_people(l, k, v, step);
    read_count(l, k, v, step);
    read_expires(l, v, step);
}

static void refuse_beside(struct loader *l, const struct json *v)
{
    static const char *const others[] = {"by", "and_by", "second_when"};
    for (size_t i = 0; i < COUNT(others); i++)
        if (json_get(v, others[i]) != NULL)
            model__mistake(l, json_get(v, others[i]), "unknown_key",
                           "either \"sign\" or \"%s\"", others[i]);
}

static void read_steps(struct loader *l, const struct kind *k, const struct json *v,
                       struct move *m)
{
    const struct json *sign = model__list(l, v, "sign", true);
    m->ordered = model__bool(l, v, "ordered");
    refuse_beside(l, v);
    if (sign == NULL)
        return;
    if (sign->count > SIGN_STEPS_MOST) {
        model__mistake(l, sign, "range", "\"sign\" has 1 to %d steps", SIGN_STEPS_MOST);
        return;
    }
    m->steps = NEW_MANY(l->arena, sign->count, struct sign_step);
    for (const struct json *one = sign->first; one != NULL; one = one->next)
        read_step(l, k, one, &m->steps[m->step_count++]);
    m->by = m->steps[0].by;
}

static void read_sugar(struct loader *l, const struct kind *k, const struct json *v,
                       struct move *m)
{
    unsigned any = WHO_EVERYONE | WHO_AUTO | WHO_ROLES | WHO_RELATIONS | WHO_AS;
    const struct json *second = model__list(l, v, "and_by", false);
    model__who(l, k, model__list(l, v, "by", true), any, &m->by);
    for (size_t i = 0; i < m->by.count; i++)
        m->automatic |= m->by.one[i].automatic;
    m->steps = NEW_MANY(l->arena, 2, struct sign_step);
    m->steps[m->step_count++] = (struct sign_step){.by = m->by, .count = 1};
    if (json_get(v, "ordered") != NULL)
        model__mistake(l, json_get(v, "ordered"), "unknown_key", "\"ordered\" goes with \"sign\"");
    if (second == NULL || second->count == 0)
        return;
    struct sign_step *step = &m->steps[m->step_count++];
    *step = (struct sign_step){.count = 1};
    model__who(l, k, second, WHO_ROLES | WHO_RELATIONS | WHO_AS, &step->by);
}

void model__sign(struct loader *l, const struct kind *k, const struct json *v, struct move *m)
{
    if (json_get(v, "sign") != NULL)
        read_steps(l, k, v, m);
    else
        read_sugar(l, k, v, m);
}

void model__sign_alone(struct loader *l, const struct who_list *by, struct move *m)
{
    m->by = *by;
    m->steps = NEW(l->arena, struct sign_step);
    *m->steps = (struct sign_step){.by = *by, .count = 1};
    m->step_count = 1;
}

/* ---- what can be said once all fields are known ------------------------------------------ */
static void check_steps(struct loader *l, const struct json *v, const struct move *m)
{
    const struct json *sign = json_get(v, "sign");
    if (sign != NULL && m->step_count > 0 && move_signers(m) == 0)
        model__mistake(l, sign, "when",
                       "one step at least has no \"when\": else there may be nobody to sign");
}

void model__sign_finish(struct loader *l, const struct kind *k, const struct json *v,
                        struct move *m)
{
    const struct json *second = json_get(v, "second_when");
    const struct json *sign = json_get(v, "sign");
    size_t i = 0;
    if (second != NULL && sign == NULL && m->step_count < 2)
        model__mistake(l, second, "unknown_key", "\"second_when\" needs \"and_by\"");
    else if (second != NULL && sign == NULL)
        m->steps[1].when = model__condition(l, k, second);
    for (const struct json *one = sign != NULL ? sign->first : NULL;
         one != NULL && i < m->step_count; one = one->next, i++)
        if (one->type == JSON_OBJECT && json_get(one, "when") != NULL)
            m->steps[i].when = model__condition(l, k, json_get(one, "when"));
    check_steps(l, v, m);
}
