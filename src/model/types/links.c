/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/links.c — links to any record, each called what people call it. The engine keeps one such field. */
#include "model/types/checks.h"

static enum err check(struct call *call, struct text name, const struct field *f, const struct json *v,
                      const struct json **out)
{
    struct text type = json_text(json_get(v, "type")), kind = json_text(json_get(v, "kind")),
                id = json_text(json_get(v, "id"));
    if (v->type != JSON_OBJECT || v->count != 3 || !type.len || !kind.len || !id.len ||
        type.len > 40 || kind.len > 40 || id.len > 64)
        return type__refuse(call, name, f, "type", SAID("each link needs type, kind and id"));
    *out = v;
    return OK;
}

const struct field_type type_links = {
    .word = "links",
    .keys = "of",
    .form = FORM_LINKS,
    .written = WRITTEN_JSON,
    .refers = REFERS_FREE,
    .sheet = XLSX_TEXT,
    .width = 22,
    .check = check,
};
