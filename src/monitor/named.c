/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/named.c — single predictions by their ids, of those that were counted: where all of a
 * period were not read. */
#include "monitor/count.h"

static bool is_within(const struct period *p, const struct row *r)
{
    return r->at >= p->from && (!p->to || r->at < p->to) &&
           (!p->version.len || text_same(p->version, r->version)) &&
           (!p->env.len || text_same(p->env, r->env));
}

static void add(struct arena *a, struct text id, const struct row *r, struct observed *out)
{
    struct prediction p = {.id = id,
                           .at = r->at,
                           .task = r->task,
                           .predicted = r->predicted,
                           .attributes = NEW_MANY(a, r->attribute_count + 1, struct attribute)};
    for (; p.attribute_count < r->attribute_count; p.attribute_count++)
        p.attributes[p.attribute_count] =
            (struct attribute){text_copy(a, r->attributes[p.attribute_count].name),
                               text_copy(a, r->attributes[p.attribute_count].value)};
    out->rows[out->count++] = p;
}

static enum err take(struct call *call, struct arena *own, struct reader *db, int64_t source,
                     const struct period *period, struct text id, struct observed *out)
{
    struct call *c = call_beside(own, call);
    int64_t block, place;
    struct page page = {0};
    struct rows rows;
    TRY(journal_find(c, db, source, id, &block, &place));
    struct value values[] = {V_INT(source), V_INT(block)};
    TRY(read_rows(c, db, "SELECT bytes FROM event_page WHERE source = $1 AND block = $2",
                  values, 2, 1, &rows));
    if (!rows.count || !page__read(own, rows.cells[0].text, &page))
        return OK; /* what is damaged is told where figures are */
    const struct row *r = page__row(&page, place);
    if (r && is_within(period, r))
        add(call->arena, id, r, out);
    return OK;
}

enum err monitor_named_rows(struct call *call, struct reader *db, int64_t source,
                            const struct period *period, const struct text *ids, size_t count,
                            struct observed *out)
{
    struct arena *own = arena_open();
    struct map *once = map_in(call->arena);
    enum err e = OK;
    *out = (struct observed){.rows = NEW_MANY(call->arena, count + 1, struct prediction)};
    for (size_t i = 0; e == OK && i < count; i++) {
        if (map_add(once, ids[i], i))
            e = take(call, own, db, source, period, ids[i], out);
        arena_reset(own);
    }
    arena_close(own);
    return e;
}
