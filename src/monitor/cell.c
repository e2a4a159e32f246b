/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/cell.c — what follows from the predictions of a day or a month: states of whole
 * numbers, by version, environment and task, in all and by each value of each attribute. Rows
 * may be added and labels taken back in any order: the bytes are the same. Rows without an
 * attribute are in no group of it; they are what is left of all. */
#include "monitor/count.h"

#include <string.h>

#define VERSION 1
#define BYTES_MOST ((size_t)64 << 20)

/* ---- days and months
 * --------------------------------------------------------------------------- */
int64_t cell__day(int64_t at)
{
    return at / DAY_US - (at % DAY_US < 0);
}

/* Months since 0000-03 of the calendar that goes on in both directions, whose years begin in
 * March. */
static int64_t month_of(int64_t day)
{
    int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, of = z - era * 146097;
    int64_t year = (of - of / 1460 + of / 36524 - of / 146096) / 365;
    int64_t in_year = of - (365 * year + year / 4 - year / 100);
    return (era * 400 + year) * 12 + (5 * in_year + 2) / 153;
}

static int64_t day_of_month(int64_t month)
{
    int64_t year = month / 12 - (month % 12 < 0), of = month - year * 12;
    int64_t era = (year >= 0 ? year : year - 399) / 400, in_era = year - era * 400;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + (153 * of + 2) / 5 -
           719468;
}

int64_t cell__of(enum cell_unit unit, int64_t day)
{
    return unit == CELL_MONTH ? month_of(day) : day;
}

int64_t cell__first_day(enum cell_unit unit, int64_t n)
{
    return unit == CELL_MONTH ? day_of_month(n) : n;
}

/* ---- lists in order, each name once
 * ------------------------------------------------------------ */
struct cell *cell__new(struct arena *a, enum cell_unit unit, int64_t n)
{
    struct cell *c = NEW(a, struct cell);
    *c = (struct cell){.arena = a, .unit = unit, .n = n, .parts = LIST_IN(a, CELL_MOST + 1)};
    return c;
}

static void widen(struct cell *c)
{
    if (++c->size <= CELL_MOST)
        return;
    c->wide = true;
    c->parts.count = 0;
}

/* A place at `at` of a list that was made with one more at its end. */
#define MOVE_UP(list, place)                                                                   \
    memmove(&(list)->at[(place) + 1], &(list)->at[place],                                      \
            ((list)->count - 1 - (place)) * sizeof *(list)->at)

static int compare_part(const struct cell_part *p, const struct row *r)
{
    int by = text_compare(p->version, r->version);
    by = by ? by : text_compare(p->env, r->env);
    return by ? by : (int)p->task - (int)r->task;
}

/* NULL: the cell has become too wide. */
static struct cell_part *part_of(struct cell *c, const struct row *r)
{
    size_t i = 0;
    int by = 1;
    while (i < c->parts.count && (by = compare_part(&c->parts.at[i], r)) < 0)
        i++;
    if (i < c->parts.count && by == 0)
        return &c->parts.at[i];
    struct cell_part p = {.version = text_copy(c->arena, r->version),
                          .env = text_copy(c->arena, r->env),
                          .task = r->task,
                          .class = measure_class_new(c->arena),
                          .regression = NEW(c->arena, struct measure_regression),
                          .attributes = LIST_IN(c->arena, CELL_MOST + 1)};
    widen(c);
    if (c->wide || !LIST_ADD(&c->parts, p))
        return NULL;
    MOVE_UP(&c->parts, i);
    c->parts.at[i] = p;
    return &c->parts.at[i];
}

static struct cell_attribute *attribute_of(struct cell *c, struct cell_part *p,
                                           struct text name)
{
    size_t i = 0;
    int by = 1;
    while (i < p->attributes.count && (by = text_compare(p->attributes.at[i].name, name)) < 0)
        i++;
    if (i < p->attributes.count && by == 0)
        return &p->attributes.at[i];
    struct cell_attribute one = {.name = text_copy(c->arena, name),
                                 .groups = LIST_IN(c->arena, CELL_MOST + 1)};
    widen(c);
    if (c->wide || !LIST_ADD(&p->attributes, one))
        return NULL;
    MOVE_UP(&p->attributes, i);
    p->attributes.at[i] = one;
    return &p->attributes.at[i];
}

static struct cell_group *group_of(struct cell *c, struct cell_attribute *a, struct text value)
{
    size_t low = 0, high = a->groups.count;
    while (low < high) {
        size_t half = low + (high - low) / 2;
        if (text_compare(a->groups.at[half].value, value) < 0)
            low = half + 1;
        else
            high = half;
    }
    if (low < a->groups.count && text_same(a->groups.at[low].value, value))
        return &a->groups.at[low];
    struct cell_group g = {.value = text_copy(c->arena, value),
                           .class = measure_class_new(c->arena)};
    widen(c);
    if (c->wide || !LIST_ADD(&a->groups, g))
        return NULL;
    MOVE_UP(&a->groups, low);
    a->groups.at[low] = g;
    return &a->groups.at[low];
}

/* ---- rows and labels
 * --------------------------------------------------------------------------- */
static void count_class(struct measure_class *m, const struct row *r, int label)
{
    struct measure_prediction p = {r->predicted, r->has_score, r->score};
    if (label)
        measure_class_label(m, &p, r->truth.bit == 1, label);
    else
        measure_class_add(m, &p);
}

/* Of an attribute that the line has twice the first counts, as everywhere. */
static bool is_first(const struct row *r, size_t i)
{
    for (size_t n = 0; n < i; n++)
        if (text_same(r->attributes[n].name, r->attributes[i].name))
            return false;
    return true;
}

static void count_groups(struct cell *c, struct cell_part *p, const struct row *r, int label)
{
    for (size_t i = 0; i < r->attribute_count && !c->wide; i++) {
        if (!is_first(r, i))
            continue;
        struct cell_attribute *a = attribute_of(c, p, r->attributes[i].name);
        if (!a || text_is(r->attributes[i].value, MEASURE_MISSING_GROUP))
            continue;
        struct cell_group *g = group_of(c, a, r->attributes[i].value);
        if (!g)
            return;
        c->bad |= !cell__open(c->arena, g);
        if (c->bad)
            return;
        g->n += !label;
        if (r->task == TASK_BINARY)
            count_class(g->class, r, label);
    }
}

void cell__add(struct cell *c, const struct row *r)
{
    struct cell_part *p = c->wide ? NULL : part_of(c, r);
    if (!p)
        return;
    p->n++;
    if (r->task == TASK_BINARY)
        count_class(p->class, r, 0);
    count_groups(c, p, r, 0);
}

void cell__label(struct cell *c, const struct row *r, int sign)
{
    struct cell_part *p = c->wide || !r->truth.seen ? NULL : part_of(c, r);
    if (!p)
        return;
    p->told += sign;
    p->revised += r->truth.seen > 1 ? sign : 0;
    if (!row__fits(r->task, &r->truth)) {
        p->misfits += sign;
        return;
    }
    p->labelled += sign;
    if (r->task == TASK_REGRESSION)
        measure_regression_add(p->regression, r->value, r->truth.number, sign);
    if (r->task != TASK_BINARY)
        return;
    count_class(p->class, r, sign);
    count_groups(c, p, r, sign);
}

/* ---- bytes
 * ------------------------------------------------------------------------------------- */
static void put_class(struct buf *b, struct arena *scrap, const struct measure_class *m)
{
    struct buf one = buf_in(scrap, MEASURE_BYTES_MOST);
    measure_class_write(m, &one);
    bytes__put_text(b, buf_text(&one));
}

static void put_regression(struct buf *b, struct arena *scrap,
                           const struct measure_regression *m)
{
    struct buf one = buf_in(scrap, MEASURE_BYTES_MOST);
    measure_regression_write(m, &one);
    bytes__put_text(b, buf_text(&one));
}

static void put_group(struct buf *b, struct arena *scrap, const struct cell_part *p,
                      const struct cell_group *g)
{
    bytes__put_text(b, g->value);
    bytes__put_signed(b, g->n);
    if (p->task != TASK_BINARY)
        return;
    if (g->class)
        put_class(b, scrap, g->class);
    else
        bytes__put_text(b, g->bytes);
}

static void put_part(struct buf *b, struct arena *scrap, const struct cell_part *p)
{
    const int64_t counts[] = {p->n, p->labelled, p->told, p->revised, p->misfits};
    bytes__put_text(b, p->version);
    bytes__put_text(b, p->env);
    bytes__put(b, p->task);
    for (size_t i = 0; i < COUNT(counts); i++)
        bytes__put_signed(b, counts[i]);
    if (p->task == TASK_BINARY)
        put_class(b, scrap, p->class);
    if (p->task == TASK_REGRESSION)
        put_regression(b, scrap, p->regression);
    bytes__put(b, p->attributes.count);
    for (size_t i = 0; i < p->attributes.count; i++) {
        const struct cell_attribute *a = &p->attributes.at[i];
        bytes__put_text(b, a->name);
        bytes__put(b, a->groups.count);
        for (size_t g = 0; g < a->groups.count; g++)
            put_group(b, scrap, p, &a->groups.at[g]);
    }
}

struct text cell__write(struct arena *a, const struct cell *c)
{
    struct arena *scrap = arena_open();
    struct buf b = buf_in(a, BYTES_MOST);
    bytes__put(&b, VERSION);
    bytes__put(&b, c->wide);
    bytes__put(&b, c->parts.count);
    for (size_t i = 0; i < c->parts.count; i++) {
        put_part(&b, scrap, &c->parts.at[i]);
        arena_reset(scrap);
    }
    arena_close(scrap);
    if (b.full)
        panic("a cell is longer than its most");
    return buf_text(&b);
}

bool cell__open(struct arena *a, struct cell_group *g)
{
    if (g->class)
        return true;
    return measure_class_read(a, g->bytes, &g->class) == OK;
}

static bool take_attribute(struct bytes_in *in, struct cell *c, const struct cell_part *p,
                           struct cell_attribute *a)
{
    *a = (struct cell_attribute){.name = bytes__take_text(in),
                                 .groups = LIST_IN(c->arena, CELL_MOST + 1)};
    for (uint64_t left = bytes__take(in); left > 0 && !in->bad; left--) {
        struct cell_group g = {.value = bytes__take_text(in), .n = bytes__take_signed(in)};
        if (p->task == TASK_BINARY)
            g.bytes = bytes__take_text(in);
        else
            g.class = measure_class_new(c->arena);
        c->size++;
        if (!LIST_ADD(&a->groups, g))
            return false;
    }
    return !in->bad;
}

static bool take_states(struct bytes_in *in, struct cell *c, struct cell_part *p)
{
    p->class = measure_class_new(c->arena);
    p->regression = NEW(c->arena, struct measure_regression);
    if (p->task == TASK_BINARY)
        return measure_class_read(c->arena, bytes__take_text(in), &p->class) == OK;
    if (p->task == TASK_REGRESSION)
        return measure_regression_read(bytes__take_text(in), p->regression) == OK;
    return p->task == TASK_CLASSES;
}

static bool take_part(struct bytes_in *in, struct cell *c, struct cell_part *p)
{
    *p = (struct cell_part){.version = bytes__take_text(in),
                            .env = bytes__take_text(in),
                            .task = (enum task)bytes__take(in),
                            .attributes = LIST_IN(c->arena, CELL_MOST + 1)};
    int64_t *const counts[] = {&p->n, &p->labelled, &p->told, &p->revised, &p->misfits};
    for (size_t i = 0; i < COUNT(counts); i++)
        *counts[i] = bytes__take_signed(in);
    c->size++;
    if (!take_states(in, c, p))
        return false;
    for (uint64_t left = bytes__take(in); left > 0 && !in->bad; left--) {
        struct cell_attribute a;
        c->size++;
        if (!take_attribute(in, c, p, &a) || !LIST_ADD(&p->attributes, a))
            return false;
    }
    return !in->bad;
}

bool cell__read(struct arena *a, struct text bytes, struct cell *out)
{
    struct bytes_in in = {bytes, false};
    out->arena = a;
    out->size = 0;
    out->parts = (struct cell_parts)LIST_IN(a, CELL_MOST + 1);
    bool good = bytes__take(&in) == VERSION;
    out->wide = bytes__take(&in) == 1;
    for (uint64_t left = bytes__take(&in); left > 0 && !in.bad; left--) {
        struct cell_part p;
        if (!take_part(&in, out, &p) || !LIST_ADD(&out->parts, p))
            return false;
    }
    return good && !in.bad && !in.rest.len && out->size <= CELL_MOST;
}
