/* SPDX-License-Identifier: Apache-2.0 */
/* format/rich_internal.h — what the two halves of the reader of rich text share. */
#ifndef FORMAT_RICH_INTERNAL_H
#define FORMAT_RICH_INTERNAL_H

#include "format/rich.h"

struct rich_reading {
    const struct rich_sink *sink;
    struct rich_fault *fault;
    size_t line;
    enum { IN_NOTHING, IN_PARAGRAPH, IN_LIST, IN_TABLE } block;
    bool numbered[RICH_LEVELS]; /* the lists that are open */
    int level;                  /* how many of them */
    size_t columns, rows;       /* of the table, the line below its head not counted */
    bool ruled;                 /* that line was there */
};

bool rich__refuse(struct rich_reading *r, const char *code, const char *why);
void rich__open(struct rich_reading *r, enum rich what, int64_t number, struct text to);
void rich__close(struct rich_reading *r, enum rich what);
/* What stands within one line: words, emphasis, links, references. */
bool rich__inline(struct rich_reading *r, struct text t);

#endif
