/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"

static struct text noise(struct call *call, size_t size)
{
    char *at = arena_take(call->arena, size);
    uint32_t random = 1;
    for (size_t i = 0; i < size; i++) {
        random = random * 1664525 + 1013904223;
        at[i] = (char)('a' + (random >> 24) % 20);
    }
    return (struct text){at, size};
}

static void what_is_packed_unpacks(void **state)
{
    struct call *call = *state;
    static const size_t sizes[] = {0, 1, 100, 32768, 500000};
    for (size_t i = 0; i < COUNT(sizes); i++) {
        struct text in = noise(call, sizes[i]), packed, out;
        assert_int_equal(gzip_pack(call, in, &packed), OK);
        assert_int_equal(gzip_unpack(call, packed, sizes[i], &out), OK);
        assert_true(text_same(in, out));
    }
}

static void the_cap_holds(void **state)
{
    struct call *call = *state;
    struct text packed, out;
    assert_int_equal(gzip_pack(call, noise(call, 1000), &packed), OK);
    assert_int_equal(gzip_unpack(call, packed, 999, &out), ERR_TOO_LARGE);
}

static void a_bomb_is_refused(void **state)
{
    struct call *call = *state;
    struct text packed, out, zeros = {arena_take(call->arena, 2000000), 2000000};
    assert_int_equal(gzip_pack(call, zeros, &packed), OK);
    assert_int_equal(gzip_unpack(call, packed, 4000000, &out), ERR_TOO_LARGE);
    zeros.len = 20000; /* small enough to harm nobody */
    assert_int_equal(gzip_pack(call, zeros, &packed), OK);
    assert_int_equal(gzip_unpack(call, packed, 4000000, &out), OK);
}

static void damage_is_refused(void **state)
{
    struct call *call = *state;
    struct text packed, out;
    assert_int_equal(gzip_pack(call, noise(call, 1000), &packed), OK);
    assert_int_equal(gzip_unpack(call, TEXT(""), 9999, &out), ERR_MALFORMED);
    assert_int_equal(gzip_unpack(call, TEXT("plain text"), 9999, &out), ERR_MALFORMED);
    for (size_t cut = 0; cut < packed.len; cut += 13)
        assert_int_equal(gzip_unpack(call, text_slice(packed, 0, cut), 9999, &out),
                         ERR_MALFORMED);
    assert_int_equal(gzip_unpack(call, text_join(call->arena, packed, TEXT("x")), 9999, &out),
                     ERR_MALFORMED);
    char *bytes = (char *)(uintptr_t)text_copy(call->arena, packed).at;
    bytes[packed.len - 6] ^= 1; /* in the checksum */
    assert_int_equal(gzip_unpack(call, (struct text){bytes, packed.len}, 9999, &out),
                     ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(what_is_packed_unpacks),
        CALL_TEST(the_cap_holds),
        CALL_TEST(a_bomb_is_refused),
        CALL_TEST(damage_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
