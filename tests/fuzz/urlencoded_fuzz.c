/* SPDX-License-Identifier: Apache-2.0 */
/* What a form without script sends: names and values are UTF-8, never longer than what came;
 * and whatever they are, as markup they hold nothing that ends a text or an attribute. */
#include "format/format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_escaped(struct arena *a, struct text t)
{
    struct buf b = buf_in(a, 6 * t.len + 1);
    html_text(&b, t);
    if (b.full)
        panic("escaped text is longer than it can be");
    for (size_t i = 0; i < b.len; i++)
        if (b.at[i] == '<' || b.at[i] == '>' || b.at[i] == '"' || b.at[i] == '\'')
            panic("a text is markup");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct call *call = call_open(a, 0, LANG_EN);
    struct form_field *fields;
    size_t count, total = 0;
    if (form_fields_read(call, (struct text){(const char *)data, size}, 50, &fields, &count) ==
        OK)
        for (size_t i = 0; i < count; i++) {
            total += fields[i].name.len + fields[i].value.len;
            if (!text_utf8(fields[i].name) || !text_utf8(fields[i].value) || total > size)
                panic("a field is not what was sent");
            check_escaped(a, fields[i].value);
        }
    arena_close(a);
    return 0;
}
