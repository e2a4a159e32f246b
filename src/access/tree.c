/* SPDX-License-Identifier: Apache-2.0 */
/* access/tree.c — who is above whom, as the units' own entries in the ledger say.
 * What decides is the last version of each unit that its entry commits to, kept in memory beside the
 * other last words (standing.c). The closure in the database is for statements over many records; a
 * row of it that does not follow gives nobody the right to act, and who reads by it is held against
 * this whenever they are loaded (covered.c). */
#include "access/internal.h"

#include <stdlib.h>
#include <string.h>

#define DEEPEST 1000 /* a circle, which nobody can write, ends here */

static bool same_hash(const struct hash *left, const struct hash *right)
{
    return memcmp(left->byte, right->byte, HASH_SIZE) == 0;
}

void access_units_from(struct access *a, const struct unit_source *source)
{
    a->units = *source;
}

static void told(struct text id)
{
    log_line(LOG_ERROR, "tampering", "unit=%.*s why=\"its last version is not as its entry in the "
             "ledger says\"", TEXT_ARG(id));
}

/* ---- where units are --------------------------------------------------------------------- */

static enum err place_one(struct call *call, struct access *a, struct reader *r, struct text id)
{
    struct standing_word w;
    struct unit_version v;
    if (!access__standing(a, "unit", id, &w) || w.placed)
        return OK;
    TRY(a->units.version(a->units.arg, call, r, NULL, id, (int64_t)w.entry, -1, &v));
    if (v.there && same_hash(&v.commitment, &w.commitment))
        access__standing_place(a, id, v.parent);
    else
        told(id);
    return OK;
}

enum err access__tree_place(struct call *call, struct access *a, struct reader *r)
{
    size_t count;
    if (a->units.version == NULL)
        return OK;
    struct text *ids = access__standing_units(a, call->arena, true, &count);
    for (size_t i = 0; i < count; i++)
        TRY(place_one(call, a, r, ids[i]));
    return OK;
}

/* ---- upwards ----------------------------------------------------------------------------- */

struct path {
    struct text *units;
    size_t count, room;
};

static void add(struct arena *arena, struct path *p, struct text unit)
{
    if (p->count == p->room) {
        size_t room = p->room > 0 ? p->room * 2 : 16;
        struct text *more = NEW_MANY(arena, room, struct text);
        if (p->count > 0)
            memcpy(more, p->units, p->count * sizeof *more);
        p->units = more;
        p->room = room;
    }
    p->units[p->count++] = unit;
}

/* As far as it is known in memory. */
static struct path walk(struct call *call, const struct access *a, struct text unit)
{
    struct path p = {0};
    struct standing_word w;
    while (unit.len > 0 && p.count < DEEPEST && access__standing(a, "unit", unit, &w)) {
        add(call->arena, &p, unit);
        unit = w.placed ? text_copy(call->arena, text_of(w.parent)) : (struct text){0};
    }
    return p;
}

#define ABOVE "SELECT ancestor FROM unit_closure WHERE descendant = $1 ORDER BY depth"

static struct path path_of(struct call *call, const struct rows *rows)
{
    struct path p = {0};
    for (size_t i = 0; i < rows->count; i++)
        add(call->arena, &p, row_at(rows, i)->text);
    return p;
}

static bool same_path(const struct path *one, const struct path *other)
{
    bool same = one->count == other->count;
    for (size_t i = 0; same && i < one->count; i++)
        same = text_same(one->units[i], other->units[i]);
    return same;
}

/* The row is asked so that the log is read only when it may say something else. */
enum err access_units_above(struct call *call, struct access *a, struct reader *r,
                            struct text unit, struct text **units, size_t *count)
{
    struct rows rows = {0};
    if (unit.len > 0)
        TRY(read_rows(call, r, ABOVE, &V_TEXT(unit), 1, READ_MOST, &rows));
    struct path p = path_of(call, &rows), ours = p;
    if (a->units.version != NULL)
        ours = walk(call, a, unit);
    if (!same_path(&p, &ours)) {
        TRY(access__standing_follow(call, a, r));
        ours = walk(call, a, unit);
    }
    *units = ours.units;
    *count = ours.count;
    return OK;
}

/* ---- upwards inside a job ---------------------------------------------------------------- */

/* A version newer than what the log was read to counts when it is signed, or when it was written by
 * this program in the group under way. */
static enum err is_newer(struct call *call, const struct access *a, struct tx *tx, struct text id,
                         const struct unit_version *v, bool *yes)
{
    struct ledger_claim claim = {.entry = v->entry,
                                 .object_kind = a->unit_kind,
                                 .object_id = id,
                                 .object_version = v->version,
                                 .commitment = v->commitment};
    TRY(ledger_attests(call, a->ledger, NULL, tx, &claim, yes));
    if (!*yes)
        told(id);
    return OK;
}

static enum err step_up(struct call *call, const struct access *a, struct tx *tx, struct text id,
                        bool *known, struct text *parent)
{
    struct standing_word w;
    struct unit_version v;
    bool newer = false;
    *known = access__standing(a, "unit", id, &w);
    *parent = *known && w.placed ? text_copy(call->arena, text_of(w.parent)) : (struct text){0};
    int64_t entry = *known && w.placed ? (int64_t)w.entry : -1;
    TRY(a->units.version(a->units.arg, call, NULL, tx, id, -1, entry, &v));
    if (v.there && v.entry > entry)
        TRY(is_newer(call, a, tx, id, &v, &newer));
    if (newer) {
        *known = true;
        *parent = v.parent;
    }
    return OK;
}

static enum err rows_above(struct call *call, struct tx *tx, struct text unit, struct path *p)
{
    struct rows rows;
    TRY(tx_rows(call, tx, ABOVE, &V_TEXT(unit), 1, READ_MOST, &rows));
    *p = path_of(call, &rows);
    return OK;
}

enum err access_units_above_tx(struct call *call, const struct access *a, struct tx *tx,
                               struct text unit, struct text **units, size_t *count)
{
    struct path p = {0};
    bool known = true;
    if (unit.len > 0 && a->units.version == NULL)
        TRY(rows_above(call, tx, unit, &p));
    while (unit.len > 0 && a->units.version != NULL && p.count < DEEPEST) {
        struct text parent;
        TRY(step_up(call, a, tx, unit, &known, &parent));
        if (!known)
            break;
        add(call->arena, &p, unit);
        unit = parent;
    }
    *units = p.units;
    *count = p.count;
    return OK;
}

/* ---- downwards --------------------------------------------------------------------------- */

static int by_text(const void *left, const void *right)
{
    return text_compare(*(const struct text *)left, *(const struct text *)right);
}

static bool lies_below(struct call *call, const struct access *a, struct text unit, struct text below)
{
    struct path p = walk(call, a, below);
    for (size_t i = 0; i < p.count; i++)
        if (text_same(p.units[i], unit))
            return true;
    return false;
}

enum err access__tree_below_same(struct call *call, struct access *a, struct reader *r,
                                 struct text unit, bool *same)
{
    struct rows rows;
    size_t all, count = 0;
    *same = true;
    if (a->units.version == NULL || unit.len == 0)
        return OK;
    struct text *want = access__standing_units(a, call->arena, false, &all);
    for (size_t i = 0; i < all; i++)
        if (lies_below(call, a, unit, want[i]))
            want[count++] = want[i];
    TRY(read_rows(call, r, "SELECT descendant FROM unit_closure WHERE ancestor = $1",
                  &V_TEXT(unit), 1, READ_MOST, &rows));
    struct path have = path_of(call, &rows), ours = {want, count, all};
    qsort(want, count, sizeof *want, by_text);
    if (have.count > 0)
        qsort(have.units, have.count, sizeof *have.units, by_text);
    *same = same_path(&have, &ours);
    return OK;
}
