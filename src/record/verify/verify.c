/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify/verify.c — the ledger proves itself; this proves the tables against it. Every
 * version's body is committed again and compared with its leaf; every current row is projected
 * again from its body and compared cell by cell; every evidence file is hashed. Each finding
 * names the place. */
#include "record/verify/verify.h"

#include <stdlib.h>
#include <string.h>

/* A cryptographic hash: nobody can move content to another object whose name collides. */
uint64_t verify__object_hash(struct arena *a, struct text kind, struct text id, int64_t version)
{
    /* Joined, not printed: a NUL behind a name would end it there, and nobody would see it. */
    struct text name = text_join(a, text_join(a, kind, TEXT("/")), text_join(a, id, TEXT("/")));
    struct hash h = sha256(text_join(a, name, text_print(a, "%lld", (long long)version)));
    uint64_t first;
    memcpy(&first, h.byte, sizeof first);
    return first;
}

/* A page of work in an arena of its own: a million entries must not pile up in the call's. */
struct call *verify__page_call(struct deep *c, struct arena *page)
{
    struct call *call = call_beside(page, c->call);
    call->actor = c->call->actor;
    return call;
}

static void make_room(struct deep *c, uint64_t n)
{
    while (n >= c->leaf_room) {
        c->leaf_room = c->leaf_room ? c->leaf_room * 2 : 4096;
        c->leaves = realloc(c->leaves, c->leaf_room * sizeof *c->leaves);
        if (!c->leaves)
            panic("out of memory");
    }
    while (c->leaf_count <= n)
        c->leaves[c->leaf_count++] = (struct leaf_note){0};
}

static void note_leaf(struct deep *c, struct call *call, const struct ledger_leaf *leaf,
                      struct leaf_note *note)
{
    struct acted acted;
    note->object = verify__object_hash(call->arena, leaf->object_kind, leaf->object_id,
                                       leaf->object_version);
    note->committed = leaf->has_commitment && !access_replay_seals(leaf->object_kind);
    note->commitment = leaf->commitment;
    size_t len = leaf->model.len < sizeof note->model ? leaf->model.len : sizeof note->model;
    memcpy(note->model, len ? leaf->model.at : "", len);
    enum err e = access_replay_entry(c->call, c->db, c->replay, leaf, c->out, &acted);
    if (e != OK && c->failed == OK)
        c->failed = e;
    note->bound = acted.bound;
    note->by_person = acted.by_person;
    note->fresh = acted.fresh;
}

static void keep_leaf(void *arg, uint64_t n, struct text leaf)
{
    struct deep *c = arg;
    struct arena *page = arena_open();
    struct call *call = verify__page_call(c, page);
    struct ledger_leaf read;
    make_room(c, n);
    struct leaf_note note = {0};
    if (ledger_leaf_read(page, leaf, &read)) {
        note_leaf(c, call, &read, &note);
        note.redacts = text_is(read.act, "record.redact");
        c->formatted |= text_is(read.act, "store.create") || text_is(read.act, "store.upgrade");
    }
    c->leaves[n] = note;
    arena_close(page);
}

bool verify__leaf_agrees(struct deep *c, int64_t index, uint64_t object,
                         const struct hash *commitment)
{
    if (index < 0 || (size_t)index >= c->leaf_count)
        return false;
    struct leaf_note *note = &c->leaves[index];
    if (!note->committed || note->object != object ||
        memcmp(note->commitment.byte, commitment->byte, HASH_SIZE) != 0)
        return false;
    note->row_found = true;
    return true;
}

/* Reading may itself stumble over a damaged page: that is a finding, not a crash. */
enum err verify__read_page(struct deep *c, struct call *call, const char *what, const char *sql,
                           const struct value *values, size_t count, struct rows *rows)
{
    enum err e = read_rows(call, c->db, sql, values, count, READ_MOST, rows);
    if (e == OK)
        return OK;
    struct text why = call->problems ? call->problems->message : text_of(err_words(e));
    verification_add(c->call, c->out, text_of(what), "cannot be read: %.*s", TEXT_ARG(why));
    return e;
}

/* What entries commit to that no other table keeps. */
static void check_kept(struct deep *c, struct call *call, const struct value *row)
{
    struct hash commitment;
    enum err e = ledger_commit(call, row[3].text, row[4].text, &commitment);
    struct text place = text_print(call->arena, "sealed %lld", (long long)row[0].integer);
    uint64_t object = verify__object_hash(call->arena, row[1].text, row[2].text, 0);
    if (e != OK || !verify__leaf_agrees(c, row[0].integer, object, &commitment) ||
        !text_same(row[5].text, hash_text(&commitment)))
        verification_add(c->call, c->out, place, "differs from ledger entry %lld",
                         (long long)row[0].integer);
}

static enum err check_sealed(struct deep *c)
{
    int64_t last = -1;
    for (bool more = true; more;) {
        struct arena *page = arena_open();
        struct call *call = verify__page_call(c, page);
        struct rows rows = {0};
        enum err e =
            verify__read_page(c, call, "table sealed",
                              "SELECT ledger, kind, id, body, salt, commitment FROM sealed "
                              "WHERE ledger > $1 ORDER BY ledger LIMIT 500",
                              &V_INT(last), 1, &rows);
        for (size_t i = 0; e == OK && i < rows.count; i++)
            check_kept(c, call, row_at(&rows, i));
        more = e == OK && rows.count == 500;
        if (more)
            last = row_at(&rows, rows.count - 1)[0].integer;
        arena_close(page);
    }
    return OK;
}

static void check_unclaimed(struct deep *c)
{
    for (size_t i = 0; i < c->leaf_count; i++)
        if (c->leaves[i].committed && !c->leaves[i].row_found)
            verification_add(c->call, c->out, text_print(c->call->arena, "ledger entry %zu", i),
                             "the row it speaks of is missing or altered");
}

/* One table too large to look through in the time a statement has is passed over: every row of
 * it is still compared as the program reads it. */
static void check_index(struct deep *c, struct text table)
{
    struct arena *one = arena_open();
    struct call *call = verify__page_call(c, one);
    struct value name = V_TEXT(table);
    struct rows rows;
    enum err e = read_rows(call, c->db,
                           "SELECT integrity_check FROM pragma_integrity_check($1) "
                           "WHERE integrity_check <> 'ok' LIMIT 5",
                           &name, 1, 5, &rows);
    struct text place = text_print(one, "table %.*s", TEXT_ARG(table));
    for (size_t i = 0; e == OK && i < rows.count; i++)
        verification_add(c->call, c->out, place, "%.*s", TEXT_ARG(rows.cells[i].text));
    if (e != OK && !(call->problems && text_is(call->problems->code, "too_slow")))
        verification_add(c->call, c->out, place, "cannot be read");
    arena_close(one);
}

/* We read by indexes; whoever reads the file otherwise must find the same. */
static void check_indexes(struct deep *c)
{
    struct rows rows;
    if (store_kind(c->records->store) != STORE_SQLITE ||
        verify__read_page(c, c->call, "the database file",
                          "SELECT name FROM sqlite_master WHERE type = 'table'", NULL, 0,
                          &rows) != OK)
        return;
    for (size_t i = 0; i < rows.count; i++)
        check_index(c, rows.cells[i].text);
}

/* Tables of a model that is not the one here are passed over: nothing tells them from others.
 */
static enum err check_foreign(struct deep *c)
{
    struct text models, last = {0};
    struct oddity *odd;
    enum err e = meta_read(c->call, c->db, "models", &models);
    while (e == OK && models.len > 0)
        last = text_cut(&models, ' ');
    bool ours = text_same(text_cut(&last, '+'), c->records->model->hash);
    if (e != OK && e != ERR_MISSING)
        return e;
    TRY(open__foreign(c->call, c->db, c->records->model, &odd));
    for (; odd != NULL; odd = odd->next)
        if (ours || !odd->table)
            verification_add(
                c->call, c->out,
                text_print(c->call->arena, "database object %.*s", TEXT_ARG(odd->name)), "%.*s",
                TEXT_ARG(odd->what));
    return OK;
}

/* The tables of records follow the model in force. Held against another one they differ though
 * nobody touched them: what is found in them then says nothing. */
static enum err check_kinds(struct deep *c)
{
    struct verification *out = c->out, unsaid;
    struct text models, last = {0};
    enum err e = meta_read(c->call, c->db, "models", &models);
    if (e != OK && e != ERR_MISSING)
        return e;
    while (e == OK && models.len > 0)
        last = text_cut(&models, ' ');
    struct text hash = text_cut(&last, '+');
    bool other = hash.len && !text_same(hash, c->records->model->hash);
    verification_start(&unsaid);
    if (other) {
        c->out = &unsaid;
        out->untold =
            text_print(c->call->arena,
                       "the store works with model %.*s, this program with these files "
                       "is %.*s: every version was held against the ledger, the tables "
                       "made from them were not (--site?)",
                       TEXT_ARG(hash), TEXT_ARG(c->records->model->hash));
    }
    for (size_t i = 0; i < c->records->model->kind_count; i++)
        verify__kind(c, &c->records->model->kinds[i]);
    if (c->current) {
        verify__timer_rows(c);
        verify__living_rows(c);
    }
    c->out = out;
    return OK;
}

static enum err deep_check(struct deep *c)
{
    struct text format;
    enum err e = meta_read(c->call, c->db, "format", &format);
    if (e != OK && e != ERR_MISSING)
        return e;
    c->current = e == OK && text_is(format, STORE_FORMAT);
    c->sealed = e == OK; /* a store no program of this format has opened yet has none */
    check_indexes(c);
    TRY(verify__versions(c));
    if (!c->sealed && c->formatted)
        verification_add(c->call, c->out, TEXT("table meta"),
                         "the format of the store, of which the ledger tells, was removed");
    if (!c->current) {
        c->out->untold = text_print(
            c->call->arena,
            "the store is of an earlier format, and tables that this program has are not "
            "there: "
            "the ledger and every version were judged, the rest is once serve or a command has "
            "brought it to format %s",
            STORE_FORMAT);
        return OK;
    }
    bool same;
    TRY(timer__zone(c->call, c->records->model, db_reader(c->db), &same));
    c->other_rules = !same;
    TRY(living__outdated(c->call, db_reader(c->db), &c->other_turns));
    if (c->other_turns)
        c->out->untold = TEXT("an earlier program made the rows of table turn, where lists of "
                              "tasks look: they are "
                              "judged once serve or a command has made them anew");
    TRY(check_foreign(c));
    TRY(check_kinds(c));
    verify__attached(c);
    if (c->current) {
        verify__outbox_rows(c);
        verify__hook_rows(c);
    }
    TRY(verify__events(c));
    verify__stray_links(c);
    if (c->sealed)
        TRY(check_sealed(c));
    check_unclaimed(c);
    TRY(access_replay_compare(c->call, c->db, c->replay, c->out));
    return access_units_compare(c->call, c->db, c->units, c->unit_count, c->out);
}

/* One view for both halves: a server may go on writing beside us. */
static enum err verify_view(struct deep *c, struct text origin,
                            const unsigned char public_key[32], bool deep, struct text note)
{
    TRY(read_begin(c->call, c->db));
    enum err e = ledger_verify_within(c->call, c->db, origin, public_key, note,
                                      deep ? keep_leaf : NULL, c, c->out);
    if (e == OK && deep)
        e = c->failed != OK ? c->failed : deep_check(c);
    read_end(c->db);
    return e;
}

enum err record_verify(struct call *call, struct store *s, const struct model *m,
                       struct text origin, const unsigned char public_key[32], bool deep,
                       struct text note, struct verification *out)
{
    struct records r = {.store = s, .model = m, .arena = arena_open()};
    TRY(table__build(call, &r));
    struct deep c = {.call = call, .records = &r, .db = store_reader(s), .out = out};
    c.replay = access_replay(call->arena);
    enum err e = verify_view(&c, origin, public_key, deep, note);
    if (e == OK) /* outside the view: the file may by now tell of later commits */
        e = ledger_verify_last(call, c.db, store_folder(s), out);
    store_return(s, c.db);
    free(c.leaves);
    free(c.units);
    arena_close(r.arena);
    return e;
}
