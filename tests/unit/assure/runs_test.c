/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/runs_test.c — what checks gave is kept while nothing can have changed, and not
 * one entry or one night longer; every day leaves a point. */
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
    assert_int_equal(breaks(s, runs, "c-tested"), 1);
    quietly(s, "UPDATE machine SET tested_on = '2025-11-23'");
    s->now += INT64_C(86400000000);
    assert_int_equal(breaks(s, runs, "c-tested"), 1); /* another day: a year and a day ago */
    quietly(s, "UPDATE machine SET tested_on = '2026-11-01'");
    s->now += INT64_C(86400000000);
    assert_int_equal(breaks(s, runs, "c-tested"), 0);
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(kept_until_an_entry),
        SITE_TEST(the_same_as_computed),
        SITE_TEST(every_day_leaves_a_point),
    };
    return site_run(argc, argv, "assure runs", tests, COUNT(tests));
}
