/* SPDX-License-Identifier: Apache-2.0 */
/* access/unit.c — who is above whom: the closure of the unit tree.
 * A row for every pair of a unit and one above it, itself included at depth 0, so that "this
 * unit and below" is one indexed look-up. A move rewrites only the pairs between the moved
 * subtree and what was or will be above it. */
#include "access/internal.h"

static enum err exists(struct call *call, struct tx *tx, struct text ancestor,
                       struct text descendant, bool *found)
{
    struct rows rows;
    struct value values[] = {V_TEXT(ancestor), V_TEXT(descendant)};
    TRY(tx_rows(call, tx,
                "SELECT depth FROM unit_closure WHERE ancestor = $1 AND descendant = $2",
                values, 2, 1, &rows));
    *found = rows.count > 0;
    return OK;
}

static enum err add_itself(struct call *call, struct tx *tx, struct text id)
{
    return tx_exec(call, tx,
                   "INSERT INTO unit_closure (ancestor, descendant, depth) VALUES ($1, $1, 0) "
                   "ON CONFLICT (ancestor, descendant) DO NOTHING",
                   &V_TEXT(id), 1, NULL);
}

static enum err check_parent(struct call *call, struct tx *tx, struct text id,
                             struct text parent)
{
    bool found;
    TRY(exists(call, tx, id, parent, &found));
    if (found || text_same(id, parent))
        return problem(call, ERR_CONFLICT, TEXT("parent"), "cycle", "%s",
                       say(call, "a unit cannot lie below itself"));
    TRY(exists(call, tx, parent, parent, &found));
    if (!found)
        return problem(call, ERR_INVALID, TEXT("parent"), "unknown", "%s",
                       say(call, "is not a unit"));
    return OK;
}

enum err access_unit_put(struct call *call, struct tx *tx, struct text id, struct text parent)
{
    if (parent.len > 0)
        TRY(check_parent(call, tx, id, parent));
    TRY(add_itself(call, tx, id));
    TRY(tx_exec(call, tx,
                "DELETE FROM unit_closure WHERE descendant IN "
                "(SELECT c.descendant FROM unit_closure c WHERE c.ancestor = $1) "
                "AND ancestor NOT IN "
                "(SELECT c.descendant FROM unit_closure c WHERE c.ancestor = $1)",
                &V_TEXT(id), 1, NULL));
    if (parent.len == 0)
        return OK;
    struct value values[] = {V_TEXT(id), V_TEXT(parent)};
    return tx_exec(call, tx,
                   "INSERT INTO unit_closure (ancestor, descendant, depth) "
                   "SELECT above.ancestor, below.descendant, above.depth + below.depth + 1 "
                   "FROM unit_closure above, unit_closure below "
                   "WHERE above.descendant = $2 AND below.ancestor = $1",
                   values, 2, NULL);
}

enum err access__unit_exists(struct call *call, struct tx *tx, struct text unit)
{
    bool found = true;
    if (unit.len > 0)
        TRY(exists(call, tx, unit, unit, &found));
    if (found)
        return OK;
    return problem(call, ERR_INVALID, TEXT("unit"), "unknown", "%s",
                   say(call, "is not a unit"));
}
