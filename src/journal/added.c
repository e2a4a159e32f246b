/* SPDX-License-Identifier: Apache-2.0 */
/* journal/added.c — what is added to a line as it is kept. It stands at its end and is no part
 * of what came: whoever sends the same again sends the same, whatever was added then and would
 * be now. */
#include "journal/internal.h"

static const char mark[] = ",\"" JOURNAL_ADDED "\":";

struct text journal_added(struct arena *a, struct text came, struct text members)
{
    return text_print(a, "%.*s%s%.*s}", (int)(came.len - 1), came.at, mark, TEXT_ARG(members));
}

struct text journal_came(struct arena *a, struct text line)
{
    struct text needle = text_of(mark), rest = line;
    size_t at = 0;
    ptrdiff_t found;
    while ((found = text_search(rest, needle)) >= 0) {
        at = line.len - rest.len + (size_t)found;
        rest = text_from(rest, (size_t)found + needle.len);
    }
    return at ? text_join(a, text_slice(line, 0, at), TEXT("}")) : line;
}
