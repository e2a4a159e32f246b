/* SPDX-License-Identifier: Apache-2.0 */
/* signal/rules.c — the table of the rules by name, and the figures that were measured. */
#include "signal/internal.h"
#include "signal/figures.h"

#define FAMILY_PERSON SIGNAL_PERSON
#define FAMILY_CONTACT SIGNAL_CONTACT
#define FAMILY_SECRET SIGNAL_SECRET
#define FAMILY_INJECTION SIGNAL_INJECTION
#define FAMILY_LEAK SIGNAL_LEAK
#define FAMILY_CONDUCT SIGNAL_CONDUCTED

const struct signal_rule signal_rules[SIGNAL_COUNT] = {
#define X(name, id, family, title, strong)                                                     \
    [SIGNAL_##name] = {{id, sizeof id - 1}, FAMILY_##family, title, strong},
    SIGNALS(X)
#undef X
};

const char *signal_family_name(enum signal_family f)
{
    static const char *const names[] = {
        [SIGNAL_PERSON] = "person", [SIGNAL_CONTACT] = "contact",
        [SIGNAL_SECRET] = "secret", [SIGNAL_INJECTION] = "injection",
        [SIGNAL_LEAK] = "leak",     [SIGNAL_CONDUCTED] = "conduct"};
    return names[f];
}

bool signal_named(struct text id, enum signal *out)
{
    for (int i = 0; i < SIGNAL_COUNT; i++)
        if (text_same(signal_rules[i].id, id)) {
            *out = (enum signal)i;
            return true;
        }
    return false;
}

const char *signal_where_name(enum signal_where w)
{
    return w == SIGNAL_PROMPT ? "prompt" : "response";
}

/* Attempts are made by whoever asks; what went out, and what was refused, is in the answer. */
bool signal_looks(enum signal rule, enum signal_where where)
{
    enum signal_family f = signal_rules[rule].family;
    if (f == SIGNAL_INJECTION && rule != SIGNAL_HIDDEN)
        return where == SIGNAL_PROMPT;
    if (f == SIGNAL_LEAK || rule == SIGNAL_REFUSAL)
        return where == SIGNAL_RESPONSE;
    return true;
}

const struct signal_figure signal_figures[] = {
#define X(set, part, rule, tp, fp, fn, tn) {set, part, rule, tp, fp, fn, tn},
    SIGNAL_FIGURES(X)
#undef X
};
const size_t signal_figure_count = COUNT(signal_figures);
