/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

struct numbers LIST_OF(size_t);

static void keeps_every_name_and_its_number(void **state)
{
    struct call *call = *state;
    struct map *m = map_in(call->arena);
    for (size_t i = 0; i < 5000; i++)
        assert_true(map_add(m, text_print(call->arena, "name-%zu", i), i));
    assert_int_equal(map_count(m), 5000);
    for (size_t i = 0; i < 5000; i++) {
        size_t value = 0;
        assert_true(map_find(m, text_print(call->arena, "name-%zu", i), &value));
        assert_int_equal(value, i);
    }
    assert_false(map_find(m, TEXT("name-5000"), NULL));
    assert_false(map_find(m, TEXT(""), NULL));
}

static void the_first_of_a_name_stays(void **state)
{
    struct call *call = *state;
    struct map *m = map_in(call->arena);
    size_t value = 0;
    assert_true(map_add(m, TEXT(""), 1));
    assert_false(map_add(m, TEXT(""), 2));
    assert_true(map_find(m, TEXT(""), &value));
    assert_int_equal(value, 1);
    assert_int_equal(map_count(m), 1);
}

static void a_list_grows_to_its_most_and_no_further(void **state)
{
    struct call *call = *state;
    struct numbers n = LIST_IN(call->arena, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_true(LIST_ADD(&n, i * 3));
    assert_false(n.full);
    assert_false(LIST_ADD(&n, 7));
    assert_true(n.full);
    assert_int_equal(n.count, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(n.at[i], i * 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(keeps_every_name_and_its_number),
        CALL_TEST(the_first_of_a_name_stays),
        CALL_TEST(a_list_grows_to_its_most_and_no_further),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
