/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"

static void commas_fall_where_they_must(void **state)
{
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 1000);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    json_key(&o, "a");
    json_open(&o, '[');
    json_put_integer(&o, 1);
    json_put_null(&o);
    json_open(&o, '{');
    json_close(&o, '}');
    json_open(&o, '[');
    json_close(&o, ']');
    json_put_bool(&o, true);
    json_close(&o, ']');
    json_key_text(&o, TEXT("b\""));
    json_put_raw(&o, TEXT("{\"x\":1}"));
    json_key(&o, "c");
    json_put_c(&o, "d");
    json_close(&o, '}');
    assert_text(buf_text(&b), "{\"a\":[1,null,{},[],true],\"b\\\"\":{\"x\":1},\"c\":\"d\"}");
}

static void text_is_escaped(void **state)
{
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 1000);
    struct json_out o = json_out(&b);
    json_put_text(&o, TEXT("\"\\/\b\f\n\r\t\x01\x1f\x7f 系统 <\xE2\x80\xA8>"));
    assert_text(buf_text(&b),
                "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f 系统 <\xE2\x80\xA8>\"");
}

static struct text printed(struct call *call, double d)
{
    struct buf b = buf_in(call->arena, 100);
    struct json_out o = json_out(&b);
    json_put_number(&o, d);
    return buf_text(&b);
}

static double from_bits(uint64_t bits)
{
    double d;
    memcpy(&d, &bits, sizeof(d));
    return d;
}

/* RFC 8785, appendix B. */
static void numbers_print_as_the_rfc_says(void **state)
{
    static const struct {
        uint64_t bits;
        const char *text;
    } rows[] = {
        {0x0000000000000000, "0"},
        {0x8000000000000000, "0"},
        {0x0000000000000001, "5e-324"},
        {0x8000000000000001, "-5e-324"},
        {0x7fefffffffffffff, "1.7976931348623157e+308"},
        {0xffefffffffffffff, "-1.7976931348623157e+308"},
        {0x4340000000000000, "9007199254740992"},
        {0xc340000000000000, "-9007199254740992"},
        {0x4430000000000000, "295147905179352830000"},
        {0x44b52d02c7e14af5, "9.999999999999997e+22"},
        {0x44b52d02c7e14af6, "1e+23"},
        {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
        {0x444b1ae4d6e2ef4e, "999999999999999700000"},
        {0x444b1ae4d6e2ef4f, "999999999999999900000"},
        {0x444b1ae4d6e2ef50, "1e+21"},
        {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
        {0x3eb0c6f7a0b5ed8d, "0.000001"},
        {0x41b3de4355555553, "333333333.3333332"},
        {0x41b3de4355555554, "333333333.33333325"},
        {0x41b3de4355555555, "333333333.3333333"},
        {0x41b3de4355555556, "333333333.3333334"},
        {0x41b3de4355555557, "333333333.33333343"},
        {0xbecbf647612f3696, "-0.0000033333333333333333"},
        {0x43143ff3c1cb0959, "1424953923781206.2"},
        {0x7ff0000000000000, "null"},
        {0xfff0000000000000, "null"},
        {0x7ff8000000000000, "null"},
    };
    struct call *call = *state;
    for (size_t i = 0; i < COUNT(rows); i++)
        assert_text_at(printed(call, from_bits(rows[i].bits)), text_of(rows[i].text), __FILE__,
                       __LINE__);
    assert_text(printed(call, 100000), "100000");
    assert_text(printed(call, 0.1), "0.1");
    assert_text(printed(call, -12.5), "-12.5");
}

static void numbers_read_back_exactly(void **state)
{
    struct call *call = *state;
    uint64_t random = 42;
    for (int i = 0; i < 5000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        double d = from_bits(random), back = 0;
        struct text t = printed(call, d);
        if (text_is(t, "null")) {
            assert_true(d != d || d - d != 0);
            continue;
        }
        const struct json *v;
        assert_true(text_number(t, &back) && back == d);
        assert_int_equal(json_read(call, t, &json_request_limits, &v), OK);
        assert_true(v->number == d);
    }
}

static void integers_at_their_ends(void **state)
{
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 100);
    struct json_out o = json_out(&b);
    json_open(&o, '[');
    json_put_integer(&o, INT64_MIN);
    json_put_integer(&o, INT64_MAX);
    json_put_integer(&o, 0);
    json_close(&o, ']');
    assert_text(buf_text(&b), "[-9223372036854775808,9223372036854775807,0]");
}

static void what_was_read_is_written_again(void **state)
{
    struct call *call = *state;
    struct text in =
        TEXT("{\"a\":[1.50,-0,1E+2,null,true,false],\"系\":{\"s\":\"\\u0001x\"},\"e\":[]}");
    const struct json *v;
    struct buf b = buf_in(call->arena, 1000);
    struct json_out o = json_out(&b);
    assert_int_equal(json_read(call, in, &json_request_limits, &v), OK);
    json_put_json(&o, v);
    assert_text_at(buf_text(&b), in, __FILE__, __LINE__);
}

static void close_too_often(void)
{
    struct buf b = buf_in(arena_open(), 10);
    struct json_out o = json_out(&b);
    json_close(&o, '}');
}

static void open_too_deep(void)
{
    struct buf b = buf_in(arena_open(), 1000);
    struct json_out o = json_out(&b);
    for (int i = 0; i < 61; i++)
        json_open(&o, '[');
}

static void misuse_aborts(void **state)
{
    assert_true(aborts(close_too_often));
    assert_true(aborts(open_too_deep));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(commas_fall_where_they_must),   CALL_TEST(text_is_escaped),
        CALL_TEST(numbers_print_as_the_rfc_says), CALL_TEST(numbers_read_back_exactly),
        CALL_TEST(integers_at_their_ends),        CALL_TEST(what_was_read_is_written_again),
        cmocka_unit_test(misuse_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
