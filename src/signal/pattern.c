/* SPDX-License-Identifier: Apache-2.0 */
/* signal/pattern.c — patterns by PCRE2: compiled once for the process, just in time where the
 * machine allows it. They are of bytes, so that broken UTF-8 is no case of its own; every
 * repetition in them has an end, and the limits below stop what would not come to one. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "signal/internal.h"

#include <pcre2.h>
#include <pthread.h>

#define MATCH_LIMIT 50000 /* of one attempt at one place */
#define DEPTH_LIMIT 500
#define HEAP_LIMIT 1024 /* KiB */
#define CODES_MOST 200

struct room {
    pcre2_match_data *data;
    pcre2_match_context *limits;
};
static const struct family {
    const struct shape *rows;
    const size_t *count;
} families[] = {
#define X(name) {signal__##name, &signal__##name##_count},
    SIGNAL_SHAPES(X)
#undef X
};
static pcre2_code *codes[CODES_MOST];
static pthread_once_t compiled = PTHREAD_ONCE_INIT;

static pcre2_code *compile(const char *pattern)
{
    int code;
    PCRE2_SIZE at;
    pcre2_code *c = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
                                  PCRE2_DOLLAR_ENDONLY, &code, &at, NULL);
    if (c == NULL)
        panic("signal: pattern %s: error %d at %zu", pattern, code, at);
    (void)pcre2_jit_compile(c, PCRE2_JIT_COMPLETE); /* without it the same, slower */
    return c;
}

static void compile_all(void)
{
    size_t n = 0;
    for (size_t f = 0; f < COUNT(families); f++)
        for (size_t i = 0; i < *families[f].count; i++) {
            if (n == CODES_MOST)
                panic("signal: more than %d patterns", CODES_MOST);
            codes[n++] = compile(families[f].rows[i].pattern);
        }
}

static void open_room(struct room *r)
{
    (void)pthread_once(&compiled, compile_all);
    r->data = pcre2_match_data_create(4, NULL);
    r->limits = pcre2_match_context_create(NULL);
    if (r->data == NULL || r->limits == NULL)
        panic("signal: out of memory");
    (void)pcre2_set_match_limit(r->limits, MATCH_LIMIT);
    (void)pcre2_set_depth_limit(r->limits, DEPTH_LIMIT);
    (void)pcre2_set_heap_limit(r->limits, HEAP_LIMIT);
}

static void close_room(struct room *r)
{
    pcre2_match_context_free(r->limits);
    pcre2_match_data_free(r->data);
}

/* From `*from` on; where it is. Past the limits it is as if nothing more were there, and said.
 */
static bool next(struct scan *s, const pcre2_code *code, struct text t, size_t *from,
                 size_t *begin, size_t *end)
{
    struct room *r = s->room;
    if (*from > t.len)
        return false;
    int n = pcre2_match(code, (PCRE2_SPTR)t.at, t.len, *from, 0, r->data, r->limits);
    s->out->partial |= n < 0 && n != PCRE2_ERROR_NOMATCH;
    if (n < 0)
        return false;
    const PCRE2_SIZE *o = pcre2_get_ovector_pointer(r->data);
    *begin = o[0];
    *end = o[1];
    *from = o[1] > *from ? o[1] : *from + 1;
    return true;
}

static void each_match(struct scan *s, const struct shape *row, const pcre2_code *code)
{
    size_t from = 0, begin, end;
    while (s->each[row->rule] < SIGNAL_EACH && next(s, code, s->text, &from, &begin, &end))
        signal__propose(s, row, begin, end);
}

void signal__patterns(struct scan *s)
{
    struct room r;
    size_t n = 0;
    open_room(&r);
    s->room = &r;
    for (size_t f = 0; f < COUNT(families); f++)
        for (size_t i = 0; i < *families[f].count; i++, n++) {
            const struct shape *row = &families[f].rows[i];
            if (row->digits <= s->digits && signal_looks(row->rule, s->asked->where) &&
                signal__may_hold(s, row->needs))
                each_match(s, row, codes[n]);
        }
    if (signal_looks(SIGNAL_ENCODED, s->asked->where))
        signal__encoded(s);
    s->room = NULL;
    close_room(&r);
}

bool signal__says(struct scan *s, enum signal rule, struct text bytes)
{
    size_t n = 0;
    for (size_t f = 0; f < COUNT(families); f++)
        for (size_t i = 0; i < *families[f].count; i++, n++) {
            size_t from = 0, begin, end;
            if (families[f].rows[i].rule == rule &&
                next(s, codes[n], bytes, &from, &begin, &end))
                return true;
        }
    return false;
}
