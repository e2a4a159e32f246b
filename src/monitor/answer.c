/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/answer.c — calls of language models in a period, and what was said of them: counted
 * as they are read, in one pass with the predictions (observe.c). An evaluation, or feedback,
 * counts for its call whenever it came; of several evaluations of one call by one name and one
 * evaluator the one with the latest time does, and of equal times the one that came last. */
#include "monitor/internal.h"

#define OTHER "(other)"

struct opinion {
    struct text ref;
    int64_t polarity;
};
struct answering {
    struct call *call;
    const struct period *period;
    struct map *calls; /* ids of calls that are counted */
    size_t call_count;
    struct map *keys; /* ref, name and evaluator → place in evaluations */
    struct evaluations LIST_OF(struct evaluation) evaluations;
    struct opinions LIST_OF(struct opinion) opinions;
    struct acting *acting;
    struct answered *out;
};

struct answering *answer__begin(struct call *call, const struct period *period,
                                struct answered *out)
{
    struct answering *a = NEW(call->arena, struct answering);
    *out =
        (struct answered){.spending = cost__begin(call),
                          .latency = measure_sketch_new(call->arena),
                          .first = measure_sketch_new(call->arena),
                          .models = NEW_MANY(call->arena, MODELS_MOST, struct text),
                          .judged = NEW_MANY(call->arena, JUDGED_MOST + 1, struct judged_by)};
    *a = (struct answering){.call = call,
                            .period = period,
                            .calls = map_in(call->arena),
                            .keys = map_in(call->arena),
                            .evaluations = LIST_IN(call->arena, OBSERVE_MOST),
                            .opinions = LIST_IN(call->arena, OBSERVE_MOST),
                            .acting = agent__begin(call),
                            .out = out};
    return a;
}

/* ---- a call
 * ------------------------------------------------------------------------------------ */
static const struct json *number(const struct json *object, const char *key)
{
    const struct json *v = json_get(object, key);
    return v && (v->type == JSON_INTEGER || v->type == JSON_NUMBER) ? v : NULL;
}

static void add_tokens(int64_t *sum, const struct json *v)
{
    *sum += v && v->type == JSON_INTEGER && v->integer > 0 ? v->integer : 0;
}

static void note_model(struct answering *a, const struct json *model)
{
    struct answered *out = a->out;
    struct text name = json_text(model);
    if (name.len && out->model_count < MODELS_MOST &&
        !text_among(out->models, out->model_count, name))
        out->models[out->model_count++] = text_copy(a->call->arena, name);
}

static void take_usage(struct answered *out, const struct json *line)
{
    const struct json *usage = json_get(line, "usage");
    if (usage == NULL || usage->type != JSON_OBJECT)
        return;
    out->metered++;
    add_tokens(&out->input, json_get(usage, "input"));
    add_tokens(&out->output, json_get(usage, "output"));
}

static bool in_period(const struct period *p, const struct json *line, int64_t at)
{
    return at >= p->from && (!p->to || at < p->to) &&
           (!p->version.len || text_same(p->version, json_text(json_get(line, "version")))) &&
           (!p->env.len || text_same(p->env, json_text(json_get(line, "env"))));
}

/* The time of a call that failed says nothing of how long an answer takes. */
static bool know_call(struct answering *a, const struct json *line)
{
    return map_add(a->calls, text_copy(a->call->arena, json_text(json_get(line, "id"))),
                   a->call_count++);
}

static bool take_call(struct answering *a, const struct json *line, int64_t at)
{
    struct answered *out = a->out;
    const struct json *error = json_get(line, "error"), *took = number(line, "latency_ms"),
                      *first = number(line, "ttft_ms");
    bool failed = error && error->type != JSON_NULL && error->type != JSON_FALSE;
    if (!agent__note(a->acting, line))
        return false;
    if (!in_period(a->period, line, at))
        return true;
    if (agent__is_act(line))
        return agent__take(a->acting, line, at) && know_call(a, line);
    out->n++;
    out->failed += failed;
    out->truncated += !failed && text_is(json_text(json_get(line, "finish")), "length");
    take_usage(out, line);
    signals__take(&out->signals, line);
    cost__take(out->spending, line, at);
    note_model(a, json_get(line, "model"));
    if (took && !failed)
        measure_sketch_add(out->latency, took->number);
    if (first && !failed)
        measure_sketch_add(out->first, first->number);
    return know_call(a, line);
}

/* ---- what was said of it
 * ------------------------------------------------------------------------ */
static struct text label_of(struct answering *a, const struct json *v)
{
    if (v == NULL || v->type == JSON_NULL)
        return TEXT("");
    if (v->type == JSON_TRUE || v->type == JSON_FALSE)
        return v->type == JSON_TRUE ? TEXT("true") : TEXT("false");
    return text_copy(a->call->arena, v->text);
}

static bool take_evaluation(struct answering *a, const struct json *line, int64_t at)
{
    struct arena *arena = a->call->arena;
    const struct json *score = number(line, "score");
    struct text ref = json_text(json_get(line, "ref")),
                name = json_text(json_get(line, "name"));
    struct text key = text_print(arena, "%.*s\n%.*s\n%.*s", TEXT_ARG(ref), TEXT_ARG(name),
                                 TEXT_ARG(json_text(json_get(line, "evaluator"))));
    struct evaluation e = {.at = at, .has_score = score != NULL};
    size_t place;
    e.score = score ? score->number : 0;
    e.failed = text_is(json_text(json_get(line, "label")), "fail");
    e.ref = text_slice(key, 0, ref.len);
    e.name = text_slice(key, ref.len + 1, ref.len + 1 + name.len);
    e.evaluator = text_slice(key, ref.len + name.len + 2, key.len);
    e.label = label_of(a, json_get(line, "label"));
    if (map_find(a->keys, key, &place)) {
        if (at >= a->evaluations.at[place].at)
            a->evaluations.at[place] = e;
        return true;
    }
    return map_add(a->keys, key, a->evaluations.count) && LIST_ADD(&a->evaluations, e);
}

static bool take_feedback(struct answering *a, const struct json *line)
{
    const struct json *polarity = number(line, "polarity");
    struct opinion o = {text_copy(a->call->arena, json_text(json_get(line, "ref"))),
                        polarity ? polarity->integer : 0};
    return LIST_ADD(&a->opinions, o);
}

bool answer__take(struct answering *a, struct text kind, const struct json *line, int64_t at)
{
    if (text_is(kind, "llm"))
        return take_call(a, line, at);
    if (text_is(kind, "evaluation"))
        return take_evaluation(a, line, at);
    return !text_is(kind, "feedback") || take_feedback(a, line);
}

/* ---- all of them
 * ------------------------------------------------------------------------------- */
static struct judged_by *judged_as(struct answered *out, struct text name)
{
    for (size_t i = 0; i < out->judged_count; i++)
        if (text_same(out->judged[i].name, name))
            return &out->judged[i];
    if (out->judged_count > JUDGED_MOST)
        return &out->judged[JUDGED_MOST];
    bool other = out->judged_count == JUDGED_MOST;
    out->judged[out->judged_count] = (struct judged_by){.name = other ? TEXT(OTHER) : name};
    return &out->judged[out->judged_count++];
}

void answer__end(struct answering *a)
{
    struct answered *out = a->out;
    struct judging *judging = judge__begin(a->call);
    size_t at;
    agent__end(a->acting, &out->acted);
    for (size_t i = 0; i < a->evaluations.count; i++) {
        const struct evaluation *e = &a->evaluations.at[i];
        if (!map_find(a->calls, e->ref, &at))
            continue;
        struct judged_by *j = judged_as(out, e->name);
        judge__take(judging, (size_t)(j - out->judged), e);
        if (judge__is_person(e->evaluator))
            continue;
        j->n++;
        j->failed += e->failed;
        if (e->has_score)
            measure_moments_add(&j->score, e->score);
    }
    for (size_t i = 0; i < out->judged_count; i++)
        judge__end(judging, &out->judged[i], i);
    for (size_t i = 0; i < a->opinions.count; i++) {
        const struct opinion *o = &a->opinions.at[i];
        if (!map_find(a->calls, o->ref, &at))
            continue;
        out->opinions++;
        out->liked += o->polarity > 0;
        out->disliked += o->polarity < 0;
    }
}
