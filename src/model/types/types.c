/* SPDX-License-Identifier: Apache-2.0 */
/* model/types/types.c — the list of types, and what follows from what a value is made of. */
#include "model/model.h"

const struct field_type *const field_types[] = {
    &type_text, &type_note,   &type_integer, &type_number,   &type_yes_no,
    &type_date, &type_moment, &type_choice,  &type_ref,      &type_refs,
    &type_file, &type_rows,   &type_links,   &type_document,
};
const size_t field_type_count = COUNT(field_types);

static const struct {
    const char *json, *column, *typescript;
} forms[] = {
    [FORM_WORDS] = {"string", "text", "string"},
    [FORM_WHOLE] = {"integer", "bigint", "number"},
    [FORM_NUMBER] = {"number", "double precision", "number"},
    [FORM_TRUTH] = {"boolean", "bigint", "boolean"},
    [FORM_LINKS] = {"array", "", "string[]"},
    [FORM_ROWS] = {"array", "", "Array"},
    [FORM_PARTS] = {"object", "text", "DocumentValue"},
};

const struct field_type *field_type_named(struct text word)
{
    for (size_t i = 0; i < field_type_count; i++)
        if (text_is(word, field_types[i]->word))
            return field_types[i];
    return NULL;
}

bool field_is_column(const struct field *f)
{
    return f->type->form != FORM_LINKS && f->type->form != FORM_ROWS;
}

bool field_is_set(const struct field *f)
{
    return f->many || f->type->form == FORM_PARTS;
}

size_t field_files(const struct field *f, const struct json *v, struct text *out)
{
    size_t n = 0;
    if (f->type->refers == REFERS_FILE && json_text(v).len)
        out[n++] = v->text;
    if (f->type->refers == REFERS_PARTS)
        for (const struct json *one = document_versions(v); one && n < FIELD_FILES;
             one = one->next)
            if (json_text(json_get(one, "file")).len)
                out[n++] = json_text(json_get(one, "file"));
    return n;
}

bool field_is_list(const struct field *f)
{
    return f->many || !field_is_column(f);
}

bool field_is_time(const struct field *f)
{
    return f->type->written == WRITTEN_DAY || f->type->written == WRITTEN_MOMENT;
}

const char *form_json(enum form form)
{
    return forms[form].json;
}

const char *form_column(enum form form)
{
    return forms[form].column;
}

const char *form_typescript(enum form form)
{
    return forms[form].typescript;
}

bool field_fits(const struct field *f, const struct json *v)
{
    if (f->type->written == WRITTEN_JSON)
        return false; /* no model file can say one */
    struct arena *a = arena_open();
    const struct json *kept;
    bool fits = f->type->check(call_open(a, 0, LANG_EN), f->name, f, v, &kept) == OK;
    arena_close(a);
    return fits;
}
