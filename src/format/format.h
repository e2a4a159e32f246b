/* SPDX-License-Identifier: Apache-2.0 */
/* format/format.h — bytes to values and back. Floor 1: no I/O, knows no product word. */
#ifndef FORMAT_H
#define FORMAT_H

#include "base/base.h"
#include "format/html.h"
#include "format/rich.h"
#include "format/word.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- JSON in: simdjson behind one C++ file (json_read.cc) --------------------------------- */
enum json_type {
    JSON_NULL, JSON_FALSE, JSON_TRUE,
    JSON_INTEGER, /* fits int64 and was written without fraction or exponent */
    JSON_NUMBER,  /* any other number; the lexeme is kept as written */
    JSON_TEXT, JSON_LIST, JSON_OBJECT
};
struct json {
    enum json_type type;
    uint32_t line;           /* 1-based line of the value's first byte */
    uint32_t count;          /* members of a list or object */
    struct text key;         /* inside an object: the member's name */
    struct text text;        /* TEXT: unescaped; NUMBER, INTEGER: the lexeme */
    int64_t integer;
    double number;           /* INTEGER too */
    const struct json *first, *next; /* children and siblings, in written order */
};
struct json_limits {
    size_t bytes;    /* of the whole text */
    uint32_t depth;  /* nesting; a bare scalar has depth 0 */
    uint32_t values; /* in all */
};
extern const struct json_limits json_request_limits; /* 1 MiB, depth 32, 100,000 values */
extern const struct json_limits json_model_limits;   /* 16 MiB, depth 32, 2,000,000 values */
/* Reads exactly one JSON text. Refuses: invalid UTF-8, lone surrogates, duplicate keys, NUL in
 * text, trailing bytes, anything over a limit, numbers that are not finite. Never recurses on
 * input deeper than the limit. On failure: ERR_MALFORMED (or ERR_TOO_LARGE) with one problem on
 * the call whose message says what and at which line. A leading byte-order mark is refused. */
MUST_USE enum err json_read(struct call *call, struct text in, const struct json_limits *limits,
                            const struct json **out);
const struct json *json_get(const struct json *object, const char *key); /* NULL when absent */
const struct json *json_named(const struct json *object, struct text key);
struct text json_text(const struct json *v);  /* "" unless JSON_TEXT; NULL is fine */
bool json_true(const struct json *v);         /* false unless JSON_TRUE; NULL is fine */
/* Values made by the program; the text is copied. */
const struct json *json_of_text(struct arena *a, struct text t);
const struct json *json_of_integer(struct arena *a, int64_t i);
const struct json *json_of_bool(struct arena *a, bool b);
bool json_same(const struct json *left, const struct json *right); /* objects: order free */

/* ---- JSON out: append-only ----------------------------------------------------------------- */
struct json_out {
    struct buf *buf;
    uint64_t comma;  /* one bit a level: a comma is due */
    uint32_t depth;  /* at most 60; more is a bug */
    bool after_key;
};
struct json_out json_out(struct buf *buf);
void json_open(struct json_out *o, char bracket);  /* '{' or '[' */
void json_close(struct json_out *o, char bracket); /* '}' or ']' */
void json_key(struct json_out *o, const char *key);
void json_key_text(struct json_out *o, struct text key);
void json_put_text(struct json_out *o, struct text t);
void json_put_c(struct json_out *o, const char *c_string);
void json_put_integer(struct json_out *o, int64_t i);
void json_put_number(struct json_out *o, double d); /* shortest that reads back; NaN, inf: null */
void json_put_bool(struct json_out *o, bool b);
void json_put_null(struct json_out *o);
void json_put_raw(struct json_out *o, struct text json); /* trusted: made by us */
void json_put_json(struct json_out *o, const struct json *v); /* copy; numbers keep their lexeme */

/* ---- canonical JSON: RFC 8785 restricted (docs/ledger.md §2) --------------------------------
 * Keys ASCII and sorted by byte, no white space, minimal escapes, integers within ±(2^53−1).
 * Floats and null are not allowed in the value: decimals travel as text. */
MUST_USE enum err json_canonical(struct call *call, const struct json *v, struct buf *out);

/* ---- what people can see of a text (shown.c) -------------------------------------------------
 * Texts are well-formed UTF-8. */
bool shown_any(struct text t);    /* a character of it is neither space nor drawn as nothing */
bool shown_turned(struct text t); /* it holds an override of direction, U+202D or U+202E */
/* None of its characters is a control (lines: but TAB, LF, CR), an override of direction or a
 * noncharacter. */
bool shown_fit(struct text t, bool lines);
struct text shown_without(struct arena *a, struct text t, bool lines); /* those left out */
/* Those that XML cannot hold as pictures: ␀ to ␟, ␡; noncharacters as U+FFFD. */
struct text shown_pictured(struct arena *a, struct text t);
/* Trimmed, and each run of white space of any script one plain space: for names and ids. */
struct text shown_one_space(struct arena *a, struct text t);

/* ---- one spelling, and order (form.c) --------------------------------------------------------
 * The composed form (NFC): é is one code point however it was typed. A text that is no UTF-8, or has
 * more than 64 marks on one letter, comes back as it is. */
struct text form_one(struct arena *a, struct text t);
/* Bytes whose order is that of the texts: case, width and marks do not count, numbers by their value
 * (A.2 before A.10). UTF-8, at most 480 bytes, never for showing. */
struct text order_key(struct arena *a, struct text t);
/* The edition of Unicode both, and words for search, go by: what was kept by another is made anew. */
struct text form_rules(void);

/* ---- CSV: RFC 4180, UTF-8, optional byte-order mark, CR LF or LF, quoted line breaks ------ */
struct csv {
    struct text rest;
    uint32_t line;      /* line the next row begins on, 1-based */
    char separator;     /* ',' unless the first line has more ';' or TAB outside quotes, or is sep=; */
};
void csv_open(struct csv *csv, struct text bytes);
/* The next row's cells in the arena; *count 0 and OK at the end. An empty line is skipped. A cell
 * may borrow from the bytes that csv_open was given.
 * ERR_MALFORMED with a problem naming the line: a quote left open, bytes after a closing
 * quote, invalid UTF-8, more than `max` cells. After an error, the row is passed over: the next
 * call continues with the line after; for a quote, the line after the one it was opened on. */
MUST_USE enum err csv_row(struct call *call, struct csv *csv, size_t max, struct text **cells,
                          size_t *count, uint32_t *line);
/* Appends one cell (with a separator before it unless first). A cell that starts with = + - @
 * TAB or CR gets a leading apostrophe, unless it is a plain number. */
void csv_put(struct buf *out, struct text cell, bool first);
void csv_end_row(struct buf *out); /* CR LF */

/* ---- XLSX: one sheet in (libzip + expat), one or two out (libxlsxwriter) ------------------ */
struct sheet_name {
    struct text name;
    bool hidden;
};
struct sheet {
    struct text name;         /* of the one that was read */
    struct sheet_name *names; /* of all of them, in their order; at most 1,000 */
    size_t name_count;
    struct text **rows;   /* rows[r][c]; every row has `columns` cells, absent ones empty */
    size_t row_count, columns;
};
/* What `at` of a cell is whose formula has no result in the file (its len is 0). */
extern const char sheet_no_result[];
/* Row r of the sheet is rows[r-1], also when rows before it are empty. Limits, ERR_TOO_LARGE:
 * 64 MiB unpacked in all, ratio 200:1 (past 64 KiB), 1,000 parts, 200,000 rows, 500 columns, 5
 * million cells as rows times columns. Shared and inline
 * strings, numbers, booleans, and dates by cell style (as 2026-11-23 or a moment). No DTD, no
 * external entity. ERR_MALFORMED with a problem otherwise. It is the first sheet, but of a
 * workbook that was made for reading the one with the codes (xlsx_codes): that is what comes back. */
MUST_USE enum err xlsx_read(struct call *call, struct text bytes, struct sheet *out);
/* The same of the sheet called so ("": of the first that is not hidden, as above). ERR_MISSING, naming
 * those there are, when there is none; then names and name_count are set too. */
MUST_USE enum err xlsx_read_sheet(struct call *call, struct text bytes, struct text name,
                                  struct sheet *out);
struct xlsx; /* a workbook in the making */
struct xlsx *xlsx_open(struct call *call, const char *sheet_name);
/* Adds the sheet that is read when the workbook comes back; `note` stands beside the first cell of
 * the first sheet and says so. Rows go to the sheet chosen last: 0 the first, 1 this one. */
void xlsx_codes(struct xlsx *x, struct text note);
void xlsx_choose(struct xlsx *x, int sheet);
void xlsx_widths(struct xlsx *x, const double *characters, size_t count); /* of the chosen sheet */
void xlsx_heading(struct xlsx *x, const struct text *cells, size_t count); /* bold, frozen, filter */
/* What a cell is to a spreadsheet. Text that is not what its type says, or would not come back
 * the same, is written as text; never as a formula. */
enum xlsx_type { XLSX_TEXT, XLSX_NUMBER, XLSX_YES_NO, XLSX_DATE, XLSX_MOMENT };
void xlsx_row(struct xlsx *x, const struct text *cells, const enum xlsx_type *types,
              size_t count); /* types NULL: texts */
MUST_USE enum err xlsx_close(struct call *call, struct xlsx *x, struct text *bytes);

/* ---- hashes and encodings -------------------------------------------------------------------- */
#define HASH_SIZE 32
struct hash {
    unsigned char byte[HASH_SIZE];
};
struct hash sha256(struct text bytes);
struct hash sha256_two(struct text left, struct text right); /* of the concatenation */
struct hash hmac_sha256(struct text key, struct text bytes);
/* Streaming. The context lives in the arena and is released by sha256_end. */
struct sha256;
struct sha256 *sha256_start(struct arena *a);
void sha256_add(struct sha256 *s, struct text bytes);
struct hash sha256_end(struct sha256 *s);
bool same_secret(struct text left, struct text right); /* constant time in the content */
struct text hash_text(const struct hash *h);           /* borrows the 32 bytes */
struct text hex_of(struct arena *a, struct text bytes);
bool hex_read(struct arena *a, struct text hex, struct text *out);
struct text base64_of(struct arena *a, struct text bytes);    /* standard alphabet, padded */
bool base64_read(struct arena *a, struct text in, struct text *out); /* strict, padded */
struct text base64url_of(struct arena *a, struct text bytes); /* no padding */
MUST_USE enum err gzip_pack(struct call *call, struct text in, struct text *out);
/* Refuses more than `cap` bytes out and a ratio over 200:1 (past the first 64 KiB); bytes after
 * the one member are refused too. */
MUST_USE enum err gzip_unpack(struct call *call, struct text in, size_t cap, struct text *out);

/* ---- words for search: the same cut for both stores --------------------------------------------
 * Folds what is spelt in several ways, width, case and the marks of Latin letters, and cuts: a run of
 * letters and digits is one word (at most 64 bytes); a run of Han, Kana or Hangul gives each character
 * and each pair of neighbours; a symbol beyond ASCII (🤖, €) is a word of its own. Words come out
 * separated by one space, in order. Of ASCII they hold only small letters and digits. */
struct text words_for_index(struct arena *a, struct text t);
/* The same for a query: a Han run of n >= 2 gives only its pairs; of 1 the character. */
struct text words_for_query(struct arena *a, struct text t);

/* ---- people named in a text: "@[usr_…]"
 * --------------------------------------------------------- */
/* Ids of the first `most` of them, each once; parts of the text. */
size_t mentions_in(struct arena *a, struct text body, size_t most, struct text **out);

/* ---- a calendar as RFC 5545 writes it, for programs that fetch it anew ------------------------- */
struct ical_event {
    struct text uid; /* the same as long as it is the same thing; plain ASCII */
    struct text
        summary;      /* whatever somebody wrote: control characters go, the rest is escaped */
    struct text url;  /* "": none */
    struct text day;  /* 2026-11-29: the whole of it; "": `at` */
    int64_t at;       /* moment */
    int64_t sequence; /* grows when it changes */
    int64_t stamp;    /* moment of that change */
};
void ical_begin(struct buf *b, struct text name);
void ical_add(struct buf *b, const struct ical_event *e);
void ical_end(struct buf *b);

/* ---- percent and form encoding ---------------------------------------------------------------- */
/* False when malformed, or when what comes out is not UTF-8 or holds a NUL. */
bool url_decode(struct arena *a, struct text in, bool plus_is_space, struct text *out); /* once */
struct text url_encode(struct arena *a, struct text in);
/* What a form without script sends (application/x-www-form-urlencoded): names and values in
 * their order, decoded, line breaks as LF. ERR_MALFORMED when it cannot be read, ERR_TOO_LARGE
 * when it has more than `most`. */
struct form_field {
    struct text name, value;
};
MUST_USE enum err form_fields_read(struct call *call, struct text body, size_t most,
                                   struct form_field **fields, size_t *count);

/* ---- multipart/form-data, for browsers that drop files ---------------------------------------- */
struct part {
    struct text name, file_name, type, body;
};
MUST_USE enum err multipart_read(struct call *call, struct text content_type, struct text body,
                                 size_t max, struct part **parts, size_t *count);

#ifdef __cplusplus
}
#endif
/* ---- zone: whose day it is ------------------------------------------------------------------- */
/* A time zone of the system's files; NULL is UTC. Lives in the arena it was opened in. */
struct zone;
bool zone_name_ok(struct text name); /* letters, digits, _ - + /; at most 64 */
/* ERR_INVALID with the field "zone" when the machine has no such file. "UTC" is NULL. */
MUST_USE enum err zone_open(struct call *call, struct arena *a, struct text name,
                            struct zone **out);
/* The bytes of a file (version 2 or later); false when they are none. */
bool zone_read(struct arena *a, struct text name, struct text bytes, struct zone **out);
int64_t zone_offset(const struct zone *z, int64_t moment);      /* seconds east of UTC at a moment */
int64_t zone_day(const struct zone *z, int64_t moment);         /* days since 1970-01-01, there */
int64_t zone_day_start(const struct zone *z, int64_t days);     /* the first moment of that date */
struct text zone_today(struct arena *a, const struct zone *z, int64_t moment); /* 2026-11-28 */
struct text zone_name(const struct zone *z);
struct text zone_rules(const struct zone *z); /* tells one version of its rules from another; "" of UTC */

#endif
