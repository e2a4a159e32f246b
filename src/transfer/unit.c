/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/unit.c — the organisation units that a map names: found, or made before the rows.
 * A unit that a transfer made carries an external id, so that it is found again after somebody
 * gave it a better title; any other unit is found by its title. */
#include "transfer/internal.h"

struct gathering {
    struct transfer *im;
    const struct kind *kind;
    struct index *codes; /* in use */
    struct text root;    /* id */
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

const struct json *transfer__unit(const struct transfer *im, struct text title)
{
    struct text t = transfer__one_line(im->scratch, title);
    const struct json *found = transfer__get(im->units, external_of(im->scratch, t));
    return found ? found : transfer__get(im->units, t);
}

/* ---- those that are there --------------------------------------------------------------- */
static struct text kept(struct transfer *im, const struct json *v)
{
    return text_copy(im->arena, v->text);
}

/* The root is the one unit without a unit above it that a person made. */
static void take_unit(struct gathering *g, const struct record *rec)
{
    struct transfer *im = g->im;
    const struct json *title = record_value(rec, TEXT("title"));
    const struct json *external = record_value(rec, TEXT("external_id"));
    const struct json *code = record_value(rec, TEXT("code"));
    const struct json *id = transfer__text(im->arena, text_copy(im->arena, rec->id));
    if (title && !transfer__get(im->units, title->text))
        transfer__put(im->units, kept(im, title), id);
    if (external)
        transfer__put(im->units, kept(im, external), id);
    if (code)
        transfer__put(g->codes, kept(im, code), id);
    if (!record_value(rec, TEXT("parent")) && !external) {
        g->root = id->text;
        g->roots++;
    }
}

static enum err read_units(struct gathering *g)
{
    struct transfer *im = g->im;
    struct list_query q = {.limit = 500, .sort = TEXT("key")};
    for (bool more = true; more;) {
        struct record_list list;
        TRY(record_list(im->call, im->records, im->reader, g->kind, &q, &list));
        for (size_t i = 0; i < list.count; i++)
            take_unit(g, list.items[i]);
        q.cursor = list.next;
        more = list.next.len > 0;
    }
    return OK;
}

/* ---- those that are missing ------------------------------------------------------------- */
struct missing_unit {
    uint32_t line;
    struct text title, code;
};

static struct text free_code(struct gathering *g, const struct table_row *row)
{
    const struct plan *p = &g->im->plan;
    const struct field *f = kind_field(g->kind, TEXT("code"));
    if (p->unit_code == NO_COLUMN)
        return (struct text){0};
    struct text code = transfer__one_line(g->im->arena, row->cells[p->unit_code]);
    if ((f->max && (int64_t)text_characters(code) > f->max) || transfer__get(g->codes, code))
        return (struct text){0};
    transfer__put(g->codes, code, g);
    return code;
}

static struct json *unit_body(struct gathering *g, const struct missing_unit *u)
{
    struct arena *a = g->im->arena;
    struct json *body = NEW(a, struct json);
    body->type = JSON_OBJECT;
    transfer__add(a, body, transfer__text(a, u->title), TEXT("title"));
    transfer__add(a, body, transfer__text(a, external_of(a, u->title)), TEXT("external_id"));
    if (u->code.len)
        transfer__add(a, body, transfer__text(a, u->code), TEXT("code"));
    if (g->roots == 1)
        transfer__add(a, body, transfer__text(a, g->root), TEXT("parent"));
    return body;
}

/* Its rows are refused one by one later; here it is said once why. */
static void refuse_unit(struct transfer *im, uint32_t line, const struct call *one)
{
    struct text column = im->table.names[im->plan.unit];
    for (const struct problem *p = one->problems; p; p = p->next)
        transfer__refuse(
            im, line, column, text_c(im->scratch, p->code),
            text_print(im->scratch, "%.*s: %.*s", TEXT_ARG(p->field), TEXT_ARG(p->message)));
}

/* A unit that is only rehearsed is gone when its rows are: they are rehearsed in the place where it
 * would be, above which it has nothing of its own. */
static void note_unit(struct gathering *g, struct text title, const struct record *made)
{
    struct transfer *im = g->im;
    struct text id = im->rehearse ? g->root : text_copy(im->arena, made->id);
    static const struct json nowhere = {.type = JSON_NULL};
    bool placed = !im->rehearse || g->roots == 1;
    transfer__put(im->units, title, placed ? transfer__text(im->arena, id) : &nowhere);
    im->counts.units_made++;
}

static enum err make_unit(struct gathering *g, const struct missing_unit *u)
{
    struct transfer *im = g->im;
    struct call *one = call_beside(arena_open(), im->call);
    struct change change = {.act = RECORD_CREATE,
                            .kind = g->kind,
                            .body = unit_body(g, u),
                            .batch = im->batch,
                            .rehearse = im->rehearse};
    one->actor = im->call->actor;
    one->id = im->call->id;
    enum err e = record_do(one, im->records, &change);
    if (e == OK)
        note_unit(g, u->title, change.record);
    else
        refuse_unit(im, u->line, one);
    arena_close(one->arena);
    return e == ERR_IO || e == ERR_BUG
               ? problem(im->call, e, TEXT(""), "storage", "%s", err_words(e))
               : OK;
}

#define UNITS_MOST 10000
struct missing_units LIST_OF(struct missing_unit);

static void find_missing(struct gathering *g, struct missing_units *out)
{
    struct transfer *im = g->im;
    struct index *tried = transfer__index(im->arena);
    struct pass pass = transfer__pass(im, false);
    for (struct table_row row; transfer__next(im, &pass, im->scratch, &row);
         arena_reset(im->scratch)) {
        struct text title = transfer__one_line(im->scratch, row.cells[im->plan.unit]);
        if (!title.len || transfer__unit(im, title) || transfer__get(tried, title))
            continue;
        title = text_copy(im->arena, title);
        transfer__put(tried, title, g);
        if (!LIST_ADD(out, (struct missing_unit){row.line, title, free_code(g, &row)}))
            return; /* rows of those that are left over are refused */
    }
}

enum err transfer__units(struct transfer *im)
{
    if (im->plan.unit == NO_COLUMN)
        return OK;
    struct gathering g = {.im = im,
                          .kind = im->door_model->unit_kind,
                          .codes = transfer__index(im->arena)};
    struct missing_units missing = LIST_IN(im->arena, UNITS_MOST);
    im->counts.units = true;
    im->units = transfer__index(im->arena);
    im->reader = store_reader(access_store(record_access(im->records)));
    enum err e = read_units(&g);
    store_return(access_store(record_access(im->records)), im->reader);
    im->reader = NULL;
    TRY(e);
    find_missing(&g, &missing);
    for (size_t i = 0; i < missing.count; i++)
        TRY(make_unit(&g, &missing.at[i]));
    return OK;
}
