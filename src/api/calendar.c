/* SPDX-License-Identifier: Apache-2.0 */
/* api/calendar.c — what waits for somebody, as a calendar that their own program fetches by a
 * secret address: the days on which it is due, and the moments of running clocks. Read anew
 * each time, as that person, so that nothing is in it that they may not read now. */
#include "api/internal.h"

#define ENTRIES_MOST 1000
#define CALENDAR_MOST (4u << 20)

struct writing_calendar {
    struct exchange *x;
    struct buf *out;
    struct text address; /* of the pages */
    size_t count;
};

/* What is confidential stays here, as in letters: a calendar lies about on other machines. */
static bool is_open(const struct record *rec)
{
    const struct json *v = record_value(rec, TEXT("confidentiality"));
    return v && (text_is(v->text, "public") || text_is(v->text, "internal"));
}

static struct text summary_of(struct call *call, const struct record *rec, struct text what)
{
    if (!is_open(rec))
        return text_of(say(call, "A task in Aimwell"));
    return text_print(call->arena, "%.*s %.*s%s%.*s", TEXT_ARG(rec->key),
                      TEXT_ARG(json_text(record_value(rec, TEXT("title")))),
                      what.len ? ": " : "", TEXT_ARG(what));
}

static void add(struct writing_calendar *w, const struct record *rec, struct text part,
                struct text what, struct text day, int64_t at)
{
    struct call *call = w->x->call;
    struct ical_event e = {
        .uid = text_print(call->arena, "%.*s.%.*s@aimwell", TEXT_ARG(rec->id), TEXT_ARG(part)),
        .summary = summary_of(call, rec, what),
        .day = day,
        .at = at,
        .sequence = rec->version};
    if (w->count++ >= ENTRIES_MOST)
        return;
    if (is_open(rec))
        e.url = text_print(call->arena, "%.*s/k/%.*s/%.*s", TEXT_ARG(w->address),
                           TEXT_ARG(rec->kind->name), TEXT_ARG(rec->key));
    moment_read(json_text(record_value(rec, TEXT("updated_at"))), &e.stamp);
    ical_add(w->out, &e);
}

/* Clocks that still run; those that were missed are in the pages. */
static enum err add_clocks(struct writing_calendar *w, const struct record *rec)
{
    struct clock_view *clocks;
    size_t count = 0;
    struct exchange *x = w->x;
    if (rec->kind->clock_count)
        TRY(record_clocks(x->call, x->records, exchange__db(x), rec, &clocks, &count));
    for (size_t i = 0; i < count; i++) {
        const struct field *f = clocks[i].clock->at;
        int64_t at;
        if (text_is(json_text(record_value(rec, clocks[i].clock->standing->name)), "running") &&
            moment_read(clocks[i].at, &at))
            add(w, rec, f->name, words_in(f->title, x->call->lang), TEXT(""), at);
    }
    return OK;
}

static enum err add_todo(struct writing_calendar *w, const struct todo *one)
{
    struct exchange *x = w->x;
    const struct kind *k = model_kind(x->model, one->ref.kind);
    struct record *rec;
    if (!k || (!one->due.len && !k->clock_count))
        return OK;
    struct call *quiet = call_beside(x->call->arena, x->call);
    quiet->actor = x->call->actor;
    enum err e = record_read(quiet, x->records, exchange__db(x), k, one->ref.id, 0, &rec);
    if (e != OK)
        return e == ERR_MISSING ? OK : e;
    if (one->due.len)
        add(w, rec, TEXT("due"),
            one->move ? words_in(one->move->title, x->call->lang) : TEXT(""), one->due, 0);
    return add_clocks(w, rec);
}

static enum err add_all(struct writing_calendar *w)
{
    struct exchange *x = w->x;
    struct text cursor = TEXT("");
    do {
        struct todo_list list;
        TRY(record_todo(x->call, x->records, exchange__db(x), false, cursor, 500, &list));
        for (size_t i = 0; i < list.count && w->count < ENTRIES_MOST; i++)
            TRY(add_todo(w, &list.items[i]));
        cursor = list.next;
    } while (cursor.len && w->count < ENTRIES_MOST);
    return OK;
}

static enum err write_calendar(struct exchange *x)
{
    struct buf *out = &x->out;
    *out = buf_in(x->call->arena, CALENDAR_MOST);
    struct writing_calendar w = {
        x, out, text_join(x->call->arena, exchange__origin(x), x->api->base), 0};
    ical_begin(out, text_of(say(x->call, "Aimwell: what waits for me")));
    TRY(read_begin(x->call, exchange__db(x)));
    enum err e = add_all(&w);
    read_end(exchange__db(x));
    ical_end(out);
    return e;
}

static enum err nobody(struct exchange *x)
{
    return problem(x->call, ERR_MISSING, TEXT(""), "missing", "%s",
                   say(x->call, "there is nothing here"));
}

enum err calendar_get(struct exchange *x)
{
    struct mail_reader who;
    bool there;
    struct text secret = x->arg[0];
    TRY(exchange__spend(x, PURSE_READ, x->request->peer, 1));
    if (!text_ends(secret, ".ics"))
        return nobody(x);
    secret = text_slice(secret, 0, secret.len - 4);
    TRY(access_feed_reader(x->call, x->api->access, exchange__db(x), secret, &who, &there));
    if (!there)
        return nobody(x);
    TRY(exchange__spend(x, PURSE_EXPORT, who.person, 1));
    TRY(access_looks_as(x->call, x->api->access, &who, &x->call->actor));
    x->call->lang = who.lang;
    TRY(write_calendar(x));
    struct hash sum = sha256(buf_text(&x->out));
    struct text tag =
        text_print(x->call->arena, "\"%.*s\"", 32, hex_of(x->call->arena, hash_text(&sum)).at);
    x->type = TEXT("text/calendar; charset=utf-8");
    exchange__header(x, "etag", tag);
    exchange__header(x, "cache-control", TEXT("private, no-cache"));
    if (text_same(request_header(x->request, "if-none-match"), tag)) {
        x->status = 304;
        x->out.len = 0;
    }
    return OK;
}

/* ---- one's own address --------------------------------------------------------------------
 */
enum err feed_get(struct exchange *x)
{
    struct text made_at;
    TRY(access_feed(x->call, x->api->access, exchange__db(x), &made_at));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    json_key(o, "made_at");
    made_at.len ? json_put_text(o, made_at) : json_put_null(o);
    json_close(o, '}');
    return OK;
}

enum err feed_post(struct exchange *x)
{
    struct text secret;
    TRY(access_feed_make(x->call, x->api->access, &secret));
    struct json_out *o = exchange__json(x);
    json_open(o, '{');
    put__text(o, "address",
              text_print(x->call->arena, "%.*s%.*s/calendar/%.*s.ics",
                         TEXT_ARG(exchange__origin(x)), TEXT_ARG(x->api->base),
                         TEXT_ARG(secret)));
    put__text(o, "made_at", moment_print(x->call->arena, x->call->now));
    json_close(o, '}');
    x->status = 201;
    return OK;
}

enum err feed_delete(struct exchange *x)
{
    x->status = 204;
    return access_feed_end(x->call, x->api->access);
}
