/* SPDX-License-Identifier: Apache-2.0 */
/* record/search.c — the words by which a record is found. A field that is not for everybody who reads
 * the record has none: that something is found would tell what it says. */
#include "record/internal.h"

struct text search__words(struct call *call, const struct record *rec)
{
    struct buf b = buf_in(call->arena, 4u << 20);
    buf_add(&b, rec->key);
    for (size_t i = 0; i < rec->kind->field_count; i++) {
        const struct field *f = &rec->kind->fields[i];
        if (!rec->values[i] || f->guarded || f->system || !f->type->searched)
            continue;
        buf_add_c(&b, "\n");
        if (f->type->words)
            f->type->words(rec->values[i], &b);
        else
            buf_add(&b, value__print(call->arena, rec->values[i]));
    }
    return words_for_index(call->arena, buf_text(&b));
}

enum err search__write(struct call *call, struct tx *tx, const struct record *rec,
                       const struct record *before)
{
    struct text now = search__words(call, rec);
    if (before && text_same(now, search__words(call, before)))
        return OK;
    return tx_search_put(call, tx, rec->kind->name, rec->id, now);
}

/* Are the same fields of the same kinds found by their words? */
bool search__same_words(const struct model *was, const struct model *now)
{
    for (size_t i = 0; i < now->kind_count; i++) {
        const struct kind *k = &now->kinds[i], *old = model_kind(was, k->name);
        for (size_t f = 0; old && f < k->field_count; f++) {
            const struct field *before = kind_field(old, k->fields[f].name);
            if (before && before->guarded != k->fields[f].guarded)
                return false;
        }
    }
    return true;
}

enum err search__rebuild(struct call *call, struct records *r, struct tx *tx)
{
    for (size_t i = 0; i < r->model->kind_count; i++) {
        const struct kind *k = &r->model->kinds[i];
        bool guarded = false;
        for (size_t f = 0; f < k->field_count; f++)
            guarded |= k->fields[f].guarded;
        struct text after = TEXT("");
        for (size_t count = 200; guarded && count == 200;) {
            struct record **items;
            TRY(query__page(call, r, db_tx(tx), k, after, 200, &items, &count));
            for (size_t n = 0; n < count; n++)
                TRY(search__write(call, tx, items[n], NULL));
            after = count ? items[count - 1]->id : after;
        }
    }
    return OK;
}
