/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify.c — the ledger proves itself; this proves the tables against it. Every
 * version's body is committed again and compared with its leaf; every current row is projected
 * again from its body and compared cell by cell; every evidence file is hashed. Each finding
 * names the place. */
#include "record/internal.h"

#include <stdlib.h>
#include <string.h>

struct leaf_note {   /* what a leaf says, 56 bytes an entry */
    uint64_t object; /* hash of kind, id, version */
    struct hash commitment;
    bool committed, row_found;
    bool bound, by_person, fresh; /* struct acted */
    bool redacts;                 /* its act is record.redact */
    char model[16];
};
struct deep {
    struct call *call;
    bool formatted; /* an entry tells that the store has a format */
    struct records *records;
    struct reader *db;
    struct verification *out;
    struct leaf_note *leaves;
    size_t leaf_room, leaf_count;
    enum err failed; /* what kept the entries from being looked at */
    bool sealed; /* the store has the table of that name */
    struct replay *replay; /* roles, people and tokens */
    struct unit_parent *units; /* as their records say */
    size_t unit_room, unit_count;
    int64_t frozen; /* rows of table frozen that a version tells of */
    int64_t withdrawn; /* and of table withdrawn */
    int64_t waived;    /* and of table waived */
    int64_t owners; /* changes of owner that table past_owner tells of, and should */
    bool current;   /* the store is of the format that this program writes */
    bool other_rules; /* of the time zone */
    int64_t living; /* rows of table turn of the records that were looked at */
    int64_t timers; /* rows of table timer of the records that were looked at */
    int64_t told;   /* rows of table outbox that a version tells of */
    int64_t stays;  /* rows of table stay that follow from the versions */
    struct stay stay; /* the last one, in an arena of its own */
    struct arena *stay_arena;
};

/* A cryptographic hash: nobody can move content to another object whose name collides. */
static uint64_t object_hash(struct arena *a, struct text kind, struct text id, int64_t version)
{
    /* Joined, not printed: a NUL behind a name would end it there, and nobody would see it. */
    struct text name = text_join(a, text_join(a, kind, TEXT("/")), text_join(a, id, TEXT("/")));
    struct hash h = sha256(text_join(a, name, text_print(a, "%lld", (long long)version)));
    uint64_t first;
    memcpy(&first, h.byte, sizeof first);
    return first;
}

/* A page of work in an arena of its own: a million entries must not pile up in the call's. */
static struct call *page_call(struct deep *c, struct arena *page)
{
    struct call *call = call_beside(page, c->call);
    call->actor = c->call->actor;
    return call;
}

static void make_room(struct deep *c, uint64_t n)
{
    while (n >= c->leaf_room) {
        c->leaf_room = c->leaf_room ? c->leaf_room * 2 : 4096;
        c->leaves = realloc(c->leaves, c->leaf_room * sizeof *c->leaves);
        if (!c->leaves)
            panic("out of memory");
    }
    while (c->leaf_count <= n)
        c->leaves[c->leaf_count++] = (struct leaf_note){0};
}

static void note_leaf(struct deep *c, struct call *call, const struct ledger_leaf *leaf,
                      struct leaf_note *note)
{
    struct acted acted;
    note->object = object_hash(call->arena, leaf->object_kind, leaf->object_id,
                               leaf->object_version);
    note->committed = leaf->has_commitment && !access_replay_seals(leaf->object_kind);
    note->commitment = leaf->commitment;
    size_t len = leaf->model.len < sizeof note->model ? leaf->model.len : sizeof note->model;
    memcpy(note->model, len ? leaf->model.at : "", len);
    enum err e = access_replay_entry(c->call, c->db, c->replay, leaf, c->out, &acted);
    if (e != OK && c->failed == OK)
        c->failed = e;
    note->bound = acted.bound;
    note->by_person = acted.by_person;
    note->fresh = acted.fresh;
}

static void keep_leaf(void *arg, uint64_t n, struct text leaf)
{
    struct deep *c = arg;
    struct arena *page = arena_open();
    struct call *call = page_call(c, page);
    struct ledger_leaf read;
    make_room(c, n);
    struct leaf_note note = {0};
    if (ledger_leaf_read(page, leaf, &read)) {
        note_leaf(c, call, &read, &note);
        note.redacts = text_is(read.act, "record.redact");
        c->formatted |= text_is(read.act, "store.create") || text_is(read.act, "store.upgrade");
    }
    c->leaves[n] = note;
    arena_close(page);
}

static bool leaf_agrees(struct deep *c, int64_t index, uint64_t object,
                        const struct hash *commitment)
{
    if (index < 0 || (size_t)index >= c->leaf_count)
        return false;
    struct leaf_note *note = &c->leaves[index];
    if (!note->committed || note->object != object ||
        memcmp(note->commitment.byte, commitment->byte, HASH_SIZE) != 0)
        return false;
    note->row_found = true;
    return true;
}

/* Reading may itself stumble over a damaged page: that is a finding, not a crash. */
static enum err read_page(struct deep *c, struct call *call, const char *what, const char *sql,
                          const struct value *values, size_t count, struct rows *rows)
{
    enum err e = read_rows(call, c->db, sql, values, count, READ_MOST, rows);
    if (e == OK)
        return OK;
    struct text why = call->problems ? call->problems->message : text_of(err_words(e));
    verification_add(c->call, c->out, text_of(what), "cannot be read: %.*s", TEXT_ARG(why));
    return e;
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
    if (k == NULL || !name.len || row[4].integer < 0 ||
        (size_t)row[4].integer >= c->leaf_count)
        return;
    const struct leaf_note *note = &c->leaves[row[4].integer];
    const struct move *move = kind_move(k, name);
    bool ours = m->hash.len == sizeof note->model && !memcmp(m->hash.at, note->model, m->hash.len);
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

/* ---- redaction: every tombstone names an entry that tells of it ----------------------------- */
static const struct json_limits redact_limits = {8u << 20, 32, 500000};

static const struct leaf_note *note_of(const struct deep *c, int64_t index);

/* What the version of that entry says was redacted, of one record; NULL when there is no such. */
static const struct json *redaction(struct deep *c, struct call *call, struct text kind,
                                    struct text id, int64_t above, int64_t entry)
{
    const struct leaf_note *note = note_of(c, entry);
    struct value values[] = {V_TEXT(kind), V_TEXT(id), V_INT(above), V_INT(entry)};
    const struct json *body;
    struct rows rows;
    if (!note || !note->redacts ||
        read_page(c, call, "table version",
                  "SELECT body FROM version WHERE kind = $1 AND id = $2 AND version > $3 AND "
                  "ledger = $4",
                  values, 4, &rows) != OK ||
        rows.count != 1 || json_read(call, rows.cells[0].text, &redact_limits, &body) != OK)
        return NULL;
    return json_get(body, "_redact");
}

/* Was it redacted under the name that the field had then, or has now? */
static bool tells_of(struct deep *c, const struct json *redact, struct text kind, struct text name)
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
        read_page(c, call, "table version",
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
static void check_gone(struct deep *c, struct call *call, const char *kind, struct text id,
                       struct text salt, const char *name, const char *list)
{
    int64_t entry = ledger_is_opening(salt) ? ledger_redacted_by(call, salt, text_of(name)) : -1;
    const struct leaf_note *note = note_of(c, entry);
    struct value v = V_INT(entry);
    struct text place = text_print(call->arena, "%s %.*s", kind, TEXT_ARG(id));
    const struct json *body;
    struct rows rows;
    if (!ledger_is_opening(salt))
        return;
    if (note && note->redacts &&
        read_page(c, call, "table version", "SELECT body FROM version WHERE ledger = $1", &v, 1,
                  &rows) == OK &&
        rows.count == 1 && json_read(call, rows.cells[0].text, &redact_limits, &body) == OK &&
        value__list_has(json_get(json_get(body, "_redact"), list), id))
        verification_note(c->call, c->out, place, "was redacted by entry %lld", (long long)entry);
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
    uint64_t object = object_hash(call->arena, row[0].text, row[1].text, row[2].integer);
    if (!leaf_agrees(c, row[4].integer, object, &commitment))
        verification_add(c->call, c->out, place,
                         "differs from ledger entry %lld (content, salt or index was altered)",
                         (long long)row[4].integer);
    check_spelling(c, call, place, row);
    check_redaction(c, call, place, row);
}

/* ---- what follows from a version and the one before it ------------------------------------ */

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

static const struct leaf_note *note_of(const struct deep *c, int64_t index)
{
    bool there = index >= 0 && (size_t)index < c->leaf_count;
    return there ? &c->leaves[index] : NULL;
}

/* Whether it voids signatures, as the model in force has it: of an entry of another model, or of
 * a time when this was not kept (NULL: it voids them), nothing can be said. */
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

/* Of an entry of another model nothing can be said: which moves a duty watches may have changed. */
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
    if (read_page(c, call, "table contributor",
                  "SELECT person FROM contributor WHERE kind = $1 AND id = $2 AND version = $3",
                  row, 3, &rows) != OK)
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
    if (read_page(c, call, "table frozen",
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
        verification_add(c->call, c->out, place, "the records it signed are not those it names");
}

static void check_frozen_rows(struct deep *c)
{
    struct rows rows;
    if (read_page(c, c->call, "table frozen", "SELECT count(*) FROM frozen", NULL, 0, &rows) ==
            OK &&
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
    if (read_page(c, call, "table past_owner",
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

/* What is still wanting when these have signed: rows of person, step; each person counts once. */
static int64_t wanting(const struct move *m, const struct record *before, const struct rows *rows)
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

/* A move that takes many has before it the signatures of others, all but the last, which nothing
 * since has voided, which had not expired and were not withdrawn. That each is one that the ledger
 * has is looked at by itself. */
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
    struct value values[] = {row[0], row[1],         V_TEXT(move->name), V_INT(before->version),
                             row[4], V_TEXT(person), row[3],
                             V_TEXT(json_text(json_get(body, "_for")))};
    if (read_page(c, call, "table signature",
                  "SELECT g.person, g.side FROM signature g WHERE g.kind = $1 AND g.id = $2 AND "
                  "g.move = $3 AND g.version <= $4 AND g.ledger < $5 AND g.person NOT IN ($6, $8) AND "
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
    if (read_page(c, call, "table withdrawn",
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
    if (read_page(c, c->call, "table withdrawn", "SELECT count(*) FROM withdrawn", NULL, 0,
                  &rows) == OK &&
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
    if (read_page(
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
    if (read_page(c, c->call, "table waived", "SELECT count(*) FROM waived", NULL, 0, &rows) ==
            OK &&
        rows.cells[0].integer != c->waived)
        verification_add(c->call, c->out, TEXT("table waived"),
                         "has rows that no decision explains");
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
    struct text place = text_print(c->call->arena, "%.*s %.*s version %lld",
                                   TEXT_ARG(row[0].text), TEXT_ARG(row[1].text),
                                   (long long)row[2].integer);
    check_alters(c, call, place, row, rec, before);
    check_owner(c, call, place, row, rec, before);
    if (c->current)
        check_contributor(c, call, place, row, rec, before);
    if (c->current) {
        check_frozen(c, call, place, row);
        check_withdrawn(c, call, place, row);
        check_waived(c, call, place, row);
        check_signers(c, call, place, row, before);
    }
}

/* ---- stays: rows of `stay` follow from the versions ---------------------------------------- */
static void check_stay(struct deep *c, struct call *call, struct text until)
{
    const struct stay *s = &c->stay;
    struct value values[] = {V_TEXT(s->kind), V_TEXT(s->id), V_INT(s->version)};
    struct rows rows;
    if (!s->id.len || read_page(c, call, "table stay",
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
    c->stay = (struct stay){text_copy(a, next.kind),  text_copy(a, next.id),    next.version,
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
    if (read_page(c, c->call, "table stay", "SELECT count(*) FROM stay", NULL, 0, &rows) == OK &&
        rows.cells[0].integer != c->stays)
        verification_add(c->call, c->out, TEXT("table stay"),
                         "has rows that no version explains");
    if (c->stay_arena)
        arena_close(c->stay_arena);
    c->stay_arena = NULL;
    c->stay = (struct stay){0};
}

/* Whom the version tells must have a row that says so. */
static void check_told(struct deep *c, struct call *call, const struct value *row)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body;
    struct call *quiet = call_beside(call->arena, call);
    size_t nth = 0;
    if (!c->current || json_read(quiet, row[6].text, &limits, &body) != OK)
        return;
    const struct json *told = json_get(body, "_told");
    for (const struct json *one = told ? told->first : NULL; one; one = one->next) {
        struct value values[] = {V_TEXT(outbox__id(call, row[4].integer, nth++)),
                                 row[0], row[1], row[2],
                                 V_TEXT(json_text(json_get(one, "to"))),
                                 V_TEXT(json_text(json_get(one, "event"))),
                                 V_TEXT(json_text(json_get(one, "field"))),
                                 V_TEXT(json_text(json_get(body, "_at")))};
        struct rows rows;
        if (read_page(c, call, "table outbox",
                      "SELECT 1 FROM outbox WHERE id = $1 AND kind = $2 AND record = $3 AND version "
                      "= $4 AND person = $5 AND event = $6 AND field = $7 AND at = $8 AND due = at "
                      "AND channel = 'app'",
                      values, 8, &rows) != OK)
            return;
        c->told += rows.count > 0;
        if (!rows.count)
            verification_add(c->call, c->out,
                             text_print(call->arena, "%.*s %.*s version %lld",
                                        TEXT_ARG(row[0].text), TEXT_ARG(row[1].text),
                                        (long long)row[2].integer),
                             "table outbox does not tell whom it told of what");
    }
}

static void check_told_rows(struct deep *c)
{
    struct rows rows;
    if (read_page(c, c->call, "table outbox", "SELECT count(*) FROM outbox", NULL, 0, &rows) == OK &&
        rows.cells[0].integer != c->told)
        verification_add(c->call, c->out, TEXT("table outbox"),
                         "has rows that no version explains");
}

static void check_owner_rows(struct deep *c)
{
    struct rows rows;
    if (read_page(c, c->call, "table past_owner", "SELECT count(*) FROM past_owner", NULL, 0,
                  &rows) == OK &&
        rows.cells[0].integer != c->owners)
        verification_add(c->call, c->out, TEXT("table past_owner"),
                         "has rows that no change of owner explains");
}

static void check_contributor_rows(struct deep *c)
{
    struct rows rows;
    if (read_page(c, c->call, "table contributor",
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
static enum err check_versions(struct deep *c)
{
    struct text kind = TEXT(""), id = TEXT("");
    int64_t version = 0;
    for (;;) {
        struct arena *page = arena_open();
        struct call *call = page_call(c, page);
        struct value values[] = {V_TEXT(kind), V_TEXT(id), V_INT(version)};
        struct rows rows;
        enum err e = read_page(c, call, "table version", c->sealed ? VERSIONS("alters")
                                                                   : VERSIONS("NULL"),
                               values, 3, &rows);
        for (size_t i = version > 0; e == OK && i < rows.count; i++) {
            check_version(c, call, row_at(&rows, i));
            check_follows(c, call, row_at(&rows, i), i ? row_at(&rows, i - 1) : NULL);
            follow_stay(c, call, row_at(&rows, i));
            check_told(c, call, row_at(&rows, i));
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
        check_stay_rows(c);
        check_told_rows(c);
    }
    return OK;
}

/* ---- rows of kinds
 * ------------------------------------------------------------------------------------------ */
static bool same_cell(const struct value *have, const struct value *want)
{
    if (have->type != want->type)
        return false;
    switch (have->type) {
    case VALUE_INTEGER:
        return have->integer == want->integer;
    case VALUE_NUMBER:
        return have->number == want->number;
    case VALUE_NULL:
        return true;
    default:
        return text_same(have->text, want->text);
    }
}

static void check_links(struct deep *c, struct call *call, struct text place,
                        const struct record *rec)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct link_row *want;
    struct rows rows;
    size_t count = table__links(call, rec, &want), matched = 0;
    if (read_page(c, call, "table link",
                  "SELECT type, pos, to_kind, to_id, free FROM link WHERE from_kind = $1 AND "
                  "from_id = $2",
                  values, 2, &rows) != OK)
        return;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < rows.count; j++) {
            const struct value *row = row_at(&rows, j);
            matched += text_same(row[0].text, want[i].type) && row[1].integer == want[i].pos &&
                       text_same(row[2].text, want[i].to_kind) &&
                       text_same(row[3].text, want[i].to_id) && row[4].integer == want[i].free;
        }
    if (matched != count || rows.count != count)
        verification_add(c->call, c->out, place, "its links differ from its current version");
}

static void check_child_rows(struct deep *c, struct call *call, struct text place,
                             const struct record *rec, const struct field *f)
{
    struct value id = V_TEXT(rec->id), want[66];
    struct rows rows;
    if (read_page(c, call, "table of rows",
                  c->records->sql[rec->kind->index].row_select[f->index], &id, 1, &rows) != OK)
        return;
    const struct json *v = rec->values[f->index];
    bool same = rows.count == (v ? v->count : 0);
    size_t i = 0;
    for (const struct json *row = v ? v->first : NULL; same && row; row = row->next, i++) {
        size_t n = table__row_values(call, f, row, want);
        same = row_at(&rows, i)[0].integer == (int64_t)i;
        for (size_t col = 0; same && col < n; col++)
            same = same_cell(&row_at(&rows, i)[col + 1], &want[col]);
    }
    if (!same)
        verification_add(c->call, c->out, place,
                         "the rows of %.*s differ from its current version", TEXT_ARG(f->name));
}

/* By other rules of the zone than this machine has, the moments may differ though nobody touched them. */
static bool same_timer(struct deep *c, const struct timer *want, struct call *call,
                       const struct value *row)
{
    return text_same(row[0].text, want->name) &&
           (c->other_rules || text_same(row[1].text, moment_print(call->arena, want->at)));
}

/* Its state comes from the body here: the row's was compared with it just now. */
static void check_timers(struct deep *c, struct call *call, struct text place, struct record *rec)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    const struct json *state = record_value(rec, TEXT("state"));
    ptrdiff_t at = state ? kind_state(rec->kind, state->text) : -1;
    struct timer *want;
    struct rows rows;
    size_t count, matched = 0;
    if (at < 0 || !c->current)
        return;
    rec->state = (size_t)at;
    if (timer__of(call, c->records, db_reader(c->db), rec, &want, &count) != OK ||
        read_page(c, call, "table timer",
                  "SELECT name, at FROM timer WHERE kind = $1 AND id = $2", values, 2,
                  &rows) != OK)
        return;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < rows.count; j++)
            matched += same_timer(c, &want[i], call, row_at(&rows, j));
    c->timers += (int64_t)rows.count;
    if (matched != count || rows.count != count)
        verification_add(c->call, c->out, place,
                         "its timers are not those that follow from its current version");
}

/* After check_timers, which read its state. */
static void check_living(struct deep *c, struct call *call, struct text place, struct record *rec)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)}, want[LIVING_COLUMNS];
    struct rows rows;
    rec->key = json_text(record_value(rec, TEXT("key")));
    bool lives = living__row(call, rec, want);
    if (!c->current || read_page(c, call, "table turn",
                                 "SELECT place, unit, keeper, offered, day, num FROM turn WHERE "
                                 "kind = $1 AND id = $2",
                                 values, 2, &rows) != OK)
        return;
    c->living += (int64_t)rows.count;
    bool same = (rows.count > 0) == lives;
    for (size_t i = 0; same && lives && i < LIVING_COLUMNS; i++)
        same = same_cell(&row_at(&rows, 0)[i], &want[i]);
    if (!same)
        verification_add(c->call, c->out, place,
                         "its row of table turn does not follow from its current version");
}

static void check_living_rows(struct deep *c)
{
    struct rows rows;
    if (read_page(c, c->call, "table turn", "SELECT count(*) FROM turn", NULL, 0, &rows) == OK &&
        rows.cells[0].integer != c->living)
        verification_add(c->call, c->out, TEXT("table turn"), "has rows of no record");
}

static void check_timer_rows(struct deep *c)
{
    struct rows rows;
    if (read_page(c, c->call, "table timer", "SELECT count(*) FROM timer", NULL, 0, &rows) == OK &&
        rows.cells[0].integer != c->timers)
        verification_add(c->call, c->out, TEXT("table timer"), "has rows of no record");
}

static void keep_unit(struct deep *c, const struct record *rec)
{
    const struct json *parent = record_value(rec, TEXT("parent"));
    if (c->unit_count == c->unit_room) {
        c->unit_room = c->unit_room ? c->unit_room * 2 : 256;
        c->units = realloc(c->units, c->unit_room * sizeof *c->units);
        if (!c->units)
            panic("out of memory");
    }
    c->units[c->unit_count++] =
        (struct unit_parent){text_copy(c->call->arena, rec->id),
                             parent ? text_copy(c->call->arena, parent->text) : TEXT("")};
}

static void check_row(struct deep *c, struct call *call, const struct kind *k,
                      const struct value *row, size_t columns, const struct text *names)
{
    struct text place =
        text_print(c->call->arena, "%.*s %.*s", TEXT_ARG(k->name), TEXT_ARG(row[0].text));
    struct record *rec = NEW(call->arena, struct record);
    const struct value *body = &row[columns], *ledger = &row[columns + 1];
    if (body->type != VALUE_TEXT || body__read(call, k, body->text, rec) != OK) {
        verification_add(c->call, c->out, place, "the version it claims does not exist");
        return;
    }
    rec->id = row[0].text;
    if (text_is(k->is, "unit_tree"))
        keep_unit(c, rec);
    rec->ledger = ledger->integer;
    if (rec->ledger >= 0 && (size_t)rec->ledger < c->leaf_count)
        rec->commitment = c->leaves[rec->ledger].commitment;
    struct value *want = NEW_MANY(call->arena, columns, struct value);
    table__values(call, rec, want);
    for (size_t i = 0; i < columns; i++)
        if (!same_cell(&row[i], &want[i]))
            verification_add(c->call, c->out, place,
                             "column %.*s differs from its current version",
                             TEXT_ARG(names[i]));
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].type->form == FORM_ROWS)
            check_child_rows(c, call, place, rec, &k->fields[i]);
    check_links(c, call, place, rec);
    check_timers(c, call, place, rec);
    check_living(c, call, place, rec);
}

static void check_listed(struct deep *c, const struct kind *k, const char *sql,
                         const char *what)
{
    struct rows rows;
    if (read_page(c, c->call, "table version", sql, NULL, 0, &rows) != OK)
        return;
    for (size_t i = 0; i < rows.count; i++)
        verification_add(c->call, c->out,
                         text_print(c->call->arena, "%.*s %.*s", TEXT_ARG(k->name),
                                    TEXT_ARG(rows.cells[i * rows.columns].text)),
                         "%s", what);
}

static void check_kind(struct deep *c, const struct kind *k)
{
    const struct kind_sql *sql = &c->records->sql[k->index];
    struct text *names = NEW_MANY(c->call->arena, k->field_count + 3, struct text);
    enum column_type *types = NEW_MANY(c->call->arena, k->field_count + 3, enum column_type);
    size_t columns = table__columns(k, names, types);
    struct text last = TEXT("");
    for (bool more = true; more;) {
        struct arena *page = arena_open();
        struct call *call = page_call(c, page);
        struct value id = V_TEXT(last);
        struct rows rows = {0};
        struct text table = text_print(page, "table %.*s", TEXT_ARG(k->name));
        enum err e =
            read_page(c, call, text_c(c->call->arena, table), sql->page, &id, 1, &rows);
        for (size_t i = 0; e == OK && i < rows.count; i++)
            check_row(c, call, k, row_at(&rows, i), columns, names);
        more = e == OK && rows.count == 200;
        if (more)
            last = text_copy(c->call->arena, row_at(&rows, rows.count - 1)[0].text);
        arena_close(page);
    }
    check_listed(c, k, sql->orphans, "its row is missing");
    check_listed(c, k, sql->behind, "its row is not its latest version");
    for (size_t i = 0; i < k->field_count; i++)
        if (k->fields[i].type->form == FORM_ROWS)
            check_listed(c, k, sql->row_orphans[i], "has rows but does not exist");
}

/* Links are compared from the records they start at: none may start elsewhere. */
static void check_stray_links(struct deep *c)
{
    struct rows rows;
    if (read_page(
            c, c->call, "table link",
            "SELECT DISTINCT l.from_kind, l.from_id FROM link l WHERE NOT EXISTS (SELECT 1 "
            "FROM version v WHERE v.kind = l.from_kind AND v.id = l.from_id AND "
            "v.version = 1) LIMIT 100",
            NULL, 0, &rows) != OK)
        return;
    for (size_t i = 0; i < rows.count; i++)
        verification_add(c->call, c->out,
                         text_print(c->call->arena, "%.*s %.*s",
                                    TEXT_ARG(row_at(&rows, i)[0].text),
                                    TEXT_ARG(row_at(&rows, i)[1].text)),
                         "has links but does not exist");
}

/* ---- comments and files
 * ---------------------------------------------------------------------------------------- */
/* Rows of a table that has an id, page after page. The statement takes the last id as $1. */
static void each_row(struct deep *c, const char *what, const char *sql,
                     void (*look)(struct deep *c, struct call *call, const struct value *row))
{
    struct text last = TEXT("");
    for (bool more = true; more;) {
        struct arena *page = arena_open();
        struct call *call = page_call(c, page);
        struct rows rows = {0};
        struct value id = V_TEXT(last);
        enum err e = read_page(c, call, what, sql, &id, 1, &rows);
        for (size_t i = 0; e == OK && i < rows.count; i++)
            look(c, call, row_at(&rows, i));
        more = e == OK && rows.count == 200;
        if (more)
            last = text_copy(c->call->arena, row_at(&rows, rows.count - 1)[0].text);
        arena_close(page);
    }
}

static void check_claim(struct deep *c, struct call *call, const char *kind, struct text id,
                        enum err committed, const struct hash *commitment, int64_t index)
{
    uint64_t object = object_hash(call->arena, text_of(kind), id, 1);
    if (committed != OK || !leaf_agrees(c, index, object, commitment))
        verification_add(c->call, c->out,
                         text_print(call->arena, "%s %.*s", kind, TEXT_ARG(id)),
                         "differs from ledger entry %lld", (long long)index);
}

static void check_comment(struct deep *c, struct call *call, const struct value *row)
{
    struct comment one = {row[0].text, row[1].text, row[2].text, row[3].text};
    struct hash commitment;
    enum err e =
        comment__commit(call, &one, row[4].text, row[5].text, row[6].text, &commitment);
    check_claim(c, call, "comment", one.id, e, &commitment, row[7].integer);
    check_gone(c, call, "comment", one.id, row[6].text, "body", "comments");
}

static void check_bytes(struct deep *c, struct call *call, const struct stored_file *f)
{
    struct text bytes;
    enum err e = file_read(call, c->records->store, f->sha256, &bytes);
    if (e != OK || (int64_t)bytes.len != f->size)
        verification_add(
            c->call, c->out,
            text_print(call->arena, "file %.*s (%.*s)", TEXT_ARG(f->id), TEXT_ARG(f->sha256)),
            e == ERR_MISSING ? "its bytes are missing" : "its bytes were altered");
}

static void check_file(struct deep *c, struct call *call, const struct value *row)
{
    struct stored_file f = {row[0].text, row[1].text, row[2].text,   row[4].text,
                            row[5].text, row[6].text, row[3].integer};
    struct hash commitment;
    struct arena *one = arena_open(); /* its bytes must not pile up with those of the page */
    enum err e = file__commit(call, &f, row[7].text, &commitment);
    check_claim(c, call, "file", f.id, e, &commitment, row[8].integer);
    check_gone(c, call, "file", f.id, row[7].text, "sha256", "files");
    if (!ledger_is_opening(row[7].text))
        check_bytes(c, page_call(c, one), &f);
    arena_close(one);
}

static void check_signature(struct deep *c, struct call *call, const struct value *row)
{
    struct signed_move s = {.own_id = row[0].text,
                            .kind = row[1].text,
                            .record = row[2].text,
                            .move = row[3].text,
                            .person = row[4].text,
                            .at = row[5].text,
                            .until = row[10].text,
                            .stands_for = row[11].text,
                            .version = row[6].integer,
                            .side = row[7].integer};
    struct hash commitment;
    enum err e = signature__commit(call, &s, row[8].text, &commitment);
    check_claim(c, call, "signature", s.own_id, e, &commitment, row[9].integer);
}

/* A row without an id was not written by us; the pages above would pass it over. */
static void check_nameless(struct deep *c, const char *place, const char *sql, const char *what)
{
    struct rows rows;
    if (read_page(c, c->call, place, sql, NULL, 0, &rows) == OK && rows.count)
        verification_add(c->call, c->out, text_of(place), "%s", what);
}

static void check_attached(struct deep *c)
{
    each_row(c, "table comment",
             "SELECT id, author, body, at, kind, record, salt, ledger FROM comment "
             "WHERE id > $1 ORDER BY id LIMIT 200",
             check_comment);
    each_row(c, "table attachment",
             "SELECT id, name, type, size, sha256, author, at, salt, ledger FROM attachment "
             "WHERE id > $1 ORDER BY id LIMIT 200",
             check_file);
    each_row(c, "table signature",
             "SELECT own_id, kind, id, move, person, at, version, side, salt, ledger, "
             "COALESCE(until, ''), COALESCE(stands_for, '') FROM signature WHERE own_id > $1 ORDER BY "
             "own_id LIMIT 200",
             check_signature);
    check_nameless(c, "table signature",
                   "SELECT id FROM signature WHERE own_id IS NULL OR own_id = '' LIMIT 1",
                   "there is a signature that the ledger does not know");
    check_nameless(c, "table comment", "SELECT id FROM comment WHERE id = '' LIMIT 1",
                   "there is a comment that the ledger does not know");
    check_nameless(c, "table attachment", "SELECT id FROM attachment WHERE id = '' LIMIT 1",
                   "there is a file that the ledger does not know");
}

/* What entries commit to that no other table keeps. */
static void check_kept(struct deep *c, struct call *call, const struct value *row)
{
    struct hash commitment;
    enum err e = ledger_commit(call, row[3].text, row[4].text, &commitment);
    struct text place = text_print(call->arena, "sealed %lld", (long long)row[0].integer);
    uint64_t object = object_hash(call->arena, row[1].text, row[2].text, 0);
    if (e != OK || !leaf_agrees(c, row[0].integer, object, &commitment) ||
        !text_same(row[5].text, hash_text(&commitment)))
        verification_add(c->call, c->out, place, "differs from ledger entry %lld",
                         (long long)row[0].integer);
}

static enum err check_sealed(struct deep *c)
{
    int64_t last = -1;
    for (bool more = true; more;) {
        struct arena *page = arena_open();
        struct call *call = page_call(c, page);
        struct rows rows = {0};
        enum err e = read_page(c, call, "table sealed",
                               "SELECT ledger, kind, id, body, salt, commitment FROM sealed "
                               "WHERE ledger > $1 ORDER BY ledger LIMIT 500",
                               &V_INT(last), 1, &rows);
        for (size_t i = 0; e == OK && i < rows.count; i++)
            check_kept(c, call, row_at(&rows, i));
        more = e == OK && rows.count == 500;
        if (more)
            last = row_at(&rows, rows.count - 1)[0].integer;
        arena_close(page);
    }
    return OK;
}

static void check_unclaimed(struct deep *c)
{
    for (size_t i = 0; i < c->leaf_count; i++)
        if (c->leaves[i].committed && !c->leaves[i].row_found)
            verification_add(c->call, c->out, text_print(c->call->arena, "ledger entry %zu", i),
                             "the row it speaks of is missing or altered");
}

/* One table too large to look through in the time a statement has is passed over: every row of
 * it is still compared as the program reads it. */
static void check_index(struct deep *c, struct text table)
{
    struct arena *one = arena_open();
    struct call *call = page_call(c, one);
    struct value name = V_TEXT(table);
    struct rows rows;
    enum err e = read_rows(call, c->db,
                           "SELECT integrity_check FROM pragma_integrity_check($1) "
                           "WHERE integrity_check <> 'ok' LIMIT 5",
                           &name, 1, 5, &rows);
    struct text place = text_print(one, "table %.*s", TEXT_ARG(table));
    for (size_t i = 0; e == OK && i < rows.count; i++)
        verification_add(c->call, c->out, place, "%.*s", TEXT_ARG(rows.cells[i].text));
    if (e != OK && !(call->problems && text_is(call->problems->code, "too_slow")))
        verification_add(c->call, c->out, place, "cannot be read");
    arena_close(one);
}

/* We read by indexes; whoever reads the file otherwise must find the same. */
static void check_indexes(struct deep *c)
{
    struct rows rows;
    if (store_kind(c->records->store) != STORE_SQLITE ||
        read_page(c, c->call, "the database file",
                  "SELECT name FROM sqlite_master WHERE type = 'table'", NULL, 0, &rows) != OK)
        return;
    for (size_t i = 0; i < rows.count; i++)
        check_index(c, rows.cells[i].text);
}

/* Tables of a model that is not the one here are passed over: nothing tells them from others. */
static enum err check_foreign(struct deep *c)
{
    struct text models, last = {0};
    struct oddity *odd;
    enum err e = meta_read(c->call, c->db, "models", &models);
    while (e == OK && models.len > 0)
        last = text_cut(&models, ' ');
    bool ours = text_same(text_cut(&last, '+'), c->records->model->hash);
    if (e != OK && e != ERR_MISSING)
        return e;
    TRY(open__foreign(c->call, c->db, c->records->model, &odd));
    for (; odd != NULL; odd = odd->next)
        if (ours || !odd->table)
            verification_add(c->call, c->out,
                             text_print(c->call->arena, "database object %.*s",
                                        TEXT_ARG(odd->name)),
                             "%.*s", TEXT_ARG(odd->what));
    return OK;
}

/* The tables of records follow the model in force. Held against another one they differ though
 * nobody touched them: what is found in them then says nothing. */
static enum err check_kinds(struct deep *c)
{
    struct verification *out = c->out, unsaid;
    struct text models, last = {0};
    enum err e = meta_read(c->call, c->db, "models", &models);
    if (e != OK && e != ERR_MISSING)
        return e;
    while (e == OK && models.len > 0)
        last = text_cut(&models, ' ');
    struct text hash = text_cut(&last, '+');
    bool other = hash.len && !text_same(hash, c->records->model->hash);
    verification_start(&unsaid);
    if (other) {
        c->out = &unsaid;
        out->untold = text_print(c->call->arena,
                                 "the store works with model %.*s, this program with these files "
                                 "is %.*s: every version was held against the ledger, the tables "
                                 "made from them were not (--site?)",
                                 TEXT_ARG(hash), TEXT_ARG(c->records->model->hash));
    }
    for (size_t i = 0; i < c->records->model->kind_count; i++)
        check_kind(c, &c->records->model->kinds[i]);
    if (c->current) {
        check_timer_rows(c);
        check_living_rows(c);
    }
    c->out = out;
    return OK;
}

static enum err deep_check(struct deep *c)
{
    struct text format;
    enum err e = meta_read(c->call, c->db, "format", &format);
    if (e != OK && e != ERR_MISSING)
        return e;
    c->current = e == OK && text_is(format, STORE_FORMAT);
    c->sealed = e == OK; /* a store no program of this format has opened yet has none */
    check_indexes(c);
    TRY(check_versions(c));
    if (!c->sealed && c->formatted)
        verification_add(c->call, c->out, TEXT("table meta"),
                         "the format of the store, of which the ledger tells, was removed");
    if (!c->current) {
        c->out->untold = text_print(
            c->call->arena,
            "the store is of an earlier format, and tables that this program has are not there: "
            "the ledger and every version were judged, the rest is once serve or a command has "
            "brought it to format %s",
            STORE_FORMAT);
        return OK;
    }
    bool same;
    TRY(timer__zone(c->call, c->records->model, db_reader(c->db), &same));
    c->other_rules = !same;
    TRY(check_foreign(c));
    TRY(check_kinds(c));
    check_attached(c);
    check_stray_links(c);
    if (c->sealed)
        TRY(check_sealed(c));
    check_unclaimed(c);
    TRY(access_replay_compare(c->call, c->db, c->replay, c->out));
    return access_units_compare(c->call, c->db, c->units, c->unit_count, c->out);
}

/* One view for both halves: a server may go on writing beside us. */
static enum err verify_view(struct deep *c, struct text origin,
                            const unsigned char public_key[32], bool deep, struct text note)
{
    TRY(read_begin(c->call, c->db));
    enum err e = ledger_verify_within(c->call, c->db, origin, public_key, note,
                                      deep ? keep_leaf : NULL, c, c->out);
    if (e == OK && deep)
        e = c->failed != OK ? c->failed : deep_check(c);
    read_end(c->db);
    return e;
}

enum err record_verify(struct call *call, struct store *s, const struct model *m,
                       struct text origin, const unsigned char public_key[32], bool deep,
                       struct text note, struct verification *out)
{
    struct records r = {.store = s, .model = m, .arena = arena_open()};
    TRY(table__build(call, &r));
    struct deep c = {.call = call, .records = &r, .db = store_reader(s), .out = out};
    c.replay = access_replay(call->arena);
    enum err e = verify_view(&c, origin, public_key, deep, note);
    if (e == OK) /* outside the view: the file may by now tell of later commits */
        e = ledger_verify_last(call, c.db, store_folder(s), out);
    store_return(s, c.db);
    free(c.leaves);
    free(c.units);
    arena_close(r.arena);
    return e;
}
