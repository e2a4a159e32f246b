/* SPDX-License-Identifier: Apache-2.0 */
/* format/xlsx.h — what the XLSX files of this folder share and nobody else sees. */
#ifndef FORMAT_XLSX_H
#define FORMAT_XLSX_H

#include "format/internal.h"

/* ---- the package: a zip of XML parts (xlsx_package.c)
 * ----------------------------------------- */
struct package; /* lives in the arena of the call; package__close gives back the rest */
enum err package__open(struct call *call, struct text bytes, struct package **out);
void package__close(struct package *p);
bool package__has(struct package *p, const char *path);

/* What to do with the pieces of a part. Names come without a namespace prefix. Any of them may
 * be NULL. Returning an error ends the reading with that error. */
struct xml {
    enum err (*open)(void *context, const char *name, const char **attributes);
    enum err (*close)(void *context, const char *name);
    enum err (*characters)(void *context, struct text t); /* a text may come in pieces */
    void *context;
};
enum err package__read(struct package *p, const char *path, const struct xml *handlers);
/* The attribute called so, whatever its prefix; empty when absent. */
struct text xml__attribute(const char **attributes, const char *name);

/* The sheet that is for programs, in a workbook whose first is for people. */
#define XLSX_CODES "Codes 代码"

/* ---- what a cell says (xlsx_cells.c)
 * ---------------------------------------------------------- */
enum looks { LOOKS_PLAIN, LOOKS_DATE, LOOKS_MOMENT };
enum looks xlsx__looks_of_id(int64_t id);         /* the formats every workbook has */
enum looks xlsx__looks_of_code(struct text code); /* a workbook's own, as "yyyy-mm-dd" */
struct text xlsx__number(struct arena *a, struct text lexeme, enum looks looks, bool from_1904);
struct text xlsx__unescape(struct arena *a, struct text t); /* undoes _x000D_ */
struct text xlsx__escape(struct arena *a, struct text t);   /* for text that looks like one */
/* "BC12" is column 54, counted from 0. */
bool xlsx__column(struct text reference, size_t *column);

#endif
