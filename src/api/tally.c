/* SPDX-License-Identifier: Apache-2.0 */
/* api/tally.c — a list as numbers: how many records have which values. */
#include "api/internal.h"

static void put_tallied(const struct field *f, const struct value *v, struct json_out *o)
{
    if (v->type == VALUE_NULL)
        json_put_null(o);
    else if (v->type == VALUE_TEXT)
        json_put_text(o, v->text);
    else if (f->type->form == FORM_TRUTH)
        json_put_bool(o, v->integer != 0);
    else
        json_put_integer(o, v->integer);
}

static void put_group(const struct list_tally *t, const struct tally_group *group,
                      struct json_out *o)
{
    static const char *const names[TALLY_FIELDS_MOST] = {"x", "y", "z", "w"};
    for (size_t i = 0; i < t->by_count; i++) {
        json_key(o, names[i]);
        put_tallied(t->by[i], &group->at[i], o);
    }
    put__integer(o, "n", group->count);
}

/* ---- the first records of each group: a board in one answer -------------------------------
 */
#define CARDS_MOST 50
#define CARD_GROUPS_MOST 40 /* groups that come with records; those behind them have counts */

/* The filter that a list takes for what the group has in common. */
static struct filter filter_of(struct exchange *x, const struct field *f, const struct value *v)
{
    struct arena *a = x->call->arena;
    if (v->type == VALUE_NULL)
        return (struct filter){text_print(a, "%.*s.empty", TEXT_ARG(f->name)), TEXT("1")};
    if (v->type == VALUE_TEXT)
        return (struct filter){f->name, v->text};
    if (f->type->form == FORM_TRUTH)
        return (struct filter){f->name, v->integer ? TEXT("true") : TEXT("false")};
    return (struct filter){f->name, text_print(a, "%lld", (long long)v->integer)};
}

static enum err put_cards(struct exchange *x, const struct kind *k, const struct list_query *q,
                          struct filter only, struct json_out *o)
{
    struct list_query one = *q;
    struct record_list list;
    struct filter *filters = NEW_MANY(x->call->arena, q->filter_count + 1, struct filter);
    for (size_t i = 0; i < q->filter_count; i++)
        filters[i] = q->filters[i];
    filters[q->filter_count] = only;
    one.filters = filters;
    one.filter_count++;
    TRY(record_list(x->call, x->records, exchange__db(x), k, &one, &list));
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < list.count; i++)
        record_json(x->call, x->records, exchange__db(x), list.items[i], q->fields, o);
    json_close(o, ']');
    json_key(o, "next");
    list.next.len ? json_put_text(o, list.next) : json_put_null(o);
    json_key(o, "names");
    return record_names(x->call, x->records, exchange__db(x), list.items, list.count, o);
}

static enum err put_groups(struct exchange *x, const struct kind *k, const struct list_query *q,
                           const struct list_tally *t, struct json_out *o)
{
    enum err e = OK;
    json_key(o, "tally");
    json_open(o, '[');
    for (size_t i = 0; i < t->count && e == OK; i++) {
        json_open(o, '{');
        put_group(t, &t->groups[i], o);
        if (q->limit > 0 && i < CARD_GROUPS_MOST)
            e = put_cards(x, k, q, filter_of(x, t->by[0], &t->groups[i].at[0]), o);
        json_close(o, '}');
    }
    json_close(o, ']');
    return e;
}

/* A tally is of the whole list: it has no pages, and no file is made of it. With cards the
 * records of its groups have an order and fields. */
enum err tally__check(struct exchange *x, int64_t *cards)
{
    static const char *const words[] = {"limit",  "cursor", "facets", "format",
                                        "totals", "sort",   "fields"};
    enum err worst = query__integer(x, "cards", 0, cards);
    if (worst == OK && (*cards < 0 || *cards > CARDS_MOST))
        worst = problem(x->call, ERR_INVALID, TEXT("cards"), "range",
                        say(x->call, "is 1 to %d: the first records of each group"), CARDS_MOST);
    for (size_t i = 0; i < (*cards ? 5 : COUNT(words)); i++)
        if (query__text(x, words[i]).len)
            worst = problem(x->call, ERR_INVALID, text_of(words[i]), "tally", "%s",
                            say(x->call, "a tally counts the whole list: leave this out"));
    return worst;
}

/* What is counted by a part of a field, or by how it is now, is no plain filter. */
static enum err check_cards(struct exchange *x, struct text names, const struct list_tally *t)
{
    enum written how = t->by[0]->type->written;
    bool whole = text_find(names, '.') < 0;
    if (t->by_count == 1 && whole && how != WRITTEN_DAY && how != WRITTEN_MOMENT)
        return OK;
    return problem(x->call, ERR_INVALID, TEXT("cards"), "tally", "%s",
                   say(x->call, "cards come with a tally by one field that is no date"));
}

enum err tally__put(struct exchange *x, const struct kind *k, const struct list_query *q,
                    struct text names, int64_t cards)
{
    struct json_out *o = exchange__json(x);
    struct list_query asked = *q;
    struct list_tally t;
    asked.limit = cards;
    TRY(record_tally(x->call, x->records, exchange__db(x), k, q, names, &t));
    if (cards)
        TRY(check_cards(x, names, &t));
    json_open(o, '{');
    TRY(put_groups(x, k, &asked, &t, o));
    put__integer(o, "total", t.total);
    put__bool(o, "more", t.more);
    json_key(o, "names");
    TRY(record_tally_names(x->call, x->records, exchange__db(x), &t, o));
    json_close(o, '}');
    return OK;
}
