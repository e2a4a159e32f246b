/* SPDX-License-Identifier: Apache-2.0 */
/* api/figures.c — figures as JSON, and those of language models that have more than one value.
 * docs/measures.md says what each is. */
#include "api/internal.h"

void put__figure(struct json_out *o, const char *key, struct figure f)
{
    json_key(o, key);
    if (f.known)
        json_put_number(o, f.value);
    else
        json_put_null(o);
}

void put__interval(struct json_out *o, struct interval i)
{
    put__figure(o, "low", (struct figure){i.known, i.low});
    put__figure(o, "high", (struct figure){i.known, i.high});
}

static void put_share(struct json_out *o, struct measure_share s)
{
    json_open(o, '{');
    put__figure(o, "value", measure_value(s));
    put__interval(o, measure_wilson(s, MEASURE_Z95));
    put__integer(o, "of", s.of);
    json_close(o, '}');
}

void put__share(struct json_out *o, const char *key, int64_t events, int64_t of)
{
    json_key(o, key);
    put_share(o, (struct measure_share){events, of});
}

void put__share_of(struct json_out *o, struct text key, struct measure_share s)
{
    json_key_text(o, key);
    put_share(o, s);
}

/* ---- cost
 * -------------------------------------------------------------------------------------- */
static void put_amount(struct exchange *x, __int128 n)
{
    put__text(&x->json_out, "amount", cost_print(x->call->arena, n));
}

static void put_used(struct json_out *o, const struct used *u)
{
    put__integer(o, "calls", u->calls);
    put__integer(o, "input", u->input);
    put__integer(o, "output", u->output);
    put__integer(o, "cache_read", u->cache_read);
    put__integer(o, "cache_creation", u->cache_creation);
}

static void put_sums(struct exchange *x, const char *key, const struct cost_sent *sums,
                     size_t count)
{
    struct json_out *o = &x->json_out;
    json_key(o, key);
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__text(o, "currency", sums[i].currency);
        put_amount(x, sums[i].total);
        put__integer(o, "calls", sums[i].calls);
        json_close(o, '}');
    }
    json_close(o, ']');
}

/* By which list, and which version of it: a figure follows the lists in force. */
static void put_line(struct exchange *x, const struct cost_line *l)
{
    struct json_out *o = &x->json_out;
    json_open(o, '{');
    put__or_null(o, "provider", l->used.provider);
    put__or_null(o, "model", l->used.model);
    put_used(o, &l->used);
    if (l->list) {
        put__text(o, "currency", json_text(record_value(l->list, TEXT("currency"))));
        put_amount(x, l->total);
        put__text(o, "list", l->list->key);
        put__integer(o, "list_version", l->list->version);
        put__text(o, "valid_from", json_text(record_value(l->list, TEXT("valid_from"))));
    } else {
        json_key(o, "list");
        json_put_null(o);
    }
    json_close(o, '}');
}

void put__cost(struct exchange *x, const struct cost *c)
{
    struct json_out *o = &x->json_out;
    json_key(o, "cost");
    json_open(o, '{');
    put_sums(x, "currencies", c->currencies, c->currency_count);
    json_key(o, "models");
    json_open(o, '[');
    for (size_t i = 0; i < c->line_count; i++)
        put_line(x, &c->lines[i]);
    json_close(o, ']');
    put__bool(o, "capped", c->capped);
    json_key(o, "unpriced");
    json_open(o, '{');
    put_used(o, &c->unpriced);
    json_close(o, '}');
    put__integer(o, "unmetered", c->unmetered);
    put_sums(x, "sent", c->sent, c->sent_count);
    put__integer(o, "sent_unread", c->unread);
    json_close(o, '}');
}

/* ---- agents
 * ------------------------------------------------------------------------------------- */
static const char *verdict_word(enum tool_verdict v)
{
    static const char *const words[] = {
#define X(name, word) [TOOL_##name] = word,
        TOOL_VERDICTS(X)
#undef X
    };
    return words[v];
}

static void put_tool(struct json_out *o, const struct tool_line *l)
{
    static const char *const tiers[] = {[TOOL_UNLISTED] = "not_listed",
                                        [TOOL_HUMAN] = "human",
                                        [TOOL_CONSENT] = "consent",
                                        [TOOL_ALONE] = "alone"};
    json_open(o, '{');
    put__or_null(o, "tool", l->tool);
    put__or_null(o, "agent", l->agent ? l->agent->key : TEXT(""));
    put__or_null(o, "tier", l->held ? text_of(tiers[l->tier]) : TEXT(""));
    put__integer(o, "calls", l->calls);
    put__integer(o, "failed", l->failed);
    put__integer(o, "violations", l->against);
    put__integer(o, "not_told", l->not_told);
    json_close(o, '}');
}

static void put_catalogues(struct json_out *o, const struct agent_figures *f)
{
    json_key(o, "agents");
    json_open(o, '[');
    for (size_t i = 0; i < f->agent_count; i++) {
        const struct record *a = f->agents[i];
        const struct state *s = &a->kind->states[a->state];
        json_open(o, '{');
        put__text(o, "agent", a->key);
        put__text(o, "title", json_text(record_value(a, TEXT("title"))));
        put__integer(o, "version", a->version);
        put__bool(o, "in_force", s->rest && !s->end);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static int64_t put_violations(struct json_out *o, const struct agent_figures *f)
{
    int64_t all = 0;
    json_key(o, "violations");
    json_open(o, '{');
    for (int v = TOOL_NOT_LISTED; v < TOOL_VERDICT_COUNT; v++) {
        put__integer(o, verdict_word((enum tool_verdict)v), f->verdicts[v]);
        all += f->verdicts[v];
    }
    put__integer(o, "all", all);
    json_close(o, '}');
    return all;
}

static void put_approvals(struct json_out *o, const struct agent_figures *f)
{
    json_key(o, "approvals");
    json_open(o, '{');
    put__integer(o, "asked", f->asked);
    put__integer(o, "granted", f->granted);
    put__integer(o, "refused", f->refused);
    put__integer(o, "timed_out", f->timed_out);
    put__integer(o, "waiting", f->waiting);
    json_close(o, '}');
}

static void put_not_told(struct json_out *o, const struct agent_figures *f)
{
    json_key(o, "not_told");
    json_open(o, '{');
    put__integer(o, "agent", f->no_agent);
    put__integer(o, "not_in_force", f->not_in_force);
    put__integer(o, "tool", f->no_tool);
    put__integer(o, "consent", f->no_reference);
    put__integer(o, "all", f->verdicts[TOOL_NOT_TOLD]);
    json_close(o, '}');
}

void put__agents(struct json_out *o, const struct agent_figures *f)
{
    json_key(o, "agent");
    if (!f->invoked && !f->calls && !f->asked && !f->agent_count) {
        json_put_null(o);
        return;
    }
    json_open(o, '{');
    put_catalogues(o, f);
    put__integer(o, "invocations", f->invoked);
    put__integer(o, "invocations_failed", f->invoked_failed);
    put__integer(o, "tool_calls", f->calls);
    put__integer(o, "tool_calls_failed", f->failed);
    json_key(o, "tools");
    json_open(o, '[');
    for (size_t i = 0; i < f->tool_count; i++)
        put_tool(o, &f->tools[i]);
    json_close(o, ']');
    put_approvals(o, f);
    int64_t against = put_violations(o, f);
    put__share(o, "violation_rate", against, f->calls - f->verdicts[TOOL_NOT_TOLD]);
    put_not_told(o, f);
    put__integer(o, "same_reference", f->again);
    put__bool(o, "capped", f->capped);
    json_close(o, '}');
}

/* ---- agreement
 * ---------------------------------------------------------------------------------- */
static void put_agreed(struct json_out *o, const struct agreed_by *a)
{
    json_open(o, '{');
    put__text(o, "evaluator", a->evaluator);
    put__or_null(o, "with", a->with);
    put__integer(o, "n", a->n);
    put__integer(o, "same", a->same);
    put__integer(o, "undecided", a->undecided);
    put__figure(o, "observed", a->figures.observed);
    put__figure(o, "expected", a->figures.expected);
    put__figure(o, "kappa", a->figures.kappa);
    put__interval(o, a->figures.kappa_interval);
    put__bool(o, "too_many_labels", a->too_many);
    json_close(o, '}');
}

void put__people(struct json_out *o, const struct judged_by *j)
{
    json_key(o, "people");
    json_open(o, '{');
    put__integer(o, "n", j->by_people);
    put__integer(o, "failed", j->failed_by_people);
    put__share(o, "fail_rate", j->failed_by_people, j->by_people);
    put__integer(o, "undecided", j->undecided);
    json_close(o, '}');
    json_key(o, "agreement");
    json_open(o, '[');
    for (size_t i = 0; i < j->agreed_count; i++)
        put_agreed(o, &j->agreed[i]);
    json_close(o, ']');
    put__integer(o, "not_compared", j->not_compared);
}
