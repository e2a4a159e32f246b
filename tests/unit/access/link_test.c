/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/link_test.c — L1: a password that the engine set has an open link of the same
 * person behind it, and the log alone shows it; also to whoever holds the key. */
#include "site.h"

#define ADMIN                                                                                  \
    {                                                                                          \
        TEXT("admin"), WHOLE                                                                   \
    }
#define OTHER TEXT("seven quiet tables by sea")

static struct text link_for(struct site *s, struct text person)
{
    struct reset reset;
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(access_reset(call, s->access, person, &reset), OK);
    return reset.link.token;
}

static void use(struct site *s, struct text token)
{
    int64_t wait;
    assert_int_equal(access_reset_use(site_call(s), s->access, token, OTHER, PEER, &wait), OK);
}

static struct text request_of(struct site *s, struct text person)
{
    return site_one(s, "SELECT id FROM access_request WHERE person = $1 ORDER BY id DESC",
                    &V_TEXT(person), 1);
}

static void set_password(struct site *s, struct text person)
{
    struct forgery f = {"UPDATE person SET password = 'x' WHERE id = $1", "auth.password",
                        "person", person, actor_system(site_call(s))};
    site_forge(s, &f);
}

static void use_request(struct site *s, struct text id)
{
    struct forgery f = {"UPDATE access_request SET state = 'used', settled_by = 'system' WHERE "
                        "id = $1",
                        "request.use", "access_request", id, actor_system(site_call(s))};
    site_forge(s, &f);
}

static void by_a_link(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    use(s, link_for(s, ada));
    use(s, link_for(s, ada));
    assert_int_equal(site_acts(s, "request.use"), 2);
    assert_int_equal(site_findings(s), 0);
}

static void without_one(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    link_for(s, ada);
    set_password(s, ada);
    assert_true(site_finds(s, "a password was set without a link"));
}

static void by_that_of_another(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0), bob = site_person(s, "bob", NULL, 0);
    link_for(s, bob);
    use_request(s, request_of(s, bob));
    set_password(s, ada);
    assert_true(site_finds(s, "a link that is not for this person"));
}

static void by_one_that_was_used(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    use(s, link_for(s, ada));
    use_request(s, request_of(s, ada));
    set_password(s, ada);
    assert_true(site_finds(s, "a link was used that was not open"));
}

static void by_one_that_is_too_old(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    link_for(s, ada);
    site_later(s, REQUEST_LIFE + HOUR);
    use_request(s, request_of(s, ada));
    set_password(s, ada);
    assert_true(site_finds(s, "a link was used that was not open"));
}

static void by_another_person(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    site_person(s, "root", &(struct grant)ADMIN, 1);
    struct forgery f = {"UPDATE person SET password = 'x' WHERE id = $1", "auth.password",
                        "person", ada, site_as(s, "root", NULL)->actor};
    site_forge(s, &f);
    assert_true(site_finds(s, "a person set the password of another"));
}

/* A stronger form of a password is stored at a log-in, never otherwise. */
static void stored_anew(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    struct forgery f = {"UPDATE person SET password = 'x' WHERE id = $1", "auth.rehash",
                        "person", ada, actor_system(site_call(s))};
    site_forge(s, &f);
    assert_true(site_finds(s, "stored a password anew"));
    site_person(s, "bob", NULL, 0);
    site_as(s, "bob", NULL);
    assert_true(site_finds(s, "a password was stored anew before"));
}

static void the_engine_lets_nobody_in(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    struct forgery f = {"UPDATE person SET unit = '' WHERE id = $1", "user.change", "person", ada,
                        actor_system(site_call(s))};
    site_forge(s, &f);
    assert_true(site_finds(s, "the engine decided about people"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(by_a_link),
        FORGED_TEST(without_one),
        FORGED_TEST(by_that_of_another),
        FORGED_TEST(by_one_that_was_used),
        FORGED_TEST(by_one_that_is_too_old),
        FORGED_TEST(by_another_person),
        FORGED_TEST(stored_anew),
        FORGED_TEST(the_engine_lets_nobody_in),
    };
    return site_run("access link", tests, COUNT(tests));
}
