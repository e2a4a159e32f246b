/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/measure/oracle.h — every figure of a real data set, beside those that numpy,
 * scipy, scikit-learn and fairlearn gave for it. Ours go into a book by path ("overall/fpr");
 * the expected file is walked leaf by leaf and each is looked up there. */
#ifndef MEASURE_ORACLE_H
#define MEASURE_ORACLE_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "../base/unit.h"
#include "format/format.h"
#include "measure/measure.h"

/* ---- the rows of a CSV file ---- */
struct rows {
    struct text *name; /* of the columns */
    struct map *column; /* which has that name */
    struct text **cell;
    size_t columns, count;
};
struct rows rows_read(struct call *call, const char *file);
struct text cell_of(const struct rows *r, size_t row, const char *column);
double number_of(struct text cell); /* NaN when empty */

/* Some rows, by number. */
struct pick {
    size_t *row;
    size_t count;
};

/* ---- the book ---- */
struct entry {
    bool is_text;
    struct figure figure;
    struct text text;
};
struct book {
    struct arena *arena;
    struct call *call;
    const struct rows *rows;
    bool exact; /* from columns of values; otherwise from states that were merged from parts */
    struct map *map;
    struct entry *at;
    size_t count, room;
};
struct book *book_new(struct call *call, const struct rows *rows, bool exact);
const char *under(struct book *b, const char *path, const char *key);
const char *under_text(struct book *b, const char *path, struct text key);
void put(struct book *b, const char *path, const char *key, struct figure f);
void put_count(struct book *b, const char *path, const char *key, int64_t count);
void put_text(struct book *b, const char *path, const char *key, struct text t);
void put_interval(struct book *b, const char *path, const char *key, struct interval i);
void put_number(struct book *b, const char *path, const char *key, double d);

/* ---- the chapters ---- */
void write_classes(struct book *b); /* overall, fairness, published, calibration, months */
void write_drift(struct book *b);
void write_rest(struct book *b); /* regression, change */
/* Distinct cells of a column (or "race=x|sex=y" of several), by bytes, and the rows of each. */
struct groups {
    struct text *name;
    struct pick *pick;
    size_t count;
};
struct groups groups_by(struct book *b, const char *const *columns, size_t column_count);
#endif
