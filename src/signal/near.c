/* SPDX-License-Identifier: Apache-2.0 */
/* signal/near.c — words beside a finding: a number is a social security number because
 * somebody calls it so. */
#include "signal/internal.h"

#define BEFORE 48 /* bytes that are looked at */
#define AFTER 24

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The word stands at the beginning of `t`, and ends there too, unless it ends in '*' or is not
 * of our letters. */
static bool stands(struct text t, struct text word)
{
    bool open = word.len && word.at[word.len - 1] == '*';
    word.len -= open;
    if (t.len < word.len)
        return false;
    for (size_t i = 0; i < word.len; i++)
        if (small(t.at[i]) != word.at[i])
            return false;
    return open || t.len == word.len || !is_letter(word.at[word.len - 1]) ||
           !is_letter(t.at[word.len]);
}

static bool any_in(struct text window, char before, const char *words)
{
    for (size_t i = 0; i < window.len; i++) {
        char previous = i ? window.at[i - 1] : before;
        struct text all = text_of(words);
        if (is_letter(previous) && is_letter(window.at[i]))
            continue;
        while (all.len)
            if (stands(text_from(window, i), text_cut(&all, '|')))
                return true;
    }
    return false;
}

bool signal__near(struct text text, size_t begin, size_t end, const char *words)
{
    size_t from = begin > BEFORE ? begin - BEFORE : 0,
           to = end + AFTER < text.len ? end + AFTER : text.len;
    return any_in(text_slice(text, from, begin), from ? text.at[from - 1] : ' ', words) ||
           any_in(text_slice(text, end, to), ' ', words);
}
