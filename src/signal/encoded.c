/* SPDX-License-Identifier: Apache-2.0 */
/* signal/encoded.c — instructions in a dress: base64 that decodes to them (one level), and
 * words spelt with blanks between their letters. */
#include "signal/internal.h"

#define LEAST 24 /* characters of base64 that can say anything */
#define DECODED 4096
#define SPELT 10   /* letters alone, one after the other */
#define LOOKED 200 /* runs of one text */

static int value_of(char c)
{
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+' || c == '-' ? 62
           : c == '/' || c == '_' ? 63
                                  : -1;
}

static struct text decode(struct text t, char *out)
{
    size_t n = 0;
    uint32_t bits = 0;
    for (size_t i = 0, held = 0; i < t.len && n < DECODED; i++) {
        bits = bits << 6 | (uint32_t)value_of(t.at[i]);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[n++] = (char)(bits >> held & 0xFF);
        }
    }
    return (struct text){out, n};
}

static bool instructs(struct scan *s, struct text t)
{
    return signal__says(s, SIGNAL_OVERRIDE, t) || signal__says(s, SIGNAL_REVEAL, t) ||
           signal__says(s, SIGNAL_TASK, t);
}

static void base64(struct scan *s)
{
    char out[DECODED];
    struct text t = s->text;
    size_t looked = 0;
    for (size_t i = 0, end; i < t.len; i = end + 1) {
        for (end = i; end < t.len && value_of(t.at[end]) >= 0;)
            end++;
        if (end - i < LEAST)
            continue;
        if (++looked > LOOKED) {
            s->out->partial = true;
            return;
        }
        if (instructs(s, decode(text_slice(t, i, end), out)))
            signal__note(s, SIGNAL_ENCODED, i, end, false);
    }
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static void spelt(struct scan *s)
{
    struct text t = s->text;
    for (size_t i = 0, end; i < t.len; i = end + 1) {
        size_t count = 0;
        end = i;
        if (i && is_letter(t.at[i - 1]))
            continue;
        for (; end < t.len && is_letter(t.at[end]) &&
               (end + 1 == t.len || !is_letter(t.at[end + 1]));
             count++)
            end += end + 1 < t.len && (t.at[end + 1] == ' ' || t.at[end + 1] == '.') ? 2 : 1;
        if (count >= SPELT)
            signal__note(s, SIGNAL_ENCODED, i, end < t.len ? end : t.len, false);
    }
}

void signal__encoded(struct scan *s)
{
    base64(s);
    spelt(s);
}
