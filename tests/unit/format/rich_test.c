/* SPDX-License-Identifier: Apache-2.0 */
/* Rich text reads exactly as tests/vectors/rich.json says, or is refused at that line for that
 * reason; the pages read the same file (ui/test/rich.test.ts). */
#include "format/format.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>
/* cmocka wants the ones above it first */
#include <cmocka.h>

static struct arena *arena;
static const char *vectors;

/* What the sink is told, a line each: "heading 1", "'words", "/". */
struct told {
    struct buf out;
    bool in_words;
    int open;
};

static void end_words(struct told *t)
{
    if (t->in_words)
        buf_add_c(&t->out, "\n");
    t->in_words = false;
}

static void tell_open(void *arg, enum rich r, int64_t number, struct text to)
{
    struct told *t = arg;
    end_words(t);
    t->open++;
    buf_add_c(&t->out, rich_word(r));
    if (number)
        buf_print(&t->out, " %lld", (long long)number);
    if (to.len)
        buf_print(&t->out, " %.*s", TEXT_ARG(to));
    buf_add_c(&t->out, "\n");
}

static void tell_words(void *arg, struct text words)
{
    struct told *t = arg;
    assert_true(words.len > 0);
    if (!t->in_words)
        buf_add_c(&t->out, "'");
    t->in_words = true;
    buf_add(&t->out, words);
}

static void tell_close(void *arg, enum rich r)
{
    struct told *t = arg;
    end_words(t);
    t->open--;
    buf_add_c(&t->out, "/\n");
    assert_true(t->open >= 0 && rich_word(r)[0]);
}

static bool read(struct text t, struct told *told, struct rich_fault *fault)
{
    *told = (struct told){.out = buf_in(arena, 1 << 20)};
    struct rich_sink sink = {told, tell_open, tell_words, tell_close};
    return rich_read(t, &sink, fault);
}

static const struct json *file(void)
{
    static char bytes[256 * 1024];
    const struct json *v;
    FILE *f = fopen(vectors, "rb");
    assert_non_null(f);
    struct text t = {bytes, fread(bytes, 1, sizeof(bytes), f)};
    (void)fclose(f);
    assert_int_equal(json_read(call_open(arena, 0, LANG_EN), t, &json_model_limits, &v), OK);
    return v;
}

static struct text wanted(const struct json *list)
{
    struct buf b = buf_in(arena, 1 << 20);
    for (const struct json *one = list ? list->first : NULL; one; one = one->next)
        buf_print(&b, "%.*s\n", TEXT_ARG(one->text));
    return buf_text(&b);
}

static void reads_as_the_vectors_say(void **state)
{
    size_t read_count = 0, refused_count = 0;
    bool good = true;
    for (const struct json *v = json_get(file(), "vectors")->first; v; v = v->next) {
        const struct json *refused = json_get(v, "refused");
        struct told told;
        struct rich_fault fault = {0};
        bool ok = read(json_text(json_get(v, "text")), &told, &fault);
        struct text want = wanted(json_get(v, "reads")), got = buf_text(&told.out);
        bool same = refused ? !ok && text_is(json_text(json_get(refused, "why")), fault.code) &&
                                  (int64_t)fault.line == json_get(refused, "line")->integer
                            : ok && told.open == 0 && text_same(got, want);
        refused ? refused_count++ : read_count++;
        if (!same)
            print_error("line %u of the vectors: %s %s at %zu\n%.*s", v->line,
                        ok ? "reads" : "refused", ok ? "" : fault.code, fault.line,
                        TEXT_ARG(got));
        good = good && same;
    }
    assert_true(good && read_count > 20 && refused_count > 15);
    (void)state;
}

static void is_bounded(void **state)
{
    struct told told;
    struct rich_fault fault;
    struct buf b = buf_in(arena, 1 << 16);
    for (int i = 0; i < RICH_LINES; i++)
        buf_add_c(&b, "a\n");
    assert_true(read(buf_text(&b), &told, &fault));
    buf_add_c(&b, "a\n");
    assert_false(read(buf_text(&b), &told, &fault));
    assert_string_equal(fault.code, "lines");
    assert_int_equal(fault.line, RICH_LINES + 1);
    (void)state;
}

/* Marks that find no end, many times: the work is counted in what the sink hears, and it ends.
 */
static void goes_through_what_never_ends(void **state)
{
    static const char *const pieces[] = {"*a ",   "**a ", "[a",   "[a](",
                                         "***a ", "\\*",  "*a* ", "|"};
    for (size_t i = 0; i < COUNT(pieces); i++) {
        struct buf b = buf_in(arena, 1 << 20);
        struct told told;
        struct rich_fault fault;
        while (b.len < 60000)
            buf_add_c(&b, pieces[i]);
        (void)read(buf_text(&b), &told, &fault);
    }
    (void)state;
}

static void its_words_are_without_marks(void **state)
{
    struct buf b = buf_in(arena, 4096);
    rich_plain(TEXT("# Policy\n\nWe **do** [this](https://a.example/x).\n- one\n  2. two\n\n| "
                    "A |\n|---|\n| b |\n\n"
                    "[[RSK-0001]] \\*"),
               &b);
    assert_true(
        text_same(buf_text(&b), TEXT("Policy\nWe do this.\none\n2. two\nA\nb\nRSK-0001 *\n")));
    (void)state;
}

int main(int count, char **words)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(reads_as_the_vectors_say),
                                              cmocka_unit_test(is_bounded),
                                              cmocka_unit_test(goes_through_what_never_ends),
                                              cmocka_unit_test(its_words_are_without_marks)};
    if (count != 2)
        return 1;
    vectors = words[1];
    arena = arena_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(arena);
    return failed;
}
