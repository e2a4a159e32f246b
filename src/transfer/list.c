/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/list.c — lists as Python prints them. */
#include "transfer/internal.h"

#include <string.h>

/* ---- a text that is eaten from the front ------------------------------------------------ */
static bool eat(struct text *t, char c)
{
    if (!t->len || t->at[0] != c)
        return false;
    *t = text_from(*t, 1);
    return true;
}

static void eat_space(struct text *t)
{
    while (t->len && (t->at[0] == ' ' || t->at[0] == '\t' || t->at[0] == '\n'))
        *t = text_from(*t, 1);
}

/* ---- characters ------------------------------------------------------------------------- */
static void put_utf8(struct buf *b, unsigned c)
{
    if (c < 0x80) {
        buf_add_byte(b, (char)c);
        return;
    }
    if (c < 0x800) {
        buf_add_byte(b, (char)(0xC0 | c >> 6));
    } else {
        buf_add_byte(b, (char)(0xE0 | c >> 12));
        buf_add_byte(b, (char)(0x80 | (c >> 6 & 0x3F)));
    }
    buf_add_byte(b, (char)(0x80 | (c & 0x3F)));
}

static bool eat_hex(struct text *t, size_t digits, unsigned *out)
{
    *out = 0;
    if (t->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        static const char all[] = "0123456789abcdef";
        char c = t->at[i];
        const char *at = c ? strchr(all, c >= 'A' && c <= 'F' ? c + 32 : c) : NULL;
        if (!at)
            return false;
        *out = *out * 16 + (unsigned)(at - all);
    }
    *t = text_from(*t, digits);
    return true;
}

/* After a backslash. NUL and halves of surrogate pairs are no characters. */
static bool eat_escape(struct text *t, struct buf *out)
{
    unsigned c;
    if (!t->len)
        return false;
    char kind = t->at[0];
    *t = text_from(*t, 1);
    switch (kind) {
    case '\\':
    case '\'':
    case '"':
        buf_add_byte(out, kind);
        return true;
    case 'n':
    case 'r':
    case 't':
        buf_add_byte(out, kind == 'n' ? '\n' : kind == 'r' ? '\r' : '\t');
        return true;
    case 'x':
    case 'u':
        if (!eat_hex(t, kind == 'x' ? 2 : 4, &c) || !c || (c >= 0xD800 && c < 0xE000))
            return false;
        put_utf8(out, c);
        return true;
    default:
        return false;
    }
}

/* ---- lists ------------------------------------------------------------------------------ */
static bool eat_string(struct arena *a, struct text *t, struct text *out)
{
    struct buf b = buf_in(a, t->len + 1);
    char quote = t->len ? t->at[0] : 0;
    if (quote != '\'' && quote != '"')
        return false;
    *t = text_from(*t, 1);
    while (t->len && t->at[0] != quote) {
        char c = t->at[0];
        *t = text_from(*t, 1);
        if (c != '\\')
            buf_add_byte(&b, c);
        else if (!eat_escape(t, &b))
            return false;
    }
    *out = buf_text(&b);
    return eat(t, quote) && !b.full;
}

bool transfer__python_list(struct arena *a, struct text t, struct json *list)
{
    struct text part;
    if (!eat(&t, '['))
        return false;
    eat_space(&t);
    while (!eat(&t, ']')) {
        if (list->count > LIST_MOST || !eat_string(a, &t, &part))
            return false;
        transfer__add(a, list, transfer__text(a, part), (struct text){0});
        eat_space(&t);
        bool comma = eat(&t, ',');
        eat_space(&t);
        if (!comma && (!t.len || t.at[0] != ']'))
            return false;
    }
    return !t.len;
}

/* The characters that Python does not print as they are, as far as they occur in text. */
static bool is_hidden(unsigned c)
{
    return c < 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD || (c >= 0x2000 && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 ||
           c == 0xFEFF || (c >= 0xE000 && c <= 0xF8FF);
}

static unsigned character(struct text t, size_t *len)
{
    unsigned char c = (unsigned char)t.at[0];
    *len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    if (*len > t.len || *len == 1 || *len == 4) {
        *len = *len > t.len ? 1 : *len;
        return c;
    }
    unsigned out = *len == 2 ? c & 0x1F : c & 0x0F;
    for (size_t i = 1; i < *len; i++)
        out = out << 6 | ((unsigned char)t.at[i] & 0x3F);
    return out;
}

static void print_string(struct buf *b, struct text t)
{
    char quote = text_find(t, '\'') >= 0 && text_find(t, '"') < 0 ? '"' : '\'';
    buf_add_byte(b, quote);
    while (t.len) {
        size_t len;
        unsigned c = character(t, &len);
        if (c == (unsigned char)quote || c == '\\')
            buf_print(b, "\\%c", (char)c);
        else if (c == '\n' || c == '\r' || c == '\t')
            buf_add_c(b, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
        else if (is_hidden(c) && len < 4)
            buf_print(b, c < 0x100 ? "\\x%02x" : "\\u%04x", c);
        else
            buf_add(b, text_slice(t, 0, len));
        t = text_from(t, len);
    }
    buf_add_byte(b, quote);
}

struct text transfer__python_print(struct arena *a, const struct json *list)
{
    struct buf b = buf_in(a, 4u << 20);
    buf_add_byte(&b, '[');
    for (const struct json *one = list->first; one; one = one->next) {
        print_string(&b, one->text);
        if (one->next)
            buf_add_c(&b, ", ");
    }
    buf_add_byte(&b, ']');
    return buf_text(&b);
}
