/* SPDX-License-Identifier: Apache-2.0 */
/* format/number.cc — doubles and decimal text.
 * C++ for one reason: its library has the shortest-digits and the exact-reading algorithms, and
 * neither looks at the locale. The layout of the digits is ECMAScript's (RFC 8785 §3.2.2.3), so
 * that a number prints the same here and in a browser. */
#include "format/internal.h"

#include <charconv>
#include <cmath>
#include <cstring>

bool number__read(struct text lexeme, double *out)
{
    double value = 0;
    auto end = lexeme.at + lexeme.len;
    auto result = std::from_chars(lexeme.at, end, value);
    /* Out of range is either too large or too close to zero; only the second has a value. */
    if (result.ec == std::errc::result_out_of_range)
        return text_number(lexeme, out);
    if (result.ec != std::errc() || result.ptr != end || !std::isfinite(value))
        return false;
    *out = value;
    return true;
}

/* Shortest digits without a point, and how many of them stand before it. */
static size_t digits_of(double d, char digits[NUMBER_LEN], int *before_point)
{
    char raw[NUMBER_LEN];
    auto end = std::to_chars(raw, raw + sizeof(raw), d, std::chars_format::scientific).ptr;
    auto e = static_cast<const char *>(memchr(raw, 'e', static_cast<size_t>(end - raw)));
    size_t count = 0;
    int exponent = 0;
    for (const char *at = raw; at < e; at++)
        if (*at != '.')
            digits[count++] = *at;
    std::from_chars(e[1] == '+' ? e + 2 : e + 1, end, exponent);
    *before_point = exponent + 1;
    return count;
}

static size_t fill(char *out, const char *from, size_t count)
{
    memcpy(out, from, count);
    return count;
}

size_t number__print(double d, char out[NUMBER_LEN])
{
    char digits[NUMBER_LEN];
    int point;
    size_t len = 0;
    if (d == 0)
        return fill(out, "0", 1);
    if (d < 0)
        out[len++] = '-';
    size_t count = digits_of(std::fabs(d), digits, &point);
    int many = static_cast<int>(count);

    if (point > 21 || point <= -6) {
        out[len++] = digits[0];
        if (count > 1) {
            out[len++] = '.';
            len += fill(out + len, digits + 1, count - 1);
        }
        out[len++] = 'e';
        if (point > 0)
            out[len++] = '+';
        return static_cast<size_t>(std::to_chars(out + len, out + NUMBER_LEN, point - 1).ptr -
                                   out);
    }
    if (point <= 0) {
        len += fill(out + len, "0.000000", 2 + static_cast<size_t>(-point));
        return len + fill(out + len, digits, count);
    }
    if (many <= point) {
        len += fill(out + len, digits, count);
        return len +
               fill(out + len, "000000000000000000000", static_cast<size_t>(point - many));
    }
    len += fill(out + len, digits, static_cast<size_t>(point));
    out[len++] = '.';
    return len + fill(out + len, digits + point, count - static_cast<size_t>(point));
}
