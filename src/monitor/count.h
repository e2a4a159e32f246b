/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/count.h — predictions counted once and for all, so that a figure of many of them need
 * not read the events again. A projection of the events and no second truth: a page has what is
 * counted of the predictions of one block, with the label that counts for each now, and a cell
 * what follows from the predictions of one UTC day or month. Both follow from the events alone:
 * whoever counts again has the same bytes (recount.c). */
#ifndef MONITOR_COUNT_H
#define MONITOR_COUNT_H

#include "monitor/internal.h"

/* ---- row.c: what is counted of a line ------------------------------------------------------
 */
int8_t row__bit(const struct json *v); /* 1, 0; -1: neither */
bool row__number(const struct json *v);
/* A value as the name of a group: numbers as they are written. */
struct text row__word(const struct json *v);
enum task row__task(struct text word);

/* What labels say of one prediction: the latest, and of equal times the one that came last. */
struct truth {
    int64_t seen; /* labels; 0: none, and nothing below */
    int64_t at;
    int8_t bit;
    bool numeric;     /* it is a number */
    double number;    /* 0 unless it is */
    struct text word; /* "": none */
};
void row__truth(const struct json *line, int64_t at, struct truth *out);
bool row__fits(enum task task, const struct truth *t);
/* What comes after `into`; true: it counts now. */
bool row__follow(struct truth *into, const struct truth *next);

struct row {
    int64_t place, at; /* line of its block, from 0 on; moment */
    enum task task;
    int8_t predicted;
    bool has_score;
    double score, value;
    struct text version, env, class;
    struct attribute *attributes; /* in the order of the line */
    size_t attribute_count;
    struct truth truth;
};
/* Borrows the texts of the line. */
void row__read(struct arena *a, const struct json *line, int64_t at, struct row *out);

/* ---- page.c: rows of one block as bytes, one way each ---------------------------------------
 * All texts of a page stand in it once; of a label only what its task can use. */
#define PAGE_ROWS_MOST 70000 /* lines of a block: 64 KiB, or one */
struct page {
    int64_t block;
    struct rows_of LIST_OF(struct row) rows; /* by place */
    bool fresh, changed; /* of who counts: it is new; it has another label */
};
struct text page__write(struct arena *a, const struct page *p);
/* False: it is no page. Borrows the bytes. */
bool page__read(struct arena *a, struct text bytes, struct page *out);
struct row *page__row(const struct page *p, int64_t place); /* NULL: none */
void page__days(const struct page *p, int64_t *first, int64_t *last);
void truth__write(struct buf *b, const struct truth *t); /* of a prediction that is not there */
bool truth__read(struct text bytes, struct truth *out);

/* Numbers and texts, for cell.c: LEB128, signed ones zigzag. What went wrong stays wrong. */
struct bytes_in {
    struct text rest;
    bool bad;
};
void bytes__put(struct buf *b, uint64_t v);
void bytes__put_signed(struct buf *b, int64_t v);
void bytes__put_text(struct buf *b, struct text t);
uint64_t bytes__take(struct bytes_in *in);
int64_t bytes__take_signed(struct bytes_in *in);
struct text bytes__take_text(struct bytes_in *in);

/* ---- cell.c: what follows from the predictions of a day or month
 * -----------------------------
 */
enum cell_unit { CELL_DAY, CELL_MONTH, CELL_UNITS };
#define DAY_US INT64_C(86400000000)
#define CELL_MOST 600 /* versions, attributes and groups of one; with more it holds nothing */
int64_t cell__day(int64_t at);
int64_t cell__of(enum cell_unit unit, int64_t day); /* its number */
int64_t cell__first_day(enum cell_unit unit, int64_t n);
struct cell_group {
    struct text value;
    int64_t n;
    struct measure_class *class;
    struct text bytes; /* of the class, as read; class NULL then */
};
struct cell_attribute {
    struct text name;
    struct cell_groups LIST_OF(struct cell_group) groups; /* by value */
};
struct cell_part {
    struct text version, env;
    enum task task;
    int64_t n, labelled, told, revised,
        misfits; /* told: have a label, whether it fits or not */
    struct measure_class *class;
    struct measure_regression *regression;
    struct cell_attributes LIST_OF(struct cell_attribute) attributes; /* by name */
};
struct cell {
    struct arena *arena;
    enum cell_unit unit;
    int64_t n;
    bool wide; /* too much in it: told from the rows */
    bool bad;  /* what was read of it is none: not to be written */
    size_t size;
    struct cell_parts LIST_OF(struct cell_part) parts; /* by version, env, task */
};
struct cell *cell__new(struct arena *a, enum cell_unit unit, int64_t n);
void cell__add(struct cell *c, const struct row *r);             /* without its label */
void cell__label(struct cell *c, const struct row *r, int sign); /* its label; nothing: none */
struct text cell__write(struct arena *a, const struct cell *c);
/* False: it is no cell. Borrows the bytes; groups keep those of theirs. */
bool cell__read(struct arena *a, struct text bytes, struct cell *out);
bool cell__open(struct arena *a, struct cell_group *g); /* class from the bytes of a group */

/* ---- count.c: how far a source is counted */
struct counted {
    bool there;
    int64_t block; /* the last that is counted */
    int64_t turn;  /* grows with every change of what is below or in pages and cells */
    int64_t told;  /* predictions with a label, whether they came or not */
    int64_t early; /* of these: not come */
    int64_t predictions, labels, others; /* events */
    bool again;                          /* something was removed: all is counted again */
    struct text at;                      /* moment of receipt of the last block; "" */
};
MUST_USE enum err count__about(struct call *call, struct reader *db, int64_t source,
                               struct counted *out);
/* Blocks after the last, at most up to one and at most so many: exactly once, whoever else
 * does. *blocks: how many are left to ask for; *done: the last is `upto`. */
MUST_USE enum err count__slice(struct call *call, struct store *store, int64_t source,
                               int64_t upto, int64_t most, bool *done);
#endif
