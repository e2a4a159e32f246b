/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

static bool all_zero(const char *at, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (at[i] != 0)
            return false;
    return true;
}

static void pieces_are_zero_aligned_and_apart(void **state)
{
    struct arena *a = arena_open();
    char *before = NULL;
    size_t before_size = 0;
    for (size_t size = 0; size < 70000; size = size * 2 + 1) {
        char *at = arena_take(a, size);
        assert_non_null(at);
        assert_int_equal((uintptr_t)at % 16, 0);
        assert_true(all_zero(at, size));
        memset(at, 0xAA, size);
        if (before != NULL && before_size > 0)
            assert_true((unsigned char)before[before_size - 1] == 0xAA);
        before = at;
        before_size = size;
    }
    arena_close(a);
}

static void reset_gives_zeroed_memory_again(void **state)
{
    struct arena *a = arena_open();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 100; i++) {
            char *at = arena_take(a, 1000);
            assert_true(all_zero(at, 1000));
            memset(at, 0x55, 1000);
        }
        char *big = arena_take(a, 3000000);
        assert_true(all_zero(big, 3000000));
        memset(big, 0x55, 3000000);
        assert_true(arena_used(a) >= 3100000);
        arena_reset(a);
        assert_int_equal(arena_used(a), 0);
    }
    arena_close(a);
}

static void many_keep_what_is_in_them(void **state)
{
    struct arena *a = arena_open();
    int64_t *kept[5000];
    for (int64_t i = 0; i < 5000; i++) {
        kept[i] = NEW(a, int64_t);
        *kept[i] = i;
        if (i % 100 == 0)
            memset(arena_take(a, 40000), 0xFF, 40000);
    }
    for (int64_t i = 0; i < 5000; i++)
        assert_int_equal(*kept[i], i);
    arena_close(a);
}

static void closing_nothing_is_fine(void **state)
{
    arena_close(NULL);
}

static void take_too_many(void)
{
    arena_take_many(arena_open(), SIZE_MAX / 2, 3);
}

static void take_too_much(void)
{
    arena_take(arena_open(), SIZE_MAX - 3);
}

static void overflow_aborts(void **state)
{
    assert_true(aborts(take_too_many));
    assert_true(aborts(take_too_much));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zero_aligned_and_apart),
        cmocka_unit_test(reset_gives_zeroed_memory_again),
        cmocka_unit_test(many_keep_what_is_in_them),
        cmocka_unit_test(closing_nothing_is_fine),
        cmocka_unit_test(overflow_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
