/* SPDX-License-Identifier: Apache-2.0 */
/* cli/import_unit.c — the organisation units that a map names: found, or made before the rows.
 * A unit that an import made carries an external id, so that it is found again after somebody
 * gave it a better title; any other unit is found by its title. */
#include "cli/import.h"

struct gathering {
    struct import *im;
    struct index *codes; /* in use */
    const struct record *root;
    size_t roots;
};

static struct text external_of(struct arena *a, struct text title)
{
    struct text id = text_print(a, "unit: %.*s", TEXT_ARG(title));
    size_t end = id.len < 480 ? id.len : 480;
    while (end < id.len && end && ((unsigned char)id.at[end] & 0xC0) == 0x80)
        end--;
    return text_slice(id, 0, end);
}

static struct text title_of(const struct import *im, const struct import_row *row)
{
    return one_line(im->arena, row->cells[im->plan.unit]);
}

const struct json *known__unit(const struct import *im, struct text title)
{
    struct text t = one_line(im->arena, title);
    const struct json *found = index__get(im->units, external_of(im->arena, t));
    return found ? found : index__get(im->units, t);
}

/* ---- those that are there --------------------------------------------------------------- */
/* The root is the one unit without a unit above it that a person made. */
static void take_unit(struct gathering *g, const struct record *rec)
{
    struct import *im = g->im;
    const struct json *title = record_value(rec, TEXT("title"));
    const struct json *external = record_value(rec, TEXT("external_id"));
    const struct json *code = record_value(rec, TEXT("code"));
    const struct json *id = make_text(im->arena, rec->id);
    if (title && !index__get(im->units, title->text))
        index__put(im->units, title->text, id);
    if (external)
        index__put(im->units, external->text, id);
    if (code)
        index__put(g->codes, code->text, rec);
    if (!record_value(rec, TEXT("parent")) && !external) {
        g->root = rec;
        g->roots++;
    }
}

static enum err read_units(struct gathering *g, const struct kind *k)
{
    struct import *im = g->im;
    struct list_query q = {.limit = 500, .sort = TEXT("key")};
    for (bool more = true; more;) {
        struct record_list list;
        TRY(record_list(im->call, im->site->records, im->reader, k, &q, &list));
        for (size_t i = 0; i < list.count; i++)
            take_unit(g, list.items[i]);
        q.cursor = list.next;
        more = list.next.len > 0;
    }
    return OK;
}

/* ---- those that are missing ------------------------------------------------------------- */
static struct text free_code(struct gathering *g, const struct kind *k,
                             const struct import_row *row)
{
    const struct import_plan *p = &g->im->plan;
    const struct field *f = kind_field(k, TEXT("code"));
    if (p->unit_code == NO_COLUMN)
        return (struct text){0};
    struct text code = one_line(g->im->arena, row->cells[p->unit_code]);
    if ((f->max && (int64_t)text_characters(code) > f->max) || index__get(g->codes, code))
        return (struct text){0};
    index__put(g->codes, code, row);
    return code;
}

static struct json *unit_body(struct gathering *g, const struct kind *k, struct text title,
                              const struct import_row *row)
{
    struct arena *a = g->im->arena;
    struct json *body = NEW(a, struct json);
    struct text code = free_code(g, k, row);
    body->type = JSON_OBJECT;
    list__add(a, body, make_text(a, title), TEXT("title"));
    list__add(a, body, make_text(a, external_of(a, title)), TEXT("external_id"));
    if (code.len)
        list__add(a, body, make_text(a, code), TEXT("code"));
    if (g->roots == 1)
        list__add(a, body, make_text(a, g->root->id), TEXT("parent"));
    return body;
}

/* Its rows are refused one by one later; here it is said once why. */
static void refuse_unit(struct import *im, const struct import_row *row, const struct call *one)
{
    struct text column = im->table.names[im->plan.unit];
    for (const struct problem *p = one->problems; p; p = p->next)
        report__refuse(
            im, row->line, column, text_c(im->arena, p->code),
            text_print(im->arena, "%.*s: %.*s", TEXT_ARG(p->field), TEXT_ARG(p->message)));
}

static enum err make_unit(struct gathering *g, const struct kind *k, struct text title,
                          const struct import_row *row)
{
    struct import *im = g->im;
    struct call *one = call_beside(arena_open(), im->call);
    struct change change = {
        .act = RECORD_CREATE, .kind = k, .body = unit_body(g, k, title, row)};
    one->actor = im->call->actor;
    one->id = im->call->id;
    enum err e = im->dry_run ? OK : record_do(one, im->site->records, &change);
    if (e == OK) {
        struct text id = im->dry_run ? title : text_copy(im->arena, change.record->id);
        index__put(im->units, title, make_text(im->arena, id));
        im->units_made++;
    } else
        refuse_unit(im, row, one);
    arena_close(one->arena);
    return e == ERR_IO || e == ERR_BUG
               ? problem(im->call, e, TEXT(""), "storage", "%s", err_words(e))
               : OK;
}

enum err units__ready(struct import *im)
{
    if (im->plan.unit == NO_COLUMN)
        return OK;
    const struct kind *k = im->site->model->unit_kind;
    struct gathering g = {.im = im, .codes = index__new(im->arena)};
    struct index *tried = index__new(im->arena);
    im->units = index__new(im->arena);
    TRY(read_units(&g, k));
    for (size_t i = 0; i < im->table.count; i++) {
        const struct import_row *row = &im->table.rows[i];
        struct text title = title_of(im, row);
        if (!title.len || known__unit(im, title) || index__get(tried, title))
            continue;
        index__put(tried, title, row);
        TRY(make_unit(&g, k, title, row));
    }
    return OK;
}
