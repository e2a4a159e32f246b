/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/check_test.c — running one check. */
#include "site.h"

#define MADE_REASONS {{.code = {"x", 1}}, {.code = {"y", 1}}, {.code = {"$4", 2}}}

static const struct check *named(struct site *s, const char *name)
{
    const struct check *c = model_check(s->model, text_of(name));
    assert_non_null(c);
    return c;
}

static void no_data_is_no_pass(void **state)
{
    struct site *s = *state;
    struct check_result c = site_check(s, named(s, "c-tested"));
    assert_int_equal(c.state, CHECK_NO_DATA);
    assert_int_equal(c.population, 0);
    assert_int_equal(c.breaks, 0);
}

static void names_what_breaks_it(void **state)
{
    struct site *s = *state;
    site_make(s, "machine", "{'title':'good','tested_on':'2026-11-01'}");
    struct text never = site_make(s, "machine", "{'title':'never'}");
    struct check_result c = site_check(s, named(s, "c-tested"));
    assert_int_equal(c.state, CHECK_FAIL);
    assert_int_equal(c.population, 2);
    assert_int_equal(c.breaks, 1);
    assert_int_equal(c.record_count, 1);
    assert_true(text_same(c.records[0].id, never));
    assert_true(text_is(c.records[0].kind, "machine"));
    assert_true(text_is(c.records[0].reason, "never"));
    site_change(s, "machine", never, "{'tested_on':'2026-11-02'}");
    c = site_check(s, named(s, "c-tested"));
    assert_int_equal(c.state, CHECK_PASS);
    assert_int_equal(c.breaks, 0);
}

static void a_year_ago_is_the_same_day(void **state)
{
    struct site *s = *state;
    struct text id = site_make(s, "machine", "{'title':'m','tested_on':'2025-11-23'}");
    assert_int_equal(site_check(s, named(s, "c-tested")).state, CHECK_PASS);
    site_change(s, "machine", id, "{'tested_on':'2025-11-22'}");
    struct check_result c = site_check(s, named(s, "c-tested"));
    assert_int_equal(c.state, CHECK_FAIL);
    assert_true(text_is(c.records[0].reason, "old"));
}

/* One row when the text equals the parameter, none otherwise. */
static int64_t holds(struct site *s, const char *sql, const char *now)
{
    struct check c = {.name = TEXT("made"),
                      .reasons = MADE_REASONS,
                      .reason_count = 3,
                      .population = sql,
                      .breaks =
                          "SELECT 'machine' AS kind, '' AS id, '$4' AS reason FROM machine"};
    assert_true(moment_read(text_of(now), &s->now));
    return site_check(s, &c).population;
}

static void parameters_are_what_is_documented(void **state)
{
    struct site *s = *state;
    const char *leap = "2028-02-29T08:00:00Z", *long_month = "2026-08-31T23:59:59.5Z";
    assert_int_equal(holds(s, "SELECT count(*) WHERE $1 = '2028-02-29'", leap), 1);
    assert_int_equal(holds(s, "SELECT count(*) WHERE $1 > $2 AND $2 = '2027-02-28'", leap), 1);
    assert_int_equal(holds(s, "SELECT count(*) WHERE $3 = '2026-02-28'", long_month), 1);
    assert_int_equal(
        holds(s, "SELECT count(*) WHERE $3 = '2025-09-23'", "2026-03-23T00:00:00Z"), 1);
    assert_int_equal(
        holds(s, "SELECT count(*) WHERE $4 = '2026-08-31T23:59:59.500000Z'", long_month), 1);
    assert_int_equal(holds(s, "SELECT count(*) WHERE $5 = '2027-12-31'", leap), 1);
    assert_int_equal(holds(s, "SELECT count(*) WHERE '$1' = $1", leap), 0);
}

static void counts_all_and_keeps_a_thousand(void **state)
{
    struct site *s = *state;
    struct check c = {.name = TEXT("made"),
                      .reasons = MADE_REASONS,
                      .reason_count = 3,
                      .population = "SELECT count(*) FROM machine",
                      .breaks = "SELECT 'machine' AS kind, a.id || b.id || c.id AS id, 'x' AS "
                                "reason FROM machine a, machine b, machine c"};
    for (int i = 0; i < 11; i++)
        site_make(s, "machine", "{'title':'m'}");
    struct check_result out = site_check(s, &c);
    assert_int_equal(out.population, 11);
    assert_int_equal(out.breaks, 1331);
    assert_int_equal(out.record_count, 1000);
}

/* U8: what breaks for two reasons is one record, on two lines. */
static void a_record_counts_once(void **state)
{
    struct site *s = *state;
    struct check c = {.name = TEXT("made"),
                      .reasons = MADE_REASONS,
                      .reason_count = 3,
                      .population = "SELECT count(*) FROM machine",
                      .breaks = "SELECT 'machine' AS kind, id, 'x' AS reason FROM machine "
                                "UNION ALL SELECT 'machine', id, 'y' FROM machine"};
    site_make(s, "machine", "{'title':'one'}");
    site_make(s, "machine", "{'title':'two'}");
    struct check_result out = site_check(s, &c);
    assert_int_equal(out.breaks, 2);
    assert_int_equal(out.record_count, 4);
}

static void more_than_can_be_read_still_fails(void **state)
{
    struct site *s = *state;
    struct check c = {.name = TEXT("made"),
                      .reasons = MADE_REASONS,
                      .reason_count = 3,
                      .population = "SELECT count(*) FROM machine",
                      .breaks = "SELECT 'machine' AS kind, a.id AS id, 'x' AS reason FROM "
                                "machine a, machine b, machine c, machine d, machine e"};
    for (int i = 0; i < 11; i++)
        site_make(s, "machine", "{'title':'m'}");
    struct check_result out = site_check(s, &c);
    assert_int_equal(out.state, CHECK_FAIL);
    assert_int_equal(out.breaks, READ_MOST);
}

static void wrong_checks_are_errors(void **state)
{
    static const char *const wrong[][2] = {
        {"SELECT nothing FROM machine", "SELECT 1"},
        {"SELECT count(*), 1 FROM machine", "SELECT 1"},
        {"SELECT id FROM machine LIMIT 1", "SELECT 1"},
        {"SELECT count(*) FROM machine", "SELECT id FROM machine"}};
    struct site *s = *state;
    site_make(s, "machine", "{'title':'m'}");
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct check c = {
            .name = TEXT("made"), .population = wrong[i][0], .breaks = wrong[i][1]};
        struct check_result out;
        struct call *call = site_call(s);
        struct reader *db = store_reader(s->store);
        assert_int_equal(assure_check(call, s->records, db, &c, &out), ERR_BUG);
        store_return(s->store, db);
        assert_true(text_is(call->problems->field, "made"));
        assert_true(text_is(call->problems->code, "check"));
    }
}

static void all_checks_of_the_model(void **state)
{
    struct site *s = *state;
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    struct check_result *results;
    size_t count;
    site_must(call, assure_checks(call, s->records, db, &results, &count));
    store_return(s->store, db);
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(results[i].state, CHECK_NO_DATA);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(no_data_is_no_pass),
        SITE_TEST(names_what_breaks_it),
        SITE_TEST(a_year_ago_is_the_same_day),
        SITE_TEST(parameters_are_what_is_documented),
        SITE_TEST(counts_all_and_keeps_a_thousand),
        SITE_TEST(a_record_counts_once),
        SITE_TEST(more_than_can_be_read_still_fails),
        SITE_TEST(wrong_checks_are_errors),
        SITE_TEST(all_checks_of_the_model),
    };
    return site_run(argc, argv, "assure check", tests, COUNT(tests));
}
