/* SPDX-License-Identifier: Apache-2.0 */
/* access/login.c — the one place where a password is asked: signing in, confirming, changing.
 * Unknown, disabled and wrong give the same answer after the same work. An attempt that must
 * wait does no work and leaves no entry, which bounds what a stranger can add to the ledger. No
 * address, e-mail or name enters the ledger. */
#include "access/internal.h"

#include <string.h>

struct account {
    bool known; /* exists, enabled, has a password */
    struct text id, email, stored;
};

/* A password that was put there outside this program opens nothing. */
struct finding_account {
    struct call *call;
    struct access *a;
    struct reader *r;
    const char *sql;
    struct text key;
    struct account *out;
};

static void nobody(const struct access *a, struct account *out)
{
    *out = (struct account){.id = TEXT(""), .email = TEXT(""), .stored = text_of(a->decoy)};
}

static enum err read_account(void *arg, struct claim *claim)
{
    struct finding_account *f = arg;
    struct rows rows;
    nobody(f->a, f->out);
    TRY(read_rows(f->call, f->r, f->sql, &V_TEXT(f->key), 1, 1, &rows));
    if (rows.count == 0)
        return OK;
    const struct value *row = row_at(&rows, 0);
    claim->person = f->out->id = row[0].text;
    f->out->email = row[3].text;
    f->out->known = row[1].text.len > 0 && row[2].integer == 0;
    if (f->out->known)
        f->out->stored = row[1].text;
    return OK;
}

static enum err find_account(struct call *call, struct access *a, const char *sql,
                             struct text key, struct account *out)
{
    bool covered;
    nobody(a, out);
    if (!text_utf8(key))
        return OK;
    struct reader *r = store_reader(a->store);
    struct finding_account f = {call, a, r, sql, key, out};
    enum err e = access__covered(call, a, r, read_account, &f, &covered);
    store_return(a->store, r);
    if (e == OK && !covered)
        nobody(a, out);
    return e;
}

#define ACCOUNT "SELECT id, password, disabled, email FROM person WHERE "

/* ---- failing ----------------------------------------------------------------------------- */

struct failure {
    struct access *a;
    struct text person;
};

static enum err failure_run(struct job *job, struct call *call, struct tx *tx)
{
    struct failure *f = job->arg;
    return access__note(call, tx, f->a, call->actor, "auth.fail",
                        f->person.len > 0 ? "person" : "", f->person);
}

/* The entry, then `e` with its problem. */
static enum err failed(struct call *call, struct access *a, struct text person, enum err e,
                       const char *sentence)
{
    struct failure f = {a, person};
    TRY(store_run(a->store, call, failure_run, &f));
    return problem(call, e, TEXT("password"), "password", "%s", sentence);
}

/* Is this the password of the account? Waits for the pool, counts for the throttle. */
static enum err check(struct call *call, struct access *a, const struct account *account,
                      struct text password, const struct attempt *attempt, bool *right)
{
    struct text asked = password.len <= 800 ? password : TEXT("");
    enum err e = access__hash_matches(call, a->hasher, asked, account->stored, right);
    *right = e == OK && *right && account->known && password.len <= 800;
    if (e != OK)
        access__throttle_cancelled(a->throttle, attempt);
    else if (*right)
        access__throttle_succeeded(a->throttle, attempt);
    return e;
}

/* ---- signing in -------------------------------------------------------------------------- */

struct login {
    struct access *a;
    const struct account *account;
    struct text cookie;
    const char *stronger; /* hash to store instead, "" for none */
};

static const char *wrong(const struct call *call)
{
    return say(call, "the e-mail address or the password is wrong");
}

/* The row and the entry that speaks for it: a session is what the ledger says it is. */
static enum err insert_session(struct call *call, struct tx *tx, const struct login *in)
{
    struct arena *arena = call->arena;
    struct text id = text_print(arena, "ses_%.*s", TEXT_ARG(id_new(call)));
    struct value values[] = {V_TEXT(id),
                             V_TEXT(access__secret_hash(arena, in->cookie)),
                             V_TEXT(in->account->id),
                             access__at(call, call->now),
                             access__at(call, call->now + in->a->session_life),
                             access__at(call, call->now + FRESH_LIFE)};
    struct member members[] = {{"created_at", values[3].text}, {"ends_at", values[4].text},
                               {"fresh_until", values[5].text}, {"hash", values[1].text},
                               {"id", id},                     {"person", in->account->id}};
    struct actor actor = {.type = ACTOR_USER, .id = in->account->id};
    TRY(tx_exec(call, tx,
                "INSERT INTO session (id, hash, person, created_at, seen_at, ends_at, "
                "fresh_until) VALUES ($1, $2, $3, $4, $4, $5, $6)",
                values, COUNT(values), NULL));
    return access__keep(call, tx, in->a, &actor, "auth.login", "session", id, members,
                        COUNT(members));
}

static enum err login_run(struct job *job, struct call *call, struct tx *tx)
{
    struct login *in = job->arg;
    const struct value *row;
    TRY(access__person_tx(call, tx, in->account->id, &row));
    /* The password may have changed, or the account ended, while the hash was being made. */
    if (row[2].integer != 0 || !text_same(row[1].text, in->account->stored))
        return problem(call, ERR_SIGNED_OUT, TEXT("password"), "password", "%s", wrong(call));
    if (in->stronger[0] != '\0') {
        struct value values[] = {V_TEXT(in->account->id), V_TEXT(text_of(in->stronger))};
        TRY(tx_exec(call, tx, "UPDATE person SET password = $2 WHERE id = $1", values, 2,
                    NULL));
        TRY(access__seal(call, tx, in->a, NULL, "auth.rehash", "person", in->account->id));
    }
    struct value now = access__at(call, call->now);
    TRY(tx_exec(call, tx, "DELETE FROM session WHERE ends_at <= $1", &now, 1, NULL));
    return insert_session(call, tx, in);
}

static enum err sign_in(struct call *call, struct access *a, const struct account *account,
                        struct text password, struct text *cookie, struct actor **actor)
{
    char stronger[128] = "";
    if (access__hash_weak(account->stored))
        TRY(access__hash(call, a->hasher, password, stronger));
    struct login in = {a, account, access__secret(call->arena), stronger};
    TRY(access__run(call, a, login_run, &in));
    struct reader *r = store_reader(a->store);
    enum err e = access_session(call, a, r, in.cookie, actor);
    store_return(a->store, r);
    *cookie = in.cookie;
    return e;
}

/* A browser that still has the cookie of one of the account's sessions, over or not, is no
 * stranger's. */
static bool is_device(struct call *call, struct access *a, struct text key, struct text cookie)
{
    struct rows rows = {0};
    struct value values[] = {V_TEXT(access__secret_hash(call->arena, cookie)), V_TEXT(key)};
    return cookie.len > 0 && text_utf8(key) &&
           access__rows(call, a,
                        "SELECT s.id FROM session s JOIN person p ON p.id = s.person "
                        "WHERE s.hash = $1 AND p.email_key = $2",
                        values, 2, 1, &rows) == OK &&
           rows.count > 0;
}

static struct attempt login_attempt(struct call *call, struct access *a, struct text email,
                                    struct text peer, struct text cookie)
{
    struct text key = text_lower(call->arena, form_one(call->arena, text_trim(email)));
    if (key.len > 254)
        key = text_slice(key, 0, 254);
    struct attempt at = access__attempt(call, "account", key, peer);
    at.device = is_device(call, a, key, cookie);
    if (at.device) /* its own count: others may be behind the same address */
        at.pair = access__attempt(call, "device", cookie, TEXT("")).account;
    return at;
}

enum err access_login(struct call *call, struct access *a, struct text email,
                      struct text password, struct text peer, struct text device,
                      struct text *cookie, struct actor **actor)
{
    bool right;
    struct account account;
    struct text key = text_lower(call->arena, form_one(call->arena, text_trim(email)));
    struct attempt attempt = login_attempt(call, a, email, peer, device);
    TRY(access__throttle_begin(call, a->throttle, &attempt));
    enum err e = find_account(call, a, ACCOUNT "email_key = $1", key, &account);
    if (e != OK) {
        access__throttle_cancelled(a->throttle, &attempt);
        return e;
    }
    TRY(check(call, a, &account, password, &attempt, &right));
    if (!right)
        return failed(call, a, account.id, ERR_SIGNED_OUT, wrong(call));
    return sign_in(call, a, &account, password, cookie, actor);
}

/* ---- the demo's script ------------------------------------------------------------------- */

struct stand_in {
    struct access *a;
    struct text person, session;
};

static enum err stand_in_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct stand_in *in = job->arg;
    struct rows rows;
    struct text now = access__at(call, call->now).text;
    struct text until = access__at(call, call->now + SESSION_LIFE_DEMO).text;
    struct member members[] = {{"created_at", now}, {"ends_at", until},
                               {"fresh_until", until}, {"hash", TEXT("")},
                               {"id", in->session},    {"person", in->person}};
    TRY(tx_rows(call, tx, "SELECT value FROM meta WHERE name = 'demo' AND value = '1'", NULL, 0,
                1, &rows));
    if (rows.count == 0 || !call->actor->all)
        return access__denied(call);
    return access__keep(call, tx, in->a, call->actor, "auth.stand_in", "session", in->session,
                        members, COUNT(members));
}

enum err access_stand_in(struct call *call, struct access *a, struct text person,
                         struct text *session)
{
    struct stand_in in = {a, person,
                          text_print(call->arena, "ses_%.*s", TEXT_ARG(id_new(call)))};
    TRY(access__run(call, a, stand_in_run, &in));
    *session = in.session;
    return OK;
}

int64_t access_login_wait(struct call *call, struct access *a, struct text email,
                          struct text peer, struct text device)
{
    struct attempt attempt = login_attempt(call, a, email, peer, device);
    return access__throttle_seconds(a->throttle, &attempt);
}

/* ---- asking again ------------------------------------------------------------------------ */

/* The password of somebody who is signed in. A count of its own: whoever took over a session
 * must not guess, and guesses on the log-in page must not hinder the person. */
static enum err ask_again(struct call *call, struct access *a, struct text password,
                          struct account *account)
{
    bool right;
    struct attempt attempt = access__attempt(call, "again", call->actor->person, TEXT(""));
    TRY(access__throttle_begin(call, a->throttle, &attempt));
    enum err e = find_account(call, a, ACCOUNT "id = $1", call->actor->person, account);
    if (e != OK) {
        access__throttle_cancelled(a->throttle, &attempt);
        return e;
    }
    TRY(check(call, a, account, password, &attempt, &right));
    if (right)
        return OK;
    return failed(call, a, call->actor->person, ERR_DENIED, say(call, "the password is wrong"));
}

static enum err fresh_run(struct job *job, struct call *call, struct tx *tx)
{
    struct access *a = job->arg;
    int64_t changed;
    struct value values[] = {V_TEXT(call->actor->session),
                             access__at(call, call->now + FRESH_LIFE)};
    struct member members[] = {{"at", access__at(call, call->now).text},
                               {"fresh_until", values[1].text},
                               {"id", call->actor->session},
                               {"person", call->actor->person}};
    TRY(tx_exec(call, tx, "UPDATE session SET fresh_until = $2 WHERE id = $1", values, 2,
                &changed));
    if (changed == 0)
        return access__signed_out(call);
    return access__keep(call, tx, a, call->actor, "auth.fresh", "session",
                        call->actor->session, members, COUNT(members));
}

enum err access_fresh(struct call *call, struct access *a, struct text password,
                      int64_t *fresh_until)
{
    struct account account;
    if (call->actor == NULL || call->actor->session.len == 0)
        return access__signed_out(call);
    TRY(ask_again(call, a, password, &account));
    TRY(access__run(call, a, fresh_run, a));
    *fresh_until = call->now + FRESH_LIFE;
    return OK;
}

/* ---- changing it ------------------------------------------------------------------------- */

struct password_change {
    struct access *a;
    struct text person, was; /* was: hash that was checked; "" by the command line */
    const char *hash;
    bool once; /* another made it: to be changed at the next log-in */
};

static enum err password_run(struct job *job, struct call *call, struct tx *tx)
{
    struct password_change *in = job->arg;
    const struct value *row;
    TRY(access__person_tx(call, tx, in->person, &row));
    if (in->was.len > 0 && !text_same(in->was, row[1].text))
        return problem(call, ERR_STALE, TEXT("password"), "stale", "%s",
                       say(call, "the password was changed in the meantime"));
    struct value values[] = {V_TEXT(in->person), V_TEXT(text_of(in->hash)), V_INT(in->once)};
    TRY(tx_exec(call, tx, "UPDATE person SET password = $2, renew = $3 WHERE id = $1", values,
                3, NULL));
    TRY(access__requests_end(call, tx, in->a, call->actor, in->person, "password"));
    struct value keep[] = {V_TEXT(in->person), V_TEXT(call->actor->session)};
    TRY(tx_exec(call, tx, "DELETE FROM session WHERE person = $1 AND id <> $2", keep, 2, NULL));
    return access__seal(call, tx, in->a, call->actor, "auth.password", "person", in->person);
}

/* An administrator may not choose the password of another: that would be signing in as them. */
static enum err may_change(struct call *call, struct access *a, struct text person,
                           struct text old, struct account *account)
{
    const struct actor *actor = call->actor;
    if (actor == NULL)
        return access__signed_out(call);
    if (actor->all)
        return find_account(call, a, ACCOUNT "id = $1", person, account);
    if (actor->type != ACTOR_USER || !text_same(actor->person, person))
        return access__denied(call);
    return ask_again(call, a, old, account);
}

static enum err new_one_fits(struct call *call, struct access *a, struct text person,
                             struct text password)
{
    struct rows rows;
    TRY(access__rows(call, a, "SELECT email, name FROM person WHERE id = $1", &V_TEXT(person), 1,
                     1, &rows));
    if (rows.count == 0)
        return access_password_ok(call, password, TEXT(""), TEXT(""));
    return access__password_fits(call, a, password, row_at(&rows, 0)[0].text,
                                 row_at(&rows, 0)[1].text);
}

enum err access_password(struct call *call, struct access *a, struct text person,
                         struct text old, struct text new_password)
{
    char hash[128];
    struct account account;
    TRY(may_change(call, a, person, old, &account));
    TRY(new_one_fits(call, a, person, new_password));
    if (!call->actor->all && text_same(old, new_password))
        return problem(call, ERR_INVALID, TEXT("password"), "same", "%s",
                       say(call, "is the one in use now"));
    TRY(access__hash(call, a->hasher, new_password, hash));
    struct password_change in = {a, person, call->actor->all ? TEXT("") : account.stored, hash,
                                 false};
    return access__run(call, a, password_run, &in);
}

enum err access_password_once(struct call *call, struct access *a, struct text person,
                              struct text password)
{
    char hash[128];
    if (call->actor == NULL || !call->actor->all)
        return access__denied(call);
    TRY(access__hash(call, a->hasher, password, hash));
    struct password_change in = {a, person, TEXT(""), hash, true};
    return access__run(call, a, password_run, &in);
}
