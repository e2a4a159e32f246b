/* SPDX-License-Identifier: Apache-2.0 */
/* api/export.h — what an export needs to say of a value, shared by its two spellings: codes that
 * an import understands (export.c), and words that people read (export_words.c). */
#ifndef API_EXPORT_H
#define API_EXPORT_H

#include "api/internal.h"

struct texts LIST_OF(struct text);
struct lookup {
    struct texts kinds, ids;
    struct map *places; /* id → which */
    struct ref *refs;
};
/* The reference of that id; NULL when the reader may not see what it leads to. */
const struct ref *lookup__find(const struct lookup *l, struct text id);
/* The name, and of several people of it what tells them apart, as an import reads it again. */
struct text lookup__person(struct call *call, const struct ref *ref);
/* The kind of record a field's value names; "" when it names none. */
struct text lookup__kind(const struct field *f);

/* ---- in words, in the language of the call (export_words.c) */
struct text words__heading(const struct call *call, const struct field *f);
struct text words__cell(struct call *call, const struct model *m, const struct lookup *l,
                        const struct record *rec, const struct field *f,
                        const struct json *v);
enum xlsx_type words__type(const struct field *f);
double words__width(const struct field *f); /* of its column, in characters */
#endif
