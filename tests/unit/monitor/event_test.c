/* SPDX-License-Identifier: Apache-2.0 */
/* Lines as systems send them, and as they must not: all that is wrong with one is named. */
#include "monitor/monitor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define NOW INT64_C(1777629600000000) /* 2026-05-01T10:00:00Z */
#define HEAD "{\"v\":1,\"system\":\"s\",\"ts\":\"2026-05-01T10:00:00Z\","

static struct call *call_in(struct arena *a)
{
    return call_open(a, NOW, LANG_EN);
}

/* The codes of what is wrong, in order, with blanks between. */
static void codes_are(const char *line, const char *codes)
{
    struct arena *a = arena_open();
    struct call *call = call_in(a);
    struct event e;
    struct buf b = buf_in(a, 1000);
    enum err outcome = event_read(call, text_of(line), &e);
    for (const struct problem *p = call->problems; p; p = p->next) {
        buf_add_c(&b, b.len ? " " : "");
        buf_add(&b, p->code);
    }
    buf_add_byte(&b, '\0');
    assert_string_equal(b.at, codes);
    assert_int_equal(outcome == OK, !*codes);
    arena_close(a);
}

static void what_is_good_is_taken(void **state)
{
    (void)state;
    codes_are(HEAD "\"kind\":\"prediction\",\"id\":\"a\",\"task\":\"binary\",\"pred_class\":1}",
              "");
    codes_are(HEAD "\"kind\":\"prediction\",\"id\":\"a\",\"task\":\"multiclass\",\"pred_"
                   "class\":\"cat\",\"score\":7}",
              "");
    codes_are(HEAD
              "\"kind\":\"prediction\",\"id\":\"a\",\"task\":\"regression\",\"value\":1e308}",
              "");
    codes_are(HEAD "\"kind\":\"label\",\"ref\":\"a\",\"label\":0}", "");
    codes_are(HEAD "\"kind\":\"label\",\"ref\":\"a\",\"value\":-0.5}", "");
    codes_are(HEAD "\"kind\":\"llm\",\"id\":\"a\"}", "");
    codes_are(HEAD "\"kind\":\"evaluation\",\"ref\":\"a\",\"name\":\"n\",\"score\":7.5}", "");
    codes_are(HEAD
              "\"kind\":\"review\",\"ref\":\"a\",\"reviewer\":\"r\",\"decision\":\"agree\"}",
              "");
    codes_are(HEAD "\"kind\":\"feedback\",\"ref\":\"a\",\"polarity\":-1,\"unheard_of\":[{}]}",
              "");
    codes_are(HEAD "\"kind\":\"outcome\",\"ref\":\"a\"}", "");
}

static void what_is_wrong_is_all_named(void **state)
{
    (void)state;
    codes_are("{}", "unknown");
    codes_are("[]", "type");
    codes_are("{\"kind\":\"label\"}", "required required required required");
    codes_are(HEAD "\"kind\":\"prediction\",\"id\":\"\",\"task\":\"x\",\"latency_ms\":-1}",
              "text unknown range");
    codes_are(HEAD "\"kind\":\"prediction\",\"id\":\"a\",\"task\":\"binary\"}", "required");
    codes_are(HEAD "\"kind\":\"prediction\",\"id\":\"a\",\"task\":\"binary\",\"pred_class\":2}",
              "range");
    codes_are(HEAD "\"kind\":\"prediction\",\"id\":\"a\",\"task\":\"binary\",\"pred_class\":1,"
                   "\"score\":1.0000001}",
              "range");
    codes_are(HEAD "\"kind\":\"prediction\",\"id\":\"a\",\"task\":\"regression\"}", "required");
    codes_are(HEAD "\"kind\":\"prediction\",\"id\":\"a\",\"task\":\"binary\",\"pred_class\":0,"
                   "\"protected\":{\"x\":[]}}",
              "type");
    codes_are(HEAD "\"kind\":\"label\",\"ref\":\"a\"}", "required");
    codes_are(
        HEAD "\"kind\":\"llm\",\"id\":\"a\",\"usage\":{\"input\":-1},\"prompt_sha256\":\"AB\"}",
        "type hash");
    codes_are("{\"v\":1,\"system\":\"s\",\"ts\":\"2026-05-02T10:00:00.000001Z\",\"kind\":"
              "\"outcome\",\"ref\":\"a\"}",
              "future");
    codes_are("{\"v\":1,\"system\":\"s\",\"ts\":\"2026-05-02T10:00:00Z\",\"kind\":\"outcome\","
              "\"ref\":\"a\"}",
              "");
}

static void content_is_not_kept(void **state)
{
    (void)state;
    struct arena *a = arena_open();
    struct event e, again;
    const char *line = HEAD
        "\"kind\":\"llm\",\"id\":\"a\",\"prompt\":\"abc\",\"prompt_sha256\":\"" /* a lie */
        "0000000000000000000000000000000000000000000000000000000000000000\",\"prompt_bytes\":"
        "7,\"z\":1.50}";
    assert_int_equal(event_read(call_in(a), text_of(line), &e), OK);
    assert_true(text_same(
        e.line,
        text_of(HEAD "\"kind\":\"llm\",\"id\":\"a\",\"prompt_sha256\":\""
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\","
                     "\"prompt_bytes\":3,\"z\":1.50}")));
    assert_int_equal(event_read(call_in(a), e.line, &again), OK);
    assert_true(text_same(again.line, e.line));
    arena_close(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_good_is_taken),
        cmocka_unit_test(what_is_wrong_is_all_named),
        cmocka_unit_test(content_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
