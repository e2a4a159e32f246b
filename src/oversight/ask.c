/* SPDX-License-Identifier: Apache-2.0 */
/* oversight/ask.c — a program asks whether a result may take effect. Which results wait for a
 * person is said by the plan of oversight in force; a case is found again by the reference that
 * the program gave, so that asking twice makes one. */
#include "oversight/oversight.h"

#include <string.h>

#define TESTS_READ 100 /* that wait for their time in one system, of which one is due */

const char *review_answer_word(enum review_answer a)
{
    static const char *const words[] = {
        [REVIEW_WAIT] = "wait",     [REVIEW_GO] = "go",     [REVIEW_CHANGED] = "changed",
        [REVIEW_REFUSE] = "refuse", [REVIEW_HOLD] = "hold", [REVIEW_STOP] = "stop"};
    return words[a];
}

static struct text said(const struct record *rec, const char *field)
{
    return json_text(record_value(rec, text_of(field)));
}

/* Programs act for nobody: what they ask is looked up, and kept, by the engine. */
static struct call *engine_of(struct call *call)
{
    struct call *engine = call_beside(call->arena, call);
    engine->actor = actor_system(call);
    return engine;
}

/* ---- the case
 * --------------------------------------------------------------------------------------- */
/* Unique within the register, whatever the reference is made of. `salt`: "", unless another
 * case has that already. */
static struct text own_id(struct call *call, const struct record *system, struct text reference,
                          struct text salt)
{
    struct hash h =
        sha256(text_print(call->arena, "%.*s%.*s", TEXT_ARG(salt), TEXT_ARG(reference)));
    return text_print(call->arena, "%.*s:%.32s", TEXT_ARG(system->key),
                      hex_of(call->arena, hash_text(&h)).at);
}

/* The record of the kind whose field is that; NULL: none. */
static enum err find(struct call *call, struct records *r, struct reader *db,
                     const struct kind *k, const char *field, struct text value,
                     struct record **out)
{
    struct filter by = {text_of(field), value};
    struct list_query q = {.filters = &by, .filter_count = 1, .limit = 1};
    struct record_list list;
    *out = NULL;
    if (k == NULL)
        return OK;
    TRY(record_list(engine_of(call), r, db, k, &q, &list));
    *out = list.count ? list.items[0] : NULL;
    return OK;
}

/* The case that a program asked about under this reference, and by which id it is found or is
 * to be made. A test that happens to have the same reference is not its. */
static enum err find_case(struct call *call, struct records *r, struct reader *db,
                          const struct record *system, struct text reference, struct text *own,
                          struct record **out)
{
    const struct model *m = record_model(r);
    struct record *test = NULL;
    *own = own_id(call, system, reference, TEXT(""));
    TRY(find(call, r, db, m->review_kind, "external_id", *own, out));
    if (*out != NULL)
        TRY(find(call, r, db, m->review_test_kind, "case_made", (*out)->id, &test));
    if (test == NULL)
        return OK;
    *own = own_id(call, system, reference, TEXT("real\n"));
    return find(call, r, db, m->review_kind, "external_id", *own, out);
}

static void answer_of(const struct record *system, struct record *rec, struct review_reply *out)
{
    struct text outcome = said(rec, "outcome");
    enum review_answer a = REVIEW_WAIT;
    for (enum review_answer i = REVIEW_GO; i <= REVIEW_HOLD; i++)
        if (text_is(outcome, review_answer_word(i)))
            a = i;
    *out = (struct review_reply){.answer = a, .rec = rec, .fresh = out->fresh};
    out->fallback = said(rec, "timed_out_at").len > 0 && !said(rec, "decided_at").len;
    if (a == REVIEW_CHANGED)
        out->changed_to =
            said(rec, "appeal_to").len ? said(rec, "appeal_to") : said(rec, "changed_to");
    if (rec->kind->states[rec->state].end && a == REVIEW_WAIT)
        out->answer = REVIEW_REFUSE; /* withdrawn here: nobody will decide it */
    if (!oversight_runs(system))
        out->answer = REVIEW_STOP;
}

/* ---- the plan ----------------------------------------------------------------------------
 */
static struct text resting(struct call *call, const struct kind *k)
{
    struct buf b = buf_in(call->arena, 4096);
    for (size_t i = 0; i < k->state_count; i++)
        if (k->states[i].rest && !k->states[i].end)
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(k->states[i].name));
    return buf_text(&b);
}

static enum err plan_of(struct call *call, struct records *r, struct reader *db,
                        const struct record *system, struct record **out)
{
    const struct kind *k = record_model(r)->review_plan_kind;
    *out = NULL;
    if (k == NULL)
        return OK;
    struct filter by[] = {{TEXT("system"), system->id}, {TEXT("state"), resting(call, k)}};
    struct list_query q = {
        .filters = by, .filter_count = COUNT(by), .limit = 1, .sort = TEXT("-updated_at")};
    struct record_list list;
    TRY(record_list(engine_of(call), r, db, k, &q, &list));
    *out = list.count ? list.items[0] : NULL;
    return OK;
}

/* A number from 0 up to 1 that follows from the plan, its version and the reference alone, so
 * that anybody who has these can draw the lot again. */
static double lot_of(struct call *call, const struct record *plan, struct text reference)
{
    struct hash h =
        sha256(text_print(call->arena, "%.*s v%lld %.*s", TEXT_ARG(plan->key),
                          (long long)plan->version, TEXT_ARG(reference)));
    uint32_t n = (uint32_t)h.byte[0] << 24 | (uint32_t)h.byte[1] << 16 |
                 (uint32_t)h.byte[2] << 8 | h.byte[3];
    return (double)n / 4294967296.0;
}

static bool is_unsure(const struct record *plan, const struct json *score)
{
    const struct json *low = record_value(plan, TEXT("queue_low")),
                      *high = record_value(plan, TEXT("queue_high"));
    if (score == NULL || low == NULL || high == NULL)
        return true;
    return score->number >= low->number && score->number <= high->number;
}

/* Why it waits for a person; NULL: it does not. */
static const char *drawn(struct call *call, const struct record *plan, const struct json *body)
{
    struct text draws = plan ? said(plan, "queue_draws") : TEXT("");
    const struct json *share = plan ? record_value(plan, TEXT("queue_share")) : NULL;
    if (json_true(json_get(body, "ask")) || !draws.len)
        return "asked";
    if (text_is(draws, "every"))
        return "every";
    if (!text_is(draws, "sample") && is_unsure(plan, json_get(body, "ai_score")))
        return "sure";
    if (share != NULL && !text_is(draws, "unsure") &&
        lot_of(call, plan, json_text(json_get(body, "reference"))) * 100 <
            (double)share->integer)
        return "sample";
    return NULL;
}

/* ---- what is sent
 * ----------------------------------------------------------------------------------- */
static const char *const sent[] = {"reference",  "title",    "what",       "system_version",
                                   "input",      "ai_verdict", "ai_score", "ai_reasons",
                                   "fallback",   "second"};
static const char *const beside[] = {"within", "ask"};

static bool among(const char *const *names, size_t count, struct text name)
{
    for (size_t i = 0; i < count; i++)
        if (text_is(name, names[i]))
            return true;
    return false;
}

static enum err wrong(struct call *call, struct text field, const char *code, const char *words)
{
    return problem(call, ERR_INVALID, field, code, "%s", words);
}

static enum err check_within(struct call *call, const struct json *v)
{
    if (v == NULL || (v->type == JSON_INTEGER && v->integer >= 1 &&
                      v->integer <= REVIEW_MINUTES_MOST))
        return OK;
    return problem(call, ERR_INVALID, TEXT("within"), "range",
                   say(call, "must be minutes, from 1 to %d"), REVIEW_MINUTES_MOST);
}

/* What the register itself does not judge: which members there are, and those that it has not. */
static enum err check_sent(struct call *call, const struct json *body)
{
    enum err worst = OK;
    const struct json *ask = json_get(body, "ask"), *score = json_get(body, "ai_score");
    for (const struct json *v = body->first; v; v = v->next)
        if (!among(sent, COUNT(sent), v->key) && !among(beside, COUNT(beside), v->key))
            worst = wrong(call, v->key, "unknown", say(call, "is not known here"));
    for (size_t i = 0; i < 2; i++) {
        const char *must = i ? "ai_verdict" : "reference";
        if (!shown_any(json_text(json_get(body, must))))
            worst = wrong(call, text_of(must), "required", say(call, "is missing"));
    }
    if (!shown_fit(json_text(json_get(body, "reference")), false))
        worst = wrong(call, TEXT("reference"), "characters",
                      say(call, "has characters that cannot be seen"));
    if (ask != NULL && ask->type != JSON_TRUE && ask->type != JSON_FALSE)
        worst = wrong(call, TEXT("ask"), "type", say(call, "is of the wrong type"));
    if (score != NULL && score->type != JSON_NUMBER && score->type != JSON_INTEGER)
        worst = wrong(call, TEXT("ai_score"), "type", say(call, "is of the wrong type"));
    return check_within(call, json_get(body, "within")) == OK ? worst : ERR_INVALID;
}

/* The plan says how long, and what then; where it is silent, the program. */
static int64_t minutes_of(const struct record *plan, const struct json *body)
{
    const struct json *planned = plan ? record_value(plan, TEXT("queue_minutes")) : NULL,
                      *asked = json_get(body, "within");
    return planned ? planned->integer : asked ? asked->integer : REVIEW_MINUTES;
}

static void put(struct json_out *o, const char *name, struct text value)
{
    json_key(o, name);
    json_put_text(o, value);
}

static bool planned(const struct record *plan, const char *field)
{
    return plan && json_true(record_value(plan, text_of(field)));
}

/* So long before its time is over a case that nobody took goes to those above; at once, when
 * there is no more time than that. */
static void put_time(struct call *call, struct json_out *o, const struct record *plan,
                     const struct json *body)
{
    const struct json *up = plan ? record_value(plan, TEXT("queue_up_minutes")) : NULL;
    int64_t minutes = minutes_of(plan, body), before = up ? up->integer : 0;
    put(o, "decide_by", moment_print(call->arena, call->now + minutes * 60 * 1000000));
    if (up)
        put(o, "hand_up_at",
            moment_print(call->arena,
                         call->now + (minutes > before ? minutes - before : 0) * 60 * 1000000));
}

static void put_sent(struct json_out *o, const struct json *body, const struct record *plan)
{
    for (size_t i = 0; i < COUNT(sent); i++) {
        const struct json *v = json_get(body, sent[i]);
        bool said_by_plan = (!strcmp(sent[i], "fallback") && plan &&
                             said(plan, "queue_fallback").len) ||
                            (!strcmp(sent[i], "second") && planned(plan, "queue_second"));
        if (v == NULL || v->type == JSON_NULL || said_by_plan)
            continue;
        json_key(o, sent[i]);
        json_put_json(o, v);
    }
}

static enum err case_of(struct call *call, const struct record *system,
                        const struct record *plan, const char *why, const struct json *body,
                        struct text own, const struct json **out)
{
    struct buf b = buf_in(call->arena, 1 << 18);
    struct json_out o = json_out(&b);
    struct text reference = json_text(json_get(body, "reference")),
                fallback = plan ? said(plan, "queue_fallback") : TEXT("");
    json_open(&o, '{');
    put_sent(&o, body, plan);
    if (json_get(body, "title") == NULL)
        put(&o, "title", text_print(call->arena, "%.*s %.*s", TEXT_ARG(system->key),
                                    TEXT_ARG(reference)));
    put(&o, "system", system->id);
    if (said(system, "unit").len)
        put(&o, "unit", said(system, "unit"));
    put(&o, "external_id", own);
    put(&o, "drawn", text_of(why));
    put_time(call, &o, plan, body);
    if (plan)
        put(&o, "drawn_by", text_print(call->arena, "%.*s v%lld", TEXT_ARG(plan->key),
                                       (long long)plan->version));
    if (fallback.len)
        put(&o, "fallback", fallback);
    if (planned(plan, "queue_second")) {
        json_key(&o, "second");
        json_put_bool(&o, true);
    }
    if (planned(plan, "queue_blind")) {
        json_key(&o, "blind");
        json_put_bool(&o, true);
    }
    json_close(&o, '}');
    return json_read(call, buf_text(&b), &json_request_limits, out);
}

/* What was asked under a reference stays what it is about. */
static bool same_case(const struct record *rec, const struct json *body)
{
    const struct json *v = record_value(rec, TEXT("ai_score")), *w = json_get(body, "ai_score");
    bool score = (v == NULL && w == NULL) || (v && w && v->number == w->number);
    return score && text_same(said(rec, "ai_verdict"), json_text(json_get(body, "ai_verdict")));
}

static enum err known(struct call *call, const struct record *system, struct record *rec,
                      const struct json *body, struct review_reply *out)
{
    if (!same_case(rec, body))
        return problem(call, ERR_CONFLICT, TEXT("reference"), "taken", "%s",
                       say(call, "another result was asked about under this reference"));
    answer_of(system, rec, out);
    return OK;
}

enum err review_ask(struct call *call, struct records *r, struct reader *db,
                    struct record *system, const struct json *body, struct change *change,
                    struct review_reply *out)
{
    struct record *rec, *plan;
    struct text own;
    const struct kind *k = record_model(r)->review_kind;
    *change = (struct change){0};
    *out = (struct review_reply){0};
    if (k == NULL)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is nothing here"));
    TRY(check_sent(call, body));
    TRY(find_case(call, r, db, system, json_text(json_get(body, "reference")), &own, &rec));
    if (rec != NULL)
        return known(call, system, rec, body, out);
    if (!oversight_runs(system)) {
        out->answer = REVIEW_STOP;
        return OK;
    }
    TRY(plan_of(call, r, db, system, &plan));
    const char *why = drawn(call, plan, body);
    if (why == NULL) {
        out->answer = REVIEW_GO;
        return OK;
    }
    change->act = RECORD_CREATE;
    change->kind = k;
    return case_of(call, system, plan, why, body, own, &change->body);
}

/* Two that ask at once: one of them makes it. */
static bool was_there(const struct call *engine)
{
    for (const struct problem *p = engine->problems; p; p = p->next)
        if (text_is(p->field, "external_id"))
            return true;
    return false;
}

enum err review_put(struct call *call, struct records *r, struct change *change,
                    struct review_reply *out)
{
    struct call *engine = engine_of(call);
    enum err e = record_do(engine, r, change);
    if (e != OK && was_there(engine))
        return problem(call, ERR_CONFLICT, TEXT("reference"), "again", "%s",
                       say(call, "it was asked about at the same moment: ask again"));
    for (const struct problem *p = engine->problems; e != OK && p; p = p->next)
        (void)problem_at(call, e, p->field, text_c(call->arena, p->code), p->source,
                         p->message);
    if (e == OK)
        *out = (struct review_reply){
            .answer = REVIEW_WAIT, .rec = change->record, .fresh = true};
    return e;
}

/* ---- tests among real cases
 * ------------------------------------------------------------------ */
/* The move by which a test goes into the queue: it brings the case. */
static const struct move *planting(const struct kind *k)
{
    for (size_t i = 0; i < k->move_count; i++)
        if (k->moves[i].automatic && k->moves[i].take_count)
            return &k->moves[i];
    return NULL;
}

/* The states in which tests wait for their time, with commas. */
static struct text planted_from(struct call *call, const struct kind *k)
{
    struct buf b = buf_in(call->arena, 4096);
    for (size_t i = 0; i < k->state_count; i++)
        if (planting(k)->from >> i & 1)
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(k->states[i].name));
    return buf_text(&b);
}

/* One whose time has come: of several the one whose time came first. */
static enum err due_test(struct call *call, struct records *r, struct reader *db,
                         const struct record *system, struct record **out)
{
    const struct kind *k = record_model(r)->review_test_kind;
    struct filter by[] = {{TEXT("system"), system->id}, {TEXT("state"), planted_from(call, k)}};
    struct list_query q = {
        .filters = by, .filter_count = COUNT(by), .limit = TESTS_READ, .sort = TEXT("goes_at")};
    struct record_list list;
    *out = NULL;
    TRY(record_list(engine_of(call), r, db, k, &q, &list));
    for (size_t i = 0; i < list.count && *out == NULL; i++) {
        int64_t at;
        if (!moment_read(said(list.items[i], "goes_at"), &at) || at <= call->now)
            *out = list.items[i];
    }
    return OK;
}

/* What a program would have sent; what the test does not say is as in the case beside it. */
static enum err sent_by(struct call *call, const struct record *test, const struct json *asked,
                        const struct json **out)
{
    static const char *const as_asked[] = {"system_version", "fallback", "second", "within"};
    struct buf b = buf_in(call->arena, 1 << 18);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (size_t i = 0; i < COUNT(sent); i++) {
        const struct json *v = record_value(test, text_of(sent[i]));
        if (v == NULL || among(as_asked, COUNT(as_asked), text_of(sent[i])))
            continue;
        json_key(&o, sent[i]);
        json_put_json(&o, v);
    }
    for (size_t i = 0; i < COUNT(as_asked); i++) {
        const struct json *own = record_value(test, text_of(as_asked[i])),
                          *v = own ? own : json_get(asked, as_asked[i]);
        if (v == NULL)
            continue;
        json_key(&o, as_asked[i]);
        json_put_json(&o, v);
    }
    json_close(&o, '}');
    return json_read(call, buf_text(&b), &json_request_limits, out);
}

enum err review_test_next(struct call *call, struct records *r, struct reader *db,
                          struct record *system, const struct json *asked,
                          struct review_test *out)
{
    const struct kind *k = record_model(r)->review_kind;
    const struct json *body;
    struct record *plan, *other;
    *out = (struct review_test){0};
    if (record_model(r)->review_test_kind == NULL)
        return OK;
    TRY(due_test(call, r, db, system, &out->rec));
    if (out->rec == NULL)
        return OK;
    struct text reference = said(out->rec, "reference"),
                own = own_id(call, system, reference, TEXT(""));
    TRY(sent_by(call, out->rec, asked, &body));
    TRY(plan_of(call, r, db, system, &plan));
    TRY(find(call, r, db, k, "external_id", own, &other));
    if (other != NULL)
        own = own_id(call, system, reference,
                     text_print(call->arena, "%lld\n", (long long)call->now));
    const char *why = drawn(call, plan, body);
    out->change = (struct change){.act = RECORD_CREATE, .kind = k};
    return case_of(call, system, plan, why ? why : "asked", body, own, &out->change.body);
}

enum err review_test_put(struct call *call, struct records *r, struct review_test *t)
{
    static const struct json_limits limits = {1024, 4, 10};
    struct call *engine = engine_of(call);
    const struct kind *k = record_model(r)->review_test_kind;
    struct change planted = {.act = RECORD_MOVE,
                             .kind = k,
                             .if_version = t->rec->version,
                             .id = t->rec->id,
                             .move = planting(k)->name};
    TRY(record_do(engine, r, &t->change));
    struct text body =
        text_print(call->arena, "{\"case_made\": \"%.*s\"}", TEXT_ARG(t->change.record->id));
    TRY(json_read(engine, body, &limits, &planted.body));
    return record_do(engine, r, &planted);
}

/* ---- its time is over ---------------------------------------------------------------------
 */
bool review_is_late(const struct call *call, const struct review_reply *reply)
{
    int64_t by;
    return reply->rec && !reply->fresh && reply->answer == REVIEW_WAIT &&
           moment_read(said(reply->rec, "decide_by"), &by) && by <= call->now;
}

static const struct move *expiry(const struct record *rec)
{
    for (size_t i = 0; i < rec->kind->move_count; i++) {
        const struct move *m = &rec->kind->moves[i];
        if (m->automatic && text_is(m->on, "decide_by") && m->from >> rec->state & 1)
            return m;
    }
    return NULL;
}

enum err review_expire(struct call *call, struct records *r, struct record *system,
                       struct review_reply *reply)
{
    const struct move *m = expiry(reply->rec);
    struct change change = {.act = RECORD_MOVE,
                            .kind = reply->rec->kind,
                            .id = reply->rec->id,
                            .move = m ? m->name : TEXT(""),
                            .timer = said(reply->rec, "decide_by")};
    enum err e = m ? record_do(engine_of(call), r, &change) : OK;
    if (e == OK && change.record != NULL)
        answer_of(system, change.record, reply);
    return e == OK || e == ERR_IO || e == ERR_BUSY ? e : ERR_CONFLICT;
}

enum err review_look(struct call *call, struct records *r, struct reader *db,
                     struct record *system, struct text reference, struct review_reply *out)
{
    struct record *rec = NULL;
    struct text own;
    *out = (struct review_reply){0};
    if (record_model(r)->review_kind != NULL)
        TRY(find_case(call, r, db, system, reference, &own, &rec));
    if (rec == NULL)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "nothing waits, or waited, under this reference"));
    answer_of(system, rec, out);
    return OK;
}
