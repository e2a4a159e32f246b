/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"

#define FORMED(in, wanted)                                                                     \
    assert_text(form_one(((struct call *)*state)->arena, TEXT(in)), wanted)

static void composed(void **state)
{
    FORMED("", "");
    FORMED("plain", "plain");
    FORMED("u\xCC\x88", "ü");
    FORMED("ü", "ü");
    FORMED("Nguye\xCC\x82\xCC\x83n", "Nguyễn");
    FORMED("ﬁ ² ｶﾞ", "ﬁ ² ｶﾞ"); /* what only looks alike stays as it was written */
    FORMED("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "한");
}

static void what_is_no_text_stays(void **state)
{
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 1 << 20);
    FORMED("a\xFF\xCC\x88", "a\xFF\xCC\x88");
    buf_add_c(&b, "a");
    for (int i = 0; i < 100000; i++)
        buf_add_c(&b, i % 2 ? "\xCC\x88" : "\xCC\xA3");
    assert_true(text_same(form_one(call->arena, buf_text(&b)), buf_text(&b)));
}

static void before(void **state, const char *first, const char *second)
{
    struct arena *a = ((struct call *)*state)->arena;
    struct text x = order_key(a, text_of(first)), y = order_key(a, text_of(second));
    size_t len = x.len < y.len ? x.len : y.len;
    int cmp = __builtin_memcmp(x.at, y.at, len);
    if (cmp > 0 || (cmp == 0 && x.len >= y.len))
        fail_msg("%s does not come before %s", first, second);
}

static void in_the_order_people_expect(void **state)
{
    before(state, "A.2.2", "A.10.2");
    before(state, "A.9.4 Use", "A.10.2 Roles");
    before(state, "Model 2", "Model 10");
    before(state, "model 9", "Model 10");
    before(state, "RSK-9999", "RSK-10000");
    before(state, "apple", "Banana");
    before(state, "Apple", "banana");
    before(state, "Élan", "Fable");
    before(state, "zebra", "中"); /* Latin before Han */
    before(state, "12", "abc");
    before(state, "99999999999999999999998", "99999999999999999999999");
}

static void alike(void **state)
{
    struct arena *a = ((struct call *)*state)->arena;
    static const char *const pairs[][2] = {{"Apple", "apple"}, {"A.2", "a-2"}, {"Ärger", "arger"},
                                           {"Ａ１", "a1"},      {"007", "7"},   {"ア", "あ"}};
    for (size_t i = 0; i < COUNT(pairs); i++)
        assert_true(text_same(order_key(a, text_of(pairs[i][0])), order_key(a, text_of(pairs[i][1]))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {CALL_TEST(composed), CALL_TEST(what_is_no_text_stays),
                                       CALL_TEST(in_the_order_people_expect), CALL_TEST(alike)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
