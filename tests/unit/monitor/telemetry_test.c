/* SPDX-License-Identifier: Apache-2.0 */
/* Attributes of language models, by their names of today and of before, to lines of events; and
 * that a message says the same as JSON and as protobuf. */
#include "monitor/monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1777629600000000) /* 2026-05-01T10:00:00Z */
#define TRACE "5b8efff798038103d269b633813fc60c"
#define IDS "\"traceId\":\"" TRACE "\",\"spanId\":\"eee19b7ec3c1b174\""
#define TIMES                                                                                  \
    ",\"startTimeUnixNano\":\"1777629600000000000\",\"endTimeUnixNano\":"                      \
    "\"1777629600250000000\""
#define TEXT_OF(key, text) "{\"key\":\"" key "\",\"value\":{\"stringValue\":\"" text "\"}}"
#define WHOLE(key, number) "{\"key\":\"" key "\",\"value\":{\"intValue\":\"" number "\"}}"
#define REAL(key, number) "{\"key\":\"" key "\",\"value\":{\"doubleValue\":" number "}}"
#define CHAT TEXT_OF("gen_ai.operation.name", "chat")

static enum err one_system(void *arg, struct call *call, struct text name, bool said,
                           struct telemetry_of *out_of)
{
    (void)arg;
    out_of->key = said ? name : TEXT("SYS-0001");
    if (said && !text_is(name, "SYS-0002"))
        return problem(call, ERR_MISSING, TEXT("system"), "system", "no such system");
    return OK;
}

static enum err read_as(struct call *call, enum otlp_signal signal, bool protobuf,
                        struct text body, struct telemetry *out)
{
    const struct json *tree;
    TRY(otlp_read(call, signal, protobuf, EVENT_BODY, body, &tree));
    return telemetry_lines(call, signal, tree, one_system, NULL, out);
}

static struct telemetry read_json(struct arena *a, enum otlp_signal signal, const char *body)
{
    struct call *call = call_open(a, NOW, LANG_EN);
    struct telemetry t;
    assert_int_equal(read_as(call, signal, false, text_of(body), &t), OK);
    return t;
}

/* Of one span with those attributes, and what stands beside them: the line holds each part. */
static void span_becomes(const char *attributes, const char *beside, const char *const *parts)
{
    struct arena *a = arena_open();
    struct telemetry t = read_json(
        a, OTLP_TRACES,
        text_c(a, text_print(a,
                             "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS TIMES
                             ",\"attributes\":[%s]%s}]}]}]}",
                             attributes, beside)));
    struct call *call = call_open(a, NOW, LANG_EN);
    struct text line = buf_text(&t.lines);
    struct event e;
    assert_int_equal(t.item.count, 1);
    assert_int_equal(t.rejected + t.others, 0);
    line.len--;
    if (event_read(call, line, &e) != OK)
        fail_msg("%.*s: %.*s", TEXT_ARG(line), TEXT_ARG(call->problems->message));
    for (; *parts; parts++)
        if (text_search(line, text_of(*parts)) < 0)
            fail_msg("%s is not in %.*s", *parts, TEXT_ARG(line));
    arena_close(a);
}
#define BECOMES(attributes, beside, ...)                                                       \
    span_becomes(attributes, beside, (const char *const[]){__VA_ARGS__, NULL})

static void names_of_today(void **state)
{
    (void)state;
    BECOMES(CHAT "," TEXT_OF("gen_ai.provider.name", "openai") "," TEXT_OF(
                "gen_ai.request.model", "m") "," TEXT_OF("gen_ai.response.model",
                                                         "m-2") "," WHOLE("gen_ai.usage.input_"
                                                                          "tokens",
                                                                          "7") "," WHOLE("gen_"
                                                                                         "ai."
                                                                                         "usage"
                                                                                         ".cach"
                                                                                         "e_"
                                                                                         "read."
                                                                                         "input"
                                                                                         "_toke"
                                                                                         "ns",
                                                                                         "5"),
            "", "\"provider\":\"openai\",\"model\":\"m-2\"", "\"operation\":\"chat\"",
            "\"usage\":{\"input\":7,\"cache_read\":5}", "\"latency_ms\":250",
            "\"id\":\"" TRACE ":eee19b7ec3c1b174\"", "\"system\":\"SYS-0001\"");
    BECOMES(CHAT "," REAL("gen_ai.response.time_to_first_chunk", "0.25"), "",
            "\"ttft_ms\":250");
    BECOMES(TEXT_OF("gen_ai.operation.name", "invoke_agent") "," TEXT_OF("gen_ai.agent.name",
                                                                         "helper"),
            "", "\"operation\":\"invoke_agent\"", "\"agent\":\"helper\"");
    BECOMES(CHAT "," TEXT_OF("aimwell.system", "SYS-0002"), "", "\"system\":\"SYS-0002\"");
    BECOMES(CHAT "," TEXT_OF("error.type", "429"), ",\"status\":{\"code\":2}",
            "\"error\":\"429\"");
    BECOMES(CHAT, ",\"status\":{\"code\":2}", "\"error\":\"error\"");
}

static void names_of_before(void **state)
{
    (void)state;
    BECOMES(TEXT_OF("gen_ai.system",
                    "openai") "," WHOLE("gen_ai.usage.prompt_tokens",
                                        "7") "," WHOLE("gen_ai.usage.completion_tokens", "8"),
            "", "\"provider\":\"openai\"", "\"usage\":{\"input\":7,\"output\":8}");
    /* OpenInference */
    BECOMES(
        TEXT_OF("openinference.span.kind", "LLM") "," TEXT_OF("llm.model_name", "m") "," WHOLE(
            "llm.token_count.prompt", "7") "," TEXT_OF("input.value", "abc"),
        "", "\"model\":\"m\"", "\"operation\":\"chat\"", "\"usage\":{\"input\":7}",
        "\"prompt_sha256\":"
        "\"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\"prompt_"
        "bytes\":3");
    /* OpenLLMetry */
    BECOMES(
        TEXT_OF("llm.request.type", "completion") "," TEXT_OF("gen_ai.prompt.0.content", "abc"),
        "", "\"operation\":\"text_completion\"", "\"prompt_bytes\":35");
    BECOMES(TEXT_OF("traceloop.span.kind", "tool"), "", "\"operation\":\"execute_tool\"");
}

static void content_is_no_part_of_a_line(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    struct telemetry t = read_json(
        a, OTLP_TRACES,
        "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS TIMES ",\"name\":\"SECRET\","
        "\"attributes\":[" CHAT "," TEXT_OF("gen_ai.input.messages", "SECRET") "," TEXT_OF(
            "gen_ai.output.messages",
            "S"
            "E"
            "C"
            "R"
            "E"
            "T") "," TEXT_OF("gen_ai.system_instructions",
                             "SECRET") "," TEXT_OF("gen_ai.tool."
                                                   "call."
                                                   "arguments",
                                                   "SECRET") ",{\"key\":\"gen_ai.prompt\","
                                                             "\"value\":{"
                                                             "\"arrayValue\":{\"values\":[{"
                                                             "\"stringValue\":"
                                                             "\"SECRET\"}]}}}],\"status\":{"
                                                             "\"code\":2,"
                                                             "\"message\":\"SECRET\"},"
                                                             "\"events\":[{\"name\":"
                                                             "\"gen_ai.evaluation.result\","
                                                             "\"timeUnixNano\":1,"
                                                             "\"attributes\":[" TEXT_OF(
                                                                 "gen_ai.evaluation.name",
                                                                 "n") "," TEXT_OF("gen_ai."
                                                                                  "evaluation."
                                                                                  "explanation",
                                                                                  "SECRET") "]}"
                                                                                            "]}"
                                                                                            "]}"
                                                                                            "]}"
                                                                                            "]"
                                                                                            "}");
    assert_int_equal(t.item.count, 2); /* the call, and its evaluation */
    assert_true(text_search(buf_text(&t.lines), TEXT("SECRET")) < 0);
    assert_true(
        text_search(buf_text(&t.lines),
                    TEXT("\"ref\":\"" TRACE ":eee19b7ec3c1b174\",\"ref_is\":\"span\"")) > 0);
    arena_close(a);
}

static void counts_are(enum otlp_signal signal, const char *items, int64_t lines,
                       int64_t rejected, int64_t others)
{
    struct arena *a = arena_open();
    struct telemetry t = read_json(
        a, signal,
        text_c(a,
               text_print(a,
                          signal == OTLP_TRACES
                              ? "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[%s]}]}]}"
                              : "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[%s]}]}]}",
                          items)));
    assert_int_equal(t.item.count, lines);
    assert_int_equal(t.rejected, rejected);
    assert_int_equal(t.others, others);
    assert_int_equal(t.why.len > 0, rejected > 0);
    arena_close(a);
}

#define WITH(members) "{" members ",\"attributes\":[" CHAT "]}"
static void what_cannot_be_kept_is_counted(void **state)
{
    (void)state;
    counts_are(OTLP_TRACES,
               "{" IDS "},{" IDS ",\"attributes\":[" TEXT_OF("http.method", "GET") "]}", 0, 0,
               2);
    counts_are(OTLP_TRACES, WITH("\"traceId\":\"" TRACE "\""), 0, 1, 0);
    counts_are(OTLP_TRACES, WITH("\"traceId\":\"" TRACE "\",\"spanId\":\"0000000000000000\""),
               0, 1, 0);
    counts_are(OTLP_TRACES, WITH("\"traceId\":\"" TRACE "\",\"spanId\":\"eee19b7ec3c1b17g\""),
               0, 1, 0);
    counts_are(OTLP_TRACES, WITH("\"traceId\":7,\"spanId\":[]"), 0, 1, 0);
    counts_are(OTLP_TRACES,
               "{" IDS ",\"attributes\":[" CHAT
               "," TEXT_OF("aimwell.system", "SYS-0009") "]}," WITH(IDS),
               1, 1, 0);
    counts_are(OTLP_LOGS,
               "{\"eventName\":\"gen_ai.evaluation.result\"},{\"eventName\":\"x\"},{}", 1, 0,
               2);
    counts_are(OTLP_LOGS, "{\"eventName\":\"gen_ai.evaluation.result\",\"traceId\":\"x\"}", 0,
               1, 0);
    /* members of another type are as if they were not there */
    counts_are(OTLP_TRACES,
               "1,null,\"a\",[],{\"attributes\":{}},{\"attributes\":[1,{\"key\":1}]}", 0, 0, 6);
}

/* ---- protobuf, as an encoder writes it
 * --------------------------------------------------------- */
static struct text varint(struct arena *a, uint64_t n)
{
    struct buf b = buf_in(a, 10);
    for (; n > 127; n >>= 7)
        buf_add_byte(&b, (char)(n | 128));
    buf_add_byte(&b, (char)n);
    return buf_text(&b);
}

static struct text bytes(struct arena *a, unsigned field, struct text content)
{
    return text_join(a, text_join(a, varint(a, field << 3 | 2), varint(a, content.len)),
                     content);
}

static struct text number(struct arena *a, unsigned field, uint64_t n)
{
    return text_join(a, varint(a, field << 3), varint(a, n));
}

static struct text eight(struct arena *a, unsigned field, const void *at)
{
    return text_join(a, varint(a, field << 3 | 1), (struct text){at, 8});
}

static struct text pair(struct arena *a, const char *key, struct text value)
{
    return text_join(a, bytes(a, 1, text_of(key)), bytes(a, 2, value));
}

static struct text attribute(struct arena *a, const char *key, struct text value)
{
    return bytes(a, 9, pair(a, key, value));
}

static struct text in_traces(struct arena *a, struct text span)
{
    return bytes(a, 1, bytes(a, 2, bytes(a, 2, span)));
}

static struct text span_of(struct arena *a, struct text more)
{
    static const uint64_t start = 1777629600000000000u, end = 1777629600250000000u;
    struct text trace, id, all;
    assert_true(hex_read(a, TEXT(TRACE), &trace) && hex_read(a, TEXT("eee19b7ec3c1b174"), &id));
    all = text_join(a, bytes(a, 1, trace), bytes(a, 2, id));
    all = text_join(a, all, text_join(a, eight(a, 7, &start), eight(a, 8, &end)));
    return text_join(a, all, more);
}

static void both_forms_say_the_same(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    static const double real = 0.1;
    struct text part =
                    bytes(a, 6, bytes(a, 1, pair(a, "text", bytes(a, 1, TEXT("h\xc3\xa9"))))),
                list = bytes(a, 5,
                             text_join(a, bytes(a, 1, part),
                                       text_join(a, bytes(a, 1, number(a, 2, 1)),
                                                 bytes(a, 1, bytes(a, 7, TEXT("\x01\xff"))))));
    struct text more = attribute(a, "gen_ai.operation.name", bytes(a, 1, TEXT("chat")));
    more = text_join(a, more, attribute(a, "gen_ai.input.messages", list));
    more = text_join(a, more, attribute(a, "gen_ai.usage.input_tokens", number(a, 3, 7)));
    more = text_join(a, more,
                     attribute(a, "gen_ai.response.time_to_first_chunk", eight(a, 4, &real)));
    more = text_join(a, more, bytes(a, 15, number(a, 3, 2)));
    more = text_join(a, more, bytes(a, 99, TEXT("unheard of")));
    struct telemetry binary,
        json = read_json(
            a, OTLP_TRACES,
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS TIMES
            ",\"attributes\":[" CHAT
            ",{\"key\":\"gen_ai.input.messages\",\"value\":{\"arrayValue\":{\"values\":[{"
            "\"kvlistValue\":{\"values\":[{\"key\":\"text\",\"value\":{\"stringValue\":"
            "\"h\\u00e9\"}}]"
            "}},{\"boolValue\":true},{\"bytesValue\":\"Af8=\"}]}}}," WHOLE(
                "gen_ai.usage.input_tokens",
                "7") "," REAL("gen_ai.response.time_to_first_chunk",
                              "0.1") "],\"status\":{\"code\":2}}]}]}]}");
    struct call *call = call_open(a, NOW, LANG_EN);
    assert_int_equal(read_as(call, OTLP_TRACES, true, in_traces(a, span_of(a, more)), &binary),
                     OK);
    assert_true(text_search(buf_text(&json.lines), TEXT("\"error\":\"error\"")) > 0);
    assert_true(text_same(buf_text(&json.lines), buf_text(&binary.lines)));
    arena_close(a);
}

/* ---- what must not be read
 * ------------------------------------------------------------------- */
static struct text nested(struct arena *a, int levels)
{
    struct text value = bytes(a, 1, TEXT("x"));
    for (int i = 0; i < levels; i++)
        value = bytes(a, 5, bytes(a, 1, value));
    return in_traces(a, span_of(a, attribute(a, "k", value)));
}

static struct text nested_json(struct arena *a, int levels)
{
    struct buf b = buf_in(a, 10000);
    buf_add_c(&b,
              "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"attributes\":[{\"value\":{");
    for (int i = 0; i < levels; i++)
        buf_add_c(&b, "\"arrayValue\":{\"values\":[{");
    buf_add_c(&b, "\"stringValue\":\"x\"");
    for (int i = 0; i < levels; i++)
        buf_add_c(&b, "}]}");
    buf_add_c(&b, "}}]}]}]}]}");
    return buf_text(&b);
}

static void is_refused(struct text body, bool protobuf, enum err as, const char *code)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, NOW, LANG_EN);
    struct telemetry t;
    assert_int_equal(read_as(call, OTLP_TRACES, protobuf, body, &t), as);
    if (as != OK)
        assert_true(text_is(call->problems->code, code));
    arena_close(a);
}

static struct text repeated(struct arena *a, struct text one, size_t times)
{
    struct buf b = buf_in(a, one.len * times);
    for (size_t i = 0; i < times; i++)
        buf_add(&b, one);
    return buf_text(&b);
}

static void bounds_hold(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    is_refused(nested(a, 18), true, OK, "");
    is_refused(nested(a, 19), true, ERR_MALFORMED, "depth");
    is_refused(nested_json(a, 18), false, OK, "");
    is_refused(nested_json(a, 19), false, ERR_MALFORMED, "depth");
    is_refused(nested(a, 20000), true, ERR_MALFORMED, "depth");
    is_refused(repeated(a, TEXT("["), 100000), false, ERR_MALFORMED, "depth");
    /* a million empty attributes; spans that take two bytes each */
    is_refused(in_traces(a, span_of(a, repeated(a, bytes(a, 9, TEXT("")), 1000000))), true,
               ERR_TOO_LARGE, "values");
    is_refused(bytes(a, 1, bytes(a, 2, repeated(a, bytes(a, 2, TEXT("")), 10001))), true,
               ERR_TOO_LARGE, "too_many");
    is_refused(bytes(a, 1, bytes(a, 2, repeated(a, bytes(a, 2, TEXT("")), 8000000))), true,
               ERR_TOO_LARGE, "values");
    /* half a message, a text that is no UTF-8, a length past the end */
    struct text whole = nested(a, 1);
    is_refused(text_slice(whole, 0, whole.len - 1), true, ERR_MALFORMED, "protobuf");
    is_refused(in_traces(a, span_of(a, attribute(a, "\xff", bytes(a, 1, TEXT("x"))))), true,
               ERR_MALFORMED, "protobuf");
    is_refused(TEXT("\x0a\xff\xff\xff\xff\x0f"), true, ERR_MALFORMED, "protobuf");
    is_refused(TEXT("[]"), false, ERR_MALFORMED, "type");
    arena_close(a);
}

/* Numbers at the edge are refused by name where events are judged, not bent. */
static void numbers_at_the_edge(void **state)
{
    (void)state;
    static const char *const bad[] = {
        CHAT "," WHOLE("gen_ai.usage.input_tokens", "9223372036854775807"),
        CHAT "," WHOLE("gen_ai.usage.input_tokens", "9223372036854775808"),
        CHAT "," WHOLE("gen_ai.usage.input_tokens", "-1"),
        CHAT "," REAL("gen_ai.usage.input_tokens", "0.5"),
        CHAT "," REAL("gen_ai.response.time_to_first_chunk", "-1"),
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct arena *a = arena_open();
        struct call *call = call_open(a, NOW, LANG_EN);
        struct telemetry t = read_json(
            a, OTLP_TRACES,
            text_c(a, text_print(a,
                                 "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{" IDS TIMES
                                 ",\"attributes\":[%s]}]}]}]}",
                                 bad[i])));
        struct event e;
        struct text line = buf_text(&t.lines);
        line.len--;
        assert_int_equal(event_read(call, line, &e), ERR_INVALID);
        arena_close(a);
    }
    /* what is no number is as if it were not there */
    BECOMES(CHAT "," REAL("gen_ai.usage.input_tokens", "\"NaN\"") "," REAL(
                "gen_ai.response.time_to_first_chunk", "\"Infinity\""),
            "", "\"latency_ms\":250");
}

/* As google.rpc.Status and the responses of OTLP have them, byte by byte. */
static void answers_in_both_forms(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    assert_true(text_is(otlp_reply(a, OTLP_TRACES, false, 0, TEXT("")), "{}"));
    assert_true(
        text_is(otlp_reply(a, OTLP_TRACES, false, 3, TEXT("why")),
                "{\"partialSuccess\":{\"rejectedSpans\":\"3\",\"errorMessage\":\"why\"}}"));
    assert_true(text_is(
        otlp_reply(a, OTLP_LOGS, false, 0, TEXT("why")),
        "{\"partialSuccess\":{\"rejectedLogRecords\":\"0\",\"errorMessage\":\"why\"}}"));
    assert_int_equal(otlp_reply(a, OTLP_LOGS, true, 0, TEXT("")).len, 0);
    assert_true(
        text_is(otlp_reply(a, OTLP_LOGS, true, 3, TEXT("why")), "\x0a\x07\x08\x03\x12\x03why"));
    assert_true(
        text_is(otlp_refusal(a, false, 3, TEXT("why")), "{\"code\":3,\"message\":\"why\"}"));
    assert_true(text_is(otlp_refusal(a, true, 3, TEXT("why")), "\x08\x03\x12\x03why"));
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_today),
        cmocka_unit_test(names_of_before),
        cmocka_unit_test(content_is_no_part_of_a_line),
        cmocka_unit_test(what_cannot_be_kept_is_counted),
        cmocka_unit_test(both_forms_say_the_same),
        cmocka_unit_test(bounds_hold),
        cmocka_unit_test(numbers_at_the_edge),
        cmocka_unit_test(answers_in_both_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
