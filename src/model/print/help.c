/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/help.c — help as JSON, fetched when somebody asks for it: the glossary, and of a
 * kind the worked examples and which requirements ask for its fields. */
#include "model/internal.h"

void glossary_json(const struct model *m, struct buf *out)
{
    struct json_out o = json_out(out);
    json_open(&o, '{');
    json_key(&o, "items");
    json_open(&o, '[');
    for (size_t i = 0; i < m->term_count; i++)
        json_put_json(&o, m->terms[i]);
    json_close(&o, ']');
    json_close(&o, '}');
}

static void put_field(struct json_out *o, const struct field *f)
{
    if (f->example.en.len == 0 && f->asked_count == 0)
        return;
    json_key_text(o, f->name);
    json_open(o, '{');
    if (f->example.en.len > 0)
        model__put_words_at(o, "example", f->example);
    if (f->asked_count > 0)
        model__put_texts_at(o, "asked_by", f->asked_by, f->asked_count);
    json_close(o, '}');
}

void help_json(const struct kind *k, struct buf *out)
{
    struct json_out o = json_out(out);
    json_open(&o, '{');
    json_key(&o, "kind");
    json_put_text(&o, k->name);
    model__put_texts_at(&o, "asked_by", k->serves, k->serves_count);
    json_key(&o, "fields");
    json_open(&o, '{');
    for (size_t i = 0; i < k->field_count; i++)
        put_field(&o, &k->fields[i]);
    json_close(&o, '}');
    json_close(&o, '}');
}
