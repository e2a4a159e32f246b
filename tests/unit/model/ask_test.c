/* SPDX-License-Identifier: Apache-2.0 */
/* What answers say is as tests/vectors/asks.json has it (the pages read the same file), and
 * mistakes in asks and starters are told with file and line. The model that ships is loaded
 * with one thing changed. */
#include "fixture.h"

static const char *vectors;

static struct text whole_file(struct arena *a, const char *path)
{
    struct buf b = buf_in(a, 1 << 20);
    char piece[4096];
    size_t n;
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_add(&b, (struct text){piece, n});
    fclose(f);
    return buf_text(&b);
}

/* ---- judging */
static const struct json *member(void *record, struct text field)
{
    return json_named(record, field);
}

static void read_values(struct arena *a, const struct json *values, struct ask *k)
{
    k->values = NEW_MANY(a, values->count, struct ask_value);
    for (const struct json *v = values->first; v != NULL; v = v->next)
        k->values[k->value_count++] =
            (struct ask_value){v->key, v->type == JSON_NULL ? -1 : v->integer};
}

static struct ask *read_ask(struct arena *a, const struct json *v)
{
    struct ask *k = NEW(a, struct ask);
    struct field *into = NEW(a, struct field);
    const struct json *questions = json_get(v, "questions");
    into->name = json_text(json_get(v, "into"));
    k->into = into;
    read_values(a, json_get(v, "values"), k);
    k->questions = NEW_MANY(a, questions->count, struct ask_question);
    for (const struct json *q = questions->first; q != NULL; q = q->next) {
        struct requirement *row = NEW(a, struct requirement);
        row->weight = json_get(q, "weight")->integer;
        const struct json *when = json_get(q, "when");
        k->questions[k->question_count++] =
            (struct ask_question){.id = json_text(json_get(q, "id")),
                                  .row = row,
                                  .when = when ? condition_from_json(a, when) : NULL};
    }
    assert_int_equal(json_get(v, "gap_below")->integer, ASK_GAP_BELOW);
    return k;
}

static void every_vector_is_met(void **state)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    const struct json *all;
    size_t halves = 0, nothing = 0;
    (void)state;
    assert_int_equal(json_read(call, whole_file(a, vectors), &json_model_limits, &all), OK);
    const struct ask *k = read_ask(a, json_get(all, "ask"));
    for (const struct json *v = json_get(all, "cases")->first; v != NULL; v = v->next) {
        struct ask_result r = ask_judge(k, member, (void *)json_get(v, "record"));
        const struct json *percent = json_get(v, "percent");
        assert_int_equal(r.asked, json_get(v, "asked")->integer);
        assert_int_equal(r.answered, json_get(v, "answered")->integer);
        assert_int_equal(r.gaps, json_get(v, "gaps")->integer);
        assert_int_equal(r.percent, percent->type == JSON_NULL ? -1 : percent->integer);
        halves += r.answered > 0 && r.answered < r.asked;
        nothing += r.percent < 0;
    }
    assert_true(json_get(all, "cases")->count > 40 && halves > 10 && nothing >= 2);
    arena_close(a);
}

/* ---- mistakes */
static const struct mistake {
    const char *file, *find, *put, *at, *code;
} mistakes[] = {
    {"asks/gap.json", "\"kind\": \"gap_assessment\"", "\"kind\": \"gapp\"", "gapp", "unknown"},
    {"asks/gap.json", "\"into\": \"answers\"", "\"into\": \"title\"", "\"into\"", "unknown"},
    {"asks/gap.json", "\"ask\": \"gap\"", "\"ask\": \"gaps\"", "\"gaps\"", "name"},
    {"asks/gap.json", "\"framework\": \"iso-42001\"", "\"framework\": \"iso-1\"", "iso-1",
     "unknown"},
    {"asks/gap.json", "\"starter\": \"systems\"", "\"starter\": \"sistems\"", "sistems",
     "unknown"},
    {"asks/gap.json", "\"no\": 0", "\"nope\": 0", "\"nope\"", "unknown"},
    {"asks/gap.json", "\"partly\": 30", "\"partly\": 130", "\"partly\"", "value"},
    {"asks/gap.json", "\"partly\": 30, ", "", "\"values\"", "missing"},
    {"asks/gap.json", "\"first\": [\"ai_role\"", "\"first\": [\"air_role\"", "\"first\"",
     "unknown"},
    {"asks/gap.json", "\"act\": \"title\"", "\"act\": \"owner\"", "\"act\"", "unknown"},
    {"asks/gap.json", "\"id\": \"4.1\"", "\"id\": \"4.9\"", "\"4.9\"", "unknown"},
    {"asks/gap.json", "\"id\": \"4.2\"", "\"id\": \"4.1\"",
     "\"id\": \"4.1\", \"effort\": 4, \"opens\": \"interested_party\"", "twice"},
    {"asks/gap.json", "\"opens\": \"context_issue\"", "\"opens\": \"context\"", "\"context\"",
     "unknown"},
    {"asks/gap.json", "\"id\": \"4.1\", \"effort\": 4", "\"id\": \"4.1\", \"effort\": 0",
     "\"effort\": 0", "range"},
    {"asks/gap.json", "\"when\": {\"field\": \"ai_role\"", "\"when\": {\"field\": \"ai_roll\"",
     "ai_roll", "unknown"},
    {"asks/gap.json", "\"when\": {\"field\": \"ai_role\", \"in\": [\"both\"]}",
     "\"when\": {\"field\": \"declared\", \"empty\": true}", "\"declared\"", "computed"},
    {"kinds/gap_assessment.json", "\"part\": \"percent\"", "\"part\": \"per\"",
     "\"part\": \"per\"", "value"},
    {"starters/risks.json", "\"kind\": \"risk\"", "\"kind\": \"risks\"", "\"kind\"", "unknown"},
    {"starters/risks.json", "\"starter\": \"risks\"", "\"starter\": \"risk\"", "\"starter\"",
     "name"},
    {"starters/risks.json", "\"taxonomy\": \"R-", "\"taxonomy\": \"Q-", "Q-", "value"},
    {"starters/risks.json", "\"scope_type\"", "\"scope_tipe\"", "scope_tipe", "unknown"},
    {"starters/risks.json", "\"with\": [\"", "\"with\": [\"nobody_", "nobody_", "unknown"},
    {"starters/skills.json", "\"sectors\": [\"", "\"sectors\": [\"x", "\"x", "unknown"},
    {"starters/risks.json", "\"title\": {\"en\"", "\"title\": {\"fr\"", "\"title\"",
     "required"},
    {"starters/policies.json", "\"iso-42001:", "\"iso-42002:", "iso-42002", "unknown"},
};

static uint32_t line_in(struct text bytes, const char *piece)
{
    ptrdiff_t at = text_search(bytes, text_of(piece));
    uint32_t line = 1;
    assert_true(at >= 0);
    for (ptrdiff_t i = 0; i < at; i++)
        line += bytes.at[i] == '\n';
    return line;
}

static bool is_told(const struct fixture *f, const struct mistake *m)
{
    char source[200];
    struct text bytes = file_of((struct fixture *)f, m->file)->bytes;
    snprintf(source, sizeof source, "model/%s:%u", m->file, line_in(bytes, m->at));
    for (const struct problem *p = f->call->problems; p != NULL; p = p->next)
        if (text_is(p->source, source) && text_is(p->code, m->code))
            return true;
    fprintf(stderr, "not told: %s %s\n", source, m->code);
    print_problems(f->call);
    return false;
}

static void mistakes_are_told(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        const struct mistake *m = &mistakes[i];
        struct text as_it_was = file_of(f, m->file)->bytes;
        struct model *model;
        f->call = call_open(f->arena, 0, LANG_EN);
        edit(f, m->file, m->find, m->put);
        assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT(""), &model),
                         ERR_INVALID);
        assert_true(is_told(f, m));
        file_of(f, m->file)->bytes = as_it_was;
    }
}

static void what_ships_is_asked(void **state)
{
    struct fixture *f = *state;
    const struct model *m = load_with(f, NULL, 0, "");
    assert_true(m->ask_count >= 1 && m->starter_count >= 8);
    const struct ask *k = &m->asks[0];
    assert_ptr_equal(model_ask(m, k->into), k);
    assert_null(model_ask(m, kind_field(k->kind, TEXT("title"))));
    assert_non_null(ask_question(k, k->questions[0].id));
    assert_null(ask_question(k, TEXT("4.99")));
    assert_int_equal(k->question_count, k->framework->row_count);
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_vector_is_met),
                                       EACH(mistakes_are_told), EACH(what_ships_is_asked)};
    fixture_folder = argc > 1 ? argv[1] : "";
    vectors = argc > 2 ? argv[2] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
