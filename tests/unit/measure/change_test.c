/* SPDX-License-Identifier: Apache-2.0 */
/* When a series left its level: what it finds, and how often it cries for nothing. */
#include "measure_unit.h"

/* The example of river's documentation: random.Random(12345), 1,000 of 0 and 1, then 1,000 of 4
 * to 7. It reports a change at 1006. */
static const char river[] =
    "00100010001010101010100001110111000111011110101101110011001000101111011001010101"
    "11001000110000110101100100001100100001001001111000111001011000100001111010000111"
    "00100010000110000001010101110110111000110110000101001001000000010101111111011001"
    "11000100111111001100100001011011111101110100010010101110010000101111111111100111"
    "00000011011000110010001000010111100010101011100001111001001111100000100111000110"
    "11101100010111001101010000000110001011110110000110101110110000111100111111000011"
    "10000101110111100110011010101010100000001111001010001010100000110000010001000000"
    "11100101111000001100010100010110001011111001011101000110001011110110011101001111"
    "00101111110011100001001010000011011001111100111110010011110011110011011101001110"
    "10011100111111110101110000000010110100011010011010111110001111111011111000000101"
    "00110001000000100010101010111110101111101000100111100001010101110001000100100001"
    "10110101100001111000101000100110011101011011000011000011101110111101100010000100"
    "11110001110000010100101011101101111110114674675467764756676466746474645555557444"
    "77745666476665445464656546744777757777764654576774647574647766454546555777544754"
    "74654576744565577646666657775446745656567775444746754774775544755577555774457775"
    "44754547564657766645775544747456454457455644576556465465454466567567555567755765"
    "54644545557757545457675544767577464546446677675565556447744475754746767544776457"
    "47464756467574465644564445464654466464574575745775554576766645545777655577765676"
    "76766757576465445746546547745565647657654657477456556545774676765566745765644474"
    "55644465455664745544667775664776757556657767557547657656764557557746765745465745"
    "54765654544775474476577674667565667647547544577465565577767765676645666475475747"
    "66466546574564447745644474646664555574574776757755766567656476667564666454565655"
    "46445664664475656546675767457567444674655776575556465467774777464754666546464564"
    "75756554645555577566664475646544467465664476465456675756556644555754555647675467"
    "76456455745645656464674557457474656557474446554544665474657454765475455747746677";

static void river_finds_what_river_found(void **state)
{
    struct measure_river r = measure_river(0.005, 50, 0.9999);
    for (size_t i = 0; i < sizeof(river) - 1; i++)
        measure_river_add(&r, river[i] - '0');
    assert_int_equal(r.alarm.at, 1006);
}

static void a_shift_is_found_on_its_side(void **state)
{
    for (int down = 0; down < 2; down++) {
        struct measure_cusum c = measure_cusum(0, 1, 0.5, 5);
        struct measure_ewma e = measure_ewma(0, 1, 0.1, 3);
        struct measure_page p = measure_page(0.1, 10);
        for (int i = 0; i < 60; i++) {
            double x = i < 40 ? (i % 2 ? 0.5 : -0.5) : (down ? -3 : 3);
            measure_cusum_add(&c, x);
            measure_ewma_add(&e, x);
            measure_page_add(&p, x);
        }
        assert_in_range(c.alarm.at, 40, 45);
        assert_in_range(e.alarm.at, 40, 45);
        assert_in_range(p.alarm.at, 40, 45);
        assert_true(c.alarm.up != down && e.alarm.up != down && p.alarm.up != down);
        assert_int_equal(c.seen, 60);
    }
}

static void what_is_no_number_is_passed_over(void **state)
{
    static const double odd[] = {NAN, INFINITY, -INFINITY};
    struct measure_cusum c = measure_cusum(0, 1, 0.5, 5), flat = measure_cusum(0, 0, 0.5, 5);
    struct measure_ewma e = measure_ewma(0, 1, 0.1, 3);
    struct measure_page p = measure_page(0.1, 10);
    struct measure_river r = measure_river(0.1, 10, 1);
    for (size_t i = 0; i < COUNT(odd); i++) {
        measure_cusum_add(&c, odd[i]);
        measure_ewma_add(&e, odd[i]);
        measure_page_add(&p, odd[i]);
        measure_river_add(&r, odd[i]);
    }
    measure_cusum_add(&flat, 1);
    assert_true(c.seen == 0 && e.seen == 0 && p.seen == 0 && r.seen == 0 && flat.seen == 0);
    assert_true(c.alarm.at < 0 && e.alarm.at < 0 && p.alarm.at < 0 && r.alarm.at < 0);
    assert_true(e.level == 0 && p.mean == 0);
}

static double length_to_alarm(double p0, double p1, double h, double rate, uint64_t runs)
{
    double total = 0;
    for (uint64_t run = 0; run < runs; run++) {
        struct measure_bernoulli b = measure_bernoulli(p0, p1, h);
        while (b.alarm.at < 0 && b.seen < 100000)
            measure_bernoulli_add(&b, drawn(run * 1000003 + (uint64_t)b.seen) < rate);
        total += (double)b.seen;
    }
    return total / (double)runs;
}

/* Draws of another kind than it was calibrated with: a stable series runs about as long as was
 * asked for, a changed one is found much sooner. */
static void a_limit_gives_the_length_it_was_asked_for(void **state)
{
    struct figure up = measure_bernoulli_limit(0.2, 0.3, 1000);
    struct figure down = measure_bernoulli_limit(0.2, 0.1, 1000);
    assert_true(up.known && down.known);
    assert_near(measure_known(length_to_alarm(0.2, 0.3, up.value, 0.2, 500)), 1000, 250);
    assert_near(measure_known(length_to_alarm(0.2, 0.1, down.value, 0.2, 500)), 1000, 250);
    assert_true(length_to_alarm(0.2, 0.3, up.value, 0.4, 100) < 60);
    assert_near(measure_bernoulli_limit(0.2, 0.3, 1000), up.value, 0); /* the same each time */
    assert_unknown(measure_bernoulli_limit(0, 0.3, 1000));
    assert_unknown(measure_bernoulli_limit(0.3, 0.3, 1000));
    assert_unknown(measure_bernoulli_limit(0.2, 1, 1000));
    assert_unknown(measure_bernoulli_limit(0.2, 0.3, 9));
    assert_unknown(measure_bernoulli_limit(NAN, 0.3, 1000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(river_finds_what_river_found),
        cmocka_unit_test(a_shift_is_found_on_its_side),
        cmocka_unit_test(what_is_no_number_is_passed_over),
        cmocka_unit_test(a_limit_gives_the_length_it_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
