/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/moment.c — a point in time, kept in UTC. */
#include "model/types/checks.h"

static enum err check(struct call *call, struct text name, const struct field *f, const struct json *v,
                      const struct json **out)
{
    int64_t moment;
    if (v->type != JSON_TEXT || !moment_read(v->text, &moment))
        return type__refuse(call, name, f, "moment", SAID("must be a time like 2026-11-23T09:30:00Z"));
    *out = json_of_text(call->arena, moment_print(call->arena, moment));
    return OK;
}

const struct field_type type_moment = {
    .word = "moment",
    .keys = "unique indexed clock default",
    .in_kind = true,
    .form = FORM_WORDS,
    .written = WRITTEN_MOMENT,
    .format = "date-time",
    .sheet = XLSX_MOMENT,
    .width = 22,
    .check = check,
};
