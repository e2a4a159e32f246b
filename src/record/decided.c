/* SPDX-License-Identifier: Apache-2.0 */
/* record/decided.c — what the answers to an ask that decides say (model/asks, docs/model.md
 * §8.6), computed with every version. Answers are given under one set of rules, whose hash the
 * record keeps: under others they are refused, and what was answered under earlier ones stays
 * as it was said then, until somebody answers anew. */
#include "record/compute.h"

#define ROWS_MOST 400

static const struct decider_question *question_of(const struct decider *d, struct text id)
{
    for (size_t i = 0; i < d->question_count; i++)
        if (text_same(d->questions[i].id, id))
            return &d->questions[i];
    return NULL;
}

static bool is_option(const struct decider_question *q, struct text answer)
{
    for (size_t i = 0; i < q->option_count; i++)
        if (text_same(q->options[i].id, answer))
            return true;
    return text_is(answer, UNSURE);
}

/* "None" and "not sure" stand for the whole question. */
static bool stands_alone(const struct decider_question *q, struct text answer)
{
    return !q->many || text_is(answer, UNSURE) || text_is(answer, NONE_OF_THEM);
}

static bool clashes(const struct decider_question *q, const struct json *rows,
                    const struct json *one)
{
    struct text answer = json_text(json_get(one, "answer"));
    for (const struct json *row = rows->first; row != one; row = row->next) {
        struct text other = json_text(json_get(row, "answer"));
        if (text_same(json_text(json_get(row, "question")), q->id) &&
            (text_same(other, answer) || stands_alone(q, answer) || stands_alone(q, other)))
            return true;
    }
    return false;
}

static enum err check_row(struct context *c, const struct decider *d, const struct json *rows,
                          const struct json *row)
{
    struct text id = json_text(json_get(row, "question"));
    struct text answer = json_text(json_get(row, "answer"));
    const struct decider_question *q = question_of(d, id);
    if (!q)
        return problem(c->call, ERR_INVALID, d->into->name, "question",
                       say(c->call, "there is no question \"%.*s\""), TEXT_ARG(id));
    if (!is_option(q, answer))
        return problem(c->call, ERR_INVALID, d->into->name, "answer",
                       say(c->call, "“%.*s” is no answer to the question \"%.*s\""),
                       TEXT_ARG(answer), TEXT_ARG(id));
    if (clashes(q, rows, row))
        return problem(c->call, ERR_INVALID, d->into->name, "twice",
                       say(c->call, "the question \"%.*s\" has two answers"), TEXT_ARG(id));
    return OK;
}

static enum err check_rows(struct context *c, const struct decider *d, const struct json *rows)
{
    enum err e = OK;
    if (rows && rows->count > ROWS_MOST)
        return problem(c->call, ERR_INVALID, d->into->name, "too_many",
                       say(c->call, "these are more than %d answers"), ROWS_MOST);
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next)
        if (check_row(c, d, rows, row))
            e = ERR_INVALID;
    return e;
}

/* Was it answered under other rules? Then nothing can be answered further. */
static enum err check_rules(struct context *c, const struct decider *d, const struct json *rows,
                            bool *stale)
{
    struct text said = json_text(c->rec->values[d->said_rules->index]);
    const struct json *then = c->before ? c->before->values[d->into->index] : NULL;
    *stale = !value__empty(rows) && !text_same(said, d->rules);
    if (!*stale || value__same(rows, then))
        return OK;
    return problem(c->call, ERR_INVALID, d->said_rules->name, "rules",
                   say(c->call,
                       "these answers are to other questions than those in force (%.*s); "
                       "read the questions anew"),
                   TEXT_ARG(d->rules));
}

/* ---- the parts
 * -------------------------------------------------------------------------------- */
static const struct json *values_of(struct arena *a, const struct decider_case *all, size_t n,
                                    const bool *holds)
{
    struct json *list = node__list(a);
    for (size_t i = 0; i < n; i++)
        if (holds[i])
            node__add(list, json_of_text(a, all[i].value), (struct text){0}, a);
    return list->count ? list : NULL;
}

static bool lacks(const struct json *has, const struct decider_case *all, size_t n,
                  const bool *holds)
{
    for (size_t i = 0; i < n; i++)
        if (holds[i] && !value__list_has(has, all[i].value))
            return true;
    return false;
}

/* Does the record say less than its answers: a milder class, or not all that holds besides? */
static bool says_less(const struct context *c, const struct decider *d, const struct ruling *v)
{
    const struct json *outcome = c->rec->values[d->outcome->index];
    if (!v->complete)
        return true;
    if (!value__empty(outcome) && decider_strict(d, json_text(outcome)) < v->outcome->strict)
        return true;
    return lacks(c->rec->values[d->roles->index], d->parts, d->part_count, v->roles) ||
           lacks(c->rec->values[d->also->index], d->besides, d->beside_count, v->also);
}

static void put(struct json *row, const char *key, struct text value, struct arena *a)
{
    if (value.len)
        node__add(row, json_of_text(a, value), text_of(key), a);
}

/* `origin` is the same for one duty of one system, whichever record it follows from. */
static const struct json *duties_of(struct context *c, const struct decider *d,
                                    const struct ruling *v)
{
    struct arena *a = c->call->arena;
    struct text subject = json_text(c->rec->values[d->subject->index]);
    struct json *list = node__list(a);
    for (size_t i = 0; v->complete && i < d->duty_count; i++) {
        const struct decider_duty *one = &d->list[i];
        if (!v->duties[i])
            continue;
        struct json *row = node__object(a);
        put(row, "code", one->code, a);
        put(row, "article", one->article, a);
        put(row, "role", one->role, a);
        put(row, "begins", v->from[i], a);
        put(row, "origin",
            text_print(a, "%.*s %.*s %.*s", TEXT_ARG(d->name), TEXT_ARG(one->code),
                       TEXT_ARG(subject)),
            a);
        node__add(list, row, (struct text){0}, a);
    }
    return list->count ? list : NULL;
}

static const struct json *part_of(struct context *c, const struct decider *d, struct text part,
                                  const struct ruling *v)
{
    struct arena *a = c->call->arena;
    if (text_is(part, "less"))
        return json_of_bool(a, says_less(c, d, v));
    if (text_is(part, "open"))
        return json_of_integer(a, (int64_t)(v->asked_count - v->answered_count + v->unsure));
    if (!v->complete)
        return NULL;
    if (text_is(part, "outcome"))
        return json_of_text(a, v->outcome->value);
    if (text_is(part, "also"))
        return values_of(a, d->besides, d->beside_count, v->also);
    if (text_is(part, "roles"))
        return values_of(a, d->parts, d->part_count, v->roles);
    if (text_is(part, "next"))
        return v->next.len ? json_of_text(a, v->next) : NULL;
    return duties_of(c, d, v);
}

/* What was said under the rules that were answered. While the record can still be changed,
 * nothing that is written in it is taken for what the answers give. */
static const struct json *said_then(struct context *c, struct text part)
{
    bool open = !c->before || !c->before->kind->states[c->before->state].locked;
    if (text_is(part, "less") && open)
        return json_of_bool(c->call->arena, true);
    return c->before ? c->before->values[c->field->index] : NULL;
}

enum err compute__decided(struct context *c, const struct json **out)
{
    const struct field *into = kind_field(c->rec->kind, compute__word(c->args, "rows"));
    const struct decider *d = model_decider(c->records->model, into);
    struct text part = compute__word(c->args, "part");
    struct ruling v;
    bool stale;
    if (!d)
        return problem(c->call, ERR_BUG, c->field->name, "ask", "nothing asks into it");
    const struct json *rows = c->rec->values[into->index];
    const struct json *day = c->rec->values[d->day->index];
    enum err e = check_rules(c, d, rows, &stale);
    if (text_is(part, "stale")) { /* once a version */
        TRY(e);
        TRY(stale ? OK : check_rows(c, d, rows));
        *out = value__empty(rows) ? NULL : json_of_bool(c->call->arena, stale);
        return OK;
    }
    if (e || value__empty(rows))
        return e;
    if (stale) {
        *out = said_then(c, part);
        return OK;
    }
    if (value__empty(day)) { /* of no day nothing can be said */
        *out = text_is(part, "less") ? json_of_bool(c->call->arena, true) : NULL;
        return OK;
    }
    decider_judge(c->call->arena, d, rows, json_text(day), &v);
    *out = part_of(c, d, part, &v);
    return OK;
}
