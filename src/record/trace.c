/* SPDX-License-Identifier: Apache-2.0 */
/* record/trace.c — the chain around a record: step by step what it rests on, and what rests on
 * it, each step one question a link. Whoever is a neighbour of a neighbour in the other
 * direction is not of the chain: two risks that rest on one control do not become one story. */
#include "record/internal.h"

#define ROWS_MOST 5000 /* of one question */

struct nodes LIST_OF(struct trace_node);
struct edges LIST_OF(struct trace_edge);
struct over { /* of one kind, beyond what is shown */
    struct map *ids;
    int64_t rest; /* of the living that it begins with; they are not in ids */
    bool more;
};
struct walk {
    struct call *call;
    struct records *records;
    struct reader *db;
    const struct trace_plan *trace;
    struct nodes nodes;
    struct edges edges;
    struct map *places; /* id → which node */
    struct map *drawn;  /* edges that are there */
    size_t of_column[TRACE_COLUMNS_MOST];
    struct over over[TRACE_COLUMNS_MOST];
    bool more_edges;
};

static size_t index_of(const struct walk *w, const struct trace_column *c)
{
    return (size_t)(c - w->trace->columns);
}

/* ---- what was found
 * --------------------------------------------------------------------------- */
static bool is_living(const struct trace_node *n)
{
    ptrdiff_t state = kind_state(n->column->kind, n->ref.state);
    return state >= 0 && !n->column->kind->states[state].end;
}

static void count_over(struct walk *w, const struct trace_node *n, struct over *over)
{
    if (over->rest && is_living(n))
        return;
    if (!over->ids)
        over->ids = map_in(w->call->arena);
    map_add(over->ids, n->ref.id, 0);
}

/* *fits false: no room for it; then it is counted. */
static size_t add_node(struct walk *w, const struct trace_node *n, bool *fits)
{
    size_t place = w->nodes.count, at = index_of(w, n->column);
    *fits = true;
    if (map_find(w->places, n->ref.id, &place))
        return place;
    *fits = w->of_column[at] < TRACE_KIND_MOST && LIST_ADD(&w->nodes, *n);
    if (!*fits) {
        count_over(w, n, &w->over[at]);
        return 0;
    }
    w->of_column[at]++;
    map_add(w->places, n->ref.id, place);
    return place;
}

static void add_edge(struct walk *w, size_t from, size_t to, const struct trace_link *link)
{
    struct text name = text_print(w->call->arena, "%zu.%zu.%p", from, to, (const void *)link);
    if (map_add(w->drawn, name, 0) && !LIST_ADD(&w->edges, (struct trace_edge){from, to, link}))
        w->more_edges = true;
}

static struct text text_cell(const struct value *v)
{
    return v->type == VALUE_TEXT ? v->text : (struct text){0};
}

static struct trace_node node_of(const struct trace_column *c, const struct value *row)
{
    return (struct trace_node){.column = c,
                               .ref = {.kind = c->kind->name,
                                       .id = row[1].text,
                                       .key = row[2].text,
                                       .title = text_cell(&row[3]),
                                       .state = row[4].text},
                               .band = text_cell(&row[5])};
}

/* ---- one step
 * --------------------------------------------------------------------------------- */
static bool begins_step(const struct trace_node *n, const struct trace_column *c,
                        int64_t distance, bool back)
{
    return n->column == c && n->distance == distance && (back ? n->bears : n->rests);
}

static size_t frontier(const struct walk *w, const struct trace_column *c, int64_t distance,
                       bool back, struct text *ids)
{
    size_t count = 0;
    for (size_t i = 0; i < w->nodes.count; i++)
        if (begins_step(&w->nodes.at[i], c, distance, back))
            ids[count++] = w->nodes.at[i].ref.id;
    return count;
}

static void take_row(struct walk *w, const struct trace_column *c, const struct tracing *t,
                     int64_t distance, const struct value *row)
{
    struct trace_node n = node_of(c, row);
    size_t near, far;
    bool fits;
    n.distance = distance;
    n.bears = t->back;
    n.rests = !t->back;
    if (!map_find(w->places, row[0].text, &near))
        return;
    far = add_node(w, &n, &fits);
    if (fits)
        add_edge(w, t->back ? far : near, t->back ? near : far, t->link);
}

/* From those of the column `from` along the link to those of `to`; back: the other way. */
static enum err step_along(struct walk *w, const struct trace_column *from,
                           const struct trace_column *to, const struct trace_link *link,
                           int64_t distance, bool back)
{
    struct text *ids = NEW_MANY(w->call->arena, w->nodes.count + 1, struct text);
    struct tracing t = {from->kind, to->kind, link, to->band, back, false};
    size_t count = frontier(w, from, distance - 1, back, ids);
    struct rows rows;
    if (!count)
        return OK;
    TRY(query__traced(w->call, w->records, w->db, &t, ids, count, ROWS_MOST, &rows));
    for (size_t i = 0; i < rows.count; i++)
        take_row(w, to, &t, distance, row_at(&rows, i));
    w->over[index_of(w, to)].more |= rows.count == ROWS_MOST;
    return OK;
}

static enum err step(struct walk *w, int64_t distance, bool back)
{
    for (size_t i = 0; i < w->trace->column_count; i++) {
        const struct trace_column *c = &w->trace->columns[i];
        for (size_t j = 0; j < c->link_count; j++) {
            const struct trace_link *link = &c->links[j];
            const struct trace_column *to = trace_column(w->trace, link->to);
            TRY(step_along(w, back ? to : c, back ? c : to, link, distance, back));
        }
    }
    return OK;
}

/* ---- what is missing
 * -------------------------------------------------------------------------- */
static bool is_expected(const struct trace_node *n, const struct trace_link *link)
{
    ptrdiff_t state = kind_state(n->column->kind, n->ref.state);
    return link->gap.en.len && state >= 0 && (link->when >> state & 1);
}

static enum err find_gaps(struct walk *w, const struct trace_column *c, size_t which)
{
    const struct trace_link *link = &c->links[which];
    struct tracing t = {c->kind, link->to, link, NULL, false, true};
    struct text *ids = NEW_MANY(w->call->arena, w->nodes.count + 1, struct text);
    struct map *have = map_in(w->call->arena);
    struct rows rows;
    size_t count = 0;
    for (size_t i = 0; i < w->nodes.count; i++)
        if (w->nodes.at[i].column == c && is_expected(&w->nodes.at[i], link))
            ids[count++] = w->nodes.at[i].ref.id;
    if (!count)
        return OK;
    TRY(query__traced(w->call, w->records, w->db, &t, ids, count, count, &rows));
    for (size_t i = 0; i < rows.count; i++)
        map_add(have, row_at(&rows, i)[0].text, 0);
    for (size_t i = 0; i < w->nodes.count; i++) {
        struct trace_node *n = &w->nodes.at[i];
        if (n->column == c && is_expected(n, link) && !map_find(have, n->ref.id, NULL))
            n->gaps |= UINT64_C(1) << which;
    }
    return OK;
}

/* ---- where it begins
 * -------------------------------------------------------------------------- */
static enum err begin_with_all(struct walk *w, const struct trace_column *c)
{
    size_t at = index_of(w, c);
    struct rows rows;
    bool fits = true;
    TRY(query__trace_begin(w->call, w->records, w->db, c, TRACE_KIND_MOST + 1, &rows));
    for (size_t i = 0; i < rows.count && fits; i++) {
        struct trace_node n = node_of(c, row_at(&rows, i));
        n.rests = true;
        add_node(w, &n, &fits);
    }
    if (fits)
        return OK;
    TRY(query__trace_count(w->call, w->records, w->db, c, &w->over[at].rest));
    w->over[at].rest -= (int64_t)w->of_column[at];
    w->over[at].ids = NULL;
    return OK;
}

static void begin_with(struct walk *w, const struct record *rec)
{
    const struct trace_column *c = trace_column(w->trace, rec->kind);
    const struct json *title = record_value(rec, TEXT("title"));
    const struct json *band = c->band ? record_value(rec, c->band->name) : NULL;
    bool fits;
    struct trace_node n = {.column = c,
                           .ref = {.kind = rec->kind->name,
                                   .id = rec->id,
                                   .key = rec->key,
                                   .title = title ? json_text(title) : (struct text){0},
                                   .state = rec->kind->states[rec->state].name},
                           .band = band ? json_text(band) : (struct text){0},
                           .rests = true,
                           .bears = true};
    add_node(w, &n, &fits);
}

static enum err walk_all(struct walk *w, const struct record *rec, int64_t depth)
{
    const struct trace_plan *t = w->trace;
    if (rec)
        begin_with(w, rec);
    for (size_t i = 0; i < t->column_count && !rec; i++)
        if (t->columns[i].begins)
            TRY(begin_with_all(w, &t->columns[i]));
    for (int64_t d = 1; d <= depth; d++) {
        TRY(step(w, d, false));
        if (rec)
            TRY(step(w, d, true));
    }
    for (size_t i = 0; i < t->column_count; i++)
        for (size_t j = 0; j < t->columns[i].link_count; j++)
            TRY(find_gaps(w, &t->columns[i], j));
    return OK;
}

/* ---- the answer
 * ------------------------------------------------------------------------------- */
static void tell_group(const struct walk *w, const struct trace_column *c, struct traced *out)
{
    const struct over *over = &w->over[index_of(w, c)];
    int64_t met = over->ids ? (int64_t)map_count(over->ids) : 0;
    if (over->rest + met || over->more)
        out->groups[out->group_count++] =
            (struct trace_group){c->kind, over->rest + met, over->more};
}

static void tell(const struct walk *w, struct traced *out)
{
    const struct trace_plan *t = w->trace;
    struct arena *a = w->call->arena;
    *out = (struct traced){.trace = t,
                           .nodes = w->nodes.at,
                           .count = w->nodes.count,
                           .edges = w->edges.at,
                           .edge_count = w->edges.count,
                           .more_edges = w->more_edges};
    out->groups = NEW_MANY(a, t->column_count, struct trace_group);
    out->partial = NEW_MANY(a, t->column_count, const struct kind *);
    for (size_t i = 0; i < t->column_count; i++) {
        tell_group(w, &t->columns[i], out);
        if (!query__reads_all(w->call, w->records, t->columns[i].kind))
            out->partial[out->partial_count++] = t->columns[i].kind;
    }
}

enum err record_trace(struct call *call, struct records *r, struct reader *db,
                      const struct trace_plan *t, const struct record *rec, int64_t depth,
                      struct traced *out)
{
    struct arena *a = call->arena;
    struct walk w = {.call = call,
                     .records = r,
                     .db = db,
                     .trace = t,
                     .nodes = LIST_IN(a, TRACE_NODES_MOST),
                     .edges = LIST_IN(a, TRACE_EDGES_MOST),
                     .places = map_in(a),
                     .drawn = map_in(a)};
    TRY(walk_all(&w, rec, depth));
    tell(&w, out);
    return OK;
}
