/* SPDX-License-Identifier: Apache-2.0 */
/* model/time/deadline.c — the times that laws set, as rows of data: one file a law, one row a
 * time. Clocks name a row instead of a length, so that what an act says stands in one place,
 * with where and when it was read. */
#include "model/internal.h"

#define DEADLINES_MOST 500
#define ROWS_MOST 50

const struct deadline *model_deadline(const struct model *m, struct text name)
{
    for (size_t i = 0; i < m->deadline_count; i++)
        if (text_same(m->deadlines[i].name, name))
            return &m->deadlines[i];
    return NULL;
}

static struct text read_day(struct loader *l, const struct json *v, const char *key, bool must)
{
    struct text day = model__text(l, v, key, must);
    int64_t number;
    if (day.len > 0 && !date_read(day, &number))
        model__mistake(l, json_get(v, key), "value", "\"%.*s\" is no day, such as 2026-05-01",
                       TEXT_ARG(day));
    return day;
}

static void read_length(struct loader *l, const struct json *v, struct deadline *d)
{
    const struct json *length = json_get(v, "length");
    if (length == NULL || length->type != JSON_TEXT ||
        !duration_read(length->text, &d->length) || d->length.before)
        model__mistake(l, length == NULL ? v : length, "duration",
                       "\"length\" is no duration: PT72H, P15D, P6M, or P10W for working days");
}

static void read_calendar(struct loader *l, const struct json *v, struct deadline *d)
{
    const struct json *name = json_get(v, "calendar");
    if (name == NULL)
        return;
    d->calendar = model_calendar(l->model, model__text(l, v, "calendar", true));
    if (d->calendar == NULL)
        model__mistake(l, name, "unknown", "unknown calendar \"%.*s\"",
                       TEXT_ARG(json_text(name)));
}

static void read_certainty(struct loader *l, const struct json *v, struct deadline *d)
{
    d->certainty = model__text(l, v, "certainty", true);
    if (d->certainty.len > 0 && !text_is(d->certainty, "A") && !text_is(d->certainty, "B") &&
        !text_is(d->certainty, "C"))
        model__mistake(
            l, json_get(v, "certainty"), "value",
            "\"certainty\" is A (the words of the law were read, or several sources agree), "
            "B (well known) or C (told by one other)");
    d->seen_in = model__words(l, v, "seen_in", true);
    d->verified_on = read_day(l, v, "verified_on", true);
}

static void read_row(struct loader *l, struct text file, struct words law, const struct json *v)
{
    struct model *m = l->model;
    struct deadline *d = &m->deadlines[m->deadline_count];
    *d = (struct deadline){.law = law, .source = model__at(l, v)};
    if (!model__name_ok(v->key))
        model__mistake(l, v, "name", "\"%.*s\" is not a name: a-z, 0-9 and _",
                       TEXT_ARG(v->key));
    if (!model__keys(
            l, v,
            "article asks trigger length calendar certainty seen_in verified_on applies_from"))
        return;
    d->name = text_print(l->arena, "%.*s.%.*s", TEXT_ARG(file), TEXT_ARG(v->key));
    d->article = model__words(l, v, "article", true);
    d->asks = model__words(l, v, "asks", true);
    d->trigger = model__words(l, v, "trigger", true);
    d->applies_from = read_day(l, v, "applies_from", false);
    read_length(l, v, d);
    read_calendar(l, v, d);
    read_certainty(l, v, d);
    m->deadline_count++;
}

static bool known(const struct loader *l, const struct source *s, struct text name)
{
    for (size_t i = 0; i < l->source_count && &l->sources[i] != s; i++)
        if (l->sources[i].type == FILE_DEADLINE && l->sources[i].in_force &&
            text_same(json_text(json_get(l->sources[i].root, "deadlines")), name))
            return true;
    return false;
}

static void read_law(struct loader *l, const struct source *s)
{
    l->file = s;
    if (!model__keys(l, s->root, "deadlines law rows"))
        return;
    const struct json *v = json_get(s->root, "deadlines");
    struct text name = model__text(l, s->root, "deadlines", true);
    struct words law = model__words(l, s->root, "law", true);
    const struct json *rows = model__object(l, s->root, "rows", true);
    if (name.len > 0 && !model__name_ok(name))
        model__mistake(l, v, "name", "\"%.*s\" is not a name: a-z, 0-9 and _", TEXT_ARG(name));
    else if (name.len > 0 && !model__called(s, name))
        model__mistake(l, v, "name", "the file of a law's deadlines is called NAME.json");
    else if (name.len > 0 && known(l, s, name))
        model__mistake(l, v, "clash", "another file has the deadlines of \"%.*s\"",
                       TEXT_ARG(name));
    if (rows != NULL && rows->count > ROWS_MOST) {
        model__mistake(l, rows, "range", "a law has at most %d deadlines", ROWS_MOST);
        return;
    }
    for (const struct json *row = rows == NULL ? NULL : rows->first; row != NULL;
         row = row->next) {
        if (l->model->deadline_count == DEADLINES_MOST) {
            model__mistake(l, row, "range", "there are at most %d deadlines", DEADLINES_MOST);
            return;
        }
        read_row(l, name, law, row);
    }
}

void model__deadlines(struct loader *l, size_t count)
{
    size_t room = count * ROWS_MOST < DEADLINES_MOST ? count * ROWS_MOST : DEADLINES_MOST;
    l->model->deadlines = NEW_MANY(l->arena, room, struct deadline);
    for (size_t i = 0; i < l->source_count; i++)
        if (l->sources[i].type == FILE_DEADLINE && l->sources[i].in_force)
            read_law(l, &l->sources[i]);
}
