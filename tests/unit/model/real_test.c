/* SPDX-License-Identifier: Apache-2.0 */
/* The model that ships: it loads without a mistake, alone and with every overlay switched on,
 * and it is the same inside the binary as in the folder given as the first argument. */
#include "model/model.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the four above it first */
#include <cmocka.h>

static const char *folder;

static void print_problems(const struct call *call)
{
    for (const struct problem *p = call->problems; p != NULL; p = p->next)
        fprintf(stderr, "%.*s: %.*s\n", TEXT_ARG(p->source), TEXT_ARG(p->message));
}

static struct model *load(struct arena *a, struct text on)
{
    struct call *call = call_open(a, 0, LANG_EN);
    struct model_file *files;
    struct model *m;
    size_t count;
    assert_int_equal(model_folder(call, folder, "", &files, &count), OK);
    size_t before = arena_used(a);
    if (model_load(call, files, count, NULL, 0, on, &m) != OK)
        print_problems(call);
    assert_int_equal(call->problem_count, 0);
    assert_non_null(m);
    /* A server is started in the arena of its life: what was needed to read the files is not kept. */
    assert_true(arena_used(a) - before < 64 * 1024);
    return m;
}

static void shipped_model_loads(void **state)
{
    struct arena *a = arena_open();
    struct model *m = load(a, TEXT(""));
    assert_true(m->kind_count > 5);
    assert_non_null(m->unit_kind);
    assert_int_equal(m->hash.len, 16);
    for (size_t i = 0; i < m->kind_count; i++) {
        assert_true(kind_state(&m->kinds[i], TEXT("archived")) >= 0);
        assert_non_null(kind_move(&m->kinds[i], TEXT("archive")));
        assert_non_null(kind_field(&m->kinds[i], TEXT("title")));
    }
    model_close(m);
    arena_close(a);
}

static void shipped_overlays_load(void **state)
{
    struct arena *a = arena_open();
    struct model *m = load(a, TEXT(""));
    for (size_t i = 0; i < m->overlay_count; i++) {
        struct model *with = load(a, m->overlays[i].name);
        assert_false(text_same(with->hash, m->hash));
        model_close(with);
    }
    model_close(m);
    arena_close(a);
}

static void embedded_is_the_same(void **state)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct model *m = load(a, TEXT("")), *inside;
    size_t count;
    const struct model_file *files = model_embedded(&count);
    assert_int_equal(model_load(call, files, count, NULL, 0, TEXT(""), &inside), OK);
    assert_true(text_same(inside->hash, m->hash));
    assert_non_null(model_embedded_file("envelope.json"));
    assert_null(model_embedded_file("no/such.json"));
    model_close(inside);
    model_close(m);
    arena_close(a);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_model_loads),
        cmocka_unit_test(shipped_overlays_load),
        cmocka_unit_test(embedded_is_the_same),
    };
    if (argc < 2)
        return 77; /* meson: skipped */
    folder = argv[1];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
