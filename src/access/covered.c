/* SPDX-License-Identifier: Apache-2.0 */
/* access/covered.c — a row that says who somebody is or what they may do counts only when the
 * ledger says the same. Whoever can write into the database can put a session, a role, a
 * password there; without the key he cannot put the entry there that speaks for it. */
#include "access/internal.h"

#include <string.h>

/* Others write meanwhile: the row may be read before, the ledger after a change. Then it is read
 * once more with everybody else waiting. */
#define TRIES 2

static bool same_hash(const struct hash *left, const struct hash *right)
{
    return memcmp(left->byte, right->byte, HASH_SIZE) == 0;
}

/* The content of an entry; *out is NULL when what is kept is not what was committed to. */
enum err access__kept(struct call *call, struct reader *r, uint64_t entry,
                      const struct hash *commitment, const struct json **out)
{
    static const struct json_limits limits = {1u << 20, 4, 2000};
    struct rows rows;
    struct hash h;
    *out = NULL;
    TRY(read_rows(call, r, "SELECT body, salt FROM sealed WHERE ledger = $1",
                  &V_INT((int64_t)entry), 1, 1, &rows));
    if (rows.count == 0)
        return OK;
    struct call *quiet = call_beside(call->arena, call);
    const struct value *row = row_at(&rows, 0);
    if (ledger_commit(quiet, row[0].text, row[1].text, &h) != OK || !same_hash(&h, commitment))
        return OK;
    if (json_read(quiet, row[0].text, &limits, out) != OK)
        *out = NULL;
    return OK;
}

static bool says(const struct json *body, const char *name, struct text value)
{
    const struct json *v = json_get(body, name);
    return v != NULL && v->type == JSON_TEXT && text_same(v->text, value);
}

/* ---- sessions ---------------------------------------------------------------------------- */

bool access__is_session(const struct session_row *s, const struct json *login,
                        const struct json *fresh)
{
    return says(login, "id", s->id) && says(login, "hash", s->hash) &&
           says(login, "person", s->person) && says(login, "created_at", s->created_at) &&
           says(login, "ends_at", s->ends_at) && says(fresh, "fresh_until", s->fresh_until);
}

static bool ended(struct access *a, const struct standing_word *session, struct text id)
{
    struct standing_word person;
    if (session->ended)
        return true;
    return access__standing(a, "person", text_of(session->person), &person) &&
           person.ended_entry > session->entry && !text_is(id, person.spared);
}

static enum err why_not_session(struct call *call, struct access *a, struct reader *r,
                                const struct session_row *s, const char **why)
{
    struct standing_word w;
    const struct json *login, *fresh = NULL;
    *why = "no log-in of it is in the ledger";
    if (!access__standing(a, "session", s->id, &w) || !w.committed)
        return OK;
    TRY(access__kept(call, r, w.entry, &w.commitment, &login));
    if (w.fresh_entry > 0)
        TRY(access__kept(call, r, w.fresh_entry, &w.fresh, &fresh));
    *why = "it is not as its log-in in the ledger says";
    if (!text_is(s->person, w.person) ||
        !access__is_session(s, login, w.fresh_entry > 0 ? fresh : login))
        return OK;
    *why = ended(a, &w, s->id) ? "the ledger says that it was ended" : NULL;
    return OK;
}

/* ---- people, tokens and their roles ------------------------------------------------------ */

static enum err why_not_row(struct call *call, struct access *a, struct reader *r,
                            const char *kind, struct text id, const char **why)
{
    struct standing_word w;
    struct hash now;
    bool there;
    *why = "no entry of the ledger added it";
    if (!access__standing(a, kind, id, &w) || !w.committed)
        return OK;
    TRY(access__row_commitment(call, r, kind, id, &now, &there));
    *why = there && same_hash(&now, &w.commitment)
               ? NULL
               : "its row is not as its last entry in the ledger says";
    return OK;
}

/* rows (role, unit, state) of one holder. */
static const char *why_not_roles(struct call *call, struct access *a, const char *kind,
                                 const char *holder_kind, struct text holder,
                                 const struct rows *rows)
{
    struct standing_word w, h;
    uint64_t active = 0;
    for (size_t i = 0; i < rows->count; i++) {
        const struct value *row = row_at(rows, i);
        struct text id = access__grant_id(call->arena, holder, row[0].text, row[1].text);
        enum grant_state state = text_is(row[2].text, "active") ? GRANT_ACTIVE : GRANT_PENDING;
        if (!access__standing(a, kind, id, &w) || w.state != state)
            return "holds a role that the ledger does not give";
        active += state == GRANT_ACTIVE;
    }
    access__standing(a, holder_kind, holder, &h);
    return active == h.active ? NULL : "a role that the ledger gives is missing";
}

/* What they reach is read out of the closure, from their home and from where their roles hold. */
static enum err why_not_reach(struct call *call, struct access *a, struct reader *r,
                              const struct text *units, size_t count, const char **why)
{
    for (size_t i = 0; i < count && *why == NULL; i++) {
        bool same = true, again = false;
        for (size_t j = 0; j < i; j++)
            again = again || text_same(units[i], units[j]);
        if (!again)
            TRY(access__tree_below_same(call, a, r, units[i], &same));
        if (!same)
            *why = "the tree of units below theirs is not as the units' entries in the ledger say";
    }
    return OK;
}

static enum err why_not_person(struct call *call, struct access *a, struct reader *r,
                               struct text id, const char **why)
{
    struct rows rows, home;
    TRY(why_not_row(call, a, r, "person", id, why));
    if (*why != NULL)
        return OK;
    TRY(read_rows(call, r, "SELECT role, unit, state FROM role_grant WHERE person = $1",
                  &V_TEXT(id), 1, READ_MOST, &rows));
    *why = why_not_roles(call, a, "role_grant", "person", id, &rows);
    TRY(read_rows(call, r, "SELECT unit FROM person WHERE id = $1", &V_TEXT(id), 1, 1, &home));
    struct text *units = NEW_MANY(call->arena, rows.count + 1, struct text);
    for (size_t i = 0; i < rows.count; i++)
        units[i] = row_at(&rows, i)[1].text;
    units[rows.count] = home.count > 0 ? home.cells->text : (struct text){0};
    return why_not_reach(call, a, r, units, rows.count + 1, why);
}

static enum err why_not_token(struct call *call, struct access *a, struct reader *r,
                              struct text id, const char **why)
{
    struct rows rows;
    TRY(why_not_row(call, a, r, "token", id, why));
    if (*why != NULL)
        return OK;
    TRY(read_rows(call, r, "SELECT role, unit, 'active' FROM token_grant WHERE token = $1",
                  &V_TEXT(id), 1, READ_MOST, &rows));
    *why = why_not_roles(call, a, "token_grant", "token", id, &rows);
    struct text *units = NEW_MANY(call->arena, rows.count + 1, struct text);
    for (size_t i = 0; i < rows.count; i++)
        units[i] = row_at(&rows, i)[1].text;
    return why_not_reach(call, a, r, units, rows.count, why);
}

/* ---- the whole --------------------------------------------------------------------------- */

static enum err why_not(struct call *call, struct access *a, struct reader *r,
                        const struct claim *c, const char **why)
{
    *why = NULL;
    TRY(access__standing_follow(call, a, r));
    if (c->session.id.len > 0)
        TRY(why_not_session(call, a, r, &c->session, why));
    if (*why == NULL && c->token.len > 0)
        TRY(why_not_token(call, a, r, c->token, why));
    if (*why == NULL && c->request.len > 0)
        TRY(why_not_row(call, a, r, "access_request", c->request, why));
    if (*why == NULL && c->person.len > 0)
        TRY(why_not_person(call, a, r, c->person, why));
    return OK;
}

static struct text name_of(const struct claim *c)
{
    return c->session.id.len > 0 ? c->session.id : c->token.len > 0   ? c->token
           : c->request.len > 0 ? c->request
                                : c->person;
}

enum err access__tampered(struct call *call)
{
    return problem(call, ERR_CONFLICT, TEXT(""), "tampering", "%s",
                   say(call,
                       "what the database says of this person is not what the ledger says: it "
                       "was altered outside this program, or just now by somebody else. Try "
                       "again; if it stays, run aimwell verify --deep"));
}

static enum err given_claim(void *arg, struct claim *out)
{
    *out = *(const struct claim *)arg;
    return OK;
}

enum err access__trusted(struct call *call, struct access *a, struct text person,
                         struct text request)
{
    bool covered = true;
    struct claim c = {.person = person, .request = request};
    struct rows rows;
    struct reader *r = store_reader(a->store);
    enum err e = read_rows(call, r, "SELECT id FROM person WHERE id = $1", &V_TEXT(person), 1, 1,
                           &rows);
    if (e == OK && rows.count > 0)
        e = access__covered(call, a, r, given_claim, &c, &covered);
    store_return(a->store, r);
    return e == OK && !covered ? access__tampered(call) : e;
}

/* Nobody reads further in the log while the rows are read, and both are of one moment. */
static enum err why_not_at_once(struct call *call, struct access *a, struct reader *r,
                                enum err (*load)(void *arg, struct claim *out), void *arg,
                                struct claim *c, const char **why)
{
    access__standing_hold(a);
    enum err e = read_begin(call, r);
    if (e == OK) {
        e = load(arg, c);
        if (e == OK)
            e = why_not(call, a, r, c, why);
        read_end(r);
    }
    access__standing_release(a);
    return e;
}

enum err access__covered(struct call *call, struct access *a, struct reader *r,
                         enum err (*load)(void *arg, struct claim *out), void *arg,
                         bool *covered)
{
    const char *why = NULL;
    struct claim c;
    *covered = true;
    for (int i = 0; i < TRIES; i++) {
        c = (struct claim){0};
        TRY(load(arg, &c));
        TRY(why_not(call, a, r, &c, &why));
        if (why == NULL)
            return OK;
    }
    c = (struct claim){0};
    TRY(why_not_at_once(call, a, r, load, arg, &c, &why));
    if (why == NULL)
        return OK;
    *covered = false;
    log_line(LOG_ERROR, "tampering", "row=%.*s person=%.*s why=\"%s\"", TEXT_ARG(name_of(&c)),
             TEXT_ARG(c.person), why);
    return OK;
}
