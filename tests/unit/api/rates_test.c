/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/rates_test.c — buckets of a fixed number: who spends is told when to come back, and
 * strangers with many addresses neither make the table grow nor clear what somebody owes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "api/internal.h"

#define MANY 200000

static int64_t spend(struct arena *a, struct rates *r, const char *party)
{
    return rates__take(a, r, PURSE_LOGIN, text_of(party), 1);
}

/* Spends until refused; how often it was heard. */
static int exhaust(struct arena *a, struct rates *r, const char *party)
{
    int heard = 0;
    while (heard < 100000 && spend(a, r, party) == 0)
        heard++;
    return heard;
}

static void a_burst_ends_and_says_when(void **state)
{
    struct arena *a = arena_open();
    struct rates *r = rates__open(a, 1);
    (void)state;
    assert_in_range(exhaust(a, r, "192.0.2.1"), 50, 5000);
    assert_in_range(spend(a, r, "192.0.2.1"), 1, 60);
    assert_int_equal(spend(a, r, "192.0.2.2"), 0);
    assert_int_equal(rates__take(a, r, PURSE_WRITE, text_of("192.0.2.1"), 1), 0);
    arena_close(a);
}

static void more_than_a_burst_at_once_costs_a_burst(void **state)
{
    struct arena *a = arena_open();
    struct rates *r = rates__open(a, 1);
    (void)state;
    assert_int_equal(rates__take(a, r, PURSE_WRITE, text_of("x"), INT64_MAX), 0);
    assert_true(rates__take(a, r, PURSE_WRITE, text_of("x"), INT64_MAX) > 0);
    arena_close(a);
}

static void a_network_of_addresses_is_one(void **state)
{
    struct arena *a = arena_open();
    struct rates *r = rates__open(a, 1);
    (void)state;
    exhaust(a, r, "2001:db8:1:2::1");
    assert_true(spend(a, r, "2001:db8:1:2:ffff:ffff:ffff:ffff") > 0);
    assert_int_equal(spend(a, r, "2001:db8:1:3::1"), 0);
    arena_close(a);
}

static void strangers_neither_grow_it_nor_clear_a_debt(void **state)
{
    struct arena *a = arena_open();
    struct rates *r = rates__open(a, 1);
    size_t before = arena_used(a);
    (void)state;
    exhaust(a, r, "192.0.2.1");
    for (int i = 0; i < MANY; i++) {
        struct arena *scratch = arena_open();
        struct text one = text_print(scratch, "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
        (void)rates__take(scratch, r, PURSE_LOGIN, one, 1);
        arena_close(scratch);
    }
    struct arena *scratch = arena_open();
    assert_true(spend(scratch, r, "192.0.2.1") > 0 || exhaust(scratch, r, "192.0.2.1") < 50);
    arena_close(scratch);
    assert_in_range(arena_used(a) - before, 0, 4u << 20); /* what exhaust itself took */
    arena_close(a);
}

static void who_was_here_is_remembered_in_a_fixed_table(void **state)
{
    struct arena *a = arena_open();
    struct rates *r = rates__open(a, 1);
    int kept = 0;
    (void)state;
    rates__remember(r, TEXT("mine"));
    assert_true(rates__remembers(r, TEXT("mine")));
    assert_false(rates__remembers(r, TEXT("another")));
    size_t before = arena_used(a);
    for (int i = 0; i < 50000; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        rates__remember(r, text_of(name));
        rates__remember(r, TEXT("mine"));
    }
    assert_true(rates__remembers(r, TEXT("mine")));
    for (int i = 0; i < 50000; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        kept += rates__remembers(r, text_of(name));
    }
    assert_in_range(kept, 1000, 8192);
    assert_int_equal(arena_used(a), before);
    arena_close(a);
}

static void without_limits_nothing_is_counted(void **state)
{
    struct arena *a = arena_open();
    struct rates *r = rates__open(a, 0);
    (void)state;
    assert_int_equal(exhaust(a, r, "192.0.2.1"), 100000);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_ends_and_says_when),
        cmocka_unit_test(more_than_a_burst_at_once_costs_a_burst),
        cmocka_unit_test(a_network_of_addresses_is_one),
        cmocka_unit_test(strangers_neither_grow_it_nor_clear_a_debt),
        cmocka_unit_test(who_was_here_is_remembered_in_a_fixed_table),
        cmocka_unit_test(without_limits_nothing_is_counted),
    };
    return cmocka_run_group_tests_name("api rates", tests, NULL, NULL);
}
