/* SPDX-License-Identifier: Apache-2.0 */
/* format/rich.h — rich text: a closed set of elements, written as a few marks of Markdown and
 * kept as that text. The grammar is docs/model.md §2.1; tests/vectors/rich.json holds it
 * against the reader of the pages (ui/src/types/document/rich.ts), which follows the same
 * steps. What is outside the set is refused with its line, never passed on: nobody shows HTML
 * that somebody wrote. Reads in one pass, with no memory of its own, in time that grows with
 * the text. */
#ifndef FORMAT_RICH_H
#define FORMAT_RICH_H

#include "base/base.h"

#define RICH_LINES 5000   /* of a text */
#define RICH_COLUMNS 12   /* of a table */
#define RICH_LEVELS 3     /* of lists in lists */
#define RICH_HEADINGS 4   /* of headings */
#define RICH_ADDRESS 2000 /* bytes of where a link leads */

enum rich {
    RICH_HEADING, /* number: 1 to RICH_HEADINGS */
    RICH_PARAGRAPH,
    RICH_LIST,
    RICH_STEPS, /* a numbered list */
    RICH_ITEM,  /* number: as it is written; 0 in a list without numbers */
    RICH_TABLE,
    RICH_ROW,
    RICH_HEAD, /* a cell of the first row */
    RICH_CELL,
    RICH_STRONG,
    RICH_EMPHASIS,
    RICH_LINK,   /* to: http:, https: or mailto: */
    RICH_RECORD, /* to: the key of a record; nothing inside */
    RICH_CLAUSE, /* to: framework:row; nothing inside */
    RICH_BREAK,  /* a new line in a paragraph or an item; nothing inside */
    RICH_COUNT
};
const char *rich_word(enum rich r); /* as the vectors call it */

struct rich_sink { /* told in order; each function may be NULL */
    void *arg;
    void (*open)(void *arg, enum rich r, int64_t number, struct text to);
    void (*words)(void *arg, struct text t); /* never empty; neighbours may come apart */
    void (*close)(void *arg, enum rich r);
};
struct rich_fault {
    size_t line;      /* 1-based */
    const char *code; /* "html", "image", "link", "reference", "code", "quotation", "rule",
                         "heading", "nesting", "table", "lines" */
    const char *why;  /* English, for say(): what is wrong and how to mend it */
};
/* `t` is UTF-8 with LF between lines. False: *fault says where and why; what the sink was told
 * until then is of no use. */
bool rich_read(struct text t, const struct rich_sink *sink, struct rich_fault *fault);
/* Its words without marks, a line for each block, cell and item. Of a text that does not read,
 * those before the fault. */
void rich_plain(struct text t, struct buf *out);

#endif
