/* SPDX-License-Identifier: Apache-2.0 */
/* record/query/order.c — in which order a list comes, and the place in it.
 * A cursor is the sorting and the values of the last record that was shown, the id last: the
 * next page begins after that place, whatever came or went before it. */
#include "record/query/statement.h"

#define SORTS_MOST ORDER_TERMS_MOST

/* What is the same by what was asked for comes in the kind's own order, as the indexes have it.
 */
static void add_own_order(const struct query *q, struct order *o)
{
    struct text words = q->kind->sort;
    while (words.len && o->count < SORTS_MOST) {
        struct text one = text_trim(text_cut(&words, ','));
        bool down = text_starts(one, "-"), there = false;
        const struct field *f = kind_field(q->kind, down ? text_from(one, 1) : one);
        for (size_t i = 0; i < o->count; i++)
            there = there || o->by[i] == f;
        if (!f || !field__is_column(f) || there || field_is_set(f) ||
            !record_reads_everywhere(q->records, q->call->actor, f))
            continue;
        o->by[o->count] = f;
        o->down[o->count++] = down;
    }
}

enum err order__read(struct query *q, struct text words, struct order *out)
{
    enum err worst = OK;
    *out = (struct order){.words = words};
    while (words.len) {
        struct text one = text_trim(text_cut(&words, ','));
        bool down = text_starts(one, "-");
        const struct field *f = kind_field(q->kind, down ? text_from(one, 1) : one);
        bool good = f && field__is_column(f) &&
                    record_reads_everywhere(q->records, q->call->actor, f) &&
                    !(q->then && field_is_set(f)); /* a body spells a list in another way */
        if (out->count == SORTS_MOST)
            return sql__too_many(q, TEXT("sort"), SORTS_MOST);
        if (good) {
            out->by[out->count] = f;
            out->down[out->count++] = down;
        } else
            worst = problem(q->call, ERR_INVALID, TEXT("sort"), "sort",
                            say(q->call, "one cannot sort by %.*s"), TEXT_ARG(one));
    }
    add_own_order(q, out);
    return worst;
}

static bool keyed(const struct query *q, const struct field *f)
{
    return !q->plain && order__has(f);
}

void sql__place(struct query *q, const struct field *f)
{
    if (keyed(q, f))
        buf_print(&q->sql, "t.\"%.*s\"", TEXT_ARG(order__name(q->call->arena, f)));
    else
        sql__field(q, f);
}

/* Then the order of an index is the order that is asked for. */
bool order__never_empty(const struct field *f)
{
    return text_is(f->name, "title") || text_is(f->name, "state") || text_is(f->name, "key") ||
           text_is(f->name, "created_at") || text_is(f->name, "updated_at");
}

void sql__sort_from(struct query *q, const struct order *o, size_t from)
{
    buf_add_c(&q->sql, " ORDER BY ");
    for (size_t i = from; i < o->count; i++) {
        sql__place(q, o->by[i]);
        buf_add_c(&q->sql, o->down[i] ? " DESC" : " ASC");
        bool filled = order__never_empty(o->by[i]) || (i == 0 && q->filled);
        buf_add_c(&q->sql, filled ? ", " : " NULLS LAST, ");
    }
    buf_add_c(&q->sql, "t.id");
}

void sql__sort(struct query *q, const struct order *o)
{
    sql__sort_from(q, o, 0);
}

struct text order__cursor(struct query *q, const struct order *o, const struct record *last)
{
    struct buf b = buf_in(q->call->arena, 1u << 16);
    struct json_out out = json_out(&b);
    json_open(&out, '[');
    json_put_text(&out, o->words);
    for (size_t i = 0; i < o->count; i++) {
        const struct json *is = last->values[o->by[i]->index];
        struct value v =
            keyed(q, o->by[i]) ? order__cell(q->call, is) : table__cell(q->call, o->by[i], is);
        if (v.type == VALUE_TEXT)
            json_put_text(&out, v.text);
        else if (v.type == VALUE_INTEGER)
            json_put_integer(&out, v.integer);
        else if (v.type == VALUE_NUMBER)
            json_put_number(&out, v.number);
        else
            json_put_null(&out);
    }
    json_put_text(&out, last->id);
    json_close(&out, ']');
    return hex_of(q->call->arena, buf_text(&b));
}

bool order__value(const struct field *f, const struct json *v, struct value *out)
{
    *out = v->type == JSON_TEXT      ? V_TEXT(v->text)
           : v->type == JSON_INTEGER ? V_INT(v->integer)
           : v->type == JSON_NUMBER  ? V_NUM(v->number)
                                     : V_NULL;
    if (f->type->form == FORM_NUMBER && !f->many && v->type == JSON_INTEGER)
        *out = V_NUM((double)v->integer);
    bool whole = !f->many && (f->type->form == FORM_WHOLE || f->type->form == FORM_TRUTH);
    bool number = !f->many && f->type->form == FORM_NUMBER;
    return v->type == JSON_NULL || out->type == (whole    ? VALUE_INTEGER
                                                 : number ? VALUE_NUMBER
                                                          : VALUE_TEXT);
}

/* After v in this order: empty ones come last, and nothing comes after them. */
static void add_after(struct query *q, const struct field *f, bool down, struct value v)
{
    if (v.type == VALUE_NULL) {
        buf_add_c(&q->sql, "1=0");
        return;
    }
    buf_add_c(&q->sql, "(");
    sql__place(q, f);
    buf_add_c(&q->sql, down ? " < " : " > ");
    sql__bind(q, v);
    buf_add_c(&q->sql, " OR ");
    sql__place(q, f);
    buf_add_c(&q->sql, " IS NULL)");
}

void sql__same(struct query *q, const struct field *f, struct value v)
{
    sql__place(q, f);
    if (v.type == VALUE_NULL) {
        buf_add_c(&q->sql, " IS NULL");
        return;
    }
    buf_add_c(&q->sql, " = ");
    sql__bind(q, v);
}

enum err order__bad_cursor(struct query *q)
{
    return problem(q->call, ERR_INVALID, TEXT("cursor"), "cursor", "%s",
                   say(q->call, "is not a cursor of this list"));
}

/* The first of the values in the cursor; the others follow it. */
enum err order__place(struct query *q, const struct order *o, struct text cursor,
                      const struct json **first)
{
    static const struct json_limits limits = {1u << 17, 2, 64};
    struct call *quiet = call_beside(q->call->arena, q->call);
    const struct json *place;
    struct text bytes;
    if (!hex_read(q->call->arena, cursor, &bytes) ||
        json_read(quiet, bytes, &limits, &place) != OK || place->type != JSON_LIST ||
        place->count != o->count + 2 || !text_same(json_text(place->first), o->words))
        return order__bad_cursor(q);
    *first = place->first->next;
    return OK;
}

enum err sql__cursor(struct query *q, const struct order *o, struct text cursor)
{
    const struct json *one;
    TRY(order__place(q, o, cursor, &one));
    buf_add_c(&q->sql, " AND (");
    for (size_t i = 0; i < o->count; i++, one = one->next) {
        struct value v;
        if (!order__value(o->by[i], one, &v))
            return order__bad_cursor(q);
        add_after(q, o->by[i], o->down[i], v);
        buf_add_c(&q->sql, " OR (");
        sql__same(q, o->by[i], v);
        buf_add_c(&q->sql, " AND (");
    }
    if (one->type != JSON_TEXT)
        return order__bad_cursor(q);
    buf_add_c(&q->sql, "t.id > ");
    sql__bind(q, V_TEXT(one->text));
    for (size_t i = 0; i < o->count * 2 + 1; i++)
        buf_add_byte(&q->sql, ')');
    return OK;
}
