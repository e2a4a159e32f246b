/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/decide.c — what the answers to an ask that decides say on a day. Questions are
 * gone through in their order: what was answered so far says whether the next one is asked, and
 * an answer to what is not asked counts for nothing. The pages judge the same
 * (ui/src/model/decide.ts), and both pass tests/vectors/decides.json. */
#include "model/internal.h"

struct judging {
    const struct decider *d;
    const struct json **answers; /* one a question; NULL: not asked, or no answer */
    bool *facts;
    const struct json *yes, *no;
};

const struct decider *model_decider(const struct model *m, const struct field *into)
{
    for (size_t i = 0; i < m->decider_count; i++)
        if (m->deciders[i].into == into)
            return &m->deciders[i];
    return NULL;
}

int64_t decider_strict(const struct decider *d, struct text outcome)
{
    for (size_t i = 0; i < d->outcome_count; i++)
        if (text_same(d->outcomes[i].value, outcome))
            return d->outcomes[i].strict;
    return -1;
}

/* A question says what was picked, a fact yes or no. */
static const struct json *said(void *arg, struct text name)
{
    const struct judging *j = arg;
    for (size_t i = 0; i < j->d->question_count; i++)
        if (text_same(j->d->questions[i].id, name))
            return j->answers[i];
    for (size_t i = 0; i < j->d->fact_count; i++)
        if (text_same(j->d->facts[i].value, name))
            return j->facts[i] ? j->yes : j->no;
    return NULL;
}

/* Facts rest on questions and on facts before them. */
static void settle(struct judging *j)
{
    for (size_t i = 0; i < j->d->fact_count; i++)
        j->facts[i] = condition_holds(j->d->facts[i].when, said, j);
}

/* Not what comes into force later: until then it is as if it were not picked. */
static bool counts(const struct decider_question *q, struct text option, struct text day)
{
    if (text_is(option, UNSURE))
        return true;
    for (size_t i = 0; i < q->option_count; i++)
        if (text_same(q->options[i].id, option))
            return q->options[i].from.len == 0 || text_compare(q->options[i].from, day) <= 0;
    return false;
}

/* What was picked, as a list; *any: something was, in force or not. */
static const struct json *picked(struct arena *a, const struct decider_question *q,
                                 const struct json *rows, struct text day, bool *any)
{
    struct json *list = NEW(a, struct json);
    const struct json **end = &list->first;
    *list = (struct json){.type = JSON_LIST};
    *any = false;
    for (const struct json *row = rows == NULL ? NULL : rows->first; row != NULL;
         row = row->next) {
        struct text answer = json_text(json_get(row, "answer"));
        if (!text_same(json_text(json_get(row, "question")), q->id) || answer.len == 0)
            continue;
        *any = true;
        if (!counts(q, answer, day))
            continue;
        struct json *one = NEW(a, struct json);
        *one = (struct json){.type = JSON_TEXT, .text = answer};
        *end = one;
        end = (const struct json **)(uintptr_t)&one->next;
        list->count++;
    }
    return list;
}

static bool is_unsure(const struct json *list)
{
    for (const struct json *one = list->first; one != NULL; one = one->next)
        if (text_is(one->text, UNSURE))
            return true;
    return false;
}

static void ask_all(struct arena *a, struct judging *j, const struct json *rows,
                    struct text day, struct ruling *out)
{
    for (size_t i = 0; i < j->d->question_count; i++) {
        const struct decider_question *q = &j->d->questions[i];
        bool any;
        settle(j);
        out->asked[i] = condition_holds(q->when, said, j);
        if (!out->asked[i])
            continue;
        out->asked_count++;
        const struct json *list = picked(a, q, rows, day, &any);
        if (!any)
            continue;
        out->answered_count++;
        out->unsure += is_unsure(list);
        j->answers[i] = list;
    }
    settle(j);
}

static bool *hold(struct arena *a, struct judging *j, const struct decider_case *all, size_t n)
{
    bool *out = NEW_MANY(a, n + 1, bool);
    for (size_t i = 0; i < n; i++)
        out[i] = condition_holds(all[i].when, said, j);
    return out;
}

static void find_duties(struct arena *a, struct judging *j, struct ruling *out)
{
    const struct decider *d = j->d;
    out->duties = NEW_MANY(a, d->duty_count + 1, bool);
    out->from = NEW_MANY(a, d->duty_count + 1, struct text);
    for (size_t i = 0; i < d->duty_count; i++) {
        const struct decider_duty *one = &d->list[i];
        size_t n = 0;
        out->duties[i] = condition_holds(one->when, said, j);
        while (n + 1 < one->from_count && !condition_holds(one->from[n].when, said, j))
            n++;
        out->from[i] = one->from[n].day;
    }
}

void decider_judge(struct arena *a, const struct decider *d, const struct json *rows,
                   struct text day, struct ruling *out)
{
    struct judging j = {d, NEW_MANY(a, d->question_count + 1, const struct json *),
                        NEW_MANY(a, d->fact_count + 1, bool), json_of_text(a, TEXT("yes")),
                        json_of_text(a, TEXT("no"))};
    *out = (struct ruling){.asked = NEW_MANY(a, d->question_count + 1, bool),
                           .answers = j.answers};
    ask_all(a, &j, rows, day, out);
    out->complete = out->answered_count == out->asked_count;
    out->also = hold(a, &j, d->besides, d->beside_count);
    out->roles = hold(a, &j, d->parts, d->part_count);
    find_duties(a, &j, out);
    for (size_t i = 0; out->complete && out->outcome == NULL && i < d->outcome_count; i++)
        if (condition_holds(d->outcomes[i].when, said, &j))
            out->outcome = &d->outcomes[i];
    for (size_t i = 0; out->next.len == 0 && i < d->date_count; i++)
        if (text_compare(d->dates[i], day) > 0)
            out->next = d->dates[i];
}
