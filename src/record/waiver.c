/* SPDX-License-Identifier: Apache-2.0 */
/* record/waiver.c — duties that do not bind, as records of the kind that `is: waiver` say it:
 * which duties, in which registers, for records of which unit, from day to day. Here is what
 * such a record may say, which of them count today (what the log has of them, never what a row
 * says), and what a version keeps of those by which it came. A waiver waives who may sign,
 * never how many. */
#include "record/internal.h"

#define WAIVERS_MOST 200

struct waiver {
    struct text id, key, until, unit;
    const struct json *duties, *kinds;
};

static struct text said(const struct record *rec, const char *name)
{
    return json_text(record_value(rec, text_of(name)));
}

static bool rests(const struct record *rec)
{
    const struct state *s = &rec->kind->states[rec->state];
    return s->rest && !s->end;
}

/* ---- which count today ------------------------------------------------------------------- */

static enum err people(struct call *call, struct db db, int64_t *out)
{
    struct rows rows;
    TRY(db__rows(call, db, "SELECT count(*) FROM person WHERE disabled = 0", NULL, 0, 1,
                 &rows));
    *out = rows.cells[0].integer;
    return OK;
}

/* row: version, ledger, salt, body. Its last version, if the ledger speaks for it. */
static enum err held(struct call *call, struct records *r, struct db db, const struct kind *k,
                     struct text id, const struct value *row, struct record **out)
{
    struct call *quiet = call_beside(call->arena, call);
    struct ledger_claim claim = {.entry = row[1].integer,
                                 .object_kind = k->name,
                                 .object_id = id,
                                 .object_version = row[0].integer};
    struct record *rec = NEW(call->arena, struct record);
    int64_t last;
    bool yes = false;
    *out = NULL;
    if (ledger_commit(quiet, row[3].text, row[2].text, &claim.commitment) == OK)
        TRY(ledger_attests(call, r->ledger, db.reader, db.tx, &claim, &yes));
    ptrdiff_t state = yes && body__read(quiet, k, row[3].text, rec) == OK
                          ? kind_state(k, said(rec, "state"))
                          : -1;
    if (state < 0) {
        log_line(LOG_ERROR, "tampering",
                 "waiver=%.*s why=\"its last version is not as its entry in the ledger says\"",
                 TEXT_ARG(id));
        return OK;
    }
    rec->id = id;
    rec->key = said(rec, "key");
    rec->state = (size_t)state;
    TRY(access_waiver_entry(call, r->access, db.reader, id, &last));
    *out = row[1].integer >= last ? rec : NULL; /* else there was a later one */
    return OK;
}

static enum err latest(struct call *call, struct records *r, struct db db, const struct kind *k,
                       struct text id, struct record **out)
{
    struct value values[] = {V_TEXT(k->name), V_TEXT(id)};
    struct rows rows;
    *out = NULL;
    TRY(db__rows(
        call, db,
        "SELECT version, ledger, salt, body FROM version WHERE kind = $1 AND id = $2 ORDER "
        "BY version DESC LIMIT 1",
        values, 2, 1, &rows));
    return rows.count ? held(call, r, db, k, id, rows.cells, out) : OK;
}

static bool counts(const struct record *rec, struct text today)
{
    struct text from = said(rec, "valid_from"), to = said(rec, "valid_to");
    return rests(rec) && from.len && to.len && text_compare(from, today) <= 0 &&
           text_compare(today, to) <= 0;
}

static void add(struct waivers *out, const struct record *rec)
{
    out->one[out->count++] = (struct waiver){.id = rec->id,
                                             .key = rec->key,
                                             .until = said(rec, "valid_to"),
                                             .unit = said(rec, "unit"),
                                             .duties = record_value(rec, TEXT("duties")),
                                             .kinds = record_value(rec, TEXT("kinds"))};
}

enum err waivers__today(struct call *call, struct records *r, struct db db, struct waivers *out)
{
    const struct kind *k = r->model->waiver_kind;
    struct text today = zone_today(call->arena, call->zone, call->now);
    struct record **rows;
    size_t count = 0;
    int64_t here = 0;
    *out = (struct waivers){0};
    if (!k)
        return OK;
    TRY(table__many(call, r, db, k,
                    "t.valid_from <= $1 AND t.valid_to >= $1 ORDER BY t.\"key\"",
                    &V_TEXT(today), 1, WAIVERS_MOST, &rows, &count));
    out->one = NEW_MANY(call->arena, count + 1, struct waiver);
    for (size_t i = 0; i < count; i++) {
        struct record *rec = NULL;
        if (rests(rows[i]))
            TRY(latest(call, r, db, k, rows[i]->id, &rec));
        if (rec && counts(rec, today))
            add(out, rec);
    }
    if (out->count)
        TRY(people(call, db, &here));
    if (here > k->waives.people) /* it has grown since */
        out->count = 0;
    return OK;
}

/* ---- what they cover --------------------------------------------------------------------- */

static bool speaks_of(const struct waiver *w, const struct kind *k, struct text duty)
{
    return value__list_has(w->duties, duty) && value__list_has(w->kinds, k->name);
}

static enum err above(struct call *call, struct records *r, struct db db,
                      const struct record *rec, struct text **units, size_t *count)
{
    struct text own = said(rec, "unit");
    return db.tx ? access_units_above_tx(call, r->access, db.tx, own, units, count)
                 : access_units_above(call, r->access, db.reader, own, units, count);
}

static enum err reaches(struct call *call, struct records *r, struct db db,
                        const struct waiver *w, const struct record *rec, bool *yes)
{
    struct text *units;
    size_t count;
    *yes = w->unit.len == 0;
    if (*yes)
        return OK;
    TRY(above(call, r, db, rec, &units, &count));
    for (size_t i = 0; i < count; i++)
        *yes = *yes || text_same(units[i], w->unit);
    return OK;
}

enum err waivers__lift(struct call *call, struct records *r, struct db db,
                       const struct waivers *list, const struct record *rec, struct text duty,
                       const struct waiver **out)
{
    *out = NULL;
    for (size_t i = 0; i < list->count && !*out; i++) {
        bool yes = false;
        if (speaks_of(&list->one[i], rec->kind, duty))
            TRY(reaches(call, r, db, &list->one[i], rec, &yes));
        *out = yes ? &list->one[i] : NULL;
    }
    return OK;
}

struct text *waivers__units(struct call *call, const struct waivers *list, const struct kind *k,
                            struct text duty, size_t *count, bool *everywhere)
{
    struct text *units = NEW_MANY(call->arena, list->count + 1, struct text);
    *count = 0;
    *everywhere = false;
    for (size_t i = 0; i < list->count; i++) {
        if (!speaks_of(&list->one[i], k, duty))
            continue;
        *everywhere = *everywhere || !list->one[i].unit.len;
        units[(*count)++] = list->one[i].unit;
    }
    return units;
}

struct text *waivers__ids(struct call *call, const struct waivers *list)
{
    struct text *ids = NEW_MANY(call->arena, list->count + 1, struct text);
    for (size_t i = 0; i < list->count; i++)
        ids[i] = list->one[i].id;
    return ids;
}

/* Whether a duty that bars them binds: of people alone, never of a program. */
enum err waiver__lifts(struct call *call, struct records *r, struct db db,
                       const struct actor *actor, const struct record *rec, struct text duty,
                       struct verdict *v, bool *yes)
{
    const struct waiver *by = NULL;
    *yes = false;
    if (actor->type != ACTOR_USER || !r->model->waiver_kind)
        return OK;
    if (!v->waivers_known)
        TRY(waivers__today(call, r, db, &v->waivers));
    v->waivers_known = true;
    TRY(waivers__lift(call, r, db, &v->waivers, rec, duty, &by));
    *yes = by != NULL;
    if (!by)
        return OK;
    struct json *one = node__object(call->arena);
    node__add(one, json_of_text(call->arena, duty), TEXT("duty"), call->arena);
    node__add(one, json_of_text(call->arena, by->id), TEXT("id"), call->arena);
    node__add(one, json_of_text(call->arena, by->key), TEXT("key"), call->arena);
    node__add(one, json_of_text(call->arena, actor->person), TEXT("person"), call->arena);
    node__add(one, json_of_text(call->arena, by->until), TEXT("until"), call->arena);
    if (!v->waived)
        v->waived = node__list(call->arena);
    node__add(v->waived, one, (struct text){0}, call->arena);
    return OK;
}

/* ---- what a version keeps of it ---------------------------------------------------------- */

static bool said_before(const struct json *list, const struct json *one)
{
    for (const struct json *had = list->first; had; had = had->next)
        if (text_same(json_text(json_get(had, "person")), json_text(json_get(one, "person"))) &&
            text_same(json_text(json_get(had, "duty")), json_text(json_get(one, "duty"))))
            return true;
    return false;
}

static void add_all(struct call *call, struct json *to, const struct json *from)
{
    for (const struct json *one = from ? from->first : NULL; one; one = one->next)
        if (!said_before(to, one)) {
            struct json *copy = NEW(call->arena, struct json);
            *copy = *one;
            node__add(to, copy, (struct text){0}, call->arena);
        }
}

static enum err of_version(struct call *call, struct db db, const struct record *rec,
                           int64_t version, const struct json **out)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(version)};
    const struct json *body;
    struct rows rows;
    *out = NULL;
    TRY(db__rows(call, db,
                 "SELECT body FROM version WHERE kind = $1 AND id = $2 AND version = $3",
                 values, 3, 1, &rows));
    if (rows.count && text_search(rows.cells[0].text, TEXT("\"_waived\":")) >= 0 &&
        json_read(call_beside(call->arena, call), rows.cells[0].text, &limits, &body) == OK &&
        text_is(json_text(json_get(body, "_act")), "record.sign"))
        *out = json_get(body, "_waived");
    return OK;
}

static bool by_one_of(const struct waivers *list, struct text id)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_same(list->one[i].id, id))
            return true;
    return false;
}

/* A signature is given with a version of its own when a waiver lets it be given: that version
 * names it. */
enum err waiver__stands(struct call *call, struct records *r, struct db db,
                        const struct record *rec, const struct signature *s, struct verdict *v,
                        bool *yes)
{
    const struct json *by;
    *yes = true;
    if (!r->model->waiver_kind)
        return OK;
    TRY(of_version(call, db, rec, s->version, &by));
    for (const struct json *one = by ? by->first : NULL; one; one = one->next) {
        if (!text_same(json_text(json_get(one, "person")), s->person))
            continue;
        if (!v->waivers_known)
            TRY(waivers__today(call, r, db, &v->waivers));
        v->waivers_known = true;
        *yes = *yes && by_one_of(&v->waivers, json_text(json_get(one, "id")));
    }
    return OK;
}

/* Those by which this move comes: the actor's own, and those of the signatures before. */
enum err waiver__together(struct call *call, struct records *r, struct db db,
                          const struct record *rec, const struct verdict *v,
                          const struct json **out)
{
    struct json *all = node__list(call->arena);
    *out = NULL;
    if (!r->model->waiver_kind)
        return OK;
    add_all(call, all, v->waived);
    for (size_t i = 0; i < v->signature_count; i++) {
        const struct json *by;
        TRY(of_version(call, db, rec, v->signatures[i].version, &by));
        for (const struct json *one = by ? by->first : NULL; one; one = one->next)
            if (text_same(json_text(json_get(one, "person")), v->signatures[i].person)) {
                struct json *only = node__list(call->arena),
                            *copy = NEW(call->arena, struct json);
                *copy = *one;
                node__add(only, copy, (struct text){0}, call->arena);
                add_all(call, all, only);
            }
    }
    *out = all->count ? all : NULL;
    return OK;
}

/* "WV-0001 01J…", as the entry in the ledger names them; each once. */
struct text waiver__names(struct call *call, const struct json *waived)
{
    struct buf b = buf_in(call->arena, 900);
    for (const struct json *one = waived ? waived->first : NULL; one; one = one->next) {
        struct text name =
            text_print(call->arena, "%.*s %.*s", TEXT_ARG(json_text(json_get(one, "key"))),
                       TEXT_ARG(json_text(json_get(one, "id"))));
        if (text_search(buf_text(&b), name) < 0)
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(name));
    }
    return buf_text(&b);
}

enum err waiver__keep(struct call *call, struct tx *tx, const struct record *rec,
                      const struct json *waived, struct text move, struct text at)
{
    for (const struct json *one = waived ? waived->first : NULL; one; one = one->next) {
        struct value values[] = {V_TEXT(rec->kind->name),
                                 V_TEXT(rec->id),
                                 V_INT(rec->version),
                                 V_TEXT(json_text(json_get(one, "id"))),
                                 V_TEXT(json_text(json_get(one, "person"))),
                                 V_TEXT(json_text(json_get(one, "duty"))),
                                 V_TEXT(move),
                                 V_TEXT(at)};
        TRY(tx_exec(
            call, tx,
            "INSERT INTO waived(kind, id, version, waiver, person, duty, move, at) VALUES "
            "($1, $2, $3, $4, $5, $6, $7, $8)",
            values, COUNT(values), NULL));
    }
    return OK;
}

/* row: version, ledger, body, at. */
static enum err view(struct call *call, struct records *r, struct reader *db,
                     const struct record *rec, const struct value *row, struct waived *out,
                     bool *shown)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    struct record *then;
    const struct json *body;
    TRY(version__record(call, rec, row, &then));
    TRY(who__may_read(call, r, db_reader(db), call->actor, then, shown));
    TRY(json_read(call, row[2].text, &limits, &body));
    *out = (struct waived){row[0].integer, row[3].text, json_text(json_get(body, "_move")),
                           json_get(body, "_waived")};
    *shown = *shown && out->by != NULL;
    return OK;
}

enum err record_waived(struct call *call, struct records *r, struct reader *db,
                       const struct record *rec, struct waived **out, size_t *count)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id), V_INT(rec->version)};
    struct rows rows;
    *count = 0;
    TRY(read_rows(
        call, db,
        "SELECT v.version, v.ledger, v.body, v.at FROM version v WHERE v.kind = $1 AND "
        "v.id = $2 AND v.version <= $3 AND v.version IN (SELECT w.version FROM waived w "
        "WHERE w.kind = $1 AND w.id = $2) ORDER BY v.version DESC LIMIT 50",
        values, 3, 50, &rows));
    *out = NEW_MANY(call->arena, rows.count + 1, struct waived);
    for (size_t i = 0; i < rows.count; i++) {
        bool shown;
        TRY(view(call, r, db, rec, row_at(&rows, i), &(*out)[*count], &shown));
        *count += shown;
    }
    return OK;
}

/* ---- what such a record may say ---------------------------------------------------------- */

static enum err refuse(struct writing *w, const struct record *rec, const char *field,
                       const char *code, struct text words)
{
    const struct field *f = kind_field(rec->kind, text_of(field));
    return problem_at(w->call, ERR_CONFLICT, text_of(field), code,
                      f ? f->source : rec->kind->file, words);
}

static enum err check_days(struct writing *w, const struct record *rec)
{
    struct call *call = w->call;
    struct text from = said(rec, "valid_from"), to = said(rec, "valid_to");
    struct text today = zone_today(call->arena, call->zone, call->now);
    int64_t months = rec->kind->waives.months;
    if (!from.len || !to.len)
        return OK; /* told by what is required */
    if (text_compare(to, from) < 0)
        return refuse(w, rec, "valid_to", "order",
                      text_of(say(call, "is before the first day")));
    if (text_compare(to, today) < 0)
        return refuse(w, rec, "valid_to", "past", text_of(say(call, "is over already")));
    if (text_compare(to, until__months_after(call->arena, from, months)) <= 0)
        return OK;
    return refuse(w, rec, "valid_to", "too_long",
                  text_print(call->arena,
                             say(call, "is more than %lld months after the first day: a waiver "
                                       "ends, and is asked for again"),
                             (long long)months));
}

static enum err check_people(struct writing *w, const struct record *rec)
{
    struct call *call = w->call;
    int64_t here;
    TRY(people(call, db_tx(w->tx), &here));
    if (here <= rec->kind->waives.people)
        return OK;
    return refuse(
        w, rec, "people", "too_many",
        text_print(call->arena,
                   say(call, "%lld people have an account here: duties are waived where "
                             "there are at most %lld; with more, somebody else can do it"),
                   (long long)here, (long long)rec->kind->waives.people));
}

/* What is over waives nothing, whatever it says; what is in force already was looked at. */
enum err waiver__check(struct writing *w, const struct record *rec, const struct record *before,
                       size_t state)
{
    const struct state *s = &rec->kind->states[state];
    if (rec->kind != w->records->model->waiver_kind || s->end || text_is(s->name, "archived") ||
        (before && rests(before)))
        return OK;
    if (w->call->actor->type != ACTOR_USER)
        return problem(
            w->call, ERR_DENIED, TEXT(""), "person", "%s",
            say(w->call, "only a signed-in person asks for a waiver, or approves it"));
    enum err e = check_days(w, rec);
    enum err big = state == rec->kind->start ? OK : check_people(w, rec);
    return e == OK ? big : e;
}

/* ---- counting, for values that a move sets ----------------------------------------------- */

const struct json *waiver__people(struct writing *w)
{
    int64_t here;
    return people(w->call, db_tx(w->tx), &here) == OK ? json_of_integer(w->call->arena, here)
                                                      : NULL;
}

/* How many others hold the role where the record is. */
const struct json *waiver__others(struct writing *w, const struct record *rec, struct text role)
{
    struct value values[] = {V_TEXT(role), V_TEXT(said(rec, "unit")),
                             V_TEXT(w->call->actor->person)};
    struct rows rows;
    if (tx_rows(
            w->call, w->tx,
            "SELECT count(DISTINCT g.person) FROM role_grant g JOIN person p ON p.id = "
            "g.person "
            "WHERE g.role = $1 AND g.state = 'active' AND p.disabled = 0 AND g.person <> $3 "
            "AND "
            "(g.unit = '' OR g.unit IN (SELECT ancestor FROM unit_closure WHERE descendant = "
            "$2))",
            values, 3, 1, &rows) != OK)
        return NULL;
    return json_of_integer(w->call->arena, rows.cells[0].integer);
}
