/* SPDX-License-Identifier: Apache-2.0 */
/* api/outside_settings.c — for who runs the organisation: what the public pages are set to, and
 * what each of them shows, or would show, told before anybody switches it on. */
#include "api/outside.h"

static void put_words(const struct public_pages *set, struct json_out *o)
{
    json_key(o, "words");
    json_open(o, '{');
    for (size_t i = 1; i < PUBLIC_PAGES; i++) {
        json_key_text(o, public_page_word((enum public_page)i));
        json_open(o, '{');
        put__text(o, "en", set->words[i].en);
        put__text(o, "zh", set->words[i].zh);
        json_close(o, '}');
    }
    json_close(o, '}');
}

static void put_set(const struct public_pages *set, struct json_out *o)
{
    json_key(o, "on");
    json_open(o, '[');
    for (size_t i = 1; i < PUBLIC_PAGES; i++)
        if (set->on[i])
            json_put_text(o, public_page_word((enum public_page)i));
    json_close(o, ']');
    json_key(o, "lines");
    json_open(o, '[');
    for (size_t i = 0; i < set->line_count; i++)
        json_put_text(o, set->lines[i]->name);
    json_close(o, ']');
    put__text(o, "logo", set->logo);
    put_words(set, o);
}

static enum err put_numbers(struct exchange *x, const struct kind *k, struct json_out *o)
{
    struct record_list list;
    int64_t held_back;
    struct text date;
    if (k->published.latest) {
        TRY(record_published_latest(x->call, x->records, exchange__db(x), k, &date));
        put__text(o, "latest", date);
        return OK;
    }
    TRY(record_published(x->call, x->records, exchange__db(x), k, TEXT(""), 1, &list));
    TRY(record_published_held_back(x->call, x->records, exchange__db(x), k, &held_back));
    put__integer(o, "count", list.total);
    put__integer(o, "held_back", held_back);
    put__text(o, "query", record_published_query(x->call, k));
    put__text(o, "mark", k->published.mark->name);
    return OK;
}

static void put_title(struct json_out *o, struct words title)
{
    json_open(o, '{');
    put__text(o, "en", title.en);
    put__text(o, "zh", title.zh);
    json_close(o, '}');
}

static enum err put_shown(struct exchange *x, const struct kind *k, struct json_out *o)
{
    json_open(o, '{');
    put__text(o, "page", public_page_word(k->published.page));
    put__text(o, "kind", k->name);
    put__words(o, "title", k->published.title);
    put__bool(o, "line", k->published.latest != NULL);
    TRY(put_numbers(x, k, o));
    json_key(o, "fields");
    json_open(o, '[');
    for (size_t i = 0; i < k->published.show_count; i++)
        put_title(o, k->published.show[i].field->title);
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

enum err pages_get(struct exchange *x)
{
    struct public_pages set;
    TRY(record_pages(x->call, x->records, exchange__db(x), &set));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put_set(&set, o);
    json_key(o, "shows");
    json_open(o, '[');
    for (size_t i = 0; i < x->model->kind_count; i++)
        if (x->model->kinds[i].published.page != PUBLIC_NONE)
            TRY(put_shown(x, &x->model->kinds[i], o));
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}
