/* SPDX-License-Identifier: Apache-2.0 */
/* store/errors.c — the sentences both databases refuse with.
 *
 * Each database has its own words for the same refusal; callers and people see ours. Words of
 * the database itself go to the log only, since they can hold names of tables. */
#include "store/internal.h"

#include <math.h>

struct mark store__mark(const struct call *call)
{
    return (struct mark){call->problems_end, call->problem_count};
}

void store__unsay(struct call *call, struct mark mark)
{
    *mark.end = NULL;
    call->problems_end = mark.end;
    call->problem_count = mark.count;
}

enum err store__failed(struct call *call)
{
    return problem(call, ERR_IO, TEXT(""), "storage", "%s",
                   say(call, "storage is failing; nothing was saved"));
}

enum err store__failed_of(struct call *call, const struct store *s)
{
    if (!atomic_load(&s->foreign))
        return store__failed(call);
    return problem(
        call, ERR_IO, TEXT(""), "another_program", "%s",
        say(call,
            "another program wrote into the database while the server was running; nothing "
            "is acknowledged any more. Stop the server and run aimwell verify --deep"));
}

enum err store__too_slow(struct call *call)
{
    return problem(call, ERR_SLOW, TEXT(""), "too_slow", "%s",
                   say(call,
                       "this takes too long and was stopped; ask for less at once: a filter, "
                       "fewer records, fewer columns"));
}

enum err store__exists(struct call *call)
{
    return problem(call, ERR_CONFLICT, TEXT(""), "exists", "%s", say(call, "already exists"));
}

enum err store__refused(struct call *call)
{
    return problem(call, ERR_CONFLICT, TEXT(""), "refused", "%s",
                   say(call, "a rule of the store refuses this"));
}

enum err store__append_only(struct call *call)
{
    return problem(call, ERR_CONFLICT, TEXT(""), "append_only", "%s",
                   say(call, "this can only be added to, never changed or removed"));
}

enum err store__busy(struct call *call)
{
    return problem(call, ERR_BUSY, TEXT(""), "busy", "%s",
                   say(call, "too much is going on; try again"));
}

enum err store__too_many(struct call *call, size_t most)
{
    return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large",
                   say(call, "more than %zu rows; ask for less"), most);
}

enum err store__bug(struct call *call, const char *sql, const char *words)
{
    log_line(LOG_ERROR, "store", "request=%.*s sql=\"%s\" words=\"%s\"", TEXT_ARG(call->id),
             sql, words);
    return problem(call, ERR_BUG, TEXT(""), "bug", "%s",
                   say(call, "an unexpected fault; it was logged"));
}

enum err store__lost(struct call *call, const char *what, const char *words)
{
    log_line(LOG_ERROR, "store", "request=%.*s failed=\"%s\" words=\"%s\"", TEXT_ARG(call->id),
             what, words);
    return store__failed(call);
}

enum err store__file_damaged(struct call *call, struct text name)
{
    log_line(LOG_ERROR, "store", "request=%.*s damaged_file=%.*s", TEXT_ARG(call->id),
             TEXT_ARG(name));
    return problem(call, ERR_IO, TEXT(""), "file_damaged",
                   say(call, "file %.*s is not what was stored; its bytes have changed"),
                   TEXT_ARG(name));
}

enum err store__check_values(struct call *call, const struct value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (values[i].type == VALUE_TEXT && !text_utf8(values[i].text))
            return problem(call, ERR_INVALID, TEXT(""), "not_text", "%s",
                           say(call, "must be UTF-8 text without NUL"));
        if (values[i].type == VALUE_NUMBER && !isfinite(values[i].number))
            return problem(call, ERR_INVALID, TEXT(""), "not_finite", "%s",
                           say(call, "must be a finite number"));
    }
    return OK;
}
