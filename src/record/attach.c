/* SPDX-License-Identifier: Apache-2.0 */
/* record/attach.c — comments, evidence files and signatures: what people add beside a record's
 * fields. Each is a row with its own keyed commitment and ledger entry; bytes are stored,
 * fsynced and hashed first. */
#include "record/internal.h"


struct attaching {
    struct records *records;
    const struct kind *kind;
    struct text id, body; /* comment */
    struct stored_file *file;
    struct comment made;
    struct text about; /* the record's own id: `id` may be its key */
};

enum err attach__append(struct call *call, struct tx *tx, struct records *r, const char *act,
                        struct text kind, struct text id, const struct hash *commitment,
                        uint64_t *index)
{
    struct ledger_event event = {.act = act,
                                 .actor_type = text_of(actor_word(call->actor->type)),
                                 .actor_id = call->actor->id,
                                 .actor_for = actor_for(call->actor),
                                 .object_kind = kind,
                                 .object_id = id,
                                 .object_version = 1,
                                 .has_commitment = true,
                                 .commitment = *commitment,
                                 .previous = -1,
                                 .model = r->model->hash,
                                 .request = call->id,
                                 .session = call->actor->session};
    return ledger_append(call, tx, r->ledger, &event, index);
}

/* ---- signatures
 * ------------------------------------------------------------------------------------------ */
enum err signature__commit(struct call *call, const struct signed_move *s, struct text salt,
                           struct hash *out)
{
    /* Without a time, or for nobody else, it has no member for it: so it was before there were any. */
    const struct {
        const char *name;
        struct text value;
        bool may_lack;
    } all[] = {{"at", s->at, false},
               {"for", s->stands_for, true},
               {"id", s->own_id, false},
               {"kind", s->kind, false},
               {"move", s->move, false},
               {"person", s->person, false},
               {"record", s->record, false},
               {"side", text_print(call->arena, "%lld", (long long)s->side), false},
               {"until", s->until, true},
               {"version", text_print(call->arena, "%lld", (long long)s->version), false}};
    const char *names[COUNT(all)];
    struct text values[COUNT(all)];
    size_t n = 0;
    for (size_t i = 0; i < COUNT(all); i++) {
        if (all[i].may_lack && !all[i].value.len)
            continue;
        names[n] = all[i].name;
        values[n++] = all[i].value;
    }
    return ledger_commit_texts(call, names, values, n, salt, out);
}

enum err signature__write(struct call *call, struct tx *tx, struct records *r,
                          struct signed_move *s)
{
    struct text salt = ledger_salt(call);
    struct hash commitment;
    uint64_t index;
    s->own_id = id_new(call);
    s->person = call->actor->person;
    s->stands_for = call->actor->stands_for;
    s->at = moment_print(call->arena, call->now);
    TRY(signature__commit(call, s, salt, &commitment));
    TRY(attach__append(call, tx, r, "approval.sign", TEXT("signature"), s->own_id, &commitment,
                       &index));
    struct value values[] = {V_TEXT(s->kind),      V_TEXT(s->record), V_INT(s->version),
                             V_TEXT(s->move),      V_TEXT(s->person), V_TEXT(s->at),
                             V_INT(s->side),       V_TEXT(s->own_id), V_BYTES(salt),
                             V_INT((int64_t)index),
                             s->until.len ? V_TEXT(s->until) : V_NULL,
                             s->stands_for.len ? V_TEXT(s->stands_for) : V_NULL};
    return tx_exec(
        call, tx,
        "INSERT INTO signature(kind, id, version, move, person, at, side, own_id, salt, "
        "ledger, until, stands_for) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        values, COUNT(values), NULL);
}

/* ---- comments
 * ------------------------------------------------------------------------------------------ */
enum err comment__commit(struct call *call, const struct comment *c, struct text kind,
                         struct text record, struct text salt, struct hash *out)
{
    static const char *const names[] = {"at", "author", "body", "id", "kind", "record"};
    struct text values[] = {c->at, c->author, c->body, c->id, kind, record};
    return ledger_commit_texts(call, names, values, COUNT(values), salt, out);
}

static enum err add_comment(struct job *job, struct call *call, struct tx *tx)
{
    struct attaching *a = job->arg;
    struct record *rec;
    bool readable = false;
    TRY(epoch__guard(call, tx, a->records));
    TRY(table__find(call, a->records, db_tx(tx), a->kind, a->id, &rec));
    if (rec)
        TRY(who__may_read(call, a->records, db_tx(tx), call->actor, rec, &readable));
    if (!readable)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is no such record"));
    struct comment c = {.id = id_new(call),
                        .author = call->actor->person,
                        .body = a->body,
                        .at = moment_print(call->arena, call->now)};
    struct text salt = ledger_salt(call);
    struct hash commitment;
    uint64_t index;
    TRY(comment__commit(call, &c, a->kind->name, rec->id, salt, &commitment));
    TRY(attach__append(call, tx, a->records, "comment.add", TEXT("comment"), c.id, &commitment,
                       &index));
    struct value values[] = {V_TEXT(c.id),     V_TEXT(a->kind->name), V_TEXT(rec->id),
                             V_TEXT(c.author), V_TEXT(c.at),          V_TEXT(c.body),
                             V_BYTES(salt),    V_INT((int64_t)index)};
    c.ledger = (int64_t)index;
    a->made = c;
    a->about = rec->id;
    TRY(tx_exec(call, tx,
                "INSERT INTO comment(id, kind, record, author, at, body, salt, ledger) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                values, 8, NULL));
    TRY(mention__write(call, tx, rec, &c));
    return watching__tell(
        call, tx,
        &(struct watching_event){
            .rec = rec, .ledger = c.ledger, .event = "comment", .field = c.id, .at = c.at});
}

/* Whom it names is asked before it is written, by a reader: what roles people have is not for
 * the writer to look up. Whoever loses a role between the two is shown nothing (outbox.c). */
static enum err check_mentions(struct call *call, struct records *r, const struct kind *k,
                               struct text id, struct text body)
{
    struct text *ids;
    struct record *rec;
    if (!mentions_in(call->arena, body, 1, &ids))
        return OK;
    struct reader *db = store_reader(r->store);
    enum err e = record_read(call, r, db, k, id, 0, &rec);
    if (e == OK)
        e = mention__check(call, r, db, rec, body);
    store_return(r->store, db);
    return e;
}

enum err record_comment(struct call *call, struct records *r, const struct kind *k,
                        struct text id, struct text body, struct comment *made)
{
    body = text_trim(body);
    if (!body.len || text_characters(body) > 10000 || !text_utf8(body))
        return problem(call, ERR_INVALID, TEXT("body"), "length", "%s",
                       say(call, "a comment has 1 to 10,000 characters"));
    struct attaching a = {.records = r, .kind = k, .id = id, .body = body};
    TRY(check_mentions(call, r, k, id, body));
    TRY(store_run(r->store, call, add_comment, &a));
    epoch__tell(r, k->name, a.about, 0);
    *made = a.made;
    return OK;
}

enum err version__may_hear(struct call *call, struct records *r, struct reader *db,
                           const struct record *rec, int64_t version, struct record **then,
                           bool *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(version)};
    struct rows rows;
    *out = false;
    TRY(read_rows(call, db,
                  "SELECT version, ledger, body FROM version WHERE kind = $1 AND id = $2 AND "
                  "version = $3",
                  values, 3, 1, &rows));
    if (!rows.count)
        return OK;
    TRY(version__record(call, rec, rows.cells, then));
    return who__may_read(call, r, db_reader(db), call->actor, *then, out);
}

enum err attach__may_hear(struct call *call, struct records *r, struct reader *db,
                          const struct record *rec, int64_t version, struct said_of *last)
{
    struct record *then;
    if (version == last->version)
        return OK;
    last->version = version;
    return version__may_hear(call, r, db, rec, version, &then, &last->readable);
}

static enum err count_comments(struct call *call, struct reader *db, const struct record *rec,
                               int64_t *total)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(read_rows(call, db, "SELECT count(*) FROM comment WHERE kind = $1 AND record = $2",
                  values, 2, 1, &rows));
    *total = rows.cells[0].integer;
    return OK;
}

enum err record_comments(struct call *call, struct records *r, struct reader *db,
                         const struct record *rec, int64_t below, int64_t limit,
                         struct comments *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id),
                             V_INT(below ? below : INT64_MAX), V_INT(limit + 1)};
    struct rows rows;
    struct said_of last = {0};
    *out = (struct comments){0};
    TRY(count_comments(call, db, rec, &out->total));
    TRY(read_rows(call, db,
                  "SELECT c.id, c.author, c.body, c.at, c.ledger, (SELECT v.version FROM "
                  "version v WHERE v.kind = c.kind AND v.id = c.record AND v.ledger < c.ledger "
                  "ORDER BY v.version DESC LIMIT 1) FROM comment c WHERE c.kind = $1 AND "
                  "c.record = $2 AND c.ledger < $3 ORDER BY c.ledger DESC LIMIT $4",
                  values, 4, (size_t)limit + 1, &rows));
    out->count = rows.count > (size_t)limit ? (size_t)limit : rows.count;
    out->items = NEW_MANY(call->arena, out->count + 1, struct comment);
    for (size_t i = 0; i < out->count; i++) {
        const struct value *row = row_at(&rows, i);
        TRY(attach__may_hear(call, r, db, rec, row[5].integer, &last));
        out->items[i] = (struct comment){
            .id = row[0].text, .at = row[3].text, .ledger = row[4].integer, .hidden = true};
        if (last.readable)
            out->items[i] = (struct comment){.id = row[0].text,
                                             .author = row[1].text,
                                             .body = row[2].text,
                                             .at = row[3].text,
                                             .ledger = row[4].integer};
    }
    if (out->count < rows.count)
        out->next = out->items[out->count - 1].ledger;
    return OK;
}

/* ---- files
 * ------------------------------------------------------------------------------------------------
 */
enum err file__commit(struct call *call, const struct stored_file *f, struct text salt,
                      struct hash *out)
{
    static const char *const names[] = {"at", "author", "id", "name", "sha256", "size", "type"};
    struct text values[] = {f->at,     f->author,
                            f->id,     f->name,
                            f->sha256, text_print(call->arena, "%lld", (long long)f->size),
                            f->type};
    return ledger_commit_texts(call, names, values, COUNT(values), salt, out);
}

static enum err add_file(struct job *job, struct call *call, struct tx *tx)
{
    struct attaching *a = job->arg;
    struct stored_file *f = a->file;
    struct text salt = ledger_salt(call);
    struct hash commitment;
    uint64_t index;
    TRY(file__commit(call, f, salt, &commitment));
    TRY(attach__append(call, tx, a->records, "file.put", TEXT("file"), f->id, &commitment,
                       &index));
    struct value values[] = {V_TEXT(f->id),  V_TEXT(f->name),   V_TEXT(f->type),
                             V_INT(f->size), V_TEXT(f->sha256), V_TEXT(f->author),
                             V_TEXT(f->at),  V_BYTES(salt),     V_INT((int64_t)index)};
    return tx_exec(
        call, tx,
        "INSERT INTO attachment(id, name, type, size, sha256, author, at, salt, ledger) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        values, 9, NULL);
}

static bool plain_name(struct text name)
{
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] < 32 || name.at[i] == '/' || name.at[i] == '\\' ||
            name.at[i] == 127)
            return false;
    return name.len > 0 && name.len <= 255 && text_utf8(name) && shown_any(name) &&
           shown_fit(name, false);
}

static struct text own_id(const struct actor *a)
{
    return a->person.len ? a->person : a->id;
}

enum err record_file_room(struct call *call, struct records *r, struct reader *db, int64_t size,
                          int64_t factor)
{
    const int64_t day = 86400000000LL;
    struct text own = own_id(call->actor);
    struct rows rows;
    (void)r;
    if (factor == 0 || call->actor->all)
        return OK;
    struct value today[] = {V_TEXT(own), V_TEXT(moment_print(call->arena, call->now - day))};
    struct value week[] = {V_TEXT(own), V_TEXT(moment_print(call->arena, call->now - 7 * day))};
    TRY(read_rows(call, db,
                  "SELECT CAST(coalesce(sum(size), 0) AS bigint) FROM attachment "
                  "WHERE author = $1 AND at > $2",
                  today, 2, 1, &rows));
    if (row_at(&rows, 0)[0].integer + size > FILES_A_DAY * factor)
        return problem(call, ERR_BUSY, TEXT("file"), "quota",
                       say(call, "you may store %lld MiB of files a day; go on tomorrow"),
                       (long long)(FILES_A_DAY * factor >> 20));
    TRY(read_rows(call, db,
                  "SELECT count(*), CAST(coalesce(sum(a.size), 0) AS bigint) FROM attachment a "
                  "WHERE a.author = $1 AND a.at > $2 AND NOT EXISTS "
                  "(SELECT 1 FROM link l WHERE l.to_kind = 'file' AND l.to_id = a.id)",
                  week, 2, 1, &rows));
    if (row_at(&rows, 0)[0].integer >= FILES_LOOSE_MANY * factor ||
        row_at(&rows, 0)[1].integer + size > FILES_LOOSE * factor)
        return problem(
            call, ERR_BUSY, TEXT("file"), "quota",
            say(call, "too many of your files belong to no record (at most %lld of them, "
                      "%lld MiB); attach them first"),
            (long long)(FILES_LOOSE_MANY * factor), (long long)(FILES_LOOSE * factor >> 20));
    return OK;
}

enum err record_file_put(struct call *call, struct records *r, struct text name,
                         struct text type, struct text bytes, struct stored_file *out)
{
    if (!call->actor->all && !who__is_somebody(call->actor))
        return problem(call, ERR_DENIED, TEXT(""), "who", "%s",
                       say(call, "this token may not store files"));
    if (!plain_name(name))
        return problem(call, ERR_INVALID, TEXT("name"), "name", "%s",
                       say(call,
                           "a file needs a name that can be seen, without slashes and hidden "
                           "characters, at most 255 bytes"));
    if (type.len > 100 || !text_utf8(type))
        type = TEXT("application/octet-stream");
    *out = (struct stored_file){.id = id_new(call),
                                .name = name,
                                .type = type.len ? type : TEXT("application/octet-stream"),
                                .author = own_id(call->actor),
                                .at = moment_print(call->arena, call->now),
                                .size = (int64_t)bytes.len};
    TRY(file_write(call, r->store, bytes, &out->sha256));
    struct attaching a = {.records = r, .file = out};
    return store_run(r->store, call, add_file, &a);
}

/* A file may hang on any number of records: they are asked one after another, page by page. */
static enum err may_see_by_record(struct call *call, struct records *r, struct db db,
                                  struct text id, bool *yes)
{
    enum { page = 200 };
    struct text kind = TEXT(""), record = TEXT(""), type = TEXT("");
    for (size_t got = page; got == page && !*yes;) {
        struct value values[] = {V_TEXT(id), V_TEXT(kind), V_TEXT(record), V_TEXT(type),
                                 V_INT(page)};
        struct rows rows;
        TRY(db__rows(call, db,
                     "SELECT DISTINCT from_kind, from_id, type FROM link WHERE to_id = $1 AND "
                     "to_kind = 'file' AND (from_kind, from_id, type) > ($2, $3, $4) "
                     "ORDER BY from_kind, from_id, type LIMIT $5",
                     values, 5, page, &rows));
        got = rows.count;
        for (size_t i = 0; i < got && !*yes; i++) {
            struct record *rec = NULL;
            kind = row_at(&rows, i)[0].text;
            record = row_at(&rows, i)[1].text;
            type = row_at(&rows, i)[2].text;
            const struct kind *k = model_kind(r->model, kind);
            if (k)
                TRY(table__find(call, r, db, k, record, &rec));
            const struct field *f = k ? kind_field(k, type) : NULL;
            if (rec)
                TRY(who__may_read(call, r, db, call->actor, rec, yes));
            if (*yes && f)
                TRY(who__reads_field(call, r, db, call->actor, rec, f, yes));
        }
    }
    return OK;
}

enum err file__may_see(struct call *call, struct records *r, struct db db, struct text id,
                       bool *yes)
{
    const struct actor *actor = call->actor;
    struct text own = actor->person.len ? actor->person : actor->id;
    struct value v = V_TEXT(id);
    struct rows rows;
    *yes = false;
    TRY(db__rows(call, db, "SELECT author FROM attachment WHERE id = $1", &v, 1, 1, &rows));
    if (!rows.count)
        return OK;
    *yes = actor->all || text_same(row_at(&rows, 0)[0].text, own);
    return *yes ? OK : may_see_by_record(call, r, db, id, yes);
}

enum err record_file_get(struct call *call, struct records *r, struct reader *db,
                         struct text id, struct stored_file *about, struct text *bytes)
{
    struct value v = V_TEXT(id);
    struct rows rows;
    bool yes = false;
    TRY(read_rows(
        call, db,
        "SELECT id, name, type, size, sha256, author, at, salt FROM attachment WHERE id = $1", &v, 1,
        1, &rows));
    if (rows.count && ledger_is_opening(rows.cells[7].text) && who__is_somebody(call->actor))
        return problem(call, ERR_GONE, TEXT(""), "redacted",
                       say(call, "this file was redacted by ledger entry %lld"),
                       (long long)ledger_redacted_by(call, rows.cells[7].text, TEXT("sha256")));
    if (rows.count) {
        const struct value *row = rows.cells;
        *about = (struct stored_file){row[0].text, row[1].text, row[2].text,   row[4].text,
                                      row[5].text, row[6].text, row[3].integer};
        TRY(file__may_see(call, r, db_reader(db), about->id, &yes));
    }
    if (!yes)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is no such file"));
    return bytes ? file_read(call, r->store, about->sha256, bytes) : OK;
}
