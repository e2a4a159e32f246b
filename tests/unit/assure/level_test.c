/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/level_test.c — how far rows come, what holds them, and the numbers. */
#include "site.h"

static int level(struct site *s, const char *row)
{
    struct readiness r = site_ready(s, "std");
    return site_row(&r, row)->level;
}

static void nothing_is_known(void **state)
{
    struct site *s = *state;
    struct readiness r = site_ready(s, "std");
    assert_int_equal(r.row_count, 5);
    for (size_t i = 0; i < r.row_count; i++) {
        assert_int_equal(r.rows[i].level, 0);
        assert_false(r.rows[i].proven);
        assert_true(r.rows[i].applicable);
        assert_true(r.rows[i].why_en.len && r.rows[i].why_zh.len);
    }
    assert_has(site_row(&r, "1.1")->why_en, "no data yet");
    assert_has(site_row(&r, "1.3")->why_en, "No register");
    assert_has(site_row(&r, "A.1")->why_en, "no entry");
    assert_near(r.score, 0);
    assert_near(r.proof_ratio, 0);
    assert_int_equal(r.blocker_count, 0); /* a must without data does not block */
    assert_false(r.ready);
    assert_int_equal(r.met, 0);
    assert_int_equal(r.of, 5);
}

/* 1.1: c-paper proves 1, c-tested 3, c-watched 4. */
static void levels_are_gated(void **state)
{
    struct site *s = *state;
    struct text machine = site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01'}");
    assert_int_equal(level(s, "1.1"), 0); /* 3 passes, 1 has no data */
    struct text paper = site_make(s, "paper", "{'title':'p','sort_of':'method'}");
    struct readiness r = site_ready(s, "std");
    const struct row_readiness *row = site_row(&r, "1.1");
    assert_int_equal(row->level, 0); /* 1 fails */
    assert_has(row->why_en, "“The method is issued” fails for 1 record");
    site_move(s, "paper", paper, "issue");
    r = site_ready(s, "std");
    row = site_row(&r, "1.1");
    assert_int_equal(row->level, 3); /* a proof of 3 is one of 2 too */
    assert_true(row->proven);
    assert_has(row->why_en, "“Machines are watched” has no data yet");
    site_change(s, "machine", machine, "{'watched':true}");
    r = site_ready(s, "std");
    row = site_row(&r, "1.1");
    assert_int_equal(row->level, 4);
    assert_int_equal(row->why_en.len, 0);
    site_change(s, "machine", machine, "{'tested_on':null}");
    assert_int_equal(level(s, "1.1"), 1); /* 4 passes, 3 fails: 1 is left */
}

/* R4: what one check of a level has shown, another without data does not take away. One that
 * fails does. */
static void no_data_takes_nothing_away(void **state)
{
    struct site *s = *state;
    struct text method = site_make(s, "paper", "{'title':'p','sort_of':'method'}");
    site_move(s, "paper", method, "issue");
    struct readiness r = site_ready(s, "twin");
    const struct row_readiness *row = site_row(&r, "1");
    assert_int_equal(row->level, 1);
    assert_true(row->proven);
    assert_has(row->why_en, "Only the procedure is there");
    site_make(s, "paper", "{'title':'s','sort_of':'statement'}");
    r = site_ready(s, "twin");
    row = site_row(&r, "1");
    assert_int_equal(row->level, 0);
    assert_has(row->why_en, "“The statement is issued” fails");
}

static void checks_come_lowest_first_and_speak_chinese(void **state)
{
    struct site *s = *state;
    struct text paper = site_make(s, "paper", "{'title':'p','sort_of':'method'}");
    site_move(s, "paper", paper, "issue");
    site_make(s, "machine", "{'title':'m'}");
    site_make(s, "machine", "{'title':'n'}");
    struct readiness r = site_ready(s, "std");
    const struct row_readiness *row = site_row(&r, "1.1");
    assert_int_equal(row->check_count, 3);
    assert_int_equal(row->checks[0].level, 1);
    assert_int_equal(row->checks[1].level, 3);
    assert_int_equal(row->checks[2].level, 4);
    assert_has(row->why_en, "fails for 2 records");
    assert_has(row->why_zh, "“机器经过测试”未通过：2 条记录");
}

/* ---- controls ---------------------------------------------------------------------------- */
static void the_register_says_how_far(void **state)
{
    static const char *const moves[] = {"design", "run"};
    struct site *s = *state;
    site_register(s);
    struct text id = site_control(s, "A.2");
    assert_int_equal(level(s, "A.2"), 0);
    for (int i = 0; i < 2; i++) {
        site_move(s, "control", id, moves[i]);
        struct readiness r = site_ready(s, "std");
        assert_int_equal(site_row(&r, "A.2")->level, i + 1);
        assert_false(site_row(&r, "A.2")->proven);
    }
    site_move(s, "control", id, "design");
    struct readiness r = site_ready(s, "std");
    assert_has(site_row(&r, "A.2")->why_en, "The register says “Designed”");
    assert_has(site_row(&r, "A.2")->why_zh, "已设计");
}

static void attach(struct site *s, struct text control, struct text proof)
{
    site_change(s, "control", control,
                text_print(s->arena, "{'evidence':['%.*s']}", TEXT_ARG(proof)).at);
}

static struct text good_proof(struct site *s, const char *body)
{
    struct text id = site_make(s, "proof", body);
    site_move(s, "proof", id, "accept");
    return id;
}

/* R1, R6: only what a second person found good counts, and only for its time. A control that no
 * check looks at is declared, whatever lies beside it. */
static void evidence_must_be_good_and_fresh(void **state)
{
    struct site *s = *state;
    site_register(s);
    struct text id = site_control(s, "A.2");
    site_move(s, "control", id, "test");
    site_change(s, "control", id, "{'tested':'2026-11-01'}");
    struct readiness r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.2")->level, 2); /* the state says 4, nothing shows it */
    assert_has(site_row(&r, "A.2")->why_en, "evidence");
    struct text proof = site_make(s, "proof", "{'title':'p','valid_until':'2026-11-23'}");
    attach(s, id, proof);
    assert_int_equal(level(s, "A.2"), 2); /* nobody else has looked at it */
    site_move(s, "proof", proof, "accept");
    r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.2")->level, 4);
    assert_false(site_row(&r, "A.2")->proven);
    assert_near(r.proof_ratio, 0);
    assert_int_equal(site_row(&r, "A.2")->why_en.len, 0);
    s->now += INT64_C(86400000000); /* the same night */
    assert_int_equal(level(s, "A.2"), 2);
    site_change(s, "proof", proof, "{'valid_until':null}"); /* noted on 23 November */
    assert_int_equal(level(s, "A.2"), 4);
    site_move(s, "proof", proof, "refuse");
    assert_int_equal(level(s, "A.2"), 2);
}

/* What names no last day counts from the day it was taken, for the time of its control. */
static void everything_that_proves_ages(void **state)
{
    static const char *const days[][2] = {{"2025-11-23", "4"},
                                          {"2025-11-22", "2"},
                                          {"2026-11-24", "2"}, /* still to come */
                                          {"2026-02-28", "4"}};
    struct site *s = *state;
    site_register(s);
    struct text id = site_control(s, "A.2"), proof = good_proof(s, "{'title':'p'}");
    site_move(s, "control", id, "test");
    attach(s, id, proof);
    assert_int_equal(level(s, "A.2"), 2); /* never tested */
    for (size_t i = 0; i < COUNT(days); i++) {
        struct text taken = text_print(s->arena, "{'taken':'%s'}", days[i][0]);
        struct text tested = text_print(s->arena, "{'tested':'%s'}", days[i][0]);
        site_change(s, "control", id, "{'tested':'2026-11-01'}");
        site_change(s, "proof", proof, taken.at);
        assert_int_equal(level(s, "A.2"), days[i][1][0] - '0');
        site_change(s, "proof", proof, "{'taken':'2026-11-01'}");
        site_change(s, "control", id, tested.at);
        assert_int_equal(level(s, "A.2"), days[i][1][0] - '0');
    }
    site_change(s, "control", id, "{'tested':'2025-11-22'}");
    struct readiness r = site_ready(s, "std");
    assert_has(site_row(&r, "A.2")->why_en, "last test is too long ago");
}

static void one_fresh_piece_is_enough(void **state)
{
    struct site *s = *state;
    site_register(s);
    struct text id = site_control(s, "A.2");
    struct text old = good_proof(s, "{'title':'o','valid_until':'2026-01-01'}");
    struct text new = good_proof(s, "{'title':'n','valid_until':'2027-01-01'}");
    site_move(s, "control", id, "show");
    site_change(s, "control", id, "{'tested':'2026-11-01'}");
    attach(s, id, old);
    assert_int_equal(level(s, "A.2"), 2);
    site_change(
        s, "control", id,
        text_print(s->arena, "{'evidence':['%.*s','%.*s']}", TEXT_ARG(old), TEXT_ARG(new)).at);
    assert_int_equal(level(s, "A.2"), 3);
}

static void a_failing_check_holds_a_control_back(void **state)
{
    struct site *s = *state;
    site_register(s);
    struct text id = site_control(s, "A.1"), machine;
    site_move(s, "control", id, "show");
    site_change(s, "control", id, "{'tested':'2026-11-01'}");
    attach(s, id, good_proof(s, "{'title':'p'}"));
    assert_int_equal(level(s, "A.1"), 3); /* no data holds nothing back here */
    machine = site_make(s, "machine", "{'title':'m'}");
    struct readiness r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.1")->level, 2);
    assert_false(site_row(&r, "A.1")->proven);
    assert_has(site_row(&r, "A.1")->why_en, "“Machines are tested” fails");
    site_change(s, "machine", machine, "{'tested_on':'2026-11-01'}");
    r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.1")->level, 3);
    assert_true(site_row(&r, "A.1")->proven);
    site_move(s, "control", id, "design");
    r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.1")->level, 1); /* a passing check raises nothing */
    assert_true(site_row(&r, "A.1")->proven);        /* but it proves what is there */
}

static void left_out_only_when_approved(void **state)
{
    struct site *s = *state;
    site_register(s);
    site_move(s, "control", site_control(s, "A.2"), "leave_out");
    struct readiness r = site_ready(s, "std");
    assert_true(site_row(&r, "A.2")->applicable); /* no statement at all */
    assert_int_equal(r.of, 5);
    struct text paper = site_make(s, "paper", "{'title':'s','sort_of':'statement'}");
    r = site_ready(s, "std");
    assert_true(site_row(&r, "A.2")->applicable); /* a draft */
    assert_int_equal(site_row(&r, "A.2")->level, 0);
    assert_has(site_row(&r, "A.2")->why_en, "not approved");
    double before = r.raw_score;
    site_move(s, "paper", paper, "issue");
    r = site_ready(s, "std");
    assert_false(site_row(&r, "A.2")->applicable);
    assert_int_equal(r.of, 4);
    /* 1.2 came to level 1: 2 * 0.25 of a weight of 7, where A.2 no longer counts */
    assert_near(before, 0);
    assert_near(r.raw_score, 100 * 0.5 / 7);
    site_move(s, "paper", paper, "recall");
    r = site_ready(s, "std");
    assert_true(site_row(&r, "A.2")->applicable);
}

static void high_hazards_weigh(void **state)
{
    struct site *s = *state;
    site_register(s);
    struct text id = site_control(s, "A.1");
    struct text body =
        text_print(s->arena, "{'title':'h','band':'low','controls':['%.*s']}", TEXT_ARG(id));
    struct text hazard = site_make(s, "hazard", body.at);
    struct readiness r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.1")->weight, 1);
    site_change(s, "hazard", hazard, "{'band':'high'}");
    r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.1")->weight, 2);
    assert_int_equal(site_row(&r, "A.2")->weight, 1);
    site_move(s, "control", id, "run");
    r = site_ready(s, "std");
    assert_near(r.raw_score, 100 * (2 * 0.5) / 9);
    site_move(s, "hazard", hazard, "close");
    r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.1")->weight, 1);
    assert_near(r.raw_score, 100 * 0.5 / 8);
}

/* ---- lowering ---------------------------------------------------------------------------- */
static void reach_three(struct site *s)
{
    site_move(s, "paper", site_make(s, "paper", "{'title':'p','sort_of':'method'}"), "issue");
    site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01'}");
    assert_int_equal(level(s, "1.1"), 3);
}

static void a_person_lowers_and_never_raises(void **state)
{
    struct site *s = *state;
    reach_three(s);
    struct text id = site_make(s, "doubt",
                               "{'title':'d','requirement':'std:1.1','level':1,"
                               "'justification':'The method is not used'}");
    assert_int_equal(level(s, "1.1"), 3); /* only noted */
    site_move(s, "doubt", id, "hold");
    struct readiness r = site_ready(s, "std");
    const struct row_readiness *row = site_row(&r, "1.1");
    assert_true(row->lowered);
    assert_int_equal(row->level, 1);
    assert_int_equal(row->lowered_to, 1);
    assert_int_equal(row->proven_level, 3);
    assert_true(text_is(row->lowered_reason, "The method is not used"));
    assert_true(text_same(row->lowered_by, s->keeper.person));
    assert_true(text_starts(row->lowered_at, "2026-11-23T12:00"));
    assert_has(row->why_en, "The method is not used");
    assert_has(row->why_zh, "The method is not used");
    site_change(s, "doubt", id, "{'level':4}");
    assert_int_equal(level(s, "1.1"), 3);
    site_change(s, "doubt", id, "{'level':0}");
    r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "1.1")->level, 0);
    assert_false(site_row(&r, "1.1")->proven);
    site_move(s, "doubt", id, "settle");
    assert_int_equal(level(s, "1.1"), 3);
}

static void the_lowest_of_several_counts(void **state)
{
    struct site *s = *state;
    static const char *const levels[] = {"2", "1", "2"};
    reach_three(s);
    for (size_t i = 0; i < COUNT(levels); i++)
        site_move(s, "doubt",
                  site_make(s, "doubt",
                            text_print(s->arena,
                                       "{'title':'d','requirement':'std:1.1',"
                                       "'level':%s,'justification':'so'}",
                                       levels[i])
                                .at),
                  "hold");
    assert_int_equal(level(s, "1.1"), 1);
    assert_int_equal(level(s, "1.2"), 0);
}

/* ---- numbers ----------------------------------------------------------------------------- */
static void four_numbers_together(void **state)
{
    struct site *s = *state;
    site_register(s);
    reach_three(s);
    site_move(s, "paper", site_make(s, "paper", "{'title':'s','sort_of':'statement'}"),
              "issue");
    site_move(s, "control", site_control(s, "A.2"), "run");
    struct readiness r = site_ready(s, "std");
    /* 1.1 and 1.2 at 3, A.2 at 2 without proof, 1.3 and A.1 at 0 */
    double proven = 3 * 0.75 + 2 * 0.75, total = proven + 0.5;
    assert_near(r.raw_score, 100 * total / 8);
    assert_near(r.score, r.raw_score);
    assert_near(r.proof_ratio, proven / total);
    assert_int_equal(r.met, 2);
    assert_int_equal(r.of, 5);
    assert_int_equal(r.blocker_count, 0);
}

static void a_blocker_caps_the_score(void **state)
{
    struct site *s = *state;
    static const char *const rows[] = {"A.1", "A.2"};
    site_register(s);
    reach_three(s);
    site_move(s, "paper", site_make(s, "paper", "{'title':'s','sort_of':'statement'}"),
              "issue");
    struct text proof = good_proof(s, "{'title':'p'}");
    for (size_t i = 0; i < COUNT(rows); i++) {
        site_move(s, "control", site_control(s, rows[i]), "test");
        site_change(s, "control", site_control(s, rows[i]), "{'tested':'2026-11-01'}");
        attach(s, site_control(s, rows[i]), proof);
    }
    struct readiness r = site_ready(s, "std");
    double raw = 100 * (3 * 0.75 + 2 * 0.75 + 2) / 8;
    assert_near(r.score, raw);
    site_make(s, "machine", "{'title':'n','tested_on':'2026-11-01','watched':false}");
    r = site_ready(s, "std");
    assert_near(r.raw_score, raw); /* c-watched stands above what was reached */
    assert_near(r.score, 49);
    assert_int_equal(r.blocker_count, 1);
    assert_true(text_is(r.blockers[0]->check->name, "c-watched"));
    assert_false(r.ready);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(nothing_is_known),
        SITE_TEST(levels_are_gated),
        SITE_TEST(no_data_takes_nothing_away),
        SITE_TEST(checks_come_lowest_first_and_speak_chinese),
        SITE_TEST(the_register_says_how_far),
        SITE_TEST(evidence_must_be_good_and_fresh),
        SITE_TEST(everything_that_proves_ages),
        SITE_TEST(one_fresh_piece_is_enough),
        SITE_TEST(a_failing_check_holds_a_control_back),
        SITE_TEST(left_out_only_when_approved),
        SITE_TEST(high_hazards_weigh),
        SITE_TEST(a_person_lowers_and_never_raises),
        SITE_TEST(the_lowest_of_several_counts),
        SITE_TEST(four_numbers_together),
        SITE_TEST(a_blocker_caps_the_score),
    };
    return site_run(argc, argv, "assure level", tests, COUNT(tests));
}
