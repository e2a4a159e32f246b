/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"

static void hex_both_ways(void **state)
{
    struct call *call = *state;
    struct text out;
    assert_text(hex_of(call->arena, TEXT("\x00\x0f\xf0\xff")), "000ff0ff");
    assert_true(hex_read(call->arena, TEXT("000fF0fF"), &out));
    assert_text(out, "\x00\x0f\xf0\xff");
    assert_true(hex_read(call->arena, TEXT(""), &out) && out.len == 0);
    assert_false(hex_read(call->arena, TEXT("0"), &out));
    assert_false(hex_read(call->arena, TEXT("0g"), &out));
}

/* RFC 4648 §10 */
static void base64_both_ways(void **state)
{
    static const char *const rows[][3] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+", "-__-"},
    };
    struct call *call = *state;
    struct text out;
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(text_is(base64_of(call->arena, text_of(rows[i][0])), rows[i][1]));
        assert_true(text_is(base64url_of(call->arena, text_of(rows[i][0])), rows[i][2]));
        assert_true(base64_read(call->arena, text_of(rows[i][1]), &out));
        assert_true(text_is(out, rows[i][0]));
    }
}

static void base64_is_read_strictly(void **state)
{
    static const char *const bad[] = {"Z",    "Zg",   "Zg=",    "Zh==", "Zm9=",  "Z===",
                                      "====", "Zm=v", "Zm9v\n", "Zm9-", " Zm9v", "Zg==Zg=="};
    struct call *call = *state;
    struct text out;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (base64_read(call->arena, text_of(bad[i]), &out))
            fail_msg("accepted %s", bad[i]);
}

static void urls_both_ways(void **state)
{
    struct call *call = *state;
    struct text out;
    assert_text(url_encode(call->arena, TEXT("a b/ü&=~-._%")), "a%20b%2F%C3%BC%26%3D~-._%25");
    assert_true(url_decode(call->arena, TEXT("a+b%20%C3%BC%2f"), true, &out));
    assert_text(out, "a b ü/");
    assert_true(url_decode(call->arena, TEXT("a+b"), false, &out));
    assert_text(out, "a+b");
    assert_true(url_decode(call->arena, TEXT("%2541"), false, &out));
    assert_text(out, "%41"); /* once, not twice */
    const char *bad[] = {"%", "%4", "%4g", "a%", "%00", "%FF", "%C0%80", "%ED%A0%80"};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (url_decode(call->arena, text_of(bad[i]), false, &out))
            fail_msg("accepted %s", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(hex_both_ways),
        CALL_TEST(base64_both_ways),
        CALL_TEST(base64_is_read_strictly),
        CALL_TEST(urls_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
