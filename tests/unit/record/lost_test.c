/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/record/lost_test.c — in which order work is shown: what a law asks before what is
 * late, that before what ends today, that before what others wait for; and of the same loss by
 * day and key. */
#include "record/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TODAY TEXT("2026-11-30")

static struct todo due(const char *day)
{
    return (struct todo){.due = text_of(day)};
}

static void each_has_its_loss(void **state)
{
    (void)state;
    struct todo rest = due(""), far = due("2026-12-24"), late = due("2026-11-29"),
                now = due("2026-11-30");
    assert_int_equal(todo_loss(&rest, TODAY), LOSS_REST);
    assert_int_equal(todo_loss(&far, TODAY), LOSS_REST);
    assert_int_equal(todo_loss(&late, TODAY), LOSS_OVERDUE);
    assert_int_equal(todo_loss(&now, TODAY), LOSS_TODAY);
    rest.holds_up = true;
    assert_int_equal(todo_loss(&rest, TODAY), LOSS_BLOCKS);
    far.blocks = true;
    assert_int_equal(todo_loss(&far, TODAY), LOSS_BLOCKS);
    /* what is worse decides, whatever else is so */
    now.blocks = now.holds_up = true;
    assert_int_equal(todo_loss(&now, TODAY), LOSS_TODAY);
    late.blocks = true;
    assert_int_equal(todo_loss(&late, TODAY), LOSS_OVERDUE);
    far.law = 1; /* a clock of the law is over before the day is */
    assert_int_equal(todo_loss(&far, TODAY), LOSS_TODAY);
    late.law = far.law = rest.law = 2;
    assert_int_equal(todo_loss(&late, TODAY), LOSS_LAW);
    assert_int_equal(todo_loss(&far, TODAY), LOSS_LAW);
    assert_int_equal(todo_loss(&rest, TODAY), LOSS_LAW);
}

/* An acknowledgement says itself that it is late: its day is one of people, not of the record.
 */
static void late_is_said(void **state)
{
    (void)state;
    struct todo t = due("2026-12-01");
    t.overdue = true;
    assert_int_equal(todo_loss(&t, TODAY), LOSS_OVERDUE);
}

static void in_order(void **state)
{
    (void)state;
    static const struct {
        const char *key, *due;
        int64_t law;
        bool holds_up, blocks;
    } given[] = {
        {"TSK-0009", "", 0, false, false},
        {"TSK-0008", "2026-12-24", 0, false, false},
        {"TSK-0007", "", 0, false, true},
        {"TSK-0006", "2026-12-10", 0, true, false},
        {"TSK-0005", "2026-11-30", 0, false, false},
        {"TSK-0004", "2026-11-28", 0, false, false},
        {"TSK-0003", "2026-11-01", 0, true, true},
        {"TSK-0002", "2026-11-01", 0, false, false},
        {"INC-0001", "2027-01-01", 2, false, false},
    };
    static const char *const wanted[] = {"INC-0001", "TSK-0002", "TSK-0003",
                                         "TSK-0004", "TSK-0005", "TSK-0006",
                                         "TSK-0007", "TSK-0008", "TSK-0009"};
    struct arena *a = arena_open();
    struct todo items[COUNT(given)];
    for (size_t i = 0; i < COUNT(given); i++)
        items[i] = (struct todo){.ref = {.key = text_of(given[i].key)},
                                 .due = text_of(given[i].due),
                                 .law = given[i].law,
                                 .holds_up = given[i].holds_up,
                                 .blocks = given[i].blocks};
    todo_order(a, items, COUNT(given), TODAY);
    for (size_t i = 0; i < COUNT(wanted); i++)
        if (!text_is(items[i].ref.key, wanted[i]))
            fail_msg("%zu is %.*s, not %s", i, TEXT_ARG(items[i].ref.key), wanted[i]);
    todo_order(a, items, 0, TODAY);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_has_its_loss),
        cmocka_unit_test(late_is_said),
        cmocka_unit_test(in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
