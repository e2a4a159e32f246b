/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/profile.h — which column of a table becomes which member of an event
 * (docs/events.md). What a profile says is read once, and its columns are found once for a
 * file. */
#ifndef MONITOR_PROFILE_H
#define MONITOR_PROFILE_H

#include "monitor/internal.h"

#define COLUMNS_JOINED 8   /* columns of one text */
#define TABLE_COLUMNS 2000 /* of a file */

/* ---- when.c: a moment as a cell has it */
struct when {
    struct text format;      /* "": RFC 3339, or the like without a zone */
    const struct zone *zone; /* of what names none */
    int64_t time;            /* seconds of the day, of a date alone */
};
/* Does it say a day, so that a cell can be read by it? */
bool when__good(struct text format);
bool when__time(struct text t, int64_t *seconds); /* "12:00", "09:30:15" */
bool when__read(const struct when *w, struct text cell, int64_t *moment);

/* ---- what a member is made of */
enum as { AS_TEXT, AS_NUMBER, AS_CLASS, AS_YES_NO, AS_ANY, AS_MOMENT };
enum row_id { ROW_NO_ID, ROW_CONTENT, ROW_NUMBER };
struct source {
    struct text columns[COLUMNS_JOINED];
    size_t at[COLUMNS_JOINED]; /* their places in the file at hand */
    size_t count;              /* 0: none, see below */
    struct text join, prefix;
    const struct json *is; /* the same for each row */
    enum row_id row;       /* made of the row itself */
    bool of_file;          /* the moment of the file */
    enum as as;
    const struct json *values, *otherwise; /* text → value; of the texts that are not in it */
    bool at_least, ranged;
    double least, low, high; /* 1 from `least` on; low is 0 and high is 1 */
    struct when when;
};
struct mapped {
    struct text member;
    struct text inside; /* of protected, features …: its member; "" else */
    struct source from;
};
struct texts LIST_OF(struct text);
struct mappings LIST_OF(struct mapped);
struct profile {
    enum event_kind kind;
    struct texts missing;
    bool decimal_comma;
    char separator;     /* 0: is found */
    struct mappings of; /* members of one object stand together */
    struct mapped ts;
    bool has_label;
    struct mapped label, label_ts, label_source; /* without a member: not said */
    struct text rest;   /* "features": takes every column that nothing else takes; "" */
    struct texts leave; /* columns that are not part of it */
};

/* ---- columns.c: of one file */
struct columns {
    const struct profile *profile;
    struct text system;
    int64_t moment; /* of the file */
    struct text *names;
    size_t count;
    struct mappings of; /* of the profile, with the rest */
    struct mapped ts, label, label_ts, label_source;
};
/* The header row. Columns that the profile names and that are not there are problems. Names
 * that come again are called NAME.1, NAME.2. */
MUST_USE enum err columns__find(struct call *call, const struct profile *p,
                                const struct text *cells, size_t count, struct columns *out);
struct table_cells {
    const struct text *cells;
    size_t count;
    int64_t row;
};
/* Adds the lines of one row, one or two, to `lines`. ERR_INVALID: a problem whose field is the
 * column. Nothing is added then. */
MUST_USE enum err columns__lines(struct call *call, const struct columns *c,
                                 const struct table_cells *row, struct buf *lines,
                                 size_t *line_count);
/* What a member is made of, as people call it; the member itself when it is of no column. */
struct text columns__of_member(const struct columns *c, struct text member);
#endif
