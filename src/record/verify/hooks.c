/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify/hooks.c — rows of table hook_delivery against what happened: each names the
 * entry it is of, and a webhook that an entry made. How far it got is nobody's fact, and a row
 * that is missing may have been kept for its month. */
#include "record/verify/verify.h"

#define ID                                                                                     \
    "d.id = 'msg_' || CAST(d.ledger AS text) || '_' || d.event || CASE WHEN d.event = "        \
    "'missed' THEN '_' || d.field ELSE '' END || '_' || d.hook"
#define OF_VERSION                                                                             \
    "EXISTS (SELECT 1 FROM version v WHERE v.kind = d.kind AND v.id = d.record AND v.version " \
    "= d.version AND v.ledger = d.ledger AND v.at = d.at AND ((d.event = 'created' AND "       \
    "d.field = '' AND v.version = 1) OR (v.version > 1 AND ((d.event = 'owner' AND d.field = " \
    "'owner') OR d.event = 'missed' OR (d.event = 'moved' AND d.field = 'state' AND EXISTS "   \
    "(SELECT 1 FROM stay s WHERE s.kind = v.kind AND s.id = v.id AND s.version = "             \
    "v.version))))))"
#define OF_COMMENT                                                                             \
    "EXISTS (SELECT 1 FROM comment c WHERE c.id = d.field AND d.event = 'comment' AND c.kind " \
    "= d.kind AND c.record = d.record AND c.at = d.at AND c.ledger = d.ledger AND d.version "  \
    "= (SELECT max(v.version) FROM version v WHERE v.kind = c.kind AND v.id = c.record AND "   \
    "v.ledger < c.ledger))"
#define OF_NOTHING                                                                             \
    "d.event = 'ping' AND d.kind = '' AND d.record = '' AND d.version = 0 AND d.field = '' "   \
    "AND d.ledger = -1 AND d.id LIKE 'msg!_%' ESCAPE '!'"

void verify__hook_rows(struct deep *c)
{
    struct rows rows;
    if (verify__read_page(
            c, c->call, "table hook_delivery",
            "SELECT count(*) FROM hook_delivery d WHERE NOT EXISTS (SELECT 1 FROM "
            "sealed s WHERE s.kind = 'hook' AND s.id = d.hook) OR NOT ((" OF_NOTHING ") OR (" ID
            " AND (" OF_VERSION " OR " OF_COMMENT ")))",
            NULL, 0, &rows) == OK &&
        rows.cells[0].integer)
        verification_add(c->call, c->out, TEXT("table hook_delivery"),
                         "tells a webhook of what did not happen");
}
