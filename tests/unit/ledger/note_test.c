/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes: the published example, our own round trip, and everything that must be
 * refused. */
#include "ledger/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include <cmocka.h>

#define DASH "\xe2\x80\x94 "
#define ORIGIN "log.example.org/acme/records"
static const struct text origin = {ORIGIN, sizeof(ORIGIN) - 1};

static struct arena *a;
static struct call *call;
static struct signer *signer;
static struct hash root;
static struct text good;

static struct text signed_note(uint64_t size)
{
    unsigned char signature[64];
    struct text text = note__checkpoint(a, origin, size, &root);
    assert_int_equal(signer->sign(signer, call, text, size, &root, NULL, 0, signature), OK);
    signer->settle(signer, false);
    return note_make(a, signer, text, signature);
}

static int set_up(void **state)
{
    unsigned char public_key[32], secret[64], seed[32];
    a = arena_open();
    call = call_open(a, 0, LANG_EN);
    memset(seed, 7, sizeof(seed));
    crypto_sign_seed_keypair(public_key, secret, seed);
    if (signer_open_secret(call, secret, origin, &signer) != OK)
        return 1;
    root = sha256(TEXT("a tree"));
    good = signed_note(1000);
    return 0;
}

static int tear_down(void **state)
{
    signer->close(signer);
    arena_close(a);
    return 0;
}

static bool opens(struct text note)
{
    uint64_t size;
    struct hash h;
    return note_open(a, note, origin, signer->public_key, &size, &h);
}

static struct text replaced(struct text t, const char *from, const char *to)
{
    ptrdiff_t at = text_search(t, text_of(from));
    assert_true(at >= 0);
    struct text left = text_join(a, text_slice(t, 0, (size_t)at), text_of(to));
    return text_join(a, left, text_from(t, (size_t)at + strlen(from)));
}

static struct text with_line(struct text note, const char *name, unsigned char id)
{
    unsigned char bytes[68] = {id, 1, 2, 3, 4};
    struct text b = base64_of(a, (struct text){(const char *)bytes, sizeof(bytes)});
    return text_print(a, "%.*s" DASH "%s %.*s\n", TEXT_ARG(note), name, TEXT_ARG(b));
}

static void round_trip(void **state)
{
    uint64_t size = 0;
    struct hash h = {0};
    assert_true(note_open(a, good, origin, signer->public_key, &size, &h));
    assert_int_equal(size, 1000);
    assert_memory_equal(&h, &root, HASH_SIZE);
    assert_true(text_starts(good, ORIGIN "\n1000\n"));
    assert_true(text_search(good, TEXT("\n\n" DASH ORIGIN " ")) > 0);
}

/* The note of Go's golang.org/x/mod/sumdb documentation, made by software that is not ours. */
static void a_note_of_other_make(void **state)
{
    struct text vkey, key;
    unsigned char public_key[32];
    static const struct text name = {"PeterNeumann", 12};
    assert_true(base64_read(a, TEXT("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"), &key));
    memcpy(public_key, key.at + 1, 32);
    vkey = note_vkey(a, name, public_key);
    assert_true(text_is(vkey, "PeterNeumann+c74f20a3+"
                              "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
}

static void example_checkpoint(void **state)
{
    struct text o, rest;
    uint64_t size;
    struct hash h;
    struct text example = TEXT("ledger.example.org/aims\n1000\n"
                               "kO6clvO5BPm22ZjZkrSzOnVV3wS5vR4gBzMAIwdQE88=\n");
    assert_true(note__checkpoint_read(a, example, &o, &size, &h, &rest));
    assert_true(text_same(note__checkpoint(a, o, size, &h), example));
    assert_int_equal(rest.len, 0);
}

static void every_flipped_bit_is_refused(void **state)
{
    for (size_t i = 0; i < good.len; i++) {
        for (int bit = 0; bit < 8; bit++) {
            char *altered = (char *)(uintptr_t)text_copy(a, good).at;
            altered[i] = (char)(altered[i] ^ (1 << bit));
            assert_false(opens((struct text){altered, good.len}));
        }
    }
}

static void every_cut_is_refused(void **state)
{
    for (size_t n = 0; n < good.len; n++)
        assert_false(opens(text_slice(good, 0, n)));
}

static void other_signatures_are_passed_over(void **state)
{
    struct text note = good;
    for (unsigned char i = 0; i < 16; i++) {
        note = with_line(note, "witness.example", i);
        assert_true(opens(note));
    }
    assert_false(opens(with_line(note, "witness.example", 16)));
    ptrdiff_t cut = text_search(good, TEXT(DASH));
    struct text body = text_slice(good, 0, (size_t)cut), ours = text_from(good, (size_t)cut);
    assert_true(opens(text_join(a, with_line(body, "first.example", 9), ours)));
    assert_false(opens(with_line(body, "first.example", 9)));
}

/* As Go has it: the first signature of a known key decides, a repetition is dropped. */
static void our_key_signed_wrongly(void **state)
{
    unsigned char bytes[68] = {0};
    ptrdiff_t cut = text_search(good, TEXT(DASH));
    struct text body = text_slice(good, 0, (size_t)cut), ours = text_from(good, (size_t)cut);
    note__key_id(origin, signer->public_key, bytes);
    struct text b = base64_of(a, (struct text){(const char *)bytes, sizeof(bytes)});
    struct text bad = text_print(a, DASH ORIGIN " %.*s\n", TEXT_ARG(b));
    assert_false(opens(text_join(a, body, text_join(a, bad, ours))));
    assert_true(opens(text_join(a, good, ours)));
    assert_true(opens(text_join(a, good, bad)));
}

static void malformed_notes_are_refused(void **state)
{
    static const struct {
        const char *from, *to;
    } changes[] = {{"\n1000\n", "\n01000\n"},
                   {"\n1000\n", "\n+1000\n"},
                   {"\n1000\n", "\n-1\n"},
                   {"\n1000\n", "\n\n"},
                   {"\n1000\n", "\n1e3\n"},
                   {"\n1000\n", "\n1000 \n"},
                   {"\n1000\n", "\n99999999999999999999\n"},
                   {"=\n", "\n"},
                   {"=\n\n", "=\nextension\n\n"},
                   {"=\n\n", "=\n\n\n"},
                   {ORIGIN "\n", "other\n"},
                   {ORIGIN "\n", ""},
                   {DASH, "- "},
                   {DASH, "\xe2\x80\x94"},
                   {DASH ORIGIN, DASH "a b"},
                   {DASH ORIGIN " ", DASH " "},
                   {DASH ORIGIN " ", DASH "a+b "},
                   {"\n1000\n", "\n1000\r\n"},
                   {"\n1000\n", "\n1000\t\n"}};
    for (size_t i = 0; i < COUNT(changes); i++)
        assert_false(opens(replaced(good, changes[i].from, changes[i].to)));
    assert_false(opens(text_join(a, good, TEXT("x"))));
    assert_false(opens(text_join(a, good, TEXT("\n"))));
    assert_false(opens(text_join(a, good, TEXT(DASH "name AAAA\n"))));
    assert_false(opens(text_join(a, good, TEXT(DASH "name !!!!\n"))));
    assert_false(opens(text_join(a, good, TEXT(DASH "na\xc2\xa0me AQIDBAUG\n"))));
    assert_false(opens(text_join(a, good, TEXT(DASH "na\xff AQIDBAUG\n"))));
    assert_true(opens(text_join(a, good, TEXT(DASH "name AQIDBAUG\n"))));
    assert_false(opens(TEXT("")));
}

static void the_key_and_the_name_count(void **state)
{
    unsigned char other[32];
    uint64_t size;
    struct hash h;
    memcpy(other, signer->public_key, 32);
    other[0] ^= 1;
    assert_false(note_open(a, good, origin, other, &size, &h));
    assert_false(
        note_open(a, good, TEXT("log.example.org/acme/record"), signer->public_key, &size, &h));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(a_note_of_other_make),
        cmocka_unit_test(example_checkpoint),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(other_signatures_are_passed_over),
        cmocka_unit_test(our_key_signed_wrongly),
        cmocka_unit_test(malformed_notes_are_refused),
        cmocka_unit_test(the_key_and_the_name_count),
    };
    return cmocka_run_group_tests_name("ledger note", tests, set_up, tear_down);
}
