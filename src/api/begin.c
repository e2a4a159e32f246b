/* SPDX-License-Identifier: Apache-2.0 */
/* api/begin.c — what an organisation begins with: questions about what it has, and records it
 * may take; the glossary, and help for the fields of a kind. All are part of the model and the
 * same for everybody. */
#include "api/internal.h"

/* As long as the model is the same, so is the answer. */
static bool is_known(struct exchange *x)
{
    exchange__header(x, "etag", x->view->etag);
    exchange__header(x, "cache-control", TEXT("private, no-cache"));
    if (!text_same(request_header(x->request, "if-none-match"), x->view->etag))
        return false;
    x->status = 304;
    return true;
}

enum err ask_get(struct exchange *x)
{
    const struct ask *k = NULL;
    const struct decider *d = NULL;
    for (size_t i = 0; i < x->model->decider_count; i++)
        if (text_same(x->model->deciders[i].name, x->arg[0]))
            d = &x->model->deciders[i];
    for (size_t i = 0; i < x->model->ask_count; i++)
        if (text_same(x->model->asks[i].name, x->arg[0]))
            k = &x->model->asks[i];
    if (!k && !d)
        return problem(x->call, ERR_MISSING, x->arg[0], "unknown", "%s",
                       say(x->call, "there are no such questions"));
    if (is_known(x))
        return OK;
    (void)exchange__json(x);
    if (d)
        decider_json(d, &x->out);
    else
        ask_json(k, &x->out);
    return OK;
}

enum err glossary_get(struct exchange *x)
{
    if (is_known(x))
        return OK;
    (void)exchange__json(x);
    glossary_json(x->model, &x->out);
    return OK;
}

enum err help_get(struct exchange *x)
{
    const struct kind *k = model_kind(x->model, x->arg[0]);
    if (!k)
        return problem(x->call, ERR_MISSING, x->arg[0], "unknown", "%s",
                       say(x->call, "there is no such register"));
    if (is_known(x))
        return OK;
    (void)exchange__json(x);
    help_json(k, &x->out);
    return OK;
}

enum err starter_get(struct exchange *x)
{
    const struct starter *s = model_starter(x->model, x->arg[0]);
    if (!s)
        return problem(x->call, ERR_MISSING, x->arg[0], "unknown", "%s",
                       say(x->call, "there is no such starter set"));
    if (is_known(x))
        return OK;
    (void)exchange__json(x);
    starter_json(s, &x->out);
    return OK;
}
