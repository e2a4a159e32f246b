/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>

#include "../base/unit.h"
#include "format/format.h"

static struct text hex(struct call *call, struct hash h)
{
    return hex_of(call->arena, hash_text(&h));
}

static void known_answers(void **state)
{
    struct call *call = *state;
    assert_text(hex(call, sha256(TEXT(""))),
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_text(hex(call, sha256(TEXT("abc"))),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_text(hex(call, sha256_two(TEXT("a"), TEXT("bc"))),
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    /* RFC 4231, test cases 2 and 6 */
    assert_text(hex(call, hmac_sha256(TEXT("Jefe"), TEXT("what do ya want for nothing?"))),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    char *key = arena_take(call->arena, 131);
    memset(key, 0xAA, 131);
    assert_text(hex(call, hmac_sha256((struct text){key, 131},
                                      TEXT("Test Using Larger Than Block-Size Key - Hash Key "
                                           "First"))),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void pieces_hash_as_the_whole(void **state)
{
    struct call *call = *state;
    struct sha256 *s = sha256_start(call->arena);
    struct text whole = TEXT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
    for (size_t i = 0; i < whole.len; i += 5)
        sha256_add(s, text_slice(whole, i, i + 5));
    sha256_add(s, TEXT(""));
    assert_text(hex(call, sha256_end(s)),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static void *hash_often(void *wrong)
{
    static const unsigned char first[] = {0xba, 0x78, 0x16, 0xbf};
    for (int i = 0; i < 1000; i++) {
        struct hash h = sha256(TEXT("abc"));
        if (memcmp(h.byte, first, sizeof(first)) != 0)
            *(bool *)wrong = true;
    }
    return NULL;
}

static void threads_do_not_mix(void **state)
{
    pthread_t threads[4];
    bool wrong[4] = {false};
    for (size_t i = 0; i < COUNT(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hash_often, &wrong[i]), 0);
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
        assert_false(wrong[i]);
    }
}

static void secrets_compare(void **state)
{
    assert_true(same_secret(TEXT("secret"), TEXT("secret")));
    assert_false(same_secret(TEXT("secret"), TEXT("secreT")));
    assert_false(same_secret(TEXT("secret"), TEXT("secrets")));
    assert_true(same_secret((struct text){NULL, 0}, TEXT("")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(known_answers),
        CALL_TEST(pieces_hash_as_the_whole),
        cmocka_unit_test(threads_do_not_mix),
        cmocka_unit_test(secrets_compare),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
