/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/record/public_test.c — a code of a case as people copy it is the code; what is not
 * is another, however long. */
#include "record/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void same(struct arena *a, const char *typed, const char *plain)
{
    struct text found = public__plain_code(a, text_of(typed));
    if (!text_is(found, plain))
        fail_msg("%s was read as %.*s", typed, TEXT_ARG(found));
}

static void as_people_copy_it(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    same(a, "ABCD-2345-GHJK-MNPQ-RSTV-WXYZ", "ABCD2345GHJKMNPQRSTVWXYZ");
    same(a, "  abcd 2345 ghjk mnpq rstv wxyz ", "ABCD2345GHJKMNPQRSTVWXYZ");
    same(a, "abcd2345ghjkmnpqrstvwxyz", "ABCD2345GHJKMNPQRSTVWXYZ");
    same(a, "OoIiLl", "001111");
    same(a, "", "");
    same(a, "- -", "");
    same(a, "\xc3\xa9", "\xc3\xa9");
    arena_close(a);
}

static void never_longer(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    char *many = arena_take(a, 100000);
    for (size_t i = 0; i < 100000; i++)
        many[i] = 'A';
    struct text found = public__plain_code(a, (struct text){many, 100000});
    assert_true(found.len <= PUBLIC_CODE_MOST);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(as_people_copy_it),
                                       cmocka_unit_test(never_longer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
