/* SPDX-License-Identifier: Apache-2.0 */
/* format/encode.c — bytes as hex, base64 and percent signs.
 * The readers are strict: every value has exactly one spelling they take, so that nothing can
 * be smuggled past a comparison by writing it differently. Hex takes both cases. */
#include "format/format.h"

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char alphabet_url[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

struct text hex_of(struct arena *a, struct text bytes)
{
    static const char digits[] = "0123456789abcdef";
    char *out = arena_take_many(a, bytes.len + 1, 2);
    for (size_t i = 0; i < bytes.len; i++) {
        out[2 * i] = digits[(unsigned char)bytes.at[i] >> 4];
        out[2 * i + 1] = digits[bytes.at[i] & 15];
    }
    return (struct text){out, bytes.len * 2};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_read(struct arena *a, struct text hex, struct text *out)
{
    if (hex.len % 2 != 0)
        return false;
    char *bytes = arena_take(a, hex.len / 2 + 1);
    for (size_t i = 0; i < hex.len; i += 2) {
        int high = hex_digit(hex.at[i]), low = hex_digit(hex.at[i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (char)(high << 4 | low);
    }
    *out = (struct text){bytes, hex.len / 2};
    return true;
}

static struct text base64_with(struct arena *a, struct text in, const char *letters,
                               bool padded)
{
    char *out = arena_take_many(a, in.len / 3 + 2, 4);
    size_t len = 0;
    for (size_t i = 0; i < in.len; i += 3) {
        size_t left = in.len - i;
        uint32_t group = (uint32_t)(unsigned char)in.at[i] << 16;
        if (left > 1)
            group |= (uint32_t)(unsigned char)in.at[i + 1] << 8;
        if (left > 2)
            group |= (unsigned char)in.at[i + 2];
        for (size_t k = 0; k < 4; k++) {
            if (k <= left)
                out[len++] = letters[group >> (18 - 6 * k) & 63];
            else if (padded)
                out[len++] = '=';
        }
    }
    return (struct text){out, len};
}

struct text base64_of(struct arena *a, struct text bytes)
{
    return base64_with(a, bytes, alphabet, true);
}

struct text base64url_of(struct arena *a, struct text bytes)
{
    return base64_with(a, bytes, alphabet_url, false);
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_read(struct arena *a, struct text in, struct text *out)
{
    size_t padding = 0, len = 0;
    uint32_t group = 0;
    if (in.len % 4 != 0)
        return false;
    while (padding < 2 && padding < in.len && in.at[in.len - 1 - padding] == '=')
        padding++;
    char *bytes = arena_take(a, in.len / 4 * 3 + 1);
    for (size_t i = 0; i < in.len - padding; i++) {
        int value = base64_value(in.at[i]);
        if (value < 0)
            return false;
        group = group << 6 | (uint32_t)value;
        if (i % 4 == 3) {
            bytes[len++] = (char)(group >> 16 & 255);
            bytes[len++] = (char)(group >> 8 & 255);
            bytes[len++] = (char)(group & 255);
            group = 0;
        }
    }
    /* The bits that the padding leaves over must be zero, or two texts mean the same bytes. */
    if ((padding == 1 && (group & 3) != 0) || (padding == 2 && (group & 15) != 0))
        return false;
    if (padding == 1)
        bytes[len++] = (char)(group >> 10 & 255);
    if (padding > 0)
        bytes[len++] = (char)(group >> (padding == 1 ? 2 : 4) & 255);
    *out = (struct text){bytes, len};
    return true;
}

bool url_decode(struct arena *a, struct text in, bool plus_is_space, struct text *out)
{
    char *at = arena_take(a, in.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.at[i];
        if (c == '+' && plus_is_space)
            c = ' ';
        if (c == '%') {
            int high = i + 2 < in.len ? hex_digit(in.at[i + 1]) : -1;
            int low = i + 2 < in.len ? hex_digit(in.at[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            i += 2;
        }
        at[len++] = c;
    }
    *out = (struct text){at, len};
    return text_utf8(*out);
}

static bool is_unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || c == '_' || c == '~';
}

struct text url_encode(struct arena *a, struct text in)
{
    static const char digits[] = "0123456789ABCDEF";
    char *at = arena_take_many(a, in.len + 1, 3);
    size_t len = 0;
    for (size_t i = 0; i < in.len; i++) {
        if (is_unreserved(in.at[i])) {
            at[len++] = in.at[i];
            continue;
        }
        at[len++] = '%';
        at[len++] = digits[(unsigned char)in.at[i] >> 4];
        at[len++] = digits[in.at[i] & 15];
    }
    return (struct text){at, len};
}
