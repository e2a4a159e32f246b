/* SPDX-License-Identifier: Apache-2.0 */
/* format/xlsx.h — what the XLSX files of this folder share and nobody else sees. */
#ifndef FORMAT_XLSX_H
#define FORMAT_XLSX_H

#include "format/internal.h"

/* ---- the package: a zip of XML parts (xlsx_package.c)
 * ----------------------------------------- */
struct package;       /* lives in the arena of the call; package__close gives back the rest */
struct package_says { /* in English, for say() */
    const char *code, *broken, *large;
};
extern const struct package_says package__xlsx, package__docx, package__office;
enum err package__open(struct call *call, struct text bytes, const struct package_says *says,
                       struct package **out);
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

/* ---- which parts a part names (xlsx_links.c)
 * ---------------------------------------------------- */
struct link {
    struct text id, type, target;
    struct link *next;
};
/* Those of the package, or of a part: its own file of links is `path`. */
enum err links__read(struct call *call, struct package *p, const char *path, struct link **out);
/* Those of the part at `path` ("xl/workbook.xml"); `*folder` is where it lies, with its slash.
 * NULL when it has none. */
enum err links__of_part(struct call *call, struct package *p, const char *path,
                        struct text *folder, struct link **out);
/* The ending is the same in the two dialects that standards have given these files. */
const struct link *links__of_type(const struct link *first, const char *ending);
const struct link *links__of_id(const struct link *first, struct text id);
/* Where a link leads, from the folder of the part that has it; NULL when there is none. */
const char *links__target(struct arena *a, struct text folder, const struct link *link);

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
