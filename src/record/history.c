/* SPDX-License-Identifier: Apache-2.0 */
/* record/history.c — every version of a record, and what it is linked with, both ways. */
#include "record/internal.h"

static const struct json_limits body_limits = {8u << 20, 32, 500000};

static enum err fill(struct call *call, const struct kind *k, const struct value *row,
                     struct history_item *out)
{
    const struct json *body;
    TRY(json_read(call, row[3].text, &body_limits, &body));
    const struct json *state = json_get(body, "state");
    *out = (struct history_item){
        .version = row[0].integer,
        .ledger = row[1].integer,
        .at = row[2].text,
        .actor = json_text(json_get(body, "_actor")),
        .actor_type = json_text(json_get(body, "_actor_type")),
        .act = json_text(json_get(body, "_act")),
        .move = json_text(json_get(body, "_move")),
        .from = json_text(json_get(body, "_from")),
        .reason = json_text(json_get(body, "_reason")),
        .after = body,
    };
    if (out->move.len)
        out->to = json_text(state);
    (void)k;
    return OK;
}

enum err record_history(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, struct history_item **out, size_t *count)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT version, ledger, at, body FROM version WHERE kind = $1 AND id = $2 "
                  "ORDER BY version DESC LIMIT 500",
                  values, 2, 500, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct history_item);
    for (size_t i = 0; i < rows.count; i++)
        TRY(fill(call, rec->kind, row_at(&rows, i), &(*out)[i]));
    for (size_t i = 0; i + 1 < rows.count; i++)
        (*out)[i].before = (*out)[i + 1].after;
    *count = rows.count;
    (void)r;
    return OK;
}

/* ---- links
 * ------------------------------------------------------------------------------------------------
 */
struct found {
    struct linked *items;
    struct text *kinds, *ids;
    size_t count, room;
};

static void add(struct found *f, struct text type, bool out, bool is_free, struct text kind,
                struct text id)
{
    if (f->count == f->room || text_is(kind, "file") || text_is(kind, "person") ||
        text_is(kind, "role"))
        return;
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
                  "from_id = $2 ORDER BY type, pos LIMIT 1000",
                  values, 2, 1000, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        add(f, row[0].text, true, row[3].integer, row[1].text, row[2].text);
    }
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *field = &rec->kind->fields[i];
        if (field->type == FIELD_REF && field->target == TO_KIND && rec->values[i])
            add(f, field->name, true, false, field->target_name, rec->values[i]->text);
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
                  "ORDER BY from_kind, type LIMIT 1000",
                  values, 1, 1000, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        add(f, row[0].text, false, row[3].integer, row[1].text, row[2].text);
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
            if (field->type != FIELD_REF || field->target_kind != rec->kind)
                continue;
            struct record **items;
            size_t count;
            TRY(query__holding(call, r, db_reader(db), kind, field, rec->id, 300, &items,
                               &count));
            for (size_t n = 0; n < count; n++)
                add(f, field->name, false, false, kind->name, items[n]->id);
        }
    }
    return OK;
}

enum err record_links(struct call *call, struct records *r, struct reader *db,
                      const struct record *rec, struct linked **out, size_t *count)
{
    const size_t room = 4000;
    struct found f = {NEW_MANY(call->arena, room, struct linked),
                      NEW_MANY(call->arena, room, struct text),
                      NEW_MANY(call->arena, room, struct text), 0, room};
    TRY(outgoing(call, db, rec, &f));
    TRY(incoming_refs(call, db, rec, &f));
    TRY(incoming_fields(call, r, db, rec, &f));
    struct ref *refs = NEW_MANY(call->arena, f.count + 1, struct ref);
    TRY(record_refs(call, r, db, f.kinds, f.ids, f.count, refs));
    size_t kept = 0;
    for (size_t i = 0; i < f.count; i++)
        if (refs[i].id.len) {
            f.items[i].ref = refs[i];
            f.items[kept++] = f.items[i];
        }
    *out = f.items;
    *count = kept;
    return OK;
}
