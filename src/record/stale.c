/* SPDX-License-Identifier: Apache-2.0 */
/* record/stale.c — what must be computed anew because what it looks at changed: a record it
 * depends on, the criteria in force, the model. A few records are done at once, in the
 * transaction of the cause; many are marked (`stale` a whole kind, `stale_record` one by one,
 * or all that refer to a record by that record) and done in slices by the thread of timed work,
 * which is called. So a write marks what depends on it and does not wait for it, and one mark
 * may stand for many. What somebody decides meanwhile is decided on fresh values: a move
 * computes its record first. */
#include "record/internal.h"

#define AT_ONCE 50
#define SLICE 200

static bool on_criteria(const struct field *f)
{
    struct text fn = json_text(json_get(f->computed, "fn"));
    return text_is(fn, "in_force") || text_is(fn, "judged") || text_is(fn, "of_criteria") ||
           text_is(fn, "risk_band") || text_is(fn, "risk_score");
}

static bool depends(const struct kind *k, bool all)
{
    bool any = all && k->computed_count > 0;
    for (size_t i = 0; i < k->computed_count && !any; i++)
        any = on_criteria(k->computed[i]);
    return any;
}

static enum err mark(struct call *call, struct tx *tx, const struct kind *k, struct text cause)
{
    struct value values[] = {V_TEXT(k->name), V_TEXT(cause)};
    return tx_exec(call, tx,
                   "INSERT INTO stale(kind, after, cause) VALUES ($1, '', $2) ON CONFLICT (kind) "
                   "DO UPDATE SET after = '', cause = $2",
                   values, 2, NULL);
}

static struct text criteria_cause(struct call *call, const struct record *rec)
{
    const struct json *title = record_value(rec, TEXT("title"));
    return text_print(call->arena, "%.*s %.*s", TEXT_ARG(rec->key),
                      TEXT_ARG(title ? title->text : TEXT("")));
}

static enum err spread_to(struct writing *w, const struct kind *k, struct text cause)
{
    struct record **items;
    size_t count;
    TRY(query__page(w->call, w->records, db_tx(w->tx), k, TEXT(""), AT_ONCE + 1, &items, &count));
    if (count > AT_ONCE) {
        epoch__due(w->records);
        return mark(w->call, w->tx, k, cause);
    }
    for (size_t i = 0; i < count; i++) {
        struct dependent d = {k, items[i]->id};
        TRY(write__recompute(w, &d, cause));
    }
    return OK;
}

/* Values of its rows in one statement. */
#define ROWS_AT_ONCE 500

static enum err put_off(struct writing *w, const struct dependent *items, size_t count,
                        struct text cause)
{
    struct value *values = NEW_MANY(w->call->arena, count * 3, struct value);
    for (size_t i = 0; i < count; i++) {
        values[3 * i] = V_TEXT(items[i].kind->name);
        values[3 * i + 1] = V_TEXT(items[i].id);
        values[3 * i + 2] = V_TEXT(cause);
    }
    for (size_t i = 0; i < count; i += ROWS_AT_ONCE)
        TRY(tx_many(w->call, w->tx, "INSERT INTO stale_record(kind, id, cause) VALUES",
                    "ON CONFLICT (kind, id) DO NOTHING", values + 3 * i, 3,
                    count - i < ROWS_AT_ONCE ? count - i : ROWS_AT_ONCE));
    epoch__due(w->records);
    return OK;
}

/* All that refer to a record are marked by it: kind ":KIND", id "ID", and once some of them are
 * done "ID EDGE AFTER". No kind begins with a colon. */
static enum err mark_source(struct writing *w, const struct record *rec, struct text cause)
{
    struct arena *a = w->call->arena;
    struct value values[] = {
        V_TEXT(text_print(a, ":%.*s", TEXT_ARG(rec->kind->name))), V_TEXT(rec->id),
        V_TEXT(text_print(a, "%.*s %%", TEXT_ARG(rec->id))), V_TEXT(cause)};
    struct value row[] = {values[0], values[1], values[3]};
    TRY(tx_exec(w->call, w->tx,
                "DELETE FROM stale_record WHERE kind = $1 AND (id = $2 OR id LIKE $3)", values,
                3, NULL));
    epoch__due(w->records);
    return tx_exec(w->call, w->tx,
                   "INSERT INTO stale_record(kind, id, cause) VALUES ($1, $2, $3)", row, 3,
                   NULL);
}

enum err stale__follow(struct writing *w, const struct record *rec, const struct record *before,
                       struct text cause)
{
    struct dependents d;
    TRY(compute__dependents(w->call, w->records, db_tx(w->tx), rec, before, AT_ONCE, &d));
    if (d.many)
        TRY(mark_source(w, rec, cause));
    if (d.count > AT_ONCE)
        return put_off(w, d.items, d.count, cause);
    for (size_t i = 0; i < d.count; i++)
        TRY(write__recompute(w, &d.items[i], cause));
    return OK;
}

enum err stale__spread(struct writing *w, const struct record *rec)
{
    const struct model *m = w->records->model;
    if (rec->kind != m->criteria_kind)
        return OK;
    for (size_t i = 0; i < m->kind_count; i++)
        if (&m->kinds[i] != rec->kind && depends(&m->kinds[i], false))
            TRY(spread_to(w, &m->kinds[i], criteria_cause(w->call, rec)));
    return OK;
}

/* ---- has the ground moved since? -------------------------------------------------------------- */
struct ground {
    struct records *records;
    struct text model, criteria; /* as the last round saw them; "" at first */
    struct text cause;
};

/* What the last round saw stands beside the marks, under names that no kind can have. */
#define THE_MODEL TEXT(":model")
#define THE_CRITERIA TEXT(":criteria")
#define THE_FOLDING TEXT(":folding")
#define THE_TURNS TEXT(":turns")

static enum err told(struct call *call, struct db db, struct text name, struct text *out)
{
    struct value v = V_TEXT(name);
    struct rows rows;
    TRY(db__rows(call, db, "SELECT after FROM stale WHERE kind = $1", &v, 1, 1, &rows));
    *out = rows.count ? rows.cells[0].text : (struct text){0};
    return OK;
}

static enum err tell(struct call *call, struct tx *tx, struct text name, struct text value)
{
    struct value values[] = {V_TEXT(name), V_TEXT(value)};
    return tx_exec(call, tx,
                   "INSERT INTO stale(kind, after, cause) VALUES ($1, $2, '') ON CONFLICT (kind) "
                   "DO UPDATE SET after = $2",
                   values, 2, NULL);
}

/* An earlier program, which does otherwise, takes such a mark for a kind and away: good. */
enum err stale__folding(struct call *call, struct tx *tx, struct text *rules)
{
    return told(call, db_tx(tx), THE_FOLDING, rules);
}

enum err stale__folded(struct call *call, struct tx *tx, struct text rules)
{
    return tell(call, tx, THE_FOLDING, rules);
}

enum err stale__turns(struct call *call, struct db db, struct text *rules)
{
    return told(call, db, THE_TURNS, rules);
}

enum err stale__turns_made(struct call *call, struct tx *tx, struct text rules)
{
    return tell(call, tx, THE_TURNS, rules);
}

static enum err mark_all(struct call *call, struct tx *tx, const struct model *m, bool all,
                         struct text cause)
{
    for (size_t i = 0; i < m->kind_count; i++)
        if (depends(&m->kinds[i], all))
            TRY(mark(call, tx, &m->kinds[i], cause));
    return OK;
}

enum err stale__clocks(struct call *call, struct tx *tx, const struct model *m)
{
    for (size_t i = 0; i < m->kind_count; i++)
        if (m->kinds[i].clock_count || m->kinds[i].keep.at)
            TRY(mark(call, tx, &m->kinds[i], TEXT("")));
    return OK;
}

static enum err note_ground(struct job *job, struct call *call, struct tx *tx)
{
    struct ground *g = job->arg;
    const struct model *m = g->records->model;
    struct text model, criteria;
    TRY(epoch__guard(call, tx, g->records));
    TRY(told(call, db_tx(tx), THE_MODEL, &model));
    TRY(told(call, db_tx(tx), THE_CRITERIA, &criteria));
    if (!text_same(model, g->model))
        TRY(mark_all(call, tx, m, true, TEXT("")));
    else if (!text_same(criteria, g->criteria))
        TRY(mark_all(call, tx, m, false, g->cause));
    TRY(tell(call, tx, THE_MODEL, g->model));
    return tell(call, tx, THE_CRITERIA, g->criteria);
}

static enum err look_at_ground(struct call *call, struct records *r, struct ground *g, bool *moved)
{
    const struct kind *k = r->model->criteria_kind;
    struct reader *db = store_reader(r->store);
    struct record *criteria = NULL;
    struct text model = {0}, before = {0};
    *g = (struct ground){.records = r, .model = r->model->hash, .criteria = TEXT("none")};
    enum err e = k ? query__in_force(call, r, db_reader(db), k,
                                     zone_today(call->arena, call->zone, call->now), &criteria)
                   : OK;
    if (e == OK && criteria) {
        g->criteria = text_print(call->arena, "%.*s/%lld", TEXT_ARG(criteria->id),
                                 (long long)criteria->version);
        g->cause = criteria_cause(call, criteria);
    }
    if (e == OK)
        e = told(call, db_reader(db), THE_MODEL, &model);
    if (e == OK)
        e = told(call, db_reader(db), THE_CRITERIA, &before);
    store_return(r->store, db);
    *moved = !text_same(model, g->model) || !text_same(before, g->criteria);
    return e;
}

enum err record_stale(struct call *call, const struct records *r, struct reader *db, int64_t *records,
                      int64_t *kinds)
{
    struct text model;
    struct rows rows;
    TRY(read_rows(call, db, "SELECT count(*) FROM stale_record", NULL, 0, 1, &rows));
    *records = rows.cells[0].integer;
    TRY(told(call, db_reader(db), THE_MODEL, &model));
    if (text_same(model, r->model->hash)) {
        TRY(read_rows(call, db, "SELECT count(*) FROM stale WHERE kind NOT LIKE ':%'", NULL, 0, 1,
                      &rows));
        *kinds = rows.cells[0].integer;
        return OK;
    }
    *kinds = 0; /* the next round marks them */
    for (size_t i = 0; i < r->model->kind_count; i++)
        *kinds += depends(&r->model->kinds[i], true);
    return OK;
}

/* ---- slice by slice ------------------------------------------------------------------------------ */
struct slice {
    struct records *records;
    struct note *notes;
    bool any;
};

/* Where a slice of those that refer to a record begins: a field of another kind, and the id
 * after which. */
struct position {
    const struct edge *edge;
    struct text after;
};

static struct text edge_name(struct arena *a, const struct edge *e)
{
    return text_print(a, "%.*s.%.*s", TEXT_ARG(e->looks->name), TEXT_ARG(e->via));
}

/* Several computed fields may look along one reference. */
static bool is_again(const struct model *m, const struct edge *e)
{
    for (const struct edge *one = m->edges; one < e; one++)
        if (one->own && one->at == e->at && one->looks == e->looks &&
            text_same(one->via, e->via))
            return true;
    return false;
}

/* The first at which the kind is looked at, from `e` on (NULL: from the beginning). */
static const struct edge *edge_from(const struct model *m, const struct kind *k,
                                    const struct edge *e)
{
    for (e = e ? e : m->edges; e < m->edges + m->edge_count; e++)
        if (e->own && e->at == k && !is_again(m, e))
            return e;
    return NULL;
}

/* Of another model the place may be none of this one: then all are looked at again. */
static struct position position_of(struct writing *w, const struct kind *k, struct text place)
{
    const struct model *m = w->records->model;
    struct text name = text_cut(&place, ' ');
    const struct edge *e = edge_from(m, k, NULL);
    while (e && name.len && !text_same(edge_name(w->call->arena, e), name))
        e = edge_from(m, k, e + 1);
    return e ? (struct position){e, place} : (struct position){edge_from(m, k, NULL), {0}};
}

static enum err keep_place(struct writing *w, const struct value *row, struct text source,
                           const struct position *p)
{
    struct text place =
        text_print(w->call->arena, "%.*s %.*s %.*s", TEXT_ARG(source),
                   TEXT_ARG(edge_name(w->call->arena, p->edge)), TEXT_ARG(p->after));
    struct value values[] = {row[0], V_TEXT(place), row[2]};
    return tx_exec(w->call, w->tx,
                   "INSERT INTO stale_record(kind, id, cause) VALUES ($1, $2, $3)", values, 3,
                   NULL);
}

/* Some of those that refer to a record; the mark moves on before they are computed. */
static enum err by_source(struct writing *w, bool *any)
{
    struct rows marks, rows = {0};
    TRY(tx_rows(
        w->call, w->tx,
        "SELECT kind, id, cause FROM stale_record WHERE kind LIKE ':%' ORDER BY kind, id "
        "LIMIT 1",
        NULL, 0, 1, &marks));
    *any = marks.count > 0;
    if (!*any)
        return OK;
    const struct value *row = marks.cells;
    const struct kind *k = model_kind(w->records->model, text_from(row[0].text, 1));
    struct text place = row[1].text, source = text_cut(&place, ' ');
    struct position p = position_of(w, k, place);
    TRY(tx_exec(w->call, w->tx, "DELETE FROM stale_record WHERE kind = $1 AND id = $2", row, 2,
                NULL));
    if (!k || !p.edge)
        return OK;
    const struct kind *looks = p.edge->looks;
    TRY(query__holders(w->call, w->records, db_tx(w->tx), looks, kind_field(looks, p.edge->via),
                       source, p.after, SLICE, &rows));
    p = rows.count == SLICE
            ? (struct position){p.edge, row_at(&rows, SLICE - 1)[0].text}
            : (struct position){edge_from(w->records->model, k, p.edge + 1), TEXT("")};
    if (p.edge)
        TRY(keep_place(w, row, source, &p));
    for (size_t i = 0; i < rows.count; i++) {
        struct dependent d = {looks, row_at(&rows, i)[0].text};
        TRY(write__recompute(w, &d, row[2].text));
    }
    return OK;
}

/* Those that were marked one by one. Each goes before it is computed: what it changes may mark
 * it again. */
static enum err one_by_one(struct writing *w, bool *any)
{
    struct rows rows;
    TRY(tx_rows(w->call, w->tx,
                "SELECT kind, id, cause FROM stale_record ORDER BY kind, id LIMIT 200", NULL, 0,
                SLICE, &rows));
    *any = rows.count > 0;
    for (size_t i = 0; i < rows.count; i++) {
        const struct value *row = row_at(&rows, i);
        struct dependent d = {model_kind(w->records->model, row[0].text), row[1].text};
        TRY(tx_exec(w->call, w->tx, "DELETE FROM stale_record WHERE kind = $1 AND id = $2", row,
                    2, NULL));
        if (d.kind)
            TRY(write__recompute(w, &d, row[2].text));
    }
    return OK;
}

static enum err one_slice(struct job *job, struct call *call, struct tx *tx)
{
    struct slice *s = job->arg;
    struct change nothing = {0};
    struct writing w = {.call = call, .records = s->records, .tx = tx, .change = &nothing};
    struct rows rows;
    struct record **items;
    size_t count;
    s->notes = NULL;
    TRY(epoch__guard(call, tx, s->records));
    TRY(by_source(&w, &s->any));
    if (!s->any)
        TRY(one_by_one(&w, &s->any));
    s->notes = w.notes;
    if (s->any)
        return OK;
    TRY(tx_rows(call, tx,
                "SELECT kind, after, cause FROM stale WHERE kind NOT IN (':model', "
                "':criteria', ':folding', ':turns') ORDER BY kind LIMIT 1",
                NULL, 0, 1, &rows));
    s->any = rows.count > 0;
    if (!s->any)
        return OK;
    const struct kind *k = model_kind(s->records->model, rows.cells[0].text);
    count = 0;
    if (k)
        TRY(query__page(call, s->records, db_tx(tx), k, rows.cells[1].text, SLICE, &items, &count));
    for (size_t i = 0; i < count; i++) {
        struct dependent d = {k, items[i]->id};
        TRY(write__recompute(&w, &d, rows.cells[2].text));
    }
    s->notes = w.notes;
    struct value values[] = {V_TEXT(rows.cells[0].text), V_TEXT(count ? items[count - 1]->id : TEXT(""))};
    return count == SLICE
               ? tx_exec(call, tx, "UPDATE stale SET after = $2 WHERE kind = $1", values, 2, NULL)
               : tx_exec(call, tx, "DELETE FROM stale WHERE kind = $1", values, 1, NULL);
}

enum err stale__settle(struct call *call, struct records *r)
{
    struct ground g;
    bool moved, more = true;
    TRY(look_at_ground(call, r, &g, &moved));
    if (moved)
        TRY(store_run(r->store, call, note_ground, &g));
    while (more) {
        struct arena *arena = arena_open();
        struct call *one = call_beside(arena, call);
        struct slice s = {.records = r};
        one->id = id_new(one);
        one->actor = actor_system(one);
        enum err e = store_run(r->store, one, one_slice, &s);
        for (struct note *n = e == OK ? s.notes : NULL; n; n = n->next)
            epoch__tell(r, n->kind, n->id, n->version);
        more = s.any && e == OK;
        arena_close(arena);
        TRY(e);
    }
    return OK;
}
