/* SPDX-License-Identifier: Apache-2.0 */
/* access/seal.c — the rows of people and tokens, fixed by the ledger. Each change of such a row
 * is an entry with a keyed commitment to all of it, the password's hash too: who could sign in
 * as whom is part of what an approval is worth. When somebody is forgotten the salt goes, and
 * with it what the entry could show. */
#include "access/internal.h"

#include <string.h>

static const char *const person_names[] = {"created_at", "disabled", "email", "id",   "lang",
                                           "name",       "password", "renew", "unit", "waits_by"};
static const char *const token_names[] = {"created_at", "created_by", "expires_at", "hash",
                                          "id",         "name",       "person",     "relations",
                                          "revoked",    "scopes"};
static const char *const request_names[] = {"asked_at", "asked_by",   "ends_at", "hash",  "id",
                                            "person",   "settled_by", "state",   "value", "what"};

#define PERSON_ROW                                                                             \
    "SELECT created_at, disabled, email, id, lang, name, password, renew, unit, waits_by, salt, "     \
    "ledger, commitment, name_key, email_key FROM person WHERE "
#define TOKEN_ROW                                                                              \
    "SELECT created_at, created_by, expires_at, hash, id, name, person, relations, revoked, "  \
    "scopes, salt, ledger, commitment FROM token WHERE "
#define REQUEST_ROW                                                                            \
    "SELECT asked_at, asked_by, ends_at, hash, id, person, settled_by, state, value, what, "    \
    "salt, ledger, commitment FROM access_request WHERE "

static const struct sealed {
    const char *kind, *row, *page, *keep;
    const char *const *names;
    size_t count, id; /* members, and which of them is the id; then salt, ledger, commitment */
} tables[] = {
    {"person", PERSON_ROW "id = $1", PERSON_ROW "id > $1 ORDER BY id LIMIT 500",
     "UPDATE person SET salt = $2, ledger = $3, commitment = $4 WHERE id = $1", person_names,
     COUNT(person_names), 3},
    {"token", TOKEN_ROW "id = $1", TOKEN_ROW "id > $1 ORDER BY id LIMIT 500",
     "UPDATE token SET salt = $2, ledger = $3, commitment = $4 WHERE id = $1", token_names,
     COUNT(token_names), 4},
    {"access_request", REQUEST_ROW "id = $1", REQUEST_ROW "id > $1 ORDER BY id LIMIT 500",
     "UPDATE access_request SET salt = $2, ledger = $3, commitment = $4 WHERE id = $1",
     request_names, COUNT(request_names), 4},
};

static const struct sealed *table_of(const char *kind)
{
    for (size_t i = 0; i < COUNT(tables); i++)
        if (strcmp(tables[i].kind, kind) == 0)
            return &tables[i];
    panic("no rows of %s are sealed", kind);
}

/* Members that entries of earlier formats do not have: said only when there is something to say. */
static bool left_out(const char *name, const struct value *v)
{
    return (strcmp(name, "relations") == 0 && v->integer == 0) ||
           (strcmp(name, "waits_by") == 0 && v->text.len == 0);
}

static enum err commitment_of(struct call *call, const struct sealed *t,
                              const struct value *row, struct text salt, struct hash *out)
{
    struct text values[16];
    const char *names[16];
    size_t count = 0;
    for (size_t i = 0; i < t->count; i++) {
        if (left_out(t->names[i], &row[i]))
            continue;
        names[count] = t->names[i];
        values[count++] = row[i].type == VALUE_INTEGER
                              ? text_print(call->arena, "%lld", (long long)row[i].integer)
                              : row[i].text;
    }
    return ledger_commit_texts(call, names, values, count, salt, out);
}

/* What people are found and signed in by is a folded copy: it must be a copy. */
static bool folded(struct call *call, const struct sealed *t, const struct value *row)
{
    if (t->names != person_names)
        return true;
    return text_same(text_lower(call->arena, row[5].text), row[13].text) &&
           text_same(text_lower(call->arena, row[2].text), row[14].text);
}

enum err access__seal(struct call *call, struct tx *tx, const struct access *a,
                      const struct actor *actor, const char *act, const char *kind,
                      struct text id)
{
    const struct sealed *t = table_of(kind);
    struct text salt = ledger_salt(call);
    struct rows rows;
    uint64_t index;
    TRY(tx_rows(call, tx, t->row, &V_TEXT(id), 1, 1, &rows));
    const struct value *row = row_at(&rows, 0), *before = &row[t->count];
    struct ledger_event event = access__event(call, a, actor, act, kind, id);
    event.has_commitment = true;
    TRY(commitment_of(call, t, row, salt, &event.commitment));
    if (before[1].integer >= 0 && before[2].text.len == HASH_SIZE) {
        event.previous = before[1].integer;
        memcpy(event.previous_commitment.byte, before[2].text.at, HASH_SIZE);
    }
    TRY(ledger_append(call, tx, a->ledger, &event, &index));
    struct value values[] = {V_TEXT(id), V_BYTES(salt), V_INT((int64_t)index),
                             V_BYTES(hash_text(&event.commitment))};
    return tx_exec(call, tx, t->keep, values, COUNT(values), NULL);
}

enum err access__row_commitment(struct call *call, struct reader *r, const char *kind,
                                struct text id, struct hash *out, bool *there)
{
    const struct sealed *t = table_of(kind);
    struct rows rows;
    *there = false;
    TRY(read_rows(call, r, t->row, &V_TEXT(id), 1, 1, &rows));
    if (rows.count == 0)
        return OK;
    const struct value *row = row_at(&rows, 0);
    struct call *quiet = call_beside(call->arena, call);
    *there = folded(call, t, row) &&
             commitment_of(quiet, t, row, row[t->count].text, out) == OK;
    return OK;
}

/* ---- verification ------------------------------------------------------------------------ */

static void compare_row(struct call *call, const struct sealed *t, const struct value *row,
                        const struct replay *replay, struct verification *out)
{
    const struct value *kept = &row[t->count];
    struct hash now;
    const struct seal *s = replay__seal(replay, t->kind, row[t->id].text);
    if (s == NULL)
        return; /* access/replay.c has said that nobody added it */
    if (commitment_of(call, t, row, kept[0].text, &now) != OK || !folded(call, t, row) ||
        memcmp(now.byte, s->commitment.byte, HASH_SIZE) != 0 ||
        !text_same(kept[2].text, hash_text(&now)) || kept[1].integer != (int64_t)s->entry)
        verification_add(call, out,
                         text_print(call->arena, "%s %.*s", t->kind, TEXT_ARG(row[t->id].text)),
                         "differs from ledger entry %llu", (unsigned long long)s->entry);
}

static enum err compare_table(struct call *call, struct reader *db, const struct sealed *t,
                              const struct replay *replay, struct verification *out)
{
    struct text last = TEXT("");
    struct rows rows;
    do {
        TRY(read_rows(call, db, t->page, &V_TEXT(last), 1, 500, &rows));
        for (size_t i = 0; i < rows.count; i++)
            compare_row(call, t, row_at(&rows, i), replay, out);
        last = rows.count ? row_at(&rows, rows.count - 1)[t->id].text : last;
    } while (rows.count == 500);
    return OK;
}

enum err access__seals_compare(struct call *call, struct reader *db,
                               const struct replay *replay, struct verification *out)
{
    bool has_format;
    TRY(access__has_format(call, db, &has_format));
    for (size_t i = 0; i < COUNT(tables); i++)
        if (has_format || strcmp(tables[i].kind, "access_request") != 0)
            TRY(compare_table(call, db, &tables[i], replay, out));
    return OK;
}
