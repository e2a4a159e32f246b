/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/genai.c — what is said of language models in attributes, to events. The names are
 * those of the semantic conventions of OpenTelemetry, of their earlier versions, of
 * OpenInference and of OpenLLMetry; the first that is there counts. Content becomes a hash and
 * a length. */
#include "monitor/telemetry.h"

#include <math.h>
#include <string.h>

#define EXTRA_MOST 200 /* bytes of a member that is kept as it came */
#define LOOKED_MOST ((size_t)64 << 10) /* bytes of a text that is looked at for signals */

static const struct said { /* members that are texts */
    const char *member, *names;
} said[] = {
    {"provider", "gen_ai.provider.name gen_ai.system llm.provider llm.system llm.vendor"},
    {"model", "gen_ai.response.model llm.response.model gen_ai.request.model llm.request.model "
              "llm.model_name embedding.model_name reranker.model_name"},
    {"finish", "gen_ai.response.finish_reasons gen_ai.response.finish_reason "
               "llm.response.finish_reason llm.response.stop_reason"},
};
static const struct said extra[] = {
    {"response_id", "gen_ai.response.id llm.response.id"},
    {"tool", "gen_ai.tool.name tool.name"},
    {"agent", "gen_ai.agent.name agent.name"},
    {"reference", "aimwell.reference"},
    {"conversation", "gen_ai.conversation.id session.id"},
};
static const struct said used[] = {
    {"input", "gen_ai.usage.input_tokens gen_ai.usage.prompt_tokens llm.usage.prompt_tokens "
              "llm.token_count.prompt"},
    {"output", "gen_ai.usage.output_tokens gen_ai.usage.completion_tokens "
               "llm.usage.completion_tokens llm.token_count.completion"},
    {"total", "gen_ai.usage.total_tokens llm.usage.total_tokens llm.token_count.total"},
    {"cache_read", "gen_ai.usage.cache_read.input_tokens gen_ai.usage.cache_read_input_tokens "
                   "llm.token_count.prompt_details.cache_read"},
    {"cache_creation",
     "gen_ai.usage.cache_creation.input_tokens gen_ai.usage.cache_creation_input_tokens "
     "llm.token_count.prompt_details.cache_write"},
    {"reasoning", "gen_ai.usage.reasoning.output_tokens "
                  "llm.token_count.completion_details.reasoning llm.usage.reasoning_tokens"},
};
static const struct content {
    const char *member, *names;
    const char *prefixes[2]; /* where it is spread over many attributes */
} content[] = {
    {"prompt",
     "gen_ai.input.messages gen_ai.prompt input.value traceloop.entity.input "
     "gen_ai.tool.call.arguments",
     {"gen_ai.prompt.", "llm.input_messages."}},
    {"response",
     "gen_ai.output.messages gen_ai.completion output.value traceloop.entity.output "
     "gen_ai.tool.call.result",
     {"gen_ai.completion.", "llm.output_messages."}},
};
/* Kinds of spans of those who do not name an operation. */
static const struct kind_of_span {
    const char *kind, *operation;
} kinds_of_span[] = {
    {"LLM", "chat"},
    {"EMBEDDING", "embeddings"},
    {"TOOL", "execute_tool"},
    {"AGENT", "invoke_agent"},
    {"RETRIEVER", "retrieval"},
    {"RERANKER", "rerank"},
    {"GUARDRAIL", "apply_guardrail"},
    {"chat", "chat"},
    {"completion", "text_completion"},
    {"embedding", "embeddings"},
    {"rerank", "rerank"},
    {"workflow", "invoke_workflow"},
    {"agent", "invoke_agent"},
    {"tool", "execute_tool"},
};

static struct text operation_of(struct arena *a, const struct json *attributes)
{
    struct text t = attribute__text(a, attributes, "gen_ai.operation.name");
    if (t.len)
        return t;
    t = attribute__text(a, attributes,
                        "openinference.span.kind llm.request.type traceloop.span.kind");
    for (size_t i = 0; i < COUNT(kinds_of_span); i++)
        if (text_is(t, kinds_of_span[i].kind))
            return text_of(kinds_of_span[i].operation);
    return TEXT("");
}

bool genai__is_ours(struct arena *a, const struct json *attributes)
{
    return operation_of(a, attributes).len > 0 ||
           attribute__first(attributes, "gen_ai.system gen_ai.provider.name "
                                        "gen_ai.request.model llm.model_name");
}

/* ---- members
 * ----------------------------------------------------------------------------------- */
static void put(struct json_out *o, const char *key, struct text t)
{
    if (!t.len)
        return;
    json_key(o, key);
    json_put_text(o, t);
}

/* What nobody judges later is judged here: left out, when it is not one short line. */
static void put_extra(struct json_out *o, const char *key, struct text t)
{
    if (t.len <= EXTRA_MOST && shown_any(t) && shown_fit(t, false))
        put(o, key, t);
}

static struct text id_of(struct arena *a, struct text trace, struct text span)
{
    return text_print(a, "%.*s:%.*s", TEXT_ARG(trace), TEXT_ARG(span));
}

static void put_head(struct call *call, const char *kind, const struct span *s,
                     struct json_out *o, uint64_t nanoseconds)
{
    struct arena *a = call->arena;
    json_key(o, "v");
    json_put_integer(o, 1);
    put(o, "kind", text_of(kind));
    put(o, "system", s->system.key);
    if (nanoseconds) /* 0: OpenTelemetry's way to say that it is not known */
        put(o, "ts", moment_print(a, (int64_t)(nanoseconds / 1000)));
    put(o, "version", attribute__text(a, s->of_resource, "service.version"));
    put(o, "env",
        attribute__text(a, s->of_resource,
                        "deployment.environment.name deployment.environment"));
    put(o, "trace_id", s->trace);
}

static void put_number(struct json_out *o, const char *key, double d)
{
    json_key(o, key);
    if (d == floor(d) && fabs(d) < 9007199254740992.0) /* the whole numbers of a double */
        json_put_integer(o, (int64_t)d);
    else
        json_put_number(o, d);
}

static void put_usage(const struct span *s, struct json_out *o)
{
    bool open = false;
    for (size_t i = 0; i < COUNT(used); i++) {
        double d;
        if (!attribute__number(s->attributes, used[i].names, &d))
            continue;
        if (!open) {
            json_key(o, "usage");
            json_open(o, '{');
        }
        open = true;
        put_number(o, used[i].member, d);
    }
    if (open)
        json_close(o, '}');
}

/* What is to be looked at goes on as it is, and becomes the same hash where it is kept; not
 * what would make a line or a request too long. */
static bool goes_on(struct text bytes, const struct json_out *o)
{
    return bytes.len <= LOOKED_MOST && o->buf->len < EVENT_BODY && text_utf8(bytes);
}

static void put_content(struct call *call, const struct span *s, struct json_out *o)
{
    struct arena *a = call->arena;
    for (size_t i = 0; i < COUNT(content); i++) {
        const struct json *v = attribute__first(s->attributes, content[i].names);
        struct text bytes = v ? attribute__bytes(a, v) : TEXT("");
        for (size_t p = 0; p < COUNT(content[i].prefixes) && !bytes.len; p++)
            bytes = attribute__prefixed(a, s->attributes, content[i].prefixes[p]);
        if (!bytes.len)
            continue;
        struct text name = text_of(content[i].member);
        if (s->system.texts && goes_on(bytes, o)) {
            put(o, content[i].member, bytes);
            continue;
        }
        struct hash h = sha256(bytes);
        json_key_text(o, text_join(a, name, TEXT("_sha256")));
        json_put_text(o, hex_of(a, hash_text(&h)));
        json_key_text(o, text_join(a, name, TEXT("_bytes")));
        json_put_integer(o, (int64_t)bytes.len);
    }
}

/* Only of what class it was: messages of errors hold what somebody wrote. */
static struct text error_of(struct arena *a, const struct span *s)
{
    struct text type = attribute__text(a, s->attributes, "error.type exception.type");
    const struct json *code = json_get(json_get(s->at, "status"), "code"),
                      *events = json_get(s->at, "events");
    if (type.len || !code || code->type != JSON_INTEGER || code->integer != 2)
        return type;
    for (const struct json *e = events && events->type == JSON_LIST ? events->first : NULL;
         e && !type.len; e = e->next)
        type = attribute__text(a, json_get(e, "attributes"), "exception.type");
    return type.len ? type : TEXT("error");
}

static void put_times(const struct span *s, uint64_t start, struct json_out *o)
{
    uint64_t end;
    double seconds;
    if (telemetry__unsigned(json_get(s->at, "endTimeUnixNano"), &end) && end && start)
        put_number(o, "latency_ms",
                   end >= start ? (double)(end - start) / 1e6 : -(double)(start - end) / 1e6);
    if (attribute__number(s->attributes,
                          "gen_ai.response.time_to_first_chunk "
                          "gen_ai.response.time_to_first_token",
                          &seconds))
        put_number(o, "ttft_ms", seconds * 1000);
}

void genai__put_call(struct call *call, const struct span *s, struct json_out *o)
{
    struct arena *a = call->arena;
    uint64_t start;
    (void)telemetry__unsigned(json_get(s->at, "startTimeUnixNano"), &start);
    json_open(o, '{');
    put_head(call, "llm", s, o, start);
    put(o, "id", id_of(a, s->trace, s->id));
    if (s->parent.len)
        put(o, "parent", id_of(a, s->trace, s->parent));
    for (size_t i = 0; i < COUNT(said); i++)
        put(o, said[i].member, attribute__text(a, s->attributes, said[i].names));
    put(o, "operation", operation_of(a, s->attributes));
    put_usage(s, o);
    put_times(s, start, o);
    put(o, "error", error_of(a, s));
    put_content(call, s, o);
    for (size_t i = 0; i < COUNT(extra); i++)
        put_extra(o, extra[i].member, attribute__text(a, s->attributes, extra[i].names));
    put_extra(o, "service", attribute__text(a, s->of_resource, "service.name"));
    json_close(o, '}');
}

/* ---- evaluations
 * ------------------------------------------------------------------------------- */
#define EVALUATION "gen_ai.evaluation.result"

bool genai__is_evaluation(const struct json *event, const char *name_member)
{
    const struct json *old = attribute__first(json_get(event, "attributes"), "event.name");
    return text_is(json_text(json_get(event, name_member)), EVALUATION) ||
           text_is(json_text(json_get(old, "stringValue")), EVALUATION);
}

/* It is about the span it hangs on, whose id is that of our event. Without one the answer's own
 * id is what is left; which it is stands beside. */
void genai__put_evaluation(struct call *call, const struct span *s,
                           const struct json *attributes, uint64_t at, struct json_out *o)
{
    struct arena *a = call->arena;
    struct text answer = attribute__text(a, attributes, "gen_ai.response.id");
    bool by_span = s->trace.len && s->id.len;
    double score;
    json_open(o, '{');
    put_head(call, "evaluation", s, o, at);
    put(o, "ref", by_span ? id_of(a, s->trace, s->id) : answer);
    put(o, "ref_is", by_span ? TEXT("span") : TEXT("response"));
    put(o, "name", attribute__text(a, attributes, "gen_ai.evaluation.name"));
    if (attribute__number(attributes, "gen_ai.evaluation.score.value", &score))
        put_number(o, "score", score);
    put(o, "label", attribute__text(a, attributes, "gen_ai.evaluation.score.label"));
    put_extra(o, "error", attribute__text(a, attributes, "error.type"));
    struct text why = attribute__text(a, attributes, "gen_ai.evaluation.explanation");
    if (why.len) {
        struct hash h = sha256(why);
        put(o, "explanation_sha256", hex_of(a, hash_text(&h)));
        json_key(o, "explanation_bytes");
        json_put_integer(o, (int64_t)why.len);
    }
    put_extra(o, "response_id", answer);
    json_close(o, '}');
}
