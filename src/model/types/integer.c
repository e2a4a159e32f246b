/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/integer.c — a whole number; with a scale, each of its numbers has words. */
#include "model/types/checks.h"

static enum err check(struct call *call, struct text name, const struct field *f,
                      const struct json *v, const struct json **out)
{
    if (v->type != JSON_INTEGER)
        return type__refuse(call, name, f, "type", SAID("must be a whole number"));
    if (f->min <= f->max && (f->min || f->max) && (v->integer < f->min || v->integer > f->max))
        return type__out_of_bounds(call, name, f, (double)f->min, (double)f->max);
    if (f->scale && !scale_option(f->scale, v->text))
        return type__refuse(call, name, f, "choice",
                            SAID("is not one of the values of the scale"));
    *out = json_of_integer(call->arena, v->integer);
    return OK;
}

const struct field_type type_integer = {
    .word = "integer",
    .keys = "max min of unique indexed default total",
    .in_kind = true,
    .in_rows = true,
    .in_pages = true,
    .form = FORM_WHOLE,
    .written = WRITTEN_WHOLE,
    .sheet = XLSX_NUMBER,
    .width = 12,
    .check = check,
};
