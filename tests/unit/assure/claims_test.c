/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/claims_test.c — what each check that ships may claim: rows as they would have
 * come about months ago are put into the tables of a young store (it is 2026-11-23 there), and the
 * check must say what an auditor would. B and R lines of the review are named where they end. */
#include "site.h"
#include "store/write.h"

#include <string.h>

#define LONG_AGO "2025-01-01T00:00:00.000000Z"
#define TODAY "2026-11-23T00:00:00.000000Z"

/* ---- putting rows ------------------------------------------------------------------------ */
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

static void set(struct site *s, const char *what) /* "risk SET due = '…'" */
{
    put(s, text_print(s->arena, "UPDATE %s%s$1 IS NOT NULL", what,
                      strstr(what, "WHERE") ? " AND " : " WHERE "));
}

static void put_at(struct site *s, const char *kind, const char *id, const char *created,
                   const char *columns, const char *values)
{
    put(s, text_print(s->arena,
                      "INSERT INTO %s(id, ledger, commitment, key, version, created_at%s) VALUES "
                      "('%s', 0, $1, '%s', 1, '%s'%s)",
                      kind, columns, id, id, created, values));
}

static void put_record(struct site *s, const char *kind, const char *id, const char *columns,
                       const char *values)
{
    put_at(s, kind, id, LONG_AGO, columns, values);
}

/* The record was in the state from that moment on, the last one until now. */
static void put_stay(struct site *s, const char *kind, const char *id, int version,
                     const char *state, const char *since, const char *move)
{
    put(s, text_print(s->arena,
                      "UPDATE stay SET until = '%s' WHERE kind = '%s' AND id = '%s' AND until IS "
                      "NULL AND $1 IS NOT NULL",
                      since, kind, id));
    put(s, text_print(s->arena,
                      "INSERT INTO stay(kind, id, version, state, since, person, move) SELECT "
                      "'%s', '%s', %d, '%s', '%s', '', '%s' WHERE $1 IS NOT NULL",
                      kind, id, version, state, since, move));
}

static void put_body(struct site *s, const char *kind, const char *id, int version,
                     const char *at, const char *body)
{
    struct text quoted = text_copy(s->arena, text_of(body));
    char *bytes = (char *)(uintptr_t)quoted.at;
    for (size_t i = 0; i < quoted.len; i++)
        bytes[i] = bytes[i] == '`' ? '"' : bytes[i];
    put(s, text_print(s->arena,
                      "INSERT INTO version(kind, id, version, at, ledger, salt, body) VALUES "
                      "('%s', '%s', %d, '%s', 0, $1, '%.*s')",
                      kind, id, version, at, TEXT_ARG(quoted)));
}

static void put_link(struct site *s, const char *kind, const char *id, const char *type,
                     const char *to_kind, const char *to)
{
    put(s, text_print(s->arena,
                      "INSERT INTO link(from_kind, from_id, type, pos, to_kind, to_id, free) "
                      "SELECT '%s', '%s', '%s', (SELECT count(*) FROM link), '%s', '%s', 0 "
                      "WHERE $1 IS NOT NULL",
                      kind, id, type, to_kind, to));
}

static void put_line(struct site *s, const char *table, const char *columns, const char *values)
{
    put(s, text_print(s->arena,
                      "INSERT INTO %s(pos, %s) SELECT (SELECT count(*) FROM %s), %s WHERE $1 IS "
                      "NOT NULL",
                      table, columns, table, values));
}

/* ---- expecting --------------------------------------------------------------------------- */
static struct check_result checked(struct site *s, const char *name)
{
    return site_check(s, model_check(s->model, text_of(name)));
}

static bool gives(const struct check_result *c, const char *reason)
{
    for (size_t i = 0; i < c->record_count; i++)
        if (text_is(c->records[i].reason, reason))
            return true;
    return false;
}

/* reason NULL: passes. */
static void expect(struct site *s, const char *check, const char *reason)
{
    struct check_result c = checked(s, check);
    if (c.state != (reason ? CHECK_FAIL : CHECK_PASS) || (reason && !gives(&c, reason)))
        fail_msg("%s: state %d, %lld breaks, the first for %.*s; wanted %s", check, c.state,
                 (long long)c.breaks,
                 TEXT_ARG(c.record_count ? c.records[0].reason : TEXT("nothing")),
                 reason ? reason : "a pass");
}

static void expect_no_data(struct site *s, const char *check)
{
    assert_int_equal(checked(s, check).state, CHECK_NO_DATA);
}

static void expect_not(struct site *s, const char *check, const char *reason)
{
    struct check_result c = checked(s, check);
    assert_false(gives(&c, reason));
}

/* ---- impact assessments ------------------------------------------------------------------ */
static void put_system(struct site *s, const char *more, const char *values)
{
    put_record(s, "ai_system", "sys", text_c(s->arena, text_print(s->arena, ", state%s", more)),
               text_c(s->arena, text_print(s->arena, ", 'operating'%s", values)));
}

static void put_assessment(struct site *s, const char *id, const char *approved)
{
    static const char *const dims[] = {"I-CUS", "I-EMP", "I-SOC", "I-PRI",
                                       "I-HR",  "I-FAI", "I-SAF"};
    put_record(s, "impact_assessment", id, ", state, system, valid_until, system_version",
               ", 'in_force', 'sys', '2027-01-31', '1'");
    put_stay(s, "impact_assessment", id, 1, "approval", "2024-01-01T00:00:00.000000Z", "");
    put_stay(s, "impact_assessment", id, 2, "approved", approved, "approve");
    put_stay(s, "impact_assessment", id, 3, "in_force", approved, "enter_into_force");
    for (size_t i = 0; i < COUNT(dims); i++)
        put(s, text_print(s->arena,
                          "INSERT INTO impact_assessment__dims(record, pos, dimension, "
                          "relevant, why) SELECT '%s', %zu, '%s', 0, 'because' WHERE $1 IS NOT "
                          "NULL",
                          id, i, dims[i]));
}

static void put_criteria(struct site *s, const char *columns, const char *values)
{
    put_record(s, "risk_criteria", "cri",
               text_c(s->arena, text_print(s->arena, ", state, applies_from, review_due, %s",
                                           columns)),
               text_c(s->arena, text_print(s->arena,
                                           ", 'approved', '2026-01-01', '2027-01-01', %s",
                                           values)));
}

/* Twelve months for all, six where the impact is high, unless the criteria in force say more. */
static void an_assessment_grows_old(void **state)
{
    struct site *s = *state;
    put_system(s, ", materiality", ", 'medium'");
    put_assessment(s, "old", "2025-11-22T23:59:59.000000Z");
    expect(s, "chk-10", "too_old");
    put_assessment(s, "fresh", "2025-11-23T00:00:00.000000Z");
    expect(s, "chk-10", NULL);
    set(s, "ai_system SET impact_level = 4");
    expect(s, "chk-10", "too_old_high");
    set(s, "ai_system SET impact_level = 3, materiality = 'high'");
    expect(s, "chk-10", "too_old_high");
    put_assessment(s, "renewed", "2026-05-23T00:00:00.000000Z");
    expect(s, "chk-10", NULL);
    put_criteria(s, "high_interval, other_interval", "3, 12");
    expect(s, "chk-10", "too_old_high");
    set(s, "risk_criteria SET applies_from = '2026-12-01'"); /* not in force yet */
    expect(s, "chk-10", NULL);
}

/* B10, R2: what nobody assessed proves no assessment, and facts decide who may be spared. */
static void nothing_assessed_proves_no_assessment(void **state)
{
    struct site *s = *state;
    put_system(s, ", materiality, decision_effect, vulnerable_groups", ", 'low', 'none', 0");
    put_record(s, "impact_assessment", "a", ", state, system", ", 'not_required', 'sys'");
    put_stay(s, "impact_assessment", "a", 1, "not_required", TODAY, "not_required");
    expect_no_data(s, "chk-10");
    expect(s, "chk-aia-2", NULL);
    static const char *const facts[] = {"materiality = 'high'",
                                        "decision_effect = 'materially_influences'",
                                        "decision_effect = 'decides'", "vulnerable_groups = 1"};
    for (size_t i = 0; i < COUNT(facts); i++) {
        set(s, "ai_system SET materiality = 'low', decision_effect = 'none', vulnerable_groups = 0");
        set(s, text_c(s->arena, text_print(s->arena, "ai_system SET %s", facts[i])));
        expect(s, "chk-10", "wrongly_spared");
        expect(s, "chk-aia-2", "wrongly_spared");
        expect(s, "chk-14", "gate_no_assessment");
    }
    set(s, "ai_system SET materiality = 'low', decision_effect = 'none', vulnerable_groups = 0");
    set(s, "stay SET since = '2025-11-22T12:00:00.000000Z'"); /* it ages like an assessment */
    expect(s, "chk-10", "wrongly_spared");
}

/* B10: about the version that runs. */
static void an_assessment_is_about_a_version(void **state)
{
    struct site *s = *state;
    put_system(s, ", running_version", ", '2'");
    put_assessment(s, "a", "2026-11-01T00:00:00.000000Z");
    expect(s, "chk-10", "other_version");
    set(s, "impact_assessment SET system_version = '2'");
    expect(s, "chk-10", NULL);
}

/* B9: begun is not done. */
static void begun_is_not_done(void **state)
{
    struct site *s = *state;
    put_system(s, "", "");
    expect(s, "chk-aia-2", "none_started");
    put_record(s, "impact_assessment", "a", ", state, system", ", 'drafting', 'sys'");
    expect(s, "chk-aia-2", "unfinished");
    put_assessment(s, "b", "2020-01-01T00:00:00.000000Z");
    set(s, "impact_assessment SET state = 'expired'");
    expect(s, "chk-aia-2", NULL);
    expect(s, "chk-10", "expired");
}

static void a_dimension_must_be_answered(void **state)
{
    struct site *s = *state;
    put_system(s, "", "");
    put_assessment(s, "a", "2026-11-01T00:00:00.000000Z");
    set(s, "impact_assessment__dims SET why = '' WHERE pos = 6");
    expect(s, "chk-10", "dimensions_missing");
    set(s, "impact_assessment__dims SET relevant = 1, harm = 'h' WHERE pos = 6");
    expect(s, "chk-10", "dimensions_missing");
    set(s, "impact_assessment__dims SET severity = 2 WHERE pos = 6");
    expect(s, "chk-10", NULL);
}

/* ---- treatments and risks ---------------------------------------------------------------- */
static void put_treatment(struct site *s, int n, const char *now, const char *implemented)
{
    const char *id = text_c(s->arena, text_print(s->arena, "t%d", n));
    put_record(s, "treatment", id, ", state",
               text_c(s->arena, text_print(s->arena, ", '%s'", now)));
    put_stay(s, "treatment", id, 1, "in_progress", LONG_AGO, "");
    put_stay(s, "treatment", id, 2, "implemented", implemented, "implement");
}

/* Sixty days before 2026-11-23 is 2026-09-24; nine in ten of those must be effective. B14: one
 * that was given up afterwards is not taken out of the count. */
static void nine_treatments_in_ten_are_verified(void **state)
{
    struct site *s = *state;
    put_treatment(s, 0, "implemented", "2026-09-24T00:00:00.000000Z");
    expect_no_data(s, "chk-13");
    for (int n = 1; n <= 8; n++)
        put_treatment(s, n, "effective", "2026-01-01T00:00:00.000000Z");
    put_treatment(s, 9, "verifying", "2026-09-23T23:59:59.000000Z");
    struct check_result c = checked(s, "chk-13");
    assert_int_equal(c.state, CHECK_FAIL);
    assert_int_equal(c.population, 9);
    assert_int_equal(c.breaks, 1);
    assert_true(text_is(c.records[0].id, "t9"));
    put_treatment(s, 10, "effective", "2026-01-01T00:00:00.000000Z");
    expect(s, "chk-13", NULL);
    set(s, "treatment SET state = 'cancelled' WHERE id = 't10'");
    expect(s, "chk-13", "given_up");
    put_treatment(s, 11, "ineffective", "2026-01-01T00:00:00.000000Z");
    assert_int_equal(checked(s, "chk-13").breaks, 3);
}

static void a_risk_assessment_grows_old(void **state)
{
    struct site *s = *state;
    put_system(s, ", materiality", ", 'low'");
    expect(s, "chk-09", "no_risk");
    put_record(s, "risk", "r", ", state, system", ", 'monitored', 'sys'");
    put_stay(s, "risk", "r", 1, "evaluated", "2025-11-22T23:59:59.000000Z", "");
    expect(s, "chk-09", "old");
    put_stay(s, "risk", "r", 3, "evaluated", "2025-11-23T00:00:00.000000Z", "");
    expect(s, "chk-09", NULL);
    set(s, "ai_system SET materiality = 'high'");
    expect(s, "chk-09", "old");
    put_stay(s, "risk", "r", 5, "evaluated", "2026-05-23T00:00:00.000000Z", "");
    expect(s, "chk-09", NULL);
    put_criteria(s, "high_interval, other_interval", "5, 24"); /* B7 */
    expect(s, "chk-09", "old");
    set(s, "ai_system SET materiality = 'low'");
    expect(s, "chk-09", NULL);
    set(s, "risk SET current_band = 'high'"); /* a high risk, whatever the system */
    expect(s, "chk-09", "old");
}

/* R5, B7: whoever reports is not punished; whoever does nothing about it for thirty days is. */
static void reporting_is_not_punished(void **state)
{
    struct site *s = *state;
    put_system(s, "", "");
    put_record(s, "risk", "known", ", state, system", ", 'monitored', 'sys'");
    put_stay(s, "risk", "known", 1, "evaluated", "2026-11-01T00:00:00.000000Z", "");
    put_stay(s, "risk", "known", 2, "accepted", "2026-11-02T00:00:00.000000Z", "accept");
    put_at(s, "risk", "new", TODAY, ", state, system", ", 'identified', 'sys'");
    put_stay(s, "risk", "new", 1, "identified", "2026-10-24T00:00:00.000000Z", "");
    expect(s, "chk-09", NULL);
    expect_not(s, "chk-14", "risk_waits");
    set(s, "stay SET since = '2026-10-23T23:59:59.000000Z' WHERE id = 'new'");
    expect(s, "chk-09", "not_evaluated");
    expect(s, "chk-14", "risk_waits"); /* B15 */
    /* moving on without an evaluation does not start the time anew */
    put_stay(s, "risk", "new", 2, "analysed", TODAY, "analyse");
    set(s, "risk SET state = 'analysed' WHERE id = 'new'");
    expect(s, "chk-09", "not_evaluated");
    /* asking for a reassessment is reporting too, and has its own thirty days */
    put_stay(s, "risk", "new", 3, "evaluated", TODAY, "evaluate");
    put_stay(s, "risk", "new", 4, "reassess", TODAY, "reassess");
    set(s, "risk SET state = 'reassess' WHERE id = 'new'");
    expect(s, "chk-09", NULL);
}

/* R5: a system in use that somebody told of today; of one that was released nothing is spared. */
static void a_system_told_of_today(void **state)
{
    static const char *const checks[] = {"chk-09", "chk-10", "chk-14", "chk-42"};
    struct site *s = *state;
    put_at(s, "ai_system", "new", "2026-10-24T00:00:00.000000Z", ", state, use_stage",
           ", 'idea', 'in_use'");
    for (size_t i = 0; i < COUNT(checks); i++)
        expect_no_data(s, checks[i]);
    set(s, "ai_system SET created_at = '2026-10-23T23:59:59.000000Z'");
    for (size_t i = 0; i < COUNT(checks); i++)
        assert_int_equal(checked(s, checks[i]).state, CHECK_FAIL);
    set(s, "ai_system SET created_at = '" TODAY "', state = 'pilot'");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(checked(s, checks[i]).state, CHECK_FAIL);
    set(s, "ai_system SET state = 'archived'"); /* still in use, whatever was done here */
    expect(s, "chk-14", "used_although_stopped");
}

static void put_accepted(struct site *s, const char *band, const char *move)
{
    put_record(s, "risk", "r", ", state, current_band, residual_band, acceptance_until",
               text_c(s->arena, text_print(s->arena, ", 'accepted', '%s', '%s', '2027-01-01'", band,
                                           band)));
    put_stay(s, "risk", "r", 1, "evaluated", LONG_AGO, "");
    put_stay(s, "risk", "r", 2, "accepted", LONG_AGO, move);
}

/* B11, G4: appetite, tolerance and what is intolerable come from the criteria in force. */
static void the_criteria_in_force_are_read(void **state)
{
    struct site *s = *state;
    put_record(s, "risk", "t", ", state, current_band", ", 'in_treatment', 'medium'");
    expect(s, "chk-11", "no_treatment"); /* appetite low, where nothing is approved */
    expect(s, "chk-treat-2", "no_treatment");
    put_criteria(s, "appetite, tolerance, intolerable", "'medium', 'medium', 'very_high'");
    expect(s, "chk-11", NULL);
    expect(s, "chk-treat-2", NULL);
    put_accepted(s, "medium", "accept");
    expect(s, "chk-11", NULL);
    set(s, "risk SET acceptance_until = '2026-11-22'");
    expect(s, "chk-11", "acceptance_over");
    set(s, "risk SET acceptance_until = '2027-01-01'");
    set(s, "risk_criteria SET tolerance = 'low'");
    expect(s, "chk-11", "above_tolerance");
    set(s, "stay SET move = 'accept_above_tolerance' WHERE state = 'accepted'");
    expect(s, "chk-11", NULL);
    set(s, "risk_criteria SET intolerable = 'medium'");
    expect(s, "chk-11", "intolerable");
}

/* B11: what was decided and not yet done, done and not yet looked at, and put away while open. */
static void a_treatment_is_not_forgotten(void **state)
{
    struct site *s = *state;
    put_record(s, "risk", "r", ", state, current_band", ", 'evaluated', 'high'");
    put_stay(s, "risk", "r", 1, "evaluated", "2026-10-24T00:00:00.000000Z", "");
    expect(s, "chk-11", NULL); /* thirty days to decide */
    set(s, "stay SET since = '2026-10-23T00:00:00.000000Z'");
    expect(s, "chk-11", "no_treatment");
    put_record(s, "treatment", "t", ", state, risk, due", ", 'proposed', 'r', '2026-11-22'");
    expect(s, "chk-11", "not_approved");
    set(s, "treatment SET state = 'approved'");
    expect(s, "chk-11", "treatment_overdue");
    set(s, "treatment SET state = 'implemented'");
    put_stay(s, "treatment", "t", 1, "implemented", "2026-09-24T00:00:00.000000Z", "");
    expect(s, "chk-11", NULL);
    set(s, "stay SET since = '2026-09-23T00:00:00.000000Z' WHERE kind = 'treatment'");
    expect(s, "chk-11", "not_verified");
    set(s, "treatment SET state = 'effective'");
    expect(s, "chk-11", NULL);
    put_stay(s, "risk", "r", 2, "archived", TODAY, "archive");
    set(s, "risk SET state = 'archived'"); /* G1 */
    expect(s, "chk-11", "archived_open");
}

static void a_step_has_a_day(void **state)
{
    struct site *s = *state;
    put_record(s, "risk", "r", ", state, current_band, due",
               ", 'evaluated', 'low', '2026-11-22'");
    expect(s, "chk-11", "overdue");
    set(s, "risk SET due = '2026-11-23'");
    expect(s, "chk-11", NULL);
}

static void a_closed_risk_may_be_archived(void **state)
{
    struct site *s = *state;
    put_record(s, "risk", "r", ", state, current_band", ", 'archived', 'high'");
    put_stay(s, "risk", "r", 1, "closed", LONG_AGO, "close");
    put_stay(s, "risk", "r", 2, "archived", TODAY, "archive");
    expect_no_data(s, "chk-11");
}

/* ---- the statement ----------------------------------------------------------------------- */
static void put_rows(struct site *s)
{
    const struct framework *f = model_framework(s->model, TEXT("iso-42001"));
    for (size_t i = 0; i < f->row_count; i++)
        if (text_is(f->rows[i].type, "control"))
            put_record(s, "soa_entry", text_c(s->arena, f->rows[i].row), ", state, control, justification",
                       text_c(s->arena, text_print(s->arena, ", 'applicable', '%.*s', 'j'",
                                                   TEXT_ARG(f->rows[i].id))));
}

static void put_statement(struct site *s)
{
    put_record(s, "document", "d", ", state, doc_type", ", 'published', 'soa'");
    put_body(s, "document", "d", 1, LONG_AGO, "{`doc_type`:`soa`,`review_due`:`2027-01-01`}");
    put_stay(s, "document", "d", 1, "approved", "2026-03-01T00:00:00.000000Z", "approve_soa");
    put_body(s, "document", "d", 2, LONG_AGO, "{`doc_type`:`soa`,`review_due`:`2027-01-01`}");
    put_stay(s, "document", "d", 2, "published", "2026-03-02T00:00:00.000000Z", "publish");
}

/* A high risk that gets its treatment after the statement was approved asks for a new one. */
static void the_statement_follows_the_risks(void **state)
{
    struct site *s = *state;
    put_rows(s);
    expect_no_data(s, "chk-12");
    put_statement(s);
    put_record(s, "risk", "r", ", state, current_band", ", 'in_treatment', 'high'");
    put_stay(s, "risk", "r", 1, "treatment_decided", "2026-02-01T00:00:00.000000Z", "");
    expect(s, "chk-12", NULL);
    put_stay(s, "risk", "r", 3, "treatment_decided", "2026-03-01T12:00:00.000000Z", "");
    expect(s, "chk-12", "older_than_risks");
    set(s, "risk SET current_band = 'medium'");
    expect(s, "chk-12", NULL);
}

/* B12, R2: the rows of the framework are asked for, not the records that are left. */
static void every_control_means_every_control(void **state)
{
    static const char *const checks[] = {"chk-12", "chk-soa-2"};
    struct site *s = *state;
    put_rows(s);
    put_statement(s);
    expect(s, "chk-12", NULL);
    expect(s, "chk-soa-2", NULL);
    set(s, "soa_entry SET state = 'undetermined' WHERE id = 'A.2.2'");
    expect(s, "chk-12", "undecided_control");
    expect(s, "chk-soa-2", "undecided_control");
    set(s, "soa_entry SET state = 'excluded' WHERE id = 'A.2.2'");
    expect(s, "chk-12", NULL);
    put_record(s, "risk", "r", ", state", ", 'evaluated'");
    put_link(s, "risk", "r", "controls", "soa_entry", "A.2.2");
    expect(s, "chk-12", "relied_on");
    set(s, "risk SET state = 'closed'");
    set(s, "soa_entry SET state = 'archived' WHERE id NOT LIKE 'A.2%' AND id NOT LIKE 'A.3%'");
    for (size_t i = 0; i < COUNT(checks); i++) {
        struct check_result c = checked(s, checks[i]);
        assert_int_equal(c.state, CHECK_FAIL);
        assert_int_equal(c.population, 38);
        assert_int_equal(c.breaks, 33);
        assert_true(text_is(c.records[0].reason, "archived_row"));
        assert_true(text_is(c.records[0].kind, "soa_entry"));
    }
    put(s, TEXT("DELETE FROM soa_entry WHERE state = 'archived' AND $1 IS NOT NULL"));
    for (size_t i = 0; i < COUNT(checks); i++) {
        struct check_result c = checked(s, checks[i]);
        assert_int_equal(c.breaks, 33);
        assert_true(text_is(c.records[0].reason, "no_entry"));
        assert_true(text_is(c.records[0].kind, "requirement"));
    }
}

/* B13, R3: while the next statement is written, the approved one stands. */
static void a_statement_under_revision_stands(void **state)
{
    static const char *const states[] = {"under_revision", "in_review", "draft"};
    struct site *s = *state;
    put_rows(s);
    put_record(s, "document", "d", ", state, doc_type", ", 'draft', 'soa'");
    expect(s, "chk-soa-approved", "not_approved");
    expect(s, "chk-12", "not_approved");
    put(s, TEXT("DELETE FROM document WHERE $1 IS NOT NULL"));
    put_statement(s);
    for (size_t i = 0; i < COUNT(states); i++) {
        set(s, text_c(s->arena, text_print(s->arena, "document SET state = '%s', review_due = "
                                                     "'2020-01-01'",
                                           states[i])));
        expect(s, "chk-soa-approved", NULL);
        expect(s, "chk-12", NULL);
    }
    set(s, "document SET state = 'withdrawn'");
    expect_no_data(s, "chk-soa-approved");
}

/* ---- documents --------------------------------------------------------------------------- */
#define POLICY                                                                                 \
    "{`doc_type`:`policy`,`effective`:`2026-01-01`,`lang`:[`en`],`ref_no`:`P`,"                \
    "`review_due`:`2027-01-01`,`satisfies`:[`iso-42001:4.1`,`iso-42001:5.2`],"                 \
    "`version_label`:`1`}"

static void put_policy(struct site *s)
{
    put_record(s, "document", "p",
               ", state, doc_type, effective, review_due, lang, ref_no, version_label",
               ", 'published', 'policy', '2026-01-01', '2027-01-01', '|en|', 'P', '1'");
    put_stay(s, "document", "p", 1, "approved", "2026-01-01T00:00:00.000000Z", "approve_policy");
    put_body(s, "document", "p", 2, "2026-01-02T00:00:00.000000Z", POLICY);
    put_stay(s, "document", "p", 2, "published", "2026-01-02T00:00:00.000000Z", "publish");
    put_link(s, "document", "p", "satisfies", "requirement", "iso-42001:5.2");
    put_link(s, "document", "p", "satisfies", "requirement", "iso-42001:4.1");
}

/* R3, B1, B4, B17: revising a published document takes nothing away and gives nothing. */
static void the_version_in_force_counts(void **state)
{
    static const char *const states[] = {"under_revision", "in_review", "draft", "approved"};
    static const char *const checks[] = {"chk-06", "chk-doc-5.2", "chk-doc-4.1", "chk-28b",
                                         "chk-19"};
    struct site *s = *state;
    put_policy(s);
    put_system(s, ", user_info, languages", ", 'p', '|en|'");
    for (size_t i = 0; i < COUNT(checks); i++)
        expect(s, checks[i], NULL);
    for (size_t n = 0; n < COUNT(states); n++) {
        set(s, text_c(s->arena,
                      text_print(s->arena,
                                 "document SET state = '%s', effective = NULL, review_due = NULL, "
                                 "lang = '|fr|', doc_type = 'plan', ref_no = NULL",
                                 states[n])));
        for (size_t i = 0; i < COUNT(checks); i++)
            expect(s, checks[i], NULL);
    }
    put_link(s, "document", "p", "satisfies", "requirement", "iso-42001:6.2"); /* of the draft */
    expect(s, "chk-doc-6.2", "not_published");
    put(s, TEXT("DELETE FROM link WHERE $1 IS NOT NULL"));
    expect(s, "chk-doc-5.2", NULL);
    set(s, "document SET state = 'withdrawn'");
    expect_no_data(s, "chk-doc-5.2");
    expect(s, "chk-06", "none");
}

/* B1, B3: a law from outside, a paper of tomorrow and one nobody looks at prove nothing. */
static void a_document_must_be_one_of_ours_and_of_today(void **state)
{
    struct site *s = *state;
    put_policy(s);
    set(s, "document SET effective = '2026-11-24'");
    expect(s, "chk-doc-4.1", "not_yet");
    set(s, "document SET effective = '2026-01-01', review_due = '2026-11-22'");
    expect(s, "chk-doc-4.1", "review_overdue");
    set(s, "document SET review_due = '2026-11-23'");
    expect(s, "chk-doc-4.1", NULL);
    set(s, "document SET doc_type = 'external'");
    expect_no_data(s, "chk-doc-4.1");
    put_link(s, "document", "p", "satisfies", "requirement", "iso-42001:4.3");
    set(s, "document SET doc_type = 'procedure'");
    expect_no_data(s, "chk-doc-4.3");
    set(s, "document SET doc_type = 'scope'");
    expect(s, "chk-doc-4.3", NULL);
    expect_no_data(s, "chk-doc-5.2"); /* asks for a policy */
}

static size_t documents_pass(struct site *s, enum check_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < s->model->check_count; i++)
        if (text_starts(s->model->checks[i].name, "chk-doc-"))
            count += site_check(s, &s->model->checks[i]).state == state;
    return count;
}

/* Each check about documents asks for one requirement, and for a day that has come. */
static void each_document_check_has_its_requirement(void **state)
{
    struct site *s = *state;
    const struct framework *f = model_framework(s->model, TEXT("iso-42001"));
    size_t all = documents_pass(s, CHECK_NO_DATA), lost = 0;
    assert_true(all > 20);
    put_policy(s);
    put_record(s, "document", "q", ", state, doc_type, effective, review_due",
               ", 'published', 'scope', '2026-01-01', '2027-01-01'");
    put_link(s, "document", "q", "satisfies", "requirement", "iso-42001:4.3");
    for (size_t i = 0; i < f->row_count; i++)
        put_link(s, "document", "p", "satisfies", "requirement", text_c(s->arena, f->rows[i].id));
    assert_int_equal(documents_pass(s, CHECK_PASS), all);
    set(s, "document SET review_due = '2026-11-22'");
    assert_int_equal(documents_pass(s, CHECK_FAIL), all);
    set(s, "document SET state = 'draft'");
    put(s, TEXT("DELETE FROM stay WHERE $1 IS NOT NULL"));
    assert_int_equal(documents_pass(s, CHECK_FAIL), all);
    for (size_t i = 0; i < f->row_count; i++) {
        set(s, text_c(s->arena, text_print(s->arena, "link SET type = 'gone' WHERE to_id = '%.*s'",
                                           TEXT_ARG(f->rows[i].id))));
        size_t now = documents_pass(s, CHECK_NO_DATA);
        assert_true(now - lost <= 1);
        lost = now;
    }
    assert_int_equal(lost, all);
}

/* B4, B26: the AI policy, its approval, and its review. */
static void a_policy_for_travel_is_none(void **state)
{
    struct site *s = *state;
    put_system(s, "", "");
    expect(s, "chk-06", "none");
    put_policy(s);
    expect(s, "chk-06", NULL);
    expect(s, "chk-06b", "first_version");
    set(s, "stay SET since = '2025-11-22T00:00:00.000000Z' WHERE state = 'approved'");
    expect(s, "chk-06", "old"); /* a date that is typed in does not make it younger */
    put_stay(s, "document", "p", 3, "approved", "2026-10-01T00:00:00.000000Z", "approve_policy");
    expect(s, "chk-06", "old"); /* not published yet */
    put_stay(s, "document", "p", 4, "published", "2026-10-02T00:00:00.000000Z", "publish");
    set(s, "document SET version = 4");
    expect(s, "chk-06", NULL);
    expect(s, "chk-06b", NULL);
    put(s, TEXT("DELETE FROM link WHERE to_id = 'iso-42001:5.2' AND $1 IS NOT NULL"));
    expect(s, "chk-06", "none");
}

/* What we build: described, and with an objective; what we only use asks for neither. */
static void what_we_build_is_described(void **state)
{
    struct site *s = *state;
    put_system(s, ", org_roles", ", '|deployer|'");
    expect_no_data(s, "chk-22");
    expect_no_data(s, "chk-43");
    set(s, "ai_system SET org_roles = '|deployer|provider|'");
    expect(s, "chk-22", "no_document");
    expect(s, "chk-43", "no_objective");
    put_policy(s);
    put_link(s, "document", "p", "systems", "ai_system", "sys");
    expect(s, "chk-22", "no_document");
    set(s, "document SET doc_type = 'technical', effective = '2026-11-24'");
    expect(s, "chk-22", "not_in_force");
    set(s, "document SET effective = '2026-11-23', review_due = '2026-11-22'");
    expect(s, "chk-22", "not_in_force");
    set(s, "document SET review_due = '2026-11-23'");
    expect(s, "chk-22", NULL);
    put_record(s, "objective", "o", ", state, start", ", 'approved', '2026-01-01'");
    put_link(s, "objective", "o", "systems", "ai_system", "sys");
    expect(s, "chk-43", "no_objective");
    set(s, "objective SET state = 'active'");
    expect(s, "chk-43", NULL);
}

/* Three within ninety days; each kind of voice counts, what was not so does not. */
static void complaints_that_pile_up(void **state)
{
    struct site *s = *state;
    put_system(s, "", "");
    put_record(s, "external_report", "x1", ", state, system, outcome, received_on",
               ", 'answered', 'sys', 'substantiated', '2026-11-01'");
    put_record(s, "external_report", "x2", ", state, system, outcome, received_on",
               ", 'answered', 'sys', 'partly', '2026-11-02'");
    put_record(s, "customer_requirement", "c", ", state, kind_of, received_on",
               ", 'noted', 'complaint', '2026-11-03'");
    expect(s, "chk-35d", NULL);
    put_link(s, "customer_requirement", "c", "systems", "ai_system", "sys");
    expect(s, "chk-35d", "piled_up");
    set(s, "customer_requirement SET kind_of = 'wish'");
    expect(s, "chk-35d", NULL);
    set(s, "customer_requirement SET kind_of = 'complaint'");
    set(s, "external_report SET outcome = 'not' WHERE id = 'x1'");
    expect(s, "chk-35d", NULL);
    set(s, "external_report SET outcome = 'substantiated', received_on = '2026-08-24' WHERE id "
           "= 'x1'");
    expect(s, "chk-35d", NULL);
    set(s, "external_report SET received_on = '2026-08-25' WHERE id = 'x1'");
    expect(s, "chk-35d", "piled_up");
    put_record(s, "nonconformity", "n", ", state, system", ", 'raised', 'sys'");
    expect(s, "chk-35d", "piled_up"); /* from long ago */
    set(s, "nonconformity SET created_at = '2026-11-04T00:00:00.000000Z'");
    expect(s, "chk-35d", NULL);
    set(s, "nonconformity SET state = 'withdrawn'");
    expect(s, "chk-35d", "piled_up");
}

static void evidence_is_looked_at_again(void **state)
{
    struct site *s = *state;
    expect_no_data(s, "chk-45");
    for (int i = 0; i < 21; i++)
        put_record(s, "soa_entry", text_c(s->arena, text_print(s->arena, "e%d", i)), ", state",
                   ", 'evidenced'");
    expect(s, "chk-45", "too_few");
    put_stay(s, "soa_entry", "e1", 2, "effective", "2025-11-22T00:00:00.000000Z", "confirm");
    put_stay(s, "soa_entry", "e2", 2, "effective", "2026-11-01T00:00:00.000000Z", "confirm");
    expect(s, "chk-45", "too_few"); /* two of twenty-one, one of them more than a year ago */
    put_stay(s, "soa_entry", "e3", 2, "effective", "2026-11-01T00:00:00.000000Z", "confirm");
    expect(s, "chk-45", NULL);
    put_stay(s, "soa_entry", "e4", 2, "implemented", "2026-11-01T00:00:00.000000Z", "fail");
    expect(s, "chk-45", "too_many_fail");
}

/* B20: documented information, part by part. */
static void documents_part_by_part(void **state)
{
    struct site *s = *state;
    expect_no_data(s, "chk-28c");
    put_policy(s);
    set(s, "document SET location = NULL, body = NULL, content = NULL");
    expect(s, "chk-28", "no_text");
    set(s, "document SET content = '{\"lead\": \"en\"}'");
    expect(s, "chk-28", NULL);
    set(s, "document SET location = 'shelf', content = NULL");
    expect(s, "chk-28", NULL);
    expect(s, "chk-28b", NULL);
    expect(s, "chk-28c", "no_document");
    set(s, "document SET version_label = NULL");
    expect(s, "chk-28b", "no_label");
    set(s, "document SET version_label = '1', ref_no = ''");
    expect(s, "chk-28b", "no_number");
    set(s, "document SET ref_no = 'P'");
    set(s, "stay SET state = 'in_review' WHERE state = 'approved'");
    expect(s, "chk-28b", "never_approved");
    set(s, "document SET audience = NULL, retention = '5y'");
    expect(s, "chk-28d", "no_audience");
    set(s, "document SET audience = '[\"Everybody\"]', retention = NULL");
    expect(s, "chk-28d", "no_retention");
    set(s, "document SET retention = '5y'");
    expect(s, "chk-28d", "no_restore");
    put_record(s, "evidence", "e", ", state, kind_of, captured_at",
               ", 'collected', 'restore_test', '2026-11-01'");
    expect(s, "chk-28d", "no_restore"); /* nobody else has accepted it */
    set(s, "evidence SET state = 'accepted', captured_at = '2025-11-22'");
    expect(s, "chk-28d", "no_restore"); /* more than a year ago */
    set(s, "evidence SET captured_at = '2025-11-23', kind_of = 'log'");
    expect(s, "chk-28d", "no_restore");
    set(s, "evidence SET kind_of = 'restore_test'");
    expect(s, "chk-28d", NULL);
    int64_t missing = checked(s, "chk-28c").breaks;
    put_link(s, "document", "p", "satisfies", "requirement", "iso-42001:6.2");
    assert_int_equal(checked(s, "chk-28c").breaks, missing - 1);
}

static void users_are_told_in_their_languages(void **state)
{
    struct site *s = *state;
    put_record(s, "document", "d", ", state, review_due, lang",
               ", 'published', '2027-01-01', '|en|'");
    put_system(s, ", user_info, languages", ", 'd', '|en|zh|'");
    expect(s, "chk-19", "language_missing");
    set(s, "document SET lang = '|de|zh|en|'");
    expect(s, "chk-19", NULL);
    set(s, "document SET lang = NULL");
    expect(s, "chk-19", "language_missing");
}

/* ---- people, suppliers, models, evidence ------------------------------------------------- */
static void put_assignment(struct site *s, const char *id, const char *duty, const char *state)
{
    put_record(s, "assignment", id, ", state, duty, role, person, valid_from",
               text_c(s->arena, text_print(s->arena, ", '%s', %s, 'aims_manager', '%.*s', "
                                                     "'2026-01-01'",
                                           state, duty, TEXT_ARG(s->keeper.person))));
    put_stay(s, "assignment", id, 1, state, "2026-10-24T00:00:00.000000Z", "");
}

/* R5, B5: a role that somebody declined is not held against anybody for thirty days. */
static void a_declined_role_has_time(void **state)
{
    struct site *s = *state;
    put_assignment(s, "c", "'conformity'", "active");
    expect_no_data(s, "chk-07");
    put_assignment(s, "r", "'reporting'", "active");
    expect(s, "chk-07", NULL);
    put_assignment(s, "o", "NULL", "declined");
    set(s, "assignment SET role = 'data_steward' WHERE id = 'o'");
    expect(s, "chk-07", NULL);
    set(s, "stay SET since = '2026-10-23T00:00:00.000000Z' WHERE id = 'o'");
    expect(s, "chk-07", "vacant");
    set(s, "assignment SET role = 'aims_manager' WHERE id = 'o'"); /* another holds it */
    expect(s, "chk-07", NULL);
    set(s, "assignment SET valid_from = '2026-11-24' WHERE id = 'r'");
    expect(s, "chk-07", "duty_not_held");
    set(s, "assignment SET valid_from = '2026-01-01' WHERE id = 'r'");
    expect(s, "chk-07", NULL);
    set(s, "person SET disabled = 1"); /* who left holds nothing */
    expect(s, "chk-07", "duty_not_held");
}

static void a_system_has_its_people(void **state)
{
    static const char *const roles[] = {"system_owner", "risk_owner", "reviewer"};
    static const char *const reasons[] = {"no_system_owner", "no_risk_owner", "no_reviewer"};
    struct site *s = *state;
    put_system(s, "", "");
    for (size_t i = 0; i < COUNT(roles); i++) {
        expect(s, "chk-07b", reasons[i]);
        put_assignment(s, roles[i], "NULL", "active");
        set(s, text_c(s->arena, text_print(s->arena, "assignment SET role = '%s', system = 'sys', "
                                                     "may_stop = 1 WHERE id = '%s'",
                                           roles[i], roles[i])));
    }
    expect(s, "chk-07b", NULL);
    expect_not(s, "chk-14", "gate_no_reviewer"); /* B15: no effect named is no "none" */
    set(s, "assignment SET state = 'ended' WHERE id = 'reviewer'");
    expect(s, "chk-14", "gate_no_reviewer");
}

/* B21, R2: two ticks and nine times "no" bind nobody. */
static void a_supplier_is_looked_at_and_bound(void **state)
{
    struct site *s = *state;
    put_system(s, "", "");
    put_link(s, "ai_system", "sys", "suppliers", "supplier", "p");
    put_record(s, "supplier", "p", ", state, criticality, review_due, contract_ref",
               ", 'monitored', 'important', '2027-01-01', 'C-1'");
    put_line(s, "supplier__clauses", "record, clause, present", "'p', 'incident_notice', 1");
    put_line(s, "supplier__clauses", "record, clause, present", "'p', 'change_notice', 1");
    expect(s, "chk-31", "found_wanting"); /* nobody asked anything */
    put_line(s, "supplier__due_diligence", "record, topic, good", "'p', 'audit', 'yes'");
    expect(s, "chk-31", NULL);
    put_line(s, "supplier__due_diligence", "record, topic, good", "'p', 'exit', 'no'");
    expect(s, "chk-31", "found_wanting");
    set(s, "supplier SET criticality = 'ordinary'");
    expect(s, "chk-31", NULL);
    set(s, "supplier SET contract_ref = ' '");
    expect(s, "chk-31", "no_contract");
    set(s, "supplier SET contract_ref = 'C-1', state = 'archived'");
    expect(s, "chk-31", "supplier_not_approved");
}


static void every_system_is_in_or_out(void **state)
{
    struct site *s = *state;
    put_system(s, "", "");
    expect(s, "chk-03", "undecided");
    set(s, "ai_system SET in_scope = 1");
    expect(s, "chk-03", NULL);
    set(s, "ai_system SET in_scope = 0");
    expect(s, "chk-03", "no_reason");
    set(s, "ai_system SET scope_reason = 'sold'");
    expect(s, "chk-03", NULL);
}

static void every_model_is_named(void **state)
{
    struct site *s = *state;
    put_system(s, "", "");
    expect(s, "chk-24", "no_model");
    put_line(s, "ai_system__models", "record, name, version", "'sys', 'm', '1'");
    expect(s, "chk-24", NULL);
    put_line(s, "ai_system__models", "record, name, version", "'sys', ' ', '1'");
    expect(s, "chk-24", "model_unclear");
}

/* B25, M6, R6. */
static void evidence_is_good_and_fresh(void **state)
{
    struct site *s = *state;
    put_record(s, "soa_entry", "c", ", state, control", ", 'evidenced', 'x'");
    put_record(s, "evidence", "e", ", state, valid_until", ", 'collected', '2027-01-01'");
    put_link(s, "soa_entry", "c", "evidence", "evidence", "e");
    expect(s, "chk-evidence", "evidence_old");
    set(s, "evidence SET state = 'accepted'");
    expect(s, "chk-evidence", NULL);
    set(s, "evidence SET valid_until = '2026-11-22'");
    expect(s, "chk-evidence", "evidence_old");
    set(s, "evidence SET valid_until = NULL");
    expect(s, "chk-evidence", "evidence_old"); /* noted long ago */
    set(s, "evidence SET captured_at = '2025-11-23'");
    expect(s, "chk-evidence", NULL);
    set(s, "evidence SET captured_at = '2026-11-24'");
    expect(s, "chk-evidence", "evidence_old");
}

/* B6, B26. */
static void criteria_are_in_force(void **state)
{
    struct site *s = *state;
    expect_no_data(s, "chk-08");
    put_system(s, "", "");
    expect(s, "chk-08", "none");
    put_criteria(s, "appetite", "'low'");
    expect(s, "chk-08", NULL);
    set(s, "risk_criteria SET review_due = NULL");
    expect(s, "chk-08", "review_overdue");
    set(s, "risk_criteria SET review_due = '2027-01-01', applies_from = '2026-11-24'");
    expect(s, "chk-08", "not_yet");
    set(s, "risk_criteria SET applies_from = '2026-01-01'");
    put_record(s, "risk_criteria", "two", ", state, applies_from, review_due",
               ", 'approved', '2026-06-01', '2027-01-01'");
    expect(s, "chk-08", "several");
}

/* ---- audits and reviews ------------------------------------------------------------------ */
static void audits_are_held_in_time(void **state)
{
    struct site *s = *state;
    expect_no_data(s, "chk-37");
    put_record(s, "audit_programme", "p", ", state, period_from, period_to",
               ", 'running', '2026-01-01', '2028-12-31'");
    put_record(s, "audit", "a", ", state, programme, reported_on", ", 'closed', 'p', '2025-11-22'");
    expect(s, "chk-37", "none_reported");
    set(s, "audit SET reported_on = '2025-11-23'");
    expect(s, "chk-37", NULL);
    put_record(s, "audit", "b", ", state, programme, starts_on", ", 'planned', 'p', '2026-11-22'");
    expect(s, "chk-37", "not_opened");
    set(s, "audit SET starts_on = NULL WHERE id = 'b'");
    expect(s, "chk-37", "no_day");
    set(s, "audit SET starts_on = '2026-11-23', ends_on = '2026-11-22' WHERE id = 'b'");
    expect(s, "chk-37", NULL);
    set(s, "audit SET state = 'in_progress' WHERE id = 'b'");
    expect(s, "chk-37", "not_ended");
    set(s, "audit SET state = 'draft_report', report_by_standing = 'missed' WHERE id = 'b'");
    expect(s, "chk-37", "not_reported");
    set(s, "audit SET state = 'reported', report_by_standing = 'late' WHERE id = 'b'");
    expect(s, "chk-37", NULL);
    expect(s, "chk-37b", "not_audited");
    set(s, "audit_programme SET period_to = '2029-01-02'");
    expect(s, "chk-37b", "too_long");
    set(s, "audit_programme SET period_to = '2026-11-22'");
    expect(s, "chk-37", "none_runs");
    expect_no_data(s, "chk-37b");
}

static void findings_do_not_wait(void **state)
{
    struct site *s = *state;
    put_record(s, "finding", "f", ", state", ", 'agreed'");
    expect_no_data(s, "chk-37d");
    set(s, "finding SET state = 'issued'");
    put_stay(s, "finding", "f", 1, "issued", "2026-10-24T00:00:00.000000Z", "issue");
    expect(s, "chk-37d", NULL);
    set(s, "stay SET since = '2026-10-23T23:59:59.000000Z'");
    expect(s, "chk-37d", "not_taken_up");
    set(s, "finding SET state = 'in_ca', due = '2026-11-23'");
    expect(s, "chk-37d", NULL);
    set(s, "finding SET due = '2026-11-22'");
    expect(s, "chk-37d", "not_put_right");
    set(s, "finding SET state = 'verified'");
    expect(s, "chk-37d", NULL);
}

static void nonconformities_do_not_wait(void **state)
{
    struct site *s = *state;
    put_record(s, "nonconformity", "n", ", state, grade", ", 'withdrawn', 'major'");
    expect_no_data(s, "chk-39");
    set(s, "nonconformity SET state = 'raised'");
    put_stay(s, "nonconformity", "n", 1, "raised", "2026-10-24T00:00:00.000000Z", "");
    expect(s, "chk-39", NULL);
    set(s, "stay SET since = '2026-10-23T23:59:59.000000Z'");
    expect(s, "chk-39", "left");
    expect_no_data(s, "chk-39b");
    set(s, "nonconformity SET state = 'accepted', open_since = '2026-11-20'");
    expect(s, "chk-39", NULL);
    set(s, "nonconformity SET contain_by_standing = 'missed'");
    expect(s, "chk-39", "not_corrected");
    set(s, "nonconformity SET state = 'contained', plan_by_major_standing = 'missed'");
    expect(s, "chk-39", "no_plan");
    set(s,
        "nonconformity SET plan_by_major_standing = 'met', plan_by_minor_standing = 'missed'");
    expect(s, "chk-39", "no_plan");
    set(s, "nonconformity SET state = 'cause_analysed', plan_by_minor_standing = 'late'");
    expect(s, "chk-39", "plan_waits");
    set(s, "nonconformity SET state = 'plan_approved', done_by_standing = 'running'");
    expect(s, "chk-39", NULL);
    set(s, "nonconformity SET done_by_standing = 'missed'");
    expect(s, "chk-39", "not_done");
    set(s, "nonconformity SET state = 'implemented', check_by_standing = 'missed'");
    expect(s, "chk-39", "not_checked");
    expect(s, "chk-39b", NULL);
    set(s, "nonconformity SET close_by_standing = 'missed'");
    expect(s, "chk-39b", "too_long");
    set(s, "nonconformity SET grade = 'minor'");
    expect_no_data(s, "chk-39b");
}

static void what_was_put_right_works(void **state)
{
    struct site *s = *state;
    put_record(s, "nonconformity", "n",
               ", state, closed_on, owner, verified_by, root_cause, extent",
               ", 'closed_effective', '2025-11-22', 'o', 'v', 'c', 'e'");
    put_record(s, "evidence", "e", ", state", ", 'accepted'");
    expect_no_data(s, "chk-39c");
    set(s, "nonconformity SET closed_on = '2025-11-23'");
    expect(s, "chk-39c", "no_proof");
    put_link(s, "nonconformity", "n", "proof", "evidence", "e");
    expect(s, "chk-39c", NULL);
    set(s, "evidence SET state = 'expired'"); /* it was good when it was looked at */
    expect(s, "chk-39c", NULL);
    set(s, "evidence SET state = 'collected'");
    expect(s, "chk-39c", "no_proof");
    set(s, "evidence SET state = 'accepted'");
    set(s, "nonconformity SET extent = ' '");
    expect(s, "chk-39c", "no_cause");
    set(s, "nonconformity SET extent = 'e', root_cause = NULL");
    expect(s, "chk-39c", "no_cause");
    set(s, "nonconformity SET root_cause = 'c', check_by_standing = 'late'");
    expect(s, "chk-39c", "late");
    set(s, "nonconformity SET check_by_standing = 'met', verified_by = 'o'");
    expect(s, "chk-39c", "own_work");
    set(s, "nonconformity SET verified_by = 'p'");
    expect(s, "chk-39c", NULL);
    put_link(s, "nonconformity", "n", "planned_by", "person", "p");
    expect(s, "chk-39c", "own_work");
}

static void notices_are_sent_in_time(void **state)
{
    static const char *const clocks[] = {
        "cra_warn_by",  "aia_urgent_by", "gdpr_by",    "cra_by",         "pdpa_by",
        "aia_death_by", "aia_by",        "mdr_by",     "pdpa_assess_by", "mdr_threat_by",
        "kr_by",        "mdr_death_by",  "cra_fix_by", "cra_final_by"};
    static const char *const answers[] = {
        "aia_reported_at",  "gdpr_notified_at", "pdpa_assessed_at",
        "pdpa_notified_at", "cra_warned_at",    "cra_notified_at",
        "cra_final_at",     "mdr_reported_at",  "kr_notified_at"};
    struct site *s = *state;
    put_record(s, "incident", "i", ", state, severity, aware_at",
               ", 'triaged', 'major', '2026-11-20T00:00:00.000000Z'");
    expect_no_data(s, "chk-35");
    set(s, "incident SET severity = 'serious', state = 'false_alarm'");
    expect_no_data(s, "chk-35");
    set(s, "incident SET state = 'contained', aware_at = '2025-11-22T23:59:59.000000Z'");
    expect_no_data(s, "chk-35");
    set(s, "incident SET aware_at = '2025-11-23T00:00:00.000000Z'");
    for (size_t i = 0; i < COUNT(clocks); i++) {
        set(s, text_c(s->arena,
                      text_print(s->arena, "incident SET %s_standing = 'missed'", clocks[i])));
        expect(s, "chk-35", "not_sent");
        set(s, text_c(s->arena,
                      text_print(s->arena, "incident SET %s_standing = 'late'", clocks[i])));
        expect(s, "chk-35", "sent_late");
        set(s, text_c(s->arena,
                      text_print(s->arena, "incident SET %s_standing = 'met'", clocks[i])));
    }
    expect(s, "chk-35", NULL);
    for (size_t i = 0; i < COUNT(answers); i++) {
        set(s, text_c(s->arena,
                      text_print(s->arena, "incident SET %s = '2027-01-01T00:00:00.000000Z'",
                                 answers[i])));
        expect(s, "chk-35", "not_yet");
        set(s, text_c(s->arena,
                      text_print(s->arena, "incident SET %s = '2026-01-01T00:00:00.000000Z'",
                                 answers[i])));
    }
    expect(s, "chk-35", NULL);
}

static void incidents_are_triaged(void **state)
{
    struct site *s = *state;
    put_record(s, "incident", "o", ", state, triage_by_standing", ", 'detected', 'missed'");
    expect_no_data(s, "chk-35c"); /* of another year */
    put_at(s, "incident", "i", "2026-11-20T00:00:00.000000Z", ", state, triage_by_standing",
           ", 'detected', 'running'");
    expect(s, "chk-35c", NULL);
    set(s, "incident SET triage_by_standing = 'missed' WHERE id = 'i'");
    expect(s, "chk-35c", "waits");
    set(s, "incident SET state = 'triaged', triage_by_standing = 'late' WHERE id = 'i'");
    expect(s, "chk-35c", "triaged_late");
    set(s, "incident SET triage_by_standing = 'met' WHERE id = 'i'");
    expect(s, "chk-35c", NULL);
}

static void reports_from_outside_are_answered(void **state)
{
    struct site *s = *state;
    put_record(s, "external_report", "x", ", state, received_on", ", 'received', '2025-11-22'");
    expect_no_data(s, "chk-35b");
    set(s, "external_report SET received_on = '2025-11-23'");
    expect(s, "chk-35b", "not_tested");
    put_record(s, "external_report", "t", ", state, received_on, channel_test",
               ", 'acknowledged', '2026-01-01', 1");
    expect(s, "chk-35b", "not_tested"); /* it was not answered */
    set(s, "external_report SET state = 'answered' WHERE id = 't'");
    expect(s, "chk-35b", NULL);
    set(s, "external_report SET acknowledge_by_standing = 'late' WHERE id = 'x'");
    expect(s, "chk-35b", "not_acknowledged");
    set(s, "external_report SET acknowledge_by_standing = 'met', answer_by_standing = 'missed' "
           "WHERE id = 'x'");
    expect(s, "chk-35b", "not_answered");
    set(s, "external_report SET state = 'set_aside' WHERE id = 'x'");
    expect(s, "chk-35b", NULL);
}

static void put_decision(struct site *s, const char *id, const char *reported)
{
    put_record(s, "task", id, ", state, met_by", ", 'done', '2026-10-01'");
    put_link(s, "management_review", "m", "actions", "task", id);
    put_stay(s, "task", id, 1, "reported", reported, "report");
}

static void reviews_grow_old_and_decisions_late(void **state)
{
    static const char *const inputs[] = {"a", "b", "c", "d1", "d2", "d3", "e"};
    struct site *s = *state;
    expect_no_data(s, "chk-38");
    put_record(s, "management_review", "m", ", state, held_on", ", 'closed', '2025-11-22'");
    for (size_t i = 0; i < COUNT(inputs); i++)
        put_line(s, "management_review__inputs", "record, item, facts, discussed",
                 text_c(s->arena, text_print(s->arena, "'m', '%s', 'f', 'noted'", inputs[i])));
    expect(s, "chk-38", "none_held");
    set(s, "management_review SET held_on = '2025-11-23'");
    expect(s, "chk-38", "no_decision");
    put_line(s, "management_review__decisions", "record, decision, who", "'m', 'd', 'w'");
    expect(s, "chk-38", "no_decision");
    set(s, "management_review__decisions SET by_when = '2026-10-01'");
    expect(s, "chk-38", NULL);
    set(s, "management_review__inputs SET facts = ' ' WHERE item = 'd2'");
    expect(s, "chk-38", "input_empty");
    set(s, "management_review__inputs SET facts = 'f', discussed = NULL WHERE item = 'd2'");
    expect(s, "chk-38", "input_empty");
    expect_no_data(s, "chk-38b");
    for (int n = 1; n <= 4; n++)
        put_decision(s, text_c(s->arena, text_print(s->arena, "t%d", n)),
                     "2026-10-01T23:59:59.000000Z");
    put_decision(s, "t5", "2026-10-02T00:00:00.000000Z");
    expect(s, "chk-38b", NULL); /* four of five */
    set(s, "task SET state = 'cancelled' WHERE id = 't1'");
    expect(s, "chk-38b", "lifted");
    set(s, "task SET met_by = '2026-11-23' WHERE id IN ('t1', 't5')");
    expect(s, "chk-38b", NULL);
}

/* ---- the levels that an auditor would grant ---------------------------------------------- */
static void no_check_claims_more(void **state)
{
    static const struct {
        const char *check, *row;
        int level;
    } most[] = {
        {"chk-06", "5.2", 2},          {"chk-06", "A.2.2", 3},    {"chk-06", "A.2.4", 1},
        {"chk-06b", "A.2.4", 3},       {"chk-07", "5.3", 2},      {"chk-07", "A.3.2", 1},
        {"chk-07b", "5.3", 3},         {"chk-07b", "A.3.2", 3},   {"chk-08", "6.1.1", 1},
        {"chk-10", "A.5.3", 2},        {"chk-10", "A.5.4", 3},    {"chk-11", "6.1.3", 2},
        {"chk-14", "8.1", 2},          {"chk-14", "A.6.1.3", 2},  {"chk-14", "A.6.2.5", 2},
        {"chk-21", "A.6.2.4", 1},      {"chk-22", "A.6.2.7", 2},  {"chk-43", "A.6.1.2", 2},
        {"chk-24", "A.4.4", 1},        {"chk-28", "7.5.3", 2},    {"chk-28b", "7.5.2", 3},
        {"chk-28c", "7.5.1", 3},       {"chk-28d", "7.5.3", 3},   {"chk-32", "A.10.2", 2},
        {"chk-42", "A.9.2", 2},        {"chk-42b", "A.9.4", 1},   {"chk-aia-2", "8.4", 2},
        {"chk-doc-6.1.1", "6.1.1", 1}, {"chk-37", "9.2.2", 2},    {"chk-37b", "9.2.2", 3},
        {"chk-38", "9.3.3", 3},        {"chk-38b", "9.3.3", 4},   {"chk-35", "A.8.4", 2},
        {"chk-35b", "A.8.3", 2},       {"chk-35c", "A.6.2.6", 1}, {"chk-39", "10.2", 2},
        {"chk-39b", "10.2", 2},        {"chk-39c", "10.2", 3},    {"chk-08b", "6.1.1", 3},
        {"chk-17c", "A.9.3", 3},       {"chk-27c", "A.8.5", 2},
    };
    struct site *s = *state;
    for (size_t i = 0; i < COUNT(most); i++) {
        const struct check *c = model_check(s->model, text_of(most[i].check));
        int level = 0;
        assert_non_null(c);
        for (size_t p = 0; p < c->prove_count; p++)
            if (text_is(c->proves[p].row->row, most[i].row))
                level = c->proves[p].level;
        if (level != most[i].level)
            fail_msg("%s claims level %d of %s", most[i].check, level, most[i].row);
    }
    assert_int_equal(model_check(s->model, TEXT("chk-evidence"))->prove_count, 0);
    assert_true(model_check(s->model, TEXT("chk-06"))->must);
    assert_true(model_check(s->model, TEXT("chk-08"))->must);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(an_assessment_grows_old),
        SITE_TEST(nothing_assessed_proves_no_assessment),
        SITE_TEST(an_assessment_is_about_a_version),
        SITE_TEST(begun_is_not_done),
        SITE_TEST(a_dimension_must_be_answered),
        SITE_TEST(nine_treatments_in_ten_are_verified),
        SITE_TEST(a_risk_assessment_grows_old),
        SITE_TEST(reporting_is_not_punished),
        SITE_TEST(a_system_told_of_today),
        SITE_TEST(the_criteria_in_force_are_read),
        SITE_TEST(a_treatment_is_not_forgotten),
        SITE_TEST(a_step_has_a_day),
        SITE_TEST(a_closed_risk_may_be_archived),
        SITE_TEST(the_statement_follows_the_risks),
        SITE_TEST(every_control_means_every_control),
        SITE_TEST(a_statement_under_revision_stands),
        SITE_TEST(the_version_in_force_counts),
        SITE_TEST(a_document_must_be_one_of_ours_and_of_today),
        SITE_TEST(each_document_check_has_its_requirement),
        SITE_TEST(a_policy_for_travel_is_none),
        SITE_TEST(documents_part_by_part),
        SITE_TEST(what_we_build_is_described),
        SITE_TEST(complaints_that_pile_up),
        SITE_TEST(evidence_is_looked_at_again),
        SITE_TEST(users_are_told_in_their_languages),
        SITE_TEST(a_declined_role_has_time),
        SITE_TEST(a_system_has_its_people),
        SITE_TEST(a_supplier_is_looked_at_and_bound),
        SITE_TEST(every_system_is_in_or_out),
        SITE_TEST(every_model_is_named),
        SITE_TEST(evidence_is_good_and_fresh),
        SITE_TEST(criteria_are_in_force),
        SITE_TEST(audits_are_held_in_time),
        SITE_TEST(findings_do_not_wait),
        SITE_TEST(nonconformities_do_not_wait),
        SITE_TEST(notices_are_sent_in_time),
        SITE_TEST(incidents_are_triaged),
        SITE_TEST(reports_from_outside_are_answered),
        SITE_TEST(what_was_put_right_works),
        SITE_TEST(reviews_grow_old_and_decisions_late),
        SITE_TEST(no_check_claims_more),
    };
    return site_run(argc, argv, "assure claims", tests, COUNT(tests));
}
