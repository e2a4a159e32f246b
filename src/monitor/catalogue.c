/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/catalogue.c — what agents did, held against what they may do: the actions of the
 * agent records in force now, and the cases by which people agreed. Of a call only its tool is
 * told, so a tool is held against the row of it that allows most; and whether people agreed is
 * told only where the call names the reference under which it was asked. What cannot be told is
 * counted as that, and is no violation. */
#include "monitor/internal.h"

#define AGENTS_MOST 100
#define CASES_PAGE 1000
#define CASES_MOST 20000

struct approval {
    int64_t decided; /* moment; 0: nobody has */
    bool agreed, second;
    size_t used; /* calls that named it */
};
struct holding {
    struct call *call, *engine;
    struct records *records;
    struct reader *db;
    const struct record *system;
    const struct period *period;
    struct record_list agents;
    struct map *references;
    struct approvals LIST_OF(struct approval) approvals;
    struct agent_figures *out;
};

static struct text said(const struct record *rec, const char *field)
{
    return json_text(record_value(rec, text_of(field)));
}

/* ---- agents
 * ------------------------------------------------------------------------------------- */
static enum err read_agents(struct holding *h)
{
    const struct kind *k = record_model(h->records)->agent_kind;
    struct filter by = {TEXT("system"), h->system->id};
    struct list_query q = {.filters = &by, .filter_count = 1, .limit = AGENTS_MOST};
    return k ? record_list(h->engine, h->records, h->db, k, &q, &h->agents) : OK;
}

static bool in_force(const struct record *rec)
{
    const struct state *s = &rec->kind->states[rec->state];
    return s->rest && !s->end;
}

/* By its key, its id elsewhere or its name. An event that names no agent is of the one that the
 * system has, when it has one. */
static const struct record *agent_of(const struct holding *h, struct text name)
{
    const struct record_list *all = &h->agents;
    if (!name.len)
        return all->count == 1 ? all->items[0] : NULL;
    for (size_t i = 0; i < all->count; i++)
        if (text_same(all->items[i]->key, name) ||
            text_same(said(all->items[i], "external_id"), name) ||
            text_same(said(all->items[i], "title"), name))
            return all->items[i];
    return NULL;
}

static enum tool_tier tier_of_row(struct text how)
{
    if (text_ends(how, "_human"))
        return TOOL_HUMAN;
    return text_ends(how, "_consent") ? TOOL_CONSENT : TOOL_ALONE;
}

/* Of several rows the one that allows most; *people: how many must agree, at least. */
static enum tool_tier tier_of(const struct record *agent, struct text tool, int64_t *people)
{
    const struct json *rows = record_value(agent, TEXT("actions"));
    enum tool_tier best = TOOL_UNLISTED;
    *people = 0;
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
        const struct json *n = json_get(row, "people");
        if (!text_same(json_text(json_get(row, "tool")), tool))
            continue;
        enum tool_tier tier = tier_of_row(json_text(json_get(row, "how")));
        int64_t asked = n && n->type == JSON_INTEGER ? n->integer : 1;
        if (tier == TOOL_CONSENT && (best != TOOL_CONSENT || asked < *people))
            *people = asked;
        best = tier > best ? tier : best;
    }
    return best;
}

/* ---- cases
 * ------------------------------------------------------------------------------------- */
static bool asked_then(const struct holding *h, const struct record *rec)
{
    int64_t at;
    return moment_read(said(rec, "created_at"), &at) && at >= h->period->from &&
           (!h->period->to || at < h->period->to);
}

static void count_case(struct holding *h, const struct record *rec, bool decided, bool agreed)
{
    struct agent_figures *f = h->out;
    if (!text_is(said(rec, "what"), "action") || !asked_then(h, rec))
        return;
    f->asked++;
    f->granted += decided && agreed;
    f->refused += decided && !agreed;
    f->timed_out += !decided && said(rec, "timed_out_at").len > 0;
    f->waiting +=
        !decided && !said(rec, "timed_out_at").len && !rec->kind->states[rec->state].end;
}

/* What takes effect after an objection is another question: here it is who agreed before. */
static void take_case(struct holding *h, const struct record *rec)
{
    struct approval a = {.second = json_true(record_value(rec, TEXT("second")))};
    struct text decision = said(rec, "decision"), reference = said(rec, "reference");
    bool decided = moment_read(said(rec, "decided_at"), &a.decided);
    a.agreed = decided && !text_is(decision, "refuse");
    count_case(h, rec, decided, a.agreed);
    if (reference.len && map_add(h->references, reference, h->approvals.count))
        (void)LIST_ADD(&h->approvals, a);
}

static enum err read_cases(struct holding *h)
{
    const struct kind *k = record_model(h->records)->review_kind;
    struct filter by = {TEXT("system"), h->system->id};
    struct list_query q = {
        .filters = &by, .filter_count = 1, .limit = CASES_PAGE, .sort = TEXT("-created_at")};
    struct record_list page;
    for (int64_t n = 0; k && n < CASES_MOST; n += CASES_PAGE) {
        TRY(record_list(h->engine, h->records, h->db, k, &q, &page));
        for (size_t i = 0; i < page.count; i++)
            take_case(h, page.items[i]);
        if (!page.next.len)
            return OK;
        q.cursor = page.next;
    }
    h->out->capped = h->out->capped || k != NULL;
    return OK;
}

/* ---- one call of a tool
 * ------------------------------------------------------------------------- */
static enum tool_verdict consent_of(struct holding *h, const struct tool_call *s,
                                    int64_t people)
{
    size_t at;
    if (!s->reference.len)
        return TOOL_NOT_TOLD;
    if (!map_find(h->references, s->reference, &at))
        return h->out->capped ? TOOL_NOT_TOLD : TOOL_NO_CASE;
    struct approval *a = &h->approvals.at[at];
    h->out->again += a->used++ > 0;
    if (!a->decided || a->decided > s->at)
        return TOOL_UNDECIDED;
    if (!a->agreed)
        return TOOL_REFUSED;
    return people > 1 && !a->second ? TOOL_TOO_FEW : TOOL_FINE;
}

static enum tool_verdict verdict_of(struct holding *h, const struct tool_call *s,
                                    enum tool_tier tier, int64_t people)
{
    switch (tier) {
    case TOOL_ALONE:
        return TOOL_FINE;
    case TOOL_CONSENT:
        return consent_of(h, s, people);
    case TOOL_HUMAN:
        return TOOL_BY_AGENT;
    case TOOL_UNLISTED:
        return TOOL_NOT_LISTED;
    }
    return TOOL_NOT_TOLD;
}

static struct tool_line *line_of(struct agent_figures *f, const struct record *agent,
                                 struct text tool)
{
    for (size_t i = 0; i < f->tool_count; i++)
        if (f->tools[i].agent == agent && text_same(f->tools[i].tool, tool))
            return &f->tools[i];
    if (f->tool_count == TOOLS_MOST) {
        f->capped = true;
        return NULL;
    }
    f->tools[f->tool_count] = (struct tool_line){.agent = agent, .tool = tool};
    return &f->tools[f->tool_count++];
}

static void hold(struct holding *h, const struct tool_call *s)
{
    struct agent_figures *f = h->out;
    const struct record *agent = agent_of(h, s->agent);
    bool held = agent && in_force(agent) && s->tool.len;
    int64_t people = 0;
    enum tool_tier tier = held ? tier_of(agent, s->tool, &people) : TOOL_UNLISTED;
    enum tool_verdict v = held ? verdict_of(h, s, tier, people) : TOOL_NOT_TOLD;
    struct tool_line *l = line_of(f, agent, s->tool);
    f->calls++;
    f->failed += s->failed;
    f->no_agent += agent == NULL;
    f->not_in_force += agent != NULL && !in_force(agent);
    f->no_tool += agent != NULL && in_force(agent) && !s->tool.len;
    f->no_reference += held && v == TOOL_NOT_TOLD;
    f->verdicts[v]++;
    if (l == NULL)
        return;
    l->calls++;
    l->failed += s->failed;
    l->held = held;
    l->tier = tier;
    l->against += v != TOOL_FINE && v != TOOL_NOT_TOLD;
    l->not_told += v == TOOL_NOT_TOLD;
}

enum err monitor_agents(struct call *call, struct records *r, struct reader *db,
                        const struct record *system, const struct period *period,
                        const struct agent_acts *acted, struct agent_figures *out)
{
    struct holding h = {.call = call,
                        .engine = call_beside(call->arena, call),
                        .records = r,
                        .db = db,
                        .system = system,
                        .period = period,
                        .references = map_in(call->arena),
                        .approvals = LIST_IN(call->arena, CASES_MOST),
                        .out = out};
    *out = (struct agent_figures){.invoked = acted->invoked,
                                  .invoked_failed = acted->invoked_failed,
                                  .tools = NEW_MANY(call->arena, TOOLS_MOST, struct tool_line)};
    h.engine->actor = actor_system(call);
    TRY(read_agents(&h));
    TRY(read_cases(&h));
    out->agents = h.agents.items;
    out->agent_count = h.agents.count;
    for (size_t i = 0; i < acted->step_count; i++)
        hold(&h, &acted->steps[i]);
    return OK;
}
