/* SPDX-License-Identifier: Apache-2.0 */
/* Makes a log on a real store and writes it out for other software to check: the C2SP layout
 * (checkpoint, tile/L/N, tile/entries/N), the verifier key, older checkpoints, proofs, and the
 * vectors of small trees. usage: export FOLDER. See tests/ledger. */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char *root_folder;
static struct place p;

static void make_parents(char *path)
{
    for (char *at = path + strlen(root_folder) + 1; *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        (void)mkdir(path, 0700);
        *at = '/';
    }
}

static void put(const char *name, struct text bytes)
{
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", root_folder, name);
    make_parents(path);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.at, 1, bytes.len, f), bytes.len);
    assert_int_equal(fclose(f), 0);
}

static void put_tile(struct reader *r, const char *path)
{
    char name[128];
    struct text bytes;
    assert_int_equal(ledger_tile(p.call, r, text_of(path), &bytes), OK);
    snprintf(name, sizeof(name), "tile/%s", path);
    put(name, bytes);
}

static void put_level(struct reader *r, const char *level, uint64_t hashes)
{
    char path[64];
    for (uint64_t n = 0; n < hashes / 256; n++) {
        snprintf(path, sizeof(path), "%s/%03u", level, (unsigned)n);
        put_tile(r, path);
    }
    if (hashes % 256 == 0)
        return;
    snprintf(path, sizeof(path), "%s/%03u.p/%u", level, (unsigned)(hashes / 256),
             (unsigned)(hashes % 256));
    put_tile(r, path);
}

static void put_proofs(struct reader *r, uint64_t size)
{
    static const uint64_t indexes[] = {0,    1,     2,     254,   255,   256,   257,
                                       1023, 12345, 65279, 65535, 65536, 65792, 66299};
    char name[64];
    struct text proof;
    for (size_t i = 0; i < COUNT(indexes); i++) {
        assert_true(indexes[i] < size);
        assert_int_equal(ledger_proof(p.call, r, indexes[i], 0, &proof), OK);
        snprintf(name, sizeof(name), "proofs/%u.tlog-proof", (unsigned)indexes[i]);
        put(name, proof);
    }
}

static void put_consistency(struct reader *r)
{
    static const uint64_t sizes[] = {1,    2,     3,     7,     255,   256,  257,
                                     1000, 65280, 65535, 65536, 65537, 66300};
    char name[64];
    for (size_t i = 0; i < COUNT(sizes); i++) {
        for (size_t j = 0; j <= i; j++) {
            struct hash proof[64];
            size_t count;
            struct buf b = buf_in(p.arena, 8192);
            assert_int_equal(ledger_consistency(p.call, r, sizes[j], sizes[i], proof, &count),
                             OK);
            buf_print(&b, "%u %u\n", (unsigned)sizes[j], (unsigned)sizes[i]);
            for (size_t k = 0; k < count; k++) {
                buf_add(&b, base64_of(p.arena, hash_text(&proof[k])));
                buf_add_byte(&b, '\n');
            }
            snprintf(name, sizeof(name), "consistency/%u-%u", (unsigned)sizes[j],
                     (unsigned)sizes[i]);
            put(name, buf_text(&b));
        }
    }
}

static void export_log(void)
{
    static const unsigned groups[] = {2, 253, 1, 44, 6000, 20000, 39235, 300, 464};
    struct trail trail;
    struct text note;
    char name[64];
    place_make(&p);
    trail_start(&trail);
    assert_int_equal(place_open(&p), OK);
    struct reader *r = store_reader(p.store);
    for (size_t i = 0; i < COUNT(groups); i++) {
        assert_int_equal(append_some(&p, &trail, groups[i]), OK);
        assert_int_equal(ledger_checkpoint(p.call, r, 0, &note), OK);
        snprintf(name, sizeof(name), "checkpoints/%u", (unsigned)ledger_size(p.ledger));
        put(name, note);
    }
    put("checkpoint", note);
    put("vkey", ledger_vkey(p.arena, p.ledger));
    uint64_t size = ledger_size(p.ledger);
    put_level(r, "entries", size);
    put_level(r, "0", size);
    put_level(r, "1", size >> 8);
    put_level(r, "2", size >> 16);
    put_proofs(r, size);
    put_consistency(r);
    store_return(p.store, r);
    place_remove(&p);
}

/* ---- vectors of small trees -------------------------------------------------------------- */

#define VECTORS 300
static struct hash complete[10][VECTORS + 1]; /* [height][start >> height] */

static void fill_complete(void)
{
    struct arena *a = arena_open();
    for (unsigned i = 0; i <= VECTORS; i++)
        complete[0][i] = merkle_leaf(text_print(a, "leaf %u", i));
    for (unsigned h = 1; h < 10; h++)
        for (unsigned i = 0; (i + 1) << h <= VECTORS; i++)
            complete[h][i] = merkle_node(&complete[h - 1][2 * i], &complete[h - 1][2 * i + 1]);
    arena_close(a);
}

static enum err subtree(void *arg, uint64_t start, uint64_t end, struct hash *out)
{
    struct frontier f = {.size = end - start};
    while (start < end) {
        unsigned height = 63u - (unsigned)__builtin_clzll(end - start);
        f.peak[f.count++] = complete[height][start >> height];
        start += UINT64_C(1) << height;
    }
    *out = frontier_root(&f);
    return OK;
}

static struct text hex(struct arena *a, struct hash h)
{
    return hex_of(a, text_copy(a, hash_text(&h)));
}

static void add_vector(struct buf *out, uint64_t size)
{
    struct arena *a = arena_open();
    struct merkle_source source = {subtree, NULL};
    struct sha256 *inclusion = sha256_start(a), *consistency = sha256_start(a);
    struct hash proof[64], root;
    size_t count;
    for (uint64_t n = 0; n < size; n++) {
        assert_int_equal(merkle_inclusion(&source, n, size, proof, &count), OK);
        sha256_add(inclusion, (struct text){(const char *)proof, count * HASH_SIZE});
        assert_int_equal(merkle_consistency(&source, n + 1, size, proof, &count), OK);
        sha256_add(consistency, (struct text){(const char *)proof, count * HASH_SIZE});
    }
    assert_int_equal(subtree(NULL, 0, size, &root), OK);
    buf_print(out, "%u ", (unsigned)size);
    buf_add(out, hex(a, root));
    buf_add_byte(out, ' ');
    buf_add(out, hex(a, sha256_end(inclusion)));
    buf_add_byte(out, ' ');
    buf_add(out, hex(a, sha256_end(consistency)));
    buf_add_byte(out, '\n');
    arena_close(a);
}

static void export_vectors(void)
{
    struct arena *a = arena_open();
    struct buf out = buf_in(a, 1 << 20);
    fill_complete();
    for (uint64_t size = 0; size <= VECTORS; size++)
        add_vector(&out, size);
    put("vectors", buf_text(&out));
    arena_close(a);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: export FOLDER\n", stderr);
        return 2;
    }
    root_folder = argv[1];
    export_vectors();
    export_log();
    return 0;
}
