/* SPDX-License-Identifier: Apache-2.0 */
/* Where a message may go, how addresses are read, and how it is signed. */
#include "net/net.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct arena *arena;
static struct call *call;

static int begin(void **state)
{
    (void)state;
    arena = arena_open();
    call = call_open(arena, 1, LANG_EN);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_close(arena);
    return 0;
}

static enum reach_kind reach(const struct reachable *r, const char *words)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    unsigned char ip[16];
    if (inet_pton(AF_INET, words, &four.sin_addr) == 1) {
        assert_true(reach_ip((const struct sockaddr *)&four, ip));
    } else {
        assert_int_equal(inet_pton(AF_INET6, words, &six.sin6_addr), 1);
        assert_true(reach_ip((const struct sockaddr *)&six, ip));
    }
    return reach_of(r, ip);
}

/* Each block by its first and last address, beside its neighbours that are public. */
static void what_is_local(void **state)
{
    (void)state;
    static const char *const local[] = {"0.0.0.0",
                                        "0.255.255.255",
                                        "10.0.0.0",
                                        "10.255.255.255",
                                        "100.64.0.0",
                                        "100.127.255.255",
                                        "127.0.0.1",
                                        "127.255.255.255",
                                        "169.254.0.1",
                                        "169.254.169.254",
                                        "172.16.0.0",
                                        "172.31.255.255",
                                        "192.0.0.1",
                                        "192.0.2.1",
                                        "192.88.99.1",
                                        "192.168.0.0",
                                        "192.168.255.255",
                                        "198.18.0.0",
                                        "198.19.255.255",
                                        "198.51.100.7",
                                        "203.0.113.9",
                                        "224.0.0.1",
                                        "239.255.255.255",
                                        "240.0.0.1",
                                        "255.255.255.255",
                                        "::",
                                        "::1",
                                        "::7f00:1",
                                        "::ffff:127.0.0.1",
                                        "::ffff:10.1.2.3",
                                        "::ffff:0:127.0.0.1",
                                        "::127.0.0.1",
                                        "::8.8.8.8",
                                        "64:ff9b::7f00:1",
                                        "64:ff9b::10.0.0.1",
                                        "64:ff9b:1::1",
                                        "2002:7f00:1::",
                                        "2002:a00:1::1",
                                        "2002:c0a8:101::",
                                        "2001::1",
                                        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                                        "2001:db8::1",
                                        "3fff::1",
                                        "fc00::1",
                                        "fd12:3456::1",
                                        "fe80::1",
                                        "febf::1",
                                        "fec0::1",
                                        "ff02::1",
                                        "ff0e::1",
                                        "100::1",
                                        "4000::1",
                                        "1fff::1",
                                        "5f00::1"};
    static const char *const public[] = {
        "1.1.1.1",        "9.255.255.255",    "11.0.0.0",        "100.63.255.255",
        "100.128.0.0",    "126.255.255.255",  "128.0.0.1",       "169.253.255.255",
        "169.255.0.0",    "172.15.255.255",   "172.32.0.0",      "192.167.255.255",
        "192.169.0.0",    "198.17.255.255",   "198.20.0.0",      "223.255.255.255",
        "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2001:4860:4860::8888",
        "2001:200::1",    "2606:4700::1111",  "2a00:1450::1",    "3ffe::1"};
    const struct reachable none = {0};
    for (size_t i = 0; i < COUNT(local); i++)
        if (reach(&none, local[i]) != REACH_LOCAL)
            fail_msg("%s is not local", local[i]);
    for (size_t i = 0; i < COUNT(public); i++)
        if (reach(&none, public[i]) != REACH_PUBLIC)
            fail_msg("%s is not public", public[i]);
}

static void what_the_house_allows(void **state)
{
    (void)state;
    struct reachable r;
    assert_int_equal(reach_read(call, TEXT("10.1.0.0/16, fd00:1::/32,192.168.7.9"), &r), OK);
    assert_int_equal(r.count, 3);
    assert_int_equal(reach(&r, "10.1.255.255"), REACH_ALLOWED);
    assert_int_equal(reach(&r, "::ffff:10.1.0.1"), REACH_ALLOWED);
    assert_int_equal(reach(&r, "10.2.0.0"), REACH_LOCAL);
    assert_int_equal(reach(&r, "2002:a01:1::"), REACH_LOCAL);
    assert_int_equal(reach(&r, "fd00:1:ffff::1"), REACH_ALLOWED);
    assert_int_equal(reach(&r, "fd00:2::1"), REACH_LOCAL);
    assert_int_equal(reach(&r, "192.168.7.9"), REACH_ALLOWED);
    assert_int_equal(reach(&r, "192.168.7.8"), REACH_LOCAL);
    assert_int_equal(reach(&r, "8.8.8.8"), REACH_PUBLIC);
    static const char *const bad[] = {"10.0.0.0/33", "10.0.0.0/0",  "::/129",
                                      "x",           "10.0.0.0/8,", "10.0.0.0/8,,1.1.1.1",
                                      "/8",          "10.0.0.0/",   "10.0.0.0/-1",
                                      "10.0.0/8",    "fd00::/x"};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (reach_read(call_beside(arena, call), text_of(bad[i]), &r) != ERR_INVALID &&
            strcmp(bad[i], "10.0.0.0/8,") != 0)
            fail_msg("%s was taken", bad[i]);
}

static enum err address(const char *words, const char *allowed, struct hook_address *out)
{
    struct reachable r;
    struct call *own = call_beside(arena, call);
    assert_int_equal(reach_read(own, text_of(allowed), &r), OK);
    return hook_address_read(own, &r, text_of(words), out);
}

static void addresses(void **state)
{
    (void)state;
    struct hook_address a;
    assert_int_equal(address("https://example.org:8443/a/b?c=d&e=%20", "", &a), OK);
    assert_true(a.secure && text_is(a.host, "example.org"));
    assert_int_equal(address("https://[2606:4700::1111]:443", "", &a), OK);
    assert_true(text_is(a.host, "2606:4700::1111"));
    assert_int_equal(address("https://1.1.1.1", "", &a), OK);
    assert_int_equal(address("http://10.0.0.1:80/x", "10.0.0.0/8", &a), OK);
    assert_false(a.secure);
    static const char *const bad[] = {"",
                                      "https://",
                                      "https:///x",
                                      "http://example.org/",
                                      "HTTPS://example.org/",
                                      "ftp://example.org",
                                      "https://u@example.org/",
                                      "https://example.org@10.0.0.1/",
                                      "https://example.org/#x",
                                      "https://example.org:0/",
                                      "https://example.org:65536/",
                                      "https://example.org:/",
                                      "https://example.org:8a/",
                                      "https://[::1]/",
                                      "https://[::1/",
                                      "https://[fe80::1%25eth0]/",
                                      "https://127.0.0.1/",
                                      "https://127.1/",
                                      "https://0x7f.1/",
                                      "https://2130706433/",
                                      "https://0177.0.0.1/",
                                      "https://[::ffff:10.0.0.1]/",
                                      "https://exa mple.org/",
                                      "https://example.org/\r\nX: y",
                                      "https://ex\\ample.org/",
                                      "https://\xe4\xbe\x8b.org/",
                                      "https://169.254.169.254/",
                                      "https://0/"};
    for (size_t i = 0; i < COUNT(bad); i++)
        if (address(bad[i], "", &a) != ERR_INVALID)
            fail_msg("%s was taken", bad[i]);
    struct text nul = {"https://example.org\0.evil/", 26};
    const struct reachable none = {0};
    assert_int_equal(hook_address_read(call_beside(arena, call), &none, nul, &a), ERR_INVALID);
}

/* The example that Standard Webhooks publishes, and one with two secrets; both were computed
 * with Python's hmac. */
static void signatures(void **state)
{
    (void)state;
    unsigned char counted[HOOK_SECRET];
    struct text key;
    for (size_t i = 0; i < sizeof counted; i++)
        counted[i] = (unsigned char)i;
    assert_true(base64_read(arena, TEXT("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), &key));
    struct text one = hook_signature(arena, TEXT("msg_p5jXN8AQM9LWM0D4loKWxJek"), 1614265330,
                                     TEXT("{\"test\": 2432232314}"), &key, 1);
    assert_true(text_is(one, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
    const struct text both[] = {{(const char *)counted, sizeof counted}, key};
    struct text two = hook_signature(arena, TEXT("msg_1"), 1, TEXT("{}"), both, 2);
    struct text rest = two, first = text_cut(&rest, ' ');
    assert_true(text_is(first, "v1,IY+JPwWhVJbYyS0HmvYDdlsDz3Vx12iqDfA71EMNvA4="));
    assert_true(text_is(rest, "v1,41rlfKVNWsz3MR06hr4r3aQR8zCXgefWdD3LZRWu27Y="));
    assert_true(text_is(hook_secret_words(arena, counted),
                        "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_local, begin, end),
        cmocka_unit_test_setup_teardown(what_the_house_allows, begin, end),
        cmocka_unit_test_setup_teardown(addresses, begin, end),
        cmocka_unit_test_setup_teardown(signatures, begin, end)};
    return cmocka_run_group_tests_name("hook", tests, NULL, NULL);
}
