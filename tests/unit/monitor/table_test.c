/* SPDX-License-Identifier: Apache-2.0 */
/* A row and a profile make the very bytes of an event; what a profile may not say is named. */
#include "monitor/profile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1777629600000000) /* 2026-05-01T10:00:00Z */

/* ---- moments
 * ---------------------------------------------------------------------------------- */
static void moment_is(const char *format, const char *zone, const char *cell, const char *want)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, NOW, LANG_EN);
    struct zone *z = NULL;
    int64_t at;
    if (*zone)
        assert_int_equal(zone_open(call, a, text_of(zone), &z), OK);
    struct when w = {.format = text_of(format), .zone = z, .time = 12 * 3600};
    assert_true(when__good(w.format));
    bool read = when__read(&w, text_of(cell), &at);
    assert_int_equal(read, *want != '\0');
    if (read) {
        const char *got = text_c(a, moment_print(a, at));
        assert_memory_equal(got, want, strlen(want));
    }
    arena_close(a);
}

static void times_are_read(void **state)
{
    (void)state;
    moment_is("", "", "2026-05-01", "2026-05-01T12:00:00.000000Z");
    moment_is("", "", "2026-05-01 09:30", "2026-05-01T09:30:00.000000Z");
    moment_is("", "", "2026-05-01T09:30:15.25", "2026-05-01T09:30:15.250000Z");
    moment_is("", "", "2026-05-01T09:30:15+08:00", "2026-05-01T01:30:15.000000Z");
    moment_is("", "Asia/Singapore", "2026-05-01", "2026-05-01T04:00:00.000000Z");
    moment_is("", "Asia/Singapore", "2026-05-01T09:30:15Z", "2026-05-01T09:30:15.000000Z");
    moment_is("DD/MM/YYYY", "", "5/3/2024", "2024-03-05T12:00:00.000000Z");
    moment_is("MM/DD/YYYY", "", "5/3/2024", "2024-05-03T12:00:00.000000Z");
    moment_is("MM/DD/YYYY hh:mm:ss AP", "", "5/3/2024 12:05:09 AM", "2024-05-03T00:05:09");
    moment_is("MM/DD/YYYY hh:mm AP", "", "5/3/2024 12:05 pm", "2024-05-03T12:05:00");
    moment_is("YYYYMMDDhhmmss", "", "20240503120509", "2024-05-03T12:05:09");
    moment_is("YYYY-MM-DD hh:mm:ss.f", "", "2024-05-03 01:02:03.123456789",
              "2024-05-03T01:02:03.123456Z");
    moment_is("unix", "", "1777629600.5", "2026-05-01T10:00:00.500000Z");
    moment_is("unix_ms", "", "1777629600500", "2026-05-01T10:00:00.500000Z");
    moment_is("unix", "", "-1", "1969-12-31T23:59:59.000000Z");
}

/* An hour that clocks show twice, and one that they leave out. */
static void changes_of_clocks(void **state)
{
    (void)state;
    moment_is("", "Europe/Berlin", "2026-10-25 02:30", "2026-10-25T00:30:00");
    moment_is("", "Europe/Berlin", "2026-10-25 03:00", "2026-10-25T02:00:00");
    moment_is("", "Europe/Berlin", "2026-03-29 01:59", "2026-03-29T00:59:00");
    moment_is("", "Europe/Berlin", "2026-03-29 02:30", "2026-03-29T01:30:00");
    moment_is("", "Europe/Berlin", "2026-03-29 03:00", "2026-03-29T01:00:00");
}

static void what_is_no_time_is_not_read(void **state)
{
    (void)state;
    moment_is("", "", "2026-02-30", "");
    moment_is("", "", "yesterday", "");
    moment_is("", "", "05/03/2024", "");
    moment_is("DD/MM/YYYY", "", "05/13/2024", "");
    moment_is("DD/MM/YYYY", "", "05/03/24", "");
    moment_is("DD/MM/YYYY", "", "05/03/2024 ", "");
    moment_is("DD/MM/YYYY", "", "00/03/2024", "");
    moment_is("DD/MM/YYYY hh:mm", "", "05/03/2024 24:00", "");
    moment_is("DD/MM/YYYY hh:mm AP", "", "05/03/2024 13:00 PM", "");
    moment_is("unix", "", "1e300", "");
    moment_is("unix", "", "nan", "");
    assert_false(when__good(TEXT("YYYY-MM")));
    assert_false(when__good(TEXT("YYYY-MM-DD ss")));
    assert_false(when__good(TEXT("YYYY-MM-DD AP")));
    assert_false(when__good(TEXT("YYYY-YYYY-MM-DD")));
}

/* ---- rows
 * ------------------------------------------------------------------------------------- */
/* The lines of the one row; or what is wrong, as "column code". */
static void row_is(const char *profile, const char *header, const char *row, const char *want)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, NOW, LANG_EN);
    struct profile *p;
    struct csv csv;
    struct text *cells;
    size_t count, lines;
    uint32_t line;
    struct columns c = {.system = TEXT("S"), .moment = NOW};
    struct buf out = buf_in(a, EVENT_LINE);
    assert_int_equal(profile_read(call, text_of(profile), &p), OK);
    csv_open(&csv, text_of(header));
    assert_int_equal(csv_row(call, &csv, 100, &cells, &count, &line), OK);
    enum err e = columns__find(call, p, cells, count, &c);
    if (e == OK) {
        csv_open(&csv, text_of(row));
        assert_int_equal(csv_row(call, &csv, 100, &cells, &count, &line), OK);
        e = columns__lines(call, &c, &(struct table_cells){cells, count, 7}, &out, &lines);
    }
    if (e != OK) {
        assert_int_equal(out.len, 0);
        buf_add(&out, call->problems->field);
        buf_add_byte(&out, ' ');
        buf_add(&out, call->problems->code);
    }
    buf_add_byte(&out, '\0');
    assert_string_equal(out.at, want);
    arena_close(a);
}

#define START                                                                                  \
    "{\"v\":1,\"kind\":\"prediction\",\"system\":\"S\",\"ts\":\"2026-05-01T00:00:00."          \
    "000000Z\","
#define LABEL                                                                                  \
    "{\"v\":1,\"kind\":\"label\",\"system\":\"S\",\"ts\":\"2026-05-01T00:00:00.000000Z\","
#define MAP "{\"kind\":\"prediction\",\"id\":\"n\",\"ts\":\"d\",\"missing\":[\"?\"],"

static void members_are_mapped(void **state)
{
    (void)state;
    row_is(MAP "\"task\":{\"is\":\"binary\"},\"pred_class\":{\"column\":\"c\",\"values\":{"
               "\"approve\":1,\"\":0}},"
               "\"label\":\"y\"}",
           "n,d,c,y", "a,2026-05-01,approve,1.0",
           START "\"id\":\"a\",\"task\":\"binary\",\"pred_class\":1}\n" LABEL
                 "\"ref\":\"a\",\"label\":1}\n");
    row_is(
        MAP
        "\"pred_class\":{\"column\":\"c\",\"values\":{\"approve\":1,\"\":0}},\"label\":\"y\"}",
        "n,d,c,y", "a,2026-05-01,,?", START "\"id\":\"a\",\"pred_class\":0}\n");
    row_is(MAP "\"pred_class\":{\"column\":\"c\",\"at_least\":0.5},\"score\":{\"column\":\"c\","
               "\"range\":[850,300]}}",
           "n,d,c", "a,2026-05-01,300", START "\"id\":\"a\",\"pred_class\":1,\"score\":1}\n");
    row_is(MAP "\"task\":{\"is\":\"regression\"},\"value\":\"c\",\"label\":\"y\"}", "n,d,c,y",
           "a,2026-05-01,-1.50,07",
           START "\"id\":\"a\",\"task\":\"regression\",\"value\":-1.5}\n" LABEL
                 "\"ref\":\"a\",\"value\":7}\n");
    row_is("{\"kind\":\"label\",\"ref\":\"n\",\"ts\":{\"file\":true},\"label\":\"y\"}", "n,y",
           "a,cat",
           "{\"v\":1,\"kind\":\"label\",\"system\":\"S\",\"ts\":\"2026-05-01T10:00:00."
           "000000Z\",\"ref\":\"a\",\"label\":\"cat\"}\n");
}

/* Codes with a zero before them and numbers too long to be kept whole stay texts. */
static void the_rest_is_features(void **state)
{
    (void)state;
    row_is(MAP "\"protected\":[\"age\"],\"features\":\"rest\",\"leave\":[\"name\"]}",
           "n,d,age,x,x,,zip,name,long,empty,sci",
           "a,2026-05-01,25,1,2.50,yes,01234,Ann,12345678901234567890,?,1e3",
           START
           "\"id\":\"a\",\"protected\":{\"age\":\"25\"},\"features\":{\"x\":1,\"x.1\":2.5,"
           "\"column "
           "6\":\"yes\",\"zip\":\"01234\",\"long\":\"12345678901234567890\",\"sci\":1000}}\n");
    row_is(MAP "\"decimal\":\",\",\"features\":\"rest\"}", "n;d;x;y", "a;2026-05-01;2,5;2.5",
           START "\"id\":\"a\",\"features\":{\"x\":2.5,\"y\":\"2.5\"}}\n");
    row_is(MAP "\"features\":{\"age\":{\"column\":\"x\",\"as\":\"text\"}}}", "n,d,x",
           "a,2026-05-01,7", START "\"id\":\"a\",\"features\":{\"age\":\"7\"}}\n");
}

static void ids_are_made(void **state)
{
    (void)state;
    row_is("{\"kind\":\"prediction\",\"ts\":\"d\",\"id\":{\"columns\":[\"a\",\"b\"],\"join\":"
           "\"/\",\"prefix\":\"p-\"}}",
           "d,a,b", "2026-05-01,1,2", START "\"id\":\"p-1/2\"}\n");
    row_is("{\"kind\":\"prediction\",\"ts\":\"d\",\"id\":{\"row\":\"number\",\"prefix\":\"may-"
           "\"}}",
           "d", "2026-05-01", START "\"id\":\"may-7\"}\n");
    row_is("{\"kind\":\"prediction\",\"ts\":\"d\",\"id\":{\"row\":\"content\"}}", "d,a",
           "2026-05-01,1", START "\"id\":\"cd273df9b4b710e7c6004bf7253eb68f\"}\n");
}

static void what_a_row_lacks_is_named(void **state)
{
    (void)state;
    row_is(MAP "\"score\":\"s\"}", "n,d,s", "a,2026-05-01,high", "s number");
    row_is(MAP "\"score\":\"s\"}", "n,d,s", "a,2026-05-01,inf", "s number");
    row_is(MAP "\"score\":\"s\"}", "n,d,s", "a,?,1", "d required");
    row_is(MAP "\"score\":\"s\"}", "n,d,s", "a,1 May,1", "d moment");
    row_is(MAP "\"pred_class\":{\"column\":\"c\",\"values\":{\"no\":0}}}", "n,d,c",
           "a,2026-05-01,perhaps", "c unknown");
    row_is(MAP "\"score\":\"s\"}", "n,d", "a,2026-05-01", "score column");
    row_is(MAP "\"reviewable\":\"r\"}", "n,d,r", "a,2026-05-01,perhaps", "r type");
    row_is(MAP "\"features\":{\"f\":{\"column\":\"x\",\"as\":\"number\"}}}", "n,d,x",
           "a,2026-05-01,red", "x number");
}

/* ---- profiles
 * --------------------------------------------------------------------------------- */
static void profile_lacks(const char *profile, const char *fields)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, NOW, LANG_EN);
    struct profile *p;
    struct buf b = buf_in(a, 1000);
    assert_int_not_equal(profile_read(call, text_of(profile), &p), OK);
    for (const struct problem *one = call->problems; one; one = one->next) {
        buf_add_c(&b, b.len ? " " : "");
        buf_add(&b, one->field);
    }
    buf_add_byte(&b, '\0');
    assert_string_equal(b.at, fields);
    arena_close(a);
}

static void what_a_profile_may_not_say(void **state)
{
    (void)state;
    profile_lacks("[]", "");
    profile_lacks("{\"kind\":\"stop\"}", "kind");
    profile_lacks("{\"kind\":\"prediction\"}", "ts id");
    profile_lacks("{\"kind\":\"label\"}", "ts ref");
    profile_lacks(MAP "\"polarity\":\"x\"}", "polarity");
    profile_lacks(MAP "\"system\":\"x\"}", "system");
    profile_lacks(MAP "\"score\":3}", "score");
    profile_lacks(MAP "\"score\":{\"column\":\"x\",\"is\":1}}", "score");
    profile_lacks(MAP "\"score\":{\"column\":\"x\",\"range\":[1,1]}}", "score");
    profile_lacks(MAP "\"score\":{\"column\":\"x\",\"colunm\":\"y\"}}", "score");
    profile_lacks(
        MAP "\"score\":{\"columns\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}}",
        "score");
    profile_lacks(MAP "\"label_ts\":\"x\"}", "label");
    profile_lacks(MAP "\"decimal\":\"'\",\"separator\":\"ab\",\"leave\":\"?\"}",
                  "decimal separator leave");
    profile_lacks(
        "{\"kind\":\"prediction\",\"id\":\"n\",\"ts\":{\"column\":\"d\",\"format\":\"DD.MM\"}}",
        "ts");
    profile_lacks("{\"kind\":\"prediction\",\"id\":\"n\",\"ts\":{\"column\":\"d\",\"zone\":"
                  "\"Nowhere/At_all\"}}",
                  "zone");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_are_read),
        cmocka_unit_test(changes_of_clocks),
        cmocka_unit_test(what_is_no_time_is_not_read),
        cmocka_unit_test(members_are_mapped),
        cmocka_unit_test(the_rest_is_features),
        cmocka_unit_test(ids_are_made),
        cmocka_unit_test(what_a_row_lacks_is_named),
        cmocka_unit_test(what_a_profile_may_not_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
