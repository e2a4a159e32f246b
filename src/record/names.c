/* SPDX-License-Identifier: Apache-2.0 */
/* record/names.c — titles of what records refer to, so that no page ever shows a raw id. What
 * the reader may not see keeps its id and gets no title. */
#include "record/internal.h"

#define NAMES_MOST 1000000 /* a page has at most 1,000 records, a field 1,000 references */
#define BATCH 1000         /* asked for at once */

struct texts LIST_OF(struct text);
struct wants {
    struct texts kinds, ids;
    struct map *places; /* id → which: everything is wanted once */
};

static void want(struct wants *w, struct text kind, struct text id)
{
    if (!w->ids.full && map_add(w->places, id, w->ids.count)) {
        (void)LIST_ADD(&w->kinds, kind);
        (void)LIST_ADD(&w->ids, id);
    }
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
        return f->type->refers == REFERS_FILE ? TEXT("file") : (struct text){0};
    }
}

static void want_value(struct wants *w, const struct field *f, const struct json *v)
{
    if (!v)
        return;
    if (f->type->refers == REFERS_FREE) {
        for (const struct json *one = v->first; one; one = one->next)
            want(w, json_text(json_get(one, "kind")), json_text(json_get(one, "id")));
        return;
    }
    if (f->type->form == FORM_ROWS) {
        for (const struct json *row = v->first; row; row = row->next)
            for (size_t i = 0; i < f->column_count; i++)
                for (const struct json *cell = row->first; cell; cell = cell->next)
                    if (f->columns[i].type->refers == REFERS_ONE &&
                        text_same(cell->key, f->columns[i].name))
                        want(w, target_kind(&f->columns[i]), cell->text);
        return;
    }
    struct text files[FIELD_FILES];
    size_t count = f->type->refers == REFERS_PARTS ? field_files(f, v, files) : 0;
    for (size_t i = 0; i < count; i++)
        want(w, TEXT("file"), files[i]);
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
struct asking { /* what is asked for of one kind */
    struct text kind;
    struct texts ids;
    struct map *places; /* id → its first place in `out` */
};
struct askings LIST_OF(struct asking);
struct resolving {
    struct call *call;
    struct records *records;
    struct reader *db;
    struct askings groups;
    struct map *kinds; /* kind → which group */
    struct ref *out;
};

static bool resolvable(const struct model *m, struct text kind)
{
    return text_is(kind, "person") || text_is(kind, "file") ||
           text_is(kind, "requirement") || model_kind(m, kind);
}

static struct asking *asking_of(struct resolving *s, struct text kind)
{
    size_t which = s->groups.count;
    if (map_find(s->kinds, kind, &which))
        return &s->groups.at[which];
    struct arena *a = s->call->arena;
    if (!resolvable(s->records->model, kind) ||
        !LIST_ADD(&s->groups,
                  (struct asking){kind, LIST_IN(a, NAMES_MOST), map_in(a)}))
        return NULL;
    map_add(s->kinds, kind, which);
    return &s->groups.at[which];
}

static enum err ask_some(struct resolving *s, const struct asking *g, size_t at, size_t count)
{
    struct rows rows;
    TRY(query__titles(s->call, s->records, s->db, g->kind, g->ids.at + at, count, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        size_t place;
        if (map_find(g->places, row[0].text, &place))
            s->out[place] = (struct ref){g->kind, row[0].text, row[1].text, row[2].text,
                                         row[3].text};
    }
    return OK;
}

static void ask_model(struct resolving *s, const struct asking *g)
{
    for (size_t i = 0; i < g->ids.count; i++) {
        const struct requirement *q = model_requirement(s->records->model, g->ids.at[i]);
        size_t place;
        if (q && map_find(g->places, g->ids.at[i], &place))
            s->out[place] = (struct ref){g->kind, q->id, q->row,
                                         words_in(q->title, s->call->lang), (struct text){0}};
    }
}

static enum err ask_all(struct resolving *s, const struct asking *g)
{
    if (text_is(g->kind, "requirement")) {
        ask_model(s, g);
        return OK;
    }
    for (size_t at = 0; at < g->ids.count; at += BATCH) {
        size_t left = g->ids.count - at;
        TRY(ask_some(s, g, at, left < BATCH ? left : BATCH));
    }
    return OK;
}

static enum err resolve(struct resolving *s, const struct text *kinds, const struct text *ids,
                        size_t count)
{
    if (count > NAMES_MOST)
        return problem(s->call, ERR_TOO_LARGE, TEXT("limit"), "too_large", "%s",
                       say(s->call, "these records refer to too many others; ask for fewer"));
    for (size_t i = 0; i < count; i++) {
        struct asking *g = ids[i].len ? asking_of(s, kinds[i]) : NULL;
        if (g && map_add(g->places, ids[i], i))
            (void)LIST_ADD(&g->ids, ids[i]);
    }
    for (size_t i = 0; i < s->groups.count; i++)
        TRY(ask_all(s, &s->groups.at[i]));
    for (size_t i = 0; i < count; i++) { /* asked for again: the same answer */
        const struct asking *g = ids[i].len ? asking_of(s, kinds[i]) : NULL;
        size_t first;
        if (g && map_find(g->places, ids[i], &first))
            s->out[i] = s->out[first];
    }
    return OK;
}

enum err record_refs(struct call *call, struct records *r, struct reader *db,
                     const struct text *kinds, const struct text *ids, size_t count,
                     struct ref *out)
{
    struct resolving s = {.call = call,
                          .records = r,
                          .db = db,
                          .groups = LIST_IN(call->arena, r->model->kind_count + 3),
                          .kinds = map_in(call->arena),
                          .out = out};
    for (size_t i = 0; i < count; i++)
        out[i] = (struct ref){0};
    return resolve(&s, kinds, ids, count);
}

static void put_name(struct json_out *out, const struct ref *ref)
{
    json_key_text(out, ref->id);
    json_open(out, '{');
    json_key(out, "kind");
    json_put_text(out, ref->kind);
    json_key(out, "key");
    json_put_text(out, ref->key);
    json_key(out, "title");
    json_put_text(out, ref->title);
    json_key(out, "state");
    json_put_text(out, ref->state);
    json_close(out, '}');
}

static enum err put_wanted(struct call *call, struct records *r, struct reader *db,
                           const struct wants *w, struct json_out *out)
{
    struct ref *refs = NEW_MANY(call->arena, w->ids.count + 1, struct ref);
    TRY(record_refs(call, r, db, w->kinds.at, w->ids.at, w->ids.count, refs));
    json_open(out, '{');
    for (size_t i = 0; i < w->ids.count; i++)
        if (refs[i].id.len)
            put_name(out, &refs[i]);
    json_close(out, '}');
    return OK;
}

enum err record_tally_names(struct call *call, struct records *r, struct reader *db,
                            const struct list_tally *t, struct json_out *out)
{
    struct wants w = {LIST_IN(call->arena, NAMES_MOST + 1),
                      LIST_IN(call->arena, NAMES_MOST + 1), map_in(call->arena)};
    for (size_t i = 0; i < t->count; i++)
        for (size_t f = 0; f < t->by_count; f++)
            if (target_kind(t->by[f]).len && t->groups[i].at[f].type == VALUE_TEXT)
                want(&w, target_kind(t->by[f]), t->groups[i].at[f].text);
    return put_wanted(call, r, db, &w, out);
}

enum err record_names(struct call *call, struct records *r, struct reader *db,
                      struct record *const *items, size_t count, struct json_out *out)
{
    /* One more than can be resolved: too many are refused, not left out. */
    struct wants w = {LIST_IN(call->arena, NAMES_MOST + 1),
                      LIST_IN(call->arena, NAMES_MOST + 1), map_in(call->arena)};
    for (size_t i = 0; i < count; i++) {
        const bool *shown = record_sight(call, r, db, items[i]);
        for (size_t f = 0; f < items[i]->kind->field_count; f++)
            if (shown[f])
                want_value(&w, &items[i]->kind->fields[f], items[i]->values[f]);
    }
    return put_wanted(call, r, db, &w, out);
}
