/* SPDX-License-Identifier: Apache-2.0 */
/* record/related.c — records related to a record, as the needs of a move and computed fields ask
 * for them. */
#include "record/internal.h"

enum err related__of_kind(struct call *call, struct records *r, struct db db,
                             const struct kind *k, struct text via, struct text id,
                             struct record ***out, size_t *count)
{
    const struct field *f = kind_field(k, via);
    *count = 0;
    return f ? query__living(call, r, db, k, f, id, out, count) : OK;
}

static enum err pointed_at(struct call *call, struct records *r, struct db db,
                           const struct need *need, const struct record *rec,
                           struct record ***out, size_t *count)
{
    const struct field *f = kind_field(rec->kind, need->field);
    const struct json *v = f ? rec->values[f->index] : NULL;
    size_t n = 0, room = v ? v->count + 1 : 0;
    *out = NEW_MANY(call->arena, room + 1, struct record *);
    *count = 0;
    if (!v || !f->target_kind)
        return OK;
    const struct json *one = v->type == JSON_LIST ? v->first : v;
    for (; one; one = v->type == JSON_LIST ? one->next : NULL) {
        struct record *target;
        TRY(table__find(call, r, db, f->target_kind, one->text, &target));
        if (target)
            (*out)[n++] = target;
    }
    *count = n;
    return OK;
}

static bool equals(const struct json *have, const struct json *want)
{
    if (want->type == JSON_LIST) {
        for (const struct json *one = want->first; one; one = one->next)
            if (equals(have, one))
                return true;
        return false;
    }
    if (have && have->type == JSON_LIST)
        return value__list_has(have, want->text);
    return have && json_same(have, want);
}

/* "$FIELD" is what the record that needs it says there itself; nothing there, nothing fits. */
static bool narrowed(const struct need *need, const struct record *rec, const struct record *own)
{
    for (size_t i = 0; i < need->where_count; i++) {
        const struct json *want = need->where[i].value;
        if (text_starts(json_text(want), "$"))
            want = record_value(own, text_from(want->text, 1));
        if (!want || !equals(record_value(rec, need->where[i].field), want))
            return false;
    }
    return true;
}

enum err related__records(struct call *call, struct records *r, struct db db,
                        const struct need *need, const struct record *rec, struct record ***out,
                        size_t *count)
{
    if (need->field.len)
        TRY(pointed_at(call, r, db, need, rec, out, count));
    else
        TRY(related__of_kind(call, r, db, model_kind(r->model, need->kind), need->via,
                             need->of.len ? json_text(record_value(rec, need->of)) : rec->id,
                             out, count));
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (narrowed(need, (*out)[i], rec))
            (*out)[kept++] = (*out)[i];
    *count = kept;
    return OK;
}
