/* SPDX-License-Identifier: Apache-2.0 */
/* api/export_words.c — values as the pages show them: titles of states, choices, roles and people,
 * records by key and title, in the language of the reader. */
#include "api/export.h"

#define LONGEST ((size_t)64 << 20) /* a body has a cap: a cell of it fits */

struct text words__heading(const struct call *call, const struct field *f)
{
    return words_in(f->title, call->lang);
}

/* A truth is a word for people. */
enum xlsx_type words__type(const struct field *f)
{
    bool words = f->many || f->scale || f->type->form == FORM_TRUTH;
    return words ? XLSX_TEXT : f->type->sheet;
}

double words__width(const struct field *f)
{
    if (text_is(f->name, "title"))
        return 48;
    if (text_is(f->name, "key"))
        return 12;
    return f->scale ? 22 : f->type->width; /* a number with its words is as wide as words */
}

static struct text option_title(const struct call *call, const struct scale *s, struct text v)
{
    for (size_t i = 0; i < s->count; i++)
        if (text_same(s->options[i].value, v))
            return words_in(s->options[i].title, call->lang);
    return v;
}

static struct text state_title(const struct call *call, const struct kind *k, struct text v)
{
    for (size_t i = 0; i < k->state_count; i++)
        if (text_same(k->states[i].name, v))
            return words_in(k->states[i].title, call->lang);
    return v;
}

/* A record of a register is called after its requirement: its reader reads that in their own
 * language. A title that somebody has changed stays as it is. */
static struct text register_title(struct call *call, const struct model *m,
                                  const struct kind *k, struct text title)
{
    for (size_t i = 0; i < m->framework_count; i++) {
        const struct framework *f = &m->frameworks[i];
        for (size_t r = 0; r < f->row_count && text_same(f->register_kind, k->name); r++) {
            const struct requirement *row = &f->rows[r];
            if (!text_same(text_slice(title, 0, row->row.len), row->row))
                continue;
            struct text rest = text_trim(text_from(title, row->row.len));
            if (text_same(rest, row->title.en) || text_same(rest, row->title.zh))
                return text_print(call->arena, "%.*s %.*s", TEXT_ARG(row->row),
                                  TEXT_ARG(words_in(row->title, call->lang)));
        }
    }
    return title;
}

static struct text reference(struct call *call, const struct model *m, const struct lookup *l,
                             const struct field *f, struct text id)
{
    if (f->target == TO_REQUIREMENT) {
        struct text row = id;
        (void)text_cut(&row, ':');
        return row.len ? row : id;
    }
    const struct role *role = f->target == TO_ROLE ? model_role(m, id) : NULL;
    if (role)
        return words_in(role->title, call->lang);
    const struct ref *ref = lookup__find(l, id);
    if (!ref)
        return id;
    if (!ref->key.len)
        return ref->title;
    if (text_is(ref->kind, "person"))
        return lookup__person(call, ref);
    const struct kind *k = model_kind(m, ref->kind);
    return text_print(call->arena, "%.*s %.*s", TEXT_ARG(ref->key),
                      TEXT_ARG(k ? register_title(call, m, k, ref->title) : ref->title));
}

static struct text one_value(struct call *call, const struct model *m, const struct lookup *l,
                             const struct field *f, const struct json *v)
{
    if (v->type == JSON_TRUE || v->type == JSON_FALSE)
        return text_of(v->type == JSON_TRUE ? say(call, "Yes") : say(call, "No"));
    if (f->scale && f->type->form == FORM_WHOLE)
        return text_print(call->arena, "%.*s · %.*s", TEXT_ARG(v->text),
                          TEXT_ARG(option_title(call, f->scale, v->text)));
    if (f->scale)
        return option_title(call, f->scale, v->text);
    if (f->target != TO_NONE || f->type->refers == REFERS_FILE)
        return reference(call, m, l, f, v->text);
    return v->text;
}

static void put_value(struct call *call, const struct model *m, const struct lookup *l,
                      const struct field *f, const struct json *v, struct buf *b)
{
    if (v->type != JSON_LIST) {
        buf_add(b, one_value(call, m, l, f, v));
        return;
    }
    for (const struct json *one = v->first; one; one = one->next) {
        buf_add(b, one_value(call, m, l, f, one));
        if (one->next)
            buf_add_c(b, say(call, ", "));
    }
}

/* One line for each row of the table: "Party: applicants; What matters to them: speed". */
static void put_rows(struct call *call, const struct model *m, const struct lookup *l,
                     const struct field *f, const struct json *rows, struct buf *b)
{
    for (const struct json *row = rows->first; row; row = row->next) {
        bool any = false;
        for (size_t i = 0; i < f->column_count; i++) {
            const struct json *v = json_get(row, text_c(call->arena, f->columns[i].name));
            if (!v)
                continue;
            buf_print(b, "%s%.*s: ", any ? say(call, "; ") : "",
                      TEXT_ARG(words_in(f->columns[i].title, call->lang)));
            put_value(call, m, l, &f->columns[i], v, b);
            any = true;
        }
        if (row->next)
            buf_add_c(b, "\n");
    }
}

static void put_links(struct call *call, const struct lookup *l, const struct json *links,
                      struct buf *b)
{
    for (const struct json *one = links->first; one; one = one->next) {
        struct text id = json_text(json_get(one, "id"));
        const struct ref *ref = lookup__find(l, id);
        buf_print(b, "%.*s: %.*s%s", TEXT_ARG(json_text(json_get(one, "type"))),
                  TEXT_ARG(ref && ref->key.len ? ref->key : id),
                  one->next ? say(call, ", ") : "");
    }
}

/* Each language with its title, then the words of its text, or the name of its file. */
static void put_parts(const struct lookup *l, const struct json *v, struct buf *b)
{
    for (const struct json *one = document_versions(v); one; one = one->next) {
        const struct json *text = json_get(one, "text");
        struct text file = json_text(json_get(one, "file"));
        const struct ref *ref = text ? NULL : lookup__find(l, file);
        buf_print(b, "%s%.*s: %.*s\n", one == document_versions(v) ? "" : "\n",
                  TEXT_ARG(one->key), TEXT_ARG(json_text(json_get(one, "title"))));
        if (text)
            rich_plain(text->text, b);
        else
            buf_add(b, ref ? ref->title : file);
    }
}

struct text words__cell(struct call *call, const struct model *m, const struct lookup *l,
                        const struct record *rec, const struct field *f,
                        const struct json *v)
{
    if (!v)
        return (struct text){0};
    if (text_is(f->name, "state"))
        return state_title(call, rec->kind, v->text);
    if (text_is(f->name, "title"))
        return register_title(call, m, rec->kind, v->text);
    struct buf b = buf_in(call->arena, LONGEST);
    if (f->type->form == FORM_PARTS)
        put_parts(l, v, &b);
    else if (f->type->form == FORM_ROWS)
        put_rows(call, m, l, f, v, &b);
    else if (f->type->refers == REFERS_FREE)
        put_links(call, l, v, &b);
    else
        put_value(call, m, l, f, v, &b);
    return buf_text(&b);
}
