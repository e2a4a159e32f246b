/* SPDX-License-Identifier: Apache-2.0 */
/* access/secret.c — rules for passwords, and random secrets.
 * Length is the rule; there is no rule of composition. What everybody tries first is refused,
 * also when it is repeated or padded with digits to reach the length. */
#include "access/internal.h"

#include <string.h>

#define SHORTEST 15
#define LONGEST 200

static bool letter(char c)
{
    return (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

/* Is t made of its first `size` bytes again and again? The last time may be cut short. */
static bool repeats(struct text t, size_t size)
{
    for (size_t i = size; i < t.len; i++)
        if (t.at[i] != t.at[i - size])
            return false;
    return true;
}

bool access__password_common(struct arena *arena, struct text password)
{
    struct text folded = text_lower(arena, text_trim(password));
    struct text bare = folded;
    while (bare.len > 0 && !letter(bare.at[bare.len - 1]))
        bare.len--;
    if (access__password_listed(folded) || (bare.len > 0 && access__password_listed(bare)))
        return true;
    for (size_t size = 1; size <= folded.len / 2; size++)
        if (repeats(folded, size) &&
            (size <= 4 || access__password_listed(text_slice(folded, 0, size))))
            return true;
    return false;
}

static enum err refuse(struct call *call, const char *code, const char *english)
{
    return problem(call, ERR_INVALID, TEXT("password"), code, "%s", say(call, english));
}

/* ---- own words --------------------------------------------------------------------------- */
/* What a person, their address, the organisation and the program are called is tried right after
 * the common ones. A password may have such words, but something else must carry it. */
#define OWN_MOST 32
#define WORD_LEAST 3      /* shorter ones are no names */
#define FOREIGN_LEAST 4   /* beside own words */
#define FOREIGN_REPEATED 10 /* beside words that come twice */
#define PERIOD_MOST 9     /* "lanternlantern12" */

struct word_list {
    struct text at[OWN_MOST];
    size_t count;
};

static void add_words(struct word_list *to, struct text t)
{
    while (t.len > 0) {
        size_t n = 0;
        while (n < t.len && letter(t.at[n]))
            n++;
        if (n >= WORD_LEAST && to->count < OWN_MOST)
            to->at[to->count++] = text_slice(t, 0, n);
        t = text_from(t, n + (n < t.len));
    }
}

/* Each own word becomes a blank, wherever it stands. */
static struct text without(struct arena *arena, struct text t, const struct word_list *own)
{
    struct text out = text_copy(arena, t);
    char *at = (char *)(uintptr_t)out.at;
    for (size_t w = 0; w < own->count; w++)
        for (size_t i = 0; i + own->at[w].len <= out.len; i++)
            if (memcmp(at + i, own->at[w].at, own->at[w].len) == 0)
                memset(at + i, ' ', own->at[w].len);
    return out;
}

struct carried { /* by what is left */
    size_t characters; /* of words, each once; of long numbers; signs that differ */
    bool repeated;     /* some word comes twice */
};

static bool known(const struct word_list *seen, struct text word)
{
    return text_among(seen->at, seen->count, word);
}

static size_t run_of(struct text t, bool (*is)(char))
{
    size_t n = 0;
    while (n < t.len && is(t.at[n]))
        n++;
    return n;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static struct carried carried_by(struct text t)
{
    struct word_list seen = {.count = 0};
    struct carried c = {0};
    bool sign[128] = {false};
    while (t.len > 0) {
        size_t letters = run_of(t, letter), digits = run_of(t, digit);
        struct text word = text_slice(t, 0, letters);
        if (letters > 0 && known(&seen, word))
            c.repeated = c.repeated || letters >= WORD_LEAST;
        else if (letters > 0) {
            c.characters += text_characters(word);
            if (seen.count < OWN_MOST)
                seen.at[seen.count++] = word;
        } else if (digits > FOREIGN_LEAST) /* longer than a year */
            c.characters += digits;
        else if (digits == 0 && t.at[0] > ' ' && !sign[(unsigned char)t.at[0] & 0x7f]) {
            sign[(unsigned char)t.at[0] & 0x7f] = true;
            c.characters++;
        }
        t = text_from(t, letters + digits > 0 ? letters + digits : 1);
    }
    return c;
}

static bool own_words(struct arena *arena, struct text folded, const struct word_list *own)
{
    struct text bare = folded;
    while (bare.len > 0 && !letter(bare.at[bare.len - 1]))
        bare.len--;
    for (size_t size = WORD_LEAST; size <= PERIOD_MOST && size <= bare.len / 2; size++)
        if (repeats(bare, size))
            return true;
    struct carried c = carried_by(without(arena, folded, own));
    return c.characters < (c.repeated ? FOREIGN_REPEATED : FOREIGN_LEAST);
}

enum err access_password_ok(struct call *call, struct text password, struct text email,
                            struct text others)
{
    struct word_list own = {.at = {TEXT("aimwell")}, .count = 1};
    if (!text_utf8(password))
        return refuse(call, "text", SAID("is not readable text"));
    if (text_characters(password) < SHORTEST)
        return refuse(call, "short",
                      SAID("needs at least 15 characters; several words are fine"));
    if (text_characters(password) > LONGEST)
        return refuse(call, "long", SAID("may have at most 200 characters"));
    struct text folded = text_lower(call->arena, text_trim(password));
    if (text_same(folded, text_lower(call->arena, text_trim(email))))
        return refuse(call, "email", SAID("must not be the e-mail address"));
    if (access__password_common(call->arena, password))
        return refuse(call, "common", SAID("is one of those that are tried first"));
    add_words(&own, text_lower(call->arena, email));
    add_words(&own, text_lower(call->arena, others));
    if (own_words(call->arena, folded, &own))
        return refuse(
            call, "own",
            SAID(
                "needs more than names (yours, the organisation's) and words that come twice"));
    return OK;
}

enum err access__password_fits(struct call *call, struct access *a, struct text password,
                               struct text email, struct text name)
{
    struct text organisation;
    struct reader *r = store_reader(a->store);
    enum err e = meta_read(call, r, "organisation", &organisation);
    store_return(a->store, r);
    if (e == ERR_MISSING)
        organisation = TEXT("");
    else
        TRY(e);
    return access_password_ok(call, password, email,
                              text_print(call->arena, "%.*s %.*s", TEXT_ARG(name),
                                         TEXT_ARG(organisation)));
}

struct text access__secret(struct arena *arena)
{
    unsigned char bytes[32];
    chance(bytes, sizeof(bytes));
    return base64url_of(arena, (struct text){(const char *)bytes, sizeof(bytes)});
}

struct text access__secret_hash(struct arena *arena, struct text secret)
{
    struct hash h = sha256(secret);
    return hex_of(arena, hash_text(&h));
}
