/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/throttle_test.c — waits grow, end, are forgotten, and memory is bounded. */
#include "site.h"

#include <stdio.h>

static struct call *call;
static struct throttle *throttle;

static int setup(void **state)
{
    struct arena *arena = arena_open();
    call = call_open(arena, START, LANG_EN);
    *state = arena;
    return access__throttle_open(call, &throttle) != OK;
}

static int teardown(void **state)
{
    access__throttle_close(throttle);
    arena_close(*state);
    return 0;
}

static struct attempt by(const char *account, const char *peer)
{
    return access__attempt(call, "account", text_of(account), text_of(peer));
}

static enum err guess(const char *account, const char *peer)
{
    struct attempt at = by(account, peer);
    return access__throttle_begin(call, throttle, &at);
}

static int64_t wait(const char *account, const char *peer)
{
    struct attempt at = by(account, peer);
    return access__throttle_seconds(throttle, &at);
}

static void succeed(const char *account, const char *peer)
{
    struct attempt at = by(account, peer);
    assert_int_equal(access__throttle_begin(call, throttle, &at), OK);
    access__throttle_succeeded(throttle, &at);
}

static void waits_double_up_to_a_quarter_of_an_hour(void **state)
{
    static const int64_t want[] = {0,  0,  0,   0,   1,   2,   4,   8,  16,
                                   32, 64, 128, 256, 512, 900, 900, 900};
    for (size_t i = 0; i < COUNT(want); i++) {
        assert_int_equal(guess("a", ""), OK);
        assert_int_equal(wait("a", ""), want[i]);
        if (want[i] > 0)
            assert_int_equal(guess("a", ""), ERR_BUSY);
        call->now += want[i] * SECOND;
    }
    call->now += HOUR + 1;
    assert_int_equal(guess("a", ""), OK);
    assert_int_equal(wait("a", ""), 0);
}

static void success_and_cancelling(void **state)
{
    struct attempt at = by("a", "");
    for (int i = 0; i < 4; i++)
        assert_int_equal(guess("a", ""), OK);
    succeed("a", "");
    for (int i = 0; i < 4; i++)
        assert_int_equal(guess("a", ""), OK);
    assert_int_equal(wait("a", ""), 0);
    /* One that never happened does not count. */
    assert_int_equal(access__throttle_begin(call, throttle, &at), OK);
    assert_int_equal(wait("a", ""), 1);
    access__throttle_cancelled(throttle, &at);
    assert_int_equal(wait("a", ""), 0);
}

/* Attempts at the same time count before their answers are known. */
static void a_volley_does_not_slip_through(void **state)
{
    unsigned heard = 0;
    for (int i = 0; i < 50; i++)
        heard += guess("a", "") == OK;
    assert_int_equal(heard, 5);
}

static void success_elsewhere_does_not_clear_an_address(void **state)
{
    for (int i = 0; i < 4; i++) {
        assert_int_equal(guess(text_print(call->arena, "v%d", i).at, "10.9.0.1"), OK);
        succeed("mine", "10.9.0.1");
    }
    assert_int_equal(guess("v9", "10.9.0.1"), OK);
    assert_int_equal(wait("v10", "10.9.0.1"), 1);
}

static void networks_count_as_one(void **state)
{
    for (int i = 0; i < 5; i++) {
        const char *peer = text_print(call->arena, "2001:db8:1:2::%d", i).at;
        assert_int_equal(guess(text_print(call->arena, "v%d", i).at, peer), OK);
    }
    assert_int_equal(wait("x", "2001:db8:1:2:ffff::9"), 1);
    assert_int_equal(wait("x", "2001:db8:1:3::1"), 0);
    assert_int_equal(wait("x", "::ffff:10.9.0.1"), 0);
}

static void known_pairs_have_their_own_count(void **state)
{
    succeed("a", "10.9.0.1");
    for (int i = 0; i < 5; i++)
        assert_int_equal(guess("a", "10.9.0.2"), OK);
    assert_int_equal(wait("a", "10.9.0.1"), 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(guess("a", "10.9.0.1"), OK);
    assert_int_equal(wait("a", "10.9.0.1"), 1);
}

/* Whoever fails at an account waits, from there; its owner comes in from anywhere else. */
static void strangers_do_not_keep_the_owner_out(void **state)
{
    for (int i = 0; i < 300; i++) {
        const char *peer = text_print(call->arena, "10.8.%d.%d", i / 60, i % 60).at;
        (void)guess("a", peer);
        (void)guess("a", peer);
    }
    assert_int_equal(wait("a", "10.9.0.7"), 0);
    /* A slip there waits with everybody, and not long. */
    assert_int_equal(guess("a", "10.9.0.7"), OK);
    assert_in_range(wait("a", "10.9.0.7"), 1, 30);
    succeed("b", "10.9.0.8");
    for (int i = 0; i < 20; i++) {
        call->now += 5 * MINUTE;
        (void)guess("a", "10.9.0.9");
    }
    assert_true(wait("a", "10.9.0.9") > 30);
}

/* Several people sign in from there: what one of them fails at is no reason to stop the others. */
static void a_shared_address_is_freed(void **state)
{
    succeed("a", "10.9.0.1");
    for (int i = 0; i < 10; i++) {
        call->now += 5 * MINUTE;
        (void)guess("b", "10.9.0.1");
    }
    assert_true(wait("c", "10.9.0.1") > 1);
    call->now += 15 * MINUTE;
    succeed("c", "10.9.0.1");
    for (int i = 0; i < 10; i++)
        (void)guess("b", "10.9.0.1");
    assert_in_range(wait("d", "10.9.0.1"), 0, 1);
    assert_int_equal(wait("c", "10.9.0.1"), 0);
}

static void a_known_device_has_its_own_count(void **state)
{
    struct attempt device = by("a", "10.9.0.1");
    device.device = true;
    device.pair = by("the device's cookie", "").account;
    for (int i = 0; i < 9; i++)
        (void)guess("a", "10.9.0.1");
    assert_true(wait("a", "10.9.0.1") > 0);
    assert_int_equal(access__throttle_begin(call, throttle, &device), OK);
}

/* Ten thousand are kept: the ones used last. */
static void memory_is_bounded(void **state)
{
    struct arena *own = arena_open();
    struct call *outer = call;
    for (int i = 0; i < 5; i++) {
        assert_int_equal(guess("old", ""), OK);
        assert_int_equal(guess("kept", ""), OK);
    }
    for (int i = 0; i < 12000; i++) {
        char name[32];
        arena_reset(own);
        call = call_open(own, START, LANG_EN);
        snprintf(name, sizeof(name), "n%d", i);
        assert_int_equal(guess(name, ""), OK);
        if (i == 6000) {
            call->now = outer->now += SECOND;
            assert_int_equal(guess("kept", ""), OK);
        }
    }
    call = outer;
    assert_int_equal(wait("old", ""), 0);
    assert_int_equal(wait("kept", ""), 2);
    arena_close(own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(waits_double_up_to_a_quarter_of_an_hour, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(success_and_cancelling, setup, teardown),
        cmocka_unit_test_setup_teardown(a_volley_does_not_slip_through, setup, teardown),
        cmocka_unit_test_setup_teardown(success_elsewhere_does_not_clear_an_address, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(networks_count_as_one, setup, teardown),
        cmocka_unit_test_setup_teardown(known_pairs_have_their_own_count, setup, teardown),
        cmocka_unit_test_setup_teardown(strangers_do_not_keep_the_owner_out, setup, teardown),
        cmocka_unit_test_setup_teardown(a_shared_address_is_freed, setup, teardown),
        cmocka_unit_test_setup_teardown(a_known_device_has_its_own_count, setup, teardown),
        cmocka_unit_test_setup_teardown(memory_is_bounded, setup, teardown),
    };
    return cmocka_run_group_tests_name("access throttle", tests, NULL, NULL);
}
