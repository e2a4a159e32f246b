/* SPDX-License-Identifier: Apache-2.0 */
/* record/acknowledge.c — people acknowledge an edition of a record: the version that brought it
 * to the state in which its kind asks for it. Each does it themselves, once, in a session of
 * their own; it is an act of its own in the ledger and leaves the record as it is. Whom a
 * record asks is computed whenever somebody looks (query/asked.c). */
#include "record/internal.h"

#define WAITING_MOST 100

struct acknowledging {
    struct records *records;
    const struct kind *kind;
    struct text id;
    int64_t edition;
    const struct json *answers;
    struct acknowledged made;
};

/* ---- by when ------------------------------------------------------------------------------
 */
/* The last day: of who came later, counted from when they came. */
static int64_t last_day(const struct call *call, const struct asks *a, struct text since,
                        struct text joined)
{
    int64_t moment = 0;
    (void)moment_read(text_compare(since, joined) < 0 ? joined : since, &moment);
    return zone_day(call->zone, moment) + a->days;
}

/* Whom the record asked before that moment, and who has not answered, is late. */
static struct text late_before(struct call *call, const struct asks *a)
{
    int64_t today = zone_day(call->zone, call->now);
    return moment_print(call->arena, zone_day_start(call->zone, today - a->days));
}

/* ---- the quiz -----------------------------------------------------------------------------
 */
static struct text cell(const struct json *row, const char *name)
{
    return json_text(json_get(row, name));
}

static const struct json *quiz_of(const struct record *rec)
{
    const struct field *f = rec->kind->asks.quiz;
    const struct json *v = f ? record_value(rec, f->name) : NULL;
    return v && v->type == JSON_LIST && v->count ? v : NULL;
}

/* The words of why, and where to read: what they need, and not which answer is right. */
static enum err wrong(struct call *call, const struct json *row, size_t nth)
{
    struct text why = cell(row, "why"), place = cell(row, "place");
    struct text field = text_print(call->arena, "answers.%zu", nth);
    struct text words = text_print(call->arena, "%s%.*s%.*s%s%.*s", say(call, "not quite: "),
                                   TEXT_ARG(why), TEXT_ARG(place.len ? TEXT(". ") : TEXT("")),
                                   place.len ? say(call, "Read: ") : "", TEXT_ARG(place));
    return problem(call, ERR_INVALID, field, "wrong", "%.*s", TEXT_ARG(words));
}

static enum err check_answers(struct call *call, const struct record *rec,
                              const struct json *answers)
{
    const struct json *quiz = quiz_of(rec);
    size_t asked = quiz ? quiz->count : 0, given = answers ? answers->count : 0, nth = 0;
    enum err worst = OK;
    if (asked != given)
        return problem(
            call, ERR_INVALID, TEXT("answers"), "count",
            say(call, "there are %zu questions: one answer for each, in their order"), asked);
    const struct json *row = quiz ? quiz->first : NULL;
    for (const struct json *v = answers ? answers->first : NULL; v; v = v->next, nth++) {
        if (v->type != JSON_TEXT || !text_same(v->text, cell(row, "answer")))
            worst = wrong(call, row, nth);
        row = row->next;
    }
    return worst;
}

/* A question whose right answer says nothing could be answered by nobody. */
enum err acknowledge__quiz(struct call *call, const struct record *rec)
{
    const struct json *quiz = quiz_of(rec);
    enum err worst = OK;
    size_t nth = 0;
    for (const struct json *row = quiz ? quiz->first : NULL; row; row = row->next, nth++) {
        struct text right = cell(row, "answer");
        if (right.len && !text_trim(cell(row, text_c(call->arena, right))).len)
            worst = problem(call, ERR_INVALID,
                            text_print(call->arena, "%.*s[%zu].%.*s",
                                       TEXT_ARG(rec->kind->asks.quiz->name), nth, TEXT_ARG(right)),
                            "required", "%s",
                            say(call, "is the right answer, so it needs words"));
    }
    return worst;
}

/* ---- the act ------------------------------------------------------------------------------
 */
enum err acknowledged__commit(struct call *call, const struct acknowledged *a, struct text salt,
                              struct hash *out)
{
    static const char *const names[] = {"at", "id", "kind", "person", "record", "version"};
    struct text values[] = {a->at,     a->id,
                            a->kind,   a->person,
                            a->record, text_print(call->arena, "%lld", (long long)a->version)};
    return ledger_commit_texts(call, names, values, COUNT(values), salt, out);
}

static enum err write_it(struct call *call, struct tx *tx, struct records *r,
                         struct acknowledged *a)
{
    struct text salt = ledger_salt(call);
    struct hash commitment;
    uint64_t index;
    TRY(acknowledged__commit(call, a, salt, &commitment));
    TRY(attach__append(call, tx, r, "acknowledge.add", TEXT("acknowledgement"), a->id, &commitment,
                       &index));
    struct value values[] = {V_TEXT(a->id),     V_TEXT(a->kind),      V_TEXT(a->record),
                             V_INT(a->version), V_TEXT(a->person),    V_TEXT(a->at),
                             V_BYTES(salt),     V_INT((int64_t)index)};
    return tx_exec(call, tx,
                   "INSERT INTO acknowledgement(id, kind, record, version, person, at, salt, "
                   "ledger) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   values, COUNT(values), NULL);
}

static bool is_themselves(const struct actor *a)
{
    return a->type == ACTOR_USER && a->session.len && a->person.len && !a->stands_for.len;
}

static enum err find(struct call *call, struct acknowledging *a, struct tx *tx,
                     struct record **rec)
{
    bool readable = false;
    TRY(epoch__guard(call, tx, a->records));
    TRY(table__find(call, a->records, db_tx(tx), a->kind, a->id, rec));
    if (*rec)
        TRY(who__may_read(call, a->records, db_tx(tx), call->actor, *rec, &readable));
    return readable ? OK
                    : problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                              say(call, "there is no such record"));
}

/* row: version, since, joined, at */
static enum err may_acknowledge(struct call *call, const struct acknowledging *a,
                                const struct rows *rows)
{
    if (!rows->count)
        return problem(call, ERR_DENIED, TEXT(""), "audience", "%s",
                       say(call, "you are not among those whom it asks now"));
    const struct value *row = row_at(rows, 0);
    if (a->edition && a->edition != row[0].integer)
        return problem(call, ERR_CONFLICT, TEXT("edition"), "edition", "%s",
                       say(call, "there is another edition by now: read that one"));
    if (row[3].type == VALUE_TEXT)
        return problem(call, ERR_CONFLICT, TEXT(""), "done",
                       say(call, "you have acknowledged this edition already: %.*s"),
                       TEXT_ARG(row[3].text));
    return OK;
}

static enum err acknowledge(struct job *job, struct call *call, struct tx *tx)
{
    struct acknowledging *a = job->arg;
    const struct kind *k = a->kind;
    struct record *rec = NULL;
    struct rows rows;
    TRY(find(call, a, tx, &rec));
    if (rec->state != k->asks.state)
        return problem(call, ERR_CONFLICT, TEXT("state"), "state",
                       say(call, "it is acknowledged while it is “%.*s”"),
                       TEXT_ARG(words_in(k->states[k->asks.state].title, call->lang)));
    TRY(query__asked_one(call, a->records, db_tx(tx), rec, call->actor->person, &rows));
    TRY(may_acknowledge(call, a, &rows));
    TRY(check_answers(call, rec, a->answers));
    a->made = (struct acknowledged){.id = id_new(call),
                                    .kind = k->name,
                                    .record = rec->id,
                                    .person = call->actor->person,
                                    .at = moment_print(call->arena, call->now),
                                    .version = row_at(&rows, 0)[0].integer};
    return write_it(call, tx, a->records, &a->made);
}

enum err record_acknowledge(struct call *call, struct records *r, const struct kind *k,
                            struct text id, int64_t edition, const struct json *answers,
                            struct acknowledged *made)
{
    if (!k->asks.audience)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "nothing here asks to be acknowledged"));
    if (!is_themselves(call->actor))
        return problem(call, ERR_DENIED, TEXT(""), "themselves", "%s",
                       say(call,
                           "everybody acknowledges for themselves, signed in: by no token, "
                           "no deputy and no command"));
    struct acknowledging a = {
        .records = r, .kind = k, .id = id, .edition = edition, .answers = answers};
    TRY(store_run(r->store, call, acknowledge, &a));
    *made = a.made;
    return OK;
}

/* ---- who has, and who has not --------------------------------------------------------------
 */
static enum err read_edition(struct call *call, struct reader *db, const struct record *rec,
                             struct acknowledgements *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id),
                             V_TEXT(rec->kind->states[rec->kind->asks.state].name)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT version, since FROM stay WHERE kind = $1 AND id = $2 AND state = $3 "
                  "AND until IS NULL",
                  values, 3, 1, &rows));
    if (rows.count) {
        out->edition = row_at(&rows, 0)[0].integer;
        out->since = row_at(&rows, 0)[1].text;
    }
    return OK;
}

static enum err read_own(struct call *call, struct records *r, struct reader *db,
                         const struct record *rec, struct acknowledgements *out)
{
    struct rows rows;
    const struct asks *a = &rec->kind->asks;
    if (!call->actor->person.len)
        return OK;
    TRY(query__asked_one(call, r, db_reader(db), rec, call->actor->person, &rows));
    out->asked = rows.count > 0;
    if (!out->asked)
        return OK;
    const struct value *row = row_at(&rows, 0);
    int64_t day = last_day(call, a, row[1].text, row[2].text);
    out->due = date_of_days(call->arena, day);
    out->at = row[3].type == VALUE_TEXT ? row[3].text : TEXT("");
    out->overdue = !out->at.len && day < zone_day(call->zone, call->now);
    out->quiz = quiz_of(rec);
    return OK;
}

static void take_person(struct call *call, const struct asks *a, const struct value *row,
                        struct asked_person *out)
{
    int64_t day = last_day(call, a, row[4].text, row[3].text);
    *out = (struct asked_person){.person = row[0].text,
                                 .name = row[1].text,
                                 .unit = row[2].text,
                                 .due = date_of_days(call->arena, day),
                                 .at = row[5].type == VALUE_TEXT ? row[5].text : TEXT("")};
    out->overdue = !out->at.len && day < zone_day(call->zone, call->now);
}

/* cursor: "unit|person" of the last one */
static enum err read_people(struct call *call, struct records *r, struct reader *db,
                            const struct record *rec, struct text cursor, size_t limit,
                            struct acknowledgements *out)
{
    struct rows rows;
    struct text after[2] = {TEXT(""), TEXT("")};
    if (cursor.len) {
        if (cursor.len > 100 || text_find(cursor, '|') < 0)
            return problem(call, ERR_INVALID, TEXT("cursor"), "cursor", "%s",
                           say(call, "is not a cursor of this list"));
        after[0] = text_cut(&cursor, '|');
        after[1] = cursor;
    }
    TRY(query__asked_page(call, r, db_reader(db), rec, after, limit + 1, &rows));
    out->count = rows.count > limit ? limit : rows.count;
    out->items = NEW_MANY(call->arena, out->count + 1, struct asked_person);
    for (size_t i = 0; i < out->count; i++)
        take_person(call, &rec->kind->asks, row_at(&rows, i), &out->items[i]);
    if (rows.count > limit) {
        const struct asked_person *last = &out->items[limit - 1];
        out->next =
            text_print(call->arena, "%.*s|%.*s", TEXT_ARG(last->unit), TEXT_ARG(last->person));
    }
    return OK;
}

enum err record_acknowledgements(struct call *call, struct records *r, struct reader *db,
                                 const struct record *rec, struct text cursor, size_t limit,
                                 struct acknowledgements *out)
{
    const struct asks *a = &rec->kind->asks;
    struct rows rows;
    *out = (struct acknowledgements){0};
    if (!a->audience)
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "nothing here asks to be acknowledged"));
    TRY(read_edition(call, db, rec, out));
    TRY(read_own(call, r, db, rec, out));
    TRY(who__matches(call, r, db_reader(db), call->actor, rec, &a->shown, &out->shown));
    if (!out->shown)
        return OK;
    TRY(query__asked_count(call, r, db_reader(db), rec, late_before(call, a), &rows));
    out->total = row_at(&rows, 0)[0].integer;
    out->done = row_at(&rows, 0)[1].integer;
    out->late = row_at(&rows, 0)[2].integer;
    return read_people(call, r, db, rec, cursor, limit, out);
}

enum err record_past_editions(struct call *call, struct reader *db, const struct record *rec,
                              struct past_edition **out, size_t *count)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id),
                             V_TEXT(rec->kind->states[rec->kind->asks.state].name)};
    struct rows rows;
    TRY(read_rows(call, db,
                  "SELECT s.version, s.since, s.until, (SELECT count(*) FROM acknowledgement a "
                  "WHERE a.kind = s.kind AND a.record = s.id AND a.version = s.version) FROM stay s "
                  "WHERE s.kind = $1 AND s.id = $2 AND s.state = $3 AND s.until IS NOT NULL "
                  "ORDER BY s.version DESC LIMIT 50",
                  values, 3, PAST_EDITIONS_MOST, &rows));
    *count = rows.count;
    *out = NEW_MANY(call->arena, rows.count + 1, struct past_edition);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        (*out)[i] = (struct past_edition){.edition = row[0].integer,
                                          .since = row[1].text,
                                          .until = row[2].text,
                                          .done = row[3].integer};
    }
    return OK;
}

enum err record_acknowledged_then(struct call *call, struct reader *db, const struct record *rec,
                                  int64_t edition, struct text cursor, size_t limit,
                                  struct acknowledgements *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(edition),
                             V_TEXT(rec->kind->states[rec->kind->asks.state].name),
                             V_TEXT(cursor), V_INT((int64_t)limit + 1)};
    struct rows stays, rows;
    *out = (struct acknowledgements){.shown = true};
    TRY(read_rows(call, db,
                  "SELECT s.since, (SELECT count(*) FROM acknowledgement a WHERE a.kind = s.kind AND "
                  "a.record = s.id AND a.version = s.version) FROM stay s WHERE s.kind = $1 AND "
                  "s.id = $2 AND s.version = $3 AND s.state = $4",
                  values, 4, 1, &stays));
    if (!stays.count)
        return OK;
    out->edition = edition;
    out->since = stays.cells[0].text;
    out->done = out->total = stays.cells[1].integer;
    values[3] = values[4];
    values[4] = values[5];
    TRY(read_rows(call, db,
                  "SELECT a.person, p.name, a.at FROM acknowledgement a JOIN person p ON p.id = "
                  "a.person WHERE a.kind = $1 AND a.record = $2 AND a.version = $3 AND a.person > "
                  "$4 ORDER BY a.person LIMIT $5",
                  values, 5, limit + 1, &rows));
    out->count = rows.count > limit ? limit : rows.count;
    out->items = NEW_MANY(call->arena, out->count + 1, struct asked_person);
    for (size_t i = 0; i < out->count; i++) {
        const struct value *row = row_at(&rows, i);
        out->items[i] = (struct asked_person){
            .person = row[0].text, .name = row[1].text, .at = row[2].text};
    }
    if (rows.count > limit)
        out->next = out->items[limit - 1].person;
    return OK;
}

/* ---- work of whoever is asked -------------------------------------------------------------
 */
static enum err take_todo(struct call *call, struct records *r, struct reader *db,
                          const struct kind *k, const struct value *row, struct asked_todo *out,
                          size_t *count)
{
    struct record *rec;
    bool readable = false;
    TRY(table__find(call, r, db_reader(db), k, row[0].text, &rec));
    if (rec)
        TRY(who__may_read(call, r, db_reader(db), call->actor, rec, &readable));
    if (!readable)
        return OK;
    int64_t day = last_day(call, &k->asks, row[1].text, row[2].text);
    out[(*count)++] = (struct asked_todo){.record = rec,
                                          .due = date_of_days(call->arena, day),
                                          .overdue = day < zone_day(call->zone, call->now)};
    return OK;
}

enum err acknowledge__due(struct call *call, struct records *r, struct reader *db,
                          struct asked_todo **out, size_t *count)
{
    *count = 0;
    *out = NEW_MANY(call->arena, WAITING_MOST, struct asked_todo);
    if (call->actor->type != ACTOR_USER || call->actor->stands_for.len)
        return OK;
    for (size_t i = 0; i < r->model->kind_count && *count < WAITING_MOST; i++) {
        const struct kind *k = &r->model->kinds[i];
        struct rows rows;
        if (!k->asks.audience)
            continue;
        TRY(query__asked_of(call, r, db_reader(db), k, call->actor->person,
                            WAITING_MOST - *count, &rows));
        for (size_t n = 0; n < rows.count; n++)
            TRY(take_todo(call, r, db, k, row_at(&rows, n), *out, count));
    }
    return OK;
}
