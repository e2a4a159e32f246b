/* SPDX-License-Identifier: Apache-2.0 */
/* access/token.c — secrets for programs.
 * A token acts for a person: it gives only what the person still holds, and nothing once they are
 * disabled; what it writes is theirs. One of an earlier program may have nobody: it only reads. A
 * token holds exactly the roles it was given: "staff" too must be named, and being owner or author
 * counts only when that was asked for. */
#include "access/internal.h"

#define SECRET_PREFIX "aw_"
#define SECRET_LEN 46

/* Grants of token $1 that its maker $2 ("" = the command line) still has: the same role over
 * the same unit or one above it. Staff is nobody's grant: it is held at home (session.c). */
#define COVERS "IN (SELECT c.ancestor FROM unit_closure c WHERE c.descendant = t.unit)"
#define GRANTS                                                                                 \
    "SELECT t.role, t.unit FROM token_grant t WHERE t.token = $1 AND ($2 = '' OR "             \
    "EXISTS (SELECT 1 FROM role_grant g WHERE g.person = $2 AND g.role = t.role AND "          \
    "g.state = 'active' AND (g.unit = '' OR g.unit " COVERS                                    \
    ")) OR (t.role = '" ROLE_STAFF_WORD "' AND "                                               \
    "EXISTS (SELECT 1 FROM person p WHERE p.id = $2 AND p.waits_by = '' AND "                  \
    "(p.unit = '' OR p.unit " COVERS ")) "                                                     \
    "AND NOT EXISTS (SELECT 1 FROM role_grant x WHERE x.person = $2 AND x.state = 'active' "   \
    "AND x.role = '" ROLE_GUEST_WORD "'))) ORDER BY t.role, t.unit"

/* ---- using one --------------------------------------------------------------------------- */

static enum err token_grants(struct call *call, struct reader *r, struct actor *actor)
{
    struct rows rows;
    struct value values[] = {V_TEXT(actor->id), V_TEXT(actor->person)};
    TRY(read_rows(call, r, GRANTS, values, 2, READ_MOST, &rows));
    struct grant *grants = NEW_MANY(call->arena, rows.count + 1, struct grant);
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        grants[i] = (struct grant){row[0].text, row[1].text};
        actor->admin |= text_same(row[0].text, ROLE_ADMIN);
    }
    actor->grants = grants;
    actor->grant_count = rows.count;
    return OK;
}

static enum err token_rows(struct call *call, struct reader *r, const struct hash *key,
                           struct credential *c)
{
    struct rows rows;
    TRY(read_rows(call, r,
                  "SELECT t.id, t.name, t.scopes, t.person, t.expires_at, t.used_at, "
                  "COALESCE(p.unit, ''), t.relations FROM token t LEFT JOIN person p ON p.id = t.person "
                  "WHERE t.hash = $1 AND t.revoked = 0 AND (t.person = '' OR p.disabled = 0)",
                  &V_TEXT(hex_of(call->arena, hash_text(key))), 1, 1, &rows));
    if (rows.count == 0)
        return access__signed_out(call);
    const struct value *row = row_at(&rows, 0);
    struct actor *actor = NEW(call->arena, struct actor);
    *actor = (struct actor){.type = ACTOR_TOKEN,
                            .id = row[0].text,
                            .person = row[3].text,
                            .name = row[1].text,
                            .email = TEXT(""),
                            .unit = row[6].text,
                            .session = TEXT(""),
                            .csrf = TEXT(""),
                            .scopes = row[2].text,
                            .bare = row[7].integer == 0};
    *c = (struct credential){.actor = actor,
                             .any_lang = true,
                             .id = actor->id,
                             .seen = access__moment(&row[5]),
                             .ends = access__moment(&row[4])};
    return token_grants(call, r, actor);
}

struct loading {
    struct call *call;
    struct reader *r;
    const struct hash *key;
    struct credential *c;
};

static enum err load_claim(void *arg, struct claim *out)
{
    struct loading *l = arg;
    TRY(token_rows(l->call, l->r, l->key, l->c));
    out->token = l->c->id;
    out->person = l->c->actor->person;
    return OK;
}

static enum err token_load(struct call *call, struct access *a, struct reader *r,
                           const struct hash *key, struct credential *c)
{
    bool covered;
    struct loading l = {call, r, key, c};
    TRY(access__covered(call, a, r, load_claim, &l, &covered));
    if (!covered)
        return access__signed_out(call);
    struct actor behind = {.unit = c->actor->unit};
    if (c->actor->person.len > 0)
        TRY(access__grants_of(call, r, c->actor->person, &behind));
    access__roles_mean(a, &behind);
    c->actor->behind_technical = behind.technical;
    return OK;
}

enum err access__token_credential(struct call *call, struct access *a, struct reader *r,
                                  struct text secret, struct hash *key, struct credential *out)
{
    if (secret.len != SECRET_LEN || !text_starts(secret, SECRET_PREFIX))
        return access__signed_out(call);
    *key = sha256(secret);
    if (access__cache_get(call, a, key, out))
        return OK;
    unsigned long long generation = atomic_load(&a->generation);
    TRY(token_load(call, a, r, key, out));
    access__cache_put(call, a, generation, key, out);
    return OK;
}

enum err access_bearer(struct call *call, struct access *a, struct reader *r,
                       struct text secret, struct actor **out)
{
    struct hash key;
    struct credential c;
    TRY(access__token_credential(call, a, r, secret, &key, &c));
    return access__admit(call, a, &key, &c,
                         "UPDATE token SET used_at = $2 WHERE id = $1 AND used_at < $2", out);
}

/* ---- making one -------------------------------------------------------------------------- */

struct creation {
    struct access *a;
    struct text id, secret, name, scopes;
    struct text person, home; /* for whom, and where they are at home */
    bool relations;
    const struct grant *grants;
    size_t grant_count;
    int64_t expires;
};

static bool scope_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-' || c == ':' || c == '.';
}

/* WORD:THING or WORD:*, of a word that a route may ask for. A slip of the pen would otherwise
 * make a token that can do nothing, and nobody would know why. */
static bool good_scope(struct text scope)
{
    static const char *const words[] = {"events"};
    struct text word = text_cut(&scope, ':');
    if (text_is(word, "metrics") ||
        text_is(word, "read")) /* of the whole: they name no thing */
        return scope.len == 0;
    bool known = false, good = scope.len > 0;
    for (size_t i = 0; i < COUNT(words); i++)
        known = known || text_is(word, words[i]);
    for (size_t i = 0; i < scope.len; i++)
        good = good && scope_letter(scope.at[i]);
    return known && (good || text_is(scope, "*"));
}

static void check_scopes(struct call *call, struct text scopes, enum err *e)
{
    bool good = scopes.len <= 500;
    while (good && scopes.len > 0)
        good = good_scope(text_trim(text_cut(&scopes, ',')));
    if (!good)
        *e = problem(
            call, ERR_INVALID, TEXT("scopes"), "format", "%s",
            say(call,
                "lists scopes like read, events:SYS-0001 or metrics, separated by commas"));
}

/* Has it a role that reads or acts on business records? */
static bool works(const struct creation *in)
{
    for (size_t i = 0; i < in->grant_count; i++) {
        const struct role *role = model_role(in->a->model, in->grants[i].role);
        if (role != NULL && role->business)
            return true;
    }
    return false;
}

static enum err check_creation(struct call *call, const struct creation *in)
{
    enum err e = OK;
    if (in->name.len == 0 || text_characters(in->name) > 200 || !text_utf8(in->name))
        e = problem(call, ERR_INVALID, TEXT("name"), "length", "%s",
                    say(call, "has 1 to 200 characters"));
    if (in->expires <= call->now || in->expires > call->now + TOKEN_LIFE_MOST)
        e = problem(call, ERR_INVALID, TEXT("expires"), "range", "%s",
                    say(call, "must lie within a year from now"));
    if (in->grant_count == 0 && in->scopes.len == 0)
        e = problem(call, ERR_INVALID, TEXT("roles"), "required", "%s",
                    say(call, "names at least one role or a scope"));
    for (size_t i = 0; i < in->grant_count; i++)
        if (access__check_grant(call, in->a, &in->grants[i]) != OK)
            e = ERR_INVALID;
    check_scopes(call, in->scopes, &e);
    if (in->person.len == 0 && works(in))
        e = problem(call, ERR_INVALID, TEXT("for"), "required", "%s",
                    say(call,
                        "a token with roles of the business acts for somebody: name them with "
                        "--for EMAIL"));
    return e;
}

/* Staff without a unit is staff where its person is: nobody holds it otherwise. */
static struct text unit_of(const struct creation *in, const struct grant *g)
{
    return text_same(g->role, ROLE_STAFF) && g->unit.len == 0 ? in->home : g->unit;
}

static enum err insert_grants(struct call *call, struct tx *tx, const struct creation *in)
{
    for (size_t i = 0; i < in->grant_count; i++) {
        struct text unit = unit_of(in, &in->grants[i]);
        struct value values[] = {V_TEXT(in->id), V_TEXT(in->grants[i].role), V_TEXT(unit)};
        TRY(access__unit_exists(call, tx, unit));
        TRY(tx_exec(call, tx,
                    "INSERT INTO token_grant (token, role, unit) VALUES ($1, $2, $3) "
                    "ON CONFLICT (token, role, unit) DO NOTHING",
                    values, 3, NULL));
        struct member members[] = {
            {"role", in->grants[i].role}, {"token", in->id}, {"unit", unit}};
        TRY(access__keep(call, tx, in->a, call->actor, "token.grant", "token_grant",
                         access__grant_id(call->arena, in->id, in->grants[i].role, unit),
                         members, COUNT(members)));
    }
    return OK;
}

/* Everything the token was given must be among what its person holds now. */
static enum err check_held(struct call *call, struct tx *tx, const struct creation *in)
{
    struct rows all, held;
    struct value values[] = {V_TEXT(in->id), V_TEXT(in->person)};
    TRY(tx_rows(call, tx, "SELECT role, unit FROM token_grant WHERE token = $1", values, 1,
                READ_MOST, &all));
    TRY(tx_rows(call, tx, GRANTS, values, 2, READ_MOST, &held));
    if (held.count == all.count)
        return OK;
    return problem(call, ERR_DENIED, TEXT("roles"), "not_held", "%s",
                   call->actor->all
                       ? say(call, "the person does not hold all these roles")
                       : say(call, "you can only give a token roles that you hold yourself"));
}

static enum err find_person(struct call *call, struct tx *tx, struct creation *in)
{
    const struct value *row;
    if (in->person.len == 0)
        return OK;
    TRY(access__person_tx(call, tx, in->person, &row));
    in->home = row[5].text;
    if (row[2].integer == 0)
        return OK;
    return problem(call, ERR_CONFLICT, TEXT("for"), "disabled", "%s",
                   say(call, "the account is disabled"));
}

static enum err create_run(struct job *job, struct call *call, struct tx *tx)
{
    struct creation *in = job->arg;
    TRY(find_person(call, tx, in));
    struct value values[] = {V_TEXT(in->id),
                             V_TEXT(access__secret_hash(call->arena, in->secret)),
                             V_TEXT(in->name),
                             V_TEXT(in->scopes),
                             V_TEXT(in->person),
                             V_TEXT(call->actor->id),
                             access__at(call, call->now),
                             access__at(call, in->expires),
                             V_INT(in->relations)};
    TRY(tx_exec(call, tx,
                "INSERT INTO token (id, hash, name, scopes, person, created_by, created_at, "
                "expires_at, used_at, revoked, relations) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9)",
                values, COUNT(values), NULL));
    TRY(access__seal(call, tx, in->a, call->actor, "token.create", "token", in->id));
    TRY(insert_grants(call, tx, in));
    return in->person.len == 0 ? OK : check_held(call, tx, in);
}

/* Who looks after the organisation without running it makes tokens that look. */
static enum err only_reads(struct call *call, struct creation *in)
{
    if (in->scopes.len && !text_is(in->scopes, "read"))
        return problem(call, ERR_DENIED, TEXT("scopes"), "scope", "%s",
                       say(call, "your tokens read: leave the scopes out, or say read"));
    in->scopes = TEXT("read");
    return OK;
}

enum err access_token_create(struct call *call, struct access *a, struct text name,
                             struct text person, const struct grant *grants, size_t grant_count,
                             bool relations, struct text scopes, int64_t expires,
                             struct text *secret, struct text *id)
{
    struct creation in = {.a = a,
                          .name = text_trim(name),
                          .scopes = text_trim(scopes),
                          .person = person,
                          .home = TEXT(""),
                          .relations = relations,
                          .grants = grants,
                          .grant_count = grant_count,
                          .expires = expires};
    TRY(access__needs_fresh(call));
    if (!access__manages(call->actor) && !actor_holds_anywhere(call->actor, ROLE_MANAGER))
        TRY(only_reads(call, &in));
    if (!call->actor->all) /* a person's own, whatever was named */
        in.person = call->actor->person;
    TRY(check_creation(call, &in));
    in.id = text_print(call->arena, "tok_%.*s", TEXT_ARG(id_new(call)));
    in.secret = text_join(call->arena, TEXT(SECRET_PREFIX), access__secret(call->arena));
    TRY(access__run(call, a, create_run, &in));
    *secret = in.secret;
    *id = in.id;
    return OK;
}

/* ---- ending and listing ------------------------------------------------------------------ */

struct revocation {
    struct access *a;
    struct text id;
};

static enum err revoke_run(struct job *job, struct call *call, struct tx *tx)
{
    struct revocation *in = job->arg;
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT created_by, revoked FROM token WHERE id = $1",
                &V_TEXT(in->id), 1, 1, &rows));
    /* Of a token that is not theirs nobody learns whether it exists. */
    if (rows.count == 0 || (!access__manages(call->actor) &&
                            !text_same(row_at(&rows, 0)[0].text, call->actor->id)))
        return problem(call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(call, "there is no such token"));
    if (row_at(&rows, 0)[1].integer != 0)
        return OK;
    TRY(tx_exec(call, tx, "UPDATE token SET revoked = 1 WHERE id = $1", &V_TEXT(in->id), 1,
                NULL));
    return access__seal(call, tx, in->a, call->actor, "token.revoke", "token", in->id);
}

enum err access_token_revoke(struct call *call, struct access *a, struct text id)
{
    struct revocation in = {a, id};
    if (call->actor == NULL)
        return access__signed_out(call);
    return access__run(call, a, revoke_run, &in);
}

static size_t take_grants(const struct rows *grants, size_t from, struct grant *out,
                          struct token *t)
{
    size_t i = from;
    while (i < grants->count && text_compare(row_at(grants, i)[0].text, t->id) < 0)
        i++;
    t->grants = out + i;
    for (; i < grants->count && text_same(row_at(grants, i)[0].text, t->id);
         i++, t->grant_count++)
        out[i] = (struct grant){row_at(grants, i)[1].text, row_at(grants, i)[2].text};
    return i;
}

enum err access_tokens(struct call *call, struct reader *r, struct token **tokens,
                       size_t *count)
{
    struct rows rows, grants;
    if (call->actor == NULL)
        return access__signed_out(call);
    struct text whose = access__manages(call->actor) ? TEXT("") : call->actor->id;
    TRY(read_rows(
        call, r,
        "SELECT id, name, scopes, created_by, created_at, expires_at, used_at, revoked, person, "
        "relations FROM token WHERE $1 = '' OR created_by = $1 ORDER BY id",
        &V_TEXT(whose), 1, READ_MOST, &rows));
    TRY(read_rows(
        call, r,
        "SELECT token, role, unit FROM token_grant WHERE token IN (SELECT id FROM token "
        "WHERE $1 = '' OR created_by = $1) ORDER BY token, role, unit",
        &V_TEXT(whose), 1, READ_MOST, &grants));
    *tokens = NEW_MANY(call->arena, rows.count + 1, struct token);
    *count = rows.count;
    struct grant *out = NEW_MANY(call->arena, grants.count + 1, struct grant);
    for (size_t i = 0, at = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        (*tokens)[i] = (struct token){.id = row[0].text,
                                      .name = row[1].text,
                                      .scopes = row[2].text,
                                      .created_by = row[3].text,
                                      .created = access__moment(&row[4]),
                                      .expires = access__moment(&row[5]),
                                      .last_used = access__moment(&row[6]),
                                      .revoked = row[7].integer != 0,
                                      .person = row[8].text,
                                      .relations = row[9].integer != 0};
        at = take_grants(&grants, at, out, &(*tokens)[i]);
    }
    return OK;
}
