/* SPDX-License-Identifier: Apache-2.0 */
/* record/outbox.c — what people are told: a row for each of them, written with the version that
 * tells them (`_told` in its body), with the comment that names them (mention.c), or because
 * they watch (watching.c), under a name that follows from the entry, so that whoever receives
 * one twice knows it. `seen` is the receiver's own note. due, claimed, sent and tries say how
 * far it got by mail: `sent` is a moment, or the word for why it will not be. */
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
/* The others are of what somebody else did to a version, which is read as history is. */
static bool is_of_clock(struct text event)
{
    return text_is(event, "remind") || text_is(event, "missed") ||
           text_is(event, "escalated") || text_is(event, "over");
}

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
    struct record *then = NULL;
    if (*shown && !is_of_clock(row[3].text))
        TRY(version__may_hear(call, r, db, rec, row[7].integer, &then, shown));
    *out = (struct notice){.id = row[0].text,
                           .record = rec,
                           .then = then,
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
    TRY(read_rows(
        call, db,
        "SELECT id, kind, record, event, field, at, seen, version FROM outbox WHERE "
        "person = $1 AND channel IN ('app', 'watch') AND ($2 = 1 OR seen IS NULL) AND ($3 = '' "
        "OR (at, id) < "
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
                "SELECT 1 FROM outbox WHERE person = $1 AND channel IN ('app', 'watch') AND "
                "($2 = '' OR id = "
                "$2) LIMIT 1",
                values, 2, 1, &rows));
    s->changed = (int64_t)rows.count;
    return tx_exec(call, tx,
                   "UPDATE outbox SET seen = $3 WHERE person = $1 AND channel IN ('app', "
                   "'watch') AND seen IS "
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

/* ---- by mail
 * ----------------------------------------------------------------------------------- */
#define CLAIMED_FOR                                                                            \
    ((int64_t)15 * 60 * 1000000) /* a server that ends meanwhile lets go of them then */

enum err record_mail_people(struct call *call, struct reader *db, struct text after,
                            size_t most, struct text **out, size_t *count)
{
    struct rows rows;
    struct value values[] = {V_TEXT(moment_print(call->arena, call->now)), V_TEXT(after),
                             V_INT((int64_t)most)};
    TRY(read_rows(
        call, db,
        "SELECT DISTINCT person FROM outbox WHERE sent IS NULL AND due <= $1 AND person > "
        "$2 ORDER BY person LIMIT $3",
        values, 3, most, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct text);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*out)[i] = row_at(&rows, i)[0].text;
    return OK;
}

struct taking {
    struct text person;
    bool urgent;
    struct text ids[MAIL_ROWS];
    size_t count;
};

static enum err claim(struct job *job, struct call *call, struct tx *tx)
{
    struct taking *t = job->arg;
    struct text now = moment_print(call->arena, call->now);
    struct value values[] = {V_TEXT(t->person), V_TEXT(now),
                             V_TEXT(moment_print(call->arena, call->now - CLAIMED_FOR)),
                             V_INT(t->urgent)};
    struct rows rows;
    TRY(tx_rows(
        call, tx,
        "SELECT id FROM outbox WHERE person = $1 AND sent IS NULL AND due <= $2 AND (claimed "
        "IS NULL OR claimed < $3) AND ($4 = 0 OR event IN ('missed', 'escalated', 'over')) "
        "ORDER BY at, id LIMIT 50",
        values, 4, MAIL_ROWS, &rows));
    t->count = 0;
    for (size_t i = 0; i < rows.count; i++) {
        struct value mark[] = {row_at(&rows, i)[0], V_TEXT(now)};
        TRY(tx_exec(call, tx, "UPDATE outbox SET claimed = $2 WHERE id = $1", mark, 2, NULL));
        t->ids[t->count++] = row_at(&rows, i)[0].text;
    }
    return OK;
}

enum err record_mail_take(struct call *call, struct records *r, struct text person, bool urgent,
                          struct text **ids, size_t *count)
{
    struct taking *t = NEW(call->arena, struct taking);
    t->person = person;
    t->urgent = urgent;
    TRY(store_run(r->store, call, claim, t));
    *ids = t->ids;
    *count = t->count;
    return OK;
}

enum err record_mail_read(struct call *call, struct records *r, struct reader *db,
                          const struct text *ids, size_t count, struct notice **out,
                          size_t *told)
{
    *out = NEW_MANY(call->arena, count + 1, struct notice);
    *told = 0;
    for (size_t i = 0; i < count; i++) {
        struct rows rows;
        bool shown = false;
        TRY(read_rows(call, db,
                      "SELECT id, kind, record, event, field, at, seen, version FROM outbox "
                      "WHERE id = $1",
                      &V_TEXT(ids[i]), 1, 1, &rows));
        if (rows.count > 0)
            TRY(to_notice(call, r, db, row_at(&rows, 0), &(*out)[*told], &shown));
        *told += shown && !(*out)[*told].seen.len;
    }
    return OK;
}

struct settling {
    const struct text *ids;
    size_t count;
    struct text sent, due;
};

static enum err settle(struct job *job, struct call *call, struct tx *tx)
{
    struct settling *s = job->arg;
    for (size_t i = 0; i < s->count; i++) {
        struct value values[] = {V_TEXT(s->ids[i]), s->sent.len ? V_TEXT(s->sent) : V_NULL,
                                 V_TEXT(s->due)};
        TRY(tx_exec(
            call, tx,
            "UPDATE outbox SET claimed = NULL, sent = $2, tries = tries + 1, due = CASE WHEN "
            "$3 = '' THEN due ELSE $3 END WHERE id = $1 AND sent IS NULL",
            values, 3, NULL));
    }
    return OK;
}

enum err record_mail_settle(struct call *call, struct records *r, const struct text *ids,
                            size_t count, struct text sent, int64_t again)
{
    struct settling s = {ids, count, sent, again ? moment_print(call->arena, again) : TEXT("")};
    return count ? store_run(r->store, call, settle, &s) : OK;
}

struct dropping {
    struct text person, before, why; /* person "": of everybody */
    int64_t changed;
};

static enum err drop(struct job *job, struct call *call, struct tx *tx)
{
    struct dropping *d = job->arg;
    struct value values[] = {V_TEXT(d->person), V_TEXT(d->before), V_TEXT(d->why)};
    return tx_exec(
        call, tx,
        "UPDATE outbox SET sent = $3, claimed = NULL WHERE id IN (SELECT id FROM outbox WHERE "
        "sent IS NULL AND at <= $2 AND ($1 = '' OR person = $1) LIMIT 1000)",
        values, 3, &d->changed);
}

enum err record_mail_drop(struct call *call, struct records *r, struct text person,
                          int64_t before, const char *why)
{
    struct dropping d = {person, moment_print(call->arena, before), text_of(why), 0};
    return store_run(r->store, call, drop, &d);
}

enum err record_mail_tries(struct call *call, struct reader *db, struct text id, int64_t *tries,
                           int64_t *at)
{
    struct rows rows;
    *tries = 0;
    *at = call->now;
    TRY(read_rows(call, db, "SELECT tries, at FROM outbox WHERE id = $1", &V_TEXT(id), 1, 1,
                  &rows));
    if (rows.count > 0) {
        *tries = row_at(&rows, 0)[0].integer;
        moment_read(row_at(&rows, 0)[1].text, at);
    }
    return OK;
}
