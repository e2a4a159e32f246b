/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify/versions.c — every version against its entry, and what follows from one and the
 * one before it: who may sign, who wrote, what was frozen, withdrawn, waived, redacted and
 * told; stays. */
#include "record/verify/verify.h"

#include <string.h>

static const struct leaf_note *note_of(const struct deep *c, int64_t index)
{
    bool there = index >= 0 && (size_t)index < c->leaf_count;
    return there ? &c->leaves[index] : NULL;
}

/* ---- versions
 * -------------------------------------------------------------------------------------------
 */
/* A move that takes the password, by somebody who had not given it. Moves as the model in force
 * has them: an entry of another model is passed over. */
static void check_confirmed(struct deep *c, struct text place, const struct value *row,
                            const struct json *body)
{
    const struct model *m = c->records->model;
    const struct kind *k = model_kind(m, row[0].text);
    struct text name = json_text(json_get(body, "_move"));
    if (k == NULL || !name.len || row[4].integer < 0 || (size_t)row[4].integer >= c->leaf_count)
        return;
    const struct leaf_note *note = &c->leaves[row[4].integer];
    const struct move *move = kind_move(k, name);
    bool ours =
        m->hash.len == sizeof note->model && !memcmp(m->hash.at, note->model, m->hash.len);
    if (move != NULL && move->fresh && ours && note->bound && note->by_person && !note->fresh)
        verification_add(c->call, c->out, place,
                         "was signed, and no password was confirmed for it");
}

/* The commitment covers values; the bytes must be the one way in which we write them. */
static void check_spelling(struct deep *c, struct call *call, struct text place,
                           const struct value *row)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body;
    if (json_read(call, row[6].text, &limits, &body) != OK)
        return;
    check_confirmed(c, place, row, body);
    if (!text_same(json_text(json_get(body, "_at")), row[3].text))
        verification_add(c->call, c->out, place, "its time was altered");
    struct buf again = buf_in(call->arena, 8u << 20);
    struct json_out o = json_out(&again);
    json_put_json(&o, body);
    if (!text_same(buf_text(&again), row[6].text))
        verification_add(c->call, c->out, place,
                         "its content is not spelled as it was written");
}

/* ---- redaction: every tombstone names an entry that tells of it -----------------------------
 */
static const struct json_limits redact_limits = {8u << 20, 32, 500000};

/* What the version of that entry says was redacted, of one record; NULL when there is no such.
 */
static const struct json *redaction(struct deep *c, struct call *call, struct text kind,
                                    struct text id, int64_t above, int64_t entry)
{
    const struct leaf_note *note = note_of(c, entry);
    struct value values[] = {V_TEXT(kind), V_TEXT(id), V_INT(above), V_INT(entry)};
    const struct json *body;
    struct rows rows;
    if (!note || !note->redacts ||
        verify__read_page(
            c, call, "table version",
            "SELECT body FROM version WHERE kind = $1 AND id = $2 AND version > $3 AND "
            "ledger = $4",
            values, 4, &rows) != OK ||
        rows.count != 1 || json_read(call, rows.cells[0].text, &redact_limits, &body) != OK)
        return NULL;
    return json_get(body, "_redact");
}

/* Was it redacted under the name that the field had then, or has now? */
static bool tells_of(struct deep *c, const struct json *redact, struct text kind,
                     struct text name)
{
    const struct json *fields = redact ? json_get(redact, "fields") : NULL;
    const struct kind *k = model_kind(c->records->model, kind);
    if (text_is(name, "_reason"))
        return value__list_has(fields, TEXT("_reasons"));
    if (text_is(name, "_proposed") || value__list_has(fields, name))
        return fields != NULL;
    for (size_t i = 0; k && i < k->field_count; i++)
        if (text_same(k->fields[i].was, name) && value__list_has(fields, k->fields[i].name))
            return true;
    return false;
}

static void check_tombstones(struct deep *c, struct call *call, struct text place,
                             const struct value *row)
{
    const struct json *body;
    if (!ledger_is_opening(row[5].text) ||
        json_read(call, row[6].text, &redact_limits, &body) != OK)
        return;
    const struct json *list = json_get(body, "_redacted");
    for (const struct json *one = list ? list->first : NULL; one; one = one->next) {
        int64_t entry = ledger_redacted_by(call, row[5].text, one->key);
        bool named = one->type == JSON_LIST && one->count == 2 &&
                     one->first->type == JSON_INTEGER && one->first->integer == entry;
        const struct json *told =
            named ? redaction(c, call, row[0].text, row[1].text, row[2].integer, entry) : NULL;
        if (told && tells_of(c, told, row[0].text, one->key))
            verification_note(c->call, c->out, place, "%.*s was redacted by entry %lld",
                              TEXT_ARG(one->key), (long long)entry);
        else
            verification_add(c->call, c->out, place,
                             "%.*s is missing, and no entry tells that it was redacted",
                             TEXT_ARG(one->key));
    }
    if (!list || !list->count)
        verification_add(c->call, c->out, place, "something of it is missing");
}

/* What was redacted has not come back. */
static void check_emptied(struct deep *c, struct call *call, const struct value *row,
                          const struct json *body)
{
    struct value values[] = {row[0], row[1], row[2]};
    struct rows rows;
    const struct json *redact = json_get(body, "_redact"), *then;
    if (!text_is(json_text(json_get(body, "_act")), "record.redact") ||
        verify__read_page(
            c, call, "table version",
            "SELECT version, body FROM version WHERE kind = $1 AND id = $2 AND version < $3",
            values, 3, &rows) != OK)
        return;
    for (size_t i = 0; i < rows.count; i++) {
        if (json_read(call, row_at(&rows, i)[1].text, &redact_limits, &then) != OK)
            continue;
        bool own = text_is(json_text(json_get(then, "_act")), "record.redact");
        for (const struct json *one = then->first; one; one = one->next)
            if (!text_is(one->key, "_proposed") && !(own && text_is(one->key, "_reason")) &&
                tells_of(c, redact, row[0].text, one->key))
                verification_add(c->call, c->out,
                                 text_print(call->arena, "%.*s %.*s version %lld",
                                            TEXT_ARG(row[0].text), TEXT_ARG(row[1].text),
                                            (long long)row_at(&rows, i)[0].integer),
                                 "%.*s was redacted by entry %lld and is there again",
                                 TEXT_ARG(one->key), (long long)row[4].integer);
    }
}

static void check_redaction(struct deep *c, struct call *call, struct text place,
                            const struct value *row)
{
    const struct json *body;
    check_tombstones(c, call, place, row);
    if (text_search(row[6].text, TEXT("\"record.redact\"")) >= 0 &&
        json_read(call, row[6].text, &redact_limits, &body) == OK)
        check_emptied(c, call, row, body);
}

/* A comment or a file: the record that it hung on tells. */
void verify__gone(struct deep *c, struct call *call, const char *kind, struct text id,
                  struct text salt, const char *name, const char *list)
{
    int64_t entry =
        ledger_is_opening(salt) ? ledger_redacted_by(call, salt, text_of(name)) : -1;
    const struct leaf_note *note = note_of(c, entry);
    struct value v = V_INT(entry);
    struct text place = text_print(call->arena, "%s %.*s", kind, TEXT_ARG(id));
    const struct json *body;
    struct rows rows;
    if (!ledger_is_opening(salt))
        return;
    if (note && note->redacts &&
        verify__read_page(c, call, "table version",
                          "SELECT body FROM version WHERE ledger = $1", &v, 1, &rows) == OK &&
        rows.count == 1 && json_read(call, rows.cells[0].text, &redact_limits, &body) == OK &&
        value__list_has(json_get(json_get(body, "_redact"), list), id))
        verification_note(c->call, c->out, place, "was redacted by entry %lld",
                          (long long)entry);
    else
        verification_add(c->call, c->out, place,
                         "its content is missing, and no entry tells that it was redacted");
}

static void check_version(struct deep *c, struct call *call, const struct value *row)
{
    struct hash commitment;
    struct text place =
        text_print(c->call->arena, "%.*s %.*s version %lld", TEXT_ARG(row[0].text),
                   TEXT_ARG(row[1].text), (long long)row[2].integer);
    if (ledger_commit(call, row[6].text, row[5].text, &commitment) != OK) {
        verification_add(c->call, c->out, place, "its content is not what was written");
        return;
    }
    uint64_t object =
        verify__object_hash(call->arena, row[0].text, row[1].text, row[2].integer);
    if (!verify__leaf_agrees(c, row[4].integer, object, &commitment))
        verification_add(c->call, c->out, place,
                         "differs from ledger entry %lld (content, salt or index was altered)",
                         (long long)row[4].integer);
    check_spelling(c, call, place, row);
    check_redaction(c, call, place, row);
}

/* ---- what follows from a version and the one before it ------------------------------------
 */

/* The version as a record; NULL when the model has no such kind, or it cannot be read. */
static struct record *record_of(struct deep *c, struct call *call, const struct value *row)
{
    const struct kind *k = model_kind(c->records->model, row[0].text);
    struct record *rec = NEW(call->arena, struct record);
    struct call *quiet = call_beside(call->arena, call);
    if (k == NULL || body__read(quiet, k, row[6].text, rec) != OK)
        return NULL;
    rec->id = row[1].text;
    rec->version = row[2].integer;
    return rec;
}

/* Whether it voids signatures, as the model in force has it: of an entry of another model, or
 * of a time when this was not kept (NULL: it voids them), nothing can be said. */
static void check_alters(struct deep *c, struct call *call, struct text place,
                         const struct value *row, const struct record *rec,
                         const struct record *before)
{
    const struct model *m = c->records->model;
    const struct leaf_note *note = note_of(c, row[4].integer);
    if (row[7].type == VALUE_NULL || note == NULL || m->hash.len != sizeof note->model ||
        memcmp(m->hash.at, note->model, m->hash.len) != 0)
        return;
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body;
    if (json_read(call, row[6].text, &limits, &body) != OK)
        return;
    struct text act = json_text(json_get(body, "_act"));
    if (row[7].integer != version__alters(rec, before, text_c(call->arena, act)))
        verification_add(c->call, c->out, place,
                         "what it does to signatures is not what follows from its content");
}

static bool of_this_model(const struct deep *c, int64_t index)
{
    const struct text hash = c->records->model->hash;
    const struct leaf_note *note = note_of(c, index);
    return note != NULL && hash.len == sizeof note->model &&
           memcmp(hash.at, note->model, hash.len) == 0;
}

/* Of an entry of another model nothing can be said: which moves a duty watches may have
 * changed. */
static void check_contributor(struct deep *c, struct call *call, struct text place,
                              const struct value *row, const struct record *rec,
                              const struct record *before)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body;
    struct rows rows;
    if (!of_this_model(c, row[4].integer) || json_read(call, row[6].text, &limits, &body) != OK)
        return;
    struct wrote how = wrote_of(body);
    struct text who = contributor__of(rec, before, &how);
    struct text other = who.len ? how.stands_for : TEXT("");
    size_t begins = contributor__begins(rec, before), good = 0;
    size_t want = begins + (who.len > 0) + (other.len > 0);
    if (verify__read_page(
            c, call, "table contributor",
            "SELECT person FROM contributor WHERE kind = $1 AND id = $2 AND version = $3", row,
            3, &rows) != OK)
        return;
    for (size_t i = 0; i < rows.count; i++) {
        struct text person = row_at(&rows, i)[0].text;
        good += person.len ? text_same(person, who) || text_same(person, other) : begins;
    }
    if (rows.count != want || good != want)
        verification_add(c->call, c->out, place,
                         "who wrote in it is not what follows from its content");
}

/* The set that was signed with the version. */
static void check_frozen(struct deep *c, struct call *call, struct text place,
                         const struct value *row)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body, *one;
    struct rows rows;
    if (text_search(row[6].text, TEXT("\"_frozen\":")) < 0 ||
        json_read(call, row[6].text, &limits, &body) != OK || !json_get(body, "_frozen"))
        return;
    const struct json *set = json_get(body, "_frozen"), *list = json_get(set, "rows");
    if (verify__read_page(
            c, call, "table frozen",
            "SELECT kind, id, version FROM frozen WHERE by_kind = $1 AND by_id = $2 AND "
            "by_version = $3",
            row, 3, &rows) != OK)
        return;
    size_t good = 0;
    struct map *at = map_in(call->arena);
    for (size_t i = 0; i < rows.count; i++)
        map_add(at, row_at(&rows, i)[1].text, i);
    for (one = list ? list->first : NULL; one; one = one->next) {
        size_t i;
        const struct json *version = json_get(one, "version");
        if (map_find(at, json_text(json_get(one, "id")), &i))
            good += version && row_at(&rows, i)[2].integer == version->integer &&
                    text_same(row_at(&rows, i)[0].text, json_text(json_get(set, "kind")));
    }
    c->frozen += (int64_t)rows.count;
    if (!list || good != list->count || rows.count != list->count)
        verification_add(c->call, c->out, place,
                         "the records it signed are not those it names");
}

static void check_frozen_rows(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(c, c->call, "table frozen", "SELECT count(*) FROM frozen", NULL, 0,
                          &rows) == OK &&
        rows.cells[0].integer != c->frozen)
        verification_add(c->call, c->out, TEXT("table frozen"),
                         "has rows that no signature explains");
}

static void check_owner(struct deep *c, struct call *call, struct text place,
                        const struct value *row, const struct record *rec,
                        const struct record *before)
{
    struct text was = hand__former(rec, before);
    const struct leaf_note *note = note_of(c, row[4].integer);
    struct value values[] = {row[0], row[1], row[2], V_TEXT(was)};
    struct rows rows;
    if (!was.len)
        return;
    if (verify__read_page(
            c, call, "table past_owner",
            "SELECT 1 FROM past_owner WHERE kind = $1 AND id = $2 AND version = $3 AND "
            "person = $4",
            values, 4, &rows) != OK)
        return;
    c->owners += rows.count > 0;
    if (rows.count == 0 && note != NULL && note->bound)
        verification_add(c->call, c->out, place, "its former owner is not remembered");
}

/* A move that takes more than one signature, as the model in force has it. */
static const struct move *took_many(struct deep *c, const struct value *row,
                                    const struct json *body, const struct record *before)
{
    const struct model *m = c->records->model;
    const struct leaf_note *note = note_of(c, row[4].integer);
    struct text name = json_text(json_get(body, "_move"));
    if (!text_is(json_text(json_get(body, "_act")), "record.move") || note == NULL ||
        text_is(json_text(json_get(body, "_actor_type")), "system") ||
        m->hash.len != sizeof note->model || memcmp(m->hash.at, note->model, m->hash.len) != 0)
        return NULL;
    const struct move *move = kind_move(before->kind, name);
    if (move != NULL && before->redacted != NULL)
        return NULL; /* how many it took then may hang on what is no longer there */
    return move != NULL && move_takes_many(move) ? move : NULL;
}

/* What is still wanting when these have signed: rows of person, step; each person counts once.
 */
static int64_t wanting(const struct move *m, const struct record *before,
                       const struct rows *rows)
{
    int64_t left = 0;
    for (size_t s = 0; s < m->step_count; s++) {
        int64_t given = 0;
        for (size_t i = 0; i < rows->count; i++) {
            bool first = row_at(rows, i)[1].integer == (int64_t)s + 1;
            for (size_t j = 0; j < i && first; j++)
                first = !text_same(row_at(rows, j)[0].text, row_at(rows, i)[0].text);
            given += first;
        }
        if (guard__holds(m->steps[s].when, before) && given < m->steps[s].count)
            left += m->steps[s].count - given;
    }
    return left;
}

/* A move that takes many has before it the signatures of others, all but the last, which
 * nothing since has voided, which had not expired and were not withdrawn. That each is one that
 * the ledger has is looked at by itself. */
static void check_signers(struct deep *c, struct call *call, struct text place,
                          const struct value *row, const struct record *before)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body;
    struct rows rows;
    if (before == NULL || json_read(call, row[6].text, &limits, &body) != OK)
        return;
    static struct sign_step two = {.count = 2};
    static const struct move redact = {.name = {"redact", 6}, .steps = &two, .step_count = 1};
    const struct move *move = text_is(json_text(json_get(body, "_act")), "record.redact")
                                  ? &redact
                                  : took_many(c, row, body, before);
    if (move == NULL)
        return;
    struct text person = stay__person(json_text(json_get(body, "_actor")),
                                      json_text(json_get(body, "_actor_type")),
                                      json_text(json_get(body, "_for")));
    struct value values[] = {row[0],
                             row[1],
                             V_TEXT(move->name),
                             V_INT(before->version),
                             row[4],
                             V_TEXT(person),
                             row[3],
                             V_TEXT(json_text(json_get(body, "_for")))};
    if (verify__read_page(
            c, call, "table signature",
            "SELECT g.person, g.side FROM signature g WHERE g.kind = $1 AND g.id = $2 AND "
            "g.move = $3 AND g.version <= $4 AND g.ledger < $5 AND g.person NOT IN ($6, $8) "
            "AND "
            "COALESCE(g.stands_for, '-') NOT IN ($6, $8) AND (g.until "
            "IS NULL OR g.until > $7) AND NOT EXISTS (SELECT 1 FROM withdrawn w WHERE "
            "w.signature = g.own_id AND w.version <= $4) AND NOT EXISTS (SELECT 1 FROM "
            "version v WHERE v.kind = g.kind AND v.id = g.id AND v.version > g.version AND "
            "v.version <= $4 AND COALESCE(v.alters, 0) <> 0) ORDER BY g.version, g.person",
            values, COUNT(values), &rows) == OK &&
        wanting(move, before, &rows) > 1)
        verification_add(c->call, c->out, place,
                         "the move %.*s takes more signatures than it had",
                         TEXT_ARG(move->name));
}

/* A signature is withdrawn by who gave it, and the row that says so has its version. */
static void check_withdrawn(struct deep *c, struct call *call, struct text place,
                            const struct value *row)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body;
    struct rows rows;
    if (text_search(row[6].text, TEXT("\"_withdrawn\":")) < 0 ||
        json_read(call, row[6].text, &limits, &body) != OK || !sign__withdrawn(body).len)
        return;
    struct text person = stay__person(json_text(json_get(body, "_actor")),
                                      json_text(json_get(body, "_actor_type")),
                                      json_text(json_get(body, "_for")));
    struct value values[] = {row[0], row[1], row[2], V_TEXT(sign__withdrawn(body)),
                             V_TEXT(person)};
    if (verify__read_page(
            c, call, "table withdrawn",
            "SELECT w.signature FROM withdrawn w JOIN signature g ON g.own_id = w.signature "
            "WHERE w.kind = $1 AND w.id = $2 AND w.version = $3 AND w.signature = $4 AND "
            "g.kind = $1 AND g.id = $2 AND (g.person = $5 OR g.stands_for = $5)",
            values, COUNT(values), &rows) != OK)
        return;
    c->withdrawn += rows.count > 0;
    if (rows.count == 0)
        verification_add(c->call, c->out, place,
                         "the signature that it withdrew is not that, or nothing says so");
}

static void check_withdrawn_rows(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(c, c->call, "table withdrawn", "SELECT count(*) FROM withdrawn", NULL,
                          0, &rows) == OK &&
        rows.cells[0].integer != c->withdrawn)
        verification_add(c->call, c->out, TEXT("table withdrawn"),
                         "has rows that no withdrawal explains");
}

/* The rows of a version that came by a waiver are those that it names. */
static void check_waived(struct deep *c, struct call *call, struct text place,
                         const struct value *row)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body, *list;
    struct rows rows;
    size_t good = 0;
    if (text_search(row[6].text, TEXT("\"_waived\":")) < 0 ||
        json_read(call, row[6].text, &limits, &body) != OK ||
        !(list = json_get(body, "_waived")))
        return;
    struct value values[] = {row[0], row[1], row[2], V_TEXT(json_text(json_get(body, "_move"))),
                             row[3]};
    if (verify__read_page(
            c, call, "table waived",
            "SELECT waiver, person, duty FROM waived WHERE kind = $1 AND id = $2 AND version "
            "= $3 AND move = $4 AND at = $5",
            values, COUNT(values), &rows) != OK)
        return;
    for (const struct json *one = list->first; one; one = one->next)
        for (size_t i = 0; i < rows.count; i++)
            good += text_same(row_at(&rows, i)[0].text, json_text(json_get(one, "id"))) &&
                    text_same(row_at(&rows, i)[1].text, json_text(json_get(one, "person"))) &&
                    text_same(row_at(&rows, i)[2].text, json_text(json_get(one, "duty")));
    c->waived += (int64_t)rows.count;
    if (good != list->count || rows.count != list->count)
        verification_add(c->call, c->out, place,
                         "the duties that were waived for it are not those that it names");
}

static void check_waived_rows(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(c, c->call, "table waived", "SELECT count(*) FROM waived", NULL, 0,
                          &rows) == OK &&
        rows.cells[0].integer != c->waived)
        verification_add(c->call, c->out, TEXT("table waived"),
                         "has rows that no decision explains");
}

/* ---- series: the row of a window follows from the version that judged it --------------------
 */
static bool same_value(const struct value *a, const struct value *b)
{
    return a->type == b->type && (a->type == VALUE_NUMBER    ? a->number == b->number
                                  : a->type == VALUE_INTEGER ? a->integer == b->integer
                                  : a->type == VALUE_TEXT    ? text_same(a->text, b->text)
                                                             : true);
}

static void check_series(struct deep *c, struct call *call, struct text place,
                         const struct value *row, const struct record *rec)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct value values[] = {row[0], row[1], row[2]}, want[SERIES_COLUMNS];
    const struct json *body;
    struct rows rows;
    if (!series__is(c->records->model, rec->kind) ||
        json_read(call, row[6].text, &limits, &body) != OK ||
        !series__judges(c->records->model, rec->kind, json_text(json_get(body, "_move"))) ||
        verify__read_page(
            c, call, "table series",
            "SELECT kind, id, version, name, at, until, status, alarm, value, n, "
            "low, high, limit_low, limit_high, source FROM series WHERE kind = $1 "
            "AND id = $2 AND version = $3",
            values, COUNT(values), &rows) != OK)
        return;
    c->series += (int64_t)rows.count;
    bool whole = series__row(rec, want) && !json_get(body, "_redacted");
    bool same = rows.count == 1;
    for (size_t i = 0; same && whole && i < SERIES_COLUMNS; i++)
        same = same_value(&row_at(&rows, 0)[i], &want[i]);
    if (!same)
        verification_add(c->call, c->out, place,
                         "the row of table series is not what its window showed");
}

static void check_series_rows(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(c, c->call, "table series", "SELECT count(*) FROM series", NULL, 0,
                          &rows) == OK &&
        rows.cells[0].integer != c->series)
        verification_add(c->call, c->out, TEXT("table series"),
                         "has rows that no version explains");
}

static void check_follows(struct deep *c, struct call *call, const struct value *row,
                          const struct value *last)
{
    bool same = last != NULL && text_same(last[0].text, row[0].text) &&
                text_same(last[1].text, row[1].text);
    struct record *rec = record_of(c, call, row);
    struct record *before = same ? record_of(c, call, last) : NULL;
    if (rec == NULL || (same && before == NULL) || !c->sealed)
        return;
    struct text place =
        text_print(c->call->arena, "%.*s %.*s version %lld", TEXT_ARG(row[0].text),
                   TEXT_ARG(row[1].text), (long long)row[2].integer);
    check_alters(c, call, place, row, rec, before);
    check_owner(c, call, place, row, rec, before);
    if (c->current)
        check_contributor(c, call, place, row, rec, before);
    if (c->current) {
        check_frozen(c, call, place, row);
        check_withdrawn(c, call, place, row);
        check_waived(c, call, place, row);
        check_series(c, call, place, row, rec);
        check_signers(c, call, place, row, before);
    }
}

/* ---- stays: rows of `stay` follow from the versions ----------------------------------------
 */
static void check_stay(struct deep *c, struct call *call, struct text until)
{
    const struct stay *s = &c->stay;
    struct value values[] = {V_TEXT(s->kind), V_TEXT(s->id), V_INT(s->version)};
    struct rows rows;
    if (!s->id.len ||
        verify__read_page(c, call, "table stay",
                          "SELECT state, since, until, person, move FROM stay WHERE "
                          "kind = $1 AND id = $2 AND version = $3",
                          values, 3, &rows) != OK)
        return;
    const struct value *row = rows.cells;
    c->stays += rows.count > 0;
    if (rows.count && text_same(row[0].text, s->state) && text_same(row[1].text, s->since) &&
        (until.len ? row[2].type == VALUE_TEXT && text_same(row[2].text, until)
                   : row[2].type == VALUE_NULL) &&
        text_same(row[3].text, s->person) && text_same(row[4].text, s->move))
        return;
    verification_add(c->call, c->out,
                     text_print(call->arena, "%.*s %.*s version %lld", TEXT_ARG(s->kind),
                                TEXT_ARG(s->id), (long long)s->version),
                     "table stay does not tell since when, until when or by whom it was %.*s",
                     TEXT_ARG(s->state));
}

static void follow_stay(struct deep *c, struct call *call, const struct value *row)
{
    struct value begins[] = {row[0], row[1], row[2], row[6]};
    struct stay next;
    if (!c->current || !stay__begins(call, begins, &c->stay, &next))
        return;
    check_stay(c, call, stay__of_one(&c->stay, &next) ? next.since : TEXT(""));
    struct arena *a = arena_open(), *was = c->stay_arena;
    c->stay = (struct stay){
        text_copy(a, next.kind),  text_copy(a, next.id),    next.version,
        text_copy(a, next.state), text_copy(a, next.since), text_copy(a, next.person),
        text_copy(a, next.move)};
    c->stay_arena = a;
    if (was)
        arena_close(was);
}

static void check_stay_rows(struct deep *c)
{
    struct rows rows;
    check_stay(c, c->call, TEXT(""));
    if (verify__read_page(c, c->call, "table stay", "SELECT count(*) FROM stay", NULL, 0,
                          &rows) == OK &&
        rows.cells[0].integer != c->stays)
        verification_add(c->call, c->out, TEXT("table stay"),
                         "has rows that no version explains");
    if (c->stay_arena)
        arena_close(c->stay_arena);
    c->stay_arena = NULL;
    c->stay = (struct stay){0};
}

static void check_owner_rows(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(c, c->call, "table past_owner", "SELECT count(*) FROM past_owner",
                          NULL, 0, &rows) == OK &&
        rows.cells[0].integer != c->owners)
        verification_add(c->call, c->out, TEXT("table past_owner"),
                         "has rows that no change of owner explains");
}

static void check_contributor_rows(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(
            c, c->call, "table contributor",
            "SELECT count(*) FROM contributor c WHERE NOT EXISTS (SELECT 1 FROM version v "
            "WHERE v.kind = c.kind AND v.id = c.id AND v.version = c.version)",
            NULL, 0, &rows) == OK &&
        rows.cells[0].integer > 0)
        verification_add(c->call, c->out, TEXT("table contributor"),
                         "has rows of versions that are not there");
}

#define VERSIONS(alters)                                                                       \
    "SELECT kind, id, version, at, ledger, salt, body, " alters                                \
    " FROM version WHERE (kind, id, version) >= ($1, $2, $3) "                                 \
    "ORDER BY kind, id, version LIMIT 501"

/* A page begins with the last version of the one before: what follows from two is looked at. */
enum err verify__versions(struct deep *c)
{
    struct text kind = TEXT(""), id = TEXT("");
    int64_t version = 0;
    for (;;) {
        struct arena *page = arena_open();
        struct call *call = verify__page_call(c, page);
        struct value values[] = {V_TEXT(kind), V_TEXT(id), V_INT(version)};
        struct rows rows;
        enum err e = verify__read_page(c, call, "table version",
                                       c->sealed ? VERSIONS("alters") : VERSIONS("NULL"),
                                       values, 3, &rows);
        for (size_t i = version > 0; e == OK && i < rows.count; i++) {
            check_version(c, call, row_at(&rows, i));
            check_follows(c, call, row_at(&rows, i), i ? row_at(&rows, i - 1) : NULL);
            follow_stay(c, call, row_at(&rows, i));
            verify__told(c, call, row_at(&rows, i));
        }
        bool more = e == OK && rows.count == 501;
        if (more) {
            const struct value *last = row_at(&rows, rows.count - 1);
            kind = text_copy(c->call->arena, last[0].text);
            id = text_copy(c->call->arena, last[1].text);
            version = last[2].integer;
        }
        arena_close(page);
        if (!more)
            break;
    }
    if (c->sealed)
        check_owner_rows(c);
    if (c->current) {
        check_contributor_rows(c);
        check_frozen_rows(c);
        check_withdrawn_rows(c);
        check_waived_rows(c);
        check_series_rows(c);
        check_stay_rows(c);
    }
    return OK;
}
