/* SPDX-License-Identifier: Apache-2.0 */
/* signal/gate.c — which three bytes stand next to each other in a text, as a table of bits: a
 * word of which one triple is missing is not there, and a pattern that needs it need not be
 * tried. It may say that a word is there which is not, and never the other way. */
#include "signal/internal.h"

#define BITS 65536u

static unsigned char small(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static unsigned gram(const char *at)
{
    unsigned all = (unsigned)small(at[0]) << 16 | (unsigned)small(at[1]) << 8 | small(at[2]);
    return all * 2654435761u >> 16;
}

void signal__gate_open(struct scan *s)
{
    s->grams = NEW_MANY(s->arena, BITS / 8, unsigned char);
    for (size_t i = 0; i + 3 <= s->text.len; i++) {
        unsigned g = gram(s->text.at + i);
        s->grams[g >> 3] |= (unsigned char)(1u << (g & 7));
    }
}

static bool may_hold(const struct scan *s, struct text word)
{
    for (size_t i = 0; i + 3 <= word.len; i++) {
        unsigned g = gram(word.at + i);
        if (!(s->grams[g >> 3] & 1u << (g & 7)))
            return false;
    }
    return true; /* of a shorter one nothing is known */
}

bool signal__may_hold(const struct scan *s, const char *words)
{
    struct text all = text_of(words);
    bool any = words == NULL;
    while (all.len && !any)
        any = may_hold(s, text_cut(&all, '|'));
    return any;
}
