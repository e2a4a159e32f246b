/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of an entry: what is written is canonical by another implementation's measure, and
 * the strict reader takes nothing else. */
#include "ledger/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena *a;
static struct call *call;
static const struct text origin = {"log.example.org/acme/records", 28};

static int set_up(void **state)
{
    a = arena_open();
    call = call_open(a, 0, LANG_EN);
    return 0;
}

static int tear_down(void **state)
{
    arena_close(a);
    return 0;
}

static struct ledger_event full_event(void)
{
    return (struct ledger_event){
        .act = "record.change",
        .actor_type = TEXT("user"),
        .actor_id = TEXT("usr_1"),
        .object_kind = TEXT("risk"),
        .object_id = TEXT("01JABC"),
        .object_version = 7,
        .has_commitment = true,
        .commitment = sha256(TEXT("c")),
        .previous = 3,
        .previous_commitment = sha256(TEXT("p")),
        .model = TEXT("0123456789abcdef"),
        .request = TEXT("req_1"),
    };
}

static struct text write_leaf(const struct ledger_event *event, uint64_t index)
{
    struct text leaf;
    assert_int_equal(leaf__write(call, event, origin, index, INT64_C(1795405826123456), &leaf),
                     OK);
    return leaf;
}

static bool reads(struct text bytes, struct leaf *out)
{
    const char *why = NULL;
    size_t offset = 0;
    bool ok = leaf__read(a, bytes, out, &why, &offset);
    assert_true(ok || (why != NULL && offset <= bytes.len));
    return ok;
}

static void must_be_canonical(struct text leaf)
{
    const struct json *v;
    struct buf again = buf_in(a, LEAF_MOST);
    assert_int_equal(json_read(call, leaf, &json_request_limits, &v), OK);
    assert_int_equal(json_canonical(call, v, &again), OK);
    assert_true(text_same(buf_text(&again), leaf));
}

static void full_entry_has_these_bytes(void **state)
{
    struct ledger_event event = full_event();
    struct text leaf = write_leaf(&event, 48213);
    assert_true(text_starts(leaf, "{\"act\":\"record.change\",\"actor\":{\"id\":\"usr_1\","
                                  "\"t\":\"user\"},\"c\":\""));
    assert_true(text_search(leaf, TEXT("=\",\"log\":\"log.example.org/acme/records\",\"m\":"
                                       "\"0123456789abcdef\",\"n\":48213,\"obj\":{\"id\":"
                                       "\"01JABC\",\"t\":\"risk\",\"ver\":7},\"prev\":{\"c\":"
                                       "\"")) > 0);
    assert_true(text_ends(leaf, "=\",\"n\":3},\"req\":\"req_1\","
                                "\"t\":\"2026-11-23T03:50:26.123456Z\",\"v\":1}"));
    must_be_canonical(leaf);
}

static void smallest_entry_has_these_bytes(void **state)
{
    struct ledger_event event = {.act = "ledger.genesis", .previous = -1};
    struct text leaf = write_leaf(&event, 0);
    assert_true(text_is(leaf,
                        "{\"act\":\"ledger.genesis\",\"log\":\"log.example.org/acme/records"
                        "\",\"n\":0,\"t\":\"2026-11-23T03:50:26.123456Z\",\"v\":1}"));
    must_be_canonical(leaf);
}

static void what_is_written_is_read(void **state)
{
    struct ledger_event event = full_event();
    struct leaf leaf;
    assert_true(reads(write_leaf(&event, 48213), &leaf));
    assert_true(text_is(leaf.act, "record.change"));
    assert_true(text_same(leaf.log, origin));
    assert_true(text_is(leaf.object_kind, "risk"));
    assert_true(text_is(leaf.object_id, "01JABC"));
    assert_int_equal(leaf.index, 48213);
    assert_int_equal(leaf.previous, 3);
    assert_int_equal(leaf.moment, INT64_C(1795405826123456));
    assert_true(leaf.has_commitment && leaf.has_previous);
    assert_memory_equal(&leaf.commitment, &event.commitment, HASH_SIZE);
    assert_memory_equal(&leaf.previous_commitment, &event.previous_commitment, HASH_SIZE);
}

/* Every subset of the optional members is canonical and comes back. */
static void every_subset_round_trips(void **state)
{
    for (unsigned bits = 0; bits < 256; bits++) {
        struct ledger_event event = full_event();
        struct leaf leaf;
        if (bits & 1)
            event.actor_id = TEXT("");
        if (bits & 2)
            event.actor_type = TEXT("");
        if (bits & 4)
            event.object_id = TEXT("");
        if (bits & 8)
            event.object_version = 0;
        if (bits & 16)
            event.has_commitment = false;
        if (bits & 32)
            event.previous = -1;
        if (bits & 64)
            event.model = TEXT("");
        if (bits & 128)
            event.request = TEXT("");
        struct text bytes = write_leaf(&event, 9);
        must_be_canonical(bytes);
        assert_true(reads(bytes, &leaf));
        assert_int_equal(leaf.has_previous, event.previous >= 0);
        assert_int_equal(leaf.has_commitment, event.has_commitment);
    }
}

/* Every character of one byte, and some of more, through the writer, the reader and the other
 * canonical writer. */
static void every_character_round_trips(void **state)
{
    for (int c = 1; c < 0x80; c++) {
        struct ledger_event event = full_event();
        struct leaf leaf;
        char id[] = {'a', (char)c, 'b'};
        event.object_id = (struct text){id, sizeof(id)};
        struct text bytes = write_leaf(&event, 9);
        must_be_canonical(bytes);
        assert_true(reads(bytes, &leaf));
    }
    struct ledger_event event = full_event();
    struct leaf leaf;
    event.object_id = TEXT("\xc3\xa9\xe9\xa3\x8e\xe9\x99\xa9\xf0\x9f\x94\x92\xe2\x80\xa8\x7f");
    must_be_canonical(write_leaf(&event, 9));
    assert_true(reads(write_leaf(&event, 9), &leaf));
}

static void refuses(struct ledger_event event, uint64_t index, enum err expected)
{
    struct text leaf;
    assert_int_equal(leaf__write(call, &event, origin, index, 0, &leaf), expected);
}

static void bad_events_are_refused(void **state)
{
    struct ledger_event event = full_event();
    char *longer = arena_take(a, 1001);
    memset(longer, 'x', 1001);
    refuses(event, 4, OK);
    refuses(event, 3, ERR_BUG); /* previous is not before it */
    event.act = "";
    refuses(event, 9, ERR_BUG);
    event = full_event();
    event.object_id = (struct text){longer, 1001};
    refuses(event, 9, ERR_INVALID);
    event.object_id = TEXT("\xff");
    refuses(event, 9, ERR_INVALID);
    event = full_event();
    event.object_kind = TEXT("");
    refuses(event, 9, ERR_BUG);
    event = full_event();
    event.object_version = INT64_C(9007199254740992);
    refuses(event, 9, ERR_BUG);
    refuses(full_event(), UINT64_C(9007199254740992), ERR_BUG);
}

static struct text change(struct text t, const char *from, const char *to)
{
    ptrdiff_t at = text_search(t, text_of(from));
    assert_true(at >= 0);
    struct text left = text_join(a, text_slice(t, 0, (size_t)at), text_of(to));
    return text_join(a, left, text_from(t, (size_t)at + strlen(from)));
}

static void other_spellings_are_refused(void **state)
{
    static const struct {
        const char *from, *to;
    } changes[] = {
        {"{\"act\"", "{ \"act\""},
        {"\"n\":9,", "\"n\": 9,"},
        {"\"n\":9,", "\"n\":09,"},
        {"\"n\":9,", "\"n\":-9,"},
        {"\"n\":9,", "\"n\":9.0,"},
        {"\"n\":9,", "\"n\":9e0,"},
        {"\"n\":9,", "\"n\":9007199254740992,"},
        {"\"n\":9,", "\"n\":99999999999999999999,"},
        {"\"n\":9,", "\"n\":\"9\","},
        {"\"n\":9,", "\"n\":null,"},
        {"\"n\":9,", "\"n\":9,\"n\":9,"},
        {"\"n\":9,", ""},
        {"\"m\":", "\"nn\":"},
        {"\"ver\":7", "\"ver\":0"},
        {"\"v\":1}", "\"v\":2}"},
        {"\"v\":1}", "\"v\":1,\"w\":1}"},
        {"\"v\":1}", "\"v\":1} "},
        {"\"v\":1}", "\"v\":1}\n"},
        {"\"v\":1}", "\"v\":1"},
        {"\"req_1\"", "\"\""},
        {"\"req_1\"", "\"\\u0041\""},
        {"\"req_1\"", "\"\\/\""},
        {"\"req_1\"", "\"\\u000a\""},
        {"\"req_1\"", "\"\\u000F\""},
        {"\"req_1\"", "\"\\u0000\""},
        {"\"req_1\"", "\"\\u00\""},
        {"\"req_1\"", "\"\\"},
        {"\"req_1\"", "\"\x01\""},
        {"\"req_1\"", "\"\xc3\""},
        {"\"req_1\"", "\"\xed\xa0\x80\""},
        {"\"req_1\"", "\"\xc0\x80\""},
        {"\"req_1\"", "\"req_1"},
        {"T03:50:26.123456Z", " 03:50:26.123456Z"},
        {"T03:50:26.123456Z", "T03:50:26.12345Z"},
        {"T03:50:26.123456Z", "T03:50:26.123456+00:00"},
        {"T03:50:26.123456Z", "T25:50:26.123456Z"},
        {"2026-11-23T", "2026-13-23T"},
        {"2026-11-23T", "2026-02-30T"},
        {"=\",\"log\"", "\",\"log\""},
        {"=\",\"log\"", "==\",\"log\""},
        {"{\"id\":\"usr_1\",\"t\":\"user\"}", "{\"t\":\"user\",\"id\":\"usr_1\"}"},
        {"{\"id\":\"usr_1\",\"t\":\"user\"}", "{}"},
        {"{\"id\":\"usr_1\",\"t\":\"user\"}", "null"},
        {"\"obj\":{\"id\":\"01JABC\",\"t\":\"risk\",\"ver\":7},", ""},
        {",\"n\":3}", "}"},
    };
    struct ledger_event event = full_event();
    struct text good = write_leaf(&event, 9);
    struct leaf leaf;
    assert_true(reads(good, &leaf));
    for (size_t i = 0; i < COUNT(changes); i++)
        assert_false(reads(change(good, changes[i].from, changes[i].to), &leaf));
    for (size_t n = 0; n < good.len; n++)
        assert_false(reads(text_slice(good, 0, n), &leaf));
}

/* Whatever the strict reader accepts after one byte was changed is still canonical JSON. */
static void accepted_means_canonical(void **state)
{
    struct ledger_event event = full_event();
    struct text good = write_leaf(&event, 9);
    unsigned accepted = 0;
    for (size_t i = 0; i < good.len; i++) {
        for (int c = 0; c < 256; c += 3) {
            struct arena *scratch = arena_open();
            struct leaf leaf;
            const char *why;
            size_t offset;
            struct call *own = call_open(scratch, 0, LANG_EN);
            const struct json *v;
            char *altered = (char *)(uintptr_t)text_copy(scratch, good).at;
            altered[i] = (char)c;
            struct text bytes = {altered, good.len};
            if (leaf__read(scratch, bytes, &leaf, &why, &offset)) {
                struct buf again = buf_in(scratch, LEAF_MOST);
                accepted++;
                assert_int_equal(json_read(own, bytes, &json_request_limits, &v), OK);
                assert_int_equal(json_canonical(own, v, &again), OK);
                assert_true(text_same(buf_text(&again), bytes));
            }
            arena_close(scratch);
        }
    }
    assert_true(accepted > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_entry_has_these_bytes),
        cmocka_unit_test(smallest_entry_has_these_bytes),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(every_subset_round_trips),
        cmocka_unit_test(every_character_round_trips),
        cmocka_unit_test(bad_events_are_refused),
        cmocka_unit_test(other_spellings_are_refused),
        cmocka_unit_test(accepted_means_canonical),
    };
    return cmocka_run_group_tests_name("ledger leaf", tests, set_up, tear_down);
}
