/* SPDX-License-Identifier: Apache-2.0 */
/* format/mention.c — people named in a text: "@[ID]", where ID is "usr_" and 26 digits and
 * capital letters. The text is kept as it was written; whoever prints it puts the name in its
 * place. */
#include "format/format.h"

#define PREFIX 4 /* "usr_" */
#define ID_LENGTH (PREFIX + 26)

static bool is_id(struct text t)
{
    for (size_t i = PREFIX; i < t.len; i++)
        if (!((t.at[i] >= '0' && t.at[i] <= '9') || (t.at[i] >= 'A' && t.at[i] <= 'Z')))
            return false;
    return t.len == ID_LENGTH && text_starts(t, "usr_");
}

/* The next mark of *rest, which goes on behind it. */
static bool next_mark(struct text *rest, struct text *id)
{
    for (ptrdiff_t at; (at = text_search(*rest, TEXT("@["))) >= 0;) {
        *rest = text_from(*rest, (size_t)at + 2);
        *id = text_slice(*rest, 0, rest->len < ID_LENGTH ? rest->len : ID_LENGTH);
        if (rest->len <= ID_LENGTH || rest->at[ID_LENGTH] != ']' || !is_id(*id))
            continue;
        *rest = text_from(*rest, ID_LENGTH + 1);
        return true;
    }
    return false;
}

size_t mentions_in(struct arena *a, struct text body, size_t most, struct text **out)
{
    size_t count = 0;
    struct text rest = body, id;
    *out = NEW_MANY(a, most + 1, struct text);
    while (count < most && next_mark(&rest, &id)) {
        bool again = false;
        for (size_t i = 0; i < count && !again; i++)
            again = text_same((*out)[i], id);
        if (!again)
            (*out)[count++] = id;
    }
    return count;
}
