/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/cell.c — the text of a cell becomes the value of a field, by the field's type.
 * What cannot be read says why and leaves the field empty; the door checks everything again. */
#include "transfer/internal.h"

#include <string.h>

/* ---- values ----------------------------------------------------------------------------- */
const struct json *transfer__text(struct arena *a, struct text t)
{
    struct json *v = NEW(a, struct json);
    v->type = JSON_TEXT;
    v->text = t;
    return v;
}

const struct json *transfer__bool(struct arena *a, bool b)
{
    struct json *v = NEW(a, struct json);
    v->type = b ? JSON_TRUE : JSON_FALSE;
    return v;
}

/* Adds a copy of the item's head. */
void transfer__add(struct arena *a, struct json *list, const struct json *item, struct text key)
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

struct text transfer__one_line(struct arena *a, struct text t)
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

static struct reading check_text(struct transfer *im, const struct field *f, struct text t,
                                 struct arena *a)
{
    bool note = f->type->written == WRITTEN_LINES;
    int64_t max = f->max ? f->max : f->type->most;
    t = form_one(a, t); /* as the door keeps it: the same file again changes nothing */
    if (f->unique && !note)
        t = shown_one_space(a, t);
    size_t characters = text_characters(t);
    if ((int64_t)characters > max)
        return bad("too_long",
                   text_print(a, say(im->call, "has %zu characters, more than %lld"),
                              characters, (long long)max));
    if (f->many && text_find(t, '|') >= 0)
        return bad("bar", text_of(say(im->call, "may not contain the character |")));
    if (!note && !shown_any(t)) /* of nothing that can be seen there is nothing */
        return good(NULL);
    return good(transfer__text(a, t));
}

struct reading transfer__cell_limits(struct transfer *im, const struct field *f, const struct json *value,
                            struct arena *a)
{
    if (!value || !f->type->most)
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

static struct reading read_choice(struct transfer *im, const struct field *f, struct text t,
                                  struct arena *a)
{
    const struct option *o = option_of(a, f->scale, t);
    if (o)
        return good(transfer__text(a, o->value));
    struct buf b = buf_in(a, 4096);
    buf_add_c(&b, say(im->call, "must be one of: "));
    for (size_t i = 0; i < f->scale->count && i < 40; i++)
        buf_print(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(f->scale->options[i].value));
    return bad("choice", buf_text(&b));
}

static struct reading read_yes_no(struct transfer *im, struct text t, struct arena *a)
{
    static const char *yes[] = {"true", "yes", "1", "1.0", "y", "是"};
    static const char *no[] = {"false", "no", "0", "0.0", "n", "否"};
    struct text word = text_lower(a, t);
    for (size_t i = 0; i < COUNT(yes); i++)
        if (text_is(word, yes[i]) || text_is(word, no[i]))
            return good(transfer__bool(a, text_is(word, yes[i])));
    return bad("type", text_of(say(im->call, "must be yes or no")));
}

/* ---- numbers and dates ------------------------------------------------------------------ */
/* As JSON reads it, so that a decimal keeps the digits it was written with. */
static const struct json *number(struct transfer *im, struct arena *a, struct text t)
{
    static const struct json_limits one = {1000, 1, 1};
    const struct json *v;
    struct call *quiet = call_beside(a, im->call);
    if (json_read(quiet, t, &one, &v) != OK)
        return NULL;
    return v->type == JSON_INTEGER || v->type == JSON_NUMBER ? v : NULL;
}

/* 2.0 is 2. */
static const struct json *whole(struct arena *a, const struct json *v)
{
    if (!v || v->type == JSON_INTEGER)
        return v;
    if (v->number < -9e15 || v->number > 9e15 || v->number != (double)(int64_t)v->number)
        return NULL;
    struct json *out = NEW(a, struct json);
    out->type = JSON_INTEGER;
    out->integer = (int64_t)v->number;
    out->number = v->number;
    out->text = text_print(a, "%lld", (long long)out->integer);
    return out;
}

static struct reading outside(struct transfer *im, double min, double max, struct arena *a)
{
    return bad("range", text_print(a, say(im->call, "must be between %g and %g"), min, max));
}

static struct reading read_integer(struct transfer *im, const struct field *f, struct text t,
                                   struct arena *a)
{
    const struct json *v = whole(a, number(im, a, t));
    const struct option *o = f->scale ? option_of(a, f->scale, v ? v->text : t) : NULL;
    if (o)
        v = number(im, a, o->value);
    if (f->scale && !o)
        return bad("choice", text_of(say(im->call, "is not one of the values of the scale")));
    if (!v)
        return bad("type", text_of(say(im->call, "must be a whole number")));
    if ((f->min || f->max) && (v->integer < f->min || v->integer > f->max))
        return outside(im, (double)f->min, (double)f->max, a);
    return good(v);
}

static struct reading read_number(struct transfer *im, const struct field *f, struct text t,
                                  struct arena *a)
{
    const struct json *v = number(im, a, t);
    if (!v)
        return bad("type", text_of(say(im->call, "must be a number")));
    if (f->number_min < f->number_max &&
        (v->number < f->number_min || v->number > f->number_max))
        return outside(im, f->number_min, f->number_max, a);
    return good(v);
}

static struct reading with_note(struct reading r, const char *code, struct text note)
{
    if (!r.note_code) {
        r.note_code = code;
        r.note = note;
    }
    return r;
}

static struct reading note_guess(struct transfer *im, struct reading r, struct text t,
                                 struct arena *a)
{
    return with_note(
        r, "dates",
        text_print(
            a,
            say(im->call,
                "nothing tells whether day or month comes first: read month first, “%.*s” "
                "as %.*s. A map that says \"dates\": \"day-first\" or \"month-first\" decides "
                "it"),
            TEXT_ARG(t), TEXT_ARG(text_slice(r.value->text, 0, 10))));
}

static struct reading bad_date(struct transfer *im, const struct destination *d)
{
    if (d->dates == DATES_MIXED)
        return bad(
            "date",
            text_of(say(im->call,
                        "is no date that can be told: the column writes the day first in "
                        "some cells and the month first in others")));
    return bad("date", text_of(say(im->call, "must be a real date like 2026-11-23")));
}

static struct reading read_date(struct transfer *im, const struct destination *d, struct text t,
                                struct arena *a)
{
    struct date_found found;
    if (!transfer__date(a, t, d->dates, &found))
        return bad_date(im, d);
    struct reading r = good(transfer__text(a, found.date));
    if (found.guessed)
        r = note_guess(im, r, t, a);
    if (found.seconds)
        r = with_note(
            r, "time",
            text_of(say(im->call, "the field is a date: the time of day was left out")));
    return r;
}

static struct reading read_moment(struct transfer *im, const struct destination *d, struct text t,
                                  struct arena *a)
{
    int64_t moment, days;
    struct date_found found;
    if (moment_read(t, &moment))
        return good(transfer__text(a, moment_print(a, moment)));
    if (!transfer__date(a, t, d->dates, &found) || !date_read(found.date, &days))
        return bad("moment",
                   text_of(say(im->call, "must be a time like 2026-11-23T09:30:00Z")));
    moment = (days * 86400 + found.seconds) * 1000000;
    struct reading r = good(transfer__text(a, moment_print(a, moment)));
    if (found.guessed)
        r = note_guess(im, r, t, a);
    if (found.seconds)
        r = with_note(r, "zone",
                      text_of(say(im->call, "the time names no zone: taken as UTC")));
    return r;
}

/* ---- references, rows ------------------------------------------------------------------- */
static struct reading read_reference(struct transfer *im, const struct field *f, struct text t,
                                     struct arena *a)
{
    struct text id = transfer__reference(im, f, t);
    if (id.len)
        return good(transfer__text(a, id));
    if (transfer__several(im, f, t))
        return bad(
            "ambiguous",
            text_print(
                a,
                f->target == TO_PERSON
                    ? say(im->call, "there is more than one person called %.*s: write the "
                                    "e-mail address")
                    : say(im->call, "there is more than one record called %.*s: write the key"),
                TEXT_ARG(t)));
    return bad("unknown_reference",
               text_print(a, say(im->call, "there is no such record: %.*s"), TEXT_ARG(t)));
}

static struct reading read_json(struct transfer *im, const struct field *f, struct text t,
                                struct arena *a)
{
    bool parts = f->type->form == FORM_PARTS;
    const struct json *v;
    struct call *quiet = call_beside(a, im->call);
    if (json_read(quiet, t, &json_request_limits, &v) != OK ||
        v->type != (parts ? JSON_OBJECT : JSON_LIST))
        return bad("type", text_of(parts ? say(im->call, "must be a JSON object")
                                         : say(im->call, "must be a JSON list")));
    return good(v->count ? v : NULL);
}

/* ---- one, and many ---------------------------------------------------------------------- */
static struct reading read_typed(struct transfer *im, const struct destination *d,
                                 struct text cell, struct arena *a)
{
    const struct field *f = d->field;
    struct text t = text_trim(cell);
    switch (f->type->written) {
    case WRITTEN_LINE:
        return check_text(im, f, im->plan.mapped ? transfer__one_line(a, cell) : without_breaks(a, cell),
                          a);
    case WRITTEN_LINES:
        return check_text(im, f, lines(a, cell), a);
    case WRITTEN_WHOLE:
        return read_integer(im, f, t, a);
    case WRITTEN_NUMBER:
        return read_number(im, f, t, a);
    case WRITTEN_TRUTH:
        return read_yes_no(im, t, a);
    case WRITTEN_DAY:
        return read_date(im, d, t, a);
    case WRITTEN_MOMENT:
        return read_moment(im, d, t, a);
    case WRITTEN_OPTION:
        return read_choice(im, f, t, a);
    case WRITTEN_NAME:
        return read_reference(im, f, t, a);
    case WRITTEN_JSON:
        return read_json(im, f, t, a);
    case WRITTEN_ID:
        break;
    }
    return good(transfer__text(a, t));
}

static struct reading note_odd(struct transfer *im, struct reading r)
{
    return with_note(
        r, "control",
        text_of(say(im->call, "characters that no text can hold were left out (controls, "
                              "overrides of direction, code points that are no character)")));
}

/* One odd character never costs a row: it is left out, and that is said. */
static struct reading read_one(struct transfer *im, const struct destination *d, struct text cell,
                               struct arena *a)
{
    struct text clean = shown_without(a, cell, true);
    struct reading r = good(NULL);
    if (text_trim(clean).len)
        r = read_typed(im, d, clean, a);
    return !r.code && clean.len != cell.len ? note_odd(im, r) : r;
}

static struct reading finished(struct transfer *im, const struct json *list, struct reading notes)
{
    if (list->count > LIST_MOST)
        return bad("too_long", text_of(say(im->call, "has more than 1,000 entries")));
    notes.value = list->count ? list : NULL;
    return notes;
}

static bool is_many(const struct field *f)
{
    return f->many || f->type->refers == REFERS_MANY;
}

static bool separates(const struct destination *d, char c)
{
    if (d->separators.len)
        return c == '|' || text_find(d->separators, c) >= 0;
    return c == '|' ||
           (c == ';' && (d->parse == PARSE_LIST || d->field->type->refers == REFERS_MANY));
}

/* Where nothing was said of separators, a cell that looks like several is one entry, and that
 * is said. */
static struct reading note_separator(struct transfer *im, const struct destination *d,
                                     struct reading r, struct text cell)
{
    bool looks = text_find(cell, ';') >= 0 || text_find(cell, ',') >= 0 ||
                 text_find(cell, '\n') >= 0;
    if (r.code || d->separators.len || !looks || !r.value || r.value->count != 1)
        return r;
    return with_note(
        r, "separator",
        text_of(
            d->parse == PARSE_LIST
                ? say(im->call,
                      "was taken as one entry: entries are separated by ; or | unless the map "
                      "says another \"separator\"")
                : say(im->call,
                      "was taken as one entry: entries are separated by |. A map can say "
                      "another \"separator\"")));
}

static struct reading read_many(struct transfer *im, const struct destination *d,
                                struct text cell, struct arena *a)
{
    struct json *list = NEW(a, struct json);
    struct reading notes = {0};
    list->type = JSON_LIST;
    for (size_t start = 0, i = 0; i <= cell.len && list->count <= LIST_MOST; i++) {
        if (i < cell.len && !separates(d, cell.at[i]))
            continue;
        struct reading one = read_one(im, d, text_slice(cell, start, i), a);
        if (one.code)
            return one;
        if (one.note_code)
            notes = with_note(notes, one.note_code, one.note);
        if (one.value && !list_has(list, one.value))
            transfer__add(a, list, one.value, (struct text){0});
        start = i + 1;
    }
    return note_separator(im, d, finished(im, list, notes), cell);
}

/* ---- by the map ------------------------------------------------------------------------- */
static bool is_boolean_word(struct arena *a, struct text t)
{
    struct text word = text_lower(a, t);
    return text_is(word, "true") || text_is(word, "false");
}

/* TRUE and true, 2 and 2.0 are one text to people; a workbook keeps no spelling of them. */
static bool same_spelling(struct arena *a, struct text key, struct text cell)
{
    double x, y;
    if (text_number(key, &x) && text_number(cell, &y))
        return !(x < y) && !(y < x);
    return is_boolean_word(a, key) && text_same(text_lower(a, key), text_lower(a, cell));
}

static const struct json *value_of(const struct destination *d, struct text t, struct arena *a)
{
    const struct json *found = NULL;
    for (const struct json *v = d->values->first; v; v = v->next)
        if (text_same(text_trim(v->key), t))
            return v;
    for (const struct json *v = t.len ? d->values->first : NULL; v; v = v->next)
        if (same_spelling(a, text_trim(v->key), t)) {
            if (found && !json_same(found, v))
                return NULL; /* the map tells them apart by their spelling */
            found = v;
        }
    return found;
}

static struct reading by_values(struct transfer *im, const struct destination *d,
                                struct text cell, struct arena *a)
{
    struct text t = text_trim(shown_without(a, cell, true));
    const struct json *v = value_of(d, t, a);
    if (v && (!is_many(d->field) || v->type == JSON_LIST || v->type == JSON_NULL))
        return good(v->type == JSON_NULL ? NULL : v);
    if (v) {
        struct json *list = NEW(a, struct json);
        list->type = JSON_LIST;
        transfer__add(a, list, v, (struct text){0});
        return good(list);
    }
    if (!t.len)
        return good(NULL);
    return bad("value", text_of(say(im->call, "is not a text that the map knows")));
}

static struct reading each_of(struct transfer *im, const struct destination *d,
                              const struct json *parts, struct arena *a)
{
    struct json *clean = NEW(a, struct json);
    struct reading notes = {0};
    clean->type = JSON_LIST;
    for (const struct json *part = parts->first; part && clean->count <= LIST_MOST;
         part = part->next) {
        struct reading one =
            part->type == JSON_TEXT ? read_one(im, d, part->text, a) : good(part);
        if (one.code)
            return one;
        if (one.note_code)
            notes = with_note(notes, one.note_code, one.note);
        if (one.value && !list_has(clean, one.value))
            transfer__add(a, clean, one.value, (struct text){0});
    }
    return finished(im, clean, notes);
}

static struct reading by_python_list(struct transfer *im, const struct destination *d,
                                     struct text cell, struct arena *a)
{
    struct json list = {.type = JSON_LIST};
    if (!text_trim(cell).len)
        return good(NULL);
    if (!transfer__python_list(a, text_trim(cell), &list))
        return bad("list", text_of(say(im->call, "is not a list like ['a', 'b']")));
    return each_of(im, d, &list, a);
}

struct reading transfer__cell(struct transfer *im, const struct destination *d, struct text cell,
                           struct arena *a)
{
    if (d->values)
        return by_values(im, d, cell, a);
    if (d->parse == PARSE_PYTHON_LIST)
        return by_python_list(im, d, cell, a);
    return is_many(d->field) ? read_many(im, d, cell, a) : read_one(im, d, cell, a);
}

/* ---- values of a JSON file: as they are, texts as cells --------------------------------- */
struct reading transfer__cell_json(struct transfer *im, const struct destination *d,
                          const struct json *given, struct arena *a)
{
    const struct field *f = d->field;
    if (given->type == JSON_TEXT)
        return is_many(f) ? read_many(im, d, given->text, a) : read_one(im, d, given->text, a);
    if (given->type == JSON_NULL)
        return good(NULL);
    if (given->type != JSON_LIST || !is_many(f))
        return good(given->type == JSON_LIST && !given->count ? NULL : given);
    return each_of(im, d, given, a);
}

/* ---- does the value give the cell back? ------------------------------------------------- */
static bool exact_by_values(const struct destination *d, const struct json *value,
                            struct text cell, struct arena *a)
{
    for (const struct json *v = d->values->first; v; v = v->next) {
        const struct json *there =
            value && value->type == JSON_LIST && v->type != JSON_LIST ? value->first : value;
        if (v->type == JSON_NULL ? !value : value && json_same(v, there))
            return text_same(v->key, cell) ||
                   (is_boolean_word(a, cell) && same_spelling(a, v->key, cell));
    }
    return !value && !cell.len;
}

/* How a list would be written that was read like this. */
static struct text between(const struct destination *d, struct arena *a)
{
    if (!d->separators.len)
        return d->parse == PARSE_LIST ? TEXT("; ") : TEXT("|");
    char first = d->separators.at[0];
    return text_print(a, first == '\n' ? "%c" : "%c ", first);
}

bool transfer__cell_exact(const struct destination *d, const struct json *value, struct text cell,
                 struct arena *a)
{
    if (d->values)
        return exact_by_values(d, value, cell, a);
    if (d->parse == PARSE_PYTHON_LIST)
        return value ? text_same(transfer__python_print(a, value), cell)
                     : text_is(cell, "[]") || !cell.len;
    if (!value)
        return !cell.len;
    if (value->type == JSON_TRUE || value->type == JSON_FALSE)
        return text_is(cell, value->type == JSON_TRUE ? "true" : "false");
    if (value->type != JSON_LIST) /* é is é, however it was typed */
        return text_same(value->text, form_one(a, cell));
    struct buf b = buf_in(a, 4u << 20);
    for (const struct json *one = value->first; one; one = one->next) {
        buf_add(&b, one->text);
        if (one->next)
            buf_add(&b, between(d, a));
    }
    return text_same(buf_text(&b), cell);
}
