/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/role_test.c — SOD-10: two pairs of eyes for roles of the business. */
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
static bool pending;

static bool holds(struct site *s, struct text person, const char *role)
{
    struct person p;
    struct call *call = site_call(s);
    struct reader *r = store_reader(s->store);
    assert_int_equal(access_person(call, r, person, &p), OK);
    store_return(s->store, r);
    for (size_t i = 0; i < p.grant_count; i++)
        if (text_is(p.grants[i].role, role))
            return !p.pending[i];
    return false;
}

static enum err grant(struct call *call, struct site *s, struct text person, const char *role)
{
    pending = false;
    return access_grant(call, s->access, person, text_of(role), WHOLE, &pending);
}

/* Any role of the business, whether it approves or only works and reads. */
static void business_roles_take_two_persons(void **state)
{
    struct site *s = *state;
    struct text cookie;
    site_person(s, "root", &(struct grant)ADMIN, 1);
    site_person(s, "second", &(struct grant)ADMIN, 1);
    site_person(s, "mia", &(struct grant)MANAGER, 1);
    struct text ada = site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    static const char *const roles[] = {"risk_owner", "assessor", "internal_auditor"};
    for (size_t i = 0; i < COUNT(roles); i++) {
        struct call *root = site_as(s, "root", NULL), *second = site_as(s, "second", NULL);
        assert_int_equal(grant(root, s, ada, roles[i]), OK);
        assert_true(pending);
        assert_false(holds(s, ada, roles[i]));
        assert_int_equal(site_session(s, cookie, &actor), OK);
        assert_false(actor_holds_anywhere(actor, text_of(roles[i])));
        /* Neither the same administrator nor another one confirms, and both are told. */
        assert_int_equal(grant(root, s, ada, roles[i]), ERR_CONFLICT);
        assert_true(site_code_is(root, "same_person"));
        assert_int_equal(grant(second, s, ada, roles[i]), ERR_CONFLICT);
        assert_true(site_code_is(second, "needs_manager"));
        assert_int_equal(site_acts(s, "role.grant_pending"), i + 1);
        assert_int_equal(grant(site_as(s, "mia", NULL), s, ada, roles[i]), OK);
        assert_false(pending);
        assert_true(holds(s, ada, roles[i]));
        assert_int_equal(site_session(s, cookie, &actor), OK);
        assert_true(actor_holds_anywhere(actor, text_of(roles[i])));
    }
    assert_int_equal(site_leaves_with(s, "/risk_owner/"), 2);
}

static void a_manager_asks_and_an_administrator_confirms(void **state)
{
    struct site *s = *state;
    site_person(s, "root", &(struct grant)ADMIN, 1);
    site_person(s, "mia", &(struct grant)MANAGER, 1);
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *mia = site_as(s, "mia", NULL);
    assert_int_equal(grant(mia, s, ada, "risk_owner"), OK);
    assert_true(pending);
    assert_int_equal(grant(mia, s, ada, "risk_owner"), ERR_CONFLICT);
    assert_int_equal(grant(site_as(s, "root", NULL), s, ada, "risk_owner"), OK);
    assert_false(pending);
    assert_true(holds(s, ada, "risk_owner"));
}

/* Otherwise an administrator would make a second pair of eyes. */
static void another_administrator_takes_two_persons(void **state)
{
    struct site *s = *state;
    site_person(s, "root", &(struct grant)ADMIN, 1);
    site_person(s, "mia", &(struct grant)MANAGER, 1);
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *root = site_as(s, "root", NULL), *mia = site_as(s, "mia", NULL);
    assert_int_equal(grant(mia, s, ada, "admin"), ERR_DENIED);
    assert_int_equal(grant(root, s, ada, "admin"), OK);
    assert_true(pending);
    assert_int_equal(grant(root, s, ada, "admin"), ERR_CONFLICT);
    assert_int_equal(grant(mia, s, ada, "admin"), OK);
    assert_false(pending);
    assert_true(holds(s, ada, "admin"));
}

/* Once in the life of an organisation, whoever is manager later. */
static void revoke_by_command(struct site *s, struct text id, const char *role)
{
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(access_revoke(call, s->access, id, text_of(role), WHOLE), OK);
}

static void the_first_manager_is_appointed_once(void **state)
{
    struct site *s = *state;
    site_person(s, "root", &(struct grant)ADMIN, 1);
    struct text mia = site_person(s, "mia", NULL, 0), ada = site_person(s, "ada", NULL, 0);
    struct call *root = site_as(s, "root", NULL);
    assert_int_equal(grant(root, s, mia, "aims_manager"), OK);
    assert_false(pending);
    assert_int_equal(site_acts(s, "role.found"), 1);
    assert_int_equal(access_revoke(root, s->access, mia, TEXT("aims_manager"), WHOLE),
                     ERR_CONFLICT); /* the last one */
    revoke_by_command(s, mia, "aims_manager");
    assert_int_equal(grant(root, s, ada, "aims_manager"), OK);
    assert_true(pending);
    atomic_store(&s->access->managed, false); /* as after a restart */
    assert_int_equal(grant(root, s, ada, "aims_manager"), ERR_CONFLICT);
    assert_int_equal(site_acts(s, "role.found"), 1);
}

static void one_appointed_by_command_was_the_first(void **state)
{
    struct site *s = *state;
    site_person(s, "root", &(struct grant)ADMIN, 1);
    struct text mia = site_person(s, "mia", &(struct grant)MANAGER, 1);
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *root = site_as(s, "root", NULL);
    revoke_by_command(s, mia, "aims_manager");
    atomic_store(&s->access->managed, false);
    assert_int_equal(grant(root, s, ada, "aims_manager"), OK);
    assert_true(pending);
}

/* Being both must not turn two pairs of eyes into one. */
static void one_person_with_both_roles_is_one_pair_of_eyes(void **state)
{
    struct site *s = *state;
    site_person(s, "both", (struct grant[]){ADMIN, MANAGER}, 2);
    site_person(s, "other", (struct grant[]){ADMIN, MANAGER}, 2);
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *both = site_as(s, "both", NULL);
    assert_int_equal(grant(both, s, ada, "risk_owner"), OK);
    assert_true(pending);
    assert_int_equal(grant(both, s, ada, "risk_owner"), ERR_CONFLICT);
    struct call *other = site_as(s, "other", NULL);
    assert_int_equal(access_grant(other, s->access, ada, TEXT("risk_owner"), WHOLE, &pending),
                     OK);
    assert_false(pending);
}

static void nobody_grants_to_themselves(void **state)
{
    struct site *s = *state;
    struct text root = site_person(s, "root", &(struct grant)ADMIN, 1);
    struct text mia = site_person(s, "mia", &(struct grant)MANAGER, 1);
    struct call *by_root = site_as(s, "root", NULL), *by_mia = site_as(s, "mia", NULL);
    assert_int_equal(access_grant(by_root, s->access, root, TEXT("assessor"), WHOLE, &pending),
                     ERR_DENIED);
    assert_true(site_code_is(by_root, "self"));
    assert_int_equal(access_grant(by_mia, s->access, mia, TEXT("assessor"), WHOLE, &pending),
                     ERR_DENIED);
    /* Nor by confirming what somebody else asked for. */
    assert_int_equal(access_grant(site_as(s, "root", NULL), s->access, mia, TEXT("risk_owner"),
                                  WHOLE, &pending),
                     OK);
    assert_true(pending);
    assert_int_equal(access_grant(by_mia, s->access, mia, TEXT("risk_owner"), WHOLE, &pending),
                     ERR_DENIED);
    assert_false(holds(s, mia, "risk_owner"));
}

static void managers_of_a_unit_give_roles_there(void **state)
{
    struct site *s = *state;
    static const char *const units[][2] = {{"hq", ""}, {"retail", "hq"}, {"cards", "retail"}};
    site_units(s, units, COUNT(units));
    site_person(s, "mia", &(struct grant){TEXT("aims_manager"), TEXT("retail")}, 1);
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *mia = site_as(s, "mia", NULL);
    struct text role = TEXT("risk_owner");
    assert_int_equal(access_grant(mia, s->access, ada, role, TEXT("cards"), &pending), OK);
    assert_int_equal(access_grant(mia, s->access, ada, role, TEXT("retail"), &pending), OK);
    assert_true(pending);
    assert_int_equal(access_grant(mia, s->access, ada, role, TEXT("hq"), &pending), ERR_DENIED);
    assert_int_equal(access_grant(mia, s->access, ada, role, WHOLE, &pending), ERR_DENIED);
    assert_int_equal(access_revoke(mia, s->access, ada, role, WHOLE), ERR_DENIED);
    assert_int_equal(access_revoke(mia, s->access, ada, role, TEXT("cards")), OK);
}

static void others_give_nothing(void **state)
{
    struct site *s = *state;
    site_person(s, "bob", &(struct grant){TEXT("risk_owner"), WHOLE}, 1);
    struct text ada = site_person(s, "ada", &(struct grant){TEXT("assessor"), WHOLE}, 1);
    struct call *bob = site_as(s, "bob", NULL);
    size_t before = site_acts(s, "role.grant");
    assert_int_equal(access_grant(bob, s->access, ada, TEXT("risk_owner"), WHOLE, &pending),
                     ERR_DENIED);
    assert_int_equal(access_revoke(bob, s->access, ada, TEXT("assessor"), WHOLE), ERR_DENIED);
    assert_int_equal(access_revoke(site_call(s), s->access, ada, TEXT("assessor"), WHOLE),
                     ERR_SIGNED_OUT);
    assert_int_equal(
        access_grant(site_call(s), s->access, ada, TEXT("assessor"), WHOLE, &pending),
        ERR_DENIED);
    assert_true(holds(s, ada, "assessor"));
    assert_int_equal(site_acts(s, "role.grant"), before);
}

/* Staff, and whoever a kind names in creating, changing or a move; who may only read does not.
 */
static void taking_part(void **state)
{
    (void)state;
    struct who reads = {.role = TEXT("external_auditor")}, makes = {.role = TEXT("assessor")},
               changes = {.role = TEXT("risk_owner")}, moves = {.role = TEXT("aims_manager")},
               seconds = {.role = TEXT("admin")}, owner = {.relation = TEXT("owner")};
    struct sign_step steps[] = {{.by = {&moves, 1}, .count = 1}, {.by = {&seconds, 1}, .count = 1}};
    struct move move = {.by = {&moves, 1}, .steps = steps, .step_count = 2};
    struct kind kind = {.read = {&reads, 1},
                        .create = {&makes, 1},
                        .change = {(struct who[]){owner, changes}, 2},
                        .moves = &move,
                        .move_count = 1};
    static const char *const takes[] = {"staff", "assessor", "risk_owner", "aims_manager",
                                        "admin"};
    for (size_t i = 0; i < COUNT(takes); i++) {
        struct actor a = {.grants = &(struct grant){text_of(takes[i]), WHOLE},
                          .grant_count = 1};
        assert_true(actor_takes_part(&a, &kind));
    }
    struct actor guest = {.grants = &(struct grant){reads.role, WHOLE}, .grant_count = 1};
    assert_false(actor_takes_part(&guest, &kind));
    assert_false(actor_takes_part(&(struct actor){0}, &kind));
    assert_true(actor_takes_part(&(struct actor){.all = true}, &kind));
}

static bool asks_for_it(struct call *call, enum err e)
{
    bool asks = e == ERR_DENIED && site_code_is(call, "fresh");
    call->problems = NULL;
    call->problems_end = &call->problems;
    return asks;
}

/* Giving and taking roles, and whatever else widens somebody's reach; ending an account is
 * quick. */
static void roles_ask_for_a_fresh_password(void **state)
{
    struct site *s = *state;
    int64_t until;
    site_person(s, "root", &(struct grant)ADMIN, 1);
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *root = site_as(s, "root", NULL);
    root->now += FRESH_LIFE;
    struct text role = TEXT("assessor"), none = WHOLE;
    assert_true(asks_for_it(root, access_grant(root, s->access, ada, role, WHOLE, &pending)));
    assert_true(asks_for_it(root, access_revoke(root, s->access, ada, role, WHOLE)));
    assert_true(
        asks_for_it(root, access_person_change(root, s->access, ada, NULL, &none, NULL, NULL)));
    assert_int_equal(
        access_person_change(root, s->access, ada, NULL, NULL, NULL, &(bool){true}), OK);
    assert_true(asks_for_it(
        root, access_person_change(root, s->access, ada, NULL, NULL, NULL, &(bool){false})));
    assert_int_equal(access_fresh(root, s->access, PASSWORD, &until), OK);
    struct actor again = *root->actor;
    again.fresh_until = until;
    root->actor = &again;
    assert_int_equal(access_grant(root, s->access, ada, TEXT("assessor"), WHOLE, &pending), OK);
}

static void wrong_grants_are_refused(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(access_grant(call, s->access, ada, TEXT("wizard"), WHOLE, &pending),
                     ERR_INVALID);
    assert_int_equal(
        access_grant(call, s->access, ada, TEXT("assessor"), TEXT("atlantis"), &pending),
        ERR_INVALID);
    assert_int_equal(
        access_grant(call, s->access, ada, TEXT("admin"), TEXT("atlantis"), &pending),
        ERR_INVALID);
    assert_int_equal(
        access_grant(call, s->access, TEXT("usr_none"), TEXT("assessor"), WHOLE, &pending),
        ERR_MISSING);
    assert_int_equal(access_revoke(call, s->access, ada, TEXT("assessor"), WHOLE), ERR_MISSING);
    assert_int_equal(site_acts(s, "role.grant"), 0);
}

static void granting_twice_says_nothing_new(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0);
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            access_grant(call, s->access, ada, TEXT("risk_owner"), WHOLE, &pending), OK);
        assert_false(pending);
    }
    assert_int_equal(access_grant(call, s->access, ada, TEXT("staff"), WHOLE, &pending), OK);
    assert_int_equal(site_acts(s, "role.grant"), 1);
    assert_int_equal(site_leaves_with(s, "\"t\":\"command\""), 2); /* user.add, role.grant */
}

static void the_last_administrator_stays(void **state)
{
    struct site *s = *state;
    struct text root = site_person(s, "root", &(struct grant)ADMIN, 1);
    struct call *call = site_as(s, "root", NULL);
    assert_int_equal(access_revoke(call, s->access, root, TEXT("admin"), WHOLE), ERR_CONFLICT);
    assert_true(site_code_is(call, "last_admin"));
    assert_int_equal(
        access_person_change(call, s->access, root, NULL, NULL, NULL, &(bool){true}),
        ERR_CONFLICT);
    struct text other = site_person(s, "other", &(struct grant)ADMIN, 1);
    assert_int_equal(
        access_person_change(call, s->access, other, NULL, NULL, NULL, &(bool){true}), OK);
    assert_int_equal(access_revoke(call, s->access, root, TEXT("admin"), WHOLE), ERR_CONFLICT);
    assert_int_equal(
        access_person_change(call, s->access, other, NULL, NULL, NULL, &(bool){false}), OK);
    assert_int_equal(access_revoke(call, s->access, root, TEXT("admin"), WHOLE), OK);
}

static void a_pending_grant_can_be_refused(void **state)
{
    struct site *s = *state;
    site_person(s, "root", &(struct grant)ADMIN, 1);
    site_person(s, "mia", &(struct grant)MANAGER, 1);
    struct text ada = site_person(s, "ada", NULL, 0);
    assert_int_equal(access_grant(site_as(s, "root", NULL), s->access, ada, TEXT("risk_owner"),
                                  WHOLE, &pending),
                     OK);
    assert_true(pending);
    struct call *mia = site_as(s, "mia", NULL);
    assert_int_equal(access_revoke(mia, s->access, ada, TEXT("risk_owner"), WHOLE), OK);
    assert_int_equal(access_revoke(mia, s->access, ada, TEXT("risk_owner"), WHOLE),
                     ERR_MISSING);
}

/* Roles are a matter between people: a program confirms and takes nothing of the business. */
static void tokens_decide_nothing_about_roles(void **state)
{
    struct site *s = *state;
    struct text secret, id;
    struct grant grants[] = {MANAGER};
    struct text ada = site_person(s, "ada", &(struct grant){TEXT("assessor"), WHOLE}, 1);
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    struct text mia = site_person(s, "mia", grants, 1);
    assert_int_equal(access_token_create(call, s->access, TEXT("Zqx"), mia, grants, 1, true,
                                         TEXT(""), call->now + DAY, &secret, &id),
                     OK);
    assert_int_equal(site_bearer(s, secret, &actor), OK);
    assert_true(actor_holds_anywhere(actor, TEXT("aims_manager")));
    call->actor = actor;
    assert_int_equal(access_grant(call, s->access, ada, TEXT("risk_owner"), WHOLE, &pending),
                     ERR_DENIED);
    assert_int_equal(access_revoke(call, s->access, ada, TEXT("assessor"), WHOLE), ERR_DENIED);
    assert_true(holds(s, ada, "assessor"));
}

/* An act may be entered behind one that began later: the entry then tells the later time, and that
 * is no forgery. */
static void a_grant_entered_behind_a_later_act(void **state)
{
    struct site *s = *state;
    struct text ada = site_person(s, "ada", NULL, 0), bob = site_person(s, "bob", NULL, 0);
    struct call *early = site_call(s);
    early->actor = actor_command(early);
    site_later(s, 5000000);
    struct call *late = site_call(s);
    late->actor = actor_command(late);
    assert_int_equal(access_grant(late, s->access, bob, TEXT("assessor"), WHOLE, &pending), OK);
    assert_int_equal(access_grant(early, s->access, ada, TEXT("assessor"), WHOLE, &pending), OK);
    assert_int_equal(site_findings(s), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(a_grant_entered_behind_a_later_act),
        SITE_TEST(business_roles_take_two_persons),
        SITE_TEST(a_manager_asks_and_an_administrator_confirms),
        SITE_TEST(another_administrator_takes_two_persons),
        SITE_TEST(the_first_manager_is_appointed_once),
        SITE_TEST(one_appointed_by_command_was_the_first),
        SITE_TEST(one_person_with_both_roles_is_one_pair_of_eyes),
        SITE_TEST(nobody_grants_to_themselves),
        SITE_TEST(managers_of_a_unit_give_roles_there),
        SITE_TEST(others_give_nothing),
        SITE_TEST(roles_ask_for_a_fresh_password),
        cmocka_unit_test(taking_part),
        SITE_TEST(wrong_grants_are_refused),
        SITE_TEST(granting_twice_says_nothing_new),
        SITE_TEST(the_last_administrator_stays),
        SITE_TEST(a_pending_grant_can_be_refused),
        SITE_TEST(tokens_decide_nothing_about_roles),
    };
    return site_run("access role", tests, COUNT(tests));
}
