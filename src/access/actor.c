/* SPDX-License-Identifier: Apache-2.0 */
/* access/actor.c — who acts: the two that are no people, and what an actor holds.
 * Holding a role is never a matter of being an administrator: admin is a role like any other
 * and gives nothing of the business. */
#include "access/internal.h"

static const struct actor command = {.type = ACTOR_COMMAND,
                                     .id = {"command", 7},
                                     .person = {"", 0},
                                     .name = {"command line", 12},
                                     .email = {"", 0},
                                     .unit = {"", 0},
                                     .all = true,
                                     .session = {"", 0},
                                     .csrf = {"", 0},
                                     .scopes = {"", 0}};
static const struct actor engine = {.type = ACTOR_SYSTEM,
                                    .id = {"system", 6},
                                    .person = {"", 0},
                                    .name = {"Aimwell", 7},
                                    .email = {"", 0},
                                    .unit = {"", 0},
                                    .all = true,
                                    .session = {"", 0},
                                    .csrf = {"", 0},
                                    .scopes = {"", 0}};

static const struct actor stranger = {.type = ACTOR_PUBLIC,
                                      .id = {"public", 6},
                                      .person = {"", 0},
                                      .name = {"", 0},
                                      .email = {"", 0},
                                      .unit = {"", 0},
                                      .all = true, /* of what record/public.c lets through */
                                      .session = {"", 0},
                                      .csrf = {"", 0},
                                      .scopes = {"", 0}};

const char *actor_word(enum actor_type type)
{
    static const char *const words[] = {[ACTOR_USER] = "user",
                                        [ACTOR_TOKEN] = "token",
                                        [ACTOR_COMMAND] = "command",
                                        [ACTOR_SYSTEM] = "system",
                                        [ACTOR_PUBLIC] = "public"};
    return words[type];
}

static const struct actor *in_language(struct call *call, const struct actor *from)
{
    struct actor *a = NEW(call->arena, struct actor);
    *a = *from;
    a->lang = call->lang;
    return a;
}

const struct actor *actor_command(struct call *call)
{
    return in_language(call, &command);
}

const struct actor *actor_system(struct call *call)
{
    return in_language(call, &engine);
}

const struct actor *actor_public(struct call *call)
{
    return in_language(call, &stranger);
}

const struct actor *actor_command_for(struct call *call, const struct person *p)
{
    struct actor *a = NEW(call->arena, struct actor);
    *a = command;
    a->lang = call->lang;
    a->person = p->id;
    return a;
}

struct text actor_for(const struct actor *a)
{
    if (a != NULL && a->type == ACTOR_USER)
        return a->stands_for.len > 0 ? a->stands_for : TEXT("");
    return a == NULL || a->type == ACTOR_SYSTEM ? TEXT("") : a->person;
}

static bool covers(const struct grant *g, const struct text *covering, size_t count)
{
    if (g->unit.len == 0)
        return true;
    for (size_t i = 0; i < count; i++)
        if (text_same(g->unit, covering[i]))
            return true;
    return false;
}

bool actor_holds(const struct actor *a, struct text role, const struct text *covering,
                 size_t covering_count)
{
    for (size_t i = 0; a != NULL && i < a->grant_count; i++)
        if (text_same(a->grants[i].role, role) &&
            covers(&a->grants[i], covering, covering_count))
            return true;
    return false;
}

bool actor_holds_anywhere(const struct actor *a, struct text role)
{
    for (size_t i = 0; a != NULL && i < a->grant_count; i++)
        if (text_same(a->grants[i].role, role))
            return true;
    return false;
}

bool actor_reads_by(const struct actor *a, struct text role)
{
    for (size_t i = 0; a != NULL && i < a->grant_count + a->lent_count; i++)
        if (text_same(a->grants[i].role, role))
            return true;
    return false;
}

static bool named(const struct actor *a, const struct who_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->one[i].role.len > 0 && actor_holds_anywhere(a, list->one[i].role))
            return true;
    return false;
}

bool actor_takes_part(const struct actor *a, const struct kind *k)
{
    if (a->all || actor_holds_anywhere(a, ROLE_STAFF) || named(a, &k->create) ||
        named(a, &k->change))
        return true;
    for (size_t i = 0; i < k->move_count; i++)
        for (size_t n = 0; n < k->moves[i].step_count; n++)
            if (named(a, &k->moves[i].steps[n].by))
                return true;
    return false;
}

bool actor_in_scope(const struct actor *a, struct text word, struct text thing)
{
    struct text rest = a->scopes;
    while (rest.len > 0) {
        struct text on = text_trim(text_cut(&rest, ','));
        if (text_same(text_cut(&on, ':'), word) &&
            (thing.len == 0 || text_is(on, "*") || text_same(on, thing)))
            return true;
    }
    return false;
}

bool access__manages(const struct actor *a)
{
    return a != NULL && (a->all || a->admin);
}

enum err access__denied(struct call *call)
{
    return problem(call, ERR_DENIED, TEXT(""), "denied", "%s",
                   say(call, "this is not yours to do"));
}

enum err access_needs_fresh(struct call *call)
{
    return access__needs_fresh(call);
}

enum err access__needs_fresh(struct call *call)
{
    const struct actor *a = call->actor;
    if (a != NULL && a->all)
        return OK;
    if (a == NULL || a->type != ACTOR_USER)
        return problem(call, ERR_DENIED, TEXT(""), "person", "%s",
                       say(call, "only a signed-in person can do this"));
    if (a->fresh_until > call->now)
        return OK;
    return problem(call, ERR_DENIED, TEXT(""), "fresh", "%s",
                   say(call, "confirm with your password first"));
}
