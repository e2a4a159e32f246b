/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/signal/look.h — one text looked at. */
#ifndef SIGNAL_LOOK_H
#define SIGNAL_LOOK_H

#include "../base/unit.h"
#include "signal/signal.h"

static inline struct signals *looked(struct arena *a, struct text t, enum signal_where where)
{
    struct signals *out = NEW(a, struct signals);
    signal_scan(a, t, &(struct signal_asked){.where = where}, out);
    return out;
}

/* "pii.card+ pii.email": what was found, in order; + is strong. */
static inline const char *found_in(struct arena *a, const char *text, enum signal_where where)
{
    struct signals *s = looked(a, text_of(text), where);
    struct buf b = buf_in(a, 10000);
    for (size_t i = 0; i < s->count; i++) {
        buf_add_c(&b, i ? " " : "");
        buf_add(&b, signal_rules[s->at[i].rule].id);
        buf_add_c(&b, s->at[i].strong ? "+" : "");
    }
    return text_c(a, buf_text(&b));
}
#endif
