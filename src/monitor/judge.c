/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/judge.c — whether an automatic evaluator says what people say. Of one name of an
 * evaluation it keeps marks: a row for each call, and in it the label that each evaluator gave.
 * People are those whose evaluator is "human" or begins with "human:"; what people say of a
 * call is the label that most of them gave it, and nothing when as many gave another. */
#include "monitor/internal.h"

#define PEOPLE_MOST 10 /* of one name; others are counted and not compared */
#define PROGRAMS_MOST 10
#define WHO_MOST (PEOPLE_MOST + PROGRAMS_MOST)
#define PAIRED_MOST 5 /* people who are compared with each other */
#define LABELS_MOST 50
#define TOO_MANY 255

struct said {
    uint8_t label[WHO_MOST]; /* 0: nothing; else its place in `labels` + 1; people come first */
};
struct marks {
    struct text who[WHO_MOST], labels[LABELS_MOST];
    size_t people, programs, label_count;
    bool flooded[WHO_MOST]; /* gave a label for which there is no place */
    int64_t others;
    struct map *calls;
    struct calls_marked LIST_OF(struct said) rows;
};
struct judging {
    struct call *call;
    struct marks *marks[JUDGED_MOST];
};

struct judging *judge__begin(struct call *call)
{
    struct judging *j = NEW(call->arena, struct judging);
    j->call = call;
    return j;
}

bool judge__is_person(struct text evaluator)
{
    struct text first = text_cut(&evaluator, ':');
    return text_is(first, "human");
}

/* ---- the marks
 * --------------------------------------------------------------------------------- */
static struct marks *marks_of(struct judging *j, size_t name)
{
    if (j->marks[name] == NULL) {
        j->marks[name] = NEW(j->call->arena, struct marks);
        *j->marks[name] = (struct marks){.calls = map_in(j->call->arena),
                                         .rows = LIST_IN(j->call->arena, OBSERVE_MOST)};
    }
    return j->marks[name];
}

/* The column of an evaluator; WHO_MOST when there is none left for them. */
static size_t column_of(struct marks *s, struct text evaluator)
{
    bool person = judge__is_person(evaluator);
    size_t first = person ? 0 : PEOPLE_MOST, most = person ? PEOPLE_MOST : PROGRAMS_MOST;
    size_t *count = person ? &s->people : &s->programs;
    for (size_t i = 0; i < *count; i++)
        if (text_same(s->who[first + i], evaluator))
            return first + i;
    if (*count == most)
        return WHO_MOST;
    s->who[first + *count] = evaluator;
    return first + (*count)++;
}

static uint8_t label_of(struct marks *s, struct text label)
{
    for (size_t i = 0; i < s->label_count; i++)
        if (text_same(s->labels[i], label))
            return (uint8_t)(i + 1);
    if (s->label_count == LABELS_MOST)
        return TOO_MANY;
    s->labels[s->label_count++] = label;
    return (uint8_t)s->label_count;
}

void judge__take(struct judging *j, size_t name, const struct evaluation *e)
{
    size_t at;
    if (name >= JUDGED_MOST || !e->label.len || !e->evaluator.len)
        return;
    struct marks *s = marks_of(j, name);
    size_t column = column_of(s, e->evaluator);
    if (column == WHO_MOST) {
        s->others++;
        return;
    }
    if (!map_find(s->calls, e->ref, &at)) {
        at = s->rows.count;
        if (!LIST_ADD(&s->rows, (struct said){{0}}) || !map_add(s->calls, e->ref, at))
            return;
    }
    uint8_t label = label_of(s, e->label);
    if (label == TOO_MANY)
        s->flooded[column] = true;
    else
        s->rows.at[at].label[column] = label;
}

/* ---- what people say
 * --------------------------------------------------------------------------- */
/* 0: none of them said anything; TOO_MANY: they do not agree on one label. */
static uint8_t most_say(const struct marks *s, const struct said *row)
{
    uint8_t count[LABELS_MOST + 1] = {0}, best = 0;
    bool tie = false;
    for (size_t i = 0; i < s->people; i++)
        count[row->label[i]]++;
    count[0] = 0;
    for (uint8_t i = 1; i <= s->label_count; i++) {
        if (count[i] == 0 || count[i] < count[best])
            continue;
        tie = best != 0 && count[i] == count[best];
        best = i;
    }
    return tie ? TOO_MANY : best;
}

static void count_people(const struct marks *s, struct judged_by *out)
{
    for (size_t i = 0; i < s->rows.count; i++) {
        uint8_t label = most_say(s, &s->rows.at[i]);
        if (label == TOO_MANY)
            out->undecided++;
        else if (label) {
            out->by_people++;
            out->failed_by_people += text_is(s->labels[label - 1], "fail");
        }
    }
}

/* ---- two of them
 * -------------------------------------------------------------------------------- */
/* with WHO_MOST: people together. */
static struct agreed_by compare(struct judging *j, const struct marks *s, size_t who,
                                size_t with)
{
    size_t k = s->label_count;
    int64_t *table = NEW_MANY(j->call->arena, k * k, int64_t);
    struct agreed_by a = {.evaluator = s->who[who]};
    a.with = with == WHO_MOST ? TEXT("") : s->who[with];
    a.too_many = s->flooded[who];
    for (size_t i = 0; i < s->people; i++)
        a.too_many = a.too_many || (s->flooded[i] && (with == WHO_MOST || with == i));
    for (size_t i = 0; i < s->rows.count; i++) {
        const struct said *row = &s->rows.at[i];
        uint8_t mine = row->label[who],
                other = with == WHO_MOST ? most_say(s, row) : row->label[with];
        if (!mine || !other)
            continue;
        if (other == TOO_MANY) {
            a.undecided++;
            continue;
        }
        a.n++;
        a.same += mine == other;
        table[(mine - 1u) * k + (other - 1u)]++;
    }
    if (!a.too_many)
        a.figures = measure_agreement(table, k);
    return a;
}

static void add(struct judged_by *out, struct agreed_by a)
{
    if (a.n || a.undecided)
        out->agreed[out->agreed_count++] = a;
}

void judge__end(struct judging *j, struct judged_by *out, size_t name)
{
    struct marks *s = name < JUDGED_MOST ? j->marks[name] : NULL;
    if (s == NULL)
        return;
    size_t paired = s->people < PAIRED_MOST ? s->people : PAIRED_MOST;
    out->agreed = NEW_MANY(j->call->arena, s->programs + paired * paired + 1, struct agreed_by);
    out->not_compared = s->others;
    count_people(s, out);
    for (size_t i = 0; i < s->programs; i++)
        add(out, compare(j, s, PEOPLE_MOST + i, WHO_MOST));
    for (size_t i = 0; i < paired; i++)
        for (size_t n = i + 1; n < paired; n++)
            add(out, compare(j, s, i, n));
}
