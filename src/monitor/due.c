/* SPDX-License-Identifier: Apache-2.0 */
/* monitor/due.c — windows that are over are judged: for each one move of the monitor's record,
 * made by the engine with what the window showed. Which one comes next is read from the record,
 * and the move names the version that was read: of several servers, or after a kill, one makes
 * it, and nobody makes it twice. */
#include "monitor/internal.h"

#include <string.h>

struct judging {
    struct call *call;
    struct records *records;
    const struct kind *kind;
    size_t judged;
    bool more;
};

/* ---- which windows
 * --------------------------------------------------------------------------------- */
static bool moment_of(const struct record *rec, const char *field, int64_t *out)
{
    return moment_read(json_text(record_value(rec, text_of(field))), out);
}

/* As far back as somebody may ask for when it is activated. */
static int64_t earliest(const struct call *call, const struct record *rec,
                        enum limit_window unit)
{
    static const int64_t days[] = {1, 1, 7, 30};
    int64_t day;
    if (!date_read(json_text(record_value(rec, TEXT("activated_on"))), &day))
        return 0;
    int64_t back = unit == LIMIT_HOUR ? LIMIT_BACK / 24 : LIMIT_BACK * days[unit];
    return zone_day_start(call->zone, day - back);
}

/* The first that was not judged: the one after the last, or that in which it begins. */
static struct window first_window(const struct call *call, const struct record *rec,
                                  const struct limit *w)
{
    int64_t last = 0, from = w->from, least = earliest(call, rec, w->window);
    bool judged = moment_of(rec, "window_to", &last);
    from = from < least ? least : from;
    from = judged && from < last ? last : from;
    struct window first = limit_window(call->zone, w->window, from);
    if (first.from < from &&
        (judged || first.from < w->from)) /* no part of one counts as one */
        first = limit_window(call->zone, w->window, first.to);
    return first;
}

static int64_t judged_at(const struct limit *w, struct window window)
{
    return window.to + w->wait + LIMIT_LATE;
}

/* ---- what is written
 * ------------------------------------------------------------------------------- */
static void put_figure(struct json_out *o, const char *name, struct figure f)
{
    json_key(o, name);
    if (f.known)
        json_put_number(o, f.value);
    else
        json_put_null(o);
}

static void put_line(struct json_out *o, const char *name, struct text t)
{
    json_key(o, name);
    if (t.len)
        json_put_text(o, t);
    else
        json_put_null(o);
}

/* Cut where a character ends. */
static struct text within(struct text t, size_t most)
{
    if (t.len <= most)
        return t;
    while (most && ((unsigned char)t.at[most] & 0xC0) == 0x80)
        most--;
    return text_slice(t, 0, most);
}

static struct text versions_of(struct arena *a, const struct judged *one)
{
    struct buf b = buf_in(a, 16384);
    for (size_t i = 0; i < one->version_count; i++)
        buf_print(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(one->versions[i]));
    return within(buf_text(&b), 100);
}

static void seen_chart(struct buf *b, const struct limit *w, const struct limit_chart *c)
{
    if (w->how == LIMIT_FIXED || !c->n)
        return;
    if (w->how == LIMIT_CUSUM)
        buf_print(b, "\nCUSUM C+ = %.6g, C- = %.6g, h = %.6g, k = %.6g", c->up, c->down, w->h,
                  w->k);
    else
        buf_print(b, "\nEWMA z = %.6g [%.6g, %.6g]", c->up, c->low.value, c->high.value);
    buf_print(b, "\nmean = %.6g, sd = %.6g, n = %lld", c->mean, c->sd, (long long)c->level_n);
}

/* Without a word of any language: it goes into what a breach opens, for whoever reads that. */
static struct text seen_of(struct call *call, const struct limit *w, const struct judged *one,
                           const struct limit_chart *chart)
{
    struct buf b = buf_in(call->arena, 4000);
    buf_print(&b, "%.*s", TEXT_ARG(w->figure));
    if (w->by.len)
        buf_print(&b, " (%.*s)", TEXT_ARG(w->by));
    if (w->feature.len)
        buf_print(&b, " (%.*s)", TEXT_ARG(w->feature));
    if (one->value.known)
        buf_print(&b, " = %.6g", one->value.value);
    if (one->interval.known)
        buf_print(&b, " [%.6g, %.6g]", one->interval.low, one->interval.high);
    buf_print(&b, ", n = %lld", (long long)one->n);
    if (w->low.known)
        buf_print(&b, "\n>= %.6g", w->low.value);
    if (w->high.known)
        buf_print(&b, "\n<= %.6g", w->high.value);
    seen_chart(&b, w, chart);
    buf_print(&b, "\n%.*s / %.*s", TEXT_ARG(moment_print(call->arena, one->window.from)),
              TEXT_ARG(moment_print(call->arena, one->window.to)));
    if (one->groups.len)
        buf_print(&b, "\n%.*s", TEXT_ARG(within(one->groups, 500)));
    struct text versions = versions_of(call->arena, one);
    if (versions.len)
        buf_print(&b, "\n%.*s", TEXT_ARG(versions));
    return buf_text(&b);
}

static struct text since_of(struct call *call, const struct record *rec,
                            const struct judged *one)
{
    struct text was = json_text(record_value(rec, TEXT("status")));
    struct text since = json_text(record_value(rec, TEXT("status_since")));
    bool same = text_is(was, limit_status_name(one->status)) && since.len;
    return same ? since : moment_print(call->arena, one->window.to);
}

static void put_known(struct json_out *o, const char *name, int64_t n)
{
    json_key(o, name);
    json_put_integer(o, n);
}

/* What goes on with the next window: without a chart, and before it has begun, there is none.
 */
static void put_chart(struct json_out *o, const struct limit *w, const struct limit_chart *c)
{
    bool level = c->level_n > 0, charted = c->n > 0;
    if (w->how == LIMIT_FIXED)
        return;
    put_known(o, "level_n", c->level_n);
    put_figure(o, "level_mean", (struct figure){level, c->mean});
    put_figure(o, "level_sd", (struct figure){level, c->sd});
    put_known(o, "chart_n", c->n);
    put_figure(o, "chart_up", (struct figure){charted, c->up});
    put_figure(o, "chart_down", (struct figure){charted && w->how == LIMIT_CUSUM, c->down});
    put_figure(o, "chart_low", (struct figure){charted && c->low.known, c->low.value});
    put_figure(o, "chart_high", (struct figure){charted && c->high.known, c->high.value});
}

static struct text body_of(struct call *call, const struct record *rec, const struct limit *w,
                           const struct judged *one, const struct limit_state *state)
{
    struct buf b = buf_in(call->arena, 64u << 10);
    struct json_out o = json_out(&b);
    struct window next = limit_window(call->zone, w->window, one->window.to);
    json_open(&o, '{');
    put_line(&o, "status", text_of(limit_status_name(one->status)));
    put_figure(&o, "value", one->value);
    put_figure(&o, "low", (struct figure){one->interval.known, one->interval.low});
    put_figure(&o, "high", (struct figure){one->interval.known, one->interval.high});
    json_key(&o, "n");
    json_put_integer(&o, one->n);
    put_figure(&o, "covered", one->covered);
    put_line(&o, "groups", within(one->groups, 400));
    put_line(&o, "versions_seen", versions_of(call->arena, one));
    put_line(&o, "window_from", moment_print(call->arena, one->window.from));
    put_line(&o, "window_to", moment_print(call->arena, one->window.to));
    put_line(&o, "next_at", moment_print(call->arena, judged_at(w, next)));
    put_line(&o, "status_since", since_of(call, rec, one));
    put_line(&o, "recent", text_of(state->recent));
    json_key(&o, "alarm");
    json_put_bool(&o, state->alarm);
    put_line(&o, "seen", seen_of(call, w, one, &state->chart));
    put_chart(&o, w, &state->chart);
    json_close(&o, '}');
    return buf_text(&b);
}

/* ---- one window
 * ------------------------------------------------------------------------------------ */
static struct limit_state state_of(const struct record *rec)
{
    struct text recent = json_text(record_value(rec, TEXT("recent")));
    const struct json *alarm = record_value(rec, TEXT("alarm"));
    struct limit_state s = {.alarm = alarm && alarm->type == JSON_TRUE};
    recent = recent.len > LIMIT_RECENT ? text_from(recent, recent.len - LIMIT_RECENT) : recent;
    memcpy(s.recent, recent.at ? recent.at : "", recent.len);
    return s;
}

static double number_of(const struct record *rec, const char *field)
{
    const struct json *v = record_value(rec, text_of(field));
    return v && (v->type == JSON_NUMBER || v->type == JSON_INTEGER) ? v->number : 0;
}

/* Of enough rows and labels, however it was judged. */
static bool was_whole(const struct series_point *p)
{
    static const char *const whole[] = {"pass", "breach", "learning"};
    bool is = false;
    for (size_t i = 0; i < COUNT(whole); i++)
        is = is || text_is(p->status, whole[i]);
    return is && p->value.known;
}

#define LEVEL_MOST 1000 /* windows of a baseline that lies behind */

/* As the record keeps it. After a new baseline was decided on it keeps none: then the windows
 * that were judged already are looked at first. */
static enum err chart_of(struct judging *t, struct call *call, const struct record *rec,
                         const struct limit *w, struct limit_chart *out)
{
    const struct json *n = record_value(rec, TEXT("level_n"));
    struct series_point *points;
    size_t count;
    *out = (struct limit_chart){.mean = number_of(rec, "level_mean"),
                                .sd = number_of(rec, "level_sd"),
                                .level_n = (int64_t)number_of(rec, "level_n"),
                                .n = (int64_t)number_of(rec, "chart_n"),
                                .up = number_of(rec, "chart_up"),
                                .down = number_of(rec, "chart_down")};
    if (w->how == LIMIT_FIXED || n)
        return OK;
    struct store *store = access_store(record_access(t->records));
    struct reader *db = store_reader(store);
    enum err e =
        record_series(call, db, rec, moment_print(call->arena, w->level_from),
                      moment_print(call->arena, w->level_to), LEVEL_MOST, &points, &count);
    store_return(store, db);
    for (size_t i = 0; e == OK && i < count; i++) {
        int64_t from;
        if (was_whole(&points[i]) && moment_read(points[i].at, &from))
            limit__known(w, from, points[i].value.value, out);
    }
    return e;
}

/* The record as it is afterwards; NULL: another server was quicker, or somebody changed it. */
static enum err write_one(struct judging *t, struct call *call, const struct record *rec,
                          const struct limit *w, struct judged *one, struct record **after)
{
    static const struct json_limits limits = {128u << 10, 4, 100};
    struct limit_state state = state_of(rec);
    const struct json *body;
    *after = NULL;
    TRY(chart_of(t, call, rec, w, &state.chart));
    limit_chart(w, one, &state);
    limit_step(w, one, &state);
    TRY(json_read(call, body_of(call, rec, w, one, &state), &limits, &body));
    const struct move *m = record_judging_move(rec, body);
    if (!m)
        return OK;
    struct change change = {.act = RECORD_MOVE,
                            .kind = t->kind,
                            .id = rec->id,
                            .if_version = rec->version,
                            .move = m->name,
                            .body = body};
    enum err e = record_do(call, t->records, &change);
    if (e == OK)
        *after = change.record;
    t->judged += e == OK;
    return e == ERR_STALE ? OK : e;
}

static enum err system_of(struct judging *t, struct call *call, struct reader *db,
                          const struct record *rec, struct record **out)
{
    const struct field *f = kind_field(t->kind, TEXT("system"));
    const struct json *id = record_value(rec, TEXT("system"));
    if (!f || !f->target_kind || !id)
        return ERR_MISSING;
    return record_read(call, t->records, db, f->target_kind, id->text, 0, out);
}

/* Its windows that are over, at most as many as the turn has left. */
static enum err windows_of(struct judging *t, struct call *call, const struct record *rec,
                           const struct limit *w, struct judged **out, size_t *count)
{
    struct window next = first_window(call, rec, w);
    size_t left = LIMIT_TURN - t->judged;
    *out = NEW_MANY(call->arena, left + 1, struct judged);
    for (*count = 0; *count < left && judged_at(w, next) <= call->now; ++*count) {
        (*out)[*count].window = next;
        next = limit_window(call->zone, w->window, next.to);
    }
    t->more = t->more || (judged_at(w, next) <= call->now);
    return OK;
}

/* Nothing is over yet: it is said when, so that nobody asks again before. */
static enum err monitor_one(struct judging *t, struct call *call, struct record *rec)
{
    struct limit w;
    struct judged *windows;
    struct record *system;
    size_t count;
    TRY(limit_read(call, limit_of_record, rec, &w));
    TRY(windows_of(t, call, rec, &w, &windows, &count));
    if (!count)
        return OK;
    struct reader *db = store_reader(access_store(record_access(t->records)));
    enum err e = system_of(t, call, db, rec, &system);
    if (e == OK)
        e = limit__windows(call, db, system, &w, windows, count);
    store_return(access_store(record_access(t->records)), db);
    for (size_t i = 0; e == OK && rec && i < count; i++)
        e = write_one(t, call, rec, &w, &windows[i], &rec);
    return e;
}

/* ---- all that are due
 * ------------------------------------------------------------------------------ */
/* "active,breached": where windows are judged. */
static struct text states_of(struct call *call, const struct kind *k)
{
    struct buf b = buf_in(call->arena, 8192);
    for (size_t i = 0; i < k->state_count; i++) {
        const struct record there = {.kind = k, .state = i};
        if (record_judging_move(&there, NULL))
            buf_print(&b, "%s%.*s", b.len ? "," : "", TEXT_ARG(k->states[i].name));
    }
    return buf_text(&b);
}

static enum err find_due(struct judging *t, struct call *call, struct text cursor,
                         struct text at, const char *how, struct record_list *out)
{
    struct filter by[] = {{TEXT("state"), states_of(call, t->kind)}, {text_of(how), at}};
    struct list_query q = {.filters = by,
                           .filter_count = COUNT(by),
                           .cursor = cursor,
                           .limit = 200,
                           .sort = TEXT("next_at")};
    struct store *store = access_store(record_access(t->records));
    struct reader *db = store_reader(store);
    enum err e = record_list(call, t->records, db, t->kind, &q, out);
    store_return(store, db);
    return e;
}

/* One that fails holds up no other. */
static void take_all(struct judging *t, const struct record_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct arena *own = arena_open();
        struct call *call = call_beside(own, t->call);
        call->actor = actor_system(call);
        call->id = t->call->id;
        enum err e = OK;
        if (t->judged >= LIMIT_TURN)
            t->more = true;
        else if (record_judging_move(list->items[i], NULL))
            e = monitor_one(t, call, list->items[i]);
        if (e != OK)
            log_line(LOG_WARN, "monitor", "key=%.*s outcome=%s", TEXT_ARG(list->items[i]->key),
                     err_code(e));
        arena_close(own);
    }
}

static enum err take_due(struct judging *t, struct text at, const char *how)
{
    struct text cursor = TEXT("");
    do {
        struct arena *page = arena_open();
        struct call *call = call_beside(page, t->call);
        struct record_list list = {0};
        call->actor = actor_system(call);
        enum err e = find_due(t, call, cursor, at, how, &list);
        take_all(t, &list);
        cursor = text_copy(t->call->arena, list.next);
        arena_close(page);
        TRY(e);
    } while (cursor.len && t->judged < LIMIT_TURN);
    return OK;
}

enum err limit_due(struct call *call, struct records *r, size_t *judged, bool *more)
{
    struct judging t = {.call = call, .records = r, .kind = record_model(r)->monitor_kind};
    enum err e = OK;
    if (t.kind)
        e = take_due(&t, TEXT("true"), "next_at.empty");
    if (t.kind && e == OK)
        e = take_due(&t, moment_print(call->arena, call->now), "next_at.lte");
    *judged = t.judged;
    *more = t.more && t.judged > 0;
    return e;
}
