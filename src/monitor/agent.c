/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/agent.c — what agents did: calls of tools, and the agents that made them, from the
 * events of a period. They are no calls of language models and are not counted among these: the
 * span of an agent often repeats the tokens of the calls below it. Who called a tool is said by
 * its event, or by one above it. What the calls are held against: catalogue.c. */
#include "monitor/internal.h"

#define NAME_MOST 200 /* bytes, as of ids and references */
#define ABOVE_MOST 16 /* events that are followed upwards */

struct node { /* any call, so that those below it find their agent */
    struct text agent, parent;
};
struct acting {
    struct call *call;
    struct map *ids;
    struct nodes LIST_OF(struct node) nodes;
    struct steps LIST_OF(struct tool_call) steps;
    int64_t invoked, invoked_failed;
};

struct acting *agent__begin(struct call *call)
{
    struct acting *a = NEW(call->arena, struct acting);
    *a = (struct acting){.call = call,
                         .ids = map_in(call->arena),
                         .nodes = LIST_IN(call->arena, OBSERVE_MOST),
                         .steps = LIST_IN(call->arena, OBSERVE_MOST)};
    return a;
}

/* These are kept as they came: what is longer than any name is none. */
static struct text member(struct acting *a, const struct json *line, const char *name)
{
    struct text t = json_text(json_get(line, name));
    return t.len > NAME_MOST ? TEXT("") : text_copy(a->call->arena, t);
}

static bool among(struct text operation, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(operation, words[i]))
            return true;
    return false;
}

bool agent__is_act(const struct json *line)
{
    static const char *const acts[] = {"execute_tool", "invoke_agent", "create_agent",
                                       "invoke_workflow"};
    return among(json_text(json_get(line, "operation")), acts, COUNT(acts));
}

/* Where somebody stands above: of any time, as a call may begin before the period. */
bool agent__note(struct acting *a, const struct json *line)
{
    struct node n = {member(a, line, "agent"), member(a, line, "parent")};
    if (!n.agent.len && !n.parent.len)
        return true;
    return LIST_ADD(&a->nodes, n) &&
           (map_add(a->ids, member(a, line, "id"), a->nodes.count - 1) || true);
}

bool agent__take(struct acting *a, const struct json *line, int64_t at)
{
    struct text operation = json_text(json_get(line, "operation"));
    const struct json *error = json_get(line, "error");
    bool failed = error && error->type != JSON_NULL && error->type != JSON_FALSE;
    if (text_is(operation, "invoke_agent")) {
        a->invoked++;
        a->invoked_failed += failed;
    }
    if (!text_is(operation, "execute_tool"))
        return true;
    struct tool_call s = {.at = at, .failed = failed};
    s.agent = member(a, line, "agent");
    s.parent = member(a, line, "parent");
    s.tool = member(a, line, "tool");
    s.reference = member(a, line, "reference");
    return LIST_ADD(&a->steps, s);
}

static struct text agent_above(struct acting *a, struct text parent)
{
    size_t at;
    for (int i = 0; i < ABOVE_MOST && parent.len && map_find(a->ids, parent, &at); i++) {
        if (a->nodes.at[at].agent.len)
            return a->nodes.at[at].agent;
        parent = a->nodes.at[at].parent;
    }
    return TEXT("");
}

void agent__end(struct acting *a, struct agent_acts *out)
{
    for (size_t i = 0; i < a->steps.count; i++)
        if (!a->steps.at[i].agent.len)
            a->steps.at[i].agent = agent_above(a, a->steps.at[i].parent);
    *out = (struct agent_acts){.invoked = a->invoked,
                               .invoked_failed = a->invoked_failed,
                               .steps = a->steps.at,
                               .step_count = a->steps.count};
}
