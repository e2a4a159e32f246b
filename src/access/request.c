/* SPDX-License-Identifier: Apache-2.0 */
/* access/request.c — what waits for a second person, and links by which people set a password.
 * A row is one request about one person: for a link ("password"), or for a home unit ("unit").
 * It waits until somebody else says the same, is open while its link may be used, and stays when
 * it is over: every state is fixed by an entry of the ledger, so that a link made in the
 * database alone is found. Of a link only the hash is kept. */
#include "access/internal.h"

#define COLUMNS "id, person, what, value, state, asked_by, ends_at"

static void take(const struct value *row, struct request *out)
{
    *out = (struct request){.id = row[0].text,
                            .person = row[1].text,
                            .what = row[2].text,
                            .value = row[3].text,
                            .state = row[4].text,
                            .asked_by = row[5].text,
                            .ends = access__moment(&row[6])};
}

/* The one that is not over, if there is one; id "" otherwise. */
enum err access__request_tx(struct call *call, struct tx *tx, struct text person,
                            const char *what, struct request *out)
{
    struct rows rows;
    struct value values[] = {V_TEXT(person), V_TEXT(text_of(what)),
                             access__at(call, call->now)};
    *out = (struct request){.id = TEXT("")};
    TRY(tx_rows(call, tx,
                "SELECT " COLUMNS " FROM access_request WHERE person = $1 AND what = $2 "
                "AND state IN ('waits', 'open') AND ends_at > $3 ORDER BY id DESC LIMIT 1",
                values, COUNT(values), 1, &rows));
    if (rows.count > 0)
        take(row_at(&rows, 0), out);
    return OK;
}

enum err access__request_state(struct call *call, struct tx *tx, const struct access *a,
                               const struct actor *actor, struct text id, const char *state,
                               const char *act)
{
    struct value values[] = {V_TEXT(id), V_TEXT(text_of(state)), V_TEXT(actor->id)};
    TRY(tx_exec(call, tx, "UPDATE access_request SET state = $2, settled_by = $3 WHERE id = $1",
                values, COUNT(values), NULL));
    return access__seal(call, tx, a, actor, act, "access_request", id);
}

/* Whatever was asked before about the same gives way to what is asked now. */
enum err access__requests_end(struct call *call, struct tx *tx, const struct access *a,
                              const struct actor *actor, struct text person, const char *what)
{
    struct rows rows;
    struct value values[] = {V_TEXT(person), V_TEXT(text_of(what))};
    TRY(tx_rows(call, tx,
                "SELECT id FROM access_request WHERE person = $1 AND what = $2 "
                "AND state IN ('waits', 'open') ORDER BY id",
                values, COUNT(values), READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++)
        TRY(access__request_state(call, tx, a, actor, row_at(&rows, i)[0].text, "ended",
                                  "request.end"));
    return OK;
}

static enum err insert(struct call *call, struct tx *tx, const struct access *a,
                       const struct actor *actor, const struct request *r, struct text hash,
                       const char *act)
{
    struct value values[] = {V_TEXT(r->id),
                             V_TEXT(r->person),
                             V_TEXT(r->what),
                             V_TEXT(r->value),
                             V_TEXT(r->state),
                             V_TEXT(r->asked_by),
                             V_TEXT(actor->id),
                             access__at(call, call->now),
                             access__at(call, r->ends),
                             V_TEXT(hash)};
    TRY(tx_exec(call, tx,
                "INSERT INTO access_request (id, person, what, value, state, asked_by, "
                "settled_by, asked_at, ends_at, hash) "
                "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                values, COUNT(values), NULL));
    return access__seal(call, tx, a, actor, act, "access_request", r->id);
}

static struct request new_request(struct call *call, struct text person, const char *what,
                                  struct text value, const char *state, struct text by)
{
    return (struct request){.id = text_print(call->arena, "req_%.*s", TEXT_ARG(id_new(call))),
                            .person = person,
                            .what = text_of(what),
                            .value = value,
                            .state = text_of(state),
                            .asked_by = by,
                            .ends = call->now + REQUEST_LIFE};
}

enum err access__request_ask(struct call *call, struct tx *tx, const struct access *a,
                             struct text person, const char *what, struct text value)
{
    struct request r = new_request(call, person, what, value, "waits", call->actor->id);
    TRY(access__requests_end(call, tx, a, call->actor, person, what));
    return insert(call, tx, a, call->actor, &r, TEXT(""), "request.ask");
}

enum err access__link_tx(struct call *call, struct tx *tx, const struct access *a,
                         struct text person, struct text asked_by, struct link *out)
{
    struct request r = new_request(call, person, "password", TEXT(""), "open", asked_by);
    out->token = access__secret(call->arena);
    out->ends = r.ends;
    TRY(access__requests_end(call, tx, a, call->actor, person, "password"));
    return insert(call, tx, a, call->actor, &r, access__secret_hash(call->arena, out->token),
                  "request.open");
}

enum err access__same_asker(struct call *call)
{
    return problem(call, ERR_CONFLICT, TEXT(""), "same_person", "%s",
                   say(call,
                       "you have asked for this yourself: it waits for another person to say "
                       "the same"));
}

/* ---- asking for a link ------------------------------------------------------------------- */

struct resetting {
    struct access *a;
    struct text person;
    struct reset *out;
    struct text seen; /* the request that waits, as the ledger knows it; "" when none does */
};

/* An AIMS manager for the person's home and for every unit they hold a role in. */
static enum err manages_all_of(struct call *call, struct tx *tx, const struct access *a,
                               struct text person, struct text home, bool *yes)
{
    struct rows rows;
    TRY(access__is_manager(call, tx, a, home, yes));
    TRY(tx_rows(call, tx, "SELECT DISTINCT unit FROM role_grant WHERE person = $1",
                &V_TEXT(person), 1, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count && *yes; i++)
        TRY(access__is_manager(call, tx, a, row_at(&rows, i)[0].text, yes));
    return OK;
}

/* An invitation made anew: nobody has used the account, it is not confirmed, and no role that counts
 * waits in it. All others have something to lose, also who holds no role any more: what they own and
 * wrote stays theirs. */
static enum err harmless(struct call *call, struct tx *tx, const struct access *a,
                         struct text person, bool *yes)
{
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT id FROM person WHERE id = $1 AND password = '' AND waits_by <> ''",
                &V_TEXT(person), 1, 1, &rows));
    *yes = rows.count > 0;
    TRY(tx_rows(call, tx, "SELECT role FROM role_grant WHERE person = $1 AND state = 'active'",
                &V_TEXT(person), 1, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count && *yes; i++) {
        const struct role *role = model_role(a->model, row_at(&rows, i)[0].text);
        *yes = role != NULL && !role->business && !text_same(role->name, ROLE_ADMIN);
    }
    return OK;
}

/* Whoever asked first counts only while the account is in use. */
static enum err asker_left(struct call *call, struct tx *tx, struct text asker, bool *left)
{
    struct rows rows;
    TRY(tx_rows(call, tx, "SELECT id FROM person WHERE id = $1 AND disabled = 0",
                &V_TEXT(asker), 1, 1, &rows));
    *left = rows.count == 0;
    return OK;
}

static enum err ask_or_confirm(struct call *call, struct tx *tx, struct resetting *in)
{
    struct request was;
    bool at_once = call->actor->all;
    if (!at_once)
        TRY(harmless(call, tx, in->a, in->person, &at_once));
    if (at_once)
        return access__link_tx(call, tx, in->a, in->person, call->actor->id, &in->out->link);
    TRY(access__request_tx(call, tx, in->person, "password", &was));
    bool waits = was.id.len > 0 && text_is(was.state, "waits"), left = false;
    if (waits)
        TRY(asker_left(call, tx, was.asked_by, &left));
    waits = waits && !left;
    if (waits && text_same(was.asked_by, call->actor->id))
        return access__same_asker(call);
    if (waits && !text_same(was.id, in->seen))
        return access__tampered(call);
    in->out->pending = !waits;
    return waits ? access__link_tx(call, tx, in->a, in->person, was.asked_by, &in->out->link)
                 : access__request_ask(call, tx, in->a, in->person, "password", TEXT(""));
}

static enum err reset_run(struct job *job, struct call *call, struct tx *tx)
{
    struct resetting *in = job->arg;
    const struct value *row;
    bool may = access__manages(call->actor);
    TRY(access__person_tx(call, tx, in->person, &row));
    if (!may)
        TRY(manages_all_of(call, tx, in->a, in->person, row[5].text, &may));
    if (!may)
        return access__denied(call);
    if (row[2].integer != 0)
        return problem(call, ERR_CONFLICT, TEXT("person"), "disabled", "%s",
                       say(call, "the account is disabled"));
    return ask_or_confirm(call, tx, in);
}

static enum err waiting_request(struct call *call, struct access *a, struct text person,
                                struct text *id)
{
    struct rows rows;
    struct value values[] = {V_TEXT(person), access__at(call, call->now)};
    TRY(access__rows(call, a,
                     "SELECT id FROM access_request WHERE person = $1 AND what = 'password' AND "
                     "state = 'waits' AND ends_at > $2 ORDER BY id DESC LIMIT 1",
                     values, COUNT(values), 1, &rows));
    *id = rows.count > 0 ? row_at(&rows, 0)[0].text : TEXT("");
    return OK;
}

enum err access_reset(struct call *call, struct access *a, struct text person,
                      struct reset *out)
{
    struct resetting in = {a, person, out, TEXT("")};
    *out = (struct reset){.waits_for = TEXT(""), .link = {.token = TEXT("")}};
    TRY(access__needs_fresh(call));
    if (text_same(call->actor->person, person))
        return problem(call, ERR_DENIED, TEXT("person"), "self", "%s",
                       say(call, "change your own password in your settings"));
    TRY(waiting_request(call, a, person, &in.seen));
    TRY(access__trusted(call, a, person, in.seen));
    TRY(access__run(call, a, reset_run, &in));
    if (out->pending)
        out->waits_for = text_of(
            say(call, "another administrator or an AIMS manager, who asks for the same"));
    return OK;
}

/* ---- using one --------------------------------------------------------------------------- */

struct using {
    struct access *a;
    struct text token_hash, request, person, email, name;
    const char *hash;
};

static enum err not_good(struct call *call)
{
    return problem(call, ERR_DENIED, TEXT("token"), "token", "%s",
                   say(call, "this link is unknown, used up or too old; ask for a new one"));
}

#define OPEN_LINK                                                                              \
    "SELECT r.id, r.person, p.email, p.name FROM access_request r JOIN person p "              \
    "ON p.id = r.person WHERE r.hash = $1 AND r.what = 'password' AND r.state = 'open' "       \
    "AND r.ends_at > $2 AND p.disabled = 0"

static enum err take_link(struct call *call, const struct rows *rows, struct using *in)
{
    if (rows->count == 0)
        return not_good(call);
    in->request = row_at(rows, 0)[0].text;
    in->person = row_at(rows, 0)[1].text;
    in->email = row_at(rows, 0)[2].text;
    in->name = row_at(rows, 0)[3].text;
    return OK;
}

static enum err use_run(struct job *job, struct call *call, struct tx *tx)
{
    struct using *in = job->arg;
    struct rows rows;
    struct value values[] = {V_TEXT(in->token_hash), access__at(call, call->now)};
    struct text request = in->request, person = in->person;
    TRY(tx_rows(call, tx, OPEN_LINK, values, COUNT(values), 1, &rows));
    TRY(take_link(call, &rows, in));
    /* Just that link, of just that person, was held against the ledger. */
    if (!text_same(request, in->request) || !text_same(person, in->person))
        return access__tampered(call);
    const struct actor *link = actor_system(call); /* nobody is signed in */
    struct value set[] = {V_TEXT(in->person), V_TEXT(text_of(in->hash))};
    TRY(access__request_state(call, tx, in->a, link, in->request, "used", "request.use"));
    TRY(tx_exec(call, tx, "UPDATE person SET password = $2, renew = 0 WHERE id = $1", set, 2,
                NULL));
    TRY(tx_exec(call, tx, "DELETE FROM session WHERE person = $1", set, 1, NULL));
    return access__seal(call, tx, in->a, link, "auth.password", "person", in->person);
}

struct finding_link {
    struct call *call;
    struct reader *r;
    struct using *in;
};

static enum err load_link(void *arg, struct claim *claim)
{
    struct finding_link *f = arg;
    struct rows rows;
    struct value values[] = {V_TEXT(f->in->token_hash), access__at(f->call, f->call->now)};
    TRY(read_rows(f->call, f->r, OPEN_LINK, values, COUNT(values), 1, &rows));
    TRY(take_link(f->call, &rows, f->in));
    claim->request = f->in->request;
    claim->person = f->in->person;
    return OK;
}

/* A link that no entry of the ledger speaks for is none. */
static enum err find_link(struct call *call, struct using *in)
{
    bool covered;
    struct reader *r = store_reader(in->a->store);
    struct finding_link f = {call, r, in};
    enum err e = access__covered(call, in->a, r, load_link, &f, &covered);
    store_return(in->a->store, r);
    return e == OK && !covered ? not_good(call) : e;
}

static enum err use_link(struct call *call, struct using *in, struct text password)
{
    char hash[128];
    TRY(find_link(call, in));
    TRY(access__password_fits(call, in->a, password, in->email, in->name));
    TRY(access__hash(call, in->a->hasher, password, hash));
    in->hash = hash;
    return access__run(call, in->a, use_run, in);
}

static struct attempt link_attempt(struct call *call, struct text token_hash, struct text peer)
{
    return access__attempt(call, "reset", token_hash, peer);
}

enum err access_reset_use(struct call *call, struct access *a, struct text token,
                          struct text password, struct text peer, int64_t *wait)
{
    struct using in = {.a = a, .token_hash = access__secret_hash(call->arena, token)};
    struct attempt attempt = link_attempt(call, in.token_hash, peer);
    *wait = access__throttle_seconds(a->throttle, &attempt);
    TRY(access__throttle_begin(call, a->throttle, &attempt));
    enum err e = use_link(call, &in, password);
    if (e != ERR_DENIED)
        access__throttle_cancelled(a->throttle, &attempt);
    return e;
}
