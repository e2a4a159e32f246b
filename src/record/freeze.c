/* SPDX-License-Identifier: Apache-2.0 */
/* record/freeze.c — a signature over a set of records: which of them there were, and in which
 * version. A move that freezes a kind names every living record of it in the version it writes
 * (`_frozen`), so that the ledger commits to the set. What is changed afterwards stays as it was in
 * the set until the next one is signed. Table frozen follows from the versions. */
#include "record/internal.h"

static enum err living(struct call *call, struct records *r, struct db db, const struct kind *k,
                       struct record ***out, size_t *count)
{
    return table__many(call, r, db, k, "t.state <> 'archived' ORDER BY t.\"key\"", NULL, 0,
                       READ_MOST, out, count);
}

static bool in_set(uint64_t set, const struct record *rec)
{
    return set >> rec->state & 1;
}

/* ---- may it be signed?
 * -------------------------------------------------------------------------------------------------- */
static bool has_row(const struct framework *f, const struct requirement *row,
                    struct record *const *items, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct json *v = record_value(items[i], f->register_field);
        if (v && (text_same(json_text(v), row->id) || value__list_has(v, row->id)))
            return true;
    }
    return false;
}

static size_t rows_without(const struct records *r, const struct kind *k,
                           struct record *const *items, size_t count)
{
    size_t lacking = 0;
    for (size_t i = 0; i < r->model->framework_count; i++) {
        const struct framework *f = &r->model->frameworks[i];
        for (size_t j = 0; j < f->row_count && text_same(f->register_kind, k->name); j++)
            lacking += text_same(f->rows[j].type, f->register_rows) &&
                       !has_row(f, &f->rows[j], items, count);
    }
    return lacking;
}

/* Whoever wrote in one of the rows since the last time has drafted what is to be signed. */
static enum err wrote_in(struct call *call, struct db db, const struct kind *k, bool *yes)
{
    struct value values[] = {V_TEXT(k->name), V_TEXT(call->actor->person),
                             V_TEXT(call->actor->stands_for)};
    struct rows rows;
    TRY(db__rows(call, db,
                 "SELECT c.id FROM contributor c WHERE c.kind = $1 AND c.person IN ($2, $3) AND c.person <> '' AND c.version "
                 "> COALESCE((SELECT MAX(f.version) FROM frozen f WHERE f.kind = c.kind AND f.id = "
                 "c.id), 0) LIMIT 1",
                 values, 3, 1, &rows));
    *yes = rows.count > 0 && call->actor->person.len > 0;
    return OK;
}

static enum err refuse(struct call *call, const struct move *m, const char *code,
                       struct text words)
{
    return problem_at(call, ERR_CONFLICT, TEXT(""), code, m->source, words);
}

static enum err refuse_open(struct call *call, struct records *r, struct db db,
                            const struct move *m, struct record *const *items, size_t count,
                            struct verdict *v)
{
    size_t open = 0, number = call->problem_count;
    for (size_t i = 0; i < count; i++)
        open += in_set(m->freezes->open, items[i]);
    if (!open)
        return OK;
    struct text plural = words_in(m->freezes->kind->plural, call->lang);
    enum err e = refuse(
        call, m, "undecided",
        text_print(call->arena, say(call, "signs the rows of “%.*s”: %zu of %zu are undecided"),
                   TEXT_ARG(plural), open, count));
    for (size_t i = 0; i < count; i++)
        if (in_set(m->freezes->open, items[i]))
            TRY(guard__block(call, r, db, items[i], number, v));
    return e;
}

enum err freeze__check(struct call *call, struct records *r, struct db db,
                       const struct record *rec, const struct move *m, struct verdict *v)
{
    struct record **items;
    size_t count;
    bool wrote;
    if (!m->freezes)
        return OK;
    const struct kind *k = m->freezes->kind;
    TRY(living(call, r, db, k, &items, &count));
    enum err worst = refuse_open(call, r, db, m, items, count, v);
    if (worst != OK && worst != ERR_CONFLICT)
        return worst;
    size_t lacking = rows_without(r, k, items, count);
    if (!count || lacking)
        worst = refuse(call, m, "rows_missing",
                       text_print(call->arena,
                                  say(call, "signs the rows of “%.*s”: %zu have no record"),
                                  TEXT_ARG(words_in(k->plural, call->lang)), lacking));
    TRY(wrote_in(call, db, k, &wrote));
    bool waived = false;
    if (wrote)
        TRY(waiver__lifts(call, r, db, call->actor, rec, m->freezes->code, v, &waived));
    if (wrote && !waived)
        worst =
            refuse(call, m, text_c(call->arena, m->freezes->code),
                   text_print(call->arena,
                              say(call, "Separation of duties (%.*s): not by whoever wrote in "
                                        "the rows that are signed"),
                              TEXT_ARG(m->freezes->code)));
    return worst;
}

/* ---- signing
 * ------------------------------------------------------------------------------------------------------------ */
/* {"kind": …, "rows": [{"id": …, "version": …, "state": …}, …]} */
enum err freeze__set(struct call *call, struct records *r, struct db db, const struct move *m,
                     const struct json **out)
{
    struct record **items;
    size_t count;
    *out = NULL;
    if (!m->freezes)
        return OK;
    TRY(living(call, r, db, m->freezes->kind, &items, &count));
    struct arena *a = call->arena;
    struct json *set = node__object(a), *rows = node__list(a);
    for (size_t i = 0; i < count; i++) {
        struct json *row = node__object(a);
        node__add(row, json_of_text(a, items[i]->id), TEXT("id"), a);
        node__add(row, json_of_text(a, items[i]->kind->states[items[i]->state].name), TEXT("state"), a);
        node__add(row, json_of_integer(a, items[i]->version), TEXT("version"), a);
        node__add(rows, row, (struct text){0}, a);
    }
    node__add(set, json_of_text(a, m->freezes->kind->name), TEXT("kind"), a);
    node__add(set, rows, TEXT("rows"), a);
    *out = set;
    return OK;
}

enum err freeze__keep(struct call *call, struct tx *tx, const struct record *by,
                      const struct json *set)
{
    const struct json *rows = set ? json_get(set, "rows") : NULL;
    struct text kind = json_text(set ? json_get(set, "kind") : NULL);
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
        struct value values[] = {V_TEXT(kind),
                                 V_TEXT(json_text(json_get(row, "id"))),
                                 V_INT(json_get(row, "version")->integer),
                                 V_TEXT(by->kind->name),
                                 V_TEXT(by->id),
                                 V_INT(by->version)};
        TRY(tx_exec(call, tx,
                    "INSERT INTO frozen(kind, id, version, by_kind, by_id, by_version) VALUES "
                    "($1, $2, $3, $4, $5, $6)",
                    values, 6, NULL));
    }
    return OK;
}

/* ---- reading
 * ------------------------------------------------------------------------------------------------------------ */
static const struct freezing *freezing_of(const struct model *m, const struct kind *k)
{
    for (size_t i = 0; i < m->kind_count; i++)
        for (size_t j = 0; j < m->kinds[i].move_count; j++)
            if (m->kinds[i].moves[j].freezes && m->kinds[i].moves[j].freezes->kind == k)
                return m->kinds[i].moves[j].freezes;
    return NULL;
}

static bool same_value(const struct record *a, const struct record *b, struct text field)
{
    const struct json *x = record_value(a, field), *y = record_value(b, field);
    return x && y ? json_same(x, y) : x == y;
}

/* Decided otherwise than it was signed. */
static bool decided_anew(const struct freezing *f, const struct record *now,
                         const struct record *then)
{
    bool differs = in_set(f->apart, now) != in_set(f->apart, then) || in_set(f->open, now);
    for (size_t i = 0; i < f->watch_count; i++)
        differs = differs || !same_value(now, then, f->watch[i]);
    return differs;
}

static enum err read_then(struct call *call, struct reader *db, const struct record *now,
                          int64_t version, struct record **out)
{
    struct value values[] = {V_TEXT(now->kind->name), V_TEXT(now->id), V_INT(version)};
    struct rows rows;
    *out = NULL;
    TRY(read_rows(call, db,
                  "SELECT version, ledger, body FROM version WHERE kind = $1 AND id = $2 AND "
                  "version = $3",
                  values, 3, 1, &rows));
    return rows.count ? version__record(call, now, rows.cells, out) : OK;
}

bool record_freezable(const struct records *r, const struct kind *k)
{
    return freezing_of(r->model, k) != NULL;
}

static enum err last_set(struct call *call, struct reader *db, const struct kind *k,
                         struct rows *out)
{
    struct value kind = V_TEXT(k->name);
    struct rows last;
    *out = (struct rows){0};
    TRY(read_rows(call, db,
                  "SELECT v.kind, v.id, v.version FROM version v JOIN (SELECT DISTINCT by_kind, "
                  "by_id, by_version FROM frozen WHERE kind = $1) b ON v.kind = b.by_kind AND v.id = "
                  "b.by_id AND v.version = b.by_version ORDER BY v.ledger DESC LIMIT 1",
                  &kind, 1, 1, &last));
    if (!last.count)
        return OK;
    struct value values[] = {kind, last.cells[0], last.cells[1], last.cells[2]};
    return read_rows(call, db,
                     "SELECT id, version FROM frozen WHERE kind = $1 AND by_kind = $2 AND by_id = "
                     "$3 AND by_version = $4",
                     values, 4, READ_MOST, out);
}

enum err record_frozen(struct call *call, struct records *r, struct reader *db,
                       const struct kind *k, struct record *const *items, size_t count,
                       struct frozen *out)
{
    const struct freezing *f = freezing_of(r->model, k);
    struct map *at = map_in(call->arena);
    struct rows rows;
    size_t n;
    if (!f)
        return OK;
    TRY(last_set(call, db, k, &rows));
    for (size_t i = 0; i < rows.count; i++)
        map_add(at, row_at(&rows, i)[0].text, i);
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct frozen){.changed = rows.count > 0};
        if (!map_find(at, items[i]->id, &n))
            continue;
        struct record *then;
        TRY(read_then(call, db, items[i], row_at(&rows, n)[1].integer, &then));
        out[i].then = then;
        out[i].changed = !then || decided_anew(f, items[i], then);
    }
    return OK;
}
