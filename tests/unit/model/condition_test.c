/* SPDX-License-Identifier: Apache-2.0 */
/* Conditions hold or not exactly as tests/vectors/conditions.json says; the pages read the same
 * file. The first argument is its path. */
#include "model/model.h"

#include <setjmp.h>
#include <stdio.h>
/* cmocka wants the two above it first */
#include <cmocka.h>

static const char *vectors;
static struct arena *arena;

static const struct json *read_json(struct text t)
{
    const struct json *v = NULL;
    struct call *call = call_open(arena, 0, LANG_EN);
    assert_int_equal(json_read(call, t, &json_model_limits, &v), OK);
    return v;
}

static const struct json *member(void *record, struct text field)
{
    return json_get(record, text_c(arena, field));
}

static void every_vector_is_met(void **state)
{
    struct buf b = buf_in(arena, 1 << 20);
    char piece[4096];
    size_t n, count = 0, wrong = 0, lines = 0;
    FILE *f = fopen(vectors, "r");
    assert_non_null(f);
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        buf_add(&b, (struct text){piece, n});
    fclose(f);
    const struct json *all = read_json(buf_text(&b));
    for (const struct json *v = all->first; v != NULL; v = v->next, count++) {
        const struct condition *c = condition_from_json(arena, json_get(v, "condition"));
        assert_non_null(c);
        assert_non_null(json_get(v, "holds"));
        bool holds = condition_holds(c, member, (void *)json_get(v, "record"));
        if (holds != json_true(json_get(v, "holds"))) {
            print_error("line %u of the vectors: %s\n", v->line, holds ? "holds" : "fails");
            wrong++;
        }
        lines += holds;
    }
    assert_int_equal(wrong, 0);
    assert_true(count >= 60 && lines > 20 && lines < count - 20);
}

static void no_condition_always_holds(void **state)
{
    const struct condition always = {.form = WHEN_ALWAYS};
    assert_true(condition_holds(NULL, member, NULL));
    assert_true(condition_holds(&always, member, NULL));
}

static void malformed_conditions_are_refused(void **state)
{
    static const char *const malformed[] = {
        "[]",
        "{}",
        "true",
        "{\"field\":\"a\"}",
        "{\"field\":1,\"is\":1}",
        "{\"is\":1}",
        "{\"field\":\"a\",\"is\":null}",
        "{\"field\":\"a\",\"is\":\"\"}",
        "{\"field\":\"a\",\"is\":[1]}",
        "{\"field\":\"a\",\"in\":[]}",
        "{\"field\":\"a\",\"in\":1}",
        "{\"field\":\"a\",\"in\":[{}]}",
        "{\"field\":\"a\",\"empty\":1}",
        "{\"field\":\"a\",\"is\":1,\"empty\":true}",
        "{\"any\":[]}",
        "{\"all\":{}}",
        "{\"not\":[]}",
        "{\"not\":{}}",
        "{\"any\":[{\"field\":\"a\",\"is\":1}],\"all\":[]}",
        "{\"none\":[]}",
        "{\"any\":[{\"field\":\"a\",\"is\":1},{}]}",
        "{\"field\":\"a\",\"more\":1}",
    };
    for (size_t i = 0; i < COUNT(malformed); i++)
        if (condition_from_json(arena, read_json(text_of(malformed[i]))) != NULL)
            fail_msg("accepted %s", malformed[i]);
}

static void at_most_thirty_two_values(void **state)
{
    for (int count = 32; count <= 33; count++) {
        struct buf b = buf_in(arena, 4096);
        buf_add_c(&b, "{\"field\":\"a\",\"in\":[0");
        for (int i = 1; i < count; i++)
            buf_print(&b, ",%d", i);
        buf_add_c(&b, "]}");
        const struct condition *c = condition_from_json(arena, read_json(buf_text(&b)));
        assert_int_equal(c != NULL, count == 32);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_is_met),
        cmocka_unit_test(no_condition_always_holds),
        cmocka_unit_test(malformed_conditions_are_refused),
        cmocka_unit_test(at_most_thirty_two_values),
    };
    vectors = argc > 1 ? argv[1] : "";
    arena = arena_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(arena);
    return failed;
}
