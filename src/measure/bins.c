/* SPDX-License-Identifier: Apache-2.0 */
/* measure/bins.c — how many fell in each bin of a fixed reference. */
#include "measure/internal.h"

#include <math.h>

struct measure_bins measure_bins(const struct measure_edges *edges)
{
    return (struct measure_bins){.edges = *edges};
}

void measure_bins_add(struct measure_bins *m, double x)
{
    int64_t *count = isfinite(x) ? &m->count[measure_bin(&m->edges, x)] : &m->bad;
    m->full |= !measure__count(count, 1);
}

void measure_bins_add_missing(struct measure_bins *m)
{
    m->full |= !measure__count(&m->missing, 1);
}

static bool same_edges(const struct measure_edges *a, const struct measure_edges *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = a->at[i] == b->at[i];
    return same;
}

bool measure_bins_merge(struct measure_bins *into, const struct measure_bins *from)
{
    if (!same_edges(&into->edges, &from->edges))
        return false;
    into->full |= from->full;
    for (size_t i = 0; i <= into->edges.count; i++)
        into->full |= !measure__count(&into->count[i], from->count[i]);
    into->full |= !measure__count(&into->missing, from->missing);
    into->full |= !measure__count(&into->bad, from->bad);
    return true;
}

/* A full one keeps its edges: it is merged only with its like. */
void measure_bins_write(const struct measure_bins *m, struct buf *out)
{
    bool whole = measure__start(out, 'B', m->full);
    measure__put(out, m->edges.count);
    for (size_t i = 0; i < m->edges.count; i++)
        measure__put_double(out, m->edges.at[i]);
    for (size_t i = 0; whole && i <= m->edges.count; i++)
        measure__put(out, (uint64_t)m->count[i]);
    if (!whole)
        return;
    measure__put(out, (uint64_t)m->missing);
    measure__put(out, (uint64_t)m->bad);
}

enum err measure_bins_read(struct text bytes, struct measure_bins *out)
{
    *out = (struct measure_bins){0};
    struct measure__in in = measure__open(bytes, 'B', &out->full);
    out->edges.count = measure__take(&in, MEASURE_EDGES_MOST);
    for (size_t i = 0; i < out->edges.count; i++) {
        out->edges.at[i] = measure__take_double(&in);
        in.bad = in.bad || (i > 0 && out->edges.at[i] <= out->edges.at[i - 1]);
    }
    for (size_t i = 0; !out->full && i <= out->edges.count; i++)
        out->count[i] = (int64_t)measure__take(&in, MEASURE_MOST);
    if (!out->full) {
        out->missing = (int64_t)measure__take(&in, MEASURE_MOST);
        out->bad = (int64_t)measure__take(&in, MEASURE_MOST);
    }
    return measure__end(&in);
}
