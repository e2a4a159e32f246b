/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/oversight/held_test.c — orders that could not be written: what the file of them
 * tells the next process; and how many may wait to be told. The whole is tried against a
 * failing disk by tests/attack/stop_waits.py. */
#include "oversight/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOW INT64_C(1795435200000000) /* 2026-11-23T12:00:00Z */

static char folder[64];
static struct arena *arena;

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/aimwell-held-XXXXXX");
    arena = arena_open();
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    unlink(text_print(arena, "%s/stop.orders", folder).at);
    rmdir(folder);
    arena_close(arena);
    return 0;
}

static struct oversight *process(void)
{
    struct oversight *o = NEW(arena, struct oversight);
    o->file = text_print(arena, "%s/stop.orders", folder).at;
    pthread_mutex_init(&o->lock, NULL);
    pthread_cond_init(&o->wake, NULL);
    pthread_cond_init(&o->work, NULL);
    return o;
}

static struct oversight *next_process(void)
{
    struct oversight *o = process();
    keep__load(o, call_open(arena, NOW, LANG_EN));
    return o;
}

static void end_process(struct oversight *o)
{
    while (o->orders) {
        struct order *order = o->orders;
        o->orders = order->next;
        order__free(order);
    }
}

static struct order *give(struct oversight *o, int n)
{
    struct order *order = order__new(o, text_print(arena, "order%d", n));
    order->kind = TEXT("pump");
    order->record = text_print(order->arena, "record%d", n);
    order->key = TEXT("PU-1");
    order->move = TEXT("halt");
    order->person = TEXT("usr_1");
    order->reason = TEXT("It said: \"no\"\nand smoked \xc3\xa9");
    order->at = NOW + n;
    order__add(o, order);
    order->kept = keep__add(o, order);
    return order;
}

/* As the keeper does it: out of the list, then out of the file. */
static void over(struct oversight *o, struct order *order)
{
    struct order **link = &o->orders;
    while (*link != order)
        link = &(*link)->next;
    *link = order->next;
    o->order_count--;
    keep__done(o, order);
    order__free(order);
}

static bool has_file(const struct oversight *o)
{
    return access(o->file, F_OK) == 0;
}

static void an_order_outlives_its_process(void **state)
{
    (void)state;
    struct oversight *o = process();
    assert_true(give(o, 1)->kept);
    end_process(o);
    o = next_process();
    assert_int_equal(o->order_count, 1);
    const struct order *order = order__about(o, TEXT("record1"));
    assert_non_null(order);
    assert_true(text_is(order->id, "order1") && text_is(order->kind, "pump"));
    assert_true(text_is(order->move, "halt") && text_is(order->person, "usr_1"));
    assert_true(text_is(order->reason, "It said: \"no\"\nand smoked \xc3\xa9"));
    assert_int_equal(order->at, NOW + 1);
    assert_true(order->tried && order->kept && !order->secret[0]);
    assert_true(order__next(o) <= clock_ticks()); /* it is tried at once */
    end_process(o);
}

/* However many come and go, the next process has those that were not over. */
static void what_is_over_is_not_taken_up_again(void **state)
{
    (void)state;
    struct oversight *o = process();
    struct order *orders[40];
    for (int n = 0; n < 40; n++)
        orders[n] = give(o, n);
    for (int n = 0; n < 40; n++)
        if (n % 3)
            over(o, orders[n]);
    end_process(o);
    o = next_process();
    assert_int_equal(o->order_count, 14);
    for (int n = 0; n < 40; n++)
        assert_true(!order__about(o, text_print(arena, "record%d", n)) == (n % 3 != 0));
    while (o->orders) {
        assert_true(has_file(o));
        over(o, o->orders);
    }
    assert_false(has_file(o));
}

static void append(const struct oversight *o, const char *bytes)
{
    FILE *f = fopen(o->file, "a");
    assert_non_null(f);
    assert_true(fputs(bytes, f) >= 0);
    assert_int_equal(fclose(f), 0);
}

static void lines_that_are_torn_or_strange_say_nothing(void **state)
{
    (void)state;
    struct oversight *o = process();
    append(o, "nonsense\n[]\n7\n{}\n{\"over\":3}\n{\"over\":\"none\"}\n{\"order\":\"a\",\"at\":"
              "\"soon\"}\n");
    give(o, 1);
    append(o, "{\"order\":\"order2\",\"kind\":\"pump\",\"rec");
    end_process(o);
    o = next_process();
    assert_int_equal(o->order_count, 1);
    assert_non_null(order__about(o, TEXT("record1")));
    end_process(o);
}

/* One order of a record, and no more than are held. */
static void no_more_are_taken_up_than_are_held(void **state)
{
    (void)state;
    struct oversight *o = process();
    for (int n = 0; n < STOP_ORDERS + 20; n++)
        give(o, n);
    struct order *again = give(o, 1000);
    again->record = TEXT("record3");
    assert_true(keep__add(o, again));
    end_process(o);
    o = next_process();
    assert_int_equal(o->order_count, STOP_ORDERS);
    end_process(o);
}

static void a_folder_that_takes_nothing_keeps_nothing(void **state)
{
    (void)state;
    struct oversight *o = process();
    o->file = text_print(arena, "%s/none/stop.orders", folder).at;
    assert_false(give(o, 1)->kept);
    o->file = NULL; /* no folder at all */
    assert_false(give(o, 2)->kept);
    end_process(o);
    o = next_process();
    assert_int_equal(o->order_count, 0);
}

/* One who asks has a part of the places, people half of them, hosts all. */
static void places_are_bounded(void **state)
{
    (void)state;
    struct oversight *o = process();
    for (int n = 0; n < STOP_WAITERS_OF; n++)
        assert_non_null(oversight_place(o, TEXT("greedy"), false));
    assert_null(oversight_place(o, TEXT("greedy"), false));
    assert_null(oversight_place(o, TEXT("greedy"), true));
    size_t people = STOP_WAITERS_OF, all;
    while (oversight_place(o, text_print(arena, "person%zu", people), false))
        people++;
    assert_int_equal(people, STOP_WAITERS / 2);
    for (all = people; oversight_place(o, text_print(arena, "host%zu", all), true);)
        all++;
    assert_int_equal(all, STOP_WAITERS);
    oversight_hush(o);
    wait__end(o);
    assert_null(oversight_place(o, TEXT("late"), true)); /* the server ends: nobody waits */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_order_outlives_its_process, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_over_is_not_taken_up_again, setup, teardown),
        cmocka_unit_test_setup_teardown(lines_that_are_torn_or_strange_say_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(no_more_are_taken_up_than_are_held, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_takes_nothing_keeps_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(places_are_bounded, setup, teardown),
    };
    return cmocka_run_group_tests_name("oversight held", tests, NULL, NULL);
}
