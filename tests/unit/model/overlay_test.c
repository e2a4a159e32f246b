/* SPDX-License-Identifier: Apache-2.0 */
/* What a site may add, and that it can never alter what is shipped. */
#include "fixture.h"

static const char own_kind[] =
    "{\"kind\": \"pet\", \"prefix\": \"PET\", \"title\": \"Pet\", \"plural\": \"Pets\",\n"
    " \"icon\": \"dog\", \"phase\": \"do\", \"about\": \"An animal.\",\n"
    " \"fields\": {\"thing\": {\"type\": \"ref\", \"to\": \"thing\", \"title\": \"Thing\"}},\n"
    " \"states\": {\"start\": \"alive\", \"of\": {\"alive\": {\"title\": \"Alive\", \"end\": "
    "true}}},\n"
    " \"access\": {\"read\": [\"everyone\"], \"create\": [\"staff\"], \"change\": "
    "[\"staff\"]}}";

#define FILE_OF(path, bytes) ((struct model_file){TEXT(path), TEXT(bytes)})

static void refused(struct fixture *f, struct model_file site, const char *source,
                    const char *code, const char *says)
{
    struct call *call = call_open(f->arena, 0, LANG_EN);
    struct model *m;
    enum err e = model_load(call, f->files, f->count, &site, 1, TEXT(""), &m);
    if (e != ERR_INVALID || !has_problem(call, text_of(source), code, says)) {
        print_problems(call);
        fail_msg("wanted %s [%s] %s", source, code, says);
    }
}

static void an_overlay_is_off_until_named(void **state)
{
    struct fixture *f = *state;
    const struct model *m = load_with(f, NULL, 0, "");
    const struct kind *k = model_kind(m, TEXT("thing"));
    assert_int_equal(m->overlay_count, 1);
    assert_true(text_is(m->overlays[0].name, "extra"));
    assert_null(kind_field(k, TEXT("x_code")));
    size_t fields = k->field_count;
    m = load_with(f, NULL, 0, "extra");
    k = model_kind(m, TEXT("thing"));
    assert_int_equal(k->field_count, fields + 1);
    assert_int_equal(kind_field(k, TEXT("x_code"))->index, fields);
    assert_true(text_is(kind_field(k, TEXT("x_code"))->source, "model/overlays/extra.json:2"));
    assert_true(kind_field(k, TEXT("x_code"))->required_in != 0);
    assert_int_equal(k->layout_count, 3);
    assert_true(text_is(k->layouts[2].fields[0], "x_code"));
}

/* It reads a field that is there with its overlay alone. */
static void a_check_of_an_overlay_comes_with_it(void **state)
{
    struct fixture *f = *state;
    size_t without = load_with(f, NULL, 0, "")->check_count;
    const struct model *m = load_with(f, NULL, 0, "extra");
    assert_int_equal(m->check_count, without + 1);
    assert_true(text_is(m->checks[without].name, "c-3"));
}

static void an_unknown_overlay_is_refused(void **state)
{
    struct fixture *f = *state;
    struct model *m;
    assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT("extra, more"), &m),
                     ERR_INVALID);
    assert_true(has_problem(f->call, TEXT(""), "unknown", "\"more\""));
}

static void a_site_adds_kinds_fields_words(void **state)
{
    struct fixture *f = *state;
    const struct model_file site[] = {
        FILE_OF("kinds/pet.json", own_kind),
        FILE_OF("more.json", "{\"extends\": \"part\", \"fields\": {\"x_colour\": {\"type\": "
                             "\"text\", \"title\": \"Colour\"}}}"),
        FILE_OF("model.d/words/zh.json", "{\"Pet\": \"宠物\", \"Thing\": \"事物\"}"),
    };
    const struct model *m = load_with(f, site, COUNT(site), "");
    const struct kind *pet = model_kind(m, TEXT("pet"));
    assert_non_null(pet);
    assert_true(text_is(pet->file, "model.d/kinds/pet.json"));
    assert_true(text_is(pet->title.zh, "宠物"));
    const struct field *f2 = kind_field(model_kind(m, TEXT("part")), TEXT("x_colour"));
    assert_true(text_is(f2->source, "model.d/more.json:1"));
}

static void a_clash_names_both_lines(void **state)
{
    struct fixture *f = *state;
    refused(f, FILE_OF("kinds/thing.json", "{\n\"kind\": \"thing\"}"),
            "model.d/kinds/thing.json:2", "clash", "model/kinds/thing.json:1");
    refused(f, FILE_OF("frameworks/fw-1.json", "{\n\"framework\": \"fw-1\"}"),
            "model.d/frameworks/fw-1.json:2", "clash", "model/frameworks/fw-1.json:1");
    refused(f, FILE_OF("checks/c-1.json", "{\n\"check\": \"c-1\"}"),
            "model.d/checks/c-1.json:2", "clash", "model/checks/c-1.json:1");
}

/* Or a release that comes to say what a site already says would keep the site from starting. */
static void of_two_translations_the_shipped_one_stands(void **state)
{
    struct fixture *f = *state;
    const struct model_file site[] = {
        FILE_OF("kinds/pet.json", own_kind),
        FILE_OF("words/zh.json", "{\"Pet\": \"宠物\",\n\"Thing\": \"东西\"}"),
        FILE_OF("pages/words.json", "{\n\"Pet\": \"爱宠\"}"),
    };
    const struct model *m = load_with(f, site, 2, "");
    assert_true(text_is(model_kind(m, TEXT("thing"))->title.zh, "事物"));
    assert_true(text_is(model_kind(m, TEXT("pet"))->title.zh, "宠物"));
    struct call *call = call_open(f->arena, 0, LANG_EN);
    struct model *none;
    assert_int_equal(model_load(call, f->files, f->count, site, 3, TEXT(""), &none), ERR_INVALID);
    assert_true(has_problem(call, TEXT("model.d/words/zh.json:1"), "clash",
                            "model.d/pages/words.json:2"));
}

static void an_extension_only_adds(void **state)
{
    struct fixture *f = *state;
    refused(f,
            FILE_OF("a.json", "{\"extends\": \"thing\",\n\"fields\": {\n\"story\": {\"type\": "
                              "\"text\", \"title\": \"S\"}}}"),
            "model.d/a.json:3", "clash", "model/kinds/thing.json:7");
    refused(f,
            FILE_OF("a.json", "{\"extends\": \"thing\",\n\"fields\": {\n\"title\": {\"type\": "
                              "\"text\", \"title\": \"S\"}}}"),
            "model.d/a.json:3", "clash", "model/envelope.json:2");
    refused(f,
            FILE_OF("a.json", "{\"extends\": \"thing\", \"fields\": {\n\"code\": {\"type\": "
                              "\"text\", \"title\": \"S\"}}}"),
            "model.d/a.json:2", "name", "x_");
    refused(f, FILE_OF("a.json", "{\"extends\":\n\"thong\", \"fields\": {}}"),
            "model.d/a.json:2", "unknown", "thong");
    refused(f, FILE_OF("a.json", "{\"extends\": \"thing\", \"fields\": {}, \"moves\": {}}"),
            "model.d/a.json:1", "unknown_key", "moves");
    refused(f, FILE_OF("roles.json", "{\"roles\": {}}"), "model.d/roles.json:1", "site",
            "cannot alter");
}

static void two_extensions_clash(void **state)
{
    struct fixture *f = *state;
    const struct model_file site = FILE_OF(
        "a.json", "{\"extends\": \"thing\",\n\"fields\": {\"x_code\": {\"type\": \"text\", "
                  "\"title\": \"S\"}}}");
    struct model *m;
    assert_int_equal(model_load(f->call, f->files, f->count, &site, 1, TEXT("extra"), &m),
                     ERR_INVALID);
    assert_int_equal(f->call->problem_count, 1);
    assert_true(
        has_problem(f->call, TEXT("model.d/a.json:2"), "clash", "model/overlays/extra.json:2"));
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {
        EACH(an_overlay_is_off_until_named), EACH(a_check_of_an_overlay_comes_with_it),
        EACH(an_unknown_overlay_is_refused), EACH(a_site_adds_kinds_fields_words),
        EACH(a_clash_names_both_lines),      EACH(an_extension_only_adds),
        EACH(two_extensions_clash),          EACH(of_two_translations_the_shipped_one_stands),
    };
    fixture_folder = argc > 1 ? argv[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
