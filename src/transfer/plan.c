/* SPDX-License-Identifier: Apache-2.0 */
/* transfer/plan.c — a file without a map: its columns are the fields, by name or title, as
 * an export writes them. What the engine keeps or computes itself is passed over. */
#include "transfer/internal.h"

static bool named(struct arena *a, const struct field *f, struct text name)
{
    return text_same(f->title.zh, name) ||
           text_same(text_lower(a, f->title.en), text_lower(a, name));
}

/* "External ID" is external_id. */
static struct text as_name(struct arena *a, struct text heading)
{
    struct text t = text_lower(a, heading);
    char *at = arena_take(a, t.len + 1);
    for (size_t i = 0; i < t.len; i++)
        at[i] = t.at[i] == ' ' ? '_' : t.at[i];
    return (struct text){at, t.len};
}

static const struct field *field_of(struct transfer *im, struct text name)
{
    const struct field *f = kind_field(im->kind, name);
    if (!f)
        f = kind_field(im->kind, as_name(im->arena, name));
    for (size_t i = 0; !f && i < im->kind->field_count; i++)
        if (named(im->arena, &im->kind->fields[i], name))
            f = &im->kind->fields[i];
    return f;
}

static enum err unknown(struct transfer *im, struct text name)
{
    return problem(im->call, ERR_INVALID, name, "unknown",
                   say(im->call, "%.*s has no such field (aimwell model explain %.*s)",
                       "%.*s 没有这个字段（aimwell model explain %.*s）"),
                   TEXT_ARG(im->kind->name), TEXT_ARG(im->kind->name));
}

static enum err plan_column(struct transfer *im, size_t column, bool *filled)
{
    struct plan *p = &im->plan;
    struct text name = im->table.names[column];
    const struct field *f = field_of(im, name);
    if (text_is(name, "id"))
        p->id = column;
    if (text_is(name, "id") || (text_is(name, "kind") && !f))
        return OK;
    if (!f)
        return unknown(im, name);
    if (filled[f->index])
        return problem(im->call, ERR_INVALID, name, "duplicate",
                       "another column is for the field %.*s already", TEXT_ARG(f->name));
    filled[f->index] = true;
    p->states |= text_is(f->name, "state");
    if (text_is(f->name, "key"))
        p->key = column;
    if (text_is(f->name, "external_id"))
        p->external = column;
    if (!f->system && !f->computed)
        p->to[p->to_count++] = (struct destination){.column = column, .field = f};
    return OK;
}

enum err transfer__plan_plain(struct transfer *im)
{
    struct plan *p = &im->plan;
    bool *filled = NEW_MANY(im->arena, im->kind->field_count + 1, bool);
    enum err worst = OK;
    p->key = p->id = p->external = p->unit = p->unit_code = NO_COLUMN;
    p->to = NEW_MANY(im->arena, im->table.columns + 1, struct destination);
    for (size_t i = 0; i < im->table.columns; i++) {
        enum err e = plan_column(im, i, filled);
        worst = e == OK ? worst : e;
    }
    return worst;
}
