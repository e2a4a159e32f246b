/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/token_test.c — tokens give what they were given, while they last. */
#include "site.h"

#include <stdio.h>

static struct actor *actor;
static struct text secret, id;
static struct text whose; /* the person that the command line makes tokens for; "" for nobody */

static struct call *by_command(struct site *s)
{
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    whose = TEXT("");
    return call;
}

static struct call *for_somebody(struct site *s)
{
    static const struct grant roles[] = {{{"assessor", 8}, {"", 0}}, {{"admin", 5}, {"", 0}},
                                         {{"risk_owner", 10}, {"", 0}}};
    static int made;
    char name[24];
    struct call *call = by_command(s);
    snprintf(name, sizeof(name), "keeper%d", ++made);
    whose = site_person(s, name, roles, COUNT(roles));
    return call;
}

static enum err make(struct call *call, struct site *s, const struct grant *grants,
                     size_t count, const char *scopes, int64_t life)
{
    return access_token_create(call, s->access, TEXT("Zqx feed"), whose, grants, count, false,
                               text_of(scopes), call->now + life, &secret, &id);
}

static void by_the_command_line(void **state)
{
    struct site *s = *state;
    struct grant grants[] = {{TEXT("assessor"), WHOLE}, {TEXT("admin"), WHOLE}};
    assert_int_equal(make(for_somebody(s), s, grants, 2, "", 90 * DAY), OK);
    assert_true(text_starts(secret, "aw_") && secret.len == 46);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_int_equal(actor->type, ACTOR_TOKEN);
    assert_true(text_same(actor->id, id) && text_starts(id, "tok_"));
    assert_true(text_same(actor->person, whose) && actor->bare && text_is(actor->name, "Zqx feed"));
    assert_true(actor->admin && !actor->all);
    assert_true(actor_holds(actor, TEXT("assessor"), NULL, 0));
    assert_false(actor_holds_anywhere(actor, TEXT("staff")));
    struct text stored = site_one(s, "SELECT hash FROM token", NULL, 0);
    assert_true(text_same(stored, access__secret_hash(s->arena, secret)));
    assert_int_equal(site_acts(s, "token.create"), 1);
}

static void scopes_are_carried(void **state)
{
    struct site *s = *state;
    assert_int_equal(make(by_command(s), s, NULL, 0, "events:SYS-0001", DAY), OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_true(text_is(actor->scopes, "events:SYS-0001"));
    assert_int_equal(actor->grant_count, 0);
    static const char *const wrong[] = {
        "events:'; DROP",    "events",           "events:", "event:SYS-0001", "events:SYS-*",
        "events:SYS-0001,,", "events:SYS-0001 x"};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(make(by_command(s), s, NULL, 0, wrong[i], DAY), ERR_INVALID);
}

static void a_scope_holds_what_it_names(void **state)
{
    (void)state;
    struct actor two = {.scopes = TEXT("events:SYS-0001, events:SYS-0002")};
    struct actor all = {.scopes = TEXT("events:*")}, none = {.scopes = TEXT("")};
    assert_true(actor_in_scope(&two, TEXT("events"), TEXT("SYS-0001")));
    assert_true(actor_in_scope(&two, TEXT("events"), TEXT("SYS-0002")));
    assert_true(actor_in_scope(&two, TEXT("events"), TEXT("")));
    assert_false(actor_in_scope(&two, TEXT("events"), TEXT("SYS-0003")));
    assert_false(actor_in_scope(&two, TEXT("events"), TEXT("SYS-000")));
    assert_false(actor_in_scope(&two, TEXT("event"), TEXT("SYS-0001")));
    assert_true(actor_in_scope(&all, TEXT("events"), TEXT("SYS-0003")));
    assert_false(actor_in_scope(&all, TEXT("other"), TEXT("")));
    assert_false(actor_in_scope(&none, TEXT("events"), TEXT("")));
}

static void expiry(void **state)
{
    struct site *s = *state;
    struct grant grant = {TEXT("assessor"), WHOLE};
    assert_int_equal(make(by_command(s), s, &grant, 1, "", DAY), ERR_INVALID); /* for nobody */
    assert_int_equal(make(for_somebody(s), s, &grant, 1, "", 0), ERR_INVALID);
    assert_int_equal(make(by_command(s), s, &grant, 1, "", 365 * DAY + 1), ERR_INVALID);
    assert_int_equal(make(by_command(s), s, NULL, 0, "", DAY), ERR_INVALID);
    assert_int_equal(make(for_somebody(s), s, &grant, 1, "", DAY), OK);
    site_later(s, DAY - 1);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    site_later(s, 1);
    assert_int_equal(site_bearer(s, secret, &actor), ERR_SIGNED_OUT);
}

static void revoking_works_at_once(void **state)
{
    struct site *s = *state;
    struct grant grant = {TEXT("assessor"), WHOLE};
    assert_int_equal(make(for_somebody(s), s, &grant, 1, "", DAY), OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_int_equal(access_token_revoke(by_command(s), s->access, id), OK);
    assert_int_equal(site_bearer(s, secret, &actor), ERR_SIGNED_OUT);
    assert_int_equal(access_token_revoke(by_command(s), s->access, id), OK);
    assert_int_equal(site_acts(s, "token.revoke"), 1);
    assert_int_equal(access_token_revoke(by_command(s), s->access, TEXT("tok_x")), ERR_MISSING);
}

static void wrong_secrets_are_nobody(void **state)
{
    struct site *s = *state;
    struct grant grant = {TEXT("assessor"), WHOLE};
    assert_int_equal(make(for_somebody(s), s, &grant, 1, "", DAY), OK);
    struct text swapped = text_join(s->arena, TEXT("aw_"), access__secret(s->arena));
    struct text wrong[] = {TEXT(""), TEXT("aw_"), swapped, text_from(secret, 3),
                           access__secret_hash(s->arena, secret)};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(site_bearer(s, wrong[i], &actor), ERR_SIGNED_OUT);
    assert_int_equal(site_session(s, secret, &actor), ERR_SIGNED_OUT);
}

static void a_person_gives_only_what_they_hold(void **state)
{
    struct site *s = *state;
    static const char *const units[][2] = {{"hq", ""}, {"retail", "hq"}, {"cards", "retail"}};
    site_units(s, units, COUNT(units));
    struct text ada =
        site_person(s, "ada", &(struct grant){TEXT("assessor"), TEXT("retail")}, 1);
    struct call *call = site_as(s, "ada", NULL);
    struct grant good[] = {{TEXT("assessor"), TEXT("retail")},
                           {TEXT("assessor"), TEXT("cards")},
                           {TEXT("staff"), WHOLE}};
    struct grant bad[] = {{TEXT("assessor"), WHOLE},
                          {TEXT("assessor"), TEXT("hq")},
                          {TEXT("risk_owner"), TEXT("retail")},
                          {TEXT("admin"), WHOLE}};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(make(call, s, &bad[i], 1, "", DAY), ERR_DENIED);
    assert_int_equal(make(call, s, (struct grant[]){good[0], bad[2]}, 2, "", DAY), ERR_DENIED);
    assert_int_equal(make(call, s, good, COUNT(good), "", DAY), OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_int_equal(actor->grant_count, 3);
    assert_true(text_same(actor->person, ada));
    assert_int_equal(site_acts(s, "token.create"), 1);
}

/* Staff is held at home, and not at all by a guest: a token of theirs has no more. */
static void staff_is_no_wider_than_its_maker(void **state)
{
    struct site *s = *state;
    static const char *const units[][2] = {{"hq", ""}, {"retail", "hq"}, {"cards", "retail"}};
    site_units(s, units, COUNT(units));
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *command = by_command(s);
    assert_int_equal(
        access_person_change(command, s->access, ada, NULL, &TEXT("retail"), NULL, NULL), OK);
    struct call *call = site_as(s, "ada", NULL);
    struct grant whole = {TEXT("staff"), WHOLE}, above = {TEXT("staff"), TEXT("hq")};
    struct grant below = {TEXT("staff"), TEXT("cards")};
    assert_int_equal(make(call, s, &above, 1, "", DAY), ERR_DENIED);
    assert_int_equal(make(call, s, &whole, 1, "", DAY), OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_true(actor->grant_count == 1 && text_is(actor->grants[0].unit, "retail"));
    assert_int_equal(make(call, s, &below, 1, "", DAY), OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_int_equal(actor->grant_count, 1);
    bool pending;
    assert_int_equal(
        access_grant(command, s->access, ada, TEXT("external_auditor"), WHOLE, &pending), OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_int_equal(actor->grant_count, 0);
}

/* A token acts for who made it, with what they hold now. */
static void it_loses_what_its_maker_loses(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", &(struct grant){TEXT("assessor"), WHOLE}, 1);
    struct grant grants[] = {{TEXT("assessor"), WHOLE}, {TEXT("staff"), WHOLE}};
    assert_int_equal(make(site_as(s, "ada", NULL), s, grants, 2, "", DAY), OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_true(actor_holds_anywhere(actor, TEXT("assessor")));
    struct call *call = by_command(s);
    assert_int_equal(access_revoke(call, s->access, ada, TEXT("assessor"), WHOLE), OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_false(actor_holds_anywhere(actor, TEXT("assessor")));
    assert_int_equal(
        access_person_change(call, s->access, ada, NULL, NULL, NULL, &(bool){true}), OK);
    assert_int_equal(site_bearer(s, secret, &actor), ERR_SIGNED_OUT);
}

static void making_one_asks_for_a_fresh_password(void **state)
{
    struct site *s = *state;
    struct grant grant = {TEXT("staff"), WHOLE};
    site_person(s, "ada", NULL, 0);
    struct call *call = site_as(s, "ada", NULL);
    call->now += FRESH_LIFE;
    assert_int_equal(make(call, s, &grant, 1, "", DAY), ERR_DENIED);
    assert_true(site_code_is(call, "fresh"));
    /* Nor does a token make another. */
    assert_int_equal(make(by_command(s), s, &(struct grant){TEXT("admin"), WHOLE}, 1, "", DAY),
                     OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    call->actor = actor;
    assert_int_equal(make(call, s, &grant, 1, "", DAY), ERR_DENIED);
}

static size_t list(struct site *s, struct call *call, struct token **tokens)
{
    size_t count;
    struct reader *r = store_reader(s->store);
    assert_int_equal(access_tokens(call, r, tokens, &count), OK);
    store_return(s->store, r);
    return count;
}

static void listing_and_last_use(void **state)
{
    struct site *s = *state;
    struct token *tokens;
    struct text ada = site_person(s, "ada", &(struct grant){TEXT("assessor"), WHOLE}, 1);
    struct grant grants[] = {{TEXT("assessor"), WHOLE}, {TEXT("staff"), WHOLE}};
    assert_int_equal(make(for_somebody(s), s, grants, 1, "", DAY), OK);
    struct text first = id;
    site_later(s, SECOND);
    struct call *by_ada = site_as(s, "ada", NULL);
    assert_int_equal(make(by_ada, s, grants, 2, "events:*", DAY), ERR_DENIED); /* theirs read */
    by_ada = site_as(s, "ada", NULL);
    assert_int_equal(make(by_ada, s, grants, 2, "", DAY), OK);
    assert_int_equal(list(s, by_command(s), &tokens), 2);
    assert_true(text_same(tokens[0].id, first) && text_is(tokens[0].created_by, "command"));
    assert_int_equal(tokens[0].grant_count, 1);
    assert_int_equal(tokens[1].grant_count, 2);
    assert_true(text_is(tokens[1].grants[1].role, "staff"));
    assert_true(text_is(tokens[1].scopes, "read"));
    assert_int_equal(tokens[1].last_used, 0);
    assert_int_equal(tokens[1].created, s->call->now);
    assert_int_equal(tokens[1].expires, s->call->now + DAY);
    assert_false(tokens[0].revoked);

    assert_int_equal(list(s, by_ada, &tokens), 1);
    assert_true(text_same(tokens[0].created_by, ada) && text_same(tokens[0].id, id));
    assert_int_equal(access_token_revoke(by_ada, s->access, first), ERR_MISSING);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    site_flush(s);
    assert_int_equal(list(s, by_ada, &tokens), 1);
    assert_int_equal(tokens[0].last_used, s->call->now);
    assert_int_equal(access_token_revoke(by_ada, s->access, id), OK);
    assert_int_equal(list(s, by_ada, &tokens), 1);
    assert_true(tokens[0].revoked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(by_the_command_line),
        SITE_TEST(scopes_are_carried),
        cmocka_unit_test(a_scope_holds_what_it_names),
        SITE_TEST(staff_is_no_wider_than_its_maker),
        SITE_TEST(expiry),
        SITE_TEST(revoking_works_at_once),
        SITE_TEST(wrong_secrets_are_nobody),
        SITE_TEST(a_person_gives_only_what_they_hold),
        SITE_TEST(it_loses_what_its_maker_loses),
        SITE_TEST(making_one_asks_for_a_fresh_password),
        SITE_TEST(listing_and_last_use),
    };
    return site_run("access token", tests, COUNT(tests));
}
