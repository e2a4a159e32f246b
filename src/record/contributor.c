/* SPDX-License-Identifier: Apache-2.0 */
/* record/contributor.c — who had a hand in the draft as it stands. Everybody who wrote a version of
 * it is its author for a duty, whoever wrote last: creating, changing, and filling in what a move
 * asks for where no duty watches that move. A draft begins anew when the record leaves a locked
 * state for an open one: what was written before has been decided by others. Table contributor
 * follows from the versions; a row with no person marks where a draft begins. */
#include "record/internal.h"

static bool content_differs(const struct record *rec, const struct record *before)
{
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (!f->system && !f->always && !f->computed && record__differs(rec, before, f))
            return true;
    }
    return false;
}

/* Signing is deciding, not writing: nor are the moves that a duty watches. */
struct text contributor__of(const struct record *rec, const struct record *before,
                            const struct wrote *how)
{
    const struct json *editor = record_value(rec, TEXT("editor"));
    if (text_is(how->act, "record.create") || text_is(how->act, "record.change"))
        return editor ? editor->text : (struct text){0};
    if (text_is(how->act, "record.sign") && how->proposes)
        return how->person;
    const struct move *m =
        text_is(how->act, "record.move") ? kind_move(rec->kind, how->move) : NULL;
    bool fills =
        before && m && !m->duty_count && (m->ask_count || content_differs(rec, before)) &&
        !(m->take_count && move_takes_many(m)); /* it was written with the first signature */
    return fills ? how->person : (struct text){0};
}

static const struct state *state_of(const struct record *rec)
{
    const struct json *v = record_value(rec, TEXT("state"));
    ptrdiff_t at = v ? kind_state(rec->kind, v->text) : -1;
    return at < 0 ? NULL : &rec->kind->states[at];
}

/* Not out of an end: what was rejected has not been approved. */
bool contributor__begins(const struct record *rec, const struct record *before)
{
    const struct state *now = state_of(rec), *then = before ? state_of(before) : NULL;
    return now && then && then->locked && !then->end && !now->locked;
}

static enum err keep(struct call *call, struct tx *tx, const struct record *rec,
                     struct text person)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version),
                             V_TEXT(person)};
    return tx_exec(call, tx,
                   "INSERT INTO contributor(kind, id, version, person) VALUES ($1, $2, $3, $4)",
                   values, 4, NULL);
}

enum err contributor__remember(struct call *call, struct tx *tx, const struct record *rec,
                               const struct record *before, const struct wrote *how)
{
    struct text person = contributor__of(rec, before, how);
    if (contributor__begins(rec, before))
        TRY(keep(call, tx, rec, TEXT("")));
    if (person.len && how->stands_for.len)
        TRY(keep(call, tx, rec, how->stands_for));
    return person.len ? keep(call, tx, rec, person) : OK;
}

enum err contributor__is(struct call *call, struct db db, struct text kind, struct text id,
                         struct text person, bool *out)
{
    struct value values[] = {V_TEXT(kind), V_TEXT(id), V_TEXT(person)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT 1 FROM contributor c WHERE c.kind = $1 AND c.id = $2 AND c.person = $3 "
                 "AND c.version >= COALESCE((SELECT MAX(b.version) FROM contributor b WHERE "
                 "b.kind = c.kind AND b.id = c.id AND b.person = ''), 0) LIMIT 1",
                 values, 3, 1, &rows));
    *out = *out || rows.count > 0;
    return OK;
}

struct wrote wrote_of(const struct json *body)
{
    struct text person = json_text(json_get(body, "_for")), stands_for = {0};
    if (text_is(json_text(json_get(body, "_actor_type")), "user")) {
        stands_for = person;
        person = json_text(json_get(body, "_actor"));
    }
    return (struct wrote){json_text(json_get(body, "_act")), json_text(json_get(body, "_move")),
                          person, stands_for, json_get(body, "_proposed") != NULL};
}

/* ---- from the versions: a store of before this was kept
 * ------------------------------------------------------------------ */
static enum err read_version(struct call *call, const struct model *m, const struct value *row,
                             struct record **out, struct wrote *how)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct kind *k = model_kind(m, row[0].text);
    const struct json *body;
    *out = NULL;
    if (k == NULL)
        return OK;
    struct record *rec = NEW(call->arena, struct record);
    TRY(json_read(call, row[3].text, &limits, &body));
    TRY(body__read(call, k, row[3].text, rec));
    rec->id = row[1].text;
    rec->version = row[2].integer;
    *how = wrote_of(body);
    *out = rec;
    return OK;
}

/* A page begins with the last version of the one before. */
static enum err rebuild_page(struct call *call, struct tx *tx, const struct model *m,
                             const struct rows *rows, bool first)
{
    struct record *before = NULL, *rec;
    struct wrote how;
    for (size_t i = 0; i < rows->count; i++, before = rec) {
        TRY(read_version(call, m, row_at(rows, i), &rec, &how));
        bool same_record = rec && before && before->kind == rec->kind &&
                           text_same(before->id, rec->id);
        if (rec && (i > 0 || first))
            TRY(contributor__remember(call, tx, rec, same_record ? before : NULL, &how));
    }
    return OK;
}

enum err contributor__rebuild(struct call *call, struct tx *tx, const struct model *m)
{
    struct text kind = TEXT(""), id = TEXT("");
    int64_t version = 0;
    for (bool more = true; more;) {
        struct arena *page = arena_open();
        struct call *own = call_beside(page, call);
        struct value values[] = {V_TEXT(kind), V_TEXT(id), V_INT(version)};
        struct rows rows;
        enum err e = tx_rows(own, tx,
                             "SELECT kind, id, version, body FROM version WHERE (kind, id, "
                             "version) >= ($1, $2, $3) ORDER BY kind, id, version LIMIT 201",
                             values, 3, 201, &rows);
        if (e == OK)
            e = rebuild_page(own, tx, m, &rows, version == 0);
        more = e == OK && rows.count == 201;
        if (more) {
            const struct value *last = row_at(&rows, rows.count - 1);
            kind = text_copy(call->arena, last[0].text);
            id = text_copy(call->arena, last[1].text);
            version = last[2].integer;
        }
        arena_close(page);
        TRY(e);
    }
    return OK;
}
