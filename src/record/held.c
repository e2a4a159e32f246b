/* SPDX-License-Identifier: Apache-2.0 */
/* record/held.c — a signature counts only when the ledger has it. Whoever can write into the
 * database can put a name under a move; without the key he cannot put the entry there that speaks
 * for it. That it still stands follows from the versions since, which are held the same way. */
#include "record/internal.h"

struct holding {
    struct call *call;
    struct records *records;
    struct db db;
    const struct record *rec;
    const struct record *before; /* the version looked at last */
    struct text own_id;          /* of the signature */
    const char *why;             /* NULL: nothing is wrong so far */
};

static enum err attests(struct holding *h, struct ledger_claim *claim, bool *yes)
{
    return ledger_attests(h->call, h->records->ledger, h->db.reader, h->db.tx, claim, yes);
}

/* The commitment of what stands there; false when nothing was ever written so. */
static bool commits(struct holding *h, const struct signed_move *s, struct text salt,
                    struct hash *out)
{
    struct call *quiet = call_beside(h->call->arena, h->call);
    return signature__commit(quiet, s, salt, out) == OK;
}

/* ---- the versions since ------------------------------------------------------------------ */

/* What a version does to the signature, as its content has it. Of a time with another model only that
 * it moved on can be said: what may be added to a signed record is the model's to say. */
static int does(struct holding *h, const struct record *now, struct text body,
                const struct ledger_claim *claim)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct call *quiet = call_beside(h->call->arena, h->call);
    const struct json *read;
    if (json_read(quiet, body, &limits, &read) != OK)
        return 2;
    if (text_same(sign__withdrawn(read), h->own_id))
        return 2;
    struct text act = json_text(json_get(read, "_act"));
    int alters = version__alters(now, h->before, text_c(h->call->arena, act));
    return alters == 1 && !text_same(claim->model, h->records->model->hash) ? 0 : alters;
}

static enum err look_at(struct holding *h, const struct value *row, bool first)
{
    struct call *quiet = call_beside(h->call->arena, h->call);
    struct record *now = NEW(h->call->arena, struct record);
    struct ledger_claim claim = {.entry = row[0].integer,
                                 .object_kind = h->rec->kind->name,
                                 .object_id = h->rec->id,
                                 .object_version = row[3].integer};
    bool yes = false;
    h->why = "a version since is not as its entry in the ledger says";
    if (ledger_commit(quiet, row[2].text, row[1].text, &claim.commitment) == OK)
        TRY(attests(h, &claim, &yes));
    if (!yes || body__read(quiet, h->rec->kind, row[2].text, now) != OK)
        return OK;
    h->why = !first && does(h, now, row[2].text, &claim) != 0
                 ? "what was signed has changed since, or it was withdrawn"
                 : NULL;
    h->before = now;
    return OK;
}

/* Each is looked at alone: a version may be large. */
static enum err look_since(struct holding *h, int64_t from)
{
    for (int64_t at = from; h->why == NULL && from < h->rec->version && at <= h->rec->version;
         at++) {
        struct value values[] = {V_TEXT(h->rec->kind->name), V_TEXT(h->rec->id), V_INT(at)};
        struct rows rows;
        TRY(db__rows(h->call, h->db,
                     "SELECT ledger, salt, body, version FROM version WHERE kind = $1 AND id = $2 "
                     "AND version = $3",
                     values, 3, 1, &rows));
        h->why = "a version since is missing";
        if (rows.count == 1)
            TRY(look_at(h, row_at(&rows, 0), at == from));
    }
    return OK;
}

/* ---- the signature ----------------------------------------------------------------------- */

enum err held__signature(struct call *call, struct records *r, struct db db,
                         const struct record *rec, const struct signed_move *s, struct text salt,
                         int64_t entry, bool *yes)
{
    struct holding h = {call, r, db, rec, NULL, s->own_id, NULL};
    struct ledger_claim claim = {.entry = entry,
                                 .act = "approval.sign",
                                 .object_kind = TEXT("signature"),
                                 .object_id = s->own_id,
                                 .object_version = 1};
    *yes = false;
    if (commits(&h, s, salt, &claim.commitment))
        TRY(attests(&h, &claim, yes));
    if (*yes)
        TRY(look_since(&h, s->version));
    else
        h.why = "no entry of the ledger speaks for it";
    *yes = h.why == NULL;
    if (!*yes)
        log_line(LOG_ERROR, "tampering", "signature=%.*s record=%.*s person=%.*s why=\"%s\"",
                 TEXT_ARG(s->own_id), TEXT_ARG(rec->id), TEXT_ARG(s->person), h.why);
    return OK;
}

/* ---- units ------------------------------------------------------------------------------- */

/* row: ledger, version, salt, body. One that was never written so is not there. */
static void take_unit(struct call *call, const struct kind *k, const struct value *row,
                      struct unit_version *out)
{
    struct call *quiet = call_beside(call->arena, call);
    struct record *rec = NEW(call->arena, struct record);
    out->version = row[1].integer;
    out->there = ledger_commit(quiet, row[3].text, row[2].text, &out->commitment) == OK &&
                 body__read(quiet, k, row[3].text, rec) == OK;
    const struct json *parent = out->there ? record_value(rec, TEXT("parent")) : NULL;
    out->parent = parent ? parent->text : TEXT("");
}

#define UNIT "SELECT ledger, version, salt, body FROM version WHERE kind = $1 AND id = $2 "

static enum err unit_version(void *arg, struct call *call, struct reader *reader, struct tx *tx,
                             struct text id, int64_t entry, int64_t known,
                             struct unit_version *out)
{
    const struct kind *k = access_model(arg)->unit_kind; /* whoever asks holds an epoch */
    struct db db = {.reader = reader, .tx = tx};
    struct rows rows;
    *out = (struct unit_version){0};
    if (k == NULL)
        return OK;
    struct value values[] = {V_TEXT(k->name), V_TEXT(id), V_INT(entry)};
    if (entry < 0)
        TRY(db__rows(call, db, UNIT "ORDER BY version DESC LIMIT 1", values, 2, 1, &rows));
    else
        TRY(db__rows(call, db, UNIT "AND ledger = $3 LIMIT 1", values, 3, 1, &rows));
    if (rows.count == 0)
        return OK;
    out->entry = row_at(&rows, 0)->integer;
    out->there = true;
    if (out->entry != known)
        take_unit(call, k, row_at(&rows, 0), out);
    return OK;
}

void held__units(struct records *r)
{
    access_units_from(r->access, &(struct unit_source){unit_version, r->access});
}
