/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

static const struct text nothing = {NULL, 0};

static void empty_texts_are_harmless(void **state)
{
    struct call *call = *state;
    struct text rest = nothing;
    assert_text(text_of(NULL), "");
    assert_text(text_copy(call->arena, nothing), "");
    assert_text(text_join(call->arena, nothing, nothing), "");
    assert_text(text_trim(nothing), "");
    assert_text(text_lower(call->arena, nothing), "");
    assert_text(text_cut(&rest, ','), "");
    assert_int_equal(text_find(nothing, 'x'), -1);
    assert_int_equal(text_search(nothing, TEXT("x")), -1);
    assert_int_equal(text_compare(nothing, TEXT("")), 0);
    assert_true(text_same(nothing, TEXT("")));
    assert_true(text_starts(nothing, ""));
    assert_true(text_utf8(nothing));
}

static void comparing(void **state)
{
    assert_true(text_is(TEXT("abc"), "abc"));
    assert_false(text_is(TEXT("abc"), "ab"));
    assert_true(text_starts(TEXT("abc"), "ab"));
    assert_false(text_starts(TEXT("a"), "ab"));
    assert_true(text_ends(TEXT("abc"), "bc"));
    assert_false(text_ends(TEXT("c"), "bc"));
    assert_true(text_compare(TEXT("a"), TEXT("b")) < 0);
    assert_true(text_compare(TEXT("ab"), TEXT("a")) > 0);
    assert_true(text_compare(TEXT("\xC3\xA9"), TEXT("z")) > 0);
    assert_true(text_hash(TEXT("a")) != text_hash(TEXT("b")));
    assert_true(text_hash(TEXT("abc")) == text_hash(TEXT("abc")));
}

static void cutting(void **state)
{
    struct call *call = *state;
    struct text rest = TEXT("a,,b");
    assert_text(text_cut(&rest, ','), "a");
    assert_text(text_cut(&rest, ','), "");
    assert_text(text_cut(&rest, ','), "b");
    assert_int_equal(rest.len, 0);
    assert_text(text_trim(TEXT(" \t\r\n x y \v\f ")), "x y");
    assert_text(text_trim(TEXT("  ")), "");
    assert_text(text_slice(TEXT("hello"), 1, 3), "el");
    assert_text(text_slice(TEXT("hello"), 3, 99), "lo");
    assert_text(text_slice(TEXT("hello"), 9, 2), "");
    assert_text(text_from(TEXT("hello"), 4), "o");
    assert_int_equal(text_find(TEXT("hello"), 'l'), 2);
    assert_int_equal(text_search(TEXT("hello"), TEXT("lo")), 3);
    assert_int_equal(text_search(TEXT("hello"), TEXT("low")), -1);
    assert_int_equal(text_search(TEXT("hello"), TEXT("")), 0);
    assert_text(text_lower(call->arena, TEXT("ABC \xC3\x89 z")), "abc \xC3\x89 z");
    assert_text(text_print(call->arena, "%s-%05d", "x", 42), "x-00042");
    assert_string_equal(text_c(call->arena, text_slice(TEXT("hello"), 0, 2)), "he");
}

static void integers(void **state)
{
    int64_t v = 7;
    assert_true(text_integer(TEXT("0"), &v) && v == 0);
    assert_true(text_integer(TEXT("-12"), &v) && v == -12);
    assert_true(text_integer(TEXT("9223372036854775807"), &v) && v == INT64_MAX);
    assert_true(text_integer(TEXT("-9223372036854775808"), &v) && v == INT64_MIN);
    v = 7;
    const char *bad[] = {"",
                         "-",
                         "+1",
                         " 1",
                         "1 ",
                         "1.0",
                         "0x10",
                         "1e3",
                         "--1",
                         "9223372036854775808",
                         "-9223372036854775809",
                         "99999999999999999999"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(text_integer(text_of(bad[i]), &v));
    assert_int_equal(v, 7);
}

static void numbers(void **state)
{
    double d = 0;
    assert_true(text_number(TEXT("1.5"), &d) && d == 1.5);
    assert_true(text_number(TEXT("-2e3"), &d) && d == -2000.0);
    assert_true(text_number(TEXT(".5"), &d) && d == 0.5);
    assert_true(text_number(TEXT("1e-400"), &d) && d == 0.0);
    d = 7;
    const char *bad[] = {"",     "-",   ".",   "+1", " 1",    "1 ",
                         "0x10", "inf", "nan", "1e", "1e400", "1,5"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(text_number(text_of(bad[i]), &d));
    assert_true(d == 7);
}

static void well_formed_utf8(void **state)
{
    assert_true(text_utf8(TEXT("plain ascii that is longer than eight bytes")));
    assert_true(text_utf8(TEXT("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80")));
    assert_true(text_utf8(TEXT("\xEF\xBF\xBF \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF 系统")));
}

static void ill_formed_utf8(void **state)
{
    static const char *const bad[] = {
        "\x80",
        "\xBF",
        "\xC0\x80",
        "\xC1\xBF",
        "\xC2",
        "\xC2\x41",
        "\xE0\x80\x80",
        "\xE0\x9F\xBF",
        "\xED\xA0\x80",
        "\xED\xBF\xBF",
        "\xE4\xB8",
        "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80",
        "\xF5\x80\x80\x80",
        "\xFF",
        "\xFE",
        "\xF0\x90\x80",
    };
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct call *call = *state;
        assert_false(text_utf8(text_of(bad[i])));
        /* Where it stands among other bytes must not matter. */
        for (int before = 0; before < 10; before++)
            assert_false(text_utf8(text_print(call->arena, "%.*s%s and on it goes", before,
                                              "aaaaaaaaaaaa", bad[i])));
    }
    assert_false(text_utf8(TEXT("a\0b")));
    assert_false(text_utf8(TEXT("0123456\0"
                                "89abcdef")));
    assert_int_equal(text_characters(TEXT("a\xC3\xA9系\xF0\x9F\x98\x80")), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(empty_texts_are_harmless),
        cmocka_unit_test(comparing),
        CALL_TEST(cutting),
        cmocka_unit_test(integers),
        cmocka_unit_test(numbers),
        CALL_TEST(ill_formed_utf8),
        cmocka_unit_test(well_formed_utf8),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
