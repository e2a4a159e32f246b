/* SPDX-License-Identifier: Apache-2.0 */
/* measure/confusion.c — what was predicted against what was true, for more than two classes.
 * A square of counts with a side for each class that is kept and one, the first, for all
 * others. */
#include "measure/internal.h"

#include <stdlib.h>

#define SIDE_MOST (MEASURE_CLASSES_MOST + 1)

struct measure_confusion {
    struct arena *arena;
    struct measure__names names; /* id: which side of the square, from 1 */
    int64_t *cell;               /* cell[truth * side + predicted] */
    size_t side;
    bool capped, full;
};

struct measure_confusion *measure_confusion_new(struct arena *a)
{
    struct measure_confusion *m = NEW(a, struct measure_confusion);
    m->arena = a;
    m->names.most = MEASURE_CLASSES_MOST;
    m->side = 4;
    m->cell = NEW_MANY(a, m->side * m->side, int64_t);
    return m;
}

static void add_cell(struct measure_confusion *m, size_t truth, size_t predicted, int64_t more)
{
    m->full |= !measure__count(&m->cell[truth * m->side + predicted], more);
}

static void widen(struct measure_confusion *m)
{
    size_t side = m->side * 2 < SIDE_MOST ? m->side * 2 : SIDE_MOST;
    int64_t *cell = NEW_MANY(m->arena, side * side, int64_t);
    for (size_t i = 0; i < m->side; i++)
        for (size_t j = 0; j < m->side; j++)
            cell[i * side + j] = m->cell[i * m->side + j];
    m->cell = cell;
    m->side = side;
}

static void move_cell(struct measure_confusion *m, size_t i, size_t j, size_t to_i, size_t to_j)
{
    int64_t count = m->cell[i * m->side + j];
    m->cell[i * m->side + j] = 0;
    add_cell(m, to_i, to_j, count);
}

/* What a class held goes to the others. */
static void turn_out(struct measure_confusion *m, size_t id)
{
    move_cell(m, id, id, 0, 0);
    for (size_t i = 0; i < m->side; i++) {
        if (i == id)
            continue;
        move_cell(m, id, i, 0, i);
        move_cell(m, i, id, i, 0);
    }
}

static void admit(struct measure_confusion *m, struct text name)
{
    bool found;
    struct measure__name gone;
    size_t place = measure__name_find(&m->names, name, &found), id = m->names.count + 1;
    if (found)
        return;
    if (place >= m->names.most) {
        m->capped = true;
        return;
    }
    if (measure__name_put(m->arena, &m->names, place, name, &gone)) {
        m->capped = true;
        id = gone.id;
        turn_out(m, id);
    } else if (id >= m->side) {
        widen(m);
    }
    m->names.at[place].id = (uint32_t)id;
}

static size_t id_of(const struct measure_confusion *m, struct text name)
{
    bool found;
    size_t place = measure__name_find(&m->names, name, &found);
    return found ? m->names.at[place].id : 0;
}

/* Both are admitted before either is looked up: the second may turn out the first. */
void measure_confusion_add(struct measure_confusion *m, struct text truth,
                           struct text predicted, int sign)
{
    char room[2][MEASURE_NAME_MOST];
    struct text t = measure_name_fit(truth, room[0]), p = measure_name_fit(predicted, room[1]);
    if (sign != 1 && sign != -1)
        return;
    admit(m, t);
    admit(m, p);
    add_cell(m, id_of(m, t), id_of(m, p), sign);
}

void measure_confusion_merge(struct measure_confusion *into,
                             const struct measure_confusion *from)
{
    size_t id[SIDE_MOST] = {0};
    into->full |= from->full;
    into->capped |= from->capped;
    for (size_t i = 0; i < from->names.count; i++)
        admit(into, measure__name_text(&from->names.at[i]));
    for (size_t i = 0; i < from->names.count; i++)
        id[from->names.at[i].id] = id_of(into, measure__name_text(&from->names.at[i]));
    for (size_t i = 0; i < from->side; i++)
        for (size_t j = 0; j < from->side; j++)
            add_cell(into, id[i], id[j], from->cell[i * from->side + j]);
}

struct named {
    struct text name;
    size_t id;
};

static int by_name(const void *left, const void *right)
{
    return text_compare(((const struct named *)left)->name,
                        ((const struct named *)right)->name);
}

struct measure_classes measure_confusion_classes(const struct measure_confusion *m,
                                                 struct arena *a)
{
    struct named order[SIDE_MOST];
    size_t count = m->names.count;
    for (size_t i = 0; i < count; i++)
        order[i] = (struct named){measure__name_text(&m->names.at[i]), m->names.at[i].id};
    qsort(order, count, sizeof(*order), by_name);
    if (m->capped)
        order[count++] = (struct named){TEXT("(other)"), 0};
    struct measure_classes c = {count, NEW_MANY(a, count, struct text),
                                NEW_MANY(a, count * count, int64_t), m->capped, m->full};
    for (size_t i = 0; i < count; i++) {
        c.name[i] = text_copy(a, order[i].name);
        for (size_t j = 0; j < count; j++)
            c.table[i * count + j] = m->cell[order[i].id * m->side + order[j].id];
    }
    return c;
}

/* Classes in the order of their hashes: ids depend on the order they came in. */
static void put_cells(const struct measure_confusion *m, struct buf *out)
{
    size_t order[SIDE_MOST] = {0}, side = m->names.count + 1, next = 0;
    for (size_t i = 1; i < side; i++)
        order[i] = m->names.at[i - 1].id;
    for (size_t i = 0; i < side * side; i++) {
        int64_t count = m->cell[order[i / side] * m->side + order[i % side]];
        if (count == 0)
            continue;
        measure__put(out, i - next + 1);
        measure__put_signed(out, count);
        next = i + 1;
    }
    measure__put(out, 0);
}

void measure_confusion_write(const struct measure_confusion *m, struct buf *out)
{
    if (!measure__start(out, 'X', m->full))
        return;
    measure__put(out, m->capped);
    measure__put_names(out, &m->names, false);
    put_cells(m, out);
}

static void take_cells(struct measure__in *in, struct measure_confusion *m)
{
    size_t side = m->names.count + 1, next = 0;
    while (!in->bad) {
        uint64_t step = measure__take(in, side * side - next);
        if (step == 0)
            return;
        size_t i = next + step - 1;
        int64_t count = measure__take_count(in);
        in->bad = in->bad || count == 0 || (!m->capped && (i / side == 0 || i % side == 0));
        if (!in->bad)
            add_cell(m, i / side, i % side, count);
        next = i + 1;
    }
}

enum err measure_confusion_read(struct arena *a, struct text bytes,
                                struct measure_confusion **out)
{
    struct measure_confusion *m = measure_confusion_new(a);
    struct measure__in in = measure__open(bytes, 'X', &m->full);
    if (!m->full) {
        m->capped = measure__take(&in, 1) == 1;
        measure__take_names(&in, a, &m->names, false);
        in.bad = in.bad || (m->capped && m->names.count < m->names.most);
        while (m->side < m->names.count + 1)
            widen(m);
        for (size_t i = 0; i < m->names.count; i++)
            m->names.at[i].id = (uint32_t)(i + 1);
        take_cells(&in, m);
    }
    TRY(measure__end(&in));
    *out = m;
    return OK;
}
