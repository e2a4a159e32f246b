/* SPDX-License-Identifier: Apache-2.0 */
/* access/sealed.c — entries whose content no other table keeps: sessions, roles, the facts of the
 * store, exports, backups, refusals. The content goes into the append-only table "sealed" beside
 * its salt, so that whoever may see it can be shown that the entry is about just this. */
#include "access/internal.h"

#include <string.h>

static enum err find_previous(struct call *call, struct tx *tx, struct ledger_event *event)
{
    struct rows rows;
    struct value values[] = {V_TEXT(event->object_kind), V_TEXT(event->object_id)};
    TRY(tx_rows(call, tx,
                "SELECT ledger, commitment FROM sealed WHERE kind = $1 AND id = $2 "
                "ORDER BY ledger DESC LIMIT 1",
                values, COUNT(values), 1, &rows));
    if (rows.count == 0 || row_at(&rows, 0)[1].text.len != HASH_SIZE)
        return OK;
    event->previous = row_at(&rows, 0)[0].integer;
    memcpy(event->previous_commitment.byte, row_at(&rows, 0)[1].text.at, HASH_SIZE);
    return OK;
}

struct text access__body(struct call *call, const struct member *members, size_t count)
{
    struct buf b = buf_in(call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (size_t i = 0; i < count; i++) {
        json_key(&o, members[i].name);
        json_put_text(&o, members[i].value);
    }
    json_close(&o, '}');
    return buf_text(&b);
}

static enum err keep(struct call *call, struct tx *tx, const struct ledger_event *event,
                     uint64_t index, struct text body, struct text salt)
{
    struct value values[] = {V_INT((int64_t)index),
                             V_TEXT(event->object_kind),
                             V_TEXT(event->object_id),
                             V_TEXT(body),
                             V_BYTES(salt),
                             V_BYTES(hash_text(&event->commitment))};
    return tx_exec(call, tx,
                   "INSERT INTO sealed (ledger, kind, id, body, salt, commitment) "
                   "VALUES ($1, $2, $3, $4, $5, $6)",
                   values, COUNT(values), NULL);
}

enum err access__keep(struct call *call, struct tx *tx, const struct access *a,
                      const struct actor *actor, const char *act, const char *kind,
                      struct text id, const struct member *members, size_t count)
{
    struct ledger_event event = access__event(call, a, actor, act, kind, id);
    struct text body = access__body(call, members, count), salt = ledger_salt(call);
    uint64_t index;
    event.has_commitment = true;
    TRY(ledger_commit(call, body, salt, &event.commitment));
    TRY(find_previous(call, tx, &event));
    TRY(ledger_append(call, tx, a->ledger, &event, &index));
    return keep(call, tx, &event, index, body, salt);
}

struct text access__number(struct call *call, int64_t number)
{
    return text_print(call->arena, "%lld", (long long)number);
}

/* ---- what is no record and must be known all the same ------------------------------------ */

struct noting {
    struct access *a;
    const char *act, *kind;
    struct text id;
    const struct member *members;
    size_t count;
};

static enum err note_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct noting *n = job->arg;
    return access__keep(call, tx, n->a, call->actor, n->act, n->kind, n->id, n->members,
                        n->count);
}

enum err access_note_backup(struct call *call, struct access *a, const struct backup_note *note)
{
    struct member members[] = {{"bytes", access__number(call, note->bytes)},
                               {"entries", access__number(call, (int64_t)note->entries)},
                               {"files", access__number(call, note->files)},
                               {"sha256", note->sha256}};
    struct noting n = {a, "store.backup", "backup", id_new(call), members, COUNT(members)};
    return store_run(a->store, call, note_run, &n);
}

enum err access_note_export(struct call *call, struct access *a, const struct export_note *note)
{
    struct member members[] = {{"filter", note->filter},
                               {"format", note->format},
                               {"kind", note->kind},
                               {"rows", access__number(call, note->rows)}};
    struct noting n = {a, "data.export", "data_export", id_new(call), members, COUNT(members)};
    return store_run(a->store, call, note_run, &n);
}
