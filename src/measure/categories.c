/* SPDX-License-Identifier: Apache-2.0 */
/* measure/categories.c — how often each word stood in a column. */
#include "measure/categories.h"

#include <stdlib.h>

struct measure_categories *measure_categories_new(struct arena *a)
{
    struct measure_categories *m = NEW(a, struct measure_categories);
    m->arena = a;
    m->pinned.most = MEASURE_TOP;
    m->free.most = MEASURE_CATEGORIES_MOST;
    return m;
}

static void add_to(struct measure_categories *m, int64_t *count, int64_t more)
{
    m->full |= !measure__count(count, more);
}

/* A name over the cap goes to the rest, and so does the one whose place another takes. */
static void add_free(struct measure_categories *m, struct text name, int64_t more)
{
    bool found;
    struct measure__name gone;
    struct measure__names *n = &m->free;
    size_t place = measure__name_find(n, name, &found);
    if (!found && place >= n->most) {
        m->capped = true;
        add_to(m, &m->rest, more);
        return;
    }
    if (!found && measure__name_put(m->arena, n, place, name, &gone)) {
        m->capped = true;
        add_to(m, &m->rest, gone.count);
    }
    add_to(m, &n->at[place].count, more);
}

static void add_name(struct measure_categories *m, struct text name, int64_t more)
{
    bool found;
    size_t place = measure__name_find(&m->pinned, name, &found);
    if (found)
        add_to(m, &m->pinned.at[place].count, more);
    else
        add_free(m, name, more);
}

void measure_categories_add(struct measure_categories *m, struct text category)
{
    char room[MEASURE_NAME_MOST];
    add_name(m, measure_name_fit(category, room), 1);
}

void measure_categories_add_missing(struct measure_categories *m)
{
    add_to(m, &m->missing, 1);
}

bool measure__same_pinned(const struct measure_categories *a,
                          const struct measure_categories *b)
{
    bool same = a->pinned.count == b->pinned.count;
    for (size_t i = 0; same && i < a->pinned.count; i++)
        same = text_same(measure__name_text(&a->pinned.at[i]),
                         measure__name_text(&b->pinned.at[i]));
    return same;
}

bool measure_categories_merge(struct measure_categories *into,
                              const struct measure_categories *from)
{
    if (!measure__same_pinned(into, from))
        return false;
    into->full |= from->full;
    into->capped |= from->capped;
    for (size_t i = 0; i < from->pinned.count; i++)
        add_to(into, &into->pinned.at[i].count, from->pinned.at[i].count);
    for (size_t i = 0; i < from->free.count; i++)
        add_free(into, measure__name_text(&from->free.at[i]), from->free.at[i].count);
    add_to(into, &into->rest, from->rest);
    add_to(into, &into->missing, from->missing);
    return true;
}

static int64_t rows_of(const struct measure__names *n, size_t *seen)
{
    int64_t rows = 0;
    for (size_t i = 0; i < n->count; i++) {
        rows += n->at[i].count;
        *seen += n->at[i].count > 0;
    }
    return rows;
}

struct measure_categories_seen measure_categories_seen(const struct measure_categories *m)
{
    size_t seen = 0;
    int64_t rows = rows_of(&m->pinned, &seen) + m->rest;
    size_t pinned = seen;
    rows += rows_of(&m->free, &seen);
    double distinct = (double)seen;
    if (m->capped) { /* k - 1 names below the k-th smallest hash: so many in the whole range */
        const struct measure__name *last = &m->free.at[m->free.count - 1];
        distinct = (double)pinned + ((double)m->free.count - 1) / ((double)last->hash / 0x1p64);
    }
    return (struct measure_categories_seen){
        .rows = rows,
        .missing = m->missing,
        .rest = m->rest,
        .capped = m->capped,
        .distinct = m->full ? MEASURE_UNKNOWN : measure_known(distinct),
        .full = m->full,
    };
}

void measure_categories_write(const struct measure_categories *m, struct buf *out)
{
    bool whole = measure__start(out, 'K', m->full);
    measure__put_names(out, &m->pinned, whole);
    if (!whole)
        return;
    measure__put_names(out, &m->free, true);
    measure__put(out, (uint64_t)m->rest);
    measure__put(out, (uint64_t)m->missing);
    measure__put(out, m->capped);
}

/* A name may be pinned or free, not both; only pinned ones may wait for their first row; what
 * is over the cap only comes when the places are taken. */
static bool consistent(const struct measure_categories *m)
{
    bool good = m->capped || m->rest == 0, found;
    good = good && (!m->capped || m->free.count == m->free.most);
    for (size_t i = 0; good && i < m->free.count; i++) {
        measure__name_find(&m->pinned, measure__name_text(&m->free.at[i]), &found);
        good = !found && m->free.at[i].count > 0;
    }
    return good;
}

enum err measure_categories_read(struct arena *a, struct text bytes,
                                 struct measure_categories **out)
{
    struct measure_categories *m = measure_categories_new(a);
    struct measure__in in = measure__open(bytes, 'K', &m->full);
    measure__take_names(&in, a, &m->pinned, !m->full);
    if (!m->full) {
        measure__take_names(&in, a, &m->free, true);
        m->rest = (int64_t)measure__take(&in, MEASURE_MOST);
        m->missing = (int64_t)measure__take(&in, MEASURE_MOST);
        m->capped = measure__take(&in, 1) == 1;
        in.bad = in.bad || !consistent(m);
    }
    TRY(measure__end(&in));
    *out = m;
    return OK;
}
