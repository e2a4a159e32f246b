/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import_cell.c — the text of a cell becomes the value of a field, by the field's type.
 * What cannot be read says why and leaves the field empty; the door checks everything again. */
#include "cli/import.h"

#include <string.h>

/* ---- values ----------------------------------------------------------------------------- */
const struct json *make_text(struct arena *a, struct text t)
{
    struct json *v = NEW(a, struct json);
    v->type = JSON_TEXT;
    v->text = t;
    return v;
}

const struct json *make_bool(struct arena *a, bool b)
{
    struct json *v = NEW(a, struct json);
    v->type = b ? JSON_TRUE : JSON_FALSE;
    return v;
}

/* Adds a copy of the item's head. */
void list__add(struct arena *a, struct json *list, const struct json *item, struct text key)
{
    struct json *copy = NEW(a, struct json);
    *copy = *item;
    copy->key = key;
    copy->next = NULL;
    const struct json **end = &list->first;
    while (*end)
        end = (const struct json **)(uintptr_t) & (*end)->next;
    *end = copy;
    list->count++;
}

static bool list_has(const struct json *list, const struct json *v)
{
    for (const struct json *one = list->first; one; one = one->next)
        if (json_same(one, v))
            return true;
    return false;
}

static struct reading good(const struct json *v)
{
    return (struct reading){.value = v};
}

static struct reading bad(const char *code, struct text why)
{
    return (struct reading){NULL, code, why};
}

/* ---- text ------------------------------------------------------------------------------- */
static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct text one_line(struct arena *a, struct text t)
{
    t = text_trim(t);
    char *at = arena_take(a, t.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++) {
        bool space = is_space(t.at[i]);
        if (space && len && at[len - 1] == ' ')
            continue;
        at[len++] = space ? ' ' : t.at[i];
    }
    return (struct text){at, len};
}

/* Only runs that hold more than plain spaces become one space: what was exported comes back. */
static struct text without_breaks(struct arena *a, struct text t)
{
    t = text_trim(t);
    char *at = arena_take(a, t.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < t.len;) {
        size_t end = i;
        bool plain = true;
        for (; end < t.len && is_space(t.at[end]); end++)
            plain = plain && t.at[end] == ' ';
        for (; plain && i < end; i++)
            at[len++] = ' ';
        if (!plain)
            at[len++] = ' ';
        if (end < t.len)
            at[len++] = t.at[end];
        i = end + 1;
    }
    return (struct text){at, len};
}

static struct text lines(struct arena *a, struct text t)
{
    t = text_trim(t);
    char *at = arena_take(a, t.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] != '\r' || i + 1 == t.len || t.at[i + 1] != '\n')
            at[len++] = t.at[i];
    return (struct text){at, len};
}

static bool has_control(struct text t, bool lines_allowed)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        if (c == 127 || (c < 32 && !(lines_allowed && (c == '\n' || c == '\r' || c == '\t'))))
            return true;
    }
    return false;
}

static struct reading check_text(struct import *im, const struct field *f, struct text t,
                                 struct arena *a)
{
    bool note = f->type == FIELD_NOTE;
    int64_t max = f->max ? f->max : note ? 20000 : 500;
    size_t characters = text_characters(t);
    if (has_control(t, note))
        return bad("control",
                   text_of(say(im->call, "contains control characters", "含有控制字符")));
    if ((int64_t)characters > max)
        return bad("too_long", text_print(a,
                                          say(im->call, "has %zu characters, more than %lld",
                                              "有 %zu 个字符，超过 %lld"),
                                          characters, (long long)max));
    if (f->many && text_find(t, '|') >= 0)
        return bad("bar",
                   text_of(say(im->call, "may not contain the character |", "不能含有字符 |")));
    return good(t.len ? make_text(a, t) : NULL);
}

struct reading cell__limits(struct import *im, const struct field *f, const struct json *value,
                            struct arena *a)
{
    if (!value || (f->type != FIELD_TEXT && f->type != FIELD_NOTE))
        return good(value);
    if (value->type == JSON_TEXT && check_text(im, f, value->text, a).code)
        return check_text(im, f, value->text, a);
    for (const struct json *one = value->type == JSON_LIST ? value->first : NULL; one;
         one = one->next)
        if (check_text(im, f, one->text, a).code)
            return check_text(im, f, one->text, a);
    return good(value);
}

/* ---- words of choices, yes and no ------------------------------------------------------- */
static bool titled(struct arena *a, struct words title, struct text t)
{
    return text_same(title.zh, t) || text_same(text_lower(a, title.en), text_lower(a, t));
}

static const struct option *option_of(struct arena *a, const struct scale *s, struct text t)
{
    const struct option *o = scale_option(s, t);
    for (size_t i = 0; !o && i < s->count; i++)
        if (titled(a, s->options[i].title, t))
            o = &s->options[i];
    return o;
}

static struct reading read_choice(struct import *im, const struct field *f, struct text t,
                                  struct arena *a)
{
    const struct option *o = option_of(a, f->scale, t);
    if (o)
        return good(make_text(a, o->value));
    struct buf b = buf_in(a, 4096);
    buf_add_c(&b, say(im->call, "must be one of: ", "必须是以下之一："));
    for (size_t i = 0; i < f->scale->count && i < 40; i++)
        buf_print(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(f->scale->options[i].value));
    return bad("choice", buf_text(&b));
}

static struct reading read_yes_no(struct import *im, struct text t, struct arena *a)
{
    static const char *yes[] = {"true", "yes", "1", "y", "是"};
    static const char *no[] = {"false", "no", "0", "n", "否"};
    struct text word = text_lower(a, t);
    for (size_t i = 0; i < COUNT(yes); i++)
        if (text_is(word, yes[i]) || text_is(word, no[i]))
            return good(make_bool(a, text_is(word, yes[i])));
    return bad("type", text_of(say(im->call, "must be yes or no", "必须是“是”或“否”")));
}

/* ---- numbers and dates ------------------------------------------------------------------ */
/* As JSON reads it, so that a decimal keeps the digits it was written with. */
static const struct json *number(struct import *im, struct arena *a, struct text t)
{
    static const struct json_limits one = {1000, 1, 1};
    const struct json *v;
    struct call *quiet = call_open(a, im->call->now, im->call->lang);
    if (json_read(quiet, t, &one, &v) != OK)
        return NULL;
    return v->type == JSON_INTEGER || v->type == JSON_NUMBER ? v : NULL;
}

static struct reading outside(struct import *im, double min, double max, struct arena *a)
{
    return bad("range",
               text_print(a, say(im->call, "must be between %g and %g", "必须在 %g 与 %g 之间"),
                          min, max));
}

static struct reading read_integer(struct import *im, const struct field *f, struct text t,
                                   struct arena *a)
{
    const struct option *o = f->scale ? option_of(a, f->scale, t) : NULL;
    const struct json *v = number(im, a, o ? o->value : t);
    if (f->scale && !o)
        return bad("choice", text_of(say(im->call, "is not one of the values of the scale",
                                         "不是量表中的取值")));
    if (!v || v->type != JSON_INTEGER)
        return bad("type", text_of(say(im->call, "must be a whole number", "必须是整数")));
    if ((f->min || f->max) && (v->integer < f->min || v->integer > f->max))
        return outside(im, (double)f->min, (double)f->max, a);
    return good(v);
}

static struct reading read_number(struct import *im, const struct field *f, struct text t,
                                  struct arena *a)
{
    const struct json *v = number(im, a, t);
    if (!v)
        return bad("type", text_of(say(im->call, "must be a number", "必须是数字")));
    if (f->number_min < f->number_max &&
        (v->number < f->number_min || v->number > f->number_max))
        return outside(im, f->number_min, f->number_max, a);
    return good(v);
}

static struct reading read_date(struct import *im, struct text t, struct arena *a)
{
    int64_t days;
    if (date_read(t, &days))
        return good(make_text(a, t));
    return bad("date", text_of(say(im->call, "must be a real date like 2026-11-23",
                                   "必须是真实日期，例如 2026-11-23")));
}

static struct reading read_moment(struct import *im, struct text t, struct arena *a)
{
    int64_t moment, days;
    if (moment_read(t, &moment))
        return good(make_text(a, moment_print(a, moment)));
    if (date_read(t, &days))
        return good(make_text(a, moment_print(a, days * 86400 * 1000000)));
    return bad("moment", text_of(say(im->call, "must be a time like 2026-11-23T09:30:00Z",
                                     "必须是时间，例如 2026-11-23T09:30:00Z")));
}

/* ---- references, rows ------------------------------------------------------------------- */
static struct reading read_reference(struct import *im, const struct field *f, struct text t,
                                     struct arena *a)
{
    struct text id = known__reference(im, f, t);
    if (id.len)
        return good(make_text(a, id));
    return bad("unknown_reference",
               text_print(a, say(im->call, "there is no such record: %.*s", "没有此记录：%.*s"),
                          TEXT_ARG(t)));
}

static struct reading read_list_text(struct import *im, struct text t, struct arena *a)
{
    const struct json *v;
    struct call *quiet = call_open(a, im->call->now, im->call->lang);
    if (json_read(quiet, t, &json_request_limits, &v) != OK || v->type != JSON_LIST)
        return bad("type", text_of(say(im->call, "must be a JSON list", "必须是 JSON 列表")));
    return good(v->count ? v : NULL);
}

/* ---- one, and many ---------------------------------------------------------------------- */
static struct reading read_one(struct import *im, const struct field *f, struct text cell,
                               struct arena *a)
{
    struct text t = text_trim(cell);
    if (!t.len)
        return good(NULL);
    switch (f->type) {
    case FIELD_TEXT:
        return check_text(im, f, im->plan.mapped ? one_line(a, cell) : without_breaks(a, cell),
                          a);
    case FIELD_NOTE:
        return check_text(im, f, lines(a, cell), a);
    case FIELD_INTEGER:
        return read_integer(im, f, t, a);
    case FIELD_NUMBER:
        return read_number(im, f, t, a);
    case FIELD_YES_NO:
        return read_yes_no(im, t, a);
    case FIELD_DATE:
        return read_date(im, t, a);
    case FIELD_MOMENT:
        return read_moment(im, t, a);
    case FIELD_CHOICE:
        return read_choice(im, f, t, a);
    case FIELD_REF:
    case FIELD_REFS:
        return read_reference(im, f, t, a);
    case FIELD_ROWS:
    case FIELD_LINKS:
        return read_list_text(im, t, a);
    default:
        return good(make_text(a, t));
    }
}

static struct reading finished(struct import *im, const struct json *list)
{
    if (list->count > LIST_MOST)
        return bad("too_long",
                   text_of(say(im->call, "has more than 1,000 entries", "超过 1,000 项")));
    return good(list->count ? list : NULL);
}

static bool is_many(const struct field *f)
{
    return f->many || f->type == FIELD_REFS;
}

static bool separates(const struct field *f, char c, char extra)
{
    return c == '|' || (extra && c == extra) || (f->type == FIELD_REFS && c == ';');
}

static struct reading read_many(struct import *im, const struct field *f, struct text cell,
                                char extra, struct arena *a)
{
    struct json *list = NEW(a, struct json);
    list->type = JSON_LIST;
    for (size_t start = 0, i = 0; i <= cell.len && list->count <= LIST_MOST; i++) {
        if (i < cell.len && !separates(f, cell.at[i], extra))
            continue;
        struct reading one = read_one(im, f, text_slice(cell, start, i), a);
        if (one.code)
            return one;
        if (one.value && !list_has(list, one.value))
            list__add(a, list, one.value, (struct text){0});
        start = i + 1;
    }
    return finished(im, list);
}

struct reading cell__read(struct import *im, const struct field *f, struct text cell,
                          struct arena *a)
{
    return is_many(f) ? read_many(im, f, cell, 0, a) : read_one(im, f, cell, a);
}

/* ---- by the map ------------------------------------------------------------------------- */
static struct reading by_values(struct import *im, const struct destination *d,
                                struct text cell, struct arena *a)
{
    struct text t = text_trim(cell);
    for (const struct json *v = d->values->first; v; v = v->next)
        if (text_same(text_trim(v->key), t)) {
            if (!is_many(d->field) || v->type == JSON_LIST || v->type == JSON_NULL)
                return good(v->type == JSON_NULL ? NULL : v);
            struct json *list = NEW(a, struct json);
            list->type = JSON_LIST;
            list__add(a, list, v, (struct text){0});
            return good(list);
        }
    if (!t.len)
        return good(NULL);
    return bad("value", text_of(say(im->call, "is not a text that the map knows",
                                    "不是映射文件认识的文本")));
}

static struct reading by_python_list(struct import *im, const struct destination *d,
                                     struct text cell, struct arena *a)
{
    struct json list = {.type = JSON_LIST}, *clean = NEW(a, struct json);
    clean->type = JSON_LIST;
    if (!text_trim(cell).len)
        return good(NULL);
    if (!python__list(a, text_trim(cell), &list))
        return bad("list", text_of(say(im->call, "is not a list like ['a', 'b']",
                                       "不是形如 ['a', 'b'] 的列表")));
    for (const struct json *part = list.first; part; part = part->next) {
        struct reading one = read_one(im, d->field, part->text, a);
        if (one.code)
            return one;
        if (one.value && !list_has(clean, one.value))
            list__add(a, clean, one.value, (struct text){0});
    }
    return finished(im, clean);
}

struct reading cell__parse(struct import *im, const struct destination *d, struct text cell,
                           struct arena *a)
{
    struct text t = text_trim(cell), date;
    if (d->values)
        return by_values(im, d, cell, a);
    if (d->parse == PARSE_PYTHON_LIST)
        return by_python_list(im, d, cell, a);
    if (d->parse == PARSE_LIST)
        return read_many(im, d->field, cell, ';', a);
    if (d->parse == PARSE_DATE && t.len)
        return read_one(im, d->field, date__any(a, t, &date) ? date : t, a);
    return cell__read(im, d->field, cell, a);
}

/* ---- values of a JSON file: as they are, texts as cells --------------------------------- */
struct reading cell__json(struct import *im, const struct field *f, const struct json *given,
                          struct arena *a)
{
    if (given->type == JSON_TEXT && !is_many(f))
        return read_one(im, f, given->text, a);
    if (given->type == JSON_TEXT)
        return read_many(im, f, given->text, 0, a);
    if (given->type == JSON_NULL)
        return good(NULL);
    if (given->type != JSON_LIST || !is_many(f))
        return good(given->type == JSON_LIST && !given->count ? NULL : given);
    struct json *list = NEW(a, struct json);
    list->type = JSON_LIST;
    for (const struct json *one = given->first; one && list->count <= LIST_MOST;
         one = one->next) {
        struct reading r = good(one);
        if (one->type == JSON_TEXT)
            r = read_one(im, f, one->text, a);
        if (r.code)
            return r;
        if (r.value && !list_has(list, r.value))
            list__add(a, list, r.value, (struct text){0});
    }
    return finished(im, list);
}

/* ---- does the value give the cell back? ------------------------------------------------- */
static bool exact_by_values(const struct destination *d, const struct json *value,
                            struct text cell)
{
    for (const struct json *v = d->values->first; v; v = v->next) {
        const struct json *there =
            value && value->type == JSON_LIST && v->type != JSON_LIST ? value->first : value;
        if (v->type == JSON_NULL ? !value : value && json_same(v, there))
            return text_same(v->key, cell);
    }
    return !value && !cell.len;
}

bool cell__exact(const struct destination *d, const struct json *value, struct text cell,
                 struct arena *a)
{
    if (d->values)
        return exact_by_values(d, value, cell);
    if (d->parse == PARSE_PYTHON_LIST)
        return value ? text_same(python__print(a, value), cell)
                     : text_is(cell, "[]") || !cell.len;
    if (!value)
        return !cell.len;
    if (value->type == JSON_TRUE || value->type == JSON_FALSE)
        return text_is(cell, value->type == JSON_TRUE ? "true" : "false");
    if (value->type != JSON_LIST)
        return text_same(value->text, cell);
    struct buf b = buf_in(a, 4u << 20);
    for (const struct json *one = value->first; one; one = one->next) {
        buf_add(&b, one->text);
        if (one->next)
            buf_add_c(&b, d->parse == PARSE_LIST ? "; " : "|");
    }
    return text_same(buf_text(&b), cell);
}
