/* SPDX-License-Identifier: Apache-2.0 */
/* format/json_out.c — JSON text, appended piece by piece.
 * The writer only knows whether a comma is due at each level. Closing more than was opened or
 * nesting past 60 is a bug in the caller, not something that input can cause. */
#include "format/internal.h"

#include <math.h>

#define DEEPEST 60

struct json_out json_out(struct buf *buf)
{
    return (struct json_out){.buf = buf};
}

/* Which bytes of text cannot stand for themselves. */
static bool needs_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void add_escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorts[] = "\b\t\n\f\r\"\\", letters[] = "btnfr\"\\";
    ptrdiff_t at = text_find((struct text){shorts, sizeof(shorts) - 1}, (char)c);
    buf_add_byte(b, '\\');
    if (at >= 0) {
        buf_add_byte(b, letters[at]);
        return;
    }
    buf_add_c(b, "u00");
    buf_add_byte(b, hex[c >> 4]);
    buf_add_byte(b, hex[c & 15]);
}

void json__quote(struct buf *b, struct text t)
{
    size_t start = 0;
    buf_add_byte(b, '"');
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (!needs_escape(c))
            continue;
        buf_add(b, text_slice(t, start, i));
        add_escape(b, c);
        start = i + 1;
    }
    buf_add(b, text_from(t, start));
    buf_add_byte(b, '"');
}

/* Called before every value and key. */
static void begin(struct json_out *o)
{
    uint64_t level = (uint64_t)1 << o->depth;
    if (!o->after_key && (o->comma & level) != 0)
        buf_add_byte(o->buf, ',');
    o->after_key = false;
    o->comma |= level;
}

void json_open(struct json_out *o, char bracket)
{
    if (o->depth >= DEEPEST)
        panic("json_out too deep");
    begin(o);
    buf_add_byte(o->buf, bracket);
    o->depth++;
    o->comma &= ~((uint64_t)1 << o->depth);
}

void json_close(struct json_out *o, char bracket)
{
    if (o->depth == 0 || o->after_key)
        panic("json_out closes what is not open");
    buf_add_byte(o->buf, bracket);
    o->depth--;
}

void json_key_text(struct json_out *o, struct text key)
{
    begin(o);
    json__quote(o->buf, key);
    buf_add_byte(o->buf, ':');
    o->after_key = true;
}

void json_key(struct json_out *o, const char *key)
{
    json_key_text(o, text_of(key));
}

void json_put_text(struct json_out *o, struct text t)
{
    begin(o);
    json__quote(o->buf, t);
}

void json_put_c(struct json_out *o, const char *c_string)
{
    json_put_text(o, text_of(c_string));
}

void json_put_integer(struct json_out *o, int64_t i)
{
    char digits[24];
    size_t at = sizeof(digits);
    uint64_t rest = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (i < 0)
        digits[--at] = '-';
    begin(o);
    buf_add(o->buf, (struct text){digits + at, sizeof(digits) - at});
}

void json_put_number(struct json_out *o, double d)
{
    char digits[NUMBER_LEN];
    if (!isfinite(d)) {
        json_put_null(o);
        return;
    }
    begin(o);
    buf_add(o->buf, (struct text){digits, number__print(d, digits)});
}

void json_put_bool(struct json_out *o, bool b)
{
    begin(o);
    buf_add_c(o->buf, b ? "true" : "false");
}

void json_put_null(struct json_out *o)
{
    begin(o);
    buf_add_c(o->buf, "null");
}

void json_put_raw(struct json_out *o, struct text json)
{
    begin(o);
    buf_add(o->buf, json);
}

static void put_members(struct json_out *o, const struct json *v)
{
    bool object = v->type == JSON_OBJECT;
    json_open(o, object ? '{' : '[');
    for (const struct json *m = v->first; m != NULL; m = m->next) {
        if (object)
            json_key_text(o, m->key);
        json_put_json(o, m);
    }
    json_close(o, object ? '}' : ']');
}

void json_put_json(struct json_out *o, const struct json *v)
{
    switch (v == NULL ? JSON_NULL : v->type) {
    case JSON_NULL:
        json_put_null(o);
        break;
    case JSON_FALSE:
    case JSON_TRUE:
        json_put_bool(o, v->type == JSON_TRUE);
        break;
    case JSON_INTEGER:
    case JSON_NUMBER:
        json_put_raw(o, v->text);
        break;
    case JSON_TEXT:
        json_put_text(o, v->text);
        break;
    case JSON_LIST:
    case JSON_OBJECT:
        put_members(o, v);
        break;
    }
}
