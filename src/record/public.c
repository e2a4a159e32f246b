/* SPDX-License-Identifier: Apache-2.0 */
/* record/public.c — what comes from somebody without an account, and the conversation that
 * follows. Whoever sends a report is given a code, once; kept is its hash, so that the code
 * opens the conversation and nobody here can find it out, or whose it is. The record has no
 * author and no owner: it belongs to the whole organisation, the next step waits for the roles
 * that the model names, and they are told. Messages of both sides hang on the record beside its
 * fields, each with a commitment and an entry of its own, and are no comments: what is said
 * among ourselves never goes out. */
#include "record/internal.h"

#define CODE_LETTERS "0123456789ABCDEFGHJKMNPQRSTVWXYZ" /* none that is taken for another */
#define CODE_BYTES 15                                   /* 120 bits, 24 letters */
#define MESSAGE_MOST 5000                               /* characters */
#define TOLD_MOST 50

/* ---- the code -----------------------------------------------------------------------------
 */
static struct text new_code(struct arena *a)
{
    unsigned char bytes[CODE_BYTES];
    struct buf b = buf_in(a, 64);
    unsigned held = 0, bits = 0;
    chance(bytes, sizeof bytes);
    for (size_t i = 0, n = 0; i < sizeof bytes; i++) {
        held = (held << 8 | bytes[i]) & 0xffff;
        for (bits += 8; bits >= 5; n++) {
            bits -= 5;
            if (n && n % 4 == 0)
                buf_add_byte(&b, '-');
            buf_add_byte(&b, CODE_LETTERS[held >> bits & 31]);
        }
    }
    return buf_text(&b);
}

/* As people copy it: small letters, blanks, no hyphens, O for 0, I and L for 1. */
struct text public__plain_code(struct arena *a, struct text code)
{
    struct buf b = buf_in(a, PUBLIC_CODE_MOST);
    for (size_t i = 0; i < code.len && i < PUBLIC_CODE_MOST; i++) {
        char c = code.at[i];
        c = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
        if (c != '-' && c != ' ')
            buf_add_byte(&b, c);
    }
    return buf_text(&b);
}

static struct text hash_of(struct arena *a, struct text code)
{
    struct text plain = public__plain_code(a, code);
    struct hash h = sha256(text_join(a, TEXT("aimwell case "), plain));
    return hex_of(a, hash_text(&h));
}

/* ---- commitments --------------------------------------------------------------------------
 */
enum err mailbox__commit(struct call *call, const struct mailbox_row *m, struct text salt,
                         struct hash *out)
{
    static const char *const names[] = {"at", "hash", "id", "kind", "record", "told"};
    struct text values[] = {m->at, m->hash, m->id, m->kind, m->record, m->told};
    return ledger_commit_texts(call, names, values, COUNT(values), salt, out);
}

enum err message__commit(struct call *call, const struct message *m, struct text kind,
                         struct text record, struct text salt, struct hash *out)
{
    static const char *const names[] = {"at", "author", "body", "id", "kind", "record", "told"};
    struct text values[] = {m->at, m->author, m->body, m->id, kind, record, m->told};
    return ledger_commit_texts(call, names, values, COUNT(values), salt, out);
}

/* ---- who is told --------------------------------------------------------------------------
 */
static enum err holders(struct writing *w, const struct record *rec, struct text role,
                        struct buf *told, size_t *count)
{
    const struct json *unit = record_value(rec, TEXT("unit"));
    struct value values[] = {V_TEXT(role), V_TEXT(value__empty(unit) ? TEXT("") : unit->text)};
    struct rows rows;
    TRY(tx_rows(
        w->call, w->tx,
        "SELECT DISTINCT g.person FROM role_grant g JOIN person p ON p.id = g.person WHERE "
        "g.role = $1 AND g.state = 'active' AND p.disabled = 0 AND (g.unit = '' OR g.unit "
        "IN (SELECT ancestor FROM unit_closure WHERE descendant = $2)) ORDER BY g.person "
        "LIMIT 50",
        values, 2, TOLD_MOST, &rows));
    for (size_t i = 0; i < rows.count && *count < TOLD_MOST; i++) {
        struct text one = row_at(&rows, i)[0].text;
        if (text_search(buf_text(told), one) >= 0)
            continue;
        buf_print(told, "%s%.*s", told->len ? " " : "", TEXT_ARG(one));
        ++*count;
    }
    return OK;
}

/* Whoever holds the record; while nobody does, all who could answer. Ids with blanks between.
 */
static enum err whom(struct writing *w, const struct record *rec, struct text *out)
{
    const struct who_list *answer = &rec->kind->outside.answer;
    struct buf told = buf_in(w->call->arena, 8192);
    size_t count = 0;
    TRY(clock__keeper(w, rec, out));
    if (out->len)
        return OK;
    for (size_t i = 0; i < answer->count; i++)
        if (answer->one[i].role.len)
            TRY(holders(w, rec, answer->one[i].role, &told, &count));
    *out = buf_text(&told);
    return OK;
}

static enum err tell(struct writing *w, const struct record *rec, struct text told,
                     const char *event, int64_t entry, struct text at)
{
    for (size_t nth = 0; told.len; nth++) {
        struct value values[] = {V_TEXT(outbox__id(w->call, entry, nth)),
                                 V_TEXT(text_cut(&told, ' ')),
                                 V_TEXT(rec->kind->name),
                                 V_TEXT(rec->id),
                                 V_TEXT(text_of(event)),
                                 V_TEXT(at)};
        TRY(tx_exec(
            w->call, w->tx,
            "INSERT INTO outbox(id, person, channel, kind, record, version, event, field, "
            "at, due, tries) SELECT $1, $2, 'app', $3, $4, max(version), $5, '', $6, $6, 0 "
            "FROM version WHERE kind = $3 AND id = $4",
            values, 6, NULL));
    }
    return OK;
}

/* ---- a report -----------------------------------------------------------------------------
 */
struct opening {
    struct writing writing;
    struct text hash;
};

static enum err open_mailbox(struct writing *w, const struct record *rec, struct text hash)
{
    struct mailbox_row m = {.id = id_new(w->call),
                            .kind = rec->kind->name,
                            .record = rec->id,
                            .hash = hash,
                            .at = moment_print(w->call->arena, w->call->now)};
    struct text salt = ledger_salt(w->call);
    struct hash commitment;
    uint64_t index;
    TRY(whom(w, rec, &m.told));
    TRY(mailbox__commit(w->call, &m, salt, &commitment));
    TRY(attach__append(w->call, w->tx, w->records, "case.open", TEXT("case"), m.id, &commitment,
                       &index));
    struct value values[] = {V_TEXT(m.id),   V_TEXT(m.kind),       V_TEXT(m.record),
                             V_TEXT(m.hash), V_TEXT(m.at),         V_TEXT(m.told),
                             V_BYTES(salt),  V_INT((int64_t)index)};
    TRY(tx_exec(
        w->call, w->tx,
        "INSERT INTO mailbox(id, kind, record, hash, at, told, salt, ledger) VALUES ($1, "
        "$2, $3, $4, $5, $6, $7, $8)",
        values, 8, NULL));
    return tell(w, rec, m.told, "reported", (int64_t)index, m.at);
}

static enum err open_case(struct job *job, struct call *call, struct tx *tx)
{
    struct opening *o = job->arg;
    struct writing *w = &o->writing;
    w->call = call;
    w->tx = tx;
    w->notes = NULL;
    w->change->record = NULL;
    TRY(epoch__guard(call, tx, w->records));
    TRY(change__run(w));
    return open_mailbox(w, w->change->record, o->hash);
}

/* What was sent, and nothing that the register does not take from outside; the values that such
 * a record has besides. */
static enum err read_report(struct call *call, const struct kind *k, const struct json *sent,
                            const struct json **out)
{
    struct arena *a = call->arena;
    struct json *body = node__object(a);
    enum err worst = OK;
    for (const struct json *v = sent->first; v; v = v->next) {
        bool known = false;
        for (size_t i = 0; i < k->outside.create_count; i++)
            known |= text_same(k->outside.create[i]->name, v->key);
        if (known)
            node__add(body, v, v->key, a);
        else
            worst = problem(call, ERR_INVALID, v->key, "unknown", "%s",
                            say(call, "is not known here"));
    }
    for (size_t i = 0; i < k->outside.create_count; i++) {
        const struct field *f = k->outside.create[i];
        if (public_must(f) && value__empty(json_named(body, f->name)))
            worst =
                problem(call, ERR_INVALID, f->name, "required", "%s", say(call, "is required"));
    }
    for (size_t i = 0; i < k->outside.set.value_count; i++) {
        const struct make_value *v = &k->outside.set.values[i];
        node__add(body, v->value, v->field->name, a);
    }
    *out = body;
    return worst;
}

enum err record_public_check(struct call *call, const struct kind *k, const struct json *sent)
{
    const struct json *body, **values;
    bool *given;
    TRY(read_report(call, k, sent, &body));
    return check__body(call, k, body, false, &values, &given);
}

enum err record_public_open(struct call *call, struct records *r, const struct kind *k,
                            const struct json *sent, struct text *code)
{
    const struct json *body, **values;
    bool *given;
    call->actor = actor_public(call);
    TRY(read_report(call, k, sent, &body));
    TRY(check__body(call, k, body, false, &values, &given));
    struct change change = {.act = RECORD_CREATE, .kind = k, .body = body};
    *code = new_code(call->arena);
    struct opening o = {
        .writing = {.records = r, .change = &change, .values = values, .given = given},
        .hash = hash_of(call->arena, *code)};
    TRY(store_run(r->store, call, open_case, &o));
    for (struct note *n = o.writing.notes; n; n = n->next)
        epoch__tell(r, n->kind, n->id, n->version);
    return OK;
}

/* ---- finding it again ---------------------------------------------------------------------
 */
static enum err no_case(struct call *call)
{
    return problem(call, ERR_MISSING, TEXT("case"), "missing", "%s",
                   say(call, "there is no case with this code: check it letter by letter"));
}

/* A code that cannot be one is looked for like any other, so that all wrong ones take as long.
 * What was erased is gone for both sides. */
static enum err find_case(struct call *call, struct records *r, struct db db, struct text code,
                          struct record **rec)
{
    struct value hash = V_TEXT(hash_of(call->arena, code));
    struct rows rows;
    enum keep_standing standing = KEEP_NONE;
    *rec = NULL;
    TRY(db__rows(call, db, "SELECT kind, record FROM mailbox WHERE hash = $1", &hash, 1, 1,
                 &rows));
    const struct kind *k = rows.count ? model_kind(r->model, row_at(&rows, 0)[0].text) : NULL;
    if (k && k->outside.on)
        TRY(table__find(call, r, db, k, row_at(&rows, 0)[1].text, rec));
    if (*rec)
        TRY(redact__found(call, r, db, *rec, &standing));
    return *rec && standing != KEEP_ERASED ? OK : no_case(call);
}

enum err record_public_find(struct call *call, struct records *r, struct reader *db,
                            struct text code, struct record **rec)
{
    return find_case(call, r, db_reader(db), code, rec);
}

bool record_public_shows(const struct record *rec, const struct public_field *f)
{
    return f->in >> rec->state & 1 && f->field->guarded == false &&
           !record_is_redacted(rec, f->field);
}

static bool is_archived(const struct record *rec)
{
    return text_is(rec->kind->states[rec->state].name, "archived");
}

/* ---- messages -----------------------------------------------------------------------------
 */
struct saying {
    struct records *records;
    const struct kind *kind; /* inside: which record; outside NULL, and the code says it */
    struct text id, code, body;
    struct message made;
    const struct record *about;
};

static void tell_inside(const struct saying *s)
{
    epoch__tell(s->records, s->about->kind->name, s->about->id, 0);
}

static enum err check_room(struct call *call, struct tx *tx, const struct record *rec,
                           bool outside)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(outside)};
    struct rows rows;
    TRY(tx_rows(call, tx,
                "SELECT count(*) FROM message WHERE kind = $1 AND record = $2 AND (CASE WHEN "
                "author = '' THEN 1 ELSE 0 END) = $3",
                values, 3, 1, &rows));
    if (rows.cells[0].integer >= PUBLIC_MESSAGES)
        return problem(call, ERR_CONFLICT, TEXT("body"), "full",
                       say(call, "one side writes at most %d messages in a case"),
                       PUBLIC_MESSAGES);
    if (is_archived(rec))
        return problem(
            call, ERR_CONFLICT, TEXT(""), "archived", "%s",
            say(call, "this case is archived; nothing can be written to it any more"));
    return OK;
}

static enum err write_message(struct writing *w, const struct record *rec, struct message *m,
                              struct text body)
{
    struct text salt = ledger_salt(w->call);
    struct hash commitment;
    uint64_t index;
    *m = (struct message){.id = id_new(w->call),
                          .author = w->call->actor->person,
                          .body = body,
                          .at = moment_print(w->call->arena, w->call->now)};
    if (!m->author.len)
        TRY(whom(w, rec, &m->told));
    TRY(message__commit(w->call, m, rec->kind->name, rec->id, salt, &commitment));
    TRY(attach__append(w->call, w->tx, w->records, "message.add", TEXT("message"), m->id,
                       &commitment, &index));
    m->ledger = (int64_t)index;
    struct value values[] = {V_TEXT(m->id),     V_TEXT(rec->kind->name), V_TEXT(rec->id),
                             V_TEXT(m->author), V_TEXT(m->at),           V_TEXT(m->body),
                             V_TEXT(m->told),   V_BYTES(salt),           V_INT(m->ledger)};
    TRY(tx_exec(w->call, w->tx,
                "INSERT INTO message(id, kind, record, author, at, body, told, salt, ledger) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                values, COUNT(values), NULL));
    return tell(w, rec, m->told, "message", m->ledger, m->at);
}

static enum err check_words(struct call *call, struct text *body)
{
    *body = text_trim(*body);
    if (body->len && text_utf8(*body) && text_characters(*body) <= MESSAGE_MOST &&
        shown_any(*body) && shown_fit(*body, true))
        return OK;
    return problem(call, ERR_INVALID, TEXT("body"), "length", "%s",
                   say(call, "a message has 1 to 5,000 characters that can be seen"));
}

static enum err say_outside(struct job *job, struct call *call, struct tx *tx)
{
    struct saying *s = job->arg;
    struct writing w = {.call = call, .records = s->records, .tx = tx};
    struct record *rec;
    TRY(epoch__guard(call, tx, s->records));
    TRY(find_case(call, s->records, db_tx(tx), s->code, &rec));
    TRY(check_room(call, tx, rec, true));
    s->about = rec;
    return write_message(&w, rec, &s->made, s->body);
}

enum err record_public_say(struct call *call, struct records *r, struct text code,
                           struct text body, struct message *made)
{
    call->actor = actor_public(call);
    TRY(check_words(call, &body));
    struct saying s = {.records = r, .code = code, .body = body};
    TRY(store_run(r->store, call, say_outside, &s));
    tell_inside(&s);
    *made = s.made;
    return OK;
}

/* ---- inside -------------------------------------------------------------------------------
 */
static enum err check_answers(struct call *call, struct records *r, struct db db,
                              const struct record *rec)
{
    const struct public_way *way = &rec->kind->outside;
    bool yes = false, barred = false;
    if (who__is_somebody(call->actor) && call->actor->person.len)
        TRY(deputy__matches(call, r, db, rec, &way->answer, &call->actor, &yes));
    if (!yes)
        return problem_at(call, ERR_DENIED, TEXT(""), "who", rec->kind->file,
                          text_print(call->arena, say(call, "answering is for: %.*s"),
                                     TEXT_ARG(who__print(call, r, rec->kind, &way->answer))));
    for (size_t i = 0; i < way->duty_count; i++) {
        const struct duty *d = &way->duties[i];
        TRY(guard__bars(call, r, db, call->actor, rec, &d->people, &barred));
        if (barred)
            return problem_at(
                call, ERR_CONFLICT, TEXT(""), text_c(call->arena, d->code), rec->kind->file,
                text_print(call->arena, say(call, "Separation of duties (%.*s): not by %.*s"),
                           TEXT_ARG(d->code),
                           TEXT_ARG(who__print(call, r, rec->kind, &d->people))));
    }
    return OK;
}

static enum err has_case(struct call *call, struct db db, const struct record *rec, bool *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(db__rows(call, db, "SELECT 1 FROM mailbox WHERE kind = $1 AND record = $2 LIMIT 1",
                 values, 2, 1, &rows));
    *out = rows.count > 0;
    return OK;
}

static enum err answer(struct job *job, struct call *call, struct tx *tx)
{
    struct saying *s = job->arg;
    struct writing w = {.call = call, .records = s->records, .tx = tx};
    struct record *rec;
    bool readable = false, there;
    enum keep_standing standing;
    TRY(epoch__guard(call, tx, s->records));
    TRY(table__find(call, s->records, db_tx(tx), s->kind, s->id, &rec));
    if (rec)
        TRY(who__may_read(call, s->records, db_tx(tx), call->actor, rec, &readable));
    if (!readable)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is no such record"));
    TRY(check_answers(call, s->records, db_tx(tx), rec));
    TRY(has_case(call, db_tx(tx), rec, &there));
    TRY(redact__found(call, s->records, db_tx(tx), rec, &standing));
    if (!there || standing == KEEP_ERASED)
        return problem(call, ERR_CONFLICT, TEXT(""), "no_case", "%s",
                       say(call, "nobody outside can read an answer to this record"));
    TRY(check_room(call, tx, rec, false));
    s->about = rec;
    return write_message(&w, rec, &s->made, s->body);
}

enum err record_mailbox_answer(struct call *call, struct records *r, const struct kind *k,
                               struct text id, struct text body, struct message *made)
{
    const struct actor *actor = call->actor; /* may turn out to act as somebody's deputy */
    TRY(check_words(call, &body));
    struct saying s = {.records = r, .kind = k, .id = id, .body = body};
    enum err e = store_run(r->store, call, answer, &s);
    call->actor = actor;
    if (e == OK)
        tell_inside(&s);
    *made = s.made;
    return e;
}

/* ---- reading ------------------------------------------------------------------------------
 */
static enum err may_answer(struct call *call, struct records *r, struct reader *db,
                           const struct record *rec, bool *out)
{
    struct call *quiet = call_beside(call->arena, call);
    quiet->actor = call->actor;
    enum err e = check_answers(quiet, r, db_reader(db), rec);
    *out = e == OK && !is_archived(rec);
    return e == ERR_DENIED || e == ERR_CONFLICT ? OK : e;
}

static enum err read_messages(struct call *call, struct records *r, struct reader *db,
                              const struct record *rec, bool outside, struct mailbox *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    struct said_of last = {0};
    TRY(read_rows(
        call, db,
        "SELECT m.id, m.author, m.body, m.at, m.ledger, (SELECT v.version FROM version v "
        "WHERE v.kind = m.kind AND v.id = m.record AND v.ledger < m.ledger ORDER BY "
        "v.version DESC LIMIT 1) FROM message m WHERE m.kind = $1 AND m.record = $2 "
        "ORDER BY m.ledger LIMIT 1000",
        values, 2, 2 * PUBLIC_MESSAGES, &rows));
    out->items = NEW_MANY(call->arena, rows.count + 1, struct message);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        struct message *m = &out->items[out->count++];
        if (!outside)
            TRY(attach__may_hear(call, r, db, rec, row[5].integer, &last));
        *m = (struct message){.id = row[0].text, .at = row[3].text, .ledger = row[4].integer};
        m->hidden = !outside && !last.readable;
        m->removed = !row[2].text.len;
        m->outside = !row[1].text.len;
        if (!m->hidden) {
            m->author = row[1].text;
            m->body = row[2].text;
        }
    }
    return OK;
}

enum err record_mailbox(struct call *call, struct records *r, struct reader *db,
                        const struct record *rec, struct mailbox *out)
{
    *out = (struct mailbox){0};
    if (rec->kind->outside.on)
        TRY(has_case(call, db_reader(db), rec, &out->there));
    if (!out->there)
        return OK;
    TRY(may_answer(call, r, db, rec, &out->may_answer));
    return read_messages(call, r, db, rec, false, out);
}

enum err record_public_messages(struct call *call, struct records *r, struct reader *db,
                                const struct record *rec, struct mailbox *out)
{
    *out = (struct mailbox){.there = true, .may_answer = !is_archived(rec)};
    return read_messages(call, r, db, rec, true, out);
}

/* ---- the switch ---------------------------------------------------------------------------
 */
#define THE_PUBLIC "public" /* the fact: names of kinds, with commas */

enum err record_public_kinds(struct call *call, struct records *r, struct reader *db,
                             const struct kind ***out, size_t *count)
{
    struct text names;
    enum err e = meta_read(call, db, THE_PUBLIC, &names);
    *out = NEW_MANY(call->arena, r->model->kind_count + 1, const struct kind *);
    *count = 0;
    while (e == OK && names.len) {
        const struct kind *k = model_kind(r->model, text_cut(&names, ','));
        if (k && k->outside.on)
            (*out)[(*count)++] = k;
    }
    return e == ERR_MISSING ? OK : e;
}

enum err record_public_switch(struct call *call, struct records *r, const struct json *names)
{
    struct buf b = buf_in(call->arena, 8192);
    for (size_t i = 0; i < r->model->kind_count; i++) {
        const struct kind *k = &r->model->kinds[i];
        if (value__list_has(names, k->name) && k->outside.on)
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(k->name));
    }
    for (const struct json *one = names->first; one; one = one->next) {
        const struct kind *k = model_kind(r->model, json_text(one));
        if (!k || !k->outside.on)
            return problem(call, ERR_INVALID, TEXT("public"), "unknown", "%s",
                           say(call, "names registers that can take reports from outside"));
    }
    return access_meta(call, r->access, THE_PUBLIC, buf_text(&b));
}
