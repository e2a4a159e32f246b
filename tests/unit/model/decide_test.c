/* SPDX-License-Identifier: Apache-2.0 */
/* What the answers to the questions of the EU AI Act say is as tests/vectors/decides.json has
 * it (the pages read the same file), and mistakes in a file that decides are told with file and
 * line. The model that ships is loaded, with one thing changed for each mistake. */
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
static bool listed(const struct json *list, struct text value)
{
    for (const struct json *one = list->first; one != NULL; one = one->next)
        if (text_same(json_text(one), value))
            return true;
    return false;
}

static bool differs(const struct json *v, const char *what, struct text about)
{
    struct text why = json_text(json_get(v, "why"));
    fprintf(stderr, "%.*s: %s %.*s\n", TEXT_ARG(why), what, TEXT_ARG(about));
    return false;
}

static bool same_set(const struct json *v, const char *key, const struct decider_case *all,
                     size_t n, const bool *holds)
{
    const struct json *wanted = json_get(v, key);
    bool same = true;
    for (size_t i = 0; wanted != NULL && i < n; i++)
        if (holds[i] != listed(wanted, all[i].value))
            same = differs(v, key, all[i].value);
    return same;
}

static ptrdiff_t duty_of(const struct decider *d, struct text code)
{
    for (size_t i = 0; i < d->duty_count; i++)
        if (text_same(d->list[i].code, code))
            return (ptrdiff_t)i;
    return -1;
}

static bool duties_are(const struct json *v, const struct decider *d, const struct ruling *r)
{
    const struct json *starts = json_get(v, "starts");
    bool same = true;
    for (const struct json *one = json_get(v, "has")->first; one != NULL; one = one->next) {
        ptrdiff_t n = duty_of(d, one->text);
        if (n < 0 || !r->duties[n])
            same = differs(v, "lacks", one->text);
    }
    for (const struct json *one = json_get(v, "has_not")->first; one != NULL; one = one->next) {
        ptrdiff_t n = duty_of(d, one->text);
        if (n < 0 || r->duties[n])
            same = differs(v, "has", one->text);
    }
    for (const struct json *one = starts ? starts->first : NULL; one != NULL; one = one->next)
        if (!text_same(r->from[duty_of(d, one->key)], one->text))
            same = differs(v, "begins otherwise", one->key);
    return same;
}

static bool asked_are(const struct json *v, const struct decider *d, const struct ruling *r)
{
    const struct json *asked = json_get(v, "asked");
    bool same = true;
    for (size_t i = 0; asked != NULL && i < d->question_count; i++)
        if (r->asked[i] != listed(asked, d->questions[i].id))
            same = differs(v, "asked", d->questions[i].id);
    return same;
}

static bool is_met(struct arena *a, const struct decider *d, const struct json *v)
{
    struct ruling r;
    decider_judge(a, d, json_get(v, "answers"), json_text(json_get(v, "on")), &r);
    struct text wanted = json_text(json_get(v, "outcome"));
    struct text got = r.outcome == NULL ? TEXT("") : r.outcome->value;
    bool same = text_same(got, wanted) || differs(v, "is", got);
    if ((int64_t)r.unsure != json_get(v, "unsure")->integer)
        same = differs(v, "unsure", got);
    if (!text_same(r.next, json_text(json_get(v, "next"))))
        same = differs(v, "next", r.next);
    return same_set(v, "also", d->besides, d->beside_count, r.also) &&
           same_set(v, "roles", d->parts, d->part_count, r.roles) && duties_are(v, d, &r) &&
           asked_are(v, d, &r) && same;
}

static void every_vector_is_met(void **state)
{
    struct fixture *f = *state;
    const struct json *all;
    size_t wrong = 0, classes = 0;
    const struct decider *d = &load_with(f, NULL, 0, "")->deciders[0];
    assert_int_equal(
        json_read(f->call, whole_file(f->arena, vectors), &json_model_limits, &all), OK);
    const struct json *cases = json_get(all, "cases");
    for (const struct json *v = cases->first; v != NULL; v = v->next)
        wrong += !is_met(f->arena, d, v);
    assert_int_equal(wrong, 0);
    for (size_t i = 0; i < d->outcome_count; i++) {
        bool met = false;
        for (const struct json *v = cases->first; v != NULL && !met; v = v->next)
            met = text_same(json_text(json_get(v, "outcome")), d->outcomes[i].value);
        classes += met;
    }
    assert_int_equal(classes, d->outcome_count);
    assert_true(cases->count > 60);
}

/* Every duty follows from some answers, and none from all. */
static void no_duty_is_idle(void **state)
{
    struct fixture *f = *state;
    const struct json *all;
    const struct decider *d = &load_with(f, NULL, 0, "")->deciders[0];
    assert_int_equal(
        json_read(f->call, whole_file(f->arena, vectors), &json_model_limits, &all), OK);
    for (size_t n = 0; n < d->duty_count; n++) {
        size_t with = 0;
        for (const struct json *v = json_get(all, "cases")->first; v != NULL; v = v->next) {
            struct ruling r;
            decider_judge(f->arena, d, json_get(v, "answers"), json_text(json_get(v, "on")),
                          &r);
            with += r.complete && r.duties[n];
        }
        if (with == 0 || with == json_get(all, "cases")->count)
            fprintf(stderr, "idle: %.*s\n", TEXT_ARG(d->list[n].code));
        assert_true(with > 0 && with < json_get(all, "cases")->count);
    }
}

/* Answers in any order, and each twice, say the same; the judge needs no sorted rows. */
static void order_says_nothing(void **state)
{
    struct fixture *f = *state;
    const struct json *one, *other;
    struct ruling a, b;
    const struct decider *d = &load_with(f, NULL, 0, "")->deciders[0];
    assert_int_equal(
        json_read(
            f->call,
            TEXT("[{\"question\": \"scope\", \"answer\": \"inside\"}, {\"question\": \"role\", "
                 "\"answer\": \"provider\"}, {\"question\": \"prohibited\", \"answer\": "
                 "\"f\"}]"),
            &json_model_limits, &one),
        OK);
    assert_int_equal(
        json_read(
            f->call,
            TEXT("[{\"question\": \"prohibited\", \"answer\": \"f\"}, {\"question\": \"role\", "
                 "\"answer\": \"provider\"}, {\"question\": \"scope\", \"answer\": "
                 "\"inside\"}]"),
            &json_model_limits, &other),
        OK);
    decider_judge(f->arena, d, one, TEXT("2026-12-01"), &a);
    decider_judge(f->arena, d, other, TEXT("2026-12-01"), &b);
    assert_true(a.complete && b.complete && a.outcome == b.outcome);
    assert_true(text_is(a.outcome->value, "prohibited"));
}

/* ---- mistakes */
#define AT "asks/eu-ai-act.json"
static const struct mistake {
    const char *find, *put, *at, *code;
} mistakes[] = {
    {"\"ask\": \"eu-ai-act\"", "\"ask\": \"eu-act\"", "\"eu-act\"", "name"},
    {"\"kind\": \"legal_classification\"", "\"kind\": \"legal\"", "\"kind\": \"legal\"",
     "unknown"},
    {"\"into\": \"answers\"", "\"into\": \"title\"", "\"into\"", "unknown"},
    {"\"day\": \"judged_for\"", "\"day\": \"outcome\"", "\"day\": \"outcome\"", "unknown"},
    {"\"grounds\": \"grounds\"", "\"grounds\": \"answers\"", "\"grounds\": \"answers\"",
     "columns"},
    {"\"verified_on\": \"2026-11-30\"", "\"verified_on\": \"2026-11-31\"", "2026-11-31",
     "value"},
    {"\"id\": \"product\"", "\"id\": \"role\"", "Is it a product", "twice"},
    {"\"form\": \"one\"", "\"form\": \"two\"", "\"two\"", "value"},
    {"\"id\": \"ba\"", "\"id\": \"bb\"", "\"id\": \"bb\", \"title\": {\"en\": \"Makes pictures",
     "twice"},
    {"\"from\": \"2026-12-02\"", "\"from\": \"2026-13-02\"", "2026-13-02", "value"},
    {"{\"field\": \"profiling\", \"is\": \"no\"}", "{\"field\": \"profile\", \"is\": \"no\"}",
     "{\"field\": \"profile\"", "unknown"},
    {"{\"field\": \"product\", \"in\": [\"a\"", "{\"field\": \"product\", \"in\": [\"z\"",
     "\"z\"", "value"},
    {"\"fact\": \"listed\"", "\"fact\": \"going\"",
     "\"fact\": \"going\", \"when\": {\"any\": [{\"field\": \"area\", \"is\": \"2\"}", "twice"},
    {"\"outcome\": \"minimal\"", "\"outcome\": \"nothing\"", "\"nothing\"", "unknown"},
    {"\"outcome\": \"minimal\", \"strict\": 2", "\"outcome\": \"minimal\"", "\"minimal\"",
     "required"},
    {"\"strict\": 5", "\"strict\": 4", "\"article\": \"6(1)\", \"reason\"", "value"},
    {"\"code\": \"O-LIT\"", "\"code\": \"O-LAT\"", "O-LAT", "unknown"},
    {"\"code\": \"O-DAT\"", "\"code\": \"O-RMS\"", "\"O-RMS\", \"article\": \"10, 4a\"",
     "twice"},
    {"\"role\": \"employer\"", "\"role\": \"boss\"", "\"boss\"", "unknown"},
    {"{\"day\": \"2025-08-02\", \"what\"", "{\"day\": \"2024-08-02\", \"what\"",
     "{\"day\": \"2024-08-02\"", "order"},
    {"\"also\": \"registration\", \"when\"", "\"also\": \"registering\", \"when\"",
     "\"registering\"", "unknown"},
};

static void mistakes_are_told(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < COUNT(mistakes); i++) {
        const struct mistake *m = &mistakes[i];
        struct text as_it_was = file_of(f, AT)->bytes;
        struct model *model;
        char source[200];
        f->call = call_open(f->arena, 0, LANG_EN);
        edit(f, AT, m->find, m->put);
        assert_int_equal(model_load(f->call, f->files, f->count, NULL, 0, TEXT(""), &model),
                         ERR_INVALID);
        snprintf(source, sizeof source, "model/" AT ":%u",
                 line_of(file_of(f, AT)->bytes, m->at));
        if (!has_problem(f->call, text_of(source), m->code, ""))
            print_problems(f->call);
        if (!has_problem(f->call, text_of(source), m->code, ""))
            fail_msg("not told: %s %s", source, m->code);
        file_of(f, AT)->bytes = as_it_was;
    }
}

int main(int argc, char **argv)
{
#define EACH(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)
    const struct CMUnitTest tests[] = {EACH(every_vector_is_met), EACH(no_duty_is_idle),
                                       EACH(order_says_nothing), EACH(mistakes_are_told)};
    fixture_folder = argc > 1 ? argv[1] : "";
    vectors = argc > 2 ? argv[2] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
