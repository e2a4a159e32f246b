/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/transfer.h — tables in: a CSV, XLSX or JSON file, read by a map or by its column names,
 * becomes records, each row through the one door. Pages, API and commands use the same. Floor 6.
 *
 * A transfer is opened over the bytes of a file, is planned at once, and is then rehearsed or taken in,
 * a slice of rows at a time. Rows of a CSV are read as they are needed: of those before
 * only what tells them apart (keys, ids, unique values) stays in memory. Sheets and JSON are read whole. Nothing here prints. */
#ifndef TRANSFER_H
#define TRANSFER_H

#include "base/base.h"
#include "model/model.h"
#include "record/record.h"

#define TRANSFER_FILE_MOST ((size_t)100 << 20)

/* ---- maps (docs/import.md) -------------------------------------------------------------------- */
/* One that is shipped: "us-federal-ai-2025"; ERR_MISSING when there is none of this name. */
MUST_USE enum err transfer_map_shipped(struct call *call, struct text name,
                                       const struct json **map);
/* The bytes of a map file; `name` is for messages. */
MUST_USE enum err transfer_map_read(struct call *call, struct text name, struct text bytes,
                                    const struct json **map);

/* ---- one table ---------------------------------------------------------------------------------- */
struct transfer_options {
    struct text name;         /* of the file: its ending says what it is, and messages name it */
    struct text bytes;        /* borrowed until transfer_close */
    struct text kind;         /* what a row becomes */
    const struct model *model; /* the file is read by; borrowed until transfer_close */
    const struct json *map;   /* NULL: columns are taken by their names; borrowed too */
    struct text map_name;
    /* From the pages: columns that match nothing are left out, where the header is is found, and
     * somebody may have said better: {"sheet": "…", "header": 3, "encoding": "…", "list": "…",
     * "dates": "…", "columns": {"Heading": "field" or null}}. NULL: none of this. */
    const struct json *said;
};
struct transfer;
/* Reads the header and plans every column. On failure everything wrong with file and map is a problem
 * of the call, and there is nothing to close. Not rows: they are refused one by one later. */
MUST_USE enum err transfer_open(struct call *call, const struct transfer_options *options,
                                struct transfer **out);
void transfer_close(struct transfer *t); /* NULL is fine */
/* What was found, as the members of an object: format, encoding, sheets, sheet, header, rows, identity,
 * columns (name, filled, samples, field, by) and missing (fields that a row needs). */
MUST_USE enum err transfer_look(struct call *call, struct transfer *t, struct json_out *out);
/* For whoever has no map yet, the members of an object: holds (of each column its type and spellings),
 * map and extension, both to begin with. Of a transfer without a map. */
MUST_USE enum err transfer_draft(struct call *call, struct transfer *t, struct json_out *out);
/* Without one, every row makes a new record, also when the file comes again. */
bool transfer_has_identity(const struct transfer *t);

/* ---- the rows ----------------------------------------------------------------------------------- */
/* For the actor, id, language and time of the call. `rehearse`: every row goes through the door
 * and nothing of it stays; fields that the records do not have yet (an overlay that is still off) are
 * looked at by their type alone. `batch`: what is made can be taken back by that name (record.h). */
MUST_USE enum err transfer_begin(struct call *call, struct transfer *t, struct records *records,
                                 bool rehearse, struct text batch);
/* The next slice of rows. *more is false after the last. ERR_IO and the like end the transfer; rows
 * that are refused do not. */
MUST_USE enum err transfer_step(struct call *call, struct transfer *t, bool *more);

struct transfer_counts {
    int64_t rows, done; /* of the file; looked at */
    int64_t accepted, updated, unchanged, rejected;
    int64_t units_made;
    bool units;  /* the map names units */
    bool states; /* a column of states was passed over */
};
struct transfer_counts transfer_counts(const struct transfer *t);

#define TRANSFER_TOLD 10000 /* refusals, and remarks, that are kept; the rest is only counted */
struct refusal { /* why a row was not taken */
    uint32_t line;
    size_t order; /* among those of a line */
    struct text column, code, message;
    struct refusal *next;
};
struct remark { /* the same cell text in the same column is one remark */
    uint32_t line; /* the first; 0 of the whole file */
    int64_t rows;
    struct text column, message;
    struct remark *next;
};
/* In the order of the file. They live until transfer_close. */
const struct refusal *transfer_refusals(struct transfer *t, int64_t *untold);
const struct remark *transfer_remarks(struct transfer *t, int64_t *untold);
/* The members "rehearsed" … "remarks" of an object: the result as programs get it; `most` of each
 * list (0: all that are kept). */
void transfer_json(struct transfer *t, size_t most, struct json_out *out);

/* ---- the desk of a server: files under way ------------------------------------------------------
 * Each is its person's own; four of one, 64 in all, two hours after anybody asked for it it goes. Looking,
 * rehearsing, taking in and taking back are done by threads of the desk, for the session or token
 * (`secret`) that asked last, as long as that is good and with what its person may do at that moment;
 * what it is about is asked for with desk_json. All of it is for call->actor, who is a person. */
struct desk;
/* `folder`: where files are kept while they are here; without names. NULL: none are taken. */
MUST_USE enum err desk_open(struct call *call, struct epochs *epochs, const char *folder,
                            struct desk **out);
void desk_close(struct desk *d); /* after store_stop; NULL is fine */
struct desk_file {
    struct text name, bytes, secret;
    const struct kind *kind;
};
/* Copies the bytes and begins to look at them. ERR_BUSY when there is no place. */
MUST_USE enum err desk_put(struct call *call, struct desk *d, const struct desk_file *file,
                           struct text *id);
/* What somebody says of the file (transfer_options.said, and "map": the name of a shipped one), as
 * JSON; looked at again. ERR_CONFLICT while it is worked on, here and below. */
MUST_USE enum err desk_say(struct call *call, struct desk *d, struct text id, struct text said,
                           struct text secret);
MUST_USE enum err desk_take(struct call *call, struct desk *d, struct text id, bool rehearse,
                            struct text secret);
/* Also of what was taken in before a restart, or by a command: id is that of the batch. */
MUST_USE enum err desk_undo(struct call *call, struct desk *d, struct text id,
                            struct text secret);
/* Stops what is under way after its slice; else takes the file off the desk. */
MUST_USE enum err desk_drop(struct call *call, struct desk *d, struct text id);
MUST_USE enum err desk_json(struct call *call, struct desk *d, struct text id,
                            struct json_out *out);
void desk_list_json(struct call *call, struct desk *d, struct json_out *out);
/* What is done, or was done last, with each: as jobs among others (work/work.h). */
struct desk_view {
    struct text id, kind, name;
    struct text task;  /* look, rehearse, take, undo */
    struct text state; /* waiting, running, done, failed, cancelled */
    bool stopping;
    int64_t done, total;      /* rows */
    int64_t changed, refused; /* of these */
    int64_t asked, started, ended; /* moments; 0 = not yet */
    struct text why;          /* JSON, a list of problems: what it failed of; "" */
};
void desk_mine(struct call *call, struct desk *d, struct desk_view **out, size_t *count);
#endif
