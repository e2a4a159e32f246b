/* SPDX-License-Identifier: Apache-2.0 */
/* model/judge/asked.c — whom the records of a kind ask to acknowledge them, as a query: the set
 * asked_KIND of checks, and what record/query/asked.c looks into. One text for both, so that a
 * check never counts other people than the page shows. Of its state, fields and name the loader
 * knows that they are letters, digits and _ alone: no quoting is needed. */
#include "model/internal.h"

#define ASKED_MOST 4000

/* Who works here: the account is open and confirmed, and is not that of somebody who only
 * looks. */
static void put_people(struct buf *b)
{
    buf_add_c(
        b, " JOIN person ap ON ap.disabled = 0 AND ap.waits_by = '' AND NOT EXISTS (SELECT 1 "
           "FROM role_grant ag WHERE ag.person = ap.id AND ag.state = 'active' AND ag.role "
           "= '" ROLE_GUEST_WORD "')");
}

static void put_audience(struct buf *b, const struct kind *k)
{
    const struct asks *a = &k->asks;
    buf_print(b,
              "(aa.%.*s = 'everybody' OR (aa.%.*s = 'units' AND EXISTS (SELECT 1 FROM link al "
              "JOIN unit_closure ac ON ac.ancestor = al.to_id WHERE al.from_kind = '%.*s' AND "
              "al.from_id = aa.id AND al.type = '%.*s' AND al.free = 0 AND ac.descendant = "
              "ap.unit))",
              TEXT_ARG(a->audience->name), TEXT_ARG(a->audience->name), TEXT_ARG(k->name),
              TEXT_ARG(a->units->name));
    buf_print(
        b,
        " OR (aa.%.*s = 'roles' AND EXISTS (SELECT 1 FROM link ar WHERE ar.from_kind = "
        "'%.*s' AND ar.from_id = aa.id AND ar.type = '%.*s' AND ar.free = 0 AND (ar.to_id "
        "= '" ROLE_STAFF_WORD "' OR EXISTS (SELECT 1 FROM role_grant ah WHERE ah.person = "
        "ap.id AND ah.role = ar.to_id AND ah.state = 'active')))))",
        TEXT_ARG(a->audience->name), TEXT_ARG(k->name), TEXT_ARG(a->roles->name));
}

struct text kind_asked(struct arena *arena, const struct kind *k)
{
    const struct asks *a = &k->asks;
    struct buf b = buf_in(arena, ASKED_MOST);
    buf_print(
        &b,
        "SELECT aa.id AS id, ay.version AS version, ay.since AS since, ap.id AS person, "
        "ap.name AS name, ap.unit AS unit, ap.created_at AS joined, ak.at AS at FROM %.*s "
        "aa JOIN stay ay ON ay.kind = '%.*s' AND ay.id = aa.id AND ay.state = '%.*s' AND "
        "ay.until IS NULL",
        TEXT_ARG(k->name), TEXT_ARG(k->name), TEXT_ARG(k->states[a->state].name));
    put_people(&b);
    buf_print(&b,
              " LEFT JOIN acknowledgement ak ON ak.kind = '%.*s' AND ak.record = aa.id AND "
              "ak.version = ay.version AND ak.person = ap.id WHERE aa.state = '%.*s' AND ",
              TEXT_ARG(k->name), TEXT_ARG(k->states[a->state].name));
    if (a->wanted != NULL)
        buf_print(&b, "aa.%.*s = 1 AND ", TEXT_ARG(a->wanted->name));
    put_audience(&b, k);
    return buf_text(&b);
}

struct text model__asked(struct loader *l, struct text name)
{
    if (!text_starts(name, "asked_"))
        return TEXT("");
    const struct kind *k = model_kind(l->model, text_from(name, 6));
    return k != NULL && k->asks.audience != NULL ? kind_asked(l->scrap, k) : TEXT("");
}
