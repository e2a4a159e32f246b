/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/event.c — one line of JSON to an event. The members are a table, so that what is
 * asked of them is read in one place; members that are not in it are kept as they came. */
#include "monitor/internal.h"

#include <math.h>
#include <string.h>

static const struct json_limits line_limits = {EVENT_LINE, 8, 4000};

/* Of one event; so the sum of all that are measured at once is a whole number, exactly. */
#define AMOUNT_MOST 1000000000000

#define P (1u << EVENT_PREDICTION)
#define B (1u << EVENT_LABEL)
#define L (1u << EVENT_LLM)
#define E (1u << EVENT_EVALUATION)
#define R (1u << EVENT_REVIEW)
#define F (1u << EVENT_FEEDBACK)
#define O (1u << EVENT_OUTCOME)
#define S (1u << EVENT_STOP)
#define ALL (P | B | L | E | R | F | O | S)

static const struct rule {
    const char *name;
    enum shape shape;
    unsigned of, must; /* kinds that have it, and that must */
    size_t most;
    const char *words;
} rules[] = {
    {"v", SHAPE_ONE, ALL, ALL, 0, NULL},
    {"id", SHAPE_TEXT, ALL, P | L | S, 200, NULL},
    {"ref", SHAPE_TEXT, B | E | R | F | O | S, B | E | R | F | O | S, 200, NULL},
    {"system", SHAPE_TEXT, ALL, ALL, 500, NULL},
    {"ts", SHAPE_MOMENT, ALL, ALL, 0, NULL},
    {"version", SHAPE_TEXT, ALL, 0, 100, NULL},
    {"env", SHAPE_TEXT, ALL, 0, 50, NULL},
    {"task", SHAPE_WORD, P, P, 0, "binary multiclass regression"},
    {"pred_class", SHAPE_CLASS, P, 0, 200, NULL},
    {"score", SHAPE_NUMBER, P | E, 0, 0, NULL},
    {"threshold", SHAPE_NUMBER, P, 0, 0, NULL},
    {"value", SHAPE_NUMBER, P | B, 0, 0, NULL},
    {"protected", SHAPE_VALUES, P, 0, 20, NULL},
    {"features", SHAPE_VALUES, P, 0, 500, NULL},
    {"segment", SHAPE_VALUES, P, 0, 20, NULL},
    {"subject", SHAPE_TEXT, ALL, 0, 200, NULL},
    {"trace_id", SHAPE_TEXT, ALL, 0, 100, NULL},
    {"latency_ms", SHAPE_AMOUNT, P | L, 0, 0, NULL},
    {"reviewable", SHAPE_YES_NO, P | L, 0, 0, NULL},
    {"label", SHAPE_CLASS, B | E, 0, 200, NULL},
    {"label_source", SHAPE_TEXT, B, 0, 100, NULL},
    {"provider", SHAPE_TEXT, L, 0, 100, NULL},
    {"model", SHAPE_TEXT, L, 0, 200, NULL},
    {"operation", SHAPE_TEXT, L, 0, 100, NULL},
    {"usage", SHAPE_AMOUNTS, L, 0, 20, NULL},
    {"ttft_ms", SHAPE_AMOUNT, L, 0, 0, NULL},
    {"finish", SHAPE_TEXT, L, 0, 100, NULL},
    {"error", SHAPE_TEXT, L, 0, 200, NULL},
    {"prompt", SHAPE_CONTENT, L, 0, 0, NULL},
    {"response", SHAPE_CONTENT, L, 0, 0, NULL},
    {"prompt_sha256", SHAPE_HASH, L, 0, 0, NULL},
    {"response_sha256", SHAPE_HASH, L, 0, 0, NULL},
    {"name", SHAPE_TEXT, E, E, 100, NULL},
    {"evaluator", SHAPE_TEXT, E, 0, 200, NULL},
    {"reviewer", SHAPE_TEXT, R, R, 200, NULL},
    {"decision", SHAPE_TEXT, R, R, 50, NULL},
    {"reason_code", SHAPE_TEXT, R, 0, 50, NULL},
    {"dwell_ms", SHAPE_AMOUNT, R, 0, 0, NULL},
    {"polarity", SHAPE_SIGN, F, F, 0, NULL},
    {"channel", SHAPE_TEXT, F, 0, 50, NULL},
    {"appeal", SHAPE_TEXT, O, 0, 50, NULL},
};

bool event__member(enum event_kind kind, struct text name, enum shape *shape)
{
    for (size_t i = 0; i < COUNT(rules); i++)
        if (text_is(name, rules[i].name) && rules[i].of & (1u << kind)) {
            *shape = rules[i].shape;
            return true;
        }
    return false;
}

static enum err wrong(struct call *call, const char *member, const char *code,
                      const char *words)
{
    return problem(call, ERR_INVALID, text_of(member), code, "%s: %s", member,
                   say(call, words));
}

/* ---- one member
 * ------------------------------------------------------------------------------ */
static bool is_number(const struct json *v)
{
    return v->type == JSON_INTEGER || v->type == JSON_NUMBER;
}

static enum err check_text(struct call *call, const struct rule *r, const struct json *v)
{
    if (v->type != JSON_TEXT)
        return wrong(call, r->name, "type", SAID("must be a text"));
    if (!shown_any(v->text) || !shown_fit(v->text, false))
        return wrong(call, r->name, "text", SAID("must be one line of visible characters"));
    if (v->text.len > r->most)
        return wrong(call, r->name, "too_long", SAID("is longer than allowed"));
    return OK;
}

static bool is_word(const char *words, struct text t)
{
    struct text all = text_of(words);
    while (all.len)
        if (text_same(text_cut(&all, ' '), t))
            return true;
    return false;
}

static bool is_scalar(const struct json *v)
{
    return v->type != JSON_LIST && v->type != JSON_OBJECT;
}

/* Objects of which each member is a value; names are as long as texts. */
static enum err check_values(struct call *call, const struct rule *r, const struct json *v)
{
    if (v->type != JSON_OBJECT)
        return wrong(call, r->name, "type", SAID("must be an object"));
    if (v->count > r->most)
        return wrong(call, r->name, "too_many", SAID("has more members than allowed"));
    for (const struct json *one = v->first; one; one = one->next) {
        bool amount = one->type == JSON_INTEGER && one->integer >= 0;
        if (one->key.len > 200 || (one->type == JSON_TEXT && one->text.len > 1000))
            return wrong(call, r->name, "too_long", SAID("is longer than allowed"));
        if (r->shape == SHAPE_AMOUNTS ? !amount && one->type != JSON_NULL : !is_scalar(one))
            return wrong(call, r->name, "type",
                         r->shape == SHAPE_AMOUNTS
                             ? SAID("must have whole numbers, 0 or more")
                             : SAID("must have numbers, texts, true, false or null"));
        if (r->shape == SHAPE_AMOUNTS && amount && one->integer > AMOUNT_MOST)
            return wrong(call, r->name, "range", SAID("must not be above 1,000,000,000,000"));
    }
    return OK;
}

static enum err check_number(struct call *call, const struct rule *r, const struct json *v)
{
    if (!is_number(v) || !isfinite(v->number))
        return wrong(call, r->name, "type", SAID("must be a number"));
    if (r->shape == SHAPE_AMOUNT && v->number < 0)
        return wrong(call, r->name, "range", SAID("must not be below 0"));
    if (r->shape == SHAPE_SIGN && v->number != -1 && v->number != 0 && v->number != 1)
        return wrong(call, r->name, "range", SAID("must be -1, 0 or 1"));
    return OK;
}

static bool is_hash(struct text t)
{
    bool good = t.len == 64;
    for (size_t i = 0; i < t.len && good; i++)
        good = (t.at[i] >= '0' && t.at[i] <= '9') || (t.at[i] >= 'a' && t.at[i] <= 'f');
    return good;
}

static enum err check_class(struct call *call, const struct rule *r, const struct json *v)
{
    if (v->type == JSON_TEXT)
        return check_text(call, r, v);
    if (v->type == JSON_INTEGER || v->type == JSON_TRUE || v->type == JSON_FALSE)
        return OK;
    return wrong(call, r->name, "type", SAID("must be a whole number, a text, true or false"));
}

static enum err check_member(struct call *call, const struct rule *r, const struct json *v)
{
    int64_t moment;
    switch (r->shape) {
    case SHAPE_ONE:
        return v->type == JSON_INTEGER && v->integer == 1
                   ? OK
                   : wrong(call, r->name, "version",
                           SAID("must be 1, the version of this format"));
    case SHAPE_TEXT:
        return check_text(call, r, v);
    case SHAPE_MOMENT:
        return v->type == JSON_TEXT && moment_read(v->text, &moment)
                   ? OK
                   : wrong(call, r->name, "moment",
                           SAID("must be a time like 2026-11-23T09:30:00Z"));
    case SHAPE_WORD:
        return v->type == JSON_TEXT && is_word(r->words, v->text)
                   ? OK
                   : problem(call, ERR_INVALID, text_of(r->name), "unknown",
                             say(call, "%s: must be one of %s"), r->name, r->words);
    case SHAPE_NUMBER:
    case SHAPE_AMOUNT:
    case SHAPE_SIGN:
        return check_number(call, r, v);
    case SHAPE_CLASS:
        return check_class(call, r, v);
    case SHAPE_YES_NO:
        return v->type == JSON_TRUE || v->type == JSON_FALSE
                   ? OK
                   : wrong(call, r->name, "type", SAID("must be true or false"));
    case SHAPE_HASH:
        return is_hash(json_text(v)) ? OK
                                     : wrong(call, r->name, "hash",
                                             SAID("must be a SHA-256 in small hex digits"));
    case SHAPE_CONTENT:
        return v->type == JSON_TEXT ? OK : wrong(call, r->name, "type", SAID("must be a text"));
    case SHAPE_AMOUNTS:
    case SHAPE_VALUES:
        return check_values(call, r, v);
    }
    return OK;
}

/* null is as if it were not there. */
static const struct json *member(const struct json *line, const char *name)
{
    const struct json *v = json_get(line, name);
    return v && v->type != JSON_NULL ? v : NULL;
}

static enum err check_members(struct call *call, const struct json *line, enum event_kind kind)
{
    enum err worst = OK;
    for (size_t i = 0; i < COUNT(rules); i++) {
        const struct json *v = member(line, rules[i].name);
        unsigned mine = 1u << kind;
        if (v && rules[i].of & mine && check_member(call, &rules[i], v) != OK)
            worst = ERR_INVALID;
        if (!v && rules[i].must & mine)
            worst = wrong(call, rules[i].name, "required", SAID("is missing"));
    }
    return worst;
}

/* ---- members together
 * ------------------------------------------------------------------------ */
static bool is_bit(const struct json *v)
{
    return v->type == JSON_TRUE || v->type == JSON_FALSE ||
           (v->type == JSON_INTEGER && (v->integer == 0 || v->integer == 1));
}

static enum err check_prediction(struct call *call, const struct json *line)
{
    struct text task = json_text(json_get(line, "task"));
    const struct json *class = member(line, "pred_class"), *score = member(line, "score");
    if (text_is(task, "regression"))
        return member(line, "value") ? OK
                                     : wrong(call, "value", "required", SAID("is missing"));
    if (!class)
        return wrong(call, "pred_class", "required", SAID("is missing"));
    if (!text_is(task, "binary"))
        return OK;
    if (!is_bit(class))
        return wrong(call, "pred_class", "range", SAID("must be 0 or 1"));
    if (score && !(score->number >= 0 && score->number <= 1))
        return wrong(call, "score", "range", SAID("must be from 0 to 1"));
    return OK;
}

static enum err check_together(struct call *call, const struct json *line, enum event_kind kind,
                               int64_t at)
{
    if (at > call->now + EVENT_AHEAD)
        return wrong(call, "ts", "future", SAID("is more than a day ahead"));
    if (kind == EVENT_PREDICTION)
        return check_prediction(call, line);
    if (kind == EVENT_LABEL && !member(line, "label") && !member(line, "value"))
        return wrong(call, "label", "required", SAID("is missing"));
    return OK;
}

/* ---- what is kept
 * ---------------------------------------------------------------------------- */
static void put_hashed(struct json_out *o, struct call *call, const struct json *v)
{
    struct hash h = sha256(v->text);
    json_key_text(o, text_join(call->arena, v->key, TEXT("_sha256")));
    json_put_text(o, hex_of(call->arena, hash_text(&h)));
    json_key_text(o, text_join(call->arena, v->key, TEXT("_bytes")));
    json_put_integer(o, (int64_t)v->text.len);
}

/* What is said of signals is said here: who sends it is not believed. */
static bool is_ours(struct text key)
{
    return text_is(key, JOURNAL_ADDED) || text_is(key, "signals");
}

static bool has_ours(const struct json *line)
{
    return json_get(line, JOURNAL_ADDED) || json_get(line, "signals");
}

/* Who asked a model what, and what it said, is nobody's to keep unless they decided to: a hash
 * can still prove it to whoever has the text. */
static struct text without_content(struct call *call, const struct json *line)
{
    struct buf b = buf_in(call->arena, 2 * EVENT_LINE);
    struct json_out o = json_out(&b);
    const struct json *content[2] = {member(line, "prompt"), member(line, "response")};
    json_open(&o, '{');
    for (const struct json *v = line->first; v; v = v->next) {
        bool hashed = (content[0] &&
                       (text_is(v->key, "prompt_sha256") || text_is(v->key, "prompt_bytes"))) ||
                      (content[1] && (text_is(v->key, "response_sha256") ||
                                      text_is(v->key, "response_bytes")));
        if (v == content[0] || v == content[1])
            put_hashed(&o, call, v);
        else if (!hashed && !is_ours(v->key)) {
            json_key_text(&o, v->key);
            json_put_json(&o, v);
        }
    }
    json_close(&o, '}');
    return buf_text(&b);
}

enum event_kind event__kind(struct text word)
{
#define X(name, its_word, own)                                                                 \
    if (text_is(word, its_word))                                                               \
        return EVENT_##name;
    EVENT_KINDS(X)
#undef X
    return EVENT_NONE;
}

enum err event_read(struct call *call, struct text line, struct event *out)
{
    const struct json *v;
    if (line.len > EVENT_LINE)
        return problem(call, ERR_TOO_LARGE, TEXT(""), "too_large",
                       say(call, "an event has at most %zu bytes"), EVENT_LINE);
    TRY(json_read(call, line, &line_limits, &v));
    if (v->type != JSON_OBJECT)
        return problem(call, ERR_INVALID, TEXT(""), "type", "%s",
                       say(call, "an event is a JSON object"));
    *out = (struct event){.kind = event__kind(json_text(json_get(v, "kind")))};
    if (out->kind == EVENT_NONE)
        return problem(call, ERR_INVALID, TEXT("kind"), "unknown", "%s",
                       say(call,
                           "kind: must be one of prediction, label, llm, evaluation, review, "
                           "feedback, outcome and stop"));
    TRY(check_members(call, v, out->kind));
    (void)moment_read(json_text(json_get(v, "ts")), &out->at);
    TRY(check_together(call, v, out->kind, out->at));
    out->id = json_text(member(v, "id"));
    out->ref = json_text(member(v, "ref"));
    out->system = json_text(json_get(v, "system"));
    out->line = line;
    if (out->kind != EVENT_LLM)
        return OK;
    const struct json *prompt = member(v, "prompt"), *response = member(v, "response");
    if (prompt)
        out->prompt = prompt->text;
    if (response)
        out->response = response->text;
    if (prompt || response || has_ours(v))
        out->line = without_content(call, v);
    return OK;
}
