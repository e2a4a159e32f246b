/* SPDX-License-Identifier: Apache-2.0 */
/* record/links.c — what a record is linked with, both ways, a page at a time: what it names
 * itself first, then register by register who names it, through links and through fields. A
 * unit may have a hundred thousand records; nobody reads them all to show the first fifty. */
#include "record/internal.h"

#define BATCH 500

struct gathering {
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct record *rec;
    struct text to; /* the record's id */
    struct linked *items;
    size_t count, room; /* room: one more than a page has */
    int64_t total;
    bool begun;                 /* the place after which the page begins has been passed */
    struct text type, kind, id; /* that place; `type` "" at the very beginning */
    enum { FROM_OUT, FROM_LINKS, FROM_FIELD } from;
    bool is_free;
};

/* ---- where a page begins
 * --------------------------------------------------------------------- out.TYPE.KIND.ID,
 * in.TYPE.FREE.KIND.ID, by.FIELD.KIND.ID */
static struct text place_of(struct arena *a, const struct linked *l)
{
    const char *word = l->out ? "out" : l->column ? "by" : "in";
    const char *loose = l->out || l->column ? "" : l->free ? ".1" : ".0";
    return text_print(a, "%s.%.*s%s.%.*s.%.*s", word, TEXT_ARG(l->type), loose,
                      TEXT_ARG(l->ref.kind), TEXT_ARG(l->ref.id));
}

static bool read_place(struct gathering *g, struct text cursor)
{
    struct text word = text_cut(&cursor, '.');
    g->from = text_is(word, "in") ? FROM_LINKS : text_is(word, "by") ? FROM_FIELD : FROM_OUT;
    if (g->from == FROM_OUT && !text_is(word, "out"))
        return false;
    g->type = text_cut(&cursor, '.');
    struct text loose = g->from == FROM_LINKS ? text_cut(&cursor, '.') : TEXT("0");
    g->is_free = text_is(loose, "1");
    g->kind = text_cut(&cursor, '.');
    g->id = cursor;
    const struct kind *k = model_kind(g->records->model, g->kind);
    return k && g->type.len && g->id.len && (g->is_free || text_is(loose, "0")) &&
           (g->from != FROM_FIELD || kind_field(k, g->type));
}

static enum err bad_place(struct call *call)
{
    return problem(
        call, ERR_INVALID, TEXT("cursor"), "cursor", "%s",
        say(call, "is not a cursor of this list as it is now: begin again without one"));
}

static void keep(struct gathering *g, const struct linked *l)
{
    if (g->begun && g->count < g->room)
        g->items[g->count++] = *l;
}

/* ---- what it names itself
 * ---------------------------------------------------------------------- */
struct named {
    struct linked *items;
    struct text *kinds, *ids;
    size_t count;
};

static void name(struct named *n, struct text type, bool is_free, struct text kind,
                 struct text id)
{
    if (text_is(kind, "file") || text_is(kind, "person") || text_is(kind, "role"))
        return;
    n->kinds[n->count] = kind;
    n->ids[n->count] = id;
    n->items[n->count++] = (struct linked){.type = type, .out = true, .free = is_free};
}

static enum err read_named(struct gathering *g, struct named *n)
{
    const struct record *rec = g->rec;
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    TRY(read_rows(g->call, g->db,
                  "SELECT type, to_kind, to_id, free FROM link WHERE from_kind = $1 AND "
                  "from_id = $2 ORDER BY type, pos",
                  values, 2, READ_MOST, &rows));
    size_t room = rows.count + rec->kind->field_count + 1;
    *n = (struct named){NEW_MANY(g->call->arena, room, struct linked),
                        NEW_MANY(g->call->arena, room, struct text),
                        NEW_MANY(g->call->arena, room, struct text), 0};
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        name(n, row[0].text, row[3].integer, row[1].text, row[2].text);
    }
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (f->type->refers == REFERS_ONE && f->target == TO_KIND && rec->values[i])
            name(n, f->name, false, f->target_name, rec->values[i]->text);
    }
    return OK;
}

static bool is_place(const struct gathering *g, const struct linked *l)
{
    return g->from == FROM_OUT && text_same(l->type, g->type) &&
           text_same(l->ref.kind, g->kind) && text_same(l->ref.id, g->id);
}

static enum err gather_named(struct gathering *g)
{
    const bool *shown = record_sight(g->call, g->records, g->db, g->rec);
    struct named n;
    TRY(read_named(g, &n));
    struct ref *refs = NEW_MANY(g->call->arena, n.count + 1, struct ref);
    TRY(record_refs(g->call, g->records, g->db, n.kinds, n.ids, n.count, refs));
    for (size_t i = 0; i < n.count; i++) {
        const struct field *f =
            n.items[i].free ? NULL : kind_field(g->rec->kind, n.items[i].type);
        n.items[i].ref = refs[i];
        if (!refs[i].id.len || (f && f->guarded && !shown[f->index]))
            continue;
        g->total++;
        keep(g, &n.items[i]);
        g->begun |= is_place(g, &n.items[i]);
    }
    return g->begun || g->from != FROM_OUT ? OK : bad_place(g->call);
}

/* ---- who names it
 * --------------------------------------------------------------------------------- */
static bool any_guarded(const struct linking *l)
{
    if (l->field)
        return l->field->guarded;
    for (size_t i = 0; i < l->kind->field_count; i++)
        if (l->kind->fields[i].guarded && l->kind->fields[i].type->refers == REFERS_MANY)
            return true;
    return false;
}

/* A link that a field makes is for whoever reads that field. */
static bool tells(struct gathering *g, const struct linking *from, const struct linked *l)
{
    const struct field *f = l->free ? NULL : kind_field(from->kind, l->type);
    struct record *rec = NULL;
    if (!f || !f->guarded)
        return true;
    return table__find(g->call, g->records, db_reader(g->db), from->kind, l->ref.id, &rec) ==
               OK &&
           rec && record_sight(g->call, g->records, g->db, rec)[f->index];
}

static struct linked linked_of(const struct linking *from, const struct value *row)
{
    return (struct linked){.type = row[0].text,
                           .free = row[1].integer,
                           .column = from->field != NULL,
                           .ref = {.kind = from->kind->name,
                                   .id = row[2].text,
                                   .key = row[3].text,
                                   .title = row[4].text,
                                   .state = row[5].text}};
}

/* Those after `last` until the page is full; with `all` to the end, counted. */
static enum err walk(struct gathering *g, const struct linking *from, struct linked last,
                     bool all)
{
    for (bool more = true; more && (all || g->count < g->room);) {
        struct rows rows;
        TRY(query__linking(g->call, g->records, g->db, from, &last, BATCH, &rows));
        more = rows.count == BATCH;
        for (size_t i = 0; i < rows.count; i++) {
            last = linked_of(from, row_at(&rows, i));
            if (!tells(g, from, &last))
                continue;
            g->total += all;
            keep(g, &last);
        }
    }
    return OK;
}

/* Of fields that are not for everybody each record says by itself whether it tells. */
static enum err gather_guarded(struct gathering *g, const struct linking *from, bool here)
{
    struct linked first = {0};
    bool begun = g->begun;
    g->begun = begun && !here; /* the page begins inside: counted now, shown after */
    TRY(walk(g, from, first, true));
    g->begun = begun;
    return OK;
}

static bool begins_in(const struct gathering *g, const struct linking *from)
{
    bool field = from->field != NULL;
    return !g->begun && g->from == (field ? FROM_FIELD : FROM_LINKS) &&
           text_same(g->kind, from->kind->name) &&
           (!field || text_same(g->type, from->field->name));
}

static enum err gather_from(struct gathering *g, const struct linking *from)
{
    struct linked last = {.type = TEXT("")};
    bool here = begins_in(g, from), guarded = any_guarded(from);
    int64_t count = 0;
    if (guarded)
        TRY(gather_guarded(g, from, here));
    else
        TRY(query__linking_count(g->call, g->records, g->db, from, &count));
    g->total += count;
    if (here) {
        last = (struct linked){.type = g->type, .free = g->is_free, .ref = {.id = g->id}};
        g->begun = true;
    }
    bool shown = guarded && !here; /* while they were counted */
    return g->begun && !shown && (count || guarded) ? walk(g, from, last, false) : OK;
}

/* Only registers that do link with it are asked. */
static enum err gather_links(struct gathering *g)
{
    struct value values[] = {V_TEXT(g->to)};
    struct rows rows;
    TRY(read_rows(g->call, g->db,
                  "SELECT DISTINCT from_kind FROM link WHERE to_id = $1 ORDER BY from_kind",
                  values, 1, READ_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++) {
        struct linking from = {model_kind(g->records->model, row_at(&rows, i)[0].text), NULL,
                               g->to};
        if (from.kind)
            TRY(gather_from(g, &from));
    }
    return OK;
}

static enum err gather_fields(struct gathering *g)
{
    const struct model *m = g->records->model;
    for (size_t k = 0; k < m->kind_count; k++)
        for (size_t i = 0; i < m->kinds[k].field_count; i++) {
            struct linking from = {&m->kinds[k], &m->kinds[k].fields[i], g->to};
            if (from.field->type->refers == REFERS_ONE &&
                from.field->target_kind == g->rec->kind)
                TRY(gather_from(g, &from));
        }
    return OK;
}

enum err record_links(struct call *call, struct records *r, struct reader *db,
                      const struct record *rec, struct text cursor, size_t limit,
                      struct links *out)
{
    struct gathering g = {.call = call,
                          .records = r,
                          .db = db,
                          .rec = rec,
                          .to = rec->id,
                          .room = limit + 1,
                          .begun = !cursor.len};
    if (cursor.len && !read_place(&g, cursor))
        return bad_place(call);
    g.items = NEW_MANY(call->arena, g.room, struct linked);
    TRY(gather_named(&g));
    TRY(gather_links(&g));
    TRY(gather_fields(&g));
    if (!g.begun)
        return bad_place(call);
    bool more = g.count > limit;
    *out = (struct links){g.items, more ? limit : g.count, g.total, {0}};
    if (more)
        out->next = place_of(call->arena, &g.items[limit - 1]);
    return OK;
}
