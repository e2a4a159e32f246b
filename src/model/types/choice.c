/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/choice.c — one value of a scale. */
#include "model/types/checks.h"

#define SHOWN_MOST 40 /* values that a refusal names */

static struct text must_be_one_of(struct call *call, const struct scale *s)
{
    struct buf b = buf_in(call->arena, 4096);
    buf_add_c(&b, say(call, "must be one of: "));
    for (size_t i = 0; s && i < s->count && i < SHOWN_MOST; i++)
        buf_print(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(s->options[i].value));
    return buf_text(&b);
}

static enum err check(struct call *call, struct text name, const struct field *f, const struct json *v,
                      const struct json **out)
{
    if (v->type != JSON_TEXT || !scale_option(f->scale, v->text))
        return type__refuse_text(call, name, f, "choice", must_be_one_of(call, f->scale));
    *out = json_of_text(call->arena, v->text);
    return OK;
}

const struct field_type type_choice = {
    .word = "choice",
    .keys = "many of unique indexed default",
    .in_kind = true,
    .in_rows = true,
    .in_pages = true,
    .form = FORM_WORDS,
    .written = WRITTEN_OPTION,
    .gathers = true,
    .sheet = XLSX_TEXT,
    .width = 22,
    .check = check,
};
