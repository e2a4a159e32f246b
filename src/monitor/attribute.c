/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/attribute.c — attributes of OpenTelemetry: names with values that may hold values. */
#include "monitor/telemetry.h"

#include <math.h>

static const struct json *named(const struct json *attributes, struct text name)
{
    if (!attributes || attributes->type != JSON_LIST)
        return NULL;
    for (const struct json *one = attributes->first; one; one = one->next)
        if (text_same(json_text(json_get(one, "key")), name))
            return json_get(one, "value");
    return NULL;
}

const struct json *attribute__first(const struct json *attributes, const char *names)
{
    struct text rest = text_of(names);
    while (rest.len) {
        const struct json *v = named(attributes, text_cut(&rest, ' '));
        if (v)
            return v;
    }
    return NULL;
}

/* ---- one value
 * ------------------------------------------------------------------------------- */
bool telemetry__unsigned(const struct json *v, uint64_t *out)
{
    struct text t =
        v && (v->type == JSON_TEXT || v->type == JSON_INTEGER || v->type == JSON_NUMBER)
            ? v->text
            : TEXT("");
    uint64_t n = 0;
    *out = 0;
    for (size_t i = 0; i < t.len; i++) {
        uint64_t digit = (uint64_t)(t.at[i] - '0');
        if (t.at[i] < '0' || t.at[i] > '9' || n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    *out = n;
    return t.len > 0;
}

/* JSON writes what is no number as a text. */
static double double_of(const struct json *v)
{
    double d;
    if (v->type == JSON_INTEGER || v->type == JSON_NUMBER)
        return v->number;
    return text_number(json_text(v), &d) ? d : (double)NAN;
}

static struct text scalar_text(struct arena *a, const struct json *value)
{
    const struct json *v = json_get(value, "stringValue");
    if (v)
        return json_text(v);
    if ((v = json_get(value, "intValue")) != NULL)
        return v->type == JSON_INTEGER || v->type == JSON_TEXT ? v->text : TEXT("");
    if ((v = json_get(value, "boolValue")) != NULL)
        return json_true(v) ? TEXT("true") : TEXT("false");
    if ((v = json_get(value, "doubleValue")) != NULL && isfinite(double_of(v)))
        return text_print(a, "%.17g", double_of(v));
    return TEXT("");
}

struct text attribute__text(struct arena *a, const struct json *attributes, const char *names)
{
    const struct json *value = attribute__first(attributes, names),
                      *list = json_get(json_get(value, "arrayValue"), "values");
    if (!list || list->type != JSON_LIST)
        return scalar_text(a, value);
    struct buf b = buf_in(a, EVENT_LINE);
    for (const struct json *one = list->first; one; one = one->next) {
        struct text t = scalar_text(a, one);
        if (b.len && t.len)
            buf_add(&b, TEXT(","));
        buf_add(&b, t);
    }
    return buf_text(&b);
}

bool attribute__number(const struct json *attributes, const char *names, double *out)
{
    const struct json *value = attribute__first(attributes, names),
                      *v = json_get(value, "doubleValue");
    if (!v)
        v = json_get(value, "intValue");
    if (!v)
        v = json_get(value, "stringValue");
    *out = v ? double_of(v) : (double)NAN;
    return isfinite(*out);
}

/* ---- any value, in one spelling ------------------------------------------------------------
 */
static void put_any(struct json_out *o, struct arena *a, const struct json *value);

static void put_pair(struct json_out *o, struct arena *a, const struct json *pair)
{
    json_open(o, '[');
    json_put_text(o, json_text(json_get(pair, "key")));
    put_any(o, a, json_get(pair, "value"));
    json_close(o, ']');
}

static void put_values(struct json_out *o, struct arena *a, const struct json *holder,
                       bool pairs)
{
    const struct json *list = json_get(holder, "values");
    json_open(o, '[');
    for (const struct json *one = list && list->type == JSON_LIST ? list->first : NULL; one;
         one = one->next)
        if (pairs)
            put_pair(o, a, one);
        else
            put_any(o, a, one);
    json_close(o, ']');
}

/* Pairs stay pairs: their names may occur twice. Depth: three levels of the tree are one here,
 * so that OTLP_DEPTH keeps it below what json_out can nest. */
static void put_any(struct json_out *o, struct arena *a, const struct json *value)
{
    const struct json *v;
    if ((v = json_get(value, "arrayValue")) != NULL)
        put_values(o, a, v, false);
    else if ((v = json_get(value, "kvlistValue")) != NULL)
        put_values(o, a, v, true);
    else if ((v = json_get(value, "bytesValue")) != NULL)
        json_put_text(o, json_text(v));
    else if ((v = json_get(value, "doubleValue")) != NULL)
        json_put_number(o, double_of(v));
    else if ((v = json_get(value, "boolValue")) != NULL)
        json_put_bool(o, json_true(v));
    else if (value)
        json_put_text(o, scalar_text(a, value));
    else
        json_put_null(o);
}

struct text attribute__bytes(struct arena *a, const struct json *value)
{
    const struct json *plain = json_get(value, "stringValue");
    if (plain)
        return json_text(plain);
    struct buf b = buf_in(a, 6 * EVENT_BODY);
    struct json_out o = json_out(&b);
    put_any(&o, a, value);
    return buf_text(&b);
}

struct text attribute__prefixed(struct arena *a, const struct json *attributes,
                                const char *prefix)
{
    bool any = false;
    struct buf b = buf_in(a, 6 * EVENT_BODY);
    struct json_out o = json_out(&b);
    json_open(&o, '[');
    for (const struct json *one =
             attributes && attributes->type == JSON_LIST ? attributes->first : NULL;
         one; one = one->next)
        if (text_starts(json_text(json_get(one, "key")), prefix)) {
            put_pair(&o, a, one);
            any = true;
        }
    json_close(&o, ']');
    return any ? buf_text(&b) : TEXT("");
}
