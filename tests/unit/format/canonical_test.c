/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"

static enum err canonical(struct call *call, const char *in, struct text *out)
{
    const struct json *v;
    struct buf b = buf_in(call->arena, 1000);
    assert_int_equal(json_read(call, text_of(in), &json_request_limits, &v), OK);
    enum err e = json_canonical(call, v, &b);
    *out = buf_text(&b);
    return e;
}

static void one_form_for_each_value(void **state)
{
    static const char *const rows[][2] = {
        {" { \"b\" : 1 , \"a\" : [ true , false ] } ", "{\"a\":[true,false],\"b\":1}"},
        {"{\"aa\":1,\"a\":2,\"B\":3,\"_\":4,\"1\":5,\"\":6}",
         "{\"\":6,\"1\":5,\"B\":3,\"_\":4,\"a\":2,\"aa\":1}"},
        {"\"\\u000f\\u000A\\u0022\\u005C\\u002f\\u0008\\t\\u007f\"",
         "\"\\u000f\\n\\\"\\\\/\\b\\t\x7f\""},
        {"\"\\u20ac\\ud83d\\ude00\"", "\"€😀\""},
        {"\"A\\u030a\"", "\"A\xCC\x8A\""}, /* not normalised */
        {"-0", "0"},
        {"9007199254740991", "9007199254740991"},
        {"-9007199254740991", "-9007199254740991"},
        {"[]", "[]"},
        {"{}", "{}"},
        {"[{},[[1]],\"1.50\"]", "[{},[[1]],\"1.50\"]"},
    };
    struct call *call = *state;
    struct text out;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(canonical(call, rows[i][0], &out), OK);
        assert_text_at(out, text_of(rows[i][1]), __FILE__, __LINE__);
        const char *once = text_c(call->arena, out);
        assert_int_equal(canonical(call, once, &out), OK);
        assert_true(text_is(out, once)); /* canonical text stays as it is */
    }
}

static void what_the_profile_leaves_out(void **state)
{
    static const char *const rows[][2] = {
        {"{\"x\":null}", "null"},
        {"{\"x\":1.0}", "number"},
        {"{\"x\":1e2}", "number"},
        {"{\"x\":9007199254740992}", "range"},
        {"{\"x\":-9007199254740992}", "range"},
        {"{\"x\":99999999999999999999}", "number"},
        {"{\"é\":1}", "key"},
    };
    struct call *call = *state;
    struct text out;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(canonical(call, rows[i][0], &out), ERR_INVALID);
        assert_true(text_is(last_problem(call)->code, rows[i][1]));
    }
    assert_text(call->problems->field, "x");
}

static void a_full_buffer_is_refused(void **state)
{
    struct call *call = *state;
    const struct json *v;
    struct buf b = buf_in(call->arena, 5);
    assert_int_equal(json_read(call, TEXT("[1,2,3]"), &json_request_limits, &v), OK);
    assert_int_equal(json_canonical(call, v, &b), ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(one_form_for_each_value),
        CALL_TEST(what_the_profile_leaves_out),
        CALL_TEST(a_full_buffer_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
