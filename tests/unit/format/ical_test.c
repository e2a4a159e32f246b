/* SPDX-License-Identifier: Apache-2.0 */
#include "format/format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct text written(struct arena *a, const struct ical_event *e)
{
    struct buf b = buf_in(a, 1u << 20);
    ical_begin(&b, TEXT("Aimwell"));
    ical_add(&b, e);
    ical_end(&b);
    assert_false(b.full);
    return buf_text(&b);
}

static bool has(struct text t, const char *line)
{
    struct arena *a = arena_open();
    bool found = text_search(t, text_print(a, "\r\n%s\r\n", line)) >= 0;
    arena_close(a);
    return found;
}

static void a_day_and_a_moment(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    int64_t at = 0;
    assert_true(moment_read(TEXT("2026-11-29T14:05:09.250000Z"), &at));
    struct ical_event e = {.uid = TEXT("X.due@aimwell"),
                           .summary = TEXT("A, b; c\\d\nnext"),
                           .url = TEXT("https://a.example/k/task/TSK-1"),
                           .day = TEXT("2026-12-01"),
                           .sequence = 7,
                           .stamp = at};
    struct text t = written(a, &e);
    assert_true(text_starts(t, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"));
    assert_true(text_ends(t, "END:VEVENT\r\nEND:VCALENDAR\r\n"));
    assert_true(has(t, "UID:X.due@aimwell"));
    assert_true(has(t, "DTSTAMP:20261129T140509Z"));
    assert_true(has(t, "DTSTART;VALUE=DATE:20261201"));
    assert_true(has(t, "SEQUENCE:7"));
    assert_true(has(t, "SUMMARY:A\\, b\\; c\\\\d next"));
    assert_true(has(t, "URL:https://a.example/k/task/TSK-1"));
    e.day = TEXT("");
    e.at = at;
    e.url = TEXT("https://a.example/k/x\r\nATTACH:evil");
    t = written(a, &e);
    assert_true(has(t, "DTSTART:20261129T140509Z"));
    assert_true(text_search(t, TEXT("ATTACH")) < 0);
    arena_close(a);
}

/* Every line at most 75 bytes, and put together again the text as it was. */
static void lines_are_folded_between_letters(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    for (size_t lead = 0; lead < 80; lead++) {
        struct buf title = buf_in(a, 4096), whole = buf_in(a, 1u << 20);
        for (size_t i = 0; i < lead; i++)
            buf_add_c(&title, "x");
        for (size_t i = 0; i < 60; i++)
            buf_add_c(&title, i % 3 ? "审" : "🌿");
        struct ical_event e = {
            .uid = TEXT("X"), .summary = buf_text(&title), .day = TEXT("2026-12-01")};
        struct text rest = written(a, &e);
        while (rest.len > 0) {
            struct text line = text_cut(&rest, '\n');
            assert_true(text_ends(line, "\r") && line.len <= 76);
            line.len--;
            assert_true(text_utf8(line));
            if (text_starts(line, " "))
                line = text_from(line, 1);
            else
                buf_add_c(&whole, "\n");
            buf_add(&whole, line);
        }
        struct text want = text_print(a, "\nSUMMARY:%.*s\n", TEXT_ARG(buf_text(&title)));
        assert_true(text_search(buf_text(&whole), want) >= 0);
    }
    arena_close(a);
}

static void what_is_too_long_or_no_text_does_no_harm(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    struct buf title = buf_in(a, 1u << 20);
    for (size_t i = 0; i < 20000; i++)
        buf_add_c(&title, i % 2 ? "审" : ";\x01\r\x7f");
    struct ical_event e = {
        .uid = TEXT("X"), .summary = buf_text(&title), .day = TEXT("2026-12-01")};
    struct text t = written(a, &e);
    assert_true(text_utf8(t));
    assert_true(t.len < 20000);
    assert_true(text_search(t, TEXT("\x01")) < 0 && text_search(t, TEXT("\x7f")) < 0);
    assert_true(text_search(t, TEXT("TRANSP:TRANSPARENT\r\n")) >= 0);
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_day_and_a_moment),
        cmocka_unit_test(lines_are_folded_between_letters),
        cmocka_unit_test(what_is_too_long_or_no_text_does_no_harm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
