/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/net/target_test.c — paths, queries and cookies without a socket. */
#include "client.h"
#include "net/inside.h"

static struct arena *a;

static int open_arena(void **state)
{
    a = arena_open();
    return 0;
}

static int close_arena(void **state)
{
    arena_close(a);
    return 0;
}

static bool reads(const char *target, struct request *r)
{
    *r = (struct request){.arena = a};
    return net__read_target(a, text_of(target), r) == NULL;
}

static void decodes_the_path_once(void **state)
{
    struct request r;
    assert_true(reads("/api/v1/%E9%A3%8E?x=1", &r));
    assert_true(text_is(r.path, "/api/v1/\xe9\xa3\x8e"));
    assert_true(text_is(r.raw_query, "x=1"));
    assert_true(reads("/%2541", &r));
    assert_true(text_is(r.path, "/%41"));
    assert_true(reads("/", &r));
    assert_true(text_is(r.path, "/"));
    assert_int_equal(r.query_count, 0);
    assert_true(reads("/.well-known/..a/a..", &r));
}

static void refuses_ambiguous_paths(void **state)
{
    static const char *const bad[] = {
        "",        "a",     "*",      "http://a/",     "/..",  "/../a",
        "/a/..",   "/.",    "/a/./b", "/%2e%2e/",      "/%2E", "/%2e%2e%2fa",
        "/a%2f..", "/%00",  "/a%00b", "/%5c",          "/\\",  "/%ff",
        "/%c0%ae", "/%",    "/%1",    "/%g0",          "/%0a", "/%1f",
        "/%7f",    "/a b",  "/a\tb",  "/\xe9\xa3\x8e", "/a#b", "/%f5%80%80%80",
        "/a%2fb",  "/a%2Fb"};
    struct request r;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (reads(bad[i], &r))
            fail_msg("accepted %s as %.*s", bad[i], TEXT_ARG(r.path));
}

static void keeps_order_and_doubles(void **state)
{
    static const char *const wanted[][2] = {{"b", "1"},  {"a", "x y"}, {"b", "2"},
                                            {"e", ""},   {"f", ""},    {"", "g"},
                                            {"h", "=i"}, {"k&l", "+"}};
    struct request r;
    assert_true(reads("/?b=1&a=x+y&&b=2&e&f=&=g&h==i&k%26l=%2B&", &r));
    assert_int_equal(r.query_count, COUNT(wanted));
    for (size_t i = 0; i < COUNT(wanted); i++) {
        assert_true(text_is(r.query[i].name, wanted[i][0]));
        assert_true(text_is(r.query[i].value, wanted[i][1]));
    }
    assert_true(text_is(request_query(&r, "b"), "1"));
    assert_int_equal(request_query(&r, "absent").len, 0);
}

static void refuses_bad_queries(void **state)
{
    static const char *const bad[] = {"/?%",     "/?a=%1",        "/?a=%00", "/?%ff=1",
                                      "/?a=%zz", "/?a=%ed%a0%80", "/?a b"};
    struct request r;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(reads(bad[i], &r));
    assert_true(reads("/?a=?/:@", &r));
}

static void bounds_the_parameters(void **state)
{
    struct buf b = buf_in(a, 4096);
    struct request r;
    buf_add_c(&b, "/?");
    for (int i = 0; i < NET_QUERY_PAIRS; i++)
        buf_add_c(&b, "a&");
    assert_true(reads(text_c(a, buf_text(&b)), &r));
    assert_int_equal(r.query_count, NET_QUERY_PAIRS);
    buf_add_c(&b, "a");
    assert_false(reads(text_c(a, buf_text(&b)), &r));
}

static void finds_cookies(void **state)
{
    struct text header = TEXT("xs=0; s=1;t = \"two\" ;empty=; s=3; lone");
    assert_true(text_is(net__cookie(header, "s"), "1"));
    assert_true(text_is(net__cookie(header, "t"), "two"));
    assert_true(text_is(net__cookie(header, "xs"), "0"));
    assert_int_equal(net__cookie(header, "empty").len, 0);
    assert_int_equal(net__cookie(header, "lone").len, 0);
    assert_int_equal(net__cookie(header, "S").len, 0);
    assert_int_equal(net__cookie(TEXT(""), "s").len, 0);
}

static void finds_cookies_in_any_header(void **state)
{
    const struct pair headers[] = {{TEXT("host"), TEXT("s=9")},
                                   {TEXT("cookie"), TEXT("a=1")},
                                   {TEXT("cookie"), TEXT("s=2")}};
    struct request r = {.headers = headers, .header_count = COUNT(headers)};
    assert_true(text_is(request_cookie(&r, "s"), "2"));
    assert_int_equal(request_cookie(&r, "b").len, 0);
    assert_true(text_is(request_header(&r, "host"), "s=9"));
    assert_int_equal(request_header(&r, "accept").len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_the_path_once),      cmocka_unit_test(refuses_ambiguous_paths),
        cmocka_unit_test(keeps_order_and_doubles),    cmocka_unit_test(refuses_bad_queries),
        cmocka_unit_test(bounds_the_parameters),      cmocka_unit_test(finds_cookies),
        cmocka_unit_test(finds_cookies_in_any_header)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
