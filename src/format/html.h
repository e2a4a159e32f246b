/* SPDX-License-Identifier: Apache-2.0 */
/* format/html.h — pages that are made here, for browsers that run no script. */
#ifndef FORMAT_HTML_H
#define FORMAT_HTML_H

#include "format/rich.h"

/* Escaped: as text, and as the value of an attribute in quotes. */
void html_text(struct buf *b, struct text t);
/* Constant markup in which each "$" is a place for one text, which is escaped:
 * HTML(b, "<a href=\"$\">$</a>", address, words). As many texts as places; else it is a bug. */
void html_fill(struct buf *b, const char *markup, const struct text *texts, size_t count);
#define HTML(b, markup, ...)                                                                   \
    html_fill((b), (markup), (const struct text[]){__VA_ARGS__},                               \
              sizeof((const struct text[]){__VA_ARGS__}) / sizeof(struct text))
/* Rich text, headings from the second level on. A reference to a record or a row is its key
 * alone and leads nowhere. False, and nothing is added, when it does not read. */
bool html_rich(struct buf *b, struct text t);
#endif
