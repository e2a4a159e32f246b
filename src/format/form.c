/* SPDX-License-Identifier: Apache-2.0 */
/* format/form.c — one spelling for what Unicode can spell in several ways, and the key that puts
 * texts in the order people expect. What a code point is made of comes from utf8proc. */
#include "format/internal.h"

#include <utf8proc.h>

/* The library sorts marks by insertion: a letter under hundreds of them is nobody's text, would
 * cost the square of their number, and stays as it is. */
#define MARKS_MOST 64

struct text form_rules(void)
{
    return text_of(utf8proc_unicode_version());
}

/* Below U+0300 every code point is its own composed form. */
static bool is_simple(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] >= 0xCC)
            return false;
    return true;
}

static bool is_ascii(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] >= 0x80)
            return false;
    return true;
}

static bool is_sane(struct text t)
{
    size_t marks = 0;
    uint32_t point;
    if (!text_utf8(t))
        return false;
    for (size_t i = 0; i < t.len;) {
        i += utf8__take(text_from(t, i), &point);
        marks = utf8proc_get_property((utf8proc_int32_t)point)->combining_class ? marks + 1 : 0;
        if (marks > MARKS_MOST)
            return false;
    }
    return true;
}

static struct text formed(struct arena *a, struct text t, int options)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)t.at;
    utf8proc_ssize_t size = (utf8proc_ssize_t)t.len;
    if (!is_sane(t))
        return t;
    utf8proc_ssize_t room = utf8proc_decompose(at, size, NULL, 0, (utf8proc_option_t)options);
    if (room <= 0)
        return t;
    utf8proc_int32_t *points = NEW_MANY(a, (size_t)room + 1, utf8proc_int32_t);
    room = utf8proc_decompose(at, size, points, room, (utf8proc_option_t)options);
    if (room > 0) /* in place: a code point is never longer in UTF-8 than as a number */
        room = utf8proc_reencode(points, room, (utf8proc_option_t)options);
    return room < 0 ? t : (struct text){(const char *)points, (size_t)room};
}

struct text form_one(struct arena *a, struct text t)
{
    return is_simple(t) ? t : formed(a, t, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

struct text form__plain(struct arena *a, struct text t)
{
    return is_ascii(t) ? t
                       : formed(a, t, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
}

uint32_t form__bare(uint32_t point)
{
    utf8proc_int32_t parts[8];
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(
        (utf8proc_int32_t)point, parts, COUNT(parts),
        UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK, &boundary);
    return count == 1 ? (uint32_t)parts[0] : point;
}

bool form__symbol(uint32_t point)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)point);
    if (point == 0xD7 || point == 0xF7 || point == 0xFFFD) /* 3×4; what was no UTF-8 */
        return false;
    return c == UTF8PROC_CATEGORY_SO || c == UTF8PROC_CATEGORY_SM || c == UTF8PROC_CATEGORY_SC;
}

/* ---- order ------------------------------------------------------------------------------ */
#define KEY_MOST 400   /* bytes: two texts that are alike so far stand beside each other anyway */
#define DIGITS_MOST 60 /* of one number; a longer one goes on as the next */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number begins with how long it is: 9 before 10. Between the space (32) and the letters. */
static size_t put_number(struct buf *b, struct text t)
{
    size_t zeros = 0, end = 0;
    while (zeros + 1 < t.len && t.at[zeros] == '0' && is_digit(t.at[zeros + 1]))
        zeros++;
    while (zeros + end < t.len && end < DIGITS_MOST && is_digit(t.at[zeros + end]))
        end++;
    buf_add_byte(b, (char)(' ' + end));
    buf_add(b, text_slice(t, zeros, zeros + end));
    return zeros + end;
}

/* Punctuation and space are one space, so that A.2 and A-2 are the same. */
static bool is_space_or_sign(uint32_t point)
{
    utf8proc_category_t c = utf8proc_category((utf8proc_int32_t)point);
    return c == UTF8PROC_CATEGORY_CC || c == UTF8PROC_CATEGORY_CF ||
           (c >= UTF8PROC_CATEGORY_PC && c <= UTF8PROC_CATEGORY_PO) ||
           (c >= UTF8PROC_CATEGORY_ZS && c <= UTF8PROC_CATEGORY_ZP);
}

static void put_point(struct buf *b, uint32_t point)
{
    if (is_space_or_sign(point)) {
        if (b->len && b->at[b->len - 1] != ' ')
            buf_add_byte(b, ' ');
        return;
    }
    if (point >= 0x30A1 && point <= 0x30F6) /* a katakana beside its hiragana */
        point -= 0x60;
    utf8__put(b, point);
}

struct text order_key(struct arena *a, struct text t)
{
    struct text folded =
        formed(a, t,
               UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                   UTF8PROC_STRIPMARK);
    struct buf b = buf_in(a, KEY_MOST + 80);
    for (size_t i = 0; i < folded.len && b.len < KEY_MOST;) {
        uint32_t point;
        if (is_digit(folded.at[i])) {
            i += put_number(&b, text_from(folded, i));
            continue;
        }
        i += utf8__take(text_from(folded, i), &point);
        put_point(&b, point);
    }
    return text_trim(buf_text(&b));
}
