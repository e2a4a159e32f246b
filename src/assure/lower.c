/* SPDX-License-Identifier: Apache-2.0 */
/* assure/lower.c — a person may say that a row is less far than it looks, with a reason; never
 * that it is further. Such a saying is a record like any other, of the kind the model marks for
 * it, and counts while it is neither in its first state nor in a last one. */
#include "assure/internal.h"

static const struct kind *limit_kind(const struct model *m)
{
    for (size_t i = 0; i < m->kind_count; i++)
        if (text_is(m->kinds[i].is, "readiness_limit"))
            return &m->kinds[i];
    return NULL;
}

static bool read_level(const struct record *limit, int64_t *out)
{
    const struct json *v = record_value(limit, TEXT("level"));
    if (!v)
        return false;
    *out = v->integer;
    bool known = v->type == JSON_INTEGER || text_integer(json_text(v), out);
    return known && *out >= 0;
}

static void lower(struct arena *a, const struct record *limit, int64_t to,
                  struct row_readiness *row)
{
    row->lowered = true;
    row->lowered_to = to;
    row->level = (int)to;
    row->proven = row->proven && to > 0;
    row->lowered_reason = json_text(record_value(limit, TEXT("justification")));
    row->lowered_by = json_text(record_value(limit, TEXT("author")));
    row->lowered_at = json_text(record_value(limit, TEXT("created_at")));
    row->why_en = text_print(a, "A person lowered it to level %d: %.*s", row->level,
                             TEXT_ARG(row->lowered_reason));
    row->why_zh =
        text_print(a, "经人工下调至 %d 级：%.*s", row->level, TEXT_ARG(row->lowered_reason));
}

static void apply(struct arena *a, const struct record *limit, struct readiness *r)
{
    const struct json *about = record_value(limit, TEXT("requirement"));
    int64_t to = 0;
    if (!read_level(limit, &to))
        return;
    for (size_t i = 0; i < r->row_count; i++) {
        struct row_readiness *row = &r->rows[i];
        if (row->applicable && to < row->level && assure__names(about, row->row->id))
            lower(a, limit, to, row);
    }
}

enum err lower__apply(const struct scene *s, struct readiness *r)
{
    const struct kind *k = limit_kind(s->model);
    struct record **limits;
    size_t count;
    if (!k)
        return OK;
    TRY(assure__list(s, k, NULL, 0, &limits, &count));
    for (size_t i = 0; i < count; i++)
        if (limits[i]->state != k->start && !k->states[limits[i]->state].end)
            apply(s->call->arena, limits[i], r);
    return OK;
}
