/* SPDX-License-Identifier: Apache-2.0 */
/* measure/tables.c — two columns of words beside each other: what is frequent, new, vanished.
 */
#include "measure/categories.h"

#include <stdlib.h>
#include <string.h>

static int by_name(const void *left, const void *right)
{
    const struct measure_category *a = left, *b = right;
    return text_compare(a->name, b->name);
}

static int by_reference(const void *left, const void *right)
{
    const struct measure_category *a = left, *b = right;
    if (a->reference != b->reference)
        return a->reference > b->reference ? -1 : 1;
    return text_compare(a->name, b->name);
}

/* Rows of one state into the union; `map` says which row a name has. */
static void gather(struct measure_table *t, struct map *map, const struct measure__names *n,
                   bool current)
{
    for (size_t i = 0; i < n->count; i++) {
        struct text name = measure__name_text(&n->at[i]);
        size_t row = t->count;
        if (n->at[i].count <= 0)
            continue;
        if (!map_find(map, name, &row)) {
            map_add(map, name, row);
            t->row[t->count++].name = name;
        }
        *(current ? &t->row[row].current : &t->row[row].reference) += n->at[i].count;
    }
}

/* Rows by name, and which of them only one side has. */
static void settle(struct measure_table *t, int64_t current_rows)
{
    qsort(t->row, t->count, sizeof(*t->row), by_name);
    t->named = t->count;
    for (size_t i = 0; i < t->count; i++) {
        bool added = t->row[i].reference == 0, gone = t->row[i].current == 0;
        t->new_count += added;
        t->new_rows += added ? t->row[i].current : 0;
        t->vanished_count += gone;
        t->vanished_rows += gone ? t->row[i].reference : 0;
    }
    t->new_share = measure_value((struct measure_share){t->new_rows, current_rows});
}

static struct measure_table joined(struct arena *a, const struct measure_categories *reference,
                                   const struct measure_categories *current)
{
    struct measure_table t = {.capped = reference->capped || current->capped};
    struct map *map = map_in(a);
    size_t most = reference->pinned.count + reference->free.count + current->pinned.count +
                  current->free.count;
    t.row = NEW_MANY(a, most + 3, struct measure_category);
    gather(&t, map, &reference->pinned, false);
    gather(&t, map, &reference->free, false);
    gather(&t, map, &current->pinned, true);
    gather(&t, map, &current->free, true);
    settle(&t, measure_categories_seen(current).rows);
    return t;
}

static struct measure_table of_rows(struct arena *a, const struct measure_category *rows,
                                    size_t count)
{
    struct measure_table t = {.row = NEW_MANY(a, count + 3, struct measure_category)};
    int64_t current = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].reference <= 0 && rows[i].current <= 0)
            continue;
        t.row[t.count++] = rows[i];
        current += rows[i].current;
    }
    settle(&t, current);
    return t;
}

static void add_row(struct measure_table *t, const char *name, int64_t reference,
                    int64_t current)
{
    t->row[t->count++] = (struct measure_category){text_of(name), reference, current};
}

static void as_columns(struct arena *a, struct measure_table *t)
{
    t->reference = NEW_MANY(a, t->count, int64_t);
    t->current = NEW_MANY(a, t->count, int64_t);
    for (size_t i = 0; i < t->count; i++) {
        t->reference[i] = t->row[i].reference;
        t->current[i] = t->row[i].current;
    }
}

/* The most frequent of the reference, then what is gathered: `other` has what is in no row. */
static void keep_top(struct arena *a, struct measure_table *t, struct measure_category other,
                     struct measure_category missing)
{
    qsort(t->row, t->count, sizeof(*t->row), by_reference);
    size_t known = t->count - t->new_count, kept = known < MEASURE_TOP ? known : MEASURE_TOP;
    for (size_t i = kept; i < known; i++) {
        other.reference += t->row[i].reference;
        other.current += t->row[i].current;
    }
    qsort(t->row, kept, sizeof(*t->row), by_name);
    t->named = t->count = kept;
    add_row(t, "(other)", other.reference, other.current);
    add_row(t, "(new)", 0, t->new_rows);
    add_row(t, "(missing)", missing.reference, missing.current);
    as_columns(a, t);
}

struct measure_table measure_categories_all(struct arena *a,
                                            const struct measure_categories *reference,
                                            const struct measure_categories *current)
{
    struct measure_table t = joined(a, reference, current);
    if (t.capped)
        add_row(&t, "(other)", reference->rest, current->rest);
    as_columns(a, &t);
    return t;
}

struct measure_table measure_categories_top(struct arena *a,
                                            const struct measure_categories *reference,
                                            const struct measure_categories *current)
{
    struct measure_table t = joined(a, reference, current);
    keep_top(a, &t,
             (struct measure_category){.reference = reference->rest, .current = current->rest},
             (struct measure_category){.reference = reference->missing,
                                       .current = current->missing});
    return t;
}

struct measure_table measure_table_all(struct arena *a, const struct measure_category *rows,
                                       size_t count)
{
    struct measure_table t = of_rows(a, rows, count);
    as_columns(a, &t);
    return t;
}

struct measure_table measure_table_top(struct arena *a, const struct measure_category *rows,
                                       size_t count, struct measure_category missing)
{
    struct measure_table t = of_rows(a, rows, count);
    keep_top(a, &t, (struct measure_category){.reference = 0}, missing);
    return t;
}

struct measure_categories *measure_categories_like(struct arena *a,
                                                   const struct measure_categories *reference)
{
    struct measure_categories *m = measure_categories_new(a);
    struct measure_table t = joined(a, reference, m);
    qsort(t.row, t.count, sizeof(*t.row), by_reference);
    for (size_t i = 0; i < t.count && i < MEASURE_TOP; i++) {
        bool found;
        struct measure__name gone;
        size_t place = measure__name_find(&m->pinned, t.row[i].name, &found);
        measure__name_put(a, &m->pinned, place, t.row[i].name, &gone);
    }
    return m;
}
