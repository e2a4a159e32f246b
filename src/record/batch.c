/* SPDX-License-Identifier: Apache-2.0 */
/* record/batch.c — changes that were made together, such as the rows of a file, and taking them
 * back. Which versions a batch made is kept beside them, in the same transaction. Taking back
 * goes through the one door: what was changed is changed back, by the rules of every change; what was
 * made is withdrawn, that is archived, by whoever made it and only as long as it is as it was made and
 * nothing looks at it. */
#include "record/internal.h"

#include <string.h>

/* ---- what a batch made ------------------------------------------------------------------------ */
enum err batch__note(struct writing *w)
{
    const struct change *c = w->change;
    struct value values[] = {V_TEXT(c->batch),
                             V_TEXT(c->kind->name),
                             V_TEXT(c->record->id),
                             V_INT(c->record->version),
                             V_TEXT(w->call->actor->person),
                             V_TEXT(moment_print(w->call->arena, w->call->now))};
    return tx_exec(w->call, w->tx,
                   "INSERT INTO batch(batch, kind, id, version, person, at) "
                   "VALUES ($1, $2, $3, $4, $5, $6)",
                   values, 6, NULL);
}

static void take_part(const struct value *row, struct change_part *out)
{
    *out = (struct change_part){row[0].text, row[1].text, row[2].integer};
}

enum err record_batch(struct call *call, struct reader *db, struct text batch,
                      struct text before, size_t most, struct change_part **out, size_t *count)
{
    struct value values[] = {V_TEXT(batch), V_TEXT(call->actor->person), V_TEXT(before),
                             V_INT((int64_t)most)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT kind, id, version FROM batch WHERE batch = $1 AND person = $2 AND "
                  "($3 = '' OR id < $3) ORDER BY id DESC, version DESC LIMIT $4",
                  values, 4, most, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct change_part);
    for (size_t i = 0; i < rows.count; i++)
        take_part(row_at(&rows, i), &(*out)[i]);
    *count = rows.count;
    return OK;
}

enum err record_batches(struct call *call, struct reader *db, size_t most,
                        struct change_batch **out, size_t *count)
{
    struct value values[] = {V_TEXT(call->actor->person), V_INT((int64_t)most)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT batch, kind, COUNT(*), MIN(at) FROM batch WHERE person = $1 "
                  "GROUP BY batch, kind ORDER BY MIN(at) DESC, batch LIMIT $2",
                  values, 2, most, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct change_batch);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        (*out)[i] = (struct change_batch){row[0].text, row[1].text, row[3].text, row[2].integer};
    }
    *count = rows.count;
    return OK;
}

/* ---- is it as the batch left it? --------------------------------------------------------------- */
static enum err refuse(struct writing *w, const struct record *rec, const char *code,
                       const char *english)
{
    const struct json *title = record_value(rec, TEXT("title"));
    struct text name = title ? json_text(title) : TEXT("");
    return problem(w->call, ERR_CONFLICT, TEXT(""), code, "%.*s “%.*s”: %s", TEXT_ARG(rec->key),
                   TEXT_ARG(name), say(w->call, english));
}

/* What the engine computed anew since is no change of anybody's. */
static enum err check_untouched(struct writing *w, const struct record *now, int64_t since)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct value values[] = {V_TEXT(now->kind->name), V_TEXT(now->id), V_INT(since)};
    struct rows rows;
    TRY(tx_rows(w->call, w->tx,
                "SELECT body FROM version WHERE kind = $1 AND id = $2 AND version > $3 "
                "ORDER BY version LIMIT 50",
                values, 3, 50, &rows));
    bool touched = rows.count == 50;
    for (size_t i = 0; i < rows.count && !touched; i++) {
        const struct json *body;
        TRY(json_read(w->call, row_at(&rows, i)[0].text, &limits, &body));
        struct text act = json_text(json_get(body, "_act"));
        touched = !text_is(act, "record.recompute") && !text_is(act, "record.clock");
    }
    return touched ? refuse(w, now, "changed", SAID("was changed since")) : OK;
}

static enum err check_pointed_at(struct writing *w, const struct record *now)
{
    const struct model *m = w->records->model;
    for (size_t i = 0; i < m->kind_count; i++)
        for (size_t j = 0; j < m->kinds[i].field_count; j++) {
            const struct field *f = &m->kinds[i].fields[j];
            struct record **others;
            size_t count;
            if (f->target_kind != now->kind || f->computed)
                continue;
            TRY(query__living(w->call, w->records, db_tx(w->tx), &m->kinds[i], f, now->id,
                              &others, &count));
            if (count)
                return refuse(w, now, "referred", SAID("is referred to by now"));
        }
    return OK;
}

static enum err check_spoken_of(struct writing *w, const struct record *now)
{
    struct value values[] = {V_TEXT(now->kind->name), V_TEXT(now->id)};
    struct rows rows;
    TRY(tx_rows(w->call, w->tx,
                "SELECT 1 FROM comment WHERE kind = $1 AND record = $2 UNION ALL "
                "SELECT 1 FROM link WHERE (to_kind = $1 AND to_id = $2 AND free = 1) OR "
                "(from_kind = $1 AND from_id = $2 AND free = 1) LIMIT 1",
                values, 2, 1, &rows));
    return rows.count ? refuse(w, now, "spoken_of", SAID("has a comment or a link by now"))
                      : OK;
}

/* ---- taking back ------------------------------------------------------------------------------- */
static enum err withdraw(struct writing *w, const struct record *now)
{
    ptrdiff_t archived = kind_state(now->kind, TEXT("archived"));
    /* What the batch says is not believed alone: its author is told by the record. */
    if (archived < 0 || !record_may_create(w->call->actor, now->kind) ||
        !value__list_has(record_value(now, TEXT("author")), w->call->actor->person))
        return refuse(w, now, "who", SAID("cannot be withdrawn by you"));
    if ((size_t)archived == now->state)
        return refuse(w, now, "changed", SAID("is archived already"));
    TRY(check_pointed_at(w, now));
    TRY(check_spoken_of(w, now));
    struct record *rec = record__copy(w->call->arena, now);
    rec->state = (size_t)archived;
    TRY(write__version(w, rec, now, "record.move", TEXT("archive"), w->change->reason));
    w->change->record = rec;
    return OK;
}

static enum err version_at(struct writing *w, const struct record *now, int64_t version,
                           struct record **out)
{
    struct value values[] = {V_TEXT(now->kind->name), V_TEXT(now->id), V_INT(version)};
    struct rows rows;
    TRY(tx_rows(w->call, w->tx,
                "SELECT version, ledger, body FROM version WHERE kind = $1 AND id = $2 AND "
                "version = $3",
                values, 3, 1, &rows));
    if (!rows.count)
        return problem(w->call, ERR_BUG, TEXT("version"), "missing", "a version is missing");
    return version__record(w->call, now, row_at(&rows, 0), out);
}

static bool same(const struct json *a, const struct json *b)
{
    return !a || !b ? a == b : json_same(a, b);
}

/* Back to the values of before, by a change like any other. */
static enum err change_back(struct writing *w, const struct record *now, int64_t version)
{
    struct record *then;
    TRY(version_at(w, now, version, &then));
    size_t count = now->kind->field_count;
    bool *given = NEW_MANY(w->call->arena, count, bool);
    w->values = NEW_MANY(w->call->arena, count, const struct json *);
    for (size_t i = 0; i < count; i++) {
        const struct field *f = &now->kind->fields[i];
        given[i] = !f->system && !f->computed && !same(now->values[i], then->values[i]);
        w->values[i] = then->values[i];
    }
    w->given = given;
    w->change->if_version = now->version;
    return change__values(w);
}

enum err batch__undo(struct writing *w)
{
    struct change *c = w->change;
    struct value values[] = {V_TEXT(c->batch), V_TEXT(c->kind->name), V_TEXT(c->id),
                             V_TEXT(w->call->actor->person)};
    struct rows rows;
    struct record *now;
    bool readable = false;
    TRY(tx_rows(w->call, w->tx,
                "SELECT MIN(version), MAX(version) FROM batch WHERE batch = $1 AND kind = $2 AND "
                "id = $3 AND person = $4",
                values, 4, 1, &rows));
    TRY(table__find(w->call, w->records, db_tx(w->tx), c->kind, c->id, &now));
    if (now)
        TRY(who__may_read(w->call, w->records, db_tx(w->tx), w->call->actor, now, &readable));
    const struct value *row = rows.count ? row_at(&rows, 0) : NULL;
    if (!readable || !row || row[0].type != VALUE_INTEGER)
        return problem(w->call, ERR_MISSING, TEXT(""), "missing",
                       say(w->call, "there is no record %.*s"), TEXT_ARG(c->id));
    TRY(check_untouched(w, now, row[1].integer));
    TRY(row[0].integer == 1 ? withdraw(w, now) : change_back(w, now, row[0].integer - 1));
    return tx_exec(w->call, w->tx,
                   "DELETE FROM batch WHERE batch = $1 AND kind = $2 AND id = $3 AND person = $4",
                   values, 4, NULL);
}
