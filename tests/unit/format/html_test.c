/* SPDX-License-Identifier: Apache-2.0 */
/* No text of somebody is ever markup: every character that could end a text or an attribute is
 * escaped, at every place. Rich text becomes the elements of its closed set and no others. */
#include "format/format.h"

#include <setjmp.h>
#include <stdarg.h>
/* cmocka wants the ones above it first */
#include <cmocka.h>

static struct arena *arena;

static void check(struct buf *b, const char *want)
{
    struct text have = buf_text(b);
    if (!text_is(have, want))
        print_message("%.*s\n", TEXT_ARG(have));
    assert_true(text_is(have, want));
}

static void test_texts_are_escaped(void **state)
{
    (void)state;
    struct buf b = buf_in(arena, 4096);
    HTML(&b, "<a href=\"$\">$</a>", TEXT("\"><script>alert('x')</script>"),
         TEXT("a & b $ <i>"));
    check(&b,
          "<a href=\"&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;\">a &amp; b $ "
          "&lt;i&gt;</a>");
}

static void test_rich(void **state)
{
    (void)state;
    struct buf b = buf_in(arena, 4096);
    assert_true(
        html_rich(&b, TEXT("# Who < we are\n\nOne **two** [here](https://a.b/?x=1&y=2)\n"
                           "\n3. three\n4. [[RSK-0001]] four\n\n| A | B |\n| --- | --- "
                           "|\n| 1 | 2 |")));
    check(&b,
          "<h2>Who &lt; we are</h2><p>One <strong>two</strong> <a href=\"https://a.b/?x=1&amp;"
          "y=2\" rel=\"nofollow noopener noreferrer\">here</a></p><ol><li "
          "value=\"3\">three</li><li value=\"4\">RSK-0001 four</li></ol><table><tr><th "
          "scope=\"col\">A</th><th "
          "scope=\"col\">B</th></tr><tr><td>1</td><td>2</td></tr></table>");
}

static void test_what_does_not_read_adds_nothing(void **state)
{
    (void)state;
    struct buf b = buf_in(arena, 4096);
    buf_add_c(&b, "<p>before</p>");
    assert_false(html_rich(&b, TEXT("One\n\n<script>two</script>")));
    assert_false(html_rich(&b, TEXT("[here](javascript:alert)")));
    check(&b, "<p>before</p>");
}

static void test_fields_of_a_form(void **state)
{
    (void)state;
    struct call *call = call_open(arena, 0, LANG_EN);
    struct form_field *fields;
    size_t count;
    assert_int_equal(
        form_fields_read(call, TEXT("a=1+2&b=%E4%BD%A0%0D%0Ax&&c&a=3%26"), 9, &fields, &count),
        OK);
    assert_int_equal(count, 4);
    assert_true(text_is(fields[0].value, "1 2"));
    assert_true(text_is(fields[1].value, "你\nx"));
    assert_true(text_is(fields[2].name, "c") && fields[2].value.len == 0);
    assert_true(text_is(fields[3].value, "3&"));
    assert_int_equal(form_fields_read(call, TEXT("a=%zz"), 9, &fields, &count), ERR_MALFORMED);
    assert_int_equal(form_fields_read(call, TEXT("a=%ff"), 9, &fields, &count), ERR_MALFORMED);
    assert_int_equal(form_fields_read(call, TEXT("a=%00"), 9, &fields, &count), ERR_MALFORMED);
    assert_int_equal(form_fields_read(call, TEXT("a=1&b=2&c=3"), 2, &fields, &count),
                     ERR_TOO_LARGE);
}

static bool sized(struct text bytes, uint32_t width, uint32_t height)
{
    struct image p;
    return picture_read(bytes, &p) && p.width == width && p.height == height;
}

static void test_size_of_pictures(void **state)
{
    (void)state;
    struct image p;
    assert_true(
        sized(TEXT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\x40\x08\6\0\0\0....IDAT"),
              300, 64));
    assert_true(
        sized(TEXT("\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08\0\x20\0\x30\3...."), 48, 32));
    assert_true(sized(TEXT("RIFF....WEBPVP8X\12\0\0\0....\x63\0\0\x31\0\0"), 100, 50));
    assert_true(sized(TEXT("RIFF....WEBPVP8L....\x2f\x63\x40\x0c\0......"), 100, 50));
    assert_true(sized(TEXT("RIFF....WEBPVP8 .......\x9d\x01\x2a\x64\0\x32\0...."), 100, 50));
    assert_false(picture_read(TEXT("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0"), &p));
    assert_false(picture_read(TEXT("\xff\xd8\xff\xe0\0\0aaaaaaaaaaaaaaaa"), &p));
    assert_false(picture_read(TEXT("\xff\xd8\xff\xc4\xff\xff"), &p));
    assert_false(picture_read(TEXT("<svg xmlns='http://www.w3.org/2000/svg'/>"), &p));
    assert_false(picture_read(TEXT("GIF89a\1\0\1\0"), &p));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_are_escaped), cmocka_unit_test(test_rich),
        cmocka_unit_test(test_what_does_not_read_adds_nothing),
        cmocka_unit_test(test_fields_of_a_form), cmocka_unit_test(test_size_of_pictures)};
    arena = arena_open();
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(arena);
    return failed;
}
