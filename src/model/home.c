/* SPDX-License-Identifier: Apache-2.0 */
/* model/home.c — what Today shows to whom: one file a home, for whoever holds one of its roles.
 * A tile is a number with its filter, so that it always leads to the rows that prove it; an act
 * is something to learn by doing, and names what in the ledger shows that it was done. */
#include "model/internal.h"

#include <ctype.h>
#include <stdlib.h>

#define HOMES_MOST 50
#define TILES_MOST 12
#define ACTS_MOST 12
#define MOVES_MOST 20

static bool named_well(struct loader *l, const struct json *v)
{
    if (model__name_ok(v->key))
        return true;
    model__mistake(l, v, "name", "\"%.*s\" is not a name: a-z, 0-9 and _", TEXT_ARG(v->key));
    return false;
}

static void read_roles(struct loader *l, const struct json *v, struct text **roles,
                       size_t *count)
{
    const struct json *list = json_get(v, "roles");
    if (list == NULL || !model__texts(l, v, "roles", true, roles, count))
        return;
    for (const struct json *one = list->first; one != NULL; one = one->next)
        if (model_role(l->model, one->text) == NULL)
            model__mistake(l, one, "unknown", "unknown role \"%.*s\"", TEXT_ARG(one->text));
}

static const struct kind *read_kind(struct loader *l, const struct json *v)
{
    struct text name = model__text(l, v, "kind", true);
    const struct kind *k = model_kind(l->model, name);
    if (k == NULL && name.len > 0)
        model__mistake(l, json_get(v, "kind"), "unknown", "unknown kind \"%.*s\"",
                       TEXT_ARG(name));
    return k;
}

/* ---- filters: as a list takes them --------------------------------------------------------
 */
/* What only some may read is no ground for a number that others see. */
static const struct field *read_field(struct loader *l, const struct kind *k,
                                      const struct json *at, struct text name)
{
    const struct field *f = kind_field(k, name);
    if (f == NULL)
        model__mistake(l, at, "unknown", "%.*s has no field \"%.*s\"", TEXT_ARG(k->name),
                       TEXT_ARG(name));
    else if (f->guarded)
        model__mistake(l, at, "guarded", "not everybody reads \"%.*s\"", TEXT_ARG(name));
    else
        return f;
    return NULL;
}

static bool is_day(struct text t)
{
    int64_t day;
    if (!text_starts(t, "$today"))
        return date_read(t, &day);
    struct text rest = text_from(t, 6);
    bool plus = rest.len > 1 && (rest.at[0] == '+' || rest.at[0] == '-');
    return rest.len == 0 ||
           (plus && text_integer(text_from(rest, 1), &day) && day >= 0 && day < 10000);
}

static bool is_value(const struct kind *k, const struct field *f, struct text one)
{
    if (text_is(f->name, "state"))
        return kind_state(k, one) >= 0;
    if (f->scale != NULL && f->type->form == FORM_WORDS)
        return scale_option(f->scale, one) != NULL;
    if (field_is_time(f))
        return is_day(one);
    for (size_t i = 0; i < one.len; i++) /* it stands in an address as it is */
        if (!isalnum((unsigned char)one.at[i]) && one.at[i] != '_' && one.at[i] != '-')
            return false;
    return one.len > 0;
}

static void check_values(struct loader *l, const struct kind *k, const struct field *f,
                         const struct json *v)
{
    struct text rest = v->text;
    while (rest.len > 0) {
        struct text one = text_cut(&rest, ',');
        if (!is_value(k, f, one))
            model__mistake(l, v, "value", "\"%.*s\" is no value of \"%.*s\"", TEXT_ARG(one),
                           TEXT_ARG(f->name));
    }
}

static void read_filter(struct loader *l, const struct kind *k, const struct json *v,
                        struct tile_filter *out)
{
    struct text how = v->key, base = text_cut(&how, '.');
    const struct field *f = read_field(l, k, v, base);
    if (!model__is_text(l, v) || f == NULL)
        return;
    *out = (struct tile_filter){v->key, v->text};
    if (how.len > 0 && !model__one_of(how, "not gte lte gt lt empty"))
        model__mistake(l, v, "unknown", "a filter ends in .not .gte .lte .gt .lt or .empty");
    else if (!text_is(how, "empty"))
        check_values(l, k, f, v);
}

static void read_filters(struct loader *l, const struct kind *k, const struct json *v,
                         struct tile_filter *out, size_t *count)
{
    const struct json *filters = model__object(l, v, "filter", false);
    for (const struct json *one = filters == NULL ? NULL : filters->first; one != NULL;
         one = one->next) {
        if (*count == TILE_FILTERS_MOST) {
            model__mistake(l, one, "range", "there are at most %d filters", TILE_FILTERS_MOST);
            return;
        }
        read_filter(l, k, one, &out[(*count)++]);
    }
}

/* ---- tiles --------------------------------------------------------------------------------
 */
static struct bound read_bound(struct loader *l, const struct json *tile, const char *key)
{
    struct bound out = {-1, -1};
    const struct json *v = model__object(l, tile, key, false);
    if (v == NULL || !model__keys(l, v, "from below"))
        return out;
    (void)model__integer(l, v, "from", 0, 1000000, &out.from);
    (void)model__integer(l, v, "below", 1, 1000000, &out.below);
    return out;
}

static void read_show(struct loader *l, const struct json *v, struct tile *t)
{
    struct text show = model__text(l, v, "show", true);
    t->show = text_is(show, "list")    ? TILE_LIST
              : text_is(show, "tally") ? TILE_TALLY
                                       : TILE_COUNT;
    if (show.len > 0 && !model__one_of(show, "count list tally"))
        model__mistake(l, json_get(v, "show"), "unknown", "\"show\" is count, list or tally");
    if ((t->show == TILE_TALLY) != (json_get(v, "by") != NULL))
        model__mistake(l, v, "by", "a tally says by which field, and nothing else does");
    if (t->show != TILE_LIST && json_get(v, "sort") != NULL)
        model__mistake(l, json_get(v, "sort"), "sort", "only a list is sorted");
}

static void read_sort(struct loader *l, const struct json *v, struct tile *t)
{
    t->sort = model__text(l, v, "sort", false);
    struct text rest = t->sort;
    while (rest.len > 0) {
        struct text one = text_cut(&rest, ',');
        const struct field *f = read_field(l, t->kind, json_get(v, "sort"),
                                           text_starts(one, "-") ? text_from(one, 1) : one);
        if (f != NULL && !field_is_column(f))
            model__mistake(l, json_get(v, "sort"), "sort", "one cannot sort by \"%.*s\"",
                           TEXT_ARG(f->name));
    }
}

static void read_by(struct loader *l, const struct json *v, struct tile *t)
{
    struct text by = model__text(l, v, "by", false);
    t->by = by.len > 0 ? read_field(l, t->kind, json_get(v, "by"), by) : NULL;
    if (t->by != NULL && !field_tallies(t->by))
        model__mistake(l, json_get(v, "by"), "tally", "one cannot count by \"%.*s\"",
                       TEXT_ARG(by));
}

static void read_part(struct loader *l, const struct json *v, struct tile *t)
{
    t->show = TILE_PART;
    t->part = model__text(l, v, "part", true);
    if (!model__one_of(t->part, "readiness blockers late ledger"))
        model__mistake(l, json_get(v, "part"), "unknown",
                       "\"part\" is readiness, blockers, late or ledger");
    (void)model__keys(l, v, "title about part");
}

static void read_records(struct loader *l, const struct json *v, struct tile *t)
{
    if (!model__keys(l, v, "title about kind filter show sort by bad warn good"))
        return;
    t->kind = read_kind(l, v);
    read_show(l, v, t);
    t->bad = read_bound(l, v, "bad");
    t->warn = read_bound(l, v, "warn");
    t->good = read_bound(l, v, "good");
    if (t->kind == NULL)
        return;
    read_filters(l, t->kind, v, t->filters, &t->filter_count);
    read_sort(l, v, t);
    read_by(l, v, t);
}

static void read_tile(struct loader *l, const struct json *v, struct tile *t)
{
    *t = (struct tile){.name = v->key, .source = model__at(l, v)};
    if (!named_well(l, v))
        return;
    if (v->type == JSON_OBJECT && json_get(v, "part") != NULL)
        read_part(l, v, t);
    else
        read_records(l, v, t);
    t->title = model__words(l, v, "title", true);
    t->about = model__words(l, v, "about", true);
}

static void read_tiles(struct loader *l, const struct json *root, struct home *h)
{
    const struct json *tiles = model__object(l, root, "tiles", false);
    h->tiles = NEW_MANY(l->arena, TILES_MOST, struct tile);
    for (const struct json *v = tiles == NULL ? NULL : tiles->first; v != NULL; v = v->next) {
        if (h->tile_count == TILES_MOST) {
            model__mistake(l, v, "range", "a home has at most %d tiles", TILES_MOST);
            return;
        }
        read_tile(l, v, &h->tiles[h->tile_count++]);
    }
}

static const struct tile *tile_named(const struct home *h, struct text name)
{
    for (size_t i = 0; i < h->tile_count; i++)
        if (text_same(h->tiles[i].name, name))
            return &h->tiles[i];
    return NULL;
}

/* Tiles of this home: what leads nowhere of its own is no place to go to. */
static void read_nav(struct loader *l, const struct json *root, struct home *h)
{
    const struct json *list = json_get(root, "nav");
    if (list == NULL || !model__texts(l, root, "nav", true, &h->nav, &h->nav_count))
        return;
    for (const struct json *one = list->first; one != NULL; one = one->next) {
        const struct tile *t = tile_named(h, one->text);
        if (t == NULL)
            model__mistake(l, one, "unknown", "this home has no tile \"%.*s\"",
                           TEXT_ARG(one->text));
        else if (t->kind == NULL && !model__one_of(t->part, "readiness ledger"))
            model__mistake(l, one, "nav", "\"%.*s\" has no page of its own",
                           TEXT_ARG(one->text));
    }
}

/* ---- acts ---------------------------------------------------------------------------------
 */
/* "treatment.approve" */
static void read_move(struct loader *l, const struct json *v, struct home_act *a)
{
    struct text move = v->text, kind = text_cut(&move, '.');
    const struct kind *k = model_kind(l->model, kind);
    const struct move *m = k == NULL ? NULL : kind_move(k, move);
    if (m == NULL)
        model__mistake(l, v, "unknown", "there is no move \"%.*s\"; written KIND.MOVE",
                       TEXT_ARG(v->text));
    else if (a->move_count < MOVES_MOST)
        a->moves[a->move_count++] = (struct home_move){k, m};
    else
        model__mistake(l, v, "range", "an act names at most %d moves", MOVES_MOST);
}

static void read_moves(struct loader *l, const struct json *v, struct home_act *a)
{
    const struct json *list = model__list(l, v, "moves", true);
    a->moves = NEW_MANY(l->arena, MOVES_MOST, struct home_move);
    for (const struct json *one = list == NULL ? NULL : list->first; one != NULL;
         one = one->next)
        if (model__is_text(l, one))
            read_move(l, one, a);
}

static enum did read_did(struct loader *l, const struct json *v)
{
    static const char *const words[] = {"create", "move", "export", "invite"};
    struct text did = model__text(l, v, "did", true);
    for (size_t i = 0; i < COUNT(words); i++)
        if (text_is(did, words[i]))
            return (enum did)i;
    if (did.len > 0)
        model__mistake(l, json_get(v, "did"), "unknown",
                       "\"did\" is create, move, export or invite");
    return DID_CREATE;
}

static void read_act(struct loader *l, const struct json *v, struct home_act *a)
{
    *a = (struct home_act){.name = v->key, .source = model__at(l, v)};
    if (!named_well(l, v) || !model__keys(l, v, "title about did kind moves filter roles"))
        return;
    a->title = model__words(l, v, "title", true);
    a->about = model__words(l, v, "about", true);
    a->did = read_did(l, v);
    read_roles(l, v, &a->roles, &a->role_count);
    if (a->did != DID_INVITE && a->did != DID_MOVE)
        a->kind = read_kind(l, v);
    else if (json_get(v, "kind") != NULL)
        a->kind = read_kind(l, v);
    if (a->did == DID_MOVE)
        read_moves(l, v, a);
    else if (json_get(v, "moves") != NULL)
        model__mistake(l, json_get(v, "moves"), "moves", "only a \"move\" names moves");
    if (a->kind != NULL)
        read_filters(l, a->kind, v, a->filters, &a->filter_count);
}

static void read_acts(struct loader *l, const struct json *root, struct home *h)
{
    const struct json *acts = model__object(l, root, "acts", false);
    h->acts = NEW_MANY(l->arena, ACTS_MOST, struct home_act);
    for (const struct json *v = acts == NULL ? NULL : acts->first; v != NULL; v = v->next) {
        if (h->act_count == ACTS_MOST) {
            model__mistake(l, v, "range", "a home has at most %d acts", ACTS_MOST);
            return;
        }
        read_act(l, v, &h->acts[h->act_count++]);
    }
    if (h->act_count > 0 && !model__integer(l, root, "weeks", 1, 520, &h->weeks))
        model__mistake(l, root, "required",
                       "\"weeks\" is missing: so long acts are shown to whoever is new");
}

/* ---- homes --------------------------------------------------------------------------------
 */
static void check_known(struct loader *l, const struct json *root, const struct home *h)
{
    for (size_t i = 0; i < l->model->home_count; i++) {
        const struct home *other = &l->model->homes[i];
        if (text_same(other->name, h->name))
            model__mistake(l, json_get(root, "home"), "clash",
                           "\"%.*s\" is a home already: %.*s", TEXT_ARG(h->name),
                           TEXT_ARG(other->source));
        else if (other->order == h->order)
            model__mistake(l, json_get(root, "order"), "clash",
                           "the place %lld is taken by \"%.*s\": whoever has two homes sees "
                           "them in one order",
                           (long long)h->order, TEXT_ARG(other->name));
    }
}

static void read_home(struct loader *l, const struct source *s, struct home *h)
{
    l->file = s;
    *h = (struct home){.source = model__at(l, s->root)};
    if (!model__keys(l, s->root, "home title about order roles otherwise tiles nav acts weeks"))
        return;
    h->name = model__text(l, s->root, "home", true);
    if (h->name.len > 0 && (!model__name_ok(h->name) || !model__called(s, h->name)))
        model__mistake(l, json_get(s->root, "home"), "name",
                       "a home is named with a-z, 0-9 and _, and its file is called NAME.json");
    h->title = model__words(l, s->root, "title", true);
    h->about = model__words(l, s->root, "about", true);
    if (!model__integer(l, s->root, "order", 1, 10000, &h->order))
        model__mistake(l, s->root, "required", "\"order\" is missing, a whole number");
    h->otherwise = model__bool(l, s->root, "otherwise");
    read_roles(l, s->root, &h->roles, &h->role_count);
    if (h->otherwise && h->role_count > 0)
        model__mistake(l, json_get(s->root, "otherwise"), "roles",
                       "either it is for roles, or for whom no other home is");
    read_tiles(l, s->root, h);
    read_nav(l, s->root, h);
    read_acts(l, s->root, h);
    check_known(l, s->root, h);
}

static int by_order(const void *left, const void *right)
{
    const struct home *a = left, *b = right;
    return a->order < b->order ? -1 : a->order > b->order;
}

void model__homes(struct loader *l, size_t count)
{
    struct model *m = l->model;
    m->homes = NEW_MANY(l->arena, count, struct home);
    for (size_t i = 0; i < l->source_count; i++) {
        const struct source *s = &l->sources[i];
        if (s->type != FILE_HOME || !s->in_force)
            continue;
        if (m->home_count == HOMES_MOST) {
            l->file = s;
            model__mistake(l, s->root, "range", "there are at most %d homes", HOMES_MOST);
            return;
        }
        read_home(l, s, &m->homes[m->home_count]);
        m->home_count++;
    }
    if (m->home_count > 1)
        qsort(m->homes, m->home_count, sizeof(*m->homes), by_order);
}
