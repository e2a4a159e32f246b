/* SPDX-License-Identifier: Apache-2.0 */
/* model/kind/published.c — which records of a kind, and which of their fields, whoever has no
 * account may read on the public pages once the organisation has switched them on. A record is
 * published by its own mark, in these states only; checked here is that nothing can be shown
 * that not every reader of the record sees, or that names a person or another record. What
 * happens with it: record/published.c. */
#include "model/internal.h"

#define SHOWN_MOST 20

static const char *const pages[] = {"register", "trust"};

static void read_page(struct loader *l, const struct json *v, struct published *p)
{
    struct text page = model__text(l, v, "page", true);
    for (size_t i = 0; i < COUNT(pages); i++)
        if (text_is(page, pages[i]))
            p->page = i == 0 ? PUBLIC_REGISTER : PUBLIC_TRUST;
    if (page.len && p->page == PUBLIC_NONE)
        model__mistake(l, json_get(v, "page"), "unknown",
                       "a page is \"register\" or \"trust\"");
}

static const struct field *field_of(struct loader *l, const struct kind *k,
                                    const struct json *name)
{
    const struct field *f = name == NULL ? NULL : kind_field(k, json_text(name));
    if (name != NULL && f == NULL)
        model__mistake(l, name, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(json_text(name)));
    if (f != NULL)
        model__for_all(l, name, f);
    return f;
}

/* {"field": "in_register", "is": true}, or a value of a choice. */
static void read_mark(struct loader *l, const struct kind *k, const struct json *v,
                      struct published *p)
{
    const struct json *when = model__object(l, v, "when", p->latest == NULL), *is;
    if (when == NULL || !model__keys(l, when, "field is"))
        return;
    p->mark = field_of(l, k, json_get(when, "field"));
    is = json_get(when, "is");
    if (p->mark == NULL)
        return;
    bool truth = p->mark->type->form == FORM_TRUTH && is != NULL && is->type == JSON_TRUE;
    bool option = p->mark->type->written == WRITTEN_OPTION && !p->mark->many &&
                  scale_option(p->mark->scale, json_text(is)) != NULL;
    if (!truth && !option)
        model__mistake(l, when, "value",
                       "\"when\" must say that a yes_no field is true, or which value of a "
                       "choice publishes a record");
    p->value = truth ? TEXT("true") : json_text(is);
}

/* What is drawn has words of its own, is a day or a number, a document, or names a role: no
 * person, no record, no file. */
static bool can_be_shown(const struct field *f)
{
    if (f->type->refers == REFERS_NOT || &type_document == f->type)
        return !f->system;
    return f->type->refers == REFERS_ONE && f->target == TO_ROLE;
}

static uint64_t columns_of(struct loader *l, const struct field *rows, const struct json *list)
{
    uint64_t set = 0;
    for (const struct json *one = list == NULL ? NULL : list->first; one; one = one->next) {
        size_t i = 0;
        while (i < rows->column_count && !text_same(rows->columns[i].name, json_text(one)))
            i++;
        if (i >= rows->column_count || i >= 64 || !can_be_shown(&rows->columns[i]))
            model__mistake(l, one, "unknown", "\"%.*s\" is no column that can be shown outside",
                           TEXT_ARG(json_text(one)));
        else
            set |= (uint64_t)1 << i;
    }
    return set;
}

/* "purpose", or {"field": "affected_groups", "columns": ["people", "how"]}. */
static void read_shown(struct loader *l, const struct kind *k, const struct json *v,
                       struct published *p)
{
    bool whole = v->type == JSON_TEXT;
    if (!whole && (v->type != JSON_OBJECT || !model__keys(l, v, "field columns")))
        return;
    const struct json *name = whole ? v : json_get(v, "field");
    const struct field *f = field_of(l, k, name);
    if (f == NULL)
        return;
    bool rows = f->type->form == FORM_ROWS;
    if (!can_be_shown(f) || rows == whole) {
        model__mistake(l, v, "unknown",
                       "\"%.*s\" cannot be shown outside like this: no person, record or file; "
                       "of rows say which \"columns\"",
                       TEXT_ARG(f->name));
        return;
    }
    uint64_t columns = rows ? columns_of(l, f, model__list(l, v, "columns", true)) : 0;
    p->show[p->show_count++] = (struct published_field){f, columns};
}

static void read_show(struct loader *l, const struct kind *k, const struct json *v,
                      struct published *p)
{
    const struct json *list = model__list(l, v, "show", p->latest == NULL);
    if (list == NULL)
        return;
    if (list->count > SHOWN_MOST) {
        model__mistake(l, list, "too_many", "at most %d fields", SHOWN_MOST);
        return;
    }
    p->show = NEW_MANY(l->arena, list->count + 1, struct published_field);
    for (const struct json *one = list->first; one != NULL; one = one->next)
        read_shown(l, k, one, p);
}

/* Records that judge this one: when the last of them came to such a state. */
static void read_reviewed(struct loader *l, const struct kind *k, const struct json *v,
                          struct published *p)
{
    const struct json *by = model__object(l, v, "reviewed", false);
    if (by == NULL || !model__keys(l, by, "kind via in title"))
        return;
    const struct kind *other = model_kind(l->model, model__text(l, by, "kind", true));
    if (other == NULL) {
        model__mistake(l, by, "unknown", "there is no such kind");
        return;
    }
    p->reviewed = other;
    p->reviewed_via = field_of(l, other, json_get(by, "via"));
    p->reviewed_title = model__words(l, by, "title", true);
    const struct json *in = model__list(l, by, "in", true);
    if (in != NULL)
        p->reviewed_in = model__state_set(l, other, in);
    if (p->reviewed_via == NULL || p->reviewed_via->target_kind != k)
        model__mistake(l, by, "type", "\"via\" must be a ref to %.*s", TEXT_ARG(k->name));
}

static void read_latest(struct loader *l, const struct kind *k, const struct json *v,
                        struct published *p)
{
    const struct json *name = json_get(v, "latest");
    const struct field *f = field_of(l, k, name);
    if (name == NULL)
        return;
    if (f != NULL && (f->many || !field_is_time(f)))
        model__mistake(l, name, "type", "\"latest\" must be a date");
    p->latest = f;
}

void model__published(struct loader *l, const struct json *root, struct kind *k)
{
    const struct json *v = model__object(l, root, "published", false);
    struct published *p = &k->published;
    if (v == NULL || !model__keys(l, v, "page title about when in show latest reviewed"))
        return;
    read_page(l, v, p);
    p->title = model__words(l, v, "title", false);
    p->about = model__words(l, v, "about", false);
    if (p->title.en.len == 0)
        p->title = k->plural;
    read_latest(l, k, v, p);
    read_mark(l, k, v, p);
    const struct json *in = model__list(l, v, "in", true);
    if (in != NULL)
        p->in = model__state_set(l, k, in);
    read_show(l, k, v, p);
    read_reviewed(l, k, v, p);
}
