/* SPDX-License-Identifier: Apache-2.0 */
/* api/misc.c — the model, search, tasks, and what operators ask for. */
#include "api/internal.h"

enum err model_get(struct exchange *x)
{
    exchange__header(x, "etag", x->view->etag);
    exchange__header(x, "cache-control", TEXT("private, no-cache"));
    if (text_same(request_header(x->request, "if-none-match"), x->view->etag)) {
        x->status = 304;
        return OK;
    }
    x->lasting = x->view->json;
    x->type = TEXT("application/json; charset=utf-8");
    return OK;
}

enum err openapi_get(struct exchange *x)
{
    x->lasting = x->view->openapi;
    x->type = TEXT("application/json; charset=utf-8");
    exchange__header(x, "cache-control", TEXT("private, max-age=60"));
    return OK;
}

enum err health_get(struct exchange *x)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "status", TEXT("ok"));
    json_close(o, '}');
    return OK;
}

enum err ready_get(struct exchange *x)
{
    if (store_failing(x->api->store))
        return problem(x->call, ERR_IO, TEXT(""), "storage", "%s",
                       say(x->call, "storage is failing: restart after mending it"));
    return health_get(x);
}

static void metric(struct buf *b, const char *name, const char *help, const char *type,
                   int64_t v)
{
    buf_print(b, "# HELP aimwell_%s %s\n# TYPE aimwell_%s %s\naimwell_%s %lld\n", name, help,
              name, type, name, (long long)v);
}

enum err metrics_get(struct exchange *x)
{
    struct net_counts counts = {0};
    int64_t stuck, stale, kinds;
    if (x->api->net)
        counts = net_counts(x->api->net);
    x->out = buf_in(x->call->arena, 1u << 16);
    metric(&x->out, "ledger_entries", "Entries in the ledger", "gauge",
           (int64_t)ledger_size(x->api->ledger));
    metric(&x->out, "commits_total", "Commit groups since start", "counter",
           store_writes(x->api->store));
    metric(&x->out, "storage_failing", "1 when writes are refused", "gauge",
           store_failing(x->api->store));
    metric(&x->out, "http_requests_total", "Requests answered", "counter", counts.requests);
    metric(&x->out, "http_refused_total", "Requests refused before a route", "counter",
           counts.refused);
    metric(&x->out, "http_connections", "Open connections", "gauge", counts.open_connections);
    metric(&x->out, "http_waiting", "Requests waiting for a worker", "gauge", counts.waiting);
    TRY(record_stuck(x->call, exchange__db(x), &stuck));
    metric(&x->out, "timers_stuck", "Timed moves that were refused and are tried again", "gauge",
           stuck);
    TRY(record_stale(x->call, x->records, exchange__db(x), &stale, &kinds));
    metric(&x->out, "records_stale", "Records that wait to be computed anew", "gauge", stale);
    metric(&x->out, "kinds_stale", "Registers all of whose records wait to be computed anew", "gauge", kinds);
    metric(&x->out, "uptime_seconds", "Seconds since start", "gauge",
           (x->call->now - x->api->started) / 1000000);
    x->type = TEXT("text/plain; version=0.0.4; charset=utf-8");
    return OK;
}

enum err search_get(struct exchange *x)
{
    int64_t limit;
    struct ref *refs;
    size_t count;
    bool more;
    struct text q = query__text(x, "q");
    TRY(query__integer(x, "limit", 20, &limit));
    if (limit < 1 || limit > 100 || q.len > 400)
        return problem(x->call, ERR_INVALID, TEXT("limit"), "range", "%s",
                       say(x->call, "limit is 1 to 100, q at most 400 bytes"));
    TRY(record_search(x->call, x->records, exchange__db(x), q, (size_t)limit, &refs, &count, &more));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    json_open(o, '[');
    for (size_t i = 0; i < count; i++) {
        json_open(o, '{');
        put__ref(o, &refs[i]);
        json_close(o, '}');
    }
    json_close(o, ']');
    put__integer(o, "total", (int64_t)count);
    put__bool(o, "more", more);
    json_close(o, '}');
    return OK;
}

static void put_todo(struct exchange *x, const struct todo *t, const struct ref *people,
                     struct json_out *o)
{
    json_open(o, '{');
    put__ref(o, &t->ref);
    put__text(o, "why", text_of(t->why));
    if (t->move) {
        put__text(o, "move", t->move->name);
        put__words(o, "move_title", t->move->title);
        put__bool(o, "ready", t->ready);
    }
    if (t->due.len)
        put__text(o, "due", t->due);
    put__bool(o, "overdue", t->overdue);
    put__text(o, "loses",
              text_of(loss_word(
                  todo_loss(t, zone_today(x->call->arena, x->call->zone, x->call->now)))));
    if (t->since.len)
        put__text(o, "since", t->since);
    if (t->turn) {
        json_key(o, "turn");
        put__turn(x, t->turn, people, o);
    }
    json_close(o, '}');
}

static enum err put_items(struct exchange *x, const struct todo_list *list, struct json_out *o)
{
    const struct turn **turns = NEW_MANY(x->call->arena, list->count + 1, const struct turn *);
    struct ref *people;
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].turn)
            turns[count++] = list->items[i].turn;
    TRY(turns__people(x, turns, count, &people));
    json_open(o, '[');
    for (size_t i = 0; i < list->count; i++) {
        put_todo(x, &list->items[i], people, o);
        people += list->items[i].turn ? list->items[i].turn->who_count : 0;
    }
    json_close(o, ']');
    return OK;
}

/* What waits for those whose deputy the reader is: so many for each. */
static enum err put_stands_in(struct exchange *x, struct json_out *o)
{
    const struct actor *own = x->call->actor;
    enum err e = OK;
    json_key(o, "stands_in");
    json_open(o, '[');
    for (size_t i = 0; i < own->as_count && e == OK; i++) {
        struct todo_list list;
        x->call->actor = &own->as[i];
        e = record_todo(x->call, x->records, exchange__db(x), false, TEXT(""), 1, &list);
        if (e != OK)
            break;
        json_open(o, '{');
        put__text(o, "person", own->as[i].stands_for);
        put__text(o, "name", own->as[i].stands_name);
        put__text(o, "until", own->as[i].stands_until);
        put__integer(o, "waiting", list.waiting);
        json_close(o, '}');
    }
    x->call->actor = own;
    json_close(o, ']');
    return e;
}

enum err tasks__count(struct exchange *x, int64_t *waiting, bool *more)
{
    const struct actor *own = x->call->actor;
    struct todo_list list;
    TRY(record_todo(x->call, x->records, exchange__db(x), false, TEXT(""), 1, &list));
    *waiting = list.total;
    *more = list.more;
    enum err e = OK;
    for (size_t i = 0; i < own->as_count && e == OK; i++) {
        x->call->actor = &own->as[i];
        e = record_todo(x->call, x->records, exchange__db(x), false, TEXT(""), 1, &list);
        *waiting += e == OK ? list.waiting : 0;
    }
    x->call->actor = own;
    return e;
}

static enum err put_todos(struct exchange *x, const struct todo_list *list)
{
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "items");
    TRY(put_items(x, list, o));
    json_key(o, "next");
    if (list->next.len)
        json_put_text(o, list->next);
    else
        json_put_null(o);
    put__integer(o, "total", list->total);
    put__bool(o, "more", list->more);
    json_key(o, "counts");
    json_open(o, '{');
    put__integer(o, "waiting", list->waiting);
    put__integer(o, "overdue", list->overdue);
    put__integer(o, "due_soon", list->due_soon);
    json_close(o, '}');
    TRY(put_stands_in(x, o));
    json_close(o, '}');
    return OK;
}

static enum err choose_person(struct exchange *x, struct text person)
{
    const struct actor *own = x->call->actor;
    if (!person.len || text_same(person, own->person))
        return OK;
    for (size_t i = 0; i < own->as_count; i++)
        if (text_same(own->as[i].stands_for, person)) {
            x->call->actor = &own->as[i];
            return OK;
        }
    return problem(x->call, ERR_DENIED, TEXT("for"), "who", "%s",
                   say(x->call, "is nobody whose deputy you are today"));
}

/* order=loss: by what is lost by waiting, of the first so many by day; then there is no next
 * page. */
static enum err order_them(struct exchange *x, struct todo_list *list)
{
    TRY(home__mark_blocking(x, list));
    todo_order(x->call->arena, list->items, list->count,
               zone_today(x->call->arena, x->call->zone, x->call->now));
    list->next = (struct text){0};
    return OK;
}

static enum err check_order(struct exchange *x, bool *by_loss)
{
    struct text order = query__text(x, "order");
    *by_loss = text_is(order, "loss");
    if (order.len && !*by_loss && !text_is(order, "day"))
        return problem(
            x->call, ERR_INVALID, TEXT("order"), "choice", "%s",
            say(x->call, "is day (the nearest first) or loss (what is lost by waiting)"));
    if (*by_loss && query__text(x, "cursor").len)
        return problem(
            x->call, ERR_INVALID, TEXT("cursor"), "order", "%s",
            say(x->call, "by loss there is one page: ask for a larger limit instead"));
    return OK;
}

enum err tasks_get(struct exchange *x)
{
    const struct actor *own = x->call->actor;
    struct todo_list list;
    int64_t limit;
    bool by_loss;
    TRY(check_order(x, &by_loss));
    if (by_loss && !exchange__in_lane(x, LANE_DEAR))
        return exchange__change_lane(x, LANE_DEAR);
    struct text of = query__text(x, "of");
    TRY(query__integer(x, "limit", 200, &limit));
    if (of.len && !text_is(of, "me") && !text_is(of, "others"))
        return problem(x->call, ERR_INVALID, TEXT("of"), "choice", "%s",
                       say(x->call, "is me (what waits for you) or others (what is yours and "
                                    "waits for somebody else)"));
    TRY(choose_person(x, query__text(x, "for")));
    TRY(read_begin(x->call, exchange__db(x)));
    enum err e = record_todo(x->call, x->records, exchange__db(x),
                             text_is(of, "others") && x->call->actor == own,
                             query__text(x, "cursor"), limit, &list);
    if (e == OK && by_loss)
        e = order_them(x, &list);
    if (e == OK)
        e = put_todos(x, &list);
    x->call->actor = own;
    read_end(exchange__db(x));
    return e;
}
