/* SPDX-License-Identifier: Apache-2.0 */
/* record/watching.c — what somebody wishes to be told of, beside what their roles tell them:
 * when a record moves, has another owner or due day, or is commented on. The wish is their own
 * note, as what they want by mail is: no entry, and nobody else sees it. So what it tells them
 * stands in no version either: rows of the outbox of their own channel, each of which names the
 * entry of what happened. */
#include "record/internal.h"

/* ---- the wish --------------------------------------------------------------------------- */
enum err record_watches(struct call *call, struct reader *db, const struct record *rec,
                        bool *out)
{
    struct value values[] = {V_TEXT(call->actor->person), V_TEXT(rec->kind->name),
                             V_TEXT(rec->id)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT 1 FROM watching WHERE person = $1 AND kind = $2 AND record = $3",
                  values, 3, 1, &rows));
    *out = rows.count > 0;
    return OK;
}

struct wishing {
    struct text kind, id;
    bool on;
};

static enum err check_room(struct call *call, struct tx *tx)
{
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT count(*) FROM watching WHERE person = $1",
                &V_TEXT(call->actor->person), 1, 1, &rows));
    if (row_at(&rows, 0)[0].integer < WATCHED_MOST)
        return OK;
    return problem(call, ERR_CONFLICT, TEXT(""), "too_many",
                   say(call, "you watch %d records already, and more cannot be: stop watching "
                             "one first"),
                   WATCHED_MOST);
}

static enum err write_wish(struct job *job, struct call *call, struct tx *tx)
{
    const struct wishing *w = job->arg;
    struct value values[] = {V_TEXT(call->actor->person), V_TEXT(w->kind), V_TEXT(w->id),
                             V_TEXT(moment_print(call->arena, call->now))};
    struct rows rows;
    if (!w->on)
        return tx_exec(call, tx,
                       "DELETE FROM watching WHERE person = $1 AND kind = $2 AND record = $3",
                       values, 3, NULL);
    TRY(tx_rows(call, tx,
                "SELECT 1 FROM watching WHERE person = $1 AND kind = $2 AND record = $3",
                values, 3, 1, &rows));
    if (rows.count)
        return OK;
    TRY(check_room(call, tx));
    return tx_exec(call, tx,
                   "INSERT INTO watching(person, kind, record, since) VALUES ($1, $2, $3, $4)",
                   values, 4, NULL);
}

enum err record_watches_set(struct call *call, struct records *r, const struct kind *k,
                            struct text id, bool on)
{
    struct wishing w = {k->name, id, on};
    if (call->actor->type != ACTOR_USER || !call->actor->person.len)
        return problem(call, ERR_DENIED, TEXT(""), "person", "%s",
                       say(call, "only a signed-in person can do this"));
    return store_run(r->store, call, write_wish, &w);
}

enum err record_watched(struct call *call, struct records *r, struct reader *db,
                        struct watched **out, size_t *count)
{
    struct rows rows;
    *count = 0;
    TRY(read_rows(call, db,
                  "SELECT kind, record, since FROM watching WHERE person = $1 ORDER BY since "
                  "DESC, kind, record",
                  &V_TEXT(call->actor->person), 1, WATCHED_MOST, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct watched);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        const struct kind *k = model_kind(r->model, row[0].text);
        struct record *rec = NULL;
        bool shown = false;
        if (k)
            TRY(table__find(call, r, db_reader(db), k, row[1].text, &rec));
        if (rec)
            TRY(who__may_read(call, r, db_reader(db), call->actor, rec, &shown));
        if (shown)
            (*out)[(*count)++] = (struct watched){rec, row[2].text};
    }
    return OK;
}

/* ---- telling ---------------------------------------------------------------------------- */
enum err watching__tell(struct call *call, struct tx *tx, const struct watching_event *e)
{
    struct value values[] = {
        V_TEXT(text_print(call->arena, "%lld.%s.%.*s.", (long long)e->ledger, e->event,
                          TEXT_ARG(e->field))),
        V_TEXT(e->rec->kind->name),
        V_TEXT(e->rec->id),
        V_INT(e->rec->version),
        V_TEXT(text_of(e->event)),
        V_TEXT(e->field),
        V_TEXT(e->at),
        V_TEXT(call->actor->person)};
    /* Who is told of it anyway (their row has the same moment) is not told twice. */
    return tx_exec(
        call, tx,
        "INSERT INTO outbox(id, person, channel, kind, record, version, event, field, at, due, "
        "tries) SELECT $1 || w.person, w.person, 'watch', w.kind, w.record, CAST($4 AS "
        "bigint), "
        "CAST($5 AS text), CAST($6 AS text), CAST($7 AS text), CAST($7 AS text), 0 FROM "
        "watching w JOIN person p ON p.id = w.person WHERE w.kind = $2 AND w.record = $3 AND "
        "w.person <> $8 AND p.disabled = 0 AND NOT EXISTS (SELECT 1 FROM outbox o WHERE "
        "o.person = w.person AND o.at = $7 AND o.channel = 'app' AND o.kind = $2 AND o.record "
        "= $3)",
        values, 8, NULL);
}

static bool differs(const struct record *a, const struct record *b, const char *name)
{
    const struct field *f = kind_field(a->kind, text_of(name));
    return f && !value__same(a->values[f->index], b->values[f->index]);
}

enum err watching__version(struct writing *w, const struct record *rec,
                           const struct record *before, struct text at)
{
    struct watching_event e = {.rec = rec, .ledger = rec->ledger, .at = at};
    static const struct {
        const char *event, *field;
    } looked_at[] = {{"owner", "owner"}, {"due", "due"}, {"due", "review_due"}};
    if (!before)
        return OK;
    if (rec->state != before->state) {
        e.event = "moved";
        e.field = TEXT("state");
        TRY(watching__tell(w->call, w->tx, &e));
    }
    for (size_t i = 0; i < COUNT(looked_at); i++) {
        if (!differs(rec, before, looked_at[i].field))
            continue;
        e.event = looked_at[i].event;
        e.field = text_of(looked_at[i].field);
        TRY(watching__tell(w->call, w->tx, &e));
    }
    return OK;
}
