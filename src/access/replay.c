/* SPDX-License-Identifier: Apache-2.0 */
/* access/replay.c — what the ledger says of roles, people and tokens, held against the tables.
 * Their rows are not versions of a record, but every act on them is an entry; the last act on
 * each decides how its row must stand. A role that somebody gave themselves in the database has
 * no entry. */
#include "access/internal.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *act, *kind, *state; /* "": the row must not be there */
} acts[] = {
    {"role.grant", "role_grant", "active"},  {"role.grant_pending", "role_grant", "pending"},
    {"role.revoke", "role_grant", ""},       {"user.add", "person", "enabled"},
    {"user.disable", "person", "disabled"},  {"user.enable", "person", "enabled"},
    {"token.create", "token", "valid"},      {"token.revoke", "token", "revoked"},
    {"token.grant", "token_grant", "given"}, {"role.found", "role_grant", "active"},
    {"request.ask", "access_request", "waits"},
    {"request.open", "access_request", "open"},
    {"request.use", "access_request", "used"},
    {"request.end", "access_request", "ended"},
};
static const char *const sealed[] = {"person", "token", "access_request"};

/* key, key, key; the state as above; by whom and when, "" where the row does not tell. */
static const struct {
    const char *kind, *what, *sql;
} kept[] = {
    {"role_grant", "role",
     "SELECT person, role, unit, state, by, at FROM role_grant "
     "WHERE (person, role, unit) > ($1, $2, $3) ORDER BY person, role, unit LIMIT 500"},
    {"token_grant", "token's role",
     "SELECT token, role, unit, 'given', '', '' FROM token_grant "
     "WHERE (token, role, unit) > ($1, $2, $3) ORDER BY token, role, unit LIMIT 500"},
    {"person", "person",
     "SELECT id, '', '', CASE disabled WHEN 0 THEN 'enabled' WHEN 1 THEN 'disabled' ELSE '?' "
     "END, '', '' "
     "FROM person WHERE id > $1 AND $2 = '' AND $3 = '' ORDER BY id LIMIT 500"},
    {"token", "token",
     "SELECT id, '', '', CASE revoked WHEN 0 THEN 'valid' WHEN 1 THEN 'revoked' ELSE '?' END, "
     "'', '' "
     "FROM token WHERE id > $1 AND $2 = '' AND $3 = '' ORDER BY id LIMIT 500"},
    {"access_request", "request about a person",
     "SELECT id, '', '', state, '', '' FROM access_request WHERE id > $1 AND $2 = '' AND "
     "$3 = '' ORDER BY id LIMIT 500"},
};

struct said {
    const char *kind, *state;
    struct text id, by, by_type, at;
    uint64_t entry;
    bool committed;
    struct hash commitment;
    bool found;
};
struct replay {
    struct arena *arena;
    struct said *items;
    size_t count, room;
    struct seal *seals;
    size_t seal_count, seal_room;
    const char *kind; /* of the table being compared */
    struct acts *acts;
};

struct replay *access_replay(struct arena *a)
{
    struct replay *r = NEW(a, struct replay);
    *r = (struct replay){.arena = a, .acts = access__acts(a)};
    return r;
}

static struct said *next(struct replay *r)
{
    if (r->count == r->room) {
        r->room = r->room ? r->room * 2 : 256;
        struct said *more = NEW_MANY(r->arena, r->room, struct said);
        if (r->count)
            memcpy(more, r->items, r->count * sizeof *more);
        r->items = more;
    }
    return &r->items[r->count++];
}

static void keep_seal(struct replay *r, const struct seal *s)
{
    if (r->seal_count == r->seal_room) {
        r->seal_room = r->seal_room ? r->seal_room * 2 : 256;
        struct seal *more = NEW_MANY(r->arena, r->seal_room, struct seal);
        if (r->seal_count)
            memcpy(more, r->seals, r->seal_count * sizeof *more);
        r->seals = more;
    }
    r->seals[r->seal_count++] = *s;
}

static const char *sealed_kind(struct text kind)
{
    for (size_t i = 0; i < COUNT(sealed); i++)
        if (text_is(kind, sealed[i]))
            return sealed[i];
    return NULL;
}

bool access_replay_seals(struct text kind)
{
    return sealed_kind(kind) != NULL;
}

static void note_seal(struct replay *r, const struct ledger_leaf *leaf)
{
    if (!leaf->has_commitment || !access_replay_seals(leaf->object_kind))
        return;
    struct seal s = {sealed_kind(leaf->object_kind), text_copy(r->arena, leaf->object_id),
                     leaf->index, leaf->commitment};
    keep_seal(r, &s);
}

static void note_act(struct replay *r, const struct ledger_leaf *leaf)
{
    for (size_t i = 0; i < COUNT(acts); i++) {
        if (!text_is(leaf->act, acts[i].act) || !text_is(leaf->object_kind, acts[i].kind))
            continue;
        *next(r) = (struct said){.kind = acts[i].kind,
                                 .state = acts[i].state,
                                 .id = text_copy(r->arena, leaf->object_id),
                                 .by = text_copy(r->arena, leaf->actor_id),
                                 .by_type = text_copy(r->arena, leaf->actor_type),
                                 .at = text_copy(r->arena, leaf->time),
                                 .committed = leaf->has_commitment,
                                 .commitment = leaf->commitment,
                                 .entry = leaf->index};
    }
}

enum err access_replay_entry(struct call *call, struct reader *db, struct replay *r,
                             const struct ledger_leaf *leaf, struct verification *out,
                             struct acted *acted)
{
    note_seal(r, leaf);
    note_act(r, leaf);
    return access__acts_entry(call, db, r->acts, leaf, out, acted);
}

/* ---- the last word on each --------------------------------------------------------------- */

static int by_object(const void *left, const void *right)
{
    const struct said *a = left, *b = right;
    int order = strcmp(a->kind, b->kind);
    order = order ? order : text_compare(a->id, b->id);
    return order ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

static void keep_last(struct replay *r)
{
    size_t kept_count = 0;
    if (r->count)
        qsort(r->items, r->count, sizeof *r->items, by_object);
    for (size_t i = 0; i < r->count; i++) {
        bool last = i + 1 == r->count || strcmp(r->items[i].kind, r->items[i + 1].kind) != 0 ||
                    !text_same(r->items[i].id, r->items[i + 1].id);
        if (last)
            r->items[kept_count++] = r->items[i];
    }
    r->count = kept_count;
}

static int by_sealed(const void *left, const void *right)
{
    const struct seal *a = left, *b = right;
    int order = strcmp(a->kind, b->kind);
    order = order ? order : text_compare(a->id, b->id);
    return order ? order : (a->entry > b->entry) - (a->entry < b->entry);
}

/* Sorted with the newest last: one step before the place where a newer one would stand. */
const struct seal *replay__seal(const struct replay *r, const char *kind, struct text id)
{
    const struct seal newer = {kind, id, UINT64_MAX, {{0}}};
    size_t low = 0, high = r->seal_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (by_sealed(&r->seals[middle], &newer) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    const struct seal *s = low > 0 ? &r->seals[low - 1] : NULL;
    return s != NULL && strcmp(s->kind, kind) == 0 && text_same(s->id, id) ? s : NULL;
}

static struct said *find(const struct replay *r, const char *kind, struct text id)
{
    size_t low = 0, high = r->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        struct said *s = &r->items[middle];
        int order = strcmp(s->kind, kind);
        order = order ? order : text_compare(s->id, id);
        if (order == 0)
            return s;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* ---- comparing --------------------------------------------------------------------------- */

/* A token acts for a person: the row names the person, the entry the token. */
static bool same_giver(const struct said *s, struct text by)
{
    return text_is(s->by_type, "token") || text_same(s->by, by);
}

/* Every byte of the row that gives a role, as it was committed to. */
static void compare_grant(struct call *call, struct reader *db, const struct replay *r,
                          const struct said *s, const struct value *row, struct text place,
                          struct verification *out)
{
    const struct json *body;
    struct member token[] = {{"role", row[1].text}, {"token", row[0].text}, {"unit", row[2].text}};
    struct member role[] = {{"at", row[5].text},   {"by", row[4].text},    {"person", row[0].text},
                            {"role", row[1].text}, {"state", row[3].text}, {"unit", row[2].text}};
    bool of_token = text_is(text_of(r->kind), "token_grant");
    const struct member *want = of_token ? token : role;
    bool same = access__kept(call, db, s->entry, &s->commitment, &body) == OK && body != NULL;
    for (size_t i = 0; same && i < (of_token ? COUNT(token) : COUNT(role)); i++)
        same = text_same(json_text(json_get(body, want[i].name)), want[i].value);
    if (!same)
        verification_add(call, out, place, "differs from ledger entry %llu",
                         (unsigned long long)s->entry);
}

static void compare_row(struct call *call, struct reader *db, struct replay *r,
                        const char *what, const struct value *row, struct verification *out)
{
    bool role = text_is(text_of(r->kind), "role_grant");
    bool grant = role || text_is(text_of(r->kind), "token_grant");
    struct text id = row[0].text;
    if (grant)
        id = access__grant_id(call->arena, row[0].text, row[1].text, row[2].text);
    struct text place = text_print(call->arena, "%s %.*s", what, TEXT_ARG(id));
    struct said *s = find(r, r->kind, id);
    if (s == NULL || *s->state == '\0') {
        verification_add(call, out, place, "the ledger has no entry that it was given");
        return;
    }
    s->found = true;
    if (!text_is(row[3].text, s->state))
        verification_add(call, out, place, "is “%.*s”, and by ledger entry %llu it is “%s”",
                         TEXT_ARG(row[3].text), (unsigned long long)s->entry, s->state);
    if (grant && s->committed)
        compare_grant(call, db, r, s, row, place, out);
    /* Entries from before roles were committed to. The log never goes back in time: behind a
     * later act an entry tells a later time than its row. */
    else if (role && (!same_giver(s, row[4].text) || text_compare(row[5].text, s->at) > 0))
        verification_add(call, out, place,
                         "was given by another, or later, than ledger entry %llu says",
                         (unsigned long long)s->entry);
}

static enum err compare_table(struct call *call, struct reader *db, struct replay *r,
                              const char *what, const char *sql, struct verification *out)
{
    struct value last[] = {V_TEXT(TEXT("")), V_TEXT(TEXT("")), V_TEXT(TEXT(""))};
    struct rows rows;
    do {
        TRY(read_rows(call, db, sql, last, COUNT(last), 500, &rows));
        for (size_t i = 0; i < rows.count; i++)
            compare_row(call, db, r, what, row_at(&rows, i), out);
        for (size_t i = 0; rows.count && i < COUNT(last); i++)
            last[i] = row_at(&rows, rows.count - 1)[i];
    } while (rows.count == 500);
    return OK;
}

enum err access_replay_compare(struct call *call, struct reader *db, struct replay *r,
                               struct verification *out)
{
    keep_last(r);
    if (r->seal_count)
        qsort(r->seals, r->seal_count, sizeof *r->seals, by_sealed);
    for (size_t i = 0; i < COUNT(kept); i++) {
        r->kind = kept[i].kind;
        enum err e = compare_table(call, db, r, kept[i].what, kept[i].sql, out);
        if (e != OK)
            verification_add(call, out, text_of(kept[i].kind), "cannot be read");
    }
    for (size_t i = 0; i < r->count; i++)
        if (!r->items[i].found && *r->items[i].state != '\0')
            verification_add(
                call, out,
                text_print(call->arena, "%s %.*s", r->items[i].kind, TEXT_ARG(r->items[i].id)),
                "its row is missing; ledger entry %llu gave it",
                (unsigned long long)r->items[i].entry);
    TRY(access__acts_sessions(call, db, r->acts, out));
    TRY(access__acts_end(call, db, r->acts, out));
    TRY(access__facts_compare(call, db, out));
    return access__seals_compare(call, db, r, out);
}

/* ---- the tree of units ------------------------------------------------------------------- */

struct pair {
    struct text ancestor, descendant;
    int64_t depth;
};

static int by_id(const void *left, const void *right)
{
    return text_compare(((const struct unit_parent *)left)->id,
                        ((const struct unit_parent *)right)->id);
}

static struct text parent_of(const struct unit_parent *units, size_t count, struct text id)
{
    struct unit_parent key = {id, {0}};
    const struct unit_parent *u = bsearch(&key, units, count, sizeof key, by_id);
    return u != NULL ? u->parent : (struct text){0};
}

/* Every unit with itself and with all above it; a circle ends after as many steps as there are
 * units. */
static size_t closure(const struct unit_parent *units, size_t count, struct pair *out)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        struct text above = units[i].id;
        for (int64_t depth = 0; above.len > 0 && depth <= (int64_t)count; depth++) {
            if (out != NULL)
                out[n] = (struct pair){above, units[i].id, depth};
            n++;
            above = parent_of(units, count, above);
        }
    }
    return n;
}

static int by_pair(const void *left, const void *right)
{
    const struct pair *a = left, *b = right;
    int order = text_compare(a->ancestor, b->ancestor);
    return order ? order : text_compare(a->descendant, b->descendant);
}

enum err access_units_compare(struct call *call, struct reader *db, struct unit_parent *units,
                              size_t count, struct verification *out)
{
    if (count > 0)
        qsort(units, count, sizeof *units, by_id);
    size_t pair_count = closure(units, count, NULL), at = 0;
    struct pair *want = NEW_MANY(call->arena, pair_count + 1, struct pair);
    struct value last[] = {V_TEXT(TEXT("")), V_TEXT(TEXT(""))};
    struct rows rows;
    bool same = true;
    closure(units, count, want);
    qsort(want, pair_count, sizeof *want, by_pair);
    do {
        TRY(read_rows(call, db,
                      "SELECT ancestor, descendant, depth FROM unit_closure WHERE (ancestor, "
                      "descendant) > ($1, $2) ORDER BY ancestor, descendant LIMIT 500",
                      last, COUNT(last), 500, &rows));
        for (size_t i = 0; i < rows.count && same; i++, at++) {
            const struct value *row = row_at(&rows, i);
            same = at < pair_count && text_same(row[0].text, want[at].ancestor) &&
                   text_same(row[1].text, want[at].descendant) &&
                   row[2].integer == want[at].depth;
        }
        for (size_t i = 0; rows.count && i < COUNT(last); i++)
            last[i] = row_at(&rows, rows.count - 1)[i];
    } while (same && rows.count == 500);
    if (!same || at != pair_count)
        verification_add(call, out, TEXT("table unit_closure"),
                         "who is above whom differs from what the units' records say");
    return OK;
}
