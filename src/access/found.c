/* SPDX-License-Identifier: Apache-2.0 */
/* access/found.c — the facts about an organisation that exist before anybody does. */
#include "access/internal.h"
#include "store/write.h"

#include <sodium.h>

struct founding {
    struct text organisation, origin;
    bool secret;
};

/* Nodes on PostgreSQL share one signing key: it lives where they all can reach it. */
static enum err write_secret(struct call *call, struct tx *tx)
{
    unsigned char public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    if (sodium_init() < 0 || crypto_sign_keypair(public_key, secret) != 0)
        return problem(call, ERR_BUG, TEXT(""), "key", "no signing key could be made");
    struct text words = base64_of(call->arena, (struct text){(char *)secret, sizeof secret});
    sodium_memzero(secret, sizeof secret);
    return meta_write(call, tx, "ledger.secret", words);
}

static enum err found(struct job *job, struct call *call, struct tx *tx)
{
    const struct founding *f = job->arg;
    TRY(meta_write(call, tx, "organisation", f->organisation));
    TRY(meta_write(call, tx, "origin", f->origin));
    TRY(meta_write(call, tx, "founded", moment_print(call->arena, call->now)));
    return f->secret ? write_secret(call, tx) : OK;
}

enum err access__organisation_fits(struct call *call, struct text name)
{
    if (name.len && text_characters(name) <= 200 && text_utf8(name))
        return OK;
    return problem(call, ERR_INVALID, TEXT("organisation"), "length", "%s",
                   say(call, "needs 1 to 200 characters"));
}

enum err access_found(struct call *call, struct store *s, struct text organisation,
                      struct text origin, bool secret)
{
    organisation = text_trim(organisation);
    TRY(access__organisation_fits(call, organisation));
    struct founding f = {organisation, origin, secret};
    return store_run(s, call, found, &f);
}
