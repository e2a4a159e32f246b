/* SPDX-License-Identifier: Apache-2.0 */
/* format/canonical.c — the one byte form of a JSON value, for the ledger.
 * RFC 8785 over a smaller set of values: ASCII keys, whole numbers within ±(2^53−1), no null.
 * Inside that set byte order equals the RFC's UTF-16 order and numbers have one spelling, so
 * any public implementation of the RFC gives the same bytes. Text is kept as it is: no
 * normalisation. */
#include "format/internal.h"

#define LARGEST_INTEGER ((INT64_C(1) << 53) - 1)

static enum err put(struct call *call, const struct json *v, struct buf *out);

static enum err refuse(struct call *call, const struct json *v, const char *code,
                       const char *english)
{
    return problem(call, ERR_INVALID, v->key, code, "%s", say(call, english));
}

static enum err put_integer(struct call *call, const struct json *v, struct buf *out)
{
    if (v->integer > LARGEST_INTEGER || v->integer < -LARGEST_INTEGER)
        return refuse(call, v, "range",
                      SAID("is beyond the whole numbers a ledger entry may hold"));
    buf_print(out, "%lld", (long long)v->integer);
    return OK;
}

static enum err put_list(struct call *call, const struct json *v, struct buf *out)
{
    buf_add_byte(out, '[');
    for (const struct json *m = v->first; m != NULL; m = m->next) {
        if (m != v->first)
            buf_add_byte(out, ',');
        TRY(put(call, m, out));
    }
    buf_add_byte(out, ']');
    return OK;
}

static bool is_ascii(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] >= 0x80)
            return false;
    return true;
}

static enum err put_object(struct call *call, const struct json *v, struct buf *out)
{
    const struct json **sorted = NEW_MANY(call->arena, v->count, const struct json *);
    json__sort(v, sorted);
    buf_add_byte(out, '{');
    for (uint32_t i = 0; i < v->count; i++) {
        if (!is_ascii(sorted[i]->key))
            return refuse(call, sorted[i], "key",
                          SAID("keys in a ledger entry are ASCII only"));
        if (i > 0 && text_same(sorted[i - 1]->key, sorted[i]->key))
            return refuse(call, sorted[i], "duplicate", SAID("is given twice"));
        if (i > 0)
            buf_add_byte(out, ',');
        json__quote(out, sorted[i]->key);
        buf_add_byte(out, ':');
        TRY(put(call, sorted[i], out));
    }
    buf_add_byte(out, '}');
    return OK;
}

static enum err put(struct call *call, const struct json *v, struct buf *out)
{
    switch (v->type) {
    case JSON_FALSE:
        buf_add_c(out, "false");
        return OK;
    case JSON_TRUE:
        buf_add_c(out, "true");
        return OK;
    case JSON_INTEGER:
        return put_integer(call, v, out);
    case JSON_TEXT:
        json__quote(out, v->text);
        return OK;
    case JSON_LIST:
        return put_list(call, v, out);
    case JSON_OBJECT:
        return put_object(call, v, out);
    case JSON_NUMBER:
        return refuse(call, v, "number", SAID("a decimal travels as text in a ledger entry"));
    case JSON_NULL:
        return refuse(call, v, "null", SAID("a ledger entry holds no null"));
    }
    panic("json type=%d", (int)v->type);
}

enum err json_canonical(struct call *call, const struct json *v, struct buf *out)
{
    TRY(put(call, v, out));
    if (out->full)
        return format__refuse(call, ERR_TOO_LARGE, "size", 0,
                              SAID("the entry is larger than allowed"));
    return OK;
}
