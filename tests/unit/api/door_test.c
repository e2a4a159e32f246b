/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/api/door_test.c — addresses of organisations: which can be one, and which cannot
 * stand beside another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "api/api.h"

static void an_address_is_an_origin_and_a_base(void **state)
{
    static const struct {
        const char *address, *origin, *base;
    } good[] = {{"https://AIMS.example.org/", "https://aims.example.org", ""},
                {"https://aims.example.org", "https://aims.example.org", ""},
                {"http://[::1]:8420", "http://[::1]:8420", ""},
                {"https://Host/Aims/", "https://host", "/Aims"},
                {"HTTPS://host/a.b/~c_-", "https://host", "/a.b/~c_-"}};
    static const char *const bad[] = {"",
                                      "host",
                                      "https://",
                                      "https:///x",
                                      "ftp://host",
                                      "https://u@host",
                                      "https://host//",
                                      "https://host/a//b",
                                      "https://host/a/./b",
                                      "https://host/api",
                                      "https://host/v1/x",
                                      "https://host/%61",
                                      "https://host/a?b",
                                      "https://host/a b",
                                      "https://host/\xc3\xa4"};
    struct arena *a = arena_open();
    struct text origin, base;
    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(api_public(a, text_of(good[i].address), &origin, &base));
        assert_true(text_is(origin, good[i].origin) && text_is(base, good[i].base));
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(api_public(a, text_of(bad[i]), &origin, &base));
    arena_close(a);
}

static bool meet(struct arena *a, const char *origin, const char *base, const char *other,
                 const char *below)
{
    bool one = api_same_door(a, text_of(origin), text_of(base), text_of(other), text_of(below));
    assert_int_equal(
        one, api_same_door(a, text_of(other), text_of(below), text_of(origin), text_of(base)));
    return one;
}

static void addresses_that_meet_are_told(void **state)
{
    struct arena *a = arena_open();
    (void)state;
    assert_true(meet(a, "", "/a", "", "/a"));
    assert_true(meet(a, "", "/a", "", "/a/b"));
    assert_false(meet(a, "", "/a", "", "/ab"));
    assert_true(meet(a, "https://h", "", "http://h:80", ""));
    assert_true(meet(a, "https://h", "", "https://h", "/a"));
    assert_false(meet(a, "https://h", "", "https://i", ""));
    assert_false(meet(a, "https://h", "/a", "https://h", "/b"));
    assert_true(meet(a, "https://h", "/a", "", "/a"));
    assert_false(meet(a, "https://h", "/a", "", "/b"));
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(an_address_is_an_origin_and_a_base),
                                       cmocka_unit_test(addresses_that_meet_are_told)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
