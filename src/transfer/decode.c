/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/decode.c — the bytes of a file become UTF-8. What a file is written in is found by
 * its bytes and said as a remark, or is said by the map ("encoding"). A file that is UTF-8 but
 * for a few bytes stays so: those rows are refused one by one. */
#include "transfer/internal.h"

#include <iconv.h>
#include <string.h>

/* Whole characters of more than one byte, and bytes that begin none. */
static void weigh(struct text t, size_t *good, size_t *broken)
{
    *good = *broken = 0;
    for (size_t i = 0; i < t.len;) {
        unsigned char c = (unsigned char)t.at[i];
        size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        bool whole = len == 1 || (i + len <= t.len && text_utf8(text_slice(t, i, i + len)));
        *good += whole && len > 1;
        *broken += !whole;
        i += whole ? len : 1;
    }
}

/* Chinese in GB 2312 is pairs of high bytes; Western text has single ones between letters. */
static bool looks_chinese(struct text t)
{
    size_t pairs = 0, single = 0;
    for (size_t i = 0; i < t.len; i++) {
        if ((unsigned char)t.at[i] < 0x80)
            continue;
        bool pair = i + 1 < t.len && (unsigned char)t.at[i] >= 0xA1 &&
                    (unsigned char)t.at[i + 1] >= 0xA1;
        pairs += pair;
        single += !pair;
        i += pair;
    }
    return pairs > single;
}

static bool convert(struct transfer *im, const char *from, struct text bytes, struct text *out)
{
    iconv_t c = iconv_open("UTF-8", from);
    if (c == (iconv_t)-1)
        return false;
    size_t room = bytes.len * 3 + 16, left = room, in_left = bytes.len;
    char *at = arena_take(im->arena, room), *to = at, *in = (char *)(uintptr_t)bytes.at;
    size_t done = iconv(c, &in, &in_left, &to, &left);
    iconv_close(c);
    *out = (struct text){at, room - left};
    return done != (size_t)-1 && in_left == 0;
}

static const char *guess(struct text bytes)
{
    size_t good, broken;
    if (text_starts(bytes, "\xFF\xFE"))
        return "UTF-16LE";
    if (text_starts(bytes, "\xFE\xFF"))
        return "UTF-16BE";
    if (text_starts(bytes, "\xEF\xBB\xBF"))
        return NULL;
    weigh(bytes, &good, &broken);
    if (broken <= good)
        return NULL;
    return looks_chinese(bytes) ? "GB18030" : "WINDOWS-1252";
}

static const char *said(struct transfer *im)
{
    static const char *const names[][2] = {{"utf-8", "UTF-8"},
                                           {"utf-16", "UTF-16"},
                                           {"windows-1252", "WINDOWS-1252"},
                                           {"gb18030", "GB18030"}};
    struct text word = text_lower(im->arena, json_text(json_get(im->how, "encoding")));
    for (size_t i = 0; i < COUNT(names); i++)
        if (text_is(word, names[i][0]))
            return names[i][1];
    return NULL;
}

enum err transfer__decode(struct transfer *im, struct text *bytes)
{
    const char *by_map = said(im), *from = by_map ? by_map : guess(*bytes);
    struct text out;
    if (!by_map && json_get(im->how, "encoding"))
        return problem(im->call, ERR_INVALID, TEXT("encoding"), "map", "%s",
                       "encoding is utf-8, utf-16, windows-1252 or gb18030");
    im->encoding = "UTF-8";
    if (!from || !strcmp(from, "UTF-8"))
        return OK;
    const char *shown = !strcmp(from, "WINDOWS-1252") ? "Windows-1252" : from;
    if (!convert(im, from, *bytes, &out))
        return problem(
            im->call, ERR_MALFORMED, im->path, "encoding",
            say(im->call,
                "the file is not UTF-8 and cannot be read as %s: save it as “CSV UTF-8”"),
            shown);
    *bytes = out;
    im->encoding = shown;
    if (!by_map)
        transfer__remark(
            im, 1, (struct text){0}, "encoding", (struct text){0},
            text_print(im->arena,
                       say(im->call, "the file is not UTF-8: it was read as %s. Look at its "
                                     "letters, or save it as “CSV UTF-8”"),
                       shown),
            false);
    return OK;
}

/* ---- files that are something else ---------------------------------------------------------- */
struct known_file {
    const char *begins, *advice;
};

enum err transfer__foreign(struct transfer *im, struct text bytes, struct text name)
{
    static const struct known_file files[] = {
        {"\xD0\xCF\x11\xE0", SAID("this is an old Excel file (.xls): save it as .xlsx")},
        {"%PDF", SAID("this is a PDF, not a table")},
        {"<!DOCTYPE", SAID("this is a web page, not a table: save it as .xlsx or CSV")},
        {"<html", SAID("this is a web page, not a table: save it as .xlsx or CSV")}};
    const char *advice = NULL;
    for (size_t i = 0; i < COUNT(files) && !advice; i++)
        if (text_starts(bytes, files[i].begins))
            advice = files[i].advice;
    if (text_search(text_slice(bytes, 0, bytes.len < 100 ? bytes.len : 100),
                    TEXT("opendocument.spreadsheet")) >= 0)
        advice = SAID("this is an OpenDocument file (.ods): save it as .xlsx");
    if (text_ends(name, ".yaml") || text_ends(name, ".yml"))
        advice = SAID("this is YAML: convert it to JSON, a list of objects");
    if (!advice)
        return OK;
    return problem(im->call, ERR_MALFORMED, im->path, "format", "%s", say(im->call, advice));
}
