/* SPDX-License-Identifier: Apache-2.0 */
/* record/history.c — every version of a record. */
#include "record/internal.h"

#include <string.h>

/* ---- history ---------------------------------------------------------------------------------
 */
static const struct json_limits body_limits = {8u << 20, 32, 500000};

static enum err tell(struct call *call, const struct value *row, struct history_item *out)
{
    const struct json *body;
    TRY(json_read(call, row[2].text, &body_limits, &body));
    out->actor = json_text(json_get(body, "_actor"));
    out->actor_type = json_text(json_get(body, "_actor_type"));
    if (text_is(out->actor_type, "user"))
        out->stands_for = json_text(json_get(body, "_for"));
    out->act = json_text(json_get(body, "_act"));
    out->move = json_text(json_get(body, "_move"));
    out->from = json_text(json_get(body, "_from"));
    out->reason = json_text(json_get(body, "_reason"));
    out->timer = json_text(json_get(json_get(body, "_timer"), "name"));
    out->told = json_get(body, "_told");
    out->waived = json_get(body, "_waived");
    if (out->move.len)
        out->to = json_text(json_get(body, "state"));
    else
        out->move = json_text(json_get(json_get(body, "_withdrawn"), "move"));
    return OK;
}

enum err history__item(struct call *call, struct records *r, struct reader *db,
                       const struct record *rec, const struct value *row,
                       struct history_item *out)
{
    struct record *then;
    bool readable = false;
    *out = (struct history_item){
        .version = row[0].integer, .ledger = row[1].integer, .at = row[3].text};
    TRY(version__record(call, rec, row, &then));
    TRY(who__may_read(call, r, db_reader(db), call->actor, then, &readable));
    out->hidden = !readable;
    if (out->hidden)
        return OK;
    then->now = rec;
    out->then = then;
    out->shown = record_sight(call, r, db, then);
    return tell(call, row, out);
}

/* What a version changed says what the one before it was. */
static void follow(struct call *call, struct history_item *item,
                   const struct history_item *before)
{
    if (item->hidden)
        return;
    size_t count = item->then->kind->field_count;
    bool *shown = NEW_MANY(call->arena, count + 1, bool);
    for (size_t i = 0; i < count; i++)
        shown[i] = item->shown[i] && (before->hidden || before->shown[i]);
    item->follows_hidden = before->hidden;
    item->before = before->then;
    item->shown = shown;
    if (before->hidden)
        item->from = (struct text){0};
}

static enum err count_of(struct call *call, struct reader *db, const char *sql,
                         const struct record *rec, int64_t *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(read_rows(call, db, sql, values, 2, 1, &rows));
    *out = rows.cells[0].integer;
    return OK;
}

enum err record_history(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, int64_t below, int64_t limit,
                        struct history *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id),
                             V_INT(below ? below : INT64_MAX), V_INT(limit + 1)};
    struct rows rows;
    *out = (struct history){0};
    TRY(count_of(call, db, "SELECT count(*) FROM version WHERE kind = $1 AND id = $2", rec,
                 &out->total));
    TRY(read_rows(call, db,
                  "SELECT version, ledger, body, at FROM version WHERE kind = $1 AND id = $2 "
                  "AND version < $3 ORDER BY version DESC LIMIT $4",
                  values, 4, (size_t)limit + 1, &rows));
    out->items = NEW_MANY(call->arena, rows.count + 1, struct history_item);
    for (size_t i = 0; i < rows.count; i++)
        TRY(history__item(call, r, db, rec, row_at(&rows, i), &out->items[i]));
    for (size_t i = 0; i + 1 < rows.count; i++)
        follow(call, &out->items[i], &out->items[i + 1]);
    out->count = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    if (out->count < rows.count)
        out->next = out->items[out->count - 1].version;
    return OK;
}

/* ---- disclosure
 * Of a version, to whoever may read it: what it committed to, member by member, with the keys
 * that prove it; of what they may not see the commitment alone. */
struct seen {
    const struct kind *kind;
    const bool *fields;
};

static bool seen_in_history(void *arg, struct text name)
{
    static const char *const acts[] = {"_act",  "_actor", "_actor_type", "_at",   "_for",
                                       "_from", "_move",  "_reason",     "_timer"};
    const struct seen *s = arg;
    const struct field *f = kind_field(s->kind, name);
    for (size_t i = 0; i < COUNT(acts); i++)
        if (text_is(name, acts[i]))
            return true;
    return f && s->fields[f->index];
}

enum err record_disclose(struct call *call, struct records *r, struct reader *db,
                         const struct record *rec, int64_t version, struct history_item *item,
                         struct json_out *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(version)};
    struct rows rows;
    TRY(read_rows(
        call, db,
        "SELECT version, ledger, body, at, salt FROM version WHERE kind = $1 AND id = $2 "
        "AND version = $3",
        values, 3, 1, &rows));
    if (rows.count)
        TRY(history__item(call, r, db, rec, rows.cells, item));
    if (!rows.count || item->hidden)
        return problem(call, ERR_MISSING, TEXT("version"), "missing", "%s",
                       say(call, "there is no such version"));
    struct seen seen = {rec->kind, item->shown};
    return ledger_disclose(call, rows.cells[2].text, rows.cells[4].text, seen_in_history, &seen,
                           out);
}
