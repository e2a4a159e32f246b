/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/gate_test.c — the two gates, and who may see the same. */
#include "site.h"

static void both_shut_at_first(void **state)
{
    struct site *s = *state;
    struct readiness r = site_ready(s, "std");
    assert_false(r.stage1.ready);
    assert_non_null(gate_about(&r.stage1, "1.1"));
    assert_non_null(gate_about(&r.stage1, "1.3"));
    assert_has(gate_about(&r.stage1, "1.3")->why_en, "No register in this release");
    assert_has(gate_about(&r.stage1, "c-approved")->why_en, "no data");
    assert_null(gate_about(&r.stage1, "1.2"));       /* asks for no document */
    assert_null(gate_about(&r.stage1, "c-watched")); /* no data blocks nothing */
    assert_int_equal(r.stage1.count, 3);
    assert_false(r.stage2.ready);
    assert_int_equal(r.stage2.count, 6); /* every row, and the share of controls */
    for (size_t i = 0; i < r.stage2.count; i++)
        assert_true(r.stage2.failing[i].why_en.len && r.stage2.failing[i].why_zh.len);
    assert_has(gate_about(&r.stage2, "1.1")->why_en, "at level 0 and must be at level 3");
    assert_has(gate_about(&r.stage2, "A.1")->why_en, "at level 0 and must be at level 2");
    assert_has(gate_about(&r.stage2, "A.1")->why_zh, "须达到 2 级");
}

static void stage_one_opens_row_by_row(void **state)
{
    struct site *s = *state;
    site_move(s, "paper", site_make(s, "paper", "{'title':'p','sort_of':'method'}"), "issue");
    site_move(s, "paper", site_make(s, "paper", "{'title':'s','sort_of':'statement'}"),
              "issue");
    struct readiness r = site_ready(s, "std");
    assert_int_equal(r.stage1.count, 1); /* what nothing can prove keeps it shut */
    assert_non_null(gate_about(&r.stage1, "1.3"));
    site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01','watched':false}");
    r = site_ready(s, "std");
    assert_int_equal(r.stage1.count, 2); /* a must fails */
    assert_has(gate_about(&r.stage1, "c-watched")->why_en, "fails for 1 record");
}

/* B2: where records are asked for, a document about them does not open stage 1. */
static void a_procedure_is_no_record(void **state)
{
    struct site *s = *state;
    site_move(s, "paper", site_make(s, "paper", "{'title':'p','sort_of':'method'}"), "issue");
    struct readiness r = site_ready(s, "twin");
    assert_int_equal(site_row(&r, "1")->level, 1);
    assert_false(r.stage1.ready);
    assert_has(gate_about(&r.stage1, "1")->why_en, "must be at level 2. Only the procedure");
}

static void stage_two_wants_four_fifths(void **state)
{
    struct site *s = *state;
    site_register(s);
    struct text proof = site_make(s, "proof", "{'title':'p'}");
    site_move(s, "proof", proof, "accept");
    struct text evidence = text_print(
        s->arena, "{'tested':'2026-11-01','evidence':['%.*s']}", TEXT_ARG(proof));
    site_move(s, "control", site_control(s, "A.1"), "show");
    site_change(s, "control", site_control(s, "A.1"), evidence.at);
    site_move(s, "control", site_control(s, "A.2"), "run");
    struct readiness r = site_ready(s, "std");
    assert_null(gate_about(&r.stage2, "A.1"));
    assert_null(gate_about(&r.stage2, "A.2"));
    const struct gate_row *last = &r.stage2.failing[r.stage2.count - 1];
    assert_null(last->row);
    assert_null(last->check);
    assert_has(last->why_en, "1 of 2 applicable controls");
    site_move(s, "control", site_control(s, "A.2"), "show");
    site_change(s, "control", site_control(s, "A.2"), evidence.at);
    r = site_ready(s, "std");
    for (size_t i = 0; i < r.stage2.count; i++)
        assert_non_null(r.stage2.failing[i].row); /* only the clauses are left */
}

/* A framework without a register, of which everything can be proven. */
static void ready_when_nothing_is_missing(void **state)
{
    struct site *s = *state;
    struct readiness r = site_ready(s, "tiny");
    assert_int_equal(r.check_count, 1); /* only what bears on it */
    assert_false(r.ready);
    struct text id = site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01'}");
    r = site_ready(s, "tiny");
    assert_true(r.stage1.ready);
    assert_true(r.stage2.ready);
    assert_true(r.ready);
    assert_near(r.score, 75);
    assert_near(r.proof_ratio, 1);
    assert_has(r.rows[0].why_en, "more than level 3");
    site_change(s, "machine", id, "{'tested_on':null}");
    r = site_ready(s, "tiny");
    assert_false(r.stage1.ready); /* its one document is the result of tests */
    assert_non_null(gate_about(&r.stage2, "c-tested"));
    assert_non_null(gate_about(&r.stage2, "1"));
}

static void the_same_whoever_asks(void **state)
{
    struct site *s = *state;
    site_register(s);
    site_move(s, "control", site_control(s, "A.2"), "run");
    struct actor nobody = {.type = ACTOR_USER, .id = TEXT("usr_x"), .person = TEXT("usr_x")};
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    struct readiness r;
    call->actor = &nobody;
    site_must(call, assure_readiness(call, s->records, db,
                                     model_framework(s->model, TEXT("std")), &r));
    store_return(s->store, db);
    assert_ptr_equal(call->actor, &nobody);
    assert_int_equal(site_row(&r, "A.2")->level, 2);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(both_shut_at_first),          SITE_TEST(stage_one_opens_row_by_row),
        SITE_TEST(a_procedure_is_no_record),
        SITE_TEST(stage_two_wants_four_fifths), SITE_TEST(ready_when_nothing_is_missing),
        SITE_TEST(the_same_whoever_asks),
    };
    return site_run(argc, argv, "assure gate", tests, COUNT(tests));
}
