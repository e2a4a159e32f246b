/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/column.c — columns of predictions: numbers as they are, words counted. What they take
 * is bounded while they are read; the rest of the events is read all the same. */
#include "monitor/internal.h"

#include <string.h>

#define WORD_ROOM 64 /* of one word, beside its bytes */

static void part_open(struct drift_columns *c, struct drift_part *part)
{
    *part =
        (struct drift_part){.columns = NEW_MANY(c->arena, COLUMNS_MOST, struct drift_column),
                            .places = map_in(c->arena)};
}

static struct drift_column column_new(struct arena *a, struct text name)
{
    return (struct drift_column){.name = name,
                                 .numbers = LIST_IN(a, OBSERVE_MOST),
                                 .words = LIST_IN(a, CATEGORIES_MOST),
                                 .places = map_in(a)};
}

static struct drift_column *part_add(struct drift_columns *c, struct drift_part *part,
                                     struct text name)
{
    struct drift_column *added = &part->columns[part->count];
    *added = column_new(c->arena, text_copy(c->arena, name));
    (void)map_add(part->places, added->name, part->count++);
    return added;
}

struct drift_columns *drift_columns_new(struct arena *a, const struct text *names, size_t count,
                                        const struct window *windows, size_t window_count)
{
    struct drift_columns *c = NEW(a, struct drift_columns);
    *c = (struct drift_columns){.arena = a,
                                .open = count == 0,
                                .room = COLUMNS_ROOM,
                                .windows = window_count ? windows : NULL,
                                .part_count = window_count ? window_count : 1};
    c->parts = NEW_MANY(a, c->part_count, struct drift_part);
    for (size_t i = 0; i < c->part_count; i++) {
        part_open(c, &c->parts[i]);
        for (size_t n = 0; n < count && n < COLUMNS_MOST; n++)
            if (!map_find(c->parts[i].places, names[n], NULL))
                part_add(c, &c->parts[i], names[n]);
    }
    return c;
}

const struct drift_column *drift_column_named(const struct drift_part *part, struct text name)
{
    size_t at;
    return map_find(part->places, name, &at) ? &part->columns[at] : NULL;
}

/* ---- one value
 * ------------------------------------------------------------------------------- */
static bool take_room(struct drift_columns *c, size_t bytes)
{
    if (c->room < bytes) {
        c->no_room = true;
        return false;
    }
    c->room -= bytes;
    return true;
}

static void add_number(struct drift_columns *c, struct drift_column *to, double value)
{
    if (take_room(c, sizeof(double)))
        (void)LIST_ADD(&to->numbers, value);
}

static void add_words(struct drift_columns *c, struct drift_column *to, struct text word,
                      int64_t n)
{
    char room[MEASURE_NAME_MOST];
    size_t at;
    struct text name = measure_name_fit(word, room);
    if (map_find(to->places, name, &at)) {
        to->words.at[at].n += n;
        return;
    }
    at = to->words.count;
    if (at >= CATEGORIES_MOST) {
        to->capped = true;
    } else if (take_room(c, WORD_ROOM + name.len)) {
        struct drift_word first = {text_copy(c->arena, name), n};
        if (LIST_ADD(&to->words, first))
            (void)map_add(to->places, first.name, at);
    }
}

/* "NaN", "-Infinity": how programs write a number that is none where a text is allowed. */
static bool is_no_number(struct text t)
{
    static const char *const words[] = {"nan", "inf", "infinity"};
    char small[16];
    t = t.len && (t.at[0] == '-' || t.at[0] == '+') ? text_from(t, 1) : t;
    if (t.len > sizeof(small))
        return false;
    for (size_t i = 0; i < t.len; i++)
        small[i] = t.at[i] >= 'A' && t.at[i] <= 'Z' ? (char)(t.at[i] + 32) : t.at[i];
    for (size_t i = 0; i < COUNT(words); i++)
        if (text_is((struct text){small, t.len}, words[i]))
            return true;
    return false;
}

static void take_text(struct drift_columns *c, struct drift_column *to, struct text t)
{
    if (!text_trim(t).len)
        return; /* as if it were not there */
    if (is_no_number(text_trim(t))) {
        to->unfit++;
        return;
    }
    to->worded++;
    add_words(c, to, t, 1);
}

static void take_value(struct drift_columns *c, struct drift_column *to, const struct json *v)
{
    switch (v->type) {
    case JSON_INTEGER:
    case JSON_NUMBER:
        add_number(c, to, v->number);
        break;
    case JSON_TEXT:
        take_text(c, to, v->text);
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        take_text(c, to, v->type == JSON_TRUE ? TEXT("true") : TEXT("false"));
        break;
    default: /* null: as if it were not there */
        break;
    }
}

/* ---- one prediction
 * -------------------------------------------------------------------------- */
static struct drift_part *part_at(struct drift_columns *c, int64_t at)
{
    size_t low = 0, high = c->part_count;
    if (!c->windows)
        return &c->parts[0];
    while (low < high) { /* the first that ends after it */
        size_t middle = (low + high) / 2;
        if (at >= c->windows[middle].to)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->part_count && at >= c->windows[low].from ? &c->parts[low] : NULL;
}

static struct drift_column *column_for(struct drift_columns *c, struct drift_part *part,
                                       struct text name)
{
    size_t at;
    if (map_find(part->places, name, &at))
        return &part->columns[at];
    if (!c->open)
        return NULL;
    c->more = c->more || part->count == COLUMNS_MOST;
    return part->count < COLUMNS_MOST ? part_add(c, part, name) : NULL;
}

void drift__take(struct drift_columns *c, const struct json *line, int64_t at)
{
    const struct json *features = json_get(line, "features");
    struct drift_part *part = part_at(c, at);
    if (!part)
        return;
    part->rows++;
    if (!features || features->type != JSON_OBJECT || c->no_room)
        return;
    for (const struct json *v = features->first; v; v = v->next) {
        struct drift_column *to = column_for(c, part, v->key);
        if (to)
            take_value(c, to, v);
    }
}

/* ---- what is in a row of its own accord
 * ------------------------------------------------------ */
static bool has(const struct prediction *p, enum drift_own which)
{
    switch (which) {
    case DRIFT_OF_SCORE:
        return p->task == TASK_BINARY;
    case DRIFT_OF_PRED_CLASS:
    case DRIFT_OF_LABEL:
        return p->task != TASK_REGRESSION;
    case DRIFT_OF_VALUE:
    case DRIFT_OF_TRUTH:
        return p->task == TASK_REGRESSION;
    }
    return false;
}

static struct text class_of(const struct prediction *p, bool label)
{
    int8_t bit = label ? p->label : p->predicted;
    if (p->task == TASK_BINARY)
        return bit == 1 ? TEXT("1") : bit == 0 ? TEXT("0") : TEXT("");
    return label ? p->truth_class : p->class;
}

static void take_own(struct drift_columns *c, struct drift_column *to,
                     const struct prediction *p, enum drift_own which)
{
    bool label = which == DRIFT_OF_LABEL || which == DRIFT_OF_TRUTH;
    if (label && !p->labelled)
        return;
    if (which == DRIFT_OF_PRED_CLASS || which == DRIFT_OF_LABEL)
        take_text(c, to, class_of(p, label));
    else if (which != DRIFT_OF_SCORE || p->has_score)
        add_number(c, to,
                   which == DRIFT_OF_SCORE   ? p->score
                   : which == DRIFT_OF_VALUE ? p->value
                                             : p->truth);
}

struct drift_column *drift_column_of(struct arena *a, const struct observed *seen,
                                     enum drift_own which, int64_t *rows)
{
    static const char *const names[] = {"score", "pred_class", "value", "label", "value"};
    struct drift_columns bounds = {.arena = a,
                                   .room = OBSERVE_MOST * sizeof(double) + COLUMNS_ROOM};
    struct drift_column *c = NEW(a, struct drift_column);
    *c = column_new(a, text_of(names[which]));
    *rows = 0;
    for (size_t i = 0; i < seen->count; i++)
        if (has(&seen->rows[i], which)) {
            ++*rows;
            take_own(&bounds, c, &seen->rows[i], which);
        }
    return c;
}
