/* SPDX-License-Identifier: Apache-2.0 */
/* record/stay.c — how long a record was in which state: one row from the version that brought it
 * there to the one that took it on. A projection of the versions, so that no question about time
 * looks into a body; written with the version, filled once for a store that had none, and held
 * against the versions by deep verification. */
#include "record/internal.h"

static const struct json_limits body_limits = {8u << 20, 32, 500000};

struct text stay__person(struct text actor, struct text actor_type, struct text actor_for)
{
    if (text_is(actor_type, "user"))
        return actor; /* also for somebody whose deputy they are */
    return actor_for;
}

bool stay__begins(struct call *call, const struct value *row, const struct stay *last,
                  struct stay *out)
{
    const struct json *body;
    struct call *quiet = call_beside(call->arena, call);
    if (json_read(quiet, row[3].text, &body_limits, &body) != OK)
        return false;
    *out = (struct stay){row[0].text,
                         row[1].text,
                         row[2].integer,
                         json_text(json_get(body, "state")),
                         json_text(json_get(body, "_at")),
                         stay__person(json_text(json_get(body, "_actor")),
                                      json_text(json_get(body, "_actor_type")),
                                      json_text(json_get(body, "_for"))),
                         json_text(json_get(body, "_move"))};
    return !stay__of_one(last, out) || !text_same(last->state, out->state);
}

bool stay__of_one(const struct stay *a, const struct stay *b)
{
    return a->id.len && text_same(a->kind, b->kind) && text_same(a->id, b->id);
}

static enum err insert(struct call *call, struct tx *tx, const struct stay *s)
{
    struct value values[] = {V_TEXT(s->kind),  V_TEXT(s->id),     V_INT(s->version), V_TEXT(s->state),
                             V_TEXT(s->since), V_TEXT(s->person), V_TEXT(s->move)};
    return tx_exec(call, tx,
                   "INSERT INTO stay(kind, id, version, state, since, person, move) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7)",
                   values, 7, NULL);
}

static enum err end(struct call *call, struct tx *tx, const struct stay *next)
{
    struct value values[] = {V_TEXT(next->kind), V_TEXT(next->id), V_TEXT(next->since)};
    return tx_exec(call, tx,
                   "UPDATE stay SET until = $3 WHERE kind = $1 AND id = $2 AND until IS NULL",
                   values, 3, NULL);
}

enum err stay__write(struct writing *w, const struct record *rec, const struct record *before,
                     const struct act *act)
{
    if (before && before->state == rec->state)
        return OK;
    struct stay s = {rec->kind->name,
                     rec->id,
                     rec->version,
                     rec->kind->states[rec->state].name,
                     act->at,
                     stay__person(act->actor, act->actor_type, act->actor_for),
                     act->move};
    if (before)
        TRY(end(w->call, w->tx, &s));
    return insert(w->call, w->tx, &s);
}

enum err record_since(struct call *call, struct reader *db, const struct record *rec,
                      struct text *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT since FROM stay WHERE kind = $1 AND id = $2 AND version <= $3 "
                  "ORDER BY version DESC LIMIT 1",
                  values, 3, 1, &rows));
    *out = rows.count ? rows.cells[0].text : TEXT("");
    return OK;
}

enum err record_entered(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, struct history_item *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version)};
    struct rows rows;
    TRY(read_rows(
        call, db,
        "SELECT v.version, v.ledger, v.body, v.at FROM version v WHERE v.kind = $1 AND "
        "v.id = $2 AND v.version = (SELECT max(s.version) FROM stay s WHERE s.kind = $1 "
        "AND s.id = $2 AND s.version <= $3)",
        values, 3, 1, &rows));
    if (!rows.count)
        return problem(call, ERR_BUG, TEXT(""), "stay",
                       "a record came to its state by no version");
    return history__item(call, r, db, rec, rows.cells, out);
}

enum err record_written(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, struct text since, struct history_item *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(since)};
    struct rows rows;
    TRY(read_rows(
        call, db,
        "SELECT v.version, v.ledger, v.body, v.at FROM version v WHERE v.kind = $1 AND "
        "v.id = $2 AND v.at >= $3 ORDER BY v.version LIMIT 1",
        values, 3, 1, &rows));
    return rows.count ? history__item(call, r, db, rec, rows.cells, out)
                      : problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                                say(call, "there is nothing here"));
}

/* ---- a store whose versions are older than the table ------------------------------------- */
struct filling {
    struct tx *tx;
    struct arena *kept; /* the stay that still lasts */
    struct stay last;
    struct text kind, id; /* the last version that was looked at */
    int64_t version;
};

static void keep(struct filling *f, const struct stay *s)
{
    struct arena *a = arena_open();
    f->last = (struct stay){text_copy(a, s->kind),  text_copy(a, s->id),     s->version,
                            text_copy(a, s->state), text_copy(a, s->since),  text_copy(a, s->person),
                            text_copy(a, s->move)};
    if (f->kept)
        arena_close(f->kept);
    f->kept = a;
}

static enum err fill_one(struct filling *f, struct call *call, const struct value *row)
{
    struct stay s;
    if (!stay__begins(call, row, &f->last, &s))
        return OK;
    if (stay__of_one(&f->last, &s))
        TRY(end(call, f->tx, &s));
    TRY(insert(call, f->tx, &s));
    keep(f, &s);
    return OK;
}

static enum err fill_page(struct filling *f, struct call *call, struct arena *lasting, bool *more)
{
    struct value values[] = {V_TEXT(f->kind), V_TEXT(f->id), V_INT(f->version)};
    struct rows rows;
    TRY(tx_rows(call, f->tx,
                "SELECT kind, id, version, body FROM version WHERE (kind, id, version) > ($1, $2, "
                "$3) ORDER BY kind, id, version LIMIT 500",
                values, 3, 500, &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(fill_one(f, call, row_at(&rows, i)));
    *more = rows.count == 500;
    if (*more) {
        const struct value *last = row_at(&rows, rows.count - 1);
        f->kind = text_copy(lasting, last[0].text);
        f->id = text_copy(lasting, last[1].text);
        f->version = last[2].integer;
    }
    return OK;
}

enum err stay__rebuild(struct call *call, struct tx *tx)
{
    struct filling f = {.tx = tx};
    enum err e = tx_exec(call, tx, "DELETE FROM stay", NULL, 0, NULL);
    for (bool more = true; more && e == OK;) {
        struct arena *page = arena_open();
        struct call *own = call_beside(page, call);
        own->actor = call->actor;
        e = fill_page(&f, own, call->arena, &more);
        if (e != OK)
            problem(call, e, TEXT("stay"), "rebuild", "%s", err_words(e));
        arena_close(page);
    }
    if (f.kept)
        arena_close(f.kept);
    return e;
}
