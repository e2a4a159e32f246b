/* SPDX-License-Identifier: Apache-2.0 */
/* format/internal.h — what the files of this folder share and nobody else sees. */
#ifndef FORMAT_INTERNAL_H
#define FORMAT_INTERNAL_H

#include "format/format.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Adds the problem "line 7: ..." in the language of the call and returns e. Line 0: no line. */
enum err format__refuse(struct call *call, enum err e, const char *code, uint32_t line,
                        const char *english);
/* More came out of a packed stream than honest data gives: over 200:1, past the first 64 KiB.
 */
bool format__bomb(size_t packed, size_t unpacked);

/* Decimal text and doubles, the same whatever locale the process has. (number.cc) */
#define NUMBER_LEN 32
bool number__read(struct text lexeme, double *out);   /* false unless finite */
size_t number__print(double d, char out[NUMBER_LEN]); /* d is finite; as ECMAScript does */

/* One code point of well-formed UTF-8, or 0xFFFD and one byte of anything else. (utf8.c) */
size_t utf8__take(struct text t, uint32_t *point);
void utf8__put(struct buf *b, uint32_t point);

/* One spelling for search (form.c): composed, and what only looks different (ﬁ, ｱ, ²) as its plain
 * form. */
struct text form__plain(struct arena *a, struct text t);
uint32_t form__bare(uint32_t point);  /* the small letter under the marks of a letter */
bool form__symbol(uint32_t point);    /* 🤖, ≥, € */

void json__quote(struct buf *b, struct text t); /* with the escapes of RFC 8785 */
/* Fills out[] with the members of an object, sorted by the bytes of their keys. */
void json__sort(const struct json *object, const struct json **out);

#ifdef __cplusplus
}
#endif
#endif
