/* SPDX-License-Identifier: Apache-2.0 */
/* format/form_fields.c — what a form without script sends. Strict: what is not well encoded
 * UTF-8 is refused whole, nothing is guessed. */
#include "format/internal.h"

static struct text with_line_feeds(struct arena *a, struct text t)
{
    struct buf b = buf_in(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++) {
        bool pair = t.at[i] == '\r' && i + 1 < t.len && t.at[i + 1] == '\n';
        if (!pair)
            buf_add_byte(&b, t.at[i] == '\r' ? '\n' : t.at[i]);
    }
    return buf_text(&b);
}

enum err form_fields_read(struct call *call, struct text body, size_t most,
                          struct form_field **fields, size_t *count)
{
    struct arena *a = call->arena;
    struct form_field *all = NEW_MANY(a, most, struct form_field);
    size_t found = 0;
    while (body.len) {
        struct text value = text_cut(&body, '&'), name;
        if (!value.len)
            continue;
        if (found == most)
            return format__refuse(call, ERR_TOO_LARGE, "form", 0,
                                  SAID("the form has too many fields"));
        name = text_cut(&value, '=');
        if (!url_decode(a, name, true, &all[found].name) ||
            !url_decode(a, value, true, &all[found].value))
            return format__refuse(call, ERR_MALFORMED, "form", 0,
                                  SAID("the form is not valid percent-encoded UTF-8"));
        all[found].value = with_line_feeds(a, all[found].value);
        found++;
    }
    *fields = all;
    *count = found;
    return OK;
}
