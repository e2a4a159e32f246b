/* SPDX-License-Identifier: Apache-2.0 */
/* format/rich_inline.c — rich text within a line. A mark that opens nothing is a character like
 * any other; a search that found no end is not made again, so that the time grows with the
 * line. */
#include "format/format.h"
#include "format/rich_internal.h"

#define DEEP 4 /* emphasis in emphasis in a link */

struct run { /* one line, or what stands between two marks of it */
    struct rich_reading *reading;
    struct text t;
    size_t at, from; /* words from `from` on are not told yet */
    int depth;
    bool linked;                                    /* inside a link there is no other */
    bool no_strong, no_single, no_square, no_round; /* from here on there is no end of it */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_mark(char c)
{
    return c > ' ' && c < 127 && !is_letter(c) && !is_digit(c);
}

static char next_of(const struct run *u, size_t ahead)
{
    return u->at + ahead < u->t.len ? u->t.at[u->at + ahead] : '\0';
}

/* What was read as words is told; then it goes on at `to`. */
static void tell(struct run *u, size_t to)
{
    const struct rich_sink *s = u->reading->sink;
    if (u->at > u->from && s->words)
        s->words(s->arg, text_slice(u->t, u->from, u->at));
    u->at = u->from = to;
}

static bool within(struct run *u, struct text t, bool linked);

/* ---- emphasis ------------------------------------------------------------------------------
 */
static size_t stars(struct text t, size_t at)
{
    size_t n = 0;
    while (at + n < t.len && t.at[at + n] == '*')
        n++;
    return n;
}

/* Where the mark begins that ends what one or two stars opened; t.len: nowhere. */
static size_t closing(struct text t, size_t at, bool strong)
{
    while (at < t.len) {
        size_t n = stars(t, at);
        if (!n) {
            at += t.at[at] == '\\' ? 2 : 1;
            continue;
        }
        bool ends = n == 3 || n == (strong ? 2u : 1u);
        if (ends && !is_space(t.at[at - 1]))
            return at + n - (strong ? 2 : 1);
        at += n;
    }
    return t.len;
}

static bool emphasis(struct run *u)
{
    size_t n = stars(u->t, u->at), start = u->at + n;
    bool strong = n > 1, *none = strong ? &u->no_strong : &u->no_single;
    size_t end = u->t.len, width = strong ? 2 : 1;
    if (n <= 3 && start < u->t.len && !is_space(u->t.at[start]) && !*none) {
        end = closing(u->t, start, strong);
        *none = end == u->t.len;
    }
    if (end == u->t.len) {
        u->at = start;
        return true;
    }
    enum rich what = strong ? RICH_STRONG : RICH_EMPHASIS;
    struct text inside = text_slice(u->t, u->at + width, end);
    tell(u, end + width);
    rich__open(u->reading, what, 0, TEXT(""));
    bool good = within(u, inside, u->linked);
    rich__close(u->reading, what);
    return good;
}

/* ---- references ----------------------------------------------------------------------------
 */
static bool is_key(struct text t)
{
    size_t i = 0, digits;
    while (i < t.len && t.at[i] >= 'A' && t.at[i] <= 'Z')
        i++;
    if (i < 2 || i > 8 || i == t.len || t.at[i] != '-')
        return false;
    for (digits = ++i; i < t.len && is_digit(t.at[i]);)
        i++;
    return i == t.len && i > digits && i - digits <= 12;
}

static bool is_row(struct text t)
{
    bool good = t.len > 0 && t.len <= 40 && (is_letter(t.at[0]) || is_digit(t.at[0]));
    for (size_t i = 0; i < t.len && good; i++)
        good = is_letter(t.at[i]) || is_digit(t.at[i]) || t.at[i] == '.' || t.at[i] == '-' ||
               t.at[i] == '(' || t.at[i] == ')';
    return good;
}

static bool is_clause(struct text t)
{
    struct text framework = text_cut(&t, ':');
    bool good = framework.len > 0 && framework.len <= 40 && framework.at[0] != '-';
    for (size_t i = 0; i < framework.len && good; i++)
        good = (framework.at[i] >= 'a' && framework.at[i] <= 'z') ||
               is_digit(framework.at[i]) || framework.at[i] == '-';
    return good && is_row(t);
}

static bool reference(struct run *u)
{
    struct text rest = text_from(u->t, u->at + 2);
    ptrdiff_t end = text_search(rest, TEXT("]]"));
    struct text to = text_slice(rest, 0, end < 0 ? 0 : (size_t)end);
    bool key = is_key(to);
    if (!key && !is_clause(to))
        return rich__refuse(
            u->reading, "reference",
            SAID("a reference is written [[RSK-0001]] or [[iso-42001:6.1.2]]; a "
                 "bracket that is meant as one is written \\["));
    enum rich what = key ? RICH_RECORD : RICH_CLAUSE;
    tell(u, u->at + 2 + (size_t)end + 2);
    rich__open(u->reading, what, 0, to);
    rich__close(u->reading, what);
    return true;
}

/* ---- links ---------------------------------------------------------------------------------
 */
static bool begins(struct text t, const char *scheme)
{
    size_t i = 0;
    for (; scheme[i]; i++)
        if (i >= t.len || (is_letter(t.at[i]) ? t.at[i] | 32 : t.at[i]) != scheme[i])
            return false;
    return t.len > i && t.at[i] != '/';
}

static bool is_address(struct text t)
{
    bool good = t.len <= RICH_ADDRESS &&
                (begins(t, "http://") || begins(t, "https://") || begins(t, "mailto:"));
    for (size_t i = 0; i < t.len && good; i++) {
        char c = t.at[i];
        good = (unsigned char)c > 32 && c != 127 && c != '"' && c != '<' && c != '>' &&
               c != '\\' && c != '`';
    }
    return good;
}

static size_t find_square(struct text t, size_t at)
{
    while (at < t.len && t.at[at] != ']')
        at += t.at[at] == '\\' ? 2 : 1;
    return at < t.len ? at : t.len;
}

static bool link_to(struct run *u)
{
    size_t square = u->t.len, round = u->t.len;
    if (!u->linked && !u->no_square) {
        square = find_square(u->t, u->at + 1);
        u->no_square = square == u->t.len;
    }
    if (square + 1 < u->t.len && u->t.at[square + 1] == '(' && !u->no_round) {
        ptrdiff_t found = text_find(text_from(u->t, square + 2), ')');
        u->no_round = found < 0;
        round = found < 0 ? u->t.len : square + 2 + (size_t)found;
    }
    if (round == u->t.len) { /* a bracket like any other */
        u->at++;
        return true;
    }
    struct text words = text_slice(u->t, u->at + 1, square);
    struct text to = text_slice(u->t, square + 2, round);
    if (!text_trim(words).len || !is_address(to))
        return rich__refuse(u->reading, "link",
                            SAID("a link is written [words](https://…) and leads to http:, "
                                 "https: or mailto:"));
    tell(u, round + 1);
    rich__open(u->reading, RICH_LINK, 0, to);
    bool good = within(u, words, true);
    rich__close(u->reading, RICH_LINK);
    return good;
}

/* ---- one step ------------------------------------------------------------------------------
 */
static bool step(struct run *u)
{
    char c = u->t.at[u->at], next = next_of(u, 1);
    if (c == '\\' && is_mark(next)) {
        tell(u, u->at + 1);
        u->at++;
        return true;
    }
    if (c == '<' && (is_letter(next) || next == '/' || next == '!' || next == '?'))
        return rich__refuse(u->reading, "html",
                            SAID("HTML is not part of a text: leave it out, or write \\< where "
                                 "the character is meant"));
    if (c == '!' && next == '[' && next_of(u, 2) != '[')
        return rich__refuse(u->reading, "image",
                            SAID("pictures are not part of a text: leave them out, or choose a "
                                 "file"));
    if (c == '*')
        return emphasis(u);
    if (c == '[')
        return next == '[' ? reference(u) : link_to(u);
    u->at++;
    return true;
}

static bool run(struct run *u)
{
    while (u->at < u->t.len)
        if (!step(u))
            return false;
    tell(u, u->t.len);
    return true;
}

static bool within(struct run *u, struct text t, bool linked)
{
    struct run inside = {
        .reading = u->reading, .t = t, .depth = u->depth + 1, .linked = linked};
    if (inside.depth > DEEP)
        return rich__refuse(u->reading, "nesting",
                            SAID("emphasis stands in emphasis too many times"));
    return run(&inside);
}

bool rich__inline(struct rich_reading *r, struct text t)
{
    struct run u = {.reading = r, .t = t};
    return run(&u);
}
