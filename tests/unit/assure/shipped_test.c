/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/shipped_test.c — the model that ships, on real tables: every check runs,
 * and an organisation that has just begun has no score, no proof and two shut gates. */
#include "site.h"

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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(every_check_runs),
        SITE_TEST(a_new_organisation),
        SITE_TEST(the_register_bears_on_levels),
    };
    return site_run(argc, argv, "assure shipped", tests, COUNT(tests));
}
