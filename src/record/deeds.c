/* SPDX-License-Identifier: Apache-2.0 */
/* record/deeds.c — what follows from what was done with a record: who set its fields, who moved it on,
 * what a value was when a state was entered. Nobody types it in. */
#include "record/compute.h"

/* ---- lists of people ---------------------------------------------------------------------- */
/* The latest deed comes last. */
static void add_person(struct context *c, struct json *list, struct text person)
{
    struct json *kept = node__list(c->call->arena);
    for (const struct json *one = list->first; one; one = one->next)
        if (!text_same(one->text, person))
            node__add(kept, json_of_text(c->call->arena, one->text), (struct text){0},
                      c->call->arena);
    node__add(kept, json_of_text(c->call->arena, person), (struct text){0}, c->call->arena);
    *list = *kept;
}

static bool sets(const struct context *c, const struct record *rec, const struct record *before)
{
    const struct json *fields = json_get(c->args, "fields");
    for (const struct json *one = fields ? fields->first : NULL; one; one = one->next) {
        const struct json *now = record_value(rec, one->text);
        if (before ? !value__same(now, record_value(before, one->text)) : !value__empty(now))
            return true;
    }
    return false;
}

/* Does this deed make those before it count no more? */
static bool latest(const struct context *c)
{
    const struct json *only = json_get(c->args, "latest");
    return only && only->type == JSON_TRUE;
}

static bool moves(const struct context *c, struct text move)
{
    return move.len && value__list_has(json_get(c->args, "moves"), move);
}

/* The person of a version: whoever edited it, or behind the token that moved it. */
static enum err person_of(struct context *c, const struct json *body, struct text *out)
{
    struct text type = json_text(json_get(body, "_actor_type"));
    *out = text_is(type, "user") ? json_text(json_get(body, "_actor")) : (struct text){0};
    if (!text_is(type, "token"))
        return OK;
    struct value v = V_TEXT(json_text(json_get(body, "_actor")));
    struct rows rows;
    TRY(db__rows(c->call, c->db, "SELECT COALESCE(person, '') FROM token WHERE id = $1", &v, 1,
                 1, &rows));
    *out = rows.count ? rows.cells[0].text : (struct text){0};
    return OK;
}

static const struct json_limits body_limits = {8u << 20, 32, 500000};

/* From the versions: for a record whose list was never kept, in a store of an earlier model. */
/* All who signed a move that several sign: with the one who completes it they made it. */
static enum err add_signers(struct context *c, struct text name, struct json *list)
{
    const struct move *m = kind_move(c->rec->kind, name);
    struct verdict v = {0};
    if (!m || !move_takes_many(m) || !c->before)
        return OK;
    TRY(sign__standing(c->call, c->records, c->db, c->before, m, &v));
    for (size_t i = 0; i < v.signature_count; i++) {
        if (v.signatures[i].stands_for.len)
            add_person(c, list, v.signatures[i].stands_for);
        add_person(c, list, v.signatures[i].person);
    }
    return OK;
}

/* The same of a move long ago, of which only its version tells: whoever ever signed it before. */
static enum err add_signers_of(struct context *c, struct text name, int64_t version,
                               struct json *list)
{
    struct value values[] = {V_TEXT(c->rec->kind->name), V_TEXT(c->rec->id), V_TEXT(name),
                             V_INT(version)};
    struct rows rows;
    TRY(db__rows(c->call, c->db,
                 "SELECT person, COALESCE(stands_for, '') FROM signature WHERE kind = $1 AND id = "
                 "$2 AND move = $3 AND version < $4 ORDER BY version, at",
                 values, 4, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        if (row_at(&rows, i)[1].text.len)
            add_person(c, list, row_at(&rows, i)[1].text);
        add_person(c, list, row_at(&rows, i)[0].text);
    }
    return OK;
}

static enum err from_versions(struct context *c, bool by_move, struct json *list)
{
    struct value values[] = {V_TEXT(c->rec->kind->name), V_TEXT(c->rec->id)};
    struct rows rows;
    struct record *before = NULL;
    TRY(db__rows(c->call, c->db,
                 "SELECT body, version FROM version WHERE kind = $1 AND id = $2 ORDER BY version",
                 values, 2, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct json *body;
        struct record *then = NEW(c->call->arena, struct record);
        struct text person;
        TRY(json_read(c->call, row_at(&rows, i)[0].text, &body_limits, &body));
        TRY(body__read(c->call, c->rec->kind, row_at(&rows, i)[0].text, then));
        bool did = by_move ? moves(c, json_text(json_get(body, "_move"))) : sets(c, then, before);
        if (did && latest(c))
            *list = *node__list(c->call->arena);
        if (did)
            TRY(person_of(c, body, &person));
        if (did && by_move)
            TRY(add_signers_of(c, json_text(json_get(body, "_move")), row_at(&rows, i)[1].integer,
                               list));
        struct text other = json_text(json_get(body, "_for")); /* whose deputy they were */
        if (did && other.len && !text_same(other, person))
            add_person(c, list, other);
        if (did && person.len)
            add_person(c, list, person);
        before = then;
    }
    return OK;
}

static enum err people(struct context *c, bool by_move, const struct json **out)
{
    struct json *list = node__list(c->call->arena);
    const struct json *kept = c->before ? c->before->values[c->field->index] : NULL;
    for (const struct json *one = kept ? kept->first : NULL; one; one = one->next)
        node__add(list, json_of_text(c->call->arena, one->text), (struct text){0}, c->call->arena);
    if (c->before && !kept)
        TRY(from_versions(c, by_move, list));
    bool did = by_move ? moves(c, c->move) : sets(c, c->rec, c->before);
    if (did && latest(c))
        list = node__list(c->call->arena);
    if (did && by_move)
        TRY(add_signers(c, c->move, list));
    if (did && c->call->actor->stands_for.len)
        add_person(c, list, c->call->actor->stands_for);
    if (did && c->call->actor->person.len)
        add_person(c, list, c->call->actor->person);
    if (list->first)
        *out = list;
    return OK;
}

enum err compute__who_set(struct context *c, const struct json **out)
{
    return people(c, false, out);
}

enum err compute__who_moved(struct context *c, const struct json **out)
{
    return people(c, true, out);
}

enum err compute__last_of(struct context *c, const struct json **out)
{
    const struct json *list = record_value(c->rec, compute__word(c->args, "field"));
    for (const struct json *one = list ? list->first : NULL; one; one = one->next)
        if (!one->next)
            *out = json_of_text(c->call->arena, one->text);
    return OK;
}

/* ---- what it was ---------------------------------------------------------------------------- */
/* As the version had it that entered the states: for a record that was in them before this field
 * was kept. What that version does not tell is not known. */
static enum err at_entry(struct context *c, const struct json *in, struct text field,
                         const struct json **out)
{
    struct value values[] = {V_TEXT(c->rec->kind->name), V_TEXT(c->rec->id)};
    struct rows rows;
    TRY(db__rows(c->call, c->db,
                 "SELECT body FROM version WHERE kind = $1 AND id = $2 ORDER BY version DESC "
                 "LIMIT 1000",
                 values, 2, 1000, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct json *body;
        TRY(json_read(c->call, row_at(&rows, i)[0].text, &body_limits, &body));
        if (!value__list_has(in, json_text(json_get(body, "state"))))
            break;
        *out = json_get(body, text_c(c->call->arena, field));
    }
    return OK;
}

/* A field as it was when one of the states was entered. */
enum err compute__kept(struct context *c, const struct json **out)
{
    const struct json *in = json_get(c->args, "in");
    struct text field = compute__word(c->args, "field");
    if (!compute__state_in(c->rec, in)) {
        *out = json_get(c->args, "else");
        return OK;
    }
    bool since = c->before && compute__state_in(c->before, in);
    *out = since ? c->before->values[c->field->index] : record_value(c->rec, field);
    return since && !*out ? at_entry(c, in, field, out) : OK;
}

static bool greater(const struct record *rec, struct text left, struct text right)
{
    const struct field *l = kind_field(rec->kind, left), *r = kind_field(rec->kind, right);
    const struct json *a = l ? rec->values[l->index] : NULL, *b = r ? rec->values[r->index] : NULL;
    if (!a || !b)
        return false;
    if (l->type->written == WRITTEN_OPTION)
        return compute__rank(l->scale, a) > compute__rank(r->scale, b);
    return a->type == JSON_INTEGER && b->type == JSON_INTEGER && a->integer > b->integer;
}

enum err compute__exceeds(struct context *c, const struct json **out)
{
    const struct json *pairs = json_get(c->args, "pairs");
    bool any = false;
    for (const struct json *one = pairs ? pairs->first : NULL; one && !any; one = one->next)
        any = greater(c->rec, one->first->text, one->first->next->text);
    *out = json_of_bool(c->call->arena, any);
    return OK;
}

/* ---- people beside people -------------------------------------------------------------------- */
/* Is the person of a field one of those that the relations name? */
enum err compute__same_person(struct context *c, const struct json **out)
{
    const struct json *who = record_value(c->rec, compute__word(c->args, "field"));
    const struct json *as = json_get(c->args, "as");
    bool same = false;
    for (const struct json *one = as ? as->first : NULL; one && who; one = one->next) {
        struct text rest = text_from(one->text, 1);
        struct who w = {0};
        struct text *found;
        size_t count;
        if (text_find(rest, '.') >= 0)
            w.via = text_cut(&rest, '.');
        w.relation = rest;
        TRY(who__people(c->call, c->records, c->db, c->rec, &w, &found, &count));
        for (size_t i = 0; i < count; i++)
            same = same || value__list_has(who, found[i]);
    }
    *out = json_of_bool(c->call->arena, same);
    return OK;
}

/* ---- rows -------------------------------------------------------------------------------------- */
/* Of each wanted row there is one that is good, and none that is not. */
enum err compute__rows_meet(struct context *c, const struct json **out)
{
    const struct json *rows = record_value(c->rec, compute__word(c->args, "rows"));
    const struct json *each = json_get(c->args, "each"), *in = json_get(c->args, "in");
    struct text key = compute__word(c->args, "key"), column = compute__word(c->args, "column");
    bool all = true;
    const struct json *any = each ? each->first : NULL; /* without `each`: every row there is */
    size_t total = 0;
    do {
        size_t good = 0, bad = 0;
        for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
            const struct json *k = any ? json_named(row, key) : NULL, *v = json_named(row, column);
            if (any && !(k && json_same(k, any)))
                continue;
            bool fits = false;
            for (const struct json *one = in ? in->first : NULL; one; one = one->next)
                fits = fits || (v && json_same(v, one));
            good += fits;
            bad += !fits;
        }
        total += good;
        all = all && !bad && (good || !any);
        any = any ? any->next : NULL;
    } while (any);
    *out = json_of_bool(c->call->arena, all && total);
    return OK;
}

/* What the row with the latest date says; of several of one day, the one further down. Dates
 * compare as text. While a record is named that says it, what that says. */
enum err compute__latest(struct context *c, const struct json **out)
{
    const struct json *ref = record_value(c->rec, compute__word(c->args, "ref"));
    if (ref && ref->type == JSON_TEXT)
        return compute__of(c, out);
    const struct json *rows = record_value(c->rec, compute__word(c->args, "rows"));
    struct text on = compute__word(c->args, "on"), column = compute__word(c->args, "column");
    struct text last = {0};
    for (const struct json *row = rows ? rows->first : NULL; row; row = row->next) {
        const struct json *day = json_named(row, on), *v = json_named(row, column);
        if (!day || day->type != JSON_TEXT || !v || v->type == JSON_NULL ||
            text_compare(day->text, last) < 0)
            continue;
        last = day->text;
        *out = v;
    }
    return OK;
}

static bool is_number(const struct json *v)
{
    return v && (v->type == JSON_INTEGER || v->type == JSON_NUMBER);
}

/* Has a number come to where it should be: at least there or, while the condition holds, at
 * most? */
enum err compute__reaches(struct context *c, const struct json **out)
{
    const struct json *value = record_value(c->rec, compute__word(c->args, "value"));
    const struct json *target = record_value(c->rec, compute__word(c->args, "target"));
    bool down = c->field->case_count && compute__case_holds(c, 0);
    if (is_number(value) && is_number(target))
        *out = json_of_bool(c->call->arena, down ? value->number <= target->number
                                                 : value->number >= target->number);
    return OK;
}
