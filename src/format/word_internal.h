/* SPDX-License-Identifier: Apache-2.0 */
/* format/word_internal.h — what the readers of a Word document share. */
#ifndef FORMAT_WORD_INTERNAL_H
#define FORMAT_WORD_INTERNAL_H

#include "format/xlsx.h"

/* Which styles are headings: ids are the writer's own ("1", "Heading1", "berschrift2"), what
 * they mean stands in a part of its own. (word_styles.c) */
struct word_styles;
enum err word__styles(struct call *call, struct package *p, const char *path,
                      struct word_styles **out);
int word__heading(const struct word_styles *s,
                  struct text id); /* 1 to 9; 0: none. s may be NULL */

#endif
