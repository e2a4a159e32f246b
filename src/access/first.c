/* SPDX-License-Identifier: Apache-2.0 */
/* access/first.c — the first administrator.
 * There is no default account. While nobody exists, whoever reads the terminal of the server
 * has a token, good for one use within an hour; it lives in memory only, as a hash. That nobody
 * exists is checked again inside the transaction, so that two of them cannot both win. */
#include "access/internal.h"

#include <sodium.h>

static enum err not_first(struct call *call)
{
    return problem(call, ERR_CONFLICT, TEXT(""), "not_first", "%s",
                   say(call, "there are people already; ask an administrator"));
}

enum err access_nobody(struct call *call, struct access *a)
{
    struct rows rows;
    TRY(access__rows(call, a, "SELECT id FROM person LIMIT 1", NULL, 0, 1, &rows));
    return rows.count > 0 ? not_first(call) : OK;
}

enum err access_first_token(struct call *call, struct access *a, struct text *token)
{
    TRY(access_nobody(call, a));
    *token = access__secret(call->arena);
    pthread_mutex_lock(&a->first_lock);
    a->first = sha256(*token);
    a->first_until = call->now + HOUR;
    pthread_mutex_unlock(&a->first_lock);
    return OK;
}

/* Compares in constant time; `spend` makes it the only use. */
static bool first_good(struct call *call, struct access *a, struct text token, bool spend)
{
    struct hash h = sha256(token);
    pthread_mutex_lock(&a->first_lock);
    bool good = a->first_until > call->now && sodium_memcmp(&h, &a->first, sizeof(h)) == 0;
    if (good && spend)
        a->first_until = 0;
    pthread_mutex_unlock(&a->first_lock);
    return good;
}

static enum err wrong_token(struct call *call)
{
    return problem(call, ERR_DENIED, TEXT("token"), "token", "%s",
                   say(call, "the token is wrong, used or older than an hour"));
}

enum err access_first_known(struct call *call, struct access *a, struct text token)
{
    return first_good(call, a, token, false) ? OK : wrong_token(call);
}

struct first {
    struct access *a;
    struct text token;
    struct text organisation; /* "": as it is called already */
    struct new_person person, manager;
    struct founder *appointed; /* the manager; NULL: none */
};

static enum err appoint(struct call *call, struct tx *tx, struct first *in)
{
    bool pending;
    struct grant manager = {ROLE_MANAGER, TEXT("")};
    TRY(access__person_insert(call, tx, in->a, call->actor, &in->manager));
    TRY(access__grant_tx(call, tx, in->a, in->manager.id, &manager, true, &pending));
    return access__link_tx(call, tx, in->a, in->manager.id, call->actor->id,
                           &in->appointed->link);
}

static enum err first_run(struct job *job, struct call *call, struct tx *tx)
{
    struct first *in = job->arg;
    struct rows rows;
    bool pending;
    struct grant admin = {ROLE_ADMIN, TEXT("")};
    TRY(tx_rows(call, tx, "SELECT id FROM person LIMIT 1", NULL, 0, 1, &rows));
    if (rows.count > 0)
        return not_first(call);
    if (!first_good(call, in->a, in->token, true))
        return wrong_token(call);
    if (in->organisation.len)
        TRY(access__fact(call, tx, in->a, "organisation", in->organisation));
    TRY(access__person_insert(call, tx, in->a, call->actor, &in->person));
    TRY(access__grant_tx(call, tx, in->a, in->person.id, &admin, false, &pending));
    return in->appointed == NULL ? OK : appoint(call, tx, in);
}

/* The manager is another person: one pair of eyes would run the system and the business. */
static enum err check_manager(struct call *call, const struct first *in)
{
    struct text email = text_lower(call->arena, in->manager.email);
    TRY(access__check_new(call, in->manager.name, in->manager.email));
    if (!text_same(email, text_lower(call->arena, in->person.email)))
        return OK;
    return problem(call, ERR_INVALID, TEXT("manager"), "self", "%s",
                   say(call, "the AIMS manager is another person than the administrator"));
}

static enum err add_first(struct call *call, struct first *in, struct text password)
{
    char hash[128];
    enum err e = access__check_new(call, in->person.name, in->person.email);
    if (in->organisation.len && access__organisation_fits(call, in->organisation) != OK)
        e = ERR_INVALID;
    if (access__password_fits(call, in->a, password, in->person.email, in->person.name) != OK)
        e = ERR_INVALID;
    if (in->appointed != NULL && check_manager(call, in) != OK)
        e = ERR_INVALID;
    TRY(e);
    TRY(access__hash(call, in->a->hasher, password, hash));
    in->person.id = text_print(call->arena, "usr_%.*s", TEXT_ARG(id_new(call)));
    in->person.password = hash;
    in->manager.id = text_print(call->arena, "usr_%.*s", TEXT_ARG(id_new(call)));
    in->manager.password = "";
    return access__run(call, in->a, first_run, in);
}

static struct new_person named(const struct founder *f)
{
    return (struct new_person){
        .name = text_trim(f->name), .email = text_trim(f->email), .unit = TEXT("")};
}

enum err access_first_admin(struct call *call, struct access *a, struct text token,
                            struct text password, struct founder *admin,
                            struct founder *manager)
{
    struct first in = {
        a, token, text_trim(admin->organisation), named(admin), {.id = TEXT("")}, manager};
    if (!first_good(call, a, token, false))
        return wrong_token(call);
    if (manager != NULL)
        in.manager = named(manager);
    /* Whoever holds the token acts as the command line that printed it. */
    const struct actor *was = call->actor;
    call->actor = actor_command(call);
    enum err e = add_first(call, &in, password);
    call->actor = was;
    admin->id = e == OK ? in.person.id : TEXT("");
    if (manager != NULL)
        manager->id = e == OK ? in.manager.id : TEXT("");
    return e;
}
