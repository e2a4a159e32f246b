/* SPDX-License-Identifier: Apache-2.0 */
#include "help.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

void place_make(struct place *p)
{
    *p = (struct place){.arena = arena_open()};
    log_limit = LOG_ERROR;
    p->call = call_open(p->arena, HELP_NOW, LANG_EN);
    snprintf(p->root, sizeof(p->root), "/tmp/ledger_test.XXXXXX");
    assert_non_null(mkdtemp(p->root));
    snprintf(p->folder, sizeof(p->folder), "%s/store", p->root);
    snprintf(p->where, sizeof(p->where), "%s", p->folder);
    snprintf(p->key, sizeof(p->key), "%s/ledger.key", p->root);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    return remove(path);
}

void place_remove(struct place *p)
{
    place_close(p);
    nftw(p->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    arena_close(p->arena);
}

static enum err make_tables(struct job *job, struct call *call, struct tx *tx)
{
    struct plan_step *steps;
    size_t count;
    const struct table *tables = ledger_tables(&count);
    TRY(store_plan(call, tx, tables, count, &steps));
    return store_migrate(call, tx, steps);
}

enum err place_open(struct place *p)
{
    TRY(store_open(p->call, text_of(p->where), true, &p->store));
    TRY(store_run(p->store, p->call, make_tables, NULL));
    TRY(signer_open_file(p->call, p->key, TEXT(HELP_ORIGIN), true, &p->signer));
    return ledger_open(p->call, p->store, p->signer, &p->ledger);
}

void place_close(struct place *p)
{
    ledger_close(p->ledger);
    p->ledger = NULL;
    if (p->store != NULL)
        store_close(p->store);
    p->store = NULL;
    if (p->signer != NULL)
        p->signer->close(p->signer);
    p->signer = NULL;
}

bool place_code_is(const struct place *p, const char *code)
{
    const struct problem *last = p->call->problems;
    while (last != NULL && last->next != NULL)
        last = last->next;
    return last != NULL && text_is(last->code, code);
}

void copy_file(const char *from, const char *to)
{
    char bytes[65536];
    size_t n;
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((n = fread(bytes, 1, sizeof(bytes), in)) > 0)
        assert_int_equal(fwrite(bytes, 1, n, out), n);
    fclose(in);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(to, 0600), 0);
}

/* ---- a forger's tools, as SQL functions -------------------------------------------------- */

static struct text argument(sqlite3_value *v)
{
    const char *at = sqlite3_value_blob(v);
    return (struct text){at, (size_t)sqlite3_value_bytes(v)};
}

static void answer(sqlite3_context *c, struct text t)
{
    sqlite3_result_blob64(c, t.at, t.len, SQLITE_TRANSIENT);
}

/* t with the bytes [start, end) replaced. */
static void answer_with(sqlite3_context *c, struct text t, size_t start, size_t end,
                        struct text put)
{
    struct arena *a = arena_open();
    struct text left = text_join(a, text_slice(t, 0, start), put);
    answer(c, text_join(a, left, text_from(t, end)));
    arena_close(a);
}

static void sql_changed(sqlite3_context *c, int count, sqlite3_value **v)
{
    struct text leaf = argument(v[0]), from = argument(v[1]);
    ptrdiff_t at = text_search(leaf, from);
    if (at < 0)
        sqlite3_result_error(c, "nothing to change", -1);
    else
        answer_with(c, leaf, (size_t)at, (size_t)at + from.len, argument(v[2]));
}

static void sql_without_prev(sqlite3_context *c, int count, sqlite3_value **v)
{
    struct text leaf = argument(v[0]);
    ptrdiff_t from = text_search(leaf, TEXT(",\"prev\"")),
              to = text_search(leaf, TEXT(",\"req"));
    if (from < 0 || to < from)
        sqlite3_result_error(c, "no prev", -1);
    else
        answer_with(c, leaf, (size_t)from, (size_t)to, TEXT(""));
}

static void sql_other_prev(sqlite3_context *c, int count, sqlite3_value **v)
{
    static const char key[] = "\"prev\":{\"c\":\"";
    struct text leaf = argument(v[0]);
    ptrdiff_t at = text_search(leaf, text_of(key));
    if (at < 0) {
        sqlite3_result_error(c, "no prev", -1);
        return;
    }
    size_t first = (size_t)at + sizeof(key) - 1;
    answer_with(c, leaf, first, first + 1, leaf.at[first] == 'A' ? TEXT("B") : TEXT("A"));
}

static void sql_leaf_hash(sqlite3_context *c, int count, sqlite3_value **v)
{
    struct hash h = merkle_leaf(argument(v[0]));
    answer(c, hash_text(&h));
}

static void sql_flipped(sqlite3_context *c, int count, sqlite3_value **v)
{
    struct text bytes = argument(v[0]);
    size_t i = (size_t)sqlite3_value_int(v[1]);
    char byte = (char)(bytes.at[i] ^ 1);
    answer_with(c, bytes, i, i + 1, (struct text){&byte, 1});
}

static void answer_note(sqlite3_context *c, struct text note)
{
    sqlite3_result_text64(c, note.at, note.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void sql_respelled(sqlite3_context *c, int count, sqlite3_value **v)
{
    struct arena *a = arena_open();
    char *note = (char *)(uintptr_t)text_copy(a, argument(v[0])).at;
    size_t len = (size_t)sqlite3_value_bytes(v[0]);
    note[len - 20] = note[len - 20] == 'A' ? 'B' : 'A';
    answer_note(c, (struct text){note, len});
    arena_close(a);
}

static void sql_forged(sqlite3_context *c, int count, sqlite3_value **v)
{
    const struct place *p = sqlite3_user_data(c);
    struct arena *a = arena_open();
    struct call *call = call_open(a, HELP_NOW, LANG_EN);
    struct hash root = sha256(TEXT("forged"));
    uint64_t size = (uint64_t)sqlite3_value_int64(v[0]);
    struct signer *s;
    unsigned char signature[64];
    assert_int_equal(signer_open_file(call, p->key, TEXT(HELP_ORIGIN), false, &s), OK);
    struct text text = note__checkpoint(a, s->origin, size, &root);
    assert_int_equal(s->sign(s, call, text, size, &root, NULL, 0, signature), OK);
    answer_note(c, note_make(a, s, text, signature));
    s->close(s);
    arena_close(a);
}

static void add_tools(sqlite3 *db, const struct place *p)
{
    static const struct {
        const char *name;
        int arguments;
        void (*run)(sqlite3_context *, int, sqlite3_value **);
    } tools[] = {{"changed", 3, sql_changed},       {"without_prev", 1, sql_without_prev},
                 {"other_prev", 1, sql_other_prev}, {"leaf_hash", 1, sql_leaf_hash},
                 {"flipped", 2, sql_flipped},       {"respelled", 1, sql_respelled},
                 {"forged", 1, sql_forged}};
    for (size_t i = 0; i < COUNT(tools); i++)
        assert_int_equal(sqlite3_create_function(db, tools[i].name, tools[i].arguments,
                                                 SQLITE_UTF8, (void *)(uintptr_t)p,
                                                 tools[i].run, NULL, NULL),
                         SQLITE_OK);
}

static void run_sql(sqlite3 *db, const char *sql)
{
    char *message = NULL;
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
}

static void drop_guards(sqlite3 *db)
{
    sqlite3_stmt *list;
    char sql[4096] = "";
    assert_int_equal(sqlite3_prepare_v2(db,
                                        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
                                        " AND tbl_name LIKE 'ledger_%'",
                                        -1, &list, NULL),
                     SQLITE_OK);
    unsigned found = 0;
    while (sqlite3_step(list) == SQLITE_ROW) {
        size_t used = strlen(sql);
        snprintf(sql + used, sizeof(sql) - used, "DROP TRIGGER \"%s\";",
                 (const char *)sqlite3_column_text(list, 0));
        found++;
    }
    sqlite3_finalize(list);
    assert_true(found > 0);
    run_sql(db, sql);
}

void place_alter(const struct place *p, const char *sql)
{
    sqlite3 *db;
    char path[128];
    snprintf(path, sizeof(path), "%s/aimwell.db", p->folder);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    run_sql(db, "PRAGMA synchronous = OFF");
    drop_guards(db);
    add_tools(db, p);
    run_sql(db, sql);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

void trail_start(struct trail *t)
{
    *t = (struct trail){0};
    for (int i = 0; i < 7; i++)
        t->last[i] = -1;
}

struct batch {
    struct place *place;
    struct trail *trail;
    unsigned count;
};

static enum err append_batch(struct job *job, struct call *call, struct tx *tx)
{
    struct batch *b = job->arg;
    struct trail *t = b->trail;
    for (unsigned i = 0; i < b->count; i++, t->made++) {
        unsigned o = t->made % 7;
        uint64_t index;
        struct ledger_event event = {
            .act = t->last[o] < 0 ? "record.create" : "record.change",
            .actor_type = TEXT("user"),
            .actor_id = TEXT("usr_7f3a"),
            .object_kind = TEXT("risk"),
            .object_id = text_print(call->arena, "o%u", o),
            .object_version = t->made / 7 + 1,
            .has_commitment = true,
            .commitment = sha256(text_print(call->arena, "commitment %u", t->made)),
            .previous = t->last[o],
            .previous_commitment = t->commitment[o],
            .model = TEXT("0123456789abcdef"),
            .request = TEXT("req_1"),
        };
        TRY(ledger_append(call, tx, b->place->ledger, &event, &index));
        t->last[o] = (int64_t)index;
        t->commitment[o] = event.commitment;
    }
    return OK;
}

enum err append_some(struct place *p, struct trail *t, unsigned count)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, HELP_NOW + t->made, LANG_EN);
    enum err e = store_run(p->store, call, append_batch, &(struct batch){p, t, count});
    arena_close(a);
    return e;
}

enum err place_verify(struct place *p, struct text note, struct verification *v)
{
    struct reader *r = store_reader(p->store);
    enum err e = ledger_verify(p->call, r, TEXT(HELP_ORIGIN), p->signer->public_key, note, NULL,
                               NULL, v);
    store_return(p->store, r);
    return e;
}
