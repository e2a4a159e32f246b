/* SPDX-License-Identifier: Apache-2.0 */
/* The tamper matrix: each way to alter a stored log, at its first, middle and last place, must
 * be found by ledger_verify, and the finding must name the place. */
#include "help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 700 entries: tiles 0/0 and 0/1 are full, 188 entries are in no full tile. */
#define SIZE 700
static struct place base, p;
static struct text note_700, note_300;

static void make_log(struct place *of, const unsigned *groups, size_t count)
{
    struct trail trail;
    trail_start(&trail);
    assert_int_equal(place_open(of), OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(append_some(of, &trail, groups[i]), OK);
}

static struct text latest_note(struct place *of, struct arena *a)
{
    struct text note;
    struct reader *r = store_reader(of->store);
    assert_int_equal(ledger_checkpoint(of->call, r, 0, &note), OK);
    store_return(of->store, r);
    return text_copy(a, note);
}

static int make_base(void **state)
{
    static const unsigned early[] = {99, 100, 100}, late[] = {1, 199, 200};
    struct trail trail;
    place_make(&base);
    trail_start(&trail);
    assert_int_equal(place_open(&base), OK);
    for (size_t i = 0; i < COUNT(early); i++)
        assert_int_equal(append_some(&base, &trail, early[i]), OK);
    note_300 = latest_note(&base, base.arena);
    for (size_t i = 0; i < COUNT(late); i++)
        assert_int_equal(append_some(&base, &trail, late[i]), OK);
    note_700 = latest_note(&base, base.arena);
    assert_int_equal(ledger_size(base.ledger), SIZE);
    place_close(&base);
    place_make(&p);
    assert_int_equal(mkdir(p.folder, 0700), 0);
    copy_file(base.key, p.key);
    return 0;
}

static int drop_base(void **state)
{
    place_remove(&p);
    place_remove(&base);
    return 0;
}

/* One folder serves every case: making one takes longer than the rest of a case. */
static void copy_base(void)
{
    static const char *const leftovers[] = {"aimwell.db-wal", "aimwell.db-shm"};
    char from[160], to[160];
    place_close(&p); /* of a case that failed */
    for (size_t i = 0; i < COUNT(leftovers); i++) {
        snprintf(to, sizeof(to), "%s/%s", p.folder, leftovers[i]);
        (void)unlink(to);
    }
    snprintf(from, sizeof(from), "%s/aimwell.db", base.folder);
    snprintf(to, sizeof(to), "%s/aimwell.db", p.folder);
    copy_file(from, to);
}

static void open_for_reading(void)
{
    assert_int_equal(store_open(p.call, text_of(p.folder), true, &p.store), OK);
    assert_int_equal(signer_open_file(p.call, p.key, TEXT(HELP_ORIGIN), false, &p.signer), OK);
}

static bool names(const struct verification *v, const char *place)
{
    for (const struct finding *f = v->findings; f != NULL; f = f->next)
        if (text_is(f->place, place))
            return true;
    return false;
}

static void show(const char *sql, const struct verification *v)
{
    print_error("%s\n", sql);
    for (const struct finding *f = v->findings; f != NULL; f = f->next)
        print_error("    %.*s: %.*s\n", TEXT_ARG(f->place), TEXT_ARG(f->what));
}

static void check(const char *sql, struct text note, const char *expected)
{
    struct verification v;
    copy_base();
    if (sql != NULL)
        place_alter(&p, sql);
    open_for_reading();
    assert_int_equal(place_verify(&p, note, &v), OK);
    if (expected == NULL ? v.findings != NULL : !names(&v, expected)) {
        show(sql != NULL ? sql : "unaltered", &v);
        fail_msg("expected %s", expected != NULL ? expected : "no finding");
    }
    place_close(&p);
}

static void unaltered_is_intact(void **state)
{
    check(NULL, TEXT(""), NULL);
    check(NULL, note_700, NULL);
    check(NULL, note_300, NULL);
}

/* ---- entries ----------------------------------------------------------------------------- */

struct mutation {
    const char *sql;      /* %d: the index */
    const char *place[3]; /* for index 1, 350, 699; NULL: "ledger entry <index>" */
};
#define TEXT_LEAF "CAST(leaf AS text)"

static const struct mutation entry_mutations[] = {
    /* one word changed, the hash left */
    {"UPDATE ledger_entry SET leaf = CAST(replace(" TEXT_LEAF ", 'usr_7f3a', 'usr_7f3b')"
     " AS blob) WHERE idx = %d"},
    /* one word changed, the hash made to fit: a tile or a checkpoint tells */
    {"UPDATE ledger_entry SET leaf = changed(leaf, 'usr_7f3a', 'usr_7f3b'),"
     " leaf_hash = leaf_hash(changed(leaf, 'usr_7f3a', 'usr_7f3b')) WHERE idx = %d",
     {"tile 0/0", "tile 0/1", "checkpoint 700"}},
    {"DELETE FROM ledger_entry WHERE idx = %d"},
    {"UPDATE ledger_entry SET leaf_hash = zeroblob(32) WHERE idx = %d"},
    {"UPDATE ledger_entry SET leaf_hash = x'00' WHERE idx = %d"},
    {"UPDATE ledger_entry SET leaf = x'' WHERE idx = %d"},
    {"UPDATE ledger_entry SET leaf = zeroblob(70000) WHERE idx = %d"},
    /* spliced: the content of its neighbour, hash and all */
    {"UPDATE ledger_entry SET leaf = (SELECT leaf FROM ledger_entry e WHERE e.idx ="
     " ledger_entry.idx - 1), leaf_hash = (SELECT leaf_hash FROM ledger_entry e WHERE e.idx ="
     " ledger_entry.idx - 1) WHERE idx = %d"},
    /* the same JSON in other bytes */
    {"UPDATE ledger_entry SET leaf = changed(leaf, ',', ', '),"
     " leaf_hash = leaf_hash(changed(leaf, ',', ', ')) WHERE idx = %d"},
    {"UPDATE ledger_entry SET leaf = changed(leaf, '\"v\":1}', '\"v\":1}\n'),"
     " leaf_hash = leaf_hash(changed(leaf, '\"v\":1}', '\"v\":1}\n')) WHERE idx = %d"},
    /* another time, another log, another number */
    {"UPDATE ledger_entry SET leaf = changed(leaf, '\"t\":\"2026', '\"t\":\"2025'),"
     " leaf_hash = leaf_hash(changed(leaf, '\"t\":\"2026', '\"t\":\"2025')) WHERE idx = %d"},
    {"UPDATE ledger_entry SET leaf = changed(leaf, '/acme/', '/evil/'),"
     " leaf_hash = leaf_hash(changed(leaf, '/acme/', '/evil/')) WHERE idx = %d"},
    {"UPDATE ledger_entry SET leaf = changed(leaf, '\"n\":' || idx || ',', '\"n\":12345,'),"
     " leaf_hash = leaf_hash(changed(leaf, '\"n\":' || idx || ',', '\"n\":12345,'))"
     " WHERE idx = %d"},
    /* moved away */
    {"UPDATE ledger_entry SET idx = idx + 10000 WHERE idx = %d"},
    {"UPDATE ledger_entry SET idx = -idx WHERE idx = %d"},
    {"UPDATE ledger_entry SET log_id = 2 WHERE idx = %d"},
    /* everything from here on removed */
    {"DELETE FROM ledger_entry WHERE idx >= %d"},
};

static const int indexes[3] = {1, 350, 699};

/* Puts the number in place of every %d. */
static void put_number(char *out, size_t room, const char *sql, int number)
{
    struct text rest = text_of(sql);
    size_t used = 0;
    for (bool more = true; more;) {
        ptrdiff_t at = text_search(rest, TEXT("%d"));
        struct text part = at < 0 ? rest : text_slice(rest, 0, (size_t)at);
        more = at >= 0;
        used += (size_t)snprintf(out + used, room - used, "%.*s", TEXT_ARG(part));
        if (more)
            used += (size_t)snprintf(out + used, room - used, "%d", number);
        assert_true(used < room);
        rest = text_from(rest, part.len + 2 * more);
    }
}

static void altered_entries(void **state)
{
    for (size_t m = 0; m < COUNT(entry_mutations); m++) {
        for (size_t i = 0; i < 3; i++) {
            char sql[1000], place[64];
            const struct mutation *mutation = &entry_mutations[m];
            put_number(sql, sizeof(sql), mutation->sql, indexes[i]);
            snprintf(place, sizeof(place), "ledger entry %d", indexes[i]);
            check(sql, TEXT(""), mutation->place[i] != NULL ? mutation->place[i] : place);
        }
    }
}

static void swapped_entries(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        char sql[300], place[64];
        int n = indexes[i];
        snprintf(sql, sizeof(sql),
                 "UPDATE ledger_entry SET idx = 99999 WHERE idx = %d;"
                 "UPDATE ledger_entry SET idx = %d WHERE idx = %d;"
                 "UPDATE ledger_entry SET idx = %d WHERE idx = 99999",
                 n, n, n - 1, n - 1);
        snprintf(place, sizeof(place), "ledger entry %d", n);
        check(sql, TEXT(""), place);
    }
}

static void added_entries(void **state)
{
    check("INSERT INTO ledger_entry SELECT log_id, 700, leaf, leaf_hash FROM ledger_entry"
          " WHERE idx = 699",
          TEXT(""), "ledger entry 700");
    check("INSERT INTO ledger_entry SELECT log_id, 5000000000, leaf, leaf_hash"
          " FROM ledger_entry WHERE idx = 699",
          TEXT(""), "ledger entry 5000000000");
    check("INSERT INTO ledger_entry SELECT log_id, -5, leaf, leaf_hash FROM ledger_entry"
          " WHERE idx = 699",
          TEXT(""), "ledger entry -5");
}

/* The "prev" walk, with every hash made to fit: entry n is about object (n - 1) % 7. */
static void altered_previous(void **state)
{
    static const int after[] = {8, 350, 699};
    for (size_t i = 0; i < 3; i++) {
        char sql[1000], place[64];
        int n = after[i];
        snprintf(place, sizeof(place), "ledger entry %d", n);
        snprintf(
            sql, sizeof(sql),
            "UPDATE ledger_entry SET leaf = changed(leaf, '\"n\":%d}', '\"n\":%d}'),"
            " leaf_hash = leaf_hash(changed(leaf, '\"n\":%d}', '\"n\":%d}')) WHERE idx = %d",
            n - 7, n - 6, n - 7, n - 6, n);
        check(sql, TEXT(""), place);
        snprintf(sql, sizeof(sql),
                 "UPDATE ledger_entry SET leaf = without_prev(leaf),"
                 " leaf_hash = leaf_hash(without_prev(leaf)) WHERE idx = %d",
                 n);
        check(sql, TEXT(""), place);
        snprintf(sql, sizeof(sql),
                 "UPDATE ledger_entry SET leaf = other_prev(leaf),"
                 " leaf_hash = leaf_hash(other_prev(leaf)) WHERE idx = %d",
                 n);
        check(sql, TEXT(""), place);
    }
    /* An object that is given another's name loses its own trail and breaks the other's. */
    check("UPDATE ledger_entry SET leaf = changed(leaf, '\"id\":\"o6\"', '\"id\":\"o9\"'),"
          " leaf_hash = leaf_hash(changed(leaf, '\"id\":\"o6\"', '\"id\":\"o9\"'))"
          " WHERE idx = 350",
          TEXT(""), "ledger entry 350");
}

/* A table put back without its types can hold anything. */
static void types_of_sqlite(void **state)
{
    static const char *const places[] = {"ledger entry 1", "ledger entry 350",
                                         "ledger entry 699"};
    for (size_t i = 0; i < 3; i++) {
        char sql[400];
        snprintf(sql, sizeof(sql),
                 "ALTER TABLE ledger_entry RENAME TO old; CREATE TABLE ledger_entry AS SELECT"
                 " log_id, idx, CASE idx WHEN %d THEN CAST(leaf AS text) ELSE leaf END AS leaf,"
                 " leaf_hash FROM old",
                 indexes[i]);
        check(sql, TEXT(""), places[i]);
    }
    check("ALTER TABLE ledger_entry RENAME TO old; CREATE TABLE ledger_entry AS SELECT log_id,"
          " CASE idx WHEN 350 THEN 'x' ELSE idx END AS idx, leaf, leaf_hash FROM old",
          TEXT(""), "ledger tables");
    check("ALTER TABLE ledger_checkpoint RENAME TO old; CREATE TABLE ledger_checkpoint AS"
          " SELECT log_id, size, CASE size WHEN 500 THEN CAST(note AS blob) ELSE note END"
          " AS note FROM old",
          TEXT(""), "checkpoint 500");
}

/* ---- tiles ------------------------------------------------------------------------------- */

static void altered_tiles(void **state)
{
    static const struct {
        const char *sql, *place;
    } cases[] = {
        {"UPDATE ledger_tile SET hashes = flipped(hashes, 0) WHERE n = 0", "tile 0/0"},
        {"UPDATE ledger_tile SET hashes = flipped(hashes, 4000) WHERE n = 0", "tile 0/0"},
        {"UPDATE ledger_tile SET hashes = flipped(hashes, 8191) WHERE n = 1", "tile 0/1"},
        {"UPDATE ledger_tile SET root = flipped(root, 31) WHERE n = 0", "tile 0/0"},
        {"UPDATE ledger_tile SET root = flipped(root, 0) WHERE n = 1", "tile 0/1"},
        {"UPDATE ledger_tile SET hashes = zeroblob(8191) WHERE n = 1", "tile 0/1"},
        {"DELETE FROM ledger_tile WHERE n = 0", "tile 0/0"},
        {"DELETE FROM ledger_tile WHERE n = 1", "tile 0/1"},
        {"UPDATE ledger_tile SET n = 1 - n + 10; UPDATE ledger_tile SET n = n - 10",
         "tile 0/0"},
        {"INSERT INTO ledger_tile SELECT log_id, 0, 2, root, hashes FROM ledger_tile"
         " WHERE n = 0",
         "tile 0/2"},
        {"INSERT INTO ledger_tile SELECT log_id, 1, 0, root, hashes FROM ledger_tile"
         " WHERE n = 0",
         "tile 1/0"},
        {"INSERT INTO ledger_tile SELECT log_id, 9, 0, root, hashes FROM ledger_tile"
         " WHERE n = 0",
         "tile 9/0"},
        {"INSERT INTO ledger_tile SELECT log_id, 0, -1, root, hashes FROM ledger_tile"
         " WHERE n = 0",
         "tile 0/-1"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        check(cases[i].sql, TEXT(""), cases[i].place);
}

/* ---- checkpoints ------------------------------------------------------------------------- */

static void altered_checkpoints(void **state)
{
    static const int sizes[] = {1, 301, 700};
    static const char *const mutations[] = {
        "UPDATE ledger_checkpoint SET note = replace(note, '/acme/', '/evil/') WHERE size = %d",
        "UPDATE ledger_checkpoint SET note = note || 'x' WHERE size = %d",
        "UPDATE ledger_checkpoint SET note = '' WHERE size = %d",
        "UPDATE ledger_checkpoint SET note = replace(note, char(10) || size || char(10),"
        " char(10) || (size + 1) || char(10)) WHERE size = %d",
        "UPDATE ledger_checkpoint SET note = respelled(note) WHERE size = %d",
        /* a true note of the same key, but of another size */
        "UPDATE ledger_checkpoint SET note = (SELECT c.note FROM ledger_checkpoint c WHERE"
        " c.size = 200) WHERE size = %d",
        /* a wrong root, truly signed: the key was stolen */
        "UPDATE ledger_checkpoint SET note = forged(size) WHERE size = %d",
    };
    for (size_t m = 0; m < COUNT(mutations); m++) {
        for (size_t i = 0; i < COUNT(sizes); i++) {
            char sql[1000], place[64];
            put_number(sql, sizeof(sql), mutations[m], sizes[i]);
            snprintf(place, sizeof(place), "checkpoint %d", sizes[i]);
            check(sql, TEXT(""), place);
        }
    }
    check("DELETE FROM ledger_checkpoint WHERE size = 700", TEXT(""), "checkpoint 700");
    check("DELETE FROM ledger_checkpoint", TEXT(""), "checkpoint 700");
    check("INSERT INTO ledger_checkpoint SELECT log_id, 900, forged(900) FROM ledger_log",
          TEXT(""), "checkpoint 900");
    check("INSERT INTO ledger_checkpoint SELECT log_id, 350, forged(350) FROM ledger_log",
          TEXT(""), "checkpoint 350");
    check("INSERT INTO ledger_checkpoint SELECT log_id, -1, note FROM ledger_checkpoint"
          " WHERE size = 1",
          TEXT(""), "checkpoint");
}

/* ---- the head ---------------------------------------------------------------------------- */

static void altered_head(void **state)
{
    static const char *const mutations[] = {
        "UPDATE ledger_log SET root = flipped(root, 0)",
        "UPDATE ledger_log SET root = x'00'",
        "UPDATE ledger_log SET frontier = flipped(frontier, 0)",
        "UPDATE ledger_log SET frontier = x''",
        "UPDATE ledger_log SET origin = 'evil.example.org'",
        "UPDATE ledger_log SET last_time = last_time - 1",
        "UPDATE ledger_log SET size = size - 1",
        "UPDATE ledger_log SET size = -1",
        "DELETE FROM ledger_log",
    };
    for (size_t i = 0; i < COUNT(mutations); i++)
        check(mutations[i], TEXT(""), "ledger head");
    check("UPDATE ledger_log SET size = size + 1", TEXT(""), "ledger entry 700");
    check("UPDATE ledger_log SET size = 9007199254740991", TEXT(""), "ledger entry 700");
    check("UPDATE ledger_log SET size = 699", TEXT(""), "ledger entry 699");
}

/* ---- against a note kept elsewhere ------------------------------------------------------- */

/* The tail cut off so well that the log is perfect in itself: only the note kept outside
 * tells. */
static void a_perfect_shorter_log(void **state)
{
    struct place shorter;
    struct verification v;
    static const unsigned groups[] = {99, 100, 100};
    place_make(&shorter);
    copy_file(base.key, shorter.key);
    make_log(&shorter, groups, COUNT(groups));
    assert_int_equal(place_verify(&shorter, TEXT(""), &v), OK);
    assert_null(v.findings);
    assert_int_equal(place_verify(&shorter, note_700, &v), OK);
    assert_true(names(&v, "given checkpoint 700"));
    place_remove(&shorter);
}

/* Rewritten from the middle with the stolen key, tiles, head, checkpoints and all. */
static void a_perfect_other_history(void **state)
{
    struct place other;
    struct verification v;
    static const unsigned groups[] = {99, 100};
    struct trail trail;
    place_make(&other);
    copy_file(base.key, other.key);
    make_log(&other, groups, COUNT(groups));
    trail_start(&trail);
    trail.made = 7 * 1000;
    for (int i = 0; i < 7; i++) { /* object of entry n is (n - 1) % 7: entry 193 is o3 */
        int o = (192 + i) % 7;
        trail.last[o] = 193 + i;
        trail.commitment[o] = sha256(text_print(other.arena, "commitment %d", 192 + i));
    }
    assert_int_equal(append_some(&other, &trail, 500), OK);
    assert_int_equal(ledger_size(other.ledger), SIZE);
    assert_int_equal(place_verify(&other, TEXT(""), &v), OK);
    if (v.findings != NULL)
        show("other history", &v);
    assert_null(v.findings);
    assert_int_equal(place_verify(&other, note_700, &v), OK);
    assert_true(names(&v, "given checkpoint 700"));
    assert_int_equal(place_verify(&other, note_300, &v), OK);
    assert_true(names(&v, "given checkpoint 300"));
    place_remove(&other);
}

static void a_note_that_is_not_ours(void **state)
{
    check(NULL, TEXT("hello"), "given checkpoint");
    check(NULL, text_slice(note_700, 0, note_700.len - 3), "given checkpoint");
}

/* ---- what a caller sees ------------------------------------------------------------------ */

static void count_leaf(void *arg, uint64_t n, struct text leaf)
{
    unsigned *seen = arg;
    assert_int_equal(n, *seen);
    assert_true(text_starts(leaf, "{\"act\":"));
    (*seen)++;
}

static void every_leaf_is_shown(void **state)
{
    struct verification v;
    unsigned seen = 0;
    copy_base();
    open_for_reading();
    struct reader *r = store_reader(p.store);
    assert_int_equal(ledger_verify(p.call, r, TEXT(HELP_ORIGIN), p.signer->public_key, TEXT(""),
                                   count_leaf, &seen, &v),
                     OK);
    store_return(p.store, r);
    assert_int_equal(seen, SIZE);
    assert_int_equal(v.entries, SIZE);
    assert_int_equal(v.tiles, 2);
    assert_int_equal(v.checkpoints, 7);
    place_close(&p);
}

static void findings_are_bounded(void **state)
{
    struct verification v;
    size_t kept = 0;
    copy_base();
    place_alter(&p, "UPDATE ledger_entry SET leaf_hash = zeroblob(32)");
    open_for_reading();
    assert_int_equal(place_verify(&p, TEXT(""), &v), OK);
    for (const struct finding *f = v.findings; f != NULL; f = f->next)
        kept++;
    assert_int_equal(kept, 100);
    assert_int_equal(v.finding_count, SIZE);
    place_close(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unaltered_is_intact),
        cmocka_unit_test(altered_entries),
        cmocka_unit_test(swapped_entries),
        cmocka_unit_test(added_entries),
        cmocka_unit_test(altered_previous),
        cmocka_unit_test(types_of_sqlite),
        cmocka_unit_test(altered_tiles),
        cmocka_unit_test(altered_checkpoints),
        cmocka_unit_test(altered_head),
        cmocka_unit_test(a_perfect_shorter_log),
        cmocka_unit_test(a_perfect_other_history),
        cmocka_unit_test(a_note_that_is_not_ours),
        cmocka_unit_test(every_leaf_is_shown),
        cmocka_unit_test(findings_are_bounded),
    };
    return cmocka_run_group_tests_name("ledger tamper", tests, make_base, drop_base);
}
