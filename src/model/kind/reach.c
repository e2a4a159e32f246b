/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/reach.c — questions about the graph of states and moves.
 * States are bits, so a set is one number. A state is dominated by a set when no path from the
 * start reaches it without passing through the set: that is where a field demanded at the set
 * is still demanded. */
#include "model/internal.h"

uint64_t model__reachable(const struct kind *k, uint64_t avoid)
{
    uint64_t seen = STATE_BIT(k->start) & ~avoid, before;
    do {
        before = seen;
        for (size_t i = 0; i < k->move_count; i++)
            if (k->moves[i].from & seen)
                seen |= STATE_BIT(k->moves[i].to) & ~avoid;
    } while (seen != before);
    return seen;
}

uint64_t model__dominated(const struct kind *k, uint64_t by)
{
    return model__reachable(k, 0) & ~model__reachable(k, by);
}

/* Automatic moves that follow one another for ever would keep the engine busy for ever. */
static bool turns_in_circles(const struct kind *k, size_t from)
{
    uint64_t seen = 0, before;
    do {
        before = seen;
        for (size_t i = 0; i < k->move_count; i++) {
            const struct move *m = &k->moves[i];
            if (m->automatic && m->on.len == 0 && !m->has_after &&
                m->take_count == 0 && /* needs values, which do not come by themselves */
                (m->from & (seen | STATE_BIT(from))))
                seen |= STATE_BIT(m->to);
        }
    } while (seen != before);
    return (seen & STATE_BIT(from)) != 0;
}

static bool has_way_out(const struct draft *d, size_t state)
{
    const struct kind *k = d->kind;
    for (size_t i = 0; i < k->move_count; i++)
        if (d->moves[i].source != NULL && (k->moves[i].from & STATE_BIT(state)))
            return true;
    return false;
}

void model__check_reach(struct loader *l, struct draft *d)
{
    const struct kind *k = d->kind;
    if (!d->sound)
        return;
    const struct json *of = json_get(json_get(d->source->root, "states"), "of");
    uint64_t reached = model__reachable(k, 0);
    for (size_t i = 0; i < k->state_count; i++) {
        const struct json *v = json_get(of, text_c(l->scrap, k->states[i].name));
        if (!(reached & STATE_BIT(i)) && v != NULL)
            model__mistake(l, v, "unreachable", "no moves lead to the state \"%.*s\"",
                           TEXT_ARG(k->states[i].name));
        if (!k->states[i].end && !has_way_out(d, i))
            model__mistake(l, v, "dead_end",
                           "nothing leads out of \"%.*s\" and it is not an end",
                           TEXT_ARG(k->states[i].name));
        if (turns_in_circles(k, i))
            model__mistake(l, v, "circle", "automatic moves lead from \"%.*s\" back to it",
                           TEXT_ARG(k->states[i].name));
    }
}
