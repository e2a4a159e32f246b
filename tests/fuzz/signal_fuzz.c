/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes, as a prompt and as an answer: findings lie within the text and in order, those of
 * data do not overlap, and the same text has the same findings again. */
#include "signal/signal.h"

#include <stdlib.h>
#include <string.h>

static bool is_data(enum signal rule)
{
    return signal_rules[rule].family <= SIGNAL_SECRET;
}

static void check(const struct signals *s, size_t size)
{
    size_t last = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct signal_found *f = &s->at[i];
        if (f->begin >= f->end || f->end > size || (i && f->begin < s->at[i - 1].begin))
            abort();
        if (is_data(f->rule) && f->begin < last)
            abort();
        if (is_data(f->rule))
            last = f->end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct text bytes = {(const char *)data, size},
                canary = text_slice(bytes, 0, size < 12 ? size : 12);
    for (int w = 0; w < 2; w++) {
        struct signal_asked asked = {(enum signal_where)w, &canary, 1};
        struct signals *first = NEW(a, struct signals), *again = NEW(a, struct signals);
        signal_scan(a, bytes, &asked, first);
        signal_scan(a, bytes, &asked, again);
        check(first, size);
        if (first->count != again->count ||
            memcmp(first->at, again->at, first->count * sizeof *first->at) != 0)
            abort();
        if (w == SIGNAL_RESPONSE && size >= 12 && !first->partial &&
            !signal_hits(first, SIGNAL_CANARY))
            abort();
    }
    arena_close(a);
    return 0;
}
