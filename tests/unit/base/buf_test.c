/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

static void grows_and_keeps_its_bytes(void **state)
{
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 100000);
    for (int i = 0; i < 10000; i++) {
        buf_print(&b, "%04d,", i);
        if (i % 7 == 0)
            arena_take(call->arena, 24); /* the buffer can then not grow in place */
    }
    assert_false(b.full);
    assert_int_equal(b.len, 50000);
    assert_text(text_slice(buf_text(&b), 0, 10), "0000,0001,");
    assert_text(text_slice(buf_text(&b), 49990, 50000), "9998,9999,");
}

static void two_buffers_in_one_arena_stay_apart(void **state)
{
    struct call *call = *state;
    struct buf left = buf_in(call->arena, 9000), right = buf_in(call->arena, 9000);
    for (int i = 0; i < 4000; i++) {
        buf_add_byte(&left, 'l');
        buf_add_byte(&right, 'r');
    }
    assert_int_equal(text_find(buf_text(&left), 'r'), -1);
    assert_int_equal(text_find(buf_text(&right), 'l'), -1);
    assert_int_equal(left.len + right.len, 8000);
}

static void the_cap_holds_and_stays(void **state)
{
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 10);
    buf_add_c(&b, "0123456789");
    assert_false(b.full);
    buf_add(&b, TEXT(""));
    assert_false(b.full);
    buf_add_byte(&b, 'x');
    assert_true(b.full);
    b = buf_in(call->arena, 10);
    buf_add_c(&b, "012345");
    buf_add_c(&b, "too long");
    buf_add_c(&b, "x"); /* would fit, but after a hole */
    assert_true(b.full);
    assert_text(buf_text(&b), "012345");
    struct buf none = buf_in(call->arena, 0);
    assert_text(buf_text(&none), "");
    buf_add_byte(&none, 'x');
    assert_true(none.full);
}

static void long_prints_fit_or_are_refused(void **state)
{
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 1000);
    buf_print(&b, "%0900d", 7);
    assert_int_equal(b.len, 900);
    buf_print(&b, "%0900d", 7);
    assert_true(b.full);
    assert_int_equal(b.len, 900);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(grows_and_keeps_its_bytes),
        CALL_TEST(two_buffers_in_one_arena_stay_apart),
        CALL_TEST(the_cap_holds_and_stays),
        CALL_TEST(long_prints_fit_or_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
