/* SPDX-License-Identifier: Apache-2.0 */
/* A log of very many checkpoints: they are checked ahead of the walk, in batches and on several
 * threads; what is wrong with one is said of that one, and in order. */
#include "help.h"

#include <stdio.h>

#define SIZE 1300

static struct place p;

static int make_log(void **state)
{
    struct trail trail;
    place_make(&p);
    trail_start(&trail);
    assert_int_equal(place_open(&p), OK);
    while (ledger_size(p.ledger) < SIZE)
        assert_int_equal(append_some(&p, &trail, 1), OK);
    return 0;
}

static int drop_log(void **state)
{
    place_remove(&p);
    return 0;
}

static void each_is_checked(void **state)
{
    struct verification v;
    assert_int_equal(place_verify(&p, TEXT(""), &v), OK);
    assert_int_equal(v.finding_count, 0);
    assert_int_equal(v.entries, SIZE);
    assert_int_equal(v.checkpoints, SIZE);
}

/* The last row in the order of keys is no number: it ends the walk, and is said at the end. */
static void the_bad_ones_are_named_in_order(void **state)
{
    static const unsigned bad[] = {1, 7, 511, 512, 513, 1024, 1025, 1100, SIZE - 1};
    struct verification v;
    char where[40];
    size_t n = 0;
    place_alter(&p, "ALTER TABLE ledger_checkpoint RENAME TO old;"
                    "CREATE TABLE ledger_checkpoint AS SELECT * FROM old;"
                    "INSERT INTO ledger_checkpoint VALUES (1, 'wild', 'note');"
                    "UPDATE ledger_checkpoint SET note = respelled(note)"
                    " WHERE size IN (1, 7, 511, 512, 513, 1024, 1025, 1100, 1299)");
    assert_int_equal(place_verify(&p, TEXT(""), &v), OK);
    assert_int_equal(v.finding_count, COUNT(bad) + 1);
    assert_int_equal(v.checkpoints, SIZE);
    for (const struct finding *f = v.findings; n < COUNT(bad); f = f->next) {
        snprintf(where, sizeof(where), "checkpoint %u", bad[n++]);
        assert_true(text_is(f->place, where));
        assert_true(text_is(f->what, "it is not signed by the key of this log"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_checked),
        cmocka_unit_test(the_bad_ones_are_named_in_order),
    };
    return cmocka_run_group_tests_name("ledger many", tests, make_log, drop_log);
}
