/* SPDX-License-Identifier: Apache-2.0 */
/* base/call.c — one request, command or job, and the problems found while it runs.
 * Problems are a list in the order of finding, kept short enough to be read and bounded so
 * that a hostile file cannot make millions of them. */
#include "base/internal.h"

#define MOST_PROBLEMS 500

static struct call *start(struct arena *a, int64_t now, enum lang lang)
{
    struct call *call = NEW(a, struct call);
    call->arena = a;
    call->now = now;
    call->lang = lang;
    call->problems_end = &call->problems;
    return call;
}

struct call *call_open(struct arena *a, int64_t now, enum lang lang)
{
    struct call *call = start(a, now, lang);
    call->id = id_new(call);
    return call;
}

struct call *call_beside(struct arena *a, const struct call *of)
{
    struct call *call = start(a, of->now, of->lang);
    call->id = text_copy(a, of->id);
    call->zone = of->zone;
    call->calendar = of->calendar;
    return call;
}

static struct problem *problem_new(struct call *call)
{
    if (call->problem_count >= MOST_PROBLEMS)
        return NULL;
    struct problem *p = NEW(call->arena, struct problem);
    *call->problems_end = p;
    call->problems_end = &p->next;
    call->problem_count++;
    return p;
}

enum err problem(struct call *call, enum err e, struct text field, const char *code,
                 const char *format, ...)
{
    struct problem *p = problem_new(call);
    if (p == NULL)
        return e;
    va_list args;
    va_start(args, format);
    p->message = text__print(call->arena, format, args);
    va_end(args);
    p->field = text_copy(call->arena, field);
    p->code = text_copy(call->arena, text_of(code));
    p->source = TEXT("");
    return e;
}

enum err problem_at(struct call *call, enum err e, struct text field, const char *code,
                    struct text source, struct text message)
{
    struct problem *p = problem_new(call);
    if (p == NULL)
        return e;
    p->field = text_copy(call->arena, field);
    p->code = text_copy(call->arena, text_of(code));
    p->source = text_copy(call->arena, source);
    p->message = text_copy(call->arena, message);
    return e;
}
