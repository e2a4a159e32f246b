/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/date.c — a day. */
#include "model/types/checks.h"

static enum err check(struct call *call, struct text name, const struct field *f,
                      const struct json *v, const struct json **out)
{
    int64_t days;
    if (v->type != JSON_TEXT || !date_read(v->text, &days))
        return type__refuse(call, name, f, "date", SAID("must be a real date like 2026-11-23"));
    *out = json_of_text(call->arena, v->text);
    return OK;
}

const struct field_type type_date = {
    .word = "date",
    .keys = "unique indexed keep default",
    .in_kind = true,
    .in_rows = true,
    .in_pages = true,
    .form = FORM_WORDS,
    .written = WRITTEN_DAY,
    .format = "date",
    .sheet = XLSX_DATE,
    .width = 12,
    .check = check,
};
