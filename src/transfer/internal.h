/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/internal.h — what the files of a transfer share: a file becomes a table, a map (or the
 * column names) becomes a plan, each row becomes a body, and the body goes through the one door.
 * Memory: `arena` lives as long as the transfer; `scratch` only as long as a slice of rows. */
#ifndef TRANSFER_INTERNAL_H
#define TRANSFER_INTERNAL_H

#include "transfer/transfer.h"

/* ---- the file as a table (table.c) ------------------------------------------------------ */
struct table_row {
    uint32_t line;             /* of the file; the row of a sheet */
    const struct text *cells;  /* one per column, absent ones empty */
    const struct json **given; /* JSON files: the values as written; NULL otherwise */
};
struct table {
    struct text *names; /* of the columns, white space joined */
    size_t columns;
    struct table_row *rows; /* of a sheet or a JSON file; a CSV is read again and again */
    size_t count;           /* of all rows, also of those that will be refused */
    size_t *filled;         /* rows that say something in the column */
    struct csv body;        /* CSV: where its rows begin */
    bool csv;  /* where an export puts apostrophes before formulas */
    bool json; /* columns are the names that occur, perhaps none */
    size_t header;      /* row or line of the header; 0: none (JSON) */
    struct sheet sheet; /* XLSX: its names */
};
struct pass { /* once through the rows */
    struct csv csv;
    size_t at;
    bool tell; /* rows that cannot be read are refused; else passed over */
};
#define LIST_MOST 1000 /* entries; the door takes no more */
#define NO_COLUMN ((size_t)-1)
size_t transfer__column(const struct table *t, struct text name); /* NO_COLUMN when absent */
struct pass transfer__pass(const struct transfer *im, bool tell);
/* The next row, its cells in `a`; false at the end. */
bool transfer__next(struct transfer *im, struct pass *p, struct arena *a, struct table_row *row);

/* ---- text to pointer (index.c) -------------------------------------------------- */
struct index;
struct index *transfer__index(struct arena *a);
void *transfer__get(const struct index *x, struct text key);             /* NULL when absent */
void transfer__put(struct index *x, struct text key, const void *value); /* the key is borrowed */

/* ---- what each column means (map.c, plan.c) ----------------------------- */
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
enum match { MATCH_NONE, MATCH_NAME, MATCH_WORDS, MATCH_HAND, MATCH_LEFT };
struct plan {
    bool mapped;
    enum match *by; /* per column: how its field was found (not with a map) */
    const struct field **field; /* per column; NULL = none */
    struct destination *to; /* in the order of the columns */
    size_t to_count;
    /* with a map */
    struct text prefix; /* of the identity */
    size_t parts[8], otherwise[8];
    size_t part_count, otherwise_count;
    size_t unit, unit_code; /* columns */
    const struct json *set; /* fixed values; NULL = none */
    const struct field *kept;
    bool *keeps; /* per column: the whole of it goes there; NULL: none */
    /* without: columns that say which record it is */
    size_t key, id, external;
    /* and without these: what people call it by, a field that is unique, or the title */
    const struct field *match;
    size_t match_column;
    bool is_register; /* it holds rows of a framework: A.2.2 is iso-42001:A.2.2 */
    bool states; /* there is a column of states: passed over */
};

/* ---- one import ------------------------------------------------------------------------ */
struct date_found {
    struct text date; /* 2024-03-05 */
    int seconds;      /* of that day */
    bool guessed;     /* it could be another day as well, and nothing told which */
};
struct transfer {
    struct arena *arena, *scratch;
    struct call *call;  /* for everything but single rows */
    struct text path, bytes, map_name;
    bool rehearse;
    struct text batch;
    const struct json *said; /* by somebody at the pages; NULL: a file for a command */
    const struct json *how;  /* what says how to read the file: the map, or `said`; NULL = neither */
    const char *encoding;    /* that was found or said; NULL: not of a CSV */
    const struct kind *kind;   /* of the model the file is read by */
    const struct model *model; /* perhaps with an overlay that is still off */
    struct table table;
    const struct json *map; /* NULL = none */
    struct plan plan;
    int64_t likely_line, likely_second; /* where the header seems to be; second 0: one row of it */
    struct text likely_names;

    struct records *records; /* from transfer_begin on */
    const struct model *door_model; /* what the records have: perhaps less */
    const struct kind *door;         /* the kind in it */
    struct reader *reader;   /* borrowed for a slice */
    struct index *by_external, *by_key, *by_id; /* → id (struct text): what is there */
    struct index *seen;                         /* identity → line of this file */
    struct index *claimed;                      /* rehearsing: unique values of rows before */
    struct index *by_field;                     /* what plan.match holds, folded → id */
    struct index *people, *people_left, *references, *units;
    struct index *named; /* kind → index of what its records are called by, folded → id */

    struct pass pass;
    struct slice *slice;
    struct transfer_counts counts;
    struct refusal *refusals, **refusals_end; /* sorted by line before they are told */
    struct remark *remarks, **remarks_end;
    int64_t refusal_count, remark_count;
    struct index *remark_index;
};

/* Reads CSV, XLSX or JSON by the name of the file (`format` of the map when that says nothing).
 * Rows that cannot be read are refused one by one; a file that cannot be is an error. */
MUST_USE enum err transfer__table(struct transfer *im, struct text bytes);
/* The bytes as UTF-8, and a remark when they were not; and a file named for what it is when it is
 * no table (decode.c). */
MUST_USE enum err transfer__decode(struct transfer *im, struct text *bytes);
MUST_USE enum err transfer__foreign(struct transfer *im, struct text bytes, struct text name);
/* Every mistake of the map, or of the columns, is a problem on im->call. */
MUST_USE enum err transfer__plan_map(struct transfer *im);
MUST_USE enum err transfer__plan_plain(struct transfer *im);
/* The order of day and month of each column that the map does not say it of. */
void transfer__plan_dates(struct transfer *im);

/* ---- what is there already (known.c, unit.c) ----------------------------- */
MUST_USE enum err transfer__known(struct transfer *im);
/* Of the record with this external_id, also when only white space differs. "": none. */
struct text transfer__known_external(const struct transfer *im, struct text external);
/* White space, case and Unicode form do not tell names apart. */
struct text transfer__folded(struct arena *a, struct text t);
enum found { FOUND_NONE, FOUND_ONE, FOUND_SEVERAL };
/* By what plan.match says. */
enum found transfer__known_by_field(struct transfer *im, struct text cell, struct text *id);
/* As it is now; NULL: gone, or not for the actor. In the scratch. */
const struct record *transfer__known_record(struct transfer *im, struct text id);
/* The id behind a key, id, external id, title, name or e-mail; "" when there is none, or more than
 * one. */
struct text transfer__reference(struct transfer *im, const struct field *f, struct text given);
/* Is there more than one of this name? */
bool transfer__several(struct transfer *im, const struct field *f, struct text given);
/* Units named by the map: found, or made. Afterwards transfer__unit knows each; NULL: refused. */
MUST_USE enum err transfer__units(struct transfer *im);
const struct json *transfer__unit(const struct transfer *im, struct text title);

/* ---- cells (cell.c, list.c) ---------------------------------------------- */
struct reading {
    const struct json *value; /* NULL: empty */
    const char *code;         /* NULL: it could be read */
    struct text why;
    const char *note_code; /* it could be read, and this is to be said of it; NULL: nothing */
    struct text note;
};
struct reading transfer__cell(struct transfer *im, const struct destination *d, struct text cell,
                           struct arena *a);
struct reading transfer__cell_json(struct transfer *im, const struct destination *d,
                          const struct json *given, struct arena *a);
/* Does the value give the cell back, character by character? */
bool transfer__cell_exact(const struct destination *d, const struct json *value, struct text cell,
                 struct arena *a);
struct reading transfer__cell_limits(struct transfer *im, const struct field *f, const struct json *value,
                            struct arena *a);
struct text transfer__one_line(struct arena *a, struct text t); /* trimmed, white space joined */
enum date_order transfer__date_order(struct text t); /* UNSAID: the cell could be either, or is no date */
bool transfer__date(struct arena *a, struct text t, enum date_order order, struct date_found *out);
bool transfer__python_list(struct arena *a, struct text t, struct json *list);
struct text transfer__python_print(struct arena *a, const struct json *list);
const struct json *transfer__text(struct arena *a, struct text t);
const struct json *transfer__bool(struct arena *a, bool b);
void transfer__add(struct arena *a, struct json *list, const struct json *item, struct text key);

/* ---- one row (row.c) ------------------------------------------------------------ */
enum fate { FATE_REFUSED, FATE_UNCHANGED, FATE_CREATE, FATE_UPDATE };
struct prepared {
    enum fate fate;
    const struct table_row *row;
    struct change change;
};
/* Refusals and remarks are noted on the transfer; what it makes lives in `a`. */
void transfer__row(struct transfer *im, const struct table_row *row, struct arena *a,
                  struct prepared *out);
/* The column a field was filled from, for messages; the field's name when there is none. */
struct text transfer__row_column(const struct transfer *im, struct text field);

/* ---- slices of rows (take.c) ------------------------------------------------------------ */
void transfer__slice_close(struct slice *s); /* NULL is fine */

/* ---- the result (report.c) -------------------------------------------------------------- */
void transfer__refuse(struct transfer *im, uint32_t line, struct text column, const char *code,
                    struct text message);
/* One remark for each column, code and cell (none: for the column); `kept`: the cell stands as it
 * is in the kept field. */
void transfer__remark(struct transfer *im, uint32_t line, struct text column, const char *code,
                    struct text cell, struct text message, bool kept);
#endif
