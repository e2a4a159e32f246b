/* SPDX-License-Identifier: Apache-2.0 */
/* record/history.c — every version of a record, and what it is linked with, both ways. */
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

/* ---- links
 * ------------------------------------------------------------------------------------------------
 */
struct found {
    struct linked *items;
    struct text *kinds, *ids;
    size_t count, room;
};

static void *more_of(struct arena *a, const void *old, size_t count, size_t size)
{
    char *more = arena_take_many(a, count ? count * 2 : 256, size);
    if (count)
        memcpy(more, old, count * size);
    return more;
}

static void add(struct call *call, struct found *f, struct text type, bool out, bool is_free,
                struct text kind, struct text id)
{
    if (text_is(kind, "file") || text_is(kind, "person") || text_is(kind, "role"))
        return;
    if (f->count == f->room) {
        f->items = more_of(call->arena, f->items, f->room, sizeof *f->items);
        f->kinds = more_of(call->arena, f->kinds, f->room, sizeof *f->kinds);
        f->ids = more_of(call->arena, f->ids, f->room, sizeof *f->ids);
        f->room = f->room ? f->room * 2 : 256;
    }
    f->kinds[f->count] = kind;
    f->ids[f->count] = id;
    f->items[f->count++] = (struct linked){.type = type, .out = out, .free = is_free};
}

static enum err outgoing(struct call *call, struct reader *db, const struct record *rec,
                         struct found *f)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT type, to_kind, to_id, free FROM link WHERE from_kind = $1 AND "
                  "from_id = $2 ORDER BY type, pos",
                  values, 2, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        add(call, f, row[0].text, true, row[3].integer, row[1].text, row[2].text);
    }
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *field = &rec->kind->fields[i];
        if (field->type->refers == REFERS_ONE && field->target == TO_KIND && rec->values[i])
            add(call, f, field->name, true, false, field->target_name, rec->values[i]->text);
    }
    return OK;
}

static enum err incoming_refs(struct call *call, struct reader *db, const struct record *rec,
                              struct found *f)
{
    struct value values[] = {V_TEXT(rec->id)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT type, from_kind, from_id, free FROM link WHERE to_id = $1 "
                  "ORDER BY from_kind, type, from_id, pos",
                  values, 1, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        add(call, f, row[0].text, false, row[3].integer, row[1].text, row[2].text);
    }
    return OK;
}

/* Records whose own ref field names this one. */
static enum err incoming_fields(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, struct found *f)
{
    for (size_t k = 0; k < r->model->kind_count; k++) {
        const struct kind *kind = &r->model->kinds[k];
        for (size_t i = 0; i < kind->field_count; i++) {
            const struct field *field = &kind->fields[i];
            if (field->type->refers != REFERS_ONE || field->target_kind != rec->kind)
                continue;
            struct rows rows;
            TRY(query__holders(call, r, db_reader(db), kind, field, rec->id, TEXT(""),
                               READ_MOST, &rows));
            for (size_t n = 0; n < rows.count; n++)
                add(call, f, field->name, false, false, kind->name, row_at(&rows, n)[0].text);
        }
    }
    return OK;
}

/* A link that a field makes is for whoever reads that field. */
static bool tells(struct call *call, struct records *r, struct reader *db,
                  const struct record *rec, const bool *shown, const struct linked *l,
                  const struct ref *other)
{
    const struct kind *k = l->out ? rec->kind : model_kind(r->model, other->kind);
    const struct field *f = l->free || !k ? NULL : kind_field(k, l->type);
    struct record *from = NULL;
    if (!f || !f->guarded)
        return true;
    if (l->out)
        return shown[f->index];
    return table__find(call, r, db_reader(db), k, other->id, &from) == OK && from &&
           record_sight(call, r, db, from)[f->index];
}

enum err record_links(struct call *call, struct records *r, struct reader *db,
                      const struct record *rec, struct linked **out, size_t *count)
{
    struct found f = {0};
    TRY(outgoing(call, db, rec, &f));
    TRY(incoming_refs(call, db, rec, &f));
    TRY(incoming_fields(call, r, db, rec, &f));
    struct ref *refs = NEW_MANY(call->arena, f.count + 1, struct ref);
    TRY(record_refs(call, r, db, f.kinds, f.ids, f.count, refs));
    size_t kept = 0;
    const bool *shown = record_sight(call, r, db, rec);
    for (size_t i = 0; i < f.count; i++)
        if (refs[i].id.len && tells(call, r, db, rec, shown, &f.items[i], &refs[i])) {
            f.items[i].ref = refs[i];
            f.items[kept++] = f.items[i];
        }
    *out = f.items;
    *count = kept;
    return OK;
}
