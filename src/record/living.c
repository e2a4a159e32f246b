/* SPDX-License-Identifier: Apache-2.0 */
/* record/living.c — records that may be somebody's turn: a row of `turn` for each that has not
 * come to an end, is offered to somebody, or is being signed. Where it stands, of which unit it
 * is, who keeps it, by which day and key it comes in lists of tasks. A signature that stands is
 * said with the place, since it can make a turn of what is at rest; that its time is over is
 * judged by the clock, and changes no row. Whose turn it is depends on signatures, other
 * records and the hour, and is judged when it is asked (query/turns.c); the table says where to
 * look, in order, over all kinds. A projection of the versions and of what withdraws
 * signatures, written with them. */
#include "record/internal.h"

/* Raised when rows come to be made otherwise: of a store that an earlier program kept they are
 * made anew. */
#define OWN_RULES TEXT("1")

static struct text text_at(const struct record *rec, struct text field)
{
    return json_text(record_value(rec, field));
}

static struct text first_of(struct text a, struct text b)
{
    return a.len ? a : b;
}

static struct value or_null(struct text t)
{
    return t.len ? V_TEXT(t) : V_NULL;
}

/* ---- signatures that stand ----------------------------------------------------------------
 */
bool living__signs(const struct kind *k)
{
    for (size_t i = 0; i < k->move_count; i++)
        if (move_takes_many(&k->moves[i]))
            return true;
    return false;
}

/* What is asked for by two (redact.c) is told apart, and no step of the model. */
#define STANDING                                                                               \
    "SELECT 1 FROM signature g WHERE g.kind = $1 AND g.id = $2 AND g.move <> 'redact' AND "    \
    "NOT "                                                                                     \
    "EXISTS (SELECT 1 FROM withdrawn w WHERE w.signature = g.own_id) AND NOT EXISTS (SELECT "  \
    "1 "                                                                                       \
    "FROM version v WHERE v.kind = g.kind AND v.id = g.id AND v.version > g.version AND "      \
    "COALESCE(v.alters, 1) > 0) LIMIT 1"

enum err living__signed(struct call *call, struct db db, const struct record *rec, bool *out)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows = {0};
    if (living__signs(rec->kind))
        TRY(db__rows(call, db, STANDING, values, 2, 1, &rows));
    *out = rows.count > 0;
    return OK;
}

/* As the row has it, and as it is now. */
static enum err both(struct writing *w, const struct record *rec, bool *then, bool *now)
{
    struct value values[] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct rows rows;
    *then = *now = false;
    if (!living__signs(rec->kind))
        return OK;
    TRY(tx_rows(w->call, w->tx,
                "SELECT (SELECT place FROM turn WHERE kind = $1 AND id = $2), (" STANDING ")",
                values, 2, 1, &rows));
    *then = rows.cells[0].type == VALUE_TEXT && text_ends(rows.cells[0].text, BEING_SIGNED);
    *now = rows.cells[1].type == VALUE_INTEGER;
    return OK;
}

/* ---- rows ---------------------------------------------------------------------------------
 */
bool living__row(struct call *call, const struct record *rec, bool is_signed,
                 struct value out[LIVING_COLUMNS])
{
    struct text offered = text_at(rec, TEXT("offered_to"));
    struct text unit = text_at(rec, TEXT("unit"));
    struct text day = first_of(text_at(rec, TEXT("due")), text_at(rec, TEXT("review_due")));
    if (text_is(rec->kind->is, "unit_tree")) /* it scopes itself (who.c) */
        unit = first_of(unit, rec->id);
    out[0] = V_TEXT(text_print(call->arena, "%.*s.%.*s%s", TEXT_ARG(rec->kind->name),
                               TEXT_ARG(rec->kind->states[rec->state].name),
                               is_signed ? BEING_SIGNED : ""));
    out[1] = or_null(unit);
    out[2] = or_null(first_of(text_at(rec, TEXT("owner")), text_at(rec, TEXT("author"))));
    out[3] = or_null(offered);
    out[4] = V_TEXT(day.len ? day : TEXT(NO_DAY));
    out[5] = V_TEXT(rec->key);
    return !rec->kind->states[rec->state].end || offered.len || is_signed;
}

static bool same_row(const struct value *a, const struct value *b)
{
    for (size_t i = 0; i < LIVING_COLUMNS; i++)
        if (a[i].type != b[i].type || !text_same(a[i].text, b[i].text))
            return false;
    return true;
}

enum err living__write(struct writing *w, const struct record *rec, const struct record *before)
{
    struct value now[LIVING_COLUMNS + 2] = {V_TEXT(rec->kind->name), V_TEXT(rec->id)};
    struct value then[LIVING_COLUMNS];
    bool was_signed = false, is_signed = false;
    if (before)
        TRY(both(w, rec, &was_signed, &is_signed));
    bool had = before && living__row(w->call, before, was_signed, then);
    bool has = living__row(w->call, rec, is_signed, now + 2);
    if (has && had && same_row(now + 2, then))
        return OK;
    if (had && !has)
        return tx_exec(w->call, w->tx, "DELETE FROM turn WHERE kind = $1 AND id = $2", now, 2, NULL);
    if (had)
        return tx_exec(w->call, w->tx,
                       "UPDATE turn SET place = $3, unit = $4, keeper = $5, offered = $6, day = $7, "
                       "num = $8 WHERE kind = $1 AND id = $2",
                       now, LIVING_COLUMNS + 2, NULL);
    return !has ? OK
                : tx_exec(w->call, w->tx,
                          "INSERT INTO turn(kind, id, place, unit, keeper, offered, day, num) "
                          "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                          now, LIVING_COLUMNS + 2, NULL);
}

/* Are records of the same states at their end by both, and are the same kinds signed by
 * several? */
bool living__same(const struct model *a, const struct model *b)
{
    for (size_t i = 0; i < a->kind_count; i++) {
        const struct kind *k = &a->kinds[i], *other = model_kind(b, k->name);
        if (other && living__signs(k) != living__signs(other))
            return false;
        for (size_t s = 0; other && s < k->state_count; s++) {
            ptrdiff_t at = kind_state(other, k->states[s].name);
            if (at >= 0 && other->states[at].end != k->states[s].end)
                return false;
        }
    }
    return true;
}

enum err living__rebuild(struct call *call, struct records *r, struct tx *tx)
{
    TRY(tx_exec(call, tx, "DELETE FROM turn", NULL, 0, NULL));
    for (size_t i = 0; i < r->model->kind_count; i++)
        TRY(query__fill_living(call, r, tx, &r->model->kinds[i]));
    return stale__turns_made(call, tx, OWN_RULES);
}

enum err living__outdated(struct call *call, struct db db, bool *out)
{
    struct text there;
    TRY(stale__turns(call, db, &there));
    *out = !text_same(there, OWN_RULES);
    return OK;
}
