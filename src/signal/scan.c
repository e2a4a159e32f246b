/* SPDX-License-Identifier: Apache-2.0 */
/* signal/scan.c — one text: everything that looks at it, and of what overlaps the one that
 * stays. */
#include "signal/internal.h"

#include <stdlib.h>
#include <string.h>

#define RAW_MOST 4000
#define PLAIN_MOST 64

void signal__note(struct scan *s, enum signal rule, size_t begin, size_t end, bool strong)
{
    if (s->each[rule] == SIGNAL_EACH || begin >= end) {
        s->out->partial |= begin < end;
        return;
    }
    s->each[rule]++;
    (void)LIST_ADD(&s->found, (struct signal_found){rule, begin, end, strong});
}

/* ---- what a pattern proposes
 * -------------------------------------------------------------------- */
static struct text plain_of(struct text raw, char out[PLAIN_MOST])
{
    size_t n = 0;
    for (size_t i = 0; i < raw.len && n < PLAIN_MOST; i++) {
        char c = raw.at[i];
        if (c >= 'a' && c <= 'z')
            out[n++] = (char)(c - 'a' + 'A');
        else if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
            out[n++] = c;
    }
    return (struct text){out, n};
}

static bool holds(const struct scan *s, const struct shape *row, enum when when, size_t begin,
                  size_t end)
{
    return when == ALWAYS || (when == NEAR && signal__near(s->text, begin, end, row->near));
}

void signal__propose(struct scan *s, const struct shape *row, size_t begin, size_t end)
{
    char plain[PLAIN_MOST];
    struct text raw = text_slice(s->text, begin, end);
    enum verdict v = row->check ? row->check(s, raw, plain_of(raw, plain)) : SHAPE;
    if (v == NO)
        return;
    if (v == RIGHT && holds(s, row, row->strong, begin, end))
        signal__note(s, row->rule, begin, end, true);
    else if (holds(s, row, row->weak, begin, end))
        signal__note(s, row->rule, begin, end, false);
}

/* ---- of what overlaps
 * --------------------------------------------------------------------------- */
static bool is_data(enum signal rule)
{
    enum signal_family f = signal_rules[rule].family;
    return f == SIGNAL_PERSON || f == SIGNAL_CONTACT || f == SIGNAL_SECRET;
}

static bool is_better(const struct signal_found *l, const struct signal_found *r)
{
    if (l->strong != r->strong)
        return l->strong;
    if (l->rule != r->rule)
        return l->rule < r->rule;
    return l->end - l->begin > r->end - r->begin;
}

static int best_first(const void *left, const void *right)
{
    const struct signal_found *l = left, *r = right;
    if (is_better(l, r) != is_better(r, l))
        return is_better(l, r) ? -1 : 1;
    return (l->begin > r->begin) - (l->begin < r->begin);
}

static int by_place(const void *left, const void *right)
{
    const struct signal_found *l = left, *r = right;
    if (l->begin != r->begin)
        return l->begin < r->begin ? -1 : 1;
    return (l->rule > r->rule) - (l->rule < r->rule);
}

/* Of data the places do not overlap; of one rule never, so that a hit is a place. */
static bool has_room(const struct signals *out, const struct signal_found *f)
{
    for (size_t i = 0; i < out->count; i++) {
        const struct signal_found *o = &out->at[i];
        bool rivals = o->rule == f->rule || (is_data(o->rule) && is_data(f->rule));
        if (rivals && f->begin < o->end && o->begin < f->end)
            return false;
    }
    return true;
}

static void settle(struct scan *s)
{
    struct signals *out = s->out;
    if (s->found.count)
        qsort(s->found.at, s->found.count, sizeof *s->found.at, best_first);
    for (size_t i = 0; i < s->found.count; i++) {
        if (!has_room(out, &s->found.at[i]))
            continue;
        if (out->count == SIGNAL_MOST) {
            out->partial = true;
            break;
        }
        out->at[out->count++] = s->found.at[i];
    }
    qsort(out->at, out->count, sizeof *out->at, by_place);
}

void signal_scan(struct arena *a, struct text text, const struct signal_asked *asked,
                 struct signals *out)
{
    struct scan s = {.arena = a,
                     .text =
                         text_slice(text, 0, text.len < SIGNAL_BYTES ? text.len : SIGNAL_BYTES),
                     .asked = asked,
                     .out = out,
                     .found = LIST_IN(a, RAW_MOST)};
    out->count = 0;
    out->partial = text.len > SIGNAL_BYTES;
    if (!text.len)
        return;
    for (size_t i = 0; i < s.text.len; i++)
        s.digits += s.text.at[i] >= '0' && s.text.at[i] <= '9';
    signal__gate_open(&s);
    signal__patterns(&s);
    signal__hidden(&s);
    signal__flood(&s);
    if (signal_looks(SIGNAL_CANARY, asked->where))
        signal__canary(&s);
    settle(&s);
}

size_t signal_hits(const struct signals *s, enum signal rule)
{
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        n += s->at[i].rule == rule;
    return n;
}
