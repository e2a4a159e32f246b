/* SPDX-License-Identifier: Apache-2.0 */
/* record/compute.h — what the files of the named functions share (docs/model.md §6): compute.c, those
 * that measure against the criteria in force (criteria.c), and those that tell of what was done with
 * the record (deeds.c). */
#ifndef RECORD_COMPUTE_H
#define RECORD_COMPUTE_H

#include "record/internal.h"

/* The record of the kind that `is: criteria` by which everything is measured today; looked for once
 * a record. */
struct measure {
    bool asked;
    struct record *criteria; /* NULL: none is in force */
};
struct context {
    struct call *call;
    struct records *records;
    struct db db;
    struct record *rec;
    const struct record *before; /* the version before; NULL for a new record */
    struct text move;            /* by which this version comes to be; "" otherwise */
    struct measure *measure;
    const struct supposed *supposed; /* NULL: as it is */
    const struct field *field;
    const struct json *args;
};
struct text compute__word(const struct json *args, const char *key);
bool compute__integer(const struct record *rec, struct text field, int64_t *out);
bool compute__state_in(const struct record *rec, const struct json *states);
/* Does the nth case of a function hold? A case without a condition does. */
bool compute__case_holds(const struct context *c, size_t nth);
/* Where a value stands in the order of a scale; -1 when it is none of them. */
ptrdiff_t compute__rank(const struct scale *s, const struct json *value);

/* As compute__fields, of an existing record, on what is supposed. */
MUST_USE enum err compute__supposed(struct call *call, struct records *r, struct db db,
                                    struct record *rec, const struct record *before,
                                    const struct supposed *s);

/* ---- criteria.c */
/* How risks are measured: by the method that the criteria in force name, else the standard one. */
enum err compute__risk_method(struct context *c, const struct risk_method **out);
enum err compute__risk_band(struct context *c, const struct json **out);
enum err compute__in_force(struct context *c, const struct json **out);
enum err compute__judged(struct context *c, const struct json **out);
enum err compute__of_criteria(struct context *c, const struct json **out);

/* ---- clock.c */
enum err compute__clock(struct context *c, const struct json **out);
/* ---- keep.c */
enum err compute__keep(struct context *c, const struct json **out);
enum err compute__keep_standing(struct context *c, const struct json **out);
/* ---- clock.c */
enum err compute__standing(struct context *c, const struct json **out);

/* ---- answered.c */
enum err compute__answered(struct context *c, const struct json **out);

/* ---- decided.c */
enum err compute__decided(struct context *c, const struct json **out);

/* ---- deeds.c */
/* Is every language of a document in step with the leading one? None where it has but one. */
enum err compute__in_step(struct context *c, const struct json **out);
/* How many places in double braces are left in a document, in all its languages; 0 without one.
 */
enum err compute__blanks(struct context *c, const struct json **out);
enum err compute__who_set(struct context *c, const struct json **out);
enum err compute__who_moved(struct context *c, const struct json **out);
enum err compute__last_of(struct context *c, const struct json **out);
enum err compute__kept(struct context *c, const struct json **out);
enum err compute__exceeds(struct context *c, const struct json **out);
enum err compute__same_person(struct context *c, const struct json **out);
enum err compute__rows_meet(struct context *c, const struct json **out);
enum err compute__latest(struct context *c, const struct json **out);
/* What the record says that a ref points to. */
enum err compute__of(struct context *c, const struct json **out);
enum err compute__reaches(struct context *c, const struct json **out);
#endif
