/* SPDX-License-Identifier: Apache-2.0 */
/* base/err.c — what each error of the list in base.h means outside: status, exit code, words. */
#include "base/base.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    int http, exit;
    const char *code, *words;
} errors[] = {
#define X(name, http, exit, code, words) {http, exit, code, words},
    ERRORS(X)
#undef X
};

/* A number that is no error is itself a bug, and is shown as one. */
static enum err known(enum err e)
{
    return (size_t)e < COUNT(errors) ? e : ERR_BUG;
}

int err_http(enum err e)
{
    return errors[known(e)].http;
}

int err_exit(enum err e)
{
    return errors[known(e)].exit;
}

const char *err_code(enum err e)
{
    return errors[known(e)].code;
}

const char *err_words(enum err e)
{
    return errors[known(e)].words;
}

const char *words_of(const struct call *call, enum err e)
{
    return say(call, errors[known(e)].words);
}

void panic(const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    log_line(LOG_ERROR, "panic", "%s", line);
    abort();
}
