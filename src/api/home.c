/* SPDX-License-Identifier: Apache-2.0 */
/* api/home.c — the first screen: what the homes of a person's roles come to (model/homes), what
 * they learn by doing, and what others did since they last worked here. One answer, for a page
 * that is looked at often. */
#include "api/internal.h"

#define ROWS_SHOWN 5
#define GROUPS_SHOWN 8

/* ---- whose home ---------------------------------------------------------------------------
 */
static bool holds_any(const struct actor *a, const struct text *roles, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (actor_holds_anywhere(a, roles[i]))
            return true;
    return count == 0;
}

static bool has_own_home(const struct exchange *x)
{
    for (size_t i = 0; i < x->model->home_count; i++) {
        const struct home *h = &x->model->homes[i];
        if (h->tile_count && h->role_count && holds_any(x->actor, h->roles, h->role_count))
            return true;
    }
    return false;
}

static bool is_theirs(const struct exchange *x, const struct home *h, bool own)
{
    return h->otherwise ? !own : holds_any(x->actor, h->roles, h->role_count);
}

/* ---- a filter, as a list takes it ---------------------------------------------------------
 */
static struct text value_of(struct exchange *x, struct text value)
{
    int64_t days = 0;
    if (!text_starts(value, "$today"))
        return value;
    struct text rest = text_from(value, 6);
    bool before = text_starts(rest, "-");
    if (rest.len > 1 && !text_integer(text_from(rest, 1), &days))
        days = 0; /* the loader has checked it */
    int64_t today = zone_day(x->call->zone, x->call->now);
    return date_of_days(x->call->arena, before ? today - days : today + days);
}

static struct list_query query_of(struct exchange *x, const struct tile_filter *filters,
                                  size_t count, struct text sort)
{
    struct filter *out = NEW_MANY(x->call->arena, count + 1, struct filter);
    for (size_t i = 0; i < count; i++)
        out[i] = (struct filter){filters[i].name, value_of(x, filters[i].value)};
    return (struct list_query){
        .filters = out, .filter_count = count, .sort = sort, .limit = ROWS_SHOWN};
}

/* "state=open,doing&due.lt=2026-11-30": what a page puts behind the address of the list. Names
 * and values of the model need no escape (model/home.c lets no other through than days, options
 * and names). */
static void put_question(struct exchange *x, const struct list_query *q, struct json_out *o)
{
    struct buf b = buf_in(x->call->arena, 1u << 16);
    for (size_t i = 0; i < q->filter_count; i++)
        buf_print(&b, "%s%.*s=%.*s", i ? "&" : "", TEXT_ARG(q->filters[i].name),
                  TEXT_ARG(q->filters[i].value));
    if (q->sort.len)
        buf_print(&b, "%ssort=%.*s", q->filter_count ? "&" : "", TEXT_ARG(q->sort));
    put__text(o, "query", buf_text(&b));
}

/* ---- tiles --------------------------------------------------------------------------------
 */
static bool within(struct bound b, int64_t n)
{
    return (b.from >= 0 && n >= b.from) || (b.below >= 0 && n < b.below);
}

static const char *tone_of(const struct tile *t, int64_t n)
{
    return within(t->bad, n)    ? "bad"
           : within(t->warn, n) ? "warn"
           : within(t->good, n) ? "ok"
                                : "";
}

static void put_row(const struct record *rec, struct json_out *o)
{
    const struct json *title = record_value(rec, TEXT("title"));
    struct text due = json_text(record_value(rec, TEXT("due")));
    struct ref ref = {rec->kind->name, rec->id, rec->key, title ? title->text : rec->key,
                      rec->kind->states[rec->state].name};
    json_open(o, '{');
    put__ref(o, &ref);
    if (due.len)
        put__text(o, "due", due);
    json_close(o, '}');
}

static enum err put_list(struct exchange *x, const struct tile *t, const struct list_query *q,
                         struct json_out *o, int64_t *total)
{
    struct record_list list;
    TRY(record_list(x->call, x->records, exchange__db(x), t->kind, q, &list));
    *total = list.total;
    if (t->show != TILE_LIST)
        return OK;
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < list.count; i++)
        put_row(list.items[i], o);
    json_close(o, ']');
    return OK;
}

static void put_value(const struct field *f, const struct value *v, struct json_out *o)
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

static enum err put_tally(struct exchange *x, const struct tile *t, const struct list_query *q,
                          struct json_out *o, int64_t *total)
{
    struct list_tally tally;
    TRY(record_tally(x->call, x->records, exchange__db(x), t->kind, q, t->by->name, &tally));
    *total = tally.total;
    json_key(o, "tally");
    json_open(o, '[');
    for (size_t i = 0; i < tally.count && i < GROUPS_SHOWN; i++) {
        json_open(o, '{');
        json_key(o, "x");
        put_value(t->by, &tally.groups[i].at[0], o);
        put__integer(o, "n", tally.groups[i].count);
        json_close(o, '}');
    }
    json_close(o, ']');
    put__bool(o, "more", tally.more || tally.count > GROUPS_SHOWN);
    json_key(o, "names");
    return record_tally_names(x->call, x->records, exchange__db(x), &tally, o);
}

/* ---- what is past its day, in every register ----------------------------------------------
 */
static struct text ends_of(struct exchange *x, const struct kind *k)
{
    struct buf b = buf_in(x->call->arena, 4096);
    for (size_t i = 0; i < k->state_count; i++)
        if (k->states[i].end)
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(k->states[i].name));
    return buf_text(&b);
}

static enum err count_late(struct exchange *x, const struct kind *k, struct json_out *o,
                           int64_t *total)
{
    struct tile_filter filters[2] = {{TEXT("due.lt"), TEXT("$today")},
                                     {TEXT("state.not"), ends_of(x, k)}};
    struct list_query q = query_of(x, filters, filters[1].value.len ? 2 : 1, TEXT("due"));
    struct record_list list;
    q.limit = 1;
    TRY(record_list(x->call, x->records, exchange__db(x), k, &q, &list));
    *total += list.total;
    if (!list.total)
        return OK;
    json_open(o, '{');
    put__text(o, "kind", k->name);
    put__integer(o, "n", list.total);
    put_question(x, &q, o);
    json_close(o, '}');
    return OK;
}

static enum err put_late(struct exchange *x, struct json_out *o)
{
    int64_t total = 0;
    json_key(o, "registers");
    json_open(o, '[');
    for (size_t i = 0; i < x->model->kind_count; i++) {
        const struct kind *k = &x->model->kinds[i];
        const struct field *due = kind_field(k, TEXT("due"));
        if (due && field_is_column(due) && record_may_read_kind(x->actor, k))
            TRY(count_late(x, k, o, &total));
    }
    json_close(o, ']');
    put__integer(o, "count", total);
    put__text(o, "tone", total ? TEXT("bad") : TEXT("ok"));
    return OK;
}

static enum err put_part(struct exchange *x, const struct tile *t, struct json_out *o)
{
    put__text(o, "part", t->part);
    if (text_is(t->part, "ledger"))
        put__integer(o, "count", (int64_t)ledger_size(x->api->ledger));
    return text_is(t->part, "late") ? put_late(x, o) : OK;
}

static enum err put_records(struct exchange *x, const struct tile *t, struct json_out *o)
{
    struct list_query q = query_of(x, t->filters, t->filter_count, t->sort);
    int64_t total;
    q.limit = t->show == TILE_LIST ? ROWS_SHOWN : 1;
    put__text(o, "kind", t->kind->name);
    put_question(x, &q, o);
    TRY(t->show == TILE_TALLY ? put_tally(x, t, &q, o, &total) : put_list(x, t, &q, o, &total));
    put__integer(o, "count", total);
    put__text(o, "tone", text_of(tone_of(t, total)));
    return OK;
}

/* Of a register that they may not read there is no tile. */
static enum err put_tile(struct exchange *x, const struct tile *t, struct json_out *o)
{
    if (t->kind && !record_may_read_kind(x->actor, t->kind))
        return OK;
    json_open(o, '{');
    put__text(o, "tile", t->name);
    TRY(t->kind ? put_records(x, t, o) : put_part(x, t, o));
    json_close(o, '}');
    return OK;
}

static enum err put_homes(struct exchange *x, struct json_out *o)
{
    bool own = has_own_home(x);
    json_key(o, "homes");
    json_open(o, '[');
    for (size_t i = 0; i < x->model->home_count; i++) {
        const struct home *h = &x->model->homes[i];
        if (!h->tile_count || !is_theirs(x, h, own))
            continue;
        json_open(o, '{');
        put__text(o, "home", h->name);
        json_key(o, "tiles");
        json_open(o, '[');
        for (size_t t = 0; t < h->tile_count; t++)
            TRY(put_tile(x, &h->tiles[t], o));
        json_close(o, ']');
        json_close(o, '}');
    }
    json_close(o, ']');
    return OK;
}

/* ---- learn by doing -----------------------------------------------------------------------
 */
static const struct home *home_with_acts(const struct exchange *x)
{
    bool own = has_own_home(x);
    for (size_t i = 0; i < x->model->home_count; i++)
        if (x->model->homes[i].act_count && is_theirs(x, &x->model->homes[i], own))
            return &x->model->homes[i];
    return NULL;
}

static enum err may_do(struct exchange *x, const struct home_act *a, bool *yes)
{
    *yes = holds_any(x->actor, a->roles, a->role_count) &&
           (!a->kind || record_may_read_kind(x->actor, a->kind));
    if (*yes && a->did == DID_CREATE)
        *yes = record_may_create(x->actor, a->kind);
    return OK;
}

static enum err put_act(struct exchange *x, const struct home_act *a, int64_t entry,
                        struct json_out *o)
{
    bool may = false;
    TRY(may_do(x, a, &may));
    if (!may)
        return OK;
    json_open(o, '{');
    put__text(o, "act", a->name);
    if (entry >= 0)
        put__integer(o, "entry", entry);
    if (a->kind && a->filter_count) {
        struct list_query q = query_of(x, a->filters, a->filter_count, (struct text){0});
        put_question(x, &q, o);
    }
    json_close(o, '}');
    return OK;
}

static enum err put_acts(struct exchange *x, const struct home *h, const struct mine *mine,
                         struct json_out *o)
{
    json_key(o, "learn");
    if (!h || !mine->new_here) {
        json_put_null(o);
        return OK;
    }
    json_open(o, '{');
    put__text(o, "home", h->name);
    put__text(o, "until", mine->until);
    put__integer(o, "since", mine->since);
    json_key(o, "acts");
    json_open(o, '[');
    for (size_t i = 0; i < h->act_count; i++)
        TRY(put_act(x, &h->acts[i], mine->done[i], o));
    json_close(o, ']');
    json_close(o, '}');
    return OK;
}

/* ---- what changed -------------------------------------------------------------------------
 */
static void put_change(const struct news_item *n, const struct ref people[2],
                       struct json_out *o)
{
    const struct json *title = record_value(n->record, TEXT("title"));
    struct ref ref = {n->record->kind->name, n->record->id, n->record->key,
                      title ? title->text : n->record->key,
                      n->record->kind->states[n->record->state].name};
    json_open(o, '{');
    put__ref(o, &ref);
    json_key(o, "actor");
    json_open(o, '{');
    put__text(o, "id", n->what.actor);
    put__text(o, "name", people[0].title);
    put__text(o, "type", n->what.actor_type);
    if (n->what.stands_for.len)
        put__person(o, "for", n->what.stands_for, people[1].title);
    json_close(o, '}');
    put__text(o, "act", n->what.act);
    put__text(o, "move", n->what.move);
    put__text(o, "to", n->what.to);
    put__text(o, "timer", n->what.timer);
    put__text(o, "at", n->what.at);
    put__integer(o, "entry", n->what.ledger);
    json_close(o, '}');
}

static enum err put_changed(struct exchange *x, const struct mine *mine, size_t most,
                            struct json_out *o)
{
    struct news_list news;
    TRY(record_news(x->call, x->records, exchange__db(x), mine->entry, most, &news));
    struct text *kinds = NEW_MANY(x->call->arena, 2 * news.count + 1, struct text);
    struct text *ids = NEW_MANY(x->call->arena, 2 * news.count + 1, struct text);
    struct ref *people = NEW_MANY(x->call->arena, 2 * news.count + 1, struct ref);
    for (size_t i = 0; i < news.count; i++) {
        kinds[2 * i] = kinds[2 * i + 1] = TEXT("person");
        ids[2 * i] = news.items[i].what.actor;
        ids[2 * i + 1] = news.items[i].what.stands_for;
    }
    TRY(record_refs(x->call, x->records, exchange__db(x), kinds, ids, 2 * news.count, people));
    json_key(o, "changed");
    json_open(o, '{');
    if (mine->entry >= 0) {
        put__integer(o, "entry", mine->entry);
        put__text(o, "since", mine->at);
    }
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < news.count; i++)
        put_change(&news.items[i], &people[2 * i], o);
    json_close(o, ']');
    put__bool(o, "more", news.more);
    json_close(o, '}');
    return OK;
}

static enum err put_home(struct exchange *x, size_t most)
{
    struct json_out *o = exchange__json(x);
    const struct home *steps = home_with_acts(x);
    struct mine mine;
    TRY(record_mine(x->call, x->records, exchange__db(x), steps, &mine));
    json_open(o, '{');
    TRY(put_homes(x, o));
    TRY(put_acts(x, steps, &mine, o));
    TRY(put_changed(x, &mine, most, o));
    json_close(o, '}');
    return OK;
}

/* changes=N: so many changes, for the page that has them all. */
enum err home_get(struct exchange *x)
{
    int64_t most;
    TRY(query__integer(x, "changes", NEWS_MOST, &most));
    if (most < 1 || most > 100)
        return problem(x->call, ERR_INVALID, TEXT("changes"), "range", "%s",
                       say(x->call, "changes must be between 1 and 100"));
    TRY(read_begin(x->call, exchange__db(x)));
    enum err e = put_home(x, (size_t)most);
    read_end(exchange__db(x));
    return e;
}

/* ---- tasks that block ---------------------------------------------------------------------
 */
static void mark(const struct check_result *c, struct todo_list *list)
{
    for (size_t i = 0; i < c->record_count; i++)
        for (size_t t = 0; t < list->count; t++)
            if (text_same(c->records[i].id, list->items[t].ref.id))
                list->items[t].blocks = true;
}

enum err home__mark_blocking(struct exchange *x, struct todo_list *list)
{
    struct check_result *kept, now;
    size_t count;
    if (!list->count)
        return OK;
    TRY(assure_kept_checks(x->call, x->view->runs, x->records, exchange__db(x), &kept, &count));
    for (size_t i = 0; i < count; i++) {
        if (!kept[i].check->must || kept[i].state != CHECK_FAIL)
            continue;
        TRY(assure_kept_check(x->call, x->view->runs, x->records, exchange__db(x),
                              kept[i].check, &now));
        mark(&now, list);
    }
    return OK;
}
