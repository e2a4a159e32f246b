/* SPDX-License-Identifier: Apache-2.0 */
/* record/outbox.c — what people are told: a row for each of them, written with the version that tells them
 * (`_told` in its body), under a name that follows from its entry, so that whoever receives one twice
 * knows it. `seen` is the receiver's own note; claimed, sent and tries are for channels that carry
 * messages out, and of those there is none yet. */
#include "record/internal.h"

struct text outbox__id(struct call *call, int64_t ledger, size_t nth)
{
    return text_print(call->arena, "%lld.%zu", (long long)ledger, nth);
}

enum err outbox__write(struct writing *w, const struct record *rec, const struct json *told,
                       struct text at)
{
    size_t nth = 0;
    for (const struct json *one = told ? told->first : NULL; one; one = one->next) {
        struct value values[] = {V_TEXT(outbox__id(w->call, rec->ledger, nth++)),
                                 V_TEXT(json_text(json_get(one, "to"))),
                                 V_TEXT(rec->kind->name),
                                 V_TEXT(rec->id),
                                 V_INT(rec->version),
                                 V_TEXT(json_text(json_get(one, "event"))),
                                 V_TEXT(json_text(json_get(one, "field"))),
                                 V_TEXT(at)};
        TRY(tx_exec(w->call, w->tx,
                    "INSERT INTO outbox(id, person, channel, kind, record, version, event, field, "
                    "at, due, tries) VALUES ($1, $2, 'app', $3, $4, $5, $6, $7, $8, $8, 0)",
                    values, 8, NULL));
    }
    return OK;
}

/* ---- reading ------------------------------------------------------------------------------------ */
static enum err to_notice(struct call *call, struct records *r, struct reader *db,
                          const struct value *row, struct notice *out, bool *shown)
{
    const struct kind *k = model_kind(r->model, row[1].text);
    struct record *rec = NULL;
    *shown = false;
    if (k)
        TRY(table__find(call, r, db_reader(db), k, row[2].text, &rec));
    if (rec)
        TRY(who__may_read(call, r, db_reader(db), call->actor, rec, shown));
    *out = (struct notice){.id = row[0].text,
                           .record = rec,
                           .event = row[3].text,
                           .field = row[4].text,
                           .at = row[5].text,
                           .seen = row[6].type == VALUE_TEXT ? row[6].text : TEXT("")};
    return OK;
}

enum err record_notices(struct call *call, struct records *r, struct reader *db, bool all,
                        struct text before, size_t most, struct notice **out, size_t *count)
{
    struct value values[] = {V_TEXT(call->actor->person), V_INT(all), V_TEXT(before),
                             V_INT((int64_t)most)};
    struct rows rows;
    *count = 0;
    TRY(read_rows(call, db,
                  "SELECT id, kind, record, event, field, at, seen FROM outbox WHERE person = $1 "
                  "AND channel = 'app' AND ($2 = 1 OR seen IS NULL) AND ($3 = '' OR (at, id) < "
                  "(SELECT b.at, b.id FROM outbox b WHERE b.id = $3)) ORDER BY at DESC, id DESC "
                  "LIMIT $4",
                  values, 4, most, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct notice);
    for (size_t i = 0; i < rows.count; i++) {
        bool shown;
        TRY(to_notice(call, r, db, row_at(&rows, i), &(*out)[*count], &shown));
        *count += shown;
    }
    return OK;
}

struct seeing {
    struct text id; /* "": all */
    int64_t changed;
};

static enum err see(struct job *job, struct call *call, struct tx *tx)
{
    struct seeing *s = job->arg;
    struct value values[] = {V_TEXT(call->actor->person), V_TEXT(s->id),
                             V_TEXT(moment_print(call->arena, call->now))};
    struct rows rows;
    TRY(tx_rows(call, tx,
                "SELECT 1 FROM outbox WHERE person = $1 AND channel = 'app' AND ($2 = '' OR id = "
                "$2) LIMIT 1",
                values, 2, 1, &rows));
    s->changed = (int64_t)rows.count;
    return tx_exec(call, tx,
                   "UPDATE outbox SET seen = $3 WHERE person = $1 AND channel = 'app' AND seen IS "
                   "NULL AND ($2 = '' OR id = $2)",
                   values, 3, NULL);
}

enum err record_notices_see(struct call *call, struct records *r, struct text id)
{
    struct seeing s = {.id = id};
    TRY(store_run(r->store, call, see, &s));
    if (!id.len || s.changed)
        return OK;
    return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(call, "there is no such notice"));
}
