/* SPDX-License-Identifier: Apache-2.0 */
/* record/verify/told.c — rows of table outbox against what happened: the versions that tell
 * people, the comments that name them, and for who watches the entry that their row names. */
#include "record/verify/verify.h"

/* Whom the version tells must have a row that says so. */
void verify__told(struct deep *c, struct call *call, const struct value *row)
{
    static const struct json_limits limits = {8u << 20, 32, 500000};
    const struct json *body;
    struct call *quiet = call_beside(call->arena, call);
    size_t nth = 0;
    if (!c->current || json_read(quiet, row[6].text, &limits, &body) != OK)
        return;
    const struct json *told = json_get(body, "_told");
    for (const struct json *one = told ? told->first : NULL; one; one = one->next) {
        struct value values[] = {V_TEXT(outbox__id(call, row[4].integer, nth++)),
                                 row[0],
                                 row[1],
                                 row[2],
                                 V_TEXT(json_text(json_get(one, "to"))),
                                 V_TEXT(json_text(json_get(one, "event"))),
                                 V_TEXT(json_text(json_get(one, "field"))),
                                 V_TEXT(json_text(json_get(body, "_at")))};
        struct rows rows;
        if (verify__read_page(
                c, call, "table outbox",
                "SELECT 1 FROM outbox WHERE id = $1 AND kind = $2 AND record = $3 AND version "
                "= $4 AND person = $5 AND event = $6 AND field = $7 AND at = $8 "
                "AND channel = 'app'",
                values, 8, &rows) != OK)
            return;
        c->told += rows.count > 0;
        if (!rows.count)
            verification_add(c->call, c->out,
                             text_print(call->arena, "%.*s %.*s version %lld",
                                        TEXT_ARG(row[0].text), TEXT_ARG(row[1].text),
                                        (long long)row[2].integer),
                             "table outbox does not tell whom it told of what");
    }
}

/* Whom a comment names must have a row that says so. What was redacted names nobody any more:
 * of it only that its rows are of that comment can be seen. */
void verify__mentions(struct deep *c, struct call *call, const struct mentioning *m)
{
    struct text *ids;
    size_t count = mentions_in(call->arena, m->comment.body, MENTIONS_MOST, &ids), nth = 0;
    struct value values[] = {V_NULL,
                             V_NULL,
                             V_TEXT(m->kind),
                             V_TEXT(m->record),
                             V_TEXT(m->comment.id),
                             V_TEXT(m->comment.at),
                             V_INT(m->comment.ledger)};
    struct rows rows;
    if (m->gone) {
        if (verify__read_page(
                c, call, "table outbox",
                "SELECT count(*) FROM outbox WHERE event = 'mention' AND channel = "
                "'app' AND kind = $1 AND record = $2 AND field = $3 AND at = $4",
                values + 2, 4, &rows) == OK)
            c->mentions += rows.cells[0].integer;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        if (text_same(ids[i], m->comment.author))
            continue;
        values[0] = V_TEXT(outbox__id(call, m->comment.ledger, nth++));
        values[1] = V_TEXT(ids[i]);
        if (verify__read_page(
                c, call, "table outbox",
                "SELECT 1 FROM outbox o WHERE o.id = $1 AND o.person = $2 AND o.kind = $3 AND "
                "o.record = $4 AND o.field = $5 AND o.at = $6 AND o.event = 'mention' AND "
                "o.channel = 'app' AND o.version = (SELECT max(v.version) FROM version v WHERE "
                "v.kind = $3 AND v.id = $4 AND v.ledger < $7)",
                values, 7, &rows) != OK)
            return;
        c->mentions += rows.count > 0;
        if (!rows.count)
            verification_add(c->call, c->out,
                             text_print(call->arena, "comment %.*s", TEXT_ARG(m->comment.id)),
                             "table outbox does not tell whom it names");
    }
}

static void expect_none(struct deep *c, const char *sql, int64_t explained, const char *what)
{
    struct rows rows;
    if (verify__read_page(c, c->call, "table outbox", sql, NULL, 0, &rows) == OK &&
        rows.cells[0].integer != explained)
        verification_add(c->call, c->out, TEXT("table outbox"), "%s", what);
}

/* Whether somebody watched is their own note; what their row says happened must have. */
void verify__outbox_rows(struct deep *c)
{
    expect_none(
        c,
        "SELECT count(*) FROM outbox WHERE channel <> 'watch' AND NOT (channel = 'app' AND "
        "event = 'mention')",
        c->told, "has rows that no version and no message explains");
    expect_none(c, "SELECT count(*) FROM outbox WHERE channel = 'app' AND event = 'mention'",
                c->mentions, "has rows that no comment explains");
    expect_none(
        c,
        "SELECT count(*) FROM outbox o WHERE o.channel = 'watch' AND NOT EXISTS (SELECT 1 FROM "
        "version v WHERE v.kind = o.kind AND v.id = o.record AND v.version = o.version AND "
        "v.version > 1 AND v.at = o.at AND o.id = CAST(v.ledger AS text) || '.' || o.event || "
        "'.' "
        "|| o.field || '.' || o.person AND ((o.event = 'owner' AND o.field = 'owner') OR "
        "(o.event "
        "= 'due' AND o.field IN ('due', 'review_due')) OR (o.event = 'moved' AND o.field = "
        "'state' AND EXISTS (SELECT 1 FROM stay s WHERE s.kind = v.kind AND s.id = v.id AND "
        "s.version = v.version)))) AND NOT EXISTS (SELECT 1 FROM comment c WHERE c.id = "
        "o.field "
        "AND c.kind = o.kind AND c.record = o.record AND c.at = o.at AND o.event = 'comment' "
        "AND "
        "o.id = CAST(c.ledger AS text) || '.comment.' || c.id || '.' || o.person AND o.version "
        "= "
        "(SELECT max(v.version) FROM version v WHERE v.kind = c.kind AND v.id = c.record AND "
        "v.ledger < c.ledger))",
        0, "tells who watches of what did not happen");
}
