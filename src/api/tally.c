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
    json_open(o, '{');
    for (size_t i = 0; i < t->by_count; i++) {
        json_key(o, names[i]);
        put_tallied(t->by[i], &group->at[i], o);
    }
    put__integer(o, "n", group->count);
    json_close(o, '}');
}

/* A tally is of the whole list: it has no pages, and no file is made of it. */
enum err tally__check(struct exchange *x)
{
    static const char *const words[] = {"sort",   "limit",  "cursor",
                                        "fields", "facets", "format"};
    enum err worst = OK;
    for (size_t i = 0; i < COUNT(words); i++)
        if (query__text(x, words[i]).len)
            worst = problem(x->call, ERR_INVALID, text_of(words[i]), "tally", "%s",
                            say(x->call, "a tally counts the whole list: leave this out"));
    return worst;
}

enum err tally__put(struct exchange *x, const struct kind *k, const struct list_query *q,
                    struct text names)
{
    struct json_out *o = exchange__json(x);
    struct list_tally t;
    TRY(record_tally(x->call, x->records, exchange__db(x), k, q, names, &t));
    json_open(o, '{');
    json_key(o, "tally");
    json_open(o, '[');
    for (size_t i = 0; i < t.count; i++)
        put_group(&t, &t.groups[i], o);
    json_close(o, ']');
    put__integer(o, "total", t.total);
    put__bool(o, "more", t.more);
    json_key(o, "names");
    TRY(record_tally_names(x->call, x->records, exchange__db(x), &t, o));
    json_close(o, '}');
    return OK;
}
