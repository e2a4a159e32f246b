/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"

#define INDEXED(in, wanted)                                                                    \
    assert_text(words_for_index(((struct call *)*state)->arena, TEXT(in)), wanted)
#define ASKED(in, wanted)                                                                      \
    assert_text(words_for_query(((struct call *)*state)->arena, TEXT(in)), wanted)

static void letters_and_digits(void **state)
{
    INDEXED("", "");
    INDEXED(" ,.-! ", "");
    INDEXED("Hello, World-42!", "hello world 42");
    INDEXED("RSK-0007 v2.1", "rsk 0007 v2 1");
    INDEXED("snake_case", "snake case");
    ASKED("Hello, World", "hello world");
}

static void diacritics_and_width_are_folded(void **state)
{
    INDEXED("Ärger Ångström naïve façade Œuvre Straße Łódź",
            "arger angstrom naive facade oeuvre strasse lodz");
    INDEXED("e\xCC\x81"
            "clair",
            "eclair"); /* the mark as a character of its own */
    INDEXED("Ａｂｃ１２３　ｘ！", "abc123 x");
    INDEXED("soft\xC2\xADhyphen zero\xE2\x80\x8Bwidth", "softhyphen zerowidth");
    INDEXED("3×4÷5", "3 4 5");
}

/* However it was typed: composed, decomposed, in half width, or without its marks. */
static void one_spelling_of_many(void **state)
{
    INDEXED("Nguyễn", "nguyen");
    INDEXED("Nguye\xCC\x82\xCC\x83n", "nguyen");
    INDEXED("ƠN ưu đãi", "on uu dai");
    INDEXED("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB\xEA\xB5\xAD", "한 한국 국");
    INDEXED("ｶﾞ", "ガ");
    INDEXED("か\xE3\x82\x99", "が");
    INDEXED("ﬁle m²", "file m2");
}

static void symbols_are_words(void **state)
{
    INDEXED("Robot 🤖🤖 €5", "robot 🤖 🤖 € 5");
    ASKED("🤖", "🤖");
    ASKED("% * \"", "");
}

static void greek_and_cyrillic_case(void **state)
{
    INDEXED("ΣΟΦΟΣ σοφος σοφός Ά", "σοφοσ σοφοσ σοφόσ ά");
    INDEXED("Москва ЁЖ Ґ", "москва ёж ґ");
}

static void han_gives_characters_and_pairs(void **state)
{
    INDEXED("系", "系");
    INDEXED("系统", "系 系统 统");
    INDEXED("管理体系", "管 管理 理 理体 体 体系 系");
    INDEXED("风险，评估", "风 风险 险 评 评估 估");
    INDEXED("AI系统v2", "ai 系 系统 统 v2");
    INDEXED("カタカナ", "カ カタ タ タカ カ カナ ナ");
    INDEXED("한국", "한 한국 국");
    INDEXED("𠀀𠀁", "𠀀 𠀀𠀁 𠀁");
}

static void a_query_asks_for_pairs(void **state)
{
    ASKED("系", "系");
    ASKED("系统", "系统");
    ASKED("管理体系", "管理 理体 体系");
    ASKED("AI 系统 风", "ai 系统 风");
    ASKED("风，险", "风 险");
}

/* Whatever a query gives for part of a text, the index of the whole has it. */
static void queries_find_what_was_indexed(void **state)
{
    struct call *call = *state;
    struct text whole = TEXT("ISO 42001 人工智能管理体系 Überprüfung 2026");
    struct text index =
        text_print(call->arena, " %.*s ", TEXT_ARG(words_for_index(call->arena, whole)));
    struct text asked = words_for_query(call->arena, TEXT("智能管理 überprüfung iso"));
    while (asked.len > 0) {
        struct text part = text_cut(&asked, ' ');
        struct text word = text_print(call->arena, " %.*s ", TEXT_ARG(part));
        assert_true(text_search(index, word) >= 0);
    }
}

static void words_are_cut_at_64_bytes(void **state)
{
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 1000);
    for (int i = 0; i < 63; i++)
        buf_add_byte(&b, 'a');
    buf_add_c(&b, "яbc d");
    struct text words = words_for_index(call->arena, buf_text(&b));
    assert_int_equal(text_find(words, ' '), 63); /* a letter of two bytes is not split */
    assert_true(text_ends(words, " d"));
}

static void bad_bytes_are_gaps(void **state)
{
    INDEXED("a\xFF"
            "b\xC3",
            "a b");
    INDEXED("\xE7\xB3", "");
    INDEXED("a\0b", "a b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(letters_and_digits),        CALL_TEST(diacritics_and_width_are_folded),
        CALL_TEST(one_spelling_of_many),      CALL_TEST(symbols_are_words),
        CALL_TEST(greek_and_cyrillic_case),   CALL_TEST(han_gives_characters_and_pairs),
        CALL_TEST(a_query_asks_for_pairs),    CALL_TEST(queries_find_what_was_indexed),
        CALL_TEST(words_are_cut_at_64_bytes), CALL_TEST(bad_bytes_are_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
