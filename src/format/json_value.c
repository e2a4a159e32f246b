/* SPDX-License-Identifier: Apache-2.0 */
/* format/json_value.c — looking at a JSON value that has been read. */
#include "format/internal.h"

#include <stdlib.h>

const struct json *json_named(const struct json *object, struct text key)
{
    if (object == NULL || object->type != JSON_OBJECT)
        return NULL;
    for (const struct json *m = object->first; m != NULL; m = m->next)
        if (text_same(m->key, key))
            return m;
    return NULL;
}

const struct json *json_get(const struct json *object, const char *key)
{
    return json_named(object, text_of(key));
}

struct text json_text(const struct json *v)
{
    return v != NULL && v->type == JSON_TEXT ? v->text : TEXT("");
}

bool json_true(const struct json *v)
{
    return v != NULL && v->type == JSON_TRUE;
}

const struct json *json_of_text(struct arena *a, struct text t)
{
    struct json *v = NEW(a, struct json);
    v->type = JSON_TEXT;
    v->text = text_copy(a, t);
    return v;
}

const struct json *json_of_integer(struct arena *a, int64_t i)
{
    struct json *v = NEW(a, struct json);
    v->type = JSON_INTEGER;
    v->integer = i;
    v->number = (double)i;
    v->text = text_print(a, "%lld", (long long)i);
    return v;
}

const struct json *json_of_bool(struct arena *a, bool b)
{
    struct json *v = NEW(a, struct json);
    v->type = b ? JSON_TRUE : JSON_FALSE;
    return v;
}

static int by_key(const void *left, const void *right)
{
    const struct json *const *a = left, *const *b = right;
    return text_compare((*a)->key, (*b)->key);
}

void json__sort(const struct json *object, const struct json **out)
{
    size_t count = 0;
    for (const struct json *m = object->first; m != NULL; m = m->next)
        out[count++] = m;
    if (count > 1)
        qsort(out, count, sizeof(*out), by_key);
}

/* A decimal lexeme: sign, digits without outer zeros, the power of ten of the last one. */
struct decimal {
    bool minus;
    struct text digits; /* may still hold the point */
    int64_t power;
};

static struct text exponent_part(struct text *t)
{
    ptrdiff_t e = text_find(*t, 'e');
    if (e < 0)
        e = text_find(*t, 'E');
    if (e < 0)
        return TEXT("0");
    struct text part = text_from(*t, (size_t)e + 1);
    *t = text_slice(*t, 0, (size_t)e);
    return text_starts(part, "+") ? text_from(part, 1) : part;
}

static bool is_filler(char c)
{
    return c == '0' || c == '.';
}

static struct decimal decimal_of(struct text t)
{
    struct decimal d = {.minus = text_starts(t, "-")};
    if (d.minus)
        t = text_from(t, 1);
    struct text exponent = exponent_part(&t);
    /* Past 18 digits an exponent only says "zero": finite numbers have no other such. */
    if (!text_integer(exponent, &d.power) || d.power > INT32_MAX || d.power < INT32_MIN)
        d.power = INT32_MIN;
    ptrdiff_t point = text_find(t, '.');
    if (point >= 0)
        d.power -= (int64_t)t.len - point - 1;
    while (t.len > 0 && is_filler(t.at[t.len - 1])) {
        d.power += t.at[t.len - 1] == '0';
        t.len--;
    }
    while (t.len > 0 && is_filler(t.at[0]))
        t = text_from(t, 1);
    if (t.len == 0)
        d = (struct decimal){false, TEXT(""), 0};
    d.digits = t;
    return d;
}

/* Compares digit by digit, stepping over the point of either side. */
static bool same_digits(struct text left, struct text right)
{
    size_t i = 0, k = 0;
    for (;;) {
        i += i < left.len && left.at[i] == '.';
        k += k < right.len && right.at[k] == '.';
        if (i == left.len || k == right.len)
            return i == left.len && k == right.len;
        if (left.at[i++] != right.at[k++])
            return false;
    }
}

/* By decimal value, not by double: 0.1 and 0.10 are the same, two numbers that differ in the
 * twentieth digit are not. */
static bool same_number(const struct json *left, const struct json *right)
{
    if (left->type == JSON_INTEGER && right->type == JSON_INTEGER)
        return left->integer == right->integer;
    struct decimal a = decimal_of(left->text), b = decimal_of(right->text);
    return a.minus == b.minus && a.power == b.power && same_digits(a.digits, b.digits);
}

static bool same_list(const struct json *left, const struct json *right)
{
    const struct json *l = left->first, *r = right->first;
    for (; l != NULL && r != NULL; l = l->next, r = r->next)
        if (!json_same(l, r))
            return false;
    return l == NULL && r == NULL;
}

static bool same_sorted(const struct json *left, const struct json *right)
{
    const struct json **a = calloc((size_t)left->count * 2, sizeof(struct json *));
    if (a == NULL)
        panic("out_of_memory members=%u", left->count);
    const struct json **b = a + left->count;
    bool same = true;
    json__sort(left, a);
    json__sort(right, b);
    for (uint32_t i = 0; i < left->count && same; i++)
        same = text_same(a[i]->key, b[i]->key) && json_same(a[i], b[i]);
    free(a);
    return same;
}

/* Members mostly come in the same order; only from where they differ does sorting pay. */
static bool same_object(const struct json *left, const struct json *right)
{
    const struct json *l = left->first, *r = right->first;
    for (; l != NULL && r != NULL; l = l->next, r = r->next) {
        if (!text_same(l->key, r->key))
            return same_sorted(left, right);
        if (!json_same(l, r))
            return false;
    }
    return true;
}

static bool is_number(const struct json *v)
{
    return v->type == JSON_INTEGER || v->type == JSON_NUMBER;
}

bool json_same(const struct json *left, const struct json *right)
{
    if (left == NULL || right == NULL)
        return left == right;
    if (is_number(left) && is_number(right))
        return same_number(left, right);
    if (left->type != right->type || left->count != right->count)
        return false;
    switch (left->type) {
    case JSON_TEXT:
        return text_same(left->text, right->text);
    case JSON_LIST:
        return same_list(left, right);
    case JSON_OBJECT:
        return same_object(left, right);
    default:
        return true;
    }
}
