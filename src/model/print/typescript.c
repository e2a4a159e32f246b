/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/typescript.c — the records as TypeScript types, for scripts and pages written against
 * this model. One interface a kind; fields that may be empty are optional, as in the API. */
#include "model/internal.h"

static void put_name(struct buf *b, struct text name)
{
    bool capital = true;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (c == '_')
            capital = true;
        else if (capital && c >= 'a' && c <= 'z')
            buf_add_byte(b, (char)(c - 'a' + 'A'));
        else
            buf_add_byte(b, c);
        capital = capital && c == '_';
    }
}

static void put_quoted(struct buf *b, struct text t)
{
    struct json_out o = json_out(b);
    json_put_text(&o, t);
}

static void put_values(struct buf *b, const struct field *f)
{
    for (size_t i = 0; i < f->scale->count; i++) {
        buf_add_c(b, i == 0 ? "" : " | ");
        if (f->type->form == FORM_WHOLE)
            buf_add(b, f->scale->options[i].value);
        else
            put_quoted(b, f->scale->options[i].value);
    }
}

static void put_columns(struct buf *b, const struct field *f);

static void put_type(struct buf *b, const struct field *f)
{
    if (f->many)
        buf_add_c(b, "Array<");
    if (f->scale != NULL && field_is_column(f))
        put_values(b, f);
    else if (f->type->form == FORM_ROWS)
        put_columns(b, f);
    else
        buf_add_c(b,
                  f->type->refers == REFERS_FREE ? "Link[]" : form_typescript(f->type->form));
    if (f->many)
        buf_add_c(b, ">");
}

static void put_columns(struct buf *b, const struct field *f)
{
    buf_add_c(b, "Array<{ ");
    for (size_t i = 0; i < f->column_count; i++) {
        buf_print(b, "%.*s?: ", TEXT_ARG(f->columns[i].name));
        put_type(b, &f->columns[i]);
        buf_add_c(b, "; ");
    }
    buf_add_c(b, "}>");
}

/* A comment must not be closed by what it says. */
static void put_comment(struct buf *b, const char *indent, struct text t)
{
    if (t.len == 0)
        return;
    buf_print(b, "%s/** ", indent);
    for (size_t i = 0; i < t.len; i++)
        if (t.at[i] == '*' && i + 1 < t.len && t.at[i + 1] == '/')
            buf_add_c(b, "* ");
        else
            buf_add_byte(b, t.at[i] == '\n' ? ' ' : t.at[i]);
    buf_add_c(b, " */\n");
}

static void put_union(struct buf *b, const struct kind *k, const char *what)
{
    bool states = text_is(text_of(what), "State");
    size_t count = states ? k->state_count : k->move_count;
    buf_add_c(b, "export type ");
    put_name(b, k->name);
    buf_print(b, "%s = ", what);
    for (size_t i = 0; i < count; i++) {
        buf_add_c(b, i == 0 ? "" : " | ");
        put_quoted(b, states ? k->states[i].name : k->moves[i].name);
    }
    buf_add_c(b, count == 0 ? "never;\n" : ";\n");
}

static void put_kind(struct buf *b, const struct kind *k)
{
    put_union(b, k, "State");
    put_union(b, k, "Move");
    put_comment(b, "", k->about.en);
    buf_add_c(b, "export interface ");
    put_name(b, k->name);
    buf_print(b, " {\n  id: string;\n  kind: \"%.*s\";\n", TEXT_ARG(k->name));
    for (size_t i = 0; i < k->field_count; i++) {
        const struct field *f = &k->fields[i];
        put_comment(b, "  ", f->about.en);
        buf_print(b, "  %.*s%s: ", TEXT_ARG(f->name), (f->system && !text_is(f->name, "offered_to")) || f->required ? "" : "?");
        if (text_is(f->name, "state")) {
            put_name(b, k->name);
            buf_add_c(b, "State");
        } else {
            put_type(b, f);
        }
        buf_add_c(b, ";\n");
    }
    buf_add_c(b, "}\n\n");
}

void model_typescript(const struct model *m, struct buf *out)
{
    buf_print(out, "// Printed from the model %.*s. Do not edit.\n\n", TEXT_ARG(m->hash));
    buf_add_c(
        out,
        "export interface Link {\n  type: string;\n  kind: string;\n  id: string;\n}\n\n"
        "export interface DocumentLanguage {\n  title?: string;\n  text?: string;\n  file?: "
        "string;\n"
        "  compared?: number;\n  readonly changed?: number;\n  readonly behind?: number;\n}\n\n"
        "export interface DocumentValue {\n  lead?: string;\n"
        "  versions: Record<string, DocumentLanguage>;\n}\n\n");
    for (size_t i = 0; i < m->kind_count; i++)
        put_kind(out, &m->kinds[i]);
    buf_add_c(out, "export interface Kinds {\n");
    for (size_t i = 0; i < m->kind_count; i++) {
        buf_print(out, "  %.*s: ", TEXT_ARG(m->kinds[i].name));
        put_name(out, m->kinds[i].name);
        buf_add_c(out, ";\n");
    }
    buf_add_c(out, "}\n");
}
