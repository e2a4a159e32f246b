/* SPDX-License-Identifier: Apache-2.0 */
/* signal/hidden.c — characters that nobody sees and a model reads. Some have honest uses
 * (joined letters and emoji, flags, writing from right to left), and those are no finding. */
#include "signal/internal.h"

#define RUN 4 /* so many in a row spell something */

/* One code point from `at` on, and how many bytes it has; what is no UTF-8 is one byte. */
static uint32_t point_at(struct text t, size_t at, size_t *size)
{
    const unsigned char *c = (const unsigned char *)t.at + at;
    size_t n = c[0] < 0xC0 ? 1 : c[0] < 0xE0 ? 2 : c[0] < 0xF0 ? 3 : 4;
    uint32_t point = n == 1 ? c[0] : c[0] & (0xFFu >> (n + 1));
    *size = 1;
    if (n > t.len - at)
        return 0xFFFD;
    for (size_t i = 1; i < n; i++) {
        if ((c[i] & 0xC0) != 0x80)
            return 0xFFFD;
        point = point << 6 | (c[i] & 0x3F);
    }
    *size = n;
    return point;
}

static bool is_tag(uint32_t p)
{
    return p >= 0xE0001 && p <= 0xE007F;
}
static bool is_variation(uint32_t p)
{
    return (p >= 0xE0100 && p <= 0xE01EF) || (p >= 0xFE00 && p <= 0xFE0F);
}
/* Overrides, and embeddings of before there were isolates. */
static bool is_turn(uint32_t p)
{
    return p == 0x202D || p == 0x202E;
}
static bool is_nothing(uint32_t p)
{
    return (p >= 0x200B && p <= 0x200F) || (p >= 0x2060 && p <= 0x2064) || p == 0xFEFF ||
           p == 0x00AD || p == 0x180E || p == 0x115F || p == 0x3164;
}

static bool is_letter(struct text t, size_t at)
{
    return at < t.len &&
           ((t.at[at] >= 'a' && t.at[at] <= 'z') || (t.at[at] >= 'A' && t.at[at] <= 'Z'));
}

/* A run of characters of one sort that begins at `at`; its end. */
static size_t run_of(struct text t, size_t at, bool (*is)(uint32_t), size_t *count)
{
    size_t size;
    for (*count = 0; at < t.len && is(point_at(t, at, &size)); at += size)
        ++*count;
    return at;
}

/* A flag is a black flag and tags behind it. */
static bool is_flag(struct text t, size_t at)
{
    size_t size;
    return at >= 4 && point_at(t, at - 4, &size) == 0x1F3F4;
}

/* Where a finding at `at` ends; `at`: there is none. */
static size_t look(struct text t, size_t at, uint32_t p, bool *strong)
{
    size_t count, end = at;
    *strong = true;
    if (is_tag(p)) {
        end = run_of(t, at, is_tag, &count);
        return is_flag(t, at) && count <= 7 ? at : end;
    }
    if (is_variation(p)) {
        end = run_of(t, at, is_variation, &count);
        return count >= RUN ? end : at;
    }
    *strong = false;
    if (is_turn(p))
        return run_of(t, at, is_turn, &count);
    if (!is_nothing(p))
        return at;
    end = run_of(t, at, is_nothing, &count);
    /* Inside a word of Latin letters there is no use for one; a soft hyphen there has. */
    bool split = p != 0x00AD && at > 0 && is_letter(t, at - 1) && is_letter(t, end);
    return split || count >= RUN ? end : at;
}

void signal__hidden(struct scan *s)
{
    struct text t = s->text;
    size_t size;
    for (size_t at = 0; at < t.len; at += size) {
        uint32_t p = point_at(t, at, &size);
        bool strong;
        if (p < 0x80)
            continue;
        size_t end = look(t, at, p, &strong);
        if (end > at) {
            signal__note(s, SIGNAL_HIDDEN, at, end, strong);
            size = end - at;
        } else if (is_tag(p) || is_variation(p) || is_nothing(p)) {
            size_t count;
            end = run_of(t, at,
                         is_tag(p)         ? is_tag
                         : is_variation(p) ? is_variation
                                           : is_nothing,
                         &count);
            size = end > at ? end - at : size;
        }
    }
}
