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

/* Whom a report, or a message from outside, told: a row of the outbox for each of them. */
static void check_heard(struct deep *c, struct call *call, struct text place, const char *event,
                        struct text told, const struct value *kind, const struct value *record,
                        struct text at, int64_t ledger)
{
    for (size_t nth = 0; c->current && told.len; nth++) {
        struct value values[] = {V_TEXT(outbox__id(call, ledger, nth)),
                                 *kind,
                                 *record,
                                 V_TEXT(text_cut(&told, ' ')),
                                 V_TEXT(text_of(event)),
                                 V_TEXT(at),
                                 V_INT(ledger)};
        struct rows rows;
        if (verify__read_page(
                c, call, "table outbox",
                "SELECT 1 FROM outbox WHERE id = $1 AND kind = $2 AND record = $3 AND person = "
                "$4 "
                "AND event = $5 AND field = '' AND at = $6 AND channel = 'app' AND version = "
                "(SELECT max(version) FROM version WHERE kind = $2 AND id = $3 AND ledger < "
                "$7)",
                values, 7, &rows) != OK)
            return;
        c->told += rows.count > 0;
        if (!rows.count)
            verification_add(c->call, c->out, place,
                             "table outbox does not tell whom it told of what");
    }
}

static void check_message(struct deep *c, struct call *call, const struct value *row)
{
    struct message m = {.id = row[0].text,
                        .author = row[1].text,
                        .body = row[2].text,
                        .at = row[3].text,
                        .told = row[4].text,
                        .ledger = row[8].integer};
    struct hash commitment;
    struct text place = text_print(call->arena, "message %.*s", TEXT_ARG(m.id));
    enum err e = message__commit(call, &m, row[5].text, row[6].text, row[7].text, &commitment);
    check_claim(c, call, "message", m.id, e, &commitment, m.ledger);
    verify__gone(c, call, "message", m.id, row[7].text, "body", "messages");
    check_heard(c, call, place, "message", m.told, &row[5], &row[6], m.at, m.ledger);
}

static void check_mailbox(struct deep *c, struct call *call, const struct value *row)
{
    struct mailbox_row m = {row[0].text, row[1].text, row[2].text,
                            row[3].text, row[4].text, row[5].text};
    struct hash commitment;
    struct text place = text_print(call->arena, "case %.*s", TEXT_ARG(m.id));
    enum err e = mailbox__commit(call, &m, row[6].text, &commitment);
    check_claim(c, call, "case", m.id, e, &commitment, row[7].integer);
    check_heard(c, call, place, "reported", m.told, &row[1], &row[2], m.at, row[7].integer);
}

static void check_acknowledgement(struct deep *c, struct call *call, const struct value *row)
{
    struct acknowledged one = {row[0].text, row[1].text, row[2].text,
                               row[3].text, row[4].text, row[5].integer};
    struct hash commitment;
    enum err e = acknowledged__commit(call, &one, row[6].text, &commitment);
    check_claim(c, call, "acknowledgement", one.id, e, &commitment, row[7].integer);
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
    each_row(c, "table message",
             "SELECT id, author, body, at, told, kind, record, salt, ledger FROM message "
             "WHERE id > $1 ORDER BY id LIMIT 200",
             check_message);
    each_row(c, "table mailbox",
             "SELECT id, kind, record, hash, at, told, salt, ledger FROM mailbox "
             "WHERE id > $1 ORDER BY id LIMIT 200",
             check_mailbox);
    each_row(c, "table acknowledgement",
             "SELECT id, kind, record, person, at, version, salt, ledger FROM acknowledgement "
             "WHERE id > $1 ORDER BY id LIMIT 200",
             check_acknowledgement);
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
    check_nameless(c, "table message", "SELECT id FROM message WHERE id = '' LIMIT 1",
                   "there is a message that the ledger does not know");
    check_nameless(c, "table mailbox", "SELECT id FROM mailbox WHERE id = '' LIMIT 1",
                   "there is a case that the ledger does not know");
    check_nameless(c, "table acknowledgement",
                   "SELECT id FROM acknowledgement WHERE id = '' LIMIT 1",
                   "there is an acknowledgement that the ledger does not know");
    check_nameless(c, "table attachment", "SELECT id FROM attachment WHERE id = '' LIMIT 1",
                   "there is a file that the ledger does not know");
}
