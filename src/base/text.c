/* SPDX-License-Identifier: Apache-2.0 */
/* base/text.c — slices of UTF-8 bytes.
 * A slice borrows; only the functions that take an arena make bytes. A slice of length 0 may
 * have a NULL pointer, so every libc call here is kept away from it. */
#include "base/internal.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text text_of(const char *c_string)
{
    if (c_string == NULL)
        c_string = "";
    return (struct text){c_string, strlen(c_string)};
}

struct text text_copy(struct arena *a, struct text t)
{
    char *at = arena_take(a, t.len + 1);
    if (t.len > 0)
        memcpy(at, t.at, t.len);
    return (struct text){at, t.len};
}

const char *text_c(struct arena *a, struct text t)
{
    return text_copy(a, t).at;
}

struct text text__print(struct arena *a, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len < 0)
        panic("text_print format=%s", format);
    char *at = arena_take(a, (size_t)len + 1);
    vsnprintf(at, (size_t)len + 1, format, again);
    va_end(again);
    return (struct text){at, (size_t)len};
}

struct text text_print(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct text t = text__print(a, format, args);
    va_end(args);
    return t;
}

struct text text_join(struct arena *a, struct text left, struct text right)
{
    char *at = arena_take(a, left.len + right.len + 1);
    if (left.len > 0)
        memcpy(at, left.at, left.len);
    if (right.len > 0)
        memcpy(at + left.len, right.at, right.len);
    return (struct text){at, left.len + right.len};
}

bool text_same(struct text left, struct text right)
{
    return left.len == right.len && (left.len == 0 || memcmp(left.at, right.at, left.len) == 0);
}

bool text_among(const struct text *list, size_t count, struct text t)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(list[i], t))
            return true;
    return false;
}

bool text_is(struct text t, const char *c_string)
{
    return text_same(t, text_of(c_string));
}

bool text_starts(struct text t, const char *prefix)
{
    struct text p = text_of(prefix);
    return t.len >= p.len && text_same((struct text){t.at, p.len}, p);
}

bool text_ends(struct text t, const char *suffix)
{
    struct text s = text_of(suffix);
    return t.len >= s.len && text_same(text_from(t, t.len - s.len), s);
}

int text_compare(struct text left, struct text right)
{
    size_t shared = left.len < right.len ? left.len : right.len;
    int order = shared == 0 ? 0 : memcmp(left.at, right.at, shared);
    if (order != 0)
        return order;
    return (left.len > right.len) - (left.len < right.len);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text text_trim(struct text t)
{
    while (t.len > 0 && is_space(t.at[t.len - 1]))
        t.len--;
    while (t.len > 0 && is_space(t.at[0]))
        t = text_from(t, 1);
    return t;
}

struct text text_from(struct text t, size_t start)
{
    return text_slice(t, start, t.len);
}

/* Bounds past the end mean the end, so that a caller's arithmetic cannot leave the slice. */
struct text text_slice(struct text t, size_t start, size_t end)
{
    if (end > t.len)
        end = t.len;
    if (start > end)
        start = end;
    return (struct text){start == 0 ? t.at : t.at + start, end - start};
}

struct text text_lower(struct arena *a, struct text t)
{
    char *at = arena_take(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        at[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    return (struct text){at, t.len};
}

ptrdiff_t text_find(struct text t, char c)
{
    const char *found = t.len == 0 ? NULL : memchr(t.at, c, t.len);
    return found == NULL ? -1 : found - t.at;
}

ptrdiff_t text_search(struct text t, struct text needle)
{
    if (needle.len == 0)
        return 0;
    const char *found = t.len < needle.len ? NULL : memmem(t.at, t.len, needle.at, needle.len);
    return found == NULL ? -1 : found - t.at;
}

struct text text_cut(struct text *rest, char c)
{
    ptrdiff_t at = text_find(*rest, c);
    struct text part = *rest;
    if (at < 0) {
        *rest = text_from(*rest, rest->len);
        return part;
    }
    part.len = (size_t)at;
    *rest = text_from(*rest, (size_t)at + 1);
    return part;
}

bool text_integer(struct text t, int64_t *out)
{
    bool minus = t.len > 0 && t.at[0] == '-';
    int64_t value = 0;
    if (minus)
        t = text_from(t, 1);
    if (t.len == 0)
        return false;
    for (size_t i = 0; i < t.len; i++) {
        int digit = t.at[i] - '0';
        if (digit < 0 || digit > 9)
            return false;
        /* Counting down reaches INT64_MIN, which has no positive twin. */
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, digit, &value))
            return false;
    }
    if (!minus && value == INT64_MIN)
        return false;
    *out = minus ? value : -value;
    return true;
}

static size_t skip_digits(struct text t, size_t i)
{
    while (i < t.len && t.at[i] >= '0' && t.at[i] <= '9')
        i++;
    return i;
}

/* [-] digits [. digits] [e [+-] digits], with at least one digit before the exponent. */
static bool number_shape(struct text t)
{
    size_t i = t.len > 0 && t.at[0] == '-';
    size_t start = i;
    i = skip_digits(t, i);
    size_t digits = i - start;
    if (i < t.len && t.at[i] == '.') {
        start = ++i;
        i = skip_digits(t, i);
        digits += i - start;
    }
    if (digits == 0)
        return false;
    if (i < t.len && (t.at[i] == 'e' || t.at[i] == 'E')) {
        i++;
        if (i < t.len && (t.at[i] == '-' || t.at[i] == '+'))
            i++;
        start = i;
        i = skip_digits(t, i);
        if (i == start)
            return false;
    }
    return i == t.len;
}

static locale_t plain_locale;

static void plain_locale_make(void)
{
    plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain_locale == (locale_t)0)
        panic("newlocale");
}

/* The point is a point whatever locale a library has set in this process. */
bool text_number(struct text t, double *out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char copy[1024];
    if (t.len >= sizeof(copy) || !number_shape(t))
        return false;
    pthread_once(&once, plain_locale_make);
    memcpy(copy, t.at, t.len);
    copy[t.len] = '\0';
    double value = strtod_l(copy, NULL, plain_locale);
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

uint64_t text_hash(struct text t)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a, then mixed so that the low bits are good too */
    for (size_t i = 0; i < t.len; i++)
        h = (h ^ (unsigned char)t.at[i]) * 0x100000001b3u;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdu;
    return h ^ (h >> 33);
}

/* Length of the well-formed sequence at `s`, 0 when it is not one. Ranges: RFC 3629 §4. */
static size_t sequence_length(const unsigned char *s, size_t left)
{
    unsigned char low = 0x80, high = 0xBF;
    size_t len = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (s[0] < 0xC2 || s[0] > 0xF4 || left < len)
        return 0;
    if (s[0] == 0xE0)
        low = 0xA0;
    else if (s[0] == 0xED)
        high = 0x9F;
    else if (s[0] == 0xF0)
        low = 0x90;
    else if (s[0] == 0xF4)
        high = 0x8F;
    if (s[1] < low || s[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((s[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

static bool eight_plain_bytes(const unsigned char *s)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t w;
    memcpy(&w, s, sizeof(w));
    return ((w | (w - ones)) & tops) == 0; /* no top bit set and no byte is zero */
}

bool text_utf8(struct text t)
{
    const unsigned char *s = (const unsigned char *)t.at;
    size_t i = 0;
    while (i < t.len) {
        if (t.len - i >= 8 && eight_plain_bytes(s + i)) {
            i += 8;
        } else if (s[i] < 0x80) {
            if (s[i] == 0)
                return false;
            i++;
        } else {
            size_t len = sequence_length(s + i, t.len - i);
            if (len == 0)
                return false;
            i += len;
        }
    }
    return true;
}

size_t text_characters(struct text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++)
        n += ((unsigned char)t.at[i] & 0xC0) != 0x80;
    return n;
}
