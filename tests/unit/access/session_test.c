/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/access/session_test.c — sessions live and end by the clock of the call. */
#include "site.h"

static struct actor *actor;

static void idle_ends_it(void **state)
{
    struct site *s = *state;
    struct text cookie;
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    site_later(s, SESSION_IDLE);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    site_later(s, SESSION_IDLE);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    site_later(s, SESSION_IDLE + 1);
    assert_int_equal(site_session(s, cookie, &actor), ERR_SIGNED_OUT);
}

/* A page left open listens by itself: that is no use, and keeps no session alive. */
static void listening_is_no_use(void **state)
{
    struct site *s = *state;
    struct text cookie;
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    enum err e = OK;
    for (int i = 0; i < 40 && e == OK; i++) {
        struct reader *r = store_reader(s->store);
        assert_int_equal(i <= 30 ? OK : ERR_SIGNED_OUT,
                         e = access_still(site_call(s), s->access, r, cookie, &actor));
        store_return(s->store, r);
        site_later(s, MINUTE);
    }
    assert_int_equal(e, ERR_SIGNED_OUT);
    struct reader *r = store_reader(s->store);
    assert_int_equal(access_still(site_call(s), s->access, r, TEXT("aw_"), &actor),
                     ERR_SIGNED_OUT);
    store_return(s->store, r);
}

static void use_is_written_down_once_a_minute(void **state)
{
    struct site *s = *state;
    struct text cookie;
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    struct text before = site_one(s, "SELECT seen_at FROM session", NULL, 0);
    site_later(s, MINUTE - 1);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    site_flush(s);
    assert_true(text_same(before, site_one(s, "SELECT seen_at FROM session", NULL, 0)));
    site_later(s, 1);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    site_later(s, SECOND);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    site_flush(s);
    struct text at = moment_print(s->arena, START + MINUTE);
    assert_true(text_same(at, site_one(s, "SELECT seen_at FROM session", NULL, 0)));
    assert_int_equal(site_acts(s, "auth.login"), 1);
}

static void end_of_the_day_ends_it(void **state)
{
    struct site *s = *state;
    struct text cookie;
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    for (int i = 0; i < 47; i++) {
        site_later(s, 15 * MINUTE);
        assert_int_equal(site_session(s, cookie, &actor), OK);
    }
    site_later(s, 15 * MINUTE - 1);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    site_later(s, 1);
    assert_int_equal(site_session(s, cookie, &actor), ERR_SIGNED_OUT);
}

static void demonstrations_last_a_week(void **state)
{
    struct site *s = *state;
    struct text cookie;
    site_reopen(s, true);
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    for (int i = 1; i < 7 * 48; i++) {
        site_later(s, 30 * MINUTE);
        assert_int_equal(site_session(s, cookie, &actor), OK);
    }
    site_later(s, 30 * MINUTE);
    assert_int_equal(site_session(s, cookie, &actor), ERR_SIGNED_OUT);
}

static void logging_out_ends_it_at_once(void **state)
{
    struct site *s = *state;
    struct text cookie, other;
    site_person(s, "ada", NULL, 0);
    struct call *call = site_as(s, "ada", &cookie);
    site_as(s, "ada", &other);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    assert_int_equal(access_logout(call, s->access), OK);
    assert_int_equal(site_session(s, cookie, &actor), ERR_SIGNED_OUT);
    assert_int_equal(site_session(s, other, &actor), OK);
    assert_int_equal(site_acts(s, "auth.logout"), 1);
    assert_int_equal(access_logout(site_call(s), s->access), ERR_SIGNED_OUT);
}

static void wrong_cookies_are_nobody(void **state)
{
    struct site *s = *state;
    struct text cookie;
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    char *bent = arena_take(s->arena, 44);
    for (size_t i = 0; i < 43; i++)
        bent[i] = cookie.at[i];
    bent[20] = bent[20] == 'A' ? 'B' : 'A';
    struct text wrong[] = {TEXT(""),
                           TEXT("x"),
                           {bent, 43},
                           {cookie.at, 42},
                           access__secret_hash(s->arena, cookie)};
    for (size_t i = 0; i < COUNT(wrong); i++)
        assert_int_equal(site_session(s, wrong[i], &actor), ERR_SIGNED_OUT);
    assert_int_equal(site_bearer(s, cookie, &actor), ERR_SIGNED_OUT);
}

static void csrf_belongs_to_the_cookie(void **state)
{
    struct site *s = *state;
    struct text cookie, other;
    struct actor *again, *another;
    site_person(s, "ada", NULL, 0);
    struct call *call = site_as(s, "ada", &cookie);
    site_as(s, "ada", &other);
    assert_int_equal(site_session(s, cookie, &again), OK);
    assert_int_equal(site_session(s, other, &another), OK);
    assert_true(text_same(call->actor->csrf, again->csrf));
    assert_false(text_same(again->csrf, another->csrf));
    assert_true(text_search(again->csrf, cookie) < 0);
}

static void disabling_ends_every_session(void **state)
{
    struct site *s = *state;
    struct text one, two;
    struct text id = site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &one);
    site_as(s, "ada", &two);
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(access_person_change(call, s->access, id, NULL, NULL, NULL, &(bool){true}),
                     OK);
    assert_int_equal(site_session(s, one, &actor), ERR_SIGNED_OUT);
    assert_int_equal(site_session(s, two, &actor), ERR_SIGNED_OUT);
    assert_int_equal(
        access_person_change(call, s->access, id, NULL, NULL, NULL, &(bool){false}), OK);
    assert_int_equal(site_session(s, one, &actor), ERR_SIGNED_OUT);
    assert_int_equal(site_acts(s, "user.disable"), 1);
    assert_int_equal(site_acts(s, "user.enable"), 1);
}

/* What was kept about an actor must not outlive a change made on this node. */
static void grants_are_seen_by_the_next_request(void **state)
{
    struct site *s = *state;
    struct text cookie;
    bool pending;
    struct text id = site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    assert_false(actor_holds_anywhere(actor, TEXT("assessor")));
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(access_grant(call, s->access, id, TEXT("assessor"), WHOLE, &pending), OK);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    assert_true(actor_holds_anywhere(actor, TEXT("assessor")));
    assert_int_equal(access_revoke(call, s->access, id, TEXT("assessor"), WHOLE), OK);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    assert_false(actor_holds_anywhere(actor, TEXT("assessor")));
}

/* Another node keeps what it knows for less than a second. */
static void other_nodes_see_it_within_a_second(void **state)
{
    struct site *s = *state;
    struct text cookie;
    struct access *other;
    struct text id = site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    assert_int_equal(access_open(call, s->store, s->ledger, &s->model, &other), OK);
    struct reader *r = store_reader(s->store);
    assert_int_equal(access_session(call, other, r, cookie, &actor), OK);
    assert_int_equal(access_person_change(call, s->access, id, NULL, NULL, NULL, &(bool){true}),
                     OK);
    call->now += SECOND;
    assert_int_equal(access_session(call, other, r, cookie, &actor), ERR_SIGNED_OUT);
    store_return(s->store, r);
    access_close(other);
}

struct visitor {
    pthread_t thread;
    struct site *site;
    struct text cookie;
    unsigned good;
};

static void *visit(void *arg)
{
    struct visitor *v = arg;
    struct arena *arena = arena_open();
    for (int i = 0; i < 200; i++) {
        struct actor *who;
        arena_reset(arena);
        struct call *call = call_open(arena, START + i * MINUTE / 2, LANG_EN);
        struct reader *r = store_reader(v->site->store);
        v->good += access_session(call, v->site->access, r, v->cookie, &who) == OK;
        store_return(v->site->store, r);
    }
    arena_close(arena);
    return NULL;
}

/* Requests of many sessions while roles change: everybody stays signed in. */
static void many_at_once(void **state)
{
    struct site *s = *state;
    bool pending;
    struct visitor visitors[6];
    struct text id = site_person(s, "ada", NULL, 0);
    struct call *call = site_call(s);
    call->actor = actor_command(call);
    for (size_t i = 0; i < COUNT(visitors); i++) {
        visitors[i] = (struct visitor){.site = s};
        site_as(s, "ada", &visitors[i].cookie);
        assert_int_equal(pthread_create(&visitors[i].thread, NULL, visit, &visitors[i]), 0);
    }
    for (int i = 0; i < 20; i++) {
        assert_int_equal(access_grant(call, s->access, id, TEXT("assessor"), WHOLE, &pending),
                         OK);
        assert_int_equal(access_revoke(call, s->access, id, TEXT("assessor"), WHOLE), OK);
    }
    for (size_t i = 0; i < COUNT(visitors); i++) {
        assert_int_equal(pthread_join(visitors[i].thread, NULL), 0);
        assert_int_equal(visitors[i].good, 200);
    }
}

/* No session lives for eight days: what the ledger said of older ones is let go at the next log-in. */
static void old_sessions_are_forgotten(void **state)
{
    struct site *s = *state;
    struct standing_word w;
    site_person(s, "ada", NULL, 0);
    struct text first = site_as(s, "ada", NULL)->actor->session;
    assert_true(access__standing(s->access, "session", first, &w));
    site_later(s, 9 * 24 * 60 * MINUTE);
    struct text second = site_as(s, "ada", NULL)->actor->session;
    assert_true(access__standing(s->access, "session", second, &w));
    assert_false(access__standing(s->access, "session", first, &w));
}

static void language_is_the_persons_or_the_calls(void **state)
{
    struct site *s = *state;
    struct text cookie, zh = TEXT("zh");
    struct text id = site_person(s, "ada", NULL, 0);
    struct call *call = site_as(s, "ada", &cookie);
    assert_int_equal(call->actor->lang, LANG_EN);
    assert_int_equal(access_person_change(call, s->access, id, NULL, NULL, &zh, NULL), OK);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    assert_int_equal(actor->lang, LANG_ZH);
    struct text fr = TEXT("fr");
    assert_int_equal(access_person_change(call, s->access, id, NULL, NULL, &fr, NULL),
                     ERR_INVALID);
}

/* ---- the password again ------------------------------------------------------------------ */

static void confirming_makes_fresh_for_five_minutes(void **state)
{
    struct site *s = *state;
    struct text cookie;
    int64_t until;
    site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &cookie);
    site_later(s, 10 * MINUTE);
    struct call *call = site_call(s);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    assert_true(actor->fresh_until < s->call->now);
    call->actor = actor;
    assert_int_equal(access__needs_fresh(call), ERR_DENIED);
    assert_int_equal(access_fresh(call, s->access, TEXT("wrong"), &until), ERR_DENIED);
    assert_int_equal(access_fresh(call, s->access, PASSWORD, &until), OK);
    assert_int_equal(until, s->call->now + FRESH_LIFE);
    assert_int_equal(site_session(s, cookie, &actor), OK);
    assert_int_equal(actor->fresh_until, until);
    assert_int_equal(site_acts(s, "auth.fresh"), 1);
    assert_int_equal(site_acts(s, "auth.fail"), 1);
    assert_int_equal(access_fresh(site_call(s), s->access, PASSWORD, &until), ERR_SIGNED_OUT);
}

static void confirming_is_throttled(void **state)
{
    struct site *s = *state;
    int64_t until;
    site_person(s, "ada", NULL, 0);
    struct call *call = site_as(s, "ada", NULL);
    for (int i = 0; i < 5; i++)
        assert_int_equal(access_fresh(call, s->access, TEXT("wrong"), &until), ERR_DENIED);
    assert_int_equal(access_fresh(call, s->access, PASSWORD, &until), ERR_BUSY);
    call->now += SECOND;
    assert_int_equal(access_fresh(call, s->access, PASSWORD, &until), OK);
}

#define NEXT_PASSWORD TEXT("seven quiet herons wait")

static void new_password_ends_other_sessions(void **state)
{
    struct site *s = *state;
    struct text mine, other, old_cookie = TEXT("");
    struct text id = site_person(s, "ada", NULL, 0);
    site_as(s, "ada", &other);
    struct call *call = site_as(s, "ada", &mine);
    assert_int_equal(access_password(call, s->access, id, TEXT("wrong"), NEXT_PASSWORD),
                     ERR_DENIED);
    assert_int_equal(access_password(call, s->access, id, PASSWORD, TEXT("short")),
                     ERR_INVALID);
    assert_int_equal(access_password(call, s->access, id, PASSWORD, PASSWORD), ERR_INVALID);
    assert_int_equal(site_session(s, other, &actor), OK);
    assert_int_equal(access_password(call, s->access, id, PASSWORD, NEXT_PASSWORD), OK);
    assert_int_equal(site_session(s, other, &actor), ERR_SIGNED_OUT);
    assert_int_equal(site_session(s, mine, &actor), OK);
    assert_int_equal(access_login(site_call(s), s->access, site_email(s, "ada"), PASSWORD, PEER, TEXT(""),
                                  &old_cookie, &actor),
                     ERR_SIGNED_OUT);
    assert_int_equal(access_login(site_call(s), s->access, site_email(s, "ada"), NEXT_PASSWORD,
                                  PEER, TEXT(""), &old_cookie, &actor),
                     OK);
    assert_int_equal(site_acts(s, "auth.password"), 1);
}

static void nobody_chooses_the_password_of_another(void **state)
{
    struct site *s = *state;
    struct text cookie;
    struct text id = site_person(s, "ada", NULL, 0);
    site_person(s, "root", &(struct grant){TEXT("admin"), WHOLE}, 1);
    site_as(s, "ada", &cookie);
    struct call *call = site_as(s, "root", NULL);
    assert_true(call->actor->admin);
    assert_int_equal(access_password(call, s->access, id, PASSWORD, NEXT_PASSWORD), ERR_DENIED);
    assert_int_equal(access_password(site_call(s), s->access, id, PASSWORD, NEXT_PASSWORD),
                     ERR_SIGNED_OUT);
    /* The command line may: whoever has it has the store. */
    call->actor = actor_command(call);
    assert_int_equal(access_password(call, s->access, id, TEXT(""), NEXT_PASSWORD), OK);
    assert_int_equal(site_session(s, cookie, &actor), ERR_SIGNED_OUT);
    assert_int_equal(
        access_password(call, s->access, TEXT("usr_none"), TEXT(""), NEXT_PASSWORD),
        ERR_MISSING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(idle_ends_it),
        SITE_TEST(listening_is_no_use),
        SITE_TEST(use_is_written_down_once_a_minute),
        SITE_TEST(end_of_the_day_ends_it),
        SITE_TEST(demonstrations_last_a_week),
        SITE_TEST(logging_out_ends_it_at_once),
        SITE_TEST(wrong_cookies_are_nobody),
        SITE_TEST(csrf_belongs_to_the_cookie),
        SITE_TEST(disabling_ends_every_session),
        SITE_TEST(grants_are_seen_by_the_next_request),
        SITE_TEST(other_nodes_see_it_within_a_second),
        SITE_TEST(many_at_once),
        SITE_TEST(old_sessions_are_forgotten),
        SITE_TEST(language_is_the_persons_or_the_calls),
        SITE_TEST(confirming_makes_fresh_for_five_minutes),
        SITE_TEST(confirming_is_throttled),
        SITE_TEST(new_password_ends_other_sessions),
        SITE_TEST(nobody_chooses_the_password_of_another),
    };
    return site_run("access session", tests, COUNT(tests));
}
