/* SPDX-License-Identifier: Apache-2.0 */
/* model/print/homes.c — the homes as GET /api/v1/model shows them: words and places. What a
 * tile comes to is told by GET /api/v1/home. */
#include "model/internal.h"

static void put_text_at(struct json_out *o, const char *key, struct text t)
{
    json_key(o, key);
    json_put_text(o, t);
}

static const char *show_word(enum tile_show show)
{
    static const char *const words[] = {"count", "list", "tally", "part"};
    return words[show];
}

static const char *did_word(enum did did)
{
    static const char *const words[] = {"create", "move", "export", "invite"};
    return words[did];
}

static void put_tile(struct json_out *o, const struct tile *t)
{
    json_open(o, '{');
    put_text_at(o, "tile", t->name);
    model__put_words_at(o, "title", t->title);
    model__put_words_at(o, "about", t->about);
    put_text_at(o, "show", text_of(show_word(t->show)));
    if (t->show == TILE_PART)
        put_text_at(o, "part", t->part);
    else
        put_text_at(o, "kind", t->kind->name);
    if (t->by != NULL)
        put_text_at(o, "by", t->by->name);
    json_close(o, '}');
}

static void put_act(struct json_out *o, const struct home_act *a)
{
    json_open(o, '{');
    put_text_at(o, "act", a->name);
    model__put_words_at(o, "title", a->title);
    model__put_words_at(o, "about", a->about);
    put_text_at(o, "did", text_of(did_word(a->did)));
    if (a->kind != NULL)
        put_text_at(o, "kind", a->kind->name);
    json_close(o, '}');
}

static void put_home(struct json_out *o, const struct home *h)
{
    json_open(o, '{');
    put_text_at(o, "home", h->name);
    model__put_words_at(o, "title", h->title);
    model__put_words_at(o, "about", h->about);
    model__put_texts_at(o, "roles", h->roles, h->role_count);
    json_key(o, "otherwise");
    json_put_bool(o, h->otherwise);
    json_key(o, "tiles");
    json_open(o, '[');
    for (size_t i = 0; i < h->tile_count; i++)
        put_tile(o, &h->tiles[i]);
    json_close(o, ']');
    model__put_texts_at(o, "nav", h->nav, h->nav_count);
    json_key(o, "acts");
    json_open(o, '[');
    for (size_t i = 0; i < h->act_count; i++)
        put_act(o, &h->acts[i]);
    json_close(o, ']');
    json_close(o, '}');
}

void model__put_homes(struct json_out *o, const struct model *m)
{
    json_key(o, "homes");
    json_open(o, '[');
    for (size_t i = 0; i < m->home_count; i++)
        put_home(o, &m->homes[i]);
    json_close(o, ']');
}
