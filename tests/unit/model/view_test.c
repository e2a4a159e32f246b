/* SPDX-License-Identifier: Apache-2.0 */
/* The address of a list that somebody keeps: a question to its register, and nowhere else to go. */
#include "model/model.h"

#include <setjmp.h>
#include <stdio.h>
/* cmocka wants the two above it first */
#include <cmocka.h>

static struct arena *arena;
static const struct kind *kind;

static const struct {
    const char *address;
    enum list_fault fault;
    const char *at;
} vectors[] = {
    {"", LIST_GOOD, ""},
    {"title=a+b&state.not=x%2Cy&owner=me&title.empty=1", LIST_GOOD, ""},
    {"q=two%20words&sort=-title,state&group=state&columns=title,state", LIST_GOOD, ""},
    {"colour=blue", LIST_UNKNOWN, "colour"},
    {"title.like=x", LIST_UNKNOWN, "title.like"},
    {"title.=x", LIST_UNKNOWN, "title."},
    {"=x", LIST_UNKNOWN, ""},
    {"sort=--title", LIST_UNKNOWN, "-title"},
    {"sort=,title", LIST_UNKNOWN, ""},
    {"columns=title,colour", LIST_UNKNOWN, "colour"},
    {"shape=spiral", LIST_UNKNOWN, "spiral"},
    {"view=VW-0001", LIST_UNKNOWN, "view"},
    {"limit=1000", LIST_UNKNOWN, "limit"},
    {"format=csv", LIST_UNKNOWN, "format"},
    {"as_of=2026-01-01T00:00:00Z", LIST_UNKNOWN, "as_of"},
    {"q=a&q=b", LIST_TWICE, "q"},
    {"q=%0a", LIST_VALUE, "q"},
    {"q=%7f", LIST_VALUE, "q"},
    {"q=%e2%80%ae", LIST_VALUE, "q"},
    {"q=%e2%81%a6", LIST_VALUE, "q"},
    {"q=%e2%80%99", LIST_GOOD, ""},
    {"title", LIST_SPELLED, ""},
    {"&", LIST_SPELLED, ""},
    {"title=a&&state=b", LIST_SPELLED, ""},
    {"?title=a", LIST_SPELLED, ""},
    {"//evil.example", LIST_SPELLED, ""},
    {"title=//evil.example", LIST_SPELLED, ""},
    {"javascript:alert(1)", LIST_SPELLED, ""},
    {"title=a#b", LIST_SPELLED, ""},
    {"title=a\r\nb=c", LIST_SPELLED, ""},
    {"title=\"a\"", LIST_SPELLED, ""},
    {"title=%", LIST_SPELLED, ""},
    {"title=%zz", LIST_SPELLED, ""},
    {"title=%00", LIST_SPELLED, ""},
    {"title=%c0%af", LIST_SPELLED, ""},
};

static void each_is_as_it_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        struct text at;
        enum list_fault fault =
            list_address_check(arena, kind, text_of(vectors[i].address), &at);
        if (fault != vectors[i].fault || !text_is(at, vectors[i].at))
            fail_msg("%s: %d at %.*s", vectors[i].address, (int)fault, TEXT_ARG(at));
    }
}

static struct text many(const char *part, size_t times)
{
    struct buf b = buf_in(arena, 1u << 20);
    for (size_t i = 0; i < times; i++)
        buf_add_c(&b, part);
    return buf_text(&b);
}

static void it_is_bounded(void **state)
{
    (void)state;
    struct text at;
    assert_int_equal(list_address_check(arena, kind, many("q", 2001), &at), LIST_LONG);
    assert_int_equal(list_address_check(arena, kind, many("title=a&", 64), &at), LIST_GOOD);
    assert_int_equal(list_address_check(arena, kind, many("title=a&", 65), &at), LIST_MANY);
    struct text columns = text_print(arena, "columns=%.*s", TEXT_ARG(many("title,", 40)));
    assert_int_equal(list_address_check(arena, kind, columns, &at), LIST_GOOD);
    columns = text_print(arena, "columns=%.*s", TEXT_ARG(many("title,", 41)));
    assert_int_equal(list_address_check(arena, kind, columns, &at), LIST_MANY);
}

int main(void)
{
    static struct field fields[] = {{.name = {"title", 5}, .type = &type_text},
                                    {.name = {"state", 5}, .type = &type_text},
                                    {.name = {"owner", 5}, .type = &type_ref}};
    static const struct kind thing = {.name = {"thing", 5}, .fields = fields, .field_count = 3};
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_as_it_says),
                                       cmocka_unit_test(it_is_bounded)};
    arena = arena_open();
    kind = &thing;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(arena);
    return failed;
}
