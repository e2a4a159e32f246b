/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/filter.c — one filter of a list: equal, not, compared, empty; over columns, links and
 * lists. */
#include "record/query/statement.h"

static enum err bad_filter(struct query *q, struct text name, const char *english)
{
    return problem(q->call, ERR_INVALID, name, "filter", "%s", say(q->call, english));
}

static bool to_value(const struct field *f, struct text t, struct value *out)
{
    int64_t i;
    double d;
    if (f->type->form == FORM_TRUTH) {
        bool yes = text_is(t, "true") || text_is(t, "1") || text_is(t, "yes");
        *out = V_INT(yes);
        return yes || text_is(t, "false") || text_is(t, "0") || text_is(t, "no");
    }
    if (f->type->form == FORM_WHOLE) {
        bool good = text_integer(t, &i);
        *out = V_INT(good ? i : 0);
        return good;
    }
    if (f->type->form == FORM_NUMBER) {
        bool good = text_number(t, &d);
        *out = V_NUM(good ? d : 0);
        return good;
    }
    *out = V_TEXT(t);
    return true;
}

static struct text me_or(struct query *q, const struct field *f, struct text t)
{
    if (f->target == TO_PERSON && text_is(t, "me"))
        return q->call->actor->person;
    return t;
}

static enum err read_values(struct query *q, struct text name, struct text list,
                            struct texts *out)
{
    *out = (struct texts)LIST_IN(q->call->arena, VALUES_MOST);
    do
        (void)LIST_ADD(out, text_cut(&list, ','));
    while (list.len && !out->full);
    return out->full ? sql__too_many(q, name, VALUES_MOST) : OK;
}

/* "IN (…)" of a reference: a key stands for its id. */
static void add_targets(struct query *q, const struct field *f, const struct texts *values)
{
    struct texts ids = LIST_IN(q->call->arena, VALUES_MOST), keys = ids;
    for (size_t i = 0; i < values->count; i++)
        if (f->target == TO_KIND && f->target_kind && text_find(values->at[i], '-') >= 0)
            (void)LIST_ADD(&keys, values->at[i]);
        else
            (void)LIST_ADD(&ids, me_or(q, f, values->at[i]));
    if (!keys.count) {
        sql__in(q, ids.at, ids.count);
        return;
    }
    buf_print(&q->sql, " IN (SELECT x.id FROM \"%.*s\" x WHERE x.\"key\"",
              TEXT_ARG(f->target_kind->name));
    sql__in(q, keys.at, keys.count);
    if (ids.count) {
        buf_add_c(&q->sql, " UNION ALL SELECT s.value FROM ");
        sql__set(q, sql__json_of(q, ids.at, ids.count));
    }
    buf_add_c(&q->sql, ")");
}

/* A list of texts is one column: |a|b|. */
static struct text pattern(struct query *q, struct text one)
{
    struct buf b = buf_in(q->call->arena, one.len * 2 + 8);
    buf_add_c(&b, "%|");
    for (size_t i = 0; i < one.len; i++) {
        if (one.at[i] == '%' || one.at[i] == '_' || one.at[i] == '\\')
            buf_add_byte(&b, '\\');
        buf_add_byte(&b, one.at[i]);
    }
    buf_add_c(&b, "|%");
    return buf_text(&b);
}

static void add_among(struct query *q, const struct field *f, const struct texts *values)
{
    struct text *patterns = NEW_MANY(q->call->arena, values->count, struct text);
    for (size_t i = 0; i < values->count; i++)
        patterns[i] = pattern(q, values->at[i]);
    /* IS NOT NULL: by the index of those that have any */
    buf_print(&q->sql, "(t.\"%.*s\" IS NOT NULL AND EXISTS (SELECT 1 FROM ", TEXT_ARG(f->name));
    sql__set(q, sql__json_of(q, patterns, values->count));
    buf_print(&q->sql, " WHERE t.\"%.*s\" LIKE s.value ESCAPE '\\'))", TEXT_ARG(f->name));
}

/* A free link may be called like a field; what a field holds is not free. */
static void add_linked(struct query *q, const struct field *f, const struct texts *values)
{
    buf_print(&q->sql, "t.id IN (SELECT l.from_id FROM link l WHERE l.from_kind = '%.*s' AND ",
              TEXT_ARG(q->kind->name));
    if (f->type->refers == REFERS_FREE)
        buf_add_c(&q->sql, "l.free = 1");
    else
        buf_print(&q->sql, "l.free = 0 AND l.type = '%.*s'", TEXT_ARG(f->name));
    buf_add_c(&q->sql, " AND l.to_id");
    add_targets(q, f, values);
    buf_add_c(&q->sql, ")");
}

static void add_item_of(struct query *q, const struct field *f, const struct texts *values)
{
    buf_add_c(&q->sql, "EXISTS (SELECT 1 FROM ");
    sql__items(q, f);
    buf_add_c(&q->sql, " WHERE ");
    sql__item(q, f);
    add_targets(q, f, values);
    buf_add_c(&q->sql, ")");
}

static enum err add_numbers(struct query *q, const struct field *f, const struct texts *values)
{
    struct buf b = buf_in(q->call->arena, 1u << 20);
    struct json_out o = json_out(&b);
    bool good = true;
    json_open(&o, '[');
    for (size_t i = 0; i < values->count && good; i++) {
        struct value v;
        good = to_value(f, values->at[i], &v);
        if (v.type == VALUE_NUMBER)
            json_put_number(&o, v.number);
        else
            json_put_integer(&o, v.integer);
    }
    json_close(&o, ']');
    if (!good)
        return bad_filter(q, f->name, SAID("the filter value has the wrong type"));
    sql__field(q, f);
    buf_print(&q->sql, " IN (SELECT %s FROM ",
              !q->postgres                   ? "s.value"
              : f->type->form == FORM_NUMBER ? "CAST(s.value AS double precision)"
                                             : "CAST(s.value AS bigint)");
    sql__set(q, buf_text(&b));
    buf_add_c(&q->sql, ")");
    return OK;
}

/* Texts that are the same have the same key of order, and there is an index of those. */
static void add_keys(struct query *q, const struct field *f, const struct texts *values)
{
    struct text *keys = NEW_MANY(q->call->arena, values->count + 1, struct text);
    if (q->then || q->plain || !q->records || !order__has(f) || text_is(f->name, "id"))
        return;
    for (size_t i = 0; i < values->count; i++)
        keys[i] = order__cell(q->call, json_of_text(q->call->arena, values->at[i])).text;
    buf_print(&q->sql, " AND t.\"%.*s\"", TEXT_ARG(order__name(q->call->arena, f)));
    sql__in(q, keys, values->count);
}

static enum err add_equal(struct query *q, const struct field *f, const struct texts *values)
{
    bool linked = f->type->form == FORM_LINKS;
    if (f->type->form == FORM_ROWS)
        return bad_filter(q, f->name, SAID("cannot be filtered"));
    if (q->then && (linked || field_is_set(f)))
        add_item_of(q, f, values);
    else if (linked)
        add_linked(q, f, values);
    else if (field_is_set(f))
        add_among(q, f, values);
    else if (f->type->form != FORM_WORDS)
        return add_numbers(q, f, values);
    else {
        sql__field(q, f);
        add_targets(q, f, values);
        add_keys(q, f, values);
    }
    return OK;
}

static enum err add_any_of(struct query *q, const struct field *f, const struct filter *filter,
                           bool negate)
{
    struct texts values;
    TRY(read_values(q, filter->name, filter->value, &values));
    buf_add_c(&q->sql, negate ? " AND NOT ((" : " AND ((");
    TRY(add_equal(q, f, &values));
    buf_add_c(&q->sql, ")");
    if (negate && field__is_column(f)) { /* an empty value is not the excluded one */
        buf_add_c(&q->sql, " AND ");
        sql__field(q, f);
        buf_add_c(&q->sql, " IS NOT NULL");
    }
    buf_add_c(&q->sql, ")");
    return OK;
}

static enum err add_compare(struct query *q, const struct field *f, const char *operator,
                            struct text t)
{
    struct value v;
    if (!field__is_column(f) || !to_value(f, t, &v))
        return bad_filter(q, f->name, SAID("cannot be compared like this"));
    buf_add_c(&q->sql, " AND ");
    sql__field(q, f);
    buf_print(&q->sql, " %s ", operator);
    sql__bind(q, v);
    return OK;
}

enum err sql__empty(struct query *q, const struct field *f, struct text t)
{
    bool empty = !text_is(t, "0") && !text_is(t, "false");
    if (field__is_column(f) || q->then) {
        buf_add_c(&q->sql, " AND ");
        sql__field(q, f);
        buf_print(&q->sql, " IS %sNULL", empty ? "" : "NOT ");
        return OK;
    }
    if (f->type->form == FORM_ROWS)
        buf_print(&q->sql,
                  " AND %sEXISTS (SELECT 1 FROM \"%.*s__%.*s\" x WHERE x.record = t.id)",
                  empty ? "NOT " : "", TEXT_ARG(q->kind->name), TEXT_ARG(f->name));
    else
        buf_print(&q->sql,
                  " AND %sEXISTS (SELECT 1 FROM link l WHERE l.from_kind = '%.*s' AND "
                  "l.from_id = t.id AND %s%.*s%s)",
                  empty ? "NOT " : "", TEXT_ARG(q->kind->name),
                  f->type->refers == REFERS_FREE ? "l.free = 1" : "l.free = 0 AND l.type = '",
                  f->type->refers == REFERS_FREE ? 0 : (int)f->name.len, f->name.at,
                  f->type->refers == REFERS_FREE ? "" : "'");
    return OK;
}

/* As of a moment the rest of a filter is of then; NAME.now, NAME.now.not … ask how the same
 * records stand today. What somebody may not read now they do not read then either. */
static bool is_of_now(struct text how)
{
    return text_is(how, "now") || text_starts(how, "now.");
}

static enum err filter_now(struct query *q, const struct filter *filter, struct text base,
                           struct text how)
{
    if (is_of_now(text_from(how, how.len > 3 ? 4 : 3)))
        return bad_filter(q, filter->name,
                          SAID("is not a filter: use .not .gte .lte .gt .lt .empty"));
    if (!q->plain)
        return bad_filter(q, filter->name, SAID("says how it is now, beside as_of alone"));
    struct text rest = text_from(how, 3);
    struct filter inner = {text_join(q->call->arena, base, rest), filter->value};
    bool then = q->then;
    q->then = false;
    enum err e = sql__filter(q, &inner);
    q->then = then;
    return e;
}

enum err sql__filter(struct query *q, const struct filter *filter)
{
    static const struct {
        const char *suffix, *operator;
    } compare[] = {{".gte", ">="}, {".lte", "<="}, {".gt", ">"}, {".lt", "<"}};
    struct text name = filter->name, base = text_cut(&name, '.');
    const struct field *f = kind_field(q->kind, base);
    if (text_is(base, "id") && !name.len) {
        static const struct field id = {.name = {"id", 2}, .type = &type_text};
        return add_any_of(q, &id, filter, false);
    }
    if (!f || !record_reads_everywhere(q->records, q->call->actor, f))
        return bad_filter(q, filter->name, SAID("is not a field one can filter by"));
    if (!name.len)
        return add_any_of(q, f, filter, false);
    if (is_of_now(name))
        return filter_now(q, filter, base, name);
    if (sql__cut_of(f, name) != CUT_NONE)
        return sql__cut_filter(q, f, sql__cut_of(f, name), filter);
    if (text_is(name, "not"))
        return add_any_of(q, f, filter, true);
    if (text_is(name, "empty"))
        return sql__empty(q, f, filter->value);
    for (size_t i = 0; i < COUNT(compare); i++)
        if (text_ends(filter->name, compare[i].suffix))
            return add_compare(q, f, compare[i].operator, filter->value);
    return bad_filter(q, filter->name,
                      SAID("is not a filter: use .not .gte .lte .gt .lt .empty"));
}

bool sql__by_index(const struct query *q, const struct filter *filter)
{
    struct text how = filter->name, base = text_cut(&how, '.');
    const struct field *f = kind_field(q->kind, base);
    bool filled = text_is(filter->value, "0") || text_is(filter->value, "false");
    if (!f || q->then || is_of_now(how) || sql__cut_of(f, how) != CUT_NONE)
        return false;
    if (f->type->form == FORM_LINKS)
        return !how.len;
    if (!field__is_column(f) || !tables__looks_up(q->kind, f))
        return false;
    if (text_is(how, "empty"))
        return filled || tables__walks(q->kind, f);
    return !how.len || (!text_is(how, "not") && !field_is_set(f) && !order__has(f));
}
