/* SPDX-License-Identifier: Apache-2.0 */
/* format/word.h — files as people look at them: what the bytes are, and the words of those that
 * a browser does not draw. Everything is bounded before memory is, and what was left out is
 * said. */
#ifndef FORMAT_WORD_H
#define FORMAT_WORD_H

#include "base/base.h"

/* ---- what bytes are, by themselves: names and types are only what somebody said (look.c)
 * ------ */
enum seen_as {
    SEEN_OTHER,
    SEEN_TEXT, /* UTF-8 without a NUL; HTML too */
    SEEN_PDF,
    SEEN_PNG,
    SEEN_JPEG,
    SEEN_GIF,
    SEEN_WEBP,
    SEEN_SVG,
    SEEN_ZIP, /* office files among others */
    SEEN_OLE, /* office files of before 2007, and those with a password */
};
enum seen_as see_as(struct text bytes);
/* How large a picture says it is. False for what is no PNG, JPEG or WebP, or does not say. */
struct image {
    enum seen_as as;
    uint32_t width, height; /* pixels, each at least 1 */
};
bool picture_read(struct text bytes, struct image *out);

/* What a zip holds, as the links of its package say. */
enum office { OFFICE_NONE, OFFICE_WORDS, OFFICE_SHEETS, OFFICE_SLIDES };
MUST_USE enum err office_kind(struct call *call, struct text bytes, enum office *out);

/* ---- DOCX: its words, block by block (word_read.c)
 * --------------------------------------------- */
#define WORD_BLOCKS 3000
#define WORD_BYTES ((size_t)400 << 10) /* of its words in all */
#define WORD_CELLS 20000               /* of all tables */
#define WORD_COLUMNS 60

enum word_is { WORD_PARAGRAPH, WORD_HEADING, WORD_ITEM, WORD_TABLE };
struct word_row {
    struct text *cells;
    size_t count;
};
struct word_block {
    enum word_is is;
    int level;        /* HEADING: 1 to 9; ITEM: 0 to 8 */
    struct text text; /* LF where a line ends within it; empty of a TABLE */
    struct word_row *rows;
    size_t row_count;
};
struct word {
    struct word_block *blocks;
    size_t count;
    bool cut; /* it goes on: a bound above was met */
    /* It has these, and they are not among its words. */
    bool pictures, notes, comments, margins;
    bool changes; /* tracked: what was put in is among the words, what was taken out is not */
};
/* Refuses as xlsx_read does: 64 MiB unpacked, 200:1, 1,000 parts, a document type; and elements
 * more than 256 deep, by the code "nesting". A table in a cell is read as lines of that cell.
 */
MUST_USE enum err word_read(struct call *call, struct text bytes, struct word *out);

/* ---- XLSX: the beginning of each sheet (xlsx_read.c)
 * -------------------------------------------- */
struct glance_sheet {
    struct text name;
    bool hidden;
    struct text **rows; /* every row has `columns` cells; at of a formula without result:
                           sheet_no_result */
    size_t row_count, columns;
    bool more_rows, more_columns; /* there is text further down, further right */
};
struct glance {
    struct glance_sheet *sheets;
    size_t count, more; /* sheets that were not read */
};
struct glance_most {
    size_t sheets, rows, columns; /* columns at most 500 */
};
MUST_USE enum err xlsx_glance(struct call *call, struct text bytes, struct glance_most most,
                              struct glance *out);

#endif
