/* SPDX-License-Identifier: Apache-2.0 */
/* api/outside_register.c — the public register: how many records are published, each with a
 * page of its own, and the same for programs. */
#include "api/outside.h"

#define ITEMS_A_PAGE 100
#define SHORTENED 300 /* characters of the first field in the list */

/* ---- values --------------------------------------------------------------------------------
 */
static struct text one_value(const struct exchange *x, const struct field *f,
                             const struct json *v)
{
    const struct option *option =
        f->scale ? scale_option(f->scale, v->type == JSON_INTEGER ? v->text : json_text(v))
                 : NULL;
    const struct role *role = f->target == TO_ROLE ? model_role(x->model, json_text(v)) : NULL;
    if (v->type == JSON_TRUE || v->type == JSON_FALSE)
        return text_of(v->type == JSON_TRUE ? say(x->call, "Yes") : say(x->call, "No"));
    if (option)
        return outside__said(x, option->title);
    if (role)
        return outside__said(x, role->title);
    return f->type->written == WRITTEN_MOMENT ? outside__day(x, json_text(v)) : v->text;
}

static void put_rows(struct outside *o, const struct published_field *f, const struct json *v)
{
    const struct field *rows = f->field;
    outside__text(o, "<table><thead><tr>");
    for (size_t i = 0; i < rows->column_count; i++)
        if (f->columns >> i & 1)
            HTML(o->b, "<th scope=\"col\">$</th>", outside__said(o->x, rows->columns[i].title));
    outside__text(o, "</tr></thead><tbody>");
    for (const struct json *row = v->first; row; row = row->next) {
        outside__text(o, "<tr>");
        for (size_t i = 0; i < rows->column_count; i++) {
            const struct json *cell = json_named(row, rows->columns[i].name);
            if (!(f->columns >> i & 1))
                continue;
            HTML(o->b, "<td>$</td>",
                 cell ? one_value(o->x, &rows->columns[i], cell) : TEXT(""));
        }
        outside__text(o, "</tr>");
    }
    outside__text(o, "</tbody></table>");
}

/* A document in the language of the page, else the one that leads. Files are not shown. */
static void put_document(struct outside *o, const struct json *v)
{
    const struct json *versions = json_get(v, "versions"), *one = NULL;
    const char *wish = o->x->call->lang == LANG_ZH ? "zh" : "en";
    if (!versions)
        return;
    one = json_get(versions, wish);
    if (!one)
        one = json_named(versions, json_text(json_get(v, "lead")));
    if (!one)
        one = versions->first;
    struct text words = json_text(json_get(one, "text"));
    if (!one || !words.len || !html_rich(o->b, words))
        HTML(o->b, "<p>$</p>",
             text_of(say(o->x->call, "It is kept as a file, which is not shown "
                                     "here.")));
}

void outside__value(struct outside *o, const struct published_field *f, const struct json *v)
{
    if (f->field->type->form == FORM_ROWS) {
        put_rows(o, f, v);
    } else if (f->field->type->form == FORM_PARTS) {
        put_document(o, v);
    } else if (v->type == JSON_LIST) {
        outside__text(o, "<ul>");
        for (const struct json *one = v->first; one; one = one->next)
            HTML(o->b, "<li>$</li>", one_value(o->x, f->field, one));
        outside__text(o, "</ul>");
    } else {
        HTML(o->b, "<p class=\"pre\">$</p>", one_value(o->x, f->field, v));
    }
}

/* ---- the list ------------------------------------------------------------------------------
 */
static struct text shortened(struct arena *a, struct text t)
{
    size_t characters = 0, i = 0;
    for (; i < t.len; i++) {
        bool begins = ((unsigned char)t.at[i] & 0xc0) != 0x80;
        if (begins && characters++ == SHORTENED)
            return text_join(a, text_slice(t, 0, i), TEXT("…"));
    }
    return t;
}

static struct text page_of(const struct exchange *x, const struct record *rec)
{
    return outside__address(
        x, text_print(x->call->arena, "/public/register/%.*s", TEXT_ARG(rec->id)));
}

static void put_card(struct outside *o, const struct record *rec)
{
    const struct published *p = &rec->kind->published;
    HTML(o->b, "<li><h3><a href=\"$\">$</a></h3>", page_of(o->x, rec),
         json_text(record_value(rec, TEXT("title"))));
    const struct json *first = p->show_count ? record_published_value(rec, &p->show[0]) : NULL;
    if (first && first->type == JSON_TEXT)
        HTML(o->b, "<p class=\"pre\">$</p>",
             shortened(o->x->call->arena, one_value(o->x, p->show[0].field, first)));
    outside__text(o, "</li>");
}

static struct text counted(const struct exchange *x, int64_t total)
{
    struct text day = zone_today(x->call->arena, x->call->zone, x->call->now);
    return text_print(x->call->arena,
                      total == 1 ? say(x->call, "%lld entry, as of %.*s")
                                 : say(x->call, "%lld entries, as of %.*s"),
                      (long long)total, TEXT_ARG(day));
}

static enum err find(struct exchange *x, const struct kind *k, struct record_list *out)
{
    return record_published(x->call, x->records, exchange__db(x), k, query__text(x, "cursor"),
                            ITEMS_A_PAGE, out);
}

static void put_next(struct outside *o, struct text cursor)
{
    const struct exchange *x = o->x;
    struct text here = outside__address(x, x->request->path);
    if (cursor.len)
        HTML(o->b, "<p><a href=\"$$cursor=$\">$</a></p>", here,
             text_find(here, '?') < 0 ? TEXT("?") : TEXT("&"),
             url_encode(x->call->arena, cursor), text_of(say(x->call, "More entries")));
}

static enum err put_kind(struct outside *o, const struct kind *k)
{
    struct record_list list;
    TRY(find(o->x, k, &list));
    HTML(o->b, "<section><h2>$</h2>", outside__said(o->x, k->published.title));
    if (k->published.about.en.len)
        HTML(o->b, "<p>$</p>", outside__said(o->x, k->published.about));
    HTML(o->b, "<p class=\"mute\">$</p><ul class=\"cards\">", counted(o->x, list.total));
    for (size_t i = 0; i < list.count; i++)
        put_card(o, list.items[i]);
    outside__text(o, "</ul>");
    put_next(o, list.next);
    outside__text(o, "</section>");
    return OK;
}

enum err outside_register(struct exchange *x)
{
    struct outside o;
    const struct kind *k;
    size_t at = 0;
    TRY(outside__open(x, PUBLIC_REGISTER, &o));
    outside__begin(&o, PUBLIC_REGISTER, text_of(say(x->call, "AI register")));
    outside__own_words(&o, PUBLIC_REGISTER);
    while ((k = outside__next(x, PUBLIC_REGISTER, false, &at)))
        TRY(put_kind(&o, k));
    return outside__end(&o);
}

/* ---- one -----------------------------------------------------------------------------------
 */
static void put_line(struct outside *o, struct text title, struct text value)
{
    if (value.len)
        HTML(o->b, "<dt>$</dt><dd>$</dd>", title, value);
}

static enum err put_record(struct outside *o, const struct record *rec)
{
    const struct published *p = &rec->kind->published;
    struct text reviewed;
    TRY(record_published_review(o->x->call, o->x->records, exchange__db(o->x), rec, &reviewed));
    outside__text(o, "<dl>");
    for (size_t i = 0; i < p->show_count; i++) {
        const struct json *v = record_published_value(rec, &p->show[i]);
        if (!v)
            continue;
        HTML(o->b, "<dt>$</dt><dd>", outside__said(o->x, p->show[i].field->title));
        outside__value(o, &p->show[i], v);
        outside__text(o, "</dd>");
    }
    put_line(o, text_of(say(o->x->call, "State")),
             outside__said(o->x, rec->kind->states[rec->state].title));
    put_line(o, outside__said(o->x, p->reviewed_title), outside__day(o->x, reviewed));
    outside__text(o, "</dl>");
    return OK;
}

static enum err find_one(struct exchange *x, enum public_page page, struct record **rec)
{
    const struct kind *k;
    size_t at = 0;
    while ((k = outside__next(x, page, false, &at))) {
        struct call *quiet = call_beside(x->call->arena, x->call);
        enum err e =
            record_published_one(quiet, x->records, exchange__db(x), k, x->arg[0], rec);
        if (e != ERR_MISSING)
            return e;
    }
    return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(x->call, "there is nothing here"));
}

static enum err show_one(struct exchange *x, enum public_page page)
{
    struct outside o;
    struct record *rec;
    TRY(outside__open(x, page, &o));
    TRY(find_one(x, page, &rec));
    outside__begin(&o, page, json_text(record_value(rec, TEXT("title"))));
    TRY(put_record(&o, rec));
    return outside__end(&o);
}

enum err outside_register_one(struct exchange *x)
{
    return show_one(x, PUBLIC_REGISTER);
}

enum err outside_trust_one(struct exchange *x)
{
    return show_one(x, PUBLIC_TRUST);
}

/* ---- for programs --------------------------------------------------------------------------
 */
static void put_columns(struct json_out *o, const struct published_field *f,
                        const struct json *v)
{
    json_open(o, '[');
    for (const struct json *row = v->first; row; row = row->next) {
        json_open(o, '{');
        for (size_t i = 0; i < f->field->column_count; i++) {
            const struct json *cell = json_named(row, f->field->columns[i].name);
            if (!cell || !(f->columns >> i & 1))
                continue;
            json_key_text(o, f->field->columns[i].name);
            json_put_json(o, cell);
        }
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_field(struct json_out *o, const struct published_field *f, const struct json *v)
{
    json_open(o, '{');
    put__text(o, "field", f->field->name);
    put__words(o, "title", f->field->title);
    json_key(o, "value");
    if (f->field->type->form == FORM_ROWS)
        put_columns(o, f, v);
    else
        json_put_json(o, v);
    json_close(o, '}');
}

static void put_item(struct exchange *x, struct json_out *o, const struct record *rec)
{
    const struct published *p = &rec->kind->published;
    json_open(o, '{');
    put__text(o, "id", rec->id);
    put__text(o, "title", json_text(record_value(rec, TEXT("title"))));
    put__text(o, "address",
              text_print(x->call->arena, "%.*s%.*s/public/register/%.*s",
                         TEXT_ARG(exchange__origin(x)), TEXT_ARG(x->api->base),
                         TEXT_ARG(rec->id)));
    put__words(o, "state", rec->kind->states[rec->state].title);
    json_key(o, "fields");
    json_open(o, '[');
    for (size_t i = 0; i < p->show_count; i++) {
        const struct json *v = record_published_value(rec, &p->show[i]);
        if (v && p->show[i].field->type->form != FORM_PARTS)
            put_field(o, &p->show[i], v);
    }
    json_close(o, ']');
    json_close(o, '}');
}

static enum err put_register(struct exchange *x, struct json_out *o, const struct kind *k)
{
    struct record_list list;
    TRY(find(x, k, &list));
    json_open(o, '{');
    put__words(o, "title", k->published.title);
    put__integer(o, "count", list.total);
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < list.count; i++)
        put_item(x, o, list.items[i]);
    json_close(o, ']');
    put__text(o, "next", list.next);
    json_close(o, '}');
    return OK;
}

/* No other site may read it in a browser; any program may. */
enum err outside_register_json(struct exchange *x)
{
    struct outside open;
    const struct kind *k;
    size_t at = 0;
    TRY(outside__open(x, PUBLIC_REGISTER, &open));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "organisation", open.set.organisation);
    put__text(o, "as_of", zone_today(x->call->arena, x->call->zone, x->call->now));
    json_key(o, "registers");
    json_open(o, '[');
    while ((k = outside__next(x, PUBLIC_REGISTER, false, &at)))
        TRY(put_register(x, o, k));
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}
