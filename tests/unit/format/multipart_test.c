/* SPDX-License-Identifier: Apache-2.0 */
#include "../base/unit.h"
#include "format/format.h"

#define TYPE "multipart/form-data; boundary=XX"
#define HEAD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"

static enum err read_parts(void **state, const char *type, struct text body, size_t max,
                           struct part **parts, size_t *count)
{
    return multipart_read(*state, text_of(type), body, max, parts, count);
}

static void fields_and_files(void **state)
{
    struct part *parts;
    size_t count;
    struct text body = TEXT("--XX\r\n" HEAD(
        "title") "Hello\r\n--XX\r\n"
                 "content-type: text/csv\r\nCONTENT-DISPOSITION: Form-Data; "
                 "name=file; filename=\"C:\\dir\\a b.csv\"\r\n\r\n"
                 "a,b\r\n--X\r\n1,2\r\n\r\n--XX  \r\n" HEAD("empty") "\r\n--XX--\r\n");
    assert_int_equal(read_parts(state, TYPE, body, 3, &parts, &count), OK);
    assert_int_equal(count, 3);
    assert_text(parts[0].name, "title");
    assert_text(parts[0].body, "Hello");
    assert_text(parts[0].file_name, "");
    assert_text(parts[0].type, "");
    assert_text(parts[1].name, "file");
    assert_text(parts[1].file_name, "a b.csv");
    assert_text(parts[1].type, "text/csv");
    assert_text(parts[1].body, "a,b\r\n--X\r\n1,2\r\n");
    assert_text(parts[2].body, "");
}

static void names_are_unescaped_and_are_no_paths(void **state)
{
    struct part *parts;
    size_t count;
    struct text body =
        TEXT("--XX\r\nContent-Disposition: form-data; name=\"a%22b\\\"c%0D%0A%41\"; "
             "filename=\"../../etc/系统.pdf\"\r\n\r\nx\r\n--XX--");
    assert_int_equal(read_parts(state, "Multipart/Form-Data ; charset=utf-8; boundary=\"XX\"",
                                body, 9, &parts, &count),
                     OK);
    assert_text(parts[0].name, "a\"b\"c\r\n%41");
    assert_text(parts[0].file_name, "系统.pdf");
    assert_int_equal(read_parts(state, TYPE, TEXT("--XX--\r\n"), 9, &parts, &count), OK);
    assert_int_equal(count, 0);
}

static void what_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "XX",
        "--XX",
        "--XX\r\n",
        "--XX\r\n" HEAD("a"),
        "--XX\r\n" HEAD("a") "x",
        "--XX\r\n" HEAD("a") "x\r\n--XX",
        "--XX\r\n" HEAD("a") "x\r\n--XXy\r\n",
        "--XX\r\n\r\n\r\nx\r\n--XX--",
        "--XX\r\nX: y\r\n\r\nx\r\n--XX--",
        "--XX\r\nno colon\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"a\xFF\"\r\n\r\nx\r\n--XX--",
        "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n"
        "Content-Disposition: form-data; name=\"b\"\r\n\r\nx\r\n--XX--",
    };
    struct part *parts;
    size_t count;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (read_parts(state, TYPE, text_of(bad[i]), 9, &parts, &count) != ERR_MALFORMED)
            fail_msg("accepted %zu", i);
    struct text good = TEXT("--XX\r\n" HEAD("a") "x\r\n--XX--");
    assert_int_equal(read_parts(state, "text/plain", good, 9, &parts, &count), ERR_MEDIA);
    assert_int_equal(read_parts(state, "multipart/form-data", good, 9, &parts, &count),
                     ERR_MALFORMED);
    assert_int_equal(
        read_parts(state, "multipart/form-data; boundary=\"", good, 9, &parts, &count),
        ERR_MALFORMED);
    assert_int_equal(read_parts(state, TYPE, good, 0, &parts, &count), ERR_TOO_LARGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CALL_TEST(fields_and_files),
        CALL_TEST(names_are_unescaped_and_are_no_paths),
        CALL_TEST(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
