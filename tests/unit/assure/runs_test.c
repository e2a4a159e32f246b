/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/runs_test.c — what checks gave is kept while nothing can have changed, and
 * not one entry about what they read or one night longer; every day leaves a point. */
#include "site.h"
#include "store/write.h"

static struct readiness kept(struct site *s, struct runs *runs)
{
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    struct readiness r;
    site_must(call, read_begin(call, db));
    site_must(call, assure_kept_readiness(call, runs, s->records, db,
                                          model_framework(s->model, TEXT("std")), &r));
    read_end(db);
    store_return(s->store, db);
    return r;
}

static int64_t breaks(struct site *s, struct runs *runs, const char *check)
{
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    struct check_result *all;
    size_t count;
    int64_t found = -1;
    site_must(call, assure_kept_checks(call, runs, s->records, db, &all, &count));
    for (size_t i = 0; i < count; i++)
        if (text_is(all[i].check->name, check))
            found = all[i].breaks;
    store_return(s->store, db);
    return found;
}

static enum err run_sql(struct job *job, struct call *call, struct tx *tx)
{
    return tx_exec(call, tx, job->arg, NULL, 0, NULL);
}

/* Behind the engine's back, so that no entry tells of it. */
static void quietly(struct site *s, const char *sql)
{
    struct call *call = site_call(s);
    site_must(call, store_run(s->store, call, run_sql, (void *)(uintptr_t)sql));
}

static void kept_until_an_entry(void **state)
{
    struct site *s = *state;
    struct runs *runs = runs_open(s->model);
    site_register(s);
    site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01'}");
    assert_int_equal(breaks(s, runs, "c-tested"), 0);
    quietly(s, "UPDATE machine SET tested_on = NULL");
    assert_int_equal(breaks(s, runs, "c-tested"), 0); /* not asked again */
    assert_int_equal(breaks(s, NULL, "c-tested"), 1);
    site_make(s, "paper", "{'title':'p','sort_of':'method'}");
    assert_int_equal(breaks(s, runs, "c-tested"), 0); /* it reads no papers */
    site_make(s, "machine", "{'title':'n','tested_on':'2026-11-01'}");
    assert_int_equal(breaks(s, runs, "c-tested"), 1);
    quietly(s, "UPDATE machine SET tested_on = '2025-11-23' WHERE title = 'm'");
    s->now += INT64_C(86400000000);
    assert_int_equal(breaks(s, runs, "c-tested"), 1); /* another day: a year and a day ago */
    quietly(s, "UPDATE machine SET tested_on = '2026-11-01'");
    s->now += INT64_C(86400000000);
    assert_int_equal(breaks(s, runs, "c-tested"), 0);
    runs_close(runs);
}

/* More entries than are looked at one by one. */
static void kept_no_longer_after_very_many(void **state)
{
    struct site *s = *state;
    struct runs *runs = runs_open(s->model);
    site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01'}");
    assert_int_equal(breaks(s, runs, "c-tested"), 0);
    quietly(s, "UPDATE machine SET tested_on = NULL");
    for (int i = 0; i < 501; i++)
        site_make(s, "paper", "{'title':'p','sort_of':'method'}");
    assert_int_equal(breaks(s, runs, "c-tested"), 1);
    runs_close(runs);
}

static struct check_result with_records(struct site *s, struct runs *runs,
                                        const struct check *c)
{
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    struct check_result found;
    site_must(call, assure_kept_check(call, runs, s->records, db, c, &found));
    store_return(s->store, db);
    return found;
}

static void records_are_kept_with_it(void **state)
{
    struct site *s = *state;
    struct runs *runs = runs_open(s->model);
    const struct check *c = model_check(s->model, TEXT("c-tested"));
    struct text old = site_make(s, "machine", "{'title':'m','tested_on':'2020-11-01'}");
    site_make(s, "machine", "{'title':'n'}");
    struct check_result first = with_records(s, runs, c);
    quietly(s, "UPDATE machine SET tested_on = '2026-11-01'");
    struct check_result again = with_records(s, runs, c);
    assert_int_equal(first.record_count, 2);
    assert_int_equal(again.record_count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(text_same(first.records[i].id, again.records[i].id));
        assert_true(text_is(again.records[i].kind, "machine"));
        assert_true(text_is(again.records[i].reason,
                            text_same(again.records[i].id, old) ? "old" : "never"));
    }
    site_change(s, "machine", old, "{'tested_on':'2026-11-01'}");
    assert_int_equal(with_records(s, runs, c).record_count, 0);
    runs_close(runs);
}

static void the_same_as_computed(void **state)
{
    struct site *s = *state;
    struct runs *runs = runs_open(s->model);
    site_register(s);
    site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01','watched':false}");
    struct text control = site_control(s, "A.1");
    site_make(s, "hazard",
              text_print(s->arena, "{'title':'h','band':'high','controls':['%.*s']}",
                         TEXT_ARG(control))
                  .at);
    site_move(s, "control", control, "run");
    for (int i = 0; i < 3; i++) {
        struct readiness a = kept(s, runs), b = site_ready(s, "std");
        assert_near(a.score, b.score);
        assert_near(a.raw_score, b.raw_score);
        assert_int_equal(a.blocker_count, b.blocker_count);
        assert_int_equal(a.stage2.count, b.stage2.count);
        for (size_t row = 0; row < a.row_count; row++) {
            assert_int_equal(a.rows[row].level, b.rows[row].level);
            assert_int_equal(a.rows[row].weight, b.rows[row].weight);
            assert_true(text_same(a.rows[row].why_en, b.rows[row].why_en));
        }
    }
    assert_int_equal(kept(s, runs).rows[3].weight, 2);
    runs_close(runs);
}

static size_t points(struct site *s, struct trend_point **out)
{
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    size_t count;
    quietly(s, "UPDATE check_run SET at = at"); /* jobs are taken in order: what was noted is there */
    site_must(call, assure_trend(call, db, model_framework(s->model, TEXT("std")), 30, out, &count));
    store_return(s->store, db);
    return count;
}

static void every_day_leaves_a_point(void **state)
{
    struct site *s = *state;
    struct runs *runs = runs_open(s->model);
    struct trend_point *p;
    assert_int_equal(points(s, &p), 0);
    (void)kept(s, runs);
    (void)kept(s, runs);
    assert_int_equal(points(s, &p), 1);
    assert_true(text_is(p[0].day, "2026-11-23"));
    assert_near(p[0].score, 0);
    site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01'}");
    site_move(s, "paper", site_make(s, "paper", "{'title':'s','sort_of':'statement'}"), "issue");
    struct readiness r = kept(s, runs);
    assert_int_equal(points(s, &p), 1); /* the last of the day */
    assert_true(r.score > 10 && p[0].score > r.score - 0.01 && p[0].score < r.score + 0.01);
    assert_int_equal(p[0].met, r.met);
    assert_int_equal(p[0].of, r.of);
    s->now += INT64_C(86400000000) * 10;
    (void)kept(s, runs);
    assert_int_equal(points(s, &p), 2);
    assert_true(text_is(p[1].day, "2026-12-03"));
    s->now += INT64_C(86400000000) * 25;
    assert_int_equal(points(s, &p), 1);
    runs_close(runs);
}

static struct past past_at(struct site *s, int64_t moment)
{
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    struct past p;
    quietly(s, "UPDATE check_run SET at = at"); /* what was noted is there */
    site_must(call, assure_past(call, db, s->model, model_framework(s->model, TEXT("std")), moment, &p));
    store_return(s->store, db);
    return p;
}

static void the_past_is_as_it_was_found(void **state)
{
    struct site *s = *state;
    struct runs *runs = runs_open(s->model);
    int64_t first = s->now;
    assert_false(past_at(s, s->now).found);
    (void)breaks(s, runs, "c-tested"); /* the checks are found already: readiness is kept all the same */
    struct readiness then = kept(s, runs);
    s->now += INT64_C(86400000000) * 3;
    site_make(s, "machine", "{'title':'m','tested_on':'2026-11-01'}");
    site_move(s, "paper", site_make(s, "paper", "{'title':'s','sort_of':'statement'}"), "issue");
    struct readiness now = kept(s, runs);
    assert_false(past_at(s, first - 1).found);
    struct past before = past_at(s, s->now - 1), last = past_at(s, s->now + 5);
    assert_true(before.found && before.detailed && last.detailed);
    assert_true(text_is(before.numbers.day, "2026-11-23"));
    assert_true(text_is(last.numbers.day, "2026-11-26"));
    assert_int_equal(before.row_count, then.row_count);
    assert_int_equal(last.check_count, now.check_count);
    for (size_t i = 0; i < now.row_count; i++) {
        assert_int_equal(before.rows[i].level, then.rows[i].level);
        assert_int_equal(last.rows[i].level, now.rows[i].level);
        assert_int_equal(last.rows[i].proven, now.rows[i].proven);
    }
    assert_true(text_same(last.hash, now.method->hash) && last.standard);
    runs_close(runs);
}

static void what_an_earlier_release_did_not_keep_is_unknown(void **state)
{
    static const char *const details[] = {"NULL", "'{'", "'[]'", "'{\"rows\": 7}'",
                                          "'{\"rows\": {\"1.1\": 9, \"x\": \"4\"}, \"checks\": {\"c-paper\": \"x\", \"n\": []}}'"};
    struct site *s = *state;
    struct runs *runs = runs_open(s->model);
    (void)kept(s, runs);
    for (size_t i = 0; i < COUNT(details); i++) {
        quietly(s, text_c(s->arena, text_print(s->arena, "UPDATE readiness_run SET detail = %s", details[i])));
        struct past p = past_at(s, s->now);
        assert_true(p.found);
        assert_int_equal(p.detailed, i == COUNT(details) - 1);
        assert_true(p.row_count <= 1 && p.check_count <= 1);
    }
    runs_close(runs);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(kept_until_an_entry),
        SITE_TEST(kept_no_longer_after_very_many),
        SITE_TEST(records_are_kept_with_it),
        SITE_TEST(the_same_as_computed),
        SITE_TEST(every_day_leaves_a_point),
        SITE_TEST(the_past_is_as_it_was_found),
        SITE_TEST(what_an_earlier_release_did_not_keep_is_unknown),
    };
    return site_run(argc, argv, "assure runs", tests, COUNT(tests));
}
