/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "../base/unit.h"
#include "format/format.h"

/* All rows as "line:cell|cell\n", errors as "line:!code\n". */
static struct text all_rows(struct call *call, struct text in, size_t max)
{
    struct buf b = buf_in(call->arena, 100000);
    struct csv csv;
    csv_open(&csv, in);
    for (int rounds = 0; rounds < 1000; rounds++) {
        struct text *cells;
        size_t count;
        uint32_t line;
        enum err e = csv_row(call, &csv, max, &cells, &count, &line);
        if (e == OK && count == 0)
            return buf_text(&b);
        buf_print(&b, "%u:", line);
        if (e != OK) {
            assert_int_equal(e, ERR_MALFORMED);
            buf_print(&b, "!%.*s", TEXT_ARG(last_problem(call)->code));
        }
        for (size_t i = 0; e == OK && i < count; i++)
            buf_print(&b, i == 0 ? "%.*s" : "|%.*s", TEXT_ARG(cells[i]));
        buf_add_byte(&b, '\n');
    }
    fail_msg("the rows do not end");
    return buf_text(&b);
}

#define ROWS(in, wanted) assert_text(all_rows(*state, TEXT(in), 10), wanted)

static void plain_rows(void **state)
{
    ROWS("", "");
    ROWS("a,b\r\n1,2\r\n", "1:a|b\n2:1|2\n");
    ROWS("a,b\n1,2", "1:a|b\n2:1|2\n");
    ROWS("\xEF\xBB\xBFname,x\n", "1:name|x\n");
    ROWS("\xEF\xBB\xBF\"name\",x\n", "1:name|x\n");
    ROWS("a,,\n,\n", "1:a||\n2:|\n");
    ROWS("a\n\n\r\n\nb\n", "1:a\n5:b\n");
    ROWS("a b , c\r\n", "1:a b | c\n");
    ROWS("a\rb,c\n", "1:a\rb|c\n");
    ROWS("系统,名称\n", "1:系统|名称\n");
}

static void quoted_cells(void **state)
{
    ROWS("\"a,b\",\"c\"\n", "1:a,b|c\n");
    ROWS("\"a \"\"b\"\" c\",\"\"\"\"\n", "1:a \"b\" c|\"\n");
    ROWS("\"a\nb\r\nc\",d\ne\n", "1:a\nb\r\nc|d\n4:e\n");
    ROWS("\"\",x\n", "1:|x\n");
    ROWS("\"\"\n", "1:\n");
    ROWS("a\"b\",c\n", "1:a\"b\"|c\n");
    ROWS("\"a\"", "1:a\n");
}

static void other_separators(void **state)
{
    ROWS("a;b;c\n1,5;2;3\n", "1:a|b|c\n2:1,5|2|3\n");
    ROWS("a\tb\n1\t2\n", "1:a|b\n2:1|2\n");
    ROWS("\"x;y;z\",a,b\n", "1:x;y;z|a|b\n");
    ROWS("a,b;c\n", "1:a|b;c\n");
}

static void a_lost_quote_costs_one_row(void **state)
{
    ROWS("a,\"b\n1,2\n3,4\n", "1:!quote\n2:1|2\n3:3|4\n");
    ROWS("a,b\n\"x\"y,2\n3,4\n", "1:a|b\n2:!quote\n3:3|4\n");
    ROWS("a,\"lost\nb,\"c\"\nd,e\n", "1:!quote\n2:b|c\n3:d|e\n");
    ROWS("\"ok\nok\",\"lost\nb,c\n", "1:!quote\n3:b|c\n");
    ROWS("a,\"", "1:!quote\n");
}

static void the_complaint_names_the_line(void **state)
{
    struct call *call = *state;
    all_rows(call, TEXT("a\n\"two\nlines\",\"lost\nb\n"), 10);
    assert_message(call, "line 3: a quote is opened and never closed");
    all_rows(call, TEXT("a\n\nb,\xFF\nc\n"), 10);
    assert_message(call, "line 3: not valid UTF-8");
}

static void bad_rows_are_passed_over(void **state)
{
    ROWS("a\n\xC3(\nb\n", "1:a\n2:!encoding\n3:b\n");
    ROWS("a\n\"x\n\xFF\"\nb\n", "1:a\n2:!encoding\n4:b\n");
    ROWS("a\0b\nc\n", "1:!encoding\n2:c\n");
    ROWS("1,2,3,4,5,6,7,8,9,10\n1,2,3,4,5,6,7,8,9,10,11\nb\n",
         "1:1|2|3|4|5|6|7|8|9|10\n2:!cells\n3:b\n");
}

static void formulas_are_neutralised(void **state)
{
    static const char *const rows[][2] = {
        {"=1+1", "'=1+1"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"+49 30 1", "'+49 30 1"},
        {"-x", "'-x"},
        {"-12.5", "-12.5"},
        {"-1e3", "-1e3"},
        {"\t=1", "\"'\t=1\""},
        {"\r=1", "\"'\r=1\""},
        {"=\"a\",b", "\"'=\"\"a\"\",b\""},
        {"a=b", "a=b"},
        {"", ""},
        {"a,b", "\"a,b\""},
        {"a\nb", "\"a\nb\""},
        {"a\"b", "\"a\"\"b\""},
        {" a", "\" a\""},
        {"a;b", "\"a;b\""},
    };
    struct call *call = *state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf b = buf_in(call->arena, 1000);
        csv_put(&b, text_of(rows[i][0]), true);
        assert_text_at(buf_text(&b), text_of(rows[i][1]), __FILE__, __LINE__);
    }
}

static void what_is_written_reads_back(void **state)
{
    static const char *const cells[] = {"plain",      "",     "a,b", "\"q\"",
                                        "two\nlines", "系统", " x ", "\r\n"};
    struct call *call = *state;
    struct buf b = buf_in(call->arena, 10000);
    for (size_t r = 0; r < COUNT(cells); r++) {
        for (size_t c = 0; c < COUNT(cells); c++)
            csv_put(&b, text_of(cells[(r + c) % COUNT(cells)]), c == 0);
        csv_end_row(&b);
    }
    csv_put(&b, TEXT(""), true);
    csv_end_row(&b);
    struct csv csv;
    struct text *row;
    size_t count;
    uint32_t line;
    csv_open(&csv, buf_text(&b));
    for (size_t r = 0; r < COUNT(cells); r++) {
        assert_int_equal(csv_row(call, &csv, 100, &row, &count, &line), OK);
        assert_int_equal(count, COUNT(cells));
        for (size_t c = 0; c < count; c++) {
            const char *wanted = cells[(r + c) % COUNT(cells)];
            if (wanted[0] == '\r')
                assert_text(row[c], "'\r\n");
            else
                assert_true(text_is(row[c], wanted));
        }
    }
    assert_int_equal(csv_row(call, &csv, 100, &row, &count, &line), OK);
    assert_int_equal(count, 1);
    assert_int_equal(csv_row(call, &csv, 100, &row, &count, &line), OK);
    assert_int_equal(count, 0);
}

static struct text file_bytes(struct call *call, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return TEXT("");
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *at = arena_take(call->arena, size);
    assert_int_equal(fread(at, 1, size, file), size);
    fclose(file);
    return (struct text){at, size};
}

/* The published inventory has quoted line breaks, semicolons, and five hundred words in a cell.
 */
static void the_federal_inventory_is_read(void **state)
{
    struct call *call = *state;
    const char *shared = getenv("SHARED_DATA");
    if (shared == NULL)
        skip();
    struct text bytes =
        file_bytes(call, text_print(call->arena,
                                    "%s/federal-ai-inventory/"
                                    "2025_individually_reported_AI_use_cases.csv",
                                    shared)
                             .at);
    struct csv csv;
    struct text *cells;
    size_t count, rows = 0;
    uint32_t line;
    csv_open(&csv, bytes);
    for (;; rows++) {
        assert_int_equal(csv_row(call, &csv, 100, &cells, &count, &line), OK);
        if (count == 0)
            break;
        assert_int_equal(count, 36);
    }
    assert_int_equal(rows, 3612); /* with the heading */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(plain_rows),
        CALL_TEST(quoted_cells),
        CALL_TEST(other_separators),
        CALL_TEST(a_lost_quote_costs_one_row),
        CALL_TEST(the_complaint_names_the_line),
        CALL_TEST(bad_rows_are_passed_over),
        CALL_TEST(formulas_are_neutralised),
        CALL_TEST(what_is_written_reads_back),
        CALL_TEST(the_federal_inventory_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
