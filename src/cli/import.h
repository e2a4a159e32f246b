/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import.h — what the files of `aimwell import` share: a file becomes a table, a map (or
 * the column names) becomes a plan, each row becomes a body, and the body goes through the one
 * door. Memory: `arena` lives as long as the import; `call` of a slice only as long as the
 * slice. */
#ifndef IMPORT_H
#define IMPORT_H

#include "cli/cli.h"

/* ---- the file as a table (import_table.c) ---------------------------------------------- */
struct import_row {
    uint32_t line;             /* of the file; the row of a sheet */
    const struct text *cells;  /* one per column, absent ones empty */
    const struct json **given; /* JSON files: the values as written; NULL otherwise */
};
struct import_table {
    struct text *names; /* of the columns, white space joined */
    size_t columns;
    struct import_row *rows;
    size_t count;
    bool csv;  /* where an export puts apostrophes before formulas */
    bool json; /* columns are the names that occur, perhaps none */
};
#define LIST_MOST 1000 /* entries; the door takes no more */
#define NO_COLUMN ((size_t)-1)
size_t table__column(const struct import_table *t,
                     struct text name); /* NO_COLUMN when absent */

/* ---- text to pointer (import_index.c) -------------------------------------------------- */
struct index;
struct index *index__new(struct arena *a);
void *index__get(const struct index *x, struct text key);             /* NULL when absent */
void index__put(struct index *x, struct text key, const void *value); /* the key is borrowed */

/* ---- what each column means (import_map.c, import_plain.c) ----------------------------- */
enum parse {
    PARSE_FIELD,
    PARSE_TEXT,
    PARSE_DATE,
    PARSE_NUMBER,
    PARSE_INTEGER,
    PARSE_LIST,
    PARSE_PYTHON_LIST
};
/* Which number of 05/03/2024 is the month: said by the map, or found in the column. MIXED: both
 * ways stand in it. */
enum date_order { DATES_UNSAID, DATES_MONTH_FIRST, DATES_DAY_FIRST, DATES_MIXED };
struct destination { /* one use of one column */
    size_t column;
    const struct field *field;
    const struct json *values; /* text → value; NULL: by `parse` */
    enum parse parse;
    enum date_order dates;
    struct text separators; /* of the entries of a list, as the map says; "" = not said */
    size_t *fallback;
    size_t fallback_count;
    struct text empty; /* "" = none */
    bool copy;
};
struct import_plan {
    bool mapped;
    struct destination *to; /* in the order of the columns */
    size_t to_count;
    /* with a map */
    struct text prefix; /* of the identity */
    size_t parts[8], otherwise[8];
    size_t part_count, otherwise_count;
    size_t unit, unit_code; /* columns */
    const struct json *set; /* fixed values; NULL = none */
    const struct field *kept;
    /* without: columns that say which record it is */
    size_t key, id, external;
    bool states; /* there is a column of states: passed over */
};

/* ---- one import ------------------------------------------------------------------------ */
struct date_found {
    struct text date; /* 2024-03-05 */
    int seconds;      /* of that day */
    bool guessed;     /* it could be another day as well, and nothing told which */
};
struct refusal {
    uint32_t line;
    size_t order; /* among those of a line */
    struct text column, code, message;
    struct refusal *next;
};
struct remark { /* the same cell text in the same column is one remark */
    uint32_t line; /* the first */
    int64_t rows;
    struct text column, message;
    struct remark *next;
};
struct import {
    struct site *site;
    struct arena *arena;
    struct call *call; /* for everything but single rows */
    const char *path, *map_name;
    bool dry_run;
    const struct kind *kind;   /* of the model the file is read by */
    const struct model *model; /* the site's; in a dry run perhaps with the overlay on */
    struct model *trial;       /* to be closed; NULL unless made for a dry run */
    struct reader *reader;     /* while open */
    struct import_table table;
    const struct json *map; /* NULL = none */
    struct import_plan plan;

    struct index *by_external, *by_key, *by_id; /* → struct record: what is there */
    struct index *seen;                         /* identity → line of this file */
    struct index *people, *references, *units;
    int64_t units_made;

    struct import_result result;
    struct refusal *refusals, **refusals_end; /* sorted by line before they are printed */
    struct remark *remarks, **remarks_end;
    struct index *remark_index;
};

/* Reads CSV, XLSX or JSON by the name of the file (`format` of the map when that says nothing).
 * Rows that cannot be read are refused one by one; a file that cannot be is an error. */
MUST_USE enum err table__read(struct import *im);
/* The bytes as UTF-8, and a remark when they were not; and a file named for what it is when it is
 * no table (import_decode.c). */
MUST_USE enum err file__decode(struct import *im, struct text *bytes);
MUST_USE enum err file__foreign(struct import *im, struct text bytes, struct text name);
/* Every mistake of the map, or of the columns, is a problem on im->call. */
MUST_USE enum err map__find(struct import *im, const char *map);
MUST_USE enum err map__plan(struct import *im);
MUST_USE enum err plain__plan(struct import *im);
/* The order of day and month of each column that the map does not say it of. */
void plan__dates(struct import *im);

/* ---- what is there already (import_known.c, import_unit.c) ----------------------------- */
MUST_USE enum err known__load(struct import *im);
/* The record with this external_id, also when only white space differs. NULL: none. */
const struct record *known__external(const struct import *im, struct text external);
/* The id behind a key, id, name or e-mail; "" when there is none, or more than one. */
struct text known__reference(struct import *im, const struct field *f, struct text given);
/* Units named by the map: found, or made. Afterwards known__unit knows each; NULL: refused. */
MUST_USE enum err units__ready(struct import *im);
const struct json *known__unit(const struct import *im, struct text title);

/* ---- cells (import_cell.c, import_list.c) ---------------------------------------------- */
struct reading {
    const struct json *value; /* NULL: empty */
    const char *code;         /* NULL: it could be read */
    struct text why;
    const char *note_code; /* it could be read, and this is to be said of it; NULL: nothing */
    struct text note;
};
struct reading cell__parse(struct import *im, const struct destination *d, struct text cell,
                           struct arena *a);
struct reading cell__json(struct import *im, const struct destination *d,
                          const struct json *given, struct arena *a);
/* Does the value give the cell back, character by character? */
bool cell__exact(const struct destination *d, const struct json *value, struct text cell,
                 struct arena *a);
struct reading cell__limits(struct import *im, const struct field *f, const struct json *value,
                            struct arena *a);
struct text one_line(struct arena *a, struct text t); /* trimmed, white space joined */
enum date_order date__order(struct text t); /* UNSAID: the cell could be either, or is no date */
bool date__read(struct arena *a, struct text t, enum date_order order, struct date_found *out);
bool python__list(struct arena *a, struct text t, struct json *list);
struct text python__print(struct arena *a, const struct json *list);
const struct json *make_text(struct arena *a, struct text t);
const struct json *make_bool(struct arena *a, bool b);
void list__add(struct arena *a, struct json *list, const struct json *item, struct text key);

/* ---- one row (import_row.c) ------------------------------------------------------------ */
enum fate { FATE_REFUSED, FATE_UNCHANGED, FATE_CREATE, FATE_UPDATE };
struct prepared {
    enum fate fate;
    const struct import_row *row;
    struct change change;
};
/* Refusals and remarks are noted on the import; what it makes lives in `a`. */
void row__prepare(struct import *im, const struct import_row *row, struct arena *a,
                  struct prepared *out);
/* The column a field was filled from, for messages; the field's name when there is none. */
struct text row__column(const struct import *im, struct text field);

/* ---- the result (import_report.c) ------------------------------------------------------ */
void report__refuse(struct import *im, uint32_t line, struct text column, const char *code,
                    struct text message);
/* One remark for each column, code and cell (none: for the column); `kept`: the cell stands as it
 * is in the kept field. */
void report__remark(struct import *im, uint32_t line, struct text column, const char *code,
                    struct text cell, struct text message, bool kept);
void report__print(struct import *im, bool json);
void report__progress(const struct import *im, size_t done);

#endif
