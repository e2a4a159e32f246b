/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"
#include "zip_of.h"

#define RELATION(id, type, target)                                                             \
    "<Relationship Id=\"" id "\" Type=\"http://x/" type "\" Target=\"" target "\"/>"
static const char root_links[] =
    "<Relationships>" RELATION("r1", "officeDocument", "xl/workbook.xml") "</Relationships>";
static const char book_links[] =
    "<Relationships>" RELATION("rId1", "worksheet", "worksheets/other.xml")
        RELATION("rId2", "worksheet", "/xl/worksheets/first.xml")
            RELATION("rId3", "styles", "styles.xml")
                RELATION("rId4", "sharedStrings", "sharedStrings.xml") "</Relationships>";
static const char book[] = "<x:workbook xmlns:x=\"m\" xmlns:r=\"n\"><x:sheets>"
                           "<x:sheet name=\"A\" sheetId=\"9\" r:id=\"rId2\"/><x:sheet "
                           "name=\"B\" sheetId=\"1\" r:id=\"rId1\"/>"
                           "</x:sheets></x:workbook>";
static const char styles[] =
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"[$-409]d/m/yy h:mm AM/PM;@\"/>"
    "<numFmt numFmtId=\"166\" formatCode=\"0.00&quot; days&quot;\"/></numFmts>"
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf "
    "numFmtId=\"165\"/>"
    "<xf numFmtId=\"166\"/><xf numFmtId=\"20\"/></cellXfs></styleSheet>";
static const char strings[] =
    "<sst><si><t>shared</t></si>"
    "<si><r><t>ri</t></r><r><t xml:space=\"preserve\">ch </t></r><rPh><t>sound</t></rPh></si>"
    "<si><t>a_x000D_b &amp; _x005F_x0041_</t></si></sst>";

static struct text workbook_of(struct call *call, const char *workbook, struct text sheet)
{
    const struct entry entries[] = {
        {"[Content_Types].xml", TEXT("<Types/>")},
        {"_rels/.rels", text_of(root_links)},
        {"xl/workbook.xml", text_of(workbook)},
        {"xl/_rels/workbook.xml.rels", text_of(book_links)},
        {"xl/styles.xml", text_of(styles)},
        {"xl/sharedStrings.xml", text_of(strings)},
        {"xl/worksheets/first.xml", sheet},
    };
    return zip_of(call, entries, COUNT(entries));
}

static enum err read_sheet(struct call *call, const char *xml, struct sheet *sheet)
{
    return xlsx_read(call, workbook_of(call, book, text_of(xml)), sheet);
}

static void cells_of_every_kind(void **state)
{
    struct call *call = *state;
    struct sheet s;
    assert_int_equal(
        read_sheet(call,
                   "<worksheet><sheetData>"
                   "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" "
                   "t=\"s\"><v>1</v></c><c r=\"C1\" t=\"s\"><v>2</v></c></row>"
                   "<row r=\"3\"><c r=\"B3\" "
                   "t=\"inlineStr\"><is><t>in</t><t>line</t></is></c><c t=\"b\"><v>1</v></c>"
                   "<c t=\"b\"><v>0</v></c><c t=\"str\"><f>A1&amp;B1</f><v>formula</v></c><c "
                   "t=\"e\"><v>#N/A</v></c></row>"
                   "<row><c><v>42</v></c><c><v>1.1000000000000001</v></c><c><v>1E+20</v></c><c "
                   "s=\"9\"><v>-0.5</v></c></row>"
                   "<row r=\"9\"><c r=\"A9\" s=\"1\"/><c r=\"ZZ9\" s=\"1\"/></row>"
                   "</sheetData></worksheet>",
                   &s),
        OK);
    assert_int_equal(s.row_count, 4);
    assert_int_equal(s.columns, 6);
    assert_text(s.rows[0][0], "shared");
    assert_text(s.rows[0][1], "rich ");
    assert_text(s.rows[0][2], "a\rb & _x0041_");
    assert_text(s.rows[0][5], "");
    assert_text(s.rows[1][0], ""); /* row 2 is not in the file; rows keep their numbers */
    assert_text(s.rows[2][0], "");
    assert_text(s.rows[2][1], "inline");
    assert_text(s.rows[2][2], "true");
    assert_text(s.rows[2][3], "false");
    assert_text(s.rows[2][4], "formula");
    assert_text(s.rows[2][5], "#N/A");
    assert_text(s.rows[3][0], "42");
    assert_text(s.rows[3][1], "1.1");
    assert_text(s.rows[3][2], "100000000000000000000");
    assert_text(s.rows[3][3], "-0.5");
}

static void dates_come_from_the_style(void **state)
{
    struct call *call = *state;
    struct sheet s;
    const char *xml =
        "<worksheet><sheetData><row><c s=\"1\"><v>46349</v></c><c s=\"2\"><v>46349.75</v></c>"
        "<c s=\"3\"><v>46349.25</v></c><c s=\"4\"><v>46349</v></c><c s=\"5\"><v>0.5</v></c>"
        "<c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c s=\"1\"><v>60</v></c><c "
        "s=\"1\"><v>61</v></c>"
        "<c s=\"1\"><v>-3</v></c><c s=\"1\"><v>1e9</v></c></row></sheetData></worksheet>";
    assert_int_equal(read_sheet(call, xml, &s), OK);
    assert_text(s.rows[0][0], "2026-11-23");
    assert_text(s.rows[0][1], "2026-11-23");
    assert_text(s.rows[0][2], "2026-11-23T06:00:00.000000Z");
    assert_text(s.rows[0][3], "46349");
    assert_text(s.rows[0][4], "0.5");
    assert_text(s.rows[0][5], "1900-01-01");
    assert_text(s.rows[0][6], "1900-02-28");
    assert_text(s.rows[0][7], "60"); /* a day that never was */
    assert_text(s.rows[0][8], "1900-03-01");
    assert_text(s.rows[0][9], "-3");
    assert_text(s.rows[0][10], "1000000000");
    struct text from_1904 =
        workbook_of(call,
                    "<workbook xmlns:r=\"n\"><workbookPr date1904=\"1\"/><sheets><sheet "
                    "r:id=\"rId2\"/></sheets></workbook>",
                    TEXT("<worksheet><sheetData><row><c s=\"1\"><v>0</v></c><c "
                         "s=\"1\"><v>44887</v></c></row></sheetData></worksheet>"));
    assert_int_equal(xlsx_read(call, from_1904, &s), OK);
    assert_text(s.rows[0][0], "1904-01-01");
    assert_text(s.rows[0][1], "2026-11-23");
}

static void what_is_written_reads_back(void **state)
{
    static const struct text rows[][3] = {
        {{"Name", 4}, {"Größe", 7}, {"系统", 6}},
        {{"=1+1", 4}, {"", 0}, {" spaced ", 8}},
        {{"two\nlines", 9}, {"cr\rhere", 7}, {"_x0041_ <&>\"", 12}},
        {{"", 0}, {"", 0}, {"0042", 4}},
    };
    struct call *call = *state;
    struct text bytes, again;
    struct sheet s;
    for (int round = 0; round < 2; round++) {
        struct xlsx *x = xlsx_open(call, "Sheet");
        xlsx_heading(x, rows[0], 3);
        for (size_t r = 1; r < COUNT(rows); r++)
            xlsx_row(x, rows[r], NULL, 3);
        assert_int_equal(xlsx_close(call, x, round == 0 ? &bytes : &again), OK);
    }
    assert_true(text_same(bytes, again));
    assert_int_equal(xlsx_read(call, bytes, &s), OK);
    assert_int_equal(s.row_count, COUNT(rows));
    assert_int_equal(s.columns, 3);
    for (size_t r = 0; r < COUNT(rows); r++)
        for (size_t c = 0; c < 3; c++)
            assert_text_at(s.rows[r][c], rows[r][c], __FILE__, __LINE__);
}

static void a_long_cell_is_cut_and_a_bad_sheet_name_replaced(void **state)
{
    struct call *call = *state;
    struct text bytes, cells[2] = {{arena_take(call->arena, 40000), 40000}, TEXT("next")};
    struct sheet s;
    memset((char *)(uintptr_t)cells[0].at, 'x', 40000);
    struct xlsx *x = xlsx_open(call, "bad/name[with]everything:that*is?forbidden and too long");
    xlsx_row(x, cells, NULL, 2);
    assert_int_equal(xlsx_close(call, x, &bytes), OK);
    assert_int_equal(xlsx_read(call, bytes, &s), OK);
    assert_int_equal(text_characters(s.rows[0][0]), 32767);
    assert_true(text_ends(s.rows[0][0],
                          "x… [40000 characters, more than a cell holds; whole in CSV and JSON]"));
    assert_text(s.rows[0][1], "next");
}

static void cells_are_typed_where_they_come_back_the_same(void **state)
{
    static const struct text rows[][5] = {
        {{"3", 1}, {"true", 4}, {"2026-11-23", 10}, {"2026-11-23T09:30:00.250000Z", 27}, {"x", 1}},
        {{"-0.5", 4}, {"false", 5}, {"1900-02-28", 10}, {"no moment", 9}, {"y", 1}},
        {{"0.10", 4}, {"perhaps", 7}, {"0042-01-01", 10}, {"", 0}, {"z", 1}},
        {{"12345678901234567", 17}, {"", 0}, {"", 0}, {"", 0}, {"=1+1", 4}}};
    static const enum xlsx_type types[] = {XLSX_NUMBER, XLSX_YES_NO, XLSX_DATE, XLSX_MOMENT,
                                           XLSX_TEXT};
    struct call *call = *state;
    struct text bytes;
    struct sheet s;
    struct xlsx *x = xlsx_open(call, "Typed");
    for (size_t r = 0; r < COUNT(rows); r++)
        xlsx_row(x, rows[r], types, 5);
    assert_int_equal(xlsx_close(call, x, &bytes), OK);
    assert_int_equal(xlsx_read(call, bytes, &s), OK);
    for (size_t r = 0; r < COUNT(rows); r++)
        for (size_t c = 0; c < 5; c++)
            assert_text_at(s.rows[r][c], rows[r][c], __FILE__, __LINE__);
}

static void what_xml_cannot_hold_is_shown_as_a_picture(void **state)
{
    struct call *call = *state;
    struct text bytes, cells[] = {TEXT("bell\x07 del\x7F"), TEXT("non\xEF\xBF\xBF"), TEXT("ok")};
    struct sheet s;
    struct xlsx *x = xlsx_open(call, "Odd");
    xlsx_row(x, cells, NULL, 3);
    assert_int_equal(xlsx_close(call, x, &bytes), OK);
    assert_int_equal(xlsx_read(call, bytes, &s), OK);
    assert_text(s.rows[0][0], "bell␇ del␡");
    assert_text(s.rows[0][1], "non\xEF\xBF\xBD");
    assert_text(s.rows[0][2], "ok");
}

/* U10: people read the first sheet, an import the second. */
static void codes_come_back_not_words(void **state)
{
    struct call *call = *state;
    struct text bytes, words[] = {TEXT("优先级"), TEXT("高")},
                       codes[] = {TEXT("priority"), TEXT("high")};
    double widths[] = {12};
    struct sheet s;
    struct xlsx *x = xlsx_open(call, "任务");
    xlsx_codes(x, TEXT("change the codes"));
    for (int sheet = 1; sheet >= 0; sheet--) {
        xlsx_choose(x, sheet);
        xlsx_heading(x, sheet ? &codes[0] : &words[0], 1);
    }
    xlsx_widths(x, widths, 1);
    for (int row = 0; row < 3; row++)
        for (int sheet = 0; sheet < 2; sheet++) {
            xlsx_choose(x, sheet);
            xlsx_row(x, sheet ? &codes[1] : &words[1], NULL, 1);
        }
    assert_int_equal(xlsx_close(call, x, &bytes), OK);
    assert_int_equal(xlsx_read(call, bytes, &s), OK);
    assert_int_equal(s.row_count, 4);
    assert_text(s.rows[0][0], "priority");
    assert_text(s.rows[3][0], "high");
}

static void an_empty_workbook(void **state)
{
    struct call *call = *state;
    struct text bytes;
    struct sheet s;
    assert_int_equal(xlsx_close(call, xlsx_open(call, "Empty"), &bytes), OK);
    assert_int_equal(xlsx_read(call, bytes, &s), OK);
    assert_int_equal(s.row_count, 0);
    assert_int_equal(s.columns, 0);
}

static void bombs_are_refused(void **state)
{
    struct call *call = *state;
    struct sheet s;
    const char start[] = "<worksheet><sheetData>";
    struct buf b = buf_in(call->arena, (size_t)80 << 20);
    buf_add_c(&b, start);
    while (b.len < 3000000)
        buf_add_c(&b, "<row></row><row></row><row></row><row></row><row></row><row></row>");
    buf_add_c(&b, "</sheetData></worksheet>");
    assert_int_equal(xlsx_read(call, workbook_of(call, book, buf_text(&b)), &s), ERR_TOO_LARGE);

    char *zeros =
        arena_take(call->arena, (size_t)65 << 20); /* more than 64 MiB, never unpacked */
    const struct entry large[] = {{"_rels/.rels", text_of(root_links)},
                                  {"other", {zeros, (size_t)65 << 20}}};
    assert_int_equal(xlsx_read(call, zip_of(call, large, COUNT(large)), &s), ERR_TOO_LARGE);

    struct entry many[1001];
    for (size_t i = 0; i < COUNT(many); i++)
        many[i] = (struct entry){text_print(call->arena, "%zu", i).at, TEXT("x")};
    assert_int_equal(xlsx_read(call, zip_of(call, many, COUNT(many)), &s), ERR_TOO_LARGE);
}

static void limits_of_the_sheet(void **state)
{
    struct call *call = *state;
    struct sheet s;
#define SHEET(inside) "<worksheet><sheetData>" inside "</sheetData></worksheet>"
    assert_int_equal(read_sheet(call, SHEET("<row r=\"200001\"><c><v>1</v></c></row>"), &s),
                     ERR_TOO_LARGE);
    assert_int_equal(read_sheet(call, SHEET("<row r=\"200001\"><c s=\"1\"/></row>"), &s), OK);
    assert_int_equal(read_sheet(call, SHEET("<row><c r=\"SG1\"><v>1</v></c></row>"), &s),
                     ERR_TOO_LARGE);
    assert_int_equal(read_sheet(call, SHEET("<row><c r=\"SF1\"><v>1</v></c></row>"), &s), OK);
    assert_int_equal(s.columns, 500);
    /* one wide row and one far down would take 100 million cells */
    assert_int_equal(read_sheet(call,
                                SHEET("<row><c r=\"SF1\"><v>1</v></c></row>"
                                      "<row r=\"200000\"><c><v>1</v></c></row>"),
                                &s),
                     ERR_TOO_LARGE);
}

static void damage_and_document_types_are_refused(void **state)
{
    static const char *const bad[] = {
        "<!DOCTYPE x [<!ENTITY a \"b\">]>" SHEET("<row><c t=\"str\"><v>&a;</v></c></row>"),
        "<!DOCTYPE x SYSTEM \"file:///etc/passwd\">" SHEET(""),
        "<worksheet><sheetData>",
        "",
        "not xml",
        SHEET("<row><c t=\"s\"><v>3</v></c></row>"),
        SHEET("<row><c t=\"s\"><v>-1</v></c></row>"),
        SHEET("<row><c t=\"str\"><v>&a;</v></c></row>"),
    };
    struct call *call = *state;
    struct sheet s;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (read_sheet(call, bad[i], &s) != ERR_MALFORMED)
            fail_msg("accepted %s", bad[i]);
    assert_int_equal(xlsx_read(call, TEXT(""), &s), ERR_MALFORMED);
    assert_int_equal(xlsx_read(call, TEXT("PK\x03\x04 no zip"), &s), ERR_MALFORMED);
    const struct entry none[] = {{"word/document.xml", TEXT("<x/>")}};
    assert_int_equal(xlsx_read(call, zip_of(call, none, 1), &s), ERR_MALFORMED);
    struct text good = workbook_of(call, book, TEXT(SHEET("<row><c><v>1</v></c></row>")));
    assert_int_equal(xlsx_read(call, good, &s), OK);
    for (size_t cut = 0; cut < good.len; cut += 37)
        assert_int_equal(xlsx_read(call, text_slice(good, 0, cut), &s), ERR_MALFORMED);
}

static void a_glance_reads_no_further_than_it_shows(void **state)
{
    struct call *call = *state;
    struct glance g;
    struct glance_most most = {2, 3, 2};
    static const char two[] =
        "<x:workbook xmlns:x=\"m\" xmlns:r=\"n\"><x:sheets><x:sheet name=\"A\" r:id=\"rId2\"/>"
        "<x:sheet name=\"Gone\" state=\"hidden\" r:id=\"rId1\"/><x:sheet name=\"C\" "
        "r:id=\"rId2\"/></x:sheets></x:workbook>";
    /* After the fourth row the part is broken: nobody gets that far. */
    struct text bytes = workbook_of(
        call, two,
        TEXT("<worksheet><sheetData><row><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row>"
             "<row r=\"3\"><c t=\"s\"><v>0</v></c><c><f>A1</f></c></row>"
             "<row r=\"900000\"><c r=\"A900000\" s=\"1\"/></row>"
             "<row r=\"900001\"><c><v>9</v></c></row><row><c "
             "t=\"s\"><v>77</v></c></row></broken>"));
    assert_int_equal(xlsx_glance(call, bytes, most, &g), OK);
    assert_int_equal(call->problem_count, 0);
    assert_int_equal(g.count, 2);
    assert_int_equal(g.more, 1);
    assert_int_equal(g.sheets[0].row_count, 3);
    assert_int_equal(g.sheets[0].columns, 2);
    assert_true(g.sheets[0].more_rows && g.sheets[0].more_columns && !g.sheets[0].hidden);
    assert_text(g.sheets[0].rows[0][1], "2");
    assert_text(g.sheets[0].rows[2][0], "shared");
    assert_ptr_equal(g.sheets[0].rows[2][1].at, sheet_no_result);
    /* Its part is not there: a sheet without cells. */
    assert_text(g.sheets[1].name, "Gone");
    assert_true(g.sheets[1].hidden && g.sheets[1].row_count == 0);
    /* Read as far as there are rows it is refused. */
    most.rows = 1000000;
    assert_int_equal(xlsx_glance(call, bytes, most, &g), ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(cells_of_every_kind),
        CALL_TEST(dates_come_from_the_style),
        CALL_TEST(what_is_written_reads_back),
        CALL_TEST(a_long_cell_is_cut_and_a_bad_sheet_name_replaced),
        CALL_TEST(cells_are_typed_where_they_come_back_the_same),
        CALL_TEST(what_xml_cannot_hold_is_shown_as_a_picture),
        CALL_TEST(codes_come_back_not_words),
        CALL_TEST(an_empty_workbook),
        CALL_TEST(bombs_are_refused),
        CALL_TEST(limits_of_the_sheet),
        CALL_TEST(damage_and_document_types_are_refused),
        CALL_TEST(a_glance_reads_no_further_than_it_shows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
