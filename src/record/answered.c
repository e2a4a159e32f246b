/* SPDX-License-Identifier: Apache-2.0 */
/* record/answered.c — what the answers to an ask say (model/asks, docs/model.md), computed with
 * every version: how many questions apply, how many were answered, what that is worth. */
#include "record/compute.h"

static const struct json *of_record(void *arg, struct text field)
{
    return record_value(arg, field);
}

/* A question that is not asked, or is answered twice, would be counted by nobody. */
static enum err check_rows(struct context *c, const struct ask *k, const struct json *rows)
{
    struct map *seen = map_in(c->call->arena);
    enum err e = OK;
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
        struct text id = json_text(json_get(row, "question"));
        if (!ask_question(k, id))
            e = problem(c->call, ERR_INVALID, k->into->name, "question",
                        say(c->call, "there is no question \"%.*s\""), TEXT_ARG(id));
        else if (!map_add(seen, id, 0))
            e = problem(c->call, ERR_INVALID, k->into->name, "twice",
                        say(c->call, "the question \"%.*s\" has two answers"), TEXT_ARG(id));
    }
    return e;
}

enum err compute__answered(struct context *c, const struct json **out)
{
    const struct field *rows = kind_field(c->rec->kind, compute__word(c->args, "rows"));
    const struct ask *k = model_ask(c->records->model, rows);
    struct text part = compute__word(c->args, "part");
    if (!k)
        return problem(c->call, ERR_BUG, c->field->name, "ask", "nothing asks into it");
    if (text_is(part, "asked")) /* once a version */
        TRY(check_rows(c, k, record_value(c->rec, k->into->name)));
    struct ask_result r = ask_judge(k, of_record, c->rec);
    int64_t n = text_is(part, "asked")      ? r.asked
                : text_is(part, "answered") ? r.answered
                : text_is(part, "gaps")     ? r.gaps
                                            : r.percent;
    if (n >= 0)
        *out = json_of_integer(c->call->arena, n);
    return OK;
}
