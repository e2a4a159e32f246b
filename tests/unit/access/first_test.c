/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/first_test.c — the first administrator: one token, one use, one hour. */
#include "site.h"

static struct text token, id;

static enum err use(struct site *s, struct text with, struct text password, struct call **out)
{
    struct call *call = site_call(s);
    if (out != NULL)
        *out = call;
    struct founder root = {.name = TEXT("Zqx root"), .email = TEXT("root@zq.example")};
    enum err e = access_first_admin(call, s->access, with, password, &root, NULL);
    if (e == OK)
        id = root.id;
    return e;
}

static void makes_an_administrator_once(void **state)
{
    struct site *s = *state;
    struct call *call;
    assert_int_equal(access_first_token(site_call(s), s->access, &token), OK);
    assert_int_equal(token.len, 43);
    assert_int_equal(use(s, access__secret(s->arena), PASSWORD, NULL), ERR_DENIED);
    /* A mistake in the form does not use it up. */
    assert_int_equal(use(s, token, TEXT("short"), &call), ERR_INVALID);
    assert_true(site_code_is(call, "short"));
    assert_int_equal(use(s, token, PASSWORD, &call), OK);
    assert_null(call->actor);
    assert_int_equal(use(s, token, PASSWORD, NULL), ERR_DENIED);
    assert_int_equal(access_first_token(site_call(s), s->access, &token), ERR_CONFLICT);
    struct call *root = site_as(s, "root", NULL);
    assert_true(root->actor->admin && text_same(root->actor->id, id));
    assert_int_equal(site_acts(s, "user.add"), 1);
    assert_int_equal(site_acts(s, "role.grant"), 1);
}

static void lasts_an_hour(void **state)
{
    struct site *s = *state;
    assert_int_equal(use(s, TEXT(""), PASSWORD, NULL), ERR_DENIED);
    assert_int_equal(access_first_token(site_call(s), s->access, &token), OK);
    site_later(s, HOUR);
    assert_int_equal(use(s, token, PASSWORD, NULL), ERR_DENIED);
    assert_int_equal(access_first_token(site_call(s), s->access, &token), OK);
    site_later(s, HOUR - 1);
    assert_int_equal(use(s, token, PASSWORD, NULL), OK);
}

static void ends_when_somebody_exists(void **state)
{
    struct site *s = *state;
    assert_int_equal(access_first_token(site_call(s), s->access, &token), OK);
    site_person(s, "ada", NULL, 0);
    assert_int_equal(use(s, token, PASSWORD, NULL), ERR_CONFLICT);
    assert_int_equal(site_acts(s, "user.add"), 1);
}

static void a_new_token_replaces_the_old(void **state)
{
    struct site *s = *state;
    struct text newer;
    assert_int_equal(access_first_token(site_call(s), s->access, &token), OK);
    assert_int_equal(access_first_token(site_call(s), s->access, &newer), OK);
    assert_int_equal(use(s, token, PASSWORD, NULL), ERR_DENIED);
    assert_int_equal(use(s, newer, PASSWORD, NULL), OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(makes_an_administrator_once),
        SITE_TEST(lasts_an_hour),
        SITE_TEST(ends_when_somebody_exists),
        SITE_TEST(a_new_token_replaces_the_old),
    };
    return site_run("access first", tests, COUNT(tests));
}
