/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "../base/unit.h"
#include "format/format.h"

static const struct json *read_ok(struct call *call, struct text in)
{
    const struct json *v = NULL;
    enum err e = json_read(call, in, &json_request_limits, &v);
    if (e != OK)
        print_error("%.*s: %.*s\n", TEXT_ARG(in), TEXT_ARG(last_problem(call)->message));
    assert_int_equal(e, OK);
    return v;
}

static void every_type_and_its_line(void **state)
{
    struct call *call = *state;
    const struct json *v = read_ok(call, TEXT("{\n \"n\": null, \"t\": true,\n \"f\": false,\n"
                                              " \"i\": -7,\n \"d\": 1.50,\n \"s\": \"x\\ny\",\n"
                                              " \"l\": [\n1,\n[]],\n \"o\": {}\n}\n"));
    assert_int_equal(v->type, JSON_OBJECT);
    assert_int_equal(v->count, 8);
    assert_int_equal(v->line, 1);
    assert_int_equal(json_get(v, "n")->type, JSON_NULL);
    assert_int_equal(json_get(v, "n")->line, 2);
    assert_true(json_true(json_get(v, "t")));
    assert_int_equal(json_get(v, "f")->type, JSON_FALSE);
    assert_int_equal(json_get(v, "f")->line, 3);
    assert_int_equal(json_get(v, "i")->integer, -7);
    assert_true(json_get(v, "i")->number == -7.0);
    assert_text(json_get(v, "d")->text, "1.50");
    assert_true(json_get(v, "d")->number == 1.5);
    assert_text(json_text(json_get(v, "s")), "x\ny");
    assert_int_equal(json_get(v, "s")->line, 6);
    const struct json *list = json_get(v, "l");
    assert_int_equal(list->count, 2);
    assert_int_equal(list->first->line, 8);
    assert_int_equal(list->first->next->line, 9);
    assert_int_equal(list->first->next->type, JSON_LIST);
    assert_int_equal(json_get(v, "o")->count, 0);
    assert_text(v->first->key, "n");
    assert_null(json_get(v, "absent"));
    assert_null(json_get(list, "n"));
    assert_text(json_text(NULL), "");
    assert_false(json_true(NULL));
}

static void a_scalar_is_a_text(void **state)
{
    struct call *call = *state;
    assert_int_equal(read_ok(call, TEXT(" null "))->type, JSON_NULL);
    assert_int_equal(read_ok(call, TEXT("0"))->integer, 0);
    assert_text(read_ok(call, TEXT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""))->text, "\"\\/\b\f\n\r\t");
    assert_text(read_ok(call, TEXT("\"\\u7cfb\\u00e9\\ud83d\\ude00\""))->text, "系é😀");
}

static void integers_and_numbers(void **state)
{
    struct call *call = *state;
    const struct json *v =
        read_ok(call, TEXT("[9223372036854775807,-9223372036854775808,-0,"
                           "9223372036854775808,1.0,1e2,1E+2,-0.5e-3,1e-999]"));
    static const enum json_type types[] = {JSON_INTEGER, JSON_INTEGER, JSON_INTEGER,
                                           JSON_NUMBER,  JSON_NUMBER,  JSON_NUMBER,
                                           JSON_NUMBER,  JSON_NUMBER,  JSON_NUMBER};
    const struct json *m = v->first;
    assert_int_equal(v->count, COUNT(types));
    assert_int_equal(m->integer, INT64_MAX);
    assert_int_equal(m->next->integer, INT64_MIN);
    for (size_t i = 0; i < COUNT(types); i++, m = m->next)
        assert_int_equal(m->type, types[i]);
    assert_text(v->first->next->next->next->text, "9223372036854775808");
}

struct refusal {
    struct text in;
    unsigned line;
    const char *code, *words;
};

#define NO(in, line, code, words)                                                              \
    {                                                                                          \
        {in, sizeof(in) - 1}, line, code, words                                                \
    }

static const struct refusal refusals[] = {
    NO("", 1, "empty", "no JSON value"),
    NO(" \n ", 1, "empty", "no JSON value"),
    NO("\xEF\xBB\xBF{}", 1, "encoding", "byte-order mark"),
    NO("[1,\n\"\xFF\"]", 2, "encoding", "not valid UTF-8"),
    NO("[1,\n\"\xED\xA0\x80\"]", 2, "encoding", "not valid UTF-8"),
    NO("[1,\n\"\xC0\x80\"]", 2, "encoding", "not valid UTF-8"),
    NO("[\n\"\\ud800\"]", 2, "text", "invalid escape"),
    NO("[\n\"\\udc00\"]", 2, "text", "invalid escape"),
    NO("[\n\"\\ud800\\u0041\"]", 2, "text", "invalid escape"),
    NO("[\n\n\"a\\u0000b\"]", 3, "text", "NUL"),
    NO("{\n\"a\\u0000b\":1}", 2, "text", "NUL"),
    NO("[\n\"\\x41\"]", 2, "text", "invalid escape"),
    NO("[\n\"\\u00g0\"]", 2, "text", "invalid escape"),
    NO("[\n\"a\nb\"]", 2, "text", "line break"),
    NO("[\n\"a\tb\"]", 2, "text", "control"),
    NO("[1,\n\n\"abc", 3, "text", "closing quote"),
    NO("{\"a\":1,\n\"b\":2,\n\"a\":3}", 3, "duplicate", "twice"),
    NO("{\"a\":1,\n\"\\u0061\":3}", 2, "duplicate", "twice"),
    NO("{\"x\":{\"1\":0,\"2\":0,\"3\":0,\"4\":0,\"5\":0,\"6\":0,\"7\":0,\"8\":0,\"9\":0,"
       "\n\"3\":0}}",
       2, "duplicate", "twice"),
    NO("{}\n{}", 2, "trailing", "follows"),
    NO("1 2", 1, "trailing", "follows"),
    NO("[]]", 1, "trailing", "follows"),
    NO("\"a\"b", 1, "trailing", "follows"),
    NO("{} \0", 1, "trailing", "follows"),
    NO("\"a\"\"b\"", 1, "trailing", "follows"),
    NO("[1,\n2", 2, "syntax", "too early"),
    NO("{\"a\"\n", 2, "syntax", "too early"),
    NO("{\"a\":\n\n", 3, "syntax", "too early"),
    NO("{\"a\":1,", 1, "syntax", "too early"),
    NO("[", 1, "syntax", "too early"),
    NO("[1,\n]", 2, "syntax", "unexpected"),
    NO("{\"a\":1,\n}", 2, "syntax", "unexpected"),
    NO("[,1]", 1, "syntax", "unexpected"),
    NO("[1 2]", 1, "syntax", "unexpected"),
    NO("[1\f]", 1, "syntax", "unexpected"),
    NO("[\"a\"1]", 1, "syntax", "unexpected"),
    NO("{1:2}", 1, "syntax", "unexpected"),
    NO("{\"a\" 1}", 1, "syntax", "unexpected"),
    NO("{\"a\":}", 1, "syntax", "unexpected"),
    NO("{\"a\",1}", 1, "syntax", "unexpected"),
    NO("[1}", 1, "syntax", "unexpected"),
    NO("{\"a\":1]", 1, "syntax", "unexpected"),
    NO("]", 1, "syntax", "unexpected"),
    NO("[\ntruex]", 2, "syntax", "unexpected"),
    NO("[tru]", 1, "syntax", "unexpected"),
    NO("[nul\0]", 1, "syntax", "unexpected"),
    NO("['a']", 1, "syntax", "unexpected"),
    NO("[NaN]", 1, "syntax", "unexpected"),
    NO("[/* */1]", 1, "syntax", "unexpected"),
    NO("[+1]", 1, "syntax", "unexpected"),
    NO("[.5]", 1, "syntax", "unexpected"),
    NO("[\n01]", 2, "number", "not a JSON number"),
    NO("[\n-]", 2, "number", "not a JSON number"),
    NO("[-01]", 1, "number", "not a JSON number"),
    NO("[1.]", 1, "number", "not a JSON number"),
    NO("[1e]", 1, "number", "not a JSON number"),
    NO("[1e+]", 1, "number", "not a JSON number"),
    NO("[0x1]", 1, "number", "not a JSON number"),
    NO("[1\"a\"]", 1, "number", "not a JSON number"),
    NO("[-Infinity]", 1, "number", "not a JSON number"),
    NO("[1,\n\n1e400]", 3, "number", "out of range"),
    NO("[-1e400]", 1, "number", "out of range"),
};

static void every_refusal_names_its_line(void **state)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct call *call = call_open(((struct call *)*state)->arena, TEST_NOW, LANG_EN);
        const struct json *v = NULL;
        char line[32];
        if (json_read(call, r->in, &json_request_limits, &v) != ERR_MALFORMED)
            fail_msg("not refused: %.*s", TEXT_ARG(r->in));
        const struct problem *p = last_problem(call);
        snprintf(line, sizeof(line), "line %u: ", r->line);
        if (call->problem_count != 1 || v != NULL || !text_is(p->code, r->code) ||
            !text_starts(p->message, line) || text_search(p->message, text_of(r->words)) < 0)
            fail_msg("%.*s: %.*s (%.*s)", TEXT_ARG(r->in), TEXT_ARG(p->message),
                     TEXT_ARG(p->code));
    }
}

static void refusals_speak_chinese(void **state)
{
    struct call *call = *state;
    const struct json *v;
    call->lang = LANG_ZH;
    assert_int_equal(json_read(call, TEXT("[\n1 2]"), &json_request_limits, &v), ERR_MALFORMED);
    assert_message(call, "第 2 行：出现意外的字符");
}

static struct text nested(struct call *call, size_t depth, const char *inside)
{
    struct buf b = buf_in(call->arena, 2000000);
    for (size_t i = 0; i < depth; i++)
        buf_add_byte(&b, '[');
    buf_add_c(&b, inside);
    for (size_t i = 0; i < depth; i++)
        buf_add_byte(&b, ']');
    return buf_text(&b);
}

static void limits_hold(void **state)
{
    struct call *call = *state;
    const struct json *v;
    const struct json_limits small = {20, 2, 4};
    assert_int_equal(json_read(call, TEXT("[[1,2]]"), &small, &v), OK);
    assert_int_equal(json_read(call, TEXT("[1,2,3]"), &small, &v), OK);
    assert_int_equal(json_read(call, TEXT("[1,2,3,4]"), &small, &v), ERR_TOO_LARGE);
    assert_text(last_problem(call)->code, "values");
    assert_int_equal(json_read(call, TEXT("[[[1]]]"), &small, &v), ERR_MALFORMED);
    assert_text(last_problem(call)->code, "depth");
    assert_int_equal(json_read(call, TEXT("\"123456789012345678\""), &small, &v), OK);
    assert_int_equal(json_read(call, TEXT("\"1234567890123456789\""), &small, &v),
                     ERR_TOO_LARGE);
    assert_text(last_problem(call)->code, "size");
    const struct json_limits scalar = {20, 0, 1};
    assert_int_equal(json_read(call, TEXT("1"), &scalar, &v), OK);
    assert_int_equal(json_read(call, TEXT("[]"), &scalar, &v), ERR_MALFORMED);
    read_ok(call, nested(call, 32, "1"));
    assert_int_equal(json_read(call, nested(call, 33, ""), &json_request_limits, &v),
                     ERR_MALFORMED);
    assert_int_equal(json_read(call, nested(call, 400000, ""), &json_request_limits, &v),
                     ERR_MALFORMED);
}

static void many_keys_are_checked(void **state)
{
    struct call *call = *state;
    const struct json *v;
    struct buf b = buf_in(call->arena, 8000000);
    buf_add_c(&b, "{\"k7777\":0");
    for (int i = 0; i < 90000; i++)
        buf_print(&b, ",\"k%d\":%d", i + (i >= 7777), i);
    buf_add_c(&b, "\n");
    struct text good = text_print(call->arena, "%.*s}", TEXT_ARG(buf_text(&b)));
    assert_int_equal(json_read(call, good, &json_model_limits, &v), OK);
    assert_int_equal(v->count, 90001);
    struct text bad = text_print(call->arena, "%.*s,\"k555\":1}", TEXT_ARG(buf_text(&b)));
    assert_int_equal(json_read(call, bad, &json_model_limits, &v), ERR_MALFORMED);
    assert_message(call, "line 2: the same key");
}

static void same_values_are_the_same(void **state)
{
    static const char *const same[][2] = {
        {"null", "null"},
        {"1", "1"},
        {"1", "1.0"},
        {"100", "1e2"},
        {"0.10", "1.0e-1"},
        {"0", "-0"},
        {"0", "0.000e7"},
        {"-0.5", "-5e-1"},
        {"12.50", "1250E-2"},
        {"\"a\"", "\"\\u0061\""},
        {"[1,2]", "[1, 2]"},
        {"{}", "{ }"},
        {"{\"a\":1,\"b\":[2]}", "{\"b\":[2],\"a\":1}"},
    };
    static const char *const other[][2] = {
        {"null", "false"},
        {"1", "2"},
        {"1", "\"1\""},
        {"1", "-1"},
        {"10", "1"},
        {"1.5", "15"},
        {"0.1", "0.1000000000000000000001"},
        {"9223372036854775808", "9223372036854775809"},
        {"[1,2]", "[2,1]"},
        {"[1]", "[1,1]"},
        {"{\"a\":1}", "{\"a\":2}"},
        {"{\"a\":1}", "{\"b\":1}"},
        {"{}", "[]"},
        {"{\"a\":1,\"b\":2}", "{\"b\":1,\"a\":2}"},
    };
    struct call *call = *state;
    for (size_t i = 0; i < COUNT(same); i++)
        if (!json_same(read_ok(call, text_of(same[i][0])), read_ok(call, text_of(same[i][1]))))
            fail_msg("%s and %s", same[i][0], same[i][1]);
    for (size_t i = 0; i < COUNT(other); i++)
        if (json_same(read_ok(call, text_of(other[i][0])), read_ok(call, text_of(other[i][1]))))
            fail_msg("%s and %s", other[i][0], other[i][1]);
    assert_true(json_same(NULL, NULL));
    assert_false(json_same(NULL, read_ok(call, TEXT("1"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(every_type_and_its_line), CALL_TEST(a_scalar_is_a_text),
        CALL_TEST(integers_and_numbers),    CALL_TEST(every_refusal_names_its_line),
        CALL_TEST(refusals_speak_chinese),  CALL_TEST(limits_hold),
        CALL_TEST(many_keys_are_checked),   CALL_TEST(same_values_are_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
