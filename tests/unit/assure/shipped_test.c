/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/shipped_test.c — the model that ships, on real tables: every check runs,
 * and an organisation that has just begun has no score, no proof and two shut gates. */
#include "site.h"
#include "store/write.h"

static size_t register_rows(const struct model *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->framework_count; i++)
        for (size_t row = 0; row < m->frameworks[i].row_count; row++)
            count += text_same(m->frameworks[i].rows[row].type, m->frameworks[i].register_rows);
    return count;
}

static void every_check_runs(void **state)
{
    struct site *s = *state;
    struct call *call = site_call(s);
    struct reader *db = store_reader(s->store);
    for (size_t i = 0; i < s->model->check_count; i++) {
        struct check_result c;
        site_must(call, assure_check(call, s->records, db, &s->model->checks[i], &c));
        assert_int_equal(c.state, CHECK_NO_DATA);
        /* The second query too, which an empty population would spare. */
        struct check as_if = s->model->checks[i];
        as_if.population = "SELECT 1";
        site_must(call, assure_check(call, s->records, db, &as_if, &c));
        assert_int_equal(c.state, CHECK_PASS);
    }
    store_return(s->store, db);
}

static void a_new_organisation(void **state)
{
    struct site *s = *state;
    struct call *call = site_call(s);
    size_t made;
    site_must(call, assure_registers(call, s->records, &made));
    assert_int_equal(made, register_rows(s->model));
    for (size_t i = 0; i < s->model->framework_count; i++) {
        const struct framework *f = &s->model->frameworks[i];
        struct readiness r = site_ready(s, text_c(s->arena, f->name));
        assert_int_equal(r.row_count, f->row_count);
        assert_int_equal(r.of, f->row_count);
        assert_int_equal(r.met, 0);
        assert_near(r.score, 0);
        assert_near(r.proof_ratio, 0);
        assert_false(r.ready || r.stage1.ready || r.stage2.ready);
        for (size_t row = 0; row < r.row_count; row++)
            assert_true(r.rows[row].why_en.len && r.rows[row].why_zh.len);
    }
}

/* What the rules of docs/readiness.md rest on is in the file of the standard. */
static void the_register_bears_on_levels(void **state)
{
    struct site *s = *state;
    const struct framework *f = model_framework(s->model, TEXT("iso-42001"));
    assert_non_null(f);
    assert_int_equal(f->level_count, 4);
    for (size_t i = 0; i < f->level_count; i++)
        assert_int_equal(f->levels[i], i + 1);
    assert_int_equal(f->excluded_count, 1);
    assert_non_null(model_check(s->model, f->register_approval));
    assert_true(f->stage1_count > 0);
}

/* ---- checks that turn on dates -------------------------------------------------------------
 */
/* Rows as they would have come about months ago; the store is young. */
static enum err put_row(struct job *job, struct call *call, struct tx *tx)
{
    struct value salt = V_BYTES(TEXT("salt"));
    return tx_exec(call, tx, job->arg, &salt, 1, NULL);
}

static void put(struct site *s, struct text sql)
{
    struct call *call = site_call(s);
    site_must(call, store_run(s->store, call, put_row, (void *)(uintptr_t)sql.at));
}

static void put_record(struct site *s, const char *kind, const char *id, const char *columns,
                       const char *values)
{
    put(s, text_print(s->arena,
                      "INSERT INTO %s(id, ledger, commitment, key, version%s) VALUES ('%s', 0, "
                      "$1, '%s', 1%s)",
                      kind, columns, id, id, values));
}

static void put_version(struct site *s, const char *kind, const char *id, int version,
                        const char *state, const char *at)
{
    put(s, text_print(s->arena,
                      "INSERT INTO version(kind, id, version, at, ledger, salt, body) VALUES "
                      "('%s', '%s', %d, '%s', 0, $1, "
                      "'{\"key\":\"%s\",\"state\":\"%s\",\"version\":%d,\"title\":\"t\"}')",
                      kind, id, version, at, id, state, version));
}

static struct check_result checked(struct site *s, const char *name)
{
    return site_check(s, model_check(s->model, text_of(name)));
}

static void put_assessment(struct site *s, const char *id, const char *approved)
{
    static const char *const dims[] = {"I-CUS", "I-EMP", "I-SOC", "I-PRI",
                                       "I-HR",  "I-FAI", "I-SAF"};
    put_record(s, "impact_assessment", id, ", state, system, valid_until",
               ", 'in_force', 'sys', '2027-01-31'");
    put_version(s, "impact_assessment", id, 1, "approval", "2024-01-01T00:00:00.000000Z");
    put_version(s, "impact_assessment", id, 2, "approved", approved);
    for (size_t i = 0; i < COUNT(dims); i++)
        put(s, text_print(s->arena,
                          "INSERT INTO impact_assessment__dims(record, pos, dimension, "
                          "relevant, why) SELECT '%s', %zu, '%s', 0, 'because' WHERE $1 IS NOT "
                          "NULL",
                          id, i, dims[i]));
}

static void expect_break(struct site *s, const char *check, const char *reason)
{
    struct check_result c = checked(s, check);
    assert_int_equal(c.state, reason ? CHECK_FAIL : CHECK_PASS);
    assert_int_equal(c.population, 1);
    assert_int_equal(c.breaks, reason ? 1 : 0);
    if (reason)
        assert_true(text_is(c.records[0].reason, reason));
}

/* The store of the tests is at 2026-11-23. Twelve months for all, six where the impact is high.
 */
static void an_assessment_grows_old(void **state)
{
    struct site *s = *state;
    put_record(s, "ai_system", "sys", ", state, materiality", ", 'operating', 'medium'");
    put_assessment(s, "old", "2025-11-22T23:59:59.000000Z");
    expect_break(s, "chk-10", "older_than_a_year");
    put_assessment(s, "fresh", "2025-11-23T00:00:00.000000Z");
    expect_break(s, "chk-10", NULL);
    put(s, TEXT("UPDATE ai_system SET impact_level = 4 WHERE $1 IS NOT NULL"));
    expect_break(s, "chk-10", "older_than_half_a_year");
    put(s, TEXT("UPDATE ai_system SET impact_level = 3, materiality = 'high' WHERE $1 IS NOT "
                "NULL"));
    expect_break(s, "chk-10", "older_than_half_a_year");
    put_assessment(s, "renewed", "2026-05-23T00:00:00.000000Z");
    expect_break(s, "chk-10", NULL);
}

/* What was added to it later, in the same state, does not make it younger. */
static void a_note_does_not_renew(void **state)
{
    struct site *s = *state;
    put_record(s, "ai_system", "sys", ", state, materiality", ", 'operating', 'low'");
    put_assessment(s, "old", "2025-10-01T00:00:00.000000Z");
    put_version(s, "impact_assessment", "old", 3, "approved", "2026-11-01T00:00:00.000000Z");
    expect_break(s, "chk-10", "older_than_a_year");
}

static void a_dimension_must_be_answered(void **state)
{
    struct site *s = *state;
    put_record(s, "ai_system", "sys", ", state", ", 'operating'");
    put_assessment(s, "a", "2026-11-01T00:00:00.000000Z");
    put(s,
        TEXT("UPDATE impact_assessment__dims SET why = '' WHERE pos = 6 AND $1 IS NOT NULL"));
    expect_break(s, "chk-10", "dimensions_missing");
    put(s, TEXT("UPDATE impact_assessment__dims SET relevant = 1, harm = 'h' WHERE pos = 6 AND "
                "$1 IS NOT NULL"));
    expect_break(s, "chk-10", "dimensions_missing");
    put(s, TEXT("UPDATE impact_assessment__dims SET severity = 2 WHERE pos = 6 AND $1 IS NOT "
                "NULL"));
    expect_break(s, "chk-10", NULL);
}

static void put_treatment(struct site *s, int n, const char *now, const char *implemented)
{
    const char *id = text_c(s->arena, text_print(s->arena, "t%d", n));
    put_record(s, "treatment", id, ", state",
               text_c(s->arena, text_print(s->arena, ", '%s'", now)));
    put_version(s, "treatment", id, 1, "in_progress", "2025-01-01T00:00:00.000000Z");
    put_version(s, "treatment", id, 2, "implemented", implemented);
}

/* Sixty days before 2026-11-23 is 2026-09-24; nine in ten of those must be effective. */
static void nine_treatments_in_ten_are_verified(void **state)
{
    struct site *s = *state;
    put_treatment(s, 0, "implemented", "2026-09-24T00:00:00.000000Z");
    assert_int_equal(checked(s, "chk-13").state, CHECK_NO_DATA);
    for (int n = 1; n <= 8; n++)
        put_treatment(s, n, "effective", "2026-01-01T00:00:00.000000Z");
    put_treatment(s, 9, "verifying", "2026-09-23T23:59:59.000000Z");
    struct check_result c = checked(s, "chk-13");
    assert_int_equal(c.state, CHECK_FAIL);
    assert_int_equal(c.population, 9);
    assert_int_equal(c.breaks, 1);
    assert_true(text_is(c.records[0].id, "t9"));
    put_treatment(s, 10, "effective", "2026-01-01T00:00:00.000000Z");
    c = checked(s, "chk-13");
    assert_int_equal(c.population, 10);
    assert_int_equal(c.state, CHECK_PASS);
    put_treatment(s, 11, "ineffective", "2026-01-01T00:00:00.000000Z");
    c = checked(s, "chk-13");
    assert_int_equal(c.breaks, 2);
}

static void a_risk_assessment_grows_old(void **state)
{
    struct site *s = *state;
    put_record(s, "ai_system", "sys", ", state, materiality", ", 'operating', 'low'");
    put_record(s, "risk", "r", ", state, system", ", 'monitored', 'sys'");
    put_version(s, "risk", "r", 1, "evaluated", "2025-11-22T23:59:59.000000Z");
    expect_break(s, "chk-09", "old");
    put_version(s, "risk", "r", 3, "evaluated", "2025-11-23T00:00:00.000000Z");
    expect_break(s, "chk-09", NULL);
    put(s, TEXT("UPDATE ai_system SET materiality = 'high' WHERE $1 IS NOT NULL"));
    expect_break(s, "chk-09", "old");
    put_version(s, "risk", "r", 5, "evaluated", "2026-05-23T00:00:00.000000Z");
    expect_break(s, "chk-09", NULL);
}

/* A high risk that gets its treatment after the statement was approved asks for a new one. */
static void the_statement_follows_the_risks(void **state)
{
    struct site *s = *state;
    put_record(s, "soa_entry", "c", ", state, control, justification",
               ", 'applicable', 'iso-42001:A.2.2', 'j'");
    put_record(s, "document", "d", ", state, doc_type", ", 'published', 'soa'");
    put_version(s, "document", "d", 1, "approved", "2026-03-01T00:00:00.000000Z");
    put_version(s, "document", "d", 2, "published", "2026-03-02T00:00:00.000000Z");
    put_record(s, "risk", "r", ", state, current_band", ", 'in_treatment', 'high'");
    put_version(s, "risk", "r", 1, "treatment_decided", "2026-02-01T00:00:00.000000Z");
    expect_break(s, "chk-12", NULL);
    put_version(s, "risk", "r", 3, "treatment_decided", "2026-03-01T12:00:00.000000Z");
    expect_break(s, "chk-12", "older_than_risks");
    put(s, TEXT("UPDATE risk SET current_band = 'medium' WHERE $1 IS NOT NULL"));
    expect_break(s, "chk-12", NULL);
}

static void users_are_told_in_their_languages(void **state)
{
    struct site *s = *state;
    put_record(s, "document", "d", ", state, review_due, lang",
               ", 'published', '2027-01-01', '|en|'");
    put_record(s, "ai_system", "sys", ", state, user_info, languages",
               ", 'operating', 'd', '|en|zh|'");
    expect_break(s, "chk-19", "language_missing");
    put(s, TEXT("UPDATE document SET lang = '|de|zh|en|' WHERE $1 IS NOT NULL"));
    expect_break(s, "chk-19", NULL);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(every_check_runs),
        SITE_TEST(a_new_organisation),
        SITE_TEST(the_register_bears_on_levels),
        SITE_TEST(an_assessment_grows_old),
        SITE_TEST(a_note_does_not_renew),
        SITE_TEST(a_dimension_must_be_answered),
        SITE_TEST(nine_treatments_in_ten_are_verified),
        SITE_TEST(a_risk_assessment_grows_old),
        SITE_TEST(the_statement_follows_the_risks),
        SITE_TEST(users_are_told_in_their_languages),
    };
    return site_run(argc, argv, "assure shipped", tests, COUNT(tests));
}
