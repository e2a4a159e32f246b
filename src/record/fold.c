/* SPDX-License-Identifier: Apache-2.0 */
/* record/fold.c — words for search and keys of order are folded from what the versions say. A store
 * that an earlier program, or one with another edition of Unicode, has folded is folded anew when it
 * is opened: a question folded by today's rules must find what is there. */
#include "record/internal.h"

/* Raised when format/form.c or format/words.c fold differently. */
#define OWN_RULES "1"
#define BATCH 200 /* as table.c reads them */

static bool order_added(struct arena *a, const struct plan_step *steps, const struct kind *k)
{
    struct text begin = text_print(a, "add column %.*s._", TEXT_ARG(k->name));
    for (; steps; steps = steps->next)
        if (text_starts(steps->what, begin.at))
            return true;
    return false;
}

static enum err fold_one(struct call *call, struct records *r, struct tx *tx,
                         const struct kind *k, struct text id, struct text body, bool words)
{
    struct record *rec = NEW(call->arena, struct record);
    struct value *values = NEW_MANY(call->arena, k->field_count + 2, struct value);
    TRY(body__read(call, k, body, rec));
    const struct json *key = record_value(rec, TEXT("key"));
    rec->key = json_text(key);
    values[0] = V_TEXT(id);
    size_t count = table__order_values(call, rec, values + 1);
    if (count)
        TRY(tx_exec(call, tx, r->sql[k->index].order, values, count + 1, NULL));
    return words ? tx_search_now(call, tx, k->name, id, search__words(call, rec)) : OK;
}

static enum err fold_kind(struct call *call, struct records *r, struct tx *tx,
                          const struct kind *k, bool words)
{
    struct text last = TEXT("");
    for (size_t count = BATCH; count == BATCH;) {
        struct arena *page = arena_open();
        struct call *own = call_beside(page, call);
        struct value id = V_TEXT(last);
        struct rows rows;
        enum err e = tx_rows(own, tx, r->sql[k->index].page, &id, 1, BATCH, &rows);
        count = e == OK ? rows.count : 0;
        for (size_t i = 0; e == OK && i < count; i++) {
            const struct value *row = row_at(&rows, i), *body = &row[rows.columns - 2];
            if (body->type == VALUE_TEXT)
                e = fold_one(own, r, tx, k, row[0].text, body->text, words);
        }
        if (count)
            last = text_copy(call->arena, row_at(&rows, count - 1)[0].text);
        arena_close(page);
        TRY(e);
    }
    return OK;
}

enum err fold__again(struct call *call, struct tx *tx, const struct model *m,
                     const struct plan_step *steps)
{
    struct records r = {.store = tx_store(tx), .model = m, .arena = call->arena};
    struct text rules = text_print(call->arena, OWN_RULES " %.*s", TEXT_ARG(form_rules()));
    struct text there;
    TRY(stale__folding(call, tx, &there));
    bool all = !text_same(there, rules);
    if (!all && !steps)
        return OK;
    TRY(table__build(call, &r));
    for (size_t i = 0; i < m->kind_count; i++)
        if (all || order_added(call->arena, steps, &m->kinds[i]))
            TRY(fold_kind(call, &r, tx, &m->kinds[i], all));
    return all ? stale__folded(call, tx, rules) : OK;
}
