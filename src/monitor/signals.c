/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/signals.c — what is looked for in the texts of a call before they become a hash, when
 * the record of its system says so. What is kept of it is which rule, on which side, how often;
 * never a text, nor where in it. */
#include "monitor/internal.h"

#include <string.h>

#define DEPTH 16 /* of messages */

void signals__wished(struct arena *a, const struct record *system, struct wished *out)
{
    const struct json *on = record_value(system, TEXT("signals")),
                      *words = record_value(system, TEXT("canaries"));
    *out = (struct wished){.on = json_true(on),
                           .canaries = NEW_MANY(a, SIGNAL_CANARIES, struct text)};
    if (!out->on || !words || words->type != JSON_LIST)
        return;
    for (const struct json *w = words->first; w && out->count < SIGNAL_CANARIES; w = w->next)
        out->canaries[out->count++] = text_copy(a, json_text(w));
}

/* ---- one call
 * ----------------------------------------------------------------------------------- */
static void put_found(struct json_out *o, enum signal_where where, const struct signals *s)
{
    for (int r = 0; r < SIGNAL_COUNT; r++) {
        size_t hits = signal_hits(s, (enum signal)r), strong = 0;
        for (size_t i = 0; i < s->count; i++)
            strong += s->at[i].rule == (enum signal)r && s->at[i].strong;
        if (!hits)
            continue;
        json_open(o, '{');
        json_key(o, "rule");
        json_put_text(o, signal_rules[r].id);
        json_key(o, "where");
        json_put_c(o, signal_where_name(where));
        json_key(o, "n");
        json_put_integer(o, (int64_t)hits);
        json_key(o, "strong");
        json_put_integer(o, (int64_t)strong);
        json_close(o, '}');
    }
}

/* Messages of a conversation come as JSON: what is said in them, without who and which. */
static void add_said(struct buf *b, const struct json *v, int depth)
{
    static const struct text left[] = {
        {"role", 4}, {"type", 4}, {"id", 2}, {"name", 4}, {"finish_reason", 13}};
    if (v->type == JSON_TEXT && !text_among(left, COUNT(left), v->key)) {
        buf_add(b, v->text);
        buf_add_byte(b, '\n');
    }
    if (depth && (v->type == JSON_LIST || v->type == JSON_OBJECT))
        for (const struct json *one = v->first; one; one = one->next)
            add_said(b, one, depth - 1);
}

static struct text said_in(struct call *call, struct arena *scrap, struct text t)
{
    static const struct json_limits limits = {EVENT_LINE, DEPTH, 20000};
    struct call *quiet = call_beside(scrap, call);
    struct buf b = buf_in(scrap, 2 * EVENT_LINE);
    const struct json *v;
    if (!t.len || (t.at[0] != '[' && t.at[0] != '{') || json_read(quiet, t, &limits, &v) != OK)
        return t;
    add_said(&b, v, DEPTH);
    return buf_text(&b);
}

/* "prompt", "response", or both, then what was found in them. */
void signals__look(struct call *call, struct arena *scrap, const struct wished *w,
                   const struct event *e, struct journal_item *item)
{
    const struct text *texts[] = {&e->prompt, &e->response};
    struct buf sides = buf_in(scrap, 100), found = buf_in(scrap, 64 << 10);
    struct json_out in = json_out(&sides), out = json_out(&found);
    json_open(&in, '[');
    json_open(&out, '[');
    for (int side = 0; side < 2; side++) {
        struct signal_asked asked = {(enum signal_where)side, w->canaries, w->count};
        struct signals *s = NEW(scrap, struct signals);
        if (!texts[side]->at)
            continue;
        json_put_c(&in, signal_where_name((enum signal_where)side));
        signal_scan(scrap, said_in(call, scrap, *texts[side]), &asked, s);
        put_found(&out, (enum signal_where)side, s);
    }
    json_close(&in, ']');
    json_close(&out, ']');
    if (!e->prompt.at && !e->response.at)
        return;
    item->came = item->line;
    item->line =
        journal_added(call->arena, item->came,
                      text_print(scrap, "%.*s,\"signals\":%.*s", TEXT_ARG(buf_text(&sides)),
                                 TEXT_ARG(buf_text(&found))));
}

/* ---- many calls
 * ---------------------------------------------------------------------------------- */
static void take_found(struct signalled *s, const struct json *found, bool *there)
{
    const struct json *n = json_get(found, "n"), *strong = json_get(found, "strong");
    enum signal rule;
    if (!signal_named(json_text(json_get(found, "rule")), &rule) || !n ||
        n->type != JSON_INTEGER || n->integer < 1)
        return;
    struct signalled_by *by = &s->by[rule];
    by->calls += !there[rule];
    there[rule] = true;
    by->hits += n->integer;
    by->strong += strong && strong->type == JSON_INTEGER ? strong->integer : 0;
}

void signals__take(struct signalled *s, const struct json *line)
{
    const struct json *sides = json_get(line, JOURNAL_ADDED),
                      *found = json_get(line, "signals");
    bool there[SIGNAL_COUNT] = {false};
    if (!sides || sides->type != JSON_LIST)
        return;
    s->calls++;
    for (const struct json *v = sides->first; v; v = v->next) {
        s->texts[SIGNAL_PROMPT] += text_is(json_text(v), "prompt");
        s->texts[SIGNAL_RESPONSE] += text_is(json_text(v), "response");
    }
    if (found && found->type == JSON_LIST)
        for (const struct json *v = found->first; v; v = v->next)
            take_found(s, v, there);
}

int64_t signalled_of(const struct signalled *s, enum signal rule)
{
    bool prompt = signal_looks(rule, SIGNAL_PROMPT),
         response = signal_looks(rule, SIGNAL_RESPONSE);
    return prompt && response ? s->calls : s->texts[prompt ? SIGNAL_PROMPT : SIGNAL_RESPONSE];
}
