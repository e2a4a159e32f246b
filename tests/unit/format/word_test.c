/* SPDX-License-Identifier: Apache-2.0 */
#include "format/format.h"
#include "zip_of.h"

#define LINKS(target)                                                                          \
    "<Relationships><Relationship Id=\"r1\" Type=\"http://x/officeDocument\" "                 \
    "Target=\"" target "\"/></Relationships>"
#define P(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"
#define STYLED(style, text)                                                                    \
    "<w:p><w:pPr><w:pStyle w:val=\"" style "\"/></w:pPr><w:r><w:t>" text "</w:t></w:r></w:p>"
#define BODY(inside) "<w:document xmlns:w=\"w\"><w:body>" inside "</w:body></w:document>"

static const char style_links[] =
    "<Relationships><Relationship Id=\"a\" Type=\"http://x/styles\" "
    "Target=\"styles.xml\"/></Relationships>";
static const char styles[] =
    "<w:styles xmlns:w=\"w\">"
    "<w:style w:type=\"paragraph\" w:styleId=\"1\"><w:name w:val=\"Heading 1\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"2\"><w:basedOn w:val=\"1\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"3\"><w:name w:val=\"Own\"/><w:pPr><w:outlineLvl "
    "w:val=\"2\"/></w:pPr></w:style>"
    "<w:style w:type=\"character\" w:styleId=\"4\"><w:name w:val=\"heading 1\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"5\"><w:basedOn w:val=\"6\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"6\"><w:basedOn w:val=\"5\"/></w:style>"
    "<w:style w:type=\"paragraph\" w:styleId=\"t\"><w:name w:val=\"Title\"/></w:style>"
    "</w:styles>";

static enum err read_styled(struct call *call, struct text xml, struct word *out)
{
    const struct entry parts[] = {{"_rels/.rels", TEXT(LINKS("word/document.xml"))},
                                  {"word/document.xml", xml},
                                  {"word/_rels/document.xml.rels", text_of(style_links)},
                                  {"word/styles.xml", text_of(styles)}};
    return word_read(call, zip_of(call, parts, COUNT(parts)), out);
}

static enum err read_words(struct call *call, const char *xml, struct word *out)
{
    const struct entry parts[] = {{"_rels/.rels", TEXT(LINKS("word/document.xml"))},
                                  {"word/document.xml", text_of(xml)}};
    return word_read(call, zip_of(call, parts, COUNT(parts)), out);
}

static void headings_come_from_what_styles_mean(void **state)
{
    struct call *call = *state;
    struct word w;
    static const int levels[] = {1, 1, 3, 0, 0, 0, 1, 5};
    assert_int_equal(
        read_styled(
            call,
            TEXT(BODY(STYLED("1", "a") STYLED("2", "b") STYLED("3", "c") STYLED("4", "d")
                          STYLED("5", "e") STYLED("9", "f") STYLED(
                              "t", "g") "<w:p><w:pPr><w:outlineLvl w:val=\"4\"/></w:pPr><w:r>"
                                        "<w:t>h</w:t></w:r></w:p>")),
            &w),
        OK);
    assert_int_equal(w.count, COUNT(levels));
    for (size_t i = 0; i < w.count; i++) {
        assert_int_equal(w.blocks[i].is, levels[i] ? WORD_HEADING : WORD_PARAGRAPH);
        assert_int_equal(w.blocks[i].level, levels[i]);
    }
}

static void words_stand_as_they_are_read(void **state)
{
    struct call *call = *state;
    struct word w;
    assert_int_equal(
        read_words(
            call,
            BODY("<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r>"
                 "<w:t>one</w:t><w:tab/><w:t>two</w:t><w:br/><w:t xml:space=\"preserve\">"
                 " &lt;b&gt; </w:t></w:r></w:p><w:p/>"
                 "<w:p><w:ins><w:r><w:t>put in</w:t></w:r></w:ins><w:del><w:r>"
                 "<w:delText>taken out</w:delText></w:r></w:del></w:p>"
                 "<w:p><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom></w:p>"
                 /* a box of text in a paragraph, written twice for older programs */
                 "<w:p><w:r><w:t>before</w:t><mc:AlternateContent xmlns:mc=\"m\"><mc:Choice>"
                 "<w:drawing><w:txbxContent>" P(
                     "in a box") "</w:txbxContent></w:drawing>"
                                 "</mc:Choice><mc:Fallback><w:pict>" P(
                                     "in a box") "</w:pict></mc:Fallback>"
                                                 "</mc:AlternateContent><w:t>after</w:t></"
                                                 "w:r></w:p>"
                                                 "<w:p><w:r><w:footnoteReference/"
                                                 "><w:commentReference/></w:r></w:p>"
                                                 "<w:sectPr><w:headerReference/></w:sectPr>"),
            &w),
        OK);
    assert_int_equal(w.count, 5);
    assert_text(w.blocks[0].text, "one\ttwo\n <b>");
    assert_text(w.blocks[1].text, "put in");
    assert_text(w.blocks[2].text, "before");
    assert_text(w.blocks[3].text, "in a box");
    assert_text(w.blocks[4].text, "after");
    assert_true(w.changes && w.pictures && w.notes && w.comments && w.margins && !w.cut);
}

static void tables_are_rows_of_cells(void **state)
{
    struct call *call = *state;
    struct word w;
    assert_int_equal(
        read_words(
            call,
            BODY("<w:tbl><w:tr><w:tc>" P("a") P(
                "b") "</w:tc><w:tc/></w:tr>"
                     "<w:tr><w:tc><w:tbl><w:tr><w:tc>" P("c") "</w:tc><w:tc>" P(
                         "d") "</w:tc></w:tr></w:tbl></w:tc></w:tr></w:tbl>"
                              "<w:tc>" P(
                                  "no table") "</w:tc><w:tr/><w:tbl/>"
                                              "<w:p><w:pPr><w:numPr><w:ilvl "
                                              "w:val=\"2\"/></w:numPr></w:pPr><w:r>"
                                              "<w:t>item</w:t></w:r></"
                                              "w:p><w:p><w:pPr><w:numPr><w:numId w:val=\"0\"/>"
                                              "</w:numPr></w:pPr><w:r><w:t>none</w:t></w:r></"
                                              "w:p>"),
            &w),
        OK);
    assert_int_equal(w.count, 4);
    assert_int_equal(w.blocks[0].is, WORD_TABLE);
    assert_int_equal(w.blocks[0].row_count, 2);
    assert_int_equal(w.blocks[0].rows[0].count, 2);
    assert_text(w.blocks[0].rows[0].cells[0], "a\nb");
    assert_text(w.blocks[0].rows[0].cells[1], "");
    assert_text(w.blocks[0].rows[1].cells[0], "c\nd");
    assert_text(w.blocks[1].text, "no table");
    assert_int_equal(w.blocks[2].is, WORD_ITEM);
    assert_int_equal(w.blocks[2].level, 2);
    assert_int_equal(w.blocks[3].is, WORD_PARAGRAPH);
}

static struct text many(struct call *call, const char *head, const char *one, size_t count,
                        const char *tail)
{
    struct buf b = buf_in(call->arena, 64u << 20);
    buf_add_c(&b, head);
    for (size_t i = 0; i < count; i++)
        buf_add_c(&b, one);
    buf_add_c(&b, tail);
    return buf_text(&b);
}

/* Stored, not packed: what is met is the bound, not the ratio. */
static enum err read_stored(struct call *call, struct text xml, struct word *out)
{
    const struct entry parts[] = {{"_rels/.rels", TEXT(LINKS("word/document.xml"))},
                                  {"word/document.xml", xml}};
    return word_read(call, zip_stored(call, parts, COUNT(parts)), out);
}

static void what_is_long_is_cut_and_says_so(void **state)
{
    struct call *call = *state;
    struct word w;
    const char *head = "<document><body>", *tail = "</body></document>";
    assert_int_equal(
        read_stored(call, many(call, head, "<p><r><t>a</t></r></p>", WORD_BLOCKS, tail), &w),
        OK);
    assert_int_equal(w.count, WORD_BLOCKS);
    assert_false(w.cut);
    assert_int_equal(
        read_stored(call, many(call, head, "<p><r><t>a</t></r></p>", WORD_BLOCKS + 1, tail),
                    &w),
        OK);
    assert_int_equal(w.count, WORD_BLOCKS);
    assert_true(w.cut);
    assert_int_equal(
        read_stored(call,
                    many(call, "<document><body><p><r><t>", "0123456789abcdef0123456789abcdef",
                         20000, "</t></r></p></body></document>"),
                    &w),
        OK);
    assert_true(w.cut && w.count == 1 && w.blocks[0].text.len <= WORD_BYTES);
    assert_int_equal(read_stored(call,
                                 many(call, "<document><body><tbl>",
                                      "<tr><tc><p><r><t>a</t></r></p></tc></tr>",
                                      WORD_CELLS + 5, "</tbl></body></document>"),
                                 &w),
                     OK);
    assert_true(w.cut && w.count == 1 && w.blocks[0].row_count == WORD_CELLS);
    assert_int_equal(read_stored(call,
                                 many(call, "<document><body><tbl><tr>", "<tc/>",
                                      WORD_COLUMNS + 1, "</tr></tbl></body></document>"),
                                 &w),
                     OK);
    assert_true(w.cut && w.blocks[0].rows[0].count == WORD_COLUMNS);
    assert_int_equal(call->problem_count, 0);
}

static void refused(struct call *call, struct text bytes, enum err wanted, const char *code)
{
    struct call *own = call_beside(call->arena, call);
    struct word w;
    assert_int_equal(word_read(own, bytes, &w), wanted);
    assert_int_equal(own->problem_count, 1);
    assert_true(text_is(own->problems->code, code));
}

static void hostile_files_are_refused_by_name(void **state)
{
    struct call *call = *state;
    struct entry parts[] = {{"_rels/.rels", TEXT(LINKS("word/document.xml"))},
                            {"word/document.xml", TEXT("")}};
    parts[1].bytes = many(call, "<document><body>", "<p/>", 3000000, "</body></document>");
    refused(call, zip_of(call, parts, 2), ERR_TOO_LARGE, "size");
    parts[1].bytes = many(call, "<document>", "<a>", 300, "");
    refused(call, zip_of(call, parts, 2), ERR_TOO_LARGE, "nesting");
    parts[1].bytes = TEXT("<!DOCTYPE d><document/>");
    refused(call, zip_of(call, parts, 2), ERR_MALFORMED, "docx");
    parts[1].bytes = TEXT("<workbook/>");
    refused(call, zip_of(call, parts, 2), ERR_MALFORMED, "docx");
    parts[1].bytes = TEXT("<document><p>");
    refused(call, zip_of(call, parts, 2), ERR_MALFORMED, "docx");
    refused(call, zip_of(call, parts, 1), ERR_MALFORMED, "docx");
    refused(call, zip_of(call, parts + 1, 1), ERR_MALFORMED, "docx");
    refused(call, TEXT("PK\x03\x04"), ERR_MALFORMED, "docx");
}

static void a_package_says_what_it_is_of(void **state)
{
    struct call *call = *state;
    static const struct {
        const char *links;
        enum office office;
    } all[] = {{LINKS("word/document.xml"), OFFICE_WORDS},
               {LINKS("/xl/workbook.xml"), OFFICE_SHEETS},
               {LINKS("ppt/presentation.xml"), OFFICE_SLIDES},
               {LINKS("x/y.xml"), OFFICE_NONE},
               {"<Relationships/>", OFFICE_NONE}};
    enum office office;
    for (size_t i = 0; i < COUNT(all); i++) {
        const struct entry part = {"_rels/.rels", text_of(all[i].links)};
        assert_int_equal(office_kind(call, zip_of(call, &part, 1), &office), OK);
        assert_int_equal(office, all[i].office);
    }
    const struct entry other = {"a.txt", TEXT("a")};
    assert_int_equal(office_kind(call, zip_of(call, &other, 1), &office), OK);
    assert_int_equal(office, OFFICE_NONE);
    assert_int_equal(office_kind(call, TEXT("PK\x03\x04 torn"), &office), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(headings_come_from_what_styles_mean),
        CALL_TEST(words_stand_as_they_are_read),
        CALL_TEST(tables_are_rows_of_cells),
        CALL_TEST(what_is_long_is_cut_and_says_so),
        CALL_TEST(hostile_files_are_refused_by_name),
        CALL_TEST(a_package_says_what_it_is_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
