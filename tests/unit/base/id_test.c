/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <stdlib.h>

static int by_text(const void *left, const void *right)
{
    return text_compare(*(const struct text *)left, *(const struct text *)right);
}

static void ids_are_26_letters_of_base_32(void **state)
{
    struct call *call = *state;
    struct text id = id_new(call);
    assert_int_equal(id.len, 26);
    for (size_t i = 0; i < id.len; i++)
        assert_true(text_find(TEXT("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), id.at[i]) >= 0);
    assert_text(text_slice(id, 0, 10), "01M838DJ2B"); /* 1795405826123 in base 32 */
}

static void ids_are_all_different(void **state)
{
    struct call *call = *state;
    struct text ids[2000];
    for (size_t i = 0; i < COUNT(ids); i++)
        ids[i] = id_new(call);
    qsort(ids, COUNT(ids), sizeof(ids[0]), by_text);
    for (size_t i = 1; i < COUNT(ids); i++)
        assert_false(text_same(ids[i - 1], ids[i]));
}

static void later_ids_sort_later(void **state)
{
    struct call *call = *state;
    struct text before = id_new(call);
    for (int i = 0; i < 100; i++) {
        call->now += 1000;
        struct text id = id_new(call);
        assert_true(text_compare(before, id) < 0);
        before = id;
    }
}

static void chance_fills_every_byte(void **state)
{
    unsigned char seen[64] = {0}, bytes[64];
    for (int round = 0; round < 64; round++) {
        memset(bytes, 0, sizeof(bytes));
        chance(bytes, sizeof(bytes));
        for (size_t i = 0; i < sizeof(bytes); i++)
            seen[i] |= bytes[i];
    }
    for (size_t i = 0; i < sizeof(seen); i++)
        assert_true(seen[i] != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(ids_are_26_letters_of_base_32),
        CALL_TEST(ids_are_all_different),
        CALL_TEST(later_ids_sort_later),
        cmocka_unit_test(chance_fills_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
