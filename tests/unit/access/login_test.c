/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/login_test.c — signing in: right, wrong, unknown, disabled, throttled. */
#include "site.h"

#include <sodium.h>
#include <string.h>

static struct call *last; /* of the last attempt */

static enum err attempt(struct site *s, struct text email, struct text password,
                        struct text peer)
{
    struct text cookie;
    struct actor *actor;
    last = site_call(s);
    return access_login(last, s->access, email, password, peer, TEXT(""), &cookie, &actor);
}

static void right_password(void **state)
{
    struct site *s = *state;
    struct text cookie;
    struct text id = site_person(s, "ada", &(struct grant){TEXT("assessor"), WHOLE}, 1);
    struct call *call = site_as(s, "ada", &cookie);
    const struct actor *a = call->actor;
    assert_int_equal(a->type, ACTOR_USER);
    assert_true(text_same(a->id, id) && text_same(a->person, id));
    assert_true(text_is(a->name, "Zqx ada") && text_is(a->email, "ada@zq.example"));
    assert_true(actor_holds(a, TEXT("assessor"), NULL, 0));
    assert_true(actor_holds(a, TEXT("staff"), NULL, 0));
    assert_false(a->admin || a->all);
    assert_int_equal(cookie.len, 43);
    assert_int_equal(a->csrf.len, 43);
    assert_int_equal(a->fresh_until, call->now + FRESH_LIFE);
    assert_int_equal(site_acts(s, "auth.login"), 1);
    assert_int_equal(site_acts(s, "auth.fail"), 0);
}

static void email_is_folded(void **state)
{
    struct site *s = *state;
    site_person(s, "ada", NULL, 0);
    assert_int_equal(attempt(s, TEXT("  ADA@Zq.Example "), PASSWORD, PEER), OK);
}

static void secrets_are_stored_hashed(void **state)
{
    struct site *s = *state;
    struct text cookie;
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    struct text password = site_one(s, "SELECT password FROM person", NULL, 0);
    struct text hash = site_one(s, "SELECT hash FROM session", NULL, 0);
    assert_true(text_starts(password, "$argon2id$v=19$m=19456,t=2,p=1$"));
    assert_true(text_same(hash, access__secret_hash(s->arena, cookie)));
}

static void every_login_has_its_own_cookie(void **state)
{
    struct site *s = *state;
    struct text one, two;
    struct actor *actor;
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &one);
    site_as(s, "ada", &two);
    assert_false(text_same(one, two));
    assert_int_equal(site_session(s, one, &actor), OK);
    assert_int_equal(site_session(s, two, &actor), OK);
}

/* Wrong, unknown, disabled and without a password: one answer. */
static void refusals_are_alike(void **state)
{
    struct site *s = *state;
    struct text silent, disabled = site_person(s, "dan", NULL, 0);
    site_person(s, "ada", NULL, 0);
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(access_person_add(call, s->access, TEXT("Zqx sil"), TEXT("sil@zq.example"),
                                       TEXT(""), false, NOWHERE, NULL, 0, &silent),
                     OK);
    assert_int_equal(
        access_person_change(call, s->access, disabled, NULL, NULL, NULL, &(bool){true}), OK);

    struct text emails[] = {TEXT("ada@zq.example"),
                            TEXT("nobody@zq.example"),
                            TEXT("dan@zq.example"),
                            TEXT("sil@zq.example"),
                            TEXT(""),
                            TEXT("ada@zq.example\xff")};
    for (size_t i = 0; i < COUNT(emails); i++) {
        struct text password = i == 0 ? TEXT("green lamps on the rivers") : PASSWORD;
        assert_int_equal(attempt(s, emails[i], password, TEXT("")), ERR_SIGNED_OUT);
        assert_int_equal(last->problem_count, 1);
        assert_string_equal(last->problems->message.at,
                            "the e-mail address or the password is wrong");
        assert_true(site_code_is(last, "password"));
    }
    assert_int_equal(site_acts(s, "auth.fail"), COUNT(emails));
    assert_int_equal(site_acts(s, "auth.login"), 0);
}

static void empty_and_huge_passwords_are_wrong(void **state)
{
    struct site *s = *state;
    struct text silent;
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(access_person_add(call, s->access, TEXT("Zqx sil"), TEXT("sil@zq.example"),
                                       TEXT(""), false, NOWHERE, NULL, 0, &silent),
                     OK);
    char *huge = arena_take(s->arena, 5000);
    memset(huge, 'x', 5000);
    assert_int_equal(attempt(s, TEXT("sil@zq.example"), TEXT(""), PEER), ERR_SIGNED_OUT);
    assert_int_equal(attempt(s, TEXT("sil@zq.example"), (struct text){huge, 5000}, PEER),
                     ERR_SIGNED_OUT);
}

static void throttled_after_five(void **state)
{
    struct site *s = *state;
    site_person(s, "ada", NULL, 0);
    struct text email = TEXT("ada@zq.example");
    for (int i = 0; i < 5; i++)
        assert_int_equal(attempt(s, email, TEXT("wrong"), TEXT("")), ERR_SIGNED_OUT);
    /* Even the right password waits now, and nothing is written. */
    assert_int_equal(attempt(s, email, PASSWORD, TEXT("")), ERR_BUSY);
    assert_true(site_code_is(last, "wait"));
    assert_string_equal(last->problems->message.at,
                        "too many failed attempts; try again in 1 s");
    assert_int_equal(access_login_wait(site_call(s), s->access, email, TEXT(""), TEXT("")), 1);
    assert_int_equal(site_acts(s, "auth.fail"), 5);
    site_later(s, SECOND);
    assert_int_equal(access_login_wait(site_call(s), s->access, email, TEXT(""), TEXT("")), 0);
    assert_int_equal(attempt(s, email, TEXT("wrong"), TEXT("")), ERR_SIGNED_OUT);
    assert_int_equal(access_login_wait(site_call(s), s->access, email, TEXT(""), TEXT("")), 2);
    site_later(s, 2 * SECOND);
    assert_int_equal(attempt(s, email, PASSWORD, TEXT("")), OK);
    assert_int_equal(attempt(s, email, TEXT("wrong"), TEXT("")), ERR_SIGNED_OUT);
}

/* An unknown account is throttled like a known one: it cannot be told by that, and cannot be
 * used to fill the ledger. */
static void unknown_accounts_are_throttled(void **state)
{
    struct site *s = *state;
    for (int i = 0; i < 20; i++)
        assert_int_equal(attempt(s, TEXT("nobody@zq.example"), PASSWORD, TEXT("")),
                         i < 5 ? ERR_SIGNED_OUT : ERR_BUSY);
    assert_int_equal(site_acts(s, "auth.fail"), 5);
}

static void addresses_are_throttled(void **state)
{
    struct site *s = *state;
    site_person(s, "ada", NULL, 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(
            attempt(s, text_print(s->arena, "guess%d@zq.example", i), PASSWORD, PEER),
            ERR_SIGNED_OUT);
    assert_int_equal(attempt(s, TEXT("ada@zq.example"), PASSWORD, PEER), ERR_BUSY);
    assert_int_equal(attempt(s, TEXT("ada@zq.example"), PASSWORD, TEXT("10.9.8.8")), OK);
}

/* A stranger who keeps failing must not keep the person out. */
static void strangers_do_not_lock_out(void **state)
{
    struct site *s = *state;
    site_person(s, "ada", NULL, 0);
    struct text email = TEXT("ada@zq.example");
    assert_int_equal(attempt(s, email, PASSWORD, PEER), OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(attempt(s, email, TEXT("wrong"), TEXT("10.9.1.1")), ERR_SIGNED_OUT);
    assert_int_equal(attempt(s, email, PASSWORD, TEXT("10.9.1.1")), ERR_BUSY);
    assert_int_equal(attempt(s, email, PASSWORD, TEXT("10.9.2.2")), OK);
    assert_int_equal(attempt(s, email, PASSWORD, PEER), OK);
}

static enum err set_password_run(struct job *job, struct call *call, struct tx *tx)
{
    struct site *s = job->arg;
    struct rows rows;
    struct value weak = V_TEXT(s->weak);
    TRY(tx_exec(call, tx, "UPDATE person SET password = $1", &weak, 1, NULL));
    TRY(tx_rows(call, tx, "SELECT id FROM person", NULL, 0, 1, &rows));
    return access__seal(call, tx, s->access, actor_command(call), "auth.password", "person",
                        row_at(&rows, 0)[0].text);
}

static void weak_hashes_are_renewed(void **state)
{
    struct site *s = *state;
    char weak[crypto_pwhash_STRBYTES];
    site_person(s, "ada", NULL, 0);
    assert_int_equal(crypto_pwhash_str_alg(weak, PASSWORD.at, PASSWORD.len, 1, 8u << 20,
                                           crypto_pwhash_ALG_ARGON2ID13),
                     0);
    assert_true(access__hash_weak(text_of(weak)));
    s->weak = text_of(weak);
    assert_int_equal(access__run(site_call(s), s->access, set_password_run, s), OK);
    site_as(s, "ada", NULL);
    struct text stored = site_one(s, "SELECT password FROM person", NULL, 0);
    assert_false(access__hash_weak(stored));
    site_as(s, "ada", NULL);
    assert_true(text_same(stored, site_one(s, "SELECT password FROM person", NULL, 0)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(right_password),
        SITE_TEST(email_is_folded),
        SITE_TEST(secrets_are_stored_hashed),
        SITE_TEST(every_login_has_its_own_cookie),
        SITE_TEST(refusals_are_alike),
        SITE_TEST(empty_and_huge_passwords_are_wrong),
        SITE_TEST(throttled_after_five),
        SITE_TEST(unknown_accounts_are_throttled),
        SITE_TEST(addresses_are_throttled),
        SITE_TEST(strangers_do_not_lock_out),
        SITE_TEST(weak_hashes_are_renewed),
    };
    return site_run("access login", tests, COUNT(tests));
}
