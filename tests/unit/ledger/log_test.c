/* SPDX-License-Identifier: Apache-2.0 */
/* The log on a real SQLite store: appending, refused jobs, reopening, proofs, tiles, and the
 * file that remembers what was committed. */
#include "help.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct place p;
static struct trail trail;

static int set_up(void **state)
{
    place_make(&p);
    trail_start(&trail);
    assert_int_equal(place_open(&p), OK);
    return 0;
}

static int tear_down(void **state)
{
    place_remove(&p);
    return 0;
}

static void must_be_intact(void)
{
    struct verification v;
    assert_int_equal(place_verify(&p, TEXT(""), &v), OK);
    for (const struct finding *f = v.findings; f != NULL; f = f->next)
        print_error("%.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
    assert_null(v.findings);
    assert_int_equal(v.entries, ledger_size(p.ledger));
}

static struct text entry(uint64_t n)
{
    struct ledger_row *rows;
    size_t count;
    struct reader *r = store_reader(p.store);
    assert_int_equal(ledger_entries(p.call, r, n, 1, &rows, &count), OK);
    store_return(p.store, r);
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].index, n);
    return rows[0].leaf;
}

static struct text checkpoint(uint64_t *size, struct hash *root)
{
    struct text note;
    struct reader *r = store_reader(p.store);
    assert_int_equal(ledger_checkpoint(p.call, r, 0, &note), OK);
    store_return(p.store, r);
    assert_true(note_open(p.arena, note, TEXT(HELP_ORIGIN), p.signer->public_key, size, root));
    return note;
}

static void a_new_log_has_its_genesis(void **state)
{
    uint64_t size;
    struct hash root, leaf;
    assert_int_equal(ledger_size(p.ledger), 1);
    assert_true(text_starts(entry(0),
                            "{\"act\":\"ledger.genesis\",\"actor\":{\"t\":\"system\"},"
                            "\"log\":\"" HELP_ORIGIN "\",\"n\":0,"));
    checkpoint(&size, &root);
    leaf = merkle_leaf(entry(0));
    assert_int_equal(size, 1);
    assert_memory_equal(&root, &leaf, HASH_SIZE);
    assert_true(text_is(ledger_origin(p.ledger), HELP_ORIGIN));
    assert_true(text_starts(ledger_vkey(p.arena, p.ledger), HELP_ORIGIN "+"));
    must_be_intact();
}

static void entries_come_back_in_order(void **state)
{
    struct ledger_row *rows;
    size_t count;
    assert_int_equal(append_some(&p, &trail, 20), OK);
    struct reader *r = store_reader(p.store);
    assert_int_equal(ledger_entries(p.call, r, 5, 100, &rows, &count), OK);
    assert_int_equal(count, 16);
    assert_int_equal(rows[0].index, 5);
    assert_int_equal(rows[15].index, 20);
    assert_int_equal(ledger_entries(p.call, r, 21, 100, &rows, &count), OK);
    assert_int_equal(count, 0);
    store_return(p.store, r);
    must_be_intact();
}

/* ---- refusals ---------------------------------------------------------------------------- */

static enum err append_then_refuse(struct job *job, struct call *call, struct tx *tx)
{
    uint64_t index;
    struct ledger_event event = {.act = "record.create", .previous = -1};
    for (int i = 0; i < 3; i++)
        TRY(ledger_append(call, tx, p.ledger, &event, &index));
    *(uint64_t *)job->arg = index;
    return problem(call, ERR_CONFLICT, TEXT(""), "guard", "refused by a rule");
}

static void a_refused_job_leaves_no_gap(void **state)
{
    uint64_t size, refused = 0;
    struct hash root;
    assert_int_equal(append_some(&p, &trail, 5), OK);
    assert_int_equal(store_run(p.store, p.call, append_then_refuse, &refused), ERR_CONFLICT);
    assert_int_equal(refused, 8);
    assert_int_equal(ledger_size(p.ledger), 6);
    checkpoint(&size, &root);
    assert_int_equal(size, 6);
    assert_int_equal(append_some(&p, &trail, 2), OK);
    assert_int_equal(ledger_size(p.ledger), 8);
    must_be_intact();
}

struct worker {
    pthread_t thread;
    unsigned refused, kept, other;
};

static enum err append_one(struct job *job, struct call *call, struct tx *tx)
{
    uint64_t index;
    struct ledger_event event = {.act = "auth.login", .actor_id = TEXT("u"), .previous = -1};
    TRY(ledger_append(call, tx, p.ledger, &event, &index));
    return *(unsigned *)job->arg % 3 == 0 ? ERR_CONFLICT : OK;
}

static void *work(void *arg)
{
    struct worker *w = arg;
    for (unsigned i = 0; i < 100; i++) {
        struct arena *a = arena_open();
        enum err e = store_run(p.store, call_open(a, HELP_NOW, LANG_EN), append_one, &i);
        w->kept += e == OK;
        w->refused += e == ERR_CONFLICT;
        w->other += e != OK && e != ERR_CONFLICT;
        arena_close(a);
    }
    return NULL;
}

/* Refused and kept jobs share groups here; whatever the mixture, no index is lost or used
 * twice. */
static void many_writers_make_one_log(void **state)
{
    struct worker workers[4] = {0};
    unsigned kept = 0;
    for (size_t i = 0; i < COUNT(workers); i++)
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    for (size_t i = 0; i < COUNT(workers); i++) {
        pthread_join(workers[i].thread, NULL);
        assert_int_equal(workers[i].refused, 34);
        assert_int_equal(workers[i].other, 0);
        kept += workers[i].kept;
    }
    assert_int_equal(ledger_size(p.ledger), 1 + kept);
    must_be_intact();
}

/* ---- time -------------------------------------------------------------------------------- */

static void time_does_not_go_back(void **state)
{
    struct leaf first, second;
    const char *why;
    size_t offset;
    unsigned one = 1;
    p.call->now = HELP_NOW + 5000000;
    assert_int_equal(store_run(p.store, p.call, append_one, &one), OK);
    p.call->now = HELP_NOW - 5000000;
    assert_int_equal(store_run(p.store, p.call, append_one, &one), OK);
    assert_true(leaf__read(p.arena, entry(1), &first, &why, &offset));
    assert_true(leaf__read(p.arena, entry(2), &second, &why, &offset));
    assert_int_equal(first.moment, HELP_NOW + 5000000);
    assert_int_equal(second.moment, first.moment);
    place_close(&p);
    assert_int_equal(place_open(&p), OK);
    assert_int_equal(store_run(p.store, p.call, append_one, &one), OK);
    assert_true(leaf__read(p.arena, entry(3), &second, &why, &offset));
    assert_int_equal(second.moment, first.moment);
    must_be_intact();
}

/* ---- reopening --------------------------------------------------------------------------- */

static void reopening_continues(void **state)
{
    static const unsigned steps[] = {3, 200, 52, 1, 255, 256, 257, 1000};
    uint64_t size, total = 1;
    struct hash root;
    struct text old = checkpoint(&size, &root);
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct verification v;
        assert_int_equal(append_some(&p, &trail, steps[i]), OK);
        total += steps[i];
        place_close(&p);
        assert_int_equal(place_open(&p), OK);
        assert_int_equal(ledger_size(p.ledger), total);
        assert_int_equal(p.signer->signed_size, total);
        assert_int_equal(place_verify(&p, old, &v), OK);
        assert_null(v.findings);
        old = checkpoint(&size, &root);
        assert_int_equal(size, total);
    }
    must_be_intact();
}

/* ---- proofs ------------------------------------------------------------------------------ */

static void check_inclusion(struct reader *r, uint64_t n, uint64_t size,
                            const struct hash *root)
{
    struct hash proof[64], leaf = merkle_leaf(entry(n));
    size_t count;
    assert_int_equal(ledger_inclusion(p.call, r, n, size, proof, &count), OK);
    assert_true(merkle_inclusion_ok(&leaf, n, size, proof, count, root));
    if (count > 0) {
        proof[count / 2].byte[3] ^= 1;
        assert_false(merkle_inclusion_ok(&leaf, n, size, proof, count, root));
    }
}

static void check_consistency(struct reader *r, uint64_t old, const struct hash *old_root,
                              uint64_t size, const struct hash *root)
{
    struct hash proof[64];
    size_t count;
    assert_int_equal(ledger_consistency(p.call, r, old, size, proof, &count), OK);
    assert_true(merkle_consistency_ok(old, old_root, size, root, proof, count));
}

/* The roots of every size, computed from the leaves alone. */
static struct hash *all_roots(uint64_t size)
{
    struct hash *roots = calloc(size + 1, sizeof(*roots));
    struct frontier f = {0};
    struct ledger_row *rows;
    size_t count;
    assert_non_null(roots);
    struct reader *r = store_reader(p.store);
    roots[0] = frontier_root(&f);
    while (f.size < size) {
        struct arena *a = arena_open();
        assert_int_equal(
            ledger_entries(call_open(a, 0, LANG_EN), r, f.size, 1000, &rows, &count), OK);
        for (size_t i = 0; i < count && f.size < size; i++) {
            struct hash leaf = merkle_leaf(rows[i].leaf);
            frontier_add(&f, &leaf);
            roots[f.size] = frontier_root(&f);
        }
        arena_close(a);
    }
    store_return(p.store, r);
    return roots;
}

static void check_pairs(const uint64_t *sizes, size_t count, uint64_t total)
{
    struct hash *roots = all_roots(total);
    struct reader *r = store_reader(p.store);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j <= i; j++) {
            check_consistency(r, sizes[j], &roots[sizes[j]], sizes[i], &roots[sizes[i]]);
            if (sizes[j] < sizes[i])
                check_inclusion(r, sizes[j], sizes[i], &roots[sizes[i]]);
        }
    }
    store_return(p.store, r);
    free(roots);
}

static void proofs_from_the_store(void **state)
{
    static const uint64_t sizes[] = {1,   2,   3,   100, 127, 128, 129, 254, 255, 256, 257,
                                     300, 511, 512, 513, 600, 767, 768, 769, 799, 801};
    struct hash proof[64];
    size_t count;
    assert_int_equal(append_some(&p, &trail, 800), OK);
    check_pairs(sizes, COUNT(sizes), 801);
    struct reader *r = store_reader(p.store);
    assert_int_equal(ledger_inclusion(p.call, r, 801, 801, proof, &count), ERR_MISSING);
    assert_int_equal(ledger_inclusion(p.call, r, 5, 802, proof, &count), ERR_MISSING);
    assert_int_equal(ledger_consistency(p.call, r, 5, 802, proof, &count), ERR_MISSING);
    assert_int_equal(ledger_consistency(p.call, r, 6, 5, proof, &count), ERR_INVALID);
    store_return(p.store, r);
}

static void tlog_proof_is_complete(void **state)
{
    assert_int_equal(append_some(&p, &trail, 299), OK);
    struct reader *r = store_reader(p.store);
    for (uint64_t n = 0; n < 300; n += 23) {
        struct text proof, line, bytes;
        struct hash hashes[64], root, leaf = merkle_leaf(entry(n));
        size_t count = 0;
        uint64_t size;
        assert_int_equal(ledger_proof(p.call, r, n, 0, &proof), OK);
        assert_true(text_is(text_cut(&proof, '\n'), "c2sp.org/tlog-proof@v1"));
        line = text_cut(&proof, '\n');
        assert_true(text_same(line, text_print(p.arena, "index %d", (int)n)));
        while ((line = text_cut(&proof, '\n')).len > 0) {
            assert_true(base64_read(p.arena, line, &bytes));
            assert_int_equal(bytes.len, HASH_SIZE);
            memcpy(&hashes[count++], bytes.at, HASH_SIZE);
        }
        assert_true(
            note_open(p.arena, proof, TEXT(HELP_ORIGIN), p.signer->public_key, &size, &root));
        assert_true(merkle_inclusion_ok(&leaf, n, size, hashes, count, &root));
        assert_true(proof.len < 1500);
    }
    struct text proof;
    assert_int_equal(ledger_proof(p.call, r, 300, 0, &proof), ERR_MISSING);
    store_return(p.store, r);
}

/* ---- tiles ------------------------------------------------------------------------------- */

static enum err tile(const char *path, struct text *bytes)
{
    struct reader *r = store_reader(p.store);
    enum err e = ledger_tile(p.call, r, text_of(path), bytes);
    store_return(p.store, r);
    return e;
}

static void check_bundle(const char *path, uint64_t first, size_t count)
{
    struct text bytes;
    assert_int_equal(tile(path, &bytes), OK);
    for (size_t i = 0; i < count; i++) {
        struct text leaf = entry(first + i);
        assert_true(bytes.len >= 2 + leaf.len);
        size_t len = (size_t)(unsigned char)bytes.at[0] << 8 | (unsigned char)bytes.at[1];
        assert_int_equal(len, leaf.len);
        assert_memory_equal(bytes.at + 2, leaf.at, len);
        bytes = text_from(bytes, 2 + len);
    }
    assert_int_equal(bytes.len, 0);
}

static void check_level_0(const char *path, uint64_t first, size_t count)
{
    struct text bytes;
    assert_int_equal(tile(path, &bytes), OK);
    assert_int_equal(bytes.len, count * HASH_SIZE);
    for (size_t i = 0; i < count; i++) {
        struct hash leaf = merkle_leaf(entry(first + i));
        assert_memory_equal(bytes.at + i * HASH_SIZE, &leaf, HASH_SIZE);
    }
}

static void tiles_are_served(void **state)
{
    static const char *const absent[] = {"0/002",
                                         "0/002.p/89",
                                         "0/002.p/0",
                                         "0/002.p/256",
                                         "0/002.p/088",
                                         "1/000",
                                         "1/000.p/3",
                                         "2/000.p/1",
                                         "64/000",
                                         "00/000",
                                         "0/0",
                                         "0/00",
                                         "0/0000",
                                         "0/x000/000",
                                         "0/x000",
                                         "0/x001/000",
                                         "0/000/000",
                                         "0/-01",
                                         "0/000.p/",
                                         "0/000.p",
                                         "0/000.p/1/",
                                         "",
                                         "/",
                                         "entries",
                                         "entries/",
                                         "entries/002",
                                         "entries/002.p/89",
                                         "x/000",
                                         "0/000/",
                                         "0/x999/x999/x999/x999/999",
                                         "0/x999/x999/x999/x999/x999/999",
                                         "-1/000",
                                         "0/ 00"};
    struct text level0, level1;
    assert_int_equal(append_some(&p, &trail, 599), OK); /* 600 = 2 x 256 + 88 */
    check_level_0("0/000", 0, 256);
    check_level_0("0/001", 256, 256);
    check_level_0("0/002.p/88", 512, 88);
    check_level_0("0/002.p/1", 512, 1);
    check_level_0("0/001.p/7", 256, 7);
    check_bundle("entries/000", 0, 256);
    check_bundle("entries/002.p/88", 512, 88);
    check_bundle("entries/001.p/3", 256, 3);
    assert_int_equal(tile("1/000.p/2", &level1), OK);
    assert_int_equal(level1.len, 2 * HASH_SIZE);
    assert_int_equal(tile("0/001", &level0), OK);
    struct hash root = merkle_root((const struct hash *)level0.at, 256);
    assert_memory_equal(level1.at + HASH_SIZE, &root, HASH_SIZE);
    for (size_t i = 0; i < COUNT(absent); i++)
        assert_int_equal(tile(absent[i], &level0), ERR_MISSING);
}

/* Past 65,536 entries tiles of level 1 fill, and the edge reaches level 2. */
static void a_log_of_three_levels(void **state)
{
    static const uint64_t sizes[] = {1,     255,   256,   257,   32768, 65279, 65280, 65281,
                                     65535, 65536, 65537, 65792, 65793, 66000, 66001};
    struct text bytes;
    for (int i = 0; i < 11; i++)
        assert_int_equal(append_some(&p, &trail, 6000), OK);
    assert_int_equal(ledger_size(p.ledger), 66001);
    check_pairs(sizes, COUNT(sizes), 66001);
    assert_int_equal(tile("1/000", &bytes), OK);
    assert_int_equal(bytes.len, TILE_BYTES);
    assert_int_equal(tile("2/000.p/1", &bytes), OK);
    assert_int_equal(bytes.len, HASH_SIZE);
    check_level_0("0/255", 65280, 256);
    check_level_0("0/256", 65536, 256);
    place_close(&p);
    assert_int_equal(place_open(&p), OK);
    assert_int_equal(append_some(&p, &trail, 300), OK);
    must_be_intact();
}

/* ---- what opening refuses ---------------------------------------------------------------- */

static void database_path(char path[160], const char *name)
{
    snprintf(path, 160, "%s/%s", p.folder, name);
}

static void an_older_copy_is_noticed(void **state)
{
    char database[160], copy[160];
    struct verification v;
    database_path(database, "aimwell.db");
    snprintf(copy, sizeof(copy), "%s/older", p.root);
    assert_int_equal(append_some(&p, &trail, 50), OK);
    place_close(&p);
    copy_file(database, copy);
    assert_int_equal(place_open(&p), OK);
    assert_int_equal(append_some(&p, &trail, 50), OK);
    place_close(&p);
    copy_file(copy, database);
    assert_int_equal(place_open(&p), ERR_CONFLICT);
    assert_true(place_code_is(&p, "ledger_shorter"));
    struct reader *r = store_reader(p.store);
    verification_start(&v);
    assert_int_equal(ledger_verify_last(p.call, r, text_of(p.folder), &v), OK);
    store_return(p.store, r);
    assert_int_equal(v.finding_count, 1);
    assert_true(text_is(v.findings->place, "ledger.last"));
    assert_int_equal(place_verify(&p, TEXT(""), &v), OK);
    assert_null(v.findings); /* in itself the older copy is a perfect log */
}

static void another_history_is_noticed(void **state)
{
    char database[160], copy[160];
    database_path(database, "aimwell.db");
    snprintf(copy, sizeof(copy), "%s/older", p.root);
    place_close(&p);
    copy_file(database, copy);
    assert_int_equal(place_open(&p), OK);
    assert_int_equal(append_some(&p, &trail, 10), OK);
    place_close(&p);
    /* The same start, as many entries, other content; then the file of the first history. */
    char last[160], kept[160];
    database_path(last, "ledger.last");
    snprintf(kept, sizeof(kept), "%s/kept", p.root);
    copy_file(last, kept);
    copy_file(copy, database);
    unlink(last);
    assert_int_equal(place_open(&p), OK);
    trail.made = 3;
    for (int i = 0; i < 7; i++)
        trail.last[i] = -1;
    assert_int_equal(append_some(&p, &trail, 12), OK);
    place_close(&p);
    copy_file(kept, last);
    assert_int_equal(place_open(&p), ERR_CONFLICT);
    assert_true(place_code_is(&p, "ledger_shorter"));
}

static void a_damaged_last_file_is_refused(void **state)
{
    char last[160];
    database_path(last, "ledger.last");
    place_close(&p);
    FILE *f = fopen(last, "wb");
    assert_non_null(f);
    fputs("12 nonsense\n", f);
    fclose(f);
    assert_int_equal(place_open(&p), ERR_CONFLICT);
    assert_true(place_code_is(&p, "ledger_damaged"));
    place_close(&p);
    unlink(last);
    assert_int_equal(place_open(&p), OK);
}

static void another_key_is_refused(void **state)
{
    place_close(&p);
    unlink(p.key);
    assert_int_equal(place_open(&p), ERR_CONFLICT);
    assert_true(place_code_is(&p, "ledger_key"));
}

static void opening_refuses(const char *sql)
{
    place_close(&p);
    place_alter(&p, sql);
    assert_int_equal(place_open(&p), ERR_CONFLICT);
    assert_true(place_code_is(&p, "ledger_damaged"));
}

static void a_changed_leaf_is_refused(void **state)
{
    assert_int_equal(append_some(&p, &trail, 20), OK);
    opening_refuses("UPDATE ledger_entry SET leaf = CAST(replace(CAST(leaf AS text),"
                    " 'usr_7f3a', 'usr_0000') AS blob) WHERE idx = 7");
}

static void a_missing_leaf_is_refused(void **state)
{
    assert_int_equal(append_some(&p, &trail, 20), OK);
    opening_refuses("DELETE FROM ledger_entry WHERE idx = 20");
}

static void an_entry_beyond_the_head_is_refused(void **state)
{
    assert_int_equal(append_some(&p, &trail, 20), OK);
    opening_refuses("INSERT INTO ledger_entry SELECT log_id, 21, leaf, leaf_hash"
                    " FROM ledger_entry WHERE idx = 20");
}

static void a_moved_head_is_refused(void **state)
{
    assert_int_equal(append_some(&p, &trail, 20), OK);
    opening_refuses("UPDATE ledger_log SET size = 20");
}

static void a_lost_head_is_refused(void **state)
{
    assert_int_equal(append_some(&p, &trail, 20), OK);
    opening_refuses("DELETE FROM ledger_log");
}

static void a_lost_checkpoint_is_refused(void **state)
{
    assert_int_equal(append_some(&p, &trail, 20), OK);
    opening_refuses("DELETE FROM ledger_checkpoint WHERE size = 21");
}

int main(void)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        EACH(a_new_log_has_its_genesis),
        EACH(entries_come_back_in_order),
        EACH(a_refused_job_leaves_no_gap),
        EACH(many_writers_make_one_log),
        EACH(time_does_not_go_back),
        EACH(reopening_continues),
        EACH(proofs_from_the_store),
        EACH(tlog_proof_is_complete),
        EACH(tiles_are_served),
        EACH(a_log_of_three_levels),
        EACH(an_older_copy_is_noticed),
        EACH(another_history_is_noticed),
        EACH(a_damaged_last_file_is_refused),
        EACH(another_key_is_refused),
        EACH(a_changed_leaf_is_refused),
        EACH(a_missing_leaf_is_refused),
        EACH(an_entry_beyond_the_head_is_refused),
        EACH(a_moved_head_is_refused),
        EACH(a_lost_head_is_refused),
        EACH(a_lost_checkpoint_is_refused),
    };
    return cmocka_run_group_tests_name("ledger log", tests, NULL, NULL);
}
