/* SPDX-License-Identifier: Apache-2.0 */
/* What a sound model becomes: fields in their order, words, scales, people, needs, checks. */
#include "fixture.h"

#include <math.h>

static void fields_come_in_order(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    static const char *const first[] = {"key",    "state",      "version",    "author",
                                        "editor", "created_at", "updated_at", "offered_to",
                                        "title",  "unit",       "owner"};
    assert_non_null(k);
    for (size_t i = 0; i < COUNT(first); i++) {
        assert_true(text_is(k->fields[i].name, first[i]));
        assert_int_equal(k->fields[i].index, i);
        assert_int_equal(k->fields[i].system, i < 8);
        assert_int_equal(k->fields[i].envelope, i >= 8);
    }
    assert_true(text_is(k->fields[18].name, "name_at_home"));
    assert_false(k->fields[18].envelope);
    assert_true(text_is(k->fields[k->field_count - 1].name, "size"));
    assert_true(kind_field(k, TEXT("author"))->target == TO_PERSON);
    assert_null(kind_field(k, TEXT("nothing")));
}

static void an_envelope_field_can_be_restated(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct field *here = kind_field(model_kind(m, TEXT("thing")), TEXT("owner"));
    const struct field *there = kind_field(model_kind(m, TEXT("part")), TEXT("owner"));
    assert_true(text_is(here->title.en, "Keeper of the thing"));
    assert_true(text_is(words_in(here->title, LANG_ZH), "事物保管人"));
    assert_true(here->required_from != 0);
    assert_true(text_is(here->source, "model/kinds/thing.json:5"));
    assert_true(text_is(there->title.en, "Owner"));
    assert_int_equal(there->required_from, 0);
    assert_true(text_is(json_text(there->fallback), "@me"));
    assert_true(text_is(json_text(here->fallback), "@me"));
}

static void fields_have_their_types(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    const struct field *f = kind_field(k, TEXT("c_one"));
    assert_ptr_equal(f->type, &type_integer);
    assert_int_equal(f->min, 1);
    assert_int_equal(f->max, 5);
    assert_true(text_is(scale_option(f->scale, TEXT("5"))->about.en, "The most."));
    assert_int_equal(kind_field(k, TEXT("story"))->max, 20000);
    assert_true(text_is(kind_field(k, TEXT("story"))->example.en, "It fell off the shelf."));
    assert_true(text_is(kind_field(k, TEXT("story"))->asked_by[0], "fw-1:1.1"));
    assert_int_equal(m->term_count, 2);
    assert_int_equal(kind_field(k, TEXT("name_at_home"))->max, 20);
    assert_true(text_is(kind_field(k, TEXT("name_at_home"))->was, "pet_name"));
    assert_true(kind_field(k, TEXT("price"))->number_min == 0.5);
    assert_true(isinf(kind_field(k, TEXT("price"))->number_max));
    f = kind_field(k, TEXT("parts"));
    assert_true(f->target == TO_KIND && f->target_kind == model_kind(m, TEXT("part")));
    assert_true(kind_field(k, TEXT("rules"))->target == TO_REQUIREMENT);
    f = kind_field(k, TEXT("sides"));
    assert_int_equal(f->column_count, 3);
    assert_true(text_is(f->covers_column, "side"));
    assert_int_equal(f->covers_count, 2);
    assert_int_equal(scale_option(kind_field(k, TEXT("level"))->scale, TEXT("high"))->tone,
                     TONE_HIGH);
}

static void clocks_are_two_fields(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("part"));
    const struct clock *c = kind_clock(k, TEXT("tell_by"));
    assert_non_null(c);
    assert_int_equal(k->clock_count, 2);
    assert_true(c->at == kind_field(k, TEXT("tell_by")) && c->at->computed != NULL);
    assert_true(c->standing == kind_field(k, TEXT("tell_by_standing")));
    assert_ptr_equal(c->standing->type, &type_choice);
    assert_true(text_is(c->standing->title.en, "Tell by: standing"));
    assert_true(c->calendar == model_calendar(m, TEXT("works")));
    assert_true(c->answered == kind_field(k, TEXT("told_on")));
    assert_int_equal(c->remind_count, 2);
    assert_int_equal(c->add.working_days, 10);
    assert_int_equal(c->rung_count, 2);
    assert_true(text_is(c->rungs[1].tell.one[0].role, "aims_manager"));
    assert_null(c->deadline);
    c = kind_clock(k, TEXT("prove_by"));
    assert_true(c->deadline == model_deadline(m, TEXT("factory.proof")) && c->deadline != NULL);
    assert_true(
        text_is(c->add.said, "P0D")); /* as the law says, by the calendar that it names */
    assert_true(c->calendar == model_calendar(m, TEXT("works")));
    assert_null(model_deadline(m, TEXT("factory")));
    assert_true(c->answered == NULL && c->answered_in == UINT64_C(1) << kind_state(k, TEXT("works")));
    assert_null(kind_clock(k, TEXT("told_on")));
}

static int64_t day(const char *date)
{
    int64_t days;
    assert_true(date_read(text_of(date), &days));
    return days;
}

static void calendars_know_their_days(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct calendar *c = model_calendar(m, TEXT("works"));
    assert_non_null(c);
    assert_false(calendar_works(c, day("2026-12-25"))); /* a Friday off */
    assert_true(calendar_works(c, day("2026-12-19")));  /* a Saturday that is worked */
    assert_false(calendar_works(c, day("2026-12-20")));
    assert_true(calendar_works(c, day("2028-12-25")));  /* a Monday of a year it does not have */
    assert_true(calendar_works(NULL, day("2026-12-25")));
    assert_int_equal(calendar_unknown(c, day("2026-12-01"), day("2027-12-31")), 0);
    assert_int_equal(calendar_unknown(c, day("2026-12-01"), day("2028-01-01")), 2028);
    assert_int_equal(calendar_unknown(c, day("2026-01-01"), day("2025-12-31")), 2025);
    assert_int_equal(calendar_unknown(NULL, day("1999-01-01"), day("2099-01-01")), 0);
    struct duration d;
    int64_t from;
    assert_true(moment_read(TEXT("2026-12-18T10:00:00Z"), &from)); /* Friday; 11:00 there */
    assert_true(duration_read(TEXT("P6W"), &d));
    struct text to = moment_print(m->arena, duration_after(from, &d, c->zone, c));
    assert_true(text_is(to, "2026-12-28T10:00:00.000000Z"));
}

static void computed_fields_are_ordered(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    size_t at[8] = {0};
    static const char *const names[] = {"most", "score", "level", "size"};
    assert_int_equal(k->computed_count, 8);
    for (size_t n = 0; n < COUNT(names); n++)
        for (size_t i = 0; i < k->computed_count; i++)
            if (text_is(k->computed[i]->name, names[n]))
                at[n] = i + 1;
    assert_true(at[0] > 0 && at[0] < at[1] && at[1] < at[2] && at[2] < at[3]);
    const struct field *size = kind_field(k, TEXT("size"));
    assert_int_equal(size->case_count, 1);
    assert_true(text_is(size->cases[0]->field, "level"));
}

static void moves_carry_their_rules(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    const struct move *v = kind_move(k, TEXT("approve"));
    assert_true(v->fresh && !v->reason && !v->automatic);
    assert_true(text_is(v->by.one[0].role, "aims_manager"));
    assert_int_equal(v->step_count, 2);
    assert_true(v->steps[0].by.one == v->by.one && v->steps[0].count == 1 && !v->steps[0].when);
    assert_true(text_is(v->steps[1].by.one[0].role, "assessor"));
    assert_int_equal(v->steps[1].when->count, 2);
    assert_true(!v->ordered && move_takes_many(v) && move_signers(v) == 1);
    assert_true(text_is(words_in(v->say, LANG_ZH), "过于危险，不能批准"));
    assert_true(text_is(v->duties[0].code, "SOD-1"));
    assert_true(text_is(v->duties[0].people.one[1].relation, "editor"));
    assert_true(text_is(v->guard, "within_a_year") && text_is(v->guard_field, "until"));
    assert_int_equal(v->need_count, 2);
    assert_true(text_is(v->needs[0].via, "thing") && v->needs[0].least == 1);
    assert_true(text_is(v->needs[0].where[0].field, "role"));
    assert_true(v->needs[1].every && v->needs[1].least == 0 && v->needs[1].state_count == 1);
    assert_non_null(v->needs[1].only);
    assert_true(kind_move(k, TEXT("expire"))->automatic);
    assert_true(text_is(kind_move(k, TEXT("expire"))->on, "until"));
    const struct who *w = kind_move(model_kind(m, TEXT("part")), TEXT("prove"))->by.one;
    assert_true(text_is(w->via, "thing") && text_is(w->relation, "owner"));
}

static void the_rest_is_found_by_name(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    assert_true(m->unit_kind == model_kind(m, TEXT("unit")));
    assert_true(text_is(model_role(m, TEXT("assessor"))->code, "AU"));
    assert_null(model_role(m, TEXT("nobody")));
    const struct requirement *r = model_requirement(m, TEXT("fw-1:1.2"));
    assert_true(text_is(r->id, "fw-1:1.2") && text_is(r->row, "1.2") && r->index == 1);
    assert_null(model_requirement(m, TEXT("fw-1:3")));
    assert_null(model_requirement(m, TEXT("fw-2:1.1")));
    assert_true(text_is(model_framework(m, TEXT("fw-1"))->register_kind, "thing"));
    const struct framework *fw = model_framework(m, TEXT("fw-1"));
    assert_int_equal(fw->level_count, 2);
    assert_true(text_is(fw->level_states[1], "done") && fw->levels[1] == 4);
    assert_true(text_is(fw->weigh.kind, "part") && fw->weigh.in_count == 1);
    assert_true(text_is(fw->stage1[0], "c-1"));
    const struct check *c = model_check(m, TEXT("c-1"));
    assert_int_equal(c->proves[0].level, 3);
    assert_true(c->proves[0].row == model_requirement(m, TEXT("fw-1:1.1")));
    assert_int_equal(c->reason_count, 2);
    assert_true(strstr(c->breaks, "due < $1") != NULL);
    assert_true(text_is(c->source, "model/checks/c-1.json:1"));
    const struct fix *mends = &c->reasons[0].fix;
    assert_true(mends->there && mends->move_count == 2 && text_is(mends->moves[1], "resume"));
    assert_true(text_is(mends->fill, "story") && mends->create == NULL);
    mends = &c->reasons[1].fix;
    assert_ptr_equal(mends->create, model_kind(m, TEXT("part")));
    assert_true(text_is(json_text(json_get(mends->set, "thing")), "$id"));
    assert_true(c->nothing.there && text_is(c->nothing.say.en, "There is no thing yet"));
    c = model_check(m, TEXT("c-2"));
    assert_false(c->nothing.there);
    assert_int_equal(c->grace, 10);
    assert_int_equal(c->prove_count, 0);
    assert_non_null(strstr(c->population, "FROM (SELECT ot.id AS id"));
    assert_non_null(strstr(c->breaks, "FROM (SELECT lt.id AS id, lt.due AS due FROM (SELECT ot.id"));
    assert_non_null(strstr(c->breaks, "(SELECT 'fw-1:1.1' AS id"));
    assert_int_equal(m->set_count, 2);
}

static bool is_untranslated(const struct model *m, const char *en)
{
    for (size_t i = 0; i < m->untranslated_count; i++)
        if (text_is(m->untranslated[i], en))
            return true;
    return false;
}

static void texts_without_chinese_are_listed_once(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    assert_true(is_untranslated(m, "Story"));
    assert_true(is_untranslated(m, "What the tests are about."));
    assert_false(is_untranslated(m, "Thing"));
    for (size_t i = 0; i < m->untranslated_count; i++)
        for (size_t j = 0; j < i; j++)
            assert_false(text_same(m->untranslated[i], m->untranslated[j]));
}

static void the_hash_follows_the_files_in_force(void **state)
{
    struct fixture *f = *state;
    struct text first = text_copy(f->arena, load_with(f, NULL, 0, "")->hash);
    assert_int_equal(first.len, 16);
    edit(f, "demo/demo.json", "loader", "leader");
    assert_true(text_same(load_with(f, NULL, 0, "")->hash, first));
    edit(f, "overlays/extra.json", "Code", "Coda");
    assert_true(text_same(load_with(f, NULL, 0, "")->hash, first));
    edit(f, "words/zh.json", "标题", "题目");
    assert_false(text_same(load_with(f, NULL, 0, "")->hash, first));
}

static void the_order_of_files_does_not_matter(void **state)
{
    struct fixture *f = *state;
    struct text first = text_copy(f->arena, load_with(f, NULL, 0, "")->hash);
    for (size_t i = 0; i < f->count / 2; i++) {
        struct model_file swap = f->files[i];
        f->files[i] = f->files[f->count - 1 - i];
        f->files[f->count - 1 - i] = swap;
    }
    const struct model *m = load_with(f, NULL, 0, "");
    assert_true(text_same(m->hash, first));
    assert_true(text_is(m->kinds[0].name, "part"));
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {
        EACH(fields_come_in_order),
        EACH(an_envelope_field_can_be_restated),
        EACH(fields_have_their_types),
        EACH(clocks_are_two_fields),
        EACH(calendars_know_their_days),
        EACH(computed_fields_are_ordered),
        EACH(moves_carry_their_rules),
        EACH(the_rest_is_found_by_name),
        EACH(texts_without_chinese_are_listed_once),
        EACH(the_hash_follows_the_files_in_force),
        EACH(the_order_of_files_does_not_matter),
    };
    fixture_folder = argc > 1 ? argv[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
