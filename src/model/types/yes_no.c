/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/yes_no.c — yes or no. */
#include "model/types/checks.h"

static enum err check(struct call *call, struct text name, const struct field *f, const struct json *v,
                      const struct json **out)
{
    if (v->type != JSON_TRUE && v->type != JSON_FALSE)
        return type__refuse(call, name, f, "type", SAID("must be true or false"));
    *out = json_of_bool(call->arena, v->type == JSON_TRUE);
    return OK;
}

const struct field_type type_yes_no = {
    .word = "yes_no",
    .keys = "indexed default",
    .in_kind = true,
    .in_rows = true,
    .in_pages = true,
    .form = FORM_TRUTH,
    .written = WRITTEN_TRUTH,
    .gathers = true,
    .sheet = XLSX_YES_NO,
    .width = 12,
    .check = check,
};
