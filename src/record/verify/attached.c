/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify/attached.c — comments, files and signatures against their entries. */
#include "record/verify/verify.h"

/* ---- comments and files
 * ---------------------------------------------------------------------------------------- */
/* Rows of a table that has an id, page after page. The statement takes the last id as $1. */
static void each_row(struct deep *c, const char *what, const char *sql,
                     void (*look)(struct deep *c, struct call *call, const struct value *row))
{
    struct text last = TEXT("");
    for (bool more = true; more;) {
        struct arena *page = arena_open();
        struct call *call = verify__page_call(c, page);
        struct rows rows = {0};
        struct value id = V_TEXT(last);
        enum err e = verify__read_page(c, call, what, sql, &id, 1, &rows);
        for (size_t i = 0; e == OK && i < rows.count; i++)
            look(c, call, row_at(&rows, i));
        more = e == OK && rows.count == 200;
        if (more)
            last = text_copy(c->call->arena, row_at(&rows, rows.count - 1)[0].text);
        arena_close(page);
    }
}

static void check_claim(struct deep *c, struct call *call, const char *kind, struct text id,
                        enum err committed, const struct hash *commitment, int64_t index)
{
    uint64_t object = verify__object_hash(call->arena, text_of(kind), id, 1);
    if (committed != OK || !verify__leaf_agrees(c, index, object, commitment))
        verification_add(c->call, c->out,
                         text_print(call->arena, "%s %.*s", kind, TEXT_ARG(id)),
                         "differs from ledger entry %lld", (long long)index);
}

static void check_comment(struct deep *c, struct call *call, const struct value *row)
{
    struct comment one = {row[0].text, row[1].text, row[2].text, row[3].text};
    struct hash commitment;
    enum err e =
        comment__commit(call, &one, row[4].text, row[5].text, row[6].text, &commitment);
    check_claim(c, call, "comment", one.id, e, &commitment, row[7].integer);
    verify__gone(c, call, "comment", one.id, row[6].text, "body", "comments");
    const struct mentioning said = {.comment = {.id = one.id,
                                                .author = one.author,
                                                .body = one.body,
                                                .at = one.at,
                                                .ledger = row[7].integer},
                                    .kind = row[4].text,
                                    .record = row[5].text,
                                    .gone = ledger_is_opening(row[6].text)};
    if (c->current)
        verify__mentions(c, call, &said);
}

static void check_bytes(struct deep *c, struct call *call, const struct stored_file *f)
{
    struct text bytes;
    enum err e = file_read(call, c->records->store, f->sha256, &bytes);
    if (e != OK || (int64_t)bytes.len != f->size)
        verification_add(
            c->call, c->out,
            text_print(call->arena, "file %.*s (%.*s)", TEXT_ARG(f->id), TEXT_ARG(f->sha256)),
            e == ERR_MISSING ? "its bytes are missing" : "its bytes were altered");
}

static void check_file(struct deep *c, struct call *call, const struct value *row)
{
    struct stored_file f = {row[0].text, row[1].text, row[2].text,   row[4].text,
                            row[5].text, row[6].text, row[3].integer};
    struct hash commitment;
    struct arena *one = arena_open(); /* its bytes must not pile up with those of the page */
    enum err e = file__commit(call, &f, row[7].text, &commitment);
    check_claim(c, call, "file", f.id, e, &commitment, row[8].integer);
    verify__gone(c, call, "file", f.id, row[7].text, "sha256", "files");
    if (!ledger_is_opening(row[7].text))
        check_bytes(c, verify__page_call(c, one), &f);
    arena_close(one);
}

static void check_signature(struct deep *c, struct call *call, const struct value *row)
{
    struct signed_move s = {.own_id = row[0].text,
                            .kind = row[1].text,
                            .record = row[2].text,
                            .move = row[3].text,
                            .person = row[4].text,
                            .at = row[5].text,
                            .until = row[10].text,
                            .stands_for = row[11].text,
                            .version = row[6].integer,
                            .side = row[7].integer};
    struct hash commitment;
    enum err e = signature__commit(call, &s, row[8].text, &commitment);
    check_claim(c, call, "signature", s.own_id, e, &commitment, row[9].integer);
}

/* A row without an id was not written by us; the pages above would pass it over. */
static void check_nameless(struct deep *c, const char *place, const char *sql, const char *what)
{
    struct rows rows;
    if (verify__read_page(c, c->call, place, sql, NULL, 0, &rows) == OK && rows.count)
        verification_add(c->call, c->out, text_of(place), "%s", what);
}

void verify__attached(struct deep *c)
{
    each_row(c, "table comment",
             "SELECT id, author, body, at, kind, record, salt, ledger FROM comment "
             "WHERE id > $1 ORDER BY id LIMIT 200",
             check_comment);
    each_row(c, "table attachment",
             "SELECT id, name, type, size, sha256, author, at, salt, ledger FROM attachment "
             "WHERE id > $1 ORDER BY id LIMIT 200",
             check_file);
    each_row(c, "table signature",
             "SELECT own_id, kind, id, move, person, at, version, side, salt, ledger, "
             "COALESCE(until, ''), COALESCE(stands_for, '') FROM signature WHERE own_id > $1 "
             "ORDER BY "
             "own_id LIMIT 200",
             check_signature);
    check_nameless(c, "table signature",
                   "SELECT id FROM signature WHERE own_id IS NULL OR own_id = '' LIMIT 1",
                   "there is a signature that the ledger does not know");
    check_nameless(c, "table comment", "SELECT id FROM comment WHERE id = '' LIMIT 1",
                   "there is a comment that the ledger does not know");
    check_nameless(c, "table attachment", "SELECT id FROM attachment WHERE id = '' LIMIT 1",
                   "there is a file that the ledger does not know");
}
