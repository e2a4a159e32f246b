/* SPDX-License-Identifier: Apache-2.0 */
/* E5: every type of field says everything that the program asks of it, and its check keeps the
 * values it should, as what it says they are made of, and refuses the others with words. That
 * they come back from the store and from files is tests/attack/e5_every_type_comes_back.py. */
#include "model/model.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the ones above it first */
#include <cmocka.h>

static struct arena *arena;

static struct option options[] = {{.value = {"low", 3}}, {.value = {"high", 4}}};
static const struct scale scale = {.options = options, .count = 2};

/* A value that is kept as it is, one that is not for the type. A type without a line fails. */
static const struct {
    const char *word, *good, *bad;
} values[] = {
    {"text", "\"A name\"", "\"two\\nlines\""},
    {"note", "\"two\\nlines\"", "\"\\u0001\""},
    {"integer", "7", "7.5"},
    {"number", "7.25", "\"7.25\""},
    {"yes_no", "true", "\"yes\""},
    {"date", "\"2028-02-29\"", "\"2027-02-29\""},
    {"moment", "\"2026-11-28T09:30:00.000000Z\"", "\"2026-11-28\""},
    {"choice", "\"high\"", "\"middle\""},
    {"ref", "\"RSK-0001\"", "\"\""},
    {"refs", "\"RSK-0001\"", "17"},
    {"file", "\"01KK7P9A76ZFA0D4ZPJZWB2QW9\"", "{}"},
    {"document",
     "{\"lead\":\"en\",\"versions\":{\"en\":{\"title\":\"Policy\",\"text\":\"# One\"},"
     "\"zh-Hant\":{\"file\":\"01KK7P9A76ZFA0D4ZPJZWB2QW9\",\"compared\":2}}}",
     "\"a text\""},
    {"links", "{\"type\":\"see\",\"kind\":\"risk\",\"id\":\"x\"}", "\"x\""},
};

static const struct json *read(const char *written)
{
    const struct json *v;
    assert_int_equal(
        json_read(call_open(arena, 0, LANG_EN), text_of(written), &json_request_limits, &v),
        OK);
    return v;
}

static bool is_of(enum form form, const struct json *v)
{
    switch (form) {
    case FORM_WORDS:
        return v->type == JSON_TEXT;
    case FORM_WHOLE:
        return v->type == JSON_INTEGER;
    case FORM_NUMBER:
        return v->type == JSON_INTEGER || v->type == JSON_NUMBER;
    case FORM_TRUTH:
        return v->type == JSON_TRUE || v->type == JSON_FALSE;
    case FORM_LINKS: /* of a list, one entry */
        return v->type == JSON_TEXT || v->type == JSON_OBJECT;
    case FORM_ROWS:
    case FORM_PARTS:
        return v->type == JSON_OBJECT;
    }
    return false;
}

static void each_says_everything(void **state)
{
    for (size_t i = 0; i < field_type_count; i++) {
        const struct field_type *t = field_types[i];
        assert_non_null(t->word);
        assert_ptr_equal(field_type_named(text_of(t->word)), t); /* and no other has the word */
        assert_non_null(t->keys);
        assert_true(t->width >= 8 && t->width <= 60);
        assert_true((t->check == NULL) == (t->form == FORM_ROWS));
        assert_true(t->form == FORM_WORDS || (t->most == 0 && t->format == NULL));
        assert_true(t->form == FORM_WORDS || t->form == FORM_LINKS || t->form == FORM_PARTS ||
                    t->refers == REFERS_NOT);
        assert_true((t->form == FORM_PARTS) == (t->refers == REFERS_PARTS));
        assert_true((t->form == FORM_LINKS) ==
                    (t->refers == REFERS_MANY || t->refers == REFERS_FREE));
        assert_true((t->written == WRITTEN_WHOLE) == (t->form == FORM_WHOLE));
        assert_true((t->written == WRITTEN_NUMBER) == (t->form == FORM_NUMBER));
        assert_true((t->written == WRITTEN_TRUTH) == (t->form == FORM_TRUTH));
        assert_true((t->sheet == XLSX_NUMBER) ==
                    (t->form == FORM_WHOLE || t->form == FORM_NUMBER));
        assert_true((t->sheet == XLSX_YES_NO) == (t->form == FORM_TRUTH));
        assert_true((t->sheet == XLSX_DATE) == (t->written == WRITTEN_DAY));
        assert_true((t->sheet == XLSX_MOMENT) == (t->written == WRITTEN_MOMENT));
        assert_true(!t->searched || t->personal); /* what is found by its words can be erased */
        assert_true(strlen(form_json(t->form)) > 0 && strlen(form_typescript(t->form)) > 0);
        struct field f = {.type = t};
        assert_int_equal(field_is_column(&f), strlen(form_column(t->form)) > 0);
        assert_int_equal(field_is_list(&f), text_is(text_of(form_json(t->form)), "array"));
    }
    assert_null(field_type_named(TEXT("texts")));
    assert_null(field_type_named(TEXT("")));
    (void)state;
}

static void check_one(const struct field_type *t, const char *good, const char *bad)
{
    struct field f = {.name = TEXT("x"),
                      .type = t,
                      .scale = t->written == WRITTEN_OPTION ? &scale : NULL,
                      .source = TEXT("model/kinds/x.json:7")};
    struct call *call = call_open(arena, 0, LANG_EN);
    const struct json *kept = NULL, *again = NULL, *v = read(good);
    if (t->check(call, TEXT("x"), &f, v, &kept) != OK)
        fail_msg("%s refuses %s", t->word, good);
    if (!is_of(t->form, kept) || !json_same(kept, v))
        fail_msg("%s keeps %s as something else", t->word, good);
    assert_int_equal(t->check(call, TEXT("x"), &f, kept, &again), OK);
    assert_true(json_same(kept, again));
    assert_int_equal(call->problem_count, 0);
    assert_int_equal(field_fits(&f, v), t->written != WRITTEN_JSON);
    if (t->check(call, TEXT("x[2]"), &f, read(bad), &again) != ERR_INVALID)
        fail_msg("%s takes %s", t->word, bad);
    assert_int_equal(call->problem_count, 1);
    assert_true(text_is(call->problems->field, "x[2]") && call->problems->message.len > 0);
    assert_true(text_is(call->problems->source, "model/kinds/x.json:7"));
    assert_false(field_fits(&f, read(bad)));
}

static void each_keeps_its_values_and_refuses_others(void **state)
{
    for (size_t i = 0; i < field_type_count; i++) {
        size_t n = 0;
        while (n < COUNT(values) && strcmp(values[n].word, field_types[i]->word) != 0)
            n++;
        if (field_types[i]->form == FORM_ROWS)
            continue; /* their cells are of the other types */
        if (n == COUNT(values))
            fail_msg("no value is tried for the type %s", field_types[i]->word);
        check_one(field_types[i], values[n].good, values[n].bad);
    }
    (void)state;
}

/* Each is refused at the member that is wrong; what the engine computes is left out, not
 * refused. */
static void a_document_is_refused_where_it_is_wrong(void **state)
{
    static const struct {
        const char *written, *field, *code;
    } wrong[] = {
        {"{}", "x", "type"},
        {"{\"versions\":{}}", "x.versions", "required"},
        {"{\"versions\":{\"en\":null}}", "x.versions", "required"},
        {"{\"versions\":{\"EN\":{\"text\":\"a\"}}}", "x.versions.EN", "language"},
        {"{\"versions\":{\"en-\":{\"text\":\"a\"}}}", "x.versions.en-", "language"},
        {"{\"versions\":{\"en\":{}}}", "x.versions.en", "one_of"},
        {"{\"versions\":{\"en\":{\"text\":\"a\",\"file\":\"b\"}}}", "x.versions.en", "one_of"},
        {"{\"versions\":{\"en\":{\"text\":\"a\\n<b>\"}}}", "x.versions.en.text", "html"},
        {"{\"versions\":{\"en\":{\"text\":\"a\\u0001\"}}}", "x.versions.en.text", "control"},
        {"{\"versions\":{\"en\":{\"text\":\"a\",\"title\":\"b\\nc\"}}}", "x.versions.en.title",
         "one_line"},
        {"{\"versions\":{\"en\":{\"text\":\"a\",\"html\":\"b\"}}}", "x.versions.en.html",
         "unknown"},
        {"{\"versions\":{\"en\":{\"text\":\"a\",\"compared\":0}}}", "x.versions.en.compared",
         "type"},
        {"{\"versions\":{\"en\":{\"text\":\"a\"},\"zh\":{\"text\":\"b\"}}}", "x.lead",
         "required"},
        {"{\"lead\":\"de\",\"versions\":{\"en\":{\"text\":\"a\"}}}", "x.lead", "language"},
        {"{\"more\":1,\"versions\":{\"en\":{\"text\":\"a\"}}}", "x.more", "unknown"},
        {"{\"lead\":\"aa\",\"versions\":{\"aa\":{\"text\":\"a\"},\"ab\":{\"text\":\"a\"},"
         "\"ac\":{\"text\":"
         "\"a\"},\"ad\":{\"text\":\"a\"},\"ae\":{\"text\":\"a\"},\"af\":{\"text\":\"a\"},"
         "\"ag\":{\"text\":"
         "\"a\"},\"ah\":{\"text\":\"a\"},\"ai\":{\"text\":\"a\"}}}",
         "x.versions", "too_many"},
    };
    struct field f = {.name = TEXT("x"), .type = &type_document};
    for (size_t i = 0; i < COUNT(wrong); i++) {
        struct call *call = call_open(arena, 0, LANG_EN);
        const struct json *kept;
        assert_int_equal(type_document.check(call, f.name, &f, read(wrong[i].written), &kept),
                         ERR_INVALID);
        if (!text_is(call->problems->field, wrong[i].field) ||
            !text_is(call->problems->code, wrong[i].code))
            fail_msg("%s: %.*s %.*s", wrong[i].written, TEXT_ARG(call->problems->field),
                     TEXT_ARG(call->problems->code));
    }
    struct call *call = call_open(arena, 0, LANG_EN);
    const struct json *kept;
    assert_int_equal(
        type_document.check(
            call, f.name, &f,
            read("{\"versions\":{\"zh\":null,\"en\":{\"text\":\" a\\r\\nb \",\"title\":"
                 "\"\",\"changed\":7,\"behind\":3}}}"),
            &kept),
        OK);
    assert_true(
        json_same(kept, read("{\"lead\":\"en\",\"versions\":{\"en\":{\"text\":\"a\\nb\"}}}")));
    (void)state;
}

/* The handbook of the model has a line for each that a kind may have: "| `word` |". */
static const char *handbook;
static void each_is_in_the_handbook(void **state)
{
    static char bytes[256 * 1024];
    FILE *file = fopen(handbook, "rb");
    assert_non_null(file);
    struct text t = {bytes, fread(bytes, 1, sizeof(bytes), file)};
    (void)fclose(file);
    for (size_t i = 0; i < field_type_count; i++)
        if (field_types[i]->in_kind &&
            text_search(t, text_print(arena, "| `%s` |", field_types[i]->word)) < 0)
            fail_msg("docs/model.md says nothing of the type %s", field_types[i]->word);
    (void)state;
}

int main(int count, char **words)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_says_everything),
        cmocka_unit_test(each_keeps_its_values_and_refuses_others),
        cmocka_unit_test(a_document_is_refused_where_it_is_wrong),
        cmocka_unit_test(each_is_in_the_handbook)};
    if (count != 2)
        return 1;
    handbook = words[1];
    arena = arena_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(arena);
    return failed;
}
