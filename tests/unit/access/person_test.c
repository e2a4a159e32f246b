/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/person_test.c — adding, changing and finding people. */
#include "site.h"

static struct text id;

static struct call *by_command(struct site *s)
{
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    return call;
}

static enum err add(struct call *call, struct site *s, const char *name, const char *email,
                    struct text password, const struct grant *grants, size_t count)
{
    return access_person_add(call, s->access, text_of(name), text_of(email), password, false, NOWHERE,
                             grants, count, &id);
}

static void everything_wrong_is_named(void **state)
{
    struct site *s = *state;
    struct call *call = by_command(s);
    struct grant wizard = {TEXT("wizard"), WHOLE};
    assert_int_equal(add(call, s, " ", "nobody", TEXT("short"), &wizard, 1), ERR_INVALID);
    static const char *const codes[] = {"length", "format", "unknown", "short"};
    const struct problem *p = call->problems;
    assert_int_equal(call->problem_count, COUNT(codes));
    for (size_t i = 0; i < COUNT(codes); i++, p = p->next)
        assert_true(text_is(p->code, codes[i]));
    assert_int_equal(site_acts(s, "user.add"), 0);
}

static void bad_addresses_are_refused(void **state)
{
    struct site *s = *state;
    static const char *const bad[] = {"", "@", "a@", "@b", "a b@c", "a@b@c", "a@b\n", "a@b c"};
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(add(by_command(s), s, "Zqx", bad[i], PASSWORD, NULL, 0),
                         i == 6 ? OK : ERR_INVALID); /* white space around it is trimmed */
}

static void an_address_belongs_to_one_person(void **state)
{
    struct site *s = *state;
    struct call *call = by_command(s);
    assert_int_equal(add(call, s, "Zqx one", "One@zq.example", TEXT(""), NULL, 0), OK);
    assert_true(text_starts(id, "usr_"));
    assert_int_equal(add(call, s, "Zqx two", "one@ZQ.example", TEXT(""), NULL, 0),
                     ERR_CONFLICT);
    assert_true(site_code_is(call, "exists"));
    assert_int_equal(site_acts(s, "user.add"), 1);
}

/* All or nothing: a grant that fails leaves no person behind. */
static void a_refused_grant_leaves_nobody(void **state)
{
    struct site *s = *state;
    struct grant grants[] = {{TEXT("assessor"), WHOLE}, {TEXT("assessor"), TEXT("atlantis")}};
    assert_int_equal(add(by_command(s), s, "Zqx", "a@zq.example", TEXT(""), grants, 2),
                     ERR_INVALID);
    assert_int_equal(add(by_command(s), s, "Zqx", "a@zq.example", TEXT(""), grants, 1), OK);
    assert_int_equal(site_acts(s, "user.add"), 1);
    assert_int_equal(site_acts(s, "role.grant"), 1);
}

static void only_administrators_add(void **state)
{
    struct site *s = *state;
    site_person(s, "root", &(struct grant){TEXT("admin"), WHOLE}, 1);
    site_person(s, "mia", &(struct grant){TEXT("aims_manager"), WHOLE}, 1);
    assert_int_equal(add(site_as(s, "mia", NULL), s, "Zqx", "a@zq.example", TEXT(""), NULL, 0),
                     ERR_DENIED);
    assert_int_equal(add(site_call(s), s, "Zqx", "a@zq.example", TEXT(""), NULL, 0),
                     ERR_DENIED);
    struct grant grants[] = {{TEXT("assessor"), WHOLE}, {TEXT("aims_manager"), WHOLE}};
    assert_int_equal(
        add(site_as(s, "root", NULL), s, "Zqx", "a@zq.example", PASSWORD, grants, 2), OK);
    struct person p;
    struct reader *r = store_reader(s->store);
    assert_int_equal(access_person(site_call(s), r, id, &p), OK);
    store_return(s->store, r);
    assert_int_equal(p.grant_count, 2);
    assert_true(text_is(p.grants[0].role, "aims_manager") && p.pending[0]);
    assert_true(text_is(p.grants[1].role, "assessor") && p.pending[1]);
}

static void changes(void **state)
{
    struct site *s = *state;
    static const char *const units[][2] = {{"hq", ""}};
    site_units(s, units, 1);
    struct text ada = site_person(s, "ada", NULL, 0), bob = site_person(s, "bob", NULL, 0);
    struct text name = TEXT(" Zqx Ada Lin "), unit = TEXT("hq"), zh = TEXT("zh");
    struct text nowhere = TEXT("atlantis");
    struct call *call = by_command(s);
    for (int i = 0; i < 2; i++) /* the second time nothing differs */
        assert_int_equal(access_person_change(call, s->access, ada, &name, &unit, NULL, NULL),
                         OK);
    assert_int_equal(access_person_change(call, s->access, ada, NULL, &nowhere, NULL, NULL),
                     ERR_INVALID);
    assert_int_equal(
        access_person_change(call, s->access, TEXT("usr_x"), &name, NULL, NULL, NULL),
        ERR_MISSING);
    assert_int_equal(site_acts(s, "user.change"), 1);

    struct call *by_ada = site_as(s, "ada", NULL);
    assert_true(text_is(by_ada->actor->name, "Zqx Ada Lin") &&
                text_is(by_ada->actor->unit, "hq"));
    assert_int_equal(access_person_change(by_ada, s->access, ada, NULL, NULL, &zh, NULL), OK);
    assert_int_equal(access_person_change(by_ada, s->access, bob, NULL, NULL, &zh, NULL),
                     ERR_DENIED);
    assert_int_equal(access_person_change(by_ada, s->access, ada, &name, NULL, NULL, NULL),
                     ERR_DENIED);
    assert_int_equal(site_acts(s, "user.change"), 2);
}

/* ---- finding ----------------------------------------------------------------------------- */

static size_t find(struct call *call, struct site *s, const char *q, const char *role,
                   struct person **people)
{
    size_t count;
    struct reader *r = store_reader(s->store);
    assert_int_equal(access_people(call, r, text_of(q), text_of(role), 100, people, &count),
                     OK);
    store_return(s->store, r);
    return count;
}

static void finding(void **state)
{
    struct site *s = *state;
    struct person *people;
    struct grant grants[] = {{TEXT("assessor"), WHOLE}, {TEXT("risk_owner"), WHOLE}};
    site_person(s, "cyd", grants, 1);
    struct text ada = site_person(s, "ada", grants, 2), bob = site_person(s, "bob", NULL, 0);
    struct call *call = by_command(s);
    assert_int_equal(
        access_person_change(call, s->access, bob, NULL, NULL, NULL, &(bool){true}), OK);
    struct text chinese = TEXT("Zqx 王林_100%");
    assert_int_equal(access_person_change(call, s->access, bob, &chinese, NULL, NULL, NULL),
                     OK);

    assert_int_equal(find(call, s, "", "", &people), 3);
    assert_true(text_is(people[0].name, "Zqx ada") && text_same(people[0].id, ada));
    assert_int_equal(people[0].grant_count, 2);
    assert_int_equal(people[1].grant_count, 1);
    assert_true(text_is(people[0].grant_by[0], "command"));
    assert_int_equal(people[0].created, START);
    assert_int_equal(find(call, s, "QX AD", "", &people), 1);
    assert_int_equal(find(call, s, "王林", "", &people), 1);
    assert_true(people[0].disabled);
    assert_int_equal(find(call, s, "_100%", "", &people), 1);
    assert_int_equal(find(call, s, "%", "", &people), 1);
    assert_int_equal(find(call, s, "a_a", "", &people), 0);
    assert_int_equal(find(call, s, "!", "", &people), 0);
    assert_int_equal(find(call, s, "", "assessor", &people), 2);
    assert_int_equal(find(call, s, "", "risk_owner", &people), 1);
    assert_int_equal(find(call, s, "", "staff", &people), 2);
    assert_int_equal(find(call, s, "", "wizard", &people), 0);
}

static void addresses_cannot_be_probed(void **state)
{
    struct site *s = *state;
    struct person *people;
    site_person(s, "ada", NULL, 0);
    assert_int_equal(find(by_command(s), s, "ada@zq", "", &people), 1);
    assert_int_equal(find(site_as(s, "ada", NULL), s, "ada@zq", "", &people), 0);
    assert_int_equal(find(site_as(s, "ada", NULL), s, "ada", "", &people), 1);
}

static void one_person(void **state)
{
    struct site *s = *state;
    struct person p;
    struct text ada = site_person(s, "ada", NULL, 0);
    struct reader *r = store_reader(s->store);
    assert_int_equal(access_person(site_call(s), r, ada, &p), OK);
    assert_int_equal(access_person(site_call(s), r, TEXT("ADA@zq.example"), &p), OK);
    assert_true(text_same(p.id, ada));
    assert_int_equal(access_person(site_call(s), r, TEXT("usr_none"), &p), ERR_MISSING);
    assert_int_equal(access_person(site_call(s), r, TEXT("a@b"), &p), ERR_MISSING);
    store_return(s->store, r);
}

struct question {
    struct text id;
    bool answer;
};

static enum err exists_run(struct job *job, struct call *call, struct tx *tx)
{
    struct question *q = job->arg;
    q->answer = access_person_exists_tx(call, tx, q->id);
    return OK;
}

static void existing_in_a_job(void **state)
{
    struct site *s = *state;
    struct question yes = {site_person(s, "ada", NULL, 0), false},
                    no = {TEXT("usr_none"), true};
    assert_int_equal(store_run(s->store, site_call(s), exists_run, &yes), OK);
    assert_int_equal(store_run(s->store, site_call(s), exists_run, &no), OK);
    assert_true(yes.answer);
    assert_false(no.answer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(everything_wrong_is_named),
        SITE_TEST(bad_addresses_are_refused),
        SITE_TEST(an_address_belongs_to_one_person),
        SITE_TEST(a_refused_grant_leaves_nobody),
        SITE_TEST(only_administrators_add),
        SITE_TEST(changes),
        SITE_TEST(finding),
        SITE_TEST(addresses_cannot_be_probed),
        SITE_TEST(one_person),
        SITE_TEST(existing_in_a_job),
    };
    return site_run("access person", tests, COUNT(tests));
}
