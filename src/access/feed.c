/* SPDX-License-Identifier: Apache-2.0 */
/* access/feed.c — the secret address of somebody's calendar. Whoever has it sees what waits for
 * that person, without signing in: so it is an entry of the ledger (its hash is in the table
 * `sealed`, and no other row makes one), there is one a person, and it ends with the account.
 */
#include "access/internal.h"

#include <string.h>

#define KIND "calendar_feed"

static enum err only_people(struct call *call)
{
    if (call->actor->type == ACTOR_USER && call->actor->person.len > 0)
        return OK;
    return problem(call, ERR_DENIED, TEXT(""), "person", "%s",
                   say(call, "only a signed-in person can do this"));
}

/* The content of the entry by which it was made; NULL when there is none that stands. An
 * account that was ended and opened again does not bring it back. */
static enum err standing(struct call *call, struct access *a, struct reader *r,
                         struct text person, const struct json **out)
{
    struct standing_word feed, account;
    *out = NULL;
    TRY(access__standing_follow(call, a, r));
    if (!access__standing(a, KIND, person, &feed) || feed.ended || !feed.committed)
        return OK;
    if (!access__standing(a, "person", person, &account) || account.left > feed.entry)
        return OK;
    return access__kept(call, r, feed.entry, &feed.commitment, out);
}

enum err access_feed(struct call *call, struct access *a, struct reader *r,
                     struct text *made_at)
{
    const struct json *made;
    TRY(standing(call, a, r, call->actor->person, &made));
    *made_at = json_text(json_get(made, "made_at"));
    return OK;
}

/* ---- making and ending one --------------------------------------------------------------- */
struct feeding {
    struct access *a;
    const char *act;
    struct text secret;
};

static enum err feed_run(struct job *job, struct call *call, struct tx *tx)
{
    const struct feeding *f = job->arg;
    struct text person = call->actor->person;
    struct text hash = f->secret.len ? access__secret_hash(call->arena, f->secret) : TEXT("");
    struct member members[] = {
        {"hash", hash}, {"id", person}, {"made_at", moment_print(call->arena, call->now)}};
    return access__keep(call, tx, f->a, call->actor, f->act, KIND, person, members,
                        COUNT(members));
}

enum err access_feed_make(struct call *call, struct access *a, struct text *secret)
{
    struct feeding f = {a, "feed.make", access__secret(call->arena)};
    TRY(only_people(call));
    TRY(access__needs_fresh(call));
    TRY(store_run(a->store, call, feed_run, &f));
    *secret =
        text_print(call->arena, "%.*s.%.*s", TEXT_ARG(call->actor->person), TEXT_ARG(f.secret));
    return OK;
}

enum err access_feed_end(struct call *call, struct access *a)
{
    struct feeding f = {a, "feed.end", TEXT("")};
    const struct json *made;
    TRY(only_people(call));
    struct reader *r = store_reader(a->store);
    enum err e = standing(call, a, r, call->actor->person, &made);
    store_return(a->store, r);
    TRY(e);
    return made ? store_run(a->store, call, feed_run, &f) : OK;
}

/* ---- whose it is ------------------------------------------------------------------------- */
enum err access_feed_reader(struct call *call, struct access *a, struct reader *r,
                            struct text secret, struct mail_reader *out, bool *there)
{
    const struct json *made;
    struct text rest = secret, person = text_cut(&rest, '.');
    *there = false;
    if (person.len > 40 || rest.len > 100 || !rest.len || !text_utf8(secret))
        return OK;
    TRY(standing(call, a, r, person, &made));
    if (made == NULL ||
        !text_same(json_text(json_get(made, "hash")), access__secret_hash(call->arena, rest)))
        return OK;
    return access_mail_reader(call, r, person, out, there);
}
