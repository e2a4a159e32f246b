/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/number.c — a number that keeps the digits it was written with. */
#include "model/types/checks.h"

static enum err check(struct call *call, struct text name, const struct field *f,
                      const struct json *v, const struct json **out)
{
    if (v->type != JSON_INTEGER && v->type != JSON_NUMBER)
        return type__refuse(call, name, f, "type", SAID("must be a number"));
    if (f->number_min < f->number_max &&
        (v->number < f->number_min || v->number > f->number_max))
        return type__out_of_bounds(call, name, f, f->number_min, f->number_max);
    *out = v;
    return OK;
}

const struct field_type type_number = {
    .word = "number",
    .keys = "max min unique indexed default total",
    .in_kind = true,
    .in_rows = true,
    .in_pages = true,
    .form = FORM_NUMBER,
    .written = WRITTEN_NUMBER,
    .sheet = XLSX_NUMBER,
    .width = 12,
    .check = check,
};
