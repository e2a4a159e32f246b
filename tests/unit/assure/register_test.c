/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/assure/register_test.c — the register is made once, and kept whole. */
#include "site.h"

#include <string.h>

static struct record_list controls(struct site *s)
{
    struct call *call = site_call(s);
    struct list_query q = {.sort = TEXT("about")};
    struct record_list list;
    struct reader *db = store_reader(s->store);
    site_must(call, record_list(call, s->records, db, model_kind(s->model, TEXT("control")), &q,
                                &list));
    store_return(s->store, db);
    return list;
}

static size_t make(struct site *s)
{
    struct call *call = site_call(s);
    size_t made = 99;
    site_must(call, assure_registers(call, s->records, &made));
    return made;
}

static void made_once(void **state)
{
    struct site *s = *state;
    assert_int_equal(make(s), 2);
    struct record_list list = controls(s);
    assert_int_equal(list.count, 2);
    const struct record *first = list.items[0];
    assert_true(text_is(json_text(record_value(first, TEXT("about"))), "std:A.1"));
    assert_true(text_is(json_text(record_value(first, TEXT("title"))), "A.1 First control"));
    assert_int_equal(first->state, first->kind->start);
    assert_int_equal(make(s), 0);
    assert_int_equal(controls(s).count, 2);
    struct call *call = site_call(s);
    site_must(call, assure_registers(call, s->records, NULL));
    assert_int_equal(controls(s).count, 2);
}

static void only_what_is_missing(void **state)
{
    struct site *s = *state;
    struct text id = site_make(s, "control", "{'title':'Ours','about':'std:A.1'}");
    site_make(s, "control", "{'title':'One of our own','about':'ours:7'}");
    assert_int_equal(make(s), 1);
    assert_int_equal(controls(s).count, 3);
    assert_true(text_same(site_control(s, "A.1"), id));
    struct readiness r = site_ready(s, "std");
    assert_int_equal(r.row_count, 5); /* one's own are no rows of the standard */
}

static void a_row_of_the_register_is_not_put_away(void **state)
{
    struct site *s = *state;
    assert_int_equal(make(s), 2);
    struct call *call = site_call(s);
    struct change change = {.act = RECORD_MOVE,
                            .id = site_control(s, "A.1"),
                            .kind = model_kind(s->model, TEXT("control")),
                            .move = TEXT("archive"),
                            .reason = TEXT("by mistake")};
    assert_int_equal(record_do(call, s->records, &change), ERR_CONFLICT);
    assert_true(text_is(call->problems->code, "state") ||
                text_is(call->problems->code, "register"));
    assert_int_equal(make(s), 0);
    struct readiness r = site_ready(s, "std");
    assert_int_equal(site_row(&r, "A.1")->level, 0);
    assert_true(site_row(&r, "A.1")->applicable);
}

static void a_refusal_is_told(void **state)
{
    struct site *s = *state;
    struct call *call = site_call(s);
    struct text title = s->model->frameworks[0].rows[3].title.en, longest;
    char *bytes = arena_take(s->arena, 400);
    memset(bytes, 'x', 400);
    longest = (struct text){bytes, 400}; /* titles have at most 300 characters */
    s->model->frameworks[0].rows[3].title.en = longest;
    size_t made;
    assert_int_equal(assure_registers(call, s->records, &made), ERR_INVALID);
    s->model->frameworks[0].rows[3].title.en = title;
    assert_int_equal(made, 1); /* each stands alone */
    assert_true(text_is(call->problems->field, "title"));
    assert_int_equal(make(s), 1);
}

/* ---- what the file of a framework may say about its register ----------------------------- */
static const char *model_at;

static struct text replaced(struct arena *a, struct text in, const char *from, const char *to)
{
    ptrdiff_t at = text_search(in, text_of(from));
    assert_true(at >= 0);
    struct text rest = text_from(in, (size_t)at + strlen(from));
    return text_print(a, "%.*s%s%.*s", (int)at, in.at, to, TEXT_ARG(rest));
}

static enum err load_with(struct call *call, const char *from, const char *to)
{
    struct model_file *files;
    struct model *m = NULL;
    size_t count;
    site_must(call, model_folder(call, model_at, "", &files, &count));
    for (size_t i = 0; i < count; i++)
        if (text_is(files[i].path, "frameworks/std.json"))
            files[i].bytes = replaced(call->arena, files[i].bytes, from, to);
    enum err e = model_load(call, files, count, NULL, 0, TEXT(""), &m);
    model_close(m);
    return e;
}

static void mistakes_in_a_register_are_told(void **state)
{
    static const char *const mistakes[][3] = {
        {"\"shown\": 3", "\"shwon\": 3", "no state \"shwon\""},
        {"\"shown\": 3", "\"shown\": 5", "from 0 to 4"},
        {"[\"left_out\"]", "[\"left\"]", "no state \"left\""},
        {"\"approval\": \"c-approved\"", "\"approval\": \"c-no\"", "unknown check \"c-no\""},
        {"\"stage1\": [\"c-approved\"]", "\"stage1\": [\"c-no\"]", "unknown check \"c-no\""},
        {"\"kind\": \"hazard\"", "\"kind\": \"danger\"", "unknown kind \"danger\""},
        {"\"via\": \"controls\"", "\"via\": \"owner\"", "does not refer to the register"},
        {"\"field\": \"band\"", "\"field\": \"due\"", "is not a choice"},
        {"[\"high\"]", "[\"huge\"]", "no value \"huge\""},
        {"\"levels\"", "\"level\"", "unknown key"},
        {"\"via\": \"evidence\"", "\"via\": \"owner\"", "refers to no kind"},
        {"[\"good\"]", "[\"fine\"]", "no state \"fine\""},
        {"\"taken\": \"taken\"", "\"taken\": \"title\"", "not a date of proof"},
        {"\"tested\": \"tested\"", "\"tested\": \"title\"", "not a date of control"},
        {", \"months\": 12", "", "\"months\" is missing"},
        {"\"months\": 12", "\"months\": 0", "from 1 to 120"},
    };
    struct arena *a = arena_open();
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        struct call *call = call_open(a, 0, LANG_EN);
        assert_int_equal(load_with(call, mistakes[i][0], mistakes[i][1]), ERR_INVALID);
        assert_has(call->problems->message, mistakes[i][2]);
        assert_has(call->problems->source, "frameworks/std.json:");
    }
    struct call *call = call_open(a, 0, LANG_EN);
    site_must(call, load_with(call, "\"shown\": 3", "\"shown\": 2"));
    arena_close(a);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        SITE_TEST(made_once),
        SITE_TEST(only_what_is_missing),
        SITE_TEST(a_row_of_the_register_is_not_put_away),
        SITE_TEST(a_refusal_is_told),
        cmocka_unit_test(mistakes_in_a_register_are_told),
    };
    model_at = argc > 1 ? argv[1] : NULL;
    return site_run(argc, argv, "assure register", tests, COUNT(tests));
}
