/* SPDX-License-Identifier: Apache-2.0 */
/* record/names.c — titles of what records refer to, so that no page ever shows a raw id. What
 * the reader may not see keeps its id and gets no title. */
#include "record/internal.h"

#include <string.h>

struct wanted {
    struct text kind, id;
};
struct wants {
    struct wanted *items;
    size_t count, room;
    struct arena *arena;
};

static void want(struct wants *w, struct text kind, struct text id)
{
    for (size_t i = w->count; i > 0 && i + 400 > w->count; i--)
        if (text_same(w->items[i - 1].id, id))
            return;
    if (w->count == w->room) {
        size_t room = w->room ? w->room * 2 : 64;
        struct wanted *more = NEW_MANY(w->arena, room, struct wanted);
        if (w->count)
            memcpy(more, w->items, w->count * sizeof *more);
        w->items = more;
        w->room = room;
    }
    w->items[w->count++] = (struct wanted){kind, id};
}

static struct text target_kind(const struct field *f)
{
    switch (f->target) {
    case TO_PERSON:
        return TEXT("person");
    case TO_REQUIREMENT:
        return TEXT("requirement");
    case TO_KIND:
        return f->target_name;
    default:
        return f->type == FIELD_FILE ? TEXT("file") : (struct text){0};
    }
}

static void want_value(struct wants *w, const struct field *f, const struct json *v)
{
    if (!v)
        return;
    if (f->type == FIELD_LINKS) {
        for (const struct json *one = v->first; one; one = one->next)
            want(w, json_text(json_get(one, "kind")), json_text(json_get(one, "id")));
        return;
    }
    if (f->type == FIELD_ROWS) {
        for (const struct json *row = v->first; row; row = row->next)
            for (size_t i = 0; i < f->column_count; i++)
                for (const struct json *cell = row->first; cell; cell = cell->next)
                    if (f->columns[i].type == FIELD_REF &&
                        text_same(cell->key, f->columns[i].name))
                        want(w, target_kind(&f->columns[i]), cell->text);
        return;
    }
    struct text kind = target_kind(f);
    if (!kind.len)
        return;
    if (v->type == JSON_TEXT)
        want(w, kind, v->text);
    for (const struct json *one = v->type == JSON_LIST ? v->first : NULL; one; one = one->next)
        want(w, kind, one->text);
}

/* ---- resolving
 * ------------------------------------------------------------------------------------------ */
static void place(struct ref *out, const struct wanted *items, size_t count,
                  const struct value *row, struct text kind)
{
    for (size_t i = 0; i < count; i++)
        if (text_same(items[i].id, row[0].text) && text_same(items[i].kind, kind))
            out[i] = (struct ref){kind, row[0].text, row[1].text, row[2].text, row[3].text};
}

#define BATCH 200
static enum err resolve_kind(struct call *call, struct records *r, struct reader *db,
                             struct text kind, const struct wanted *items, size_t count,
                             struct ref *out)
{
    struct text ids[BATCH];
    if (!model_kind(r->model, kind) && !text_is(kind, "person") && !text_is(kind, "file"))
        return OK;
    for (size_t at = 0; at < count;) {
        size_t n = 0;
        for (; at < count && n < BATCH; at++)
            if (text_same(items[at].kind, kind))
                ids[n++] = items[at].id;
        if (!n)
            continue;
        struct rows rows;
        TRY(query__titles(call, r, db, kind, ids, n, &rows));
        for (size_t i = 0; i < rows.count; i++)
            place(out, items, count, row_at(&rows, i), kind);
    }
    return OK;
}

static void resolve_requirements(struct call *call, struct records *r,
                                 const struct wanted *items, size_t count, struct ref *out)
{
    for (size_t i = 0; i < count; i++) {
        const struct requirement *q = text_is(items[i].kind, "requirement")
                                          ? model_requirement(r->model, items[i].id)
                                          : NULL;
        if (q)
            out[i] = (struct ref){items[i].kind, q->id, q->row, words_in(q->title, call->lang),
                                  (struct text){0}};
    }
}

static enum err resolve(struct call *call, struct records *r, struct reader *db,
                        const struct wanted *items, size_t count, struct ref *out)
{
    TRY(resolve_kind(call, r, db, TEXT("person"), items, count, out));
    TRY(resolve_kind(call, r, db, TEXT("file"), items, count, out));
    for (size_t i = 0; i < r->model->kind_count; i++)
        for (size_t j = 0; j < count; j++)
            if (text_same(items[j].kind, r->model->kinds[i].name)) {
                TRY(resolve_kind(call, r, db, r->model->kinds[i].name, items, count, out));
                break;
            }
    resolve_requirements(call, r, items, count, out);
    return OK;
}

enum err record_refs(struct call *call, struct records *r, struct reader *db,
                     const struct text *kinds, const struct text *ids, size_t count,
                     struct ref *out)
{
    struct wanted *items = NEW_MANY(call->arena, count + 1, struct wanted);
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct wanted){kinds[i], ids[i]};
        out[i] = (struct ref){0};
    }
    return resolve(call, r, db, items, count, out);
}

enum err record_names(struct call *call, struct records *r, struct reader *db,
                      struct record *const *items, size_t count, struct json_out *out)
{
    struct wants w = {.arena = call->arena};
    for (size_t i = 0; i < count; i++)
        for (size_t f = 0; f < items[i]->kind->field_count; f++)
            want_value(&w, &items[i]->kind->fields[f], items[i]->values[f]);
    struct ref *refs = NEW_MANY(call->arena, w.count + 1, struct ref);
    TRY(resolve(call, r, db, w.items, w.count, refs));
    json_open(out, '{');
    for (size_t i = 0; i < w.count; i++) {
        bool again = false;
        for (size_t j = 0; j < i && !again; j++)
            again = text_same(refs[j].id, refs[i].id);
        if (!refs[i].id.len || again)
            continue;
        json_key_text(out, refs[i].id);
        json_open(out, '{');
        json_key(out, "kind");
        json_put_text(out, refs[i].kind);
        json_key(out, "key");
        json_put_text(out, refs[i].key);
        json_key(out, "title");
        json_put_text(out, refs[i].title);
        json_key(out, "state");
        json_put_text(out, refs[i].state);
        json_close(out, '}');
    }
    json_close(out, '}');
    return OK;
}
