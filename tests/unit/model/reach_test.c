/* SPDX-License-Identifier: Apache-2.0 */
/* Where a required field is required, and the archive that every kind gets. */
#include "fixture.h"

static uint64_t states(const struct kind *k, const char *names)
{
    uint64_t set = 0;
    struct text rest = text_of(names);
    while (rest.len > 0) {
        ptrdiff_t at = kind_state(k, text_cut(&rest, ' '));
        assert_true(at >= 0);
        set |= UINT64_C(1) << at;
    }
    return set;
}

static const struct field *field_of(const struct model *m, const char *name)
{
    const struct field *f = kind_field(model_kind(m, TEXT("thing")), text_of(name));
    assert_non_null(f);
    return f;
}

static void demanded_where_it_cannot_be_avoided(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    const struct field *story = field_of(m, "story");
    assert_false(story->required);
    assert_int_equal(story->required_from, states(k, "checked"));
    /* shelved and stopped are entered from new as well */
    assert_int_equal(story->required_in, states(k, "checked approved done"));
    assert_int_equal(field_of(m, "sides")->required_in, states(k, "approved done"));
    assert_non_null(field_of(m, "noise")->required_when);
    assert_true(field_of(m, "title")->required);
    assert_int_equal(field_of(m, "until")->required_in, 0);
}

static void a_way_round_lifts_the_demand(void **state)
{
    struct fixture *f = *state;
    edit(f, "kinds/thing.json", "\"from\": [\"checked\"], \"to\": \"approved\"",
         "\"from\": [\"checked\", \"new\"], \"to\": \"approved\"");
    const struct model *m = load_with(f, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    assert_int_equal(field_of(m, "story")->required_in, states(k, "checked"));
    assert_int_equal(field_of(m, "sides")->required_in, states(k, "approved done"));
}

static void several_states_close_every_way(void **state)
{
    struct fixture *f = *state;
    edit(f, "kinds/thing.json", "\"required\": {\"from\": [\"checked\"]}",
         "\"required\": {\"from\": [\"checked\", \"shelved\", \"stopped\"]}");
    const struct model *m = load_with(f, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    assert_int_equal(field_of(m, "c_one")->required_in,
                     states(k, "checked shelved stopped approved done"));
}

static void from_the_start_is_everywhere_but_the_archive(void **state)
{
    struct fixture *f = *state;
    edit(f, "kinds/thing.json", "\"required\": {\"from\": [\"checked\"]}",
         "\"required\": {\"from\": [\"new\"]}");
    const struct model *m = load_with(f, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    assert_int_equal(field_of(m, "c_one")->required_in,
                     states(k, "new checked shelved stopped approved done"));
}

static void what_has_ended_can_be_archived(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    ptrdiff_t at = kind_state(k, TEXT("archived"));
    const struct move *v = kind_move(k, TEXT("archive"));
    assert_int_equal(at, (ptrdiff_t)k->state_count - 1);
    assert_true(k->states[at].locked && k->states[at].end);
    assert_int_equal(k->states[at].tone, TONE_OFF);
    assert_true(text_is(words_in(k->states[at].title, LANG_ZH), "已归档"));
    assert_int_equal(v->from, states(k, "done"));
    assert_int_equal(v->to, at);
    assert_true(v->reason && v->by.count == 1 && text_is(v->by.one[0].role, "aims_manager"));
}

static void putting_away_what_goes_on_is_signed_by_two(void **state)
{
    struct fixture *f = *state;
    edit(f, "kinds/thing.json", "\"moves\": {",
         "\"moves\": {\"archive\": {\"title\": \"Away\", \"from\": [\"checked\"], \"to\": \"archived\", "
         "\"by\": [\"staff\"], \"reason\": true}, ");
    struct model *m;
    assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT(""), &m),
                     ERR_INVALID);
    assert_true(has_problem(f->call, TEXT("model/kinds/thing.json:61"), "archive", "and_by"));
}

static void archived_is_never_settled(void **state)
{
    struct fixture *f = *state;
    edit(f, "kinds/thing.json", "\"every\": [\"works\"]", "\"every\": [\"works\", \"archived\"]");
    struct model *m;
    assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT(""), &m),
                     ERR_INVALID);
    assert_true(has_problem(f->call, TEXT("model/kinds/thing.json:74"), "archived", "settled"));
}

static void a_declared_archive_stays(void **state)
{
    struct fixture *f = *state;
    edit(f, "kinds/part.json", "\"works\": {\"title\": \"Works\"",
         "\"archived\": {\"title\": \"In the cellar\", \"end\": true}, \"works\": {\"title\": "
         "\"Works\"");
    edit(f, "kinds/part.json", "\"moves\": {",
         "\"moves\": {\"archive\": {\"title\": \"Take to the cellar\", \"from\": [\"works\"], "
         "\"to\": \"archived\", \"by\": [\"staff\"]}, ");
    const struct model *m = load_with(f, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("part"));
    assert_int_equal(k->state_count, 3);
    assert_int_equal(k->move_count, 2);
    assert_true(text_is(k->states[kind_state(k, TEXT("archived"))].title.en, "In the cellar"));
    assert_true(text_is(kind_move(k, TEXT("archive"))->by.one[0].role, "staff"));
}

static void any_is_every_other_state(void **state)
{
    const struct model *m = load_with(*state, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    assert_int_equal(kind_move(k, TEXT("stop"))->from,
                     states(k, "new checked shelved approved done archived"));
}

static void sixty_four_states_are_the_most(void **state)
{
    struct fixture *f = *state;
    struct buf b = buf_in(f->arena, 1 << 20);
    struct model *m;
    for (int i = 0; i < 63; i++)
        buf_print(&b, "\"s%d\": {\"title\": \"S\", \"end\": true}, ", i);
    buf_add_c(&b, "\"works\": {");
    edit(f, "kinds/part.json", "\"works\": {", text_c(f->arena, buf_text(&b)));
    assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT(""), &m),
                     ERR_INVALID);
    assert_true(has_problem(f->call, TEXT("model/kinds/part.json:18"), "range", "64 states"));
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {
        EACH(demanded_where_it_cannot_be_avoided),
        EACH(a_way_round_lifts_the_demand),
        EACH(several_states_close_every_way),
        EACH(from_the_start_is_everywhere_but_the_archive),
        EACH(what_has_ended_can_be_archived),
        EACH(putting_away_what_goes_on_is_signed_by_two),
        EACH(archived_is_never_settled),
        EACH(a_declared_archive_stays),
        EACH(any_is_every_other_state),
        EACH(sixty_four_states_are_the_most),
    };
    fixture_folder = argc > 1 ? argv[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
