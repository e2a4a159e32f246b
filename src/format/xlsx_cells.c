/* SPDX-License-Identifier: Apache-2.0 */
/* format/xlsx_cells.c — what a cell says, as the text a person saw in it.
 * A workbook has no dates, only numbers of days under a format that draws them as one; so the
 * format decides. Days count from 1900 with a 29 February 1900 that never was, or from 1904. */
#include "format/xlsx.h"

#include <math.h>
#include <stdio.h>

#define LAST_SERIAL 2958466.0 /* 10000-01-01 */
#define DAY_1900 (-25569)     /* 1899-12-30: right for every day after the false one */
#define DAY_1904 (-24107)
#define DAY_MILLIS INT64_C(86400000)

/* ECMA-376 part 1, 18.8.30: ids whose format is not written into the file. */
enum looks xlsx__looks_of_id(int64_t id)
{
    if (id == 22)
        return LOOKS_MOMENT;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 ||
        (id >= 50 && id <= 54) || id == 57 || id == 58)
        return LOOKS_DATE;
    return LOOKS_PLAIN;
}

/* How many bytes from i on say nothing of the kind of format: quoted, escaped, in brackets. */
static size_t literal_length(struct text code, size_t i)
{
    char c = code.at[i];
    if (c == '\\' || c == '_' || c == '*')
        return 2;
    if (c != '"' && c != '[')
        return 0;
    ptrdiff_t end = text_find(text_from(code, i + 1), c == '"' ? '"' : ']');
    return end < 0 ? code.len - i : (size_t)end + 2;
}

/* Only the first of up to four parts counts: it is the one for positive numbers. */
enum looks xlsx__looks_of_code(struct text code)
{
    bool day = false, time = false, month = false;
    for (size_t i = 0; i < code.len && code.at[i] != ';';) {
        size_t literal = literal_length(code, i);
        if (literal > 0) {
            i += literal;
            continue;
        }
        char c = code.at[i++] | 0x20;
        day |= c == 'y' || c == 'd';
        time |= c == 'h' || c == 's';
        month |= c == 'm';
    }
    if (time)
        return day ? LOOKS_MOMENT : LOOKS_PLAIN;
    return day || month ? LOOKS_DATE : LOOKS_PLAIN;
}

/* Spreadsheets show fifteen digits and store up to seventeen: 1.1 is stored as
 * 1.1000000000000001, and 1.1 is what its owner wrote. */
static struct text plain_number(struct arena *a, double value)
{
    char fifteen[NUMBER_LEN];
    double shown;
    int len = snprintf(fifteen, sizeof(fifteen), "%.14e", value);
    for (int i = 0; i < len; i++)
        if (fifteen[i] == ',')
            fifteen[i] = '.'; /* whatever locale a library has set */
    if (!text_number((struct text){fifteen, (size_t)len}, &shown))
        shown = value;
    char *out = arena_take(a, NUMBER_LEN);
    return (struct text){out, number__print(shown, out)};
}

static bool is_whole(struct text lexeme)
{
    int64_t ignored;
    return lexeme.len <= 15 && text_integer(lexeme, &ignored);
}

static struct text date_text(struct arena *a, double serial, enum looks looks, bool from_1904)
{
    int64_t millis = llround(serial * (double)DAY_MILLIS);
    int64_t days = from_1904 ? DAY_1904 : serial < 61 ? DAY_1900 + 1 : DAY_1900;
    if (looks == LOOKS_DATE)
        return date_of_days(a, days + millis / DAY_MILLIS);
    return moment_print(a, (days * DAY_MILLIS + millis) * 1000);
}

struct text xlsx__number(struct arena *a, struct text lexeme, enum looks looks, bool from_1904)
{
    double value;
    lexeme = text_trim(lexeme);
    if (!number__read(lexeme, &value))
        return text_copy(a, lexeme);
    bool is_day = value >= (from_1904 ? 0 : 1) && !(!from_1904 && value >= 60 && value < 61);
    if (looks != LOOKS_PLAIN && is_day && value < LAST_SERIAL - (from_1904 ? 1462 : 0))
        return date_text(a, value, looks, from_1904);
    return is_whole(lexeme) ? text_copy(a, lexeme) : plain_number(a, value);
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* _x0041_ is how a workbook writes what XML cannot hold. */
static bool is_escape(struct text t, uint32_t *point)
{
    *point = 0;
    if (t.len < 7 || t.at[0] != '_' || t.at[1] != 'x' || t.at[6] != '_')
        return false;
    for (size_t i = 2; i < 6; i++) {
        int digit = hex_digit(t.at[i]);
        if (digit < 0)
            return false;
        *point = *point << 4 | (uint32_t)digit;
    }
    return true;
}

/* NUL and halves of surrogate pairs stay as written: they are not text. */
struct text xlsx__unescape(struct arena *a, struct text t)
{
    uint32_t point;
    if (text_search(t, TEXT("_x")) < 0)
        return text_copy(a, t);
    struct buf out = buf_in(a, t.len);
    for (size_t i = 0; i < t.len;) {
        bool escape = is_escape(text_from(t, i), &point);
        if (escape && point != 0 && (point < 0xD800 || point > 0xDFFF)) {
            utf8__put(&out, point);
            i += 7;
        } else {
            buf_add_byte(&out, t.at[i++]);
        }
    }
    return buf_text(&out);
}

struct text xlsx__escape(struct arena *a, struct text t)
{
    uint32_t point;
    if (text_search(t, TEXT("_x")) < 0)
        return t;
    struct buf out = buf_in(a, t.len * 7 + 1);
    for (size_t i = 0; i < t.len; i++) {
        if (is_escape(text_from(t, i), &point))
            buf_add_c(&out, "_x005F");
        buf_add_byte(&out, t.at[i]);
    }
    return buf_text(&out);
}

bool xlsx__column(struct text reference, size_t *column)
{
    size_t value = 0, i = 0;
    for (; i < reference.len && reference.at[i] >= 'A' && reference.at[i] <= 'Z' && i < 3; i++)
        value = value * 26 + (size_t)(reference.at[i] - 'A' + 1);
    if (value == 0)
        return false;
    *column = value - 1;
    return true;
}
