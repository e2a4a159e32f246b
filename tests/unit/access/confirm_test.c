/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/confirm_test.c — S4, E4: who is staff by the word of one person is not yet. */
#include "site.h"

#define ADMIN                                                                                  \
    {                                                                                          \
        TEXT("admin"), WHOLE                                                                   \
    }
#define MANAGER                                                                                \
    {                                                                                          \
        TEXT("aims_manager"), WHOLE                                                            \
    }

static struct actor *actor;

static void people(struct site *s)
{
    site_person(s, "root", &(struct grant)ADMIN, 1);
    site_person(s, "second", &(struct grant)ADMIN, 1);
    site_person(s, "mia", &(struct grant)MANAGER, 1);
}

/* By an administrator in the pages, with a password that may stay. */
static struct text added(struct site *s, const char *nick)
{
    struct text id;
    struct call *root = site_as(s, "root", NULL);
    assert_int_equal(access_person_add(root, s->access, text_print(s->arena, "Zqx %s", nick),
                                       site_email(s, nick), PASSWORD, false, NOWHERE, NULL, 0,
                                       &id),
                     OK);
    return id;
}

static bool is_staff(struct site *s, struct text cookie)
{
    assert_int_equal(site_session(s, cookie, &actor), OK);
    return actor_holds_anywhere(actor, TEXT("staff"));
}

static enum err confirm(struct call *call, struct site *s, struct text id)
{
    return access_confirm(call, s->access, id);
}

static void added_by_one_is_not_staff(void **state)
{
    struct site *s = *state;
    struct text cookie;
    people(s);
    struct text ada = added(s, "ada");
    struct call *own = site_as(s, "ada", &cookie), *root = site_as(s, "root", NULL),
                *second = site_as(s, "second", NULL);
    assert_true(own->actor->unconfirmed);
    assert_false(is_staff(s, cookie));
    assert_int_equal(confirm(own, s, ada), ERR_DENIED);
    assert_int_equal(confirm(root, s, ada), ERR_CONFLICT);
    assert_true(site_code_is(root, "same_person"));
    assert_int_equal(confirm(second, s, ada), ERR_CONFLICT);
    assert_true(site_code_is(second, "needs_manager"));
    assert_false(is_staff(s, cookie));
    assert_int_equal(confirm(site_as(s, "mia", NULL), s, ada), OK);
    assert_true(is_staff(s, cookie));
    assert_int_equal(site_acts(s, "user.confirm"), 1);
    assert_int_equal(confirm(site_as(s, "mia", NULL), s, ada), OK);
    assert_int_equal(site_acts(s, "user.confirm"), 1);
}

static void confirming_asks_for_a_fresh_password(void **state)
{
    struct site *s = *state;
    people(s);
    struct text ada = added(s, "ada");
    struct call *mia = site_as(s, "mia", NULL);
    mia->now += FRESH_LIFE + SECOND;
    assert_int_equal(confirm(mia, s, ada), ERR_DENIED);
    assert_true(site_code_is(mia, "fresh"));
}

static void by_command_it_is_at_once(void **state)
{
    struct site *s = *state;
    struct text cookie;
    people(s);
    struct text ada = added(s, "ada");
    site_person(s, "bob", NULL, 0);
    site_as(s, "bob", &cookie);
    assert_true(is_staff(s, cookie));
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(confirm(call, s, ada), OK);
    site_as(s, "ada", &cookie);
    assert_true(is_staff(s, cookie));
}

/* A token gives what its person holds: not staff, while they are not. */
static void its_token_is_not_staff_either(void **state)
{
    struct site *s = *state;
    struct text secret, id, cookie;
    struct grant staff = {TEXT("staff"), WHOLE};
    people(s);
    struct text xen =
        site_person(s, "xen", &(struct grant){TEXT("assessor"), WHOLE}, 1);
    struct call *own = site_as(s, "xen", &cookie);
    assert_int_equal(access_token_create(own, s->access, TEXT("t"), NOWHERE, &staff, 1, false,
                                         TEXT(""), own->now + DAY, &secret, &id),
                     OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_true(actor_holds_anywhere(actor, TEXT("staff")));
    struct forgery f = {"UPDATE person SET waits_by = 'usr_x' WHERE id = $1", "user.unconfirm",
                        "person", xen, site_as(s, "root", NULL)->actor};
    site_forge(s, &f);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_false(actor_holds_anywhere(actor, TEXT("staff")));
    struct call *again = site_as(s, "xen", NULL);
    assert_int_equal(access_token_create(again, s->access, TEXT("u"), NOWHERE, &staff, 1, false,
                                         TEXT(""), again->now + DAY, &secret, &id),
                     ERR_DENIED);
}

static void who_is_a_guest_no_longer_waits(void **state)
{
    struct site *s = *state;
    struct text cookie;
    people(s);
    struct text xen =
        site_person(s, "xen", &(struct grant){TEXT("external_auditor"), WHOLE}, 1);
    site_as(s, "xen", &cookie);
    assert_false(is_staff(s, cookie));
    assert_int_equal(access_revoke(site_as(s, "root", NULL), s->access, xen,
                                   TEXT("external_auditor"), WHOLE),
                     OK);
    assert_false(is_staff(s, cookie));
    assert_int_equal(site_acts(s, "user.unconfirm"), 1);
    assert_int_equal(confirm(site_as(s, "root", NULL), s, xen), ERR_CONFLICT);
    assert_int_equal(confirm(site_as(s, "mia", NULL), s, xen), OK);
    assert_true(is_staff(s, cookie));
}

static void an_administrator_no_longer_waits(void **state)
{
    struct site *s = *state;
    struct text cookie;
    struct grant both[] = {ADMIN, {TEXT("assessor"), WHOLE}};
    people(s);
    struct call *root = site_as(s, "root", &cookie);
    assert_int_equal(
        access_revoke(root, s->access, root->actor->person, TEXT("admin"), WHOLE), OK);
    assert_false(is_staff(s, cookie));
    /* One with business as well was staff before, and stays so. */
    struct text bea = site_person(s, "bea", both, 2);
    site_as(s, "bea", &cookie);
    assert_int_equal(
        access_revoke(site_as(s, "second", NULL), s->access, bea, TEXT("admin"), WHOLE), OK);
    assert_true(is_staff(s, cookie));
    assert_int_equal(site_acts(s, "user.unconfirm"), 1);
}

/* ---- forged ------------------------------------------------------------------------------ */

static void a_row_put_right_lets_nobody_in(void **state)
{
    struct site *s = *state;
    struct text cookie;
    people(s);
    struct text ada = added(s, "ada");
    site_as(s, "ada", &cookie);
    struct forgery f = {.sql = "UPDATE person SET waits_by = '' WHERE id = $1", .id = ada};
    site_forge(s, &f);
    assert_int_equal(site_session(s, cookie, &actor), ERR_SIGNED_OUT);
    assert_true(site_finds(s, "differs from ledger entry"));
    assert_int_equal(confirm(site_as(s, "mia", NULL), s, ada), ERR_CONFLICT);
}

static void forge_confirmation(struct site *s, struct text id, const struct actor *by)
{
    struct forgery f = {"UPDATE person SET waits_by = '' WHERE id = $1", "user.confirm",
                        "person", id, by};
    site_forge(s, &f);
}

static void confirmed_by_whoever_added(void **state)
{
    struct site *s = *state;
    people(s);
    struct text ada = added(s, "ada");
    forge_confirmation(s, ada, site_as(s, "root", NULL)->actor);
    assert_true(site_finds(s, "confirmed by whoever made it wait"));
}

static void confirmed_by_themselves(void **state)
{
    struct site *s = *state;
    people(s);
    struct text ada = added(s, "ada");
    forge_confirmation(s, ada, site_as(s, "ada", NULL)->actor);
    assert_true(site_finds(s, "confirmed their own account"));
}

static void confirmed_by_the_engine(void **state)
{
    struct site *s = *state;
    people(s);
    struct text ada = added(s, "ada");
    forge_confirmation(s, ada, actor_system(site_call(s)));
    assert_true(site_finds(s, "the engine decided about people"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(added_by_one_is_not_staff),
        SITE_TEST(confirming_asks_for_a_fresh_password),
        SITE_TEST(by_command_it_is_at_once),
        FORGED_TEST(its_token_is_not_staff_either),
        SITE_TEST(who_is_a_guest_no_longer_waits),
        SITE_TEST(an_administrator_no_longer_waits),
        FORGED_TEST(a_row_put_right_lets_nobody_in),
        FORGED_TEST(confirmed_by_whoever_added),
        FORGED_TEST(confirmed_by_themselves),
        FORGED_TEST(confirmed_by_the_engine),
    };
    return site_run("access confirm", tests, COUNT(tests));
}
