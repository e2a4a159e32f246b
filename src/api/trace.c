/* SPDX-License-Identifier: Apache-2.0 */
/* api/trace.c — what rests on what: the chain around one record, and the whole. */
#include "api/internal.h"

#define DEPTH_USUAL 3

static enum err read_depth(struct exchange *x, int64_t *depth)
{
    TRY(query__integer(x, "depth", DEPTH_USUAL, depth));
    if (*depth >= 1 && *depth <= TRACE_DEPTH_MOST)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT("depth"), "range",
                   say(x->call, "depth must be between 1 and %d"), TRACE_DEPTH_MOST);
}

/* An answer about today would pass for one about then. */
static enum err check_now(struct exchange *x)
{
    if (!query__text(x, "as_of").len)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT("as_of"), "as_of", "%s",
                   say(x->call, "the trace is told as it is now: leave this out"));
}

static enum err find_trace(struct exchange *x, const struct kind *k,
                           const struct trace_plan **t)
{
    struct text name = query__text(x, "trace");
    *t = model_trace(x->model, name, k);
    if (*t)
        return OK;
    if (name.len)
        return problem(x->call, ERR_INVALID, TEXT("trace"), "unknown", "%s",
                       say(x->call, "there is no trace of that name with this register"));
    return problem(x->call, ERR_MISSING, TEXT(""), "no_trace", "%s",
                   say(x->call, "this register has no place in a trace"));
}

/* ---- the answer
 * ------------------------------------------------------------------------------- */
static void put_link(struct json_out *o, const struct trace_link *link)
{
    put__text(o, "field", link->field->name);
    put__bool(o, "reverse", link->reverse);
}

static void put_gaps(struct json_out *o, const struct trace_node *n)
{
    json_key(o, "gaps");
    json_open(o, '[');
    for (size_t i = 0; i < n->column->link_count; i++) {
        const struct trace_link *link = &n->column->links[i];
        if (!(n->gaps >> i & 1))
            continue;
        json_open(o, '{');
        put__text(o, "kind", link->to->name);
        put_link(o, link);
        put__words(o, "gap", link->gap);
        json_close(o, '}');
    }
    json_close(o, ']');
}

static void put_node(struct json_out *o, const struct trace_node *n)
{
    const struct kind *k = n->column->kind;
    ptrdiff_t state = kind_state(k, n->ref.state);
    json_open(o, '{');
    put__ref(o, &n->ref);
    put__text(o, "tone", text_of(tone_word(state < 0 ? TONE_IDLE : k->states[state].tone)));
    if (n->band.len)
        put__text(o, "band", n->band);
    put__integer(o, "distance", n->distance);
    put_gaps(o, n);
    json_close(o, '}');
}

static void put_edge(struct json_out *o, const struct traced *t, const struct trace_edge *e)
{
    json_open(o, '{');
    put__text(o, "from", t->nodes[e->from].ref.id);
    put__text(o, "to", t->nodes[e->to].ref.id);
    put_link(o, e->link);
    json_close(o, '}');
}

static void put_rest(struct json_out *o, const struct traced *t)
{
    json_key(o, "groups");
    json_open(o, '[');
    for (size_t i = 0; i < t->group_count; i++) {
        json_open(o, '{');
        put__text(o, "kind", t->groups[i].kind->name);
        put__integer(o, "count", t->groups[i].count);
        put__bool(o, "more", t->groups[i].more);
        json_close(o, '}');
    }
    json_close(o, ']');
    json_key(o, "partial");
    json_open(o, '[');
    for (size_t i = 0; i < t->partial_count; i++)
        json_put_text(o, t->partial[i]->name);
    json_close(o, ']');
}

static int64_t gap_count(const struct traced *t)
{
    int64_t count = 0;
    for (size_t i = 0; i < t->count; i++)
        for (uint64_t gaps = t->nodes[i].gaps; gaps; gaps &= gaps - 1)
            count++;
    return count;
}

static void put_trace(struct exchange *x, const struct traced *t, const struct record *rec,
                      int64_t depth)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "trace", t->trace->name);
    if (rec)
        put__text(o, "root", rec->id);
    put__integer(o, "depth", depth);
    json_key(o, "nodes");
    json_open(o, '[');
    for (size_t i = 0; i < t->count; i++)
        put_node(o, &t->nodes[i]);
    json_close(o, ']');
    json_key(o, "edges");
    json_open(o, '[');
    for (size_t i = 0; i < t->edge_count; i++)
        put_edge(o, t, &t->edges[i]);
    json_close(o, ']');
    put__bool(o, "more_edges", t->more_edges);
    put_rest(o, t);
    put__integer(o, "gaps", gap_count(t));
    json_close(o, '}');
}

static enum err answer(struct exchange *x, const struct trace_plan *t, const struct record *rec,
                       int64_t depth)
{
    struct traced traced;
    TRY(record_trace(x->call, x->records, exchange__db(x), t, rec, depth, &traced));
    put_trace(x, &traced, rec, depth);
    return OK;
}

enum err trace_get(struct exchange *x)
{
    const struct trace_plan *t;
    int64_t depth;
    TRY(read_depth(x, &depth));
    TRY(check_now(x));
    TRY(find_trace(x, NULL, &t));
    TRY(read_begin(x->call, exchange__db(x))); /* one moment for all of it */
    enum err e = answer(x, t, NULL, depth);
    read_end(exchange__db(x));
    return e;
}

static enum err trace_of(struct exchange *x, const struct kind *k, int64_t depth)
{
    struct record *rec;
    const struct trace_plan *t;
    TRY(record_read(x->call, x->records, exchange__db(x), k, x->arg[1], 0, &rec));
    TRY(find_trace(x, k, &t));
    return answer(x, t, rec, depth);
}

enum err record_trace_get(struct exchange *x)
{
    const struct kind *k = exchange__kind(x, x->arg[0]);
    int64_t depth;
    if (!k)
        return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                       say(x->call, "there is nothing here"));
    TRY(read_depth(x, &depth));
    TRY(check_now(x));
    TRY(read_begin(x->call, exchange__db(x)));
    enum err e = trace_of(x, k, depth);
    read_end(exchange__db(x));
    return e;
}
