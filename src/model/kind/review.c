/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/review.c — the kind that `is: review`, whose records are results of an AI system
 * that wait for a person, and the kind that `is: review_plan`, whose record in force says which
 * results those are. Programs ask through them (oversight/oversight.h), so the fields that they
 * send and are told must be there; who decides, and by which steps, is said by the file. */
#include "model/internal.h"

struct wanted {
    const char *name;
    const struct field_type *type;
    const char *values; /* of a choice: all of these; NULL: any */
};

static bool has(const struct kind *k, const struct wanted *w)
{
    const struct field *f = kind_field(k, text_of(w->name));
    struct text values = w->values ? text_of(w->values) : TEXT("");
    if (f == NULL || f->type != w->type || f->many)
        return false;
    while (values.len)
        if (f->scale == NULL || scale_option(f->scale, text_cut(&values, ' ')) == NULL)
            return false;
    return true;
}

static void demand(struct loader *l, struct draft *d, const struct wanted *wanted, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!has(d->kind, &wanted[i]))
            model__mistake(l, json_get(d->source->root, "is"), "unknown",
                           "what is a %.*s needs a field \"%s\" of type %s%s%s",
                           TEXT_ARG(d->kind->is), wanted[i].name,
                           wanted[i].type->word,
                           wanted[i].values ? " with the values " : "",
                           wanted[i].values ? wanted[i].values : "");
}

/* The steps of a review, by which the pages of the queue go on with one key each. */
static void demand_moves(struct loader *l, struct draft *d)
{
    static const char *const moves[] = {"claim",        "claim_blind", "judge",  "decide",
                                        "decide_first", "claim_second", "confirm", "differ",
                                        "escalate",     "put_back",    "put_back_second"};
    const struct json *of = json_get(d->source->root, "moves");
    for (size_t i = 0; i < COUNT(moves); i++)
        if (json_get(of, moves[i]) == NULL)
            model__mistake(l, json_get(d->source->root, "is"), "unknown",
                           "what is a review needs a move \"%s\"", moves[i]);
}

void model__review(struct loader *l, struct draft *d)
{
    const struct wanted wanted[] = {
        {"system", &type_ref, NULL},
        {"system_version", &type_text, NULL},
        {"reference", &type_text, NULL},
        {"what", &type_choice, "prediction answer action"},
        {"drawn", &type_choice, "every sure sample asked"},
        {"drawn_by", &type_text, NULL},
        {"input", &type_note, NULL},
        {"ai_verdict", &type_text, NULL},
        {"ai_score", &type_number, NULL},
        {"ai_reasons", &type_note, NULL},
        {"blind", &type_yes_no, NULL},
        {"second", &type_yes_no, NULL},
        {"decide_by", &type_moment, NULL},
        {"hand_up_at", &type_moment, NULL},
        {"fallback", &type_choice, "refuse go hold"},
        {"claimed_by", &type_ref, NULL},
        {"claimed_at", &type_moment, NULL},
        {"decision", &type_choice, "agree change refuse"},
        {"decided_by", &type_ref, NULL},
        {"decided_at", &type_moment, NULL},
        {"changed_to", &type_text, NULL},
        {"appeal_to", &type_text, NULL},
        {"reason_code", &type_choice, NULL},
        {"timed_out_at", &type_moment, NULL},
        {"outcome", &type_choice, "go changed refuse hold"},
    };
    demand(l, d, wanted, COUNT(wanted));
    demand_moves(l, d);
    if (l->model->review_kind == NULL)
        l->model->review_kind = d->kind;
}

void model__review_plan(struct loader *l, struct draft *d)
{
    const struct wanted wanted[] = {
        {"system", &type_ref, NULL},
        {"queue_draws", &type_choice, "every unsure sample both"},
        {"queue_low", &type_number, NULL},
        {"queue_high", &type_number, NULL},
        {"queue_share", &type_integer, NULL},
        {"queue_minutes", &type_integer, NULL},
        {"queue_up_minutes", &type_integer, NULL},
        {"queue_fallback", &type_choice, "refuse go hold"},
        {"queue_blind", &type_yes_no, NULL},
        {"queue_second", &type_yes_no, NULL},
    };
    demand(l, d, wanted, COUNT(wanted));
    if (l->model->review_plan_kind == NULL)
        l->model->review_plan_kind = d->kind;
}

/* The move by which it goes into the queue brings the case that was made for it. */
static bool is_planted(const struct json *moves)
{
    for (const struct json *v = moves ? moves->first : NULL; v; v = v->next) {
        const struct json *by = json_get(v, "by"), *takes = json_get(v, "takes");
        if (by && by->first && text_is(json_text(by->first), "auto") && takes && takes->first &&
            text_is(json_text(takes->first), "case_made"))
            return true;
    }
    return false;
}

void model__review_test(struct loader *l, struct draft *d)
{
    const struct wanted wanted[] = {
        {"system", &type_ref, NULL},        {"system_version", &type_text, NULL},
        {"reference", &type_text, NULL},    {"what", &type_choice, "prediction answer action"},
        {"input", &type_note, NULL},        {"ai_verdict", &type_text, NULL},
        {"ai_score", &type_number, NULL},   {"ai_reasons", &type_note, NULL},
        {"goes_at", &type_moment, NULL},    {"wanted", &type_choice, "agree change refuse"},
        {"case_made", &type_ref, NULL},     {"decision", &type_choice, "agree change refuse"},
        {"decided_at", &type_moment, NULL}, {"timed_out_at", &type_moment, NULL},
        {"knew", &type_yes_no, NULL},
    };
    demand(l, d, wanted, COUNT(wanted));
    if (!is_planted(json_get(d->source->root, "moves")))
        model__mistake(
            l, json_get(d->source->root, "is"), "unknown",
            "what is a review_test needs a move by \"auto\" that takes \"case_made\"");
    if (l->model->review_test_kind == NULL)
        l->model->review_test_kind = d->kind;
}
