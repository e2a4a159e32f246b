/* SPDX-License-Identifier: Apache-2.0 */
/* record/redact.c — taking out of every version what the law wants gone. Two persons ask for the same,
 * with ground and reason. A version of its own says what, why and on what ground, and its entry is
 * the one that tombstones name. Of what is taken out only the commitment stays, and the salt goes,
 * so that nothing can be tried out; the ledger and its proofs stand as they were. */
#include "record/internal.h"

#include <string.h>

#define FIELDS_MOST 400
#define FILES_MOST 10000
#define GROUND_MOST 500
#define PAGE 50

struct texts LIST_OF(struct text);
static const struct json_limits body_limits = {8u << 20, 32, 500000};

/* ---- tombstones --------------------------------------------------------------------------- */
static const struct json *tombstone(const struct record *rec, const struct field *f)
{
    const struct json *t = json_named(rec->redacted, f->name);
    return t || !f->was.len ? t : json_named(rec->redacted, f->was);
}

bool record_is_redacted(const struct record *rec, const struct field *f)
{
    return tombstone(rec, f) || (json_named(rec->erased, f->name) != NULL);
}

bool record__differs(const struct record *rec, const struct record *before, const struct field *f)
{
    const struct json *a = rec->values[f->index], *b = before->values[f->index];
    const struct json *now = tombstone(rec, f);
    if (now)
        return now->type != JSON_LIST || now->count != 2 || now->first->next->integer != 0;
    if (tombstone(before, f)) /* it held something, and here it does not */
        return true;
    return a && b ? !json_same(a, b) : a != b;
}

const struct json *redact__carry(struct call *call, const struct record *rec,
                                 const struct record *before, const struct json *redact)
{
    struct json *out = node__object(call->arena);
    for (size_t i = 0; before && i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        const struct json *was = json_named(before->erased, f->name);
        const struct json *fields = redact ? json_get(redact, "fields") : NULL;
        const struct json *v = rec->values[i];
        bool empty = value__empty(v) || (text_is(f->name, "title") && text_is(json_text(v), REDACTED_TITLE));
        if (empty && value__list_has(fields, f->name))
            node__add(out, json_of_integer(call->arena, rec->version), f->name, call->arena);
        else if (empty && was)
            node__add(out, json_of_integer(call->arena, was->integer), f->name, call->arena);
    }
    return out->count ? out : NULL;
}

/* ---- what goes ---------------------------------------------------------------------------- */
struct plan {
    struct call *call;
    struct records *records;
    struct db db;
    const struct record *rec;
    bool *fields;            /* per field index */
    bool reasons, comments;
    int64_t *versions;       /* per field index: in how many it holds something */
    int64_t reason_count;
    struct texts comment_ids, message_ids, file_ids; /* messages go with the comments */
    bool held;
    bool wiped;   /* a version took out reasons and comments */
    bool *holds;  /* per field index: some version holds content in it still */
};

/* The place of a record in the organisation is not content: it decides who sees it and who answers. */
static bool can_go(const struct field *f)
{
    bool place = text_is(f->name, "owner") || text_is(f->name, "unit") ||
                 text_is(f->name, "confidentiality");
    bool other = f->type->refers != REFERS_NOT && f->target != TO_PERSON;
    return !f->system && !place && (f->type->personal || !other);
}

static bool goes_with_all(const struct field *f)
{
    return can_go(f) && f->type->personal;
}

/* What is computed follows from the rest, and is no content of its own. */
static bool is_content(const struct field *f, const struct json *v)
{
    bool title = text_is(f->name, "title") && text_is(json_text(v), REDACTED_TITLE);
    return goes_with_all(f) && !f->computed && !value__empty(v) && !title;
}

static const struct json *value_in(const struct json *body, const struct field *f)
{
    const struct json *v = json_named(body, f->name);
    return v || !f->was.len ? v : json_named(body, f->was);
}

static void note_files(struct plan *p, const struct field *f, const struct json *v)
{
    struct text files[FIELD_FILES];
    size_t count = field_files(f, v, files);
    for (size_t n = 0; n < count; n++) {
        bool there = false;
        for (size_t i = 0; i < p->file_ids.count && !there; i++)
            there = text_same(p->file_ids.at[i], files[n]);
        if (!there)
            (void)LIST_ADD(&p->file_ids, text_copy(p->call->arena, files[n]));
    }
}

static void scan_version(struct plan *p, const struct json *body)
{
    struct text act = json_text(json_get(body, "_act"));
    if (text_is(act, "record.hold") || text_is(act, "record.release"))
        p->held = text_is(act, "record.hold");
    const struct json *taken = json_get(json_get(body, "_redact"), "fields");
    if (text_is(act, "record.redact") && value__list_has(taken, TEXT("_reasons")) &&
        value__list_has(taken, TEXT("_comments")))
        p->wiped = true;
    p->reason_count += json_get(body, "_reason") != NULL && !text_is(act, "record.redact");
    for (size_t i = 0; i < p->rec->kind->field_count; i++) {
        const struct field *f = &p->rec->kind->fields[i];
        const struct json *v = value_in(body, f);
        p->versions[i] += v != NULL;
        p->holds[i] = p->holds[i] || (v && is_content(f, v));
        if (p->fields[i])
            note_files(p, f, v);
    }
}

#define VERSIONS                                                                               \
    "SELECT version, salt, body FROM version WHERE kind = $1 AND id = $2 AND version > $3 "    \
    "ORDER BY version LIMIT 50"

static enum err scan_versions(struct plan *p)
{
    int64_t last = 0;
    for (size_t got = PAGE; got == PAGE;) {
        struct value values[] = {V_TEXT(p->rec->kind->name), V_TEXT(p->rec->id), V_INT(last)};
        struct rows rows;
        TRY(db__rows(p->call, p->db, VERSIONS, values, 3, PAGE, &rows));
        got = rows.count;
        for (size_t i = 0; i < got; i++) {
            const struct json *body;
            TRY(json_read(p->call, row_at(&rows, i)[2].text, &body_limits, &body));
            scan_version(p, body);
            last = row_at(&rows, i)[0].integer;
        }
    }
    return OK;
}

static enum err scan_comments(struct plan *p)
{
    struct value values[] = {V_TEXT(p->rec->kind->name), V_TEXT(p->rec->id)};
    struct rows rows;
    TRY(db__rows(p->call, p->db,
                 "SELECT id FROM comment WHERE kind = $1 AND record = $2 AND body <> '' ORDER BY "
                 "ledger",
                 values, 2, FILES_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++)
        (void)LIST_ADD(&p->comment_ids, rows.cells[i].text);
    TRY(db__rows(
        p->call, p->db,
        "SELECT id FROM message WHERE kind = $1 AND record = $2 AND body <> '' ORDER BY "
        "ledger",
        values, 2, FILES_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++)
        (void)LIST_ADD(&p->message_ids, rows.cells[i].text);
    return OK;
}

static struct plan plan_of(struct call *call, struct records *r, struct db db,
                           const struct record *rec)
{
    return (struct plan){.call = call,
                         .records = r,
                         .db = db,
                         .rec = rec,
                         .fields = NEW_MANY(call->arena, rec->kind->field_count + 1, bool),
                         .versions = NEW_MANY(call->arena, rec->kind->field_count + 1, int64_t),
                         .holds = NEW_MANY(call->arena, rec->kind->field_count + 1, bool),
                         .comment_ids = LIST_IN(call->arena, FILES_MOST),
                         .message_ids = LIST_IN(call->arena, FILES_MOST),
                         .file_ids = LIST_IN(call->arena, FILES_MOST)};
}

/* ---- what is asked for -------------------------------------------------------------------- */
static enum err refuse(struct call *call, enum err e, struct text field, const char *code,
                       const char *words)
{
    return problem(call, e, field, code, "%s", words);
}

static enum err choose(struct plan *p, const struct json *name)
{
    const struct field *f = kind_field(p->rec->kind, json_text(name));
    if (text_is(json_text(name), "_reasons"))
        p->reasons = true;
    else if (text_is(json_text(name), "_comments"))
        p->comments = true;
    else if (f && can_go(f))
        p->fields[f->index] = true;
    else
        return problem(p->call, ERR_INVALID, TEXT("fields"), "unknown",
                       say(p->call, "“%.*s” is nothing that can be redacted"),
                       TEXT_ARG(json_text(name)));
    return OK;
}

static enum err read_request(struct plan *p, const struct json *redact)
{
    const struct json *all = json_get(redact, "all"), *fields = json_get(redact, "fields");
    bool everything = all && all->type == JSON_TRUE;
    bool list = fields && fields->type == JSON_LIST && fields->count && fields->count <= FIELDS_MOST;
    if (everything == list)
        return refuse(p->call, ERR_INVALID, TEXT("fields"), "required",
                      say(p->call, "say which fields, or all"));
    for (const struct json *one = list ? fields->first : NULL; one; one = one->next)
        TRY(choose(p, one));
    for (size_t i = 0; everything && i < p->rec->kind->field_count; i++)
        p->fields[i] = goes_with_all(&p->rec->kind->fields[i]);
    p->reasons |= everything;
    p->comments |= everything;
    return OK;
}

/* Fields that hold content still; *taken: how many of them are among what is asked for. */
static size_t content_of(const struct plan *p, size_t *taken)
{
    size_t count = 0;
    *taken = 0;
    for (size_t i = 0; i < p->rec->kind->field_count; i++) {
        count += p->holds[i];
        *taken += p->holds[i] && p->fields[i];
    }
    return count;
}

static bool takes_all(const struct plan *p)
{
    size_t taken;
    return content_of(p, &taken) == taken;
}

/* By name, or by a list that comes to the same. Of one field alone it is not: that may always
 * go. */
static bool takes_the_whole(const struct plan *p, bool everything)
{
    size_t taken;
    return everything || (content_of(p, &taken) == taken && taken > 1);
}

static bool is_wiped(const struct plan *p)
{
    size_t taken;
    return p->wiped && content_of(p, &taken) == 0;
}

/* As it is asked for, signed and compared: in the order of the model, whatever was sent. */
static struct json *request_of(struct plan *p, struct text ground)
{
    struct arena *a = p->call->arena;
    struct json *out = node__object(a), *fields = node__list(a);
    for (size_t i = 0; i < p->rec->kind->field_count; i++)
        if (p->fields[i])
            node__add(fields, json_of_text(a, p->rec->kind->fields[i].name), (struct text){0}, a);
    if (p->reasons)
        node__add(fields, json_of_text(a, TEXT("_reasons")), (struct text){0}, a);
    if (p->comments)
        node__add(fields, json_of_text(a, TEXT("_comments")), (struct text){0}, a);
    node__add(out, fields, TEXT("fields"), a);
    node__add(out, json_of_text(a, ground), TEXT("ground"), a);
    return out;
}

static const struct json *ids_of(struct arena *a, const struct texts *ids)
{
    struct json *list = node__list(a);
    for (size_t i = 0; i < ids->count; i++)
        node__add(list, json_of_text(a, ids->at[i]), (struct text){0}, a);
    return list;
}

/* ---- who ---------------------------------------------------------------------------------- */
static struct text roles_that(const struct records *r, struct arena *a,
                              bool (*marked)(const struct role *))
{
    struct buf b = buf_in(a, 4096);
    for (size_t i = 0; i < r->model->role_count; i++)
        if (marked(&r->model->roles[i]))
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(r->model->roles[i].name));
    return buf_text(&b);
}

static enum err check_role(struct writing *w, const struct record *rec,
                           bool (*marked)(const struct role *))
{
    const struct actor *a = w->call->actor;
    bool yes = false;
    if (a->type == ACTOR_USER)
        TRY(who__cleared(w->call, w->records, db_tx(w->tx), a, rec, marked, &yes));
    return yes ? OK
               : problem(w->call, ERR_DENIED, TEXT(""), "who",
                         say(w->call, "this is for people with one of these roles here: %.*s"),
                         TEXT_ARG(roles_that(w->records, w->call->arena, marked)));
}

static enum err check_words(struct writing *w, struct text ground)
{
    enum err worst = OK;
    if (!text_trim(w->change->reason).len)
        worst = refuse(w->call, ERR_INVALID, TEXT("reason"), "required",
                       say(w->call, "a reason is required"));
    if (!text_trim(ground).len || ground.len > GROUND_MOST || !text_utf8(ground))
        worst = refuse(w->call, ERR_INVALID, TEXT("ground"), "required",
                       say(w->call, "say on what legal ground, in at most 500 bytes"));
    if (w->call->actor->fresh_until < w->call->now)
        worst = refuse(
            w->call, ERR_DENIED, TEXT("password"), "fresh",
            say(w->call, "confirm with your password: what is redacted does not come back"));
    return worst;
}

/* ---- two persons -------------------------------------------------------------------------- */
static struct sign_step two_persons = {.count = 2};
static const struct move redact_move = {
    .name = {"redact", 6}, .steps = &two_persons, .step_count = 1};

static enum err asked_by(struct call *call, struct db db, const struct record *rec,
                         struct text person, const struct json **asked, struct text *reason)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_TEXT(person)};
    struct rows rows;
    const struct json *body;
    *asked = NULL;
    TRY(db__rows(call, db,
                 "SELECT v.body FROM signature g JOIN version v ON v.kind = g.kind AND v.id = g.id "
                 "AND v.version = g.version WHERE g.kind = $1 AND g.id = $2 AND g.move = 'redact' "
                 "AND g.person = $3 ORDER BY g.version DESC LIMIT 1",
                 values, 3, 1, &rows));
    if (!rows.count)
        return OK;
    TRY(json_read(call, rows.cells[0].text, &body_limits, &body));
    *asked = json_get(body, "_redact");
    *reason = json_text(json_get(body, "_reason"));
    return OK;
}

enum standing { NOBODY_ELSE, SOMEBODY_ELSE, ONESELF };

static enum err who_asked(struct writing *w, const struct record *rec, const struct json *request,
                          enum standing *out)
{
    struct verdict v = {0};
    *out = NOBODY_ELSE;
    TRY(sign__standing(w->call, w->records, db_tx(w->tx), rec, &redact_move, &v));
    if (v.forged)
        return refuse(
            w->call, ERR_CONFLICT, TEXT(""), "tampering",
            say(w->call,
                "a signature under this stands in the database and not in the ledger; have "
                "aimwell verify --deep run"));
    for (size_t i = 0; i < v.signature_count && *out != SOMEBODY_ELSE; i++) {
        const struct json *asked;
        struct text reason;
        TRY(asked_by(w->call, db_tx(w->tx), rec, v.signatures[i].person, &asked, &reason));
        if (asked && json_same(asked, request))
            *out = text_same(v.signatures[i].person, w->call->actor->person) ? ONESELF
                                                                             : SOMEBODY_ELSE;
    }
    return OK;
}

static enum err ask(struct writing *w, struct record *rec, const struct record *before,
                    const struct json *request)
{
    w->redact = request;
    TRY(write__version(w, rec, before, "record.sign", redact_move.name, w->change->reason));
    struct signed_move sign = {.kind = rec->kind->name,
                               .record = rec->id,
                               .version = rec->version,
                               .move = redact_move.name,
                               .side = 1};
    TRY(signature__write(w->call, w->tx, w->records, &sign));
    w->change->signed_only = true;
    w->change->waits_for = roles_that(w->records, w->call->arena, role__redacts);
    w->change->record = rec;
    return OK;
}

/* ---- taking out --------------------------------------------------------------------------- */
/* Values that somebody proposed go when one of these fields is among them. */
static bool proposes(const struct plan *p, const struct json *body)
{
    const struct json *proposed = json_get(body, "_proposed");
    for (size_t i = 0; proposed && i < p->rec->kind->field_count; i++)
        if (p->fields[i] && json_named(proposed, p->rec->kind->fields[i].name))
            return true;
    return false;
}

static size_t names_in(const struct plan *p, const struct json *body, struct text *names)
{
    size_t count = 0;
    for (size_t i = 0; i < p->rec->kind->field_count; i++) {
        const struct json *v = p->fields[i] ? value_in(body, &p->rec->kind->fields[i]) : NULL;
        if (v)
            names[count++] = v->key;
    }
    bool own = text_is(json_text(json_get(body, "_act")), "record.redact");
    if (p->reasons && !own && json_get(body, "_reason"))
        names[count++] = TEXT("_reason");
    if (proposes(p, body))
        names[count++] = TEXT("_proposed");
    return count;
}

static bool differed(const struct json *before, const struct json *v)
{
    const struct json *then = before ? json_named(before, v->key) : NULL;
    return !then || !json_same(then, v);
}

static struct text without(struct plan *p, const struct json *body, const struct json *before,
                           const struct text *names, size_t count, int64_t entry)
{
    struct buf b = buf_in(p->call->arena, 8u << 20);
    struct json_out o = json_out(&b);
    const struct json *old = json_get(body, "_redacted");
    json_open(&o, '{');
    for (const struct json *one = body->first; one; one = one->next) {
        if (one == old || text_among(names, count, one->key))
            continue;
        json_key_text(&o, one->key);
        json_put_json(&o, one);
    }
    json_key(&o, "_redacted");
    json_open(&o, '{');
    for (const struct json *one = old ? old->first : NULL; one; one = one->next) {
        json_key_text(&o, one->key);
        json_put_json(&o, one);
    }
    for (const struct json *one = body->first; one; one = one->next) {
        if (!text_among(names, count, one->key))
            continue;
        json_key_text(&o, one->key);
        json_open(&o, '[');
        json_put_integer(&o, entry);
        json_put_integer(&o, differed(before, one));
        json_close(&o, ']');
    }
    json_close(&o, '}');
    json_close(&o, '}');
    return buf_text(&b);
}

static enum err empty_version(struct plan *p, const struct value *row, const struct json *body,
                              const struct json *before, int64_t entry)
{
    struct text *names = NEW_MANY(p->call->arena, p->rec->kind->field_count + 2, struct text);
    size_t count = names_in(p, body, names);
    struct text opening;
    if (!count)
        return OK;
    TRY(ledger_withhold(p->call, row[2].text, row[1].text, names, count, entry, &opening));
    struct text rest = without(p, body, before, names, count, entry);
    struct value values[] = {V_TEXT(p->rec->kind->name), V_TEXT(p->rec->id), row[0], V_TEXT(rest),
                             V_BYTES(opening)};
    return tx_exec(p->call, p->db.tx,
                   "UPDATE version SET body = $4, salt = $5 WHERE kind = $1 AND id = $2 AND "
                   "version = $3",
                   values, 5, NULL);
}

static enum err empty_versions(struct plan *p, int64_t below, int64_t entry)
{
    const struct json *before = NULL, *body;
    int64_t last = 0;
    for (size_t got = PAGE; got == PAGE;) {
        struct value values[] = {V_TEXT(p->rec->kind->name), V_TEXT(p->rec->id), V_INT(last)};
        struct rows rows;
        TRY(db__rows(p->call, p->db, VERSIONS, values, 3, PAGE, &rows));
        got = rows.count;
        for (size_t i = 0; i < got; i++, before = body) {
            const struct value *row = row_at(&rows, i);
            last = row[0].integer;
            if (last >= below)
                return OK;
            TRY(json_read(p->call, row[2].text, &body_limits, &body));
            TRY(empty_version(p, row, body, before, entry));
        }
    }
    return OK;
}

static struct text object_of(struct call *call, const char *const *names,
                             const struct text *values, size_t count)
{
    struct buf b = buf_in(call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    json_open(&o, '{');
    for (size_t i = 0; i < count; i++) {
        json_key(&o, names[i]);
        json_put_text(&o, values[i]);
    }
    json_close(&o, '}');
    return buf_text(&b);
}

static enum err empty_comment(struct plan *p, struct text id, int64_t entry)
{
    static const char *const names[] = {"at", "author", "body", "id", "kind", "record"};
    static const struct text gone = {"body", 4};
    struct value v = V_TEXT(id);
    struct rows rows;
    struct text opening;
    TRY(db__rows(p->call, p->db,
                 "SELECT at, author, body, id, kind, record, salt FROM comment WHERE id = $1", &v, 1,
                 1, &rows));
    struct text values[6];
    for (size_t i = 0; i < 6; i++)
        values[i] = rows.cells[i].text;
    TRY(ledger_withhold(p->call, object_of(p->call, names, values, 6), rows.cells[6].text, &gone, 1,
                        entry, &opening));
    struct value set[] = {v, V_BYTES(opening)};
    return tx_exec(p->call, p->db.tx, "UPDATE comment SET body = '', salt = $2 WHERE id = $1", set,
                   2, NULL);
}

static enum err empty_message(struct plan *p, struct text id, int64_t entry)
{
    static const char *const names[] = {"at", "author", "body", "id", "kind", "record", "told"};
    static const struct text gone = {"body", 4};
    struct value v = V_TEXT(id);
    struct rows rows;
    struct text opening, values[7];
    TRY(db__rows(
        p->call, p->db,
        "SELECT at, author, body, id, kind, record, told, salt FROM message WHERE id = $1", &v,
        1, 1, &rows));
    for (size_t i = 0; i < 7; i++)
        values[i] = rows.cells[i].text;
    TRY(ledger_withhold(p->call, object_of(p->call, names, values, 7), rows.cells[7].text,
                        &gone, 1, entry, &opening));
    struct value set[] = {v, V_BYTES(opening)};
    return tx_exec(p->call, p->db.tx, "UPDATE message SET body = '', salt = $2 WHERE id = $1",
                   set, 2, NULL);
}

/* A file that another record has too is not this one's alone to take away. */
static enum err only_here(struct plan *p, struct text id, bool *yes)
{
    struct value values[] = {V_TEXT(id), V_TEXT(p->rec->id)};
    struct rows rows;
    TRY(db__rows(p->call, p->db,
                 "SELECT 1 FROM attachment a WHERE a.id = $1 AND a.sha256 <> '' AND NOT EXISTS "
                 "(SELECT 1 FROM link l WHERE l.to_kind = 'file' AND l.to_id = a.id AND l.from_id "
                 "<> $2)",
                 values, 2, 1, &rows));
    *yes = rows.count > 0;
    return OK;
}

static enum err choose_files(struct plan *p)
{
    struct texts own = LIST_IN(p->call->arena, FILES_MOST);
    for (size_t i = 0; i < p->file_ids.count; i++) {
        bool yes;
        TRY(only_here(p, p->file_ids.at[i], &yes));
        if (yes)
            (void)LIST_ADD(&own, p->file_ids.at[i]);
    }
    p->file_ids = own;
    return OK;
}

static enum err forget_bytes(struct writing *w, struct text hash)
{
    struct value v = V_TEXT(hash);
    struct rows rows;
    TRY(tx_rows(w->call, w->tx, "SELECT 1 FROM attachment WHERE sha256 = $1 LIMIT 1", &v, 1, 1,
                &rows));
    if (rows.count)
        return OK; /* somebody else brought the same bytes */
    w->change->gone[w->change->gone_count++] = hash;
    return tx_file_forget(w->call, w->tx, hash);
}

static enum err empty_file(struct writing *w, struct plan *p, struct text id, int64_t entry)
{
    static const char *const names[] = {"at", "author", "id", "name", "sha256", "size", "type"};
    static const struct text gone[] = {{"name", 4}, {"sha256", 6}};
    struct value v = V_TEXT(id);
    struct rows rows;
    struct text opening, values[7];
    TRY(db__rows(p->call, p->db,
                 "SELECT at, author, id, name, sha256, size, type, salt FROM attachment WHERE id = $1",
                 &v, 1, 1, &rows));
    const struct value *row = rows.cells;
    for (size_t i = 0; i < 7; i++)
        values[i] = i == 5 ? text_print(p->call->arena, "%lld", (long long)row[i].integer)
                           : row[i].text;
    TRY(ledger_withhold(p->call, object_of(p->call, names, values, 7), row[7].text, gone, 2, entry,
                        &opening));
    struct value set[] = {v, V_BYTES(opening)};
    TRY(tx_exec(p->call, p->db.tx,
                "UPDATE attachment SET name = '', sha256 = '', salt = $2 WHERE id = $1", set, 2,
                NULL));
    return forget_bytes(w, values[4]);
}

static const struct text guarded[] = {
    {"version", 7}, {"comment", 7}, {"message", 7}, {"attachment", 10}, {"idempotency", 11}};

static enum err take_out(struct writing *w, struct plan *p, const struct record *rec)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    for (size_t i = 0; i < COUNT(guarded); i++)
        TRY(tx_unguard(w->call, w->tx, guarded[i]));
    TRY(empty_versions(p, rec->version, rec->ledger));
    for (size_t i = 0; i < p->comment_ids.count; i++)
        TRY(empty_comment(p, p->comment_ids.at[i], rec->ledger));
    for (size_t i = 0; i < p->message_ids.count; i++)
        TRY(empty_message(p, p->message_ids.at[i], rec->ledger));
    w->change->gone = NEW_MANY(w->call->arena, p->file_ids.count + 1, struct text);
    for (size_t i = 0; i < p->file_ids.count; i++)
        TRY(empty_file(w, p, p->file_ids.at[i], rec->ledger));
    /* The hash of a request is as good as its words to who can guess them. */
    TRY(tx_exec(w->call, w->tx, "UPDATE idempotency SET request = '' WHERE kind = $1 AND record = $2",
                values, 2, NULL));
    for (size_t i = 0; i < COUNT(guarded); i++)
        TRY(tx_reguard(w->call, w->tx, guarded[i]));
    tx_purge(w->tx);
    return OK;
}

static enum err redact(struct writing *w, struct plan *p, struct record *rec,
                       const struct record *before, struct json *request)
{
    struct arena *a = w->call->arena;
    for (size_t i = 0; i < rec->kind->field_count; i++)
        if (p->fields[i])
            rec->values[i] = text_is(rec->kind->fields[i].name, "title")
                                 ? json_of_text(a, TEXT(REDACTED_TITLE))
                                 : NULL;
    if (!p->comments)
        p->comment_ids.count = p->message_ids.count = 0;
    TRY(choose_files(p));
    node__add(request, ids_of(a, &p->comment_ids), TEXT("comments"), a);
    node__add(request, ids_of(a, &p->file_ids), TEXT("files"), a);
    if (p->message_ids.count)
        node__add(request, ids_of(a, &p->message_ids), TEXT("messages"), a);
    w->redact = request;
    if (takes_all(p) && p->reasons && p->comments)
        keep__becomes(w->call, rec, KEEP_ERASED);
    TRY(write__version(w, rec, before, "record.redact", (struct text){0}, w->change->reason));
    TRY(take_out(w, p, rec));
    w->change->record = rec;
    return change__react(w, rec, (struct text){0});
}

enum err redact__run(struct writing *w)
{
    struct record *before;
    struct text ground = json_text(json_get(w->change->redact, "ground"));
    TRY(change__find(w, &before));
    TRY(check_role(w, before, role__redacts));
    TRY(change__check_version(w, before));
    TRY(check_words(w, ground));
    struct plan p = plan_of(w->call, w->records, db_tx(w->tx), before);
    TRY(read_request(&p, w->change->redact));
    TRY(scan_versions(&p));
    TRY(scan_comments(&p));
    bool everything = json_true(json_get(w->change->redact, "all"));
    for (size_t i = 0; everything && i < before->kind->field_count; i++)
        p.fields[i] &= p.versions[i] > 0;
    if (p.held)
        return refuse(w->call, ERR_CONFLICT, TEXT(""), "held",
                      say(w->call, "this record is under legal hold: it is released first"));
    if (takes_the_whole(&p, everything))
        TRY(keep__check(w->call, w->records, p.db, before));
    struct json *request = request_of(&p, ground);
    struct record *rec = record__copy(w->call->arena, before);
    enum standing standing;
    TRY(who_asked(w, before, request, &standing));
    if (standing == ONESELF)
        return refuse(
            w->call, ERR_CONFLICT, TEXT(""), "signed",
            say(w->call, "you have asked for it; somebody else must ask for the same"));
    return standing == SOMEBODY_ELSE ? redact(w, &p, rec, before, request)
                                     : ask(w, rec, before, request);
}

/* ---- legal hold --------------------------------------------------------------------------- */
enum err redact__hold(struct writing *w)
{
    struct record *before;
    bool hold = text_is(w->change->move, "hold");
    TRY(change__find(w, &before));
    TRY(check_role(w, before, role__holds));
    if (!text_trim(w->change->reason).len)
        return refuse(w->call, ERR_INVALID, TEXT("reason"), "required",
                      say(w->call, "a reason is required"));
    struct plan p = plan_of(w->call, w->records, db_tx(w->tx), before);
    TRY(scan_versions(&p));
    if (p.held == hold)
        return refuse(w->call, ERR_CONFLICT, TEXT(""), "held",
                      hold ? say(w->call, "it is under legal hold already")
                           : say(w->call, "it is not under legal hold"));
    struct record *rec = record__copy(w->call->arena, before);
    keep__becomes(w->call, rec, hold ? KEEP_HELD : is_wiped(&p) ? KEEP_ERASED : KEEP_NONE);
    TRY(write__version(w, rec, before, hold ? "record.hold" : "record.release", (struct text){0},
                       w->change->reason));
    w->change->record = rec;
    return OK;
}

enum err redact__found(struct call *call, struct records *r, struct db db,
                       const struct record *rec, enum keep_standing *out)
{
    struct plan p = plan_of(call, r, db, rec);
    TRY(scan_versions(&p));
    *out = p.held ? KEEP_HELD : is_wiped(&p) ? KEEP_ERASED : KEEP_NONE;
    return OK;
}

bool redact__has_content(const struct record *rec)
{
    bool any = false;
    for (size_t i = 0; i < rec->kind->field_count && !any; i++)
        any = rec->values[i] && is_content(&rec->kind->fields[i], rec->values[i]);
    return any;
}

/* ---- looking ------------------------------------------------------------------------------ */
static enum err view_asked(struct call *call, struct records *r, struct reader *db,
                           const struct record *rec, struct redaction_view *out)
{
    struct verdict v = {0};
    TRY(sign__standing(call, r, db_reader(db), rec, &redact_move, &v));
    out->asked = NEW_MANY(call->arena, v.signature_count + 1, struct redaction_ask);
    for (size_t i = 0; i < v.signature_count; i++) {
        const struct json *asked;
        struct redaction_ask *one = &out->asked[out->asked_count];
        *one = (struct redaction_ask){.person = v.signatures[i].person, .at = v.signatures[i].at};
        TRY(asked_by(call, db_reader(db), rec, one->person, &asked, &one->reason));
        one->fields = json_get(asked, "fields");
        one->ground = json_text(json_get(asked, "ground"));
        out->asked_count += asked != NULL;
    }
    return OK;
}

enum err record_redaction(struct call *call, struct records *r, struct reader *db,
                          const struct record *rec, struct redaction_view *out)
{
    struct plan p = plan_of(call, r, db_reader(db), rec);
    const struct kind *k = rec->kind;
    *out = (struct redaction_view){0};
    TRY(who__cleared(call, r, db_reader(db), call->actor, rec, role__redacts, &out->may));
    TRY(who__cleared(call, r, db_reader(db), call->actor, rec, role__holds, &out->may_hold));
    out->may &= call->actor->type == ACTOR_USER;
    out->may_hold &= call->actor->type == ACTOR_USER;
    if (!out->may && !out->may_hold)
        return OK;
    for (size_t i = 0; i < k->field_count; i++)
        p.fields[i] = can_go(&k->fields[i]);
    TRY(scan_versions(&p));
    TRY(scan_comments(&p));
    out->fields = NEW_MANY(call->arena, k->field_count + 1, struct text);
    out->versions = NEW_MANY(call->arena, k->field_count + 1, int64_t);
    for (size_t i = 0; i < k->field_count; i++)
        if (p.fields[i] && p.versions[i]) {
            out->versions[out->count] = p.versions[i];
            out->fields[out->count++] = k->fields[i].name;
        }
    out->comments = (int64_t)(p.comment_ids.count + p.message_ids.count);
    out->reasons = p.reason_count;
    out->files = (int64_t)p.file_ids.count;
    out->held = p.held;
    out->waits_for = roles_that(r, call->arena, role__redacts);
    return view_asked(call, r, db, rec, out);
}

bool redact__may_somewhere(const struct model *m, const struct actor *a)
{
    for (size_t i = 0; i < a->grant_count; i++) {
        const struct role *role = model_role(m, a->grants[i].role);
        if (role && role__redacts(role))
            return a->type == ACTOR_USER;
    }
    return false;
}

/* Is there an ask of somebody else that the actor has not joined? */
static bool asks_for(const struct redaction_view *view, struct text person)
{
    const struct redaction_ask *own = NULL;
    for (size_t i = 0; i < view->asked_count; i++)
        if (text_same(view->asked[i].person, person))
            own = &view->asked[i];
    for (size_t i = 0; i < view->asked_count; i++)
        if (!text_same(view->asked[i].person, person) &&
            !(own && text_same(own->ground, view->asked[i].ground) &&
              json_same(own->fields, view->asked[i].fields)))
            return true;
    return false;
}

enum err redact__is_asked(struct call *call, struct records *r, struct reader *db,
                          const struct record *rec, bool *out)
{
    struct redaction_view view = {0};
    TRY(view_asked(call, r, db, rec, &view));
    *out = view.asked_count > 0;
    return OK;
}

/* May the actor be the second person? */
static enum err second_of(struct call *call, struct records *r, struct reader *db,
                          const struct record *rec, bool *out)
{
    struct redaction_view view = {0};
    TRY(who__cleared(call, r, db_reader(db), call->actor, rec, role__redacts, out));
    if (!*out)
        return OK;
    TRY(view_asked(call, r, db, rec, &view));
    *out = asks_for(&view, call->actor->person);
    return OK;
}

enum err redact__waiting(struct call *call, struct records *r, struct reader *db,
                         struct record ***out, size_t *count)
{
    struct rows rows;
    *count = 0;
    if (!redact__may_somewhere(r->model, call->actor))
        return OK;
    TRY(read_rows(call, db,
                  "SELECT DISTINCT g.kind, g.id FROM signature g WHERE g.move = 'redact' AND NOT "
                  "EXISTS (SELECT 1 FROM withdrawn w WHERE w.signature = g.own_id) AND NOT EXISTS "
                  "(SELECT 1 FROM version v WHERE v.kind = g.kind AND v.id = g.id AND v.version > "
                  "g.version AND COALESCE(v.alters, 1) > 0) ORDER BY g.kind, g.id LIMIT 200",
                  NULL, 0, 200, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct record *);
    for (size_t i = 0; i < rows.count; i++) {
        const struct kind *k = model_kind(r->model, row_at(&rows, i)[0].text);
        struct call *quiet = call_beside(call->arena, call);
        quiet->actor = call->actor;
        struct record *rec;
        bool second = false;
        if (!k || record_read(quiet, r, db, k, row_at(&rows, i)[1].text, 0, &rec) != OK)
            continue;
        TRY(second_of(call, r, db, rec, &second));
        if (second)
            (*out)[(*count)++] = rec;
    }
    return OK;
}

enum err record_redactions(struct call *call, struct reader *db, const struct record *rec,
                           struct redaction_done **out, size_t *count)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    *count = 0;
    TRY(read_rows(call, db,
                  "SELECT version, ledger, at, body FROM version WHERE kind = $1 AND id = $2 AND "
                  "body LIKE '%\"_act\":\"record.redact\"%' ORDER BY version DESC LIMIT 100",
                  values, 2, 100, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct redaction_done);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        const struct json *body, *redact;
        TRY(json_read(call, row[3].text, &body_limits, &body));
        redact = json_get(body, "_redact");
        if (!redact || !text_is(json_text(json_get(body, "_act")), "record.redact"))
            continue;
        (*out)[(*count)++] = (struct redaction_done){
            row[0].integer, row[1].integer, row[2].text, json_text(json_get(body, "_actor")),
            json_text(json_get(redact, "ground")), json_text(json_get(body, "_reason")),
            json_get(redact, "fields")};
    }
    return OK;
}
