/* SPDX-License-Identifier: Apache-2.0 */
/* record/signed.c — what was signed on a record: the moves that took a password or several
 * people, with everybody who signed, when, and the entry of the ledger that speaks for each. */
#include "record/internal.h"

#define LOOKED_AT 200 /* versions that moved it on, the latest first */

static bool is_signed(const struct move *m)
{
    return m && (m->fresh || move_takes_many(m));
}

/* row: person, at, side, version, own_id, salt, ledger, until, stands_for. Only what the ledger
 * has, and what still counted when the move was made. */
static enum err add(struct call *call, struct records *r, struct reader *db,
                    const struct record *then, const struct value *row, struct signed_off *out)
{
    struct signature *one = &out->by[out->count];
    *one = (struct signature){.person = row[0].text,
                              .at = row[1].text,
                              .until = row[7].text,
                              .own_id = row[4].text,
                              .stands_for = row[8].text,
                              .version = row[3].integer,
                              .step = row[2].integer,
                              .ledger = row[6].integer};
    struct signed_move s = {.own_id = one->own_id,
                            .kind = then->kind->name,
                            .record = then->id,
                            .move = out->move->name,
                            .person = one->person,
                            .stands_for = one->stands_for,
                            .at = one->at,
                            .until = one->until,
                            .version = one->version,
                            .side = one->step};
    bool held;
    if (one->until.len && text_compare(one->until, out->made.at) <= 0)
        return OK;
    TRY(held__signature(call, r, db_reader(db), then, &s, row[5].text, row[6].integer, &held));
    out->count += held;
    return OK;
}

/* Those who signed before the one who completed it. */
static enum err add_earlier(struct call *call, struct records *r, struct reader *db,
                            const struct record *rec, struct signed_off *out)
{
    struct record then = *rec;
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(out->move->name),
                             V_INT(out->made.version)};
    struct rows rows = {0};
    then.version = out->made.version - 1; /* they were given for it as it was then */
    if (move_takes_many(out->move))
        TRY(read_rows(
            call, db,
            "SELECT g.person, g.at, g.side, g.version, g.own_id, g.salt, g.ledger, "
            "COALESCE(g.until, ''), COALESCE(g.stands_for, '') FROM signature g WHERE "
            "g.kind = $1 AND g.id = $2 AND g.move = $3 AND g.version < $4 AND NOT EXISTS "
            "(SELECT 1 FROM withdrawn w WHERE w.signature = g.own_id) AND NOT EXISTS "
            "(SELECT 1 FROM version v WHERE v.kind = g.kind AND v.id = g.id AND v.version "
            "> g.version AND v.version < $4 AND COALESCE(v.alters, 1) > 0) ORDER BY g.at, "
            "g.person LIMIT 200",
            values, 4, 200, &rows));
    out->by = NEW_MANY(call->arena, rows.count + 1, struct signature);
    for (size_t i = 0; i < rows.count; i++)
        TRY(add(call, r, db, &then, row_at(&rows, i), out));
    return OK;
}

/* Whoever completed it, by the version that it made. */
static void add_last(struct signed_off *out)
{
    const struct history_item *h = &out->made;
    if (text_is(h->actor_type, "user"))
        out->by[out->count++] = (struct signature){.person = h->actor,
                                                   .stands_for = h->stands_for,
                                                   .at = h->at,
                                                   .version = h->version,
                                                   .ledger = h->ledger};
}

enum err record_signed(struct call *call, struct records *r, struct reader *db,
                       const struct record *rec, struct signed_off **out, size_t *count)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version)};
    struct rows rows;
    *count = 0;
    TRY(read_rows(
        call, db,
        "SELECT v.version, v.ledger, v.body, v.at FROM version v WHERE v.kind = $1 AND "
        "v.id = $2 AND v.version <= $3 AND (v.alters IS NULL OR v.alters = 2) ORDER BY "
        "v.version DESC LIMIT 200",
        values, 3, LOOKED_AT, &rows));
    *out = NEW_MANY(call->arena, SIGNED_MOST, struct signed_off);
    for (size_t i = 0; i < rows.count && *count < SIGNED_MOST; i++) {
        struct signed_off *one = &(*out)[*count];
        TRY(history__item(call, r, db, rec, row_at(&rows, i), &one->made));
        one->move = one->made.hidden ? NULL : kind_move(rec->kind, one->made.move);
        if (!is_signed(one->move) || !one->made.to.len)
            continue;
        TRY(add_earlier(call, r, db, rec, one));
        add_last(one);
        *count += one->count > 0;
    }
    return OK;
}
