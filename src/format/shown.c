/* SPDX-License-Identifier: Apache-2.0 */
/* format/shown.c — what people can see of a text: characters that show nothing, that turn the
 * others round, that no file format can hold, and the many kinds of space. */
#include "format/internal.h"

struct range {
    uint32_t from, to;
};

static bool within(const struct range *ranges, size_t count, uint32_t point)
{
    for (size_t i = 0; i < count; i++)
        if (point >= ranges[i].from && point <= ranges[i].to)
            return true;
    return false;
}

/* White_Space of Unicode. */
static bool is_space(uint32_t point)
{
    static const struct range spaces[] = {
        {0x09, 0x0D},     {0x20, 0x20},     {0x85, 0x85},     {0xA0, 0xA0},     {0x1680, 0x1680},
        {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
    return within(spaces, COUNT(spaces), point);
}

/* Default_Ignorable_Code_Point, and two letters that are drawn as nothing. */
static bool is_ignorable(uint32_t point)
{
    static const struct range nothing[] = {
        {0xAD, 0xAD},       {0x34F, 0x34F},     {0x61C, 0x61C},     {0x115F, 0x1160},
        {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},   {0x202A, 0x202E},
        {0x2060, 0x206F},   {0x2800, 0x2800},   {0x3164, 0x3164},   {0xFE00, 0xFE0F},
        {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFF8},   {0x1BCA0, 0x1BCA3},
        {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    return within(nothing, COUNT(nothing), point);
}

static bool is_noncharacter(uint32_t point)
{
    return (point & 0xFFFE) == 0xFFFE || (point >= 0xFDD0 && point <= 0xFDEF);
}

static bool is_control(uint32_t point)
{
    return point < 0x20 || (point >= 0x7F && point <= 0x9F);
}

bool shown_any(struct text t)
{
    uint32_t point;
    for (size_t i = 0; i < t.len;) {
        i += utf8__take(text_from(t, i), &point);
        if (!is_space(point) && !is_ignorable(point) && !is_control(point) &&
            !is_noncharacter(point))
            return true;
    }
    return false;
}

bool shown_turned(struct text t)
{
    return text_search(t, TEXT("\xE2\x80\xAD")) >= 0 ||
           text_search(t, TEXT("\xE2\x80\xAE")) >= 0;
}

static bool is_fit(uint32_t point, bool lines)
{
    if (lines && (point == '\n' || point == '\r' || point == '\t'))
        return true;
    return point >= 0x20 && point != 0x7F && point != 0x202D && point != 0x202E &&
           !is_noncharacter(point);
}

bool shown_fit(struct text t, bool lines)
{
    uint32_t point;
    for (size_t i = 0; i < t.len;) {
        i += utf8__take(text_from(t, i), &point);
        if (!is_fit(point, lines))
            return false;
    }
    return true;
}

struct text shown_without(struct arena *a, struct text t, bool lines)
{
    uint32_t point;
    if (shown_fit(t, lines))
        return t;
    struct buf out = buf_in(a, t.len + 1);
    for (size_t i = 0, len; i < t.len; i += len) {
        len = utf8__take(text_from(t, i), &point);
        if (is_fit(point, lines))
            buf_add(&out, text_slice(t, i, i + len));
    }
    return buf_text(&out);
}

struct text shown_pictured(struct arena *a, struct text t)
{
    uint32_t point;
    if (shown_fit(t, true))
        return t;
    struct buf out = buf_in(a, t.len * 3 + 1);
    for (size_t i = 0, len; i < t.len; i += len) {
        len = utf8__take(text_from(t, i), &point);
        if (is_fit(point, true) || point == 0x202D || point == 0x202E)
            buf_add(&out, text_slice(t, i, i + len));
        else
            utf8__put(&out, point < 0x20 ? 0x2400 + point : point == 0x7F ? 0x2421 : 0xFFFD);
    }
    return buf_text(&out);
}

struct text shown_one_space(struct arena *a, struct text t)
{
    uint32_t point;
    bool pending = false;
    struct buf out = buf_in(a, t.len + 1);
    for (size_t i = 0, len; i < t.len; i += len) {
        len = utf8__take(text_from(t, i), &point);
        if (is_space(point)) {
            pending = out.len > 0;
            continue;
        }
        if (pending)
            buf_add_byte(&out, ' ');
        pending = false;
        buf_add(&out, text_slice(t, i, i + len));
    }
    return buf_text(&out);
}
