/* SPDX-License-Identifier: Apache-2.0 */
/* signal/flood.c — the same again and again: a word, or a character. Lines and tables are drawn
 * with some characters, and those may. */
#include "signal/internal.h"

#include <string.h>

#define WORDS 30
#define BYTES 400

static bool draws(char c)
{
    return strchr("-=_*.#~+|/\\ \t\r\n", c) != NULL;
}

static void of_bytes(struct scan *s)
{
    struct text t = s->text;
    for (size_t i = 0, end; i < t.len; i = end) {
        for (end = i + 1; end < t.len && t.at[end] == t.at[i];)
            end++;
        if (end - i >= BYTES && !draws(t.at[i]))
            signal__note(s, SIGNAL_FLOOD, i, end, false);
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

void signal__flood(struct scan *s)
{
    struct text t = s->text, last = {t.at, 0};
    size_t begin = 0, count = 0, at = 0;
    while (at < t.len) {
        size_t end = at;
        while (end < t.len && !is_blank(t.at[end]))
            end++;
        struct text word = text_slice(t, at, end);
        bool same = word.len && text_same(word, last);
        if (!same && count >= WORDS)
            signal__note(s, SIGNAL_FLOOD, begin, (size_t)(last.at - t.at) + last.len, false);
        if (!same)
            begin = at, count = 0;
        count += word.len && !draws(word.at[0]);
        last = word;
        for (at = end; at < t.len && is_blank(t.at[at]);)
            at++;
        if (at == end && at < t.len)
            at++;
    }
    if (count >= WORDS)
        signal__note(s, SIGNAL_FLOOD, begin, (size_t)(last.at - t.at) + last.len, false);
    of_bytes(s);
}
