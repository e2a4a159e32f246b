/* SPDX-License-Identifier: Apache-2.0 */
/* Laws, intervals and tests against values that scipy 1.17 gave. */
#include "measure_unit.h"

#define assert_within(got, wanted, relative)                                                   \
    assert_near(measure_known(got), wanted, (relative)*fabs((double)(wanted)) + 1e-300)

static void tails(void **state)
{
    assert_near(measure_chi2_tail(3.84, 1), 0.05004352124870519, 1e-12);
    assert_near(measure_chi2_tail(0.5, 1), 0.47950012218695337, 1e-12);
    assert_within(measure_chi2_tail(100, 1).value, 1.5239706048320995e-23, 1e-10);
    assert_near(measure_chi2_tail(5, 10), 0.8911780189141513, 1e-12);
    assert_near(measure_chi2_tail(30, 10), 0.000856641210775301, 1e-12);
    assert_near(measure_chi2_tail(500, 436), 0.018226942290351347, 1e-11);
    assert_near(measure_chi2_tail(1e-3, 3), 0.9999915920809419, 1e-12);
    assert_near(measure_chi2_tail(10000, 10000), 0.49811936596618267, 1e-9);
    assert_near(measure_chi2_tail(2000, 10), 0, 1e-300);
    assert_near(measure_chi2_tail(0, 1), 1, 0);
    assert_near(measure_chi2_tail(INFINITY, 1), 0, 0);
    assert_unknown(measure_chi2_tail(1, 0));
    assert_unknown(measure_chi2_tail(NAN, 1));
    assert_within(measure_normal_tail(MEASURE_Z95), 0.05, 1e-12);
    assert_within(measure_z(0.05), MEASURE_Z95, 1e-12);
    assert_within(measure_z(0.05 / 15), 2.935199468866699, 1e-9);
    assert_within(measure_z(2), 0, 0);
}

static void kolmogorov(void **state)
{
    static const struct {
        double d;
        int64_t n;
        double p;
    } exact[] = {{0.3, 10, 0.27053557479999946},     {0.1, 200, 0.03411035080315383},
                 {0.02, 1000, 0.8108971656895577},   {0.5, 8, 0.02259063720703125},
                 {0.05, 1000, 0.013012074781090332}, {0.9, 3, 0.0019999999999999987},
                 {0.003, 5000, 0.9999999999740126},  {0.0045, 200000, 0.0006052431453602938}};
    for (size_t i = 0; i < COUNT(exact); i++)
        assert_within(measure_kolmogorov_exact(exact[i].d, exact[i].n).value, exact[i].p, 1e-6);
    assert_near(measure_kolmogorov_exact(0.001, 200), 1, 0);
    assert_near(measure_kolmogorov_exact(1, 5), 0, 0);
    assert_unknown(measure_kolmogorov_exact(0.5, 0));
    assert_within(measure_kolmogorov_tail(0.3), 0.9999906941986655, 1e-12);
    assert_within(measure_kolmogorov_tail(0.5), 0.9639452436648751, 1e-12);
    assert_within(measure_kolmogorov_tail(0.9), 0.3927307079406543, 1e-12);
    assert_within(measure_kolmogorov_tail(1), 0.26999967167735456, 1e-12);
    assert_within(measure_kolmogorov_tail(1.5), 0.022217962616525127, 1e-12);
    assert_within(measure_kolmogorov_tail(3), 3.045995948942526e-08, 1e-12);
}

static struct measure_share share(int64_t events, int64_t of)
{
    return (struct measure_share){events, of};
}

static void fisher(void **state)
{
    assert_near(measure_fisher(share(3, 4), share(1, 4)), 0.48571428571428565, 1e-12);
    assert_near(measure_fisher(share(1, 10), share(11, 14)), 0.0027594561852200836, 1e-12);
    assert_near(measure_fisher(share(0, 10), share(12, 14)), 6.730380939561179e-05, 1e-14);
    assert_within(measure_fisher(share(1000, 10000), share(1200, 10000)).value,
                  6.800024223808414e-06, 1e-9);
    assert_within(measure_fisher(share(30000, 1000000), share(30500, 1000000)).value,
                  0.039386040795694806, 1e-9);
    assert_near(measure_fisher(share(0, 10), share(0, 5)), 1, 0);
    assert_near(measure_fisher(share(10, 10), share(5, 5)), 1, 0);
    assert_unknown(measure_fisher(share(0, 0), share(0, 5)));
    assert_unknown(measure_fisher(share(3, 2), share(0, 5)));
    /* Far apart and many: too small for a double is 0, not an error. */
    assert_near(measure_fisher(share(0, 1 << 20), share(1 << 20, 1 << 20)), 0, 0);
}

/* Swapping the groups, or events and the rest, changes nothing. */
static void fisher_is_symmetric(void **state)
{
    for (uint64_t i = 0; i < 500; i++) {
        int64_t na = 1 + (int64_t)(mixed(i) % 60), nb = 1 + (int64_t)(mixed(i + 1000) % 60);
        int64_t ka = (int64_t)(mixed(i + 2000) % (uint64_t)(na + 1));
        int64_t kb = (int64_t)(mixed(i + 3000) % (uint64_t)(nb + 1));
        double p = measure_fisher(share(ka, na), share(kb, nb)).value;
        assert_near(measure_fisher(share(kb, nb), share(ka, na)), p, 1e-9);
        assert_near(measure_fisher(share(na - ka, na), share(nb - kb, nb)), p, 1e-9);
    }
}

static void many_looks(void **state)
{
    static const double holm[] = {0.04, 0.09, 0.09, 0.025, 0.2};
    static const double bh[] = {0.025, 0.05, 0.05, 0.025, 0.2};
    double p[] = {0.01, 0.04, 0.03, 0.005, 0.2}, q[COUNT(p)];
    memcpy(q, p, sizeof(q));
    measure_holm(p, COUNT(p));
    measure_benjamini_hochberg(q, COUNT(q));
    for (size_t i = 0; i < COUNT(p); i++) {
        assert_within(p[i], holm[i], 1e-12);
        assert_within(q[i], bh[i], 1e-12);
    }
    measure_holm(p, 0);
    measure_benjamini_hochberg(q, 0);
}

/* In 2,000 draws a 95 % interval misses the rate in about 1 of 20, never in 1 of 10. */
static void intervals_cover_what_they_say(void **state)
{
    int missed = 0, missed_difference = 0;
    for (uint64_t run = 0; run < 2000; run++) {
        struct measure_share a = {0, 80}, b = {0, 120};
        for (uint64_t i = 0; i < 80; i++)
            a.events += drawn(run * 1000 + i) < 0.3;
        for (uint64_t i = 0; i < 120; i++)
            b.events += drawn(run * 1000 + 500 + i) < 0.2;
        struct interval w = measure_wilson(a, MEASURE_Z95);
        struct interval d = measure_newcombe(a, b, MEASURE_Z95);
        missed += w.low > 0.3 || w.high < 0.3;
        missed_difference += d.low > 0.1 || d.high < 0.1;
    }
    assert_in_range(missed, 50, 160);
    assert_in_range(missed_difference, 50, 160);
}

static void intervals_at_their_ends(void **state)
{
    struct interval none = measure_wilson(share(0, 10), MEASURE_Z95);
    struct interval all = measure_wilson(share(10, 10), MEASURE_Z95);
    assert_true(none.known && none.low == 0 && none.high > 0.2 && none.high < 0.4);
    assert_true(all.known && all.high == 1);
    assert_false(measure_wilson(share(0, 0), MEASURE_Z95).known);
    assert_false(measure_wilson(share(-1, 5), MEASURE_Z95).known);
    assert_false(measure_newcombe(share(1, 2), share(0, 0), MEASURE_Z95).known);
    assert_false(measure_katz(share(0, 5), share(1, 5), MEASURE_Z95).known);
    assert_true(measure_katz(share(5, 5), share(5, 5), MEASURE_Z95).known);
    assert_unknown(measure_two_proportions(share(0, 5), share(0, 9)).statistic);
    assert_unknown(measure_two_proportions(share(5, 5), share(9, 9)).p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tails),
        cmocka_unit_test(kolmogorov),
        cmocka_unit_test(fisher),
        cmocka_unit_test(fisher_is_symmetric),
        cmocka_unit_test(many_looks),
        cmocka_unit_test(intervals_cover_what_they_say),
        cmocka_unit_test(intervals_at_their_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
