/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/row.c — what is counted of one prediction and of one label: one reading for the
 * events (observe.c) and for what is kept of them (count.c). */
#include "monitor/count.h"

int8_t row__bit(const struct json *v)
{
    if (!v)
        return -1;
    if (v->type == JSON_TRUE || (v->type == JSON_INTEGER && v->integer == 1))
        return 1;
    return v->type == JSON_FALSE || (v->type == JSON_INTEGER && v->integer == 0) ? 0 : -1;
}

bool row__number(const struct json *v)
{
    return v && (v->type == JSON_INTEGER || v->type == JSON_NUMBER);
}

struct text row__word(const struct json *v)
{
    switch (v->type) {
    case JSON_TRUE:
        return TEXT("true");
    case JSON_FALSE:
        return TEXT("false");
    case JSON_NULL:
        return TEXT(MEASURE_MISSING_GROUP);
    default:
        return v->text;
    }
}

enum task row__task(struct text word)
{
    return text_is(word, "binary")       ? TASK_BINARY
           : text_is(word, "regression") ? TASK_REGRESSION
                                         : TASK_CLASSES;
}

static void read_attributes(struct arena *a, const struct json *line, struct row *out)
{
    const struct json *all = json_get(line, "protected");
    if (!all || all->type != JSON_OBJECT || !all->count)
        return;
    out->attributes = NEW_MANY(a, all->count, struct attribute);
    for (const struct json *v = all->first; v; v = v->next)
        out->attributes[out->attribute_count++] = (struct attribute){v->key, row__word(v)};
}

void row__read(struct arena *a, const struct json *line, int64_t at, struct row *out)
{
    const struct json *score = json_get(line, "score"), *value = json_get(line, "value"),
                      *class = json_get(line, "pred_class");
    *out = (struct row){.at = at,
                        .task = row__task(json_text(json_get(line, "task"))),
                        .predicted = row__bit(class),
                        .has_score = row__number(score),
                        .version = json_text(json_get(line, "version")),
                        .env = json_text(json_get(line, "env"))};
    if (out->task == TASK_CLASSES && class)
        out->class = row__word(class);
    out->score = out->has_score ? score->number : 0;
    out->value = row__number(value) ? value->number : 0;
    read_attributes(a, line, out);
}

void row__truth(const struct json *line, int64_t at, struct truth *out)
{
    const struct json *v = json_get(line, "label"), *number = json_get(line, "value");
    *out = (struct truth){.seen = 1, .at = at, .bit = -1, .numeric = row__number(number)};
    if (out->numeric)
        out->number = number->number;
    if (!v || v->type == JSON_NULL)
        return;
    out->numeric = v->type == JSON_NUMBER;
    out->bit = row__bit(v);
    out->word = row__word(v);
}

bool row__fits(enum task task, const struct truth *t)
{
    if (!t->seen)
        return false;
    return task == TASK_BINARY       ? t->bit >= 0
           : task == TASK_REGRESSION ? t->numeric
                                     : t->word.len > 0;
}

bool row__follow(struct truth *into, const struct truth *next)
{
    int64_t seen = into->seen + next->seen;
    bool counts = !into->seen || next->at >= into->at;
    if (counts)
        *into = *next;
    into->seen = seen;
    return counts;
}
