/* SPDX-License-Identifier: Apache-2.0 */
#include "format/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define A "usr_01M8KY771JDB9CJAAYSPGQF324"
#define B "usr_01M8KY904AATF0ZMSD2EM3APC2"

static size_t count_of(const char *body, size_t most, struct text **ids)
{
    static struct arena *a;
    if (a)
        arena_close(a);
    a = arena_open();
    return mentions_in(a, text_of(body), most, ids);
}

static void each_is_found_once(void **state)
{
    (void)state;
    struct text *ids;
    assert_int_equal(count_of("@[" A "]，还有@[" B "] and <b>@[" A "]</b>", 20, &ids), 2);
    assert_true(text_is(ids[0], A));
    assert_true(text_is(ids[1], B));
    assert_int_equal(count_of("@[@[" A "]]", 20, &ids), 1);
    assert_int_equal(count_of("@[" A "]@[" B "]", 1, &ids), 1);
}

static void what_only_looks_like_one_is_none(void **state)
{
    (void)state;
    static const char *const not [] = {"",
                                       "@",
                                       "@[",
                                       "@[]",
                                       "@[" A,
                                       "@ [" A "]",
                                       "[" A "]",
                                       "@[rita]",
                                       "@[" A "x]",
                                       "@[" A " ]",
                                       "@[usr_01m8ky771jdb9cjaayspgqf324]",
                                       "@[tok_01M8KY771JDB9CJAAYSPGQF324]",
                                       "@[usr_01M8KY771JDB9CJAAYSPGQF32]"};
    struct text *ids;
    for (size_t i = 0; i < COUNT(not ); i++)
        assert_int_equal(count_of(not [i], 20, &ids), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_found_once),
                                       cmocka_unit_test(what_only_looks_like_one_is_none)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
