/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/types.h — the types that a field can have. One file a type, one struct a file.
 * The one idea: what the rest of the program does with a field follows from what its type says
 * here, so that nobody asks which type it is. The floors above read four words: what a value is
 * made of (form), how people write it (written), what it refers to (refers), and a few that are
 * true or not. Only a rule of the model that needs one type by its nature (a deadline is a
 * date) names it: `&type_date`. A new type: its file, a line below, the list in types.c and
 * meson.build (docs/architecture.md). */
#ifndef MODEL_TYPES_H
#define MODEL_TYPES_H

#include "format/format.h"

struct field;

/* What a value is made of: its JSON, where a table keeps it, and how a list asks for it. */
enum form {
    FORM_WORDS,  /* a string; a column of text, equal, not, compared, empty, sorted */
    FORM_WHOLE,  /* a whole number; a column, the same */
    FORM_NUMBER, /* a number; a column, the same */
    FORM_TRUTH,  /* true or false; a column of 1 and 0, the same */
    FORM_LINKS,  /* a list of references; rows of the table of links, equal, not, empty */
    FORM_ROWS,   /* a list of objects; a table of its own, empty */
    FORM_PARTS /* an object with a part for each language; a column with the languages, |en|zh|,
                  equal, not, empty */
};

/* How people write one value in a cell of a table, and what the engine may do with it there. */
enum written {
    WRITTEN_LINE,   /* one line; sorted as people look for it, cut where a longer one comes */
    WRITTEN_LINES,  /* lines */
    WRITTEN_WHOLE,  /* a whole number, or the words of one */
    WRITTEN_NUMBER, /* a number */
    WRITTEN_TRUTH,  /* yes, no, and what means the same */
    WRITTEN_DAY,    /* a date in any order of its parts */
    WRITTEN_MOMENT, /* a date and a time */
    WRITTEN_OPTION, /* a value of the field's scale, or its words */
    WRITTEN_NAME,   /* what is referred to, by key, name or address */
    WRITTEN_ID,     /* as it is kept */
    WRITTEN_JSON    /* as JSON */
};

enum refers {
    REFERS_NOT,
    REFERS_ONE,  /* to one record, person or role, as `to` says */
    REFERS_MANY, /* to several, as `to` says */
    REFERS_FREE, /* each entry says itself to what, and what it is called */
    REFERS_FILE, /* to one file that was uploaded */
    REFERS_PARTS /* to the files of its parts */
};

struct field_type {
    const char *word; /* in model files, GET /model and OpenAPI */
    const char *keys; /* which keys a field of this type may have beside those of every field */
    bool in_kind, in_rows; /* where it may stand beside the envelope */
    bool in_pages; /* an administrator can add such a field to a register in the pages */
    enum form form;
    enum written written;
    enum refers refers;
    int64_t most;       /* WORDS: characters, unless the field has "max"; 0: the check knows */
    bool searched;      /* found by the words in it */
    bool personal;      /* may hold what somebody wants erased */
    bool gathers;       /* many records have the same value: a list by it is worth an index */
    const char *format; /* of the string in OpenAPI; NULL: none */
    enum xlsx_type sheet; /* of its cells in a workbook */
    double width;         /* of its column there, in characters */
    /* Is this one value (one entry, of a list) acceptable? *out is the value as it is kept;
     * else a problem of `name` that says how to mend it, and ERR_INVALID. References are not
     * followed. NULL: an entry is a row, and its cells are checked by their own types. */
    enum err (*check)(struct call *call, struct text name, const struct field *f,
                      const struct json *v, const struct json **out);
    /* The words that one value is found by; NULL: as it is printed. */
    void (*words)(const struct json *v, struct buf *out);
};

extern const struct field_type type_text, type_note, type_integer, type_number, type_yes_no,
    type_date, type_moment, type_choice, type_ref, type_refs, type_file, type_rows, type_links,
    type_document;
extern const struct field_type *const field_types[]; /* all, in the order of the handbook */
extern const size_t field_type_count;
const struct field_type *field_type_named(struct text word); /* NULL: there is none */

/* What follows from the form, and from a field with `many`. */
bool field_is_list(const struct field *f);   /* its JSON is a list */
bool field_is_time(const struct field *f);   /* a day or a moment */
bool field_is_column(const struct field *f); /* kept in a column of its kind's table */
bool field_is_set(const struct field *f);    /* a column that holds several words, |a|b| */
const char *form_json(enum form form);       /* "string", "array" */
const char *form_column(enum form form);     /* "text", "bigint"; "" when it is none */
const char *form_typescript(enum form form); /* "string" */

/* Ids of the files that a value refers to, in their order; `out` has room for FIELD_FILES. */
#define DOCUMENT_LANGUAGES 8 /* of one document */
#define FIELD_FILES DOCUMENT_LANGUAGES
size_t field_files(const struct field *f, const struct json *v, struct text *out);
/* The languages of a document, the first of a list sorted by their names; NULL: none. */
const struct json *document_versions(const struct json *v);

/* Is `v` one value of the field, to be kept as it is or nearly so? */
bool field_fits(const struct field *f, const struct json *v);

#endif
