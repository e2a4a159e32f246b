/* SPDX-License-Identifier: Apache-2.0 */
/* Tree arithmetic: published roots, every pair of sizes up to 128, and proofs that must
 * fail. */
#include "ledger/ledger.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define MOST 128

static struct hash leaves[MOST];

static struct hash leaf_of(unsigned i)
{
    char bytes[4] = {(char)(i >> 8), (char)i, 'x', (char)(i * 7)};
    return merkle_leaf((struct text){bytes, sizeof(bytes)});
}

static int fill(void **state)
{
    for (unsigned i = 0; i < MOST; i++)
        leaves[i] = leaf_of(i);
    return 0;
}

/* RFC 6962 §2.1 as it is written, by recursion: the oracle for everything below. */
static struct hash oracle(uint64_t start, uint64_t end)
{
    if (end - start == 0)
        return sha256(TEXT(""));
    if (end - start == 1)
        return leaves[start];
    uint64_t k = 1;
    while (k * 2 < end - start)
        k *= 2;
    struct hash left = oracle(start, start + k), right = oracle(start + k, end);
    return merkle_node(&left, &right);
}

static enum err from_oracle(void *arg, uint64_t start, uint64_t end, struct hash *out)
{
    *out = oracle(start, end);
    return OK;
}

static const struct merkle_source source = {from_oracle, NULL};

static bool hash_is(struct hash h, const char *hex)
{
    struct arena *a = arena_open();
    bool same = text_is(hex_of(a, hash_text(&h)), hex);
    arena_close(a);
    return same;
}

/* The vectors of the certificate-transparency project's own tests. */
static void published_roots(void **state)
{
    static const char *const inputs[] = {
        "",
        "\x00",
        "\x10",
        "\x20\x21",
        "\x30\x31",
        "\x40\x41\x42\x43",
        "\x50\x51\x52\x53\x54\x55\x56\x57",
        "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
    static const size_t lengths[] = {0, 1, 1, 2, 2, 4, 8, 16};
    static const char *const roots[] = {
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
    struct hash hashes[8];
    for (size_t i = 0; i < 8; i++)
        hashes[i] = merkle_leaf((struct text){inputs[i], lengths[i]});
    for (size_t n = 0; n <= 8; n++)
        assert_true(hash_is(merkle_root(hashes, n), roots[n]));
}

static void frontier_follows_the_tree(void **state)
{
    struct frontier f = {0};
    for (uint64_t n = 0; n < MOST; n++) {
        struct hash ours = frontier_root(&f), theirs = oracle(0, n);
        assert_memory_equal(&ours, &theirs, HASH_SIZE);
        assert_int_equal(f.count, __builtin_popcountll(n));
        frontier_add(&f, &leaves[n]);
        assert_int_equal(f.size, n + 1);
    }
}

static void every_inclusion(void **state)
{
    struct hash proof[64];
    size_t count;
    for (uint64_t size = 1; size <= MOST; size++) {
        struct hash root = oracle(0, size);
        for (uint64_t n = 0; n < size; n++) {
            assert_int_equal(merkle_inclusion(&source, n, size, proof, &count), OK);
            assert_true(count <= 7);
            assert_true(merkle_inclusion_ok(&leaves[n], n, size, proof, count, &root));
        }
        assert_int_equal(merkle_inclusion(&source, size, size, proof, &count), ERR_INVALID);
    }
}

static void every_consistency(void **state)
{
    struct hash proof[64];
    size_t count;
    for (uint64_t size = 0; size <= MOST; size++) {
        struct hash root = oracle(0, size);
        for (uint64_t old = 0; old <= size; old++) {
            struct hash old_root = oracle(0, old);
            assert_int_equal(merkle_consistency(&source, old, size, proof, &count), OK);
            assert_true(merkle_consistency_ok(old, &old_root, size, &root, proof, count));
        }
        assert_int_equal(merkle_consistency(&source, size + 1, size, proof, &count),
                         ERR_INVALID);
    }
}

/* ---- proofs that must be refused --------------------------------------------------------- */

struct sample {
    uint64_t n, size; /* index or old size; size */
    struct hash start, root, proof[66];
    size_t count;
};
typedef bool check_fn(const struct sample *s);

static bool inclusion_ok(const struct sample *s)
{
    return merkle_inclusion_ok(&s->start, s->n, s->size, s->proof, s->count, &s->root);
}

static bool consistency_ok(const struct sample *s)
{
    return merkle_consistency_ok(s->n, &s->start, s->size, &s->root, s->proof, s->count);
}

static unsigned refused;

static void must_refuse(check_fn *check, const struct sample *altered)
{
    assert_false(check(altered));
    refused++;
}

static void flip_every_hash(check_fn *check, const struct sample *good)
{
    static const size_t bytes[] = {0, 15, 31};
    for (size_t i = 0; i < good->count; i++) {
        for (size_t b = 0; b < COUNT(bytes); b++) {
            struct sample s = *good;
            s.proof[i].byte[bytes[b]] ^= 0x10;
            must_refuse(check, &s);
        }
    }
    struct sample start = *good, root = *good;
    start.start.byte[7] ^= 1;
    must_refuse(check, &start);
    root.root.byte[31] ^= 0x80;
    must_refuse(check, &root);
}

static void change_length(check_fn *check, const struct sample *good)
{
    struct sample s = *good;
    if (good->count > 0) {
        s.count--;
        must_refuse(check, &s);
        s = *good;
        memmove(&s.proof[0], &s.proof[1], (s.count - 1) * sizeof(s.proof[0]));
        s.count--;
        must_refuse(check, &s);
    }
    s = *good;
    s.proof[s.count++] = good->root;
    must_refuse(check, &s);
    s = *good;
    memmove(&s.proof[1], &s.proof[0], s.count * sizeof(s.proof[0]));
    s.count++;
    must_refuse(check, &s);
}

static void swap_neighbours(check_fn *check, const struct sample *good)
{
    for (size_t i = 0; i + 1 < good->count; i++) {
        struct sample s = *good;
        s.proof[i] = good->proof[i + 1];
        s.proof[i + 1] = good->proof[i];
        must_refuse(check, &s);
    }
}

static void edges_of_64_bits(check_fn *check, const struct sample *good)
{
    static const uint64_t numbers[] = {
        0, UINT64_C(1) << 32, UINT64_C(1) << 62, UINT64_C(1) << 63, UINT64_MAX - 1, UINT64_MAX};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct sample s = *good;
        if (numbers[i] != good->n) {
            s.n = numbers[i];
            must_refuse(check, &s);
        }
        s = *good;
        s.size = numbers[i];
        must_refuse(check, &s);
    }
}

static void alter(check_fn *check, const struct sample *good)
{
    flip_every_hash(check, good);
    change_length(check, good);
    swap_neighbours(check, good);
    edges_of_64_bits(check, good);
}

static void altered_inclusion_is_refused(void **state)
{
    static const uint64_t sizes[] = {1, 2, 3, 7, 8, 65, 127, 128};
    refused = 0;
    for (size_t i = 0; i < COUNT(sizes); i++) {
        uint64_t positions[] = {0, sizes[i] / 2, sizes[i] - 1};
        for (size_t p = 0; p < COUNT(positions); p++) {
            struct sample s = {
                .n = positions[p], .size = sizes[i], .start = leaves[positions[p]]};
            s.root = oracle(0, s.size);
            assert_int_equal(merkle_inclusion(&source, s.n, s.size, s.proof, &s.count), OK);
            assert_true(inclusion_ok(&s));
            alter(inclusion_ok, &s);
            struct sample moved = s;
            moved.n = s.n + 1;
            if (s.size > 1)
                must_refuse(inclusion_ok, &moved);
        }
    }
    assert_true(refused >= 200);
}

static void altered_consistency_is_refused(void **state)
{
    static const uint64_t pairs[][2] = {{1, 2},   {1, 128},   {2, 3},    {3, 7},   {4, 8},
                                        {6, 8},   {7, 8},     {32, 100}, {63, 64}, {64, 65},
                                        {65, 97}, {100, 127}, {127, 128}};
    refused = 0;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        struct sample s = {.n = pairs[i][0], .size = pairs[i][1]};
        s.start = oracle(0, s.n);
        s.root = oracle(0, s.size);
        assert_int_equal(merkle_consistency(&source, s.n, s.size, s.proof, &s.count), OK);
        assert_true(consistency_ok(&s));
        alter(consistency_ok, &s);
    }
    assert_true(refused >= 200);
}

/* A tree in which one old leaf was changed has no proof at all from the old root. */
static void rewritten_history_has_no_proof(void **state)
{
    struct hash proof[64], old_root = oracle(0, 70), kept = leaves[33];
    size_t count;
    leaves[33].byte[0] ^= 1;
    struct hash root = oracle(0, 100);
    assert_int_equal(merkle_consistency(&source, 70, 100, proof, &count), OK);
    assert_false(merkle_consistency_ok(70, &old_root, 100, &root, proof, count));
    leaves[33] = kept;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_roots),
        cmocka_unit_test(frontier_follows_the_tree),
        cmocka_unit_test(every_inclusion),
        cmocka_unit_test(every_consistency),
        cmocka_unit_test(altered_inclusion_is_refused),
        cmocka_unit_test(altered_consistency_is_refused),
        cmocka_unit_test(rewritten_history_has_no_proof),
    };
    return cmocka_run_group_tests_name("ledger merkle", tests, fill, NULL);
}
