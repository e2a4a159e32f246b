/* SPDX-License-Identifier: Apache-2.0 */
/* store/plan_foreign.c — what stands in the database that no table of ours accounts for.
 *
 * A trigger or rule acts when we write, a view or table may stand where we read, a guard that was
 * dropped lets rows be altered: none of them has an entry. The catalogue is asked for all that
 * could, and held against what the plan would have made. Tables that a former model left behind are
 * empty and are passed over. */
#include "store/internal.h"

struct oddities {
    struct call *call;
    struct reader *reader;
    const struct table *tables;
    size_t count;
    struct rows objects; /* (type, name, table, text) */
    struct oddity **end;
};

static void add(struct oddities *o, struct text name, const char *what, bool table)
{
    struct oddity *one = NEW(o->call->arena, struct oddity);
    *one = (struct oddity){name, text_of(what), table, NULL};
    *o->end = one;
    o->end = &one->next;
}

static const struct table *declared(const struct oddities *o, struct text name)
{
    for (size_t i = 0; i < o->count; i++)
        if (text_same(o->tables[i].name, name))
            return &o->tables[i];
    return NULL;
}

static bool made_by_store(const struct driver *d, struct text name)
{
    struct text own = text_of(d->plan.own_tables);
    while (own.len > 0)
        if (text_same(text_cut(&own, ' '), name))
            return true;
    return false;
}

/* One of the objects by which an append-only table is guarded, to the letter. */
static bool is_guard(struct oddities *o, const struct value *row)
{
    const struct driver *d = o->reader->store->driver;
    const struct table *t = declared(o, row[2].text);
    return t != NULL && t->append_only &&
           d->plan.is_guard(o->call->arena, t->name, row[1].text, row[3].text);
}

static enum err any_rows(struct oddities *o, struct text table, bool *any)
{
    struct buf b = buf_in(o->call->arena, 1000);
    struct rows rows;
    buf_add_c(&b, "SELECT 1 FROM \"");
    for (size_t i = 0; i < table.len; i++) {
        if (table.at[i] == '"')
            buf_add_byte(&b, '"');
        buf_add_byte(&b, table.at[i]);
    }
    buf_add_c(&b, "\" LIMIT 1");
    *any = true;
    if (b.full)
        return OK;
    TRY(read_rows(o->call, o->reader, text_c(o->call->arena, buf_text(&b)), NULL, 0, 1, &rows));
    *any = rows.count > 0;
    return OK;
}

/* Rows of a field that is called otherwise today ("risk__measures"): copied when it was renamed,
 * and read by nobody since. */
static bool left_behind(const struct oddities *o, struct text name)
{
    ptrdiff_t at = text_search(name, TEXT("__"));
    return at > 0 && declared(o, text_slice(name, 0, (size_t)at)) != NULL;
}

static enum err look_at_table(struct oddities *o, struct text name)
{
    const struct driver *d = o->reader->store->driver;
    bool any = true;
    if (declared(o, name) != NULL || made_by_store(d, name) || left_behind(o, name))
        return OK;
    TRY(any_rows(o, name, &any));
    if (any)
        add(o, name, "a table that does not belong here has rows", true);
    return OK;
}

static enum err look_at(struct oddities *o, const struct value *row)
{
    struct text type = row[0].text;
    if (text_is(type, "table"))
        return look_at_table(o, row[1].text);
    if (text_is(type, "trigger") && is_guard(o, row))
        return OK;
    add(o, row[1].text,
        text_is(type, "view")      ? "a view that does not belong here"
        : text_is(type, "trigger") ? "a trigger that does not belong here"
                                   : "a rule that does not belong here",
        false);
    return OK;
}

static void look_for_guards(struct oddities *o, const struct table *t)
{
    const struct driver *d = o->reader->store->driver;
    size_t found = 0, there = 0;
    for (size_t i = 0; i < o->objects.count; i++) {
        const struct value *row = row_at(&o->objects, i);
        there += text_is(row[0].text, "table") && text_same(row[1].text, t->name);
        found += text_is(row[0].text, "trigger") && text_same(row[2].text, t->name) &&
                 is_guard(o, row);
    }
    if (there > 0 && found != d->plan.guards)
        add(o, t->name, "the triggers that keep this table from being altered are missing",
            false);
}

enum err store_foreign(struct call *call, struct reader *r, const struct table *tables,
                       size_t count, struct oddity **out)
{
    struct oddities o = {
        .call = call, .reader = r, .tables = tables, .count = count, .end = out};
    *out = NULL;
    TRY(read_rows(call, r, r->store->driver->plan.objects, NULL, 0, READ_MOST, &o.objects));
    for (size_t i = 0; i < o.objects.count; i++)
        TRY(look_at(&o, row_at(&o.objects, i)));
    for (size_t i = 0; i < count; i++)
        if (tables[i].append_only)
            look_for_guards(&o, &tables[i]);
    return OK;
}
