/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

static void a_call_begins_empty(void **state)
{
    struct call *call = *state;
    assert_int_equal(call->now, TEST_NOW);
    assert_int_equal(call->id.len, 26);
    assert_null(call->problems);
    assert_null(call->actor);
}

static void problems_come_in_order(void **state)
{
    struct call *call = *state;
    char field[] = "title";
    enum err e = problem(call, ERR_INVALID, text_of(field), "required", "%s %d", "missing", 3);
    field[0] = 'X'; /* the problem keeps its own copy */
    assert_int_equal(e, ERR_INVALID);
    assert_int_equal(problem_at(call, ERR_CONFLICT, TEXT("due"), "late", TEXT("risk.json:7"),
                                TEXT("is too late")),
                     ERR_CONFLICT);
    assert_int_equal(call->problem_count, 2);
    assert_text(call->problems->field, "title");
    assert_text(call->problems->code, "required");
    assert_text(call->problems->message, "missing 3");
    assert_text(call->problems->source, "");
    assert_text(call->problems->next->source, "risk.json:7");
    assert_null(call->problems->next->next);
}

static void no_more_than_500_are_kept(void **state)
{
    struct call *call = *state;
    size_t listed = 0;
    for (int i = 0; i < 600; i++)
        assert_int_equal(problem(call, ERR_INVALID, TEXT(""), "c", "%d", i), ERR_INVALID);
    for (const struct problem *p = call->problems; p != NULL; p = p->next)
        listed++;
    assert_int_equal(listed, 500);
    assert_int_equal(call->problem_count, 500);
    assert_text(last_problem(call)->message, "499");
}

static void words_follow_the_language(void **state)
{
    struct call *call = *state;
    assert_string_equal(say(call, "not found"), "not found");
    assert_string_equal(words_of(call, ERR_MISSING), "not found");
    call->lang = LANG_ZH;
    assert_string_equal(say(call, "not found"), "未找到");
    assert_string_equal(words_of(call, ERR_MISSING), "未找到");
    assert_string_equal(say(call, "nobody has translated this"), "nobody has translated this");
    call->lang = (enum lang)99; /* as a program of another release might send it */
    assert_string_equal(say(call, "not found"), "not found");
}

static void languages_are_known_by_their_codes(void **state)
{
    enum lang lang = LANG_ZH;
    assert_true(lang_read(TEXT("en"), &lang) && lang == LANG_EN);
    assert_true(lang_read(TEXT("zh"), &lang) && lang == LANG_ZH);
    assert_false(lang_read(TEXT("zh-CN"), &lang) || lang_read(TEXT(""), &lang));
    assert_int_equal(lang, LANG_ZH);
    assert_int_equal(lang_like(TEXT("zh-Hans-SG;q=0.9, en")), LANG_ZH);
    assert_int_equal(lang_like(TEXT("zh_CN.UTF-8")), LANG_ZH);
    assert_int_equal(lang_like(TEXT("fr-CH, zh;q=0.3")), LANG_EN);
    assert_int_equal(lang_like(TEXT("")), LANG_EN);
    assert_string_equal(lang_code(LANG_ZH), "zh");
    assert_string_equal(lang_code((enum lang)99), "en");
}

static void every_error_is_described(void **state)
{
    struct call *call = *state;
    call->lang = LANG_ZH;
    for (enum err e = OK; e <= ERR_IO; e++) {
        assert_true(err_http(e) >= 200 && err_http(e) < 600);
        assert_true(err_code(e)[0] != '\0' && err_words(e)[0] != '\0');
        assert_true(text_utf8(text_of(words_of(call, e))));
        assert_string_not_equal(words_of(call, e), err_words(e)); /* translated */
        assert_true((err_exit(e) == 0) == (e == OK));
    }
    assert_int_equal(err_http(ERR_STALE), 412);
    assert_int_equal(err_exit(ERR_CONFLICT), 5);
    assert_string_equal(err_code(ERR_SIGNED_OUT), "signed_out");
    assert_int_equal(err_http((enum err)99), 500);
}

static enum err fails_at_three(int n)
{
    for (int i = 0; i < n; i++)
        TRY(i == 3 ? ERR_BUSY : OK);
    return OK;
}

static void try_returns_the_error(void **state)
{
    assert_int_equal(fails_at_three(3), OK);
    assert_int_equal(fails_at_three(9), ERR_BUSY);
}

static void do_panic(void)
{
    panic("invariant=%s", "broken");
}

static void panic_aborts(void **state)
{
    assert_true(aborts(do_panic));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(a_call_begins_empty),       CALL_TEST(problems_come_in_order),
        CALL_TEST(no_more_than_500_are_kept), CALL_TEST(words_follow_the_language),
        CALL_TEST(languages_are_known_by_their_codes),
        CALL_TEST(every_error_is_described),  cmocka_unit_test(try_returns_the_error),
        cmocka_unit_test(panic_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
